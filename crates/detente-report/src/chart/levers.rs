//! Cost against the best chance it buys: a staircase.

use super::names::labels;
use super::svg::{Chart, Drawing, Shape};
use crate::Report;
use crate::deal::{balanced, cut};
use crate::page::Table;
use crate::say::levers as say;
use crate::words::{percent, value};
use detente_analysis::{Levers, Package};

const WIDTH: f64 = 360.0;
const LEFT: f64 = 50.0;
const BAR: f64 = 295.0;
const TOP: f64 = 14.0;
const TALL: f64 = 190.0;
/// Rows of the table.
const ROWS: usize = 40;

/// The picture of the frontier; nothing where there is only one point.
pub(super) fn chart(report: &Report<'_>, found: &Levers) -> Option<Chart> {
    if found.frontier.len() < 2 {
        return None;
    }
    let dearest = found.frontier.last().map_or(0.0, |package| package.cost);
    let most = found.frontier.last().map_or(0.0, |package| package.probability);
    let costs = super::scale::Axis::new([0.0, dearest].into_iter());
    let chances = super::scale::Axis::new([0.0, most.max(found.target)].into_iter());
    let x = |cost: f64| LEFT + costs.share(cost) * BAR;
    let y = |p: f64| TOP + (1.0 - chances.share(p)) * TALL;
    let mut drawing = Drawing::default();
    for (p, label) in super::sure::ticks(&chances) {
        drawing.line("grid", (LEFT, y(p)), (LEFT + BAR, y(p)));
        drawing.text("tick", "end", (LEFT - 5.0, y(p) + 3.5), &label);
    }
    let ticks: Vec<(f64, String)> = costs.ticks().into_iter().map(|(cost, label)| (x(cost), label)).collect();
    for (x, _) in &ticks {
        drawing.line("grid", (*x, TOP + TALL), (*x, TOP + TALL + 4.0));
    }
    for (x, label) in labels(ticks, (0.0, WIDTH)) {
        drawing.text("tick", "middle", (x, TOP + TALL + 15.0), &label);
    }
    drawing.text(
        "axis",
        "middle",
        (LEFT + BAR / 2.0, TOP + TALL + 31.0),
        "what it costs the mediators together",
    );
    drawing.upwards("axis", (11.0, TOP + TALL / 2.0), "chance of agreement");
    drawing.line("alternative", (LEFT, y(found.target)), (LEFT + BAR, y(found.target)));
    drawing.path("efficient-line", &stairs(found, &x, &y), "the best chance that each cost buys");
    let chosen = found.chosen();
    for package in found.frontier.iter().rev() {
        let is_chosen = chosen == Some(package);
        let shape = if is_chosen { Shape::Diamond } else { Shape::Disc };
        let class = if is_chosen { "deal first" } else { "e" };
        let says = format!(
            "cost {}, chance {}: {}",
            value(package.cost),
            percent(package.probability),
            say::names(report.talks, &package.levers)
        );
        drawing.mark(class, shape, (x(package.cost), y(package.probability)), &balanced(&cut(&says, 300)));
    }
    let height = legend(&mut drawing, found, TOP + TALL + 52.0);
    Some(Chart {
        id: "levers".into(),
        title: "What it costs, and what chance that buys".into(),
        description: "A staircase: for each cost to all mediators together the best chance of agreement that it buys. A dashed \
                      line: the target."
            .into(),
        width: WIDTH,
        height,
        drawing,
        tables: vec![table(report, found)],
    })
}

fn stairs(found: &Levers, x: &dyn Fn(f64) -> f64, y: &dyn Fn(f64) -> f64) -> Vec<(f64, f64)> {
    let mut points: Vec<(f64, f64)> = Vec::new();
    for package in &found.frontier {
        if let Some((_, level)) = points.last().copied() {
            points.push((x(package.cost), level));
        }
        points.push((x(package.cost), y(package.probability)));
    }
    if let Some((_, level)) = points.last().copied() {
        points.push((LEFT + BAR, level));
    }
    points
}

fn legend(drawing: &mut Drawing, found: &Levers, top: f64) -> f64 {
    drawing.mark("deal first", Shape::Diamond, (LEFT + 7.0, top - 4.0), "");
    let says = match (&found.cheapest, found.search.proven) {
        (Some(_), true) => "the least that reaches the target",
        (Some(_), false) => "the least found that reaches the target",
        (None, true) => "the most that is possible within budgets",
        (None, false) => "the most that was found within budgets",
    };
    drawing.text("legend", "start", (LEFT + 20.0, top), says);
    drawing.mark("e", Shape::Disc, (LEFT + 7.0, top + 12.0), "");
    drawing.text(
        "legend",
        "start",
        (LEFT + 20.0, top + 16.0),
        "other costs that buy more than any lower one",
    );
    drawing.line("alternative", (LEFT, top + 28.0), (LEFT + 14.0, top + 28.0));
    drawing.text(
        "legend",
        "start",
        (LEFT + 20.0, top + 32.0),
        &format!("the target, {}", percent(found.target)),
    );
    top + 42.0
}

fn table(report: &Report<'_>, found: &Levers) -> Table {
    let best = report.analysis.will.as_ref().and_then(|will| will.best.first()).map(|deal| &deal.outcome);
    let mut table =
        Table::new("Every cost that buys more than any lower one", &["Cost", "Chance", "With", "Deal"]);
    let row = |package: &Package| {
        vec![
            value(package.cost),
            percent(package.probability),
            say::names(report.talks, &package.levers),
            say::deal(report.talks, best, package),
        ]
    };
    table.rows = found.frontier.iter().take(ROWS).map(row).collect();
    table.left_out = found.frontier.len() - table.rows.len();
    table
}
