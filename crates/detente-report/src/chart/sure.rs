//! How sure the chances are: a bar per deal, from draw to draw; and what they hang on, a bar per input.

use super::names::labels;
use super::svg::{Chart, Drawing, Shape, in_lines};
use crate::Report;
use crate::deal::in_words;
use crate::page::Table;
use crate::say::difference;
use crate::say::unknowns as say;
use crate::words::percent;
use detente_analysis::{InformationValue, Unknowns};
use detente_model::{Outcome, grouped};

const WIDTH: f64 = 360.0;
const LEFT: f64 = 10.0;
const BAR: f64 = 340.0;
/// Deals and inputs drawn.
const DEALS: usize = 10;
const INPUTS: usize = 12;
/// The least that can be seen of a bar: a tenth of a percentage point.
const SEEN: f64 = 1e-3;
/// The most lines above a bar.
const LINES: usize = 3;
/// The height of such a line.
const LINE: f64 = 13.0;

/// The name of a deal: its place among the likeliest, as everywhere; those that are not listed have none.
fn deal_name(report: &Report<'_>, outcome: &Outcome) -> Option<String> {
    let best = report.analysis.will.as_ref().map_or(&[][..], |will| &will.best);
    let place = best.iter().position(|other| other.outcome == *outcome)?;
    Some(format!("Deal {}", grouped(place + 1)))
}

/// What a deal is: all of its answers, or what it changes against the likeliest.
fn what(report: &Report<'_>, outcome: &Outcome) -> String {
    let first = report.analysis.will.as_ref().and_then(|will| will.best.first()).map(|deal| &deal.outcome);
    match first {
        Some(first) if first == outcome => "likeliest with every number at its mean".into(),
        Some(first) => difference(report.talks, first, outcome),
        None => in_words(report.talks, outcome, |_| true),
    }
}

/// Writes lines from a top down; returns where what they name begins.
fn lines(drawing: &mut Drawing, text: &str, mut top: f64) -> f64 {
    for line in in_lines("row", text, BAR, LINES) {
        drawing.text("row", "start", (LEFT, top + 7.0), &line);
        top += LINE;
    }
    top - LINE
}

/// How high lines and the bar below them are.
fn room(text: &str) -> f64 {
    LINE * in_lines("row", text, BAR, LINES).len().max(1) as f64 + 17.0
}

/// The picture of the deals.
pub(super) fn deals(report: &Report<'_>, found: &Unknowns) -> Option<Chart> {
    let shown: Vec<_> =
        found.deals.iter().take(DEALS).filter_map(|deal| Some((deal, deal.detail?))).collect();
    if shown.is_empty() {
        return None;
    }
    let highest = shown
        .iter()
        .map(|(deal, detail)| detail.percentiles[2].max(deal.at_means))
        .fold(found.target, f64::max);
    let axis = super::scale::Axis::new([0.0, highest.min(1.0)].into_iter());
    let x = |p: f64| LEFT + axis.share(p) * BAR;
    let mut drawing = Drawing::default();
    let name = |k: usize| {
        let outcome = &shown[k].0.outcome;
        let what = what(report, outcome);
        match deal_name(report, outcome) {
            Some(name) => format!("{name}: {what}"),
            None => what,
        }
    };
    let bottom = (0..shown.len()).map(|k| room(&name(k))).sum::<f64>() + 16.0;
    percentages(&mut drawing, &axis, &x, bottom);
    drawing.line("alternative", (x(found.target), 14.0), (x(found.target), bottom));
    let mut next = 20.0;
    for (k, (deal, detail)) in shown.iter().enumerate() {
        let top = lines(&mut drawing, &name(k), next);
        next += room(&name(k));
        let [low, _, high] = detail.percentiles;
        let width = deal.mean.half_width;
        drawing.rect("range", (x(low), top + 10.0), ((x(high) - x(low)).max(1.0), 9.0));
        drawing.line(
            "axis-line",
            (x((deal.mean.mean - width).max(0.0)), top + 14.5),
            (x(deal.mean.mean + width), top + 14.5),
        );
        let says = format!(
            "{}: {} on average, {} to {} in eight draws of ten",
            deal_name(report, &deal.outcome).unwrap_or_else(|| what(report, &deal.outcome)),
            percent(deal.mean.mean),
            percent(low),
            percent(high)
        );
        drawing.mark("e", Shape::Ring, (x(deal.at_means), top + 14.5), "");
        let class = if k == 0 { "deal first" } else { "deal" };
        drawing.mark(class, Shape::Diamond, (x(deal.mean.mean), top + 14.5), &says);
    }
    let height = deals_legend(&mut drawing, bottom + 16.0, found);
    Some(Chart {
        id: "sure".into(),
        title: "How sure the chances are".into(),
        description: "For each deal a bar that holds its chance of agreement in eight draws of ten, a diamond at the average \
                      over all draws and a dot where every number has its mean. A dashed line: the target."
            .into(),
        width: WIDTH,
        height,
        drawing,
        tables: vec![deals_table(report, found)],
    })
}

