//! `detente sequence`: in which order a deal can be carried out, or what can come of a graph of conditions
//! and responses.

use crate::Format;
use crate::analyze::{deliver, means_used, not_over_itself, width};
use crate::carried::{Aimed, carried};
use crate::deal;
use crate::diagnostics::{self, Findings};
use crate::files::{self, Staged};
use crate::input;
use crate::output::{self, Failure, Outcome, Said};
use crate::progress::{Watcher, stopped};
use detente_analysis::{
    Analysis, DcrOptions, Limit, Obstacle, Options, Order, Sequence, TooManyEvents, analyze, explore,
    unanswered,
};
use detente_formats::Opened;
use detente_model::{Graph, Relation, StepId, Talks};
use detente_report::{
    CarriedDeal, DcrReport, Screen, SequenceReport, dcr_json, dcr_text, obstacle_words, sequence_json,
    sequence_text,
};
use std::path::PathBuf;

/// What to ask.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// A scenario file, a folder that holds one, or a DCR graph as dcr-js or the DCR portal write it.
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// Of a scenario: the deal to carry out, such as "price=4,term=long"; may be repeated. If left out, the
    /// likeliest to be agreed.
    #[arg(long, value_name = "ISSUE=OPTION,...")]
    deal: Vec<String>,
    /// Of a scenario: the probability of agreement aimed at, from 0 to 1.
    #[arg(long, value_name = "P", default_value = "0.5", value_parser = crate::analyze::probability)]
    target: f64,
    /// Of a scenario: the seed of all that is drawn.
    #[arg(long, value_name = "N", default_value_t = 0)]
    seed: u64,
    /// How to print the result; as a page it is part of `detente analyze --format html`.
    #[arg(long, value_enum, default_value = "text")]
    format: Format,
    /// Write the result to a file, whole or not at all.
    #[arg(long, value_name = "PATH")]
    out: Option<PathBuf>,
    /// Of a graph: visit so many markings at most, up to 2097152; what is said is about those.
    #[arg(long, value_name = "N", default_value_t = 1 << 20, value_parser = clap::value_parser!(u32).range(1..=1 << 21))]
    markings: u32,
    /// Of a graph: count runs up to so many events.
    #[arg(long, value_name = "N", default_value_t = 6, value_parser = clap::value_parser!(u8).range(0..=18))]
    lengths: u8,
    #[command(flatten)]
    reading: input::Reading,
}

pub(crate) fn run(arguments: &Arguments, quiet: bool) -> Outcome {
    arguments.out.as_deref().map_or(Ok(()), files::check)?;
    let opened = detente_formats::open(&arguments.file).map_err(Failure::new)?;
    let Some(source) = diagnostics::graph(&opened) else {
        return scenario(arguments, &opened, quiet);
    };
    if !arguments.deal.is_empty() {
        return Err(Failure::Message("a DCR graph has no deals; leave out `--deal`".into()));
    }
    graph(arguments, &opened, source, quiet)
}

/// The deals of a scenario.
fn scenario(arguments: &Arguments, opened: &Opened, quiet: bool) -> Outcome {
    let findings = input::for_good(Findings::new(opened, &arguments.reading.options())?);
    not_over_itself(arguments.out.as_deref(), findings)?;
    let Some(talks) = findings.told(quiet) else { return Ok(1) };
    if talks.steps.is_empty() {
        let message = "the scenario has no steps, so nothing can be said of how a deal would be carried out; add some under `steps`";
        return Err(Failure::Message(message.into()));
    }
    let asked: Vec<detente_model::Outcome> =
        arguments.deal.iter().map(|text| deal::read(talks, text)).collect::<Result<_, _>>()?;
    let watcher = Watcher::new(quiet);
    let options = Options { target: arguments.target, points: Some(0), ..Options::default() };
    let own = options.clone();
    let space = watcher.compiled(talks);
    let analysis = space.and_then(|space| watcher.ask(move |watch| analyze(space, &own, watch)));
    let analysis = analysis.unwrap_or_else(|| unanswered(talks, &options));
    let aim = Aimed { target: arguments.target, seed: arguments.seed };
    let deals = space.map(|space| carried(space, &analysis, &asked, aim, &watcher)).unwrap_or_default();
    let (stopped, left_behind) = (stopped(), watcher.left_out());
    watcher.finish();
    if !quiet {
        for deal in deals.iter().filter(|deal| deal.in_full) {
            output::show(obstacle(findings, talks, deal));
        }
    }
    let will = analysis.will.as_ref();
    let none_likely = asked.is_empty() && will.is_none_or(|will| will.best.is_empty());
    let mut warnings = findings.warnings();
    warnings.extend(means_used(talks));
    warnings.extend(left_behind);
    if none_likely {
        warnings.push(why_none(talks, &analysis));
    }
    let chosen =
        asked.is_empty().then_some("This is the deal most likely to be agreed; name another with `--deal`.");
    let report = SequenceReport {
        talks,
        deals: &deals,
        chosen,
        version: env!("CARGO_PKG_VERSION"),
        input_sha256: &input::hash(opened, findings),
        warnings: &warnings,
    };
    let said = match arguments.format {
        Format::Text => Said::Screen(sequence_text(&report, width(arguments.out.is_some()))),
        Format::Json => Said::Data(sequence_json(&report)),
    };
    deliver(&said, arguments.out.as_deref(), Staged::default())?;
    Ok(if stopped || analysis.limit == Some(Limit::Interrupted) { 130 } else { 0 })
}

