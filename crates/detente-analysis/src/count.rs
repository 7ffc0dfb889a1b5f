//! How many outcomes there are and how many break no constraint, at any size.
//!
//! Constraints tie issues into groups; each group is counted by itself and the counts multiply.

use crate::kernel::sweep::Law;
use crate::space::{MAX_VISITS, group, laws};
use detente_model::Talks;
use num_bigint::BigUint;
use std::ops::ControlFlow;

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
    match count(talks, &sizes, &all, &mut Budget::default()) {
        Some(feasible) => Feasible { total, feasible, exact: true },
        None => Feasible { feasible: total.clone(), total, exact: false },
    }
}

/// Most options of which it is told how many outcomes have each: a number of any size for each.
const MOST_OPTIONS: usize = 1 << 21;

/// For each issue and option, how many outcomes with it break no constraint; absent where one group
/// of tied issues is too large to look through, and where there are too many options.
pub fn remaining(talks: &Talks) -> Option<Vec<Vec<BigUint>>> {
    let sizes: Vec<usize> = talks.issues.iter().map(detente_model::Issue::n_options).collect();
    if sizes.iter().sum::<usize>() > MOST_OPTIONS {
        return None;
    }
    let laws = laws(talks);
    let groups = group(sizes.len(), laws.iter().map(|(issues, _)| issues.clone()));
    let mut by_option: Vec<Vec<BigUint>> = sizes.iter().map(|n| vec![BigUint::ZERO; *n]).collect();
    let mut budget = Budget::default();
    let mut all = BigUint::from(1u32);
    let mut of_group = Vec::new();
    for issues in &groups {
        let own: Vec<&(Vec<usize>, Law)> =
            laws.iter().filter(|(tied, _)| issues.contains(&tied[0])).collect();
        // An issue that no constraint ties is a group of its own.
        let (n, tally) = match own.is_empty() {
            true => (sizes[issues[0]] as u64, vec![vec![1; sizes[issues[0]]]]),
            false => GroupCount::new(issues, &sizes, &own).tally(&mut budget)?,
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
    /// These constraints together leave nothing.
    Contradiction {
        /// In the order of the file.
        constraints: Vec<usize>,
        /// Whether without any one of them something is left; otherwise it would have taken too much work to see
        /// which of them can be spared.
        least: bool,
    },
}

/// A set of constraints that leaves no outcome and of which none can be spared.
///
/// By removal one at a time (Chinneck and Dravnieks 1991). Each search that finds nothing keeps only the constraints
/// that it came up against. One that finds an outcome shows that the constraint removed is needed; neighbours of that
/// outcome show the same of others (model rotation, Belov and Marques-Silva 2011).
pub fn why_impossible(talks: &Talks) -> Finding {
    let sizes: Vec<usize> = talks.issues.iter().map(detente_model::Issue::n_options).collect();
    let case = Case { sizes: &sizes, laws: &laws(talks) };
    let all: Vec<usize> = (0..talks.constraints.len()).collect();
    match case.attempt(&all, &mut Budget::default()) {
        Attempt::Nothing(met) => case.least(met),
        Attempt::Found(_) | Attempt::TooMuch => Finding::Fine,
    }
}

/// The constraints with their issues, and how many options each issue has.
struct Case<'a> {
    sizes: &'a [usize],
    laws: &'a [(Vec<usize>, Law)],
}

/// What comes of looking for an outcome that breaks none of some constraints.
enum Attempt {
    Found(Vec<usize>),
    /// There is none, by these constraints alone.
    Nothing(Vec<usize>),
    TooMuch,
}

impl Case<'_> {
    /// Looks for an outcome, group after group.
    fn attempt(&self, kept: &[usize], budget: &mut Budget) -> Attempt {
        let groups = group(self.sizes.len(), kept.iter().map(|k| self.laws[*k].0.clone()));
        let mut options = vec![0; self.sizes.len()];
        for issues in groups {
            let own: Vec<usize> =
                kept.iter().copied().filter(|k| issues.contains(&self.laws[*k].0[0])).collect();
            if own.is_empty() {
                continue;
            }
            let order = self.order(&issues, &own);
            let tied: Vec<&(Vec<usize>, Law)> = own.iter().map(|k| &self.laws[*k]).collect();
            let mut search = GroupCount::new(&order, self.sizes, &tied);
            match search.first(budget) {
                None => return Attempt::TooMuch,
                Some(true) => issues.iter().for_each(|issue| options[*issue] = search.options[*issue]),
                Some(false) => {
                    let met = own.into_iter().zip(search.met).filter(|(_, met)| *met);
                    return Attempt::Nothing(met.map(|(k, _)| k).collect());
                }
            }
        }
        Attempt::Found(options)
    }

    /// The issues of a group, each time the one that completes most constraints, or else is in most.
    fn order(&self, issues: &[usize], kept: &[usize]) -> Vec<usize> {
        let mut order: Vec<usize> = Vec::with_capacity(issues.len());
        let mut left = issues.to_vec();
        while !left.is_empty() {
            let worth = |issue: &usize| {
                let ties = kept.iter().map(|k| &self.laws[*k].0).filter(|tied| tied.contains(issue));
                let open = ties.map(|tied| tied.iter().filter(|other| !order.contains(other)).count());
                let mut by_open = [0usize; 3];
                open.for_each(|open| by_open[open.clamp(1, 3) - 1] += 1);
                by_open
            };
            let best = (0..left.len()).max_by_key(|k| (worth(&left[*k]), std::cmp::Reverse(*k)));
            order.push(left.remove(best.unwrap_or(0)));
        }
        order
    }

    /// Constraints of some that leave nothing, of which none can be spared as far as a budget allows.
    fn least(&self, mut kept: Vec<usize>) -> Finding {
        let mut needed: Vec<usize> = Vec::new();
        let mut budget = Budget::default();
        while let Some(next) = kept.iter().rev().copied().find(|k| !needed.contains(k)) {
            let without: Vec<usize> = kept.iter().copied().filter(|k| *k != next).collect();
            match self.attempt(&without, &mut budget) {
                Attempt::Nothing(met) => kept = met,
                Attempt::Found(mut options) => {
                    needed.push(next);
                    self.rotate(&kept, next, &mut options, &mut needed);
                }
                Attempt::TooMuch => return Finding::Contradiction { constraints: kept, least: false },
            }
        }
        Finding::Contradiction { constraints: kept, least: true }
    }

    /// Marks the constraints that an outcome, changed in one issue, breaks alone.
    fn rotate(&self, kept: &[usize], broken: usize, options: &mut [usize], needed: &mut Vec<usize>) {
        const MOST: usize = 64;
        for issue in &self.laws[broken].0 {
            let own = options[*issue];
            for option in (0..self.sizes[*issue]).filter(|option| *option != own).take(MOST) {
                options[*issue] = option;
                let mut all = kept.iter().filter(|k| self.laws[**k].1.broken(options));
                if let (Some(only), None) = (all.next(), all.next())
                    && !needed.contains(only)
                {
                    needed.push(*only);
                }
            }
            options[*issue] = own;
        }
    }
}

