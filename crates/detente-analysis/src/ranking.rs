//! One party's utility over talks of any size: outcomes in its order, next to a utility and within a
//! band, without enumerating the space.
//!
//! A utility is a sum over groups of issues that constraints or this party's own terms tie together.
//! Each group is enumerated once; what follows from sums of one entry of each group is worked out on
//! plain numbers (`kernel::ranking`, `kernel::halves`). All comparisons are in whole steps, as everywhere; a utility
//! given from outside stands for the steps that are shown as it.

use crate::analyze::Limit;
use crate::kernel::chain::Group;
use crate::kernel::halves::{self, Around, Effort, Halves, Near};
use crate::kernel::ranking::Falling;
use crate::kernel::sweep::{self, Law, Level, Term};
use crate::party::{PartySpace, Scale};
use crate::space::{Extremes, MAX_VISITS, Space, group};
use detente_model::{BodyId, IssueId, OptionId, Outcome, PartyId};
use std::ops::ControlFlow;
use std::sync::{Arc, OnceLock};

/// The outcomes of talks as one party ranks them.
///
/// Spaces of 10^100 outcomes and more will do: what is limited is the number of combinations of issues
/// that are tied together, by constraints or by the party's own interactions and tables.
/// Only feasible outcomes count. Where outcomes have the same utility, the documented order compares
/// them group by group (by the first issue of each), and within a group in issue and option order;
/// where no issues are tied together, that is issue and option order.
pub struct Ranking<'t> {
    space: &'t Space<'t>,
    party: PartySpace,
    tied: Vec<Tied>,
    groups: Arc<[Group]>,
    /// The party's highest and lowest steps.
    highest: i64,
    lowest: i64,
    halves: OnceLock<Halves>,
}

/// An outcome next to a utility that was asked for.
#[derive(Clone, Debug, PartialEq)]
pub struct Nearest {
    /// The outcome; of equals, some one, always the same.
    pub outcome: Outcome,
    /// The party's utility.
    pub utility: f64,
    /// Whether no outcome answers better. If not, the search ended at its limit, and what a better
    /// outcome could gain is at most the distance to the utility asked for.
    pub proven: bool,
}

/// Issues that are tied together.
#[derive(Debug)]
struct Tied {
    /// Each with its number of options, in the order of the file.
    issues: Vec<(usize, usize)>,
    /// Its feasible combinations, by their position in issue and option order.
    ranks: Vec<u32>,
}

