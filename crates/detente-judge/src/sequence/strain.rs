//! How much a body is tempted to walk away.

use detente_model::{Body, Distribution, Grid};

/// The strain of a body: the part of its distribution below 0 counts as 0.
pub(super) struct Strain(Distribution);

impl Strain {
    /// That of a body. A certain or discrete strain is rounded to the body's grid.
    pub(super) fn of(body: &Body, grid: Grid) -> Strain {
        let on_grid = |value: f64| grid.value(grid.round(value));
        Strain(match body.strain.cost().map(|strain| strain.at_means()) {
            None => Distribution::Point(0.0),
            Some(Distribution::Discrete(points)) => {
                Distribution::Discrete(points.into_iter().map(|(value, p)| (on_grid(value), p)).collect())
            }
            // What has no width is certain.
            Some(other) if other.support().0 == other.support().1 => {
                Distribution::Point(on_grid(other.support().0))
            }
            Some(other) => other,
        })
    }

    /// P(strain <= slack).
    pub(super) fn at_most(&self, slack: f64) -> f64 {
        if slack < 0.0 {
            0.0
        } else if slack == f64::INFINITY {
            1.0
        } else {
            self.0.probability_at_most(slack)
        }
    }

    /// Whether it can be above the first and not above the second, however unlikely.
    pub(super) fn can_lie(&self, above: f64, at_most: f64) -> bool {
        let lies = |value: f64| above < value && value <= at_most;
        match &self.0 {
            Distribution::Point(value) => lies(value.max(0.0)),
            Distribution::Discrete(points) => {
                points.iter().any(|(value, p)| *p > 0.0 && lies(value.max(0.0)))
            }
            other => {
                let (low, high) = other.support();
                low < 0.0 && lies(0.0) || above.max(low).max(0.0) < at_most.min(high)
            }
        }
    }

    /// The strain below which it lies with this probability.
    pub(super) fn quantile(&self, p: f64) -> f64 {
        self.0.quantile(p).max(0.0)
    }
}
