//! The best order and the price of trust on random talks before their judge, and known answers.

#[allow(dead_code, reason = "the part of the random talks that other tests need")]
mod random;

use detente_analysis::{Order, Plan, Sequence, SequenceOptions, sequence};
use detente_judge::{Aid, best_slack, every_order, follow, price_of_trust};
use detente_model::{Outcome, StepId, Talks};
use random::steps::{Kinds, with_steps};
use random::{Case, Dice};
use std::ops::ControlFlow;

fn run(talks: &Talks, deal: &Outcome, options: &SequenceOptions) -> Sequence {
    sequence(talks, deal, options, &mut |_| ControlFlow::Continue(())).expect("a deal that can be analysed")
}

fn close(a: f64, b: f64) -> bool {
    a == b || (a - b).abs() <= 2e-9
}

fn order(plan: &Plan) -> Vec<Vec<StepId>> {
    plan.points.iter().skip(1).map(|point| point.steps.clone()).collect()
}

/// Follows a plan and compares every number that is said of it.
#[track_caller]
fn judge_plan(talks: &Talks, deal: &Outcome, plan: &Plan) -> Vec<f64> {
    let followed = follow(talks, deal, &order(plan), &Aid::none(talks)).expect("an order that is possible");
    assert!(close(followed.smallest(), plan.slack), "{} is not {}", plan.slack, followed.smallest());
    assert_eq!(followed.is_self_enforcing(), plan.is_self_enforcing());
    assert_eq!(followed.points.len(), plan.points.len());
    for ((judged, time), said) in followed.points.iter().zip(&followed.times).zip(&plan.points) {
        assert!((time - said.day).abs() < 1e-6, "day {} is not {time}", said.day);
        for (judged, said) in judged.parties.iter().zip(&said.parties) {
            assert!(close(*judged, *said), "slack {said} is not {judged}");
        }
        for (judged, said) in judged.bodies.iter().zip(&said.bodies) {
            assert!(close(judged.relative, said.share), "share {} is not {}", said.share, judged.relative);
            if let Some(walking_away) = said.walking_away {
                assert!(close(judged.worth, walking_away), "{walking_away} is not {}", judged.worth);
                assert!(close(judged.slack, said.slack), "{} is not {}", said.slack, judged.slack);
            }
        }
    }
    followed.needs()
}

/// The whole answer for one deal before the judge, who tries every order.
#[track_caller]
fn judge(talks: &Talks, deal: &Outcome, options: &SequenceOptions) -> bool {
    let found = run(talks, deal, options);
    let none = Aid::none(talks);
    match &found.order {
        Order::NoSteps => {
            assert!(found.steps.is_empty());
            false
        }
        Order::Impossible(why) => {
            assert_eq!(every_order(talks, deal), Vec::<Vec<Vec<StepId>>>::new(), "{why:?}");
            false
        }
        Order::Found { plan, at_most, trust, trust_proven } => {
            let best = best_slack(talks, deal, &none).expect("an order was found");
            assert!(close(plan.slack, best), "slack {} is not the best, {best}", plan.slack);
            assert!(close(*at_most, best), "at most {at_most}, and {best} is possible");
            judge_plan(talks, deal, plan);
            assert!(trust_proven);
            let judged = price_of_trust(talks, deal, &none);
            assert_eq!(judged.len(), trust.len(), "{judged:?} is not {trust:?}");
            for (judged, said) in judged.iter().zip(trust) {
                let same = judged.iter().zip(&said.by_party).all(|(a, b)| close(*a, *b));
                assert!(same, "{:?} is not {judged:?}", said.by_party);
                let needs = judge_plan(talks, deal, &said.plan);
                let enough = needs.iter().zip(&said.by_party).all(|(need, said)| *need <= said + 2e-9);
                assert!(enough, "{needs:?} is more than {:?}", said.by_party);
            }
            true
        }
        Order::Stopped => panic!("nobody asked to stop"),
    }
}

/// A random case with a deal, by its number.
fn case(seed: u64, kinds: Kinds) -> (Talks, Outcome) {
    let talks = Case::new(1 + seed as usize % 3, 2 + seed as usize % 2, seed).talks();
    let mut dice = Dice::new(seed ^ 0x5eed);
    let talks = with_steps(&talks, &mut dice, 9, kinds);
    let mut deal: Vec<_> =
        talks.issues.iter().map(|issue| detente_model::OptionId(dice.below(issue.n_options()))).collect();
    let mut outcome = Outcome(deal.clone());
    for k in 0..1000 {
        if talks.is_feasible(&outcome) {
            break;
        }
        deal = talks
            .issues
            .iter()
            .map(|issue| detente_model::OptionId(dice.below(issue.n_options()) * usize::from(k < 900)))
            .collect();
        outcome = Outcome(deal.clone());
    }
    (talks, outcome)
}

/// How many cases of each kind are tried: `DETENTE_CASES`, or a number small enough for every day.
fn cases() -> u64 {
    std::env::var("DETENTE_CASES").ok().and_then(|text| text.parse().ok()).unwrap_or(100)
}

#[track_caller]
fn check(kinds: Kinds, least: f64) {
    let mut with_order = 0;
    for seed in 0..cases() {
        let (talks, deal) = case(seed, kinds);
        let options = SequenceOptions::default();
        let found = std::panic::catch_unwind(|| judge(&talks, &deal, &options));
        let no_detours = SequenceOptions { no_detours: true, ..options };
        let quick = std::panic::catch_unwind(|| judge(&talks, &deal, &no_detours));
        let (Ok(found), Ok(_)) = (found, quick) else { panic!("case {seed} of {kinds:?}: see above") };
        with_order += u64::from(found);
    }
    let share = with_order as f64 / cases() as f64;
    assert!(share >= least, "only {share} of the cases have an order");
}

const PLAIN: Kinds = Kinds { times: false, play: false, groups: false };

#[test]
fn plain_steps_equal_every_order_tried() {
    check(PLAIN, 0.5);
}

#[test]
fn steps_at_once_equal_every_order_tried() {
    check(Kinds { groups: true, ..PLAIN }, 0.5);
}

#[test]
fn steps_that_come_into_play_equal_every_order_tried() {
    check(Kinds { play: true, ..PLAIN }, 0.3);
}

#[test]
fn steps_with_deadlines_equal_every_order_tried() {
    check(Kinds { times: true, ..PLAIN }, 0.3);
}

#[test]
fn all_of_it_together_equals_every_order_tried() {
    check(Kinds { times: true, play: true, groups: true }, 0.2);
}