impl<'t> Ranking<'t> {
    /// Enumerates each group of tied issues, which takes about 24 bytes per combination.
    ///
    /// # Errors
    ///
    /// [`Limit::Tied`] names issues that are tied together and have too many combinations to look at
    /// each; [`Limit::TooLarge`] is for a party whose number is a rounded mean, no sum of parts, if
    /// there are too many outcomes to look at each; [`Limit::NothingFeasible`] if the constraints
    /// leave no outcome.
    pub fn new(space: &'t Space<'t>, party: PartyId, scale: Scale) -> Result<Ranking<'t>, Limit> {
        let bodies = &space.talks.parties[party.0].bodies;
        let own = party_space(space, party, scale)?;
        let parts = if own.is_sum() { parts(space, bodies) } else { whole(space)? };
        let (mut tied, mut groups) = (Vec::new(), Vec::new());
        for levels in parts {
            let (part, values) = enumerate(levels, &own, space.bodies.len())?;
            tied.push(part);
            groups.push(Group::new(&values));
        }
        let steps = |sum: i64| own.of_sum(sum).unwrap_or(sum);
        let top = groups.iter().map(|group| group.top).sum();
        let bottom = top - groups.iter().map(Group::most).sum::<i64>();
        let (highest, lowest) = (steps(top), steps(bottom));
        let halves = OnceLock::new();
        Ok(Ranking { space, party: own, tied, groups: groups.into(), highest, lowest, halves })
    }

    /// The party's lowest and highest utility over feasible outcomes.
    pub fn range(&self) -> (f64, f64) {
        (self.utility(self.lowest), self.utility(self.highest))
    }

    /// All feasible outcomes with their utilities, the highest first; equals in the order documented
    /// above, the lowest outcome first. Nothing is worked out before it is asked for: memory grows with
    /// the number of outcomes taken.
    pub fn descending(&self) -> Descending<'_> {
        Descending { ranking: self, falling: Falling::new(&self.groups, (0, i64::MAX)) }
    }

    /// The outcome whose utility is nearest to one given; of two as near, the higher.
    ///
    /// Beyond the party's range, and for infinities, that is the end of the range; absent for NaN. It
    /// is always proven where the issues fall into two halves with at most about four million distinct
    /// utilities each. For larger spaces the search is limited; an outcome that hits the utility to
    /// the step, or one among the first hundred thousand utilities, is proven all the same.
    ///
    /// The first query prepares for all, which takes a moment and up to some 300 MB.
    pub fn nearest(&self, utility: f64) -> Option<Nearest> {
        if utility.is_nan() {
            return None;
        }
        let Some(ceil) = self.first_step(|shown| shown >= utility) else {
            return self.answer(&Near::best(), true);
        };
        let bound = self.highest - ceil;
        // Distances in steps differ by a whole number, except that the target lies between two steps.
        let upwards = self.utility(ceil) - utility;
        let downwards = utility - self.utility(ceil.saturating_sub(1));
        let between = upwards > 0.0 && ceil > self.lowest;
        let prefers_higher = |higher: i64, lower: i64| {
            let nearer_by = (lower - bound) - (bound - higher);
            if between { nearer_by > 1 || nearer_by == 1 && upwards <= downwards } else { nearer_by >= 0 }
        };
        let halves = self.halves();
        let (higher, lower) = halves.conceivable(bound);
        let goal = if prefers_higher(higher, lower) { higher } else { lower };
        let Around { up_to, beyond, all } = halves.around(bound, goal);
        let near = match (up_to, beyond) {
            (Some(higher), Some(lower)) if prefers_higher(higher.loss, lower.loss) => higher,
            (Some(higher), None) => higher,
            (_, Some(lower)) => lower,
            (None, None) => return None,
        };
        self.answer(&near, all || near.loss == goal)
    }

    /// The outcome with the lowest utility that is at least the one given; absent if there is none, and
    /// for NaN. Limits are those of [`Ranking::nearest`]; an answer that is not proven is at least the
    /// utility given, and some lower one may be too.
    pub fn lowest_from(&self, utility: f64) -> Option<Nearest> {
        let ceil = self.first_step(|shown| shown >= utility)?;
        let bound = self.highest - ceil;
        let goal = self.halves().conceivable(bound).0;
        let found = self.halves().around(bound, goal);
        // The best outcome is always high enough.
        let near = found.up_to.unwrap_or_else(Near::best);
        self.answer(&near, found.all || near.loss == goal)
    }

    /// All feasible outcomes with utilities from `low` to `high`, both included; none if one is NaN.
    ///
    /// Where the issues fall into two halves with at most about four million distinct utilities each,
    /// the highest comes first, and equals come in the order documented above. For larger spaces the
    /// first groups of issues are taken outside: for each of their combinations in turn, the outcomes
    /// with it come in that order; every outcome comes once. The first query prepares for all.
    pub fn between(&self, low: f64, high: f64) -> Between<'_> {
        let lowest = self.first_step(|shown| shown >= low);
        let beyond = self.first_step(|shown| shown > high).unwrap_or(self.highest + 1);
        let range = match lowest {
            Some(lowest) if !high.is_nan() => (self.highest - beyond + 1, self.highest - lowest),
            _ => (0, -1),
        };
        Between { ranking: self, inner: self.halves().between(range) }
    }

    fn halves(&self) -> &Halves {
        self.halves.get_or_init(|| Halves::new(&self.groups, Effort::default()))
    }

    fn utility(&self, steps: i64) -> f64 {
        self.party.value(self.space, steps)
    }

    /// The lowest steps, of those in the party's range, that are shown as a utility of some kind, where
    /// all higher utilities are of that kind.
    fn first_step(&self, holds: impl Fn(f64) -> bool) -> Option<i64> {
        let (mut low, mut high) = (self.lowest, self.highest);
        if !holds(self.utility(high)) {
            return None;
        }
        while low < high {
            let middle = low + (high - low) / 2;
            if holds(self.utility(middle)) { high = middle } else { low = middle + 1 }
        }
        Some(low)
    }

    fn answer(&self, near: &Near, proven: bool) -> Option<Nearest> {
        let outcome = self.outcome(&self.halves().choice(near)?);
        Some(Nearest { outcome, utility: self.utility(self.highest - near.loss), proven })
    }

    fn ranked(&self, (loss, positions): (i64, &[u32])) -> (Outcome, f64) {
        (self.outcome(positions), self.utility(self.highest - loss))
    }

    /// The outcome of a combination of each group.
    fn outcome(&self, positions: &[u32]) -> Outcome {
        let mut options = vec![OptionId(0); self.space.talks.issues.len()];
        for (tied, position) in self.tied.iter().zip(positions) {
            let mut rank = tied.ranks[*position as usize] as usize;
            if let [(issue, _)] = tied.issues[..] {
                options[issue] = OptionId(rank);
                continue;
            }
            for (issue, n) in tied.issues.iter().rev() {
                options[*issue] = OptionId(rank % n);
                rank /= n;
            }
        }
        Outcome(options)
    }
}

