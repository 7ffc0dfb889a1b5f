//! Judge of the best order for an aim: every order is followed.

use super::collapse::Collapse;
use super::{Aid, Case, Order, every_order};
use detente_model::{Outcome, Talks};

/// What an order is to be good for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum OrderAim {
    /// That the plan is completed.
    Completed,
    /// The expected amount of something counted.
    Expected(String),
    /// The amount of something counted that is certain.
    Certain(String),
    /// The same, if what has a probability of 10^-12 at most is held to be impossible.
    NearlyCertain(String),
}

impl OrderAim {
    fn value(&self, collapse: &Collapse<'_>) -> f64 {
        match self {
            OrderAim::Completed => collapse.completed,
            OrderAim::Expected(what) => collapse.expected(what),
            OrderAim::Certain(what) => collapse.certain(what)[0],
            OrderAim::NearlyCertain(what) => collapse.certain(what)[1],
        }
    }
}

/// What every order comes to in each of these aims, in the order of [`every_order`].
pub fn aim_values(talks: &Talks, deal: &Outcome, aid: &Aid, aims: &[OrderAim]) -> Vec<(Order, Vec<f64>)> {
    let values = |order: Order| {
        let collapse = Collapse::new(Case::new(talks, deal, aid), &order);
        let values = aims.iter().map(|aim| aim.value(&collapse)).collect();
        (order, values)
    };
    every_order(talks, deal).into_iter().map(values).collect()
}

/// The most that any order comes to; nothing if no order is possible.
pub fn best_for(talks: &Talks, deal: &Outcome, aid: &Aid, aim: &OrderAim) -> Option<f64> {
    let all = aim_values(talks, deal, aid, std::slice::from_ref(aim));
    all.iter().map(|(_, values)| values[0]).reduce(f64::max)
}

/// The pairs of values of orders of which none is better in both, the first downwards, each once.
///
/// Values nearer than `near` are the same.
pub fn pareto(pairs: &[[f64; 2]], near: f64) -> Vec<[f64; 2]> {
    let beats = |a: &[f64; 2], b: &[f64; 2]| {
        let no_worse = (0..2).all(|k| a[k] >= b[k] - near);
        no_worse && (0..2).any(|k| a[k] > b[k] + near)
    };
    let mut best: Vec<[f64; 2]> = Vec::new();
    for pair in pairs.iter().filter(|pair| !pairs.iter().any(|other| beats(other, pair))) {
        let is_same = |other: &[f64; 2]| (0..2).all(|k| (other[k] - pair[k]).abs() <= near);
        if !best.iter().any(is_same) {
            best.push(*pair);
        }
    }
    best.sort_by(|a, b| b[0].total_cmp(&a[0]));
    best
}
