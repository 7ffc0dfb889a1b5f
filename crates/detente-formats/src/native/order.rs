//! Whether steps can be done in any order at all: waits in a circle, deadlines that come too soon.
//!
//! Only what is sure is told. A wait counts if no step brings what is waited for, or what waits, into play or
//! takes it out; for times, it must also belong to every deal that the waiting step belongs to. Every step is
//! due from the start and done once: so what must not be due, and what calls for another step, comes first.

use super::reader::{Reader, head};
use crate::Span;
use crate::yaml::{Node, Value};
use detente_model::{Condition, Duration, OptionSet, Step};
use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet, VecDeque};

/// What rounding may add to a sum of days.
pub(crate) const ROUNDING: f64 = 1e-9;

/// Most steps whose order is checked.
const MOST_STEPS: usize = 500;

/// Steps by the groups that are done at once, and what surely waits for what.
struct Order<'a> {
    steps: &'a [Step],
    /// By step: its group, and the steps of each group.
    group: Vec<usize>,
    members: Vec<Vec<usize>>,
    /// By step: what comes before it, how many days at least, and why.
    waits: Vec<Vec<(usize, f64, Why)>>,
}

/// Why a step comes before another.
#[derive(Clone, Copy, PartialEq)]
enum Why {
    /// The other waits for it.
    After,
    /// The other cannot be done while it is due.
    Milestone,
    /// It calls for the other.
    Responds,
}

impl Reader {
    /// Steps that wait for each other in a circle, and deadlines that cannot be met.
    ///
    /// How many days from the start each step is done at the earliest, if they can be ordered.
    pub(crate) fn check_order(&mut self, steps: &[Step], nodes: &[Node]) -> Option<Vec<f64>> {
        if let Some(first) = nodes.get(MOST_STEPS) {
            let message =
                format!("whether more than {MOST_STEPS} steps can be done in some order is not checked");
            self.warn(head(first), message, "check fewer steps at a time");
            return None;
        }
        let order = Order::new(steps);
        let mut told: BTreeSet<Vec<usize>> = BTreeSet::new();
        for (s, node) in nodes.iter().enumerate() {
            let Some(circle) = order.circle(s) else { continue };
            let mut members = circle.clone();
            members.sort_unstable();
            members.dedup();
            if told.insert(members) {
                let fields = ["after", "milestone", "responds"];
                let span = fields.iter().find_map(|name| field(node, name)).unwrap_or_else(|| head(node));
                self.error(span, order.in_words(&circle), order.way_out(&circle));
            }
        }
        if !told.is_empty() {
            return None;
        }
        let from_start = order.earliest(None);
        for (s, step) in steps.iter().enumerate() {
            let Some(deadline) = step.deadline else { continue };
            let least = from_start[s];
            if least > deadline.days() + ROUNDING {
                let span = field(&nodes[s], "deadline").unwrap_or_else(|| head(&nodes[s]));
                let message = format!(
                    "`{}` is to be done within {deadline}, and what it waits for takes {} at least",
                    step.id,
                    days(least)
                );
                self.error(span, message, "allow more time, or shorten what it waits for");
            }
        }
        for (s, step) in steps.iter().enumerate().filter(|(_, step)| !step.responds.is_empty()) {
            let earliest = order.earliest(Some(s));
            for wait in &step.responds {
                let (other, least) = (&steps[wait.step.0], earliest[wait.step.0]);
                let Some(time) = wait.time.filter(|time| least > time.days() + ROUNDING) else { continue };
                let span = field(&nodes[s], "responds").unwrap_or_else(|| head(&nodes[s]));
                let message = format!(
                    "`{}` is due {time} after `{}`, and cannot be done sooner than {} after it",
                    other.id,
                    step.id,
                    days(least)
                );
                self.error(span, message, "allow more time, or shorten what it waits for");
            }
        }
        Some(from_start)
    }
}

