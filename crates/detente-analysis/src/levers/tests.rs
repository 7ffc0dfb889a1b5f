//! Searches that begin with nothing and keep next to nothing find what others find: what is not looked at
//! is ruled out by bounds and not by luck.

use super::each::each;
use super::parts::Parts;
use super::*;
use crate::decomposition::Effort;
use crate::kernel::box_tree::MOST_LOOKS;
use detente_cases::random::levers::{Kinds, with_levers};
use detente_cases::random::{self, Case};
use detente_cases::seeds;

/// From everything to next to nothing.
const EFFORTS: [Effort; 3] = [
    Effort { sums: 1 << 20, points: 1 << 20, looks: MOST_LOOKS },
    Effort { sums: 12, points: 3, looks: MOST_LOOKS },
    Effort { sums: 2, points: 1, looks: MOST_LOOKS },
];

fn highest(space: &Space<'_>) -> Vec<i64> {
    space.extremes().expect("small groups").iter().map(|range| range.max).collect()
}

#[track_caller]
fn same(case: Case, a: &Levers, b: &Levers) {
    let of = |levers: &Levers| {
        let tops = [&levers.none, &levers.cheapest, &levers.most, &levers.without_budgets].map(Clone::clone);
        (tops, levers.frontier.clone(), levers.levers.clone())
    };
    assert_eq!(of(a), of(b), "{case:?}");
    assert!(a.search.proven && b.search.proven, "{case:?}");
}

fn each_case(of: impl Fn(Case, &Talks, &LeverOptions, Levers)) {
    for seed in seeds(240) {
        let case = Case::new(1 + seed as usize % 4, 1 + seed as usize % 3, seed);
        let kinds = Kinds {
            n: 1 + seed as usize % 10,
            restricted: !seed.is_multiple_of(4),
            alike: seed % 6 == 5,
            budgets: seed.is_multiple_of(2),
        };
        let talks = with_levers(case, kinds);
        let target = [0.3, 0.8, 1.0][seed as usize % 3];
        let options = LeverOptions { target, ..LeverOptions::default() };
        let usual = levers(&Space::new(&talks), &options, &|_| ControlFlow::Continue(()));
        of(case, &talks, &options, usual);
    }
}

#[test]
fn outcomes_one_by_one_need_no_good_deals_to_begin_with() {
    each_case(|case, talks, options, usual| {
        let space = Space::new(talks);
        let (lever_table, agreement) =
            (LeverTable::new(&space).expect("small effects"), Agreement::new(talks));
        let mut set_search =
            SetSearch::new(&space, &lever_table, &agreement, &highest(&space), options.looks);
        set_search.many_levers = 1;
        let watch = &|_| ControlFlow::Continue(());
        let cold =
            answer(&mut set_search, options, &|rank| space.outcome(*rank), &mut |set_search, tasks| {
                each(set_search, 1000, 0, tasks, (0.0, 1.0), watch)
            });
        same(case, &cold, &usual);
    });
}

#[test]
fn groups_of_issues_need_no_close_bounds() {
    each_case(|case, talks, options, usual| {
        let space = Space::new(talks);
        let (lever_table, agreement) =
            (LeverTable::new(&space).expect("small effects"), Agreement::new(talks));
        let mut set_search =
            SetSearch::new(&space, &lever_table, &agreement, &highest(&space), options.looks);
        let effort = EFFORTS[random::Dice::new(case.seed).below(3)];
        let watch = &|_| ControlFlow::Continue(());
        let mut parts = Parts::new(&space, effort, false, watch).expect("small groups");
        let cold = answer(&mut set_search, options, &Outcome::clone, &mut |set_search, tasks| {
            tasks.iter_mut().try_for_each(|task| parts.search(set_search, task, watch))
        });
        same(case, &cold, &usual);
    });
}
