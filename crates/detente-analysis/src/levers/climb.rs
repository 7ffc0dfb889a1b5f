//! Something to beat: sets of levers that grow and shrink by what is best for the money.

use super::incumbents::Way;
use super::lever_table::Set;
use super::set_search::{Deal, SetSearch, Task};
use crate::bits::members;
use crate::ticker::Watch;
use crate::will::key;
use std::ops::ControlFlow;

/// What counts where nothing changes the probability of agreement: the bodies' own, then how far they are
/// from a surplus.
const OWN: f64 = 1e-6;
const SHORT: f64 = 1e-9;

impl SetSearch<'_> {
    /// Offers a task one deal without any lever.
    pub(super) fn offer_none<D: Ord + Clone>(&mut self, deal: &Deal<D>, task: &mut Task<D>) {
        self.value(deal, task, 0);
    }

    /// Offers a task good sets for one deal.
    pub(super) fn climb<D: Ord + Clone>(
        &mut self,
        deal: &Deal<D>,
        task: &mut Task<D>,
        watch: Watch<'_>,
    ) -> ControlFlow<()> {
        let (mut set, mut value) = (0, self.value(deal, task, 0));
        while let Some((next, reached)) = self.step(deal, task, set, value, true) {
            (set, value) = (next, reached);
            watch(self.share)?;
        }
        while let Some((next, reached)) = self.step(deal, task, set, value, false) {
            (set, value) = (next, reached);
            watch(self.share)?;
        }
        ControlFlow::Continue(())
    }

    /// The set with one lever more, or less, that gains most, or loses least, for its cost.
    fn step<D: Ord + Clone>(
        &mut self,
        deal: &Deal<D>,
        task: &mut Task<D>,
        set: Set,
        value: f64,
        up: bool,
    ) -> Option<(Set, f64)> {
        let mut best: Option<(f64, Set, f64)> = None;
        let from = if up { self.lever_table.useful & deal.usable & task.allowed & !set } else { set };
        for k in members(from) {
            let lever = &self.lever_table.levers[k];
            let next = if up { set | lever.needs } else { set & !lever.needed_by };
            if !self.lever_table.legal(next, deal.usable & task.allowed, &task.budgets) {
                continue;
            }
            let cost = (self.lever_table.cost(next) - self.lever_table.cost(set)).abs() as f64 + 1.0;
            let reached = self.value(deal, task, next);
            let rate = (reached - value) / cost;
            if best.is_none_or(|(known, ..)| rate > known) {
                best = Some((rate, next, reached));
            }
        }
        best.filter(|(rate, ..)| !up || *rate > 0.0).map(|(_, next, reached)| (next, reached))
    }

    /// How good a set is; the task hears of it.
    fn value<D: Ord + Clone>(&mut self, deal: &Deal<D>, task: &mut Task<D>, set: Set) -> f64 {
        let probability = self.exactly(&deal.surplus, set);
        let (cost, own) = (self.lever_table.cost(set), self.by_body().iter().sum::<f64>());
        let way = Way { cost, key: key(probability), probability, set, deal: Some(deal.name.clone()) };
        task.incumbents.offer(way);
        let mut surplus = deal.surplus.clone();
        for effect in members(set).flat_map(|k| &self.lever_table.levers[k].effects) {
            surplus[effect.body] += effect.adds;
        }
        let short = surplus.iter().zip(&deal.surplus);
        let short: f64 = short.map(|(s, old)| (*s).min(0) as f64 / ((*old).abs() as f64 + 1.0)).sum();
        probability + OWN * own + SHORT * short
    }
}
