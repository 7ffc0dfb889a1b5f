//! How the error of a mean falls with the number of draws, even and plain, and how long draws take: on the
//! founding case. Run by `cargo xtask bench unknowns`, which reads what this prints: a line for each row,
//! its fields parted by tabs.

use detente_analysis::{Analysis, Options, Space, Spread, Unknowns, UnknownsOptions, analyze, unknowns};
use detente_model::Talks;
use std::ops::ControlFlow;
use std::path::Path;
use std::time::{Duration, Instant};

/// Seeds over which an error is taken, and of the value that is held to be right.
const SEEDS: u64 = 24;
const RIGHT: u64 = 1000;
/// Draws behind the value that is held to be right, and most draws of which an error is taken.
const MANY: usize = 1 << 19;
const MOST: u32 = 14;

fn main() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../catalog/cases/ceasefire");
    let opened = detente_formats::open(Path::new(path)).expect("the founding case");
    let talks = detente_formats::read(&opened.files[0].bytes).talks.expect("a valid scenario");
    let analysis = analyze(&Space::new(&talks), &Options::default(), &|_| ControlFlow::Continue(()));
    let run = |draws: usize, seed: u64, spread: Spread| drawn(&talks, &analysis, draws, seed, spread);
    let right = run(MANY, RIGHT, Spread::Even).deals[0].mean;
    println!("right\t{}\t{}", right.mean, right.half_width);
    for (name, spread) in [("even", Spread::Even), ("plain", Spread::Plain)] {
        for k in 4..=MOST {
            let errors = (0..SEEDS).map(|seed| run(1 << k, seed, spread).deals[0].mean.mean - right.mean);
            let square: f64 = errors.map(|error| error * error).sum();
            println!("error\t{name}\t{}\t{:e}", 1u32 << k, (square / SEEDS as f64).sqrt());
        }
    }
    let looks = analysis.counts.outcomes.feasible.to_string().parse::<f64>().unwrap_or(0.0);
    let mut times: Vec<Duration> = (0..5)
        .map(|seed| {
            let start = Instant::now();
            run(1 << MOST, seed, Spread::Even);
            start.elapsed()
        })
        .collect();
    times.sort_unstable();
    let median = times[times.len() / 2].as_secs_f64();
    let looks = looks * talks.bodies.len() as f64 * f64::from(1u32 << MOST);
    println!("time\t{}\t{median}\t{}", 1u32 << MOST, looks / median);
}

fn drawn(talks: &Talks, analysis: &Analysis, draws: usize, seed: u64, spread: Spread) -> Unknowns {
    let options = UnknownsOptions { draws, within: 0.0, seed, spread, ..UnknownsOptions::default() };
    unknowns(&Space::new(talks), analysis, &options, &|_| ControlFlow::Continue(()))
        .expect("something is not known")
}
