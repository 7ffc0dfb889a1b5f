//! Every answer on random talks before its judge.

use detente_analysis::{Analysis, CountBounds, Method, Options, Scale, Solution, Space, analyze};
use detente_cases::drawn;
use detente_cases::random;
use detente_judge::{Aim, Pick, World};
use detente_model::{BodyId, IssueId, OptionId, PartyId, Talks};
use proptest::prelude::*;
use std::ops::ControlFlow;

fn run(talks: &Talks) -> Analysis {
    analyze(&Space::new(talks), &Options { points: None, top: 7, ..Options::default() }, &|_| {
        ControlFlow::Continue(())
    })
}

fn world<'t>(talks: &'t Talks, analysis: &Analysis) -> World<'t> {
    World::new(talks, analysis.scale == Scale::Unit)
}

drawn! { 96;
    #[test]
    fn counts_ranges_and_the_zone_are_right(case in random::case()) {
        let talks = case.talks();
        let analysis = run(&talks);
        let world = world(&talks, &analysis);
        prop_assert_eq!(analysis.counts.outcomes.feasible.clone(), world.feasible.len().into());
        prop_assert_eq!(detente_judge::check_zone(&world, analysis.counts.zone.as_ref().and_then(CountBounds::count).expect("no limit")), Ok(()));
        let remaining = detente_analysis::remaining(&talks).expect("few outcomes");
        for (i, options) in remaining.iter().enumerate() {
            for (k, n) in options.iter().enumerate() {
                let with = world.feasible.iter().filter(|x| x[IssueId(i)] == OptionId(k)).count();
                prop_assert_eq!(n.clone(), with.into());
            }
        }
        for (p, range) in analysis.parties.iter().enumerate() {
            let exact = |value: Option<_>| value.map(|v: num::Exact| num::f64(&v));
            let utilities: Vec<_> = world.feasible.iter().map(|x| world.party_utility(PartyId(p), x)).collect();
            let close = |a: f64, b: f64| (a - b).abs() <= 1e-9 * (1.0 + a.abs());
            let (min, max) = range.range.expect("no limit");
            prop_assert!(close(min, exact(utilities.iter().min().cloned()).expect("an outcome")));
            prop_assert!(close(max, exact(utilities.iter().max().cloned()).expect("an outcome")));
            match (range.alternative, exact(world.party_alternative(PartyId(p)))) {
                (Some(got), Some(expected)) => prop_assert!(close(got, expected)),
                (got, expected) => prop_assert_eq!(got, expected),
            }
        }
    }

    #[test]
    fn the_frontier_is_exactly_what_nothing_beats(case in random::case()) {
        let talks = case.talks();
        let analysis = run(&talks);
        let points: Vec<_> = analysis.frontier.iter().map(|p| (p.outcome.clone(), p.utilities.clone())).collect();
        prop_assert_eq!(analysis.frontier_count, points.len());
        let world = world(&talks, &analysis);
        prop_assert_eq!(detente_judge::check_frontier(&world, &points), Ok(()));
        let deals = analysis.frontier_outcomes.as_ref().expect("a frontier");
        let at_least = u64::try_from(&deals.at_least).expect("few outcomes");
        prop_assert_eq!(detente_judge::check_efficient_count(&world, at_least, deals.is_exact()), Ok(()));
        prop_assert!(deals.is_exact() || analysis.method != Method::Enumeration);
    }

    #[test]
    fn solutions_maximise_what_they_claim(case in random::case(), in_one_unit in any::<bool>()) {
        let mut draft = (*case.talks()).clone();
        draft.common_unit = in_one_unit.then(|| "points".to_owned());
        let talks = Talks::new(draft).expect("only the unit is another");
        let analysis = run(&talks);
        let world = world(&talks, &analysis);
        let solutions = analysis.solutions.as_ref().expect("no limit");
        let named = [
            (Aim::Nash, &solutions.nash),
            (Aim::KalaiSmorodinsky, &solutions.kalai_smorodinsky),
            (Aim::Egalitarian, &solutions.egalitarian),
            (Aim::Utilitarian, &solutions.utilitarian),
        ];
        for (aim, solution) in named {
            let pick = match solution {
                Solution::Found(chosen) => Pick { outcome: Some(chosen.outcome.clone()), ties: chosen.ties },
                Solution::None(_) => Pick { outcome: None, ties: 0 },
            };
            prop_assert_eq!(detente_judge::check_solution(&world, aim, &pick), Ok(()));
            if let Solution::Found(chosen) = solution {
                let judged = detente_judge::check_probability(&world, &chosen.outcome, chosen.probability);
                prop_assert_eq!(judged, Ok(()));
            }
            if let Solution::Found(chosen) = solution
                && let Some(lottery) = &chosen.lottery
                && world.feasible.len() <= 40
            {
                let shares: Vec<_> = lottery.iter().map(|share| (share.weight, share.outcome.clone())).collect();
                prop_assert_eq!(detente_judge::check_lottery(&world, aim, &shares), Ok(()));
            }
        }
    }

    #[test]
    fn probabilities_are_those_of_all_patterns_of_consent(case in random::case()) {
        let talks = case.talks();
        let analysis = run(&talks);
        let world = world(&talks, &analysis);
        let will = analysis.will.as_ref().expect("no limit");
        let best: Vec<_> = will.best.iter().map(|deal| (deal.outcome.clone(), deal.probability)).collect();
        prop_assert_eq!(detente_judge::check_best(&world, &best, 7, 0.01), Ok(()));
        let named: Vec<_> = best.iter().map(|(outcome, _)| outcome.clone()).collect();
        prop_assert_eq!(detente_judge::check_choice(&world, &named, 7, 0.01), Ok(()));
        let equals: Vec<_> = will.equals.iter().map(|deal| deal.outcome.clone()).collect();
        prop_assert_eq!(detente_judge::check_equals(&world, &best, &equals, will.n_equals), Ok(()));
        for (b, consent) in will.bodies.iter().enumerate() {
            let judged = detente_judge::check_consent(&world, BodyId(b), consent.if_free, consent.if_waived);
            prop_assert_eq!(judged, Ok(()));
        }
        for (i, options) in will.issues.iter().enumerate() {
            for (k, probability) in options.iter().enumerate() {
                let probability = probability.expect("every outcome was looked at");
                let judged = detente_judge::check_forced(&world, IssueId(i), OptionId(k), probability);
                prop_assert_eq!(judged, Ok(()));
            }
        }
    }

    #[test]
    fn an_empty_zone_is_diagnosed(case in random::case()) {
        let talks = case.talks();
        let analysis = run(&talks);
        let world = world(&talks, &analysis);
        prop_assert_eq!(analysis.no_zone.is_some(), world.zone().is_empty());
        if let Some(found) = &analysis.no_zone {
            let judged = detente_judge::check_no_zone(&world, found.concession, found.nearest.as_ref(), found.ties.count().expect("counted"), &found.waive);
            prop_assert_eq!(judged, Ok(()));
        }
    }
}

