//! What is said of numbers that nobody stated, and of parties that nobody asks.

use detente_analysis::{Options, Space, analyze};
use detente_report::{Report, json, page, text};
use std::ops::ControlFlow;

fn said(yaml: &str) -> (String, serde_json::Value, String) {
    let reading = detente_formats::read(yaml.as_bytes());
    let talks = reading.talks.unwrap_or_else(|| panic!("{:#?}", reading.diagnostics));
    let options = Options { points: None, cloud: 100, ..Options::default() };
    let analysis = analyze(&Space::new(&talks), &options, &|_| ControlFlow::Continue(()));
    let report = Report {
        talks: &talks,
        analysis: &analysis,
        version: "0.0.0",
        input_sha256: "0000",
        seed: 0,
        reading: &[],
        warnings: &[],
        unknowns: None,
        levers: None,
        package_average: None,
        inverse: None,
        falls_average: None,
        accounts: &[],
        carried: &[],
        flips: None,
    };
    // Lines are wrapped by width; sentences are looked for without regard to that.
    let words = |text: String| text.split_whitespace().collect::<Vec<_>>().join(" ");
    let document = serde_json::from_str(&json(&report)).expect("JSON");
    (words(text(&report, 100)), document, words(page(&report)))
}

const FERRY: &str = "\
detente: 1
title: A ferry
issues:
  - {id: trips, options: [few, many]}
  - {id: fare, options: [low, high]}
parties:
  - id: island
    name: Island
    alternative: {value: 2, because: c1}
    preferences: {trips: {values: [0, 6], because: c2}, fare: [3, 0]}
  - id: line
    name: Shipping line
    alternative: {value: 20, because: c1}
    tables:
      - {over: [trips, fare], rows: [[few, low, 18], [few, high, 25], [many, low, 12], [many, high, 31]]}
sources:
  - {id: minutes, title: Minutes}
claims:
  - {id: c1, source: minutes, says: The line keeps 20 a month without a contract}
  - {id: c2, source: minutes, says: The islanders want more trips}
";

#[test]
fn a_claim_that_does_not_state_a_number_leaves_it_an_assumption() {
    let (text, json, page) = said(FERRY);
    assert_eq!(json["assumptions"]["numbers"], 10);
    assert_eq!(json["assumptions"]["sourced"], 1, "20 stands in what is said");
    assert_eq!(json["assumptions"]["unstated"], 3);
    for shown in [&text, &page] {
        assert!(
            shown.contains("6 of the 10 numbers behind this are assumptions: they name no source."),
            "{shown}"
        );
        assert!(
            shown.contains("3 numbers name a source that does not state them, so they are assumptions, too.")
        );
    }
    assert!(page.contains("few: 0 (not in its source) · many: 6 (not in its source)"), "{page}");
}

#[test]
fn the_rows_of_a_table_are_one_assumption() {
    let (text, json, page) = said(FERRY);
    assert_eq!((&json["assumptions"]["tables"], &json["assumptions"]["table_rows"]), (&1.into(), &4.into()));
    assert!(text.contains("4 of the numbers are the rows of one table."), "{text}");
    assert!(page.contains("table over trips and fare</th><td>4 rows, from 12 to 31</td>"), "{page}");
    assert!(!page.contains("value of trips: few ·"), "no row stands alone");
}

#[test]
fn many_amounts_over_the_same_issues_are_one_assumption() {
    let when = |k: usize| format!("      - {{when: {{a: {}, b: {}}}, adds: {k}}}\n", k % 4, k / 4);
    let interactions = |n: usize| -> String { (0..n).map(when).collect() };
    let yaml = |n: usize| {
        format!(
            "detente: 1\ntitle: Two fields\nissues:\n  - {{id: a, range: {{from: 0, to: 3}}}}\n  - {{id: b, range: {{from: 0, \
             to: 3}}}}\nparties:\n  - id: p\n    alternative: 0\n    interactions:\n{}",
            interactions(n)
        )
    };
    let (_, _, page) = said(&yaml(16));
    assert!(page.contains("extra values of a and b</th><td>16 amounts, from 0 to 15</td>"), "{page}");
    let (_, _, page) = said(&yaml(3));
    assert!(page.contains("extra value if"), "{page}");
}

#[test]
fn a_deal_that_goes_against_a_party_whose_yes_it_does_not_need_is_told() {
    let yaml = |rule: &str, nothing: i32| {
        format!(
            "detente: 1\ntitle: One order\nissues:\n  - {{id: order, options: [baker, miller]}}\nparties:\n  - id: inn\n    \
             name: Inn\n    alternative: 0\n    preferences: {{order: [5, 6]}}\n  - id: baker\n    name: Baker\n    alternative: \
             10\n    preferences: {{order: [14, {nothing}]}}\n  - id: miller\n    name: Miller\n    alternative: 10\n    \
             preferences: {{order: [{nothing}, 13]}}\nagreement: {rule}\n"
        )
    };
    let note = "an agreement does not need the yes of Baker or Miller; 2 of the deals listed are worth less to such a \
                party than no agreement and count as agreed without it.";
    let (text, json, page) = said(&yaml("{all: [inn, {any: [baker, miller]}]}", 0));
    assert!(text.contains(&format!("Note: {note}")), "{text}");
    assert!(page.contains(note), "{page}");
    let warnings = json["warnings"].as_array().expect("a list");
    assert!(warnings.iter().any(|warning| warning.as_str().is_some_and(|text| text.starts_with(note))));
    // What no part in the deal is worth settles it, and so does a rule that asks everybody.
    for quiet in [yaml("{all: [inn, {any: [baker, miller]}]}", 10), yaml("{all: [inn, baker, miller]}", 0)] {
        assert!(!said(&quiet).0.contains("does not need the yes"), "{quiet}");
    }
}
