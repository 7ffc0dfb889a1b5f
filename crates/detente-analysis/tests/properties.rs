//! What must not change, and in which direction the rest must move.

use detente_analysis::{
    Analysis, CountBounds, Options, RequirementsOptions, Scale, Solution, Space, Verdict, analyze,
    requirements, sensitivity,
};
use detente_cases::drawn;
use detente_cases::random;
use detente_cases::random::Dice;
use detente_model::*;
use proptest::prelude::*;
use std::ops::ControlFlow;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

fn run(talks: &Talks) -> Analysis {
    run_on(talks, None)
}

fn run_on(talks: &Talks, scale: Option<Scale>) -> Analysis {
    let options = Options { points: None, scale, ..Options::default() };
    analyze(&Space::new(talks), &options, &|_| ControlFlow::Continue(()))
}

fn best(analysis: &Analysis) -> f64 {
    analysis.will.as_ref().expect("no limit").best_probability
}

fn changed(talks: &Talks, change: impl FnOnce(&mut Draft)) -> Talks {
    let mut draft = (**talks).clone();
    change(&mut draft);
    Talks::new(draft).expect("the change keeps the talks valid")
}

fn shifted(cost: &Cost, by: f64) -> Cost {
    let at = |number: &Number| Number::fixed(number.mean() + by);
    let same = |number: &Number| number.clone();
    Cost(match &cost.0 {
        Distribution::Point(v) => Distribution::Point(at(v)),
        Distribution::Uniform { from, to } => Distribution::Uniform { from: at(from), to: at(to) },
        Distribution::Triangular { from, mode, to } => {
            Distribution::Triangular { from: at(from), mode: at(mode), to: at(to) }
        }
        Distribution::Normal { mean, sd } => Distribution::Normal { mean: at(mean), sd: same(sd) },
        Distribution::TruncatedNormal { mean, sd, from, to } => {
            Distribution::TruncatedNormal { mean: at(mean), sd: same(sd), from: at(from), to: at(to) }
        }
        Distribution::Pert { from, mode, to } => {
            Distribution::Pert { from: at(from), mode: at(mode), to: at(to) }
        }
        Distribution::Beta { alpha, beta, from, to } => {
            Distribution::Beta { alpha: same(alpha), beta: same(beta), from: at(from), to: at(to) }
        }
        Distribution::Discrete(points) => {
            Distribution::Discrete(points.iter().map(|(v, p)| (at(v), same(p))).collect())
        }
    })
}

fn scaled(cost: &Cost, by: f64) -> Cost {
    let times = |number: &Number| Number::fixed(number.mean() * by);
    let same = |number: &Number| number.clone();
    Cost(match &cost.0 {
        Distribution::Beta { alpha, beta, from, to } => {
            Distribution::Beta { alpha: same(alpha), beta: same(beta), from: times(from), to: times(to) }
        }
        Distribution::Discrete(points) => {
            Distribution::Discrete(points.iter().map(|(v, p)| (times(v), same(p))).collect())
        }
        other => other.map(times),
    })
}

/// Utilities times a factor, plus a constant.
fn affine(body: &mut Body, factor: f64, plus: f64, issues: &[Issue]) {
    let times = |number: &mut Number| *number = Number::fixed(number.mean() * factor);
    for preference in body.preferences.issues.iter_mut().flatten() {
        let weight = preference.weight.as_ref().map_or(1.0, Number::mean);
        preference.weight = Some(Number::fixed(weight * factor));
    }
    body.preferences.interactions.iter_mut().for_each(|term| times(&mut term.adds));
    for table in &mut body.preferences.tables {
        table.rows.values_mut().chain(&mut table.otherwise).for_each(times);
    }
    let everywhere = OptionSet::from_options((0..issues[0].n_options()).map(OptionId));
    body.preferences.interactions.push(Interaction {
        when: Condition(vec![Clause { issue: IssueId(0), options: everywhere }]),
        unless: false,
        adds: Number::fixed(plus),
    });
    if let Some(alternative) = body.alternative.number_mut() {
        *alternative = Number::fixed(alternative.mean() * factor + plus);
    }
    body.will = body.will.cost().map(|cost| scaled(cost, factor)).into();
}

