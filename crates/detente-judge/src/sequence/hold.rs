//! Judge of levers that make a deal hold: every set that may be used with it.

use super::{Aid, price_of_trust};
use crate::levers::Tools;
use crate::world::{World, number};
use detente_model::{Lever, LeverId, Number, Outcome, Talks};
use num_rational::BigRational;
use num_traits::Zero as _;
use std::collections::BTreeMap;

/// What a set of levers costs, and what it does to a deal.
#[derive(Clone, Debug, PartialEq)]
pub struct Means {
    /// What it costs all mediators.
    pub cost: f64,
    /// What it costs each mediator.
    pub by_mediator: Vec<f64>,
    /// P(the talks agree) on the deal with it.
    pub probability: f64,
    /// What it adds to the order of steps.
    pub aid: Aid,
}

/// Needs and guarantees nearer than this are equal but for rounding.
const ROUNDING: f64 = 1e-9;
/// Probabilities this much below a target still reach it: they are compared on a grid.
const NEAR: f64 = 1e-12;

/// What levers cost and do when they are used with a deal; nothing if they may not be.
pub fn means(talks: &Talks, deal: &Outcome, levers: &[LeverId]) -> Option<Means> {
    let world = World::new(talks, false);
    of_set(&world, &Tools::new(&world), deal, levers.iter().fold(0, |set, lever| set | 1 << lever.0))
}

/// The least cost of levers with which some order of the steps holds and, if a target is given, agreement is
/// as likely as that; nothing if no set of levers does it, within its budgets. For up to ten levers or so.
pub fn cheapest_to_hold(talks: &Talks, deal: &Outcome, target: Option<f64>) -> Option<f64> {
    assert!(talks.levers.len() <= 12, "few enough to try every set");
    let world = World::new(talks, false);
    let tools = Tools::new(&world);
    let sets = 0..1u32 << talks.levers.len();
    let mut all: Vec<Means> = sets.filter_map(|set| of_set(&world, &tools, deal, set)).collect();
    all.retain(|means| target.is_none_or(|target| means.probability >= target - NEAR));
    all.sort_by(|a, b| a.cost.total_cmp(&b.cost));
    let mut needs = BTreeMap::new();
    all.iter().find(|means| holds(talks, deal, &means.aid, &mut needs)).map(|means| means.cost)
}

fn of_set(world: &World<'_>, tools: &Tools, deal: &Outcome, set: u32) -> Option<Means> {
    let (cost, by_mediator) = tools.costs(world, deal, set)?;
    let probability = tools.probability(world, deal, set);
    Some(Means { cost, by_mediator, probability, aid: aid(world, set) })
}

/// Each amount is rounded once to the grid of its body.
fn aid(world: &World<'_>, set: u32) -> Aid {
    let talks = world.talks;
    let used = || (0..talks.levers.len()).filter(|k| set >> k & 1 == 1).map(|k| &talks.levers[k]);
    let to_bodies = |of: fn(&Lever) -> &Vec<(detente_model::BodyId, Number)>| -> Vec<f64> {
        let mut sums = vec![BigRational::zero(); talks.bodies.len()];
        for (body, amount) in used().flat_map(of) {
            sums[body.0] += world.on_grid_of(*body, amount.mean());
        }
        sums.iter().map(number).collect()
    };
    let mut guarantee = vec![0.0; talks.parties.len()];
    for (party, share) in used().flat_map(|lever| &lever.guarantee) {
        guarantee[party.0] += share.mean();
    }
    Aid { adds: to_bodies(|lever| &lever.inducement), lowers: to_bodies(|lever| &lever.pressure), guarantee }
}

/// Needs by what is added to the deal and taken from the alternatives, as bits.
type Known = BTreeMap<Vec<u64>, Vec<Vec<f64>>>;

/// Whether what is guaranteed is enough for some order.
fn holds(talks: &Talks, deal: &Outcome, aid: &Aid, known: &mut Known) -> bool {
    let changes = aid.adds.iter().chain(&aid.lowers).map(|amount| amount.to_bits()).collect();
    let bare = Aid { guarantee: vec![0.0; talks.parties.len()], ..aid.clone() };
    let all = known.entry(changes).or_insert_with(|| price_of_trust(talks, deal, &bare));
    let enough = |needs: &Vec<f64>| {
        needs.iter().zip(&aid.guarantee).all(|(need, guarantee)| *need <= guarantee + ROUNDING / 2.0)
    };
    all.iter().any(enough)
}
