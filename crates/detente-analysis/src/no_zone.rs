//! What is missing where the zone is empty: the smallest common concession, the outcome it opens,
//! and the smallest sets of bodies without whose consent there would be a zone.

use crate::agreement::{Agreement, RuleNode};
use crate::body::NEVER;
use crate::exact::Fraction;
use crate::space::Extremes;
use crate::zone_count::CountBounds;
use detente_model::{BodyId, Outcome};
use num_bigint::BigUint;
use std::cell::Cell;
use std::collections::{BTreeMap, BTreeSet, HashSet};

/// Why there is no zone, and what would open one.
#[derive(Clone, Debug, PartialEq)]
pub struct NoZone {
    /// Lowering every body's alternative by this share of its range opens the zone; absent if no
    /// share does, because a needed body is indifferent between all outcomes and prefers none.
    pub concession: Option<f64>,
    /// The outcome that the concession opens.
    pub nearest: Option<Outcome>,
    /// How many outcomes the concession opens, the nearest included; 0 if it opens none.
    pub ties: CountBounds,
    /// One utility per party at the nearest outcome.
    pub utilities: Vec<f64>,
    /// One surplus per party at the nearest outcome.
    pub surpluses: Vec<f64>,
    /// The smallest sets of bodies whose consent, if it were not needed, would leave a zone.
    pub waive: Vec<Vec<BodyId>>,
    /// Whether every smallest set is listed, or only the first 256.
    pub all_listed: bool,
}

impl NoZone {
    /// Where no concession opens a zone and no set is known.
    pub(crate) fn nothing() -> NoZone {
        NoZone {
            concession: None,
            nearest: None,
            ties: CountBounds::exact(BigUint::ZERO),
            utilities: Vec::new(),
            surpluses: Vec::new(),
            waive: Vec::new(),
            all_listed: true,
        }
    }
}

/// Most sets kept while combining.
pub(crate) const MAX_SETS: usize = 256;
/// Most sets joined; from then on one set is found for each outcome, and not every one is listed.
const MOST_WORK: u64 = 1 << 23;
/// Most outcomes, by who is short at them, that are not looked at again.
const MOST_KNOWN: usize = 1 << 16;

/// Sets of equal, smallest size.
#[derive(Clone, Debug)]
struct Sets {
    size: usize,
    sets: BTreeSet<Vec<usize>>,
    capped: bool,
}

/// Gathers the diagnosis outcome by outcome.
pub(crate) struct Diagnosis<'a> {
    agreement: &'a Agreement,
    thresholds: Vec<Option<i64>>,
    extremes: &'a [Extremes],
    nearest: Option<(Fraction, u64)>,
    ties: u64,
    waive: Option<Sets>,
    /// Who was short at outcomes that were offered, as far as that is kept.
    known: HashSet<Vec<bool>>,
    short: Vec<bool>,
    /// Sets joined so far.
    work: Cell<u64>,
}

