//! What the classes say of a changed number is what a full analysis of the changed talks says.

use super::*;
use crate::analyze::{Options, analyze};
use detente_cases::random;

/// Every number of some random talks at a few random values.
fn check(seed: u64) -> usize {
    let talks = random::Case::new(1 + seed as usize % 4, 1 + seed as usize % 3, seed).talks();
    let run =
        |talks: &Talks| analyze(&Space::new(talks), &Options::default(), &|_| ControlFlow::Continue(()));
    let will = run(&talks).will.expect("no limit");
    let space = Space::new(&talks);
    let extremes: Vec<Extremes> = space.extremes().expect("few outcomes");
    let inquiry = Inquiry::new(&space, &extremes, &will, 1.0);
    let mut gathered = Gathered { moved_bodies: inquiry.moved_bodies(), rules: inquiry.rules() };
    let _ = inquiry.gather(&mut gathered, &|_| ControlFlow::Continue(()));
    let mut dice = random::Dice::new(seed);
    let mut compared = 0;
    for (_, placed) in &inquiry.numbers {
        for _ in 0..3 {
            let value = placed.number.mean() + (dice.below(2001) as f64 - 1000.0) / 137.0;
            let Some(seen) = seen(&inquiry, &gathered.moved_bodies, placed, value) else { continue };
            let changed = talks.with_number(&placed.spot, value).expect("possible");
            let Ok(changed) = Talks::new(changed) else { continue };
            let then = run(&changed).will.expect("no limit");
            let place = (&placed.place, value, seed);
            assert!((then.best_probability - seen.best).abs() <= 1e-9, "{place:?}: {then:?}, {seen:?}");
            assert_eq!(then.best.is_empty(), !seen.zone, "{place:?}: {then:?}, {seen:?}");
            compared += 1;
        }
    }
    compared
}

fn seen(
    inquiry: &Inquiry<'_>,
    moved_bodies: &[MovedBody<'_>],
    placed: &PlacedNumber<'_>,
    value: f64,
) -> Option<moved_body::Seen> {
    let (b, _) = Divider::of(&placed.spot)?;
    let moved_body = moved_bodies.iter().find(|moved_body| moved_body.body == b)?;
    let talks = inquiry.space.talks;
    let mut parameter = Parameter::new(
        moved_body,
        &talks.bodies[b],
        &talks.issues,
        1.0,
        &inquiry.possible,
        &placed.spot,
        placed.number,
    )?;
    let rest = moved_body.rest(parameter.partition, parameter.classes.start, parameter.classes.len());
    Some(moved_body.seen(&parameter.moved(value)?, rest))
}

#[test]
fn a_changed_number_is_worth_what_a_full_analysis_says() {
    let compared: usize = (0..60).map(check).sum();
    assert!(compared > 3_000, "{compared}");
}