impl<'a> Order<'a> {
    fn new(steps: &'a [Step]) -> Order<'a> {
        let mut group: Vec<usize> = (0..steps.len()).collect();
        for (s, step) in steps.iter().enumerate() {
            for other in &step.together {
                let (a, b) = (group[s].min(group[other.0]), group[s].max(group[other.0]));
                group.iter_mut().filter(|own| **own == b).for_each(|own| *own = a);
            }
        }
        let moved: BTreeSet<usize> =
            steps.iter().flat_map(|step| step.excludes.iter().chain(&step.includes)).map(|id| id.0).collect();
        let sure = |a: usize, b: usize| !moved.contains(&a) && !moved.contains(&b);
        let delay = |time: Option<Duration>| time.map_or(0.0, Duration::days);
        let mut waits: Vec<Vec<(usize, f64, Why)>> = vec![Vec::new(); steps.len()];
        // What names itself under `after` or `milestone` has been told already.
        let mut add = |later: usize, before: usize, days: f64, why: Why| {
            if sure(later, before) && (later != before || why == Why::Responds) {
                waits[later].push((before, days, why));
            }
        };
        for (s, step) in steps.iter().enumerate() {
            step.after.iter().for_each(|wait| add(s, wait.step.0, delay(wait.time), Why::After));
            step.milestones.iter().for_each(|other| add(s, other.0, 0.0, Why::Milestone));
            let apart = |wait: &&detente_model::Wait| wait.step.0 == s || group[wait.step.0] != group[s];
            step.responds.iter().filter(apart).for_each(|wait| add(wait.step.0, s, 0.0, Why::Responds));
        }
        let mut members = vec![Vec::new(); steps.len()];
        group.iter().enumerate().for_each(|(s, group)| members[*group].push(s));
        Order { waits, steps, group, members }
    }

    /// A shortest circle through a step that waits: each waits for the next, or is done at once with it.
    fn circle(&self, from: usize) -> Option<Vec<usize>> {
        let mut paths: BTreeMap<usize, Vec<usize>> = BTreeMap::from([(from, vec![from])]);
        let mut ahead = VecDeque::from([from]);
        while let Some(s) = ahead.pop_front() {
            // What is waited for itself comes before what is done at once with it.
            let direct = self.waits[s].iter().map(|(other, ..)| (*other, *other));
            let at_once = self.waits[s].iter().flat_map(|(other, ..)| {
                self.members[self.group[*other]].iter().map(move |next| (*other, *next))
            });
            for (other, next) in direct.chain(at_once) {
                let mut path = paths[&s].clone();
                path.extend([other, next]);
                path.dedup();
                if !self.coexist(&path) {
                    continue;
                }
                if next == from {
                    return Some(path);
                }
                if let Entry::Vacant(place) = paths.entry(next) {
                    place.insert(path);
                    ahead.push_back(next);
                }
            }
        }
        None
    }

    /// Whether some deal has all of these steps, constraints aside.
    fn coexist(&self, steps: &[usize]) -> bool {
        let mut allowed: BTreeMap<usize, OptionSet> = BTreeMap::new();
        for clause in steps.iter().filter_map(|s| self.steps[*s].only_if.as_ref()).flat_map(|when| &when.0) {
            let all = allowed.entry(clause.issue.0).or_insert_with(|| clause.options.clone());
            *all = all.intersection(&clause.options);
        }
        allowed.values().all(|options| !options.is_empty())
    }

    /// How many days from the start, or after a step, each step is done at the earliest; for the latter, 0
    /// where it need not come after that.
    fn earliest(&self, after: Option<usize>) -> Vec<f64> {
        let takes = |s: usize| self.steps[s].takes.map_or(0.0, Duration::days);
        let mut done: Vec<f64> = (0..self.steps.len())
            .map(|s| if after.is_none() { takes(s) } else { f64::NEG_INFINITY })
            .collect();
        if let Some(s) = after {
            done[s] = 0.0;
        }
        // Without circles, no chain is longer than there are steps.
        for _ in 0..self.steps.len() {
            let mut changed = false;
            for s in (0..self.steps.len()).filter(|s| Some(*s) != after) {
                let sure = |other: &usize| self.belongs(s, *other);
                let waits = self.waits[s].iter().filter(|(other, ..)| sure(other));
                let begins = waits.map(|(other, delay, why)| {
                    done[*other] + delay + if *why == Why::After { takes(s) } else { 0.0 }
                });
                let at_once = self.members[self.group[s]].iter().filter(|other| sure(other));
                let least = begins.chain(at_once.map(|other| done[*other])).fold(f64::NEG_INFINITY, f64::max);
                if least > done[s] {
                    done[s] = least;
                    changed = true;
                }
            }
            if !changed {
                break;
            }
        }
        done
    }

    /// Whether every deal with a step has another too.
    fn belongs(&self, step: usize, other: usize) -> bool {
        let Some(Condition(needed)) = &self.steps[other].only_if else { return true };
        let own = self.steps[step].only_if.as_ref().map_or(&[][..], |when| &when.0);
        needed.iter().all(|clause| {
            own.iter().any(|own| own.issue == clause.issue && own.options.is_subset(&clause.options))
        })
    }

    /// Whether a circle is one only because a step calls for another.
    fn calls(&self, circle: &[usize]) -> bool {
        circle.windows(2).any(|pair| {
            let own: Vec<Why> = self.waits[pair[0]]
                .iter()
                .filter(|(other, ..)| *other == pair[1])
                .map(|(.., why)| *why)
                .collect();
            !own.is_empty() && own.iter().all(|why| *why == Why::Responds)
        })
    }

    fn way_out(&self, circle: &[usize]) -> &'static str {
        if circle.len() == 1 || self.calls(circle) {
            "a step is done once, so what `responds` calls for comes after what calls for it: remove one of these"
        } else {
            "remove one of these waits, or one of them from `together`"
        }
    }

    fn in_words(&self, circle: &[usize]) -> String {
        let id = |s: usize| format!("`{}`", self.steps[s].id);
        let mut unique = circle.to_vec();
        unique.dedup();
        if unique.len() > 1 && unique.first() == unique.last() {
            unique.pop();
        }
        let calls = self.calls(circle);
        match unique[..] {
            [one] => format!("{} calls for itself, and is done once", id(one)),
            [one, other] if self.group[one] == self.group[other] => {
                format!("{} waits for {}, with which it is done at once", id(one), id(other))
            }
            [one, other] if calls => {
                format!("{} and {} must each come before the other", id(one), id(other))
            }
            [one, other] => format!("{} and {} wait for each other", id(one), id(other)),
            _ => {
                let all: Vec<String> = unique.iter().map(|s| id(*s)).collect();
                let what = if calls { "must each come before the next" } else { "wait for each other" };
                format!("these steps {what} in a circle: {}", all.join(", "))
            }
        }
    }
}

/// A length of time as a person would say it.
pub(crate) fn days(days: f64) -> String {
    let rounded = (days * 10.0).ceil() / 10.0;
    format!("{rounded} day{}", if rounded == 1.0 { "" } else { "s" })
}

/// Where a field of a step stands.
pub(super) fn field(step: &Node, name: &str) -> Option<Span> {
    match &step.value {
        Value::Map(pairs) => pairs.iter().find(|(key, _)| key.text() == Some(name)).map(|(key, _)| key.span),
        _ => None,
    }
}
