//! Good files say nothing; bad ones say what is wrong, where, and what to do.

mod finding;

use detente_cases::drawn;
use detente_formats::{Diagnostic, Severity, line_column, read, template};
use proptest::prelude::*;
use std::fs;
use std::path::Path;

/// A scenario with every way to write what nobody knows.
const UNKNOWNS: &str = include_str!("../../../fuzz/seeds/scenario/unknowns.yaml");

/// A scenario with something of everything; tests change one line of it.
const FULL: &str = include_str!("../../../fuzz/seeds/scenario/full.yaml");

#[test]
fn a_full_scenario_and_the_template_say_nothing() {
    for source in [FULL, UNKNOWNS, template()] {
        let reading = read(source.as_bytes());
        assert_eq!(reading.diagnostics, []);
        assert!(reading.talks.is_some());
    }
}

#[test]
fn every_example_in_the_language_guide_reads() {
    let guide = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/scenario.md");
    let text = fs::read_to_string(guide).expect("docs/scenario.md");
    let blocks: Vec<&str> =
        text.split("```yaml\n").skip(1).filter_map(|rest| rest.split("```").next()).collect();
    let whole: Vec<&&str> = blocks.iter().filter(|block| block.starts_with("detente:")).collect();
    assert!(!whole.is_empty());
    for example in whole {
        let reading = read(example.as_bytes());
        assert_eq!(reading.diagnostics, [], "{example}");
    }
}

#[test]
fn the_readme_runs_the_example_it_shows() {
    let readme = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../README.md");
    let text = fs::read_to_string(readme).expect("README.md");
    let shown = text.split("```yaml\n").nth(1).and_then(|rest| rest.split("```").next()).expect("an example");
    assert_eq!(read(shown.as_bytes()).diagnostics, []);
    assert_eq!(text.matches(shown.trim_end()).count(), 2, "the example shown is the one that is run");
}

#[track_caller]
fn finding(from: &str, to: &str) -> (String, Vec<Diagnostic>) {
    finding::finding(FULL, from, to)
}

#[track_caller]
fn check(from: &str, to: &str, message: &str, at: &str, help: &str) {
    finding::check(FULL, (from, to), message, at, help);
}

#[test]
fn ids_and_references_are_checked() {
    check("id: farmers", "id: council", "two bodies with the id `council`", "council", "id of its own");
    check("- id: south", "- id: north", "two parties with the id `north`", "north", "id of its own");
    check("{id: watch, options", "{id: use, options", "two issues with the id `use`", "use", "id of its own");
    check("id: loan, cost", "id: fund, cost", "two levers with the id `fund`", "fund", "id of its own");
    check(
        "excludes: [loan]",
        "excludes: [laon]",
        "no `laon` among the levers",
        "laon",
        "did you mean `loan`?",
    );
    check("because: [c1]", "because: [c2]", "no `c2` among the claims", "c2", "did you mean `c1`?");
    check(
        "source: report, at",
        "source: paper, at",
        "no `paper` among the sources",
        "paper",
        "known here: `report`",
    );
    check("by: south", "by: east", "no party or mediator `east`", "east", "known here");
    check(
        "{north.council: 3}",
        "{north.counsel: 3}",
        "no body `north.counsel`",
        "north.counsel",
        "`north.council`",
    );
    check("after: [cut, paid]", "after: [rest, paid]", "`rest` names itself", "rest", "remove it");
    check("phase: first", "phase: frist", "no `frist` among the phases", "frist", "did you mean `first`?");
    check("id: commission", "id: north", "already the id of a party", "north", "id of its own");
}

#[test]
fn keys_are_checked() {
    check(
        "influence: 2",
        "influnece: 2",
        "a body has no `influnece`",
        "influnece",
        "did you mean `influence`?",
    );
    check("title: Everything", "name: Everything", "a scenario needs `title`", "detente", "add `title`");
    check("says: Something", "say: Something", "claim `c1` needs `says`", "id", "what is asserted");
    check("reaction: 1", "reaction:", "`reaction` has no value", "reaction", "remove the key");
    check("reaction: 1", "strain: 1", "`strain` stands here a second time", "strain", "keep one");
    check(
        "alternative: 35",
        "alternative: 35\n    bodies: [{id: s}]",
        "belongs to a body",
        "35",
        "leave out `bodies`",
    );
}

