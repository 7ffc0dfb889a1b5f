//! The sets of groups that can be done, each visited once: the best order of a piece, and what every
//! party would have to be guaranteed.
//!
//! A set can be done if it holds with each group all that comes before that. Listed as numbers in rising
//! order, every set stands behind those it can be reached from, and for each group the sets before it was
//! done are met in rising order too: one pass and a pointer per group find them all.
//!
//! What the last points need in any case is found first, from the end backwards; mostly that is also
//! enough, and one pass shows it. Otherwise `search` looks for the rest.

use super::exit_values::Share;
use super::front::{Needs, needs, offer, with};
use super::search::GuaranteeSearch;
use super::slack_table::{Set, SlackTable};
use crate::bits::members;
use crate::ticker::Ticker;
use std::collections::BTreeMap;
use std::ops::ControlFlow;

/// Sets looked at, from the end backwards, for what is needed in any case.
const MOST_LAST: usize = 2_000;
/// Vectors that are tried in one pass, a bit each.
pub(super) const MOST_TRIED: usize = 16;

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
    /// The Pareto-minimal needs, and whether these are all.
    pub(super) ways: Vec<Way>,
    pub(super) complete: bool,
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

/// Sets of a piece, the end last, and what leads from one to another.
pub(super) struct Lattice<'s> {
    pub(super) sets: Vec<Set>,
    /// By group, what comes after it.
    after: Vec<Set>,
    slack_table: SlackTable<'s>,
    pub(super) n_parties: usize,
}

