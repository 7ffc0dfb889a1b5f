//! Every feasible outcome before every task, one after another.

use super::hunt::{Deal, Hunt, Task};
use crate::ticker::Watch;
use std::cmp::Reverse;
use std::collections::{BTreeSet, BinaryHeap};
use std::ops::ControlFlow;

/// Shares of all that levers could add, at which good deals to begin with are looked for.
const SHARES: [f64; 5] = [0.0, 0.25, 0.5, 0.75, 1.0];
/// How many for each share, and about how many outcomes are looked at for that.
const SEEDS: usize = 48;
const SAMPLES: u64 = 1 << 17;
/// Outcomes between two looks at the watcher.
const PATIENCE: u64 = 1 << 12;

/// Searches all outcomes, of which there are so many; `from` and `to` are its part of the whole.
pub(super) fn each(
    hunt: &mut Hunt<'_>,
    n_feasible: u64,
    tasks: &mut [Task<u64>],
    (from, to): (f64, f64),
    watch: Watch<'_>,
) -> ControlFlow<()> {
    hunt.share = from;
    let mut seeds = seeds(hunt, n_feasible, watch)?;
    for task in tasks.iter_mut() {
        for seed in &seeds {
            hunt.climb(seed, task);
        }
        for seed in &mut seeds {
            hunt.look(seed, task, watch)?;
        }
    }
    let mut deal = Deal { name: 0, surplus: Vec::new(), usable: 0 };
    let mut seen = 0;
    hunt.space.sweep(|visit| {
        seen += 1;
        if seen % PATIENCE == 0 {
            hunt.share = from + (to - from) * (seen as f64 / n_feasible as f64).min(1.0);
            watch(hunt.share)?;
        }
        hunt.surplus(visit.utilities, &mut deal.surplus);
        (deal.name, deal.usable) = (visit.rank, hunt.kit.usable(visit.options));
        tasks.iter_mut().try_for_each(|task| hunt.look(&mut deal, task, watch))
    })
}

/// Deals that are likely with nothing, with all that levers can add, or with a part of that.
fn seeds(hunt: &mut Hunt<'_>, n_feasible: u64, watch: Watch<'_>) -> ControlFlow<(), Vec<Deal<u64>>> {
    let every = n_feasible / SAMPLES + 1;
    let mut best: [BinaryHeap<Reverse<(i64, Reverse<u64>)>>; 5] = Default::default();
    let mut kept: BTreeSet<u64> = BTreeSet::new();
    let mut deal = Deal { name: 0, surplus: Vec::new(), usable: 0 };
    let mut seen = 0;
    hunt.space.sweep(|visit| {
        seen += 1;
        if seen % PATIENCE == 0 {
            watch(hunt.share)?;
        }
        if seen % every != 0 && seen != 1 {
            return ControlFlow::Continue(());
        }
        hunt.surplus(visit.utilities, &mut deal.surplus);
        (deal.name, deal.usable) = (visit.rank, hunt.kit.usable(visit.options));
        for (heap, share) in best.iter_mut().zip(SHARES) {
            let likely = hunt.with_share(&deal, share);
            heap.push(Reverse((likely, Reverse(visit.rank))));
            if heap.len() > SEEDS {
                heap.pop();
            }
        }
        ControlFlow::Continue(())
    })?;
    for Reverse((_, Reverse(rank))) in best.into_iter().flatten() {
        kept.insert(rank);
    }
    let seed = |rank: u64| {
        let outcome = hunt.space.outcome(rank);
        let options: Vec<usize> = outcome.0.iter().map(|option| option.0).collect();
        let mut surplus = Vec::new();
        hunt.surplus(&hunt.space.utilities(&outcome), &mut surplus);
        Deal { name: rank, surplus, usable: hunt.kit.usable(&options) }
    };
    ControlFlow::Continue(kept.into_iter().map(seed).collect())
}
