//! Sampling and simulated annealing, each for so long.

use crate::dice::Dice;
use crate::landscape::{Landscape, Walk};
use crate::stairs::Stairs;
use std::time::{Duration, Instant};

/// Changes that are tried, or outcomes that are drawn, between two looks at the clock.
const BATCH: usize = 64;
/// Lengths of runs, in tries for each option of each issue; over and over.
const LENGTHS: [usize; 4] = [30, 100, 300, 1000];
/// The last temperature as a share of the first.
const COLD: f64 = 0.01;
/// Changes from which the first temperature is taken.
const PROBES: usize = 200;

/// The best of one party that was found.
pub(crate) struct Best {
    pub(crate) value: f64,
    pub(crate) chosen: Vec<usize>,
    /// Outcomes drawn, or changes tried.
    pub(crate) tries: u64,
}

impl Best {
    fn new(n_issues: usize) -> Best {
        Best { value: f64::NEG_INFINITY, chosen: vec![0; n_issues], tries: 0 }
    }

    fn offer(&mut self, value: f64, chosen: &[usize]) {
        if value > self.value {
            self.value = value;
            self.chosen.copy_from_slice(chosen);
        }
    }
}

/// Uniform random outcomes; `met` is told each with its utilities.
fn drawn<const P: usize>(
    land: &Landscape<P>,
    time: Duration,
    seed: u64,
    mut met: impl FnMut(&[usize], &[f64; P]),
) {
    let dice = &mut Dice::new(seed);
    let mut chosen = vec![0; land.n_issues()];
    let begin = Instant::now();
    while begin.elapsed() < time {
        for _ in 0..BATCH {
            land.draw(&mut chosen, dice);
            met(&chosen, &land.value(&chosen));
        }
    }
}

pub(crate) fn best_drawn(land: &Landscape<1>, time: Duration, seed: u64) -> Best {
    let mut best = Best::new(land.n_issues());
    drawn(land, time, seed, |chosen, value| {
        best.tries += 1;
        best.offer(value[0], chosen);
    });
    best
}

pub(crate) fn front_drawn(land: &Landscape<2>, time: Duration, seed: u64) -> Stairs {
    let mut stairs = Stairs::default();
    drawn(land, time, seed, |_, value| stairs.offer(*value));
    stairs
}

pub(crate) fn best_annealed(land: &Landscape<1>, time: Duration, seed: u64) -> Best {
    let mut best = Best::new(land.n_issues());
    let mut tries = 0;
    annealed(land, time, seed, |_| [1.0], &mut tries, |chosen, value| best.offer(value[0], chosen));
    best.tries = tries;
    best
}

/// Every run has random weights of the parties; every outcome on the way counts.
pub(crate) fn front_annealed(land: &Landscape<2>, time: Duration, seed: u64) -> Stairs {
    let widths = land.widths();
    let mut stairs = Stairs::default();
    let weights = |dice: &mut Dice| {
        let first = dice.uniform();
        [first / widths[0], (1.0 - first) / widths[1]]
    };
    annealed(land, time, seed, weights, &mut 0, |_, value| stairs.offer(*value));
    stairs
}

/// Runs of simulated annealing from random outcomes, by changes of single issues: temperatures fall geometrically from
/// what a change costs on average to a hundredth of it, and a climb ends the run. `met` is told every outcome that is
/// moved to.
fn annealed<const P: usize>(
    land: &Landscape<P>,
    time: Duration,
    seed: u64,
    mut weights: impl FnMut(&mut Dice) -> [f64; P],
    tries: &mut u64,
    mut met: impl FnMut(&[usize], &[f64; P]),
) {
    let dice = &mut Dice::new(seed);
    let issues: Vec<usize> = (0..land.n_issues()).filter(|k| land.n_options(*k) > 1).collect();
    let changes: usize = issues.iter().map(|k| land.n_options(*k) - 1).sum();
    let mut walk = Walk::new(land);
    let begin = Instant::now();
    for run in 0.. {
        let weights = weights(dice);
        let worth = |gain: [f64; P]| -> f64 { gain.iter().zip(&weights).map(|(gain, w)| gain * w).sum() };
        land.draw(&mut walk.chosen, dice);
        walk.settle();
        met(&walk.chosen, &walk.value);
        let mut other = |walk: &Walk<'_, P>| {
            let issue = issues[dice.below(issues.len())];
            let option = dice.below(land.n_options(issue) - 1);
            (issue, option + usize::from(option >= walk.chosen[issue]), dice.uniform())
        };
        let probes: Vec<f64> = (0..PROBES)
            .map(|_| other(&walk))
            .map(|(issue, option, _)| worth(walk.gain(issue, option)).abs())
            .filter(|cost| *cost > 0.0)
            .collect();
        let hot = (probes.iter().sum::<f64>() / probes.len().max(1) as f64).max(f64::MIN_POSITIVE);
        let batches = (LENGTHS[run % LENGTHS.len()] * changes).div_ceil(BATCH);
        let cooling = COLD.powf(1.0 / batches as f64);
        let mut temperature = hot;
        for _ in 0..batches {
            for _ in 0..BATCH {
                let (issue, option, chance) = other(&walk);
                let gain = worth(walk.gain(issue, option));
                if gain >= 0.0 || gain > -16.0 * temperature && chance < (gain / temperature).exp() {
                    walk.change(issue, option);
                    met(&walk.chosen, &walk.value);
                }
            }
            *tries += BATCH as u64;
            temperature *= cooling;
            if begin.elapsed() >= time {
                return;
            }
        }
        climb(&mut walk, land, &worth, &mut met);
    }
}

/// Changes single issues as long as one of them adds something.
fn climb<const P: usize>(
    walk: &mut Walk<'_, P>,
    land: &Landscape<P>,
    worth: &impl Fn([f64; P]) -> f64,
    met: &mut impl FnMut(&[usize], &[f64; P]),
) {
    let mut rising = true;
    while rising {
        rising = false;
        for issue in 0..land.n_issues() {
            for option in 0..land.n_options(issue) {
                if worth(walk.gain(issue, option)) > 1e-9 {
                    walk.change(issue, option);
                    met(&walk.chosen, &walk.value);
                    rising = true;
                }
            }
        }
    }
}
