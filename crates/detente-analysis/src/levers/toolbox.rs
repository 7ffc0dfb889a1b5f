//! The levers for other questions than how likely agreement becomes.

use super::hunt::Hunt;
use super::kit::{Kit, MAX_LEVERS, Set};
use super::{LeverLimit, LeverOptions};
use crate::acceptance::Consent;
use crate::bits::members;
use crate::space::Space;
use detente_model::{LeverId, Outcome, Talks};

/// The levers that can be used with one deal.
pub(crate) struct Toolbox<'s> {
    kit: &'s Kit,
    hunt: Hunt<'s>,
    surplus: Vec<i64>,
    usable: Set,
}

/// Asks something of the levers of a deal.
pub(crate) fn with_toolbox<R>(
    talks: &Talks,
    deal: &Outcome,
    ask: impl FnOnce(&mut Toolbox<'_>) -> R,
) -> Result<R, LeverLimit> {
    if talks.levers.len() > MAX_LEVERS {
        return Err(LeverLimit::TooManyLevers { most: MAX_LEVERS });
    }
    let space = Space::new(talks);
    let kit = Kit::new(&space).map_err(|body| LeverLimit::EffectsTooLarge { body })?;
    let consent = Consent::new(talks);
    let utilities = space.utilities(deal);
    let hunt = Hunt::new(&space, &kit, &consent, &utilities, LeverOptions::default().looks);
    let mut surplus = Vec::new();
    hunt.surplus(&utilities, &mut surplus);
    let own: Vec<usize> = deal.0.iter().map(|option| option.0).collect();
    let mut toolbox = Toolbox { usable: kit.usable(&own), kit: &kit, hunt, surplus };
    Ok(ask(&mut toolbox))
}

impl Toolbox<'_> {
    /// The levers that can be used with the deal, whatever they need and exclude.
    pub(crate) fn usable(&self) -> impl Iterator<Item = usize> + use<> {
        let (usable, n) = (self.usable, self.kit.tools.len());
        members(usable & u128::MAX.checked_shr(128 - n as u32).unwrap_or(0))
    }

    /// A set with a lever and all that it cannot be used without.
    pub(crate) fn with(&self, set: Set, lever: usize) -> Set {
        set | self.kit.tools[lever].needs
    }

    /// Whether a set may be used with the deal.
    pub(crate) fn is_legal(&self, set: Set) -> bool {
        self.kit.legal(set, self.usable, &self.kit.budgets)
    }

    /// What a set costs, in steps of a grid.
    pub(crate) fn cost(&self, set: Set) -> i64 {
        self.kit.cost(set)
    }

    /// What a set costs, and what it costs each mediator.
    pub(crate) fn costs(&self, set: Set) -> (f64, Vec<f64>) {
        let value = |cost: i64| self.kit.grid.value(cost);
        (value(self.kit.cost(set)), self.kit.by_mediator(set).into_iter().map(value).collect())
    }

    /// P(the talks agree) on the deal with a set.
    pub(crate) fn probability(&mut self, set: Set) -> f64 {
        self.hunt.exactly(&self.surplus, set)
    }

    pub(crate) fn ids(set: Set) -> Vec<LeverId> {
        members(set).map(LeverId).collect()
    }
}
