//! Safe exchange (Sandholm and Ferrandon 2000): what theory says of chunks against payments, and of bonds.

#[allow(dead_code, reason = "the part of what is said of plans that other tests need")]
mod plans;
use detente_analysis::{Order, Plan, SequenceOptions, Space, division, holding, sequence};
use detente_cases::random::Dice;
use detente_cases::{cases, seeds};
use detente_judge::{Aid, price_of_trust};
use detente_model::{Lever, LeverId, Mediator, MediatorId, Number, Outcome, PartyId, Step, StepId, Talks};
use plans::{best, chain, close, judge_plan, order, run, same_needs, trade, yes};
use std::ops::ControlFlow;

/// Chunks that each cost a supplier something and are worth something to a demander, for a price.
#[derive(Clone, Copy, Debug)]
struct Exchange {
    chunks: usize,
    cost: f64,
    worth: f64,
    payments: usize,
    payment: f64,
}

/// Four chunks that cost 1 and are worth 2, for six payments of 1.
const EXAMPLE: Exchange = Exchange { chunks: 4, cost: 1.0, worth: 2.0, payments: 6, payment: 1.0 };

impl Exchange {
    /// What the exchange is worth to the supplier and to the demander.
    fn gains(self) -> [f64; 2] {
        let (n, price) = (self.chunks as f64, self.payments as f64 * self.payment);
        [price - n * self.cost, n * self.worth - price]
    }

    /// Chunks come in their order, and so do payments; nothing comes with the end.
    fn talks(self, tie_last: bool) -> (Talks, Outcome) {
        let deliver = vec![-self.cost, self.worth];
        let pay = vec![self.payment, -self.payment];
        let gives: Vec<Vec<f64>> = std::iter::repeat_n(deliver, self.chunks)
            .chain(std::iter::repeat_n(pay, self.payments))
            .collect();
        let mut draft = trade(&self.gains(), &gives);
        let n = gives.len();
        chain(&mut draft, 0..self.chunks);
        chain(&mut draft, self.chunks..n);
        if tie_last {
            draft.steps[self.chunks - 1].together = vec![StepId(n - 1)];
        }
        yes(draft)
    }

    /// How many chunks came and payments were made at each point of a plan, the start and the end included.
    fn points(self, plan: &Plan) -> Vec<(usize, usize)> {
        let (mut k, mut p) = (0, 0);
        let mut points = vec![(0, 0)];
        for steps in order(plan) {
            let chunks = steps.iter().filter(|step| step.0 < self.chunks).count();
            (k, p) = (k + chunks, p + steps.len() - chunks);
            points.push((k, p));
        }
        points
    }
}

fn found(exchange: Exchange, tie_last: bool) -> (Plan, Vec<(Vec<f64>, Plan)>) {
    let (talks, deal) = exchange.talks(tie_last);
    let Order::Found { plan, trust, trust_proven: true, .. } =
        run(&talks, &deal, &SequenceOptions::default()).order
    else {
        panic!("an exchange has orders")
    };
    judge_plan(&talks, &deal, &plan, &Aid::none(&talks));
    (plan, trust.into_iter().map(|choice| (choice.by_party, choice.plan)).collect())
}

#[test]
fn every_point_of_a_plan_lies_in_its_band() {
    for payments in [6, 12, 24] {
        let exchange = Exchange { payments, payment: 6.0 / payments as f64, ..EXAMPLE };
        for (needs, plan) in found(exchange, false).1 {
            let points = exchange.points(&plan);
            for (k, p) in &points[..points.len() - 1] {
                let (k, paid) = (*k as f64, *p as f64 * exchange.payment);
                let (lowest, highest) = (2.0 * k - 2.0 - 2.0 * needs[1], 2.0 + k + 2.0 * needs[0]);
                assert!(lowest - 1e-6 <= paid && paid <= highest + 1e-6, "{k} {paid} with {needs:?}");
            }
        }
    }
}

#[test]
fn the_last_chunk_alone_is_never_safe() {
    let (plan, trust) = found(EXAMPLE, false);
    assert_eq!(plan.slack, -0.5);
    assert!(!plan.is_self_enforcing());
    let needs: Vec<Vec<f64>> = trust.into_iter().map(|(needs, _)| needs).collect();
    assert_eq!(needs, [[0.0, 0.5], [0.5, 0.0]]);
}

#[test]
fn the_last_chunk_and_the_last_payment_at_once_are_safe_with_slacks_of_0_and_1() {
    let (plan, trust) = found(EXAMPLE, true);
    assert!(plan.is_self_enforcing());
    assert_eq!((plan.slack, &trust[0].0, trust.len()), (0.0, &vec![0.0, 0.0], 1));
    let points = EXAMPLE.points(&plan);
    assert_eq!(points[points.len() - 2..], [(3, 5), (4, 6)]);
    let before = &plan.points[points.len() - 2];
    assert_eq!((before.bodies[0].slack, before.bodies[1].slack), (0.0, 1.0));
    for (k, p) in points {
        assert!(2 * k <= p + 2 && p <= 2 + k, "{k} {p} is outside its band");
    }
}

