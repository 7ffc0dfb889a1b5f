//! The efficient sums of issues that are tied together, by taking one issue out after another: bucket elimination
//! (Dechter 1999) with frontiers where it has numbers (Rollón and Larrosa 2006).
//!
//! What is taken out leaves, for each combination of the issues it is tied to, the efficient sums of all that is decided
//! by then. The most issues that are looked at together are those of the widest clique of a tree decomposition, so that
//! long chains and loose nets of many issues are exact at any size.

mod ends;

pub(crate) use ends::{Ends, ends};

use super::cover::Cover;
use super::minkowski::{self, Scratch, Side, Sums};
use super::scan::Share;
use super::sweep::{LOOKS, Law, Level, Term};
use crate::front::Budget;
use crate::ticker::Watch;
use rayon::prelude::*;
use std::collections::BTreeSet;
use std::ops::ControlFlow;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

/// Most combinations that are looked at, each of an issue and all it is tied to when it is taken out.
const MOST_CELLS: u64 = 1 << 22;
/// What may be spent on one group at most.
const EFFORT: Effort = Effort { kept: 1 << 23, work: 1 << 31 };
/// Combinations between two looks at the watcher.
const WAVE: usize = 1 << 11;

/// Why there is no frontier.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Why {
    /// Too many issues are tied to one another at a time.
    Wide,
    /// There are too many efficient sums.
    Many,
    Interrupted,
}

/// Most sums that are kept at a time, and most work: a sum that is tried counts once, with two parties.
#[derive(Clone, Copy, Debug)]
struct Effort {
    kept: u64,
    work: u64,
}

/// Efficient vectors by the first number downwards.
#[derive(Debug, Default)]
pub(crate) struct Eliminated {
    /// One after another.
    pub(crate) values: Vec<i64>,
    /// How many combinations have each; at least so many where it is the largest number.
    pub(crate) counts: Vec<u64>,
    /// The first combination of each in issue and option order, one after another.
    pub(crate) marks: Vec<u64>,
}

/// Where the option of each issue stands in a mark: earlier issues in higher places.
#[derive(Clone, Debug)]
pub(crate) struct Places {
    /// Issue, word and lowest bit, number of bits; in the order of the file.
    issues: Vec<(usize, usize, u32, u32)>,
    words: usize,
}

impl Places {
    /// Of issues with their numbers of options, in the order of the file.
    pub(crate) fn new(issues: &[(usize, usize)]) -> Places {
        let (mut word, mut left) = (0, u64::BITS);
        let mut places = Vec::new();
        for (issue, n) in issues {
            let bits = usize::BITS - n.saturating_sub(1).leading_zeros();
            if bits > left {
                (word, left) = (word + 1, u64::BITS);
            }
            left -= bits;
            places.push((*issue, word, left, bits));
        }
        Places { issues: places, words: word + 1 }
    }

    pub(crate) fn words(&self) -> usize {
        self.words
    }

    fn set(&self, issue: usize, option: usize, mark: &mut [u64]) {
        if let Ok(k) = self.issues.binary_search_by_key(&issue, |(own, ..)| *own) {
            let (_, word, low, bits) = self.issues[k];
            if bits > 0 {
                mark[word] |= (option as u64) << low;
            }
        }
    }

    /// Enters the options of a mark.
    pub(crate) fn read(&self, mark: &[u64], options: &mut [usize]) {
        for (issue, word, low, bits) in &self.issues {
            let option = if *bits == 0 { 0 } else { mark[*word] >> low & (u64::MAX >> (u64::BITS - bits)) };
            options[*issue] = option as usize;
        }
    }
}

