//! Frontier, Nash and egalitarian point of talks that other programs can be given too. Run by `cargo xtask bench
//! peers`, which reads what this prints: a line for each row, its fields parted by tabs.
//!
//! What is asked for comes as words: `cases` names the talks and writes the utilities of all their outcomes to a folder;
//! `case` measures one of them one way, in a process that does nothing else; `pace` measures the sweep of larger talks;
//! `corpus` a scenario of the field.

#[path = "exact/scenarios.rs"]
#[expect(dead_code, reason = "talks with several bodies and levers are for other benchmarks")]
mod scenarios;

use detente_analysis::{Frontier, Parts, Scale, Space};
use detente_formats::ReadOptions;
use detente_model::{Alternative, Body, IssuePreference, Number, Preferences, Shape, Talks};
use scenarios::Kind;
use std::fs::File;
use std::io::{BufWriter, Write};
use std::ops::ControlFlow;
use std::path::Path;
use std::time::{Duration, Instant};

/// The talks that all programs are given.
const CASES: [(Kind, usize); 4] =
    [(Kind::Random, 2), (Kind::NearZeroSum, 2), (Kind::Random, 3), (Kind::Correlated, 3)];
const N_OPTIONS: usize = 10;
/// Issues of these talks, and of the larger ones that show the pace of a sweep.
const N_ISSUES: usize = 6;
const MANY_ISSUES: usize = 8;
/// A deal with the best option of every issue is worth about so much, at most; every option a whole number.
const UNITS: f64 = 1e6;

/// How long a row is run again and again.
const LONG_ENOUGH: Duration = Duration::from_secs(1);
const MOST_RUNS: usize = 1000;

/// A scenario of the field, of 57 million outcomes.
const LARGE: &str = "genius-other/AMPOvsCity-large";

fn main() {
    // `cargo bench` adds an option of its own.
    let words: Vec<String> = std::env::args().skip(1).filter(|word| !word.starts_with("--")).collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    match words[..] {
        ["cases", folder] => cases(Path::new(folder)),
        ["case", k, way] => case(k.parse().expect("the number of a case"), way),
        ["pace", k] => pace(k.parse().expect("the number of a case")),
        ["corpus"] => corpus(),
        _ => eprintln!("nothing was asked for; run `cargo xtask bench peers`"),
    }
}

fn talks(k: usize, n_issues: usize) -> Talks {
    let (kind, n_parties) = CASES[k];
    in_whole_numbers(&scenarios::talks(kind, n_parties, n_issues, N_OPTIONS, 1))
}

/// The same talks with whole numbers for what an option is worth, none below zero; without a deal everyone has zero.
/// Every sum is then exact in every program, in whatever order it is added: no tie is a matter of rounding.
fn in_whole_numbers(talks: &Talks) -> Talks {
    let mut draft = (**talks).clone();
    for body in &mut draft.bodies {
        let whole = |value: f64| Number::fixed((value * UNITS).round().max(0.0));
        let issues = leaves(body).map(|values| {
            Some(IssuePreference {
                weight: None,
                shape: Shape::Values(values.into_iter().map(whole).collect()),
            })
        });
        body.preferences = Preferences { issues: issues.collect(), ..Preferences::default() };
        body.alternative = Alternative::Worth(Number::fixed(0.0));
    }
    Talks::new(draft).expect("the same parts")
}

/// What every option of every issue is worth to a body.
fn leaves(body: &Body) -> impl Iterator<Item = Vec<f64>> {
    body.preferences.issues.iter().map(|issue| {
        let Some(IssuePreference { weight, shape: Shape::Values(values) }) = issue else {
            panic!("these talks have a table for every issue")
        };
        let weight = weight.as_ref().map_or(1.0, Number::mean);
        values.iter().map(|value| weight * value.mean()).collect()
    })
}

/// Names the talks, and writes for each a file of the parties' utilities, one outcome after another.
fn cases(folder: &Path) {
    for (k, (kind, n_parties)) in CASES.into_iter().enumerate() {
        let talks = talks(k, N_ISSUES);
        let file = File::create(folder.join(format!("{k}.f64"))).expect("a folder to write to");
        let mut file = BufWriter::new(file);
        for number in utilities(&talks) {
            file.write_all(&number.to_le_bytes()).expect("room for the utilities");
        }
        file.flush().expect("room for the utilities");
        println!("{n_parties} parties, {}\t{n_parties}", kind.name());
    }
}

/// A row for each outcome, a column for each party.
fn utilities(talks: &Talks) -> Vec<f64> {
    let d = talks.bodies.len();
    let of: Vec<Vec<Vec<f64>>> = talks.bodies.iter().map(|body| leaves(body).collect()).collect();
    let mut rows = vec![0.0; d];
    for issue in 0..talks.issues.len() {
        let before = rows;
        rows = Vec::with_capacity(before.len() * N_OPTIONS);
        for row in before.chunks(d) {
            for option in 0..N_OPTIONS {
                rows.extend(row.iter().zip(&of).map(|(sum, leaves)| sum + leaves[issue][option]));
            }
        }
    }
    rows
}

