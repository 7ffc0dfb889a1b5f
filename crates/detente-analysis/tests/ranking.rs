//! One party's ranking against all outcomes looked at one by one.

use detente_analysis::{Limit, Nearest, Ranking, Scale, Space, Tradeoff};
use detente_cases::drawn;
use detente_cases::random::{Case, Dice, case};
use detente_judge::World;
use detente_model::*;
use num_traits::ToPrimitive;
use std::ops::ControlFlow;

/// Utilities are shown as the nearest `f64`, and means may be rounded to a step of 10^-12.
const SMALL: f64 = 1e-9;

/// A ranking with every feasible outcome and its utility by the judge.
struct Judged<'t> {
    ranking: Ranking<'t>,
    all: Vec<(Outcome, f64)>,
}

fn judged<'t>(space: &'t Space<'t>, dice: &mut Dice) -> Judged<'t> {
    let talks = space.talks();
    let party = PartyId(dice.below(talks.parties.len()));
    let one = talks.parties[party.0].bodies.len() == 1;
    let scale = if one && dice.below(2) == 0 { Scale::Raw } else { Scale::Unit };
    let world = World::new(talks, scale == Scale::Unit);
    let utility = |x: &Outcome| world.party_utility(party, x).to_f64().expect("a finite utility");
    let all = feasible(talks).into_iter().map(|x| (x.clone(), utility(&x))).collect();
    Judged { ranking: Ranking::new(space, party, scale).expect("a small space"), all }
}

/// Every outcome that breaks no constraint, in issue and option order.
fn feasible(talks: &Talks) -> Vec<Outcome> {
    let mut all = vec![Vec::new()];
    for issue in &talks.issues {
        let with = |x: Vec<OptionId>| (0..issue.n_options()).map(move |k| [&x[..], &[OptionId(k)]].concat());
        all = all.into_iter().flat_map(with).collect();
    }
    let all = all.into_iter().map(Outcome);
    all.filter(|x| talks.constraints.iter().all(|constraint| constraint.allows(x))).collect()
}

impl Judged<'_> {
    fn utility(&self, x: &Outcome) -> f64 {
        let found = self.all.iter().find(|(other, _)| other == x);
        found.unwrap_or_else(|| panic!("{x:?} is not feasible")).1
    }

    /// Asserts that these are exactly the outcomes whose utility is accepted, the highest first.
    fn check_listed(&self, listed: &[(Outcome, f64)], accepts: impl Fn(f64) -> bool) {
        for (x, utility) in listed {
            assert!((utility - self.utility(x)).abs() <= SMALL, "{utility} is not that of {x:?}");
        }
        assert!(listed.is_sorted_by(|a, b| a.1 >= b.1), "the highest come first");
        let mut names: Vec<&Outcome> = listed.iter().map(|(x, _)| x).collect();
        names.sort();
        let expected = self.all.iter().filter(|(_, utility)| accepts(*utility));
        let expected: Vec<&Outcome> = expected.map(|(x, _)| x).collect();
        assert_eq!(names, expected, "each once");
    }

    fn check_found(&self, found: Option<&Nearest>) {
        if let Some(found) = found {
            assert!(found.proven, "small spaces are searched through");
            assert!((found.utility - self.utility(&found.outcome)).abs() <= SMALL);
        }
    }

    /// A utility between, at, next to or beyond those there are.
    fn target(&self, dice: &mut Dice) -> f64 {
        let mut any = || self.all[dice.below(self.all.len())].1;
        let (a, b) = (any(), any());
        match dice.below(5) {
            0 => a,
            1 => (a + b) / 2.0,
            2 => a + (a - b) * 1.5,
            3 => a + 1e-6,
            _ => a - 1e-6,
        }
    }
}

/// Outcomes of one utility come in issue and option order where no issues are tied together.
fn untied(talks: &Talks) -> bool {
    let plain = |body: &Body| body.preferences.interactions.is_empty() && body.preferences.tables.is_empty();
    talks.constraints.is_empty() && talks.bodies.iter().all(plain)
}

