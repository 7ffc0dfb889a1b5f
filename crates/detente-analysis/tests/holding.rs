//! Levers that make a deal hold, and steps in parts, on random talks before their judge.

#[allow(dead_code, reason = "the part of what is said of plans that other tests need")]
mod plans;
use detente_analysis::{
    Backing, Division, Holding, HoldingLimit, Order, SequenceOptions, Space, division, holding, sequence,
};
use detente_cases::random;
use detente_cases::random::levers::with_levers;
use detente_cases::random::steps::{Kinds, with_steps};
use detente_cases::random::{Case, Dice};
use detente_cases::{cases, seeds};
use detente_judge::{Aid, best_slack, cheapest_to_hold, divide, means, price_of_trust};
use detente_model::{
    BodyId, Clause, Condition, Duration, IssueId, Lever, LeverId, Mediator, MediatorId, Number, OptionId,
    OptionSet, Outcome, PartyId, Step, StepId, Talks, TimeUnit, Wait,
};
use plans::{close, judge_plan, run, same_needs, some_deal};
use std::ops::ControlFlow;

/// Levers that guarantee something more often than not, and steps; with a deal.
fn with_both(seed: u64, kinds: Kinds) -> (Talks, Outcome) {
    let case = Case::new(1 + seed as usize % 2, 2 + seed as usize % 2, seed);
    let levers = random::levers::Kinds {
        n: 1 + seed as usize % 6,
        restricted: !seed.is_multiple_of(3),
        alike: false,
        budgets: seed.is_multiple_of(2),
    };
    let mut dice = Dice::new(seed ^ 0x686f_6c64);
    let mut draft = (*with_levers(case, levers)).clone();
    for lever in &mut draft.levers {
        for party in (0..draft.parties.len()).map(PartyId) {
            if dice.chance(45) {
                lever.guarantee.retain(|(other, _)| *other != party);
                let share = [0.05, 0.1, 0.2, 0.3, 0.5, 1.0][dice.below(6)];
                lever.guarantee.push((party, Number::fixed(share)));
            }
        }
    }
    let talks = Talks::new(draft).expect("still talks");
    let talks = with_steps(&talks, &mut dice, 5, kinds);
    let deal = some_deal(&talks, &mut dice);
    (talks, deal)
}

fn hold(talks: &Talks, deal: &Outcome, target: f64) -> Result<Holding, HoldingLimit> {
    let (options, go_on) = (SequenceOptions::default(), |_| ControlFlow::Continue(()));
    let found = sequence(talks, deal, &options, &go_on).map_err(HoldingLimit::Sequence)?;
    holding(&Space::new(talks), &found, target, &options, &go_on)
}

/// Checks that levers may be used, and all that is said to follow.
#[track_caller]
fn judge_backing(talks: &Talks, deal: &Outcome, backing: &Backing) {
    assert!(backing.levers.windows(2).all(|pair| pair[0] < pair[1]), "in the order of the file");
    let means = means(talks, deal, &backing.levers).expect("levers that may be used");
    assert_eq!((means.cost, &means.by_mediator), (backing.cost, &backing.by_mediator));
    assert!((means.probability - backing.probability).abs() <= 1e-9, "{means:?} {backing:?}");
    assert_eq!(means.aid.guarantee, backing.guarantee);
    let followed = judge_plan(talks, deal, &backing.plan, &means.aid);
    assert!(followed.is_self_enforcing(), "{backing:?} does not hold");
}

/// What came of a case: whether it has an order, whether levers are needed, and whether some do.
#[derive(Default)]
struct Seen {
    orders: u32,
    by_itself: u32,
    backed: u32,
    dearer: u32,
    never: u32,
}

