//! How many outcomes pass the rules of agreement, without a look at each.
//!
//! Only bodies that some outcome loses and the rules may need count. Groups of tied issues are added up
//! on two sides, equal sums merged (convolution); then the pairs of a sum of one side and one of the
//! other are counted (meet in the middle): whole boxes of sums at a time, where both corners of a box
//! agree on whether it passes. Where the sides grow too large, sums are rounded down, and up, to a
//! coarse grid, which bounds the count from below and from above.

use crate::agreement::Agreement;
use crate::body::BodySpace;
use crate::decomposition::Decomposition;
use crate::exact::gcd;
use crate::kernel::box_tree::{BoxTree, Inside};
use num_bigint::BigUint;
use std::collections::BTreeMap;
use std::ops::{AddAssign, Mul};

/// How many outcomes there are, between two bounds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CountBounds {
    /// At least so many.
    pub at_least: BigUint,
    /// At most so many.
    pub at_most: BigUint,
}

impl CountBounds {
    /// A count that is known.
    pub fn exact(count: BigUint) -> CountBounds {
        CountBounds { at_least: count.clone(), at_most: count }
    }

    /// The count, where it is known and fits.
    pub fn count(&self) -> Option<u64> {
        u64::try_from(&self.at_least).ok().filter(|_| self.is_exact())
    }

    /// Whether the bounds meet.
    pub fn is_exact(&self) -> bool {
        self.at_least == self.at_most
    }
}

/// Most distinct sums on one side.
const MAX_SUMS: usize = 1 << 20;
/// Most pairs of boxes that are compared.
const MAX_PAIRS: u64 = 1 << 23;
/// Most cells of the coarse grid.
const MAX_CELLS: usize = 1 << 14;

/// A number of outcomes: `u128` while that is enough.
trait Count: Clone + PartialEq + From<u32> + AddAssign + Mul<Output = Self> {}
impl<T: Clone + PartialEq + From<u32> + AddAssign + Mul<Output = T>> Count for T {}

/// The part of the talks that decides who accepts at no political cost.
struct Votes<'a> {
    agreement: &'a Agreement,
    /// Bodies whose acceptance differs from outcome to outcome, with what the groups must add up to.
    open: Vec<(usize, i64)>,
    /// By body: what it says on every outcome, where that is one thing.
    fixed: Vec<bool>,
    /// By pattern of the open bodies: whether the talks agree; empty if there are too many patterns.
    patterns: Vec<bool>,
}

/// Most open bodies of which every pattern is kept.
const MAX_PATTERNS: usize = 16;

/// How many outcomes the talks would agree on if a yes had no political cost, and each body said yes
/// where its steps reach its threshold; a body without one always does.
pub(crate) fn zone_count(
    decomposition: &Decomposition,
    agreement: &Agreement,
    thresholds: &[Option<i64>],
    total: &BigUint,
) -> CountBounds {
    let votes = Votes::new(decomposition, agreement, thresholds);
    if votes.open.is_empty() {
        let all = agreement.agrees(&|body| votes.fixed[body]);
        return CountBounds::exact(if all { total.clone() } else { BigUint::ZERO });
    }
    let small = || votes.count::<u128, u128>(decomposition).map(|(sure, open)| (sure.into(), open.into()));
    let counted = if total.bits() < 126 {
        small()
    } else if votes.sides_fit(decomposition, 126.0) {
        votes.count::<u128, BigUint>(decomposition)
    } else {
        votes.count::<BigUint, BigUint>(decomposition)
    };
    let counted = counted.map(|(sure, open)| match votes.left_out() {
        true => (total - sure, open),
        false => (sure, open),
    });
    let by_pairs = counted.map(|(sure, open)| CountBounds { at_most: &sure + open, at_least: sure });
    match by_pairs {
        Some(zone_count) if zone_count.is_exact() => zone_count,
        other => votes.by_cells(decomposition, total).meet(other),
    }
}

/// Where every body accepts at no political cost.
pub(crate) fn thresholds(bodies: &[BodySpace]) -> Vec<Option<i64>> {
    bodies.iter().map(BodySpace::threshold).collect()
}