impl<'s> Lattice<'s> {
    pub(super) fn new(
        sets: Vec<Set>,
        before: &[Set],
        slack_table: SlackTable<'s>,
        n_parties: usize,
    ) -> Lattice<'s> {
        let n = before.len();
        let comes_after = |k: usize, other: &usize| before[*other] >> k & 1 == 1;
        let after =
            |k: usize| (0..n).filter(|other| comes_after(k, other)).fold(0, |all, other| all | 1 << other);
        Lattice { after: (0..n).map(after).collect(), sets, slack_table, n_parties }
    }

    /// The answer, looking at so many sets at most for the price of trust; broken off if the watcher asks
    /// for it.
    pub(super) fn solve(mut self, most: u64, ticker: &mut Ticker<'_>) -> ControlFlow<(), Answer> {
        let floor = self.floor();
        let tried: &[Needs] = if floor.len() <= MOST_TRIED { &floor } else { &[] };
        let smallest = |slacks: &[Share]| slacks.iter().copied().min().unwrap_or(Share::MAX);
        let pass = Pass::run(&mut self, tried, &smallest, ticker)?;
        let slack = pass.end().0;
        let order = self.best_order(&pass, slack, ticker)?;
        let mut ways = Vec::new();
        for (k, needs) in tried.iter().enumerate().filter(|(k, _)| pass.end().1 >> k & 1 == 1) {
            let order = self.back(|_, from| pass.reached[from] >> k & 1 == 1);
            ways.push(Way { order, needs: needs.clone() });
        }
        drop(pass);
        let mut complete = !tried.is_empty() && ways.len() == tried.len();
        if !complete {
            (ways, complete) = GuaranteeSearch::new(self, floor, ways, most).run(&order, ticker)?;
        }
        ways.sort_by(|a, b| a.needs.cmp(&b.needs));
        ControlFlow::Continue(Answer { slack, order, ways, complete })
    }

    /// An order with the largest smallest slack: where somebody could gain by walking away, one with the least
    /// to gain in sum; of equals, what stands later in the file is done later.
    fn best_order(
        &mut self,
        pass: &Pass,
        slack: Share,
        ticker: &mut Ticker<'_>,
    ) -> ControlFlow<(), Vec<usize>> {
        if slack >= 0 {
            return ControlFlow::Continue(self.back(|_, from| pass.best[from] >= slack));
        }
        let mut sums: Vec<Share> = Vec::with_capacity(self.sets.len());
        let mut pointers = vec![0; self.after.len()];
        let mut slacks = vec![0; self.n_parties];
        for i in 0..self.sets.len() {
            ticker.tick()?;
            let set = self.sets[i];
            if pass.best[i] < slack {
                sums.push(Share::MAX);
                continue;
            }
            let mut least = if set == 0 { 0 } else { Share::MAX };
            for k in members(self.last_of(set)) {
                let from = advance(&self.sets, &mut pointers[k], set ^ 1 << k);
                least = least.min(from.map_or(Share::MAX, |from| sums[from]));
                if least == 0 {
                    break;
                }
            }
            self.slacks(set, &mut slacks);
            let own = slacks.iter().map(|slack| super::front::need(*slack)).fold(0, Share::saturating_add);
            sums.push(least.saturating_add(own));
        }
        let place = |lattice: &Self, set: Set| lattice.sets.binary_search(&set).unwrap_or(0);
        ControlFlow::Continue(self.back(|set, from| {
            let others = members(self.last_of(set)).map(|k| sums[place(self, set ^ 1 << k)]);
            pass.best[from] >= slack && others.min() == Some(sums[from])
        }))
    }

    /// What a set needs; nothing where the piece is done.
    pub(super) fn needs(&mut self, set: Set) -> Needs {
        let mut slacks = vec![0; self.n_parties];
        self.slacks(set, &mut slacks);
        needs(&slacks)
    }

    fn slacks(&mut self, set: Set, out: &mut [Share]) {
        if Some(&set) == self.sets.last() { out.fill(Share::MAX) } else { self.slack_table.slacks(set, out) }
    }

    /// What an order needs.
    pub(super) fn needed(&mut self, order: &[usize]) -> Needs {
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
                for k in members(self.last_of(*set)) {
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
    fn last_of(&self, set: Set) -> Set {
        members(set).filter(|k| self.after[*k] & set == 0).fold(0, |all, k| all | 1 << k)
    }

    /// Keeps the sets that are good, as far as good ones lead to them; and the end.
    pub(super) fn keep(
        &mut self,
        good: impl Fn(&[Share]) -> bool,
        ticker: &mut Ticker<'_>,
    ) -> ControlFlow<()> {
        let mut kept: Vec<Set> = Vec::new();
        let mut pointers = vec![0; self.after.len()];
        let mut slacks = vec![0; self.n_parties];
        let end = self.sets.len() - 1;
        for i in 0..self.sets.len() {
            ticker.tick()?;
            let set = self.sets[i];
            let mut led_to =
                members(self.last_of(set)).any(|k| advance(&kept, &mut pointers[k], set ^ 1 << k).is_some());
            if i < end && (led_to || set == 0) {
                self.slacks(set, &mut slacks);
                led_to = good(&slacks);
            }
            if led_to || i == end {
                kept.push(set);
            }
        }
        self.sets = kept;
        ControlFlow::Continue(())
    }

    /// Walks back from the end over sets that are good enough, given the set they lead to and their place;
    /// what stands later in the file is done later.
    pub(super) fn back(&self, mut good: impl FnMut(Set, usize) -> bool) -> Vec<usize> {
        let mut order = Vec::new();
        let mut set = self.sets[self.sets.len() - 1];
        while set != 0 {
            let mut open: Vec<usize> = members(self.last_of(set)).collect();
            open.reverse();
            let is_good =
                |k: &usize| self.sets.binary_search(&(set ^ 1 << k)).is_ok_and(|from| good(set, from));
            let last = open.into_iter().find(is_good);
            let last = last.expect("what can be reached has a point before it that is as good");
            order.push(last);
            set ^= 1 << last;
        }
        order.reverse();
        order
    }
}

/// What one pass over the sets finds.
pub(super) struct Pass {
    /// By set: the largest smallest worth on the way there, itself included.
    pub(super) best: Vec<Share>,
    /// By set: which of the vectors tried are enough to get there, a bit each.
    pub(super) reached: Vec<u16>,
}

impl Pass {
    /// What is best is what leaves the most of a worth, at the point where it is least.
    pub(super) fn run(
        lattice: &mut Lattice<'_>,
        tried: &[Needs],
        worth: &dyn Fn(&[Share]) -> Share,
        ticker: &mut Ticker<'_>,
    ) -> ControlFlow<(), Pass> {
        let n = lattice.sets.len();
        let mut pass = Pass { best: Vec::with_capacity(n), reached: Vec::with_capacity(n) };
        let mut pointers = vec![0; lattice.after.len()];
        let mut slacks = vec![0; lattice.n_parties];
        for i in 0..n {
            ticker.tick()?;
            let set = lattice.sets[i];
            lattice.slacks(set, &mut slacks);
            let own = worth(&slacks);
            let mut all = 0;
            for (k, needs) in tried.iter().enumerate() {
                let enough = slacks.iter().zip(needs).all(|(slack, need)| covers(*need, *slack));
                all |= u16::from(enough) << k;
            }
            let (mut best, mut reached) = if set == 0 { (Share::MAX, all) } else { (Share::MIN, 0) };
            let mut open = lattice.last_of(set);
            while open != 0 && (best < own || reached != all) {
                let k = open.trailing_zeros() as usize;
                open &= open - 1;
                if let Some(from) = advance(&lattice.sets, &mut pointers[k], set ^ 1 << k) {
                    best = best.max(pass.best[from]);
                    reached |= pass.reached[from] & all;
                }
            }
            pass.best.push(best.min(own));
            pass.reached.push(reached);
        }
        ControlFlow::Continue(pass)
    }

    /// What holds at the end.
    pub(super) fn end(&self) -> (Share, u16) {
        let last = |of: Option<&Share>| of.copied().unwrap_or(Share::MIN);
        (last(self.best.last()), self.reached.last().copied().unwrap_or(0))
    }
}

/// Whether a guarantee is enough for a slack.
pub(super) fn covers(guarantee: Share, slack: Share) -> bool {
    super::front::need(slack) <= guarantee
}

/// Where a set stands, looking from where the last one stood; absent if it is not among them.
pub(super) fn advance(sets: &[Set], pointer: &mut usize, target: Set) -> Option<usize> {
    let mut stride = 1;
    let mut low = *pointer;
    while low + stride < sets.len() && sets[low + stride] < target {
        low += stride;
        stride *= 2;
    }
    let high = (low + stride + 1).min(sets.len());
    *pointer = low + sets.get(low..high)?.partition_point(|known| *known < target);
    (sets.get(*pointer) == Some(&target)).then_some(*pointer)
}