/// Everything that ties issues together, in positions of levels.
struct Net<'l> {
    levels: &'l [Level],
    d: usize,
    /// `[level][option][party]`.
    leaves: Vec<Vec<i64>>,
    terms: Vec<(Vec<usize>, &'l Term, Share)>,
    laws: Vec<(Vec<usize>, &'l Law)>,
    places: Places,
    n_issues: usize,
}

/// In which order issues are taken out, each with what it is tied to by then.
struct Plan {
    steps: Vec<(usize, Vec<usize>)>,
    cells: u64,
}

/// What was taken out, for each combination of what it was tied to.
#[derive(Default)]
struct Message {
    /// Positions of levels.
    scope: Vec<usize>,
    /// By combination, the last of the scope quickest: where its sums end.
    ends: Vec<usize>,
    sums: Eliminated,
}

/// The efficient sums of some loops of which every body's steps count for a party, for what is left of a budget.
pub(crate) fn frontier(
    levels: &[Level],
    shares: &[Share],
    d: usize,
    places: &Places,
    budget: &Budget,
    watch: Watch<'_>,
) -> Result<Eliminated, Why> {
    let net = Net::new(levels, shares, d, places.clone());
    let plan = net.plan(MOST_CELLS).ok_or(Why::Wide)?;
    let pace = Pace::new(Effort { work: EFFORT.work.min(budget.left()), ..EFFORT });
    let found = net.run(&plan, &pace, watch);
    budget.spend(pace.work.load(Relaxed));
    found
}

impl<'l> Net<'l> {
    fn new(levels: &'l [Level], shares: &[Share], d: usize, places: Places) -> Net<'l> {
        let n_bodies = shares.len();
        let depth = |issue: usize| levels.iter().position(|level| level.issue == issue).unwrap_or(0);
        let scope = |issues: Vec<usize>| -> Vec<usize> {
            let depths: BTreeSet<usize> = issues.into_iter().map(depth).collect();
            // What depends on nothing is looked at with the first.
            if depths.is_empty() { vec![0] } else { depths.into_iter().collect() }
        };
        let leaves = |level: &Level| {
            let mut own = vec![0; level.n * d];
            for (k, leaf) in level.leaves.iter().enumerate() {
                let (party, factor) = shares[k % n_bodies];
                own[k / n_bodies * d + party] += factor * leaf;
            }
            own
        };
        let terms = levels.iter().flat_map(|level| &level.terms);
        let laws = levels.iter().flat_map(|level| &level.laws);
        let issues = |law: &Law| {
            law.when.iter().chain(law.then.iter().flatten()).map(|(issue, _)| *issue).collect::<Vec<_>>()
        };
        Net {
            levels,
            d,
            leaves: levels.iter().map(leaves).collect(),
            terms: terms.map(|term| (scope(term.issues()), term, shares[term.body()])).collect(),
            laws: laws.map(|law| (scope(issues(law)), law)).collect(),
            places,
            n_issues: levels.iter().map(|level| level.issue + 1).max().unwrap_or(0),
        }
    }

    /// The order that looks at fewer combinations, of two that are quickly found; nothing if both look at too many.
    fn plan(&self, most: u64) -> Option<Plan> {
        let plans = [false, true].map(|fill| self.greedy(fill, most));
        plans.into_iter().flatten().min_by_key(|plan| plan.cells)
    }

    /// Takes out the issue with the fewest combinations of what it is tied to, or the one that ties the fewest issues
    /// that were not tied before; of equals by the other, then the first.
    fn greedy(&self, fill: bool, most: u64) -> Option<Plan> {
        let n = self.levels.len();
        let mut tied: Vec<BTreeSet<usize>> = vec![BTreeSet::new(); n];
        for scope in
            self.terms.iter().map(|(scope, ..)| scope).chain(self.laws.iter().map(|(scope, _)| scope))
        {
            for a in scope {
                tied[*a].extend(scope.iter().filter(|b| *b != a));
            }
        }
        let size = |own: usize, tied: &BTreeSet<usize>| {
            tied.iter()
                .fold(self.levels[own].n as u64, |cells, k| cells.saturating_mul(self.levels[*k].n as u64))
        };
        let mut left: BTreeSet<usize> = (0..n).collect();
        let mut plan = Plan { steps: Vec::new(), cells: 0 };
        while !left.is_empty() {
            let new_ties = |k: usize| {
                let own: Vec<usize> = tied[k].iter().copied().collect();
                let missing =
                    |(i, a): (usize, &usize)| own[i + 1..].iter().filter(|b| !tied[*a].contains(b)).count();
                own.iter().enumerate().map(missing).sum::<usize>() as u64
            };
            let sized = left.iter().map(|k| (size(*k, &tied[*k]), *k)).filter(|(size, _)| *size <= most);
            let (_, k) = if fill {
                sized.min_by_key(|(size, k)| (new_ties(*k), *size, *k))?
            } else {
                let least = sized.clone().map(|(size, _)| size).min()?;
                sized.filter(|(size, _)| *size == least).min_by_key(|(_, k)| (new_ties(*k), *k))?
            };
            plan.cells = plan.cells.saturating_add(size(k, &tied[k]));
            if plan.cells > most {
                return None;
            }
            left.remove(&k);
            let scope = std::mem::take(&mut tied[k]);
            for a in &scope {
                tied[*a].remove(&k);
                tied[*a].extend(scope.iter().filter(|b| *b != a));
            }
            plan.steps.push((k, scope.into_iter().collect()));
        }
        Some(plan)
    }

    fn run(&self, plan: &Plan, pace: &Pace, watch: Watch<'_>) -> Result<Eliminated, Why> {
        let mut terms: Vec<usize> = (0..self.terms.len()).collect();
        let mut laws: Vec<usize> = (0..self.laws.len()).collect();
        let mut messages: Vec<Message> = Vec::new();
        let mut done = 0;
        for (own, scope) in &plan.steps {
            let bucket = Bucket {
                net: self,
                own: *own,
                scope,
                terms: take(&mut terms, |k| self.terms[*k].0.contains(own)),
                laws: take(&mut laws, |k| self.laws[*k].0.contains(own)),
                messages: take(&mut messages, |message| message.scope.contains(own)),
                pace,
            };
            let n: usize = scope.iter().map(|k| self.levels[*k].n).product();
            let mut message = Message { scope: scope.clone(), ..Message::default() };
            let before = message_size(&messages) + message_size(&bucket.messages);
            for first in (0..n).step_by(WAVE) {
                let wave = first..n.min(first + WAVE);
                pace.kept.store(before + message.sums.counts.len() as u64, Relaxed);
                let piles: Vec<Eliminated> = wave.into_par_iter().map(|cell| bucket.cell(cell)).collect();
                for pile in piles {
                    message.sums.extend(&pile);
                    message.ends.push(message.sums.counts.len());
                }
                if pace.spent() {
                    return Err(Why::Many);
                }
                done += (n.min(first + WAVE) - first) as u64 * self.levels[*own].n as u64;
                if watch(done as f64 / plan.cells as f64).is_break() {
                    return Err(Why::Interrupted);
                }
            }
            messages.push(message);
        }
        // What has nothing to do with each other is left side by side.
        let mut sum = self.nothing();
        let mut room = Room::default();
        for message in messages {
            self.add(&mut sum, View::all(&message.sums), &mut room, pace);
            if pace.spent() {
                return Err(Why::Many);
            }
        }
        Ok(sum)
    }

    /// Enters the options of a combination of a scope.
    fn enter(&self, scope: &[usize], mut cell: usize, options: &mut [usize]) {
        for level in scope.iter().rev().map(|k| &self.levels[*k]) {
            options[level.issue] = cell % level.n;
            cell /= level.n;
        }
    }

    /// The combination of a scope that options have.
    fn cell(&self, scope: &[usize], options: &[usize]) -> usize {
        let levels = scope.iter().map(|k| &self.levels[*k]);
        levels.fold(0, |cell, level| cell * level.n + options[level.issue])
    }

    /// Nothing decided, in one way.
    fn nothing(&self) -> Eliminated {
        Eliminated { values: vec![0; self.d], counts: vec![1], marks: vec![0; self.places.words] }
    }

    /// Adds the efficient sums of one side to another.
    fn add(&self, sum: &mut Eliminated, right: View<'_>, room: &mut Room, pace: &Pace) {
        let (d, words) = (self.d, self.places.words);
        if sum.counts.is_empty() || right.counts.is_empty() {
            *sum = Eliminated::default();
            return;
        }
        if sum.counts.len() == 1 {
            // The other side, each moved by the same.
            let (by, marked, count) = (sum.values.clone(), sum.marks.clone(), sum.counts[0]);
            sum.values = right.values.iter().enumerate().map(|(k, x)| x + by[k % d]).collect();
            sum.marks = right.marks.iter().enumerate().map(|(k, mark)| mark | marked[k % words]).collect();
            sum.counts = right.counts.iter().map(|n| n.saturating_mul(count)).collect();
            return;
        }
        let mark = |(i, j): (u32, u32)| {
            let (i, j) = (i as usize * words, j as usize * words);
            sum.marks[i..i + words].iter().zip(&right.marks[j..j + words]).map(|(a, b)| a | b)
        };
        let earlier = |a: (u32, u32), b: (u32, u32)| mark(a).cmp(mark(b));
        let sides = [
            Side { values: &sum.values, counts: &sum.counts },
            Side { values: right.values, counts: right.counts },
        ];
        let spend = &mut |work: u64, found: usize| pace.spend(work, found as u64);
        let _ =
            minkowski::frontier(sides[0], sides[1], d, &earlier, &mut room.scratch, spend, &mut room.sums);
        let marks = room.sums.from.iter().flat_map(|pair| mark(*pair)).collect();
        sum.values.clone_from(&room.sums.values);
        sum.counts.clone_from(&room.sums.counts);
        sum.marks = marks;
    }
}

/// Takes out what belongs to something; the rest stays in order.
fn take<T>(all: &mut Vec<T>, belongs: impl Fn(&T) -> bool) -> Vec<T> {
    let (taken, rest) = std::mem::take(all).into_iter().partition(belongs);
    *all = rest;
    taken
}

fn message_size(messages: &[Message]) -> u64 {
    messages.iter().map(|message| message.sums.counts.len() as u64).sum()
}

/// One issue with everything that is decided by it.
struct Bucket<'b> {
    net: &'b Net<'b>,
    own: usize,
    scope: &'b [usize],
    terms: Vec<usize>,
    laws: Vec<usize>,
    messages: Vec<Message>,
    pace: &'b Pace,
}

impl Bucket<'_> {
    /// The efficient sums where the scope has a combination.
    fn cell(&self, cell: usize) -> Eliminated {
        let net = self.net;
        let mut options = vec![0; net.n_issues];
        net.enter(self.scope, cell, &mut options);
        let level = &net.levels[self.own];
        self.pace.work.fetch_add((level.n * (self.terms.len() + self.laws.len())) as u64 / LOOKS, Relaxed);
        let mut room = Room::default();
        let mut pile = Eliminated::default();
        let mut parts = 0;
        for option in 0..level.n {
            options[level.issue] = option;
            if self.pace.spent() {
                return Eliminated::default();
            }
            if self.laws.iter().any(|k| net.laws[*k].1.broken(&options)) {
                continue;
            }
            let mut sum = net.nothing();
            sum.values.copy_from_slice(&net.leaves[self.own][option * net.d..(option + 1) * net.d]);
            for k in &self.terms {
                let (_, term, (party, factor)) = &net.terms[*k];
                sum.values[*party] += factor * term.amount(&options).1;
            }
            net.places.set(level.issue, option, &mut sum.marks);
            for message in &self.messages {
                let view = message.at(net, &options);
                net.add(&mut sum, view, &mut room, self.pace);
            }
            parts += usize::from(!sum.counts.is_empty());
            pile.extend(&sum);
        }
        if parts > 1 {
            let (kept, work) = pile.pruned(net.d, net.places.words);
            self.pace.work.fetch_add(work, Relaxed);
            pile = kept;
        }
        self.pace.kept.fetch_add(pile.counts.len() as u64, Relaxed);
        pile
    }
}

