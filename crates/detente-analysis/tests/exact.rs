//! What is found without looking at every outcome is what is found by looking at every outcome.

use detente_analysis::{
    Analysis, Chosen, Deal, Limit, Method, NoZone, Options, Solution, Space, Will, analyze,
};
use detente_cases::drawn;
use detente_cases::random;
use detente_model::{
    Alternative, Body, BodyId, Draft, Issue, IssuePreference, NamedOption, Number, Party, PartyId,
    Preferences, Rule, Shape, StatedCost, Talks,
};
use proptest::prelude::*;
use std::ops::ControlFlow;

fn run(talks: &Talks, enumerate: u64) -> Analysis {
    let options = Options { points: None, enumerate, ..Options::default() };
    analyze(&Space::new(talks), &options, &|_| ControlFlow::Continue(()))
}

/// Probabilities are computed in another order of operations here and there.
fn close(a: f64, b: f64) -> bool {
    (a - b).abs() <= 1e-12
}

fn all_close(a: &[f64], b: &[f64]) -> bool {
    a.len() == b.len() && a.iter().zip(b).all(|(a, b)| close(*a, *b))
}

/// The ties of a solution are counted as far as the note says.
fn same_solution(a: &Solution, b: &Solution, all_counted: bool) -> bool {
    match (a, b) {
        (Solution::Found(a), Solution::Found(b)) => {
            let same = Chosen { ties: b.ties, proven: b.proven, ..a.clone() } == *b;
            same && if all_counted { a.ties == b.ties } else { b.ties <= a.ties }
        }
        (Solution::None(a), Solution::None(b)) => a == b,
        _ => false,
    }
}

fn same_deal(a: &Deal, b: &Deal) -> bool {
    a.outcome == b.outcome
        && close(a.probability, b.probability)
        && (&a.utilities, &a.surpluses, &a.gains) == (&b.utilities, &b.surpluses, &b.gains)
        && (&a.by_party, &a.by_body, a.on_frontier) == (&b.by_party, &b.by_body, b.on_frontier)
}

fn same_deals(a: &[Deal], b: &[Deal]) -> bool {
    a.len() == b.len() && a.iter().zip(b).all(|(a, b)| same_deal(a, b))
}

fn compare_will(a: &Will, b: &Will) -> Result<(), TestCaseError> {
    prop_assert_eq!((a.verdict, a.n_equals), (b.verdict, b.n_equals));
    prop_assert!(
        close(a.best_probability, b.best_probability),
        "{} {}",
        a.best_probability,
        b.best_probability
    );
    prop_assert_eq!(b.best_probability, b.at_most);
    prop_assert!(same_deals(&a.best, &b.best), "{:#?} {:#?}", a.best, b.best);
    prop_assert!(same_deals(&a.equals, &b.equals), "{:#?} {:#?}", a.equals, b.equals);
    for (a, b) in a.bodies.iter().zip(&b.bodies) {
        prop_assert!(close(a.if_free, b.if_free) && close(a.if_waived, b.if_waived), "{a:?} {b:?}");
    }
    let known = |all: &[Vec<Option<f64>>]| {
        all.iter().flatten().map(|known| known.unwrap_or(-1.0)).collect::<Vec<_>>()
    };
    prop_assert!(all_close(&known(&a.issues), &known(&b.issues)), "{:?} {:?}", a.issues, b.issues);
    Ok(())
}

fn compare_no_zone(a: &NoZone, b: &NoZone) -> Result<(), TestCaseError> {
    prop_assert_eq!(&a.waive, &b.waive);
    prop_assert_eq!(a.all_listed, b.all_listed);
    prop_assert_eq!((&a.nearest, a.concession), (&b.nearest, b.concession));
    prop_assert_eq!(&a.ties, &b.ties);
    prop_assert_eq!((&a.utilities, &a.surpluses), (&b.utilities, &b.surpluses));
    Ok(())
}

