//! The best outcomes by a worth that never falls as bodies gain, found without looking at most
//! outcomes and proven to be the best.
//!
//! Best-first branch and bound (Hart, Nilsson and Raphael 1968): what is decided so far is opened in
//! the order of the most it can still be worth, taken from the envelope of what is not decided. What
//! is complete when its turn comes is worth at least as much as anything else can be.

use crate::decomposition::Course;
use crate::kernel::box_tree::{Inside, NOTHING, Worth};
use crate::ticker::Watch;
use std::cmp::{Ordering, Reverse};
use std::collections::BinaryHeap;
use std::ops::ControlFlow;

/// Worth of the utilities of all bodies, in steps.
pub(crate) type Measure<'a> = &'a mut dyn FnMut(&[i64]) -> Worth;

/// Partial outcomes between two looks at the watcher.
const PATIENCE: u64 = 1 << 6;
/// What the watcher is told: how long a search takes is not known before it ends.
const HALF_DONE: f64 = 0.5;
/// Sums whose worth is asked for between two looks at it.
const UNSEEN: u64 = 1 << 10;

/// Sums whose worth may be asked for in a search that is one of many, and in the one that matters most; fewer where more
/// than [`USUAL`] numbers are summed.
pub(crate) const FEW_LOOKS: u64 = 1 << 24;
pub(crate) const MANY_LOOKS: u64 = 1 << 25;
const USUAL: u64 = 2;

/// What to look for.
#[derive(Clone, Copy, Debug)]
pub(crate) struct BestFirst {
    /// How many outcomes; and with them all that are worth as much as the last, up to `ties` more.
    pub(crate) wanted: usize,
    /// Most further outcomes of equal worth.
    pub(crate) ties: usize,
    /// Worth below which an outcome is not wanted.
    pub(crate) floor: Worth,
    /// Whether of equals any will do, and not only the first in issue and option order.
    pub(crate) any: bool,
    /// Most partial outcomes kept, and most sums whose worth is asked for.
    pub(crate) budget: usize,
    pub(crate) looks: u64,
}

/// A complete outcome.
#[derive(Clone, Debug)]
pub(crate) struct Leaf {
    pub(crate) worth: Worth,
    /// The combination of each group.
    pub(crate) places: Vec<u32>,
    /// Steps of every body.
    pub(crate) steps: Vec<i64>,
}

/// What was found.
#[derive(Clone, Debug)]
pub(crate) struct BestLeaves {
    /// Best first; of equal worth, the first in order.
    pub(crate) leaves: Vec<Leaf>,
    /// Partial outcomes looked at.
    pub(crate) nodes: u64,
    /// The most that anything not found can be worth, where that may be more than what was found:
    /// the budget ended the search.
    pub(crate) open: Option<Worth>,
}

/// Part of the space: some groups decided, and a box of the next.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct PartialOutcome {
    worth: Worth,
    /// Of equal promises: the one that is decided furthest, if any of equals will do; otherwise 0.
    dive: u32,
    order: Reverse<u128>,
    depth: u32,
    prefix: u32,
    within: u32,
}

/// Decisions so far: the last one, and the way to those before it.
struct Prefix {
    before: u32,
    place: u32,
    order: u128,
    /// The most it can be worth, until one of its continuations is known to reach that.
    promise: Option<Worth>,
}

struct OpenList<'a, 'w> {
    course: &'a Course<'a>,
    best_first: BestFirst,
    worth: Measure<'w>,
    watch: Watch<'w>,
    /// Sums of bodies whose worth was asked for.
    looks: u64,
    /// Whether the watcher broke: nothing is worth anything from then on.
    stopped: bool,
    prefixes: Vec<Prefix>,
    sums: Vec<i64>,
    heap: BinaryHeap<PartialOutcome>,
    /// Worths that distinct outcomes reach for certain, as many as are wanted.
    sure: BinaryHeap<Reverse<Worth>>,
}

impl BestFirst {
    /// The best outcome and nothing else.
    pub(crate) fn one(floor: Worth, budget: usize) -> BestFirst {
        BestFirst { wanted: 1, ties: 0, floor, any: false, budget, looks: FEW_LOOKS }
    }

    /// The same with no more sums looked at than this.
    pub(crate) fn within(self, most: u64) -> BestFirst {
        BestFirst { looks: self.looks.min(most), ..self }
    }

    /// Searches all outcomes in the order of a course.
    pub(crate) fn run(
        self,
        course: &Course<'_>,
        worth: Measure<'_>,
        watch: Watch<'_>,
    ) -> ControlFlow<(), BestLeaves> {
        let mut search = OpenList {
            course,
            best_first: self,
            worth,
            watch,
            looks: 0,
            stopped: false,
            prefixes: Vec::new(),
            sums: Vec::new(),
            heap: BinaryHeap::new(),
            sure: BinaryHeap::new(),
        };
        search.run()
    }
}

