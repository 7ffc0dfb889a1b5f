//! What sampling and annealing walk over: utilities of one or both parties, and what they become if one issue is
//! answered otherwise.

use crate::dice::Dice;
use detente_model::{Condition, IssueId, OptionId, Outcome, Talks};
use std::collections::BTreeMap;

/// Issues with the options that satisfy, as bits.
type Clauses = Vec<(usize, u64)>;

/// Talks of single-body parties without constraints, as boxes. `P` is how many of the parties are looked at.
pub(crate) struct Landscape<const P: usize> {
    /// By issue, where its options begin among all; one more at the end.
    first: Vec<usize>,
    base: [f64; P],
    leaves: Vec<[f64; P]>,
    amounts: Vec<[f64; P]>,
    clauses: Vec<Clauses>,
    /// By issue, the boxes with a clause about it.
    by_issue: Vec<Vec<(u32, u64)>>,
}

impl<const P: usize> Landscape<P> {
    pub(crate) fn new(talks: &Talks, parties: [usize; P]) -> Landscape<P> {
        assert!(talks.constraints.is_empty(), "every outcome is feasible");
        let mut first = vec![0];
        for issue in &talks.issues {
            assert!(issue.n_options() <= 64, "options are bits");
            first.push(first[first.len() - 1] + issue.n_options());
        }
        let mut base = [0.0; P];
        let mut leaves = vec![[0.0; P]; first[first.len() - 1]];
        // A box that both parties value is one.
        let mut boxes: BTreeMap<Clauses, [f64; P]> = BTreeMap::new();
        for (p, party) in parties.into_iter().enumerate() {
            let own = &talks.bodies[talks.parties[party].bodies[0].0].preferences;
            for (k, issue) in talks.issues.iter().enumerate() {
                for option in 0..issue.n_options() {
                    leaves[first[k] + option][p] = own.contribution(IssueId(k), issue, OptionId(option));
                }
            }
            for term in &own.interactions {
                let adds = term.adds.mean();
                base[p] += if term.unless { adds } else { 0.0 };
                let amount = if term.unless { -adds } else { adds };
                boxes.entry(clauses(talks, &term.when)).or_insert([0.0; P])[p] += amount;
            }
            for table in &own.tables {
                let otherwise = table.otherwise.as_ref().map_or(0.0, |number| number.mean());
                base[p] += otherwise;
                for (row, amount) in &table.rows {
                    let mut clauses: Clauses = table
                        .issues
                        .iter()
                        .zip(row)
                        .map(|(issue, option)| (issue.0, 1 << option.0))
                        .collect();
                    clauses.sort_unstable();
                    boxes.entry(clauses).or_insert([0.0; P])[p] += amount.mean() - otherwise;
                }
            }
        }
        boxes.retain(|_, amounts| amounts.iter().any(|amount| *amount != 0.0));
        let mut by_issue = vec![Vec::new(); talks.issues.len()];
        for (k, clauses) in boxes.keys().enumerate() {
            clauses.iter().for_each(|(issue, mask)| by_issue[*issue].push((k as u32, *mask)));
        }
        let (clauses, amounts) = boxes.into_iter().unzip();
        Landscape { first, base, leaves, amounts, clauses, by_issue }
    }

    pub(crate) fn n_issues(&self) -> usize {
        self.by_issue.len()
    }

    pub(crate) fn n_options(&self, issue: usize) -> usize {
        self.first[issue + 1] - self.first[issue]
    }

    /// How far apart utilities can be, at most.
    pub(crate) fn widths(&self) -> [f64; P] {
        let mut widths = [0.0; P];
        for amounts in self.leaves.iter().chain(&self.amounts) {
            widths.iter_mut().zip(amounts).for_each(|(width, amount)| *width += amount.abs());
        }
        widths
    }

    pub(crate) fn draw(&self, chosen: &mut [usize], dice: &mut Dice) {
        chosen.iter_mut().enumerate().for_each(|(k, option)| *option = dice.below(self.n_options(k)));
    }

    /// The utilities of an outcome.
    pub(crate) fn value(&self, chosen: &[usize]) -> [f64; P] {
        let mut value = self.base;
        for (first, option) in self.first.iter().zip(chosen) {
            add(&mut value, &self.leaves[first + option]);
        }
        for (clauses, amounts) in self.clauses.iter().zip(&self.amounts) {
            if clauses.iter().all(|(issue, mask)| mask >> chosen[*issue] & 1 == 1) {
                add(&mut value, amounts);
            }
        }
        value
    }
}

