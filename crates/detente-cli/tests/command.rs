//! The command as its users and their scripts meet it: exit codes, streams, files.

use assert_cmd::Command;
use serde_json::Value;
use std::fs;
use std::path::{Path, PathBuf};
use tempfile::TempDir;

fn detente(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_detente"));
    command.args(arguments).env_remove("NO_COLOR").env_remove("CLICOLOR_FORCE");
    command
}

struct Run {
    code: i32,
    out: String,
    err: String,
}

fn run(arguments: &[&str]) -> Run {
    let output = detente(arguments).output().expect("the command runs");
    Run {
        code: output.status.code().unwrap_or(-1),
        out: String::from_utf8(output.stdout).expect("UTF-8"),
        err: String::from_utf8(output.stderr).expect("UTF-8"),
    }
}

fn ceasefire() -> String {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../catalog/cases/ceasefire").display().to_string()
}

fn folder() -> TempDir {
    tempfile::tempdir().expect("a folder")
}

fn file(folder: &TempDir, name: &str, content: &[u8]) -> String {
    let path: PathBuf = folder.path().join(name);
    fs::write(&path, content).expect("a file");
    path.display().to_string()
}

/// The smallest scenario, with room for a change.
const SMALL: &str = "detente: 1
title: Small
parties:
  - {id: a, alternative: 0, preferences: {x: [0, 1, 2]}}
  - {id: b, alternative: 0, preferences: {x: {values: {low: 2, mid: 1, high: 0}}}}
issues:
  - {id: x, options: [low, mid, high]}
";

#[test]
fn any_verdict_is_a_success() {
    let run = run(&["analyze", &ceasefire()]);
    assert_eq!((run.code, run.err.as_str()), (0, ""));
    assert!(run.out.contains("Support below target"), "{}", run.out);
    assert!(!run.out.contains('\u{1b}'), "colour without a terminal");
    assert!(run.out.lines().all(|line| line.chars().count() <= 80), "{}", run.out);
}

#[test]
fn the_json_is_one_object_that_its_schema_describes() {
    let schema: Value = serde_json::from_str(&run(&["schema", "analysis"]).out).expect("a schema");
    let validator = jsonschema::validator_for(&schema).expect("a valid schema");
    for case in ["cases/ceasefire", "papers/nash1950", "games/scorable-harbour", "derived/pie"] {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../catalog").join(case);
        let run = run(&["analyze", &path.display().to_string(), "--format", "json", "--points", "all"]);
        let result: Value = serde_json::from_str(&run.out).expect("one JSON value");
        let errors: Vec<String> = validator.iter_errors(&result).map(|error| error.to_string()).collect();
        assert_eq!(errors, Vec::<String>::new(), "{case}");
        let points = result["frontier"]["points"].as_array().expect("points").len() as u64;
        assert_eq!(result["frontier"]["count"].as_u64(), Some(points));
    }
}

#[test]
fn the_same_input_gives_the_same_bytes() {
    let one = run(&["analyze", &ceasefire(), "--format", "json", "--seed", "7"]);
    let two = run(&["analyze", &ceasefire(), "--format", "json", "--seed", "7"]);
    assert_eq!(one.out, two.out);
    assert!(one.out.contains("\"seed\": 7"));
}

#[test]
fn limits_on_what_is_listed_are_kept() {
    let result = run(&["analyze", &ceasefire(), "--format", "json", "--points", "3", "--top", "2"]);
    let result: Value = serde_json::from_str(&result.out).expect("JSON");
    assert_eq!(result["frontier"]["points"].as_array().map(Vec::len), Some(3));
    assert_eq!(result["will"]["best"].as_array().map(Vec::len), Some(2));
}

