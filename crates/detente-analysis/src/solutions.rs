//! Four bargaining solutions over zone outcomes with no negative party surplus.
//!
//! Nash (Econometrica 18, 1950): largest product of surpluses. Kalai-Smorodinsky (Econometrica 43,
//! 1975), in its leximin form: surplus over ideal. Egalitarian (Kalai, Econometrica 45, 1977):
//! leximin of surplus. Utilitarian: largest sum; over bodies, where all count in one unit. Ties: leximin of surplus over ideal, then the
//! lowest outcome in issue and option order.

use crate::exact::{Fraction, compare_products, compare_sums, leximin};
use crate::lottery::Share;
use detente_model::Outcome;
use std::cmp::Ordering;

/// The outcome a solution picks.
#[derive(Clone, Debug, PartialEq)]
pub struct Chosen {
    /// The outcome.
    pub outcome: Outcome,
    /// One utility per party.
    pub utilities: Vec<f64>,
    /// One surplus per party.
    pub surpluses: Vec<f64>,
    /// What all bodies together gain over no deal, in the unit in which the scenario says that all count; absent where
    /// it says none, or where some body has no alternative.
    pub total: Option<f64>,
    /// Whether it is proven that no outcome is better by the same rule.
    pub proven: bool,
    /// How many outcomes reach the same, this one included.
    pub ties: u64,
    /// P(the talks agree on it).
    pub probability: f64,
    /// P(body accepts it), per body.
    pub by_body: Vec<f64>,
    /// The solution over lotteries, for two single-body parties that must both agree.
    pub lottery: Option<Vec<Share>>,
}

/// What a solution says.
#[derive(Clone, Debug, PartialEq)]
pub enum Solution {
    /// An outcome.
    Found(Chosen),
    /// No outcome leaves every party without a loss; the reason in words.
    None(String),
}

/// The four solutions.
#[derive(Clone, Debug, PartialEq)]
pub struct Solutions {
    /// Largest product of surpluses.
    pub nash: Solution,
    /// Leximin of surplus over ideal.
    pub kalai_smorodinsky: Solution,
    /// Leximin of surplus; depends on the parties' units.
    pub egalitarian: Solution,
    /// Largest sum of surpluses; depends on the parties' units. Where all bodies count in one unit, the sum is over
    /// bodies and in that unit.
    pub utilitarian: Solution,
}

/// What a solution maximises.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Aim {
    Nash,
    KalaiSmorodinsky,
    Egalitarian,
    Utilitarian,
}

pub(crate) const AIMS: [Aim; 4] = [Aim::Nash, Aim::KalaiSmorodinsky, Aim::Egalitarian, Aim::Utilitarian];

/// What surpluses are measured against.
pub(crate) struct Measure {
    /// Each party's largest surplus among the candidates, in steps.
    pub(crate) ideals: Vec<i64>,
    /// The size of each party's step.
    pub(crate) units: Vec<Fraction>,
    /// Per body, where sums are taken over bodies.
    pub(crate) common: Option<Vec<InCommon>>,
}

/// A body's steps in the unit in which all bodies count.
pub(crate) struct InCommon {
    /// The size of a step.
    pub(crate) unit: Fraction,
    /// The fewest steps it can have.
    pub(crate) min: i64,
}

impl Measure {
    /// Surplus over ideal per party; a zero ideal is left out.
    pub(crate) fn shares(&self, surpluses: &[i64]) -> impl Iterator<Item = Fraction> {
        let share = |(num, den): (&i64, &i64)| (*den > 0).then_some(Fraction { num: *num, den: *den });
        surpluses.iter().zip(&self.ideals).filter_map(share)
    }

    fn in_units(&self, surpluses: &[i64]) -> impl Iterator<Item = Fraction> {
        let value =
            |(s, unit): (&i64, &Fraction)| Fraction { num: s.saturating_mul(unit.num), den: unit.den };
        surpluses.iter().zip(&self.units).map(value)
    }

    fn lowest_share(&self, surpluses: &[i64]) -> f64 {
        self.shares(surpluses).map(|share| share.value()).fold(f64::INFINITY, f64::min)
    }

    fn lowest_value(&self, surpluses: &[i64]) -> f64 {
        surpluses
            .iter()
            .zip(&self.units)
            .map(|(s, unit)| *s as f64 * unit.value())
            .fold(f64::INFINITY, f64::min)
    }

    /// What an aim compares: the parties' surpluses, or steps of the bodies in one unit.
    pub(crate) fn compared(&self, aim: Aim, surpluses: &[i64], bodies: &[i64]) -> Vec<i64> {
        match (&self.common, aim) {
            (Some(common), Aim::Utilitarian) => {
                bodies.iter().zip(common).map(|(steps, body)| steps - body.min).collect()
            }
            _ => surpluses.to_vec(),
        }
    }

    /// Which is better by an aim, of two that are [compared](Self::compared).
    pub(crate) fn compare(&self, aim: Aim, a: &[i64], b: &[i64]) -> Ordering {
        match (aim, &self.common) {
            (Aim::Nash, _) => compare_products(a, b),
            (Aim::KalaiSmorodinsky, _) => leximin(self.shares(a), self.shares(b)),
            (Aim::Egalitarian, _) => leximin(self.in_units(a), self.in_units(b)),
            (Aim::Utilitarian, None) => compare_sums(a, b, &self.units),
            (Aim::Utilitarian, Some(common)) => {
                let units: Vec<Fraction> = common.iter().map(|body| body.unit).collect();
                compare_sums(a, b, &units)
            }
        }
    }