/// The bounds of `zone_count` where the sides have grown too large.
#[cfg(test)]
pub(crate) fn bounds(
    decomposition: &Decomposition,
    agreement: &Agreement,
    thresholds: &[Option<i64>],
    total: &BigUint,
) -> CountBounds {
    let votes = Votes::new(decomposition, agreement, thresholds);
    match votes.open.is_empty() {
        true => zone_count(decomposition, agreement, thresholds, total),
        false => votes.by_cells(decomposition, total),
    }
}

impl CountBounds {
    fn meet(self, other: Option<CountBounds>) -> CountBounds {
        let Some(other) = other else { return self };
        CountBounds { at_least: self.at_least.max(other.at_least), at_most: self.at_most.min(other.at_most) }
    }
}

impl<'a> Votes<'a> {
    fn new(decomposition: &Decomposition, agreement: &'a Agreement, thresholds: &[Option<i64>]) -> Votes<'a> {
        let mut fixed = vec![true; thresholds.len()];
        let mut open = Vec::new();
        for (body, threshold) in thresholds.iter().enumerate() {
            let Some(threshold) = threshold else { continue };
            let sum = |of: &dyn Fn(&BoxTree) -> i64| {
                decomposition.groups.iter().map(|group| of(&group.box_tree)).sum::<i64>()
            };
            let (low, high) =
                (sum(&|box_tree| box_tree.low(0)[body]), sum(&|box_tree| box_tree.corner(0)[body]));
            if high < *threshold {
                fixed[body] = false;
            } else if low < *threshold {
                open.push((body, *threshold));
            }
        }
        // A body that changes nothing, whatever the others say, is left out.
        let mut votes = Votes { agreement, open: Vec::new(), fixed, patterns: Vec::new() };
        for (k, (body, threshold)) in open.iter().enumerate() {
            let others: Vec<usize> =
                open.iter().enumerate().filter(|(j, _)| *j != k).map(|(_, (body, _))| *body).collect();
            if votes.matters(*body, &others) {
                votes.open.push((*body, *threshold));
            }
        }
        if votes.open.len() <= MAX_PATTERNS {
            let all = 0..1u64 << votes.open.len();
            votes.patterns = all.map(|pattern| votes.agree_where(pattern)).collect();
        }
        votes
    }

    /// Whether some pattern of the others lets this body decide; taken to be so where there are many.
    fn matters(&self, body: usize, others: &[usize]) -> bool {
        if others.len() > 12 {
            return true;
        }
        (0..1u32 << others.len()).any(|pattern| {
            let says = |own: bool| {
                self.agreement.agrees(&|b| match others.iter().position(|other| *other == b) {
                    _ if b == body => own,
                    Some(k) => pattern >> k & 1 == 1,
                    None => self.fixed[b],
                })
            };
            says(true) != says(false)
        })
    }

    /// Whether the talks agree where exactly these open bodies say yes.
    fn agree_where(&self, pattern: u64) -> bool {
        self.agreement.agrees(&|body| match self.open.iter().position(|(b, _)| *b == body) {
            Some(k) => pattern >> k & 1 == 1,
            None => self.fixed[body],
        })
    }

    /// Whether the talks agree where the open bodies have these sums.
    fn agree(&self, sum: impl Fn(usize) -> i64) -> bool {
        if self.patterns.is_empty() {
            return self.agreement.agrees(&|body| match self.open.iter().position(|(b, _)| *b == body) {
                Some(k) => sum(k) >= self.open[k].1,
                None => self.fixed[body],
            });
        }
        let says = |(k, (_, threshold)): (usize, &(usize, i64))| usize::from(sum(k) >= *threshold) << k;
        self.patterns[self.open.iter().enumerate().map(says).sum::<usize>()]
    }

    /// How many surely pass (or, if `left_out`, do not), and how many more may; nothing if the sides grow too large.
    fn count<N: Count, T: Count + From<N>>(&self, decomposition: &Decomposition) -> Option<(T, T)> {
        let mut sides: [Sums<N>; 2] = self.sides(decomposition)?;
        let d = self.open.len();
        if d > 2 {
            let [a, b] = sides.map(Wood::new);
            let mut pairs = Pairs { votes: self, a: &a, b: &b, sure: T::from(0u32), left: MAX_PAIRS };
            let open = pairs.visit(0, 0);
            return Some((pairs.sure, open));
        }
        let both = !self.left_out();
        let at_least: Vec<i64> = self.open.iter().map(|(_, threshold)| *threshold).collect();
        let mut threshold = [at_least[0], at_least.get(1).copied().unwrap_or(0)];
        if !both {
            // Either is enough: those are left out that neither accepts.
            threshold = threshold.map(|threshold| 1 - threshold);
            sides.iter_mut().flat_map(|side| &mut side.points).for_each(|x| *x = -*x);
        }
        let [a, b] = sides.map(Sums::in_two);
        let counted = reaching(a, b, threshold);
        Some((counted, T::from(0u32)))
    }

    /// Whether `count` counts those that do not pass: of two bodies, either is enough.
    fn left_out(&self) -> bool {
        self.open.len() == 2 && self.patterns[1]
    }

    /// All groups on two sides with about as many distinct sums; absent if these are too many.
    fn parted<N: Count>(&self, decomposition: &Decomposition) -> Option<Parted<N>> {
        let d = self.open.len();
        let mut groups: Vec<Sums<N>> =
            decomposition.groups.iter().map(|group| Sums::of(group, &self.open)).collect();
        groups.sort_by_key(|group| group.counts.len());
        let units = |k: usize| groups.iter().fold(0, |unit, group| gcd(unit, group.unit(k)));
        let steps: Vec<i64> = (0..d).map(|k| units(k).max(1)).collect();
        let mut sides: [(Vec<Sums<N>>, f64, Vec<f64>); 2] = [0, 1].map(|_| (Vec::new(), 1.0, vec![1.0; d]));
        while let Some(group) = groups.pop() {
            let side = usize::from(sides[0].1 > sides[1].1);
            let (own, size, places) = &mut sides[side];
            for (k, places) in places.iter_mut().enumerate() {
                *places += (group.width(k) / steps[k]) as f64;
            }
            *size = (*size * group.counts.len() as f64).min(places.iter().product());
            own.push(group);
        }
        // Pairs of boxes in many directions are seldom decided early: there, fewer sums are worth the work.
        let most = if d > 2 { MAX_SUMS >> 5 } else { MAX_SUMS };
        let fits = sides.iter().all(|(_, size, _)| *size <= most as f64);
        fits.then(|| (sides.map(|(own, ..)| own), steps))
    }

    /// Whether the outcomes of each side are fewer than so many powers of 2.
    fn sides_fit(&self, decomposition: &Decomposition, bits: f64) -> bool {
        let parted = self.parted::<u128>(decomposition);
        let size = |own: &Vec<Sums<u128>>| own.iter().map(Sums::bits).sum::<f64>();
        parted.is_none_or(|(sides, _)| sides.iter().all(|own| size(own) < bits))
    }

    /// All groups added up on two sides.
    fn sides<N: Count>(&self, decomposition: &Decomposition) -> Option<[Sums<N>; 2]> {
        let d = self.open.len();
        let (sides, steps) = self.parted(decomposition)?;
        let [a, b] = sides.map(|own: Vec<Sums<N>>| {
            let places = |k: usize| own.iter().map(|group| (group.width(k) / steps[k]) as f64).sum::<f64>();
            let cells: f64 = (0..d).map(|k| 1.0 + places(k)).product();
            if cells <= MAX_SUMS as f64 {
                return in_cells(&own, &steps);
            }
            let nothing = Sums { d, points: vec![0; d], counts: vec![N::from(1)] };
            own.iter().fold(nothing, |sum, group| sum.plus(group))
        });
        Some([a, b])
    }
}

/// The groups of two sides, and what all differences of sums are multiples of, by body.
type Parted<N> = ([Vec<Sums<N>>; 2], Vec<i64>);

/// Distinct vectors, and how many outcomes have each.
struct Sums<N> {
    d: usize,
    points: Vec<i64>,
    counts: Vec<N>,
}

impl<N: Count> Sums<N> {
    fn of(group: &crate::decomposition::Group, open: &[(usize, i64)]) -> Sums<N> {
        let points =
            (0..group.len()).flat_map(|k| open.iter().map(move |(body, _)| group.box_tree.point(k)[*body]));
        Sums { d: open.len(), points: points.collect(), counts: vec![N::from(1); group.len()] }.merged()
    }

