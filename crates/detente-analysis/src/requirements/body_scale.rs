//! One body's scale for what is asked of it: whole steps of its grid, and how likely each makes a yes.

use crate::body::BodySpace;
use crate::cdf::Cdf;
use crate::exact::Fraction;
use crate::space::Extremes;
use detente_model::{Distribution, Grid};

/// Standard deviations above its mean at which a normal cost is covered for all an `f64` can tell.
const TAIL: f64 = 9.0;
/// Most grid steps of surplus that are told apart; beyond, a coarser grid is used.
const MOST_STEPS: f64 = (1i64 << 60) as f64;

/// What steps are worth. They are decimals, so that what is asked for is read back as it was meant.
#[derive(Clone, Copy, Debug)]
pub(super) struct Scale {
    /// The grid of the steps.
    grid: Grid,
    /// Grid steps of the body in one step: more than its decimals come to where its cost lies far outside its
    /// utilities.
    step: i64,
    /// The body's range, in its own grid steps.
    range: i64,
}

/// What a body can be asked for, in steps.
pub(super) struct BodyScale<'s> {
    body: &'s BodySpace,
    pub(super) scale: Scale,
    /// The surplus, in steps, from which on more changes nothing.
    full: i64,
    /// P(cost <= surplus) by the surplus in steps, where grid steps of the body are told apart no more.
    coarse: Option<Cdf>,
}

impl Scale {
    /// What so many steps are, in the body's units.
    pub(super) fn value(self, steps: i64) -> f64 {
        self.grid.value(steps)
    }

    /// So many steps as a share of the body's range; absent if it is indifferent between all outcomes.
    pub(super) fn share(self, steps: i64) -> Option<f64> {
        (self.range > 0).then(|| steps as f64 * self.step as f64 / self.range as f64)
    }

    /// The same, compared without rounding; more than anything if it is indifferent.
    pub(super) fn fraction(self, steps: i64) -> Fraction {
        match (steps, self.range) {
            (0, _) => Fraction::ZERO,
            (_, 0) => Fraction::INFINITE,
            (_, range) => Fraction { num: steps.saturating_mul(self.step), den: range },
        }
    }
}

impl<'s> BodyScale<'s> {
    pub(super) fn new(body: &'s BodySpace, extremes: &Extremes) -> BodyScale<'s> {
        let top = body.cost().map_or(0.0, highest).max(0.0);
        let mut grid = Grid::decimal(body.grid.digits);
        let mut step = body.grid.parts;
        while top * grid.per_unit() > MOST_STEPS {
            grid.digits -= 1;
            step = step.saturating_mul(10);
        }
        let full = grid.round(top) + i64::from(body.cost().is_some());
        let range = body.unit() * (extremes.max - extremes.min);
        let fine = top * body.grid.per_unit() <= MOST_STEPS;
        let coarse = (!fine).then(|| Cdf::new(body.cost(), grid));
        BodyScale { body, scale: Scale { grid, step, range }, full, coarse }
    }

    /// Whether the body can be asked for anything: it has an alternative.
    pub(super) fn asks(&self) -> bool {
        self.body.alternative.is_some()
    }

    /// What it says whatever the deal, if it cannot be asked for anything: 1 or 0.
    pub(super) fn anyway(&self) -> f64 {
        self.body.anyway()
    }

    /// Its surplus in its own grid steps; absent if every outcome is acceptable, or none is.
    pub(super) fn surplus(&self, v: i64) -> Option<i64> {
        self.body.surplus(v)
    }

    /// P(accepts) at a surplus in grid steps, with so many steps more.
    pub(super) fn accepts(&self, surplus: i64, more: i64) -> f64 {
        let step = self.scale.step;
        match &self.coarse {
            Some(coarse) if more != 0 => coarse.at(surplus.div_euclid(step).saturating_add(more)),
            _ => self.body.cdf().at(surplus.saturating_add(more.saturating_mul(step))),
        }
    }

    /// Steps beyond which more changes nothing.
    pub(super) fn most(&self, surplus: i64) -> i64 {
        self.full.saturating_sub(surplus.div_euclid(self.scale.step)).max(0)
    }

    /// Steps that bring a negative surplus to 0; none if it is not.
    pub(super) fn least(&self, surplus: i64) -> i64 {
        surplus.div_euclid(self.scale.step).saturating_neg().max(0)
    }

    /// What so many grid steps of the body are, in its units.
    pub(super) fn difference(&self, grid_steps: i64) -> f64 {
        self.body.grid.value(grid_steps)
    }

    /// So many steps as a share of the body's range, see [`Scale::share`].
    pub(super) fn share(&self, steps: i64) -> Option<f64> {
        self.scale.share(steps)
    }

    /// The most steps whose share is at most this; -1 if it is negative.
    pub(super) fn steps(&self, share: f64) -> i64 {
        if share < 0.0 {
            -1
        } else {
            (share * self.scale.range as f64 / self.scale.step as f64).floor() as i64
        }
    }

    /// The steps whose share of the range lies in cell `k` of width 2^-`fine`: the first and the last.
    pub(super) fn cell(&self, k: usize, fine: i32) -> (i64, i64) {
        (self.first_from(k, fine), self.first_from(k + 1, fine).saturating_sub(1))
    }

    /// The fewest steps whose share is at least `k` 2^-`fine`.
    fn first_from(&self, k: usize, fine: i32) -> i64 {
        let wide = k as i128 * i128::from(self.scale.range);
        let (num, den) = match fine {
            0.. => (wide, i128::from(self.scale.step) << fine),
            _ => (wide << fine.unsigned_abs(), i128::from(self.scale.step)),
        };
        i64::try_from((num + den - 1) / den).unwrap_or(i64::MAX)
    }

    /// Whether a fall of its cost can be counted against those of others.
    pub(super) fn counts(&self) -> bool {
        self.asks() && self.body.has_cost() && self.scale.range > 0
    }

    /// A surplus, in grid steps, as far as it makes a difference to the answers.
    pub(super) fn clipped(&self, surplus: Option<i64>) -> i64 {
        match surplus {
            None => 0,
            Some(surplus) if surplus < 0 => -1,
            Some(surplus) if self.coarse.is_none() => surplus.min(self.full.saturating_mul(self.scale.step)),
            Some(surplus) => surplus,
        }
    }

    /// The smallest surplus, in the body's units, at which it accepts with this probability for certain
    /// or more; absent if it always does.
    pub(super) fn needed(&self, reaches: impl Fn(f64) -> bool) -> Option<f64> {
        let (mut low, mut high) = (-1, self.full);
        while high - low > 1 {
            let middle = low + (high - low) / 2;
            if reaches(self.accepts(0, middle)) {
                high = middle;
            } else {
                low = middle;
            }
        }
        self.asks().then(|| self.scale.value(high))
    }
}

/// Where a cost is as good as covered.
fn highest(cost: &Distribution) -> f64 {
    match cost {
        Distribution::Point(value) => *value,
        Distribution::Uniform { to, .. }
        | Distribution::Triangular { to, .. }
        | Distribution::TruncatedNormal { to, .. }
        | Distribution::Pert { to, .. }
        | Distribution::Beta { to, .. } => *to,
        Distribution::Normal { mean, sd } => mean + TAIL * sd,
        Distribution::Discrete(points) => points.iter().fold(0.0, |top, (value, _)| top.max(*value)),
    }
}