/// An exchange that is worth something to both, with whole costs and payments of 1.
fn some_exchange(seed: u64) -> Exchange {
    let mut dice = Dice::new(seed ^ 0x6578_6368);
    let (chunks, cost) = (1 + dice.below(4), 1 + dice.below(if seed.is_multiple_of(7) { 24 } else { 4 }));
    let payments = chunks * cost + 1 + dice.below(6);
    let worth = (payments + 1 + dice.below(6)).div_ceil(chunks);
    Exchange { chunks, cost: cost as f64, worth: worth as f64, payments, payment: 1.0 }
}

#[test]
fn the_price_of_trust_is_the_cost_of_the_last_chunk() {
    let mut tried = 0;
    for seed in seeds(cases(60)) {
        let exchange = some_exchange(seed);
        let ([supplier, demander], cost) = (exchange.gains(), exchange.cost);
        let units = |k: usize| vec![k as f64 / supplier, (cost - k as f64) / demander];
        let expected: Vec<Vec<f64>> = (0..=cost as usize).map(units).collect();
        let (plan, trust) = found(exchange, false);
        let needs: Vec<Vec<f64>> = trust.into_iter().map(|(needs, _)| needs).collect();
        assert!(same_needs(&needs, &expected), "{exchange:?}: {needs:?} is not {expected:?}");
        assert!(!plan.is_self_enforcing());
        if exchange.chunks + exchange.payments <= 10 {
            let (talks, deal) = exchange.talks(false);
            let judged = price_of_trust(&talks, &deal, &Aid::none(&talks));
            assert!(same_needs(&judged, &expected), "{exchange:?}: {judged:?} is not {expected:?}");
            tried += 1;
        }
    }
    detente_cases::covers(tried * 10 >= cases(60), format_args!("only {tried} before the judge"));
}

#[test]
fn whoever_has_no_part_in_an_exchange_needs_nothing_in_any_choice() {
    let exchange = Exchange { chunks: 1, cost: 20.0, worth: 40.0, payments: 30, payment: 1.0 };
    let [supplier, demander] = exchange.gains();
    let mut draft = (*exchange.talks(false).0).clone();
    // The order of the file would leave the third party with more than it has to lose.
    let third = trade(&[supplier, demander, 1.0], &[vec![0.0, 0.0, 1.0625], vec![0.0, 0.0, -1.0]]);
    let first = draft.steps.len();
    for (k, step) in third.steps.iter().enumerate() {
        draft.steps.push(Step { id: format!("t{k}"), ..step.clone() });
    }
    let mut body = third.bodies[2].clone();
    body.preferences.issues.resize(draft.issues.len(), None);
    draft.bodies.push(body);
    (draft.parties, draft.agreement) = (third.parties, third.agreement);
    let (talks, deal) = yes(draft);
    let Order::Found { trust, trust_proven: true, .. } =
        run(&talks, &deal, &SequenceOptions::default()).order
    else {
        panic!("an exchange has orders")
    };
    assert_eq!(trust.len(), 21);
    for choice in trust {
        assert_eq!(choice.by_party[2], 0.0);
        let steps = order(&choice.plan);
        let at = |step: usize| steps.iter().position(|point| point[0].0 == step);
        assert!(at(first + 1) < at(first), "{steps:?}");
    }
}

/// The exchange with a mediator who can guarantee each of the two so much, in units.
fn with_bonds(exchange: Exchange, bonds: [f64; 2]) -> (Talks, Outcome) {
    let mut draft = (*exchange.talks(false).0).clone();
    let (id, name) = ("m".to_owned(), "Mediator".to_owned());
    let levers = vec![LeverId(0), LeverId(1)];
    draft.mediators = vec![Mediator { id, name, budget: None, levers, because: vec![] }];
    let lever = |(p, (bond, gain)): (usize, (f64, f64))| Lever {
        id: format!("bond{p}"),
        name: format!("Bond {p}"),
        mediator: MediatorId(0),
        cost: Number::fixed(bond),
        inducement: vec![],
        assurance: vec![],
        pressure: vec![],
        guarantee: vec![(PartyId(p), Number::fixed(bond / gain))],
        when: None,
        excludes: vec![],
        requires: vec![],
        because: vec![],
    };
    draft.levers = bonds.into_iter().zip(exchange.gains()).enumerate().map(lever).collect();
    yes(draft)
}

