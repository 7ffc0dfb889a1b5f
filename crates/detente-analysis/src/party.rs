//! One number per party: its only body's utility, or the influence-weighted mean of its bodies'
//! utilities, each mapped to 0..1 over the whole space.

use crate::exact::{Fraction, gcd};
use crate::space::{Extremes, Space};
use detente_model::{Grid, PartyId};

/// The units of party utilities.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scale {
    /// Every party has one body; its own units.
    Raw,
    /// Influence-weighted means of bodies mapped to 0..1 over the whole space, before constraints.
    Unit,
}

/// How a party's number follows from the steps of its bodies.
#[derive(Debug)]
pub(crate) struct PartySpace {
    sum: Sum,
    /// Steps of the alternative; absent if no body has one.
    pub(crate) alternative: Option<i64>,
    /// The size of a step in the units shown.
    pub(crate) unit: Fraction,
    /// The only body, where its own units are shown.
    raw: Option<usize>,
}

#[derive(Debug)]
enum Sum {
    /// The sum of `factor * steps` over bodies, less what it is at the bottom.
    Exact { factors: Vec<(usize, i64)>, bottom: i64 },
    /// The weighted mean in f64, rounded once to 10^-12 of the scale.
    Rounded(Vec<Part>),
}

/// One body's part in a rounded mean.
#[derive(Debug)]
struct Part {
    body: usize,
    weight: f64,
    min: i64,
    range: f64,
}

const ROUNDED_STEPS: f64 = 1e12;

impl PartySpace {
    pub(crate) fn new(space: &Space<'_>, party: PartyId, scale: Scale, extremes: &[Extremes]) -> PartySpace {
        let bodies: Vec<usize> = space.talks.parties[party.0].bodies.iter().map(|body| body.0).collect();
        match (scale, &bodies[..]) {
            (Scale::Raw, [body]) => PartySpace::raw(space, *body),
            _ => PartySpace::unit(space, &bodies, extremes),
        }
    }

    fn raw(space: &Space<'_>, body: usize) -> PartySpace {
        let own = &space.bodies[body];
        let (unit, digits) = own.step();
        let power = |digits: i32| 10i64.pow(digits.unsigned_abs());
        let unit = if digits >= 0 {
            Fraction { num: unit, den: power(digits) }
        } else {
            Fraction { num: unit.saturating_mul(power(digits)), den: 1 }
        };
        let sum = Sum::Exact { factors: vec![(body, 1)], bottom: 0 };
        PartySpace { sum, alternative: own.alternative, unit, raw: Some(body) }
    }

    /// Factors `weight * L / range` over the common denominator `L * sum of weights` while that
    /// fits; rounded means otherwise.
    fn unit(space: &Space<'_>, bodies: &[usize], extremes: &[Extremes]) -> PartySpace {
        let weights = weights(space, bodies);
        let ranges: Vec<i64> = bodies.iter().map(|body| extremes[*body].max - extremes[*body].min).collect();
        let total: i64 = weights.iter().sum();
        let (sum, den) = match common_denominator(&ranges, total) {
            Some(den) => {
                let factor = |(weight, range): (&i64, &i64)| {
                    if *range == 0 { 0 } else { den / total / range * weight }
                };
                let factors: Vec<(usize, i64)> =
                    bodies.iter().copied().zip(weights.iter().zip(&ranges).map(factor)).collect();
                let bottom = factors.iter().map(|(body, factor)| factor * extremes[*body].min).sum();
                (Sum::Exact { factors, bottom }, den)
            }
            None => {
                let part = |(body, (weight, range)): (&usize, (&i64, &i64))| Part {
                    body: *body,
                    weight: *weight as f64 / total as f64,
                    min: extremes[*body].min,
                    range: *range as f64,
                };
                let parts =
                    bodies.iter().zip(weights.iter().zip(&ranges)).filter(|(_, (_, range))| **range > 0);
                (Sum::Rounded(parts.map(part).collect()), ROUNDED_STEPS as i64)
            }
        };
        let mut party = PartySpace { sum, alternative: None, unit: Fraction { num: 1, den }, raw: None };
        if bodies.iter().any(|body| space.bodies[*body].alternative.is_some()) {
            let at = |body: usize| space.bodies[body].alternative.unwrap_or(extremes[body].min);
            party.alternative = Some(party.at(&at));
        }
        party
    }

    /// The party's steps at an outcome.
    pub(crate) fn steps(&self, utilities: &[i64]) -> i64 {
        self.at(&|body| utilities[body])
    }

    fn at(&self, v: &impl Fn(usize) -> i64) -> i64 {
        match &self.sum {
            Sum::Exact { factors, bottom } => {
                factors.iter().map(|(body, factor)| factor * v(*body)).sum::<i64>() - bottom
            }
            Sum::Rounded(parts) => {
                let share = |part: &Part| part.weight * ((v(part.body) - part.min) as f64 / part.range);
                (parts.iter().map(share).sum::<f64>() * ROUNDED_STEPS).round() as i64
            }
        }
    }

    /// Whether no rounding comes between bodies and party.
    pub(crate) fn is_exact(&self) -> bool {
        matches!(self.sum, Sum::Exact { .. })
    }

    /// The utility of so many steps, in the units shown.
    pub(crate) fn value(&self, space: &Space<'_>, steps: i64) -> f64 {
        match self.raw {
            Some(body) => space.bodies[body].utility(steps),
            None => steps as f64 / self.unit.den as f64,
        }
    }

    /// The value of a difference of so many steps, in the units shown.
    pub(crate) fn difference(&self, space: &Space<'_>, steps: i64) -> f64 {
        match self.raw {
            Some(body) => space.bodies[body].difference(steps),
            None => steps as f64 / self.unit.den as f64,
        }
    }
}

/// Influences as whole numbers without a common divisor.
fn weights(space: &Space<'_>, bodies: &[usize]) -> Vec<i64> {
    let grid = Grid { digits: 9 };
    let raw: Vec<i64> = bodies.iter().map(|body| grid.round(space.talks.bodies[*body].influence())).collect();
    let common = raw.iter().fold(0, |common, weight| gcd(common, *weight)).max(1);
    raw.iter().map(|weight| weight / common).collect()
}

/// The least common multiple of the ranges times the sum of weights, if sums of it stay far inside
/// an `i64`.
fn common_denominator(ranges: &[i64], total: i64) -> Option<i64> {
    let mut common = 1i64;
    for range in ranges.iter().filter(|range| **range > 0) {
        common = (common / gcd(common, *range)).checked_mul(*range)?;
    }
    let den = common.checked_mul(total)?;
    (den < 1 << 52).then_some(den)
}
