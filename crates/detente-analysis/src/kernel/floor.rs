//! A quick look at whether a vector is beaten: what is known to be reached, box by box.
//!
//! All numbers but the last are cut into bins. For each combination of bins the largest last number is kept of
//! the vectors that lie in higher bins of every other number: a vector of these bins with less of the last number is
//! beaten by one of them in everything.

/// Boxes kept: few enough to stay in the innermost cache.
pub(crate) const BOXES: usize = 1 << 11;

/// What is reached.
#[derive(Clone, Debug)]
pub(crate) struct Floor {
    low: Vec<i64>,
    shift: Vec<u32>,
    /// Bins of each number but the last, as a power of two.
    log: u32,
    /// The largest last number, by boxes, the first number slowest.
    pub(crate) boxes: Box<[i64; BOXES]>,
}

impl Floor {
    /// For vectors between two others.
    pub(crate) fn new(low: &[i64], high: &[i64]) -> Floor {
        let cut = low.len() - 1;
        let log = if cut == 0 { 0 } else { BOXES.ilog2() / cut as u32 };
        let shift = |(low, high): (&i64, &i64)| {
            let width = high.abs_diff(*low);
            (u64::BITS - width.leading_zeros()).saturating_sub(log)
        };
        Floor {
            low: low[..cut].to_vec(),
            shift: low.iter().zip(high).take(cut).map(shift).collect(),
            log,
            boxes: Box::new([i64::MIN; BOXES]),
        }
    }

    /// The bin of the `k`-th number, where that is what is cut; numbers must lie within the bounds.
    #[inline]
    pub(crate) fn bin(&self, k: usize, value: i64) -> usize {
        (value.wrapping_sub(self.low[k]) as u64 >> self.shift[k]) as usize
    }

    /// The lowest value and the shift of a bin of the `k`-th number.
    pub(crate) fn cut(&self, k: usize) -> (i64, u32) {
        (self.low[k], self.shift[k])
    }

    /// Bins of each number, as a power of two.
    pub(crate) fn log(&self) -> u32 {
        self.log
    }

    /// Whether a vector is known to be beaten in everything.
    pub(crate) fn beats(&self, vector: &[i64]) -> bool {
        let at = (0..self.low.len()).fold(0, |at, k| at << self.log | self.bin(k, vector[k]));
        vector[self.low.len()] < self.boxes[at]
    }

    /// Remembers a vector that is reached.
    pub(crate) fn raise(&mut self, vector: &[i64]) {
        let last = vector[self.low.len()];
        if self.low.is_empty() {
            self.boxes[0] = self.boxes[0].max(last);
            return;
        }
        let bins: Vec<usize> = (0..self.low.len()).map(|k| self.bin(k, vector[k])).collect();
        if bins.iter().all(|bin| *bin > 0) {
            self.raise_below(0, 0, &bins, last);
        }
    }

    /// What is reached by either.
    pub(crate) fn join(&mut self, other: &Floor) {
        self.boxes.iter_mut().zip(other.boxes.iter()).for_each(|(own, other)| *own = (*own).max(*other));
    }

    /// Raises the boxes with lower bins; those still lower are no lower than what they are below.
    fn raise_below(&mut self, k: usize, at: usize, bins: &[usize], last: i64) -> bool {
        if k == bins.len() {
            let rises = self.boxes[at] < last;
            self.boxes[at] = self.boxes[at].max(last);
            return rises;
        }
        let mut any = false;
        for bin in (0..bins[k]).rev() {
            if !self.raise_below(k + 1, at << self.log | bin, bins, last) {
                break;
            }
            any = true;
        }
        any
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn noise(k: u64) -> i64 {
        let x = k.wrapping_mul(0x9e37_79b9_7f4a_7c15);
        ((x ^ (x >> 29)).wrapping_mul(0xbf58_476d_1ce4_e5b9) >> 44) as i64
    }

    #[test]
    fn what_is_said_to_be_beaten_is_beaten_and_most_that_is_beaten_is_said() {
        for d in 1..=6usize {
            let vector = |k: u64| -> Vec<i64> { (0..d).map(|p| noise(k * 7 + p as u64) - 300_000).collect() };
            let mut floor = Floor::new(&vec![-300_000; d], &vec![800_000; d]);
            let reached: Vec<Vec<i64>> = (0..400).map(vector).collect();
            reached.iter().for_each(|vector| floor.raise(vector));
            let (mut said, mut beaten) = (0, 0);
            for vector in (400..3000).map(vector) {
                let is = reached.iter().any(|other| vector.iter().zip(other).all(|(x, y)| x < y));
                let says = floor.beats(&vector);
                assert!(is || !says, "{vector:?} is not beaten");
                beaten += usize::from(is);
                said += usize::from(says);
            }
            // With more numbers bins are few and wide.
            let least = [10, 9, 9, 5, 0, 0][d - 1];
            assert!(said * 10 >= beaten * least, "{d}: {said} of {beaten}");
        }
    }
}
