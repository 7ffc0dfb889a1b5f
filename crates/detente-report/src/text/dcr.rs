//! What can come of a graph of conditions and responses, on one screen.

use super::{BOLD, DIM, Page};
use crate::DcrReport;
use crate::deal::isolated;
use detente_analysis::{Lost, Waits};
use detente_model::{Event, EventId};

/// How many ways to lose are told.
const WAYS: usize = 8;
/// How many events are named in a list.
const NAMES: usize = 8;

/// What can come of a graph in words, wrapped to `width` columns, with colour codes that the caller may
/// strip.
pub fn dcr_text(report: &DcrReport<'_>, width: usize) -> String {
    let mut page = Page { out: String::new(), width: width.clamp(40, 120) };
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
    outlook(&mut page, report);
    if !found.never.is_empty() {
        page.paragraph(&format!("Never possible: {}.", list(report, &found.never)));
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
    page.out
}

fn outlook(page: &mut Page, report: &DcrReport<'_>) {
    let found = report.found;
    if found.lost == 0 {
        if found.complete {
            page.paragraph("Whatever is done, everything due can still be done.");
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
    page.paragraph(&format!(
        "{} cannot be completed any more: {}.",
        capital(&plural(found.lost, "marking")),
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
