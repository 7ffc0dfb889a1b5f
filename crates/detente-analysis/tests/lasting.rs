//! What happens if plans break, and the best orders for an aim, on random talks before their judge.

#[allow(dead_code, reason = "the part of what is said of plans that other tests need")]
mod plans;
mod scenes;

use detente_analysis::{
    Aim, Amounts, BestOrder, LastingOptions, Outlook, Plan, Reckoning, best_order, order_tradeoff, outlook,
};
use detente_cases::random::lasting::{Strains, THINGS};
use detente_cases::random::{Dice, lasting, steps};
use detente_cases::{cases, seeds};
use detente_judge::{
    Aid, Collapse, Counted, OrderAim, aim_values, best_for, divide, every_order, follow, means, pareto,
    simulate,
};
use detente_model::{
    Consequence, Correlation, Cost, Distribution, Draft, Duration, Implementation, Lever, LeverId, Mediator,
    MediatorId, Number, Outcome, PartyId, PhaseId, StatedCost, StepId, Talks, TimeUnit, Wait,
};
use scenes::{Orders, Scene, Seen, found, near, of_parties, plan, same, scene, small};
use std::ops::ControlFlow;

/// Every number that is said of a plan.
#[track_caller]
fn judge_outlook(scene: &Scene, judged: &Collapse<'_>, said: &Outlook) {
    same("completed", said.completed, judged.completed);
    judge_breaks(judged, said);
    judge_checks(judged, said);
    same("horizon", said.horizon, judged.horizon());
    assert_eq!(said.horizon_stated, scene.talks.implementation.horizon.is_some());
    judge_secured(scene, judged, said);
}

#[track_caller]
fn judge_breaks(judged: &Collapse<'_>, said: &Outlook) {
    assert_eq!(said.breaks.len(), judged.breaks.len());
    for (k, (said, judged)) in said.breaks.iter().zip(&judged.breaks).enumerate() {
        same(&format!("walks at {k}"), said.walks, judged.walks);
        same(&format!("fails at {k}"), said.fails, judged.fails);
        same(&format!("shocks after {k}"), said.shocks, judged.shocks);
        assert_eq!((said.by_party.len(), said.by_body.len()), (judged.by_party.len(), judged.by_body.len()));
        let judged = judged.by_party.iter().chain(&judged.by_body);
        for (said, judged) in said.by_party.iter().chain(&said.by_body).zip(judged) {
            same(&format!("who walks at {k}"), *said, *judged);
        }
    }
    let total: f64 = said.completed + said.breaks.iter().map(detente_analysis::Break::total).sum::<f64>();
    assert!((total - 1.0).abs() <= 1e-9, "all sum to {total}");
}

#[track_caller]
fn judge_checks(judged: &Collapse<'_>, said: &Outlook) {
    assert_eq!(said.checks.len(), judged.checks.len());
    for (said, judged) in said.checks.iter().zip(&judged.checks) {
        assert_eq!((said.step, said.party, said.before), (judged.step, judged.party, judged.before));
        assert_eq!((said.noticed, said.complies), (judged.noticed, judged.complies), "{judged:?}");
        assert_eq!(said.enough.is_some(), judged.enough.is_some(), "{judged:?} {said:?}");
        same("enough", said.enough.unwrap_or(0.0), judged.enough.unwrap_or(0.0));
        let most = judged.bodies.iter().map(|(_, saved, _)| *saved).fold(0.0, f64::max);
        assert_eq!(said.saves.is_some(), most > 0.0, "{judged:?} {said:?}");
        if let Some((body, saves)) = said.saves {
            same("saves", saves, most);
            assert!(judged.bodies.iter().any(|(own, saved, _)| *own == body && near(*saved, most)));
        }
    }
}

