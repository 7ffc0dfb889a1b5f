//! A plan and what every body would lose by walking away at each of its points.

use super::{Case, Order, Path};
use detente_model::StepId;

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
        let mut slacks = Vec::new();
        let mut path = case.start();
        for point in order {
            slacks.push(slacks_at(case, &path));
            path = case.after(&path, point);
        }
        let days = path.times().expect("a possible order has times");
        Course { order: order.to_vec(), days, slacks }
    }

    /// How many points come after the start; the last is the end.
    pub(super) fn n(&self) -> usize {
        self.order.len()
    }
}

fn slacks_at(case: &Case<'_>, path: &Path) -> Vec<f64> {
    let guarantee = |b: usize| case.guarantee[case.talks.bodies[b].party.0];
    (0..path.kept.len()).map(|b| case.ledger.slack(b, path.kept[b], guarantee(b))).collect()
}
