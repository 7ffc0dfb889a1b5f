//! What groups of numbers can lose together, in order.
//!
//! A choice takes one entry of each group; its loss is how far the sum stays below the largest one.
//! Groups are chained from the last to the first: the losses of a group and of those after it are the
//! pairwise sums of its own losses and those of the next list (Horowitz and Sahni 1974). A list is
//! known up to a bound, and grows to about twice its length at a time: a bound that would give much
//! more is lowered, because the number of sums below a bound can grow as its hundredth power.
//!
//! Choices with a given loss are found on the way back: an entry is taken if the lists of the groups
//! after it contain the rest, so that no way ends before the last group.

use std::ops::Range;
use std::sync::Arc;

/// The entries of one group by what each loses against the best.
#[derive(Clone, Debug)]
pub(crate) struct Group {
    /// The largest entry.
    pub(crate) top: i64,
    /// Distinct losses, upwards; the first is 0.
    pub(crate) losses: Vec<i64>,
    /// Where in `positions` those of each loss begin, and the end.
    starts: Vec<u32>,
    /// Positions of entries, by loss and then upwards.
    positions: Vec<u32>,
}

impl Group {
    /// From at least one entry, in the order in which equals are taken.
    pub(crate) fn new(values: &[i64]) -> Group {
        assert!(!values.is_empty(), "a group has an entry");
        assert!(u32::try_from(values.len()).is_ok(), "positions are counted in 32 bits");
        let mut positions: Vec<u32> = (0..values.len() as u32).collect();
        positions.sort_unstable_by_key(|at| (std::cmp::Reverse(values[*at as usize]), *at));
        let top = values[positions[0] as usize];
        let (mut losses, mut starts) = (Vec::new(), Vec::new());
        for (start, at) in positions.iter().enumerate() {
            let loss = top - values[*at as usize];
            if losses.last() != Some(&loss) {
                losses.push(loss);
                starts.push(start as u32);
            }
        }
        starts.push(positions.len() as u32);
        Group { top, losses, starts, positions }
    }

    /// The largest loss.
    pub(crate) fn most(&self) -> i64 {
        last(&self.losses)
    }

    /// The positions of the entries with a loss, by its place in `losses`, upwards.
    pub(crate) fn positions(&self, loss: usize) -> &[u32] {
        &self.positions[self.starts[loss] as usize..self.starts[loss + 1] as usize]
    }

    /// Where the losses are that leave of a sum with the entries of a list one of the list.
    fn fits(&self, rest: i64, list: &[i64], mut found: impl FnMut(usize)) {
        if self.losses.get(1).is_none_or(|loss| *loss > rest) {
            // The sum is one with no loss here.
            return found(0);
        }
        let own = &self.losses[..self.losses.partition_point(|loss| *loss <= rest)];
        let others = &list[..list.partition_point(|other| *other <= rest)];
        if own.len() <= others.len() {
            for (k, loss) in own.iter().enumerate() {
                if others.binary_search(&(rest - loss)).is_ok() {
                    found(k);
                }
            }
        } else {
            others.iter().filter_map(|other| own.binary_search(&(rest - other)).ok()).for_each(found);
        }
    }
}

fn last(ascending: &[i64]) -> i64 {
    ascending.last().copied().unwrap_or(0)
}

/// Distinct losses upwards, all that are at most `known`.
#[derive(Clone, Debug)]
struct List {
    losses: Vec<i64>,
    known: i64,
}

/// The losses of groups together with all groups after them.
#[derive(Clone, Debug)]
pub(crate) struct Chain {
    groups: Arc<[Group]>,
    /// Which of them are chained.
    own: Range<usize>,
    /// One for each group, and that of no group.
    lists: Vec<List>,
}

/// The length to which a list grows at first.
const FIRST: usize = 16;

impl Chain {
    /// Nothing is known yet.
    pub(crate) fn new(groups: &Arc<[Group]>, own: Range<usize>) -> Chain {
        let mut lists = vec![List { losses: Vec::new(), known: -1 }; own.len()];
        lists.push(List { losses: vec![0], known: i64::MAX });
        Chain { groups: Arc::clone(groups), own, lists }
    }

