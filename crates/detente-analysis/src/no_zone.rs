//! What is missing where the zone is empty: the smallest common concession, the outcome it opens,
//! and the smallest sets of bodies without whose consent there would be a zone.

use crate::acceptance::{Consent, Node};
use crate::body::NEVER;
use crate::exact::Fraction;
use crate::space::Extremes;
use crate::tally::Tally;
use detente_model::{BodyId, Outcome};
use num_bigint::BigUint;
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// Why there is no zone, and what would open one.
#[derive(Clone, Debug, PartialEq)]
pub struct NoZone {
    /// Lowering every body's alternative by this share of its range opens the zone; absent if no
    /// share does, because a needed body is indifferent between all outcomes and prefers none.
    pub concession: Option<f64>,
    /// The outcome that the concession opens.
    pub nearest: Option<Outcome>,
    /// How many outcomes the concession opens, the nearest included; 0 if it opens none.
    pub ties: Tally,
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
            ties: Tally::exact(BigUint::ZERO),
            utilities: Vec::new(),
            surpluses: Vec::new(),
            waive: Vec::new(),
            all_listed: true,
        }
    }
}

/// Most sets kept while combining.
pub(crate) const MAX_SETS: usize = 256;

/// Sets of equal, smallest size.
#[derive(Clone, Debug)]
struct Sets {
    size: usize,
    sets: BTreeSet<Vec<usize>>,
    capped: bool,
}

/// Gathers the diagnosis outcome by outcome.
pub(crate) struct Diagnosis<'a> {
    consent: &'a Consent,
    thresholds: Vec<Option<i64>>,
    extremes: &'a [Extremes],
    nearest: Option<(Fraction, u64)>,
    ties: u64,
    waive: Option<Sets>,
    known: HashMap<Vec<bool>, Sets>,
    short: Vec<bool>,
}

impl<'a> Diagnosis<'a> {
    pub(crate) fn new(
        consent: &'a Consent,
        thresholds: Vec<Option<i64>>,
        extremes: &'a [Extremes],
    ) -> Diagnosis<'a> {
        let short = vec![false; thresholds.len()];
        Diagnosis {
            consent,
            thresholds,
            extremes,
            nearest: None,
            ties: 0,
            waive: None,
            known: HashMap::new(),
            short,
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
        concession(self.consent.agreement_rule(), &|party| {
            concession(self.consent.party_rule(party), &|body| self.lacking(body, utilities[body]))
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
        if self.known.contains_key(&self.short) {
            return;
        }
        let found = waivers(self.consent.agreement_rule(), &|party| {
            waivers(self.consent.party_rule(party), &|body| Sets::one(body, self.short[body]))
        });
        self.waive = Some(match self.waive.take() {
            None => found.clone(),
            Some(known) => known.or(found.clone()),
        });
        self.known.insert(self.short.clone(), found);
    }

    /// The diagnosis, and the rank of the nearest outcome, whose numbers are left to fill in.
    pub(crate) fn finish(self) -> (NoZone, Option<u64>) {
        let nearest = self.nearest.filter(|(needed, _)| *needed < Fraction::INFINITE);
        let all_listed = self.waive.as_ref().is_none_or(|sets| !sets.capped);
        let sets = self.waive.map(|sets| sets.sets).unwrap_or_default();
        let ties = if nearest.is_some() { self.ties } else { 0 };
        let found = NoZone {
            concession: nearest.map(|(needed, _)| needed.value()),
            ties: Tally::exact(ties.into()),
            waive: sets.into_iter().map(|set| set.into_iter().map(BodyId).collect()).collect(),
            all_listed,
            ..NoZone::nothing()
        };
        (found, nearest.map(|(_, rank)| rank))
    }
}

/// The smallest share at which a rule holds, when each member joins at its own.
fn concession(rule: &Node, of: &dyn Fn(usize) -> Fraction) -> Fraction {
    let all = |nodes: &[Node]| -> Vec<Fraction> { nodes.iter().map(|node| concession(node, of)).collect() };
    match rule {
        Node::One(member) => of(*member),
        Node::All(nodes) => all(nodes).into_iter().max().unwrap_or(Fraction::ZERO),
        Node::Any(nodes) => all(nodes).into_iter().min().unwrap_or(Fraction::ZERO),
        Node::Sum { needed, of: branches } => {
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

/// The smallest sets of members whose waiver makes a rule hold.
fn waivers(rule: &Node, of: &dyn Fn(usize) -> Sets) -> Sets {
    match rule {
        Node::One(member) => of(*member),
        Node::All(nodes) => nodes.iter().fold(Sets::nothing(), |sets, node| sets.and(&waivers(node, of))),
        Node::Any(nodes) => {
            let mut each = nodes.iter().map(|node| waivers(node, of));
            let first = each.next().unwrap_or_else(Sets::nothing);
            each.fold(first, Sets::or)
        }
        Node::Sum { needed, of: branches } => {
            // In order of the sum, so that what is kept of many sets is the same at every run.
            let mut by_sum: BTreeMap<i64, Sets> = BTreeMap::from([(0, Sets::nothing())]);
            for (weight, node) in branches {
                let cost = waivers(node, of);
                let mut next = by_sum.clone();
                for (sum, sets) in by_sum {
                    let reached = (sum + weight).min(*needed);
                    let joined = sets.and(&cost);
                    let best = match next.remove(&reached) {
                        Some(known) => known.or(joined),
                        None => joined,
                    };
                    next.insert(reached, best);
                }
                by_sum = next;
            }
            by_sum.remove(needed).unwrap_or_else(Sets::nothing)
        }
    }
}

impl Sets {
    fn nothing() -> Sets {
        Sets { size: 0, sets: BTreeSet::from([Vec::new()]), capped: false }
    }

    fn one(body: usize, short: bool) -> Sets {
        if short {
            Sets { size: 1, sets: BTreeSet::from([vec![body]]), capped: false }
        } else {
            Sets::nothing()
        }
    }

    /// Both are needed.
    fn and(&self, other: &Sets) -> Sets {
        let pairs = self.sets.iter().flat_map(|a| other.sets.iter().map(move |b| (a, b)));
        let union = |(a, b): (&Vec<usize>, &Vec<usize>)| {
            let mut set: Vec<usize> = a.iter().chain(b).copied().collect();
            set.sort_unstable();
            set
        };
        let capped = self.capped || other.capped || self.sets.len() * other.sets.len() > MAX_SETS;
        Sets { size: self.size + other.size, sets: pairs.take(MAX_SETS).map(union).collect(), capped }
    }

    /// Either suffices.
    fn or(mut self, other: Sets) -> Sets {
        match self.size.cmp(&other.size) {
            std::cmp::Ordering::Less => self,
            std::cmp::Ordering::Greater => other,
            std::cmp::Ordering::Equal => {
                self.sets.extend(other.sets);
                self.capped |= other.capped || self.sets.len() > MAX_SETS;
                while self.sets.len() > MAX_SETS {
                    self.sets.pop_last();
                }
                self
            }
        }
    }
}
