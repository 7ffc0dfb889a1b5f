//! Judge of what can come of a graph of conditions and responses.

use crate::Objection;
use detente_model::{EventId, Graph, RelationKind};
use std::collections::{BTreeMap, BTreeSet};

/// What is said of a graph.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DcrCase {
    /// Whether nothing is due at the start.
    pub accepting_at_start: bool,
    /// Markings: all, those where nothing is due, those from which none of these is reached, of them those
    /// where nothing can be done, and those from which none of these is reached either.
    pub markings: [u64; 5],
    /// Runs by length from 1 on: all, and those after which nothing is due.
    pub runs: Vec<(u128, u128)>,
    /// Events that can never be done.
    pub never: Vec<EventId>,
}

/// Executed, included, pending.
type State = (BTreeSet<usize>, BTreeSet<usize>, BTreeSet<usize>);

fn targets(graph: &Graph, kind: RelationKind, from: usize) -> Vec<usize> {
    let of = |r: &&detente_model::Relation| r.kind == kind && r.from.0 == from;
    graph.relations().iter().filter(of).map(|r| r.to.0).collect()
}

fn sources(graph: &Graph, kind: RelationKind, to: usize) -> Vec<usize> {
    let of = |r: &&detente_model::Relation| r.kind == kind && r.to.0 == to;
    graph.relations().iter().filter(of).map(|r| r.from.0).collect()
}

/// What an event waits for by its own relations.
fn waits_for(graph: &Graph, state: &State, event: usize) -> Vec<usize> {
    let (executed, included, pending) = state;
    let conditions = sources(graph, RelationKind::Condition, event).into_iter();
    let undone = conditions.filter(|c| included.contains(c) && !executed.contains(c));
    let milestones = sources(graph, RelationKind::Milestone, event).into_iter();
    undone.chain(milestones.filter(|m| included.contains(m) && pending.contains(m))).collect()
}

fn can_be_done(graph: &Graph, state: &State, event: usize) -> bool {
    let outer = graph.events()[event].inside;
    state.1.contains(&event)
        && waits_for(graph, state, event).is_empty()
        && outer.is_none_or(|outer| can_be_done(graph, state, outer.0))
}

/// Whether an event is in play together with all around it, up to one that is given.
fn in_play(graph: &Graph, state: &State, event: usize, given: Option<usize>) -> bool {
    Some(event) == given
        || state.1.contains(&event)
            && graph.events()[event].inside.is_none_or(|outer| in_play(graph, state, outer.0, given))
}

fn is_within(graph: &Graph, event: usize, outer: usize) -> bool {
    graph.events()[event].inside.is_some_and(|next| next.0 == outer || is_within(graph, next.0, outer))
}

fn accepts(graph: &Graph, state: &State) -> bool {
    !state.2.iter().any(|event| in_play(graph, state, *event, None))
}

fn done(graph: &Graph, state: &State, event: usize) -> State {
    let mut next = state.clone();
    next.0.insert(event);
    next.2.remove(&event);
    next.2.extend(targets(graph, RelationKind::Response, event));
    targets(graph, RelationKind::Exclude, event).iter().for_each(|other| {
        next.1.remove(other);
    });
    next.1.extend(targets(graph, RelationKind::Include, event));
    match graph.events()[event].inside {
        Some(outer)
            if !next.2.iter().any(|other| {
                is_within(graph, *other, outer.0) && in_play(graph, &next, *other, Some(outer.0))
            }) =>
        {
            done(graph, &next, outer.0)
        }
        _ => next,
    }
}

fn possible(graph: &Graph, state: &State) -> Vec<usize> {
    let events = graph.events();
    (0..events.len()).filter(|k| !events[*k].is_sub_process && can_be_done(graph, state, *k)).collect()
}

fn start(graph: &Graph) -> State {
    let set = |of: &dyn Fn(&detente_model::Event) -> bool| {
        (0..graph.events().len()).filter(|k| of(&graph.events()[*k])).collect()
    };
    (set(&|e| e.executed), set(&|e| e.included), set(&|e| e.pending))
}

