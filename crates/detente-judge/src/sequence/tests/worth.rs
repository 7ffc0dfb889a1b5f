//! What walking away is worth, and who goes on.

use super::*;

#[test]
fn of_what_is_delivered_the_kept_share_stays() {
    let change = |s: &mut [Step]| {
        s[0].delivers = vec![(IssueId(0), number(0.25))];
        s[1].delivers = vec![(IssueId(0), number(0.75))];
        s[1].kept = Some(number(0.5));
        s[2].gives = vec![(BodyId(0), number(-2.0))];
        s[2].kept = Some(number(0.0));
    };
    let mut own = draft(&[&[8.0]], steps(3, change));
    own.bodies[0].alternative = Alternative::Worth(number(1.0));
    own.bodies[0].reaction = Some(number(0.5));
    check_worth(&talks(own), &[&[0], &[1], &[2]], &[0.5, 2.5, 5.5, 5.5]);
}

#[test]
fn an_issue_without_a_status_quo_is_counted_from_nothing() {
    let mut own = draft(&[&[8.0]], steps(1, |s| s[0].delivers = vec![(IssueId(0), number(1.0))]));
    own.bodies[0].preferences.issues[0] = Some(IssuePreference {
        weight: Some(number(2.0)),
        shape: Shape::Values(vec![number(3.0), number(4.0)]),
    });
    check_worth(&talks(own.clone()), &[&[0]], &[0.0, 2.0]);
    own.issues[0].status_quo = None;
    check_worth(&talks(own), &[&[0]], &[0.0, 8.0]);
}

/// Two issues, each delivered by a step of its own, and a body with one more term.
pub(super) fn with_term(change: impl FnOnce(&mut Draft)) -> Talks {
    let delivers = |s: &mut [Step]| {
        (0..2).for_each(|k| s[k].delivers = vec![(IssueId(k), number(1.0))]);
    };
    let mut own = draft(&[&[1.0, 2.0]], steps(2, delivers));
    change(&mut own);
    talks(own)
}

fn both_yes() -> Condition {
    let clause = |i| Clause { issue: IssueId(i), options: OptionSet::from_options([OptionId(1)]) };
    Condition((0..2).map(clause).collect())
}

pub(super) fn interaction(unless: bool) -> Interaction {
    Interaction { when: both_yes(), unless, adds: number(4.0) }
}

#[test]
fn an_interaction_is_delivered_with_its_last_issue() {
    let adds = |d: &mut Draft| d.bodies[0].preferences.interactions = vec![interaction(false)];
    check_worth(&with_term(adds), &[&[0], &[1]], &[0.0, 1.0, 7.0]);
    let unless = |d: &mut Draft| d.bodies[0].preferences.interactions = vec![interaction(true)];
    check_worth(&with_term(unless), &[&[0], &[1]], &[0.0, 1.0, -1.0]);
    // The status quo of one issue is not known: the deal changes it, and nothing is taken off.
    let open = |d: &mut Draft| {
        unless(d);
        d.issues[1].status_quo = None;
    };
    check_worth(&with_term(open), &[&[0], &[1]], &[0.0, 1.0, 3.0]);
    // No step delivers an issue of it: it comes with the end.
    let at_the_end = |d: &mut Draft| {
        adds(d);
        d.steps.iter_mut().for_each(|step| step.delivers.clear());
    };
    check_worth(&with_term(at_the_end), &[&[0], &[1]], &[0.0, 0.0, 0.0]);
}

#[test]
fn an_interaction_does_not_wait_for_an_issue_that_stays_as_it_is() {
    let stays = |d: &mut Draft| {
        d.bodies[0].preferences.interactions = vec![interaction(false)];
        d.issues[1].status_quo = Some(OptionId(1));
    };
    check_worth(&with_term(stays), &[&[0], &[1]], &[0.0, 5.0, 5.0]);
}

#[test]
fn of_an_interaction_stays_the_smallest_share_kept_of_its_last_point() {
    let kept = |together: Vec<StepId>| {
        with_term(move |d| {
            d.bodies[0].preferences.interactions = vec![interaction(false)];
            d.steps[0].kept = Some(number(0.5));
            d.steps[0].together = together;
        })
    };
    check_worth(&kept(vec![]), &[&[0], &[1]], &[0.0, 0.5, 6.5]);
    check_worth(&kept(vec![]), &[&[1], &[0]], &[0.0, 2.0, 4.5]);
    check_worth(&kept(ids(&[1])), &[&[0, 1]], &[0.0, 4.5]);
}

#[test]
fn a_table_is_delivered_with_its_last_issue() {
    let row = |a, b, amount| (vec![OptionId(a), OptionId(b)], number(amount));
    let table = |otherwise: Option<f64>| Table {
        issues: vec![IssueId(1), IssueId(0)],
        rows: BTreeMap::from([row(1, 1, 5.0), row(1, 0, 9.0)]),
        otherwise: otherwise.map(number),
    };
    let with = |otherwise| with_term(move |d| d.bodies[0].preferences.tables = vec![table(otherwise)]);
    check_worth(&with(Some(3.0)), &[&[1], &[0]], &[0.0, 2.0, 5.0]);
    check_worth(&with(None), &[&[1], &[0]], &[0.0, 2.0, 8.0]);
}

