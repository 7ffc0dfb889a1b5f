//! Talks with groups of tied issues that are too large to keep each combination of: everything is answered from a stock
//! of deals. These are all efficient ones where the frontier is known, and what a survey found where it is not. What
//! never falls as bodies gain is as high among efficient deals as among all.

use super::{Efficient, Groups};
use crate::agreement::fast::FastAgreement;
use crate::agreement::outcomes::OutcomeAgreement;
use crate::analyze::{Analysis, Limit, Method, Options, Study, Surveyed};
use crate::cloud::{Cloud, Thinning, scrambled};
use crate::decomposition::{Decomposition, Effort};
use crate::front::FrontierPoint;
use crate::hyperrectangles::{self, Effort as Work, Gains, Model, Rule};
use crate::party::PartySpace;
use crate::ticker::Watch;
use crate::will::{WhatIf, raise};
use crate::zone_count::CountBounds;
use detente_model::{BodyId, OptionId, Outcome};
use num_bigint::BigUint;
use std::ops::ControlFlow;

/// Work for a survey. A box that is looked at counts once, and so does a change that is tried, unless boxes are so many
/// that those looked at for changes come to more.
#[derive(Clone, Copy, Debug)]
pub(super) struct Looks {
    /// For the best of each party, and for the best by each rule of fairness.
    best: u64,
    fair: u64,
    tries: u64,
    changed: u64,
    /// For all zones together, and for a first look at one.
    all: u64,
    zone: u64,
}

/// Seconds.
pub(super) const LOOKS: Looks = Looks {
    best: 1_000_000,
    fair: 1_000_000,
    tries: 4_000_000,
    changed: 1 << 31,
    all: 3_000_000,
    zone: 20_000,
};
/// Efficient deals in which other answers are tried.
const TRIED: usize = 32;
/// Answers that are changed in all of them.
const MOST_ANSWERS: u64 = 1 << 22;

/// How far a stock answers for all deals.
#[derive(Clone, Debug)]
pub(super) struct Stock {
    /// Whether no deal is better for all than each of the stock.
    pub(super) complete: bool,
    /// Steps of bodies that no deal outside the stock exceeds.
    ideal: Vec<i64>,
}

/// A stock with its outcomes, or what kept it from being found, if that is more than its size.
type Stocked = Result<(Stock, Vec<Outcome>), Option<Limit>>;

