//! Whatever little is kept of what is not decided, the best outcomes are those of a look at each, and
//! counts lie between their bounds.

use super::*;
use crate::agreement::Agreement;
use crate::decomposition::{Decomposition, Effort};
use crate::kernel::box_tree::MOST_LOOKS;
use crate::space::Space;
use crate::zone_count::{thresholds, zone_count};
use detente_cases::random;
use detente_cases::seeds;
use detente_model::{BodyId, Outcome, Talks};
use num_bigint::BigUint;

/// From everything to next to nothing.
const EFFORTS: [Effort; 4] = [
    Effort { sums: 1 << 20, points: 1 << 20, looks: MOST_LOOKS },
    Effort { sums: 64, points: 8, looks: MOST_LOOKS },
    Effort { sums: 12, points: 3, looks: MOST_LOOKS },
    Effort { sums: 2, points: 1, looks: MOST_LOOKS },
];

/// Every feasible outcome with the steps of all bodies, in issue and option order.
fn all(talks: &Talks, space: &Space<'_>) -> Vec<(Outcome, Vec<i64>)> {
    let mut found = Vec::new();
    let _ = space.sweep(|visit| {
        found.push((space.outcome(visit.rank), visit.utilities.to_vec()));
        ControlFlow::Continue(())
    });
    assert!(found.iter().all(|(x, _)| talks.constraints.iter().all(|constraint| constraint.allows(x))));
    found.sort();
    found
}

/// Some worth that never falls: who accepts, and small sums, so that many outcomes tie.
fn worth(space: &Space<'_>, agreement: &Agreement, kind: u64, v: &[i64]) -> Worth {
    let accepts = agreement.agrees(&|body| space.bodies[body].accepts_free(v[body]));
    let least = v.iter().min().copied().unwrap_or(0);
    match kind % 4 {
        0 => [i64::from(accepts), 0, 0, 0],
        1 => [i64::from(accepts), least, 0, 0],
        2 => [v.iter().sum::<i64>().div_euclid(7), 0, 0, 0],
        _ => [least.div_euclid(5), v.iter().sum::<i64>(), 0, 0],
    }
}

fn check(seed: u64, effort: Effort) {
    let case = random::Case::new(1 + seed as usize % 5, 1 + seed as usize % 3, seed);
    let talks = case.talks();
    let space = Space::new(&talks);
    let agreement = Agreement::new(&talks);
    let decomposition =
        Decomposition::new(&space, effort, &|_| ControlFlow::Continue(())).expect("small groups");
    let outcomes = all(&talks, &space);
    let mut measure = |v: &[i64]| worth(&space, &agreement, seed / 5, v);
    let mut best: Vec<(Reverse<Worth>, Outcome)> =
        outcomes.iter().map(|(x, v)| (Reverse(measure(v)), x.clone())).collect();
    best.sort();
    let wanted = 1 + seed as usize % 9;
    let floor = [NOTHING, best[best.len() / 2].0.0][seed as usize % 2];
    let best_first = BestFirst {
        wanted,
        ties: 1 << 20,
        floor,
        any: seed.is_multiple_of(7),
        budget: 1 << 20,
        looks: MANY_LOOKS,
    };
    let found = best_first.run(&decomposition.course(), &mut measure, &|_| ControlFlow::Continue(()));
    let ControlFlow::Continue(found) = found else { panic!("nobody interrupted") };
    assert_eq!(found.open, None, "{case:?}");
    let last = best.get(wanted - 1).map_or(NOTHING, |(worth, _)| worth.0).max(floor);
    best.retain(|(worth, _)| worth.0 >= last);
    let mut named: Vec<(Reverse<Worth>, Outcome)> =
        found.leaves.iter().map(|leaf| (Reverse(leaf.worth), decomposition.outcome(&leaf.places))).collect();
    named.sort();
    assert_eq!(named, best, "{case:?}");
    for leaf in &found.leaves {
        let outcome = decomposition.outcome(&leaf.places);
        assert_eq!(space.utilities(&outcome), leaf.steps);
        assert_eq!(decomposition.places(&outcome), leaf.places);
    }
    let zone = outcomes
        .iter()
        .filter(|(_, v)| agreement.agrees(&|body| space.bodies[BodyId(body).0].accepts_free(v[body])));
    let (zone, total) = (BigUint::from(zone.count()), BigUint::from(outcomes.len()));
    let counted = zone_count(&decomposition, &agreement, &thresholds(&space.bodies), &total);
    assert!(counted.is_exact() && counted.at_least == zone, "{case:?}: {counted:?}, not {zone}");
    let bounds = crate::zone_count::bounds(&decomposition, &agreement, &thresholds(&space.bodies), &total);
    assert!(bounds.at_least <= zone && zone <= bounds.at_most, "{case:?}: {bounds:?} around {zone}");
}

#[test]
fn little_that_is_kept_finds_what_everything_finds() {
    for seed in seeds(600) {
        check(seed, EFFORTS[seed as usize % EFFORTS.len()]);
    }
}

#[test]
fn a_budget_that_ends_a_search_is_told() {
    let talks = random::Case::new(5, 3, 7).talks();
    let space = Space::new(&talks);
    let decomposition =
        Decomposition::new(&space, EFFORTS[3], &|_| ControlFlow::Continue(())).expect("small groups");
    let mut measure = |v: &[i64]| [v.iter().sum(), 0, 0, 0];
    let whole = BestFirst::one(NOTHING, 1 << 20);
    let run = |best_first: BestFirst, measure: Measure<'_>| match best_first.run(
        &decomposition.course(),
        measure,
        &|_| ControlFlow::Continue(()),
    ) {
        ControlFlow::Continue(found) => found,
        ControlFlow::Break(()) => panic!("nobody interrupted"),
    };
    let best = run(whole, &mut measure).leaves[0].worth;
    let cut = run(BestFirst { budget: 1, ..whole }, &mut measure);
    assert!(cut.leaves.is_empty());
    assert!(cut.open.is_some_and(|open| open >= best), "{cut:?}, {best:?}");
}
