//! GENIUS scenarios against reference frontiers, and nonlinear ones against the lines that came with them.

use super::{close, shared, talks};
use detente_analysis::{Parts, Scale};
use detente_formats::ReadOptions;
use std::ops::ControlFlow;

/// A row of the reference: whole space, disagreement at 0, evaluations as in GENIUS.
struct Row {
    path: String,
    outcomes: u128,
    frontier: usize,
    nash_product: f64,
    nash_point: Vec<f64>,
}

fn rows(text: &str) -> Vec<Row> {
    let row = |line: &str| {
        let cells: Vec<&str> = line.split(',').collect();
        Row {
            path: cells[0].to_owned(),
            outcomes: cells[3].parse().expect("a count"),
            frontier: cells[4].parse().expect("a count"),
            nash_product: cells[9].parse().expect("a product"),
            nash_point: cells[10].split('/').map(|cell| cell.parse().expect("a utility")).collect(),
        }
    };
    text.lines().skip(1).filter(|line| !line.is_empty()).map(row).collect()
}

/// Where our count is another than the reference's, and ours. In exact fractions it is ours: the reference counts
/// points that only the rounding of its sums makes efficient.
const ROUNDED: &[(&str, usize)] = &[
    ("anac2011/Energy", 204),
    ("anac2012/BarterB", 24),
    ("anac2012/SupermarketB", 39),
    ("genius-other/inheritancedomain", 15),
];

#[test]
fn frontiers_and_nash_points_are_those_of_the_reference() {
    let Some(corpus) = shared("corpus") else { return };
    let text = std::fs::read_to_string(corpus.join("pareto_reference.csv")).expect("the reference");
    let rows = rows(&text);
    assert!(rows.len() >= 60, "only {} rows", rows.len());
    for row in rows {
        let talks = talks(&corpus.join(&row.path), &ReadOptions::default());
        let outcomes: u128 = talks.issues.iter().map(|issue| issue.n_options() as u128).product();
        assert_eq!(outcomes, row.outcomes, "{}", row.path);
        let parts = Parts::new(&talks, Some(Scale::Raw)).expect("separable");
        let frontier = parts.frontier(&mut |_| ControlFlow::Continue(())).expect("a frontier");
        let exact =
            ROUNDED.iter().find(|(path, _)| *path == row.path).map_or(row.frontier, |(_, exact)| *exact);
        assert_eq!(frontier.len(), exact, "{}", row.path);
        let products: Vec<f64> =
            (0..frontier.len()).map(|k| frontier.utilities(k).iter().product()).collect();
        let best = products.iter().copied().fold(f64::MIN, f64::max);
        close(&[best], &[row.nash_product], 1e-6, &row.path);
        // Several points may be best; the reference names one, rounded to four places.
        let near = |a: &[f64]| a.iter().zip(&row.nash_point).all(|(a, b)| (a - b).abs() < 6e-5);
        let named = |k: &usize| products[*k] >= best - 1e-9 && near(&frontier.utilities(*k));
        assert!((0..frontier.len()).any(|k| named(&k)), "{}: {:?}", row.path, row.nash_point);
    }
}
