//! Points under a tree of boxes: the best sum with a monotone worth, without looking at most points.
//!
//! The corner of a box takes, number by number, the largest of its points. What is worth more the
//! larger its numbers are is worth at most at a point of the box what it is worth at the corner, so a
//! box whose corner falls short is skipped whole (Bentley 1975 for the tree, Land and Doig 1960 for
//! the bound).

use crate::ticker::Watch;
use std::cmp::Reverse;
use std::ops::ControlFlow;

/// What a vector is worth: compared entry by entry; never less where a number of the vector rises.
pub(crate) type Worth = [i64; 4];

/// Most sums looked at for the best of a bush, or of a pair, where each is soon looked at.
pub(crate) const MOST_LOOKS: u32 = 1 << 22;

/// Points of a box that is divided without a look at the watcher.
const UNSEEN: usize = 1 << 14;

/// Nothing is worth less.
pub(crate) const NOTHING: Worth = [i64::MIN; 4];

/// Points, vectors of `d` numbers one after another, with boxes around them.
#[derive(Clone, Debug)]
pub(crate) struct BoxTree {
    d: usize,
    /// Most points in a box that is not divided further.
    leaf: usize,
    /// Vectors in the order of the tree.
    points: Vec<i64>,
    /// Where each point stood in the list the bush was made of.
    places: Vec<u32>,
    boxes: Vec<Box>,
    /// Upper corner of each box.
    corners: Vec<i64>,
    /// Lower corner of each box.
    lows: Vec<i64>,
}

#[derive(Clone, Copy, Debug)]
struct Box {
    from: u32,
    to: u32,
    /// Positions of the halves; both 0 where the box is not divided.
    halves: [u32; 2],
}

impl BoxTree {
    /// A tree over points, of which there must be at least one; boxes of at most `leaf` points are not
    /// divided further.
    pub(crate) fn new(d: usize, points: &[i64], leaf: usize) -> BoxTree {
        match BoxTree::watched(d, points, leaf, &|_| ControlFlow::Continue(())) {
            ControlFlow::Continue(box_tree) => box_tree,
            ControlFlow::Break(()) => unreachable!("nobody asks to stop"),
        }
    }

    /// The same over very many points; nothing if the watcher breaks.
    pub(crate) fn watched(
        d: usize,
        points: &[i64],
        leaf: usize,
        watch: Watch<'_>,
    ) -> ControlFlow<(), BoxTree> {
        assert!(d > 0 && !points.is_empty() && points.len().is_multiple_of(d), "whole vectors");
        let n = points.len() / d;
        let mut places: Vec<u32> = (0..n as u32).collect();
        let scales = scales(d, points);
        let (boxes, corners, lows) = (Vec::new(), Vec::new(), Vec::new());
        let mut box_tree = BoxTree { d, leaf, points: Vec::new(), places: Vec::new(), boxes, corners, lows };
        box_tree.divide(points, &mut places, 0, &scales, watch)?;
        box_tree.points =
            places.iter().flat_map(|k| &points[*k as usize * d..(*k as usize + 1) * d]).copied().collect();
        box_tree.places = places;
        ControlFlow::Continue(box_tree)
    }

    fn divide(
        &mut self,
        points: &[i64],
        places: &mut [u32],
        from: usize,
        scales: &[f64],
        watch: Watch<'_>,
    ) -> ControlFlow<(), u32> {
        let d = self.d;
        if places.len() > UNSEEN {
            watch(0.0)?;
        }
        let (low, high) = extent(d, points, places);
        let own = self.boxes.len();
        self.boxes.push(Box { from: from as u32, to: (from + places.len()) as u32, halves: [0; 2] });
        self.corners.extend(&high);
        self.lows.extend(&low);
        if places.len() > self.leaf && low != high {
            let width = |k: &usize| (high[*k] - low[*k]) as f64 * scales[*k];
            let widest = (0..d).max_by(|a, b| width(a).total_cmp(&width(b))).unwrap_or(0);
            let middle = places.len() / 2;
            places.select_nth_unstable_by_key(middle, |k| (points[*k as usize * d + widest], *k));
            let (lower, upper) = places.split_at_mut(middle);
            let halves = [
                self.divide(points, lower, from, scales, watch)?,
                self.divide(points, upper, from + middle, scales, watch)?,
            ];
            self.boxes[own].halves = halves;
        }
        ControlFlow::Continue(own as u32)
    }