impl Study<'_> {
    /// Fills in what can be said from a stock, where `tied` says which issues are tied too closely.
    pub(super) fn by_stock(
        &self,
        efficient: Option<&Efficient>,
        tied: Limit,
        options: &Options,
        looks: Looks,
        watch: Watch<'_>,
        analysis: &mut Analysis,
    ) -> Option<Limit> {
        let single = self.space.talks.parties.iter().all(|party| party.bodies.len() == 1);
        if !single || self.parties.len() != self.space.bodies.len() {
            // What is efficient for parties leaves out what single bodies need.
            return Some(tied);
        }
        let (stock, mut outcomes) = match efficient {
            Some(efficient) => {
                let ideal = self.extremes.iter().map(|range| range.max).collect();
                let outcomes = (0..efficient.points.len()).map(|k| efficient.outcome(k)).collect();
                (Stock { complete: true, ideal }, outcomes)
            }
            None => match self.surveyed(options, looks, watch, analysis) {
                ControlFlow::Break(()) => return Some(Limit::Interrupted),
                ControlFlow::Continue(Err(limit)) => return Some(limit.unwrap_or(tied)),
                ControlFlow::Continue(Ok(found)) => found,
            },
        };
        if outcomes.is_empty() {
            return Some(tied);
        }
        outcomes.sort_unstable();
        let ranges = self.ranges(&outcomes, analysis);
        let effort = Effort::with(self.space.talks, &self.agreement);
        let decomposition = Decomposition::of_outcomes(self.space, outcomes, effort, watch);
        let ControlFlow::Continue(decomposition) = decomposition else { return Some(Limit::Interrupted) };
        let bounds = self.parties.iter().zip(&ranges);
        analysis.parties = bounds.map(|(party, range)| party.range(self.space, Some(*range))).collect();
        let reference = self.parties.iter().zip(&ranges);
        let reference = reference.map(|(party, (low, _))| party.alternative.unwrap_or(*low)).collect();
        let complete = stock.complete;
        let mut groups = Groups::new(self, &decomposition, reference);
        groups.stock = Some(stock);
        if groups.fill(efficient, options, analysis, watch).is_break() {
            return Some(Limit::Interrupted);
        }
        let nodes = groups.nodes + analysis.surveyed.as_ref().map_or(0, |surveyed| surveyed.nodes);
        analysis.method = Method::Groups { nodes };
        let listed = if complete { "are efficient ones" } else { "are the likeliest of those found" };
        analysis.notes.push(format!(
            "too many issues are tied together to look at every deal: those listed {listed}, and others may be as likely; \
             a chance with an answer settled may be higher than given"
        ));
        (!complete).then_some(tied)
    }

    /// What branch and bound over boxes finds; no limit of its own where there are too many of them.
    fn surveyed(
        &self,
        options: &Options,
        looks: Looks,
        watch: Watch<'_>,
        analysis: &mut Analysis,
    ) -> ControlFlow<(), Stocked> {
        let talks = self.space.talks;
        let Some(model) = Model::new(talks) else { return ControlFlow::Continue(Err(None)) };
        let work = Work {
            best: model.nodes(looks.best),
            tries: looks.tries.min(model.changes(looks.changed)),
            fair: model.nodes(looks.fair),
            all: model.nodes(looks.all),
            zone: model.nodes(looks.zone),
        };
        let gains = self.gains(&model);
        let mut asked = 0.0;
        let found = model.survey(work, gains.as_ref(), &mut || {
            asked += hyperrectangles::PATIENCE as f64;
            watch((asked / work.total(self.parties.len())).min(0.9))
        })?;
        if found.best.iter().any(|peak| peak.at_most == i64::MIN) {
            analysis.counts.outcomes.feasible = BigUint::ZERO;
            analysis.counts.outcomes.exact = true;
            return ControlFlow::Continue(Err(Some(Limit::NothingFeasible)));
        }
        let complete = found.open.is_empty();
        let ideal = |(party, peak): (usize, &hyperrectangles::Peak)| {
            let body = talks.parties[party].bodies[0].0;
            self.space.bodies[body].of_grid(model.in_grid(party, peak.at_most))
        };
        let by_party: Vec<i64> = found.best.iter().enumerate().map(ideal).collect();
        let mut ideal = vec![0; self.space.bodies.len()];
        for (party, steps) in talks.parties.iter().zip(by_party) {
            ideal[party.bodies[0].0] = steps;
        }
        let outcomes: Vec<Outcome> = found.points.iter().map(|point| model.outcome(&point.chosen)).collect();
        let efficient = found.points.iter().filter(|point| point.efficient || complete).count();
        let shown = options.points.unwrap_or(outcomes.len());
        let mut by_outcome = OutcomeAgreement::new(self.space, &self.agreement, self.extremes);
        let point = |outcome: &Outcome| {
            let utilities = self.space.utilities(outcome);
            let steps: Vec<i64> = self.parties.iter().map(|party| party.steps(&utilities)).collect();
            let probability = by_outcome.probability(&utilities);
            FrontierPoint { outcome: outcome.clone(), utilities: self.values(&steps), probability }
        };
        analysis.frontier = outcomes.iter().take(shown).map(point).collect();
        analysis.frontier_count = outcomes.len();
        analysis.frontier_known = complete;
        analysis.surveyed = Some(Surveyed {
            efficient,
            open: found.open.len(),
            unproven: found.fair.iter().filter_map(unproven).collect(),
            proven: found
                .fair
                .iter()
                .filter(|fair| unproven(fair).is_none())
                .map(|fair| name(fair.rule))
                .collect(),
            best_at_most: found
                .best
                .iter()
                .enumerate()
                .map(|(p, peak)| model.utility(p, peak.at_most))
                .collect(),
            nodes: found.nodes,
        });
        ControlFlow::Continue(Ok((Stock { complete, ideal }, outcomes)))
    }

    /// From where parties gain, where every number is a body's own.
    fn gains(&self, model: &Model) -> Option<Gains> {
        if self.parties.iter().any(|party| !party.is_raw()) {
            return None;
        }
        let from = |(p, party): (usize, &detente_model::Party)| {
            let body = party.bodies[0];
            let own = &self.space.bodies[body.0];
            let low = || self.lowest(body).0;
            model.steps(p, own.steps(own.alternative.unwrap_or_else(low)))
        };
        let parties = &self.space.talks.parties;
        Some(Gains {
            from: parties.iter().enumerate().map(from).collect(),
            unit: (0..parties.len()).map(|p| model.unit(p)).collect(),
        })
    }

    /// The parties' lowest and highest steps: the highest of the stock, and the lowest that is proven.
    fn ranges(&self, outcomes: &[Outcome], analysis: &mut Analysis) -> Vec<(i64, i64)> {
        let all: Vec<Vec<i64>> = outcomes.iter().map(|outcome| self.space.utilities(outcome)).collect();
        let range = |party: &PartySpace| {
            let steps = || all.iter().map(|utilities| party.steps(utilities));
            (steps().min().unwrap_or(0), steps().max().unwrap_or(0))
        };
        let mut ranges: Vec<(i64, i64)> = self.parties.iter().map(range).collect();
        for (p, own) in self.space.talks.parties.iter().enumerate() {
            let body = own.bodies[0];
            let (lowest, exact) = self.lowest(body);
            let mut utilities: Vec<i64> = self.extremes.iter().map(|range| range.min).collect();
            utilities[body.0] = lowest;
            ranges[p].0 = self.parties[p].steps(&utilities);
            if !exact {
                analysis.notes.push(format!(
                    "the lowest value for `{}` is not known; what is given is no higher than it",
                    own.id
                ));
            }
        }
        ranges
    }

    /// A body's lowest steps among feasible outcomes, and whether that is proven.
    fn lowest(&self, body: BodyId) -> (i64, bool) {
        (self.extremes[body.0].min, self.proven[body.0].0)
    }
}

