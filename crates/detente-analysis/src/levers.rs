//! What mediators can do for an agreement, and at what cost: the cheapest set of levers that reaches a
//! target, and cost against the best probability as a whole.
//!
//! A set of levers is used with a deal. Every lever of it can be used with that deal, no two exclude
//! each other, whatever one needs is among them, and no mediator spends more than it has. Effects add
//! up; political cost does not fall below 0. Everything is added in whole steps of a grid.

mod answer;
mod ascent;
mod climb;
mod deal_batch;
mod each;
mod incumbents;
mod lagrangian;
mod lever_evaluator;
mod lever_table;
mod parts;
mod set_search;
#[cfg(test)]
mod tests;
mod tree;

use crate::agreement::Agreement;
use crate::analyze::{most_visits, size_limit};
use crate::space::{MAX_VISITS, Space};
use crate::ticker::Watch;
use crate::unknowns::Gift;
pub(crate) use lever_evaluator::{LeverEvaluator, with_toolbox};

use answer::answer;
use deal_batch::DealBatch;
use detente_model::{BodyId, IssueId, LeverId, Outcome, Talks};
use lever_table::{LeverTable, MAX_LEVERS};
use num_bigint::BigUint;
use set_search::{Deal, SetSearch};
use std::ops::ControlFlow;

/// What to ask of the levers, and how much to look for it.
#[derive(Clone, Debug)]
pub struct LeverOptions {
    /// The probability of agreement aimed at, 0 to 1. Default 0.5.
    pub target: f64,
    /// The one deal to look at; absent (the default) for the best of all.
    pub deal: Option<Outcome>,
    /// The most outcomes that are looked at one by one; beyond, groups of issues are. Default 20,000,000,
    /// and at most that.
    pub enumerate: u64,
    /// The most bounds that are worked out in each of two searches, one for the frontier and one for what
    /// each lever is worth; what is open then is said. Default 2^26, a minute or so; an
    /// eighth of it where bounds take long.
    pub looks: u64,
}

impl Default for LeverOptions {
    fn default() -> LeverOptions {
        LeverOptions { target: 0.5, deal: None, enumerate: MAX_VISITS, looks: 1 << 26 }
    }
}

/// Levers used with a deal, and what follows.
#[derive(Clone, Debug, PartialEq)]
pub struct Package {
    /// The levers, in the order of the file.
    pub levers: Vec<LeverId>,
    /// The deal; absent where no deal has any probability.
    pub deal: Option<Outcome>,
    /// P(the talks agree).
    pub probability: f64,
    /// What the levers cost together.
    pub cost: f64,
    /// What they cost each mediator.
    pub by_mediator: Vec<f64>,
    /// P(body accepts), per body; empty without a deal.
    pub by_body: Vec<f64>,
}

/// What a lever is worth at the optimum: at the cheapest package that reaches the target, or, where none
/// does, at the most that is possible.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LeverWorth {
    /// By how much the best probability at no more cost falls if the lever cannot be used.
    pub worth: f64,
    /// The least cost of reaching the target without it; absent where that is not possible.
    pub cheapest_without: Option<f64>,
}

/// What was not looked at before a search ended.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Unproven {
    /// From this cost on
    pub cost: f64,
    /// the probability might be up to this.
    pub at_most: f64,
}

/// How the answers were found.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct LeverSearch {
    /// Whether outcomes were looked at one by one, rather than in groups of issues.
    pub enumerated: bool,
    /// Bounds that were worked out.
    pub nodes: u64,
    /// Whether every answer is proven to be the best.
    pub proven: bool,
    /// Whether the caller asked to stop: what was found by then is given.
    pub interrupted: bool,
    /// What might still be above the frontier, by rising cost; empty where every point is the best.
    pub open: Vec<Unproven>,
}

/// Why nothing is said of the levers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LeverLimit {
    /// The constraints leave no outcome at all.
    NothingFeasible,
    /// The deal asked about breaks a constraint.
    DealNotFeasible,
    /// There are more levers than can be kept apart.
    TooManyLevers {
        /// The most that can.
        most: usize,
    },
    /// What levers do to a body is too large to be added exactly to its utilities.
    EffectsTooLarge {
        /// The first such body.
        body: BodyId,
    },
    /// A body's preferences tie together too many combinations to look at each.
    TooLarge {
        /// The most that are looked at.
        most: u64,
    },
    /// These issues are tied together and have too many combinations to keep.
    Tied {
        /// In the order of the file.
        issues: Vec<IssueId>,
        /// The most combinations that are kept.
        most: u64,
    },
    /// The watcher broke before anything was known.
    Interrupted,
}