#[track_caller]
fn judge_holding(talks: &Talks, deal: &Outcome, target: f64, seen: &mut Seen) {
    let found = match hold(talks, deal, target) {
        Ok(found) => found,
        Err(HoldingLimit::NoOrder) => {
            let order = run(talks, deal, &SequenceOptions::default()).order;
            assert!(matches!(order, Order::NoSteps | Order::Impossible(_)), "{order:?}");
            return;
        }
        Err(limit) => panic!("{limit:?}"),
    };
    assert!(found.proven);
    let none = means(talks, deal, &[]).expect("nothing may always be used");
    assert!((none.probability - found.probability).abs() <= 1e-9);
    let cost = |backing: &Option<Backing>| backing.as_ref().map(|backing| backing.cost);
    assert_eq!(cost(&found.holds), cheapest_to_hold(talks, deal, None), "{:?}", found.holds);
    assert_eq!(cost(&found.both), cheapest_to_hold(talks, deal, Some(target)), "{target}: {:?}", found.both);
    for backing in found.holds.iter().chain(&found.both) {
        judge_backing(talks, deal, backing);
    }
    assert!(found.both.iter().all(|both| both.probability >= target - 1e-12));
    seen.orders += 1;
    seen.by_itself += u32::from(found.holds.as_ref().is_some_and(|holds| holds.levers.is_empty()));
    seen.backed += u32::from(found.holds.as_ref().is_some_and(|holds| !holds.levers.is_empty()));
    seen.dearer += u32::from(cost(&found.both) > cost(&found.holds));
    seen.never += u32::from(found.holds.is_none());
}

#[test]
fn the_cheapest_levers_that_make_a_deal_hold_equal_every_set_tried() {
    let mut seen = Seen::default();
    let n = cases(300);
    for seed in seeds(n) {
        let play = seed % 5 == 0;
        let kinds = Kinds { times: seed % 4 == 0, play, groups: seed % 3 == 0 };
        let (talks, deal) = with_both(seed, kinds);
        let target = [0.1, 0.5, 0.9, 0.3, 0.7, 1.0][(seed / 5) as usize % 6];
        judge_holding(&talks, &deal, target, &mut seen);
    }
    let Seen { orders, by_itself, backed, dearer, never } = seen;
    let counts = format!("{orders} orders, {by_itself} + {backed} hold, {dearer} dearer, {never} never");
    let enough = [orders / 2, by_itself * 10, backed * 10, dearer * 30, never * 10];
    detente_cases::covers(enough.iter().all(|count| u64::from(*count) * 3 >= n), format_args!("{counts}"));
}

/// Steps of which each gives something to one party and takes from another, where the deal is worth a little
/// more to everybody than all of them bring: then parts of the right size help.
fn divisible_trade(seed: u64) -> (Talks, Outcome) {
    let mut dice = Dice::new(seed ^ 0x7472_6164);
    let (n_parties, n_steps) = (2 + dice.below(2), 2 + dice.below(2));
    let tenths = |dice: &mut Dice, most: usize| (1 + dice.below(most)) as f64 / 2.0;
    let mut gives = vec![vec![0.0; n_parties]; n_steps];
    for (s, gives) in gives.iter_mut().enumerate() {
        gives[s % n_parties] = tenths(&mut dice, 12);
        gives[(s + 1) % n_parties] = -tenths(&mut dice, 12);
    }
    let mut worth = Vec::new();
    for p in 0..n_parties {
        // In all it wins a little, and a little more comes with the end.
        let net: f64 = gives.iter().map(|step| step[p]).sum();
        gives[p.min(n_steps - 1)][p] += dice.below(2) as f64 / 2.0 - net;
        worth.push(tenths(&mut dice, 4) + gives.iter().map(|step| step[p]).sum::<f64>());
    }
    let mut draft = plans::trade(&worth, &gives);
    draft.steps.iter_mut().for_each(|step| step.divisible = dice.chance(85));
    plans::yes(draft)
}

/// Small talks with steps, some of which can be divided; those done at once mostly alike.
fn with_divisible(seed: u64, kinds: Kinds) -> (Talks, Outcome) {
    let mut dice = Dice::new(seed ^ 0x6469_7669);
    let talks = Case::new(1 + seed as usize % 2, 2, seed).talks();
    let max_groups = if kinds.times || kinds.play { 3 } else { 4 };
    let talks = with_steps(&talks, &mut dice, max_groups, kinds);
    let mut draft = (*talks).clone();
    let all = dice.chance(60);
    draft.steps.iter_mut().for_each(|step| step.divisible = all || dice.chance(60));
    // The judge divides what is tied only together, even if some of it is for other deals.
    if draft.steps.iter().any(|step| !step.together.is_empty()) {
        draft.steps.iter_mut().for_each(|step| step.only_if = None);
    }
    let talks = Talks::new(draft).expect("still talks");
    let deal = some_deal(&talks, &mut dice);
    (talks, deal)
}

