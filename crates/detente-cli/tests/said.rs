//! What stands on the screen is what was computed, in the same words everywhere.

use assert_cmd::Command;
use serde_json::Value;
use std::fs;

/// What `detente analyze` prints of a scenario.
#[track_caller]
fn analyze(scenario: &str, arguments: &[&str]) -> String {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("scenario.yaml");
    fs::write(&path, scenario).expect("a file");
    let output = Command::new(env!("CARGO_BIN_EXE_detente"))
        .args(["--quiet", "analyze"])
        .arg(&path)
        .args(arguments)
        .output()
        .expect("the command runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).expect("UTF-8")
}

fn text(scenario: &str) -> String {
    analyze(scenario, &[]).split_whitespace().collect::<Vec<_>>().join(" ")
}

fn json(scenario: &str) -> Value {
    serde_json::from_str(&analyze(scenario, &["--format", "json"])).expect("JSON")
}

/// What a reader of the page sees, without its tags.
fn page(scenario: &str, arguments: &[&str]) -> String {
    let html = analyze(scenario, &[&["--format", "html"], arguments].concat());
    let body = html.split("</style>").last().unwrap_or_default();
    let mut seen = String::new();
    for part in body.split('<') {
        seen.push(' ');
        seen.push_str(part.split_once('>').map_or("", |(_, text)| text));
    }
    seen.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Two issues of which only the fee matters to anybody, and some that matter to nobody.
fn indifferent(more: usize) -> String {
    let more: String = (0..more).map(|k| format!("  - {{id: detail{k}, options: [one, two]}}\n")).collect();
    format!(
        "detente: 1
title: Indifferent
issues:
  - {{id: flag, options: [red, blue]}}
  - {{id: fee, options: [low, high]}}
{more}parties:
  - {{id: harbour, alternative: 0, preferences: {{fee: {{low: 1, high: 3}}}}}}
  - {{id: fleet, alternative: 0, preferences: {{fee: {{low: 1, high: 3}}}}}}
"
    )
}

#[track_caller]
fn check_efficient(more: usize, deals: u64, said: &str) {
    let scenario = indifferent(more);
    let found = json(&scenario);
    let frontier = &found["frontier"];
    assert_eq!((&frontier["count"], &frontier["outcomes"]), (&Value::from(1), &Value::from(deals)));
    assert_eq!(frontier["outcomes_exact"], Value::from(true));
    let said = format!("{said} of the possible deals efficient");
    assert!(text(&scenario).contains(&said), "{}", text(&scenario));
    if more < 2 {
        assert!(page(&scenario, &[]).contains(&said));
    }
}

#[test]
fn deals_that_are_worth_the_same_count_each_as_efficient() {
    check_efficient(0, 2, "2");
    check_efficient(2, 8, "8");
    // So many are answered from groups of issues.
    check_efficient(15, 1 << 16, "65,536");
    check_efficient(40, 1 << 41, "2,199,023,255,552");
}

#[test]
fn no_deal_is_listed_before_an_efficient_one_that_is_as_likely() {
    for more in [0, 2, 15] {
        let found = json(&indifferent(more));
        let best = found["will"]["best"].as_array().expect("deals");
        let efficient: Vec<bool> = best.iter().map(|deal| deal["on_frontier"] == true).collect();
        let n_efficient = (1usize << (more + 1)).min(10);
        assert!(efficient[..n_efficient].iter().all(|is| *is), "{efficient:?}");
        assert!(efficient[n_efficient..].iter().all(|is| !is), "{efficient:?}");
    }
}

#[test]
fn the_legend_of_a_rule_says_what_the_rule_compares() {
    // The deal `near` divides more equally, `far` has the larger smallest share.
    let scenario = "detente: 1
title: Shares
issues:
  - {id: split, options: [mine, yours, far, near]}
parties:
  - {id: north, alternative: 0, preferences: {split: {mine: 20, yours: 0, far: 9, near: 10}}}
  - {id: south, alternative: 0, preferences: {split: {mine: 0, yours: 20, far: 18, near: 8.8}}}
";
    assert_eq!(json(scenario)["solutions"]["kalai_smorodinsky"]["outcome"]["split"], "far");
    for said in [text(scenario), page(scenario, &[])] {
        assert!(said.contains("largest smallest share"), "{said}");
        assert!(!said.contains("as equal as"), "{said}");
    }
}

const HOUSE: &str = "title: Bonus
issues:
  - {id: bonus, options: [large, little]}
parties:
  - {id: works, alternative: -900, preferences: {bonus: {large: -500, little: -5}}}
  - id: staff
    bodies:
      - {id: day, alternative: 0, preferences: {bonus: {large: 800, little: 0}}}
      - {id: night, alternative: 0, preferences: {bonus: {large: 0, little: 2}}}
";

#[test]
fn sums_are_taken_in_the_unit_in_which_all_count() {
    let weighed = format!("detente: 1\n{HOUSE}");
    let in_crowns = format!("detente: 1\ncommon_unit: crowns\n{HOUSE}");
    let sum = |scenario: &str| json(scenario)["solutions"]["utilitarian"].clone();
    assert_eq!(
        (&sum(&weighed)["outcome"]["bonus"], &sum(&weighed)["total"]),
        (&"little".into(), &Value::Null)
    );
    assert_eq!(
        (&sum(&in_crowns)["outcome"]["bonus"], &sum(&in_crowns)["total"]),
        (&"large".into(), &1200.0.into())
    );
    let said = text(&in_crowns);
    assert!(said.contains("all bodies together +1,200 crowns): bonus: large"), "{said}");
    assert!(said.contains("largest sum of gains over all bodies, in crowns"), "{said}");
    assert!(said.contains("a deal that is not efficient may still be worth more to one of them"), "{said}");
    assert!(page(&in_crowns, &[]).contains("all bodies together +1,200 crowns"));
    // One body a party: what is added is the same, and the page says in what.
    let alone = "detente: 1\ntitle: Alone\ncommon_unit: crowns\nissues:\n  - {id: bonus, options: [large, little]}\nparties:\n  \
                 - {id: works, alternative: -900, preferences: {bonus: {large: -500, little: -5}}}\n  \
                 - {id: staff, alternative: 0, preferences: {bonus: {large: 800, little: 0}}}\n";
    assert_eq!((&sum(alone)["outcome"]["bonus"], &sum(alone)["total"]), (&"large".into(), &1200.0.into()));
    assert!(text(alone).contains("largest sum of gains, in crowns"), "{}", text(alone));
    assert!(!page(alone, &[]).contains("own units"));
}

const LARGE: &str = "detente: 1
title: Large
common_unit: crowns
as_of: 2026-02-01
issues:
  - {id: bill, name: Bill, range: {from: 0, to: 4000000, by: 50000, unit: crowns}}
  - {id: year, name: First year, range: {from: 2027, to: 2031}}
parties:
  - {id: town, alternative: -3000000, will: {uniform: [0, 900000]}, preferences: {bill: {linear: {0: 0, 4000000: -4000000}}}}
  - {id: port, alternative: 1500000, preferences: {bill: {linear: {0: 0, 4000000: 3500000}}, year: {linear: {2027: 9000, 2031: 0}}}}
";

/// Five digits in a row, as nobody writes them.
fn ungrouped(text: &str) -> Option<&str> {
    text.split(|c: char| !c.is_ascii_digit()).find(|digits| digits.len() > 4 && !digits.starts_with('0'))
}

#[test]
fn digits_are_grouped_on_the_screen_and_not_for_programs() {
    let said = text(LARGE);
    assert_eq!(ungrouped(&said), None, "{said}");
    assert!(said.contains(",000 crowns") && said.contains("First year: 2027"), "{said}");
    let page = page(LARGE, &[]);
    // A hash of the file is no number.
    let before = page.split("SHA-256").next().unwrap_or_default();
    assert_eq!(ungrouped(before), None, "{before}");
    assert!(page.contains("First year 2027") || page.contains("First year: 2027"), "{page}");
    let best = &json(LARGE)["will"]["best"][0]["outcome"];
    let bill = best["bill"].as_str().expect("a number");
    assert!(bill.len() > 4 && bill.bytes().all(|b| b.is_ascii_digit()), "{bill}");
}

#[test]
fn nothing_before_a_number_reads_as_a_minus() {
    let said = text(LARGE);
    assert!(!said.contains(" - chance"), "{said}");
    let hyphens = said.split_whitespace().filter(|word| {
        word.strip_prefix('-').is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit()))
    });
    assert_eq!(hyphens.collect::<Vec<_>>(), Vec::<&str>::new(), "{said}");
}

