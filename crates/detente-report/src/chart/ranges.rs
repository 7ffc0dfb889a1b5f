//! One bar per party: how far its deals reach, what no deal is worth, where the best deals fall.

use super::marks::Marks;
use super::names::labels;
use super::svg::{Chart, Drawing, Shape, in_lines};
use crate::page::Table;
use crate::words::value;

const WIDTH: f64 = 360.0;
const LEFT: f64 = 10.0;
const BAR: f64 = 340.0;
const ROW: f64 = 62.0;
/// How many lines there are at most above a bar, and how high one is.
const LINES: usize = 3;
const LINE: f64 = 12.0;
/// Deals marked on the bars.
const DEALS: usize = 10;

/// The picture of all parties.
pub(super) fn chart(marks: &Marks<'_>) -> Chart {
    let mut drawing = Drawing::default();
    let mut top = 0.0;
    for party in 0..marks.rows() {
        top = row(&mut drawing, marks, party, top);
    }
    let height = legend(&mut drawing, marks, top + 14.0);
    Chart {
        id: "ranges".into(),
        title: "How far each party's deals reach".into(),
        description:
            "For each party a bar from its worst to its best possible deal. A dashed mark: what no deal is \
                      worth. Diamonds: the deals most likely to be agreed."
                .into(),
        width: WIDTH,
        height,
        drawing,
        tables: vec![table(marks)],
    }
}

/// Returns where the next row begins.
fn row(drawing: &mut Drawing, marks: &Marks<'_>, party: usize, mut top: f64) -> f64 {
    let axis = marks.axis(party);
    let x = |value: f64| LEFT + axis.share(value) * BAR;
    let range = marks.report.analysis.parties[party];
    let (min, max) = range.range.unwrap_or((0.0, 1.0));
    for line in in_lines("row", &marks.measured(party), BAR, LINES) {
        drawing.text("row", "start", (LEFT, top + 14.0), &line);
        top += LINE;
    }
    top -= LINE;
    let bar = top + 24.0;
    drawing.rect("track", (LEFT, bar), (BAR, 10.0));
    drawing.rect("range", (x(min), bar), ((x(max) - x(min)).max(1.0), 10.0));
    if let Some(alternative) = marks.alternative(party, &axis) {
        drawing.line("alternative", (x(alternative), bar - 5.0), (x(alternative), bar + 15.0));
    }
    let ticks: Vec<(f64, String)> =
        axis.ticks().into_iter().map(|(value, label)| (x(value), label)).collect();
    for (x, _) in &ticks {
        drawing.line("grid", (*x, bar + 10.0), (*x, bar + 13.0));
    }
    for (x, label) in labels(ticks, (0.0, WIDTH)) {
        drawing.text("tick", "middle", (x, bar + 24.0), &label);
    }
    for k in (0..marks.best.len().min(DEALS)).rev() {
        let class = if k == 0 { "deal first" } else { "deal" };
        let place = (x(marks.best[k].utilities[party]), bar + 5.0);
        drawing.mark(class, Shape::Diamond, place, &marks.says_best(k, &[party]));
    }
    top + ROW
}

fn legend(drawing: &mut Drawing, marks: &Marks<'_>, top: f64) -> f64 {
    drawing.rect("range", (LEFT, top - 8.0), (14.0, 8.0));
    drawing.text("legend", "start", (LEFT + 20.0, top), "from the worst to the best possible deal");
    let mut y = top;
    if marks.has_alternative() {
        y += 16.0;
        drawing.line("alternative", (LEFT + 7.0, y - 10.0), (LEFT + 7.0, y + 3.0));
        drawing.text("legend", "start", (LEFT + 20.0, y), "what no deal is worth");
    }
    if !marks.best.is_empty() {
        y += 16.0;
        drawing.mark("deal", Shape::Diamond, (LEFT + 7.0, y - 4.0), "");
        let says = "the deals most likely to be agreed; the likeliest is filled";
        drawing.text("legend", "start", (LEFT + 20.0, y), says);
    }
    y + 8.0
}

fn table(marks: &Marks<'_>) -> Table {
    let mut table = Table::new("Range, alternative and best deals", &["Party", "Worst", "Best", "No deal"]);
    let shown = marks.best.len().min(DEALS);
    table.head.extend((1..=shown).map(|k| format!("Deal {k}")));
    table.left_out = marks.n_parties() - marks.rows();
    for party in 0..marks.rows() {
        let range = marks.report.analysis.parties[party];
        let (min, max) = range.range.unwrap_or((f64::NAN, f64::NAN));
        let alternative = range.alternative.map_or_else(|| "none given".into(), value);
        let mut row = vec![marks.party(party), value(min), value(max), alternative];
        row.extend(marks.best[..shown].iter().map(|deal| value(deal.utilities[party])));
        table.rows.push(row);
    }
    table
}