fn check(case: Case) {
    let talks = case.talks();
    let mut dice = Dice::new(case.seed ^ 1);
    let space = Space::new(&talks);
    let judged = judged(&space, &mut dice);
    let ranking = &judged.ranking;
    let listed: Vec<(Outcome, f64)> = ranking.descending().collect();
    judged.check_listed(&listed, |_| true);
    if untied(&talks) {
        assert!(listed.is_sorted_by(|a, b| a.1 > b.1 || a.0 < b.0), "equals come in order");
    }
    let utilities = judged.all.iter().map(|(_, utility)| *utility);
    let (low, high) = ranking.range();
    assert!((low - utilities.clone().fold(f64::INFINITY, f64::min)).abs() <= SMALL);
    assert!((high - utilities.clone().fold(f64::NEG_INFINITY, f64::max)).abs() <= SMALL);
    for _ in 0..8 {
        let target = judged.target(&mut dice);
        let nearest = ranking.nearest(target).expect("some outcome is nearest");
        judged.check_found(Some(&nearest));
        let distance =
            utilities.clone().map(|utility| (utility - target).abs()).fold(f64::INFINITY, f64::min);
        assert!(((nearest.utility - target).abs() - distance).abs() <= SMALL, "{nearest:?} is not nearest");

        // Away from rounding, where the judge and the steps may differ.
        let floor = target - 2.0 * SMALL;
        let found = ranking.lowest_from(floor);
        judged.check_found(found.as_ref());
        let expected = utilities.clone().filter(|utility| *utility >= floor).reduce(f64::min);
        assert_eq!(found.is_some(), expected.is_some());
        if let (Some(found), Some(expected)) = (found, expected) {
            assert!((found.utility - expected).abs() <= SMALL, "{found:?} is not the lowest from {floor}");
        }

        let high = judged.target(&mut dice) + 2.0 * SMALL;
        let band: Vec<(Outcome, f64)> = ranking.between(floor, high).collect();
        judged.check_listed(&band, |utility| floor <= utility && utility <= high);
    }
}

fn check_floors(case: Case) {
    let talks = case.talks();
    let mut dice = Dice::new(case.seed ^ 2);
    let n = talks.parties.len();
    let (party, other) = (PartyId(dice.below(n)), PartyId(dice.below(n)));
    let one = |party: PartyId| talks.parties[party.0].bodies.len() == 1;
    let scale = if one(party) && one(other) && dice.below(2) == 0 { Scale::Raw } else { Scale::Unit };
    let world = World::new(&talks, scale == Scale::Unit);
    let utility = |party, x: &Outcome| world.party_utility(party, x).to_f64().expect("a finite utility");
    let all: Vec<(f64, f64)> =
        feasible(&talks).iter().map(|x| (utility(party, x), utility(other, x))).collect();
    let space = Space::new(&talks);
    let tradeoff = Tradeoff::new(&space, party, other, scale, &|_| ControlFlow::Continue(()));
    let tradeoff = tradeoff.expect("a small space");
    for _ in 0..8 {
        let floor = all[dice.below(all.len())].1 + [-1e-6, -2.0 * SMALL, 1e-6, 0.7][dice.below(4)];
        let best = all.iter().filter(|(_, other)| *other >= floor).map(|(own, _)| *own).reduce(f64::max);
        let found = tradeoff.best_from(floor);
        assert_eq!(found.is_some(), best.is_some());
        let (Some(found), Some(best)) = (found, best) else { continue };
        assert!((found.utility - best).abs() <= SMALL, "{found:?} is not best with a floor of {floor}");
        assert!(found.other >= floor);
        assert_eq!(tradeoff.best_from(found.other).as_ref(), Some(&found), "a floor may just be met");
        assert!((found.utility - utility(party, &found.outcome)).abs() <= SMALL);
        assert!((found.other - utility(other, &found.outcome)).abs() <= SMALL);
    }
}

