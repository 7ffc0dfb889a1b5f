//! Which issues hold many others together, so that somebody can settle them and look at the rest: a cutset, as in cutset
//! conditioning (Dechter 1999).

use crate::space::group;
use detente_model::{IssueId, Talks};
use std::collections::BTreeSet;

/// What is left is small where no part of it has more combinations.
const SMALL: u64 = 1 << 18;
/// Sets of tied issues, times issues, that are gone through for each issue that is chosen.
const MOST_WORK: usize = 1 << 22;

/// Issues without which the others fall apart into small parts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cutset {
    /// In the order of the file.
    pub issues: Vec<IssueId>,
    /// How many constraints are about nothing but these issues.
    pub constraints: usize,
}

/// The issues to settle so that constraints and values tie no more than 262,144 combinations of the others together;
/// nothing where none are needed, where all would be, or where there are too many ties to tell.
///
/// One after another is chosen, of the largest part, so that the largest part that is left of it is smallest. Fewer
/// issues may do.
pub fn cutset(talks: &Talks) -> Option<Cutset> {
    let ties = ties(talks);
    let sizes: Vec<u64> = talks.issues.iter().map(|issue| issue.n_options() as u64).collect();
    if ties.len().saturating_mul(sizes.len()).saturating_mul(sizes.len()) > MOST_WORK {
        return None;
    }
    let mut settled = Vec::new();
    loop {
        let largest = parts(&ties, &sizes, &settled).into_iter().max_by_key(|part| size(part, &sizes))?;
        if size(&largest, &sizes) <= SMALL {
            break;
        }
        let left = |issue: usize| {
            let without: Vec<usize> = settled.iter().copied().chain([issue]).collect();
            let inside = parts(&ties, &sizes, &without).into_iter().filter(|part| largest.contains(&part[0]));
            inside.map(|part| size(&part, &sizes)).max().unwrap_or(1)
        };
        settled.push(largest.iter().copied().min_by_key(|issue| (left(*issue), sizes[*issue], *issue))?);
    }
    settled.sort_unstable();
    let own = |issue: &IssueId| settled.contains(&issue.0);
    let constraints = talks.constraints.iter().filter(|one| one.issues().iter().all(own)).count();
    let issues: Vec<IssueId> = settled.iter().copied().map(IssueId).collect();
    (!issues.is_empty() && issues.len() < sizes.len()).then_some(Cutset { issues, constraints })
}

/// The sets of issues that a constraint, an interaction or a table ties, each once.
fn ties(talks: &Talks) -> BTreeSet<Vec<usize>> {
    let numbers =
        |issues: &mut dyn Iterator<Item = IssueId>| -> Vec<usize> { issues.map(|issue| issue.0).collect() };
    let constraints = talks.constraints.iter().map(|one| numbers(&mut one.issues().into_iter()));
    let bodies = || talks.bodies.iter().map(|body| &body.preferences);
    let interactions = bodies().flat_map(|own| &own.interactions);
    let interactions = interactions.map(|one| numbers(&mut one.when.0.iter().map(|clause| clause.issue)));
    let tables = bodies().flat_map(|own| &own.tables);
    let tables = tables.map(|table| numbers(&mut table.issues.iter().copied()));
    constraints.chain(interactions).chain(tables).collect()
}

/// The parts that the issues fall into once some are settled; these are in none.
fn parts(ties: &BTreeSet<Vec<usize>>, sizes: &[u64], settled: &[usize]) -> Vec<Vec<usize>> {
    let open = |tied: &Vec<usize>| tied.iter().copied().filter(|k| !settled.contains(k)).collect();
    let parts = group(sizes.len(), ties.iter().map(open));
    parts.into_iter().filter(|part| !settled.contains(&part[0])).collect()
}

/// The combinations of some issues.
fn size(part: &[usize], sizes: &[u64]) -> u64 {
    part.iter().fold(1u64, |n, k| n.saturating_mul(sizes[*k]))
}
