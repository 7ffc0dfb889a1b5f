//! What can break random plans: strains of every kind, failures that may not be noticed, shocks; and what
//! their steps count. Drawn after the steps, so that these stay as they are.

use super::{Dice, cost, number};
use detente_model::*;

/// What can happen to a plan.
#[derive(Clone, Copy, Debug)]
pub struct Kinds {
    /// How bodies are tempted.
    pub strains: Strains,
    /// Whether some failures may not be noticed.
    pub noticed: bool,
    /// Whether the scenario may have a horizon, a discount and shocks.
    pub clock: bool,
    /// Whether strains go together.
    pub correlated: bool,
}

/// How bodies are tempted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Strains {
    /// Each by a known amount, or not at all.
    Certain,
    /// Most by chance.
    Drawn,
}

/// The things that steps may count.
pub const THINGS: [&str; 2] = ["people", "crossings"];

/// The talks with what may break their plans.
pub fn with_breaks(talks: &Talks, dice: &mut Dice, kinds: Kinds) -> Talks {
    let mut draft = (**talks).clone();
    for body in &mut draft.bodies {
        more_to_lose(body, &draft.issues, dice);
        body.strain = strain(dice, kinds.strains).into();
    }
    draft.phases = ["first", "second"].map(|id| Phase { id: id.into(), name: id.into() }).into();
    for step in &mut draft.steps {
        step.phase = dice.chance(60).then(|| PhaseId(dice.below(2)));
        step.noticed = (kinds.noticed && dice.chance(60)).then(|| number(CHANCES[dice.below(CHANCES.len())]));
        if kinds.noticed && dice.chance(35) {
            costs_its_performer(step, &draft.parties, dice);
        }
        step.counts = (0..[0, 1, 1, 2, 3][dice.below(5)]).map(|_| consequence(dice)).collect();
    }
    draft.implementation = implementation(dice, kinds, draft.bodies.len());
    Talks::new(draft).expect("what can break plans fits the talks")
}

const CHANCES: [f64; 7] = [0.0, 0.1, 0.3, 0.5, 0.5, 0.9, 1.0];

/// Most bodies would lose something by walking away at most points; a few have nothing to walk away to.
fn more_to_lose(body: &mut Body, issues: &[Issue], dice: &mut Dice) {
    if dice.chance(8) {
        body.alternative = Alternative::RefusesNothing;
    } else if dice.chance(85) {
        let reach = body.preferences.bound(issues);
        let lower = (reach * (3 + dice.below(7)) as f64).round() / 10.0;
        let alternative = body.alternative.number().map_or(0.0, Number::mean);
        body.alternative = Alternative::Worth(number(((alternative - lower) * 10.0).round() / 10.0));
    }
}

/// Who performs it would rather not.
fn costs_its_performer(step: &mut Step, parties: &[Party], dice: &mut Dice) {
    let Actor::Party(party) = step.by else { return };
    for body in &parties[party.0].bodies {
        step.gives.retain(|(other, _)| other != body);
        step.gives.push((*body, number(-dice.value(12))));
    }
}

fn strain(dice: &mut Dice, kinds: Strains) -> Option<Cost> {
    match kinds {
        Strains::Certain if dice.chance(60) => None,
        Strains::Certain if dice.chance(30) => Some(Cost::fixed(-1.0)),
        Strains::Certain => Some(Cost::fixed(dice.value(3))),
        Strains::Drawn if dice.chance(15) => None,
        Strains::Drawn if dice.chance(15) => {
            // Of the same size as what many bodies have to lose.
            let values = [dice.value(5), dice.value(5), 0.5];
            let chances = [0.5, 0.3, 0.2];
            let points = values.into_iter().zip(chances).map(|(value, p)| (number(value), number(p)));
            Some(Cost(Distribution::Discrete(points.collect())))
        }
        Strains::Drawn => Some(cost(dice)),
    }
}

