//! How deals can be carried out, as JSON.

use super::by_body;
use super::lasting::{KeptEntry, LastingEntry, kept, lasting};
use crate::deal::outcome_map;
use crate::say;
use crate::screen::json_escaped;
use crate::{CarriedDeal, SequenceReport};
use detente_analysis::{
    Backing, Division, Guarantees, HeldBack, Holding, HoldingLimit, Obstacle, Order, Plan, Point,
    alternatives_unknown, strain_unknown,
};
use detente_model::{BodyId, StepId, Talks};
use indexmap::IndexMap;
use schemars::JsonSchema;
use serde::Serialize;

/// What `detente sequence --format json` prints of a scenario.
#[derive(Serialize, JsonSchema)]
#[schemars(title = "Detente sequence", deny_unknown_fields)]
struct Document {
    /// Version of the program.
    detente: String,
    /// Title of the scenario.
    title: String,
    /// SHA-256 of the input file.
    input_sha256: String,
    /// What was guessed, replaced or left out.
    warnings: Vec<String>,
    /// How deals can be carried out; null where no deal was named and none is likely.
    sequence: Option<SequenceEntry>,
}

/// How deals can be carried out.
#[derive(Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub(super) struct SequenceEntry {
    /// The deals asked about, or else the likeliest, in full.
    deals: Vec<DealEntry>,
    /// The likeliest deals, the likeliest first, and whether they hold.
    likeliest: Vec<ShortEntry>,
}

/// A deal and whether it holds.
#[derive(Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
struct ShortEntry {
    /// Option by issue.
    outcome: IndexMap<String, String>,
    /// P(the talks agree).
    probability: Option<f64>,
    /// Whether there is an order that nobody gains by breaking; null where that is not known.
    self_enforcing: Option<bool>,
    /// Whether it also withstands what is stated to tempt its sides; null where that is not known.
    holds: Option<bool>,
    /// The largest smallest slack of an order that was found, as a share of what the deal is worth; null if
    /// infinite or if there is no order.
    slack: Option<f64>,
    /// The chance that it is signed and kept; null where that was not worked out.
    kept: Option<KeptEntry>,
}

#[derive(Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
struct DealEntry {
    /// Option by issue.
    outcome: IndexMap<String, String>,
    /// P(the talks agree); null where it was not worked out.
    probability: Option<f64>,
    /// Ids of the steps that belong to it, in the order of the file.
    steps: Vec<String>,
    /// What each body has at stake, by party.
    stakes: Option<IndexMap<String, IndexMap<String, StakeEntry>>>,
    /// One order with the largest smallest slack; null where there is none.
    plan: Option<PlanEntry>,
    /// No order has a larger smallest slack; null if infinite or if there is no order.
    at_most: Option<f64>,
    /// Whether the plan is proven to be the best.
    proven: bool,
    /// Whether it holds: nobody gains by walking away, and nothing that is stated tempts anybody further, goes
    /// unnoticed or ends it from outside. Null where that is not known: an order that holds is not ruled out, or a
    /// strain is not stated that would decide.
    holds: Option<bool>,
    /// What would have to be known to say whether it holds.
    knowledge: KnowledgeEntry,
    /// What the plan does later than it could be done.
    held_back: Vec<HeldBackEntry>,
    /// What would have to be guaranteed: every choice that is not worse than another.
    price_of_trust: Vec<GuaranteesEntry>,
    /// Whether these are all such choices.
    price_proven: bool,
    /// The choice that comes to the least in all, in the common unit; null where no common unit is declared.
    least_total: Option<TotalEntry>,
    /// Levers that make it hold; null where there are none, or where it holds without.
    levers: Option<HoldingEntry>,
    /// What dividing steps would do; null where none can be divided.
    division: Option<DivisionEntry>,
    /// What happens once it is signed; null where there is no order or that was not worked out.
    lasting: Option<LastingEntry>,
    /// Why there is no order; null where there is one.
    none: Option<NoneEntry>,
}

#[derive(Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
struct KnowledgeEntry {
    /// Whether nothing is missing.
    enough: bool,
    missing: Vec<MissingEntry>,
}

#[derive(Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
struct MissingEntry {
    party: String,
    body: String,
    /// `alternative`: what no deal is worth to it is not stated. `strain`: how strongly it is tempted to walk away is
    /// not stated.
    what: &'static str,
}

#[derive(Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
struct HeldBackEntry {
    /// The point of the plan.
    point: usize,
    /// Ids of the steps done there.
    steps: Vec<String>,
    /// The day on which they could be done, all others staying in their order.
    possible: f64,
    /// The smallest slack of the order in which they are done then; null if infinite.
    slack: Option<f64>,
}

