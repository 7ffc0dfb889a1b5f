//! What is missing where the zone is empty, without a look at every outcome.

use super::{Groups, SHORT_LOOKS};
use crate::analyze::Analysis;
use crate::best_first::BestFirst;
use crate::body::NEVER;
use crate::exact::Fraction;
use crate::no_zone::{Diagnosis, MAX_SETS, NoZone};
use crate::ticker::Watch;
use crate::zone_count::{self, zone_count};
use detente_model::BodyId;
use num_bigint::BigUint;
use std::ops::ControlFlow;

/// Most sets of bodies that are tried.
const MAX_TRIED: usize = 1 << 14;

impl<'g> Groups<'g> {
    pub(super) fn missing(&mut self, analysis: &mut Analysis, watch: Watch<'_>) -> ControlFlow<(), NoZone> {
        self.proven = true;
        let mut found = self.nearest(&analysis.counts.outcomes.feasible, watch)?;
        analysis.notes.extend(self.study.loose_concession());
        (found.waive, found.all_listed) = self.waivers(watch)?;
        if self.stock.as_ref().is_some_and(|stock| !stock.complete) {
            found.all_listed = false;
            let note =
                "what would open a zone is that of the deals found: less may do, and fewer bodies to waive";
            analysis.notes.push(note.into());
        } else if !self.proven {
            found.all_listed = false;
            let note = "some searches for what would open a zone were ended early: less may do, and fewer bodies to waive";
            analysis.notes.push(note.into());
        } else if !found.all_listed {
            let n = found.waive.len();
            analysis.notes.push(format!("there are more sets of bodies to waive than the {n} listed"));
        }
        ControlFlow::Continue(found)
    }

    pub(super) fn diagnosis(&self) -> Diagnosis<'g> {
        let study = self.study;
        let thresholds = zone_count::thresholds(&study.space.bodies);
        Diagnosis::new(&study.agreement, thresholds, study.extremes)
    }

    /// The smallest common concession, and the first outcome it opens.
    fn nearest(&mut self, feasible: &BigUint, watch: Watch<'_>) -> ControlFlow<(), NoZone> {
        let study = self.study;
        let thresholds = zone_count::thresholds(&study.space.bodies);
        let diagnosis = self.diagnosis();
        let mut worth = |v: &[i64]| [approximately(diagnosis.concession(v)), 0, 0, 0];
        let best_first = BestFirst { ties: 1 << 12, ..BestFirst::one([i64::MIN + 1, 0, 0, 0], self.budget) }
            .within(self.looks);
        let found = best_first.run(&self.decomposition.course(), &mut worth, watch)?;
        self.count(&found);
        let best = found
            .leaves
            .iter()
            .map(|leaf| (diagnosis.concession(&leaf.steps), self.outcome(leaf), &leaf.steps))
            .min_by(|a, b| a.0.cmp(&b.0).then_with(|| a.1.cmp(&b.1)));
        let Some((needed, outcome, steps)) = best else {
            return ControlFlow::Continue(NoZone::nothing());
        };
        let lowered = |(body, threshold): (usize, &Option<i64>)| {
            // Nothing is conceded by who refuses everything.
            threshold.map(|threshold| {
                let range = study.extremes[body].max - study.extremes[body].min;
                let step = i128::from(needed.num) * i128::from(range) / i128::from(needed.den.max(1));
                if threshold == NEVER { NEVER } else { threshold - i64::try_from(step).unwrap_or(i64::MAX) }
            })
        };
        let lowered: Vec<Option<i64>> = thresholds.iter().enumerate().map(lowered).collect();
        let mut ties = zone_count(self.decomposition, &study.agreement, &lowered, feasible);
        ties.at_least = ties.at_least.max(BigUint::from(1u32));
        if self.stock.is_some() {
            ties.at_most = feasible.clone();
        }
        ControlFlow::Continue(NoZone {
            concession: Some(needed.value()),
            nearest: Some(outcome),
            ties,
            utilities: study.values(&self.steps(steps)),
            surpluses: study.differences(&self.surpluses(steps)),
            ..NoZone::nothing()
        })
    }

    /// The smallest sets of bodies without whose consent there would be a zone: sets are tried by size.
    fn waivers(&mut self, watch: Watch<'_>) -> ControlFlow<(), (Vec<Vec<BodyId>>, bool)> {
        let n = self.study.space.bodies.len();
        let mut tried = 0;
        for size in 1..=n {
            let mut sets = Vec::new();
            let mut set: Vec<usize> = (0..size).collect();
            loop {
                tried += 1;
                if tried > MAX_TRIED || sets.len() > MAX_SETS {
                    sets.truncate(MAX_SETS);
                    return ControlFlow::Continue((sets, false));
                }
                if self.opens(&set, watch)? {
                    sets.push(set.iter().copied().map(BodyId).collect());
                }
                if !next_set(&mut set, n) {
                    break;
                }
            }
            if !sets.is_empty() {
                let all_listed = sets.len() <= MAX_SETS;
                sets.truncate(MAX_SETS);
                return ControlFlow::Continue((sets, all_listed));
            }
        }
        ControlFlow::Continue((Vec::new(), true))
    }

    /// Whether there is a zone if the consent of these bodies counts as given.
    fn opens(&mut self, waived: &[usize], watch: Watch<'_>) -> ControlFlow<(), bool> {
        let (bodies, agreement) = (&self.study.space.bodies, &self.study.agreement);
        let yes = |body: usize, v: &[i64]| waived.contains(&body) || bodies[body].accepts_free(v[body]);
        let mut worth = |v: &[i64]| [i64::from(agreement.agrees(&|body| yes(body, v))), 0, 0, 0];
        let course = self.decomposition.course();
        match course.promise(0, &vec![0; self.decomposition.d], [1, 0, 0, 0], &mut worth) {
            None => return ControlFlow::Continue(false),
            Some((_, true)) => return ControlFlow::Continue(true),
            Some((_, false)) => {}
        }
        let found = BestFirst::one([1, 0, 0, 0], self.budget).within(self.looks.max(SHORT_LOOKS)).run(
            &self.decomposition.course(),
            &mut worth,
            watch,
        )?;
        self.count(&found);
        ControlFlow::Continue(!found.leaves.is_empty())
    }
}

/// Larger where less has to be conceded; what no concession opens comes last.
pub(super) fn approximately(needed: Fraction) -> i64 {
    match needed.den {
        0 => i64::MIN,
        den => {
            // Rounded up: nothing but 0 looks like 0.
            let share = ((i128::from(needed.num) << 48) + i128::from(den) - 1) / i128::from(den);
            -i64::try_from(share).unwrap_or(i64::MAX)
        }
    }
}

/// The next set of the same size in order, if there is one.
fn next_set(set: &mut [usize], n: usize) -> bool {
    let size = set.len();
    let Some(k) = (0..size).rev().find(|k| set[*k] < n - size + k) else { return false };
    set[k] += 1;
    for j in k + 1..size {
        set[j] = set[j - 1] + 1;
    }
    true
}
