//! What one body alone would have to be given, over one deal after another: what its cost would have
//! to fall by, and what an option would have to be worth more to it.
//!
//! Both are the same number of steps where its surplus is not negative: steps that bring the deal to
//! the target. A deal is looked at closely only if it can improve on what was found before it.

use super::cells::Cells;
use super::evaluator::Evaluator;
use crate::agreement::outcomes::OutcomeAgreement;
use crate::front::{Budget, Front};
use crate::groups::MAX_WORK;
use std::sync::Arc;

/// The fewest steps found so far, and the first deal in order that they bring to the target.
#[derive(Clone, Copy, Debug)]
pub(super) struct Least {
    pub(super) steps: i64,
    pub(super) rank: u64,
    pub(super) probability: f64,
}

/// What one deal after another leaves to be known.
pub(super) struct Gather<'s> {
    pub(super) evaluator: Evaluator<'s>,
    by_outcome: OutcomeAgreement<'s>,
    /// By body, what its cost would have to fall by.
    pub(super) falls: Vec<Option<Least>>,
    /// By option of each issue in turn, and body: what the option would have to be worth more.
    pub(super) values: Cells,
    /// Where the options of each issue begin.
    pub(super) starts: Vec<usize>,
    /// By body, the best probability if its cost were 0.
    pub(super) free: Vec<f64>,
    /// Whether any deal is in the zone.
    pub(super) zone: bool,
    /// The best probability as things are.
    pub(super) best: f64,
    /// Surpluses, as far as they matter, of zone deals that no other beats.
    pub(super) front: Front,
    /// Spent where these are too many.
    pub(super) budget: Arc<Budget>,
    vector: Vec<i64>,
}

impl<'s> Gather<'s> {
    pub(super) fn new(evaluator: Evaluator<'s>, by_outcome: OutcomeAgreement<'s>) -> Gather<'s> {
        let n_bodies = evaluator.body_scales.len();
        let mut n_options = 0;
        let start = |issue: &detente_model::Issue| {
            n_options += issue.n_options();
            n_options - issue.n_options()
        };
        let budget = Budget::new(MAX_WORK);
        let starts = evaluator.space.talks.issues.iter().map(start).collect();
        Gather {
            evaluator,
            by_outcome,
            falls: vec![None; n_bodies],
            values: Cells::new(n_options * n_bodies),
            starts,
            free: vec![0.0; n_bodies],
            zone: false,
            best: 0.0,
            front: Front::within(n_bodies, &budget),
            budget,
            vector: vec![0; n_bodies],
        }
    }

    /// The next deal.
    pub(super) fn offer(&mut self, options: &[usize], utilities: &[i64], rank: u64) {
        let hope = self.by_outcome.look(utilities);
        self.zone |= hope.zone;
        if !hope.zone && !hope.by_waiver {
            return;
        }
        let now = self.by_outcome.probability(utilities);
        self.best = self.best.max(now);
        self.evaluator.take_known(utilities, &self.by_outcome.bodies);
        if self.evaluator.reaches(now) {
            self.reached(options, Least { steps: 0, rank, probability: now });
            return;
        }
        for body in 0..self.falls.len() {
            self.ask(options, body, rank);
        }
        if hope.zone && !self.evaluator.reaches(self.best) {
            let clipped = self.evaluator.body_scales.iter().zip(&self.evaluator.surplus);
            for (entry, (body_scale, surplus)) in self.vector.iter_mut().zip(clipped) {
                *entry = body_scale.clipped(*surplus);
            }
            self.front.offer(&self.vector, rank);
        }
    }

    /// Nobody has to be given anything for this deal.
    fn reached(&mut self, options: &[usize], least: Least) {
        for body in 0..self.falls.len() {
            improve(&mut self.falls[body], least);
            for (issue, option) in options.iter().enumerate() {
                let place = self.place(issue, *option, body);
                self.values.improve(place, least);
            }
        }
    }

    /// What one body would have to be given for this deal, if that is less than is known.
    fn ask(&mut self, options: &[usize], body: usize, rank: u64) {
        if self.evaluator.bodies[body] >= 1.0 {
            return;
        }
        let free = self.evaluator.accepts_free(body);
        let mut most = if free { useful(self.falls[body], rank) } else { -1 };
        for (issue, option) in options.iter().enumerate() {
            most = most.max(useful(self.values.get(self.place(issue, *option, body)), rank));
        }
        if most < 0 {
            return;
        }
        let certain = self.evaluator.with(body, 1.0);
        if free {
            self.free[body] = self.free[body].max(certain);
        }
        if !self.evaluator.reaches(certain) {
            return;
        }
        let Some((steps, probability)) = self.evaluator.need(body, most) else { return };
        let least = Least { steps, rank, probability };
        if free {
            improve(&mut self.falls[body], least);
        }
        for (issue, option) in options.iter().enumerate() {
            let place = self.place(issue, *option, body);
            self.values.improve(place, least);
        }
    }

    pub(super) fn place(&self, issue: usize, option: usize, body: usize) -> usize {
        (self.starts[issue] + option) * self.falls.len() + body
    }
}

/// The most steps with which a deal improves on what is known.
fn useful(known: Option<Least>, rank: u64) -> i64 {
    known.map_or(i64::MAX, |known| known.steps - i64::from(rank > known.rank))
}

pub(super) fn improve(known: &mut Option<Least>, found: Least) {
    if known.is_none_or(|known| (found.steps, found.rank) < (known.steps, known.rank)) {
        *known = Some(found);
    }
}
