//! Steps that come into play or go out of it: what can never come of that, and waits that never hold.
//!
//! Only what is sure is told, whatever the deal: an order of steps may be meant so, and is looked for all the same.

use super::order::field;
use super::reader::{Reader, head};
use crate::yaml::Node;
use detente_model::{Clause, Step, StepId};
use std::collections::BTreeSet;

/// What steps do to each other.
struct Play<'a> {
    steps: &'a [Step],
    /// By step, what else brings it into play, takes it out without bringing it in, calls for it, and waits for it.
    brought_by: Vec<Vec<usize>>,
    taken_by: Vec<Vec<usize>>,
    called_by: Vec<Vec<usize>>,
    followers: Vec<Vec<usize>>,
}

/// What is said of a step, under which of its keys, and the way out.
type Finding = (&'static str, String, &'static str);

impl Reader {
    /// Steps that never come into play, waits that never hold, and moves that change nothing.
    pub(crate) fn check_play(&mut self, steps: &[Step], nodes: &[Node]) {
        if steps.iter().all(|step| step.includes.is_empty() && step.excludes.is_empty()) {
            return;
        }
        let play = Play::new(steps);
        let reached = play.reached();
        for (s, node) in nodes.iter().enumerate().take(steps.len()) {
            let mut all: Vec<Finding> = Vec::new();
            all.extend(play.never(s, &reached));
            for t in play.named(s) {
                all.extend(play.both(s, t));
                all.extend(play.waits_for_what_it_brings(s, t));
                all.extend(play.too_late_to_take_out(s, t));
                all.extend(play.too_early_to_bring_in(s, t));
                all.extend(play.takes_out_what_waits(s, t));
                all.extend(play.calls_for_what_it_takes_out(s, t));
            }
            for (key, message, help) in all {
                self.warn(field(node, key).unwrap_or_else(|| head(node)), message, help);
            }
        }
    }
}

