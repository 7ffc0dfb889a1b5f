//! Two parties: every deal by what it is worth to one and to the other.

use super::marks::{MARKED, Marks};
use super::names::{Names, clusters, labels, spans};
use super::scale::Axis;
use super::svg::{Chart, Drawing, Shape, in_lines, widest};

const WIDTH: f64 = 376.0;
/// Room at the left at least; wide numbers take more.
const LEFT: f64 = 64.0;
/// Where the legend's marks and texts stand.
const MARK: f64 = 16.0;
const SAYS: f64 = 26.0;
const TOP: f64 = 12.0;
const RIGHT: f64 = WIDTH - 12.0;
const TALL: f64 = 264.0;
/// How many lines there are at most along an axis, and how high one is.
const LINES: usize = 2;
const LINE: f64 = 12.0;
/// Below the plot: numbers and the lines along the axis.
const BELOW: f64 = 24.0 + LINE * LINES as f64;
/// Efficient deals up to which their marks are large.
const FEW: usize = 60;

/// Where values stand on the picture.
struct Frame {
    x: Axis,
    y: Axis,
    left: f64,
}

impl Frame {
    fn new(marks: &Marks<'_>, (a, b): (usize, usize)) -> Frame {
        let (x, y) = (marks.axis(a), marks.axis(b));
        let numbers = widest("tick", y.ticks().iter().map(|(_, label)| &label[..]));
        Frame { x, y, left: LEFT.max(numbers + LINE * LINES as f64 + 10.0) }
    }

    fn x(&self, value: f64) -> f64 {
        self.left + self.x.share(value) * (RIGHT - self.left)
    }

    fn y(&self, value: f64) -> f64 {
        TOP + (1.0 - self.y.share(value)) * TALL
    }

    fn at(&self, x: f64, y: f64) -> (f64, f64) {
        (self.x(x), self.y(y))
    }
}

/// The picture of two parties, of at most `share` marks; `explained` if the legend belongs to it.
pub(super) fn chart(marks: &Marks<'_>, (a, b): (usize, usize), share: usize, explained: bool) -> Chart {
    let frame = Frame::new(marks, (a, b));
    let mut drawing = Drawing::default();
    axes(&mut drawing, marks, &frame, (a, b));
    background(&mut drawing, marks, &frame, (a, b), share);
    frontier(&mut drawing, marks, &frame, (a, b), share);
    let mut names = Names::within([frame.left, 0.0, WIDTH, TOP + TALL]);
    if marks.frontier.len() <= FEW {
        let efficient = marks.frontier.iter();
        efficient.for_each(|point| names.avoid(frame.at(point.utilities[a], point.utilities[b]), 3.0));
    }
    fair(&mut drawing, &mut names, marks, &frame, (a, b));
    best(&mut drawing, &mut names, marks, &frame, (a, b));
    names.write(&mut drawing);
    let below = TOP + TALL + BELOW;
    let height = if explained { legend(&mut drawing, marks, share, below + 16.0) } else { below };
    let (first, second) = (marks.party(a), marks.party(b));
    Chart {
        id: format!("space-{}-{}", a + 1, b + 1),
        title: format!("What each deal is worth to {first} and to {second}"),
        description: format!(
            "Each mark is a deal. Further right is better for {first}, further up is better for {second}. Dashed \
             lines: what no deal is worth. The numbers are in the tables beside the picture."
        ),
        width: WIDTH,
        height,
        drawing,
        tables: vec![marks.deals_table(&[a, b]), marks.frontier_table(&[a, b])],
    }
}

/// What the marks mean, where several pictures share it.
pub(super) fn legend_chart(marks: &Marks<'_>, share: usize) -> Chart {
    let mut drawing = Drawing::default();
    let height = legend(&mut drawing, marks, share, 14.0);
    Chart {
        id: "space-legend".into(),
        title: "What the marks mean".into(),
        description: "The shapes of the pictures above, each with what it stands for.".into(),
        width: WIDTH,
        height,
        drawing,
        tables: Vec::new(),
    }
}

fn axes(drawing: &mut Drawing, marks: &Marks<'_>, frame: &Frame, (a, b): (usize, usize)) {
    let (bottom, left) = (TOP + TALL, frame.left);
    let ticks: Vec<(f64, String)> =
        frame.x.ticks().into_iter().map(|(value, label)| (frame.x(value), label)).collect();
    for (x, _) in &ticks {
        drawing.line("grid", (*x, TOP), (*x, bottom));
    }
    for (x, label) in labels(ticks, (left - 20.0, WIDTH)) {
        drawing.text("tick", "middle", (x, bottom + 14.0), &label);
    }
    for (value, label) in frame.y.ticks() {
        let y = frame.y(value);
        drawing.line("grid", (left, y), (RIGHT, y));
        drawing.text("tick", "end", (left - 5.0, y + 3.5), &label);
    }
    for (k, line) in in_lines("axis", &marks.measured(a), WIDTH - left, LINES).iter().enumerate() {
        drawing.text("axis", "middle", ((left + WIDTH) / 2.0, bottom + 29.0 + LINE * k as f64), line);
    }
    for (k, line) in in_lines("axis", &marks.measured(b), TALL + TOP, LINES).iter().enumerate() {
        drawing.upwards("axis", (11.0 + LINE * k as f64, bottom - (TALL + TOP) / 2.0), line);
    }
    if let Some(alternative) = marks.alternative(a, &frame.x) {
        let x = frame.x(alternative);
        drawing.line("alternative", (x, TOP), (x, bottom));
    }
    if let Some(alternative) = marks.alternative(b, &frame.y) {
        let y = frame.y(alternative);
        drawing.line("alternative", (left, y), (RIGHT, y));
    }
}

