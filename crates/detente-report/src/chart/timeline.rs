//! When each step of a plan can be done, at the earliest: a row for each step, days from left to right.

use super::collapse;
use super::letters::width;
use super::names::{labels, overlap};
use super::scale::Axis;
use super::svg::{Chart, Drawing, Shape, area, fitted};
use crate::deal::isolated;
use crate::page::Table;
use crate::say::lasting::Told;
use crate::say::sequence as say;
use crate::say::steps;
use detente_analysis::{Plan, Point};
use detente_model::{PhaseId, StepId, Talks, Wait};

const WIDTH: f64 = 360.0;
const LEFT: f64 = 10.0;
const RIGHT: f64 = 350.0;
/// Where the names of steps begin.
const NAMES: f64 = LEFT + 22.0;
const ROW: f64 = 28.0;
/// Room for the name of a phase above the rows.
const GATE: f64 = 13.0;
/// How much later than everything is done a deadline may be to be drawn in its place.
const FAR: f64 = 1.5;

/// When a step is done.
struct Row {
    /// The number of its point.
    point: usize,
    step: StepId,
    /// When its last condition was met, and when it could be done then.
    ready: f64,
    possible: f64,
    done: f64,
    /// When it has to be done.
    latest: Option<f64>,
}

impl Row {
    fn is_held(&self) -> bool {
        self.done > self.possible
    }
}

/// The picture, with the chance that the plan is still under way where that is known; nothing where everything
/// can be done on one day.
pub(super) fn chart(talks: &Talks, plan: &Plan, told: Option<&Told<'_>>, id: String) -> Option<Chart> {
    let rows = rows(talks, plan);
    let last = rows.iter().map(|row| row.done).fold(0.0, f64::max);
    if last <= 0.0 {
        return None;
    }
    let latest = rows.iter().filter_map(|row| row.latest).filter(|day| *day <= last * FAR);
    let axis = Axis::new(latest.chain([0.0, last]));
    let right = told.map_or(RIGHT, |_| RIGHT + 5.0 - collapse::margin());
    let x = |day: f64| LEFT + axis.share(day) * (right - LEFT);
    let gates = gates(talks, plan);
    let mut drawing = Drawing::default();
    let names = phases(talks, &gates, &x);
    let start = GATE * names.iter().map(|name| name.level + 1).max().unwrap_or(0) as f64 + 4.0;
    let top = start + told.map_or(0.0, |_| collapse::HEIGHT);
    let bottom = top + ROW * rows.len() as f64 + 8.0;
    let ticks: Vec<(f64, String)> = axis.ticks().into_iter().map(|(day, label)| (x(day), label)).collect();
    for (x, _) in &ticks {
        drawing.line("grid", (*x, start), (*x, bottom));
    }
    for (x, label) in labels(ticks, (0.0, WIDTH)) {
        drawing.text("tick", "middle", (x, bottom + 12.0), &label);
    }
    drawing.text(
        "axis",
        "middle",
        (WIDTH / 2.0, bottom + 27.0),
        "days from the start, at the earliest in this order",
    );
    draw_gates(&mut drawing, &names, bottom);
    if let Some(told) = told {
        collapse::draw(&mut drawing, told, &x, (LEFT, right), start);
    }
    for (k, row) in rows.iter().enumerate() {
        let is_first = k == 0 || rows[k - 1].point != row.point;
        draw_row(&mut drawing, talks, row, &x, right, top + ROW * k as f64, is_first);
    }
    let height = legend(&mut drawing, &rows, !gates.is_empty(), bottom + 46.0);
    let title = match told {
        Some(told) if told.package.is_some() => {
            "When each step can be done, and how long the plan lasts with levers"
        }
        Some(_) => "When each step can be done, and how long the plan lasts",
        None => "When each step can be done",
    };
    Some(Chart {
        id,
        title: title.into(),
        description: describe(told),
        width: WIDTH,
        height,
        drawing,
        tables: std::iter::once(table(talks, &rows))
            .chain(told.map(|told| collapse::table(talks, told)))
            .collect(),
    })
}

fn describe(told: Option<&Told<'_>>) -> String {
    let rows = "A row for each step, in the order of the plan; days from left to right. A bar runs from the day on \
                which its last condition is met to the day on which it could be done; a line from there to the day on \
                which it is done in this order. A short upright line: the day by \
                which it has to be done. Upright lines with names: where phases begin.";
    let band = "Above the rows the chance that the plan is still under way: it falls on the days on which somebody \
                may not go on, and slowly in between where something from outside may end it.";
    if told.is_some() { format!("{rows} {band}") } else { rows.into() }
}

