//! Which issues hold many others together, so that somebody can settle them and look at the rest: a cutset, as in cutset
//! conditioning (Dechter 1999).

use crate::space::group;
use detente_model::{IssueId, Talks};
use std::collections::BTreeSet;

/// What is left is small where no part of it has more combinations, and all together no more than these.
const SMALL: u64 = 1 << 18;
const SMALL_IN_ALL: u64 = 1 << 22;
/// Sets of tied issues, times issues, that are gone through for each issue that is chosen.
const MOST_WORK: usize = 1 << 22;

/// Issues that have to be settled by constraints for the others to fall apart into small parts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cutset {
    /// In the order of the file.
    pub issues: Vec<IssueId>,
    /// How many constraints are about nothing but these issues.
    pub constraints: usize,
}

/// The issues to settle so that no more than 262,144 combinations are tied together; nothing where none are needed, where
/// that would not be enough, or where there are too many ties to tell.
///
/// A settled issue ties nothing by a constraint; what values tie stays tied. One issue after another is chosen, of the
/// largest part, so that the largest part that is left of it is smallest. Fewer issues may do.
pub fn cutset(talks: &Talks) -> Option<Cutset> {
    let ties = Ties::new(talks);
    let n = ties.sizes.len();
    if (ties.by_law.len() + ties.by_value.len()).saturating_mul(n).saturating_mul(n) > MOST_WORK {
        return None;
    }
    let mut settled = Vec::new();
    loop {
        let parts = ties.parts(&settled);
        let largest = parts.iter().max_by_key(|part| ties.size(part))?;
        if ties.size(largest) <= SMALL {
            let all = parts.iter().fold(0u64, |all, part| all.saturating_add(ties.size(part)));
            (all <= SMALL_IN_ALL).then_some(())?;
            break;
        }
        let left = |issue: usize| {
            let without: Vec<usize> = settled.iter().copied().chain([issue]).collect();
            let inside = ties.parts(&without).into_iter().filter(|part| largest.contains(&part[0]));
            inside.map(|part| ties.size(&part)).max().unwrap_or(1)
        };
        let open = largest.iter().copied().filter(|issue| !settled.contains(issue));
        settled.push(open.min_by_key(|issue| (left(*issue), ties.sizes[*issue], *issue))?);
    }
    settled.sort_unstable();
    let own = |issue: &IssueId| settled.contains(&issue.0);
    let constraints = talks.constraints.iter().filter(|one| one.issues().iter().all(own)).count();
    let issues: Vec<IssueId> = settled.iter().copied().map(IssueId).collect();
    (!issues.is_empty() && issues.len() < n).then_some(Cutset { issues, constraints })
}

/// What ties issues together, each set once, and how many options each issue has.
struct Ties {
    by_law: BTreeSet<Vec<usize>>,
    by_value: BTreeSet<Vec<usize>>,
    sizes: Vec<u64>,
}

impl Ties {
    fn new(talks: &Talks) -> Ties {
        let numbers = |issues: &mut dyn Iterator<Item = IssueId>| -> Vec<usize> {
            issues.map(|issue| issue.0).collect()
        };
        let by_law = talks.constraints.iter().map(|one| numbers(&mut one.issues().into_iter())).collect();
        let bodies = || talks.bodies.iter().map(|body| &body.preferences);
        let interactions = bodies().flat_map(|own| &own.interactions);
        let interactions = interactions.map(|one| numbers(&mut one.when.0.iter().map(|clause| clause.issue)));
        let tables = bodies().flat_map(|own| &own.tables);
        let tables = tables.map(|table| numbers(&mut table.issues.iter().copied()));
        let by_value = interactions.chain(tables).collect();
        Ties { by_law, by_value, sizes: talks.issues.iter().map(|issue| issue.n_options() as u64).collect() }
    }

    /// The parts that all issues fall into once constraints settle some.
    fn parts(&self, settled: &[usize]) -> Vec<Vec<usize>> {
        let open = |tied: &Vec<usize>| tied.iter().copied().filter(|k| !settled.contains(k)).collect();
        group(self.sizes.len(), self.by_law.iter().map(open).chain(self.by_value.iter().cloned()))
    }

    /// The combinations of some issues.
    fn size(&self, part: &[usize]) -> u64 {
        part.iter().fold(1u64, |n, k| n.saturating_mul(self.sizes[*k]))
    }
}
