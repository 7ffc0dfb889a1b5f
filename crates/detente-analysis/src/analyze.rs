//! Everything about terms and will in one call, by three sweeps over the feasible outcomes: first
//! what is possible, then what is best by each measure, then (with no zone) what is missing.

mod by_groups;
mod likely;

pub(crate) use likely::likely;

use crate::agreement::Agreement;
use crate::agreement::outcomes::OutcomeAgreement;
use crate::body::BodySpace;
use crate::cloud::{Cloud, Thinning};
use crate::count::Feasible;
use crate::front::{Budget, Front, FrontierPoint};
use crate::groups;
use crate::knowledge::{self, Knowledge};
use crate::lottery::{Chain, Share};
use crate::no_zone::{Diagnosis, NoZone};
use crate::party::{PartySpace, Scale};
use crate::solutions::{AIMS, Aim, BestSoFar, Chosen, InCommon, Measure, Solution, Solutions};
use crate::space::{Extremes, MAX_VISITS, Space};
use crate::ticker::{Ticker, Watch, patience};
use crate::will::{Best, Deal, Pool, Verdict, WhatIf, Will};
use crate::zone_count::{self, CountBounds};
use detente_model::{BodyId, Grid, IssueId, Outcome, PartyId, Talks};
use num_bigint::BigUint;
use std::ops::ControlFlow;
use std::sync::Arc;

/// A step of more than ten to this power is larger than a fraction can hold.
const MOST_DIGITS: i32 = 18;

/// What to answer, and how much of it.
#[derive(Clone, Debug)]
pub struct Options {
    /// The probability of agreement aimed at, 0 to 1. Default 0.5.
    pub target: f64,
    /// How many best deals to name. Default 10.
    pub top: usize,
    /// How many frontier points to name; all if absent. Default 1000. The count is exact anyway.
    pub points: Option<usize>,
    /// The units of party utilities; chosen by the number of bodies if absent (the default).
    pub scale: Option<Scale>,
    /// The most outcomes that are looked at one by one; beyond, what is exact without that. Default
    /// 20,000,000, and at most that.
    pub enumerate: u64,
    /// How many outcomes to keep for a picture, of the zone and of the rest each. Default 0.
    pub cloud: usize,
}

impl Default for Options {
    fn default() -> Options {
        Options { target: 0.5, top: 10, points: Some(1000), scale: None, enumerate: MAX_VISITS, cloud: 0 }
    }
}

/// What is known of the talks.
#[derive(Clone, Debug)]
pub struct Analysis {
    /// The units of party utilities.
    pub scale: Scale,
    /// How many outcomes there are.
    pub counts: Counts,
    /// Per party, in the order of the file.
    pub parties: Vec<PartyRange>,
    /// How the answers were found.
    pub method: Method,
    /// Whether the frontier is known; it is exact then.
    pub frontier_known: bool,
    /// How many distinct efficient utility vectors there are.
    pub frontier_count: usize,
    /// How many outcomes have one of them: equal ones count each. Absent where the frontier is not known; a bound from
    /// below where means are rounded, or where there are more than can be counted.
    pub frontier_outcomes: Option<CountBounds>,
    /// Efficient outcomes, by the first party's utility downwards; as many as asked for. Where the frontier is not
    /// known, those a survey found, of which no other that it met is better for all.
    pub frontier: Vec<FrontierPoint>,
    /// What a survey proved, where too many issues are tied together for anything else.
    pub surveyed: Option<Surveyed>,
    /// Some of all feasible outcomes, for a picture; as many as asked for.
    pub cloud: Cloud,
    /// The four solutions; absent where a limit was met.
    pub solutions: Option<Solutions>,
    /// What is missing, if the zone is empty.
    pub no_zone: Option<NoZone>,
    /// How likely agreement is; absent where a limit was met.
    pub will: Option<Will>,
    /// Bodies of whose range over feasible outcomes only bounds are known: utilities are mapped to 0..1 over these, and
    /// shares of the range are shares of them.
    pub bounded_ranges: Vec<BodyId>,
    /// What kept the analysis from being complete.
    pub limit: Option<Limit>,
    /// Whether enough is known for a verdict, and what is missing.
    pub knowledge: Knowledge,
    /// What a reader of the numbers should know.
    pub notes: Vec<String>,
}

