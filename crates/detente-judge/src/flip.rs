//! Judges of what would flip a conclusion: the talks with one number replaced, listed whole.
//!
//! A solver promises two things of a change it names: that it flips, and that none of the steps it
//! documents flips that is shorter, in either direction. Where no change is named, no step flips. The
//! steps are those of `docs/method.md`: 10^-6 x 1.2^k of the number's scale, up to 4. A conclusion that
//! flips and flips back between two steps is not promised to be found and is not judged.

use crate::Objection;
use crate::consent::{acceptances, agreement};
use crate::world::{World, close, number};
use detente_model::{BodyId, Distribution, OptionId, Outcome, Shape, Spot, Talks};

/// What is said to be flipped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Flipped {
    /// The verdict.
    Verdict,
    /// The best deal: another is strictly likelier.
    Best,
}

/// The talks as they are, and what was concluded.
#[derive(Clone, Copy, Debug)]
pub struct FlipCase<'t> {
    /// The talks.
    pub talks: &'t Talks,
    /// The probability aimed at.
    pub target: f64,
    /// The deal named best; absent with an empty zone.
    pub best: Option<&'t Outcome>,
}

/// What decides whether something is flipped.
struct State {
    terms: bool,
    best: f64,
    star: f64,
}

/// Fewer than all steps are judged: so many in each direction.
const STEPS: usize = 8;
/// Probabilities this close may be told apart by rounding alone.
const ROUNDING: f64 = 2e-12;

impl FlipCase<'_> {
    fn state(&self, talks: &Talks) -> State {
        let world = World::new(talks, false);
        let probability = |x: &Outcome| agreement(&world, &acceptances(&world, x));
        let best = world.feasible.iter().map(&probability).fold(0.0, f64::max);
        State { terms: !world.zone().is_empty(), best, star: self.best.map_or(0.0, probability) }
    }

    fn with(&self, spot: &Spot, value: f64) -> Option<State> {
        let talks = Talks::new(self.talks.with_number(spot, value).ok()?).ok()?;
        Some(self.state(&talks))
    }

    /// 0 no terms, 1 no will, 2 within reach: what a state is at least, and at most.
    fn verdicts(&self, state: &State) -> (u8, u8) {
        let at = |slack: f64| match state.terms {
            false => 0,
            true => 1 + u8::from(state.best + slack >= self.target),
        };
        (at(-ROUNDING), at(ROUNDING))
    }

    /// Whether something is flipped, leaving rounding aside: for certain, and possibly.
    fn flipped(&self, flipped: Flipped, now: &State, then: &State) -> (bool, bool) {
        match flipped {
            Flipped::Best => {
                let ahead = then.best - then.star;
                (self.best.is_some() && ahead > ROUNDING, self.best.is_some() && ahead > ROUNDING / 20.0)
            }
            Flipped::Verdict => {
                let (now, then) = (self.verdicts(now), self.verdicts(then));
                (now.1 < then.0 || then.1 < now.0, now.0 < then.1 || then.0 < now.1)
            }
        }
    }
}

/// Checks that a change to a value flips and that shorter steps do not; without a value, that no step
/// does.
///
/// # Errors
/// The objection.
pub fn check_flip(
    case: &FlipCase<'_>,
    spot: &Spot,
    flipped: Flipped,
    to: Option<f64>,
) -> Result<(), Objection> {
    let numbers = case.talks.numbers();
    let placed = numbers.iter().find(|placed| placed.spot == *spot);
    let now = placed.ok_or_else(|| format!("there is no number at {spot:?}"))?.number.mean();
    let present = case.state(case.talks);
    if let Some(to) = to
        && !case.with(spot, to).is_some_and(|then| case.flipped(flipped, &present, &then).1)
    {
        return Err(format!("{spot:?} from {now} to {to} does not flip {flipped:?}"));
    }
    let scale = scale(&World::new(case.talks, false), spot, now);
    let reach = to.map_or(f64::INFINITY, |to| (to - now).abs() * (1.0 - 1e-6));
    let steps: Vec<f64> = steps(scale).into_iter().filter(|size| *size < reach).collect();
    let just_inside = to.map(|to| now + (to - now) * (1.0 - 1e-6)).filter(|_| reach > scale * 1e-8);
    for value in chosen(&steps).iter().flat_map(|size| [now + size, now - size]).chain(just_inside) {
        if case.with(spot, value).is_some_and(|then| case.flipped(flipped, &present, &then).0) {
            return Err(format!("{spot:?} from {now} to {value} flips {flipped:?}, nearer than {to:?}"));
        }
    }
    Ok(())
}

