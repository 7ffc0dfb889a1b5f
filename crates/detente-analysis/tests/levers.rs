//! What is said of levers on random talks before its judge, and what must not change.

#[allow(dead_code, reason = "the part of the known talks that other tests need")]
mod known;

use detente_analysis::{Gift, LeverLimit, LeverOptions, Levers, Options, Package, Space, levers};
use detente_cases::random::Case;
use detente_cases::random::levers::{Kinds, with_levers};
use detente_cases::seeds;
use detente_judge::{LeverCase, Used, World, check_levers};
use detente_model::{BodyId, Draft, Lever, LeverId, Mediator, MediatorId, Number, OptionId, Outcome, Talks};
use std::ops::ControlFlow;
use std::sync::atomic::{AtomicI64, Ordering::Relaxed};

/// Talks after a change to their draft.
fn changed(talks: &Talks, change: impl FnOnce(&mut Draft)) -> Talks {
    let mut draft = (**talks).clone();
    change(&mut draft);
    Talks::new(draft).expect("still talks")
}

/// The best probability for each of some costs.
fn curve(found: &Levers) -> Vec<f64> {
    let at = |cost: usize| found.within(cost as f64 * 0.35).map_or(0.0, |package| package.probability);
    (0..30).map(at).collect()
}

#[track_caller]
fn never_falls(before: &Levers, after: &Levers) {
    let pairs = curve(before).into_iter().zip(curve(after));
    for (cost, (before, after)) in pairs.enumerate() {
        assert!(after >= before - 1e-12, "at {cost}: {before} falls to {after}");
    }
}

fn run(talks: &Talks, options: &LeverOptions) -> Levers {
    levers(&Space::new(talks), options, &|_| ControlFlow::Continue(()))
}

/// Few enough deals and sets of levers for a judge that tries them all.
fn small(seed: u64, n: usize, restricted: bool) -> Talks {
    let n_issues = if n > 8 { 1 } else { 1 + seed as usize % 3 };
    let case = Case::new(n_issues, 1 + seed as usize % 3, seed);
    with_levers(case, Kinds { n, restricted, alike: seed % 7 == 6, budgets: !seed.is_multiple_of(3) })
}

fn used(package: &Package) -> Used {
    Used {
        levers: package.levers.clone(),
        deal: package.deal.clone(),
        probability: package.probability,
        cost: package.cost,
        by_mediator: package.by_mediator.clone(),
        by_body: package.by_body.clone(),
    }
}

#[track_caller]
fn judge(talks: &Talks, options: &LeverOptions) -> Levers {
    let found = run(talks, options);
    assert_eq!(found.limit, None);
    assert!(found.search.proven && !found.search.interrupted && found.search.open.is_empty());
    let known = |package: &Option<Package>| used(package.as_ref().expect("no limit"));
    let case = LeverCase {
        target: options.target,
        deal: options.deal.clone(),
        none: known(&found.none),
        frontier: found.frontier.iter().map(used).collect(),
        cheapest: found.cheapest.as_ref().map(used),
        most: known(&found.most),
        without_budgets: known(&found.without_budgets),
        levers: found.levers.iter().map(|lever| (lever.worth, lever.cheapest_without)).collect(),
    };
    let judged = check_levers(&World::new(talks, false), &case);
    assert_eq!(judged, Ok(()), "{found:#?}");
    found
}

fn target(seed: u64) -> f64 {
    [0.5, 0.2, 0.9, 1.0, 0.0][seed as usize % 5]
}

#[test]
fn every_answer_stands_before_a_judge_that_tries_all_sets_with_all_deals() {
    for seed in seeds(500) {
        let talks = small(seed, 1 + seed as usize % 12, seed % 4 != 0);
        judge(&talks, &LeverOptions { target: target(seed), ..LeverOptions::default() });
    }
}

#[test]
fn one_deal_alone_is_judged_alike() {
    for seed in seeds(100) {
        let talks = small(seed, 1 + seed as usize % 8, true);
        let feasible = World::new(&talks, false).feasible;
        let deal: Outcome = feasible[seed as usize % feasible.len()].clone();
        judge(&talks, &LeverOptions { target: target(seed), deal: Some(deal), ..LeverOptions::default() });
    }
}

