//! What each side would lose by walking away, point by point along a plan.

use super::Detail;
use super::letters::width;
use super::names::Names;
use super::scale::Axis;
use super::svg::{Chart, Drawing, Shape, in_lines, widest};
use crate::deal::{balanced, cut, isolated};
use crate::page::Table;
use crate::say::body_name;
use crate::say::sequence as say;
use crate::words::{plain, value};
use detente_analysis::Plan;
use detente_model::{BodyId, Talks};

const WIDTH: f64 = 360.0;
/// Room at the left at least; wide numbers take more.
const LEFT: f64 = 40.0;
const RIGHT: f64 = 284.0;
const TOP: f64 = 12.0;
const TALL: f64 = 170.0;
const BOTTOM: f64 = TOP + TALL;
/// Sides with a line of their own.
const LINES: usize = 5;
/// A share below which a line leaves the picture.
const LOWEST: f64 = -2.0;
/// The mark of each line; the lines differ in their dashes, too.
const MARKS: [Shape; LINES] =
    [Shape::Disc, Shape::Diamond, Shape::SmallTriangle, Shape::Square, Shape::DownTriangle];
/// Where the names of lines stand, off their ends.
const BESIDE: f64 = 19.0;
/// Room between two names at the right.
const APART: f64 = 13.0;

/// Where things stand in the picture.
struct Frame<'a> {
    talks: &'a Talks,
    plan: &'a Plan,
    axis: Axis,
    /// The sides that are drawn.
    drawn: Vec<usize>,
    /// Where the first point begins.
    left: f64,
    /// How wide a point is.
    column: f64,
}

/// The picture; nothing where no share says anything.
pub(super) fn chart(talks: &Talks, plan: &Plan, detail: Detail, id: String) -> Option<Chart> {
    let frame = Frame::new(talks, plan)?;
    let mut drawing = Drawing::default();
    frame.ground(&mut drawing);
    frame.points(&mut drawing);
    for k in 0..frame.drawn.len() {
        frame.line(&mut drawing, k);
    }
    for k in (0..frame.drawn.len()).rev() {
        frame.marks(&mut drawing, k);
    }
    frame.least(&mut drawing);
    frame.names(&mut drawing);
    let height = frame.legend(&mut drawing);
    Some(Chart {
        id,
        title: "What each side would lose by walking away".into(),
        description: "From left to right the points of the order, numbered as in the table of the order, with the \
                      days below. For each side a line: what it would lose by walking away at that point, as a share \
                      of what the deal is worth to it. Below the line at 0 it would gain. A ring: the least."
            .into(),
        width: WIDTH,
        height,
        drawing,
        tables: vec![table(talks, plan, detail)],
    })
}