/// How much work is left, in options tried and in constraints judged.
struct Budget {
    visits: u64,
    judged: u64,
}

impl Default for Budget {
    fn default() -> Budget {
        Budget { visits: MAX_VISITS, judged: 8 * MAX_VISITS }
    }
}

fn count(talks: &Talks, sizes: &[usize], kept: &[usize], budget: &mut Budget) -> Option<BigUint> {
    let laws: Vec<(Vec<usize>, Law)> =
        laws(talks).into_iter().enumerate().filter(|(k, _)| kept.contains(k)).map(|(_, law)| law).collect();
    let groups = group(sizes.len(), laws.iter().map(|(issues, _)| issues.clone()));
    let mut product = BigUint::from(1u32);
    for issues in groups {
        let own: Vec<&(Vec<usize>, Law)> =
            laws.iter().filter(|(tied, _)| issues.contains(&tied[0])).collect();
        product *= match own.is_empty() {
            true => issues.iter().map(|issue| BigUint::from(sizes[*issue])).product(),
            false => BigUint::from(GroupCount::new(&issues, sizes, &own).count(budget)?),
        };
        if product == BigUint::ZERO {
            break;
        }
    }
    Some(product)
}

/// Depth-first search over one group, cutting a branch at the first broken constraint.
struct GroupCount<'a> {
    issues: &'a [usize],
    sizes: &'a [usize],
    /// By depth: the constraints that can be judged once that issue is set, each with its place.
    laws: Vec<Vec<(usize, &'a Law)>>,
    options: Vec<usize>,
    /// By constraint, whether it cut a branch.
    met: Vec<bool>,
}

