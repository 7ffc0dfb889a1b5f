//! GeniusWeb files: what they are worth, and what is said of those that are odd.

use detente_cases::drawn;
use detente_formats::{Diagnostic, Format, ReadOptions, Reading, Role, Severity, SourceFile, read_files};
use detente_model::{OptionId, Outcome, Talks};
use proptest::prelude::*;
use serde_json::Value;
use std::fs;
use std::path::{Path, PathBuf};

const DOMAIN: &str = r#"{"name": "harbour", "issuesValues": {
  "Pier": {"values": ["north", "south", "both"]},
  "Years": {"range": ["0", "9", "1"]}}}"#;

/// 0.6 of the pier and 0.4 of the years: 1 for none, falling by 0.1 for each.
const CITY: &str = r#"{"LinearAdditiveUtilitySpace": {"name": "city",
  "domain": {"name": "harbour", "issuesValues": {
    "Years": {"range": [0, 9, 1]},
    "Pier": {"values": ["both", "north", "south"]}}},
  "issueWeights": {"Pier": 0.6, "Years": 0.4},
  "issueUtilities": {
    "Pier": {"discreteutils": {"valueUtilities": {"north": 1, "south": 0.5, "both": 0}}},
    "Years": {"numberutils": {"lowValue": 0, "lowUtility": 1.0, "highValue": 9, "highUtility": 0.1}}},
  "reservationBid": {"issuevalues": {"Pier": "south", "Years": 5}}}}"#;

/// The pier and the years belong together; everything else is worth nothing.
const PORT: &str = r#"{"SumOfGroupsUtilitySpace": {"name": "port",
  "domain": {"name": "harbour", "issuesValues": {
    "Pier": {"values": ["north", "south", "both"]},
    "Years": {"range": ["0", "9", "1"]}}},
  "partUtilities": {"lease": {"partsutils": {"issues": ["Years", "Pier"], "utilslist": [
    {"values": [9, "both"], "util": 1},
    {"values": [5, "south"], "util": 0.25}]}}}}}"#;

fn reading(files: &[(&str, &str)]) -> Reading {
    let file = |(name, text): &(&str, &str)| SourceFile {
        path: Path::new("talks").join(name),
        bytes: text.as_bytes().to_vec(),
    };
    let files: Vec<SourceFile> = files.iter().map(file).collect();
    read_files(Path::new("talks"), &files, &ReadOptions::default())
}

#[track_caller]
fn talks(reading: &Reading) -> &Talks {
    reading.talks.as_ref().unwrap_or_else(|| panic!("no talks: {:#?}", reading.diagnostics))
}

fn utility(talks: &Talks, body: usize, outcome: &Outcome) -> f64 {
    talks.bodies[body].preferences.leaves(&talks.issues, outcome).iter().sum()
}

fn alternative(talks: &Talks, body: usize) -> Option<f64> {
    talks.bodies[body].alternative.number().map(|number| number.mean())
}

/// The outcome of these options, by their texts.
#[track_caller]
fn outcome(talks: &Talks, options: &[(&str, &str)]) -> Outcome {
    let option = |issue: &detente_model::Issue| {
        let (_, text) = options.iter().find(|(id, _)| *id == issue.id).expect("every issue");
        issue.find(text).expect("an option")
    };
    Outcome(talks.issues.iter().map(option).collect())
}

#[track_caller]
fn worth(reading: &Reading, body: usize, options: &[(&str, &str)], expected: f64) {
    let talks = talks(reading);
    let found = utility(talks, body, &outcome(talks, options));
    assert!((found - expected).abs() <= 1e-12, "{options:?}: {found}, not {expected}");
}

/// These files with one change; exactly this is found, and it covers this text.
#[track_caller]
fn check(name: &str, (from, to): (&str, &str), severity: Severity, message: &str, at: &str) -> Reading {
    let mut files =
        [("city.json", CITY.to_owned()), ("harbour.json", DOMAIN.to_owned()), ("port.json", PORT.to_owned())];
    let changed = files.iter_mut().find(|(own, _)| *own == name).expect("a file");
    assert_eq!(changed.1.matches(from).count(), 1, "`{from}` must stand in {name} once");
    changed.1 = changed.1.replacen(from, to, 1);
    let files: Vec<(&str, &str)> = files.iter().map(|(name, text)| (*name, text.as_str())).collect();
    found(&files, name, severity, message, at)
}

