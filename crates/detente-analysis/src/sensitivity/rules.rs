//! The weights and quotas of rules. What a rule decides changes at finitely many values: where a
//! number crosses what some set of branches reaches. Each stretch between two such values is one
//! variant of the rule, and all variants are followed through the same sweep.

use super::moved_body::Seen;
use super::search::{Hit, Present, QUESTIONS, nearer};
use crate::agreement::outcomes::OutcomeAgreement;
use crate::agreement::{Agreement, RuleNode};
use crate::exact::gcd;
use detente_model::{Distribution, Grid, Rule};
use std::collections::BTreeSet;

/// A change beyond so many times the number is not looked for.
const MOST: f64 = 4.0;
/// Most stretches of one number that are tried in each direction.
const MAX_VARIANTS: usize = 32;
/// Most sums of weights among which the stretches are looked for.
const MAX_SUMS: usize = 1 << 16;
/// Members up to which a rule's weights may be as fine as they like.
const FEW: usize = 14;
/// Probabilities no further apart than this are equal and differ in rounding alone. Less than what
/// makes one deal likelier than another, so that the deal that was best is never named as the new one.
pub(super) const EQUAL: f64 = 1e-13;

const GRID: Grid = Grid::decimal(9);

/// One number of a rule with the variants of the rule, the nearest first.
pub(super) struct RuleNumber {
    /// The party whose rule it is; absent for the agreement rule.
    party: Option<usize>,
    now: f64,
    scale: f64,
    /// Whether a larger number makes the rule easier to meet: it is a weight and not a quota.
    rises: bool,
    up: Vec<Variant>,
    down: Vec<Variant>,
}

/// A rule with one number changed, and what came of it so far.
struct Variant {
    node: RuleNode,
    value: f64,
    seen: Seen,
    /// The first of the likeliest outcomes.
    rank: Option<u64>,
}

impl RuleNumber {
    /// For the k-th number of a rule; nothing if too many sums would have to be looked at.
    pub(super) fn new<T: Clone>(
        rule: &Rule<T>,
        k: usize,
        party: Option<usize>,
        position: &impl Fn(&T) -> usize,
    ) -> Option<RuleNumber> {
        let (needed, weights, branch) = place(rule, &mut k.clone())?;
        let now = branch.map_or(needed, |branch| weights[branch]);
        let values = critical(needed, &weights, branch)?;
        let scale = if now == 0 { 1.0 } else { GRID.value(now).abs() };
        let variant = |steps: &i64| {
            let value = GRID.value(*steps);
            let mut rule = rule.clone();
            rule.number_mut(k)?.spread = Distribution::Point(value);
            let valid = rule.nodes().iter().all(|node| node.check_node().is_ok());
            let near = (value - GRID.value(now)).abs() <= MOST * scale;
            let seen = Seen { best: 0.0, zone: false, star: 0.0 };
            (valid && near).then(|| Variant { node: RuleNode::new(&rule, position), value, seen, rank: None })
        };
        let up = values.range(now + 1..).map_while(variant).take(MAX_VARIANTS).collect();
        let down = values.range(..now).rev().map_while(variant).take(MAX_VARIANTS).collect();
        Some(RuleNumber { party, now: GRID.value(now), scale, rises: branch.is_some(), up, down })
    }

    pub(super) fn n_variants(&self) -> usize {
        self.up.len() + self.down.len()
    }

    pub(super) fn now(&self) -> f64 {
        self.now
    }

    /// The outcome last looked at, with its probability as things are. From the rule easiest to meet
    /// to the hardest, it only becomes less likely, and what is once outside the zone stays outside.
    pub(super) fn offer(
        &mut self,
        rank: u64,
        probability: f64,
        by_outcome: &OutcomeAgreement<'_>,
        agreement: &Agreement,
    ) {
        let (easier, harder) =
            if self.rises { (&mut self.up, &mut self.down) } else { (&mut self.down, &mut self.up) };
        let n_easier = easier.len();
        let mut most = self.party.map_or(1.0, |party| agreement.with_party(party, 1.0, &by_outcome.parties));
        for (k, variant) in easier.iter_mut().rev().chain(harder).enumerate() {
            if k == n_easier {
                most = most.min(probability);
            }
            match variant.offer(self.party, rank, most, by_outcome, agreement) {
                Some(probability) => most = probability,
                None => return,
            }
        }
    }

    /// What the best deal, last looked at, becomes.
    pub(super) fn settle(&mut self, by_outcome: &OutcomeAgreement<'_>, agreement: &Agreement) {
        for variant in self.up.iter_mut().chain(&mut self.down) {
            variant.seen.star = variant.probability(self.party, by_outcome, agreement);
        }
    }

