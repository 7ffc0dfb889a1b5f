//! Deals that are signed and kept: levers for both, and what is not known of them, on random talks before their
//! judge and on cases worked out by hand.

#[allow(dead_code, reason = "the part of what is said of plans that other tests need")]
mod plans;
#[allow(dead_code, reason = "the part of the random deals that other tests need")]
mod scenes;

use detente_analysis::{
    Aim, Band, KeptLevers, Lasting, LastingOptions, Space, Sureness, kept, kept_levers, lasting, outlook,
    sureness,
};
use detente_cases::random;
use detente_cases::random::lasting::{Strains, tempted, with_breaks};
use detente_cases::random::steps::with_steps;
use detente_cases::random::{Case, Dice, levers};
use detente_cases::{cases, seeds};
use detente_judge::{
    Aid, Counted, Means, OrderAim, World, aim_values, collapse, combinations, every_order, follow, means,
};
use detente_model::*;
use num_traits::ToPrimitive as _;
use plans::{judge_plan, some_deal};
use scenes::{Orders, Scene, found, near, plan, same, small};
use std::collections::BTreeMap;
use std::ops::ControlFlow;

fn go_on(_: f64) -> ControlFlow<()> {
    ControlFlow::Continue(())
}

/// Talks with levers of every kind, of which some make walking away dearer, and a deal with steps.
fn with_levers(seed: u64, strains: Strains) -> Option<Scene> {
    let mut dice = Dice::new(seed ^ 0x6b65_7074);
    let case = Case::new(1 + seed as usize % 2, 2 + seed as usize % 2, seed);
    let kinds = levers::Kinds {
        n: 2 + seed as usize % 4,
        restricted: !seed.is_multiple_of(3),
        alike: false,
        budgets: seed % 4 == 1,
    };
    let mut draft = (*levers::with_levers(case, kinds)).clone();
    draft.correlation = draft.correlation.filter(|_| seed.is_multiple_of(7));
    for lever in &mut draft.levers {
        for party in (0..draft.parties.len()).map(PartyId) {
            if dice.chance(40) {
                lever.guarantee.retain(|(other, _)| *other != party);
                let share = [0.05, 0.1, 0.2, 0.3, 0.5, 1.0][dice.below(6)];
                lever.guarantee.push((party, Number::fixed(share)));
            }
        }
    }
    let talks = Talks::new(draft).expect("still talks");
    let (steps, breaks) = small(seed);
    let talks = with_steps(&talks, &mut dice, 5, steps);
    let talks = with_breaks(&talks, &mut dice, random::lasting::Kinds { strains, ..breaks });
    let deal = some_deal(&talks, &mut dice);
    let mut orders = every_order(&talks, &deal);
    orders.retain(|order| !order.is_empty());
    if orders.is_empty() {
        return None;
    }
    let order = orders.swap_remove(dice.below(orders.len()));
    let none = Aid::none(&talks);
    let followed = follow(&talks, &deal, &order, &none).expect("an order that is possible");
    let before_the_end = &followed.points[..followed.points.len() - 1];
    let slacks = |b: usize| {
        let own = || before_the_end.iter().map(|point| point.bodies[b].slack);
        (own().fold(f64::INFINITY, f64::min), own().fold(f64::NEG_INFINITY, f64::max))
    };
    let slacks: Vec<(f64, f64)> = (0..talks.bodies.len()).map(slacks).collect();
    let talks = tempted(&talks, &mut dice, &slacks, strains);
    let talks = doubtful(&talks, &deal, &mut dice);
    let talks = if seed.is_multiple_of(2) { for_one_or_the_other(&talks, &deal, &mut dice) } else { talks };
    let aid = Aid::none(&talks);
    Some(Scene { talks, deal, order, levers: vec![], aid })
}

/// The talks where most bodies that gain by the deal may or may not sign it.
fn doubtful(talks: &Talks, deal: &Outcome, dice: &mut Dice) -> Talks {
    let mut draft = (**talks).clone();
    let world = World::new(talks, false);
    for (b, body) in draft.bodies.iter_mut().enumerate() {
        let Some(surplus) = gain(&world, b, deal).filter(|_| dice.chance(70)) else { continue };
        let to = surplus * (1.2 + dice.below(20) as f64 / 10.0);
        body.will =
            StatedCost::Cost(Cost(Distribution::Uniform { from: Number::fixed(0.0), to: Number::fixed(to) }));
    }
    Talks::new(draft).expect("costs fit the talks")
}

/// What a deal is worth to a body beyond no deal, if that is something.
fn gain(world: &World<'_>, body: usize, deal: &Outcome) -> Option<f64> {
    let surplus = world.body_surplus(BodyId(body), deal).and_then(|own| own.to_f64());
    surplus.filter(|surplus| *surplus > 0.0)
}

/// The talks where a lever either makes somebody more likely to sign or walking away dearer, and about half of
/// them can be paid.
fn for_one_or_the_other(talks: &Talks, deal: &Outcome, dice: &mut Dice) -> Talks {
    let mut draft = (**talks).clone();
    let world = World::new(talks, false);
    for (k, lever) in draft.levers.iter_mut().enumerate() {
        lever.cost = Number::fixed((5 + dice.below(11)) as f64 / 10.0);
        for effects in [&mut lever.inducement, &mut lever.assurance, &mut lever.pressure] {
            effects.clear();
        }
        lever.guarantee.clear();
        lever.mediator = MediatorId(0);
        if k % 2 == 0 {
            let party = PartyId(dice.below(draft.parties.len()));
            let share = [0.2, 0.5, 1.0, 2.0][dice.below(4)];
            lever.guarantee.push((party, Number::fixed(share)));
            continue;
        }
        for body in 0..draft.bodies.len() {
            let amount = gain(&world, body, deal).filter(|_| dice.chance(60));
            let amount = amount.map(|gain| (gain * (1 + dice.below(6)) as f64).round() / 4.0);
            lever.assurance.extend(amount.map(|amount| (BodyId(body), Number::fixed(amount))));
        }
    }
    let costs = draft.levers.iter().map(|lever| lever.cost.mean());
    let (all, most) = costs.fold((0.0, 0.0f64), |(all, most), cost| (all + cost, most.max(cost)));
    draft.mediators.iter_mut().for_each(|mediator| mediator.levers.clear());
    draft.mediators[0].levers = (0..draft.levers.len()).map(LeverId).collect();
    draft.mediators[0].budget = Some(Number::fixed(most.max(all / 2.0)));
    Talks::new(draft).expect("levers fit the talks")
}

