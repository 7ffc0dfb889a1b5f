//! Folders that hold several scenarios side by side: which one is meant, and what is asked where that cannot be told.

use detente_formats::{Format, ReadOptions, Reading, Role, Severity, SourceFile, read_files};
use std::path::Path;

type Files<'a> = [(&'a str, String)];

fn with(options: &ReadOptions, files: &Files<'_>) -> Reading {
    let file = |(name, text): &(&str, String)| SourceFile {
        path: Path::new("talks").join(name),
        bytes: text.clone().into_bytes(),
    };
    let files: Vec<SourceFile> = files.iter().map(file).collect();
    read_files(Path::new("talks"), &files, options)
}

fn asked(parties: &[&str], case: Option<usize>) -> ReadOptions {
    ReadOptions {
        parties: parties.iter().map(|name| (*name).to_owned()).collect(),
        case,
        ..ReadOptions::default()
    }
}

/// Who sits at the table.
#[track_caller]
fn seats(reading: &Reading) -> Vec<String> {
    let talks = reading.talks.as_ref().unwrap_or_else(|| panic!("no talks: {reading:#?}"));
    talks.parties.iter().map(|party| party.id.clone()).collect()
}

/// What is said of a folder that cannot be read, with the way out.
#[track_caller]
fn refused(reading: &Reading) -> String {
    assert!(reading.talks.is_none());
    let errors = reading.diagnostics.iter().filter(|d| d.severity == Severity::Error);
    errors.map(|d| format!("{}: {}", d.message, d.help)).collect::<Vec<_>>().join("\n")
}

