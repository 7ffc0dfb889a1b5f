//! What happens if a plan breaks, worked out by hand.

use super::worth::{interaction, with_term};
use super::*;
use detente_model::{Consequence, Correlation, Implementation, Phase, PhaseId, Rate, TimeUnit};

fn uniform(from: f64, to: f64) -> Option<Cost> {
    Some(Cost(Distribution::Uniform { from: number(from), to: number(to) }))
}

fn discrete(points: &[(f64, f64)]) -> Option<Cost> {
    let points = points.iter().map(|(value, p)| (number(*value), number(*p)));
    Some(Cost(Distribution::Discrete(points.collect())))
}

/// Steps done one after the other, in this order.
fn row(n: usize, change: impl FnOnce(&mut [Step])) -> Vec<Step> {
    steps(n, |s| {
        (1..n).for_each(|k| s[k].after = vec![wait(k - 1)]);
        change(s);
    })
}

fn gives(step: &mut Step, amount: f64) {
    step.gives.push((BodyId(0), number(amount)));
}

/// One party to whose one body a deal is worth 10.
fn alone(strain: Option<Cost>, steps: Vec<Step>) -> Draft {
    let mut own = draft(&[&[10.0]], steps);
    own.bodies[0].strain = strain.into();
    own
}

/// The only order there is, with guarantees.
fn only<'t>(talks: &'t Talks, guarantee: f64) -> Collapse<'t> {
    let order = every_order(talks, &yes(talks)).swap_remove(0);
    let aid = Aid { guarantee: vec![guarantee; talks.parties.len()], ..Aid::none(talks) };
    collapse(talks, &yes(talks), &order, &aid).expect("possible")
}

#[track_caller]
fn near(found: f64, expected: f64) {
    assert!((found - expected).abs() <= 1e-11 * (1.0 + expected.abs()), "{found} is not {expected}");
}

#[track_caller]
fn check_walks(draft: Draft, guarantee: f64, walks: &[f64]) {
    let talks = talks(draft);
    let found = only(&talks, guarantee);
    assert_eq!(found.breaks.len(), walks.len());
    found.breaks.iter().zip(walks).for_each(|(found, walks)| near(found.walks, *walks));
    near(found.completed, 1.0 - walks.iter().sum::<f64>());
}

/// After the first step the body has 6 to lose.
fn six() -> Vec<Step> {
    row(2, |s| gives(&mut s[0], 4.0))
}

#[test]
fn a_body_stays_as_long_as_its_strain_is_at_most_its_slack() {
    check_walks(alone(uniform(0.0, 10.0), six()), 0.0, &[0.0, 0.4]);
    check_walks(alone(uniform(0.0, 20.0), six()), 0.0, &[0.5, 0.2]);
    // Half of it lies below 0 and counts as 0.
    check_walks(alone(uniform(-8.0, 8.0), six()), 0.0, &[0.0, 0.125]);
    check_walks(alone(uniform(-9.0, -1.0), row(2, |s| gives(&mut s[0], 10.0))), 0.0, &[0.0, 0.0]);
    check_walks(alone(uniform(-9.0, 1.0), row(2, |s| gives(&mut s[0], 10.0))), 0.0, &[0.0, 0.1]);
    check_walks(alone(None, six()), 0.0, &[0.0, 0.0]);
    check_walks(alone(None, row(2, |s| gives(&mut s[0], 10.1))), 0.0, &[0.0, 1.0]);
    let mut free = alone(uniform(90.0, 99.0), six());
    free.bodies[0].alternative = Alternative::RefusesNothing;
    check_walks(free, 0.0, &[0.0, 0.0]);
}

#[test]
fn a_strain_is_drawn_once_for_all_points() {
    let change = |s: &mut [Step]| {
        gives(&mut s[0], 4.0);
        gives(&mut s[1], -3.0);
        gives(&mut s[2], 7.0);
        gives(&mut s[3], -1.0);
    };
    // The slacks are 10, 6, 9, 2 and 3.
    check_walks(alone(uniform(0.0, 10.0), row(5, change)), 0.0, &[0.0, 0.4, 0.0, 0.4, 0.0]);
}

