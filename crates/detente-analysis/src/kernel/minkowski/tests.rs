//! Sums before a judge that adds every pair and compares every sum with every other.

use super::*;
use detente_cases::drawn;
use proptest::prelude::*;
use std::collections::BTreeMap;

/// Numbers of which kind.
#[derive(Clone, Copy, Debug)]
enum Kind {
    /// Few distinct ones: ties and duplicates everywhere.
    Few,
    /// Hardly any ties.
    Wide,
    /// What one gains the others lose, give or take little.
    NearZeroSum,
    /// As large as sums may be.
    Huge,
    /// The first, or the last, number is always the same.
    Idle(bool),
}

const KINDS: [Kind; 6] =
    [Kind::Few, Kind::Wide, Kind::NearZeroSum, Kind::Huge, Kind::Idle(true), Kind::Idle(false)];

/// Uniform numbers of a seed (splitmix64).
struct Dice(u64);

impl Dice {
    fn within(&mut self, bound: i64) -> i64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        let z = i128::from(z ^ (z >> 31));
        (z % (2 * i128::from(bound) + 1) - i128::from(bound)) as i64
    }

    fn vector(&mut self, kind: Kind, d: usize) -> Vec<i64> {
        let bound = match kind {
            Kind::Few | Kind::Idle(_) => 3,
            Kind::Wide => 1_000_000_000_000,
            Kind::NearZeroSum => 1_000,
            Kind::Huge => i64::MAX / 2,
        };
        let mut vector: Vec<i64> = (0..d).map(|_| self.within(bound)).collect();
        let others: i64 = if let Kind::NearZeroSum = kind { vector[1..].iter().sum() } else { 0 };
        match kind {
            Kind::NearZeroSum => vector[0] = -others + self.within(20),
            Kind::Idle(first) => vector[if first { 0 } else { d - 1 }] = 7,
            Kind::Few | Kind::Wide | Kind::Huge => {}
        }
        vector
    }
}

fn beaten(vector: &[i64], by: &[i64]) -> bool {
    vector.iter().zip(by).all(|(x, y)| x <= y) && vector != by
}

/// What no other vector of a list beats, each once, downwards.
fn efficient(all: Vec<Vec<i64>>) -> Vec<Vec<i64>> {
    let mut front: Vec<Vec<i64>> = Vec::new();
    for vector in all {
        if !front.iter().any(|other| *other == vector || beaten(&vector, other)) {
            front.retain(|other| !beaten(other, &vector));
            front.push(vector);
        }
    }
    front.sort_by(|a, b| b.cmp(a));
    front
}

fn side(kind: Kind, n: usize, d: usize, dice: &mut Dice) -> Vec<Vec<i64>> {
    efficient((0..n).map(|_| dice.vector(kind, d)).collect())
}

/// Every sum with how many outcomes have it and the first pair that gives it.
type Known = BTreeMap<Vec<i64>, (u64, (u32, u32))>;

fn all_sums(sides: &[Vec<Vec<i64>>; 2], counts: &[Vec<u64>; 2]) -> Known {
    let mut known = Known::new();
    for (i, a) in sides[0].iter().enumerate() {
        for (j, b) in sides[1].iter().enumerate() {
            let sum = a.iter().zip(b).map(|(x, y)| x + y).collect();
            let entry = known.entry(sum).or_insert((0, (i as u32, j as u32)));
            entry.0 = entry.0.saturating_add(counts[0][i].saturating_mul(counts[1][j]));
        }
    }
    known
}

fn found(sides: &[Vec<Vec<i64>>; 2], counts: &[Vec<u64>; 2], d: usize) -> Sums {
    let values = [sides[0].concat(), sides[1].concat()];
    let [left, right] = [0, 1].map(|k| Side { values: &values[k], counts: &counts[k] });
    let mut sums = Sums::default();
    let spend = &mut |_: u64, _: usize| ControlFlow::Continue(());
    let done = frontier(left, right, d, &|a, b| a.cmp(&b), &mut Scratch::default(), spend, &mut sums);
    assert!(done.is_continue());
    sums
}

