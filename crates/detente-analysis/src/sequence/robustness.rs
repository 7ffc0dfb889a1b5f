//! What if it breaks: how likely a plan is to be carried through, where it most likely ends, what has been
//! secured by then, and which order secures most.

use super::consequences::Consequences;
use super::exit_values::Aid;
use super::label_setting::{Found, LabelSetting, no_better};
use super::packages::kept_levers;
use super::purse::Purse;
use super::uncertainty::sureness;
use super::{Course, Plan, SequenceLimit, Table, again, breakdown, followed};
use crate::space::Space;
use crate::ticker::Watch;
use detente_model::{BodyId, LeverId, Outcome, PartyId, PhaseId, StepId, Talks};
use std::ops::ControlFlow;

/// How a plan fares once it is signed.
#[derive(Clone, Debug, PartialEq)]
pub struct Outlook {
    /// P(completed | signed).
    pub completed: f64,
    /// How that was found, and all that follows from it.
    pub reckoning: Reckoning,
    /// What can end it, by point: one entry for each but the last.
    pub breaks: Vec<Break>,
    /// What is counted, in the order of the file.
    pub secured: Vec<Secured>,
    /// Whether those who perform steps do what they should, in the order of the plan; nothing of mediators.
    pub checks: Vec<Check>,
    /// Up to when consequences are counted, in days.
    pub horizon: f64,
    /// Whether the scenario states the horizon.
    pub horizon_stated: bool,
}

/// How probabilities were found.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Reckoning {
    /// As a finite sum.
    Exact,
    /// By the trapezium rule over the factor that strains have in common.
    CommonFactor,
    /// By drawing strains so often; the standard error of P(completed).
    Drawn {
        /// How often.
        draws: u32,
        /// The standard error.
        error: f64,
    },
}

/// What can end a plan at a point, or between it and the next. Probabilities that it ends so, given that it is
/// signed; all of a plan and P(completed) sum to 1.
#[derive(Clone, Debug, PartialEq)]
pub struct Break {
    /// That some party does not go on here.
    pub walks: f64,
    /// By party: that it does not go on here; several may not at once.
    pub by_party: Vec<f64>,
    /// By body: that it does not stay here and its party does not go on.
    pub by_body: Vec<f64>,
    /// That a step that should come next fails and this is noticed.
    pub fails: f64,
    /// That a shock comes before the next point.
    pub shocks: f64,
}

impl Break {
    /// That it ends here.
    pub fn total(&self) -> f64 {
        self.walks + self.fails + self.shocks
    }
}

/// How much of something counted comes about.
#[derive(Clone, Debug, PartialEq)]
pub struct Secured {
    /// What is counted.
    pub what: String,
    /// By the horizon.
    pub total: Amounts,
    /// By the horizon, of the steps of each phase that count it; absent for steps outside phases.
    pub by_phase: Vec<(Option<PhaseId>, Amounts)>,
    /// By day, rising from 0 to the horizon: every point of the plan, before and after what is done there where
    /// that differs, and days in between where something flows.
    pub by_day: Vec<(f64, Amounts)>,
}

/// Amounts of something counted.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Amounts {
    /// If the plan is completed.
    pub hoped: f64,
    /// The mean.
    pub expected: f64,
    /// The 10th percentile.
    pub low: f64,
    /// The least that is possible, shocks left aside.
    pub certain: f64,
}

/// Whether a party does what it should.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Check {
    /// The step.
    pub step: StepId,
    /// Who performs it.
    pub party: PartyId,
    /// The point before it, by its place in the plan.
    pub before: usize,
    /// The chance that a failure is noticed, as declared.
    pub noticed: f64,
    /// Whether the party complies then.
    pub complies: bool,
    /// The smallest chance at which it complies; absent if there is none.
    pub enough: Option<f64>,
    /// The body of the party with the most to save by failing, and how much, in its units; absent if no body
    /// saves anything.
    pub saves: Option<(BodyId, f64)>,
}

/// What an order is to be good for.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Aim {
    /// That the plan is completed.
    Completed,
    /// The expected amount of something counted.
    Expected(String),
    /// The amount of something counted that is certain.
    Certain(String),
}

