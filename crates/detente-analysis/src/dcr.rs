//! What can come of a graph of conditions and responses: how it can go on, and where it cannot be
//! completed any more.

mod explore;
pub(crate) mod rules;
mod waits;

use crate::ticker::Watch;
use detente_model::{EventId, Graph};
pub use rules::MAX_EVENTS;
use rules::Rules;

/// How far to look.
#[derive(Clone, Debug)]
pub struct DcrOptions {
    /// Most markings that are visited. Default 2^20.
    pub markings: usize,
    /// Runs are counted up to this length. Default 6, at most 18.
    pub lengths: usize,
}

impl Default for DcrOptions {
    fn default() -> DcrOptions {
        DcrOptions { markings: 1 << 20, lengths: 6 }
    }
}

/// What can come of a graph.
#[derive(Clone, Debug, PartialEq)]
pub struct Dcr {
    /// Whether nothing is due at the start.
    pub accepting_at_start: bool,
    /// Markings that can be reached, the start included.
    pub markings: u64,
    /// Those in which nothing is due.
    pub accepting: u64,
    /// Those from which none of the latter can be reached any more.
    pub lost: u64,
    /// Of these, those in which nothing at all can be done.
    pub dead_ends: u64,
    /// Of the lost ones, those from which no dead end can be reached either: something can be done for
    /// ever, and something stays due.
    pub livelocks: u64,
    /// How some markings are lost, the shortest runs first: one for every last event that does it, as far as
    /// they are told apart.
    pub ways: Vec<Lost>,
    /// Events that can be done in no marking that was visited.
    pub never: Vec<EventId>,
    /// Whether every marking was visited; the numbers are no less than these otherwise, and whatever is
    /// said to be lost or never possible is only said of what was visited.
    pub complete: bool,
    /// Whether the caller asked to stop.
    pub interrupted: bool,
    /// Runs of one event, of two, and so on; shorter than asked for where they became too many to count.
    pub runs: Vec<Runs>,
}

/// Runs of one length.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Runs {
    /// All.
    pub total: u128,
    /// Those after which nothing is due.
    pub accepting: u128,
}

/// A way to lose a graph: nothing that can be done after it completes it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lost {
    /// The events of a shortest run there.
    pub run: Vec<EventId>,
    /// What is due and in play then.
    pub due: Vec<EventId>,
    /// Whether nothing at all can be done then.
    pub dead_end: bool,
    /// Why what is due cannot be done, event by event.
    pub waits: Vec<Waits>,
}

/// Why an event cannot be done.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Waits {
    /// These wait for each other, the first for the second and the last for the first.
    Circle(Vec<EventId>),
    /// The last of these cannot be done because a sub-process around it is out of play; each of the others
    /// waits for the next.
    OutOfPlay {
        /// In this order.
        chain: Vec<EventId>,
        /// The sub-process.
        sub_process: EventId,
    },
    /// The last of these is a sub-process in which nothing is in play; each of the others waits for the next.
    Empty(Vec<EventId>),
    /// It can be done, and it is due again or something else is.
    Open(EventId),
}

/// Why nothing is said of a graph.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TooManyEvents {
    /// The most that can be told apart.
    pub most: usize,
}

/// Everything that can come of a graph.
///
/// # Errors
/// Too many events.
pub fn explore(graph: &Graph, options: &DcrOptions, watch: Watch<'_>) -> Result<Dcr, TooManyEvents> {
    let rules = Rules::new(graph).ok_or(TooManyEvents { most: MAX_EVENTS })?;
    Ok(explore::all(&rules, options, watch))
}
