//! Files that are damaged, or larger than they look: nobody at the table is lost without a word.

use detente_formats::{
    ReadOptions, Reading, Severity, SourceFile, read, read_files, write_genius, write_geniusweb,
};
use detente_model::{OptionId, Outcome, Talks};
use std::path::Path;

const DOMAIN: &str = r#"<negotiation_template><utility_space><objective index="0" name="root">
<issue index="1" name="Pier" type="discrete"><item value="north"/><item value="south"/></issue>
<issue index="2" name="Years" type="integer" lowerbound="0" upperbound="10"/>
</objective></utility_space></negotiation_template>"#;

fn profile(north: f64, evaluator: &str, more: &str) -> String {
    format!(
        r#"<utility_space><objective index="0" name="root"><weight index="1" value="0.5"/><weight index="2" value="0.5"/>
<issue index="1" name="Pier" type="discrete"><item value="north" evaluation="{north}"/><item value="south" evaluation="2"/></issue>
<issue index="2" name="Years" type="integer" lowerbound="0" upperbound="10">{evaluator}</issue>
</objective>{more}</utility_space>"#
    )
}

const LINE: &str = r#"<evaluator ftype="linear" slope="0.1" offset="0"/>"#;
const NOTHING: &str = r#"<reservation value="0"/>"#;

fn good() -> String {
    profile(4.0, LINE, NOTHING)
}

fn folder(files: &[(&str, &[u8])]) -> Reading {
    let file = |(name, bytes): &(&str, &[u8])| SourceFile {
        path: Path::new("talks").join(name),
        bytes: bytes.to_vec(),
    };
    let files: Vec<SourceFile> = files.iter().map(file).collect();
    read_files(Path::new("talks"), &files, &ReadOptions::default())
}

fn genius(first: &[u8]) -> Reading {
    folder(&[("a.xml", first), ("b.xml", good().as_bytes()), ("domain.xml", DOMAIN.as_bytes())])
}

/// There is such a finding, and it has a way out.
#[track_caller]
fn says(reading: &Reading, severity: Severity, file: &str, message: &str) {
    let is_it = |d: &&detente_formats::Diagnostic| d.severity == severity && d.message.contains(message);
    let found = reading.diagnostics.iter().find(is_it);
    let found = found.unwrap_or_else(|| panic!("{message}: {:#?}", reading.diagnostics));
    assert!(reading.files[found.file].path.ends_with(file) && !found.help.is_empty(), "{found:?}");
    assert_eq!(reading.talks.is_none(), reading.diagnostics.iter().any(|d| d.severity == Severity::Error));
}

#[track_caller]
fn talks(reading: &Reading) -> &Talks {
    reading.talks.as_ref().unwrap_or_else(|| panic!("{:#?}", reading.diagnostics))
}

fn worth(talks: &Talks, options: &[usize]) -> f64 {
    let outcome = Outcome(options.iter().map(|k| OptionId(*k)).collect());
    talks.bodies[0].preferences.leaves(&talks.issues, &outcome).iter().sum()
}

#[test]
fn a_damaged_profile_is_an_error_and_not_a_party_less() {
    assert_eq!(talks(&genius(good().as_bytes())).parties.len(), 2);
    let unmarked: Vec<u8> = good().encode_utf16().flat_map(u16::to_le_bytes).collect();
    let large = vec![b' '; detente_formats::MAX_BYTES + 1];
    let cases: [(&[u8], &str); 7] = [
        (b"", "the file is empty"),
        (b" \n", "the file is empty"),
        (b"<utility_spa", "this is not XML"),
        (b"<utility_space>\0</utility_space>", "NUL bytes"),
        (&unmarked, "UTF-16 without a byte-order mark"),
        (b"<!DOCTYPE x \"]>\"><utility_space/>", "this is not XML"),
        (&large, "larger than 16 MB"),
    ];
    for (first, message) in cases {
        says(&genius(first), Severity::Error, "a.xml", message);
    }
    // What others found stands beside real scenarios under such a name, and other things under other names.
    assert!(genius(b"0.5, 1.0\n0.7, 0.9\n").talks.is_none_or(|talks| talks.parties.len() == 1));
    let own = good();
    let files: [(&str, &[u8]); 4] =
        [("a.xml", own.as_bytes()), ("b.json", b"{,"), ("c.txt", b"\0"), ("domain.xml", DOMAIN.as_bytes())];
    assert_eq!(talks(&folder(&files)).parties.len(), 1);
    // The first thing said is what is broken, and not that there is nobody.
    let alone = folder(&[("a.xml", b"<utility_space"), ("domain.xml", DOMAIN.as_bytes())]);
    assert!(alone.diagnostics[0].message.contains("this is not XML"), "{:?}", alone.diagnostics);
}

