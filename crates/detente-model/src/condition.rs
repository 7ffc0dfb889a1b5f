use crate::{ClaimId, IssueId, OptionId, Outcome};

/// A set of options of one issue, as sorted inclusive spans of positions.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct OptionSet {
    spans: Vec<(usize, usize)>,
}

impl OptionSet {
    /// The set of these options; order and repetition do not matter.
    pub fn from_options(options: impl IntoIterator<Item = OptionId>) -> OptionSet {
        let mut positions: Vec<usize> = options.into_iter().map(|option| option.0).collect();
        positions.sort_unstable();
        let mut spans: Vec<(usize, usize)> = Vec::new();
        for k in positions {
            match spans.last_mut() {
                Some((_, last)) if k <= *last + 1 => *last = k,
                _ => spans.push((k, k)),
            }
        }
        OptionSet { spans }
    }

    /// All options from the first to the last, both included.
    pub fn between(first: OptionId, last: OptionId) -> OptionSet {
        OptionSet { spans: if first <= last { vec![(first.0, last.0)] } else { Vec::new() } }
    }

    /// The options among the first `n` that are not in the set.
    pub fn complement(&self, n: usize) -> OptionSet {
        let before = [0].into_iter().chain(self.spans.iter().map(|(_, last)| last + 1));
        let after = self.spans.iter().map(|(first, _)| (*first).min(n)).chain([n]);
        let between = before.zip(after).filter(|(from, to)| from < to);
        OptionSet { spans: between.map(|(from, to)| (from, to - 1)).collect() }
    }

    /// The options that are in both sets. Like all that sets are asked, it takes as long as they have runs of options,
    /// however many options these are.
    pub fn intersection(&self, other: &OptionSet) -> OptionSet {
        let (mut a, mut b) = (0, 0);
        let mut spans = Vec::new();
        while let (Some(own), Some(others)) = (self.spans.get(a), other.spans.get(b)) {
            let (first, last) = (own.0.max(others.0), own.1.min(others.1));
            if first <= last {
                spans.push((first, last));
            }
            if own.1 <= others.1 { a += 1 } else { b += 1 }
        }
        OptionSet { spans }
    }

    /// Whether all its options are in the other set.
    pub fn is_subset(&self, other: &OptionSet) -> bool {
        self.intersection(other) == *self
    }

    /// Whether the option is in the set.
    pub fn contains(&self, option: OptionId) -> bool {
        let after = self.spans.partition_point(|(first, _)| *first <= option.0);
        after > 0 && option.0 <= self.spans[after - 1].1
    }

    /// How many options are in the set.
    pub fn len(&self) -> usize {
        self.spans.iter().map(|(first, last)| last - first + 1).sum()
    }

    /// Whether no option is in the set.
    pub fn is_empty(&self) -> bool {
        self.spans.is_empty()
    }

    /// The first and the last option of each run of options, in order; between two runs an option is missing.
    pub fn spans(&self) -> &[(usize, usize)] {
        &self.spans
    }

    /// The options of the set, in order.
    pub fn iter(&self) -> impl Iterator<Item = OptionId> + '_ {
        self.spans.iter().flat_map(|(first, last)| (*first..=*last).map(OptionId))
    }

    /// The largest option of the set.
    pub fn last(&self) -> Option<OptionId> {
        self.spans.last().map(|(_, last)| OptionId(*last))
    }
}

/// One issue's part of a condition.
#[derive(Clone, Debug, PartialEq)]
pub struct Clause {
    /// The issue.
    pub issue: IssueId,
    /// The answers that satisfy the clause.
    pub options: OptionSet,
}

/// A conjunction of clauses over different issues; with no clause it always holds.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct Condition(pub Vec<Clause>);

impl Condition {
    /// Whether the outcome satisfies every clause.
    pub fn holds(&self, outcome: &Outcome) -> bool {
        self.0.iter().all(|clause| clause.options.contains(outcome[clause.issue]))
    }

    /// The issues it speaks of.
    pub fn issues(&self) -> impl Iterator<Item = IssueId> + '_ {
        self.0.iter().map(|clause| clause.issue)
    }
}

/// A combination of options that cannot be.
#[derive(Clone, Debug, PartialEq)]
pub struct Constraint {
    /// What it rules out.
    pub law: Law,
    /// Claims it rests on.
    pub because: Vec<ClaimId>,
}

/// The two forms of a constraint.
#[derive(Clone, Debug, PartialEq)]
pub enum Law {
    /// No outcome may satisfy this.
    Forbid(Condition),
    /// An outcome that satisfies the first must satisfy the second.
    Implies {
        /// Where the constraint applies.
        when: Condition,
        /// What must hold there.
        then: Condition,
    },
}

impl Constraint {
    /// Whether the outcome breaks nothing.
    pub fn allows(&self, outcome: &Outcome) -> bool {
        match &self.law {
            Law::Forbid(condition) => !condition.holds(outcome),
            Law::Implies { when, then } => !when.holds(outcome) || then.holds(outcome),
        }
    }

    /// The issues it ties together, each once, in order.
    pub fn issues(&self) -> Vec<IssueId> {
        let mut issues: Vec<IssueId> = match &self.law {
            Law::Forbid(condition) => condition.issues().collect(),
            Law::Implies { when, then } => when.issues().chain(then.issues()).collect(),
        };
        issues.sort_unstable();
        issues.dedup();
        issues
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sets_hold_what_was_put_in() {
        let set = OptionSet::from_options([5, 1, 2, 1, 9].map(OptionId));
        let members: Vec<usize> = set.iter().map(|option| option.0).collect();
        assert_eq!(members, [1, 2, 5, 9]);
        assert_eq!(set.len(), 4);
        for k in 0..12 {
            assert_eq!(set.contains(OptionId(k)), members.contains(&k), "{k}");
            assert_eq!(set.complement(12).contains(OptionId(k)), !members.contains(&k), "{k}");
        }
        assert_eq!(set.spans().len(), 3, "as small as its runs");
        assert!(OptionSet::between(OptionId(3), OptionId(2)).is_empty());
    }

    #[test]
    fn what_two_sets_share_is_in_both() {
        let sets: Vec<OptionSet> = (0..64u32)
            .map(|bits| OptionSet::from_options((0..6).filter(|k| bits >> k & 1 == 1).map(OptionId)))
            .collect();
        for (i, a) in sets.iter().enumerate() {
            for (j, b) in sets.iter().enumerate() {
                assert_eq!(a.intersection(b), sets[i & j], "{a:?} {b:?}");
                assert_eq!(a.is_subset(b), i & j == i, "{a:?} {b:?}");
            }
        }
    }
}
