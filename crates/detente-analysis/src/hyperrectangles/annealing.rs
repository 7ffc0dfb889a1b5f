//! Outcomes to begin with: simulated annealing by changes of single issues (Kirkpatrick, Gelatt and Vecchi 1983).
//!
//! What every option of every issue would add is kept up to date, so that a change that is tried costs next to nothing and
//! only one that is made costs as much as the boxes it touches. Tries are counted and the dice are fixed: the same
//! outcomes are met on every machine.

use super::model::{Mask, Model};
use crate::cloud::{GOLDEN, scrambled};
use std::ops::ControlFlow;

/// Lengths of runs, in tries for each other option of each issue, over and over.
const LENGTHS: [u64; 4] = [30, 100, 300, 1000];
/// Tries at one temperature.
const BATCH: u64 = 64;
/// The last temperature as a share of the first.
const COLD: f64 = 0.01;
/// Changes from which the first temperature is taken.
const PROBES: usize = 128;
/// Random outcomes among which one that is allowed is looked for.
const STARTS: usize = 64;

/// Numbers that look random and are always the same.
pub(super) struct Dice(u64);

impl Dice {
    pub(super) fn new(seed: u64) -> Dice {
        Dice(seed)
    }

    fn next(&mut self) -> u64 {
        let next = scrambled(self.0);
        self.0 = self.0.wrapping_add(GOLDEN);
        next
    }

    fn below(&mut self, n: usize) -> usize {
        ((u128::from(self.next()) * n as u128) >> 64) as usize
    }

    /// From 0 to below 1.
    fn share(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1u64 << 53) as f64
    }
}

/// An outcome with what each option would add.
struct Walk<'m> {
    model: &'m Model,
    chosen: Vec<usize>,
    value: Vec<i64>,
    /// How many clauses of each box fail, and of each forbidden one.
    fails: Vec<u32>,
    broken: Vec<u32>,
    /// By issue, where its options begin in `adds`.
    starts: Vec<usize>,
    /// By option of each issue and party: what it adds, given all other issues.
    adds: Vec<i64>,
    /// By issue, forbidden boxes with a clause about it, and that.
    laws: Vec<Vec<(usize, Mask)>>,
}

impl<'m> Walk<'m> {
    fn new(model: &'m Model) -> Walk<'m> {
        let mut laws = vec![Vec::new(); model.issues.len()];
        for (k, law) in model.forbidden.iter().enumerate() {
            law.iter().for_each(|(issue, mask)| laws[*issue].push((k, *mask)));
        }
        let mut n_options = 0;
        let start = |issue: &super::model::Reduced| {
            n_options += issue.len();
            n_options - issue.len()
        };
        Walk {
            starts: model.issues.iter().map(start).collect(),
            chosen: vec![0; model.issues.len()],
            value: vec![0; model.d],
            fails: Vec::new(),
            broken: Vec::new(),
            adds: Vec::new(),
            laws,
            model,
        }
    }

    /// Begins anew at an outcome.
    fn settle(&mut self, chosen: &[usize]) {
        let model = self.model;
        self.chosen.copy_from_slice(chosen);
        self.value = model.value(chosen);
        let failing = |clauses: &[(usize, Mask)]| {
            clauses.iter().filter(|(issue, mask)| mask >> chosen[*issue] & 1 == 0).count() as u32
        };
        self.fails = model.boxes.iter().map(|own| failing(&own.clauses)).collect();
        self.broken = model.forbidden.iter().map(|law| failing(law)).collect();
        self.adds = model.issues.iter().flat_map(|issue| issue.leaves.iter().copied()).collect();
        for (k, own) in model.boxes.iter().enumerate() {
            for (issue, mask) in &own.clauses {
                let fails = u32::from(mask >> chosen[*issue] & 1 == 0);
                if self.fails[k] == fails {
                    self.shift(*issue, *mask, own.party, own.amount);
                }
            }
        }
    }

    /// Options of an issue add so much more to a party.
    fn shift(&mut self, issue: usize, mask: Mask, party: usize, by: i64) {
        let (start, d) = (self.starts[issue], self.model.d);
        let mut left = mask;
        while left != 0 {
            self.adds[(start + left.trailing_zeros() as usize) * d + party] += by;
            left &= left - 1;
        }
    }

    /// What a change adds, weighted.
    fn gain(&self, issue: usize, option: usize, weights: &[f64]) -> f64 {
        let d = self.model.d;
        let (to, from) = ((self.starts[issue] + option) * d, (self.starts[issue] + self.chosen[issue]) * d);
        (0..d).map(|p| (self.adds[to + p] - self.adds[from + p]) as f64 * weights[p]).sum()
    }

    /// Whether nothing forbids a change.
    fn may(&self, issue: usize, option: usize) -> bool {
        let was = self.chosen[issue];
        let breaks = |(k, mask): &(usize, Mask)| {
            let others = self.broken[*k] - u32::from(mask >> was & 1 == 0);
            others == 0 && mask >> option & 1 == 1
        };
        !self.laws[issue].iter().any(breaks)
    }

    fn change(&mut self, issue: usize, option: usize) {
        let model = self.model;
        let d = model.d;
        let was = std::mem::replace(&mut self.chosen[issue], option);
        let (to, from) = ((self.starts[issue] + option) * d, (self.starts[issue] + was) * d);
        for p in 0..d {
            self.value[p] += self.adds[to + p] - self.adds[from + p];
        }
        for (k, mask) in &model.by_issue[issue] {
            let (before, after) = (mask >> was & 1 == 1, mask >> option & 1 == 1);
            if before == after {
                continue;
            }
            let own = &model.boxes[*k];
            let others = self.fails[*k] - u32::from(!before);
            self.fails[*k] = others + u32::from(!after);
            let by = if after { own.amount } else { -own.amount };
            // What other issues add hangs on this one where no clause but their own fails.
            match others {
                0 => {
                    for (other, mask) in own.clauses.iter().filter(|(other, _)| *other != issue) {
                        self.shift(*other, *mask, own.party, by);
                    }
                }
                1 => {
                    let fails = |(other, mask): &&(usize, Mask)| {
                        *other != issue && mask >> self.chosen[*other] & 1 == 0
                    };
                    if let Some((other, mask)) = own.clauses.iter().find(fails) {
                        self.shift(*other, *mask, own.party, by);
                    }
                }
                _ => {}
            }
        }
        for (k, mask) in &self.laws[issue] {
            let (before, after) = (mask >> was & 1 == 1, mask >> option & 1 == 1);
            self.broken[*k] = self.broken[*k] + u32::from(!after) - u32::from(!before);
        }
    }
}

/// All outcomes that differ from one in a single issue, and what they are worth (Paquete, Chiarandini and Stuetzle 2004,
/// "Pareto local optimum sets").
pub(super) struct Around<'m> {
    walk: Walk<'m>,
    value: Vec<i64>,
}

