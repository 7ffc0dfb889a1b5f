//! What the docs say of nonlinear scenarios.

use super::genius::{NONLINEAR, lines};
use super::{shared, talks};
use detente_analysis::{BestByRule, Survey, SurveyOptions, survey};
use detente_formats::ReadOptions;
use detente_model::Talks;
use std::ops::ControlFlow;

/// Nodes for the best of each party, for each solution, for all efficient outcomes, and for one of them. The page names
/// them.
const BEST: u64 = 50_000;
const TRIES: u64 = 2_000_000;
const SOLUTIONS: u64 = 1_000;
const FRONTIER: u64 = 2_000;
const POINT: u64 = 100;

#[test]
fn the_tables_in_the_docs_hold_what_a_survey_finds() {
    let Some(corpus) = shared("corpus") else { return };
    let (mut bests, mut others) = (Vec::new(), Vec::new());
    for path in NONLINEAR {
        let folder = corpus.join(path);
        let talks = talks(&folder, &ReadOptions::default());
        let options = SurveyOptions {
            best: BEST,
            tries: TRIES,
            solutions: SOLUTIONS,
            frontier: FRONTIER,
            point: POINT,
        };
        let found = survey(&talks, &options, &|_| ControlFlow::Continue(())).expect("few boxes");
        let lines = lines(&folder);
        for party in 0..talks.parties.len() {
            let theirs = lines.iter().map(|line| line[party]).fold(f64::MIN, f64::max);
            assert!(theirs <= found.best[party].utility + 1e-6, "{path}: they found {theirs}");
            bests.push(row(path, &talks, &found, party, theirs));
        }
        others.push(solutions(path, &found));
    }
    let docs = include_str!("../../../../docs/nonlinear.md");
    let shown = |which: fn(&str) -> bool| -> Vec<&str> { docs.lines().filter(|line| which(line)).collect() };
    let [first, second] = [bests.join("\n"), others.join("\n")];
    assert_eq!(
        shown(|line| line.contains("| 10^")),
        bests,
        "docs/nonlinear.md should hold\n{first}\n{second}"
    );
    assert_eq!(
        shown(|line| line.contains(" points, ")),
        others,
        "docs/nonlinear.md should hold\n{first}\n{second}"
    );
    for nodes in [BEST, SOLUTIONS, FRONTIER, POINT] {
        assert!(docs.contains(&thousands(nodes)), "docs/nonlinear.md should name {}", thousands(nodes));
    }
}

fn solutions(path: &str, found: &Survey) -> String {
    let name = path.rsplit('/').next().unwrap_or(path);
    let solution = |own: &BestByRule| {
        let gap = (own.at_most - own.worth) / own.worth;
        let proven = if gap <= 1e-8 { "proven".to_owned() } else { format!("within {:.2}%", 100.0 * gap) };
        format!("{:.6}, {proven}", own.worth)
    };
    let [nash, egalitarian, utilitarian] = &found.solutions;
    let efficient = found.points.iter().filter(|point| point.efficient).count();
    format!(
        "| {name} | {} | {} | {} | {} points, {efficient} of them proven | {} |",
        solution(nash),
        solution(egalitarian),
        solution(utilitarian),
        found.points.len(),
        found.open.len()
    )
}

fn row(path: &str, talks: &Talks, found: &Survey, party: usize, theirs: f64) -> String {
    let name = path.rsplit('/').next().unwrap_or(path);
    let outcomes: f64 = talks.issues.iter().map(|issue| (issue.n_options() as f64).log10()).sum();
    let rectangles = talks.bodies[talks.parties[party].bodies[0].0].preferences.interactions.len();
    let best = &found.best[party];
    let gap = best.at_most - best.utility;
    let proven = if gap <= 1e-9 { "proven".to_owned() } else { format!("within {gap:.4}") };
    format!(
        "| {name} | {} | 10^{outcomes:.0} | {} | {rectangles} | {:.6} | {proven} | {theirs:.6} |",
        talks.issues.len(),
        party + 1,
        best.utility
    )
}

/// A count as people write it.
fn thousands(n: u64) -> String {
    if n < 1000 { n.to_string() } else { format!("{},{:03}", n / 1000, n % 1000) }
}