    /// How far apart its numbers are for one body.
    fn width(&self, k: usize) -> i64 {
        let values = || self.points.iter().skip(k).step_by(self.d);
        values().max().unwrap_or(&0) - values().min().unwrap_or(&0)
    }

    fn lowest(&self, k: usize) -> i64 {
        self.points.iter().skip(k).step_by(self.d).min().copied().unwrap_or(0)
    }

    /// What all differences of its numbers for one body are multiples of.
    fn unit(&self, k: usize) -> i64 {
        let values = self.points.iter().skip(k).step_by(self.d);
        values.fold(0, |unit, value| gcd(unit, value - self.points[k]))
    }

    /// The same with a second number of 0 if there is only one.
    fn in_two(self) -> Sums<N> {
        match self.d {
            1 => Sums { d: 2, points: self.points.into_iter().flat_map(|x| [x, 0]).collect(), ..self },
            _ => self,
        }
    }

    fn plus(&self, other: &Sums<N>) -> Sums<N> {
        // Sums are merged in pieces, so that many equal ones never stand side by side.
        let mut all = Sums { d: self.d, points: Vec::new(), counts: Vec::new() };
        for (b, n) in other.points.chunks_exact(self.d).zip(&other.counts) {
            for (a, m) in self.points.chunks_exact(self.d).zip(&self.counts) {
                all.points.extend(a.iter().zip(b).map(|(x, y)| x + y));
                all.counts.push(m.clone() * n.clone());
            }
            if all.counts.len() > 2 * MAX_SUMS {
                all = all.merged();
            }
        }
        all.merged()
    }