/// A set of levers that may be used with a deal, and what it does.
struct Tried {
    means: Means,
    kept: f64,
}

impl Tried {
    fn product(&self) -> f64 {
        self.means.probability * self.kept
    }
}

/// Every set of levers that may be used, with the best of every order.
fn every_set(talks: &Talks, deal: &Outcome) -> Vec<Tried> {
    let mut known: BTreeMap<Vec<u64>, f64> = BTreeMap::new();
    let ids = |set: u32| (0..talks.levers.len()).filter(move |k| set >> k & 1 == 1).map(LeverId);
    let sets = (0..1u32 << talks.levers.len()).map(|set| ids(set).collect::<Vec<LeverId>>());
    let tried = |levers: Vec<LeverId>| {
        let means = means(talks, deal, &levers)?;
        let aid = &means.aid;
        let change = aid.adds.iter().chain(&aid.lowers).chain(&aid.guarantee).map(|own| own.to_bits());
        let kept = *known.entry(change.collect()).or_insert_with(|| {
            let all = aim_values(talks, deal, aid, &[OrderAim::Completed]);
            all.iter().map(|(_, values)| values[0]).fold(0.0, f64::max)
        });
        Some(Tried { means, kept })
    };
    sets.filter_map(tried).collect()
}

/// What differs by less is the same but for rounding.
const NEAR: f64 = 1e-9;

/// Costs and products that rise, where no set that costs no more does better.
fn staircase(mut points: Vec<(f64, f64)>) -> Vec<(f64, f64)> {
    points.sort_by(|a, b| a.0.total_cmp(&b.0).then(b.1.total_cmp(&a.1)));
    let mut stairs: Vec<(f64, f64)> = Vec::new();
    for point in points {
        if stairs.last().is_none_or(|last| point.1 > last.1 + NEAR) {
            stairs.push(point);
        }
    }
    stairs
}

/// What came of choosing levers.
#[derive(Debug, Default)]
struct Chosen {
    cases: u64,
    proven: u64,
    several: u64,
    /// The set likeliest to be signed, or kept, is another one.
    not_likeliest: u64,
    not_surest: u64,
    in_vain: u64,
}

#[track_caller]
fn judge_levers(scene: &Scene, found: &KeptLevers, chosen: &mut Chosen) {
    let (talks, deal) = (&scene.talks, &scene.deal);
    let all = every_set(talks, deal);
    for package in &found.frontier {
        assert!(package.levers.windows(2).all(|pair| pair[0] < pair[1]), "in the order of the file");
        let means = means(talks, deal, &package.levers).expect("levers that may be used");
        assert_eq!((means.cost, &means.by_mediator), (package.cost, &package.by_mediator));
        same("signed", package.signed, means.probability);
        judge_plan(talks, deal, &package.plan, &means.aid);
        let order = plans::order(&package.plan);
        let judged = collapse(talks, deal, &order, &means.aid).expect("an order that is possible");
        same("kept", package.kept, judged.completed);
    }
    let product = |k: usize| found.frontier[k].signed * found.frontier[k].kept;
    for k in 1..found.frontier.len() {
        assert!(found.frontier[k - 1].cost < found.frontier[k].cost, "dearer: {:?}", found.frontier);
        assert!(product(k - 1) < product(k), "better: {:?}", found.frontier);
    }
    chosen.cases += 1;
    let said = staircase((0..found.frontier.len()).map(|k| (found.frontier[k].cost, product(k))).collect());
    let judged = staircase(all.iter().map(|tried| (tried.means.cost, tried.product())).collect());
    if !found.proven {
        let last = judged.last().expect("nothing may always be used").1;
        assert!(said.iter().all(|(_, product)| *product <= last + NEAR), "{said:?} is not {judged:?}");
        return;
    }
    chosen.proven += 1;
    let is_same = |(a, b): (&(f64, f64), &(f64, f64))| a.0 == b.0 && near(a.1, b.1);
    assert!(
        said.len() == judged.len() && said.iter().zip(&judged).all(is_same),
        "{said:?} is not {judged:?}"
    );
    chosen.several += u64::from(judged.len() > 1);
    let most = |of: &dyn Fn(&Tried) -> f64| all.iter().map(of).fold(0.0, f64::max);
    let best = most(&|tried| tried.product());
    let (likeliest, surest) = (most(&|tried| tried.means.probability), most(&|tried| tried.kept));
    let misses = |is: &dyn Fn(&Tried) -> bool| {
        all.iter().filter(|tried| is(tried)).all(|tried| tried.product() < best - NEAR)
    };
    chosen.not_likeliest += u64::from(misses(&|tried| tried.means.probability >= likeliest - NEAR));
    chosen.not_surest += u64::from(misses(&|tried| tried.kept >= surest - NEAR));
    chosen.in_vain += u64::from(best <= NEAR);
}

/// A bound of what the judge has to try for each set of levers.
const MOST_TRIED: f64 = 24_000.0;