#[test]
fn every_problem_is_reported_at_once_and_first_by_its_place() {
    let folder = folder();
    let bad = SMALL.replace("high: 0", "hihg: 0").replace("[0, 1, 2]", "[0, one, 2]");
    let path = file(&folder, "bad.yaml", bad.as_bytes());
    for arguments in [vec!["check", &path], vec!["analyze", &path]] {
        let run = run(&arguments);
        assert_eq!((run.code, run.out.as_str()), (1, ""));
        assert!(run.err.starts_with(&format!("{path}:4:50: error: `one` is not a number\n")), "{}", run.err);
        assert!(run.err.contains("bad.yaml:5:72: error: `hihg` is priced"), "{}", run.err);
        assert!(run.err.contains("help: did you mean `high`?"), "{}", run.err);
    }
    let report: Value = serde_json::from_str(&run(&["check", &path, "--format", "json"]).out).expect("JSON");
    assert_eq!(report["ok"], false);
    assert_eq!(report["files"][0]["diagnostics"][0]["line"], 4);
    assert_eq!(report["files"][0]["diagnostics"][0]["column"], 50);
}

#[test]
fn constraints_that_leave_nothing_are_named_where_they_stand() {
    let folder = folder();
    let constraints = "constraints:\n  - forbid: {x: high}\n  - {if: {x: [low, mid]}, then: {x: high}}\n";
    let path = file(&folder, "none.yaml", format!("{SMALL}{constraints}").as_bytes());
    let run = run(&["check", &path]);
    assert_eq!(run.code, 1);
    assert!(
        run.err.contains(":9:5: error: this constraint and another leave no possible deal"),
        "{}",
        run.err
    );
    assert!(run.err.contains(":10:5: error: this constraint and another"), "{}", run.err);
}

#[test]
fn what_cannot_be_read_is_told_with_a_way_out() {
    let folder = folder();
    let here = folder.path().display().to_string();
    let missing = folder.path().join("missing.yaml").display().to_string();
    for (path, words) in [(&here, "holds no `scenario.yaml`"), (&missing, "there is no file")] {
        let run = run(&["analyze", path]);
        assert_eq!((run.code, run.out.as_str()), (2, ""));
        assert!(run.err.contains(words) && run.err.contains("detente new"), "{}", run.err);
    }
    for (content, words) in [
        (&b"a: \xff"[..], "not UTF-8"),
        (b"\xff\xfea\0", "UTF-16"),
        (b"", "the file is empty"),
        (b"<xml/>", "this is XML whose first element is `xml`"),
        (b"a: [", "not valid YAML"),
        (b"title: x\n", "no `detente` key"),
        (b"detente: 2\n", "version `2`"),
    ] {
        let run = run(&["check", &file(&folder, "odd.yaml", content)]);
        assert_eq!(run.code, 1, "{words}");
        assert!(run.err.contains(words) && run.err.contains("odd.yaml:1:"), "{words}: {}", run.err);
    }
}

#[test]
fn wrong_usage_is_told_apart_from_wrong_input() {
    for arguments in [
        vec!["analyze", "x", "--target", "2"],
        vec!["analyze", "x", "--points", "some"],
        vec!["analyse"],
        vec!["analyze", &ceasefire(), "--scale", "raw"],
    ] {
        let run = run(&arguments);
        assert_eq!((run.code, run.out.as_str()), (2, ""), "{arguments:?}");
        assert!(run.err.starts_with("error: "), "{}", run.err);
    }
}

#[test]
fn a_new_scenario_is_valid_and_overwrites_nothing() {
    let folder = folder();
    let path = folder.path().join("talks.yaml").display().to_string();
    assert_eq!(run(&["new", &path]).code, 0);
    assert_eq!(run(&["check", &path]).code, 0);
    fs::write(&path, "mine").expect("written");
    assert_eq!(run(&["new", &path]).code, 2);
    assert_eq!(fs::read_to_string(&path).expect("read"), "mine");
    let other = folder.path().join("talks.txt");
    assert_eq!(run(&["new", &other.display().to_string()]).code, 0);
    assert!(other.is_file());
    let inside = folder.path().join("talks").display().to_string();
    assert_eq!(run(&["new", &inside]).code, 0);
    assert_eq!(run(&["analyze", &inside]).code, 0);
}

