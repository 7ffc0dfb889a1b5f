//! Judges of the zone, of probabilities of agreement, of what-ifs and of the no-zone diagnosis.

use crate::Objection;
use crate::terms::shares_of_ideals;
use crate::world::{World, close};
use detente_model::{
    BodyId, Issue, IssueId, OptionId, Options, Outcome, PartyId, normal_at_most, normal_quantile,
};
use num_rational::BigRational;
use num_traits::{FromPrimitive as _, Zero as _};
use std::collections::BTreeSet;

/// Checks the number of zone outcomes.
///
/// # Errors
/// The objection.
pub fn check_zone(world: &World<'_>, count: u64) -> Result<(), Objection> {
    let expected = world.zone().len() as u64;
    if expected == count { Ok(()) } else { Err(format!("the zone holds {expected} outcomes, not {count}")) }
}

/// P(agree).
pub(crate) fn agreement(world: &World<'_>, p: &[f64]) -> f64 {
    chance(world, p, &|yes| world.agrees(&|body| yes(body.0)))
}

/// P(a party ratifies).
pub(crate) fn ratification(world: &World<'_>, party: PartyId, p: &[f64]) -> f64 {
    chance(world, p, &|yes| world.talks.parties[party.0].ratifies.holds(&|body| yes(body.0)))
}

/// P(a rule over bodies holds): the mean over a common mood, where one is declared.
fn chance(world: &World<'_>, p: &[f64], holds: Rule<'_>) -> f64 {
    let Some(correlation) = &world.talks.correlation else { return by_patterns(p, holds) };
    // Four hundred moods evenly spaced, which is plenty unless a loading comes near 1.
    let moods: Vec<f64> = (-200..=200).map(|k| f64::from(k) * 0.045).collect();
    let weight = |mood: f64| (-mood * mood / 2.0).exp();
    let given = |body: usize, mood: f64| {
        let a = correlation.loading(BodyId(body));
        if p[body] == 0.0 || p[body] == 1.0 {
            return p[body];
        }
        normal_at_most((normal_quantile(p[body]) - a * mood) / (1.0 - a * a).sqrt())
    };
    let at = |mood: f64| {
        let p: Vec<f64> = (0..p.len()).map(|body| given(body, mood)).collect();
        weight(mood) * by_patterns(&p, holds)
    };
    moods.iter().map(|mood| at(*mood)).sum::<f64>() / moods.iter().map(|mood| weight(*mood)).sum::<f64>()
}

/// Whether a rule holds if these bodies say yes.
type Rule<'a> = &'a dyn Fn(&dyn Fn(usize) -> bool) -> bool;

/// P(a rule holds) of independent bodies, by trying every pattern of consent.
fn by_patterns(p: &[f64], holds: Rule<'_>) -> f64 {
    let mut total = 0.0;
    for pattern in 0..1u32 << p.len() {
        let yes = |body: usize| pattern & (1 << body) != 0;
        if holds(&yes) {
            total +=
                p.iter().enumerate().map(|(body, p)| if yes(body) { *p } else { 1.0 - p }).product::<f64>();
        }
    }
    total
}

pub(crate) fn acceptances(world: &World<'_>, x: &Outcome) -> Vec<f64> {
    (0..world.talks.bodies.len()).map(|body| world.acceptance(BodyId(body), x)).collect()
}

fn best_probability(world: &World<'_>, of: &dyn Fn(&Outcome) -> Vec<f64>) -> f64 {
    world.feasible.iter().map(|x| agreement(world, &of(x))).fold(0.0, f64::max)
}

/// P(the talks agree on an outcome).
pub fn probability(world: &World<'_>, x: &Outcome) -> f64 {
    let p: Vec<f64> = (0..world.talks.bodies.len()).map(|body| world.acceptance(BodyId(body), x)).collect();
    agreement(world, &p)
}

