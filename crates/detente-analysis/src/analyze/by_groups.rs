//! Talks with too many outcomes to look at each: the frontier by adding frontiers, everything else by
//! branch and bound over bodies. What is found is what enumeration would find.

mod fair;
mod missing;
mod stock;
mod will;

use missing::approximately;
use stock::{LOOKS, Stock};

use super::{Analysis, Known, Limit, Method, Options, Study};
use crate::agreement::outcomes::OutcomeAgreement;
use crate::best_first::{BestFirst, BestLeaves, Leaf};
use crate::cloud::{Cloud, Thinning, scrambled};
use crate::decomposition::{Decomposition, Effort, Undivided};
use crate::front::FrontierPoint;
use crate::groups::{Gap, Separable};
use crate::kernel::box_tree::NOTHING;
use crate::party::PartySpace;
use crate::space::MAX_VISITS;
use crate::ticker::Watch;
use crate::zone_count::{CountBounds, thresholds, zone_count};
use detente_model::Outcome;
use num_bigint::BigUint;
use std::ops::ControlFlow;

/// Most partial outcomes kept in one search, and where each takes long.
const NODES: usize = 1 << 20;
const SLOW_NODES: usize = 1 << 16;
/// Operations for probabilities of agreement in all searches together, of which there are two for each body and some
/// more.
const WORK: u64 = 1 << 32;
/// About how many efficient outcomes are tried before a search.
const SAMPLES: usize = 1 << 10;

/// The efficient vectors of all parties, downwards, with the way to an outcome of each.
struct Efficient {
    points: Vec<Vec<i64>>,
    /// How many outcomes have each, as far as that is known.
    counts: Vec<u64>,
    /// Where each stands in `by`.
    at: Vec<usize>,
    by: Separable,
}

/// Most looks at what changing a group would make of an outcome, and how many between two looks at the watcher.
const CLIMB: u64 = 1 << 20;
const UNSEEN: u64 = 1 << 8;
/// What the watcher is told: how long a climb takes is not known before it ends.
const HALF_DONE: f64 = 0.5;
/// Operations for the probabilities of the efficient outcomes that are shown.
const SHOWN: u64 = 1 << 30;

/// What the searches have in common.
struct Groups<'g> {
    study: &'g Study<'g>,
    decomposition: &'g Decomposition,
    by_outcome: OutcomeAgreement<'g>,
    /// Steps against which the surplus of each party is taken.
    reference: Vec<i64>,
    /// Some outcomes to begin with: a bound from below for every search.
    samples: Vec<Leaf>,
    /// Most partial outcomes kept in one search.
    budget: usize,
    /// Most sums whose probability is asked for in one search, where each takes long.
    looks: u64,
    /// Partial outcomes looked at in all searches.
    nodes: u64,
    /// Whether every search so far was ended by its proof.
    proven: bool,
    /// Where the ladder is of some outcomes alone: what they answer for.
    stock: Option<Stock>,
}

/// Partial outcomes and looks of a search that need not be proven.
const SHORT: usize = 1 << 12;
const SHORT_LOOKS: u64 = 1 << 18;

/// The likeliest outcomes that a short search finds.
pub(super) fn likely(study: &Study<'_>, top: usize, watch: Watch<'_>) -> ControlFlow<(), Vec<Outcome>> {
    let effort = Effort::with(study.space.talks, &study.agreement);
    let decomposition = match Decomposition::new(study.space, effort, watch) {
        Ok(decomposition) => decomposition,
        Err(Undivided::TooMany(_)) => return ControlFlow::Continue(Vec::new()),
        Err(Undivided::Interrupted) => return ControlFlow::Break(()),
    };
    let mut groups = Groups::new(study, &decomposition, Vec::new());
    groups.samples.push(groups.middling());
    ControlFlow::Continue(groups.likely(top, watch)?.iter().map(|leaf| groups.outcome(leaf)).collect())
}

