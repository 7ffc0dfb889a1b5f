//! What is written for GeniusWeb reads back with the same utilities, or says what it lost.

mod drawing;

use detente_cases::drawn;
use detente_formats::{
    Format, ReadOptions, Reading, Severity, SourceFile, WrittenFiles, read, read_files, write_geniusweb,
};
use detente_model::{Alternative, Number, OptionId, Outcome, Talks};
use drawing::{Draw, Words};
use proptest::prelude::*;
use std::path::Path;

fn scenario(issues: &str, parties: &str) -> Talks {
    let text = format!("detente: 1\ntitle: harbour\nissues:\n{issues}parties:\n{parties}");
    let reading = read(text.as_bytes());
    reading.talks.unwrap_or_else(|| panic!("{text}\n{:#?}", reading.diagnostics))
}

const ISSUES: &str =
    "  - {id: pier, options: [north, south, both]}\n  - {id: years, range: {from: 0, to: 9, by: 1}}\n";

fn again(written: &WrittenFiles) -> Reading {
    let file = |(name, text): &(String, String)| SourceFile {
        path: Path::new("talks").join(name),
        bytes: text.as_bytes().to_vec(),
    };
    let mut files: Vec<SourceFile> = written.files.iter().map(file).collect();
    files.sort_by(|a, b| a.path.cmp(&b.path));
    read_files(Path::new("talks"), &files, &ReadOptions::default())
}

fn losses(written: &WrittenFiles) -> Vec<&str> {
    written.losses.iter().map(|loss| loss.what.as_str()).collect()
}

fn utility(talks: &Talks, body: usize, outcome: &Outcome) -> f64 {
    talks.bodies[body].preferences.leaves(&talks.issues, outcome).iter().sum()
}

fn alternative(talks: &Talks, body: usize) -> Option<f64> {
    talks.bodies[body].alternative.number().map(|number| number.mean())
}

/// Every outcome, or many of them, spread.
fn outcomes(talks: &Talks) -> Vec<Outcome> {
    let n = talks.issues.iter().fold(1usize, |n, issue| n.saturating_mul(issue.n_options()));
    let at = |k: usize| {
        let mut rest = k;
        let pick = talks.issues.iter().map(|issue| {
            let own = rest % issue.n_options();
            rest /= issue.n_options();
            OptionId(own)
        });
        Outcome(pick.collect())
    };
    (0..n).step_by(n.div_ceil(3000)).map(at).collect()
}

/// What was written without losses reads back as the same; the talks read.
#[track_caller]
fn same(talks: &Talks, written: &WrittenFiles) -> Talks {
    let reading = again(written);
    assert!(reading.diagnostics.is_empty(), "{:#?}\n{:#?}", reading.diagnostics, written.files);
    assert_eq!(reading.format, Format::GeniusWeb);
    let back = reading.talks.expect("talks");
    assert_eq!((&back.issues, &back.title), (&talks.issues, &talks.title));
    assert_eq!(back.parties.len(), talks.parties.len());
    for party in &talks.parties {
        let own = back.parties.iter().find(|own| own.id == party.id).expect("the party");
        let (body, own) = (party.bodies[0].0, own.bodies[0].0);
        for outcome in outcomes(talks) {
            let (a, b) = (utility(talks, body, &outcome), utility(&back, own, &outcome));
            assert!((a - b).abs() <= 1e-9, "{outcome:?}: {a} {b}\n{:#?}", written.files);
        }
        let (a, b) = (alternative(talks, body), alternative(&back, own));
        assert_eq!(a.is_some(), b.is_some());
        assert!((a.unwrap_or(0.0) - b.unwrap_or(0.0)).abs() <= 1e-9, "{a:?} {b:?}");
    }
    back
}