impl<'a> Play<'a> {
    fn new(steps: &'a [Step]) -> Play<'a> {
        let none = || vec![Vec::new(); steps.len()];
        let mut play =
            Play { steps, brought_by: none(), taken_by: none(), called_by: none(), followers: none() };
        for (s, step) in steps.iter().enumerate() {
            let others = |ids: &[StepId]| ids.iter().map(|id| id.0).filter(|t| *t != s).collect::<Vec<_>>();
            others(&step.includes).into_iter().for_each(|t| play.brought_by[t].push(s));
            let taken = others(&step.excludes).into_iter().filter(|t| !step.includes.contains(&StepId(*t)));
            taken.for_each(|t| play.taken_by[t].push(s));
            step.responds.iter().for_each(|wait| play.called_by[wait.step.0].push(s));
            step.after.iter().for_each(|wait| play.followers[wait.step.0].push(s));
        }
        play
    }

    /// The other steps that a step names.
    fn named(&self, s: usize) -> BTreeSet<usize> {
        let step = &self.steps[s];
        let moved = step.includes.iter().chain(&step.excludes).chain(&step.milestones).map(|id| id.0);
        moved.chain(step.after.iter().map(|wait| wait.step.0)).filter(|t| *t != s).collect()
    }

    fn id(&self, s: usize) -> String {
        format!("`{}`", self.steps[s].id)
    }

    fn takes_out(&self, s: usize, t: usize) -> bool {
        self.taken_by[t].contains(&s)
    }

    fn waits(&self, s: usize, t: usize) -> bool {
        self.steps[s].after.iter().any(|wait| wait.step.0 == t)
    }

    /// Whether something brings it into play or takes it out.
    fn is_moved(&self, t: usize) -> bool {
        !self.brought_by[t].is_empty() || !self.taken_by[t].is_empty()
    }

    fn starts_outside(&self, t: usize) -> bool {
        !self.brought_by[t].is_empty() && self.taken_by[t].is_empty()
    }

    /// Whether some deal has both, constraints aside.
    fn coexist(&self, s: usize, t: usize) -> bool {
        let clauses = |s: usize| self.steps[s].only_if.iter().flat_map(|when| &when.0);
        clauses(s).all(|own| {
            let same = |other: &&Clause| other.issue == own.issue;
            let overlap = |other: &Clause| !own.options.intersection(&other.options).is_empty();
            clauses(t).filter(same).all(overlap)
        })
    }

    /// The steps that may come into play.
    fn reached(&self) -> BTreeSet<usize> {
        let mut ahead: Vec<usize> = (0..self.steps.len()).filter(|t| !self.starts_outside(*t)).collect();
        let mut reached: BTreeSet<usize> = ahead.iter().copied().collect();
        while let Some(s) = ahead.pop() {
            for t in self.steps[s].includes.iter().map(|id| id.0) {
                if self.coexist(s, t) && reached.insert(t) {
                    ahead.push(t);
                }
            }
        }
        reached
    }

    /// The steps that surely come after a step, itself included: they wait for it, or for what does.
    fn surely_after(&self, s: usize) -> BTreeSet<usize> {
        let (mut all, mut ahead) = (BTreeSet::from([s]), vec![s]);
        while let Some(v) = ahead.pop() {
            if self.is_moved(v) || self.steps[v].only_if.is_some() {
                continue;
            }
            ahead.extend(self.followers[v].iter().copied().filter(|t| all.insert(*t)));
        }
        all
    }

    fn never(&self, t: usize, reached: &BTreeSet<usize>) -> Option<Finding> {
        let by: Vec<String> = self.brought_by[t].iter().map(|s| self.id(*s)).collect();
        (!reached.contains(&t)).then(|| {
            let message = format!(
                "{} never comes into play: only {} would bring it in, and nothing brings that about in a deal that has {} too",
                self.id(t),
                by.join(" or "),
                self.id(t)
            );
            ("includes", message, "let a step that is in play bring it in, or remove `includes` where it is named")
        })
    }

    fn both(&self, s: usize, t: usize) -> Option<Finding> {
        let step = &self.steps[s];
        (step.includes.contains(&StepId(t)) && step.excludes.contains(&StepId(t))).then(|| {
            let message = format!(
                "{} both brings {} into play and takes it out; it is brought in, and is out of play until then unless another step takes it out",
                self.id(s),
                self.id(t)
            );
            ("excludes", message, "keep one of `includes` and `excludes`")
        })
    }

    fn waits_for_what_it_brings(&self, s: usize, t: usize) -> Option<Finding> {
        let key = if self.waits(s, t) {
            "after"
        } else if self.steps[s].milestones.contains(&StepId(t)) {
            "milestone"
        } else {
            return None;
        };
        if !self.starts_outside(t) {
            return None;
        }
        let after = self.surely_after(s);
        self.brought_by[t].iter().all(|by| after.contains(by)).then(|| {
            let message = format!(
                "{} is to wait for {}, which only comes into play once {} is done: what is out of play is not waited for",
                self.id(s),
                self.id(t),
                self.id(s)
            );
            (key, message, "let another step bring it into play, or remove the wait")
        })
    }

    /// Whether a step surely waits for another, or for what surely waits for it.
    fn comes_after(&self, s: usize, t: usize) -> bool {
        self.waits(s, t) || self.followers[t].iter().any(|f| self.surely_after(*f).contains(&s))
    }

    /// Whether all that takes a step out comes after it, so that it is never out once it was in.
    fn never_taken_in_time(&self, t: usize) -> bool {
        !self.taken_by[t].is_empty()
            && self.called_by[t].is_empty()
            && self.taken_by[t].iter().all(|s| self.comes_after(*s, t))
    }

    fn too_late_to_take_out(&self, s: usize, t: usize) -> Option<Finding> {
        if !self.takes_out(s, t) || !self.never_taken_in_time(t) {
            return None;
        }
        let (own, other) = (self.id(s), self.id(t));
        let late = format!("{own} takes {other} out of play, but waits until it is done");
        Some(match self.brought_by[t].first() {
            None => (
                "excludes",
                format!("{late}: that changes nothing"),
                "remove it from `excludes`, or from `after`",
            ),
            // What something takes out is in play from the start, whatever brings it in.
            Some(by) => (
                "excludes",
                format!(
                    "{late}: all it does is that {other} is in play before {} brings it in",
                    self.id(*by)
                ),
                "remove it from `excludes`, so that it stays out of play until it is brought in",
            ),
        })
    }

    /// What brings a step in, that is in play from the start and is taken out by later steps only.
    fn too_early_to_bring_in(&self, s: usize, t: usize) -> Option<Finding> {
        let is_moot = self.brought_by[t].contains(&s)
            && !self.takes_out(s, t)
            && !self.is_moved(s)
            && !self.taken_by[t].is_empty()
            && !self.never_taken_in_time(t)
            && self.taken_by[t].iter().all(|taker| self.comes_after(*taker, s));
        is_moot.then(|| {
            let message = format!(
                "{} brings {} into play, which is in play until {} takes it out, and that comes later",
                self.id(s),
                self.id(t),
                self.id(self.taken_by[t][0])
            );
            (
                "includes",
                message,
                "remove it from `includes`; or, to keep it out until then, let nothing take it out",
            )
        })
    }

    fn takes_out_what_waits(&self, s: usize, t: usize) -> Option<Finding> {
        let is_lost = self.takes_out(s, t)
            && self.waits(t, s)
            && !self.is_moved(s)
            && self.steps[s].only_if.is_none()
            && self.brought_by[t].is_empty();
        is_lost.then(|| {
            let message = format!(
                "{} takes {} out of play, which waits for it: {} is never done",
                self.id(s),
                self.id(t),
                self.id(t)
            );
            ("excludes", message, "remove it from `excludes`, or let it wait for something else")
        })
    }

    fn calls_for_what_it_takes_out(&self, s: usize, t: usize) -> Option<Finding> {
        let is_idle = self.takes_out(s, t) && self.called_by[t].contains(&s) && self.brought_by[t].is_empty();
        is_idle.then(|| {
            let message = format!(
                "{} calls for {} and takes it out of play: what is out of play is not due",
                self.id(s),
                self.id(t)
            );
            ("responds", message, "keep one of `responds` and `excludes`")
        })
    }
}
