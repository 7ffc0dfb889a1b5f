//! How much can be had at most where issues have two answers and influence each other in pairs.
//!
//! With s = ±1 for the answers, what is had is a constant and half of s'Ms, for a matrix M of influences whose diagonal is
//! 0. If Diag(l) - M has no negative eigenvalue, s'Ms is at most the sum of l: the dual of the semidefinite relaxation
//! (Goemans and Williamson 1995; Poljak and Rendl 1995). A good l comes from the relaxation itself, solved one vector at a
//! time (the mixing method of Wang, Chang and Kolter 2017); that it is good enough is then proven by a Cholesky decomposition,
//! with room for rounding. Many dense influences are bounded far better so than by sharing them out.

use super::model::Model;

/// Most issues.
const MOST: usize = 400;
/// Times that all vectors are improved.
const SWEEPS: usize = 120;
/// Times that the shift of the diagonal is halved.
const HALVINGS: usize = 24;

/// Influences between answers in one direction.
pub(super) struct Spectrum {
    n: usize,
    /// Symmetric, with 0 on the diagonal; the last row is of single answers.
    m: Vec<f64>,
    constant: f64,
    /// The sum of all amounts that were added, for rounding.
    size: f64,
}

impl Spectrum {
    /// Nothing where issues have more than two answers, or boxes more than two clauses, or where nothing ties two issues.
    pub(super) fn new(model: &Model, direction: &[i64]) -> Option<Spectrum> {
        let n = model.issues.len() + 1;
        let binary = model.issues.iter().all(|issue| issue.len() <= 2);
        let paired = model.boxes.iter().all(|own| own.clauses.len() <= 2);
        let any = model.boxes.iter().any(|own| own.clauses.len() == 2);
        if !binary || !paired || !any || n > MOST {
            return None;
        }
        let mut spectrum = Spectrum { n, m: vec![0.0; n * n], constant: 0.0, size: 0.0 };
        for (k, issue) in model.issues.iter().enumerate() {
            let worth = |option: usize| -> f64 {
                let leaves = &issue.leaves[option * model.d..(option + 1) * model.d];
                leaves.iter().zip(direction).map(|(leaf, w)| *leaf as f64 * *w as f64).sum()
            };
            let (first, second) = (worth(0), worth(issue.len() - 1));
            spectrum.constant += (first + second) / 2.0;
            spectrum.size += first.abs() + second.abs();
            spectrum.tie(k, n - 1, (second - first) / 2.0);
        }
        for own in &model.boxes {
            let amount = own.amount as f64 * direction[own.party] as f64;
            spectrum.size += amount.abs();
            // Which answer a clause asks for: 1 for the second.
            let sign = |mask: u128| if mask & 1 == 0 { 1.0 } else { -1.0 };
            match own.clauses[..] {
                [(a, x)] => {
                    spectrum.constant += amount / 2.0;
                    spectrum.tie(a, n - 1, amount / 2.0 * sign(x));
                }
                [(a, x), (b, y)] => {
                    spectrum.constant += amount / 4.0;
                    spectrum.tie(a, n - 1, amount / 4.0 * sign(x));
                    spectrum.tie(b, n - 1, amount / 4.0 * sign(y));
                    spectrum.tie(a, b, amount / 4.0 * sign(x) * sign(y));
                }
                _ => {}
            }
        }
        Some(spectrum)
    }

    fn tie(&mut self, a: usize, b: usize, by: f64) {
        self.m[a * self.n + b] += by;
        self.m[b * self.n + a] += by;
    }

    /// No outcome has more.
    pub(super) fn bound(&self) -> i64 {
        let mut diagonal = self.relaxed();
        // Rounding in the matrix and in its decomposition is far below this.
        let room = self.size.max(1.0) * self.n as f64 * 1e-13;
        // The least shift that is seen to suffice, by halving.
        let widest = (0..self.n).map(|i| self.row(i).iter().map(|x| x.abs()).sum::<f64>() - diagonal[i]);
        let (mut low, mut high) = (0.0, widest.fold(0.0, f64::max) + room);
        if self.is_enough(&diagonal, room) {
            high = room;
        } else {
            for _ in 0..HALVINGS {
                let middle = (low + high) / 2.0;
                if self.is_enough(&diagonal, middle) { high = middle } else { low = middle }
            }
        }
        diagonal.iter_mut().for_each(|l| *l += high + room);
        let most = self.constant + diagonal.iter().sum::<f64>() / 2.0;
        (most + room).floor().min(i64::MAX as f64 / 2.0) as i64
    }

