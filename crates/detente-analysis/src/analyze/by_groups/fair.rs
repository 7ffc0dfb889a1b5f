//! The four solutions, without a look at every outcome.
//!
//! Each aim never falls as bodies gain, and neither does being in the zone without a loss for any
//! party: so the best outcome by an aim is found by branch and bound. Where every party is one body
//! that must agree, these outcomes are those without a loss, and the frontier decides at once.

use super::{Efficient, Groups};
use crate::agreement::fast::FastAgreement;
use crate::analyze::Analysis;
use crate::best_first::{BestFirst, BestLeaves, Leaf};
use crate::kernel::box_tree::{NOTHING, Worth};
use crate::lottery::{Chain, Share};
use crate::solutions::{Aim, Chosen, Measure, Solution, Solutions};
use crate::ticker::Watch;
use crate::zone_count::CountBounds;
use detente_model::Outcome;
use num_bigint::BigUint;
use std::cmp::Ordering;
use std::ops::ControlFlow;

/// Most outcomes gathered that an aim cannot tell apart.
const TIES: usize = 1 << 12;

/// What was found, and what surpluses are measured against.
pub(super) struct Fair {
    pub(super) found: Solutions,
    pub(super) measure: Option<Measure>,
}

/// The winner by an aim.
struct Winner {
    outcome: Outcome,
    bodies: Vec<i64>,
    ties: u64,
    all_counted: bool,
}

/// What an aim compares of a candidate, given the surpluses of the parties and the steps of the bodies.
type Aspects<'a> = &'a dyn Fn(&[i64], &[i64]) -> [i64; 3];