fn can_be_tried(scene: &Scene) -> bool {
    let all: Vec<LeverId> = (0..scene.talks.levers.len()).map(LeverId).collect();
    let aid = means(&scene.talks, &scene.deal, &all).map_or(Aid::none(&scene.talks), |means| means.aid);
    let n_orders = every_order(&scene.talks, &scene.deal).len() as f64;
    let combinations = combinations(&scene.talks, &scene.deal, &scene.order, &aid).expect("possible");
    combinations * n_orders * 2f64.powi(all.len() as i32) <= MOST_TRIED
}

#[test]
fn levers_that_make_a_deal_signed_and_kept_equal_every_set_and_every_order_tried() {
    let mut chosen = Chosen::default();
    let n = cases(260);
    for seed in seeds(n) {
        let strains = if seed % 5 == 3 { Strains::Certain } else { Strains::Drawn };
        let Some(scene) = with_levers(seed, strains).filter(can_be_tried) else { continue };
        let said = kept_levers(&Space::new(&scene.talks), &scene.deal, &LastingOptions::default(), &go_on);
        let said = found(said).unwrap_or_else(|| panic!("case {seed}: it has steps and few levers"));
        let mut own = Chosen::default();
        let fits =
            std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| judge_levers(&scene, &said, &mut own)));
        assert!(fits.is_ok(), "case {seed}: see above");
        chosen.cases += own.cases;
        chosen.proven += own.proven;
        chosen.several += own.several;
        chosen.not_likeliest += own.not_likeliest;
        chosen.not_surest += own.not_surest;
        chosen.in_vain += own.in_vain;
    }
    println!("{chosen:?}");
    let Chosen { cases, proven, several, not_likeliest, not_surest, in_vain } = chosen;
    assert!(cases * 2 >= n && proven == cases && in_vain * 2 <= cases, "{chosen:?}");
    detente_cases::covers(
        several * 4 >= cases && not_likeliest * 25 >= cases && not_surest * 25 >= cases,
        format_args!("{chosen:?}"),
    );
}

fn sure(
    talks: &Talks,
    deal: &Outcome,
    plan: &detente_analysis::Plan,
    levers: &[LeverId],
    seed: u64,
) -> Option<Sureness> {
    let options = LastingOptions { seed, ..LastingOptions::default() };
    found(sureness(&Space::new(talks), deal, plan, levers, &options, &go_on))
}

/// What is said of the only order of a deal.
#[track_caller]
fn sure_of_only(draft: Draft, levers: &[LeverId]) -> Sureness {
    let (talks, deal) = plans::yes(draft);
    let orders = every_order(&talks, &deal);
    assert_eq!(orders.len(), 1, "one order");
    let aid = means(&talks, &deal, levers).expect("levers that may be used").aid;
    let plan = plan(&talks, &deal, &orders[0], &aid);
    let said = sure(&talks, &deal, &plan, levers, 0).expect("something is not known");
    assert_eq!(said.draws, 1024);
    said
}

fn number(spread: Distribution) -> Number {
    Number { spread, ..Number::fixed(0.0) }
}

fn uniform(from: f64, to: f64) -> Number {
    number(Distribution::Uniform { from, to })
}

fn within(to: Number) -> StatedCost {
    StatedCost::Cost(Cost(Distribution::Uniform { from: Number::fixed(0.0), to }))
}

#[test]
fn a_draw_outside_its_bounds_counts_as_the_nearer_one() {
    let said = |low: f64, set: fn(&mut Draft, Number)| {
        let mut draft = plans::trade(&[6.0, 6.0], &[vec![3.0, -2.0], vec![-2.0, 3.0]]);
        draft.bodies.iter_mut().for_each(|body| body.strain = within(Number::fixed(8.0)));
        draft.steps[1].after = vec![detente_model::Wait { step: StepId(0), time: None }];
        set(&mut draft, number(Distribution::Discrete(vec![(low, 0.5), (0.6, 0.5)])));
        sure_of_only(draft, &[])
    };
    let sets: [fn(&mut Draft, Number); 5] = [
        |draft, share| draft.steps[0].kept = Some(share),
        |draft, chance| {
            draft.steps[0].gives[0].1 = Number::fixed(-5.0);
            draft.steps[0].noticed = Some(chance);
        },
        |draft, pairwise| draft.implementation.correlation = Some(Correlation::Pairwise(pairwise)),
        |draft, amount| {
            draft.steps[1].takes = Some(Duration { amount: 1.0, unit: TimeUnit::Year });
            draft.implementation.shocks = Some(Rate { amount, per: TimeUnit::Year });
        },
        |draft, amount| {
            draft.steps[1].takes = Some(Duration { amount: 1.0, unit: TimeUnit::Year });
            let (what, one) = ("people".into(), Number::fixed(1.0));
            draft.steps[1].counts = vec![Consequence { what, amount: one, per: None }];
            draft.implementation.discount = Some(Rate { amount, per: TimeUnit::Year });
        },
    ];
    for set in sets {
        let (inside, outside) = (said(0.0, set), said(-0.5, set));
        assert_eq!(inside, outside);
        assert!(inside.kept.percentiles.iter().all(|p| (0.0..=1.0).contains(p)), "{inside:?}");
    }
}

#[track_caller]
fn is_band(what: &str, said: Band, mean: f64, percentiles: [f64; 3]) {
    let is = |said: f64, own: f64, scale: f64| (said - own).abs() <= 0.01 * scale;
    let scale = 1f64.max(mean.abs());
    let all = said.percentiles.iter().zip(percentiles).all(|(said, own)| is(*said, own, scale));
    assert!(is(said.mean, mean, scale) && all, "{what}: {said:?} is not {mean} {percentiles:?}");
}

