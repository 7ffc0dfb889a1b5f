//! The best outcome in one direction that gives every party at least so much, by branch and bound over boxes.
//!
//! A node is what every issue may still be. Its bound is a [`Dual`]; it is divided at the box that is counted for most
//! beyond what it is, into where one of its clauses holds and where it does not. The node with the highest bound comes
//! first, so that what is open at the end is known.

use super::lp_dual::Dual;
use super::model::{Mask, Model};
use std::cmp::Ordering;
use std::collections::BinaryHeap;
use std::ops::ControlFlow;

/// Times that shares are improved at the first node, and at every other.
const FIRST: usize = 200;
const LATER: usize = 6;
/// The same in other directions, at most.
const SLANTED: usize = 3;
/// Times that count as a node.
const IN_A_NODE: u64 = 8;
/// By how much more one party counts in these.
const SLANT: i64 = 4;

/// What is asked.
pub(super) struct Question<'q> {
    pub(super) model: &'q Model,
    /// By how much each party counts; 0 or more.
    pub(super) direction: Vec<i64>,
    /// What each party must have at least.
    pub(super) least: &'q [i64],
    /// Nodes that may be looked at.
    pub(super) nodes: u64,
}

/// What was found.
#[derive(Clone, Debug)]
pub(super) struct Answer {
    pub(super) best: Option<ScoredOutcome>,
    /// No outcome has more in the direction; what was found, if that is proven to be best.
    pub(super) at_most: i64,
    pub(super) proven: bool,
    pub(super) nodes: u64,
}

/// An outcome.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct ScoredOutcome {
    pub(super) chosen: Vec<usize>,
    pub(super) value: Vec<i64>,
    pub(super) score: i64,
}

/// An outcome, with how many clauses of each box fail.
struct At<'m> {
    model: &'m Model,
    chosen: Vec<usize>,
    fails: Vec<u32>,
}

impl<'m> At<'m> {
    fn new(model: &'m Model, chosen: &[usize]) -> At<'m> {
        let fails = |own: &super::model::Boxed| {
            own.clauses.iter().filter(|(issue, mask)| mask >> chosen[*issue] & 1 == 0).count() as u32
        };
        At { model, chosen: chosen.to_vec(), fails: model.boxes.iter().map(fails).collect() }
    }

    /// What parties have if one issue is changed.
    fn with(&self, issue: usize, option: usize, value: &[i64]) -> Vec<i64> {
        let (model, was) = (self.model, self.chosen[issue]);
        let d = model.d;
        let leaves = &model.issues[issue].leaves;
        let mut sums: Vec<i64> =
            (0..d).map(|p| value[p] + leaves[option * d + p] - leaves[was * d + p]).collect();
        for (k, mask) in &model.by_issue[issue] {
            let (before, after) = (mask >> was & 1 == 1, mask >> option & 1 == 1);
            if before != after && self.fails[*k] == u32::from(!before) {
                let own = &model.boxes[*k];
                sums[own.party] += if after { own.amount } else { -own.amount };
            }
        }
        sums
    }

    /// Whether nothing forbids it if one issue is changed.
    fn may(&mut self, issue: usize, option: usize) -> bool {
        let was = std::mem::replace(&mut self.chosen[issue], option);
        let may = self.model.allows(&self.chosen);
        self.chosen[issue] = was;
        may
    }

    fn set(&mut self, issue: usize, option: usize) {
        let was = std::mem::replace(&mut self.chosen[issue], option);
        for (k, mask) in &self.model.by_issue[issue] {
            match (mask >> was & 1 == 1, mask >> option & 1 == 1) {
                (true, false) => self.fails[*k] += 1,
                (false, true) => self.fails[*k] -= 1,
                _ => {}
            }
        }
    }
}

struct RuleNode {
    bound: i64,
    options: Vec<Mask>,
    number: u64,
}

impl Question<'_> {
    fn score(&self, value: &[i64]) -> i64 {
        value.iter().zip(&self.direction).map(|(x, w)| x * w).sum()
    }

    fn admits(&self, value: &[i64]) -> bool {
        value.iter().zip(self.least).all(|(x, least)| x >= least)
    }

    /// What an outcome that is admitted has at least in the direction.
    fn floor(&self) -> i64 {
        if self.least.iter().any(|least| *least < i64::MIN / 4) { i64::MIN } else { self.score(self.least) }
    }

    /// Other directions, in which it may be seen that nothing is admitted: each party that asks for something alone,
    /// and with more or less weight beside the others.
    fn slants(&self) -> Vec<Vec<i64>> {
        let bounded: Vec<usize> = (0..self.model.d).filter(|p| self.least[*p] > i64::MIN / 4).collect();
        let mut slants: Vec<Vec<i64>> = bounded.iter().map(|p| unit(self.model.d, *p)).collect();
        if bounded.len() == self.model.d && self.model.d > 1 {
            for p in &bounded {
                let mut slant = self.direction.clone();
                slant[*p] *= SLANT;
                slants.push(slant);
            }
        }
        slants
    }

