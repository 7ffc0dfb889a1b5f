//! The most probable agreement that a sum of falls can buy, by dynamic programming along the rules.
//!
//! The falls of a body are divided into cells of one width, counted as shares of its range. A cell is
//! priced at its lower end and taken for as good as its upper end, so that what no choice of cells
//! reaches, no falls reach. Along `all` and `any` the curves of independent branches are combined by
//! trying every division of a price. A count or a quota is bounded by a plane above it in the
//! probabilities of its branches, which is close where their cells lie close together. What is then
//! demanded of each branch in return (the same tables read backwards) tells which cells can still be
//! part of an answer; only those are divided further.
//!
//! INVARIANT: everything here rests on the independence of bodies ([`Agreement::independent`]).

use super::together::NEARLY_DONE;
use crate::agreement::quota::Quota;
use crate::agreement::{Agreement, RuleNode};
use crate::ticker::Watch;
use std::ops::ControlFlow;
use std::sync::Arc;

/// How two curves become one.
#[derive(Clone, Copy)]
enum Join {
    Both,
    Either,
    /// The branches of a sum up to this position.
    Sum {
        sum: usize,
        at: usize,
    },
}

enum Part {
    Leaf(usize),
    Joined(Join, usize, usize),
}

/// A count or a quota over parts, with the plane above it: `base` + the sum of slope x probability.
struct Sum {
    quota: Arc<Quota>,
    parts: Vec<usize>,
    slopes: Vec<f64>,
    base: f64,
    /// The least and the most it can be worth.
    low: f64,
    top: f64,
}

/// The rules of all parties and of the agreement as one tree; parts come after those they are made of.
pub(super) struct Tree {
    parts: Vec<Part>,
    sums: Vec<Sum>,
    /// How many bodies below each part can be given something.
    givers: Vec<usize>,
    /// Whether each part is a part of a sum.
    below_sum: Vec<bool>,
}

/// What one body accepts with, cell by cell.
pub(super) trait Cells {
    /// P(accepts) at the lower and the upper end of a cell; or of its only one, if it can be given
    /// nothing that counts.
    fn ends(&self, body: usize, cell: usize) -> (f64, f64);
    /// Whether it can be given something that counts.
    fn gives(&self, body: usize) -> bool;
}

/// Cells of each part that can be part of an answer, in order.
pub(super) type Alive = Vec<Vec<u32>>;

/// What one pass over the tree finds.
pub(super) struct Pass {
    /// The price, in cells, from which on the target may be reached.
    pub(super) price: usize,
    /// By body, the cell of a choice at that price.
    pub(super) choice: Vec<usize>,
    /// Cells that can be part of an answer within the price asked about.
    pub(super) alive: Alive,
    /// How many combinations were tried.
    pub(super) work: u64,
}

/// A part's curve: what each price from `first` on buys at most.
#[derive(Clone, Default)]
struct Curve {
    first: usize,
    at: Vec<f64>,
    from: Vec<u32>,
    alive: Vec<u32>,
    low: f64,
    high: f64,
}

const DEAD: f64 = f64::NEG_INFINITY;
/// Rounding of requirements is smaller.
const SLACK: f64 = 1e-15;
/// Branches of a sum up to which a plane is laid by trying all corners.
const CORNERS: usize = 8;

impl Curve {
    fn at(&self, price: u32) -> f64 {
        self.at[price as usize - self.first]
    }
}

impl Tree {
    pub(super) fn new(agreement: &Agreement, gives: &dyn Fn(usize) -> bool) -> Tree {
        let (parts, sums) = (Vec::new(), Vec::new());
        let mut tree = Tree { parts, sums, givers: Vec::new(), below_sum: Vec::new() };
        let leaf = |tree: &mut Tree, body: usize| tree.push(Part::Leaf(body), usize::from(gives(body)));
        tree.add(agreement.rule(), &|tree, party| tree.add(agreement.party_rule(party), &leaf));
        for part in (0..tree.parts.len()).rev() {
            if let Part::Joined(join, left, right) = tree.parts[part] {
                let below = tree.below_sum[part] || matches!(join, Join::Sum { .. });
                (tree.below_sum[left], tree.below_sum[right]) = (below, below);
            }
        }
        tree
    }

