//! What comes before what: pieces that follow each other in every order, and orders that need not be
//! looked at because another is as good.

use super::course::{Course, Time};
use super::exit_values::{ExitValues, Steps};
use super::slack_table::Set;
use crate::bits::members;

/// What comes before what among the groups of a deal.
#[derive(Clone)]
pub(super) struct Precedence {
    /// By group, all that comes before it.
    pub(super) before: Vec<Steps>,
}

/// Groups that come after all of the pieces before and before all of those after.
pub(super) struct Piece {
    /// In an order that is possible, by the file where that is free.
    pub(super) groups: Vec<usize>,
    /// By place in the piece, what of the piece comes before it.
    pub(super) before: Vec<Set>,
}

impl Precedence {
    /// All that follows from what is given; or groups that come before themselves.
    pub(super) fn new(mut before: Vec<Steps>) -> Result<Precedence, Steps> {
        let n = before.len();
        for k in 0..n {
            for g in 0..n {
                if before[g] >> k & 1 == 1 {
                    before[g] |= before[k];
                }
            }
        }
        let circular = (0..n).filter(|g| before[*g] >> g & 1 == 1).fold(0, |all, g| all | 1 << g);
        if circular == 0 { Ok(Precedence { before }) } else { Err(circular) }
    }

    fn comes_before(&self, a: usize, b: usize) -> bool {
        self.before[b] >> a & 1 == 1
    }

    fn after(&self, group: usize) -> Steps {
        let after = |other: &usize| self.comes_before(group, *other);
        (0..self.before.len()).filter(after).fold(0, |all, other| all | 1 << other)
    }

    /// With what deadlines leave no choice about: what cannot be done in time after something comes before
    /// it. Or a step that would be too late in every order.
    pub(super) fn in_time(self, course: &Course) -> Result<Precedence, usize> {
        let mut found = self;
        loop {
            let mut before = found.before.clone();
            let gaps = Gaps::new(course, &found);
            for (s, timing) in course.timing.iter().enumerate() {
                let of = gaps.of[s];
                let deadline = timing.deadline.map(|time| (None, of, time, s));
                // Of what is called for twice, the latest call counts: only single calls bind.
                let single = |other: usize| {
                    let calls = course.rules.of.iter().filter(|rule| rule.responses >> other & 1 == 1);
                    calls.count() == 1
                };
                let allows = timing.allows.iter().filter_map(|(other, time)| {
                    let to = gaps.of[*other];
                    (to != of && single(*other)).then_some((Some(of), to, (*time)?, *other))
                });
                for (from, group, time, step) in deadline.into_iter().chain(allows) {
                    if gaps.least(from, group).is_some_and(|least| least > time) {
                        return Err(step);
                    }
                    for (late, before) in before.iter_mut().enumerate().filter(|(late, _)| *late != group) {
                        if gaps.least(from, late).is_some_and(|least| least > time) {
                            *before |= 1 << group;
                        }
                    }
                }
            }
            let before = Precedence::new(before)
                .map_err(|circle| course.groups[first(circle)].trailing_zeros() as usize)?;
            if before.before == found.before {
                return Ok(found);
            }
            found = before;
        }
    }

    /// With groups in the order of the file where exchanging two of them changes nothing.
    pub(super) fn without_twins(self, course: &Course, effects: &[(Vec<i64>, bool)]) -> Precedence {
        let mut before = self.before.clone();
        let same = |a: usize, b: usize| {
            effects[a] == effects[b]
                && !effects[a].1
                && self.before[a] == self.before[b]
                && self.after(a) == self.after(b)
        };
        if course.has_deadlines() {
            return self;
        }
        for (b, before) in before.iter_mut().enumerate() {
            (0..b).filter(|a| same(*a, b)).for_each(|a| *before |= 1 << a);
        }
        Precedence::new(before).unwrap_or(self)
    }

    /// With what can only help as early as what comes before it allows: no other order is better, because the
    /// points in between have no less slack then. (What can only harm cannot be put off as simply: at the end
    /// nobody walks away any more, so that what comes last matters.)
    pub(super) fn without_detours(self, effects: &[(Vec<i64>, bool)]) -> Precedence {
        let n = self.before.len();
        let helps = |g: usize| !effects[g].1 && effects[g].0.iter().all(|loss| *loss <= 0);
        let mut before = self.before.clone();
        for (s, x) in (0..n).flat_map(|s| (0..n).map(move |x| (s, x))).filter(|(s, x)| s != x) {
            let first = helps(s)
                && !self.comes_before(x, s)
                && self.before[s] & !self.before[x] == 0
                && (!helps(x) || self.before[s] != self.before[x] || s < x);
            if first {
                before[x] |= 1 << s;
            }
        }
        Precedence::new(before).unwrap_or(self)
    }

