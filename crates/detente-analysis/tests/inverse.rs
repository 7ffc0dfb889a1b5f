//! What it would take, before its judge and as worked out by hand.

mod known;
mod random;

use detente_analysis::{
    Ask, Inverse, InverseOptions, Need, Never, Options, Scope, Together, Why, account, analyze, inverse,
};
use detente_judge::{Falls, Gift, Least, Stand, World};
use detente_model::{BodyId, IssueId, OptionId, Outcome, Talks};
use proptest::prelude::*;
use std::ops::ControlFlow;

fn run(talks: &Talks, options: &InverseOptions) -> Inverse {
    inverse(talks, options, &mut |_| ControlFlow::Continue(()))
}

fn aiming(target: f64) -> InverseOptions {
    InverseOptions { target, ..InverseOptions::default() }
}

/// A target that is often just above or below what can be reached.
fn target(case: &random::Case) -> f64 {
    [0.5, 0.1, 0.9, 0.3, 1.0, 0.75][(case.seed % 6) as usize]
}

fn least(need: &Need) -> Least<'_> {
    Least { amount: need.amount, share: need.share, outcome: &need.outcome, probability: need.probability }
}

fn enough(ask: &Ask) -> Option<Least<'_>> {
    match ask {
        Ask::Enough(need) => Some(least(need)),
        Ask::Never(_) => None,
    }
}

fn judge_together(
    world: &World<'_>,
    target: f64,
    among: &[&Outcome],
    together: &Together,
) -> Result<(), String> {
    let Together::Enough(found) = together else {
        // With no cost at all, every deal of the zone is agreed.
        let indifferent = |b: usize| num_traits::Zero::is_zero(&world.body_range(BodyId(b)));
        let stuck = (0..world.talks.bodies.len()).any(indifferent);
        let zone = among.iter().any(|x| world.agrees(&|body| world.accepts_free(body, x)));
        return if zone && !stuck { Err("falls suffice in the zone".into()) } else { Ok(()) };
    };
    let falls = Falls {
        amounts: &found.amounts,
        sum: found.sum,
        at_least: found.at_least,
        outcome: &found.outcome,
        probability: found.probability,
    };
    if found.sum - found.at_least > 1.001e-4 * found.sum.max(1.0) {
        return Err(format!("{found:?} is not proven closely enough"));
    }
    detente_judge::check_falls(world, target, 1e-4, among, &falls)
}

proptest! {
    #![proptest_config(random::cases())]

    #[test]
    fn one_body_alone_needs_just_what_is_said(case in random::case()) {
        let talks = case.talks();
        let world = World::new(&talks, false);
        let target = target(&case);
        let found = run(&talks, &aiming(target));
        prop_assert_eq!(&found.limit, &None);
        let all: Vec<&Outcome> = world.feasible.iter().collect();
        for (b, ask) in found.bodies.iter().enumerate() {
            let judged =
                detente_judge::check_least(&world, target, BodyId(b), Gift::Fall, &all, enough(ask).as_ref());
            prop_assert_eq!(judged, Ok(()));
            if let Ask::Never(never) = ask {
                let (zone, most) = match never {
                    Never::NoZone => (false, None),
                    Never::Support { most } => (true, *most),
                    Never::Unknown => return Err(TestCaseError::fail("nothing was ended early")),
                };
                prop_assert_eq!(detente_judge::check_never(&world, BodyId(b), zone, most), Ok(()));
            }
        }
    }

    #[test]
    fn an_option_has_to_be_worth_just_so_much_more(case in random::case()) {
        let talks = case.talks();
        let world = World::new(&talks, false);
        let target = target(&case);
        let found = run(&talks, &aiming(target));
        let mut dice = random::Dice::new(case.seed);
        for (i, best) in found.issues.iter().enumerate() {
            let mut lowest: Option<(f64, usize, usize)> = None;
            for o in 0..talks.issues[i].n_options() {
                let judged_one = dice.below(talks.bodies.len());
                for b in 0..talks.bodies.len() {
                    let need = found.added(IssueId(i), OptionId(o), BodyId(b));
                    if b == judged_one {
                        let which = (IssueId(i), OptionId(o), BodyId(b));
                        let judged =
                            detente_judge::check_added(&world, target, which, need.as_ref().map(least).as_ref());
                        prop_assert_eq!(judged, Ok(()));
                    }
                    let share = need.map(|need| if need.amount == 0.0 { 0.0 } else { need.share.unwrap_or(f64::INFINITY) });
                    if let Some(share) = share && lowest.is_none_or(|(known, ..)| share < known) {
                        lowest = Some((share, o, b));
                    }
                }
            }
            let named = best.as_ref().map(|added| (added.option.0, added.body.0));
            prop_assert_eq!(named, lowest.map(|(_, o, b)| (o, b)));
        }
    }

    #[test]
    fn no_falls_tried_are_cheaper(case in random::case()) {
        let talks = case.talks();
        let world = World::new(&talks, false);
        let target = target(&case);
        let found = run(&talks, &aiming(target));
        let all: Vec<&Outcome> = world.feasible.iter().collect();
        prop_assert_eq!(judge_together(&world, target, &all, &found.together), Ok(()));
    }

    #[test]
    fn the_account_of_a_deal_is_right(case in random::case()) {
        let talks = case.talks();
        let world = World::new(&talks, false);
        let target = target(&case);
        let mut dice = random::Dice::new(case.seed);
        let options = talks.issues.iter().map(|issue| OptionId(dice.below(issue.n_options())));
        let x = Outcome(options.collect());
        let said = account(&talks, &x, &aiming(target), &mut |_| ControlFlow::Continue(()));
        let judged = detente_judge::check_deal(&world, &x, &said.broken, said.zone, said.probability, &said.by_party);
        prop_assert_eq!(judged, Ok(()));
        for (b, standing) in said.bodies.iter().enumerate() {
            let body = BodyId(b);
            let stand = Stand {
                utility: standing.utility,
                alternative: standing.alternative,
                surplus: standing.surplus,
                accepts: standing.accepts,
                if_refuses: standing.if_refuses,
                if_accepts: standing.if_accepts,
                decides: standing.decides,
                needed: standing.needed,
            };
            prop_assert_eq!(detente_judge::check_stand(&world, target, body, &x, &stand), Ok(()));
            let why = match (standing.surplus, standing.why) {
                (None, why) => why == Why::NoAlternative,
                (Some(s), Why::Below { by }) => s < 0.0 && by == -s,
                (Some(s), Why::Covers { probability }) => s >= 0.0 && probability == standing.accepts,
                (Some(_), Why::NoAlternative) => false,
            };
            prop_assert!(why, "{:?}", standing);
            for (gift, ask) in [(Gift::Fall, &standing.fall), (Gift::Value, &standing.value)] {
                let judged =
                    detente_judge::check_least(&world, target, body, gift, &[&x], enough(ask).as_ref());
                prop_assert_eq!(judged, Ok(()));
            }
        }
        prop_assert_eq!(judge_together(&world, target, &[&x], &said.together), Ok(()));
    }
}