#[test]
fn a_certain_strain_as_large_as_the_slack_is_withstood() {
    let points = [(6.0, 0.5), (6.000001, 0.25), (10.0, 0.25)];
    check_walks(alone(discrete(&points), six()), 0.0, &[0.0, 0.5]);
    check_walks(alone(Some(Cost::fixed(6.0)), six()), 0.0, &[0.0, 0.0]);
    check_walks(alone(Some(Cost::fixed(6.0000001)), six()), 0.0, &[0.0, 1.0]);
    // 0.1 and 0.2 are 0.3.
    let mut own = alone(Some(Cost::fixed(0.1 + 0.2)), row(2, |s| gives(&mut s[0], 9.7)));
    check_walks(own.clone(), 0.0, &[0.0, 0.0]);
    own.bodies[0].strain = uniform(0.1 + 0.2, 0.1 + 0.2).into();
    check_walks(own, 0.0, &[0.0, 0.0]);
}

#[test]
fn a_guarantee_adds_its_share_of_what_the_deal_is_worth() {
    check_walks(alone(uniform(0.0, 10.0), six()), 0.25, &[0.0, 0.15]);
    let mut own = alone(uniform(0.0, 10.0), six());
    own.bodies[0].alternative = Alternative::Worth(number(2.0));
    check_walks(own, 0.25, &[0.0, 0.4]);
    // A third of 3, but for rounding: as a share nothing is missing.
    let third = || {
        let mut own = draft(&[&[3.0]], row(2, |s| gives(&mut s[0], 4.0)));
        own.bodies[0].strain = StatedCost::Cost(Cost::fixed(0.0));
        own
    };
    check_walks(third(), 0.333_333_333, &[0.0, 0.0]);
    check_walks(third(), 0.333_333_332, &[0.0, 1.0]);
    // Where a deal is worth no more than no deal, there is nothing to take a share of.
    let mut worthless = alone(None, row(2, |s| gives(&mut s[0], 1.0)));
    worthless.bodies[0].alternative = Alternative::Worth(number(10.0));
    check_walks(worthless, 5.0, &[0.0, 1.0]);
}

/// Bodies of one party, each with a strain of up to 10, who have 8, 6, 4 and 2 to lose after the first step.
fn under(rule: Rule<BodyId>) -> Draft {
    let gives = (0..4).map(|b| (BodyId(b), number(2.0 + 2.0 * b as f64))).collect();
    let mut own = draft(&[&[10.0]], row(2, |s| s[0].gives = gives));
    own.bodies = (0..4).map(|b| Body { strain: uniform(0.0, 10.0).into(), ..body(b, 0, &[10.0]) }).collect();
    own.parties = vec![Party { bodies: (0..4).map(BodyId).collect(), ..party(0, rule) }];
    own
}

#[test]
fn a_party_goes_on_if_its_rule_holds_over_those_who_stay() {
    let one = |b| Rule::One(BodyId(b));
    check_walks(under(one(2)), 0.0, &[0.0, 0.6]);
    check_walks(under(Rule::Any(vec![one(0), one(1)])), 0.0, &[0.0, 0.2 * 0.4]);
    check_walks(under(Rule::All(vec![one(0), one(1)])), 0.0, &[0.0, 1.0 - 0.8 * 0.6]);
    let two = Rule::AtLeast { needed: 2, of: vec![one(0), one(1), one(2)] };
    let holds = 0.8 * 0.6 + 0.8 * 0.4 * 0.4 + 0.2 * 0.6 * 0.4;
    check_walks(under(two), 0.0, &[0.0, 1.0 - holds]);
    let weighed = vec![(number(2.0), one(0)), (number(1.0), one(1)), (number(1.0), one(2))];
    let quota = Rule::Quota { needed: number(3.0), of: weighed };
    check_walks(under(quota), 0.0, &[0.0, 1.0 - 0.8 * (1.0 - 0.4 * 0.6)]);
    let nested = Rule::Any(vec![Rule::All(vec![one(0), one(3)]), one(2)]);
    check_walks(under(nested), 0.0, &[0.0, (1.0 - 0.16) * 0.6]);
}

