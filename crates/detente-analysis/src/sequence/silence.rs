//! What would have to be known of whom to say whether a plan holds.

use super::{Plan, Sequence, SequenceLimit, SequenceOptions, sequence};
use crate::ticker::Watch;
use detente_model::{Alternative, BodyId, Outcome, StatedCost, Talks};

/// The bodies of which no strain is stated and without which some party would not go on at a point of the plan at
/// which it does: where they are tempted by more than they have to lose, it breaks.
///
/// Nobody, where each party goes on whatever these bodies do.
pub fn strain_unknown(talks: &Talks, plan: &Plan) -> Vec<BodyId> {
    let is_open = |body: &BodyId| {
        let own = &talks.bodies[body.0];
        own.strain == StatedCost::Unstated && own.alternative.number().is_some()
    };
    let before_the_end = &plan.points[..plan.points.len().saturating_sub(1)];
    let mut missing = Vec::new();
    for party in &talks.parties {
        let needs = before_the_end.iter().any(|point| {
            let stays = |body: &BodyId| point.bodies[body.0].share >= 0.0;
            party.ratifies.holds(&stays) && !party.ratifies.holds(&|body| stays(body) && !is_open(body))
        });
        missing.extend(party.bodies.iter().copied().filter(|body| needs && is_open(body)));
    }
    missing
}

/// The bodies of which it is not said what no deal is worth to them: they are taken to stay to the end.
pub fn alternatives_unknown(talks: &Talks) -> Vec<BodyId> {
    let is_open = |body: &usize| talks.bodies[*body].alternative == Alternative::Unknown;
    (0..talks.bodies.len()).filter(is_open).map(BodyId).collect()
}

/// How the deal could be carried out if these bodies walked away wherever they can; nothing where there are none.
///
/// # Errors
/// As for the order itself.
pub fn if_they_leave(
    talks: &Talks,
    deal: &Outcome,
    options: &SequenceOptions,
    watch: Watch<'_>,
) -> Result<Option<Sequence>, SequenceLimit> {
    let missing = alternatives_unknown(talks);
    if missing.is_empty() {
        return Ok(None);
    }
    let mut draft = (**talks).clone();
    missing.iter().for_each(|body| draft.bodies[body.0].alternative = Alternative::RefusesAll);
    let Ok(leaving) = Talks::new(draft) else { return Ok(None) };
    sequence(&leaving, deal, options, watch).map(Some)
}