    /// How many points there are.
    pub(crate) fn len(&self) -> usize {
        self.places.len()
    }

    /// The k-th point in the order of the tree.
    pub(crate) fn point(&self, k: usize) -> &[i64] {
        &self.points[k * self.d..(k + 1) * self.d]
    }

    /// Where the k-th point stood in the list.
    pub(crate) fn place(&self, k: usize) -> usize {
        self.places[k] as usize
    }

    /// The upper corner of a box; box 0 is around everything.
    pub(crate) fn corner(&self, of: usize) -> &[i64] {
        &self.corners[of * self.d..(of + 1) * self.d]
    }

    /// The lower corner of a box.
    pub(crate) fn low(&self, of: usize) -> &[i64] {
        &self.lows[of * self.d..(of + 1) * self.d]
    }

    /// The points of a box, divided or not, by their positions in the order of the tree.
    pub(crate) fn range(&self, of: usize) -> std::ops::Range<usize> {
        self.boxes[of].from as usize..self.boxes[of].to as usize
    }

    /// The two halves of a box, or the points of one that is not divided.
    pub(crate) fn inside(&self, of: usize) -> Inside {
        let Box { from, to, halves } = self.boxes[of];
        match halves {
            [0, 0] => Inside::Points(from as usize..to as usize),
            [a, b] => Inside::Boxes([a as usize, b as usize]),
        }
    }

    /// Per box, the sum over its points.
    pub(crate) fn totals<N: Clone + From<u32> + std::ops::AddAssign>(&self, of: &[N]) -> Vec<N> {
        let sum = |b: &Box| {
            of[b.from as usize..b.to as usize].iter().fold(N::from(0), |mut sum, x| {
                sum += x.clone();
                sum
            })
        };
        self.boxes.iter().map(sum).collect()
    }

    /// The most that `base` and a point are worth together, if that is at least `floor`; and whether that is so, or what
    /// so many looks are too few to deny.
    pub(crate) fn best(
        &self,
        base: &[i64],
        floor: Worth,
        looks: u32,
        worth: &mut dyn FnMut(&[i64]) -> Worth,
    ) -> Option<(Worth, bool)> {
        let (sum, left) = (vec![0; self.d], looks);
        let mut search = Descent { box_tree: self, base, sum, best: None, denied: None, left, floor, worth };
        let whole = search.worth_of(self.corner(0));
        search.descend(0, whole);
        told(search.best, search.denied)
    }

    /// The same of `base`, one of these points and one of another bush.
    pub(crate) fn best_pair(
        &self,
        other: &BoxTree,
        base: &[i64],
        floor: Worth,
        looks: u32,
        worth: &mut dyn FnMut(&[i64]) -> Worth,
    ) -> Option<(Worth, bool)> {
        assert_eq!(self.d, other.d, "vectors of one length");
        let (sum, left) = (vec![0; self.d], looks);
        let mut pairs = Pairs { a: self, b: other, base, sum, floor, best: None, denied: None, left, worth };
        let whole = pairs.worth_of(self.corner(0), other.corner(0));
        pairs.descend(0, 0, whole);
        told(pairs.best, pairs.denied)
    }

    /// Upper corners of at most about `most` boxes that together hold all points.
    pub(crate) fn coarse(&self, most: usize) -> Vec<i64> {
        let mut open = std::collections::VecDeque::from([0usize]);
        let mut done = Vec::new();
        // Level by level: the boxes of a level hold about equally many points.
        while let Some(of) = open.pop_front() {
            match self.inside(of) {
                Inside::Boxes(halves) if open.len() + done.len() + 2 <= most => open.extend(halves),
                _ => done.push(of),
            }
        }
        done.iter().flat_map(|of| self.corner(*of)).copied().collect()
    }
}

/// What a box is made of.
#[derive(Clone, Debug)]
pub(crate) enum Inside {
    Boxes([usize; 2]),
    /// Positions in the order of the tree.
    Points(std::ops::Range<usize>),
}

