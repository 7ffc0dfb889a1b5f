//! How likely agreement is at one outcome after another, with what repeats remembered.

use crate::acceptance_curve::AcceptanceCurve;
use crate::agreement::Agreement;
use crate::body::BodySpace;
use crate::space::{Extremes, Space};
use crate::will::WhatIf;

/// Whether an outcome is in the zone, or would be if one body were waived.
#[derive(Clone, Copy)]
pub(crate) struct Hope {
    pub(crate) zone: bool,
    pub(crate) by_waiver: bool,
}

/// What rounding may take from a probability.
const LOST: f64 = 1e-14;

/// How many patterns of acceptance are remembered, a power of 2 (the top 12 bits of a hash).
const REMEMBERED: usize = 1 << 12;

/// Acceptance of one outcome after another, with what repeats remembered.
pub(crate) struct OutcomeAgreement<'s> {
    space: &'s Space<'s>,
    agreement: &'s Agreement,
    curves: Vec<AcceptanceCurve<'s>>,
    /// By who accepts, as bits; a place for each of the patterns met last.
    known: Vec<Option<(u128, Hope)>>,
    /// By body, at no political cost, at the outcome last looked at.
    pub(crate) accepts: Vec<bool>,
    /// By body and by party, at the outcome last looked at.
    pub(crate) bodies: Vec<f64>,
    pub(crate) parties: Vec<f64>,
}

impl<'s> OutcomeAgreement<'s> {
    pub(crate) fn new(
        space: &'s Space<'s>,
        agreement: &'s Agreement,
        extremes: &'s [Extremes],
    ) -> OutcomeAgreement<'s> {
        let curve =
            |(body, extremes): (&'s BodySpace, &Extremes)| AcceptanceCurve::remembered(body, extremes.max);
        let n_bodies = space.bodies.len();
        OutcomeAgreement {
            space,
            agreement,
            curves: space.bodies.iter().zip(extremes).map(curve).collect(),
            known: vec![None; REMEMBERED],
            accepts: vec![false; n_bodies],
            bodies: vec![0.0; n_bodies],
            parties: vec![0.0; space.talks.parties.len()],
        }
    }

    /// Who would accept at no political cost, and what follows from that.
    pub(crate) fn look(&mut self, utilities: &[i64]) -> Hope {
        let mut bits = 0u128;
        for (k, (body, v)) in self.space.bodies.iter().zip(utilities).enumerate() {
            self.accepts[k] = body.accepts_free(*v);
            bits |= u128::from(self.accepts[k]).wrapping_shl(k as u32);
        }
        if self.accepts.len() > 128 {
            return self.judge();
        }
        let place = ((bits ^ (bits >> 64)) as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 52;
        match self.known[place as usize] {
            Some((known, hope)) if known == bits => hope,
            _ => {
                let hope = self.judge();
                self.known[place as usize] = Some((bits, hope));
                hope
            }
        }
    }

    fn judge(&self) -> Hope {
        let agreement = self.agreement;
        let with = |waived: usize| agreement.agrees(&|body| body == waived || self.accepts[body]);
        let zone = agreement.agrees(&|body| self.accepts[body]);
        Hope { zone, by_waiver: zone || (0..self.accepts.len()).any(with) }
    }

    /// P(agree), with every body's and party's probability left in place.
    pub(crate) fn probability(&mut self, utilities: &[i64]) -> f64 {
        for (p, (curve, v)) in self.bodies.iter_mut().zip(self.curves.iter_mut().zip(utilities)) {
            *p = curve.at(*v);
        }
        self.agreement.probability(&self.bodies, &mut self.parties)
    }

    /// What the outcome last looked at would be worth with one body's consent free or waived.
    pub(crate) fn what_if(&self, what_if: &mut WhatIf, probability: f64) {
        for (body, p) in self.bodies.iter().enumerate() {
            // A monotone rule gains at most 1/p from a certain yes; a probability computed as a difference
            // from 1 may have lost its last digits.
            let most = if self.agreement.is_independent() { probability + LOST } else { 1.0 };
            if most >= what_if.waived[body] * p && (*p > 0.0 || what_if.waived[body] < 1.0) {
                let certain = self.agreement.with_yes(body, &self.bodies, &self.parties);
                what_if.waived[body] = what_if.waived[body].max(certain);
            }
            let free = &mut what_if.free[body];
            if self.accepts[body] && most >= *free * p {
                *free = free.max(self.agreement.with_yes(body, &self.bodies, &self.parties));
            } else if !self.accepts[body] {
                *free = free.max(probability);
            }
        }
    }
}
