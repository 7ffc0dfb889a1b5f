//! Why what is due cannot be done.

use super::Waits;
use super::rules::{Marking, Rules};
use crate::bits::members;
use detente_model::EventId;

/// Why each event that is due and in play cannot be done; every reason once.
pub(super) fn of(rules: &Rules, marking: Marking) -> Vec<Waits> {
    let mut reasons: Vec<Waits> = Vec::new();
    for event in members(rules.all_due(marking)) {
        let reason = reason(rules, marking, event);
        if !reasons.contains(&reason) {
            reasons.push(reason);
        }
    }
    reasons
}

/// What an event waits for is followed until that can be done, is out of play or comes round.
fn reason(rules: &Rules, marking: Marking, event: usize) -> Waits {
    let mut chain = vec![event];
    loop {
        let at = chain[chain.len() - 1];
        let closed = members(rules.of[at].around & !marking.included).next();
        if let Some(sub_process) = closed {
            let chain = chain.into_iter().map(EventId).collect();
            return Waits::OutOfPlay { chain, sub_process: EventId(sub_process) };
        }
        let Some(next) = waited_for(rules, marking, at) else {
            let is_empty = rules.single >> at & 1 == 0 && rules.of[at].holds & marking.included == 0;
            let chain = || chain.into_iter().map(EventId).collect();
            return if is_empty { Waits::Empty(chain()) } else { Waits::Open(EventId(event)) };
        };
        if let Some(begins) = chain.iter().position(|known| *known == next) {
            return Waits::Circle(turned(chain.split_off(begins)));
        }
        chain.push(next);
    }
}

/// What an event, or a sub-process around it, waits for: what cannot be done itself, if there is such.
fn waited_for(rules: &Rules, marking: Marking, event: usize) -> Option<usize> {
    let own = members(rules.of[event].around).chain([event]);
    let blockers = own.fold(0, |all, k| all | rules.blockers(marking, k));
    // A sub-process is done by what is in it.
    let inside = if rules.single >> event & 1 == 1 { 0 } else { rules.of[event].holds & marking.included };
    let stuck = |k: &usize| !rules.is_enabled(marking, *k) || rules.single >> k & 1 == 0;
    members(blockers).find(stuck).or_else(|| members(blockers).next()).or_else(|| members(inside).find(stuck))
}

/// A circle from its lowest event on.
fn turned(mut circle: Vec<usize>) -> Vec<EventId> {
    let lowest = circle.iter().enumerate().min_by_key(|(_, event)| **event).map_or(0, |(at, _)| at);
    circle.rotate_left(lowest);
    circle.into_iter().map(EventId).collect()
}