    /// `seen` is told every outcome that is met, whether it is good enough or not.
    pub(super) fn answer(
        &self,
        known: Option<ScoredOutcome>,
        seen: &mut dyn FnMut(&[usize], &[i64]),
        watch: &mut dyn FnMut() -> ControlFlow<()>,
    ) -> ControlFlow<(), Answer> {
        let mut dive = Dive {
            asked: self,
            dual: Dual::new(self.model, &self.direction),
            slants: self.slants().into_iter().map(|slant| Slant::new(self, slant)).collect(),
            floor: self.floor(),
            best: known,
            seen,
            improved: 0,
        };
        let mut heap = BinaryHeap::new();
        let mut number = 0;
        let mut options = self.model.everything();
        let mut nodes = 0;
        if let Some(bound) = dive.look(&mut options, FIRST) {
            heap.push(RuleNode { bound, options, number });
        }
        while let Some(node) = heap.pop() {
            if dive.is_beaten(node.bound) {
                heap.clear();
                break;
            }
            if nodes + dive.extra() >= self.nodes {
                heap.push(node);
                break;
            }
            if nodes.is_multiple_of(super::PATIENCE) {
                watch()?;
            }
            let Some((issue, mask)) = dive.branch(&node.options) else { continue };
            for half in [mask, !mask] {
                let mut options = node.options.clone();
                options[issue] &= half;
                nodes += 1;
                if let Some(bound) = dive.look(&mut options, LATER) {
                    number += 1;
                    heap.push(RuleNode { bound: bound.min(node.bound), options, number });
                }
            }
        }
        nodes += dive.extra();
        let open = heap.peek().map(|node| node.bound);
        let best = dive.best.as_ref().map(|best| best.score);
        let at_most = open.into_iter().chain(best).max().unwrap_or(i64::MIN);
        ControlFlow::Continue(Answer { best: dive.best, at_most, proven: open.is_none(), nodes })
    }
}

/// A direction in which a node can be ruled out.
struct Slant {
    dual: Dual,
    least: i64,
}

impl Slant {
    fn new(asked: &Question<'_>, direction: Vec<i64>) -> Slant {
        let asks = asked.least.iter().zip(&direction).filter(|(_, weight)| **weight > 0);
        Slant {
            dual: Dual::new(asked.model, &direction),
            least: asks.map(|(least, weight)| least * weight).sum(),
        }
    }
}

fn unit(d: usize, party: usize) -> Vec<i64> {
    (0..d).map(|p| i64::from(p == party)).collect()
}

struct Dive<'q, 's> {
    asked: &'q Question<'q>,
    dual: Dual,
    slants: Vec<Slant>,
    floor: i64,
    best: Option<ScoredOutcome>,
    seen: &'s mut dyn FnMut(&[usize], &[i64]),
    /// Times that shares were improved.
    improved: u64,
}

impl Dive<'_, '_> {
    /// Nodes for which the first one's bound was worked on.
    fn extra(&self) -> u64 {
        self.improved / IN_A_NODE
    }

    /// The bound of a node, and whatever outcome comes up; nothing if nothing better can be inside.
    fn look(&mut self, options: &mut [Mask], times: usize) -> Option<i64> {
        let model = self.asked.model;
        if !narrow(model, options) {
            return None;
        }
        let mut bound = self.dual.bound(model, options);
        let mut chosen = Vec::new();
        for time in 0..times {
            if self.is_beaten(bound) {
                return None;
            }
            if time % 20 == 0 {
                self.dual.choose(options, &mut chosen);
                self.meet(&chosen);
            }
            self.dual.improve(model, options);
            self.improved += u64::from(times > LATER);
            let next = self.dual.bound(model, options);
            let falls = next < bound;
            bound = bound.min(next);
            if !falls && time > 2 {
                break;
            }
        }
        self.dual.choose(options, &mut chosen);
        self.meet(&chosen);
        if self.is_beaten(bound) {
            return None;
        }
        let ruled_out = self.slants.iter_mut().position(|slant| {
            let mut bound = slant.dual.bound(model, options);
            for _ in 0..if times > LATER { FIRST } else { SLANTED } {
                if bound < slant.least {
                    return true;
                }
                slant.dual.improve(model, options);
                self.improved += u64::from(times > LATER);
                let next = slant.dual.bound(model, options);
                if next >= bound {
                    break;
                }
                bound = next;
            }
            bound < slant.least
        });
        match ruled_out {
            // What served once is likely to serve again.
            Some(at) => {
                self.slants[..=at].rotate_right(1);
                None
            }
            None => Some(bound),
        }
    }

    /// Whether no outcome with so much at most is both admitted and better than what is known.
    fn is_beaten(&self, bound: i64) -> bool {
        bound < self.floor || self.best.as_ref().is_some_and(|best| best.score >= bound)
    }

