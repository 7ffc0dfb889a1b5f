mod normal;

use crate::Fault;
use special::Beta as _;

pub use normal::{normal_at_most, normal_quantile};

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
    /// The bell curve cut to an interval: what lies outside cannot be, what lies inside is as likely as
    /// it was, in proportion.
    TruncatedNormal {
        /// Mean before the cut.
        mean: P,
        /// Standard deviation before the cut, 0 or more.
        sd: P,
        /// Lowest value.
        from: P,
        /// Highest value.
        to: P,
    },
    /// A beta distribution between two values with a most likely one, its mean a sixth of the way from
    /// four times the most likely value and the two ends (Malcolm and others 1959).
    Pert {
        /// Lowest value.
        from: P,
        /// Most likely value.
        mode: P,
        /// Highest value.
        to: P,
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
            Distribution::TruncatedNormal { mean, sd, from, to } => {
                Distribution::TruncatedNormal { mean: f(mean), sd: f(sd), from: f(from), to: f(to) }
            }
            Distribution::Pert { from, mode, to } => {
                Distribution::Pert { from: f(from), mode: f(mode), to: f(to) }
            }
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
            Distribution::Triangular { from, mode, to } | Distribution::Pert { from, mode, to } => {
                vec![("from", from), ("mode", mode), ("to", to)]
            }
            Distribution::Normal { mean, sd } => vec![("mean", mean), ("sd", sd)],
            Distribution::TruncatedNormal { mean, sd, from, to } => {
                vec![("mean", mean), ("sd", sd), ("from", from), ("to", to)]
            }
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
            Distribution::Triangular { from, mode, to } | Distribution::Pert { from, mode, to } => {
                [from, mode, to].into_iter().nth(k)
            }
            Distribution::Normal { mean, sd } => [mean, sd].into_iter().nth(k),
            Distribution::TruncatedNormal { mean, sd, from, to } => [mean, sd, from, to].into_iter().nth(k),
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
            Distribution::TruncatedNormal { mean, sd, from, to } => {
                normal::truncated_mean(*mean, *sd, *from, *to)
            }
            Distribution::Pert { from, mode, to } => (from + 4.0 * mode + to) / 6.0,
            Distribution::Beta { alpha, beta, from, to } => from + (to - from) * alpha / (alpha + beta),
            Distribution::Discrete(points) => {
                let total: f64 = points.iter().map(|(_, p)| p).sum();
                points.iter().map(|(v, p)| v * p).sum::<f64>() / total
            }
        }
    }

    /// The smallest interval that holds every value it can take; infinite where there is no bound.
    ///
    /// For parameters that describe a distribution, see [`Distribution::check`].
    pub fn support(&self) -> (f64, f64) {
        match self {
            Distribution::Point(v) => (*v, *v),
            Distribution::Normal { mean, sd } if *sd == 0.0 => (*mean, *mean),
            Distribution::Normal { .. } => (f64::NEG_INFINITY, f64::INFINITY),
            Distribution::TruncatedNormal { mean, sd, from, to } if *sd == 0.0 => {
                let only = mean.clamp(*from, *to);
                (only, only)
            }
            Distribution::Uniform { from, to }
            | Distribution::Triangular { from, to, .. }
            | Distribution::TruncatedNormal { from, to, .. }
            | Distribution::Pert { from, to, .. }
            | Distribution::Beta { from, to, .. } => (*from, *to),
            Distribution::Discrete(points) => {
                let possible = points.iter().filter(|(_, p)| *p > 0.0).map(|(v, _)| *v);
                possible.fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), v| (low.min(v), high.max(v)))
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
            Distribution::Normal { mean, sd } => normal_at_most((x - mean) / sd),
            Distribution::TruncatedNormal { mean, sd, from, to } => {
                normal::truncated_at_most(*mean, *sd, *from, *to, x)
            }
            Distribution::Pert { from, to, .. } | Distribution::Beta { from, to, .. } if from == to => {
                step(*from, x)
            }
            Distribution::Pert { from, mode, to } => {
                let [alpha, beta] = pert_shapes(*from, *mode, *to);
                beta_at_most(alpha, beta, (x - from) / (to - from))
            }
            Distribution::Beta { alpha, beta, from, to } => {
                beta_at_most(*alpha, *beta, (x - from) / (to - from))
            }
            Distribution::Discrete(points) => {
                points.iter().filter(|(v, _)| *v <= x).map(|(_, p)| p).sum::<f64>().min(1.0)
            }
        }
    }

    /// The smallest value reached with probability `p` or more; `p` lies strictly between 0 and 1.
    ///
    /// The inverse of [`Distribution::probability_at_most`], to about 10^-12 of the spread. Every
    /// function used gives the same bits on every platform.
    pub fn quantile(&self, p: f64) -> f64 {
        match self {
            Distribution::Point(v) => *v,
            Distribution::Uniform { from, to } => from + (to - from) * p,
            Distribution::Triangular { from, mode, to } => triangular_quantile(*from, *mode, *to, p),
            Distribution::Normal { mean, sd } => mean + sd * normal_quantile(p),
            Distribution::TruncatedNormal { mean, sd, from, to } => {
                normal::truncated_quantile(*mean, *sd, *from, *to, p)
            }
            Distribution::Pert { from, mode, to } if from < to => {
                let [alpha, beta] = pert_shapes(*from, *mode, *to);
                from + (to - from) * beta_quantile(alpha, beta, p)
            }
            Distribution::Pert { from, .. } => *from,
            Distribution::Beta { alpha, beta, from, to } => {
                from + (to - from) * beta_quantile(*alpha, *beta, p)
            }
            Distribution::Discrete(points) => discrete_quantile(points, p),
        }
    }

    /// Whether the parameters describe a distribution at all.
    ///
    /// # Errors
    /// A parameter or a mean that is not finite, bounds the wrong way round, a shape that is not positive,
    /// probabilities that are negative or do not sum to 1 (within 10^-9).
    pub fn check(&self) -> Result<(), Fault> {
        if self.parameters().iter().any(|(_, v)| !v.is_finite()) {
            return Err(Fault::new("this is not a finite number", "write an ordinary decimal number"));
        }
        self.check_parameters()?;
        if self.mean().is_finite() {
            return Ok(());
        }
        Err(Fault::new("these numbers are too large to be computed with", "write smaller numbers"))
    }

    fn check_parameters(&self) -> Result<(), Fault> {
        match self {
            Distribution::Point(_) => Ok(()),
            Distribution::Uniform { from, to } => ordered(&[*from, *to]),
            Distribution::Triangular { from, mode, to } | Distribution::Pert { from, mode, to } => {
                ordered(&[*from, *mode, *to])
            }
            Distribution::Normal { sd, .. } | Distribution::TruncatedNormal { sd, .. } if *sd < 0.0 => {
                Err(Fault::new("a standard deviation cannot be negative", "write 0 or more for `sd`"))
            }
            Distribution::Normal { .. } => Ok(()),
            Distribution::TruncatedNormal { mean, sd, from, to } => {
                ordered(&[*from, *to])?;
                normal::check_cut(*mean, *sd, *from, *to)
            }
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

fn triangular_quantile(from: f64, mode: f64, to: f64, p: f64) -> f64 {
    if from == to {
        return from;
    }
    let (width, rise) = (to - from, mode - from);
    if p * width <= rise {
        from + (p * width * rise).sqrt()
    } else {
        to - ((1.0 - p) * width * (to - mode)).sqrt()
    }
}

/// The shapes of the beta distribution that PERT stands for.
fn pert_shapes(from: f64, mode: f64, to: f64) -> [f64; 2] {
    let share = (mode - from) / (to - from);
    [1.0 + 4.0 * share, 1.0 + 4.0 * (1.0 - share)]
}

fn beta_at_most(alpha: f64, beta: f64, share: f64) -> f64 {
    let share = share.clamp(0.0, 1.0);
    share.inc_beta(alpha, beta, alpha.ln_beta(beta)).clamp(0.0, 1.0)
}

/// A start from the inverse of the incomplete beta function, made sure of by halving.
fn beta_quantile(alpha: f64, beta: f64, p: f64) -> f64 {
    let ln_beta = alpha.ln_beta(beta);
    let start = p.inv_inc_beta(alpha, beta, ln_beta);
    let reaches = |x: f64| x.inc_beta(alpha, beta, ln_beta) >= p;
    let (mut low, mut high) = (0.0f64, 1.0f64);
    for width in [1e-13, 1e-10, 1e-6] {
        let (below, above) = ((start - width).max(0.0), (start + width).min(1.0));
        if !reaches(below) && reaches(above) {
            (low, high) = (below, above);
            break;
        }
    }
    while high - low > 1e-14 {
        let middle = low + (high - low) / 2.0;
        if reaches(middle) {
            high = middle;
        } else {
            low = middle;
        }
    }
    high
}

/// The values in the order of their size, up to the first at which the sum of probabilities reaches p.
fn discrete_quantile(points: &[(f64, f64)], p: f64) -> f64 {
    let mut sorted = points.to_vec();
    sorted.retain(|(_, probability)| *probability > 0.0);
    sorted.sort_by(|a, b| a.0.total_cmp(&b.0));
    let mut sum = 0.0;
    let reached = sorted.iter().find(|(_, probability)| {
        sum += probability;
        sum >= p
    });
    reached.or(sorted.last()).map_or(f64::NAN, |(value, _)| *value)
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
    fn a_cut_normal_keeps_its_shape_inside() {
        // Around the mean the cut is symmetrical; P = (phi(1) - phi(-1/2)) / (phi(1) - phi(-1)).
        let whole = 0.841_344_746_068_543 - 0.158_655_253_931_457;
        let part = (0.841_344_746_068_543 - 0.308_537_538_725_987) / whole;
        let cut = |from, to| Distribution::TruncatedNormal { mean: 6.0, sd: 2.0, from, to };
        check(cut(4.0, 8.0), 6.0, &[(3.9, 0.0), (6.0, 0.5), (7.0, part), (8.0, 1.0)]);
        // Mean of the upper half: sd sqrt(2 / pi) above.
        let upper = 6.0 + 2.0 * (2.0 / std::f64::consts::PI).sqrt();
        let half = cut(6.0, 60.0);
        assert!((half.mean() - upper).abs() < 1e-12, "{}", half.mean());
        // Far out in the tail, P is the ratio of two small masses: here phi(-6.5) and phi(-7) of phi(-6).
        let tail = cut(18.0, 60.0);
        assert!(
            (1.0 - tail.probability_at_most(19.0) - 4.016_000_583_859e-11 / 9.865_876_450_377e-10).abs()
                < 1e-9
        );
        check(
            Distribution::TruncatedNormal { mean: 1.0, sd: 0.0, from: 0.0, to: 2.0 },
            1.0,
            &[(0.9, 0.0), (1.0, 1.0)],
        );
    }

    #[test]
    fn pert_is_a_beta_of_its_most_likely_value() {
        let pert = Distribution::Pert { from: 10.0, mode: 11.0, to: 14.0 };
        let beta = Distribution::Beta { alpha: 2.0, beta: 4.0, from: 10.0, to: 14.0 };
        let cases: Vec<_> = [10.5, 11.0, 12.25].map(|x| (x, beta.probability_at_most(x))).into();
        check(pert, 68.0 / 6.0, &cases);
        check(Distribution::Pert { from: 3.0, mode: 3.0, to: 3.0 }, 3.0, &[(2.9, 0.0), (3.0, 1.0)]);
    }

    #[test]
    fn a_quantile_is_where_its_probability_is_reached() {
        let continuous = [
            Distribution::Uniform { from: -2.0, to: 5.0 },
            Distribution::Triangular { from: 0.0, mode: 1.0, to: 3.0 },
            Distribution::Triangular { from: 0.0, mode: 0.0, to: 2.0 },
            Distribution::Triangular { from: 0.0, mode: 2.0, to: 2.0 },
            Distribution::Normal { mean: 5.0, sd: 3.0 },
            Distribution::TruncatedNormal { mean: 5.0, sd: 3.0, from: 4.0, to: 30.0 },
            Distribution::TruncatedNormal { mean: 0.0, sd: 1.0, from: 5.0, to: 9.0 },
            Distribution::TruncatedNormal { mean: 0.0, sd: 1.0, from: -9.0, to: -5.0 },
            Distribution::Pert { from: 0.0, mode: 1.0, to: 9.0 },
            Distribution::Pert { from: 0.0, mode: 0.0, to: 9.0 },
            Distribution::Beta { alpha: 0.3, beta: 0.4, from: -1.0, to: 1.0 },
            Distribution::Beta { alpha: 2.0, beta: 60.0, from: 0.0, to: 80.0 },
            Distribution::Beta { alpha: 300.0, beta: 0.5, from: 0.0, to: 1.0 },
        ];
        for distribution in continuous {
            for k in 1..1000 {
                let p = f64::from(k) / 1000.0;
                let reached = distribution.probability_at_most(distribution.quantile(p));
                // Where the density is infinite, the next number already lies far.
                let tolerance = if matches!(distribution, Distribution::Beta { beta, .. } if beta < 1.0) {
                    1e-6
                } else {
                    1e-11
                };
                assert!((reached - p).abs() < tolerance, "{distribution:?} at {p}: {reached}");
            }
        }
    }

    #[test]
    fn the_tails_of_a_normal_keep_their_digits() {
        // The usual table: 1.2815515655, 1.6448536270, 1.9599639845, 2.3263478740, 3.0902323062.
        for (p, z) in [
            (0.9, 1.281_551_565_5),
            (0.95, 1.644_853_627_0),
            (0.975, 1.959_963_984_5),
            (0.99, 2.326_347_874_0),
            (0.999, 3.090_232_306_2),
            (0.5, 0.0),
        ] {
            assert!((normal_quantile(p) - z).abs() < 1e-10 && (normal_quantile(1.0 - p) + z).abs() < 1e-10);
        }
        for exponent in 1..300 {
            let p = 10f64.powi(-exponent);
            assert!((normal_at_most(normal_quantile(p)) / p - 1.0).abs() < 1e-9, "{p:e}");
        }
    }

    #[test]
    fn discrete_quantiles_go_up_in_steps() {
        let steps = Distribution::Discrete(vec![(4.0, 0.75), (0.0, 0.25), (9.0, 0.0)]);
        for (p, value) in [(0.1, 0.0), (0.25, 0.0), (0.26, 4.0), (0.999_999_999_9, 4.0)] {
            assert_eq!(steps.quantile(p), value, "at {p}");
        }
    }

    #[test]
    fn the_support_holds_what_can_be_and_no_more() {
        let whole = (f64::NEG_INFINITY, f64::INFINITY);
        for (distribution, support) in [
            (Distribution::Point(2.0), (2.0, 2.0)),
            (Distribution::Uniform { from: -1.0, to: 4.0 }, (-1.0, 4.0)),
            (Distribution::Triangular { from: 0.0, mode: 1.0, to: 3.0 }, (0.0, 3.0)),
            (Distribution::Normal { mean: 5.0, sd: 0.1 }, whole),
            (Distribution::Normal { mean: 5.0, sd: 0.0 }, (5.0, 5.0)),
            (Distribution::TruncatedNormal { mean: 9.0, sd: 3.0, from: 4.0, to: 6.0 }, (4.0, 6.0)),
            (Distribution::TruncatedNormal { mean: 5.0, sd: 0.0, from: 4.0, to: 6.0 }, (5.0, 5.0)),
            (Distribution::Pert { from: 0.0, mode: 0.0, to: 9.0 }, (0.0, 9.0)),
            (Distribution::Beta { alpha: 2.0, beta: 1.0, from: -3.0, to: 0.0 }, (-3.0, 0.0)),
            (Distribution::Discrete(vec![(4.0, 0.75), (0.0, 0.25), (9.0, 0.0)]), (0.0, 4.0)),
        ] {
            assert_eq!(distribution.support(), support, "{distribution:?}");
            for p in [1e-9, 0.5, 1.0 - 1e-9] {
                let value = distribution.quantile(p);
                assert!(support.0 <= value && value <= support.1, "{distribution:?}: {value}");
            }
        }
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
            Distribution::Uniform { from: 1e308, to: 1.5e308 },
            Distribution::Pert { from: 0.0, mode: 5e307, to: 1e308 },
            Distribution::Triangular { from: 0.0, mode: 3.0, to: 2.0 },
            Distribution::Pert { from: 0.0, mode: 3.0, to: 2.0 },
            Distribution::TruncatedNormal { mean: 0.0, sd: 1.0, from: 1.0, to: 0.0 },
            Distribution::TruncatedNormal { mean: 0.0, sd: 1.0, from: 20.0, to: 21.0 },
            Distribution::TruncatedNormal { mean: 0.0, sd: 0.0, from: 1.0, to: 2.0 },
            Distribution::Normal { mean: 0.0, sd: -1.0 },
            Distribution::Beta { alpha: 0.0, beta: 1.0, from: 0.0, to: 1.0 },
            Distribution::Discrete(vec![(0.0, 0.5), (1.0, 0.4)]),
            Distribution::Discrete(vec![]),
        ] {
            assert!(bad.check().is_err(), "{bad:?}");
        }
    }
}
