//! What of a deal's steps is drawn: what is done at once, and which conditions tie it together.

use crate::deal::isolated;
use crate::say::sequence as say;
use crate::say::steps;
use detente_model::{Duration, PhaseId, StepId, Talks};

/// How one step bears on another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    After,
    Response,
    Milestone,
    Include,
    Exclude,
}

impl Kind {
    pub(super) const ALL: [Kind; 5] =
        [Kind::After, Kind::Response, Kind::Milestone, Kind::Include, Kind::Exclude];

    pub(super) fn class(self) -> &'static str {
        match self {
            Kind::After => "after",
            Kind::Response => "response",
            Kind::Milestone => "milestone",
            Kind::Include => "include",
            Kind::Exclude => "exclude",
        }
    }

    /// For a legend.
    pub(super) fn meaning(self) -> &'static str {
        match self {
            Kind::After => "not before the first is done (+: after at least so long)",
            Kind::Response => "due once the first is done (≤: within that time)",
            Kind::Milestone => "not while the first is due",
            Kind::Include => "the first brings it into play",
            Kind::Exclude => "the first takes it out of play",
        }
    }
}

/// A condition between what is done at once.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Link {
    pub(super) kind: Kind,
    pub(super) from: usize,
    pub(super) to: usize,
    pub(super) time: Option<Duration>,
}

impl Link {
    /// The time written beside it.
    pub(super) fn label(&self) -> Option<String> {
        let time = self.time.filter(|time| time.amount > 0.0 || self.kind == Kind::Response)?;
        Some(if self.kind == Kind::Response {
            format!("≤\u{a0}{}", steps::length(time))
        } else {
            format!("+{}", steps::length(time))
        })
    }

    /// What is said on hover.
    pub(super) fn says(&self, talks: &Talks, steps: &Steps) -> String {
        let name = |group: usize| {
            let names: Vec<String> = steps.groups[group]
                .iter()
                .map(|step| format!("“{}”", isolated(&talks.steps[step.0].name)))
                .collect();
            say::list(&names)
        };
        let (from, to) = (name(self.from), name(self.to));
        match (self.kind, self.time) {
            (Kind::After, Some(time)) => format!("{to}: at least {time} after {from}"),
            (Kind::After, None) => format!("{to}: after {from}"),
            (Kind::Response, Some(time)) => format!("{to}: due within {time} of {from}"),
            (Kind::Response, None) => format!("{to}: due once {from} is done"),
            (Kind::Milestone, _) => format!("{to}: not while {from} is due"),
            (Kind::Include, _) => format!("{from}: brings {to} into play"),
            (Kind::Exclude, _) => format!("{from}: takes {to} out of play"),
        }
    }
}

/// The steps of a deal, and what of them is done at once.
pub(super) struct Steps {
    pub(super) all: Vec<StepId>,
    pub(super) groups: Vec<Vec<StepId>>,
}

impl Steps {
    pub(super) fn new(talks: &Talks, steps: &[StepId]) -> Steps {
        let mut of: Vec<usize> = (0..steps.len()).collect();
        for (s, id) in steps.iter().enumerate() {
            for other in talks.steps[id.0].together.iter().filter_map(|other| place(steps, *other)) {
                let (a, b) = (of[s].min(of[other]), of[s].max(of[other]));
                of.iter_mut().filter(|own| **own == b).for_each(|own| *own = a);
            }
        }
        let members = |own: usize| -> Vec<StepId> {
            (0..steps.len()).filter(|s| of[*s] == own).map(|s| steps[s]).collect()
        };
        let groups = (0..steps.len()).map(members).filter(|group| !group.is_empty()).collect();
        Steps { all: steps.to_vec(), groups }
    }

    fn group(&self, step: StepId) -> Option<usize> {
        self.groups.iter().position(|group| group.contains(&step))
    }

    /// Every condition between groups once; what follows from others is left out.
    pub(super) fn links(&self, talks: &Talks) -> Vec<Link> {
        let mut links: Vec<Link> = Vec::new();
        for id in &self.all {
            let step = &talks.steps[id.0];
            for wait in &step.after {
                self.add(&mut links, Kind::After, wait.step, *id, wait.time);
            }
            for wait in &step.responds {
                self.add(&mut links, Kind::Response, *id, wait.step, wait.time);
            }
            step.milestones.iter().for_each(|other| self.add(&mut links, Kind::Milestone, *other, *id, None));
            step.includes.iter().for_each(|other| self.add(&mut links, Kind::Include, *id, *other, None));
            step.excludes.iter().for_each(|other| self.add(&mut links, Kind::Exclude, *id, *other, None));
        }
        let implied = self.implied(&links);
        let mut keep = implied.iter();
        links.retain(|_| keep.next().is_none_or(|implied| !implied));
        links
    }

