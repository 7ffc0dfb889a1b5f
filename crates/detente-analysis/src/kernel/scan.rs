//! The frontier of a space of which every outcome is looked at: nothing of its size is ever kept.
//!
//! The last issues make a block of a few thousand combinations, which are added up once. The other issues are counted
//! through like the digits of a number, and each adds to the block only what changes with its digit. What is then left
//! to do for an outcome is one sum for each party and a look at [`Floor`]; the few that pass are tried exactly. Issues
//! are divided among threads; a frontier does not depend on who found what.

#[cfg(test)]
mod tests;

use super::floor::{BOXES, Floor};
use super::sweep::{Law, Level, Term};
use crate::allowed::{Allows, hold};
use crate::bits::members;
use crate::front::{Budget, Closed, Front};
use crate::ticker::Watch;
use rayon::prelude::*;
use std::collections::BTreeMap;
use std::ops::ControlFlow;
use std::sync::Arc;

/// Combinations of a block, at most, where its last issue does not have more.
const BLOCK: u64 = 1 << 11;
/// Outcomes between two looks at the watcher.
const WAVE: u64 = 1 << 26;
/// Pieces into which what is done between two looks at the watcher is divided.
const DESKS: u64 = 64;
/// Fewer outcomes than this are not divided among threads.
const ALONE: u64 = 1 << 16;
/// Parts into which a space is divided, at least, if it can be.
const PARTS: u64 = 256;

/// What one body's steps are to the parties' sums: the party, and the factor.
pub(crate) type Share = (usize, i64);

/// A space in the sums of parties.
#[derive(Debug)]
pub(crate) struct Scan {
    d: usize,
    /// Spaces with fewer outcomes than this are not divided among threads.
    alone: u64,
    outer: Vec<Outer>,
    /// What each combination of the block adds to each party, party by party.
    block: Vec<i64>,
    /// What each adds to the position of an outcome.
    ranks: Vec<u64>,
    low: Vec<i64>,
    high: Vec<i64>,
}

/// An issue before the block.
#[derive(Debug)]
struct Outer {
    issue: usize,
    n: usize,
    stride: u64,
    /// `[option][party]`.
    leaves: Vec<i64>,
    /// Terms that are known once this issue is, with their shares.
    known: Vec<(Term, Share)>,
    /// Terms and laws that are known but for the block.
    open: Vec<Open>,
    laws: Vec<Law>,
    masks: Vec<Mask>,
}

/// What a term adds to a block, given the issues before it.
#[derive(Debug)]
struct Open {
    party: usize,
    kind: Kind,
}

#[derive(Debug)]
enum Kind {
    /// A cell for what stands before and each combination of the block.
    Cells { before: Vec<(usize, usize)>, cells: Vec<i64>, at: Vec<u32> },
    /// By what stands before: amounts, each with the places in the block that have it.
    Rows { before: Vec<(usize, usize)>, rows: BTreeMap<usize, Vec<(usize, i64)>>, places: Vec<Vec<u32>> },
    /// Added where what stands before holds; and so much everywhere.
    When { before: Vec<Allows>, adds: Vec<i64>, always: i64 },
}

/// A law that the block decides, given the issues before it.
#[derive(Debug)]
struct Mask {
    when: Vec<Allows>,
    then: Option<Vec<Allows>>,
    /// Of each combination of the block: whether the rest of `when` holds, and the rest of `then`.
    block: Vec<(bool, bool)>,
}

/// What stays from part to part.
struct Desk<'s> {
    scan: &'s Scan,
    options: Vec<usize>,
    sums: Vec<i64>,
    /// Blocks with what issues before added to them, by how many of these did.
    blocks: Vec<Vec<i64>>,
    masks: Vec<Vec<bool>>,
    floor: Floor,
    front: Front,
    passed: Vec<u64>,
}

impl Scan {
    /// `levels` are loops over all issues, and `shares` says for each body what its steps are to which party.
    pub(crate) fn new(levels: &[Level], shares: &[Share], d: usize) -> Scan {
        Scan::with(levels, shares, d, BLOCK, ALONE)
    }