/// Checks the probability of agreement on one outcome.
///
/// # Errors
/// The objection.
pub fn check_probability(world: &World<'_>, x: &Outcome, probability: f64) -> Result<(), Objection> {
    let expected = agreement(world, &acceptances(world, x));
    if close(expected, probability) {
        return Ok(());
    }
    Err(format!("{x:?} is agreed with probability {expected}, not {probability}"))
}

/// Checks that the first of the listed deals is the best, that they are in order and distinct, that
/// none outside the list is more than `near` likelier than one in it, that none is missing, and that no deal
/// stands before an efficient one that is as likely.
///
/// # Errors
/// The objection.
pub fn check_best(
    world: &World<'_>,
    best: &[(Outcome, f64)],
    top: usize,
    near: f64,
) -> Result<(), Objection> {
    let zone = world.zone();
    if best.len() != zone.len().min(top) {
        return Err(format!(
            "{} deals listed, of {} in the zone and {top} asked for",
            best.len(),
            zone.len()
        ));
    }
    for (x, probability) in best {
        check_probability(world, x, *probability)?;
        if !zone.contains(&x) {
            return Err(format!("{x:?} is not in the zone"));
        }
    }
    if best.iter().enumerate().any(|(k, (x, _))| best[..k].iter().any(|(other, _)| other == x)) {
        return Err("a deal is listed twice".into());
    }
    if best.windows(2).any(|pair| pair[0].1 < pair[1].1 - 1e-9) {
        return Err("the deals are not in order".into());
    }
    let likely: Vec<f64> = zone.iter().map(|x| agreement(world, &acceptances(world, x))).collect();
    let efficient = efficient(world);
    for (k, (x, p)) in best.iter().enumerate().filter(|(_, (x, _))| !efficient.contains(x)) {
        let is_after = |other: &Outcome| !best[..k].iter().any(|(listed, _)| listed == other);
        let as_likely = zone.iter().zip(&likely).filter(|(_, own)| **own >= *p).map(|(other, _)| *other);
        if let Some(other) =
            as_likely.filter(|other| efficient.contains(*other)).find(|other| is_after(other))
        {
            return Err(format!("{x:?} stands before {other:?}, which is efficient and as likely"));
        }
    }
    let outside = zone.iter().filter(|x| !best.iter().any(|(listed, _)| listed == **x));
    let missed = outside.map(|x| agreement(world, &acceptances(world, x))).fold(0.0, f64::max);
    match (best.first(), best.last()) {
        (Some((_, first)), _) if missed > first + 1e-9 => {
            Err(format!("a deal has {missed}, the best listed {first}"))
        }
        (_, Some((_, last))) if missed > last + near + 1e-9 => {
            Err(format!("a deal has {missed}, the last listed {last}"))
        }
        _ => Ok(()),
    }
}

/// Checks that the listed deals are those that the rule of choice names, in order: the best first; then, of those
/// within `near` of the likeliest left, the one that differs most from those chosen.
///
/// # Errors
/// The objection.
pub fn check_choice(world: &World<'_>, best: &[Outcome], top: usize, near: f64) -> Result<(), Objection> {
    let on_grid = |p: f64| (p * 1e12).round() as i64;
    let likely = |x: &Outcome| on_grid(agreement(world, &acceptances(world, x)));
    let shares = shares_of_ideals(world);
    let mut left: Vec<(i64, Vec<BigRational>, &Outcome)> =
        world.zone().into_iter().map(|x| (likely(x), shares(x), x)).collect();
    // Zone outcomes are in order, so equals stay in it.
    left.sort_by(|a, b| (b.0, &b.1).cmp(&(a.0, &a.1)));
    let efficient = efficient(world);
    let mut chosen: Vec<(i64, &Outcome)> = Vec::new();
    while chosen.len() < top && !left.is_empty() {
        // The first is one of the likeliest; it has no near-equals yet.
        let least = if chosen.is_empty() { left[0].0 } else { left[0].0 - on_grid(near) };
        let apart = |x: &Outcome| chosen.iter().map(|(_, other)| distance(world, x, other)).min();
        let merit = |x: &Outcome| (efficient.contains(x), apart(x));
        let most = left.iter().filter(|(p, ..)| *p >= least).map(|(.., x)| merit(x)).max();
        let next = left.iter().position(|(p, _, x)| *p >= least && Some(merit(x)) == most);
        let (p, _, x) = left.remove(next.unwrap_or(0));
        chosen.push((p, x));
    }
    chosen.sort_by_key(|(p, _)| std::cmp::Reverse(*p));
    let expected: Vec<&Outcome> = chosen.into_iter().map(|(_, x)| x).collect();
    if best.iter().eq(expected.iter().copied()) {
        return Ok(());
    }
    Err(format!("the rule of choice names {expected:?}, not {best:?}"))
}

