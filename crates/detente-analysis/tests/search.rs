//! Orders whose search takes another way: prices of trust of many vectors, pieces that follow each other,
//! steps that can be exchanged, and searches that end early.

#[allow(dead_code, reason = "the part of what is said of plans that other tests need")]
mod plans;
use detente_analysis::{Order, Plan, SequenceOptions, Space, holding, sequence};
use detente_cases::random::Dice;
use detente_cases::{cases, seeds};
use detente_judge::{Aid, means};
use detente_model::{
    Alternative, Clause, Condition, Draft, Duration, Interaction, Issue, IssueId, IssuePreference, Lever,
    LeverId, Mediator, MediatorId, Number, OptionId, OptionSet, Outcome, PartyId, Shape, StepId, Talks,
    TimeUnit, Wait,
};
use plans::{best, chain, judge, judge_plan, run, same_needs, trade, yes};
use std::ops::ControlFlow;

/// Steps that each give something to one party, mostly at the cost of another, some of it kept only in part;
/// `to` says of which party a step is for, `size` how much it is about.
fn some_trade(dice: &mut Dice, n_parties: usize, to: &[usize], size: &[f64], alike: bool) -> Draft {
    let fine = [2.0, 8.0, 64.0][dice.below(3)];
    let mut gives: Vec<Vec<f64>> = Vec::new();
    for (to, size) in to.iter().zip(size) {
        let amount = |dice: &mut Dice| (1 + dice.below((2.0 * fine) as usize)) as f64 / fine * size;
        let mut own = vec![0.0; n_parties];
        for (p, own) in own.iter_mut().enumerate() {
            *own = match (p + n_parties - to) % n_parties {
                0 => amount(dice) * 1.2,
                1 => -amount(dice),
                _ if dice.chance(20) => amount(dice) * [0.5, -0.5][dice.below(2)],
                _ => 0.0,
            };
        }
        gives.push(own);
    }
    for s in 1..gives.len() {
        if alike && dice.chance(60) {
            gives[s] = gives[dice.below(s)].clone();
        }
    }
    let tight = dice.chance(70);
    let mut worth = Vec::new();
    for p in 0..n_parties {
        let sum = |sign: f64| gives.iter().map(|own| (own[p] * sign).max(0.0)).sum::<f64>();
        let (gains, losses) = (sum(1.0), sum(-1.0));
        if tight && gains > 0.0 {
            // It wins little: it cannot afford to be left with what it gave.
            let scale = (losses * 1.125 / gains * 64.0).ceil() / 64.0;
            gives.iter_mut().filter(|own| own[p] > 0.0).for_each(|own| own[p] *= scale);
        }
        let sum: f64 = gives.iter().map(|own| own[p]).sum();
        worth.push(sum.max(-0.5) + dice.below(4) as f64 / if tight { 8.0 } else { 2.0 });
    }
    let mut draft = trade(&worth, &gives);
    for body in &mut draft.bodies {
        body.reaction = dice.chance(25).then(|| Number::fixed(dice.below(5) as f64 / 2.0));
        if dice.chance(5) {
            body.alternative = Alternative::RefusesNothing;
        }
    }
    for step in draft.steps.iter_mut().filter(|_| !alike) {
        step.kept = dice.chance(15).then(|| Number::fixed([0.0, 0.5, 0.5, 1.0][dice.below(4)]));
    }
    draft
}

/// Steps of about the same size for any party.
fn free_trade(dice: &mut Dice, n_steps: usize, alike: bool) -> Draft {
    let n_parties = 2 + dice.below(3);
    let to: Vec<usize> = (0..n_steps).map(|_| dice.below(n_parties)).collect();
    some_trade(dice, n_parties, &to, &vec![1.0; n_steps], alike)
}

/// Steps in a few chains: so many can be done in few orders.
fn chains(seed: u64) -> (Talks, Outcome) {
    let mut dice = Dice::new(seed ^ 0x6368_6169);
    let lengths: &[usize] =
        [&[30, 1][..], &[40, 1], &[14, 2], &[24, 1], &[8, 3], &[8, 1, 1]][seed as usize % 6];
    let n_parties = 2 + dice.below(2);
    let of = || lengths.iter().enumerate().flat_map(move |(c, n)| std::iter::repeat_n((c, *n), *n));
    let to: Vec<usize> = of().map(|(c, _)| c % n_parties).collect();
    let size: Vec<f64> = of().map(|(_, n)| 4.0 / n as f64).collect();
    let mut draft = some_trade(&mut dice, n_parties, &to, &size, false);
    let mut first = 0;
    for length in lengths {
        chain(&mut draft, first..first + length);
        first += length;
    }
    yes(draft)
}