#[test]
fn prices_are_checked_against_the_options() {
    check(
        "low: 0}}",
        "lwo: 0}}",
        "`lwo` is priced, but issue `use` has no such option",
        "lwo",
        "did you mean `low`?",
    );
    check(", low: 0}}", "}}", "`low` of issue `use` has no value", "high", "add `low: <value>`");
    check("[0, 0.7, 1]", "[0, 0.7]", "3 options, and 2 values", "0", "one value for each option");
    check("{0: 0, 10: 1}", "{0: 0, 9: 1}", "the line runs from 0 to 9", "0", "add points");
    check("[3, 2, 1]", "{linear: {0: 1}}", "`linear` needs numbers", "0", "values");
    check("[[low, none, 1]]", "[[low, none]]", "2 entries, the table 2 columns", "low", "then the amount");
    check("[[low, none, 1]]", "[[low, none, 1], [low, none, 2]]", "stands here twice", "low", "keep one");
    check(", otherwise: 0", "", "no row for `high, none`", "over", "otherwise");
    check("peak: 4", "peak: 9", "the peak is not between", "low", "low <= peak <= high");
    check(
        "use: high, watch: none}, adds",
        "use: hgih, watch: none}, adds",
        "no option `hgih`",
        "hgih",
        "`high`",
    );
    check(
        "weight: 60, values: {high: 1,",
        "weight: 1e300, values: {high: 1e300,",
        "too large",
        "use",
        "smaller",
    );
    check(
        "adds: -10",
        "adds: 1e308}\n          - {when: {use: low}, adds: 1e308",
        "too large to be added",
        "use",
        "smaller",
    );
    check("weight: 60, values", "weight: 60, vales", "needs one of `values`", "weight", "values: {option");
}

#[test]
fn numbers_are_checked() {
    let number = |to: &str, message: &str, at: &str, help: &str| {
        check("influence: 2", &format!("influence: {to}"), message, at, help);
    };
    number("two", "`two` is not a number", "two", "decimal number");
    number("1,5", "`1,5` is read as 1.5", "1,5", "write `1.5`");
    number("40%", "`40%` is not a number", "40%", "`0.4` if it is a share of 1, or `40`");
    number("1_00", "`1_00` does not group", "1_00", "digits only");
    number(".nan", "`.nan` is not a number", ".nan", "finite");
    number(".inf", "`.inf` is not a number", ".inf", "finite");
    number("1e999", "`1e999` is not a number", "1e999", "decimal");
    number("{uniform: [1e308, 1.5e308]}", "too large to be computed with", "uniform", "smaller");
    number("3 EUR", "`3 EUR` is not a number", "3 EUR", "write `3` where the values count in `EUR`");
    number("[2]", "a list stands here", "2", "write a number");
    number("-1", "cannot be negative", "-1", "0 or more");
    number("1e-10", "cannot be weighed", "1e-10", "only the ratio matters");
    number("{uniform: [3, 1]}", "wrong way round", "uniform", "lowest number first");
    number("{normal: [3]}", "`normal` takes 2 numbers", "3", "[mean, sd]");
    number("{gauss: [3, 1]}", "`gauss` is not a distribution", "gauss", "known here");
    check("0.25, 5: 0.75", "0.25, 5: 0.7", "sum to 0.95", "discrete", "sum to 1");
    check("sd: {uniform: [2, 4]}", "sd: -2", "standard deviation", "normal", "0 or more");
    check("budget: 10", "budget: -1", "a budget cannot be negative", "-1", "0 or more");
    check("budget: 10", "budget: 4.5", "`fund` alone costs more than there is", "id", "raise the budget");
    let (_, diagnostics) = finding("influence: 2", "influence: 2e0");
    assert_eq!(diagnostics, [], "an exponent is a number");
}

/// Ferry and fare, with steps `pay`, `sail` and `dock` of which each is changed by what is written.
fn ferry(pay: &str, sail: &str, dock: &str) -> Vec<String> {
    let source = format!(
        "detente: 1
title: Ferry
issues:
  - {{id: fare, name: Fare, options: [old, new], status_quo: old}}
parties:
  - {{id: town, name: Town, alternative: 0, preferences: {{fare: {{old: 0, new: 1}}}}}}
  - {{id: crew, name: Crew, alternative: 0, preferences: {{fare: {{old: 0, new: 1}}}}}}
steps:
  - {{id: pay, by: town, delivers: {{fare: 1}}{pay}}}
  - {{id: sail, by: crew{sail}}}
  - {{id: dock, by: crew{dock}}}
"
    );
    let diagnostics = read(source.as_bytes()).diagnostics;
    diagnostics
        .into_iter()
        .filter(|own| {
            own.severity == Severity::Warning && own.message.contains("play")
                || own.severity == Severity::Error
        })
        .map(|own| own.message)
        .collect()
}

