//! Draws of what is not known, each before its judge; means against closed forms.

use detente_analysis::{
    At, Compared, Estimate, Gift, LeverOptions, Options, RequirementsOptions, Sample, Space, Spread, Stop,
    Together, Unknowns, UnknownsOptions, analyze, average, levers, requirements, unknowns,
};
use detente_cases::random;
use detente_cases::random::Dice;
use detente_cases::random::levers::{Kinds, with_levers};
use detente_cases::{drawn, seeds};
use detente_judge::{DrawCase, World, check_draw, in_zone, is_efficient};
use detente_model::*;
use proptest::prelude::*;
use std::ops::ControlFlow;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

fn go_on(_: f64) -> ControlFlow<()> {
    ControlFlow::Continue(())
}

fn run(talks: &Talks, options: &UnknownsOptions) -> Option<Unknowns> {
    let space = &Space::new(talks);
    let analysis = analyze(space, &Options::default(), &go_on);
    unknowns(space, &analysis, options, &go_on)
}

/// Some of the numbers become distributions, such that every draw fits together.
fn unsure(talks: &Talks, dice: &mut Dice) -> Talks {
    let mut draft = (**talks).clone();
    draft.unknowns = vec![Unknown {
        id: "weather".into(),
        name: "Weather".into(),
        cases: [("dry", 0.25), ("wet", 0.75)]
            .map(|(id, p)| Case { id: id.into(), name: id.into(), probability: Number::fixed(p) })
            .into(),
        because: vec![],
    }];
    let spots: Vec<Spot> = draft.numbers().iter().map(|placed| placed.spot).collect();
    for spot in spots {
        let fits = match spot {
            Spot::Alternative(_)
            | Spot::Weight(..)
            | Spot::Interaction(..)
            | Spot::Row(..)
            | Spot::Otherwise(..) => true,
            Spot::Shape(body, issue, _) => {
                let preference = draft.bodies[body.0].preferences.issues[issue.0].as_ref();
                !preference.is_some_and(|preference| matches!(preference.shape, Shape::Triangular { .. }))
            }
            // The highest value, or the mean of a normal distribution.
            Spot::Will(body, k) => match &draft.bodies[body.0].will.cost().expect("a cost").0 {
                Distribution::Point(_) => true,
                Distribution::Uniform { .. } => k == 1,
                Distribution::Triangular { .. } | Distribution::Pert { .. } => k == 2,
                Distribution::Normal { .. } => k == 0,
                Distribution::TruncatedNormal { .. } => k == 3,
                Distribution::Beta { .. } => k == 3,
                Distribution::Discrete(_) => k.is_multiple_of(2),
            },
            _ => false,
        };
        if !fits || dice.below(4) > 0 {
            continue;
        }
        let number = draft.number_mut(&spot).expect("a number");
        let (now, more) = (number.mean(), 1.0 + dice.below(3) as f64);
        (number.spread, number.by_case) = match dice.below(5) {
            0 => (Distribution::Uniform { from: now, to: now + more }, None),
            1 => (Distribution::Triangular { from: now, mode: now + 0.5, to: now + more }, None),
            2 => (Distribution::Discrete(vec![(now + more, 0.5), (now, 0.5)]), None),
            3 => (Distribution::Pert { from: now, mode: now, to: now + more }, None),
            _ => {
                let values = vec![(now + more, 0.25), (now, 0.75)];
                (Distribution::Discrete(values), Some(UnknownId(0)))
            }
        };
    }
    Talks::new(draft).expect("still valid")
}

fn settled(talks: &Talks, spots: &[Spot], values: &[f64]) -> Talks {
    let mut draft = (**talks).clone();
    for (spot, value) in spots.iter().zip(values) {
        draft.number_mut(spot).expect("a number").settle(*value);
    }
    Talks::new(draft).expect("a draw fits together")
}