#[test]
fn what_is_known_leaves_nothing_to_draw() {
    let mut drawn = 0;
    for seed in seeds(40) {
        let (steps, breaks) = small(seed);
        let Some(mut scene) = scenes::scene(seed, 5, steps, breaks) else { continue };
        let said = |scene: &Scene| sure(&scene.talks, &scene.deal, &scene.plan(), &scene.levers, seed);
        assert_eq!(said(&scene), None, "case {seed}");
        // A distribution of no width is a number that is known.
        let mut draft = (*scene.talks).clone();
        let spots: Vec<Spot> = draft.numbers().iter().map(|placed| placed.spot).collect();
        for spot in spots
            .into_iter()
            .filter(|spot| matches!(spot, Spot::Alternative(_) | Spot::Gives(..) | Spot::Strain(..)))
        {
            let own = draft.number_mut(&spot).expect("a number");
            let (from, to) = (own.mean(), own.mean());
            own.spread = Distribution::Uniform { from, to };
        }
        scene.talks = Talks::new(draft).expect("still talks");
        assert_eq!(said(&scene), None, "case {seed}");
        drawn += 1;
    }
    assert!(drawn >= 20);
}

#[test]
fn a_strain_that_nobody_knows_is_worked_out_by_hand() {
    // Slacks of 2 and, once the first step has given 1, of 1; the strain is uniform up to U, and U itself
    // uniform on 0.5..2.5. P(kept) is 1 up to U = 1, and 1/U above it. Ten at most are counted at the end.
    let mut draft = plans::trade(&[2.0], &[vec![1.0], vec![0.0]]);
    plans::chain(&mut draft, 0..2);
    draft.bodies[0].strain = within(uniform(0.5, 2.5));
    let counts = |what: &str, amount: Number| Consequence { what: what.into(), amount, per: None };
    draft.steps[1].counts = vec![counts("homes", uniform(0.0, 10.0)), counts("schools", Number::fixed(3.0))];
    let said = sure_of_only(draft, &[]);
    let mean = (0.5 + 2.5f64.ln()) / 2.0;
    is_band("kept", said.kept, mean, [1.0 / 2.3, 1.0 / 1.5, 1.0]);
    is_band("signed", said.signed, 1.0, [1.0; 3]);
    is_band("both", said.both, mean, [1.0 / 2.3, 1.0 / 1.5, 1.0]);
    let [homes, schools] = &said.expected[..] else { panic!("{said:?}") };
    assert!((homes.mean - 5.0 * mean).abs() <= 0.05, "{homes:?}");
    is_band("schools", *schools, 3.0 * mean, [3.0 / 2.3, 2.0, 3.0]);
}

#[test]
fn corners_of_a_triangle_that_cross_in_one_draw_leave_the_next_alone() {
    // The deal is worth 1 at the peak where the lower corner is not above it, in two draws of three, and else 0.
    let mut draft = plans::trade(&[2.0], &[vec![0.0]]);
    draft.issues[0].options = Options::Range(Range::new(0.0, 1.0, 1.0).expect("a range").0);
    let (peak, high) = (Number::fixed(1.0), Number::fixed(3.0));
    let shape = Shape::Triangular { low: uniform(-1.0, 2.0), peak, high };
    draft.bodies[0].preferences.issues[0] = Some(IssuePreference { weight: None, shape });
    draft.bodies[0].alternative = Alternative::Worth(Number::fixed(0.5));
    let said = sure_of_only(draft, &[]);
    assert!((said.signed.mean - 2.0 / 3.0).abs() <= 0.01, "{said:?}");
    assert_eq!((said.kept, said.both), (said.signed, said.signed));
}

#[test]
fn an_alternative_that_nobody_knows_bears_on_signing_and_on_keeping() {
    // A deal worth 2, an alternative a uniform on 0..3, a cost and a strain uniform on 0..1, and a guarantee of
    // a half. With t = 2 - a: signed with min(1, t), kept with min(1, 1.5 t), never where t < 0.
    let mut draft = plans::trade(&[2.0], &[vec![0.0]]);
    draft.bodies[0].alternative = Alternative::Worth(uniform(0.0, 3.0));
    (draft.bodies[0].will, draft.bodies[0].strain) = (within(Number::fixed(1.0)), within(Number::fixed(1.0)));
    let (id, name) = ("m".to_owned(), "Mediator".to_owned());
    draft.mediators = vec![Mediator { id, name, budget: None, levers: vec![LeverId(0)], because: vec![] }];
    draft.levers = vec![Lever {
        id: "l".into(),
        name: "Lever".into(),
        mediator: MediatorId(0),
        cost: Number::fixed(1.0),
        inducement: vec![],
        assurance: vec![],
        pressure: vec![],
        guarantee: vec![(PartyId(0), Number::fixed(0.5))],
        when: None,
        excludes: vec![],
        requires: vec![],
        because: vec![],
    }];
    let said = sure_of_only(draft.clone(), &[LeverId(0)]);
    is_band("signed", said.signed, 0.5, [0.0, 0.5, 1.0]);
    is_band("kept", said.kept, 5.0 / 9.0, [0.0, 0.75, 1.0]);
    is_band("both", said.both, 77.0 / 162.0, [0.0, 0.375, 1.0]);
    let alone = sure_of_only(draft, &[]);
    is_band("kept without", alone.kept, 0.5, [0.0, 0.5, 1.0]);
    is_band("both without", alone.both, 4.0 / 9.0, [0.0, 0.25, 1.0]);
}

