//! Choices of one entry of each group whose sum is next to a bound, or in a range of any depth.
//!
//! The last groups are cut in two halves of which every loss is listed. The losses next to a bound are
//! found by walking up one half and down the other (Horowitz and Sahni 1974). Groups that would make
//! the halves too long are taken outside: for each of their choices the halves are walked along again,
//! a limited number of times. Those choices come first that leave the halves about what most of their
//! choices lose: where sums are dense, a few of them come as near as can be.

use crate::exact::gcd;
use crate::kernel::chain::{Chain, Group, Walk};
use crate::kernel::ranking::Falling;
use std::collections::BTreeSet;
use std::sync::Arc;

/// How much a query may take.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Effort {
    /// The longest list of a half of which everything is known.
    pub(crate) half: usize,
    /// The steps of all walks along the halves, about.
    pub(crate) steps: usize,
    /// The most losses that are gone through from the best down.
    pub(crate) ranked: usize,
}

impl Default for Effort {
    fn default() -> Effort {
        Effort { half: 1 << 22, steps: 1 << 29, ranked: 1 << 17 }
    }
}

/// What trying a choice of the outer groups counts for besides, in steps.
const PER_OUTER: usize = 1 << 8;
/// Two halves of which everything is known, after groups that are left out.
#[derive(Debug)]
pub(crate) struct Halves {
    groups: Arc<[Group]>,
    left: Arc<Chain>,
    right: Arc<Chain>,
    /// Every loss is a multiple of this.
    unit: i64,
    /// The mean loss of the halves' entries.
    center: i64,
    /// Losses below this are few enough to be gone through from the best down.
    ranked: i64,
    effort: Effort,
}

/// A loss that some choice has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Near {
    pub(crate) loss: i64,
    way: Way,
}

/// How a choice with a loss is found.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Way {
    /// From the best down.
    Ranked,
    /// By positions of the entries of the groups before the halves, and the losses of the halves.
    Halves { outer: Vec<u32>, left: i64, right: i64 },
}

impl Near {
    /// The loss of the best choice.
    pub(crate) fn best() -> Near {
        Near { loss: 0, way: Way::Ranked }
    }
}

/// The losses next to a bound.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Around {
    /// The largest found up to the bound.
    pub(crate) up_to: Option<Near>,
    /// The smallest found beyond it.
    pub(crate) beyond: Option<Near>,
    /// Whether no loss lies between them.
    pub(crate) all: bool,
}

impl Around {
    /// Takes in what is next to a bound with some outer entries.
    fn offer(&mut self, next: &Next, lost: i64, outer: &[u32]) {
        let near = |(sum, left): (i64, i64)| Near {
            loss: lost + sum,
            way: Way::Halves { outer: outer.to_vec(), left, right: sum - left },
        };
        let (below, above) = (next.below.0, next.above.0);
        if below >= 0 && self.up_to.as_ref().is_none_or(|near| lost + below > near.loss) {
            self.up_to = Some(near(next.below));
        }
        if above < i64::MAX && self.beyond.as_ref().is_none_or(|near| lost + above < near.loss) {
            self.beyond = Some(near(next.above));
        }
    }

    fn has(&self, goal: i64) -> bool {
        [&self.up_to, &self.beyond].into_iter().flatten().any(|near| near.loss == goal)
    }
}

impl Halves {
    /// Halves of the last groups, as equal as can be.
    pub(crate) fn new(groups: &Arc<[Group]>, effort: Effort) -> Halves {
        let most = effort.half;
        let all: f64 = groups.iter().map(|group| group.losses.len() as f64).product();
        // A little more than the root, which may be rounded down.
        let even = (all.sqrt() * 1.001).clamp(1.0, most as f64) as usize;
        let right = Chain::complete(groups, groups.len(), even.max(1 << 10).min(most));
        let left = Chain::complete(groups, right.start(), most);
        let mean = |group: &Group| {
            group.losses.iter().map(|loss| *loss as f64).sum::<f64>() / group.losses.len() as f64
        };
        let losses = groups.iter().flat_map(|group| &group.losses);
        Halves {
            unit: losses.fold(0, |unit, loss| gcd(unit, *loss)).max(1),
            center: groups[left.start()..].iter().map(mean).sum::<f64>() as i64,
            ranked: if left.start() == 0 { 0 } else { ranked(groups, effort.ranked) },
            effort,
            groups: Arc::clone(groups),
            left: Arc::new(left),
            right: Arc::new(right),
        }
    }

    /// The largest loss up to a bound, and the smallest beyond it, that a choice could have.
    pub(crate) fn conceivable(&self, bound: i64) -> (i64, i64) {
        let up_to = bound - bound.rem_euclid(self.unit);
        (up_to, up_to + self.unit)
    }