drawn! { 96;
    #[test]
    fn every_draw_is_what_its_numbers_say(case in random::case()) {
        let talks = unsure(&case.talks(), &mut Dice::new(case.seed));
        let options = UnknownsOptions { draws: 16, keep: true, top: 3, seed: case.seed, target: 0.3, ..Default::default() };
        let Some(found) = run(&talks, &options) else { return Ok(()) };
        prop_assert_eq!(found.compared, Compared::All);
        prop_assert_eq!((found.draws, found.mended), (16, 0));
        let Some(samples) = &found.samples else {
            prop_assert!(found.deals.is_empty());
            return Ok(());
        };
        let n = samples.rows.len();
        prop_assert_eq!(n, 16);
        let scale = analyze(&Space::new(&talks), &Options::default(), &go_on).scale == detente_analysis::Scale::Unit;
        let (mut zones, mut efficient, mut open) = (vec![0; found.deals.len()], vec![0; found.deals.len()], vec![0; found.deals.len()]);
        for row in &samples.rows {
            let drawn = settled(&talks, &samples.spots, &row.values);
            let world = World::new(&drawn, scale);
            let deals: Vec<(&Outcome, f64)> =
                found.deals.iter().map(|deal| &deal.outcome).zip(row.deals.iter().copied()).collect();
            prop_assert_eq!(check_draw(&world, DrawCase { zone: row.zone, best: row.best, deals: &deals }), Ok(()));
            for (k, (x, _)) in deals.iter().enumerate() {
                zones[k] += usize::from(in_zone(&world, x));
                match is_efficient(&world, x) {
                    Some(is) => efficient[k] += usize::from(is),
                    None => open[k] += 1,
                }
            }
        }
        let share = |count: usize| count as f64 / n as f64;
        for (k, deal) in found.deals.iter().enumerate() {
            let mut own: Vec<f64> = samples.rows.iter().map(|row| row.deals[k]).collect();
            let mean = own.iter().sum::<f64>() / n as f64;
            prop_assert!((mean - deal.mean.mean).abs() < 1e-12);
            let detail = deal.detail.expect("no interrupt");
            prop_assert_eq!(detail.zone, share(zones[k]));
            if k < 3 {
                let said = detail.efficient.expect("every outcome was compared");
                prop_assert!(share(efficient[k]) <= said && said <= share(efficient[k] + open[k]), "{said}: {k}");
            }
            // Equal on a grid of 10^-12: surely if they are but for rounding, and never if they are further apart.
            let best = |by: f64| {
                let is_best = |row: &&Sample| row.deals[k] > 0.0 && row.deals[k] >= row.best - by;
                share(samples.rows.iter().filter(is_best).count())
            };
            prop_assert!(best(1e-15) <= detail.best && detail.best <= best(1.01e-12), "{}: {k}", detail.best);
            let reaches = samples.rows.iter().filter(|row| row.deals[k] >= 0.3).count();
            prop_assert_eq!(detail.reaches, share(reaches));
            own.sort_by(f64::total_cmp);
            // The 2nd, 8th and 15th of 16.
            prop_assert_eq!(detail.percentiles, [own[1], own[7], own[14]]);
        }
        let zone = samples.rows.iter().filter(|row| row.zone).count();
        prop_assert!((found.zone.mean - share(zone)).abs() < 1e-12);
        let reached = samples.rows.iter().filter(|row| row.best >= 0.3).count();
        prop_assert!((found.reached.mean - share(reached)).abs() < 1e-12);
        let ahead = samples.rows.iter().map(|row| row.best - row.deals[0]).sum::<f64>() / n as f64;
        prop_assert!((found.perfect.mean - ahead).abs() < 1e-12);
        prop_assert!(found.deals.windows(2).take(2).all(|pair| pair[0].mean.mean >= pair[1].mean.mean - 1e-12));
        let lows = || found.deals.iter().map(|deal| deal.detail.expect("no interrupt").percentiles[0]);
        let steadiest = found.steadiest.expect("no interrupt");
        prop_assert!(lows().all(|low| low <= lows().nth(steadiest).expect("a deal") + 1e-12));
    }
}

/// Two parties split a pie in steps; each has one body.
fn pie(steps: usize, alternatives: [Distribution; 2], wills: [Option<Cost>; 2]) -> Talks {
    let range = Range::new(0.0, 1.0, 1.0 / steps as f64).expect("a range").0;
    let mut wills = wills.into_iter();
    let body = |(p, alternative): (usize, Distribution)| {
        let ends = if p == 0 { [0.0, 1.0] } else { [1.0, 0.0] };
        let line = vec![(0.0, Number::fixed(ends[0])), (1.0, Number::fixed(ends[1]))];
        Body {
            id: format!("p{p}"),
            name: format!("Party {p}"),
            party: PartyId(p),
            influence: None,
            alternative: Alternative::Worth(Number { spread: alternative, ..Number::fixed(0.0) }),
            will: wills.next().flatten().into(),
            strain: StatedCost::Unstated,
            reaction: None,
            discount: None,
            preferences: Preferences {
                issues: vec![Some(IssuePreference { weight: None, shape: Shape::Linear(line) })],
                ..Preferences::default()
            },
            because: vec![],
        }
    };
    let bodies: Vec<Body> = alternatives.into_iter().enumerate().map(body).collect();
    let party = |p: usize| Party {
        id: format!("p{p}"),
        name: format!("Party {p}"),
        bodies: vec![BodyId(p)],
        ratifies: Rule::One(BodyId(p)),
        because: vec![],
    };
    let share = Issue {
        id: "share".into(),
        name: "Share".into(),
        options: detente_model::Options::Range(range),
        status_quo: None,
        because: vec![],
    };
    Talks::new(Draft::new("A pie", vec![share], vec![party(0), party(1)], bodies)).expect("a pie")
}