/// All that can be reached from a state, itself included.
fn reachable(graph: &Graph, from: State) -> BTreeSet<State> {
    let (mut all, mut ahead) = (BTreeSet::from([from.clone()]), vec![from]);
    while let Some(state) = ahead.pop() {
        for event in possible(graph, &state) {
            let next = done(graph, &state, event);
            if all.insert(next.clone()) {
                ahead.push(next);
            }
        }
    }
    all
}

/// Checks the numbers of markings and of runs.
///
/// # Errors
/// The objection.
pub fn check_dcr(graph: &Graph, said: &DcrCase) -> Result<(), Objection> {
    let all = reachable(graph, start(graph));
    let is_lost = |state: &&State| !reachable(graph, (*state).clone()).iter().any(|s| accepts(graph, s));
    let lost: Vec<&State> = all.iter().filter(is_lost).collect();
    let is_end = |state: &State| possible(graph, state).is_empty();
    let ends = lost.iter().filter(|state| is_end(state)).count();
    let for_ever = |state: &&&State| !reachable(graph, (**state).clone()).iter().any(&is_end);
    let livelocks = lost.iter().filter(for_ever).count();
    let accepting = all.iter().filter(|state| accepts(graph, state)).count();
    let ever: BTreeSet<usize> = all.iter().flat_map(|state| possible(graph, state)).collect();
    let single = |k: &usize| !graph.events()[*k].is_sub_process && !ever.contains(k);
    let mut runs = Vec::new();
    let mut layer: BTreeMap<State, u128> = BTreeMap::from([(start(graph), 1)]);
    for _ in &said.runs {
        let mut next: BTreeMap<State, u128> = BTreeMap::new();
        for (state, count) in &layer {
            for event in possible(graph, state) {
                *next.entry(done(graph, state, event)).or_default() += count;
            }
        }
        let accepting = next.iter().filter(|(state, _)| accepts(graph, state)).map(|(_, count)| count);
        runs.push((next.values().sum(), accepting.sum()));
        layer = next;
    }
    let expected = DcrCase {
        accepting_at_start: accepts(graph, &start(graph)),
        markings: [all.len(), accepting, lost.len(), ends, livelocks].map(|n| n as u64),
        runs,
        never: (0..graph.events().len()).filter(single).map(EventId).collect(),
    };
    if expected == *said { Ok(()) } else { Err(format!("it is {expected:?}, not {said:?}")) }
}

/// Checks a way to lose a graph: that the run is possible, that just so much is due then, that nothing
/// after it completes the graph, and that whatever is said to go round waits for each other.
///
/// # Errors
/// The objection.
pub fn check_lost(
    graph: &Graph,
    run: &[EventId],
    due: &[EventId],
    dead_end: bool,
    circles: &[Vec<EventId>],
) -> Result<(), Objection> {
    let mut state = start(graph);
    for event in run {
        if !possible(graph, &state).contains(&event.0) {
            return Err(format!("{event:?} of {run:?} is not possible"));
        }
        state = done(graph, &state, event.0);
    }
    let expected: Vec<EventId> = state
        .2
        .iter()
        .filter(|event| in_play(graph, &state, **event, None))
        .map(|event| EventId(*event))
        .collect();
    if expected != due {
        return Err(format!("{expected:?} is due, not {due:?}"));
    }
    if reachable(graph, state.clone()).iter().any(|s| accepts(graph, s)) {
        return Err(format!("after {run:?} the graph can be completed"));
    }
    if dead_end != possible(graph, &state).is_empty() {
        return Err(format!("whether {run:?} is a dead end is not {dead_end}"));
    }
    for circle in circles {
        for (k, event) in circle.iter().enumerate() {
            let next = circle[(k + 1) % circle.len()];
            let mut around = Some(*event);
            let mut waits = is_within(graph, next.0, event.0);
            while let Some(id) = around {
                waits |= waits_for(graph, &state, id.0).contains(&next.0);
                around = graph.events()[id.0].inside;
            }
            if !waits {
                return Err(format!("{event:?} does not wait for {next:?}"));
            }
        }
    }
    Ok(())
}