#[test]
fn how_closely_strains_go_together_is_drawn_as_well() {
    // Each of two bodies stays in one half of all cases: with a correlation r both do in 1/4 + asin(r) / 2 pi.
    let mut draft = plans::trade(&[2.0, 2.0], &[vec![0.0, 0.0]]);
    draft.bodies.iter_mut().for_each(|body| body.strain = within(Number::fixed(4.0)));
    draft.implementation.correlation = Some(Correlation::Pairwise(uniform(0.0, 0.8)));
    let said = sure_of_only(draft, &[]);
    let turn = 2.0 * std::f64::consts::PI;
    let both = |r: f64| 0.25 + r.asin() / turn;
    let mean = 0.25 + (0.8 * 0.8f64.asin() + 0.6 - 1.0) / 0.8 / turn;
    is_band("kept", said.kept, mean, [both(0.08), both(0.4), both(0.72)]);
}

/// An unknown of two cases.
fn weather() -> Unknown {
    let case = |(id, p): (&str, f64)| detente_model::Case {
        id: id.into(),
        name: id.into(),
        probability: Number::fixed(p),
    };
    let cases = [("dry", 0.25), ("wet", 0.75)].map(case).into();
    Unknown { id: "weather".into(), name: "Weather".into(), cases, because: vec![] }
}

#[test]
fn numbers_of_one_unknown_move_together() {
    // Dry: nobody is tempted, and the first has no alternative to speak of. Wet: both walk, and it does not sign.
    let by_case = |dry: f64, wet: f64| Number {
        by_case: Some(UnknownId(0)),
        ..number(Distribution::Discrete(vec![(dry, 0.25), (wet, 0.75)]))
    };
    let mut draft = plans::trade(&[2.0, 2.0], &[vec![0.0, 0.0]]);
    draft.unknowns = vec![weather()];
    let strain = |dry: f64, wet: f64| StatedCost::Cost(Cost(Distribution::Point(by_case(dry, wet))));
    (draft.bodies[0].strain, draft.bodies[1].strain) = (strain(0.0, 9.0), strain(0.0, 9.0));
    let kept = sure_of_only(draft.clone(), &[]);
    is_band("kept", kept.kept, 0.25, [0.0, 0.0, 1.0]);
    draft.bodies[0].alternative = Alternative::Worth(by_case(0.0, 3.0));
    let both = sure_of_only(draft.clone(), &[]);
    is_band("both", both.both, 0.25, [0.0, 0.0, 1.0]);
    // The other way round: one walks when it is dry, the other when it is wet, although the values rise alike.
    draft.bodies[0].alternative = Alternative::Worth(Number::fixed(0.0));
    draft.bodies[0].strain = strain(9.0, 0.0);
    let never = sure_of_only(draft.clone(), &[]);
    is_band("kept", never.kept, 0.0, [0.0; 3]);
    // By themselves.
    draft.bodies.iter_mut().for_each(|body| {
        let own = number(Distribution::Discrete(vec![(0.0, 0.25), (9.0, 0.75)]));
        body.strain = StatedCost::Cost(Cost(Distribution::Point(own)));
    });
    let alone = sure_of_only(draft, &[]);
    is_band("kept", alone.kept, 0.0625, [0.0; 3]);
}

/// What kind of number it is: preferences, political costs, strains, shares kept, amounts counted, given, chances of
/// shocks, chances of being noticed, discounts, shares delivered, correlations of strains, reactions.
fn kind(spot: &Spot) -> Option<usize> {
    Some(match spot {
        Spot::Alternative(_)
        | Spot::Weight(..)
        | Spot::Shape(..)
        | Spot::Interaction(..)
        | Spot::Row(..)
        | Spot::Otherwise(..) => 0,
        Spot::Will(..) => 1,
        Spot::Strain(..) => 2,
        Spot::Kept(_) => 3,
        Spot::Counts(..) => 4,
        Spot::Gives(..) => 5,
        Spot::Shocks => 6,
        Spot::Noticed(_) => 7,
        Spot::Discount => 8,
        Spot::Delivers(..) => 9,
        Spot::StrainCorrelation(_) => 10,
        Spot::Reaction(_) => 11,
        _ => return None,
    })
}

const KINDS: usize = 12;

/// Whether a parameter can be drawn upwards without contradicting the others.
fn is_last(cost: Option<&Cost>, k: usize) -> bool {
    match &cost.expect("a cost").0 {
        Distribution::Point(_) => true,
        Distribution::Uniform { .. } => k == 1,
        Distribution::Triangular { .. } | Distribution::Pert { .. } => k == 2,
        Distribution::Normal { .. } => true,
        Distribution::TruncatedNormal { .. } | Distribution::Beta { .. } => k == 3,
        Distribution::Discrete(_) => k.is_multiple_of(2),
    }
}

