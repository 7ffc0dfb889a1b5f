//! What it would take, with no lever given: of each body alone, of several together, of an answer to
//! each issue; and the account of one deal.
//!
//! A *fall* of a body's political cost by `d` means that it needs `d` less than it did: it accepts with
//! P(cost <= surplus + d) where its surplus is not negative, and still refuses what is worth less to it
//! than no deal. An *addition* to the value of an option is surplus itself, so it can also make up for
//! a loss. Steps are found by halving on the body's own grid, which is exact for every distribution.

mod account;
mod alone;
mod body_scale;
mod cells;
mod curves;
mod evaluator;
mod hyperrectangles;
mod large;
mod together;

pub use account::{Account, Standing, Why, account};

use crate::agreement::Agreement;
use crate::agreement::outcomes::OutcomeAgreement;
use crate::analyze::{Limit, most_visits, size_limit};
use crate::count::Feasible;
use crate::space::{MAX_VISITS, Space};
use crate::ticker::{Ticker, Watch, patience};
use crate::unknowns::Gift;
use alone::{Gather, Least};
use body_scale::{BodyScale, Scale};
use cells::Cells;
use detente_model::{BodyId, IssueId, OptionId, Outcome, Talks};
use evaluator::Evaluator;
use std::ops::ControlFlow;
use together::{Bounds, Effort, Plan};

/// The part of the work that is done when all deals have been looked at.
const SWEPT: f64 = 0.8;

/// What to aim at, and how much work to put into it.
#[derive(Clone, Debug)]
pub struct RequirementsOptions {
    /// The probability of agreement aimed at, above 0, at most 1. Default 0.5.
    pub target: f64,
    /// The most outcomes that are looked at one by one. Default 20,000,000, and at most that.
    pub enumerate: u64,
    /// How close to the least sum of falls to come, in shares; of a sum above 1, as a part of it.
    /// Default 0.0001.
    pub within: f64,
    /// Most combinations tried for the least sum. Default 2^30.
    pub work: u64,
    /// Of talks with more outcomes than are looked at one by one: the deals for which the least sum and
    /// the values of options are worked out, such as the likeliest. Default none.
    pub deals: Vec<Outcome>,
    /// Whether to use that bodies accept independently of each other, where they do. Default true;
    /// without, the least sum is found from what holds in any case, for few bodies only.
    pub use_independence: bool,
}

impl Default for RequirementsOptions {
    fn default() -> RequirementsOptions {
        RequirementsOptions {
            target: 0.5,
            enumerate: MAX_VISITS,
            within: 1e-4,
            work: 1 << 30,
            deals: Vec::new(),
            use_independence: true,
        }
    }
}

/// What it would take.
#[derive(Clone, Debug)]
pub struct Requirements {
    /// The probability of agreement aimed at.
    pub target: f64,
    /// Which deals the answers are about.
    pub scope: Scope,
    /// The best probability as things are, over the deals looked at.
    pub best: f64,
    /// Per body, by how much its political cost alone would have to fall.
    pub bodies: Vec<Ask>,
    /// The falls of several bodies that are least in sum.
    pub together: Together,
    /// Per issue, the option that would have to be worth least more to some one body, by the share of
    /// that body's range; of equals the lowest option, then the first body. Absent if nothing suffices.
    pub issues: Vec<Option<Added>>,
    /// What kept this from being complete: what is given was found, and less may do.
    pub limit: Option<Limit>,
    table: Table,
}

/// Which deals were looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    /// All feasible ones.
    All,
    /// Too many to look at each: all for [`Requirements::bodies`], for the rest only those listed in
    /// [`RequirementsOptions::deals`].
    Listed,
}

/// What one body alone would have to be given.
#[derive(Clone, Debug, PartialEq)]
pub enum Ask {
    /// This much brings the deal named to the target; for less, no deal is.
    Enough(Need),
    /// Nothing of this kind does.
    Never(Never),
}

