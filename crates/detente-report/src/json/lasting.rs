//! Whether deals last once they are signed, and what they secure if not, as JSON.

use super::by_body;
use super::sequence::{by_party, finite, ids};
use detente_analysis::Lasting;
use detente_analysis::{
    Aim, Amounts, Band, BestOrder, Break, Check, Kept, KeptLevers, KeptPackage, OrderTradeoff, Outlook, Plan,
    Reckoning, Secured, Sureness,
};
use detente_model::{PhaseId, Talks};
use indexmap::IndexMap;
use schemars::JsonSchema;
use serde::Serialize;

/// What happens once a deal is signed.
#[derive(Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub(super) struct LastingEntry {
    /// How the plan fares without levers.
    outlook: OutlookEntry,
    /// Whether what follows is told with the levers of `with_levers`, because the plan is never carried through
    /// without.
    told_with_levers: bool,
    /// The best order for completion, then for the expected and the certain amount of each thing counted.
    best: Vec<BestEntry>,
    /// Orders of which none is better in two aims.
    tradeoffs: Vec<TradeoffEntry>,
    /// What levers do for the chance that it is signed and kept; null if there are none.
    levers: Option<KeptLeversEntry>,
    /// The levers with the largest chance that it is signed and kept, and how their order fares; null where
    /// that was not worked out.
    with_levers: Option<WithLeversEntry>,
    /// How sure it is, over draws of every number that is not known; null where every number that enters is known.
    sureness: Option<SurenessEntry>,
}

/// How a plan fares once it is signed.
#[derive(Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
struct OutlookEntry {
    /// P(completed | signed).
    completed: f64,
    /// How that was found.
    reckoning: ReckoningEntry,
    /// What can end it, by point of the plan, the last excepted. With `completed`, all of it sums to 1.
    breaks: Vec<BreakEntry>,
    /// What is counted, in the order of the file.
    secured: Vec<SecuredEntry>,
    /// Whether parties do the steps that are theirs as agreed, in the order of the plan.
    checks: Vec<CheckEntry>,
    /// Up to when consequences are counted, in days from the start.
    horizon: f64,
    /// Whether the scenario states that.
    horizon_stated: bool,
}

/// How probabilities were found.
#[derive(Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
struct ReckoningEntry {
    /// `exact`: a finite sum. `moods`: the trapezium rule over the mood that strains have in common. `drawn`:
    /// by drawing strains.
    kind: &'static str,
    /// How often strains were drawn; null if they were not.
    draws: Option<u32>,
    /// The standard error of `completed`; null if nothing was drawn.
    error: Option<f64>,
}

/// What can end a plan at a point, or between it and the next; probabilities, given that it is signed.
#[derive(Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
struct BreakEntry {
    /// That it ends here: `walks`, `fails` and `shocks` together.
    total: f64,
    /// That some party does not go on.
    walks: f64,
    /// By party, that it does not go on; several may not at once.
    by_party: IndexMap<String, f64>,
    /// By party and body, that it does not stay and its party does not go on.
    by_body: IndexMap<String, IndexMap<String, f64>>,
    /// That a step that should come next is not done, and that is noticed.
    fails: f64,
    /// That something from outside ends it before the next point.
    shocks: f64,
}

/// How much of something counted comes about.
#[derive(Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
struct SecuredEntry {
    /// What is counted.
    what: String,
    /// By the horizon.
    total: AmountsEntry,
    /// By the horizon, of the steps of each phase.
    by_phase: Vec<PhaseEntry>,
    /// By day, from 0 to the horizon.
    by_day: Vec<DayEntry>,
}

/// Amounts of something counted.
#[derive(Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
struct AmountsEntry {
    /// If the plan is completed.
    hoped: f64,
    /// The mean.
    expected: f64,
    /// The 10th percentile: the least that is not exceeded with probability 0.1 at least.
    low: f64,
    /// The least that is possible, shocks left aside.
    certain: f64,
}

#[derive(Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
struct PhaseEntry {
    /// Id of the phase; null for steps outside phases.
    phase: Option<String>,
    /// What its steps bring.
    amounts: AmountsEntry,
}

#[derive(Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
struct DayEntry {
    /// Days from the start.
    day: f64,
    /// What has come about by then.
    amounts: AmountsEntry,
}

/// Whether a party does a step as agreed.
#[derive(Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
struct CheckEntry {
    /// Id of the step.
    step: String,
    /// Id of the party that does it.
    party: String,
    /// The point before it, by its place in the plan, from 0.
    before: usize,
    /// The chance that it is noticed if it is not done.
    noticed: f64,
    /// Whether it is done then.
    complies: bool,
    /// The smallest chance of being noticed at which it is done; null if there is none.
    enough: Option<f64>,
    /// Who of the party saves the most by not doing it; null if nobody saves anything.
    saves: Option<SavesEntry>,
}

#[derive(Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
struct SavesEntry {
    /// Id of the body.
    body: String,
    /// How much, in its units.
    amount: f64,
}

