//! The frontier of sums for two parties.
//!
//! A frontier of pairs is a staircase: the first number falls, the second rises. The staircases of a
//! band are merged two by two in one pass that drops what the other covers, until one is left. Which of
//! two steps comes first is as good as random, so it is selected and not branched on.

use super::minkowski::{Earlier, Sums};
use super::product::{Product, partition};
use std::hint::select_unpredictable;

/// A sum of two pairs and where it comes from: a position in the long side, and the run.
#[derive(Clone, Copy, Default)]
struct Step {
    x: i64,
    y: i64,
    i: u32,
    run: u32,
}

/// What a sum takes while its band is merged: it is held twice.
pub(super) const BYTES: u64 = 2 * size_of::<Step>() as u64;

/// Buffers for one band.
#[derive(Default)]
pub(super) struct Scratch {
    steps: Vec<Step>,
    merged: Vec<Step>,
    /// Where each list ends in `steps`.
    ends: Vec<usize>,
    /// The runs' parts of the band.
    parts: Vec<(usize, usize)>,
}

/// Adds the efficient sums of a band: of each run, what is between these positions.
pub(super) fn band(
    product: &Product<'_>,
    from: &[usize],
    to: &[usize],
    earlier: Earlier<'_>,
    scratch: &mut Scratch,
    sums: &mut Sums,
) {
    let highest = enter(product, from, to, scratch);
    let mut tied = false;
    while scratch.ends.len() > 1 {
        tied |= merge_pairs(scratch, highest);
    }
    let first = sums.counts.len();
    for step in &scratch.steps {
        sums.values.extend([step.x, step.y]);
        sums.from.push(product.pair(step.i, step.run));
    }
    if tied {
        count_ties(product, scratch, earlier, sums, first);
    } else {
        sums.counts.extend(scratch.steps.iter().map(|step| product.count(step.i, step.run)));
    }
}

/// Enters the steps of a band that rise above everything before it, and says how high that reaches.
fn enter(product: &Product<'_>, from: &[usize], to: &[usize], scratch: &mut Scratch) -> i64 {
    let before =
        |(run, from): (usize, &usize)| (*from > 0).then(|| product.at(from - 1)[1] + product.shift(run)[1]);
    let highest = from.iter().enumerate().filter_map(before).max().unwrap_or(i64::MIN);
    scratch.steps.clear();
    scratch.steps.reserve(from.iter().zip(to).map(|(from, to)| to - from).sum());
    scratch.ends.clear();
    scratch.parts.clear();
    for (run, (from, to)) in from.iter().zip(to).enumerate() {
        let shift = product.shift(run);
        let start = if highest == i64::MIN {
            *from
        } else {
            partition(*from, *to, |i| product.at(i)[1] + shift[1] <= highest)
        };
        scratch.parts.push((start, *to));
        if start == *to {
            continue;
        }
        let pairs = product.long.values[2 * start..2 * to].chunks_exact(2).zip(start as u32..);
        let step =
            |(v, i): (&[i64], u32)| Step { x: v[0] + shift[0], y: v[1] + shift[1], i, run: run as u32 };
        scratch.steps.extend(pairs.map(step));
        scratch.ends.push(scratch.steps.len());
    }
    highest
}

/// Halves the number of lists; says whether two steps were equal.
fn merge_pairs(scratch: &mut Scratch, highest: i64) -> bool {
    let Scratch { steps, merged, ends, .. } = scratch;
    merged.resize(merged.len().max(steps.len()), Step::default());
    let (mut tied, mut start, mut n, mut lists) = (false, 0, 0, 0);
    for pair in 0..ends.len().div_ceil(2) {
        let middle = ends[2 * pair];
        let end = ends.get(2 * pair + 1).copied().unwrap_or(middle);
        let (a, b) = (&steps[start..middle], &steps[middle..end]);
        let (len, equal) = merge(a, b, highest, &mut merged[n..n + a.len() + b.len()]);
        tied |= equal;
        n += len;
        ends[lists] = n;
        lists += 1;
        start = end;
    }
    ends.truncate(lists);
    merged.truncate(n);
    std::mem::swap(steps, merged);
    tied
}

/// What of two staircases rises above `highest` and is not covered by the other; how many steps that
/// is, and whether two were equal (of these, that of `a` is kept).
fn merge(a: &[Step], b: &[Step], mut highest: i64, out: &mut [Step]) -> (usize, bool) {
    let (mut i, mut j, mut n, mut tied) = (0, 0, 0, false);
    while i < a.len() && j < b.len() {
        let (p, q) = (&a[i], &b[j]);
        if p.x == q.x {
            // The lower one is covered; of equal ones, the first is kept.
            tied |= p.y == q.y;
            let lower = p.y < q.y;
            i += usize::from(lower);
            j += usize::from(!lower);
            continue;
        }
        let first = p.x > q.x;
        let next = *select_unpredictable(first, p, q);
        out[n] = next;
        n += usize::from(next.y > highest);
        highest = highest.max(next.y);
        i += usize::from(first);
        j += usize::from(!first);
    }
    for rest in [&a[i..], &b[j..]] {
        // The rest is a staircase: from the first that rises above all others on, everything does.
        let rest = &rest[rest.partition_point(|step| step.y <= highest)..];
        out[n..n + rest.len()].copy_from_slice(rest);
        n += rest.len();
    }
    (n, tied)
}

/// Where sums tie, looks up every run's part in them: they count together, the first outcome stands.
fn count_ties(product: &Product<'_>, scratch: &Scratch, earlier: Earlier<'_>, sums: &mut Sums, first: usize) {
    sums.counts.resize(first + scratch.steps.len(), 0);
    for (run, (start, end)) in scratch.parts.iter().enumerate() {
        let shift = product.shift(run);
        let mut i = *start;
        for (k, step) in scratch.steps.iter().enumerate() {
            while i < *end && product.at(i)[0] + shift[0] > step.x {
                i += 1;
            }
            if i == *end {
                break;
            }
            if product.at(i)[0] + shift[0] == step.x && product.at(i)[1] + shift[1] == step.y {
                let k = first + k;
                let pair = product.pair(i as u32, run as u32);
                sums.counts[k] = sums.counts[k].saturating_add(product.count(i as u32, run as u32));
                if pair != sums.from[k] && earlier(pair, sums.from[k]).is_lt() {
                    sums.from[k] = pair;
                }
            }
        }
    }
}
