//! The steps of one deal: what is done at once, what may be done when, and how long it takes.

use super::exit_values::Steps;
use crate::bits::members;
use crate::dcr::rules::{Marking, Rules};
use detente_model::{Duration, Event, EventId, Graph, Outcome, Relation, RelationKind, StepId, Talks};
use std::collections::BTreeMap;

/// Most steps of a deal.
pub const MAX_STEPS: usize = 128;

/// Times in steps of a billionth of an hour.
pub(super) type Time = i64;

const PER_HOUR: f64 = 1e9;

/// Longer than anybody waits; sums of these fit.
const FOREVER: Time = 1 << 54;

/// The times that bear on a step.
#[derive(Default)]
pub(super) struct Timing {
    pub(super) takes: Time,
    /// From the start.
    pub(super) deadline: Option<Time>,
    /// What it comes after, and how long at least, its own time included.
    pub(super) waits: Vec<(usize, Time)>,
    /// What it calls for, and the time allowed.
    pub(super) allows: Vec<(usize, Option<Time>)>,
}

/// The steps of a deal.
pub(super) struct Course {
    /// In the order of the file.
    pub(super) steps: Vec<StepId>,
    /// What is done at once, by the first step of each.
    pub(super) groups: Vec<Steps>,
    pub(super) rules: Rules,
    pub(super) timing: Vec<Timing>,
}

impl Course {
    /// The steps that belong to a deal, in the order of the file.
    pub(super) fn steps(talks: &Talks, deal: &Outcome) -> Vec<StepId> {
        let belongs = |s: &usize| talks.steps[*s].only_if.as_ref().is_none_or(|when| when.holds(deal));
        (0..talks.steps.len()).filter(belongs).map(StepId).collect()
    }

    /// Absent if there are no steps or too many.
    pub(super) fn new(talks: &Talks, steps: Vec<StepId>) -> Option<Course> {
        if steps.len() > MAX_STEPS {
            return None;
        }
        let rules = Rules::new(&graph(talks, &steps)?)?;
        let timing = steps.iter().map(|step| timing(talks, &steps, *step)).collect();
        Some(Course { groups: groups(talks, &steps), rules, timing, steps })
    }

    pub(super) fn start(&self) -> Marking {
        self.rules.start
    }

    /// Whether nothing is left to do.
    pub(super) fn is_end(&self, marking: Marking) -> bool {
        marking.pending & marking.included == 0
    }

    /// What of a group may be done now, all of it in play and none of it waiting; nothing if it may not.
    pub(super) fn possible(&self, marking: Marking, group: usize) -> Steps {
        let open = self.groups[group] & marking.included & !marking.executed;
        let free = members(open).all(|s| self.rules.blockers(marking, s) == 0);
        if free { open } else { 0 }
    }

    /// Whether times can make an order impossible.
    pub(super) fn has_deadlines(&self) -> bool {
        self.timing
            .iter()
            .any(|own| own.deadline.is_some() || own.allows.iter().any(|(_, time)| time.is_some()))
    }

    /// Whether every step stays in play, so that what may be done follows from what was done.
    pub(super) fn is_fixed(&self) -> bool {
        let all = self.all();
        let moves = |rule: &crate::dcr::rules::Rule| rule.includes | rule.excludes;
        self.start().included == all && self.rules.of.iter().all(|rule| moves(rule) & all == 0)
    }

    /// The steps that an order may leave out: those that are not in play from the start, or go out of it.
    pub(super) fn may_be_left_out(&self) -> Steps {
        let taken_out = self.rules.of.iter().fold(0, |all, rule| all | rule.excludes);
        self.all() & (taken_out | !self.start().included)
    }

    pub(super) fn all(&self) -> Steps {
        self.groups.iter().fold(0, |all, group| all | group)
    }

    /// By group, the groups that come before it in every order. For steps that stay in play.
    pub(super) fn before(&self) -> Vec<Steps> {
        let n = self.groups.len();
        let of = self.group_of();
        let mut before: Vec<Steps> = vec![0; n];
        for (s, rule) in self.rules.of.iter().enumerate() {
            for other in members(rule.conditions | rule.milestones) {
                before[of[s]] |= 1 << of[other];
            }
            // What is called for again after it was done can never be done.
            for other in members(rule.responses & !self.groups[of[s]] | rule.responses & 1 << s) {
                before[of[other]] |= 1 << of[s];
            }
        }
        before
    }

