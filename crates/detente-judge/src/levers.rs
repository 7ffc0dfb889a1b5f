//! Judge of what mediators can do: every set of levers with every feasible outcome.

use crate::Objection;
use crate::consent::agreement;
use crate::world::{World, close, number, on_grid};
use detente_model::{BodyId, Grid, Lever, LeverId, Outcome};
use num_rational::BigRational;
use num_traits::{ToPrimitive as _, Zero as _};
use std::collections::BTreeMap;

/// Levers that are said to be used, with what is said to follow.
#[derive(Clone, Debug)]
pub struct Used {
    /// In the order of the file.
    pub levers: Vec<LeverId>,
    /// The deal; absent where the probability is 0.
    pub deal: Option<Outcome>,
    /// P(the talks agree).
    pub probability: f64,
    /// What it costs all mediators.
    pub cost: f64,
    /// What it costs each mediator.
    pub by_mediator: Vec<f64>,
    /// P(body accepts), per body; empty without a deal.
    pub by_body: Vec<f64>,
}

/// What is said of the levers of the talks.
#[derive(Clone, Debug)]
pub struct LeverCase {
    /// The probability aimed at.
    pub target: f64,
    /// The one deal looked at; absent for all.
    pub deal: Option<Outcome>,
    /// Without any lever.
    pub none: Used,
    /// Cost against the best probability, by rising cost.
    pub frontier: Vec<Used>,
    /// The cheapest that reaches the target.
    pub cheapest: Option<Used>,
    /// The most that is possible.
    pub most: Used,
    /// The same without budgets.
    pub without_budgets: Used,
    /// Per lever: what the probability falls by without it, and the least cost of the target then.
    pub levers: Vec<(f64, Option<f64>)>,
}

/// Probabilities nearer than this may or may not count as equal: they are compared on a grid of 10^-12.
const NEAR: f64 = 1.01e-12;
/// Probabilities nearer than this are equal but for rounding.
const SAME: f64 = 1e-14;

/// A set of levers that may be used with a deal.
struct Choice<'w> {
    set: u32,
    deal: &'w Outcome,
    cost: BigRational,
    affordable: bool,
    probability: f64,
}

impl Choice<'_> {
    fn has(&self, lever: usize) -> bool {
        self.set >> lever & 1 == 1
    }

    fn levers(&self) -> Vec<usize> {
        (0..32).filter(|lever| self.has(*lever)).collect()
    }

    /// What comes first of equals.
    fn order(&self) -> (u32, &Outcome, Vec<usize>) {
        (self.set.count_ones(), self.deal, self.levers())
    }
}

/// The costs of the talks, each rounded once.
struct Prices {
    levers: Vec<BigRational>,
    budgets: Vec<Option<BigRational>>,
}

impl Prices {
    fn new(world: &World<'_>) -> Prices {
        let cost = |lever: &Lever| lever.cost.mean().max(0.0);
        let total: f64 = world.talks.levers.iter().map(cost).sum();
        let grid = Grid::decimal(Grid::for_bound(total).digits.min(9));
        let on = |value: f64| on_grid(grid.round(value), grid);
        let budget = |mediator: &detente_model::Mediator| Some(on(mediator.budget.as_ref()?.mean().max(0.0)));
        Prices {
            levers: world.talks.levers.iter().map(|lever| on(cost(lever))).collect(),
            budgets: world.talks.mediators.iter().map(budget).collect(),
        }
    }

    fn of(&self, world: &World<'_>, set: u32, mediator: Option<usize>) -> BigRational {
        let own = |k: &usize| mediator.is_none_or(|m| world.talks.levers[*k].mediator.0 == m);
        let used = (0..self.levers.len()).filter(|k| set >> k & 1 == 1).filter(own);
        used.map(|k| self.levers[k].clone()).sum()
    }

    fn affordable(&self, world: &World<'_>, set: u32) -> bool {
        let within = |(m, budget): (usize, &Option<BigRational>)| {
            budget.as_ref().is_none_or(|budget| self.of(world, set, Some(m)) <= *budget)
        };
        self.budgets.iter().enumerate().all(within)
    }
}

