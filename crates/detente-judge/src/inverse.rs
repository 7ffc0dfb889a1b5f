//! Judges of what it would take: amounts that suffice, of which one less in the last decimal does not, for any
//! deal;
//! sums of falls that nothing tried is cheaper than.

use crate::Objection;
use crate::consent::{acceptances, agreement, ratification};
use crate::world::{World, close, number};
use detente_model::{BodyId, Distribution, IssueId, OptionId, Outcome, PartyId};
use num_rational::BigRational;
use num_traits::Zero as _;

/// What one body is given.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Gift {
    /// Its political cost falls.
    Fall,
    /// A deal is worth more to it.
    Value,
}

/// How much of it, said to be the least that suffices.
#[derive(Clone, Debug)]
pub struct Least<'o> {
    /// In the body's units.
    pub amount: f64,
    /// As a share of the body's range.
    pub share: Option<f64>,
    /// The deal for which it suffices.
    pub outcome: &'o Outcome,
    /// P(agree) then.
    pub probability: f64,
}

/// Probabilities this close may be told apart by rounding alone.
const ROUNDING: f64 = 2e-12;
/// Combinations of falls tried for one deal, and about how many operations on all of them.
const TRIED: usize = 600;
/// How many times fewer where each takes an integral.
const INTEGRALS: usize = 8;
/// How close such an integral comes.
const INTEGRAL: f64 = 1e-6;
const OPERATIONS: usize = 4_000_000;

/// P(the body accepts) given so many grid steps; as many as there could be, if absent.
fn accepts(world: &World<'_>, body: BodyId, x: &Outcome, gift: Gift, steps: Option<&BigRational>) -> f64 {
    let Some(surplus) = world.body_surplus(body, x) else { return world.anyway(body) };
    let Some(steps) = steps else {
        return f64::from(u8::from(gift == Gift::Value || surplus >= BigRational::zero()));
    };
    let lifted = match gift {
        Gift::Fall => surplus.clone(),
        Gift::Value => &surplus + steps,
    };
    if lifted < BigRational::zero() { 0.0 } else { world.covers(body, &(surplus + steps)) }
}

fn with_gift(world: &World<'_>, body: BodyId, x: &Outcome, gift: Gift, amount: Option<&BigRational>) -> f64 {
    let mut p = acceptances(world, x);
    p[body.0] = accepts(world, body, x, gift, amount);
    agreement(world, &p)
}

/// Checks what one body alone would have to be given so that one of some deals reaches the target: that
/// it suffices, that one less in the last decimal does not for any of them, nor this much for an earlier one; or that,
/// where nothing is named, no amount does.
///
/// # Errors
/// The objection.
pub fn check_least(
    world: &World<'_>,
    target: f64,
    body: BodyId,
    gift: Gift,
    among: &[&Outcome],
    least: Option<&Least<'_>>,
) -> Result<(), Objection> {
    let Some(least) = least else {
        let reached = |x: &&&Outcome| with_gift(world, body, x, gift, None) >= target + ROUNDING;
        return match among.iter().find(reached) {
            Some(x) => Err(format!("enough of {gift:?} to {body:?} brings {x:?} to {target}")),
            None => Ok(()),
        };
    };
    let steps = world.on_grid_of(body, least.amount);
    let after = with_gift(world, body, least.outcome, gift, Some(&steps));
    if !among.contains(&least.outcome) || after < target - ROUNDING || !close(after, least.probability) {
        return Err(format!("{gift:?} of {least:?} to {body:?} makes {after}, short of {target}"));
    }
    let range = world.body_range(body);
    let share = (!range.is_zero()).then(|| number(&(&steps / &range)));
    if share.is_some() != least.share.is_some() || !close(share.unwrap_or(0.0), least.share.unwrap_or(0.0)) {
        return Err(format!("{} of {body:?} is {share:?} of its range", least.amount));
    }
    let less = &steps - world.last_decimal(body);
    for x in among {
        let earlier =
            *x < least.outcome && with_gift(world, body, x, gift, Some(&steps)) >= target + ROUNDING;
        let cheaper =
            steps > BigRational::zero() && with_gift(world, body, x, gift, Some(&less)) >= target + ROUNDING;
        if earlier || cheaper {
            return Err(format!("less than {gift:?} of {least:?} to {body:?} does for {x:?}"));
        }
    }
    Ok(())
}