    /// The groups in an order that is possible, the first of the file first.
    pub(super) fn sorted(&self) -> Vec<usize> {
        let n = self.before.len();
        let (mut done, mut order): (Steps, Vec<usize>) = (0, Vec::new());
        while order.len() < n {
            let next = (0..n).find(|g| done >> g & 1 == 0 && self.before[*g] & !done == 0);
            let next = next.expect("nothing comes before itself");
            done |= 1 << next;
            order.push(next);
        }
        order
    }

    /// The pieces, as small as they can be.
    pub(super) fn pieces(&self) -> Vec<Vec<usize>> {
        let mut order = self.sorted();
        order.sort_by_key(|g| self.before[*g].count_ones());
        let mut pieces = Vec::new();
        let (mut done, mut piece): (Steps, Vec<usize>) = (0, Vec::new());
        for (k, group) in order.iter().enumerate() {
            piece.push(*group);
            done |= 1 << group;
            if order[k + 1..].iter().all(|later| done & !self.before[*later] == 0) {
                pieces.push(std::mem::take(&mut piece));
            }
        }
        pieces
    }

    /// A piece with its groups as bits; absent if there are too many.
    pub(super) fn piece(&self, groups: &[usize]) -> Option<Piece> {
        if groups.len() > Set::BITS as usize {
            return None;
        }
        let inside = |g: &usize| groups.contains(g);
        let groups: Vec<usize> = self.sorted().into_iter().filter(inside).collect();
        let own = |g: usize| {
            let at = |k: &usize| self.comes_before(groups[*k], g);
            (0..groups.len()).filter(at).fold(0, |all, k| all | 1 << k)
        };
        Some(Piece { before: groups.iter().map(|g| own(*g)).collect(), groups })
    }
}

fn first(set: Steps) -> usize {
    members(set).next().unwrap_or(0)
}

/// How long after the start, or after a group, another can be done at the earliest.
struct Gaps {
    of: Vec<usize>,
    start: Vec<Time>,
    /// By group and later group; absent where it may come before.
    between: Vec<Vec<Option<Time>>>,
}

impl Gaps {
    fn new(course: &Course, precedence: &Precedence) -> Gaps {
        let of = course.group_of();
        let order = precedence.sorted();
        let n = order.len();
        let takes = |g: usize| members(course.groups[g]).map(|s| course.timing[s].takes).max().unwrap_or(0);
        let mut delays: Vec<Vec<(usize, Time)>> = vec![Vec::new(); n];
        for (s, timing) in course.timing.iter().enumerate() {
            delays[of[s]].extend(timing.waits.iter().map(|(other, time)| (of[*other], *time)));
        }
        let later = |known: &[Option<Time>], g: usize| {
            let waits = delays[g].iter().filter_map(|(other, time)| Some(known[*other]? + time));
            let after = members(precedence.before[g]).filter_map(|other| known[other]);
            waits.chain(after).max()
        };
        let mut start: Vec<Option<Time>> = vec![None; n];
        for g in &order {
            start[*g] = Some(later(&start, *g).unwrap_or(0).max(takes(*g)));
        }
        let from = |origin: usize| {
            let mut known: Vec<Option<Time>> = vec![None; n];
            known[origin] = Some(0);
            for g in order.iter().filter(|g| **g != origin) {
                known[*g] = later(&known, *g);
            }
            known
        };
        Gaps { start: start.into_iter().flatten().collect(), between: (0..n).map(from).collect(), of }
    }

    fn least(&self, from: Option<usize>, group: usize) -> Option<Time> {
        match from {
            None => Some(self.start[group]),
            Some(from) => self.between[from][group],
        }
    }
}

/// What each group changes for every body, and whether it is part of a term.
pub(super) fn effects(course: &Course, exit_values: &ExitValues) -> Vec<(Vec<i64>, bool)> {
    let of = |group: &Steps| {
        let lost =
            |exit_value: &super::exit_values::ExitValue| members(*group).map(|s| exit_value.parts[s]).sum();
        let in_term = exit_values
            .bodies
            .iter()
            .any(|exit_value| exit_value.terms.iter().any(|term| term.steps & group != 0));
        (exit_values.bodies.iter().map(lost).collect(), in_term)
    };
    course.groups.iter().map(of).collect()
}