    /// With blocks of at most so many combinations, dividing spaces of at least so many among threads.
    fn with(levels: &[Level], shares: &[Share], d: usize, most: u64, alone: u64) -> Scan {
        let mut inner = levels.len();
        let mut size = 1u64;
        while inner > 0 && (size == 1 || size.saturating_mul(levels[inner - 1].n as u64) <= most) {
            inner -= 1;
            size = size.saturating_mul(levels[inner].n as u64);
        }
        let (before, last) = levels.split_at(inner);
        let block = Block::new(last, shares, d, !before.is_empty());
        let mut scan = Scan {
            d,
            alone,
            outer: before.iter().map(|level| Outer::new(level, shares, d)).collect(),
            low: block.extreme(i64::min),
            high: block.extreme(i64::max),
            ranks: block.ranks.clone(),
            block: block.sums.clone(),
        };
        let depth = |issues: &mut dyn Iterator<Item = usize>| -> Option<usize> {
            issues.filter_map(|issue| before.iter().position(|level| level.issue == issue)).max()
        };
        for term in last.iter().flat_map(|level| &level.terms) {
            if let Some(depth) = depth(&mut term.issues().into_iter()) {
                let open = Open::new(term, shares[term.body()], &block);
                scan.widen(open.party, open.range());
                scan.outer[depth].open.push(open);
            }
        }
        for law in last.iter().flat_map(|level| &level.laws) {
            let issues = || law.when.iter().chain(law.then.iter().flatten()).map(|(issue, _)| *issue);
            if let Some(depth) = depth(&mut issues()) {
                scan.outer[depth].masks.push(Mask::new(law, &block));
            }
        }
        for k in 0..scan.outer.len() {
            for party in 0..d {
                let own = scan.outer[k].leaves.iter().skip(party).step_by(d);
                let range = (own.clone().min().copied().unwrap_or(0), own.max().copied().unwrap_or(0));
                scan.widen(party, range);
            }
            for t in 0..scan.outer[k].known.len() {
                let (term, (party, factor)) = &scan.outer[k].known[t];
                let (low, high) = (term.lowest() * factor, term.highest() * factor);
                let party = *party;
                scan.widen(party, (low.min(high), low.max(high)));
            }
        }
        scan
    }

    fn widen(&mut self, party: usize, (low, high): (i64, i64)) {
        self.low[party] += low;
        self.high[party] += high;
    }

    /// The frontier, which means nothing if the budget is spent by then; nothing if the watcher says so.
    pub(crate) fn frontier(&self, budget: &Arc<Budget>, watch: Watch<'_>) -> ControlFlow<(), Front> {
        let sizes = self.outer.iter().map(|outer| outer.n as u64);
        let all = sizes.fold(self.ranks.len() as u64, u64::saturating_mul);
        let mut first = Desk::new(self, budget, Floor::new(&self.low, &self.high));
        if self.ranks.is_empty() {
            return ControlFlow::Continue(first.front);
        }
        let (fixed, parts) = self.parts(all);
        let per_wave = (WAVE / (all / parts).max(1)).max(1);
        first.part(fixed, 0);
        let (mut front, mut floor) = (first.front, first.floor);
        let mut done = 1;
        while done < parts {
            watch(done as f64 / parts as f64)?;
            let until = parts.min(done + per_wave);
            // What a desk does depends on its own parts alone, and so does what is spent.
            let each = (until - done).div_ceil(DESKS);
            let desk = |first: u64| {
                let mut desk = Desk::new(self, budget, floor.clone());
                for part in (first..until.min(first + each)).take_while(|_| !budget.is_spent()) {
                    desk.part(fixed, part);
                }
                (desk.front.close(), desk.floor)
            };
            let starts: Vec<u64> = (done..until).step_by(each as usize).collect();
            let found: Vec<(Closed, Floor)> = starts.into_par_iter().map(desk).collect();
            if budget.is_spent() {
                break;
            }
            for (own, reached) in found {
                front.absorb(own);
                floor.join(&reached);
            }
            done = until;
        }
        ControlFlow::Continue(front)
    }

    /// How many issues are fixed in a part of the space, and how many parts there are.
    fn parts(&self, all: u64) -> (usize, u64) {
        let (mut fixed, mut parts) = (0, 1u64);
        if all < self.alone {
            return (0, 1);
        }
        while fixed < self.outer.len() && parts < PARTS {
            parts *= self.outer[fixed].n as u64;
            fixed += 1;
        }
        (fixed, parts)
    }
}