    fn merged(self) -> Sums<N> {
        let d = self.d;
        let at = |k: u32| &self.points[k as usize * d..(k as usize + 1) * d];
        let mut order: Vec<u32> = (0..self.counts.len() as u32).collect();
        order.sort_unstable_by(|a, b| at(*a).cmp(at(*b)));
        let mut merged: Sums<N> = Sums { d, points: Vec::new(), counts: Vec::new() };
        let mut last: Option<u32> = None;
        for k in order {
            match (last, merged.counts.last_mut()) {
                (Some(other), Some(count)) if at(other) == at(k) => *count += self.counts[k as usize].clone(),
                _ => {
                    merged.points.extend_from_slice(at(k));
                    merged.counts.push(self.counts[k as usize].clone());
                }
            }
            last = Some(k);
        }
        merged
    }
}

/// How many pairs reach both thresholds: one side by its first number, what it leaves of the other side
/// in a tree of partial counts by the second (Fenwick 1994).
fn reaching<N: Count, T: Count + From<N>>(a: Sums<N>, b: Sums<N>, threshold: [i64; 2]) -> T {
    let by_first = |side: &Sums<N>| {
        let mut order: Vec<usize> = (0..side.counts.len()).collect();
        order.sort_unstable_by_key(|k| side.points[2 * k]);
        order
    };
    let (order_a, order_b) = (by_first(&a), by_first(&b));
    let mut seconds: Vec<i64> = b.points.chunks_exact(2).map(|point| point[1]).collect();
    seconds.sort_unstable_by(|x, y| y.cmp(x));
    seconds.dedup();
    let mut tree = vec![N::from(0); seconds.len() + 1];
    let mut entering = order_b.iter().rev().peekable();
    let mut reached = T::from(0u32);
    for i in order_a {
        let point = &a.points[2 * i..2 * i + 2];
        while let Some(j) = entering.next_if(|j| b.points[2 * **j] + point[0] >= threshold[0]) {
            let mut at = seconds.partition_point(|second| *second > b.points[2 * j + 1]) + 1;
            while at < tree.len() {
                tree[at] += b.counts[*j].clone();
                at += at & at.wrapping_neg();
            }
        }
        let mut sum = N::from(0);
        let mut at = seconds.partition_point(|second| second + point[1] >= threshold[1]);
        while at > 0 {
            sum += tree[at].clone();
            at &= at - 1;
        }
        reached += T::from(sum) * T::from(a.counts[i].clone());
    }
    reached
}

impl Sums<u128> {
    /// How many outcomes it has, as a power of 2.
    fn bits(&self) -> f64 {
        (self.counts.iter().sum::<u128>() as f64).log2()
    }
}

/// All sums of one vector of each group, counted in an array with a cell for each vector there could be:
/// numbers of body `k` are a smallest one and multiples of `steps[k]`.
fn in_cells<N: Count>(groups: &[Sums<N>], steps: &[i64]) -> Sums<N> {
    let d = steps.len();
    let sizes: Vec<usize> = (0..d)
        .map(|k| 1 + groups.iter().map(|group| group.width(k) / steps[k]).sum::<i64>() as usize)
        .collect();
    let strides: Vec<usize> = (0..d).map(|k| sizes[..k].iter().product()).collect();
    let mut now = vec![N::from(0); sizes.iter().product()];
    now[0] = N::from(1);
    let mut lowest = vec![0; d];
    let mut reach = 1;
    for group in groups {
        let low: Vec<i64> = (0..d).map(|k| group.lowest(k)).collect();
        let shift = |point: &[i64]| -> usize {
            (0..d).map(|k| ((point[k] - low[k]) / steps[k]) as usize * strides[k]).sum()
        };
        let shifts: Vec<usize> = group.points.chunks_exact(d).map(shift).collect();
        let mut next = vec![N::from(0); now.len()];
        for (cell, count) in now[..reach].iter().enumerate().filter(|(_, count)| **count != N::from(0)) {
            for (shift, ways) in shifts.iter().zip(&group.counts) {
                next[cell + shift] += count.clone() * ways.clone();
            }
        }
        reach += shifts.iter().max().unwrap_or(&0);
        now = next;
        lowest.iter_mut().zip(&low).for_each(|(sum, low)| *sum += low);
    }
    let mut sums = Sums { d, points: Vec::new(), counts: Vec::new() };
    for (cell, count) in now.into_iter().enumerate().filter(|(_, count)| *count != N::from(0)) {
        sums.points.extend((0..d).map(|k| lowest[k] + (cell / strides[k] % sizes[k]) as i64 * steps[k]));
        sums.counts.push(count);
    }
    sums
}

/// Sums under boxes, with the number of outcomes of each and of each box.
struct Wood<N> {
    box_tree: BoxTree,
    counts: Vec<N>,
    totals: Vec<N>,
}

impl<N: Count> Wood<N> {
    fn new(sums: Sums<N>) -> Wood<N> {
        let box_tree = BoxTree::new(sums.d, &sums.points, 4);
        let counts: Vec<N> = (0..box_tree.len()).map(|k| sums.counts[box_tree.place(k)].clone()).collect();
        let totals = box_tree.totals(&counts);
        Wood { box_tree, counts, totals }
    }
}

struct Pairs<'a, N, T> {
    votes: &'a Votes<'a>,
    a: &'a Wood<N>,
    b: &'a Wood<N>,
    sure: T,
    left: u64,
}