    /// Everything about the groups before `end`, from the last one back to where the list would be
    /// longer than `most`.
    pub(crate) fn complete(groups: &Arc<[Group]>, end: usize, most: usize) -> Chain {
        let mut lists = vec![List { losses: vec![0], known: i64::MAX }];
        for group in groups[..end].iter().rev() {
            let after = &lists[lists.len() - 1].losses;
            if group.losses.len().saturating_mul(after.len()) > most {
                break;
            }
            let mut losses = Vec::with_capacity(group.losses.len() * after.len());
            for loss in &group.losses {
                losses.extend(after.iter().map(|other| loss + other));
            }
            // A stable sort merges the ascending runs it finds.
            losses.sort();
            losses.dedup();
            lists.push(List { losses, known: i64::MAX });
        }
        lists.reverse();
        Chain { groups: Arc::clone(groups), own: end + 1 - lists.len()..end, lists }
    }

    /// The groups that are chained.
    pub(crate) fn groups(&self) -> &[Group] {
        &self.groups[self.own.clone()]
    }

    /// The place of the first of them.
    pub(crate) fn start(&self) -> usize {
        self.own.start
    }

    /// The distinct losses of all groups together, upwards: all that are at most `known`.
    pub(crate) fn losses(&self) -> &[i64] {
        &self.lists[0].losses
    }

    /// Up to where the losses are complete; the largest number if all are there.
    pub(crate) fn known(&self) -> i64 {
        self.lists[0].known
    }

    /// About doubles the losses; at least raises `known`, unless all are there.
    pub(crate) fn grow(&mut self) {
        let stuck = |k: &usize| self.lists[*k].known < self.lists[k + 1].known;
        let Some(first) = (0..self.own.len()).find(stuck) else { return };
        for k in (0..=first).rev() {
            self.extend(k);
        }
    }

    fn extend(&mut self, k: usize) {
        let own = &self.groups[self.own.start + k].losses;
        let (before, after) = self.lists.split_at_mut(k + 1);
        let (list, next) = (&mut before[k], &after[0]);
        let target = list.losses.len().max(FIRST);
        let hint = (last(&list.losses) / 8).max(1);
        let to = stop(own, &next.losses, (list.known, next.known), target, hint);
        let mut new = Vec::new();
        each_pair(own, &next.losses, (list.known, to), |i, j| new.push(own[i] + next.losses[j]));
        new.sort_unstable();
        new.dedup();
        list.losses.append(&mut new);
        list.known = to;
    }
}

/// For each entry of an ascending list, those of another whose sum with it is above `after` and at
/// most `to`.
fn windows(
    a: &[i64],
    b: &[i64],
    (after, to): (i64, i64),
    mut found: impl FnMut(usize, std::ops::Range<usize>),
) {
    // Where one list is much shorter, its entries are looked up rather than walking along the other.
    let look_up = a.len().saturating_mul(16) < b.len();
    let mut low = b.partition_point(|y| *y <= after);
    let mut high = b.partition_point(|y| *y <= to);
    for (i, x) in a.iter().enumerate() {
        if look_up {
            low = b[..low].partition_point(|y| *y <= after - x);
            high = b[..high].partition_point(|y| *y <= to - x);
        }
        while low > 0 && b[low - 1] > after - x {
            low -= 1;
        }
        while high > 0 && b[high - 1] > to - x {
            high -= 1;
        }
        if high == 0 {
            break;
        }
        found(i, low..high);
    }
}

/// How many pairs of two ascending lists have a sum above `after` and at most `to`.
fn count_pairs(a: &[i64], b: &[i64], bounds: (i64, i64)) -> usize {
    let (a, b) = if a.len() <= b.len() { (a, b) } else { (b, a) };
    let mut n = 0;
    windows(a, b, bounds, |_, window| n += window.len());
    n
}

/// Calls `found` with every pair of two ascending lists whose sum is above `after` and at most `to`.
pub(crate) fn each_pair(a: &[i64], b: &[i64], bounds: (i64, i64), mut found: impl FnMut(usize, usize)) {
    if a.len() <= b.len() {
        windows(a, b, bounds, |i, window| window.for_each(|j| found(i, j)));
    } else {
        windows(b, a, bounds, |j, window| window.for_each(|i| found(i, j)));
    }
}

