//! The best order where what comes of it adds up over the sets of steps done: nothing is lost as long as nobody can
//! leave, and what is there where somebody first can is what is certain.
//!
//! So it is enough to know which sets are reached while all is safe (Held and Karp 1962): one pass over the lattice of
//! sets, as for the largest smallest slack.

use super::course::Course;
use super::exit_values::{ExitValues, Steps};
use super::lattice::{advance, sets};
use super::pieces::Precedence;
use super::robustness::NONE;
use super::slack_table::{Set, SlackTable};
use super::survival::Survival;
use crate::bits::members;
use crate::ticker::Ticker;
use std::collections::HashMap;
use std::ops::ControlFlow;

/// Most sets that are looked at.
const MOST_SETS: usize = 1 << 22;
/// A chance of this much is none that it does not stay.
const SURE: f64 = 1.0 - NONE;

/// The lattice of sets of a deal whose steps stay in play and whose terms do not depend on the last step.
pub(super) struct Additive<'a> {
    course: &'a Course,
    survival: &'a Survival<'a>,
    slack_table: SlackTable<'a>,
    /// The groups of the course, in a possible order; one bit each.
    groups: Vec<usize>,
    before: Vec<Set>,
    after: Vec<Set>,
    sets: Vec<Set>,
    /// By body and slack, whether it stays in any case.
    stays: Vec<HashMap<i64, bool>>,
}

impl<'a> Additive<'a> {
    /// Absent where more matters than what was done, or there are too many sets.
    pub(super) fn new(
        course: &'a Course,
        exit_values: &'a ExitValues,
        survival: &'a Survival<'a>,
    ) -> Option<Additive<'a>> {
        let fixed_terms =
            exit_values.bodies.iter().all(|exit_value| exit_value.terms.iter().all(|term| term.is_fixed()));
        if !course.is_fixed() || !fixed_terms || course.has_deadlines() {
            return None;
        }
        let precedence = Precedence::new(course.before()).ok()?;
        let piece = precedence.piece(&(0..course.groups.len()).collect::<Vec<_>>())?;
        let n = piece.groups.len();
        let comes_after = |k: usize, other: &usize| piece.before[*other] >> k & 1 == 1;
        let after =
            |k: usize| (0..n).filter(|other| comes_after(k, other)).fold(0, |all, other| all | 1 << other);
        Some(Additive {
            after: (0..n).map(after).collect(),
            sets: sets(&piece.before, MOST_SETS)?,
            slack_table: SlackTable::new(exit_values, course, 0, &piece.groups),
            stays: vec![HashMap::new(); exit_values.bodies.len()],
            before: piece.before,
            groups: piece.groups,
            survival,
            course,
        })
    }

    /// An order that is best, given what each step counts, none of it negative.
    pub(super) fn best(mut self, counts: &[f64], ticker: &mut Ticker<'_>) -> ControlFlow<(), Vec<Steps>> {
        let count = |group: &usize| members(self.course.groups[*group]).map(|step| counts[step]).sum::<f64>();
        let counts: Vec<f64> = self.groups.iter().map(count).collect();
        let end = self.sets.len() - 1;
        let mut slacks = vec![0; self.stays.len()];
        let mut pointers = vec![0; self.groups.len()];
        // By set, whether it is reached while all is safe, and whether it is safe itself.
        let mut safe = vec![false; self.sets.len()];
        let mut best: Option<(f64, usize)> = None;
        for i in 0..=end {
            ticker.tick()?;
            let set = self.sets[i];
            let mut reached = set == 0;
            let mut open = self.last_of(set);
            while open != 0 && !reached {
                let k = open.trailing_zeros() as usize;
                open &= open - 1;
                reached = advance(&self.sets, &mut pointers[k], set ^ 1 << k).is_some_and(|from| safe[from]);
            }
            if !reached {
                continue;
            }
            safe[i] = i < end && self.is_safe(set, &mut slacks);
            let amount: f64 = members(set).map(|k| counts[k]).sum();
            if !safe[i] && best.is_none_or(|(most, _)| amount >= most) {
                best = Some((amount, i));
            }
        }
        let at = best.map_or(end, |(_, i)| i);
        ControlFlow::Continue(self.order(self.sets[at], &safe))
    }

    /// Whether nobody can leave.
    fn is_safe(&mut self, set: Set, slacks: &mut [i64]) -> bool {
        self.slack_table.steps(set, slacks);
        let (survival, stays) = (self.survival, &mut self.stays);
        let mut surely = |body: usize| {
            let slack = slacks[body];
            *stays[body].entry(slack).or_insert_with(|| survival.level(body, slack) >= SURE)
        };
        let all: Vec<bool> = (0..slacks.len()).map(&mut surely).collect();
        survival.all_go_on(&|body| all[body])
    }

    fn last_of(&self, set: Set) -> Set {
        members(set).filter(|k| self.after[*k] & set == 0).fold(0, |all, k| all | 1 << k)
    }

    /// To a set over safe ones, then on to the end; what stands later in the file is done later.
    fn order(&self, to: Set, safe: &[bool]) -> Vec<Steps> {
        let mut order = Vec::new();
        let mut set = to;
        while set != 0 {
            let mut open: Vec<usize> = members(self.last_of(set)).collect();
            open.reverse();
            let is_safe = |k: &usize| self.sets.binary_search(&(set ^ 1 << k)).is_ok_and(|from| safe[from]);
            let last = open.into_iter().find(is_safe).expect("what is reached has a safe set before it");
            order.push(last);
            set ^= 1 << last;
        }
        order.reverse();
        let mut done = to;
        while order.len() < self.groups.len() {
            let next = (0..self.groups.len()).find(|k| done >> k & 1 == 0 && self.before[*k] & !done == 0);
            let next = next.expect("nothing comes before itself");
            order.push(next);
            done |= 1 << next;
        }
        order.into_iter().map(|k| self.course.groups[self.groups[k]]).collect()
    }
}
