//! What it would take with no lever given, and the account of a deal, as JSON.

use super::by_body;
use super::levers::{self, LeversEntry};
use super::unknowns::{EstimateEntry, estimate};
use crate::NamedDeal;
use crate::deal::outcome_map;
use detente_analysis::{Added, Ask, Estimate, Need, Never, Requirements, Scope, Standing, Together, Why};
use detente_model::{BodyId, Talks};
use indexmap::IndexMap;
use schemars::JsonSchema;
use serde::Serialize;

type ByBody<T> = IndexMap<String, IndexMap<String, T>>;

/// What it would take, with no lever given.
#[derive(Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub(super) struct InverseEntry {
    /// The probability aimed at.
    target: f64,
    /// `all`: every feasible outcome counts. `listed`: `bodies` are about all, the rest about the best deals.
    scope: &'static str,
    /// By party and body: by how much its political cost alone would have to fall.
    bodies: ByBody<AskEntry>,
    /// The falls of several bodies that are least in sum.
    together: TogetherEntry,
    /// By issue, the option that would have to be worth least more to some one body; null if nothing does.
    issues: IndexMap<String, Option<AddedEntry>>,
    /// P(agree) with the falls of `together`, averaged over what is not known; null where nothing was drawn.
    average: Option<EstimateEntry>,
    /// Whether the search was complete.
    complete: bool,
}

/// What one body alone would have to be given; `amount` is null if nothing of this kind suffices.
#[derive(Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
struct AskEntry {
    /// In the body's units; 0 if the target is reached already.
    amount: Option<f64>,
    /// As a share of the body's range; null where that is 0.
    share: Option<f64>,
    /// The deal that reaches the target then.
    outcome: Option<IndexMap<String, String>>,
    /// Its probability then.
    probability: Option<f64>,
    /// Why nothing suffices: `no zone`, `others`, `unknown`; null if something does.
    never: Option<&'static str>,
    /// The best probability that would come of it where the support of the others is too low; null where
    /// not known.
    most: Option<f64>,
}

/// The falls of several bodies that are least in sum; `falls` is null if none suffice.
#[derive(Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
struct TogetherEntry {
    /// By party and body, in its own units.
    falls: Option<ByBody<f64>>,
    /// Their sum, each as a share of the body's range.
    sum: Option<f64>,
    /// What every sum that suffices is proven to be at least.
    at_least: Option<f64>,
    outcome: Option<IndexMap<String, String>>,
    /// P(the talks agree) then.
    probability: Option<f64>,
    /// Why none suffice: `no zone`, `others`, `unknown`; null if some do.
    never: Option<&'static str>,
}

#[derive(Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
struct AddedEntry {
    option: String,
    /// As `party.body`.
    body: String,
    /// In the body's units.
    amount: f64,
    /// As a share of the body's range; null where that is 0.
    share: Option<f64>,
    outcome: IndexMap<String, String>,
    /// P(the talks agree) then.
    probability: f64,
}

/// One deal that was asked about.
#[derive(Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub(super) struct AccountEntry {
    outcome: IndexMap<String, String>,
    /// Whether it breaks no constraint.
    feasible: bool,
    /// Whether it is in the zone; never if it breaks a constraint.
    zone: bool,
    /// P(the talks agree), were it feasible.
    probability: f64,
    /// The same averaged over what is not known; null where nothing was drawn.
    average: Option<EstimateEntry>,
    /// `probability` if all of whom too little is said say no, as it is given above, and if they all say yes; null where
    /// enough is said of everybody.
    if_missing: Option<IfMissing>,
    /// P(party ratifies).
    by_party: IndexMap<String, f64>,
    /// By party and body.
    bodies: ByBody<StandingEntry>,
    /// The falls that are least in sum and bring this deal to the target.
    together: TogetherEntry,
    /// What mediators can do for this deal; null if there are none who can do anything.
    levers: Option<LeversEntry>,
}

#[derive(Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
struct IfMissing {
    no: f64,
    yes: f64,
}

#[derive(Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
struct StandingEntry {
    utility: f64,
    alternative: Option<f64>,
    surplus: Option<f64>,
    /// P(it accepts).
    accepts: f64,
    /// `no alternative`, `below` (the deal is worth less to it than no deal) or `cost` (its surplus covers
    /// its political cost with that probability).
    why: &'static str,
    /// The surplus at which it accepts with the target's probability; null without an alternative.
    needed: Option<f64>,
    /// P(the talks agree) if it surely said no, and yes.
    if_no: f64,
    /// See `if_no`.
    if_yes: f64,
    /// Whether nothing can be agreed without it.
    decides: bool,
    /// By how much its political cost alone would have to fall.
    fall: AskEntry,
    /// By how much more the deal alone would have to be worth to it.
    value: AskEntry,
}

