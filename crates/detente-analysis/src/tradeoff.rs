//! What one party can have where another must have at least so much.
//!
//! The best for one party subject to a floor of another is on the frontier of the two, and frontiers
//! are known exactly at any size (`groups`): a query is a look along a staircase.

use crate::analyze::Limit;
use crate::groups::{Gap, Separable};
use crate::party::{PartySpace, Scale};
use crate::ranking::party_space;
use crate::space::{MAX_VISITS, Space};
use crate::ticker::Watch;
use detente_model::{Outcome, PartyId};
use num_bigint::BigUint;

/// The efficient outcomes of two parties, as if there were no others.
pub struct Tradeoff<'t> {
    space: &'t Space<'t>,
    /// The party that wants the best, and the one with the floor.
    parties: [PartySpace; 2],
    found: Separable,
    /// Efficient pairs of steps, the first downwards, with their points.
    frontier: Vec<(Vec<i64>, usize)>,
}

/// The best outcome for a party where another has at least what it asks for.
#[derive(Clone, Debug, PartialEq)]
pub struct Constrained {
    /// The first in issue and option order with these utilities.
    pub outcome: Outcome,
    /// The party's utility.
    pub utility: f64,
    /// The other's utility: of outcomes as good for the party, the best for the other.
    pub other: f64,
}

impl<'t> Tradeoff<'t> {
    /// Works out the frontier of the two parties.
    ///
    /// # Errors
    ///
    /// [`Limit::Tied`] names issues that are tied together and have too many combinations to look at
    /// each; [`Limit::TooLarge`] is for a body whose preferences tie together too many combinations;
    /// [`Limit::NothingFeasible`] if the constraints leave no outcome; [`Limit::Interrupted`] if the watcher says so.
    pub fn new(
        space: &'t Space<'t>,
        party: PartyId,
        other: PartyId,
        scale: Scale,
        watch: Watch<'_>,
    ) -> Result<Tradeoff<'t>, Limit> {
        if space.feasible().feasible == BigUint::ZERO {
            return Err(Limit::NothingFeasible);
        }
        let parties = [party_space(space, party, scale)?, party_space(space, other, scale)?];
        let found = match Separable::new(space, &parties, watch) {
            Ok(found) => found,
            Err(Gap::Tied(issues)) => return Err(Limit::Tied { issues, most: MAX_VISITS }),
            Err(Gap::Sums) => return Err(Limit::TooManyEfficient),
            Err(Gap::Interrupted) => return Err(Limit::Interrupted),
        };
        let frontier = found.frontier(space, &parties);
        Ok(Tradeoff { space, parties, found, frontier })
    }

    /// The best outcome for the party of those worth at least `floor` to the other; absent if there is
    /// none, and for NaN.
    pub fn best_from(&self, floor: f64) -> Option<Constrained> {
        // Along the frontier, the utility of the other rises.
        let enough = |steps: &[i64]| self.parties[1].value(self.space, steps[1]) >= floor;
        let at = self.frontier.partition_point(|(steps, _)| !enough(steps));
        self.frontier.get(at).map(|(steps, point)| self.constrained(steps, self.found.outcome(*point)))
    }

    fn constrained(&self, steps: &[i64], outcome: Outcome) -> Constrained {
        let [utility, other] = [0, 1].map(|k| self.parties[k].value(self.space, steps[k]));
        Constrained { outcome, utility, other }
    }
}
