//! What a plan secures, day by day: for each thing counted the band between what is certain and what is
//! hoped for, with what is expected in it.

use super::names::labels;
use super::scale::Axis;
use super::svg::{Chart, Drawing, fitted, widest};
use super::timeline::gates;
use crate::deal::counted;
use crate::page::Table;
use crate::say::lasting::Told;
use crate::say::sequence::days;
use crate::words::value;
use detente_analysis::{Amounts, Secured};
use detente_model::Talks;

const WIDTH: f64 = 360.0;
/// Where the legend begins.
const LEFT: f64 = 40.0;
/// Room at either side of the lines at least; wide numbers take more.
const BESIDE: (f64, f64) = (40.0, 114.0);
/// Where the names of lines stand, off their ends.
const OFF: f64 = 13.0;
/// A panel, and the part of it in which lines are drawn.
const PANEL: f64 = 142.0;
const TOP: f64 = 22.0;
const TALL: f64 = 88.0;
/// Things with a panel of their own.
const THINGS: usize = 6;
/// Room between two names at the right.
const APART: f64 = 12.0;
/// Rows of a table by day.
const DAYS: usize = 40;

/// The picture; nothing where nothing is counted.
pub(super) fn chart(talks: &Talks, told: &Told<'_>, id: String) -> Option<Chart> {
    let all = &told.outlook.secured;
    let shown: Vec<&Secured> = all.iter().filter(|own| !own.by_day.is_empty()).take(THINGS).collect();
    if shown.is_empty() {
        return None;
    }
    let mut drawing = Drawing::default();
    let mut is_certain = true;
    for (k, own) in shown.iter().enumerate() {
        let panel = Panel::new(talks, told, own, PANEL * k as f64);
        panel.draw(&mut drawing, talks, told);
        is_certain &= panel.names().len() < 2;
    }
    let top = PANEL * shown.len() as f64 + 16.0;
    let height = legend(&mut drawing, talks, is_certain, all.len() > shown.len(), top);
    Some(Chart {
        id,
        title: "What it secures, day by day".into(),
        description: "For each thing that is counted, days from left to right and upwards how much has come about by \
                      then. A band reaches from what is certain, at its lower edge, to what comes if the plan is \
                      carried through, at its upper edge. In it a thick line: what is expected. A dashed line: one \
                      time in ten it is no more than that. Dotted upright lines: where phases begin."
            .into(),
        width: WIDTH,
        height,
        drawing,
        tables: shown.iter().map(|own| by_day(own)).collect(),
    })
}

/// Where one thing stands in the picture.
struct Panel<'a> {
    own: &'a Secured,
    /// The last day drawn.
    until: f64,
    /// Whether some of it flows; what comes all at once is drawn in steps.
    flows: bool,
    days: Axis,
    amounts: Axis,
    /// Where the lines begin and end.
    left: f64,
    right: f64,
    top: f64,
}