fn issue(items: &[(&str, u32)]) -> String {
    let item = |(value, worth): &(&str, u32)| format!(r#"<item value="{value}" evaluation="{worth}"/>"#);
    let items: Vec<String> = items.iter().map(item).collect();
    format!(
        r#"<objective index="0"><weight index="1" value="1"/><issue index="1" name="Ferry" type="discrete">{}</issue></objective>"#,
        items.concat()
    )
}

fn domain(items: &[(&str, u32)]) -> String {
    format!("<negotiation_template><utility_space>{}</utility_space></negotiation_template>", issue(items))
}

fn profile(items: &[(&str, u32)], discount: f64) -> String {
    format!(
        r#"<utility_space>{}<discount_factor value="{discount}"/><reservation value="0.2"/></utility_space>"#,
        issue(items)
    )
}

const DAILY: &[(&str, u32)] = &[("daily", 4), ("weekly", 2)];
const WEEKLY: &[(&str, u32)] = &[("daily", 1), ("weekly", 5)];
const NIGHTLY: &[(&str, u32)] = &[("nightly", 1), ("never", 5)];

/// Variants that differ in a discount only, named as in the repository of GENIUS.
fn ferries() -> Vec<(&'static str, String)> {
    vec![
        ("Ferry-A-domain.xml", domain(DAILY)),
        ("Ferry-A-prof1.xml", profile(DAILY, 0.5)),
        ("Ferry-A-prof2.xml", profile(WEEKLY, 0.5)),
        ("Ferry-B-domain.xml", domain(DAILY)),
        ("Ferry-B-prof1.xml", profile(DAILY, 1.0)),
        ("Ferry-B-prof2.xml", profile(WEEKLY, 1.0)),
    ]
}

#[test]
fn of_variants_whose_domains_agree_the_first_is_read_and_that_is_said() {
    let reading = with(&ReadOptions::default(), &ferries());
    assert_eq!(seats(&reading), ["Ferry-A-prof1", "Ferry-A-prof2"]);
    assert_eq!(reading.format, Format::Genius);
    let said = reading.notes.join("\n");
    for part in [
        "2 variants of a scenario",
        "variant 1 is read",
        "`--case` picks another",
        "`Ferry-B-prof1.xml` (of another variant)",
    ] {
        assert!(said.contains(part), "{part}: {said}");
    }
    assert_eq!(reading.files[3].role, Role::Ignored("of another variant".into()));
}

#[test]
fn a_number_picks_a_variant_and_names_pick_profiles() {
    let second = with(&asked(&[], Some(2)), &ferries());
    assert_eq!(seats(&second), ["Ferry-B-prof1", "Ferry-B-prof2"]);
    assert_eq!(second.talks.expect("talks").bodies[0].discount, None);
    let named = with(&asked(&["Ferry-B-prof2", "Ferry-B-prof1.xml"], None), &ferries());
    assert_eq!(seats(&named), ["Ferry-B-prof2", "Ferry-B-prof1"]);
    let across = with(&asked(&["Ferry-A-prof1", "Ferry-B-prof2"], None), &ferries());
    assert_eq!(seats(&across), ["Ferry-A-prof1", "Ferry-B-prof2"]);
    let beyond = with(&asked(&[], Some(3)), &ferries());
    assert_eq!(beyond.misuse.as_deref(), Some("`--case`: there is no variant 3; the folder holds 2"));
    let stranger = with(&asked(&["nobody"], None), &ferries());
    assert!(stranger.misuse.expect("a reason").contains("there is no profile `nobody`"));
}

#[test]
fn of_domains_that_differ_one_is_picked_by_a_flag_and_the_choices_are_listed() {
    let mut files = ferries();
    files[3] = ("Ferry-B-domain.xml", domain(NIGHTLY));
    files[4] = ("Ferry-B-prof1.xml", profile(NIGHTLY, 1.0));
    files[5] = ("Ferry-B-prof2.xml", profile(NIGHTLY, 1.0));
    let said = refused(&with(&ReadOptions::default(), &files));
    for part in [
        "this is a second domain",
        "`--parties Ferry-A-prof1,Ferry-A-prof2`",
        "`--parties Ferry-B-prof1,Ferry-B-prof2`",
        "`--case`",
    ] {
        assert!(said.contains(part), "{part}: {said}");
    }
    let second = with(&asked(&["Ferry-B-prof1", "Ferry-B-prof2"], None), &files);
    assert_eq!(seats(&second), ["Ferry-B-prof1", "Ferry-B-prof2"]);
    assert_eq!(second.talks.expect("talks").issues[0].option_id(detente_model::OptionId(0)), "nightly");
    assert_eq!(seats(&with(&asked(&[], Some(1)), &files)), ["Ferry-A-prof1", "Ferry-A-prof2"]);
    let across = refused(&with(&asked(&["Ferry-A-prof1", "Ferry-B-prof2"], None), &files));
    assert!(across.contains("do not belong to one domain"), "{across}");
}

#[test]
fn names_tell_variants_apart_however_they_are_marked() {
    for names in [
        ["domainA.xml", "profA1.xml", "profA2.xml", "domainB.xml", "profB1.xml", "profB2.xml"],
        ["a_domain.xml", "a_1.xml", "a_2.xml", "b_domain.xml", "b_1.xml", "b_2.xml"],
        ["d1.xml", "d1-1.xml", "d1-2.xml", "d2.xml", "d2-1.xml", "d2-2.xml"],
    ] {
        let files: Vec<(&str, String)> =
            names.into_iter().zip(ferries()).map(|(name, (_, text))| (name, text)).collect();
        let reading = with(&asked(&[], Some(2)), &files);
        let expected: Vec<&str> =
            [names[4], names[5]].iter().map(|name| name.trim_end_matches(".xml")).collect();
        assert_eq!(seats(&reading), expected);
    }
}

#[test]
fn where_names_do_not_tell_the_issues_do() {
    let files = [
        ("house.xml", domain(DAILY)),
        ("boat.xml", domain(NIGHTLY)),
        ("w.xml", profile(DAILY, 1.0)),
        ("x.xml", profile(WEEKLY, 1.0)),
        ("y.xml", profile(NIGHTLY, 1.0)),
        ("z.xml", profile(NIGHTLY, 1.0)),
    ];
    let said = refused(&with(&ReadOptions::default(), &files));
    assert!(said.contains("`--parties w,x`, `--parties y,z`"), "{said}");
    assert_eq!(seats(&with(&asked(&["z", "y"], None), &files)), ["z", "y"]);
    assert_eq!(seats(&with(&asked(&["w", "x"], None), &files)), ["w", "x"]);
}

#[test]
fn a_domain_that_stands_there_twice_is_one() {
    let mut files = ferries()[..3].to_vec();
    files.push(("Ferry-A-domain (copy).xml", domain(DAILY)));
    assert_eq!(seats(&with(&ReadOptions::default(), &files)), ["Ferry-A-prof1", "Ferry-A-prof2"]);
    let files = [
        ("one.xml", domain(DAILY)),
        ("two.xml", domain(DAILY)),
        ("x.xml", profile(DAILY, 1.0)),
        ("y.xml", profile(WEEKLY, 1.0)),
    ];
    let reading = with(&ReadOptions::default(), &files);
    assert_eq!(seats(&reading), ["x", "y"]);
    assert!(reading.notes.join("\n").contains("hold the same issues and options"));
}

#[test]
fn folders_of_geniusweb_and_negmas_are_alike() {
    let web =
        |values: &str| format!(r#"{{"name": "f", "issuesValues": {{"Ferry": {{"values": [{values}]}}}}}}"#);
    let web_profile = |values: &str, worth: &str| {
        format!(
            r#"{{"LinearAdditiveUtilitySpace": {{"name": "p", "domain": {}, "issueWeights": {{"Ferry": 1}}, "issueUtilities": {{"Ferry": {{"discreteutils": {{"valueUtilities": {{{worth}}}}}}}}}}}}}"#,
            web(values)
        )
    };
    let day = r#""daily", "weekly""#;
    let night = r#""nightly", "never""#;
    let mut files = vec![
        ("f1.json", web(day)),
        ("f1-a.json", web_profile(day, r#""daily": 1, "weekly": 0"#)),
        ("f1-b.json", web_profile(day, r#""daily": 0, "weekly": 1"#)),
        ("f2.json", web(r#""weekly", "daily""#)),
        ("f2-a.json", web_profile(day, r#""daily": 1, "weekly": 0.5"#)),
        ("f2-b.json", web_profile(day, r#""daily": 0.5, "weekly": 1"#)),
    ];
    assert_eq!(seats(&with(&asked(&[], Some(2)), &files)), ["f2-a", "f2-b"]);
    assert_eq!(seats(&with(&ReadOptions::default(), &files)), ["f1-a", "f1-b"]);
    files[3].1 = web(night);
    assert!(refused(&with(&ReadOptions::default(), &files)).contains("`--parties f1-a,f1-b`"));

    let space = |values: &str| {
        format!(
            "issues:\n- {{name: Ferry, type: CategoricalIssue, values: [{values}]}}\ntype: CartesianOutcomeSpace\n"
        )
    };
    let ufun = |first: f64, second: f64, options: [&str; 2]| {
        format!(
            "type: LinearAdditiveUtilityFunction\nreserved_value: 0.1\nweights: [1]\nvalues:\n- {{type: TableFun, mapping: {{{}: {first}, {}: {second}}}}}\n",
            options[0], options[1]
        )
    };
    let mut files = vec![
        ("A.domain.yml", space("daily, weekly")),
        ("A.first.yml", ufun(1.0, 0.0, ["daily", "weekly"])),
        ("A.second.yml", ufun(0.0, 1.0, ["daily", "weekly"])),
        ("B.domain.yml", space("daily, weekly")),
        ("B.first.yml", ufun(1.0, 0.5, ["daily", "weekly"])),
        ("B.second.yml", ufun(0.5, 1.0, ["daily", "weekly"])),
    ];
    assert_eq!(seats(&with(&ReadOptions::default(), &files)), ["A-first", "A-second"]);
    assert_eq!(seats(&with(&asked(&["B.second", "B-first"], None), &files)), ["B-second", "B-first"]);
    files[3].1 = space("nightly, never");
    assert!(refused(&with(&ReadOptions::default(), &files)).contains("`--parties A.first,A.second`"));
}

#[test]
fn no_names_of_files_make_the_reader_panic() {
    let names = ["", ".xml", "\u{df}\u{130}.xml", "A1b2.xml", "--.xml", "\u{1f600}9.xml"];
    for k in 0..names.len() {
        let name = |n: usize| names[(k + n) % names.len()];
        let files = [
            (name(0), domain(DAILY)),
            (name(1), domain(NIGHTLY)),
            (name(2), profile(DAILY, 1.0)),
            (name(3), profile(NIGHTLY, 1.0)),
            (name(4), "<utility_space>".to_owned()),
            (name(5), domain(WEEKLY)),
        ];
        for options in [ReadOptions::default(), asked(&["a"], None), asked(&[], Some(9))] {
            let reading = with(&options, &files);
            assert!(reading.talks.is_some() || reading.misuse.is_some() || !reading.diagnostics.is_empty());
        }
    }
}
