//! Exact probabilities of monotone rules over independent members.
//!
//! No member stands twice in a rule, so branches are independent: `all` multiplies, `any`
//! complements, counts and quotas are sums of weights that come up.

pub(crate) mod fast;
pub(crate) mod outcomes;
pub(crate) mod quota;

use crate::agreement::quota::Quota;
use crate::copula::{Copula, Follow};
use crate::exact::gcd;
use detente_model::{Grid, Rule};
use std::cell::RefCell;

/// A rule over positions, ready to be evaluated often.
#[derive(Debug)]
pub(crate) enum RuleNode {
    One(usize),
    All(Vec<RuleNode>),
    Any(Vec<RuleNode>),
    /// At least `needed` of the summed weights; a count is a quota of equal weights.
    Sum {
        needed: i64,
        of: Vec<(i64, RuleNode)>,
        /// How likely that is, in terms of the members.
        quota: Quota,
    },
}

impl RuleNode {
    pub(crate) fn new<T>(rule: &Rule<T>, position: &impl Fn(&T) -> usize) -> RuleNode {
        let branches = |of: &[Rule<T>]| of.iter().map(|rule| RuleNode::new(rule, position)).collect();
        match rule {
            Rule::One(member) => RuleNode::One(position(member)),
            Rule::All(of) => RuleNode::All(branches(of)),
            Rule::Any(of) => RuleNode::Any(branches(of)),
            Rule::AtLeast { needed, of } => RuleNode::sum(
                *needed as i64,
                of.iter().map(|rule| (1, RuleNode::new(rule, position))).collect(),
            ),
            Rule::Quota { needed, of } => {
                let grid = Grid::decimal(9);
                let weights: Vec<i64> = of.iter().map(|(weight, _)| grid.round(weight.mean())).collect();
                let unit = weights.iter().fold(0, |unit, weight| gcd(unit, *weight)).max(1);
                let branches = of.iter().map(|(_, rule)| RuleNode::new(rule, position));
                let of = weights.iter().map(|weight| weight / unit).zip(branches).collect();
                // A quota between two multiples of the unit is reached at the upper one.
                RuleNode::sum((grid.round(needed.mean()) + unit - 1) / unit, of)
            }
        }
    }

    /// At least so much of the summed weights.
    pub(crate) fn sum(needed: i64, of: Vec<(i64, RuleNode)>) -> RuleNode {
        let quota = Quota::new(needed, of.iter().map(|(weight, _)| *weight).collect());
        RuleNode::Sum { needed, of, quota }
    }

    /// P(the rule holds) when each member says yes with its own probability, independently.
    pub(crate) fn probability(&self, p: &impl Fn(usize) -> f64) -> f64 {
        match self {
            RuleNode::One(member) => p(*member),
            RuleNode::All(of) => of.iter().map(|node| node.probability(p)).product(),
            RuleNode::Any(of) => 1.0 - of.iter().map(|node| 1.0 - node.probability(p)).product::<f64>(),
            RuleNode::Sum { of, quota, .. } => quota.probability(&|k| of[k].1.probability(p)),
        }
    }

    /// The largest level for which the rule holds over the members whose own level is no lower.
    pub(crate) fn level(&self, of: &impl Fn(usize) -> i64) -> i64 {
        match self {
            RuleNode::One(member) => of(*member),
            RuleNode::All(nodes) => nodes.iter().map(|node| node.level(of)).min().unwrap_or(i64::MAX),
            RuleNode::Any(nodes) => nodes.iter().map(|node| node.level(of)).max().unwrap_or(i64::MIN),
            RuleNode::Sum { needed, of: nodes, .. } => {
                let mut levels: Vec<(i64, i64)> =
                    nodes.iter().map(|(weight, node)| (node.level(of), *weight)).collect();
                levels.sort_unstable_by(|a, b| b.cmp(a));
                let mut sum = 0;
                let reaches = |(_, weight): &&(i64, i64)| {
                    sum += weight;
                    sum >= *needed
                };
                levels.iter().find(reaches).map_or(i64::MIN, |(level, _)| *level)
            }
        }
    }

