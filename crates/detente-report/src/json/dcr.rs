//! What can come of a graph of conditions and responses, as JSON.

use crate::DcrReport;
use crate::screen::json_escaped;
use detente_analysis::Waits;
use detente_model::EventId;
use schemars::JsonSchema;
use serde::Serialize;

/// What can come of a graph of conditions and responses.
#[derive(Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
struct DcrDocument {
    /// Version of the program.
    detente: String,
    /// What the graph is called, or else its file.
    title: String,
    /// SHA-256 of the input file, in hexadecimal.
    input_sha256: String,
    /// What was found while reading.
    warnings: Vec<String>,
    /// Events, nestings not counted.
    events: usize,
    /// Relations between events, those of nestings counted for each event inside.
    relations: usize,
    /// Of these, relations with a guard. Guards are not read: all numbers here are those of the graph in which these
    /// relations hold always.
    guarded: usize,
    /// The same of the graph without those relations; absent where there are none. Neither bounds what comes of guards
    /// that hold at times.
    #[serde(skip_serializing_if = "Option::is_none")]
    without_guarded: Option<WithoutGuarded>,
    /// Whether nothing is due at the start.
    accepting_at_start: bool,
    /// Whether every marking was visited; the numbers of markings are no less than these otherwise.
    complete: bool,
    /// Markings that can be reached, the start included.
    markings: u64,
    /// Those in which nothing is due.
    accepting: u64,
    /// Those from which none of the latter can be reached.
    lost: u64,
    /// Of the lost, those in which nothing can be done.
    dead_ends: u64,
    /// Of the lost, those from which no dead end can be reached.
    livelocks: u64,
    /// Shortest runs to lost markings.
    ways: Vec<Way>,
    /// Ids of events that can be done in no marking that was visited.
    never: Vec<String>,
    /// Runs of one event, of two, and so on.
    runs: Vec<RunsEntry>,
}

/// What comes of a graph without the relations that have a guard.
#[derive(Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
struct WithoutGuarded {
    /// Whether every marking was visited.
    complete: bool,
    /// Markings that can be reached, the start included.
    markings: u64,
    /// Those in which nothing is due.
    accepting: u64,
    /// Those from which none of the latter can be reached.
    lost: u64,
}

/// A way to lose a graph.
#[derive(Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
struct Way {
    /// Ids of the events of a shortest run.
    run: Vec<String>,
    /// Ids of what is due and in play then.
    due: Vec<String>,
    /// Whether nothing can be done then.
    dead_end: bool,
    /// Ids of events that wait for each other, the first for the second and the last for the first.
    circles: Vec<Vec<String>>,
    /// Why what is due cannot be done, in words.
    reasons: Vec<String>,
}

/// Runs of one length. Numbers above 2^53 are decimal strings.
#[derive(Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
struct RunsEntry {
    /// How many events.
    length: usize,
    /// All.
    total: super::Count,
    /// Those after which nothing is due.
    accepting: super::Count,
}

/// What can come of a graph as one JSON object, with a final line break.
pub fn dcr_json(report: &DcrReport<'_>) -> String {
    let mut text = json_escaped(&serde_json::to_string_pretty(&document(report)).unwrap_or_default());
    text.push('\n');
    text
}

/// The JSON Schema of what [`dcr_json`] returns.
pub fn dcr_schema() -> String {
    let mut text = serde_json::to_string_pretty(&schemars::schema_for!(DcrDocument)).unwrap_or_default();
    text.push('\n');
    text
}

fn document(report: &DcrReport<'_>) -> DcrDocument {
    let (graph, found) = (report.graph, report.found);
    let ids = |events: &[EventId]| -> Vec<String> {
        events.iter().map(|event| graph.events()[event.0].id.clone()).collect()
    };
    let circle = |waits: &Waits| match waits {
        Waits::Circle(circle) => Some(ids(circle)),
        Waits::OutOfPlay { .. } | Waits::Empty(_) | Waits::Open(_) => None,
    };
    let way = |way: &detente_analysis::Lost| Way {
        run: ids(&way.run),
        due: ids(&way.due),
        dead_end: way.dead_end,
        circles: way.waits.iter().filter_map(circle).collect(),
        reasons: way.waits.iter().filter_map(|waits| crate::text::dcr::reason(report, waits)).collect(),
    };
    let runs = |(k, runs): (usize, &detente_analysis::Runs)| RunsEntry {
        length: k + 1,
        total: super::count(&runs.total.into()),
        accepting: super::count(&runs.accepting.into()),
    };
    DcrDocument {
        detente: report.version.into(),
        title: report.title.into(),
        input_sha256: report.input_sha256.into(),
        warnings: report.warnings.to_vec(),
        events: graph.events().len(),
        relations: graph.relations().len(),
        guarded: graph.relations().iter().filter(|relation| relation.guard.is_some()).count(),
        without_guarded: report.unguarded.map(|without| WithoutGuarded {
            complete: without.complete,
            markings: without.markings,
            accepting: without.accepting,
            lost: without.lost,
        }),
        accepting_at_start: found.accepting_at_start,
        complete: found.complete,
        markings: found.markings,
        accepting: found.accepting,
        lost: found.lost,
        dead_ends: found.dead_ends,
        livelocks: found.livelocks,
        ways: found.ways.iter().map(way).collect(),
        never: ids(&found.never),
        runs: found.runs.iter().enumerate().map(runs).collect(),
    }
}