/// Checks the reason given where no fall of a body's cost suffices: the best probability without any.
///
/// # Errors
/// The objection.
pub fn check_never(world: &World<'_>, body: BodyId, zone: bool, most: Option<f64>) -> Result<(), Objection> {
    if zone == world.zone().is_empty() {
        return Err(format!("that the zone holds something is said to be {zone}"));
    }
    let free = world.feasible.iter().map(|x| with_gift(world, body, x, Gift::Fall, None));
    let expected = free.fold(0.0, f64::max);
    match most {
        Some(most) if !close(most, expected) => {
            Err(format!("{body:?} at no cost makes {expected}, not {most}"))
        }
        _ => Ok(()),
    }
}

/// Checks what an option would have to be worth more to a body, see [`check_least`].
///
/// # Errors
/// The objection.
pub fn check_added(
    world: &World<'_>,
    target: f64,
    (issue, option, body): (IssueId, OptionId, BodyId),
    least: Option<&Least<'_>>,
) -> Result<(), Objection> {
    let with: Vec<&Outcome> = world.feasible.iter().filter(|x| x[issue] == option).collect();
    check_least(world, target, body, Gift::Value, &with, least)
}

/// Falls of several bodies, said to be least in sum.
#[derive(Clone, Debug)]
pub struct Falls<'o> {
    /// By body, in its units.
    pub amounts: &'o [f64],
    /// Their sum in shares, and what every such sum is said to be at least.
    pub sum: f64,
    /// Proven.
    pub at_least: f64,
    /// The deal.
    pub outcome: &'o Outcome,
    /// P(agree) then.
    pub probability: f64,
}

/// Checks falls of several bodies: that they suffice and sum to what is said, and that no combination
/// tried, of some levels for each body, is cheaper than they are said to be for any of some deals.
///
/// # Errors
/// The objection.
pub fn check_falls(
    world: &World<'_>,
    target: f64,
    within: f64,
    among: &[&Outcome],
    falls: &Falls<'_>,
) -> Result<(), Objection> {
    let bodies = || (0..falls.amounts.len()).map(BodyId);
    let steps: Vec<BigRational> = bodies().map(|b| world.on_grid_of(b, falls.amounts[b.0])).collect();
    let after = bodies().map(|b| accepts(world, b, falls.outcome, Gift::Fall, Some(&steps[b.0])));
    let after = agreement(world, &after.collect::<Vec<_>>());
    if after < target - ROUNDING || !close(after, falls.probability) || !among.contains(&falls.outcome) {
        return Err(format!("{falls:?} makes {after}, short of {target}"));
    }
    let shares = bodies().filter(|b| !world.body_range(*b).is_zero());
    let sum: f64 = shares.map(|b| number(&(&steps[b.0] / world.body_range(b)))).sum();
    let negative = steps.iter().any(|steps| *steps < BigRational::zero());
    if !close(sum, falls.sum) || negative || falls.at_least > falls.sum + 1e-12 {
        return Err(format!("{falls:?} sums to {sum}"));
    }
    let close_enough = falls.sum - within * falls.sum.max(1.0);
    cheaper(world, target, falls.at_least.max(close_enough) - 1e-9, among)
}