/// Pieces of a few steps each, every one after all of the one before.
fn pieces(seed: u64) -> (Talks, Outcome) {
    let mut dice = Dice::new(seed ^ 0x7069_6563);
    let sizes: Vec<usize> = (0..2 + dice.below(3)).map(|_| 1 + dice.below(3)).collect();
    let alike = dice.chance(30);
    let mut draft = free_trade(&mut dice, sizes.iter().sum(), alike);
    let mut first = 0;
    for pair in sizes.windows(2) {
        let next = first + pair[0];
        for (later, earlier) in (next..next + pair[1]).flat_map(|l| (first..next).map(move |e| (l, e))) {
            draft.steps[later].after.push(Wait { step: StepId(earlier), time: None });
        }
        first = next;
    }
    yes(draft)
}

/// Steps in any order, many of which give the same.
fn twins(seed: u64) -> (Talks, Outcome) {
    let mut dice = Dice::new(seed ^ 0x7477_696e);
    let n_steps = 3 + dice.below(4);
    let mut draft = free_trade(&mut dice, n_steps, true);
    for _ in 0..dice.below(4) {
        let (a, b) = (dice.below(n_steps), dice.below(n_steps));
        if a != b {
            let step = StepId(a.min(b));
            draft.steps[a.max(b)].after.push(Wait { step, time: None });
        }
    }
    // What comes later in the file comes first as often as not.
    if dice.chance(50) {
        turn(&mut draft);
    }
    yes(draft)
}

/// Turns the order of the steps in the file round.
fn turn(draft: &mut Draft) {
    let last = draft.steps.len() - 1;
    draft.steps.reverse();
    for step in &mut draft.steps {
        step.after.iter_mut().for_each(|wait| wait.step.0 = last - wait.step.0);
    }
}

/// Steps that deliver an issue each, most of which matter together with others only.
fn terms(seed: u64) -> (Talks, Outcome) {
    let mut dice = Dice::new(seed ^ 0x7465_726d);
    let n_steps = 3 + dice.below(3);
    let n_parties = 2 + dice.below(2);
    let gives = vec![vec![0.0; n_parties]; n_steps];
    let mut draft = trade(&vec![0.0; n_parties], &gives);
    let issue = draft.issues[0].clone();
    draft.issues = (0..n_steps).map(|i| Issue { id: format!("i{i}"), ..issue.clone() }).collect();
    for step in 0..n_steps {
        draft.steps[step].gives.clear();
        draft.steps[step].delivers = vec![(IssueId(step), Number::fixed(1.0))];
    }
    for body in &mut draft.bodies {
        let value = |dice: &mut Dice| {
            let yes = [0.0, 0.0, 1.0, -1.0][dice.below(4)];
            let shape = Shape::Values(vec![Number::fixed(0.0), Number::fixed(yes)]);
            Some(IssuePreference { weight: None, shape })
        };
        body.preferences.issues = (0..n_steps).map(|_| value(&mut dice)).collect();
        body.preferences.interactions = (0..1 + dice.below(3))
            .map(|_| {
                let clause =
                    |i: usize| Clause { issue: IssueId(i), options: OptionSet::from_options([OptionId(1)]) };
                let when = dice.shuffled(n_steps).into_iter().take(1 + dice.below(3)).map(clause).collect();
                let adds = Number::fixed((1 + dice.below(8)) as f64 / 2.0 - 2.0);
                Interaction { when: Condition(when), unless: false, adds }
            })
            .collect();
        body.alternative = Alternative::Worth(Number::fixed(dice.below(7) as f64 / 2.0 - 3.0));
    }
    if dice.chance(30) {
        draft.steps[n_steps - 1].after.push(Wait { step: StepId(dice.below(n_steps - 1)), time: None });
    }
    let all = Outcome(vec![OptionId(1); n_steps]);
    (Talks::new(draft).expect("talks that fit together"), all)
}

fn all_ways() -> Vec<SequenceOptions> {
    let whole = SequenceOptions::default();
    let quick = SequenceOptions { no_detours: true, ..whole.clone() };
    let walk = SequenceOptions { sets: 1, ..whole.clone() };
    vec![whole, quick, walk]
}

/// Cases before the judge, and how many choices of guarantees the largest price of trust has.
#[track_caller]
fn check(of: fn(u64) -> (Talks, Outcome), every_day: u64) -> Vec<usize> {
    let mut sizes = Vec::new();
    for seed in seeds(cases(every_day)) {
        let (talks, deal) = of(seed);
        let judged = std::panic::catch_unwind(|| judge(&talks, &deal, &all_ways()));
        assert!(matches!(judged, Ok(true)), "case {seed}: see above");
        sizes.push(best(&run(&talks, &deal, &SequenceOptions::default())).1.len());
    }
    sizes
}

