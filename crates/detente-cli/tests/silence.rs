//! Nothing is told of a deal that hangs on what somebody would say of whom too little is said.

#[allow(dead_code, reason = "interrupts are tested elsewhere")]
mod running;

use serde_json::Value;

/// The well is dug if the village agrees and the herders do, of whom it is not said what no agreement is worth to them.
const WELL: &str = "detente: 1
title: A well
issues: [{id: well, name: The well, options: [none, dug], status_quo: none}]
parties:
  - {id: village, name: Village, alternative: 0, will: {uniform: [0, 6]}, preferences: {well: {none: 0, dug: 2}}}
  - {id: herders, name: Herders, preferences: {well: {none: 0, dug: 2}}}
mediators:
  - {id: elders, levers: [{id: rope, cost: 1, assurance: {village: 3, herders: 2}}]}
steps: [{id: dig, name: Digging, by: village, delivers: {well: 1}}]
";

/// Two of three have to agree. Of the third it is not said what no agreement is worth to it.
const COUNCIL: &str = "detente: 1
title: A council
issues: [{id: fee, options: [low, mid, high]}]
parties:
  - id: council
    ratifies: {at_least: 2, of: [east, west, north]}
    bodies:
      - {id: east, alternative: 1, will: {uniform: [0, 6]}, preferences: {fee: [0, 3, 5]}}
      - {id: west, alternative: 1, will: {uniform: [0, 6]}, preferences: {fee: [0, 3, 2]}}
      - {id: north, alternative: unknown, preferences: {fee: [0, 1, 2]}}
  - {id: stalls, alternative: 0, will: {uniform: [0, 3]}, preferences: {fee: [0, 2, 3]}}
";

fn said(text: &str, arguments: &[&str]) -> String {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("talks.yaml");
    std::fs::write(&path, text).expect("a file");
    let (first, rest) = arguments.split_first().expect("a command");
    let (code, out, err) = running::run(&[&["-q", first, path.to_str().expect("a path")], rest].concat());
    assert_eq!(code, 0, "{err}");
    match arguments.contains(&"json") {
        true => out,
        false => out.split_whitespace().collect::<Vec<_>>().join(" "),
    }
}

#[track_caller]
fn never(said: &str, words: &[&str]) {
    for words in words {
        assert!(!said.contains(words), "`{words}` in {said}");
    }
}

#[test]
fn whether_a_deal_is_kept_and_what_levers_do_is_left_open() {
    let said = said(WELL, &["sequence", "--deal", "well=dug"]);
    assert!(
        said.contains("Whether it is kept once it is signed, and what levers do for that, hangs on Herders"),
        "{said}"
    );
    never(&said, &["carried through", "No levers", "kept 100%", "signed and kept"]);
}

#[test]
fn without_a_deal_to_put_in_order_it_is_said_what_is_missing() {
    let said = said(WELL, &["sequence"]);
    assert!(said.contains("not enough is known to say which deal could be agreed"), "{said}");
    assert!(said.contains("Herders: what no agreement is worth to it"), "{said}");
}

#[test]
fn where_nobody_could_change_it_by_what_is_missing_that_is_not_blamed() {
    let shut = WELL.replace("alternative: 0, will", "alternative: .inf, will");
    assert_ne!(shut, WELL);
    let said = said(&shut, &["sequence"]);
    assert!(said.contains("no deal would pass the rules of agreement"), "{said}");
    never(&said, &["not enough is known"]);
}

#[test]
fn the_chance_of_a_deal_asked_about_is_told_both_ways() {
    let asked = ["analyze", "--deal", "well=dug"];
    let text = said(WELL, &asked);
    // The village accepts with 2/6, and the herders with certainty if they say yes at all.
    assert!(text.contains("How likely it is to be agreed hangs on Herders"), "{text}");
    assert!(text.contains("0% if it says no, 33% if it says yes"), "{text}");
    never(&text, &["The chance that it is agreed is", "It would not pass", "would then be"]);
    let json: Value =
        serde_json::from_str(&said(WELL, &[&asked[..], &["--format", "json"]].concat())).expect("JSON");
    let chances = json.pointer("/accounts/0/if_missing").or(json.pointer("/deals/0/if_missing"));
    let yes = chances.and_then(|own| own["yes"].as_f64());
    assert!(yes.is_some_and(|yes| (yes - 1.0 / 3.0).abs() < 1e-9), "{chances:?}");
}

#[test]
fn where_deals_would_be_acceptable_in_any_case_the_target_is_what_is_not_known() {
    let said = said(COUNCIL, &["analyze"]);
    assert!(said.contains("whether the target of 50% can be reached hangs on council, north"), "{said}");
    never(&said, &["whether there can be an agreement hangs"]);
}

#[test]
fn nothing_is_efficient_or_fair_where_it_is_not_said_what_somebody_values() {
    let mute = WELL.replace(", preferences: {well: {none: 0, dug: 2}}}\nmediators", "}\nmediators");
    assert_ne!(mute, WELL);
    for more in [&["--format", "text"][..], &["--format", "html"]] {
        let said = said(&mute, &[&["analyze"], more].concat());
        never(&said, &["of the possible deals efficient", "accepts any deal"]);
    }
    let json: Value = serde_json::from_str(&said(&mute, &["analyze", "--format", "json"])).expect("JSON");
    assert_eq!(json["frontier"], Value::Null);
}

#[test]
fn who_agrees_to_nothing_and_who_says_nothing_accept_no_deal_on_the_page() {
    let lone = |herders: &str| {
        format!(
            "detente: 1
title: Either will do
issues: [{{id: well, options: [none, dug]}}]
parties:
  - {{id: village, name: Village, alternative: 0, preferences: {{well: [0, 2]}}}}
  - {{id: herders, name: Herders{herders}}}
agreement: {{any: [village, herders]}}
"
        )
    };
    let never_agrees =
        said(&lone(", alternative: .inf, preferences: {well: [0, 2]}"), &["analyze", "--format", "html"]);
    assert!(never_agrees.contains("accepts no deal"), "{never_agrees}");
    never(&never_agrees, &["accepts any deal"]);
    let silent = said(&lone(""), &["analyze", "--format", "html"]);
    assert!(silent.contains("not known"), "{silent}");
    never(&silent, &["accepts any deal", "accepts no deal"]);
}