/// The same talks with everything in another order.
fn reordered(talks: &Talks, dice: &mut Dice) -> (Talks, Vec<usize>) {
    let issues = dice.shuffled(talks.issues.len());
    let options: Vec<Vec<usize>> = talks
        .issues
        .iter()
        .map(|issue| match issue.options {
            Options_::Named { .. } => dice.shuffled(issue.n_options()),
            Options_::Range(_) => (0..issue.n_options()).collect(),
        })
        .collect();
    let parties = dice.shuffled(talks.parties.len());
    let new_issue = |old: IssueId| IssueId(position(&issues, old.0));
    let new_option = |issue: IssueId, old: OptionId| OptionId(position(&options[issue.0], old.0));
    let condition = |c: &Condition| {
        let clause = |clause: &Clause| Clause {
            issue: new_issue(clause.issue),
            options: OptionSet::from_options(clause.options.iter().map(|o| new_option(clause.issue, o))),
        };
        Condition(c.0.iter().rev().map(clause).collect())
    };
    let mut draft = (**talks).clone();
    draft.issues = issues.iter().map(|old| reorder_options(&talks.issues[*old], &options[*old])).collect();
    for constraint in &mut draft.constraints {
        constraint.law = match &constraint.law {
            Law::Forbid(c) => Law::Forbid(condition(c)),
            Law::Implies { when, then } => Law::Implies { when: condition(when), then: condition(then) },
        };
    }
    draft.constraints.reverse();
    for body in &mut draft.bodies {
        let old = body.preferences.clone();
        body.preferences.issues = issues
            .iter()
            .map(|i| old.issues[*i].as_ref().map(|preference| reorder_values(preference, &options[*i])))
            .collect();
        for (new, old) in body.preferences.interactions.iter_mut().zip(&old.interactions) {
            new.when = condition(&old.when);
        }
        for (new, old) in body.preferences.tables.iter_mut().zip(&old.tables) {
            new.issues = old.issues.iter().map(|issue| new_issue(*issue)).collect();
            let row =
                |row: &Vec<OptionId>| row.iter().zip(&old.issues).map(|(o, i)| new_option(*i, *o)).collect();
            new.rows = old.rows.iter().map(|(options, amount)| (row(options), amount.clone())).collect();
        }
    }
    reorder_parties(&mut draft, talks, &parties);
    rename(&mut draft);
    (Talks::new(draft).expect("still valid"), parties)
}

use detente_model::Options as Options_;

fn rename(draft: &mut Draft) {
    let new = |id: &mut String| *id = format!("new-{id}");
    draft.parties.iter_mut().for_each(|party| new(&mut party.id));
    draft.bodies.iter_mut().for_each(|body| new(&mut body.id));
    for issue in &mut draft.issues {
        new(&mut issue.id);
        if let Options_::Named { options, .. } = &mut issue.options {
            options.iter_mut().for_each(|option| new(&mut option.id));
        }
    }
}

fn position(order: &[usize], old: usize) -> usize {
    order.iter().position(|o| *o == old).expect("a permutation")
}

fn reorder_options(issue: &Issue, order: &[usize]) -> Issue {
    let mut issue = issue.clone();
    if let Options_::Named { options, .. } = &mut issue.options {
        *options = order.iter().map(|old| options[*old].clone()).collect();
    }
    issue
}

fn reorder_values(preference: &IssuePreference, order: &[usize]) -> IssuePreference {
    let mut preference = preference.clone();
    if let Shape::Values(values) = &mut preference.shape {
        *values = order.iter().map(|old| values[*old].clone()).collect();
    }
    preference
}

