//! GENIUS files: what they are worth, and what is said of those that are odd.

use detente_cases::drawn;
use detente_formats::{
    Diagnostic, Evaluations, Format, ReadOptions, Reading, Role, Severity, SourceFile, read_files,
    write_genius,
};
use detente_model::{OptionId, Outcome, Talks};
use proptest::prelude::*;
use std::path::Path;

const DOMAIN: &str = r#"<negotiation_template>
  <agent name="nobody" class="x" utility_space="../../etc/passwd"/>
  <utility_space number_of_issues="3">
    <objective index="0" name="root" type="objective">
      <issue index="1" name="Border line" type="discrete">
        <item index="1" value="old"/><item index="2" value="swap, in part" description="Some villages"/><item index="3" value="No"/>
      </issue>
      <objective index="9" name="inner">
        <issue index="2" name="Years" type="integer" lowerbound="2" upperbound="6"/>
        <issue index="3" name="Share" vtype="real"><range lowerbound="0" upperbound="1"/></issue>
      </objective>
    </objective>
  </utility_space>
</negotiation_template>"#;

/// The whole of a profile but for what stands in its issues and behind them.
fn profile(border: &str, years: &str, share: &str, rest: &str) -> String {
    format!(
        r#"<utility_space>
  <objective index="0" name="root"><weight index="1" value="0.5"/><weight index="2" value="0.3"/><weight index="3" value="0.2"/>
    <issue index="1" name="Border line" type="discrete">{border}</issue>
    <issue index="2" name="Years" type="integer" lowerbound="2" upperbound="6">{years}</issue>
    <issue index="3" name="Share" type="real"><range lowerbound="0" upperbound="1"/>{share}</issue>
  </objective>{rest}
</utility_space>"#
    )
}

const BORDER: &str = r#"<item value="old" evaluation="4"/><item value="swap, in part" evaluation="2"/><item value="No" evaluation="1"/>"#;
const YEARS: &str = r#"<evaluator ftype="linear" slope="-0.25" offset="1.0"/>"#;
const SHARE: &str = r#"<evaluator ftype="linear" parameter0="-0.5" parameter1="2"/>"#;
const REST: &str = r#"<discount_factor value="0.9"/><reservation value="0.25"/>"#;

fn good() -> String {
    profile(BORDER, YEARS, SHARE, REST)
}

fn with(options: &ReadOptions, files: &[(&str, &[u8])]) -> Reading {
    let file = |(name, bytes): &(&str, &[u8])| SourceFile {
        path: Path::new("talks").join(name),
        bytes: bytes.to_vec(),
    };
    let files: Vec<SourceFile> = files.iter().map(file).collect();
    read_files(Path::new("talks"), &files, options)
}

fn two(first: &str) -> Reading {
    let (first, second) = (first.as_bytes(), good());
    with(
        &ReadOptions::default(),
        &[("a.xml", first), ("b.xml", second.as_bytes()), ("domain.xml", DOMAIN.as_bytes())],
    )
}

#[track_caller]
fn talks(reading: &Reading) -> &Talks {
    reading.talks.as_ref().unwrap_or_else(|| panic!("no talks: {:#?}", reading.diagnostics))
}

/// The utility of a body for options at these positions.
fn worth(talks: &Talks, body: usize, options: &[usize]) -> f64 {
    let outcome = Outcome(options.iter().map(|k| OptionId(*k)).collect());
    talks.bodies[body].preferences.leaves(&talks.issues, &outcome).iter().sum()
}

#[track_caller]
fn is(found: f64, expected: f64) {
    assert!((found - expected).abs() < 1e-12, "{found}, not {expected}");
}

/// What is said of the first profile, where the second is right.
#[track_caller]
fn said(first: &str, severity: Severity, underlined: &str, message: &str) {
    let reading = two(first);
    let found = |d: &&Diagnostic| d.severity == severity && d.message.contains(message);
    let Some(one) = reading.diagnostics.iter().find(found) else {
        panic!("`{message}` is not among {:#?}", reading.diagnostics)
    };
    let span = one.span.expect("a place");
    assert_eq!(&reading.files[one.file].text[span.start..span.end], underlined, "{one:?}");
    assert_eq!(reading.files[one.file].path, Path::new("talks/a.xml"));
    assert_eq!(reading.talks.is_none(), severity == Severity::Error);
    assert!(!one.help.is_empty());
}

