//! The frontier of all sums of two frontiers.
//!
//! The sums are taken band by band (`product`); the product is never stored. For two parties the
//! staircases of a band are merged (`staircase`). For more parties the sums of a band that the bands
//! before do not cover are sorted and admitted in order (`surface`, `cover`).

use super::product::Product;
pub(crate) use super::product::Side;
use super::staircase;
use super::surface::Surface;
use std::cmp::Ordering;
use std::ops::ControlFlow;

/// Efficient sums, by the first coordinate downwards.
#[derive(Default)]
pub(crate) struct Sums {
    pub(crate) values: Vec<i64>,
    /// How many outcomes have each; at least so many where it is the largest number there is.
    pub(crate) counts: Vec<u64>,
    /// Positions of summands.
    pub(crate) from: Vec<(u32, u32)>,
}

/// Which of two pairs of positions stands for a vector that both add up to.
pub(crate) type Earlier<'a> = &'a dyn Fn((u32, u32), (u32, u32)) -> Ordering;

/// Told of work, in sums of two parties, and how many efficient sums there are so far; breaking stops.
pub(crate) type Spend<'a> = &'a mut dyn FnMut(u64, usize) -> ControlFlow<()>;

/// Buffers that are used again from one addition to the next.
#[derive(Default)]
pub(crate) struct Scratch {
    stairs: staircase::Scratch,
    from: Vec<usize>,
    to: Vec<usize>,
}

/// The efficient sums of a vector of `left` and one of `right`, each once; vectors have `d` numbers,
/// and both sides are frontiers in descending order. `sums` is emptied first.
pub(crate) fn frontier(
    left: Side<'_>,
    right: Side<'_>,
    d: usize,
    earlier: Earlier<'_>,
    scratch: &mut Scratch,
    spend: Spend<'_>,
    sums: &mut Sums,
) -> ControlFlow<()> {
    sums.values.clear();
    sums.counts.clear();
    sums.from.clear();
    let product = Product::new(left, right, d);
    match d {
        1 => {
            sums.values.push(left.values[0] + right.values[0]);
            sums.counts.push(left.counts[0].saturating_mul(right.counts[0]));
            sums.from.push((0, 0));
        }
        2 => each_band(&product, scratch, |from, to, stairs| {
            spend(work(n_within(from, to), staircase::BYTES), sums.counts.len())?;
            staircase::band(&product, from, to, earlier, stairs, sums);
            ControlFlow::Continue(())
        })?,
        _ => {
            let mut surface = Surface::new(&product);
            each_band(&product, scratch, |from, to, _| {
                spend(work(n_within(from, to), 8 * (d as u64 + 3)), sums.counts.len())?;
                surface.band(&product, from, to, earlier, spend, sums)
            })?;
        }
    }
    ControlFlow::Continue(())
}

/// Most bytes for the sums of a band.
const MOST_BYTES: u64 = 1 << 29;

/// The work for so many sums that take so many bytes each: a band that cannot be held is as much as there can be.
fn work(n: u64, bytes: u64) -> u64 {
    if n.saturating_mul(bytes) <= MOST_BYTES { n } else { u64::MAX }
}

/// How many sums a band has.
fn n_within(from: &[usize], to: &[usize]) -> u64 {
    from.iter().zip(to).map(|(from, to)| (to - from) as u64).sum()
}

/// Takes band after band, each once what comes before is done.
fn each_band(
    product: &Product<'_>,
    scratch: &mut Scratch,
    mut band: impl FnMut(&[usize], &[usize], &mut staircase::Scratch) -> ControlFlow<()>,
) -> ControlFlow<()> {
    let Scratch { stairs, from, to } = scratch;
    from.clear();
    from.resize(product.n_runs(), 0);
    while product.next(from, to) {
        band(from, to, stairs)?;
        std::mem::swap(from, to);
    }
    ControlFlow::Continue(())
}

#[cfg(test)]
mod tests;
