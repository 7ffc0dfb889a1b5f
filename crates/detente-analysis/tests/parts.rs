//! Talks taken apart: known answers where there are too many outcomes to look at, and every outcome
//! where there are few.

use detente_analysis::{Limit, Options, Parts, Space, analyze};
use detente_cases::drawn;
use detente_cases::random;
use detente_model::*;
use proptest::prelude::*;
use std::ops::ControlFlow;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

/// One body a party; per party and issue, the value of each option.
fn talks(values: &[Vec<Vec<f64>>]) -> Talks {
    let issue = |(i, options): (usize, &Vec<f64>)| {
        let option = |k: usize| NamedOption { id: format!("o{k}"), name: format!("Option {k}") };
        let options = detente_model::Options::Named {
            ordered: false,
            options: (0..options.len()).map(option).collect(),
        };
        Issue { id: format!("i{i}"), name: format!("Issue {i}"), options, status_quo: None, because: vec![] }
    };
    let preference = |values: &Vec<f64>| {
        let values = values.iter().map(|value| Number::fixed(*value)).collect();
        Some(IssuePreference { weight: None, shape: Shape::Values(values) })
    };
    let body = |(p, values): (usize, &Vec<Vec<f64>>)| Body {
        id: format!("p{p}"),
        name: format!("Party {p}"),
        party: PartyId(p),
        influence: None,
        alternative: Alternative::RefusesNothing,
        will: StatedCost::Unstated,
        strain: StatedCost::Unstated,
        reaction: None,
        discount: None,
        preferences: Preferences {
            issues: values.iter().map(preference).collect(),
            ..Preferences::default()
        },
        because: vec![],
    };
    let party = |p: usize| Party {
        id: format!("p{p}"),
        name: format!("Party {p}"),
        bodies: vec![BodyId(p)],
        ratifies: Rule::One(BodyId(p)),
        because: vec![],
    };
    Talks::new(Draft::new(
        "Talks",
        values[0].iter().enumerate().map(issue).collect(),
        (0..values.len()).map(party).collect(),
        values.iter().enumerate().map(body).collect(),
    ))
    .expect("parts of one size fit together")
}

/// A pie of one piece an issue: the first option gives it to the first party.
fn pieces(n: usize) -> Talks {
    talks(&[vec![vec![1.0, 0.0]; n], vec![vec![0.0, 1.0]; n]])
}

#[test]
fn a_thousand_pieces_can_be_shared_in_as_many_ways_as_there_are_subsets() {
    let n = 1000;
    let talks = pieces(n);
    let space = Space::new(&talks);
    let parts = Parts::new(&space, None).expect("no issue is tied to another");
    let frontier = parts.frontier(&|_| ControlFlow::Continue(())).expect("a small frontier");
    assert_eq!(frontier.len(), n + 1);
    for k in 0..=n {
        assert_eq!(frontier.utilities(k), [(n - k) as f64, k as f64]);
        assert_eq!(frontier.count(k), subsets(n, k), "{k} pieces");
        // The first in issue and option order: the first issues go to the first party.
        let options = (0..n).map(|issue| OptionId(usize::from(issue >= n - k)));
        assert_eq!(frontier.outcome(k), Outcome(options.collect()));
    }
}

/// How many subsets of `n` have `k` members; the largest number there is where that is more.
fn subsets(n: usize, k: usize) -> u64 {
    let larger = |ways: u64, m: usize| {
        let ways = u128::from(ways) * (n + 1 - m) as u128 / m as u128;
        u64::try_from(ways).unwrap_or(u64::MAX)
    };
    (1..=k.min(n - k)).fold(1, |ways, m| if ways == u64::MAX { ways } else { larger(ways, m) })
}

#[test]
fn an_issue_may_have_a_million_options() {
    let n = 1_000_000;
    let up = (0..n).map(|k| k as f64).collect();
    let down = (0..n).map(|k| (n - k) as f64).collect();
    let talks =
        talks(&[vec![vec![0.0, 2.0], up, vec![3.0, 3.0]], vec![vec![0.0, 2.0], down, vec![0.0, 0.0]]]);
    let space = Space::new(&talks);
    let parts = Parts::new(&space, None).expect("no issue is tied to another");
    let frontier = parts.frontier(&|_| ControlFlow::Continue(())).expect("a large frontier");
    assert_eq!(frontier.len(), n);
    for k in [0, 1, n / 2, n - 1] {
        let option = n - 1 - k;
        assert_eq!(frontier.utilities(k), [(option + 5) as f64, (n - option + 2) as f64]);
        assert_eq!(frontier.outcome(k), Outcome(vec![OptionId(1), OptionId(option), OptionId(0)]));
        assert_eq!(frontier.count(k), 2);
    }
}

#[test]
fn the_watcher_is_heard_while_frontiers_are_added() {
    let talks = pieces(2000);
    let space = Space::new(&talks);
    let parts = Parts::new(&space, None).expect("no issue is tied to another");
    let told = AtomicU64::new(0);
    let stopped = parts.frontier(&|_| {
        if told.fetch_add(1, Relaxed) == 1 { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    });
    assert_eq!((stopped.err(), told.into_inner()), (Some(Limit::Interrupted), 2));
}

#[test]
fn utilities_near_the_end_of_the_range_are_added_exactly() {
    let large = |sign: f64| -> Vec<Vec<f64>> {
        (0..64).map(|i| vec![sign * 1e16, 0.0, sign * (1e16 - 1000.0 * f64::from(i))]).collect()
    };
    let talks = talks(&[large(1.0), large(-1.0)]);
    let space = Space::new(&talks);
    let parts = Parts::new(&space, None).expect("no issue is tied to another");
    let frontier = parts.frontier(&|_| ControlFlow::Continue(())).expect("a frontier");
    let (first, last) = (frontier.utilities(0), frontier.utilities(frontier.len() - 1));
    assert_eq!((first, last), (vec![64e16, -64e16], vec![0.0, 0.0]));
    // Whatever the first gains, the second loses.
    assert!((0..frontier.len()).all(|k| frontier.utilities(k)[0] == -frontier.utilities(k)[1]));
}

drawn! { 96;
    #[test]
    fn parts_have_the_frontier_of_the_whole(case in random::case()) {
        let talks = case.talks();
        let options = Options { points: None, ..Options::default() };
        let whole = analyze(&Space::new(&talks), &options, &|_| ControlFlow::Continue(()));
        let space = Space::new(&talks);
        let parts = match Parts::new(&space, None) {
            Err(Limit::TooLarge { .. }) => return Ok(()),
            parts => parts.expect("small talks"),
        };
        let frontier = parts.frontier(&|_| ControlFlow::Continue(())).expect("a small frontier");
        prop_assert_eq!(frontier.len(), whole.frontier.len());
        for (k, point) in whole.frontier.iter().enumerate() {
            prop_assert_eq!(&frontier.utilities(k), &point.utilities);
            prop_assert_eq!(&frontier.outcome(k), &point.outcome);
        }
    }
}
