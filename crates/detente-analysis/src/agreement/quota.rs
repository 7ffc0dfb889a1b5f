//! How likely independent votes reach a quota.
//!
//! Two ways. One member after another, with how likely each sum below the quota is so far: quick where sums are few. Or
//! meeting in the middle (Horowitz and Sahni, Computing partitions with applications to the knapsack problem, Journal of
//! the ACM 21, 1974): how likely each set of one half and of the other half is, both in the order of their sums, and for
//! each set of the one all sets of the other that make up the rest. Few members of large weights have few sets and many
//! sums.

use std::collections::BTreeMap;

/// Weights, and how much of them is needed.
#[derive(Debug)]
pub(crate) struct Quota {
    needed: i64,
    weights: Vec<i64>,
    halves: Option<Halves>,
}

impl Quota {
    pub(crate) fn new(needed: i64, weights: Vec<i64>) -> Quota {
        let is_quicker = 2 * halves_work(weights.len()) < one_by_one_work(needed, weights.len());
        let halves = is_quicker.then(|| Halves::new(needed, &weights));
        Quota { needed, weights, halves }
    }

    /// P(the weights that come up reach what is needed), each with its own probability.
    pub(crate) fn probability(&self, of: &dyn Fn(usize) -> f64) -> f64 {
        match &self.halves {
            Some(halves) => halves.probability(of),
            None => {
                let votes = self.weights.iter().enumerate();
                one_by_one(self.needed, votes.map(|(k, weight)| (*weight, of(k))))
            }
        }
    }

    /// Roughly how many operations a probability takes.
    pub(crate) fn work(&self) -> u64 {
        match self.halves {
            Some(_) => halves_work(self.weights.len()),
            None => one_by_one_work(self.needed, self.weights.len()),
        }
    }
}

/// Members of a half, at most.
const MOST_IN_HALF: usize = 15;

/// A set takes about four operations: how likely it is, and what it is added up with.
fn halves_work(n: usize) -> u64 {
    if n > 2 * MOST_IN_HALF { u64::MAX / 2 } else { 4 * ((1 << (n / 2)) + (1 << n.div_ceil(2))) }
}

fn one_by_one_work(needed: i64, n: usize) -> u64 {
    n as u64 * needed.min(DENSE) as u64
}

/// The sets of the two halves of the members, by number: a member for each bit.
#[derive(Debug)]
struct Halves {
    n_first: usize,
    n: usize,
    /// Sets of the first half by rising sum, each with how many of those of the second make up the rest.
    first: Vec<(u16, u32)>,
    /// Sets of the second half by falling sum.
    second: Vec<u16>,
}

impl Halves {
    fn new(needed: i64, weights: &[i64]) -> Halves {
        let (first, second) = weights.split_at(weights.len() / 2);
        let mut first_sums: Vec<(i64, u16)> = sums(first).into_iter().zip(0..).collect();
        let mut second_sums: Vec<(i64, u16)> = sums(second).into_iter().zip(0..).collect();
        first_sums.sort_unstable();
        second_sums.sort_unstable_by(|a, b| b.cmp(a));
        let rest = |sum: i64| second_sums.partition_point(|(other, _)| sum.saturating_add(*other) >= needed);
        Halves {
            n_first: first.len(),
            n: weights.len(),
            first: first_sums.iter().map(|(sum, set)| (*set, rest(*sum) as u32)).collect(),
            second: second_sums.iter().map(|(_, set)| *set).collect(),
        }
    }

    fn probability(&self, of: &dyn Fn(usize) -> f64) -> f64 {
        let first = sets((0..self.n_first).map(of));
        let second = sets((self.n_first..self.n).map(of));
        let (mut reached, mut rest, mut taken) = (0.0, 0.0, 0);
        for (set, upto) in &self.first {
            // A larger sum of the one half needs less of the other.
            let more = &self.second[taken..*upto as usize];
            rest += more.iter().map(|set| second[*set as usize]).sum::<f64>();
            taken = *upto as usize;
            reached += first[*set as usize] * rest;
        }
        reached.min(1.0)
    }
}

/// The sum of each set.
fn sums(weights: &[i64]) -> Vec<i64> {
    let mut sums = vec![0i64];
    for weight in weights {
        sums.extend_from_within(..);
        let half = sums.len() / 2;
        sums[half..].iter_mut().for_each(|sum| *sum = sum.saturating_add(*weight));
    }
    sums
}

/// How likely exactly each set comes up.
fn sets(of: impl Iterator<Item = f64>) -> Vec<f64> {
    let mut sets = Vec::with_capacity(1 << MOST_IN_HALF.min(of.size_hint().0));
    sets.push(1.0);
    for p in of {
        let n = sets.len();
        sets.extend_from_within(..);
        let (without, with) = sets.split_at_mut(n);
        without.iter_mut().for_each(|set| *set *= 1.0 - p);
        with.iter_mut().for_each(|set| *set *= p);
    }
    sets
}