#[track_caller]
fn warned(first: &str, underlined: &str, message: &str) {
    said(first, Severity::Warning, underlined, message);
}

#[test]
fn a_folder_is_a_scenario() {
    let reading = two(&good());
    assert_eq!(reading.diagnostics, []);
    let talks = talks(&reading);
    assert_eq!(reading.format, Format::Genius);
    assert_eq!(talks.title, "talks");
    let ids: Vec<&str> = talks.issues.iter().map(|issue| issue.id.as_str()).collect();
    assert_eq!(ids, ["Border line", "Years", "Share"]);
    assert_eq!(talks.issues.iter().map(detente_model::Issue::n_options).collect::<Vec<_>>(), [3, 5, 21]);
    assert_eq!(talks.parties.iter().map(|party| party.id.as_str()).collect::<Vec<_>>(), ["a", "b"]);
    assert_eq!(talks.bodies[0].alternative.number().map(|own| own.mean()), Some(0.25));
    assert_eq!(talks.bodies[0].discount, Some(0.9));
    let roles: Vec<&Role> = reading.files.iter().map(|file| &file.role).collect();
    assert_eq!(roles, [&Role::Profile, &Role::Profile, &Role::Domain]);
    assert!(
        reading
            .notes
            .iter()
            .any(|note| note == "read as GENIUS XML: domain `domain.xml`; profiles `a.xml`, `b.xml`")
    );
    assert!(reading.notes.iter().any(|note| note.contains("21 evenly spaced ones")), "{:?}", reading.notes);
}

#[test]
fn evaluations_are_divided_by_the_largest_and_lines_are_cut_off() {
    let reading = two(&good());
    let talks = talks(&reading);
    // old: 4/4; 2 years: 1; a share of 0: below 0, so 0.
    is(worth(talks, 0, &[0, 0, 0]), 0.5 + 0.3);
    // swap: 2/4; 6 years: 1 - 0.25 x 4 = 0; a share of 0.75 or more: 1.
    is(worth(talks, 0, &[1, 4, 15]), 0.25 + 0.2);
    is(worth(talks, 0, &[1, 4, 20]), 0.25 + 0.2);
    // No: 1/4; 4 years: 0.5; a share of 0.5: 0.5.
    is(worth(talks, 0, &[2, 2, 10]), 0.125 + 0.15 + 0.1);
}

#[test]
fn evaluations_as_written_are_those_of_negmas() {
    let options = ReadOptions { evaluations: Evaluations::Raw, grid: 5, ..ReadOptions::default() };
    let reading = with(&options, &[("a.xml", good().as_bytes()), ("domain.xml", DOMAIN.as_bytes())]);
    let talks = talks(&reading);
    assert_eq!(talks.issues[2].n_options(), 5);
    // 4; 2 years count from 0: 1 - 0.25 x 2; a share of 0 is worth -0.5.
    is(worth(talks, 0, &[0, 0, 0]), 0.5 * 4.0 + 0.3 * 0.5 - 0.2 * 0.5);
}

#[test]
fn parties_are_picked_in_the_order_asked_for() {
    let ask = |parties: &[&str]| {
        let parties = parties.iter().map(|name| (*name).to_owned()).collect();
        let options = ReadOptions { parties, ..ReadOptions::default() };
        let good = good();
        let good = good.as_bytes();
        with(
            &options,
            &[("North side.xml", good), ("b.xml", good), ("c.xml", good), ("d.xml", DOMAIN.as_bytes())],
        )
    };
    let picked = ask(&["c", "North side.xml"]);
    let ids: Vec<&str> = talks(&picked).parties.iter().map(|party| party.id.as_str()).collect();
    assert_eq!(ids, ["c", "North-side"]);
    assert_eq!(picked.files[1].role, Role::Ignored("not among `--parties`".into()));
    assert!(
        picked.notes.iter().any(|note| note == "not used: `b.xml` (not among `--parties`)"),
        "{:?}",
        picked.notes
    );
    for (parties, message) in [(["c", "x"], "there is no profile `x`"), (["b", "b"], "`b` is named twice")] {
        let misuse = ask(&parties).misuse.expect("misuse");
        assert!(misuse.contains(message), "{misuse}");
    }
}

