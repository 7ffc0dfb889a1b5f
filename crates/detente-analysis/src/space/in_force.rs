//! Constraints without what is settled: an answer that constraints leave no choice about ties nothing together.

use super::laws;
use crate::allowed::{Allowed, Allows};
use crate::kernel::sweep::Law;
use detente_model::{Clause, Law as Written, OptionSet, Talks};

/// Passes over all constraints; what is not settled by then stays as it is.
const MOST_PASSES: usize = 64;

/// A combination that cannot be: all of its clauses hold.
type Forbidden = Vec<(usize, OptionSet)>;

/// Constraints that leave the same outcomes as those of the talks, each with the issues it ties.
///
/// By unit propagation: a constraint with one clause left to fail takes its options from that issue, one with a clause
/// that cannot hold is kept anyway, and a clause that holds whatever is chosen need not be asked.
pub(crate) fn in_force(talks: &Talks) -> Vec<(Vec<usize>, Law)> {
    let mut open: Vec<(Vec<Forbidden>, bool)> =
        talks.constraints.iter().map(|one| (forbidden(&one.law, talks), true)).collect();
    let full = |issue: &detente_model::Issue| OptionSet::default().complement(issue.n_options());
    let mut left: Vec<OptionSet> = talks.issues.iter().map(full).collect();
    for _ in 0..MOST_PASSES {
        let mut changed = false;
        for (parts, is_as_written) in &mut open {
            let before: usize = parts.iter().map(Vec::len).sum();
            parts.retain_mut(|part| !settle(part, &mut left));
            *is_as_written &= before == parts.iter().map(Vec::len).sum::<usize>();
            changed |= before != parts.iter().map(Vec::len).sum::<usize>();
        }
        if !changed {
            break;
        }
    }
    if left.iter().any(OptionSet::is_empty) || open.iter().any(|(parts, _)| parts.iter().any(Vec::is_empty)) {
        // Nothing is feasible: that is found, and told, from the constraints as they are written.
        return laws(talks);
    }
    let n = |issue: usize| talks.issues[issue].n_options();
    let clause = |(issue, set): &(usize, OptionSet)| -> Allows { (*issue, Allowed::new(set, n(*issue))) };
    let narrowed = left.iter().enumerate().map(|(issue, left)| (issue, left.complement(n(issue))));
    let narrowed = narrowed.filter(|(_, out)| !out.is_empty());
    let mut all: Vec<(Vec<usize>, Law)> =
        narrowed.map(|out| (vec![out.0], Law { when: vec![clause(&out)], then: None })).collect();
    for ((parts, is_as_written), written) in open.iter().zip(laws(talks)) {
        if *is_as_written {
            all.push(written);
            continue;
        }
        for part in parts {
            let issues = part.iter().map(|(issue, _)| *issue).collect();
            all.push((issues, Law { when: part.iter().map(clause).collect(), then: None }));
        }
    }
    all
}

/// What a constraint forbids: where something follows, its condition with each part of what follows failing.
fn forbidden(law: &Written, talks: &Talks) -> Vec<Forbidden> {
    let own = |clause: &Clause| (clause.issue.0, clause.options.clone());
    match law {
        Written::Forbid(condition) => vec![condition.0.iter().map(own).collect()],
        Written::Implies { when, then } => {
            let fails = |clause: &Clause| {
                let n = talks.issues[clause.issue.0].n_options();
                when.0.iter().map(own).chain([(clause.issue.0, clause.options.complement(n))]).collect()
            };
            then.0.iter().map(fails).collect()
        }
    }
}

/// Leaves out clauses that hold whatever is chosen; says whether the combination need not be looked at any more, because
/// it cannot come about, or because its last clause was taken from the options left.
fn settle(part: &mut Forbidden, left: &mut [OptionSet]) -> bool {
    if part.iter().any(|(issue, set)| left[*issue].intersection(set).is_empty()) {
        return true;
    }
    part.retain(|(issue, set)| !left[*issue].is_subset(set));
    let [(issue, set)] = &part[..] else { return false };
    left[*issue] = without(&left[*issue], set);
    true
}

/// The options of one set that are not in the other.
fn without(set: &OptionSet, other: &OptionSet) -> OptionSet {
    let n = set.spans().last().map_or(0, |(_, last)| last + 1);
    set.intersection(&other.complement(n))
}

#[cfg(test)]
mod tests;