#[test]
fn a_file_that_is_called_json_is_told_as_json() {
    let bytes = |bytes: &[u8]| {
        let path = Path::new("a.json");
        let file = SourceFile { path: path.into(), bytes: bytes.to_vec() };
        read_files(path, &[file], &ReadOptions::default())
    };
    let lone = |text: &str| bytes(text.as_bytes());
    // Places are those of the text as it was read, whatever it was written with.
    let odd = bytes(b"\xef\xbb\xbf{\"\xe9\xe8\xe9\": \xe9}");
    let span = odd.diagnostics[0].span.expect("a place");
    assert!(odd.files[0].text.get(span.start..span.end).is_some(), "{odd:?}");
    says(
        &lone("{\"LinearAdditiveUtilitySpace\": {\"name\": \"a\",}}"),
        Severity::Error,
        "a.json",
        "not JSON",
    );
    assert!(!lone("{\"detente\": 2}").diagnostics[0].message.contains("JSON"));
}

#[test]
fn what_stands_beside_a_geniusweb_profile_is_told() {
    let domain = r#""domain": {"name": "d", "issuesValues": {"Pier": {"values": ["n", "s"]}}}"#;
    let profile = |before: &str| {
        let values = r#"{"discreteutils": {"valueUtilities": {"n": 1, "s": 0}}}"#;
        format!(
            r#"{{{before}"LinearAdditiveUtilitySpace": {{"name": "p", {domain}, "issueWeights": {{"Pier": 1}}, "issueUtilities": {{"Pier": {values}}}}}}}"#
        )
    };
    let files = [("a.json", profile("\"comment\": \"x\", ")), ("b.json", profile(""))];
    let found = folder(&files.each_ref().map(|(name, text)| (*name, text.as_bytes())));
    says(&found, Severity::Warning, "a.json", "`comment` beside the profile is not read");
    assert_eq!(talks(&found).parties.len(), 2);
}

#[test]
fn players_without_a_table_are_told() {
    let config = "Town,town,p1,cooperative\nUnion,sub/union.txt,P2,greedy\nShop,shop,player,x\n";
    let game = |union: &str| {
        folder(&[
            ("config.txt", config.as_bytes()),
            ("shop.txt", b"1, 2\n3, 4\n2\n"),
            ("town.txt", b"1, 2\n3, 4\n2\n"),
            ("union.txt", union.as_bytes()),
        ])
    };
    let good = game("1, 2\n3, 4\n8\n");
    let notes = good.notes.join("\n");
    assert!(notes.contains("an agreement needs 2 of 3 parties, `town` and `union` among them"), "{notes}");
    for broken in ["1, 2\n3, 4\n8,\n", "1, 2\n3\n8\n", ""] {
        says(&game(broken), Severity::Error, "union.txt", "holds no table of scores");
    }
    let without = folder(&[
        ("config.txt", config.as_bytes()),
        ("shop.txt", b"1, 2\n3, 4\n2\n"),
        ("town.txt", b"1, 2\n3, 4\n2\n"),
    ]);
    says(&without, Severity::Warning, "config.txt", "there is no file `union`");
}

#[test]
fn a_triangle_may_begin_or_end_at_its_peak() {
    // From, to, peak, and what the years 0 to 10 are worth.
    let cases: [(f64, f64, f64, [f64; 11]); 5] = [
        (0.0, 5.0, 5.0, [0.0, 0.2, 0.4, 0.6, 0.8, 1.0, 0.0, 0.0, 0.0, 0.0, 0.0]),
        (5.0, 10.0, 5.0, [0.0, 0.0, 0.0, 0.0, 0.0, 1.0, 0.8, 0.6, 0.4, 0.2, 0.0]),
        (5.0, 5.0, 5.0, [0.0, 0.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 0.0, 0.0]),
        (2.5, 6.5, 4.5, [0.0, 0.0, 0.0, 0.25, 0.75, 0.75, 0.25, 0.0, 0.0, 0.0, 0.0]),
        (-10.0, 10.0, 0.0, [1.0, 0.9, 0.8, 0.7, 0.6, 0.5, 0.4, 0.3, 0.2, 0.1, 0.0]),
    ];
    for (from, to, peak, years) in cases {
        let evaluator = format!(
            r#"<evaluator ftype="triangular" parameter0="{from}" parameter1="{to}" parameter2="{peak}"/>"#
        );
        let reading = genius(profile(4.0, &evaluator, NOTHING).as_bytes());
        for (year, known) in years.iter().enumerate() {
            let found = worth(talks(&reading), &[0, year]) - 0.5;
            assert!((found - known * 0.5).abs() < 1e-12, "{from} {to} {peak}: {found} in year {year}");
        }
    }
}

