//! How sure it is that a deal is signed and kept, where numbers are not known: each draw is worked out exactly.

use super::consequences::Consequences;
use super::exit_values::{Aid, Steps};
use super::label_setting::LabelSetting;
use super::purse::Purse;
use super::robustness::{Aim, Band, LastingOptions, Sureness};
use super::{Course, Plan, SequenceLimit, Table};
use crate::party::Scale;
use crate::space::Space;
use crate::ticker::Watch;
use crate::unknowns::{Batch, Draw, Gift, Inputs, Points, Spread};
use detente_model::{LeverId, Outcome, Talks};
use rayon::prelude::*;
use std::ops::ControlFlow;
use std::sync::Arc;

/// Draws between two looks at the watcher.
const BATCH: usize = 64;
/// Fewer draws say nothing of percentiles.
const FEWEST: usize = 64;
/// What all draws may take, in steps that are tried on a way.
const WORK: u64 = 1 << 22;

/// One draw.
struct Row {
    /// What it took, in steps that are tried on a way.
    work: u64,
    signed: f64,
    kept: f64,
    ends: Vec<f64>,
    /// By thing counted.
    expected: Vec<f64>,
    low: Vec<f64>,
}

/// How sure what is said of a plan is; nothing if no number that is drawn is unknown, where it was stopped, or where few
/// draws would take too long. Numbers
/// of levers and rules, and the correlation of political costs, stand for their means.
///
/// # Errors
/// Numbers too large, too many steps.
pub fn sureness(
    space: &Space<'_>,
    deal: &Outcome,
    plan: &Plan,
    levers: &[LeverId],
    options: &LastingOptions,
    watch: Watch<'_>,
) -> Result<Option<Sureness>, SequenceLimit> {
    let talks = space.talks;
    let inputs = Inputs::with_steps(talks);
    let extremes = space.extremes();
    let Some(extremes) = extremes.filter(|_| !inputs.of.is_empty()) else { return Ok(None) };
    let batch = Batch::new(space, &extremes, Scale::Unit, &inputs, std::slice::from_ref(deal), watch);
    let ControlFlow::Continue(mut batch) = batch else { return Ok(None) };
    batch.give(&Gift::of(talks, levers));
    let table = Table::new(talks, deal, &Aid::of(talks, levers))?;
    let plan_draws = PlanDraws {
        deal,
        levers,
        order: table.order(plan),
        things: Consequences::new(talks, &table.course).kinds.len(),
        course: table.course,
        inputs: &inputs,
        batch,
        seed: options.seed,
    };
    let points = Points::new(Spread::Even, options.seed, inputs.of.len());
    // Where one draw takes long, there are fewer.
    let first = plan_draws.rows(talks, &points, &[0])?;
    let most = WORK / first.iter().map(|row| row.work).max().unwrap_or(1).max(1);
    let draws = options.draws.min(usize::try_from(most).unwrap_or(usize::MAX));
    if draws < options.draws.min(FEWEST) {
        return Ok(None);
    }
    let mut rows: Vec<Row> = Vec::with_capacity(draws);
    for from in (0..draws).step_by(BATCH) {
        if watch(from as f64 / draws as f64).is_break() {
            return Ok(None);
        }
        let own = (from..(from + BATCH).min(draws)).collect::<Vec<usize>>();
        let own = own.par_chunks(BATCH / 4).map(|chunk| plan_draws.rows(talks, &points, chunk));
        for chunk in own.collect::<Vec<_>>() {
            rows.extend(chunk?);
        }
    }
    let all = |of: fn(&Row) -> &[f64]| -> Vec<Band> {
        let n = rows.first().map_or(0, |row| of(row).len());
        (0..n).map(|k| Band::of(rows.iter().map(|row| of(row)[k]))).collect()
    };
    Ok((!rows.is_empty()).then(|| Sureness {
        draws: rows.len(),
        signed: Band::of(rows.iter().map(|row| row.signed)),
        kept: Band::of(rows.iter().map(|row| row.kept)),
        both: Band::of(rows.iter().map(|row| row.signed * row.kept)),
        ends: all(|row| &row.ends),
        expected: all(|row| &row.expected),
        low: all(|row| &row.low),
    }))
}

/// What each draw is worked out from.
struct PlanDraws<'a, 't> {
    deal: &'a Outcome,
    levers: &'a [LeverId],
    course: Arc<Course>,
    order: Vec<Steps>,
    /// How many things are counted.
    things: usize,
    inputs: &'t Inputs,
    batch: Batch<'t>,
    seed: u64,
}

impl PlanDraws<'_, '_> {
    fn rows(&self, talks: &Talks, points: &Points, numbers: &[usize]) -> Result<Vec<Row>, SequenceLimit> {
        let mut replicate = points.replicate(0);
        let mut point = vec![0.0; self.inputs.of.len()];
        let (mut draw, mut drawn) = (self.batch.at_means(), talks.clone());
        let mut row = |number: &usize| {
            replicate.point(*number as u64, &mut point);
            self.batch.draw(&point, &mut draw);
            self.row(&mut drawn, &draw)
        };
        numbers.iter().map(&mut row).collect()
    }

    fn row(&self, talks: &mut Talks, draw: &Draw) -> Result<Row, SequenceLimit> {
        let mut signed = [0.0];
        self.batch.probabilities(draw, &mut signed);
        for (member, value) in self.inputs.members.iter().zip(&draw.values) {
            talks.settle(&member.spot, *value);
        }
        let table = Table::with(self.course.clone(), talks, self.deal, &Aid::of(talks, self.levers))?;
        let purse = Purse::new(WORK);
        let search = LabelSetting::new(talks, self.deal, &table, &[Aim::Completed], (0, self.seed), &purse);
        let path = search.path(&self.order);
        Ok(Row {
            work: WORK - purse.left(),
            signed: signed[0],
            kept: path.completed(),
            ends: path.ends(),
            expected: (0..self.things).map(|kind| path.expected_by_horizon(kind)).collect(),
            low: (0..self.things).map(|kind| path.low_by_horizon(kind)).collect(),
        })
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
