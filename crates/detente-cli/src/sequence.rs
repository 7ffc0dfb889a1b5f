//! `detente sequence`: what can come of a graph of conditions and responses.

use crate::Format;
use crate::analyze::{hash, not_over_itself, width};
use crate::diagnostics::Findings;
use crate::output::{self, Failure, Outcome};
use crate::progress::Watcher;
use detente_analysis::{DcrOptions, TooManyEvents, explore};
use detente_report::{DcrReport, dcr_json, dcr_text};
use std::path::PathBuf;

/// What to ask of a graph.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// A DCR graph as dcr-js or the DCR portal write it.
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// How to print the result.
    #[arg(long, value_enum, default_value = "text")]
    format: Format,
    /// Write the result to a file, whole or not at all.
    #[arg(long, value_name = "PATH")]
    out: Option<PathBuf>,
    /// Visit so many markings at most, up to 4194304; what is said is about those.
    #[arg(long, value_name = "N", default_value_t = 1 << 20, value_parser = clap::value_parser!(u32).range(1..=1 << 22))]
    markings: u32,
    /// Count runs up to so many events.
    #[arg(long, value_name = "N", default_value_t = 6, value_parser = clap::value_parser!(u8).range(0..=18))]
    lengths: u8,
}

pub(crate) fn run(arguments: &Arguments, quiet: bool) -> Outcome {
    let opened = detente_formats::open(&arguments.file).map_err(Failure::new)?;
    let source = String::from_utf8_lossy(&opened.bytes);
    let source = source.strip_prefix('\u{feff}').unwrap_or(&source).to_owned();
    if !detente_formats::is_dcr(&source) {
        return Err(Failure::Message(format!(
            "`{}` holds no DCR graph; the order of the steps of a scenario is not worked out yet",
            opened.path.display()
        )));
    }
    not_over_itself(arguments.out.as_deref(), &opened.path)?;
    let reading = detente_formats::read_dcr(&source);
    let findings = Findings::of(opened.path.clone(), source, reading.diagnostics);
    let shown = findings.text(quiet);
    if !shown.is_empty() {
        output::complain(shown.trim_end());
    }
    let Some(graph) = &reading.graph else {
        output::complain(&findings.summary());
        return Ok(1);
    };
    let mut watcher = Watcher::new(quiet);
    let options = DcrOptions { markings: arguments.markings as usize, lengths: arguments.lengths.into() };
    let found = explore(graph, &options, &mut |share| watcher.tick(share));
    watcher.finish();
    let found = match found {
        Ok(found) => found,
        Err(TooManyEvents { most }) => {
            let n = graph.events().len();
            return Err(Failure::Message(format!(
                "the graph has {n} events; up to {most} can be told apart"
            )));
        }
    };
    let file = opened.path.file_stem().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let report = DcrReport {
        title: reading.title.as_deref().unwrap_or(&file),
        graph,
        found: &found,
        version: env!("CARGO_PKG_VERSION"),
        input_sha256: &hash(&opened.bytes),
        warnings: &findings.warnings(),
    };
    let text = match arguments.format {
        Format::Text => dcr_text(&report, width(arguments.out.is_some())),
        Format::Json => dcr_json(&report),
    };
    match &arguments.out {
        Some(path) => output::write_whole(path, &text)?,
        None => output::print(&text)?,
    }
    Ok(if found.interrupted { 130 } else { 0 })
}