/// Some of the numbers become distributions, such that every draw fits together; how many of each kind.
fn unsure(talks: &Talks, dice: &mut Dice) -> (Talks, [u64; KINDS]) {
    let mut draft = (**talks).clone();
    draft.unknowns = vec![weather()];
    let spots: Vec<Spot> = draft.numbers().iter().map(|placed| placed.spot).collect();
    let mut kinds = [0; KINDS];
    for spot in spots {
        let Some(own) = kind(&spot) else { continue };
        let fits = match spot {
            Spot::Shape(body, issue, _) => {
                let preference = draft.bodies[body.0].preferences.issues[issue.0].as_ref();
                !preference.is_some_and(|preference| matches!(preference.shape, Shape::Triangular { .. }))
            }
            Spot::Will(body, k) => is_last(draft.bodies[body.0].will.cost(), k),
            Spot::Strain(body, k) => is_last(draft.bodies[body.0].strain.cost(), k),
            _ => true,
        };
        let often = if own == 0 || own == 5 || own == 9 { 20 } else { 45 };
        if !fits || !dice.chance(often) {
            continue;
        }
        kinds[own] += 1;
        let number = draft.number_mut(&spot).expect("a number");
        let now = number.mean();
        let is_share = matches!(own, 3 | 6 | 7 | 8 | 9 | 10);
        // From a little below to a little above; a share stays one, and a spread is not negative.
        let most = if own == 10 { 0.05 } else { 0.2 };
        let below = if is_share { now.min(1.0 - now).max(0.0).min(most) } else { 0.0 };
        let (from, to) = match own {
            3 | 7 | 10 if below == 0.0 && now <= 0.0 => (now, now + 0.3),
            3 | 7 if below == 0.0 => (now - 0.4, now),
            6 | 8 if below == 0.0 && now <= 0.0 => (now, 0.1),
            9 if below == 0.0 => continue,
            _ if is_share => (now - below, now + below),
            _ => (now, now + 0.5 + dice.below(3) as f64),
        };
        let middle = from + 0.25 * (to - from);
        (number.spread, number.by_case) = match dice.below(5) {
            0 => (Distribution::Uniform { from, to }, None),
            1 => (Distribution::Triangular { from, mode: middle, to }, None),
            2 => (Distribution::Discrete(vec![(to, 0.5), (from, 0.5)]), None),
            3 => (Distribution::Pert { from, mode: from, to }, None),
            _ => (Distribution::Discrete(vec![(to, 0.25), (from, 0.75)]), Some(UnknownId(0))),
        };
    }
    (Talks::new(draft).expect("still valid"), kinds)
}

/// The talks with every number that is not known drawn, those of an unknown together.
fn draw(talks: &Talks, dice: &mut Dice) -> Talks {
    let mut share = || (dice.below(1 << 30) as f64 + 0.5) / f64::from(1 << 30);
    let weather = usize::from(share() > 0.25);
    let mut settled = Vec::new();
    for placed in talks.numbers().iter().filter(|placed| !placed.number.is_certain()) {
        let value = match (&placed.number.spread, placed.number.by_case) {
            (Distribution::Discrete(points), Some(_)) => points[weather].0,
            (spread, _) => spread.quantile(share()),
        };
        settled.push((placed.spot, value));
    }
    let mut drawn = talks.clone();
    settled.iter().for_each(|(spot, value)| drawn.settle(spot, *value));
    drawn
}

/// What the judge says of some draws: signed, kept, both, and what is expected of each thing counted.
fn drawn(scene: &Scene, n: usize, seed: u64, things: &[String]) -> Vec<Vec<f64>> {
    let mut dice = Dice::new(seed ^ 0x7375_7265);
    let row = |_| {
        let talks = draw(&scene.talks, &mut dice);
        let signed = means(&talks, &scene.deal, &scene.levers).expect("levers that may be used").probability;
        let judged = collapse(&talks, &scene.deal, &scene.order, &scene.aid).expect("possible");
        let kept = judged.completed;
        let expected = things.iter().map(|what| judged.amounts(Counted::all(what)).expected);
        [signed, kept, signed * kept].into_iter().chain(expected).collect()
    };
    (0..n).map(row).collect()
}

/// A mean and its variance.
fn moments(values: impl Iterator<Item = f64> + Clone) -> (f64, f64) {
    let n = values.clone().count() as f64;
    let mean = values.clone().sum::<f64>() / n;
    (mean, values.map(|value| (value - mean).powi(2)).sum::<f64>() / (n - 1.0))
}

/// Draws of the judge.
const DRAWS: usize = 300;

#[test]
fn what_is_not_known_is_drawn_as_the_judge_draws_it() {
    let (mut scenes, mut kinds, mut deviations, mut wide) = (0, [0; KINDS], Vec::new(), 0);
    let n = cases(70);
    for seed in seeds(n) {
        let (steps, breaks) = small(seed);
        let breaks =
            random::lasting::Kinds { correlated: seed % 6 == 5, clock: true, noticed: true, ..breaks };
        let max_groups = if breaks.correlated { 3 } else { 4 };
        let Some(mut scene) = scenes::scene(seed + 40_000, max_groups, steps, breaks) else { continue };
        // Moods of costs take the judge long, and are drawn nowhere.
        let mut draft = (*scene.talks).clone();
        draft.correlation = None;
        scene.talks = Talks::new(draft).expect("nothing else depends on it");
        scene.talks = doubtful(&scene.talks, &scene.deal, &mut Dice::new(seed));
        let (talks, own) = unsure(&scene.talks, &mut Dice::new(seed ^ 0x756e));
        scene.talks = talks;
        if scene.combinations() > if breaks.correlated { 8.0 } else { 100.0 } {
            continue;
        }
        kinds.iter_mut().zip(own).for_each(|(all, own)| *all += own);
        let plan = scene.plan();
        let told = scene.outlook(seed);
        let things: Vec<String> = told.secured.iter().map(|secured| secured.what.clone()).collect();
        let Some(said) = sure(&scene.talks, &scene.deal, &plan, &scene.levers, seed) else {
            assert_eq!(own.iter().sum::<u64>(), 0, "case {seed}: something is not known");
            continue;
        };
        scenes += 1;
        assert_eq!((said.draws, said.expected.len()), (1024, things.len()), "case {seed}");
        let bands: Vec<Band> = [said.signed, said.kept, said.both].into_iter().chain(said.expected).collect();
        wide += u64::from(bands[2].percentiles[2] > bands[2].percentiles[0] + 0.05);
        let mut rows = drawn(&scene, DRAWS, seed, &things);
        let mut more = false;
        for k in 0..bands.len() {
            let deviation = |rows: &[Vec<f64>]| {
                let (mean, variance) = moments(rows.iter().map(|row| row[k]));
                // Even points err no more than those of chance.
                let error = (variance * (1.0 / rows.len() as f64 + 1.0 / 1024.0)).sqrt();
                ((bands[k].mean - mean) / (error + 1e-9 * (1.0 + mean.abs())), mean)
            };
            // What is rare may have been missed: then more are drawn.
            if deviation(&rows).0.abs() > 4.0 && !more {
                rows.extend(drawn(&scene, 10 * DRAWS, seed ^ 0x6d6f_7265, &things));
                more = true;
            }
            let (z, mean) = deviation(&rows);
            assert!(z.abs() <= 5.0, "case {seed}, {k}: {:?} is not {mean}: {z} standard errors", bands[k]);
            deviations.push(z);
            // So many draws lie below the 10th, 50th and 90th percentile.
            for (said, share) in bands[k].percentiles.iter().zip([0.1, 0.5, 0.9]) {
                let slip = 1e-9 * (1.0 + said.abs());
                let count =
                    |most: f64| rows.iter().filter(|row| row[k] <= most).count() as f64 / rows.len() as f64;
                let error = 5.0 * (share * (1.0 - share) * (1.0 / rows.len() as f64 + 1.0 / 1024.0)).sqrt();
                let (below, up_to) = (count(said - slip), count(said + slip));
                assert!(
                    below <= share + error && up_to >= share - error,
                    "case {seed}, {k}: {said} is no percentile {share}: {below} {up_to}"
                );
            }
        }
    }
    let squares = deviations.iter().map(|z| z * z).sum::<f64>() / deviations.len() as f64;
    println!("{scenes} scenes, {wide} wide, kinds {kinds:?}, {} compared: {squares}", deviations.len());
    detente_cases::covers(scenes * 2 >= n && wide * 4 >= n, format_args!("{scenes} scenes, {wide} wide"));
    detente_cases::covers(kinds.iter().all(|count| count * 20 >= n), format_args!("{kinds:?}"));
    let beyond = deviations.iter().filter(|z| z.abs() > 3.0).count();
    assert!(squares <= 1.3 && beyond <= 2 + deviations.len() / 200, "{squares}, {beyond} beyond 3");
}

