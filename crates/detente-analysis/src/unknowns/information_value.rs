//! What to find out next: what every input carries, and what it would be worth to learn it.

use super::estimate::{Estimate, REPLICATES};
use super::points::Points;
use super::sobol::{Index, Row, sobol};
use super::{DrawEvaluator, UnknownsOptions};
use crate::ticker::Watch;
use detente_model::Outcome;
use rayon::prelude::*;
use std::ops::ControlFlow;

/// What there is to learn about an input.
#[derive(Clone, Debug, PartialEq)]
pub struct InformationValue {
    /// Position in [`super::Unknowns::inputs`].
    pub input: usize,
    /// What it carries of the first deal's variance; absent where that is 0.
    pub index: Option<Index>,
    /// How much likelier agreement would be, on average, if one could choose the deal after learning this
    /// input alone (the expected value of perfect information about it).
    pub worth: Estimate,
    /// The mean of the first deal's probability where the input is low, and where it is high.
    pub swing: [End; 2],
}

/// One end of an input's range, and the mean of the first deal's probability there.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct End {
    /// Where.
    pub at: At,
    /// The mean, 0 to 1.
    pub mean: f64,
}

/// Where an input is low or high.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum At {
    /// The middle of its lowest or highest quarter; its lowest or highest value where it has few.
    Value(f64),
    /// The case with the lowest or the highest mean, by its position.
    Case(usize),
}

/// The probabilities of one deal, by replicate and draw.
pub(super) struct Column {
    pub(super) values: Vec<Vec<f64>>,
}

impl Column {
    /// The smallest value that at least this share of draws do not exceed.
    pub(super) fn percentile(&self, share: f64) -> f64 {
        let mut all: Vec<f64> = self.values.concat();
        let at = ((all.len() as f64 * share).ceil() as usize).clamp(1, all.len()) - 1;
        *all.select_nth_unstable_by(at, f64::total_cmp).1
    }
}

/// Evaluations of a deal for the indices, all replicates together, and most and fewest of a replicate.
const LOOKS: usize = 1 << 18;
const MOST_ROWS: usize = 512;
/// Operations for all of them.
const WORK: u64 = 1 << 32;
const FEWEST_ROWS: usize = 32;
/// And most for each draw that was made.
const ROWS_A_DRAW: usize = 4;

/// Most parts that an input's range is cut into.
const MOST_BINS: usize = 32;
/// Draws of half the replicates that a part should hold.
const DRAWS_A_BIN: usize = 32;

/// The variance of a deal's probability, and what there is to learn about every input; the columns are those
/// of the deals to choose from, that deal first.
pub(super) fn information_values(
    draw_evaluator: &DrawEvaluator<'_, '_>,
    options: &UnknownsOptions,
    points: &Points,
    columns: &[Column],
    deal: &Outcome,
    watch: Watch<'_>,
) -> ControlFlow<(), (f64, Vec<InformationValue>)> {
    let n = columns[0].values[0].len();
    let (rows, ends) = rows(draw_evaluator, options, n, deal, watch)?;
    let (variance, found) = sobol(&rows);
    let parts = parts_of_draws(draw_evaluator, points, n);
    let information_value = |(input, (n, of)): (usize, &PartsOfDraws)| InformationValue {
        input,
        index: found.as_ref().map(|found| found[input]),
        worth: worth(columns, *n, of),
        swing: swing(draw_evaluator, input, &ends[input]),
    };
    let mut information_values: Vec<InformationValue> =
        parts.par_iter().enumerate().map(information_value).collect();
    let carries =
        |information_value: &InformationValue| information_value.index.map_or(0.0, |index| index.total.mean);
    information_values.sort_by(|a, b| {
        let by_worth = b.worth.mean.total_cmp(&a.worth.mean);
        by_worth.then(carries(b).total_cmp(&carries(a))).then(a.input.cmp(&b.input))
    });
    ControlFlow::Continue((variance, information_values))
}

/// By input and place: the mean of the deal's probability with the input at that place.
type Ends = Vec<Vec<f64>>;

