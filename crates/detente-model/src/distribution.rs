use crate::Fault;
use special::{Beta as _, Error as _};

/// A distribution over real numbers, with parameters of type `P`.
#[derive(Clone, Debug, PartialEq)]
pub enum Distribution<P = f64> {
    /// One value, for certain.
    Point(P),
    /// Equally likely everywhere between two values.
    Uniform {
        /// Lowest value.
        from: P,
        /// Highest value.
        to: P,
    },
    /// Rising from `from` to its peak at `mode`, falling to `to`.
    Triangular {
        /// Lowest value.
        from: P,
        /// Most likely value.
        mode: P,
        /// Highest value.
        to: P,
    },
    /// The bell curve.
    Normal {
        /// Mean.
        mean: P,
        /// Standard deviation, 0 or more.
        sd: P,
    },
    /// Beta(alpha, beta) stretched over an interval.
    Beta {
        /// First shape parameter, above 0.
        alpha: P,
        /// Second shape parameter, above 0.
        beta: P,
        /// Lowest value.
        from: P,
        /// Highest value.
        to: P,
    },
    /// Finitely many values, each with its probability.
    Discrete(Vec<(P, P)>),
}

impl<P> Distribution<P> {
    /// The same distribution with every parameter replaced.
    pub fn map<Q>(&self, mut f: impl FnMut(&P) -> Q) -> Distribution<Q> {
        match self {
            Distribution::Point(v) => Distribution::Point(f(v)),
            Distribution::Uniform { from, to } => Distribution::Uniform { from: f(from), to: f(to) },
            Distribution::Triangular { from, mode, to } => {
                Distribution::Triangular { from: f(from), mode: f(mode), to: f(to) }
            }
            Distribution::Normal { mean, sd } => Distribution::Normal { mean: f(mean), sd: f(sd) },
            Distribution::Beta { alpha, beta, from, to } => {
                Distribution::Beta { alpha: f(alpha), beta: f(beta), from: f(from), to: f(to) }
            }
            Distribution::Discrete(points) => {
                Distribution::Discrete(points.iter().map(|(v, p)| (f(v), f(p))).collect())
            }
        }
    }

    /// Every parameter in the order it is written, with its name.
    pub fn parameters(&self) -> Vec<(&'static str, &P)> {
        match self {
            Distribution::Point(v) => vec![("value", v)],
            Distribution::Uniform { from, to } => vec![("from", from), ("to", to)],
            Distribution::Triangular { from, mode, to } => vec![("from", from), ("mode", mode), ("to", to)],
            Distribution::Normal { mean, sd } => vec![("mean", mean), ("sd", sd)],
            Distribution::Beta { alpha, beta, from, to } => {
                vec![("alpha", alpha), ("beta", beta), ("from", from), ("to", to)]
            }
            Distribution::Discrete(points) => {
                points.iter().flat_map(|(v, p)| [("value", v), ("probability", p)]).collect()
            }
        }
    }

    /// The k-th of [`Distribution::parameters`].
    pub fn parameter_mut(&mut self, k: usize) -> Option<&mut P> {
        match self {
            Distribution::Point(v) => [v].into_iter().nth(k),
            Distribution::Uniform { from, to } => [from, to].into_iter().nth(k),
            Distribution::Triangular { from, mode, to } => [from, mode, to].into_iter().nth(k),
            Distribution::Normal { mean, sd } => [mean, sd].into_iter().nth(k),
            Distribution::Beta { alpha, beta, from, to } => [alpha, beta, from, to].into_iter().nth(k),
            Distribution::Discrete(points) => {
                let (value, probability) = points.get_mut(k / 2)?;
                Some(if k.is_multiple_of(2) { value } else { probability })
            }
        }
    }
}

impl Distribution {
    /// The expected value.
    pub fn mean(&self) -> f64 {
        match self {
            Distribution::Point(v) => *v,
            Distribution::Uniform { from, to } => (from + to) / 2.0,
            Distribution::Triangular { from, mode, to } => (from + mode + to) / 3.0,
            Distribution::Normal { mean, .. } => *mean,
            Distribution::Beta { alpha, beta, from, to } => from + (to - from) * alpha / (alpha + beta),
            Distribution::Discrete(points) => {
                let total: f64 = points.iter().map(|(_, p)| p).sum();
                points.iter().map(|(v, p)| v * p).sum::<f64>() / total
            }
        }
    }