#[track_caller]
fn judge_secured(scene: &Scene, judged: &Collapse<'_>, said: &Outlook) {
    for what in judged.things() {
        assert_eq!(said.secured.iter().filter(|secured| secured.what == what).count(), 1, "{what}");
    }
    for secured in &said.secured {
        let all = Counted::all(&secured.what);
        judge_amounts(judged, all, &secured.total);
        let own = scene.order.iter().flatten().map(|step| &scene.talks.steps[step.0]);
        let own = own.filter(|step| step.counts.iter().any(|count| count.what == secured.what));
        let phases: Vec<Option<PhaseId>> = own.map(|step| step.phase).collect();
        // Where every step that would count is failed, there is nothing to tell.
        let is_missing = |phase: &&Option<PhaseId>| secured.by_phase.iter().all(|(said, _)| said != *phase);
        for phase in phases.iter().filter(is_missing) {
            let amounts = judged.amounts(Counted { phase: Some(*phase), ..all });
            assert_eq!((amounts.hoped, amounts.expected), (0.0, 0.0), "{phase:?} is missing");
        }
        for (k, (phase, amounts)) in secured.by_phase.iter().enumerate() {
            assert!(secured.by_phase[..k].iter().all(|(other, _)| other != phase), "{phase:?} twice");
            judge_amounts(judged, Counted { phase: Some(*phase), ..all }, amounts);
        }
        let days: Vec<f64> = secured.by_day.iter().map(|(day, _)| *day).collect();
        assert!(days.windows(2).all(|pair| pair[0] <= pair[1]), "{days:?}");
        let (first, last) = (days.first().expect("a day"), days.last().expect("a day"));
        assert!(*first == 0.0 && (last - judged.horizon()).abs() <= 1e-6, "{days:?}");
        let is_shown = |day: &f64| days.iter().any(|said| (said - day).abs() <= 1e-6);
        assert!(judged.days().iter().filter(|day| **day <= judged.horizon()).all(is_shown));
        for (k, (day, amounts)) in secured.by_day.iter().enumerate() {
            // Of several points on a day, the last tells what came of it.
            if secured.by_day.get(k + 1).is_some_and(|(next, _)| next == day) {
                continue;
            }
            // What is counted at once counts on the day of its point, rounding aside.
            let points = judged.days().iter().copied().filter(|point| (point - day).abs() <= 1e-6);
            judge_amounts(judged, Counted { day: points.fold(*day, f64::max), ..all }, amounts);
        }
    }
}

/// What may be lost where days are rounded.
const SLIP: f64 = 1e-7;

#[track_caller]
fn judge_amounts(judged: &Collapse<'_>, counted: Counted<'_>, said: &Amounts) {
    let amounts = judged.amounts(counted);
    let what = format!("{counted:?}");
    same(&what, said.hoped, amounts.hoped);
    same(&what, said.expected, amounts.expected);
    let is_certain = near(said.certain, amounts.certain) || near(said.certain, amounts.nearly_certain);
    assert!(is_certain, "{what}: {} is not certain: {amounts:?}", said.certain);
    // By the definition of a percentile, so that it does not matter on which side of 0.1 a sum is rounded.
    let slip = SLIP * (1.0 + said.low.abs());
    let (up_to, below) = (judged.at_most(counted, said.low + slip), judged.at_most(counted, said.low - slip));
    assert!(
        up_to >= 0.1 - 1e-9 && below < 0.1 + 1e-9,
        "{what}: {} is no 10th percentile, but {}: {below} {up_to}",
        said.low,
        amounts.low
    );
}

/// So many combinations of strains the judge tries.
const MOST_COMBINATIONS: f64 = 4000.0;

#[test]
fn what_breaks_a_plan_equals_every_combination_of_strains() {
    let mut seen = Seen::default();
    let mut exact = 0;
    let n = cases(400);
    // Found by drawing others: a body that would walk away from anything, and gains by its own step.
    for seed in seeds(n).chain([2_911_429_362_000_192]) {
        let (steps, breaks) = small(seed);
        let Some(scene) = scene(seed, 5, steps, breaks) else { continue };
        if scene.combinations() > MOST_COMBINATIONS {
            continue;
        }
        let said = scene.outlook(seed);
        let judged = scene.judged();
        let fits = std::panic::catch_unwind(|| judge_outlook(&scene, &judged, &said));
        assert!(fits.is_ok(), "case {seed}: see above");
        exact += u64::from(said.reckoning == Reckoning::Exact);
        seen.note(&scene, &judged);
    }
    assert_eq!(exact, seen.scenes, "so few combinations are added up");
    detente_cases::covers(seen.scenes * 2 >= n, format_args!("{seen:?}"));
    let Seen { uncertain, several_walk, guarantees, shocks, discounts, flows, phases, .. } = seen;
    seen.require(&[uncertain, guarantees, discounts, flows, phases], 4);
    seen.require(&[several_walk, shocks, seen.losses, seen.stand_in], 12);
    seen.require(&[seen.fails, seen.unnoticed, seen.horizons, seen.quotas, seen.counts_of, seen.nested], 40);
    seen.require(&seen.kinds, 20);
}