    /// The same for many cases at once: `leaf` writes the probabilities of one member and may work in what
    /// it is given of the room, as may this.
    fn probabilities(&self, leaf: Leaf<'_>, out: &mut [f64], room: &mut [f64]) {
        match self {
            RuleNode::One(member) => leaf(*member, out, room),
            RuleNode::All(of) => {
                let [first, others @ ..] = &of[..] else { return out.fill(1.0) };
                first.probabilities(leaf, out, room);
                let (branch, room) = room.split_at_mut(out.len());
                for node in others {
                    node.probabilities(leaf, branch, room);
                    out.iter_mut().zip(&*branch).for_each(|(product, p)| *product *= p);
                }
            }
            RuleNode::Any(of) => {
                out.fill(1.0);
                let (branch, room) = room.split_at_mut(out.len());
                for node in of {
                    node.probabilities(leaf, branch, room);
                    out.iter_mut().zip(&*branch).for_each(|(product, p)| *product *= 1.0 - p);
                }
                out.iter_mut().for_each(|p| *p = 1.0 - *p);
            }
            RuleNode::Sum { of, quota, .. } => {
                let n = out.len();
                let (branches, room) = room.split_at_mut(n * of.len());
                for ((_, node), p) in of.iter().zip(branches.chunks_mut(n)) {
                    node.probabilities(leaf, p, room);
                }
                for (k, p) in out.iter_mut().enumerate() {
                    *p = quota.probability(&|j| branches[j * n + k]);
                }
            }
        }
    }

    /// How many numbers a case takes of the room.
    fn room(&self) -> usize {
        let of = |nodes: &[RuleNode]| nodes.iter().map(RuleNode::room).max().unwrap_or(0);
        match self {
            RuleNode::One(_) => 0,
            RuleNode::All(nodes) | RuleNode::Any(nodes) => 1 + of(nodes),
            RuleNode::Sum { of: nodes, .. } => {
                nodes.len() + nodes.iter().map(|(_, node)| node.room()).max().unwrap_or(0)
            }
        }
    }

    /// Roughly how many operations one probability takes.
    pub(crate) fn work(&self) -> u64 {
        match self {
            RuleNode::One(_) => 1,
            RuleNode::All(of) | RuleNode::Any(of) => of.iter().map(RuleNode::work).sum(),
            RuleNode::Sum { of, quota, .. } => {
                of.iter().map(|(_, node)| node.work()).sum::<u64>() + quota.work()
            }
        }
    }

    /// The members, if the rule is that all of them have to say yes.
    fn everybody(&self) -> Option<Vec<usize>> {
        match self {
            RuleNode::One(member) => Some(vec![*member]),
            RuleNode::All(of) => {
                of.iter().map(RuleNode::everybody).collect::<Option<Vec<_>>>().map(|all| all.concat())
            }
            RuleNode::Any(of) => match &of[..] {
                [one] => one.everybody(),
                _ => None,
            },
            RuleNode::Sum { needed, of, .. } => {
                let short =
                    |without: i64| of.iter().map(|(weight, _)| weight).sum::<i64>() - without < *needed;
                let all_needed = of.iter().all(|(weight, _)| short(*weight));
                let each = || of.iter().map(|(_, node)| node.everybody()).collect::<Option<Vec<_>>>();
                all_needed.then(each).flatten().map(|all| all.concat())
            }
        }
    }

    /// Whether the rule holds.
    pub(crate) fn holds(&self, yes: &impl Fn(usize) -> bool) -> bool {
        match self {
            RuleNode::One(member) => yes(*member),
            RuleNode::All(of) => of.iter().all(|node| node.holds(yes)),
            RuleNode::Any(of) => of.iter().any(|node| node.holds(yes)),
            RuleNode::Sum { needed, of, .. } => {
                of.iter().filter(|(_, node)| node.holds(yes)).map(|(weight, _)| weight).sum::<i64>()
                    >= *needed
            }
        }
    }
}

