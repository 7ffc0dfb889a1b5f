//! How likely a body accepts, and quickly no less than that.

use crate::body::BodySpace;
use detente_model::Distribution;

/// Cells of a table of probabilities.
const CELLS: usize = 1 << 12;

/// One body's acceptance by its surplus, in steps of its grid.
pub(super) struct Yes<'s> {
    body: &'s BodySpace,
    kind: Kind,
}

enum Kind {
    Always,
    Never,
    /// From so many steps on, so likely; rising.
    Stairs(Vec<(i64, f64)>),
    /// Rising evenly.
    Rising {
        start: f64,
        slope: f64,
    },
    /// By cells of equal width from 0 on, each with the probability at its upper end, filled in as they are
    /// asked for.
    Curve {
        width: i64,
        cells: Vec<f64>,
    },
}

impl<'s> Yes<'s> {
    /// For surpluses of up to so many steps, with all that levers add.
    pub(super) fn new(body: &'s BodySpace, most: i64) -> Yes<'s> {
        let kind = match (body.cost(), body.cdf().stairs()) {
            _ if body.refuses => Kind::Never,
            _ if body.alternative.is_none() => Kind::Always,
            (None, _) => Kind::Stairs(vec![(0, 1.0)]),
            (_, Some(stairs)) => Kind::Stairs(stairs.to_vec()),
            (Some(Distribution::Uniform { from, to }), _) if from < to => {
                Kind::Rising { start: -from / (to - from), slope: 1.0 / (body.grid.per_unit() * (to - from)) }
            }
            (Some(_), None) => {
                Kind::Curve { width: most.max(0) / CELLS as i64 + 1, cells: vec![f64::NAN; CELLS] }
            }
        };
        Yes { body, kind }
    }

    /// P(accepts) with this surplus, levers included, and so much taken from its political cost.
    pub(super) fn exactly(&self, surplus: i64, cost_reduction: i64) -> f64 {
        match self.kind {
            Kind::Always => 1.0,
            Kind::Never => 0.0,
            _ if surplus < 0 => 0.0,
            _ => self.body.cdf().at(surplus + cost_reduction),
        }
    }

    /// No less than that, but for the rounding of a probability.
    pub(super) fn at_most(&mut self, surplus: i64, cost_reduction: i64) -> f64 {
        let sum = surplus + cost_reduction;
        match &mut self.kind {
            Kind::Always => 1.0,
            Kind::Never => 0.0,
            _ if surplus < 0 || sum < 0 => 0.0,
            Kind::Stairs(stairs) => {
                let below = stairs.partition_point(|(steps, _)| *steps <= sum);
                if below == 0 { 0.0 } else { stairs[below - 1].1 }
            }
            Kind::Rising { start, slope } => (*start + *slope * sum as f64).clamp(0.0, 1.0),
            Kind::Curve { width, cells } => {
                let cell = (sum / *width) as usize;
                let Some(known) = cells.get_mut(cell) else { return 1.0 };
                if known.is_nan() {
                    *known = self.body.cdf().at((cell as i64 + 1) * *width);
                }
                *known
            }
        }
    }
}