    /// The losses next to a bound. Where groups are left out of the halves, the search ends at the
    /// loss `goal`, or when the steps it may take are used up.
    pub(crate) fn around(&self, bound: i64, goal: i64) -> Around {
        if bound < self.ranked {
            return self.around_ranked(bound);
        }
        let (left, right) = (self.left.losses(), self.right.losses());
        let mut outer = self.outer((i64::MIN, i64::MAX), bound, true);
        let mut chosen = vec![0; self.left.start()];
        let mut found = Around::default();
        let mut seen = BTreeSet::new();
        let mut steps = 0;
        while steps < self.effort.steps {
            let Some(lost) = outer.next(&mut chosen) else {
                found.all = true;
                break;
            };
            steps += PER_OUTER;
            if seen.insert(lost) {
                let (next, walked) = Next::new(left, right, bound.saturating_sub(lost));
                steps += walked;
                found.offer(&next, lost, &chosen);
            }
            if !chosen.is_empty() && found.has(goal) {
                break;
            }
        }
        found
    }

    /// The losses next to a bound, from the best down.
    fn around_ranked(&self, bound: i64) -> Around {
        let mut falling = Falling::new(&self.groups, (0, i64::MAX));
        let mut found = Around { all: true, ..Around::default() };
        while let Some((pair, _)) = falling.next_loss() {
            let near = Some(Near { loss: pair.loss, way: Way::Ranked });
            if pair.loss > bound {
                found.beyond = near;
                break;
            }
            found.up_to = near;
        }
        found
    }

    /// A choice with a loss that was found: the first of those found in this way.
    pub(crate) fn choice(&self, near: &Near) -> Option<Vec<u32>> {
        match &near.way {
            Way::Ranked => {
                let mut falling = Falling::new(&self.groups, (near.loss, near.loss));
                falling.next().map(|(_, chosen)| chosen.to_vec())
            }
            Way::Halves { outer, left, right } => {
                let mut chosen = outer.clone();
                for (chain, loss) in [(&self.left, left), (&self.right, right)] {
                    let mut own = vec![0; chain.groups().len()];
                    let mut walk = Walk::default();
                    walk.restart(std::iter::once(*loss));
                    walk.next(chain, &mut own)?;
                    chosen.append(&mut own);
                }
                Some(chosen)
            }
        }
    }

    /// All choices with losses in a range.
    pub(crate) fn between(&self, range: (i64, i64)) -> Between {
        let center = range.0.max(0) / 2 + range.1 / 2;
        Between {
            outer: self.outer(range, center, false),
            inner: Falling::of(Arc::clone(&self.left), Arc::clone(&self.right), (0, -1)),
            lost: 0,
            range,
            chosen: vec![0; self.groups.len()],
        }
    }

    /// Choices of the outer groups such that the halves can bring the loss into a range, those first
    /// that leave the halves about what most of their choices lose.
    fn outer(&self, range: (i64, i64), center: i64, distinct: bool) -> Outer {
        let n = self.left.start();
        let mut most = vec![self.groups[n..].iter().map(Group::most).sum::<i64>()];
        for group in self.groups[..n].iter().rev() {
            most.push(most[most.len() - 1] + group.most());
        }
        most.reverse();
        Outer {
            groups: Arc::clone(&self.groups),
            range,
            aim: center.saturating_sub(self.center),
            distinct,
            most,
            levels: Vec::new(),
            started: false,
        }
    }
}

/// Up to where losses are few enough to be gone through from the best down.
fn ranked(groups: &Arc<[Group]>, most: usize) -> i64 {
    let mut falling = Falling::new(groups, (0, i64::MAX));
    let mut last = 0;
    for _ in 0..most {
        match falling.next_loss() {
            Some((pair, _)) => last = pair.loss,
            None => return i64::MAX,
        }
    }
    last
}

/// Sums of an entry of each of two lists that are next to a bound.
#[derive(Clone, Copy, Debug)]
struct Next {
    /// The largest sum up to the bound and the entry of the first list; absent if that is negative.
    below: (i64, i64),
    /// The smallest sum beyond it; absent if that is the largest number.
    above: (i64, i64),
}

/// A part of a walk up one list, to an end, and down another.
#[derive(Clone, Copy)]
struct Lane {
    i: usize,
    end: usize,
    j: usize,
}

/// How many parts of a walk are gone at once: a step waits for the one before it.
const LANES: usize = 4;

impl Next {
    /// Of two lists upwards, none empty; and how many steps it took.
    fn new(a: &[i64], b: &[i64], bound: i64) -> (Next, usize) {
        let largest = b[b.len() - 1];
        // With the entries before, every sum is up to the bound; with those after, every sum is beyond.
        let first = a.partition_point(|x| *x <= bound.saturating_sub(largest));
        let last = a.partition_point(|x| *x <= bound.saturating_sub(b[0]));
        let mut next = Next { below: (-1, 0), above: (i64::MAX, 0) };
        if first > 0 {
            next.below = (a[first - 1] + largest, a[first - 1]);
        }
        if last < a.len() {
            next.above = (a[last] + b[0], a[last]);
        }
        let part = |k: usize| first + (last - first) * k / LANES;
        let lane = |k: usize| {
            let (i, end) = (part(k), part(k + 1));
            Lane { i, end, j: if i < end { b.partition_point(|y| *y <= bound - a[i]) + 1 } else { 0 } }
        };
        let lanes =
            std::array::from_fn::<Lane, LANES, _>(lane).map(|lane| Lane { j: lane.j.min(b.len()), ..lane });
        let mut steps = 0;
        for lane in next.walk(a, b, bound, lanes, &mut steps) {
            next.walk(a, b, bound, [lane], &mut steps);
        }
        (next, steps)
    }

