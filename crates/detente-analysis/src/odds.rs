//! P(agree) of many vectors in a row, where only bounds and maxima are asked for.
//!
//! The same numbers as [`crate::chances`] gives, up to the order of a few operations: what is the same
//! for all outcomes is worked out once, and rules that ask everybody are a plain product.

use crate::acceptance::Consent;
use crate::body::BodySpace;
use crate::space::Space;
use detente_model::Distribution;

/// How one body's probability follows from its steps.
enum Yes<'s> {
    Always,
    /// From so many steps on.
    From(i64),
    /// From so many steps on, rising by so much a step from a probability, up to 1.
    Rising {
        from: i64,
        start: f64,
        slope: f64,
    },
    Other(&'s BodySpace),
}

/// Probabilities of agreement.
pub(crate) struct Odds<'s> {
    consent: &'s Consent,
    yes: Vec<Yes<'s>>,
    /// The bodies that all have to say yes, where that is the whole rule.
    everybody: Option<Vec<usize>>,
    bodies: Vec<f64>,
    parties: Vec<f64>,
}

impl<'s> Odds<'s> {
    pub(crate) fn new(space: &'s Space<'s>, consent: &'s Consent) -> Odds<'s> {
        let everybody = consent.everybody();
        Odds {
            consent,
            yes: space.bodies.iter().map(Yes::new).collect(),
            everybody,
            bodies: vec![0.0; space.bodies.len()],
            parties: vec![0.0; space.talks.parties.len()],
        }
    }

    /// Whether the talks agree if a yes had no political cost: 1 or 0.
    pub(crate) fn zone(space: &'s Space<'s>, consent: &'s Consent) -> Odds<'s> {
        let mut odds = Odds::new(space, consent);
        for body in 0..space.bodies.len() {
            odds.free(body, space);
        }
        odds
    }

    /// Where a body's political cost is 0.
    pub(crate) fn free(&mut self, body: usize, space: &'s Space<'s>) {
        self.yes[body] = space.bodies[body].threshold().map_or(Yes::Always, Yes::From);
    }

    /// Where a body says yes to everything.
    pub(crate) fn waived(&mut self, body: usize) {
        self.yes[body] = Yes::Always;
    }

    /// P(agree) at the steps of all bodies.
    pub(crate) fn probability(&mut self, steps: &[i64]) -> f64 {
        if let Some(everybody) = &self.everybody {
            let mut product = 1.0;
            for body in everybody {
                product *= self.yes[*body].at(steps[*body]);
                if product == 0.0 {
                    return 0.0;
                }
            }
            return product;
        }
        for (p, (yes, steps)) in self.bodies.iter_mut().zip(self.yes.iter().zip(steps)) {
            *p = yes.at(*steps);
        }
        self.consent.chance(&self.bodies, &mut self.parties)
    }
}

impl Yes<'_> {
    fn new(body: &BodySpace) -> Yes<'_> {
        let Some(alternative) = body.alternative else {
            return body.threshold().map_or(Yes::Always, Yes::From);
        };
        match body.cost() {
            None => Yes::From(alternative),
            Some(Distribution::Uniform { from, to }) if from < to => {
                let width = to - from;
                Yes::Rising { from: alternative, start: -from / width, slope: body.difference(1) / width }
            }
            Some(_) => Yes::Other(body),
        }
    }

    fn at(&self, steps: i64) -> f64 {
        match self {
            Yes::Always => 1.0,
            Yes::From(least) => f64::from(u8::from(steps >= *least)),
            Yes::Rising { from, start, slope } => match steps - from {
                short if short < 0 => 0.0,
                above => (start + slope * above as f64).clamp(0.0, 1.0),
            },
            Yes::Other(body) => body.acceptance(steps),
        }
    }
}