impl<'a> Panel<'a> {
    fn new(talks: &Talks, told: &Told<'_>, own: &'a Secured, top: f64) -> Panel<'a> {
        let counts = told.plan.points.iter().flat_map(|point| &point.steps);
        let mut counts = counts.flat_map(|step| &talks.steps[step.0].counts);
        let flows = counts.any(|count| count.what == own.what && count.per.is_some());
        let end = told.plan.points.last().map_or(0.0, |point| point.day);
        let until = if flows || end <= 0.0 { told.outlook.horizon.max(end) } else { end };
        let until = if until > 0.0 { until } else { 1.0 };
        let all = own.by_day.iter().filter(|(day, _)| *day <= until);
        let amounts = all.flat_map(|(_, all)| [all.hoped, all.expected, all.low, all.certain]);
        let amounts = Axis::new(amounts.chain([0.0]));
        let left = 10.0 + widest("tick", amounts.ticks().iter().map(|(_, label)| &label[..]));
        let days = Axis::new([0.0, until].into_iter());
        let mut panel = Panel { own, until, flows, days, amounts, left, right: 0.0, top };
        panel.left = panel.left.max(BESIDE.0);
        let names = panel.names();
        let names = widest("tick", names.iter().map(|(.., says)| &says[..]));
        panel.right = WIDTH - BESIDE.1.max(OFF + names + 2.0);
        panel
    }

    fn x(&self, day: f64) -> f64 {
        self.left + day / self.until * (self.right - self.left)
    }

    fn y(&self, amount: f64) -> f64 {
        self.top + TOP + (1.0 - self.amounts.share(amount)) * TALL
    }

    /// The line of one amount, in steps unless it flows.
    fn line(&self, of: fn(&Amounts) -> f64) -> Vec<(f64, f64)> {
        let mut line: Vec<(f64, f64)> = Vec::new();
        for (day, all) in self.own.by_day.iter().filter(|(day, _)| *day <= self.until) {
            let place = (self.x(*day), self.y(of(all)));
            match line.last().copied() {
                None if place.0 > self.left => {
                    line.extend([(self.left, self.y(0.0)), (place.0, self.y(0.0))]);
                }
                Some((_, level)) if !self.flows => line.push((place.0, level)),
                _ => {}
            }
            line.push(place);
        }
        if let Some((last, level)) = line.last().copied().filter(|(last, _)| *last < self.x(self.until)) {
            line.extend([(last, level), (self.x(self.until), level)]);
        }
        line.dedup();
        line
    }

    fn draw(&self, drawing: &mut Drawing, talks: &Talks, told: &Told<'_>) {
        let bottom = self.top + TOP + TALL;
        let what = fitted("row least-name", &self.own.what, WIDTH - 12.0);
        drawing.text("row least-name", "start", (10.0, self.top + 13.0), &what);
        for (amount, label) in self.amounts.ticks() {
            drawing.line("grid", (self.left, self.y(amount)), (self.right, self.y(amount)));
            drawing.text("tick", "end", (self.left - 5.0, self.y(amount) + 3.5), &label);
        }
        self.axis_of_days(drawing, bottom);
        let hoped = self.line(|all| all.hoped);
        let mut band = hoped.clone();
        band.extend(self.line(|all| all.certain).into_iter().rev());
        drawing.path("band", &band, "");
        for (_, day) in gates(talks, told.plan) {
            drawing.line("gate", (self.x(day), self.top + TOP), (self.x(day), bottom));
        }
        drawing.path("edge", &hoped, "if it is carried through");
        drawing.path("edge", &self.line(|all| all.certain), "for certain");
        drawing.path("tenth", &self.line(|all| all.low), "one time in ten no more than this");
        drawing.path("expected", &self.line(|all| all.expected), "expected");
        self.write_names(drawing);
    }

    fn axis_of_days(&self, drawing: &mut Drawing, bottom: f64) {
        let ticks = self.days.ticks().into_iter().filter(|(day, _)| *day <= self.until);
        let ticks: Vec<(f64, String)> = ticks.map(|(day, label)| (self.x(day), label)).collect();
        for (x, _) in &ticks {
            drawing.line("grid", (*x, bottom), (*x, bottom + 4.0));
        }
        for (x, label) in labels(ticks, (self.left - 6.0, WIDTH)) {
            drawing.text("tick", "middle", (x, bottom + 14.0), &label);
        }
        drawing.text("tick", "end", (self.left - 9.0, bottom + 14.0), "day");
    }

    /// What each line comes to: its class, the amount, and both in words; the highest first, of equals as they stand.
    fn names(&self) -> Vec<(&'static str, f64, String)> {
        let Some((_, end)) = self.own.by_day.iter().rfind(|(day, _)| *day <= self.until) else {
            return Vec::new();
        };
        let mut names = vec![
            ("edge", end.hoped, "hoped for"),
            ("expected", end.expected, "expected"),
            ("tenth", end.low, "1 in 10: ≤"),
            ("edge", end.certain, "for certain"),
        ];
        if names.iter().all(|(_, amount, _)| value(*amount) == value(end.hoped)) {
            names.drain(..3);
        }
        names.sort_by(|a, b| b.1.total_cmp(&a.1));
        let says =
            |(class, amount, says): (_, f64, &str)| (class, amount, format!("{says} {}", value(amount)));
        names.into_iter().map(says).collect()
    }

    /// The names at the ends of the lines, none over another.
    fn write_names(&self, drawing: &mut Drawing) {
        let names = self.names();
        let lowest = self.top + TOP + TALL + 2.0 - APART * (names.len().max(1) - 1) as f64;
        let mut y = f64::NEG_INFINITY;
        for (k, (class, amount, says)) in names.iter().enumerate() {
            let at = self.y(*amount);
            y = at.min(lowest + APART * k as f64).max(y + APART);
            if names.len() > 1 {
                drawing.path(class, &[(self.right, at), (self.right + OFF - 3.0, y)], "");
            }
            drawing.text("tick", "start", (self.right + OFF, y + 3.5), says);
        }
    }
}

fn legend(drawing: &mut Drawing, talks: &Talks, is_certain: bool, has_more: bool, top: f64) -> f64 {
    let mut y = top;
    let mut entry = |drawing: &mut Drawing, class: &str, says: &str| {
        match class {
            "band" => drawing.rect("band", (LEFT, y - 8.0), (18.0, 8.0)),
            "gate" => drawing.line("gate", (LEFT + 9.0, y - 10.0), (LEFT + 9.0, y + 1.0)),
            "" => {}
            class => drawing.path(class, &[(LEFT, y - 4.0), (LEFT + 18.0, y - 4.0)], ""),
        }
        drawing.text("legend", "start", (LEFT + 25.0, y), says);
        y += 16.0;
    };
    if is_certain {
        entry(drawing, "expected", "for certain");
    } else {
        entry(drawing, "band", "from what is certain to what is hoped for");
        entry(drawing, "expected", "expected");
        entry(drawing, "tenth", "one time in ten no more than this");
    }
    if !talks.phases.is_empty() {
        entry(drawing, "gate", "the first step of a phase is done");
    }
    if has_more {
        entry(drawing, "", "the other things counted are in the table");
    }
    y - 6.0
}

/// The four amounts in words.
pub(crate) fn cells(all: &Amounts) -> impl Iterator<Item = String> {
    [all.hoped, all.expected, all.low, all.certain].into_iter().map(value)
}

/// One thing, day by day.
fn by_day(own: &Secured) -> Table {
    let caption = format!("{}, by day", counted(&own.what));
    let head = ["Day", "Hoped for", "Expected", "1 in 10 no more than", "For certain"];
    let mut table = Table::new(&caption, &head);
    let every = own.by_day.len().div_ceil(DAYS).max(1);
    let last = own.by_day.len().saturating_sub(1);
    let shown = own.by_day.iter().enumerate().filter(|(k, _)| k % every == 0 || *k == last);
    table.rows =
        shown.map(|(_, (day, all))| std::iter::once(days(*day)).chain(cells(all)).collect()).collect();
    table.left_out = own.by_day.len() - table.rows.len();
    table
}
