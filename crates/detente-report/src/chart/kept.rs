//! Deals by how likely they are to be signed, and to be kept once signed; curves where the product is the
//! same.

use super::names::{Names, clusters, labels, spans};
use super::scale::Axis;
use super::svg::{Chart, Drawing, Shape};
use crate::Report;
use crate::page::Table;
use crate::say::difference;
use crate::say::kept::ranked;
use crate::words::{percent, value};
use detente_analysis::{Kept, NO_CHANCE};
use detente_model::Outcome;

const WIDTH: f64 = 360.0;
const LEFT: f64 = 50.0;
const ACROSS: f64 = 274.0;
const TOP: f64 = 14.0;
const TALL: f64 = 200.0;
/// Points of a curve.
const BENDS: usize = 48;

/// The picture; nothing where fewer than two deals are known or none is ever kept.
pub(super) fn chart(report: &Report<'_>) -> Option<Chart> {
    let ranked = ranked(report.carried);
    let most = ranked.first().map_or(0.0, |(_, _, both)| *both);
    if ranked.len() < 2 || most <= NO_CHANCE {
        return None;
    }
    let how = |kept: &Kept| kept.best.as_ref().map_or(0.0, |best| best.value);
    let signed = Axis::new(ranked.iter().map(|(_, kept, _)| kept.signed).chain([0.0]));
    let keeping = Axis::new(ranked.iter().map(|(_, kept, _)| how(kept)).chain([0.0]));
    let x = |p: f64| LEFT + signed.share(p) * ACROSS;
    let y = |p: f64| TOP + (1.0 - keeping.share(p)) * TALL;
    let mut drawing = Drawing::default();
    ground(&mut drawing, &signed, &keeping);
    curves(&mut drawing, &signed, &keeping, most);
    let places: Vec<(f64, f64)> = ranked.iter().map(|(_, kept, _)| (x(kept.signed), y(how(kept)))).collect();
    let mut names = Names::within([LEFT, 0.0, LEFT + ACROSS, TOP + TALL]);
    for (k, ((rank, kept, both), place)) in ranked.iter().zip(&places).enumerate().rev() {
        let class = if k == 0 { "deal first" } else { "deal" };
        let says = format!(
            "Deal {}: signed {}, then kept {}, both {}",
            rank + 1,
            percent(kept.signed),
            percent(how(kept)),
            percent(*both)
        );
        drawing.mark(class, Shape::Diamond, *place, &says);
        names.avoid(*place, 5.0);
    }
    for (_, numbers) in clusters(&places) {
        let mut numbers: Vec<usize> = numbers.iter().map(|k| ranked[k - 1].0 + 1).collect();
        numbers.sort_unstable();
        let place = places[ranked.iter().position(|(rank, ..)| rank + 1 == numbers[0]).unwrap_or(0)];
        names.keep("deal-name", place, &spans(&numbers));
    }
    names.write(&mut drawing);
    let height = legend(&mut drawing, TOP + TALL + 54.0);
    Some(Chart {
        id: "kept".into(),
        title: "Signed, and kept".into(),
        description: "Each diamond is one of the likeliest deals, with its number: further right it is more likely to \
                      be signed, further up more likely to be kept once signed, in the order that is best for that. \
                      Along a dashed curve the chance of both is the same; it grows towards the upper right."
            .into(),
        width: WIDTH,
        height,
        drawing,
        tables: vec![table(report)],
    })
}

fn ground(drawing: &mut Drawing, signed: &Axis, keeping: &Axis) {
    let bottom = TOP + TALL;
    for (p, label) in super::sure::ticks(keeping) {
        let y = TOP + (1.0 - keeping.share(p)) * TALL;
        drawing.line("grid", (LEFT, y), (LEFT + ACROSS, y));
        drawing.text("tick", "end", (LEFT - 5.0, y + 3.5), &label);
    }
    let ticks = super::sure::ticks(signed).into_iter();
    let ticks: Vec<(f64, String)> =
        ticks.map(|(p, label)| (LEFT + signed.share(p) * ACROSS, label)).collect();
    for (x, _) in &ticks {
        drawing.line("grid", (*x, TOP), (*x, bottom + 4.0));
    }
    for (x, label) in labels(ticks, (0.0, WIDTH)) {
        drawing.text("tick", "middle", (x, bottom + 15.0), &label);
    }
    drawing.text("axis", "middle", (LEFT + ACROSS / 2.0, bottom + 31.0), "chance that it is signed");
    drawing.upwards("axis", (11.0, TOP + TALL / 2.0), "chance that it is kept once signed");
}

/// Where the product is the same, at round values.
fn curves(drawing: &mut Drawing, signed: &Axis, keeping: &Axis, most: f64) {
    let (right, top) = (signed.high(), keeping.high());
    for (product, label) in super::sure::ticks(&Axis::new([0.0, most].into_iter())) {
        let from = product / top;
        if product <= 0.0 || from >= right {
            continue;
        }
        let at = |k: usize| from * (right / from).powf(k as f64 / BENDS as f64);
        let place = |p: f64| {
            (LEFT + signed.share(p) * ACROSS, TOP + (1.0 - keeping.share((product / p).min(top))) * TALL)
        };
        let points: Vec<(f64, f64)> = (0..=BENDS).map(|k| place(at(k))).collect();
        drawing.path("equal", &points, &format!("both: {label}"));
        let end = points[BENDS];
        drawing.text("row tick", "start", (end.0 + 4.0, end.1 + 3.5), &label);
    }
}

fn legend(drawing: &mut Drawing, top: f64) -> f64 {
    drawing.mark("deal first", Shape::Diamond, (LEFT + 9.0, top - 4.0), "");
    drawing.text("legend", "start", (LEFT + 25.0, top), "the deal most likely to be signed and kept");
    drawing.mark("deal", Shape::Diamond, (LEFT + 9.0, top + 12.0), "");
    drawing.text("legend", "start", (LEFT + 25.0, top + 16.0), "other deals, by their numbers");
    drawing.path("equal", &[(LEFT, top + 28.0), (LEFT + 18.0, top + 28.0)], "");
    drawing.text(
        "legend",
        "start",
        (LEFT + 25.0, top + 32.0),
        "the chance of both is the same, as written at its end",
    );
    top + 42.0
}

/// Every deal, with what can be expected of it before anything is signed.
fn table(report: &Report<'_>) -> Table {
    let ranked = ranked(report.carried);
    let first: Option<&Outcome> =
        report.carried.iter().find(|deal| deal.rank == Some(0)).map(|deal| &deal.outcome);
    let mut table =
        Table::new("Deals by the chance of both", &["Deal", "Signed", "Kept", "Both", "What differs"]);
    let things: Vec<_> = ranked
        .first()
        .map(|(_, kept, _)| kept.expected.iter().map(|best| &best.aim))
        .into_iter()
        .flatten()
        .collect();
    table.head.extend(things.iter().map(|aim| format!("{}, signed or not", crate::say::lasting::aim(aim))));
    for (rank, kept, both) in &ranked {
        let how = kept.best.as_ref().map_or(0.0, |best| best.value);
        let words = match first {
            Some(first) if *rank > 0 => difference(report.talks, first, &kept.outcome),
            _ => "the likeliest to be signed".into(),
        };
        let mut row = vec![(rank + 1).to_string(), percent(kept.signed), percent(how), percent(*both), words];
        row.extend(things.iter().map(|aim| {
            let own = kept.expected.iter().find(|best| best.aim == **aim);
            own.map_or_else(|| "–".into(), |best| value(kept.signed * best.value))
        }));
        table.rows.push(row);
    }
    table
}