impl<N: Count, T: Count + From<N>> Pairs<'_, N, T> {
    /// Counts the pairs of two boxes; returns how many remain undecided.
    fn visit(&mut self, of_a: usize, of_b: usize) -> T {
        let (a, b) = (self.a, self.b);
        let (low_a, low_b) = (a.box_tree.low(of_a), b.box_tree.low(of_b));
        let (high_a, high_b) = (a.box_tree.corner(of_a), b.box_tree.corner(of_b));
        if !self.votes.agree(|k| high_a[k] + high_b[k]) {
            return T::from(0u32);
        }
        let all = || T::from(a.totals[of_a].clone()) * T::from(b.totals[of_b].clone());
        if self.votes.agree(|k| low_a[k] + low_b[k]) {
            self.sure += all();
            return T::from(0u32);
        }
        if self.left == 0 {
            return all();
        }
        self.left -= 1;
        let larger_first = a.box_tree.range(of_a).len() >= b.box_tree.range(of_b).len();
        match (a.box_tree.inside(of_a), b.box_tree.inside(of_b)) {
            (Inside::Boxes(halves), Inside::Points(_)) => self.both(halves.map(|half| (half, of_b))),
            (Inside::Points(_), Inside::Boxes(halves)) => self.both(halves.map(|half| (of_a, half))),
            (Inside::Boxes(halves), Inside::Boxes(_)) if larger_first => {
                self.both(halves.map(|half| (half, of_b)))
            }
            (Inside::Boxes(_), Inside::Boxes(halves)) => self.both(halves.map(|half| (of_a, half))),
            (Inside::Points(of_a), Inside::Points(of_b)) => {
                for j in of_a {
                    for k in of_b.clone() {
                        let (x, y) = (a.box_tree.point(j), b.box_tree.point(k));
                        if self.votes.agree(|k| x[k] + y[k]) {
                            self.sure += T::from(a.counts[j].clone()) * T::from(b.counts[k].clone());
                        }
                    }
                }
                T::from(0u32)
            }
        }
    }

    fn both(&mut self, pairs: [(usize, usize); 2]) -> T {
        let mut open = T::from(0u32);
        for (of_a, of_b) in pairs {
            open += self.visit(of_a, of_b);
        }
        open
    }
}

