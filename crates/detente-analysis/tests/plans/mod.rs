//! Plans before their judge, and random deals with steps.

use detente_analysis::{Obstacle, Order, Plan, Sequence, SequenceOptions, sequence};
use detente_cases::random::steps::{Kinds, with_steps};
use detente_cases::random::{Case, Dice};
use detente_judge::{Aid, Followed, best_slack, every_order, follow, price_of_trust};
use detente_model::{
    Actor, Alternative, Body, BodyId, Draft, Issue, IssueId, IssuePreference, NamedOption, Number, OptionId,
    Options, Outcome, Party, PartyId, Preferences, Rule, Shape, StatedCost, Step, StepId, Talks, Wait,
};
use std::ops::ControlFlow;

pub(crate) const PLAIN: Kinds = Kinds { times: false, play: false, groups: false };

pub(crate) fn run(talks: &Talks, deal: &Outcome, options: &SequenceOptions) -> Sequence {
    sequence(talks, deal, options, &|_| ControlFlow::Continue(())).expect("a deal that can be analysed")
}

/// Slacks are compared on a grid of 10^-9.
pub(crate) fn close(a: f64, b: f64) -> bool {
    a == b || (a - b).abs() <= 2e-9
}

pub(crate) fn order(plan: &Plan) -> Vec<Vec<StepId>> {
    plan.points.iter().skip(1).map(|point| point.steps.clone()).collect()
}

/// Follows a plan and compares every number that is said of it.
#[track_caller]
pub(crate) fn judge_plan(talks: &Talks, deal: &Outcome, plan: &Plan, aid: &Aid) -> Followed {
    let followed = follow(talks, deal, &order(plan), aid).expect("an order that is possible");
    assert!(close(followed.smallest(), plan.slack), "{} is not {}", plan.slack, followed.smallest());
    assert_eq!(followed.is_self_enforcing(), plan.is_self_enforcing());
    assert_eq!(followed.points.len(), plan.points.len());
    for ((judged, time), said) in followed.points.iter().zip(&followed.times).zip(&plan.points) {
        assert!((time - said.day).abs() < 1e-6, "day {} is not {time}", said.day);
        assert_eq!((judged.parties.len(), judged.bodies.len()), (said.parties.len(), said.bodies.len()));
        for (judged, said) in judged.parties.iter().zip(&said.parties) {
            assert!(close(*judged, *said), "slack {said} is not {judged}");
        }
        for (judged, said) in judged.bodies.iter().zip(&said.bodies) {
            assert!(close(judged.relative, said.share), "share {} is not {}", said.share, judged.relative);
            if let Some(walking_away) = said.walking_away {
                assert!(close(judged.worth, walking_away), "{walking_away} is not {}", judged.worth);
                assert!(close(judged.slack, said.slack), "{} is not {}", said.slack, judged.slack);
            }
        }
    }
    followed
}

/// The slack of the best order that was found, and what has to be guaranteed.
#[track_caller]
pub(crate) fn best(found: &Sequence) -> (f64, Vec<Vec<f64>>) {
    let Order::Found { plan, trust, .. } = &found.order else { panic!("no order: {:?}", found.order) };
    (plan.slack, trust.iter().map(|choice| choice.by_party.clone()).collect())
}

/// Whether both are the same vectors in the same order, but for rounding.
pub(crate) fn same_needs(a: &[Vec<f64>], b: &[Vec<f64>]) -> bool {
    let same =
        |(a, b): (&Vec<f64>, &Vec<f64>)| a.len() == b.len() && a.iter().zip(b).all(|(a, b)| close(*a, *b));
    a.len() == b.len() && a.iter().zip(b).all(same)
}

/// What the judge finds by trying every order.
struct Judged {
    slack: f64,
    needs: Vec<Vec<f64>>,
}

/// The whole answer for one deal before the judge, who tries every order; whether there is one.
#[track_caller]
pub(crate) fn judge(talks: &Talks, deal: &Outcome, options: &[SequenceOptions]) -> bool {
    let none = Aid::none(talks);
    let judged = best_slack(talks, deal, &none)
        .map(|slack| Judged { slack, needs: price_of_trust(talks, deal, &none) });
    for options in options {
        let found = run(talks, deal, options);
        match (&found.order, &judged) {
            (Order::NoSteps, _) => assert!(found.steps.is_empty()),
            (Order::Impossible(why), None) => {
                assert_eq!(every_order(talks, deal), Vec::<Vec<Vec<StepId>>>::new(), "{why:?}");
                let is_due = !matches!(why, Obstacle::Stuck { due, .. } if due.is_empty());
                assert!(is_due, "nothing is due, and yet {why:?}");
            }
            (order @ Order::Found { .. }, Some(judged)) => judge_found(talks, deal, order, judged),
            (order, judged) => {
                panic!("{order:?}, and {:?} is possible", judged.as_ref().map(|judged| judged.slack))
            }
        }
    }
    judged.is_some()
}

#[track_caller]
fn judge_found(talks: &Talks, deal: &Outcome, order: &Order, judged: &Judged) {
    let Order::Found { plan, at_most, trust, trust_proven } = order else { return };
    let none = Aid::none(talks);
    assert!(close(plan.slack, judged.slack), "slack {} is not the best, {}", plan.slack, judged.slack);
    assert!(close(*at_most, judged.slack), "at most {at_most}, and {} is possible", judged.slack);
    judge_plan(talks, deal, plan, &none);
    assert!(trust_proven);
    assert_eq!(judged.needs.len(), trust.len(), "{:?} is not {trust:?}", judged.needs);
    for (judged, said) in judged.needs.iter().zip(trust) {
        let same = judged.iter().zip(&said.by_party).all(|(a, b)| close(*a, *b));
        assert!(same, "{:?} is not {judged:?}", said.by_party);
        let needs = judge_plan(talks, deal, &said.plan, &none).needs();
        let enough = needs.iter().zip(&said.by_party).all(|(need, said)| *need <= said + 2e-9);
        assert!(enough, "{needs:?} is more than {:?}", said.by_party);
    }
}

