//! What would flip the answer, as JSON.

use super::verdict;
use crate::deal::outcome_map;
use detente_analysis::{Change, Sensitivity, SwitchingValue};
use detente_model::Talks;
use indexmap::IndexMap;
use schemars::JsonSchema;
use serde::Serialize;

/// Numbers without a source that would change a conclusion if they alone were another.
#[derive(Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub(super) struct FlipsEntry {
    /// How many numbers without a source enter the probabilities of agreement and were tried.
    tried: usize,
    /// Those of which some change flips something, the smallest change first.
    numbers: Vec<FlipEntry>,
}

#[derive(Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
struct FlipEntry {
    /// Which number, by its place in the scenario.
    number: String,
    /// The value it has; the mean of a distribution.
    now: f64,
    /// The smallest change found that changes the verdict; null if none does.
    verdict: Option<ChangeEntry>,
    /// The smallest change found that makes another deal likelier than the best; null if none does.
    best: Option<ChangeEntry>,
}

#[derive(Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
struct ChangeEntry {
    /// The value at which it is flipped.
    to: f64,
    /// The size of the change as a share of the scale by which numbers of different kinds are compared.
    share: f64,
    /// The verdict there: `no terms`, `no will` or `within reach`.
    verdict: &'static str,
    /// The likeliest deal there, the first of equals; null if there is none.
    outcome: Option<IndexMap<String, String>>,
    /// Its probability; 0 if there is none.
    probability: f64,
}

pub(super) fn entry(talks: &Talks, found: &Sensitivity) -> FlipsEntry {
    let numbers = talks.numbers();
    let change = |change: &Change| ChangeEntry {
        to: change.to,
        share: change.share,
        verdict: verdict(change.verdict),
        outcome: change.best.as_ref().map(|outcome| outcome_map(talks, outcome)),
        probability: change.probability,
    };
    let flip = |flip: &SwitchingValue| FlipEntry {
        number: numbers[flip.number].place.clone(),
        now: flip.now,
        verdict: flip.verdict.as_ref().map(change),
        best: flip.best.as_ref().map(change),
    };
    FlipsEntry { tried: found.tried, numbers: found.numbers.iter().map(flip).collect() }
}
