//! How many outcomes there are and how many break no constraint, at any size.
//!
//! Constraints tie issues into groups; each group is counted by itself and the counts multiply.

use crate::kernel::sweep::Law;
use crate::space::{MAX_VISITS, group, laws};
use detente_model::Talks;
use num_bigint::BigUint;

/// The number of outcomes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Feasible {
    /// All outcomes.
    pub total: BigUint,
    /// Those that break no constraint; the total, as an upper bound, if not exact.
    pub feasible: BigUint,
    /// Whether `feasible` was counted.
    pub exact: bool,
}

/// Counts outcomes, exactly unless one group of tied issues is too large to look through.
pub fn feasible(talks: &Talks) -> Feasible {
    let sizes: Vec<usize> = talks.issues.iter().map(detente_model::Issue::n_options).collect();
    let total: BigUint = sizes.iter().map(|n| BigUint::from(*n)).product();
    let all: Vec<usize> = (0..talks.constraints.len()).collect();
    match count(talks, &sizes, &all) {
        Some(feasible) => Feasible { total, feasible, exact: true },
        None => Feasible { feasible: total.clone(), total, exact: false },
    }
}

/// For each issue and option, how many outcomes with it break no constraint; absent where one group
/// of tied issues is too large to look through.
pub fn remaining(talks: &Talks) -> Option<Vec<Vec<BigUint>>> {
    let sizes: Vec<usize> = talks.issues.iter().map(detente_model::Issue::n_options).collect();
    let laws = laws(talks);
    let groups = group(sizes.len(), laws.iter().map(|(issues, _)| issues.clone()));
    let mut by_option: Vec<Vec<BigUint>> = sizes.iter().map(|n| vec![BigUint::ZERO; *n]).collect();
    let mut all = BigUint::from(1u32);
    let mut of_group = Vec::new();
    for issues in &groups {
        let own: Vec<&(Vec<usize>, Law)> =
            laws.iter().filter(|(tied, _)| issues.contains(&tied[0])).collect();
        // An issue that no constraint ties is a group of its own.
        let (n, tally) = match own.is_empty() {
            true => (sizes[issues[0]] as u64, vec![vec![1; sizes[issues[0]]]]),
            false => Search::new(issues, &sizes, &own).tally()?,
        };
        all *= n;
        of_group.push((issues, n, tally));
    }
    for (issues, n, tally) in of_group.into_iter().filter(|(_, n, _)| *n > 0) {
        let others = &all / n;
        for (issue, counts) in issues.iter().zip(tally) {
            by_option[*issue] = counts.into_iter().map(|count| &others * count).collect();
        }
    }
    Some(by_option)
}

/// Why no outcome is left.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Finding {
    /// Some outcome breaks nothing, or too many would have to be looked at.
    Fine,
    /// These constraints together leave nothing, and without any one of them something is left.
    Contradiction(Vec<usize>),
}

/// A set of constraints that leaves no outcome and of which none can be spared, by removal one at a time.
pub fn why_impossible(talks: &Talks) -> Finding {
    let sizes: Vec<usize> = talks.issues.iter().map(detente_model::Issue::n_options).collect();
    let impossible = |kept: &[usize]| count(talks, &sizes, kept).is_some_and(|n| n == BigUint::ZERO);
    let mut kept: Vec<usize> = (0..talks.constraints.len()).collect();
    if !impossible(&kept) {
        return Finding::Fine;
    }
    for constraint in (0..talks.constraints.len()).rev() {
        let without: Vec<usize> = kept.iter().copied().filter(|other| *other != constraint).collect();
        if impossible(&without) {
            kept = without;
        }
    }
    Finding::Contradiction(kept)
}

fn count(talks: &Talks, sizes: &[usize], kept: &[usize]) -> Option<BigUint> {
    let laws: Vec<(Vec<usize>, Law)> =
        laws(talks).into_iter().enumerate().filter(|(k, _)| kept.contains(k)).map(|(_, law)| law).collect();
    let groups = group(sizes.len(), laws.iter().map(|(issues, _)| issues.clone()));
    let mut product = BigUint::from(1u32);
    for issues in groups {
        let own: Vec<&(Vec<usize>, Law)> =
            laws.iter().filter(|(tied, _)| issues.contains(&tied[0])).collect();
        product *= match own.is_empty() {
            true => issues.iter().map(|issue| BigUint::from(sizes[*issue])).product(),
            false => BigUint::from(Search::new(&issues, sizes, &own).count()?),
        };
        if product == BigUint::ZERO {
            break;
        }
    }
    Some(product)
}

/// Depth-first search over one group, cutting a branch at the first broken constraint.
struct Search<'a> {
    issues: &'a [usize],
    sizes: &'a [usize],
    /// By depth: the constraints that can be judged once that issue is set.
    laws: Vec<Vec<&'a Law>>,
    options: Vec<usize>,
    visits: u64,
}

impl<'a> Search<'a> {
    fn new(issues: &'a [usize], sizes: &'a [usize], laws: &[&'a (Vec<usize>, Law)]) -> Search<'a> {
        let last = |tied: &[usize]| issues.iter().rposition(|issue| tied.contains(issue)).unwrap_or(0);
        let at =
            |depth: usize| laws.iter().filter(|(tied, _)| last(tied) == depth).map(|(_, law)| law).collect();
        Search {
            issues,
            sizes,
            laws: (0..issues.len()).map(at).collect(),
            options: vec![0; sizes.len()],
            visits: 0,
        }
    }

    fn count(&mut self) -> Option<u64> {
        self.below(0, &mut |_| ())
    }

    /// The count, and by issue of the group and option how many of them have it.
    fn tally(&mut self) -> Option<(u64, Vec<Vec<u64>>)> {
        let issues = self.issues;
        let mut tally: Vec<Vec<u64>> = issues.iter().map(|issue| vec![0; self.sizes[*issue]]).collect();
        let count = self.below(0, &mut |options| {
            for (issue, counts) in issues.iter().zip(&mut tally) {
                counts[options[*issue]] += 1;
            }
        })?;
        Some((count, tally))
    }

    fn below(&mut self, depth: usize, found: &mut impl FnMut(&[usize])) -> Option<u64> {
        if depth == self.issues.len() {
            found(&self.options);
            return Some(1);
        }
        let mut n = 0;
        for option in 0..self.sizes[self.issues[depth]] {
            self.visits += 1;
            if self.visits > MAX_VISITS {
                return None;
            }
            self.options[self.issues[depth]] = option;
            if !self.laws[depth].iter().any(|law| law.broken(&self.options)) {
                n += self.below(depth + 1, found)?;
            }
        }
        Some(n)
    }
}
