//! Random mediators and levers for random talks: every kind of effect and of restriction, with many ties.

use super::{Case, Dice, condition, number};
use detente_model::*;

/// What the levers of a case may look like.
#[derive(Clone, Copy, Debug)]
pub struct Kinds {
    /// How many levers.
    pub n: usize,
    /// Whether levers may cost somebody something, exclude or require each other, or need a deal of a kind.
    pub restricted: bool,
    /// Whether levers cost and give the same, and bodies know what they want: then very many sets tie.
    pub alike: bool,
    /// Whether mediators may have budgets.
    pub budgets: bool,
}

/// The talks of a case with levers.
pub fn with_levers(case: Case, kinds: Kinds) -> Talks {
    let mut draft = (*case.talks()).clone();
    let mut dice = Dice::new(case.seed ^ 0x6c65_7665_7273);
    let n_mediators = 1 + dice.below(3);
    for m in 0..n_mediators {
        let budget =
            (kinds.budgets && dice.chance(60)).then(|| number(price(&mut dice) * [1.0, 2.0][dice.below(2)]));
        draft.mediators.push(Mediator {
            id: format!("m{m}"),
            name: format!("Mediator {m}"),
            budget,
            levers: vec![],
            because: vec![],
        });
    }
    if kinds.alike {
        draft.bodies.iter_mut().for_each(|body| body.will = StatedCost::Unstated);
    }
    for k in 0..kinds.n {
        let lever = lever(&mut dice, k, kinds, &draft);
        draft.mediators[lever.mediator.0].levers.push(LeverId(k));
        draft.levers.push(lever);
    }
    Talks::new(draft).expect("random levers fit the talks")
}

/// Zero, whole, and tenths whose sums in `f64` are not what they are on paper.
fn price(dice: &mut Dice) -> f64 {
    match dice.below(6) {
        0 => 0.0,
        1 => 0.1,
        2 => 0.2,
        3 => 0.3,
        _ => dice.value(3),
    }
}

fn lever(dice: &mut Dice, k: usize, kinds: Kinds, draft: &Draft) -> Lever {
    let mut lever = Lever {
        id: format!("l{k}"),
        name: format!("Lever {k}"),
        mediator: MediatorId(dice.below(draft.mediators.len())),
        cost: number(if kinds.alike { 1.0 } else { price(dice) }),
        inducement: vec![],
        assurance: vec![],
        pressure: vec![],
        guarantee: vec![],
        when: None,
        excludes: vec![],
        requires: vec![],
        because: vec![],
    };
    for _ in 0..1 + dice.below(3) {
        let body = BodyId(dice.below(draft.bodies.len()));
        let amount = if kinds.alike { 1.0 } else { dice.value(3) };
        match dice.below(7) {
            0 | 1 => lever.inducement.push((body, number(amount))),
            2 | 3 => lever.assurance.push((body, number(amount))),
            4 => lever.pressure.push((body, number(amount))),
            5 if kinds.restricted => lever.inducement.push((body, number(-amount))),
            _ => lever.guarantee.push((draft.bodies[body.0].party, number(0.1))),
        }
    }
    if kinds.restricted {
        lever.when = dice.chance(30).then(|| condition(dice, &draft.issues));
        let other = |dice: &mut Dice| LeverId(dice.below(kinds.n));
        lever.excludes = (0..usize::from(dice.chance(25))).map(|_| other(dice)).collect();
        lever.requires = (0..usize::from(dice.chance(40))).map(|_| other(dice)).collect();
    }
    lever
}
