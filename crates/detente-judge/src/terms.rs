//! Judges of the frontier and of the four solutions.

use crate::Objection;
use crate::world::{World, close, number};
use detente_model::{BodyId, Outcome, PartyId};
use num_rational::BigRational;
use num_traits::Zero as _;

/// Checks that exactly the efficient utility vectors are listed, each once and with an outcome that
/// has it, by the first party's utility downwards.
///
/// # Errors
/// The first objection.
pub fn check_frontier(world: &World<'_>, points: &[(Outcome, Vec<f64>)]) -> Result<(), Objection> {
    let all: Vec<Vec<BigRational>> = world.feasible.iter().map(|x| world.vector(x)).collect();
    let beats = |a: &[BigRational], b: &[BigRational]| a != b && a.iter().zip(b).all(|(x, y)| x >= y);
    let mut efficient: Vec<&Vec<BigRational>> =
        all.iter().filter(|a| !all.iter().any(|b| beats(b, a))).collect();
    efficient.sort_by(|a, b| b.cmp(a));
    efficient.dedup();
    if efficient.len() != points.len() {
        return Err(format!("{} efficient vectors, {} listed", efficient.len(), points.len()));
    }
    for ((outcome, utilities), expected) in points.iter().zip(efficient) {
        if !world.feasible.contains(outcome) {
            return Err(format!("{outcome:?} is not feasible"));
        }
        if world.vector(outcome) != *expected {
            return Err(format!("{outcome:?} does not have the efficient vector {expected:?}"));
        }
        if !utilities.iter().zip(expected).all(|(got, exact)| close(*got, number(exact))) {
            return Err(format!("{outcome:?} is listed with utilities {utilities:?}"));
        }
    }
    Ok(())
}

/// Checks how many outcomes are efficient, those with the same vector counted each.
///
/// # Errors
/// The objection.
pub fn check_efficient_count(world: &World<'_>, at_least: u64, exact: bool) -> Result<(), Objection> {
    let all: Vec<Vec<BigRational>> = world.feasible.iter().map(|x| world.vector(x)).collect();
    let beats = |a: &[BigRational], b: &[BigRational]| a != b && a.iter().zip(b).all(|(x, y)| x >= y);
    let count = all.iter().filter(|a| !all.iter().any(|b| beats(b, a))).count() as u64;
    if count == at_least || (!exact && count > at_least) {
        Ok(())
    } else {
        Err(format!("{count} outcomes are efficient, not {at_least}"))
    }
}

/// What a solution maximises.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Aim {
    /// The product of surpluses.
    Nash,
    /// Surplus over ideal, the lowest first.
    KalaiSmorodinsky,
    /// Surplus, the lowest first.
    Egalitarian,
    /// The sum of surpluses; of those of all bodies, where they count in one unit.
    Utilitarian,
}

/// What a solver claims for a solution.
#[derive(Clone, Debug)]
pub struct Pick {
    /// The outcome; absent if it claims there is none.
    pub outcome: Option<Outcome>,
    /// How many outcomes reach the same.
    pub ties: u64,
}

/// Checks a solution against every zone outcome with no negative party surplus.
///
/// # Errors
/// The objection.
pub fn check_solution(world: &World<'_>, aim: Aim, pick: &Pick) -> Result<(), Objection> {
    let candidates = without_loss(world);
    let ideals = ideals(world, &candidates);
    let shares = |s: &[BigRational]| shares(s, &ideals);
    // What a body gains differs from its utility by the same amount at every outcome.
    let over_bodies = |x: &Outcome| -> BigRational {
        (0..world.talks.bodies.len()).map(|body| world.body_utility(BodyId(body), x)).sum()
    };
    let value = |(x, s): &(&Outcome, Vec<BigRational>)| match aim {
        Aim::Nash => vec![s.iter().product()],
        Aim::Utilitarian if world.talks.common_unit.is_some() => vec![over_bodies(x)],
        Aim::Utilitarian => vec![s.iter().sum()],
        Aim::Egalitarian => sorted(s.iter().cloned()),
        Aim::KalaiSmorodinsky => shares(s),
    };
    let best = candidates.iter().map(value).max();
    let tied: Vec<&(&Outcome, Vec<BigRational>)> =
        candidates.iter().filter(|own| Some(value(own)) == best).collect();
    // Feasible outcomes are in order, so the first of equals is the lowest.
    let closest = tied.iter().map(|(_, s)| shares(s)).max();
    let winner = tied.iter().find(|(_, s)| Some(shares(s)) == closest).map(|(x, _)| (*x).clone());
    if winner != pick.outcome {
        return Err(format!("{aim:?} is {winner:?}, not {:?}", pick.outcome));
    }
    if tied.len() as u64 != pick.ties && pick.outcome.is_some() {
        return Err(format!("{aim:?} has {} ties, not {}", tied.len(), pick.ties));
    }
    Ok(())
}