/// Whether some combination of falls below a sum suffices.
fn cheaper(world: &World<'_>, target: f64, sum: f64, among: &[&Outcome]) -> Result<(), Objection> {
    if sum <= 0.0 {
        return Ok(());
    }
    let n = world.talks.bodies.len();
    let agreeing: Vec<u32> =
        (0..1u32 << n).filter(|set| world.agrees(&|body| set & (1 << body.0) != 0)).collect();
    let budget = (OPERATIONS / (agreeing.len().max(1) * n * among.len().max(1))).clamp(16, TRIED);
    // An agreement of bodies whose costs go together takes an integral each time.
    let correlated = world.talks.correlation.is_some();
    let budget = if correlated { (budget / INTEGRALS).max(16) } else { budget };
    let suffices = |chosen: &[(f64, f64)]| {
        if correlated {
            let own: Vec<f64> = chosen.iter().map(|(_, p)| *p).collect();
            return agreement(world, &own) >= target + INTEGRAL;
        }
        together(&agreeing, chosen) >= target + ROUNDING
    };
    for x in among.iter().filter(|x| world.agrees(&|body| world.accepts_free(body, x))) {
        let levels = levels(world, x, budget);
        let mut at = vec![0; n];
        loop {
            let chosen: Vec<(f64, f64)> = levels.iter().zip(&at).map(|(levels, k)| levels[*k]).collect();
            let cost: f64 = chosen.iter().map(|(share, _)| share).sum();
            if cost < sum && suffices(&chosen) {
                return Err(format!("falls that sum to {cost}, below {sum}, do for {x:?}: {chosen:?}"));
            }
            let Some(body) = (0..n).find(|body| at[*body] + 1 < levels[*body].len()) else { break };
            at[..body].fill(0);
            at[body] += 1;
        }
    }
    Ok(())
}

fn together(agreeing: &[u32], chosen: &[(f64, f64)]) -> f64 {
    let one = |set: u32, body: usize, p: f64| if set & (1 << body) != 0 { p } else { 1.0 - p };
    let pattern = |set: &u32| chosen.iter().enumerate().map(|(b, (_, p))| one(*set, b, *p)).product::<f64>();
    agreeing.iter().map(pattern).sum()
}

/// By body, some falls as shares of its range, each with P(accepts); the smallest first.
fn levels(world: &World<'_>, x: &Outcome, tried: usize) -> Vec<Vec<(f64, f64)>> {
    let bodies = || (0..world.talks.bodies.len()).map(BodyId);
    let moves = |b: &BodyId| {
        let surplus = world.body_surplus(*b, x);
        let short =
            surplus.is_some_and(|surplus| surplus >= BigRational::zero()) && world.acceptance(*b, x) < 1.0;
        short && !world.body_range(*b).is_zero()
    };
    let n_moving = bodies().filter(moves).count().max(1);
    let each = (tried as f64).powf(1.0 / n_moving as f64).floor().max(2.0) as usize;
    let own = |b: BodyId| {
        let mut levels = vec![(0.0, world.acceptance(b, x))];
        let (Some(cost), true) = (world.talks.bodies[b.0].will.cost(), moves(&b)) else { return levels };
        let surplus = world.body_surplus(b, x).map_or(0.0, |surplus| number(&surplus));
        let range = number(&world.body_range(b));
        let amounts: Vec<f64> = match cost.at_means() {
            Distribution::Point(v) => vec![v - surplus],
            Distribution::Discrete(points) => points.iter().map(|(v, _)| v - surplus).collect(),
            Distribution::Uniform { to, .. }
            | Distribution::Triangular { to, .. }
            | Distribution::TruncatedNormal { to, .. }
            | Distribution::Pert { to, .. }
            | Distribution::Beta { to, .. } => even(to - surplus, each),
            Distribution::Normal { mean, sd } => even(mean + 3.0 * sd - surplus, each),
        };
        for amount in amounts.into_iter().filter(|amount| *amount > 0.0) {
            let steps = world.on_grid_of(b, amount);
            levels.push((amount / range, accepts(world, b, x, Gift::Fall, Some(&steps))));
        }
        levels
    };
    bodies().map(own).collect()
}

