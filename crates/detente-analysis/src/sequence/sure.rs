//! How sure it is that a deal is signed and kept, where numbers are not known: each draw is worked out exactly.

use super::aims::Search;
use super::harvest::Harvest;
use super::lasting::{Aim, Band, LastingOptions, Sureness};
use super::stakes::{Aid, Steps};
use super::{Course, Plan, SequenceLimit, Table};
use crate::party::Scale;
use crate::space::{Extremes, Space};
use crate::ticker::Watch;
use crate::unknowns::{Gift, Hand, Inputs, Panel, Points, Spread};
use detente_model::{LeverId, Outcome, Talks};
use rayon::prelude::*;
use std::sync::Arc;

/// Draws between two looks at the watcher.
const BATCH: usize = 64;

/// One draw: P(signed), P(kept), and what is expected of each thing counted.
type Row = (f64, f64, Vec<f64>);

/// Nothing where no number that is not known enters, or where it was stopped.
pub(super) fn sureness(
    talks: &Talks,
    deal: &Outcome,
    plan: &Plan,
    levers: &[LeverId],
    options: &LastingOptions,
    watch: Watch<'_>,
) -> Result<Option<Sureness>, SequenceLimit> {
    let inputs = Inputs::with_steps(talks);
    let space = Space::new(talks);
    let extremes = space.extremes().into_iter().collect::<Option<Vec<Extremes>>>();
    let Some(extremes) = extremes.filter(|_| !inputs.of.is_empty()) else { return Ok(None) };
    let mut panel = Panel::new(&space, &extremes, Scale::Unit, &inputs, std::slice::from_ref(deal));
    panel.give(&Gift::of(talks, levers));
    let table = Table::new(talks, deal, &Aid::of(talks, levers))?;
    let kinds = Harvest::new(talks, &table.course).kinds;
    let draw = Draw {
        deal,
        levers,
        order: table.order(plan),
        course: table.course,
        aims: std::iter::once(Aim::Completed).chain(kinds.into_iter().map(Aim::Expected)).collect(),
        inputs: &inputs,
        panel,
        seed: options.seed,
    };
    let points = Points::new(Spread::Even, options.seed, inputs.of.len());
    let mut rows: Vec<Row> = Vec::with_capacity(options.draws);
    for from in (0..options.draws).step_by(BATCH) {
        if watch(from as f64 / options.draws as f64).is_break() {
            return Ok(None);
        }
        let own = (from..(from + BATCH).min(options.draws)).collect::<Vec<usize>>();
        let own = own.par_chunks(BATCH / 4).map(|chunk| draw.rows(talks, &points, chunk));
        for chunk in own.collect::<Vec<_>>() {
            rows.extend(chunk?);
        }
    }
    let n = rows.first().map_or(0, |row| row.2.len());
    Ok((!rows.is_empty()).then(|| Sureness {
        draws: rows.len(),
        signed: Band::of(rows.iter().map(|row| row.0)),
        kept: Band::of(rows.iter().map(|row| row.1)),
        both: Band::of(rows.iter().map(|row| row.0 * row.1)),
        expected: (0..n).map(|kind| Band::of(rows.iter().map(|row| row.2[kind]))).collect(),
    }))
}

/// What each draw is worked out from.
struct Draw<'a, 't> {
    deal: &'a Outcome,
    levers: &'a [LeverId],
    course: Arc<Course>,
    order: Vec<Steps>,
    /// Completion, then what is expected of each thing counted.
    aims: Vec<Aim>,
    inputs: &'t Inputs,
    panel: Panel<'t>,
    seed: u64,
}

impl Draw<'_, '_> {
    fn rows(&self, talks: &Talks, points: &Points, numbers: &[usize]) -> Result<Vec<Row>, SequenceLimit> {
        let mut replicate = points.replicate(0);
        let mut point = vec![0.0; self.inputs.of.len()];
        let (mut hand, mut drawn) = (self.panel.hand(), talks.clone());
        let mut row = |number: &usize| {
            replicate.point(*number as u64, &mut point);
            self.panel.draw(&point, &mut hand);
            self.row(&mut drawn, &hand)
        };
        numbers.iter().map(&mut row).collect()
    }

    fn row(&self, talks: &mut Talks, hand: &Hand) -> Result<Row, SequenceLimit> {
        let mut signed = [0.0];
        self.panel.probabilities(hand, &mut signed);
        for (member, value) in self.inputs.members.iter().zip(&hand.values) {
            talks.settle(&member.spot, *value);
        }
        let table = Table::with(self.course.clone(), talks, self.deal, &Aid::of(talks, self.levers))?;
        let values = Search::new(talks, self.deal, &table, &self.aims, 0, self.seed).value(&self.order);
        Ok((signed[0], values[0], values[1..].to_vec()))
    }
}

impl Band {
    fn of(values: impl Iterator<Item = f64>) -> Band {
        let mut values: Vec<f64> = values.collect();
        let n = values.len();
        let mean = values.iter().sum::<f64>() / n as f64;
        values.sort_by(f64::total_cmp);
        let at = |share: f64| values[((share * n as f64).ceil() as usize).clamp(1, n) - 1];
        Band { mean, percentiles: [at(0.1), at(0.5), at(0.9)] }
    }
}