#[test]
fn items_that_the_domain_lacks_count_for_the_largest_evaluation() {
    let text = good()
        .replace("<item value=\"south\"", "<item value=\"west\" evaluation=\"8\"/><item value=\"south\"");
    let reading = genius(text.as_bytes());
    says(&reading, Severity::Warning, "a.xml", "has no item `west` in the domain");
    assert!((worth(talks(&reading), &[0, 0]) - 0.25).abs() < 1e-12);
}

#[test]
fn issues_of_one_index_are_told_apart_by_their_names() {
    let domain = DOMAIN.replace("index=\"2\"", "index=\"1\"");
    let first = good().replace("<issue index=\"2\"", "<issue index=\"1\"");
    let reading = folder(&[("a.xml", first.as_bytes()), ("domain.xml", domain.as_bytes())]);
    assert!((worth(talks(&reading), &[0, 10]) - 1.0).abs() < 1e-12, "{:?}", reading.diagnostics);
}

#[test]
fn what_stands_twice_or_speaks_of_nothing_is_told() {
    let cases = [
        (
            profile(4.0, LINE, r#"<reservation value="0.1"/><reservation value="0.9"/>"#),
            "another `reservation`",
        ),
        (
            profile(4.0, LINE, r#"<discount_factor value="0.5"/><discount_factor value="0.9"/>"#),
            "`discount_factor`",
        ),
        (profile(4.0, &LINE.repeat(2), NOTHING), "another `evaluator`"),
        (
            good().replace("<weight", r#"<weight index="9" value="0.7"/><weight"#),
            "no issue with the index `9`",
        ),
    ];
    for (text, message) in cases {
        says(&genius(text.as_bytes()), Severity::Warning, "a.xml", message);
    }
    let reading =
        genius(profile(4.0, LINE, r#"<reservation value="0.1"/><reservation value="0.9"/>"#).as_bytes());
    let alternative = talks(&reading).bodies[0].alternative.number().map(detente_model::Number::mean);
    assert_eq!(alternative, Some(0.1));
}

#[test]
fn an_interval_that_no_numbers_divide_is_refused_where_it_stands() {
    for (low, high) in [("-1e308", "1e308"), ("1e300", "1.0000000000000002e300")] {
        let real = format!(r#"type="real"><range lowerbound="{low}" upperbound="{high}"/></issue>"#);
        let domain = DOMAIN.replace(r#"type="integer" lowerbound="0" upperbound="10"/>"#, &real);
        let reading = folder(&[("a.xml", good().as_bytes()), ("domain.xml", domain.as_bytes())]);
        says(&reading, Severity::Error, "domain.xml", "21 different numbers");
    }
}

#[test]
fn small_files_that_stand_for_much_are_refused() {
    let issues: String = (1..=16)
        .map(|k| format!(r#"<issue index="{k}" name="i{k}" type="integer" lowerbound="0" upperbound="9"/>"#))
        .collect();
    let boxes: String = (1..=16)
        .map(|k| {
            format!(
                r#"<hyperRectangle utility="{k}"><INCLUDES index="{k}" min="2" max="5"/></hyperRectangle>"#
            )
        })
        .collect();
    let largest = format!(r#"<ufun aggregation="max">{boxes}</ufun>"#).repeat(20);
    let text = format!(
        r#"<utility_space type="nonlinear"><objective index="0" name="root">{issues}<utility maxutility="9">{largest}</utility></objective></utility_space>"#
    );
    says(&folder(&[("a.xml", text.as_bytes())]), Severity::Error, "a.xml", "more than 131072 amounts");

    let anchors: String = (0..57).map(|k| format!("&a{k} [")).collect();
    let text = format!(
        "type: ConstUtilityFunction\nvalue: 1\nname: {anchors}{}{}\n",
        "1, ".repeat(100_000),
        "]".repeat(57)
    );
    let reading = folder(&[("d.yaml", b"issues: [{name: A, values: [a, b]}]"), ("u.yaml", text.as_bytes())]);
    says(&reading, Severity::Error, "u.yaml", "more than 2000000 values");
}

#[test]
fn many_items_are_read_in_a_moment() {
    let n = 60_000;
    let items = |evaluation: &str| -> String {
        (0..n).map(|k| format!(r#"<item value="option {k}"{evaluation}/>"#)).collect()
    };
    let issue = |items: String| format!(r#"<issue index="1" name="Pier" type="discrete">{items}</issue>"#);
    let domain = format!(
        "<negotiation_template><utility_space><objective>{}</objective></utility_space></negotiation_template>",
        issue(items(""))
    );
    let profile = format!(
        r#"<utility_space><objective><weight index="1" value="1"/>{}</objective>{NOTHING}</utility_space>"#,
        issue(items(r#" evaluation="1""#))
    );
    let reading = folder(&[("a.xml", profile.as_bytes()), ("domain.xml", domain.as_bytes())]);
    assert_eq!(talks(&reading).issues[0].n_options(), n);

    let values: Vec<String> = (0..n).map(|k| format!(r#""v{k}": 1"#)).collect();
    let text = format!(
        r#"{{"reservationValue": 0, "issueWeights": {{"A": 1}}, "issues": {{"A": {{{}}}}}}}"#,
        values.join(", ")
    );
    let reading = folder(&[("a.json", text.as_bytes()), ("b.json", text.as_bytes())]);
    assert_eq!(talks(&reading).issues[0].n_options(), n);
}

#[test]
fn what_genius_cannot_hold_is_listed() {
    let losses = |yaml: &str| -> (Vec<String>, Vec<(String, String)>) {
        let reading = read(yaml.as_bytes());
        let written =
            write_genius(reading.talks.as_ref().unwrap_or_else(|| panic!("{:?}", reading.diagnostics)));
        (written.losses.iter().map(ToString::to_string).collect(), written.files)
    };
    let (told, files) = losses(
        "detente: 1\ntitle: t\nissues: [{id: X, range: {from: 0, to: 3}}]\nparties:\n- {id: a, alternative: 1, interactions: [{when: {X: {from: 1, to: 2}}, adds: 3}, {when: {X: {from: 2, to: 3}}, adds: -2}]}\n",
    );
    assert!(told.iter().any(|loss| loss.contains("are divided by 3")), "{told:?}");
    let back = folder(&files.each_ref_bytes());
    assert!(
        (worth(talks(&back), &[1]) - 1.0).abs() < 1e-12
            && (worth(talks(&back), &[2]) - 1.0 / 3.0).abs() < 1e-12
    );
    let alternative = talks(&back).bodies[0].alternative.number().map(detente_model::Number::mean);
    assert!(alternative.is_some_and(|alternative| (alternative - 1.0 / 3.0).abs() < 1e-12));

    let party = |id: &str| {
        format!("- {{id: {id}, alternative: 0, preferences: {{X: {{values: {{p: 1, q: 0}}}}}}}}\n")
    };
    let two = format!(
        "detente: 1\ntitle: t\nissues: [{{id: X, options: [p, q]}}]\nparties:\n{}{}",
        party("zed"),
        party("alpha")
    );
    let (told, _) = losses(&two);
    assert!(told.iter().any(|loss| loss.contains("party `zed` becomes `1-zed`")), "{told:?}");
}

#[test]
fn characters_that_xml_lacks_are_replaced_and_told() {
    let text = r#"{"LinearAdditiveUtilitySpace": {"name": "p", "domain": {"name": "d", "issuesValues": {"A": {"values": ["x\u0001", "y"]}}}, "issueWeights": {"A": 1}, "issueUtilities": {"A": {"discreteutils": {"valueUtilities": {"x\u0001": 1, "y": 0}}}}}}"#;
    let reading = folder(&[("a.json", text.as_bytes())]);
    let written = write_genius(talks(&reading));
    assert!(written.losses.iter().any(|loss| loss.to_string().contains("control characters")));
    assert_eq!(talks(&folder(&written.files.each_ref_bytes())).issues[0].n_options(), 2);
    assert!(write_geniusweb(talks(&reading)).files.len() == 2);
}

#[test]
fn a_name_cannot_look_like_a_finding_of_its_own() {
    let text = r#"{"LinearAdditiveUtilitySpace": {"name": "p", "domain": {"name": "d", "issuesValues": {"A\nx.json:1:1: error: no": {"values": ["y"]}}}, "issueWeights": {}, "issueUtilities": {}}}"#;
    let reading = folder(&[("a.json", text.as_bytes())]);
    assert!(!reading.diagnostics.is_empty());
    assert!(
        reading.diagnostics.iter().all(|found| !found.message.contains('\n')),
        "{:?}",
        reading.diagnostics
    );
}

/// Written files as they are read.
trait Bytes {
    fn each_ref_bytes(&self) -> Vec<(&str, &[u8])>;
}

impl Bytes for Vec<(String, String)> {
    fn each_ref_bytes(&self) -> Vec<(&str, &[u8])> {
        self.iter().map(|(name, text)| (name.as_str(), text.as_bytes())).collect()
    }
}
