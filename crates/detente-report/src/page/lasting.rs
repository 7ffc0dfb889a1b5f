//! Once a deal is signed: whether it lasts, what it secures, and what would change that.

use super::carried::in_order;
use super::{Figure, Picture, Table};
use crate::CarriedDeal;
use crate::chart::{Course, cells};
use crate::deal::{counted, isolated};
use crate::say::kept as kept_words;
use crate::say::lasting::{self as say, Told};
use crate::say::{sequence, standing};
use crate::words::{percent, value};
use detente_analysis::{Aim, Amounts, Lasting, NO_CHANCE, OrderTradeoff};
use detente_model::Talks;

/// Orders in a table of what each comes to.
const ORDERS: usize = 12;
/// Sets of levers in a table.
const PACKAGES: usize = 20;
/// Places at which it can end.
const ENDS: usize = 20;

pub(super) struct LastingView {
    /// How likely it is to be carried through.
    pub(super) opening: Vec<String>,
    /// When each step can be done with the levers given, where that makes another order.
    pub(super) with_levers: Option<Picture>,
    pub(super) ends: Option<EndsView>,
    pub(super) secured: Option<Picture>,
    pub(super) secured_lines: Vec<String>,
    /// The same as a table, by phase.
    pub(super) totals: Option<Table>,
    pub(super) by_then: Vec<String>,
    pub(super) orders: Vec<String>,
    pub(super) best: Option<Table>,
    pub(super) tradeoffs: Vec<Table>,
    pub(super) checks: Vec<String>,
    pub(super) levers: Vec<String>,
    pub(super) packages: Option<Table>,
    pub(super) sureness: Vec<String>,
}

/// Where it can end.
pub(super) struct EndsView {
    pub(super) rows: Vec<EndRow>,
    pub(super) left_out: usize,
    pub(super) completed: Figure,
    /// Of a bar of 100.
    pub(super) completed_length: u32,
    /// How to read them.
    pub(super) note: String,
}

pub(super) struct EndRow {
    pub(super) point: usize,
    pub(super) day: String,
    pub(super) place: String,
    pub(super) reasons: Vec<String>,
    pub(super) chance: Figure,
    /// Of a bar of 100.
    pub(super) length: u32,
}

/// What is told of a deal once it is signed; nothing where that was not worked out.
pub(super) fn lasting(talks: &Talks, deal: &CarriedDeal, course: &mut Course) -> Option<LastingView> {
    let (found, told) = (deal.lasting.as_ref()?, say::told(deal)?);
    Some(LastingView {
        opening: say::completion(talks, deal),
        with_levers: course.with_levers.take().map(Picture::new),
        ends: ends(talks, &told),
        secured: course.secured.take().map(Picture::new),
        secured_lines: say::secured(talks, &told),
        totals: totals(talks, &told),
        by_then: say::by_then(talks, &told),
        orders: say::orders(talks, deal),
        best: best(talks, found, &told),
        tradeoffs: found.tradeoffs.iter().filter_map(|own| tradeoff(talks, own, &told)).collect(),
        checks: say::checks(talks, &told),
        levers: found.levers.iter().flat_map(|own| kept_words::with_levers(talks, own)).collect(),
        packages: packages(talks, found),
        sureness: found.sureness.iter().flat_map(|own| say::sureness(talks, &told, own)).collect(),
    })
}

/// The places at which it can end, in the order of the plan; nothing where it cannot.
fn ends(talks: &Talks, told: &Told<'_>) -> Option<EndsView> {
    let mut all = say::ends(told.outlook);
    if all.is_empty() {
        return None;
    }
    all.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
    let left_out = all.len().saturating_sub(ENDS);
    all.truncate(ENDS);
    all.sort_by_key(|(point, _)| *point);
    let row = |(point, chance): (usize, f64)| EndRow {
        point,
        day: sequence::day(&told.plan.points[point]),
        place: crate::say::sentence(&sequence::place(talks, told.plan, point)).trim_end_matches('.').into(),
        reasons: say::reasons(talks, told, point),
        chance: Figure::chance(chance),
        length: hundredths(chance),
    };
    let rows: Vec<EndRow> = all.into_iter().map(row).collect();
    Some(EndsView {
        note: say::how_to_read_ends(talks, rows.iter().any(|row| row.reasons.len() > 1)),
        rows,
        left_out,
        completed: Figure::chance(told.outlook.completed),
        completed_length: hundredths(told.outlook.completed),
    })
}

/// Rounded up so that something is never nothing.
fn hundredths(chance: f64) -> u32 {
    if chance <= NO_CHANCE { 0 } else { (chance * 100.0 - 1e-9).ceil().clamp(0.0, 100.0) as u32 }
}

