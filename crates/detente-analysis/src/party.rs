//! One number per party: its only body's utility, or the influence-weighted mean of its bodies'
//! utilities, each mapped to 0..1 over the feasible outcomes.

use crate::analyze::PartyRange;
use crate::exact::{Fraction, gcd};
use crate::space::{Extremes, Space};
use detente_model::{Grid, PartyId, Talks};
use std::cmp::Ordering;

/// The units of party utilities.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scale {
    /// Every party has one body; its own units.
    Raw,
    /// Influence-weighted means of bodies mapped to 0..1 over the feasible outcomes.
    Unit,
}

/// Steps of the scale of parts of a mean that is not rounded yet, where they stay within it.
const FINE: f64 = (1u64 << 58) as f64;

impl Scale {
    /// Raw where every party has one body.
    pub(crate) fn natural(talks: &Talks) -> Scale {
        if talks.parties.iter().all(|party| party.bodies.len() == 1) { Scale::Raw } else { Scale::Unit }
    }
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
    /// The weighted mean in f64, rounded once to a decimal step of the scale.
    /// Parts of it are summed in steps that leave room for what no outcome allows.
    Rounded { parts: Vec<Part>, per_unit: f64, fine: f64 },
}

/// One body's part in a rounded mean.
#[derive(Debug)]
struct Part {
    body: usize,
    weight: f64,
    min: i64,
    range: f64,
}

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
        let sum = Sum::Exact { factors: vec![(body, 1)], bottom: 0 };
        PartySpace { sum, alternative: own.alternative, unit: own.step(), raw: Some(body) }
    }

    /// Factors `weight * L / range` over the common denominator `L * sum of weights` while that
    /// fits; rounded means otherwise.
    fn unit(space: &Space<'_>, bodies: &[usize], extremes: &[Extremes]) -> PartySpace {
        let members = Members::new(space, bodies, extremes);
        // What is not said of one of them leaves open what no agreement is worth to the party.
        let said = |body: &usize| space.talks.bodies[*body].unsaid().is_empty();
        let known =
            bodies.iter().any(|body| space.bodies[*body].alternative.is_some()) && bodies.iter().all(said);
        let alternative = |body: usize| space.bodies[body].alternative.unwrap_or(extremes[body].min);
        let reach =
            bodies.iter().map(|body| extremes[*body].share(alternative(*body)).abs()).fold(1.0, f64::max);
        let room = reach.max(members.room(space));
        let mut party = members.exact(room).unwrap_or_else(|| members.rounded(reach, room));
        party.alternative = known.then(|| party.at(&alternative));
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
            Sum::Rounded { parts, per_unit, .. } => {
                let share = |part: &Part| part.weight * ((v(part.body) - part.min) as f64 / part.range);
                (parts.iter().map(share).sum::<f64>() * per_unit).round() as i64
            }
        }
    }

    /// Whether its number is its only body's own.
    pub(crate) fn is_raw(&self) -> bool {
        self.raw.is_some()
    }

    /// Whether its steps are a sum over groups of issues, so that they need no rounding.
    pub(crate) fn is_sum(&self) -> bool {
        matches!(self.sum, Sum::Exact { .. })
    }

    /// The bodies with their factors, where the number is a sum of their steps.
    pub(crate) fn factors(&self) -> Option<&[(usize, i64)]> {
        match &self.sum {
            Sum::Exact { factors, .. } => Some(factors),
            Sum::Rounded { .. } => None,
        }
    }

    /// Which of two parts of the bodies' steps contributes more; for a rounded mean, up to rounding.
    pub(crate) fn compare_parts(&self, a: &[i64], b: &[i64]) -> Ordering {
        match &self.sum {
            Sum::Exact { .. } => self.part(a).cmp(&self.part(b)),
            Sum::Rounded { parts, .. } => {
                let lean = |part: &Part| part.weight * ((a[part.body] - b[part.body]) as f64 / part.range);
                parts.iter().map(lean).sum::<f64>().total_cmp(&0.0)
            }
        }
    }

    /// What parts of the bodies' steps contribute to a sum over groups of issues. A mean that is rounded
    /// is added up before it is, in steps so fine that what they lose is far below what rounding loses.
    pub(crate) fn part(&self, utilities: &[i64]) -> i64 {
        match &self.sum {
            Sum::Exact { factors, .. } => {
                factors.iter().map(|(body, factor)| factor * utilities[*body]).sum()
            }
            Sum::Rounded { parts, fine, .. } => {
                let share = |part: &Part| part.weight * (utilities[part.body] as f64 / part.range);
                (parts.iter().map(share).sum::<f64>() * fine).round() as i64
            }
        }
    }

    /// The steps that all parts together come to; absent for a rounded mean, which follows from the
    /// utilities of the bodies.
    pub(crate) fn of_sum(&self, sum: i64) -> Option<i64> {
        match &self.sum {
            Sum::Exact { bottom, .. } => Some(sum - bottom),
            Sum::Rounded { .. } => None,
        }
    }

    /// The step to which means are rounded, if that is coarser than 10^-12 of the scale.
    pub(crate) fn coarse_step(&self) -> Option<f64> {
        match self.sum {
            Sum::Rounded { per_unit, .. } if per_unit < 1e12 => Some(1.0 / per_unit),
            _ => None,
        }
    }

    /// The utility of so many steps, in the units shown.
    pub(crate) fn value(&self, space: &Space<'_>, steps: i64) -> f64 {
        match self.raw {
            Some(body) => space.bodies[body].utility(steps),
            None => steps as f64 / self.unit.den as f64,
        }
    }

    /// Its alternative and its lowest and highest utility, from steps.
    pub(crate) fn range(&self, space: &Space<'_>, bounds: Option<(i64, i64)>) -> PartyRange {
        PartyRange {
            alternative: self.alternative.map(|steps| self.value(space, steps)),
            range: bounds.map(|(min, max)| (self.value(space, min), self.value(space, max))),
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

/// The bodies of a party with what their mean is made of.
struct Members<'a> {
    bodies: &'a [usize],
    extremes: &'a [Extremes],
    weights: Vec<i64>,
    total: i64,
}

impl<'a> Members<'a> {
    fn new(space: &Space<'_>, bodies: &'a [usize], extremes: &'a [Extremes]) -> Members<'a> {
        let weights = weights(space, bodies);
        let total = weights.iter().sum();
        Members { bodies, extremes, weights, total }
    }

    fn range(&self, body: usize) -> i64 {
        self.extremes[body].max - self.extremes[body].min
    }

    /// The exact mean, if all steps up to `reach` times the scale stay far inside an `i64`.
    fn exact(&self, reach: f64) -> Option<PartySpace> {
        let mut common = 1i64;
        for range in self.bodies.iter().map(|body| self.range(*body)).filter(|range| *range > 0) {
            common = (common / gcd(common, range)).checked_mul(range)?;
        }
        let den = common.checked_mul(self.total).filter(|den| *den < 1 << 52)?;
        if reach * den as f64 >= (1i64 << 60) as f64 {
            return None;
        }
        let factor = |(body, weight): (&usize, &i64)| match self.range(*body) {
            0 => (*body, 0),
            range => (*body, common / range * weight),
        };
        let factors: Vec<(usize, i64)> = self.bodies.iter().zip(&self.weights).map(factor).collect();
        let bottom = factors.iter().map(|(body, factor)| factor * self.extremes[*body].min).sum();
        let sum = Sum::Exact { factors, bottom };
        Some(PartySpace { sum, alternative: None, unit: Fraction { num: 1, den }, raw: None })
    }

    /// How far sums on the way can lie from 0, as shares of the ranges: what an outcome that breaks a constraint has
    /// is not within them.
    fn room(&self, space: &Space<'_>) -> f64 {
        let wide = self.bodies.iter().filter(|body| self.range(**body) > 0);
        wide.map(|body| space.most_steps(*body) / self.range(*body) as f64).fold(1.0, f64::max)
    }

    /// Steps of 10^-12 of the scale, or as fine as `reach` allows; with room for sums on the way.
    fn rounded(&self, reach: f64, room: f64) -> PartySpace {
        let part = |(body, weight): (&usize, &i64)| Part {
            body: *body,
            weight: *weight as f64 / self.total as f64,
            min: self.extremes[*body].min,
            range: self.range(*body) as f64,
        };
        let parts = self.bodies.iter().zip(&self.weights).filter(|(body, _)| self.range(**body) > 0);
        let grid = Grid::for_bound(reach);
        let den = 10i64.pow(grid.digits.clamp(0, 12) as u32);
        let mut fine = FINE;
        while fine * room > FINE {
            fine /= 2.0;
        }
        let sum = Sum::Rounded { parts: parts.map(part).collect(), per_unit: den as f64, fine };
        PartySpace { sum, alternative: None, unit: Fraction { num: 1, den }, raw: None }
    }
}

/// Influences as whole numbers without a common divisor.
fn weights(space: &Space<'_>, bodies: &[usize]) -> Vec<i64> {
    // Fourteen digits, counted from the largest influence.
    let largest = bodies.iter().map(|body| space.talks.bodies[*body].influence()).fold(0.0, f64::max);
    let grid = Grid::decimal((0..20).find(|d| largest * 10f64.powi(*d) >= 1e14).unwrap_or(20));
    let raw: Vec<i64> = bodies.iter().map(|body| grid.round(space.talks.bodies[*body].influence())).collect();
    let common = raw.iter().fold(0, |common, weight| gcd(common, *weight)).max(1);
    raw.iter().map(|weight| weight / common).collect()
}
