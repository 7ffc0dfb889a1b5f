//! Levers that make a deal most likely to be signed and kept.

use super::exit_values::{Aid, Steps};
use super::label_setting::{Found, LabelSetting};
use super::purse::Purse;
use super::robustness::{Aim, KeptLevers, KeptPackage, LastingOptions};
use super::{Course, SequenceLimit, Table, followed};
use crate::levers::{LeverEvaluator, with_toolbox};
use crate::space::Space;
use crate::ticker::Watch;
use crate::will::key;
use detente_model::{Outcome, Talks};
use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};
use std::ops::ControlFlow;

/// Sets of levers that are looked at.
const MOST_SETS: usize = 1 << 14;
/// Ways that are followed for each of them.
const WAYS: usize = 1 << 14;
/// Steps that are tried on them, for all sets together.
const WORK: u64 = 1 << 22;

/// What levers change of what everybody has at stake, bit by bit.
type Change = Vec<u64>;

/// How likely a deal is to be kept, and in which order.
type Kept = Option<(f64, Vec<Steps>)>;

struct Choice<'a> {
    talks: &'a Talks,
    deal: &'a Outcome,
    options: &'a LastingOptions,
    watch: Watch<'a>,
    purse: Purse,
    known: BTreeMap<Change, Kept>,
    /// Every order that was best for something.
    orders: Vec<Vec<Steps>>,
    proven: bool,
}

/// The levers that make a deal most likely to be signed and kept; nothing where it has no steps, or where there are
/// more levers than can be told apart.
///
/// # Errors
/// A deal that breaks a constraint; too many steps; numbers too large.
pub fn kept_levers(
    space: &Space<'_>,
    deal: &Outcome,
    options: &LastingOptions,
    watch: Watch<'_>,
) -> Result<Option<KeptLevers>, SequenceLimit> {
    let talks = space.talks;
    if !talks.is_feasible(deal) {
        return Err(SequenceLimit::NotFeasible);
    }
    if Course::steps(talks, deal).is_empty() {
        return Ok(None);
    }
    let known = BTreeMap::new();
    let (purse, orders) = (Purse::new(WORK), Vec::new());
    let mut choice = Choice { talks, deal, options, watch, purse, known, orders, proven: true };
    with_toolbox(space, deal, |lever_evaluator| choice.frontier(lever_evaluator)).unwrap_or(Ok(None))
}

impl Choice<'_> {
    /// By rising cost, what is more likely signed and kept than all that costs no more.
    fn frontier(
        &mut self,
        lever_evaluator: &mut LeverEvaluator<'_>,
    ) -> Result<Option<KeptLevers>, SequenceLimit> {
        let rank = |lever_evaluator: &mut LeverEvaluator<'_>, set: u128| {
            let first_of_file = Reverse(set.reverse_bits());
            (
                lever_evaluator.cost(set),
                Reverse(key(lever_evaluator.probability(set))),
                set.count_ones(),
                first_of_file,
            )
        };
        let mut sets: Vec<_> =
            self.sets(lever_evaluator).into_iter().map(|set| (rank(lever_evaluator, set), set)).collect();
        sets.sort_unstable();
        let mut frontier: Vec<KeptPackage> = Vec::new();
        let mut best = None;
        for ((cost, Reverse(signed), ..), set) in sets {
            if best.is_some_and(|(_, best)| signed <= best) {
                continue;
            }
            if self.purse.is_spent() && !frontier.is_empty() {
                self.proven = false;
                break;
            }
            let Some((kept, order)) = self.kept(set)? else { return Ok(None) };
            let product = key(lever_evaluator.probability(set) * kept);
            if best.is_some_and(|(_, best)| product <= best) {
                continue;
            }
            if best.is_some_and(|(before, _)| before == cost) {
                frontier.pop();
            }
            best = Some((cost, product));
            frontier.push(self.package(lever_evaluator, set, kept, &order)?);
        }
        Ok(Some(KeptLevers { frontier, proven: self.proven }))
    }

    /// The sets that may be used, cheap ones first.
    fn sets(&mut self, lever_evaluator: &LeverEvaluator<'_>) -> Vec<u128> {
        let levers: Vec<usize> = lever_evaluator.usable().collect();
        let mut seen: BTreeSet<u128> = BTreeSet::from([0]);
        let mut ahead: BTreeSet<(i64, u128)> = BTreeSet::from([(0, 0)]);
        let mut sets = Vec::new();
        while let Some((_, set)) = ahead.pop_first() {
            if sets.len() >= MOST_SETS {
                self.proven = false;
                break;
            }
            sets.push(set);
            for lever in &levers {
                let with = lever_evaluator.with(set, *lever);
                if lever_evaluator.is_legal(with) && seen.insert(with) {
                    ahead.insert((lever_evaluator.cost(with), with));
                }
            }
        }
        sets
    }

    /// How likely the deal is kept with a set, in the best order for that; nothing if there is none.
    fn kept(&mut self, set: u128) -> Result<Kept, SequenceLimit> {
        let aid = Aid::of(self.talks, &LeverEvaluator::ids(set));
        let change: Change =
            aid.adds.iter().chain(&aid.lowers).chain(&aid.guarantee).map(|amount| amount.to_bits()).collect();
        if let Some(known) = self.known.get(&change) {
            return Ok(known.clone());
        }
        let table = Table::new(self.talks, self.deal, &aid)?;
        let ways = self.options.ways.min(WAYS);
        let search = LabelSetting::new(
            self.talks,
            self.deal,
            &table,
            &[Aim::Completed],
            (ways, self.options.seed),
            &self.purse,
        );
        let known: Vec<Found> =
            self.orders.iter().map(|order| (search.value(order), order.clone())).collect();
        let first = known.iter().max_by(|a, b| a.0[0].total_cmp(&b.0[0])).cloned();
        let best = match search.run(known, self.watch) {
            ControlFlow::Continue(answer) => {
                self.proven &= answer.at_most.is_none();
                answer.orders.into_iter().next()
            }
            ControlFlow::Break(()) => {
                self.proven = false;
                first
            }
        };
        let kept = best.map(|(values, order)| (values[0], order));
        if let Some((_, order)) = kept.as_ref().filter(|(_, order)| !self.orders.contains(order)) {
            self.orders.push(order.clone());
        }
        self.known.insert(change, kept.clone());
        Ok(kept)
    }

    fn package(
        &self,
        lever_evaluator: &mut LeverEvaluator<'_>,
        set: u128,
        kept: f64,
        order: &[Steps],
    ) -> Result<KeptPackage, SequenceLimit> {
        let levers = LeverEvaluator::ids(set);
        let table = Table::new(self.talks, self.deal, &Aid::of(self.talks, &levers))?;
        let (cost, by_mediator) = lever_evaluator.costs(set);
        Ok(KeptPackage {
            levers,
            cost,
            by_mediator,
            signed: lever_evaluator.probability(set),
            kept,
            plan: followed(&table.course, &table.exit_values, order),
        })
    }
}