impl<'a> GroupCount<'a> {
    fn new(issues: &'a [usize], sizes: &'a [usize], laws: &[&'a (Vec<usize>, Law)]) -> GroupCount<'a> {
        let last = |tied: &[usize]| issues.iter().rposition(|issue| tied.contains(issue)).unwrap_or(0);
        let mut at: Vec<Vec<(usize, &'a Law)>> = vec![Vec::new(); issues.len()];
        for (k, (tied, law)) in laws.iter().enumerate() {
            at[last(tied)].push((k, law));
        }
        GroupCount { issues, sizes, laws: at, options: vec![0; sizes.len()], met: vec![false; laws.len()] }
    }

    fn count(&mut self, budget: &mut Budget) -> Option<u64> {
        let mut n = 0;
        let _ = self.below(0, budget, &mut |_| {
            n += 1;
            ControlFlow::Continue(())
        })?;
        Some(n)
    }

    /// Whether there is any; `options` holds the first.
    fn first(&mut self, budget: &mut Budget) -> Option<bool> {
        Some(self.below(0, budget, &mut |_| ControlFlow::Break(()))?.is_break())
    }

    /// The count, and by issue of the group and option how many of them have it.
    fn tally(&mut self, budget: &mut Budget) -> Option<(u64, Vec<Vec<u64>>)> {
        let issues = self.issues;
        let mut tally: Vec<Vec<u64>> = issues.iter().map(|issue| vec![0; self.sizes[*issue]]).collect();
        let mut count = 0;
        let _ = self.below(0, budget, &mut |options| {
            count += 1;
            for (issue, counts) in issues.iter().zip(&mut tally) {
                counts[options[*issue]] += 1;
            }
            ControlFlow::Continue(())
        })?;
        Some((count, tally))
    }

    /// Nothing where the budget does not suffice.
    fn below(
        &mut self,
        depth: usize,
        budget: &mut Budget,
        found: &mut impl FnMut(&[usize]) -> ControlFlow<()>,
    ) -> Option<ControlFlow<()>> {
        if depth == self.issues.len() {
            return Some(found(&self.options));
        }
        for option in 0..self.sizes[self.issues[depth]] {
            budget.visits = budget.visits.checked_sub(1)?;
            self.options[self.issues[depth]] = option;
            if self.allowed(depth, budget)? && self.below(depth + 1, budget, found)?.is_break() {
                return Some(ControlFlow::Break(()));
            }
        }
        Some(ControlFlow::Continue(()))
    }

    fn allowed(&mut self, depth: usize, budget: &mut Budget) -> Option<bool> {
        for (k, law) in &self.laws[depth] {
            budget.judged = budget.judged.checked_sub(1)?;
            if law.broken(&self.options) {
                self.met[*k] = true;
                return Some(false);
            }
        }
        Some(true)
    }
}
