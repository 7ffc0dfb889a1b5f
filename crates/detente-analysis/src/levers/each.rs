//! Every feasible outcome before every task, many at a time.

use super::deal_batch::DealBatch;
use super::lever_table::Set;
use super::set_search::{Deal, SetSearch, Task};
use crate::ticker::Watch;
use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet, BinaryHeap};
use std::ops::ControlFlow;

/// Shares of all that levers could add, at which good deals to begin with are looked for.
const SHARES: [f64; 5] = [0.0, 0.25, 0.5, 0.75, 1.0];
/// How many for each share, and about how many outcomes are looked at for that.
pub(super) const SEEDS: usize = 48;
const SAMPLES: u64 = 1 << 17;
/// Patterns of levers and money whose gains are remembered.
const MAX_PATTERNS: usize = 64;
/// Deals that are looked at together.
const HERD: usize = 1 << 14;

/// Searches all outcomes, of which there are so many, beginning with some of each kind; `from` and `to` are
/// its part of the whole.
pub(super) fn each(
    set_search: &mut SetSearch<'_>,
    n_feasible: u64,
    n_seeds: usize,
    tasks: &mut [Task<u64>],
    (from, to): (f64, f64),
    watch: Watch<'_>,
) -> ControlFlow<()> {
    set_search.share = from;
    let mut herds = Herds::default();
    let seeds = seeds(set_search, n_feasible, n_seeds, watch)?;
    // Something is known of each task, whenever the watcher breaks.
    if let Some(seed) = seeds.first() {
        tasks.iter_mut().for_each(|task| set_search.offer_none(seed, task));
    }
    for seed in &seeds {
        tasks.iter_mut().try_for_each(|task| set_search.climb(seed, task, watch))?;
        herds.push(seed);
    }
    herds.search(set_search, tasks, watch)?;
    let mut deal = Deal { name: 0, surplus: Vec::new(), usable: 0 };
    let mut screen = Screen::default();
    let mut seen = 0;
    set_search.space.sweep(|visit| {
        seen += 1;
        if seen % set_search.patience == 0 {
            set_search.share = from + (to - from) * (seen as f64 / n_feasible as f64).min(1.0);
            watch(set_search.share)?;
        }
        set_search.surplus(visit.utilities, &mut deal.surplus);
        (deal.name, deal.usable) = (visit.rank, set_search.lever_table.usable(visit.options));
        screen.next();
        let known = || seeds.binary_search_by_key(&deal.name, |seed| seed.name).is_ok();
        if tasks.iter().any(|task| screen.lets_through(set_search, &deal, task)) && !known() {
            herds.push(&deal);
            if herds.n >= HERD {
                herds.search(set_search, tasks, watch)?;
            }
        }
        ControlFlow::Continue(())
    })?;
    herds.search(set_search, tasks, watch)
}

/// Deals to be looked at together, by the levers that can be used.
#[derive(Default)]
struct Herds {
    by_usable: BTreeMap<Set, DealBatch<u64>>,
    n: usize,
}

impl Herds {
    fn push(&mut self, deal: &Deal<u64>) {
        let new = || DealBatch::new(deal.usable, deal.surplus.len());
        self.by_usable.entry(deal.usable).or_insert_with(new).push(deal);
        self.n += 1;
    }

    /// Carries out every task with all of them; there are none then.
    fn search(
        &mut self,
        set_search: &mut SetSearch<'_>,
        tasks: &mut [Task<u64>],
        watch: Watch<'_>,
    ) -> ControlFlow<()> {
        self.n = 0;
        for (_, mut deal_batch) in std::mem::take(&mut self.by_usable) {
            tasks.iter_mut().try_for_each(|task| deal_batch.search(set_search, task, watch))?;
        }
        ControlFlow::Continue(())
    }
}

/// What levers of one pattern and so much money can add to every live body.
struct Added {
    open: Set,
    money: i64,
    gains: Vec<[i64; 2]>,
}

/// Which deals need no closer look: even with every lever at once they fall short of what a task has.
#[derive(Default)]
struct Screen {
    added: Vec<Added>,
    /// What the deal at hand reaches at most for so much money.
    known: Vec<(i64, i64)>,
}

impl Screen {
    fn next(&mut self) {
        self.known.clear();
    }

    fn lets_through(&mut self, set_search: &mut SetSearch<'_>, deal: &Deal<u64>, task: &Task<u64>) -> bool {
        let (least, money) = task.incumbents.asks();
        // What is not enough for more money is not enough for less.
        if self.known.iter().any(|(known, most)| *known >= money && *most < least) {
            return false;
        }
        if let Some((_, most)) = self.known.iter().find(|(known, _)| *known == money) {
            return *most >= least;
        }
        let at = self.gains(set_search, deal.usable & set_search.lever_table.useful, money);
        let most = set_search.at_most(&deal.surplus, &[], &self.added[at].gains);
        self.known.push((money, most));
        most >= least
    }

    /// Where the gains of a pattern stand, whoever pays for them.
    fn gains(&mut self, set_search: &mut SetSearch<'_>, open: Set, money: i64) -> usize {
        let known = self.added.iter().position(|added| (added.open, added.money) == (open, money));
        known.unwrap_or_else(|| {
            if self.added.len() >= MAX_PATTERNS {
                self.added.clear();
            }
            self.added.push(Added { open, money, gains: set_search.most_gains(open, money) });
            self.added.len() - 1
        })
    }
}

/// How likely a deal is, and where it stands; of equals, the first.
type Seed = (i64, Reverse<u64>);

/// Deals that are likely with nothing, with all that levers can add, or with a part of that.
fn seeds(
    set_search: &mut SetSearch<'_>,
    n_feasible: u64,
    n_seeds: usize,
    watch: Watch<'_>,
) -> ControlFlow<(), Vec<Deal<u64>>> {
    if n_seeds == 0 {
        return ControlFlow::Continue(Vec::new());
    }
    let every = n_feasible / SAMPLES + 1;
    let mut best: Vec<BinaryHeap<Reverse<Seed>>> = SHARES.iter().map(|_| BinaryHeap::new()).collect();
    let mut kept: BTreeSet<u64> = BTreeSet::new();
    let mut deal = Deal { name: 0, surplus: Vec::new(), usable: 0 };
    let mut seen = 0;
    set_search.space.sweep(|visit| {
        seen += 1;
        if seen % set_search.patience == 0 {
            watch(set_search.share)?;
        }
        if seen % every != 0 && seen != 1 {
            return ControlFlow::Continue(());
        }
        set_search.surplus(visit.utilities, &mut deal.surplus);
        (deal.name, deal.usable) = (visit.rank, set_search.lever_table.usable(visit.options));
        for (heap, share) in best.iter_mut().zip(SHARES) {
            let likely = set_search.with_share(&deal, share);
            heap.push(Reverse((likely, Reverse(visit.rank))));
            if heap.len() > n_seeds {
                heap.pop();
            }
        }
        ControlFlow::Continue(())
    })?;
    for Reverse((_, Reverse(rank))) in best.into_iter().flatten() {
        kept.insert(rank);
    }
    let seed = |rank: u64| {
        let outcome = set_search.space.outcome(rank);
        let options: Vec<usize> = outcome.0.iter().map(|option| option.0).collect();
        let mut surplus = Vec::new();
        set_search.surplus(&set_search.space.utilities(&outcome), &mut surplus);
        Deal { name: rank, surplus, usable: set_search.lever_table.usable(&options) }
    };
    ControlFlow::Continue(kept.into_iter().map(seed).collect())
}
