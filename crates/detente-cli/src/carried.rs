//! How deals can be carried out: the deals asked about, or else the likeliest.

use crate::progress::{Watcher, stopped};
use detente_analysis::{
    Analysis, Kept, LastingOptions, Order, Plan, RequirementsOptions, Sequence, SequenceOptions, Space,
    Watch, account, division, held_back, holding, if_they_leave, kept, kept_levers, lasting, missing,
    sequence,
};
use detente_model::Outcome;
use detente_report::CarriedDeal;

/// Most of the likeliest deals that are put in order, however many are named.
const IN_ORDER: usize = 256;
/// Sets and positions looked at for deals that are only listed.
const LISTED: u64 = 1 << 18;
const LISTED_POSITIONS: u64 = 40_000;
/// Ways followed for the best order of these.
const LISTED_WAYS: usize = 1 << 14;

/// The probability of agreement aimed at, and the seed of what is drawn.
#[derive(Clone, Copy)]
pub(crate) struct Aimed {
    pub(crate) target: f64,
    pub(crate) seed: u64,
}

/// The deals asked about in full, or else the likeliest; and the likeliest as a list. Nothing without steps.
pub(crate) fn carried(
    space: &'static Space<'static>,
    analysis: &Analysis,
    asked: &[Outcome],
    aim: Aimed,
    watcher: &Watcher,
) -> Vec<CarriedDeal> {
    let talks = space.talks();
    if talks.steps.is_empty() {
        return Vec::new();
    }
    let best = analysis.will.as_ref().map(|will| &will.best[..]).unwrap_or_default();
    let best = &best[..best.len().min(IN_ORDER)];
    let mut deals = Vec::new();
    for outcome in asked {
        let rank = best.iter().position(|deal| deal.outcome == *outcome);
        let probability = rank.map(|rank| best[rank].probability);
        deals.push((outcome, rank, true, probability));
    }
    for (rank, deal) in best.iter().enumerate().filter(|(_, deal)| !asked.contains(&deal.outcome)) {
        deals.push((&deal.outcome, Some(rank), asked.is_empty() && rank == 0, Some(deal.probability)));
    }
    deals.sort_by_key(|(_, rank, in_full, _)| (!in_full, rank.unwrap_or(usize::MAX)));
    let mut carried = Vec::new();
    for (outcome, rank, in_full, probability) in deals {
        if stopped() {
            break;
        }
        let outcome = outcome.clone();
        let asked = Asked { rank, in_full, probability, aim };
        carried.extend(watcher.ask(move |watch| one(space, &outcome, asked, watch)));
    }
    if !missing(talks).is_empty() {
        return carried;
    }
    let mut kept = carried.clone();
    let kept = watcher.ask(move |watch| {
        keep(space, &mut kept, aim.seed, watch);
        kept
    });
    kept.unwrap_or(carried)
}

/// What is asked of a deal.
#[derive(Clone, Copy)]
struct Asked {
    rank: Option<usize>,
    in_full: bool,
    probability: Option<f64>,
    aim: Aimed,
}

fn one(space: &Space<'_>, outcome: &Outcome, asked: Asked, watch: Watch<'_>) -> CarriedDeal {
    let talks = space.talks();
    let Asked { rank, in_full, probability, aim } = asked;
    let mut options = SequenceOptions::default();
    if !in_full {
        (options.sets, options.positions) = (LISTED, LISTED_POSITIONS);
    }
    let found = sequence(talks, outcome, &options, watch);
    let if_they_leave = if_they_leave(talks, outcome, &options, watch).ok().flatten();
    // Whether it is kept, and what levers do for that, is told where it is known what everybody would say.
    let known = missing(talks).is_empty();
    let ask = in_full && found.is_ok() && !stopped();
    let levers = found.as_ref().ok().filter(|_| ask && known && !talks.levers.is_empty());
    let holding = levers.map(|found| holding(space, found, aim.target, &options, watch));
    let division =
        if ask && !stopped() { division(space, outcome, &options, watch).ok().flatten() } else { None };
    let probability = probability.or_else(|| {
        let options = RequirementsOptions { target: aim.target, ..RequirementsOptions::default() };
        (in_full && known && talks.is_feasible(outcome))
            .then(|| account(space, outcome, &options, watch).probability)
    });
    let plan = found.as_ref().ok().and_then(plan).filter(|_| in_full && !stopped());
    let held_back = plan.and_then(|plan| held_back(talks, outcome, plan).ok()).unwrap_or_default();
    let options = LastingOptions { seed: aim.seed, ..LastingOptions::default() };
    let plan = plan.filter(|_| known);
    let lasting = plan.and_then(|plan| lasting(space, outcome, plan, &options, watch).ok());
    CarriedDeal {
        outcome: outcome.clone(),
        rank,
        in_full,
        probability,
        found,
        holding,
        division,
        if_they_leave,
        held_back,
        lasting,
        kept: None,
    }
}

fn plan(found: &Sequence) -> Option<&Plan> {
    match &found.order {
        Order::Found { plan, .. } => Some(plan),
        _ => None,
    }
}

/// How likely each deal is to be signed and kept: without levers, or, where none of them ever is, each with the
/// levers that are best for it.
fn keep(space: &Space<'_>, deals: &mut [CarriedDeal], seed: u64, watch: Watch<'_>) {
    let talks = space.talks();
    let options = LastingOptions { seed, ways: LISTED_WAYS, ..LastingOptions::default() };
    let each = |deals: &mut [CarriedDeal], with_levers: bool| {
        for deal in deals {
            let Some((signed, found)) = deal.probability.zip(deal.found.as_ref().ok()) else { continue };
            let Some(plan) = plan(found).filter(|_| !stopped()) else { continue };
            let told = deal.lasting.as_ref().filter(|own| own.is_told_with_levers() == with_levers);
            if let Some(lasting) = told {
                deal.kept = Some(lasting.in_short(&deal.outcome, signed));
                continue;
            }
            let package = match (&deal.lasting, with_levers) {
                (_, false) => None,
                (Some(lasting), true) => lasting.levers.clone(),
                (None, true) => kept_levers(space, &deal.outcome, &options, watch).ok().flatten(),
            };
            let package = package.and_then(|mut found| found.frontier.pop());
            deal.kept = kept(talks, &deal.outcome, signed, Some(plan), package, &options, watch).ok();
        }
    };
    each(deals, false);
    let some = |deal: &CarriedDeal| deal.kept.as_ref().is_some_and(Kept::is_ever);
    if !talks.levers.is_empty() && !deals.iter().any(some) {
        each(deals, true);
    }
}