impl<'a> Frame<'a> {
    fn new(talks: &'a Talks, plan: &'a Plan) -> Option<Frame<'a>> {
        let before = plan.points.len().checked_sub(1).filter(|n| *n > 0)?;
        let points = &plan.points[..before];
        let lowest = |party: &usize| {
            let shares = points.iter().map(|point| point.parties[*party]);
            shares.filter(|share| share.is_finite()).fold(f64::INFINITY, f64::min)
        };
        let mut drawn: Vec<usize> =
            (0..talks.parties.len()).filter(|party| lowest(party) < f64::INFINITY).collect();
        drawn.sort_by(|a, b| lowest(a).total_cmp(&lowest(b)));
        drawn.truncate(LINES);
        drawn.sort_unstable();
        if drawn.is_empty() {
            return None;
        }
        let shares = points.iter().flat_map(|point| drawn.iter().map(|party| point.parties[*party]));
        let shares = shares.filter(|share| share.is_finite()).map(|share| share.max(LOWEST));
        let axis = Axis::new(shares.chain([0.0]));
        let labels: Vec<String> = axis.ticks().iter().map(|(share, _)| percentage(*share)).collect();
        let left = LEFT.max(12.0 + widest("tick", labels.iter().map(String::as_str)));
        Some(Frame { talks, plan, axis, drawn, left, column: (RIGHT - left) / before as f64 })
    }

    fn n(&self) -> usize {
        self.plan.points.len() - 1
    }

    fn x(&self, point: usize) -> f64 {
        self.left + self.column * point as f64
    }

    fn y(&self, share: f64) -> f64 {
        TOP + (1.0 - self.axis.share(share.max(LOWEST))) * TALL
    }

    /// Where a side stands at a point, if a share says so.
    fn at(&self, point: usize, party: usize) -> Option<f64> {
        Some(self.plan.points[point].parties[party]).filter(|share| share.is_finite())
    }

    fn ground(&self, drawing: &mut Drawing) {
        let zero = self.y(0.0);
        if BOTTOM - zero > 0.5 {
            drawing.rect("track", (self.left, zero), (RIGHT - self.left, BOTTOM - zero));
        }
        for (share, _) in self.axis.ticks() {
            drawing.line("grid", (self.left, self.y(share)), (RIGHT, self.y(share)));
            drawing.text("tick", "end", (self.left - 5.0, self.y(share) + 3.5), &percentage(share));
        }
        drawing.line("zero", (self.left, zero), (RIGHT, zero));
    }

    /// Numbers of points, and the days below them: one for all points of a day.
    fn points(&self, drawing: &mut Drawing) {
        let y = BOTTOM + 17.0;
        drawing.text("tick", "end", (self.left - 5.0, y), "point");
        drawing.text("tick", "end", (self.left - 5.0, y + 17.0), "day");
        let every = (15.0 / self.column).ceil().max(1.0) as usize;
        for k in (0..self.n()).step_by(every) {
            drawing.text("tick", "middle", (self.x(k) + self.column / 2.0, y), &k.to_string());
        }
        let mut free = f64::NEG_INFINITY;
        let mut k = 0;
        while k < self.n() {
            let day = self.plan.points[k].day;
            let end = (k..self.n()).find(|other| self.plan.points[*other].day != day).unwrap_or(self.n());
            drawing.line("axis-line", (self.x(k) + 1.5, y + 5.0), (self.x(end) - 1.5, y + 5.0));
            let label = say::day_number(&self.plan.points[k]);
            let (middle, half) = ((self.x(k) + self.x(end)) / 2.0, width("tick", &label) / 2.0 + 2.0);
            if middle - half > free && middle - half >= self.left - 3.0 {
                drawing.text("tick", "middle", (middle, y + 17.0), &label);
                free = middle + half;
            }
            k = end;
        }
    }

    /// A line in steps; it ends where no share says anything.
    fn line(&self, drawing: &mut Drawing, k: usize) {
        let party = self.drawn[k];
        let mut pieces: Vec<Vec<(f64, f64)>> = vec![Vec::new()];
        for point in 0..self.n() {
            match (self.at(point, party), pieces.last_mut()) {
                (Some(share), Some(piece)) => {
                    piece.push((self.x(point), self.y(share)));
                    piece.push((self.x(point + 1), self.y(share)));
                }
                _ => pieces.push(Vec::new()),
            }
        }
        let name = isolated(&self.talks.parties[party].name);
        for piece in pieces.iter().filter(|piece| !piece.is_empty()) {
            drawing.path(&format!("party-line p{}", k + 1), piece, &name);
        }
    }

    /// Where on a point's width the mark of a line stands: lines that lie on each other keep apart.
    fn offset(&self, k: usize) -> f64 {
        self.column * (k + 1) as f64 / (self.drawn.len() + 1) as f64
    }

    fn marks(&self, drawing: &mut Drawing, k: usize) {
        let party = self.drawn[k];
        let name = isolated(&self.talks.parties[party].name);
        let every = (9.5 * self.drawn.len() as f64 / self.column).ceil().max(1.0) as usize;
        let least = say::least(self.plan);
        for point in 0..self.n() {
            let Some(share) = self.at(point, party) else { continue };
            if point % every != 0 && !least.contains(&(point, party)) {
                continue;
            }
            let says = format!("{name}, {}: {}", say::place(self.talks, self.plan, point), say::share(share));
            let place = (self.x(point) + self.offset(k), self.y(share));
            drawing.mark(&format!("party p{}", k + 1), MARKS[k], place, &balanced(&cut(&says, 200)));
        }
    }

    fn least(&self, drawing: &mut Drawing) {
        let mut names = Names::within([self.left, 0.0, RIGHT, BOTTOM]);
        let below = [("start", (self.left + 4.0, self.y(0.0) + 11.0))];
        names.write_free(drawing, "tick", &below, "below 0 it would gain");
        let mut written: Vec<usize> = Vec::new();
        for (point, party) in say::least(self.plan) {
            let Some(k) = self.drawn.iter().position(|own| *own == party) else { continue };
            let Some(share) = self.at(point, party) else { continue };
            let (x, y) = (self.x(point) + self.offset(k), self.y(share));
            drawing.mark("least", Shape::Circle, (x, y), "");
            names.avoid((x, y), 7.0);
            if written.iter().any(|other| other.abs_diff(point) < 8) {
                continue;
            }
            let says = format!("least: {}", say::share(share));
            let places = [
                ("start", (x, y + 19.0)),
                ("end", (x, y + 19.0)),
                ("start", (x, y - 12.0)),
                ("end", (x, y - 12.0)),
            ];
            if names.write_free(drawing, "row least-name", &places, &says) {
                written.push(point);
            }
        }
    }

    /// Whether every name is short enough to stand beside its line; if not, all stand in the legend.
    fn fit_beside(&self) -> bool {
        let name = |party: &usize| isolated(&self.talks.parties[*party].name);
        self.drawn.iter().all(|party| width("row", &name(party)) <= WIDTH - RIGHT - BESIDE - 1.0)
    }

    /// Each name at the end of its line, none over another.
    fn names(&self, drawing: &mut Drawing) {
        let end = |party: usize| (0..self.n()).rev().find_map(|point| self.at(point, party)).unwrap_or(0.0);
        let mut names: Vec<(usize, f64)> =
            self.drawn.iter().enumerate().map(|(k, party)| (k, self.y(end(*party)))).collect();
        names.sort_by(|a, b| a.1.total_cmp(&b.1).then(a.0.cmp(&b.0)));
        let highest = BOTTOM - APART * (names.len() - 1) as f64;
        let mut y = f64::NEG_INFINITY;
        for (place, (k, at)) in names.iter().enumerate() {
            y = at.min(highest + APART * place as f64).max(y + APART);
            drawing.line(&format!("party-line p{}", k + 1), (RIGHT, *at), (RIGHT + 9.0, y));
            drawing.mark(&format!("party p{}", k + 1), MARKS[*k], (RIGHT + 12.0, y), "");
            let name = &self.talks.parties[self.drawn[*k]].name;
            if self.fit_beside() {
                drawing.text("row", "start", (RIGHT + BESIDE, y + 3.8), &isolated(name));
            }
        }
    }

    fn legend(&self, drawing: &mut Drawing) -> f64 {
        let mut y = BOTTOM + 54.0;
        drawing.mark("least", Shape::Circle, (LEFT + 7.0, y - 4.0), "");
        drawing.text("legend", "start", (LEFT + 20.0, y), "the least at any point before the end");
        let name = |party: &usize| &self.talks.parties[*party].name;
        if !self.fit_beside() {
            for (k, party) in self.drawn.iter().enumerate() {
                y += 16.0;
                drawing.line(
                    &format!("party-line p{}", k + 1),
                    (LEFT - 4.0, y - 4.0),
                    (LEFT + 16.0, y - 4.0),
                );
                drawing.mark(&format!("party p{}", k + 1), MARKS[k], (LEFT + 7.0, y - 4.0), "");
                for (line, says) in in_lines("legend", name(party), WIDTH - LEFT - 24.0, 2).iter().enumerate()
                {
                    y += if line > 0 { 14.0 } else { 0.0 };
                    drawing.text("legend", "start", (LEFT + 20.0, y), says);
                }
            }
        }
        if self.talks.parties.len() > self.drawn.len() {
            y += 16.0;
            drawing.text("legend", "start", (LEFT + 20.0, y), "the other sides are in the table");
        }
        y + 10.0
    }
}

/// A share on the axis.
fn percentage(share: f64) -> String {
    format!("{}%", plain((share * 1000.0).round() / 10.0))
}

/// Every body at every point.
fn table(talks: &Talks, plan: &Plan, detail: Detail) -> Table {
    let head = ["Point", "Day", "Whose", "Walking away is worth", "It would lose", "As a share"];
    let unit = talks.common_unit.as_ref().map_or_else(|| "its own units".into(), |unit| isolated(unit));
    let mut table =
        Table::new(&format!("Every body at every point before the end, in {unit} and as a share"), &head);
    for (k, point) in plan.points.iter().enumerate().take(plan.points.len().saturating_sub(1)) {
        for (b, own) in point.bodies.iter().enumerate() {
            let units = |amount: f64| own.walking_away.map_or_else(|| "–".into(), |_| value(amount));
            table.rows.push(vec![
                k.to_string(),
                say::day_number(point),
                body_name(talks, BodyId(b)),
                units(own.walking_away.unwrap_or(0.0)),
                units(own.slack),
                say::share(own.share),
            ]);
        }
    }
    let shown = table.rows.len().min(3 * detail.rows);
    table.left_out = table.rows.len() - shown;
    table.rows.truncate(shown);
    table
}