    fn push(&mut self, part: Part, givers: usize) -> usize {
        self.parts.push(part);
        self.givers.push(givers);
        self.below_sum.push(false);
        self.parts.len() - 1
    }

    fn join(&mut self, join: Join, left: usize, right: usize) -> usize {
        self.push(Part::Joined(join, left, right), self.givers[left] + self.givers[right])
    }

    fn add(&mut self, rule: &RuleNode, member: &dyn Fn(&mut Tree, usize) -> usize) -> usize {
        match rule {
            RuleNode::One(own) => member(self, *own),
            RuleNode::All(of) => self.fold(Join::Both, of.iter(), member),
            RuleNode::Any(of) => self.fold(Join::Either, of.iter(), member),
            RuleNode::Sum { needed, of, .. } => {
                let kept = || of.iter().filter(|(weight, _)| *weight > 0);
                let total: i64 = kept().map(|(weight, _)| weight).sum();
                if kept().all(|(weight, _)| weight >= needed) {
                    return self.fold(Join::Either, kept().map(|(_, node)| node), member);
                }
                if kept().all(|(weight, _)| total - weight < *needed) {
                    return self.fold(Join::Both, kept().map(|(_, node)| node), member);
                }
                let quota = Quota::new(*needed, kept().map(|(weight, _)| *weight).collect());
                let parts: Vec<usize> = kept().map(|(_, node)| self.add(node, member)).collect();
                self.add_sum(quota, parts)
            }
        }
    }

