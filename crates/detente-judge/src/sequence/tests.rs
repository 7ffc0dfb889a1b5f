mod breaking;

use super::*;
use detente_model::{
    Actor, Body, BodyId, Clause, Condition, Cost, Distribution, Draft, Duration, Interaction, Issue, IssueId,
    IssuePreference, Lever, LeverId, Mediator, MediatorId, NamedOption, Number, OptionId, OptionSet, Options,
    Party, PartyId, Preferences, Rule, Shape, Step, Table, Wait,
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
        alternative: Some(number(0.0)),
        will: None,
        strain: None,
        reaction: None,
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

fn talks(draft: Draft) -> Talks {
    Talks::new(draft).expect("talks")
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

#[test]
fn an_exchange_is_safe_inside_its_band() {
    let talks = exchange(6, |_| ());
    let all = every_order(&talks, &yes(&talks));
    assert_eq!(all.len(), 210);
    let mut seen = BTreeSet::new();
    for order in &all {
        for point in follow(&talks, &yes(&talks), order, &Aid::none(&talks)).expect("possible").points {
            let k = point.done.iter().filter(|s| s.0 < 4).count();
            let p = point.done.len() - k;
            let is_safe = point.parties.iter().all(|slack| *slack >= 0.0);
            assert_eq!(is_safe, 2 * k <= p + 2 && p <= 2 + k, "{k} {p}");
            assert_eq!(point.bodies[0].slack, 2.0 - p as f64 + k as f64);
            seen.insert((k, p));
        }
    }
    assert_eq!(seen.len(), 35);
}

#[test]
fn the_last_chunk_needs_a_guarantee_of_its_cost() {
    let talks = exchange(6, |_| ());
    let (deal, none) = (yes(&talks), Aid::none(&talks));
    assert_eq!(best_slack(&talks, &deal, &none), Some(-0.5));
    assert_eq!(price_of_trust(&talks, &deal, &none), [[0.0, 0.5], [0.5, 0.0]]);
    let finer = exchange(12, |_| ());
    assert_eq!(price_of_trust(&finer, &deal, &none), [[0.0, 0.5], [0.25, 0.25], [0.5, 0.0]]);
    // A deal is worth 2 to each, so a guarantee of a quarter makes up for half a unit.
    for (supplier, demander) in [(0.0, 0.0), (0.0, 0.5), (0.5, 0.5), (1.0, 0.0), (0.5, 0.0), (1.0, 1.0)] {
        let aid = Aid { guarantee: vec![supplier / 2.0, demander / 2.0], ..none.clone() };
        let slack = best_slack(&finer, &deal, &aid).expect("an order");
        assert_eq!(slack >= 0.0, supplier + demander >= 1.0, "{supplier} {demander}: {slack}");
        let is_enough = price_of_trust(&finer, &deal, &aid) == [[0.0, 0.0]];
        assert_eq!(is_enough, slack >= 0.0);
    }
}

#[test]
fn the_last_chunk_and_the_last_payment_at_once_are_safe() {
    let talks = exchange(6, |steps| steps[3].together = ids(&[9]));
    let (deal, none) = (yes(&talks), Aid::none(&talks));
    assert_eq!(best_slack(&talks, &deal, &none), Some(0.0));
    assert_eq!(price_of_trust(&talks, &deal, &none), [[0.0, 0.0]]);
    let order: &[&[usize]] = &[&[4], &[0], &[5], &[1], &[6], &[7], &[2], &[8], &[3, 9]];
    let followed = follow_points(&talks, order).expect("possible");
    assert!(followed.is_self_enforcing());
    let before = &followed.points[8];
    assert_eq!((before.bodies[0].slack, before.bodies[1].slack), (0.0, 1.0));
    assert_eq!(followed.needs(), [0.0, 0.0]);
}

#[test]
fn a_party_that_gives_all_first_has_nothing_to_fear_from_itself() {
    let order: Vec<&[usize]> = vec![&[0], &[1], &[2], &[3], &[4], &[5], &[6], &[7], &[8], &[9]];
    let followed = follow_points(&exchange(6, |_| ()), &order).expect("possible");
    assert_eq!((followed.smallest(), followed.needs()), (-3.0, vec![0.0, 3.0]));
    assert!(!followed.is_self_enforcing());
}

#[test]
fn steps_that_nothing_ties_are_done_in_every_order() {
    check_orders(steps(2, |_| ()), &[&[&[0], &[1]], &[&[1], &[0]]]);
    check_orders(vec![], &[&[]]);
    let talks = plain(steps(4, |_| ()));
    assert_eq!(orders(&talks).len(), 24);
    check_refused(&talks, &[&[0], &[1], &[2]], "still due");
    check_refused(&talks, &[&[0], &[0]], "done already");
    check_refused(&talks, &[&[0, 1], &[2], &[3]], "at once");
}

#[test]
fn a_deal_without_steps_has_nothing_that_could_be_broken() {
    let talks = plain(vec![]);
    let (deal, none) = (yes(&talks), Aid::none(&talks));
    assert_eq!(best_slack(&talks, &deal, &none), Some(f64::INFINITY));
    assert_eq!(price_of_trust(&talks, &deal, &none), [[0.0, 0.0]]);
}

#[test]
fn a_step_comes_after_what_it_waits_for() {
    let talks = plain(steps(2, |s| s[0].after = vec![wait(1)]));
    assert_eq!(orders(&talks), [[[1], [0]]]);
    check_refused(&talks, &[&[0], &[1]], "waits for StepId(1)");
}

#[test]
fn a_circle_of_waits_gives_no_order() {
    let circle = |s: &mut [Step]| (0..3).for_each(|k| s[k].after = vec![wait((k + 1) % 3)]);
    check_orders(steps(3, circle), &[]);
    let talks = plain(steps(3, circle));
    let (deal, none) = (yes(&talks), Aid::none(&talks));
    assert_eq!(best_slack(&talks, &deal, &none), None);
    assert!(price_of_trust(&talks, &deal, &none).is_empty());
}

#[test]
fn a_step_of_another_deal_is_as_if_it_had_not_been_written() {
    let other = |s: &mut [Step]| {
        let no = OptionSet::from_options([OptionId(0)]);
        s[0].only_if = Some(Condition(vec![Clause { issue: IssueId(0), options: no }]));
        s[1].after = vec![wait(0)];
        s[2].milestones = ids(&[0]);
        s[0].after = vec![wait(1), wait(2)];
        s[0].responds = vec![wait(1), wait(2)];
        s[1].together = ids(&[0]);
        s[2].together = ids(&[0]);
    };
    check_orders(steps(3, other), &[&[&[1], &[2]], &[&[2], &[1]]]);
    let brings_in = |s: &mut [Step]| {
        other(s);
        s[0].includes = ids(&[1]);
    };
    // What only a step of another deal brings into play never comes into play.
    check_orders(steps(3, brings_in), &[&[&[2]]]);
    check_refused(&plain(steps(3, other)), &[&[0], &[1], &[2]], "does not belong");
}

#[test]
fn an_include_brings_a_step_into_play() {
    check_orders(steps(2, |s| s[0].includes = ids(&[1])), &[&[&[0], &[1]]]);
    check_orders(steps(2, |s| s[0].includes = ids(&[0, 1])), &[&[&[0], &[1]]]);
    check_refused(&plain(steps(2, |s| s[0].includes = ids(&[1]))), &[&[1], &[0]], "not in play");
}

#[test]
fn an_exclude_takes_a_step_out_of_play() {
    check_orders(steps(2, |s| s[0].excludes = ids(&[1])), &[&[&[0]], &[&[1], &[0]]]);
    // What is out of play is not waited for.
    let waits = |s: &mut [Step]| {
        s[0].excludes = ids(&[1]);
        s[2].after = vec![wait(1)];
    };
    check_orders(steps(3, waits), &[&[&[0], &[2]], &[&[1], &[0], &[2]], &[&[1], &[2], &[0]]]);
}

#[test]
fn what_some_bring_in_and_others_take_out_is_in_play_at_the_start() {
    let both = |s: &mut [Step]| {
        s[0].includes = ids(&[2]);
        s[1].excludes = ids(&[2]);
        s[1].after = vec![wait(0)];
    };
    check_orders(steps(3, both), &[&[&[0], &[1]], &[&[0], &[2], &[1]], &[&[2], &[0], &[1]]]);
    let same = |s: &mut [Step]| {
        s[0].includes = ids(&[1]);
        s[0].excludes = ids(&[1]);
    };
    check_orders(steps(2, same), &[&[&[0], &[1]]]);
}

#[test]
fn a_response_makes_due_what_was_done() {
    check_orders(steps(2, |s| s[0].responds = vec![wait(1)]), &[&[&[0], &[1]]]);
    check_orders(steps(1, |s| s[0].responds = vec![wait(0)]), &[]);
    let once = |s: &mut [Step]| {
        s[0].responds = vec![wait(0)];
        s[0].excludes = ids(&[0]);
    };
    check_orders(steps(1, once), &[&[&[0]]]);
}

#[test]
fn a_milestone_waits_until_nothing_is_due() {
    check_orders(steps(2, |s| s[0].milestones = ids(&[1])), &[&[&[1], &[0]]]);
    let due_again = |s: &mut [Step]| {
        s[0].milestones = ids(&[1]);
        s[2].responds = vec![wait(1)];
    };
    check_orders(steps(3, due_again), &[&[&[2], &[1], &[0]]]);
}

#[test]
fn steps_together_are_one_point_as_far_as_they_are_in_play() {
    let three = |s: &mut [Step]| {
        s[0].together = ids(&[1]);
        s[2].together = ids(&[1]);
    };
    check_orders(steps(3, three), &[&[&[0, 1, 2]]]);
    let waits = |s: &mut [Step]| {
        three(s);
        s[0].after = vec![wait(2)];
    };
    check_orders(steps(3, waits), &[]);
    let responds = |s: &mut [Step]| {
        three(s);
        s[0].responds = vec![wait(2)];
    };
    check_orders(steps(3, responds), &[&[&[0, 1, 2]]]);
    let comes_later = |s: &mut [Step]| {
        three(s);
        s[0].includes = ids(&[2]);
    };
    check_orders(steps(3, comes_later), &[&[&[0, 1], &[2]]]);
}

#[test]
fn steps_are_done_as_early_as_they_can_be() {
    let line = |s: &mut [Step]| {
        s[0].takes = days(3.0);
        s[1].takes = days(2.0);
        s[1].after = vec![within(0, 7.0)];
        s[2].takes = days(1.0);
    };
    check_times(steps(3, line), &[&[0], &[1], &[2]], Some(&[0.0, 3.0, 12.0, 12.0]));
    check_times(steps(3, line), &[&[2], &[0], &[1]], Some(&[0.0, 1.0, 3.0, 12.0]));
    check_times(steps(3, line), &[&[0], &[2], &[1]], Some(&[0.0, 3.0, 3.0, 12.0]));
}

#[test]
fn a_deadline_holds_while_a_step_is_due_and_in_play() {
    let late = |s: &mut [Step]| {
        s[0].takes = days(5.0);
        s[1].deadline = days(4.0);
    };
    check_times(steps(2, late), &[&[0], &[1]], None);
    check_times(steps(2, late), &[&[1], &[0]], Some(&[0.0, 0.0, 5.0]));
    let taken_out = |s: &mut [Step]| {
        late(s);
        s[0].excludes = ids(&[1]);
    };
    check_times(steps(2, taken_out), &[&[0]], None);
    let brought_in = |s: &mut [Step]| {
        late(s);
        s[0].includes = ids(&[1]);
    };
    check_times(steps(2, brought_in), &[&[0], &[1]], None);
    check_orders(steps(2, late), &[&[&[1], &[0]]]);
}

#[test]
fn a_response_that_comes_too_late_is_not_possible() {
    let asked = |s: &mut [Step]| {
        s[0].responds = vec![within(1, 3.0)];
        s[1].takes = days(2.0);
        s[1].after = vec![within(2, 4.0)];
    };
    // The call can wait for what the answer waits for.
    check_times(steps(3, asked), &[&[2], &[0], &[1]], Some(&[0.0, 0.0, 3.0, 6.0]));
    check_times(steps(3, asked), &[&[0], &[2], &[1]], None);
    let early = |s: &mut [Step]| {
        asked(s);
        s[0].deadline = days(2.0);
    };
    check_times(steps(3, early), &[&[2], &[0], &[1]], None);
}

#[test]
fn the_time_to_answer_counts_from_the_latest_call() {
    let twice = |s: &mut [Step]| {
        s[0].responds = vec![within(2, 3.0)];
        s[1].responds = vec![within(2, 3.0)];
        s[1].after = vec![within(0, 2.0)];
        s[2].after = vec![within(0, 5.0)];
    };
    check_times(steps(3, twice), &[&[0], &[1], &[2]], Some(&[0.0, 0.0, 2.0, 5.0]));
    let once = |s: &mut [Step]| {
        twice(s);
        s[1].responds = vec![];
    };
    check_times(steps(3, once), &[&[0], &[1], &[2]], None);
}

#[test]
fn what_is_done_at_once_has_one_time() {
    let both = |s: &mut [Step]| {
        s[0].together = ids(&[1]);
        s[0].takes = days(1.0);
        s[1].takes = days(4.0);
        s[0].responds = vec![within(1, 0.0)];
    };
    check_times(steps(2, both), &[&[0, 1]], Some(&[0.0, 4.0]));
}

#[test]
fn of_what_is_delivered_the_kept_share_stays() {
    let change = |s: &mut [Step]| {
        s[0].delivers = vec![(IssueId(0), number(0.25))];
        s[1].delivers = vec![(IssueId(0), number(0.75))];
        s[1].kept = Some(number(0.5));
        s[2].gives = vec![(BodyId(0), number(-2.0))];
        s[2].kept = Some(number(0.0));
    };
    let mut own = draft(&[&[8.0]], steps(3, change));
    own.bodies[0].alternative = Some(number(1.0));
    own.bodies[0].reaction = Some(number(0.5));
    check_worth(&talks(own), &[&[0], &[1], &[2]], &[0.5, 2.5, 5.5, 5.5]);
}

#[test]
fn an_issue_without_a_status_quo_is_counted_from_nothing() {
    let mut own = draft(&[&[8.0]], steps(1, |s| s[0].delivers = vec![(IssueId(0), number(1.0))]));
    own.bodies[0].preferences.issues[0] = Some(IssuePreference {
        weight: Some(number(2.0)),
        shape: Shape::Values(vec![number(3.0), number(4.0)]),
    });
    check_worth(&talks(own.clone()), &[&[0]], &[0.0, 2.0]);
    own.issues[0].status_quo = None;
    check_worth(&talks(own), &[&[0]], &[0.0, 8.0]);
}

/// Two issues, each delivered by a step of its own, and a body with one more term.
fn with_term(change: impl FnOnce(&mut Draft)) -> Talks {
    let delivers = |s: &mut [Step]| {
        (0..2).for_each(|k| s[k].delivers = vec![(IssueId(k), number(1.0))]);
    };
    let mut own = draft(&[&[1.0, 2.0]], steps(2, delivers));
    change(&mut own);
    talks(own)
}

fn both_yes() -> Condition {
    let clause = |i| Clause { issue: IssueId(i), options: OptionSet::from_options([OptionId(1)]) };
    Condition((0..2).map(clause).collect())
}

fn interaction(unless: bool) -> Interaction {
    Interaction { when: both_yes(), unless, adds: number(4.0) }
}

#[test]
fn an_interaction_is_delivered_with_its_last_issue() {
    let adds = |d: &mut Draft| d.bodies[0].preferences.interactions = vec![interaction(false)];
    check_worth(&with_term(adds), &[&[0], &[1]], &[0.0, 1.0, 7.0]);
    let unless = |d: &mut Draft| d.bodies[0].preferences.interactions = vec![interaction(true)];
    check_worth(&with_term(unless), &[&[0], &[1]], &[0.0, 1.0, -1.0]);
    // The status quo of one issue is not known: the deal changes it, and nothing is taken off.
    let open = |d: &mut Draft| {
        unless(d);
        d.issues[1].status_quo = None;
    };
    check_worth(&with_term(open), &[&[0], &[1]], &[0.0, 1.0, 3.0]);
    // No step delivers an issue of it: it comes with the end.
    let at_the_end = |d: &mut Draft| {
        adds(d);
        d.steps.iter_mut().for_each(|step| step.delivers.clear());
    };
    check_worth(&with_term(at_the_end), &[&[0], &[1]], &[0.0, 0.0, 0.0]);
}

#[test]
fn an_interaction_does_not_wait_for_an_issue_that_stays_as_it_is() {
    let stays = |d: &mut Draft| {
        d.bodies[0].preferences.interactions = vec![interaction(false)];
        d.issues[1].status_quo = Some(OptionId(1));
    };
    check_worth(&with_term(stays), &[&[0], &[1]], &[0.0, 5.0, 5.0]);
}

#[test]
fn of_an_interaction_stays_the_smallest_share_kept_of_its_last_point() {
    let kept = |together: Vec<StepId>| {
        with_term(move |d| {
            d.bodies[0].preferences.interactions = vec![interaction(false)];
            d.steps[0].kept = Some(number(0.5));
            d.steps[0].together = together;
        })
    };
    check_worth(&kept(vec![]), &[&[0], &[1]], &[0.0, 0.5, 6.5]);
    check_worth(&kept(vec![]), &[&[1], &[0]], &[0.0, 2.0, 4.5]);
    check_worth(&kept(ids(&[1])), &[&[0, 1]], &[0.0, 4.5]);
}

#[test]
fn a_table_is_delivered_with_its_last_issue() {
    let row = |a, b, amount| (vec![OptionId(a), OptionId(b)], number(amount));
    let table = |otherwise: Option<f64>| Table {
        issues: vec![IssueId(1), IssueId(0)],
        rows: BTreeMap::from([row(1, 1, 5.0), row(1, 0, 9.0)]),
        otherwise: otherwise.map(number),
    };
    let with = |otherwise| with_term(move |d| d.bodies[0].preferences.tables = vec![table(otherwise)]);
    check_worth(&with(Some(3.0)), &[&[1], &[0]], &[0.0, 2.0, 5.0]);
    check_worth(&with(None), &[&[1], &[0]], &[0.0, 2.0, 8.0]);
}

#[track_caller]
fn check_slack(alternative: Option<f64>, gives: f64, before: f64, after: f64) {
    let mut own = draft(&[&[8.0]], steps(2, |s| s[0].gives = vec![(BodyId(0), number(gives))]));
    own.bodies[0].alternative = alternative.map(number);
    let followed = follow_points(&talks(own), &[&[0], &[1]]).expect("possible");
    let relative: Vec<f64> = followed.points.iter().map(|point| point.bodies[0].relative).collect();
    assert_eq!(relative, [before, after, after]);
}

#[test]
fn slack_is_a_share_of_what_the_deal_is_worth() {
    check_slack(Some(5.0), 1.0, 1.0, 0.666666667);
    check_slack(Some(5.0), 4.0, 1.0, -0.333333333);
    check_slack(Some(5.0), 3.0, 1.0, 0.0);
}

#[test]
fn slack_is_infinite_where_a_deal_is_worth_no_more_than_no_deal() {
    let (none, most) = (f64::NEG_INFINITY, f64::INFINITY);
    check_slack(Some(8.0), 1.0, most, none);
    check_slack(Some(9.0), 1.0, none, none);
    check_slack(Some(9.0), -1.0, none, most);
    check_slack(None, 100.0, most, most);
    let talks = {
        let mut own = draft(&[&[8.0], &[8.0]], steps(1, |_| ()));
        own.bodies[0].alternative = Some(number(9.0));
        talks(own)
    };
    let price = price_of_trust(&talks, &yes(&talks), &Aid::none(&talks));
    assert_eq!(price, [[f64::INFINITY, 0.0]]);
}

#[track_caller]
fn check_rule(ratifies: Rule<BodyId>, slack: f64) {
    let gives = [1.0, 3.0, 6.0, 12.0].map(number);
    let gives = gives.into_iter().enumerate().map(|(b, amount)| (BodyId(b), amount)).collect();
    let mut own = draft(&[&[10.0]], steps(2, |s| s[0].gives = gives));
    own.bodies = (0..4).map(|b| body(b, 0, &[10.0])).collect();
    own.parties = vec![Party { bodies: (0..4).map(BodyId).collect(), ..party(0, ratifies) }];
    let followed = follow_points(&talks(own), &[&[0], &[1]]).expect("possible");
    assert_eq!(followed.points[1].parties, [slack]);
    assert_eq!(followed.smallest(), slack);
    assert_eq!(followed.is_self_enforcing(), slack >= 0.0);
    assert_eq!(followed.needs(), [f64::max(0.0, -slack)]);
}

#[test]
fn a_party_goes_on_as_long_as_its_rule_does() {
    let one = |b| Rule::One(BodyId(b));
    let all = || (0..4).map(one).collect::<Vec<_>>();
    // The slacks are 0.9, 0.7, 0.4 and -0.2.
    check_rule(one(2), 0.4);
    check_rule(Rule::All(all()), -0.2);
    check_rule(Rule::Any(all()), 0.9);
    for (needed, slack) in [(1, 0.9), (2, 0.7), (3, 0.4), (4, -0.2)] {
        check_rule(Rule::AtLeast { needed, of: all() }, slack);
    }
    let weighed = [0.5, 1.0, 1.0, 3.0].into_iter().zip(all()).map(|(weight, one)| (number(weight), one));
    let quota = |needed: f64| Rule::Quota { needed: number(needed), of: weighed.clone().collect() };
    for (needed, slack) in [(0.5, 0.9), (1.0, 0.7), (2.5, 0.4), (3.0, -0.2)] {
        check_rule(quota(needed), slack);
    }
    check_rule(Rule::Any(vec![Rule::All(vec![one(0), one(3)]), Rule::All(vec![one(1), one(2)])]), 0.4);
}

#[test]
fn outsiders_add_to_the_end_and_take_from_the_alternative() {
    let mut own = draft(&[&[8.0]], steps(2, |s| s[0].gives = vec![(BodyId(0), number(9.0))]));
    own.bodies[0].alternative = Some(number(2.0));
    let talks = talks(own);
    let aid = Aid { adds: vec![1.0], lowers: vec![3.0], guarantee: vec![0.25] };
    let order = [ids(&[0]), ids(&[1])];
    let followed = follow(&talks, &yes(&talks), &order, &aid).expect("possible");
    let expected = BodyStanding { worth: 8.0, slack: 1.0, relative: 0.1 };
    assert_eq!(followed.points[1].bodies, [expected]);
    assert_eq!(followed.points[1].parties, [0.35]);
}

#[test]
fn a_step_in_parts_takes_and_gives_as_much_as_the_whole() {
    let change = |s: &mut [Step]| {
        s[0].takes = days(6.0);
        s[0].gives = vec![(BodyId(0), number(3.0))];
        s[0].kept = Some(number(0.5));
        s[0].after = vec![within(1, 2.0)];
        s[2].after = vec![within(0, 1.0)];
    };
    let talks = divide(&plain(steps(3, change)), &ids(&[0]), 3);
    let names: Vec<&str> = talks.steps.iter().map(|step| step.id.as_str()).collect();
    assert_eq!(names, ["s0-1", "s0-2", "s0-3", "s1", "s2"]);
    assert_eq!(orders(&talks), [[[3], [0], [1], [2], [4]]]);
    let followed = follow_points(&talks, &[&[3], &[0], &[1], &[2], &[4]]).expect("possible");
    assert_eq!(followed.times, [0.0, 0.0, 4.0, 6.0, 8.0, 9.0]);
    check_worth(&talks, &[&[3], &[0], &[1], &[2], &[4]], &[0.0, 0.0, 0.5, 1.0, 1.5, 1.5]);
    assert_eq!(divide(&talks, &ids(&[0]), 1), talks);
}

#[test]
fn parts_of_steps_at_once_are_at_once() {
    let change = |s: &mut [Step]| {
        s[0].together = ids(&[2]);
        s[1].responds = vec![wait(0)];
        s[2].excludes = ids(&[3]);
        s[3].milestones = ids(&[2]);
        s[4].includes = ids(&[0]);
    };
    let talks = divide(&plain(steps(5, change)), &ids(&[0, 2]), 2);
    let [first, last] = [&talks.steps[3], &talks.steps[4]];
    assert_eq!(talks.steps[0].together, [StepId(3)]);
    assert_eq!(talks.steps[1].together, [StepId(4)]);
    assert_eq!((first.excludes.len(), &last.excludes), (0, &vec![StepId(5)]));
    assert_eq!(talks.steps[2].responds, [wait(0), wait(1)]);
    assert_eq!(talks.steps[5].milestones, ids(&[3, 4]));
    assert_eq!(talks.steps[6].includes, ids(&[0, 1]));
}

#[test]
fn a_divided_payment_can_be_trusted_further() {
    let whole = |s: &mut [Step]| {
        s[0].gives = vec![(BodyId(0), number(4.0)), (BodyId(1), number(-4.0))];
        s[1].gives = vec![(BodyId(0), number(-4.0)), (BodyId(1), number(4.0))];
    };
    let talks = talks(draft(&[&[2.0], &[2.0]], steps(2, whole)));
    for (n, slack) in [(1, -1.0), (2, 0.0), (4, 0.5)] {
        let divided = divide(&talks, &ids(&[0, 1]), n);
        assert_eq!(best_slack(&divided, &yes(&talks), &Aid::none(&talks)), Some(slack), "{n}");
    }
}

/// What a lever costs, and what it does.
type Priced = (f64, fn(&mut Lever));

/// The exchange, in which one party or the other needs a guarantee of a half, with levers of one mediator.
fn backed(budget: Option<f64>, levers: &[Priced]) -> Talks {
    let mut draft = (*exchange(6, |_| ())).clone();
    let uniform = Distribution::Uniform { from: number(0.0), to: number(4.0) };
    draft.bodies[1].will = Some(Cost(uniform));
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
