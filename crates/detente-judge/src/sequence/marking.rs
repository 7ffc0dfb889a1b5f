//! Which steps can be done, by the words of a DCR graph.

use super::times::Bound;
use detente_model::{Duration, Outcome, Step, StepId, Talks, Wait};
use std::collections::{BTreeMap, BTreeSet};

/// The steps of a deal.
pub(super) struct Plan<'t> {
    steps: &'t [Step],
    own: BTreeSet<StepId>,
    /// The steps of the deal, by what is done at once.
    groups: Vec<BTreeSet<StepId>>,
}

/// What holds between two points.
#[derive(Clone)]
pub(super) struct Marking {
    done: BTreeSet<StepId>,
    in_play: BTreeSet<StepId>,
    /// Due as soon as it is in play.
    pending: BTreeSet<StepId>,
    /// The latest point that called for a step which is pending, and the days it allows.
    called: BTreeMap<StepId, (usize, Option<f64>)>,
}

impl Marking {
    pub(super) fn done(&self) -> &BTreeSet<StepId> {
        &self.done
    }

    /// The steps in play that are due; at the end there is none.
    pub(super) fn due(&self) -> Vec<StepId> {
        self.in_play.intersection(&self.pending).copied().collect()
    }

    /// A step is called for at a point: of the calls of one point the shortest time counts, of different
    /// points the latest.
    fn call(&mut self, wait: &Wait, k: usize) {
        self.pending.insert(wait.step);
        let allowed = wait.time.map(Duration::days);
        let call = self.called.entry(wait.step).or_insert((k, allowed));
        let same_point = (call.0 == k).then_some(call.1).flatten();
        let shortest = allowed.into_iter().chain(same_point).reduce(f64::min);
        *call = (k, shortest);
    }
}

