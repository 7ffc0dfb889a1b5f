//! What a stock says of all deals is what a look at each of them says.

use super::*;
use crate::analyze::analyze;
use crate::party::Scale;
use crate::solutions::{Chosen, Solution, Solutions};
use crate::space::{Extremes, Space};
use detente_cases::random;
use detente_model::{Clause, Condition, Constraint, IssueId, Law, OptionSet, Talks};

fn enumerated(talks: &Talks) -> Analysis {
    let found = analyze(&Space::new(talks), &Options::default(), &|_| ControlFlow::Continue(()));
    assert_eq!(found.limit, None);
    found
}

/// The same from a stock: of the frontier, or of a survey.
fn stocked(talks: &Talks, known: &Analysis, by_survey: bool, looks: Looks) -> (Analysis, Option<Limit>) {
    let space = Space::new(talks);
    let extremes: Vec<Extremes> = space.extremes().expect("few outcomes");
    let study = Study::new(&space, Scale::Raw, &extremes, &known.counts.outcomes.feasible);
    let watch = &|_: f64| ControlFlow::Continue(());
    let efficient =
        if by_survey { None } else { Some(study.efficient(watch).unwrap_or_else(|_| panic!("few"))) };
    let mut found = Analysis {
        counts: crate::analyze::Counts { outcomes: known.counts.outcomes.clone(), zone: None },
        parties: Vec::new(),
        frontier: Vec::new(),
        solutions: None,
        no_zone: None,
        will: None,
        notes: Vec::new(),
        ..known.clone()
    };
    let limit = study.by_stock(
        efficient.as_ref(),
        Limit::Tied { issues: Vec::new(), most: 0 },
        &Options::default(),
        looks,
        watch,
        &mut found,
    );
    (found, limit)
}

fn all(solutions: &Solutions) -> [&Solution; 4] {
    let Solutions { nash, kalai_smorodinsky, egalitarian, utilitarian } = solutions;
    [nash, kalai_smorodinsky, egalitarian, utilitarian]
}

fn chosen(solution: &Solution) -> Option<&Chosen> {
    match solution {
        Solution::Found(chosen) => Some(chosen),
        Solution::None(_) => None,
    }
}

#[track_caller]
fn check(found: &Analysis, known: &Analysis, by_survey: bool, seed: u64) {
    assert_eq!(found.parties, known.parties, "seed {seed}");
    let solutions = |analysis: &Analysis| analysis.solutions.clone().expect("no limit");
    for (own, other) in all(&solutions(found)).into_iter().zip(all(&solutions(known))) {
        let (own, other) = (chosen(own), chosen(other));
        assert_eq!(own.map(|own| &own.utilities), other.map(|other| &other.utilities), "seed {seed}");
        if !by_survey {
            assert_eq!(own.map(|own| &own.outcome), other.map(|other| &other.outcome), "seed {seed}");
        }
    }
    let will = |analysis: &Analysis| analysis.will.clone().expect("no limit");
    let (own, other) = (will(found), will(known));
    assert_eq!(own.verdict, other.verdict, "seed {seed}");
    let near = |a: f64, b: f64| (a - b).abs() < 1e-9;
    assert!(near(own.best_probability, other.best_probability), "seed {seed}: {own:?}, {other:?}");
    assert!(near(own.at_most, other.at_most), "seed {seed}: {own:?}, {other:?}");
    for (own, other) in own.bodies.iter().zip(&other.bodies) {
        assert!(near(own.if_free, other.if_free) && near(own.if_waived, other.if_waived), "seed {seed}");
    }
    let told = found.notes.iter().any(|note| note.contains("may be higher"));
    for (own, other) in own.issues.iter().flatten().zip(other.issues.iter().flatten()) {
        let other = other.expect("every outcome was looked at");
        assert!(own.is_none_or(|own| own <= other + 1e-9), "seed {seed}");
        assert!(told || own.is_some_and(|own| near(own, other)), "seed {seed}: {own:?} is not {other}");
    }
    let zone = |analysis: &Analysis| analysis.counts.zone.clone().expect("no limit");
    let (own, other) = (zone(found), zone(known));
    assert!(own.at_least <= other.at_least && other.at_most <= own.at_most, "seed {seed}: {own:?}");
    assert_eq!(own.at_most == BigUint::ZERO, other.at_most == BigUint::ZERO, "seed {seed}");
    let missing = |analysis: &Analysis| analysis.no_zone.clone().map(|none| (none.concession, none.waive));
    assert_eq!(missing(found), missing(known), "seed {seed}");
    let frontier = |analysis: &Analysis| -> Vec<Vec<f64>> {
        analysis.frontier.iter().map(|point| point.utilities.clone()).collect()
    };
    if by_survey {
        assert_eq!(frontier(found), frontier(known), "seed {seed}");
    }
}