impl<'s> Desk<'s> {
    fn new(scan: &'s Scan, budget: &Arc<Budget>, floor: Floor) -> Desk<'s> {
        let n_issues = scan.outer.iter().map(|outer| outer.issue + 1).max().unwrap_or(0);
        let n_open = scan.outer.iter().filter(|outer| !outer.open.is_empty()).count();
        let n_masks = scan.outer.iter().filter(|outer| !outer.masks.is_empty()).count();
        let mut blocks = vec![Vec::new(); n_open + 1];
        blocks[0].clone_from(&scan.block);
        Desk {
            scan,
            options: vec![0; n_issues],
            sums: vec![0; (scan.outer.len() + 1) * scan.d],
            blocks,
            masks: vec![Vec::new(); n_masks + 1],
            floor,
            front: Front::within(scan.d, budget),
            passed: vec![0; scan.ranks.len().div_ceil(64)],
        }
    }

    /// Looks at all outcomes of a part: the first `fixed` issues as the digits of its number say.
    fn part(&mut self, fixed: usize, number: u64) {
        let mut digits = vec![0; fixed];
        let mut rest = number;
        for k in (0..fixed).rev() {
            digits[k] = (rest % self.scan.outer[k].n as u64) as usize;
            rest /= self.scan.outer[k].n as u64;
        }
        self.descend(0, &digits, (0, 0), 0);
    }

    /// `at` says which of the blocks and which of the masks hold here.
    fn descend(&mut self, k: usize, digits: &[usize], at: (usize, usize), rank: u64) {
        let scan = self.scan;
        let Some(outer) = scan.outer.get(k) else { return self.look(at, rank) };
        let options = match digits.get(k) {
            Some(digit) => *digit..digit + 1,
            None => 0..outer.n,
        };
        for option in options {
            self.options[outer.issue] = option;
            if outer.laws.iter().any(|law| law.broken(&self.options)) {
                continue;
            }
            let (above, below) = self.sums[k * scan.d..].split_at_mut(scan.d);
            let leaves = &outer.leaves[option * scan.d..(option + 1) * scan.d];
            for ((sum, above), leaf) in below.iter_mut().zip(above).zip(leaves) {
                *sum = *above + leaf;
            }
            for (term, (party, factor)) in &outer.known {
                below[*party] += factor * term.amount(&self.options).1;
            }
            let mut next = at;
            if !outer.open.is_empty() {
                next.0 += 1;
                let (upper, lower) = self.blocks.split_at_mut(next.0);
                lower[0].clone_from(&upper[at.0]);
                for open in &outer.open {
                    let n = scan.ranks.len();
                    open.add(&self.options, &mut lower[0][open.party * n..(open.party + 1) * n]);
                }
            }
            if !outer.masks.is_empty() {
                next.1 += 1;
                let (upper, lower) = self.masks.split_at_mut(next.1);
                lower[0].clone_from(&upper[at.1]);
                lower[0].resize(scan.ranks.len(), true);
                outer.masks.iter().for_each(|mask| mask.apply(&self.options, &mut lower[0]));
            }
            self.descend(k + 1, digits, next, rank + outer.stride * option as u64);
        }
    }

    /// Looks at every outcome of a block.
    fn look(&mut self, at: (usize, usize), rank: u64) {
        let (d, n) = (self.scan.d, self.scan.ranks.len());
        let base = &self.sums[self.scan.outer.len() * d..];
        let block = &self.blocks[at.0];
        match d {
            1 => pass1(block, base, &self.floor, &mut self.passed),
            2 => pass2(block, base, &self.floor, &mut self.passed),
            3 => pass3(block, base, &self.floor, &mut self.passed),
            _ => pass(block, base, &self.floor, &mut self.passed),
        }
        let mask = &self.masks[at.1];
        let mut vector = vec![0; d];
        let places =
            self.passed.iter().enumerate().flat_map(|(k, bits)| members(*bits).map(move |bit| 64 * k + bit));
        for place in places {
            if mask.get(place) == Some(&false) {
                continue;
            }
            for (p, value) in vector.iter_mut().enumerate() {
                *value = base[p] + block[p * n + place];
            }
            if !self.floor.beats(&vector) {
                self.front.offer(&vector, rank + self.scan.ranks[place]);
                self.floor.raise(&vector);
            }
        }
    }
}

/// The places of a block that are not seen to be beaten, a bit each.
type Passed = [u64];

fn pass1(block: &[i64], base: &[i64], floor: &Floor, passed: &mut Passed) {
    let least = floor.boxes[0].saturating_sub(base[0]);
    for (chunk, bits) in block.chunks(64).zip(passed) {
        *bits = each_bit(chunk.iter().map(|x| *x >= least));
    }
}

fn pass2(block: &[i64], base: &[i64], floor: &Floor, passed: &mut Passed) {
    let (first, second) = block.split_at(block.len() / 2);
    let (low, shift) = floor.cut(0);
    let (boxes, start) = (&floor.boxes, base[0].wrapping_sub(low));
    for ((first, second), bits) in first.chunks(64).zip(second.chunks(64)).zip(passed) {
        *bits = each_bit(first.iter().zip(second).map(|(x, y)| {
            let bin = (start.wrapping_add(*x) as u64 >> shift) as usize;
            base[1] + y >= boxes[bin % BOXES]
        }));
    }
}

fn pass3(block: &[i64], base: &[i64], floor: &Floor, passed: &mut Passed) {
    let (first, rest) = block.split_at(block.len() / 3);
    let (second, third) = rest.split_at(first.len());
    let (cuts, log) = ([floor.cut(0), floor.cut(1)], floor.log());
    let boxes = &floor.boxes;
    let start = [base[0].wrapping_sub(cuts[0].0), base[1].wrapping_sub(cuts[1].0)];
    let chunks = first.chunks(64).zip(second.chunks(64)).zip(third.chunks(64));
    for (((first, second), third), bits) in chunks.zip(passed) {
        *bits = each_bit(first.iter().zip(second).zip(third).map(|((x, y), z)| {
            let a = (start[0].wrapping_add(*x) as u64 >> cuts[0].1) as usize;
            let b = (start[1].wrapping_add(*y) as u64 >> cuts[1].1) as usize;
            base[2] + z >= boxes[(a << log | b) % BOXES]
        }));
    }
}

fn pass(block: &[i64], base: &[i64], floor: &Floor, passed: &mut Passed) {
    let d = base.len();
    let size = block.len() / d;
    for (k, bits) in passed.iter_mut().enumerate() {
        *bits = each_bit((64 * k..size.min(64 * k + 64)).map(|place| {
            let bin = |k: usize| floor.bin(k, base[k] + block[k * size + place]);
            let at = (0..d - 1).fold(0, |at, k| at << floor.log() | bin(k));
            base[d - 1] + block[(d - 1) * size + place] >= floor.boxes[at % BOXES]
        }));
    }
}

/// Up to 64 answers, the first in the lowest bit.
#[inline]
fn each_bit(answers: impl Iterator<Item = bool>) -> u64 {
    answers.enumerate().fold(0, |bits, (k, answer)| bits | u64::from(answer) << k)
}

impl Outer {
    fn new(level: &Level, shares: &[Share], d: usize) -> Outer {
        Outer {
            issue: level.issue,
            n: level.n,
            stride: level.stride,
            leaves: in_parties(level, shares, d),
            known: level.terms.iter().map(|term| (term.clone(), shares[term.body()])).collect(),
            open: Vec::new(),
            laws: level.laws.clone(),
            masks: Vec::new(),
        }
    }
}

/// What each option adds to each party: `[option][party]`.
pub(crate) fn in_parties(level: &Level, shares: &[Share], d: usize) -> Vec<i64> {
    let mut leaves = vec![0; level.n * d];
    for option in 0..level.n {
        for (body, (party, factor)) in shares.iter().enumerate() {
            leaves[option * d + party] += factor * level.leaves[option * shares.len() + body];
        }
    }
    leaves
}

/// The combinations of the last issues that break no law among these.
struct Block {
    /// The options of the last issues, by issue; of other issues nothing. Empty where no issue stands before.
    options: Vec<Vec<usize>>,
    issues: Vec<usize>,
    /// Party by party.
    sums: Vec<i64>,
    ranks: Vec<u64>,
    d: usize,
}

impl Block {
    fn new(levels: &[Level], shares: &[Share], d: usize, with_options: bool) -> Block {
        let issues: Vec<usize> = levels.iter().map(|level| level.issue).collect();
        let within = |list: Vec<usize>| list.iter().all(|issue| issues.contains(issue));
        let terms: Vec<&Term> =
            levels.iter().flat_map(|l| &l.terms).filter(|term| within(term.issues())).collect();
        let of = |law: &&Law| {
            within(law.when.iter().chain(law.then.iter().flatten()).map(|(issue, _)| *issue).collect())
        };
        let laws: Vec<&Law> = levels.iter().flat_map(|level| &level.laws).filter(of).collect();
        let leaves: Vec<Vec<i64>> = levels.iter().map(|level| in_parties(level, shares, d)).collect();
        let n = levels.iter().map(|level| level.n).product();
        let mut options = vec![0; issues.iter().max().map_or(0, |issue| issue + 1)];
        let (mut rows, mut kept, mut ranks) = (Vec::new(), Vec::new(), Vec::new());
        let mut sums: Vec<i64> = vec![0; d];
        for number in 0..n {
            let (mut rest, mut rank) = (number, 0);
            for level in levels.iter().rev() {
                options[level.issue] = rest % level.n;
                rank += level.stride * (rest % level.n) as u64;
                rest /= level.n;
            }
            if laws.iter().any(|law| law.broken(&options)) {
                continue;
            }
            sums.fill(0);
            for (level, leaves) in levels.iter().zip(&leaves) {
                let own = &leaves[options[level.issue] * d..];
                sums.iter_mut().zip(own).for_each(|(sum, leaf)| *sum += leaf);
            }
            for term in &terms {
                let (body, amount) = term.amount(&options);
                let (party, factor) = shares[body];
                sums[party] += factor * amount;
            }
            rows.extend_from_slice(&sums);
            ranks.push(rank);
            if with_options {
                kept.push(options.clone());
            }
        }
        let sums = (0..d).flat_map(|party| rows.iter().skip(party).step_by(d).copied()).collect();
        Block { options: kept, issues, sums, ranks, d }
    }