fn background(drawing: &mut Drawing, marks: &Marks<'_>, frame: &Frame, (a, b): (usize, usize), share: usize) {
    let [zone, rest] = marks.room(share);
    let says = |what: &str, utilities: &[f64]| format!("{what}: {}", marks.utilities(&[a, b], utilities));
    drawing.group("rest", |drawing| {
        for utilities in &marks.rest[..rest] {
            let at = frame.at(utilities[a], utilities[b]);
            drawing.mark("r", Shape::Dot, at, &says("Possible deal", utilities));
        }
    });
    drawing.group("zone", |drawing| {
        for utilities in &marks.zone[..zone] {
            let at = frame.at(utilities[a], utilities[b]);
            drawing.mark(
                "z",
                Shape::Ring,
                at,
                &says("Would pass the rules if a yes had no political cost", utilities),
            );
        }
    });
}

fn frontier(drawing: &mut Drawing, marks: &Marks<'_>, frame: &Frame, (a, b): (usize, usize), share: usize) {
    let at: Vec<(f64, f64)> =
        marks.frontier.iter().map(|point| frame.at(point.utilities[a], point.utilities[b])).collect();
    if marks.n_parties() == 2 && at.len() > 1 {
        drawing.path("efficient-line", &apart(&at), marks.line());
    }
    if marks.frontier_marks(share) < at.len() {
        drawing.dots("efficient-dots", &at);
        return;
    }
    let shape = if at.len() <= FEW { Shape::Disc } else { Shape::SmallDisc };
    drawing.group("efficient", |drawing| {
        for (k, at) in at.iter().enumerate() {
            drawing.mark("e", shape, *at, &marks.says_frontier(k, &[a, b]));
        }
    });
}

/// The points of a line that can be told apart.
fn apart(at: &[(f64, f64)]) -> Vec<(f64, f64)> {
    let mut kept: Vec<(f64, f64)> = Vec::new();
    for (x, y) in at {
        if kept.last().is_none_or(|last| (last.0 - x).hypot(last.1 - y) >= 0.5) {
            kept.push((*x, *y));
        }
    }
    kept
}

fn fair(drawing: &mut Drawing, names: &mut Names, marks: &Marks<'_>, frame: &Frame, (a, b): (usize, usize)) {
    for (letters, chosen) in &marks.fair {
        let (x, y) = frame.at(chosen.utilities[a], chosen.utilities[b]);
        drawing.mark("fair", Shape::Triangle, (x, y), &marks.says_fair(letters, chosen, &[a, b]));
        names.avoid((x, y), 6.0);
        names.keep("fair-name", (x, y), letters);
    }
}

/// Diamonds with their numbers; those that lie together share one text.
fn best(drawing: &mut Drawing, names: &mut Names, marks: &Marks<'_>, frame: &Frame, (a, b): (usize, usize)) {
    let at: Vec<(f64, f64)> =
        marks.best.iter().map(|deal| frame.at(deal.utilities[a], deal.utilities[b])).collect();
    if at.len() > MARKED {
        drawing.dots("deal-dots", &at[MARKED..]);
    }
    for k in (0..at.len().min(MARKED)).rev() {
        let class = if k == 0 { "deal first" } else { "deal" };
        drawing.mark(class, Shape::Diamond, at[k], &marks.says_best(k, &[a, b]));
        names.avoid(at[k], 5.0);
    }
    for (place, numbers) in clusters(&at[..at.len().min(MARKED)]) {
        names.keep("deal-name", place, &spans(&numbers));
    }
}

/// Only what the picture holds is explained; returns the height of the whole.
fn legend(drawing: &mut Drawing, marks: &Marks<'_>, share: usize, top: f64) -> f64 {
    let mut y = top;
    let mut entry = |class: &str, shape: Shape, says: &[&str]| {
        drawing.mark(class, shape, (MARK, y - 4.0), "");
        for line in says {
            drawing.text("legend", "start", (SAYS, y), line);
            y += 14.0;
        }
        y += 2.0;
    };
    if !marks.best.is_empty() {
        entry(
            "deal first",
            Shape::Diamond,
            &["deals most likely to be agreed, numbered; the likeliest is filled"],
        );
    }
    if !marks.fair.is_empty() {
        let rules = [
            "by a rule of fairness: Nash, Kalai-Smorodinsky,",
            "Egalitarian, Utilitarian, named by their initials",
        ];
        entry("fair", Shape::SmallTriangle, &rules);
    }
    if marks.shows_efficient() {
        entry("e", Shape::Disc, &[marks.efficient()]);
    }
    let [zone, rest] = marks.room(share);
    if marks.is_seen(marks.zone[..zone].iter().copied()) {
        entry("z", Shape::Ring, &["would pass the rules if a yes had no political cost"]);
    }
    if marks.is_seen(marks.rest[..rest].iter().copied()) {
        entry("r", Shape::Dot, &["other possible deals"]);
    }
    let mut line = |class: &str, says: &str| {
        drawing.line(class, (MARK - 7.0, y - 4.0), (MARK + 7.0, y - 4.0));
        drawing.text("legend", "start", (SAYS, y), says);
        y += 16.0;
    };
    if marks.n_parties() == 2 && marks.frontier.len() > 1 {
        line("efficient-line", marks.line());
    }
    if marks.has_alternative() {
        line("alternative", "what no deal is worth");
    }
    y - 8.0
}
