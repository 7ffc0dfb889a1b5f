//! A distribution function that is asked for at many places.

use super::beta::Curve;
use super::{Distribution, pert_shapes, share};

/// P(X <= x) of a distribution, with what is the same for every x worked out once.
#[derive(Clone, Debug)]
pub struct Cumulative {
    of: Distribution,
    /// Where shapes are unusual: the curve, and the interval over which it is stretched.
    curve: Option<(Box<Curve>, f64, f64)>,
}

impl Cumulative {
    /// Of a distribution whose parameters fit together.
    pub fn new(of: &Distribution) -> Cumulative {
        let curve = of
            .unusual_shapes()
            .map(|[alpha, beta]| (Box::new(Curve::new(alpha, beta)), of.support().0, of.support().1));
        Cumulative { of: of.clone(), curve }
    }

    /// P(X <= x), the same number as [`Distribution::probability_at_most`].
    pub fn at(&self, x: f64) -> f64 {
        match &self.curve {
            None => self.of.probability_at_most(x),
            Some((curve, from, to)) => curve.at_most(share(*from, *to, x)),
        }
    }
}

impl<P> Distribution<P> {
    /// Roughly how many operations one probability takes by [`Cumulative::at`], of about a nanosecond each.
    pub fn work(&self) -> u64 {
        match self {
            Distribution::Point(_) | Distribution::Uniform { .. } | Distribution::Triangular { .. } => 1,
            Distribution::Discrete(points) => points.len() as u64,
            Distribution::Normal { .. } => 1 << 6,
            Distribution::TruncatedNormal { .. } => 1 << 7,
            Distribution::Pert { .. } | Distribution::Beta { .. } => 1 << 10,
        }
    }

    /// Roughly how many operations it takes to make its [`Cumulative`].
    pub fn work_once(&self) -> u64 {
        match self {
            Distribution::Pert { .. } | Distribution::Beta { .. } => 1 << 14,
            other => other.work(),
        }
    }
}

impl Distribution {
    /// The shapes of a beta distribution of some width, where the usual recurrence does not serve them.
    fn unusual_shapes(&self) -> Option<[f64; 2]> {
        let shapes = match self {
            Distribution::Pert { from, mode, to } if from < to => pert_shapes(*from, *mode, *to),
            Distribution::Beta { alpha, beta, from, to } if from < to => [*alpha, *beta],
            _ => return None,
        };
        (!super::beta::are_usual(shapes)).then_some(shapes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_worked_out_once_changes_no_number() {
        let beta = |alpha: f64, beta: f64, to: f64| Distribution::Beta { alpha, beta, from: -2.0, to };
        let all = [
            beta(2.0, 3.0, 5.0),
            beta(1e-3, 4.0, 5.0),
            beta(2e4, 3e4, 5.0),
            beta(1e-3, 4.0, -2.0),
            Distribution::Pert { from: 0.0, mode: 1.0, to: 4.0 },
            Distribution::Normal { mean: 1.0, sd: 2.0 },
            Distribution::Discrete(vec![(3.0, 0.25), (1.0, 0.75)]),
        ];
        for own in all {
            let cumulative = Cumulative::new(&own);
            for k in -30..=60 {
                let x = f64::from(k) / 10.0;
                assert_eq!(
                    cumulative.at(x).to_bits(),
                    own.probability_at_most(x).to_bits(),
                    "{own:?} at {x}"
                );
            }
        }
    }
}