#[track_caller]
fn found(files: &[(&str, &str)], name: &str, severity: Severity, message: &str, at: &str) -> Reading {
    let reading = reading(files);
    let is = |d: &&Diagnostic| d.message == message && reading.files[d.file].path.ends_with(name);
    let Some(one) = reading.diagnostics.iter().find(is) else {
        panic!("no `{message}` among {:#?}", reading.diagnostics);
    };
    let span = one.span.expect("a place");
    assert_eq!(&reading.files[one.file].text[span.start..span.end], at, "{one:?}");
    assert_eq!(one.severity, severity, "{one:?}");
    let failed = reading.diagnostics.iter().any(|d| d.severity == Severity::Error);
    assert_eq!(reading.talks.is_none(), failed, "{:#?}", reading.diagnostics);
    reading
}

#[track_caller]
fn warned(name: &str, change: (&str, &str), message: &str, at: &str) -> Reading {
    let reading = check(name, change, Severity::Warning, message, at);
    assert_eq!(reading.diagnostics.len(), 1, "{:#?}", reading.diagnostics);
    reading
}

#[track_caller]
fn refused(name: &str, change: (&str, &str), message: &str, at: &str) {
    check(name, change, Severity::Error, message, at);
}

#[test]
fn a_folder_is_a_scenario() {
    let reading = reading(&[("city.json", CITY), ("harbour.json", DOMAIN), ("port.json", PORT)]);
    assert_eq!(reading.format, Format::GeniusWeb);
    assert!(reading.diagnostics.is_empty(), "{:#?}", reading.diagnostics);
    let talks = talks(&reading);
    assert_eq!(talks.title, "harbour");
    let ids: Vec<&str> = talks.parties.iter().map(|party| party.id.as_str()).collect();
    assert_eq!(ids, ["city", "port"]);
    worth(&reading, 0, &[("Pier", "north"), ("Years", "0")], 1.0);
    worth(&reading, 0, &[("Pier", "south"), ("Years", "5")], 0.5);
    worth(&reading, 0, &[("Pier", "both"), ("Years", "9")], 0.04);
    worth(&reading, 1, &[("Pier", "both"), ("Years", "9")], 1.0);
    worth(&reading, 1, &[("Pier", "south"), ("Years", "5")], 0.25);
    worth(&reading, 1, &[("Pier", "north"), ("Years", "5")], 0.0);
    assert!((alternative(talks, 0).expect("an alternative") - 0.5).abs() < 1e-12);
    assert_eq!(alternative(talks, 1), None);
    assert_eq!(
        reading.notes,
        [
            "read as GeniusWeb JSON: domain `harbour.json`; profiles `city.json`, `port.json`",
            "no agreement is worth what the reservation bid of a profile is worth",
            "these files say nothing of what a yes costs at home: whoever does not lose by a deal is taken to say yes for certain",
            "any agreement is better than none, as the format has it where no number is given: `port`; there, gains are counted from the worst possible deal",
        ]
    );
}

#[test]
fn a_profile_alone_is_a_scenario_of_one_party() {
    let reading = reading(&[("city.json", CITY)]);
    assert!(reading.diagnostics.is_empty(), "{:#?}", reading.diagnostics);
    assert_eq!(talks(&reading).parties.len(), 1);
    worth(&reading, 0, &[("Pier", "north"), ("Years", "5")], 0.8);
    assert!(
        reading.notes[1].contains("the issues are those of the profile `city.json`"),
        "{:?}",
        reading.notes
    );
}

