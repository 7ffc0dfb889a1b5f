//! What is found where too many issues are tied together, beside random outcomes and annealing.

use std::fmt::Write as _;
use std::path::Path;

use anyhow::{Result, ensure};

use super::{section, time};
use crate::{Verdict, shell};

/// Closer than this is equal.
const NEAR: f64 = 1e-9;

/// The best for one party, by every method.
struct Best<'a> {
    name: &'a str,
    n_issues: &'a str,
    /// The number of outcomes is ten to the power of this.
    outcomes: &'a str,
    party: &'a str,
    own: f64,
    at_most: f64,
    seconds: f64,
    drawn: f64,
    annealed: f64,
    /// Changes that annealing tried.
    tries: &'a str,
    longer: f64,
}

/// Efficient outcomes, by every method.
struct Front<'a> {
    name: &'a str,
    seconds: f64,
    points: usize,
    efficient: &'a str,
    open: &'a str,
    areas: [f64; 3],
    drawn: usize,
    annealed: usize,
    drawn_beaten: usize,
    annealed_beaten: usize,
    by_drawn: usize,
    by_annealed: usize,
}

/// Runs the benchmark `hard`; writes its part of `bench/RESULTS.md`.
pub(crate) fn hard(root: &Path) -> Result<Verdict> {
    let args = ["bench", "--locked", "-p", "detente-cli", "--bench", "hard"];
    println!("$ cargo {} (about four minutes)", args.join(" "));
    let printed = shell::capture(&mut shell::cargo(root, &args))?;
    let bests: Vec<Best<'_>> = printed.lines().filter_map(best).collect();
    let fronts: Vec<Front<'_>> = printed.lines().filter_map(front).collect();
    ensure!(
        !fronts.is_empty() && bests.len() == 2 * fronts.len(),
        "the benchmark printed something else than what is read here"
    );
    let text = format!(
        "What a survey finds where too many issues are tied together to count their combinations through, beside what \
         uniform random outcomes and simulated annealing find in the same time, all on one thread. Scenarios with a \
         `/` are other systems', made of hyper-rectangles; the others are generated from fixed seeds: `pairs` has 100 \
         issues of two answers with an influence of every pair of issues on either party, `groups` as many with tables \
         over overlapping groups of three or four issues. Annealing changes one issue at a time, cools geometrically \
         and begins anew; what a change would add is kept up to date for every option. The work of a survey is counted \
         in nodes, so that what it finds is always the same; sampling and annealing are ended by the clock, so that \
         what they find is not.\n\n{}\n{}",
        bests_table(&bests),
        fronts_table(&fronts)
    );
    print!("{text}");
    section(root, "Issues tied together", "hard", &text)?;
    println!("\nwrote bench/RESULTS.md");
    Ok(Verdict::Clean)
}

