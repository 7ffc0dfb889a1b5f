//! What it would take, before its judge and as worked out by hand.

mod known;
use detente_analysis::{
    Ask, Need, Never, Requirements, RequirementsOptions, Scope, Space, Together, Why, account, analyze,
    requirements,
};
use detente_cases::random;
use detente_cases::{drawn, seeds};
use detente_judge::{Falls, Gift, Least, Stand, World};
use detente_model::*;
use proptest::prelude::*;
use std::ops::ControlFlow;

fn run(talks: &Talks, options: &RequirementsOptions) -> Requirements {
    requirements(&Space::new(talks), options, &|_| ControlFlow::Continue(()))
}

/// With as much work as a proof takes, also where costs are worked out slowly.
fn aiming(target: f64) -> RequirementsOptions {
    RequirementsOptions { target, work: 1 << 34, ..RequirementsOptions::default() }
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
    // How close to 1 the tail of a normal cost comes is a matter of rounding.
    if target < 1.0 && found.sum - found.at_least > 1.001e-4 * found.sum.max(1.0) {
        return Err(format!("{found:?} is not proven closely enough"));
    }
    detente_judge::check_falls(world, target, 1e-4, among, &falls)
}

/// Judges what every option would have to be worth more, to one body each.
fn judge_added(case: random::Case) -> Result<(), TestCaseError> {
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
                let share = need
                    .map(|need| if need.amount == 0.0 { 0.0 } else { need.share.unwrap_or(f64::INFINITY) });
                if let Some(share) = share
                    && lowest.is_none_or(|(known, ..)| share < known)
                {
                    lowest = Some((share, o, b));
                }
            }
        }
        let named = best.as_ref().map(|added| (added.option.0, added.body.0));
        prop_assert_eq!(named, lowest.map(|(_, o, b)| (o, b)));
    }
    Ok(())
}

/// A cost that rises from nothing to certain within a tenth: each grid step of what is asked for is seen in the
/// probability.
#[test]
fn what_is_asked_for_is_read_back_as_it_was_meant() {
    judge_added(random::Case::new(1, 2, 17254134322279501145)).expect("the judge agrees");
}