/// Numbers along the top, and lines down from them.
fn percentages(drawing: &mut Drawing, axis: &super::scale::Axis, x: &dyn Fn(f64) -> f64, bottom: f64) {
    let ticks: Vec<(f64, String)> = ticks(axis).into_iter().map(|(p, label)| (x(p), label)).collect();
    for (x, _) in &ticks {
        drawing.line("grid", (*x, 14.0), (*x, bottom));
    }
    for (x, label) in labels(ticks, (0.0, WIDTH)) {
        drawing.text("tick", "middle", (x, 10.0), &label);
    }
}

pub(super) fn ticks(axis: &super::scale::Axis) -> Vec<(f64, String)> {
    let all = axis.ticks().into_iter().filter(|(p, _)| *p <= 1.0 + 1e-9);
    all.map(|(p, _)| (p, format!("{}%", (p * 1000.0).round() / 10.0))).collect()
}

fn deals_legend(drawing: &mut Drawing, top: f64, found: &Unknowns) -> f64 {
    drawing.rect("range", (LEFT, top - 8.0), (14.0, 8.0));
    drawing.text("legend", "start", (LEFT + 20.0, top), "where the chance lies in eight draws of ten");
    drawing.mark("deal", Shape::Diamond, (LEFT + 7.0, top + 13.0), "");
    drawing.text("legend", "start", (LEFT + 20.0, top + 17.0), "its average over all draws");
    drawing.mark("e", Shape::Ring, (LEFT + 7.0, top + 30.0), "");
    drawing.text("legend", "start", (LEFT + 20.0, top + 34.0), "with every number at its mean");
    drawing.line("alternative", (LEFT + 7.0, top + 40.0), (LEFT + 7.0, top + 53.0));
    drawing.text(
        "legend",
        "start",
        (LEFT + 20.0, top + 51.0),
        &format!("the target, {}", percent(found.target)),
    );
    top + 60.0
}

fn deals_table(report: &Report<'_>, found: &Unknowns) -> Table {
    let head = [
        "Deal",
        "Average",
        "Give or take",
        "1 in 10 below",
        "1 in 10 above",
        "Likeliest in",
        "Efficient in",
        "In the zone in",
        "Target reached in",
        "Answers",
    ];
    let mut table = Table::new("Every deal over all draws; the last columns are shares of draws", &head);
    for deal in &found.deals {
        let Some(detail) = deal.detail else { continue };
        table.rows.push(vec![
            deal_name(report, &deal.outcome).unwrap_or_else(|| "not listed".into()),
            percent(deal.mean.mean),
            say::points(deal.mean.half_width),
            percent(detail.percentiles[0]),
            percent(detail.percentiles[2]),
            percent(detail.best),
            detail.efficient.map_or_else(|| "not known".into(), percent),
            percent(detail.zone),
            percent(detail.reaches),
            what(report, &deal.outcome),
        ]);
    }
    table
}

