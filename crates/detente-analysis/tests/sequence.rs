//! The best order and the price of trust on random talks before their judge.

mod plans;
#[allow(dead_code, reason = "the part of the random talks that other tests need")]
mod random;

use detente_analysis::{Order, SequenceOptions};
use detente_judge::{Aid, best_slack, every_order, price_of_trust};
use detente_model::{Outcome, StepId, Talks};
use plans::{PLAIN, case, cases, close, judge_plan, run};
use random::steps::Kinds;

/// What the judge finds by trying every order.
struct Judged {
    slack: f64,
    needs: Vec<Vec<f64>>,
}

/// The whole answer for one deal before the judge, who tries every order; whether there is one.
#[track_caller]
fn judge(talks: &Talks, deal: &Outcome, options: &[SequenceOptions]) -> bool {
    let none = Aid::none(talks);
    let judged = best_slack(talks, deal, &none)
        .map(|slack| Judged { slack, needs: price_of_trust(talks, deal, &none) });
    for options in options {
        let found = run(talks, deal, options);
        match (&found.order, &judged) {
            (Order::NoSteps, _) => assert!(found.steps.is_empty()),
            (Order::Impossible(why), None) => {
                assert_eq!(every_order(talks, deal), Vec::<Vec<Vec<StepId>>>::new(), "{why:?}");
            }
            (order @ Order::Found { .. }, Some(judged)) => judge_found(talks, deal, order, judged),
            (order, judged) => {
                panic!("{order:?}, and {:?} is possible", judged.as_ref().map(|judged| judged.slack))
            }
        }
    }
    judged.is_some()
}

#[track_caller]
fn judge_found(talks: &Talks, deal: &Outcome, order: &Order, judged: &Judged) {
    let Order::Found { plan, at_most, trust, trust_proven } = order else { return };
    let none = Aid::none(talks);
    assert!(close(plan.slack, judged.slack), "slack {} is not the best, {}", plan.slack, judged.slack);
    assert!(close(*at_most, judged.slack), "at most {at_most}, and {} is possible", judged.slack);
    judge_plan(talks, deal, plan, &none);
    assert!(trust_proven);
    assert_eq!(judged.needs.len(), trust.len(), "{:?} is not {trust:?}", judged.needs);
    for (judged, said) in judged.needs.iter().zip(trust) {
        let same = judged.iter().zip(&said.by_party).all(|(a, b)| close(*a, *b));
        assert!(same, "{:?} is not {judged:?}", said.by_party);
        let needs = judge_plan(talks, deal, &said.plan, &none).needs();
        let enough = needs.iter().zip(&said.by_party).all(|(need, said)| *need <= said + 2e-9);
        assert!(enough, "{needs:?} is more than {:?}", said.by_party);
    }
}

#[track_caller]
fn check(kinds: Kinds, least: f64) {
    let mut with_order = 0;
    let n = cases(100);
    for seed in 0..n {
        let (talks, deal) = case(seed, 9, kinds);
        let quick = SequenceOptions { no_detours: true, ..SequenceOptions::default() };
        let options = [SequenceOptions::default(), quick];
        let found = std::panic::catch_unwind(|| judge(&talks, &deal, &options));
        let Ok(found) = found else { panic!("case {seed} of {kinds:?}: see above") };
        with_order += u64::from(found);
    }
    let share = with_order as f64 / n as f64;
    assert!(share >= least, "only {share} of the cases have an order");
}

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

#[test]
fn a_deal_without_steps_is_said_to_have_none() {
    let talks = random::Case::new(2, 2, 1).talks();
    let deal = Outcome(vec![detente_model::OptionId(0); 2]);
    let found = run(&talks, &deal, &SequenceOptions::default());
    assert_eq!((found.order, found.steps.len(), found.stakes.len()), (Order::NoSteps, 0, talks.bodies.len()));
    assert!(found.stakes.iter().all(|stake| stake.delivered == 0.0));
}

#[test]
fn a_deadline_holds_again_for_what_is_due_again() {
    let (talks, deal) = case(2411, 9, Kinds { times: true, play: true, groups: true });
    assert!(judge(&talks, &deal, &[SequenceOptions::default()]));
}