/// The outcomes that no feasible one beats: as good for every party and better for one.
fn efficient<'w>(world: &'w World<'_>) -> BTreeSet<&'w Outcome> {
    let vectors: Vec<Vec<BigRational>> = world.feasible.iter().map(|x| world.vector(x)).collect();
    let beats = |a: &[BigRational], b: &[BigRational]| a != b && a.iter().zip(b).all(|(a, b)| a >= b);
    let is_beaten = |own: &Vec<BigRational>| vectors.iter().any(|other| beats(other, own));
    let all = world.feasible.iter().zip(&vectors);
    all.filter(|(_, own)| !is_beaten(own)).map(|(x, _)| x).collect()
}

/// How far two outcomes differ: 1 for each named option that differs, a share of the range for ordered ones.
fn distance(world: &World<'_>, x: &Outcome, y: &Outcome) -> BigRational {
    let one = |(i, issue): (usize, &Issue)| {
        let (a, b) = (x.0[i].0 as i64, y.0[i].0 as i64);
        let steps = match issue.options {
            Options::Named { ordered: false, .. } => 1,
            _ => (issue.n_options() as i64 - 1).max(1),
        };
        BigRational::new((a - b).abs().min(steps).into(), steps.into())
    };
    world.talks.issues.iter().enumerate().map(one).sum()
}

/// Checks which deals are as likely as one of the listed ones and are not listed: that so many are
/// said, that those named are among them, and that none is named twice.
///
/// # Errors
/// The objection.
pub fn check_equals(
    world: &World<'_>,
    best: &[(Outcome, f64)],
    equals: &[Outcome],
    n_equals: usize,
) -> Result<(), Objection> {
    let listed = |x: &Outcome| best.iter().any(|(other, _)| other == x);
    // Two numbers on one place of a grid of 10^-12 are at most that far apart; two that are equal but
    // for rounding stand on one place unless its edge is between them.
    let within = |tolerance: f64| -> Vec<&Outcome> {
        let as_likely = |x: &Outcome| {
            let p = agreement(world, &acceptances(world, x));
            best.iter().any(|(_, listed)| (listed - p).abs() <= tolerance)
        };
        world.zone().into_iter().filter(|x| !listed(x) && as_likely(x)).collect()
    };
    let (fewest, most) = (within(0.0).len(), within(1.01e-12));
    if !(fewest..=most.len()).contains(&n_equals) {
        return Err(format!("{} deals are as likely as a listed one, not {n_equals}", most.len()));
    }
    if let Some(x) = equals.iter().find(|x| !most.contains(x)) {
        return Err(format!("{x:?} is not as likely as a listed deal, or is listed itself"));
    }
    match equals.iter().enumerate().find(|(k, x)| equals[..*k].contains(x)) {
        Some((_, x)) => Err(format!("{x:?} is named twice")),
        None => Ok(()),
    }
}