/// How much, for which deal.
#[derive(Clone, Debug, PartialEq)]
pub struct Need {
    /// In the body's units, 0 or more; 0 if the target is reached already.
    pub amount: f64,
    /// What is proven to be needed, in the same units: the same, unless a search was ended early.
    pub at_least: f64,
    /// The amount as a share of the body's range over all outcomes; absent if it is indifferent
    /// between all.
    pub share: Option<f64>,
    /// The deal: of those for which so little suffices, the first in issue and option order.
    pub outcome: Outcome,
    /// P(the talks agree on it) then.
    pub probability: f64,
}

/// Why nothing suffices.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Never {
    /// No deal that was looked at is in the zone: political cost is not what is in the way.
    NoZone,
    /// Even without any cost of its own, the support of the others is too low.
    Support {
        /// The best probability then, 0 to 1; absent where it was not worked out.
        most: Option<f64>,
    },
    /// The search was ended before this was known.
    Unknown,
}

/// The falls of several bodies that are least in sum.
#[derive(Clone, Debug, PartialEq)]
pub enum Together {
    /// These suffice.
    Enough(Falls),
    /// No falls do.
    Never(Never),
}

/// Falls of several bodies.
#[derive(Clone, Debug, PartialEq)]
pub struct Falls {
    /// Per body in its own units, 0 or more.
    pub amounts: Vec<f64>,
    /// The sum of the amounts, each as a share of the body's range.
    pub sum: f64,
    /// What every sum that suffices is proven to be at least.
    pub at_least: f64,
    /// A deal for which they suffice.
    pub outcome: Outcome,
    /// P(the talks agree on it) then.
    pub probability: f64,
    /// Partial answers looked at.
    pub nodes: u64,
}

/// An option that would have to be worth more.
#[derive(Clone, Debug, PartialEq)]
pub struct Added {
    /// The option.
    pub option: OptionId,
    /// The body to which it would have to be worth more.
    pub body: BodyId,
    /// By how much, in every deal with that option.
    pub need: Need,
}

/// What every option would have to be worth more, by issue, option and body.
#[derive(Clone, Debug)]
struct Table {
    n_bodies: usize,
    starts: Vec<usize>,
    cells: Cells,
    /// By body.
    scales: Vec<Scale>,
    names: Names,
}

/// How a rank names a deal.
#[derive(Clone, Debug)]
enum Names {
    /// Its position among all outcomes: the number of options of each issue.
    Position(Vec<usize>),
    Listed(Vec<Outcome>),
}

impl Requirements {
    /// By how much an option would have to be worth more to a body so that some feasible deal with it
    /// reaches the target; absent if no amount suffices.
    pub fn added(&self, issue: IssueId, option: OptionId, body: BodyId) -> Option<Need> {
        let place = (self.table.starts.get(issue.0)? + option.0) * self.table.n_bodies + body.0;
        let least = self.table.cells.get(place)?;
        Some(self.table.names.need(*self.table.scales.get(body.0)?, least))
    }
}

/// Works out what it would take.
pub fn requirements(space: &Space<'_>, options: &RequirementsOptions, watch: Watch<'_>) -> Requirements {
    let (talks, outcomes) = (space.talks, space.feasible());
    let agreement = Agreement::new(talks);
    let most = most_visits(options.enumerate, &agreement).min(most_asked(talks, &agreement));
    let limit = size_limit(outcomes, most);
    let Some(extremes) = space.extremes() else {
        return Requirements::nothing(talks, options, Limit::TooLarge { most: MAX_VISITS }, Never::Unknown);
    };
    if limit == Some(Limit::NothingFeasible) {
        return Requirements::nothing(talks, options, Limit::NothingFeasible, Never::NoZone);
    }
    if takes_too_long(&agreement, talks.bodies.len() as u64) {
        return Requirements::nothing(talks, options, Limit::TooLarge { most }, Never::Unknown);
    }
    let evaluator = Evaluator::new(space, &agreement, &extremes, options.target);
    let gather = Gather::new(evaluator, OutcomeAgreement::new(space, &agreement, &extremes));
    let inquiry = Inquiry { talks, options, space, agreement: &agreement };
    match limit {
        Some(limit) => inquiry.by_groups(gather, limit, watch),
        None => inquiry.enumerated(gather, outcomes, watch),
    }
}

