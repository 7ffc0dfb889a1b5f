//! Outcomes that a search met on its way.

use super::branch_and_bound::ScoredOutcome;
use crate::front::Front;
use std::collections::{BTreeMap, BTreeSet};

/// Met outcomes that are kept before they are filtered.
const MET: usize = 1 << 12;
/// Met outcomes against which new ones are tried first.
const SHIELDS: usize = 24;

/// Outcomes that were met, and that no other met one covers.
pub(super) struct Archive {
    d: usize,
    /// Some of them, against which every new one is tried first.
    shields: Vec<Vec<i64>>,
    /// The shield that goes next.
    next: usize,
    all: BTreeMap<Vec<i64>, Vec<usize>>,
    filtered: usize,
    /// Around which it was looked already.
    pub(super) seen: BTreeSet<Vec<i64>>,
}

impl Archive {
    pub(super) fn new(d: usize) -> Archive {
        Archive { d, shields: Vec::new(), next: 0, all: BTreeMap::new(), filtered: 0, seen: BTreeSet::new() }
    }

    pub(super) fn add(&mut self, chosen: &[usize], steps: &[i64]) {
        let covers = |shield: &Vec<i64>| shield.iter().zip(steps).all(|(x, steps)| x >= steps);
        if self.shields.iter().any(covers) || self.all.contains_key(steps) {
            return;
        }
        self.all.insert(steps.to_vec(), chosen.to_vec());
        if self.shields.len() < SHIELDS {
            self.shields.push(steps.to_vec());
        } else {
            self.next = (self.next + 1) % SHIELDS;
            self.shields[self.next] = steps.to_vec();
        }
        if self.all.len() >= MET + 2 * self.filtered {
            self.filter();
        }
    }

    pub(super) fn filter(&mut self) {
        let mut front = Front::new(self.d);
        self.all.keys().for_each(|steps| front.offer(steps, 0));
        let mut all = std::mem::take(&mut self.all);
        self.all = front.finish().into_iter().filter_map(|(steps, _)| all.remove_entry(&steps)).collect();
        self.filtered = self.all.len();
        let apart = self.filtered.div_ceil(SHIELDS).max(1);
        self.shields = self.all.keys().step_by(apart).cloned().collect();
    }

    /// The best in a direction with at least so much of everything.
    pub(super) fn best(&self, direction: &[i64], least: &[i64]) -> Option<ScoredOutcome> {
        let admitted =
            self.all.iter().filter(|(steps, _)| steps.iter().zip(least).all(|(x, least)| x >= least));
        let scored = admitted.map(|(steps, chosen)| {
            let score: i64 = steps.iter().zip(direction).map(|(x, w)| x * w).sum();
            (score, steps, chosen)
        });
        let best = scored.max_by_key(|(score, _, _)| *score)?;
        Some(ScoredOutcome { chosen: best.2.clone(), value: best.1.clone(), score: best.0 })
    }

    /// Those around which it was not looked yet.
    pub(super) fn unseen(&self) -> Vec<(Vec<i64>, Vec<usize>)> {
        let new = self.all.iter().filter(|(steps, _)| !self.seen.contains(*steps));
        new.map(|(steps, chosen)| (steps.clone(), chosen.clone())).collect()
    }

    /// The best by some worth, the first of equals.
    pub(super) fn best_by(&self, worth: impl Fn(&[i64]) -> Option<f64>) -> Option<(&Vec<usize>, f64)> {
        let all = self.all.iter().filter_map(|(steps, chosen)| Some((chosen, worth(steps)?)));
        all.reduce(|best, next| if next.1 > best.1 { next } else { best })
    }

    pub(super) fn finish(mut self) -> BTreeMap<Vec<i64>, Vec<usize>> {
        self.filter();
        self.all
    }
}