#[test]
fn a_new_scenario_can_go_to_the_output() {
    let folder = folder();
    let path = folder.path().join("talks.yaml").display().to_string();
    assert_eq!(run(&["new", &path]).code, 0);
    let written = fs::read_to_string(&path).expect("a scenario");
    let shown = run(&["new", "-"]);
    assert_eq!((shown.code, shown.out.as_str(), shown.err.as_str()), (0, written.as_str(), ""));
    assert!(!Path::new("-").exists(), "no folder is made");
}

#[test]
fn a_result_is_written_whole_or_not_at_all() {
    let folder = folder();
    let path = folder.path().join("result.json").display().to_string();
    let written = run(&["analyze", &ceasefire(), "--format", "json", "--out", &path]);
    assert_eq!((written.code, written.out.as_str()), (0, ""));
    let shown = run(&["analyze", &ceasefire(), "--format", "json"]);
    assert_eq!(fs::read_to_string(&path).expect("a result"), shown.out);
    let nowhere = folder.path().join("no/such/folder/result.json").display().to_string();
    assert_eq!(run(&["analyze", &ceasefire(), "--out", &nowhere]).code, 2);
    assert_eq!(fs::read_dir(folder.path()).expect("a folder").count(), 1, "nothing else is left behind");
    let scenario = file(&folder, "own.yaml", SMALL.as_bytes());
    let over = run(&["analyze", &scenario, "--out", &scenario]);
    assert!(over.code == 2 && over.err.contains("is the input itself"), "{}", over.err);
    assert_eq!(fs::read_to_string(&scenario).expect("still there"), SMALL);
}

#[cfg(unix)]
#[test]
fn what_is_no_file_is_written_to_and_never_replaced() {
    use std::os::unix::fs::symlink;
    let folder = folder();
    // Through links in a folder of its own: if this ever fails, it breaks nothing but the links.
    let device = folder.path().join("device");
    symlink("/dev/null", &device).expect("a link");
    assert_eq!(run(&["analyze", &ceasefire(), "--out", &device.display().to_string()]).code, 0);
    assert!(device.is_symlink());
    let target = file(&folder, "target.txt", b"old");
    let link = folder.path().join("link.txt");
    symlink(&target, &link).expect("a link");
    assert_eq!(run(&["analyze", &ceasefire(), "--out", &link.display().to_string()]).code, 0);
    assert!(link.is_symlink());
    assert!(fs::read_to_string(&target).expect("a result").contains("Support below target"));
}

#[test]
fn talks_too_large_to_enumerate_are_answered_exactly() {
    let folder = folder();
    let issues: String = (0..50).map(|k| format!("  - {{id: i{k}, range: {{from: 1, to: 10}}}}\n")).collect();
    let wants = |rising: bool| -> String {
        let (low, high) = if rising { (0, 9) } else { (9, 0) };
        // Odd decimals, so that few deals are equally good.
        let weight = |k: usize| {
            if rising { 1.0 + (k * k % 97) as f64 / 100.0 } else { 1.0 + (k * 31 % 89) as f64 / 90.0 }
        };
        let one = |k| format!("      i{k}: {{weight: {}, linear: {{1: {low}, 10: {high}}}}}\n", weight(k));
        (0..50).map(one).collect()
    };
    let text = format!(
        "detente: 1\ntitle: Large\nparties:\n  - id: a\n    alternative: 250\n    preferences:\n{}  - id: b\n    \
         alternative: 300\n    will: {{uniform: [0, 250]}}\n    preferences:\n{}issues:\n{issues}",
        wants(true),
        wants(false)
    );
    let path = file(&folder, "large.yaml", text.as_bytes());
    let result = run(&["analyze", &path, "--format", "json"]);
    assert_eq!(result.code, 0, "{}", result.err);
    let json: Value = serde_json::from_str(&result.out).expect("JSON");
    let outcomes = &json["outcomes"];
    assert_eq!(outcomes["total"], Value::String(format!("1{}", "0".repeat(50))));
    assert_eq!(outcomes["feasible_exact"], true);
    // Values with decimals: the zone is known to hold deals, and how many is known between two bounds.
    assert_eq!(outcomes["zone_exact"], false);
    assert!(outcomes["zone"].as_str().is_some_and(|zone| zone.len() > 40), "{outcomes}");
    assert!(outcomes["zone_at_most"].as_str().is_some_and(|zone| zone.len() > 40), "{outcomes}");
    assert_eq!(json["warnings"], Value::Array(vec![]));
    assert!(json["frontier"]["count"].as_u64().is_some_and(|n| n > 100));
    assert!(json["solutions"]["nash"]["utilities"].is_array());
    assert_eq!(json["search"]["best_at_most"], json["will"]["best"][0]["probability"]);
    let shown = run(&["analyze", &path]).out;
    assert!(shown.contains("10^50 possible deals") && shown.contains("The results are exact"), "{shown}");
    let page = run(&["analyze", &path, "--format", "html"]);
    assert_eq!(page.code, 0, "{}", page.err);
    assert!(page.out.contains("The results are exact") && page.out.contains("ruled out by bounds"));
    assert!(page.out.contains("what would flip it is left out: that takes a look at each"));
}

