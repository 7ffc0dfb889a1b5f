//! The best sets of levers for one deal after another, by branch and bound over the levers.
//!
//! A set grows by one lever and what that needs (Land and Doig 1960). It is worth growing only if some
//! cost up to which more could be reached than is known already is left: every body is given all the
//! money by itself, with levers divisible, and only what is monotone in every body's yes is assumed of
//! the talks.

use super::kit::{Kit, Set, members};
use super::stair::{Stair, Way};
use super::yes::Yes;
use crate::acceptance::Consent;
use crate::space::Space;
use crate::ticker::Watch;
use crate::will::key;
use std::ops::ControlFlow;

/// What rounding may take from a probability.
const LOST: f64 = 1e-13;
/// Bounds between two looks at the watcher.
const PATIENCE: u64 = 1 << 12;
/// What the searches have in common.
pub(super) struct Hunt<'s> {
    pub(super) space: &'s Space<'s>,
    pub(super) kit: &'s Kit,
    pub(super) consent: &'s Consent,
    yes: Vec<Yes<'s>>,
    /// The bodies whose probability is not the same for all deals and levers.
    live: Vec<usize>,
    frames: Vec<Frame>,
    /// The levers in the order in which they are tried.
    order: Vec<usize>,
    bodies: Vec<f64>,
    parties: Vec<f64>,
    spare: Vec<i64>,
    scratch: Vec<[i64; 2]>,
    /// Bounds worked out so far, and how many may be.
    pub(super) looks: u64,
    pub(super) most_looks: u64,
    /// What the watcher is told.
    pub(super) share: f64,
}

/// A question about the levers.
pub(super) struct Task<D> {
    pub(super) stair: Stair<D>,
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
    pub(super) calm: Vec<i64>,
    /// What each mediator has left.
    pub(super) spare: Vec<i64>,
}

/// Where levers are used: with one deal, or with any.
pub(super) trait Ground<D> {
    /// The most likely that so much more money can make agreement, on the grid of probabilities.
    fn bound(&mut self, hunt: &mut Hunt<'_>, frame: &Frame, money: i64) -> i64;

    /// Offers the best that the set of a frame reaches as it is.
    fn offer(
        &mut self,
        hunt: &mut Hunt<'_>,
        task: &mut Task<D>,
        frame: &Frame,
        watch: Watch<'_>,
    ) -> ControlFlow<()>;
}

impl<D: Ord + Clone> Ground<D> for Deal<D> {
    fn bound(&mut self, hunt: &mut Hunt<'_>, frame: &Frame, money: i64) -> i64 {
        hunt.looks += 1;
        let gains = hunt.gains(frame, money);
        let likely = hunt.at_most(&frame.surplus, &frame.calm, &gains);
        hunt.scratch = gains;
        likely
    }

