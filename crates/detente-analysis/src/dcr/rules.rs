//! A graph as masks: what may be done in a marking, and what follows.

use crate::bits::members;
use detente_model::{EventId, Graph, RelationKind};

/// Events, one bit each.
pub(crate) type Events = u128;

/// Most events.
pub const MAX_EVENTS: usize = 128;

/// What was done, what is in play and what is due.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Marking {
    pub(crate) executed: Events,
    pub(crate) included: Events,
    pub(crate) pending: Events,
}

/// One event.
#[derive(Clone, Debug, Default)]
pub(crate) struct Rule {
    /// What has to have been done before it, and what must not be due.
    pub(crate) conditions: Events,
    pub(crate) milestones: Events,
    pub(crate) responses: Events,
    pub(crate) includes: Events,
    pub(crate) excludes: Events,
    /// The sub-process it belongs to, and all around it.
    inside: Option<usize>,
    pub(crate) around: Events,
    /// All that it holds.
    pub(crate) holds: Events,
}

/// All events.
pub(crate) struct Rules {
    pub(crate) of: Vec<Rule>,
    /// Those that are done by themselves, rather than by what is done inside.
    pub(crate) single: Events,
    pub(crate) start: Marking,
}

impl Rules {
    /// Absent where there are too many events.
    pub(crate) fn new(graph: &Graph) -> Option<Rules> {
        let events = graph.events();
        if events.len() > MAX_EVENTS {
            return None;
        }
        let mut of = vec![Rule::default(); events.len()];
        for relation in graph.relations() {
            let (from, to) = (relation.from.0, relation.to.0);
            match relation.kind {
                RelationKind::Condition => of[to].conditions |= 1 << from,
                RelationKind::Milestone => of[to].milestones |= 1 << from,
                RelationKind::Response => of[from].responses |= 1 << to,
                RelationKind::Include => of[from].includes |= 1 << to,
                RelationKind::Exclude => of[from].excludes |= 1 << to,
            }
        }
        for (k, event) in events.iter().enumerate() {
            of[k].inside = event.inside.map(|id| id.0);
            let mut around = event.inside;
            while let Some(EventId(outer)) = around {
                of[k].around |= 1 << outer;
                of[outer].holds |= 1 << k;
                around = events[outer].inside;
            }
        }
        let set = |of: &dyn Fn(&detente_model::Event) -> bool| {
            (0..events.len()).filter(|k| of(&events[*k])).fold(0, |all, k| all | 1 << k)
        };
        let start = Marking {
            executed: set(&|event| event.executed),
            included: set(&|event| event.included),
            pending: set(&|event| event.pending),
        };
        Some(Rules { single: set(&|event| !event.is_sub_process), start, of })
    }

    /// What keeps an event from being done by its own relations: what it waits for.
    pub(crate) fn blockers(&self, marking: Marking, event: usize) -> Events {
        let rule = &self.of[event];
        rule.conditions & marking.included & !marking.executed
            | rule.milestones & marking.included & marking.pending
    }

    /// Whether an event, and every sub-process around it, may be done.
    pub(crate) fn is_enabled(&self, marking: Marking, event: usize) -> bool {
        let free = |k: usize| marking.included >> k & 1 == 1 && self.blockers(marking, k) == 0;
        free(event) && members(self.of[event].around).all(free)
    }

    /// The events that may be done.
    pub(crate) fn enabled(&self, marking: Marking) -> impl Iterator<Item = usize> {
        members(self.single & marking.included).filter(move |k| self.is_enabled(marking, *k))
    }

    /// What holds after an event is done, and every sub-process that this completes.
    pub(crate) fn after(&self, mut marking: Marking, event: usize) -> Marking {
        let mut done = Some(event);
        while let Some(event) = done {
            let rule = &self.of[event];
            marking.executed |= 1 << event;
            marking.pending = marking.pending & !(1 << event) | rule.responses;
            marking.included = marking.included & !rule.excludes | rule.includes;
            done = rule.inside.filter(|outer| {
                self.due(marking, self.of[*outer].holds, self.of[*outer].around | 1 << outer) == 0
            });
        }
        marking
    }

    /// What holds after events without sub-processes are done at once: a response of one to another is met.
    pub(crate) fn after_all(&self, mut marking: Marking, events: Events) -> Marking {
        let own = |k: usize| self.of[k].responses & 1 << k;
        let all = |of: &dyn Fn(usize) -> Events| members(events).map(of).fold(0, |all, set| all | set);
        let responses = all(&|k| self.of[k].responses & !events | own(k));
        marking.executed |= events;
        marking.pending = marking.pending & !events | responses;
        marking.included = marking.included & !all(&|k| self.of[k].excludes) | all(&|k| self.of[k].includes);
        marking
    }

    /// Which of some events are due and in play, as is every sub-process around them but for some.
    fn due(&self, marking: Marking, among: Events, given: Events) -> Events {
        let in_play = |k: &usize| self.of[*k].around & !given & !marking.included == 0;
        let due = marking.pending & marking.included & among;
        members(due).filter(in_play).fold(0, |all, k| all | 1 << k)
    }

    /// What is due.
    pub(crate) fn all_due(&self, marking: Marking) -> Events {
        self.due(marking, Events::MAX, 0)
    }

    /// Whether nothing is due.
    pub(crate) fn accepts(&self, marking: Marking) -> bool {
        self.all_due(marking) == 0
    }
}
