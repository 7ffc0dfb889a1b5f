//! How long the scenarios of the field take.

use std::fmt::Write as _;
use std::path::Path;

use anyhow::Result;

use super::section;
use crate::{Verdict, shell};

/// One scenario.
struct Row<'a> {
    name: &'a str,
    outcomes: f64,
    frontier: &'a str,
    seconds: f64,
    reading: f64,
}

/// Runs the benchmark `corpus`; writes its part of `bench/RESULTS.md`.
pub(crate) fn corpus(root: &Path) -> Result<Verdict> {
    let args = ["bench", "--locked", "-p", "detente-cli", "--bench", "corpus"];
    println!("$ cargo {} (a few seconds)", args.join(" "));
    let printed = shell::capture(&mut shell::cargo(root, &args))?;
    let mut rows: Vec<Row<'_>> = printed.lines().filter_map(row).collect();
    if rows.is_empty() {
        println!("nothing was measured: the scenarios are not there");
        return Ok(Verdict::Clean);
    }
    let (total, reading): (f64, f64) =
        (rows.iter().map(|row| row.seconds).sum(), rows.iter().map(|row| row.reading).sum());
    let n = rows.len();
    rows.sort_by(|a, b| b.seconds.total_cmp(&a.seconds));
    let mut text = format!(
        "Outcome count, frontier and Nash point of the {n} scenarios with a reference frontier, from talks to the \
         finished list, one after another in one process: **{:.1} ms** for all of them, the sum of the medians of \
         11 rounds. Finding and reading their files took {:.1} ms, once. The slowest:\n\n| scenario | outcomes | \
         frontier | median |\n|---|---:|---:|---:|\n",
        total * 1e3,
        reading * 1e3
    );
    for row in rows.iter().take(8) {
        let _ = writeln!(
            text,
            "| {} | {} | {} | {:.3} ms |",
            row.name,
            row.outcomes,
            row.frontier,
            row.seconds * 1e3
        );
    }
    print!("{text}");
    section(root, "Scenarios of the field", "corpus", &text)?;
    println!("\nwrote bench/RESULTS.md");
    Ok(Verdict::Clean)
}

fn row(line: &str) -> Option<Row<'_>> {
    let fields: Vec<&str> = line.split('\t').collect();
    let [name, outcomes, frontier, _, seconds, reading] = fields[..] else { return None };
    Some(Row {
        name,
        outcomes: outcomes.parse().ok()?,
        frontier,
        seconds: seconds.parse().ok()?,
        reading: reading.parse().ok()?,
    })
}
