//! What is found by taking issues out is what a sweep finds; of many issues, what a walk along them finds.

use super::*;
use crate::kernel::loops::{Dice, by_sweep, random};
use detente_cases::seeds;

fn places(levels: &[Level]) -> Places {
    let mut issues: Vec<(usize, usize)> = levels.iter().map(|level| (level.issue, level.n)).collect();
    issues.sort_unstable();
    Places::new(&issues)
}

fn found(levels: &[Level], shares: &[Share], d: usize) -> Eliminated {
    let budget = Budget::new(u64::MAX);
    frontier(levels, shares, d, &places(levels), &budget, &|_| ControlFlow::Continue(())).expect("narrow")
}

/// Positions of combinations in issue and option order, from marks.
fn ranks(levels: &[Level], found: &Eliminated) -> Vec<u64> {
    let places = places(levels);
    let rank = |mark: &[u64]| {
        let mut options = vec![0; levels.len()];
        places.read(mark, &mut options);
        levels.iter().map(|level| level.stride * options[level.issue] as u64).sum()
    };
    found.marks.chunks(places.words()).map(rank).collect()
}

#[test]
fn taking_issues_out_finds_what_a_sweep_finds() {
    let (mut points, mut none, mut ties) = (0, 0, 0);
    for seed in seeds(1000) {
        let d = 1 + (seed % 5) as usize;
        let n_bodies = d + (seed / 5 % 3) as usize;
        let shares: Vec<Share> =
            (0..n_bodies).map(|body| (body % d, [1, 3, 2, -1, 5, 1, 4][body % 7])).collect();
        let mut levels = random(seed, n_bodies);
        if seed % 2 == 0 {
            // Small numbers are often equal.
            for level in &mut levels {
                level.leaves = level.leaves.iter().map(|leaf| leaf % 2).collect();
            }
            levels.iter_mut().for_each(|level| level.terms.truncate(1));
        }
        let (values, first, counts) = by_sweep(&levels, &shares, d);
        let known = found(&levels, &shares, d);
        assert_eq!((&known.values, &known.counts), (&values, &counts), "seed {seed}");
        assert_eq!(ranks(&levels, &known), first, "seed {seed}");
        points += counts.len();
        none += usize::from(counts.is_empty());
        ties += counts.iter().filter(|n| **n > 1).count();
    }
    assert!(points > 5000 && none > 5 && ties > 150, "{points} {none} {ties}");
}

/// Issues in a row, each tied to the next and to the one after that, for two bodies.
fn row(n_issues: usize, n: usize, seed: u64) -> Vec<Level> {
    let mut dice = Dice(seed);
    let level = |issue: usize| Level {
        issue,
        n,
        stride: 0,
        leaves: (0..n * 2).map(|_| dice.amount()).collect(),
        terms: Vec::new(),
        laws: Vec::new(),
    };
    let mut levels: Vec<Level> = (0..n_issues).map(level).collect();
    for (k, level) in levels.iter_mut().enumerate().skip(1) {
        for back in 1..=2.min(k) {
            for body in 0..2 {
                let cells = (0..n * n).map(|_| dice.amount()).collect();
                let strides = vec![(k - back, n), (k, 1)];
                level.terms.push(Term::Table { body, strides, cells });
            }
        }
    }
    levels
}

/// The highest weighted sum, by a walk along the row that knows the last two options.
fn walked(levels: &[Level], weights: [i64; 2]) -> i64 {
    let n = levels[0].n;
    let mut best = vec![0; n * n];
    let mut options = vec![0; levels.len()];
    for (k, level) in levels.iter().enumerate() {
        let mut next = vec![i64::MIN; n * n];
        for state in 0..n * n {
            if let Some(before) = k.checked_sub(2) {
                options[before] = state / n;
            }
            if let Some(before) = k.checked_sub(1) {
                options[before] = state % n;
            }
            for option in 0..n {
                options[k] = option;
                let mut sums = [0; 2];
                level.add(&options, &mut sums);
                let worth = best[state] + sums[0] * weights[0] + sums[1] * weights[1];
                let to = &mut next[state % n * n + option];
                *to = worth.max(*to);
            }
        }
        best = next;
    }
    best.into_iter().max().unwrap_or(0)
}

#[test]
fn a_hundred_issues_in_a_row_are_as_a_walk_along_them_says() {
    for (n, n_issues) in [(2, 100), (3, 70), (10, 20)] {
        let levels = row(n_issues, n, 7);
        let known = found(&levels, &[(0, 1), (1, 1)], 2);
        assert!(known.counts.len() > 100, "{}", known.counts.len());
        for weights in [[1, 0], [0, 1], [1, 1], [3, 1], [2, 7], [1, 30]] {
            let best = known.values.chunks(2).map(|v| v[0] * weights[0] + v[1] * weights[1]).max();
            assert_eq!(best, Some(walked(&levels, weights)), "{weights:?}");
        }
        let places = places(&levels);
        for (mark, value) in known.marks.chunks(places.words()).zip(known.values.chunks(2)) {
            let mut options = vec![0; n_issues];
            places.read(mark, &mut options);
            let mut sums = [0; 2];
            levels.iter().for_each(|level| level.add(&options, &mut sums));
            assert_eq!(sums, value, "{options:?}");
        }
    }
}

#[test]
fn too_wide_too_many_and_a_stop_are_told_apart() {
    let shares = [(0, 1), (1, 1)];
    let mut wide = row(30, 3, 1);
    for (k, level) in wide.iter_mut().enumerate().take(29) {
        for j in 0..k {
            let strides = vec![(j, 3), (k, 1)];
            level.terms.push(Term::Table { body: 0, strides, cells: vec![0; 9] });
        }
    }
    let said = |levels: &[Level], watch: Watch<'_>| {
        frontier(levels, &shares, 2, &places(levels), &Budget::new(u64::MAX), watch)
            .map(|found| found.counts.len())
    };
    assert_eq!(said(&wide, &|_| ControlFlow::Continue(())), Err(Why::Wide));
    assert_eq!(said(&row(30, 3, 1), &|_| ControlFlow::Break(())), Err(Why::Interrupted));
    // Every vector is efficient: what one gains the other loses.
    let mut many = row(24, 2, 1);
    for (k, level) in many.iter_mut().enumerate() {
        level.leaves = [0, 0, 1 << k, -(1 << k)].into();
        level.terms.truncate(1);
        level.terms.iter_mut().for_each(|term| {
            *term = Term::Table {
                body: 0,
                strides: term.issues().into_iter().map(|issue| (issue, 0)).collect(),
                cells: vec![0],
            }
        });
    }
    let net = Net::new(&many, &shares, 2, places(&many));
    let plan = net.plan(MOST_CELLS).expect("narrow");
    let run = |effort| {
        net.run(&plan, &Pace::new(effort), &|_| ControlFlow::Continue(())).map(|found| found.counts.len())
    };
    assert_eq!(run(Effort { kept: 1 << 12, work: 1 << 31 }), Err(Why::Many));
    assert_eq!(run(Effort { kept: 1 << 23, work: 1 << 12 }), Err(Why::Many));
    assert_eq!(said(&many[..14], &|_| ControlFlow::Continue(())), Ok(1 << 14));
}
