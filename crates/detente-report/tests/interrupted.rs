//! JSON is what its schema says, wherever the work was stopped.

use detente_analysis::{
    Analysis, LastingOptions, LeverOptions, Options, Order, RequirementsOptions, SequenceOptions, Space,
    UnknownsOptions, account, analyze, average, division, holding, kept, kept_levers, lasting, levers,
    requirements, sequence, unknowns,
};
use detente_model::Talks;
use detente_report::{CarriedDeal, NamedDeal, Report, SequenceReport};
use serde_json::Value;
use std::ops::ControlFlow;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

const YAML: &str = "
detente: 1
title: Sluices
issues:
  - {id: gate, options: [shut, open], status_quo: shut}
  - {id: toll, options: [none, small, large], status_quo: none}
  - {id: gauge, options: [old, new], status_quo: old}
parties:
  - id: upper
    bodies:
      - {id: board, alternative: {uniform: [-1, 1]}, will: {uniform: [0, 4]}, strain: {uniform: [0, 3]}, preferences: {gate: [0, -2], toll: [0, 3, 6], gauge: [0, 1]}}
      - {id: staff, alternative: 0, will: {uniform: [0, 2]}, strain: 0.5, preferences: {gate: [0, -1], toll: [0, 2, 3], gauge: [0, 1]}}
  - {id: lower, alternative: 0, will: {uniform: [0, 3]}, strain: {discrete: {0: 0.75, 2: 0.25}}, preferences: {gate: [0, 7], toll: [0, -2, -5], gauge: [0, 1]}}
mediators:
  - id: union
    budget: 4
    levers:
      - {id: fund, cost: 1, guarantee: {upper: 0.5}}
      - {id: team, cost: 2, inducement: {lower: 1}}
steps:
  - {id: read, by: upper, only_if: {gauge: new}, delivers: {gauge: 1}}
  - {id: lift, by: upper, only_if: {gate: open}, after: [read], delivers: {gate: 0.5}, counts: {days of water: 4}, noticed: 0.5}
  - {id: pay, by: lower, only_if: {toll: [small, large]}, delivers: {toll: 1}, counts: {payments: 1}}
  - {id: raise, by: upper, only_if: {gate: open}, after: [lift], delivers: {gate: 0.5}, counts: {days of water: 8}}
";

fn talks() -> Talks {
    let reading = detente_formats::read(YAML.as_bytes());
    reading.talks.unwrap_or_else(|| panic!("{:?}", reading.diagnostics))
}

/// Stops at one look at the watch, and at all after it.
struct Watch {
    left: AtomicU64,
    looked: AtomicU64,
}

impl Watch {
    fn look(&self) -> ControlFlow<()> {
        self.looked.fetch_add(1, Relaxed);
        match self.left.fetch_update(Relaxed, Relaxed, |left| left.checked_sub(1)) {
            Ok(_) => ControlFlow::Continue(()),
            Err(_) => ControlFlow::Break(()),
        }
    }
}

fn carried(talks: &Talks, analysis: &Analysis, watch: &Watch) -> Vec<CarriedDeal> {
    let go_on = &|_: f64| watch.look();
    let best = analysis.will.as_ref().map_or(&[][..], |will| &will.best);
    let options = SequenceOptions::default();
    let lasts = LastingOptions { seed: 3, ..LastingOptions::default() };
    let mut deals = Vec::new();
    for (rank, deal) in best.iter().take(3).enumerate() {
        let found = sequence(talks, &deal.outcome, &options, go_on);
        let space = &Space::new(talks);
        let holding = found.as_ref().ok().map(|found| holding(space, found, 0.5, &options, go_on));
        let division = division(space, &deal.outcome, &options, go_on).ok().flatten();
        let plan = found.as_ref().ok().and_then(|found| match &found.order {
            Order::Found { plan, .. } => Some(plan),
            _ => None,
        });
        let lasting = plan.and_then(|plan| lasting(space, &deal.outcome, plan, &lasts, go_on).ok());
        let package = kept_levers(space, &deal.outcome, &lasts, go_on).ok().flatten();
        let package = package.and_then(|mut found| found.frontier.pop());
        let kept = kept(talks, &deal.outcome, deal.probability, plan, package, &lasts, go_on).ok();
        deals.push(CarriedDeal {
            outcome: deal.outcome.clone(),
            rank: Some(rank),
            in_full: rank == 0,
            probability: Some(deal.probability),
            holding,
            division,
            if_they_leave: None,
            held_back: Vec::new(),
            lasting,
            kept,
            found,
        });
    }
    deals
}

/// What both commands would print if they were stopped at a look at the watch; and how many looks there were.
fn printed(talks: &Talks, stop: u64) -> ([String; 2], u64) {
    let watch = Watch { left: AtomicU64::new(stop), looked: AtomicU64::new(0) };
    let go_on = &|_: f64| watch.look();
    let space = &Space::new(talks);
    let analysis = analyze(space, &Options::default(), go_on);
    let drawn = UnknownsOptions { draws: 64, ..UnknownsOptions::default() };
    let unknowns = unknowns(space, &analysis, &drawn, go_on);
    let levers = levers(space, &LeverOptions::default(), go_on);
    let asked = RequirementsOptions::default();
    let inverse = requirements(space, &asked, go_on);
    let first = detente_model::Outcome(vec![detente_model::OptionId(0); talks.issues.len()]);
    let accounts = [NamedDeal {
        account: account(space, &first, &asked, go_on),
        average: unknowns.as_ref().and_then(|found| average(space, found, &first, &[], go_on)),
        levers: None,
        if_missing: None,
    }];
    let deals = carried(talks, &analysis, &watch);
    let report = Report {
        talks,
        analysis: &analysis,
        version: "0.0.0",
        input_sha256: "0000",
        seed: 0,
        reading: &[],
        warnings: &[],
        flips: None,
        unknowns: unknowns.as_ref(),
        levers: Some(&levers),
        package_average: None,
        inverse: Some(&inverse),
        falls_average: None,
        accounts: &accounts,
        carried: &deals,
    };
    let sequence = SequenceReport {
        talks,
        deals: &deals,
        chosen: None,
        version: "0.0.0",
        input_sha256: "0000",
        warnings: &[],
    };
    ([detente_report::json(&report), detente_report::sequence_json(&sequence)], watch.looked.into_inner())
}

#[test]
fn json_matches_its_schema_wherever_the_work_was_stopped() {
    let talks = talks();
    let validator = |schema: String| {
        let schema: Value = serde_json::from_str(&schema).expect("a schema");
        jsonschema::validator_for(&schema).expect("a valid schema")
    };
    let validators = [validator(detente_report::schema()), validator(detente_report::sequence_schema())];
    let (_, looks) = printed(&talks, u64::MAX);
    assert!(looks > 10, "nothing to stop: {looks}");
    // Every early look, where parts begin, and some of the later ones.
    let mut stops: Vec<u64> = (0..looks.min(24)).collect();
    stops.extend((0..40).map(|k| looks * k / 40));
    stops.sort_unstable();
    stops.dedup();
    for stop in stops {
        let (printed, _) = printed(&talks, stop);
        for (text, validator) in printed.iter().zip(&validators) {
            let value: Value = serde_json::from_str(text).expect("JSON");
            let errors: Vec<String> = validator
                .iter_errors(&value)
                .map(|error| format!("{}: {error}", error.instance_path()))
                .collect();
            assert_eq!(errors, Vec::<String>::new(), "stopped at look {stop} of {looks}");
        }
    }
}