#[test]
fn strains_that_go_together_equal_every_combination_in_every_mood() {
    let mut seen = Seen::default();
    let mut by_moods = 0;
    let n = cases(60);
    for seed in seeds(n) {
        let (steps, breaks) = small(seed);
        let Some(scene) = scene(seed, 3, steps, lasting::Kinds { correlated: true, ..breaks }) else {
            continue;
        };
        if scene.combinations() > 300.0 {
            continue;
        }
        let said = scene.outlook(seed);
        let judged = scene.judged();
        let fits = std::panic::catch_unwind(|| judge_outlook(&scene, &judged, &said));
        assert!(fits.is_ok(), "case {seed}: see above");
        assert!(!matches!(said.reckoning, Reckoning::Drawn { .. }), "case {seed}");
        by_moods += u64::from(said.reckoning == Reckoning::CommonFactor);
        seen.note(&scene, &judged);
    }
    assert!(seen.scenes * 2 >= n && seen.correlated == seen.scenes, "{seen:?}");
    seen.require(&[by_moods, seen.uncertain], 4);
}

/// How far a number lies from what was drawn, in standard errors.
#[derive(Default)]
struct Deviations {
    all: Vec<f64>,
}

impl Deviations {
    /// About one in 370 lies beyond 3 by chance, and one in two million beyond 5.
    #[track_caller]
    fn require(&self, least: usize) {
        let beyond = |most: f64| self.all.iter().filter(|z| z.abs() > most).count();
        detente_cases::covers(self.all.len() >= least, format_args!("only {} compared", self.all.len()));
        let most = 3 + self.all.len() / 200;
        assert!(
            beyond(3.0) <= most && beyond(5.0) == 0,
            "{} beyond 3, {} beyond 5",
            beyond(3.0),
            beyond(5.0)
        );
    }
}

/// Draws for each of the larger plans.
const DRAWS: usize = 2000;

#[test]
fn larger_plans_agree_with_following_them_many_times() {
    let (mut completed, mut expected) = (Deviations::default(), Deviations::default());
    let (mut scenes, mut large, mut correlated) = (0, 0, 0);
    let n = cases(200);
    for seed in seeds(n) {
        let (steps, breaks) = small(seed);
        let breaks = lasting::Kinds { strains: Strains::Drawn, correlated: seed % 2 == 1, ..breaks };
        // The largest of a few.
        let few = (1..=3).filter_map(|k| of_parties(3, seed + 10_000 * k, 6, steps, breaks));
        let largest = few.max_by(|a, b| a.combinations().total_cmp(&b.combinations()));
        let Some(mut scene) = largest else { continue };
        if seed % 20 == 7 {
            // All strains are as high as each other.
            let mut draft = (*scene.talks).clone();
            draft.implementation.correlation = Some(Correlation::Pairwise(Number::fixed(1.0)));
            scene.talks = Talks::new(draft).expect("still talks");
        }
        scenes += 1;
        correlated += u64::from(scene.talks.implementation.correlation.is_some());
        large += u64::from(scene.combinations() > 50.0);
        compare_drawn(&scene, seed, &mut completed, &mut expected);
    }
    detente_cases::covers(
        scenes * 10 >= n * 7 && correlated * 3 >= n && large * 12 >= n,
        format_args!("{scenes} {correlated} {large}"),
    );
    completed.require(n as usize / 5);
    expected.require(n as usize / 5);
}

/// What was drawn lies far from what is said once in thousands of times; then more is drawn.
fn compare_drawn(scene: &Scene, seed: u64, completed: &mut Deviations, expected: &mut Deviations) {
    let salt = seed ^ 0x0064_7261_776e;
    let mut found = deviations(scene, seed, (DRAWS, salt));
    if found.iter().flatten().any(|z| z.abs() > 4.0) {
        found = deviations(scene, seed, (10 * DRAWS, !salt));
    }
    let [own, amounts] = found;
    completed.all.extend(own);
    expected.all.extend(amounts);
}