/// Outcomes in decreasing utility; see [`Ranking::descending`].
pub struct Descending<'r> {
    ranking: &'r Ranking<'r>,
    falling: Falling,
}

impl Iterator for Descending<'_> {
    type Item = (Outcome, f64);

    fn next(&mut self) -> Option<(Outcome, f64)> {
        self.falling.next().map(|found| self.ranking.ranked(found))
    }
}

/// Outcomes within a band of utility; see [`Ranking::between`].
pub struct Between<'r> {
    ranking: &'r Ranking<'r>,
    inner: halves::Between,
}

impl Iterator for Between<'_> {
    type Item = (Outcome, f64);

    fn next(&mut self) -> Option<(Outcome, f64)> {
        self.inner.next().map(|found| self.ranking.ranked(found))
    }
}

/// How the party's number follows from its bodies' steps.
pub(crate) fn party_space(space: &Space<'_>, party: PartyId, scale: Scale) -> Result<PartySpace, Limit> {
    let bodies = &space.talks.parties[party.0].bodies;
    let none = Extremes { min: 0, max: 0 };
    let extremes = match (scale, bodies.len()) {
        // A body's own units do not depend on its extremes.
        (Scale::Raw, 1) => vec![none; space.bodies.len()],
        _ => {
            let known = space.reaches();
            if bodies.iter().any(|body| !known[body.0].exact()) {
                return Err(Limit::TooLarge { most: MAX_VISITS });
            }
            known.iter().map(|reach| reach.range.unwrap_or(none)).collect()
        }
    };
    Ok(PartySpace::new(space, party, scale, &extremes))
}

/// The loops of each group of issues that constraints or terms of these bodies tie together, by their
/// first issue.
fn parts(space: &Space<'_>, bodies: &[BodyId]) -> Vec<Vec<Level>> {
    let own = |term: &&Term| bodies.contains(&BodyId(term.body()));
    let mut parts: Vec<Vec<Level>> = Vec::new();
    for levels in space.groups_of_all() {
        let depth = |issue: usize| levels.iter().position(|level| level.issue == issue).unwrap_or(0);
        let terms = levels.iter().flat_map(|level| &level.terms).filter(own).map(Term::issues);
        let laws = levels.iter().flat_map(|level| &level.laws).map(Law::issues);
        let sets: Vec<Vec<usize>> =
            terms.chain(laws).map(|issues| issues.into_iter().map(depth).collect()).collect();
        for part in group(levels.len(), sets.into_iter()) {
            parts.push(part.into_iter().map(|k| of_bodies(&levels[k], bodies)).collect());
        }
    }
    parts.sort_by_key(|levels| levels.iter().map(|level| level.issue).min());
    parts
}

/// The same loop with the terms of these bodies alone.
fn of_bodies(level: &Level, bodies: &[BodyId]) -> Level {
    let own = |term: &&Term| bodies.contains(&BodyId(term.body()));
    Level { terms: level.terms.iter().filter(own).cloned().collect(), ..level.clone() }
}

/// All issues as one group, where a party's number is no sum of parts.
fn whole(space: &Space<'_>) -> Result<Vec<Vec<Level>>, Limit> {
    let levels: Vec<Level> = space.groups_of_all().into_iter().flatten().collect();
    let n = levels.iter().fold(1u64, |n, level| n.saturating_mul(level.n as u64));
    if n > MAX_VISITS { Err(Limit::TooLarge { most: MAX_VISITS }) } else { Ok(vec![levels]) }
}

/// The feasible combinations of a group of issues in issue and option order, with the party's steps.
fn enumerate(mut levels: Vec<Level>, own: &PartySpace, n_bodies: usize) -> Result<(Tied, Vec<i64>), Limit> {
    let mut issues: Vec<(usize, usize)> = levels.iter().map(|level| (level.issue, level.n)).collect();
    issues.sort_unstable();
    let mut n = 1u64;
    for (issue, n_options) in issues.iter().rev() {
        for level in levels.iter_mut().filter(|level| level.issue == *issue) {
            level.stride = n;
        }
        n = n.saturating_mul(*n_options as u64);
    }
    if n > MAX_VISITS {
        let issues = issues.iter().map(|(issue, _)| IssueId(*issue)).collect();
        return Err(Limit::Tied { issues, most: MAX_VISITS });
    }
    let mut found: Vec<(u32, i64)> = Vec::new();
    let _ = sweep::sweep(&levels, &vec![0; n_bodies], &mut |visit| {
        let steps = if own.is_sum() { own.part(visit.utilities) } else { own.steps(visit.utilities) };
        found.push((visit.rank as u32, steps));
        ControlFlow::Continue(())
    });
    if found.is_empty() {
        return Err(Limit::NothingFeasible);
    }
    found.sort_unstable();
    let (ranks, values) = found.into_iter().unzip();
    Ok((Tied { issues, ranks }, values))
}