#[test]
fn the_other_spellings_mean_the_same() {
    let python = CITY
        .replace("discreteutils", "DiscreteValueSetUtilities")
        .replace("numberutils", "NumberValueSetUtilities");
    let (a, b) = (reading(&[("city.json", CITY)]), reading(&[("city.json", &python)]));
    assert_eq!(a.talks, b.talks);
    assert!(b.diagnostics.is_empty(), "{:#?}", b.diagnostics);
}

#[test]
fn what_others_worked_out_is_left_alone() {
    let specials = r#"{"size": 30, "opposition": 0.3, "nash": {"bid": {"Pier": "both"}, "utility": [1, 1]}}"#;
    let session = r#"{"SAOPSettings": {"participants": [], "deadline": {}}}"#;
    let reading = reading(&[("city.json", CITY), ("run.json", session), ("specials.json", specials)]);
    assert!(reading.diagnostics.is_empty(), "{:#?}", reading.diagnostics);
    assert_eq!(reading.files[1].role, Role::Ignored("the settings of a GeniusWeb session".into()));
    assert_eq!(reading.files[2].role, Role::Ignored("what others worked out about the scenario".into()));
}

#[test]
fn no_reservation_bid_and_null_are_the_same() {
    let change = ("{\"issuevalues\": {\"Pier\": \"south\", \"Years\": 5}}", "null");
    let reading = reading(&[("city.json", &CITY.replace(change.0, change.1))]);
    assert!(reading.diagnostics.is_empty(), "{:#?}", reading.diagnostics);
    assert_eq!(alternative(talks(&reading), 0), None);
}

#[test]
fn a_partial_reservation_bid_counts_what_it_says() {
    let reading = warned(
        "city.json",
        ("\"south\", \"Years\": 5", "\"south\""),
        "the reservation bid leaves out `Years`; that counts as 0",
        "{\"Pier\": \"south\"}",
    );
    assert!((alternative(talks(&reading), 0).expect("an alternative") - 0.3).abs() < 1e-12);
}

#[test]
fn a_reservation_bid_must_name_values() {
    refused(
        "city.json",
        ("\"Years\": 5}", "\"Years\": 5.5}"),
        "the reservation bid says `5.5`, which is no value of `Years`",
        "5.5",
    );
    warned(
        "city.json",
        ("\"Years\": 5}", "\"Years\": 5, \"Tolls\": \"no\"}"),
        "the domain has no issue `Tolls`; it is not used",
        "\"Tolls\"",
    );
}

#[test]
fn a_domain_of_its_own_that_differs_is_pointed_out() {
    let own = "{\"name\": \"harbour\", \"issuesValues\": {
    \"Years\": {\"range\": [0, 9, 2]},
    \"Pier\": {\"values\": [\"both\", \"north\", \"south\"]}}}";
    let message =
        "the profile's own domain is another one: the values of the issue `Years` are others; it is not used";
    warned("city.json", ("[0, 9, 1]", "[0, 9, 2]"), message, own);
    let wider = DOMAIN.replace("\"Pier\": {", "\"Tolls\": {\"values\": [\"x\"]}, \"Pier\": {");
    let message = "the issue `Tolls` has no weight; it counts as 0";
    let files = [("city.json", CITY), ("harbour.json", wider.as_str())];
    let reading = found(&files, "city.json", Severity::Warning, message, "{");
    assert_eq!(reading.talks.map(|talks| talks.issues.len()), Some(3));
}

#[test]
fn weights_that_do_not_sum_to_one_are_taken_as_written() {
    let reading = warned(
        "city.json",
        ("\"Years\": 0.4", "\"Years\": 0.5"),
        "the weights sum to 1.1, not to 1; they are taken as written",
        "{\"Pier\": 0.6, \"Years\": 0.5}",
    );
    worth(&reading, 0, &[("Pier", "north"), ("Years", "0")], 1.1);
}

#[test]
fn a_weight_must_be_a_finite_number() {
    let message = "the weight of `Years` is `-Infinity`, not a finite number";
    refused("city.json", ("\"Years\": 0.4", "\"Years\": -Infinity"), message, "-Infinity");
    let message = "the weight of `Years` is a list, not a finite number";
    refused("city.json", ("\"Years\": 0.4", "\"Years\": []"), message, "[]");
}

