//! When the points of an order can be: the earliest times that keep every delay and deadline.
//!
//! Times are bounded by differences alone, so there is an earliest one for all points at once, which is
//! found by raising times until nothing is too early (Bellman 1958).

use super::course::{Course, Time};
use super::exit_values::Steps;
use crate::bits::members;

/// An order that cannot be kept in time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct TooLate {
    /// A step that would be too late, by its place among the steps.
    pub(super) step: usize,
}

/// A point may not be later than another by more than this.
struct Limit {
    later: usize,
    than: usize,
    by: Time,
    step: usize,
}

/// The earliest time of the start and of each point of a possible order.
pub(super) fn times(course: &Course, order: &[Steps]) -> Result<Vec<Time>, TooLate> {
    let n = course.steps.len();
    let mut marking = course.start();
    let mut times: Vec<Time> = vec![0; order.len() + 1];
    // Per step: the point at which it was done, and the call that it is due within.
    let mut done: Vec<Option<usize>> = vec![None; n];
    let mut called: Vec<Option<(usize, Time)>> = vec![None; n];
    let mut least: Vec<(usize, usize, Time)> = Vec::new();
    let mut limits: Vec<Limit> = Vec::new();
    for (k, steps) in order.iter().enumerate() {
        let point = k + 1;
        least.push((point, k, 0));
        for s in members(marking.pending & marking.included) {
            let own = course.timing[s].deadline.map(|time| (0, time)).into_iter().chain(called[s]);
            limits.extend(own.map(|(than, by)| Limit { later: point, than, by, step: s }));
        }
        for s in members(*steps) {
            let timing = &course.timing[s];
            least.push((point, 0, timing.takes));
            let in_play = timing.waits.iter().filter(|(other, _)| marking.included >> other & 1 == 1);
            least.extend(in_play.filter_map(|(other, time)| Some((point, done[*other]?, *time))));
        }
        for s in members(*steps) {
            done[s] = Some(point);
            called[s] = None;
        }
        for (other, call) in course.calls(*steps) {
            called[other] = call.map(|(_, time)| (point, time));
        }
        marking = course.rules.after_all(marking, *steps);
    }
    settle(&mut times, &least, &limits)?;
    Ok(times)
}

/// Raises times until all bounds hold.
fn settle(times: &mut [Time], least: &[(usize, usize, Time)], limits: &[Limit]) -> Result<(), TooLate> {
    let mut late = None;
    for _ in 0..=times.len() {
        let mut raised = false;
        for (later, than, by) in least {
            if times[*later] < times[*than] + by {
                times[*later] = times[*than] + by;
                raised = true;
            }
        }
        for limit in limits {
            if times[limit.than] < times[limit.later] - limit.by {
                late = Some(limit.step);
                if limit.than == 0 {
                    return Err(TooLate { step: limit.step });
                }
                times[limit.than] = times[limit.later] - limit.by;
                raised = true;
            }
        }
        if !raised {
            return Ok(());
        }
    }
    late.map_or(Ok(()), |step| Err(TooLate { step }))
}
