//! The options of an issue that satisfy a clause.

use detente_model::{Clause, Issue, OptionSet};
use std::sync::Arc;

/// A clause: the issue, and its options that satisfy it.
pub(crate) type Allows = (usize, Allowed);

/// Some options of one issue: quick to ask for, and as small for a million of them as for ten.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Allowed {
    /// A bit for each, where an issue has no more options than that.
    Few(u64),
    /// The first and the last of each run, in order.
    Runs(Arc<[(usize, usize)]>),
}

impl Allowed {
    /// A set of options of an issue that has so many.
    pub(crate) fn new(set: &OptionSet, n: usize) -> Allowed {
        Allowed::of_runs(set.spans().iter().copied(), n)
    }

    /// One option of an issue that has so many.
    pub(crate) fn only(option: usize, n: usize) -> Allowed {
        Allowed::of_runs([(option, option)].into_iter(), n)
    }

    fn of_runs(runs: impl Iterator<Item = (usize, usize)>, n: usize) -> Allowed {
        if n > u64::BITS as usize {
            return Allowed::Runs(runs.collect());
        }
        let bits = |(first, last): (usize, usize)| u64::MAX >> (63 - (last - first)) << first;
        Allowed::Few(runs.map(bits).fold(0, |all, own| all | own))
    }

    /// All other options of an issue that has so many.
    pub(crate) fn complement(&self, n: usize) -> Allowed {
        match self {
            Allowed::Few(bits) if n == 0 => Allowed::Few(*bits),
            Allowed::Few(bits) => Allowed::Few(!bits & u64::MAX >> (u64::BITS as usize - n)),
            Allowed::Runs(runs) => {
                let ends = runs.iter().map(|(first, _)| *first).chain([n]);
                let starts = [0].into_iter().chain(runs.iter().map(|(_, last)| last + 1));
                let between = starts.zip(ends).filter(|(from, to)| from < to);
                Allowed::Runs(between.map(|(from, to)| (from, to - 1)).collect())
            }
        }
    }

    /// Whether an option is among them.
    #[inline]
    pub(crate) fn has(&self, option: usize) -> bool {
        match self {
            Allowed::Few(bits) => bits >> option & 1 == 1,
            Allowed::Runs(runs) => {
                let after = runs.partition_point(|(first, _)| *first <= option);
                after > 0 && option <= runs[after - 1].1
            }
        }
    }

    /// The options from which on it is another answer than for the option before, in order.
    pub(crate) fn changes(&self) -> Vec<usize> {
        match self {
            Allowed::Few(bits) => {
                let other = bits ^ bits << 1;
                (0..u64::BITS as usize).filter(|k| other >> k & 1 == 1).collect()
            }
            Allowed::Runs(runs) => runs.iter().flat_map(|(first, last)| [*first, last + 1]).collect(),
        }
    }
}

/// The clauses of a condition.
pub(crate) fn clauses(of: &[Clause], issues: &[Issue]) -> Vec<Allows> {
    let allowed =
        |clause: &Clause| (clause.issue.0, Allowed::new(&clause.options, issues[clause.issue.0].n_options()));
    of.iter().map(allowed).collect()
}

/// Whether chosen options satisfy all clauses.
#[inline]
pub(crate) fn hold(clauses: &[Allows], options: &[usize]) -> bool {
    clauses.iter().all(|(issue, allowed)| allowed.has(options[*issue]))
}

#[cfg(test)]
mod tests {
    use super::*;
    use detente_model::OptionId;

    #[track_caller]
    fn check(options: &[usize], n: usize) {
        let set = OptionSet::from_options(options.iter().copied().map(OptionId));
        let allowed = Allowed::new(&set, n);
        let other = allowed.complement(n);
        let changes = allowed.changes();
        for k in 0..n {
            assert_eq!(allowed.has(k), options.contains(&k), "{k} of {n}");
            assert_eq!(other.has(k), !options.contains(&k), "{k} of {n}");
            let before = k > 0 && options.contains(&(k - 1));
            assert_eq!(changes.contains(&k), before != options.contains(&k), "{k} of {n}");
        }
        assert_eq!(other.complement(n), allowed);
    }

    #[test]
    fn sets_hold_what_was_put_in_however_many_options_there_are() {
        for n in [1, 5, 63, 64, 65, 200] {
            check(&[], n);
            check(&[0], n);
            check(&[n - 1], n);
            check(&(0..n).collect::<Vec<usize>>(), n);
            check(&(n / 3..n / 2 + 1).chain([n - 1]).collect::<Vec<usize>>(), n);
            assert_eq!(Allowed::only(n / 2, n).changes()[0], n / 2);
        }
    }

    #[test]
    fn a_clause_about_a_million_options_is_kept_as_its_ends() {
        let set = OptionSet::between(OptionId(5), OptionId(999_998));
        let Allowed::Runs(runs) = Allowed::new(&set, 1_000_000) else { panic!("too many for bits") };
        assert_eq!(runs[..], [(5, 999_998)]);
    }
}
