//! The talks compiled for enumeration: loops over issues, partial sums, ranks of outcomes.

mod ends;
mod in_force;

use crate::allowed::clauses;
use crate::body::BodySpace;
use crate::count::{Feasible, feasible};
use crate::hyperrectangles::{self, Sense};
use crate::kernel::sweep::{self, Law, Level, MAX_LOOKS, Term, Visit};
use crate::ticker::Watch;
use detente_model::{BodyId, IssueId, OptionId, Outcome, Talks};
use in_force::in_force;
use rayon::prelude::*;
use std::collections::BTreeSet;
use std::ops::ControlFlow;
use std::sync::OnceLock;

/// Outcomes are enumerated up to this many; beyond, the result says so.
pub(crate) const MAX_VISITS: u64 = 20_000_000;

/// The talks compiled: what every body makes of every option, in whole steps, and in which order the issues are looped
/// over. Made once a run and passed to whatever answers something about the talks.
pub struct Space<'t> {
    pub(crate) talks: &'t Talks,
    pub(crate) bodies: Vec<BodySpace>,
    levels: Vec<Level>,
    strides: Vec<u64>,
    /// Looked at once: how far bodies' numbers reach, and how many outcomes there are.
    reaches: OnceLock<Vec<Reach>>,
    feasible: OnceLock<Feasible>,
}

/// Smallest and largest steps of a body over feasible outcomes; both 0 where there are none.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Extremes {
    pub(crate) min: i64,
    pub(crate) max: i64,
}

/// How far a body's numbers reach.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Reach {
    /// Its extremes, or bounds of them; absent if there are too many terms for bounds.
    pub(crate) range: Option<Extremes>,
    /// Whether the lowest, and whether the highest is more than a bound.
    pub(crate) proven: (bool, bool),
}

impl Reach {
    /// Whether both are more than bounds.
    pub(crate) fn exact(self) -> bool {
        self.proven == (true, true)
    }
}

impl Extremes {
    /// Where a number of steps lies between the extremes, 0 to 1; 0 for a constant body.
    pub(crate) fn share(self, steps: i64) -> f64 {
        if self.max == self.min { 0.0 } else { (steps - self.min) as f64 / (self.max - self.min) as f64 }
    }
}

impl<'t> Space<'t> {
    /// Compiles the talks. Time and memory grow with the options of all issues times the number of bodies, and with the
    /// cells of tables; with some ten million of them it takes a second.
    pub fn new(talks: &'t Talks) -> Space<'t> {
        match Space::compile(talks, &|_| ControlFlow::Continue(())) {
            ControlFlow::Continue(space) => space,
            ControlFlow::Break(()) => unreachable!("nobody asks to stop"),
        }
    }

    /// The same for what may take long; nothing if the watcher breaks.
    pub fn compile(talks: &'t Talks, watch: Watch<'_>) -> ControlFlow<(), Space<'t>> {
        let compiled = |(b, body)| BodySpace::new(b, body, &talks.issues, watch);
        let mut bodies: Vec<BodySpace> = Vec::with_capacity(talks.bodies.len());
        for body in talks.bodies.par_iter().enumerate().map(compiled).collect::<Vec<_>>() {
            bodies.push(body?);
        }
        let strides = outcome_strides(talks);
        let order = issue_order(talks, &bodies);
        let mut levels: Vec<Level> =
            order.iter().map(|issue| level(talks, &mut bodies, *issue, strides[*issue])).collect();
        let depth_of = |issues: &[usize]| {
            issues.iter().filter_map(|issue| order.iter().position(|other| other == issue)).max().unwrap_or(0)
        };
        for body in &mut bodies {
            for (issues, term) in std::mem::take(&mut body.terms) {
                levels[depth_of(&issues)].terms.push(term);
            }
        }
        for (issues, law) in in_force(talks) {
            levels[depth_of(&issues)].laws.push(law);
        }
        let (reaches, feasible) = (OnceLock::new(), OnceLock::new());
        ControlFlow::Continue(Space { talks, bodies, levels, strides, reaches, feasible })
    }

