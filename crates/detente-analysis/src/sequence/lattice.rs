//! The sets of groups that can be done, each visited once: the best order of a piece, and what every
//! party would have to be guaranteed.
//!
//! A set can be done if it holds with each group all that comes before that. Listed as numbers in rising
//! order, every set stands behind those it can be reached from, and for each group the sets before it was
//! done are met in rising order too: one pass and a pointer per group find them all.

use super::front::{Needs, needs, offer, with};
use super::gauge::{Gauge, Set};
use super::labels::Labels;
use super::stakes::Share;
use crate::ticker::Ticker;
use std::collections::BTreeMap;
use std::ops::ControlFlow;

/// Sets looked at, from the end backwards, for what is needed in any case.
const MOST_LAST: usize = 2_000;
/// Vectors that are tried in one pass, a bit each.
const MOST_TRIED: usize = 16;

/// Groups done one after the other, by their bits, and what that needs.
#[derive(Clone, Debug)]
pub(super) struct Way {
    pub(super) order: Vec<usize>,
    pub(super) needs: Needs,
}

/// What is known of a piece.
pub(super) struct Answer {
    /// The largest smallest slack before the piece is done.
    pub(super) slack: Share,
    pub(super) order: Vec<usize>,
    /// The Pareto-minimal needs; absent where they are too many to keep.
    pub(super) ways: Option<Vec<Way>>,
}

/// All sets that can be done, as rising numbers; absent if there are more than so many. What comes
/// before a group has lower bits.
pub(super) fn sets(before: &[Set], most: usize) -> Option<Vec<Set>> {
    let mut all = Vec::new();
    // What is decided from this bit down, and what has to be in the set.
    let mut open: Vec<(usize, Set)> = vec![(before.len(), 0)];
    while let Some((bits, set)) = open.pop() {
        let Some(k) = bits.checked_sub(1) else {
            if all.len() == most {
                return None;
            }
            all.push(set);
            continue;
        };
        open.push((k, set | 1 << k | before[k]));
        if set >> k & 1 == 0 {
            open.push((k, set));
        }
    }
    Some(all)
}

/// The sets of a piece, and what leads from one to another.
pub(super) struct Lattice<'a, 's> {
    pub(super) sets: &'a [Set],
    /// By group, what comes after it.
    pub(super) after: Vec<Set>,
    pub(super) gauge: Gauge<'s>,
    pub(super) n_parties: usize,
}

impl<'a, 's> Lattice<'a, 's> {
    pub(super) fn new(
        sets: &'a [Set],
        before: &[Set],
        gauge: Gauge<'s>,
        n_parties: usize,
    ) -> Lattice<'a, 's> {
        let n = before.len();
        let comes_after = |k: usize, other: &usize| before[*other] >> k & 1 == 1;
        let after =
            |k: usize| (0..n).filter(|other| comes_after(k, other)).fold(0, |all, other| all | 1 << other);
        Lattice { after: (0..n).map(after).collect(), sets, gauge, n_parties }
    }

    /// The answer, with so many numbers kept at most; broken off if the watcher asks for it.
    pub(super) fn solve(mut self, most: usize, ticker: &mut Ticker<'_>) -> ControlFlow<(), Answer> {
        let floor = self.floor();
        let tried: &[Needs] = if floor.len() <= MOST_TRIED { &floor } else { &[] };
        let pass = Pass::run(&mut self, tried, ticker)?;
        let last = self.sets.len() - 1;
        let slack = pass.best[last];
        let order = back(self.sets, &self.after, |from| pass.best[from] >= slack);
        let mut ways = Vec::new();
        for (k, needs) in tried.iter().enumerate().filter(|(k, _)| pass.reached[last] >> k & 1 == 1) {
            let order = back(self.sets, &self.after, |from| pass.reached[from] >> k & 1 == 1);
            ways.push(Way { order, needs: needs.clone() });
        }
        drop(pass);
        if !tried.is_empty() && ways.len() == tried.len() {
            ways.sort_by(|a, b| a.needs.cmp(&b.needs));
            return ControlFlow::Continue(Answer { slack, order, ways: Some(ways) });
        }
        let known = Way { needs: self.needed(&order), order: order.clone() };
        ways.push(known);
        let ways = Labels::run(self, &floor, ways, most, ticker)?;
        ControlFlow::Continue(Answer { slack, order, ways })
    }

    /// What a set needs; nothing where the piece is done.
    pub(super) fn needs(&mut self, set: Set) -> Needs {
        let mut slacks = vec![0; self.n_parties];
        self.slacks(set, &mut slacks);
        needs(&slacks)
    }

    fn slacks(&mut self, set: Set, out: &mut [Share]) {
        if Some(&set) == self.sets.last() { out.fill(Share::MAX) } else { self.gauge.slacks(set, out) }
    }

    /// What an order needs.
    fn needed(&mut self, order: &[usize]) -> Needs {
        let mut needed = self.needs(0);
        let mut set = 0;
        for k in order {
            set |= 1 << k;
            let own = self.needs(set);
            needed.iter_mut().zip(own).for_each(|(all, own)| *all = own.max(*all));
        }
        needed
    }

