//! P(the rule of a branch holds at each of some points).
//!
//! Bodies are taken one after another, by the points at which each of them stays. Cases with the same bodies left
//! in which the rule needs as much of them are one case.

use crate::agreement::RuleNode;
use std::collections::HashMap;

/// Operations that take as long as to look at a case.
const OPERATIONS: u64 = 1 << 9;

/// A branch that a party's rule needs, whatever the others do.
pub(super) struct Branch<'s> {
    pub(super) party: usize,
    pub(super) rule: &'s RuleNode,
    pub(super) bodies: Vec<usize>,
}

/// What is asked of a branch.
pub(super) struct Question<'q> {
    branch: &'q Branch<'q>,
    places: &'q [usize],
    asked: &'q [Box<[f64]>],
    /// A body whose draw must not be above a level.
    cap: Option<(usize, f64)>,
    /// P(a body's draw is not above a level).
    at: &'q dyn Fn(usize, f64) -> f64,
    /// Cases that may still be looked at.
    pub(super) left: u64,
    answers: HashMap<Vec<i64>, f64>,
}

impl<'q> Question<'q> {
    pub(super) fn new(
        branch: &'q Branch<'q>,
        places: &'q [usize],
        asked: &'q [Box<[f64]>],
        cap: Option<(usize, f64)>,
        at: &'q dyn Fn(usize, f64) -> f64,
        left: u64,
    ) -> Question<'q> {
        Question { branch, places, asked, cap, at, left, answers: HashMap::new() }
    }

    /// Absent where there are too many cases.
    pub(super) fn answer(&mut self) -> Option<f64> {
        let all: Vec<(usize, u64)> = (0..self.asked.len()).map(|point| (point, 0)).collect();
        if self.branch.bodies.len() > 64 && all.len() > 1 {
            return None;
        }
        self.from(0, &all)
    }

    /// Given which of the first bodies stay, by point.
    fn from(&mut self, k: usize, points: &[(usize, u64)]) -> Option<f64> {
        let mut case = vec![k as i64];
        let mut open: Vec<(usize, u64)> = Vec::new();
        for (point, yes) in points {
            case.push(*point as i64);
            match settled(self.branch.rule, &|body| self.known(body, k, *yes), &mut case) {
                Some(false) => return Some(0.0),
                Some(true) => _ = case.pop(),
                None => open.push((*point, *yes)),
            }
        }
        if open.is_empty() {
            return Some((k..self.branch.bodies.len()).map(|k| self.mass(k)).product());
        }
        if let Some(known) = self.answers.get(&case) {
            return Some(*known);
        }
        self.left = self.left.checked_sub(1 + self.branch.rule.work() / OPERATIONS)?;
        let found = match &open[..] {
            [(point, yes)] => self.at_one(k, *point, *yes),
            _ => self.by_next(k, &open)?,
        };
        self.answers.insert(case, found);
        Some(found)
    }

    /// Whether a body is among the first that stay, if it is among the first.
    fn known(&self, body: usize, k: usize, yes: u64) -> Option<bool> {
        let place = self.places[body];
        (place < k).then(|| yes >> place & 1 == 1)
    }

    /// Where only one point is open.
    fn at_one(&self, k: usize, point: usize, yes: u64) -> f64 {
        let cap = self.cap.filter(|(body, _)| self.places[*body] >= k);
        let mass = cap.map_or(1.0, |(body, most)| (self.at)(body, most));
        if mass == 0.0 {
            return 0.0;
        }
        let holds = self.branch.rule.probability(&|body| match (self.known(body, k, yes), cap) {
            (Some(stays), _) => f64::from(u8::from(stays)),
            (None, Some((capped, most))) if capped == body => {
                let level = self.asked[point][self.places[body]];
                if level < most { (self.at)(body, level) / mass } else { 1.0 }
            }
            (None, _) => (self.at)(body, self.asked[point][self.places[body]]),
        });
        holds * mass
    }

    /// By where the next body stays.
    fn by_next(&mut self, k: usize, open: &[(usize, u64)]) -> Option<f64> {
        let body = self.branch.bodies[k];
        let most = self.cap.filter(|(own, _)| *own == body).map_or(f64::INFINITY, |(_, level)| level);
        let mut levels: Vec<f64> = open.iter().map(|(point, _)| self.asked[*point][k].min(most)).collect();
        levels.sort_by(f64::total_cmp);
        levels.dedup();
        let (mut sum, mut below) = (0.0, 0.0);
        for level in levels {
            // Draws up to this level, but above the last: the body stays wherever it may draw as much.
            let upto = (self.at)(body, level);
            if upto > below {
                let stay = |(point, yes): &(usize, u64)| {
                    (*point, yes | u64::from(self.asked[*point][k] >= level) << k)
                };
                let next: Vec<(usize, u64)> = open.iter().map(stay).collect();
                sum += (upto - below) * self.from(k + 1, &next)?;
            }
            below = below.max(upto);
        }
        if self.mass(k) > below {
            sum += (self.mass(k) - below) * self.from(k + 1, open)?;
        }
        Some(sum)
    }

    /// P(a body's draw is not above its cap).
    fn mass(&self, k: usize) -> f64 {
        let body = self.branch.bodies[k];
        self.cap.filter(|(own, _)| *own == body).map_or(1.0, |(_, level)| (self.at)(body, level))
    }
}