#[track_caller]
fn check_slack(alternative: Option<f64>, gives: f64, before: f64, after: f64) {
    let mut own = draft(&[&[8.0]], steps(2, |s| s[0].gives = vec![(BodyId(0), number(gives))]));
    own.bodies[0].alternative = alternative.map_or(Alternative::RefusesNothing, Alternative::fixed);
    let followed = follow_points(&talks(own), &[&[0], &[1]]).expect("possible");
    let relative: Vec<f64> = followed.points.iter().map(|point| point.bodies[0].relative).collect();
    assert_eq!(relative, [before, after, after]);
}

#[test]
fn slack_is_a_share_of_what_the_deal_is_worth() {
    check_slack(Some(5.0), 1.0, 1.0, 0.666666667);
    check_slack(Some(5.0), 4.0, 1.0, -0.333333333);
    check_slack(Some(5.0), 3.0, 1.0, 0.0);
}

#[test]
fn slack_is_infinite_where_a_deal_is_worth_no_more_than_no_deal() {
    let (none, most) = (f64::NEG_INFINITY, f64::INFINITY);
    check_slack(Some(8.0), 1.0, most, none);
    check_slack(Some(9.0), 1.0, none, none);
    check_slack(Some(9.0), -1.0, none, most);
    check_slack(None, 100.0, most, most);
    let talks = {
        let mut own = draft(&[&[8.0], &[8.0]], steps(1, |_| ()));
        own.bodies[0].alternative = Alternative::Worth(number(9.0));
        talks(own)
    };
    let price = price_of_trust(&talks, &yes(&talks), &Aid::none(&talks));
    assert_eq!(price, [[f64::INFINITY, 0.0]]);
}

#[track_caller]
fn check_rule(ratifies: Rule<BodyId>, slack: f64) {
    let gives = [1.0, 3.0, 6.0, 12.0].map(number);
    let gives = gives.into_iter().enumerate().map(|(b, amount)| (BodyId(b), amount)).collect();
    let mut own = draft(&[&[10.0]], steps(2, |s| s[0].gives = gives));
    own.bodies = (0..4).map(|b| body(b, 0, &[10.0])).collect();
    own.parties = vec![Party { bodies: (0..4).map(BodyId).collect(), ..party(0, ratifies) }];
    let followed = follow_points(&talks(own), &[&[0], &[1]]).expect("possible");
    assert_eq!(followed.points[1].parties, [slack]);
    assert_eq!(followed.smallest(), slack);
    assert_eq!(followed.is_self_enforcing(), slack >= 0.0);
    assert_eq!(followed.needs(), [f64::max(0.0, -slack)]);
}

#[test]
fn a_party_goes_on_as_long_as_its_rule_does() {
    let one = |b| Rule::One(BodyId(b));
    let all = || (0..4).map(one).collect::<Vec<_>>();
    // The slacks are 0.9, 0.7, 0.4 and -0.2.
    check_rule(one(2), 0.4);
    check_rule(Rule::All(all()), -0.2);
    check_rule(Rule::Any(all()), 0.9);
    for (needed, slack) in [(1, 0.9), (2, 0.7), (3, 0.4), (4, -0.2)] {
        check_rule(Rule::AtLeast { needed, of: all() }, slack);
    }
    let weighed = [0.5, 1.0, 1.0, 3.0].into_iter().zip(all()).map(|(weight, one)| (number(weight), one));
    let quota = |needed: f64| Rule::Quota { needed: number(needed), of: weighed.clone().collect() };
    for (needed, slack) in [(0.5, 0.9), (1.0, 0.7), (2.5, 0.4), (3.0, -0.2)] {
        check_rule(quota(needed), slack);
    }
    check_rule(Rule::Any(vec![Rule::All(vec![one(0), one(3)]), Rule::All(vec![one(1), one(2)])]), 0.4);
}

#[test]
fn outsiders_add_to_the_end_and_take_from_the_alternative() {
    let mut own = draft(&[&[8.0]], steps(2, |s| s[0].gives = vec![(BodyId(0), number(9.0))]));
    own.bodies[0].alternative = Alternative::Worth(number(2.0));
    let talks = talks(own);
    let aid = Aid { adds: vec![1.0], lowers: vec![3.0], guarantee: vec![0.25] };
    let order = [ids(&[0]), ids(&[1])];
    let followed = follow(&talks, &yes(&talks), &order, &aid).expect("possible");
    let expected = BodyStanding { worth: 8.0, slack: 1.0, relative: 0.1 };
    assert_eq!(followed.points[1].bodies, [expected]);
    assert_eq!(followed.points[1].parties, [0.35]);
}