/// The best order for an aim.
#[derive(Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
struct BestEntry {
    /// What it is to be good for.
    aim: AimEntry,
    /// What it comes to: a probability, or an amount.
    value: f64,
    /// No order comes to more; null if the search was stopped before that was known.
    at_most: Option<f64>,
    /// Whether the order is proven to be the best.
    proven: bool,
    /// Ids of the steps done at each of its points.
    order: Vec<Vec<String>>,
}

/// What an order is to be good for.
#[derive(Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
struct AimEntry {
    /// `completed`, `expected` or `certain`.
    kind: &'static str,
    /// What is counted; null for `completed`.
    what: Option<String>,
}

/// Orders of which none is better in two aims.
#[derive(Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
struct TradeoffEntry {
    /// The two aims.
    aims: Vec<AimEntry>,
    /// The orders, by the first aim, downwards.
    points: Vec<TradeoffPoint>,
    /// Whether these are all.
    complete: bool,
}

#[derive(Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
struct TradeoffPoint {
    /// What it comes to for each aim.
    values: [f64; 2],
    /// Ids of the steps done at each of its points.
    order: Vec<Vec<String>>,
}

/// What levers do for the chance that a deal is signed and kept.
#[derive(Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
struct KeptLeversEntry {
    /// Sets of levers of which none is both dearer and no better, by cost; the last has the largest `both`.
    frontier: Vec<PackageEntry>,
    /// Whether no other sets are better.
    proven: bool,
}

/// What a set of levers does.
#[derive(Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
struct PackageEntry {
    /// Ids of the levers, in the order of the file.
    levers: Vec<String>,
    /// What they cost.
    cost: f64,
    /// What they cost each mediator.
    by_mediator: IndexMap<String, f64>,
    /// P(the talks agree) with them.
    signed: f64,
    /// P(completed | signed) with them.
    kept: f64,
    /// The product of the two.
    both: f64,
    /// Ids of the steps done at each point of the order.
    order: Vec<Vec<String>>,
}

#[derive(Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
struct WithLeversEntry {
    /// The levers.
    package: PackageEntry,
    /// How their order fares.
    outlook: OutlookEntry,
}

/// What is not known of signing and keeping a deal.
#[derive(Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
struct SurenessEntry {
    /// How many draws.
    draws: usize,
    /// P(the talks agree).
    signed: BandEntry,
    /// P(completed | signed).
    kept: BandEntry,
    /// Both.
    both: BandEntry,
    /// By point of the order but the last: the chance that the plan ends there.
    ends: Vec<BandEntry>,
    /// By thing counted: the expected amount.
    expected: IndexMap<String, BandEntry>,
    /// By thing counted: the 10th percentile of each draw.
    low: IndexMap<String, BandEntry>,
}

/// A mean and percentiles.
#[derive(Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
struct BandEntry {
    /// The mean.
    mean: f64,
    /// The 10th, 50th and 90th percentile.
    percentiles: [f64; 3],
}

/// A deal, signed and kept.
#[derive(Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub(super) struct KeptEntry {
    /// The levers with which all of this holds: those with the largest product within the budgets; null where it
    /// is told without levers, that is, unless none of the deals listed is ever kept without.
    package: Option<PackageEntry>,
    /// P(the talks agree).
    signed: f64,
    /// The best order for P(completed | signed); null if the deal has no order.
    best: Option<BestEntry>,
    /// P(signed) times P(completed | signed) of that order; null if there is none.
    both: Option<f64>,
    /// By thing counted: the best order for the expected amount, given that the deal is signed.
    expected: Vec<BestEntry>,
}

pub(super) fn lasting(talks: &Talks, found: &Lasting) -> LastingEntry {
    LastingEntry {
        outlook: outlook(talks, &found.outlook),
        told_with_levers: found.is_told_with_levers(),
        best: found.best.iter().map(|own| best(talks, own)).collect(),
        tradeoffs: found.tradeoffs.iter().map(|own| tradeoff(talks, own)).collect(),
        levers: found.levers.as_ref().map(|own| levers(talks, own)),
        with_levers: found.with_levers.as_ref().map(|(own, fares)| WithLeversEntry {
            package: package(talks, own),
            outlook: outlook(talks, fares),
        }),
        sureness: found.sureness.as_ref().map(|own| sureness(&found.outlook, own)),
    }
}

pub(super) fn kept(talks: &Talks, found: &Kept) -> KeptEntry {
    KeptEntry {
        package: found.package.as_ref().map(|own| package(talks, own)),
        signed: found.signed,
        best: found.best.as_ref().map(|own| best(talks, own)),
        both: found.best.as_ref().map(|own| found.signed * own.value),
        expected: found.expected.iter().map(|own| best(talks, own)).collect(),
    }
}