    /// Numbers that never fall as bodies gain, and tell most of what is [compared](Self::compared) apart by an aim as it
    /// would itself; surpluses of solutions are not negative.
    pub(crate) fn approximately(&self, aim: Aim, surpluses: &[i64]) -> [i64; 3] {
        let mut least = [i64::MAX; 3];
        let in_units = || surpluses.iter().zip(&self.units).map(|(s, unit)| *s as f64 * unit.value());
        match aim {
            // Products and sums are rounded; the last bits of the result may not count.
            Aim::Nash => least[0] = coarse(surpluses.iter().map(|s| *s as f64).product()),
            Aim::Utilitarian => {
                least[0] = coarse(match &self.common {
                    None => in_units().sum(),
                    Some(common) => {
                        surpluses.iter().zip(common).map(|(s, body)| *s as f64 * body.unit.value()).sum()
                    }
                });
            }
            Aim::Egalitarian => in_units().for_each(|value| keep_least(&mut least, coarse(value))),
            Aim::KalaiSmorodinsky => {
                let ideals = surpluses.iter().zip(&self.ideals).filter(|(_, ideal)| **ideal > 0);
                ideals.for_each(|(s, ideal)| keep_least(&mut least, fixed(*s as f64 / *ideal as f64)));
            }
        }
        least
    }

    /// Which is closer to equal shares of the ideals.
    pub(crate) fn closer(&self, a: &[i64], b: &[i64]) -> Ordering {
        leximin(self.shares(a), self.shares(b))
    }

    /// The lowest entry decides most leximin comparisons before anything is sorted.
    fn clearly_less(&self, aim: Aim, a: &[i64], best: f64) -> bool {
        let lowest = match aim {
            Aim::KalaiSmorodinsky => self.lowest_share(a),
            Aim::Egalitarian => self.lowest_value(a),
            Aim::Nash | Aim::Utilitarian => return false,
        };
        lowest < best - 1e-9 * best.abs()
    }

    fn lowest(&self, aim: Aim, a: &[i64]) -> f64 {
        match aim {
            Aim::KalaiSmorodinsky => self.lowest_share(a),
            Aim::Egalitarian => self.lowest_value(a),
            Aim::Nash | Aim::Utilitarian => 0.0,
        }
    }
}

/// A number that is not negative, without its last 16 of 52 binary places; in the order of the numbers.
fn coarse(value: f64) -> i64 {
    (value.max(0.0).to_bits() >> 16) as i64
}

/// A share in units of 2^-48.
fn fixed(share: f64) -> i64 {
    (share * (1u64 << 48) as f64).floor() as i64
}

/// Enters a number among the three smallest, which are in ascending order.
fn keep_least(least: &mut [i64; 3], value: i64) {
    let mut value = value;
    for slot in least {
        if value < *slot {
            std::mem::swap(slot, &mut value);
        }
    }
}

/// The best candidate so far for one aim.
pub(crate) struct BestSoFar {
    aim: Aim,
    best: Option<Leader>,
}

struct Leader {
    surpluses: Vec<i64>,
    compared: Vec<i64>,
    rank: u64,
    ties: u64,
    lowest: f64,
}

impl BestSoFar {
    pub(crate) fn new(aim: Aim) -> BestSoFar {
        BestSoFar { aim, best: None }
    }

    /// An outcome with the surpluses of the parties and the steps of the bodies.
    pub(crate) fn offer(&mut self, measure: &Measure, surpluses: &[i64], bodies: &[i64], rank: u64) {
        let leader = |ties: u64| Leader::new(self.aim, measure, (surpluses, bodies), rank, ties);
        let Some(best) = &mut self.best else {
            self.best = Some(leader(1));
            return;
        };
        if measure.clearly_less(self.aim, surpluses, best.lowest) {
            return;
        }
        let order = match (&measure.common, self.aim) {
            (Some(_), Aim::Utilitarian) => {
                measure.compare(self.aim, &measure.compared(self.aim, surpluses, bodies), &best.compared)
            }
            _ => measure.compare(self.aim, surpluses, &best.compared),
        };
        match order {
            Ordering::Less => {}
            Ordering::Greater => *best = leader(1),
            Ordering::Equal => {
                best.ties += 1;
                let closer = measure.closer(surpluses, &best.surpluses);
                if closer.then(best.rank.cmp(&rank)) == Ordering::Greater {
                    *best = leader(best.ties);
                }
            }
        }
    }

    /// The winner: its surpluses in steps, its rank and the number of ties.
    pub(crate) fn finish(self) -> Option<(Vec<i64>, u64, u64)> {
        self.best.map(|best| (best.surpluses, best.rank, best.ties))
    }
}

impl Leader {
    fn new(aim: Aim, measure: &Measure, of: (&[i64], &[i64]), rank: u64, ties: u64) -> Leader {
        let (surpluses, bodies) = of;
        let compared = measure.compared(aim, surpluses, bodies);
        Leader { surpluses: surpluses.to_vec(), compared, rank, ties, lowest: measure.lowest(aim, surpluses) }
    }
}