    /// What steps done at once call for: each step called for, with the one that allows the shortest time and
    /// that time, if any of them states one. What is done with them is not called for by the others.
    pub(super) fn calls(&self, steps: Steps) -> BTreeMap<usize, Option<(usize, Time)>> {
        let mut calls: BTreeMap<usize, Option<(usize, Time)>> = BTreeMap::new();
        for s in members(steps) {
            let is_open = |other: usize| other == s || steps >> other & 1 == 0;
            for (other, time) in self.timing[s].allows.iter().filter(|(other, _)| is_open(*other)) {
                let known = calls.entry(*other).or_default();
                let shortest = known.map(|(_, time)| time).into_iter().chain(*time).min();
                if time.is_some() && shortest == *time {
                    *known = time.map(|time| (s, time));
                }
            }
        }
        calls
    }

    /// The steps that a step calls for: they can be due again after they were done.
    pub(super) fn called(&self) -> Steps {
        self.rules.of.iter().fold(0, |all, rule| all | rule.responses)
    }

    pub(super) fn group_of(&self) -> Vec<usize> {
        let of = |s: usize| self.groups.iter().position(|group| group >> s & 1 == 1).unwrap_or(0);
        (0..self.steps.len()).map(of).collect()
    }
}

/// The conditions of the steps as a graph; absent without steps.
fn graph(talks: &Talks, steps: &[StepId]) -> Option<Graph> {
    let place = |id: StepId| steps.binary_search(&id).ok().map(EventId);
    let named = |from: &Vec<StepId>, id: StepId| from.contains(&id);
    let others = |id: StepId| (0..talks.steps.len()).filter(move |s| *s != id.0).map(|s| &talks.steps[s]);
    let takes_out = |step: &detente_model::Step, id| named(&step.excludes, id) && !named(&step.includes, id);
    let events = steps.iter().map(|id| Event {
        included: !others(*id).any(|step| named(&step.includes, *id))
            || others(*id).any(|step| takes_out(step, *id)),
        pending: true,
        ..Event::new(talks.steps[id.0].id.clone())
    });
    let events: Vec<Event> = events.collect();
    let mut relations = Vec::new();
    for (k, id) in steps.iter().enumerate() {
        let step = &talks.steps[id.0];
        let own = EventId(k);
        let mut add = |kind, other: StepId, leads_here: bool| {
            let Some(other) = place(other) else { return };
            let (from, to) = if leads_here { (other, own) } else { (own, other) };
            relations.push(Relation { kind, from, to, time: None, guard: None });
        };
        step.after.iter().for_each(|wait| add(RelationKind::Condition, wait.step, true));
        step.milestones.iter().for_each(|other| add(RelationKind::Milestone, *other, true));
        step.responds.iter().for_each(|wait| add(RelationKind::Response, wait.step, false));
        step.includes.iter().for_each(|other| add(RelationKind::Include, *other, false));
        step.excludes.iter().for_each(|other| add(RelationKind::Exclude, *other, false));
    }
    Graph::new(events, relations).ok()
}

fn timing(talks: &Talks, steps: &[StepId], id: StepId) -> Timing {
    let step = &talks.steps[id.0];
    let place = |id: StepId| steps.binary_search(&id).ok();
    let takes = step.takes.map_or(0, ticks);
    Timing {
        takes,
        deadline: step.deadline.map(ticks),
        waits: step
            .after
            .iter()
            .filter_map(|wait| Some((place(wait.step)?, wait.time.map_or(0, ticks) + takes)))
            .collect(),
        allows: allows(
            step.responds.iter().filter_map(|wait| Some((place(wait.step)?, wait.time.map(ticks)))),
        ),
    }
}

/// What a step calls for, each once: of several times, the shortest is allowed.
fn allows(calls: impl Iterator<Item = (usize, Option<Time>)>) -> Vec<(usize, Option<Time>)> {
    let mut all: BTreeMap<usize, Option<Time>> = BTreeMap::new();
    for (other, time) in calls {
        let known = all.entry(other).or_default();
        *known = known.iter().copied().chain(time).min();
    }
    all.into_iter().collect()
}

fn ticks(duration: Duration) -> Time {
    ((duration.days() * 24.0 * PER_HOUR).round() as Time).min(FOREVER)
}

/// A time in days.
pub(super) fn days(time: Time) -> f64 {
    time as f64 / PER_HOUR / 24.0
}

/// What is done at once: what `together` connects, whoever names whom.
fn groups(talks: &Talks, steps: &[StepId]) -> Vec<Steps> {
    let place = |id: &StepId| steps.binary_search(id).ok();
    let mut group: Vec<usize> = (0..steps.len()).collect();
    for (s, id) in steps.iter().enumerate() {
        for other in talks.steps[id.0].together.iter().filter_map(place) {
            let (a, b) = (group[s].min(group[other]), group[s].max(group[other]));
            group.iter_mut().filter(|own| **own == b).for_each(|own| *own = a);
        }
    }
    let own = |first: usize| (0..steps.len()).filter(|s| group[*s] == first).fold(0, |all, s| all | 1 << s);
    (0..steps.len()).map(own).filter(|group| *group != 0).collect()
}
