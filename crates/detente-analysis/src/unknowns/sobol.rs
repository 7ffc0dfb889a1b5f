//! How much of a number's variance each independent input carries.
//!
//! First-order and total indices of Sobol (2001) by two independent points, of which one input at a time is
//! exchanged: the first-order index by the estimator of Saltelli and others (2010), the total one by
//! that of Jansen (1999). Both are exactly 0 for an input that changes nothing.

use super::Estimate;

/// The values at two points, and at the first with one input after another taken from the second.
#[derive(Clone, Debug, Default)]
pub(crate) struct Row {
    pub(crate) first: f64,
    pub(crate) second: f64,
    pub(crate) exchanged: Vec<f64>,
}

/// What an input carries.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Index {
    /// The share of the variance that knowing this input alone takes away on average, 0 to 1.
    pub first: Estimate,
    /// The share that is left on average when everything but this input is known, 0 to 1.
    pub total: Estimate,
}

/// The variance and, where it is not 0, the indices of every input, from the rows of each replicate.
pub(crate) fn sobol(replicates: &[Vec<Row>]) -> (f64, Option<Vec<Index>>) {
    let rows: Vec<&Row> = replicates.iter().flatten().collect();
    let n = 2.0 * rows.len() as f64;
    let mean = rows.iter().map(|row| row.first + row.second).sum::<f64>() / n;
    let square = |value: f64| (value - mean) * (value - mean);
    let variance = rows.iter().map(|row| square(row.first) + square(row.second)).sum::<f64>() / n;
    // Values that differ by rounding alone are the same.
    if variance <= 1e-24 {
        return (0.0, None);
    }
    let n_inputs = rows.first().map_or(0, |row| row.exchanged.len());
    let index = |k: usize| {
        let first = |row: &Row| (row.second - mean) * (row.exchanged[k] - row.first);
        let total = |row: &Row| 0.5 * (row.first - row.exchanged[k]) * (row.first - row.exchanged[k]);
        let of = |term: &dyn Fn(&Row) -> f64| {
            let shares = replicates
                .iter()
                .map(|rows| rows.iter().map(term).sum::<f64>() / (rows.len() as f64 * variance));
            Estimate::of_replicates(&shares.collect::<Vec<_>>()).within(0.0, 1.0)
        };
        Index { first: of(&first), total: of(&total) }
    };
    (variance, Some((0..n_inputs).map(index).collect()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::unknowns::points::{Points, Spread};
    use std::f64::consts::PI;

    fn of_function(d: usize, n: u64, f: impl Fn(&[f64]) -> f64) -> (f64, Option<Vec<Index>>) {
        let points = Points::new(Spread::Even, 1, 2 * d);
        let rows = |k: u64| {
            let (mut replicate, mut point) = (points.replicate(k), vec![0.0; 2 * d]);
            let row = |i: u64| {
                replicate.point(i, &mut point);
                let (a, b) = point.split_at(d);
                let exchanged = (0..d).map(|k| {
                    let mixed: Vec<f64> = (0..d).map(|j| if j == k { b[j] } else { a[j] }).collect();
                    f(&mixed)
                });
                Row { first: f(a), second: f(b), exchanged: exchanged.collect() }
            };
            (0..n).map(row).collect()
        };
        sobol(&(0..16).map(rows).collect::<Vec<_>>())
    }

    #[track_caller]
    fn check(found: &Estimate, published: f64) {
        assert!((found.mean - published).abs() < 5e-3, "{found:?}, not {published}");
        assert!(
            (found.mean - published).abs() < 2.0 * found.half_width.max(1e-4),
            "{found:?}, not {published}"
        );
    }

    #[test]
    fn the_ishigami_function_has_its_published_indices() {
        // Ishigami and Homma (1990), a = 7, b = 0.1: V = a^2/8 + b pi^4/5 + b^2 pi^8/18 + 1/2, from which
        // S = 0.3139, 0.4424, 0 and total 0.5576, 0.4424, 0.2437.
        let (a, b) = (7.0, 0.1);
        let (variance, found) = of_function(3, 4096, |u| {
            let x: Vec<f64> = u.iter().map(|u| PI * (2.0 * u - 1.0)).collect();
            x[0].sin() + a * x[1].sin().powi(2) + b * x[2].powi(4) * x[0].sin()
        });
        let exact = a * a / 8.0 + b * PI.powi(4) / 5.0 + b * b * PI.powi(8) / 18.0 + 0.5;
        assert!((variance / exact - 1.0).abs() < 2e-3, "{variance}, not {exact}");
        let found = found.expect("a variance");
        for (k, (first, total)) in [(0.3139, 0.5576), (0.4424, 0.4424), (0.0, 0.2437)].into_iter().enumerate()
        {
            check(&found[k].first, first);
            check(&found[k].total, total);
        }
    }

    #[test]
    fn the_g_function_has_its_published_indices() {
        // Saltelli and Sobol (1995): the product of (|4u - 2| + a) / (1 + a), of which an input has the
        // partial variance v = 1/3 / (1 + a)^2, and V + 1 is the product of all 1 + v.
        let a = [0.0, 1.0, 4.5, 9.0, 99.0, 99.0];
        let part = |a: f64| 1.0 / 3.0 / (1.0 + a) / (1.0 + a);
        let whole: f64 = a.iter().map(|a| 1.0 + part(*a)).product::<f64>() - 1.0;
        let (_, found) = of_function(6, 2048, |u| {
            u.iter().zip(a).map(|(u, a)| ((4.0 * u - 2.0).abs() + a) / (1.0 + a)).product()
        });
        let found = found.expect("a variance");
        for (k, a) in a.iter().enumerate() {
            check(&found[k].first, part(*a) / whole);
            check(&found[k].total, part(*a) * (1.0 + whole) / (1.0 + part(*a)) / whole);
        }
    }

    #[test]
    fn without_variance_there_are_no_indices() {
        assert_eq!(of_function(2, 64, |_| 0.3), (0.0, None));
    }

    #[test]
    fn an_input_that_changes_nothing_carries_nothing() {
        let (_, found) = of_function(2, 64, |u| u[1]);
        let none = Estimate { mean: 0.0, half_width: 0.0 };
        assert_eq!(found.map(|found| found[0]), Some(Index { first: none, total: none }));
    }
}