/// Two parties with a body each; every issue has so many options, each worth something.
fn large(n_issues: usize, n_options: usize, mut worth: impl FnMut() -> f64) -> Draft {
    let option = |k: usize| NamedOption { id: format!("o{k}"), name: format!("Option {k}") };
    let issue = |i: usize| Issue {
        id: format!("i{i}"),
        name: format!("Issue {i}"),
        options: Options::Named { ordered: false, options: (0..n_options).map(option).collect() },
        status_quo: None,
        because: vec![],
    };
    let mut preference = || IssuePreference {
        weight: None,
        shape: Shape::Values((0..n_options).map(|_| Number::fixed(worth())).collect()),
    };
    let mut body = |p: usize| Body {
        id: "b".into(),
        name: "Body".into(),
        party: PartyId(p),
        influence: None,
        alternative: Alternative::RefusesNothing,
        will: StatedCost::Unstated,
        strain: StatedCost::Unstated,
        reaction: None,
        discount: None,
        preferences: Preferences {
            issues: (0..n_issues).map(|_| Some(preference())).collect(),
            interactions: vec![],
            tables: vec![],
        },
        because: vec![],
    };
    let party = |p: usize| Party {
        id: format!("p{p}"),
        name: format!("Party {p}"),
        bodies: vec![BodyId(p)],
        ratifies: Rule::One(BodyId(p)),
        because: vec![],
    };
    Draft::new(
        "Large talks",
        (0..n_issues).map(issue).collect(),
        (0..2).map(party).collect(),
        (0..2).map(&mut body).collect(),
    )
}

/// Values with more decimals than a grid keeps.
fn shares(seed: u64) -> impl FnMut() -> f64 {
    let mut dice = Dice::new(seed);
    move || dice.below(1 << 40) as f64 / (1u64 << 40) as f64
}

fn everything(n_issues: usize, n_options: usize) -> Condition {
    let options = || OptionSet::from_options((0..n_options).map(OptionId));
    Condition((0..n_issues).map(|i| Clause { issue: IssueId(i), options: options() }).collect())
}

fn limit(draft: Draft, party: usize, scale: Scale) -> Option<Limit> {
    let talks = Talks::new(draft).expect("talks that fit together");
    Ranking::new(&Space::new(&talks), PartyId(party), scale).err()
}

#[test]
fn a_space_of_ten_to_the_fifty_is_ranked_from_the_top_and_entered_anywhere() {
    let talks = Talks::new(large(50, 10, shares(1))).expect("talks that fit together");
    let preferences = &talks.bodies[0].preferences;
    let part = |i: usize, option: OptionId| preferences.contribution(IssueId(i), &talks.issues[i], option);
    let own = |x: &Outcome| -> f64 { x.0.iter().enumerate().map(|(i, option)| part(i, *option)).sum() };
    let space = Space::new(&talks);
    let ranking = Ranking::new(&space, PartyId(0), Scale::Raw).expect("no issues are tied");
    let top: Vec<(Outcome, f64)> = ranking.descending().take(2_000).collect();
    assert!(top.is_sorted_by(|a, b| a.1 > b.1 || a.1 == b.1 && a.0 < b.0));
    assert!(top.iter().all(|(x, utility)| (own(x) - utility).abs() <= SMALL));
    let (low, high) = ranking.range();
    assert_eq!(top[0].1, high);
    let target = (low + high) / 2.0;
    let nearest = ranking.nearest(target).expect("some outcome is nearest");
    assert!((nearest.utility - own(&nearest.outcome)).abs() <= SMALL);
    assert!((nearest.utility - target).abs() <= SMALL, "sums are dense in the middle");
    let known = ranking.lowest_from(top[77].1).expect("an outcome");
    assert!(known.proven && known.utility == top[77].1 && known.outcome == top[77].0);
    let mut last = None;
    for (x, utility) in ranking.between(target, target + 1e-6).take(500) {
        assert!((target..=target + 1e-6).contains(&utility) && (own(&x) - utility).abs() <= SMALL);
        assert_ne!(last.replace(x.clone()), Some(x));
    }
    assert!(last.is_some());
}

#[test]
fn targets_outside_the_range_have_its_ends_and_no_number_has_nothing() {
    let talks = Talks::new(large(3, 4, shares(2))).expect("talks that fit together");
    let space = Space::new(&talks);
    let ranking = Ranking::new(&space, PartyId(1), Scale::Raw).expect("a small space");
    let (low, high) = ranking.range();
    let nearest = |target| ranking.nearest(target).map(|nearest| nearest.utility);
    let lowest = |target| ranking.lowest_from(target).map(|nearest| nearest.utility);
    for (target, at, from) in [
        (f64::NEG_INFINITY, Some(low), Some(low)),
        (low - 1.0, Some(low), Some(low)),
        (high, Some(high), Some(high)),
        (high + 1.0, Some(high), None),
        (f64::INFINITY, Some(high), None),
        (f64::NAN, None, None),
    ] {
        assert_eq!((nearest(target), lowest(target)), (at, from), "{target}");
    }
    let count = |low, high| ranking.between(low, high).count();
    assert_eq!(count(f64::NEG_INFINITY, f64::INFINITY), 64);
    assert_eq!((count(high, high), count(low, low), count(high, low)), (1, 1, 0));
    assert_eq!((count(f64::NAN, high), count(low, f64::NAN)), (0, 0));
}

