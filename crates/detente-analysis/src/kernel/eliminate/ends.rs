//! The lowest and the highest sum of issues that are tied together, with constraints: bucket elimination with two
//! numbers where [`super::frontier`] has a frontier.

use super::{Net, Places, Plan, take};
use crate::kernel::sweep::{Level, MAX_LOOKS};
use rayon::prelude::*;

/// Most combinations that are looked at, each of an issue and all it is tied to when it is taken out.
const MOST_CELLS: u64 = 1 << 24;
/// Combinations that are worth a thread of their own.
const TOGETHER: usize = 1 << 12;

/// What the sums of some issues reach.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ends {
    /// From the lowest to the highest.
    Between(i64, i64),
    /// No combination is allowed.
    Nothing,
}

/// The lowest and the highest sum of some loops of one body; nothing if too many issues are tied to one another at a
/// time, or by too much.
pub(crate) fn ends(levels: &[Level]) -> Option<Ends> {
    let net = Net::new(levels, &[(0, 1)], 1, Places::new(&[]));
    let plan = net.plan(MOST_CELLS)?;
    net.ends(&plan)
}

/// What was taken out, for each combination of what it was tied to.
struct Message {
    /// Positions of levels.
    scope: Vec<usize>,
    /// By combination, the last of the scope quickest.
    ends: Vec<Ends>,
}

impl Ends {
    pub(crate) fn plus(self, other: Ends) -> Ends {
        match (self, other) {
            (Ends::Between(low, high), Ends::Between(least, most)) => Ends::Between(low + least, high + most),
            _ => Ends::Nothing,
        }
    }

    pub(crate) fn or(self, other: Ends) -> Ends {
        match (self, other) {
            (Ends::Between(low, high), Ends::Between(least, most)) => {
                Ends::Between(low.min(least), high.max(most))
            }
            (Ends::Nothing, known) | (known, Ends::Nothing) => known,
        }
    }
}

impl Net<'_> {
    fn ends(&self, plan: &Plan) -> Option<Ends> {
        let mut terms: Vec<usize> = (0..self.terms.len()).collect();
        let mut laws: Vec<usize> = (0..self.laws.len()).collect();
        let mut messages: Vec<Message> = Vec::new();
        let mut looks = 0u64;
        for (own, scope) in &plan.steps {
            let bucket = Bucket {
                net: self,
                own: *own,
                scope,
                terms: take(&mut terms, |k| self.terms[*k].0.contains(own)),
                laws: take(&mut laws, |k| self.laws[*k].0.contains(own)),
                messages: take(&mut messages, |message| message.scope.contains(own)),
            };
            let n: usize = scope.iter().map(|k| self.levels[*k].n).product();
            let each = (self.levels[*own].n * (bucket.terms.len() + bucket.laws.len())) as u64;
            looks += each.saturating_mul(n as u64);
            if looks > MAX_LOOKS {
                return None;
            }
            let ends = (0..n).into_par_iter().with_min_len(TOGETHER).map(|cell| bucket.cell(cell)).collect();
            messages.push(Message { scope: scope.clone(), ends });
        }
        // What has nothing to do with each other is left side by side.
        Some(messages.iter().fold(Ends::Between(0, 0), |sum, message| sum.plus(message.ends[0])))
    }
}

/// One issue with everything that is decided by it.
struct Bucket<'b> {
    net: &'b Net<'b>,
    own: usize,
    scope: &'b [usize],
    terms: Vec<usize>,
    laws: Vec<usize>,
    messages: Vec<Message>,
}

impl Bucket<'_> {
    /// What is reached where the scope has a combination.
    fn cell(&self, cell: usize) -> Ends {
        let net = self.net;
        let mut options = vec![0; net.n_issues];
        net.enter(self.scope, cell, &mut options);
        let level = &net.levels[self.own];
        let mut reached = Ends::Nothing;
        for option in 0..level.n {
            options[level.issue] = option;
            if self.laws.iter().any(|k| net.laws[*k].1.broken(&options)) {
                continue;
            }
            let terms = self.terms.iter().map(|k| net.terms[*k].1.amount(&options).1);
            let sum = net.leaves[self.own][option] + terms.sum::<i64>();
            let messages =
                self.messages.iter().map(|message| message.ends[net.cell(&message.scope, &options)]);
            reached = reached.or(messages.fold(Ends::Between(sum, sum), Ends::plus));
        }
        reached
    }
}

#[cfg(test)]
mod tests;