/// The deal at two points and between them; and at the first, with one input at its ends.
fn rows(
    draw_evaluator: &DrawEvaluator<'_, '_>,
    options: &UnknownsOptions,
    n: usize,
    deal: &Outcome,
    watch: Watch<'_>,
) -> ControlFlow<(), (Vec<Vec<Row>>, Ends)> {
    let d = draw_evaluator.inputs.of.len();
    let places: Vec<Places> = (0..d).map(|input| Places::new(draw_evaluator, input)).collect();
    let n = (LOOKS / REPLICATES / (d + 2)).clamp(FEWEST_ROWS, MOST_ROWS).min(n * ROWS_A_DRAW);
    let batch = draw_evaluator.batch(std::slice::from_ref(deal), watch)?;
    // Where each evaluation takes long, there are fewer.
    let of_row = (REPLICATES as u64 * (3 * d as u64 + 2)).saturating_mul(batch.work().max(1));
    let n = n.min(usize::try_from(WORK / of_row).unwrap_or(n)).max(2);
    let n = 1usize << n.ilog2();
    // Another seed than that of the draws: the deal was chosen by those.
    let points = Points::new(options.spread, options.seed ^ 0x5eed, 2 * d);
    let replicate = |k: usize| {
        let (mut replicate, mut point) = (points.replicate(k as u64), vec![0.0; 2 * d]);
        let (mut draw, mut p) = (batch.at_means(), [0.0]);
        let mut ends: Ends = places.iter().map(|places| vec![0.0; places.n()]).collect();
        let mut row = |i: usize| {
            watch(0.9)?;
            replicate.point(i as u64, &mut point);
            let (a, b) = point.split_at(d);
            batch.draw(b, &mut draw);
            batch.probabilities(&draw, &mut p);
            let second = p[0];
            batch.draw(a, &mut draw);
            batch.probabilities(&draw, &mut p);
            let first = p[0];
            let exchanged = (0..d).map(|k| {
                for (place, sum) in ends[k].iter_mut().enumerate() {
                    batch.exchange(k, places[k].at(place, a[k]), &mut draw);
                    batch.probabilities(&draw, &mut p);
                    *sum += p[0] / (n * REPLICATES) as f64;
                }
                batch.exchange(k, b[k], &mut draw);
                batch.probabilities(&draw, &mut p);
                batch.exchange(k, a[k], &mut draw);
                p[0]
            });
            ControlFlow::Continue(Row { first, second, exchanged: exchanged.collect() })
        };
        let mut rows = Vec::with_capacity(n);
        for i in 0..n {
            rows.push(row(i)?);
        }
        ControlFlow::Continue((rows, ends))
    };
    let mut each: Vec<(Vec<Row>, Ends)> = Vec::with_capacity(REPLICATES);
    for found in (0..REPLICATES).into_par_iter().map(replicate).collect::<Vec<_>>() {
        each.push(found?);
    }
    let sum = |k: usize, place: usize| each.iter().map(|(_, ends)| ends[k][place]).sum();
    let ends = places.iter().enumerate().map(|(k, of)| (0..of.n()).map(|place| sum(k, place)).collect());
    let ends = ends.collect();
    ControlFlow::Continue((each.into_iter().map(|(rows, _)| rows).collect(), ends))
}

/// Where an input is looked at closely.
enum Places {
    /// At each of its values or cases, by a share in the middle of each.
    Steps(Vec<f64>),
    /// In its lowest and in its highest quarter.
    Quarters,
}

impl Places {
    fn new(draw_evaluator: &DrawEvaluator<'_, '_>, input: usize) -> Places {
        let Some(steps) = draw_evaluator.inputs.steps_of(input).filter(|steps| steps.len() <= MOST_BINS)
        else {
            return Places::Quarters;
        };
        let middle = |k: usize| {
            let from = if k == 0 { 0.0 } else { steps[k - 1] };
            from + (steps[k] - from) / 2.0
        };
        let middles: Vec<f64> = (0..steps.len()).map(middle).collect();
        // Of a number's values the lowest and the highest are enough.
        match (draw_evaluator.inputs.of[input].cases, &middles[..]) {
            (None, [first, .., last]) => Places::Steps(vec![*first, *last]),
            _ => Places::Steps(middles),
        }
    }

    fn n(&self) -> usize {
        match self {
            Places::Steps(steps) => steps.len(),
            Places::Quarters => 2,
        }
    }

    /// The share of a place; `u` spreads it over a quarter.
    fn at(&self, place: usize, u: f64) -> f64 {
        match self {
            Places::Steps(steps) => steps[place],
            Places::Quarters if place == 0 => u / 4.0,
            Places::Quarters => 1.0 - u / 4.0,
        }
    }
}

/// For each input, how many parts its range is cut into, and the part of each draw of each replicate.
type PartsOfDraws = (usize, Vec<Vec<u16>>);

