//! Every case of the catalog: its known answers, and the judge's verdict on each.
//!
//! Numbers marked published were retyped from the source the case cites; the rest were recomputed
//! by an independent enumeration.

use detente_analysis::{
    Analysis, Chosen, Options, Order, Scale, SequenceOptions, Solution, Space, Verdict, analyze, sequence,
};
use detente_judge::{Aim, Pick, World};
use detente_model::{Alternative, BodyId, IssueId, OptionId, Outcome, StatedCost, StepId, Talks};
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

fn catalog() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../catalog")
}

#[track_caller]
fn load(name: &str) -> Talks {
    let opened = detente_formats::open(&catalog().join(name)).expect(name);
    let reading = detente_formats::read(&opened.files[0].bytes);
    assert_eq!(reading.diagnostics, [], "{name}");
    reading.talks.expect(name)
}

fn run(talks: &Talks) -> Analysis {
    let options = Options { points: None, top: 1000, ..Options::default() };
    analyze(&Space::new(talks), &options, &|_| ControlFlow::Continue(()))
}

/// How many outcomes are in the zone.
fn zone_of(analysis: &Analysis) -> u64 {
    analysis.counts.zone.as_ref().and_then(detente_analysis::CountBounds::count).expect("no limit")
}

#[track_caller]
fn check_counts(name: &str, total: u64, feasible: u64, zone: u64) -> (Talks, Analysis) {
    let talks = load(name);
    let analysis = run(&talks);
    let counts = &analysis.counts;
    assert_eq!(counts.outcomes.total, total.into(), "{name}: total");
    assert_eq!(counts.outcomes.feasible, feasible.into(), "{name}: feasible");
    assert_eq!(zone_of(&analysis), zone, "{name}: zone");
    (talks, analysis)
}

/// The judge's verdict on everything that was answered.
#[track_caller]
fn judge(talks: &Talks, analysis: &Analysis) {
    let world = World::new(talks, analysis.scale == Scale::Unit);
    assert_eq!(detente_judge::check_zone(&world, zone_of(analysis)), Ok(()));
    let points: Vec<_> = analysis.frontier.iter().map(|p| (p.outcome.clone(), p.utilities.clone())).collect();
    assert_eq!(detente_judge::check_frontier(&world, &points), Ok(()));
    let solutions = analysis.solutions.as_ref().expect("no limit");
    for (aim, solution) in [
        (Aim::Nash, &solutions.nash),
        (Aim::KalaiSmorodinsky, &solutions.kalai_smorodinsky),
        (Aim::Egalitarian, &solutions.egalitarian),
        (Aim::Utilitarian, &solutions.utilitarian),
    ] {
        let pick = match solution {
            Solution::Found(chosen) => Pick { outcome: Some(chosen.outcome.clone()), ties: chosen.ties },
            Solution::None(_) => Pick { outcome: None, ties: 0 },
        };
        assert_eq!(detente_judge::check_solution(&world, aim, &pick), Ok(()));
    }
    let will = analysis.will.as_ref().expect("no limit");
    let best: Vec<_> = will.best.iter().map(|deal| (deal.outcome.clone(), deal.probability)).collect();
    assert_eq!(detente_judge::check_best(&world, &best, 1000, 0.01), Ok(()));
    for (b, consent) in will.bodies.iter().enumerate() {
        let judged = detente_judge::check_consent(&world, BodyId(b), consent.if_free, consent.if_waived);
        assert_eq!(judged, Ok(()));
    }
    for (i, options) in will.issues.iter().enumerate() {
        for (k, p) in options.iter().enumerate() {
            let checked = p.map(|p| detente_judge::check_forced(&world, IssueId(i), OptionId(k), p));
            assert_eq!(checked, Some(Ok(())));
        }
    }
}

#[track_caller]
fn found(solution: &Solution) -> &Chosen {
    match solution {
        Solution::Found(chosen) => chosen,
        Solution::None(reason) => panic!("no solution: {reason}"),
    }
}

#[track_caller]
fn close(got: &[f64], expected: &[f64]) {
    let near = got.len() == expected.len() && got.iter().zip(expected).all(|(a, b)| (a - b).abs() <= 1e-12);
    assert!(near, "{got:?}, not {expected:?}");
}

/// The expected surpluses of a solution's lottery.
fn lottery_gains(talks: &Talks, chosen: &Chosen) -> [f64; 2] {
    let world = World::new(talks, false);
    let mut gains = [0.0; 2];
    for share in chosen.lottery.as_ref().expect("a lottery") {
        for (p, gain) in gains.iter_mut().enumerate() {
            let surplus = world.body_surplus(BodyId(p), &share.outcome).expect("an alternative");
            *gain += share.weight
                * surplus.to_string().parse::<f64>().unwrap_or_else(|_| ratio(&surplus.to_string()));
        }
    }
    gains
}