/// The best order for an aim.
#[derive(Clone, Debug, PartialEq)]
pub struct BestOrder {
    /// The aim.
    pub aim: Aim,
    /// What it comes to: a probability, or an amount.
    pub value: f64,
    /// No order comes to more; the same if it is proven to be the best. Infinite if the search was stopped before
    /// that was known.
    pub at_most: f64,
    /// The order.
    pub plan: Plan,
}

/// Orders of which none is better in two aims.
#[derive(Clone, Debug, PartialEq)]
pub struct OrderTradeoff {
    /// The aims.
    pub aims: [Aim; 2],
    /// What each order comes to, by the first aim, downwards.
    pub points: Vec<([f64; 2], Plan)>,
    /// Whether these are all.
    pub complete: bool,
}

/// A deal, signed and kept.
#[derive(Clone, Debug, PartialEq)]
pub struct Kept {
    /// The deal.
    pub outcome: Outcome,
    /// The levers with which all of it holds, if some are given.
    pub package: Option<KeptPackage>,
    /// P(the talks agree).
    pub signed: f64,
    /// The best order for P(completed); absent if it has none or no steps.
    pub best: Option<BestOrder>,
    /// By thing counted: the best order for the expected amount.
    pub expected: Vec<BestOrder>,
}

/// Levers chosen so that a deal is signed and kept.
#[derive(Clone, Debug, PartialEq)]
pub struct KeptLevers {
    /// Sets of which none is both dearer and no better, by cost; the last has the largest product.
    pub frontier: Vec<KeptPackage>,
    /// Whether no other sets are better.
    pub proven: bool,
}

/// What a set of levers does.
#[derive(Clone, Debug, PartialEq)]
pub struct KeptPackage {
    /// The levers, in the order of the file.
    pub levers: Vec<LeverId>,
    /// What they cost.
    pub cost: f64,
    /// By mediator.
    pub by_mediator: Vec<f64>,
    /// P(the talks agree).
    pub signed: f64,
    /// P(completed | signed).
    pub kept: f64,
    /// The order.
    pub plan: Plan,
}

/// What is not known of signing and keeping a deal: over draws of every number that is not known.
#[derive(Clone, Debug, PartialEq)]
pub struct Sureness {
    /// How many draws.
    pub draws: usize,
    /// P(the talks agree).
    pub signed: Band,
    /// P(completed | signed).
    pub kept: Band,
    /// Both.
    pub both: Band,
    /// By point but the last: the chance that the plan ends there, given that it is signed.
    pub ends: Vec<Band>,
    /// By thing counted, in the order of [`Outlook::secured`]: the expected amount, and the 10th percentile.
    pub expected: Vec<Band>,
    /// The 10th percentile of each draw.
    pub low: Vec<Band>,
}

/// A mean and the 10th, 50th and 90th percentile.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Band {
    /// The mean.
    pub mean: f64,
    /// The 10th, 50th and 90th percentile.
    pub percentiles: [f64; 3],
}

/// How much to look.
#[derive(Clone, Debug)]
pub struct LastingOptions {
    /// Most ways that are followed to find an order. Default 2^18.
    pub ways: usize,
    /// The seed of what is drawn. Default 0.
    pub seed: u64,
    /// Draws of numbers that are not known. Default 1,024.
    pub draws: usize,
}

impl Default for LastingOptions {
    fn default() -> LastingOptions {
        LastingOptions { ways: 1 << 18, seed: 0, draws: 1024 }
    }
}

/// How a deal fares once it is signed, told in full.
#[derive(Clone, Debug, PartialEq)]
pub struct Lasting {
    /// Of the plan, without levers.
    pub outlook: Outlook,
    /// The best order for completion, then for the expected and the certain amount of each thing counted: with
    /// the levers of `with_levers` where the plan is never carried through without, as all that follows.
    pub best: Vec<BestOrder>,
    /// Orders of which none is better in two aims.
    pub tradeoffs: Vec<OrderTradeoff>,
    /// What levers do for it, where there are levers.
    pub levers: Option<KeptLevers>,
    /// The levers with the largest chance that it is signed and kept, and how their order fares.
    pub with_levers: Option<(KeptPackage, Outlook)>,
    /// With the same levers, how the plan fares that is told without them.
    pub plan_with_levers: Option<Outlook>,
    /// How sure it is; absent where no number that is drawn is unknown, or some draw is too large to be added.
    pub sureness: Option<Sureness>,
}