impl<'t> Plan<'t> {
    pub(super) fn new(talks: &'t Talks, deal: &Outcome) -> Plan<'t> {
        let steps = &talks.steps[..];
        let belongs = |s: &StepId| steps[s.0].only_if.as_ref().is_none_or(|when| when.holds(deal));
        let own: BTreeSet<StepId> = (0..steps.len()).map(StepId).filter(belongs).collect();
        let groups = groups(steps, &own);
        Plan { steps, own, groups }
    }

    pub(super) fn own(&self) -> &BTreeSet<StepId> {
        &self.own
    }

    pub(super) fn start(&self) -> Marking {
        let brings_in = |s: StepId, by: StepId| self.steps[by.0].includes.contains(&s);
        let takes_out = |s: StepId, by: StepId| self.steps[by.0].excludes.contains(&s) && !brings_in(s, by);
        let others = |s: StepId| (0..self.steps.len()).map(StepId).filter(move |by| *by != s);
        let waits_outside =
            |s: StepId| others(s).any(|by| brings_in(s, by)) && !others(s).any(|by| takes_out(s, by));
        Marking {
            done: BTreeSet::new(),
            in_play: self.own.iter().copied().filter(|s| !waits_outside(*s)).collect(),
            pending: self.own.clone(),
            called: BTreeMap::new(),
        }
    }

    /// What can be done next: each time the steps of one point.
    pub(super) fn points(&self, marking: &Marking) -> Vec<Vec<StepId>> {
        let undone = |s: &&StepId| marking.in_play.contains(s) && !marking.done.contains(s);
        let points = self.groups.iter().map(|group| group.iter().filter(undone).copied().collect());
        let possible = |point: &Vec<StepId>| {
            !point.is_empty() && point.iter().all(|s| self.hindrance(marking, *s).is_none())
        };
        points.filter(possible).collect()
    }

    /// Why these steps are not what can be done at one point.
    pub(super) fn objection(&self, marking: &Marking, point: &[StepId]) -> Option<String> {
        let hindrance = |s: &StepId| Some(format!("{s:?} {}", self.hindrance(marking, *s)?));
        if let Some(objection) = point.iter().find_map(hindrance) {
            return Some(objection);
        }
        let possible = self.points(marking).contains(&point.to_vec());
        (!possible).then(|| format!("{point:?} is not all that is done at once, and only that"))
    }

    /// Why a step cannot be done.
    fn hindrance(&self, marking: &Marking, s: StepId) -> Option<String> {
        if !self.own.contains(&s) {
            return Some("does not belong to the deal".into());
        }
        if marking.done.contains(&s) {
            return Some("is done already".into());
        }
        if !marking.in_play.contains(&s) {
            return Some("is not in play".into());
        }
        let in_play = |other: &StepId| marking.in_play.contains(other);
        let step = &self.steps[s.0];
        let mut after = step.after.iter().map(|wait| wait.step).filter(in_play);
        if let Some(other) = after.find(|other| !marking.done.contains(other)) {
            return Some(format!("waits for {other:?}"));
        }
        let mut milestones = step.milestones.iter().copied().filter(in_play);
        let due = milestones.find(|other| marking.pending.contains(other))?;
        Some(format!("cannot be done while {due:?} is due"))
    }

    /// What holds after the steps of a point, counted from 1, are done.
    pub(super) fn after(&self, marking: &Marking, point: &[StepId], k: usize) -> Marking {
        let mut next = marking.clone();
        for s in point {
            next.done.insert(*s);
            next.pending.remove(s);
            next.called.remove(s);
        }
        let all = |of: fn(&Step) -> &Vec<StepId>| point.iter().flat_map(move |s| of(&self.steps[s.0]));
        all(|step| &step.excludes).for_each(|other| {
            next.in_play.remove(other);
        });
        next.in_play.extend(all(|step| &step.includes).filter(|other| self.own.contains(other)));
        for (s, wait) in point.iter().flat_map(|s| self.steps[s.0].responds.iter().map(move |wait| (s, wait)))
        {
            let is_met = wait.step != *s && point.contains(&wait.step);
            if self.own.contains(&wait.step) && !is_met {
                next.call(wait, k);
            }
        }
        next
    }

    /// What the times of the points so far have to keep because of the last of them.
    pub(super) fn bounds(&self, before: &Marking, order: &[Vec<StepId>]) -> Vec<Bound> {
        let k = order.len();
        let mut bounds = vec![Bound { later: k, earlier: k - 1, days: 0.0 }];
        let point_of = |s: StepId| order.iter().position(|point| point.contains(&s)).map(|k| k + 1);
        for step in order[k - 1].iter().map(|s| &self.steps[s.0]) {
            let takes = days(step.takes);
            bounds.push(Bound { later: k, earlier: 0, days: takes });
            for wait in step.after.iter().filter(|wait| before.in_play.contains(&wait.step)) {
                let earlier = point_of(wait.step).expect("what is waited for is done");
                bounds.push(Bound { later: k, earlier, days: days(wait.time) + takes });
            }
        }
        // Until this point these were in play and due: it is no later than any of them allows.
        for s in before.due() {
            let deadline = self.steps[s.0].deadline.map(|deadline| (0, deadline.days()));
            let allowed = before.called.get(&s).and_then(|(point, days)| Some((*point, (*days)?)));
            let no_later = |(point, days): (usize, f64)| Bound { later: point, earlier: k, days: -days };
            bounds.extend(deadline.into_iter().chain(allowed).map(no_later));
        }
        bounds
    }
}

fn days(time: Option<Duration>) -> f64 {
    time.map_or(0.0, Duration::days)
}

/// The connected parts of `together`, taken both ways, among these steps.
fn groups(steps: &[Step], own: &BTreeSet<StepId>) -> Vec<BTreeSet<StepId>> {
    let tied = |a: StepId, b: StepId| steps[a.0].together.contains(&b) || steps[b.0].together.contains(&a);
    let mut groups: Vec<BTreeSet<StepId>> = Vec::new();
    for s in own {
        let (near, mut rest): (Vec<_>, Vec<_>) =
            groups.into_iter().partition(|group| group.iter().any(|other| tied(*s, *other)));
        rest.push(near.into_iter().flatten().chain([*s]).collect());
        groups = rest;
    }
    groups
}