fn divisions(talks: &Talks, deal: &Outcome) -> Option<Division> {
    let options = SequenceOptions { positions: 2_000, ..SequenceOptions::default() };
    division(&Space::new(talks), deal, &options, &|_| ControlFlow::Continue(()))
        .expect("a deal that can be analysed")
}

/// What is done at once, from its definition.
fn units(talks: &Talks, deal: &Outcome) -> Vec<Vec<StepId>> {
    let belongs = |s: &StepId| talks.steps[s.0].only_if.as_ref().is_none_or(|when| when.holds(deal));
    let mut units: Vec<Vec<StepId>> = Vec::new();
    for s in (0..talks.steps.len()).map(StepId).filter(belongs) {
        let names = |a: StepId, b: StepId| talks.steps[a.0].together.contains(&b);
        let tied = |unit: &Vec<StepId>| unit.iter().any(|other| names(s, *other) || names(*other, s));
        let (near, mut rest): (Vec<_>, Vec<_>) = units.into_iter().partition(tied);
        rest.push(near.into_iter().flatten().chain([s]).collect());
        units = rest;
    }
    units
}

/// Each of these units in its number of parts, one unit after the other.
fn divided(talks: &Talks, units: &[(Vec<StepId>, usize)]) -> Talks {
    let mut found = talks.clone();
    for (unit, n) in units {
        let ids: Vec<&str> = unit.iter().map(|step| talks.steps[step.0].id.as_str()).collect();
        let named = |s: &usize| ids.contains(&found.steps[*s].id.as_str());
        let steps: Vec<StepId> = (0..found.steps.len()).filter(named).map(StepId).collect();
        found = divide(&found, &steps, *n);
    }
    found
}

/// A rough upper bound of how many orders the judge would have to try.
fn n_orders(units: &[Vec<StepId>], divisible: &[Vec<StepId>], parts: usize) -> f64 {
    let factorial = |n: usize| (1..=n).map(|k| k as f64).product::<f64>();
    let chains = divisible.len();
    let n = units.len() - chains + chains * parts;
    factorial(n) / factorial(parts).powi(chains as i32)
}

/// Whether an order holds with so many parts of each: tried by the judge where that is possible.
fn holds(talks: &Talks, deal: &Outcome, parts: &[(Vec<StepId>, usize)]) -> bool {
    let cut = divided(talks, parts);
    if cut.steps.len() <= 6 {
        return best_slack(&cut, deal, &Aid::none(&cut)).is_some_and(|slack| slack >= 0.0);
    }
    let found = run(&cut, deal, &SequenceOptions { positions: 2_000, ..SequenceOptions::default() }).order;
    matches!(found, Order::Found { plan, .. } if plan.is_self_enforcing())
}

