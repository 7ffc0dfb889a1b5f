//! Levers that make a deal hold.

use super::*;

/// What a lever costs, and what it does.
type Priced = (f64, fn(&mut Lever));

/// The exchange, in which one party or the other needs a guarantee of a half, with levers of one mediator.
fn backed(budget: Option<f64>, levers: &[Priced]) -> Talks {
    let mut draft = (*exchange(6, |_| ())).clone();
    let uniform = Distribution::Uniform { from: number(0.0), to: number(4.0) };
    draft.bodies[1].will = StatedCost::Cost(Cost(uniform));
    let (id, name) = ("m".to_owned(), "Mediator".to_owned());
    let own = (0..levers.len()).map(LeverId).collect();
    draft.mediators = vec![Mediator { id, name, budget: budget.map(number), levers: own, because: vec![] }];
    let lever = |(k, (cost, change)): (usize, &Priced)| {
        let mut lever = Lever {
            id: format!("l{k}"),
            name: format!("Lever {k}"),
            mediator: MediatorId(0),
            cost: number(*cost),
            inducement: vec![],
            assurance: vec![],
            pressure: vec![],
            guarantee: vec![],
            when: None,
            excludes: vec![],
            requires: vec![],
            because: vec![],
        };
        change(&mut lever);
        lever
    };
    draft.levers = levers.iter().enumerate().map(lever).collect();
    talks(draft)
}

#[track_caller]
fn check_cheapest(budget: Option<f64>, levers: &[Priced], target: Option<f64>, cost: Option<f64>) {
    let talks = backed(budget, levers);
    assert_eq!(cheapest_to_hold(&talks, &yes(&talks), target), cost);
}

#[test]
fn the_cheapest_levers_that_make_a_deal_hold_are_found_by_trying_all() {
    let half: fn(&mut Lever) = |lever| lever.guarantee = vec![(PartyId(0), number(0.5))];
    let less: fn(&mut Lever) = |lever| lever.guarantee = vec![(PartyId(0), number(0.4))];
    check_cheapest(None, &[], None, None);
    check_cheapest(None, &[(1.0, less)], None, None);
    check_cheapest(None, &[(3.0, half), (1.0, less), (1.5, less)], None, Some(2.5));
    check_cheapest(Some(2.4), &[(3.0, half), (1.0, less), (1.5, less)], None, None);
    check_cheapest(None, &[(3.0, half), (1.0, less)], None, Some(3.0));
    // One that stands in the way of the other, and one that needs another.
    let alone: fn(&mut Lever) = |lever| {
        (lever.guarantee, lever.excludes) = (vec![(PartyId(0), number(0.4))], vec![LeverId(1)]);
    };
    check_cheapest(None, &[(3.0, half), (1.0, less), (1.5, alone)], None, Some(3.0));
    let needy: fn(&mut Lever) = |lever| {
        (lever.guarantee, lever.requires) = (vec![(PartyId(0), number(0.5))], vec![LeverId(1)]);
    };
    check_cheapest(None, &[(1.0, needy), (1.0, |_| ())], None, Some(2.0));
    // A deal that is worth 1 more, or no deal that is worth 1 less: the demander goes on with a slack of 0.
    check_cheapest(
        None,
        &[(2.0, |lever| lever.inducement = vec![(BodyId(1), number(1.0))])],
        None,
        Some(2.0),
    );
    check_cheapest(None, &[(2.0, |lever| lever.pressure = vec![(BodyId(1), number(0.9))])], None, None);
    let pressure: fn(&mut Lever) = |lever| lever.pressure = vec![(BodyId(1), number(1.0))];
    check_cheapest(None, &[(2.0, pressure)], None, Some(2.0));
    check_cheapest(None, &[(2.0, pressure), (0.5, half)], Some(0.5), Some(0.5));
    check_cheapest(None, &[(2.0, pressure), (0.5, half)], Some(0.75), Some(2.0));
    check_cheapest(None, &[(2.0, pressure), (0.5, half)], Some(0.8), None);
}

#[test]
fn levers_that_may_be_used_have_a_cost_and_an_effect() {
    let talks = backed(
        Some(2.0),
        &[
            (1.5, |lever| lever.inducement = vec![(BodyId(1), number(1.0))]),
            (0.5, |lever| lever.pressure = vec![(BodyId(0), number(2.0))]),
            (0.1, |lever| lever.guarantee = vec![(PartyId(1), number(0.3))]),
        ],
    );
    let of = |levers: &[usize]| {
        means(&talks, &yes(&talks), &levers.iter().copied().map(LeverId).collect::<Vec<_>>())
    };
    let aid = Aid { adds: vec![0.0, 1.0], lowers: vec![2.0, 0.0], guarantee: vec![0.0, 0.0] };
    let expected = Means { cost: 2.0, by_mediator: vec![2.0], probability: 0.75, aid };
    assert_eq!(of(&[0, 1]), Some(expected));
    assert_eq!(of(&[0, 1, 2]), None);
    assert_eq!(of(&[2]).map(|means| means.aid.guarantee), Some(vec![0.0, 0.3]));
}