#[test]
fn who_stands_in_for_another_can_change_from_point_to_point() {
    // One body stays up to 8, then 4; the other up to 2, then 9: each strain is drawn once.
    let change = |s: &mut [Step]| {
        s[0].gives = vec![(BodyId(0), number(2.0)), (BodyId(1), number(8.0))];
        s[1].gives = vec![(BodyId(0), number(4.0)), (BodyId(1), number(-7.0))];
    };
    let mut own = draft(&[&[10.0]], row(3, change));
    own.bodies = (0..2).map(|b| Body { strain: uniform(0.0, 10.0).into(), ..body(b, 0, &[10.0]) }).collect();
    let any = Rule::Any((0..2).map(|b| Rule::One(BodyId(b))).collect());
    own.parties = vec![party(0, any)];
    // Second point: the first above 4, and the second above 9; unless both left at the first already.
    let (first, second) = (0.2 * 0.8, 0.6 * 0.1 - 0.2 * 0.1);
    check_walks(own.clone(), 0.0, &[0.0, first, second]);
    let talks = talks(own);
    let found = only(&talks, 0.0);
    near(found.breaks[2].by_body[0], second);
    near(found.breaks[2].by_party[0], second);
}

#[test]
fn several_may_leave_at_once() {
    let gives = (0..2).map(|b| (BodyId(b), number(5.0))).collect();
    let mut own = draft(&[&[10.0], &[10.0]], row(2, |s| s[0].gives = gives));
    own.bodies.iter_mut().for_each(|body| body.strain = uniform(0.0, 10.0).into());
    let talks = talks(own);
    let found = only(&talks, 0.0);
    near(found.breaks[1].walks, 0.75);
    assert_eq!((&found.breaks[1].by_party, &found.breaks[1].by_body), (&vec![0.5, 0.5], &vec![0.5, 0.5]));
}

fn counts(step: &mut Step, amount: f64, per: Option<TimeUnit>) {
    step.counts.push(Consequence { what: "people".into(), amount: number(amount), per });
}

fn people() -> Counted<'static> {
    Counted::all("people")
}

#[track_caller]
fn check_amounts(found: &Collapse<'_>, day: f64, [hoped, expected, low, certain]: [f64; 4]) {
    let amounts = found.amounts(Counted { day, ..people() });
    near(amounts.hoped, hoped);
    near(amounts.expected, expected);
    near(amounts.low, low);
    near(amounts.certain, certain);
    near(amounts.nearly_certain, certain);
}

const MONTH: f64 = 365.25 / 12.0;

/// 100 a month, and after half a year a step after which the body has half of what it may need.
fn half_way() -> Draft {
    let change = |s: &mut [Step]| {
        counts(&mut s[0], 100.0, Some(TimeUnit::Month));
        s[1].after[0].time = Some(Duration { amount: 6.0, unit: TimeUnit::Month });
        gives(&mut s[1], 5.0);
    };
    alone(uniform(0.0, 10.0), row(3, change))
}

#[test]
fn a_flow_stops_when_the_plan_breaks() {
    let talks = talks(half_way());
    let found = only(&talks, 0.0);
    near(found.breaks[2].walks, 0.5);
    check_amounts(&found, f64::INFINITY, [1200.0, 900.0, 600.0, 600.0]);
    check_amounts(&found, 3.0 * MONTH, [300.0; 4]);
    check_amounts(&found, 9.0 * MONTH, [900.0, 750.0, 600.0, 600.0]);
    check_amounts(&found, 0.0, [0.0; 4]);
}

#[test]
fn after_the_horizon_nothing_is_counted() {
    let mut own = half_way();
    own.implementation.horizon = Some(Duration { amount: 3.0, unit: TimeUnit::Month });
    counts(&mut own.steps[1], 7.0, None);
    check_amounts(&only(&talks(own.clone()), 0.0), f64::INFINITY, [300.0; 4]);
    own.implementation.horizon = Some(Duration { amount: 6.0, unit: TimeUnit::Month });
    check_amounts(&only(&talks(own.clone()), 0.0), f64::INFINITY, [607.0; 4]);
    own.implementation.horizon = None;
    own.steps[2].after[0].time = Some(Duration { amount: 1.0, unit: TimeUnit::Year });
    let talks = talks(own);
    let found = only(&talks, 0.0);
    near(found.horizon(), 18.0 * MONTH);
    check_amounts(&found, f64::INFINITY, [1807.0, 1207.0, 607.0, 607.0]);
}

