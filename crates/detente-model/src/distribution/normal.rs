//! The normal distribution and its cut form, with the same bits on every platform.

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
    let cut = Cut::new((from - mean) / sd, (to - mean) / sd);
    let share = if cut.mirrored { 1.0 - p } else { p };
    let z = normal_quantile(normal_at_most(cut.low) + share * cut.mass);
    (mean + sd * if cut.mirrored { -z } else { z }).clamp(from, to)
}

pub(super) fn truncated_mean(mean: f64, sd: f64, from: f64, to: f64) -> f64 {
    if sd == 0.0 || from == to {
        return mean.clamp(from, to);
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
        from == to || Cut::new((from - mean) / sd, (to - mean) / sd).mass > 1e-12
    };
    if holds {
        return Ok(());
    }
    Err(Fault::new(
        "the bell curve has next to nothing between these bounds",
        "write bounds around the mean, or a larger `sd`",
    ))
}