/// What is known of the levers.
#[derive(Clone, Debug)]
pub struct Levers {
    /// The probability aimed at.
    pub target: f64,
    /// The best deal without any lever; absent where a limit was met, as `most` and `without_budgets` are.
    pub none: Option<Package>,
    /// Every cost with the best probability it buys, where no less buys as much; by rising cost. Of equals,
    /// the one with the fewest levers, then the lowest deal in issue and option order, then the lowest
    /// levers in the order of the file.
    pub frontier: Vec<Package>,
    /// The first of the frontier that reaches the target; absent where none does.
    pub cheapest: Option<Package>,
    /// The last of the frontier.
    pub most: Option<Package>,
    /// The most that would be possible if no mediator had a budget.
    pub without_budgets: Option<Package>,
    /// Per lever, in the order of the file; empty where that is not known.
    pub levers: Vec<LeverWorth>,
    /// How all this was found.
    pub search: LeverSearch,
    /// What kept it from being found.
    pub limit: Option<LeverLimit>,
    /// What a reader of the numbers should know.
    pub notes: Vec<String>,
}

impl Package {
    /// What its levers together give to every body, every number at its mean.
    pub fn gifts(&self, talks: &Talks) -> Vec<Gift> {
        Gift::of(talks, &self.levers)
    }
}

impl Levers {
    /// The best that at most this cost buys; absent for a negative cost and where a limit was met.
    pub fn within(&self, cost: f64) -> Option<&Package> {
        self.frontier.iter().rev().find(|package| package.cost <= cost)
    }

    /// The package that levers are valued at: the cheapest that reaches the target, or else the most.
    pub fn chosen(&self) -> Option<&Package> {
        self.cheapest.as_ref().or(self.most.as_ref())
    }

    /// Whether the same levers bring the same: the package that is told, and the whole of cost against probability.
    pub fn brings_the_same(&self, other: &Levers) -> bool {
        let told = |found: &Levers| (found.frontier.clone(), found.cheapest.clone(), found.most.clone());
        told(self) == told(other)
    }

    fn unknown(target: f64, limit: Option<LeverLimit>) -> Levers {
        Levers {
            target,
            none: None,
            frontier: Vec::new(),
            cheapest: None,
            most: None,
            without_budgets: None,
            levers: Vec::new(),
            search: LeverSearch::default(),
            limit,
            notes: Vec::new(),
        }
    }
}

/// What levers can do for the talks, or for one deal.
pub fn levers(space: &Space<'_>, options: &LeverOptions, watch: Watch<'_>) -> Levers {
    match found(space, options, watch) {
        Ok(levers) => levers,
        Err(limit) => Levers::unknown(options.target, Some(limit)),
    }
}

fn found(space: &Space<'_>, options: &LeverOptions, watch: Watch<'_>) -> Result<Levers, LeverLimit> {
    let talks = space.talks;
    if talks.levers.len() > MAX_LEVERS {
        return Err(LeverLimit::TooManyLevers { most: MAX_LEVERS });
    }
    let lever_table = LeverTable::new(space).map_err(|body| LeverLimit::EffectsTooLarge { body })?;
    let agreement = Agreement::new(talks);
    if let Some(deal) = &options.deal {
        if !talks.is_feasible(deal) {
            return Err(LeverLimit::DealNotFeasible);
        }
        return Ok(of_one(space, &lever_table, &agreement, deal, options, watch));
    }
    let outcomes = space.feasible();
    if outcomes.exact && outcomes.feasible == BigUint::ZERO {
        return Err(LeverLimit::NothingFeasible);
    }
    let extremes = space.extremes();
    let extremes = extremes.ok_or(LeverLimit::TooLarge { most: MAX_VISITS })?;
    let highest: Vec<i64> = extremes.iter().map(|range| range.max).collect();
    let mut set_search = SetSearch::new(space, &lever_table, &agreement, &highest, options.looks);
    if size_limit(outcomes, most_visits(options.enumerate, &agreement)).is_some() {
        return parts::by_parts(&mut set_search, options, watch);
    }
    let n_feasible = u64::try_from(&outcomes.feasible).unwrap_or(MAX_VISITS);
    let mut part = (0.0, 0.5);
    let mut levers =
        answer(&mut set_search, options, &|rank| space.outcome(*rank), &mut |set_search, tasks| {
            let searched = each::each(set_search, n_feasible, each::SEEDS, tasks, part, watch);
            part = (0.5, 1.0);
            searched
        });
    levers.search.enumerated = true;
    Ok(levers)
}

/// The same for one deal alone.
fn of_one(
    space: &Space<'_>,
    lever_table: &LeverTable,
    agreement: &Agreement,
    deal: &Outcome,
    options: &LeverOptions,
    watch: Watch<'_>,
) -> Levers {
    let utilities = space.utilities(deal);
    let mut set_search = SetSearch::new(space, lever_table, agreement, &utilities, options.looks);
    let own: Vec<usize> = deal.0.iter().map(|option| option.0).collect();
    let mut one = Deal { name: deal.clone(), surplus: Vec::new(), usable: lever_table.usable(&own) };
    set_search.surplus(&utilities, &mut one.surplus);
    let mut deal_batch = DealBatch::new(one.usable, one.surplus.len());
    deal_batch.push(&one);
    let mut levers = answer(&mut set_search, options, &Outcome::clone, &mut |set_search, tasks| {
        tasks.iter_mut().for_each(|task| set_search.offer_none(&one, task));
        for task in tasks {
            set_search.climb(&one, task, watch)?;
            deal_batch.search(set_search, task, watch)?;
        }
        ControlFlow::Continue(())
    });
    levers.search.enumerated = true;
    levers
}