    /// The nearest variants that flip the verdict and the best deal, each with its likeliest outcome.
    pub(super) fn hits(&self, present: &Present) -> [Option<(Hit, Option<u64>)>; 2] {
        QUESTIONS.map(|question| {
            let first = |variants: &'_ [Variant]| {
                let at = variants.iter().position(|variant| present.flips(question, &variant.seen))?;
                let Variant { value, seen, rank, .. } = variants[at];
                Some((Hit { to: value, share: (value - self.now).abs() / self.scale, seen }, rank))
            };
            let (up, down) = (first(&self.up), first(&self.down));
            let hit = nearer(up.map(|(hit, _)| hit), down.map(|(hit, _)| hit))?;
            [up, down].into_iter().flatten().find(|(other, _)| other.to == hit.to)
        })
    }
}

impl Variant {
    /// What an outcome becomes that is at most as likely as said, or more than that where it makes no
    /// difference; nothing if it is outside the zone.
    fn offer(
        &mut self,
        party: Option<usize>,
        rank: u64,
        most: f64,
        by_outcome: &OutcomeAgreement<'_>,
        agreement: &Agreement,
    ) -> Option<f64> {
        if self.rank.is_some() && most < self.seen.best - EQUAL {
            return Some(most);
        }
        if !self.in_zone(party, by_outcome, agreement) {
            return None;
        }
        let probability = self.probability(party, by_outcome, agreement);
        match self.rank {
            Some(first) if probability <= self.seen.best + EQUAL => {
                if probability >= self.seen.best - EQUAL {
                    self.rank = Some(first.min(rank));
                }
            }
            _ => self.rank = Some(rank),
        }
        self.seen.zone = true;
        self.seen.best = self.seen.best.max(probability);
        Some(probability)
    }

    fn in_zone(
        &self,
        party: Option<usize>,
        by_outcome: &OutcomeAgreement<'_>,
        agreement: &Agreement,
    ) -> bool {
        let accepts = |body: usize| by_outcome.accepts[body];
        let ratifies = |p: usize| {
            let rule = if party == Some(p) { &self.node } else { agreement.party_rule(p) };
            rule.holds(&accepts)
        };
        party.map_or(&self.node, |_| agreement.rule()).holds(&ratifies)
    }

    fn probability(
        &self,
        party: Option<usize>,
        by_outcome: &OutcomeAgreement<'_>,
        agreement: &Agreement,
    ) -> f64 {
        match party {
            Some(p) => {
                let own = self.node.probability(&|body| by_outcome.bodies[body]);
                agreement.with_party(p, own, &by_outcome.parties)
            }
            None => self.node.probability(&|p| by_outcome.parties[p]),
        }
    }
}

/// Quota and weights, in steps, of the node in which the k-th number of a rule stands, and the branch
/// whose weight it is; absent for the quota itself.
fn place<T>(rule: &Rule<T>, k: &mut usize) -> Option<(i64, Vec<i64>, Option<usize>)> {
    match rule {
        Rule::One(_) => None,
        Rule::All(of) | Rule::Any(of) | Rule::AtLeast { of, .. } => of.iter().find_map(|rule| place(rule, k)),
        Rule::Quota { needed, of } => {
            let here = |branch| {
                let weights = of.iter().map(|(weight, _)| GRID.round(weight.mean())).collect();
                (GRID.round(needed.mean()), weights, branch)
            };
            if *k == 0 {
                return Some(here(None));
            }
            *k -= 1;
            for (branch, (_, inner)) in of.iter().enumerate() {
                if *k == 0 {
                    return Some(here(Some(branch)));
                }
                *k -= 1;
                if let Some(found) = place(inner, k) {
                    return Some(found);
                }
            }
            None
        }
    }
}

/// The end nearest to the present value of every stretch on which the rule decides the same.
fn critical(needed: i64, weights: &[i64], branch: Option<usize>) -> Option<BTreeSet<i64>> {
    let others = weights.iter().enumerate().filter(|(k, _)| Some(*k) != branch).map(|(_, weight)| *weight);
    let mut sums = BTreeSet::from([0]);
    for weight in others {
        let with: Vec<i64> = sums.iter().map(|sum| sum + weight).collect();
        sums.extend(with);
        if sums.len() > MAX_SUMS {
            return None;
        }
    }
    let unit = weights.iter().fold(0, |unit, weight| gcd(unit, *weight)).max(1);
    let fine = if weights.len() <= FEW { 1 } else { unit };
    Some(match branch {
        // A quota is missed from just above a sum on, and reached from a sum downwards.
        None => sums.into_iter().map(|sum| if sum >= needed { sum + 1 } else { sum }).collect(),
        // A weight carries a sum from what that sum lacks on, and no longer just below.
        Some(own) => sums
            .into_iter()
            .map(|sum| needed - sum)
            .map(|lacks| if lacks > weights[own] { lacks } else { lacks - fine })
            .collect(),
    })
}
