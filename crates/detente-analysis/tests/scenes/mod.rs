//! Random deals with steps that may break, each with some order and levers.

use crate::plans::some_deal;
use detente_analysis::{LastingOptions, Outlook, Plan, Point, SequenceLimit, Standpoint, outlook};
use detente_cases::random::lasting::{Strains, tempted, with_breaks};
use detente_cases::random::levers::with_levers;
use detente_cases::random::steps::with_steps;
use detente_cases::random::{Case, Dice, lasting, levers, steps};
use detente_judge::{Aid, Collapse, collapse, combinations, every_order, follow, means};
use detente_model::{BodyId, Cost, Distribution, LeverId, Number, Outcome, PartyId, Rule, StepId, Talks};

pub(crate) type Orders = Vec<Vec<StepId>>;

/// Equal but for rounding.
pub(crate) fn near(a: f64, b: f64) -> bool {
    a == b || (a - b).abs() <= 1e-9 * (1.0 + a.abs().max(b.abs()))
}

#[track_caller]
pub(crate) fn same(what: &str, said: f64, judged: f64) {
    assert!(near(said, judged), "{what}: {said} is not {judged}");
}

/// What was computed; the deal is one of which something can be said.
#[track_caller]
pub(crate) fn found<T>(result: Result<T, SequenceLimit>) -> T {
    result.expect("a deal that can be analysed")
}

/// A random deal with steps that may break, and some order of them; nothing if there is none.
pub(crate) struct Scene {
    pub(crate) talks: Talks,
    pub(crate) deal: Outcome,
    pub(crate) order: Orders,
    pub(crate) levers: Vec<LeverId>,
    pub(crate) aid: Aid,
}

impl Scene {
    pub(crate) fn plan(&self) -> Plan {
        plan(&self.talks, &self.deal, &self.order, &self.aid)
    }

    pub(crate) fn judged(&self) -> Collapse<'_> {
        collapse(&self.talks, &self.deal, &self.order, &self.aid).expect("an order that is possible")
    }

    pub(crate) fn combinations(&self) -> f64 {
        combinations(&self.talks, &self.deal, &self.order, &self.aid).expect("an order that is possible")
    }

    pub(crate) fn outlook(&self, seed: u64) -> Outlook {
        let options = LastingOptions { seed, ..LastingOptions::default() };
        found(outlook(&self.talks, &self.deal, &self.plan(), &self.levers, &options))
    }
}

/// Any order as a plan, from what the judge says of it.
pub(crate) fn plan(talks: &Talks, deal: &Outcome, order: &[Vec<StepId>], aid: &Aid) -> Plan {
    let followed = follow(talks, deal, order, aid).expect("an order that is possible");
    let standpoint = |body: &detente_judge::BodyStanding| Standpoint {
        walking_away: body.worth.is_finite().then_some(body.worth),
        slack: body.slack,
        share: body.relative,
    };
    let point = |(k, standing): (usize, &detente_judge::Standing)| {
        let mut steps = if k == 0 { vec![] } else { order[k - 1].clone() };
        steps.sort();
        Point {
            steps,
            day: followed.times[k],
            bodies: standing.bodies.iter().map(standpoint).collect(),
            parties: standing.parties.clone(),
            binding: vec![None; talks.parties.len()],
        }
    };
    Plan { points: followed.points.iter().enumerate().map(point).collect(), slack: followed.smallest() }
}

/// The steps of a deal by what is done at once are at most so many.
pub(crate) fn scene(
    seed: u64,
    max_groups: usize,
    steps: steps::Kinds,
    breaks: lasting::Kinds,
) -> Option<Scene> {
    of_parties(1 + seed as usize % 3, seed, max_groups, steps, breaks)
}

pub(crate) fn of_parties(
    n_parties: usize,
    seed: u64,
    max_groups: usize,
    steps: steps::Kinds,
    breaks: lasting::Kinds,
) -> Option<Scene> {
    let mut dice = Dice::new(seed ^ 0x6272_6561_6b73);
    let case = Case::new(1 + seed as usize % 3, n_parties, seed);
    // Without levers every fourth time.
    let n = if seed.is_multiple_of(4) { 0 } else { 1 + seed as usize % 3 };
    let levers = lasting_levers(case, n, &mut dice);
    let talks = with_steps(&levers, &mut dice, max_groups, steps);
    let talks = with_breaks(&talks, &mut dice, breaks);
    let deal = some_deal(&talks, &mut dice);
    let mut orders = every_order(&talks, &deal);
    orders.retain(|order| !order.is_empty());
    if orders.is_empty() {
        return None;
    }
    let order = orders.swap_remove(dice.below(orders.len()));
    let (levers, aid) = used(&talks, &deal, &mut dice);
    let followed = follow(&talks, &deal, &order, &aid).expect("an order that is possible");
    let slacks = |b: usize| {
        let before_the_end = followed.points.iter().rev().skip(1).map(move |point| point.bodies[b].slack);
        before_the_end
            .fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), slack| (low.min(slack), high.max(slack)))
    };
    let slacks: Vec<(f64, f64)> = (0..talks.bodies.len()).map(slacks).collect();
    let talks = tempted(&talks, &mut dice, &slacks, breaks.strains);
    Some(Scene { talks, deal, order, levers, aid })
}

