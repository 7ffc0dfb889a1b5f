//! How deals can be carried out: the deals asked about, or else the likeliest.

use crate::progress::Watcher;
use detente_analysis::{
    Analysis, InverseOptions, Kept, LastingOptions, Order, Plan, Sequence, SequenceOptions, account,
    division, holding, kept, kept_levers, lasting, sequence,
};
use detente_model::{Outcome, Talks};
use detente_report::CarriedDeal;

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
    talks: &Talks,
    analysis: &Analysis,
    asked: &[Outcome],
    aim: Aimed,
    watcher: &mut Watcher,
) -> Vec<CarriedDeal> {
    if talks.steps.is_empty() {
        return Vec::new();
    }
    let best = analysis.will.as_ref().map(|will| &will.best[..]).unwrap_or_default();
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
        if watcher.stopped() {
            break;
        }
        carried.push(one(talks, outcome, rank, in_full, probability, aim, watcher));
    }
    keep(talks, &mut carried, aim.seed, watcher);
    carried
}

fn one(
    talks: &Talks,
    outcome: &Outcome,
    rank: Option<usize>,
    in_full: bool,
    probability: Option<f64>,
    aim: Aimed,
    watcher: &mut Watcher,
) -> CarriedDeal {
    let mut options = SequenceOptions::default();
    if !in_full {
        (options.sets, options.positions) = (LISTED, LISTED_POSITIONS);
    }
    let found = sequence(talks, outcome, &options, &mut |share| watcher.tick(share));
    let ask = in_full && found.is_ok() && !watcher.stopped();
    let levers = found.as_ref().ok().filter(|_| ask && !talks.levers.is_empty());
    let holding =
        levers.map(|found| holding(talks, found, aim.target, &options, &mut |share| watcher.tick(share)));
    let division = if ask && !watcher.stopped() {
        division(talks, outcome, &options, &mut |share| watcher.tick(share)).ok().flatten()
    } else {
        None
    };
    let probability = probability.or_else(|| {
        let options = InverseOptions { target: aim.target, ..InverseOptions::default() };
        (in_full && talks.is_feasible(outcome))
            .then(|| account(talks, outcome, &options, &mut |share| watcher.tick(share)).probability)
    });
    let plan = found.as_ref().ok().and_then(plan).filter(|_| in_full && !watcher.stopped());
    let options = LastingOptions { seed: aim.seed, ..LastingOptions::default() };
    let lasting =
        plan.and_then(|plan| lasting(talks, outcome, plan, &options, &mut |share| watcher.tick(share)).ok());
    CarriedDeal {
        outcome: outcome.clone(),
        rank,
        in_full,
        probability,
        found,
        holding,
        division,
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
fn keep(talks: &Talks, deals: &mut [CarriedDeal], seed: u64, watcher: &mut Watcher) {
    let options = LastingOptions { seed, ways: LISTED_WAYS, ..LastingOptions::default() };
    let mut each = |deals: &mut [CarriedDeal], with_levers: bool| {
        for deal in deals {
            let Some((signed, found)) = deal.probability.zip(deal.found.as_ref().ok()) else { continue };
            let Some(plan) = plan(found).filter(|_| !watcher.stopped()) else { continue };
            let told = deal.lasting.as_ref().filter(|own| own.is_told_with_levers() == with_levers);
            if let Some(lasting) = told {
                deal.kept = Some(lasting.in_short(&deal.outcome, signed));
                continue;
            }
            let mut go_on = |share| watcher.tick(share);
            let package = match (&deal.lasting, with_levers) {
                (_, false) => None,
                (Some(lasting), true) => lasting.levers.clone(),
                (None, true) => kept_levers(talks, &deal.outcome, &options, &mut go_on).ok().flatten(),
            };
            let package = package.and_then(|mut found| found.frontier.pop());
            deal.kept = kept(talks, &deal.outcome, signed, Some(plan), package, &options, &mut go_on).ok();
        }
    };
    each(deals, false);
    let some = |deal: &CarriedDeal| deal.kept.as_ref().is_some_and(Kept::is_ever);
    if !talks.levers.is_empty() && !deals.iter().any(some) {
        each(deals, true);
    }
}