/// Chances up to this, as a share, are rounding: a sum over the factor values that strains have in common is good to about so
/// much.
pub(super) const NONE: f64 = 1e-12;
/// A chance up to this is told as none, and one from 1 less this on as certain: well above what rounding makes.
pub const NO_CHANCE: f64 = 1e-11;

/// Steps that are tried on ways to all orders that are told of a deal, and of a deal that is only listed.
const WORK: u64 = 1 << 22;
const WORK_ON_LISTED: u64 = 1 << 20;

/// How much to look, and what is left of that for what follows.
type Means<'a> = (&'a LastingOptions, &'a Purse);

/// How a plan of a deal fares once it is signed, and what other orders and levers would do.
///
/// # Errors
/// Numbers too large, too many steps.
pub fn lasting(
    space: &Space<'_>,
    deal: &Outcome,
    plan: &Plan,
    options: &LastingOptions,
    watch: Watch<'_>,
) -> Result<Lasting, SequenceLimit> {
    let purse = Purse::new(WORK);
    let means = (options, &purse);
    let talks = space.talks;
    let own = outlook(talks, deal, plan, &[], options)?;
    let levers = if talks.levers.is_empty() { None } else { kept_levers(space, deal, options, watch)? };
    let mut levers = levers;
    let (mut with_levers, mut plan_with_levers) = (None, None);
    if let Some(package) = levers.as_mut().and_then(|found| found.frontier.last_mut()) {
        let same = outlook(talks, deal, plan, &package.levers, options)?;
        (package.kept, package.plan) = of_equals(talks, deal, (plan, &same), package, means, watch)?;
        let fares = outlook(talks, deal, &package.plan, &package.levers, options)?;
        (with_levers, plan_with_levers) = (Some((package.clone(), fares)), Some(same));
    }
    let mut found = Lasting {
        outlook: own,
        best: vec![],
        tradeoffs: vec![],
        levers,
        with_levers,
        plan_with_levers,
        sureness: None,
    };
    let told = found.with_levers.clone().filter(|_| found.is_told_with_levers());
    let (plan, given) = match &told {
        Some((package, _)) => (&package.plan, &package.levers[..]),
        None => (plan, &[][..]),
    };
    let known = [plan.clone()];
    let aims = std::iter::once(Aim::Completed).chain(found.outlook.secured.iter().flat_map(Secured::aims));
    for aim in aims {
        found.best.extend(best_within(talks, deal, &aim, given, &known, means, watch)?);
    }
    for secured in &found.outlook.secured {
        let aims = [Aim::Completed, Aim::Expected(secured.what.clone())];
        let both = match best_in_both(talks, deal, &aims, &found.best, given, options)? {
            Some(both) => Some(both),
            None => tradeoff_within(talks, deal, aims, given, means, watch)?,
        };
        found.tradeoffs.extend(both);
    }
    // A single draw whose numbers are too large says nothing against the rest.
    found.sureness = sureness(space, deal, plan, given, options, watch).unwrap_or(None);
    Ok(found)
}

/// Of the orders in which a deal is as likely to be carried through with some levers, the one of which most is
/// expected of what is counted first; of these, the plan that is told without levers, or else the one found first.
fn of_equals(
    talks: &Talks,
    deal: &Outcome,
    (plan, fares): (&Plan, &Outlook),
    package: &KeptPackage,
    means: Means<'_>,
    watch: Watch<'_>,
) -> Result<(f64, Plan), SequenceLimit> {
    let first = fares.secured.first();
    let (mut best, mut expected) = ((package.kept, package.plan.clone()), None);
    if let Some(secured) = first {
        let aims = [Aim::Completed, Aim::Expected(secured.what.clone())];
        let found = tradeoff_within(talks, deal, aims, &package.levers, means, watch)?;
        let found = found.and_then(|found| found.points.into_iter().next());
        if let Some((values, plan)) = found.filter(|(values, _)| no_better(&[package.kept], &values[..1])) {
            (best, expected) = ((values[0], plan), Some(values[1]));
        }
    }
    let own = first.map_or(0.0, |secured| secured.total.expected);
    if !no_better(&[best.0, expected.unwrap_or(own)], &[fares.completed, own]) {
        return Ok(best);
    }
    let aid = Aid::of(talks, &package.levers);
    Ok((fares.completed, again(talks, deal, &aid, plan)?))
}

