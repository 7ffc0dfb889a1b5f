//! How likely a cost is covered: its distribution function on a body's grid.

use detente_model::{Cumulative, Distribution, Grid};

/// P(cost <= surplus) by the surplus in grid steps, with what is the same for all of them worked out once.
#[derive(Clone, Debug)]
pub(crate) struct Cdf {
    kind: Kind,
    work: u64,
}

#[derive(Clone, Debug)]
enum Kind {
    /// No cost.
    Nothing,
    /// From so many steps on, so likely; rising. Certain values are compared on the grid, so that a surplus equal to
    /// the cost suffices.
    Stairs(Vec<(i64, f64)>),
    /// Evenly spread.
    Even {
        from: f64,
        width: f64,
        grid: Grid,
    },
    Smooth(Box<Cumulative>, Grid),
}

impl Cdf {
    pub(crate) fn new(cost: Option<&Distribution>, grid: Grid) -> Cdf {
        let kind = match cost {
            None => Kind::Nothing,
            Some(Distribution::Point(value)) => Kind::Stairs(vec![(grid.round(*value), 1.0)]),
            Some(Distribution::Discrete(points)) => Kind::Stairs(stairs(points, grid)),
            Some(Distribution::Uniform { from, to }) if from < to => {
                Kind::Even { from: *from, width: to - from, grid }
            }
            Some(cost) => Kind::Smooth(Box::new(Cumulative::new(cost)), grid),
        };
        let work = match (&kind, cost) {
            (Kind::Smooth(..), Some(cost)) => cost.work(),
            _ => 1,
        };
        Cdf { kind, work }
    }

    /// P(cost <= surplus), 0 where the surplus is negative.
    pub(crate) fn at(&self, surplus: i64) -> f64 {
        match &self.kind {
            _ if surplus < 0 => 0.0,
            Kind::Nothing => 1.0,
            Kind::Stairs(stairs) => match stairs.partition_point(|(steps, _)| *steps <= surplus) {
                0 => 0.0,
                below => stairs[below - 1].1,
            },
            Kind::Even { from, width, grid } => ((grid.value(surplus) - from) / width).clamp(0.0, 1.0),
            Kind::Smooth(of, grid) => of.at(grid.value(surplus)),
        }
    }

    /// Whether a probability takes hardly longer than looking it up.
    pub(crate) fn is_quick(&self) -> bool {
        !matches!(self.kind, Kind::Smooth(..))
    }

    /// Roughly how many operations one probability takes.
    pub(crate) fn work(&self) -> u64 {
        self.work
    }
}

/// Values and their probabilities as sums from the lowest on.
fn stairs(points: &[(f64, f64)], grid: Grid) -> Vec<(i64, f64)> {
    let mut stairs: Vec<(i64, f64)> = points.iter().map(|(value, p)| (grid.round(*value), *p)).collect();
    stairs.sort_by_key(|(steps, _)| *steps);
    let mut sum = 0.0;
    for (_, p) in &mut stairs {
        sum += *p;
        *p = sum.min(1.0);
    }
    stairs
}

#[cfg(test)]
mod tests {
    use super::*;
    use detente_cases::random::Dice;

    #[test]
    fn of_many_values_those_within_the_surplus_are_added_up() {
        let grid = Grid::decimal(2);
        for seed in 0..50 {
            let mut dice = Dice::new(seed);
            let n = 1 + dice.below(30);
            let points: Vec<(f64, f64)> =
                (0..n).map(|_| (dice.below(40) as f64 / 4.0 - 1.0, 1.0 / n as f64)).collect();
            let cdf = Cdf::new(Some(&Distribution::Discrete(points.clone())), grid);
            for surplus in -150..1100 {
                let within = points.iter().filter(|(value, _)| grid.round(*value) <= surplus);
                let sum = if surplus < 0 { 0.0 } else { within.map(|(_, p)| p).sum() };
                assert!((cdf.at(surplus) - sum).abs() < 1e-14, "seed {seed} at {surplus}");
            }
        }
    }

    #[test]
    fn a_certain_cost_is_covered_by_as_much() {
        let cdf = Cdf::new(Some(&Distribution::Point(0.3)), Grid::decimal(1));
        assert_eq!([2, 3, -1].map(|surplus| cdf.at(surplus)), [0.0, 1.0, 0.0]);
        assert_eq!([0, -1].map(|surplus| Cdf::new(None, Grid::decimal(1)).at(surplus)), [1.0, 0.0]);
    }
}