#[test]
fn waits_that_never_hold_and_steps_that_never_come_into_play_are_told() {
    let both = ferry(", includes: [sail], excludes: [sail], after: sail", "", "");
    assert_eq!(both.len(), 2, "{both:?}");
    assert!(both[0].contains("`pay` both brings `sail` into play and takes it out"), "{both:?}");
    assert!(both[1].contains("`pay` is to wait for `sail`, which only comes into play once `pay` is done"));
    let brings = ferry(", includes: [sail], milestone: sail", "", "");
    assert!(brings[0].contains("is to wait for `sail`"), "{brings:?}");
    // What brings it in comes after what waits for it.
    let chain = ferry(", after: sail", "", ", after: pay, includes: [sail]");
    assert!(chain[0].contains("`pay` is to wait for `sail`"), "{chain:?}");
    let late = ferry(", after: sail, excludes: [sail]", "", "");
    assert!(late[0].contains("`pay` takes `sail` out of play, but waits until it is done"), "{late:?}");
    let lost =
        ferry("", ", after: pay", "").into_iter().chain(ferry(", excludes: [sail]", ", after: pay", ""));
    let lost: Vec<String> = lost.collect();
    assert!(lost.len() == 1 && lost[0].contains("`sail` is never done"), "{lost:?}");
    let idle = ferry(", excludes: [sail], responds: [sail]", "", "");
    assert!(idle[0].contains("`pay` calls for `sail` and takes it out of play"), "{idle:?}");
    let never = ferry("", ", includes: [dock]", ", includes: [sail]");
    assert_eq!(never.len(), 2, "{never:?}");
    assert!(never[0].contains("`sail` never comes into play: only `dock` would bring it in"), "{never:?}");
    let apart = ferry(", only_if: {fare: new}, includes: [sail]", ", only_if: {fare: old}", "");
    assert!(apart.iter().any(|own| own.contains("`sail` never comes into play")), "{apart:?}");
    // An exclusion that comes too late still puts a step into play, before what brings it in.
    let early = "all it does is that `sail` is in play before `pay` brings it in";
    let before = ferry(", includes: [sail]", "", ", after: sail, excludes: [sail]");
    assert!(before.len() == 1 && before[0].contains(early), "{before:?}");
    let both = ferry(", includes: [sail]", ", responds: [dock]", ", after: [pay, sail], excludes: [sail]");
    assert!(both.len() == 1 && both[0].contains(early), "{both:?}");
    let moot = ferry(", includes: [sail]", "", ", after: pay, excludes: [sail]");
    let said =
        "`pay` brings `sail` into play, which is in play until `dock` takes it out, and that comes later";
    assert_eq!(moot, [said]);
    for fine in [
        ferry(", includes: [sail]", "", ", excludes: [sail]"),
        ferry(", includes: [sail], after: dock", "", ", excludes: [sail]"),
        ferry(", includes: [sail]", ", after: dock", ", excludes: [sail]"),
        ferry(", includes: [sail]", "", ", after: sail"),
        ferry(", excludes: [sail]", "", ""),
        ferry(", includes: [sail], after: sail", "", ", excludes: [sail]"),
    ] {
        assert_eq!(fine, Vec::<String>::new());
    }
}

