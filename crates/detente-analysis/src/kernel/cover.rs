//! Which of many vectors nothing before them covers, for vectors in descending order.
//!
//! Sorted downwards, a vector can only be covered by one before it, and whatever came before has at
//! least as much of the first number: only the others are looked at, and nothing that was admitted is
//! ever taken back. For two numbers that leaves the highest so far; for three, a staircase (Kung, Luccio
//! and Preparata 1975), in a search tree once it is long; for more, k-d trees that are built once and never changed, two of one size
//! becoming one of twice the size (Bentley and Saxe 1980).

use std::cmp::Reverse;
use std::collections::BTreeMap;

/// Steps of a staircase that are kept in a row: entering one among more takes longer than finding it in a tree.
const IN_A_ROW: usize = 1 << 13;

/// What was admitted so far.
pub(crate) struct Cover {
    kind: Kind,
    /// Vectors and corners that were looked at.
    work: u64,
}

enum Kind {
    /// One number: only the first vector counts.
    Single { any: bool },
    /// Two: the highest second number.
    Highest(Option<i64>),
    /// Three: steps of the second number, falling, and of the third, rising.
    Stairs { y: Vec<i64>, z: Vec<i64> },
    /// The same where there are many steps.
    Long(BTreeMap<Reverse<i64>, i64>),
    /// Four and more.
    Forest(Forest),
}

impl Cover {
    /// Nothing yet, for vectors of so many numbers.
    pub(crate) fn new(d: usize) -> Cover {
        let kind = match d {
            1 => Kind::Single { any: false },
            2 => Kind::Highest(None),
            3 => Kind::Stairs { y: Vec::new(), z: Vec::new() },
            _ => Kind::Forest(Forest::new(d - 1)),
        };
        Cover { kind, work: 0 }
    }

    /// How many vectors and corners were looked at to admit or refuse.
    pub(crate) fn work(&self) -> u64 {
        self.work
    }

    /// Whether it is quickly seen that a vector, with less of the first number than any before, is covered.
    pub(crate) fn covers_later(&self, vector: &[i64]) -> bool {
        match &self.kind {
            Kind::Single { any } => *any,
            Kind::Highest(highest) => highest.is_some_and(|highest| vector[1] <= highest),
            Kind::Stairs { y, z } => {
                let at = y.partition_point(|y| *y >= vector[1]);
                at > 0 && z[at - 1] >= vector[2]
            }
            Kind::Long(stairs) => covered(stairs, vector[1], vector[2]),
            Kind::Forest(forest) => forest.recently(&vector[1..]),
        }
    }

    /// Whether no vector admitted before has at least as much of everything; remembers it then.
    pub(crate) fn admits(&mut self, vector: &[i64]) -> bool {
        self.work += 1;
        match &mut self.kind {
            Kind::Single { any } => !std::mem::replace(any, true),
            Kind::Highest(highest) => {
                let better = highest.is_none_or(|highest| vector[1] > highest);
                *highest = if better { Some(vector[1]) } else { *highest };
                better
            }
            Kind::Stairs { y, z } => {
                let admitted = step(y, z, vector[1], vector[2]);
                if y.len() > IN_A_ROW {
                    self.kind = Kind::Long(y.drain(..).map(Reverse).zip(z.drain(..)).collect());
                }
                admitted
            }
            Kind::Long(stairs) => step_far(stairs, vector[1], vector[2]),
            Kind::Forest(forest) => forest.admits(&vector[1..], &mut self.work),
        }
    }
}

/// Enters a step that no other covers, and takes out what it covers.
fn step(y: &mut Vec<i64>, z: &mut Vec<i64>, new_y: i64, new_z: i64) -> bool {
    let at = y.partition_point(|y| *y >= new_y);
    // The last of those with at least as much of the second number has the most of the third.
    if at > 0 && z[at - 1] >= new_z {
        return false;
    }
    let from = if at > 0 && y[at - 1] == new_y { at - 1 } else { at };
    let lower = z[at..].iter().take_while(|z| **z <= new_z).count();
    if from == at + lower {
        y.insert(from, new_y);
        z.insert(from, new_z);
    } else {
        (y[from], z[from]) = (new_y, new_z);
        y.drain(from + 1..at + lower);
        z.drain(from + 1..at + lower);
    }
    true
}