    fn extreme(&self, of: fn(i64, i64) -> i64) -> Vec<i64> {
        let n = self.ranks.len().max(1);
        let mut all: Vec<i64> =
            self.sums.chunks(n).map(|own| own.iter().copied().reduce(of).unwrap_or(0)).collect();
        all.resize(self.d, 0);
        all
    }

    fn has(&self, issue: usize) -> bool {
        self.issues.contains(&issue)
    }

    /// What clauses leave to be asked of the issues before, and whether the rest holds at each place.
    fn split(&self, clauses: &[Allows]) -> (Vec<Allows>, Vec<bool>) {
        let (own, before): (Vec<_>, Vec<_>) =
            clauses.iter().cloned().partition(|(issue, _)| self.has(*issue));
        (before, self.options.iter().map(|options| hold(&own, options)).collect())
    }

    /// The strides of issues before, and the sum of the others at each place.
    fn split_strides(&self, strides: &[(usize, usize)]) -> (Vec<(usize, usize)>, Vec<usize>) {
        let (own, before): (Vec<_>, Vec<_>) =
            strides.iter().copied().partition(|(issue, _)| self.has(*issue));
        let sum = |options: &Vec<usize>| own.iter().map(|(issue, stride)| options[*issue] * stride).sum();
        (before, self.options.iter().map(sum).collect())
    }
}

impl Open {
    fn new(term: &Term, (party, factor): Share, block: &Block) -> Open {
        let kind = match term {
            Term::Table { strides, cells, .. } => {
                let (before, at) = block.split_strides(strides);
                let cells = cells.iter().map(|cell| cell * factor).collect();
                Kind::Cells { before, cells, at: at.into_iter().map(|at| at as u32).collect() }
            }
            Term::Rows { strides, rows, .. } => {
                let (before, at) = block.split_strides(strides);
                let mut places: BTreeMap<usize, Vec<u32>> = BTreeMap::new();
                at.iter()
                    .enumerate()
                    .for_each(|(place, at)| places.entry(*at).or_default().push(place as u32));
                let number: BTreeMap<usize, usize> =
                    places.keys().enumerate().map(|(k, at)| (*at, k)).collect();
                let mut by_before: BTreeMap<usize, Vec<(usize, i64)>> = BTreeMap::new();
                for (cell, amount) in rows {
                    let own: usize = parts(*cell, strides)
                        .filter(|(issue, _)| block.has(*issue))
                        .map(|(_, part)| part)
                        .sum();
                    if let Some(k) = number.get(&own) {
                        by_before.entry(cell - own).or_default().push((*k, amount * factor));
                    }
                }
                Kind::Rows { before, rows: by_before, places: places.into_values().collect() }
            }
            Term::When { clauses, unless, adds, .. } => {
                let (before, holds) = block.split(clauses);
                let adds = if *unless { -adds * factor } else { adds * factor };
                let always = if *unless { -adds } else { 0 };
                let adds = holds.iter().map(|holds| if *holds { adds } else { 0 }).collect();
                Kind::When { before, adds, always }
            }
        };
        Open { party, kind }
    }