/// Probabilities are computed in another order of operations here and there.
fn same(a: &Package, b: &Package) -> bool {
    (a.probability - b.probability).abs() <= 1e-12
        && (&a.levers, &a.deal, a.cost) == (&b.levers, &b.deal, b.cost)
        && (&a.by_mediator, &a.by_body) == (&b.by_mediator, &b.by_body)
}

#[test]
fn parts_give_what_the_whole_gives() {
    for seed in seeds(150) {
        let talks = small(seed, 1 + seed as usize % 9, seed % 4 != 0);
        let whole = LeverOptions { target: target(seed), ..LeverOptions::default() };
        let all = run(&talks, &whole);
        let parts = judge(&talks, &LeverOptions { enumerate: 0, ..whole });
        assert!(all.search.enumerated && !parts.search.enumerated);
        assert_eq!(all.frontier.len(), parts.frontier.len());
        for (a, b) in all.frontier.iter().zip(&parts.frontier) {
            assert!(same(a, b), "{a:#?} {b:#?}");
        }
        assert_eq!(all.levers, parts.levers);
        let tops = all.without_budgets.iter().zip(&parts.without_budgets);
        assert!(tops.chain(all.none.iter().zip(&parts.none)).all(|(a, b)| same(a, b)));
    }
}

#[test]
fn a_larger_budget_never_makes_agreement_less_likely() {
    for seed in seeds(150) {
        let talks = small(seed, 1 + seed as usize % 10, seed % 4 != 0);
        let richer = changed(&talks, |draft| {
            for budget in draft.mediators.iter_mut().filter_map(|mediator| mediator.budget.as_mut()) {
                *budget = Number::fixed(budget.mean() + 0.1 + (seed % 7) as f64 * 0.3);
            }
        });
        let before = run(&talks, &LeverOptions::default());
        let after = run(&richer, &LeverOptions::default());
        never_falls(&before, &after);
        assert_eq!(before.without_budgets, after.without_budgets);
    }
}

#[test]
fn one_lever_more_never_makes_agreement_less_likely_where_none_excludes_it() {
    for seed in seeds(150) {
        let n = 2 + seed as usize % 9;
        let mut free = changed(&small(seed, n, true), |draft| {
            draft.levers.iter_mut().for_each(|lever| lever.excludes.clear());
        });
        // The last lever is taken away by making it one that nobody can pay for and nobody needs.
        free = changed(&free, |draft| {
            draft.levers.iter_mut().for_each(|lever| lever.requires.retain(|id| id.0 + 1 < n));
        });
        let fewer = changed(&free, |draft| {
            draft.levers.pop();
            let gone = LeverId(n - 1);
            draft.mediators.iter_mut().for_each(|mediator| mediator.levers.retain(|id| *id != gone));
        });
        let options = LeverOptions::default();
        never_falls(&run(&fewer, &options), &run(&free, &options));
    }
}

#[test]
fn a_lever_for_every_deal_never_makes_agreement_less_likely_than_one_for_some() {
    for seed in seeds(150) {
        let talks = small(seed, 1 + seed as usize % 10, true);
        let free = changed(&talks, |draft| draft.levers.iter_mut().for_each(|lever| lever.when = None));
        never_falls(&run(&talks, &LeverOptions::default()), &run(&free, &LeverOptions::default()));
    }
}

#[test]
fn without_levers_the_best_deal_is_that_of_the_analysis() {
    for seed in seeds(60) {
        let talks = small(seed, 3, true);
        let found = run(&talks, &LeverOptions::default());
        let analysis = detente_analysis::analyze(&Space::new(&talks), &Options::default(), &|_| {
            ControlFlow::Continue(())
        });
        let best = analysis.will.expect("no limit").best_probability;
        let none = found.none.expect("no limit");
        assert!((none.probability - best).abs() <= 1e-12, "{} {best}", none.probability);
    }
}