pub(super) fn entry(talks: &Talks, found: &Requirements, average: Option<Estimate>) -> InverseEntry {
    let issues = talks.issues.iter().zip(&found.issues).enumerate();
    let issue = |(i, (issue, added)): (usize, (&detente_model::Issue, &Option<Added>))| {
        (issue.id.clone(), added.as_ref().map(|of| added_entry(talks, i, of)))
    };
    InverseEntry {
        target: found.target,
        scope: match found.scope {
            Scope::All => "all",
            Scope::Listed => "listed",
        },
        bodies: by_body(talks, |body| ask(talks, &found.bodies[body.0])),
        together: together(talks, &found.together),
        issues: issues.map(issue).collect(),
        average: average.map(estimate),
        complete: found.limit.is_none(),
    }
}

fn added_entry(talks: &Talks, issue: usize, added: &Added) -> AddedEntry {
    AddedEntry {
        option: talks.issues[issue].option_id(added.option).into_owned(),
        body: talks.body_path(added.body),
        amount: added.need.amount,
        share: added.need.share,
        outcome: outcome_map(talks, &added.need.outcome),
        probability: added.need.probability,
    }
}

fn never(never: Never) -> (Option<&'static str>, Option<f64>) {
    match never {
        Never::NoZone => (Some("no zone"), None),
        Never::Support { most } => (Some("others"), most),
        Never::Unknown => (Some("unknown"), None),
    }
}

fn ask(talks: &Talks, ask: &Ask) -> AskEntry {
    match ask {
        Ask::Enough(Need { amount, share, outcome, probability, .. }) => AskEntry {
            amount: Some(*amount),
            share: *share,
            outcome: Some(outcome_map(talks, outcome)),
            probability: Some(*probability),
            never: None,
            most: None,
        },
        Ask::Never(reason) => {
            let (never, most) = never(*reason);
            AskEntry { amount: None, share: None, outcome: None, probability: None, never, most }
        }
    }
}

fn together(talks: &Talks, found: &Together) -> TogetherEntry {
    match found {
        Together::Enough(falls) => TogetherEntry {
            falls: Some(by_body(talks, |body| falls.amounts[body.0])),
            sum: Some(falls.sum),
            at_least: Some(falls.at_least),
            outcome: Some(outcome_map(talks, &falls.outcome)),
            probability: Some(falls.probability),
            never: None,
        },
        Together::Never(reason) => TogetherEntry {
            falls: None,
            sum: None,
            at_least: None,
            outcome: None,
            probability: None,
            never: never(*reason).0,
        },
    }
}

pub(super) fn account(talks: &Talks, deal: &NamedDeal) -> AccountEntry {
    let found = &deal.account;
    let parties = talks.parties.iter().map(|party| party.id.clone());
    AccountEntry {
        outcome: outcome_map(talks, &found.outcome),
        feasible: found.broken.is_empty(),
        zone: found.zone,
        probability: found.probability,
        average: deal.average.map(estimate),
        if_missing: deal.if_missing.map(|[no, yes]| IfMissing { no, yes }),
        by_party: parties.zip(found.by_party.iter().copied()).collect(),
        bodies: by_body(talks, |body: BodyId| standing(talks, &found.bodies[body.0])),
        together: together(talks, &found.together),
        levers: deal.levers.as_ref().map(|found| levers::entry(talks, found, None)),
    }
}

fn standing(talks: &Talks, found: &Standing) -> StandingEntry {
    StandingEntry {
        utility: found.utility,
        alternative: found.alternative,
        surplus: found.surplus,
        accepts: found.accepts,
        why: match found.why {
            Why::RefusesNothing => "no alternative",
            Why::RefusesAll => "accepts none",
            Why::NotKnown => "not known",
            Why::Below { .. } => "below",
            Why::Covers { .. } => "cost",
        },
        needed: found.needed,
        if_no: found.if_refuses,
        if_yes: found.if_accepts,
        decides: found.decides,
        fall: ask(talks, &found.fall),
        value: ask(talks, &found.value),
    }
}
