//! Some of all outcomes, for a picture: an even choice that depends on nothing but the outcome.

use std::collections::BinaryHeap;

/// Some of all feasible outcomes.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Cloud {
    /// Of those in the zone.
    pub zone: Vec<CloudPoint>,
    /// Of those outside it.
    pub rest: Vec<CloudPoint>,
}

/// A feasible outcome in a picture.
#[derive(Clone, Debug, PartialEq)]
pub struct CloudPoint {
    /// One utility per party.
    pub utilities: Vec<f64>,
}

/// Keeps the outcomes whose scrambled ranks are lowest: as even as a draw, and always the same.
pub(crate) struct Thinning {
    most: usize,
    zone: BinaryHeap<(u64, Vec<i64>)>,
    rest: BinaryHeap<(u64, Vec<i64>)>,
}

impl Thinning {
    pub(crate) fn new(most: usize) -> Thinning {
        Thinning { most, zone: BinaryHeap::new(), rest: BinaryHeap::new() }
    }

    pub(crate) fn offer(&mut self, steps: &[i64], rank: u64, in_zone: bool) {
        let heap = if in_zone { &mut self.zone } else { &mut self.rest };
        let key = scrambled(rank);
        let full = heap.len() >= self.most;
        if full && heap.peek().is_none_or(|(worst, _)| key >= *worst) {
            return;
        }
        if full {
            heap.pop();
        }
        heap.push((key, steps.to_vec()));
    }

    pub(crate) fn finish(self, values: impl Fn(&[i64]) -> Vec<f64>) -> Cloud {
        let points = |heap: BinaryHeap<(u64, Vec<i64>)>| {
            let sorted = heap.into_sorted_vec();
            sorted.iter().map(|(_, steps)| CloudPoint { utilities: values(steps) }).collect()
        };
        Cloud { zone: points(self.zone), rest: points(self.rest) }
    }
}

/// What SplitMix64 counts by.
pub(crate) const GOLDEN: u64 = 0x9e37_79b9_7f4a_7c15;

/// The finaliser of SplitMix64 (Steele, Lea and Flood 2014): neighbours end up far apart.
pub(crate) fn scrambled(rank: u64) -> u64 {
    let x = rank.wrapping_add(GOLDEN);
    let x = (x ^ (x >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let x = (x ^ (x >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    x ^ (x >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn thinned(most: usize, ranks: impl Iterator<Item = u64>) -> Vec<f64> {
        let mut thinning = Thinning::new(most);
        for rank in ranks {
            thinning.offer(&[rank as i64], rank, rank.is_multiple_of(2));
        }
        let cloud = thinning.finish(|steps| vec![steps[0] as f64]);
        assert!(cloud.zone.iter().all(|point| point.utilities[0] % 2.0 == 0.0));
        assert!(cloud.rest.iter().all(|point| point.utilities[0] % 2.0 == 1.0));
        cloud.zone.iter().chain(&cloud.rest).map(|point| point.utilities[0]).collect()
    }

    #[test]
    fn all_are_kept_while_there_is_room() {
        let mut kept = thinned(50, 0..100);
        kept.sort_by(f64::total_cmp);
        assert_eq!(kept, (0..100).map(f64::from).collect::<Vec<_>>());
        assert!(thinned(0, 0..100).is_empty());
    }

    #[test]
    fn the_choice_does_not_depend_on_the_order_of_the_visit() {
        let kept = thinned(20, 0..1000);
        assert_eq!(kept, thinned(20, (0..1000).rev()));
        assert_eq!(kept.len(), 40);
        let low = kept.iter().filter(|rank| **rank < 500.0).count();
        assert!((10..=30).contains(&low), "{low} of 40 are in the lower half");
    }
}
