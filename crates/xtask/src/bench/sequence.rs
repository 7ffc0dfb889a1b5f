//! How long the best order of steps and the price of trust take.

use super::{section, time};
use crate::{Verdict, shell};
use anyhow::Result;
use std::fmt::Write as _;
use std::path::Path;

/// Runs the benchmark `sequence`; writes its part of `bench/RESULTS.md`.
pub(crate) fn sequence(root: &Path) -> Result<Verdict> {
    let args = ["bench", "--locked", "-p", "detente-analysis", "--bench", "sequence"];
    println!("$ cargo {} (about half a minute)", args.join(" "));
    let printed = shell::capture(&mut shell::cargo(root, &args))?;
    let mut table = String::from(
        "| steps | sets or positions | smallest slack | best order | choices of guarantees | all of them | time | memory |\n\
         |---|---:|---:|---|---:|---|---:|---:|\n",
    );
    for fields in printed.lines().map(|line| line.split('\t').collect::<Vec<_>>()) {
        if let [what, sets, slack, order, choices, price, seconds, megabytes] = fields[..] {
            let nanoseconds = seconds.parse::<f64>().unwrap_or(f64::NAN) * 1e9;
            let _ = writeln!(
                table,
                "| {what} | {sets} | {slack} | {order} | {choices} | {price} | {} | {megabytes} MB |",
                time(nanoseconds)
            );
        }
    }
    print!("{table}");
    let text = format!(
        "Single runs, each in a process of its own. Talks are generated from fixed seeds: a step costs its performer \
         something and is worth something to all others. `proven` says that no other order, and no other choice of \
         guarantees, can be better.\n\n{table}"
    );
    section(root, "Order of steps", "sequence", &text)?;
    println!("\nwrote bench/RESULTS.md");
    Ok(Verdict::Clean)
}
