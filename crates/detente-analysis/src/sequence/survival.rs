//! Who can stand which slacks: the probability that every party goes on at each of some points.
//!
//! Strains are drawn once, so what counts of a body is up to which slack it stays. That is written as a
//! level, P(strain <= slack): the body stays where its draw, uniform on 0 to 1, is not above the level.
//! Points whose levels are nowhere below those of another add nothing.

use super::branch_survival::{Branch, Question};
use super::exit_values::{ExitValue, ExitValues, plus};
use crate::agreement::RuleNode;
use crate::cdf::Cdf;
use crate::copula::Copula;
use crate::unknowns::mended;
use detente_model::{Distribution, Talks};
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng as _, SeedableRng as _};
use std::cell::{Cell, RefCell};
use std::rc::Rc;

/// Most cases of who stays where that are looked at for one branch, and for all probabilities together.
const MOST_CASES: u64 = 1 << 20;
const MOST_IN_ALL: u64 = 1 << 23;
/// Cases, and numbers drawn, that take as long as a step that is tried on a way.
const CASES: u64 = 4;
const NUMBERS: u64 = 64;
/// What it takes to draw a number that goes with a factor, and how many are read again as one is drawn.
const MOODS: u64 = 12;
const READ: u64 = 4;
/// Most numbers that are kept to be read again: 32 megabytes.
const MOST_KEPT: u64 = 1 << 22;
/// How often strains are drawn where there are more.
pub(super) const DRAWS: u32 = 1 << 16;

/// How everybody is tempted.
pub(super) struct Survival<'s> {
    exit_values: &'s ExitValues,
    party_of: Vec<usize>,
    strains: Vec<Cdf>,
    /// Whether every strain is certain.
    is_certain: bool,
    copula: Option<Copula>,
    branches: Vec<Branch<'s>>,
    /// By body: its place in its branch.
    places: Vec<usize>,
    /// Cases looked at, and numbers drawn so far.
    cases: Cell<u64>,
    numbers: Cell<u64>,
    /// What was drawn with a seed, draw after draw, where it is not too much to keep.
    drawn: RefCell<Option<(u64, Rc<[f64]>)>>,
}

/// What is asked of everybody's strains: by branch, levels of its bodies at which its rule has to hold.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Demands(Vec<Vec<Box<[f64]>>>);

/// A probability, and its standard error where it was drawn.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct SurvivalChance {
    pub(super) p: f64,
    pub(super) error: Option<f64>,
}

