//! How sure the answers are, as JSON.

use crate::deal::outcome_map;
use detente_analysis::{At, Compared, End, Estimate, InformationValue, Prospect, Spread, Stop, Unknowns};
use detente_model::{Spot, Talks};
use indexmap::IndexMap;
use schemars::JsonSchema;
use serde::Serialize;

/// How sure the answers are: the unknown numbers drawn again and again.
#[derive(Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub(super) struct UnknownsEntry {
    /// How draws are spread: `sobol`, Sobol points with random digital shifts; `random`, each for itself.
    method: &'static str,
    /// What the mean over draws of the best deal comes to: `no terms`, `no will` or `within reach`.
    verdict: &'static str,
    /// Draws made.
    draws: usize,
    /// Why no more were made: `narrow`, `budget` or `interrupted`.
    stop: &'static str,
    /// How narrow half of the first deal's interval was to be.
    within: f64,
    /// Outcomes that were compared in every draw.
    compared: Option<usize>,
    /// Whether these are all feasible outcomes; `compared` is then null.
    compared_all: bool,
    /// What is not known, each independent of the others.
    inputs: Vec<InputEntry>,
    /// Unknown numbers that do not enter here, such as those of levers and steps.
    not_drawn: usize,
    /// The share of draws with a zone; a lower bound where not all outcomes were compared.
    zone: EstimateEntry,
    /// The share of draws in which some compared outcome reaches the target.
    target_reached: EstimateEntry,
    /// By mean probability of agreement, downwards; the last may be there only as the steadiest.
    deals: Vec<ProspectEntry>,
    /// Position in `deals` of the deal with the highest 10th percentile; null after an interrupt.
    steadiest: Option<usize>,
    /// The variance of the first deal's probability over draws; null after an interrupt.
    variance: Option<f64>,
    /// What there is to learn about each input, by what it is worth, downwards.
    learn: Vec<LessonEntry>,
    /// How much the probability of agreement would gain if the deal could be chosen knowing everything.
    learn_everything: EstimateEntry,
    /// Draws in which parameters of a political cost contradicted each other and were put right.
    contradictory_draws: usize,
}

/// A mean over draws; the true value lies within `half_width` of it in 95 of 100 runs.
#[derive(Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub(super) struct EstimateEntry {
    mean: f64,
    /// Null where no draw was made.
    half_width: Option<f64>,
}

#[derive(Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
struct InputEntry {
    /// The id of the unknown whose cases decide; null for a single number.
    cases: Option<String>,
    /// The numbers it decides.
    numbers: Vec<String>,
}

#[derive(Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
struct ProspectEntry {
    /// Option by issue.
    outcome: IndexMap<String, String>,
    /// P(the talks agree) when every number is at its mean.
    at_means: f64,
    /// The mean of P(the talks agree) over draws.
    mean: EstimateEntry,
    /// How that spreads; null after an interrupt.
    spread: Option<SpreadEntry>,
}

/// Shares are of draws.
#[derive(Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
struct SpreadEntry {
    p10: f64,
    p50: f64,
    p90: f64,
    /// Where no compared outcome is likelier.
    best: f64,
    /// Where it is efficient; null where that is not known.
    efficient: Option<f64>,
    /// Where it is in the zone.
    zone: f64,
    /// Where it reaches the target.
    target_reached: f64,
}

#[derive(Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
struct LessonEntry {
    /// Position in `inputs`.
    input: usize,
    /// The share of the first deal's variance that this input alone explains (first-order Sobol index);
    /// null where there is no variance.
    first_order: Option<EstimateEntry>,
    /// The share in which it has a part (total Sobol index).
    total: Option<EstimateEntry>,
    /// How much the probability of agreement would gain if the deal could be chosen knowing this input
    /// (expected value of perfect information).
    worth: EstimateEntry,
    /// The mean of the first deal's probability when the input is low and when it is high.
    swing: [EndEntry; 2],
}

/// Where an input is low or high: its lowest or highest quarter, its lowest or highest value where it has
/// few, the case with the lowest or highest mean.
#[derive(Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
struct EndEntry {
    /// The middle of that quarter, or the value; null for cases.
    value: Option<f64>,
    /// The id of the case; null for a number.
    case: Option<String>,
    /// The mean of the first deal's probability there.
    mean: f64,
}

pub(super) fn entry(talks: &Talks, found: &Unknowns) -> UnknownsEntry {
    UnknownsEntry {
        verdict: super::verdict(found.verdict()),
        method: match found.spread {
            Spread::Even => "sobol",
            Spread::Plain => "random",
        },
        draws: found.draws,
        stop: match found.stop {
            Stop::Narrow => "narrow",
            Stop::Budget => "budget",
            Stop::Interrupted => "interrupted",
        },
        within: found.within,
        compared: match found.compared {
            Compared::All => None,
            Compared::Some { outcomes, .. } => Some(outcomes),
        },
        compared_all: found.compared == Compared::All,
        inputs: inputs(talks, found),
        not_drawn: found.aside,
        zone: estimate(found.zone),
        target_reached: estimate(found.reached),
        deals: found.deals.iter().map(|deal| prospect(talks, deal)).collect(),
        steadiest: found.steadiest,
        variance: found.variance,
        learn: found.information_values.iter().map(|of| lesson(talks, found, of)).collect(),
        learn_everything: estimate(found.perfect),
        contradictory_draws: found.mended,
    }
}

fn inputs(talks: &Talks, found: &Unknowns) -> Vec<InputEntry> {
    let numbers = talks.numbers();
    let place = |spot: &Spot| {
        let placed = numbers.iter().find(|placed| placed.spot == *spot);
        placed.map(|placed| placed.place.clone()).unwrap_or_default()
    };
    let input = |input: &detente_analysis::Input| InputEntry {
        cases: input.cases.map(|unknown| talks.unknowns[unknown.0].id.clone()),
        numbers: input.spots.iter().map(place).collect(),
    };
    found.inputs.iter().map(input).collect()
}

pub(super) fn estimate(estimate: Estimate) -> EstimateEntry {
    EstimateEntry {
        mean: estimate.mean,
        half_width: Some(estimate.half_width).filter(|width| width.is_finite()),
    }
}

fn prospect(talks: &Talks, deal: &Prospect) -> ProspectEntry {
    ProspectEntry {
        outcome: outcome_map(talks, &deal.outcome),
        at_means: deal.at_means,
        mean: estimate(deal.mean),
        spread: deal.detail.map(|detail| SpreadEntry {
            p10: detail.percentiles[0],
            p50: detail.percentiles[1],
            p90: detail.percentiles[2],
            best: detail.best,
            efficient: detail.efficient,
            zone: detail.zone,
            target_reached: detail.reaches,
        }),
    }
}

fn lesson(talks: &Talks, found: &Unknowns, lesson: &InformationValue) -> LessonEntry {
    let cases = found.inputs[lesson.input].cases.map(|unknown| &talks.unknowns[unknown.0].cases);
    let end = |end: End| EndEntry {
        value: match end.at {
            At::Value(value) => Some(value),
            At::Case(_) => None,
        },
        case: match (end.at, cases) {
            (At::Case(k), Some(cases)) => cases.get(k).map(|case| case.id.clone()),
            _ => None,
        },
        mean: end.mean,
    };
    LessonEntry {
        swing: lesson.swing.map(end),
        input: lesson.input,
        first_order: lesson.index.map(|index| estimate(index.first)),
        total: lesson.index.map(|index| estimate(index.total)),
        worth: estimate(lesson.worth),
    }
}
