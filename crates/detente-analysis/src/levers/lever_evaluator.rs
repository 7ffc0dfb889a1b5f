//! The levers for other questions than how likely agreement becomes.

use super::lever_table::{LeverTable, MAX_LEVERS, Set};
use super::set_search::SetSearch;
use super::{LeverLimit, LeverOptions};
use crate::agreement::Agreement;
use crate::bits::members;
use crate::space::Space;
use detente_model::{LeverId, Outcome};

/// The levers that can be used with one deal.
pub(crate) struct LeverEvaluator<'s> {
    lever_table: &'s LeverTable,
    set_search: SetSearch<'s>,
    surplus: Vec<i64>,
    usable: Set,
}

/// Asks something of the levers of a deal.
pub(crate) fn with_toolbox<R>(
    space: &Space<'_>,
    deal: &Outcome,
    ask: impl FnOnce(&mut LeverEvaluator<'_>) -> R,
) -> Result<R, LeverLimit> {
    let talks = space.talks;
    if talks.levers.len() > MAX_LEVERS {
        return Err(LeverLimit::TooManyLevers { most: MAX_LEVERS });
    }
    let lever_table = LeverTable::new(space).map_err(|body| LeverLimit::EffectsTooLarge { body })?;
    let agreement = Agreement::new(talks);
    let utilities = space.utilities(deal);
    let set_search =
        SetSearch::new(space, &lever_table, &agreement, &utilities, LeverOptions::default().looks);
    let mut surplus = Vec::new();
    set_search.surplus(&utilities, &mut surplus);
    let own: Vec<usize> = deal.0.iter().map(|option| option.0).collect();
    let mut lever_evaluator =
        LeverEvaluator { usable: lever_table.usable(&own), lever_table: &lever_table, set_search, surplus };
    Ok(ask(&mut lever_evaluator))
}

impl LeverEvaluator<'_> {
    /// The levers that can be used with the deal, whatever they need and exclude.
    pub(crate) fn usable(&self) -> impl Iterator<Item = usize> + use<> {
        let (usable, n) = (self.usable, self.lever_table.levers.len());
        members(usable & u128::MAX.checked_shr(128 - n as u32).unwrap_or(0))
    }

    /// A set with a lever and all that it cannot be used without.
    pub(crate) fn with(&self, set: Set, lever: usize) -> Set {
        set | self.lever_table.levers[lever].needs
    }

    /// Whether a set may be used with the deal.
    pub(crate) fn is_legal(&self, set: Set) -> bool {
        self.lever_table.legal(set, self.usable, &self.lever_table.budgets)
    }

    /// What a set costs, in steps of a grid.
    pub(crate) fn cost(&self, set: Set) -> i64 {
        self.lever_table.cost(set)
    }

    /// What a set costs, and what it costs each mediator.
    pub(crate) fn costs(&self, set: Set) -> (f64, Vec<f64>) {
        let value = |cost: i64| self.lever_table.grid.value(cost);
        (
            value(self.lever_table.cost(set)),
            self.lever_table.by_mediator(set).into_iter().map(value).collect(),
        )
    }

    /// P(the talks agree) on the deal with a set.
    pub(crate) fn probability(&mut self, set: Set) -> f64 {
        self.set_search.exactly(&self.surplus, set)
    }

    pub(crate) fn ids(set: Set) -> Vec<LeverId> {
        members(set).map(LeverId).collect()
    }
}
