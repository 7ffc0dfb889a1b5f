//! How long exact answers take on talks of 10^2 to 10^100 outcomes. Run by `cargo xtask bench exact`,
//! which reads what this prints: a line for each row, its fields parted by tabs.
//!
//! A row is the median of warm runs on one thread, unless it says otherwise. Scenarios come from fixed seeds.

#[path = "exact/scenarios.rs"]
mod scenarios;

use detente_analysis::{LeverOptions, Method, Options, Parts, Ranking, Scale, Space, analyze, levers};
use detente_model::{PartyId, Talks};
use scenarios::{Kind, six_bodies, talks, with_levers};
use std::ops::ControlFlow;
use std::time::{Duration, Instant};

/// How long a row is run again and again.
const LONG_ENOUGH: Duration = Duration::from_millis(700);
const MOST_RUNS: usize = 1000;

/// Kind, number of parties and numbers of issues of ten options each.
const FRONTIERS: [(Kind, usize, &[usize]); 9] = [
    (Kind::Random, 2, &[2, 5, 10, 20, 30, 50, 70, 100]),
    (Kind::Correlated, 2, &[2, 5, 10, 20, 50, 100]),
    (Kind::NearZeroSum, 2, &[2, 5, 10, 20, 50]),
    (Kind::Random, 3, &[2, 5, 10, 15, 20]),
    (Kind::Correlated, 3, &[5, 10, 20, 50]),
    (Kind::NearZeroSum, 3, &[2, 5, 6]),
    (Kind::Random, 4, &[2, 4, 6, 8, 10]),
    (Kind::Random, 5, &[2, 4, 6]),
    (Kind::Random, 6, &[2, 4, 5, 6]),
];

fn main() {
    for (kind, n_parties, sizes) in FRONTIERS {
        for n_issues in sizes {
            frontier(kind, n_parties, *n_issues);
        }
    }
    rankings();
    whole_analyses();
    all_levers();
}

fn frontier(kind: Kind, n_parties: usize, n_issues: usize) {
    let talks = talks(kind, n_parties, n_issues, 10, 1);
    let space = Space::new(&talks);
    let parts = Parts::new(&space, None).expect("small groups");
    let mut n = 0;
    let (time, runs) =
        median(|| n = parts.frontier(&|_| ControlFlow::Continue(())).expect("few enough").len());
    let what = format!("frontier, {n_parties} parties, {}", kind.name());
    row(&what, n_issues, &format!("{n} points"), time, runs);
}

/// One party's order of outcomes.
fn rankings() {
    let large = talks(Kind::Random, 2, 50, 10, 1);
    let (time, runs) = median(|| {
        let space = Space::new(&large);
        let ranking = Ranking::new(&space, PartyId(0), Scale::Raw).expect("small groups");
        assert_eq!(ranking.descending().take(1_000_000).count(), 1_000_000);
    });
    row("outcomes in decreasing utility", 50, "the first 10^6, each made an outcome", time, runs);
    let talks = talks(Kind::Random, 2, 12, 10, 1);
    let space = Space::new(&talks);
    let ranking = Ranking::new(&space, PartyId(0), Scale::Raw).expect("small groups");
    let (low, high) = ranking.range();
    let begin = Instant::now();
    assert!(ranking.nearest(low).is_some());
    row("outcome nearest to a utility", 12, "set-up and first query", begin.elapsed(), 1);
    let mut k = 0;
    let (time, runs) = median(|| {
        k = (k + 7) % 101;
        let found = ranking.nearest(low + (high - low) * k as f64 / 101.0).expect("a number");
        assert!(found.proven, "two halves fit");
    });
    row("outcome nearest to a utility", 12, "a query", time, runs);
}

/// Terms and will together, as `detente analyze` asks for them, on two threads.
fn whole_analyses() {
    for n_issues in [10, 20, 50, 100] {
        whole(&talks(Kind::Random, 2, n_issues, 10, 1), "2 parties", n_issues);
    }
    for seed in 1..=5 {
        whole(&six_bodies(12, 10, seed), &format!("2 parties of 3 bodies, seed {seed}"), 12);
    }
}

fn whole(talks: &Talks, of: &str, n_issues: usize) {
    let mut said = String::new();
    let (time, runs) = median(|| {
        let found = analyze(&Space::new(talks), &Options::default(), &|_| ControlFlow::Continue(()));
        let will = found.will.as_ref().expect("no limit");
        let proven = if will.at_most > will.best_probability { "not proven" } else { "proven" };
        let Method::Groups { nodes } = found.method else { panic!("too large to enumerate") };
        said = format!("best chance {:.4}, {proven}, {nodes} partial deals", will.best_probability);
    });
    row(&format!("whole analysis, {of}"), n_issues, &said, time, runs);
}

/// What mediators can do, as `detente analyze` asks for it, on one thread.
fn all_levers() {
    for (n_issues, n_levers) in [(5, 20), (1, 40)] {
        for seed in 1..=5 {
            let talks = with_levers(n_issues, 10, n_levers, seed);
            let mut said = String::new();
            let (time, runs) = median(|| {
                let options = LeverOptions::default();
                let found = levers(&Space::new(&talks), &options, &|_| ControlFlow::Continue(()));
                let most = found.most.as_ref().expect("no limit").probability;
                let proven = if found.search.proven { "proven" } else { "not proven" };
                said = format!(
                    "{} packages, at most {most:.4}, {proven}, {} bounds",
                    found.frontier.len(),
                    found.search.nodes
                );
            });
            row(
                &format!("{n_levers} levers, 2 parties of 4 bodies, seed {seed}"),
                n_issues,
                &said,
                time,
                runs,
            );
        }
    }
}

/// The middle one of several times, after one that is not counted.
fn median(mut run: impl FnMut()) -> (Duration, usize) {
    let begin = Instant::now();
    run();
    let warm_up = begin.elapsed();
    let begin = Instant::now();
    let mut times = Vec::new();
    while times.is_empty() || (begin.elapsed() + warm_up < LONG_ENOUGH && times.len() < MOST_RUNS) {
        let begin = Instant::now();
        run();
        times.push(begin.elapsed());
    }
    times.sort_unstable();
    (times[times.len() / 2], times.len())
}

fn row(what: &str, n_issues: usize, result: &str, time: Duration, runs: usize) {
    println!("{what}\t{n_issues}\t{result}\t{}\t{runs}", time.as_nanos());
}
