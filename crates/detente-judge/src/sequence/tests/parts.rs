//! Steps in parts.

use super::*;

#[test]
fn a_step_in_parts_takes_and_gives_as_much_as_the_whole() {
    let change = |s: &mut [Step]| {
        s[0].takes = days(6.0);
        s[0].gives = vec![(BodyId(0), number(3.0))];
        s[0].kept = Some(number(0.5));
        s[0].after = vec![within(1, 2.0)];
        s[2].after = vec![within(0, 1.0)];
    };
    let talks = divide(&plain(steps(3, change)), &ids(&[0]), 3);
    let names: Vec<&str> = talks.steps.iter().map(|step| step.id.as_str()).collect();
    assert_eq!(names, ["s0-1", "s0-2", "s0-3", "s1", "s2"]);
    assert_eq!(orders(&talks), [[[3], [0], [1], [2], [4]]]);
    let followed = follow_points(&talks, &[&[3], &[0], &[1], &[2], &[4]]).expect("possible");
    assert_eq!(followed.times, [0.0, 0.0, 4.0, 6.0, 8.0, 9.0]);
    check_worth(&talks, &[&[3], &[0], &[1], &[2], &[4]], &[0.0, 0.0, 0.5, 1.0, 1.5, 1.5]);
    assert_eq!(divide(&talks, &ids(&[0]), 1), talks);
}

#[test]
fn parts_of_steps_at_once_are_at_once() {
    let change = |s: &mut [Step]| {
        s[0].together = ids(&[2]);
        s[1].responds = vec![wait(0)];
        s[2].excludes = ids(&[3]);
        s[3].milestones = ids(&[2]);
        s[4].includes = ids(&[0]);
    };
    let talks = divide(&plain(steps(5, change)), &ids(&[0, 2]), 2);
    let [first, last] = [&talks.steps[3], &talks.steps[4]];
    assert_eq!(talks.steps[0].together, [StepId(3)]);
    assert_eq!(talks.steps[1].together, [StepId(4)]);
    assert_eq!((first.excludes.len(), &last.excludes), (0, &vec![StepId(5)]));
    assert_eq!(talks.steps[2].responds, [wait(0), wait(1)]);
    assert_eq!(talks.steps[5].milestones, ids(&[3, 4]));
    assert_eq!(talks.steps[6].includes, ids(&[0, 1]));
}

#[test]
fn a_divided_payment_can_be_trusted_further() {
    let whole = |s: &mut [Step]| {
        s[0].gives = vec![(BodyId(0), number(4.0)), (BodyId(1), number(-4.0))];
        s[1].gives = vec![(BodyId(0), number(-4.0)), (BodyId(1), number(4.0))];
    };
    let talks = talks(draft(&[&[2.0], &[2.0]], steps(2, whole)));
    for (n, slack) in [(1, -1.0), (2, 0.0), (4, 0.5)] {
        let divided = divide(&talks, &ids(&[0, 1]), n);
        assert_eq!(best_slack(&divided, &yes(&talks), &Aid::none(&talks)), Some(slack), "{n}");
    }
}
