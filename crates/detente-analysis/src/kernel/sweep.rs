//! Visits every feasible outcome, adding utilities on the way down.
//!
//! Issues are nested loops. Those tied by constraints or terms come first, so that a forbidden
//! branch is cut early and the innermost loops only add. A partial sum at depth d serves all
//! outcomes below it; nothing is allocated inside the loops.

use crate::allowed::{Allows, hold};
use std::collections::BTreeMap;
use std::ops::ControlFlow;
use std::sync::Arc;

/// Looks at leaves, terms and constraints that take as long as a sum of two points, and the most of one sweep.
pub(crate) const LOOKS: u64 = 4;
pub(crate) const MAX_LOOKS: u64 = 1 << 32;

/// One nested loop: an issue with what becomes known when it is set.
#[derive(Clone, Debug)]
pub(crate) struct Level {
    /// Position of the issue in the file.
    pub(crate) issue: usize,
    /// Number of options.
    pub(crate) n: usize,
    /// Outcomes between two neighbouring options in issue and option order.
    pub(crate) stride: u64,
    /// Contribution of each option to each body: `[option][body]`.
    pub(crate) leaves: Arc<[i64]>,
    /// Terms whose last issue this is.
    pub(crate) terms: Vec<Term>,
    /// Constraints whose last issue this is.
    pub(crate) laws: Vec<Law>,
}

/// An amount that depends on several issues.
#[derive(Clone, Debug)]
pub(crate) enum Term {
    /// Looked up by a weighted sum of options.
    Table { body: usize, strides: Vec<(usize, usize)>, cells: Vec<i64> },
    /// The same where few combinations have an amount: all others add 0.
    Rows { body: usize, strides: Vec<(usize, usize)>, rows: BTreeMap<usize, i64> },
    /// Added where every clause holds, or where one fails.
    When { body: usize, clauses: Vec<Allows>, unless: bool, adds: i64 },
}

/// A combination that cannot be: `when` holds and, if there is a `then`, it does not.
#[derive(Clone, Debug)]
pub(crate) struct Law {
    pub(crate) when: Vec<Allows>,
    pub(crate) then: Option<Vec<Allows>>,
}

/// An outcome on the way.
pub(crate) struct Visit<'a> {
    /// Its position among all outcomes in issue and option order.
    pub(crate) rank: u64,
    /// Option per issue, in the order of the file.
    pub(crate) options: &'a [usize],
    /// Utility steps per body.
    pub(crate) utilities: &'a [i64],
}

impl Law {
    /// The issues that it ties.
    pub(crate) fn issues(&self) -> Vec<usize> {
        self.when.iter().chain(self.then.iter().flatten()).map(|(issue, _)| *issue).collect()
    }

    pub(crate) fn broken(&self, options: &[usize]) -> bool {
        hold(&self.when, options) && !self.then.as_ref().is_some_and(|then| hold(then, options))
    }
}

impl Level {
    /// Adds what this level contributes to every body at one outcome.
    pub(crate) fn add(&self, options: &[usize], sums: &mut [i64]) {
        let option = options[self.issue];
        for (sum, leaf) in sums.iter_mut().zip(&self.leaves[option * (self.leaves.len() / self.n)..]) {
            *sum += leaf;
        }
        for term in &self.terms {
            let (body, amount) = term.amount(options);
            sums[body] += amount;
        }
    }
}

impl Term {
    /// Whose term it is.
    pub(crate) fn body(&self) -> usize {
        match self {
            Term::Table { body, .. } | Term::Rows { body, .. } | Term::When { body, .. } => *body,
        }
    }

    /// The issues it depends on.
    pub(crate) fn issues(&self) -> Vec<usize> {
        match self {
            Term::Table { strides, .. } | Term::Rows { strides, .. } => {
                strides.iter().map(|(issue, _)| *issue).collect()
            }
            Term::When { clauses, .. } => clauses.iter().map(|(issue, _)| *issue).collect(),
        }
    }

