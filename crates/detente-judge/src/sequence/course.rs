//! A plan and what every body would lose by walking away at each of its points.

use super::{Case, Order};
use detente_model::StepId;
use std::collections::BTreeSet;

/// An order, followed.
pub(super) struct Course {
    pub(super) order: Order,
    /// The earliest day of the start and of each point.
    pub(super) days: Vec<f64>,
    /// Per point before the end, the start included, and body, in its units, guarantees included.
    pub(super) slacks: Vec<Vec<f64>>,
}

impl Course {
    /// An order that is possible.
    pub(super) fn new(case: &Case<'_>, order: &[Vec<StepId>]) -> Course {
        let mut kept = Vec::new();
        let mut path = case.start();
        for point in order {
            kept.push(path.kept.clone());
            path = case.after(&path, point);
        }
        let plan = path.marking.done();
        let slacks = kept.iter().map(|kept| slacks_at(case, plan, kept)).collect();
        let days = path.times().expect("a possible order has times");
        Course { order: order.to_vec(), days, slacks }
    }

    /// How many points come after the start; the last is the end.
    pub(super) fn n(&self) -> usize {
        self.order.len()
    }
}

fn slacks_at(case: &Case<'_>, plan: &BTreeSet<StepId>, kept: &[i128]) -> Vec<f64> {
    let guarantee = |b: usize| case.guarantee[case.talks.bodies[b].party.0];
    (0..kept.len()).map(|b| case.ledger.slack(b, plan, kept[b], guarantee(b))).collect()
}
