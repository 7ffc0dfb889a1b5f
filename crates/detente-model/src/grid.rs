/// The grid on which one body's utilities are added exactly.
///
/// Each leaf (one issue's, interaction's or table's contribution) is computed in `f64` and rounded
/// once to a multiple of 10^-`digits` / `parts`; sums of leaves are then integer sums, so ties and comparisons
/// do not depend on the order of addition, and three times a third is one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Grid {
    /// Decimal places kept: 12, fewer (even negative) where an `i64` could overflow.
    pub digits: i32,
    /// Into how many parts each decimal step is divided, at least 1: a product of small primes, so that thirds,
    /// sevenths and their like lie on the grid.
    pub parts: i64,
}

/// The powers of ten up to the finest grid, which are asked for at every turn.
const POWERS: [f64; 13] = [1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12];

/// The parts of a decimal step: thirds, sevenths, ninths and their products are what shares of small whole numbers
/// come to, apart from decimals.
const PARTS: i64 = 63;

/// Sums up to this are added on a grid with parts; beyond, all room is for large numbers.
const MOST_IN_PARTS: f64 = 1000.0;

/// Steps of sums that fit an `i64` with room to spare.
const MOST_STEPS: f64 = (1i64 << 61) as f64;

/// Below this, an `f64` shows whether a number that was computed is whole, up to [`NEARLY`].
const SEEN_WHOLE: f64 = (1i64 << 38) as f64;
const NEARLY: f64 = 1.0 / 4096.0;

impl Grid {
    /// Decimal places kept where nothing forces fewer.
    pub const FINEST: i32 = 12;

    /// A grid of powers of ten.
    pub const fn decimal(digits: i32) -> Grid {
        Grid { digits, parts: 1 }
    }

    /// The finest grid on which sums up to `bound` in absolute value fit an `i64` with room to spare.
    pub fn for_bound(bound: f64) -> Grid {
        let mut grid = Grid::decimal(Grid::FINEST);
        while bound * grid.per_unit() > MOST_STEPS {
            grid.digits -= 1;
        }
        if bound <= MOST_IN_PARTS { Grid { parts: PARTS, ..grid } } else { grid }
    }

    /// Grid steps in one unit.
    pub fn per_unit(self) -> f64 {
        self.decimal_steps() * self.parts as f64
    }

    fn decimal_steps(self) -> f64 {
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
    /// A value is taken for the fraction of the grid that it is up to the rounding of an `f64`; if there is none, for
    /// the nearest decimal. Where a product with 10^digits would lose the last decimals of `value`, its shortest
    /// decimal form is rounded instead, so that `4000000.1` is exactly that.
    pub fn round(self, value: f64) -> i64 {
        if let Some(steps) = self.fraction(value.abs()) {
            return if value < 0.0 { -steps } else { steps };
        }
        let scaled = value * self.decimal_steps();
        let decimal = if scaled.abs() < (1i64 << 51) as f64 {
            scaled.round() as i64
        } else {
            self.round_decimal(value)
        };
        decimal.saturating_mul(self.parts)
    }

    /// The steps of a number, 0 or more, that is a fraction of few decimals up to the rounding of an `f64`; nothing for
    /// others, and on a decimal grid.
    fn fraction(self, value: f64) -> Option<i64> {
        if self.parts == 1 {
            return None;
        }
        let parts = value * self.parts as f64;
        let digits = usize::try_from(self.digits).ok()?;
        let most = (0..=digits).rev().find(|digits| parts * POWERS[*digits] < SEEN_WHOLE)?;
        // With one decimal less, also differences of larger numbers are still seen to be fractions.
        [most, most.saturating_sub(1)].into_iter().find_map(|kept| {
            let scaled = parts * POWERS[kept];
            let is_whole = (scaled - scaled.round()).abs() <= NEARLY;
            is_whole.then(|| (scaled.round() as i64).saturating_mul(10i64.pow((digits - kept) as u32)))
        })
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

    /// The value of so many steps, as the nearest `f64`; of a fraction that is not a decimal, the nearest but for
    /// the last place.
    pub fn value(self, steps: i64) -> f64 {
        if self.parts > 1 {
            if steps % self.parts == 0 {
                return Grid::decimal(self.digits).value(steps / self.parts);
            }
            return steps as f64 / self.per_unit();
        }
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
        let grid = Grid::decimal(digits);
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
        for parts in [1, PARTS] {
            let grid = Grid { digits: 12, parts };
            for value in [0.0, 0.1, 1e-12, 0.123_456_789_012, 21.6, 12_345.678, 71_234.567_891, -3.3] {
                assert_eq!(grid.round(value) % parts, 0, "{value} is a decimal");
                assert_eq!(grid.value(grid.round(value)), value);
            }
        }
    }

    #[test]
    fn the_grid_coarsens_only_where_sums_could_overflow() {
        let check = |bound: f64, digits: i32, parts: i64| {
            assert_eq!(Grid::for_bound(bound), Grid { digits, parts }, "{bound}");
        };
        check(0.0, 12, 63);
        check(1000.0, 12, 63);
        check(1001.0, 12, 1);
        check(2e6, 12, 1);
        check(1e9, 9, 1);
        check(1e21, -3, 1);
    }

    #[test]
    fn fractions_lie_on_the_grid() {
        let grid = Grid::for_bound(1.0);
        for q in [3, 7, 9, 21, 63] {
            for p in 1..q {
                for (weight, thousandths) in [(0.001, 1), (0.25, 250), (0.137, 137), (1.0, 1000)] {
                    let known = PARTS / q * p * thousandths * 1_000_000_000;
                    let (share, turned) = (p as f64 / q as f64, 1.0 - (q - p) as f64 / q as f64);
                    assert_eq!(grid.round(weight * share), known, "{weight} * {p}/{q}");
                    assert_eq!(grid.round(-(weight * turned)), -known, "{weight} * {p}/{q}");
                    assert!((grid.value(known) - weight * share).abs() <= f64::EPSILON * share);
                }
            }
        }
        assert_eq!(3 * grid.round(1.0 / 3.0), grid.round(1.0));
    }

    #[test]
    fn what_is_no_fraction_of_the_grid_is_the_nearest_decimal() {
        let grid = Grid::for_bound(1.0);
        for (value, known) in [(0.123_456_789_012_34, 123_456_789_012), (1.0 / 23.0, 43_478_260_870)] {
            assert_eq!(grid.round(value), known * PARTS);
            assert_eq!(grid.round(-value), -known * PARTS);
        }
        assert_eq!(grid.round(1e300), i64::MAX);
        assert_eq!(grid.round(1e-300), 0);
    }
}
