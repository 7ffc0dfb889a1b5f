//! Choices of one entry of each group, by their sum downwards.
//!
//! The groups are cut in two halves; a choice is a pair of losses, one of each half (`chain`). Pairs are
//! gone through by bands of losses: all pairs of a band are gathered and sorted, and the next band begins
//! where it ends.

use crate::kernel::chain::{Chain, Group, Walk, each_pair, stop};
use std::sync::Arc;

/// The size of a band of pairs at first, and later.
const BANDS: (usize, usize) = (16, 1 << 15);

/// A pair of losses by their sum.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Pair {
    pub(crate) loss: i64,
    left: u32,
    right: u32,
}

/// What is known of the choices with a loss of one half.
#[derive(Clone, Debug, Default)]
enum Found {
    #[default]
    Nothing,
    One(Box<[u32]>),
    Several,
}

/// A half with what was found of its losses.
#[derive(Debug)]
struct Half {
    chain: Arc<Chain>,
    found: Vec<Found>,
    walk: Walk,
}

impl Half {
    fn new(chain: Arc<Chain>) -> Half {
        Half { chain, found: Vec::new(), walk: Walk::default() }
    }

    /// The only choice with a loss, by its place among the losses; absent if there are several.
    fn only(&mut self, loss: usize) -> Option<&[u32]> {
        if self.found.len() <= loss {
            self.found.resize(loss + 1, Found::Nothing);
        }
        if matches!(self.found[loss], Found::Nothing) {
            let mut chosen = vec![0; self.chain.groups().len()];
            let mut other = chosen.clone();
            self.walk.restart(std::iter::once(self.chain.losses()[loss]));
            self.walk.next(&self.chain, &mut chosen);
            let several = self.walk.next(&self.chain, &mut other).is_some();
            self.found[loss] = if several { Found::Several } else { Found::One(chosen.into()) };
        }
        match &self.found[loss] {
            Found::One(chosen) => Some(chosen),
            Found::Nothing | Found::Several => None,
        }
    }
}

/// All choices with losses in a range, upwards; equals by the first group's position upwards, then the
/// second's, and so on.
#[derive(Debug)]
pub(crate) struct Falling {
    left: Half,
    right: Half,
    /// Pairs up to here have been gathered, and up to where they are wanted.
    done: i64,
    end: i64,
    band: Vec<Pair>,
    next: usize,
    size: usize,
    hint: i64,
    /// The loss whose choices are gone through one by one.
    equals: Option<i64>,
    chosen: Vec<u32>,
}

/// How many small losses should be divided evenly between the halves.
const SMALL: usize = 64;

/// Where the groups before and after have about as many small losses: their lists then grow alike.
fn middle(groups: &[Group]) -> usize {
    let mut small: Vec<i64> =
        groups.iter().flat_map(|group| group.losses.iter().skip(1).take(SMALL)).copied().collect();
    small.sort_unstable();
    let Some(bound) = small.get(SMALL - 1).or(small.last()) else { return groups.len() / 2 };
    let n_small = |group: &Group| group.losses.partition_point(|loss| loss <= bound) - 1;
    let half = groups.iter().map(n_small).sum::<usize>().div_ceil(2);
    let mut before = 0;
    let within = |group: &&Group| {
        before += n_small(group);
        before <= half
    };
    groups.iter().take_while(within).count()
}

impl Falling {
    /// All choices with losses in a range.
    pub(crate) fn new(groups: &Arc<[Group]>, range: (i64, i64)) -> Falling {
        let middle = middle(groups);
        let half = |own| Arc::new(Chain::new(groups, own));
        Falling::of(half(0..middle), half(middle..groups.len()), range)
    }

    pub(crate) fn of(left: Arc<Chain>, right: Arc<Chain>, range: (i64, i64)) -> Falling {
        let mut falling = Falling {
            chosen: vec![0; left.groups().len() + right.groups().len()],
            left: Half::new(left),
            right: Half::new(right),
            done: 0,
            end: 0,
            band: Vec::new(),
            next: 0,
            size: 0,
            hint: 0,
            equals: None,
        };
        falling.restart(range);
        falling
    }