    fn offer(
        &mut self,
        hunt: &mut Hunt<'_>,
        task: &mut Task<D>,
        frame: &Frame,
        _: Watch<'_>,
    ) -> ControlFlow<()> {
        let most = hunt.at_most(&frame.surplus, &frame.calm, &[]);
        if task.stair.wants(frame.cost, most, frame.set) {
            let probability = hunt.exactly(&self.surplus, frame.set);
            let deal = Some(self.name.clone());
            task.stair.offer(Way {
                cost: frame.cost,
                key: key(probability),
                probability,
                set: frame.set,
                deal,
            });
        }
        ControlFlow::Continue(())
    }
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

impl<'s> Hunt<'s> {
    pub(super) fn new(
        space: &'s Space<'s>,
        kit: &'s Kit,
        consent: &'s Consent,
        highest: &[i64],
        most_looks: u64,
    ) -> Hunt<'s> {
        let n_bodies = space.bodies.len();
        let mut full = vec![i64::MAX; kit.budgets.len()];
        let yes = space.bodies.iter().zip(highest).enumerate().map(|(b, (body, highest))| {
            let more = kit.gain(b, 0, Set::MAX, i64::MAX, &mut full).max(0)
                + kit.gain(b, 1, Set::MAX, i64::MAX, &mut full).max(0);
            Yes::new(body, body.surplus(*highest).unwrap_or(0).saturating_add(more))
        });
        Hunt {
            yes: yes.collect(),
            live: (0..n_bodies).filter(|b| space.bodies[*b].alternative.is_some()).collect(),
            frames: vec![Frame::default()],
            order: Vec::new(),
            bodies: vec![1.0; n_bodies],
            parties: vec![0.0; space.talks.parties.len()],
            spare: Vec::new(),
            scratch: Vec::new(),
            space,
            kit,
            consent,
            looks: 0,
            most_looks,
            share: 0.0,
        }
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
        let (mut surplus, mut calm) = (surplus.to_vec(), vec![0; surplus.len()]);
        for effect in members(set).flat_map(|k| &self.kit.tools[k].effects) {
            surplus[effect.body] += effect.adds;
            calm[effect.body] += effect.calms;
        }
        for b in &self.live {
            self.bodies[*b] = self.yes[*b].exactly(surplus[*b], calm[*b]);
        }
        self.consent.chance(&self.bodies, &mut self.parties)
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
            if self.kit.touches(b) && frame.open != 0 {
                for (which, gain) in own.iter_mut().enumerate() {
                    self.spare.clone_from(&frame.spare);
                    *gain = self.kit.gain(b, which, frame.open, money, &mut self.spare);
                }
            }
            gains.push(own);
        }
        gains
    }

    /// The same for all these levers, whoever pays for them.
    pub(super) fn most_gains(&mut self, open: Set, money: i64) -> Vec<[i64; 2]> {
        let spare = vec![i64::MAX; self.kit.budgets.len()];
        let frame = Frame { open, spare, ..Frame::default() };
        let gains = self.gains(&frame, money);
        self.scratch = Vec::new();
        gains
    }

    /// No less than P(agree) with surpluses, and calms and gains if there are any, on the grid of
    /// probabilities.
    pub(super) fn at_most(&mut self, surplus: &[i64], calm: &[i64], gains: &[[i64; 2]]) -> i64 {
        for (k, b) in self.live.iter().enumerate() {
            let [more, sum] = gains.get(k).copied().unwrap_or([0, 0]);
            self.bodies[*b] =
                self.yes[*b].at_most(surplus[*b] + more, calm.get(*b).unwrap_or(&0) + sum - more);
        }
        key(self.consent.chance(&self.bodies, &mut self.parties) + LOST)
    }

    /// About how likely a deal is with a share of all that levers could add to it.
    pub(super) fn with_share<D>(&mut self, deal: &Deal<D>, share: f64) -> i64 {
        let open = self.kit.useful & deal.usable;
        for k in 0..self.live.len() {
            let b = self.live[k];
            let (mut surplus, mut sum) = (deal.surplus[b], deal.surplus[b]);
            if self.kit.touches(b) && share > 0.0 {
                self.spare.clone_from(&self.kit.budgets);
                surplus += (self.kit.gain(b, 0, open, i64::MAX, &mut self.spare) as f64 * share) as i64;
                self.spare.clone_from(&self.kit.budgets);
                sum += (self.kit.gain(b, 1, open, i64::MAX, &mut self.spare) as f64 * share) as i64;
            }
            self.bodies[b] = self.yes[b].at_most(surplus, sum - surplus);
        }
        key(self.consent.chance(&self.bodies, &mut self.parties))
    }

    /// Looks at one deal for one task: all sets of levers that could be of use.
    pub(super) fn look<D: Ord + Clone>(
        &mut self,
        deal: &mut Deal<D>,
        task: &mut Task<D>,
        watch: Watch<'_>,
    ) -> ControlFlow<()> {
        let root = self.root(deal.surplus.clone(), deal.usable, task);
        self.start(root, deal, task, watch)
    }

