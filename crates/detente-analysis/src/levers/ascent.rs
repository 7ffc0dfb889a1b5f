//! Something to beat where there are too many deals to look at each: deals that are changed a group of
//! issues at a time, in turn with the levers used.

use super::incumbents::Way;
use super::lever_table::Set;
use super::set_search::{Deal, Frame, SetSearch, Task};
use crate::Watch;
use crate::bits::members;
use crate::decomposition::{Decomposition, Group};
use crate::will::key;
use detente_model::Outcome;
use std::ops::ControlFlow;

/// Shares of all that levers could add, at which good deals to begin with are looked for.
const SHARES: [f64; 4] = [0.0, 0.3, 0.6, 1.0];
/// How often deals are improved for the sets found, and sets for the deals.
const ROUNDS: usize = 2;
/// Combinations that are looked at in a pass through all groups, and what it may take: beyond, some stand for all.
const LOOKS: u64 = 1 << 18;
const WORK: u64 = 1 << 24;
/// What the watcher is told: how long it takes is not known before it ends.
const HALF_DONE: f64 = 0.5;
/// Combinations between two looks at it.
const UNSEEN: usize = 1 << 8;
/// Most times all groups of a deal are gone through.
const MAX_PASSES: usize = 32;

/// Gains on what bodies have, by body.
struct Added {
    surplus: Vec<i64>,
    cost_reduction: Vec<i64>,
}

/// A deal as a combination of each group, with the steps of every body.
#[derive(Clone)]
struct Place {
    places: Vec<u32>,
    steps: Vec<i64>,
}

/// Offers a task good deals with good sets of levers.
pub(super) fn ascend(
    set_search: &mut SetSearch<'_>,
    decomposition: &Decomposition,
    root: &Frame,
    task: &mut Task<Outcome>,
    watch: Watch<'_>,
) -> ControlFlow<()> {
    for start in starts(decomposition, watch)? {
        for share in SHARES {
            let added = set_search.added(root, share);
            let place = set_search.improved(decomposition, start.clone(), 0, &added, watch)?;
            let deal = set_search.deal(decomposition, &place);
            set_search.climb(&deal, task, watch)?;
        }
    }
    for _ in 0..ROUNDS {
        for way in task.incumbents.steps.clone() {
            let Some(deal) = &way.deal else { continue };
            let place = Place { places: decomposition.places(deal), steps: set_search.space.utilities(deal) };
            let added = set_search.effects(way.set, root.surplus.len());
            let place = set_search.improved(decomposition, place, way.set, &added, watch)?;
            let deal = set_search.deal(decomposition, &place);
            let probability = set_search.exactly(&deal.surplus, way.set);
            let improved =
                Way { key: key(probability), probability, deal: Some(deal.name.clone()), ..way.clone() };
            task.incumbents.offer(improved);
            set_search.climb(&deal, task, watch)?;
        }
    }
    ControlFlow::Continue(())
}

/// The best for bodies on average, and with one of them counted as much as all others.
fn starts(decomposition: &Decomposition, watch: Watch<'_>) -> ControlFlow<(), Vec<Place>> {
    let d = decomposition.d;
    let width = |b: usize| -> f64 {
        let of = |k: usize| {
            decomposition
                .groups
                .iter()
                .map(move |group| group.box_tree.corner(0)[k] - group.box_tree.low(0)[k])
        };
        (of(b).sum::<i64>() as f64).max(1.0)
    };
    let widths: Vec<f64> = (0..d).map(width).collect();
    let start = |favoured: Option<usize>| {
        let weight = |b: usize| if favoured == Some(b) { d as f64 } else { 1.0 } / widths[b];
        let mut start = Place { places: Vec::new(), steps: vec![0; d] };
        for group in &decomposition.groups {
            watch(HALF_DONE)?;
            let sum = |place: &usize| -> f64 {
                group.adds(*place).iter().enumerate().map(|(b, steps)| *steps as f64 * weight(b)).sum()
            };
            let best = (0..group.len()).max_by(|a, b| sum(a).total_cmp(&sum(b)).then(b.cmp(a))).unwrap_or(0);
            start.places.push(best as u32);
            start.steps.iter_mut().zip(group.adds(best)).for_each(|(sum, steps)| *sum += steps);
        }
        ControlFlow::Continue(start)
    };
    let mut all = vec![start(None)?];
    for favoured in 0..d {
        all.push(start(Some(favoured))?);
    }
    ControlFlow::Continue(all)
}

