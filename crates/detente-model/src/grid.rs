/// The decimal grid on which one body's utilities are added exactly.
///
/// Each leaf (one issue's, interaction's or table's contribution) is computed in `f64` and rounded
/// once to a multiple of 10^-`digits`; sums of leaves are then integer sums, so ties and comparisons
/// do not depend on the order of addition.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Grid {
    /// Decimal places kept: 12, fewer (even negative) where an `i64` could overflow.
    pub digits: i32,
}

/// The powers of ten up to the finest grid, which are asked for at every turn.
const POWERS: [f64; 13] = [1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12];

impl Grid {
    /// Decimal places kept where nothing forces fewer.
    pub const FINEST: i32 = 12;

    /// The finest grid on which sums up to `bound` in absolute value fit an `i64` with room to spare.
    pub fn for_bound(bound: f64) -> Grid {
        let mut grid = Grid { digits: Grid::FINEST };
        while bound * grid.per_unit() > (1i64 << 61) as f64 {
            grid.digits -= 1;
        }
        grid
    }

    /// Grid steps in one unit.
    pub fn per_unit(self) -> f64 {
        if let Some(power) = usize::try_from(self.digits).ok().and_then(|digits| POWERS.get(digits)) {
            *power
        } else if self.digits >= 0 {
            10f64.powi(self.digits)
        } else {
            1.0 / 10f64.powi(-self.digits)
        }
    }

    /// The nearest grid point, in steps; ties away from zero. Beyond an `i64`, the last one.
    ///
    /// Where a product with 10^digits would lose the last decimals of `value`, its shortest
    /// decimal form is rounded instead, so that `4000000.1` is exactly that.
    pub fn round(self, value: f64) -> i64 {
        let scaled = value * self.per_unit();
        if scaled.abs() < (1i64 << 51) as f64 { scaled.round() as i64 } else { self.round_decimal(value) }
    }

    fn round_decimal(self, value: f64) -> i64 {
        let text = format!("{:e}", value.abs());
        let (mantissa, exponent) = text.split_once('e').unwrap_or((&text, "0"));
        let fraction_digits = mantissa.len().saturating_sub(2).min(mantissa.len());
        let digits: i128 = mantissa.replace('.', "").parse().unwrap_or(0);
        let shift = exponent.parse::<i32>().unwrap_or(0) - fraction_digits as i32 + self.digits;
        let power = |n: u32| 10i128.checked_pow(n).unwrap_or(i128::MAX);
        let steps = if shift >= 0 {
            digits.saturating_mul(power(shift as u32))
        } else {
            let unit = power(shift.unsigned_abs());
            digits.saturating_add(unit / 2) / unit
        };
        let steps = i64::try_from(steps).unwrap_or(i64::MAX);
        if value < 0.0 { -steps } else { steps }
    }

    /// The value of so many steps, as the nearest `f64`.
    pub fn value(self, steps: i64) -> f64 {
        if steps.unsigned_abs() < 1 << 53 && (0..=22).contains(&self.digits) {
            // Both are exact, so the quotient is the nearest f64.
            steps as f64 / self.per_unit()
        } else {
            format!("{steps}e{}", -self.digits).parse().unwrap_or(f64::NAN)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(digits: i32, value: f64, steps: i64) {
        let grid = Grid { digits };
        assert_eq!(grid.round(value), steps, "rounding {value}");
        assert_eq!(grid.round(-value), -steps, "rounding -{value}");
    }

    #[test]
    fn decimals_are_kept_exactly_at_every_size() {
        check(12, 0.1, 100_000_000_000);
        check(12, 0.1 + 0.2, 300_000_000_000);
        check(12, 1e-13, 0);
        check(12, 4_000_000.1, 4_000_000_100_000_000_000);
        check(12, 2e6, 2_000_000_000_000_000_000);
        check(2, 1e12 + 0.25, 100_000_000_000_025);
        check(-2, 1.5e20, 1_500_000_000_000_000_000);
        check(12, 1e300, i64::MAX);
        check(12, 1e-300, 0);
    }

    #[test]
    fn a_value_comes_back_as_it_was_written() {
        let grid = Grid { digits: 12 };
        for value in [0.0, 0.1, 21.6, 12345.678, 1_234_567.891, -3.3] {
            assert_eq!(grid.value(grid.round(value)), value);
        }
    }

    #[test]
    fn the_grid_coarsens_only_where_sums_could_overflow() {
        assert_eq!(Grid::for_bound(1000.0).digits, 12);
        assert_eq!(Grid::for_bound(2e6).digits, 12);
        assert_eq!(Grid::for_bound(1e9).digits, 9);
        assert_eq!(Grid::for_bound(1e21).digits, -3);
    }
}
