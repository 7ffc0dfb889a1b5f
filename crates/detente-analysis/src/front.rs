//! The Pareto frontier of a stream of vectors, exact for any number of parties.

use crate::kernel::cover::Cover;
use detente_model::Outcome;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

/// An efficient outcome: no feasible outcome is as good for every party and better for one.
#[derive(Clone, Debug, PartialEq)]
pub struct FrontierPoint {
    /// The first outcome, in issue and option order, with these utilities.
    pub outcome: Outcome,
    /// One utility per party.
    pub utilities: Vec<f64>,
    /// P(the talks agree on it).
    pub probability: f64,
}

/// At least so many vectors are gathered between two times of pruning.
const BATCH: usize = 1 << 15;
/// Vectors between two looks at the budget.
const LOOK: usize = 1 << 10;
/// Most numbers that one front keeps, and all of one budget: some hundred megabytes with what pruning needs.
const MOST_KEPT: u64 = 1 << 23;
const MOST_IN_ALL: u64 = 1 << 24;
/// Points against which every new vector is tried first.
const CHAMPIONS: usize = 12;

/// What may be spent on fronts that are found together, on any number of threads. What is spent in the end does not
/// depend on which of them went first, and so neither does whether it was too much.
#[derive(Debug)]
pub(crate) struct Budget {
    /// Vectors looked at, and numbers kept by fronts that are done.
    spent: AtomicU64,
    kept: AtomicU64,
    most: u64,
}

impl Budget {
    /// So many vectors may be looked at.
    pub(crate) fn new(most: u64) -> Arc<Budget> {
        Arc::new(Budget { spent: AtomicU64::new(0), kept: AtomicU64::new(0), most })
    }

    /// Whether more was spent than there was, or more kept than there is room for.
    pub(crate) fn is_spent(&self) -> bool {
        self.spent.load(Relaxed) > self.most || self.kept.load(Relaxed) > MOST_IN_ALL
    }

    pub(crate) fn spend(&self, work: u64) {
        self.spent.fetch_add(work, Relaxed);
    }

    /// What is left of it.
    pub(crate) fn left(&self) -> u64 {
        if self.is_spent() { 0 } else { self.most - self.spent.load(Relaxed).min(self.most) }
    }
}

/// Keeps what no vector so far dominates; of equal vectors, the one of lowest rank.
pub(crate) struct Front {
    n_parties: usize,
    /// How many of the points were there when it was last pruned.
    pruned: usize,
    points: Points,
    champions: Vec<i64>,
    /// Absent where it may cost what it does.
    budget: Option<Arc<Budget>>,
}

/// A front to which nothing is offered any more, and what it counts in its budget.
pub(crate) struct Closed {
    front: Front,
    size: u64,
}

/// Vectors one after another, with what belongs to each.
#[derive(Default)]
struct Points {
    values: Vec<i64>,
    ranks: Vec<u64>,
    /// How many equal vectors were offered.
    counts: Vec<u64>,
}

impl Front {
    pub(crate) fn new(n_parties: usize) -> Front {
        Front { n_parties, pruned: 0, points: Points::default(), champions: Vec::new(), budget: None }
    }

    /// Within a budget: once that is spent, what is kept means nothing.
    pub(crate) fn within(n_parties: usize, budget: &Arc<Budget>) -> Front {
        Front { budget: Some(Arc::clone(budget)), ..Front::new(n_parties) }
    }

    /// Counts what is kept from now on.
    pub(crate) fn close(self) -> Closed {
        let size = self.size();
        if let Some(budget) = &self.budget {
            budget.kept.fetch_add(size, Relaxed);
        }
        Closed { front: self, size }
    }

    /// Numbers that are kept.
    fn size(&self) -> u64 {
        (self.points.ranks.len() * (self.n_parties + 2)) as u64
    }

    pub(crate) fn offer(&mut self, vector: &[i64], rank: u64) {
        if self.champions.chunks_exact(self.n_parties).any(|champion| strictly_beaten(vector, champion)) {
            return;
        }
        self.points.values.extend_from_slice(vector);
        self.points.ranks.push(rank);
        self.points.counts.push(1);
        // Waiting for as many as there are keeps the work for each within a factor of a logarithm.
        if self.points.ranks.len() - self.pruned >= self.pruned.max(BATCH) {
            self.prune();
        }
    }

    /// Takes in all that another kept, with how many had each vector.
    pub(crate) fn absorb(&mut self, other: Closed) {
        let Closed { front: other, size } = other;
        if let Some(budget) = &other.budget {
            budget.kept.fetch_sub(size, Relaxed);
        }
        self.points.values.extend(other.points.values);
        self.points.ranks.extend(other.points.ranks);
        self.points.counts.extend(other.points.counts);
        if self.points.ranks.len() - self.pruned >= self.pruned.max(BATCH) {
            self.prune();
        }
    }

    /// The frontier, by the first coordinate downwards, then the second, and so on.
    pub(crate) fn finish(self) -> Vec<(Vec<i64>, u64)> {
        self.finish_with_counts().0
    }

    /// The same, and how many had each vector.
    pub(crate) fn finish_with_counts(self) -> (Vec<(Vec<i64>, u64)>, Vec<u64>) {
        let n_parties = self.n_parties;
        let (values, ranks, counts) = self.finish_counted();
        (values.chunks_exact(n_parties).map(<[i64]>::to_vec).zip(ranks).collect(), counts)
    }

    /// The same with vectors one after another, then ranks, then how many had each vector.
    pub(crate) fn finish_counted(mut self) -> (Vec<i64>, Vec<u64>, Vec<u64>) {
        self.prune();
        if let Some(budget) = &self.budget {
            budget.kept.fetch_add(self.size(), Relaxed);
        }
        (self.points.values, self.points.ranks, self.points.counts)
    }