/// A bound up to `most` such that from half to twice `target` pairs of two ascending lists have a sum
/// above `after` and at most the bound. Fewer only if it is `most`; more only if the pairs beyond all
/// have the same sum. `hint` is a first guess of how far it is away.
pub(crate) fn stop(a: &[i64], b: &[i64], (after, most): (i64, i64), target: usize, hint: i64) -> i64 {
    let end = most.min(last(a) + last(b));
    if end <= after {
        return most;
    }
    // Up to `low` are too few; up to `high` are too many, or it is the end and not tried.
    let (mut low, mut high, mut tried) = (after, end, false);
    let mut at = after.saturating_add(hint).clamp(after + 1, end);
    loop {
        let n = count_pairs(a, b, (after, at));
        if n > 2 * target {
            (high, tried) = (at, true);
            let share = ((at - low) as f64 * (target as f64 / n as f64)) as i64;
            at = (low + share.max(1)).min(high - 1);
        } else if at == end {
            return most;
        } else if 2 * n >= target {
            return at;
        } else {
            low = at;
            at = if tried { low + (high - low) / 2 } else { at.saturating_add(at - after).min(end) };
        }
        if tried && high - low <= 1 {
            return high;
        }
    }
}

/// A group's entry on the way, with what those after it must lose.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Step {
    position: u32,
    rest: i64,
    /// What all groups lose together.
    whole: i64,
}

/// All choices of a chain's groups with given losses, by the first group's position upwards, then the
/// second's, and so on.
#[derive(Debug, Default)]
pub(crate) struct Walk {
    wholes: Vec<i64>,
    /// For each group the entries that lead on, and which is taken.
    levels: Vec<(Vec<Step>, usize)>,
    started: bool,
}

impl Walk {
    /// Starts over with losses that the chain has, each once.
    pub(crate) fn restart(&mut self, wholes: impl Iterator<Item = i64>) {
        self.wholes.clear();
        self.wholes.extend(wholes);
        self.levels.iter_mut().for_each(|(steps, _)| steps.clear());
        self.started = false;
    }

    /// The next choice, written to `chosen`, and its loss.
    pub(crate) fn next(&mut self, chain: &Chain, chosen: &mut [u32]) -> Option<i64> {
        let n = chain.groups().len();
        assert_eq!(chosen.len(), n, "a position for every group");
        self.levels.resize_with(n, Default::default);
        let fresh = !std::mem::replace(&mut self.started, true);
        if n == 0 {
            // No group has one choice, which loses nothing.
            return self.wholes.first().copied().filter(|_| fresh);
        }
        let first = if fresh { 0 } else { self.advance()? + 1 };
        (first..n).for_each(|k| self.open(k, chain));
        for (chosen, (steps, at)) in chosen.iter_mut().zip(&self.levels) {
            *chosen = steps.get(*at)?.position;
        }
        self.levels.last().and_then(|(steps, at)| steps.get(*at)).map(|step| step.whole)
    }

    /// Goes on to the next entry of the last group that has one; that group.
    fn advance(&mut self) -> Option<usize> {
        (0..self.levels.len()).rev().find(|k| {
            let (steps, at) = &mut self.levels[*k];
            let here = steps.get(*at).map(|step| step.position);
            *at += steps[*at..].iter().take_while(|step| Some(step.position) == here).count();
            *at < steps.len()
        })
    }

    /// Finds the entries of a group that go with what is taken before it.
    fn open(&mut self, k: usize, chain: &Chain) {
        let (before, here) = self.levels.split_at_mut(k);
        let (steps, at) = &mut here[0];
        steps.clear();
        *at = 0;
        let (group, list) = (&chain.groups()[k], &chain.lists[k + 1].losses);
        let mut take = |rest: i64, whole: i64| {
            group.fits(rest, list, |loss| {
                let rest = rest - group.losses[loss];
                steps.extend(group.positions(loss).iter().map(|position| Step {
                    position: *position,
                    rest,
                    whole,
                }));
            });
        };
        match before.last() {
            None => self.wholes.iter().for_each(|whole| take(*whole, *whole)),
            Some((above, at)) => {
                let here = above.get(*at).map(|step| step.position);
                let same = above[*at..].iter().take_while(|step| Some(step.position) == here);
                same.for_each(|step| take(step.rest, step.whole));
            }
        }
        steps.sort_unstable();
    }
}