#[track_caller]
fn check(kind: Kind, d: usize, sizes: [usize; 2], seed: u64) {
    let mut dice = Dice(seed);
    let sides = sizes.map(|n| side(kind, n, d, &mut dice));
    let counts = [0, 1].map(|k| -> Vec<u64> {
        let count = |_| if dice.within(9) == 9 { u64::MAX / 3 } else { 1 + dice.within(2).unsigned_abs() };
        (0..sides[k].len()).map(count).collect()
    });
    let known = all_sums(&sides, &counts);
    let sums = found(&sides, &counts, d);
    let values: Vec<Vec<i64>> = sums.values.chunks_exact(d).map(<[i64]>::to_vec).collect();
    assert_eq!(values, efficient(known.keys().rev().cloned().collect()), "{kind:?} {d} {sizes:?} {seed}");
    for (k, value) in values.iter().enumerate() {
        assert_eq!((sums.counts[k], sums.from[k]), known[value], "{kind:?} {d} {sizes:?} {seed}: {value:?}");
    }
}

drawn! { 1500;
    #[test]
    fn sums_are_those_that_no_other_sum_beats(
        kind in 0..KINDS.len(),
        d in 1usize..=7,
        left in 1usize..40,
        right in 1usize..40,
        seed in any::<u64>(),
    ) {
        check(KINDS[kind], d, [left, right], seed);
    }
}

#[test]
fn cutting_into_bands_changes_nothing() {
    for (seed, kind) in KINDS.into_iter().enumerate() {
        for (d, sizes) in [(2, [900, 40]), (2, [30, 700]), (3, [300, 40]), (4, [30, 200]), (6, [60, 60])] {
            check(kind, d, sizes, seed as u64);
        }
    }
}

#[test]
fn a_long_side_and_a_short_one_may_come_in_either_order() {
    for sizes in [[1, 20_000], [20_000, 1], [3, 20_000]] {
        check(Kind::NearZeroSum, 2, sizes, 5);
    }
}

#[test]
fn breaking_stops_an_addition() {
    let mut dice = Dice(1);
    for d in [2, 3, 4] {
        let values = side(Kind::NearZeroSum, 400, d, &mut dice).concat();
        let counts = vec![1; values.len() / d];
        let side = Side { values: &values, counts: &counts };
        let (mut sums, mut told) = (Sums::default(), 0);
        let spend = &mut |_: u64, _: usize| {
            told += 1;
            if told == 3 { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        };
        let done = frontier(side, side, d, &|a, b| a.cmp(&b), &mut Scratch::default(), spend, &mut sums);
        assert!(done.is_break() && told == 3, "{d} parties");
    }
}

#[test]
fn a_band_that_cannot_be_held_is_as_much_work_as_there_can_be() {
    // All of the short side lie closer together than two neighbours of the long side, so that a band holds them all.
    let n = 200_000i64;
    for d in [2usize, 3] {
        let vectors = |apart: i64, n: i64| -> Vec<i64> {
            (0..n)
                .flat_map(|k| (0..d as i64).map(move |party| if party == 0 { -k * apart } else { k }))
                .collect()
        };
        let (long, short) = (vectors(n, n + 1), vectors(1, n));
        let (long_counts, short_counts) = (vec![1; n as usize + 1], vec![1; n as usize]);
        let mut told = Vec::new();
        let ended = frontier(
            Side { values: &long, counts: &long_counts },
            Side { values: &short, counts: &short_counts },
            d,
            &|a, b| a.cmp(&b),
            &mut Scratch::default(),
            &mut |work, _| {
                told.push(work);
                if work == u64::MAX { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
            },
            &mut Sums::default(),
        );
        assert!(ended.is_break() && told == [u64::MAX], "{d}: {told:?}");
    }
}