impl Study<'_> {
    /// Fills in all there is to say, or says what keeps it from being complete. Where each step takes long and
    /// `only_if_quick`, nothing is looked for: less is said there of deals that are equally likely.
    pub(super) fn by_groups(
        &self,
        options: &Options,
        only_if_quick: bool,
        watch: Watch<'_>,
        analysis: &mut Analysis,
    ) -> Option<Limit> {
        let efficient = match self.efficient(watch) {
            Ok(efficient) => Some(efficient),
            Err(Gap::Interrupted) => return Some(Limit::Interrupted),
            Err(Gap::Tied(issues)) => {
                let tied = Limit::Tied { issues, most: MAX_VISITS };
                return self.by_stock(None, tied, options, LOOKS, watch, analysis);
            }
            Err(Gap::Sums) => None,
        };
        let decomposition =
            match Decomposition::new(self.space, Effort::with(self.space.talks, &self.agreement), watch) {
                Ok(decomposition) => decomposition,
                Err(Undivided::Interrupted) => return Some(Limit::Interrupted),
                Err(Undivided::TooMany(issues)) => {
                    if let Some(efficient) = &efficient {
                        self.show(efficient, options, analysis);
                    }
                    let tied = Limit::Tied { issues, most: crate::decomposition::MAX_COMBINATIONS };
                    return self.by_stock(efficient.as_ref(), tied, options, LOOKS, watch, analysis);
                }
            };
        if only_if_quick && !decomposition.course().quick() {
            return Some(Limit::TooLarge { most: options.enumerate.min(MAX_VISITS) });
        }
        let feasible: BigUint = decomposition.groups.iter().map(|group| BigUint::from(group.len())).product();
        analysis.counts.outcomes.feasible = feasible;
        analysis.counts.outcomes.exact = true;
        let ranges: Vec<(i64, i64)> = self.parties.iter().map(|party| range(party, &decomposition)).collect();
        let bounds = self.parties.iter().zip(&ranges);
        analysis.parties = bounds.map(|(party, range)| party.range(self.space, Some(*range))).collect();
        if let Some(efficient) = &efficient {
            self.show(efficient, options, analysis);
        }
        let reference = self.parties.iter().zip(&ranges);
        let reference = reference.map(|(party, (low, _))| party.alternative.unwrap_or(*low)).collect();
        let mut groups = Groups::new(self, &decomposition, reference);
        if groups.fill(efficient.as_ref(), options, analysis, watch).is_break() {
            return Some(Limit::Interrupted);
        }
        analysis.method = Method::Groups { nodes: groups.nodes };
        efficient.is_none().then_some(Limit::TooManyEfficient)
    }

    fn efficient(&self, watch: Watch<'_>) -> Result<Efficient, Gap> {
        let by = Separable::new(self.space, &self.parties, watch)?;
        let (points, at): (Vec<Vec<i64>>, Vec<usize>) =
            by.frontier(self.space, &self.parties).into_iter().unzip();
        let counts = at.iter().map(|k| by.count(*k)).collect();
        Ok(Efficient { points, counts, at, by })
    }

    fn show(&self, efficient: &Efficient, options: &Options, analysis: &mut Analysis) {
        analysis.frontier_count = efficient.points.len();
        analysis.frontier_known = true;
        analysis.frontier_outcomes = Some(self.count_of(efficient, &analysis.counts.outcomes.feasible));
        let mut by_outcome = self.by_outcome();
        // A probability may take long, and this shows nothing else.
        let affordable = usize::try_from(self.agreement.affordable(SHOWN)).unwrap_or(usize::MAX);
        let wanted = options.points.unwrap_or(usize::MAX).min(efficient.points.len());
        let shown = wanted.min(affordable);
        if shown < wanted {
            let note = format!(
                "{shown} of the efficient deals are listed: a chance of agreement takes long to work out here"
            );
            analysis.notes.push(note);
        }
        let point = |(k, steps): (usize, &Vec<i64>)| {
            let outcome = efficient.outcome(k);
            let probability = by_outcome.probability(&self.space.utilities(&outcome));
            FrontierPoint { outcome, utilities: self.values(steps), probability }
        };
        analysis.frontier = efficient.points.iter().enumerate().take(shown).map(point).collect();
    }

    /// How many outcomes are efficient. Where means are rounded, several vectors may become one, and the outcomes of
    /// the first alone are known; counts end at the largest number.
    fn count_of(&self, efficient: &Efficient, feasible: &BigUint) -> CountBounds {
        let at_least: BigUint = efficient.counts.iter().map(|count| BigUint::from(*count)).sum();
        let is_exact = self.parties.iter().all(PartySpace::is_sum) && !efficient.counts.contains(&u64::MAX);
        if is_exact {
            CountBounds::exact(at_least)
        } else {
            CountBounds { at_least, at_most: feasible.clone() }
        }
    }

    fn by_outcome(&self) -> OutcomeAgreement<'_> {
        OutcomeAgreement::new(self.space, &self.agreement, self.extremes)
    }
}

impl Efficient {
    fn outcome(&self, k: usize) -> Outcome {
        self.by.outcome(self.at[k])
    }
}