/// Some deal that breaks no constraint.
pub(crate) fn some_deal(talks: &Talks, dice: &mut Dice) -> Outcome {
    let mut draw = |k: usize| {
        let options = talks.issues.iter().map(|issue| dice.below(issue.n_options()) * usize::from(k < 900));
        Outcome(options.map(OptionId).collect())
    };
    let found = (0..1000).map(&mut draw).find(|deal| talks.is_feasible(deal));
    found.expect("something is always feasible")
}

/// A random case with a deal, by its number.
pub(crate) fn case(seed: u64, max_groups: usize, kinds: Kinds) -> (Talks, Outcome) {
    let talks = Case::new(1 + seed as usize % 3, 2 + seed as usize % 2, seed).talks();
    let mut dice = Dice::new(seed ^ 0x5eed);
    let talks = with_steps(&talks, &mut dice, max_groups, kinds);
    let deal = some_deal(&talks, &mut dice);
    (talks, deal)
}

fn number(value: f64) -> Number {
    Number::fixed(value)
}

/// Parties of one body each, to whom a deal is worth so much beyond no deal, and steps that give to each of
/// them; of the first party, and in any order.
pub(crate) fn trade(worth: &[f64], gives: &[Vec<f64>]) -> Draft {
    let party = |p: usize| Party {
        id: format!("p{p}"),
        name: format!("Party {p}"),
        bodies: vec![BodyId(p)],
        ratifies: Rule::One(BodyId(p)),
        because: vec![],
    };
    let body = |(p, worth): (usize, &f64)| Body {
        id: format!("b{p}"),
        name: format!("Body {p}"),
        party: PartyId(p),
        influence: None,
        alternative: Alternative::Worth(number(0.0)),
        will: StatedCost::Unstated,
        strain: StatedCost::Unstated,
        reaction: None,
        discount: None,
        preferences: Preferences {
            issues: vec![Some(IssuePreference {
                weight: None,
                shape: Shape::Values(vec![number(0.0), number(*worth)]),
            })],
            interactions: vec![],
            tables: vec![],
        },
        because: vec![],
    };
    let step = |(s, gives): (usize, &Vec<f64>)| Step {
        gives: gives.iter().enumerate().map(|(b, amount)| (BodyId(b), number(*amount))).collect(),
        ..Step::new(format!("s{s}"), Actor::Party(PartyId(0)))
    };
    let parties = (0..worth.len()).map(party).collect();
    let bodies = worth.iter().enumerate().map(body).collect();
    let steps = gives.iter().enumerate().map(step).collect();
    Draft { steps, ..Draft::new("Trade", vec![issue("deal")], parties, bodies) }
}

/// Puts steps into this order among each other.
pub(crate) fn chain(draft: &mut Draft, steps: std::ops::Range<usize>) {
    for s in steps.clone().skip(1) {
        draft.steps[s].after.push(Wait { step: StepId(s - 1), time: None });
    }
}

/// A yes to everything, where what steps give is a part of what the deal is worth.
pub(crate) fn yes(draft: Draft) -> (Talks, Outcome) {
    let talks = Talks::new(in_the_deal(draft)).expect("talks that fit together");
    let deal = Outcome(vec![OptionId(1); talks.issues.len()]);
    (talks, deal)
}

/// What each step gives becomes an issue that it delivers; another, which comes with the end, takes it off again, so
/// that the deal is worth what it was.
fn in_the_deal(mut draft: Draft) -> Draft {
    if draft.steps.iter().all(|step| step.gives.is_empty()) {
        return draft;
    }
    let worth = |yes: f64| {
        let shape = Shape::Values(vec![number(0.0), number(yes)]);
        Some(IssuePreference { weight: None, shape })
    };
    let given = |step: &Step, b: usize| -> f64 {
        step.gives.iter().filter(|(body, _)| body.0 == b).map(|(_, amount)| amount.mean()).sum()
    };
    for (b, body) in draft.bodies.iter_mut().enumerate() {
        let gifts: Vec<f64> = draft.steps.iter().map(|step| given(step, b)).collect();
        let rest = -gifts.iter().sum::<f64>();
        body.preferences.issues.extend(gifts.into_iter().chain([rest]).map(worth));
    }
    let n_issues = draft.issues.len();
    for (s, step) in draft.steps.iter_mut().enumerate() {
        step.delivers.push((IssueId(n_issues + s), number(1.0)));
        step.gives.clear();
    }
    let ids = n_issues..=n_issues + draft.steps.len();
    draft.issues.extend(ids.map(|id| issue(&format!("given-{id}"))));
    draft
}

/// An issue `no` or `yes`, which is `no` today.
fn issue(id: &str) -> Issue {
    let option = |id: &str| NamedOption { id: id.into(), name: id.into() };
    let options = Options::Named { ordered: false, options: vec![option("no"), option("yes")] };
    Issue { id: id.into(), name: id.into(), options, status_quo: Some(OptionId(0)), because: vec![] }
}
