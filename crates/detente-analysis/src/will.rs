//! How likely every needed yes is: the likeliest deals, and whose consent would help most.

use crate::exact::Fraction;
use crate::solutions::Measure;
use detente_model::{Issue, Options, Outcome};
use num_bigint::BigUint;
use std::cmp::{Ordering, Reverse};
use std::collections::{BTreeSet, BinaryHeap};

/// In one word, with the target in mind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// The zone is empty.
    NoTerms,
    /// The zone is not empty, and the best probability is below the target.
    NoWill,
    /// The best probability reaches the target.
    WithinReach,
    /// It is not the same whatever those say of whom too little is said.
    NotEnoughKnown,
}

/// How likely agreement is, and what it hangs on.
#[derive(Clone, Debug, PartialEq)]
pub struct Will {
    /// The verdict.
    pub verdict: Verdict,
    /// The probability aimed at, 0 to 1.
    pub target: f64,
    /// The best probability over all outcomes, 0 if the zone is empty.
    pub best_probability: f64,
    /// What the best probability cannot exceed: the same, unless a search ended before all else was
    /// ruled out.
    pub at_most: f64,
    /// The best deals, likeliest first; empty if the zone is.
    pub best: Vec<Deal>,
    /// Deals exactly as likely as one of the best and not among them, as many as best deals were
    /// asked for.
    pub equals: Vec<Deal>,
    /// How many such deals there are among the candidates looked at.
    pub n_equals: usize,
    /// Per body, what its consent is worth.
    pub bodies: Vec<ConsentValue>,
    /// Per issue and option, the best probability if that option were forced; at least that where a search was ended
    /// early, and absent where it was ended before anything with that option was found.
    pub issues: Vec<Vec<Option<f64>>>,
}

/// What the best probability would gain.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ConsentValue {
    /// If the body's political cost were 0.
    pub if_free: f64,
    /// If its consent counted as given.
    pub if_waived: f64,
}

/// A deal with its chances.
#[derive(Clone, Debug, PartialEq)]
pub struct Deal {
    /// The outcome.
    pub outcome: Outcome,
    /// P(the talks agree on it).
    pub probability: f64,
    /// One utility per party.
    pub utilities: Vec<f64>,
    /// One surplus per party.
    pub surpluses: Vec<f64>,
    /// Whether it is efficient; absent where the frontier is not known.
    pub on_frontier: Option<bool>,
    /// P(party ratifies), per party.
    pub by_party: Vec<f64>,
    /// P(body accepts), per body.
    pub by_body: Vec<f64>,
    /// Surplus per body in its own units; absent without an alternative.
    pub gains: Vec<Option<f64>>,
}

/// Probabilities within this of each other are near-equals: inputs support no finer distinction.
const NEAR: f64 = 0.01;
/// Candidates kept to choose the most different from.
pub(crate) const POOL: usize = 4096;

/// A probability on a grid of 10^-12, so that products taken in another order still tie.
pub(crate) fn key(probability: f64) -> i64 {
    (probability * 1e12).round() as i64
}

/// A candidate; greater is better: probability, then leximin of surplus over ideal, then rank.
pub(crate) struct Candidate {
    pub(crate) key: i64,
    pub(crate) rank: u64,
    /// The lowest first, so that leximin compares one after another.
    shares: Vec<Fraction>,
}

impl Ord for Candidate {
    fn cmp(&self, other: &Candidate) -> Ordering {
        let by_share = || self.shares.cmp(&other.shares);
        self.key.cmp(&other.key).then_with(by_share).then_with(|| other.rank.cmp(&self.rank))
    }
}

