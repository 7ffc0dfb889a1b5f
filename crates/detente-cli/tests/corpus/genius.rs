//! GENIUS scenarios against reference frontiers, and nonlinear ones against the lines that came with them.

use super::{close, numbered, shared, talks, utilities};
use detente_analysis::{Parts, Scale, Space, SurveyOptions, survey};
use detente_formats::ReadOptions;
use detente_model::{OptionId, Outcome, Talks};
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

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
        let space = Space::new(&talks);
        let parts = Parts::new(&space, Some(Scale::Raw)).expect("separable");
        let frontier = parts.frontier(&|_| ControlFlow::Continue(())).expect("a frontier");
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

/// The efficient outcomes that somebody found of a nonlinear scenario and put beside it: pairs of utilities.
pub(super) fn lines(folder: &Path) -> Vec<[f64; 2]> {
    let line = |line: &str| {
        let (a, b) = line.split_once(',')?;
        Some([a.trim().parse().ok()?, b.trim().parse().ok()?])
    };
    let text = std::fs::read_to_string(folder.join("pareto.xml")).expect("the lines");
    let lines: Vec<[f64; 2]> = text.lines().filter_map(line).collect();
    assert!(lines.len() > 5, "{}", folder.display());
    lines
}

fn with_lines(corpus: &Path) -> Vec<(PathBuf, Vec<[f64; 2]>)> {
    let of = |path: &&str| (corpus.join(path), lines(&corpus.join(path)));
    NONLINEAR.iter().map(of).collect()
}

/// Scenarios of hyper-rectangles.
pub(super) const NONLINEAR: &[&str] = &[
    "anac2014/10issuesDiscounted",
    "anac2014/30issues",
    "anac2014/50issues",
    "genius-other/S-1NAGUNL-128",
    "genius-other/S-1NIKFRT-2",
];

/// The best that changing one issue after another comes to, from so many beginnings.
fn climbed(talks: &Talks, worth: impl Fn(&Outcome) -> f64, beginnings: usize) -> f64 {
    let mut best = f64::MIN;
    for seed in 0..beginnings {
        let mut at = numbered(talks, 0);
        for (k, issue) in talks.issues.iter().enumerate() {
            at.0[k] =
                OptionId((seed * (2 * k + 7919) + seed / 3 + seed * seed * (k + 1)) % issue.n_options());
        }
        let mut here = worth(&at);
        loop {
            let before = here;
            for k in 0..talks.issues.len() {
                let mut own = at.0[k];
                for option in (0..talks.issues[k].n_options()).map(OptionId) {
                    at.0[k] = option;
                    let there = worth(&at);
                    if there > here {
                        (here, own) = (there, option);
                    }
                }
                at.0[k] = own;
            }
            if here <= before {
                break;
            }
        }
        best = best.max(here);
    }
    best
}

#[test]
fn what_others_found_in_nonlinear_spaces_is_what_our_utilities_allow() {
    let Some(corpus) = shared("corpus") else { return };
    for (path, lines) in with_lines(&corpus) {
        let talks = talks(&path, &ReadOptions::default());
        let name = path.display();
        // Little work: every best is proven, and of the frontier some.
        let options = SurveyOptions {
            tries: 100_000,
            solutions: 0,
            frontier: 400,
            point: 200,
            ..SurveyOptions::default()
        };
        let found = survey(&talks, &options, &|_| ControlFlow::Continue(())).expect("few boxes");
        for line in &lines {
            let beyond = found
                .points
                .iter()
                .filter(|p| p.efficient)
                .find(|point| point.utilities.iter().zip(line).all(|(own, theirs)| *theirs > own + 1e-6));
            assert!(
                beyond.is_none(),
                "{name}: {line:?} is better than {beyond:?}, which is said to be efficient"
            );
        }
        for (body, side) in talks.bodies.iter().zip([0, 1]) {
            let amounts: Vec<f64> =
                body.preferences.interactions.iter().map(|term| term.adds.mean()).collect();
            assert!(body.preferences.issues.iter().all(Option::is_none) && amounts.len() >= 20, "{name}");
            // Amounts are whole before they are divided, and theirs have seven places.
            let largest = largest(&path.join(format!("{}.xml", body.name)));
            let all: f64 = amounts.iter().filter(|amount| **amount > 0.0).sum();
            for line in &lines {
                let steps = line[side] * largest;
                assert!((steps - steps.round()).abs() < 2e-3, "{name}: {} is no sum of amounts", line[side]);
                assert!(line[side] <= all + 1e-6, "{name}: {} is more than all amounts, {all}", line[side]);
            }
            let theirs = lines.iter().map(|line| line[side]).fold(0.0, f64::max);
            let best = &found.best[side];
            assert_eq!(best.utility, best.at_most, "{name}: the best is not proven");
            assert!(best.utility >= theirs - 1e-6, "{name}: they found {theirs}, we {}", best.utility);
            let outcome = best.outcome.as_ref().expect("an outcome");
            close(&[utilities(&talks, outcome)[side]], &[best.utility], 1e-9, &name.to_string());
            let climbed = climbed(&talks, |at| utilities(&talks, at)[side], 10);
            assert!(
                climbed <= best.utility + 1e-9,
                "{name}: {climbed} by climbing, {} proven best",
                best.utility
            );
        }
    }
}

/// What a profile says its best outcome is worth, before all utilities are divided by it.
fn largest(file: &Path) -> f64 {
    let text = std::fs::read_to_string(file).expect("a profile");
    let (_, rest) = text.split_once("maxutility=\"").expect("a nonlinear profile");
    rest.split('"').next().and_then(|number| number.parse().ok()).expect("a number")
}