fn clauses(talks: &Talks, condition: &Condition) -> Clauses {
    let mut clauses: Clauses = Vec::new();
    for clause in &condition.0 {
        let mask = clause.options.iter().fold(0u64, |mask, option| mask | 1 << option.0);
        let all = u64::MAX >> (64 - talks.issues[clause.issue.0].n_options());
        if mask & all != all {
            clauses.push((clause.issue.0, mask & all));
        }
    }
    clauses.sort_unstable();
    clauses
}

fn add<const P: usize>(value: &mut [f64; P], amounts: &[f64; P]) {
    value.iter_mut().zip(amounts).for_each(|(sum, amount)| *sum += amount);
}

/// An outcome on a landscape. What a change would add is kept for every option of every issue, so that a look at a
/// change costs no more than two numbers a party; the changes themselves keep it.
pub(crate) struct Walk<'l, const P: usize> {
    land: &'l Landscape<P>,
    pub(crate) chosen: Vec<usize>,
    pub(crate) value: [f64; P],
    /// By box, how many of its clauses fail.
    fails: Vec<u32>,
    /// By option: what it is worth beside the answers to all other issues.
    field: Vec<[f64; P]>,
}

impl<'l, const P: usize> Walk<'l, P> {
    pub(crate) fn new(land: &'l Landscape<P>) -> Walk<'l, P> {
        let mut walk = Walk {
            land,
            chosen: vec![0; land.n_issues()],
            value: land.base,
            fails: vec![0; land.clauses.len()],
            field: Vec::new(),
        };
        walk.settle();
        walk
    }

    /// Everything that is kept, from the outcome.
    pub(crate) fn settle(&mut self) {
        let land = self.land;
        self.value = land.value(&self.chosen);
        self.field.clear();
        self.field.extend_from_slice(&land.leaves);
        for (k, clauses) in land.clauses.iter().enumerate() {
            let fails = |(issue, mask): &&(usize, u64)| mask >> self.chosen[*issue] & 1 == 0;
            let n = clauses.iter().filter(fails).count();
            self.fails[k] = n as u32;
            for (issue, mask) in clauses {
                if n == 0 || n == 1 && mask >> self.chosen[*issue] & 1 == 0 {
                    spread(&mut self.field, land.first[*issue], *mask, &land.amounts[k], 1.0);
                }
            }
        }
    }

    /// What a change of one issue adds to the utilities.
    pub(crate) fn gain(&self, issue: usize, option: usize) -> [f64; P] {
        let first = self.land.first[issue];
        let (now, then) = (&self.field[first + self.chosen[issue]], &self.field[first + option]);
        std::array::from_fn(|p| then[p] - now[p])
    }

    pub(crate) fn change(&mut self, issue: usize, option: usize) {
        let land = self.land;
        let gain = self.gain(issue, option);
        add(&mut self.value, &gain);
        let was = std::mem::replace(&mut self.chosen[issue], option);
        for (k, mask) in &land.by_issue[issue] {
            let (before, after) = (mask >> was & 1, mask >> option & 1);
            if before == after {
                continue;
            }
            let k = *k as usize;
            // The other clauses that fail.
            self.fails[k] -= 1 - before as u32;
            let others = self.fails[k];
            self.fails[k] += 1 - after as u32;
            if others > 1 {
                continue;
            }
            let sign = if after == 1 { 1.0 } else { -1.0 };
            for (other, mask) in &land.clauses[k] {
                let alone = others == 0 || mask >> self.chosen[*other] & 1 == 0;
                if *other != issue && alone {
                    spread(&mut self.field, land.first[*other], *mask, &land.amounts[k], sign);
                }
            }
        }
    }

    pub(crate) fn outcome(chosen: &[usize]) -> Outcome {
        Outcome(chosen.iter().map(|option| OptionId(*option)).collect())
    }
}

/// Adds amounts to the options in a mask.
fn spread<const P: usize>(
    field: &mut [[f64; P]],
    first: usize,
    mut mask: u64,
    amounts: &[f64; P],
    sign: f64,
) {
    while mask != 0 {
        let own = &mut field[first + mask.trailing_zeros() as usize];
        own.iter_mut().zip(amounts).for_each(|(sum, amount)| *sum += sign * amount);
        mask &= mask - 1;
    }
}