#[test]
fn steps_that_can_be_done_in_no_order_are_told() {
    let meters = "{id: meters, by: commission, phase: first, takes: 3 weeks,";
    let wait = |wait: &str| format!("{meters} after: [{wait}],");
    let circle =
        |for_: &str, message: &str| check(meters, &wait(for_), message, "after", "remove one of these waits");
    circle("cut", "`meters` and `cut` wait for each other");
    // Paid cannot be done while the meters are due.
    circle("paid", "`meters` and `paid` wait for each other");
    circle("rest", "`meters`, `rest`, `cut`");
    check(
        "responds: [rest]",
        "responds: [rest], after: [cut]",
        "`paid` waits for `cut`, with which it is done at once",
        "after",
        "`together`",
    );
    // Three weeks, two weeks of delay and a month: 65.4 days.
    check(
        "deadline: 6 months",
        "deadline: 65 days",
        "takes 65.5 days at least",
        "deadline",
        "allow more time",
    );
    let (_, diagnostics) = finding("deadline: 6 months", "deadline: 66 days");
    assert_eq!(diagnostics, []);
    let responds = "milestone: meters}";
    check(
        "counts: {meters working: 40,",
        "responds: [{rest: 6 weeks}], counts: {meters working: 40,",
        "`rest` is due 6 weeks after `meters`, and cannot be done sooner than 44.5 days after it",
        "responds",
        "allow more time",
    );
    let (_, diagnostics) =
        finding("counts: {meters working: 40,", "responds: [{rest: 45 days}], counts: {meters working: 40,");
    assert_eq!(diagnostics, []);
    // Every step is due from the start and done once: what must not be due comes first, and so does what
    // calls for another.
    check(
        "milestone: meters}",
        "milestone: [meters, rest]}",
        "`rest` and `paid` wait for each other",
        "after",
        "remove one of these waits",
    );
    check(
        "takes: 1 month}",
        "takes: 1 month, responds: [meters]}",
        "`meters` and `cut` must each come before the other",
        "id",
        "a step is done once",
    );
    let both = "counts: {meters working: 40,";
    check(
        both,
        &format!("milestone: [cut], {both}"),
        "`meters` and `cut` wait for each other",
        "milestone",
        "remove",
    );
    check(
        both,
        &format!("responds: [meters], {both}"),
        "`meters` calls for itself",
        "responds",
        "a step is done once",
    );
    check(
        "by: commission, phase: first",
        "phase: first",
        "step `meters` needs `by`",
        "id",
        "that performs it",
    );
    check("kept: 0.5", "noticed: 2", "the chance that it is noticed lies outside 0 to 1", "2", "0 to 1");
    // What can be taken out of play need not be waited for, nor what belongs to other deals.
    let (_, diagnostics) = finding(responds, "milestone: meters, excludes: [meters]}");
    assert_eq!(diagnostics, []);
    let never = "by: commission, after: [rest], only_if: {use: high}, phase: first, takes: 3 weeks,";
    let (_, diagnostics) = finding("by: commission, phase: first, takes: 3 weeks,", never);
    assert_eq!(diagnostics, []);
}

#[test]
fn values_may_stand_alone() {
    let (source, found) =
        finding("use: {weight: 70, values: [0, 0.7, 1]}", "use: {high: 0, mid: 0.7, low: 1}");
    assert_eq!(found, [], "{source}");
    check(
        "use: {weight: 70, values: [0, 0.7, 1]}",
        "use: {high: 0, mdi: 0.7, low: 1}",
        "`mdi` is priced",
        "mdi",
        "`mid`",
    );
    check(
        "use: {weight: 70, values: [0, 0.7, 1]}",
        "use: {hihg: 0}",
        "a preference has no `hihg`",
        "hihg",
        "known here",
    );
}

#[test]
fn what_others_call_it_leads_to_the_word_here() {
    check("alternative: 35", "batna: 35", "a party has no `batna`", "batna", "did you mean `alternative`?");
    check("alternative: 35", "influence: 35", "a party has no `influence`", "influence", "belongs to a body");
    let (_, found) = finding("alternative: 35", "batna: 35");
    assert_eq!(found.len(), 1, "nothing follows from a slip in a key: {found:?}");
}

#[test]
fn rules_are_checked() {
    let rule = |to: &str, message: &str, at: &str, help: &str| {
        check("{all: [council, {any: [farmers, towns]}]}", to, message, at, help);
    };
    rule("{all: [council, council]}", "`council` stands in this rule twice", "council", "once");
    rule("{all: []}", "names nobody", "all", "at least one");
    rule("{at_least: 4, of: [council, farmers, towns]}", "`at_least: 4`", "at_least", "from 1 to 3");
    rule("{at_least: 0, of: [council]}", "`at_least: 0`", "at_least", "from 1 to 1");
    rule("{quota: 5, weights: {council: 2, towns: 2}}", "nobody can reach a quota of 5", "quota", "lower");
    rule("{quota: 1, weights: {council: 2, towns: -1}}", "cannot be negative", "quota", "0 or more");
    rule(
        "{quota: 0.5, weights: {council: 2, towns: 1}}",
        "each weight is cast as one bloc",
        "quota",
        "keep it",
    );
    rule("{quota: {needed: 2, of: [council, towns]}}", "its members stand beside it", "needed", "weights");
    rule(
        "{quota: {uniform: [1, 2]}, weights: {council: 2}}",
        "not a distribution",
        "uniform",
        "itself states",
    );
    rule("{most: [council]}", "`most` is not a rule", "most", "known here");
    rule("[council]", "a list is not a rule", "council", "all");
    rule("counsel", "no body `counsel`", "counsel", "did you mean `council`?");
    check(
        "{all: [north, south]}",
        "{all: [north, suoth]}",
        "no `suoth` among the parties",
        "suoth",
        "`south`",
    );
}