/// What was found, if it is no less than what boxes promise that were not opened; else that.
fn told(best: Option<Worth>, denied: Option<Worth>) -> Option<(Worth, bool)> {
    match (best, denied) {
        (best, Some(denied)) if best.is_none_or(|best| denied > best) => Some((denied, false)),
        (best, _) => best.map(|best| (best, true)),
    }
}

struct Descent<'a, 'w> {
    box_tree: &'a BoxTree,
    base: &'a [i64],
    sum: Vec<i64>,
    best: Option<Worth>,
    /// The most that boxes promise which there was no time to open.
    denied: Option<Worth>,
    left: u32,
    floor: Worth,
    worth: &'w mut dyn FnMut(&[i64]) -> Worth,
}

impl Descent<'_, '_> {
    fn worth_of(&mut self, vector: &[i64]) -> Worth {
        self.left = self.left.saturating_sub(1);
        for ((sum, base), x) in self.sum.iter_mut().zip(self.base).zip(vector) {
            *sum = base + x;
        }
        (self.worth)(&self.sum)
    }

    fn too_little(&self, worth: Worth) -> bool {
        worth < self.floor || self.best.is_some_and(|best| worth <= best)
    }

    fn descend(&mut self, of: usize, worth: Worth) {
        if self.too_little(worth) {
            return;
        }
        if self.left == 0 {
            self.denied = self.denied.max(Some(worth));
            return;
        }
        let box_tree = self.box_tree;
        match box_tree.inside(of) {
            Inside::Points(points) => {
                for k in points {
                    let worth = self.worth_of(box_tree.point(k));
                    if !self.too_little(worth) {
                        self.best = Some(worth);
                    }
                }
            }
            Inside::Boxes(halves) => {
                let mut both = halves.map(|half| (self.worth_of(box_tree.corner(half)), half));
                both.sort_by_key(|(worth, _)| Reverse(*worth));
                for (worth, half) in both {
                    self.descend(half, worth);
                }
            }
        }
    }
}

/// In place of a pair of boxes.
const NO_PAIR: (usize, usize) = (0, 0);

struct Pairs<'a, 'w> {
    a: &'a BoxTree,
    b: &'a BoxTree,
    base: &'a [i64],
    sum: Vec<i64>,
    floor: Worth,
    best: Option<Worth>,
    /// The most that boxes promise which there was no time to open.
    denied: Option<Worth>,
    left: u32,
    worth: &'w mut dyn FnMut(&[i64]) -> Worth,
}

impl Pairs<'_, '_> {
    fn worth_of(&mut self, a: &[i64], b: &[i64]) -> Worth {
        self.left = self.left.saturating_sub(1);
        for (((sum, base), a), b) in self.sum.iter_mut().zip(self.base).zip(a).zip(b) {
            *sum = base + a + b;
        }
        (self.worth)(&self.sum)
    }

    fn too_little(&self, worth: Worth) -> bool {
        worth < self.floor || self.best.is_some_and(|best| worth <= best)
    }

    fn descend(&mut self, of_a: usize, of_b: usize, worth: Worth) {
        if self.too_little(worth) {
            return;
        }
        if self.left == 0 {
            self.denied = self.denied.max(Some(worth));
            return;
        }
        let (a, b) = (self.a, self.b);
        let next = match (a.inside(of_a), b.inside(of_b)) {
            (Inside::Points(in_a), Inside::Points(in_b)) => {
                for j in in_a {
                    for k in in_b.clone() {
                        let worth = self.worth_of(a.point(j), b.point(k));
                        if !self.too_little(worth) {
                            self.best = Some(worth);
                        }
                    }
                }
                return;
            }
            (Inside::Boxes([x, y]), Inside::Points(_)) => ([(x, of_b), (y, of_b), NO_PAIR, NO_PAIR], 2),
            (Inside::Points(_), Inside::Boxes([x, y])) => ([(of_a, x), (of_a, y), NO_PAIR, NO_PAIR], 2),
            (Inside::Boxes([p, q]), Inside::Boxes([x, y])) => ([(p, x), (p, y), (q, x), (q, y)], 4),
        };
        let (pairs, n) = next;
        let mut all = pairs.map(|(x, y)| (NOTHING, x, y));
        for (worth, x, y) in &mut all[..n] {
            *worth = self.worth_of(a.corner(*x), b.corner(*y));
        }
        all[..n].sort_by_key(|(worth, ..)| Reverse(*worth));
        for (worth, x, y) in all.into_iter().take(n) {
            self.descend(x, y, worth);
        }
    }
}

