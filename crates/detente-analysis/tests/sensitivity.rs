//! What would flip it, before its judge, against a full analysis, and as worked out by hand.

mod known;
use detente_analysis::{
    Analysis, Change, Frontier, Method, Options, Parts, Scale, Sensitivity, Solution, Space, SwitchingValue,
    Tradeoff, Verdict, analyze, sensitivity,
};
use detente_cases::drawn;
use detente_cases::random;
use detente_judge::{FlipCase, Flipped};
use detente_model::{
    BodyId, Clause, Condition, Constraint, IssueId, Law, Number, OptionId, OptionSet, PartyId, Rule, Spot,
    Talks,
};
use proptest::prelude::*;
use std::ops::ControlFlow;

fn run(talks: &Talks, target: f64) -> Analysis {
    analyze(&Space::new(talks), &Options { target, ..Options::default() }, &|_| ControlFlow::Continue(()))
}

fn ask(talks: &Talks, analysis: &Analysis) -> Sensitivity {
    sensitivity(&Space::new(talks), analysis, &|_| ControlFlow::Continue(())).expect("no limit")
}

/// A target that is often just above or below what can be reached.
fn target(case: &random::Case) -> f64 {
    [0.5, 0.1, 0.9, 0.3][(case.seed % 4) as usize]
}

/// Judges one change, or that there is none.
fn judge(
    talks: &Talks,
    case: &FlipCase<'_>,
    spot: &Spot,
    flipped: Flipped,
    change: Option<&Change>,
) -> Result<(), String> {
    detente_judge::check_flip(case, spot, flipped, change.map(|change| change.to))?;
    let Some(change) = change else { return Ok(()) };
    detente_judge::check_after(talks, spot, change.to, change.best.as_ref(), change.probability)
}

drawn! { 96;
    #[test]
    fn the_smallest_changes_flip_and_shorter_steps_do_not(case in random::case()) {
        let talks = case.independent();
        let analysis = run(&talks, target(&case));
        let will = analysis.will.as_ref().expect("no limit");
        let found = ask(&talks, &analysis);
        let best = will.best.first().map(|deal| &deal.outcome);
        let asked = FlipCase { talks: &talks, target: will.target, best };
        let numbers = talks.numbers();
        let mut dice = random::Dice::new(case.seed);
        // Talks without a number have nothing to change.
        for _ in 0..numbers.len().min(4) {
            let k = dice.below(numbers.len());
            let flip = found.numbers.iter().find(|flip| flip.number == k);
            for flipped in [Flipped::Verdict, Flipped::Best] {
                let change = flip.and_then(|flip| match flipped {
                    Flipped::Verdict => flip.verdict.as_ref(),
                    Flipped::Best => flip.best.as_ref(),
                });
                prop_assert_eq!(judge(&talks, &asked, &numbers[k].spot, flipped, change), Ok(()));
            }
        }
    }

    #[test]
    fn a_change_is_what_an_analysis_of_the_changed_talks_says(case in random::case()) {
        let talks = case.independent();
        let analysis = run(&talks, target(&case));
        let found = ask(&talks, &analysis);
        let numbers = talks.numbers();
        for flip in &found.numbers {
            for change in flip.verdict.iter().chain(&flip.best) {
                let changed = talks.with_number(&numbers[flip.number].spot, change.to).expect("possible");
                let again = run(&Talks::new(changed).expect("valid"), target(&case));
                let will = again.will.expect("no limit");
                prop_assert!((will.best_probability - change.probability).abs() <= 1e-9, "{flip:?}");
                prop_assert_eq!(will.best.is_empty(), change.best.is_none(), "{:?}", flip);
                let at_target = (will.best_probability - will.target).abs() <= 1e-9;
                prop_assert!(will.verdict == change.verdict || at_target, "{flip:?}: {:?}", will.verdict);
            }
        }
    }

    #[test]
    fn flips_are_sorted_and_are_of_unsourced_numbers(case in random::case()) {
        let talks = case.independent();
        let found = ask(&talks, &run(&talks, target(&case)));
        prop_assert!(found.numbers.len() <= found.tried);
        prop_assert!(found.tried <= talks.numbers().len());
        let share = |flip: &SwitchingValue| {
            flip.verdict.iter().chain(&flip.best).map(|change| change.share).fold(f64::INFINITY, f64::min)
        };
        prop_assert!(found.numbers.windows(2).all(|pair| share(&pair[0]) <= share(&pair[1]) + 1e-11));
        prop_assert!(found.numbers.iter().all(|flip| share(flip) <= 4.0 + 1e-9));
    }
}

