//! Random loops for tests, and what a sweep finds of them.

use super::scan::Share;
use super::sweep::{self, Law, Level, Term};
use crate::allowed::{Allowed, Allows};
use crate::front::Front;
use detente_model::{OptionId, OptionSet};
use std::ops::ControlFlow;

pub(super) struct Dice(pub(super) u64);

impl Dice {
    fn below(&mut self, n: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % n
    }

    pub(super) fn amount(&mut self) -> i64 {
        self.below(21) as i64 - 8
    }

    fn clauses(&mut self, levels: &[Level], of: &[usize]) -> Vec<Allows> {
        let n = |issue: &usize| levels.iter().find(|level| level.issue == *issue).map_or(1, |level| level.n);
        let mut allowed = |n: usize| {
            let options = (0..n).filter(|_| self.below(3) > 0).map(OptionId);
            Allowed::new(&OptionSet::from_options(options), n)
        };
        of.iter().map(|issue| (*issue, allowed(n(issue)))).collect()
    }
}

/// Loops with every kind of term and law, each where its last issue stands.
pub(super) fn random(seed: u64, n_bodies: usize) -> Vec<Level> {
    let mut dice = Dice(seed);
    let n_issues = 3 + dice.below(4) as usize;
    let mut order: Vec<usize> = (0..n_issues).collect();
    (1..n_issues).for_each(|k| order.swap(k, dice.below(k as u64 + 1) as usize));
    let sizes: Vec<usize> = (0..n_issues).map(|_| 1 + dice.below(5) as usize).collect();
    let stride = |issue: usize| sizes[issue + 1..].iter().product::<usize>() as u64;
    let level = |issue: &usize| Level {
        issue: *issue,
        n: sizes[*issue],
        stride: stride(*issue),
        leaves: (0..sizes[*issue] * n_bodies).map(|_| dice.amount()).collect(),
        terms: Vec::new(),
        laws: Vec::new(),
    };
    let mut levels: Vec<Level> = order.iter().map(level).collect();
    for _ in 0..dice.below(7) {
        let of: Vec<usize> = (0..n_issues).filter(|_| dice.below(2) == 0).take(3).collect();
        let Some(last) = order.iter().rposition(|issue| of.contains(issue)) else { continue };
        let body = dice.below(n_bodies as u64) as usize;
        let mut size = 1;
        let mut strides = Vec::new();
        for issue in of.iter().rev() {
            strides.push((*issue, size));
            size *= sizes[*issue];
        }
        strides.reverse();
        let term = match dice.below(4) {
            0 => Term::Table { body, strides, cells: (0..size).map(|_| dice.amount()).collect() },
            1 => {
                let rows = (0..size).filter(|k| k % 3 == 1).map(|k| (k, dice.amount())).collect();
                Term::Rows { body, strides, rows }
            }
            kind => {
                let clauses = dice.clauses(&levels, &of);
                Term::When { body, clauses, unless: kind == 2, adds: dice.amount() }
            }
        };
        levels[last].terms.push(term);
    }
    for _ in 0..dice.below(3) {
        let of: Vec<usize> = (0..n_issues).filter(|_| dice.below(2) == 0).take(4).collect();
        let Some(last) = order.iter().rposition(|issue| of.contains(issue)) else { continue };
        let (when, then) = of.split_at(of.len() / 2);
        let when = dice.clauses(&levels, when);
        let then = (dice.below(2) == 0).then(|| dice.clauses(&levels, then));
        levels[last].laws.push(Law { when, then });
    }
    levels
}

/// The frontier with ranks and counts.
pub(super) fn by_sweep(levels: &[Level], shares: &[Share], d: usize) -> (Vec<i64>, Vec<u64>, Vec<u64>) {
    let mut front = Front::new(d);
    let _ = sweep::sweep(levels, &vec![0; shares.len()], &mut |visit| {
        let mut sums = vec![0; d];
        for (steps, (party, factor)) in visit.utilities.iter().zip(shares) {
            sums[*party] += factor * steps;
        }
        front.offer(&sums, visit.rank);
        ControlFlow::Continue(())
    });
    front.finish_counted()
}