/// What was found: checked against the other programs.
#[derive(Debug, PartialEq)]
struct Found {
    points: usize,
    /// All utilities of the frontier together.
    total: f64,
    /// The largest product of utilities.
    nash: f64,
    /// The largest smallest utility.
    egalitarian: f64,
}

fn case(k: usize, way: &str) {
    let talks = talks(k, N_ISSUES);
    let mut found = None;
    let seconds = median(MOST_RUNS, || found = Some(answered(&parts(&Space::new(&talks), way))));
    let Found { points, total, nash, egalitarian } = found.expect("it was run");
    println!("{seconds}\t{points}\t{total}\t{nash}\t{egalitarian}\t{}", kilobytes());
}

fn parts<'t>(space: &'t Space<'t>, way: &str) -> Parts<'t> {
    match way {
        "structure" => Parts::new(space, Some(Scale::Raw)).expect("separable"),
        "sweep" => Parts::whole(space, Some(Scale::Raw), &|_| ControlFlow::Continue(())).expect("few enough"),
        _ => panic!("there is no way called {way}"),
    }
}

fn frontier<'p>(parts: &'p Parts<'p>) -> Frontier<'p> {
    parts.frontier(&|_| ControlFlow::Continue(())).expect("few enough")
}

/// The frontier, and on it the Nash and the egalitarian point with their outcomes; without a deal everyone has zero.
fn answered(parts: &Parts<'_>) -> Found {
    let frontier = frontier(parts);
    let points: Vec<Vec<f64>> = (0..frontier.len()).map(|k| frontier.utilities(k)).collect();
    let largest = |value: fn(&Vec<f64>) -> f64| {
        let (k, value) = points
            .iter()
            .map(value)
            .enumerate()
            .reduce(|best, other| if other.1 > best.1 { other } else { best })
            .expect("a frontier is never empty");
        std::hint::black_box(frontier.outcome(k));
        value
    };
    Found {
        points: points.len(),
        total: points.iter().flatten().sum(),
        nash: largest(|point| point.iter().product()),
        egalitarian: largest(|point| point.iter().copied().fold(f64::INFINITY, f64::min)),
    }
}

/// Nanoseconds for an outcome in a sweep of the larger talks, with all that goes with it.
fn pace(k: usize) {
    let talks = talks(k, MANY_ISSUES);
    let seconds = median(5, || {
        std::hint::black_box(answered(&parts(&Space::new(&talks), "sweep")));
    });
    println!("{}\t{}", seconds * 1e9 / (N_OPTIONS as f64).powi(MANY_ISSUES as i32), kilobytes());
}

/// Both ways on a scenario of the field: the same frontier, point by point.
fn corpus() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/corpus").join(LARGE);
    if !folder.is_dir() {
        println!("{LARGE}\tabsent");
        return;
    }
    let opened = detente_formats::open(&folder).expect("a folder");
    let reading = detente_formats::read_files(&opened.path, &opened.files, &ReadOptions::default());
    let talks = reading.talks.expect("a valid scenario");
    let outcomes: f64 = talks.issues.iter().map(|issue| issue.n_options() as f64).product();
    let timed = |way| {
        median(MOST_RUNS, || {
            std::hint::black_box(answered(&parts(&Space::new(&talks), way)));
        })
    };
    let [structure, sweep] = ["structure", "sweep"].map(timed);
    let space = Space::new(&talks);
    let [left, right] = ["structure", "sweep"].map(|way| parts(&space, way));
    let (left, right) = (frontier(&left), frontier(&right));
    let same = left.len() == right.len()
        && (0..left.len()).all(|k| {
            left.utilities(k) == right.utilities(k)
                && left.outcome(k) == right.outcome(k)
                && left.count(k) == right.count(k)
        });
    let said = if same { "same" } else { "different" };
    println!("{LARGE}\t{said}\t{outcomes}\t{}\t{}\t{structure}\t{sweep}", left.len(), right.len());
}

/// The middle one of several times in seconds, after one that is not counted.
fn median(most: usize, mut run: impl FnMut()) -> f64 {
    run();
    let begin = Instant::now();
    let mut times = Vec::new();
    while times.is_empty() || (begin.elapsed() < LONG_ENOUGH && times.len() < most) {
        let begin = Instant::now();
        run();
        times.push(begin.elapsed());
    }
    times.sort_unstable();
    times[times.len() / 2].as_secs_f64()
}

/// The most memory this process has had, where the system tells.
fn kilobytes() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    line.and_then(|line| line.split_whitespace().next()).and_then(|kb| kb.parse().ok()).unwrap_or(0)
}
