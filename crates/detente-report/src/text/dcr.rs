//! What can come of a graph of conditions and responses, on one screen.

use super::{BOLD, DIM, Page};
use crate::DcrReport;
use crate::deal::isolated;
use detente_analysis::{Lost, Waits};
use detente_model::{Event, EventId, Relation, RelationKind};

/// How many ways to lose are told.
const WAYS: usize = 8;
/// How many findings about the file are told.
const WARNINGS: usize = 12;
/// How many events are named in a list.
const NAMES: usize = 8;

/// What can come of a graph in words, wrapped to `width` columns, with colour codes that the caller may
/// strip.
pub fn dcr_text(report: &DcrReport<'_>, width: usize) -> String {
    let mut page = Page::new(width);
    page.styled(BOLD, &isolated(report.title));
    page.line("");
    let found = report.found;
    let n_events = report.graph.events().len();
    page.paragraph(&format!(
        "{} between {}. At the start {}.",
        plural(report.graph.relations().len() as u64, "relation"),
        plural(n_events as u64, "event"),
        if found.accepting_at_start { "nothing is due" } else { "something is due" }
    ));
    let least = if found.complete { "" } else { "at least " };
    page.paragraph(&format!(
        "{}{} can be reached, the start included. In {}{} nothing is due.",
        capital(least),
        plural(found.markings, "marking"),
        least,
        found.accepting
    ));
    if !found.complete {
        let why = if found.interrupted { "it was stopped" } else { "there are too many" };
        page.paragraph(&format!(
            "Not all markings were visited: {why}. What follows is about those that were."
        ));
    }
    guards(&mut page, report);
    outlook(&mut page, report);
    if !found.never.is_empty() {
        let when = if report.unguarded.is_some() { " if these relations hold always" } else { "" };
        page.paragraph(&format!("Never possible{when}: {}.", list(report, &found.never)));
    }
    if !found.runs.is_empty() {
        page.styled(BOLD, "Runs by length                     all    nothing due then");
        for (k, runs) in found.runs.iter().enumerate() {
            let length = plural(k as u64 + 1, "event");
            page.line(&format!("  {length:<20}{:>16}{:>20}", runs.total, runs.accepting));
        }
        page.line("");
    }
    if report.graph.relations().iter().any(|relation| relation.time.is_some()) {
        page.styled(DIM, "Delays and deadlines are read and do not enter these numbers.");
    }
    for warning in report.warnings.iter().take(WARNINGS) {
        page.wrapped("", "  ", &format!("Note: {warning}."));
    }
    if report.warnings.len() > WARNINGS {
        page.line(&format!("    ... and {} more in `--format json`", report.warnings.len() - WARNINGS));
    }
    page.out.into_string()
}

fn outlook(page: &mut Page, report: &DcrReport<'_>) {
    let found = report.found;
    if found.lost == 0 {
        match (found.complete, report.unguarded) {
            (true, None) if report.left_out => page.paragraph(
                "Whether everything due can still be done cannot be said, because parts of the graph are not read: it can in what was read.",
            ),
            (true, None) => page.paragraph("Whatever is done, everything due can still be done."),
            (true, Some(_)) => page.paragraph(
                "Whether everything due can still be done cannot be said without the guards: it can if these relations hold always.",
            ),
            (false, _) => {}
        }
        return;
    }
    let mut kinds = Vec::new();
    if found.dead_ends > 0 {
        kinds.push(format!("in {} nothing at all can be done", found.dead_ends));
    }
    if found.livelocks > 0 {
        kinds.push(format!(
            "from {} something can be done for ever, and something stays due",
            found.livelocks
        ));
    }
    let if_they_hold = if report.unguarded.is_some() { "If these relations hold always, " } else { "" };
    page.paragraph(&format!(
        "{if_they_hold}{} cannot be completed any more: {}.",
        plural(found.lost, "marking"),
        kinds.join("; ")
    ));
    page.styled(BOLD, "How that comes about");
    for way in found.ways.iter().take(WAYS) {
        page.wrapped("  - ", "    ", &told(report, way));
    }
    if found.ways.len() > WAYS {
        page.line(&format!("    ... and {} more in `--format json`", found.ways.len() - WAYS));
    }
    page.line("");
}