/// Sums below this are kept in an array on the stack, below the next in a vector.
const SMALL: i64 = 32;
const DENSE: i64 = 1 << 15;

/// P(sum of the weights that come up >= needed), one member after another.
fn one_by_one(needed: i64, of: impl Iterator<Item = (i64, f64)>) -> f64 {
    if needed <= SMALL {
        dense(&mut [0.0; SMALL as usize][..needed as usize], of)
    } else if needed <= DENSE {
        wide(needed as usize, of)
    } else {
        sparse(needed, of)
    }
}

/// P(sum of the weights that come up >= the length of `short`), which is the space to work in.
fn dense(short: &mut [f64], of: impl Iterator<Item = (i64, f64)>) -> f64 {
    let needed = short.len();
    short[0] = 1.0;
    let mut reached = 0.0;
    for (weight, p) in of {
        let weight = usize::try_from(weight).map_or(needed, |weight| weight.min(needed));
        for sum in (0..needed).rev() {
            let up = short[sum] * p;
            if weight == 0 {
                continue;
            }
            short[sum] *= 1.0 - p;
            if sum + weight >= needed {
                reached += up;
            } else {
                short[sum + weight] += up;
            }
        }
    }
    reached.min(1.0)
}

/// The same where sums are many: those that are reached so far are taken at once, from one array to another.
fn wide(needed: usize, of: impl Iterator<Item = (i64, f64)>) -> f64 {
    let (mut short, mut next) = (vec![0.0; needed], vec![0.0; needed]);
    short[0] = 1.0;
    // Sums from here on have not come up yet.
    let (mut end, mut reached) = (1, 0.0);
    for (weight, p) in of {
        let weight = usize::try_from(weight).map_or(needed, |weight| weight.min(needed));
        if weight == 0 {
            continue;
        }
        let enough = &short[(needed - weight).min(end)..end];
        reached += enough.iter().rev().map(|chance| chance * p).sum::<f64>();
        let new_end = (end + weight).min(needed);
        next[..end].iter_mut().zip(&short[..end]).for_each(|(next, chance)| *next = chance * (1.0 - p));
        next[end..new_end].fill(0.0);
        if weight < new_end {
            let up = next[weight..new_end].iter_mut().zip(&short[..end]);
            up.for_each(|(next, chance)| *next += chance * p);
        }
        std::mem::swap(&mut short, &mut next);
        end = new_end;
    }
    reached.min(1.0)
}

/// The same for few members of very different weights.
fn sparse(needed: i64, of: impl Iterator<Item = (i64, f64)>) -> f64 {
    let mut reached = 0.0;
    let mut short: BTreeMap<i64, f64> = BTreeMap::from([(0, 1.0)]);
    for (weight, p) in of {
        if p == 0.0 {
            continue;
        }
        let mut next: BTreeMap<i64, f64> = BTreeMap::new();
        for (sum, chance) in short {
            if p < 1.0 {
                *next.entry(sum).or_default() += chance * (1.0 - p);
            }
            if sum + weight >= needed {
                reached += chance * p;
            } else {
                *next.entry(sum + weight).or_default() += chance * p;
            }
        }
        short = next;
    }
    reached.min(1.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_way_to_add_votes_comes_to_the_same() {
        let mut by_halves = 0;
        for needed in [1i64, 2, 7, 33, 40, 1000, 5000, 40_000, 3_000_000] {
            for n in [1i64, 2, 7, 13, 20] {
                let weight = |k: i64| if k % 5 == 4 { 0 } else { 1 + 7919 * (k + 1) % (needed / 2).max(1) };
                let chance = |k: i64| (k * 37 % 11) as f64 / 10.0;
                let of = || (0..n).map(|k| (weight(k), chance(k)));
                let known = sparse(needed, of());
                let same = |found: f64, how: &str| {
                    assert!((found - known).abs() < 1e-14, "{how}: {needed} of {n}: {found}, not {known}");
                };
                if needed < DENSE {
                    same(dense(&mut vec![0.0; needed as usize], of()), "one by one");
                }
                same(one_by_one(needed, of()), "all sums at once");
                let weights: Vec<i64> = (0..n).map(weight).collect();
                same(Halves::new(needed, &weights).probability(&|k| chance(k as i64)), "halves");
                let quota = Quota::new(needed, weights);
                by_halves += usize::from(quota.halves.is_some());
                same(quota.probability(&|k| chance(k as i64)), "the quicker way");
            }
        }
        assert!((10..40).contains(&by_halves), "{by_halves}");
    }

    #[test]
    fn certain_votes_are_certain() {
        let quota = Quota::new(3000, (0..14).map(|k| 500 + k).collect());
        assert!(quota.halves.is_some());
        let of = |yes: usize| quota.probability(&|k| if k < yes { 1.0 } else { 0.0 });
        assert_eq!([of(0), of(5), of(6), of(14)], [0.0, 0.0, 1.0, 1.0]);
    }
}