/// How far the chance of being completed, and the amounts secured, lie from so many draws, in standard errors.
fn deviations(scene: &Scene, seed: u64, runs: (usize, u64)) -> [Vec<f64>; 2] {
    let asked = THINGS.map(Counted::all);
    let draws = runs.0 as f64;
    let [mut completed, mut expected] = [vec![], vec![]];
    let drawn =
        simulate(&scene.talks, &scene.deal, &scene.order, &scene.aid, &asked, runs).expect("possible");
    let said = scene.outlook(seed);
    let own = if let Reckoning::Drawn { error, .. } = said.reckoning { error } else { 0.0 };
    let (p, share) = (said.completed, drawn.completed.mean);
    let variance = p * (1.0 - p) / draws;
    if p * (1.0 - p) * draws >= 20.0 {
        completed.push((share - p) / (variance + own * own).sqrt());
        for (what, (mean, amounts)) in THINGS.iter().zip(&drawn.counted) {
            let of = said.secured.iter().find(|secured| secured.what == *what);
            if let Some(secured) = of.filter(|_| own == 0.0 && has_varied(amounts)) {
                expected.push((secured.total.expected - mean.mean) / mean.error);
            }
        }
    } else {
        let far = (share - p).abs() * draws;
        assert!(far <= 25.0 + 5.0 * own * draws, "case {seed}: {p} is not {share}");
    }
    for (k, (said, drawn)) in said.breaks.iter().zip(&drawn.breaks).enumerate() {
        let pairs = [(said.walks, drawn.walks), (said.fails, drawn.fails), (said.shocks, drawn.shocks)];
        let by = said.by_party.iter().chain(&said.by_body).copied();
        let by = by.zip(drawn.by_party.iter().chain(&drawn.by_body).copied());
        for (p, mean) in pairs.into_iter().chain(by) {
            let error = (p * (1.0 - p) / draws + own * own).max(0.0).sqrt();
            let most = 6.0 * error + 10.0 / draws;
            assert!((p - mean.mean).abs() <= most, "case {seed}, point {k}: {p} is not {mean:?}");
        }
    }
    [completed, expected]
}

/// Whether what was drawn says how much it varies: not where hardly anything but the same came of it.
fn has_varied(amounts: &[f64]) -> bool {
    let usual = amounts[amounts.len() / 2];
    amounts.iter().filter(|amount| !near(**amount, usual)).count() >= 40
}

#[test]
fn who_saves_by_failing_complies_from_a_chance_on() {
    let (mut always, mut between, mut none) = (0, 0, 0);
    // Found by drawing others: bodies that would walk away from anything.
    for seed in seeds(cases(200)).chain([2_911_429_363_000_121, 2_911_429_365_000_089]) {
        let (steps, breaks) = small(seed);
        let Some(scene) = scene(seed + 20_000, 4, steps, lasting::Kinds { noticed: true, ..breaks }) else {
            continue;
        };
        let said = |q: f64| {
            let mut draft = (*scene.talks).clone();
            draft.steps.iter_mut().for_each(|step| step.noticed = Some(Number::fixed(q)));
            let talks = Talks::new(draft).expect("still talks");
            let plan = plan(&talks, &scene.deal, &scene.order, &scene.aid);
            found(outlook(&talks, &scene.deal, &plan, &scene.levers, &LastingOptions::default())).checks
        };
        let (never_noticed, always_noticed, half) = (said(0.0), said(1.0), said(0.5));
        for (k, judged) in scene.judged().checks.iter().enumerate() {
            let complies = |q: f64| judged.complies_at(&scene.talks, q);
            assert_eq!(never_noticed[k].complies, complies(0.0), "case {seed}: {judged:?}");
            assert_eq!(always_noticed[k].complies, complies(1.0), "case {seed}: {judged:?}");
            assert_eq!(half[k].complies, complies(0.5), "case {seed}: {judged:?}");
            // What is enough does not depend on what is declared.
            let enough = half[k].enough;
            assert_eq!((never_noticed[k].enough, always_noticed[k].enough), (enough, enough));
            let below = |q: &f64| enough.is_none_or(|enough| *q < enough - 1e-6);
            let grid = (0..=200).map(|q| f64::from(q) / 200.0);
            assert!(!grid.filter(below).any(complies), "case {seed}: less than {enough:?} is enough");
            assert!(enough.is_none_or(complies), "case {seed}: {enough:?} is not enough");
            match enough {
                None => none += 1,
                Some(0.0) => always += 1,
                Some(_) => between += 1,
            }
        }
    }
    let counts = format!("{always} at 0, {between} between, {none} nowhere");
    assert!(always >= 20 && between >= 20 && none >= 3, "{counts}");
}

fn aims() -> [Aim; 3] {
    [Aim::Completed, Aim::Expected(THINGS[0].into()), Aim::Certain(THINGS[0].into())]
}

fn judged_aim(aim: &Aim) -> OrderAim {
    match aim {
        Aim::Completed => OrderAim::Completed,
        Aim::Expected(what) => OrderAim::Expected(what.clone()),
        Aim::Certain(what) => OrderAim::Certain(what.clone()),
    }
}

fn best(scene: &Scene, aim: &Aim) -> Option<BestOrder> {
    let (options, go_on) = (LastingOptions::default(), |_| ControlFlow::Continue(()));
    // Every other time an order is known before.
    let known: Vec<Plan> = (scene.order.len() % 2 == 1).then(|| scene.plan()).into_iter().collect();
    found(best_order(&scene.talks, &scene.deal, aim, &scene.levers, &known, &options, &go_on))
}