fn kind(spot: &Spot) -> usize {
    match spot {
        Spot::Alternative(_) => 0,
        Spot::Will(..) => 1,
        Spot::Weight(..) => 2,
        Spot::Shape(..) => 3,
        Spot::Interaction(..) => 4,
        Spot::Row(..) => 5,
        Spot::Otherwise(..) => 6,
        Spot::Ratifies(..) => 7,
        Spot::Agreement(_) => 8,
        _ => 9,
    }
}

/// The judge would agree with anything if the random talks never raised the question.
#[test]
fn the_random_talks_raise_every_question() {
    let (mut verdicts, mut deals, mut opened, mut closed, mut lost) = ([0; 9], [0; 9], 0, 0, 0);
    let n = 600;
    for seed in 0..n {
        let case = random::Case::new(3, 1 + seed as usize % 3, seed);
        let talks = case.independent();
        let analysis = run(&talks, target(&case));
        let present = analysis.will.as_ref().expect("no limit").verdict;
        let numbers = talks.numbers();
        for flip in ask(&talks, &analysis).numbers {
            let kind = kind(&numbers[flip.number].spot);
            verdicts[kind] += u32::from(flip.verdict.is_some());
            deals[kind] += u32::from(flip.best.is_some());
            if let Some(change) = flip.verdict {
                opened += u32::from(present == Verdict::NoTerms);
                closed += u32::from(change.verdict == Verdict::NoTerms);
                lost += u32::from(change.verdict == Verdict::NoWill && present == Verdict::WithinReach);
            }
        }
    }
    let seen: Vec<u32> = verdicts.into_iter().chain(deals).chain([opened, closed, lost]).collect();
    assert!(seen.iter().all(|count| *count >= 5), "{verdicts:?} {deals:?} {opened} {closed} {lost}");
}

/// A claim that states a number makes it more than an assumption.
fn sourced(talks: &Talks, place: &str, states: bool) -> Talks {
    let mut draft = (**talks).clone();
    let spot = spot(talks, place);
    let value = draft.number_mut(&spot).expect("a number").mean();
    draft.sources.push(detente_model::Source {
        id: "s".into(),
        title: "A source".into(),
        kind: None,
        date: None,
        url: None,
    });
    draft.claims.push(detente_model::Claim {
        id: "c".into(),
        source: detente_model::SourceId(0),
        at: None,
        who: None,
        says: if states { format!("It is {value}") } else { "It is so".into() },
    });
    draft.number_mut(&spot).expect("a number").because.push(detente_model::ClaimId(0));
    Talks::new(draft).expect("valid")
}

fn spot(talks: &Talks, place: &str) -> Spot {
    let numbers = talks.numbers();
    numbers.iter().find(|placed| placed.place == place).unwrap_or_else(|| panic!("no {place}")).spot
}

#[track_caller]
fn check(talks: &Talks, place: &str, verdict: Option<f64>, best: Option<f64>) {
    let analysis = run(talks, 0.5);
    let found = ask(talks, &analysis);
    let numbers = talks.numbers();
    let flip = found.numbers.iter().find(|flip| numbers[flip.number].place == place);
    let to = |change: Option<&Change>| change.map(|change| change.to);
    let got = [to(flip.and_then(|flip| flip.verdict.as_ref())), to(flip.and_then(|flip| flip.best.as_ref()))];
    for (got, expected) in got.into_iter().zip([verdict, best]) {
        let close = got.zip(expected).map_or(got == expected, |(a, b)| (a - b).abs() < 1e-7);
        assert!(close, "{place}: {got:?}, not {expected:?}");
    }
}

#[test]
fn a_number_with_a_source_is_not_tried() {
    let talks = known::reservoir();
    let with = ask(&talks, &run(&talks, 0.5));
    let unstated = sourced(&talks, "upstream.farmers: alternative", false);
    assert_eq!(ask(&unstated, &run(&unstated, 0.5)).tried, with.tried, "its claim states no number");
    let talks = sourced(&talks, "upstream.farmers: alternative", true);
    let without = ask(&talks, &run(&talks, 0.5));
    assert_eq!(without.tried + 1, with.tried);
    let numbers = talks.numbers();
    assert!(without.numbers.iter().all(|flip| numbers[flip.number].number.because.is_empty()));
}