#[test]
fn utilities_outside_zero_to_one_are_taken_as_written() {
    let message = "the utility 1.5 lies outside 0 to 1; taken as written";
    let reading = warned("city.json", ("\"north\": 1,", "\"north\": 1.5,"), message, "1.5");
    worth(&reading, 0, &[("Pier", "north"), ("Years", "0")], 1.3);
}

#[test]
fn a_value_without_a_utility_is_worth_nothing() {
    let reading = warned(
        "city.json",
        ("\"north\": 1, ", ""),
        "the value `north` of `Pier` has no utility; it counts as 0",
        "{",
    );
    worth(&reading, 0, &[("Pier", "north"), ("Years", "0")], 0.4);
    let message = "the issue `Pier` has no value `east`; it is not used";
    warned("city.json", ("\"north\": 1,", "\"north\": 1, \"east\": 1,"), message, "\"east\"");
}

#[test]
fn of_keys_that_stand_twice_the_last_counts() {
    let reading = warned(
        "city.json",
        ("\"north\": 1,", "\"north\": 1, \"north\": 0.5,"),
        "`north` stands here a second time; the last counts",
        "\"north\"",
    );
    worth(&reading, 0, &[("Pier", "north"), ("Years", "0")], 0.7);
}

#[test]
fn numbers_outside_the_line_are_worth_nothing() {
    let change = (
        "\"lowValue\": 0, \"lowUtility\": 1.0, \"highValue\": 9",
        "\"lowValue\": 2, \"lowUtility\": 1.0, \"highValue\": 6",
    );
    let at = "{\"lowValue\": 2, \"lowUtility\": 1.0, \"highValue\": 6, \"highUtility\": 0.1}";
    let message = "the numbers of `Years` outside 2 to 6 have no utility; they count as 0";
    let reading = warned("city.json", change, message, at);
    let expected = [0.0, 0.0, 1.0, 0.775, 0.55, 0.325, 0.1, 0.0, 0.0, 0.0];
    for (years, value) in expected.iter().enumerate() {
        worth(&reading, 0, &[("Pier", "both"), ("Years", &years.to_string())], 0.4 * value);
    }
}

#[test]
fn a_line_needs_its_ends_in_order() {
    let message = "`highValue` is not above `lowValue`";
    refused("city.json", ("\"highValue\": 9", "\"highValue\": 0"), message, "0");
    let message = "what `Years` is worth has no `lowUtility`";
    refused("city.json", ("\"lowUtility\": 1.0, ", ""), message, "{");
}

#[test]
fn utilities_must_be_of_the_kind_of_the_issue() {
    let message = "a number issue needs `numberutils`";
    refused("city.json", ("\"numberutils\"", "\"discreteutils\""), message, "\"discreteutils\"");
    let message = "an issue with named values needs `discreteutils`";
    refused("city.json", ("\"discreteutils\"", "\"numberutils\""), message, "\"numberutils\"");
    let message = "utilities of the kind `oddutils` are not known";
    refused("city.json", ("\"discreteutils\"", "\"oddutils\""), message, "\"oddutils\"");
}

#[test]
fn orderings_are_not_utilities() {
    let body = "{\"name\": \"p\", \"domain\": {\"name\": \"d\", \"issuesValues\": {\"a\": {\"values\": [\"x\"]}}}, \"better\": {}}";
    let partial = format!("{{\"DefaultPartialOrdering\": {body}}}");
    let message = "this profile says only which bids are better than which, not how much they are worth";
    found(&[("p.json", &partial)], "p.json", Severity::Error, message, "\"DefaultPartialOrdering\"");
    let other = format!("{{\"SimpleLinearOrdering\": {body}}}");
    let message = "a profile of the kind `SimpleLinearOrdering` is not read";
    found(&[("p.json", &other)], "p.json", Severity::Error, message, "\"SimpleLinearOrdering\"");
}