    fn row(&self, i: usize) -> &[f64] {
        &self.m[i * self.n..(i + 1) * self.n]
    }

    /// The diagonal that the relaxation comes to: lengths of what pulls each vector.
    fn relaxed(&self) -> Vec<f64> {
        let n = self.n;
        let k = ((2.0 * n as f64).sqrt().ceil() as usize + 1).min(n);
        // Vectors of length 1 in directions that look random and are always the same.
        let mut seed = 0u64;
        let mut vectors: Vec<f64> = (0..n * k)
            .map(|_| {
                seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                (seed >> 11) as f64 / (1u64 << 53) as f64 - 0.5
            })
            .collect();
        let mut diagonal = vec![0.0; n];
        let mut pull = vec![0.0; k];
        for vector in vectors.chunks_mut(k) {
            set_length(vector);
        }
        for _ in 0..SWEEPS {
            for i in 0..n {
                pull.fill(0.0);
                for (j, weight) in self.row(i).iter().enumerate().filter(|(_, weight)| **weight != 0.0) {
                    let other = &vectors[j * k..(j + 1) * k];
                    pull.iter_mut().zip(other).for_each(|(pull, x)| *pull += weight * x);
                }
                diagonal[i] = set_length(&mut pull);
                if diagonal[i] > 0.0 {
                    vectors[i * k..(i + 1) * k].copy_from_slice(&pull);
                }
            }
        }
        diagonal
    }

    /// Whether Diag(diagonal + shift) - M is positive definite.
    fn is_enough(&self, diagonal: &[f64], shift: f64) -> bool {
        let n = self.n;
        let mut lower = vec![0.0; n * n];
        for i in 0..n {
            for j in 0..=i {
                let own = if i == j { diagonal[i] + shift } else { -self.m[i * n + j] };
                let (a, b) = (&lower[i * n..i * n + j], &lower[j * n..j * n + j]);
                let rest = own - a.iter().zip(b).map(|(x, y)| x * y).sum::<f64>();
                if i == j {
                    if rest.is_nan() || rest <= 0.0 {
                        return false;
                    }
                    lower[i * n + i] = rest.sqrt();
                } else {
                    lower[i * n + j] = rest / lower[j * n + j];
                }
            }
        }
        true
    }
}

/// Makes a vector as long as 1, if it is not 0; how long it was.
fn set_length(vector: &mut [f64]) -> f64 {
    let length = vector.iter().map(|x| x * x).sum::<f64>().sqrt();
    if length > 0.0 {
        vector.iter_mut().for_each(|x| *x /= length);
    }
    length
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hyperrectangles::model::{Boxed, Reduced};

    /// Influences of every pair of some issues, for two parties.
    fn pairs(n: usize, seed: u64) -> Model {
        let mut dice = seed;
        let mut amount = || {
            dice = dice.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (dice >> 33) as i64 % 19 - 9
        };
        let issues = (0..n).map(|_| Reduced::of(vec![0, 1], vec![0, 0, amount(), amount()])).collect();
        let mut boxes = Vec::new();
        for a in 0..n {
            for b in a + 1..n {
                for party in 0..2 {
                    let mask = |x: i64| if x % 2 == 0 { 1 } else { 2 };
                    let clauses = vec![(a, mask(amount())), (b, mask(amount()))];
                    boxes.push(Boxed { party, amount: amount(), clauses });
                }
            }
        }
        Model::plain(2, issues, boxes)
    }

    #[test]
    fn nothing_has_more_than_the_bound_and_something_comes_close() {
        for seed in 0..200 {
            let n = 2 + seed as usize % 9;
            let model = pairs(n, seed);
            let direction = [1 + seed as i64 % 3, 2];
            let score = |bits: usize| {
                let chosen: Vec<usize> = (0..n).map(|k| bits >> k & 1).collect();
                model.value(&chosen).iter().zip(&direction).map(|(x, w)| x * w).sum::<i64>()
            };
            let most = (0..1 << n).map(score).max().expect("some");
            let least = (0..1 << n).map(score).min().expect("some");
            let bound = Spectrum::new(&model, &direction).expect("pairs").bound();
            assert!(bound >= most, "seed {seed}: {bound} and {most}");
            assert!(
                (bound - most) as f64 <= 0.3 * (most - least) as f64 + 1.0,
                "seed {seed}: {bound}, {least} to {most}"
            );
        }
    }
}