impl Message {
    fn at(&self, net: &Net<'_>, options: &[usize]) -> View<'_> {
        let cell = net.cell(&self.scope, options);
        let from = if cell == 0 { 0 } else { self.ends[cell - 1] };
        let (to, words) = (self.ends[cell], net.places.words);
        View {
            values: &self.sums.values[from * net.d..to * net.d],
            counts: &self.sums.counts[from..to],
            marks: &self.sums.marks[from * words..to * words],
        }
    }
}

/// Some sums of a message.
#[derive(Clone, Copy)]
struct View<'v> {
    values: &'v [i64],
    counts: &'v [u64],
    marks: &'v [u64],
}

impl<'v> View<'v> {
    fn all(sums: &'v Eliminated) -> View<'v> {
        View { values: &sums.values, counts: &sums.counts, marks: &sums.marks }
    }
}

impl Eliminated {
    fn extend(&mut self, other: &Eliminated) {
        self.values.extend_from_slice(&other.values);
        self.counts.extend_from_slice(&other.counts);
        self.marks.extend_from_slice(&other.marks);
    }

    /// What nothing else covers, downwards, and what it took to see that; of equal vectors the first mark stands for all.
    fn pruned(&self, d: usize, words: usize) -> (Eliminated, u64) {
        let value = |k: usize| &self.values[k * d..(k + 1) * d];
        let mark = |k: usize| &self.marks[k * words..(k + 1) * words];
        let mut order: Vec<usize> = (0..self.counts.len()).collect();
        order.sort_unstable_by(|a, b| value(*b).cmp(value(*a)).then_with(|| mark(*a).cmp(mark(*b))));
        let mut cover = Cover::new(d);
        let mut kept = Eliminated::default();
        for equal in order.chunk_by(|a, b| value(*a) == value(*b)) {
            if cover.admits(value(equal[0])) {
                kept.values.extend_from_slice(value(equal[0]));
                kept.counts.push(equal.iter().fold(0, |sum: u64, k| sum.saturating_add(self.counts[*k])));
                kept.marks.extend_from_slice(mark(equal[0]));
            }
        }
        (kept, cover.work())
    }
}

/// Buffers that are used again.
#[derive(Default)]
struct Room {
    scratch: Scratch,
    sums: Sums,
}

/// What was done and is kept, on all threads.
struct Pace {
    effort: Effort,
    work: AtomicU64,
    kept: AtomicU64,
}

impl Pace {
    fn new(effort: Effort) -> Pace {
        Pace { effort, work: AtomicU64::new(0), kept: AtomicU64::new(0) }
    }

    fn spent(&self) -> bool {
        self.work.load(Relaxed) > self.effort.work || self.kept.load(Relaxed) > self.effort.kept
    }

    fn spend(&self, work: u64, found: u64) -> ControlFlow<()> {
        self.work.fetch_add(if found > self.effort.kept { self.effort.work + 1 } else { work }, Relaxed);
        if self.spent() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    }
}

#[cfg(test)]
mod tests;