/// So many orders the judge follows.
const MOST_ORDERS: usize = 400;

/// A scene whose orders can all be followed, and how many they are.
fn followable(seed: u64, strains: Strains) -> Option<(Scene, usize)> {
    let (steps, breaks) = small(seed);
    let max_groups = [3, 4, 5, 8][seed as usize % 4];
    let breaks = lasting::Kinds { strains, ..breaks };
    // What many can do in any order has too many of them.
    let steps = steps::Kinds { groups: steps.groups || max_groups > 5, ..steps };
    let scene = scene(seed + 30_000, max_groups, steps, breaks)?;
    let n_orders = every_order(&scene.talks, &scene.deal).len();
    (n_orders <= MOST_ORDERS && scene.combinations() * n_orders as f64 <= 20_000.0)
        .then_some((scene, n_orders))
}

/// The same with steps that take long and wait long for each other, some of which let something flow.
fn slow(scene: Scene, seed: u64) -> Option<Scene> {
    let mut dice = Dice::new(seed);
    let mut draft = (*scene.talks).clone();
    let mut days = |most: usize| Some(Duration { amount: dice.below(most) as f64, unit: TimeUnit::Day });
    for (s, step) in draft.steps.iter_mut().enumerate() {
        (step.takes, step.deadline) = (days(12), None);
        step.responds.clear();
        step.after.iter_mut().for_each(|wait| wait.time = days(15));
        let amount = Number::fixed(days(9).map_or(0.0, |time| time.amount));
        let per = (s % 2 == 0).then_some(TimeUnit::Day);
        step.counts = vec![Consequence { what: THINGS[0].into(), amount, per }];
    }
    draft.implementation = Implementation { horizon: days(60), ..Implementation::default() };
    draft.implementation.horizon = draft.implementation.horizon.filter(|time| time.amount > 0.0);
    let talks = Talks::new(draft).expect("still talks");
    let order = every_order(&talks, &scene.deal).into_iter().next()?;
    Some(Scene { talks, order, ..scene })
}

#[test]
fn times_decide_between_ways_to_the_same_steps() {
    let mut searched = Searched::default();
    let n = cases(150);
    for seed in seeds(n) {
        let strains = if seed % 2 == 0 { Strains::Certain } else { Strains::Drawn };
        let Some((scene, _)) = followable(seed, strains) else { continue };
        let Some(scene) = slow(scene, seed) else { continue };
        let fits = std::panic::catch_unwind(|| {
            let mut own = Searched::default();
            judge_best(&scene, false, &mut own);
            own
        });
        let Ok(own) = fits else { panic!("case {seed}: see above") };
        searched.scenes += 1;
        (0..3).for_each(|k| searched.matters[k] += own.matters[k]);
        (0..3).for_each(|k| searched.proven[k] += own.proven[k]);
    }
    detente_cases::covers(
        searched.scenes * 2 >= n && searched.matters[1] * 8 >= n,
        format_args!("{searched:?}"),
    );
    assert_eq!(searched.proven, [searched.scenes; 3]);
}

/// What came of looking for the best order.
#[derive(Debug, Default)]
struct Searched {
    scenes: u64,
    /// Orders differ in what they come to.
    matters: [u64; 3],
    proven: [u64; 3],
    of_eight: u64,
    /// Where it matters whether what is next to impossible counts as possible.
    unclear: u64,
}

#[track_caller]
fn judge_best(scene: &Scene, required: bool, searched: &mut Searched) {
    let aims = aims();
    let judged: Vec<OrderAim> =
        aims.iter().map(judged_aim).chain([OrderAim::NearlyCertain(THINGS[0].into())]).collect();
    let all = aim_values(&scene.talks, &scene.deal, &scene.aid, &judged);
    // Otherwise it matters whether what is next to impossible counts as possible.
    let is_clear = all.iter().all(|(_, values)| near(values[2], values[3]));
    assert!(is_clear || !required);
    searched.unclear += u64::from(!is_clear);
    searched.of_eight += u64::from(scene.order.concat().len() >= 8);
    for (k, aim) in aims.iter().enumerate() {
        let values = || all.iter().map(|(_, values)| values[k]);
        let most = values().fold(f64::NEG_INFINITY, f64::max);
        let least = values().fold(f64::INFINITY, f64::min);
        let found = best(scene, aim).expect("there is an order");
        assert_eq!(found.aim, *aim);
        let order = plans::order(&found.plan);
        let own =
            all.iter().find(|(other, _)| is_same_order(other, &order)).expect("an order that is possible");
        let open = matches!(aim, Aim::Certain(_)) && !is_clear;
        assert!(open || near(found.value, own.1[k]), "{aim:?}: {} is not {}", found.value, own.1[k]);
        assert!(
            found.at_most >= found.value - 1e-9 && (open || found.at_most >= most - 1e-9),
            "{found:?} {most}"
        );
        let is_proven = near(found.at_most, found.value);
        assert!(is_proven || !required, "{aim:?} is not proven: {found:?}");
        assert!(open || !is_proven || near(found.value, most), "{aim:?}: {} is not {most}", found.value);
        searched.matters[k] += u64::from(!near(most, least));
        searched.proven[k] += u64::from(is_proven);
    }
}

