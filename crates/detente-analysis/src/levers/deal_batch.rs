//! The best sets of levers for many deals at once.
//!
//! What money can still add to bodies is worked out once for all deals with which the same levers can be
//! used; as a set grows, the deals for which that could be of use become fewer.

use super::incumbents::Way;
use super::lagrangian::Lagrangian;
use super::lever_table::Set;
use super::set_search::{Deal, Frame, SetSearch, Task};
use super::tree::{Every, Ground};
use crate::ticker::Watch;
use crate::will::key;
use std::ops::ControlFlow;

/// About how many deals say which levers are tried first.
const SAMPLE: usize = 64;

/// An amount of money, and what it adds to every live body's surplus, and to that and its calm together.
type Gain = (i64, Vec<[i64; 2]>);

/// Deals with which the same levers can be used.
pub(super) struct DealBatch<D> {
    usable: Set,
    names: Vec<D>,
    /// The surpluses of every body, deal by deal.
    surplus: Vec<i64>,
    n_bodies: usize,
    /// By depth, the deals that are still looked at.
    left: Vec<Vec<u32>>,
    /// What money adds to every live body, for the frame at hand.
    gains: Vec<Gain>,
    /// For closer bounds; absent until the first are needed.
    lagrangian: Option<Lagrangian>,
}

impl<D: Ord + Clone> DealBatch<D> {
    pub(super) fn new(usable: Set, n_bodies: usize) -> DealBatch<D> {
        DealBatch {
            usable,
            names: Vec::new(),
            surplus: Vec::new(),
            n_bodies,
            left: Vec::new(),
            gains: Vec::new(),
            lagrangian: None,
        }
    }

    pub(super) fn push(&mut self, deal: &Deal<D>) {
        self.names.push(deal.name.clone());
        self.surplus.extend_from_slice(&deal.surplus);
    }

    /// Carries out one task with all its deals.
    pub(super) fn search(
        &mut self,
        set_search: &mut SetSearch<'_>,
        task: &mut Task<D>,
        watch: Watch<'_>,
    ) -> ControlFlow<()> {
        self.left = vec![(0..self.names.len() as u32).collect()];
        let root = set_search.root(vec![0; self.n_bodies], self.usable, task);
        self.lagrangian = None;
        set_search.start(root, self, task, watch)
    }
}

/// The surpluses of one of the deals.
fn row(surplus: &[i64], n_bodies: usize, at: u32) -> &[i64] {
    &surplus[at as usize * n_bodies..][..n_bodies]
}

/// Where that stands which so much money adds to every live body at a frame.
fn known(gains: &mut Vec<Gain>, set_search: &mut SetSearch<'_>, frame: &Frame, money: i64) -> usize {
    gains.iter().position(|(known, _)| *known == money).unwrap_or_else(|| {
        gains.push((money, set_search.totals(frame, money)));
        gains.len() - 1
    })
}

impl<D: Ord + Clone> Ground<D> for DealBatch<D> {
    fn offer(
        &mut self,
        set_search: &mut SetSearch<'_>,
        task: &mut Task<D>,
        frame: &Frame,
        depth: usize,
        _: Watch<'_>,
    ) -> ControlFlow<()> {
        if depth > 0 {
            self.left.resize_with(self.left.len().max(depth + 1), Vec::new);
            let (above, below) = self.left.split_at_mut(depth);
            below[0].clone_from(&above[depth - 1]);
        }
        let added = set_search.totals(&Frame { open: 0, ..frame.clone() }, 0);
        for at in &self.left[depth] {
            let own = row(&self.surplus, self.n_bodies, *at);
            let most = set_search.at_most_with(own, &added);
            if task.incumbents.wants(frame.cost, most, frame.set) {
                let probability = set_search.exactly(own, frame.set);
                let deal = Some(self.names[*at as usize].clone());
                task.incumbents.offer(Way {
                    cost: frame.cost,
                    key: key(probability),
                    probability,
                    set: frame.set,
                    deal,
                });
            }
        }
        ControlFlow::Continue(())
    }

    fn promises(
        &mut self,
        set_search: &mut SetSearch<'_>,
        task: &Task<D>,
        frame: &Frame,
        depth: usize,
        watch: Watch<'_>,
    ) -> ControlFlow<(), bool> {
        let DealBatch { surplus, n_bodies, gains, left, lagrangian, .. } = self;
        gains.clear();
        let mut stopped = false;
        left[depth].retain(|at| {
            stopped = stopped || set_search.is_to_look() && watch(set_search.share).is_break();
            let own = row(surplus, *n_bodies, *at);
            stopped
                || task.incumbents.hopes(frame.cost, frame.set, &mut |money| {
                    let at = known(gains, set_search, frame, money);
                    set_search.looks += 1;
                    set_search.at_most_with(own, &gains[at].1)
                })
        });
        if stopped {
            return ControlFlow::Break(());
        }
        if left[depth].is_empty()
            || frame.open.count_ones() < set_search.many_levers
            || !set_search.has_necessary()
        {
            return ControlFlow::Continue(!left[depth].is_empty());
        }
        let lagrangian = lagrangian.get_or_insert_with(|| Lagrangian::new(set_search, &task.incumbents));
        let of = |deal| row(surplus, *n_bodies, deal);
        lagrangian.keep(set_search, frame, &task.incumbents, &mut left[depth], &of, watch)?;
        ControlFlow::Continue(!left[depth].is_empty())
    }

    fn most(
        &mut self,
        set_search: &mut SetSearch<'_>,
        frame: &Frame,
        depth: usize,
        every: Every,
        each: &mut dyn FnMut(i64),
    ) {
        let added = set_search.totals(frame, i64::MAX);
        let step = if every == Every::One { 1 } else { self.left[depth].len() / SAMPLE + 1 };
        for at in self.left[depth].iter().step_by(step) {
            set_search.looks += 1;
            each(set_search.at_most_with(row(&self.surplus, self.n_bodies, *at), &added));
        }
    }
}
