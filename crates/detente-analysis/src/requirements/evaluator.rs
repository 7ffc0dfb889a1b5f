//! One deal at a time: how likely agreement on it is, and what one body alone would have to be given.

use super::body_scale::BodyScale;
use crate::agreement::Agreement;
use crate::space::{Extremes, Space};
use crate::will::key;

/// What the order of operations may change in a probability, for each body.
const LOST: f64 = 2.5e-16;

/// Everything that does not change from deal to deal, and the deal looked at.
pub(super) struct Evaluator<'s> {
    pub(super) space: &'s Space<'s>,
    pub(super) agreement: &'s Agreement,
    pub(super) body_scales: Vec<BodyScale<'s>>,
    /// The target on the grid on which probabilities are compared.
    target: i64,
    /// Surplus by body in grid steps; absent without an alternative.
    pub(super) surplus: Vec<Option<i64>>,
    /// P(accepts) by body, and room for P(ratifies) by party.
    pub(super) bodies: Vec<f64>,
    parties: Vec<f64>,
}

impl<'s> Evaluator<'s> {
    pub(super) fn new(
        space: &'s Space<'s>,
        agreement: &'s Agreement,
        extremes: &[Extremes],
        target: f64,
    ) -> Evaluator<'s> {
        let n = space.bodies.len();
        Evaluator {
            space,
            agreement,
            body_scales: space
                .bodies
                .iter()
                .zip(extremes)
                .map(|(body, range)| BodyScale::new(body, range))
                .collect(),
            target: key(target).max(1),
            surplus: vec![None; n],
            bodies: vec![0.0; n],
            parties: vec![0.0; space.talks.parties.len()],
        }
    }

    /// Takes up a deal by the steps of its utilities.
    pub(super) fn take(&mut self, utilities: &[i64]) {
        for (b, v) in utilities.iter().enumerate() {
            self.surplus[b] = self.body_scales[b].surplus(*v);
            self.bodies[b] = self.accepts(b, 0);
        }
    }

    /// The same where the probabilities of the bodies are known already.
    pub(super) fn take_known(&mut self, utilities: &[i64], bodies: &[f64]) {
        for (b, v) in utilities.iter().enumerate() {
            self.surplus[b] = self.body_scales[b].surplus(*v);
        }
        self.bodies.copy_from_slice(bodies);
    }

    /// Takes up a deal by surpluses as far as they matter, see [`BodyScale::clipped`].
    pub(super) fn take_surpluses(&mut self, surpluses: &[i64]) {
        for (b, surplus) in surpluses.iter().enumerate() {
            self.surplus[b] = self.body_scales[b].asks().then_some(*surplus);
            self.bodies[b] = self.accepts(b, 0);
        }
    }

    /// Lets the costs fall by so many steps.
    pub(super) fn fall(&mut self, falls: &[i64]) {
        for (b, steps) in falls.iter().enumerate() {
            self.bodies[b] = self.accepts(b, *steps);
        }
    }

    /// Steps beyond which a fall of the body's cost changes nothing for this deal; 0 where none counts.
    pub(super) fn most_fall(&self, body: usize) -> i64 {
        match self.surplus[body] {
            Some(surplus) if surplus >= 0 && self.body_scales[body].counts() => {
                self.body_scales[body].most(surplus)
            }
            _ => 0,
        }
    }

    /// The sum of falls as shares of ranges.
    pub(super) fn sum(&self, falls: &[i64]) -> f64 {
        let share = |(body_scale, steps): (&BodyScale<'_>, &i64)| body_scale.share(*steps).unwrap_or(0.0);
        self.body_scales.iter().zip(falls).map(share).sum()
    }

    /// P(the body accepts) with so many steps of surplus more.
    pub(super) fn accepts(&self, body: usize, more: i64) -> f64 {
        self.surplus[body]
            .map_or(self.body_scales[body].anyway(), |surplus| self.body_scales[body].accepts(surplus, more))
    }

    /// Whether the surplus of a body is not negative.
    pub(super) fn accepts_free(&self, body: usize) -> bool {
        self.surplus[body].map_or(self.body_scales[body].anyway() > 0.0, |surplus| surplus >= 0)
    }

    /// P(agree), and each party's probability of ratifying.
    pub(super) fn with_parties(&mut self) -> (f64, Vec<f64>) {
        let probability = self.agreement.probability(&self.bodies, &mut self.parties);
        (probability, self.parties.clone())
    }

    pub(super) fn probability(&mut self) -> f64 {
        self.agreement.chance(&self.bodies, &mut self.parties)
    }

    /// Roughly how many operations one probability takes.
    pub(super) fn work(&self) -> u64 {
        self.agreement.work().saturating_add(self.cdf_work())
    }

    /// Roughly how many operations it takes at most to see how likely a body accepts.
    pub(super) fn cdf_work(&self) -> u64 {
        self.space.bodies.iter().map(|body| body.cdf().work()).max().unwrap_or(1)
    }

    /// P(agree) if one body accepted with another probability than its own.
    pub(super) fn with(&mut self, body: usize, accepts: f64) -> f64 {
        let own = std::mem::replace(&mut self.bodies[body], accepts);
        let probability = self.probability();
        self.bodies[body] = own;
        probability
    }

    /// Whether a probability reaches the target.
    pub(super) fn reaches(&self, probability: f64) -> bool {
        key(probability) >= self.target
    }

    /// A probability that everything that reaches the target exceeds.
    pub(super) fn short_of(&self) -> f64 {
        (self.target as f64 - 0.5) / 1e12 - LOST * (2 + self.bodies.len()) as f64
    }

    /// The fewest steps of surplus that one body would have to be given for the target, at most `most`;
    /// and the probability then. Nothing if so many do not suffice.
    pub(super) fn need(&mut self, body: usize, most: i64) -> Option<(i64, f64)> {
        if most < 0 {
            return None;
        }
        let now = self.probability();
        if self.reaches(now) {
            return Some((0, now));
        }
        let surplus = self.surplus[body]?;
        let (least, full) = (self.body_scales[body].least(surplus), self.body_scales[body].most(surplus));
        let try_with = |evaluator: &mut Evaluator<'s>, steps: i64| {
            let accepts = evaluator.accepts(body, steps);
            let probability = evaluator.with(body, accepts);
            evaluator.reaches(probability).then_some((steps, probability))
        };
        // With fewer steps than `least` it refuses as it does now.
        let (mut low, high) = (least, full.max(least).min(most));
        if high < least {
            return None;
        }
        if let Some(found) = try_with(self, least) {
            return Some(found);
        }
        let mut best = try_with(self, high)?;
        while best.0 - low > 1 {
            let middle = low + (best.0 - low) / 2;
            match try_with(self, middle) {
                Some(found) => best = found,
                None => low = middle,
            }
        }
        Some(best)
    }
}