fn is_same_order(a: &Orders, b: &Orders) -> bool {
    let sorted = |order: &Orders| -> Orders {
        order
            .iter()
            .map(|point| {
                let mut point = point.clone();
                point.sort();
                point
            })
            .collect()
    };
    sorted(a) == sorted(b)
}

fn search(strains: Strains, n: u64, required: bool) -> Searched {
    let mut searched = Searched::default();
    for seed in seeds(n) {
        let Some((scene, _)) = followable(seed, strains) else { continue };
        let fits = std::panic::catch_unwind(|| {
            let mut own = Searched::default();
            judge_best(&scene, required, &mut own);
            own
        });
        let Ok(own) = fits else { panic!("case {seed}: see above") };
        searched.scenes += 1;
        searched.of_eight += own.of_eight;
        searched.unclear += own.unclear;
        for k in 0..3 {
            searched.matters[k] += own.matters[k];
            searched.proven[k] += own.proven[k];
        }
    }
    searched
}

#[test]
fn with_certain_strains_the_best_order_for_an_aim_equals_every_order_followed() {
    let n = cases(450);
    let searched = search(Strains::Certain, n, true);
    detente_cases::covers(searched.scenes * 2 >= n, format_args!("{searched:?}"));
    detente_cases::covers(searched.matters.iter().all(|count| count * 15 >= n), format_args!("{searched:?}"));
    detente_cases::covers(searched.of_eight * 60 >= n, format_args!("{searched:?}"));
    assert_eq!(searched.proven, [searched.scenes; 3]);
}

#[test]
fn the_best_order_for_an_aim_equals_every_order_followed_where_it_is_proven() {
    let n = cases(200);
    let searched = search(Strains::Drawn, n, false);
    detente_cases::covers(
        searched.scenes * 4 >= n && searched.unclear * 4 <= searched.scenes,
        format_args!("{searched:?}"),
    );
    detente_cases::covers(
        searched.matters[..2].iter().all(|count| count * 15 >= n),
        format_args!("{searched:?}"),
    );
    detente_cases::covers(
        searched.proven.iter().all(|count| count * 2 >= searched.scenes),
        format_args!("{searched:?}"),
    );
}

#[test]
fn the_trade_off_between_two_aims_equals_every_order_followed() {
    let (mut scenes, mut complete, mut several) = (0, 0, 0);
    let n = cases(300);
    for seed in seeds(n) {
        let strains = if seed % 2 == 0 { Strains::Certain } else { Strains::Drawn };
        let Some((scene, _)) = followable(seed + 1000, strains) else { continue };
        let [completed, expected, certain] = aims();
        let other = Aim::Expected(THINGS[1].into());
        let sure = Aim::Certain(THINGS[1].into());
        let pair = [[completed, expected.clone()], [expected.clone(), other], [certain, sure]]
            [seed as usize % 3]
            .clone();
        let fits = std::panic::catch_unwind(|| judge_tradeoff(&scene, pair));
        let Ok((is_complete, points)) = fits else { panic!("case {seed}: see above") };
        scenes += 1;
        complete += u64::from(is_complete);
        several += u64::from(points > 1);
    }
    let counts = format!("{scenes} scenes, {complete} complete, {several} with several points");
    detente_cases::covers(
        scenes * 4 >= n && complete * 2 >= scenes && several * 50 >= n,
        format_args!("{counts}"),
    );
}

/// What differs by less is the same but for rounding.
const NEAR: f64 = 1e-9;

