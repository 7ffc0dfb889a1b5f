//! How sets of levers grow, by one lever and what that needs at a time (Land and Doig 1960).

use super::lever_table::Set;
use super::set_search::{Frame, SetSearch, Task};
use crate::bits::members;
use crate::ticker::Watch;
use std::ops::ControlFlow;

/// How much of something is looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Every {
    One,
    /// A sample.
    Some,
}

/// Where levers are used.
pub(super) trait Ground<D> {
    /// Offers the best that the set of a frame reaches as it is; `depth` frames are above it.
    fn offer(
        &mut self,
        set_search: &mut SetSearch<'_>,
        task: &mut Task<D>,
        frame: &Frame,
        depth: usize,
        watch: Watch<'_>,
    ) -> ControlFlow<()>;

    /// Whether adding to the set of a frame could be of use.
    fn promises(
        &mut self,
        set_search: &mut SetSearch<'_>,
        task: &Task<D>,
        frame: &Frame,
        depth: usize,
        watch: Watch<'_>,
    ) -> ControlFlow<(), bool>;

    /// The most likely that what a frame leaves open can make agreement, for whatever is looked at, or a
    /// sample of that.
    fn most(
        &mut self,
        set_search: &mut SetSearch<'_>,
        frame: &Frame,
        depth: usize,
        every: Every,
        each: &mut dyn FnMut(i64),
    );
}

impl SetSearch<'_> {
    /// Looks at all sets of levers that could be of use, from one that has none.
    pub(super) fn start<D: Ord + Clone>(
        &mut self,
        root: Frame,
        ground: &mut impl Ground<D>,
        task: &mut Task<D>,
        watch: Watch<'_>,
    ) -> ControlFlow<()> {
        ground.offer(self, task, &root, 0, watch)?;
        let before = self.looks;
        if root.open == 0 || !ground.promises(self, task, &root, 0, watch)? {
            // However many deals there are: the search is over only where it is the levers that are many.
            self.looks = before;
            return ControlFlow::Continue(());
        }
        self.arrange(&root, ground);
        self.frames[0] = root;
        self.grow(0, ground, task, watch)
    }

    /// No lever yet, and what can be used.
    pub(super) fn root<D: Ord + Clone>(&self, surplus: Vec<i64>, usable: Set, task: &Task<D>) -> Frame {
        let usable = usable & task.allowed;
        let mut open = self.lever_table.useful & usable;
        for k in members(open) {
            if self.lever_table.levers[k].needs & !usable != 0 {
                open &= !(1 << k);
            }
        }
        let cost_reduction = vec![0; surplus.len()];
        let mut root = Frame { set: 0, open, cost: 0, surplus, cost_reduction, spare: task.budgets.clone() };
        self.drop_unaffordable(&mut root);
        root
    }

    /// What a mediator cannot pay for any more is no longer open.
    fn drop_unaffordable(&self, frame: &mut Frame) {
        for k in members(frame.open) {
            let lever = &self.lever_table.levers[k];
            if lever.cost > frame.spare[lever.mediator] {
                frame.open &= !lever.needed_by;
            }
        }
    }

    /// Levers without which the most would be least come first.
    fn arrange<D>(&mut self, root: &Frame, ground: &mut impl Ground<D>) {
        let mut without = Vec::new();
        for k in members(root.open) {
            let frame = Frame { open: root.open & !self.lever_table.levers[k].needed_by, ..root.clone() };
            let mut sum = 0;
            ground.most(self, &frame, 0, Every::Some, &mut |most| sum += i128::from(most));
            without.push((sum, k));
        }
        without.sort_unstable();
        self.order.clear();
        self.order.extend(without.into_iter().map(|(_, k)| k));
    }

    /// Tries all that can be added to the set of a frame.
    fn grow<D: Ord + Clone>(
        &mut self,
        depth: usize,
        ground: &mut impl Ground<D>,
        task: &mut Task<D>,
        watch: Watch<'_>,
    ) -> ControlFlow<()> {
        if self.frames.len() == depth + 1 {
            self.frames.push(Frame::default());
        }
        for at in 0..self.order.len() {
            let k = self.order[at];
            if self.frames[depth].open >> k & 1 == 0 {
                continue;
            }
            let frame = std::mem::take(&mut self.frames[depth]);
            let before = self.looks / self.patience;
            let promised = match frame.open {
                0 => ControlFlow::Continue(false),
                _ => ground.promises(self, task, &frame, depth, watch),
            };
            let ControlFlow::Continue(promising) = promised else {
                self.frames[depth] = frame;
                return ControlFlow::Break(());
            };
            let ended = promising && self.looks > self.most_looks;
            if ended {
                ground.most(self, &frame, depth, Every::One, &mut |most| task.leave(frame.cost, most));
            }
            self.frames[depth] = frame;
            if !promising || ended {
                return ControlFlow::Continue(());
            }
            if self.looks / self.patience > before {
                watch(self.share)?;
            }
            if self.take(depth, k) {
                let child = std::mem::take(&mut self.frames[depth + 1]);
                let offered = ground.offer(self, task, &child, depth + 1, watch);
                self.frames[depth + 1] = child;
                offered?;
                self.grow(depth + 1, ground, task, watch)?;
            }
            self.frames[depth].open &= !self.lever_table.levers[k].needed_by;
        }
        ControlFlow::Continue(())
    }

    /// Makes the frame below one with a lever and what it needs; whether that can be paid for.
    fn take(&mut self, depth: usize, k: usize) -> bool {
        let lever_table = self.lever_table;
        let (upper, lower) = self.frames.split_at_mut(depth + 1);
        let (frame, child) = (&upper[depth], &mut lower[0]);
        child.set = frame.set | lever_table.levers[k].needs;
        child.cost = frame.cost;
        child.surplus.clone_from(&frame.surplus);
        child.cost_reduction.clone_from(&frame.cost_reduction);
        child.spare.clone_from(&frame.spare);
        child.open = frame.open & !child.set & !lever_table.levers[k].clashes;
        for new in members(child.set & !frame.set) {
            let lever = &lever_table.levers[new];
            child.cost += lever.cost;
            if child.spare[lever.mediator] < i64::MAX {
                child.spare[lever.mediator] -= lever.cost;
            }
            for effect in &lever.effects {
                child.surplus[effect.body] += effect.adds;
                child.cost_reduction[effect.body] += effect.reduces_cost;
            }
        }
        if child.spare.iter().any(|spare| *spare < 0) {
            return false;
        }
        for other in members(child.open) {
            if lever_table.levers[other].needs & lever_table.levers[k].clashes != 0 {
                child.open &= !(1 << other);
            }
        }
        let mut child = std::mem::take(&mut self.frames[depth + 1]);
        self.drop_unaffordable(&mut child);
        self.frames[depth + 1] = child;
        true
    }
}