/// Whether it takes long to find what even one deal would need: a probability is asked for again and again for each body.
fn takes_too_long(agreement: &Agreement, bodies: u64) -> bool {
    const WORK: u64 = 1 << 33;
    (bodies * together::HALVINGS).saturating_mul(agreement.work()) > WORK
}

/// The most deals that are looked at one by one: fewer where there are many options, and it takes long to find what each
/// of them would have to be worth to each body.
fn most_asked(talks: &Talks, agreement: &Agreement) -> u64 {
    const WORK: u64 = 1 << 34;
    let options: usize = talks.issues.iter().map(detente_model::Issue::n_options).sum();
    let asked = (options * talks.bodies.len()) as u64;
    let work = asked.saturating_mul(together::HALVINGS).saturating_mul(agreement.work());
    if work > WORK { 1 } else { u64::MAX }
}

/// What is asked.
struct Inquiry<'a> {
    talks: &'a Talks,
    options: &'a RequirementsOptions,
    space: &'a Space<'a>,
    agreement: &'a Agreement,
}

impl Inquiry<'_> {
    fn enumerated(&self, mut gather: Gather<'_>, outcomes: &Feasible, watch: Watch<'_>) -> Requirements {
        let n_feasible = outcomes.feasible.to_string().parse().unwrap_or(f64::MAX);
        let n_bodies = self.space.bodies.len() as u64;
        let patience = patience(self.agreement.work().saturating_mul(n_bodies * n_bodies));
        let mut ticker = Ticker::new(0.0, SWEPT, n_feasible, patience, watch);
        let swept = self.space.sweep(|visit| {
            ticker.tick()?;
            gather.offer(visit.options, visit.utilities, visit.rank);
            ControlFlow::Continue(())
        });
        let sizes = self.talks.issues.iter().map(detente_model::Issue::n_options).collect();
        let mut found = self.found(gather, Names::Position(sizes), Scope::All, swept.is_break(), watch);
        if swept.is_break() {
            found.limit = Some(Limit::Interrupted);
        }
        found
    }

    /// The answers from what was gathered; without a search for the least sum where it was interrupted.
    fn found(
        &self,
        mut gather: Gather<'_>,
        names: Names,
        scope: Scope,
        interrupted: bool,
        watch: Watch<'_>,
    ) -> Requirements {
        let scales: Vec<Scale> =
            gather.evaluator.body_scales.iter().map(|body_scale| body_scale.scale).collect();
        let bodies = gather.falls.iter().zip(&gather.free).zip(&scales).map(|((fall, free), scale)| {
            let never = || gather.never(free.max(gather.best), interrupted);
            fall.map_or_else(|| Ask::Never(never()), |least| Ask::Enough(names.need(*scale, least)))
        });
        let bodies = bodies.collect();
        let (together, limit) = match gather.evaluator.reaches(gather.best) {
            true => (self.nothing_needed(&gather, &names), None),
            false if interrupted => (Together::Never(Never::Unknown), None),
            false => self.together(&mut gather, &names, watch),
        };
        let table =
            Table { n_bodies: scales.len(), starts: gather.starts, cells: gather.values, scales, names };
        let issues = self.talks.issues.iter().enumerate();
        let issues = issues.map(|(i, issue)| table.best(i, issue.n_options())).collect();
        let target = self.options.target;
        Requirements { target, scope, best: gather.best, bodies, together, issues, limit, table }
    }

    fn nothing_needed(&self, gather: &Gather<'_>, names: &Names) -> Together {
        let Some(Some(least)) = gather.falls.first() else { return Together::Never(Never::Unknown) };
        Together::Enough(Falls {
            amounts: vec![0.0; gather.falls.len()],
            sum: 0.0,
            at_least: 0.0,
            outcome: names.outcome(least.rank),
            probability: least.probability,
            nodes: 0,
        })
    }

    fn together(
        &self,
        gather: &mut Gather<'_>,
        names: &Names,
        watch: Watch<'_>,
    ) -> (Together, Option<Limit>) {
        let front = std::mem::replace(&mut gather.front, crate::front::Front::new(1));
        let (surpluses, ranks, _) = front.finish_counted();
        if gather.budget.is_spent() {
            return (Together::Never(Never::Unknown), Some(Limit::TooManyEfficient));
        }
        match together::together(&mut gather.evaluator, &surpluses, &ranks, self.effort(), watch) {
            Some(bounds) => {
                let limit = bounds.interrupted.then_some(Limit::Interrupted);
                (Together::Enough(bounds.falls(&gather.evaluator.body_scales, names)), limit)
            }
            None => (Together::Never(gather.never(gather.best, false)), None),
        }
    }

    fn effort(&self) -> Effort {
        let independent = self.options.use_independence && self.agreement.is_independent();
        // Without independence more work hardly brings the bounds closer.
        let work = if independent { self.options.work } else { self.options.work / 4 };
        Effort { within: self.options.within, work, independent }
    }
}

