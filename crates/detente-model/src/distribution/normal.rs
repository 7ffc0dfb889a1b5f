//! The normal distribution and its cut form, with the same bits on every platform.

use super::GAUSS;
use crate::Fault;
use special::Error as _;
use std::f64::consts::{PI, SQRT_2};

/// P(Z <= z) of a standard normal variable.
pub fn normal_at_most(z: f64) -> f64 {
    0.5 * (-z / SQRT_2).compl_error()
}

fn density(z: f64) -> f64 {
    libm::exp(-0.5 * z * z) / (2.0 * PI).sqrt()
}

/// The z with P(Z <= z) = p of a standard normal variable; infinite at 0 and 1.
///
/// A rational start (Abramowitz and Stegun 1964, 26.2.23), then two steps of Halley's method on the
/// complementary error function, always in the tail where it keeps its digits.
pub fn normal_quantile(p: f64) -> f64 {
    if p <= 0.0 {
        return f64::NEG_INFINITY;
    }
    if p >= 1.0 {
        return f64::INFINITY;
    }
    if p > 0.5 { -lower_quantile(1.0 - p) } else { lower_quantile(p) }
}

/// For p up to a half.
fn lower_quantile(p: f64) -> f64 {
    let t = (-2.0 * libm::log(p)).sqrt();
    let above = 2.515_517 + t * (0.802_853 + t * 0.010_328);
    let below = 1.0 + t * (1.432_788 + t * (0.189_269 + t * 0.001_308));
    let mut z = above / below - t;
    for _ in 0..2 {
        let error = (normal_at_most(z) - p) / density(z);
        z -= error / (1.0 + 0.5 * z * error);
    }
    z
}

/// A cut so narrow, for its curve, that differences of two probabilities would lose their digits: what lies inside
/// is integrated instead. A curve that is far wider than the cut leaves nearly a uniform distribution.
struct Narrow {
    /// The lower bound and the width in standard deviations.
    low: f64,
    width: f64,
}

impl Narrow {
    /// None where the cut is wide, or where nothing but a tail lies inside.
    fn new(mean: f64, sd: f64, from: f64, to: f64) -> Option<Narrow> {
        let [low, high] = [from, to].map(|bound| (bound - mean) / sd);
        let narrow = Narrow { low, width: (to - from) / sd };
        (narrow.width < 0.25 && low.abs() <= 6.0 && high.abs() <= 6.0).then_some(narrow)
    }

    /// The density at a share of the width, as a part of that at the lower bound.
    fn density(&self, share: f64) -> f64 {
        let z = self.width * share;
        libm::exp(-z * (self.low + z / 2.0))
    }

    /// The integral of the density times `of` up to a share.
    fn integral(&self, share: f64, of: impl Fn(f64) -> f64) -> f64 {
        let half = share / 2.0;
        let at = |share| self.density(share) * of(share);
        let pair = |(x, weight): &(f64, f64)| weight * (at(half - half * x) + at(half + half * x));
        half * GAUSS.iter().map(pair).sum::<f64>()
    }

    fn at_most(&self, share: f64) -> f64 {
        (self.integral(share, |_| 1.0) / self.integral(1.0, |_| 1.0)).clamp(0.0, 1.0)
    }

    fn mean(&self) -> f64 {
        self.integral(1.0, |share| share) / self.integral(1.0, |_| 1.0)
    }

    /// Newton's method from a uniform distribution, which the density is near to.
    fn quantile(&self, p: f64) -> f64 {
        let wanted = p * self.integral(1.0, |_| 1.0);
        let mut share = p;
        for _ in 0..12 {
            share += (wanted - self.integral(share, |_| 1.0)) / self.density(share);
            share = share.clamp(0.0, 1.0);
        }
        share
    }
}

/// The probability between two bounds, and the bounds, mirrored where that keeps more digits.
struct Cut {
    low: f64,
    mass: f64,
    /// Whether the bounds are those of -Z.
    mirrored: bool,
}

impl Cut {
    fn new(from: f64, to: f64) -> Cut {
        let mirrored = from > 0.0;
        let (low, high) = if mirrored { (-to, -from) } else { (from, to) };
        Cut { low, mass: normal_at_most(high) - normal_at_most(low), mirrored }
    }
}

pub(super) fn truncated_at_most(mean: f64, sd: f64, from: f64, to: f64, x: f64) -> f64 {
    if x < from {
        return 0.0;
    }
    if x >= to {
        return 1.0;
    }
    if sd == 0.0 {
        return f64::from(u8::from(mean.clamp(from, to) <= x));
    }
    if let Some(narrow) = Narrow::new(mean, sd, from, to) {
        return narrow.at_most((x - from) / (to - from));
    }
    let z = |x: f64| (x - mean) / sd;
    let cut = Cut::new(z(from), z(to));
    let part = if cut.mirrored {
        1.0 - (normal_at_most(-z(x)) - normal_at_most(cut.low)) / cut.mass
    } else {
        (normal_at_most(z(x)) - normal_at_most(cut.low)) / cut.mass
    };
    part.clamp(0.0, 1.0)
}

pub(super) fn truncated_quantile(mean: f64, sd: f64, from: f64, to: f64, p: f64) -> f64 {
    if sd == 0.0 || from == to {
        return mean.clamp(from, to);
    }
    if let Some(narrow) = Narrow::new(mean, sd, from, to) {
        return (from + (to - from) * narrow.quantile(p)).clamp(from, to);
    }
    let cut = Cut::new((from - mean) / sd, (to - mean) / sd);
    let share = if cut.mirrored { 1.0 - p } else { p };
    let z = normal_quantile(normal_at_most(cut.low) + share * cut.mass);
    (mean + sd * if cut.mirrored { -z } else { z }).clamp(from, to)
}

pub(super) fn truncated_mean(mean: f64, sd: f64, from: f64, to: f64) -> f64 {
    if sd == 0.0 || from == to {
        return mean.clamp(from, to);
    }
    if let Some(narrow) = Narrow::new(mean, sd, from, to) {
        return (from + (to - from) * narrow.mean()).clamp(from, to);
    }
    let (low, high) = ((from - mean) / sd, (to - mean) / sd);
    let cut = Cut::new(low, high);
    (mean + sd * (density(low) - density(high)) / cut.mass).clamp(from, to)
}

/// Whether enough of the curve lies between the bounds for the digits of what is left to be right.
pub(super) fn check_cut(mean: f64, sd: f64, from: f64, to: f64) -> Result<(), Fault> {
    let holds = if sd == 0.0 {
        (from..=to).contains(&mean)
    } else {
        from == to
            || Narrow::new(mean, sd, from, to).is_some()
            || Cut::new((from - mean) / sd, (to - mean) / sd).mass > 1e-12
    };
    if holds {
        return Ok(());
    }
    Err(Fault::new(
        "the bell curve has next to nothing between these bounds",
        "write bounds around the mean, or a larger `sd`",
    ))
}