fn uniform(to: f64) -> Distribution {
    Distribution::Uniform { from: 0.0, to }
}

/// How many of 200 seeds put the exact value more than three standard errors away.
fn misses(talks: &Talks, spread: Spread, exact: f64, of: impl Fn(&Unknowns) -> Estimate) -> usize {
    let space = &Space::new(talks);
    let analysis = analyze(space, &Options::default(), &go_on);
    let miss = |seed: u64| {
        let options = UnknownsOptions { draws: 256, within: 0.0, spread, seed, top: 1, ..Default::default() };
        let found = of(&unknowns(space, &analysis, &options, &go_on).expect("unknowns"));
        (found.mean - exact).abs() > 3.0 * found.half_width / 2.131_449_546 + 1e-12
    };
    (0..200).filter(|seed| miss(*seed)).count()
}

#[track_caller]
fn check(talks: &Talks, exact: f64, of: impl Fn(&Unknowns) -> Estimate) {
    for spread in [Spread::Even, Spread::Plain] {
        let misses = misses(talks, spread, exact, &of);
        println!("{spread:?}: {misses} of 200 seeds more than three standard errors from {exact}");
        // Of Student's t with 15 degrees of freedom 0.9% lie beyond 3: 1.8 of 200. More than 7 are seen
        // once in 1,500 times.
        assert!(misses <= 7, "{spread:?}: {misses} of 200 seeds miss {exact}");
    }
}

#[test]
fn thresholds_that_nobody_knows_are_met_as_often_as_they_should() {
    // Alternatives uniform on 0..m: half the pie is accepted by both with probability
    // min(1, x/m1) min(1, (1-x)/m2).
    check(&pie(2, [uniform(1.0), uniform(1.0)], [None, None]), 0.25, |found| found.deals[0].mean);
    check(&pie(2, [uniform(0.8), uniform(0.5)], [None, None]), 0.625, |found| found.deals[0].mean);
}

#[test]
fn a_zone_is_there_as_often_as_it_should() {
    // In tenths: a first alternative in the k-th tenth needs at least that much, and leaves the other
    // (9 - k) tenths: 0.1 x (0.9 + 0.8 + ... + 0).
    check(&pie(10, [uniform(1.0), uniform(1.0)], [None, None]), 0.45, |found| found.zone);
}

#[test]
fn a_normal_cost_of_a_normal_mean_is_a_wider_normal_cost() {
    // The mean of phi((s - m) / 0.3) over m normal(0.4, 0.4) is phi((s - 0.4) / 0.5).
    let cost = |m: f64| {
        let mean = Number { spread: Distribution::Normal { mean: m, sd: 0.4 }, ..Number::fixed(0.0) };
        Some(Cost(Distribution::Normal { mean, sd: Number::fixed(0.3) }))
    };
    let nothing = || Distribution::Point(0.0);
    let accepts = |s: f64| normal_at_most((s - 0.4) / 0.5);
    let exact = accepts(0.5) * accepts(0.5);
    let talks = pie(2, [nothing(), nothing()], [cost(0.4), cost(0.4)]);
    check(&talks, exact, |found| found.deals[0].mean);
}