fn name(rule: Rule) -> &'static str {
    match rule {
        Rule::Product => "Nash",
        Rule::Least => "egalitarian",
        Rule::Sum => "utilitarian",
    }
}

/// How good a solution is, and can be, if that is not the same.
fn unproven(fair: &hyperrectangles::Fair) -> Option<(&'static str, f64, f64)> {
    let found = fair.found.as_ref().map_or(f64::NEG_INFINITY, |(_, worth)| *worth);
    let at_most = fair.at_most.filter(|at_most| *at_most > found || at_most.is_infinite())?;
    Some((name(fair.rule), found, at_most))
}

impl Groups<'_> {
    /// How many outcomes are in the zone, as far as a stock tells.
    pub(super) fn zone_of_stock(&mut self, stock: &Stock, feasible: &BigUint) -> CountBounds {
        let group = &self.decomposition.groups[0];
        let inside = (0..group.len()).filter(|place| self.by_outcome.look(group.adds(*place)).zone).count();
        let mut zone = FastAgreement::zone(self.study.space, &self.study.agreement);
        let none = inside == 0 && (stock.complete || zone.probability(&stock.ideal) < 0.5);
        CountBounds {
            at_least: BigUint::from(inside),
            at_most: if none { BigUint::ZERO } else { feasible.clone() },
        }
    }

    /// What no deal outside an incomplete stock can exceed in probability.
    pub(super) fn beyond_stock(&mut self) -> Option<f64> {
        let stock = self.stock.as_ref().filter(|stock| !stock.complete)?;
        Some(self.by_outcome.probability(&stock.ideal))
    }

    /// Efficient deals with one answer after another changed: what each answer can be had with, at least.
    pub(super) fn changed_answers(&self, what_if: &mut WhatIf) {
        let group = &self.decomposition.groups[0];
        let mut by_outcome = self.study.by_outcome();
        let mut likely: Vec<(f64, usize)> =
            (0..group.len()).map(|place| (by_outcome.probability(group.adds(place)), place)).collect();
        likely.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
        // Where there are very many answers, or each takes long, some stand for all.
        let answers: usize = what_if.forced.iter().map(Vec::len).sum();
        let affordable = self.study.agreement.affordable(super::WORK / 8).min(MOST_ANSWERS) as usize;
        let tried = (affordable / answers.max(1)).clamp(1, TRIED);
        let apart = answers.div_ceil(affordable).max(1);
        for (_, place) in likely.into_iter().take(tried) {
            let mut outcome = Outcome(vec![OptionId(0); self.study.space.talks.issues.len()]);
            group.options(place).for_each(|(issue, option)| outcome.0[issue] = OptionId(option));
            for (k, forced) in what_if.forced.iter_mut().enumerate() {
                let own = outcome.0[k];
                for (option, known) in forced.iter_mut().enumerate().step_by(apart) {
                    outcome.0[k] = OptionId(option);
                    if self.allows(&outcome) {
                        let probability = by_outcome.probability(&self.study.space.utilities(&outcome));
                        raise(known, probability);
                    }
                }
                outcome.0[k] = own;
            }
        }
    }

    /// Some outcomes of all, each as likely as any other, always the same.
    pub(super) fn cloud_of_all(&mut self, most: usize) -> Cloud {
        /// Outcomes looked at for each that is kept on either side.
        const TRIES: u64 = 4;
        let issues = &self.study.space.talks.issues;
        let mut thinning = Thinning::new(most);
        let mut number = 0u64;
        for rank in 0..TRIES * most as u64 {
            let mut option = |n: usize| {
                number = scrambled(number);
                OptionId(((u128::from(number) * n as u128) >> 64) as usize)
            };
            let outcome = Outcome(issues.iter().map(|issue| option(issue.n_options())).collect());
            if !self.allows(&outcome) {
                continue;
            }
            let utilities = self.study.space.utilities(&outcome);
            let in_zone = self.by_outcome.look(&utilities).zone;
            thinning.offer(&self.steps(&utilities), rank, in_zone);
        }
        thinning.finish(|steps| self.study.values(steps))
    }

    fn allows(&self, outcome: &Outcome) -> bool {
        self.study.space.talks.constraints.iter().all(|constraint| constraint.allows(outcome))
    }
}

#[cfg(test)]
mod tests;