    /// Vectors one of which every order needs: those of the last points, as far back as they are few.
    fn floor(&mut self) -> Vec<Needs> {
        let nothing = vec![0; self.n_parties];
        let end = self.sets[self.sets.len() - 1];
        let mut layer: BTreeMap<Set, Vec<Needs>> = BTreeMap::from([(end, vec![nothing])]);
        let mut floor = Vec::new();
        loop {
            let mut all = Vec::new();
            layer.values().flatten().for_each(|needs| _ = offer(&mut all, needs));
            if layer.len() > MOST_LAST || !floor.is_empty() && all.len() > MOST_TRIED {
                break;
            }
            floor = all;
            if layer.contains_key(&0) {
                break;
            }
            let mut earlier: BTreeMap<Set, Vec<Needs>> = BTreeMap::new();
            for (set, fronts) in &layer {
                for k in bits(self.last_of(*set)) {
                    let front = earlier.entry(set ^ 1 << k).or_default();
                    fronts.iter().for_each(|needs| _ = offer(front, needs));
                }
            }
            for (set, front) in &mut earlier {
                let own = self.needs(*set);
                *front = with(front, &own);
            }
            layer = earlier;
        }
        let start = self.needs(0);
        with(&floor, &start)
    }

    /// The groups of a set that may have been done last.
    pub(super) fn last_of(&self, set: Set) -> Set {
        last_of(&self.after, set)
    }
}

/// Walks back from the end over sets that are good enough, by their place; what stands later in the file is
/// done later.
pub(super) fn back(sets: &[Set], after: &[Set], mut good: impl FnMut(usize) -> bool) -> Vec<usize> {
    let mut order = Vec::new();
    let mut set = sets[sets.len() - 1];
    while set != 0 {
        let mut open: Vec<usize> = bits(last_of(after, set)).collect();
        open.reverse();
        let is_good = |k: &usize| good(sets.partition_point(|known| *known < set ^ 1 << k));
        let last = open.into_iter().find(is_good);
        let last = last.expect("what can be reached has a point before it that is as good");
        order.push(last);
        set ^= 1 << last;
    }
    order.reverse();
    order
}

/// The groups of a set that may have been done last, given what comes after each.
fn last_of(after: &[Set], set: Set) -> Set {
    bits(set).filter(|k| after[*k] & set == 0).fold(0, |all, k| all | 1 << k)
}

/// The members of a set, rising.
pub(super) fn bits(set: Set) -> impl Iterator<Item = usize> {
    let mut left = set;
    std::iter::from_fn(move || {
        let next = (left != 0).then(|| left.trailing_zeros() as usize)?;
        left &= left - 1;
        Some(next)
    })
}

/// What one pass over the sets finds.
struct Pass {
    /// By set: the largest smallest slack on the way there, itself included.
    best: Vec<Share>,
    /// By set: which of the vectors tried are enough to get there, a bit each.
    reached: Vec<u16>,
}

impl Pass {
    fn run(lattice: &mut Lattice<'_, '_>, tried: &[Needs], ticker: &mut Ticker<'_>) -> ControlFlow<(), Pass> {
        let n = lattice.sets.len();
        let mut pass = Pass { best: Vec::with_capacity(n), reached: Vec::with_capacity(n) };
        let mut pointers = vec![0; lattice.after.len()];
        let mut slacks = vec![0; lattice.n_parties];
        for (i, set) in lattice.sets.iter().enumerate() {
            ticker.tick()?;
            lattice.slacks(*set, &mut slacks);
            let own = slacks.iter().copied().min().unwrap_or(Share::MAX);
            let enough = |needs: &Needs| slacks.iter().zip(needs).all(|(slack, need)| covers(*need, *slack));
            let mut all = 0;
            for (k, needs) in tried.iter().enumerate() {
                all |= u16::from(enough(needs)) << k;
            }
            let (mut best, mut reached) = if i == 0 { (Share::MAX, all) } else { (Share::MIN, 0) };
            let mut open = lattice.last_of(*set);
            while open != 0 && (best < own || reached != all) {
                let k = open.trailing_zeros() as usize;
                open &= open - 1;
                let from = advance(lattice.sets, &mut pointers[k], set ^ 1 << k);
                best = best.max(pass.best[from]);
                reached |= pass.reached[from] & all;
            }
            pass.best.push(best.min(own));
            pass.reached.push(reached);
        }
        ControlFlow::Continue(pass)
    }
}

/// Whether a guarantee is enough for a slack.
fn covers(guarantee: Share, slack: Share) -> bool {
    super::front::need(slack) <= guarantee
}

/// Where a set stands, looking from where the last one stood.
pub(super) fn advance(sets: &[Set], pointer: &mut usize, target: Set) -> usize {
    let mut stride = 1;
    let mut low = *pointer;
    while low + stride < sets.len() && sets[low + stride] < target {
        low += stride;
        stride *= 2;
    }
    let high = (low + stride + 1).min(sets.len());
    *pointer = low + sets[low..high].partition_point(|known| *known < target);
    *pointer
}