/// What a survey proved: see [`crate::survey`].
#[derive(Clone, Debug, PartialEq)]
pub struct Surveyed {
    /// How many of the outcomes it found are proven to be efficient.
    pub efficient: usize,
    /// How many regions in which others may lie were left open; none if the frontier is complete.
    pub open: usize,
    /// Per party, a utility that no outcome exceeds.
    pub best_at_most: Vec<f64>,
    /// Solutions of which it is proven that no outcome is better by the same rule.
    pub proven: Vec<&'static str>,
    /// The others, each with how good the best that was found is, the product, smallest or sum of gains, and what it
    /// cannot exceed.
    pub unproven: Vec<(&'static str, f64, f64)>,
    /// How many parts of the space were looked at.
    pub nodes: u64,
}

/// How the answers were found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Method {
    /// Every feasible outcome was looked at.
    Enumeration,
    /// Groups of tied issues were enumerated by themselves; the frontier is made of theirs, everything
    /// else was found by branch and bound.
    Groups {
        /// How many partial outcomes were looked at.
        nodes: u64,
    },
}

/// How many outcomes there are of each kind.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Counts {
    /// All outcomes and the feasible ones.
    pub outcomes: Feasible,
    /// Those in the zone; absent where a limit was met.
    pub zone: Option<CountBounds>,
}

/// A party's utilities over the feasible outcomes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PartyRange {
    /// What no agreement is worth; absent if none of its bodies has an alternative.
    pub alternative: Option<f64>,
    /// The lowest and the highest utility; absent where a limit was met.
    pub range: Option<(f64, f64)>,
}

/// Why there is no complete answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Limit {
    /// A body's preferences tie together too many combinations to look at each: only the counts are
    /// known.
    TooLarge {
        /// The most that are looked at.
        most: u64,
    },
    /// These issues are tied together and have too many combinations to look at each, or to keep: what
    /// does not need them is known.
    Tied {
        /// In the order of the file.
        issues: Vec<IssueId>,
        /// The most combinations that are.
        most: u64,
    },
    /// The parts of the space have so many efficient points that there are too many sums to try: the
    /// frontier is not known. Everything else is.
    TooManyEfficient,
    /// The constraints leave no outcome at all.
    NothingFeasible,
    /// The caller asked to stop.
    Interrupted,
}

impl Analysis {
    /// Nothing but the number of outcomes.
    fn begun(talks: &Talks, options: &Options, outcomes: Feasible) -> Analysis {
        Analysis {
            scale: options.scale.unwrap_or_else(|| Scale::natural(talks)),
            counts: Counts { outcomes, zone: None },
            parties: Vec::new(),
            method: Method::Enumeration,
            frontier_known: false,
            frontier_count: 0,
            frontier_outcomes: None,
            frontier: Vec::new(),
            surveyed: None,
            cloud: Cloud::default(),
            solutions: None,
            no_zone: None,
            will: None,
            bounded_ranges: Vec::new(),
            limit: None,
            knowledge: Knowledge::complete(),
            notes: Vec::new(),
        }
    }
}

/// What is known of talks of which nothing was worked out, because the caller asked to stop.
pub fn unanswered(talks: &Talks, options: &Options) -> Analysis {
    let total: BigUint = talks.issues.iter().map(|issue| BigUint::from(issue.n_options())).product();
    let mut analysis =
        Analysis::begun(talks, options, Feasible { feasible: total.clone(), total, exact: false });
    analysis.limit = Some(Limit::Interrupted);
    analysis.parties = unknown_ranges(talks);
    analysis
}

fn unknown_ranges(talks: &Talks) -> Vec<PartyRange> {
    vec![PartyRange { alternative: None, range: None }; talks.parties.len()]
}

/// Analyses the talks. Bodies of which too little is said are taken to say yes to everything, and no to everything, and
/// what follows from both is told: see [`Knowledge`].
pub fn analyze(space: &Space<'_>, options: &Options, watch: Watch<'_>) -> Analysis {
    match knowledge::missing(space.talks) {
        missing if missing.is_empty() => analyze_as_said(space, options, watch),
        missing => knowledge::analyze_both(space.talks, missing, options, watch),
    }
}