impl OpenList<'_, '_> {
    fn run(&mut self) -> ControlFlow<(), BestLeaves> {
        let d = self.course.decomposition.d;
        let most_looks = self.best_first.looks / (d as u64 / USUAL).max(1);
        self.open_prefix(0, Prefix { before: 0, place: 0, order: 0, promise: None }, &vec![0; d]);
        let mut leaves: Vec<Leaf> = Vec::new();
        let mut nodes = 0;
        let mut open = None;
        while let Some(part) = self.heap.pop() {
            let enough = leaves.len() >= self.best_first.wanted;
            let last = leaves.get(self.best_first.wanted.saturating_sub(1)).map(|leaf| leaf.worth);
            if enough && last.is_some_and(|last| part.worth < last) {
                break;
            }
            if leaves.len() >= self.best_first.wanted + self.best_first.ties {
                break;
            }
            let kept = self.prefixes.len() + self.heap.len();
            if kept > self.best_first.budget || self.looks > most_looks {
                open = Some(part.worth);
                break;
            }
            nodes += 1;
            if self.stopped || (nodes % PATIENCE == 0 && (self.watch)(HALF_DONE).is_break()) {
                return ControlFlow::Break(());
            }
            if part.depth as usize == self.course.groups.len() {
                leaves.push(self.leaf(&part));
            } else {
                self.enter(&part);
            }
        }
        if self.stopped {
            return ControlFlow::Break(());
        }
        ControlFlow::Continue(BestLeaves { leaves, nodes, open })
    }

    fn leaf(&self, part: &PartialOutcome) -> Leaf {
        let mut places = vec![0; self.course.groups.len()];
        let mut at = part.prefix;
        for (group, _) in self.course.groups.iter().rev() {
            places[*group] = self.prefixes[at as usize].place;
            at = self.prefixes[at as usize].before;
        }
        let d = self.course.decomposition.d;
        let steps = self.sums[part.prefix as usize * d..(part.prefix as usize + 1) * d].to_vec();
        Leaf { worth: part.worth, places, steps }
    }

    /// Divides a box, or decides for each of its combinations.
    fn enter(&mut self, part: &PartialOutcome) {
        let d = self.course.decomposition.d;
        let depth = part.depth as usize;
        let (_, group) = self.course.groups[depth];
        let base = self.sums[part.prefix as usize * d..(part.prefix as usize + 1) * d].to_vec();
        let mut sum = vec![0; d];
        match group.box_tree.inside(part.within as usize) {
            Inside::Boxes(halves) => {
                for half in halves {
                    add(&mut sum, &base, group.box_tree.corner(half));
                    if let Some((worth, _)) = self.promise(depth + 1, &sum) {
                        self.heap.push(PartialOutcome { worth, within: half as u32, ..*part });
                    }
                }
            }
            Inside::Points(points) => {
                let order = self.prefixes[part.prefix as usize].order;
                for k in points {
                    let place = group.box_tree.place(k);
                    add(&mut sum, &base, group.box_tree.point(k));
                    let order = order + group.order(place);
                    let prefix = Prefix { before: part.prefix, place: place as u32, order, promise: None };
                    self.open_prefix(depth + 1, prefix, &sum);
                }
            }
        }
    }

    /// The most that decisions can still be worth, unless that is too little.
    fn promise(&mut self, depth: usize, sum: &[i64]) -> Option<(Worth, bool)> {
        let full = self.sure.len() >= self.best_first.wanted;
        let reached = self.sure.peek().filter(|_| full).map_or(NOTHING, |Reverse(worth)| *worth);
        let floor = reached.max(self.best_first.floor);
        let (looks, stopped, worth) = (&mut self.looks, &mut self.stopped, &mut *self.worth);
        let watch = self.watch;
        self.course.promise(depth, sum, floor, &mut |v| {
            *looks += 1;
            *stopped |= looks.is_multiple_of(UNSEEN) && watch(HALF_DONE).is_break();
            if *stopped { NOTHING } else { worth(v) }
        })
    }

    fn open_prefix(&mut self, depth: usize, prefix: Prefix, sum: &[i64]) {
        let Some((worth, certain)) = self.promise(depth, sum) else { return };
        let before = prefix.before as usize;
        let order = Reverse(prefix.order);
        let own = self.prefixes.len() as u32;
        if certain {
            // What was promised before is reached by one continuation, which is counted already.
            match self.prefixes.get_mut(before).filter(|_| depth > 0) {
                Some(known) if known.promise == Some(worth) => known.promise = None,
                _ => self.be_sure(worth),
            }
        }
        self.prefixes.push(Prefix { promise: certain.then_some(worth), ..prefix });
        self.sums.extend_from_slice(sum);
        let dive = if self.best_first.any { depth as u32 } else { 0 };
        self.heap.push(PartialOutcome { worth, dive, order, depth: depth as u32, prefix: own, within: 0 });
    }

    fn be_sure(&mut self, worth: Worth) {
        if self.sure.len() < self.best_first.wanted {
            self.sure.push(Reverse(worth));
        } else if self.sure.peek().is_some_and(|Reverse(least)| worth.cmp(least) == Ordering::Greater) {
            self.sure.pop();
            self.sure.push(Reverse(worth));
        }
    }
}

fn add(sum: &mut [i64], a: &[i64], b: &[i64]) {
    for ((sum, a), b) in sum.iter_mut().zip(a).zip(b) {
        *sum = a + b;
    }
}

#[cfg(test)]
mod tests;