/// Whether a step of a long staircase covers another: the last of those with at least as much of the second number has
/// the most of the third.
fn covered(stairs: &BTreeMap<Reverse<i64>, i64>, y: i64, z: i64) -> bool {
    stairs.range(..=Reverse(y)).next_back().is_some_and(|(_, highest)| *highest >= z)
}

/// The same as [`step`] where there are many.
fn step_far(stairs: &mut BTreeMap<Reverse<i64>, i64>, y: i64, z: i64) -> bool {
    if covered(stairs, y, z) {
        return false;
    }
    while let Some((below, lower)) = stairs.range(Reverse(y)..).next().map(|(y, z)| (*y, *z)) {
        if lower > z {
            break;
        }
        stairs.remove(&below);
    }
    stairs.insert(Reverse(y), z);
    true
}

/// Vectors in one leaf of a tree.
const LEAF: usize = 16;
/// Vectors that covered another last and are tried first.
const RECENT: usize = 8;

/// Trees of different sizes, the largest first, and what is too little for a tree.
struct Forest {
    m: usize,
    trees: Vec<Tree>,
    rest: Vec<i64>,
    recent: Vec<i64>,
    next: usize,
}

/// A perfect binary tree over `LEAF` times a power of two vectors.
struct Tree {
    /// Leaf after leaf.
    vectors: Vec<i64>,
    /// The largest numbers below each node; the children of `k` are `2 k` and `2 k + 1`, the root is 1.
    corners: Vec<i64>,
    n_leaves: usize,
}

impl Forest {
    fn new(m: usize) -> Forest {
        Forest { m, trees: Vec::new(), rest: Vec::new(), recent: Vec::new(), next: 0 }
    }

    fn recently(&self, vector: &[i64]) -> bool {
        self.recent.chunks_exact(self.m).any(|other| reaches(other, vector))
    }

    fn admits(&mut self, vector: &[i64], work: &mut u64) -> bool {
        if self.recently(vector) {
            return false;
        }
        *work += (self.rest.len() / self.m) as u64;
        let found = self.trees.iter().find_map(|tree| tree.find(vector, work));
        let found = found.or_else(|| self.rest.chunks_exact(self.m).find(|other| reaches(other, vector)));
        if let Some(found) = found {
            if self.recent.len() < RECENT * self.m {
                self.recent.extend_from_slice(found);
            } else {
                self.recent[self.next * self.m..][..self.m].copy_from_slice(found);
                self.next = (self.next + 1) % RECENT;
            }
            return false;
        }
        self.rest.extend_from_slice(vector);
        if self.rest.len() == LEAF * self.m {
            self.plant(work);
        }
        true
    }

    /// Makes a tree of the rest and of every tree that is no larger than what is gathered.
    fn plant(&mut self, work: &mut u64) {
        let mut vectors = std::mem::take(&mut self.rest);
        while let Some(tree) = self.trees.pop_if(|tree| tree.vectors.len() <= vectors.len()) {
            vectors.extend(tree.vectors);
        }
        let n = (vectors.len() / self.m) as u64;
        // Each level of a tree looks at every number of every vector.
        *work += n * u64::from(n.ilog2()) * (self.m as u64).div_ceil(3);
        self.trees.push(Tree::new(vectors, self.m));
    }
}

/// Whether it has at least as much of everything.
fn reaches(vector: &[i64], other: &[i64]) -> bool {
    vector.iter().zip(other).all(|(x, y)| x >= y)
}

impl Tree {
    fn new(vectors: Vec<i64>, m: usize) -> Tree {
        let n = vectors.len() / m;
        let n_leaves = n / LEAF;
        let mut order: Vec<u32> = (0..n as u32).collect();
        let mut corners = vec![i64::MIN; 2 * n_leaves * m];
        divide(&vectors, m, &mut order, 1, &mut corners);
        let vectors = order.iter().flat_map(|k| &vectors[*k as usize * m..][..m]).copied().collect();
        Tree { vectors, corners, n_leaves }
    }

    fn find(&self, vector: &[i64], work: &mut u64) -> Option<&[i64]> {
        self.find_below(1, vector, work)
    }

