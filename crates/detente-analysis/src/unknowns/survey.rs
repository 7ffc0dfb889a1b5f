//! Draw after draw: first every outcome, for the means; then once more the few that matter.

use super::batch::{Batch, Draw};
use super::estimate::{Estimate, REPLICATES};
use super::information_value::{self, Column};
use super::points::{Points, Replicate};
use super::{Compared, Detail, DrawEvaluator, Prospect, Sample, Samples, Stop, Unknowns, UnknownsOptions};
use crate::ticker::Watch;
use crate::will::key;
use detente_model::Outcome;
use rayon::prelude::*;
use std::cmp::Reverse;
use std::collections::BTreeSet;
use std::ops::{ControlFlow, Range};

/// Draws of a replicate after which is first looked whether they suffice.
const FIRST: usize = 32;
/// Operations between two looks at the watcher, all replicates together.
const PATIENCE: u64 = 1 << 24;
/// Operations for as many draws as are made if nothing else is asked for.
const MAX_WORK: u64 = 1 << 33;
/// Most deals that are followed from draw to draw: by mean, and by how often they are likeliest.
const BY_MEAN: usize = 64;
const BY_COUNT: usize = 192;
/// Most outcomes that a deal is compared with to see whether it is efficient.
const MAX_RIVALS: usize = 1 << 16;

pub(super) struct Survey<'c, 't> {
    draw_evaluator: &'c DrawEvaluator<'c, 't>,
    options: &'c UnknownsOptions,
    points: Points,
    batch: Batch<'t>,
    outcomes: Vec<Outcome>,
    compared: Compared,
    /// The deal that is likeliest with every number at its mean, which is told in any case.
    headline: Option<usize>,
}

/// What a replicate has learned.
struct State<'p> {
    points: Replicate<'p>,
    point: Vec<f64>,
    draw: Draw,
    row: Vec<f64>,
    sums: Vec<f64>,
    /// By draw: the probability of the likeliest outcome, and the first that has it.
    best: Vec<f64>,
    likeliest: Vec<usize>,
    zones: Vec<bool>,
    mended: usize,
}

/// What a replicate learns of the deals that matter.
struct Close {
    /// By draw and deal.
    probabilities: Vec<f64>,
    in_zone: Vec<usize>,
    efficient: Option<Vec<usize>>,
    rows: Vec<(Vec<f64>, Vec<usize>)>,
}

impl<'c, 't> Survey<'c, 't> {
    pub(super) fn new(
        draw_evaluator: &'c DrawEvaluator<'c, 't>,
        options: &'c UnknownsOptions,
        outcomes: Vec<Outcome>,
        compared: Compared,
        headline: Option<&Outcome>,
        watch: Watch<'_>,
    ) -> ControlFlow<(), Survey<'c, 't>> {
        let headline = headline.and_then(|headline| outcomes.iter().position(|other| other == headline));
        let points = Points::new(options.spread, options.seed, draw_evaluator.inputs.of.len());
        let batch = draw_evaluator.batch(&outcomes, watch)?;
        ControlFlow::Continue(Survey { draw_evaluator, options, points, batch, outcomes, compared, headline })
    }

    pub(super) fn run(&self, watch: Watch<'_>) -> Unknowns {
        let draw = self.batch.at_means();
        let mut states: Vec<State<'_>> = (0..REPLICATES).map(|k| self.state(k, draw.clone())).collect();
        let stop = self.gather(&mut states, watch);
        let mut found = self.summary(&states, stop);
        if stop == Stop::Interrupted || found.deals.is_empty() {
            return found;
        }
        if self.look_closely(&states, &mut found, watch).is_break() {
            found.stop = Stop::Interrupted;
        }
        found
    }