/// Analyses talks of which everything is said.
pub(crate) fn analyze_as_said(space: &Space<'_>, options: &Options, watch: Watch<'_>) -> Analysis {
    let talks = space.talks;
    let mut analysis = Analysis::begun(talks, options, space.feasible().clone());
    let scale = analysis.scale;
    let ControlFlow::Continue(reaches) = space.find_reaches(watch) else {
        analysis.limit = Some(Limit::Interrupted);
        analysis.parties = unknown_ranges(talks);
        return analysis;
    };
    analysis.bounded_ranges = (0..reaches.len()).filter(|b| !reaches[*b].exact()).map(BodyId).collect();
    let nothing = size_limit(&analysis.counts.outcomes, MAX_VISITS) == Some(Limit::NothingFeasible);
    let extremes = reaches.iter().map(|reach| reach.range).collect::<Option<Vec<Extremes>>>();
    // Of nothing feasible there is no range, and so no number on the scale.
    let Some(extremes) = extremes.filter(|_| scale == Scale::Raw || !nothing) else {
        let limit = if nothing { Limit::NothingFeasible } else { Limit::TooLarge { most: MAX_VISITS } };
        analysis.limit = Some(limit);
        analysis.parties = unknown_ranges(talks);
        return analysis;
    };
    let proven = reaches.iter().map(|reach| reach.proven).collect();
    let study = Study { proven, ..Study::new(space, scale, &extremes, &analysis.counts.outcomes.feasible) };
    analysis.notes = study.notes();
    analysis.parties = study.parties.iter().map(|party| party.range(space, None)).collect();
    let most = most_visits(options.enumerate, &study.agreement).min(space.affordable());
    analysis.limit = size_limit(&analysis.counts.outcomes, most);
    if matches!(analysis.limit, Some(Limit::TooLarge { .. })) {
        analysis.limit = study.by_groups(options, false, watch, &mut analysis);
        return analysis;
    }
    if analysis.limit.is_some() {
        return analysis;
    }
    if study.is_quick_by_groups() {
        let mut found = analysis.clone();
        found.limit = study.by_groups(options, true, watch, &mut found);
        if found.limit == Some(Limit::Interrupted) || found.is_exact_as(&analysis) {
            return found;
        }
    }
    analysis.limit = match study.run(options, watch, &mut analysis) {
        ControlFlow::Break(()) => Some(Limit::Interrupted),
        ControlFlow::Continue(()) => (!analysis.frontier_known).then_some(Limit::TooManyEfficient),
    };
    analysis
}

impl Analysis {
    /// Whether there is a frontier to show: all of it, or what a survey found.
    pub fn has_frontier(&self) -> bool {
        self.frontier_known || self.surveyed.is_some()
    }

    /// What a survey left open: nothing if the frontier is known.
    pub fn unproven(&self) -> Option<&Surveyed> {
        self.surveyed.as_ref().filter(|_| !self.frontier_known)
    }

    /// Whether there are few enough outcomes to look at each, whether or not this was done; not where bodies tie
    /// together more than can be kept.
    pub(crate) fn few(&self, talks: &Talks) -> bool {
        let most = most_visits(MAX_VISITS, &Agreement::new(talks));
        self.limit.is_none() && size_limit(&self.counts.outcomes, most).is_none()
    }

    /// Whether nothing was left open, given what it said before anything was looked at.
    fn is_exact_as(&self, before: &Analysis) -> bool {
        let zone = self.counts.zone.as_ref().is_some_and(CountBounds::is_exact);
        let will = self.will.as_ref().is_some_and(|will| will.at_most <= will.best_probability);
        self.limit.is_none() && zone && will && self.notes == before.notes
    }
}

/// Whether a vector stands in a frontier, which is sorted downwards.
fn on(frontier: &[(Vec<i64>, u64)], steps: &[i64]) -> bool {
    frontier.binary_search_by(|(vector, _)| steps.cmp(vector)).is_ok()
}

/// What keeps outcomes from being looked at one by one.
pub(crate) fn size_limit(outcomes: &Feasible, most: u64) -> Option<Limit> {
    if outcomes.exact && outcomes.feasible == BigUint::ZERO {
        Some(Limit::NothingFeasible)
    } else if !outcomes.exact || outcomes.feasible > most.into() || outcomes.total > u64::MAX.into() {
        Some(Limit::TooLarge { most })
    } else {
        None
    }
}