/// Which relations have guards, and what comes of the graph without them.
fn guards(page: &mut Page, report: &DcrReport<'_>) {
    let Some(without) = report.unguarded else { return };
    let guarded: Vec<&Relation> =
        report.graph.relations().iter().filter(|relation| relation.guard.is_some()).collect();
    let n = guarded.len();
    let are = if n == 1 { "is" } else { "are" };
    page.paragraph(&format!(
        "Guards are not read: {} {are} taken to hold always, and all numbers here are those of that graph.",
        plural(n as u64, "relation")
    ));
    for relation in guarded.iter().take(NAMES) {
        let guard = relation.guard.as_deref().unwrap_or_default();
        page.wrapped("  - ", "    ", &format!("{}, guarded by {}", meant(report, relation), isolated(guard)));
    }
    if n > NAMES {
        page.line(&format!("    ... and {} more", n - NAMES));
    }
    page.line("");
    let least = if without.complete { "" } else { "at least " };
    page.paragraph(&format!(
        "If they never held, {least}{} could be reached, and {least}{} of them could not be completed any more.",
        plural(without.markings, "marking"),
        without.lost
    ));
}

/// What a relation says.
fn meant(report: &DcrReport<'_>, relation: &Relation) -> String {
    let (from, to) = (name(report, relation.from), name(report, relation.to));
    match relation.kind {
        RelationKind::Condition => format!("{to} waits for {from}"),
        RelationKind::Response => format!("{from} makes {to} due"),
        RelationKind::Include => format!("{from} brings {to} into play"),
        RelationKind::Exclude => format!("{from} takes {to} out of play"),
        RelationKind::Milestone => format!("{to} waits while {from} is due"),
    }
}

/// One way to lose a graph.
fn told(report: &DcrReport<'_>, way: &Lost) -> String {
    let after = match &way.run[..] {
        [] => "From the start".to_owned(),
        run => format!("After {}", names(report, run).join(", then ")),
    };
    let due = list(report, &way.due);
    let stays = if way.dead_end { "nothing can be done any more, and this is due" } else { "this stays due" };
    let why: Vec<String> = way.waits.iter().filter_map(|waits| reason(report, waits)).collect();
    let why = if why.is_empty() { String::new() } else { format!(" {}", why.join(" ")) };
    format!("{after} {stays}: {due}.{why}")
}

/// Why something cannot be done, as a sentence; nothing where it can.
pub(crate) fn reason(report: &DcrReport<'_>, waits: &Waits) -> Option<String> {
    let chain = |chain: &[EventId]| names(report, chain).join(" waits for ");
    Some(match waits {
        Waits::Circle(circle) => match &circle[..] {
            [one] => format!("{} waits for itself.", name(report, *one)),
            [one, other] => {
                format!("{} and {} wait for each other.", name(report, *one), name(report, *other))
            }
            all => format!("These wait for each other in a circle: {}.", names(report, all).join(", ")),
        },
        Waits::OutOfPlay { chain: of, sub_process } => match &of[..] {
            [one] => format!(
                "{} is inside {}, which is out of play.",
                name(report, *one),
                name(report, *sub_process)
            ),
            _ => format!(
                "{}, which is inside {}, which is out of play.",
                chain(of),
                name(report, *sub_process)
            ),
        },
        Waits::Empty(of) => match &of[..] {
            [one] => format!("Nothing inside {} is in play.", name(report, *one)),
            _ => format!("{}, and nothing inside that is in play.", chain(of)),
        },
        Waits::Open(_) => return None,
    })
}

fn list(report: &DcrReport<'_>, events: &[EventId]) -> String {
    let more = events.len().saturating_sub(NAMES);
    let mut all = names(report, &events[..events.len() - more]).join(", ");
    if more > 0 {
        all.push_str(&format!(" and {more} more"));
    }
    all
}

fn names(report: &DcrReport<'_>, events: &[EventId]) -> Vec<String> {
    events.iter().map(|event| name(report, *event)).collect()
}

/// What an event is called, with its id where another is called the same.
fn name(report: &DcrReport<'_>, event: EventId) -> String {
    let Event { id, name, .. } = &report.graph.events()[event.0];
    let same = report.graph.events().iter().filter(|other| other.name == *name).count();
    if same > 1 { format!("{} ({id})", isolated(name)) } else { isolated(name) }
}

fn plural(n: u64, what: &str) -> String {
    format!("{n} {what}{}", if n == 1 { "" } else { "s" })
}

fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}