#[test]
fn issues_tied_together_beyond_what_can_be_looked_at_are_named() {
    let folder = folder();
    let issues: String = (0..9).map(|k| format!("  - {{id: i{k}, range: {{from: 1, to: 10}}}}\n")).collect();
    let tied = (1..9).map(|k| format!("i{k}: 10")).collect::<Vec<_>>().join(", ");
    let text = format!(
        "detente: 1\ntitle: Tied\nparties:\n  - id: a\n    bodies:\n\
         \x20     - {{id: first, preferences: {{i0: {{linear: {{1: 0, 10: 1}}}}}}}}\n\
         \x20     - {{id: second, preferences: {{i0: {{linear: {{1: 1, 10: 0}}}}}}}}\n\
         constraints:\n  - {{forbid: {{{tied}}}}}\nissues:\n{issues}"
    );
    let path = file(&folder, "tied.yaml", text.as_bytes());
    let shown = run(&["analyze", &path]);
    assert_eq!(shown.code, 0, "{}", shown.err);
    let said: String = shown.out.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(
        said.contains("tie 8 issues together (i1, i2, i3, i4, i5, i6, ...), with 100,000,000 combinations"),
        "{}",
        shown.out
    );
}

#[test]
fn a_table_over_more_combinations_than_can_be_numbered_is_analysed() {
    let folder = folder();
    let issues: String =
        (0..12).map(|k| format!("  - {{id: i{k}, range: {{from: 1, to: 100}}}}\n")).collect();
    let over = (0..12).map(|k| format!("i{k}")).collect::<Vec<_>>().join(", ");
    let row = "1, ".repeat(12);
    let text = format!(
        "detente: 1\ntitle: Sparse\nparties:\n  - id: a\n    alternative: 0\n    tables:\n      - {{over: [{over}], rows: [[{row}5]], otherwise: 0}}\nissues:\n{issues}"
    );
    let shown = run(&["analyze", &file(&folder, "sparse.yaml", text.as_bytes())]);
    assert_eq!(shown.code, 0, "{}", shown.err);
    assert!(shown.out.contains("10^24 possible deals") && shown.out.contains("a +5"), "{}", shown.out);
}

#[test]
fn an_empty_zone_says_what_would_open_it() {
    let folder = folder();
    let path = file(&folder, "none.yaml", SMALL.replace("alternative: 0", "alternative: 1.5").as_bytes());
    let shown = run(&["analyze", &path]);
    assert!(
        shown.out.contains("No terms yet") && shown.out.contains("What would open a zone"),
        "{}",
        shown.out
    );
    let json: Value = serde_json::from_str(&run(&["analyze", &path, "--format", "json"]).out).expect("JSON");
    assert_eq!(json["will"]["verdict"], "no terms");
    assert_eq!(json["no_zone"]["concession"], 0.25);
    assert_eq!(json["no_zone"]["nearest"]["outcome"]["x"], "mid");
    assert_eq!(json["no_zone"]["waive"], serde_json::json!([["a.a"], ["b.b"]]));
    assert_eq!(
        json["solutions"]["nash"]["none"],
        "no deal would pass the rules of agreement, even if a yes had no political cost"
    );
}