#[test]
fn parts_take_each_issue_once() {
    let part = "\"x\": {\"partsutils\": {\"issues\": [\"Pier\"], \"utilslist\": []}}, \"lease\"";
    let message = "the issue `Pier` stands in another part too; both count";
    warned("port.json", ("\"lease\"", part), message, "\"lease\"");
    let reading = check(
        "port.json",
        ("[\"Years\", \"Pier\"]", "[\"Years\"]"),
        Severity::Error,
        "the part `lease` has 1 issues, and these are 2 values",
        "[9, \"both\"]",
    );
    let uncovered = "the issue `Pier` is in no part; it is worth 0 whatever is agreed";
    assert!(reading.diagnostics.iter().any(|d| d.message == uncovered));
    let message = "the part `lease` names an issue `Tolls` that the domain lacks";
    refused("port.json", ("[\"Years\", \"Pier\"]", "[\"Years\", \"Tolls\"]"), message, "\"Tolls\"");
    let message = "the part `lease` names the issue `Years` twice";
    refused("port.json", ("[\"Years\", \"Pier\"]", "[\"Years\", \"Years\"]"), message, "\"Years\"");
}

#[test]
fn combinations_that_cannot_be_are_not_used() {
    let message = "the issue `Years` has no value `10`; the combination is not used";
    let reading = warned("port.json", ("[9, \"both\"]", "[10, \"both\"]"), message, "10");
    worth(&reading, 1, &[("Pier", "both"), ("Years", "9")], 0.0);
    let message = "the part `lease` lists this combination a second time; the last counts";
    let reading = warned(
        "port.json",
        ("[9, \"both\"]", "[\"5.0\", \"south\"]"),
        message,
        "{\"values\": [5, \"south\"], \"util\": 0.25}",
    );
    worth(&reading, 1, &[("Pier", "south"), ("Years", "5")], 0.25);
}

#[test]
fn parts_that_reach_more_than_one_are_pointed_out() {
    let part = "\"x\": {\"partsutils\": {\"issues\": [\"Pier\"], \"utilslist\": [{\"values\": [\"both\"], \"util\": 0.5}]}}, \"lease\"";
    let message = "utilities reach 1.5, more than 1; they are taken as written";
    let reading = check("port.json", ("\"lease\"", part), Severity::Warning, message, "{");
    worth(&reading, 1, &[("Pier", "both"), ("Years", "9")], 1.5);
}

#[test]
fn ranges_are_exact_decimals() {
    let change = ("[\"0\", \"9\", \"1\"]", "[\"0.1\", 0.7, \"0.1\"]");
    let files = [("d.json", DOMAIN.replace(change.0, change.1))];
    let alone = r#"{"LinearAdditiveUtilitySpace": {
        "issueWeights": {"Pier": 0, "Years": 1},
        "issueUtilities": {
          "Pier": {"discreteutils": {"valueUtilities": {"north": 0, "south": 0, "both": 0}}},
          "Years": {"numberutils": {"lowValue": 0.1, "lowUtility": 0, "highValue": "0.7", "highUtility": 1}}}}}"#;
    let reading = reading(&[("d.json", &files[0].1), ("p.json", alone)]);
    assert!(reading.diagnostics.is_empty(), "{:#?}", reading.diagnostics);
    worth(&reading, 0, &[("Pier", "both"), ("Years", "0.3")], 1.0 / 3.0);
    let message = "the steps of the issue `Years` end at 8, short of 9";
    let range = "[\"0\", \"9\", \"2\"]";
    check("harbour.json", ("[\"0\", \"9\", \"1\"]", range), Severity::Warning, message, range);
}

#[test]
fn ranges_that_cannot_be_kept_are_refused() {
    let range = "[\"0\", \"9\", \"1\"]";
    let long = "\"0.12345678901234567890\"";
    let message = "`0.12345678901234567890` needs more digits than can be kept";
    refused("harbour.json", (range, &format!("[{long}, 9, 1]")), message, long);
    let message = "the range has 9,000,000,001 options, more than 1,000,000";
    refused("harbour.json", (range, "[0, 9, 1e-9]"), message, "[0, 9, 1e-9]");
    refused("harbour.json", (range, "[9, 0, 1]"), "the range ends before it begins", "[9, 0, 1]");
    refused("harbour.json", (range, "[0, 9, 0]"), "the step must be above 0", "[0, 9, 0]");
    refused("harbour.json", (range, "[0, 9]"), "the range of the issue `Years` holds 2 numbers", "[0, 9]");
}