/// The picture of what the first deal's chance hangs on: a tornado.
pub(super) fn tornado(report: &Report<'_>, found: &Unknowns) -> Option<Chart> {
    let mut lessons: Vec<&InformationValue> = found.information_values.iter().collect();
    let width = |lesson: &InformationValue| (lesson.swing[1].mean - lesson.swing[0].mean).abs();
    lessons.sort_by(|a, b| width(b).total_cmp(&width(a)));
    let moves = |lesson: &&InformationValue| width(lesson) >= SEEN;
    let shown: Vec<&InformationValue> = lessons.iter().copied().filter(moves).take(INPUTS).collect();
    let first = found.deals.first().filter(|_| !shown.is_empty())?;
    let ends = shown.iter().flat_map(|lesson| lesson.swing.map(|end| end.mean));
    let axis = super::scale::Axis::new(ends.chain([first.mean.mean]));
    let x = |p: f64| LEFT + axis.share(p) * BAR;
    let mut drawing = Drawing::default();
    let name = |lesson: &InformationValue| {
        let (what, whose) = say::input_parts(report.talks, found, lesson.input);
        whose.map_or(what.clone(), |whose| format!("{what} · {whose}"))
    };
    let bottom = shown.iter().map(|lesson| room(&name(lesson)) + 4.0).sum::<f64>() + 16.0;
    percentages(&mut drawing, &axis, &x, bottom);
    drawing.line("axis-line", (x(first.mean.mean), 14.0), (x(first.mean.mean), bottom));
    let mut next = 22.0;
    for lesson in &shown {
        let top = lines(&mut drawing, &name(lesson), next) - 2.0;
        next += room(&name(lesson)) + 4.0;
        for (end, class) in lesson.swing.iter().zip(["low", "high"]) {
            let (from, to) = (x(first.mean.mean.min(end.mean)), x(first.mean.mean.max(end.mean)));
            drawing.rect(class, (from, top + 14.0), ((to - from).max(0.5), 10.0));
        }
    }
    let top = bottom + 16.0;
    drawing.rect("low", (LEFT, top - 8.0), (14.0, 8.0));
    drawing.text(
        "legend",
        "start",
        (LEFT + 20.0, top),
        "where it is low; of cases, where the chance is lowest",
    );
    drawing.rect("high", (LEFT, top + 9.0), (14.0, 8.0));
    drawing.text(
        "legend",
        "start",
        (LEFT + 20.0, top + 17.0),
        "where it is high; of cases, where the chance is highest",
    );
    Some(Chart {
        id: "tornado".into(),
        title: "What the chance of the likeliest deal depends on".into(),
        description: "For each thing that is not known a bar: the average chance of the deal where that thing is low, and where \
                      it is high. The longest bars come first. A line marks the average over all draws."
            .into(),
        width: WIDTH,
        height: top + 26.0,
        drawing,
        tables: vec![tornado_table(report, found, &lessons)],
    })
}

fn tornado_table(report: &Report<'_>, found: &Unknowns, lessons: &[&InformationValue]) -> Table {
    let head = [
        "Not known",
        "Low",
        "Chance then",
        "High",
        "Chance then",
        "Part in the spread",
        "Of that alone",
        "Worth knowing",
    ];
    let mut table = Table::new("Everything that is not known, with what it carries", &head);
    for lesson in lessons {
        let [low, high] = lesson.swing;
        let share = |of: fn(&detente_analysis::Index) -> f64| {
            lesson.index.as_ref().map_or_else(|| "–".into(), |index| percent(of(index)))
        };
        table.rows.push(vec![
            say::input(report.talks, found, lesson.input),
            say::end(report.talks, found, lesson, low),
            percent(low.mean),
            say::end(report.talks, found, lesson, high),
            percent(high.mean),
            share(|index| index.total.mean),
            share(|index| index.first.mean),
            say::points(lesson.worth.mean),
        ]);
    }
    table
}