#[test]
fn many_choices_of_guarantees_equal_every_order_tried() {
    let sizes = check(chains, 90);
    let many = sizes.iter().filter(|size| **size > 16).count();

    detente_cases::covers(many * 20 >= sizes.len(), format_args!("only {many} of {} have many", sizes.len()));
}

#[test]
fn pieces_that_follow_each_other_equal_every_order_tried() {
    check(pieces, 100);
}

#[test]
fn steps_that_can_be_exchanged_equal_every_order_tried() {
    check(twins, 100);
}

#[test]
fn steps_that_matter_together_equal_every_order_tried() {
    check(terms, 150);
}

/// A few steps with many binding deadlines, delays and calls; some have no order.
fn few_in_time(seed: u64) -> (Talks, Outcome) {
    in_time(seed, 2 + seed as usize % 5, 40)
}

#[test]
fn binding_deadlines_equal_every_order_tried() {
    let n = cases(250);
    let mut with_order = 0;
    for seed in seeds(n) {
        let (talks, deal) = few_in_time(seed);
        let judged = std::panic::catch_unwind(|| judge(&talks, &deal, &all_ways()));
        let Ok(judged) = judged else { panic!("case {seed}: see above") };
        with_order += u64::from(judged);
    }
    detente_cases::covers(
        with_order * 3 >= n && with_order < n,
        format_args!("{with_order} of {n} have an order"),
    );
}

/// Steps that are told apart by what they give, in any order.
fn free(gives: &[Vec<f64>], change: impl FnOnce(&mut Draft)) -> (Talks, Outcome) {
    let mut draft = trade(&[1.0, 1.0], gives);
    change(&mut draft);
    yes(draft)
}

fn days(amount: usize) -> Option<Duration> {
    Some(Duration { amount: amount as f64, unit: TimeUnit::Day })
}

#[track_caller]
fn check_order(change: impl FnOnce(&mut Draft), steps: usize, expected: Option<&[f64]>) {
    let (talks, deal) = free(&vec![vec![0.0, 0.0]; steps], change);
    judge(&talks, &deal, &all_ways());
    let found = run(&talks, &deal, &SequenceOptions::default()).order;
    let times = match &found {
        Order::Found { plan, .. } => Some(plan.points.iter().map(|point| point.day).collect::<Vec<_>>()),
        _ => None,
    };
    assert_eq!(times.as_deref(), expected, "{found:?}");
}

#[test]
fn a_call_waits_for_the_end_of_what_it_calls_for() {
    // The second is called for within a day and never done: the third takes it out of play on day 5.
    let excluded = |draft: &mut Draft| {
        draft.steps[0].responds.push(Wait { step: StepId(1), time: days(1) });
        draft.steps[1].milestones.push(StepId(2));
        draft.steps[2].milestones.push(StepId(0));
        (draft.steps[2].takes, draft.steps[2].excludes) = (days(5), vec![StepId(1)]);
    };
    check_order(excluded, 3, Some(&[0.0, 4.0, 5.0]));
}

#[test]
fn of_calls_at_once_the_shortest_time_counts_and_of_others_the_latest() {
    let at_once = |first: usize, second: usize| {
        move |draft: &mut Draft| {
            draft.steps[0].together = vec![StepId(1)];
            draft.steps[0].responds.push(Wait { step: StepId(2), time: days(first) });
            draft.steps[1].responds.push(Wait { step: StepId(2), time: days(second) });
            draft.steps[2].after.push(Wait { step: StepId(0), time: days(3) });
        }
    };
    let twice = |draft: &mut Draft| {
        for time in [5, 1] {
            draft.steps[0].responds.push(Wait { step: StepId(1), time: days(time) });
        }
        draft.steps[1].after.push(Wait { step: StepId(0), time: days(3) });
    };
    check_order(twice, 2, None);
    check_order(at_once(4, 5), 3, Some(&[0.0, 0.0, 3.0]));
    check_order(at_once(1, 5), 3, None);
    check_order(at_once(5, 1), 3, None);
    let apart = |first: usize, second: usize| {
        move |draft: &mut Draft| {
            draft.steps[0].responds.push(Wait { step: StepId(2), time: days(first) });
            draft.steps[1].responds.push(Wait { step: StepId(2), time: days(second) });
            draft.steps[1].after.push(Wait { step: StepId(0), time: days(3) });
            draft.steps[2].after.push(Wait { step: StepId(1), time: days(5) });
        }
    };
    check_order(apart(3, 5), 3, Some(&[0.0, 0.0, 3.0, 8.0]));
    check_order(apart(2, 5), 3, None);
    check_order(apart(3, 4), 3, None);
}