    fn find_below(&self, node: usize, vector: &[i64], work: &mut u64) -> Option<&[i64]> {
        let m = vector.len();
        *work += 1;
        if !reaches(&self.corners[node * m..][..m], vector) {
            return None;
        }
        if node >= self.n_leaves {
            *work += LEAF as u64;
            let leaf = &self.vectors[(node - self.n_leaves) * LEAF * m..][..LEAF * m];
            return leaf.chunks_exact(m).find(|other| reaches(other, vector));
        }
        let first = self.find_below(2 * node, vector, work);
        first.or_else(|| self.find_below(2 * node + 1, vector, work))
    }
}

/// Orders what lies below a node by halves along the widest number, and enters the corners.
fn divide(vectors: &[i64], m: usize, order: &mut [u32], node: usize, corners: &mut [i64]) {
    let at = |k: u32, c: usize| vectors[k as usize * m + c];
    let mut widest = (i128::MIN, 0);
    for c in 0..m {
        let (low, high) = order
            .iter()
            .fold((i64::MAX, i64::MIN), |(low, high), k| (low.min(at(*k, c)), high.max(at(*k, c))));
        corners[node * m + c] = high;
        widest = widest.max((i128::from(high) - i128::from(low), c));
    }
    if order.len() > LEAF {
        let half = order.len() / 2;
        order.select_nth_unstable_by_key(half, |k| std::cmp::Reverse(at(*k, widest.1)));
        let (more, less) = order.split_at_mut(half);
        divide(vectors, m, more, 2 * node, corners);
        divide(vectors, m, less, 2 * node + 1, corners);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use detente_cases::drawn;
    use proptest::prelude::*;

    /// Vectors in descending order, each once.
    fn sorted(d: usize, spread: i64) -> impl Strategy<Value = Vec<Vec<i64>>> {
        let number = prop_oneof![9 => -spread..=spread, 1 => Just(i64::MIN / 2), 1 => Just(i64::MAX / 2)];
        prop::collection::btree_set(prop::collection::vec(number, d), 1..400)
            .prop_map(|set| set.into_iter().rev().collect())
    }

    fn any_sorted() -> impl Strategy<Value = Vec<Vec<i64>>> {
        (1usize..=7, prop_oneof![Just(2i64), Just(12), Just(1_000_000)])
            .prop_flat_map(|(d, spread)| sorted(d, spread))
    }

    drawn! { 600;
        #[test]
        fn what_is_admitted_is_what_nothing_before_reaches(vectors in any_sorted()) {
            let mut cover = Cover::new(vectors[0].len());
            for (k, vector) in vectors.iter().enumerate() {
                let reached = vectors[..k].iter().any(|other| reaches(other, vector));
                if k > 0 && vectors[k - 1][0] > vector[0] {
                    prop_assert!(!cover.covers_later(vector) || reached, "{:?}", vector);
                }
                prop_assert_eq!(cover.admits(vector), !reached, "{:?}", vector);
            }
        }
    }

    /// Two numbers of a vector from its place on a front of which nothing covers anything.
    fn on_a_front(n: i64) -> impl Iterator<Item = [i64; 3]> {
        (0..n).map(move |k| [n - k, k * 7_919 % n, -(k * 7_919 % n)])
    }

    #[test]
    fn a_long_staircase_holds_what_a_short_one_does() {
        let n = 3 * IN_A_ROW as i64;
        let mut cover = Cover::new(3);
        assert!(on_a_front(n).all(|vector| cover.admits(&vector)));
        assert!(matches!(cover.kind, Kind::Long(_)), "more steps than are kept in a row");
        for [_, y, z] in on_a_front(n).step_by(97) {
            assert!(cover.covers_later(&[0, y, z]) && cover.covers_later(&[0, y - 1, z - 1]));
            assert!(!cover.covers_later(&[0, y + 1, z]));
            assert!(!cover.admits(&[0, y, z]));
        }
        // One step above all others leaves only itself.
        assert!(cover.admits(&[0, n, n]) && !cover.admits(&[0, n, n - 1]) && cover.admits(&[0, n + 1, 0]));
        assert_eq!(cover.work(), n as u64 + (n as u64).div_ceil(97) + 3);
    }
}