impl<'a> Diagnosis<'a> {
    pub(crate) fn new(
        agreement: &'a Agreement,
        thresholds: Vec<Option<i64>>,
        extremes: &'a [Extremes],
    ) -> Diagnosis<'a> {
        let short = vec![false; thresholds.len()];
        Diagnosis {
            agreement,
            thresholds,
            extremes,
            nearest: None,
            ties: 0,
            waive: None,
            known: HashSet::new(),
            short,
            work: Cell::new(0),
        }
    }

    pub(crate) fn offer(&mut self, utilities: &[i64], rank: u64) {
        for (short, (v, threshold)) in self.short.iter_mut().zip(utilities.iter().zip(&self.thresholds)) {
            *short = threshold.is_some_and(|threshold| *v < threshold);
        }
        let needed = self.concession(utilities);
        let known = self.nearest.map(|(known, _)| known);
        self.ties = if known == Some(needed) { self.ties + 1 } else { self.ties };
        if known.is_none_or(|known| needed < known) {
            self.ties = 1;
        }
        if self.nearest.is_none_or(|known| (needed, rank) < known) {
            self.nearest = Some((needed, rank));
        }
        self.offer_waivers();
    }

    /// The smallest common share by which alternatives would have to fall for the talks to agree.
    pub(crate) fn concession(&self, utilities: &[i64]) -> Fraction {
        concession(self.agreement.rule(), &|party| {
            concession(self.agreement.party_rule(party), &|body| self.lacking(body, utilities[body]))
        })
    }

    /// How far a body's alternative would have to fall, as a share of its range.
    fn lacking(&self, body: usize, v: i64) -> Fraction {
        match self.thresholds[body] {
            Some(NEVER) => Fraction::INFINITE,
            Some(alternative) if v < alternative => match self.extremes[body].max - self.extremes[body].min {
                0 => Fraction::INFINITE,
                range => Fraction { num: alternative - v, den: range },
            },
            _ => Fraction::ZERO,
        }
    }

    fn offer_waivers(&mut self) {
        if self.known.contains(&self.short) {
            return;
        }
        let short = &self.short;
        let agreement = self.agreement.rule();
        let fewest = fewest(agreement, &|party| {
            fewest(self.agreement.party_rule(party), &|body| usize::from(short[body]))
        });
        if self.waive.as_ref().is_none_or(|known| fewest <= known.size) {
            let most = if self.work.get() < MOST_WORK { MAX_SETS } else { 1 };
            let limits = Limits { size: fewest, sets: most, work: &self.work };
            let found = limits.waivers(agreement, &|party| {
                limits.waivers(self.agreement.party_rule(party), &|body| Sets::one(body, short[body]))
            });
            self.waive = Some(match self.waive.take() {
                None => found,
                Some(known) => known.or(found, MAX_SETS),
            });
        }
        if self.known.len() < MOST_KNOWN {
            self.known.insert(self.short.clone());
        }
    }

    /// The diagnosis, and the rank of the nearest outcome, whose numbers are left to fill in.
    pub(crate) fn finish(self) -> (NoZone, Option<u64>) {
        let nearest = self.nearest.filter(|(needed, _)| *needed < Fraction::INFINITE);
        let all_listed = self.waive.as_ref().is_none_or(|sets| !sets.capped);
        let sets = self.waive.map(|sets| sets.sets).unwrap_or_default();
        let ties = if nearest.is_some() { self.ties } else { 0 };
        let found = NoZone {
            concession: nearest.map(|(needed, _)| needed.value()),
            ties: CountBounds::exact(ties.into()),
            waive: sets.into_iter().map(|set| set.into_iter().map(BodyId).collect()).collect(),
            all_listed,
            ..NoZone::nothing()
        };
        (found, nearest.map(|(_, rank)| rank))
    }
}

/// The smallest share at which a rule holds, when each member joins at its own.
fn concession(rule: &RuleNode, of: &dyn Fn(usize) -> Fraction) -> Fraction {
    match rule {
        RuleNode::One(member) => of(*member),
        RuleNode::All(nodes) => nodes.iter().map(|node| concession(node, of)).max().unwrap_or(Fraction::ZERO),
        RuleNode::Any(nodes) => nodes.iter().map(|node| concession(node, of)).min().unwrap_or(Fraction::ZERO),
        RuleNode::Sum { needed, of: branches, .. } => {
            let mut joining: Vec<(Fraction, i64)> =
                branches.iter().map(|(weight, node)| (concession(node, of), *weight)).collect();
            joining.sort_unstable();
            let mut sum = 0;
            let carries = joining.iter().find(|(_, weight)| {
                sum += weight;
                sum >= *needed
            });
            carries.map_or(Fraction::INFINITE, |(share, _)| *share)
        }
    }
}

