//! How deals can be carried out: the deals asked about, or else the likeliest.

use crate::progress::Watcher;
use detente_analysis::{Analysis, InverseOptions, SequenceOptions, account, division, holding, sequence};
use detente_model::{Outcome, Talks};
use detente_report::CarriedDeal;

/// Sets and positions looked at for deals that are only listed.
const LISTED: u64 = 1 << 18;
const LISTED_POSITIONS: u64 = 40_000;

/// The deals asked about in full, or else the likeliest; and the likeliest as a list. Nothing without steps.
pub(crate) fn carried(
    talks: &Talks,
    analysis: &Analysis,
    asked: &[Outcome],
    target: f64,
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
        carried.push(one(talks, outcome, rank, in_full, probability, target, watcher));
    }
    carried
}

fn one(
    talks: &Talks,
    outcome: &Outcome,
    rank: Option<usize>,
    in_full: bool,
    probability: Option<f64>,
    target: f64,
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
        levers.map(|found| holding(talks, found, target, &options, &mut |share| watcher.tick(share)));
    let division = if ask && !watcher.stopped() {
        division(talks, outcome, &options, &mut |share| watcher.tick(share)).ok().flatten()
    } else {
        None
    };
    let probability = probability.or_else(|| {
        let options = InverseOptions { target, ..InverseOptions::default() };
        (in_full && talks.is_feasible(outcome))
            .then(|| account(talks, outcome, &options, &mut |share| watcher.tick(share)).probability)
    });
    CarriedDeal {
        outcome: outcome.clone(),
        rank,
        in_full,
        probability,
        found,
        holding,
        division,
        lasting: None,
        kept: None,
    }
}