/// Whether no two of the levers exclude each other and whatever one requires is among them.
fn legal(world: &World<'_>, set: u32) -> bool {
    let used = |lever: &LeverId| set >> lever.0 & 1 == 1;
    let fits = |lever: &Lever| !lever.excludes.iter().any(used) && lever.requires.iter().all(used);
    world.talks.levers.iter().enumerate().all(|(k, lever)| !used(&LeverId(k)) || fits(lever))
}

fn usable(world: &World<'_>, set: u32, x: &Outcome) -> bool {
    let can = |lever: &Lever| lever.when.as_ref().is_none_or(|when| when.holds(x));
    world.talks.levers.iter().enumerate().all(|(k, lever)| set >> k & 1 == 0 || can(lever))
}

/// What the levers of a set add to a body's surplus, and what they take from its political cost.
fn effects(world: &World<'_>, set: u32, body: BodyId) -> (BigRational, BigRational) {
    let grid = world.grid(&world.talks.bodies[body.0]);
    let mut sums = (BigRational::zero(), BigRational::zero());
    for (_, lever) in world.talks.levers.iter().enumerate().filter(|(k, _)| set >> k & 1 == 1) {
        let of = |effects: &[(BodyId, detente_model::Number)]| -> BigRational {
            let own = effects.iter().filter(|(other, _)| *other == body);
            own.map(|(_, amount)| on_grid(grid.round(amount.mean()), grid)).sum()
        };
        sums.0 += of(&lever.inducement) + of(&lever.pressure);
        sums.1 += of(&lever.assurance);
    }
    sums
}

/// What may be used with one deal, at what cost, and what comes of it.
pub(crate) struct Tools(Prices);

impl Tools {
    pub(crate) fn new(world: &World<'_>) -> Tools {
        Tools(Prices::new(world))
    }

    /// What a set costs, and what it costs each mediator; nothing if it may not be used with the deal.
    pub(crate) fn costs(&self, world: &World<'_>, deal: &Outcome, set: u32) -> Option<(f64, Vec<f64>)> {
        let may = legal(world, set) && usable(world, set, deal) && self.0.affordable(world, set);
        let of = |mediator| number(&self.0.of(world, set, mediator));
        let by_mediator = (0..world.talks.mediators.len()).map(|m| of(Some(m))).collect();
        may.then(|| (of(None), by_mediator))
    }

    /// P(the talks agree) on the deal with a set.
    pub(crate) fn probability(&self, world: &World<'_>, deal: &Outcome, set: u32) -> f64 {
        let bodies = (0..world.talks.bodies.len()).map(BodyId);
        let p: Vec<f64> = bodies.map(|body| accepts(world, body, deal, &effects(world, set, body))).collect();
        agreement(world, &p)
    }
}

/// P(max(0, cost - assurance) <= surplus + additions), 0 where the right side is negative.
fn accepts(world: &World<'_>, body: BodyId, x: &Outcome, effects: &(BigRational, BigRational)) -> f64 {
    let Some(surplus) = world.body_surplus(body, x) else { return world.anyway(body) };
    let surplus = surplus + &effects.0;
    if surplus < BigRational::zero() {
        return 0.0;
    }
    let Some(cost) = world.talks.bodies[body.0].will.cost() else { return 1.0 };
    let covered = (surplus + &effects.1).to_f64().unwrap_or(f64::NAN);
    if covered < 0.0 { 0.0 } else { world.cost_on_grid(body, cost.at_means()).probability_at_most(covered) }
}

/// Every legal set with every deal it can be used for.
fn choices<'w>(world: &'w World<'_>, deals: &'w [Outcome], prices: &Prices) -> Vec<Choice<'w>> {
    let bodies: Vec<BodyId> = (0..world.talks.bodies.len()).map(BodyId).collect();
    let mut known: BTreeMap<Vec<u64>, f64> = BTreeMap::new();
    let mut all = Vec::new();
    for set in (0..1u32 << world.talks.levers.len()).filter(|set| legal(world, *set)) {
        let effects: Vec<_> = bodies.iter().map(|body| effects(world, set, *body)).collect();
        let (cost, affordable) = (prices.of(world, set, None), prices.affordable(world, set));
        for deal in deals.iter().filter(|x| usable(world, set, x)) {
            let p: Vec<f64> =
                bodies.iter().map(|body| accepts(world, *body, deal, &effects[body.0])).collect();
            let bits = p.iter().map(|p| p.to_bits()).collect();
            let probability = *known.entry(bits).or_insert_with(|| agreement(world, &p));
            all.push(Choice { set, deal, cost: cost.clone(), affordable, probability });
        }
    }
    all
}

