//! What suffices is never ruled out.

use super::*;
use crate::requirements::evaluator::Evaluator;
use crate::requirements::together::{Desk, Pace, thinned};
use crate::space::{Extremes, Space};
use detente_cases::random::{Case, Dice};
use std::ops::ControlFlow;

/// Falls that suffice for a deal, none of them larger than needed beside the others, and the deal.
fn falls(evaluator: &mut Evaluator<'_>, space: &Space<'_>, dice: &mut Dice) -> Option<Vec<i64>> {
    let mut zone: Vec<Vec<i64>> = Vec::new();
    let _ = space.sweep(|visit| {
        evaluator.take(visit.utilities);
        if evaluator.agreement.agrees(&|body| evaluator.accepts_free(body)) {
            zone.push(visit.utilities.to_vec());
        }
        ControlFlow::Continue(())
    });
    let n = zone.len();
    evaluator.take(zone.get(dice.below(n.max(1)))?);
    let some = |body: usize| evaluator.most_fall(body) / 64 * (24 + dice.below(41) as i64);
    let tried: Vec<i64> = (0..evaluator.body_scales.len()).map(some).collect();
    thinned(evaluator, tried, 0, &mut Pace::new(&|_| std::ops::ControlFlow::Continue(())))
        .map(|plan| plan.falls)
        .filter(|falls| falls.iter().any(|fall| *fall > 0))
}

/// Whether every pass, finer and finer, leaves alive the cells of falls that suffice.
fn check(tree: &Tree, evaluator: &mut Evaluator<'_>, falls: &[i64]) {
    let sum = evaluator.sum(falls);
    let (target, n) = (evaluator.short_of(), falls.len());
    let first = (16.0 / sum).log2().floor() as i32;
    let mut alive: Option<Alive> = None;
    for fine in [first, first + 2, first + 4] {
        let width = 2f64.powi(-fine);
        let desk = Desk { evaluator, fine };
        let finer = alive.map(|alive| tree.divided(&alive, 4));
        let most = (sum / width).ceil() as usize;
        for (k, part) in tree.parts.iter().enumerate() {
            let Part::Leaf(body) = part else { continue };
            let curve = leaf(&desk, *body, finer.as_ref().map(|alive| &alive[k]), most);
            let accepts = evaluator.accepts(*body, falls[*body]);
            assert!(curve.low <= accepts && accepts <= curve.high, "{accepts} lies outside a curve");
        }
        let pass =
            tree.pass(&desk, finer.as_ref(), most, target, n, &|_| std::ops::ControlFlow::Continue(()));
        let pass = pass.continue_value().flatten().expect("these falls suffice");
        assert!(pass.price as f64 * width <= sum + 1e-9, "{} above {sum}", pass.price as f64 * width);
        for (part, left) in tree.parts.iter().zip(&pass.alive) {
            let Part::Leaf(body) = part else { continue };
            let has = |k: &u32| {
                let (first, last) = evaluator.body_scales[*body].cell(*k as usize, fine);
                (first..=last).contains(&falls[*body])
            };
            assert!(falls[*body] == 0 || left.iter().any(has), "the cell of {} is lost", falls[*body]);
        }
        alive = Some(pass.alive);
    }
}

#[test]
fn falls_that_suffice_are_never_ruled_out() {
    let (mut checked, mut sums) = (0, 0);
    for seed in 0..12_000 {
        let talks = Case::new(1 + seed as usize % 3, 1 + (seed / 3) as usize % 3, seed).independent();
        let space = Space::new(&talks);
        let agreement = Agreement::new(&talks);
        let extremes: Vec<Extremes> = space.extremes().expect("few outcomes");
        let target = [0.2, 0.4, 0.6, 0.8][seed as usize % 4];
        let mut evaluator = Evaluator::new(&space, &agreement, &extremes, target);
        let tree = Tree::new(&agreement, &|body| evaluator.body_scales[body].counts());
        if seed > 1500 && tree.sums.is_empty() {
            continue;
        }
        let mut dice = Dice::new(seed);
        let Some(falls) = falls(&mut evaluator, &space, &mut dice) else { continue };
        check(&tree, &mut evaluator, &falls);
        checked += 1;
        sums += u32::from(!tree.sums.is_empty());
    }
    assert!(checked > 200 && sums > 60, "{checked} checked, {sums} with counts or quotas");
}