fn even(to: f64, n: usize) -> Vec<f64> {
    (1..n).map(|k| to * k as f64 / (n - 1) as f64).collect()
}

/// How a body is said to stand to a deal.
#[derive(Clone, Debug)]
pub struct Stand {
    /// Utility in its units.
    pub utility: f64,
    /// The alternative, if any.
    pub alternative: Option<f64>,
    /// Utility minus alternative.
    pub surplus: Option<f64>,
    /// P(it accepts).
    pub accepts: f64,
    /// P(agree) if it surely refused, and accepted.
    pub if_refuses: f64,
    /// See above.
    pub if_accepts: f64,
    /// Whether nothing can be agreed without it.
    pub decides: bool,
    /// The surplus from which on it accepts with the target's probability.
    pub needed: Option<f64>,
}

/// Checks how a body stands to a deal.
///
/// # Errors
/// The objection.
pub fn check_stand(
    world: &World<'_>,
    target: f64,
    body: BodyId,
    x: &Outcome,
    said: &Stand,
) -> Result<(), Objection> {
    let p = acceptances(world, x);
    let with = |accepts: f64| {
        let mut p = p.clone();
        p[body.0] = accepts;
        agreement(world, &p)
    };
    let same = |a: Option<f64>, b: Option<f64>| match (a, b) {
        (Some(a), Some(b)) => close(a, b),
        (a, b) => a == b,
    };
    let exact = |value: Option<BigRational>| value.map(|value| number(&value));
    let numbers = close(said.utility, number(&world.body_utility(body, x)))
        && same(said.alternative, exact(world.body_alternative(body)))
        && same(said.surplus, exact(world.body_surplus(body, x)));
    let chances = close(said.accepts, p[body.0])
        && close(said.if_refuses, with(0.0))
        && close(said.if_accepts, with(1.0));
    let decides = !world.agrees(&|other| other != body);
    if !numbers || !chances || decides != said.decides {
        return Err(format!("{body:?} does not stand to {x:?} as is said: {said:?}"));
    }
    let Some(needed) = said.needed else {
        let none = world.body_alternative(body).is_none();
        return if none { Ok(()) } else { Err(format!("{body:?} needs some surplus")) };
    };
    let needed = world.on_grid_of(body, needed);
    let less = &needed - world.last_decimal(body);
    let short = needed < BigRational::zero() || world.covers(body, &needed) < target - ROUNDING;
    let much = less >= BigRational::zero() && world.covers(body, &less) >= target + ROUNDING;
    if short || much { Err(format!("{body:?} does not need just {needed}")) } else { Ok(()) }
}

/// Checks what is said of a deal as a whole: constraints broken, whether it is in the zone, P(agree) and
/// P(ratifies) by party.
///
/// # Errors
/// The objection.
pub fn check_deal(
    world: &World<'_>,
    x: &Outcome,
    broken: &[usize],
    zone: bool,
    probability: f64,
    by_party: &[f64],
) -> Result<(), Objection> {
    let constraints = world.talks.constraints.iter().enumerate();
    let expected: Vec<usize> = constraints.filter(|(_, c)| !c.allows(x)).map(|(k, _)| k).collect();
    if expected != broken {
        return Err(format!("{x:?} breaks {expected:?}, not {broken:?}"));
    }
    if zone != world.zone().contains(&x) {
        return Err(format!("whether {x:?} is in the zone is not {zone}"));
    }
    let p = acceptances(world, x);
    let party = |k: usize| ratification(world, PartyId(k), &p);
    let parties: Vec<f64> = (0..world.talks.parties.len()).map(party).collect();
    let same = parties.len() == by_party.len() && parties.iter().zip(by_party).all(|(a, b)| close(*a, *b));
    if same && close(probability, agreement(world, &p)) {
        return Ok(());
    }
    Err(format!("{x:?} is ratified with {parties:?}, not {by_party:?}"))
}
