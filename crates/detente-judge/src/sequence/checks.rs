//! Whether those who perform steps do what they should.

use super::Case;
use super::course::Course;
use detente_model::{Actor, BodyId, Number, PartyId, StepId};

/// A step that a party performs.
#[derive(Clone, Debug, PartialEq)]
pub struct Checked {
    /// The step.
    pub step: StepId,
    /// Who performs it.
    pub party: PartyId,
    /// The point before it; 0 is the start.
    pub before: usize,
    /// The chance that a failure is noticed.
    pub noticed: f64,
    /// Whether the party complies.
    pub complies: bool,
    /// The smallest chance at which it would; nothing if there is none.
    pub enough: Option<f64>,
    /// Per body of the party, what it would save by failing and what it would lose by walking away before
    /// that, in its units.
    pub bodies: Vec<(BodyId, f64, f64)>,
}

/// What may be lost in rounding, as a share of the two sides.
const ROUNDING: f64 = 1e-9;

/// Every step of a plan that a party performs, in the order of the plan.
pub(super) fn checks(case: &Case<'_>, course: &Course) -> Vec<Checked> {
    let mut all = Vec::new();
    for (before, point) in course.order.iter().enumerate() {
        let mut point = point.clone();
        point.sort();
        all.extend(point.iter().filter_map(|step| check(case, course, before, *step)));
    }
    all
}

fn check(case: &Case<'_>, course: &Course, before: usize, s: StepId) -> Option<Checked> {
    let step = &case.talks.steps[s.0];
    let Actor::Party(party) = step.by else { return None };
    let of = |b: &BodyId| {
        let saved = -case.ledger.brings(b.0, s);
        (*b, saved + 0.0, course.slacks[before][b.0])
    };
    let bodies = case.talks.parties[party.0].bodies.iter().map(of).collect();
    let noticed = step.noticed.as_ref().map_or(1.0, Number::mean);
    let mut checked = Checked { step: s, party, before, noticed, complies: false, enough: None, bodies };
    checked.complies = checked.complies_at(case.talks, noticed);
    checked.enough = checked.enough(case);
    Some(checked)
}

impl Checked {
    /// Whether the party complies if a failure is noticed with this chance.
    pub fn complies_at(&self, talks: &detente_model::Talks, q: f64) -> bool {
        let complies = |b: &BodyId| {
            let (_, saved, slack) =
                self.bodies.iter().find(|(own, ..)| own == b).expect("a rule names bodies of its party");
            // Who has nothing to walk away to stays. Who would walk away from anything is held only by what is never
            // noticed.
            if slack.is_infinite() {
                return *slack > 0.0 || (q == 0.0 && *saved <= 0.0);
            }
            let (loses, gains) = (q * slack, (1.0 - q) * saved);
            loses >= gains - ROUNDING * loses.abs().max(gains.abs())
        };
        talks.parties[self.party.0].ratifies.holds(&complies)
    }

    /// Each chance from which on some body complies is tried.
    fn enough(&self, case: &Case<'_>) -> Option<f64> {
        let saves = self
            .bodies
            .iter()
            .filter(|(_, saved, slack)| *saved > 0.0 && (0.0..f64::INFINITY).contains(slack));
        let mut candidates: Vec<f64> = saves.map(|(_, saved, slack)| saved / (saved + slack)).collect();
        candidates.push(0.0);
        candidates.sort_by(f64::total_cmp);
        candidates.into_iter().find(|q| self.complies_at(case.talks, *q))
    }
}
