//! `detente analyze`: everything about a scenario in one go.

use crate::Format;
use crate::diagnostics::Findings;
use crate::output::{self, Failure, Outcome};
use crate::progress::Watcher;
use detente_analysis::{Analysis, Limit, Options, Scale, analyze};
use detente_model::Talks;
use detente_report::Report;
use sha2::{Digest as _, Sha256};
use std::path::PathBuf;

#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// A scenario file, or a folder that holds a `scenario.yaml`.
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// How to print the result.
    #[arg(long, value_enum, default_value = "text")]
    format: Format,
    /// Write the result to a file, whole or not at all, instead of stdout.
    #[arg(long, value_name = "PATH")]
    out: Option<PathBuf>,
    /// The probability of agreement aimed at, from 0 to 1.
    #[arg(long, value_name = "P", default_value = "0.5", value_parser = probability)]
    target: f64,
    /// Seed for what is drawn at random; repeated in the result, as nothing is drawn yet.
    #[arg(long, value_name = "N", default_value = "0")]
    seed: u64,
    /// How many best deals to name; among those within one point of each other, the most different.
    #[arg(long, value_name = "K", default_value = "10", value_parser = clap::value_parser!(u32).range(1..))]
    top: u32,
    /// How many efficient deals to list in JSON: a number, or `all`.
    #[arg(long, value_name = "N|all", default_value = "1000", value_parser = points)]
    points: Points,
    /// Units of party utilities: `unit` maps each body to 0..1; `raw` needs one body per party.
    #[arg(long, value_enum)]
    scale: Option<Units>,
}

#[derive(Clone, Copy, PartialEq, clap::ValueEnum)]
enum Units {
    Raw,
    Unit,
}

#[derive(Clone, Copy)]
enum Points {
    First(usize),
    All,
}

fn probability(text: &str) -> Result<f64, String> {
    let value: f64 = text.parse().map_err(|_| "write a number from 0 to 1".to_owned())?;
    if (0.0..=1.0).contains(&value) { Ok(value) } else { Err("write a number from 0 to 1".into()) }
}

fn points(text: &str) -> Result<Points, String> {
    match text {
        "all" => Ok(Points::All),
        _ => text.parse().map(Points::First).map_err(|_| "write a whole number or `all`".into()),
    }
}

pub(crate) fn run(arguments: &Arguments, quiet: bool) -> Outcome {
    let opened = detente_formats::open(&arguments.file).map_err(Failure::new)?;
    let findings = Findings::new(opened.path, &opened.bytes);
    let shown = findings.text(quiet);
    if !shown.is_empty() {
        output::complain(shown.trim_end());
    }
    let Some(talks) = &findings.talks else {
        output::complain(&findings.summary());
        return Ok(1);
    };
    not_over_itself(arguments, &findings.path)?;
    let scale = scale(arguments.scale, talks)?;
    let mut watcher = Watcher::new(quiet);
    let options = Options {
        target: arguments.target,
        top: arguments.top as usize,
        points: match arguments.points {
            Points::First(n) => Some(n),
            Points::All => None,
        },
        scale,
    };
    let analysis = analyze(talks, &options, &mut |share| watcher.tick(share));
    watcher.finish();
    let mut warnings = findings.warnings();
    warnings.extend(means_used(talks));
    let report = Report {
        talks,
        analysis: &analysis,
        version: env!("CARGO_PKG_VERSION"),
        input_sha256: &hash(&opened.bytes),
        seed: arguments.seed,
        warnings: &warnings,
    };
    print(arguments, &report)?;
    Ok(if interrupted(&analysis) { 130 } else { 0 })
}

/// A result must not replace the scenario it was made from.
fn not_over_itself(arguments: &Arguments, input: &std::path::Path) -> Result<(), Failure> {
    let same = |out: &PathBuf| {
        out.canonicalize().is_ok_and(|out| input.canonicalize().is_ok_and(|input| out == input))
    };
    match &arguments.out {
        Some(out) if same(out) => {
            let message =
                format!("`{}` is the scenario itself; name another file for the result", out.display());
            Err(Failure::Message(message))
        }
        _ => Ok(()),
    }
}

fn scale(asked: Option<Units>, talks: &Talks) -> Result<Option<Scale>, Failure> {
    let several = talks.parties.iter().find(|party| party.bodies.len() > 1);
    match (asked, several) {
        (None, _) => Ok(None),
        (Some(Units::Unit), _) => Ok(Some(Scale::Unit)),
        (Some(Units::Raw), None) => Ok(Some(Scale::Raw)),
        (Some(Units::Raw), Some(party)) => Err(Failure::Message(format!(
            "`--scale raw` needs one body per party, and `{}` has {}; leave it out, or use `--scale unit`",
            party.id,
            party.bodies.len()
        ))),
    }
}

/// Until unknowns are sampled, a distribution stands for its mean, and that is said.
fn means_used(talks: &Talks) -> Option<String> {
    let uncertain: Vec<String> = talks
        .numbers()
        .iter()
        .filter(|placed| !placed.number.is_certain())
        .map(|placed| placed.place.clone())
        .collect();
    let shown = uncertain.iter().take(3).map(|place| format!("`{place}`")).collect::<Vec<_>>().join(", ");
    let more = if uncertain.len() > 3 { ", ..." } else { "" };
    match uncertain.len() {
        0 => None,
        1 => Some(format!("1 number is a distribution ({shown}); its mean is used")),
        n => Some(format!("{n} numbers are distributions ({shown}{more}); their means are used")),
    }
}

fn print(arguments: &Arguments, report: &Report<'_>) -> Result<(), Failure> {
    let text = match arguments.format {
        Format::Json => detente_report::json(report),
        Format::Text => detente_report::text(report, width(arguments.out.is_some())),
    };
    match &arguments.out {
        Some(path) => output::write_whole(path, &text),
        None => output::print(&text),
    }
}

/// The terminal's width; 80 where there is none.
fn width(to_file: bool) -> usize {
    let terminal = terminal_size::terminal_size_of(std::io::stdout()).filter(|_| !to_file);
    terminal.map_or(80, |(width, _)| usize::from(width.0))
}

fn hash(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

fn interrupted(analysis: &Analysis) -> bool {
    analysis.limit == Some(Limit::Interrupted)
}
