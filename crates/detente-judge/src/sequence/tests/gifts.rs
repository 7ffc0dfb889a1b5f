//! What steps give beside the deal counts at the end as on the way.

use super::*;

/// One party to whom the deal is worth 8 and no deal 4, and steps that deliver a half of it each.
fn halves(n: usize, change: impl FnOnce(&mut [Step])) -> Talks {
    let deliver = |s: &mut [Step]| {
        s[..2].iter_mut().for_each(|step| step.delivers = vec![(IssueId(0), number(0.5))]);
        change(s);
    };
    let mut own = draft(&[&[8.0]], steps(n, deliver));
    own.bodies[0].alternative = Alternative::fixed(4.0);
    with_gifts(own)
}

/// The slack of the body at each point, in its units, and the same as a share.
#[track_caller]
fn check(talks: &Talks, order: &[&[usize]], slacks: &[f64], shares: &[f64]) {
    let points = follow_points(talks, order).expect("a possible order").points;
    let found: Vec<f64> = points.iter().map(|point| point.bodies[0].slack).collect();
    assert_eq!(found, slacks);
    let found: Vec<f64> = points.iter().map(|point| point.bodies[0].relative).collect();
    assert_eq!(found, shares);
}

fn gift(step: &mut Step, amount: f64) {
    step.gives = vec![(BodyId(0), number(amount))];
}

#[test]
fn what_is_given_first_is_lost_by_nobody_who_walks_away_or_goes_on() {
    check(&halves(2, |_| ()), &[&[0], &[1]], &[4.0, 0.0, -4.0], &[1.0, 0.0, -1.0]);
    check(&halves(2, |s| gift(&mut s[0], 2.0)), &[&[0], &[1]], &[6.0, 0.0, -4.0], &[1.5, 0.0, -1.0]);
}

#[test]
fn what_is_given_last_is_lost_by_walking_away_before_it() {
    let talks = halves(3, |s| gift(&mut s[2], 2.0));
    check(&talks, &[&[0], &[1], &[2]], &[6.0, 2.0, -2.0, -4.0], &[1.5, 0.5, -0.5, -1.0]);
}

#[test]
fn of_a_gift_that_is_kept_in_part_the_rest_is_lost_by_walking_away() {
    let talks = halves(2, |s| {
        gift(&mut s[0], 2.0);
        s[0].kept = Some(number(0.5));
    });
    check(&talks, &[&[0], &[1]], &[6.0, 3.0, -1.0], &[1.5, 0.75, -0.25]);
}

#[test]
fn what_a_body_gives_up_beside_the_deal_makes_going_on_worth_less() {
    let talks = halves(3, |s| gift(&mut s[2], -3.0));
    check(&talks, &[&[2], &[0], &[1]], &[1.0, 4.0, 0.0, -4.0], &[0.25, 1.0, 0.0, -1.0]);
    check(&talks, &[&[0], &[1], &[2]], &[1.0, -3.0, -7.0, -4.0], &[0.25, -0.75, -1.75, -1.0]);
}

#[test]
fn only_what_the_steps_of_the_order_give_is_hoped_for() {
    let taken_out = |s: &mut [Step]| {
        gift(&mut s[2], 2.0);
        s[1].excludes = ids(&[2]);
    };
    let talks = halves(3, taken_out);
    check(&talks, &[&[0], &[1]], &[4.0, 0.0, -4.0], &[1.0, 0.0, -1.0]);
    check(&talks, &[&[0], &[2], &[1]], &[6.0, 2.0, 0.0, -4.0], &[1.5, 0.5, 0.0, -1.0]);
}

#[test]
fn a_gift_makes_no_slack_smaller_of_anybody() {
    let mut own = draft(
        &[&[4.0], &[3.0]],
        steps(2, |s| {
            s.iter_mut().for_each(|step| step.delivers = vec![(IssueId(0), number(0.5))]);
            s[1].after = vec![wait(0)];
        }),
    );
    own.bodies.iter_mut().for_each(|body| body.alternative = Alternative::fixed(1.0));
    let slacks = |own: &Draft| {
        best_slack(
            &with_gifts(own.clone()),
            &Outcome(vec![OptionId(1)]),
            &Aid::none(&with_gifts(own.clone())),
        )
    };
    let without = slacks(&own);
    for (step, body) in [(0, 0), (0, 1), (1, 0), (1, 1)] {
        let mut with = own.clone();
        with.steps[step].gives = vec![(BodyId(body), number(1.0))];
        assert!(slacks(&with) >= without, "{step} {body}");
    }
    assert_eq!(without, Some(0.25));
}