fn rows(talks: &Talks, plan: &Plan) -> Vec<Row> {
    let mut rows = Vec::new();
    for (k, point) in plan.points.iter().enumerate() {
        // What is done at once waits for all that any of it waits for.
        let ready = point.steps.iter().map(|step| ready(talks, plan, k, *step)).fold(0.0, f64::max);
        let takes = |step: &StepId| talks.steps[step.0].takes.map_or(0.0, detente_model::Duration::days);
        let possible = point.steps.iter().map(|step| ready_alone(talks, plan, k, *step) + takes(step));
        let possible = possible.fold(ready, f64::max).min(point.day);
        for step in &point.steps {
            rows.push(Row {
                point: k,
                step: *step,
                ready: ready.min(point.day),
                possible,
                done: point.day,
                latest: latest(talks, plan, k, *step),
            });
        }
    }
    rows
}

/// The day on which the last condition of a step is met.
fn ready(talks: &Talks, plan: &Plan, point: usize, step: StepId) -> f64 {
    let own = &talks.steps[step.0];
    let done = |other: StepId| plan.points[..point].iter().find(|point| point.steps.contains(&other));
    let milestones = own.milestones.iter().filter_map(|other| Some(done(*other)?.day));
    let brings =
        |point: &&Point| point.steps.iter().any(|other| talks.steps[other.0].includes.contains(&step));
    let brought = plan.points[..point].iter().find(brings).map(|point| point.day);
    milestones.chain(brought).fold(ready_alone(talks, plan, point, step), f64::max)
}

/// The day on which what a step waits for is done and the delays are over: from then on it takes its time.
fn ready_alone(talks: &Talks, plan: &Plan, point: usize, step: StepId) -> f64 {
    let done = |other: StepId| plan.points[..point].iter().find(|point| point.steps.contains(&other));
    let delay = |wait: &Wait| wait.time.map_or(0.0, detente_model::Duration::days);
    let waits = talks.steps[step.0].after.iter().filter_map(|wait| Some(done(wait.step)?.day + delay(wait)));
    waits.fold(0.0, f64::max)
}

/// The day by which a step has to be done: its own deadline, or that of the latest point that called for it.
fn latest(talks: &Talks, plan: &Plan, point: usize, step: StepId) -> Option<f64> {
    let mut called = None;
    for earlier in &plan.points[..point] {
        let calls = earlier.steps.iter().flat_map(|other| &talks.steps[other.0].responds);
        let calls: Vec<&Wait> = calls.filter(|wait| wait.step == step).collect();
        if !calls.is_empty() {
            let times = calls.iter().filter_map(|wait| wait.time).map(|time| earlier.day + time.days());
            called = times.min_by(f64::total_cmp);
        }
    }
    let own = talks.steps[step.0].deadline.map(detente_model::Duration::days);
    own.into_iter().chain(called).min_by(f64::total_cmp)
}

/// The phases, each with the day on which its first step is done.
pub(super) fn gates(talks: &Talks, plan: &Plan) -> Vec<(PhaseId, f64)> {
    let mut gates: Vec<(PhaseId, f64)> = Vec::new();
    for point in &plan.points {
        for phase in point.steps.iter().filter_map(|step| talks.steps[step.0].phase) {
            if gates.iter().all(|(known, _)| *known != phase) {
                gates.push((phase, point.day));
            }
        }
    }
    gates
}

/// Where the name of a phase stands.
struct Name {
    anchor: &'static str,
    /// Where the line of the phase is.
    x: f64,
    /// Which line of names it stands on, from 0.
    level: usize,
    says: String,
}

impl Name {
    fn at(&self) -> (f64, f64) {
        (self.x + if self.anchor == "end" { -4.0 } else { 4.0 }, GATE * self.level as f64 + 10.0)
    }

    fn area(&self) -> [f64; 4] {
        area("row phase", self.anchor, self.at(), &self.says)
    }
}

/// The names of phases, one below the other where they are close.
fn phases(talks: &Talks, gates: &[(PhaseId, f64)], x: &dyn Fn(f64) -> f64) -> Vec<Name> {
    let mut names: Vec<Name> = Vec::new();
    for (phase, day) in gates {
        let x = x(*day);
        let is_right = x > WIDTH / 2.0;
        let (anchor, room) = if is_right { ("end", x - 8.0) } else { ("start", WIDTH - x - 8.0) };
        let says = fitted("row phase", &talks.phases[phase.0].name, room);
        let mut name = Name { anchor, x, level: 0, says };
        let covers = |name: &Name| names.iter().any(|other| overlap(&name.area(), &other.area()));
        while covers(&name) {
            name.level += 1;
        }
        names.push(name);
    }
    names
}

fn draw_gates(drawing: &mut Drawing, names: &[Name], bottom: f64) {
    for name in names {
        drawing.line("gate", (name.x, name.at().1 - 8.0), (name.x, bottom));
        drawing.text("row phase", name.anchor, name.at(), &name.says);
    }
}