fn compare(talks: &Talks) -> Result<(), TestCaseError> {
    let (all, parts) = (run(talks, u64::MAX), run(talks, 0));
    prop_assert_eq!(&parts.limit, &all.limit);
    prop_assert_eq!(all.method, Method::Enumeration);
    prop_assert_eq!(&all.counts, &parts.counts);
    prop_assert!(parts.frontier_known);
    prop_assert_eq!(all.frontier_count, parts.frontier_count);
    if let (Some(a), Some(b)) = (&all.frontier_outcomes, &parts.frontier_outcomes) {
        prop_assert!(a == b || (!b.is_exact() && b.at_least <= a.at_least), "{a:?} {b:?}");
    }
    for (a, b) in all.frontier.iter().zip(&parts.frontier) {
        prop_assert_eq!(&a.utilities, &b.utilities);
        prop_assert!(a.outcome == b.outcome || talks.bodies.len() > talks.parties.len());
    }
    prop_assert_eq!(&all.parties, &parts.parties);
    if all.limit == Some(Limit::NothingFeasible) {
        return Ok(());
    }
    let (Some(a), Some(b)) = (&all.solutions, &parts.solutions) else {
        return Err(TestCaseError::fail("no solutions"));
    };
    let all_counted = !parts.notes.iter().any(|note| note.contains("than were counted tie"));
    for (a, b) in [
        (&a.nash, &b.nash),
        (&a.kalai_smorodinsky, &b.kalai_smorodinsky),
        (&a.egalitarian, &b.egalitarian),
        (&a.utilitarian, &b.utilitarian),
    ] {
        prop_assert!(same_solution(a, b, all_counted), "{a:#?} {b:#?}");
    }
    let (Some(a), Some(b)) = (&all.will, &parts.will) else { return Err(TestCaseError::fail("no will")) };
    compare_will(a, b)?;
    prop_assert_eq!(all.no_zone.is_some(), parts.no_zone.is_some());
    if let (Some(a), Some(b)) = (&all.no_zone, &parts.no_zone) {
        compare_no_zone(a, b)?;
    }
    Ok(())
}

drawn! { 96;
    #[test]
    fn parts_give_what_the_whole_gives(case in random::case(), in_one_unit in any::<bool>()) {
        let mut draft = (*case.talks()).clone();
        draft.common_unit = in_one_unit.then(|| "points".to_owned());
        compare(&Talks::new(draft).expect("only the unit is another"))?;
    }
}

/// Where bounds take long, deals that are equally likely would be listed without a choice of those that differ.
#[test]
fn many_deals_of_many_bodies_are_looked_at_one_by_one() {
    let mut dice = random::Dice::new(5);
    let (n_issues, n_bodies) = (16, 12);
    let option = |k: usize| NamedOption { id: format!("o{k}"), name: format!("o{k}") };
    let issue = |k: usize| Issue {
        id: format!("i{k}"),
        name: format!("i{k}"),
        options: detente_model::Options::Named { ordered: false, options: (0..2).map(option).collect() },
        status_quo: None,
        because: vec![],
    };
    let mut body = |b: usize| Body {
        id: format!("b{b}"),
        name: format!("b{b}"),
        party: PartyId(b / 3),
        influence: None,
        alternative: Alternative::fixed(8000.0),
        will: StatedCost::Unstated,
        strain: StatedCost::Unstated,
        reaction: None,
        discount: None,
        preferences: Preferences {
            issues: (0..n_issues)
                .map(|_| {
                    let values = (0..2).map(|_| Number::fixed(dice.below(1000) as f64)).collect();
                    Some(IssuePreference { weight: None, shape: Shape::Values(values) })
                })
                .collect(),
            ..Preferences::default()
        },
        because: vec![],
    };
    let bodies: Vec<Body> = (0..n_bodies).map(&mut body).collect();
    let party = |p: usize| Party {
        id: format!("p{p}"),
        name: format!("p{p}"),
        bodies: (3 * p..3 * p + 3).map(BodyId).collect(),
        ratifies: Rule::AtLeast { needed: 2, of: (3 * p..3 * p + 3).map(|b| Rule::One(BodyId(b))).collect() },
        because: vec![],
    };
    let issues = (0..n_issues).map(issue).collect();
    let draft = Draft::new("many", issues, (0..n_bodies / 3).map(party).collect(), bodies);
    let found = run(&Talks::new(draft).expect("talks that fit together"), u64::MAX);
    assert_eq!((found.method, found.limit), (Method::Enumeration, None));
}