/// Checks all that is said of the levers. At most 12 of them.
///
/// # Errors
/// The objection.
pub fn check_levers(world: &World<'_>, case: &LeverCase) -> Result<(), Objection> {
    assert!(world.talks.levers.len() <= 12, "few enough to try every set");
    let deals = case.deal.clone().map_or_else(|| world.feasible.clone(), |deal| vec![deal]);
    let prices = Prices::new(world);
    let all = choices(world, &deals, &prices);
    let within: Vec<&Choice<'_>> = all.iter().filter(|choice| choice.affordable).collect();
    let nothing: Vec<&Choice<'_>> = within.iter().copied().filter(|choice| choice.set == 0).collect();
    let everything: Vec<&Choice<'_>> = all.iter().collect();
    for (what, used, among) in [
        ("without a lever", &case.none, &nothing),
        ("the most", &case.most, &within),
        ("without budgets", &case.without_budgets, &everything),
    ] {
        let found = check_used(world, &prices, used, among).and_then(|()| check_most(used, among));
        found.map_err(|objection| format!("{what}: {objection}"))?;
    }
    for used in &case.frontier {
        check_used(world, &prices, used, &within).and_then(|()| check_point(used, &within))?;
    }
    check_staircase(case, &within)?;
    check_cheapest(case, &within)?;
    (0..world.talks.levers.len()).try_for_each(|lever| check_worth(case, lever, &within))
}

