//! What may still be done for all that is told of how a deal is carried out.

use std::cell::Cell;

/// Work that several searches share, one after another: what one of them needs is gone for those that follow, and so a
/// deal with many things to count takes no longer than one with few. A step that is tried on a way counts once.
pub(super) struct Purse {
    left: Cell<u64>,
}

impl Purse {
    pub(super) fn new(work: u64) -> Purse {
        Purse { left: Cell::new(work) }
    }

    pub(super) fn spend(&self, work: u64) {
        self.left.set(self.left.get().saturating_sub(work));
    }

    pub(super) fn left(&self) -> u64 {
        self.left.get()
    }

    pub(super) fn is_spent(&self) -> bool {
        self.left.get() == 0
    }
}

#[cfg(test)]
mod tests {
    use super::super::exit_values::Aid;
    use super::super::label_setting::{Answer, LabelSetting};
    use super::super::{Course, Table};
    use super::*;
    use crate::sequence::Aim;
    use detente_cases::random::lasting::{Kinds as Breaks, Strains, with_breaks};
    use detente_cases::random::steps::{Kinds, with_steps};
    use detente_cases::random::{Case, Dice};
    use detente_model::{OptionId, Outcome, Talks};
    use std::ops::ControlFlow;

    fn answer(talks: &Talks, deal: &Outcome, table: &Table, purse: &Purse) -> Answer {
        let search = LabelSetting::new(talks, deal, table, &[Aim::Completed], (1 << 18, 0), purse);
        match search.run(Vec::new(), &|_| ControlFlow::Continue(())) {
            ControlFlow::Continue(answer) => answer,
            ControlFlow::Break(()) => panic!("nobody asked to stop"),
        }
    }

    #[test]
    fn what_an_empty_purse_leaves_out_is_told_as_a_bound() {
        let mut ended = 0;
        for seed in 0..40 {
            let mut dice = Dice::new(seed);
            let talks = Case::new(1, 2, seed).talks();
            let steps = Kinds { times: false, play: false, groups: false };
            let talks = with_steps(&talks, &mut dice, 6, steps);
            let breaks = Breaks { strains: Strains::Drawn, noticed: true, clock: true, correlated: false };
            let talks = with_breaks(&talks, &mut dice, breaks);
            let deal = Outcome(vec![OptionId(0); talks.issues.len()]);
            if !talks.is_feasible(&deal) || Course::steps(&talks, &deal).len() < 2 {
                continue;
            }
            let Ok(table) = Table::new(&talks, &deal, &Aid::of(&talks, &[])) else { continue };
            let plenty = Purse::new(1 << 30);
            let best = answer(&talks, &deal, &table, &plenty);
            let Some((values, _)) = best.orders.first() else { continue };
            assert_eq!(best.at_most, None, "seed {seed}");
            // With half of what it took, and next to nothing, less is found and no more is promised.
            for work in [((1 << 30) - plenty.left()) / 2, 1] {
                let purse = Purse::new(work);
                let found = answer(&talks, &deal, &table, &purse);
                let known = found.orders.first().map_or(0.0, |(values, _)| values[0]);
                assert!(purse.is_spent() && known <= values[0] + 1e-9, "seed {seed}");
                assert!(found.at_most.unwrap_or(known) >= values[0] - 1e-9, "seed {seed}");
                ended += usize::from(found.at_most.is_some());
            }
        }
        assert!(ended > 10, "{ended}");
    }
}