    fn fold<'n>(
        &mut self,
        join: Join,
        of: impl Iterator<Item = &'n RuleNode>,
        member: &dyn Fn(&mut Tree, usize) -> usize,
    ) -> usize {
        let parts: Vec<usize> = of.map(|node| self.add(node, member)).collect();
        let mut parts = parts.into_iter();
        let first = parts.next().unwrap_or(0);
        parts.fold(first, |left, right| self.join(join, left, right))
    }

    fn add_sum(&mut self, quota: Quota, parts: Vec<usize>) -> usize {
        let sum = self.sums.len();
        let slopes = vec![0.0; parts.len()];
        let mut last = parts[0];
        let rest = parts[1..].to_vec();
        self.sums.push(Sum { quota: Arc::new(quota), parts, slopes, base: 0.0, low: 0.0, top: 1.0 });
        for (k, part) in rest.into_iter().enumerate() {
            last = self.join(Join::Sum { sum, at: k + 1 }, last, part);
        }
        last
    }

    /// The cells of all parts that those of the same width times `by` leave alive.
    pub(super) fn divided(&self, alive: &Alive, by: usize) -> Alive {
        let divide = |(own, givers): (&Vec<u32>, &usize)| {
            let mut cells: Vec<u32> = Vec::new();
            for cell in own {
                let first = *cell as usize * by;
                let last = first + (by - 1) * givers;
                let from = cells.last().map_or(first, |last| first.max(*last as usize + 1));
                cells.extend((from..=last).map(|k| k as u32));
            }
            cells
        };
        alive.iter().zip(&self.givers).map(divide).collect()
    }

    /// Where a body's cells are best halved: below a sum, the part with the widest probabilities; and
    /// how wide they are.
    pub(super) fn widest(&self, alive: &Alive, cells: &dyn Cells) -> Option<(usize, f64)> {
        let width = |part: usize| match self.parts[part] {
            Part::Leaf(body) if self.below_sum[part] && alive[part].len() > 1 => {
                let first = alive[part][0] as usize;
                let last = alive[part][alive[part].len() - 1] as usize;
                Some((part, cells.ends(body, last).1 - cells.ends(body, first).0))
            }
            _ => None,
        };
        let widths = (0..self.parts.len()).filter_map(width).filter(|(_, width)| *width > 0.0);
        widths.max_by(|a, b| a.1.total_cmp(&b.1).then(b.0.cmp(&a.0)))
    }

    /// What a price of at most so many cells can buy, with a target on the probability that it holds.
    pub(super) fn pass(
        &self,
        cells: &dyn Cells,
        alive: Option<&Alive>,
        most: usize,
        target: f64,
        n_bodies: usize,
        watch: Watch<'_>,
    ) -> ControlFlow<(), Option<Pass>> {
        let mut work = 0;
        let mut planes: Vec<Sum> = self.sums.iter().map(Sum::fresh).collect();
        let mut curves: Vec<Curve> = Vec::with_capacity(self.parts.len());
        for (k, part) in self.parts.iter().enumerate() {
            let own = alive.map(|alive| &alive[k]);
            let curve = match part {
                Part::Leaf(body) => leaf(cells, *body, own, most),
                Part::Joined(join, left, right) => {
                    if let Join::Sum { sum, at: 1 } = join {
                        planes[*sum].lay(&curves);
                    }
                    let pair = [&curves[*left], &curves[*right]];
                    work += (pair[0].alive.len() * pair[1].alive.len()) as u64;
                    work += (pair[0].at.len() + pair[1].at.len()) as u64;
                    joined(&planes, *join, pair, own, most, watch)?
                }
            };
            if curve.alive.is_empty() {
                return ControlFlow::Continue(None);
            }
            curves.push(curve);
        }
        let price = curves.last().and_then(|root| root.alive.iter().find(|k| root.at(**k) > target));
        let Some(price) = price.map(|price| *price as usize) else { return ControlFlow::Continue(None) };
        let choice = self.choice(&curves, price, n_bodies);
        let alive = self.demanded(&planes, &curves, target, watch)?;
        ControlFlow::Continue(Some(Pass { price, choice, alive, work: 2 * work }))
    }

    /// The cells of bodies that buy the best at a price.
    fn choice(&self, curves: &[Curve], price: usize, n_bodies: usize) -> Vec<usize> {
        let mut choice = vec![0; n_bodies];
        let mut open = vec![(self.parts.len() - 1, price)];
        while let Some((part, price)) = open.pop() {
            match self.parts[part] {
                Part::Leaf(body) => choice[body] = price,
                Part::Joined(_, left, right) => {
                    let own = curves[part].from[price - curves[part].first] as usize;
                    open.push((left, own));
                    open.push((right, price - own));
                }
            }
        }
        choice
    }

    /// The cells of each part that reach what the others leave to it.
    fn demanded(
        &self,
        planes: &[Sum],
        curves: &[Curve],
        target: f64,
        watch: Watch<'_>,
    ) -> ControlFlow<(), Alive> {
        let mut demands: Vec<Vec<f64>> =
            curves.iter().map(|curve| vec![f64::INFINITY; curve.at.len()]).collect();
        let mut alive: Alive = vec![Vec::new(); curves.len()];
        if let Some(root) = demands.last_mut() {
            root.fill(target);
        }
        for part in (0..curves.len()).rev() {
            let own = std::mem::take(&mut demands[part]);
            let curve = &curves[part];
            let kept = |k: &&u32| curve.at(**k) >= own[**k as usize - curve.first] - SLACK;
            alive[part] = curve.alive.iter().filter(kept).copied().collect();
            let Part::Joined(join, left, right) = self.parts[part] else { continue };
            let lives: Vec<bool> =
                curve.at.iter().zip(&own).map(|(at, own)| *at > DEAD && *at >= own - SLACK).collect();
            let rows = rows_unseen(curves[right].alive.len());
            for (row, i) in curves[left].alive.iter().enumerate() {
                if row % rows == rows - 1 {
                    watch(NEARLY_DONE)?;
                }
                let (i, l) = (*i as usize, curves[left].at(*i));
                for j in &curves[right].alive {
                    let (j, r) = (*j as usize, curves[right].at(*j));
                    let Some(true) = lives.get(i + j - curve.first) else {
                        if i + j - curve.first >= lives.len() {
                            break;
                        }
                        continue;
                    };
                    let (of_left, of_right) = demand(planes, join, own[i + j - curve.first], l, r);
                    let left = &mut demands[left][i - curves[left].first];
                    *left = left.min(of_left);
                    let right = &mut demands[right][j - curves[right].first];
                    *right = right.min(of_right);
                }
            }
        }
        ControlFlow::Continue(alive)
    }
}