#[test]
fn draws_are_the_same_for_a_seed_on_any_number_of_threads() {
    let (steps, breaks) = small(6);
    let scene = (0..).find_map(|seed| scenes::scene(50_000 + seed, 4, steps, breaks)).expect("some scene");
    let (talks, _) = unsure(&scene.talks, &mut Dice::new(3));
    let scene = Scene { talks, ..scene };
    let plan = scene.plan();
    let own = |seed: u64| {
        sure(&scene.talks, &scene.deal, &plan, &scene.levers, seed).expect("something is not known")
    };
    let on = |n: usize| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(n).build().expect("threads");
        pool.install(|| own(7))
    };
    let one = on(1);
    assert!(one.both.percentiles[0] < one.both.percentiles[2], "{one:?}");
    assert_eq!(one, on(2));
    assert_eq!(one, own(7));
    assert_ne!(one, own(8));
}

/// What came of telling how deals last.
#[derive(Debug, Default)]
struct Told {
    scenes: u64,
    with_levers: u64,
    /// Only with levers is the plan ever carried through.
    only: u64,
    better: u64,
    unsure: u64,
}

/// What an order comes to, by the judge.
fn value(talks: &Talks, deal: &Outcome, order: &Orders, aid: &Aid, aim: &Aim) -> f64 {
    let judged = collapse(talks, deal, order, aid).expect("an order that is possible");
    match aim {
        Aim::Completed => judged.completed,
        Aim::Expected(what) => judged.amounts(Counted::all(what)).expected,
        Aim::Certain(what) => judged.amounts(Counted::all(what)).nearly_certain,
    }
}

/// The levers are those found alone, but for the order of the last: of the orders that are as likely to be carried
/// through, none is expected to bring more of what is counted first.
#[track_caller]
fn judge_package(scene: &Scene, options: &LastingOptions, said: &Lasting) {
    let (talks, deal) = (&scene.talks, &scene.deal);
    let alone =
        found(kept_levers(&Space::new(talks), deal, options, &go_on)).filter(|_| !talks.levers.is_empty());
    assert_eq!(said.levers.is_some(), alone.is_some());
    let (Some(said_levers), Some(mut alone)) = (said.levers.clone(), alone) else { return };
    let (Some(own), Some(known)) = (said_levers.frontier.last(), alone.frontier.last_mut()) else { return };
    same("kept", own.kept, known.kept);
    (known.plan, known.kept) = (own.plan.clone(), own.kept);
    assert_eq!(said_levers, alone);
    let aid = means(talks, deal, &own.levers).expect("levers that may be used").aid;
    let Some(first) = said.outlook.secured.first() else { return };
    let aims = [OrderAim::Completed, OrderAim::Expected(first.what.clone())];
    let all = aim_values(talks, deal, &aid, &aims);
    let likeliest = all.iter().map(|(_, values)| values[0]).fold(0.0, f64::max);
    let most = all.iter().filter(|(_, values)| values[0] >= likeliest - 1e-12).map(|(_, values)| values[1]);
    let most = most.fold(f64::NEG_INFINITY, f64::max);
    let reached = value(talks, deal, &plans::order(&own.plan), &aid, &Aim::Expected(first.what.clone()));
    assert!(reached >= most - 1e-6 * most.abs().max(1.0), "{reached} is expected, and {most} is possible");
}