impl Falls {
    /// The same as something given to every body.
    pub fn gifts(&self) -> Vec<Gift> {
        self.amounts.iter().map(|fall| Gift { surplus: 0.0, fall: *fall }).collect()
    }
}

impl Gather<'_> {
    /// Why nothing of what was looked at suffices, where this is the best that comes of it.
    fn never(&self, most: f64, interrupted: bool) -> Never {
        match (interrupted, self.zone) {
            (true, _) => Never::Unknown,
            (false, false) => Never::NoZone,
            (false, true) => Never::Support { most: Some(most) },
        }
    }
}

impl Bounds {
    fn falls(self, body_scales: &[BodyScale<'_>], names: &Names) -> Falls {
        let Plan { sum, falls, probability, rank } = self.plan;
        Falls {
            amounts: body_scales
                .iter()
                .zip(&falls)
                .map(|(body_scale, steps)| body_scale.scale.value(*steps))
                .collect(),
            sum,
            at_least: self.at_least,
            outcome: names.outcome(rank),
            probability,
            nodes: self.nodes,
        }
    }
}

impl Requirements {
    fn nothing(talks: &Talks, options: &RequirementsOptions, limit: Limit, never: Never) -> Requirements {
        Requirements {
            target: options.target,
            scope: Scope::All,
            best: 0.0,
            bodies: vec![Ask::Never(never); talks.bodies.len()],
            together: Together::Never(never),
            issues: vec![None; talks.issues.len()],
            limit: Some(limit),
            table: Table {
                n_bodies: talks.bodies.len(),
                starts: Vec::new(),
                cells: Cells::new(0),
                scales: Vec::new(),
                names: Names::Listed(Vec::new()),
            },
        }
    }
}

impl Table {
    /// The least of an issue, by share.
    fn best(&self, issue: usize, n_options: usize) -> Option<Added> {
        let from = self.starts[issue] * self.n_bodies;
        let found = self.cells.between(from, from + n_options * self.n_bodies);
        let found = found.map(|(place, least)| (place - from, least));
        let key = |(k, least): &(usize, Least)| (self.scales[k % self.n_bodies].fraction(least.steps), *k);
        let (k, least) = found.min_by_key(key)?;
        let body = k % self.n_bodies;
        let need = self.names.need(self.scales[body], least);
        Some(Added { option: OptionId(k / self.n_bodies), body: BodyId(body), need })
    }
}

impl Names {
    fn outcome(&self, rank: u64) -> Outcome {
        match self {
            Names::Listed(deals) => deals[rank as usize].clone(),
            Names::Position(sizes) => {
                let mut left = rank;
                let mut options: Vec<OptionId> = Vec::with_capacity(sizes.len());
                for n in sizes.iter().rev() {
                    options.push(OptionId((left % *n as u64) as usize));
                    left /= *n as u64;
                }
                options.reverse();
                Outcome(options)
            }
        }
    }

    fn need(&self, scale: Scale, least: Least) -> Need {
        let amount = scale.value(least.steps);
        Need {
            amount,
            at_least: amount,
            share: scale.share(least.steps),
            outcome: self.outcome(least.rank),
            probability: least.probability,
        }
    }
}
