//! What is missing, and whether enough is known, as JSON.

use super::{Count, count};
use detente_analysis::Analysis;
use detente_model::{Alternative, BodyId, Distribution, Party, Talks, Unsaid};
use schemars::JsonSchema;
use serde::Serialize;

#[derive(Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub(super) struct KnowledgeEntry {
    /// Whether the verdict is the same whatever those say of whom too little is said.
    enough: bool,
    /// What is not said.
    missing: Vec<MissingEntry>,
    /// How many outcomes are in the zone for certain, and how many can be.
    zone: Option<ZoneEntry>,
}

#[derive(Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
struct MissingEntry {
    party: String,
    body: String,
    /// `alternative`, or `preferences` where nothing is said of any issue.
    what: &'static str,
}

#[derive(Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
struct ZoneEntry {
    /// Even if every missing body says no to everything.
    certain: Count,
    /// If every missing body says yes to everything.
    possible: Count,
}

pub(super) fn entry(talks: &Talks, analysis: &Analysis) -> KnowledgeEntry {
    let knowledge = &analysis.knowledge;
    let missing = knowledge.missing.iter().map(|one| {
        let own = &talks.bodies[one.body.0];
        MissingEntry {
            party: talks.parties[own.party.0].id.clone(),
            body: own.id.clone(),
            what: match one.what {
                Unsaid::Alternative => "alternative",
                Unsaid::Preferences => "preferences",
            },
        }
    });
    KnowledgeEntry {
        enough: knowledge.enough,
        missing: missing.collect(),
        zone: analysis
            .counts
            .zone
            .as_ref()
            .map(|zone| ZoneEntry { certain: count(&zone.at_least), possible: count(&zone.at_most) }),
    }
}

/// What is known of a body's alternative, in a word.
pub(super) fn alternative_is(talks: &Talks, body: BodyId) -> &'static str {
    match &talks.bodies[body.0].alternative {
        Alternative::Worth(number) if matches!(number.spread, Distribution::Point(_)) => "number",
        Alternative::Worth(_) => "range",
        Alternative::RefusesNothing => "none",
        Alternative::RefusesAll => "never",
        Alternative::Unknown => "unknown",
    }
}

/// The same of a party: what is least known of its bodies.
pub(super) fn of_party(talks: &Talks, party: &Party) -> &'static str {
    const LEAST_KNOWN: [&str; 5] = ["unknown", "range", "never", "number", "none"];
    let of: Vec<&str> = party.bodies.iter().map(|body| alternative_is(talks, *body)).collect();
    LEAST_KNOWN.into_iter().find(|word| of.contains(word)).unwrap_or("unknown")
}