#[test]
fn a_domain_alone_and_two_domains_are_no_scenario() {
    let message = "this is a domain: it says what is on the table, and nobody's preferences";
    found(&[("harbour.json", DOMAIN)], "harbour.json", Severity::Error, message, "");
    let message = "this is a second domain, and it does not hold the issues and options of `a.json`: which scenario is meant cannot be told";
    let other = DOMAIN.replace("south", "east");
    let files = [("a.json", DOMAIN), ("b.json", other.as_str()), ("city.json", CITY)];
    found(&files, "b.json", Severity::Error, message, "");
}

#[test]
fn a_domain_must_say_what_can_be_agreed() {
    let values = "{\"values\": [\"north\", \"south\", \"both\"]}";
    let message = "the issue `Pier` has neither `values` nor a `range`";
    refused("harbour.json", (values, "{}"), message, "\"Pier\"");
    refused("harbour.json", (values, "{\"values\": []}"), "the issue `Pier` has no values", "[]");
    let message = "the issue `Pier` is a list, not a mapping";
    refused("harbour.json", (values, "[]"), message, "[]");
    let message = "the value `north` stands here a second time; the two are one option";
    warned("harbour.json", ("\"both\"]", "\"both\", \"north\"]"), message, "\"north\"");
    let message = "`weights` is not read in the domain";
    warned("harbour.json", ("\"name\"", "\"weights\": 1, \"name\""), message, "\"weights\"");
}

/// Other people's files, where they are beside the project.
fn shared(part: &str) -> Option<PathBuf> {
    let path = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared")).join(part);
    if !path.exists() {
        eprintln!("skipped: there is no {} to read real files from", path.display());
        return None;
    }
    Some(path)
}

fn folder(path: &Path) -> Vec<SourceFile> {
    let mut paths: Vec<PathBuf> =
        fs::read_dir(path).expect("a folder").map(|entry| entry.expect("an entry").path()).collect();
    paths.sort();
    paths.into_iter().map(|path| SourceFile { bytes: fs::read(&path).expect("a file"), path }).collect()
}

#[track_caller]
fn clean(path: &Path) -> Talks {
    let reading = read_files(path, &folder(path), &ReadOptions::default());
    assert!(reading.diagnostics.is_empty(), "{}: {:#?}", path.display(), reading.diagnostics);
    assert_eq!(reading.format, Format::GeniusWeb);
    reading.talks.expect("talks")
}

fn json(path: &Path) -> Value {
    serde_json::from_slice(&fs::read(path).expect("a file")).expect("JSON")
}

/// The bids of `specials.json` are worth what stands beside them.
fn check_special(talks: &Talks, special: &Value) {
    let bid = special["bid"].as_object().expect("a bid");
    let options: Vec<(&str, &str)> =
        bid.iter().map(|(issue, value)| (issue.as_str(), value.as_str().expect("a text"))).collect();
    let at = outcome(talks, &options);
    for (body, stored) in special["utility"].as_array().expect("utilities").iter().enumerate() {
        let found = utility(talks, body, &at);
        assert!((found - stored.as_f64().expect("a number")).abs() <= 1e-9, "{options:?}: {found} {stored}");
    }
}

#[test]
fn competition_scenarios_are_worth_what_others_found() {
    let Some(root) = shared("corpus/geniusweb-ozu") else { return };
    let (mut n, mut n_bids) = (0, 0);
    for entry in fs::read_dir(root).expect("a folder") {
        let path = entry.expect("an entry").path();
        let (talks, specials) = (clean(&path), json(&path.join("specials.json")));
        let size: usize = talks.issues.iter().map(detente_model::Issue::n_options).product();
        assert_eq!(Some(size as u64), specials["size"].as_u64());
        let front = specials["pareto_front"].as_array().expect("a front");
        let all = front.iter().chain([&specials["nash"], &specials["kalai"]]);
        n_bids += all.inspect(|special| check_special(&talks, special)).count();
        n += 1;
    }
    assert_eq!((n, n_bids), (8, 134));
}

