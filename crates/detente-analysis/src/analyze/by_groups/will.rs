//! How likely every needed yes is, without a look at every outcome: the probability of agreement never
//! falls as bodies gain, so branch and bound finds the likeliest deals and proves that they are.

use super::{Groups, SHORT, SHORT_LOOKS, WORK};
use crate::agreement::fast::FastAgreement;
use crate::analyze::{Analysis, Known, Options, on};
use crate::best_first::{BestFirst, Leaf, MANY_LOOKS};
use crate::decomposition::{Envelope, Group};
use crate::exact::leximin;
use crate::kernel::box_tree::Worth;
use crate::solutions::{Aim, Measure};
use crate::ticker::Watch;
use crate::will::{Listed, POOL, WhatIf, Will, choose, key, raise};
use std::cell::Cell;
use std::ops::ControlFlow;

/// What the watcher is told while what each answer leaves is looked for.
const NEARLY_DONE: f64 = 0.9;
/// Combinations between two looks at it.
const UNSEEN: usize = 1 << 8;

/// A probability that some outcome reaches, and what none can exceed.
#[derive(Clone, Copy)]
struct Promise {
    reached: f64,
    most: f64,
}

/// Probabilities of agreement with something changed.
#[derive(Clone, Copy)]
enum Change {
    Nothing,
    /// This body's political cost is 0.
    Free(usize),
    /// This body says yes.
    Waived(usize),
}