fn reorder_parties(draft: &mut Draft, talks: &Talks, order: &[usize]) {
    let bodies: Vec<BodyId> = order.iter().flat_map(|p| talks.parties[*p].bodies.clone()).collect();
    let new_body = |old: &BodyId| BodyId(bodies.iter().position(|b| b == old).expect("every body"));
    let new_party = |old: &PartyId| PartyId(position(order, old.0));
    let old = draft.bodies.clone();
    draft.bodies = bodies.iter().map(|b| old[b.0].clone()).collect();
    for body in &mut draft.bodies {
        body.party = new_party(&body.party);
    }
    draft.parties = order.iter().map(|p| talks.parties[*p].clone()).collect();
    for party in &mut draft.parties {
        party.bodies = party.bodies.iter().map(new_body).collect();
        party.ratifies = mapped(&party.ratifies, &new_body);
    }
    draft.agreement = mapped(&talks.agreement, &new_party);
    if let Some(Correlation::Loadings(of)) = &mut draft.correlation {
        of.iter_mut().for_each(|(body, _)| *body = new_body(body));
    }
}

fn mapped<T>(rule: &Rule<T>, f: &impl Fn(&T) -> T) -> Rule<T> {
    let all = |of: &[Rule<T>]| of.iter().rev().map(|rule| mapped(rule, f)).collect();
    match rule {
        Rule::One(member) => Rule::One(f(member)),
        Rule::All(of) => Rule::All(all(of)),
        Rule::Any(of) => Rule::Any(all(of)),
        Rule::AtLeast { needed, of } => Rule::AtLeast { needed: *needed, of: all(of) },
        Rule::Quota { needed, of } => Rule::Quota {
            needed: needed.clone(),
            of: of.iter().rev().map(|(weight, rule)| (weight.clone(), mapped(rule, f))).collect(),
        },
    }
}

/// The numbers that name no outcome, sorted where order may change.
fn essence(analysis: &Analysis, order: &[usize]) -> Vec<Vec<f64>> {
    let in_order = |values: &[f64]| order.iter().map(|p| values[*p]).collect::<Vec<f64>>();
    let mut points: Vec<Vec<f64>> =
        analysis.frontier.iter().map(|point| in_order(&point.utilities)).collect();
    points.sort_by(|a, b| a.partial_cmp(b).expect("finite utilities"));
    let solutions = analysis.solutions.as_ref().expect("no limit");
    let ties =
        [&solutions.nash, &solutions.kalai_smorodinsky, &solutions.egalitarian, &solutions.utilitarian].map(
            |solution| match solution {
                Solution::Found(chosen) => chosen.ties as f64,
                Solution::None(_) => 0.0,
            },
        );
    let zone = analysis.counts.zone.as_ref().and_then(CountBounds::count).expect("no limit");
    let concession = analysis.no_zone.as_ref().map_or(-1.0, |found| found.concession.unwrap_or(-2.0));
    points.push(ties.to_vec());
    points.push(vec![zone as f64, best(analysis), concession]);
    points
}

fn all_close(a: &[Vec<f64>], b: &[Vec<f64>]) -> bool {
    let close = |x: &f64, y: &f64| (x - y).abs() <= 1e-9;
    a.len() == b.len()
        && a.iter().zip(b).all(|(a, b)| a.len() == b.len() && a.iter().zip(b).all(|(x, y)| close(x, y)))
}

/// With one more answer to the first issue, of this value to everybody, that no outcome may have: it is forbidden, or
/// it demands of another issue what is forbidden beside it.
fn with_an_impossible_answer(talks: &Talks, value: f64, together: bool) -> Talks {
    changed(talks, |draft| {
        let detente_model::Options::Named { options, .. } = &mut draft.issues[0].options else { return };
        options.push(NamedOption { id: "never".into(), name: "Never".into() });
        let never = OptionId(options.len() - 1);
        for preference in draft.bodies.iter_mut().filter_map(|body| body.preferences.issues[0].as_mut()) {
            if let Shape::Values(values) = &mut preference.shape {
                values.push(Number::fixed(value));
            }
        }
        let is = |issue, option| Clause { issue: IssueId(issue), options: OptionSet::from_options([option]) };
        let laws = match together && draft.issues.len() > 1 {
            false => vec![Law::Forbid(Condition(vec![is(0, never)]))],
            true => vec![
                Law::Implies {
                    when: Condition(vec![is(0, never)]),
                    then: Condition(vec![is(1, OptionId(0))]),
                },
                Law::Forbid(Condition(vec![is(0, never), is(1, OptionId(0))])),
            ],
        };
        draft.constraints.extend(laws.into_iter().map(|law| Constraint { law, because: vec![] }));
    })
}