impl Groups<'_> {
    pub(super) fn fair(
        &mut self,
        efficient: Option<&Efficient>,
        zone: &CountBounds,
        analysis: &mut Analysis,
        watch: Watch<'_>,
    ) -> ControlFlow<(), Fair> {
        let chain = efficient.and_then(|efficient| self.chain(efficient));
        let empty = zone.at_most == BigUint::ZERO;
        let by_frontier = efficient.filter(|_| self.frontier_decides());
        let before = std::mem::replace(&mut self.proven, true);
        let measure = match by_frontier {
            Some(efficient) => self.ideals_of(efficient),
            None if empty => None,
            None => self.ideals(watch)?,
        };
        let Some(measure) = measure else {
            let reason = match &self.stock {
                Some(stock) if !stock.complete && !empty => {
                    "none of the deals found leaves everybody without a loss; others were not ruled out"
                        .to_owned()
                }
                _ => self.study.why_no_solution(!empty, chain.as_ref()),
            };
            self.proven &= before;
            let none = || Solution::None(reason.clone());
            let found = Solutions {
                nash: none(),
                kalai_smorodinsky: none(),
                egalitarian: none(),
                utilitarian: none(),
            };
            return ControlFlow::Continue(Fair { found, measure: None });
        };
        let ideals_proven = self.proven;
        let mut all_proven = before && ideals_proven;
        let mut all_counted = self.stock.as_ref().is_none_or(|stock| stock.complete && by_frontier.is_some());
        let mut solve = |aim: Aim, watch: Watch<'_>| -> ControlFlow<(), Solution> {
            self.proven = true;
            let winner = match by_frontier {
                Some(efficient) => self.pick(aim, efficient, &measure, zone),
                None => self.search(aim, &measure, watch)?,
            };
            all_proven &= self.proven;
            let proven = self.is_proven(aim, ideals_proven, analysis);
            let Some(winner) = winner else {
                let reason = "the search for it was ended before any deal was found".to_owned();
                return ControlFlow::Continue(Solution::None(reason));
            };
            all_counted &= winner.all_counted;
            ControlFlow::Continue(self.found(aim, winner, proven, efficient, chain.as_ref()))
        };
        let found = Solutions {
            nash: solve(Aim::Nash, watch)?,
            kalai_smorodinsky: solve(Aim::KalaiSmorodinsky, watch)?,
            egalitarian: solve(Aim::Egalitarian, watch)?,
            utilitarian: solve(Aim::Utilitarian, watch)?,
        };
        self.proven = all_proven;
        if !self.proven {
            let note = "a search for a solution by rules of fairness was ended before all other deals were ruled out";
            analysis.notes.push(note.into());
        }
        if !all_counted {
            let note = "more deals than were counted tie for one of the solutions by rules of fairness";
            analysis.notes.push(note.into());
        }
        ControlFlow::Continue(Fair { found, measure: Some(measure) })
    }

    /// Every party is needed and is one body, none refuses everything: the zone is the outcomes without a loss.
    fn frontier_decides(&self) -> bool {
        let rule = self.study.agreement.rule();
        let n = self.study.parties.len();
        let all_needed = (0..n).all(|party| !rule.holds(&|other| other != party));
        let needs_its_body = (0..n).all(|party| !self.study.agreement.party_rule(party).holds(&|_| false));
        let bodies = &self.study.space.bodies;
        all_needed && needs_its_body && bodies.len() == n && bodies.iter().all(|body| !body.refuses)
    }

    fn surpluses_of(&self, steps: &[i64]) -> Vec<i64> {
        steps.iter().zip(&self.reference).map(|(steps, zero)| steps - zero).collect()
    }

    /// Whether what was just found is the best of all by its rule: from a stock that may lack something, only what its
    /// survey proved.
    fn is_proven(&self, aim: Aim, ideals_proven: bool, analysis: &Analysis) -> bool {
        let name = match aim {
            Aim::Nash => "Nash",
            Aim::KalaiSmorodinsky => "Kalai-Smorodinsky",
            Aim::Egalitarian => "egalitarian",
            Aim::Utilitarian => "utilitarian",
        };
        match &self.stock {
            Some(stock) if !stock.complete => {
                analysis.surveyed.as_ref().is_some_and(|surveyed| surveyed.proven.contains(&name))
            }
            _ => self.proven && (ideals_proven || aim != Aim::KalaiSmorodinsky),
        }
    }

    fn ideals_of(&self, efficient: &Efficient) -> Option<Measure> {
        let all = efficient.points.iter().map(|steps| self.surpluses_of(steps));
        let without_loss = all.filter(|surpluses| surpluses.iter().all(|surplus| *surplus >= 0));
        let larger = |a: Vec<i64>, b: Vec<i64>| a.iter().zip(&b).map(|(a, b)| *a.max(b)).collect();
        without_loss.reduce(larger).map(|ideals| self.study.measure(ideals))
    }

    /// The best efficient outcome by one aim. One that another dominates is at most as good, and exactly
    /// as good only where every product is 0.
    fn pick(&self, aim: Aim, efficient: &Efficient, measure: &Measure, zone: &CountBounds) -> Option<Winner> {
        let mut best: Vec<(usize, Vec<i64>)> = Vec::new();
        let mut leader: Vec<i64> = Vec::new();
        for (k, steps) in efficient.points.iter().enumerate() {
            let surpluses = self.surpluses_of(steps);
            if surpluses.iter().any(|surplus| *surplus < 0) {
                continue;
            }
            let compared = match measure.common {
                None => surpluses.clone(),
                Some(_) => {
                    let bodies = self.study.space.utilities(&efficient.outcome(k));
                    measure.compared(aim, &surpluses, &bodies)
                }
            };
            let order =
                if best.is_empty() { Ordering::Greater } else { measure.compare(aim, &compared, &leader) };
            match order {
                Ordering::Greater => (best, leader) = (vec![(k, surpluses)], compared),
                Ordering::Equal => best.push((k, surpluses)),
                Ordering::Less => {}
            }
        }
        let ties = best.iter().fold(0u64, |ties, (k, _)| ties.saturating_add(efficient.counts[*k]));
        let closer = |a: &&(usize, Vec<i64>), b: &&(usize, Vec<i64>)| {
            let shares = measure.closer(&a.1, &b.1);
            shares.then_with(|| efficient.outcome(b.0).cmp(&efficient.outcome(a.0)))
        };
        let (k, _) = best.iter().max_by(closer)?;
        let outcome = efficient.outcome(*k);
        let bodies = self.study.space.utilities(&outcome);
        if aim == Aim::Nash && best.iter().any(|(_, surpluses)| surpluses.contains(&0)) {
            // No product exceeds 0: every outcome without a loss ties, efficient or not.
            let ties = zone.at_least.iter_u64_digits().next().filter(|_| zone.at_least.bits() <= 64);
            let ties = ties.unwrap_or(u64::MAX);
            return Some(Winner { outcome, bodies, ties, all_counted: zone.is_exact() && ties < u64::MAX });
        }
        Some(Winner { outcome, bodies, ties, all_counted: ties < u64::MAX })
    }

    /// The best that a quest finds by a measure of candidates: of the parties' surpluses and the bodies' steps.
    fn best_candidates(
        &mut self,
        best_first: BestFirst,
        of: Aspects<'_>,
        watch: Watch<'_>,
    ) -> ControlFlow<(), BestLeaves> {
        let study = self.study;
        let reference = self.reference.clone();
        let mut surpluses = vec![0; study.parties.len()];
        let mut zone = FastAgreement::zone(study.space, &study.agreement);
        // Only outcomes of the zone count that leave no party with a loss.
        let mut worth = |v: &[i64]| -> Worth {
            if zone.probability(v) < 0.5 {
                return [0; 4];
            }
            for ((surplus, party), zero) in surpluses.iter_mut().zip(&study.parties).zip(&reference) {
                *surplus = party.steps(v) - zero;
                if *surplus < 0 {
                    return [0; 4];
                }
            }
            let [first, second, third] = of(&surpluses, v);
            [1, first, second, third]
        };
        let start = self.samples.iter().max_by_key(|leaf| worth(&leaf.steps)).cloned();
        let start = match start {
            Some(start) => Some(self.climb(start, self.looks, &mut worth, watch)?),
            None => None,
        };
        let start = start.filter(|start| start.worth[0] == 1);
        let floor = start.as_ref().map_or([1, i64::MIN, i64::MIN, i64::MIN], |start| start.worth);
        let mut found = BestFirst { floor, ..best_first }.within(self.looks).run(
            &self.decomposition.course(),
            &mut worth,
            watch,
        )?;
        if found.leaves.is_empty() {
            found.leaves.extend(start);
        }
        self.count(&found);
        ControlFlow::Continue(found)
    }

    /// Each party's largest surplus among candidates, one search each.
    fn ideals(&mut self, watch: Watch<'_>) -> ControlFlow<(), Option<Measure>> {
        let mut ideals = Vec::new();
        for party in 0..self.study.parties.len() {
            let best_first = BestFirst::one(NOTHING, self.budget);
            let found = self.best_candidates(best_first, &|surpluses, _| [surpluses[party], 0, 0], watch)?;
            let Some(best) = found.leaves.first() else { return ControlFlow::Continue(None) };
            ideals.push(best.worth[1]);
        }
        ControlFlow::Continue(Some(self.study.measure(ideals)))
    }

    fn search(&mut self, aim: Aim, measure: &Measure, watch: Watch<'_>) -> ControlFlow<(), Option<Winner>> {
        let best_first = BestFirst { ties: TIES, ..BestFirst::one(NOTHING, self.budget) };
        // What an aim looks at first, and not too closely: what it cannot tell apart is compared exactly.
        let by_aim = |surpluses: &[i64], bodies: &[i64]| {
            [measure.approximately(aim, &measure.compared(aim, surpluses, bodies))[0], 0, 0]
        };
        let found = self.best_candidates(best_first, &by_aim, watch)?;
        let mut leaves = found.leaves;
        let all_counted = leaves.len() <= TIES;
        if !all_counted {
            // Too many of these: what the aim looks at next, or else equal shares, decide among them.
            let closest = |surpluses: &[i64], bodies: &[i64]| {
                let by_aim = measure.approximately(aim, &measure.compared(aim, surpluses, bodies));
                let shares = measure.approximately(Aim::KalaiSmorodinsky, surpluses);
                let next =
                    if by_aim[1] == i64::MAX { [shares[0], shares[1]] } else { [by_aim[1], by_aim[2]] };
                [by_aim[0], next[0], next[1]]
            };
            leaves.extend(self.best_candidates(best_first, &closest, watch)?.leaves);
        }
        let surpluses = |leaf: &Leaf| self.surpluses(&leaf.steps);
        let all: Vec<(Vec<i64>, Leaf)> = leaves.into_iter().map(|leaf| (surpluses(&leaf), leaf)).collect();
        let compared = |(surpluses, leaf): &(Vec<i64>, Leaf)| measure.compared(aim, surpluses, &leaf.steps);
        let Some(most) = all.iter().map(compared).max_by(|a, b| measure.compare(aim, a, b)) else {
            return ControlFlow::Continue(None);
        };
        let is_best =
            |own: &&(Vec<i64>, Leaf)| measure.compare(aim, &compared(own), &most) == Ordering::Equal;
        let mut best: Vec<&(Vec<i64>, Leaf)> = all.iter().filter(is_best).collect();
        let first = |a: &&&(Vec<i64>, Leaf), b: &&&(Vec<i64>, Leaf)| {
            measure.closer(&a.0, &b.0).then_with(|| self.outcome(&b.1).cmp(&self.outcome(&a.1)))
        };
        let winner = best.iter().max_by(first).map(|(_, leaf)| leaf.clone());
        best.sort_by(|a, b| a.1.places.cmp(&b.1.places));
        best.dedup_by(|a, b| a.1.places == b.1.places);
        let ties = best.len() as u64;
        ControlFlow::Continue(winner.map(|leaf| Winner {
            outcome: self.outcome(&leaf),
            bodies: leaf.steps,
            ties,
            all_counted,
        }))
    }

    fn found(
        &mut self,
        aim: Aim,
        winner: Winner,
        proven: bool,
        efficient: Option<&Efficient>,
        chain: Option<&Chain>,
    ) -> Solution {
        let share = |(weight, k): (f64, usize)| {
            efficient.map(|efficient| Share { weight, outcome: efficient.outcome(k) })
        };
        let lottery = chain
            .and_then(|chain| chain.solve(aim))
            .map(|parts| parts.into_iter().filter_map(share).collect());
        let probability = self.by_outcome.probability(&winner.bodies);
        Solution::Found(Chosen {
            probability,
            by_body: self.by_outcome.bodies.clone(),
            utilities: self.study.values(&self.steps(&winner.bodies)),
            surpluses: self.study.differences(&self.surpluses(&winner.bodies)),
            total: self.study.total(&winner.bodies),
            proven,
            ties: winner.ties,
            outcome: winner.outcome,
            lottery,
        })
    }

    fn chain(&self, efficient: &Efficient) -> Option<Chain> {
        let frontier: Vec<(Vec<i64>, u64)> =
            efficient.points.iter().map(|steps| (steps.clone(), 0)).collect();
        self.study.chain(&frontier, &self.reference)
    }
}
