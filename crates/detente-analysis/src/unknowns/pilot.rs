//! Which outcomes to compare where there are too many to look at each in every draw.

use super::inputs::{Inputs, mended};
use super::points::Points;
use super::{Compared, UnknownsOptions};
use crate::agreement::Agreement;
use crate::analyze::{Analysis, likely};
use crate::space::Space;
use crate::ticker::Watch;
use detente_model::{Cost, Draft, Number, Outcome, Shape, Talks};
use std::collections::BTreeSet;
use std::ops::ControlFlow;

/// Most looks at an outcome by a body in a draw for which every outcome is compared.
const MAX_LOOKS: u64 = 1 << 21;
/// Operations that are counted as one look: those of a body that is worked out with many others.
const OPERATIONS: u64 = 1 << 8;
/// Outcomes that are looked at in all pilot draws together: fewer where a probability of agreement takes more operations
/// than this.
const PILOT_LOOKS: f64 = 5e6;
const PILOT_OPERATIONS: f64 = 512.0;
/// Most pilot draws, and how many where outcomes are not looked at one by one.
const MOST_PILOTS: usize = 32;
const BLIND_PILOTS: usize = 8;
/// Options, times bodies, that all of those go through.
const PILOT_VALUES: usize = 1 << 23;
/// Likeliest deals taken from a draw.
const OF_EACH: usize = 8;

/// The outcomes to compare, in issue and option order; nothing if the analysis names none.
pub(super) fn candidates(
    space: &Space<'_>,
    analysis: &Analysis,
    inputs: &Inputs,
    options: &UnknownsOptions,
    watch: Watch<'_>,
) -> ControlFlow<(), Option<(Vec<Outcome>, Compared)>> {
    let Some(will) = &analysis.will else { return ControlFlow::Continue(None) };
    let feasible: f64 = analysis.counts.outcomes.feasible.to_string().parse().unwrap_or(f64::MAX);
    let looked_at = analysis.few(space.talks);
    // A look at a body, or as much of the work for a probability of agreement.
    let work = Agreement::new(space.talks).work();
    let looks = (space.bodies.len() as u64).max(work / OPERATIONS);
    if looked_at && feasible * looks as f64 <= MAX_LOOKS as f64 {
        let mut ranks = Vec::new();
        space.sweep(|visit| {
            ranks.push(visit.rank);
            ControlFlow::Continue(())
        })?;
        ranks.sort_unstable();
        let outcomes = ranks.into_iter().map(|rank| space.outcome(rank)).collect();
        return ControlFlow::Continue(Some((outcomes, Compared::All)));
    }
    let known = will.best.iter().chain(&will.equals).map(|deal| deal.outcome.clone());
    let mut outcomes: BTreeSet<Outcome> = known.collect();
    let wanted = if looked_at {
        let dearer = (work as f64 / PILOT_OPERATIONS).max(1.0);
        ((PILOT_LOOKS / feasible / dearer) as usize).min(MOST_PILOTS)
    } else {
        blind_pilots(space.talks)
    };
    let points = Points::new(options.spread, options.seed ^ 0x9110, inputs.of.len());
    let mut replicate = points.replicate(0);
    let mut point = vec![0.0; inputs.of.len()];
    let mut values = vec![0.0; inputs.members.len()];
    let mut pilots = 0;
    for k in 0..wanted {
        watch(0.3 * k as f64 / wanted as f64)?;
        replicate.point(k as u64, &mut point);
        inputs.values(&point, &mut values);
        let Some(talks) = drawn(space.talks, inputs, &values) else { continue };
        outcomes.extend(likely(&talks, OF_EACH, &|_| watch(0.3 * k as f64 / wanted as f64))?);
        pilots += 1;
    }
    if outcomes.is_empty() {
        return ControlFlow::Continue(None);
    }
    let compared = Compared::Some { outcomes: outcomes.len(), pilots };
    ControlFlow::Continue(Some((outcomes.into_iter().collect(), compared)))
}

/// Pilot draws where outcomes are not looked at one by one: fewer where issues have very many options.
fn blind_pilots(talks: &Talks) -> usize {
    let options: usize = talks.issues.iter().map(detente_model::Issue::n_options).sum();
    (PILOT_VALUES / (options * talks.bodies.len()).max(1)).clamp(1, BLIND_PILOTS)
}

/// The talks with the values of a draw; nothing if they do not fit together.
fn drawn(talks: &Talks, inputs: &Inputs, values: &[f64]) -> Option<Talks> {
    let mut draft: Draft = (**talks).clone();
    for (member, value) in inputs.members.iter().zip(values) {
        draft.number_mut(&member.spot)?.settle(*value);
    }
    for body in &mut draft.bodies {
        if let Some(cost) = body.will.cost_mut() {
            *cost = Cost(mended(cost.at_means()).0.map(|value| Number::fixed(*value)));
        }
        for preference in body.preferences.issues.iter_mut().flatten() {
            put_in_order(&mut preference.shape);
        }
    }
    Talks::new(draft).ok()
}

/// Drawn corners of a triangle that contradict each other are put in order.
fn put_in_order(shape: &mut Shape) {
    let Shape::Triangular { low, peak, high } = shape else { return };
    let (first, last) = (low.mean().min(high.mean()), low.mean().max(high.mean()));
    let middle = peak.mean().clamp(first, last);
    for (number, value) in [(low, first), (peak, middle), (high, last)] {
        if number.mean() != value {
            number.settle(value);
        }
    }
}