fn ratio(text: &str) -> f64 {
    let (num, den) = text.split_once('/').expect("a fraction");
    num.parse::<f64>().expect("a number") / den.parse::<f64>().expect("a number")
}

#[test]
fn nash_1950_has_its_published_answers() {
    let (talks, analysis) = check_counts("papers/nash1950", 512, 512, 293);
    judge(&talks, &analysis);
    let solutions = analysis.solutions.as_ref().expect("no limit");
    // Published: gains (12, 5), product 60, utilities (24, 11) from (12, 6).
    close(&found(&solutions.nash).surpluses, &[12.0, 5.0]);
    close(&found(&solutions.nash).utilities, &[24.0, 11.0]);
    close(&found(&solutions.utilitarian).surpluses, &[14.0, 4.0]);
    let alternatives: Vec<f64> = analysis.parties.iter().filter_map(|party| party.alternative).collect();
    close(&alternatives, &[12.0, 6.0]);
    let mut efficient: Vec<[f64; 2]> =
        analysis.frontier.iter().map(|p| [p.utilities[0] - 12.0, p.utilities[1] - 6.0]).collect();
    efficient.retain(|gains| gains.iter().all(|gain| *gain >= 0.0));
    efficient.reverse();
    let published = [[2.0, 8.0], [6.0, 7.0], [8.0, 6.0], [12.0, 5.0], [14.0, 4.0], [16.0, 2.0], [18.0, 0.0]];
    assert_eq!(efficient, published);
}

#[test]
fn nash_1950_has_its_answers_over_lotteries() {
    let talks = load("papers/nash1950");
    let analysis = run(&talks);
    let solutions = analysis.solutions.as_ref().expect("no limit");
    close(&lottery_gains(&talks, found(&solutions.nash)), &[12.0, 5.0]);
    close(&lottery_gains(&talks, found(&solutions.kalai_smorodinsky)), &[324.0 / 29.0, 153.0 / 29.0]);
    close(&lottery_gains(&talks, found(&solutions.egalitarian)), &[27.0 / 4.0, 27.0 / 4.0]);
    close(&lottery_gains(&talks, found(&solutions.utilitarian)), &[14.0, 4.0]);
}

/// The same talks under another agreement rule.
fn with_rule(talks: &Talks, members: Vec<usize>) -> Talks {
    let mut draft = (**talks).clone();
    let one = |p: usize| detente_model::Rule::One(detente_model::PartyId(p));
    draft.agreement = detente_model::Rule::All(members.into_iter().map(one).collect());
    Talks::new(draft).expect("another rule")
}

#[test]
fn the_harbour_game_has_its_counts() {
    let (talks, analysis) = check_counts("games/scorable-harbour", 720, 720, 55);
    judge(&talks, &analysis);
    let everybody = run(&with_rule(&talks, (0..6).collect()));
    assert_eq!(zone_of(&everybody), 12);
    let alone = |id: &str| {
        let party = talks.parties.iter().position(|party| party.id == id).expect(id);
        zone_of(&run(&with_rule(&talks, vec![party])))
    };
    let counts = ["mayor", "cities", "union", "developer", "ministry", "league"].map(alone);
    assert_eq!(counts, [646, 555, 462, 354, 195, 320]);
    // Under unanimity: best total A2 B3 C2 D2 E4 = 391, best product A2 B3 C3 D2 E3.
    let solutions = everybody.solutions.as_ref().expect("no limit");
    let options = |outcome: &Outcome| outcome.0.iter().map(|option| option.0 + 1).collect::<Vec<_>>();
    assert_eq!(options(&found(&solutions.utilitarian).outcome), [2, 3, 2, 2, 4]);
    let total: f64 = found(&solutions.utilitarian).utilities.iter().sum();
    close(&[total], &[391.0]);
    assert_eq!(options(&found(&solutions.nash).outcome), [2, 3, 3, 2, 3]);
}

#[test]
fn the_pie_is_split_where_the_formula_says() {
    let (talks, analysis) = check_counts("derived/pie", 101, 101, 61);
    judge(&talks, &analysis);
    let solutions = analysis.solutions.as_ref().expect("no limit");
    // d_i + (1 - d_1 - d_2) / 2 with d = (0.1, 0.3).
    for solution in [&solutions.nash, &solutions.kalai_smorodinsky, &solutions.egalitarian] {
        close(&found(solution).utilities, &[0.4, 0.6]);
    }
    assert_eq!(found(&solutions.utilitarian).ties, 61);
    assert_eq!(analysis.frontier_count, 101);
}