#[test]
fn json_holds_what_would_flip_it_and_which_solutions_are_proven() {
    let found = json(LARGE);
    assert!(found["flips"]["tried"].as_u64().is_some_and(|n| n > 0), "{}", found["flips"]);
    let first = &found["flips"]["numbers"][0];
    assert!(first["number"].is_string() && first["now"].is_number(), "{first}");
    assert!(first["verdict"]["to"].is_number() || first["best"]["to"].is_number(), "{first}");
    for rule in ["nash", "kalai_smorodinsky", "egalitarian", "utilitarian"] {
        assert_eq!(found["solutions"][rule]["proven"], true, "{rule}");
    }
}

#[test]
fn the_shared_page_reads_no_importance_from_how_many_deals_an_answer_leaves() {
    let said = page(LARGE, &["--audience", "shared"]);
    assert!(said.contains("does not say how much an answer matters"), "{said}");
    assert!(!said.contains("hangs on that answer"), "{said}");
}

#[test]
fn a_deal_has_one_name_in_words_and_pictures() {
    let unknown = LARGE.replace("alternative: 1500000", "alternative: {uniform: [1400000, 1600000]}");
    let best = json(&unknown)["will"]["best"].clone();
    let said = page(&unknown, &[]);
    let mut compared = 0;
    for label in said.split(" Deal ").skip(1) {
        let Some((number, rest)) = label.split_once(": as deal 1, but Bill: ") else { continue };
        let (Ok(number), Some((bill, _))) = (number.parse::<usize>(), rest.split_once(" crowns")) else {
            continue;
        };
        assert_eq!(best[number - 1]["outcome"]["bill"], bill.replace(',', "").as_str(), "deal {number}");
        compared += 1;
    }
    assert!(compared > 0, "{said}");
    assert!(!said.contains("Deal A:") && !said.contains("Deal B"), "{said}");
}
