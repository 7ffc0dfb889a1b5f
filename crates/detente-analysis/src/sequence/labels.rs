//! What has to be guaranteed to get to each set, where what the end needs is not enough.

use super::front::{Fronts, Needs, no_more, offer};
use super::lattice::{Lattice, Way, advance, back, bits};
use super::stakes::Share;
use crate::ticker::Ticker;
use std::ops::ControlFlow;

/// Nothing is needed to get here.
const NOTHING: u32 = u32::MAX;
/// What the point itself needs is all that is needed to get here.
const OWN: u32 = u32::MAX - 1;
/// Whatever leads on from here is known to be no better than another order.
const USELESS: u32 = u32::MAX - 2;

/// What is needed on the way to each set, as far as it could still be better than what is known.
pub(super) struct Labels<'a, 's> {
    lattice: Lattice<'a, 's>,
    floor: &'a [Needs],
    known: Vec<Needs>,
    fronts: Vec<u32>,
    kept: Fronts,
    n: usize,
}

impl Labels<'_, '_> {
    /// All minimal needs with an order for each, those known included; absent where they are too many.
    pub(super) fn run(
        lattice: Lattice<'_, '_>,
        floor: &[Needs],
        ways: Vec<Way>,
        most: usize,
        ticker: &mut Ticker<'_>,
    ) -> ControlFlow<(), Option<Vec<Way>>> {
        let (sets, n) = (lattice.sets, lattice.n_parties);
        let mut pass = Labels {
            known: ways.iter().map(|way| way.needs.clone()).collect(),
            fronts: Vec::with_capacity(sets.len()),
            kept: Fronts::new(),
            floor,
            lattice,
            n,
        };
        let mut pointers = vec![0; Share::BITS as usize];
        for i in 0..sets.len() {
            ticker.tick()?;
            let id = pass.label(i, &mut pointers);
            pass.fronts.push(id);
            if pass.kept.size() > most {
                return ControlFlow::Continue(None);
            }
        }
        ControlFlow::Continue(Some(pass.ways(ways)))
    }

    fn label(&mut self, i: usize, pointers: &mut [usize]) -> u32 {
        let set = self.lattice.sets[i];
        let own = self.lattice.needs(set);
        let own_is_nothing = own.iter().all(|need| *need == 0);
        let settled = if own_is_nothing { NOTHING } else { OWN };
        if !own_is_nothing && self.is_useless(&own) {
            return USELESS;
        }
        if i == 0 {
            return settled;
        }
        let mut front: Vec<Needs> = Vec::new();
        for k in bits(self.lattice.last_of(set)) {
            let from = advance(self.lattice.sets, &mut pointers[k], set ^ 1 << k);
            match self.fronts[from] {
                USELESS => {}
                NOTHING => return settled,
                _ => {
                    for needs in self.needs_to(from) {
                        if no_more(&needs, &own) {
                            return settled;
                        }
                        let with: Needs = needs.iter().zip(&own).map(|(a, b)| *a.max(b)).collect();
                        offer(&mut front, &with);
                    }
                }
            }
        }
        front.retain(|needs| !self.is_useless(needs));
        if front.is_empty() { USELESS } else { self.kept.keep(front) }
    }

    /// Whether any order that needs this needs as much as one that is known.
    fn is_useless(&self, needs: &[Share]) -> bool {
        let beaten = |floor: &Needs| {
            let no_less = |known: &Needs| (0..self.n).all(|p| known[p] <= needs[p].max(floor[p]));
            self.known.iter().any(no_less)
        };
        self.floor.iter().all(beaten)
    }

    fn needs_to(&mut self, at: usize) -> Vec<Needs> {
        match self.fronts[at] {
            USELESS => Vec::new(),
            NOTHING => vec![vec![0; self.n]],
            OWN => vec![self.lattice.needs(self.lattice.sets[at])],
            id => self.kept.get(id).to_vec(),
        }
    }

    fn ways(mut self, mut ways: Vec<Way>) -> Vec<Way> {
        let mut found = self.needs_to(self.lattice.sets.len() - 1);
        found.retain(|needs| !self.known.iter().any(|known| no_more(known, needs)));
        let all: Vec<Needs> = self.known.iter().chain(&found).cloned().collect();
        for needs in found {
            let (sets, after) = (self.lattice.sets, self.lattice.after.clone());
            let good = |from: usize| self.needs_to(from).iter().any(|known| no_more(known, &needs));
            let order = back(sets, &after, good);
            ways.push(Way { order, needs });
        }
        let beaten = |way: &Way| all.iter().any(|other| *other != way.needs && no_more(other, &way.needs));
        ways.retain(|way| !beaten(way));
        ways.sort_by(|a, b| a.needs.cmp(&b.needs));
        ways.dedup_by(|a, b| a.needs == b.needs);
        ways
    }
}