/// Whether a rule holds, if the bodies of which that is not known cannot change it; else what it needs of
/// them is appended to `state`.
fn settled(rule: &RuleNode, known: &dyn Fn(usize) -> Option<bool>, state: &mut Vec<i64>) -> Option<bool> {
    match rule {
        RuleNode::One(body) => known(*body),
        RuleNode::All(of) => reaches(of.len() as i64, of.iter().map(|node| (1, node)), known, state),
        RuleNode::Any(of) => reaches(1, of.iter().map(|node| (1, node)), known, state),
        RuleNode::Sum { needed, of, .. } => {
            reaches(*needed, of.iter().map(|(weight, node)| (*weight, node)), known, state)
        }
    }
}

fn reaches<'n>(
    needed: i64,
    of: impl Iterator<Item = (i64, &'n RuleNode)>,
    known: &dyn Fn(usize) -> Option<bool>,
    state: &mut Vec<i64>,
) -> Option<bool> {
    let start = state.len();
    state.push(0);
    let (mut yes, mut open) = (0, 0);
    for (weight, node) in of {
        let at = state.len();
        // Of single bodies, how many are looked at says which are open; of rules, a mark does.
        if !matches!(node, RuleNode::One(_)) {
            state.push(0);
        }
        let found = settled(node, known, state);
        match found {
            Some(true) => yes += weight,
            Some(false) => {}
            None => open += weight,
        }
        if !matches!(node, RuleNode::One(_)) {
            state[at] = i64::from(found.is_none());
        }
    }
    state[start] = yes;
    let settled = if yes >= needed { Some(true) } else { (yes + open < needed).then_some(false) };
    if settled.is_some() {
        state.truncate(start);
    }
    settled
}

#[cfg(test)]
mod tests {
    use super::*;

    /// P(at least so many of some bodies stay at each point), each body counting one.
    fn at_least(needed: i64, asked: &[&[f64]], cap: Option<(usize, f64)>) -> f64 {
        let of = (0..asked[0].len()).map(|body| (1, RuleNode::One(body))).collect();
        let asked: Vec<Box<[f64]>> = asked.iter().map(|levels| (*levels).into()).collect();
        answer(&RuleNode::sum(needed, of), &asked, cap).expect("few cases")
    }

    fn answer(rule: &RuleNode, asked: &[Box<[f64]>], cap: Option<(usize, f64)>) -> Option<f64> {
        let n = asked[0].len();
        let branch = Branch { party: 0, rule, bodies: (0..n).collect() };
        let places: Vec<usize> = (0..n).collect();
        Question::new(&branch, &places, asked, cap, &|_, level| level, 1 << 14).answer()
    }

    /// Levels that are no lower at one point than at another for every body.
    fn levels(n: usize, points: usize) -> Vec<Box<[f64]>> {
        let level = |point: usize, body: usize| ((7 * body + 11 * point * (body + 3)) % 17 + 1) as f64 / 18.0;
        (0..points).map(|point| (0..n).map(|body| level(point, body)).collect()).collect()
    }

