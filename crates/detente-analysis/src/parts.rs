//! Talks taken apart: groups of issues that nothing ties together, ready to be added up.

use crate::groups::{Gap, Groups, Summed};
use crate::party::PartySpace;
use crate::space::{MAX_VISITS, Space};
use crate::ticker::Watch;
use crate::{Limit, Scale};
use detente_model::{Outcome, PartyId};
use std::ops::ControlFlow;

/// Talks compiled for exact answers at any size: the issues in groups that constraints, interactions and
/// tables tie together, each with what its efficient combinations contribute to every party.
///
/// Compiling looks at every combination of each group once. What follows from the parts can be asked for
/// again and again, by any number of threads.
pub struct Parts<'t> {
    space: &'t Space<'t>,
    groups: Groups,
    parties: Vec<PartySpace>,
}

/// Most outcomes of which each is looked at.
const MOST_LOOKS: u64 = 1 << 36;

/// All efficient utility vectors of the talks, each once, by the first party's utility downwards, then
/// by the second's, and so on.
pub struct Frontier<'p> {
    parts: &'p Parts<'p>,
    summed: Summed,
    /// Where means are rounded: what of the sums is still efficient after that.
    rounded: Option<Vec<(Vec<i64>, usize)>>,
}

impl<'t> Parts<'t> {
    /// Takes the talks apart. Without a scale, utilities are raw where every party has one body.
    ///
    /// # Errors
    /// [`Limit::Tied`] where issues that belong together have too many combinations to look at each;
    /// [`Limit::TooLarge`] where a body's preferences do.
    pub fn new(space: &'t Space<'t>, scale: Option<Scale>) -> Result<Parts<'t>, Limit> {
        Parts::with(space, scale, |space, parties| {
            Groups::new(space, parties, &|_| ControlFlow::Continue(()))
        })
    }

    /// The same with all issues in one group, so that every outcome is looked at: nothing is used of how preferences
    /// are made up. It takes about a nanosecond for an outcome and two parties, and no memory for it; up to 2^36
    /// outcomes.
    ///
    /// # Errors
    /// [`Limit::Tied`] where there are more; [`Limit::TooLarge`] where a body's preferences tie too many together;
    /// [`Limit::Interrupted`] where the watcher said so.
    pub fn whole(space: &'t Space<'t>, scale: Option<Scale>, watch: Watch<'_>) -> Result<Parts<'t>, Limit> {
        Parts::with(space, scale, |space, parties| Groups::whole(space, parties, MOST_LOOKS, watch))
    }

    fn with(
        space: &'t Space<'t>,
        scale: Option<Scale>,
        groups: impl FnOnce(&Space<'_>, &[PartySpace]) -> Result<Groups, Gap>,
    ) -> Result<Parts<'t>, Limit> {
        let talks = space.talks;
        let too_large = Limit::TooLarge { most: MAX_VISITS };
        let extremes = space.exact_extremes().ok_or(too_large)?;
        let scale = scale.unwrap_or_else(|| Scale::natural(talks));
        let party = |p| PartySpace::new(space, PartyId(p), scale, &extremes);
        let parties: Vec<PartySpace> = (0..talks.parties.len()).map(party).collect();
        let groups = groups(space, &parties).map_err(limit)?;
        Ok(Parts { space, groups, parties })
    }

    /// The exact frontier. The result is the same on every machine and in every run.
    ///
    /// # Errors
    /// [`Limit::Interrupted`] where the watcher said so; [`Limit::TooManyEfficient`] where there are too
    /// many sums of efficient combinations to try.
    pub fn frontier(&self, watch: Watch<'_>) -> Result<Frontier<'_>, Limit> {
        let summed = self.groups.frontier(watch).map_err(limit)?;
        let sums = self.parties.iter().all(PartySpace::is_sum);
        let rounded = (!sums).then(|| self.groups.in_steps(&summed, self.space, &self.parties));
        Ok(Frontier { parts: self, summed, rounded })
    }
}

impl Frontier<'_> {
    /// How many distinct efficient utility vectors there are; at least one.
    #[expect(clippy::len_without_is_empty, reason = "a frontier is never empty")]
    pub fn len(&self) -> usize {
        self.rounded.as_ref().map_or(self.summed.len(), Vec::len)
    }

    /// The utility of each party at the `k`-th vector, in the units of the scale.
    pub fn utilities(&self, k: usize) -> Vec<f64> {
        let steps = self.rounded.as_ref().map_or_else(|| self.summed.at(k), |points| &points[k].0);
        let value = |(party, steps): (&PartySpace, &i64)| party.value(self.parts.space, *steps);
        self.parts.parties.iter().zip(steps).map(value).collect()
    }

    /// The first outcome, in issue and option order, with the `k`-th vector; where means are rounded,
    /// some one, always the same.
    pub fn outcome(&self, k: usize) -> Outcome {
        self.parts.groups.outcome(&self.summed, self.sum(k))
    }

    /// How many outcomes have the `k`-th vector; at least so many where it is the largest `u64`, and
    /// where means are rounded. Only combinations that are efficient within their group can have it, so
    /// nothing is left out.
    pub fn count(&self, k: usize) -> u64 {
        self.summed.count(self.sum(k))
    }

    fn sum(&self, k: usize) -> usize {
        self.rounded.as_ref().map_or(k, |points| points[k].1)
    }
}

fn limit(gap: Gap) -> Limit {
    let most = MAX_VISITS;
    match gap {
        Gap::Tied(issues) => Limit::Tied { issues, most },
        Gap::Sums => Limit::TooManyEfficient,
        Gap::Interrupted => Limit::Interrupted,
    }
}
