//! What was found so far: cost against the best probability, and what could still change it.

use super::lever_table::Set;
use std::cmp::{Ordering, Reverse};

/// A set of levers used with a deal.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Way<D> {
    pub(super) cost: i64,
    /// The probability on its grid.
    pub(super) key: i64,
    pub(super) probability: f64,
    pub(super) set: Set,
    /// Absent where there is no probability at all.
    pub(super) deal: Option<D>,
}

impl<D: Ord> Way<D> {
    /// Whether it comes first of two that cost and reach the same: fewer levers, then the lower deal, then
    /// the lower levers.
    fn before(&self, other: &Way<D>) -> bool {
        let order = |way: &Way<D>| (way.set.count_ones(), Reverse(way.set.reverse_bits()));
        let (own, others) = (order(self), order(other));
        own.0.cmp(&others.0).then_with(|| self.deal.cmp(&other.deal)).then(own.1.cmp(&others.1))
            == Ordering::Less
    }
}

/// What is looked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Goal {
    /// For every cost the most that is possible.
    Frontier,
    /// The most that is possible at any cost, as cheap as it can be had.
    Top,
    /// The most that is possible at up to this cost.
    Within(i64),
    /// As cheap as this probability can be had.
    Reach(i64),
}

/// What is of use: to be at least so likely, for so much money and with so many levers at most.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Hurdle {
    pub(super) least: i64,
    pub(super) money: i64,
    pub(super) levers: u32,
}

/// The best found so far, by rising cost and probability; at first, nothing for nothing.
#[derive(Clone, Debug)]
pub(super) struct Incumbents<D> {
    goal: Goal,
    pub(super) steps: Vec<Way<D>>,
    /// How often that has changed.
    pub(super) changes: u64,
}

impl<D: Ord + Clone> Incumbents<D> {
    pub(super) fn new(goal: Goal) -> Incumbents<D> {
        let nothing = Way { cost: 0, key: 0, probability: 0.0, set: 0, deal: None };
        Incumbents { goal, steps: vec![nothing], changes: 0 }
    }

    fn last(&self) -> &Way<D> {
        &self.steps[self.steps.len() - 1]
    }

    /// The step that reaches a probability, if there is one.
    pub(super) fn reaching(&self, key: i64) -> Option<&Way<D>> {
        self.steps.iter().find(|step| step.key >= key)
    }

    /// The best for at most this cost.
    pub(super) fn within(&self, cost: i64) -> &Way<D> {
        &self.steps[self.steps.partition_point(|step| step.cost <= cost).max(1) - 1]
    }

    /// Whether a way as likely as this would be kept, if it came first of equals.
    pub(super) fn wants(&self, cost: i64, key: i64, set: Set) -> bool {
        match self.goal {
            Goal::Frontier => {
                let known = self.within(cost);
                key > known.key || key == known.key && self.ties(known, cost, set)
            }
            Goal::Top => {
                let known = self.last();
                key > known.key || key == known.key && (cost < known.cost || self.ties(known, cost, set))
            }
            Goal::Within(most) => cost <= most && key > self.last().key,
            Goal::Reach(target) => key >= target && (self.last().key < target || cost < self.last().cost),
        }
    }

    /// The least likely that would be kept for this cost, if it came first of equals.
    pub(super) fn least(&self, cost: i64, set: Set) -> i64 {
        match self.goal {
            Goal::Frontier => {
                let known = self.within(cost);
                known.key + i64::from(!self.ties(known, cost, set))
            }
            Goal::Top => {
                let known = self.last();
                known.key + i64::from(cost >= known.cost && !self.ties(known, cost, set))
            }
            Goal::Within(_) => self.last().key + 1,
            Goal::Reach(target) => target,
        }
    }

    fn ties(&self, known: &Way<D>, cost: i64, set: Set) -> bool {
        cost == known.cost && set.count_ones() <= known.set.count_ones() && known.key > 0
    }

