//! Two parties: every deal by what it is worth to one and to the other.

use super::marks::Marks;
use super::scale::Axis;
use super::svg::{Chart, Drawing, Shape, fitted};

const WIDTH: f64 = 360.0;
const LEFT: f64 = 46.0;
const TOP: f64 = 12.0;
const PLOT: (f64, f64) = (300.0, 264.0);
/// Marks nearer than this share one number.
const NEAR: f64 = 16.0;
/// Height and width of a letter of a mark's name.
const LETTER: (f64, f64) = (10.0, 5.8);

/// Where values stand on the picture.
struct Frame {
    x: Axis,
    y: Axis,
}

impl Frame {
    fn at(&self, x: f64, y: f64) -> (f64, f64) {
        (LEFT + self.x.share(x) * PLOT.0, TOP + (1.0 - self.y.share(y)) * PLOT.1)
    }
}

/// The picture of two parties, of at most `share` marks.
pub(super) fn chart(marks: &Marks<'_>, a: usize, b: usize, share: usize) -> Chart {
    let frame = Frame { x: marks.axis(a), y: marks.axis(b) };
    let mut drawing = Drawing::default();
    axes(&mut drawing, marks, &frame, (a, b));
    background(&mut drawing, marks, &frame, (a, b), share);
    frontier(&mut drawing, marks, &frame, (a, b), share);
    let mut names = Names::default();
    fair(&mut drawing, &mut names, marks, &frame, (a, b));
    best(&mut drawing, &mut names, marks, &frame, (a, b));
    names.write(&mut drawing);
    let height = legend(&mut drawing, marks, TOP + PLOT.1 + 52.0);
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

fn axes(drawing: &mut Drawing, marks: &Marks<'_>, frame: &Frame, (a, b): (usize, usize)) {
    let (bottom, right) = (TOP + PLOT.1, LEFT + PLOT.0);
    for (value, label) in frame.x.ticks() {
        let x = LEFT + frame.x.share(value) * PLOT.0;
        drawing.line("grid", (x, TOP), (x, bottom));
        drawing.text("tick", "middle", (x, bottom + 14.0), &label);
    }
    for (value, label) in frame.y.ticks() {
        let y = TOP + (1.0 - frame.y.share(value)) * PLOT.1;
        drawing.line("grid", (LEFT, y), (right, y));
        drawing.text("tick", "end", (LEFT - 5.0, y + 3.5), &label);
    }
    let names = &marks.report.talks.parties;
    let label = |party: usize, columns| format!("{}, {}", fitted(&names[party].name, columns), marks.unit());
    drawing.text("axis", "middle", (LEFT + PLOT.0 / 2.0, bottom + 31.0), &label(a, 30));
    drawing.upwards("axis", (12.0, TOP + PLOT.1 / 2.0), &label(b, 26));
    if let Some(alternative) = marks.alternative(a, &frame.x) {
        let x = LEFT + frame.x.share(alternative) * PLOT.0;
        drawing.line("alternative", (x, TOP), (x, bottom));
    }
    if let Some(alternative) = marks.alternative(b, &frame.y) {
        let y = TOP + (1.0 - frame.y.share(alternative)) * PLOT.1;
        drawing.line("alternative", (LEFT, y), (right, y));
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
                &says("Would pass the rules if a yes cost nothing", utilities),
            );
        }
    });
}

fn frontier(drawing: &mut Drawing, marks: &Marks<'_>, frame: &Frame, (a, b): (usize, usize), share: usize) {
    let at: Vec<(f64, f64)> =
        marks.frontier.iter().map(|point| frame.at(point.utilities[a], point.utilities[b])).collect();
    if marks.n_parties() == 2 && at.len() > 1 {
        drawing.path(
            "efficient-line",
            &at,
            "Efficient deals, from the best for one side to the best for the other",
        );
    }
    if marks.frontier_marks(share) < at.len() {
        drawing.dots("efficient-dots", &at);
        return;
    }
    drawing.group("efficient", |drawing| {
        for (k, at) in at.iter().enumerate() {
            drawing.mark("e", Shape::Disc, *at, &marks.says_frontier(k, &[a, b]));
        }
    });
}

fn fair(drawing: &mut Drawing, names: &mut Names, marks: &Marks<'_>, frame: &Frame, (a, b): (usize, usize)) {
    for (letters, chosen) in &marks.fair {
        let (x, y) = frame.at(chosen.utilities[a], chosen.utilities[b]);
        drawing.mark("fair", Shape::Triangle, (x, y), &marks.says_fair(letters, chosen, &[a, b]));
        names.keep("fair-name", (x, y), letters);
    }
}

/// Diamonds with their numbers; those that lie together share one text.
fn best(drawing: &mut Drawing, names: &mut Names, marks: &Marks<'_>, frame: &Frame, (a, b): (usize, usize)) {
    let at: Vec<(f64, f64)> =
        marks.best.iter().map(|deal| frame.at(deal.utilities[a], deal.utilities[b])).collect();
    for k in (0..at.len()).rev() {
        let class = if k == 0 { "deal first" } else { "deal" };
        drawing.mark(class, Shape::Diamond, at[k], &marks.says_best(k, &[a, b]));
    }
    for (place, numbers) in clusters(&at) {
        names.keep("deal-name", place, &spans(&numbers));
    }
}