#[test]
fn additive_preferences_are_written_as_they_are() {
    let talks = scenario(
        ISSUES,
        "  - {id: city, alternative: 0.5, preferences: {pier: {weight: 0.6, values: {north: 1, south: 0.5, both: 0}}, years: {weight: 0.4, linear: {0: 1, 9: 0.1}}}}\n",
    );
    let written = write_geniusweb(&talks);
    assert_eq!(losses(&written), [""; 0]);
    let names: Vec<&str> = written.files.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names, ["domain.json", "city.json"]);
    let profile: serde_json::Value = serde_json::from_str(&written.files[1].1).expect("JSON");
    let profile = &profile["LinearAdditiveUtilitySpace"];
    assert_eq!(profile["issueWeights"].to_string(), r#"{"pier":0.6,"years":0.4}"#);
    assert_eq!(
        profile["issueUtilities"]["years"].to_string(),
        r#"{"numberutils":{"lowValue":0,"lowUtility":1,"highValue":9,"highUtility":0.1}}"#
    );
    assert_eq!(profile["domain"]["issuesValues"]["years"].to_string(), r#"{"range":[0,9,1]}"#);
    same(&talks, &written);
}

#[test]
fn terms_over_several_issues_become_groups() {
    let talks = scenario(
        ISSUES,
        "  - {id: port, alternative: none, preferences: {pier: {values: {north: 0.25, south: 0.125, both: 0}}}, interactions: [{when: {pier: both, years: 9}, adds: 0.5}]}\n",
    );
    let written = write_geniusweb(&talks);
    assert_eq!(losses(&written), [""; 0]);
    assert!(written.files[1].1.contains("SumOfGroupsUtilitySpace"), "{}", written.files[1].1);
    same(&talks, &written);
}

#[test]
fn utilities_that_do_not_fit_are_changed_and_it_is_said() {
    let talks = scenario(
        ISSUES,
        "  - {id: city, alternative: 20, preferences: {pier: {values: {north: 40, south: 10, both: -10}}, years: {linear: {0: 30, 9: 0}}}}\n",
    );
    let written = write_geniusweb(&talks);
    assert_eq!(
        losses(&written),
        ["the utilities of `city` are written less -10, divided by 80, to lie in 0 to 1"]
    );
    let back = again(&written).talks.expect("talks");
    for outcome in outcomes(&talks) {
        let (a, b) = (utility(&talks, 0, &outcome), utility(&back, 0, &outcome));
        assert!(((a + 10.0) / 80.0 - b).abs() <= 1e-9, "{outcome:?}: {a} {b}");
    }
    assert!((alternative(&back, 0).expect("a bid") - 0.375).abs() <= 1e-9);
}

#[test]
fn an_alternative_between_two_bids_is_the_worst_bid_above_it() {
    let party = |alternative: &str| {
        let preferences = "{pier: {values: {north: 1, south: 0.5, both: 0}}}";
        scenario(
            ISSUES,
            &format!("  - {{id: city, alternative: {alternative}, preferences: {preferences}}}\n"),
        )
    };
    let written = write_geniusweb(&party("0.4"));
    let message = "`city`: no outcome is worth as much as the alternative, 0.4; the reservation bid is the worst above it, worth 0.5";
    assert_eq!(losses(&written), [message]);
    assert_eq!(alternative(&again(&written).talks.expect("talks"), 0), Some(0.5));
    let written = write_geniusweb(&party("1.5"));
    let message =
        "`city`: every outcome is worth less than the alternative; the best, worth 1, is the reservation bid";
    assert_eq!(losses(&written), [message]);
    assert_eq!(losses(&write_geniusweb(&party("0.5"))), [""; 0]);
}

#[test]
fn everything_else_is_a_loss() {
    let talks = read(detente_formats::template().as_bytes()).talks.expect("talks");
    let written = write_geniusweb(&talks);
    assert!(written.losses.len() > 3, "{:#?}", losses(&written));
    let full = read(include_bytes!("../../../fuzz/seeds/scenario/full.yaml")).talks.expect("talks");
    let written = write_geniusweb(&full);
    let said = losses(&written).join("\n");
    for what in ["constraints", "mediators", "levers", "phases", "steps", "claims", "date", "bodies"] {
        assert!(said.contains(what), "no `{what}` in\n{said}");
    }
}

#[test]
fn names_that_files_cannot_have_are_changed_and_it_is_said() {
    let parties = "  - {id: domain, alternative: none, preferences: {pier: {values: {north: 1, south: 0.5, both: 0}}}}\n  - {id: a/b, alternative: none, preferences: {pier: {values: {north: 1, south: 0.5, both: 0}}}}\n";
    let written = write_geniusweb(&scenario(ISSUES, parties));
    assert_eq!(losses(&written), ["the party `a/b` becomes `a-b`"]);
    let names: Vec<&str> = written.files.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names, ["domain-2.json", "domain.json", "a-b.json"]);
    assert!(again(&written).talks.is_some());
}

/// An issue: whether its options are named, how many they are, and how many quarters lie between two numbers.
type Kind = (bool, usize, usize);

/// The option of an issue, as it stands in a scenario.
fn text((named, _, step): Kind, k: usize) -> String {
    if named { format!("o{k}") } else { (0.25 * (k * step) as f64).to_string() }
}