/// Writes the probabilities of a rule from those of its members; the last is room to work in.
type Whole<'a> = &'a dyn Fn(Leaf<'_>, &mut [f64], &mut [f64]);
/// Writes the probabilities of one member; the last is room to work in.
type Leaf<'a> = &'a dyn Fn(usize, &mut [f64], &mut [f64]);

/// About how many operations a normal distribution function takes.
const NORMAL: u64 = 16;

/// The agreement rule over parties, each with its own rule over bodies.
#[derive(Debug)]
pub(crate) struct Agreement {
    rule: RuleNode,
    parties: Vec<RuleNode>,
    party_of: Vec<usize>,
    /// How closely acceptances go together; absent if bodies are independent.
    copula: Option<Copula>,
    /// The bodies that have to say yes.
    necessary: Vec<usize>,
    /// How many numbers a case takes of the room.
    room: usize,
}

thread_local! {
    /// Room to work in.
    static ROOM: RefCell<Vec<f64>> = const { RefCell::new(Vec::new()) };
    /// How bodies follow factor values.
    static FOLLOWS: RefCell<Vec<Follow>> = const { RefCell::new(Vec::new()) };
}

/// Lends room for so many numbers, whatever they are.
fn with_room<T>(n: usize, of: &mut dyn FnMut(&mut [f64]) -> T) -> T {
    let mut room = ROOM.take();
    if room.len() < n {
        room.resize(n, 0.0);
    }
    let result = of(&mut room[..n]);
    ROOM.set(room);
    result
}

/// Lends how bodies that accept so likely follow factor values.
fn with_follows<T>(copula: &Copula, bodies: &[f64], of: &mut dyn FnMut(&[Follow]) -> T) -> T {
    let mut follows = FOLLOWS.take();
    follows.resize_with(follows.len().max(bodies.len()), Follow::default);
    for ((body, p), follow) in bodies.iter().enumerate().zip(&mut follows) {
        copula.follow(body, *p, follow);
    }
    let result = of(&follows);
    FOLLOWS.set(follows);
    result
}

impl Agreement {
    pub(crate) fn new(talks: &detente_model::Talks) -> Agreement {
        let rule = RuleNode::new(&talks.agreement, &|party| party.0);
        let parties: Vec<RuleNode> =
            talks.parties.iter().map(|party| RuleNode::new(&party.ratifies, &|body| body.0)).collect();
        let mut agreement = Agreement {
            room: rule.room() + parties.iter().map(RuleNode::room).max().unwrap_or(0),
            rule,
            parties,
            party_of: talks.bodies.iter().map(|body| body.party.0).collect(),
            copula: Copula::new(talks),
            necessary: Vec::new(),
        };
        let has_to = |body: &usize| !agreement.agrees(&|other| other != *body);
        agreement.necessary = (0..talks.bodies.len()).filter(has_to).collect();
        agreement
    }

    /// Roughly how many operations one probability of agreement takes.
    pub(crate) fn work(&self) -> u64 {
        let rules = self.rule.work() + self.parties.iter().map(RuleNode::work).sum::<u64>();
        let bodies = self.party_of.len() as u64;
        self.copula.as_ref().map_or(rules, |copula| copula.n_factors() * (rules + NORMAL * bodies))
    }

    /// Roughly how many operations it takes to see what every body's yes alone would make of an outcome.
    pub(crate) fn work_of_each(&self) -> u64 {
        if !self.is_independent() {
            return self.work() * self.party_of.len() as u64;
        }
        let own = |party: &usize| self.parties[*party].work() + self.rule.work();
        self.party_of.iter().map(own).sum()
    }

    /// How many probabilities of agreement so much work pays for, where one takes long; at least one.
    pub(crate) fn affordable(&self, work: u64) -> u64 {
        (work / self.work().max(1)).max(1)
    }

    /// Whether the talks agree when exactly these bodies say yes.
    pub(crate) fn agrees(&self, yes: &impl Fn(usize) -> bool) -> bool {
        self.rule.holds(&|party| self.parties[party].holds(yes))
    }

    /// P(agree) from the bodies' probabilities; each party's probability of ratifying is left in place.
    pub(crate) fn probability(&self, bodies: &[f64], parties: &mut [f64]) -> f64 {
        let Some(copula) = &self.copula else { return self.if_independent(bodies, parties) };
        if copula.is_steep() {
            let (mut agree, mut given_factor) = (0.0, vec![0.0; parties.len()]);
            parties.fill(0.0);
            copula.each(bodies, &mut |weight, given| {
                agree += weight * self.if_independent(given, &mut given_factor);
                parties.iter_mut().zip(&given_factor).for_each(|(party, p)| *party += weight * p);
            });
            parties.iter_mut().for_each(|p| *p = p.clamp(0.0, 1.0));
            return agree.clamp(0.0, 1.0);
        }
        with_follows(copula, bodies, &mut |follows| {
            let own = |body: usize| &follows[body];
            for (p, rule) in parties.iter_mut().zip(&self.parties) {
                let rule =
                    |leaf: Leaf<'_>, out: &mut [f64], room: &mut [f64]| rule.probabilities(leaf, out, room);
                *p = self.over_factor(copula, &own, &[], &rule);
            }
            self.given_follows(copula, &own)
        })
    }

    /// P(agree) alone; `parties` holds one number for each.
    pub(crate) fn chance(&self, bodies: &[f64], parties: &mut [f64]) -> f64 {
        let Some(copula) = &self.copula else { return self.if_independent(bodies, parties) };
        if !self.agrees(&|body| bodies[body] > 0.0) {
            return 0.0;
        }
        if copula.is_steep() {
            return self.probability(bodies, parties);
        }
        with_follows(copula, bodies, &mut |follows| self.given_follows(copula, &|body| &follows[body]))
    }

    /// P(agree) from how each body follows the factor values of a copula.
    pub(crate) fn given_follows<'f>(&self, copula: &Copula, own: &dyn Fn(usize) -> &'f Follow) -> f64 {
        self.over_factor(copula, own, &self.necessary, &|leaf, out, room| self.rules(leaf, out, room))
    }

    /// P(a rule holds) over all factor values, where it does not without these bodies.
    fn over_factor<'f>(
        &self,
        copula: &Copula,
        own: &dyn Fn(usize) -> &'f Follow,
        necessary: &[usize],
        rule: Whole<'_>,
    ) -> f64 {
        let all = (0..self.party_of.len()).map(own);
        let stretch = copula.stretch(all, &mut necessary.iter().map(|body| own(*body)));
        let n = stretch.n();
        with_room(n * (1 + self.room), &mut |room| {
            let (out, room) = room.split_at_mut(n);
            rule(&|body, p, _| stretch.write(own(body), p), out, room);
            copula.mean(&stretch, out).clamp(0.0, 1.0)
        })
    }

    /// The same where bodies accept independently of each other.
    fn if_independent(&self, bodies: &[f64], parties: &mut [f64]) -> f64 {
        for (p, rule) in parties.iter_mut().zip(&self.parties) {
            *p = rule.probability(&|body| bodies[body]);
        }
        self.rule.probability(&|party| parties[party])
    }

    /// P(agree) on many outcomes at once where bodies accept independently: `leaf` writes the
    /// probabilities of one body.
    pub(crate) fn probabilities(&self, leaf: &dyn Fn(usize, &mut [f64]), out: &mut [f64]) {
        with_room(out.len() * self.room, &mut |room| self.rules(&|body, p, _| leaf(body, p), out, room));
    }

    fn rules(&self, leaf: Leaf<'_>, out: &mut [f64], room: &mut [f64]) {
        let party =
            |party: usize, p: &mut [f64], room: &mut [f64]| self.parties[party].probabilities(leaf, p, room);
        self.rule.probabilities(&party, out, room);
    }

    /// How bodies go together, if they do.
    pub(crate) fn copula(&self) -> Option<&Copula> {
        self.copula.as_ref()
    }

    /// Whether bodies accept independently of each other.
    pub(crate) fn is_independent(&self) -> bool {
        self.copula.is_none()
    }

    /// P(agree) if one body said yes for certain, from the bodies' and the parties' probabilities.
    pub(crate) fn with_yes(&self, body: usize, bodies: &[f64], parties: &[f64]) -> f64 {
        if self.is_independent() {
            return self.with(body, 1.0, bodies, parties);
        }
        let mut certain = bodies.to_vec();
        certain[body] = 1.0;
        self.chance(&certain, &mut vec![0.0; parties.len()])
    }

    /// P(agree) if one body said yes with another probability than its own; bodies are independent.
    pub(crate) fn with(&self, body: usize, accepts: f64, bodies: &[f64], parties: &[f64]) -> f64 {
        let party = self.party_of[body];
        let own =
            self.parties[party].probability(&|other| if other == body { accepts } else { bodies[other] });
        self.with_party(party, own, parties)
    }

    /// P(agree) if one party ratified with another probability than its own; bodies are independent.
    pub(crate) fn with_party(&self, party: usize, ratifies: f64, parties: &[f64]) -> f64 {
        self.rule.probability(&|other| if other == party { ratifies } else { parties[other] })
    }

    /// P(agree) if the party of this body ratified for certain.
    pub(crate) fn with_party_of(&self, body: usize, parties: &[f64]) -> f64 {
        self.with_party(self.party_of[body], 1.0, parties)
    }

    /// The bodies that all have to say yes, independently, if that is the whole rule.
    pub(crate) fn everybody(&self) -> Option<Vec<usize>> {
        if !self.is_independent() {
            return None;
        }
        let parties = self.rule.everybody()?;
        let bodies = parties.into_iter().map(|party| self.parties[party].everybody());
        bodies.collect::<Option<Vec<_>>>().map(|all| all.concat())
    }

    pub(crate) fn rule(&self) -> &RuleNode {
        &self.rule
    }

    pub(crate) fn party_rule(&self, party: usize) -> &RuleNode {
        &self.parties[party]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use detente_model::Number;

    #[track_caller]
    fn check(rule: &Rule<usize>, p: &[f64], expected: f64) {
        let got = RuleNode::new(rule, &|member| *member).probability(&|member| p[member]);
        assert!((got - expected).abs() < 1e-12, "{got}, not {expected}");
    }

    #[test]
    fn branches_combine_as_independent_events() {
        use Rule::{All, Any, One};
        let p = [0.5, 0.2, 0.9];
        check(&All(vec![One(0), One(1)]), &p, 0.1);
        check(&Any(vec![One(0), One(1)]), &p, 0.6);
        check(&All(vec![One(2), Any(vec![One(0), One(1)])]), &p, 0.54);
        // Two of three: .5*.2*.1 + .5*.8*.9 + .5*.2*.9 + .5*.2*.9 = .01 + .36 + .09 + .09.
        check(&Rule::AtLeast { needed: 2, of: vec![One(0), One(1), One(2)] }, &p, 0.55);
        let number = Number::fixed;
        let quota = Rule::Quota {
            needed: number(0.3),
            of: vec![(number(0.1), One(0)), (number(0.2), One(1)), (number(0.3), One(2))],
        };
        check(&quota, &p, 0.9 + 0.1 * 0.1);
    }
}