    /// P(X <= x), between 0 and 1. Every function used gives the same bits on every platform.
    pub fn probability_at_most(&self, x: f64) -> f64 {
        match self {
            Distribution::Point(v) => step(*v, x),
            Distribution::Uniform { from, to } if from == to => step(*from, x),
            Distribution::Uniform { from, to } => ((x - from) / (to - from)).clamp(0.0, 1.0),
            Distribution::Triangular { from, mode, to } => triangular(*from, *mode, *to, x),
            Distribution::Normal { mean, sd } if *sd == 0.0 => step(*mean, x),
            Distribution::Normal { mean, sd } => {
                0.5 * (-(x - mean) / (sd * std::f64::consts::SQRT_2)).compl_error()
            }
            Distribution::Beta { from, to, .. } if from == to => step(*from, x),
            Distribution::Beta { alpha, beta, from, to } => {
                let share = ((x - from) / (to - from)).clamp(0.0, 1.0);
                share.inc_beta(*alpha, *beta, alpha.ln_beta(*beta)).clamp(0.0, 1.0)
            }
            Distribution::Discrete(points) => {
                points.iter().filter(|(v, _)| *v <= x).map(|(_, p)| p).sum::<f64>().min(1.0)
            }
        }
    }

    /// Whether the parameters describe a distribution at all.
    ///
    /// # Errors
    /// A parameter that is not finite, bounds the wrong way round, a shape that is not positive,
    /// probabilities that are negative or do not sum to 1 (within 10^-9).
    pub fn check(&self) -> Result<(), Fault> {
        if self.parameters().iter().any(|(_, v)| !v.is_finite()) {
            return Err(Fault::new("this is not a finite number", "write an ordinary decimal number"));
        }
        match self {
            Distribution::Point(_) => Ok(()),
            Distribution::Uniform { from, to } => ordered(&[*from, *to]),
            Distribution::Triangular { from, mode, to } => ordered(&[*from, *mode, *to]),
            Distribution::Normal { sd, .. } if *sd < 0.0 => {
                Err(Fault::new("a standard deviation cannot be negative", "write 0 or more for `sd`"))
            }
            Distribution::Normal { .. } => Ok(()),
            Distribution::Beta { alpha, beta, .. } if *alpha <= 0.0 || *beta <= 0.0 => Err(Fault::new(
                "the shapes of a beta distribution must be above 0",
                "write `alpha` and `beta` above 0",
            )),
            Distribution::Beta { from, to, .. } => ordered(&[*from, *to]),
            Distribution::Discrete(points) => check_discrete(points),
        }
    }
}

fn step(at: f64, x: f64) -> f64 {
    if at <= x { 1.0 } else { 0.0 }
}

fn triangular(from: f64, mode: f64, to: f64, x: f64) -> f64 {
    if x < from {
        0.0
    } else if x >= to {
        1.0
    } else if x < mode {
        (x - from) * (x - from) / ((to - from) * (mode - from))
    } else {
        1.0 - (to - x) * (to - x) / ((to - from) * (to - mode))
    }
}

fn ordered(bounds: &[f64]) -> Result<(), Fault> {
    if bounds.windows(2).all(|pair| pair[0] <= pair[1]) {
        return Ok(());
    }
    Err(Fault::new("the bounds are the wrong way round", "write the lowest number first, the highest last"))
}