impl Votes<'_> {
    /// Bounds from sums on a coarse grid: in `f64`, widened by more than rounding can take.
    fn by_cells(&self, decomposition: &Decomposition, total: &BigUint) -> CountBounds {
        let lower = self.cells(decomposition, false) * (1.0 - 1e-9);
        let upper = self.cells(decomposition, true) * (1.0 + 1e-9);
        CountBounds { at_least: whole(lower), at_most: (whole(upper) + 1u32).min(total.clone()) }
    }

    fn cells(&self, decomposition: &Decomposition, up: bool) -> f64 {
        let d = self.open.len();
        let most = ((MAX_CELLS as f64).powf(1.0 / d as f64) as usize).max(2);
        // What is still missing above the smallest sum, in cells; there it is reached.
        let low =
            |body: usize| decomposition.groups.iter().map(|group| group.box_tree.low(0)[body]).sum::<i64>();
        let missing: Vec<i64> = self.open.iter().map(|(body, threshold)| threshold - low(*body)).collect();
        let cell: Vec<i64> = missing.iter().map(|missing| missing.div_euclid(most as i64 - 1) + 1).collect();
        let needed: Vec<usize> =
            missing.iter().zip(&cell).map(|(missing, cell)| ((missing + cell - 1) / cell) as usize).collect();
        let sizes: Vec<usize> = needed.iter().map(|needed| needed + 1).collect();
        let n: usize = sizes.iter().product();
        let mut now = vec![0.0; n];
        now[0] = 1.0;
        for group in &decomposition.groups {
            let mut steps: BTreeMap<Vec<usize>, f64> = BTreeMap::new();
            for k in 0..group.len() {
                let step = self.open.iter().zip(&cell).zip(&needed).map(|(((body, _), cell), needed)| {
                    let above = group.box_tree.point(k)[*body] - group.box_tree.low(0)[*body];
                    let cells = if up { (above + cell - 1) / cell } else { above / cell };
                    (cells as usize).min(*needed)
                });
                *steps.entry(step.collect()).or_default() += 1.0;
            }
            let mut next = vec![0.0; n];
            let mut at = vec![0; d];
            for (index, mass) in now.iter().enumerate().filter(|(_, mass)| **mass > 0.0) {
                let mut rest = index;
                for (at, size) in at.iter_mut().zip(&sizes) {
                    *at = rest % size;
                    rest /= size;
                }
                for (step, ways) in &steps {
                    let moved = at.iter().zip(step).zip(&sizes).rev();
                    let to = moved.fold(0, |to, ((at, step), size)| to * size + (at + step).min(size - 1));
                    next[to] += mass * ways;
                }
            }
            now = next;
        }
        let passes = |index: usize| {
            let mut rest = index;
            let reached: Vec<i64> = sizes
                .iter()
                .zip(&self.open)
                .map(|(size, (_, threshold))| {
                    let at = rest % size;
                    rest /= size;
                    if at == size - 1 { *threshold } else { threshold - 1 }
                })
                .collect();
            self.agree(|k| reached[k])
        };
        now.iter().enumerate().filter(|(index, _)| passes(*index)).map(|(_, mass)| mass).sum()
    }
}

/// The whole part of a number that is not negative.
fn whole(value: f64) -> BigUint {
    if value < 1.0 {
        return BigUint::ZERO;
    }
    let bits = value.to_bits();
    let exponent = (bits >> 52) as i64 - 1075;
    let mantissa = BigUint::from((bits & ((1 << 52) - 1)) | 1 << 52);
    if exponent >= 0 { mantissa << exponent as u64 } else { mantissa >> (-exponent) as u64 }
}
