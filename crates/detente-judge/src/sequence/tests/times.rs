//! When points of an order can be, at the earliest.

use super::*;

#[test]
fn steps_are_done_as_early_as_they_can_be() {
    let line = |s: &mut [Step]| {
        s[0].takes = days(3.0);
        s[1].takes = days(2.0);
        s[1].after = vec![within(0, 7.0)];
        s[2].takes = days(1.0);
    };
    check_times(steps(3, line), &[&[0], &[1], &[2]], Some(&[0.0, 3.0, 12.0, 12.0]));
    check_times(steps(3, line), &[&[2], &[0], &[1]], Some(&[0.0, 1.0, 3.0, 12.0]));
    check_times(steps(3, line), &[&[0], &[2], &[1]], Some(&[0.0, 3.0, 3.0, 12.0]));
}

#[test]
fn a_deadline_holds_while_a_step_is_due_and_in_play() {
    let late = |s: &mut [Step]| {
        s[0].takes = days(5.0);
        s[1].deadline = days(4.0);
    };
    check_times(steps(2, late), &[&[0], &[1]], None);
    check_times(steps(2, late), &[&[1], &[0]], Some(&[0.0, 0.0, 5.0]));
    let taken_out = |s: &mut [Step]| {
        late(s);
        s[0].excludes = ids(&[1]);
    };
    check_times(steps(2, taken_out), &[&[0]], None);
    let brought_in = |s: &mut [Step]| {
        late(s);
        s[0].includes = ids(&[1]);
    };
    check_times(steps(2, brought_in), &[&[0], &[1]], None);
    check_orders(steps(2, late), &[&[&[1], &[0]]]);
}

#[test]
fn a_response_that_comes_too_late_is_not_possible() {
    let asked = |s: &mut [Step]| {
        s[0].responds = vec![within(1, 3.0)];
        s[1].takes = days(2.0);
        s[1].after = vec![within(2, 4.0)];
    };
    // The call can wait for what the answer waits for.
    check_times(steps(3, asked), &[&[2], &[0], &[1]], Some(&[0.0, 0.0, 3.0, 6.0]));
    check_times(steps(3, asked), &[&[0], &[2], &[1]], None);
    let early = |s: &mut [Step]| {
        asked(s);
        s[0].deadline = days(2.0);
    };
    check_times(steps(3, early), &[&[2], &[0], &[1]], None);
}

#[test]
fn the_time_to_answer_counts_from_the_latest_call() {
    let twice = |s: &mut [Step]| {
        s[0].responds = vec![within(2, 3.0)];
        s[1].responds = vec![within(2, 3.0)];
        s[1].after = vec![within(0, 2.0)];
        s[2].after = vec![within(0, 5.0)];
    };
    check_times(steps(3, twice), &[&[0], &[1], &[2]], Some(&[0.0, 0.0, 2.0, 5.0]));
    let once = |s: &mut [Step]| {
        twice(s);
        s[1].responds = vec![];
    };
    check_times(steps(3, once), &[&[0], &[1], &[2]], None);
}

#[test]
fn what_is_done_at_once_has_one_time() {
    let both = |s: &mut [Step]| {
        s[0].together = ids(&[1]);
        s[0].takes = days(1.0);
        s[1].takes = days(4.0);
        s[0].responds = vec![within(1, 0.0)];
    };
    check_times(steps(2, both), &[&[0, 1]], Some(&[0.0, 4.0]));
}
