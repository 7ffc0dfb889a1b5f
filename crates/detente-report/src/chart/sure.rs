//! How sure the chances are: a bar per deal, from draw to draw; and what they hang on, a bar per input.

use super::svg::{Chart, Drawing, Shape, fitted};
use crate::Report;
use crate::deal::{in_words, isolated};
use crate::page::Table;
use crate::say::difference;
use crate::say::unknowns as say;
use crate::words::percent;
use detente_analysis::{Lesson, Unknowns};

const WIDTH: f64 = 360.0;
const LEFT: f64 = 10.0;
const BAR: f64 = 340.0;
/// Deals and inputs drawn.
const DEALS: usize = 10;
const INPUTS: usize = 12;
/// The least that can be seen of a bar: a tenth of a percentage point.
const SEEN: f64 = 1e-3;
/// Letters for deals, which are numbered elsewhere.
const LETTERS: [&str; 12] = ["A", "B", "C", "D", "E", "F", "G", "H", "I", "J", "K", "L"];

fn letter(k: usize) -> String {
    LETTERS.get(k).map_or_else(|| letter(k), |letter| (*letter).to_owned())
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
    let bottom = 30.0 * shown.len() as f64 + 16.0;
    for (p, label) in ticks(&axis) {
        drawing.line("grid", (x(p), 14.0), (x(p), bottom));
        drawing.text("tick", "middle", (x(p).clamp(LEFT + 8.0, LEFT + BAR - 8.0), 10.0), &label);
    }
    drawing.line("alternative", (x(found.target), 14.0), (x(found.target), bottom));
    for (k, (deal, detail)) in shown.iter().enumerate() {
        let top = 30.0 * k as f64 + 20.0;
        let [low, _, high] = detail.percentiles;
        let width = deal.mean.half_width;
        drawing.rect("range", (x(low), top + 10.0), ((x(high) - x(low)).max(1.0), 9.0));
        drawing.text("row", "start", (LEFT, top + 7.0), &format!("Deal {}", letter(k)));
        drawing.line(
            "axis-line",
            (x((deal.mean.mean - width).max(0.0)), top + 14.5),
            (x(deal.mean.mean + width), top + 14.5),
        );
        let says = format!(
            "Deal {}: {} on average, {} to {} in eight draws of ten",
            letter(k),
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
    let headline = report.analysis.will.as_ref().and_then(|will| will.best.first()).map(|deal| &deal.outcome);
    for (k, deal) in found.deals.iter().enumerate() {
        let Some(detail) = deal.detail else { continue };
        table.rows.push(vec![
            letter(k),
            percent(deal.mean.mean),
            say::points(deal.mean.half_width),
            percent(detail.percentiles[0]),
            percent(detail.percentiles[2]),
            percent(detail.best),
            detail.efficient.map_or_else(|| "not known".into(), percent),
            percent(detail.zone),
            percent(detail.reaches),
            match headline {
                Some(headline) if *headline == deal.outcome => {
                    "deal 1, likeliest with every number at its mean".into()
                }
                Some(headline) => difference(report.talks, headline, &deal.outcome),
                None => in_words(report.talks, &deal.outcome, |_| true),
            },
        ]);
    }
    table
}

/// The picture of what the first deal's chance hangs on: a tornado.
pub(super) fn tornado(report: &Report<'_>, found: &Unknowns) -> Option<Chart> {
    let mut lessons: Vec<&Lesson> = found.lessons.iter().collect();
    let width = |lesson: &Lesson| (lesson.swing[1].mean - lesson.swing[0].mean).abs();
    lessons.sort_by(|a, b| width(b).total_cmp(&width(a)));
    let moves = |lesson: &&Lesson| width(lesson) >= SEEN;
    let shown: Vec<&Lesson> = lessons.iter().copied().filter(moves).take(INPUTS).collect();
    let first = found.deals.first().filter(|_| !shown.is_empty())?;
    let ends = shown.iter().flat_map(|lesson| lesson.swing.map(|end| end.mean));
    let axis = super::scale::Axis::new(ends.chain([first.mean.mean]));
    let x = |p: f64| LEFT + axis.share(p) * BAR;
    let mut drawing = Drawing::default();
    let bottom = 34.0 * shown.len() as f64 + 16.0;
    for (p, label) in ticks(&axis) {
        drawing.line("grid", (x(p), 14.0), (x(p), bottom));
        drawing.text("tick", "middle", (x(p).clamp(LEFT + 8.0, LEFT + BAR - 8.0), 10.0), &label);
    }
    drawing.line("axis-line", (x(first.mean.mean), 14.0), (x(first.mean.mean), bottom));
    for (k, lesson) in shown.iter().enumerate() {
        let top = 34.0 * k as f64 + 20.0;
        let (what, whose) = say::input_parts(report.talks, found, lesson.input);
        let name = match whose {
            Some(whose) => format!("{} · {}", isolated(&fitted(&what, 34)), isolated(&fitted(&whose, 30))),
            None => fitted(&what, 64),
        };
        drawing.text("row", "start", (LEFT, top + 9.0), &name);
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

fn tornado_table(report: &Report<'_>, found: &Unknowns, lessons: &[&Lesson]) -> Table {
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
