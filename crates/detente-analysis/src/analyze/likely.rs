//! Some likely outcomes and nothing else, for those who ask about many talks in a row.

use super::by_groups;
use super::{Limit, Study, most_visits, size_limit};
use crate::agreement::outcomes::OutcomeAgreement;
use crate::party::Scale;
use crate::space::{MAX_VISITS, Space};
use crate::ticker::Watch;
use crate::will::Pool;
use detente_model::{Outcome, Talks};
use std::ops::ControlFlow;

/// Up to so many of the likeliest outcomes of the zone, best first; of talks too large to enumerate,
/// the likeliest that a short search finds.
pub(crate) fn likely(talks: &Talks, top: usize, watch: Watch<'_>) -> ControlFlow<(), Vec<Outcome>> {
    let space = Space::compile(talks, watch)?;
    let outcomes = space.feasible();
    let Some(extremes) = space.extremes() else {
        return ControlFlow::Continue(Vec::new());
    };
    let study = Study::new(&space, Scale::Unit, &extremes, &outcomes.feasible);
    match size_limit(outcomes, most_visits(MAX_VISITS, &study.agreement)) {
        None => study.likeliest_of_all(top, watch),
        Some(Limit::TooLarge { .. }) => by_groups::likely(&study, top, watch),
        Some(_) => ControlFlow::Continue(Vec::new()),
    }
}

impl Study<'_> {
    fn likeliest_of_all(&self, top: usize, watch: Watch<'_>) -> ControlFlow<(), Vec<Outcome>> {
        let mut by_outcome = OutcomeAgreement::new(self.space, &self.agreement, self.extremes);
        let mut pool = Pool::new(top);
        let mut ticker = self.ticker(0.0, 1.0, watch);
        self.space.sweep(|visit| {
            ticker.tick()?;
            if by_outcome.look(visit.utilities).zone {
                pool.offer(by_outcome.probability(visit.utilities), None, &[], visit.rank);
            }
            ControlFlow::Continue(())
        })?;
        let best = pool.choose(top, &self.space.talks.issues, |rank| self.space.outcome(rank), |_| false);
        ControlFlow::Continue(best.deals)
    }
}
