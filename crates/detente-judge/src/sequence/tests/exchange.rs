//! Sandholm and Ferrandon's exchange of chunks for payments.

use super::*;

#[test]
fn an_exchange_is_safe_inside_its_band() {
    let talks = exchange(6, |_| ());
    let all = every_order(&talks, &yes(&talks));
    assert_eq!(all.len(), 210);
    let mut seen = BTreeSet::new();
    for order in &all {
        for point in follow(&talks, &yes(&talks), order, &Aid::none(&talks)).expect("possible").points {
            let k = point.done.iter().filter(|s| s.0 < 4).count();
            let p = point.done.len() - k;
            let is_safe = point.parties.iter().all(|slack| *slack >= 0.0);
            assert_eq!(is_safe, 2 * k <= p + 2 && p <= 2 + k, "{k} {p}");
            assert_eq!(point.bodies[0].slack, 2.0 - p as f64 + k as f64);
            seen.insert((k, p));
        }
    }
    assert_eq!(seen.len(), 35);
}

#[test]
fn the_last_chunk_needs_a_guarantee_of_its_cost() {
    let talks = exchange(6, |_| ());
    let (deal, none) = (yes(&talks), Aid::none(&talks));
    assert_eq!(best_slack(&talks, &deal, &none), Some(-0.5));
    assert_eq!(price_of_trust(&talks, &deal, &none), [[0.0, 0.5], [0.5, 0.0]]);
    let finer = exchange(12, |_| ());
    let deal = yes(&finer);
    assert_eq!(price_of_trust(&finer, &deal, &none), [[0.0, 0.5], [0.25, 0.25], [0.5, 0.0]]);
    // A deal is worth 2 to each, so a guarantee of a quarter makes up for half a unit.
    for (supplier, demander) in [(0.0, 0.0), (0.0, 0.5), (0.5, 0.5), (1.0, 0.0), (0.5, 0.0), (1.0, 1.0)] {
        let aid = Aid { guarantee: vec![supplier / 2.0, demander / 2.0], ..none.clone() };
        let slack = best_slack(&finer, &deal, &aid).expect("an order");
        assert_eq!(slack >= 0.0, supplier + demander >= 1.0, "{supplier} {demander}: {slack}");
        let is_enough = price_of_trust(&finer, &deal, &aid) == [[0.0, 0.0]];
        assert_eq!(is_enough, slack >= 0.0);
    }
}

#[test]
fn the_last_chunk_and_the_last_payment_at_once_are_safe() {
    let talks = exchange(6, |steps| steps[3].together = ids(&[9]));
    let (deal, none) = (yes(&talks), Aid::none(&talks));
    assert_eq!(best_slack(&talks, &deal, &none), Some(0.0));
    assert_eq!(price_of_trust(&talks, &deal, &none), [[0.0, 0.0]]);
    let order: &[&[usize]] = &[&[4], &[0], &[5], &[1], &[6], &[7], &[2], &[8], &[3, 9]];
    let followed = follow_points(&talks, order).expect("possible");
    assert!(followed.is_self_enforcing());
    let before = &followed.points[8];
    assert_eq!((before.bodies[0].slack, before.bodies[1].slack), (0.0, 1.0));
    assert_eq!(followed.needs(), [0.0, 0.0]);
}

#[test]
fn a_party_that_gives_all_first_has_nothing_to_fear_from_itself() {
    let order: Vec<&[usize]> = vec![&[0], &[1], &[2], &[3], &[4], &[5], &[6], &[7], &[8], &[9]];
    let followed = follow_points(&exchange(6, |_| ()), &order).expect("possible");
    assert_eq!((followed.smallest(), followed.needs()), (-3.0, vec![0.0, 3.0]));
    assert!(!followed.is_self_enforcing());
}