#[test]
fn amounts_can_be_lost_and_belong_to_phases() {
    let mut own = half_way();
    let phase = |id: &str| Phase { id: id.into(), name: id.into() };
    own.phases = vec![phase("first"), phase("second")];
    own.steps[1].phase = Some(PhaseId(1));
    counts(&mut own.steps[1], -70.0, None);
    counts(&mut own.steps[2], -1000.0, None);
    let talks = talks(own);
    let found = only(&talks, 0.0);
    check_amounts(&found, f64::INFINITY, [130.0, 0.5 * 130.0 + 0.5 * 530.0, 130.0, 130.0]);
    let of = |phase| found.amounts(Counted { phase: Some(phase), ..people() });
    near(of(Some(PhaseId(1))).expected, -70.0);
    near(of(Some(PhaseId(0))).expected, 0.0);
    near(of(None).expected, 0.5 * 200.0 + 0.5 * 600.0);
    near(of(None).certain, 200.0);
}

#[test]
fn the_tenth_percentile_is_the_least_that_is_reached_with_that_probability() {
    for (p, low) in [(0.1, 0.0), (0.0999, 6.0), (0.2, 0.0)] {
        let mut own = alone(discrete(&[(9.0, p), (1.0, 1.0 - p)]), six());
        counts(&mut own.steps[1], 6.0, None);
        let talks = talks(own);
        check_amounts(&only(&talks, 0.0), f64::INFINITY, [6.0, 6.0 * (1.0 - p), low, 0.0]);
    }
}

fn yearly(amount: f64) -> Option<Rate> {
    Some(Rate { amount: number(amount), per: TimeUnit::Year })
}

/// 12 a year, and a second step after a year.
fn a_year() -> Draft {
    let change = |s: &mut [Step]| {
        counts(&mut s[0], 12.0, Some(TimeUnit::Year));
        s[1].after[0].time = Some(Duration { amount: 1.0, unit: TimeUnit::Year });
    };
    let horizon = Some(Duration { amount: 2.0, unit: TimeUnit::Year });
    let implementation = Implementation { horizon, ..Implementation::default() };
    Draft { implementation, ..alone(None, row(2, change)) }
}

#[test]
fn a_shock_ends_a_plan_at_any_time_before_its_last_point() {
    let mut own = a_year();
    own.implementation.shocks = yearly(0.5);
    let talks = talks(own);
    let found = only(&talks, 0.0);
    near(found.completed, 0.5);
    near(found.breaks[1].shocks, 0.5);
    let ln2 = 2f64.ln();
    let low = 12.0 * (-0.9f64.ln() / ln2);
    check_amounts(&found, f64::INFINITY, [24.0, 12.0 + 12.0 * (0.5 / ln2 - 0.5), low, 24.0]);
    let half = 0.5f64.sqrt();
    let by_half = 6.0 * half + 12.0 * ((1.0 - half) / ln2 - 0.5 * half);
    check_amounts(&found, 365.25 / 2.0, [6.0, by_half, low, 6.0]);
    near(found.at_most(people(), 6.0), 1.0 - half);
    near(found.at_most(people(), 23.9), 0.5);
    near(found.at_most(people(), 24.0), 1.0);
}

#[test]
fn who_walks_away_first_does_not_wait_for_a_shock() {
    let mut own = a_year();
    own.bodies[0].strain = discrete(&[(11.0, 0.25), (0.0, 0.75)]).into();
    own.implementation.shocks = yearly(0.5);
    let talks = talks(own);
    let found = only(&talks, 0.0);
    near(found.breaks[0].walks, 0.25);
    near(found.breaks[1].shocks, 0.375);
    near(found.completed, 0.375);
}

#[test]
fn a_failure_is_noticed_on_the_day_on_which_the_step_should_have_been_done() {
    let mut own = a_year();
    own.steps[1].noticed = Some(number(0.25));
    gives(&mut own.steps[1], -90.0);
    own.implementation.shocks = yearly(0.5);
    let talks = talks(own);
    let found = only(&talks, 0.0);
    near(found.breaks[1].shocks, 0.5);
    near(found.breaks[1].fails, 0.125);
    near(found.completed, 0.375);
    let amounts = found.amounts(people());
    near(amounts.expected, 12.0 * (0.5 / 2f64.ln() - 0.5) + 0.125 * 12.0 + 0.375 * 24.0);
    near(amounts.certain, 12.0);
}