/// The judges would agree with anything if the random talks never raised the question.
#[test]
fn the_random_talks_raise_every_question() {
    let (mut empty, mut lottery, mut mixed, mut ties, mut unit, mut dissent) = (0, 0, 0, 0, 0, 0);
    let mut equals = 0;
    let n = 400;
    for seed in 0..n {
        let analysis = run(&random::Case::new(3, 1 + seed as usize % 3, seed).talks());
        empty += u32::from(analysis.no_zone.is_some());
        unit += u32::from(analysis.scale == Scale::Unit);
        let solutions = analysis.solutions.as_ref().expect("no limit");
        if let Solution::Found(nash) = &solutions.nash {
            ties += u32::from(nash.ties > 1);
        }
        if let Solution::Found(chosen) = &solutions.kalai_smorodinsky {
            lottery += u32::from(chosen.lottery.is_some());
            mixed += u32::from(chosen.lottery.as_ref().is_some_and(|shares| shares.len() > 1));
        }
        let will = analysis.will.as_ref().expect("no limit");
        equals += u32::from(will.n_equals > 0);
        dissent += u32::from(will.best.first().is_some_and(|deal| deal.by_body.contains(&0.0)));
    }
    let seen = [empty, lottery, mixed, ties, unit, dissent, equals];
    detente_cases::covers(
        seen.iter().all(|count| u64::from(*count) * 50 >= n),
        format_args!("{seen:?} of {n}"),
    );
}

/// The judge's exact numbers as `f64`.
mod num {
    pub(crate) type Exact = num_rational::BigRational;

    pub(crate) fn f64(value: &Exact) -> f64 {
        num_traits::ToPrimitive::to_f64(value).expect("a finite number")
    }
}
