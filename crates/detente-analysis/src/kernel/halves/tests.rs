use super::*;
use crate::kernel::ranking::tests::{Dice, all, bound, groups, loss};

fn between(halves: &Halves, range: (i64, i64)) -> Vec<(i64, Vec<u32>)> {
    let mut between = halves.between(range);
    std::iter::from_fn(|| between.next().map(|(loss, x)| (loss, x.to_vec()))).collect()
}

#[test]
fn choices_within_a_range_come_once_however_short_the_halves_are() {
    let mut dice = Dice(2);
    for _ in 0..600 {
        let values = dice.values();
        let all = all(&values);
        let half = [1, 4, 20, 1 << 22][dice.below(4)];
        let halves = Halves::new(&groups(&values), Effort { half, ..Effort::default() });
        let (from, to) = (bound(&mut dice, &all), bound(&mut dice, &all));
        let within: Vec<_> = all.iter().filter(|(loss, _)| (from..=to).contains(loss)).cloned().collect();
        let mut found = between(&halves, (from, to));
        if halves.left.start() > 0 {
            found.sort();
        }
        assert_eq!(found, within, "{values:?}, halves of {half}");
    }
}

/// The losses next to a bound, found with some effort; whether the search was complete.
#[track_caller]
fn check_around(values: &[Vec<i64>], all: &[(i64, Vec<u32>)], bound: i64, effort: Effort) -> bool {
    let halves = Halves::new(&groups(values), effort);
    let (up_to, beyond) = halves.conceivable(bound);
    let found = halves.around(bound, if bound % 2 == 0 { up_to } else { beyond });
    let below = all.iter().rev().map(|(loss, _)| *loss).find(|loss| *loss <= bound);
    let above = all.iter().map(|(loss, _)| *loss).find(|loss| *loss > bound);
    assert!(below.is_none_or(|below| below <= up_to) && above.is_none_or(|above| above >= beyond));
    for (near, best) in [(&found.up_to, below), (&found.beyond, above)] {
        assert!(!found.all || near.as_ref().map(|near| near.loss) == best, "{values:?} next to {bound}");
        if let Some(near) = near {
            let chosen = halves.choice(near).expect("a loss that some choice has");
            assert_eq!(loss(values, &chosen), near.loss);
        }
    }
    assert!(found.up_to.as_ref().is_none_or(|near| near.loss <= bound));
    assert!(found.beyond.as_ref().is_none_or(|near| near.loss > bound));
    let goals = [up_to, beyond];
    let hit = [&found.up_to, &found.beyond].into_iter().flatten().any(|near| goals.contains(&near.loss));
    assert!(found.all || hit || effort.steps < 1 << 20, "there was room for a complete search");
    found.all
}

#[test]
fn the_losses_next_to_a_bound_are_found_whatever_the_effort() {
    let mut dice = Dice(3);
    let mut incomplete = 0;
    for _ in 0..1500 {
        let values = dice.values();
        let all = all(&values);
        let bound = bound(&mut dice, &all);
        if bound < 0 {
            continue;
        }
        let half = [1, 4, 20, 1 << 22][dice.below(4)];
        let (steps, ranked) = ([1, 1 << 10, 1 << 29][dice.below(3)], [0, 5, 1 << 17][dice.below(3)]);
        incomplete += usize::from(!check_around(&values, &all, bound, Effort { half, steps, ranked }));
    }
    assert!(incomplete > 50, "the search for a goal is tried too");
}

#[test]
fn dense_sums_of_a_space_that_no_half_holds_are_hit_exactly() {
    let mut dice = Dice(6);
    let values: Vec<Vec<i64>> =
        (0..40).map(|_| (0..10).map(|_| 2 * dice.below(1 << 20) as i64).collect()).collect();
    let halves = Halves::new(&groups(&values), Effort { half: 1 << 12, ..Effort::default() });
    for bound in [12_345_678, 20_000_001, 31_415_926] {
        let (goal, _) = halves.conceivable(bound);
        assert_eq!(goal, bound - bound % 2, "every loss is even");
        let near = halves.around(bound, goal).up_to.expect("a loss up to the bound");
        assert_eq!(near.loss, goal);
        assert_eq!(loss(&values, &halves.choice(&near).expect("a choice")), goal);
    }
}