impl<'m> Around<'m> {
    pub(super) fn new(model: &'m Model) -> Around<'m> {
        Around { walk: Walk::new(model), value: vec![0; model.d] }
    }

    /// `archive` is told each that is allowed; how many there were.
    pub(super) fn each(&mut self, chosen: &[usize], archive: &mut dyn FnMut(&[usize], &[i64])) -> u64 {
        let d = self.walk.model.d;
        self.walk.settle(chosen);
        let mut other = chosen.to_vec();
        let mut n = 0;
        for issue in 0..chosen.len() {
            for option in (0..self.walk.model.issues[issue].len()).filter(|option| *option != chosen[issue]) {
                n += 1;
                if !self.walk.may(issue, option) {
                    continue;
                }
                let to = (self.walk.starts[issue] + option) * d;
                let from = (self.walk.starts[issue] + chosen[issue]) * d;
                for p in 0..d {
                    self.value[p] = self.walk.value[p] + self.walk.adds[to + p] - self.walk.adds[from + p];
                }
                other[issue] = option;
                archive(&other, &self.value);
                other[issue] = chosen[issue];
            }
        }
        n
    }
}

/// How outcomes are looked for.
pub(super) struct Annealing<'a> {
    pub(super) model: &'a Model,
    /// Changes that are tried in all.
    pub(super) tries: u64,
    /// By run, what a step of each party counts.
    pub(super) weights: &'a dyn Fn(u64) -> Vec<f64>,
    /// An outcome that is allowed, if one is known.
    pub(super) start: Option<&'a [usize]>,
}

