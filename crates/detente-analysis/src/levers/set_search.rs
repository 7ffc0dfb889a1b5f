//! What the searches for the best sets of levers have in common: how likely agreement is, and could be.
//!
//! A set is worth growing only if some cost up to which more could be reached than is known already is
//! left: every body is given all the money by itself, with levers divisible, and only what is monotone in
//! every body's yes is assumed of the talks.

use super::incumbents::Incumbents;
use super::lever_table::{LeverTable, Set};
use crate::acceptance_curve::AcceptanceCurve;
use crate::agreement::Agreement;
use crate::bits::members;
use crate::space::Space;
use crate::ticker::patience;
use crate::will::key;

/// What rounding may take from a probability.
const LOST: f64 = 1e-13;

/// With fewer levers left, trying them all is as quick as closer bounds.
const MANY_LEVERS: u32 = 6;

/// What the searches have in common.
pub(super) struct SetSearch<'s> {
    pub(super) space: &'s Space<'s>,
    pub(super) lever_table: &'s LeverTable,
    pub(super) agreement: &'s Agreement,
    curves: Vec<AcceptanceCurve<'s>>,
    /// The bodies whose probability is not the same for all deals and levers.
    live: Vec<usize>,
    /// By body, the most its surplus can be, levers included; at least 1.
    pub(super) scale: Vec<i64>,
    /// Where those of them stand that have to accept, independently of all others.
    necessary: Vec<usize>,
    /// Whether nobody else matters.
    only_necessary: bool,
    pub(super) frames: Vec<Frame>,
    /// The levers in the order in which they are tried.
    pub(super) order: Vec<usize>,
    bodies: Vec<f64>,
    parties: Vec<f64>,
    spare: Vec<i64>,
    scratch: Vec<[i64; 2]>,
    /// Bounds worked out so far, and how many may be.
    pub(super) looks: u64,
    /// Looks between two looks at the watcher.
    pub(super) patience: u64,
    pub(super) most_looks: u64,
    /// From how many levers on closer bounds pay.
    pub(super) many_levers: u32,
    /// What the watcher is told.
    pub(super) share: f64,
}

/// A question about the levers.
pub(super) struct Task<D> {
    pub(super) incumbents: Incumbents<D>,
    /// The levers that may be used.
    pub(super) allowed: Set,
    /// What each mediator may spend.
    pub(super) budgets: Vec<i64>,
    /// Costs and the most likely they might still make agreement, where the search was ended.
    pub(super) open: Vec<(i64, i64)>,
}

/// A deal, or what stands for several: no body has more in any of them.
#[derive(Clone, Debug)]
pub(super) struct Deal<D> {
    pub(super) name: D,
    /// Surpluses in steps of the grid; 0 for bodies that accept everything.
    pub(super) surplus: Vec<i64>,
    pub(super) usable: Set,
}

/// A set of levers, and what is left to add to it.
#[derive(Clone, Debug, Default)]
pub(super) struct Frame {
    pub(super) set: Set,
    pub(super) open: Set,
    pub(super) cost: i64,
    /// Surpluses, or what is added to them where the deal is open.
    pub(super) surplus: Vec<i64>,
    pub(super) cost_reduction: Vec<i64>,
    /// What each mediator has left.
    pub(super) spare: Vec<i64>,
}

impl<D: Ord + Clone> Task<D> {
    /// Records what is left open where a search ends.
    pub(super) fn leave(&mut self, cost: i64, key: i64) {
        if !self.open.iter().any(|(c, k)| *c <= cost && *k >= key) {
            self.open.retain(|(c, k)| *c < cost || *k > key);
            self.open.push((cost, key));
        }
    }
}

/// Open levers of which it takes as long to see what they add to a body as to look at a deal.
const LEVERS: u32 = 4;
/// Looks between two looks at the watcher where each is quick.
const MOST_PATIENCE: u64 = 1 << 12;