/// The most outcomes that are looked at one by one: fewer where a probability of agreement takes long, as with many
/// votes to count or many factor values to look at.
pub(crate) fn most_visits(asked: u64, agreement: &Agreement) -> u64 {
    /// Some seconds of it, and what each yes alone would do besides.
    const WORK: u64 = 1 << 32;
    let of_each = agreement.work() + 2 * agreement.work_of_each();
    asked.min(MAX_VISITS).min(agreement.affordable(WORK)).min((2 * WORK / of_each).max(1))
}

/// The talks with everything that does not change from outcome to outcome.
struct Study<'s> {
    space: &'s Space<'s>,
    parties: Vec<PartySpace>,
    agreement: Agreement,
    extremes: &'s [Extremes],
    /// By body, whether its lowest and its highest steps are more than bounds.
    proven: Vec<(bool, bool)>,
    n_feasible: f64,
    /// Outcomes between two looks at the watcher: fewer where one outcome is much work.
    patience: u64,
}

/// What the first sweep learns.
struct First {
    front: Front,
    lowest: Vec<i64>,
    highest: Vec<i64>,
    zone: u64,
    what_if: WhatIf,
    cloud: Thinning,
}

/// What the first sweep leaves for the second.
struct Known {
    /// Absent where it is not known.
    frontier: Option<Vec<(Vec<i64>, u64)>>,
    /// Steps against which surplus is taken: the alternative, or the feasible minimum.
    reference: Vec<i64>,
}