/// The fewest members whose waiver makes a rule hold, where each member takes so many.
fn fewest(rule: &RuleNode, of: &dyn Fn(usize) -> usize) -> usize {
    match rule {
        RuleNode::One(member) => of(*member),
        RuleNode::All(nodes) => nodes.iter().map(|node| fewest(node, of)).fold(0, usize::saturating_add),
        RuleNode::Any(nodes) => nodes.iter().map(|node| fewest(node, of)).min().unwrap_or(0),
        RuleNode::Sum { needed, of: branches, .. } => {
            let mut sum = 0;
            let mut open: Vec<(usize, i64)> = Vec::new();
            for (weight, node) in branches {
                match fewest(node, of) {
                    0 => sum += weight,
                    members => open.push((members, *weight)),
                }
            }
            if open.iter().all(|(members, _)| *members == 1) {
                open.sort_unstable_by_key(|(_, weight)| std::cmp::Reverse(*weight));
                let reaches = (0..=open.len())
                    .find(|k| sum + open[..*k].iter().map(|(_, weight)| weight).sum::<i64>() >= *needed);
                return reaches.unwrap_or(usize::MAX);
            }
            let mut by_sum: BTreeMap<i64, usize> = BTreeMap::from([(sum.min(*needed), 0)]);
            for (members, weight) in open {
                for (sum, known) in by_sum.clone() {
                    let best = by_sum.entry((sum + weight).min(*needed)).or_insert(usize::MAX);
                    *best = (*best).min(known.saturating_add(members));
                }
            }
            by_sum.remove(needed).unwrap_or(usize::MAX)
        }
    }
}

/// How many sets, and of which size, are looked for.
struct Limits<'w> {
    /// Larger sets are of no use.
    size: usize,
    /// Most sets kept while combining.
    sets: usize,
    work: &'w Cell<u64>,
}

impl Limits<'_> {
    /// The smallest sets of members whose waiver makes a rule hold.
    fn waivers(&self, rule: &RuleNode, of: &dyn Fn(usize) -> Sets) -> Sets {
        match rule {
            RuleNode::One(member) => of(*member),
            RuleNode::All(nodes) => {
                nodes.iter().fold(Sets::nothing(), |sets, node| self.both(sets, &self.waivers(node, of)))
            }
            RuleNode::Any(nodes) => {
                let mut each = nodes.iter().map(|node| self.waivers(node, of));
                let first = each.next().unwrap_or_else(Sets::nothing);
                each.fold(first, |sets, other| sets.or(other, self.sets))
            }
            RuleNode::Sum { needed, of: branches, .. } => self.reaching(*needed, branches, of),
        }
    }

    /// The same of a sum of weights.
    fn reaching(&self, needed: i64, branches: &[(i64, RuleNode)], of: &dyn Fn(usize) -> Sets) -> Sets {
        let costs: Vec<(i64, Sets)> =
            branches.iter().map(|(weight, node)| (*weight, self.waivers(node, of))).collect();
        if let Some(found) = self.of_members(needed, &costs) {
            return found;
        }
        // In order of the sum, so that what is kept of many sets is the same at every run.
        let mut by_sum: BTreeMap<i64, Sets> = BTreeMap::from([(0, Sets::nothing())]);
        for (weight, cost) in costs {
            let more = |sum: i64| (sum + weight).min(needed);
            if cost.size == 0 {
                // Whoever agrees as it is counts in any case.
                let mut next: BTreeMap<i64, Sets> = BTreeMap::new();
                for (sum, sets) in by_sum {
                    let both = match next.remove(&more(sum)) {
                        Some(known) => known.or(sets, self.sets),
                        None => sets,
                    };
                    next.insert(more(sum), both);
                }
                by_sum = next;
                continue;
            }
            let mut next = by_sum.clone();
            for (sum, sets) in by_sum {
                if sets.size.saturating_add(cost.size) > self.size {
                    continue;
                }
                let joined = self.both(sets, &cost);
                let best = match next.remove(&more(sum)) {
                    Some(known) => known.or(joined, self.sets),
                    None => joined,
                };
                next.insert(more(sum), best);
            }
            by_sum = next;
        }
        by_sum.remove(&needed).unwrap_or_else(Sets::too_large)
    }

    /// The same where each branch is a single member, or costs nothing; the heaviest are tried first, and no set that
    /// cannot be completed is begun.
    fn of_members(&self, needed: i64, costs: &[(i64, Sets)]) -> Option<Sets> {
        let (mut missing, mut open) = (needed, Vec::new());
        for (weight, cost) in costs {
            match (cost.size, cost.sets.iter().next()) {
                (0, _) => missing -= weight,
                (1, Some(set)) if cost.sets.len() == 1 && !cost.capped => open.push((*weight, set[0])),
                _ => return None,
            }
        }
        open.sort_unstable_by_key(|(weight, member)| (std::cmp::Reverse(*weight), *member));
        let mut heaviest = vec![0];
        heaviest.extend(open.iter().scan(0, |sum, (weight, _)| {
            *sum += weight;
            Some(*sum)
        }));
        let Some(size) = heaviest.iter().position(|sum| *sum >= missing).filter(|size| *size <= self.size)
        else {
            return Some(Sets::too_large());
        };
        let mut found = Vec::new();
        let members = Members { open: &open, heaviest: &heaviest, most: self.sets + 1 };
        members.complete(0, size, missing, &mut Vec::new(), &mut found);
        self.work.set(self.work.get() + found.len() as u64);
        let capped = found.len() > self.sets;
        found.truncate(self.sets);
        Some(Sets { size, sets: found.into_iter().collect(), capped })
    }

    /// Both are needed.
    fn both(&self, sets: Sets, other: &Sets) -> Sets {
        if other.size == 0 {
            return sets;
        }
        self.work.set(self.work.get() + (sets.sets.len() * other.sets.len()).min(self.sets) as u64);
        sets.and(other, self.sets)
    }
}