#[test]
fn what_comes_later_counts_less() {
    let mut own = a_year();
    own.implementation.discount = yearly(1.0);
    own.steps[0].counts.clear();
    counts(&mut own.steps[0], 8.0, None);
    counts(&mut own.steps[1], 8.0, None);
    check_amounts(&only(&talks(own.clone()), 0.0), f64::INFINITY, [12.0; 4]);
    counts(&mut own.steps[1], 12.0, Some(TimeUnit::Year));
    let flow = 12.0 * (0.5 - 0.25) / 2f64.ln();
    check_amounts(&only(&talks(own.clone()), 0.0), f64::INFINITY, [12.0 + flow; 4]);
    // Shocks and discount together, against the sum by hand: only what lasts a year is 4 and a flow.
    own.implementation.shocks = yearly(0.5);
    let found = only_amounts(own);
    near(found.expected, 8.0 + 0.5 * (4.0 + flow));
    near(found.low, 8.0);
}

fn only_amounts(draft: Draft) -> Amounts {
    let talks = talks(draft);
    only(&talks, 0.0).amounts(people())
}

/// A first step that costs its performer 20, who has 10 to lose before it.
fn costly(noticed: f64) -> Draft {
    let change = |s: &mut [Step]| {
        gives(&mut s[0], -20.0);
        s[0].noticed = Some(number(noticed));
        counts(&mut s[0], 7.0, None);
        counts(&mut s[1], 3.0, None);
    };
    alone(None, row(2, change))
}

#[test]
fn a_step_that_costs_more_than_can_be_noticed_is_failed() {
    let talks = talks(costly(0.5));
    let found = only(&talks, 0.0);
    assert_eq!(found.checks.len(), 2);
    let check = &found.checks[0];
    assert_eq!((check.before, check.complies, &check.bodies), (0, false, &vec![(BodyId(0), 20.0, 10.0)]));
    near(check.enough.expect("some"), 2.0 / 3.0);
    near(found.completed, 0.5);
    near(found.breaks[0].fails, 0.5);
    check_amounts(&found, f64::INFINITY, [3.0, 1.5, 0.0, 0.0]);
    // With a guarantee of all it is worth, there are 20 to lose.
    near(only(&talks, 1.0).completed, 1.0);
}

#[track_caller]
fn check_verified(noticed: f64, completed: f64, expected: f64) {
    let talks = talks(costly(noticed));
    let found = only(&talks, 0.0);
    near(found.completed, completed);
    near(found.amounts(people()).expected, expected);
}

#[test]
fn what_is_always_noticed_is_done_and_what_never_is_is_failed() {
    check_verified(1.0, 1.0, 10.0);
    check_verified(2.0 / 3.0, 1.0, 10.0);
    check_verified(0.66, 0.34, 0.34 * 3.0);
    check_verified(0.0, 1.0, 3.0);
}

#[test]
fn mediators_comply() {
    let mut own = costly(0.0);
    own.mediators = vec![Mediator {
        id: "m".into(),
        name: "Mediator".into(),
        budget: None,
        levers: vec![],
        because: vec![],
    }];
    own.steps[0].by = Actor::Mediator(MediatorId(0));
    let talks = talks(own);
    let found = only(&talks, 0.0);
    assert_eq!((found.completed, found.checks.len()), (1.0, 1));
}

/// The smallest chance on a fine grid from which on the party complies equals what was said.
#[track_caller]
fn check_scan(draft: Draft, guarantee: f64) {
    let talks = talks(draft);
    for check in &only(&talks, guarantee).checks {
        let grid = (0..=2000).map(|k| f64::from(k) / 2000.0);
        let first = grid.clone().find(|q| check.complies_at(&talks, *q));
        match (check.enough, first) {
            (Some(enough), Some(first)) => {
                assert!(enough <= first + 1e-9 && first <= enough + 1.0 / 2000.0, "{enough} and {first}")
            }
            (None, None) => (),
            other => panic!("{other:?}"),
        }
        assert!(check.enough.is_none_or(|q| check.complies_at(&talks, q)));
        let slack = |b: &BodyId| check.bodies.iter().find(|(own, ..)| own == b).expect("a body").2 >= 0.0;
        assert_eq!(check.complies_at(&talks, 1.0), talks.parties[0].ratifies.holds(&slack));
    }
}