    /// Adds a condition, or makes one that is known as strict as both.
    fn add(&self, links: &mut Vec<Link>, kind: Kind, from: StepId, to: StepId, time: Option<Duration>) {
        let (Some(from), Some(to)) = (self.group(from), self.group(to)) else { return };
        if from == to {
            return;
        }
        let known = links.iter_mut().find(|own| (own.kind, own.from, own.to) == (kind, from, to));
        let Some(known) = known else { return links.push(Link { kind, from, to, time }) };
        let is_stricter = match (time, known.time) {
            (Some(new), Some(old)) if kind == Kind::Response => new.days() < old.days(),
            (Some(new), Some(old)) => new.days() > old.days(),
            (new, _) => new.is_some(),
        };
        if is_stricter {
            known.time = time;
        }
    }

    /// Which conditions `after` follow from others: by a way through steps that always stay in play, with
    /// delays that come to no less.
    fn implied(&self, links: &[Link]) -> Vec<bool> {
        let n = self.groups.len();
        let moves = |own: usize| {
            links.iter().any(|link| matches!(link.kind, Kind::Include | Kind::Exclude) && link.to == own)
        };
        let delay = |link: &Link| link.time.map_or(0.0, Duration::days);
        let after = || links.iter().filter(|link| link.kind == Kind::After);
        // The longest delay over two lines or more; more rounds than boxes only in a circle.
        let longest = |from: usize| -> Option<Vec<f64>> {
            let mut direct = vec![f64::NEG_INFINITY; n];
            let mut far = vec![f64::NEG_INFINITY; n];
            after().filter(|link| link.from == from).for_each(|link| direct[link.to] = delay(link));
            for _ in 0..=n {
                let mut raised = false;
                for link in after().filter(|link| !moves(link.from)) {
                    let way = direct[link.from].max(far[link.from]) + delay(link);
                    if link.from != from && way > far[link.to] {
                        far[link.to] = way;
                        raised = true;
                    }
                }
                if !raised {
                    return Some(far);
                }
            }
            None
        };
        let ways: Option<Vec<Vec<f64>>> = (0..n).map(longest).collect();
        let has_circle = ways.as_ref().is_none_or(|ways| (0..n).any(|own| ways[own][own].is_finite()));
        let Some(ways) = ways.filter(|_| !has_circle) else { return vec![false; links.len()] };
        let implied =
            |link: &Link| link.kind == Kind::After && ways[link.from][link.to] >= delay(link) - 1e-9;
        links.iter().map(implied).collect()
    }

    /// The phase of each group by its place among those that occur, with their names; all in one without a
    /// name where phases do not follow each other, or where some step has none.
    pub(super) fn phases(&self, talks: &Talks, links: &[Link]) -> (Vec<usize>, Vec<String>) {
        let none = (vec![0; self.groups.len()], Vec::new());
        let of = |group: &Vec<StepId>| -> Option<PhaseId> {
            let first = talks.steps[group[0].0].phase?;
            group.iter().all(|step| talks.steps[step.0].phase == Some(first)).then_some(first)
        };
        let Some(own) = self.groups.iter().map(of).collect::<Option<Vec<PhaseId>>>() else { return none };
        let mut present: Vec<usize> = own.iter().map(|phase| phase.0).collect();
        present.sort_unstable();
        present.dedup();
        let back = |link: &Link| link.kind == Kind::After && own[link.from].0 > own[link.to].0;
        if links.iter().any(back) {
            return none;
        }
        let block = |phase: &PhaseId| present.iter().position(|other| *other == phase.0).unwrap_or(0);
        let names = present.iter().map(|phase| talks.phases[*phase].name.clone()).collect();
        (own.iter().map(block).collect(), names)
    }
}

fn place(steps: &[StepId], id: StepId) -> Option<usize> {
    steps.iter().position(|own| *own == id)
}