/// Whether the trade-off is complete, and how many points it has by the judge.
#[track_caller]
fn judge_tradeoff(scene: &Scene, pair: [Aim; 2]) -> (bool, usize) {
    let (options, go_on) = (LastingOptions::default(), |_| ControlFlow::Continue(()));
    let said = order_tradeoff(&scene.talks, &scene.deal, pair.clone(), &scene.levers, &options, &go_on);
    let said = found(said).expect("there is an order");
    assert_eq!(said.aims, pair);
    // What has next to no probability is held to be impossible.
    let nearly = |aim| match aim {
        Aim::Certain(what) => OrderAim::NearlyCertain(what),
        aim => judged_aim(&aim),
    };
    let all = aim_values(&scene.talks, &scene.deal, &scene.aid, &pair.map(nearly));
    // On a scale on which both aims have sizes of about 1.
    let scale = [0, 1].map(|k| all.iter().fold(1.0f64, |scale, (_, values)| scale.max(values[k].abs())));
    let scaled = |values: &[f64]| [values[0] / scale[0], values[1] / scale[1]];
    let values: Vec<[f64; 2]> = all.iter().map(|(_, values)| scaled(values)).collect();
    let judged = pareto(&values, NEAR);
    for (k, (point, plan)) in said.points.iter().enumerate() {
        let order = plans::order(plan);
        let own =
            all.iter().find(|(other, _)| is_same_order(other, &order)).expect("an order that is possible");
        assert!((0..2).all(|k| near(own.1[k], point[k])), "{point:?} is not {:?}", own.1);
        assert!(
            k == 0 || said.points[k - 1].0[0] > point[0],
            "by the first aim, downwards: {:?}",
            said.points
        );
        let own = scaled(&own.1);
        // As good in one aim exactly, or beyond what rounding can do.
        let is_as_good = |other: &[f64; 2], k: usize| other[k] == own[k] || other[k] > own[k] + 1e-12;
        let beats = |other: &&[f64; 2]| {
            (0..2).all(|k| is_as_good(other, k)) && (0..2).any(|k| other[k] > own[k] + NEAR)
        };
        let beaten = values.iter().find(beats).filter(|_| said.complete);
        assert!(beaten.is_none(), "{own:?} is beaten by {beaten:?}");
    }
    let is_reached = |pair: &[f64; 2]| {
        let reaches = |point: &[f64]| (0..2).all(|k| scaled(point)[k] >= pair[k] - 3.0 * NEAR);
        said.points.iter().any(|(point, _)| reaches(point))
    };
    assert!(!said.complete || judged.iter().all(is_reached), "{judged:?} is not {:?}", said.points);
    (said.complete, judged.len())
}

/// A trade of a few steps between parties of one body each, who are tempted.
fn tempting_trade(seed: u64) -> (Talks, Outcome) {
    let mut dice = Dice::new(seed ^ 0x0070_6172_7473);
    let (n_parties, n_steps) = (2 + dice.below(2), 2 + dice.below(2));
    let halves = |dice: &mut Dice, most: usize| (1 + dice.below(most)) as f64 / 2.0;
    let mut gives = vec![vec![0.0; n_parties]; n_steps];
    for (s, gives) in gives.iter_mut().enumerate() {
        gives[s % n_parties] = halves(&mut dice, 12);
        gives[(s + 1) % n_parties] = -halves(&mut dice, 12);
    }
    let worth: Vec<f64> = (0..n_parties).map(|_| 4.0 + halves(&mut dice, 12)).collect();
    let mut draft = plans::trade(&worth, &gives);
    draft.steps.iter_mut().for_each(|step| step.divisible = dice.chance(70));
    for body in &mut draft.bodies {
        let to = Number::fixed(6.0 + halves(&mut dice, 16));
        let from = Number::fixed(-halves(&mut dice, 4));
        let mode = Number::fixed(halves(&mut dice, 6));
        body.strain = StatedCost::Cost(Cost(if dice.chance(50) {
            Distribution::Uniform { from, to }
        } else {
            Distribution::Triangular { from, mode, to }
        }));
    }
    plans::yes(draft)
}