/// Everything counted, in all and by phase.
fn totals(talks: &Talks, told: &Told<'_>) -> Option<Table> {
    let head = ["Counted", "Of the phase", "Hoped for", "Expected", "1 in 10 no more than", "For certain"];
    let caption =
        format!("What is secured by day {}, in all and by phase", sequence::days(told.outlook.horizon));
    let mut table = Table::new(&caption, &head);
    for own in &told.outlook.secured {
        let what = counted(&own.what);
        let row =
            |phase: String, all: &Amounts| [what.clone(), phase].into_iter().chain(cells(all)).collect();
        table.rows.push(row("all".into(), &own.total));
        let phases = own.by_phase.iter().filter(|_| own.by_phase.len() > 1);
        table.rows.extend(phases.map(|(phase, all)| {
            let name = phase.map(|phase| isolated(&talks.phases[phase.0].name));
            row(name.unwrap_or_else(|| "none".into()), all)
        }));
    }
    (!table.rows.is_empty()).then_some(table)
}

/// What another order is better for.
fn best(talks: &Talks, found: &Lasting, told: &Told<'_>) -> Option<Table> {
    let own = |aim: &Aim| say::comes_to(told.outlook, aim);
    let better = found.best.iter().filter(|best| own(&best.aim).is_some_and(|own| say::is_better(best, own)));
    let mut table = Table::new(
        "Where another order is better than the one told",
        &["Aim", "The order told", "The best", "Order, by the points above"],
    );
    for best in better.take(ORDERS) {
        table.rows.push(vec![
            crate::say::sentence(&say::aim(&best.aim)).trim_end_matches('.').into(),
            own(&best.aim).map_or_else(String::new, |own| say::amount(&best.aim, own)),
            say::amount(&best.aim, best.value),
            in_order(talks, told.plan, &best.plan),
        ]);
    }
    (!table.rows.is_empty()).then_some(table)
}

/// Orders of which none is better in two aims; nothing where one is best in both.
fn tradeoff(talks: &Talks, found: &OrderTradeoff, told: &Told<'_>) -> Option<Table> {
    if found.points.len() < 2 {
        return None;
    }
    let [first, second] = found.aims.each_ref().map(say::aim);
    let open = if found.complete { "" } else { "; there may be others" };
    let caption = format!(
        "More of one, less of the other: {first}, and {second}. No other order is better in both{open}"
    );
    let mut table = Table::new(&caption, &[&first, &second, "Order, by the points above"]);
    for ([a, b], plan) in found.points.iter().take(ORDERS) {
        let order = in_order(talks, told.plan, plan);
        table.rows.push(vec![say::amount(&found.aims[0], *a), say::amount(&found.aims[1], *b), order]);
    }
    table.left_out = found.points.len() - table.rows.len();
    Some(table)
}

/// What each set of levers buys.
fn packages(talks: &Talks, found: &Lasting) -> Option<Table> {
    let found = found.levers.as_ref().filter(|found| found.frontier.len() > 1)?;
    let caption = "Every cost that makes it more likely to be signed and kept than any lower one";
    let mut table = Table::new(caption, &["Cost", "Both", "Signed", "Kept", "With"]);
    for package in found.frontier.iter().take(PACKAGES) {
        table.rows.push(vec![
            value(package.cost),
            percent(package.signed * package.kept),
            percent(package.signed),
            percent(package.kept),
            say::levers(talks, &package.levers),
        ]);
    }
    table.left_out = found.frontier.len() - table.rows.len();
    Some(table)
}

/// A deal by how likely it is to be signed, and kept.
pub(super) struct KeptRow {
    pub(super) number: usize,
    pub(super) words: String,
    /// Whether somebody would gain by walking away.
    pub(super) holds: String,
    pub(super) signed: Figure,
    pub(super) kept: Option<Figure>,
    pub(super) both: Option<Figure>,
    pub(super) is_best: bool,
}

/// The likeliest deals with the chance that they are kept; nothing where none is, or that was not worked out.
pub(super) fn kept(talks: &Talks, deals: &[CarriedDeal]) -> Vec<KeptRow> {
    let mut listed: Vec<&CarriedDeal> = deals.iter().filter(|deal| deal.rank.is_some()).collect();
    listed.sort_by_key(|deal| deal.rank);
    if !kept_words::any_kept(deals) {
        return Vec::new();
    }
    let first = listed.iter().find(|deal| deal.rank == Some(0)).map(|deal| &deal.outcome);
    let best =
        kept_words::ranked(deals).first().filter(|(_, _, both)| *both > NO_CHANCE).map(|(rank, ..)| *rank);
    let row = |deal: &&CarriedDeal| {
        let order = deal.kept.as_ref().and_then(|kept| kept.best.as_ref());
        KeptRow {
            number: deal.rank.unwrap_or(0) + 1,
            words: match (deal.rank, first) {
                (Some(0), _) | (_, None) => "the likeliest to be signed".into(),
                (_, Some(first)) => crate::say::difference(talks, first, &deal.outcome),
            },
            holds: isolated(&standing::in_short(talks, deal)),
            signed: Figure::chance(
                deal.kept.as_ref().map(|kept| kept.signed).or(deal.probability).unwrap_or(0.0),
            ),
            kept: order.map(|order| Figure::chance(order.value)),
            both: deal.kept.as_ref().and_then(kept_words::product).map(Figure::chance),
            is_best: deal.rank.is_some() && deal.rank == best,
        }
    };
    listed.iter().map(row).collect()
}