/// Why there is no deal to put in order.
fn why_none(talks: &Talks, analysis: &Analysis) -> String {
    let missing = detente_report::missing(talks);
    if missing.is_empty() || analysis.knowledge.enough {
        return "no deal would pass the rules of agreement, or which is not known; name one with `--deal`"
            .into();
    }
    format!(
        "not enough is known to say which deal could be agreed: not said is {}; name a deal with `--deal`",
        missing.join("; ")
    )
}

/// Where the steps stand that keep a deal from being carried out.
fn obstacle(findings: &Findings, talks: &Talks, deal: &CarriedDeal) -> Screen {
    let Ok(Sequence { order: Order::Impossible(why), .. }) = &deal.found else { return Screen::default() };
    let steps: &[StepId] = match why {
        Obstacle::Circle(steps) => steps,
        Obstacle::TooLate(step) => &[*step],
        Obstacle::Stuck { due, .. } => due,
    };
    findings.obstacle(steps, &obstacle_words(talks, why))
}

/// The graph without its relations that have a guard; nothing where there are none.
fn without_guarded(graph: &Graph) -> Option<Graph> {
    let open = |relation: &&Relation| relation.guard.is_none();
    let relations: Vec<Relation> = graph.relations().iter().filter(open).cloned().collect();
    let fewer = relations.len() < graph.relations().len();
    fewer.then(|| Graph::new(graph.events().to_vec(), relations).ok()).flatten()
}

/// What can come of a graph.
fn graph(arguments: &Arguments, opened: &Opened, source: String, quiet: bool) -> Outcome {
    let reading = diagnostics::read_graph(&source);
    let findings = Findings::of(opened.path.clone(), source, reading.diagnostics);
    not_over_itself(arguments.out.as_deref(), &findings)?;
    output::show(findings.shown(quiet));
    let Some(graph) = &reading.graph else {
        output::complain(&findings.summary());
        return Ok(1);
    };
    let watcher = Watcher::new(quiet);
    let options = DcrOptions { markings: arguments.markings as usize, lengths: arguments.lengths.into() };
    let (own, open) = (graph.clone(), without_guarded(graph));
    let found = watcher.ask(move |watch| {
        let found = explore(&own, &options, watch)?;
        let unguarded = open.map(|graph| explore(&graph, &options, watch)).transpose()?;
        Ok::<_, TooManyEvents>((found, unguarded))
    });
    watcher.finish();
    let (found, unguarded) = match found {
        // Nothing is known of a graph before its markings are.
        None => return Ok(130),
        Some(Ok(found)) => found,
        Some(Err(TooManyEvents { most })) => {
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
        unguarded: unguarded.as_ref(),
        left_out: reading.left_out,
        version: env!("CARGO_PKG_VERSION"),
        input_sha256: &input::hash(opened, &findings),
        warnings: &findings.warnings(),
    };
    let said = match arguments.format {
        Format::Text => Said::Screen(dcr_text(&report, width(arguments.out.is_some()))),
        Format::Json => Said::Data(dcr_json(&report)),
    };
    deliver(&said, arguments.out.as_deref(), Staged::default())?;
    let interrupted = found.interrupted || unguarded.is_some_and(|without| without.interrupted);
    Ok(if interrupted { 130 } else { 0 })
}
