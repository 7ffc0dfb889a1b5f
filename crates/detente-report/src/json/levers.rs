//! What mediators can do, as JSON.

use super::by_body;
use super::unknowns::{EstimateEntry, estimate};
use crate::deal::outcome_map;
use crate::say;
use detente_analysis::{Estimate, Levers, Package};
use detente_model::Talks;
use indexmap::IndexMap;
use schemars::JsonSchema;
use serde::Serialize;

/// What mediators can do for agreement, and at what cost.
#[derive(Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub(super) struct LeversEntry {
    /// The probability aimed at.
    target: f64,
    /// The best deal without any lever; null where a limit was met.
    none: Option<PackageEntry>,
    /// The cheapest package that reaches the target; null where none does.
    cheapest: Option<PackageEntry>,
    /// The most that is possible within budgets.
    most: Option<PackageEntry>,
    /// The most that would be possible if no mediator had a budget.
    without_budgets: Option<PackageEntry>,
    /// Every cost with the best probability it buys, where no less buys as much; by rising cost.
    frontier: Vec<PackageEntry>,
    /// P(agree) with the cheapest package, or else with the most, averaged over what is not known; null where
    /// nothing was drawn.
    average: Option<EstimateEntry>,
    /// By lever, what it is worth at the cheapest package, or else at the most; empty where not known.
    worth: IndexMap<String, WorthEntry>,
    /// How it was found.
    search: SearchEntry,
    /// What kept it from being found; null if nothing did.
    limit: Option<String>,
    /// What a reader of the numbers should know.
    notes: Vec<String>,
}

/// Levers used with a deal.
#[derive(Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
struct PackageEntry {
    /// Ids of the levers, in the order of the file.
    levers: Vec<String>,
    /// Option by issue; null where no deal has any probability.
    outcome: Option<IndexMap<String, String>>,
    /// P(the talks agree).
    probability: f64,
    /// What the levers cost together.
    cost: f64,
    /// What they cost each mediator.
    by_mediator: IndexMap<String, f64>,
    /// P(body accepts), by party; null without a deal.
    by_body: Option<IndexMap<String, IndexMap<String, f64>>>,
}

#[derive(Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
struct WorthEntry {
    /// By how much the best probability at no more cost falls if the lever cannot be used.
    worth: f64,
    /// The least cost of reaching the target without it; null where that is not possible.
    cheapest_without: Option<f64>,
}

#[derive(Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
struct SearchEntry {
    /// Whether outcomes were looked at one by one, rather than in groups of issues.
    enumerated: bool,
    /// Bounds that were worked out.
    nodes: u64,
    /// Whether every answer is proven to be the best.
    proven: bool,
    /// Whether it was interrupted.
    interrupted: bool,
    /// What might still be above the frontier.
    open: Vec<OpenEntry>,
}

#[derive(Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
struct OpenEntry {
    /// From this cost on,
    cost: f64,
    /// the probability might be up to this.
    at_most: f64,
}

pub(super) fn entry(talks: &Talks, found: &Levers, average: Option<Estimate>) -> LeversEntry {
    let package = |package: &Option<Package>| package.as_ref().map(|package| self::package(talks, package));
    let worth = talks.levers.iter().zip(&found.levers).map(|(lever, worth)| {
        (lever.id.clone(), WorthEntry { worth: worth.worth, cheapest_without: worth.cheapest_without })
    });
    LeversEntry {
        target: found.target,
        none: package(&found.none),
        cheapest: package(&found.cheapest),
        most: package(&found.most),
        without_budgets: package(&found.without_budgets),
        frontier: found.frontier.iter().map(|package| self::package(talks, package)).collect(),
        average: average.map(estimate),
        worth: worth.collect(),
        search: SearchEntry {
            enumerated: found.search.enumerated,
            nodes: found.search.nodes,
            proven: found.search.proven,
            interrupted: found.search.interrupted,
            open: found.search.open.iter().map(|o| OpenEntry { cost: o.cost, at_most: o.at_most }).collect(),
        },
        limit: found.limit.as_ref().map(|limit| say::levers::limit(talks, limit)),
        notes: found.notes.clone(),
    }
}

fn package(talks: &Talks, package: &Package) -> PackageEntry {
    let mediators = talks.mediators.iter().map(|mediator| mediator.id.clone());
    PackageEntry {
        levers: package.levers.iter().map(|lever| talks.levers[lever.0].id.clone()).collect(),
        outcome: package.deal.as_ref().map(|deal| outcome_map(talks, deal)),
        probability: package.probability,
        cost: package.cost,
        by_mediator: mediators.zip(package.by_mediator.iter().copied()).collect(),
        by_body: (!package.by_body.is_empty()).then(|| by_body(talks, |body| package.by_body[body.0])),
    }
}