#[track_caller]
fn judge_told(scene: &Scene, options: &LastingOptions, said: &Lasting, told: &mut Told) {
    let (talks, deal, none) = (&scene.talks, &scene.deal, Aid::none(&scene.talks));
    let own_plan = plan(talks, deal, &scene.order, &none);
    let judged = value(talks, deal, &scene.order, &none, &Aim::Completed);
    same("completed", said.outlook.completed, judged);
    assert_eq!(said.outlook, found(outlook(talks, deal, &own_plan, &[], options)));
    judge_package(scene, options, said);
    assert_eq!(said.with_levers.is_some(), said.levers.is_some());
    let (mut given, mut aid, mut order) = (vec![], none, scene.order.clone());
    if let Some((package, fares)) = &said.with_levers {
        assert_eq!(Some(package), said.levers.as_ref().and_then(|levers| levers.frontier.last()));
        same("kept", fares.completed, package.kept);
        let own = means(talks, deal, &package.levers).expect("levers that may be used").aid;
        same(
            "with levers",
            fares.completed,
            value(talks, deal, &plans::order(&package.plan), &own, &Aim::Completed),
        );
        told.with_levers += 1;
        if judged <= 1e-11 && package.kept > 1e-11 {
            (given, aid, order) = (package.levers.clone(), own, plans::order(&package.plan));
            told.only += 1;
        }
    }
    let aims: Vec<Aim> = said.best.iter().map(|best| best.aim.clone()).collect();
    let of = |secured: &detente_analysis::Secured| {
        [Aim::Expected(secured.what.clone()), Aim::Certain(secured.what.clone())]
    };
    let own: Vec<Aim> =
        [Aim::Completed].into_iter().chain(said.outlook.secured.iter().flat_map(of)).collect();
    assert_eq!(aims, own);
    for best in &said.best {
        let plain = value(talks, deal, &order, &aid, &best.aim);
        assert!(best.value >= plain - 1e-9 * (1.0 + plain.abs()), "{best:?} is worse than {plain}");
        assert!(best.at_most >= best.value - 1e-9);
        let reached = value(talks, deal, &plans::order(&best.plan), &aid, &best.aim);
        assert!(
            near(best.value, reached) || matches!(best.aim, Aim::Certain(_)),
            "{best:?} comes to {reached}"
        );
        judge_plan(talks, deal, &best.plan, &aid);
        told.better += u64::from(best.value > plain + 1e-6);
    }
    for (point, plan) in said.tradeoffs.iter().flat_map(|tradeoff| &tradeoff.points) {
        let reached = value(talks, deal, &plans::order(plan), &aid, &Aim::Completed);
        same("a trade-off", point[0], reached);
    }
    let of_plan = plan(talks, deal, &order, &aid);
    assert_eq!(said.sureness, found(sureness(&Space::new(talks), deal, &of_plan, &given, options, &go_on)));
    told.unsure += u64::from(said.sureness.is_some());
}

#[track_caller]
fn judge_kept(scene: &Scene, options: &LastingOptions, said: &Lasting) {
    let (talks, deal, none) = (&scene.talks, &scene.deal, Aid::none(&scene.talks));
    let own_plan = plan(talks, deal, &scene.order, &none);
    let packages = said.with_levers.iter().map(|(package, _)| package.clone());
    for package in packages.map(Some).chain([None]) {
        let (aid, order) = match &package {
            Some(package) => {
                let own = means(talks, deal, &package.levers).expect("levers that may be used");
                (own.aid, plans::order(&package.plan))
            }
            None => (none.clone(), scene.order.clone()),
        };
        let known = found(kept(talks, deal, 0.25, Some(&own_plan), package.clone(), options, &go_on));
        assert_eq!((&known.outcome, &known.package), (deal, &package));
        assert_eq!(known.signed, package.as_ref().map_or(0.25, |package| package.signed));
        let best = known.best.as_ref().expect("there is an order");
        let things: Vec<Aim> =
            said.outlook.secured.iter().map(|secured| Aim::Expected(secured.what.clone())).collect();
        assert_eq!(known.expected.iter().map(|best| best.aim.clone()).collect::<Vec<_>>(), things);
        for best in [best].into_iter().chain(&known.expected) {
            let reached = value(talks, deal, &plans::order(&best.plan), &aid, &best.aim);
            same("an order that is best", best.value, reached);
            for order in [&order, &scene.order] {
                let plain = value(talks, deal, order, &aid, &best.aim);
                assert!(best.value >= plain - 1e-9 * (1.0 + plain.abs()), "{best:?} is worse than {plain}");
            }
        }
        assert_eq!(known.is_ever(), best.value > 1e-11);
    }
}

#[test]
fn where_a_plan_is_never_kept_without_levers_it_is_told_with_them() {
    let mut told = Told::default();
    let n = cases(150);
    let options = LastingOptions { draws: 64, ..LastingOptions::default() };
    for seed in seeds(n) {
        let strains = if seed % 3 == 0 { Strains::Drawn } else { Strains::Certain };
        let Some(mut scene) = with_levers(seed + 60_000, strains).filter(can_be_tried) else { continue };
        if seed % 5 == 0 {
            scene.talks = unsure(&scene.talks, &mut Dice::new(seed)).0;
        }
        let own_plan = plan(&scene.talks, &scene.deal, &scene.order, &scene.aid);
        let said = found(lasting(&Space::new(&scene.talks), &scene.deal, &own_plan, &options, &go_on));
        let mut own = Told::default();
        let fits = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
            judge_told(&scene, &options, &said, &mut own);
            judge_kept(&scene, &options, &said);
        }));
        assert!(fits.is_ok(), "case {seed}: see above");
        told.scenes += 1;
        told.with_levers += own.with_levers;
        told.only += own.only;
        told.better += own.better;
        told.unsure += own.unsure;
    }
    println!("{told:?}");
    let Told { scenes, with_levers, only, better, unsure } = told;
    assert!(scenes * 2 >= n && with_levers == scenes && only * 10 >= scenes, "{told:?}");
    detente_cases::covers(better * 5 >= scenes && unsure * 10 >= scenes, format_args!("{told:?}"));
}