/// Names beside marks, none over another.
#[derive(Default)]
struct Names {
    waiting: Vec<(&'static str, (f64, f64), String)>,
    /// Left, top, right and bottom of what is written.
    taken: Vec<[f64; 4]>,
}

impl Names {
    fn keep(&mut self, class: &'static str, mark: (f64, f64), says: &str) {
        self.waiting.push((class, mark, says.to_owned()));
    }

    /// Over all marks, so that none hides a name.
    fn write(mut self, drawing: &mut Drawing) {
        for (class, mark, says) in std::mem::take(&mut self.waiting) {
            self.place(drawing, class, mark, &says);
        }
    }

    /// Writes a name where there is room: right or left of the mark, below or above, then further off.
    fn place(&mut self, drawing: &mut Drawing, class: &str, (x, y): (f64, f64), says: &str) {
        let width = LETTER.1 * says.chars().count() as f64;
        let mut places = Vec::new();
        for far in 0..6 {
            let off = 12.0 * f64::from(far);
            for (right, down) in
                [(true, 12.0 + off), (true, -5.0 - off), (false, 12.0 + off), (false, -5.0 - off)]
            {
                let left = if right { x + 7.0 } else { x - 7.0 - width };
                places.push([left, y + down - LETTER.0, left + width, y + down]);
            }
        }
        let inside = |place: &[f64; 4]| {
            place[0] >= LEFT && place[2] <= WIDTH && place[1] >= 0.0 && place[3] <= TOP + PLOT.1
        };
        let free = |place: &[f64; 4]| !self.taken.iter().any(|other| overlap(place, other));
        let first = places[0];
        let place = places.into_iter().find(|place| inside(place) && free(place)).unwrap_or(first);
        drawing.text(class, "start", (place[0], place[3]), says);
        self.taken.push(place);
    }
}

fn overlap(a: &[f64; 4], b: &[f64; 4]) -> bool {
    a[0] < b[2] && b[0] < a[2] && a[1] < b[3] && b[1] < a[3]
}

/// Numbers from 1, by the first of them that lies near.
fn clusters(at: &[(f64, f64)]) -> Vec<((f64, f64), Vec<usize>)> {
    let mut clusters: Vec<((f64, f64), Vec<usize>)> = Vec::new();
    for (k, (x, y)) in at.iter().enumerate() {
        let near = |place: &(f64, f64)| (place.0 - x).hypot(place.1 - y) < NEAR;
        match clusters.iter_mut().find(|(place, _)| near(place)) {
            Some((_, numbers)) => numbers.push(k + 1),
            None => clusters.push(((*x, *y), vec![k + 1])),
        }
    }
    clusters
}

/// `1-3, 5`.
fn spans(numbers: &[usize]) -> String {
    let mut spans: Vec<(usize, usize)> = Vec::new();
    for n in numbers {
        match spans.last_mut() {
            Some((_, last)) if *last + 1 == *n => *last = *n,
            _ => spans.push((*n, *n)),
        }
    }
    let say = |(first, last): &(usize, usize)| match last - first {
        0 => first.to_string(),
        1 => format!("{first}, {last}"),
        _ => format!("{first}–{last}"),
    };
    spans.iter().map(say).collect::<Vec<_>>().join(", ")
}

/// Only what the picture holds is explained; returns the height of the whole.
fn legend(drawing: &mut Drawing, marks: &Marks<'_>, top: f64) -> f64 {
    let mut y = top;
    let mut entry = |drawing: &mut Drawing, class: &str, shape: Shape, says: &str| {
        drawing.mark(class, shape, (LEFT - 30.0, y - 4.0), "");
        drawing.text("legend", "start", (LEFT - 20.0, y), says);
        y += 16.0;
    };
    if !marks.best.is_empty() {
        entry(drawing, "deal", Shape::Diamond, "deals most likely to be agreed, numbered as in the text");
    }
    if !marks.fair.is_empty() {
        entry(drawing, "fair", Shape::Triangle, "by a rule of fairness: Nash, Kalai-Smorodinsky,");
        drawing.text("legend", "start", (LEFT - 20.0, y - 2.0), "Egalitarian, Utilitarian");
        y += 14.0;
    }
    let mut entry = |drawing: &mut Drawing, class: &str, shape: Shape, says: &str| {
        drawing.mark(class, shape, (LEFT - 30.0, y - 4.0), "");
        drawing.text("legend", "start", (LEFT - 20.0, y), says);
        y += 16.0;
    };
    entry(drawing, "efficient e", Shape::Disc, "efficient deals");
    if !marks.zone.is_empty() {
        entry(drawing, "zone z", Shape::Ring, "would pass the rules of agreement if a yes cost nothing");
    }
    if !marks.rest.is_empty() {
        entry(drawing, "rest r", Shape::Dot, "other possible deals");
    }
    drawing.line("alternative", (LEFT - 37.0, y - 4.0), (LEFT - 23.0, y - 4.0));
    drawing.text("legend", "start", (LEFT - 20.0, y), "what no deal is worth");
    y + 8.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn deals_that_lie_together_share_a_number() {
        let found = clusters(&[(0.0, 0.0), (100.0, 0.0), (3.0, 4.0), (0.0, 1.0), (100.0, 1.0)]);
        let numbers: Vec<&[usize]> = found.iter().map(|(_, numbers)| &numbers[..]).collect();
        assert_eq!(numbers, [&[1, 3, 4][..], &[2, 5]]);
        assert_eq!(spans(&[1, 3, 4, 6, 7, 8]), "1, 3, 4, 6–8");
    }
}
