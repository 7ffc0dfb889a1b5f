//! Numbers, ranges and names as pages show them to people who know nothing of files.

use assert_cmd::Command;
use std::path::Path;

/// What the command prints for a case that is hard for a page alone.
fn analyze(case: &str, more: &[&str]) -> String {
    analyze_file(&Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("tests/pages/{case}.yaml")), more)
}

fn analyze_file(file: &Path, more: &[&str]) -> String {
    let case = file.display().to_string();
    let output = Command::new(env!("CARGO_BIN_EXE_detente"))
        .args(["--quiet", "analyze", &case])
        .args(more)
        .output()
        .expect("the command runs");
    assert!(output.status.success(), "{case} {more:?}");
    String::from_utf8(output.stdout).expect("UTF-8")
}

/// Numbers that a plain space parts from a unit, each with what stands around it.
fn parted(page: &str) -> Vec<String> {
    let units = ["EUR", "day", "days", "week", "weeks", "month", "months", "year", "years"];
    let words: Vec<&str> = page.split([' ', '\n']).collect();
    let is_unit = |word: &str| units.contains(&word.split(|c: char| !c.is_alphabetic()).next().unwrap_or(""));
    let pairs =
        words.windows(2).filter(|pair| pair[0].ends_with(|c: char| c.is_ascii_digit()) && is_unit(pair[1]));
    pairs.map(|pair| pair.join(" ")).collect()
}

/// Without texts that are only read out or shown on hover.
fn seen(page: &str) -> String {
    let mut parts = page.split("<title>");
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |all, part| all + part.split_once("</title>").map_or("", |(_, rest)| rest))
}

#[test]
fn no_line_ends_between_a_number_and_its_unit() {
    for case in ["wide-numbers", "long-names", "steps"] {
        let page = seen(&analyze(case, &["--format", "html"]));
        assert_eq!(parted(&page), Vec::<String>::new(), "{case}");
        for format in ["text", "json"] {
            let out = analyze(case, &["--format", format]);
            assert!(!out.contains('\u{a0}'), "{case}, {format}");
        }
    }
    assert!(analyze("wide-numbers", &["--format", "html"]).contains("250,000\u{a0}EUR"));
    let asked = analyze("wide-numbers", &["--deal", "rent=250000,until=2028,yard=leased"]);
    assert!(asked.contains("250,000 EUR"), "{asked}");
}

#[test]
fn a_year_is_a_year_everywhere() {
    for more in
        [&["--format", "html"][..], &["--format", "text"], &["--format", "html", "--audience", "shared"]]
    {
        let page = analyze("wide-numbers", more);
        assert!(page.contains("2027") && !page.contains("2,027"), "{more:?}");
        assert!(!page.contains("2027 year") && !page.contains("2027\u{a0}year"), "{more:?}");
    }
}

#[test]
fn a_long_range_is_one_sentence_that_says_what_holds_today() {
    let page = analyze("wide-numbers", &["--format", "html", "--audience", "shared"]);
    let said = "any of 61 answers from 0\u{a0}EUR to 3,000,000\u{a0}EUR, in steps of 50,000\u{a0}EUR; today 0\u{a0}EUR";
    assert!(page.contains(said), "{page}");
    assert!(!page.contains("more answers"), "{page}");
}

#[test]
fn notes_for_whoever_wrote_the_file_stand_at_the_end() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("silent.yaml");
    let yaml = "detente: 1\ntitle: Silent\nissues: [{id: way, options: [a, b]}]\nparties:\n  - {id: one, alternative: 0, \
                preferences: {way: {values: {a: 1, b: {uniform: [0, 4]}}}}}\n  - {id: two, alternative: 0}\n";
    std::fs::write(&file, yaml).expect("written");
    let page = analyze_file(&file, &["--format", "html"]);
    let (before, after) = page.split_once("Notes from reading the file").expect("the notes");
    assert!(
        !before.contains("`two` has no preferences") && after.contains("line 6: `two` has no preferences")
    );
    assert!(before.contains("What is not said yet"), "{before}");
    for format in ["text", "json"] {
        assert!(
            analyze_file(&file, &["--format", format]).contains("line 6: `two` has no preferences"),
            "{format}"
        );
    }
}

#[test]
fn a_page_that_draws_numbers_does_not_list_them_by_their_identifiers() {
    let case = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../catalog/everyday/supply-contract");
    let page = analyze_file(&case, &["--format", "html"]);
    assert!(page.contains("How sure this is") && !page.contains("is a distribution (`"));
    assert!(analyze_file(&case, &["--format", "json"]).contains("is a distribution (`"));
}

#[test]
fn sides_with_long_names_have_no_columns() {
    assert!(analyze("long-names", &["--format", "html"]).contains("<table class=\"order stacked\">"));
    assert!(analyze("wide-numbers", &["--format", "html"]).contains("<table class=\"order\">"));
}

#[test]
fn the_unit_of_a_range_stands_once_in_the_text() {
    let text = analyze("wide-numbers", &["--format", "text"]);
    assert!(text.contains("Rent (EUR): ") && !text.contains("The lease runs until (year)"), "{text}");
}

#[test]
fn a_page_says_nothing_of_the_keys_of_a_file() {
    let words = "may be tempted to walk away all the same is not stated";
    assert!(analyze("steps", &["--format", "html"]).contains(&format!("{words}.")));
    let text = analyze("steps", &["--format", "text"]).split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(text.contains(&format!("{words} (`strain`;")), "{text}");
}