#[test]
fn whoever_interrupts_is_given_what_is_known() {
    let talks =
        with_levers(Case::new(4, 3, 11), Kinds { n: 12, restricted: false, alike: false, budgets: false });
    for enumerate in [0, u64::MAX] {
        let mut early = 0;
        for looks in [0, 1, 5, 50, 150] {
            let left = AtomicI64::new(looks);
            let options = LeverOptions { enumerate, ..LeverOptions::default() };
            let found = levers(&Space::new(&talks), &options, &|_| {
                if left.fetch_sub(1, Relaxed) <= 0 {
                    ControlFlow::Break(())
                } else {
                    ControlFlow::Continue(())
                }
            });
            if found.limit == Some(LeverLimit::Interrupted) {
                // Before the talks are taken apart nothing is known.
                early += 1;
                continue;
            }
            assert_eq!(found.limit, None);
            assert!(found.search.proven != found.search.interrupted, "{:?}", found.search);
            assert!(found.none.is_some() && found.most.is_some() && !found.frontier.is_empty());
        }
        assert!(early < if enumerate == 0 { 5 } else { 1 }, "{early} of 5");
    }
}

#[test]
fn a_search_that_ends_early_says_what_is_open() {
    let mut ended = 0;
    for seed in seeds(40) {
        let talks = small(seed, 10, seed % 2 == 0);
        for enumerate in [0, u64::MAX] {
            let options = LeverOptions { enumerate, ..LeverOptions::default() };
            let whole = run(&talks, &options);
            let cut = run(&talks, &LeverOptions { looks: 3, ..options });
            ended += usize::from(!cut.search.proven);
            assert_eq!(cut.search.proven, cut.notes.is_empty());
            for package in &whole.frontier {
                let found = cut.within(package.cost).map_or(0.0, |package| package.probability);
                let open = cut.search.open.iter().filter(|open| open.cost <= package.cost);
                let most = open.map(|open| open.at_most).fold(found, f64::max);
                assert!(most >= package.probability - 1e-12, "{most} is less than {package:?}");
            }
        }
    }
    detente_cases::covers(ended > 20, format_args!("{ended}"));
}

/// The judge would agree with anything if the random levers never raised the question.
#[test]
fn the_random_levers_raise_every_question() {
    let (mut long, mut reached, mut never, mut bound, mut worth, mut needed, mut free) =
        (0, 0, 0, 0, 0, 0, 0);
    let n = 300;
    for seed in 0..n {
        let talks = small(seed, 1 + seed as usize % 12, seed % 4 != 0);
        let found = run(&talks, &LeverOptions { target: target(seed), ..LeverOptions::default() });
        long += u32::from(found.frontier.len() > 2);
        never += u32::from(found.cheapest.is_none());
        reached += u32::from(found.cheapest.as_ref().is_some_and(|package| package.cost > 0.0));
        bound += u32::from(found.without_budgets.map(|p| p.probability) > found.most.map(|p| p.probability));
        worth += u32::from(found.levers.iter().any(|lever| lever.worth > 0.0));
        let harmless = |id: &LeverId| {
            let lever = &talks.levers[id.0];
            let sums = lever.inducement.iter().chain(&lever.pressure).chain(&lever.assurance);
            !sums.into_iter().any(|(_, amount)| amount.mean() > 0.0)
        };
        needed += u32::from(found.frontier.iter().any(|package| package.levers.iter().any(harmless)));
        let zero = |package: &Package| package.cost == 0.0 && !package.levers.is_empty();
        free += u32::from(found.frontier.iter().any(zero));
    }
    let seen = [long, reached, never, bound, worth, free, 5 * needed];
    detente_cases::covers(
        seen.iter().all(|count| u64::from(*count) * 20 >= n),
        format_args!("{seen:?} of {n}"),
    );
}

/// Two divide a pie, each with 0.2 to fall back on and a political cost of anything up to 0.6; somebody has
/// 0.3 to spend on taking 0.3 of that cost from the first, for 0.1, and from the second, for 0.2.
fn assured_pie() -> Talks {
    let lever = |k: usize, cost: f64| Lever {
        id: format!("l{k}"),
        name: format!("Lever {k}"),
        mediator: MediatorId(0),
        cost: Number::fixed(cost),
        inducement: vec![],
        assurance: vec![(BodyId(k), Number::fixed(0.3))],
        pressure: vec![],
        guarantee: vec![],
        when: None,
        excludes: vec![],
        requires: vec![],
        because: vec![],
    };
    changed(&known::pie([0.2, 0.2], [Some(0.6), Some(0.6)]), |draft| {
        draft.levers = vec![lever(0, 0.1), lever(1, 0.2)];
        let (id, name) = ("m".to_owned(), "Mediator".to_owned());
        let levers = vec![LeverId(0), LeverId(1)];
        draft.mediators.push(Mediator {
            id,
            name,
            budget: Some(Number::fixed(0.3)),
            levers,
            because: vec![],
        });
    })
}