fn parts_of_draws(draw_evaluator: &DrawEvaluator<'_, '_>, points: &Points, n: usize) -> Vec<PartsOfDraws> {
    let d = draw_evaluator.inputs.of.len();
    let parts: Vec<Parts> = (0..d).map(|input| Parts::new(draw_evaluator, input, n)).collect();
    let mut found: Vec<PartsOfDraws> =
        parts.iter().map(|parts| (parts.n, vec![Vec::new(); REPLICATES])).collect();
    let mut point = vec![0.0; d];
    for k in 0..REPLICATES {
        let mut replicate = points.replicate(k as u64);
        for i in 0..n {
            replicate.point(i as u64, &mut point);
            for ((parts, (_, of)), u) in parts.iter().zip(&mut found).zip(&point) {
                of[k].push(parts.of(*u));
            }
        }
    }
    found
}

/// What it is worth to learn one input, by cutting its range into parts (Strong and Oakley 2013).
///
/// The deal of a part is chosen by one half of the replicates and judged by the other, so that chance
/// differences between deals do not count as knowledge.
fn worth(columns: &[Column], n_parts: usize, parts: &[Vec<u16>]) -> Estimate {
    let halves = [0, 1].map(|half| choose(columns, parts, n_parts, half));
    let gain = |k: usize| {
        let chosen = &halves[1 - k % 2];
        let each = parts[k]
            .iter()
            .enumerate()
            .map(|(i, part)| columns[chosen[usize::from(*part)]].values[k][i] - columns[0].values[k][i]);
        each.sum::<f64>() / parts[k].len() as f64
    };
    let gains: Vec<f64> = (0..REPLICATES).map(gain).collect();
    Estimate::of_replicates(&gains).within(0.0, 1.0)
}

/// The mean of a deal where an input is low, and where it is high.
fn swing(draw_evaluator: &DrawEvaluator<'_, '_>, input: usize, means: &[f64]) -> [End; 2] {
    let places = Places::new(draw_evaluator, input);
    let by_mean = |a: &usize, b: &usize| means[*a].total_cmp(&means[*b]);
    let all = 0..means.len();
    let (low, high) = match draw_evaluator.inputs.of[input].cases {
        Some(_) => (all.clone().min_by(by_mean).unwrap_or(0), all.max_by(by_mean).unwrap_or(0)),
        None => (0, means.len().saturating_sub(1)),
    };
    [low, high].map(|place| End {
        at: match draw_evaluator.inputs.of[input].cases {
            Some(_) => At::Case(draw_evaluator.inputs.case_of(input, place)),
            None => At::Value(draw_evaluator.inputs.at(input, places.at(place, 0.5))),
        },
        mean: means.get(place).copied().unwrap_or(0.0),
    })
}

/// The deal with the largest mean in each part, by every second replicate.
fn choose(columns: &[Column], parts: &[Vec<u16>], n_parts: usize, half: usize) -> Vec<usize> {
    let mut best = vec![(f64::NEG_INFINITY, 0); n_parts];
    for (deal, column) in columns.iter().enumerate() {
        let mut sums = vec![0.0; n_parts];
        for (parts, values) in parts.iter().zip(&column.values).skip(half).step_by(2) {
            parts.iter().zip(values).for_each(|(part, value)| sums[usize::from(*part)] += value);
        }
        for (best, sum) in best.iter_mut().zip(sums) {
            // Of equals the first, which is the deal that would be chosen anyway.
            if sum > best.0 + 1e-9 {
                *best = (sum, deal);
            }
        }
    }
    best.into_iter().map(|(_, deal)| deal).collect()
}

/// The parts of an input's range: its cases or values where they are few, equal shares otherwise.
struct Parts {
    n: usize,
    /// Where the parts end, as shares; empty for equal ones.
    ends: Vec<f64>,
}

impl Parts {
    fn new(draw_evaluator: &DrawEvaluator<'_, '_>, input: usize, draws: usize) -> Parts {
        if let Some(ends) = draw_evaluator.inputs.steps_of(input).filter(|ends| ends.len() <= MOST_BINS) {
            return Parts { n: ends.len(), ends };
        }
        let half = draws * REPLICATES / 2;
        let n = (half / DRAWS_A_BIN).clamp(2, MOST_BINS);
        Parts { n: 1 << n.ilog2(), ends: Vec::new() }
    }

    fn of(&self, u: f64) -> u16 {
        let part = if self.ends.is_empty() {
            (u * self.n as f64) as usize
        } else {
            self.ends.partition_point(|end| *end < u)
        };
        part.min(self.n - 1) as u16
    }
}