#[test]
fn other_scenarios_are_worth_what_another_program_found() {
    for name in ["FlightBooking", "Party"] {
        let Some(root) = shared("negmas") else { return };
        let talks = clean(&root.join(format!("scenarios/gw-{name}")));
        let gold = json(&root.join(format!("gold/gw-{name}.json")));
        let issues: Vec<&str> = gold["issues"]
            .as_array()
            .expect("issues")
            .iter()
            .filter_map(|own| own["name"].as_str())
            .collect();
        let vectors = gold["eval_vectors"].as_array().expect("vectors");
        for vector in vectors {
            let values = vector[0].as_array().expect("values").iter().filter_map(Value::as_str);
            let options: Vec<(&str, &str)> = issues.iter().copied().zip(values).collect();
            let at = outcome(&talks, &options);
            for body in 0..2 {
                let stored = vector[1][body].as_f64().expect("a number");
                assert!((utility(&talks, body, &at) - stored).abs() <= 1e-9, "{name} {options:?}");
            }
        }
        assert!(vectors.len() > 30, "{name} has {} vectors", vectors.len());
        for body in 0..2 {
            let stored = gold["gold"]["raw"]["reserved_values"][body].as_f64().expect("a number");
            assert!((alternative(&talks, body).expect("a bid") - stored).abs() <= 1e-9, "{name}");
        }
    }
}

#[test]
fn a_profile_of_the_tutorial_is_read_alone() {
    let Some(root) = shared("corpus/geniusweb-tutorial/testprofile") else { return };
    let talks = clean(&root);
    assert_eq!(talks.issues.iter().map(detente_model::Issue::n_options).product::<usize>(), 14);
    assert!((alternative(&talks, 0).expect("a bid") - 0.24).abs() < 1e-12);
    // Without a domain issues are sorted: `issue1` has two values, `issue2` seven numbers.
    let best = Outcome(vec![OptionId(1), OptionId(6)]);
    assert!((utility(&talks, 0, &best) - 0.84).abs() < 1e-12);
}

drawn! { 400;
    #[test]
    fn no_change_of_a_few_bytes_makes_the_reader_panic(
        which in 0usize..3,
        cuts in proptest::collection::vec((any::<prop::sample::Index>(), 0usize..12, 0usize..24), 1..4),
    ) {
        const PIECES: [&str; 24] = [
            "", "\"", "{", "}", "[", "]", ",", ":", "0", "1e999", "-1", "null", "NaN", "\"é\"", "{}", "[]",
            "\"Pier\"", "\"Years\"", "\"north\"", "9", "1e-300", "\"values\": [1, []]", "-Infinity", "\u{feff}",
        ];
        let mut files = [("city.json", CITY.to_owned()), ("harbour.json", DOMAIN.to_owned()), ("port.json", PORT.to_owned())];
        for (at, cut, piece) in cuts {
            let text = &mut files[which].1;
            let chars: Vec<char> = text.chars().collect();
            let start = at.index(chars.len().max(1)).min(chars.len());
            let end = (start + cut).min(chars.len());
            *text = chars[..start].iter().chain(&PIECES[piece].chars().collect::<Vec<_>>()).chain(&chars[end..]).collect();
        }
        let files: Vec<(&str, &str)> = files.iter().map(|(name, text)| (*name, text.as_str())).collect();
        let reading = reading(&files);
        for (file, span) in reading.diagnostics.iter().filter_map(|d| Some((d.file, d.span?))) {
            prop_assert!(reading.files[file].text.get(span.start..span.end).is_some(), "{:?}", reading.diagnostics);
        }
        let failed = reading.diagnostics.iter().any(|d| d.severity == Severity::Error);
        prop_assert_eq!(reading.talks.is_none(), failed);
    }
}