/// The talks where most bodies may or may not withstand what an order asks of them: given the smallest and the
/// largest that each has to lose before its end.
pub fn tempted(talks: &Talks, dice: &mut Dice, slacks: &[(f64, f64)], strains: Strains) -> Talks {
    let mut draft = (**talks).clone();
    for (body, (low, high)) in draft.bodies.iter_mut().zip(slacks) {
        let Some(alternative) = body.alternative.number().map(Number::mean).filter(|_| dice.chance(85))
        else {
            continue;
        };
        let more = if dice.chance(75) { tenth((-low).max(0.0)) + dice.value(3) } else { 0.0 };
        body.alternative = Alternative::Worth(number(((alternative - more) * 1e6).round() / 1e6));
        let (low, high) = (low + more, high + more);
        body.strain = match strains {
            Strains::Drawn => dice.chance(85).then(|| temptation(dice, low, high)).into(),
            Strains::Certain if dice.chance(50) => body.strain.clone(),
            Strains::Certain => {
                StatedCost::Cost(Cost::fixed([low, (low + high) / 2.0, low - 0.1][dice.below(3)]))
            }
        };
    }
    Talks::new(draft).expect("temptations fit the talks")
}

fn tenth(value: f64) -> f64 {
    (value * 10.0).round() / 10.0
}

/// A strain of any kind that some slacks between these withstand, one of the two exactly.
fn temptation(dice: &mut Dice, low: f64, high: f64) -> Cost {
    let width = (high - low).max(0.5);
    let share = |dice: &mut Dice| dice.below(11) as f64 / 10.0;
    let from = tenth(low - 2.0 * width * share(dice)) - 0.2;
    let to = tenth(low + width * share(dice)) + 0.1;
    let mode = (from + tenth((to - from) * share(dice))).min(to);
    let sd = number(tenth(width * share(dice)));
    let (from, to, mean) = (number(from), number(to), number(mode));
    Cost(match dice.below(8) {
        0 => Distribution::Point(number([low, high][dice.below(2)])),
        1 => Distribution::Uniform { from, to },
        2 => Distribution::Triangular { from, mode: mean, to },
        3 => Distribution::Normal { mean, sd },
        4 => Distribution::Beta { alpha: number(2.0), beta: number(0.5 + share(dice)), from, to },
        5 => {
            let points = [(low, 0.5), (high, 0.2), (mode, 0.3)];
            Distribution::Discrete(points.map(|(value, p)| (number(value), number(p))).into())
        }
        6 => Distribution::TruncatedNormal { mean, sd, from, to },
        _ => Distribution::Pert { from, mode: mean, to },
    })
}

fn consequence(dice: &mut Dice) -> Consequence {
    let sign = if dice.chance(15) { -1.0 } else { 1.0 };
    let per = [None, None, Some(TimeUnit::Day), Some(TimeUnit::Week), Some(TimeUnit::Month)][dice.below(5)];
    Consequence { what: THINGS[dice.below(2)].into(), amount: number(sign * dice.value(9)), per }
}

fn implementation(dice: &mut Dice, kinds: Kinds, n_bodies: usize) -> Implementation {
    let mut own = Implementation::default();
    let units = [TimeUnit::Day, TimeUnit::Week, TimeUnit::Month, TimeUnit::Year];
    if kinds.clock {
        let horizons = [(0.5, 0), (5.0, 0), (3.5, 0), (2.0, 1), (1.0, 2), (1.5, 3)];
        let (amount, unit) = horizons[dice.below(6)];
        own.horizon = dice.chance(50).then_some(Duration { amount, unit: units[unit] });
        let rate = |dice: &mut Dice, amounts: [f64; 3]| {
            dice.chance(60)
                .then(|| Rate { amount: number(amounts[dice.below(3)]), per: units[dice.below(4)] })
        };
        own.shocks = rate(dice, [0.0, 0.05, 0.3]);
        own.discount = rate(dice, [0.0, 0.04, 0.5]);
    }
    if kinds.correlated {
        own.correlation = Some(if dice.chance(50) {
            Correlation::Pairwise(number([0.2, 0.5, 0.8][dice.below(3)]))
        } else {
            let loading = |b: usize| (BodyId(b), number([-0.6, 0.0, 0.3, 0.8][dice.below(4)]));
            Correlation::Loadings((0..n_bodies).map(loading).collect())
        });
    }
    own
}
