//! All that the parties may have to be guaranteed, where what the last points need is not enough.
//!
//! What could still be found lies in boxes: below some corner, and not above anything that is known. A pass
//! over the sets tells of several boxes at once whether an order needs less than their corners; what it
//! finds is lowered as far as it goes, and cuts the boxes (Klamroth, Lacour and Vanderpooten 2015). When no
//! box is left, everything is known.

use super::exit_values::Share;
use super::front::{Needs, no_more, offer};
use super::lattice::{Lattice, MOST_TRIED, Pass, Way, covers};
use crate::ticker::Ticker;
use std::ops::ControlFlow;

/// Boxes that are kept.
const MOST_BOXES: usize = 2_000;

/// The search for what is not known yet.
pub(super) struct GuaranteeSearch<'s> {
    lattice: Lattice<'s>,
    /// Every order needs as much as one of these.
    floor: Vec<Needs>,
    known: Vec<Way>,
    /// Upper corners, themselves outside.
    boxes: Vec<Needs>,
    /// Sets that may still be looked at.
    left: u64,
    /// How many ways were known when sets were last left out.
    kept_for: usize,
}

impl<'s> GuaranteeSearch<'s> {
    /// Beyond some ways that are known to be minimal.
    pub(super) fn new(
        lattice: Lattice<'s>,
        floor: Vec<Needs>,
        known: Vec<Way>,
        most: u64,
    ) -> GuaranteeSearch<'s> {
        let boxes = vec![vec![Share::MAX; lattice.n_parties]];
        let mut search =
            GuaranteeSearch { lattice, floor, known: Vec::new(), boxes, left: most, kept_for: 0 };
        known.into_iter().for_each(|way| search.add(way));
        search
    }

    /// All minimal ways, and whether these are all. The order given is a first one to improve on.
    pub(super) fn run(
        mut self,
        first: &[usize],
        ticker: &mut Ticker<'_>,
    ) -> ControlFlow<(), (Vec<Way>, bool)> {
        let needs = self.lattice.needed(first);
        if !self.known.iter().any(|way| no_more(&way.needs, &needs)) {
            let way = self.lowered(Way { order: first.to_vec(), needs }, ticker)?;
            self.add(way);
        }
        while !self.boxes.is_empty() {
            if self.left < self.lattice.sets.len() as u64 || self.boxes.len() > MOST_BOXES {
                return ControlFlow::Continue((self.known, false));
            }
            self.leave_out(ticker)?;
            let tried: Vec<Needs> = self.boxes.iter().take(MOST_TRIED).map(below).collect();
            let pass = self.pass(&tried, &|_| Share::MAX, ticker)?;
            let reached = pass.end().1;
            let is_reached = |k: usize| reached >> k & 1 == 1;
            let found = (0..tried.len()).filter(|k| is_reached(*k));
            let orders: Vec<Vec<usize>> =
                found.map(|k| self.lattice.back(|_, from| pass.reached[from] >> k & 1 == 1)).collect();
            drop(pass);
            // Below a corner that no order reaches there is nothing.
            let mut k = 0;
            self.boxes.retain(|_| {
                k += 1;
                k > tried.len() || is_reached(k - 1)
            });
            for order in orders {
                let needs = self.lattice.needed(&order);
                if !self.known.iter().any(|way| no_more(&way.needs, &needs)) {
                    let way = self.lowered(Way { order, needs }, ticker)?;
                    self.add(way);
                }
            }
        }
        ControlFlow::Continue((self.known, true))
    }

    fn pass(
        &mut self,
        tried: &[Needs],
        worth: &dyn Fn(&[Share]) -> Share,
        ticker: &mut Ticker<'_>,
    ) -> ControlFlow<(), Pass> {
        self.left = self.left.saturating_sub(self.lattice.sets.len() as u64);
        Pass::run(&mut self.lattice, tried, worth, ticker)
    }

    /// Leaves out sets that lead to nothing new, since what they need themselves is no less than what is known
    /// to be enough.
    fn leave_out(&mut self, ticker: &mut Ticker<'_>) -> ControlFlow<()> {
        if self.kept_for == self.known.len() {
            return ControlFlow::Continue(());
        }
        self.kept_for = self.known.len();
        self.left = self.left.saturating_sub(self.lattice.sets.len() as u64);
        let known: Vec<Needs> = self.known.iter().map(|way| way.needs.clone()).collect();
        let no_less = |known: &Needs, slacks: &[Share]| {
            known.iter().zip(slacks).all(|(known, slack)| super::front::need(*slack) >= *known)
        };
        self.lattice.keep(|slacks| !known.iter().any(|known| no_less(known, slacks)), ticker)
    }

    /// A way lowered for one party after another, as far as nobody then needs more: nothing is left to lower.
    fn lowered(&mut self, mut way: Way, ticker: &mut Ticker<'_>) -> ControlFlow<(), Way> {
        for party in 0..self.lattice.n_parties {
            let least =
                self.floor.iter().filter(|floor| no_more(floor, &way.needs)).map(|floor| floor[party]);
            if least.min() == Some(way.needs[party]) {
                continue;
            }
            let needs = way.needs.clone();
            let others = |slacks: &[Share]| {
                (0..slacks.len()).all(|other| other == party || covers(needs[other], slacks[other]))
            };
            let worth = |slacks: &[Share]| if others(slacks) { slacks[party].min(0) } else { Share::MIN };
            let pass = self.pass(&[], &worth, ticker)?;
            let best = pass.end().0;
            if best == Share::MIN {
                continue;
            }
            let order = self.lattice.back(|_, from| pass.best[from] >= best);
            drop(pass);
            let needs = self.lattice.needed(&order);
            way = Way { order, needs };
        }
        ControlFlow::Continue(way)
    }

    /// Takes a minimal way to those that are known and cuts the boxes by it.
    fn add(&mut self, way: Way) {
        let mut corners: Vec<Needs> = Vec::new();
        for corner in std::mem::take(&mut self.boxes) {
            if !way.needs.iter().zip(&corner).all(|(own, corner)| own < corner) {
                corners.push(corner);
                continue;
            }
            for party in 0..corner.len() {
                let mut cut = corner.clone();
                cut[party] = way.needs[party];
                corners.push(cut);
            }
        }
        // The floor tells of boxes that nothing reaches; and what lies within another box is looked for there.
        corners.retain(|corner| self.floor.iter().any(|floor| floor.iter().zip(corner).all(|(f, c)| f < c)));
        let mut largest: Vec<Needs> = Vec::new();
        for corner in corners {
            let negative: Needs = corner.iter().map(|own| -own).collect();
            offer(&mut largest, &negative);
        }
        self.boxes = largest.into_iter().map(|corner| corner.into_iter().map(|own| -own).collect()).collect();
        self.known.push(way);
    }
}

/// The largest needs that lie below a corner.
fn below(corner: &Needs) -> Needs {
    corner.iter().map(|own| own - 1).collect()
}