#[test]
fn issues_and_conditions_are_checked() {
    check("options: [none, joint]", "options: []", "the issue has no options", "[]", "at least one option");
    check("options: [none, joint]", "options: [none, none]", "`none` stands here twice", "none", "rename");
    check("status_quo: high", "status_quo: hi", "no option `hi`", "hi", "known here");
    check(
        "{from: 0, to: 10, by: 0.5, unit: EUR}",
        "{from: 0, to: 10, by: 0}",
        "must be above 0",
        "from",
        "how far apart",
    );
    check(
        "{from: 0, to: 10, by: 0.5, unit: EUR}",
        "{from: 0, to: 1e9}",
        "more than 1,000,000",
        "from",
        "larger step",
    );
    check("by: 0.5, unit: EUR", "by: 3, unit: EUR", "the last option is 9", "10", "write `to: 9`");
    check("{from: mid}", "{from: low, to: high}", "no option lies between", "from", "swap");
    check(", ordered: true", "", "have no order", "from", "ordered: true");
    check("forbid: {use: high, watch: joint}", "forbid: {}", "names no issue", "{}", "issue: option");
    check("forbid: {use", "forbd: {use", "neither `forbid` nor `if`", "forbd", "then");
    check(
        "then: {watch: [joint, none]}",
        "then: {wacth: joint}",
        "no `wacth` among the issues",
        "wacth",
        "`watch`",
    );
}

#[test]
fn steps_are_checked() {
    check("takes: 3 weeks", "takes: 3", "`3` is not a length of time", "3", "like `3 weeks`");
    check("per: day", "per: fortnight", "not a unit of time", "fortnight", "`day`");
    check(
        "[cut, paid], delivers: {use: 0.5}",
        "[cut, paid], delivers: {use: 0.4}",
        "sum to 0.9, not to 1",
        "use",
        "shares",
    );
    check("kept: 0.5", "kept: 2", "outside 0 to 1", "2", "from 0 to 1");
    check(", watch: 1}", "}", "no step delivers issue `watch`", "id", "delivers: {watch: 1}");
    check(
        "as_of: 2026-03-01",
        "as_of: 2026-02-30",
        "`2026-02-30` is not a date",
        "2026-02-30",
        "year-month-day",
    );
}

#[test]
fn words_that_others_read_differently_are_kept_and_warned_about() {
    check("options: [none, joint]", "options: [none, joint, No]", "kept as the text `No`", "No", "quotes");
    check("options: [none, joint]", "options: [none, joint, 1e3]", "kept as the text `1e3`", "1e3", "quotes");
    let (_, diagnostics) = finding("options: [none, joint]", "options: [none, joint, 'No']");
    assert_eq!(diagnostics, []);
}

#[test]
fn all_problems_come_at_once_in_the_order_of_the_file() {
    let source = FULL
        .replace("influence: 2", "influence: two")
        .replace("by: south", "by: east")
        .replace("mid: 0.6", "mdi: 0.6");
    let found = read(source.as_bytes()).diagnostics;
    let lines: Vec<usize> =
        found.iter().map(|d| line_column(&source, d.span.expect("a place").start).0).collect();
    assert_eq!(lines, [10, 16, 16, 52], "{found:#?}");
}

#[test]
fn hostile_files_are_refused_in_words() {
    for (source, message) in [
        ("[".repeat(1 << 20), "nested more than 64 deep"),
        ("{".repeat(1 << 20), "nested more than 64 deep"),
        ("a: &x [*x, *x]".into(), "an alias stands here"),
        ("x".repeat((16 << 20) + 1), "larger than 16 MB"),
        (format!("detente: 1\nparties: [{}]", "~,\n ".repeat(2_000_001)), "more than 2000000 values"),
        (format!("detente: 1\nparties: [{}]", "{id: a},".repeat(3000)), "problems in all"),
        (format!("[{}", "! ,\n ".repeat(200_000)), "100 problems so far"),
        (format!("[{}]", "a,".repeat(1 << 20)), "this line is longer than 1 MB"),
        (FULL.replace("mid: 0.6", &format!("{}: 0.6", "m".repeat(100_000))), "is priced, but issue"),
    ] {
        let reading = read(source.as_bytes());
        assert!(reading.talks.is_none());
        assert!(
            reading.diagnostics.iter().any(|d| d.message.contains(message)),
            "{message}: {:?}",
            reading.diagnostics.first()
        );
    }
    assert!(read(b"\xff\xfed\0").diagnostics[0].message.contains("UTF-16"));
    assert!(read(b"detente: 1\ntitle: \xff").diagnostics[0].message.contains("not UTF-8"));
    assert!(read(b"\xef\xbb\xbfdetente: 1\n").diagnostics[0].message.contains("needs `title`"));
}