    fn meet(&mut self, chosen: &[usize]) {
        let model = self.asked.model;
        if !model.allows(chosen) {
            return;
        }
        let mut chosen = chosen.to_vec();
        let mut value = model.value(&chosen);
        (self.seen)(&chosen, &value);
        self.climb(&mut chosen, &mut value);
        (self.seen)(&chosen, &value);
        let score = self.asked.score(&value);
        if self.asked.admits(&value) && self.best.as_ref().is_none_or(|best| score > best.score) {
            self.best = Some(ScoredOutcome { chosen, value, score });
        }
    }

    /// Changes one issue after another as long as it helps: first those who have too little, then in the direction.
    fn climb(&self, chosen: &mut [usize], value: &mut Vec<i64>) {
        let model = self.asked.model;
        let lack = |value: &[i64]| -> i64 {
            value.iter().zip(self.asked.least).map(|(x, least)| least.saturating_sub(*x).max(0)).sum()
        };
        let merit = |value: &[i64]| (-lack(value), self.asked.score(value));
        let mut at = At::new(model, chosen);
        let mut here = merit(value);
        loop {
            let before = here;
            for issue in 0..chosen.len() {
                let was = at.chosen[issue];
                let mut best = was;
                for option in (0..model.issues[issue].len()).filter(|option| *option != was) {
                    let there = at.with(issue, option, value);
                    let merit = merit(&there);
                    if merit > here && at.may(issue, option) {
                        (here, best) = (merit, option);
                    }
                }
                if best != was {
                    *value = at.with(issue, best, value);
                    at.set(issue, best);
                }
            }
            if here <= before {
                chosen.copy_from_slice(&at.chosen);
                return;
            }
        }
    }

    /// Where to divide a node: an issue, and the options on one side; nothing if nothing is left to decide.
    fn branch(&mut self, options: &[Mask]) -> Option<(usize, Mask)> {
        let model = self.asked.model;
        let mut chosen = Vec::new();
        self.dual.choose(options, &mut chosen);
        let open =
            |(issue, mask): &(usize, Mask)| options[*issue] & mask != 0 && options[*issue] & !mask != 0;
        if let Some(law) = model.forbidden.iter().find(|law| super::model::holds(law, &chosen))
            && let Some(clause) = law.iter().find(|clause| open(clause))
        {
            return Some(*clause);
        }
        let excess = |k: &usize| self.dual.excess(model, *k, &chosen);
        let candidates = model.loose.iter().copied().filter(|k| model.boxes[*k].clauses.iter().any(open));
        let most = candidates.max_by(|a, b| excess(a).cmp(&excess(b)).then(b.cmp(a)));
        let of_boxes = most.map_or(0, |k| excess(&k));
        let bunches = (0..model.bunches.len()).filter_map(|k| {
            let (excess, issue) = self.dual.excess_of_bunch(model, k, options, &chosen);
            Some((excess, issue?))
        });
        let bunch = bunches.max_by_key(|(excess, issue)| (*excess, std::cmp::Reverse(*issue)));
        if let Some((_, issue)) = bunch.filter(|(excess, _)| *excess > of_boxes) {
            return Some((issue, 1 << chosen[issue]));
        }
        if let Some(k) = most.filter(|k| excess(k) > 0) {
            let clauses = &model.boxes[k].clauses;
            let fails = |(issue, mask): &&(usize, Mask)| mask >> chosen[*issue] & 1 == 0;
            let clause = clauses.iter().filter(|clause| open(clause)).find(fails);
            return clause.or_else(|| clauses.iter().find(|clause| open(clause))).copied();
        }
        // What is counted is what is there; only what is asked of parties can still fail.
        let issue = (0..options.len()).filter(|issue| options[*issue].count_ones() > 1);
        let issue = issue.max_by_key(|issue| options[*issue].count_ones())?;
        Some((issue, 1 << chosen[issue]))
    }
}

/// Takes out what forbidden boxes leave no room for; whether anything is left.
fn narrow(model: &Model, options: &mut [Mask]) -> bool {
    loop {
        let mut changed = false;
        for law in &model.forbidden {
            let open: Vec<&(usize, Mask)> =
                law.iter().filter(|(issue, mask)| options[*issue] & !mask != 0).collect();
            match open[..] {
                [] => return false,
                [(issue, mask)] if options[*issue] & mask != 0 => {
                    options[*issue] &= !mask;
                    changed = true;
                }
                _ => {}
            }
        }
        if options.contains(&0) {
            return false;
        }
        if !changed {
            return true;
        }
    }
}

impl PartialEq for RuleNode {
    fn eq(&self, other: &RuleNode) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for RuleNode {}

impl PartialOrd for RuleNode {
    fn partial_cmp(&self, other: &RuleNode) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for RuleNode {
    /// The highest bound first, then the newest.
    fn cmp(&self, other: &RuleNode) -> Ordering {
        self.bound.cmp(&other.bound).then(self.number.cmp(&other.number))
    }
}
