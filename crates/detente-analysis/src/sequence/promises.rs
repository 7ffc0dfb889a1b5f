//! What is hoped for at the end where steps may come into play or go out of it: only the steps that an order does
//! give something.
//!
//! Which these are is known at its end alone, and counts from its start on. So an order is looked for once for each
//! choice of them, and has to keep to it.

use super::course::Course;
use super::exit_values::{ExitValues, Steps};
use crate::bits::members;

/// Steps that give something and may be left out, of which every choice is looked at.
const MOST_OPEN: usize = 10;

/// The choices.
pub(super) struct Promises {
    /// Steps that give something and that an order may leave out.
    open: Steps,
    /// All others.
    rest: Steps,
    /// What may be promised of those.
    pub(super) all: Vec<Steps>,
    /// Whether these are all choices.
    pub(super) complete: bool,
}

impl Promises {
    pub(super) fn new(course: &Course, exit_values: &ExitValues) -> Promises {
        let all = course.all();
        let open = members(course.may_be_left_out()).filter(|s| {
            exit_values
                .bodies
                .iter()
                .any(|exit_value| exit_value.alternative.is_some() && exit_value.gives[*s] != 0)
        });
        let open: Vec<usize> = open.collect();
        let mask = open.iter().fold(0, |all: Steps, s| all | 1 << s);
        // Beyond some, no order is looked for that leaves them out.
        let varied = &open[..open.len().min(MOST_OPEN)];
        let left_out = |choice: usize| {
            varied
                .iter()
                .enumerate()
                .filter(|(k, _)| choice >> k & 1 == 1)
                .fold(0, |all: Steps, (_, s)| all | 1 << s)
        };
        Promises {
            open: mask,
            rest: all & !mask,
            all: (0..1usize << varied.len()).map(|choice| mask & !left_out(choice)).collect(),
            complete: open.len() <= MOST_OPEN,
        }
    }

    /// The steps of a plan that keeps to this, as far as they give anything.
    pub(super) fn plan(&self, promised: Steps) -> Steps {
        self.rest | promised
    }

    /// Whether some steps may be done.
    pub(super) fn allow(&self, promised: Steps, steps: Steps) -> bool {
        steps & self.open & !promised == 0
    }

    /// Whether an order that is at its end has kept to this.
    pub(super) fn are_kept(&self, promised: Steps, done: Steps) -> bool {
        done & self.open == promised
    }
}