    /// The same by every combination of who draws how much.
    fn every_case(rule: &RuleNode, asked: &[Box<[f64]>], (capped, most): (usize, f64)) -> f64 {
        let mut cases: Vec<(Vec<f64>, f64)> = vec![(vec![], 1.0)];
        for body in 0..asked[0].len() {
            let mut edges: Vec<f64> = asked.iter().map(|levels| levels[body]).chain([0.0, 1.0]).collect();
            edges.extend((body == capped).then_some(most));
            edges.sort_by(f64::total_cmp);
            let longer = |(draws, p): &(Vec<f64>, f64)| -> Vec<(Vec<f64>, f64)> {
                let up_to = |edge: &&[f64]| edge[0] < edge[1] && (body != capped || edge[1] <= most);
                let edges = edges.windows(2).filter(up_to);
                edges.map(|edge| ([&draws[..], &edge[1..]].concat(), p * (edge[1] - edge[0]))).collect()
            };
            cases = cases.iter().flat_map(longer).collect();
        }
        let hold = |draws: &[f64]| asked.iter().all(|levels| rule.holds(&|body| draws[body] <= levels[body]));
        cases.iter().filter(|(draws, _)| hold(draws)).map(|(_, p)| p).sum()
    }

    #[track_caller]
    fn check(found: f64, known: f64) {
        assert!((found - known).abs() < 1e-15, "{found}, not {known}");
    }

    #[test]
    fn all_bodies_stay_where_each_does_at_its_worst_point() {
        check(at_least(2, &[&[0.5, 0.8], &[0.7, 0.4]], None), 0.5 * 0.4);
    }

    #[test]
    fn one_body_may_stand_in_for_another_at_each_point_anew() {
        // The first stays at both points up to 0.5, at the second only up to 0.7, then at none.
        check(at_least(1, &[&[0.5, 0.8], &[0.7, 0.4]], None), 0.5 + 0.2 * 0.8 + 0.3 * 0.4);
        check(at_least(1, &[&[0.5, 0.8], &[0.7, 0.4]], Some((0, 0.6))), 0.5 + 0.1 * 0.8);
        check(at_least(1, &[&[0.5, 0.8], &[0.7, 0.4]], Some((1, 0.6))), 0.5 * 0.6 + 0.2 * 0.6 + 0.3 * 0.4);
    }

    #[test]
    fn two_of_three_are_enough() {
        let (a, b, c): (f64, f64, f64) = (0.3, 0.6, 0.9);
        let one = a * b + a * c + b * c - 2.0 * a * b * c;
        check(at_least(2, &[&[a, b, c], &[1.0, 1.0, 0.0]], None), one);
    }

    #[test]
    fn cases_that_ask_the_same_of_the_rest_are_one_case() {
        let one = RuleNode::One;
        let asked = levels(7, 3);
        for needed in 1..=3 {
            let quota = RuleNode::sum(3, vec![(2, one(4)), (1, one(5)), (1, one(6))]);
            let (both, either) = (RuleNode::All(vec![one(0), one(1)]), RuleNode::Any(vec![one(2), one(3)]));
            let rule = RuleNode::sum(needed, vec![(2, both), (1, either), (1, quota)]);
            for cap in [(0, 1.0), (4, 0.4), (6, 0.7)] {
                let found = answer(&rule, &asked, Some(cap)).expect("few cases");
                let known = every_case(&rule, &asked, cap);
                assert!(
                    (found - known).abs() < 1e-12 && known > 0.0,
                    "{needed} {cap:?}: {found}, not {known}"
                );
            }
        }
    }

    #[test]
    fn many_equal_votes_are_few_cases_and_many_unequal_ones_too_many() {
        let votes = |weight: fn(u32) -> i64| {
            let of: Vec<(i64, RuleNode)> =
                (0..24).map(|body| (weight(body), RuleNode::One(body as usize))).collect();
            let needed = of.iter().map(|(weight, _)| weight).sum::<i64>() / 2;
            answer(&RuleNode::sum(needed, of), &levels(24, 3), None)
        };
        assert!(votes(|_| 1).is_some_and(|p| 0.0 < p && p < 1.0));
        assert_eq!(votes(|body| 1 << body), None);
    }
}