/// Everything that is said of the talks, and by how much numbers would have to change.
fn said(talks: &Talks) -> String {
    let quietly = &|_| ControlFlow::Continue(());
    let analysis = run_on(talks, Some(Scale::Unit));
    let space = &Space::new(talks);
    let flips = sensitivity(space, &analysis, quietly);
    let taken =
        requirements(space, &RequirementsOptions { target: 0.7, ..RequirementsOptions::default() }, quietly);
    rounded(&format!("{analysis:?} {flips:?} {:?} {:?}", taken.bodies, taken.issues))
}

/// The text with its numbers to twelve places: another grid may move the last digit of a weight.
fn rounded(text: &str) -> String {
    let is_part = |c: char| c.is_ascii_digit() || c == '.';
    let one = |piece: &str| {
        let (number, rest) = piece.split_at(piece.find(|c| !is_part(c)).unwrap_or(piece.len()));
        match number.parse::<f64>() {
            Ok(value) if number.contains('.') => format!("{value:.12}{rest}"),
            _ => piece.to_owned(),
        }
    };
    text.split_inclusive(|c| !is_part(c)).map(one).collect()
}

#[test]
fn an_interrupt_leaves_what_is_known() {
    let talks = large();
    let whole = run(&talks);
    for stop_at in [1, 2, 5, 8] {
        let calls = AtomicU64::new(0);
        let analysis = analyze(&Space::new(&talks), &Options::default(), &|share| {
            assert!((0.0..=1.0).contains(&share));
            if calls.fetch_add(1, Relaxed) + 1 == stop_at {
                ControlFlow::Break(())
            } else {
                ControlFlow::Continue(())
            }
        });
        assert_eq!(analysis.limit, Some(detente_analysis::Limit::Interrupted), "after {stop_at}");
        assert_eq!(analysis.counts.outcomes, whole.counts.outcomes);
        assert!(analysis.will.is_none());
        assert_eq!(calls.into_inner(), stop_at);
    }
}

/// So that an interrupt is heard while talks with ranges of very many numbers are compiled.
#[test]
fn compiling_looks_at_the_watch_and_ends_where_it_breaks() {
    let wide = changed(&large(), |draft| {
        for issue in &mut draft.issues {
            issue.options = Options_::Range(Range::new(1.0, 200_000.0, 1.0).expect("a range").0);
        }
    });
    let broken_at = |stop_at: u64| {
        let calls = AtomicU64::new(0);
        let compiled = Space::compile(&wide, &|_| match calls.fetch_add(1, Relaxed) + 1 >= stop_at {
            true => ControlFlow::Break(()),
            false => ControlFlow::Continue(()),
        });
        (compiled.is_break(), calls.into_inner())
    };
    let (broken, looks) = broken_at(u64::MAX);
    assert!(!broken && looks >= 20, "{looks} looks at two million values");
    assert!([1, looks / 2, looks].iter().all(|stop_at| broken_at(*stop_at).0));
}

/// A hundred thousand outcomes of five plain issues.
fn large() -> Talks {
    let issue = |i: usize| Issue {
        id: format!("i{i}"),
        name: format!("Issue {i}"),
        options: Options_::Range(Range::new(1.0, 10.0, 1.0).expect("a range").0),
        status_quo: None,
        because: vec![],
    };
    let talks = random::Case::new(1, 2, 3).talks();
    changed(&talks, |draft| {
        draft.issues = (0..5).map(issue).collect();
        draft.constraints.clear();
        for (b, body) in draft.bodies.iter_mut().enumerate() {
            let line = |i: usize| {
                let (low, high) = if (i + b).is_multiple_of(2) { (0.0, 1.0) } else { (1.0, 0.0) };
                let shape = Shape::Linear(vec![(1.0, Number::fixed(low)), (10.0, Number::fixed(high))]);
                Some(IssuePreference { weight: Some(Number::fixed(1.0 + i as f64)), shape })
            };
            body.preferences = Preferences { issues: (0..5).map(line).collect(), ..Preferences::default() };
        }
    })
}