#[derive(Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
struct StakeEntry {
    /// What the deal is worth, without what steps give beside it.
    worth: f64,
    /// What all its steps give the body beside the deal: it counts on the way and at the end, not at signing.
    given: f64,
    /// What no deal is worth; null if it has nothing to walk away to.
    alternative: Option<f64>,
    /// What all steps together deliver and leave it.
    delivered: f64,
}

#[derive(Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
struct PlanEntry {
    /// The smallest slack of a party before the end, as a share; null if infinite.
    slack: Option<f64>,
    /// Whether nobody gains by walking away before the end.
    self_enforcing: bool,
    /// The start, then a point for each step or group of steps done at once.
    points: Vec<PointEntry>,
}

#[derive(Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
struct PointEntry {
    /// Ids of the steps done here.
    steps: Vec<String>,
    /// Days from the start, at the earliest.
    day: f64,
    /// By party: its slack as a share of what the deal is worth, null if infinite, and whose it is.
    parties: IndexMap<String, PartySlack>,
    /// By party and body.
    bodies: IndexMap<String, IndexMap<String, BodySlack>>,
}

#[derive(Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
struct PartySlack {
    slack: Option<f64>,
    /// Whether the slack is not negative; true where it is infinite and nobody could gain.
    goes_on: bool,
    /// The body whose slack it is; null where no single one decides.
    body: Option<String>,
}

#[derive(Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
struct BodySlack {
    /// What walking away would be worth; null if it has nothing to walk away to.
    walking_away: Option<f64>,
    /// What it would lose by that, in its units; null if it has nothing to walk away to.
    slack: Option<f64>,
    /// The same as a share of what the deal is worth to it; null if infinite.
    share: Option<f64>,
}

#[derive(Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
struct GuaranteesEntry {
    /// By party, as a share of what the deal is worth to it; null where no share is enough.
    by_party: IndexMap<String, Option<f64>>,
    /// Ids of the steps done at each point of an order for which they are enough.
    order: Vec<Vec<String>>,
}

#[derive(Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
struct TotalEntry {
    /// The sum over all bodies, in the common unit.
    total: f64,
    unit: String,
    /// By party, as a share of what the deal is worth to it.
    by_party: IndexMap<String, f64>,
}

#[derive(Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
struct HoldingEntry {
    /// The probability aimed at; null where nothing is said.
    target: Option<f64>,
    /// The cheapest levers that make it hold; null where none do.
    holds: Option<BackingEntry>,
    /// The cheapest that make it hold and reach the target; null where none do.
    both: Option<BackingEntry>,
    /// Whether nothing cheaper was left untried.
    proven: bool,
    /// Why nothing is said; null if something is.
    limit: Option<String>,
}

#[derive(Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
struct BackingEntry {
    /// Ids of the levers, in the order of the file.
    levers: Vec<String>,
    cost: f64,
    by_mediator: IndexMap<String, f64>,
    /// What they guarantee each party, as a share of what the deal is worth to it.
    guarantee: IndexMap<String, f64>,
    /// P(the talks agree) with them.
    probability: f64,
    /// An order that holds with them.
    plan: PlanEntry,
}

#[derive(Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
struct DivisionEntry {
    /// Ids of the steps that can be divided.
    steps: Vec<String>,
    /// What comes of dividing each of them into so many parts.
    tried: Vec<DividedEntry>,
    /// By step, the fewest parts for which it holds without a guarantee; null if no number tried is enough.
    enough: Option<IndexMap<String, usize>>,
    /// Parts of each with which some levers are enough; null if no number tried is.
    with_levers: Option<usize>,
}

#[derive(Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
struct DividedEntry {
    parts: usize,
    /// The largest smallest slack; null if infinite.
    slack: Option<f64>,
    /// What would have to be guaranteed, each choice by party; null where no share is enough.
    price_of_trust: Vec<IndexMap<String, Option<f64>>>,
}

/// Why there is no order.
#[derive(Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
struct NoneEntry {
    /// `no steps`, `circle`, `too late`, `stuck`, `stopped` or `limit`.
    kind: &'static str,
    /// In words.
    reason: String,
    /// Ids of the steps concerned: those in the circle, too late, or due and stuck.
    steps: Vec<String>,
}

/// How deals of a scenario can be carried out as one JSON object, with a final line break.
pub fn sequence_json(report: &SequenceReport<'_>) -> String {
    let document = Document {
        detente: report.version.into(),
        title: report.talks.title.clone(),
        input_sha256: report.input_sha256.into(),
        warnings: report.warnings.to_vec(),
        sequence: entry(report.talks, report.deals),
    };
    let mut text = json_escaped(&serde_json::to_string_pretty(&document).unwrap_or_default());
    text.push('\n');
    text
}

