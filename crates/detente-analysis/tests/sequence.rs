//! The best order and the price of trust on random talks before their judge.

#[allow(dead_code, reason = "the part of what is said of plans that other tests need")]
mod plans;
#[allow(dead_code, reason = "the part of the random talks that other tests need")]
mod random;

use detente_analysis::{Order, SequenceOptions};
use detente_cases::{cases, seeds};
use detente_model::Outcome;
use plans::{PLAIN, case, judge, run};
use random::steps::Kinds;

#[track_caller]
fn check(kinds: Kinds, least: f64) {
    let mut with_order = 0;
    let n = cases(100);
    for seed in seeds(n) {
        let (talks, deal) = case(seed, 9, kinds);
        let quick = SequenceOptions { no_detours: true, ..SequenceOptions::default() };
        // The last looks at positions, rather than sets of steps.
        let walk = SequenceOptions { sets: 1, ..SequenceOptions::default() };
        let options = [SequenceOptions::default(), quick, walk];
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