#[test]
fn enough_is_the_smallest_chance_by_a_fine_scan() {
    for guarantee in [0.0, 0.3] {
        for cost in [-20.0, -5.0, 0.0, 5.0] {
            check_scan(alone(None, row(2, |s| gives(&mut s[0], cost))), guarantee);
            check_scan(alone(None, row(3, |s| (gives(&mut s[0], 8.0), gives(&mut s[1], cost)).0)), guarantee);
            check_scan(
                alone(None, row(3, |s| (gives(&mut s[0], 12.0), gives(&mut s[1], cost)).0)),
                guarantee,
            );
        }
        let one = |b| Rule::One(BodyId(b));
        for rule in [
            Rule::Any(vec![one(0), one(1)]),
            Rule::All(vec![one(0), one(1), one(3)]),
            Rule::AtLeast { needed: 2, of: (0..4).map(one).collect() },
        ] {
            let mut own = under(rule);
            own.steps[1].gives = (0..4).map(|b| (BodyId(b), number(-3.0 - 2.0 * b as f64))).collect();
            check_scan(own, guarantee);
        }
    }
}

#[track_caller]
fn check_saved(talks: &Talks, order: &[&[usize]], saved: &[f64]) {
    let order: Vec<Vec<StepId>> = order.iter().map(|point| ids(point)).collect();
    let found = collapse(talks, &yes(talks), &order, &Aid::none(talks)).expect("possible");
    let found: Vec<f64> = found.checks.iter().map(|check| check.bodies[0].1).collect();
    assert_eq!(found, saved);
}

#[test]
fn all_of_a_step_is_saved_with_what_is_delivered_by_it_whatever_is_kept() {
    let costs = |together: Vec<StepId>| {
        with_term(move |d| {
            let values = |yes: f64| Shape::Values(vec![number(0.0), number(yes)]);
            let preference = |yes| Some(IssuePreference { weight: None, shape: values(yes) });
            d.bodies[0].preferences.issues = vec![preference(-1.0), preference(-2.0)];
            d.bodies[0].preferences.interactions =
                vec![Interaction { adds: number(-4.0), ..interaction(false) }];
            d.steps[0].kept = Some(number(0.5));
            d.steps[1].kept = Some(number(0.0));
            d.steps[0].together = together;
        })
    };
    check_saved(&costs(vec![]), &[&[0], &[1]], &[5.0, 6.0]);
    check_saved(&costs(vec![]), &[&[1], &[0]], &[6.0, 5.0]);
    check_saved(&costs(ids(&[1])), &[&[0, 1]], &[5.0, 6.0]);
}

#[test]
fn of_several_failures_at_once_one_has_to_be_noticed() {
    let change = |s: &mut [Step]| {
        s[0].together = ids(&[1]);
        (0..2).for_each(|k| (gives(&mut s[k], -90.0), s[k].noticed = Some(number(0.5))).0);
        counts(&mut s[0], 1.0, None);
    };
    let talks = talks(alone(None, steps(2, change)));
    let found = only(&talks, 0.0);
    near(found.breaks[0].fails, 0.75);
    near(found.completed, 0.25);
}

#[test]
fn who_would_walk_away_at_a_point_does_so_before_a_failure_is_noticed() {
    let mut own = costly(0.5);
    own.bodies[0].strain = discrete(&[(11.0, 0.5), (0.0, 0.5)]).into();
    let talks = talks(own);
    let found = only(&talks, 0.0);
    near(found.breaks[0].walks, 0.5);
    near(found.breaks[0].fails, 0.25);
    near(found.completed, 0.25);
}