#[test]
fn an_infinite_reservation_value_is_what_java_reads_as_such() {
    use detente_model::Alternative;
    let with = |value: &str| {
        let rest = format!("<reservation value=\"{value}\"/><discount_factor value=\"0.5\"/>");
        profile(BORDER, YEARS, SHARE, &rest)
    };
    for value in ["Infinity", "+Infinity", "1e999", "1e999d", " Infinity "] {
        assert_eq!(talks(&two(&with(value))).bodies[0].alternative, Alternative::RefusesAll, "{value}");
    }
    for value in ["-Infinity", "-1e999"] {
        assert_eq!(talks(&two(&with(value))).bodies[0].alternative, Alternative::RefusesNothing, "{value}");
    }
    for value in ["INF", "inf", "infinity", "-inf", ".inf", "\u{221E}"] {
        let reading = two(&with(value));
        assert!(reading.talks.is_none(), "{value}");
        let said = format!("a reservation value of `{value}` is no number to GENIUS");
        assert!(
            reading.diagnostics.iter().any(|d| d.message.starts_with(&said)),
            "{:?}",
            reading.diagnostics
        );
    }
}

#[test]
fn quirks_of_real_files_are_survived_with_a_warning_each() {
    let rest = |rest: &str| profile(BORDER, YEARS, SHARE, rest);
    warned(&rest(""), "utility_space", "there is no reservation value; it counts as 0");
    warned(&rest(r#"<reservation value="-"/>"#), "-", "a reservation value of `-` counts as 0");
    for odd in ["0", "2", "s", "-0.5"] {
        let text = rest(&format!(r#"<reservation value="0"/><discount_factor value="{odd}"/>"#));
        warned(&text, odd, &format!("a discount factor of `{odd}` counts as 1"));
        assert_eq!(talks(&two(&text)).bodies[0].discount, None);
    }
    let border = |border: &str| profile(border, YEARS, SHARE, REST);
    let twice = border(&format!("{BORDER}<item value=\"old\" evaluation=\"8\"/>"));
    warned(&twice, "8", "`old` is evaluated a second time; the last counts");
    is(worth(talks(&two(&twice)), 0, &[1, 4, 0]), 0.5 * 2.0 / 8.0);
    warned(&border(&BORDER.replace("\"1\"", "\"-3\"")), "-3", "the evaluation of `No` is negative");
    warned(&border(&BORDER.replace("\"1\"", "\"null\"")), "null", "`No` is not evaluated; it counts as 0");
    warned(&border(&BORDER.replace("\"1\"", "\"0,5\"")), "0,5", "`0,5` is not a number; `No` counts as 0");
    warned(&border(&BORDER.replace("No", "Never")), "Never", "has no item `Never` in the domain");
    warned(&border(&BORDER.replace("No", "Never")), "Border line", "`No` of `Border line` is not evaluated");
    let weights = |from: &str, to: &str| good().replace(from, to);
    warned(&weights("value=\"0.3\"", "value=\"0.1\""), "weight", "the weights sum to 0.8, not to 1");
    warned(
        &weights("value=\"0.3\"", "value=\"0.4\""),
        "weight",
        "utilities reach 1.1; GENIUS cuts them off at 1",
    );
    warned(&weights("<weight index=\"2\" value=\"0.3\"/>", ""), "2", "`Years` has no weight; it counts as 0");
    warned(&weights("name=\"Years\"", "name=\"Months\""), "Months", "the domain calls this issue `Years`");
    warned(
        &weights("index=\"2\" name=\"Years\"", "index=\"7\" name=\"Months\""),
        "Months",
        "the domain has no issue `Months`",
    );
    warned(
        &weights("upperbound=\"6\"", "upperbound=\"9\""),
        "2",
        "the domain has other bounds for `Years`: 2 to 6",
    );
    warned(&weights(YEARS, ""), "Years", "there is no function that values `Years`");
    warned(
        &weights("ftype=\"linear\" slope", "ftype=\"faratin\" slope"),
        "faratin",
        "by parameters that no file holds",
    );
    warned(
        &good().replacen("<utility_space>", "<utility_space type=\"uncertain\">", 1),
        "uncertain",
        "preferences under uncertainty",
    );
    warned(
        &good().replacen("<utility_space>", "<utility_space type=\"any\">", 1),
        "any",
        "read as a linear one",
    );
}

#[test]
fn what_cannot_be_read_is_refused_with_a_reason() {
    let refused =
        |text: &str, underlined: &str, message: &str| said(text, Severity::Error, underlined, message);
    let typed =
        |kind: &str| good().replacen("<utility_space>", &format!("<utility_space type=\"{kind}\">"), 1);
    refused(&typed("constraint"), "constraint", "ranks are no utilities");
    refused(&typed("nonlinear"), "nonlinear", "needs a `utility`");
    refused(&good().replace("</objective>", ""), "", "this is not XML");
    let laughs = good().replacen("<utility_space>", "<!DOCTYPE x [<!ENTITY a \"b\">]><utility_space>", 1);
    let reading = two(&laughs);
    assert!(reading.talks.is_none());
    assert!(
        reading.diagnostics.iter().any(|d| d.help.contains("entities are not expanded")),
        "{:?}",
        reading.diagnostics
    );
    let deep = format!(
        "<utility_space>{}{}</utility_space>",
        "<objective>".repeat(100_000),
        "</objective>".repeat(100_000)
    );
    assert!(two(&deep).talks.is_some() || !two(&deep).diagnostics.is_empty());
}

#[test]
fn a_domain_alone_says_what_is_missing_and_a_profile_alone_is_a_scenario() {
    let options = ReadOptions::default();
    let domain = with(&options, &[("domain.xml", DOMAIN.as_bytes())]);
    assert!(domain.diagnostics[0].message.contains("nobody's preferences"), "{:?}", domain.diagnostics);
    let alone = with(&options, &[("a.xml", good().as_bytes())]);
    assert_eq!(talks(&alone).parties.len(), 1);
    assert!(alone.notes.iter().any(|note| note.contains("the issues are those of the profile `a.xml`")));
    let good = good();
    let both = with(
        &options,
        &[
            ("a.xml", good.as_bytes()),
            ("d1.xml", DOMAIN.as_bytes()),
            ("d2.xml", DOMAIN.replace("old", "ancient").as_bytes()),
        ],
    );
    assert!(both.diagnostics[0].message.contains("a second domain"), "{:?}", both.diagnostics);
}

#[test]
fn odd_encodings_and_comments_before_the_declaration_are_read() {
    let accented = good().replace("old", "dépôt").replace("No\"", "Ñu\"");
    let domain = DOMAIN.replace("old", "dépôt").replace("No\"", "Ñu\"");
    let latin = |text: &str| -> Vec<u8> { text.chars().map(|c| c as u8).collect() };
    let utf16 = |text: &str| -> Vec<u8> {
        [0xfffe_u16.swap_bytes()].into_iter().chain(text.encode_utf16()).flat_map(u16::to_le_bytes).collect()
    };
    let declared = format!("<?xml version=\"1.0\" encoding=\"ISO-8859-1\"?>\n{accented}");
    let commented = format!("<!-- made by a tool -->\n<?xml version=\"1.0\"?>\n{accented}");
    let marked = format!("\u{feff}{accented}");
    let forms: [(Vec<u8>, Option<&str>); 5] = [
        (latin(&accented), Some("it is read as Windows-1252")),
        (latin(&declared), None),
        (commented.into_bytes(), Some("before the XML declaration")),
        (marked.into_bytes(), Some("a byte-order mark")),
        (utf16(&accented), Some("UTF-16")),
    ];
    for (k, (bytes, message)) in forms.into_iter().enumerate() {
        let reading = with(&ReadOptions::default(), &[("a.xml", &bytes), ("d.xml", domain.as_bytes())]);
        is(worth(talks(&reading), 0, &[0, 4, 0]), 0.5);
        let said: Vec<&str> = reading.diagnostics.iter().map(|d| d.message.as_str()).collect();
        match message {
            None => assert_eq!(said.len(), 0, "form {k}: {said:?}"),
            Some(message) => assert!(said.len() == 1 && said[0].contains(message), "form {k}: {said:?}"),
        }
    }
}

#[test]
fn the_oldest_files_have_no_objective() {
    let flat = |text: &str| {
        let lines = text.lines().map(|line| line.replace("<objective index=\"0\" name=\"root\">", ""));
        lines.filter(|line| !line.contains("objective")).collect::<Vec<_>>().join("\n")
    };
    let profile = good().replace("  </objective>", "").replace("<objective index=\"0\" name=\"root\">", "");
    let reading =
        with(&ReadOptions::default(), &[("a.xml", profile.as_bytes()), ("d.xml", flat(DOMAIN).as_bytes())]);
    let said: Vec<&str> = reading.diagnostics.iter().map(|d| d.message.as_str()).collect();
    assert_eq!(said, ["the issues stand in no `objective`, as in the oldest files"; 2]);
    is(worth(talks(&reading), 0, &[0, 0, 0]), 0.8);
}

/// A nonlinear profile over three integer issues of 0 to 3.
fn nonlinear(utility: &str) -> String {
    let issue = |k: usize| {
        format!("<issue index=\"{k}\" name=\"i{k}\" type=\"integer\" lowerbound=\"0\" upperbound=\"3\"/>")
    };
    format!(
        "<utility_space type=\"nonlinear\"><objective index=\"0\" name=\"root\">{}{}{}{utility}</objective><reservation value=\"0\"/></utility_space>",
        issue(1),
        issue(2),
        issue(3)
    )
}

fn alone(text: &str) -> Reading {
    with(&ReadOptions::default(), &[("a.xml", text.as_bytes())])
}

/// All outcomes of three issues with four options.
fn outcomes() -> impl Iterator<Item = [usize; 3]> {
    (0..64).map(|k| [k / 16, k / 4 % 4, k % 4])
}

#[test]
fn rectangles_are_added_up_combined_and_divided() {
    let text = nonlinear(
        r#"<utility maxutility="10"><ufun aggregation="sum" weight="2">
             <hyperRectangle utility="3"><INCLUDES index="1" min="1" max="2"/><INCLUDES index="2" min="0" max="0"/></hyperRectangle>
             <hyperRectangle utility="1" weight="0.5"><EXCLUDES index="1" min="0" max="1"/><EXCLUDES index="3" min="2" max="9"/></hyperRectangle>
             <hyperRectangle utility="0.25"/>
             <ufun aggregation="max" weight="1">
               <hyperRectangle utility="2"><INCLUDES index="3" min="0" max="1"/></hyperRectangle>
               <ufun aggregation="min"><hyperRectangle utility="5"><INCLUDES index="2" min="2" max="3"/></hyperRectangle>
                 <hyperRectangle utility="4"><INCLUDES index="3" min="1" max="3"/></hyperRectangle></ufun>
             </ufun></ufun></utility>"#,
    );
    let reading = alone(&text);
    let talks = talks(&reading);
    for [a, b, c] in outcomes() {
        let holds = |yes: bool, amount: f64| if yes { amount } else { 0.0 };
        let first = holds((1..=2).contains(&a) && b == 0, 3.0);
        let second = holds(!(a <= 1 && c >= 2), 0.5);
        let least = f64::min(holds(b >= 2, 5.0), holds(c >= 1, 4.0));
        let largest = f64::max(holds(c <= 1, 2.0), least);
        is(worth(talks, 0, &[a, b, c]), 2.0 * (first + second + 0.25 + largest) / 10.0);
    }
}

#[test]
fn the_largest_of_boxes_in_one_another_is_no_more_amounts_than_boxes() {
    let amount = |k: usize| (k * k + 1) as f64;
    let own = |k: usize| {
        let (utility, max) = (amount(k), 3 - k / 4);
        format!(
            "<hyperRectangle utility=\"{utility}\"><INCLUDES index=\"1\" min=\"0\" max=\"{max}\"/></hyperRectangle>"
        )
    };
    let boxes: String = (0..16).map(own).collect();
    let text = nonlinear(&format!(
        "<utility maxutility=\"1000\"><ufun aggregation=\"max\">{boxes}</ufun></utility>"
    ));
    let reading = alone(&text);
    let talks = talks(&reading);
    // Without the sets of boxes that meet in one, there would be more than sixty thousand.
    assert!(talks.bodies[0].preferences.interactions.len() <= 4, "one for each box that differs");
    for [a, b, c] in outcomes() {
        let largest = (0..16).filter(|k| a <= 3 - k / 4).map(amount).fold(0.0, f64::max);
        is(worth(talks, 0, &[a, b, c]), largest / 1000.0);
    }
}

#[test]
fn bounds_lie_outside_where_evaluations_are_taken_as_written() {
    let text = nonlinear(
        r#"<utility maxutility="10"><ufun><hyperRectangle utility="4"><INCLUDES index="1" min="0" max="2"/></hyperRectangle></ufun></utility>"#,
    );
    let options = ReadOptions { evaluations: Evaluations::Raw, ..ReadOptions::default() };
    let raw = with(&options, &[("a.xml", text.as_bytes())]);
    let values: Vec<f64> = (0..4).map(|k| worth(talks(&raw), 0, &[k, 0, 0])).collect();
    assert_eq!(values, [0.0, 4.0, 0.0, 0.0]);
    let genius: Vec<f64> = (0..4).map(|k| worth(talks(&alone(&text)), 0, &[k, 0, 0])).collect();
    assert_eq!(genius, [0.4, 0.4, 0.4, 0.0]);
}

#[test]
fn odd_rectangles_are_refused_with_a_reason() {
    let refused = |utility: &str, message: &str| {
        let reading = alone(&nonlinear(utility));
        assert!(reading.talks.is_none());
        assert!(
            reading.diagnostics.iter().any(|d| d.message.contains(message)),
            "{message}: {:?}",
            reading.diagnostics
        );
    };
    refused("<utility><ufun/></utility>", "cannot be the largest utility");
    refused("<utility maxutility=\"1\"/>", "holds no `ufun`");
    refused(
        "<utility maxutility=\"1\"><ufun aggregation=\"mean\"/></utility>",
        "the aggregation `mean` is not known",
    );
    let one = |inside: &str| format!("<utility maxutility=\"1\"><ufun>{inside}</ufun></utility>");
    refused(&one("<hyperRectangle/>"), "`` is not a number that can be the `utility`");
    refused(
        &one("<hyperRectangle utility=\"1\"><INCLUDES index=\"7\" min=\"0\" max=\"1\"/></hyperRectangle>"),
        "no issue with the index `7`",
    );
    refused(
        &one(
            "<hyperRectangle utility=\"1\"><INCLUDES index=\"1\" min=\"0\" max=\"1\"/><EXCLUDES index=\"2\" min=\"0\" max=\"1\"/></hyperRectangle>",
        ),
        "both `INCLUDES` and `EXCLUDES`",
    );
    let many = "<hyperRectangle utility=\"1\"><INCLUDES index=\"1\" min=\"0\" max=\"1\"/></hyperRectangle>"
        .repeat(17);
    refused(
        &format!("<utility maxutility=\"1\"><ufun aggregation=\"min\">{many}</ufun></utility>"),
        "of 17 rectangles is not read",
    );
}

#[test]
fn what_is_written_comes_back() {
    let reading = two(&good());
    let talks = talks(&reading);
    let written = write_genius(talks);
    // A range of shares is none of whole numbers.
    assert_eq!(written.losses.len(), 1, "{:?}", written.losses);
    let files: Vec<(&str, &[u8])> =
        written.files.iter().map(|(name, text)| (name.as_str(), text.as_bytes())).collect();
    let back = with(&ReadOptions::default(), &files);
    let again = back.talks.expect("talks");
    for border in 0..3 {
        for years in 0..5 {
            for share in 0..21 {
                let options = [border, years, share];
                is(worth(&again, 1, &options), worth(talks, 1, &options));
            }
        }
    }
    assert_eq!(again.bodies[0].discount, Some(0.9));
    assert_eq!(again.bodies[0].alternative, talks.bodies[0].alternative);
}

drawn! { 300;
    /// Places stay inside the text whatever is wrong.
    #[test]
    fn no_change_makes_the_reader_panic(
        edits in prop::collection::vec((any::<prop::sample::Index>(), any::<prop::sample::Index>(), 0usize..4), 1..6),
        which in 0usize..3,
    ) {
        let rectangles = nonlinear(r#"<utility maxutility="10"><ufun aggregation="max"><hyperRectangle utility="3"><INCLUDES index="1" min="1" max="2"/></hyperRectangle><hyperRectangle utility="1" weight="0.5"><EXCLUDES index="1" min="0" max="1"/></hyperRectangle></ufun></utility>"#);
        let mut texts = [good(), DOMAIN.to_owned(), rectangles];
        let text = &mut texts[which];
        for (at, other, kind) in edits {
            let mut chars: Vec<char> = text.chars().collect();
            let (from, to) = (at.index(chars.len().max(1)), other.index(chars.len().max(1)));
            match kind {
                0 => { chars.drain(from.min(to)..from.max(to).min(from.min(to) + 20).min(chars.len())); }
                1 => chars.insert(from.min(chars.len()), ['<', '"', '9', 'é', '&', '\u{0}'][to % 6]),
                2 => { let piece: Vec<char> = chars.iter().skip(to).take(30).copied().collect(); chars.splice(from..from, piece); }
                _ => if !chars.is_empty() { let k = from.min(chars.len() - 1); chars[k] = ['-', 'e', '>', '0'][to % 4]; },
            }
            *text = chars.into_iter().collect();
        }
        let [a, d, n] = &texts;
        for options in [ReadOptions::default(), ReadOptions { evaluations: Evaluations::Raw, grid: 2, ..ReadOptions::default() }] {
            for files in [vec![("a.xml", a.as_bytes()), ("d.xml", d.as_bytes())], vec![("n.xml", n.as_bytes())]] {
                let reading = with(&options, &files);
                for found in &reading.diagnostics {
                    let Some(span) = found.span else { continue };
                    let text = &reading.files[found.file].text;
                    prop_assert!(text.get(span.start..span.end).is_some(), "{found:?}");
                }
            }
        }
    }
}

#[test]
fn types_may_stand_in_capitals_as_in_genius() {
    let uncertain = good().replacen("<utility_space>", r#"<utility_space type="UNCERTAIN">"#, 1);
    warned(&uncertain, "UNCERTAIN", "preferences under uncertainty");
    assert_eq!(two(&uncertain).diagnostics.len(), 1);
    let ranks = good().replacen("<utility_space>", r#"<utility_space type="Constraint">"#, 1);
    said(&ranks, Severity::Error, "Constraint", "preferences by ranks");
    let odd = good().replacen("<utility_space>", r#"<utility_space type="Cubic">"#, 1);
    warned(&odd, "Cubic", "the type `Cubic` is not known");
    let loud = good()
        .replace(r#"type="discrete""#, r#"type="DISCRETE""#)
        .replace(r#"type="integer""#, r#"type="Integer""#)
        .replace(r#"ftype="linear""#, r#"ftype="LINEAR""#);
    let reading = two(&loud);
    assert_eq!(reading.diagnostics, []);
    is(worth(talks(&reading), 0, &[1, 4, 20]), 0.25 + 0.2);
}