    fn prune(&mut self) {
        let Points { values, ranks, counts } = std::mem::take(&mut self.points);
        let at = |k: usize| &values[k * self.n_parties..(k + 1) * self.n_parties];
        let mut order: Vec<usize> = (0..ranks.len()).collect();
        order.sort_unstable_by(|a, b| at(*b).cmp(at(*a)).then(ranks[*a].cmp(&ranks[*b])));
        let mut cover = Cover::new(self.n_parties);
        let mut counted = 0;
        for (k, equal) in order.chunk_by(|a, b| at(*a) == at(*b)).enumerate() {
            if k % LOOK == LOOK - 1 && self.spend(&cover, &mut counted) {
                break;
            }
            if cover.admits(at(equal[0])) {
                self.points.values.extend_from_slice(at(equal[0]));
                self.points.ranks.push(ranks[equal[0]]);
                self.points.counts.push(equal.iter().map(|k| counts[*k]).sum());
            }
        }
        if self.spend(&cover, &mut counted) || self.is_too_large() {
            self.points = Points::default();
        }
        self.pruned = self.points.ranks.len();
        self.elect();
    }

    /// Counts what a cover did since, and says whether the budget is spent.
    fn spend(&self, cover: &Cover, counted: &mut u64) -> bool {
        let Some(budget) = &self.budget else { return false };
        budget.spend(cover.work() - *counted);
        *counted = cover.work();
        budget.is_spent()
    }

    /// Whether it alone keeps more than there is room for; that spends the budget.
    fn is_too_large(&self) -> bool {
        let budget = self.budget.as_ref().filter(|_| self.size() > MOST_KEPT);
        budget.is_some_and(|budget| {
            budget.kept.fetch_add(MOST_IN_ALL + 1, Relaxed);
            true
        })
    }

    /// The points with the largest sums of shares of the range seen beat the most vectors.
    fn elect(&mut self) {
        let points = || self.points.values.chunks_exact(self.n_parties);
        let range = |k: usize| {
            let values = points().map(|vector| vector[k]);
            let (min, max) = (values.clone().min().unwrap_or(0), values.max().unwrap_or(0));
            (min as f64, (max as f64 - min as f64).max(1.0))
        };
        let ranges: Vec<(f64, f64)> = (0..self.n_parties).map(range).collect();
        let score = |vector: &[i64]| -> f64 {
            vector.iter().zip(&ranges).map(|(x, (min, width))| (*x as f64 - min) / width).sum()
        };
        let mut best: Vec<(f64, &[i64])> = points().map(|vector| (score(vector), vector)).collect();
        best.sort_by(|a, b| b.0.total_cmp(&a.0));
        self.champions = best.iter().take(CHAMPIONS).flat_map(|(_, vector)| vector.iter().copied()).collect();
    }
}

fn strictly_beaten(vector: &[i64], by: &[i64]) -> bool {
    vector.iter().zip(by).all(|(x, y)| x <= y) && vector != by
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(vectors: &[&[i64]], expected: &[(&[i64], u64)]) {
        let mut front = Front::new(vectors[0].len());
        for (rank, vector) in vectors.iter().enumerate() {
            front.offer(vector, rank as u64);
        }
        let got = front.finish();
        let got: Vec<(&[i64], u64)> = got.iter().map(|(vector, rank)| (&vector[..], *rank)).collect();
        assert_eq!(got, expected);
    }

    #[test]
    fn equal_vectors_are_counted_each() {
        let mut front = Front::new(2);
        for (rank, vector) in [[6, 4], [6, 4], [2, 4], [6, 4], [5, 5]].iter().enumerate() {
            front.offer(vector, rank as u64);
        }
        assert_eq!(front.finish_with_counts(), (vec![(vec![6, 4], 0), (vec![5, 5], 4)], vec![3, 1]));
    }

    #[test]
    fn what_nothing_beats_is_kept_once() {
        check(&[&[1], &[3], &[3], &[2]], &[(&[3], 1)]);
        check(&[&[1, 0], &[1, 0], &[0, 1], &[0, 0], &[1, 0]], &[(&[1, 0], 0), (&[0, 1], 2)]);
        check(
            &[&[2, 2, 2], &[2, 3, 1], &[2, 2, 1], &[3, 0, 0]],
            &[(&[3, 0, 0], 3), (&[2, 3, 1], 1), (&[2, 2, 2], 0)],
        );
    }

    #[test]
    fn what_is_looked_at_is_counted_and_ends_where_the_budget_does() {
        let n = 3 * BATCH as i64;
        let offered = |d: usize, budget: &Arc<Budget>| {
            let mut front = Front::within(d, budget);
            for k in 0..n {
                let vector: Vec<i64> = (0..d as i64).map(|p| if p % 2 == 0 { k } else { -k }).collect();
                front.offer(&vector, k as u64);
            }
            front.finish().len() as i64
        };
        let plenty = Budget::new(u64::MAX);
        assert_eq!((offered(3, &plenty), plenty.is_spent()), (n, false));
        let needed = u64::MAX - plenty.left();
        assert!(
            (n as u64..4 * n as u64).contains(&needed),
            "one look for a vector whenever it is sorted: {needed}"
        );
        let enough = Budget::new(needed);
        assert_eq!((offered(3, &enough), enough.is_spent()), (n, false));
        let few = Budget::new(needed - 1);
        assert_eq!((offered(3, &few), few.is_spent(), few.left()), (0, true, 0));
    }
}
