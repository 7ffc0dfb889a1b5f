//! When each step of a plan can be done, at the earliest: a row for each step, days from left to right.

use super::collapse;
use super::scale::Axis;
use super::svg::{Chart, Drawing, Shape, fitted};
use crate::deal::isolated;
use crate::page::Table;
use crate::say::lasting::Told;
use crate::say::sequence as say;
use crate::say::steps;
use detente_analysis::{Plan, Point};
use detente_model::{PhaseId, StepId, Talks, Wait};

const WIDTH: f64 = 360.0;
const LEFT: f64 = 10.0;
const ACROSS: f64 = 340.0;
const RIGHT: f64 = LEFT + ACROSS;
/// Where the names of steps begin.
const NAMES: f64 = LEFT + 22.0;
const ROW: f64 = 28.0;
/// Columns of the name of a step above its bar.
const COLUMNS: usize = 54;
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
    let x = |day: f64| LEFT + axis.share(day) * ACROSS;
    let gates = gates(talks, plan);
    let mut drawing = Drawing::default();
    let start = GATE * levels(&gates, &x) as f64 + 4.0;
    let top = start + told.map_or(0.0, |_| collapse::HEIGHT);
    let bottom = top + ROW * rows.len() as f64 + 8.0;
    for (day, label) in axis.ticks() {
        drawing.line("grid", (x(day), start), (x(day), bottom));
        let (anchor, at) = edge(x(day));
        drawing.text("tick", anchor, (at, bottom + 12.0), &label);
    }
    drawing.text(
        "axis",
        "middle",
        (LEFT + ACROSS / 2.0, bottom + 27.0),
        "days from the start, at the earliest in this order",
    );
    draw_gates(&mut drawing, talks, &gates, &x, bottom);
    if let Some(told) = told {
        collapse::draw(&mut drawing, told, &x, (LEFT, RIGHT), start);
    }
    for (k, row) in rows.iter().enumerate() {
        let is_first = k == 0 || rows[k - 1].point != row.point;
        draw_row(&mut drawing, talks, row, &x, top + ROW * k as f64, is_first);
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

/// A place for a text near the edges of the picture.
fn edge(x: f64) -> (&'static str, f64) {
    match x {
        x if x < LEFT + 8.0 => ("start", x.max(LEFT)),
        x if x > RIGHT - 8.0 => ("end", x.min(RIGHT)),
        x => ("middle", x),
    }
}

/// How many lines the names of phases need, one below the other where they are close.
fn levels(gates: &[(PhaseId, f64)], x: &dyn Fn(f64) -> f64) -> usize {
    let is_close = |pair: &[(PhaseId, f64)]| (x(pair[1].1) - x(pair[0].1)).abs() < ACROSS / 2.0;
    if gates.windows(2).any(is_close) { gates.len() } else { gates.len().min(1) }
}

fn draw_gates(
    drawing: &mut Drawing,
    talks: &Talks,
    gates: &[(PhaseId, f64)],
    x: &dyn Fn(f64) -> f64,
    bottom: f64,
) {
    let levels = levels(gates, x);
    for (k, (phase, day)) in gates.iter().enumerate() {
        let level = if levels > 1 { k } else { 0 };
        let y = GATE * level as f64 + 10.0;
        drawing.line("gate", (x(*day), y - 8.0), (x(*day), bottom));
        let (anchor, at) =
            if x(*day) > LEFT + ACROSS / 2.0 { ("end", x(*day) - 4.0) } else { ("start", x(*day) + 4.0) };
        drawing.text("row phase", anchor, (at, y), &fitted(&talks.phases[phase.0].name, 28));
    }
}

fn draw_row(
    drawing: &mut Drawing,
    talks: &Talks,
    row: &Row,
    x: &dyn Fn(f64) -> f64,
    top: f64,
    is_first: bool,
) {
    let y = top + 19.0;
    if is_first {
        drawing.text("row tick", "end", (NAMES - 5.0, top + 11.0), &row.point.to_string());
    } else {
        drawing.line("axis-line", (LEFT - 5.0, top - ROW + 8.0), (LEFT - 5.0, y));
    }
    // Where both do not fit, what is done says more than who does it; the table says both.
    let whole = steps::step(talks, row.step);
    let name = if fitted(&whole, COLUMNS) == isolated(&whole) {
        whole
    } else {
        talks.steps[row.step.0].name.clone()
    };
    drawing.text("row", "start", (NAMES, top + 11.0), &fitted(&name, COLUMNS));
    let says = says(talks, row);
    if row.possible > row.ready {
        drawing.rect("range", (x(row.ready), y - 3.5), (x(row.possible) - x(row.ready), 7.0));
    }
    if row.is_held() {
        drawing.line("held", (x(row.possible), y), (x(row.done), y));
    }
    if let Some(latest) = row.latest {
        let at = x(latest).min(RIGHT);
        drawing.line("spare", (x(row.done), y), (at, y));
        if x(latest) > RIGHT + 0.01 {
            let label = format!("to day {} ›", say::days(latest));
            drawing.text("row tick", "end", (at, y + 3.5), &label);
        } else {
            drawing.line("deadline", (at, y - 5.5), (at, y + 5.5));
        }
    }
    drawing.mark("e", Shape::Disc, (x(row.done), y), &says);
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