#[test]
fn a_pie_with_assurances_is_divided_as_it_is_by_hand() {
    let talks = assured_pie();
    // With shares s and 1 - s: (s - .2)/.6 x (.8 - s)/.6 at s = .5; (s + .1)/.6 x (.8 - s)/.6 at s = .35;
    // (s + .1)/.6 x (1.1 - s)/.6 at s = .5. To pay 0.2 for the second alone buys no more than 0.1 for the first.
    let expected = [(0.0, 0.25, 50, 0), (0.1, 0.5625, 35, 1), (0.3, 1.0, 50, 2)];
    for (enumerate, target) in [(u64::MAX, 0.9), (0, 0.9), (u64::MAX, 0.5), (0, 0.5)] {
        let found = judge(&talks, &LeverOptions { target, enumerate, ..LeverOptions::default() });
        assert_eq!(found.frontier.len(), 3);
        for (package, (cost, probability, share, n)) in found.frontier.iter().zip(expected) {
            assert_eq!((package.cost, package.levers.len()), (cost, n));
            assert!((package.probability - probability).abs() <= 1e-12, "{package:?}");
            assert_eq!(package.deal, Some(Outcome(vec![OptionId(share)])));
        }
        let worth: Vec<f64> = found.levers.iter().map(|lever| lever.worth).collect();
        let without: Vec<Option<f64>> = found.levers.iter().map(|lever| lever.cheapest_without).collect();
        if target > 0.5 {
            assert!(worth.iter().all(|worth| (worth - 0.4375).abs() <= 1e-12), "{worth:?}");
            assert_eq!(without, [None, None]);
        } else {
            // At a cost of 0.1 there is nothing in place of the first; 0.2 buys the second.
            assert!((worth[0] - 0.3125).abs() <= 1e-12 && worth[1] == 0.0, "{worth:?}");
            assert_eq!(without, [Some(0.2), Some(0.1)]);
        }
    }
    assert_eq!(run(&talks, &LeverOptions::default()).within(0.25).map(|package| package.cost), Some(0.1));
}

#[test]
fn what_a_package_gives_is_the_sum_of_its_levers() {
    let talks = changed(&assured_pie(), |draft| {
        let number = Number::fixed;
        draft.levers[0].inducement = vec![(BodyId(0), number(-1.0)), (BodyId(1), number(0.5))];
        draft.levers[0].assurance = vec![(BodyId(0), number(0.25))];
        draft.levers[1].pressure = vec![(BodyId(0), number(4.0))];
        draft.levers[1].assurance = vec![(BodyId(0), number(2.0))];
    });
    let with = |levers: &[usize]| {
        let levers = levers.iter().map(|k| LeverId(*k)).collect();
        let (deal, by_mediator, by_body) = (None, vec![], vec![]);
        Package { levers, deal, probability: 0.0, cost: 0.0, by_mediator, by_body }.gifts(&talks)
    };
    let gift = |surplus: f64, fall: f64| Gift { surplus, fall };
    assert_eq!(with(&[]), [gift(0.0, 0.0), gift(0.0, 0.0)]);
    assert_eq!(with(&[0]), [gift(-1.0, 0.25), gift(0.5, 0.0)]);
    assert_eq!(with(&[0, 1]), [gift(3.0, 2.25), gift(0.5, 0.0)]);
}

#[test]
fn what_cannot_be_asked_is_a_limit() {
    let talks = assured_pie();
    let huge = changed(&talks, |draft| draft.levers[0].assurance[0].1 = Number::fixed(1e9));
    let limit = run(&huge, &LeverOptions::default()).limit;
    assert_eq!(limit, Some(LeverLimit::EffectsTooLarge { body: BodyId(0) }));
    let many = changed(&talks, |draft| {
        draft.levers = (0..129).map(|k| Lever { id: format!("x{k}"), ..draft.levers[0].clone() }).collect();
    });
    let found = run(&many, &LeverOptions::default());
    assert_eq!(found.limit, Some(LeverLimit::TooManyLevers { most: 128 }));
    assert!(found.none.is_none() && found.frontier.is_empty() && found.within(1.0).is_none());
}
