//! Dynamic condition response graphs: what may be done when, and what is due
//! (Hildebrandt and Mukkamala 2011).

use crate::{Duration, EventId, Fault};
use std::collections::BTreeSet;

/// Something that can be done, any number of times.
#[derive(Clone, Debug, PartialEq)]
pub struct Event {
    /// Unique among events.
    pub id: String,
    /// What people call it.
    pub name: String,
    /// Who does it.
    pub role: Option<String>,
    /// The sub-process that it belongs to.
    pub inside: Option<EventId>,
    /// Whether it is a sub-process: it is done whenever something inside it was, and nothing in play
    /// inside is due.
    pub is_sub_process: bool,
    /// Whether it has been done.
    pub executed: bool,
    /// Whether it is in play.
    pub included: bool,
    /// Whether it is due.
    pub pending: bool,
}

impl Event {
    /// An event in play, not done and not due.
    pub fn new(id: impl Into<String>) -> Event {
        let id = id.into();
        Event {
            name: id.clone(),
            id,
            role: None,
            inside: None,
            is_sub_process: false,
            executed: false,
            included: true,
            pending: false,
        }
    }
}

/// What one event means for another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum RelationKind {
    /// While it is in play, it has to have been done before the other can be.
    Condition,
    /// Doing it makes the other due.
    Response,
    /// Doing it brings the other into play.
    Include,
    /// Doing it takes the other out of play, unless it also brings it in.
    Exclude,
    /// While it is in play and due, the other cannot be done.
    Milestone,
}

/// An event and what it means for another.
#[derive(Clone, Debug, PartialEq)]
pub struct Relation {
    /// What it means.
    pub kind: RelationKind,
    /// The event that acts.
    pub from: EventId,
    /// The event acted on.
    pub to: EventId,
    /// Of a condition, the delay; of a response, the time allowed.
    pub time: Option<Duration>,
    /// What it depends on, by name: the relation is taken to hold always, and whether it does is not known.
    pub guard: Option<String>,
}

/// Events and what they mean for each other; validated once and immutable.
#[derive(Clone, Debug, PartialEq)]
pub struct Graph {
    events: Vec<Event>,
    relations: Vec<Relation>,
}

impl Graph {
    /// A graph whose parts fit together.
    ///
    /// # Errors
    /// No event, an id taken twice, an index that points at nothing, something inside what is not a
    /// sub-process, or a sub-process inside itself.
    pub fn new(events: Vec<Event>, relations: Vec<Relation>) -> Result<Graph, Fault> {
        if events.is_empty() {
            return Err(Fault::new("the graph has no events", "add at least one"));
        }
        let mut ids = BTreeSet::new();
        if let Some(event) = events.iter().find(|event| !ids.insert(event.id.as_str())) {
            return Err(Fault::new(
                format!("two events with the id `{}`", event.id),
                "give every event an id of its own",
            ));
        }
        let ends = relations.iter().flat_map(|relation| [relation.from, relation.to]);
        let inside = events.iter().filter_map(|event| event.inside);
        if let Some(id) = ends.chain(inside).find(|id| id.0 >= events.len()) {
            return Err(Fault::new(format!("there is no event {}", id.0), "name an event of the graph"));
        }
        for event in &events {
            let mut around = event.inside;
            for _ in 0..=events.len() {
                let Some(id) = around else { break };
                if !events[id.0].is_sub_process {
                    let message =
                        format!("`{}` is inside `{}`, which is no sub-process", event.id, events[id.0].id);
                    return Err(Fault::new(message, "put it inside a sub-process, or beside it"));
                }
                around = events[id.0].inside;
            }
            if around.is_some() {
                let message = format!("`{}` is inside itself", event.id);
                return Err(Fault::new(message, "a sub-process cannot hold what holds it"));
            }
        }
        Ok(Graph { events, relations })
    }

    /// In the order of the file.
    pub fn events(&self) -> &[Event] {
        &self.events
    }

    /// In the order of the file.
    pub fn relations(&self) -> &[Relation] {
        &self.relations
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn event(id: &str, inside: Option<usize>, is_sub_process: bool) -> Event {
        Event { inside: inside.map(EventId), is_sub_process, ..Event::new(id) }
    }

    #[test]
    fn parts_that_do_not_fit_are_refused() {
        let relation = |to: usize| Relation {
            kind: RelationKind::Condition,
            from: EventId(0),
            to: EventId(to),
            time: None,
            guard: None,
        };
        let refused = |events: Vec<Event>, relations: Vec<Relation>| {
            Graph::new(events, relations).expect_err("it does not fit").message
        };
        assert!(
            Graph::new(vec![event("a", None, true), event("b", Some(0), false)], vec![relation(1)]).is_ok()
        );
        assert_eq!(refused(vec![], vec![]), "the graph has no events");
        assert!(
            refused(vec![event("a", None, false), event("a", None, false)], vec![]).contains("two events")
        );
        assert!(refused(vec![event("a", None, false)], vec![relation(1)]).contains("no event 1"));
        assert!(
            refused(vec![event("a", None, false), event("b", Some(0), false)], vec![])
                .contains("no sub-process")
        );
        let circle = vec![event("a", Some(1), true), event("b", Some(0), true)];
        assert!(refused(circle, vec![]).contains("inside itself"));
    }
}