fn outlook(talks: &Talks, found: &Outlook) -> OutlookEntry {
    OutlookEntry {
        completed: found.completed,
        reckoning: match found.reckoning {
            Reckoning::Exact => ReckoningEntry { kind: "exact", draws: None, error: None },
            Reckoning::CommonFactor => ReckoningEntry { kind: "moods", draws: None, error: None },
            Reckoning::Drawn { draws, error } => {
                ReckoningEntry { kind: "drawn", draws: Some(draws), error: Some(error) }
            }
        },
        breaks: found.breaks.iter().map(|own| broken(talks, own)).collect(),
        secured: found.secured.iter().map(|own| secured(talks, own)).collect(),
        checks: found.checks.iter().map(|own| check(talks, own)).collect(),
        horizon: found.horizon,
        horizon_stated: found.horizon_stated,
    }
}

fn broken(talks: &Talks, own: &Break) -> BreakEntry {
    BreakEntry {
        total: own.total(),
        walks: own.walks,
        by_party: by_party(talks, own.by_party.iter().copied()),
        by_body: by_body(talks, |body| own.by_body.get(body.0).copied().unwrap_or(0.0)),
        fails: own.fails,
        shocks: own.shocks,
    }
}

fn amounts(own: Amounts) -> AmountsEntry {
    AmountsEntry { hoped: own.hoped, expected: own.expected, low: own.low, certain: own.certain }
}

fn secured(talks: &Talks, own: &Secured) -> SecuredEntry {
    let phase = |(phase, all): &(Option<PhaseId>, Amounts)| PhaseEntry {
        phase: phase.map(|phase| talks.phases[phase.0].id.clone()),
        amounts: amounts(*all),
    };
    SecuredEntry {
        what: own.what.clone(),
        total: amounts(own.total),
        by_phase: own.by_phase.iter().map(phase).collect(),
        by_day: own.by_day.iter().map(|(day, all)| DayEntry { day: *day, amounts: amounts(*all) }).collect(),
    }
}

fn check(talks: &Talks, own: &Check) -> CheckEntry {
    CheckEntry {
        step: talks.steps[own.step.0].id.clone(),
        party: talks.parties[own.party.0].id.clone(),
        before: own.before,
        noticed: own.noticed,
        complies: own.complies,
        enough: own.enough,
        saves: own.saves.map(|(body, amount)| SavesEntry { body: talks.bodies[body.0].id.clone(), amount }),
    }
}

fn order(talks: &Talks, plan: &Plan) -> Vec<Vec<String>> {
    plan.points.iter().skip(1).map(|point| ids(talks, &point.steps)).collect()
}

fn aim(aim: &Aim) -> AimEntry {
    match aim {
        Aim::Completed => AimEntry { kind: "completed", what: None },
        Aim::Expected(what) => AimEntry { kind: "expected", what: Some(what.clone()) },
        Aim::Certain(what) => AimEntry { kind: "certain", what: Some(what.clone()) },
    }
}

fn best(talks: &Talks, own: &BestOrder) -> BestEntry {
    BestEntry {
        aim: aim(&own.aim),
        value: own.value,
        at_most: finite(own.at_most),
        proven: own.at_most <= own.value,
        order: order(talks, &own.plan),
    }
}

fn tradeoff(talks: &Talks, own: &OrderTradeoff) -> TradeoffEntry {
    let point =
        |(values, plan): &([f64; 2], Plan)| TradeoffPoint { values: *values, order: order(talks, plan) };
    TradeoffEntry {
        aims: own.aims.iter().map(aim).collect(),
        points: own.points.iter().map(point).collect(),
        complete: own.complete,
    }
}

fn levers(talks: &Talks, own: &KeptLevers) -> KeptLeversEntry {
    KeptLeversEntry {
        frontier: own.frontier.iter().map(|own| package(talks, own)).collect(),
        proven: own.proven,
    }
}

fn package(talks: &Talks, own: &KeptPackage) -> PackageEntry {
    let mediators = talks.mediators.iter().map(|mediator| mediator.id.clone());
    PackageEntry {
        levers: own.levers.iter().map(|lever| talks.levers[lever.0].id.clone()).collect(),
        cost: own.cost,
        by_mediator: mediators.zip(own.by_mediator.iter().copied()).collect(),
        signed: own.signed,
        kept: own.kept,
        both: own.signed * own.kept,
        order: order(talks, &own.plan),
    }
}

fn sureness(outlook: &Outlook, own: &Sureness) -> SurenessEntry {
    let band = |band: &Band| BandEntry { mean: band.mean, percentiles: band.percentiles };
    let by_thing = |bands: &[Band]| {
        let things = outlook.secured.iter().map(|own| own.what.clone());
        things.zip(bands.iter().map(band)).collect()
    };
    SurenessEntry {
        draws: own.draws,
        signed: band(&own.signed),
        kept: band(&own.kept),
        both: band(&own.both),
        ends: own.ends.iter().map(band).collect(),
        expected: by_thing(&own.expected),
        low: by_thing(&own.low),
    }
}