#[test]
fn what_it_is_worth_to_know_is_worked_out_by_hand() {
    // One deal is worth 2 for certain, the other 0 or 5 by the toss of a coin; the cost is uniform on
    // 0..8. The second is agreed on with 0.3125 on average. Knowing the coin: 0.25 or 0.625, on average
    // 0.4375. Knowing by how much the second is worth to the other party is worth nothing.
    let coin = |a: f64, b: f64| Number {
        spread: Distribution::Discrete(vec![(a, 0.5), (b, 0.5)]),
        ..Number::fixed(0.0)
    };
    let cost = || Some(Cost(Distribution::Uniform { from: Number::fixed(0.0), to: Number::fixed(8.0) }));
    let talks = pie(1, [Distribution::Point(0.0), Distribution::Point(0.0)], [cost(), None]);
    let mut draft = (*talks).clone();
    let values = |values: Vec<Number>| Some(IssuePreference { weight: None, shape: Shape::Values(values) });
    draft.bodies[0].preferences.issues = vec![values(vec![Number::fixed(2.0), coin(0.0, 5.0)])];
    draft.bodies[1].preferences.issues = vec![values(vec![Number::fixed(1.0), coin(1.0, 2.0)])];
    let talks = Talks::new(draft).expect("valid");
    let found = run(&talks, &UnknownsOptions::default()).expect("unknowns");
    let close = |found: Estimate, exact: f64| (found.mean - exact).abs() < 1e-12;
    assert!(close(found.deals[0].mean, 0.3125) && close(found.deals[1].mean, 0.25), "{:?}", found.deals);
    assert!(close(found.perfect, 0.125), "{:?}", found.perfect);
    assert_eq!(found.information_values.iter().map(|lesson| lesson.input).collect::<Vec<_>>(), [0, 1]);
    assert!(close(found.information_values[0].worth, 0.125), "{:?}", found.information_values);
    assert!(close(found.information_values[1].worth, 0.0), "{:?}", found.information_values);
    let [low, high] = found.information_values[0].swing;
    assert_eq!((low.at, high.at), (At::Value(0.0), At::Value(5.0)));
    assert!((low.mean, high.mean) == (0.0, 0.625), "{low:?} {high:?}");
    let index = found.information_values[0].index.expect("a variance");
    assert!(close(index.first, 1.0) && close(index.total, 1.0), "{index:?}");
    let other = found.information_values[1].index.expect("a variance");
    assert!(close(other.first, 0.0) && close(other.total, 0.0), "{other:?}");
    // 0 or 0.625 with even chances.
    assert!((found.variance.expect("no interrupt") - 0.312_5 * 0.312_5).abs() < 1e-3);
}

#[test]
fn what_is_given_is_averaged_over_what_is_not_known() {
    // The whole pie is worth 1 to the first. Its alternative is 0 or 1.5 by the toss of a coin: with 0 it
    // accepts, its cost of up to 2 being covered with 1/2; with 1.5 it loses, whatever its cost.
    let coin = Distribution::Discrete(vec![(0.0, 0.5), (1.5, 0.5)]);
    let cost = Cost(Distribution::Uniform { from: Number::fixed(0.0), to: Number::fixed(2.0) });
    let talks = pie(1, [coin, Distribution::Point(0.0)], [Some(cost), None]);
    let found = run(&talks, &UnknownsOptions::default()).expect("unknowns");
    let deal = Outcome(vec![OptionId(1)]);
    let space = &Space::new(&talks);
    let with = |surplus: f64, fall: f64| {
        let gifts = [Gift { surplus, fall }, Gift::default()];
        average(space, &found, &deal, &gifts, &go_on).expect("draws").mean
    };
    // Nothing; a fall to a certain yes where it does not lose; enough surplus not to lose, of which half a
    // unit is left to cover a cost of up to 2.
    for (surplus, fall, mean) in
        [(0.0, 0.0, 0.25), (0.0, 1.0, 0.5), (0.5, 0.0, 0.375), (1.0, 1.0, 0.5 + 0.375)]
    {
        assert!((with(surplus, fall) - mean).abs() < 1e-12, "{surplus} {fall}: {}", with(surplus, fall));
    }
    let own = average(space, &found, &found.deals[0].outcome, &[], &go_on).expect("draws");
    assert_eq!(own, found.deals[0].mean);
}

#[test]
fn levers_and_falls_give_in_a_draw_what_they_give_at_the_means() {
    // Nothing is unknown in these talks: every draw is the same, as many as there are of something else.
    let coin = Distribution::Discrete(vec![(0.0, 0.5), (1.5, 0.5)]);
    let unsure = pie(1, [coin, Distribution::Point(0.0)], [None, None]);
    let draws = run(&unsure, &UnknownsOptions::default()).expect("unknowns");
    let (mut n_packages, mut n_falls) = (0, 0);
    for seed in seeds(60) {
        let kinds = Kinds { n: 6, restricted: seed % 2 == 0, alike: false, budgets: seed % 3 == 0 };
        let talks = with_levers(random::Case::new(3, 1 + seed as usize % 3, seed), kinds);
        let space = &Space::new(&talks);
        let mean =
            |deal: &Outcome, gifts: &[Gift]| average(space, &draws, deal, gifts, &go_on).expect("draws").mean;
        let go_on = &|_| ControlFlow::Continue(());
        for package in levers(space, &LeverOptions::default(), go_on).frontier {
            let Some(deal) = &package.deal else { continue };
            let found = mean(deal, &package.gifts(&talks));
            assert!((found - package.probability).abs() < 1e-9, "{seed}: {found}, not {package:?}");
            n_packages += usize::from(!package.levers.is_empty());
        }
        let close = RequirementsOptions { target: 0.9, ..RequirementsOptions::default() };
        if let Together::Enough(falls) = requirements(space, &close, go_on).together {
            let found = mean(&falls.outcome, &falls.gifts());
            assert!((found - falls.probability).abs() < 1e-9, "{seed}: {found}, not {falls:?}");
            n_falls += usize::from(falls.sum > 0.0);
        }
    }
    detente_cases::covers(n_packages > 30 && n_falls > 10, format_args!("{n_packages} {n_falls}"));
}