    /// Starts over with another range of losses.
    pub(crate) fn restart(&mut self, (from, to): (i64, i64)) {
        let (left, right) = (self.left.chain.losses(), self.right.chain.losses());
        // Where the halves are long, the first walk along them should be worth it.
        self.size = BANDS.0.max((left.len() + right.len()) / 64);
        let most = |losses: &[i64]| losses.last().map_or(0.0, |loss| *loss as f64);
        let pairs = (left.len() as f64 * right.len() as f64).max(1.0);
        self.hint = ((most(left) + most(right)) / pairs * self.size as f64).max(1.0) as i64;
        (self.done, self.end) = (from.max(0) - 1, to);
        self.band.clear();
        self.next = 0;
        self.equals = None;
    }

    /// The next choice's loss and the position of its entry in each group.
    pub(crate) fn next(&mut self) -> Option<(i64, &[u32])> {
        if let Some(loss) = self.equals {
            if self.next_equal(loss) {
                return Some((loss, &self.chosen));
            }
            self.equals = None;
        }
        let (first, n) = self.next_loss()?;
        let middle = self.left.chain.groups().len();
        let (left, right) = self.chosen.split_at_mut(middle);
        if n == 1
            && let Some(of_left) = self.left.only(first.left as usize)
            && let Some(of_right) = self.right.only(first.right as usize)
        {
            left.copy_from_slice(of_left);
            right.copy_from_slice(of_right);
            return Some((first.loss, &self.chosen));
        }
        self.begin_equals(self.next - n);
        self.next_equal(first.loss).then_some((first.loss, &self.chosen))
    }

    /// The first pair of the next loss, and how many pairs have that loss.
    pub(crate) fn next_loss(&mut self) -> Option<(Pair, usize)> {
        if self.next == self.band.len() && !self.gather() {
            return None;
        }
        let rest = &self.band[self.next..];
        let first = rest[0];
        let n = rest.iter().take_while(|pair| pair.loss == first.loss).count();
        self.next += n;
        Some((first, n))
    }

    /// Sets out for the choices of all pairs from here to the next.
    fn begin_equals(&mut self, from: usize) {
        let losses = self.left.chain.losses();
        let pairs = &self.band[from..self.next];
        self.left.walk.restart(pairs.iter().map(|pair| losses[pair.left as usize]));
        self.right.walk.restart(std::iter::empty());
        self.equals = Some(pairs[0].loss);
    }

    /// The next choice with the same loss: the next of the right half, or the next of the left half
    /// with the first of the right.
    fn next_equal(&mut self, loss: i64) -> bool {
        let (left, right) = self.chosen.split_at_mut(self.left.chain.groups().len());
        if self.right.walk.next(&self.right.chain, right).is_some() {
            return true;
        }
        let Some(lost) = self.left.walk.next(&self.left.chain, left) else { return false };
        self.right.walk.restart(std::iter::once(loss - lost));
        self.right.walk.next(&self.right.chain, right).is_some()
    }

    /// Gathers the next band of pairs; false if there are no more.
    fn gather(&mut self) -> bool {
        self.band.clear();
        self.next = 0;
        while self.band.is_empty() {
            let reach = self.left.chain.known().min(self.right.chain.known()).min(self.end);
            if self.done >= self.end {
                return false;
            } else if self.done < reach {
                self.gather_to(reach);
            } else if self.left.chain.known() == reach {
                Arc::make_mut(&mut self.left.chain).grow();
            } else {
                Arc::make_mut(&mut self.right.chain).grow();
            }
        }
        true
    }

    /// Gathers a band of pairs up to some loss.
    fn gather_to(&mut self, reach: i64) {
        let (left, right) = (self.left.chain.losses(), self.right.chain.losses());
        // A band takes a walk along both halves; it should give about as many pairs.
        let target = self.size.min(BANDS.1.max((left.len() + right.len()) / 4));
        let to = stop(left, right, (self.done, reach), target, self.hint);
        let band = &mut self.band;
        each_pair(left, right, (self.done, to), |i, j| {
            band.push(Pair { loss: left[i] + right[j], left: i as u32, right: j as u32 });
        });
        band.sort_unstable();
        if let (Some(first), Some(last)) = (band.first(), band.last()) {
            self.hint = (last.loss - first.loss).max(1);
        }
        self.size = 2 * target;
        self.done = to;
    }
}

#[cfg(test)]
pub(crate) mod tests;
