//! The Pareto frontier of a stream of vectors, exact for any number of parties.

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

/// Vectors are gathered and pruned so many at a time.
const BATCH: usize = 1 << 15;
/// Points against which every new vector is tried first.
const CHAMPIONS: usize = 12;

/// Keeps what no vector so far dominates; of equal vectors, the one of lowest rank.
pub(crate) struct Front {
    n_parties: usize,
    points: Vec<(Vec<i64>, u64)>,
    waiting: Vec<(Vec<i64>, u64)>,
    champions: Vec<i64>,
}

impl Front {
    pub(crate) fn new(n_parties: usize) -> Front {
        Front { n_parties, points: Vec::new(), waiting: Vec::new(), champions: Vec::new() }
    }

    pub(crate) fn offer(&mut self, vector: &[i64], rank: u64) {
        if self.champions.chunks_exact(self.n_parties).any(|champion| strictly_beaten(vector, champion)) {
            return;
        }
        self.waiting.push((vector.to_vec(), rank));
        if self.waiting.len() >= BATCH {
            self.prune();
        }
    }

    /// The frontier, by the first coordinate downwards, then the second, and so on.
    pub(crate) fn finish(mut self) -> Vec<(Vec<i64>, u64)> {
        self.prune();
        self.points
    }

    fn prune(&mut self) {
        let mut all = std::mem::take(&mut self.points);
        all.append(&mut self.waiting);
        all.sort_unstable_by(|a, b| b.0.cmp(&a.0).then(a.1.cmp(&b.1)));
        all.dedup_by(|later, earlier| later.0 == earlier.0);
        self.points = match self.n_parties {
            2 => staircase(all),
            _ => undominated(all),
        };
        self.elect();
    }

    /// The points with the largest sums of shares of the range seen beat the most vectors.
    fn elect(&mut self) {
        let range = |k: usize| {
            let values = self.points.iter().map(|(vector, _)| vector[k]);
            let (min, max) = (values.clone().min().unwrap_or(0), values.max().unwrap_or(0));
            (min as f64, ((max - min) as f64).max(1.0))
        };
        let ranges: Vec<(f64, f64)> = (0..self.n_parties).map(range).collect();
        let score = |vector: &[i64]| -> f64 {
            vector.iter().zip(&ranges).map(|(x, (min, width))| (*x as f64 - min) / width).sum()
        };
        let mut best: Vec<(f64, &[i64])> =
            self.points.iter().map(|(vector, _)| (score(vector), &vector[..])).collect();
        best.sort_by(|a, b| b.0.total_cmp(&a.0));
        self.champions = best.iter().take(CHAMPIONS).flat_map(|(_, vector)| vector.iter().copied()).collect();
    }
}

fn dominated(vector: &[i64], by: &[i64]) -> bool {
    vector.iter().zip(by).all(|(x, y)| x <= y)
}

fn strictly_beaten(vector: &[i64], by: &[i64]) -> bool {
    dominated(vector, by) && vector != by
}

/// Sorted downwards, a pair is efficient if its second number exceeds all before it.
fn staircase(sorted: Vec<(Vec<i64>, u64)>) -> Vec<(Vec<i64>, u64)> {
    let mut highest = None;
    let efficient = |point: &(Vec<i64>, u64)| {
        let better = highest.is_none_or(|highest| point.0[1] > highest);
        if better {
            highest = Some(point.0[1]);
        }
        better
    };
    sorted.into_iter().filter(efficient).collect()
}

/// Sorted downwards, a vector can only be dominated by one before it.
fn undominated(sorted: Vec<(Vec<i64>, u64)>) -> Vec<(Vec<i64>, u64)> {
    let mut kept: Vec<(Vec<i64>, u64)> = Vec::new();
    // Positions in `kept`; the last one that dominated something is tried first.
    let mut order: Vec<usize> = Vec::new();
    for point in sorted {
        match order.iter().position(|k| dominated(&point.0, &kept[*k].0)) {
            Some(at) => {
                let hit = order.remove(at);
                order.insert(at / 2, hit);
            }
            None => {
                order.push(kept.len());
                kept.push(point);
            }
        }
    }
    kept
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
    fn what_nothing_beats_is_kept_once() {
        check(&[&[1], &[3], &[3], &[2]], &[(&[3], 1)]);
        check(&[&[1, 0], &[1, 0], &[0, 1], &[0, 0], &[1, 0]], &[(&[1, 0], 0), (&[0, 1], 2)]);
        check(
            &[&[2, 2, 2], &[2, 3, 1], &[2, 2, 1], &[3, 0, 0]],
            &[(&[3, 0, 0], 3), (&[2, 3, 1], 1), (&[2, 2, 2], 0)],
        );
    }
}
