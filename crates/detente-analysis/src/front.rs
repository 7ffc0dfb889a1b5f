//! The Pareto frontier of a stream of vectors, exact for any number of parties.

use crate::kernel::cover::Cover;
use detente_model::Outcome;

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
/// Points against which every new vector is tried first.
const CHAMPIONS: usize = 12;

/// Keeps what no vector so far dominates; of equal vectors, the one of lowest rank.
pub(crate) struct Front {
    n_parties: usize,
    /// How many of the points were there when it was last pruned.
    pruned: usize,
    points: Points,
    champions: Vec<i64>,
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
        Front { n_parties, pruned: 0, points: Points::default(), champions: Vec::new() }
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
    pub(crate) fn absorb(&mut self, other: Front) {
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
        (self.points.values, self.points.ranks, self.points.counts)
    }

    fn prune(&mut self) {
        let Points { values, ranks, counts } = std::mem::take(&mut self.points);
        let at = |k: usize| &values[k * self.n_parties..(k + 1) * self.n_parties];
        let mut order: Vec<usize> = (0..ranks.len()).collect();
        order.sort_unstable_by(|a, b| at(*b).cmp(at(*a)).then(ranks[*a].cmp(&ranks[*b])));
        let mut cover = Cover::new(self.n_parties);
        for equal in order.chunk_by(|a, b| at(*a) == at(*b)) {
            if cover.admits(at(equal[0])) {
                self.points.values.extend_from_slice(at(equal[0]));
                self.points.ranks.push(ranks[equal[0]]);
                self.points.counts.push(equal.iter().map(|k| counts[*k]).sum());
            }
        }
        self.pruned = self.points.ranks.len();
        self.elect();
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
}
