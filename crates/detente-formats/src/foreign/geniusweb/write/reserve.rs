//! The bid that stands for an alternative: the worst that is worth at least as much.

use super::worth::{Part, SAME};

/// Most different sums that are kept for half of the parts.
const MAX_SUMS: usize = 200_000;
/// Most sums that are made of one more part.
const MAX_MADE: usize = 4_000_000;

/// A bid by its row in each part.
pub(super) struct Bid {
    pub(super) rows: Vec<usize>,
    pub(super) worth: f64,
    /// Whether every bid was thought of.
    pub(super) exact: bool,
}

/// A sum of some parts and how it is made: of a sum of those before, and a row of the last.
#[derive(Clone, Copy)]
struct Sum {
    value: f64,
    before: usize,
    row: usize,
}

/// The sums of several parts, stage by stage.
struct Sums {
    stages: Vec<Vec<Sum>>,
    exact: bool,
}

/// The worst bid worth at least `least`, or else the best there is.
pub(super) fn bid(parts: &[Part], least: f64) -> Bid {
    let (front, back) = parts.split_at(parts.len() / 2);
    let (a, b) = (sums(front), sums(back));
    let (first, second) = (a.all(), b.all());
    let mut best = (first.len() - 1, second.len() - 1);
    let mut found = first[best.0].value + second[best.1].value;
    let mut j = second.len();
    for (i, sum) in first.iter().enumerate() {
        while j > 0 && sum.value + second[j - 1].value >= least - SAME {
            j -= 1;
        }
        if let Some(other) = second.get(j).filter(|other| sum.value + other.value < found) {
            (found, best) = (sum.value + other.value, (i, j));
        }
    }
    let mut rows = a.rows(best.0);
    rows.extend(b.rows(best.1));
    Bid { rows, worth: found, exact: a.exact && b.exact }
}

fn sums(parts: &[Part]) -> Sums {
    let mut all = Sums { stages: vec![vec![Sum { value: 0.0, before: 0, row: 0 }]], exact: true };
    for part in parts {
        let own = part.values.iter().enumerate().map(|(row, value)| Sum { value: *value, before: 0, row });
        let (own, whole) = spread(own.collect(), MAX_MADE / 1000);
        let (mut made, mut complete) = (Vec::new(), whole);
        let stage = all.all();
        let used: Vec<usize> = thinned(stage.len(), MAX_MADE / own.len());
        complete &= used.len() == stage.len();
        for before in used {
            let value = |sum: &Sum| stage[before].value + sum.value;
            made.extend(own.iter().map(|sum| Sum { value: value(sum), before, row: sum.row }));
        }
        let (next, whole) = spread(made, MAX_SUMS);
        all.exact &= complete && whole;
        all.stages.push(next);
    }
    all
}

/// Sums in order, each once, at most so many; whether that is all of them.
fn spread(mut sums: Vec<Sum>, most: usize) -> (Vec<Sum>, bool) {
    sums.sort_by(|a, b| a.value.total_cmp(&b.value));
    sums.dedup_by(|a, b| (a.value - b.value).abs() < 1e-13);
    if sums.len() <= most {
        return (sums, true);
    }
    (thinned(sums.len(), most).into_iter().map(|k| sums[k]).collect(), false)
}

/// At most so many of `n` places, evenly spaced, both ends among them.
fn thinned(n: usize, most: usize) -> Vec<usize> {
    let most = most.max(2);
    if n <= most { (0..n).collect() } else { (0..most).map(|k| k * (n - 1) / (most - 1)).collect() }
}

impl Sums {
    fn all(&self) -> &[Sum] {
        self.stages.last().map_or(&[], Vec::as_slice)
    }

    /// The row in each part of which a sum is made.
    fn rows(&self, last: usize) -> Vec<usize> {
        let mut at = last;
        let mut rows = Vec::new();
        for stage in self.stages[1..].iter().rev() {
            rows.push(stage[at].row);
            at = stage[at].before;
        }
        rows.reverse();
        rows
    }
}