drawn! { 96;
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
        judge_added(case)?;
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
        let said = account(&Space::new(&talks), &x, &aiming(target), &|_| ControlFlow::Continue(()));
        let judged = detente_judge::check_deal(&world, &x, &said.broken, said.zone, said.probability, &said.by_party);
        prop_assert_eq!(judged, Ok(()));
        let would_pass = world.agrees(&|body| world.accepts_free(body, &x));
        prop_assert_eq!((said.would_pass, said.zone), (would_pass, would_pass && said.broken.is_empty()));
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
                (None, why) => matches!(why, Why::RefusesNothing | Why::RefusesAll | Why::NotKnown),
                (Some(s), Why::Below { by }) => s < 0.0 && by == -s,
                (Some(s), Why::Covers { probability }) => s >= 0.0 && probability == standing.accepts,
                (Some(_), Why::RefusesNothing | Why::RefusesAll | Why::NotKnown) => false,
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

drawn! { 96;
    #[test]
    fn without_independence_the_same_sums_are_found(case in random::case()) {
        let talks = case.talks();
        let moving = talks.bodies.iter().filter(|body| body.will.cost().is_some() && body.alternative.number().is_some());
        prop_assume!(moving.count() <= 3);
        let close = RequirementsOptions { within: 0.02, work: 1 << 22, ..aiming(target(&case)) };
        let by_curves = run(&talks, &close).together;
        let by_boxes = run(&talks, &RequirementsOptions { use_independence: false, ..close }).together;
        match (by_curves, by_boxes) {
            (Together::Enough(a), Together::Enough(b)) => {
                prop_assert!(a.at_least <= b.sum + 1e-9 && b.at_least <= a.sum + 1e-9, "{:?} and {:?}", a, b);
            }
            (a, b) => prop_assert_eq!(a, b),
        }
    }

    #[test]
    fn talks_too_large_to_enumerate_are_asked_for_the_same(case in random::case()) {
        let talks = case.talks();
        let target = target(&case);
        let options = aiming(target);
        let all = World::new(&talks, false).feasible;
        let by_one = run(&talks, &options);
        let by_groups = run(&talks, &RequirementsOptions { enumerate: 0, ..options.clone() });
        prop_assert_eq!(by_groups.scope, Scope::Listed);
        for (one, other) in by_one.bodies.iter().zip(&by_groups.bodies) {
            match (one, other) {
                (Ask::Never(Never::Support { most: Some(a) }), Ask::Never(Never::Support { most: Some(b) })) => {
                    prop_assert!((a - b).abs() < 1e-9, "{} and {}", a, b);
                }
                (one, other) => prop_assert_eq!(one, other),
            }
        }
        let listed = run(&talks, &RequirementsOptions { enumerate: 0, deals: all, ..options });
        let amounts = |found: &Requirements| -> Vec<Option<f64>> {
            found.bodies.iter().map(|ask| enough(ask).map(|need| need.amount)).collect()
        };
        prop_assert_eq!(amounts(&by_one), amounts(&listed));
        prop_assert_eq!(by_one.issues, listed.issues);
        match (by_one.together, listed.together) {
            (Together::Enough(a), Together::Enough(b)) => prop_assert_eq!(a.sum, b.sum),
            (a, b) => prop_assert_eq!(a, b),
        }
    }
}

#[track_caller]
fn near(a: f64, b: f64) {
    assert!((a - b).abs() < 2e-9, "{a}, not {b}");
}

fn amount(ask: &Ask) -> f64 {
    match ask {
        Ask::Enough(need) => need.amount,
        Ask::Never(never) => panic!("{never:?}"),
    }
}

/// Costs uniform on [0, 1], alternatives 0. A fall of d of the first makes P = (x + d)(1 - x), so that it
/// takes d = t / (1 - x) - x, which is least where 1 - x is the root of t.
#[test]
fn with_a_pie_and_even_costs_a_fall_of_twice_the_root_less_one_reaches_a_target() {
    let talks = known::pie([0.0, 0.0], [Some(1.0), Some(1.0)]);
    for (target, root) in [(0.36, 0.6), (0.49, 0.7), (0.81, 0.9), (1.0, 1.0)] {
        let found = run(&talks, &aiming(target));
        for (ask, share) in found.bodies.iter().zip([1.0 - root, root]) {
            near(amount(ask), 2.0 * root - 1.0);
            let Ask::Enough(need) = ask else { panic!("it is enough") };
            assert_eq!(need.outcome, Outcome(vec![OptionId((share * 100.0).round() as usize)]));
            near(need.share.expect("a range"), need.amount);
        }
        // a b = t has the least sum a + b = 2 root t, and the pie is 1 of it.
        let Together::Enough(falls) = found.together else { panic!("it is enough") };
        assert!(falls.sum <= 2.0 * root - 1.0 + 1e-4 && falls.sum >= 2.0 * root - 1.0 - 2e-9, "{falls:?}");
        assert!(falls.at_least <= 2.0 * root - 1.0 + 1e-9 && falls.at_least >= falls.sum - 1.01e-4);
    }
}

/// Costs uniform on [0, 0.8] and [0, 0.5]: a b = 0.4 t with a at most 0.8, b at most 0.5. For t = 0.81 the
/// second is at its end, b = 0.5, and a = 0.648.
#[test]
fn a_cost_that_is_covered_already_is_not_asked_to_fall() {
    let talks = known::pie([0.0, 0.0], [Some(0.8), Some(0.5)]);
    let found = run(&talks, &aiming(0.81));
    near(amount(&found.bodies[0]), 0.148);
    // On the grid of hundredths x is 0.65, where the second covers 0.324 / 0.65 of the 0.35 it has.
    near(amount(&found.bodies[1]), 0.324 / 0.65 - 0.35);
    let Together::Enough(falls) = found.together else { panic!("it is enough") };
    assert!((falls.sum - 0.148).abs() <= 1e-4, "{falls:?}");
    let reached = run(&talks, &aiming(0.625));
    assert_eq!(reached.bodies.iter().map(amount).collect::<Vec<_>>(), [0.0, 0.0]);
    assert_eq!(reached.best, 0.625);
}

#[test]
fn with_an_empty_zone_only_a_value_helps() {
    let talks = known::pie([0.7, 0.4], [None, None]);
    let found = run(&talks, &aiming(0.5));
    assert_eq!(found.bodies, [Ask::Never(Never::NoZone), Ask::Never(Never::NoZone)]);
    assert_eq!(found.together, Together::Never(Never::NoZone));
    let added = found.issues[0].as_ref().expect("a tenth is lacking");
    assert_eq!((added.option, added.body), (OptionId(60), BodyId(0)));
    near(added.need.amount, 0.1);
    let said = account(&Space::new(&talks), &Outcome(vec![OptionId(50)]), &aiming(0.5), &|_| {
        ControlFlow::Continue(())
    });
    assert!(!said.zone && said.bodies.iter().all(|body| body.decides && body.if_refuses == 0.0));
    assert_eq!(said.bodies[0].if_accepts, 1.0);
    assert!(matches!(said.bodies[0].why, Why::Below { by } if (by - 0.2).abs() < 1e-9));
    assert_eq!(said.bodies[1].value, Ask::Never(Never::Support { most: Some(0.0) }));
}

/// What is in reach needs nothing; and what the best probability misses, something.
#[test]
fn a_verdict_within_reach_needs_nothing() {
    for seed in seeds(60) {
        let case = random::Case::new(3, 1 + seed as usize % 3, seed);
        let talks = case.talks();
        let will = analyze(&Space::new(&talks), &detente_analysis::Options::default(), &|_| {
            ControlFlow::Continue(())
        })
        .will;
        let best = will.expect("no limit").best_probability;
        let found = run(&talks, &aiming(0.5));
        assert!((found.best - best).abs() < 1e-12);
        let nothing = found.bodies.iter().all(|ask| matches!(ask, Ask::Enough(need) if need.amount == 0.0));
        assert_eq!(nothing, best >= 0.5, "{best}");
    }
}

#[test]
fn an_interrupted_search_keeps_what_it_found() {
    let talks = known::pie([0.0, 0.0], [Some(1.0), Some(1.0)]);
    let found = requirements(&Space::new(&talks), &aiming(0.81), &|_| ControlFlow::Break(()));
    assert_eq!(found.limit, Some(detente_analysis::Limit::Interrupted));
    // The sweep was over before anybody asked; the search for the least sum was not.
    near(amount(&found.bodies[0]), 0.8);
    let Together::Enough(falls) = found.together else { panic!("a first plan was there") };
    assert!(falls.at_least == 0.0 && falls.sum >= 0.8 - 1e-9);
}

/// The judges would agree with anything if the random talks never raised the question.
#[test]
fn the_random_talks_raise_every_question() {
    let [mut reached, mut alone, mut support, mut several, mut no_zone, mut lifted] = [0u32; 6];
    let n = 300;
    for seed in 0..n {
        let case = random::Case::new(3, 1 + seed as usize % 3, seed);
        let found = run(&case.talks(), &aiming(target(&case)));
        let some = |is: &dyn Fn(&Ask) -> bool| u32::from(found.bodies.iter().any(is));
        reached += some(&|ask| matches!(ask, Ask::Enough(need) if need.amount == 0.0));
        alone += some(&|ask| matches!(ask, Ask::Enough(need) if need.amount > 0.0));
        support += some(&|ask| matches!(ask, Ask::Never(Never::Support { .. })));
        no_zone += some(&|ask| matches!(ask, Ask::Never(Never::NoZone)));
        lifted +=
            u32::from(no_zone > 0 && found.issues.iter().flatten().any(|added| added.need.amount > 0.0));
        if let Together::Enough(falls) = &found.together {
            several += u32::from(falls.amounts.iter().filter(|amount| **amount > 0.0).count() > 1);
        }
    }
    let seen = [reached, alone, support, several, no_zone, lifted];
    detente_cases::covers(
        seen.iter().all(|count| u64::from(*count) * 50 >= n),
        format_args!("{seen:?} of {n}"),
    );
}

/// A release of 2, metered jointly: the farmers have 4 of a cost up to 8, downstream 8 of a cost up to 10.
#[test]
fn the_account_of_the_reservoir_is_as_by_hand() {
    let talks = known::reservoir();
    let x = Outcome(vec![OptionId(1), OptionId(1)]);
    let said = account(&Space::new(&talks), &x, &aiming(0.5), &|_| ControlFlow::Continue(()));
    near(said.probability, 0.4);
    let [council, farmers, downstream] = &said.bodies[..] else { panic!("three bodies") };
    assert_eq!((council.accepts, council.needed, council.decides), (1.0, Some(0.0), true));
    assert_eq!(council.fall, Ask::Never(Never::Support { most: Some(0.4) }));
    assert_eq!((farmers.utility, farmers.surplus, farmers.accepts), (8.0, Some(4.0), 0.5));
    near(farmers.if_accepts, 0.8);
    near(farmers.needed.expect("an alternative"), 4.0);
    near(amount(&farmers.fall), 1.0);
    near(amount(&downstream.fall), 2.0);
    near(amount(&downstream.value), 2.0);
    // Of (a / 8)(b / 10) = 0.5, the least (a - 4) / 10 + (b - 8) / 24 has b = 2.4 a.
    let a = (40.0f64 / 2.4).sqrt();
    let Together::Enough(falls) = said.together else { panic!("it is enough") };
    let least = (a - 4.0) / 10.0 + (2.4 * a - 8.0) / 24.0;
    assert!(falls.sum >= least - 1e-9 && falls.sum <= least + 1e-4, "{falls:?}, not {least}");
}

/// The sweep meets the last of these deals before the first; the first is named all the same.
#[test]
fn of_deals_that_need_as_little_the_first_in_order_is_named() {
    let mut draft = (*known::pie([0.0, 0.0], [Some(1.0), None])).clone();
    let option = |id: &str| NamedOption { id: id.into(), name: id.into() };
    let named =
        |ids: &[&str]| Options::Named { ordered: false, options: ids.iter().map(|id| option(id)).collect() };
    let mut second = draft.issues[0].clone();
    second.id = "second".into();
    draft.issues.push(second);
    draft.issues[0].options = named(&["a", "b"]);
    draft.issues[1].options = named(&["a", "b", "c"]);
    let values = |values: &[f64]| {
        let values = values.iter().map(|v| Number::fixed(*v)).collect();
        Some(IssuePreference { weight: None, shape: Shape::Values(values) })
    };
    draft.bodies[0].will = StatedCost::Cost(Cost::fixed(2.0));
    draft.bodies[0].preferences.issues = vec![values(&[0.0, 1.0]), values(&[0.0, 1.0, 0.0])];
    draft.bodies[1].preferences.issues = vec![values(&[0.0, 0.0]), values(&[0.0, 0.0, 1.0])];
    let forbid = |clauses: &[(usize, usize)]| {
        let clause = |(issue, k): &(usize, usize)| Clause {
            issue: IssueId(*issue),
            options: OptionSet::from_options([OptionId(*k)]),
        };
        Constraint { law: Law::Forbid(Condition(clauses.iter().map(clause).collect())), because: vec![] }
    };
    draft.constraints = vec![forbid(&[(0, 1), (1, 1)]), forbid(&[(1, 2)])];
    let talks = Talks::new(draft).expect("talks that fit together");
    let found = run(&talks, &aiming(0.5));
    let Ask::Enough(need) = &found.bodies[0] else { panic!("a fall suffices") };
    assert_eq!((need.amount, &need.outcome), (1.0, &Outcome(vec![OptionId(0), OptionId(1)])));
}

#[test]
fn falls_of_bodies_whose_costs_go_together_are_tried_with_their_correlation() {
    let talks = random::Case::new(1, 2, 3_393_327_594_634_841_601).talks();
    assert!(talks.correlation.is_some());
    let world = World::new(&talks, false);
    let all: Vec<&Outcome> = world.feasible.iter().collect();
    let found = run(&talks, &aiming(0.3));
    assert_eq!(judge_together(&world, 0.3, &all, &found.together), Ok(()));
}