impl Groups<'_> {
    pub(super) fn will(
        &mut self,
        known: &Known,
        measure: Option<&Measure>,
        empty: bool,
        options: &Options,
        analysis: &mut Analysis,
        watch: Watch<'_>,
    ) -> ControlFlow<(), Will> {
        let n_bodies = self.study.space.bodies.len();
        let issues = &self.study.space.talks.issues;
        let mut what_if = WhatIf::new(n_bodies, issues);
        self.proven = true;
        let (leaves, at_most) =
            if empty { (Vec::new(), 0.0) } else { self.likeliest(measure, options, analysis, watch)? };
        let mut by_outcome = self.study.by_outcome();
        for leaf in &leaves {
            let probability = by_outcome.probability(&leaf.steps);
            let outcome = self.outcome(leaf);
            let own: Vec<usize> = outcome.0.iter().map(|option| option.0).collect();
            what_if.offer(&own, probability);
        }
        let listed_proven = self.proven;
        self.proven = true;
        if empty {
            what_if.complete();
        } else if self.stock.is_some() {
            self.changed_answers(&mut what_if);
            self.proven = what_if.forced.iter().flatten().all(|known| *known == Some(what_if.best));
        } else {
            self.swapped(&leaves, &mut what_if, watch)?;
            self.forced(&mut what_if, watch)?;
        }
        for body in 0..n_bodies {
            what_if.free[body] = self.changed(Change::Free(body), &leaves, watch)?;
            what_if.waived[body] = self.changed(Change::Waived(body), &leaves, watch)?;
        }
        let candidates = self.sorted(leaves, measure, POOL.max(options.top), known.frontier.as_deref());
        let best = choose(candidates, options.top, issues);
        let mut will = self.study.will(options, &what_if, empty, best, known);
        let beyond = self.beyond_stock().unwrap_or(0.0);
        will.at_most = at_most.max(beyond).max(will.best_probability);
        if !listed_proven {
            let note = "the search for the likeliest deals was ended before all others were ruled out";
            analysis.notes.push(note.into());
        }
        self.proven &= self.stock.as_ref().is_none_or(|stock| stock.complete);
        if !self.proven {
            let note = "some searches were ended early: a chance with an answer settled or a yes assumed may be higher \
                        than given";
            analysis.notes.push(note.into());
        }
        ControlFlow::Continue(will)
    }

    /// The likeliest outcomes that a short search finds, likeliest first.
    pub(super) fn likely(&mut self, top: usize, watch: Watch<'_>) -> ControlFlow<(), Vec<Leaf>> {
        let mut by_outcome = self.study.by_outcome();
        let mut worth = |v: &[i64]| -> Worth {
            let probability = by_outcome.probability(v);
            if probability == 0.0 && !by_outcome.look(v).zone {
                return [0; 4];
            }
            [key(probability) + 1, 0, 0, 0]
        };
        let mut known: Vec<Leaf> = self.samples.clone();
        let looks = self.looks / known.len().max(1) as u64;
        for leaf in &mut known {
            *leaf = self.climb(leaf.clone(), looks, &mut worth, watch)?;
        }
        let best_first = BestFirst {
            wanted: top,
            ties: 0,
            floor: [1, 0, 0, 0],
            any: true,
            budget: SHORT,
            looks: SHORT_LOOKS,
        }
        .within(self.looks);
        known.extend(best_first.run(&self.decomposition.course(), &mut worth, watch)?.leaves);
        known.retain(|leaf| worth(&leaf.steps) != [0; 4]);
        known.sort_by(|a, b| worth(&b.steps).cmp(&worth(&a.steps)).then_with(|| a.places.cmp(&b.places)));
        known.dedup_by(|a, b| a.places == b.places);
        known.truncate(top);
        ControlFlow::Continue(known)
    }

    /// The likeliest outcomes of the zone, and the most any other can reach.
    fn likeliest(
        &mut self,
        measure: Option<&Measure>,
        options: &Options,
        analysis: &mut Analysis,
        watch: Watch<'_>,
    ) -> ControlFlow<(), (Vec<Leaf>, f64)> {
        let mut by_outcome = self.study.by_outcome();
        let mut worth = |v: &[i64]| -> Worth {
            let probability = by_outcome.probability(v);
            if probability == 0.0 && !by_outcome.look(v).zone {
                return [0; 4];
            }
            let likely = key(probability) + 1;
            let Some(measure) = measure else { return [likely, 0, 0, 0] };
            let [one, two, three] = measure.approximately(Aim::KalaiSmorodinsky, &self.surpluses(v));
            [likely, one, two, three]
        };
        let course = self.decomposition.course();
        // Where each step takes long, the likeliest are listed, without a choice among near-equals.
        let wanted = if course.quick() { POOL.max(options.top) } else { options.top.max(1) };
        let mut known: Vec<Leaf> = self.samples.clone();
        for leaf in &mut known {
            leaf.worth = worth(&leaf.steps);
        }
        let start = known.iter().max_by_key(|leaf| leaf.worth).cloned();
        if let Some(start) = start {
            known.push(self.climb(start, self.looks, &mut worth, watch)?);
        }
        known.sort_by(|a, b| b.worth.cmp(&a.worth).then_with(|| a.places.cmp(&b.places)));
        known.dedup_by(|a, b| a.places == b.places);
        let zone = [1, i64::MIN, i64::MIN, i64::MIN];
        known.retain(|leaf| leaf.worth >= zone);
        let floor = known.get(wanted - 1).map_or(zone, |leaf| leaf.worth);
        let best_first =
            BestFirst { wanted, ties: POOL, floor, any: false, budget: self.budget, looks: MANY_LOOKS }
                .within(self.looks);
        // What is clearly less likely than that is not looked at closely.
        let mut fast = self.fast(Change::Nothing);
        let least = (floor[0] - 1) as f64 / 1e12 * (1.0 - 1e-9);
        let mut worth = |v: &[i64]| if fast.probability(v) < least { [0; 4] } else { worth(v) };
        let mut found = best_first.run(&course, &mut worth, watch)?;
        if found.open.is_some_and(|open| known.first().is_some_and(|best| open <= best.worth)) {
            // Nothing left is better, but too much may be as good to find the first of these.
            let nodes = found.nodes;
            found = BestFirst { any: true, ties: 0, ..best_first }.run(&course, &mut worth, watch)?;
            found.nodes += nodes;
            analysis.notes.push("very many deals are equally good; some of them are listed".into());
        }
        if found.open.is_some() {
            // What was found before the search was ended is listed with what was there before.
            known.retain(|leaf| !found.leaves.iter().any(|other| other.places == leaf.places));
            found.leaves.extend(known.into_iter().take(wanted));
        }
        self.count(&found);
        let at_most = found.open.map_or(0.0, |[likely, ..]| (likely - 1) as f64 / 1e12);
        ControlFlow::Continue((found.leaves, at_most))
    }

    /// Likeliest first, then closest to equal shares, then first in order; as many as are chosen from.
    fn sorted(
        &self,
        leaves: Vec<Leaf>,
        measure: Option<&Measure>,
        most: usize,
        frontier: Option<&[(Vec<i64>, u64)]>,
    ) -> Vec<Listed> {
        let efficient = |leaf: &Leaf| frontier.is_some_and(|frontier| on(frontier, &self.steps(&leaf.steps)));
        let mut by_outcome = self.study.by_outcome();
        let mut all: Vec<_> = leaves
            .iter()
            .map(|leaf| {
                let surpluses = self.surpluses(&leaf.steps);
                let shares =
                    measure.into_iter().flat_map(|measure| measure.shares(&surpluses)).collect::<Vec<_>>();
                let key = key(by_outcome.probability(&leaf.steps));
                (shares, Listed { key, efficient: efficient(leaf), outcome: self.outcome(leaf) })
            })
            .collect();
        all.sort_by(|(a_shares, a), (b_shares, b)| {
            let by_share = || leximin(b_shares.iter().copied(), a_shares.iter().copied());
            b.key.cmp(&a.key).then_with(by_share).then_with(|| a.outcome.cmp(&b.outcome))
        });
        all.truncate(most);
        all.into_iter().map(|(_, listed)| listed).collect()
    }

    /// The best probability with something changed, at least that of the deals already found.
    fn changed(&mut self, change: Change, found: &[Leaf], watch: Watch<'_>) -> ControlFlow<(), f64> {
        let mut fast = self.fast(change);
        let few = usize::try_from(self.looks).unwrap_or(usize::MAX);
        let known = found.iter().take(few).map(|leaf| fast.probability(&leaf.steps)).fold(0.0, f64::max);
        let mut worth = |v: &[i64]| [fast.probability(v).to_bits() as i64, 0, 0, 0];
        let floor = [known.to_bits() as i64 + 1, 0, 0, 0];
        let course = self.decomposition.course();
        let value = |worth: Worth| f64::from_bits(worth[0] as u64);
        match course.promise(0, &vec![0; self.decomposition.d], floor, &mut worth) {
            None => return ControlFlow::Continue(known),
            Some((worth, true)) => return ControlFlow::Continue(value(worth)),
            Some((_, false)) => {}
        }
        let found = BestFirst::one(floor, self.budget).within(self.looks).run(
            &self.decomposition.course(),
            &mut worth,
            watch,
        )?;
        self.count(&found);
        let best = found.leaves.first().map_or(known, |leaf| value(leaf.worth));
        ControlFlow::Continue(best)
    }

    fn fast(&self, change: Change) -> FastAgreement<'_> {
        let mut fast = FastAgreement::new(self.study.space, &self.study.agreement);
        match change {
            Change::Nothing => {}
            Change::Free(body) => fast.free(body, self.study.space),
            Change::Waived(body) => fast.waived(body, self.study.space),
        }
        fast
    }

    /// What the likeliest deal is worth with each combination of each group in its place: something to
    /// beat.
    fn swapped(&mut self, leaves: &[Leaf], what_if: &mut WhatIf, watch: Watch<'_>) -> ControlFlow<()> {
        let Some(best) = leaves.first() else { return ControlFlow::Continue(()) };
        // Where each probability takes long, some stand for all.
        let step = (self.combinations() as u64).div_ceil(self.study.agreement.affordable(WORK / 8)) as usize;
        self.proven &= step <= 1;
        let mut by_outcome = self.study.by_outcome();
        let mut sum = best.steps.clone();
        for (group, own) in self.decomposition.groups.iter().zip(&best.places) {
            for place in (0..group.len()).step_by(step.max(1)) {
                if place.is_multiple_of(UNSEEN) {
                    watch(NEARLY_DONE)?;
                }
                let change = group.adds(place).iter().zip(group.adds(*own as usize));
                for ((sum, steps), (new, old)) in sum.iter_mut().zip(&best.steps).zip(change) {
                    *sum = steps + new - old;
                }
                let probability = by_outcome.probability(&sum);
                for (issue, option) in group.options(place) {
                    raise(&mut what_if.forced[issue][option], probability);
                }
            }
        }
        ControlFlow::Continue(())
    }

    /// How many combinations all groups have together.
    fn combinations(&self) -> usize {
        self.decomposition.groups.iter().map(Group::len).sum::<usize>().max(1)
    }

    /// The best probability with each option of each issue, where no deal already found has it.
    fn forced(&mut self, what_if: &mut WhatIf, watch: Watch<'_>) -> ControlFlow<()> {
        let promised = |group: &Group, others: &Envelope, half: &Envelope| {
            let promised = self.promised(group, others, half, &what_if.forced, watch)?;
            ControlFlow::Continue((group.issues().to_vec(), promised))
        };
        let found = self.decomposition.each_without(&promised, watch)?;
        for (issues, promised) in found {
            for ((issue, _), promised) in issues.iter().zip(promised) {
                for (known, promised) in what_if.forced[*issue].iter_mut().zip(promised) {
                    let ended = promised.most <= promised.reached;
                    self.proven &= ended;
                    *known = (ended || promised.reached > 0.0).then_some(promised.reached);
                }
            }
        }
        ControlFlow::Continue(())
    }

    /// What the others promise by issue of a group and option.
    fn promised(
        &self,
        group: &Group,
        others: &Envelope,
        half: &Envelope,
        known: &[Vec<Option<f64>>],
        watch: Watch<'_>,
    ) -> ControlFlow<(), Vec<Vec<Promise>>> {
        let mut fast = self.fast(Change::Nothing);
        let looked = Cell::new(0u64);
        let mut worth = |v: &[i64]| {
            looked.set(looked.get() + 1);
            [fast.probability(v).to_bits() as i64, 0, 0, 0]
        };
        // Each group has its part of what may be done for all.
        let all = self.combinations() as u128;
        let most = (u128::from(self.study.agreement.affordable(WORK / 8)) * group.len() as u128 / all) as u64;
        let at_first = |p: &Option<f64>| Promise { reached: p.unwrap_or(0.0), most: p.unwrap_or(0.0) };
        let known = |(issue, _): &(usize, usize)| known[*issue].iter().map(at_first).collect();
        let mut promised: Vec<Vec<Promise>> = group.issues().iter().map(known).collect();
        let at = |issue: usize| group.issues().iter().position(|(own, _)| *own == issue).unwrap_or(0);
        let mut seen = 0;
        for place in 0..group.len() {
            if place.is_multiple_of(UNSEEN) || looked.get() > seen + UNSEEN as u64 {
                seen = looked.get();
                watch(NEARLY_DONE)?;
            }
            let own: Vec<(usize, usize)> = group.options(place).collect();
            let reached = own.iter().map(|(issue, option)| promised[at(*issue)][*option].reached);
            let least = reached.fold(f64::INFINITY, f64::min);
            let floor = [least.to_bits() as i64 + 1, 0, 0, 0];
            let looks = u64::from(self.decomposition.looks()).min(most.saturating_sub(looked.get())) as u32;
            if looks == 0 {
                own.iter().for_each(|(issue, option)| promised[at(*issue)][*option].most = f64::INFINITY);
                continue;
            }
            let most = others.box_tree.best_pair(&half.box_tree, group.adds(place), floor, looks, &mut worth);
            let Some((worth, reached)) = most else { continue };
            let most = f64::from_bits(worth[0] as u64);
            for (issue, option) in own {
                let promise = &mut promised[at(issue)][option];
                promise.most = promise.most.max(most);
                if reached && others.exact && half.exact {
                    promise.reached = promise.reached.max(most);
                }
            }
        }
        ControlFlow::Continue(promised)
    }
}