/// Members by weight, the heaviest first, and what the first of them weigh together.
struct Members<'m> {
    open: &'m [(i64, usize)],
    heaviest: &'m [i64],
    /// Sets after which no more are looked for.
    most: usize,
}

impl Members<'_> {
    /// Adds the sets of so many more members, from one on, that weigh what is missing.
    fn complete(
        &self,
        from: usize,
        size: usize,
        missing: i64,
        set: &mut Vec<usize>,
        found: &mut Vec<Vec<usize>>,
    ) {
        if size == 0 {
            let mut whole = set.clone();
            whole.sort_unstable();
            return found.push(whole);
        }
        for next in from..=self.open.len() - size {
            if self.heaviest[next + size] - self.heaviest[next] < missing || found.len() >= self.most {
                return;
            }
            let (weight, member) = self.open[next];
            set.push(member);
            self.complete(next + 1, size - 1, missing - weight, set, found);
            set.pop();
        }
    }
}

impl Sets {
    fn nothing() -> Sets {
        Sets { size: 0, sets: BTreeSet::from([Vec::new()]), capped: false }
    }

    /// Only larger sets than are looked for.
    fn too_large() -> Sets {
        Sets { size: usize::MAX, sets: BTreeSet::new(), capped: false }
    }

    fn one(body: usize, short: bool) -> Sets {
        if short {
            Sets { size: 1, sets: BTreeSet::from([vec![body]]), capped: false }
        } else {
            Sets::nothing()
        }
    }

    /// Both are needed.
    fn and(&self, other: &Sets, most: usize) -> Sets {
        let pairs = self.sets.iter().flat_map(|a| other.sets.iter().map(move |b| (a, b)));
        let union = |(a, b): (&Vec<usize>, &Vec<usize>)| {
            let mut set: Vec<usize> = a.iter().chain(b).copied().collect();
            set.sort_unstable();
            set
        };
        let capped = self.capped || other.capped || self.sets.len() * other.sets.len() > most;
        Sets {
            size: self.size.saturating_add(other.size),
            sets: pairs.take(most).map(union).collect(),
            capped,
        }
    }

