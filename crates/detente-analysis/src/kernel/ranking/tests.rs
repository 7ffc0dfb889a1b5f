use super::*;
use std::cmp::Reverse;
use std::collections::BinaryHeap;

/// A small generator of whole numbers.
pub(crate) struct Dice(pub(crate) u64);

impl Dice {
    pub(crate) fn below(&mut self, n: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        ((self.0 >> 33) % n as u64) as usize
    }

    /// Up to six groups with many ties, few, or values that nearly overflow.
    pub(crate) fn values(&mut self) -> Vec<Vec<i64>> {
        let reach = [1, 3, 20, 1 << 30][self.below(4)];
        let unit = [1, 7, (1i64 << 60) / 6 / reach][self.below(3)];
        let value = |dice: &mut Dice| (dice.below(2 * reach as usize + 1) as i64 - reach) * unit;
        (0..self.below(7)).map(|_| (0..1 + self.below(4)).map(|_| value(self)).collect()).collect()
    }
}

pub(crate) fn groups(values: &[Vec<i64>]) -> Arc<[Group]> {
    values.iter().map(|values| Group::new(values)).collect()
}

pub(crate) fn loss(values: &[Vec<i64>], chosen: &[u32]) -> i64 {
    let top = |values: &Vec<i64>| values.iter().max().copied().expect("an entry");
    values.iter().zip(chosen).map(|(values, at)| top(values) - values[*at as usize]).sum()
}

/// Every choice by its loss, equals by positions.
pub(crate) fn all(values: &[Vec<i64>]) -> Vec<(i64, Vec<u32>)> {
    let mut all = vec![Vec::new()];
    for group in values {
        let with = |x: Vec<u32>| (0..group.len() as u32).map(move |at| [&x[..], &[at]].concat());
        all = all.into_iter().flat_map(with).collect();
    }
    let mut all: Vec<(i64, Vec<u32>)> = all.into_iter().map(|x| (loss(values, &x), x)).collect();
    all.sort();
    all
}

fn falling(values: &[Vec<i64>], range: (i64, i64), most: usize) -> Vec<(i64, Vec<u32>)> {
    let mut falling = Falling::new(&groups(values), range);
    std::iter::from_fn(|| falling.next().map(|(loss, x)| (loss, x.to_vec()))).take(most).collect()
}

/// A bound at, next to, between or beyond the losses there are.
pub(crate) fn bound(dice: &mut Dice, all: &[(i64, Vec<u32>)]) -> i64 {
    let (a, b) = (all[dice.below(all.len())].0, all[dice.below(all.len())].0);
    [a, a + 1, a - 1, a / 2 + b / 2, all[all.len() - 1].0 + 9][dice.below(5)]
}

#[test]
fn choices_come_by_loss_and_equals_by_position() {
    let mut dice = Dice(1);
    for _ in 0..600 {
        let values = dice.values();
        let all = all(&values);
        assert_eq!(falling(&values, (0, i64::MAX), usize::MAX), all, "{values:?}");
        let (from, to) = (bound(&mut dice, &all), bound(&mut dice, &all));
        let within: Vec<_> = all.iter().filter(|(loss, _)| (from..=to).contains(loss)).cloned().collect();
        assert_eq!(falling(&values, (from, to), usize::MAX), within, "{values:?}");
    }
}

/// The smallest sums of subsets: the next ones of a subset take the number after its last one as well,
/// or instead of it.
fn smallest_subset_sums(mut numbers: Vec<i64>, most: usize) -> Vec<i64> {
    numbers.sort_unstable();
    let mut sums = vec![0];
    let mut waiting = BinaryHeap::from([Reverse((numbers[0], 0))]);
    while let Some(Reverse((sum, last))) = waiting.pop().filter(|_| sums.len() < most) {
        sums.push(sum);
        if let Some(next) = numbers.get(last + 1) {
            waiting.push(Reverse((sum + next, last + 1)));
            waiting.push(Reverse((sum + next - numbers[last], last + 1)));
        }
    }
    sums
}

#[test]
fn a_thousand_groups_of_two_have_the_smallest_subset_sums() {
    let mut dice = Dice(4);
    for reach in [50, 1 << 30] {
        let values: Vec<Vec<i64>> = (0..1000).map(|_| vec![0, 1 + dice.below(reach) as i64]).collect();
        let found = falling(&values, (0, i64::MAX), 20_000);
        let losses: Vec<i64> = found.iter().map(|(loss, _)| *loss).collect();
        let numbers = values.iter().map(|values| values[1]).collect();
        assert_eq!(losses, smallest_subset_sums(numbers, 20_000));
        assert!(found.iter().all(|(lost, chosen)| loss(&values, chosen) == *lost));
        assert!(found.is_sorted_by(|a, b| a < b), "each once, equals by position");
    }
}

#[test]
fn one_group_of_a_million_goes_with_small_ones() {
    let mut dice = Dice(5);
    let mut values = vec![vec![0, 3], vec![5, 5, -5], vec![7]];
    values.insert(1, (0..1_000_000).map(|_| dice.below(1 << 20) as i64).collect());
    let found = falling(&values, (0, i64::MAX), 5_000);
    let tops = |values: &Vec<i64>| values.iter().max().copied().expect("an entry");
    let limit = found[found.len() - 1].0;
    // Of the large group, only what loses no more than the last one found can matter.
    let top = tops(&values[1]);
    let kept: Vec<usize> = (0..1_000_000).filter(|at| top - values[1][*at] <= limit).collect();
    let mut fewer = values.clone();
    fewer[1] = kept.iter().map(|at| values[1][*at]).collect();
    let expected = all(&fewer).into_iter().map(|(loss, mut x)| {
        x[1] = kept[x[1] as usize] as u32;
        (loss, x)
    });
    assert_eq!(found, expected.take(5_000).collect::<Vec<_>>());
}

#[test]
fn equal_values_and_single_entries_come_in_order_without_end() {
    let values = vec![vec![0; 10]; 50];
    let found = falling(&values, (0, i64::MAX), 1_234);
    let digit = |n: usize, k: u32| if k < 9 { (n / 10usize.pow(k) % 10) as u32 } else { 0 };
    let digits = |n: usize| (0..50).rev().map(|k| digit(n, k)).collect::<Vec<u32>>();
    assert!(found.iter().enumerate().all(|(n, (loss, x))| *loss == 0 && *x == digits(n)));
    assert_eq!(falling(&vec![vec![-4]; 100], (0, i64::MAX), 9), vec![(0, vec![0; 100])]);
    assert_eq!(falling(&[], (0, i64::MAX), 9), vec![(0, vec![])]);
}
