//! P(agree) of many vectors in a row, where only bounds and maxima are asked for.
//!
//! The same numbers as [`super::outcomes`] gives, up to the order of a few operations: what is the same
//! for all outcomes is worked out once, and rules that ask everybody are a plain product.

use crate::acceptance_curve::AcceptanceCurve;
use crate::agreement::Agreement;
use crate::space::Space;

/// Probabilities of agreement.
pub(crate) struct FastAgreement<'s> {
    agreement: &'s Agreement,
    curves: Vec<AcceptanceCurve<'s>>,
    /// The bodies that all have to say yes, where that is the whole rule.
    everybody: Option<Vec<usize>>,
    bodies: Vec<f64>,
    parties: Vec<f64>,
}

impl<'s> FastAgreement<'s> {
    pub(crate) fn new(space: &'s Space<'s>, agreement: &'s Agreement) -> FastAgreement<'s> {
        let everybody = agreement.everybody();
        FastAgreement {
            agreement,
            curves: space.bodies.iter().map(AcceptanceCurve::stated).collect(),
            everybody,
            bodies: vec![0.0; space.bodies.len()],
            parties: vec![0.0; space.talks.parties.len()],
        }
    }

    /// Whether the talks agree if a yes had no political cost: 1 or 0.
    pub(crate) fn zone(space: &'s Space<'s>, agreement: &'s Agreement) -> FastAgreement<'s> {
        let mut fast = FastAgreement::new(space, agreement);
        for body in 0..space.bodies.len() {
            fast.free(body, space);
        }
        fast
    }

    /// Where a body's political cost is 0.
    pub(crate) fn free(&mut self, body: usize, space: &'s Space<'s>) {
        self.curves[body] = AcceptanceCurve::free(&space.bodies[body]);
    }

    /// Where a body says yes to everything.
    pub(crate) fn waived(&mut self, body: usize, space: &'s Space<'s>) {
        self.curves[body] = AcceptanceCurve::given(&space.bodies[body]);
    }

    /// P(agree) at the steps of all bodies.
    pub(crate) fn probability(&mut self, steps: &[i64]) -> f64 {
        if let Some(everybody) = &self.everybody {
            let mut product = 1.0;
            for body in everybody {
                product *= self.curves[*body].at(steps[*body]);
                if product == 0.0 {
                    return 0.0;
                }
            }
            return product;
        }
        for (p, (curve, steps)) in self.bodies.iter_mut().zip(self.curves.iter_mut().zip(steps)) {
            *p = curve.at(*steps);
        }
        self.agreement.chance(&self.bodies, &mut self.parties)
    }
}