impl<'g> Groups<'g> {
    fn new(study: &'g Study<'g>, decomposition: &'g Decomposition, reference: Vec<i64>) -> Groups<'g> {
        Groups {
            study,
            decomposition,
            by_outcome: study.by_outcome(),
            reference,
            samples: Vec::new(),
            budget: if decomposition.course().quick() { NODES } else { SLOW_NODES },
            looks: study.agreement.affordable(WORK / (8 + 2 * study.space.bodies.len() as u64)),
            nodes: 0,
            proven: true,
            stock: None,
        }
    }
}

impl Groups<'_> {
    fn fill(
        &mut self,
        efficient: Option<&Efficient>,
        options: &Options,
        analysis: &mut Analysis,
        watch: Watch<'_>,
    ) -> ControlFlow<()> {
        self.samples = efficient.map(|efficient| self.samples_of(efficient)).unwrap_or_default();
        self.samples.push(self.middling());
        let mut zone = self.zone(&analysis.counts.outcomes.feasible, watch)?;
        let empty = zone.at_most == BigUint::ZERO;
        let solutions = self.fair(efficient, &zone, analysis, watch)?;
        let known = Known {
            frontier: efficient.map(|efficient| efficient.points.iter().map(|v| (v.clone(), 0)).collect()),
            reference: self.reference.clone(),
        };
        let will = self.will(&known, solutions.measure.as_ref(), empty, options, analysis, watch)?;
        analysis.solutions = Some(solutions.found);
        analysis.will = Some(will);
        if empty {
            let found = self.missing(analysis, watch)?;
            analysis.no_zone = Some(found);
        }
        if analysis.will.as_ref().is_some_and(|will| !will.best.is_empty()) {
            zone.at_least = zone.at_least.max(BigUint::from(1u32));
        }
        if zone.at_least == BigUint::ZERO && !empty {
            let note =
                "whether any deal would pass the rules is not known: the search for one was ended early";
            analysis.notes.push(note.into());
        }
        analysis.counts.zone = Some(zone);
        analysis.cloud = match self.stock {
            Some(_) => self.cloud_of_all(options.cloud),
            None => self.cloud(options.cloud),
        };
        ControlFlow::Continue(())
    }

    /// How many outcomes are in the zone; whether there is any is known unless a search was ended.
    fn zone(&mut self, feasible: &BigUint, watch: Watch<'_>) -> ControlFlow<(), CountBounds> {
        if let Some(stock) = self.stock.clone() {
            return ControlFlow::Continue(self.zone_of_stock(&stock, feasible));
        }
        let bodies = &self.study.space.bodies;
        let mut zone = zone_count(self.decomposition, &self.study.agreement, &thresholds(bodies), feasible);
        if zone.at_least == BigUint::ZERO && zone.at_most != BigUint::ZERO {
            // By how far alternatives are from being reached, so that the search is led towards the zone.
            let diagnosis = self.diagnosis();
            let mut nearer = |v: &[i64]| [approximately(diagnosis.concession(v)), 0, 0, 0];
            let start = self.samples.iter().max_by_key(|leaf| nearer(&leaf.steps)).cloned();
            let start = match start {
                Some(start) => Some(self.climb(start, self.looks, &mut nearer, watch)?),
                None => None,
            };
            if let Some(close) = &start
                && nearer(&close.steps) == [0; 4]
            {
                zone.at_least = BigUint::from(1u32);
                self.samples.extend(start);
                return ControlFlow::Continue(zone);
            }
            let found = BestFirst::one([0; 4], self.budget).within(self.looks).run(
                &self.decomposition.course(),
                &mut nearer,
                watch,
            )?;
            self.count(&found);
            match (found.leaves.is_empty(), found.open) {
                (true, None) => zone = CountBounds::exact(BigUint::ZERO),
                (true, Some(_)) => {}
                (false, _) => zone.at_least = BigUint::from(1u32),
            }
        }
        ControlFlow::Continue(zone)
    }

    /// Some efficient outcomes.
    fn samples_of(&self, efficient: &Efficient) -> Vec<Leaf> {
        let n = efficient.points.len();
        // Where each probability takes long, there are fewer.
        let most = SAMPLES.min(usize::try_from(self.looks).unwrap_or(SAMPLES)).max(1);
        let some = (0..n).step_by((n / most).max(1));
        some.map(|k| self.leaf(&efficient.outcome(k))).collect()
    }