/// The text and the JSON of the small scenario with one change.
fn told(from: &str, to: &str) -> (String, Value) {
    let folder = folder();
    let path = file(&folder, "told.yaml", SMALL.replacen(from, to, 1).as_bytes());
    let text = run(&["analyze", &path]);
    let json = run(&["analyze", &path, "--format", "json"]);
    assert_eq!((text.code, json.code), (0, 0), "{} {}", text.err, json.err);
    let words = text.out.split_whitespace().collect::<Vec<_>>().join(" ");
    (words, serde_json::from_str(&json.out).expect("one JSON value"))
}

#[test]
fn not_knowing_is_never_consent() {
    let (text, json) = told("alternative: 0, ", "");
    assert!(text.contains("Not enough known: whether there can be an agreement hangs on a,"), "{text}");
    assert!(
        text.contains("If it said no to everything, none of the 3 possible deals would be acceptable"),
        "{text}"
    );
    assert!(!text.contains("100%"), "{text}");
    assert_eq!(json["will"]["verdict"], "not enough known");
    assert_eq!(json["will"]["best"], serde_json::json!([]));
    assert_eq!(json["knowledge"]["enough"], false);
    let missing = serde_json::json!([{"party": "a", "body": "a", "what": "alternative"}]);
    assert_eq!(json["knowledge"]["missing"], missing);
    assert_eq!((&json["outcomes"]["zone"], &json["outcomes"]["zone_at_most"]), (&0.into(), &3.into()));
    assert_eq!(json["parties"][0]["alternative_is"], "unknown");
    assert_eq!(json["parties"][1]["alternative_is"], "number");
    assert!(json["solutions"]["nash"]["none"].is_string());

    let (text, json) = told("preferences: {x: [0, 1, 2]}", "will: none");
    assert!(text.contains("a: what it values: nothing is said of any issue"), "{text}");
    assert_eq!(json["knowledge"]["missing"][0]["what"], "preferences");
}

#[test]
fn a_body_may_say_that_any_deal_or_no_deal_is_better_than_none() {
    let (text, json) = told("alternative: 0", "alternative: none");
    assert!(text.contains("all 3 possible deals are acceptable to everyone who must agree"), "{text}");
    assert_eq!(
        (&json["knowledge"]["enough"], &json["parties"][0]["alternative_is"]),
        (&true.into(), &"none".into())
    );
    let (text, json) = told("alternative: 0", "alternative: .inf");
    assert!(text.contains("No terms yet"), "{text}");
    assert_eq!(
        (&json["outcomes"]["zone"], &json["parties"][0]["alternative_is"]),
        (&0.into(), &"never".into())
    );
    assert_eq!(json["no_zone"]["waive"], serde_json::json!([["a.a"]]));
}

#[test]
fn a_yes_that_is_taken_to_cost_nothing_is_told_where_it_carries_the_verdict() {
    let (text, _) = told("alternative: 0, ", "alternative: 0, will: none, ");
    assert!(text.contains("This holds if a yes costs nothing at home to b:"), "{text}");
    let (text, _) = told("alternative: 0, ", "alternative: 0, will: 9, ");
    assert!(!text.contains("This holds if"), "{text}");
}

#[test]
fn where_a_number_is_not_known_the_headline_is_the_range_and_the_mean() {
    let (text, json) = told("alternative: 0, ", "alternative: {uniform: [-1, 1]}, will: {uniform: [0, 4]}, ");
    let headline = "the chance of agreement on the likeliest deal lies between";
    assert!(text.contains(headline) && text.contains("in eight of ten ways"), "{text}");
    assert_eq!(json["parties"][0]["alternative_is"], "range");
}