impl Annealing<'_> {
    /// `archive` is told every outcome that is moved to.
    pub(super) fn run(
        &self,
        dice: &mut Dice,
        archive: &mut dyn FnMut(&[usize], &[i64]),
        watch: &mut dyn FnMut() -> ControlFlow<()>,
    ) -> ControlFlow<()> {
        let model = self.model;
        let issues: Vec<usize> = (0..model.issues.len()).filter(|k| model.issues[*k].len() > 1).collect();
        let changes: u64 = issues.iter().map(|k| model.issues[*k].len() as u64 - 1).sum();
        let mut walk = Walk::new(model);
        let mut left = if changes == 0 { 0 } else { self.tries };
        let mut run = 0;
        while left > 0 {
            let Some(start) = self.begin(dice) else { return ControlFlow::Continue(()) };
            walk.settle(&start);
            archive(&walk.chosen, &walk.value);
            let weights = (self.weights)(run);
            let other = |walk: &Walk<'_>, dice: &mut Dice| {
                let issue = issues[dice.below(issues.len())];
                let option = dice.below(model.issues[issue].len() - 1);
                (issue, option + usize::from(option >= walk.chosen[issue]))
            };
            let probes = (0..PROBES).map(|_| {
                let (issue, option) = other(&walk, dice);
                walk.gain(issue, option, &weights).abs()
            });
            let probes: Vec<f64> = probes.filter(|cost| *cost > 0.0).collect();
            let mut temperature = probes.iter().sum::<f64>() / probes.len().max(1) as f64;
            let batches = (LENGTHS[run as usize % LENGTHS.len()] * changes).div_ceil(BATCH);
            let cooling = libm::exp(libm::log(COLD) / batches as f64);
            for _ in 0..batches {
                for _ in 0..BATCH {
                    let (issue, option) = other(&walk, dice);
                    let gain = walk.gain(issue, option, &weights);
                    let falls = gain < 0.0
                        && (gain < -16.0 * temperature || dice.share() >= libm::exp(gain / temperature));
                    if !falls && walk.may(issue, option) {
                        walk.change(issue, option);
                        archive(&walk.chosen, &walk.value);
                    }
                }
                temperature *= cooling;
                left = left.saturating_sub(BATCH);
                if left == 0 {
                    break;
                }
            }
            climb(&mut walk, &issues, &weights, archive);
            watch()?;
            run += 1;
        }
        ControlFlow::Continue(())
    }

    /// Where a run begins: a random outcome that is allowed, or the one that is known.
    fn begin(&self, dice: &mut Dice) -> Option<Vec<usize>> {
        for _ in 0..STARTS {
            let chosen: Vec<usize> = self.model.issues.iter().map(|issue| dice.below(issue.len())).collect();
            if self.model.allows(&chosen) {
                return Some(chosen);
            }
        }
        self.start.map(<[usize]>::to_vec)
    }
}

/// Makes the best change of each issue in turn as long as one adds something.
fn climb(walk: &mut Walk<'_>, issues: &[usize], weights: &[f64], archive: &mut dyn FnMut(&[usize], &[i64])) {
    loop {
        let mut moved = false;
        for issue in issues {
            let n = walk.model.issues[*issue].len();
            let options = (0..n).filter(|option| walk.may(*issue, *option));
            let gains = options.map(|option| (walk.gain(*issue, option, weights), option));
            let Some((gain, option)) = gains.max_by(|a, b| a.0.total_cmp(&b.0)) else { continue };
            if gain > 1e-9 {
                walk.change(*issue, option);
                archive(&walk.chosen, &walk.value);
                moved = true;
            }
        }
        if !moved {
            return;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use detente_cases::random;
    use detente_cases::seeds;
    use detente_model::BodyId;

    #[test]
    fn what_every_option_adds_is_kept_up_to_date() {
        let (mut changes, mut refused) = (0, 0);
        for seed in seeds(300) {
            let talks = random::Case::new(2 + seed as usize % 3, 1 + seed as usize % 3, seed).talks();
            let bodies: Vec<BodyId> = (0..talks.bodies.len()).map(BodyId).collect();
            let sense = super::super::Sense { sign: 1, laws: true };
            let model = Model::of(&talks, &bodies, sense).expect("few boxes");
            let dice = &mut Dice::new(seed);
            let annealing = Annealing { model: &model, tries: 1, weights: &|_| Vec::new(), start: None };
            let Some(start) = annealing.begin(dice) else { continue };
            let mut walk = Walk::new(&model);
            walk.settle(&start);
            for _ in 0..60 {
                let issue = dice.below(model.issues.len());
                let option = dice.below(model.issues[issue].len());
                let mut then = walk.chosen.clone();
                then[issue] = option;
                assert_eq!(walk.may(issue, option), model.allows(&then), "seed {seed}");
                let mut around = Around::new(&model);
                around.each(&walk.chosen, &mut |other, value| {
                    assert_eq!(
                        other.iter().zip(&walk.chosen).filter(|(a, b)| a != b).count(),
                        1,
                        "seed {seed}"
                    );
                    assert!(model.allows(other), "seed {seed}");
                    assert_eq!(value, model.value(other), "seed {seed}");
                });
                for p in 0..model.d {
                    let mut weights = vec![0.0; model.d];
                    weights[p] = 1.0;
                    let gain = model.value(&then)[p] - walk.value[p];
                    assert_eq!(walk.gain(issue, option, &weights), gain as f64, "seed {seed}");
                }
                if model.allows(&then) {
                    walk.change(issue, option);
                    changes += 1;
                } else {
                    refused += 1;
                }
                assert_eq!(walk.value, model.value(&walk.chosen), "seed {seed}");
            }
        }
        assert!(changes > 5000 && refused > 100, "{changes} {refused}");
    }
}
