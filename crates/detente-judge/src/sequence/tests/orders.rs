//! Which orders are possible.

use super::*;

#[test]
fn steps_that_nothing_ties_are_done_in_every_order() {
    check_orders(steps(2, |_| ()), &[&[&[0], &[1]], &[&[1], &[0]]]);
    check_orders(vec![], &[&[]]);
    let talks = plain(steps(4, |_| ()));
    assert_eq!(orders(&talks).len(), 24);
    check_refused(&talks, &[&[0], &[1], &[2]], "still due");
    check_refused(&talks, &[&[0], &[0]], "done already");
    check_refused(&talks, &[&[0, 1], &[2], &[3]], "at once");
}

#[test]
fn a_deal_without_steps_has_nothing_that_could_be_broken() {
    let talks = plain(vec![]);
    let (deal, none) = (yes(&talks), Aid::none(&talks));
    assert_eq!(best_slack(&talks, &deal, &none), Some(f64::INFINITY));
    assert_eq!(price_of_trust(&talks, &deal, &none), [[0.0, 0.0]]);
}

#[test]
fn a_step_comes_after_what_it_waits_for() {
    let talks = plain(steps(2, |s| s[0].after = vec![wait(1)]));
    assert_eq!(orders(&talks), [[[1], [0]]]);
    check_refused(&talks, &[&[0], &[1]], "waits for StepId(1)");
}

#[test]
fn a_circle_of_waits_gives_no_order() {
    let circle = |s: &mut [Step]| (0..3).for_each(|k| s[k].after = vec![wait((k + 1) % 3)]);
    check_orders(steps(3, circle), &[]);
    let talks = plain(steps(3, circle));
    let (deal, none) = (yes(&talks), Aid::none(&talks));
    assert_eq!(best_slack(&talks, &deal, &none), None);
    assert!(price_of_trust(&talks, &deal, &none).is_empty());
}

#[test]
fn a_step_of_another_deal_is_as_if_it_had_not_been_written() {
    let other = |s: &mut [Step]| {
        let no = OptionSet::from_options([OptionId(0)]);
        s[0].only_if = Some(Condition(vec![Clause { issue: IssueId(0), options: no }]));
        s[1].after = vec![wait(0)];
        s[2].milestones = ids(&[0]);
        s[0].after = vec![wait(1), wait(2)];
        s[0].responds = vec![wait(1), wait(2)];
        s[1].together = ids(&[0]);
        s[2].together = ids(&[0]);
    };
    check_orders(steps(3, other), &[&[&[1], &[2]], &[&[2], &[1]]]);
    let brings_in = |s: &mut [Step]| {
        other(s);
        s[0].includes = ids(&[1]);
    };
    // What only a step of another deal brings into play never comes into play.
    check_orders(steps(3, brings_in), &[&[&[2]]]);
    check_refused(&plain(steps(3, other)), &[&[0], &[1], &[2]], "does not belong");
}

#[test]
fn an_include_brings_a_step_into_play() {
    check_orders(steps(2, |s| s[0].includes = ids(&[1])), &[&[&[0], &[1]]]);
    check_orders(steps(2, |s| s[0].includes = ids(&[0, 1])), &[&[&[0], &[1]]]);
    check_refused(&plain(steps(2, |s| s[0].includes = ids(&[1]))), &[&[1], &[0]], "not in play");
}

#[test]
fn an_exclude_takes_a_step_out_of_play() {
    check_orders(steps(2, |s| s[0].excludes = ids(&[1])), &[&[&[0]], &[&[1], &[0]]]);
    // What is out of play is not waited for.
    let waits = |s: &mut [Step]| {
        s[0].excludes = ids(&[1]);
        s[2].after = vec![wait(1)];
    };
    check_orders(steps(3, waits), &[&[&[0], &[2]], &[&[1], &[0], &[2]], &[&[1], &[2], &[0]]]);
}

#[test]
fn what_some_bring_in_and_others_take_out_is_in_play_at_the_start() {
    let both = |s: &mut [Step]| {
        s[0].includes = ids(&[2]);
        s[1].excludes = ids(&[2]);
        s[1].after = vec![wait(0)];
    };
    check_orders(steps(3, both), &[&[&[0], &[1]], &[&[0], &[2], &[1]], &[&[2], &[0], &[1]]]);
    let same = |s: &mut [Step]| {
        s[0].includes = ids(&[1]);
        s[0].excludes = ids(&[1]);
    };
    check_orders(steps(2, same), &[&[&[0], &[1]]]);
}

#[test]
fn a_response_makes_due_what_was_done() {
    check_orders(steps(2, |s| s[0].responds = vec![wait(1)]), &[&[&[0], &[1]]]);
    check_orders(steps(1, |s| s[0].responds = vec![wait(0)]), &[]);
    let once = |s: &mut [Step]| {
        s[0].responds = vec![wait(0)];
        s[0].excludes = ids(&[0]);
    };
    check_orders(steps(1, once), &[&[&[0]]]);
}

#[test]
fn a_milestone_waits_until_nothing_is_due() {
    check_orders(steps(2, |s| s[0].milestones = ids(&[1])), &[&[&[1], &[0]]]);
    let due_again = |s: &mut [Step]| {
        s[0].milestones = ids(&[1]);
        s[2].responds = vec![wait(1)];
    };
    check_orders(steps(3, due_again), &[&[&[2], &[1], &[0]]]);
}

#[test]
fn steps_together_are_one_point_as_far_as_they_are_in_play() {
    let three = |s: &mut [Step]| {
        s[0].together = ids(&[1]);
        s[2].together = ids(&[1]);
    };
    check_orders(steps(3, three), &[&[&[0, 1, 2]]]);
    let waits = |s: &mut [Step]| {
        three(s);
        s[0].after = vec![wait(2)];
    };
    check_orders(steps(3, waits), &[]);
    let responds = |s: &mut [Step]| {
        three(s);
        s[0].responds = vec![wait(2)];
    };
    check_orders(steps(3, responds), &[&[&[0, 1, 2]]]);
    let comes_later = |s: &mut [Step]| {
        three(s);
        s[0].includes = ids(&[2]);
    };
    check_orders(steps(3, comes_later), &[&[&[0, 1], &[2]]]);
}
