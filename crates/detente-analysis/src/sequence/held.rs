//! Steps that an order holds back: done later than they could be, and what would come of doing them earlier.

use super::exit_values::{Aid, Steps};
use super::{Course, Plan, SequenceLimit, Table, days, followed, temporal_network};
use crate::bits::members;
use detente_model::{Outcome, StepId, Talks};

/// Steps that are done at once, later than they could be.
#[derive(Clone, Debug, PartialEq)]
pub struct HeldBack {
    /// Their point in the plan.
    pub point: usize,
    /// The steps.
    pub steps: Vec<StepId>,
    /// The day on which they could be done, at the earliest point of the plan at which they may, all others staying in
    /// their order.
    pub possible: f64,
    /// The plan with them done there.
    pub earlier: Plan,
}

/// What of a plan is done later than it could be, in the order of the plan.
///
/// # Errors
/// Too many steps; numbers too large.
pub fn held_back(talks: &Talks, deal: &Outcome, plan: &Plan) -> Result<Vec<HeldBack>, SequenceLimit> {
    let table = Table::new(talks, deal, &Aid::none(talks))?;
    let course = &table.course;
    let order = table.order(plan);
    let Ok(times) = temporal_network::times(course, &order) else { return Ok(Vec::new()) };
    let mut all = Vec::new();
    for k in 1..order.len() {
        let found = (0..k).find_map(|at| {
            let moved = earlier(&order, k, at);
            let times = possible_times(course, &moved)?;
            Some((moved, times[at + 1]))
        });
        let Some((moved, possible)) = found else { continue };
        if possible < times[k + 1] {
            all.push(HeldBack {
                point: k + 1,
                steps: members(order[k]).map(|s| course.steps[s]).collect(),
                possible: days(possible),
                earlier: followed(course, &table.exit_values, &moved),
            });
        }
    }
    Ok(all)
}

/// The order with one of its points done earlier.
fn earlier(order: &[Steps], from: usize, to: usize) -> Vec<Steps> {
    let mut moved = order.to_vec();
    moved[to..=from].rotate_right(1);
    moved
}

/// The earliest times of an order, if it is possible and reaches the end.
fn possible_times(course: &Course, order: &[Steps]) -> Option<Vec<super::Time>> {
    let mut marking = course.start();
    for steps in order {
        let group = course.groups.iter().position(|group| group & steps == *steps)?;
        if course.possible(marking, group) != *steps || course.is_end(marking) {
            return None;
        }
        marking = course.rules.after_all(marking, *steps);
    }
    if course.is_end(marking) { temporal_network::times(course, order).ok() } else { None }
}