impl<'s> Survival<'s> {
    pub(super) fn new(talks: &Talks, exit_values: &'s ExitValues) -> Survival<'s> {
        let strain =
            |body: &detente_model::Body| body.strain.cost().map(|own| certain(mended(own.at_means()).0));
        let strains: Vec<Option<Distribution>> = talks.bodies.iter().map(strain).collect();
        let on_grid =
            |(own, exit_value): (&Option<Distribution>, &ExitValue)| Cdf::new(own.as_ref(), exit_value.grid);
        let mut branches = Vec::new();
        for (party, rule) in exit_values.rules.iter().enumerate() {
            needed(rule, &mut |rule| {
                let mut bodies = Vec::new();
                members(rule, &mut bodies);
                branches.push(Branch { party, rule, bodies });
            });
        }
        let mut places = vec![0; talks.bodies.len()];
        for branch in &branches {
            branch.bodies.iter().enumerate().for_each(|(place, body)| places[*body] = place);
        }
        let correlation = talks.implementation.correlation.as_ref();
        Survival {
            exit_values,
            party_of: talks.bodies.iter().map(|body| body.party.0).collect(),
            is_certain: strains.iter().flatten().all(|own| matches!(own, Distribution::Point(_))),
            strains: strains.iter().zip(&exit_values.bodies).map(on_grid).collect(),
            copula: correlation.and_then(|own| Copula::of(own, talks.bodies.len())),
            branches,
            places,
            cases: Cell::new(0),
            numbers: Cell::new(0),
            drawn: RefCell::new(None),
        }
    }

    /// What was done so far, in steps that are tried on a way.
    pub(super) fn work(&self) -> u64 {
        self.cases.get() / CASES + self.numbers.get() / NUMBERS
    }

    /// Counts some cases.
    fn count(&self, cases: u64) {
        self.cases.set(self.cases.get() + cases);
    }

    pub(super) fn party(&self, body: usize) -> usize {
        self.party_of[body]
    }

    pub(super) fn has_common_factor(&self) -> bool {
        self.copula.is_some()
    }

    /// A body's slack in its grid steps with what is guaranteed to it; absent if it has nothing to walk away to.
    pub(super) fn slack(&self, body: usize, slack: i64) -> Option<i64> {
        let (exit_value, party) = (&self.exit_values.bodies[body], self.party_of[body]);
        exit_value.alternative?;
        let own = slack.saturating_add(guaranteed(exit_value, self.exit_values.given[party]));
        let share = plus(exit_value.share(slack), self.exit_values.guarantee[party]);
        Some(if own < 0 && share >= 0 { 0 } else { own })
    }

    /// The levels of all bodies at a point, from what they have to lose by walking away there.
    pub(super) fn levels(&self, slacks: &[i64]) -> Vec<f64> {
        slacks.iter().enumerate().map(|(body, slack)| self.level(body, *slack)).collect()
    }

    /// The level of a body that has so much to lose.
    pub(super) fn level(&self, body: usize, slack: i64) -> f64 {
        match self.slack(body, slack) {
            None => 1.0,
            Some(slack) => self.strains[body].at(slack),
        }
    }

    /// Whether every party goes on if these bodies stay.
    pub(super) fn all_go_on(&self, stays: &impl Fn(usize) -> bool) -> bool {
        self.branches.iter().all(|branch| branch.rule.holds(stays))
    }

    /// Whether every strain is certain.
    pub(super) fn is_certain(&self) -> bool {
        self.is_certain
    }

    pub(super) fn nothing(&self) -> Demands {
        Demands(vec![Vec::new(); self.branches.len()])
    }

    /// What is asked with one more point; of one party only, if one is named.
    pub(super) fn with(&self, demands: &Demands, levels: &[f64], party: Option<usize>) -> Demands {
        let mut demands = demands.clone();
        for (branch, known) in self.branches.iter().zip(&mut demands.0) {
            if party.is_some_and(|party| party != branch.party) {
                continue;
            }
            let own: Box<[f64]> = branch.bodies.iter().map(|body| levels[*body]).collect();
            if branch.rule.holds(&|body| levels[body] >= 1.0)
                || known.iter().any(|known| no_more(known, &own))
            {
                continue;
            }
            known.retain(|known| !no_more(&own, known));
            known.push(own);
        }
        demands
    }

    /// P(all that is asked holds), and, if a body is named with a level, that body's draw is not above it.
    pub(super) fn probability(
        &self,
        demands: &Demands,
        cap: Option<(usize, f64)>,
        seed: u64,
    ) -> SurvivalChance {
        let exact = match &self.copula {
            None => self.given(demands, cap, &|_, level| level),
            Some(copula) => self.by_factor(copula, demands, cap),
        };
        match exact {
            // A nought has no sign.
            Some(p) => SurvivalChance { p: p.clamp(0.0, 1.0) + 0.0, error: None },
            None => self.drawn(demands, cap, seed),
        }
    }

    fn given(
        &self,
        demands: &Demands,
        cap: Option<(usize, f64)>,
        at: &dyn Fn(usize, f64) -> f64,
    ) -> Option<f64> {
        let mut product = 1.0;
        let mut capped = cap;
        for (branch, asked) in self.branches.iter().zip(&demands.0) {
            let own = cap.filter(|(body, _)| branch.bodies.contains(body));
            if own.is_some() {
                capped = None;
            }
            let most = MOST_CASES.min(MOST_IN_ALL.saturating_sub(self.cases.get()));
            let mut question = Question::new(branch, &self.places, asked, own, at, most);
            let answer = question.answer();
            self.count(most - question.left);
            product *= answer?;
        }
        Some(product * capped.map_or(1.0, |(body, level)| at(body, level)))
    }

    fn by_factor(&self, copula: &Copula, demands: &Demands, cap: Option<(usize, f64)>) -> Option<f64> {
        let mut marks: Vec<(usize, f64)> = cap.into_iter().collect();
        for (branch, asked) in self.branches.iter().zip(&demands.0) {
            marks.extend(
                asked.iter().flat_map(|levels| branch.bodies.iter().copied().zip(levels.iter().copied())),
            );
        }
        marks.sort_by(|a, b| a.0.cmp(&b.0).then(a.1.total_cmp(&b.1)));
        marks.dedup();
        if !marks.is_empty() && self.cases.get() >= MOST_IN_ALL {
            return None;
        }
        let mut sum = Some(0.0);
        copula.each_mark(&marks, &mut |weight, given| {
            let at = |body: usize, level: f64| {
                let found = marks.binary_search_by(|mark| mark.0.cmp(&body).then(mark.1.total_cmp(&level)));
                found.map_or(level, |k| given[k])
            };
            self.count(marks.len() as u64 / CASES);
            let own = sum.and_then(|_| self.given(demands, cap, &at));
            sum = sum.zip(own).map(|(sum, own)| sum + weight * own);
        });
        sum
    }

    /// By drawing everybody's strain again and again; the same draws for the same seed.
    fn drawn(&self, demands: &Demands, cap: Option<(usize, f64)>, seed: u64) -> SurvivalChance {
        let mut hits = 0u32;
        self.each_draw(seed, &mut |draws| {
            let capped = cap.is_none_or(|(body, level)| draws[body] <= level);
            hits += u32::from(capped && self.hold(demands, draws));
        });
        let p = share(hits);
        SurvivalChance { p, error: Some((p * (1.0 - p) / f64::from(DRAWS)).sqrt()) }
    }

    /// By drawing: P(all that is asked at first holds, and what is asked then does not), and for each body, that
    /// it does not stay at its level either.
    pub(super) fn drawn_leaving(
        &self,
        first: &Demands,
        then: &Demands,
        levels: &[f64],
        seed: u64,
    ) -> (f64, Vec<f64>) {
        let (mut hits, mut by_body) = (0u32, vec![0u32; levels.len()]);
        self.each_draw(seed, &mut |draws| {
            if self.hold(first, draws) && !self.hold(then, draws) {
                hits += 1;
                for ((own, draw), level) in by_body.iter_mut().zip(draws).zip(levels) {
                    *own += u32::from(draw > level);
                }
            }
        });
        (share(hits), by_body.into_iter().map(share).collect())
    }

    fn each_draw(&self, seed: u64, of: &mut dyn FnMut(&[f64])) {
        let n = self.strains.len();
        let numbers = u64::from(DRAWS) * n as u64;
        if numbers > MOST_KEPT {
            self.numbers.set(self.numbers.get() + numbers * if self.has_common_factor() { MOODS } else { 1 });
            let (mut dice, mut draws) = (ChaCha8Rng::seed_from_u64(seed), vec![0.0; n]);
            for _ in 0..DRAWS {
                self.draw(&mut dice, &mut draws);
                of(&draws);
            }
            return;
        }
        self.numbers.set(self.numbers.get() + numbers / READ);
        self.kept_draws(seed).chunks_exact(n.max(1)).for_each(of);
    }

    /// All draws with a seed.
    fn kept_draws(&self, seed: u64) -> Rc<[f64]> {
        let mut kept = self.drawn.borrow_mut();
        if let Some((_, draws)) = kept.as_ref().filter(|(of, _)| *of == seed) {
            return draws.clone();
        }
        let n = self.strains.len();
        let mut draws = vec![0.0; DRAWS as usize * n];
        self.numbers
            .set(self.numbers.get() + draws.len() as u64 * if self.has_common_factor() { MOODS } else { 1 });
        let mut dice = ChaCha8Rng::seed_from_u64(seed);
        draws.chunks_exact_mut(n.max(1)).for_each(|own| self.draw(&mut dice, own));
        let draws: Rc<[f64]> = draws.into();
        *kept = Some((seed, draws.clone()));
        draws
    }

    fn hold(&self, demands: &Demands, draws: &[f64]) -> bool {
        self.branches.iter().zip(&demands.0).all(|(branch, asked)| {
            asked.iter().all(|levels| branch.rule.holds(&|body| draws[body] <= levels[self.places[body]]))
        })
    }

    fn draw(&self, dice: &mut ChaCha8Rng, draws: &mut [f64]) {
        let mut uniform = || ((dice.next_u64() >> 12) as f64 + 0.5) / (1u64 << 52) as f64;
        match &self.copula {
            None => draws.iter_mut().for_each(|draw| *draw = uniform()),
            Some(copula) => {
                let factor = uniform();
                draws
                    .iter_mut()
                    .enumerate()
                    .for_each(|(body, draw)| *draw = copula.follower(body, factor, uniform()));
            }
        }
    }
}

impl Demands {
    /// Whether nothing is asked that the others do not ask, as far as one point each tells.
    pub(super) fn no_more_than(&self, other: &Demands) -> bool {
        self.0
            .iter()
            .zip(&other.0)
            .all(|(own, other)| own.iter().all(|asked| other.iter().any(|levels| no_more(levels, asked))))
    }
}

/// What a guarantee comes to for a body, in its grid steps.
fn guaranteed(exit_value: &ExitValue, guarantee: f64) -> i64 {
    exit_value.grid.round(guarantee * exit_value.grid.value(exit_value.gain().max(0)))
}

fn share(hits: u32) -> f64 {
    f64::from(hits) / f64::from(DRAWS)
}

/// A distribution of no width is a certain value.
fn certain(own: Distribution) -> Distribution {
    let (low, high) = own.support();
    if low == high { Distribution::Point(low) } else { own }
}

fn no_more(a: &[f64], b: &[f64]) -> bool {
    a.iter().zip(b).all(|(a, b)| a <= b)
}

/// The branches that a rule needs all of.
fn needed<'n>(rule: &'n RuleNode, each: &mut impl FnMut(&'n RuleNode)) {
    match rule {
        RuleNode::All(of) => of.iter().for_each(|rule| needed(rule, each)),
        RuleNode::Any(of) if of.len() == 1 => needed(&of[0], each),
        rule => each(rule),
    }
}

fn members(rule: &RuleNode, bodies: &mut Vec<usize>) {
    match rule {
        RuleNode::One(body) => bodies.push(*body),
        RuleNode::All(of) | RuleNode::Any(of) => of.iter().for_each(|rule| members(rule, bodies)),
        RuleNode::Sum { of, .. } => of.iter().for_each(|(_, rule)| members(rule, bodies)),
    }
}
