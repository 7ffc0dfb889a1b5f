//! What is said of levers on random talks before its judge, and what must not change.

mod random;

use detente_analysis::{LeverOptions, Levers, Package, levers};
use detente_judge::{LeverCase, Used, World, check_levers};
use detente_model::{Outcome, Talks};
use random::Case;
use random::levers::{Kinds, with_levers};
use std::ops::ControlFlow;

fn run(talks: &Talks, options: &LeverOptions) -> Levers {
    levers(talks, options, &mut |_| ControlFlow::Continue(()))
}

/// Few enough deals and sets of levers for a judge that tries them all.
fn small(seed: u64, n: usize, restricted: bool) -> Talks {
    let n_issues = if n > 8 { 1 } else { 1 + seed as usize % 3 };
    let case = Case::new(n_issues, 1 + seed as usize % 3, seed);
    with_levers(case, Kinds { n, restricted, budgets: !seed.is_multiple_of(3) })
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
    for seed in 0..500 {
        let talks = small(seed, 1 + seed as usize % 12, seed % 4 != 0);
        judge(&talks, &LeverOptions { target: target(seed), ..LeverOptions::default() });
    }
}

#[test]
fn one_deal_alone_is_judged_alike() {
    for seed in 0..100 {
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
    for seed in 0..150 {
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