#[track_caller]
fn judge_division(talks: &Talks, deal: &Outcome, found: &Division, most_orders: f64) {
    let units = units(talks, deal);
    let divisible = |unit: &&Vec<StepId>| unit.iter().all(|step| talks.steps[step.0].divisible);
    let own: Vec<Vec<StepId>> = units.iter().filter(divisible).cloned().collect();
    let mut steps: Vec<StepId> = own.concat();
    steps.sort();
    let mut said = found.steps.clone();
    said.sort();
    assert_eq!(said, steps);
    for (k, tried) in found.tried.iter().enumerate() {
        assert_eq!(tried.parts, k + 1);
        assert!((tried.slack >= 0.0) <= (k + 1 == found.tried.len()), "nothing is tried after what holds");
        if n_orders(&units, &own, tried.parts) > most_orders {
            continue;
        }
        let cut = divide(talks, &steps, tried.parts);
        let none = Aid::none(&cut);
        let slack = best_slack(&cut, deal, &none).expect("an order");
        assert!(close(slack, tried.slack), "{} parts: {slack} is not {}", tried.parts, tried.slack);
        let needs = price_of_trust(&cut, deal, &none);
        assert!(same_needs(&needs, &tried.needs), "{} parts: {needs:?} {:?}", tried.parts, tried.needs);
        if let Some(parts) = found.with_levers.filter(|parts| *parts >= tried.parts) {
            assert_eq!(cheapest_to_hold(&cut, deal, None).is_some(), tried.parts == parts);
        }
    }
    let last = found.tried.last().expect("one part is always tried");
    assert_eq!(found.enough.is_some(), last.slack >= 0.0);
    let Some(enough) = &found.enough else { return };
    let of = |step: &StepId| enough[found.steps.iter().position(|own| own == step).expect("a step of it")];
    for unit in &own {
        assert!(unit.iter().all(|step| of(step) == of(&unit[0])), "what is done at once is divided alike");
    }
    let parts: Vec<(Vec<StepId>, usize)> = own.iter().map(|unit| (unit.clone(), of(&unit[0]))).collect();
    assert!(holds(talks, deal, &parts), "{enough:?} is not enough");
    for k in 0..parts.len() {
        for n in 1..parts[k].1 {
            let mut fewer = parts.clone();
            fewer[k].1 = n;
            assert!(!holds(talks, deal, &fewer), "{n} of {:?} is enough beside {enough:?}", parts[k].0);
        }
    }
}

#[test]
fn steps_in_parts_equal_every_order_of_the_parts_tried() {
    let (mut with_division, mut helped, mut uneven) = (0, 0, 0);
    let n = cases(150);
    for seed in seeds(n) {
        let kinds = Kinds { times: seed % 5 == 0, play: seed % 7 == 0, groups: seed % 3 == 0 };
        let (talks, deal) = if seed % 2 == 0 { divisible_trade(seed) } else { with_divisible(seed, kinds) };
        let Some(found) = divisions(&talks, &deal) else { continue };
        let judged = std::panic::catch_unwind(|| judge_division(&talks, &deal, &found, 1000.0));
        assert!(judged.is_ok(), "case {seed}: see above");
        with_division += 1;
        helped += u64::from(found.tried.len() > 1 && found.enough.is_some());
        let is_uneven = |enough: &Vec<usize>| enough.iter().any(|parts| *parts != enough[0]);
        uneven += u64::from(found.enough.as_ref().is_some_and(is_uneven));
    }
    let counts = format!("{with_division} divided, {helped} helped, {uneven} uneven");
    detente_cases::covers(
        with_division * 2 >= n && helped * 10 >= n && uneven * 20 >= n,
        format_args!("{counts}"),
    );
}

#[track_caller]
fn check_divided(gives: &[Vec<f64>], change: impl FnOnce(&mut [Step])) {
    let mut draft = plans::trade(&[1.0, 1.0], gives);
    change(&mut draft.steps);
    let (talks, deal) = plans::yes(draft);
    let found = divisions(&talks, &deal).expect("something can be divided");
    assert!(found.tried.len() > 2, "{found:?}");
    judge_division(&talks, &deal, &found, 500.0);
}

#[test]
fn the_first_part_waits_and_the_last_leads_on() {
    let pair = [vec![-3.0, 3.0], vec![3.0, -3.0]];
    let three = [vec![-3.0, 3.0], vec![3.0, -3.0], vec![0.5, -1.0]];
    let days = |amount: f64| Some(Duration { amount, unit: TimeUnit::Day });
    check_divided(&pair, |steps| {
        (steps[0].divisible, steps[0].includes) = (true, vec![StepId(1)]);
    });
    check_divided(&pair, |steps| {
        (steps[0].divisible, steps[0].takes, steps[0].deadline) = (true, days(4.0), days(4.0));
    });
    check_divided(&pair, |steps| {
        (steps[0].divisible, steps[0].takes) = (true, days(20.0));
        steps[0].responds.push(Wait { step: StepId(1), time: days(1.0) });
    });
    check_divided(&three, |steps| {
        (steps[0].divisible, steps[0].milestones) = (true, vec![StepId(2)]);
        steps[1].includes.push(StepId(2));
    });
    check_divided(&three, |steps| {
        (steps[0].divisible, steps[0].excludes) = (true, vec![StepId(2)]);
    });
    check_divided(&three, |steps| {
        steps[0].divisible = true;
        steps[2].after.push(Wait { step: StepId(0), time: None });
        steps[2].milestones.push(StepId(1));
    });
}

