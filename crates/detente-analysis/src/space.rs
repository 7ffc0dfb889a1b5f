//! The talks compiled for enumeration: loops over issues, partial sums, ranks of outcomes.

use crate::body::{BodySpace, clauses};
use crate::boxes::{self, Sense};
use crate::kernel::eliminate::{self, Places};
use crate::kernel::scan::Share;
use crate::kernel::sweep::{self, Law, Level, Term, Visit};
use detente_model::{BodyId, IssueId, OptionId, Outcome, Talks};
use std::collections::BTreeSet;
use std::ops::ControlFlow;

/// Outcomes are enumerated up to this many; beyond, the result says so.
pub(crate) const MAX_VISITS: u64 = 20_000_000;

/// The talks in the form the sweep needs.
pub(crate) struct Space<'t> {
    pub(crate) talks: &'t Talks,
    pub(crate) bodies: Vec<BodySpace>,
    levels: Vec<Level>,
    strides: Vec<u64>,
}

/// Smallest and largest steps of a body over the whole space, before constraints.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Extremes {
    pub(crate) min: i64,
    pub(crate) max: i64,
}

impl Extremes {
    /// Where a number of steps lies between the extremes, 0 to 1; 0 for a constant body.
    pub(crate) fn share(self, steps: i64) -> f64 {
        if self.max == self.min { 0.0 } else { (steps - self.min) as f64 / (self.max - self.min) as f64 }
    }
}