/// Checks what a body's consent is worth: the gain in the best probability if its cost were 0, and
/// if its consent counted as given.
///
/// # Errors
/// The objection.
pub fn check_consent(world: &World<'_>, body: BodyId, if_free: f64, if_waived: f64) -> Result<(), Objection> {
    let best = best_probability(world, &|x| acceptances(world, x));
    let with = |certain: &dyn Fn(&Outcome) -> f64| {
        let changed = |x: &Outcome| {
            let mut p = acceptances(world, x);
            p[body.0] = certain(x);
            p
        };
        best_probability(world, &changed) - best
    };
    let free = with(&|x| f64::from(u8::from(world.accepts_free(body, x))));
    let waived = with(&|_| 1.0);
    if close(free, if_free) && close(waived, if_waived) {
        return Ok(());
    }
    Err(format!("{body:?} is worth {free} free and {waived} waived, not {if_free} and {if_waived}"))
}

/// Checks the best probability with one option forced.
///
/// # Errors
/// The objection.
pub fn check_forced(
    world: &World<'_>,
    issue: IssueId,
    option: OptionId,
    probability: f64,
) -> Result<(), Objection> {
    let with = world.feasible.iter().filter(|x| x[issue] == option);
    let expected = with.map(|x| agreement(world, &acceptances(world, x))).fold(0.0, f64::max);
    if close(expected, probability) {
        return Ok(());
    }
    Err(format!("with {issue:?} at {option:?} the best is {expected}, not {probability}"))
}

/// Checks the diagnosis of an empty zone: at the concession the nearest outcome is agreed on, a
/// little below it none is; it opens as many as said; the waived sets are exactly the smallest that leave a zone.
///
/// # Errors
/// The objection.
pub fn check_no_zone(
    world: &World<'_>,
    concession: Option<f64>,
    nearest: Option<&Outcome>,
    ties: u64,
    waive: &[Vec<BodyId>],
) -> Result<(), Objection> {
    if !world.zone().is_empty() {
        return Err("the zone is not empty".into());
    }
    let opened = |x: &Outcome, share: &BigRational| {
        world.agrees(&|body| match world.body_surplus(body, x) {
            None => !world.refuses(body),
            Some(surplus) => surplus + share * world.body_range(body) >= BigRational::zero(),
        })
    };
    let share = |value: f64| BigRational::from_f64(value).unwrap_or_else(BigRational::zero);
    match (concession, nearest) {
        (Some(c), Some(x)) => {
            if !world.feasible.contains(x) || !opened(x, &share(c * (1.0 + 1e-12) + 1e-12)) {
                return Err(format!("a concession of {c} does not open {x:?}"));
            }
            if let Some(other) = world.feasible.iter().find(|x| opened(x, &share(c - 1e-9))) {
                return Err(format!("less than {c} opens {other:?}"));
            }
            let n = world.feasible.iter().filter(|x| opened(x, &share(c * (1.0 + 1e-12) + 1e-12))).count();
            if n as u64 != ties {
                return Err(format!("a concession of {c} opens {n} outcomes, not {ties}"));
            }
        }
        (None, None) => {
            if let Some(other) = world.feasible.iter().find(|x| opened(x, &share(1e9))) {
                return Err(format!("a concession opens {other:?}"));
            }
        }
        _ => return Err("a concession comes with an outcome".into()),
    }
    check_waivers(world, waive)
}

fn check_waivers(world: &World<'_>, waive: &[Vec<BodyId>]) -> Result<(), Objection> {
    let n = world.talks.bodies.len();
    let opens = |set: u32| {
        let yes = |body: BodyId, x: &Outcome| set & (1 << body.0) != 0 || world.accepts_free(body, x);
        world.feasible.iter().any(|x| world.agrees(&|body| yes(body, x)))
    };
    let opening: Vec<u32> = (0..1u32 << n).filter(|set| opens(*set)).collect();
    let smallest = opening.iter().map(|set| set.count_ones()).min().unwrap_or(0);
    let mut expected: Vec<Vec<BodyId>> = opening
        .into_iter()
        .filter(|set| set.count_ones() == smallest)
        .map(|set| (0..n).filter(|body| set & (1 << body) != 0).map(BodyId).collect())
        .collect();
    expected.sort();
    if expected == waive { Ok(()) } else { Err(format!("the sets to waive are {expected:?}, not {waive:?}")) }
}