impl SetSearch<'_> {
    fn added(&mut self, root: &Frame, share: f64) -> Added {
        let gains = self.gains(root, i64::MAX);
        let mut added = Added { surplus: root.surplus.clone(), cost_reduction: root.cost_reduction.clone() };
        for (b, [more, sum]) in self.live().iter().zip(gains) {
            added.surplus[*b] += (more as f64 * share) as i64;
            added.cost_reduction[*b] += ((sum - more).max(0) as f64 * share) as i64;
        }
        added
    }

    fn effects(&self, set: Set, n_bodies: usize) -> Added {
        let mut added = Added { surplus: vec![0; n_bodies], cost_reduction: vec![0; n_bodies] };
        for effect in members(set).flat_map(|k| &self.lever_table.levers[k].effects) {
            added.surplus[effect.body] += effect.adds;
            added.cost_reduction[effect.body] += effect.reduces_cost;
        }
        added
    }

    fn deal(&self, decomposition: &Decomposition, place: &Place) -> Deal<Outcome> {
        let name = decomposition.outcome(&place.places);
        let options: Vec<usize> = name.0.iter().map(|option| option.0).collect();
        let mut surplus = Vec::new();
        self.surplus(&place.steps, &mut surplus);
        Deal { usable: self.lever_table.usable(&options), name, surplus }
    }

    /// The best deal that is reached by changing a group at a time, as far as a set can be used with it.
    fn improved(
        &mut self,
        decomposition: &Decomposition,
        mut place: Place,
        set: Set,
        added: &Added,
        watch: Watch<'_>,
    ) -> ControlFlow<(), Place> {
        let combinations: usize = decomposition.groups.iter().map(Group::len).sum();
        let apart = combinations.div_ceil(self.agreement.affordable(WORK).min(LOOKS) as usize).max(1);
        let mut value = self.worth(&place.steps, added);
        let mut steps = place.steps.clone();
        for _ in 0..MAX_PASSES {
            let before = value;
            for (g, group) in decomposition.groups.iter().enumerate() {
                for (k, other) in (0..group.len()).step_by(apart).enumerate() {
                    if k.is_multiple_of(UNSEEN) {
                        watch(HALF_DONE)?;
                    }
                    let change = group.adds(other).iter().zip(group.adds(place.places[g] as usize));
                    for ((new, old), (plus, minus)) in steps.iter_mut().zip(&place.steps).zip(change) {
                        *new = old + plus - minus;
                    }
                    let reached = self.worth(&steps, added);
                    if reached > value && (set == 0 || self.lever_table.allow(set, group.options(other))) {
                        value = reached;
                        place.places[g] = other as u32;
                        place.steps.clone_from(&steps);
                    }
                }
            }
            if value == before {
                break;
            }
        }
        ControlFlow::Continue(place)
    }

    /// How likely agreement is, and where it is not, how little is missing.
    fn worth(&mut self, steps: &[i64], added: &Added) -> (i64, f64) {
        let mut surplus = Vec::with_capacity(steps.len());
        self.surplus(steps, &mut surplus);
        surplus.iter_mut().zip(&added.surplus).for_each(|(own, more)| *own += more);
        let likely = self.at_most(&surplus, &added.cost_reduction, &[]);
        let short = |b: &usize| surplus[*b].min(0) as f64 / self.space.bodies[*b].grid.per_unit();
        (likely, self.live().iter().map(short).sum())
    }
}