/// The documented steps, the shortest first.
fn steps(scale: f64) -> Vec<f64> {
    let mut steps = vec![1e-9];
    let mut step = 1e-6;
    while step < 4.0 {
        steps.push(step);
        step *= 1.2;
    }
    steps.push(4.0);
    steps.into_iter().map(|step| step * scale).collect()
}

/// The last two, and some before them.
fn chosen(steps: &[f64]) -> Vec<f64> {
    let every = (steps.len() / STEPS).max(1);
    steps.iter().rev().enumerate().filter(|(k, _)| *k < 2 || k % every == 0).map(|(_, size)| *size).collect()
}

/// What counts as a change of size 1.
fn scale(world: &World<'_>, spot: &Spot, now: f64) -> f64 {
    let own = if now == 0.0 { 1.0 } else { now.abs() };
    let range = |body: BodyId| Some(number(&world.body_range(body))).filter(|range| *range > 0.0);
    let bodies = &world.talks.bodies;
    let scale = match *spot {
        Spot::Ratifies(..) | Spot::Agreement(_) => None,
        Spot::Will(body, k) => match bodies[body.0].will.cost().map(|cost| &cost.0) {
            Some(Distribution::Beta { .. }) if k < 2 => None,
            Some(Distribution::Discrete(_)) if k % 2 == 1 => Some(1.0),
            _ => range(body),
        },
        Spot::Weight(body, issue) => {
            let asked = &world.talks.issues[issue.0];
            let shape = bodies[body.0].preferences.issues[issue.0].as_ref().map(|own| &own.shape);
            let value = |k: usize| shape.map_or(0.0, |shape| shape.value(asked, OptionId(k)).abs());
            let possible = |k: &usize| world.feasible.iter().any(|x| x[issue] == OptionId(*k));
            let largest = (0..asked.n_options()).filter(possible).map(value).fold(0.0, f64::max);
            range(body).filter(|_| largest > 0.0).map(|range| range / largest)
        }
        Spot::Shape(body, issue, _) => {
            let asked = &world.talks.issues[issue.0];
            let last = asked.n_options() - 1;
            let own = bodies[body.0].preferences.issues[issue.0].as_ref();
            let weight = own.and_then(|own| own.weight.as_ref()).map_or(1.0, |weight| weight.mean().abs());
            if let Some(Shape::Triangular { .. }) = own.map(|own| &own.shape) {
                let ends = asked.option_value(OptionId(0)).zip(asked.option_value(OptionId(last)));
                ends.map(|(first, last)| last - first).filter(|width| *width > 0.0)
            } else {
                range(body).filter(|_| weight > 0.0).map(|range| range / weight)
            }
        }
        Spot::Alternative(body)
        | Spot::Interaction(body, _)
        | Spot::Row(body, ..)
        | Spot::Otherwise(body, _) => range(body),
        _ => None,
    };
    scale.unwrap_or(own)
}

/// Checks what is said of the talks with one number replaced: whether the zone holds an outcome, the
/// best probability, and the first of the likeliest outcomes of the zone.
///
/// # Errors
/// The objection.
pub fn check_after(
    talks: &Talks,
    spot: &Spot,
    to: f64,
    best: Option<&Outcome>,
    probability: f64,
) -> Result<(), Objection> {
    let changed = talks.with_number(spot, to).map_err(|fault| format!("{fault:?}"))?;
    let changed = Talks::new(changed).map_err(|problems| format!("{problems:?}"))?;
    let world = World::new(&changed, false);
    let zone: Vec<(&Outcome, f64)> =
        world.zone().into_iter().map(|x| (x, agreement(&world, &acceptances(&world, x)))).collect();
    let most = zone.iter().map(|(_, p)| *p).fold(0.0, f64::max);
    if !close(most, probability) {
        return Err(format!("with {spot:?} at {to} the best probability is {most}, not {probability}"));
    }
    // Just where one deal overtakes another, what is equal is a matter of rounding.
    let among = |slack: f64| zone.iter().filter(move |(_, p)| *p >= most - slack).map(|(x, _)| *x);
    let named = among(ROUNDING / 10.0).find(|x| Some(*x) == best);
    let first = among(ROUNDING / 200.0).next();
    if named.is_some() == first.is_some() && named <= first {
        return Ok(());
    }
    Err(format!("with {spot:?} at {to} the likeliest is {first:?}, not {best:?}"))
}