fn check_discrete(points: &[(f64, f64)]) -> Result<(), Fault> {
    let total: f64 = points.iter().map(|(_, p)| p).sum();
    if points.is_empty() {
        Err(Fault::new("no value is given", "write at least one `value: probability`"))
    } else if points.iter().any(|(_, p)| *p < 0.0) {
        Err(Fault::new("a probability cannot be negative", "write probabilities from 0 to 1"))
    } else if (total - 1.0).abs() > 1e-9 {
        Err(Fault::new(
            format!("the probabilities sum to {total}, not to 1"),
            "change them so that they sum to 1",
        ))
    } else {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(distribution: Distribution, mean: f64, cdf: &[(f64, f64)]) {
        assert_eq!(distribution.check(), Ok(()));
        assert!((distribution.mean() - mean).abs() < 1e-12, "mean {}", distribution.mean());
        for &(x, p) in cdf {
            let got = distribution.probability_at_most(x);
            assert!((got - p).abs() < 1e-9, "at {x}: {got}, not {p}");
        }
    }

    #[test]
    fn a_point_is_reached_at_its_value() {
        check(Distribution::Point(2.0), 2.0, &[(1.999, 0.0), (2.0, 1.0), (3.0, 1.0)]);
    }

    #[test]
    fn a_uniform_rises_evenly() {
        check(Distribution::Uniform { from: 0.0, to: 4.0 }, 2.0, &[(-1.0, 0.0), (1.0, 0.25), (9.0, 1.0)]);
        check(Distribution::Uniform { from: 3.0, to: 3.0 }, 3.0, &[(2.9, 0.0), (3.0, 1.0)]);
    }

    #[test]
    fn a_triangle_has_the_area_left_of_x() {
        let triangle = Distribution::Triangular { from: 0.0, mode: 1.0, to: 3.0 };
        check(triangle, 4.0 / 3.0, &[(0.0, 0.0), (0.5, 1.0 / 12.0), (1.0, 1.0 / 3.0), (2.0, 5.0 / 6.0)]);
        let left = Distribution::Triangular { from: 0.0, mode: 0.0, to: 2.0 };
        check(left, 2.0 / 3.0, &[(0.0, 0.0), (1.0, 0.75), (2.0, 1.0)]);
        let right = Distribution::Triangular { from: 0.0, mode: 2.0, to: 2.0 };
        check(right, 4.0 / 3.0, &[(0.0, 0.0), (1.0, 0.25), (2.0, 1.0)]);
    }

    #[test]
    fn a_normal_agrees_with_the_published_table() {
        // Standard normal table: 0.8413447461, 0.9750021049, and the tail 3.1671e-5 at -4.
        let normal = Distribution::Normal { mean: 5.0, sd: 3.0 };
        check(normal.clone(), 5.0, &[(5.0, 0.5), (8.0, 0.841_344_746_1), (10.88, 0.975_002_104_9)]);
        assert!((normal.probability_at_most(-7.0) - 3.167_124e-5).abs() < 1e-10);
        check(Distribution::Normal { mean: 1.0, sd: 0.0 }, 1.0, &[(0.9, 0.0), (1.0, 1.0)]);
    }

    #[test]
    fn a_beta_with_whole_shapes_is_a_binomial_sum() {
        // I_x(2, 3) = sum over k = 2..4 of C(4, k) x^k (1 - x)^(4 - k).
        let closed = |x: f64| 6.0 * x.powi(2) * (1.0 - x).powi(2) + 4.0 * x.powi(3) * (1.0 - x) + x.powi(4);
        let cases: Vec<_> = [0.0, 0.1, 0.37, 0.5, 0.9, 1.0].map(|x| (10.0 + 4.0 * x, closed(x))).into();
        check(Distribution::Beta { alpha: 2.0, beta: 3.0, from: 10.0, to: 14.0 }, 11.6, &cases);
    }

    #[test]
    fn discrete_values_carry_their_probability() {
        check(
            Distribution::Discrete(vec![(0.0, 0.25), (4.0, 0.75)]),
            3.0,
            &[(-1.0, 0.0), (0.0, 0.25), (4.0, 1.0)],
        );
    }

    #[test]
    fn what_is_no_distribution_is_refused() {
        for bad in [
            Distribution::Point(f64::NAN),
            Distribution::Uniform { from: 2.0, to: 1.0 },
            Distribution::Triangular { from: 0.0, mode: 3.0, to: 2.0 },
            Distribution::Normal { mean: 0.0, sd: -1.0 },
            Distribution::Beta { alpha: 0.0, beta: 1.0, from: 0.0, to: 1.0 },
            Distribution::Discrete(vec![(0.0, 0.5), (1.0, 0.4)]),
            Distribution::Discrete(vec![]),
        ] {
            assert!(bad.check().is_err(), "{bad:?}");
        }
    }
}
