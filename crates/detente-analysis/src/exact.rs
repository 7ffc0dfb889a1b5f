//! Comparisons without rounding: fractions, leximin, products and sums of fractions.

use num_bigint::BigInt;
use std::cmp::Ordering;

/// A fraction with a positive denominator, or plus infinity as `1/0`.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Fraction {
    pub(crate) num: i64,
    pub(crate) den: i64,
}

impl Fraction {
    pub(crate) const ZERO: Fraction = Fraction { num: 0, den: 1 };
    pub(crate) const INFINITE: Fraction = Fraction { num: 1, den: 0 };

    pub(crate) fn value(self) -> f64 {
        self.num as f64 / self.den as f64
    }
}

impl Ord for Fraction {
    fn cmp(&self, other: &Fraction) -> Ordering {
        match (self.den, other.den) {
            (0, 0) => Ordering::Equal,
            (0, _) => Ordering::Greater,
            (_, 0) => Ordering::Less,
            _ => (i128::from(self.num) * i128::from(other.den))
                .cmp(&(i128::from(other.num) * i128::from(self.den))),
        }
    }
}

impl PartialEq for Fraction {
    /// By value: 1/2 is 2/4.
    fn eq(&self, other: &Fraction) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Fraction {}

impl PartialOrd for Fraction {
    fn partial_cmp(&self, other: &Fraction) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

/// Compares two vectors by their smallest entry, then the next smallest, and so on.
pub(crate) fn leximin(
    a: impl IntoIterator<Item = Fraction>,
    b: impl IntoIterator<Item = Fraction>,
) -> Ordering {
    /// Entries that need no room elsewhere.
    const FEW: usize = 8;
    let (mut first, mut second) = ([Fraction::ZERO; FEW], [Fraction::ZERO; FEW]);
    let (mut more, mut others) = (Vec::new(), Vec::new());
    sorted(a, &mut first, &mut more).cmp(sorted(b, &mut second, &mut others))
}

/// The entries of a vector, the smallest first: in `few` if there is room.
fn sorted<'r>(
    of: impl IntoIterator<Item = Fraction>,
    few: &'r mut [Fraction],
    more: &'r mut Vec<Fraction>,
) -> &'r [Fraction] {
    let mut n = 0;
    for entry in of {
        if n == few.len() {
            more.extend_from_slice(few);
        }
        match few.get_mut(n) {
            Some(place) => *place = entry,
            None => more.push(entry),
        }
        n += 1;
    }
    let entries = if n <= few.len() { &mut few[..n] } else { &mut more[..] };
    entries.sort_unstable();
    entries
}

/// Compares two products of numbers, none negative.
pub(crate) fn compare_products(a: &[i64], b: &[i64]) -> Ordering {
    let approximate = |v: &[i64]| v.iter().map(|x| *x as f64).product::<f64>();
    let (pa, pb) = (approximate(a), approximate(b));
    // Each factor and product is rounded once: the relative error stays far below 10^-12.
    if pa.is_finite() && pb.is_finite() && (pa - pb).abs() > 1e-12 * pa.max(pb) {
        return pa.total_cmp(&pb);
    }
    let exact = |v: &[i64]| v.iter().fold(BigInt::from(1), |product, x| product * x);
    exact(a).cmp(&exact(b))
}

/// Compares two sums of fractions `a[i] * unit[i].num / unit[i].den`.
pub(crate) fn compare_sums(a: &[i64], b: &[i64], units: &[Fraction]) -> Ordering {
    let first = units.first().map_or(1, |unit| unit.den);
    if units.iter().all(|unit| unit.den == first) {
        let sum = |v: &[i64]| -> i128 {
            v.iter().zip(units).map(|(x, u)| i128::from(*x) * i128::from(u.num)).sum()
        };
        return sum(a).cmp(&sum(b));
    }
    let parts: Vec<f64> = a.iter().zip(b).zip(units).map(|((x, y), u)| (x - y) as f64 * u.value()).collect();
    let (difference, size): (f64, f64) = (parts.iter().sum(), parts.iter().map(|part| part.abs()).sum());
    if difference.abs() > 1e-12 * size {
        return difference.total_cmp(&0.0);
    }
    exact_difference(a, b, units).cmp(&BigInt::from(0))
}

/// The difference of the two sums times the product of all denominators.
fn exact_difference(a: &[i64], b: &[i64], units: &[Fraction]) -> BigInt {
    let mut total = BigInt::from(0);
    for (k, unit) in units.iter().enumerate() {
        let others = units.iter().enumerate().filter(|(j, _)| *j != k);
        let scale = others.fold(BigInt::from(unit.num), |product, (_, other)| product * other.den);
        total += (BigInt::from(a[k]) - b[k]) * scale;
    }
    total
}

/// The greatest common divisor, 0 only if both are.
pub(crate) fn gcd(a: i64, b: i64) -> i64 {
    let (mut a, mut b) = (a.unsigned_abs(), b.unsigned_abs());
    while b > 0 {
        (a, b) = (b, a % b);
    }
    i64::try_from(a).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn near_ties_are_told_apart() {
        let big = i64::MAX / 2;
        assert_eq!(compare_products(&[big, big], &[big - 1, big + 1]), Ordering::Greater);
        assert_eq!(compare_products(&[6, 10], &[12, 5]), Ordering::Equal);
        let units = [Fraction { num: 1, den: 3 }, Fraction { num: 1, den: 6 }];
        assert_eq!(compare_sums(&[1, 0], &[0, 2], &units), Ordering::Equal);
        assert_eq!(compare_sums(&[1_000_000_000_001, 0], &[0, 2_000_000_000_000], &units), Ordering::Greater);
    }

    #[test]
    fn leximin_looks_at_the_worst_off_first() {
        let f = |v: &[(i64, i64)]| {
            v.iter().map(|(num, den)| Fraction { num: *num, den: *den }).collect::<Vec<_>>()
        };
        assert_eq!(leximin(f(&[(1, 2), (9, 10)]), f(&[(6, 10), (6, 10)])), Ordering::Less);
        assert_eq!(leximin(f(&[(1, 2), (3, 4)]), f(&[(6, 8), (2, 4)])), Ordering::Equal);
        assert_eq!(leximin(f(&[(1, 2), (4, 5)]), f(&[(3, 4), (1, 2)])), Ordering::Greater);
        assert_eq!(Fraction { num: 1, den: 2 }, Fraction { num: 2, den: 4 });
        assert!(Fraction::INFINITE > Fraction { num: 5, den: 1 });
    }
}