#[test]
fn of_two_as_near_the_higher_is_taken() {
    let mut worth = [0.0, 1.0, 3.0].into_iter().cycle();
    let draft = large(1, 3, || worth.next().expect("a cycle"));
    let talks = Talks::new(draft).expect("talks that fit together");
    let space = Space::new(&talks);
    let ranking = Ranking::new(&space, PartyId(0), Scale::Raw).expect("a small space");
    for (target, utility) in [(0.5, 1.0), (0.49, 0.0), (2.0, 3.0), (1.99, 1.0), (2.01, 3.0)] {
        assert_eq!(ranking.nearest(target).map(|nearest| nearest.utility), Some(utility), "{target}");
    }
}

#[test]
fn equals_are_compared_group_by_group_from_the_first_issue() {
    let mut draft = large(4, 2, || 0.0);
    let last = Clause { issue: IssueId(3), options: OptionSet::from_options([OptionId(1)]) };
    let second = Clause { issue: IssueId(1), options: OptionSet::from_options([OptionId(0)]) };
    draft.constraints.push(Constraint { law: Law::Forbid(Condition(vec![second, last])), because: vec![] });
    let talks = Talks::new(draft).expect("talks that fit together");
    let space = Space::new(&talks);
    let ranking = Ranking::new(&space, PartyId(0), Scale::Raw).expect("a small space");
    let listed: Vec<Vec<usize>> =
        ranking.descending().map(|(x, _)| x.0.iter().map(|option| option.0).collect()).collect();
    // The groups are the first issue, the second with the fourth, and the third.
    let tied = [[0, 0], [1, 0], [1, 1]];
    let expected = (0..2).flat_map(|a| tied.map(|[b, d]| (0..2).map(move |c| vec![a, b, c, d]))).flatten();
    assert_eq!(listed, expected.collect::<Vec<_>>());
    assert_eq!(ranking.between(0.0, 0.0).count(), 12);
}

#[test]
fn what_cannot_be_ranked_is_named() {
    let mut tied = large(30, 4, shares(3));
    let adds = Interaction { when: everything(30, 3), unless: false, adds: Number::fixed(1.0) };
    tied.bodies[1].preferences.interactions.push(adds);
    assert_eq!(limit(tied.clone(), 0, Scale::Raw), None, "another party's terms tie nothing");
    let issues: Vec<IssueId> = (0..30).map(IssueId).collect();
    let found = limit(tied, 1, Scale::Raw);
    assert!(matches!(&found, Some(Limit::Tied { issues: named, .. }) if *named == issues), "{found:?}");

    let mut rounded = large(30, 10, shares(4));
    let second = Body { id: "c".into(), party: PartyId(0), ..rounded.bodies.remove(1) };
    rounded.bodies.push(second);
    rounded.parties.truncate(1);
    rounded.parties[0].bodies = vec![BodyId(0), BodyId(1)];
    rounded.parties[0].ratifies = Rule::All((0..2).map(|b| Rule::One(BodyId(b))).collect());
    rounded.agreement = Rule::One(PartyId(0));
    let found = limit(rounded, 0, Scale::Unit);
    assert!(matches!(found, Some(Limit::TooLarge { .. })), "{found:?}");

    let mut empty = large(2, 3, shares(5));
    empty.constraints.push(Constraint { law: Law::Forbid(everything(1, 3)), because: vec![] });
    assert_eq!(limit(empty, 0, Scale::Raw), Some(Limit::NothingFeasible));
}

drawn! { 96;
    #[test]
    fn the_best_above_a_floor_agrees_with_looking_at_each_outcome(case in case()) {
        check_floors(case);
    }

    #[test]
    fn a_ranking_agrees_with_looking_at_each_outcome(case in case()) {
        check(case);
    }
}