#[test]
fn an_interrupt_leaves_nothing() {
    let talks = known::reservoir();
    let analysis = run(&talks, 0.5);
    let space = &Space::new(&talks);
    assert_eq!(sensitivity(space, &analysis, &|_| ControlFlow::Break(())), None);
    let nothing = Analysis { will: None, ..analysis };
    assert_eq!(sensitivity(space, &nothing, &|_| ControlFlow::Continue(())), None);
}

/// The chance of every needed yes is (6 - r) / 8 x (4 + 2 r) / 10, each factor at most 1, for a release
/// r with joint meters: 0.3 at r = 0, 0.4 at 2, 0.25 at 4. The target is 0.5.
#[test]
fn the_reservoir_flips_where_it_should() {
    let talks = known::reservoir();
    // One unit less makes it 5/8 x 8/10 at r = 2. Two more make r = 0 as likely: 4/8 x 4/10 = 2/8 x 8/10.
    check(&talks, "upstream.farmers: alternative", Some(3.0), Some(6.0));
    // 4 / 6.4 x 8/10 = 0.5. Below 2.5, 2 / t at r = 4 is more than the 8/10 at r = 2.
    check(&talks, "upstream.farmers: political cost to", Some(6.4), Some(2.5));
    // Two units less make it 4/8 x 1. A further 2/3 makes r = 0 as likely: 6/8 x (4 + 8/3) / 10 = 0.5.
    check(&talks, "downstream.downstream: alternative", Some(8.0), Some(10.0 - 8.0 / 3.0));
    check(&talks, "downstream.downstream: meters at jointly", Some(6.0), Some(4.0 + 8.0 / 3.0));
    // The council has no cost. At r = 2 it gets 0.8 of this number and needs 4; at r = 0 all of it.
    check(&talks, "upstream.council: release at 0", Some(4.0), Some(5.0));
}

/// Everything from the first alternative to 1 less the second is certain; 0.4 is named.
#[test]
fn the_pie_flips_where_it_should() {
    let talks = known::pie([0.1, 0.3], [None, None]);
    check(&talks, "first.first: alternative", Some(0.7), Some(0.4));
    check(&talks, "second.second: alternative", Some(0.9), Some(0.6));
    // At share x the first party gets v (1 - x) + x: at 0.7, below 0.1 from v = -2 on; at 0.4, from -0.5.
    check(&talks, "first.first: share at 0", Some(-2.0), Some(-0.5));
}

/// The chance is x / 0.8 x (1 - x) / 0.5, the second factor at most 1: 0.625 at x = 0.5.
#[test]
fn ratification_flips_where_it_should() {
    let talks = known::pie([0.0, 0.0], [Some(0.8), Some(0.5)]);
    // At 0.45, 0.45 / 0.8 x (0.55 - a) / 0.5 = 0.5. At 0.51, 0.51 / 0.8 x (0.49 + d) / 0.5 = 0.625.
    check(&talks, "second.second: alternative", Some(0.55 - 0.2 / 0.45), Some(0.49 - 0.25 / 0.51));
    check(&talks, "first.first: political cost to", Some(1.0), None);
    // The second party still accepts 0.51 for certain where the top is 0.49, and likelier before that.
    check(&talks, "second.second: political cost to", Some(0.625), Some(0.49 * 0.51 / 0.5));
}