/// How many rows of so many pairs are looked at between two looks at the watcher.
fn rows_unseen(pairs: usize) -> usize {
    const PAIRS: usize = 1 << 21;
    (PAIRS / pairs.max(1)).max(1)
}

/// A body's curve. A cell whose upper end is no likelier than a lower cell's is not needed.
fn leaf(cells: &dyn Cells, body: usize, alive: Option<&Vec<u32>>, most: usize) -> Curve {
    let mut curve = Curve { low: 1.0, high: DEAD, ..Curve::default() };
    let mut add = |k: usize| {
        let (low, high) = cells.ends(body, k);
        if high > curve.high {
            curve.low = curve.low.min(low);
            curve.high = high;
            if curve.alive.is_empty() {
                curve.first = k;
            }
            curve.at.resize(k - curve.first + 1, DEAD);
            curve.at[k - curve.first] = high;
            curve.alive.push(k as u32);
        }
        high < 1.0 && cells.gives(body)
    };
    match alive {
        Some(alive) => {
            let _ = alive.iter().map(|k| *k as usize).take_while(|k| *k <= most).all(&mut add);
        }
        None => {
            let _ = (0..=most).all(&mut add);
        }
    }
    curve
}

fn joined(
    planes: &[Sum],
    join: Join,
    [left, right]: [&Curve; 2],
    alive: Option<&Vec<u32>>,
    most: usize,
    watch: Watch<'_>,
) -> ControlFlow<(), Curve> {
    let first = left.first + right.first;
    if first > most {
        return ControlFlow::Continue(Curve::default());
    }
    let size = (left.at.len() + right.at.len() - 1).min(most + 1 - first);
    let mut allowed = vec![alive.is_none(); size];
    for k in alive.into_iter().flatten() {
        if let Some(allowed) = (*k as usize).checked_sub(first).and_then(|k| allowed.get_mut(k)) {
            *allowed = true;
        }
    }
    let mut curve = Curve { first, at: vec![DEAD; size], from: vec![0; size], ..Curve::default() };
    let rows = rows_unseen(right.alive.len());
    for (row, i) in left.alive.iter().enumerate() {
        if row % rows == rows - 1 {
            watch(NEARLY_DONE)?;
        }
        let l = left.at(*i);
        for j in &right.alive {
            let k = (i + j) as usize - first;
            if k >= size {
                break;
            }
            let v = combine(planes, join, l, right.at(*j));
            if v > curve.at[k] && allowed[k] {
                curve.at[k] = v;
                curve.from[k] = *i;
            }
        }
    }
    curve.alive = (0..size).filter(|k| curve.at[*k] > DEAD).map(|k| (k + first) as u32).collect();
    curve.high = curve.at.iter().copied().fold(DEAD, f64::max);
    curve.low = planes_low(planes, join, left.low, right.low);
    ControlFlow::Continue(curve)
}

/// What a part is worth at least; known for a sum when its last branch is in.
fn planes_low(planes: &[Sum], join: Join, left: f64, right: f64) -> f64 {
    match join {
        Join::Sum { sum, .. } => planes[sum].low,
        _ => combine(planes, join, left, right),
    }
}

fn combine(planes: &[Sum], join: Join, left: f64, right: f64) -> f64 {
    match join {
        Join::Both => left * right,
        Join::Either => 1.0 - (1.0 - left) * (1.0 - right),
        Join::Sum { sum, at } => {
            let Sum { slopes, base, top, .. } = &planes[sum];
            let before = if at == 1 { base + slopes[0] * left } else { left };
            let value = before + slopes[at] * right;
            if at + 1 == slopes.len() { value.min(*top) } else { value }
        }
    }
}