/// Checks that a search that ends early says nothing wrong; whether it did end early.
#[track_caller]
fn check_early(talks: &Talks, deal: &Outcome, options: &SequenceOptions) -> bool {
    let none = Aid::none(talks);
    let truth = run(talks, deal, &SequenceOptions::default());
    let found = run(talks, deal, options);
    let Order::Found { plan: best_plan, trust: all, trust_proven: true, at_most: best } = truth.order else {
        assert!(!matches!(found.order, Order::Found { .. }), "{:?} and {:?}", truth.order, found.order);
        return false;
    };
    assert_eq!(best_plan.slack, best);
    let beaten = all.iter().any(|choice| {
        let beats = |other: &Vec<f64>| {
            *other != choice.by_party && other.iter().zip(&choice.by_party).all(|(a, b)| a <= b)
        };
        all.iter().any(|other| beats(&other.by_party))
    });
    assert!(!beaten, "{all:?}");
    let (plan, at_most, trust, proven) = match found.order {
        Order::Found { plan, at_most, trust, trust_proven } => (plan, at_most, trust, trust_proven),
        Order::Stopped => return true,
        wrong => panic!("{wrong:?}, and there are orders"),
    };
    judge_plan(talks, deal, &plan, &none);
    assert!(plan.slack <= best && best <= at_most, "not {} <= {best} <= {at_most}", plan.slack);
    let no_more = |a: &[f64], b: &[f64]| a.iter().zip(b).all(|(a, b)| *a <= b + 2e-9);
    let needs =
        |choices: &[(Vec<f64>, Plan)]| choices.iter().map(|(needs, _)| needs.clone()).collect::<Vec<_>>();
    let all: Vec<_> = all.into_iter().map(|choice| (choice.by_party, choice.plan)).collect();
    let trust: Vec<_> = trust.into_iter().map(|choice| (choice.by_party, choice.plan)).collect();
    for (said, plan) in &trust {
        let needs = judge_plan(talks, deal, plan, &none).needs();
        assert!(no_more(&needs, said), "{needs:?} is more than {said:?}");
        assert!(all.iter().any(|(least, _)| no_more(least, said)), "{said:?} is not possible");
        let beats =
            |(other, _): &&(Vec<f64>, Plan)| other != said && other.iter().zip(said).all(|(a, b)| a <= b);
        assert!(trust.iter().find(beats).is_none(), "{said:?} is beaten");
    }
    assert!(!proven || same_needs(&needs(&trust), &needs(&all)), "{trust:?} is not all of {all:?}");
    !proven || plan.slack < best
}

/// More free steps than can all be looked at.
fn many(seed: u64) -> (Talks, Outcome) {
    let mut dice = Dice::new(seed ^ 0x6d61_6e79);
    let n_steps = 11 + dice.below(3);
    let mut draft = free_trade(&mut dice, n_steps, false);
    for later in 1..n_steps {
        if dice.chance(20) {
            let step = StepId(dice.below(later));
            draft.steps[later].after.push(Wait { step, time: None });
        }
    }
    yes(draft)
}

const EARLY: SequenceOptions = SequenceOptions { sets: 1, positions: 1, no_detours: false };

#[test]
fn a_search_that_ends_early_says_nothing_wrong() {
    let n = cases(30);
    let early = seeds(n).filter(|seed| {
        let (talks, deal) = many(*seed);
        check_early(&talks, &deal, &EARLY)
    });
    let early = early.count() as u64;

    detente_cases::covers(early * 30 >= n, format_args!("only {early} of {n} ended early"));
}

/// Steps that take time, with delays and deadlines, and some that others take out of play.
fn in_time(seed: u64, n_steps: usize, calls: usize) -> (Talks, Outcome) {
    let mut dice = Dice::new(seed ^ 0x7469_6d65);
    let mut draft = free_trade(&mut dice, n_steps, false);
    for s in 0..n_steps {
        draft.steps[s].takes = days(dice.below(3)).filter(|_| dice.chance(60));
        if s > 0 && dice.chance(35) {
            let time = days(dice.below(4)).filter(|_| dice.chance(60));
            draft.steps[s].after.push(Wait { step: StepId(dice.below(s)), time });
        }
        draft.steps[s].deadline = days(dice.below(6) + s / 2).filter(|_| dice.chance(40));
        if s > 0 && dice.chance(calls) {
            let (step, time) = (StepId(1 + dice.below(s)), days(dice.below(4)));
            let by = dice.below(step.0);
            draft.steps[by].responds.push(Wait { step, time });
        }
        if dice.chance(8) {
            let other = StepId(dice.below(n_steps));
            draft.steps[s].excludes.push(other);
        }
    }
    yes(draft)
}

