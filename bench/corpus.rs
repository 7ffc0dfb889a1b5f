//! How long the scenarios of the field take: outcome count, frontier and Nash point of each, one after another in
//! one process. Run by `cargo xtask bench corpus`, which reads what this prints: a line for each scenario, its
//! fields parted by tabs; a folder with a table of reference frontiers has to be there.

use detente_analysis::{Parts, Scale, Space};
use detente_formats::ReadOptions;
use detente_model::Talks;
use std::ops::ControlFlow;
use std::path::Path;
use std::time::{Duration, Instant};

/// Rounds over all scenarios; the first warms up.
const ROUNDS: usize = 12;

fn main() {
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/corpus");
    let Ok(table) = std::fs::read_to_string(corpus.join("pareto_reference.csv")) else {
        eprintln!("there is no {}: nothing to measure", corpus.display());
        return;
    };
    let names: Vec<&str> = table.lines().skip(1).filter_map(|line| line.split(',').next()).collect();
    let all: Vec<(Talks, Duration)> = names.iter().map(|name| read(&corpus.join(name))).collect();
    let mut times = vec![Vec::new(); all.len()];
    let mut found = vec![(0, 0.0); all.len()];
    for round in 0..ROUNDS {
        for (k, (talks, _)) in all.iter().enumerate() {
            let start = Instant::now();
            found[k] = analysed(talks);
            if round > 0 {
                times[k].push(start.elapsed());
            }
        }
    }
    for (k, (talks, reading)) in all.iter().enumerate() {
        let outcomes: f64 = talks.issues.iter().map(|issue| issue.n_options() as f64).product();
        let times = &mut times[k];
        times.sort_unstable();
        let median = times[times.len() / 2].as_secs_f64();
        println!(
            "{}\t{outcomes}\t{}\t{}\t{median}\t{}",
            names[k],
            found[k].0,
            found[k].1,
            reading.as_secs_f64()
        );
    }
}

fn read(path: &Path) -> (Talks, Duration) {
    let start = Instant::now();
    let opened = detente_formats::open(path).expect("a folder");
    let reading = detente_formats::read_files(&opened.path, &opened.files, &ReadOptions::default());
    (reading.talks.expect("a valid scenario"), start.elapsed())
}

/// How many points the frontier has, and the largest product of utilities.
fn analysed(talks: &Talks) -> (usize, f64) {
    let space = Space::new(talks);
    let parts = Parts::new(&space, Some(Scale::Raw)).expect("separable");
    let frontier = parts.frontier(&|_| ControlFlow::Continue(())).expect("a frontier");
    let product = |k: usize| frontier.utilities(k).iter().product::<f64>();
    (frontier.len(), (0..frontier.len()).map(product).fold(f64::MIN, f64::max))
}