#[test]
fn a_stock_answers_for_all_deals() {
    let (mut solved, mut empty, mut settled, mut options) = (0, 0, 0, 0);
    let single = |talks: &Talks| talks.parties.iter().all(|party| party.bodies.len() == 1);
    let cases = (0u64..)
        .map(|seed| (seed, random::Case::new(1 + seed as usize % 4, 1 + seed as usize % 3, seed).talks()));
    for (seed, talks) in cases.filter(|(_, talks)| single(talks)).take(400) {
        let known = enumerated(&talks);
        for by_survey in [false, true] {
            let (found, limit) = stocked(&talks, &known, by_survey, LOOKS);
            assert_eq!(limit, None, "seed {seed}");
            check(&found, &known, by_survey, seed);
            solved +=
                usize::from(matches!(found.solutions, Some(Solutions { nash: Solution::Found(_), .. })));
            empty += usize::from(found.no_zone.is_some());
            let answers = |analysis: &Analysis| {
                analysis.will.clone().map_or_else(Vec::new, |will| will.issues.concat())
            };
            let pairs = answers(&found).into_iter().zip(answers(&known));
            let near = |a: f64, b: f64| (a - b).abs() < 1e-9;
            settled += pairs.filter(|(own, other)| own.zip(*other).is_some_and(|(a, b)| near(a, b))).count();
            options += answers(&known).len();
        }
    }
    assert!(
        solved > 100 && empty > 100 && settled * 10 > options * 9,
        "{solved} {empty} {settled} of {options}"
    );
}

#[test]
fn what_a_survey_leaves_open_is_bounded() {
    let looks = Looks { best: 0, fair: 0, tries: 0, changed: 0, all: 12, zone: 1 };
    let (mut open, mut above) = (0, 0);
    let single = |talks: &Talks| talks.parties.iter().all(|party| party.bodies.len() == 1);
    let cases = (0u64..).map(|seed| (seed, random::Case::new(2 + seed as usize % 3, 2, seed).talks()));
    for (seed, talks) in cases.filter(|(_, talks)| single(talks)).take(300) {
        let known = enumerated(&talks);
        let (found, limit) = stocked(&talks, &known, true, looks);
        let (Some(surveyed), Some(own)) = (found.unproven(), &found.will) else { continue };
        assert!(matches!(limit, Some(Limit::Tied { .. })), "seed {seed}");
        let best = known.will.as_ref().map_or(0.0, |will| will.best_probability);
        assert!(
            own.best_probability <= best + 1e-9 && best <= own.at_most + 1e-9,
            "seed {seed}: {own:?}, {best}"
        );
        for (party, most) in surveyed.best_at_most.iter().enumerate() {
            let range = known.parties[party].range.expect("no limit");
            assert!(range.1 <= most + 1e-9, "seed {seed}: {range:?} and {most}");
        }
        let solutions = known.solutions.as_ref().expect("no limit");
        for (name, worth, at_most) in &surveyed.unproven {
            let (solution, product) = match *name {
                "Nash" => (&solutions.nash, true),
                "utilitarian" => (&solutions.utilitarian, false),
                _ => continue,
            };
            let Some(chosen) = chosen(solution) else { continue };
            let gains = chosen.surpluses.iter();
            let most: f64 = if product { gains.product() } else { gains.sum() };
            assert!(
                *worth <= most + 1e-9 && most <= at_most + 1e-9,
                "seed {seed}: {name} {worth} {most} {at_most}"
            );
            above += 1;
        }
        let zone = |analysis: &Analysis| analysis.counts.zone.clone().expect("no limit");
        let (own, other) = (zone(&found), zone(&known));
        assert!(own.at_least <= other.at_least && other.at_most <= own.at_most, "seed {seed}: {own:?}");
        open += surveyed.open;
    }
    assert!(open > 100 && above > 50, "{open} {above}");
}

#[test]
fn where_nothing_is_possible_a_survey_says_so() {
    let talks = (0u64..)
        .map(|seed| random::Case::new(3, 2, seed).talks())
        .find(|talks| talks.parties.iter().all(|party| party.bodies.len() == 1))
        .expect("some with single bodies");
    let known = enumerated(&talks);
    let mut draft = (*talks).clone();
    for option in 0..talks.issues[1].n_options() {
        let options = OptionSet::from_options([OptionId(option)]);
        let when = Condition(vec![Clause { issue: IssueId(1), options }]);
        draft.constraints.push(Constraint { law: Law::Forbid(when), because: vec![] });
    }
    let impossible = Talks::new(draft).expect("talks that fit together");
    let (found, limit) = stocked(&impossible, &known, true, LOOKS);
    assert_eq!((limit, found.surveyed), (Some(Limit::NothingFeasible), None));
}
