//! The frontier of sums for three parties and more.
//!
//! Whatever the bands before have left has more of the first number than any sum of this band. What
//! that covers is not even sorted; the rest of the band is, and is admitted in order.

use super::cover::Cover;
use super::minkowski::{Earlier, Spend, Sums};
use super::product::Product;
use std::ops::ControlFlow;

/// Vectors that are sorted and admitted between two times of saying so.
const CHUNK: usize = 256;
/// What that takes for each vector besides looking at others, in sums of two parties.
const EFFORT: u64 = 8;
/// What it takes to look at another vector, and to build the trees anew for one that is admitted among four numbers.
const LOOK: u64 = 3;
const BUILD: u64 = 128;

/// Buffers for one band, and what stays from band to band.
pub(super) struct Surface {
    cover: Cover,
    /// Vectors one after another, and where each comes from: a position in the long side, and the run.
    vectors: Vec<i64>,
    from: Vec<(u32, u32)>,
    /// First numbers with positions in the two above.
    order: Vec<(i64, u32)>,
}

impl Surface {
    pub(super) fn new(product: &Product<'_>) -> Surface {
        Surface { cover: Cover::new(product.d), vectors: Vec::new(), from: Vec::new(), order: Vec::new() }
    }

    /// Adds the efficient sums of a band: of each run, what is between these positions.
    pub(super) fn band(
        &mut self,
        product: &Product<'_>,
        from: &[usize],
        to: &[usize],
        earlier: Earlier<'_>,
        spend: Spend<'_>,
        sums: &mut Sums,
    ) -> ControlFlow<()> {
        self.enter(product, from, to);
        let d = product.d;
        let Surface { cover, vectors, from, order, .. } = self;
        let at = |k: u32| &vectors[k as usize * d..][..d];
        order.clear();
        order.extend(vectors.iter().step_by(d).copied().zip(0..));
        order.sort_unstable_by(|a, b| b.0.cmp(&a.0).then_with(|| at(b.1).cmp(at(a.1))));
        let groups = order.chunk_by(|a, b| a.0 == b.0 && at(a.1) == at(b.1));
        let (mut known, mut admitted) = (cover.work(), sums.counts.len());
        let build = if d > 3 { BUILD } else { 0 };
        for (k, equal) in groups.enumerate() {
            if k % CHUNK == CHUNK - 1 {
                let looks = cover.work() - known;
                known += looks;
                let built = (sums.counts.len() - admitted) as u64 * build;
                admitted = sums.counts.len();
                spend(CHUNK as u64 * EFFORT + looks * LOOK + built, sums.counts.len())?;
            }
            let vector = at(equal[0].1);
            if !cover.admits(vector) {
                continue;
            }
            let pair = |k: &(i64, u32)| product.pair(from[k.1 as usize].0, from[k.1 as usize].1);
            let count = |k: &(i64, u32)| product.count(from[k.1 as usize].0, from[k.1 as usize].1);
            let first = equal[1..].iter().fold(pair(&equal[0]), |first, k| {
                if earlier(pair(k), first).is_lt() { pair(k) } else { first }
            });
            sums.values.extend_from_slice(vector);
            sums.counts.push(equal.iter().map(count).fold(0, u64::saturating_add));
            sums.from.push(first);
        }
        ControlFlow::Continue(())
    }

    /// Enters what nothing before the band covers.
    fn enter(&mut self, product: &Product<'_>, from: &[usize], to: &[usize]) {
        let d = product.d;
        self.vectors.clear();
        self.from.clear();
        let mut sum = vec![0; d];
        for (run, (from, to)) in from.iter().zip(to).enumerate() {
            let shift = product.shift(run);
            for i in *from..*to {
                for ((sum, v), shift) in sum.iter_mut().zip(product.at(i)).zip(shift) {
                    *sum = v + shift;
                }
                if !self.cover.covers_later(&sum) {
                    self.vectors.extend_from_slice(&sum);
                    self.from.push((i as u32, run as u32));
                }
            }
        }
    }
}