impl<'s> SetSearch<'s> {
    pub(super) fn new(
        space: &'s Space<'s>,
        lever_table: &'s LeverTable,
        agreement: &'s Agreement,
        highest: &[i64],
        most_looks: u64,
    ) -> SetSearch<'s> {
        let n_bodies = space.bodies.len();
        let mut full = vec![i64::MAX; lever_table.budgets.len()];
        let most = space.bodies.iter().zip(highest).enumerate().map(|(b, (body, highest))| {
            let more = lever_table.gain(b, 0, Set::MAX, i64::MAX, &mut full).max(0)
                + lever_table.gain(b, 1, Set::MAX, i64::MAX, &mut full).max(0);
            body.surplus(*highest).unwrap_or(0).saturating_add(more)
        });
        let most: Vec<i64> = most.collect();
        let live: Vec<usize> = (0..n_bodies).filter(|b| space.bodies[*b].threshold().is_some()).collect();
        let all = agreement.everybody();
        let has_to = |k: &usize| agreement.is_independent() && !agreement.agrees(&|body| body != live[*k]);
        SetSearch {
            only_necessary: all.is_some(),
            necessary: (0..live.len()).filter(has_to).collect(),
            live,
            curves: space
                .bodies
                .iter()
                .zip(&most)
                .map(|(body, most)| AcceptanceCurve::bounded(body, *most))
                .collect(),
            scale: most.into_iter().map(|most| most.max(1)).collect(),
            frames: vec![Frame::default()],
            order: Vec::new(),
            bodies: vec![1.0; n_bodies],
            parties: vec![0.0; space.talks.parties.len()],
            spare: Vec::new(),
            scratch: Vec::new(),
            space,
            lever_table,
            agreement,
            looks: 0,
            patience: patience(agreement.work()).min(MOST_PATIENCE),
            most_looks,
            many_levers: MANY_LEVERS,
            share: 0.0,
        }
    }

    /// Whether it is time to look at the watcher, by what was looked at.
    pub(super) fn is_to_look(&self) -> bool {
        self.looks.is_multiple_of(self.patience)
    }

    /// The surplus of every body, in steps of its grid.
    pub(super) fn surplus(&self, utilities: &[i64], out: &mut Vec<i64>) {
        out.clear();
        out.extend(self.space.bodies.iter().zip(utilities).map(|(body, v)| body.surplus(*v).unwrap_or(0)));
    }

    /// The bodies whose probability is not the same for all deals and levers.
    pub(super) fn live(&self) -> &[usize] {
        &self.live
    }

    /// P(agree) with a set of levers, each body's probability left in place.
    pub(super) fn exactly(&mut self, surplus: &[i64], set: Set) -> f64 {
        let (mut surplus, mut cost_reduction) = (surplus.to_vec(), vec![0; surplus.len()]);
        for effect in members(set).flat_map(|k| &self.lever_table.levers[k].effects) {
            surplus[effect.body] += effect.adds;
            cost_reduction[effect.body] += effect.reduces_cost;
        }
        for b in &self.live {
            self.bodies[*b] = self.curves[*b].exactly(surplus[*b], cost_reduction[*b]);
        }
        self.agreement.chance(&self.bodies, &mut self.parties)
    }

    /// Every body's probability of accepting, at what was last looked at exactly.
    pub(super) fn by_body(&self) -> &[f64] {
        &self.bodies
    }

    /// What so much more money can add at most to every live body's surplus, and to that and its calm.
    pub(super) fn gains(&mut self, frame: &Frame, money: i64) -> Vec<[i64; 2]> {
        let mut gains = std::mem::take(&mut self.scratch);
        gains.clear();
        for k in 0..self.live.len() {
            let b = self.live[k];
            let mut own = [0, 0];
            if self.lever_table.touches(b) && frame.open != 0 {
                for (which, gain) in own.iter_mut().enumerate() {
                    self.spare.clone_from(&frame.spare);
                    *gain = self.lever_table.gain(b, which, frame.open, money, &mut self.spare);
                }
                self.looks += u64::from(frame.open.count_ones() / LEVERS) + 1;
            }
            gains.push(own);
        }
        gains
    }

    /// The same for all these levers, whoever pays for them.
    pub(super) fn most_gains(&mut self, open: Set, money: i64) -> Vec<[i64; 2]> {
        let spare = vec![i64::MAX; self.lever_table.budgets.len()];
        let frame = Frame { open, spare, ..Frame::default() };
        let gains = self.gains(&frame, money);
        self.scratch = Vec::new();
        gains
    }

    /// The bodies that have to accept, independently of all others.
    pub(super) fn necessary(&self) -> impl Iterator<Item = usize> {
        self.necessary.iter().map(|k| self.live[*k])
    }

    pub(super) fn has_necessary(&self) -> bool {
        !self.necessary.is_empty()
    }

    /// No less than a body's probability with this surplus, and with what is taken from its cost.
    pub(super) fn body_at_most(&mut self, body: usize, surplus: i64, sum: i64) -> f64 {
        self.curves[body].at_most(surplus, sum - surplus)
    }

    /// What a frame and so much more money add at most to every live body's surplus, and to that and its
    /// calm together.
    pub(super) fn totals(&mut self, frame: &Frame, money: i64) -> Vec<[i64; 2]> {
        let gains = self.gains(frame, money);
        let of = |(b, [more, sum]): (&usize, &[i64; 2])| {
            [frame.surplus[*b] + more, frame.surplus[*b] + frame.cost_reduction[*b] + sum]
        };
        let totals = self.live.iter().zip(&gains).map(of).collect();
        self.scratch = gains;
        totals
    }

    /// No less than P(agree) with surpluses and so much added to them, on the grid of probabilities.
    pub(super) fn at_most_with(&mut self, surplus: &[i64], added: &[[i64; 2]]) -> i64 {
        if self.only_necessary {
            let mut product = 1.0;
            for k in &self.necessary {
                let (b, [more, sum]) = (self.live[*k], added[*k]);
                product *= self.curves[b].at_most(surplus[b] + more, sum - more);
            }
            return key(product + LOST);
        }
        for (b, [more, sum]) in self.live.iter().zip(added) {
            self.bodies[*b] = self.curves[*b].at_most(surplus[*b] + more, sum - more);
        }
        key(self.agreement.chance(&self.bodies, &mut self.parties) + LOST)
    }

    /// No less than P(agree) with surpluses, and calms and gains if there are any, on the grid of
    /// probabilities.
    pub(super) fn at_most(&mut self, surplus: &[i64], cost_reduction: &[i64], gains: &[[i64; 2]]) -> i64 {
        for (k, b) in self.live.iter().enumerate() {
            let [more, sum] = gains.get(k).copied().unwrap_or([0, 0]);
            self.bodies[*b] = self.curves[*b]
                .at_most(surplus[*b] + more, cost_reduction.get(*b).unwrap_or(&0) + sum - more);
        }
        key(self.agreement.chance(&self.bodies, &mut self.parties) + LOST)
    }

    /// About how likely a deal is with a share of all that levers could add to it.
    pub(super) fn with_share<D>(&mut self, deal: &Deal<D>, share: f64) -> i64 {
        let open = self.lever_table.useful & deal.usable;
        for k in 0..self.live.len() {
            let b = self.live[k];
            let (mut surplus, mut sum) = (deal.surplus[b], deal.surplus[b]);
            if self.lever_table.touches(b) && share > 0.0 {
                self.spare.clone_from(&self.lever_table.budgets);
                surplus +=
                    (self.lever_table.gain(b, 0, open, i64::MAX, &mut self.spare) as f64 * share) as i64;
                self.spare.clone_from(&self.lever_table.budgets);
                sum += (self.lever_table.gain(b, 1, open, i64::MAX, &mut self.spare) as f64 * share) as i64;
            }
            self.bodies[b] = self.curves[b].at_most(surplus, sum - surplus);
        }
        key(self.agreement.chance(&self.bodies, &mut self.parties))
    }
}