#[test]
fn what_is_less_than_complete_or_exact_is_said() {
    let folder = folder();
    let large = SMALL.replace("[0, 1, 2]", "[0, 1e9, 2e9]");
    let shown = run(&["analyze", &file(&folder, "large.yaml", large.as_bytes())]);
    assert!(
        shown.out.contains("Note: the utilities of `a.a` are large; they are added on a grid of 10^-"),
        "{}",
        shown.out
    );
    for (values, note) in [
        ("[0, 1e-300, 2]", "Note: an amount of `a.a` is too small to be told from 0, and counts as 0"),
        ("[1e-20, 2e-20, 3e-20]", "Note: 3 amounts of `a.a` are too small to be told from 0, and count as 0"),
    ] {
        let tiny = SMALL.replace("[0, 1, 2]", values);
        let shown = run(&["analyze", &file(&folder, "tiny.yaml", tiny.as_bytes())]).out;
        assert!(shown.replace("\n  ", " ").contains(note), "{shown}");
    }
    let bodies: String = (0..12)
        .map(|k| format!("      - {{id: b{k}, alternative: 5, preferences: {{x: [0, 1, 2]}}}}\n"))
        .collect();
    let ids: Vec<String> = (0..12).map(|k| format!("b{k}")).collect();
    let rule = format!("    ratifies: {{at_least: 6, of: [{}]}}\n", ids.join(", "));
    let text = format!(
        "detente: 1\ntitle: Many\nissues: [{{id: x, options: [l, m, h]}}]\nparties:\n  - id: p\n    bodies:\n{bodies}{rule}"
    );
    let shown = run(&["analyze", &file(&folder, "many.yaml", text.as_bytes())]);
    assert!(
        shown.out.contains("there are more sets of bodies to waive than the 256 listed"),
        "{}",
        shown.out
    );
    let constant = SMALL.replace(
        "alternative: 0, preferences: {x: [0, 1, 2]}",
        "alternative: 5, preferences: {x: [1, 1, 1]}",
    );
    let path = file(&folder, "constant.yaml", constant.as_bytes());
    assert!(
        run(&["analyze", &path]).out.contains("no lowering of alternatives"),
        "{}",
        run(&["analyze", &path]).out
    );
    let json: Value = serde_json::from_str(&run(&["analyze", &path, "--format", "json"]).out).expect("JSON");
    assert_eq!((&json["no_zone"]["concession"], &json["no_zone"]["nearest"]), (&Value::Null, &Value::Null));
    let unknown = SMALL.replace(
        "alternative: 0, preferences: {x: [0",
        "alternative: {uniform: [0, 1]}, preferences: {x: [0",
    );
    let shown = run(&["analyze", &file(&folder, "unknown.yaml", unknown.as_bytes())]);
    assert!(shown.out.contains("its mean is used"), "{}", shown.out);
}

#[test]
fn right_to_left_names_stay_in_one_piece() {
    let folder = folder();
    let text = SMALL.replace("title: Small", "title: محادثات").replace("{id: a,", "{id: a, name: القيادة,");
    let shown = run(&["analyze", &file(&folder, "rtl.yaml", text.as_bytes())]);
    assert!(shown.out.contains("\u{2068}القيادة\u{2069}"), "{}", shown.out);
    assert!(shown.out.starts_with("\u{2068}محادثات\u{2069}\n"), "{}", shown.out);
}

#[test]
fn colour_is_for_terminals_that_want_it() {
    let forced = detente(&["analyze", &ceasefire()]).env("CLICOLOR_FORCE", "1").output().expect("runs");
    assert!(String::from_utf8_lossy(&forced.stdout).contains('\u{1b}'));
    let both = detente(&["analyze", &ceasefire()]).env("CLICOLOR_FORCE", "1").env("NO_COLOR", "1").output();
    let _ = both.expect("runs");
    let never = detente(&["analyze", &ceasefire()]).env("NO_COLOR", "1").output().expect("runs");
    assert!(!String::from_utf8_lossy(&never.stdout).contains('\u{1b}'));
}