#[test]
fn where_everybody_is_needed_parts_never_make_it_less_likely_that_a_plan_is_completed() {
    let (mut compared, mut better) = (0, 0);
    let n = cases(120);
    for seed in seeds(n) {
        let (talks, deal) = tempting_trade(seed);
        let none = Aid::none(&talks);
        let divisible = |s: &StepId| talks.steps[s.0].divisible;
        let own: Vec<StepId> = (0..talks.steps.len()).map(StepId).filter(divisible).collect();
        let scene = |talks: &Talks| Scene {
            talks: talks.clone(),
            deal: deal.clone(),
            order: vec![],
            levers: vec![],
            aid: none.clone(),
        };
        let Some(whole) = best(&scene(&talks), &Aim::Completed) else { continue };
        let judged = best_for(&talks, &deal, &none, &OrderAim::Completed).expect("an order");
        assert!(near(whole.value, judged), "case {seed}: {} is not {judged}", whole.value);
        // A last step that leaves its receiver with more than it can resist is done in one go: then nobody
        // can walk away in the middle of it.
        let last = follow(&talks, &deal, &plans::order(&whole.plan), &none).expect("possible").points;
        let (end, before) = last.split_last().expect("the start at least");
        let tempts = |b: usize| before.iter().all(|point| point.bodies[b].slack > end.bodies[b].slack);
        if own.is_empty() || (0..talks.bodies.len()).any(tempts) {
            continue;
        }
        compared += 1;
        for parts in 2..=2 + seed as usize % 2 {
            let cut = divide(&talks, &own, parts);
            let divided = best(&scene(&cut), &Aim::Completed).expect("an order of the parts");
            let reached = if near(divided.at_most, divided.value) { divided.value } else { divided.at_most };
            assert!(
                reached >= whole.value - 1e-9,
                "case {seed}: {parts} parts have {reached}, not {}",
                whole.value
            );
            better += u64::from(divided.value > whole.value + 1e-6);
        }
    }
    detente_cases::covers(
        compared * 4 >= n && better * 10 >= n,
        format_args!("{compared} compared, {better} better"),
    );
}

/// What is said of the steps of a trade in the order of the file, with all its levers.
fn said_of(draft: Draft) -> Outlook {
    let (talks, deal) = plans::yes(draft);
    let order: Orders = (0..talks.steps.len()).map(|s| vec![StepId(s)]).collect();
    let levers: Vec<LeverId> = (0..talks.levers.len()).map(LeverId).collect();
    let aid = means(&talks, &deal, &levers).expect("levers that may be used").aid;
    Scene { talks, deal, order, levers, aid }.outlook(0)
}

#[test]
fn a_horizon_that_is_not_stated_is_a_year_or_as_long_as_every_order_takes() {
    let days = |amount: f64| Some(Duration { amount, unit: TimeUnit::Day });
    let said = |long: f64| {
        let mut draft = plans::trade(&[6.0, 6.0], &[vec![1.0, 1.0], vec![1.0, 1.0]]);
        draft.steps[0].takes = days(long);
        draft.steps[1].after = vec![Wait { step: StepId(0), time: days(100.0) }];
        draft.steps[1].takes = days(7.0);
        let (what, amount) = ("people".into(), Number::fixed(5.0));
        draft.steps[1].counts = vec![Consequence { what, amount, per: None }];
        let said = said_of(draft);
        assert!(!said.horizon_stated);
        (said.horizon, said.secured[0].total.hoped)
    };
    assert_eq!(said(200.0), (365.25, 5.0));
    assert_eq!(said(400.0), (507.0, 5.0));
}

#[test]
fn an_amount_that_is_not_exceeded_with_a_tenth_exactly_is_the_10th_percentile() {
    let mut draft = plans::trade(&[6.0, 6.0], &[vec![1.0, 1.0]]);
    let points = [(0.0, 0.9), (10.0, 0.1)].map(|(value, p)| (Number::fixed(value), Number::fixed(p)));
    draft.bodies[0].strain = StatedCost::Cost(Cost(Distribution::Discrete(points.into())));
    let (what, amount) = ("people".into(), Number::fixed(5.0));
    draft.steps[0].counts = vec![Consequence { what, amount, per: None }];
    let said = said_of(draft);
    same("completed", said.completed, 0.9);
    assert_eq!(said.secured[0].total.low, 0.0);
}

#[test]
fn a_guarantee_that_is_just_enough_as_a_share_keeps_a_plan() {
    // Walking away after the first step is worth 1 more than the deal, which is a third of what it is worth.
    let completed = |guarantee: f64| {
        let mut draft = plans::trade(&[3.0, 3.0], &[vec![4.0, 0.0], vec![-1.0, 1.0]]);
        plans::chain(&mut draft, 0..2);
        draft.mediators = vec![Mediator {
            id: "bank".into(),
            name: "Bank".into(),
            budget: None,
            levers: vec![LeverId(0)],
            because: vec![],
        }];
        draft.levers = vec![Lever {
            id: "bond".into(),
            name: "Bond".into(),
            mediator: MediatorId(0),
            cost: Number::fixed(1.0),
            inducement: vec![],
            assurance: vec![],
            pressure: vec![],
            guarantee: vec![(PartyId(0), Number::fixed(guarantee))],
            when: None,
            excludes: vec![],
            requires: vec![],
            because: vec![],
        }];
        said_of(draft).completed
    };
    assert_eq!((completed(0.333_333_333), completed(0.333_333)), (1.0, 0.0));
}