    fn state(&self, k: usize, draw: Draw) -> State<'_> {
        State {
            points: self.points.replicate(k as u64),
            point: vec![0.0; self.draw_evaluator.inputs.of.len()],
            draw,
            row: vec![0.0; self.batch.n],
            sums: vec![0.0; self.batch.n],
            best: Vec::new(),
            likeliest: Vec::new(),
            zones: Vec::new(),
            mended: 0,
        }
    }

    /// Draws until it suffices.
    fn gather(&self, states: &mut [State<'_>], watch: Watch<'_>) -> Stop {
        let most = (self.affordable(&self.batch) / REPLICATES).max(1);
        let mut to = FIRST.min(1 << most.ilog2());
        loop {
            let done = |n: usize| (n as f64 / most as f64).min(1.0) * 0.6;
            let from = states[0].best.len();
            if self.rounds(from..to, states, &mut |n| watch(done(n))).is_break() {
                return Stop::Interrupted;
            }
            let leader = self.ranked(states).first().copied();
            let narrow = leader.is_some_and(|k| self.mean(states, k).half_width <= self.options.within);
            if narrow {
                return Stop::Narrow;
            }
            if to * 2 > most {
                return Stop::Budget;
            }
            to *= 2;
        }
    }

    /// How many draws are made at most: fewer than asked for where each takes long.
    fn affordable(&self, batch: &Batch<'_>) -> usize {
        // Who asks for more draws than usual gets more work done.
        let usual = UnknownsOptions::default().draws;
        let work = MAX_WORK.saturating_mul(self.options.draws.div_ceil(usual) as u64);
        self.options.draws.min((work / batch.work().max(1)) as usize)
    }

    fn rounds(
        &self,
        range: Range<usize>,
        states: &mut [State<'_>],
        watch: &mut dyn FnMut(usize) -> ControlFlow<()>,
    ) -> ControlFlow<()> {
        let work = self.batch.work().saturating_mul(REPLICATES as u64);
        let batch = (PATIENCE / work.max(1)).max(1) as usize;
        let mut from = range.start;
        while from < range.end {
            watch(from)?;
            let to = (from + batch).min(range.end);
            states.par_iter_mut().for_each(|state| (from..to).for_each(|i| self.draw(i, state)));
            from = to;
        }
        ControlFlow::Continue(())
    }

    fn draw(&self, i: usize, state: &mut State<'_>) {
        state.points.point(i as u64, &mut state.point);
        self.batch.draw(&state.point, &mut state.draw);
        self.batch.probabilities(&state.draw, &mut state.row);
        let (mut best, mut likeliest) = (0.0, 0);
        for (k, (sum, p)) in state.sums.iter_mut().zip(&state.row).enumerate() {
            *sum += p;
            if *p > best {
                (best, likeliest) = (*p, k);
            }
        }
        // Whoever says yes at some cost says yes at none.
        let zone = best > 0.0 || {
            self.batch.zone(&state.draw, &mut state.row);
            state.row.iter().any(|zone| *zone > 0.0)
        };
        state.best.push(best);
        state.likeliest.push(likeliest);
        state.zones.push(zone);
        state.mended += usize::from(self.batch.mended(&state.draw));
    }

    fn mean(&self, states: &[State<'_>], outcome: usize) -> Estimate {
        estimate(states, |state| state.sums[outcome])
    }

    /// The outcomes that are ever agreed on, by mean, downwards; of equal ones the headline, then the first in order.
    fn ranked(&self, states: &[State<'_>]) -> Vec<usize> {
        let n = states.len() as f64 * states[0].best.len() as f64;
        let total = |k: usize| states.iter().map(|state| state.sums[k]).sum::<f64>() / n;
        let mut ranked: Vec<(Reverse<i64>, bool, usize)> = (0..self.batch.n)
            .map(|k| (Reverse(key(total(k))), self.headline != Some(k), k))
            .filter(|(Reverse(mean), ..)| *mean > 0)
            .collect();
        let kept = ranked.len().min(BY_MEAN.max(self.options.top));
        if kept < ranked.len() {
            ranked.select_nth_unstable(kept);
            ranked.truncate(kept);
        }
        ranked.sort_unstable();
        ranked.into_iter().map(|(.., k)| k).collect()
    }

    fn summary(&self, states: &[State<'_>], stop: Stop) -> Unknowns {
        let draws = states.iter().map(|state| state.best.len()).sum();
        let share = |of: &dyn Fn(&State<'_>) -> usize| {
            if draws == 0 { UNSEEN } else { estimate(states, |state| of(state) as f64) }
        };
        let ranked = if draws == 0 { Vec::new() } else { self.ranked(states) };
        let means = self.at_means();
        let prospect = |k: &usize| Prospect {
            outcome: self.outcomes[*k].clone(),
            at_means: means[*k],
            mean: self.mean(states, *k),
            detail: None,
        };
        let perfect = match ranked.first() {
            None => UNSEEN,
            Some(first) => {
                estimate(states, |state| state.best.iter().sum::<f64>() - state.sums[*first]).within(0.0, 1.0)
            }
        };
        Unknowns {
            inputs: self.draw_evaluator.inputs.of.clone(),
            aside: self.draw_evaluator.inputs.aside,
            spread: self.options.spread,
            seed: self.options.seed,
            within: self.options.within,
            target: self.options.target,
            draws,
            stop,
            compared: self.compared,
            zone: share(&|state| state.zones.iter().filter(|zone| **zone).count()),
            reached: share(&|state| state.best.iter().filter(|p| **p >= self.options.target).count()),
            deals: self.told(&ranked).iter().map(prospect).collect(),
            steadiest: None,
            variance: None,
            information_values: Vec::new(),
            perfect,
            mended: states.iter().map(|state| state.mended).sum(),
            samples: None,
        }
    }

    /// The deals to tell: the best by mean, and the headline.
    fn told(&self, ranked: &[usize]) -> Vec<usize> {
        let mut told: Vec<usize> = ranked.iter().copied().take(self.options.top).collect();
        let missing = self.headline.filter(|headline| !told.is_empty() && !told.contains(headline));
        told.extend(missing);
        told
    }

    fn at_means(&self) -> Vec<f64> {
        let mut means = vec![0.0; self.batch.n];
        self.batch.probabilities(&self.batch.at_means(), &mut means);
        means
    }

    /// The deals to follow: the first by mean, then those that are most often likeliest.
    fn followed(&self, states: &[State<'_>]) -> Vec<usize> {
        let ranked = self.ranked(states);
        let mut followed = self.told(&ranked);
        let others: Vec<usize> = ranked.into_iter().filter(|k| !followed.contains(k)).collect();
        followed.extend(others);
        let mut counts = vec![0usize; self.batch.n];
        states.iter().flat_map(|state| &state.likeliest).for_each(|k| counts[*k] += 1);
        let known: BTreeSet<usize> = followed.iter().copied().collect();
        let others = (0..self.batch.n).filter(|k| counts[*k] > 0 && !known.contains(k));
        let mut others: Vec<usize> = others.collect();
        others.sort_by_key(|k| (Reverse(counts[*k]), *k));
        followed.extend(others.into_iter().take(BY_COUNT));
        followed
    }

    /// Makes the same draws again, for the deals that matter.
    fn look_closely(&self, states: &[State<'_>], found: &mut Unknowns, watch: Watch<'_>) -> ControlFlow<()> {
        let mut followed = self.followed(states);
        let told = found.deals.len();
        let (draws, one) = (found.draws as u64, self.batch.work() / self.batch.n.max(1) as u64);
        let most = MAX_WORK / 4 / draws.max(1) / one.max(1);
        followed.truncate(told.max(usize::try_from(most).unwrap_or(usize::MAX)));
        let outcomes: Vec<Outcome> = followed.iter().map(|k| self.outcomes[*k].clone()).collect();
        let batch = self.draw_evaluator.batch(&outcomes, watch)?;
        let (n, every) = (states[0].best.len(), self.outcomes.len() <= MAX_RIVALS);
        let rivals = (self.compared == Compared::All && every).then_some(&followed[..told]);
        let mut close: Vec<Close> = Vec::new();
        for (k, chunk) in (0..REPLICATES).collect::<Vec<_>>().chunks(REPLICATES / 4).enumerate() {
            let look = || watch(0.6 + 0.05 * k as f64);
            look()?;
            let each = chunk.par_iter().map(|k| self.again(*k, n, &batch, rivals, &look));
            for found in each.collect::<Vec<_>>() {
                close.push(found?);
            }
        }
        let columns: Vec<Column> = (0..followed.len()).map(|k| column(&close, k, followed.len())).collect();
        let bests: Vec<&[f64]> = states.iter().map(|state| &state.best[..]).collect();
        let detail = |k: usize| self.detail(k, &columns[k], &bests, &close);
        for (k, deal) in found.deals.iter_mut().enumerate() {
            deal.detail = Some(detail(k));
        }
        let low = |k: &usize| key(columns[*k].percentile(0.1));
        let steadiest = (0..followed.len()).max_by_key(|k| (low(k), Reverse(*k))).unwrap_or(0);
        found.steadiest = Some(steadiest.min(told));
        if steadiest >= told {
            let means = self.at_means();
            let outcome = followed[steadiest];
            found.deals.push(Prospect {
                outcome: self.outcomes[outcome].clone(),
                at_means: means[outcome],
                mean: self.mean(states, outcome),
                detail: Some(detail(steadiest)),
            });
        }
        if self.options.keep {
            found.samples = Some(self.samples(states, &followed, found, &columns, &close));
        }
        watch(0.85)?;
        let (variance, information_values) = information_value::information_values(
            self.draw_evaluator,
            self.options,
            &self.points,
            &columns,
            &outcomes[0],
            watch,
        )?;
        found.variance = Some(variance);
        found.information_values = information_values;
        watch(1.0)
    }

    fn again(
        &self,
        k: usize,
        n: usize,
        batch: &Batch<'t>,
        rivals: Option<&[usize]>,
        watch: &(dyn Fn() -> ControlFlow<()> + Sync),
    ) -> ControlFlow<(), Close> {
        let mut points = self.points.replicate(k as u64);
        let mut point = vec![0.0; self.draw_evaluator.inputs.of.len()];
        let (mut draw, mut row) = (batch.at_means(), vec![0.0; batch.n]);
        let mut close = Close {
            probabilities: Vec::with_capacity(n * batch.n),
            in_zone: vec![0; batch.n],
            efficient: rivals.map(|of| vec![0; of.len()]),
            rows: Vec::new(),
        };
        let mut contest = rivals.map(|of| (of, Contest::new(&self.batch, of)));
        for i in 0..n {
            watch()?;
            points.point(i as u64, &mut point);
            batch.draw(&point, &mut draw);
            batch.probabilities(&draw, &mut row);
            close.probabilities.extend(&row);
            batch.zone(&draw, &mut row);
            close.in_zone.iter_mut().zip(&row).for_each(|(count, zone)| *count += usize::from(*zone > 0.0));
            let winners = contest.as_mut().and_then(|(of, contest)| contest.winners(&self.batch, of, &point));
            match (&mut close.efficient, winners) {
                (Some(counts), Some(winners)) => {
                    counts.iter_mut().zip(winners).for_each(|(count, winner)| *count += usize::from(*winner));
                }
                (counts, _) => *counts = None,
            }
            if self.options.keep {
                close.rows.push((draw.values.clone(), self.draw_evaluator.inputs.cases(&point)));
            }
        }
        ControlFlow::Continue(close)
    }

    fn detail(&self, k: usize, column: &Column, bests: &[&[f64]], close: &[Close]) -> Detail {
        let n = column.values.iter().map(Vec::len).sum::<usize>() as f64;
        let all = || column.values.iter().zip(bests).flat_map(|(own, bests)| own.iter().zip(*bests));
        let share = |count: usize| count as f64 / n;
        let efficient: Option<usize> =
            close.iter().map(|close| close.efficient.as_ref()?.get(k).copied()).sum::<Option<usize>>();
        Detail {
            percentiles: [0.1, 0.5, 0.9].map(|p| column.percentile(p)),
            best: share(all().filter(|(own, best)| key(**own) >= key(**best) && **own > 0.0).count()),
            efficient: efficient.map(share),
            zone: share(close.iter().map(|close| close.in_zone[k]).sum()),
            reaches: share(all().filter(|(own, _)| **own >= self.options.target).count()),
        }
    }

    fn samples(
        &self,
        states: &[State<'_>],
        followed: &[usize],
        found: &Unknowns,
        columns: &[Column],
        close: &[Close],
    ) -> Samples {
        let place =
            |deal: &Prospect| followed.iter().position(|k| self.outcomes[*k] == deal.outcome).unwrap_or(0);
        let told: Vec<usize> = found.deals.iter().map(place).collect();
        let row = |replicate: usize, number: usize| Sample {
            replicate,
            number,
            values: close[replicate].rows[number].0.clone(),
            cases: close[replicate].rows[number].1.clone(),
            zone: states[replicate].zones[number],
            best: states[replicate].best[number],
            deals: told.iter().map(|k| columns[*k].values[replicate][number]).collect(),
        };
        let n = states[0].best.len();
        Samples {
            unknowns: self.draw_evaluator.inputs.of.iter().filter_map(|input| input.cases).collect(),
            spots: self.draw_evaluator.inputs.members.iter().map(|member| member.spot).collect(),
            rows: (0..REPLICATES).flat_map(|k| (0..n).map(move |i| (k, i))).map(|(k, i)| row(k, i)).collect(),
        }
    }
}

/// What is said where no draw was made.
const UNSEEN: Estimate = Estimate { mean: 0.0, half_width: f64::INFINITY };

/// The mean over draws of what replicates sum up.
fn estimate(states: &[State<'_>], of: impl Fn(&State<'_>) -> f64) -> Estimate {
    let means = states.iter().map(|state| of(state) / state.best.len() as f64);
    Estimate::of_replicates(&means.collect::<Vec<_>>())
}

fn column(close: &[Close], k: usize, n: usize) -> Column {
    let of = |close: &Close| close.probabilities.iter().skip(k).step_by(n).copied().collect();
    Column { values: close.iter().map(of).collect() }
}

/// Who of some deals is efficient in a draw.
struct Contest {
    draw: Draw,
    /// Whether it differs from draw to draw.
    wavers: bool,
    winners: Option<Vec<bool>>,
}

impl Contest {
    fn new(batch: &Batch<'_>, of: &[usize]) -> Contest {
        let mut contest = Contest { draw: batch.at_means(), wavers: batch.parties_waver(), winners: None };
        contest.winners = contest.compare(batch, of);
        contest
    }

    fn winners(&mut self, batch: &Batch<'_>, of: &[usize], point: &[f64]) -> Option<&[bool]> {
        if self.wavers {
            batch.draw_utilities(point, &mut self.draw);
            self.winners = self.compare(batch, of);
        }
        self.winners.as_deref()
    }

    fn compare(&mut self, batch: &Batch<'_>, of: &[usize]) -> Option<Vec<bool>> {
        let steps = batch.party_steps(&mut self.draw)?;
        let beaten = |k: usize| {
            (0..batch.n).any(|other| {
                let no_worse = steps.iter().all(|party| party[other] >= party[k]);
                no_worse && steps.iter().any(|party| party[other] > party[k])
            })
        };
        Some(of.iter().map(|k| !beaten(*k)).collect())
    }
}