#[test]
fn parts_help_no_further_than_one_strain_does() {
    let change = |s: &mut [Step]| {
        gives(&mut s[0], 8.0);
        gives(&mut s[1], -8.0);
    };
    let talks = talks(alone(uniform(0.0, 10.0), steps(2, change)));
    let fixed = |talks: &Talks, order: &[usize]| {
        let order: Vec<Vec<StepId>> = order.iter().map(|s| ids(&[*s])).collect();
        collapse(talks, &yes(talks), &order, &Aid::none(talks)).expect("possible").completed
    };
    near(fixed(&talks, &[0, 1]), 0.2);
    let halves = divide(&talks, &ids(&[0, 1]), 2);
    // 10, 6, 10, 6: with a strain drawn anew each time it would be 0.36.
    near(fixed(&halves, &[0, 2, 1, 3]), 0.6);
    let best = |talks: &Talks| best_for(talks, &yes(talks), &Aid::none(talks), &OrderAim::Completed);
    assert_eq!((best(&talks), best(&halves)), (Some(1.0), Some(1.0)));
}

#[track_caller]
fn check_parts(draft: Draft, whole: f64, halves: f64) {
    let talks = talks(draft);
    let in_halves = divide(&talks, &ids(&[0]), 2);
    near(only(&talks, 0.0).completed, whole);
    near(only(&in_halves, 0.0).completed, halves);
}

#[test]
fn parts_can_make_it_less_likely_that_a_plan_is_completed() {
    // Nobody is asked at the end, but after the first half of the last step.
    check_parts(alone(uniform(0.0, 10.0), row(1, |s| gives(&mut s[0], 16.0))), 1.0, 0.2);
    // One body stays before the step and the other after it, and neither in the middle.
    let change = |s: &mut [Step]| {
        s[0].gives = vec![(BodyId(0), number(8.0)), (BodyId(1), number(-8.0))];
    };
    let mut own = draft(&[&[10.0]], row(2, change));
    own.bodies =
        (0..2).map(|b| Body { strain: StatedCost::Cost(Cost::fixed(7.0)), ..body(b, 0, &[10.0]) }).collect();
    own.bodies[1].reaction = Some(number(-8.0));
    own.parties = vec![party(0, Rule::Any((0..2).map(|b| Rule::One(BodyId(b))).collect()))];
    check_parts(own, 1.0, 0.0);
    // What fails in parts is noticed sooner or later.
    let twice = |s: &mut [Step]| {
        gives(&mut s[0], -80.0);
        (s[0].kept, s[0].noticed) = (Some(number(0.0)), Some(number(0.5)));
    };
    check_parts(alone(None, row(2, twice)), 0.5, 0.25);
}

#[test]
fn the_best_order_depends_on_the_aim() {
    // The first step tempts, the second counts: done first, what it counts is certain.
    let change = |s: &mut [Step]| {
        gives(&mut s[0], 5.0);
        counts(&mut s[0], 1.0, None);
        gives(&mut s[1], 7.0);
        counts(&mut s[1], 3.0, None);
        gives(&mut s[2], -7.0);
        s[2].after = vec![wait(1)];
    };
    let talks = talks(alone(uniform(0.0, 10.0), steps(3, change)));
    let best = |aim| best_for(&talks, &yes(&talks), &Aid::none(&talks), &aim).expect("an order");
    // 1, 2, 0: 10, 3, 10. 0, 1, 2: 10, 5, -2. 1, 0, 2: 10, 3, -2.
    near(best(OrderAim::Completed), 0.3);
    near(best(OrderAim::Certain("people".into())), 3.0);
    near(best(OrderAim::Expected("people".into())), 3.0 + 0.3);
    let aims = [OrderAim::Completed, OrderAim::Expected("people".into())];
    let all = aim_values(&talks, &yes(&talks), &Aid::none(&talks), &aims);
    let pairs: Vec<[f64; 2]> = all.iter().map(|(_, values)| [values[0], values[1]]).collect();
    assert_eq!(all.len(), 3);
    assert_eq!(pareto(&pairs, 1e-9).len(), 1);
    assert_eq!(pareto(&[[1.0, 0.0], [0.0, 1.0], [0.5, 0.5], [0.0, 0.5]], 1e-9).len(), 3);
}

