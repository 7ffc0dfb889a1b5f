//! The best order and the price of trust on random talks before their judge.

#[allow(dead_code, reason = "the part of what is said of plans that other tests need")]
mod plans;
use detente_analysis::{Order, SequenceOptions};
use detente_cases::random;
use detente_cases::random::steps::Kinds;
use detente_cases::{cases, seeds};
use detente_model::{Actor, BodyId, Draft, Number, Outcome, PartyId, Step, StepId, Talks, Wait};
use plans::{PLAIN, case, chain, judge, run, trade, yes};

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
    detente_cases::covers(share >= least, format_args!("only {share} of the cases have an order"));
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

/// The slack of the best order once a step gives a body something more.
fn with_gift(talks: &Talks, deal: &Outcome, step: usize, body: usize) -> f64 {
    let mut draft = (**talks).clone();
    draft.steps[step].gives.push((BodyId(body), Number::fixed(0.5)));
    slack(&Talks::new(draft).expect("talks with one more gift"), deal)
}

fn slack(talks: &Talks, deal: &Outcome) -> f64 {
    match run(talks, deal, &SequenceOptions::default()).order {
        Order::Found { plan, .. } => plan.slack,
        _ => f64::NEG_INFINITY,
    }
}

#[test]
fn a_gift_that_costs_nobody_anything_makes_no_slack_smaller() {
    let mut larger = 0;
    for seed in seeds(cases(60)) {
        let kinds = Kinds { times: false, play: seed % 2 == 1, groups: seed % 3 == 0 };
        let (talks, deal) = case(seed, 6, kinds);
        let without = slack(&talks, &deal);
        let (last, body) = (talks.steps.len() - 1, seed as usize % talks.bodies.len());
        for step in [0, seed as usize % (last + 1), last] {
            let with = with_gift(&talks, &deal, step, body);
            assert!(with >= without, "case {seed}, step {step}: {with} is less than {without}");
            larger += usize::from(with > without);
        }
    }
    assert!(larger > 0, "no gift was of any use");
}

/// A step of a mediator that gives to the second party, then one of that party, each of a half of the deal.
fn half_and_half(change: impl FnOnce(&mut Draft)) -> (Talks, Outcome) {
    let mut draft = trade(&[3.0, 2.0], &[vec![1.5, 1.0], vec![1.5, 1.0]]);
    chain(&mut draft, 0..2);
    let (mut talks, deal) = yes(draft);
    let mut draft = (*talks).clone();
    draft.steps.push(Step::new("gift", Actor::Party(PartyId(0))));
    change(&mut draft);
    talks = Talks::new(draft).expect("talks with a gift");
    (talks, deal)
}

#[test]
fn a_gift_first_or_last_needs_no_guarantee() {
    let gives = vec![(BodyId(1), Number::fixed(5.0))];
    let after = |step: usize| vec![Wait { step: StepId(step), time: None }];
    for (first, last) in [(vec![], after(2)), (after(1), vec![])] {
        let (talks, deal) = half_and_half(|draft| {
            (draft.steps[2].gives, draft.steps[2].after) = (gives.clone(), first);
            draft.steps[0].after = last;
        });
        assert!(judge(&talks, &deal, &[SequenceOptions::default()]));
        let found = run(&talks, &deal, &SequenceOptions::default());
        assert_eq!(found.exit_values[1].given, 5.0);
        assert!(matches!(&found.order, Order::Found { plan, .. } if plan.is_self_enforcing()), "{found:?}");
    }
}

#[test]
fn what_is_given_by_a_step_that_is_left_out_is_not_hoped_for() {
    // The second step takes the gift out of play, and what it asks of its party is more than the deal brings.
    let (talks, deal) = half_and_half(|draft| {
        draft.steps[2].gives = vec![(BodyId(1), Number::fixed(5.0))];
        draft.steps[2].after = vec![Wait { step: StepId(1), time: None }];
        draft.steps[1].excludes = vec![StepId(2)];
        draft.steps[1].gives = vec![(BodyId(1), Number::fixed(-2.5))];
    });
    assert!(judge(&talks, &deal, &[SequenceOptions::default()]));
    assert_eq!(slack(&talks, &deal), -0.75);
}

#[test]
fn a_deal_without_steps_is_said_to_have_none() {
    let talks = random::Case::new(2, 2, 1).talks();
    let deal = Outcome(vec![detente_model::OptionId(0); 2]);
    let found = run(&talks, &deal, &SequenceOptions::default());
    assert_eq!(
        (found.order, found.steps.len(), found.exit_values.len()),
        (Order::NoSteps, 0, talks.bodies.len())
    );
    assert!(found.exit_values.iter().all(|stake| stake.delivered == 0.0));
}

#[test]
fn a_deadline_holds_again_for_what_is_due_again() {
    let (talks, deal) = case(2411, 9, Kinds { times: true, play: true, groups: true });
    assert!(judge(&talks, &deal, &[SequenceOptions::default()]));
}