    /// Goes until one of the parts has ended.
    fn walk<const N: usize>(
        &mut self,
        a: &[i64],
        b: &[i64],
        bound: i64,
        mut lanes: [Lane; N],
        steps: &mut usize,
    ) -> [Lane; N] {
        loop {
            // So many steps cannot pass an end.
            let safe = lanes.iter().map(|lane| (lane.end - lane.i).min(lane.j)).min().unwrap_or(0);
            if safe == 0 {
                return lanes;
            }
            *steps += safe * N;
            for _ in 0..safe {
                for lane in &mut lanes {
                    let entry = a[lane.i];
                    let sum = entry + b[lane.j - 1];
                    let fits = sum <= bound;
                    if sum > self.below.0 && sum < self.above.0 {
                        *(if fits { &mut self.below } else { &mut self.above }) = (sum, entry);
                    }
                    lane.i += usize::from(fits);
                    lane.j -= usize::from(!fits);
                }
            }
        }
    }
}

/// Choices of the groups before the halves.
#[derive(Debug)]
struct Outer {
    groups: Arc<[Group]>,
    range: (i64, i64),
    /// What they should lose.
    aim: i64,
    /// Whether one entry of each loss is enough.
    distinct: bool,
    /// For each group, the most that it and all after it can lose; last, that of the halves.
    most: Vec<i64>,
    levels: Vec<OuterLevel>,
    started: bool,
}

/// The entries of a group that can be taken, with the loss including that of the groups before.
#[derive(Debug, Default)]
struct OuterLevel {
    entries: Vec<(i64, u32)>,
    at: usize,
}

impl Outer {
    /// The next choice, written to `chosen`, and its loss.
    fn next(&mut self, chosen: &mut [u32]) -> Option<i64> {
        let n = self.most.len() - 1;
        if std::mem::replace(&mut self.started, true) {
            self.advance()?;
        } else if n == 0 {
            return Some(0);
        } else {
            self.open(0);
        }
        while self.levels.len() < n || self.taken().is_none() {
            match self.taken() {
                Some(lost) => self.open(lost),
                None => self.advance()?,
            }
        }
        for (chosen, level) in chosen.iter_mut().zip(&self.levels) {
            *chosen = level.entries[level.at].1;
        }
        self.taken()
    }

    /// The loss so far; absent if the last group has no entry left.
    fn taken(&self) -> Option<i64> {
        self.levels.last().and_then(|level| level.entries.get(level.at)).map(|(lost, _)| *lost)
    }

    /// Goes on to the next entry of the last group that has one.
    fn advance(&mut self) -> Option<()> {
        loop {
            let level = self.levels.last_mut()?;
            level.at += 1;
            if level.at < level.entries.len() {
                return Some(());
            }
            self.levels.pop();
        }
    }

    /// Lists the next group's entries, those first that keep to the way towards the aim.
    fn open(&mut self, lost: i64) {
        let k = self.levels.len();
        let (group, rest) = (&self.groups[k], self.most[k + 1]);
        let outer_most = (self.most[k] - self.most[self.most.len() - 1]).max(1);
        let share = group.most() as f64 / outer_most as f64;
        let wanted = lost + ((self.aim.saturating_sub(lost)) as f64 * share) as i64;
        let mut entries = Vec::new();
        for (loss, own) in group.losses.iter().enumerate() {
            let lost = lost + own;
            if lost <= self.range.1 && lost + rest >= self.range.0 {
                let positions = group.positions(loss);
                let n = if self.distinct { 1 } else { positions.len() };
                entries.extend(positions[..n].iter().map(|position| (lost, *position)));
            }
        }
        entries.sort_unstable_by_key(|(lost, position)| (lost.abs_diff(wanted), *lost, *position));
        self.levels.push(OuterLevel { entries, at: 0 });
    }
}

/// All choices with losses in a range: for each choice of the groups before the halves, upwards.
#[derive(Debug)]
pub(crate) struct Between {
    outer: Outer,
    inner: Falling,
    /// The loss of the outer entries.
    lost: i64,
    range: (i64, i64),
    chosen: Vec<u32>,
}

impl Between {
    /// The next choice's loss and the position of its entry in each group.
    pub(crate) fn next(&mut self) -> Option<(i64, &[u32])> {
        let n_outer = self.outer.most.len() - 1;
        let loss = loop {
            if let Some((loss, chosen)) = self.inner.next() {
                self.chosen[n_outer..].copy_from_slice(chosen);
                break self.lost + loss;
            }
            self.lost = self.outer.next(&mut self.chosen[..n_outer])?;
            let shifted = |bound: i64| bound.saturating_sub(self.lost);
            self.inner.restart((shifted(self.range.0), shifted(self.range.1)));
        };
        Some((loss, &self.chosen))
    }
}

#[cfg(test)]
mod tests;