fn bests_table(rows: &[Best<'_>]) -> String {
    let mut text = "The best for each party. The gap is between the best that was found and what no outcome exceeds, as a \
         share of the former. The last column is for comparison only: what annealing finds in three seconds, or in as long as \
         the survey took if that is more. The run ends with an error if anything found is above what the survey says \
         to be most.\n\n\
         | scenario | issues | outcomes | party | survey | gap | time | random | annealing | changes tried | annealing, longer |\n\
         |---|---:|---:|---:|---:|---|---:|---:|---:|---:|---:|\n"
        .to_owned();
    for row in rows {
        let Best { name, n_issues, outcomes, party, own, drawn, annealed, tries, longer, .. } = row;
        let gap = row.at_most - own;
        let gap = if gap < NEAR { "proven".to_owned() } else { format!("{:.0}%", gap / own.abs() * 100.0) };
        let _ = writeln!(
            text,
            "| {name} | {n_issues} | 10^{outcomes} | {party} | {} | {gap} | {} | {} | {} | {tries} | {} |",
            number(*own),
            time(row.seconds * 1e9),
            number(*drawn),
            number(*annealed),
            number(*longer)
        );
    }
    let worse = |of: fn(&Best<'_>) -> f64| rows.iter().filter(|row| row.own < of(row) - NEAR).count();
    let _ = writeln!(
        text,
        "\nOf these {} the survey's is proven for {}; random outcomes are better than the survey for {}, annealing for {}, \
         annealing for longer for {}.",
        rows.len(),
        rows.iter().filter(|row| row.at_most - row.own < NEAR).count(),
        worse(|row| row.drawn),
        worse(|row| row.annealed),
        worse(|row| row.longer)
    );
    text
}

fn fronts_table(rows: &[Front<'_>]) -> String {
    let mut text =
        "Efficient outcomes. Annealing has random weights of the two parties in every run, and every outcome on its \
         way counts. The area is what the points cover of the rectangle around all points of the three, above its lower \
         corner; `beaten` are points than which the other method found a better one.\n\n\
         | scenario | time | points | proven efficient | zones open | area: survey | random | annealing | random beaten | \
         annealing beaten | survey beaten by random | by annealing |\n\
         |---|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|\n"
            .to_owned();
    for row in rows {
        let Front { name, points, efficient, open, areas: [own, drawn, annealed], .. } = row;
        let _ = writeln!(
            text,
            "| {name} | {} | {points} | {efficient} | {open} | {own:.4} | {drawn:.4} | {annealed:.4} | {} of {} | {} of {} | \
             {} | {} |",
            time(row.seconds * 1e9),
            row.drawn_beaten,
            row.drawn,
            row.annealed_beaten,
            row.annealed,
            row.by_drawn,
            row.by_annealed
        );
    }
    let behind = rows.iter().filter(|row| row.areas[1..].iter().any(|area| *area > row.areas[0] + NEAR));
    let names: Vec<&str> = behind.map(|row| row.name).collect();
    let _ = writeln!(
        text,
        "\nThe survey covers less than another method {}.",
        if names.is_empty() { "nowhere".to_owned() } else { format!("in {}", names.join("; ")) }
    );
    text
}

/// To four places, none if it is whole.
fn number(value: f64) -> String {
    if value.fract() == 0.0 && value.abs() > 1.5 { format!("{value:.0}") } else { format!("{value:.4}") }
}

fn best(line: &str) -> Option<Best<'_>> {
    let fields: Vec<&str> = line.split('\t').collect();
    let ["best", name, n_issues, outcomes, party, own, at_most, seconds, drawn, annealed, tries, longer] =
        fields[..]
    else {
        return None;
    };
    Some(Best {
        name,
        n_issues,
        outcomes,
        party,
        own: own.parse().ok()?,
        at_most: at_most.parse().ok()?,
        seconds: seconds.parse().ok()?,
        drawn: drawn.parse().ok()?,
        annealed: annealed.parse().ok()?,
        tries,
        longer: longer.parse().ok()?,
    })
}

fn front(line: &str) -> Option<Front<'_>> {
    let fields: Vec<&str> = line.split('\t').collect();
    let ["front", name, seconds, points, efficient, open, rest @ ..] = &fields[..] else { return None };
    let areas: Vec<f64> = rest.iter().take(3).map(|field| field.parse().ok()).collect::<Option<_>>()?;
    let counts: Vec<usize> = rest.iter().skip(3).map(|field| field.parse().ok()).collect::<Option<_>>()?;
    let [drawn, annealed, drawn_beaten, annealed_beaten, by_drawn, by_annealed] = counts[..] else {
        return None;
    };
    Some(Front {
        name,
        seconds: seconds.parse().ok()?,
        points: points.parse().ok()?,
        efficient,
        open,
        areas: areas.try_into().ok()?,
        drawn,
        annealed,
        drawn_beaten,
        annealed_beaten,
        by_drawn,
        by_annealed,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_proven_or_not_better_is_told() {
        let line = "best\tpairs\t100\t30\t1\t6012\t9018\t1.5\t2000\t6013\t640\t6013";
        let table = bests_table(&[best(line).expect("a row")]);
        assert!(
            table.contains("| pairs | 100 | 10^30 | 1 | 6012 | 50% | 1.50 s | 2000 | 6013 | 640 | 6013 |"),
            "{table}"
        );
        assert!(
            table.contains("proven for 0; random outcomes are better than the survey for 0, annealing for 1")
        );
        let line = "front\tpairs\t2\t40\t3\t5\t0.5\t0.25\t0.625\t10\t90\t10\t4\t0\t7";
        let table = fronts_table(&[front(line).expect("a row")]);
        assert!(table.contains(
            "| pairs | 2.00 s | 40 | 3 | 5 | 0.5000 | 0.2500 | 0.6250 | 10 of 10 | 4 of 90 | 0 | 7 |"
        ));
        assert!(table.contains("less than another method in pairs."), "{table}");
        assert!(best("Running benches").is_none() && front("best\ta").is_none());
    }
}