/// Talks with some levers, more of which guarantee something.
pub(crate) fn lasting_levers(case: Case, n: usize, dice: &mut Dice) -> Talks {
    let kinds = levers::Kinds { n, restricted: false, alike: false, budgets: false };
    let mut draft = (*with_levers(case, kinds)).clone();
    for lever in &mut draft.levers {
        for party in 0..draft.parties.len() {
            let party = PartyId(party);
            if dice.chance(40) {
                lever.guarantee.retain(|(other, _)| *other != party);
                lever.guarantee.push((party, Number::fixed([0.05, 0.1, 0.3, 0.5][dice.below(4)])));
            }
        }
    }
    Talks::new(draft).expect("still talks")
}

/// Some levers that may be used with a deal.
pub(crate) fn used(talks: &Talks, deal: &Outcome, dice: &mut Dice) -> (Vec<LeverId>, Aid) {
    let levers: Vec<LeverId> = (0..talks.levers.len()).filter(|_| dice.chance(60)).map(LeverId).collect();
    match means(talks, deal, &levers) {
        Some(means) => (levers, means.aid),
        None => (vec![], Aid::none(talks)),
    }
}

/// How often something came up.
#[derive(Debug, Default)]
pub(crate) struct Seen {
    pub(crate) scenes: u64,
    pub(crate) uncertain: u64,
    pub(crate) several_walk: u64,
    pub(crate) nested: u64,
    pub(crate) stand_in: u64,
    pub(crate) quotas: u64,
    pub(crate) counts_of: u64,
    pub(crate) guarantees: u64,
    pub(crate) fails: u64,
    pub(crate) unnoticed: u64,
    pub(crate) shocks: u64,
    pub(crate) discounts: u64,
    pub(crate) horizons: u64,
    pub(crate) flows: u64,
    pub(crate) losses: u64,
    pub(crate) phases: u64,
    pub(crate) correlated: u64,
    pub(crate) kinds: [u64; 8],
}

impl Seen {
    pub(crate) fn note(&mut self, scene: &Scene, judged: &Collapse<'_>) {
        let talks = &scene.talks;
        let all = &talks.implementation;
        let add = |count: &mut u64, is: bool| *count += u64::from(is);
        self.scenes += 1;
        add(&mut self.uncertain, judged.completed > 0.01 && judged.completed < 0.99);
        let walking = |broken: &detente_judge::Broken| broken.walks > 0.01;
        add(&mut self.several_walk, judged.breaks.iter().filter(|broken| walking(broken)).count() > 1);
        let rules = || talks.parties.iter().map(|party| &party.ratifies);
        let is_nested = |rule: &&Rule<BodyId>| rule.nodes().len() > rule.members().len() + 1;
        add(&mut self.nested, rules().any(|rule| is_nested(&rule)));
        let has = |is: fn(&Rule<BodyId>) -> bool| rules().any(|rule| rule.nodes().into_iter().any(is));
        add(&mut self.stand_in, has(|rule| matches!(rule, Rule::Any(of) if of.len() > 1)));
        add(&mut self.quotas, has(|rule| matches!(rule, Rule::Quota { of, .. } if of.len() > 1)));
        add(&mut self.counts_of, has(|rule| matches!(rule, Rule::AtLeast { of, .. } if of.len() > 1)));
        add(&mut self.guarantees, scene.aid.guarantee.iter().any(|share| *share > 0.0));
        add(&mut self.fails, judged.breaks.iter().any(|broken| broken.fails > 0.01));
        let is_hidden = |check: &detente_judge::Checked| !check.complies && check.noticed < 1.0;
        add(&mut self.unnoticed, judged.checks.iter().any(is_hidden));
        add(&mut self.shocks, judged.breaks.iter().any(|broken| broken.shocks > 0.01));
        add(&mut self.discounts, all.discount.as_ref().is_some_and(|rate| rate.amount.mean() > 0.0));
        let end = judged.days()[judged.days().len() - 1];
        add(&mut self.horizons, all.horizon.is_some_and(|horizon| horizon.days() < end));
        let own = || scene.order.iter().flatten().map(|step| &talks.steps[step.0]);
        let counts = || own().flat_map(|step| &step.counts);
        add(&mut self.flows, counts().any(|count| count.per.is_some()));
        add(&mut self.losses, counts().any(|count| count.amount.mean() < 0.0));
        add(&mut self.phases, own().any(|step| step.phase.is_some() && !step.counts.is_empty()));
        add(&mut self.correlated, all.correlation.is_some());
        for body in &talks.bodies {
            if let Some(strain) = body.strain.cost() {
                self.kinds[kind(strain)] += 1;
            }
        }
    }

    /// Each of these in at least one of so many scenes.
    #[track_caller]
    pub(crate) fn require(&self, counts: &[u64], one_of: u64) {
        let all = counts.iter().all(|count| count * one_of >= self.scenes);
        detente_cases::covers(all, format_args!("{counts:?} of {self:?}"));
    }
}

fn kind(strain: &Cost) -> usize {
    match strain.0 {
        Distribution::Point(_) => 0,
        Distribution::Uniform { .. } => 1,
        Distribution::Triangular { .. } => 2,
        Distribution::Normal { .. } => 3,
        Distribution::TruncatedNormal { .. } => 4,
        Distribution::Pert { .. } => 5,
        Distribution::Beta { .. } => 6,
        Distribution::Discrete(_) => 7,
    }
}

/// What may be in a scene, by its number.
pub(crate) fn small(seed: u64) -> (steps::Kinds, lasting::Kinds) {
    let steps = steps::Kinds { times: seed % 3 != 1, play: seed % 5 == 4, groups: seed.is_multiple_of(4) };
    let breaks = lasting::Kinds {
        strains: if seed % 8 == 5 { Strains::Certain } else { Strains::Drawn },
        noticed: seed % 2 == 1,
        clock: seed % 4 < 3,
        correlated: false,
    };
    (steps, breaks)
}