fn many_in_time(seed: u64) -> (Talks, Outcome) {
    in_time(seed, 7 + seed as usize % 3, 15)
}

/// Steps of which what looks best at first leads nowhere: the first costs a party nearly all that it has to
/// lose, only the second pays for it, and the others leave less and less to the other party.
#[test]
fn a_search_that_is_led_astray_says_what_would_be_possible() {
    let small = std::iter::repeat_n(vec![0.0, 0.25], 10);
    let gives: Vec<Vec<f64>> = [vec![0.875, 0.1875], vec![0.0, -10.0]].into_iter().chain(small).collect();
    for fixed in [true, false] {
        let (talks, deal) = free(&gives, |draft| {
            draft.steps[1].after.push(Wait { step: StepId(0), time: None });
            if !fixed {
                // Nothing is taken out of play, and yet it could be.
                draft.steps[0].excludes.push(StepId(0));
            }
        });
        assert!(check_early(&talks, &deal, &EARLY));
        let best = run(&talks, &deal, &SequenceOptions::default()).order;
        assert!(matches!(best, Order::Found { plan, .. } if plan.slack == 0.125));
    }
}

#[test]
fn a_search_among_deadlines_that_ends_early_says_nothing_wrong() {
    let n = cases(60);
    let early = seeds(n).filter(|seed| {
        let (talks, deal) = many_in_time(*seed);
        check_early(&talks, &deal, &EARLY)
    });
    let early = early.count() as u64;

    detente_cases::covers(early * 50 >= n, format_args!("only {early} of {n} ended early"));
}

/// The talks with levers that guarantee something to one party each.
fn guaranteed(talks: &Talks, dice: &mut Dice) -> Talks {
    let mut draft = (**talks).clone();
    let (id, name) = ("m".to_owned(), "Mediator".to_owned());
    let levers = (0..5).map(LeverId).collect();
    draft.mediators = vec![Mediator { id, name, budget: None, levers, because: vec![] }];
    let lever = |k: usize| Lever {
        id: format!("l{k}"),
        name: format!("Lever {k}"),
        mediator: MediatorId(0),
        cost: Number::fixed((1 + dice.below(8)) as f64),
        inducement: vec![],
        assurance: vec![],
        pressure: vec![],
        guarantee: vec![(
            PartyId(dice.below(draft.parties.len())),
            Number::fixed([0.25, 0.5, 1.0, 2.0, 4.0][dice.below(5)]),
        )],
        when: None,
        excludes: vec![],
        requires: vec![],
        because: vec![],
    };
    draft.levers = (0..5).map(lever).collect();
    Talks::new(draft).expect("still talks")
}

#[test]
fn levers_found_by_a_search_that_ends_early_make_the_deal_hold() {
    let n = cases(60);
    let (mut backed, mut open) = (0, 0);
    for seed in seeds(n) {
        let (talks, deal) = if seed % 2 == 0 { many_in_time(seed) } else { many(seed) };
        let talks = guaranteed(&talks, &mut Dice::new(seed));
        let of = |options: &SequenceOptions| {
            let go_on = |_| ControlFlow::Continue(());
            let found = sequence(&talks, &deal, options, &go_on).expect("an answer");
            holding(&Space::new(&talks), &found, 0.0, options, &go_on)
        };
        let (Ok(best), Ok(found)) = (of(&SequenceOptions::default()), of(&EARLY)) else { continue };
        open += u64::from(!found.proven);
        let Some(backing) = found.holds else {
            assert!(!found.proven || best.holds.is_none());
            continue;
        };
        let means = means(&talks, &deal, &backing.levers).expect("levers that may be used");
        let followed = judge_plan(&talks, &deal, &backing.plan, &means.aid);
        assert!(followed.is_self_enforcing(), "case {seed}: {:?}", backing.plan.slack);
        let least = best.holds.expect("what holds").cost;
        assert!(least <= backing.cost && (!found.proven || least == backing.cost));
        backed += u64::from(!backing.levers.is_empty());
    }
    detente_cases::covers(backed * 8 >= n && open * 20 >= n, format_args!("{backed} backed, {open} open"));
}