#[test]
fn draws_are_the_same_on_any_number_of_threads() {
    let talks = unsure(&random::Case::new(4, 3, 11).talks(), &mut Dice::new(5));
    let options = UnknownsOptions { draws: 128, within: 0.0, keep: true, ..Default::default() };
    let on = |n: usize| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(n).build().expect("threads");
        format!("{:?}", pool.install(|| run(&talks, &options).expect("unknowns")))
    };
    let one = on(1);
    assert!(one.contains("InformationValue"), "{one}");
    assert_eq!(one, on(2));
    assert_eq!(one, on(16));
}

#[test]
fn the_interval_asked_for_or_the_budget_ends_it() {
    let talks = pie(2, [uniform(0.9), uniform(0.7)], [None, None]);
    let with = |draws: usize, within: f64| {
        let options = UnknownsOptions { draws, within, ..Default::default() };
        let found = run(&talks, &options).expect("unknowns");
        (found.stop, found.draws, found.deals[0].mean.half_width)
    };
    let (stop, draws, half_width) = with(1 << 14, 0.01);
    assert!(stop == Stop::Narrow && draws < 1 << 14 && half_width <= 0.01, "{stop:?} {draws} {half_width}");
    let (stop, draws, half_width) = with(1000, 1e-6);
    assert!(stop == Stop::Budget && draws == 512 && half_width > 1e-6, "{stop:?} {draws} {half_width}");
    assert_eq!(with(1, 0.0).1, 16);
}

#[test]
fn an_interrupt_leaves_what_is_known() {
    let talks = pie(2, [uniform(0.9), uniform(0.7)], [None, None]);
    let space = &Space::new(&talks);
    let analysis = analyze(space, &Options::default(), &go_on);
    let options = UnknownsOptions { within: 0.0, draws: 4096, ..Default::default() };
    let seen = Mutex::new(Vec::new());
    let whole = unknowns(space, &analysis, &options, &|share| {
        seen.lock().expect("one thread at a time").push(share);
        ControlFlow::Continue(())
    });
    assert_eq!(whole.expect("unknowns").stop, Stop::Budget);
    let seen = seen.into_inner().expect("one thread at a time");
    let calls = seen.len() as u64;
    // Some parts do not know how far all is.
    assert!(
        seen.iter().filter(|share| **share > 0.0).is_sorted() && seen.iter().all(|s| (0.0..=1.0).contains(s))
    );
    // The first and the last looks, and some between.
    let some = (1..=calls).filter(|k| *k <= 24 || *k + 8 > calls || k % (calls / 32) == 0);
    let (mut tried, mut none) = (0, 0);
    for stop_at in some {
        tried += 1;
        let count = AtomicU64::new(0);
        let found = unknowns(space, &analysis, &options, &|_| {
            if count.fetch_add(1, Relaxed) + 1 >= stop_at {
                ControlFlow::Break(())
            } else {
                ControlFlow::Continue(())
            }
        });
        let Some(found) = found else {
            none += 1;
            continue;
        };
        assert_eq!(found.stop, Stop::Interrupted, "after {stop_at}");
        assert!(found.information_values.is_empty() || stop_at == calls);
        assert_eq!(found.deals.is_empty(), found.draws == 0);
    }
    assert!(none < tried / 2, "{none} of {tried}");
}

#[test]
fn what_is_known_leaves_nothing_to_draw() {
    let known =
        pie(2, [Distribution::Point(0.0), Distribution::Uniform { from: 0.1, to: 0.1 }], [None, None]);
    assert!(run(&known, &UnknownsOptions::default()).is_none());
}