#[test]
fn bonds_are_enough_exactly_if_their_sum_is_the_cost_of_the_last_chunk() {
    let options = SequenceOptions::default();
    let (mut enough, mut not) = (0, 0);
    for seed in seeds(cases(60)) {
        let exchange = some_exchange(seed);
        for supplier in 0..=exchange.cost as usize {
            let least = exchange.cost - supplier as f64;
            for demander in [least - 1.0, least].into_iter().filter(|bond| *bond >= 0.0) {
                let (talks, deal) = with_bonds(exchange, [supplier as f64, demander]);
                let go_on = |_| ControlFlow::Continue(());
                let found = sequence(&talks, &deal, &options, &go_on).expect("an answer");
                let found = holding(&Space::new(&talks), &found, 0.0, &options, &go_on);
                let holds = found.expect("an order").holds;
                assert_eq!(holds.is_some(), demander >= least, "{exchange:?} {supplier} {demander}");
                if let Some(backing) = &holds {
                    assert_eq!(backing.cost, exchange.cost);
                    assert!(backing.plan.is_self_enforcing());
                }
                *if holds.is_some() { &mut enough } else { &mut not } += 1;
            }
        }
    }
    assert!(enough > cases(60) && not > cases(60), "{enough} enough, {not} not");
}

#[test]
fn no_order_is_safe_whose_last_step_costs_somebody_something() {
    let (mut safe, mut unsafe_) = (0, 0);
    for seed in seeds(cases(200)) {
        let mut dice = Dice::new(seed ^ 0x6c61_7374);
        let (n_parties, n_steps) = (2 + dice.below(2), 2 + dice.below(6));
        let amount = |dice: &mut Dice| dice.below(9) as f64 / 2.0 - if dice.chance(60) { 1.5 } else { 0.0 };
        let mut gives: Vec<Vec<f64>> =
            (0..n_steps).map(|_| (0..n_parties).map(|_| amount(&mut dice)).collect()).collect();
        let everybody_pays = seed.is_multiple_of(3);
        if everybody_pays {
            gives.iter_mut().for_each(|own| own[dice.below(n_parties)] = -0.5);
        }
        // Nothing comes with the end; who would win nothing is given more at once.
        for p in 0..n_parties {
            let sum: f64 = gives.iter().map(|own| own[p]).sum();
            let chosen = (0..n_steps).find(|s| gives[*s][p] >= 0.0).unwrap_or(0);
            gives[chosen][p] += if sum <= 0.0 { 0.5 - sum } else { 0.0 };
        }
        let costs = |own: &Vec<f64>| own.iter().any(|amount| *amount < 0.0);
        let all_cost = gives.iter().all(costs);
        let worth: Vec<f64> = (0..n_parties).map(|p| gives.iter().map(|own| own[p]).sum::<f64>()).collect();
        let (talks, deal) = yes(trade(&worth, &gives));
        let Order::Found { plan, .. } = run(&talks, &deal, &SequenceOptions::default()).order else {
            panic!("steps that are free have orders")
        };
        let last = order(&plan).last().expect("there are steps")[0];
        assert!(!plan.is_self_enforcing() || !costs(&gives[last.0]), "{plan:?}");
        assert!(!plan.is_self_enforcing() || !all_cost);
        *if plan.is_self_enforcing() { &mut safe } else { &mut unsafe_ } += 1;
    }
    detente_cases::covers(
        safe * 20 >= cases(200) && unsafe_ * 4 >= cases(200),
        format_args!("{safe} safe, {unsafe_} not"),
    );
}

#[test]
fn in_n_parts_an_exchange_needs_an_nth_of_the_guarantee() {
    for (cost, price, worth) in [(4.0, 6.0, 8.0), (1.0, 3.0, 10.0), (2.0, 7.0, 7.5)] {
        let exchange = Exchange { chunks: 1, cost, worth, payments: 1, payment: price };
        let mut draft = (*exchange.talks(false).0).clone();
        draft.steps.iter_mut().for_each(|step| step.divisible = true);
        let (talks, deal) = yes(draft);
        let options = SequenceOptions::default();
        let found = division(&Space::new(&talks), &deal, &options, &|_| ControlFlow::Continue(()));
        let found = found.expect("small enough").expect("divisible");
        assert_eq!((found.steps.len(), found.tried.len(), &found.enough), (2, 10, &None));
        let [supplier, demander] = exchange.gains();
        for tried in &found.tried {
            let n = tried.parts as f64;
            let expected = [vec![0.0, price / n / demander], vec![cost / n / supplier, 0.0]];
            assert!(same_needs(&tried.needs, &expected), "{n} parts: {:?} is not {expected:?}", tried.needs);
            let slack = -(price / n / demander).min(cost / n / supplier);
            assert!(close(tried.slack, slack), "{n} parts: {} is not {slack}", tried.slack);
        }
    }
}

#[test]
fn a_payment_in_parts_against_one_delivery_still_needs_all_of_its_cost() {
    let exchange = Exchange { chunks: 1, cost: 4.0, worth: 8.0, payments: 6, payment: 1.0 };
    let (talks, deal) = exchange.talks(false);
    let (_, needs) = best(&run(&talks, &deal, &SequenceOptions::default()));
    let units = |needs: &Vec<f64>| needs[0] * 2.0 + needs[1] * 2.0;
    assert!(needs.iter().all(|needs| close(units(needs), 4.0)), "{needs:?}");
}