#[test]
fn ratification_under_political_cost_has_its_closed_form() {
    let (talks, analysis) = check_counts("derived/ratification", 101, 101, 101);
    judge(&talks, &analysis);
    let will = analysis.will.as_ref().expect("no limit");
    close(&[will.best_probability], &[0.625]);
    close(&will.best[0].utilities, &[0.5, 0.5]);
    // min(1, x/m1) min(1, (1-x)/m2) with m = (1, 1): best x = .5, P = .25.
    let mut draft = (*talks).clone();
    for body in &mut draft.bodies {
        let to = detente_model::Number::fixed(1.0);
        let from = detente_model::Number::fixed(0.0);
        body.will = StatedCost::Cost(detente_model::Cost(detente_model::Distribution::Uniform { from, to }));
    }
    let even = run(&Talks::new(draft).expect("other costs"));
    let will = even.will.as_ref().expect("no limit");
    close(&[will.best_probability], &[0.25]);
    close(&will.best[0].utilities, &[0.5, 0.5]);
}

#[test]
fn ratification_thresholds_leave_the_zone_between_them() {
    let talks = load("derived/ratification");
    for (r1, r2, zone, split) in
        [(0.7, 0.2, 11, Some(0.7)), (0.7, 0.4, 0, None), (0.2, 0.2, 61, Some(0.5)), (0.6, 0.4, 1, Some(0.6))]
    {
        let mut draft = (*talks).clone();
        for (body, r) in draft.bodies.iter_mut().zip([r1, r2]) {
            body.will = StatedCost::Unstated;
            body.alternative = Alternative::Worth(detente_model::Number::fixed(r));
        }
        let analysis = run(&Talks::new(draft).expect("thresholds"));
        assert_eq!(zone_of(&analysis), zone, "({r1}, {r2})");
        // The even split, clamped to the zone: its outcome nearest to the middle.
        let shares = analysis.will.iter().flat_map(|will| &will.best).map(|deal| deal.utilities[0]);
        let nearest = shares.min_by(|a, b| (a - 0.5).abs().total_cmp(&(b - 0.5).abs()));
        match (split, nearest) {
            (None, None) => {}
            (Some(expected), Some(got)) => close(&[got], &[expected]),
            other => panic!("({r1}, {r2}): {other:?}"),
        }
    }
}

#[test]
fn the_founding_case_has_a_zone_and_support_below_target() {
    let (talks, analysis) = check_counts("cases/ceasefire", 39_366, 4_626, 477);
    let will = analysis.will.as_ref().expect("no limit");
    assert_eq!(will.verdict, Verdict::NoWill);
    assert!((will.best_probability - 0.266_300).abs() < 1e-6, "{}", will.best_probability);
    assert_eq!(talks.mediators.len(), 3);
    assert!(talks.issues.len() >= 7 && !talks.steps.is_empty() && !talks.levers.is_empty());
    // The sides mirror each other: so does every answer about their bodies.
    let (first, second) = will.bodies.split_at(4);
    for (a, b) in first.iter().zip(second) {
        close(&[a.if_free, a.if_waived], &[b.if_free, b.if_waived]);
    }
    // No number in it rests on the report, and none claims to.
    assert!(talks.numbers().iter().all(|placed| placed.number.because.is_empty()));
}

#[test]
fn the_founding_case_stands_before_the_judge() {
    let talks = load("cases/ceasefire");
    judge(&talks, &run(&talks));
}

#[test]
fn the_everyday_contracts_have_their_counts() {
    let (talks, analysis) = check_counts("everyday/labour-contract", 5265, 3960, 146);
    judge(&talks, &analysis);
    assert!((analysis.will.expect("no limit").best_probability - 0.416_469).abs() < 1e-6);
    let (talks, analysis) = check_counts("everyday/supply-contract", 2835, 2352, 363);
    judge(&talks, &analysis);
    assert!((analysis.will.expect("no limit").best_probability - 0.666_527).abs() < 1e-6);
}

#[test]
fn bit_by_bit_the_last_step_alone_is_missing_a_guarantee() {
    let (talks, _) = check_counts("derived/safe-exchange", 4, 2, 2);
    let deal = Outcome(vec![OptionId(1), OptionId(1)]);
    let go_on = |_| ControlFlow::Continue(());
    let found = sequence(&talks, &deal, &SequenceOptions::default(), &go_on).expect("an answer");
    let Order::Found { plan, at_most, trust, trust_proven } = found.order else { panic!("no order") };
    assert_eq!((plan.slack, at_most, trust_proven), (-0.5, -0.5, true));
    let shares: Vec<&[f64]> = trust.iter().map(|choice| &choice.by_party[..]).collect();
    assert_eq!(shares, [[0.0, 0.5], [0.5, 0.0]]);
    // Every point but one lies within the bands 2k - 2 <= p <= 2 + k.
    let (mut chunks, mut paid, mut outside) = (0, 0, 0);
    for point in &plan.points[..plan.points.len() - 1] {
        let is_chunk = |step: &StepId| talks.steps[step.0].id.starts_with("chunk");
        chunks += point.steps.iter().filter(|step| is_chunk(step)).count() as i32;
        paid += point.steps.iter().filter(|step| !is_chunk(step)).count() as i32;
        outside += i32::from(!(2 * chunks - 2..=2 + chunks).contains(&paid));
    }
    assert_eq!((chunks + paid, outside), (9, 1));
}