/// A bit of everything.
fn mixed(correlation: Option<Correlation>) -> Talks {
    let change = |s: &mut [Step]| {
        (0..2).for_each(|b| s[0].gives.push((BodyId(b), number(3.0 + b as f64))));
        s[1].gives = [(2, 6.0), (0, -40.0), (1, -40.0)].map(|(b, amount)| (BodyId(b), number(amount))).into();
        s[1].noticed = Some(number(0.2));
        s[1].after[0].time = days(200.0);
        s[2].after[0].time = days(100.0);
        s[2].gives = vec![(BodyId(0), number(44.0)), (BodyId(1), number(38.0))];
        counts(&mut s[0], 2.0, Some(TimeUnit::Week));
        counts(&mut s[1], 50.0, None);
        counts(&mut s[2], -1.0, Some(TimeUnit::Day));
        counts(&mut s[3], 9.0, None);
    };
    let mut own = draft(&[&[10.0], &[10.0]], row(4, change));
    own.bodies = (0..3).map(|b| body(b, b / 2, &[10.0])).collect();
    own.bodies[0].strain = uniform(-2.0, 14.0).into();
    own.bodies[1].strain = StatedCost::Cost(Cost(Distribution::Beta {
        alpha: number(2.0),
        beta: number(1.5),
        from: number(0.0),
        to: number(9.0),
    }));
    own.bodies[2].strain = discrete(&[(1.0, 0.5), (4.0, 0.3), (5.0, 0.2)]).into();
    let any = Rule::Any((0..2).map(|b| Rule::One(BodyId(b))).collect());
    own.parties = vec![party(0, any), party(1, Rule::One(BodyId(2)))];
    let per = TimeUnit::Year;
    own.implementation = Implementation {
        horizon: days(400.0),
        shocks: Some(Rate { amount: number(0.4), per }),
        discount: Some(Rate { amount: number(0.1), per }),
        correlation,
    };
    talks(own)
}

#[track_caller]
fn check_simulated(correlation: Option<Correlation>) {
    let talks = mixed(correlation);
    let order: Vec<Vec<StepId>> = (0..4).map(|s| ids(&[s])).collect();
    let none = Aid::none(&talks);
    let found = collapse(&talks, &yes(&talks), &order, &none).expect("possible");
    let asked = [people(), Counted { day: 250.0, ..people() }];
    let drawn = simulate(&talks, &yes(&talks), &order, &none, &asked, (40_000, 7)).expect("possible");
    let same = |p: f64, mean: Mean| {
        assert!((p - mean.mean).abs() <= 4.0 * mean.error + 1e-12, "{p} is not {mean:?}");
    };
    same(found.completed, drawn.completed);
    let mut total = found.completed;
    for (found, drawn) in found.breaks.iter().zip(&drawn.breaks) {
        total += found.walks + found.fails + found.shocks;
        same(found.walks, drawn.walks);
        same(found.fails, drawn.fails);
        same(found.shocks, drawn.shocks);
        let found = found.by_party.iter().chain(&found.by_body);
        found.zip(drawn.by_party.iter().chain(&drawn.by_body)).for_each(|(p, mean)| same(*p, *mean));
    }
    near(total, 1.0);
    for (asked, (mean, drawn)) in asked.iter().zip(&drawn.counted) {
        let amounts = found.amounts(*asked);
        same(amounts.expected, *mean);
        assert!(drawn[0] <= amounts.low && amounts.low <= drawn[drawn.len() - 1]);
        for most in [amounts.low, mean.mean, drawn[30_000]] {
            let share = drawn.iter().filter(|amount| **amount <= most + 1e-9).count() as f64 / 40_000.0;
            assert!((found.at_most(*asked, most + 1e-9) - share).abs() < 0.012, "{most}");
        }
    }
    assert!(found.breaks.iter().any(|at| at.walks > 0.05) && found.breaks.iter().any(|at| at.fails > 0.05));
}

#[test]
fn drawing_agrees_with_trying_every_combination() {
    check_simulated(None);
}

#[test]
fn strains_that_go_together_are_drawn_as_they_are_added_up() {
    check_simulated(Some(Correlation::Pairwise(number(0.5))));
    let loadings = [-0.6, 0.9, 0.3].into_iter().enumerate();
    let loadings = loadings.map(|(b, loading)| (BodyId(b), number(loading)));
    check_simulated(Some(Correlation::Loadings(loadings.collect())));
}