drawn! { 96;
    #[test]
    fn raising_a_political_cost_never_raises_the_best_probability(case in random::case(), by in 0.0f64..3.0) {
        let talks = case.talks();
        let before = best(&run(&talks));
        for b in 0..talks.bodies.len() {
            let dearer = changed(&talks, |draft| {
                let body = &mut draft.bodies[b];
                let cost = body.will.cost().map_or(Cost::fixed(by), |cost| shifted(cost, by));
                body.will = StatedCost::Cost(cost);
            });
            prop_assert!(best(&run(&dearer)) <= before + 1e-12);
        }
    }

    #[test]
    fn a_free_or_waived_consent_is_worth_what_is_said_and_never_less_than_nothing(case in random::case()) {
        let talks = case.talks();
        let analysis = run(&talks);
        let before = best(&analysis);
        for (b, consent) in analysis.will.as_ref().expect("no limit").bodies.iter().enumerate() {
            let free = best(&run(&changed(&talks, |draft| draft.bodies[b].will = StatedCost::Unstated)));
            let waived = best(&run(&changed(&talks, |draft| draft.bodies[b].alternative = Alternative::RefusesNothing)));
            prop_assert!(before <= free + 1e-12 && free <= waived + 1e-12);
            prop_assert!((free - before - consent.if_free).abs() <= 1e-9);
            prop_assert!((waived - before - consent.if_waived).abs() <= 1e-9);
        }
    }

    #[test]
    fn order_and_names_change_nothing_but_order_and_names(case in random::case()) {
        let talks = case.talks();
        let (other, parties) = reordered(&talks, &mut Dice::new(case.seed ^ 1));
        let (a, b) = (run(&talks), run(&other));
        let same: Vec<usize> = (0..parties.len()).collect();
        let back: Vec<usize> = same.iter().map(|p| position(&parties, *p)).collect();
        prop_assert!(all_close(&essence(&a, &same), &essence(&b, &back)), "{:?} {:?}", essence(&a, &same), essence(&b, &back));
    }

    #[test]
    fn the_value_of_an_answer_that_cannot_be_given_moves_nothing(
        case in random::case(),
        value in -9i8..60,
        together in any::<bool>(),
    ) {
        let talks = case.independent();
        let said = |value| said(&with_an_impossible_answer(&talks, value, together));
        prop_assert_eq!(said(1.0), said(f64::from(value)));
    }

    #[test]
    fn another_unit_for_one_body_changes_no_probability(case in random::case(), k in 0usize..4, plus in -3i8..4) {
        let talks = case.talks();
        let factor = [0.5, 2.0, 10.0, 4.0][k];
        let before = run_on(&talks, Some(Scale::Unit));
        for b in 0..talks.bodies.len() {
            let other = changed(&talks, |draft| affine(&mut draft.bodies[b], factor, f64::from(plus), &talks.issues));
            let after = run_on(&other, Some(Scale::Unit));
            prop_assert!((best(&before) - best(&after)).abs() <= 1e-9);
            prop_assert_eq!(&before.counts.zone, &after.counts.zone);
            prop_assert_eq!(before.frontier_count, after.frontier_count);
        }
    }

    #[test]
    fn the_verdict_follows_from_zone_and_target(case in random::case(), target in 0.0f64..=1.0) {
        let talks = case.talks();
        let options = Options { target, ..Options::default() };
        let analysis = analyze(&Space::new(&talks), &options, &|_| ControlFlow::Continue(()));
        let expected = match (analysis.counts.zone.as_ref().and_then(CountBounds::count), best(&analysis) >= target) {
            (Some(0), _) => Verdict::NoTerms,
            (_, true) => Verdict::WithinReach,
            (_, false) => Verdict::NoWill,
        };
        prop_assert_eq!(analysis.will.expect("no limit").verdict, expected);
    }
}