    /// Either suffices.
    fn or(mut self, other: Sets, most: usize) -> Sets {
        match self.size.cmp(&other.size) {
            std::cmp::Ordering::Less => self,
            std::cmp::Ordering::Greater => other,
            std::cmp::Ordering::Equal => {
                self.sets.extend(other.sets);
                self.capped |= other.capped || self.sets.len() > most;
                while self.sets.len() > most {
                    self.sets.pop_last();
                }
                self
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use detente_cases::random::Dice;

    fn sets(rule: &RuleNode, short: &[bool], most: usize, work: &Cell<u64>) -> Sets {
        let size = fewest(rule, &|member| usize::from(short[member]));
        let limits = Limits { size, sets: most, work };
        let found = limits.waivers(rule, &|member| Sets::one(member, short[member]));
        assert_eq!(found.size, size, "{rule:?} {short:?}");
        found
    }

    /// A rule over some members, each once, with rules inside.
    fn rule(dice: &mut Dice, members: &[usize]) -> RuleNode {
        if let [only] = members {
            return RuleNode::One(*only);
        }
        let cut = 1 + dice.below(members.len() - 1);
        let parts: Vec<&[usize]> = match dice.below(2) {
            0 => vec![&members[..cut], &members[cut..]],
            _ => members.chunks(1).collect(),
        };
        let of: Vec<RuleNode> = parts.into_iter().map(|part| rule(dice, part)).collect();
        match dice.below(4) {
            0 => RuleNode::All(of),
            1 => RuleNode::Any(of),
            _ => {
                let of: Vec<(i64, RuleNode)> =
                    of.into_iter().map(|node| (1 + dice.below(5) as i64, node)).collect();
                let total: i64 = of.iter().map(|(weight, _)| weight).sum();
                RuleNode::sum(1 + dice.below(total as usize) as i64, of)
            }
        }
    }

    #[test]
    fn the_smallest_sets_are_those_that_trying_every_set_finds() {
        for seed in 0..600 {
            let mut dice = Dice::new(seed);
            let n = 1 + dice.below(6);
            let rule = rule(&mut dice, &(0..n).collect::<Vec<usize>>());
            let short: Vec<bool> = (0..n).map(|_| dice.below(3) > 0).collect();
            let opens = |set: u32| rule.holds(&|member| !short[member] || set >> member & 1 == 1);
            let within = |set: &u32| (0..n).all(|member| set >> member & 1 == 0 || short[member]);
            let all: Vec<u32> = (0..1 << n).filter(within).filter(|set| opens(*set)).collect();
            let size = all.iter().map(|set| set.count_ones()).min().expect("all of them");
            let smallest: BTreeSet<Vec<usize>> = all
                .iter()
                .filter(|set| set.count_ones() == size)
                .map(|set| (0..n).filter(|member| set >> member & 1 == 1).collect())
                .collect();
            let found = sets(&rule, &short, MAX_SETS, &Cell::new(0));
            assert_eq!(
                (found.size, &found.sets),
                (size as usize, &smallest),
                "seed {seed}: {rule:?} {short:?}"
            );
            let one = sets(&rule, &short, 1, &Cell::new(0));
            assert!(one.sets.iter().all(|set| smallest.contains(set)) && one.sets.len() == 1, "seed {seed}");
            assert!(one.capped || smallest.len() == 1, "seed {seed}: {rule:?}");
        }
    }

    #[test]
    fn of_many_votes_of_unequal_weight_only_sets_that_suffice_are_put_together() {
        let weight = |member: i64| 1000 + 7919 * member % 977;
        let of: Vec<(i64, RuleNode)> = (0..160).map(|k| (weight(k), RuleNode::One(k as usize))).collect();
        let needed = of.iter().map(|(weight, _)| weight).sum::<i64>() / 2;
        let work = Cell::new(0);
        let found = sets(&RuleNode::sum(needed, of), &[true; 160], MAX_SETS, &work);
        assert!(found.capped && found.sets.len() == MAX_SETS && work.get() <= MAX_SETS as u64 + 1);
    }
}