fn extent(d: usize, points: &[i64], places: &[u32]) -> (Vec<i64>, Vec<i64>) {
    let first = places[0] as usize * d;
    let mut low = points[first..first + d].to_vec();
    let mut high = low.clone();
    for place in places {
        let at = *place as usize * d;
        for (k, x) in points[at..at + d].iter().enumerate() {
            low[k] = low[k].min(*x);
            high[k] = high[k].max(*x);
        }
    }
    (low, high)
}

/// One over the width of all points in each direction.
fn scales(d: usize, points: &[i64]) -> Vec<f64> {
    let all: Vec<u32> = (0..(points.len() / d) as u32).collect();
    let (low, high) = extent(d, points, &all);
    low.iter().zip(&high).map(|(low, high)| 1.0 / ((high - low) as f64).max(1.0)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use detente_cases::seeds;

    fn numbers(n: usize, seed: u64, spread: i64) -> Vec<i64> {
        let mut state = seed;
        let mut next = || {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            ((state >> 33) as i64) % spread
        };
        (0..n).map(|_| next()).collect()
    }

    #[test]
    fn the_best_point_is_the_one_found_by_trying_all() {
        for seed in seeds(200) {
            let d = 1 + seed as usize % 5;
            let n = 1 + (seed as usize * 7) % 90;
            let points = numbers(n * d, seed, [3, 1000, 1 << 40][seed as usize % 3]);
            let box_tree = BoxTree::new(d, &points, 1 + seed as usize % 7);
            assert_eq!(box_tree.len(), n);
            for k in 0..n {
                let place = box_tree.place(k);
                assert_eq!(box_tree.point(k), &points[place * d..(place + 1) * d]);
            }
            let base = numbers(d, seed + 1, 100);
            // Sums above a bar count, and the smallest number decides.
            let mut worth = |v: &[i64]| [v.iter().sum::<i64>() / 3, *v.iter().min().expect("numbers"), 0, 0];
            let all: Vec<Worth> = points
                .chunks_exact(d)
                .map(|p| worth(&p.iter().zip(&base).map(|(a, b)| a + b).collect::<Vec<i64>>()))
                .collect();
            let most = *all.iter().max().expect("points");
            assert_eq!(box_tree.best(&base, NOTHING, MOST_LOOKS, &mut worth), Some((most, true)));
            assert!(box_tree.best(&base, [most[0] + 1, 0, 0, 0], MOST_LOOKS, &mut worth).is_none());
            assert_eq!(box_tree.best(&base, most, MOST_LOOKS, &mut worth).map(|found| found.0), Some(most));
            for looks in 0..6 {
                // Too few looks promise no less than there is, and say that they were too few.
                let (found, reached) = box_tree.best(&base, NOTHING, looks, &mut worth).expect("some point");
                assert!(found >= most && (!reached || found == most));
            }
            let others = numbers(d * 11, seed + 2, 500);
            let pairs = others.chunks_exact(d).flat_map(|q| {
                let with = |p: &[i64]| -> Vec<i64> {
                    p.iter().zip(q).zip(&base).map(|((a, b), c)| a + b + c).collect()
                };
                points.chunks_exact(d).map(with).collect::<Vec<_>>()
            });
            let most = pairs.map(|v| worth(&v)).max().expect("pairs");
            let other = BoxTree::new(d, &others, 3);
            assert_eq!(
                box_tree.best_pair(&other, &base, NOTHING, MOST_LOOKS, &mut worth),
                Some((most, true))
            );
            assert_eq!(
                box_tree.best_pair(&other, &base, [most[0] + 1, 0, 0, 0], MOST_LOOKS, &mut worth),
                None
            );
            let coarse = box_tree.coarse(8);
            assert!(coarse.len() <= 8 * d);
            for point in points.chunks_exact(d) {
                assert!(coarse.chunks_exact(d).any(|corner| corner.iter().zip(point).all(|(c, x)| c >= x)));
            }
        }
    }
}
