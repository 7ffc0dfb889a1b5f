//! All parties at once: a row each, a line for each deal (parallel coordinates, turned so that long
//! names fit on a phone).

use super::marks::Marks;
use super::scale::Axis;
use super::svg::{Chart, Drawing, Shape, in_lines};

const WIDTH: f64 = 360.0;
const LEFT: f64 = 10.0;
const ACROSS: f64 = 340.0;
const ROW: f64 = 52.0;
/// How many lines there are at most above a row, and how high one is.
const LINES: usize = 3;
const LINE: f64 = 12.0;
/// Lines up to which each is drawn strongly.
const FEW: usize = 60;
/// Best deals drawn as lines of their own.
const DEALS: usize = 5;

/// The picture of all parties.
pub(super) fn chart(marks: &Marks<'_>) -> Chart {
    let axes: Vec<Axis> = (0..marks.rows()).map(|party| marks.axis(party)).collect();
    let mut drawing = Drawing::default();
    let levels = levels(marks);
    let through = |utilities: &[f64]| -> Vec<(f64, f64)> {
        let point =
            |(party, axis): (usize, &Axis)| (LEFT + axis.share(utilities[party]) * ACROSS, levels[party]);
        axes.iter().enumerate().map(point).collect()
    };
    let lines = marks.frontier.len().min(marks.detail.lines);
    let all: Vec<usize> = (0..marks.rows()).collect();
    let class = if lines <= FEW { "l" } else { "l many" };
    drawing.group("efficient-lines", |drawing| {
        for k in even(marks.frontier.len(), lines) {
            drawing.path(class, &through(&marks.frontier[k].utilities), &marks.says_frontier(k, &all));
        }
    });
    for (party, axis) in axes.iter().enumerate() {
        row(&mut drawing, marks, party, axis, levels[party]);
    }
    for k in (0..marks.best.len().min(DEALS)).rev() {
        let path = through(&marks.best[k].utilities);
        drawing.path(&format!("deal-line n{}", k + 1), &path, &marks.says_best(k, &all));
        for (party, at) in path.into_iter().enumerate() {
            let class = if k == 0 { "deal first" } else { "deal" };
            drawing.mark(class, Shape::Diamond, at, &marks.says_best(k, &[party]));
        }
    }
    let last = levels.last().copied().unwrap_or(24.0);
    let height = legend(&mut drawing, marks, last + 36.0, lines);
    Chart {
        id: "parties".into(),
        title: "What each deal is worth to every party".into(),
        description: "Each line is a deal, each row a party. Further right is better for that party. Dashed marks: what \
                      no deal is worth."
            .into(),
        width: WIDTH,
        height,
        drawing,
        tables: vec![marks.deals_table(&all), marks.frontier_table(&all)],
    }
}

/// What is written above a party's row.
fn names(marks: &Marks<'_>, party: usize) -> Vec<String> {
    in_lines("row", &marks.measured(party), ACROSS, LINES)
}

/// Where the rows stand; a name of several lines needs more room above.
fn levels(marks: &Marks<'_>) -> Vec<f64> {
    let mut at = 24.0 - ROW;
    let level = |party: usize| {
        at += ROW + LINE * (names(marks, party).len().max(1) - 1) as f64;
        at
    };
    (0..marks.rows()).map(level).collect()
}

fn row(drawing: &mut Drawing, marks: &Marks<'_>, party: usize, axis: &Axis, y: f64) {
    for (k, line) in names(marks, party).iter().rev().enumerate() {
        drawing.text("row", "start", (LEFT, y - 10.0 - LINE * k as f64), line);
    }
    drawing.line("axis-line", (LEFT, y), (LEFT + ACROSS, y));
    let ticks = axis.ticks();
    for (value, label) in [ticks.first(), ticks.last()].into_iter().flatten() {
        let anchor = if axis.share(*value) < 0.5 { "start" } else { "end" };
        drawing.text("tick", anchor, (LEFT + axis.share(*value) * ACROSS, y + 13.0), label);
    }
    if let Some(alternative) = marks.alternative(party, axis) {
        let x = LEFT + axis.share(alternative) * ACROSS;
        drawing.line("alternative", (x, y - 7.0), (x, y + 7.0));
    }
}

/// So many positions of `n`, evenly, the first and the last included.
fn even(n: usize, wanted: usize) -> impl Iterator<Item = usize> {
    (0..wanted).map(move |k| if wanted < 2 { 0 } else { k * (n - 1) / (wanted - 1) })
}

fn legend(drawing: &mut Drawing, marks: &Marks<'_>, top: f64, lines: usize) -> f64 {
    let mut y = top;
    if !marks.best.is_empty() {
        drawing.mark("deal first", Shape::Diamond, (LEFT + 7.0, y - 4.0), "");
        let n = marks.best.len().min(DEALS);
        let says = match n {
            1 => "the deal most likely to be agreed".to_owned(),
            _ => format!("the {n} deals most likely to be agreed; the likeliest is filled"),
        };
        drawing.text("legend", "start", (LEFT + 20.0, y), &says);
        y += 16.0;
    }
    drawing.line("efficient-sample", (LEFT, y - 4.0), (LEFT + 14.0, y - 4.0));
    let says = match marks.frontier.len() - lines {
        0 => marks.efficient().to_owned(),
        _ => format!("{}: {lines} of {}, evenly chosen", marks.efficient(), marks.frontier.len()),
    };
    drawing.text("legend", "start", (LEFT + 20.0, y), &says);
    if marks.has_alternative() {
        y += 16.0;
        drawing.line("alternative", (LEFT + 7.0, y - 10.0), (LEFT + 7.0, y + 3.0));
        drawing.text("legend", "start", (LEFT + 20.0, y), "what no deal is worth");
    }
    y + 8.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_even_choice_keeps_both_ends() {
        assert_eq!(even(10, 4).collect::<Vec<_>>(), [0, 3, 6, 9]);
        assert_eq!(even(3, 3).collect::<Vec<_>>(), [0, 1, 2]);
        assert_eq!(even(5, 1).collect::<Vec<_>>(), [0]);
        assert_eq!(even(0, 0).count(), 0);
    }
}