    /// Some outcomes, each as likely as any other, always the same.
    fn cloud(&mut self, most: usize) -> Cloud {
        /// Outcomes looked at for each that is kept on either side.
        const TRIES: u64 = 4;
        let mut thinning = Thinning::new(most);
        let mut utilities = vec![0; self.decomposition.d];
        let mut number = 0u64;
        for rank in 0..TRIES * most as u64 {
            utilities.fill(0);
            for group in &self.decomposition.groups {
                number = scrambled(number);
                let place = ((u128::from(number) * group.len() as u128) >> 64) as usize;
                for (sum, steps) in utilities.iter_mut().zip(group.adds(place)) {
                    *sum += steps;
                }
            }
            let steps: Vec<i64> = self.study.parties.iter().map(|party| party.steps(&utilities)).collect();
            let in_zone = self.by_outcome.look(&utilities).zone;
            thinning.offer(&steps, rank, in_zone);
        }
        thinning.finish(|steps| self.study.values(steps))
    }

    /// An outcome that is good for bodies on average, each group by itself.
    fn middling(&self) -> Leaf {
        let (mut places, mut steps) = (Vec::new(), vec![0; self.decomposition.d]);
        let widths = self.study.extremes.iter().map(|range| ((range.max - range.min) as f64).max(1.0));
        let widths: Vec<f64> = widths.collect();
        for group in &self.decomposition.groups {
            let mean = |place: &usize| -> f64 {
                group.adds(*place).iter().zip(&widths).map(|(steps, width)| *steps as f64 / width).sum()
            };
            let best =
                (0..group.len()).max_by(|a, b| mean(a).total_cmp(&mean(b)).then(b.cmp(a))).unwrap_or(0);
            places.push(best as u32);
            for (sum, steps) in steps.iter_mut().zip(group.adds(best)) {
                *sum += steps;
            }
        }
        Leaf { worth: NOTHING, places, steps }
    }

    fn leaf(&self, outcome: &Outcome) -> Leaf {
        let places = self.decomposition.places(outcome);
        Leaf { worth: NOTHING, places, steps: self.study.space.utilities(outcome) }
    }

    /// The best outcome that is reached from one by changing a group at a time, with so many looks.
    fn climb(
        &self,
        mut leaf: Leaf,
        mut looks: u64,
        worth: crate::best_first::Measure<'_>,
        watch: Watch<'_>,
    ) -> ControlFlow<(), Leaf> {
        looks = looks.min(CLIMB);
        leaf.worth = worth(&leaf.steps);
        let mut steps = leaf.steps.clone();
        loop {
            let before = leaf.worth;
            for (g, group) in self.decomposition.groups.iter().enumerate() {
                for place in 0..group.len() {
                    let Some(left) = looks.checked_sub(1) else { return ControlFlow::Continue(leaf) };
                    looks = left;
                    if looks.is_multiple_of(UNSEEN) {
                        watch(HALF_DONE)?;
                    }
                    let change = group.adds(place).iter().zip(group.adds(leaf.places[g] as usize));
                    for ((new, old), (plus, minus)) in steps.iter_mut().zip(&leaf.steps).zip(change) {
                        *new = old + plus - minus;
                    }
                    let reached = worth(&steps);
                    if reached > leaf.worth {
                        leaf.worth = reached;
                        leaf.places[g] = place as u32;
                        leaf.steps.copy_from_slice(&steps);
                    }
                }
            }
            if leaf.worth == before {
                return ControlFlow::Continue(leaf);
            }
        }
    }

    fn count(&mut self, found: &BestLeaves) {
        self.nodes += found.nodes;
        self.proven &= found.open.is_none();
    }

    /// Steps of every party, from those of the bodies.
    fn steps(&self, bodies: &[i64]) -> Vec<i64> {
        self.study.parties.iter().map(|party| party.steps(bodies)).collect()
    }

    fn surpluses(&self, bodies: &[i64]) -> Vec<i64> {
        self.study
            .parties
            .iter()
            .zip(&self.reference)
            .map(|(party, zero)| party.steps(bodies) - zero)
            .collect()
    }

    fn outcome(&self, leaf: &Leaf) -> Outcome {
        self.decomposition.outcome(&leaf.places)
    }
}

/// A party's lowest and highest steps. Groups add up independently, so each takes its own best.
fn range(party: &PartySpace, decomposition: &Decomposition) -> (i64, i64) {
    let at = |highest: bool| {
        let mut sum = vec![0; decomposition.d];
        for group in &decomposition.groups {
            let points = (0..group.len()).map(|k| group.box_tree.point(k));
            let lean = |a: &&[i64], b: &&[i64]| party.compare_parts(a, b);
            let best = if highest { points.max_by(lean) } else { points.min_by(lean) };
            for (sum, x) in sum.iter_mut().zip(best.unwrap_or_default()) {
                *sum += x;
            }
        }
        party.steps(&sum)
    };
    (at(false), at(true))
}