    /// Keeps a way if it is better than what is known.
    pub(super) fn offer(&mut self, way: Way<D>) {
        if !self.wants(way.cost, way.key, way.set) {
            return;
        }
        if self.goal != Goal::Frontier {
            let known = self.last();
            let equal = (way.key, way.cost) == (known.key, known.cost);
            if !equal || way.before(known) {
                let at = self.steps.len() - 1;
                self.steps[at] = way;
                self.changes += 1;
            }
            return;
        }
        let at = self.steps.partition_point(|step| step.cost < way.cost);
        if let Some(known) = self.steps.get(at)
            && (known.cost, known.key) == (way.cost, way.key)
            && !way.before(known)
        {
            return;
        }
        let beaten = self.steps[at..].iter().take_while(|step| step.key <= way.key).count();
        self.steps.splice(at..at + beaten, [way]);
        self.changes += 1;
    }

    /// All that a set, which is to grow, could be of use for.
    pub(super) fn hurdles(&self) -> Vec<Hurdle> {
        let better = |key: i64, money: i64| Hurdle { least: key + 1, money, levers: u32::MAX };
        let tie = |step: &Way<D>| Hurdle { least: step.key, money: step.cost, levers: step.set.count_ones() };
        let known = self.last();
        match self.goal {
            Goal::Frontier => {
                let below = self.steps.iter().skip(1).map(|next| next.cost - 1).chain([i64::MAX]);
                let above = self.steps.iter().zip(below).map(|(step, money)| better(step.key, money));
                above.chain(self.steps.iter().filter(|step| step.key > 0).map(tie)).collect()
            }
            Goal::Top if known.key == 0 => vec![better(0, i64::MAX)],
            Goal::Top => vec![better(known.key, i64::MAX), better(known.key - 1, known.cost - 1), tie(known)],
            Goal::Within(most) => vec![better(known.key, most)],
            Goal::Reach(target) if known.key < target => vec![better(target - 1, i64::MAX)],
            Goal::Reach(target) => vec![better(target - 1, known.cost - 1)],
        }
    }

    /// How likely a deal has to become, with how much money at most, to be of any interest.
    pub(super) fn asks(&self) -> (i64, i64) {
        let known = self.last();
        match self.goal {
            Goal::Frontier => (self.steps[0].key, i64::MAX),
            Goal::Top => (known.key, i64::MAX),
            Goal::Within(most) => (known.key + 1, most),
            Goal::Reach(target) if known.key < target => (target, i64::MAX),
            Goal::Reach(target) => (target, known.cost),
        }
    }

    /// Whether ways that begin with a set and cost at least this could be kept, if so much money makes them
    /// at most so likely.
    pub(super) fn hopes(&self, cost: i64, set: Set, most: &mut dyn FnMut(i64) -> i64) -> bool {
        let more = set.count_ones() + 1;
        let tie = |known: &Way<D>, reached: i64| {
            reached == known.key && cost <= known.cost && more <= known.set.count_ones()
        };
        match self.goal {
            Goal::Within(within) => cost <= within && most(within - cost) > self.last().key,
            Goal::Reach(target) => match self.last() {
                known if known.key < target => most(i64::MAX) >= target,
                known => cost < known.cost && most(known.cost - 1 - cost) >= target,
            },
            Goal::Top => {
                let known = self.last();
                let reached = most(i64::MAX);
                reached > known.key
                    || reached == known.key
                        && known.key > 0
                        && (cost < known.cost && most(known.cost - 1 - cost) == known.key
                            || cost <= known.cost
                                && tie(known, reached)
                                && most(known.cost - cost) == known.key)
            }
            Goal::Frontier => self.hopes_somewhere(cost, most, &tie),
        }
    }

    /// From the dearest part of the frontier down, past all that is out of reach.
    fn hopes_somewhere(
        &self,
        cost: i64,
        most: &mut dyn FnMut(i64) -> i64,
        tie: &dyn Fn(&Way<D>, i64) -> bool,
    ) -> bool {
        let mut at = self.steps.len() - 1;
        let mut money = i64::MAX;
        loop {
            let reached = most(money);
            let known = &self.steps[at];
            if reached > known.key {
                return true;
            }
            if known.key > 0 && tie(known, reached) && most(known.cost - cost) == known.key {
                return true;
            }
            let next = self.steps[..at].partition_point(|step| step.key <= reached);
            if next == 0 || self.steps[next].cost <= cost {
                return false;
            }
            at = next - 1;
            money = self.steps[next].cost - 1 - cost;
        }
    }
}