/// The JSON Schema of what [`sequence_json`] returns.
pub fn sequence_schema() -> String {
    let mut text = serde_json::to_string_pretty(&schemars::schema_for!(Document)).unwrap_or_default();
    text.push('\n');
    text
}

/// Absent without deals.
pub(super) fn entry(talks: &Talks, deals: &[CarriedDeal]) -> Option<SequenceEntry> {
    let ranked = deals.iter().filter(|deal| deal.rank.is_some());
    (!deals.is_empty()).then(|| SequenceEntry {
        deals: deals.iter().filter(|deal| deal.in_full).map(|deal| deal_entry(talks, deal)).collect(),
        likeliest: ranked.map(|deal| short(talks, deal)).collect(),
    })
}

pub(super) fn finite(number: f64) -> Option<f64> {
    number.is_finite().then_some(number)
}

fn short(talks: &Talks, deal: &CarriedDeal) -> ShortEntry {
    let found = match deal.found.as_ref().map(|found| &found.order) {
        Ok(Order::Found { plan, at_most, .. }) => Some((plan, *at_most)),
        _ => None,
    };
    let known = found.filter(|(plan, at_most)| !say::sequence::is_open(plan, *at_most));
    ShortEntry {
        outcome: outcome_map(talks, &deal.outcome),
        probability: deal.probability,
        self_enforcing: known.map(|(plan, _)| plan.is_self_enforcing()),
        holds: say::standing::holds_all_told(talks, deal),
        slack: found.and_then(|(plan, _)| finite(plan.slack)),
        kept: deal.kept.as_ref().map(|found| kept(talks, found)),
    }
}

pub(super) fn ids(talks: &Talks, steps: &[StepId]) -> Vec<String> {
    steps.iter().map(|step| talks.steps[step.0].id.clone()).collect()
}

pub(super) fn by_party<T>(talks: &Talks, of: impl Iterator<Item = T>) -> IndexMap<String, T> {
    talks.parties.iter().map(|party| party.id.clone()).zip(of).collect()
}

/// Whose strain would have to be known to say whether a deal holds.
fn knowledge(talks: &Talks, deal: &CarriedDeal) -> KnowledgeEntry {
    let strains = match deal.found.as_ref().map(|found| &found.order) {
        Ok(Order::Found { plan, .. }) if plan.is_self_enforcing() => strain_unknown(talks, plan),
        _ => Vec::new(),
    };
    let hangs = say::standing::hangs_on_who_stays(deal);
    let alternatives = if hangs { alternatives_unknown(talks) } else { Vec::new() };
    let entry = |what: &'static str| {
        move |body: &BodyId| {
            let body = &talks.bodies[body.0];
            MissingEntry { party: talks.parties[body.party.0].id.clone(), body: body.id.clone(), what }
        }
    };
    let missing: Vec<MissingEntry> =
        alternatives.iter().map(entry("alternative")).chain(strains.iter().map(entry("strain"))).collect();
    KnowledgeEntry { enough: missing.is_empty(), missing }
}

fn held_back(talks: &Talks, own: &HeldBack) -> HeldBackEntry {
    HeldBackEntry {
        point: own.point,
        steps: ids(talks, &own.steps),
        possible: own.possible,
        slack: finite(own.earlier.slack),
    }
}

fn deal_entry(talks: &Talks, deal: &CarriedDeal) -> DealEntry {
    let mut entry = DealEntry {
        outcome: outcome_map(talks, &deal.outcome),
        probability: deal.probability,
        steps: Vec::new(),
        stakes: None,
        plan: None,
        at_most: None,
        proven: false,
        holds: say::standing::holds_all_told(talks, deal),
        knowledge: knowledge(talks, deal),
        held_back: deal.held_back.iter().map(|own| held_back(talks, own)).collect(),
        price_of_trust: Vec::new(),
        price_proven: false,
        least_total: None,
        levers: deal.holding.as_ref().map(|found| holding(talks, found)),
        division: deal.division.as_ref().map(|found| division(talks, found)),
        lasting: deal.lasting.as_ref().map(|found| lasting(talks, found)),
        none: None,
    };
    let found = match &deal.found {
        Ok(found) => found,
        Err(why) => {
            let reason = say::sequence::limit(talks, *why);
            entry.none = Some(NoneEntry { kind: "limit", reason, steps: Vec::new() });
            return entry;
        }
    };
    entry.steps = ids(talks, &found.steps);
    entry.stakes = Some(by_body(talks, |body| {
        let stake = found.exit_values[body.0];
        StakeEntry {
            worth: stake.worth,
            given: stake.given,
            alternative: stake.alternative,
            delivered: stake.delivered,
        }
    }));
    let none = |kind, steps: &[StepId]| {
        Some(NoneEntry {
            kind,
            reason: say::sequence::verdict(talks, found).1.replace('\u{a0}', " "),
            steps: ids(talks, steps),
        })
    };
    match &found.order {
        Order::NoSteps => entry.none = none("no steps", &[]),
        Order::Stopped => entry.none = none("stopped", &[]),
        Order::Impossible(Obstacle::Circle(steps)) => entry.none = none("circle", steps),
        Order::Impossible(Obstacle::TooLate(step)) => entry.none = none("too late", &[*step]),
        Order::Impossible(Obstacle::Stuck { due, .. }) => entry.none = none("stuck", due),
        Order::Found { plan: best, at_most, trust, trust_proven } => {
            entry.plan = Some(plan(talks, best));
            entry.at_most = finite(*at_most);
            entry.proven = *at_most <= best.slack;
            entry.price_of_trust = trust.iter().map(|choice| guarantees(talks, choice)).collect();
            entry.price_proven = *trust_proven;
            entry.least_total = found.least_total(talks).map(|(total, choice)| TotalEntry {
                total,
                unit: talks.common_unit.clone().unwrap_or_default(),
                by_party: by_party(talks, choice.by_party.iter().copied()),
            });
        }
    }
    entry
}