/// What is demanded of each of two branches where the other gives what it can.
fn demand(planes: &[Sum], join: Join, of: f64, left: f64, right: f64) -> (f64, f64) {
    let of = of - SLACK;
    // Nothing by nothing: the other suffices by itself.
    let part = |whole: f64, by: f64| if by == 0.0 && whole <= 0.0 { DEAD } else { whole / by };
    match join {
        Join::Both => (part(of, right), part(of, left)),
        Join::Either => (1.0 - rest(of, right), 1.0 - rest(of, left)),
        Join::Sum { sum, at } => {
            let Sum { slopes, base, top, .. } = &planes[sum];
            if at + 1 == slopes.len() && of > *top {
                return (f64::INFINITY, f64::INFINITY);
            }
            let before = if at == 1 { base + slopes[0] * left } else { left };
            let of_left = of - slopes[at] * right;
            let of_left = if at == 1 { part(of_left - base, slopes[0]) } else { of_left };
            (of_left, part(of - before, slopes[at]))
        }
    }
}

/// How improbable one branch may be where any of two suffices and this is what the other has.
fn rest(of: f64, other: f64) -> f64 {
    if other >= 1.0 { f64::INFINITY } else { (1.0 - of) / (1.0 - other) }
}

impl Sum {
    fn fresh(&self) -> Sum {
        Sum {
            quota: Arc::clone(&self.quota),
            parts: self.parts.clone(),
            slopes: vec![1.0; self.parts.len()],
            base: self.base,
            low: self.low,
            top: self.top,
        }
    }

    /// P(it holds) with these probabilities of its branches.
    fn value(&self, of: &dyn Fn(usize) -> f64) -> f64 {
        self.quota.probability(of)
    }

    /// Lays the plane. With few branches it has the slope of the rule in the middle and touches it from
    /// above: what a rule exceeds a plane by is multilinear, so that it is largest at a corner. With
    /// many it goes through the lowest probabilities and nowhere rises less than the rule.
    fn lay(&mut self, curves: &[Curve]) {
        let low: Vec<f64> = self.parts.iter().map(|part| curves[*part].low).collect();
        let high: Vec<f64> = self.parts.iter().map(|part| curves[*part].high.min(1.0)).collect();
        self.low = self.value(&|k| low[k]);
        self.top = self.value(&|k| high[k]) + SLACK;
        let below = |slopes: &[f64], of: &dyn Fn(usize) -> f64| {
            self.value(of) - slopes.iter().enumerate().map(|(k, slope)| slope * of(k)).sum::<f64>()
        };
        let (slopes, base) = if low.len() <= CORNERS {
            let middle: Vec<f64> = low.iter().zip(&high).map(|(low, high)| (low + high) / 2.0).collect();
            let slopes: Vec<f64> = (0..low.len()).map(|k| self.matters(k, &middle, &middle)).collect();
            let corner = |bits: usize| below(&slopes, &|k| if bits >> k & 1 == 1 { high[k] } else { low[k] });
            let base = (0..1usize << low.len()).map(corner).fold(DEAD, f64::max);
            (slopes, base)
        } else {
            let slopes: Vec<f64> = (0..low.len()).map(|k| self.matters(k, &low, &high)).collect();
            let base = below(&slopes, &|k| low[k]);
            (slopes, base)
        };
        (self.slopes, self.base) = (slopes, base + SLACK);
    }

    /// What a branch matters by: at most so much, where the others lie between two bounds.
    fn matters(&self, k: usize, low: &[f64], high: &[f64]) -> f64 {
        let with = |own: f64, of: &[f64]| self.value(&|other| if other == k { own } else { of[other] });
        (with(1.0, high) - with(0.0, low)).clamp(0.0, 1.0)
    }
}

#[cfg(test)]
mod tests;