/// The order that is best for each of two aims, if one is known to be.
fn best_in_both(
    talks: &Talks,
    deal: &Outcome,
    aims: &[Aim; 2],
    best: &[BestOrder],
    levers: &[LeverId],
    options: &LastingOptions,
) -> Result<Option<OrderTradeoff>, SequenceLimit> {
    let own =
        aims.each_ref().map(|aim| best.iter().find(|best| best.aim == *aim && best.at_most <= best.value));
    let [Some(first), Some(second)] = own else { return Ok(None) };
    let table = Table::new(talks, deal, &Aid::of(talks, levers))?;
    let purse = Purse::new(WORK);
    let search = LabelSetting::new(talks, deal, &table, aims, (0, options.seed), &purse);
    for plan in [&first.plan, &second.plan] {
        let values = search.value(&table.order(plan));
        if no_better(&[first.value, second.value], &values) {
            let points = vec![([values[0], values[1]], plan.clone())];
            return Ok(Some(OrderTradeoff { aims: aims.clone(), points, complete: true }));
        }
    }
    Ok(None)
}

impl Lasting {
    /// Whether the plan is never carried through but with levers, so that all but its own outlook is told with them.
    pub fn is_told_with_levers(&self) -> bool {
        let with = self.with_levers.as_ref();
        self.outlook.completed <= NO_CHANCE && with.is_some_and(|(_, fares)| fares.completed > NO_CHANCE)
    }

    /// The same in short, with the chance that the deal is signed without levers.
    pub fn in_short(&self, deal: &Outcome, signed: f64) -> Kept {
        let package = self.with_levers.as_ref().filter(|_| self.is_told_with_levers());
        let package = package.map(|(package, _)| package.clone());
        let of = |is: fn(&Aim) -> bool| self.best.iter().filter(move |best| is(&best.aim)).cloned();
        Kept {
            outcome: deal.clone(),
            signed: package.as_ref().map_or(signed, |package| package.signed),
            best: of(|aim| *aim == Aim::Completed).next(),
            expected: of(|aim| matches!(aim, Aim::Expected(_))).collect(),
            package,
        }
    }
}

impl Kept {
    /// Whether there is any chance that it is carried through once it is signed.
    pub fn is_ever(&self) -> bool {
        self.best.as_ref().is_some_and(|best| best.value > NO_CHANCE)
    }
}

impl Secured {
    fn aims(&self) -> [Aim; 2] {
        [Aim::Expected(self.what.clone()), Aim::Certain(self.what.clone())]
    }
}

/// How likely a deal is to be signed, without levers or with those of a package, and how it then fares in the
/// orders that are best for that; `plan` is an order that is known.
///
/// # Errors
/// A deal that breaks a constraint; too many steps; numbers too large.
pub fn kept(
    talks: &Talks,
    deal: &Outcome,
    signed: f64,
    plan: Option<&Plan>,
    package: Option<KeptPackage>,
    options: &LastingOptions,
    watch: Watch<'_>,
) -> Result<Kept, SequenceLimit> {
    let given = package.as_ref().map_or(&[][..], |package| &package.levers[..]);
    let known: Vec<Plan> = package.iter().map(|package| &package.plan).chain(plan).cloned().collect();
    let purse = Purse::new(WORK_ON_LISTED);
    let means = (options, &purse);
    let best = best_within(talks, deal, &Aim::Completed, given, &known, means, watch)?;
    let mut expected = Vec::new();
    if best.is_some() {
        let course = Course::new(talks, Course::steps(talks, deal));
        let things = course.map(|course| Consequences::new(talks, &course).kinds).unwrap_or_default();
        for what in things {
            let aim = Aim::Expected(what);
            expected.extend(best_within(talks, deal, &aim, given, &known, means, watch)?);
        }
    }
    let signed = package.as_ref().map_or(signed, |package| package.signed);
    Ok(Kept { outcome: deal.clone(), signed, best, expected, package })
}