/// Inputs that once broke the reader, found by the fuzz target.
#[test]
fn what_the_fuzzer_found_stays_fixed() {
    let found = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fuzz/found/scenario");
    for entry in fs::read_dir(found).expect("the folder of findings") {
        let path = entry.expect("a finding").path();
        let reading = read(&fs::read(&path).expect("a file"));
        let failed = reading.diagnostics.iter().any(|d| d.severity == Severity::Error);
        assert_eq!(reading.talks.is_none(), failed, "{}", path.display());
    }
}

drawn! { 512;
    #[test]
    fn no_change_to_a_good_file_makes_the_reader_panic(
        scenario in prop::sample::select(vec![FULL, UNKNOWNS]),
        edits in prop::collection::vec((0usize..FULL.len(), 0usize..6, prop::sample::select(vec![
            "", " ", "\n", ":", "{", "}", "[", "]", "-", "&a", "*a", "!t", "'", "\"", "#", ",", "1e999", ".nan", "~",
            "use", "north", "0", "\u{202e}", "\u{0}", "---\n", "? ", "<<: ",
            "cases", "harvest", "good",
        ])), 1..4),
    ) {
        let mut source = scenario.to_owned();
        for (at, drop, insert) in edits {
            let from = (0..=at.min(source.len())).rev().find(|k| source.is_char_boundary(*k)).unwrap_or(0);
            let to = (from + drop..=source.len()).find(|k| source.is_char_boundary(*k)).unwrap_or(source.len());
            source.replace_range(from..to, insert);
        }
        let reading = read(source.as_bytes());
        let failed = reading.diagnostics.iter().any(|d| d.severity == Severity::Error);
        prop_assert_eq!(reading.talks.is_none(), failed);
        for span in reading.diagnostics.iter().filter_map(|d| d.span) {
            prop_assert!(source.get(span.start..span.end).is_some(), "{:?} cuts a character", span);
        }
    }
}

#[test]
fn every_step_of_a_phase_waits_for_its_gate() {
    let phases = "{id: second, name: Second phase}";
    let gate = |gate: &str| phases.replace('}', &format!(", after: {gate}}}"));
    let (source, _) = finding("phases:", "phases:");
    let inside = source
        .replace("- {id: rest, by: north,", "- {id: rest, phase: second, by: north,")
        .replace("- {id: cut, by: north,", "- {id: cut, phase: second, by: north,")
        .replace(phases, &gate("[{cut: 1 week}]"));
    let reading = read(inside.as_bytes());
    assert_eq!(reading.diagnostics, []);
    let talks = reading.talks.expect("talks");
    let waits = |id: &str| -> Vec<(String, Option<String>)> {
        let step = talks.steps.iter().find(|step| step.id == id).expect(id);
        let name = |wait: &detente_model::Wait| {
            (talks.steps[wait.step.0].id.clone(), wait.time.map(|time| time.to_string()))
        };
        step.after.iter().map(name).collect()
    };
    // What a step says of itself stands, and the gate does not wait for itself.
    assert_eq!(waits("rest"), [("cut".to_owned(), None), ("paid".to_owned(), None)]);
    assert_eq!(waits("cut"), [("meters".to_owned(), Some("2 weeks".to_owned()))]);
    let outside = source
        .replace("- {id: rest, by: north,", "- {id: rest, phase: second, by: north,")
        .replace(phases, &gate("{meters: 1 week}"));
    let talks = read(outside.as_bytes()).talks.expect("talks");
    let rest = talks.steps.iter().find(|step| step.id == "rest").expect("rest");
    assert_eq!(rest.after.len(), 3);
    check(
        phases,
        &gate("[meeters]"),
        "there is no `meeters` among the steps",
        "meeters",
        "did you mean `meters`?",
    );
}