fn issue(k: usize, kind: Kind) -> String {
    let (named, n, step) = kind;
    let options: Vec<String> = (0..n).map(|k| text(kind, k)).collect();
    match named {
        true => format!("  - {{id: i{k}, options: [{}]}}\n", options.join(", ")),
        false => {
            let by = 0.25 * step as f64;
            format!("  - {{id: i{k}, range: {{from: 0, to: {}, by: {by}}}}}\n", options[n - 1])
        }
    }
}

/// Prices for all options, or for both ends of a line.
fn prices(kind: Kind, draw: &mut impl FnMut() -> f64) -> String {
    let (named, n, _) = kind;
    let all = named || draw() < 0.5;
    let places = (0..n).filter(|k| all || *k == 0 || *k == n - 1);
    let pairs: Vec<String> = places.map(|k| format!("{}: {}", text(kind, k), draw())).collect();
    format!("{}: {{{}}}", if named { "values" } else { "linear" }, pairs.join(", "))
}

fn party(p: usize, kinds: &[Kind], draw: &mut impl FnMut() -> f64) -> String {
    let mut lines = format!("  - id: p{p}\n");
    if draw() < 0.1 {
        lines += &format!("    alternative: {}\n", draw());
    }
    lines += "    preferences:\n";
    for (k, kind) in kinds.iter().enumerate() {
        let weight = draw() / 2.0;
        lines += &format!("      i{k}: {{weight: {weight}, {}}}\n", prices(*kind, draw));
    }
    if let [first, second, ..] = kinds
        && draw() < 0.5
    {
        let when = format!("{{i0: {}, i1: {}}}", text(*first, 1), text(*second, 0));
        lines += &format!("    interactions: [{{when: {when}, adds: {}}}]\n", draw() / 2.0);
    }
    lines
}

/// Parties whose utilities are small decimals, many of them such as GeniusWeb takes.
fn drawn() -> impl Strategy<Value = Talks> {
    let kinds = proptest::collection::vec((any::<bool>(), 2usize..5, 1usize..4), 1..4);
    let parties = proptest::collection::vec(proptest::collection::vec(0u32..40, 64), 1..4);
    (kinds, parties).prop_map(|(kinds, parties)| {
        let issues: String = kinds.iter().enumerate().map(|(k, kind)| issue(k, *kind)).collect();
        let of = |(p, draws): (usize, &Vec<u32>)| {
            let mut draws = draws.iter();
            party(p, &kinds, &mut || draws.next().map_or(0.0, |draw| f64::from(*draw) / 40.0))
        };
        let parties: String = parties.iter().enumerate().map(of).collect();
        with_bids(&scenario(&issues, &parties))
    })
}

/// Every other party's alternative is worth what some outcome is.
fn with_bids(talks: &Talks) -> Talks {
    let outcomes = outcomes(talks);
    let mut draft = (**talks).clone();
    for k in (0..draft.bodies.len()).step_by(2).filter(|k| talks.bodies[*k].alternative.number().is_none()) {
        let worth = utility(talks, k, &outcomes[outcomes.len() * 2 / 3]);
        draft.bodies[k].alternative = Alternative::Worth(Number::fixed(worth));
    }
    Talks::new(draft).expect("talks")
}

drawn! { 256;
    #[test]
    fn what_is_written_without_losses_is_worth_the_same(talks in drawn()) {
        let written = write_geniusweb(&talks);
        if written.losses.is_empty() {
            same(&talks, &written);
        } else {
            let reading = again(&written);
            prop_assert!(reading.diagnostics.is_empty(), "{:#?}", reading.diagnostics);
            let known = |what: &str| what.contains("reservation bid") || what.contains("to lie in 0 to 1");
            prop_assert!(losses(&written).into_iter().all(known), "{:?}", losses(&written));
        }
    }

    #[test]
    fn any_talks_are_written_so_that_they_can_be_read(seed in any::<u64>()) {
        let words = if seed % 2 == 0 { Words::Any } else { Words::Held };
        let talks = Draw::new(seed, words).talks();
        let written = write_geniusweb(&talks);
        let reading = again(&written);
        let errors: Vec<_> = reading.diagnostics.iter().filter(|d| d.severity == Severity::Error).collect();
        prop_assert!(errors.is_empty(), "{:#?} {:#?}", errors, written.files);
        if written.losses.is_empty() {
            same(&talks, &written);
        }
    }
}