/// Checks that these levers can be used, and what is said to follow.
fn check_used(
    world: &World<'_>,
    prices: &Prices,
    used: &Used,
    among: &[&Choice<'_>],
) -> Result<(), Objection> {
    let set = used.levers.iter().fold(0, |set, lever| set | 1 << lever.0);
    if used.levers.windows(2).any(|pair| pair[0] >= pair[1]) {
        return Err(format!("{:?} is not in order", used.levers));
    }
    let Some(deal) = &used.deal else {
        let empty = set == 0 && used.probability == 0.0 && used.by_body.is_empty() && used.cost == 0.0;
        return if empty { Ok(()) } else { Err("there is no deal, and yet something".into()) };
    };
    let Some(choice) = among.iter().find(|choice| choice.set == set && choice.deal == deal) else {
        return Err(format!("{:?} cannot be used with {deal:?}", used.levers));
    };
    if !close(choice.probability, used.probability) {
        return Err(format!(
            "{:?} makes {deal:?} {} likely, not {}",
            used.levers, choice.probability, used.probability
        ));
    }
    if number(&choice.cost) != used.cost {
        return Err(format!("{:?} costs {}, not {}", used.levers, number(&choice.cost), used.cost));
    }
    let by_mediator = (0..world.talks.mediators.len()).map(|m| number(&prices.of(world, set, Some(m))));
    if by_mediator.collect::<Vec<f64>>() != used.by_mediator {
        return Err(format!("{:?} does not cost mediators {:?}", used.levers, used.by_mediator));
    }
    let bodies = (0..world.talks.bodies.len()).map(BodyId);
    let by_body: Vec<f64> =
        bodies.map(|body| accepts(world, body, deal, &effects(world, set, body))).collect();
    let all_close = by_body.iter().zip(&used.by_body).all(|(a, b)| close(*a, *b));
    if by_body.len() == used.by_body.len() && all_close {
        return Ok(());
    }
    Err(format!("bodies accept with {by_body:?}, not {:?}", used.by_body))
}

/// Checks that nothing is likelier, and of equals nothing comes first.
fn check_most(used: &Used, among: &[&Choice<'_>]) -> Result<(), Objection> {
    if let Some(better) = among.iter().find(|choice| choice.probability > used.probability + NEAR) {
        return Err(format!("{:?} reaches {}", better.levers(), better.probability));
    }
    check_point(used, among)
}

/// Checks that nothing at most as dear is likelier, nothing cheaper as likely, and of equals nothing
/// comes first.
fn check_point(used: &Used, among: &[&Choice<'_>]) -> Result<(), Objection> {
    for choice in among.iter().filter(|choice| number(&choice.cost) <= used.cost) {
        let cheaper = number(&choice.cost) < used.cost;
        let first = used.deal.as_ref().is_some_and(|deal| {
            let levers: Vec<usize> = used.levers.iter().map(|lever| lever.0).collect();
            choice.order() < (used.levers.len() as u32, deal, levers)
        });
        if choice.probability > used.probability + NEAR
            || choice.probability >= used.probability - SAME && (cheaper || first)
        {
            return Err(format!(
                "{:?} with {:?} costs {} and reaches {}: better than {used:?}",
                choice.levers(),
                choice.deal,
                number(&choice.cost),
                choice.probability
            ));
        }
    }
    Ok(())
}

/// Checks that cost and probability rise from point to point and that no choice stands outside.
fn check_staircase(case: &LeverCase, within: &[&Choice<'_>]) -> Result<(), Objection> {
    let rises = |pair: &[Used]| pair[0].cost < pair[1].cost && pair[0].probability < pair[1].probability;
    if !case.frontier.windows(2).all(rises) {
        return Err("the frontier does not rise".into());
    }
    if case.frontier.last().is_none_or(|last| !same(last, &case.most)) {
        return Err("the frontier does not end with the most that is possible".into());
    }
    for choice in within {
        let cost = number(&choice.cost);
        let reached = |used: &&Used| used.cost <= cost && used.probability >= choice.probability - NEAR;
        if !case.frontier.iter().any(|used| reached(&used)) {
            let levers = choice.levers();
            return Err(format!("the frontier misses {levers:?} at {cost} with {}", choice.probability));
        }
    }
    Ok(())
}

fn same(a: &Used, b: &Used) -> bool {
    (&a.levers, &a.deal, a.probability, a.cost) == (&b.levers, &b.deal, b.probability, b.cost)
}

/// The least cost of the target, without one lever if one is named.
fn least(case: &LeverCase, without: Option<usize>, within: &[&Choice<'_>]) -> Option<f64> {
    let on_grid = |probability: f64| (probability * 1e12).round();
    let reaches = |choice: &&&Choice<'_>| on_grid(choice.probability) >= on_grid(case.target);
    let allowed = |choice: &&&Choice<'_>| without.is_none_or(|lever| !choice.has(lever));
    within.iter().filter(reaches).filter(allowed).map(|choice| number(&choice.cost)).min_by(f64::total_cmp)
}

fn check_cheapest(case: &LeverCase, within: &[&Choice<'_>]) -> Result<(), Objection> {
    let on_frontier = |used: &Used| case.frontier.iter().any(|point| same(point, used));
    let expected = least(case, None, within);
    match (&case.cheapest, expected) {
        (None, None) => Ok(()),
        (Some(used), Some(least)) if used.cost == least && on_frontier(used) => Ok(()),
        (used, least) => Err(format!("the target costs {least:?}, not {used:?}")),
    }
}

fn check_worth(case: &LeverCase, lever: usize, within: &[&Choice<'_>]) -> Result<(), Objection> {
    let chosen = case.cheapest.as_ref().unwrap_or(&case.most);
    let no_dearer = within.iter().filter(|choice| number(&choice.cost) <= chosen.cost);
    let without = no_dearer.filter(|choice| !choice.has(lever)).map(|choice| choice.probability);
    let worth = (chosen.probability - without.fold(0.0, f64::max)).max(0.0);
    let cheapest = least(case, Some(lever), within);
    let Some((said, said_cheapest)) = case.levers.get(lever) else {
        return Err(format!("nothing is said of lever {lever}"));
    };
    if close(worth, *said) && cheapest == *said_cheapest {
        return Ok(());
    }
    Err(format!(
        "lever {lever} is worth {worth}, the target costs {cheapest:?} without: not {:?}",
        case.levers[lever]
    ))
}
