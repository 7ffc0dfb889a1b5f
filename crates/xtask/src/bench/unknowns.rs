//! The error of a mean by the number of draws.

use super::{Plot, section, time};
use crate::{Verdict, shell};
use anyhow::{Context, Result};
use std::fmt::Write as _;
use std::fs;
use std::path::Path;

/// What the benchmark printed.
#[derive(Default)]
struct Found {
    /// The value held to be right, and how far it may be off.
    right: (f64, f64),
    /// Kind, draws and error.
    errors: Vec<(String, f64, f64)>,
    /// Draws, seconds, and outcomes looked at by a body in a second.
    time: (f64, f64, f64),
}

/// Runs the benchmark `unknowns`; writes its part of `bench/RESULTS.md`, and `docs/draws.svg`.
pub(crate) fn unknowns(root: &Path) -> Result<Verdict> {
    let args = ["bench", "--locked", "-p", "detente-cli", "--bench", "unknowns"];
    println!("$ cargo {} (about two minutes)", args.join(" "));
    let printed = shell::capture(&mut shell::cargo(root, &args))?;
    let found = read(&printed);
    let text = said(&found);
    print!("{text}");
    section(root, "Unknowns", "unknowns", &text)?;
    fs::write(root.join("docs/draws.svg"), picture(&found))
        .context("`docs/draws.svg` could not be written")?;
    println!("\nwrote bench/RESULTS.md and docs/draws.svg");
    Ok(Verdict::Clean)
}

fn read(printed: &str) -> Found {
    let mut found = Found::default();
    for line in printed.lines() {
        let fields: Vec<&str> = line.split('\t').collect();
        let number = |k: usize| fields.get(k).and_then(|text| text.parse::<f64>().ok()).unwrap_or(f64::NAN);
        match fields[0] {
            "right" => found.right = (number(1), number(2)),
            "error" => found.errors.push((fields[1].to_owned(), number(2), number(3))),
            "time" => found.time = (number(1), number(2), number(3)),
            _ => {}
        }
    }
    found
}

fn of(found: &Found, kind: &str) -> Vec<(f64, f64)> {
    found.errors.iter().filter(|row| row.0 == kind).map(|row| (row.1, row.2)).collect()
}

/// How many draws an error takes, between the two that were measured around it.
fn draws_for(error: f64, points: &[(f64, f64)]) -> Option<f64> {
    points.windows(2).find(|pair| pair[1].1 <= error && error <= pair[0].1).map(|pair| {
        let share = (pair[0].1 / error).ln() / (pair[0].1 / pair[1].1).ln();
        pair[0].0 * (pair[1].0 / pair[0].0).powf(share)
    })
}

fn said(found: &Found) -> String {
    let mut text = format!(
        "The founding case: the mean probability of the likeliest deal over what is not known. Errors are root mean squares \
         over 24 seeds against {:.6} (to within {:.0e}, from 2^19 draws of another seed).\n\n\
         | draws | even | plain |\n|---|---|---|\n",
        found.right.0, found.right.1
    );
    let plain = of(found, "plain");
    for ((draws, even), (_, plain)) in of(found, "even").iter().zip(&plain) {
        let _ = writeln!(text, "| {draws} | {even:.1e} | {plain:.1e} |");
    }
    text.push_str("\n| error | even draws | plain draws | ratio |\n|---|---|---|---|\n");
    for error in [1e-2, 5e-3, 3e-3, 2e-3, 1.5e-3] {
        if let (Some(few), Some(many)) = (draws_for(error, &of(found, "even")), draws_for(error, &plain)) {
            let _ = writeln!(text, "| {error} | {few:.0} | {many:.0} | {:.0} |", many / few);
        }
    }
    let (draws, seconds, looks) = found.time;
    let _ = writeln!(
        text,
        "\n{draws} draws of the founding case, with everything that is said of them, take {} (median of 5, all cores): \
         {:.0} million outcomes a second valued by a body. Outcomes that a body values alike whatever is drawn are valued \
         once.",
        time(seconds * 1e9),
        looks / 1e6
    );
    text
}

fn picture(found: &Found) -> String {
    let mut plot = Plot::new(
        "Error of the mean by the number of draws, even and plain",
        ("Draws", (1.0, 4.5)),
        ("Root mean square error", (-5.0, -1.0)),
    );
    for exponent in 1..=4 {
        plot.tick_across(10f64.powi(exponent), &format!("{}", 10u32.pow(exponent as u32)));
    }
    for exponent in -5..=-1 {
        plot.tick_up(10f64.powi(exponent), &format!("{}", 10f64.powi(exponent)));
    }
    plot.line("even (Sobol points)", &of(found, "even"), 0, "none");
    plot.line("plain", &of(found, "plain"), 1, "8 4");
    plot.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_between_two_takes_draws_between_theirs() {
        let points = [(16.0, 0.1), (64.0, 0.05), (256.0, 0.025)];
        assert_eq!(draws_for(0.05, &points), Some(64.0));
        assert!(draws_for(0.07, &points).is_some_and(|draws| (16.0..64.0).contains(&draws)));
        assert_eq!(draws_for(0.01, &points), None);
    }
}