/// How a plan of a deal fares with some levers.
///
/// # Errors
/// Numbers too large, too many steps.
///
/// # Panics
/// If `plan` is not an order of the steps of the deal.
pub fn outlook(
    talks: &Talks,
    deal: &Outcome,
    plan: &Plan,
    levers: &[LeverId],
    options: &LastingOptions,
) -> Result<Outlook, SequenceLimit> {
    let table = Table::new(talks, deal, &Aid::of(talks, levers))?;
    Ok(breakdown::outlook(talks, deal, &table, &table.order(plan), options.seed))
}

/// The best order of a deal for an aim, with some levers; `known` orders are not done worse than. Nothing
/// if there is no order.
///
/// # Errors
/// A deal that breaks a constraint; too many steps; numbers too large.
pub fn best_order(
    talks: &Talks,
    deal: &Outcome,
    aim: &Aim,
    levers: &[LeverId],
    known: &[Plan],
    options: &LastingOptions,
    watch: Watch<'_>,
) -> Result<Option<BestOrder>, SequenceLimit> {
    best_within(talks, deal, aim, levers, known, (options, &Purse::new(WORK)), watch)
}

fn best_within(
    talks: &Talks,
    deal: &Outcome,
    aim: &Aim,
    levers: &[LeverId],
    known: &[Plan],
    (options, purse): Means<'_>,
    watch: Watch<'_>,
) -> Result<Option<BestOrder>, SequenceLimit> {
    if !talks.is_feasible(deal) {
        return Err(SequenceLimit::NotFeasible);
    }
    if Course::steps(talks, deal).is_empty() {
        return Ok(None);
    }
    let table = Table::new(talks, deal, &Aid::of(talks, levers))?;
    let search = LabelSetting::new(
        talks,
        deal,
        &table,
        std::slice::from_ref(aim),
        (options.ways, options.seed),
        purse,
    );
    let known: Vec<Found> =
        known.iter().map(|plan| table.order(plan)).map(|order| (search.value(&order), order)).collect();
    let first = known.first().map(|(values, order)| BestOrder {
        aim: aim.clone(),
        value: values[0],
        at_most: if *aim == Aim::Completed { 1.0 } else { f64::INFINITY },
        plan: followed(&table.course, &table.exit_values, order),
    });
    let ControlFlow::Continue(answer) = search.run(known, watch) else { return Ok(first) };
    Ok(answer.orders.first().map(|(values, order)| BestOrder {
        aim: aim.clone(),
        value: values[0],
        at_most: answer.at_most.unwrap_or(values[0]),
        plan: followed(&table.course, &table.exit_values, order),
    }))
}

/// The orders of a deal of which none is better in two aims.
///
/// # Errors
/// As for the best order.
pub fn order_tradeoff(
    talks: &Talks,
    deal: &Outcome,
    aims: [Aim; 2],
    levers: &[LeverId],
    options: &LastingOptions,
    watch: Watch<'_>,
) -> Result<Option<OrderTradeoff>, SequenceLimit> {
    tradeoff_within(talks, deal, aims, levers, (options, &Purse::new(WORK)), watch)
}

fn tradeoff_within(
    talks: &Talks,
    deal: &Outcome,
    aims: [Aim; 2],
    levers: &[LeverId],
    (options, purse): Means<'_>,
    watch: Watch<'_>,
) -> Result<Option<OrderTradeoff>, SequenceLimit> {
    if !talks.is_feasible(deal) {
        return Err(SequenceLimit::NotFeasible);
    }
    if Course::steps(talks, deal).is_empty() {
        return Ok(None);
    }
    let table = Table::new(talks, deal, &Aid::of(talks, levers))?;
    let search = LabelSetting::new(talks, deal, &table, &aims, (options.ways, options.seed), purse);
    let ControlFlow::Continue(answer) = search.run(Vec::new(), watch) else { return Ok(None) };
    let point = |(values, order): &Found| {
        ([values[0], values[1]], followed(&table.course, &table.exit_values, order))
    };
    Ok((!answer.orders.is_empty()).then(|| OrderTradeoff {
        points: answer.orders.iter().map(point).collect(),
        complete: answer.at_most.is_none(),
        aims,
    }))
}