    /// The same term for another body.
    pub(crate) fn of(&self, body: usize) -> Term {
        let mut term = self.clone();
        let (Term::Table { body: own, .. } | Term::Rows { body: own, .. } | Term::When { body: own, .. }) =
            &mut term;
        *own = body;
        term
    }

    /// The least it adds.
    pub(crate) fn lowest(&self) -> i64 {
        self.amounts().fold(0, i64::min)
    }

    /// The most it adds.
    pub(crate) fn highest(&self) -> i64 {
        self.amounts().fold(0, i64::max)
    }

    fn amounts(&self) -> Box<dyn Iterator<Item = i64> + '_> {
        match self {
            Term::Table { cells, .. } => Box::new(cells.iter().copied()),
            Term::Rows { rows, .. } => Box::new(rows.values().copied()),
            Term::When { adds, .. } => Box::new(std::iter::once(*adds)),
        }
    }

    pub(crate) fn amount(&self, options: &[usize]) -> (usize, i64) {
        match self {
            Term::Table { body, strides, cells } => {
                let cell: usize = strides.iter().map(|(issue, stride)| options[*issue] * stride).sum();
                (*body, cells[cell])
            }
            Term::Rows { body, strides, rows } => {
                let cell = strides.iter().map(|(issue, stride)| options[*issue] * stride).sum::<usize>();
                (*body, rows.get(&cell).copied().unwrap_or(0))
            }
            Term::When { body, clauses, unless, adds } => {
                (*body, if hold(clauses, options) == *unless { 0 } else { *adds })
            }
        }
    }
}

/// How many leaves, terms and constraints a sweep looks at, at most.
pub(crate) fn looks(levels: &[Level]) -> u64 {
    let mut outcomes = 1u64;
    levels.iter().fold(0, |looks, level| {
        outcomes = outcomes.saturating_mul(level.n as u64);
        let each = (1 + level.terms.len() + level.laws.len()) as u64;
        u64::saturating_add(looks, outcomes.saturating_mul(each))
    })
}

/// Visits every feasible outcome; `base` is the utility of each body before any leaf.
pub(crate) fn sweep<F>(levels: &[Level], base: &[i64], visit: &mut F) -> ControlFlow<()>
where
    F: FnMut(&Visit<'_>) -> ControlFlow<()>,
{
    let n_bodies = base.len();
    assert!(
        levels.iter().all(|level| level.leaves.len() == level.n * n_bodies),
        "a leaf for every option and body"
    );
    let mut sums = vec![0i64; (levels.len() + 1) * n_bodies];
    sums[..n_bodies].copy_from_slice(base);
    let n_issues = levels.iter().map(|level| level.issue + 1).max().unwrap_or(0);
    let mut options = vec![0usize; n_issues];
    descend(levels, n_bodies, &mut sums, &mut options, 0, visit)
}

fn descend<F>(
    levels: &[Level],
    n_bodies: usize,
    sums: &mut [i64],
    options: &mut [usize],
    rank: u64,
    visit: &mut F,
) -> ControlFlow<()>
where
    F: FnMut(&Visit<'_>) -> ControlFlow<()>,
{
    let Some((level, deeper)) = levels.split_first() else {
        return visit(&Visit { rank, options, utilities: &sums[..n_bodies] });
    };
    for option in 0..level.n {
        options[level.issue] = option;
        if level.laws.iter().any(|law| law.broken(options)) {
            continue;
        }
        let (here, below) = sums.split_at_mut(n_bodies);
        let leaves = &level.leaves[option * n_bodies..(option + 1) * n_bodies];
        for ((sum, above), leaf) in below.iter_mut().zip(here.iter()).zip(leaves) {
            *sum = above + leaf;
        }
        for term in &level.terms {
            let (body, amount) = term.amount(options);
            below[body] += amount;
        }
        let rank = rank + level.stride * option as u64;
        descend(deeper, n_bodies, below, options, rank, visit)?;
    }
    ControlFlow::Continue(())
}