/// Zone outcomes with no negative party surplus, with these.
fn without_loss<'w>(world: &'w World<'_>) -> Vec<(&'w Outcome, Vec<BigRational>)> {
    let all = world.zone().into_iter().map(|x| (x, surpluses(world, x)));
    all.filter(|(_, surpluses)| surpluses.iter().all(|surplus| *surplus >= BigRational::zero())).collect()
}

fn surpluses(world: &World<'_>, x: &Outcome) -> Vec<BigRational> {
    (0..world.talks.parties.len()).map(|party| world.party_surplus(PartyId(party), x)).collect()
}

/// Each party's largest surplus among them.
fn ideals(world: &World<'_>, candidates: &[(&Outcome, Vec<BigRational>)]) -> Vec<BigRational> {
    let largest = |p: usize| candidates.iter().map(|(_, s)| s[p].clone()).max();
    (0..world.talks.parties.len()).map(|p| largest(p).unwrap_or_else(BigRational::zero)).collect()
}

/// Surplus over ideal, the lowest first; of parties that have an ideal.
fn shares(surpluses: &[BigRational], ideals: &[BigRational]) -> Vec<BigRational> {
    sorted(surpluses.iter().zip(ideals).filter(|(_, ideal)| !ideal.is_zero()).map(|(s, ideal)| s / ideal))
}

/// The surplus over ideal of any outcome, the lowest first.
pub(crate) fn shares_of_ideals(world: &World<'_>) -> impl Fn(&Outcome) -> Vec<BigRational> {
    let ideals = ideals(world, &without_loss(world));
    move |x| shares(&surpluses(world, x), &ideals)
}

fn sorted(values: impl Iterator<Item = BigRational>) -> Vec<BigRational> {
    let mut values: Vec<BigRational> = values.collect();
    values.sort();
    values
}

/// Checks a solution over lotteries: no mixture of two feasible outcomes without a loss reaches more.
///
/// Mixtures are tried on a grid of 1/32 and at the places where a surplus becomes 0 or, for the
/// ratio solutions, where both shares are equal.
///
/// # Errors
/// The objection.
pub fn check_lottery(world: &World<'_>, aim: Aim, lottery: &[(f64, Outcome)]) -> Result<(), Objection> {
    let surplus = |x: &Outcome| [0, 1].map(|p| number(&world.party_surplus(PartyId(p), x)));
    let points: Vec<[f64; 2]> = world.feasible.iter().map(surplus).collect();
    let weights: f64 = lottery.iter().map(|(weight, _)| weight).sum();
    if !close(weights, 1.0) || lottery.iter().any(|(weight, x)| *weight <= 0.0 || !world.feasible.contains(x))
    {
        return Err(format!("{lottery:?} is not a lottery over feasible outcomes"));
    }
    let mut got = [0.0, 0.0];
    for (weight, x) in lottery {
        let s = surplus(x);
        got = [got[0] + weight * s[0], got[1] + weight * s[1]];
    }
    let mixtures = mixtures(&points);
    // On the scale from 0 to 1 a gain is a share of the range of the only body.
    let in_common = world.unit_scale && world.talks.common_unit.is_some();
    let sums = [0, 1].map(|p| match in_common {
        true => number(&world.body_range(world.talks.parties[p].bodies[0])),
        false => 1.0,
    });
    let ideal = [0, 1].map(|p| mixtures.iter().map(|s| s[p]).fold(0.0, f64::max));
    let value = |s: &[f64; 2]| match aim {
        Aim::Nash => s[0] * s[1],
        Aim::Utilitarian => s[0] * sums[0] + s[1] * sums[1],
        Aim::Egalitarian => s[0].min(s[1]),
        Aim::KalaiSmorodinsky => {
            let share = |p: usize| if ideal[p] > 1e-12 { s[p] / ideal[p] } else { f64::INFINITY };
            share(0).min(share(1))
        }
    };
    if got.iter().any(|surplus| *surplus < -1e-9) {
        return Err(format!("the lottery leaves a loss: {got:?}"));
    }
    match mixtures.iter().find(|s| value(s) > value(&got) + 1e-7 * (1.0 + value(&got).abs())) {
        Some(better) => Err(format!("{aim:?}: {better:?} reaches more than {got:?}")),
        None => Ok(()),
    }
}

/// Mixtures of two points with no negative surplus.
fn mixtures(points: &[[f64; 2]]) -> Vec<[f64; 2]> {
    let mut found = Vec::new();
    for a in points {
        for b in points {
            let mix = |t: f64| [0, 1].map(|k| a[k] + (b[k] - a[k]) * t);
            let cuts = [0, 1].map(|k| if a[k] == b[k] { 0.0 } else { a[k] / (a[k] - b[k]) });
            let grid = (0..=32).map(|k| f64::from(k) / 32.0);
            let at_cut = |s: [f64; 2]| s.map(|x: f64| if x.abs() < 1e-9 { 0.0 } else { x });
            let places = grid.chain(cuts).filter(|t| (0.0..=1.0).contains(t)).map(|t| at_cut(mix(t)));
            found.extend(places.filter(|s| s[0] >= 0.0 && s[1] >= 0.0));
        }
    }
    found
}