    /// What is compiled.
    pub fn talks(&self) -> &'t Talks {
        self.talks
    }

    /// Visits every feasible outcome, in an order of its own.
    pub(crate) fn sweep(&self, mut visit: impl FnMut(&Visit<'_>) -> ControlFlow<()>) -> ControlFlow<()> {
        sweep::sweep(&self.levels, &vec![0; self.bodies.len()], &mut visit)
    }

    /// How many outcomes can be looked at one by one before all that adds up to their numbers takes too long.
    pub(crate) fn affordable(&self) -> u64 {
        let each = self.levels.iter().map(|level| 1 + level.terms.len() + level.laws.len()).sum::<usize>();
        MAX_LOOKS / (each as u64).max(1)
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

    /// Every body's extremes over feasible outcomes, or bounds of them where these are not found; absent if there are
    /// too many terms for bounds.
    pub(crate) fn extremes(&self) -> Option<Vec<Extremes>> {
        self.reaches().iter().map(|reach| reach.range).collect()
    }

    /// The same where none of them is only a bound.
    pub(crate) fn exact_extremes(&self) -> Option<Vec<Extremes>> {
        self.reaches().iter().map(|reach| reach.range.filter(|_| reach.exact())).collect()
    }

    /// How far every body's numbers reach over feasible outcomes.
    pub(crate) fn reaches(&self) -> &[Reach] {
        self.reaches.get_or_init(|| match ends::of_bodies(self, &|_| ControlFlow::Continue(())) {
            ControlFlow::Continue(reaches) => reaches,
            ControlFlow::Break(()) => unreachable!("nobody asks to stop"),
        })
    }

    /// The same where that may take long; found once.
    pub(crate) fn find_reaches(&self, watch: Watch<'_>) -> ControlFlow<(), &[Reach]> {
        if self.reaches.get().is_none() {
            // Whoever was first has found the same.
            let _ = self.reaches.set(ends::of_bodies(self, watch)?);
        }
        ControlFlow::Continue(self.reaches())
    }

    /// How many outcomes there are, and how many of them are feasible.
    pub(crate) fn feasible(&self) -> &Feasible {
        self.feasible.get_or_init(|| feasible(self.talks))
    }

    /// A body's extremes by branch and bound.
    fn bounds(&self, body: usize, laws: bool, watch: Watch<'_>) -> ControlFlow<(), Reach> {
        let own = &self.bodies[body];
        let reach = |sign: i64| hyperrectangles::reach(self.talks, BodyId(body), Sense { sign, laws }, watch);
        let Some((low, high)) = reach(-1)?.zip(reach(1)?) else {
            return ControlFlow::Continue(Reach { range: None, proven: (false, false) });
        };
        let proven = (low.found == Some(low.within), high.found == Some(high.within));
        let range = Extremes { min: own.of_grid(low.within), max: own.of_grid(high.within) };
        ControlFlow::Continue(Reach { range: Some(range), proven })
    }

    /// The loops over all issues.
    pub(crate) fn all_levels(&self) -> Vec<Level> {
        self.levels.clone()
    }

    /// The loops of each group of issues that constraints or terms tie together.
    pub(crate) fn groups_of_all(&self) -> Vec<Vec<Level>> {
        let terms = self.levels.iter().flat_map(|level| &level.terms).map(Term::issues);
        let laws = self.levels.iter().flat_map(|level| &level.laws).map(Law::issues);
        let depth = |issue: usize| self.levels.iter().position(|level| level.issue == issue).unwrap_or(0);
        let sets: Vec<Vec<usize>> =
            terms.chain(laws).map(|issues| issues.into_iter().map(depth).collect()).collect();
        let groups = group(self.levels.len(), sets.into_iter());
        groups.into_iter().map(|group| group.into_iter().map(|k| self.levels[k].clone()).collect()).collect()
    }

    /// The loops of each group of issues that constraints or one body's terms tie together, for that body alone.
    pub(crate) fn groups_of_body(&self, body: usize) -> Vec<Vec<Level>> {
        self.groups(body, true).iter().map(|group| self.of_bodies(group, &[body])).collect()
    }

    /// The most that partial sums of a body's numbers come to, whether or not an outcome allows them.
    pub(crate) fn most_steps(&self, body: usize) -> f64 {
        let n_bodies = self.bodies.len();
        let largest = |level: &Level| {
            let leaves = level.leaves.iter().skip(body).step_by(n_bodies);
            let own = leaves.map(|leaf| leaf.unsigned_abs()).max().unwrap_or(0) as f64;
            let terms = level.terms.iter().filter(|term| term.body() == body);
            own + terms.map(|term| (term.highest() as f64).max(-(term.lowest() as f64))).sum::<f64>()
        };
        self.levels.iter().map(largest).sum()
    }

    /// Positions in `levels` of the issues that one body's terms, and constraints if they count, tie together.
    fn groups(&self, body: usize, with_laws: bool) -> Vec<Vec<usize>> {
        let terms = self.levels.iter().flat_map(|level| &level.terms).filter(|term| term.body() == body);
        let laws = self.levels.iter().flat_map(|level| &level.laws).filter(|_| with_laws).map(Law::issues);
        let depth = |issue: usize| self.levels.iter().position(|level| level.issue == issue).unwrap_or(0);
        let sets = terms.map(Term::issues).chain(laws);
        group(self.levels.len(), sets.map(|issues| issues.into_iter().map(depth).collect()))
    }

    /// The loops at some positions, for some bodies alone.
    fn of_bodies(&self, group: &[usize], bodies: &[usize]) -> Vec<Level> {
        group.iter().map(|k| self.levels[*k].of_bodies(bodies)).collect()
    }
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
    /// The same loop for some bodies alone.
    fn of_bodies(&self, bodies: &[usize]) -> Level {
        let n_bodies = self.leaves.len() / self.n;
        let leaf = |option: usize| bodies.iter().map(move |body| self.leaves[option * n_bodies + body]);
        let term = |term: &Term| {
            let body = bodies.iter().position(|body| *body == term.body())?;
            Some(term.of(body))
        };
        Level {
            issue: self.issue,
            n: self.n,
            stride: 0,
            leaves: (0..self.n).flat_map(leaf).collect(),
            terms: self.terms.iter().filter_map(term).collect(),
            laws: self.laws.clone(),
        }
    }

    /// The same loop without constraints.
    fn free(self) -> Level {
        Level { laws: Vec::new(), ..self }
    }

    /// Whether what is chosen makes no difference to its bodies.
    fn is_indifferent(&self) -> bool {
        let n_bodies = self.leaves.len() / self.n;
        self.terms.is_empty() && self.leaves.chunks(n_bodies).all(|leaves| *leaves == self.leaves[..n_bodies])
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

/// The loop over an issue, with what bodies make of it, which they do not keep.
fn level(talks: &Talks, bodies: &mut [BodySpace], issue: usize, stride: u64) -> Level {
    let n = talks.issues[issue].n_options();
    let own: Vec<Vec<i64>> = bodies.iter_mut().map(|body| std::mem::take(&mut body.leaves[issue])).collect();
    let leaves = (0..n).flat_map(|option| own.iter().map(move |leaves| leaves[option])).collect();
    Level { issue, n, stride, leaves, terms: Vec::new(), laws: Vec::new() }
}

/// Every constraint with the issues it ties.
pub(crate) fn laws(talks: &Talks) -> Vec<(Vec<usize>, Law)> {
    let law = |constraint: &detente_model::Constraint| match &constraint.law {
        detente_model::Law::Forbid(condition) => {
            Law { when: clauses(&condition.0, &talks.issues), then: None }
        }
        detente_model::Law::Implies { when, then } => {
            Law { when: clauses(&when.0, &talks.issues), then: Some(clauses(&then.0, &talks.issues)) }
        }
    };
    let issues =
        |constraint: &detente_model::Constraint| constraint.issues().iter().map(|i: &IssueId| i.0).collect();
    talks.constraints.iter().map(|constraint| (issues(constraint), law(constraint))).collect()
}