    fn range(&self) -> (i64, i64) {
        let with_0 = |amounts: &mut dyn Iterator<Item = i64>| {
            amounts.fold((0, 0), |(low, high), x| (i64::min(low, x), i64::max(high, x)))
        };
        match &self.kind {
            Kind::Cells { cells, .. } => with_0(&mut cells.iter().copied()),
            Kind::Rows { rows, .. } => with_0(&mut rows.values().flatten().map(|(_, amount)| *amount)),
            Kind::When { adds, always, .. } => {
                with_0(&mut adds.iter().map(|amount| amount + always).chain([*always]))
            }
        }
    }

    /// Adds it to a party's sums in the block.
    fn add(&self, options: &[usize], sums: &mut [i64]) {
        let start = |before: &[(usize, usize)]| -> usize {
            before.iter().map(|(issue, stride)| options[*issue] * stride).sum()
        };
        match &self.kind {
            Kind::Cells { before, cells, at } => {
                let cells = &cells[start(before)..];
                for (sum, at) in sums.iter_mut().zip(at) {
                    *sum += cells[*at as usize];
                }
            }
            Kind::Rows { before, rows, places } => {
                for (k, amount) in rows.get(&start(before)).into_iter().flatten() {
                    for place in &places[*k] {
                        sums[*place as usize] += amount;
                    }
                }
            }
            Kind::When { before, adds, always } => {
                if hold(before, options) {
                    sums.iter_mut().zip(adds).for_each(|(sum, adds)| *sum += adds + always);
                } else if *always != 0 {
                    sums.iter_mut().for_each(|sum| *sum += always);
                }
            }
        }
    }
}

/// What each issue contributes to the number of a cell; of two issues with one stride, the later has one option.
pub(crate) fn parts(cell: usize, strides: &[(usize, usize)]) -> impl Iterator<Item = (usize, usize)> {
    let mut sorted = strides.to_vec();
    sorted.sort_by_key(|(_, stride)| std::cmp::Reverse(*stride));
    let mut rest = cell;
    sorted.into_iter().map(move |(issue, stride)| {
        let part = rest / stride * stride;
        rest -= part;
        (issue, part)
    })
}

impl Mask {
    fn new(law: &Law, block: &Block) -> Mask {
        let (when, when_holds) = block.split(&law.when);
        let (then, then_holds) = match &law.then {
            Some(then) => {
                let (before, holds) = block.split(then);
                (Some(before), holds)
            }
            None => (None, vec![false; when_holds.len()]),
        };
        Mask { when, then, block: when_holds.into_iter().zip(then_holds).collect() }
    }

    /// Takes out the places at which the law is broken.
    fn apply(&self, options: &[usize], allowed: &mut [bool]) {
        if !hold(&self.when, options) {
            return;
        }
        let then = self.then.as_ref().is_some_and(|then| hold(then, options));
        for (allowed, (when, rest)) in allowed.iter_mut().zip(&self.block) {
            *allowed &= !when || then && *rest;
        }
    }
}