impl<'t> Space<'t> {
    pub(crate) fn new(talks: &'t Talks) -> Space<'t> {
        let mut bodies: Vec<BodySpace> =
            talks.bodies.iter().enumerate().map(|(b, body)| BodySpace::new(b, body, &talks.issues)).collect();
        let strides = outcome_strides(talks);
        let order = issue_order(talks, &bodies);
        let mut levels: Vec<Level> =
            order.iter().map(|issue| level(talks, &bodies, *issue, strides[*issue])).collect();
        let depth_of = |issues: &[usize]| {
            issues.iter().filter_map(|issue| order.iter().position(|other| other == issue)).max().unwrap_or(0)
        };
        for body in &mut bodies {
            for (issues, term) in std::mem::take(&mut body.terms) {
                levels[depth_of(&issues)].terms.push(term);
            }
        }
        for (issues, law) in laws(talks) {
            levels[depth_of(&issues)].laws.push(law);
        }
        Space { talks, bodies, levels, strides }
    }

    /// Visits every feasible outcome, in an order of its own.
    pub(crate) fn sweep(&self, mut visit: impl FnMut(&Visit<'_>) -> ControlFlow<()>) -> ControlFlow<()> {
        sweep::sweep(&self.levels, &vec![0; self.bodies.len()], &mut visit)
    }

    /// The outcome at a position in issue and option order.
    pub(crate) fn outcome(&self, rank: u64) -> Outcome {
        let option = |(issue, stride): (&detente_model::Issue, &u64)| {
            OptionId((rank / stride % issue.n_options() as u64) as usize)
        };
        Outcome(self.talks.issues.iter().zip(&self.strides).map(option).collect())
    }

    /// The steps of every body at one outcome.
    pub(crate) fn utilities(&self, outcome: &Outcome) -> Vec<i64> {
        let options: Vec<usize> = outcome.0.iter().map(|option| option.0).collect();
        let mut sums = vec![0; self.bodies.len()];
        for level in &self.levels {
            level.add(&options, &mut sums);
        }
        sums
    }

    /// Every body's extremes over all outcomes, constraints aside; absent if its terms tie together
    /// too many outcomes to look at each, and bounds do not settle it either.
    pub(crate) fn extremes(&self) -> Vec<Option<Extremes>> {
        self.reaches().into_iter().map(|(range, exact)| range.filter(|_| exact)).collect()
    }

    /// The same, or bounds of it, and whether it is exact; absent if there are too many terms for bounds.
    pub(crate) fn reaches(&self) -> Vec<(Option<Extremes>, bool)> {
        let reach = |body: usize| match self.body_extremes(body) {
            Some(range) => (Some(range), true),
            None => self.bounds(body).map_or((None, false), |(range, exact)| (Some(range), exact)),
        };
        (0..self.bodies.len()).map(reach).collect()
    }

    /// A body's extremes by branch and bound, and whether they are exact.
    fn bounds(&self, body: usize) -> Option<(Extremes, bool)> {
        let own = &self.bodies[body];
        let reach = |sign: i64| boxes::reach(self.talks, BodyId(body), Sense { sign, laws: false });
        let (low, high) = (reach(-1)?, reach(1)?);
        let exact = low.found == Some(low.within) && high.found == Some(high.within);
        Some((Extremes { min: own.of_grid(low.within), max: own.of_grid(high.within) }, exact))
    }

    fn body_extremes(&self, body: usize) -> Option<Extremes> {
        let mut total = Extremes { min: 0, max: 0 };
        for levels in self.groups_of_body(body) {
            let n = levels.iter().fold(1u64, |n, level| n.saturating_mul(level.n as u64));
            if n > MAX_VISITS {
                let (max, min) = (highest(&levels, &[(0, 1)])?, -highest(&levels, &[(0, -1)])?);
                total = Extremes { min: total.min + min, max: total.max + max };
                continue;
            }
            let mut here: Option<Extremes> = None;
            let _ = sweep::sweep(&levels, &[0], &mut |visit| {
                let v = visit.utilities[0];
                let known = here.unwrap_or(Extremes { min: v, max: v });
                here = Some(Extremes { min: known.min.min(v), max: known.max.max(v) });
                ControlFlow::Continue(())
            });
            let here = here?;
            total = Extremes { min: total.min + here.min, max: total.max + here.max };
        }
        Some(total)
    }

    /// A body's lowest steps among feasible outcomes, by taking out one issue after another; nothing if too many are tied
    /// to one another, or nothing is feasible.
    pub(crate) fn lowest(&self, body: usize) -> Option<i64> {
        let mut shares = vec![(0, 0); self.bodies.len()];
        shares[body].1 = -1;
        let best = |levels: &Vec<Level>| highest(levels, &shares);
        self.groups_of_all().iter().map(best).sum::<Option<i64>>().map(|sum| -sum)
    }

    /// The loops over all issues.
    pub(crate) fn all_levels(&self) -> Vec<Level> {
        self.levels.clone()
    }

    /// The loops of each group of issues that constraints or terms tie together.
    pub(crate) fn groups_of_all(&self) -> Vec<Vec<Level>> {
        let terms = self.levels.iter().flat_map(|level| &level.terms).map(Term::issues);
        let laws = laws(self.talks).into_iter().map(|(issues, _)| issues);
        let depth = |issue: usize| self.levels.iter().position(|level| level.issue == issue).unwrap_or(0);
        let sets: Vec<Vec<usize>> =
            terms.chain(laws).map(|issues| issues.into_iter().map(depth).collect()).collect();
        let groups = group(self.levels.len(), sets.into_iter());
        groups.into_iter().map(|group| group.into_iter().map(|k| self.levels[k].clone()).collect()).collect()
    }

    /// The loops of each group of issues that one body's terms tie together, for that body alone.
    pub(crate) fn groups_of_body(&self, body: usize) -> Vec<Vec<Level>> {
        let levels = |group: &Vec<usize>| group.iter().map(|k| self.levels[*k].of_body(body)).collect();
        self.groups(body).iter().map(levels).collect()
    }

    /// Positions in `levels` of the issues that one body's terms tie together.
    fn groups(&self, body: usize) -> Vec<Vec<usize>> {
        let sets = self.levels.iter().flat_map(|level| &level.terms).filter(|term| term.body() == body);
        let depth = |issue: usize| self.levels.iter().position(|level| level.issue == issue).unwrap_or(0);
        group(self.levels.len(), sets.map(|term| term.issues().into_iter().map(depth).collect()))
    }
}

/// The highest sum of what bodies have a share in, by taking out one issue after another; nothing if too many are tied
/// to one another.
fn highest(levels: &[Level], shares: &[Share]) -> Option<i64> {
    let places = Places::new(&[]);
    let watch = &mut |_| ControlFlow::Continue(());
    eliminate::frontier(levels, shares, 1, &places, watch).ok()?.values.first().copied()
}

/// Joins positions that occur in a common set; every position is in exactly one group, in order.
pub(crate) fn group(n: usize, sets: impl Iterator<Item = Vec<usize>>) -> Vec<Vec<usize>> {
    let mut label: Vec<usize> = (0..n).collect();
    for set in sets {
        let joined: BTreeSet<usize> = set.iter().map(|k| label[*k]).collect();
        let Some(first) = joined.first().copied() else { continue };
        for other in label.iter_mut().filter(|other| joined.contains(other)) {
            *other = first;
        }
    }
    let labels: BTreeSet<usize> = label.iter().copied().collect();
    labels.into_iter().map(|l| (0..n).filter(|k| label[*k] == l).collect()).collect()
}

impl Level {
    /// The same loop for one body alone, with no constraints.
    fn of_body(&self, body: usize) -> Level {
        let n_bodies = self.leaves.len() / self.n;
        Level {
            issue: self.issue,
            n: self.n,
            stride: 0,
            leaves: (0..self.n).map(|option| self.leaves[option * n_bodies + body]).collect(),
            terms: self.terms.iter().filter(|term| term.body() == body).map(Term::alone).collect(),
            laws: Vec::new(),
        }
    }
}

fn outcome_strides(talks: &Talks) -> Vec<u64> {
    let mut stride = 1u64;
    let mut strides: Vec<u64> = talks
        .issues
        .iter()
        .rev()
        .map(|issue| {
            let this = stride;
            stride = stride.saturating_mul(issue.n_options() as u64);
            this
        })
        .collect();
    strides.reverse();
    strides
}

/// Issues with many ties first, free ones last; within that, as in the file.
fn issue_order(talks: &Talks, bodies: &[BodySpace]) -> Vec<usize> {
    let n = talks.issues.len();
    let mut ties = vec![(0usize, 0usize); n];
    for constraint in &talks.constraints {
        for issue in constraint.issues() {
            ties[issue.0].0 += 1;
        }
    }
    for (issues, _) in bodies.iter().flat_map(|body| &body.terms) {
        for issue in issues {
            ties[*issue].1 += 1;
        }
    }
    let mut order: Vec<usize> = (0..n).collect();
    order.sort_by_key(|issue| (std::cmp::Reverse(ties[*issue]), *issue));
    order
}

fn level(talks: &Talks, bodies: &[BodySpace], issue: usize, stride: u64) -> Level {
    let n = talks.issues[issue].n_options();
    let leaves =
        (0..n).flat_map(|option| bodies.iter().map(move |body| body.leaves[issue][option])).collect();
    Level { issue, n, stride, leaves, terms: Vec::new(), laws: Vec::new() }
}

/// Every constraint with the issues it ties.
pub(crate) fn laws(talks: &Talks) -> Vec<(Vec<usize>, Law)> {
    let law = |constraint: &detente_model::Constraint| match &constraint.law {
        detente_model::Law::Forbid(condition) => Law { when: clauses(condition, &talks.issues), then: None },
        detente_model::Law::Implies { when, then } => {
            Law { when: clauses(when, &talks.issues), then: Some(clauses(then, &talks.issues)) }
        }
    };
    let issues =
        |constraint: &detente_model::Constraint| constraint.issues().iter().map(|i: &IssueId| i.0).collect();
    talks.constraints.iter().map(|constraint| (issues(constraint), law(constraint))).collect()
}