impl PartialOrd for Candidate {
    fn partial_cmp(&self, other: &Candidate) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Candidate {
    fn eq(&self, other: &Candidate) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Candidate {}

/// The best candidates seen.
pub(crate) struct Pool {
    capacity: usize,
    heap: BinaryHeap<Reverse<Candidate>>,
    /// What was last offered and not kept: its room is used again.
    spare: Candidate,
}

impl Pool {
    pub(crate) fn new(top: usize) -> Pool {
        let spare = Candidate { key: 0, rank: 0, shares: Vec::new() };
        Pool { capacity: POOL.max(top), heap: BinaryHeap::new(), spare }
    }

    pub(crate) fn offer(
        &mut self,
        probability: f64,
        measure: Option<&Measure>,
        surpluses: &[i64],
        rank: u64,
    ) {
        let key = key(probability);
        let full = self.heap.len() >= self.capacity;
        if full && self.heap.peek().is_some_and(|Reverse(worst)| key < worst.key) {
            return;
        }
        let spare = &mut self.spare;
        (spare.key, spare.rank) = (key, rank);
        spare.shares.clear();
        spare.shares.extend(measure.into_iter().flat_map(|measure| measure.shares(surpluses)));
        spare.shares.sort_unstable();
        if !full {
            self.heap.push(Reverse(Candidate { key, rank, shares: spare.shares.clone() }));
        } else if let Some(mut worst) = self.heap.peek_mut().filter(|worst| *spare > worst.0) {
            std::mem::swap(&mut worst.0, spare);
        }
    }

    /// The best deals.
    pub(crate) fn choose(
        self,
        top: usize,
        issues: &[Issue],
        outcome: impl Fn(u64) -> Outcome,
        efficient: impl Fn(&Outcome) -> bool,
    ) -> Best {
        let mut sorted: Vec<Candidate> = self.heap.into_iter().map(|Reverse(candidate)| candidate).collect();
        sorted.sort_unstable_by(|a, b| b.cmp(a));
        let named = |candidate: Candidate| {
            let outcome = outcome(candidate.rank);
            Listed { key: candidate.key, efficient: efficient(&outcome), outcome }
        };
        choose(sorted.into_iter().map(named).collect(), top, issues)
    }
}

/// Most pairs of deals that are compared to tell how different they are; from then on deals follow in their order.
const MAX_COMPARED: usize = 1 << 25;

/// A candidate by name.
pub(crate) struct Listed {
    pub(crate) key: i64,
    /// Whether it is known to be efficient.
    pub(crate) efficient: bool,
    pub(crate) outcome: Outcome,
}

/// The best deals: the likeliest first; then, among the near-equals of the likeliest left, the one that differs
/// most from those chosen; efficient ones before others, each time. With them the candidates left that are as
/// likely as one chosen. Candidates come best first.
pub(crate) fn choose(sorted: Vec<Listed>, top: usize, issues: &[Issue]) -> Best {
    let distances = Distances::new(issues);
    // Nothing is nearer than another before one is chosen.
    let mut left: Vec<(Listed, Option<BigUint>)> =
        sorted.into_iter().map(|candidate| (candidate, None)).collect();
    let mut chosen: Vec<Listed> = Vec::new();
    let mut compared = 0;
    while chosen.len() < top && !left.is_empty() {
        compared += left.len();
        if compared > MAX_COMPARED {
            left.sort_by_key(|(other, _)| (Reverse(other.key), !other.efficient));
            let rest = left.drain(..(top - chosen.len()).min(left.len()));
            chosen.extend(rest.map(|(picked, _)| picked));
            break;
        }
        // The first is one of the likeliest; it has no near-equals yet.
        let near = if chosen.is_empty() { left[0].0.key } else { left[0].0.key - key(NEAR) };
        let end = left.iter().position(|(other, _)| other.key < near).unwrap_or(left.len());
        let merit = |k: usize| (left[k].0.efficient, left[k].1.as_ref());
        // The first of equally different ones is the better one.
        let most = (0..end).fold(0, |best, k| if merit(k) > merit(best) { k } else { best });
        let (picked, _) = left.remove(most);
        for (other, distance) in &mut left {
            let own = distances.between(&picked.outcome, &other.outcome);
            if distance.as_ref().is_none_or(|known| own < *known) {
                *distance = Some(own);
            }
        }
        chosen.push(picked);
    }
    chosen.sort_by_key(|picked| Reverse(picked.key));
    left.retain(|(other, _)| chosen.iter().any(|picked| picked.key == other.key));
    Best {
        deals: chosen.into_iter().map(|picked| picked.outcome).collect(),
        n_equals: left.len(),
        equals: left.into_iter().take(top).map(|(other, _)| other.outcome).collect(),
    }
}

/// What a pool chose.
pub(crate) struct Best {
    pub(crate) deals: Vec<Outcome>,
    pub(crate) equals: Vec<Outcome>,
    pub(crate) n_equals: usize,
}

/// How far two outcomes differ: 1 for each named option that differs, a share of the range for
/// ordered ones. In parts of a whole that all these shares have in common, so that sums are exact.
struct Distances {
    /// By issue, which of `parts` a step counts, and whether options are only the same or not.
    of: Vec<(usize, bool)>,
    /// What a step is worth, of each number of steps that a range has.
    parts: Vec<BigUint>,
}

impl Distances {
    fn new(issues: &[Issue]) -> Distances {
        let named = |issue: &Issue| matches!(issue.options, Options::Named { ordered: false, .. });
        let steps = |issue: &Issue| if named(issue) { 1 } else { (issue.n_options() - 1).max(1) };
        let sizes: BTreeSet<usize> = issues.iter().map(steps).collect();
        let whole: BigUint = sizes.iter().map(|n| BigUint::from(*n)).product();
        let place = |issue: &Issue| sizes.range(..steps(issue)).count();
        Distances {
            of: issues.iter().map(|issue| (place(issue), named(issue))).collect(),
            parts: sizes.iter().map(|n| &whole / n).collect(),
        }
    }

    fn between(&self, a: &Outcome, b: &Outcome) -> BigUint {
        let mut steps = vec![0u64; self.parts.len()];
        for ((part, named), (x, y)) in self.of.iter().zip(a.0.iter().zip(&b.0)) {
            steps[*part] += if *named { u64::from(x != y) } else { x.0.abs_diff(y.0) as u64 };
        }
        self.parts.iter().zip(steps).map(|(part, n)| part * n).sum()
    }
}

/// The best probabilities with something changed, gathered outcome by outcome.
pub(crate) struct WhatIf {
    pub(crate) best: f64,
    pub(crate) free: Vec<f64>,
    pub(crate) waived: Vec<f64>,
    /// Absent: nothing is known yet.
    pub(crate) forced: Vec<Vec<Option<f64>>>,
}

/// Something so likely was found.
pub(crate) fn raise(known: &mut Option<f64>, probability: f64) {
    *known = Some(known.map_or(probability, |known| known.max(probability)));
}

impl WhatIf {
    pub(crate) fn new(n_bodies: usize, issues: &[Issue]) -> WhatIf {
        WhatIf {
            best: 0.0,
            free: vec![0.0; n_bodies],
            waived: vec![0.0; n_bodies],
            forced: issues.iter().map(|issue| vec![None; issue.n_options()]).collect(),
        }
    }

    pub(crate) fn offer(&mut self, options: &[usize], probability: f64) {
        self.best = self.best.max(probability);
        for (forced, option) in self.forced.iter_mut().zip(options) {
            raise(&mut forced[*option], probability);
        }
    }

    /// Everything was offered: what came up with none has no chance.
    pub(crate) fn complete(&mut self) {
        self.forced.iter_mut().flatten().for_each(|known| *known = Some(known.unwrap_or(0.0)));
    }

    pub(crate) fn consents(&self) -> Vec<ConsentValue> {
        let gain = |with: &f64| (with - self.best).max(0.0);
        let one =
            |(free, waived): (&f64, &f64)| ConsentValue { if_free: gain(free), if_waived: gain(waived) };
        self.free.iter().zip(&self.waived).map(one).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use detente_model::{NamedOption, OptionId, Range};

    fn named(n: usize, ordered: bool) -> Issue {
        let option = |k: usize| NamedOption { id: format!("o{k}"), name: format!("Option {k}") };
        issue(Options::Named { ordered, options: (0..n).map(option).collect() })
    }

    fn issue(options: Options) -> Issue {
        Issue { id: "i".into(), name: "I".into(), options, status_quo: None, because: vec![] }
    }

    fn outcome(options: &[usize]) -> Outcome {
        Outcome(options.iter().map(|option| OptionId(*option)).collect())
    }

    /// The second choice of three that are equally likely, the first being all first options.
    #[track_caller]
    fn check(issues: &[Issue], better: &[usize], other: &[usize], chosen: &[usize]) {
        let all = [vec![0; issues.len()], better.to_vec(), other.to_vec()];
        let listed = |options: &Vec<usize>| Listed { key: 0, efficient: true, outcome: outcome(options) };
        let sorted = all.iter().map(listed).collect();
        assert_eq!(choose(sorted, 2, issues).deals, [outcome(&all[0]), outcome(chosen)]);
    }

    #[test]
    fn of_equally_different_deals_the_better_is_chosen_whatever_their_differences_are_summed_of() {
        let thirds = || issue(Options::Range(Range::new(0.0, 3.0, 1.0).expect("a range").0));
        let issues = [named(2, false), named(4, true), thirds(), named(2, false)];
        // 1 + 2/3 + 1/3 is 2.
        check(&issues, &[1, 2, 1, 0], &[1, 0, 0, 1], &[1, 2, 1, 0]);
        check(&issues, &[1, 0, 0, 1], &[1, 1, 2, 0], &[1, 0, 0, 1]);
        check(&issues, &[1, 1, 1, 0], &[1, 0, 0, 1], &[1, 0, 0, 1]);
        // 3/6 + 5/10 is 1, and so is 2/6 + 2/3.
        let issues = [named(7, true), named(11, true), named(2, false), named(4, true)];
        check(&issues, &[3, 5, 0, 1], &[0, 0, 1, 1], &[3, 5, 0, 1]);
        check(&issues, &[0, 0, 1, 0], &[2, 0, 0, 2], &[0, 0, 1, 0]);
    }
}