/// What a lever costs, and what it does.
type Priced = (f64, fn(&mut Lever));

/// A trade of two steps that needs a guarantee of a half for one party or the other, with levers.
fn with_levers_of(levers: &[Priced]) -> (Talks, Outcome) {
    let mut draft = plans::trade(&[2.0, 2.0], &[vec![-3.0, 3.0], vec![3.0, -3.0]]);
    let (id, name) = ("m".to_owned(), "Mediator".to_owned());
    let own = (0..levers.len()).map(LeverId).collect();
    draft.mediators = vec![Mediator { id, name, budget: None, levers: own, because: vec![] }];
    for (k, (cost, change)) in levers.iter().enumerate() {
        let mut lever = Lever {
            id: format!("l{k}"),
            name: format!("Lever {k}"),
            mediator: MediatorId(0),
            cost: Number::fixed(*cost),
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
        draft.levers.push(lever);
    }
    plans::yes(draft)
}

#[track_caller]
fn check_cheapest(levers: &[Priced], used: Option<&[usize]>) {
    let (talks, deal) = with_levers_of(levers);
    let found = hold(&talks, &deal, 0.0).expect("an order");
    let said = found.holds.as_ref().map(|backing| backing.levers.iter().map(|id| id.0).collect::<Vec<_>>());
    assert_eq!(said.as_deref(), used);
    judge_holding(&talks, &deal, 0.0, &mut Seen::default());
}

#[test]
fn of_levers_that_make_a_deal_hold_the_cheapest_the_fewest_and_the_first_are_found() {
    let half: fn(&mut Lever) = |lever| lever.guarantee = vec![(PartyId(0), Number::fixed(0.5))];
    let other: fn(&mut Lever) = |lever| lever.guarantee = vec![(PartyId(1), Number::fixed(0.5))];
    let less: fn(&mut Lever) = |lever| lever.guarantee = vec![(PartyId(0), Number::fixed(0.25))];
    check_cheapest(&[], None);
    check_cheapest(&[(1.0, less)], None);
    check_cheapest(&[(2.0, half), (1.0, other)], Some(&[1]));
    check_cheapest(&[(1.0, less), (1.0, less), (2.0, half)], Some(&[2]));
    check_cheapest(&[(1.0, less), (1.0, less), (2.5, half)], Some(&[0, 1]));
    check_cheapest(&[(0.0, less), (1.0, other), (1.0, half)], Some(&[1]));
    // An inducement that makes a deal worth 1 more: slacks of 0 before the last step.
    check_cheapest(&[(1.0, |lever| lever.inducement = vec![(BodyId(0), Number::fixed(1.0))])], Some(&[0]));
    check_cheapest(&[(1.0, |lever| lever.pressure = vec![(BodyId(1), Number::fixed(1.0))])], Some(&[0]));
    check_cheapest(&[(1.0, |lever| lever.assurance = vec![(BodyId(1), Number::fixed(9.0))])], None);
}

#[test]
fn a_lever_of_another_deal_does_not_stand_in_the_way_of_those_that_hold() {
    // The first helps, but needs the second: that would harm, and belongs to no deal at all.
    let needy: fn(&mut Lever) = |lever| {
        (lever.guarantee, lever.requires) = (vec![(PartyId(0), Number::fixed(0.1))], vec![LeverId(1)]);
    };
    let harmful: fn(&mut Lever) = |lever| {
        lever.inducement = vec![(BodyId(0), Number::fixed(-9.0)), (BodyId(1), Number::fixed(-9.0))];
        let clause = Clause { issue: IssueId(0), options: OptionSet::from_options([OptionId(0)]) };
        lever.when = Some(Condition(vec![clause]));
    };
    let half: fn(&mut Lever) = |lever| lever.guarantee = vec![(PartyId(0), Number::fixed(0.5))];
    check_cheapest(&[(1.0, needy), (1.0, harmful), (3.0, half)], Some(&[2]));
}