fn plan(talks: &Talks, plan: &Plan) -> PlanEntry {
    PlanEntry {
        slack: finite(plan.slack),
        self_enforcing: plan.is_self_enforcing(),
        points: plan.points.iter().map(|own| point(talks, own)).collect(),
    }
}

fn point(talks: &Talks, point: &Point) -> PointEntry {
    let party = |(slack, body): (&f64, &Option<BodyId>)| PartySlack {
        slack: finite(*slack),
        goes_on: *slack >= 0.0,
        body: body.map(|body| talks.bodies[body.0].id.clone()),
    };
    PointEntry {
        steps: ids(talks, &point.steps),
        day: point.day,
        parties: by_party(talks, point.parties.iter().zip(&point.binding).map(party)),
        bodies: by_body(talks, |body| {
            let own = point.bodies[body.0];
            BodySlack {
                walking_away: own.walking_away,
                slack: own.walking_away.map(|_| own.slack),
                share: finite(own.share),
            }
        }),
    }
}

fn guarantees(talks: &Talks, choice: &Guarantees) -> GuaranteesEntry {
    GuaranteesEntry {
        by_party: by_party(talks, choice.by_party.iter().map(|share| finite(*share))),
        order: choice.plan.points.iter().skip(1).map(|point| ids(talks, &point.steps)).collect(),
    }
}

fn holding(talks: &Talks, found: &Result<Holding, HoldingLimit>) -> HoldingEntry {
    let backing = |backing: &Option<Backing>| backing.as_ref().map(|backing| self::backing(talks, backing));
    match found {
        Ok(found) => HoldingEntry {
            target: Some(found.target),
            holds: backing(&found.holds),
            both: backing(&found.both),
            proven: found.proven,
            limit: None,
        },
        Err(why) => HoldingEntry {
            target: None,
            holds: None,
            both: None,
            proven: false,
            limit: Some(match why {
                HoldingLimit::Levers(why) => say::levers::limit(talks, why),
                HoldingLimit::Sequence(why) => say::sequence::limit(talks, *why),
                HoldingLimit::NoOrder => "there is no order".into(),
            }),
        },
    }
}

fn backing(talks: &Talks, backing: &Backing) -> BackingEntry {
    let mediators = talks.mediators.iter().map(|mediator| mediator.id.clone());
    BackingEntry {
        levers: backing.levers.iter().map(|lever| talks.levers[lever.0].id.clone()).collect(),
        cost: backing.cost,
        by_mediator: mediators.zip(backing.by_mediator.iter().copied()).collect(),
        guarantee: by_party(talks, backing.guarantee.iter().copied()),
        probability: backing.probability,
        plan: plan(talks, &backing.plan),
    }
}

fn division(talks: &Talks, found: &Division) -> DivisionEntry {
    let steps = ids(talks, &found.steps);
    let divided = |own: &detente_analysis::Divided| DividedEntry {
        parts: own.parts,
        slack: finite(own.slack),
        price_of_trust: own
            .needs
            .iter()
            .map(|needs| by_party(talks, needs.iter().map(|share| finite(*share))))
            .collect(),
    };
    DivisionEntry {
        tried: found.tried.iter().map(divided).collect(),
        enough: found.enough.as_ref().map(|parts| steps.iter().cloned().zip(parts.iter().copied()).collect()),
        with_levers: found.with_levers,
        steps,
    }
}