    /// Looks at all sets of levers that could be of use, from one that has none.
    pub(super) fn start<D: Ord + Clone>(
        &mut self,
        root: Frame,
        ground: &mut impl Ground<D>,
        task: &mut Task<D>,
        watch: Watch<'_>,
    ) -> ControlFlow<()> {
        ground.offer(self, task, &root, watch)?;
        let before = self.looks;
        if !self.promising(&root, ground, task) {
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
        let mut open = self.kit.useful & usable;
        for k in members(open) {
            if self.kit.tools[k].needs & !usable != 0 {
                open &= !(1 << k);
            }
        }
        let calm = vec![0; surplus.len()];
        let mut root = Frame { set: 0, open, cost: 0, surplus, calm, spare: task.budgets.clone() };
        self.drop_unaffordable(&mut root);
        root
    }

    /// What a mediator cannot pay for any more is no longer open.
    fn drop_unaffordable(&self, frame: &mut Frame) {
        for k in members(frame.open) {
            let tool = &self.kit.tools[k];
            if tool.cost > frame.spare[tool.mediator] {
                frame.open &= !tool.needed_by;
            }
        }
    }

    /// Levers without which the most would be least come first.
    fn arrange<D>(&mut self, root: &Frame, ground: &mut impl Ground<D>) {
        let mut without = Vec::new();
        for k in members(root.open) {
            let frame = Frame { open: root.open & !self.kit.tools[k].needed_by, ..root.clone() };
            without.push((ground.bound(self, &frame, i64::MAX), k));
        }
        without.sort_unstable();
        self.order.clear();
        self.order.extend(without.into_iter().map(|(_, k)| k));
    }

    fn promising<D: Ord + Clone>(
        &mut self,
        frame: &Frame,
        ground: &mut impl Ground<D>,
        task: &Task<D>,
    ) -> bool {
        let most = &mut |money| ground.bound(self, frame, money);
        frame.open != 0 && task.stair.hopes(frame.cost, frame.set, most)
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
            let before = self.looks / PATIENCE;
            let promising = self.promising(&frame, ground, task);
            let ended = promising && self.looks > self.most_looks;
            if ended {
                let most = ground.bound(self, &frame, i64::MAX);
                task.leave(frame.cost, most);
            }
            self.frames[depth] = frame;
            if !promising || ended {
                return ControlFlow::Continue(());
            }
            if self.looks / PATIENCE > before {
                watch(self.share)?;
            }
            if self.take(depth, k) {
                let child = std::mem::take(&mut self.frames[depth + 1]);
                let offered = ground.offer(self, task, &child, watch);
                self.frames[depth + 1] = child;
                offered?;
                self.grow(depth + 1, ground, task, watch)?;
            }
            self.frames[depth].open &= !self.kit.tools[k].needed_by;
        }
        ControlFlow::Continue(())
    }

    /// Makes the frame below one with a lever and what it needs; whether that can be paid for.
    fn take(&mut self, depth: usize, k: usize) -> bool {
        let kit = self.kit;
        let (upper, lower) = self.frames.split_at_mut(depth + 1);
        let (frame, child) = (&upper[depth], &mut lower[0]);
        child.set = frame.set | kit.tools[k].needs;
        child.cost = frame.cost;
        child.surplus.clone_from(&frame.surplus);
        child.calm.clone_from(&frame.calm);
        child.spare.clone_from(&frame.spare);
        child.open = frame.open & !child.set & !kit.tools[k].clashes;
        for new in members(child.set & !frame.set) {
            let tool = &kit.tools[new];
            child.cost += tool.cost;
            if child.spare[tool.mediator] < i64::MAX {
                child.spare[tool.mediator] -= tool.cost;
            }
            for effect in &tool.effects {
                child.surplus[effect.body] += effect.adds;
                child.calm[effect.body] += effect.calms;
            }
        }
        if child.spare.iter().any(|spare| *spare < 0) {
            return false;
        }
        for other in members(child.open) {
            if kit.tools[other].needs & kit.tools[k].clashes != 0 {
                child.open &= !(1 << other);
            }
        }
        let mut child = std::mem::take(&mut self.frames[depth + 1]);
        self.drop_unaffordable(&mut child);
        self.frames[depth + 1] = child;
        true
    }
}
