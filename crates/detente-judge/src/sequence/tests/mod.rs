mod breaking;
mod exchange;
mod gifts;
mod levers;
mod orders;
mod parts;
mod times;
mod worth;

use super::*;
use detente_model::{
    Actor, Alternative, Body, BodyId, Clause, Condition, Cost, Distribution, Draft, Duration, Interaction,
    Issue, IssueId, IssuePreference, Lever, LeverId, Mediator, MediatorId, NamedOption, Number, OptionId,
    OptionSet, Options, Party, PartyId, Preferences, Rule, Shape, StatedCost, Step, Table, Wait,
};
use std::collections::BTreeMap;

fn number(value: f64) -> Number {
    Number::fixed(value)
}

fn days(amount: f64) -> Option<Duration> {
    Duration::parse(&format!("{amount} days")).ok()
}

fn ids(steps: &[usize]) -> Vec<StepId> {
    steps.iter().copied().map(StepId).collect()
}

fn wait(step: usize) -> Wait {
    Wait { step: StepId(step), time: None }
}

fn within(step: usize, time: f64) -> Wait {
    Wait { step: StepId(step), time: days(time) }
}

/// A step of party 0 that does nothing.
fn step(id: impl Into<String>) -> Step {
    Step::new(id, Actor::Party(PartyId(0)))
}

/// Steps `s0`, `s1` and so on, changed.
fn steps(n: usize, change: impl FnOnce(&mut [Step])) -> Vec<Step> {
    let mut steps: Vec<Step> = (0..n).map(|k| step(format!("s{k}"))).collect();
    change(&mut steps);
    steps
}

/// An issue `no` or `yes`, which is `no` today.
fn issue(id: &str) -> Issue {
    let option = |id: &str| NamedOption { id: id.into(), name: id.into() };
    let options = Options::Named { ordered: false, options: vec![option("no"), option("yes")] };
    Issue { id: id.into(), name: id.into(), options, status_quo: Some(OptionId(0)), because: vec![] }
}

/// A body that values a yes to each issue and no deal at 0.
fn body(id: usize, party: usize, yes: &[f64]) -> Body {
    let value = |yes: &f64| {
        let shape = Shape::Values(vec![number(0.0), number(*yes)]);
        Some(IssuePreference { weight: None, shape })
    };
    Body {
        id: format!("b{id}"),
        name: format!("Body {id}"),
        party: PartyId(party),
        influence: None,
        alternative: Alternative::Worth(number(0.0)),
        will: StatedCost::Unstated,
        strain: StatedCost::Unstated,
        reaction: None,
        discount: None,
        preferences: Preferences {
            issues: yes.iter().map(value).collect(),
            interactions: vec![],
            tables: vec![],
        },
        because: vec![],
    }
}

fn party(id: usize, ratifies: Rule<BodyId>) -> Party {
    let bodies = ratifies.members().into_iter().copied().collect();
    Party { id: format!("p{id}"), name: format!("Party {id}"), bodies, ratifies, because: vec![] }
}

/// Parties of one body each, which value a yes to every issue as given.
fn draft(values: &[&[f64]], steps: Vec<Step>) -> Draft {
    let issues = (0..values[0].len()).map(|i| issue(&format!("i{i}"))).collect();
    let parties = (0..values.len()).map(|p| party(p, Rule::One(BodyId(p)))).collect();
    let bodies = values.iter().enumerate().map(|(p, values)| body(p, p, values)).collect();
    Draft { steps, ..Draft::new("talks", issues, parties, bodies) }
}

/// Talks in which what steps give is a part of what the deal is worth.
fn talks(draft: Draft) -> Talks {
    with_gifts(in_the_deal(draft))
}

/// Talks in which what steps give comes beside the deal.
fn with_gifts(draft: Draft) -> Talks {
    Talks::new(draft).expect("talks")
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
    for s in 0..draft.steps.len() {
        let step = &mut draft.steps[s];
        if !step.gives.is_empty() {
            step.delivers.push((IssueId(draft.issues.len()), number(1.0)));
            step.gives.clear();
        }
        draft.issues.push(issue(&format!("given-{s}")));
    }
    draft.issues.push(issue("rest"));
    draft
}

/// A yes to everything.
fn yes(talks: &Talks) -> Outcome {
    Outcome(vec![OptionId(1); talks.issues.len()])
}

/// Two parties to whom a deal is worth 10, and steps whose order alone matters.
fn plain(steps: Vec<Step>) -> Talks {
    talks(draft(&[&[10.0], &[10.0]], steps))
}

fn orders(talks: &Talks) -> Vec<Vec<Vec<usize>>> {
    let plain = |order: Vec<Vec<StepId>>| -> Vec<Vec<usize>> {
        order.into_iter().map(|point| point.into_iter().map(|s| s.0).collect()).collect()
    };
    every_order(talks, &yes(talks)).into_iter().map(plain).collect()
}

#[track_caller]
fn check_orders(steps: Vec<Step>, expected: &[&[&[usize]]]) {
    let talks = plain(steps);
    let mut found = orders(&talks);
    found.sort();
    assert_eq!(found, expected);
    for order in &found {
        let order: Vec<Vec<StepId>> = order.iter().map(|point| ids(point)).collect();
        let followed = follow(&talks, &yes(&talks), &order, &Aid::none(&talks)).expect("a possible order");
        assert_eq!((followed.points.len(), followed.times.len()), (order.len() + 1, order.len() + 1));
    }
}

fn follow_points(talks: &Talks, order: &[&[usize]]) -> Result<Followed, String> {
    let order: Vec<Vec<StepId>> = order.iter().map(|point| ids(point)).collect();
    follow(talks, &yes(talks), &order, &Aid::none(talks))
}

#[track_caller]
fn check_refused(talks: &Talks, order: &[&[usize]], why: &str) {
    let objection = follow_points(talks, order).expect_err("not possible");
    assert!(objection.contains(why), "{objection}");
}

#[track_caller]
fn check_times(steps: Vec<Step>, order: &[&[usize]], times: Option<&[f64]>) {
    let found = follow_points(&plain(steps), order).map(|followed| followed.times);
    assert_eq!(found.clone().ok().as_deref(), times, "{found:?}");
}

/// What walking away is worth to body 0 after each point.
#[track_caller]
fn check_worth(talks: &Talks, order: &[&[usize]], worth: &[f64]) {
    let followed = follow_points(talks, order).expect("a possible order");
    let found: Vec<f64> = followed.points.iter().map(|point| point.bodies[0].worth).collect();
    assert_eq!(found, worth);
}

/// Four chunks that cost a supplier 1 and are worth 2, against payments that sum to 6.
fn exchange(n_payments: usize, change: impl FnOnce(&mut [Step])) -> Talks {
    let part = |k: usize, supplier: f64, demander: f64| Step {
        gives: vec![(BodyId(0), number(supplier)), (BodyId(1), number(demander))],
        after: if k == 0 || k == 4 { vec![] } else { vec![wait(k - 1)] },
        ..step(format!("s{k}"))
    };
    let pay = 6.0 / n_payments as f64;
    let chunks = (0..4).map(|k| part(k, -1.0, 2.0));
    let mut steps: Vec<Step> =
        chunks.chain((4..4 + n_payments).map(|k| Step { ..part(k, pay, -pay) })).collect();
    change(&mut steps);
    talks(draft(&[&[2.0], &[2.0]], steps))
}
