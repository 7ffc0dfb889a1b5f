//! Judge of one draw of what is not known: the talks as they are when the drawn numbers are true.

use crate::Objection;
use crate::consent::{acceptances, agreement};
use crate::world::{World, close};
use detente_model::{BodyId, Outcome, PartyId};
use num_rational::BigRational;

/// What was said of a draw.
#[derive(Clone, Copy, Debug)]
pub struct DrawCase<'a> {
    /// Whether there is a zone.
    pub zone: bool,
    /// The probability of the likeliest deal.
    pub best: f64,
    /// Some deals, each with its probability.
    pub deals: &'a [(&'a Outcome, f64)],
}

/// Checks what is said of a draw against the talks with its numbers.
///
/// # Errors
/// The objection.
pub fn check_draw(world: &World<'_>, said: DrawCase<'_>) -> Result<(), Objection> {
    let in_zone = !world.zone().is_empty();
    if in_zone != said.zone {
        return Err(format!("that there is a zone is {in_zone}, not {}", said.zone));
    }
    let best = world.feasible.iter().map(|x| agreement(world, &acceptances(world, x))).fold(0.0, f64::max);
    if !close(best, said.best) {
        return Err(format!("the likeliest deal has {best}, not {}", said.best));
    }
    for (x, p) in said.deals {
        let expected = agreement(world, &acceptances(world, x));
        if !close(expected, *p) {
            return Err(format!("{x:?} is agreed with probability {expected}, not {p}"));
        }
    }
    Ok(())
}

/// Whether a feasible outcome is in the zone.
pub fn in_zone(world: &World<'_>, x: &Outcome) -> bool {
    world.agrees(&|body: BodyId| world.accepts_free(body, x))
}

/// Whether no feasible outcome is at least as good for every party and better for one; nothing where
/// that hangs on differences of less than a billionth of a party's range.
pub fn is_efficient(world: &World<'_>, x: &Outcome) -> Option<bool> {
    let own = world.vector(x);
    let width = |party: usize| {
        let of = |x: &Outcome| world.party_utility(PartyId(party), x);
        let all: Vec<BigRational> = world.feasible.iter().map(of).collect();
        let (min, max) = (all.iter().min().cloned(), all.iter().max().cloned());
        max.zip(min).map(|(max, min)| (max - min) / BigRational::from_integer(500_000_000.into()))
    };
    let widths: Vec<BigRational> = (0..own.len()).map(width).collect::<Option<_>>()?;
    let zero = BigRational::from_integer(0.into());
    let mut beaten = false;
    for other in &world.feasible {
        let ahead: Vec<BigRational> = world.vector(other).into_iter().zip(&own).map(|(a, b)| a - b).collect();
        let near = |(d, w): (&BigRational, &BigRational)| {
            *d != zero && d.clone() < w.clone() && -d.clone() < w.clone()
        };
        if ahead.iter().zip(&widths).any(near) {
            return None;
        }
        beaten |= ahead.iter().all(|d| *d >= zero) && ahead.iter().any(|d| *d > zero);
    }
    Some(!beaten)
}
