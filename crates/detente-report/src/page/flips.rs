//! What would flip the answer: two short tables and a long one.

use super::{Figure, Table};
use crate::Report;
use crate::parts;
use crate::say;
use crate::words::value;
use detente_analysis::{Change, SwitchingValue, Verdict};

/// Rows up to which a short table grows rather than part equals.
const MOST_FLIPS: usize = 30;
/// The verdicts that may be reached, those hoped for first.
const VERDICTS: [Verdict; 3] = [Verdict::WithinReach, Verdict::NoWill, Verdict::NoTerms];
/// Numbers in each short table of what would flip it, and in the long one.
const FLIPS: usize = 5;
const ALL_FLIPS: usize = 400;

pub(super) struct Sensitivity {
    pub(super) lines: Vec<String>,
    /// By the verdict that would be read, the nearest first.
    pub(super) verdicts: Vec<(String, Vec<FlipRow>)>,
    pub(super) best: Vec<FlipRow>,
    pub(super) all: Table,
}

pub(super) struct FlipRow {
    pub(super) name: String,
    pub(super) now: Figure,
    pub(super) when: Figure,
    pub(super) then: String,
}

/// What the verdict and the likeliest deal hang on.
pub(super) fn flips(report: &Report<'_>, found: &detente_analysis::Sensitivity) -> Sensitivity {
    let numbers = report.talks.numbers();
    let name = |flip: &SwitchingValue| parts::whole_number(report.talks, &numbers[flip.number].spot);
    let first = report.analysis.will.as_ref().and_then(|will| will.best.first()).map(|deal| &deal.outcome);
    let row = |(flip, change): &(&SwitchingValue, &Change), then: String| FlipRow {
        name: name(flip),
        now: Figure::new(value(flip.now), flip.now),
        when: Figure::new(say::beyond(flip.now, change), change.to),
        then,
    };
    let verdicts = VERDICTS.into_iter().filter_map(|verdict| {
        let rows = soonest(found, |flip| flip.verdict.as_ref().filter(|change| change.verdict == verdict));
        (!rows.is_empty()).then(|| (say::would_read(verdict), rows))
    });
    let best = soonest(found, |flip| flip.best.as_ref());
    let becomes = |change: &Change| {
        let other = first.zip(change.best.as_ref());
        other.map(|(first, other)| say::difference(report.talks, first, other)).unwrap_or_default()
    };
    Sensitivity {
        verdicts: verdicts
            .map(|(caption, rows)| (caption, rows.iter().map(|it| row(it, String::new())).collect()))
            .collect(),
        lines: say::flips(report, found, &name),
        best: best.iter().map(|it| row(it, becomes(it.1))).collect(),
        all: all_flips(found, &name),
    }
}

/// The changes of one kind that are smallest, without parting equals if that can be helped.
fn soonest<'f>(
    found: &'f detente_analysis::Sensitivity,
    of: impl Fn(&'f SwitchingValue) -> Option<&'f Change>,
) -> Vec<(&'f SwitchingValue, &'f Change)> {
    let mut changes: Vec<(&SwitchingValue, &Change)> =
        found.numbers.iter().filter_map(|flip| Some((flip, of(flip)?))).collect();
    changes.sort_by(|a, b| a.1.share.total_cmp(&b.1.share));
    let parts_equals = |n: &usize| {
        let (last, next) = (changes.get(n.wrapping_sub(1)), changes.get(*n));
        last.zip(next).is_some_and(|(last, next)| next.1.share - last.1.share <= say::NO_DIFFERENCE)
    };
    let n = changes.len().min(FLIPS);
    let room = (n..=changes.len().min(MOST_FLIPS)).find(|n| !parts_equals(n));
    changes.truncate(room.or_else(|| (1..n).rev().find(|n| !parts_equals(n))).unwrap_or(n));
    changes
}

fn all_flips(found: &detente_analysis::Sensitivity, name: &dyn Fn(&SwitchingValue) -> String) -> Table {
    let head = ["Number", "Now", "Another deal is likelier", "The verdict changes"];
    let mut table = Table::new("Every number that changes the answer when changed alone", &head);
    let when = |now: f64, change: Option<&Change>| {
        change.map_or_else(|| "–".into(), |change| say::beyond(now, change))
    };
    let reads = |now, change: &Change| {
        format!("{}: {}", say::beyond(now, change), say::verdict::label(change.verdict))
    };
    for flip in found.numbers.iter().take(ALL_FLIPS) {
        let best = when(flip.now, flip.best.as_ref());
        let verdict = flip.verdict.as_ref().map_or_else(|| "–".into(), |change| reads(flip.now, change));
        table.rows.push(vec![name(flip), value(flip.now), best, verdict]);
    }
    table.left_out = found.numbers.len() - table.rows.len();
    table
}
