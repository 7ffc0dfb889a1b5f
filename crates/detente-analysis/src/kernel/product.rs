//! All sums of a vector of one frontier and a vector of another, cut into bands by the first number.
//!
//! The longer frontier, shifted by one vector of the shorter, is a run: still sorted downwards, and
//! never stored. A band is what the runs hold between two first numbers. Bands are small enough to stay
//! in the cache, of about one size whatever the runs look like (cuts are chosen from a regular sample of
//! all runs), and everything before a band is as large in the first number as anything in it.

/// A frontier in descending order: vectors one after another, and how many outcomes have each.
#[derive(Clone, Copy)]
pub(crate) struct Side<'a> {
    pub(crate) values: &'a [i64],
    pub(crate) counts: &'a [u64],
}

/// Positions by which the quickest run advances in a band. Less lets a band drop more of what the bands
/// before it cover; more takes fewer bands.
const STEP: usize = 64;

/// Two frontiers to be added.
#[derive(Clone, Copy)]
pub(super) struct Product<'a> {
    pub(super) long: Side<'a>,
    pub(super) short: Side<'a>,
    /// Whether the long side is the right one.
    swapped: bool,
    pub(super) d: usize,
}

impl<'a> Product<'a> {
    pub(super) fn new(left: Side<'a>, right: Side<'a>, d: usize) -> Product<'a> {
        for side in [left, right] {
            assert!(d > 0 && side.values.len() == d * side.counts.len(), "whole vectors");
            assert!(!side.counts.is_empty() && side.counts.len() < u32::MAX as usize, "positions fit");
        }
        let swapped = left.counts.len() < right.counts.len();
        let (long, short) = if swapped { (right, left) } else { (left, right) };
        Product { long, short, swapped, d }
    }

    /// How many runs there are.
    pub(super) fn n_runs(&self) -> usize {
        self.short.counts.len()
    }

    /// By what the long side is shifted in a run.
    pub(super) fn shift(&self, run: usize) -> &'a [i64] {
        &self.short.values[run * self.d..(run + 1) * self.d]
    }

    /// A vector of the long side.
    pub(super) fn at(&self, i: usize) -> &'a [i64] {
        &self.long.values[i * self.d..(i + 1) * self.d]
    }

    /// Positions in the left and in the right side.
    pub(super) fn pair(&self, i: u32, run: u32) -> (u32, u32) {
        if self.swapped { (run, i) } else { (i, run) }
    }

    /// How many outcomes this sum alone stands for; at least so many where it is the largest number.
    pub(super) fn count(&self, i: u32, run: u32) -> u64 {
        self.long.counts[i as usize].saturating_mul(self.short.counts[run as usize])
    }

    /// Where a band ends that starts at these positions of the runs: at the largest first number that some
    /// run has `STEP` positions further on. So no run has more than that, or what ties with it, in a band,
    /// and one has as much. Says whether anything is left.
    pub(super) fn next(&self, from: &[usize], to: &mut Vec<usize>) -> bool {
        let n = self.long.counts.len();
        let first = |run: usize, i: usize| self.long.values[i * self.d] + self.shift(run)[0];
        let ahead = from.iter().enumerate().filter(|(_, from)| *from + STEP < n);
        let cut = ahead.map(|(run, from)| first(run, from + STEP)).max();
        to.clear();
        let Some(cut) = cut else {
            to.resize(self.n_runs(), n);
            return from.iter().any(|from| *from < n);
        };
        to.extend(from.iter().enumerate().map(|(run, from)| {
            let near = partition(*from, (from + STEP + 1).min(n), |i| first(run, i) >= cut);
            if near <= from + STEP { near } else { partition(near, n, |i| first(run, i) >= cut) }
        }));
        true
    }
}

/// The first position of `from..to` at which a condition fails that holds up to there.
pub(super) fn partition(mut from: usize, mut to: usize, holds: impl Fn(usize) -> bool) -> usize {
    while from < to {
        let middle = from.midpoint(to);
        if holds(middle) {
            from = middle + 1;
        } else {
            to = middle;
        }
    }
    from
}
