//! How likely a plan is to be still under way, day by day: a band over the rows of its timeline.

use super::letters::width;
use super::names::Names;
use super::svg::{Drawing, Shape};
use crate::page::Table;
use crate::say::lasting::Told;
use crate::say::sequence as say;
use crate::words::percent;
use detente_analysis::NO_CHANCE;
use detente_model::Talks;

/// How much of a picture the band takes.
pub(super) const HEIGHT: f64 = 124.0;
const TOP: f64 = 31.0;
const TALL: f64 = 74.0;
/// The least fall that is written beside the line.
const WRITTEN: f64 = 0.01;
/// The chances at the right of the band.
const CHANCES: [(f64, &str); 3] = [(1.0, "100%"), (0.5, "50%"), (0.0, "0%")];
/// Where they stand, off the end of the band.
const BESIDE: f64 = 4.0;

/// A part of the line: from a chance on a day to another.
struct Piece {
    from: (f64, f64),
    to: (f64, f64),
}

/// The line, from the start to the last point: upright where a side may not go on, level or falling slowly
/// between points.
fn pieces(told: &Told<'_>) -> Vec<Piece> {
    let mut pieces = Vec::new();
    let mut alive = 1.0;
    for (own, pair) in told.outlook.breaks.iter().zip(told.plan.points.windows(2)) {
        let (day, next) = (pair[0].day, pair[1].day);
        let after = (alive - own.walks - own.fails).max(0.0);
        pieces.push(Piece { from: (day, alive), to: (day, after) });
        alive = (after - own.shocks).max(0.0);
        pieces.push(Piece { from: (day, after), to: (next, alive) });
    }
    pieces
}

/// How much room the chances take at the right of the band.
pub(super) fn margin() -> f64 {
    BESIDE + width("row tick", CHANCES[0].1)
}

/// Draws the band below `top`, from the day `x` puts at the left to the last point.
pub(super) fn draw(
    drawing: &mut Drawing,
    told: &Told<'_>,
    x: &dyn Fn(f64) -> f64,
    (left, right): (f64, f64),
    top: f64,
) {
    let y = |chance: f64| top + TOP + (1.0 - chance) * TALL;
    let says = match told.package {
        Some(_) => "Chance that the plan is still under way, with levers",
        None => "Chance that the plan is still under way",
    };
    let mut names = Names::within([0.0, top, right + margin(), y(0.0) + 6.0]);
    names.avoid_text("row", "start", (left, top + 11.0), says);
    drawing.text("row", "start", (left, top + 11.0), says);
    for (chance, label) in CHANCES {
        drawing.line("grid", (left, y(chance)), (right, y(chance)));
        let place = (right + BESIDE, y(chance) + 3.5);
        names.avoid_text("row tick", "start", place, label);
        drawing.text("row tick", "start", place, label);
    }
    let pieces = pieces(told);
    let mut line: Vec<(f64, f64)> = vec![(x(0.0), y(1.0))];
    line.extend(pieces.iter().map(|piece| (x(piece.to.0), y(piece.to.1))));
    line.dedup();
    let Some(end) = line.last().copied() else { return };
    let mut area = line.clone();
    area.extend([(end.0, y(0.0)), (x(0.0), y(0.0))]);
    drawing.path("alive", &area, "");
    drawing.path("alive-line", &line, "chance that the plan is still under way");
    drawing.mark("e", Shape::Disc, end, "");
    names.avoid(end, 3.0);
    let says = format!("carried through: {}", percent(told.outlook.completed));
    carried(drawing, &mut names, end, &says);
    falls(drawing, &mut names, &pieces, x, &y);
}

/// What the line ends with, beside its end.
fn carried(drawing: &mut Drawing, names: &mut Names, (x, y): (f64, f64), says: &str) {
    let off = [14.0, -6.0, -18.0, -30.0, -42.0];
    let places: Vec<(&str, (f64, f64))> =
        off.iter().flat_map(|off| [("end", (x - 6.0, y + off)), ("start", (x + 6.0, y + off))]).collect();
    if !names.write_free(drawing, "row least-name", &places, says) {
        drawing.text("row least-name", places[0].0, places[0].1, says);
    }
}

/// How far the line falls on each day, where there is room to write it.
fn falls(
    drawing: &mut Drawing,
    names: &mut Names,
    pieces: &[Piece],
    x: &dyn Fn(f64) -> f64,
    y: &dyn Fn(f64) -> f64,
) {
    let mut days: Vec<(f64, f64, f64)> = Vec::new();
    for piece in pieces.iter().filter(|piece| piece.from.0 == piece.to.0) {
        match days.last_mut() {
            Some((day, _, to)) if *day == piece.from.0 => *to = piece.to.1,
            _ => days.push((piece.from.0, piece.from.1, piece.to.1)),
        }
    }
    for (day, from, to) in days.into_iter().filter(|(_, from, to)| from - to >= WRITTEN) {
        let (left, right, over) = (x(day) - 3.0, x(day) + 3.0, y(from) - 3.0);
        let middle = (y(from) + y(to)) / 2.0 + 3.5;
        let places = [
            ("start", (right, over)),
            ("start", (right, middle)),
            ("end", (left, middle)),
            ("end", (left, over)),
        ];
        names.write_free(drawing, "row tick", &places, &format!("−{}", percent(from - to)));
    }
}

/// Every point at which it can end.
pub(super) fn table(talks: &Talks, told: &Told<'_>) -> Table {
    let head = ["Point", "Day", "Where", "Still under way before", "It ends here"];
    let mut table = Table::new("Where it can end", &head);
    let mut alive = 1.0;
    for (k, own) in told.outlook.breaks.iter().enumerate() {
        if own.total() > NO_CHANCE {
            table.rows.push(vec![
                k.to_string(),
                say::day_number(&told.plan.points[k]),
                say::place(talks, told.plan, k),
                percent(alive),
                percent(own.total()),
            ]);
        }
        alive -= own.total();
    }
    let last = told.plan.points.len() - 1;
    table.rows.push(vec![
        last.to_string(),
        say::day_number(&told.plan.points[last]),
        "the end".into(),
        percent(told.outlook.completed),
        "–".into(),
    ]);
    table
}