impl<'s> Study<'s> {
    fn new(space: &'s Space<'s>, scale: Scale, extremes: &'s [Extremes], feasible: &BigUint) -> Study<'s> {
        let parties = (0..space.talks.parties.len())
            .map(|p| PartySpace::new(space, PartyId(p), scale, extremes))
            .collect();
        let n_feasible = feasible.to_string().parse().unwrap_or(f64::MAX);
        let proven = vec![(true, true); extremes.len()];
        let agreement = Agreement::new(space.talks);
        let patience = patience(agreement.work().saturating_mul(space.bodies.len() as u64));
        Study { space, parties, agreement, extremes, proven, n_feasible, patience }
    }

    /// Whether looking at each outcome would take longer than ruling most of them out: where nobody's yes has a
    /// political cost, many are equally likely, and bounds find the best of them at once, if no group of tied issues is
    /// large itself.
    fn is_quick_by_groups(&self) -> bool {
        const FEW: u64 = 16_384;
        if self.n_feasible <= FEW as f64 || self.space.bodies.iter().any(BodySpace::has_cost) {
            return false;
        }
        let size = |group: Vec<crate::kernel::sweep::Level>| {
            group.iter().fold(1u64, |size, level| size.saturating_mul(level.n as u64))
        };
        self.space.groups_of_all().into_iter().map(size).fold(0, u64::saturating_add) <= FEW
    }

    fn ticker<'w>(&self, from: f64, to: f64, watch: Watch<'w>) -> Ticker<'w> {
        Ticker::new(from, to, self.n_feasible, self.patience, watch)
    }

    fn notes(&self) -> Vec<String> {
        let talks = self.space.talks;
        let mut notes = Vec::new();
        for (b, body) in
            self.space.bodies.iter().enumerate().filter(|(_, body)| body.grid.digits < Grid::FINEST)
        {
            let label = talks.body_path(BodyId(b));
            notes.push(format!(
                "the utilities of `{label}` are large; they are added on a grid of 10^{} of its units",
                -body.grid.digits
            ));
            if body.grid.digits < -MOST_DIGITS {
                notes.push(format!(
                    "the utilities of `{label}` are too large to be set against those of others: sums over parties are rough"
                ));
            }
        }
        for (b, body) in talks.bodies.iter().enumerate() {
            let (label, n) = (talks.body_path(BodyId(b)), body.n_vanishing(&talks.issues));
            match n {
                0 => {}
                1 => notes.push(format!("an amount of `{label}` is too small to be told from 0, and counts as 0: its unit is too large, or its other amounts are")),
                n => notes.push(format!("{n} amounts of `{label}` are too small to be told from 0, and count as 0: its unit is too large, or its other amounts are")),
            }
        }
        for (party, space) in talks.parties.iter().zip(&self.parties) {
            if let Some(step) = space.coarse_step() {
                let id = &party.id;
                notes.push(format!("an alternative lies far outside the utilities of `{id}`; they are rounded to {step:e} of its scale"));
            }
        }
        notes.extend(self.bounded_note());
        notes
    }

    /// Bodies whose extremes are only bounds.
    fn bounded(&self) -> impl Iterator<Item = BodyId> {
        (0..self.proven.len()).filter(|body| self.proven[*body] != (true, true)).map(BodyId)
    }

    /// What has to be said where the scale of a party is that of a bound.
    fn bounded_note(&self) -> Option<String> {
        let talks = self.space.talks;
        let scaled = |body: &BodyId| !self.parties[talks.bodies[body.0].party.0].is_raw();
        let bodies = self.bounded().filter(scaled).map(|body| format!("`{}`", talks.body_path(body)));
        let bodies: Vec<String> = bodies.collect();
        let bodies = bodies.join(", ");
        (!bodies.is_empty()).then(|| format!("what the constraints leave is only bounded for {bodies}, which are mapped to 0..1 over the bounds"))
    }

    fn run(&self, options: &Options, watch: Watch<'_>, analysis: &mut Analysis) -> ControlFlow<()> {
        let budget = Budget::new(groups::MAX_WORK);
        let first = self.first_sweep(options.cloud, &budget, watch)?;
        analysis.counts.zone = Some(CountBounds::exact(first.zone.into()));
        let reference: Vec<i64> = self
            .parties
            .iter()
            .zip(&first.lowest)
            .map(|(party, lowest)| party.alternative.unwrap_or(*lowest))
            .collect();
        let bounds = first.lowest.iter().copied().zip(first.highest.iter().copied());
        analysis.parties = self
            .parties
            .iter()
            .zip(bounds)
            .map(|(party, bounds)| party.range(self.space, Some(bounds)))
            .collect();
        analysis.cloud = first.cloud.finish(|steps| self.values(steps));
        let (frontier, counts) = first.front.finish_with_counts();
        let frontier = (!budget.is_spent()).then_some(frontier);
        if let Some(frontier) = &frontier {
            analysis.frontier_count = frontier.len();
            analysis.frontier_outcomes =
                Some(CountBounds::exact(counts.into_iter().map(BigUint::from).sum()));
            analysis.frontier_known = true;
            let shown = options.points.unwrap_or(frontier.len());
            let mut by_outcome = OutcomeAgreement::new(self.space, &self.agreement, self.extremes);
            let shown = frontier.iter().take(shown);
            analysis.frontier = shown.map(|point| self.frontier_point(point, &mut by_outcome)).collect();
        }
        let known = Known { frontier, reference };
        let measure = if first.zone > 0 { self.ideals_sweep(&known, watch)? } else { None };
        let (solutions, best) = self.best_sweep(options, &known, measure.as_ref(), first.zone, watch)?;
        analysis.solutions = Some(solutions);
        analysis.will = Some(self.will(options, &first.what_if, first.zone == 0, best, &known));
        if first.zone == 0 {
            let found = self.diagnose(&known, watch)?;
            if !found.all_listed {
                let n = found.waive.len();
                analysis.notes.push(format!("there are more sets of bodies to waive than the {n} listed"));
            }
            analysis.notes.extend(self.loose_concession());
            analysis.no_zone = Some(found);
        }
        ControlFlow::Continue(())
    }

    /// What has to be said of a concession where values are not known to reach as far as they may.
    fn loose_concession(&self) -> Option<String> {
        let note = "how far values reach is only bounded: the concession is at least the share that is given";
        self.bounded().next().map(|_| note.to_owned())
    }

    fn first_sweep(&self, cloud: usize, budget: &Arc<Budget>, watch: Watch<'_>) -> ControlFlow<(), First> {
        let (n_parties, n_bodies) = (self.parties.len(), self.space.bodies.len());
        let mut first = First {
            front: Front::within(n_parties, budget),
            lowest: vec![i64::MAX; n_parties],
            highest: vec![i64::MIN; n_parties],
            zone: 0,
            what_if: WhatIf::new(n_bodies, &self.space.talks.issues),
            cloud: Thinning::new(cloud),
        };
        let mut steps = vec![0; n_parties];
        let mut by_outcome = OutcomeAgreement::new(self.space, &self.agreement, self.extremes);
        let mut ticker = self.ticker(0.0, 0.5, watch);
        self.space.sweep(|visit| {
            ticker.tick()?;
            for (step, party) in steps.iter_mut().zip(&self.parties) {
                *step = party.steps(visit.utilities);
            }
            for (k, step) in steps.iter().enumerate() {
                first.lowest[k] = first.lowest[k].min(*step);
                first.highest[k] = first.highest[k].max(*step);
            }
            first.front.offer(&steps, visit.rank);
            let hope = by_outcome.look(visit.utilities);
            first.zone += u64::from(hope.zone);
            first.cloud.offer(&steps, visit.rank, hope.zone);
            if hope.zone || hope.by_waiver {
                let probability = by_outcome.probability(visit.utilities);
                first.what_if.offer(visit.options, probability);
                by_outcome.what_if(&mut first.what_if, probability);
            }
            ControlFlow::Continue(())
        })?;
        first.what_if.complete();
        ControlFlow::Continue(first)
    }

    fn frontier_point(
        &self,
        (steps, rank): &(Vec<i64>, u64),
        by_outcome: &mut OutcomeAgreement<'_>,
    ) -> FrontierPoint {
        let outcome = self.space.outcome(*rank);
        let probability = by_outcome.probability(&self.space.utilities(&outcome));
        FrontierPoint { outcome, utilities: self.values(steps), probability }
    }

    fn values(&self, steps: &[i64]) -> Vec<f64> {
        self.parties.iter().zip(steps).map(|(party, steps)| party.value(self.space, *steps)).collect()
    }

    fn differences(&self, steps: &[i64]) -> Vec<f64> {
        self.parties.iter().zip(steps).map(|(party, steps)| party.difference(self.space, *steps)).collect()
    }

    fn surpluses(&self, known: &Known, utilities: &[i64]) -> Vec<i64> {
        self.parties.iter().zip(&known.reference).map(|(party, zero)| party.steps(utilities) - zero).collect()
    }

    /// Each party's largest surplus among zone outcomes without a loss; nothing if there are none.
    fn ideals_sweep(&self, known: &Known, watch: Watch<'_>) -> ControlFlow<(), Option<Measure>> {
        let mut ideals: Option<Vec<i64>> = None;
        let mut by_outcome = OutcomeAgreement::new(self.space, &self.agreement, self.extremes);
        let mut ticker = self.ticker(0.5, 0.7, watch);
        self.space.sweep(|visit| {
            ticker.tick()?;
            if by_outcome.look(visit.utilities).zone {
                let surpluses = self.surpluses(known, visit.utilities);
                if surpluses.iter().all(|surplus| *surplus >= 0) {
                    let ideals = ideals.get_or_insert_with(|| vec![0; surpluses.len()]);
                    for (ideal, surplus) in ideals.iter_mut().zip(&surpluses) {
                        *ideal = (*ideal).max(*surplus);
                    }
                }
            }
            ControlFlow::Continue(())
        })?;
        ControlFlow::Continue(ideals.map(|ideals| self.measure(ideals)))
    }

    /// What surpluses are measured against. Where all bodies count in one unit, sums are taken over bodies in that
    /// unit, whatever the parties' numbers are.
    fn measure(&self, ideals: Vec<i64>) -> Measure {
        let units = self.parties.iter().map(|party| party.unit).collect();
        let in_common =
            |(body, range): (&BodySpace, &Extremes)| InCommon { unit: body.step(), min: range.min };
        let bodies = self.space.bodies.iter().zip(self.extremes);
        let common = self.sums_over_bodies().then(|| bodies.map(in_common).collect());
        Measure { ideals, units, common }
    }

    /// Whether the scenario says in which unit all bodies count, and the parties' numbers are in another.
    fn sums_over_bodies(&self) -> bool {
        self.space.talks.common_unit.is_some() && self.parties.iter().any(|party| !party.is_raw())
    }

    /// What all bodies together gain over no deal, in the unit in which all count; absent where none is declared, or
    /// some body has no alternative.
    fn total(&self, utilities: &[i64]) -> Option<f64> {
        self.space.talks.common_unit.as_ref()?;
        let gain = |(body, v): (&BodySpace, &i64)| {
            body.alternative.map(|alternative| body.difference(v - alternative))
        };
        self.space.bodies.iter().zip(utilities).map(gain).sum()
    }

    /// The solutions and the best deals.
    fn best_sweep(
        &self,
        options: &Options,
        known: &Known,
        measure: Option<&Measure>,
        zone: u64,
        watch: Watch<'_>,
    ) -> ControlFlow<(), (Solutions, Best)> {
        let mut searches = AIMS.map(BestSoFar::new);
        let mut pool = Pool::new(options.top);
        let mut by_outcome = OutcomeAgreement::new(self.space, &self.agreement, self.extremes);
        let mut ticker = self.ticker(0.7, 1.0, watch);
        if zone > 0 {
            self.space.sweep(|visit| {
                ticker.tick()?;
                if by_outcome.look(visit.utilities).zone {
                    let surpluses = self.surpluses(known, visit.utilities);
                    pool.offer(by_outcome.probability(visit.utilities), measure, &surpluses, visit.rank);
                    if let Some(measure) = measure.filter(|_| surpluses.iter().all(|surplus| *surplus >= 0)) {
                        for search in &mut searches {
                            search.offer(measure, &surpluses, visit.utilities, visit.rank);
                        }
                    }
                }
                ControlFlow::Continue(())
            })?;
        }
        let frontier = known.frontier.as_deref().unwrap_or_default();
        let chain = self.chain(frontier, &known.reference);
        let reason = self.why_no_solution(zone > 0, chain.as_ref());
        let [nash, kalai_smorodinsky, egalitarian, utilitarian] = searches.map(|search| search.finish());
        let solution = |aim, found| self.solution(aim, found, known, chain.as_ref(), &reason);
        let solutions = Solutions {
            nash: solution(Aim::Nash, nash),
            kalai_smorodinsky: solution(Aim::KalaiSmorodinsky, kalai_smorodinsky),
            egalitarian: solution(Aim::Egalitarian, egalitarian),
            utilitarian: solution(Aim::Utilitarian, utilitarian),
        };
        let efficient = |outcome: &Outcome| {
            let utilities = self.space.utilities(outcome);
            let steps: Vec<i64> = self.parties.iter().map(|party| party.steps(&utilities)).collect();
            on(frontier, &steps)
        };
        let named = |rank| self.space.outcome(rank);
        let best = pool.choose(options.top, &self.space.talks.issues, named, efficient);
        ControlFlow::Continue((solutions, best))
    }

    fn why_no_solution(&self, zone: bool, chain: Option<&Chain>) -> String {
        let mut reason = if !zone {
            "no deal would pass the rules of agreement, even if a yes had no political cost".to_owned()
        } else {
            "every deal that would pass leaves some party with less than no deal is worth to it".to_owned()
        };
        if chain.is_some_and(|chain| chain.solve(Aim::Nash).is_some()) {
            reason.push_str("; a draw between two deals would not, on average");
        }
        reason
    }

    /// The efficient side of the hull, where lotteries are defined.
    fn chain(&self, frontier: &[(Vec<i64>, u64)], reference: &[i64]) -> Option<Chain> {
        let talks = self.space.talks;
        let both_needed = !self.agreement.rule().holds(&|party| party == 0)
            && !self.agreement.rule().holds(&|party| party == 1);
        let [first, second] = &self.parties[..] else { return None };
        if !both_needed || talks.bodies.len() != 2 {
            return None;
        }
        let units = [first.unit.value(), second.unit.value()];
        // What a party gains on the scale of the solutions, in the unit of its only body.
        let in_common = |k: usize| {
            let (body, range) = (
                &self.space.bodies[talks.parties[k].bodies[0].0],
                self.extremes[talks.parties[k].bodies[0].0],
            );
            (range.max - range.min) as f64 * body.step().value()
        };
        let sums = if self.sums_over_bodies() { [in_common(0), in_common(1)] } else { [1.0, 1.0] };
        Some(Chain::new(frontier, [reference[0], reference[1]], units, sums))
    }

    fn solution(
        &self,
        aim: Aim,
        found: Option<(Vec<i64>, u64, u64)>,
        known: &Known,
        chain: Option<&Chain>,
        reason: &str,
    ) -> Solution {
        let Some((surpluses, rank, ties)) = found else { return Solution::None(reason.to_owned()) };
        let steps: Vec<i64> =
            surpluses.iter().zip(&known.reference).map(|(surplus, zero)| surplus + zero).collect();
        let frontier = known.frontier.as_deref().unwrap_or_default();
        let share = |(weight, k): (f64, usize)| Share { weight, outcome: self.space.outcome(frontier[k].1) };
        let outcome = self.space.outcome(rank);
        let utilities = self.space.utilities(&outcome);
        let mut by_outcome = OutcomeAgreement::new(self.space, &self.agreement, self.extremes);
        let probability = by_outcome.probability(&utilities);
        let lottery =
            chain.and_then(|chain| chain.solve(aim)).map(|parts| parts.into_iter().map(share).collect());
        Solution::Found(Chosen {
            outcome,
            utilities: self.values(&steps),
            surpluses: self.differences(&surpluses),
            total: self.total(&utilities),
            ties,
            proven: true,
            probability,
            by_body: by_outcome.bodies,
            lottery,
        })
    }

    fn will(&self, options: &Options, what_if: &WhatIf, empty: bool, best: Best, known: &Known) -> Will {
        let verdict = if empty {
            Verdict::NoTerms
        } else if what_if.best < options.target {
            Verdict::NoWill
        } else {
            Verdict::WithinReach
        };
        let mut by_outcome = OutcomeAgreement::new(self.space, &self.agreement, self.extremes);
        Will {
            verdict,
            target: options.target,
            best_probability: what_if.best,
            at_most: what_if.best,
            best: best.deals.into_iter().map(|outcome| self.deal(outcome, known, &mut by_outcome)).collect(),
            equals: best
                .equals
                .into_iter()
                .map(|outcome| self.deal(outcome, known, &mut by_outcome))
                .collect(),
            n_equals: best.n_equals,
            bodies: what_if.consents(),
            issues: what_if.forced.clone(),
        }
    }

    fn deal(&self, outcome: Outcome, known: &Known, by_outcome: &mut OutcomeAgreement<'_>) -> Deal {
        let utilities = self.space.utilities(&outcome);
        let steps: Vec<i64> = self.parties.iter().map(|party| party.steps(&utilities)).collect();
        let surpluses = self.surpluses(known, &utilities);
        let gain = |(body, v): (&crate::body::BodySpace, &i64)| {
            body.alternative.map(|alternative| body.difference(v - alternative))
        };
        Deal {
            probability: by_outcome.probability(&utilities),
            utilities: self.values(&steps),
            surpluses: self.differences(&surpluses),
            on_frontier: known.frontier.as_ref().map(|frontier| on(frontier, &steps)),
            by_party: by_outcome.parties.clone(),
            by_body: by_outcome.bodies.clone(),
            gains: self.space.bodies.iter().zip(&utilities).map(gain).collect(),
            outcome,
        }
    }

    fn diagnose(&self, known: &Known, watch: Watch<'_>) -> ControlFlow<(), NoZone> {
        let thresholds = zone_count::thresholds(&self.space.bodies);
        let mut diagnosis = Diagnosis::new(&self.agreement, thresholds, self.extremes);
        let mut ticker = self.ticker(0.7, 1.0, watch);
        self.space.sweep(|visit| {
            ticker.tick()?;
            diagnosis.offer(visit.utilities, visit.rank);
            ControlFlow::Continue(())
        })?;
        let (mut found, nearest) = diagnosis.finish();
        if let Some(rank) = nearest {
            let outcome = self.space.outcome(rank);
            let utilities = self.space.utilities(&outcome);
            let steps: Vec<i64> = self.parties.iter().map(|party| party.steps(&utilities)).collect();
            found.utilities = self.values(&steps);
            found.surpluses = self.differences(&self.surpluses(known, &utilities));
            found.nearest = Some(outcome);
        }
        ControlFlow::Continue(found)
    }
}