/// Upstream needs 2 votes, and each of its bodies has 1. If the council carried alone, a release of 4
/// would be certain. A higher quota or a smaller weight would let nobody ratify, and is no rule.
/// With no political cost all of the 68,921 deals are equally likely, and bounds find everything.
#[test]
fn what_bounds_find_of_many_deals_is_exact_and_can_flip() {
    let talks = known::goods();
    let options = Options { cloud: 50, ..Options::default() };
    let found = analyze(&Space::new(&talks), &options, &|_| ControlFlow::Continue(()));
    assert!(matches!(found.method, Method::Groups { .. }) && found.limit.is_none(), "{:?}", found.method);
    assert_eq!(found.counts.zone.as_ref().and_then(|zone| zone.count()), Some(68_921));
    // Whoever gives something up begins with what is worth least to it, piece by piece.
    assert_eq!(found.frontier_count, 121);
    let will = found.will.as_ref().expect("no limit");
    assert_eq!(will.best[0].utilities, [160.0, 160.0]);
    let Some(Solution::Found(nash)) = found.solutions.as_ref().map(|found| &found.nash) else {
        panic!("no Nash")
    };
    assert_eq!((nash.utilities.as_slice(), nash.ties), (&[160.0, 160.0][..], 1));
    let sums: Vec<f64> = found.cloud.zone.iter().map(|point| point.utilities.iter().sum()).collect();
    assert!(sums.len() == 50 && sums.iter().all(|sum| (160.0..=320.0).contains(sum)), "{sums:?}");
    assert!(found.cloud.rest.is_empty());
    let middle = sums.iter().sum::<f64>() / 50.0;
    assert!((220.0..=260.0).contains(&middle), "{middle} is not near the mean over all deals");
    // Looking at each deal finds the same.
    let look = &|_| ControlFlow::Continue(());
    let space = Space::new(&talks);
    let (parts, whole) =
        (Parts::new(&space, None).expect("three groups"), Parts::whole(&space, None, look).expect("few"));
    let [a, b] =
        [&parts, &whole].map(|parts| parts.frontier(&|_| ControlFlow::Continue(())).expect("a frontier"));
    let points = |of: &Frontier<'_>| {
        (0..of.len()).map(|k| (of.utilities(k), of.count(k), of.outcome(k))).collect::<Vec<_>>()
    };
    assert_eq!(points(&a), points(&b));
    let flips = ask(&talks, &found);
    let numbers = talks.numbers();
    let of_alternative = |flip: &&SwitchingValue| matches!(numbers[flip.number].spot, Spot::Alternative(_));
    let alternatives = flips.numbers.iter().filter(of_alternative);
    let to: Vec<Option<f64>> = alternatives.map(|flip| flip.verdict.as_ref().map(|to| to.to)).collect();
    assert!(to.len() == 2 && to.iter().flatten().all(|to| (to - 240.0).abs() < 1e-9), "{to:?}");
}

/// Bounds are of no use where all issues are tied together.
#[test]
fn many_deals_of_tied_issues_are_looked_at_one_by_one() {
    let mut draft = (*known::goods()).clone();
    let only = |issue: usize, option: usize| Clause {
        issue: IssueId(issue),
        options: OptionSet::from_options([OptionId(option)]),
    };
    // A deal that nobody wants.
    let law = Law::Forbid(Condition(vec![only(0, 40), only(1, 20), only(2, 0)]));
    draft.constraints.push(Constraint { law, because: vec![] });
    let talks = Talks::new(draft).expect("talks that fit together");
    let found = run(&talks, 0.5);
    assert_eq!((found.method, found.frontier_count), (Method::Enumeration, 121));
    // A party may be weighed against itself.
    let own = PartyId(0);
    let space = Space::new(&talks);
    let tradeoff = Tradeoff::new(&space, own, own, Scale::Raw, &|_| ControlFlow::Continue(()));
    let best = tradeoff.expect("few deals").best_from(100.0).expect("there are better ones");
    assert_eq!((best.utility, best.other), (240.0, 240.0));
    assert_eq!(found.counts.zone.as_ref().and_then(|zone| zone.count()), Some(68_920));
}

#[test]
fn votes_flip_where_they_carry() {
    let mut draft = (*known::reservoir()).clone();
    let votes = [0, 1].map(|b| (Number::fixed(1.0), Rule::One(BodyId(b))));
    draft.parties[0].ratifies = Rule::Quota { needed: Number::fixed(2.0), of: votes.into() };
    let talks = Talks::new(draft).expect("valid");
    let found = ask(&talks, &run(&talks, 0.5));
    let numbers = talks.numbers();
    let of_rule = |flip: &&SwitchingValue| numbers[flip.number].place == "upstream: ratifies";
    let rules: Vec<&SwitchingValue> = found.numbers.iter().filter(of_rule).collect();
    // A quota of 1 and a weight of 2 for the council let it carry alone. A weight of 2 for the farmers
    // changes nothing: the council accepts wherever they do.
    let to: Vec<(f64, f64)> =
        rules.iter().filter_map(|flip| Some((flip.now, flip.verdict.as_ref()?.to))).collect();
    assert_eq!(to, [(2.0, 1.0), (1.0, 2.0)], "{rules:?}");
    let change = rules[0].best.as_ref().expect("another deal");
    assert_eq!((change.to, change.probability, change.verdict), (1.0, 1.0, Verdict::WithinReach));
    let outcome = change.best.as_ref().expect("a zone");
    assert_eq!(outcome.0, [OptionId(2), OptionId(1)]);
}