fn draw_row(
    drawing: &mut Drawing,
    talks: &Talks,
    row: &Row,
    x: &dyn Fn(f64) -> f64,
    right: f64,
    top: f64,
    is_first: bool,
) {
    let y = top + 19.0;
    if is_first {
        drawing.text("row tick", "end", (NAMES - 5.0, top + 11.0), &row.point.to_string());
    } else {
        drawing.line("axis-line", (LEFT - 5.0, top - ROW + 8.0), (LEFT - 5.0, y));
    }
    let later = row.latest.filter(|latest| x(*latest) > right + 0.01);
    let room = match later {
        Some(latest) => {
            let label = format!("to day {} ›", say::days(latest));
            drawing.text("row tick", "end", (WIDTH - 4.0, top + 11.0), &label);
            WIDTH - 12.0 - NAMES - width("row tick", &label)
        }
        None => WIDTH - 4.0 - NAMES,
    };
    drawing.text("row", "start", (NAMES, top + 11.0), &name(talks, row.step, room));
    if row.possible > row.ready {
        drawing.rect("range", (x(row.ready), y - 3.5), (x(row.possible) - x(row.ready), 7.0));
    }
    if row.is_held() {
        drawing.line("held", (x(row.possible), y), (x(row.done), y));
    }
    if let Some(latest) = row.latest {
        let at = x(latest).min(right);
        drawing.line("spare", (x(row.done), y), (at, y));
        if later.is_none() {
            drawing.line("deadline", (at, y - 5.5), (at, y + 5.5));
        }
    }
    drawing.mark("e", Shape::Disc, (x(row.done), y), &says(talks, row));
}

/// A step above its bar. Where both do not fit, what is done says more than who does it; the table says both.
fn name(talks: &Talks, step: StepId, room: f64) -> String {
    let whole = steps::step(talks, step);
    let name = &talks.steps[step.0].name;
    fitted("row", if width("row", &whole) <= room { &whole } else { name }, room)
}

fn says(talks: &Talks, row: &Row) -> String {
    let day = say::days;
    let latest = row.latest.map(|latest| format!(", day {} at the latest", day(latest)));
    let held = row.is_held().then(|| format!(", possible from day {}", day(row.possible)));
    format!(
        "{}: day {} at the earliest in this order{}{}",
        isolated(&talks.steps[row.step.0].name),
        day(row.done),
        held.unwrap_or_default(),
        latest.unwrap_or_default()
    )
}

fn legend(drawing: &mut Drawing, rows: &[Row], has_gates: bool, top: f64) -> f64 {
    let mut y = top;
    let mut entry = |drawing: &mut Drawing, says: &str, sample: &dyn Fn(&mut Drawing, f64)| {
        sample(drawing, y - 4.0);
        drawing.text("legend", "start", (LEFT + 22.0, y), says);
        y += 16.0;
    };
    entry(drawing, "done, at the earliest in this order", &|drawing, y| {
        drawing.mark("e", Shape::Disc, (LEFT + 7.0, y), "")
    });
    if rows.iter().any(|row| row.possible > row.ready) {
        entry(drawing, "from the last condition met until it can be done", &|drawing, y| {
            drawing.rect("range", (LEFT, y - 3.5), (14.0, 7.0));
        });
    }
    if rows.iter().any(Row::is_held) {
        entry(drawing, "possible, held back by the order", &|drawing, y| {
            drawing.line("held", (LEFT, y), (LEFT + 14.0, y));
        });
    }
    if rows.iter().any(|row| row.latest.is_some()) {
        entry(drawing, "the day by which it has to be done", &|drawing, y| {
            drawing.line("spare", (LEFT, y), (LEFT + 12.0, y));
            drawing.line("deadline", (LEFT + 12.0, y - 5.5), (LEFT + 12.0, y + 5.5));
        });
    }
    if has_gates {
        entry(drawing, "the first step of a phase is done", &|drawing, y| {
            drawing.line("gate", (LEFT + 7.0, y - 6.0), (LEFT + 7.0, y + 6.0));
        });
    }
    if rows.windows(2).any(|pair| pair[0].point == pair[1].point) {
        entry(drawing, "done at once", &|drawing, y| {
            drawing.line("axis-line", (LEFT + 7.0, y - 6.0), (LEFT + 7.0, y + 6.0));
        });
    }
    y - 6.0
}

fn table(talks: &Talks, rows: &[Row]) -> Table {
    let head = [
        "Step",
        "Point",
        "Phase",
        "Last condition met",
        "Possible from",
        "Done in this order",
        "At the latest",
    ];
    let mut table = Table::new("Every step with its days, from the start", &head);
    let day = say::days;
    for row in rows {
        let phase = talks.steps[row.step.0].phase.map(|phase| isolated(&talks.phases[phase.0].name));
        table.rows.push(vec![
            steps::step(talks, row.step),
            row.point.to_string(),
            phase.unwrap_or_else(|| "–".into()),
            day(row.ready),
            day(row.possible),
            day(row.done),
            row.latest.map_or_else(|| "–".into(), day),
        ]);
    }
    table
}
