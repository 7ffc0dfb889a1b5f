mod beta;
mod cumulative;
mod normal;

use crate::Fault;
use beta::Share;

pub use cumulative::Cumulative;
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
            Distribution::Beta { alpha, beta, from, to } => mean_of_beta(*alpha, *beta, *from, *to),
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
                beta::at_most(alpha, beta, share(*from, *to, x))
            }
            Distribution::Beta { alpha, beta, from, to } => {
                beta::at_most(*alpha, *beta, share(*from, *to, x))
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
                between(*from, *to, beta::quantile(alpha, beta, p))
            }
            Distribution::Pert { from, .. } => *from,
            Distribution::Beta { alpha, beta, from, to } => {
                between(*from, *to, beta::quantile(*alpha, *beta, p))
            }
            Distribution::Discrete(points) => discrete_quantile(points, p),
        }
    }

    /// Whether the parameters describe a distribution at all.
    ///
    /// # Errors
    /// A parameter that is not finite or, where it spreads, beyond 10^300, bounds the wrong way round, a shape
    /// that is not from 10^-100 to 10^100, probabilities that are negative or do not sum to 1 (within 10^-9).
    pub fn check(&self) -> Result<(), Fault> {
        let any = |holds: fn(f64) -> bool| self.parameters().iter().any(|(_, v)| holds(**v));
        if any(|v| !v.is_finite()) {
            return Err(Fault::new("this is not a finite number", "write an ordinary decimal number"));
        }
        self.check_parameters()?;
        // Widths, means and all that can be drawn stay far from the end of `f64`.
        if !matches!(self, Distribution::Point(_)) && any(|v| v.abs() > 1e300) {
            let help = "write smaller numbers, in a larger unit";
            return Err(Fault::new("these numbers are too large to be computed with", help));
        }
        Ok(())
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
            Distribution::Beta { alpha, beta, .. }
                if ![alpha, beta].iter().all(|shape| beta::SHAPES.contains(shape)) =>
            {
                Err(Fault::new(
                    "the shapes of a beta distribution are too far from 1 to be computed with",
                    "write `alpha` and `beta` from 1e-100 to 1e100",
                ))
            }
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
        return 0.0;
    }
    if x >= to {
        return 1.0;
    }
    let size = size(to - from);
    let [rise, fall, whole] = [mode - from, to - mode, to - from].map(|width| width * size);
    if x < mode {
        let below = (x - from) * size;
        below * below / (whole * rise)
    } else {
        let above = (to - x) * size;
        1.0 - above * above / (whole * fall)
    }
}

fn triangular_quantile(from: f64, mode: f64, to: f64, p: f64) -> f64 {
    if from == to {
        return from;
    }
    let size = size(to - from);
    let [rise, fall, whole] = [mode - from, to - mode, to - from].map(|width| width * size);
    let value = if p * whole <= rise {
        from + (p * whole * rise).sqrt() / size
    } else {
        to - ((1.0 - p) * whole * fall).sqrt() / size
    };
    value.clamp(from, to)
}

/// A power of two by which a width is multiplied so that its square neither overflows nor vanishes; 1 where
/// there is no need. Such a product is exact.
fn size(width: f64) -> f64 {
    if width > 1e100 {
        2f64.powi(-700)
    } else if width < 1e-100 {
        2f64.powi(if width < 1e-250 { 900 } else { 500 })
    } else {
        1.0
    }
}

/// The shapes of the beta distribution that PERT stands for.
fn pert_shapes(from: f64, mode: f64, to: f64) -> [f64; 2] {
    let share = (mode - from) / (to - from);
    [1.0 + 4.0 * share, 1.0 + 4.0 * (1.0 - share)]
}

fn mean_of_beta(alpha: f64, beta: f64, from: f64, to: f64) -> f64 {
    let usual = from + (to - from) * alpha / (alpha + beta);
    // Large shapes times large widths overflow where their quotients do not.
    if usual.is_finite() { usual } else { from + (to - from) * (alpha / (alpha + beta)) }
}

/// Where a value stands in an interval.
fn share(from: f64, to: f64, x: f64) -> Share {
    let width = to - from;
    Share { below: (x - from) / width, above: (to - x) / width }
}

/// The value at a share of an interval, from the nearer end, which keeps most digits.
fn between(from: f64, to: f64, share: Share) -> f64 {
    let width = to - from;
    let value =
        if share.below <= share.above { from + width * share.below } else { to - width * share.above };
    value.clamp(from, to)
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

/// Half of the eight points of Gauss and Legendre on -1..1, with their weights.
const GAUSS: [(f64, f64); 4] = [
    (0.183_434_642_495_649_8, 0.362_683_783_378_362),
    (0.525_532_409_916_329, 0.313_706_645_877_887_3),
    (0.796_666_477_413_626_7, 0.222_381_034_453_374_47),
    (0.960_289_856_497_536_2, 0.101_228_536_290_376_26),
];

#[cfg(test)]
mod tests;
