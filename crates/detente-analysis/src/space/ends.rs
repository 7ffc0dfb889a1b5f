//! How far every body's numbers reach over feasible outcomes.
//!
//! Constraints and a body's terms tie issues into groups. The extremes of each group are found by looking at all its
//! combinations or by taking out one issue after another, and added up. Where a group is too large for both, branch and
//! bound over boxes gives bounds, and so does what the body could have if there were no constraints.

use super::{Extremes, MAX_VISITS, Reach, Space};
use crate::kernel::eliminate::{self, Ends};
use crate::kernel::sweep::{self, Level, MAX_LOOKS};
use crate::ticker::Watch;
use std::collections::BTreeMap;
use std::ops::ControlFlow;

/// Combinations between two looks at the watcher.
const UNSEEN: u64 = 1 << 18;
/// Combinations that are sooner looked at than taken apart.
const FEW: u64 = 1 << 12;

pub(super) fn of_bodies(space: &Space<'_>, watch: Watch<'_>) -> ControlFlow<(), Vec<Reach>> {
    let all: Vec<usize> = (0..space.bodies.len()).collect();
    let mut reaches = Vec::with_capacity(all.len());
    for (body, found) in sums(space, &all, true, watch)?.into_iter().enumerate() {
        reaches.push(match found.map(extremes) {
            Some(range) => Reach { range: Some(range), proven: (true, true) },
            None => bounded(space, body, watch)?,
        });
    }
    ControlFlow::Continue(reaches)
}

/// Of nothing feasible, there is no range.
fn extremes(ends: Ends) -> Extremes {
    match ends {
        Ends::Between(min, max) => Extremes { min, max },
        Ends::Nothing => Extremes { min: 0, max: 0 },
    }
}

/// Bounds: what constraints leave as far as branch and bound tells, within what there would be without them.
fn bounded(space: &Space<'_>, body: usize, watch: Watch<'_>) -> ControlFlow<(), Reach> {
    let found = space.bounds(body, true, watch)?;
    if found.exact() {
        return ControlFlow::Continue(found);
    }
    let within = found.range;
    let free = if space.talks.constraints.is_empty() {
        None
    } else {
        match sums(space, &[body], false, watch)?[0].map(extremes) {
            Some(range) => Some(range),
            None => space.bounds(body, false, watch)?.range,
        }
    };
    let both = free.zip(within).map(|(a, b)| Extremes { min: a.min.max(b.min), max: a.max.min(b.max) });
    let range = both.filter(|both| both.min <= both.max).or(within).or(free);
    ControlFlow::Continue(Reach { range, ..found })
}

/// By body, the sum of what its groups reach, with or without constraints; nothing where one of them is too large.
fn sums(
    space: &Space<'_>,
    bodies: &[usize],
    with_laws: bool,
    watch: Watch<'_>,
) -> ControlFlow<(), Vec<Option<Ends>>> {
    let levels = |group: &[usize], of: &[usize]| -> Vec<Level> {
        let levels = space.of_bodies(group, of).into_iter();
        if with_laws { levels.collect() } else { levels.map(Level::free).collect() }
    };
    let mut sums = vec![Some(Ends::Between(0, 0)); bodies.len()];
    // Looked at once for all bodies that need it.
    let mut wide: BTreeMap<Vec<usize>, Vec<usize>> = BTreeMap::new();
    for (k, body) in bodies.iter().enumerate() {
        for group in space.groups(*body, with_laws) {
            watch(0.0)?;
            let levels = levels(&group, &[*body]);
            // What the body does not value moves nothing, whatever is allowed.
            if levels.iter().all(Level::is_indifferent) {
                continue;
            }
            let few = if size(&levels) <= FEW { Some(met(&levels, 1, watch)?[0]) } else { None };
            match few.or_else(|| eliminate::ends(&levels)) {
                Some(ends) => sums[k] = sums[k].map(|sum| sum.plus(ends)),
                None => wide.entry(group).or_default().push(k),
            }
        }
    }
    for (group, of) in wide {
        let of_group: Vec<usize> = of.iter().map(|k| bodies[*k]).collect();
        let levels = levels(&group, &of_group);
        let few = size(&levels) <= MAX_VISITS && sweep::looks(&levels) <= MAX_LOOKS;
        let ends = if few { Some(met(&levels, of.len(), watch)?) } else { None };
        for (k, body) in of.into_iter().enumerate() {
            sums[body] = sums[body].zip(ends.as_ref()).map(|(sum, ends)| sum.plus(ends[k]));
        }
    }
    ControlFlow::Continue(sums)
}

fn size(levels: &[Level]) -> u64 {
    levels.iter().fold(1, |n, level| n.saturating_mul(level.n as u64))
}

/// What a sweep meets, by body.
fn met(levels: &[Level], n_bodies: usize, watch: Watch<'_>) -> ControlFlow<(), Vec<Ends>> {
    let mut met = vec![Ends::Nothing; n_bodies];
    let mut visits = 0u64;
    sweep::sweep(levels, &vec![0; n_bodies], &mut |visit| {
        visits += 1;
        if visits.is_multiple_of(UNSEEN) {
            watch(0.0)?;
        }
        for (met, steps) in met.iter_mut().zip(visit.utilities) {
            *met = met.or(Ends::Between(*steps, *steps));
        }
        ControlFlow::Continue(())
    })?;
    ControlFlow::Continue(met)
}
