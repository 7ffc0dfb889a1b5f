//! The way to the best order: over sets of groups where that is enough, position by position where not.

use super::course::Course;
use super::exit_values::{ExitValues, Share, Steps};
use super::front::{Needs, needs, no_more, offer, with};
use super::lattice::{Lattice, Way, sets};
use super::pieces::{Precedence, effects};
use super::slack_table::SlackTable;
use super::state_search::{Route, Walk, Walked};
use super::temporal_network::times;
use crate::bits::members;
use crate::ticker::{Ticker, Watch};
use std::collections::BTreeMap;
use std::ops::ControlFlow;

/// Sets looked at in all, set by set and pass by pass, for what has to be guaranteed.
const MOST_LOOKS: u64 = 1 << 26;
/// Sets looked at, from the end backwards, for a bound.
const MOST_LAST: usize = 20_000;
/// With more sets than this, orders that cannot be better than others are left out.
const MANY: usize = 1 << 20;

/// How much to look for an order.
#[derive(Clone, Copy)]
pub(super) struct Effort {
    /// Most sets of groups of a piece.
    pub(super) sets: usize,
    /// Most positions.
    pub(super) positions: usize,
    /// Whether orders that cannot be better are left out from the start.
    pub(super) no_detours: bool,
}

/// Why no order reaches the end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Blocked {
    /// These groups come before themselves.
    Circle(Steps),
    /// This step would be too late.
    Late(usize),
    /// With the first steps done, the most that can be, the second are due.
    Stuck(Steps, Steps),
    /// None was found among the positions that were kept.
    Unknown,
}

/// What was found.
pub(super) struct Solved {
    /// The largest smallest slack, and an order with it.
    pub(super) best: Result<(Share, Vec<Steps>), Blocked>,
    /// No order has a larger smallest slack.
    pub(super) at_most: Share,
    /// Pareto-minimal needs, each with an order.
    pub(super) routes: Vec<Route>,
    /// Whether these are all.
    pub(super) routes_proven: bool,
    /// How many sets or positions were visited.
    pub(super) visited: u64,
}

impl Solved {
    fn blocked(why: Blocked) -> Solved {
        Solved { best: Err(why), at_most: Share::MIN, routes: Vec::new(), routes_proven: true, visited: 0 }
    }
}

/// The best order and what has to be guaranteed.
pub(super) fn solve(
    course: &Course,
    exit_values: &ExitValues,
    effort: Effort,
    watch: Watch<'_>,
) -> ControlFlow<(), Solved> {
    let fixed_terms =
        exit_values.bodies.iter().all(|exit_value| exit_value.terms.iter().all(|term| term.is_fixed()));
    if !course.is_fixed() || !fixed_terms {
        return walked(course, exit_values, effort, &Bound { slack: Share::MAX, needs: Vec::new() }, watch);
    }
    let precedence = Precedence::new(course.before());
    let precedence = match precedence {
        Ok(precedence) if course.has_deadlines() => match precedence.in_time(course) {
            Ok(precedence) => precedence,
            Err(step) => return ControlFlow::Continue(Solved::blocked(Blocked::Late(step))),
        },
        Ok(precedence) => precedence,
        Err(circle) => {
            let steps = members(circle).fold(0, |all, group| all | course.groups[group]);
            return ControlFlow::Continue(Solved::blocked(Blocked::Circle(steps)));
        }
    };
    let Some(found) = over_sets(course, exit_values, &precedence, effort, watch)? else {
        return walked(course, exit_values, effort, &bound(course, exit_values, &precedence), watch);
    };
    let in_time = |order: &[Steps]| times(course, order).is_ok();
    let best_in_time = found.best.as_ref().is_ok_and(|(_, order)| in_time(order));
    if !course.has_deadlines() || best_in_time && found.routes.iter().all(|route| in_time(&route.order)) {
        return ControlFlow::Continue(found);
    }
    let whole = Bound { slack: found.at_most, needs: needed(&found) };
    let mut timed = walked(course, exit_values, effort, &whole, watch)?;
    if best_in_time && timed.best.as_ref().map_or(true, |(slack, _)| *slack < found.at_most) {
        timed.best = found.best;
    }
    timed.visited += found.visited;
    ControlFlow::Continue(timed)
}

/// The minimal needs, if these are all.
fn needed(found: &Solved) -> Vec<Needs> {
    let all = found.routes.iter().filter(|_| found.routes_proven);
    all.map(|route| route.needs.clone()).collect()
}

/// Position by position, given what holds for every order.
fn walked(
    course: &Course,
    exit_values: &ExitValues,
    effort: Effort,
    bound: &Bound,
    watch: Watch<'_>,
) -> ControlFlow<(), Solved> {
    let mut ticker = Ticker::new(0.5, 1.0, effort.positions as f64, 1 << 8, watch);
    let most = (effort.positions / course.groups.len().max(1)).max(100);
    let found = Walk::new(course, exit_values, course.has_deadlines(), most).run(&mut ticker)?;
    ControlFlow::Continue(conclude(found, bound))
}

fn conclude(found: Walked, bound: &Bound) -> Solved {
    let attained = |floor: &Needs| found.routes.iter().any(|route| no_more(&route.needs, floor));
    let all_attained = !bound.needs.is_empty() && bound.needs.iter().all(attained);
    let (done, due) = found.furthest;
    let blocked = if found.complete { Blocked::Stuck(done, due) } else { Blocked::Unknown };
    Solved {
        at_most: if found.complete { found.at_most } else { found.at_most.min(bound.slack) },
        routes_proven: found.complete || all_attained,
        best: found.best.ok_or(blocked),
        routes: found.routes,
        visited: found.positions,
    }
}

/// Piece by piece, over sets of groups; absent if a piece has too many.
fn over_sets(
    course: &Course,
    exit_values: &ExitValues,
    precedence: &Precedence,
    effort: Effort,
    watch: Watch<'_>,
) -> ControlFlow<(), Option<Solved>> {
    let effects = effects(course, exit_values);
    let all = precedence.clone().without_twins(course, &effects);
    if !effort.no_detours
        && let Some(found) = by_pieces(course, exit_values, &all, effort.sets.min(MANY), watch)?
    {
        return ControlFlow::Continue(Some(found));
    }
    by_pieces(course, exit_values, &all.without_detours(&effects), effort.sets, watch)
}

fn by_pieces(
    course: &Course,
    exit_values: &ExitValues,
    precedence: &Precedence,
    most: usize,
    watch: Watch<'_>,
) -> ControlFlow<(), Option<Solved>> {
    let n_parties = exit_values.rules.len();
    let mut listed = Vec::new();
    for groups in precedence.pieces() {
        let piece = precedence.piece(&groups);
        let Some((piece, sets)) = piece.and_then(|piece| sets(&piece.before, most).map(|sets| (piece, sets)))
        else {
            return ControlFlow::Continue(None);
        };
        listed.push((piece, sets));
    }
    let total = listed.iter().map(|(_, sets)| sets.len()).sum::<usize>();
    let mut ticker = Ticker::new(0.0, 0.5, total as f64, 1 << 15, watch);
    let (mut done, mut slack, mut order): (Steps, Share, Vec<Steps>) = (0, Share::MAX, Vec::new());
    let mut ways = vec![Route { order: Vec::new(), needs: vec![0; n_parties] }];
    let mut complete = true;
    for (piece, sets) in listed {
        let slack_table = SlackTable::new(exit_values, course, done, &piece.groups);
        let answer =
            Lattice::new(sets, &piece.before, slack_table, n_parties).solve(MOST_LOOKS, &mut ticker)?;
        let steps = |bits: &[usize]| bits.iter().map(|k| course.groups[piece.groups[*k]]).collect::<Vec<_>>();
        slack = slack.min(answer.slack);
        order.extend(steps(&answer.order));
        ways = join(&ways, &answer.ways, &steps);
        complete &= answer.complete;
        done |= piece.groups.iter().fold(0, |all, group| all | course.groups[*group]);
    }
    ControlFlow::Continue(Some(Solved {
        best: Ok((slack, order)),
        at_most: slack,
        routes_proven: complete,
        routes: ways,
        visited: total as u64,
    }))
}

/// What has to be guaranteed in one piece after another.
fn join(known: &[Route], own: &[Way], steps: &dyn Fn(&[usize]) -> Vec<Steps>) -> Vec<Route> {
    let mut all: BTreeMap<Needs, (usize, usize)> = BTreeMap::new();
    for (a, first) in known.iter().enumerate() {
        for (b, second) in own.iter().enumerate() {
            let needs: Needs = first.needs.iter().zip(&second.needs).map(|(a, b)| *a.max(b)).collect();
            all.entry(needs).or_insert((a, b));
        }
    }
    let minimal = |needs: &Needs| all.keys().all(|other| other == needs || !no_more(other, needs));
    let route = |(needs, (a, b)): (&Needs, &(usize, usize))| {
        let order = known[*a].order.iter().copied().chain(steps(&own[*b].order)).collect();
        Route { order, needs: needs.clone() }
    };
    all.iter().filter(|(needs, _)| minimal(needs)).map(route).collect()
}

/// What holds for every order: what its last points leave, as far back as they can be listed.
struct Bound {
    slack: Share,
    /// Every order needs as much as one of these.
    needs: Vec<Needs>,
}

fn bound(course: &Course, exit_values: &ExitValues, precedence: &Precedence) -> Bound {
    let groups = course.groups.len();
    let steps = |set: Steps| members(set).fold(0, |all, group| all | course.groups[group]);
    let everything: Steps = (0..groups).fold(0, |all, group| all | 1 << group);
    let nothing: Needs = vec![0; exit_values.rules.len()];
    let mut layer: BTreeMap<Steps, (Share, Vec<Needs>)> =
        BTreeMap::from([(everything, (Share::MAX, vec![nothing]))]);
    let mut bound = Bound { slack: Share::MAX, needs: Vec::new() };
    while layer.len() <= MOST_LAST && !layer.contains_key(&0) {
        bound = summary(&layer);
        let mut earlier: BTreeMap<Steps, (Share, Vec<Needs>)> = BTreeMap::new();
        for (set, (best, fronts)) in &layer {
            let is_last = |g: &usize| !members(*set).any(|other| precedence.before[other] >> g & 1 == 1);
            for last in members(*set).filter(is_last) {
                let own = earlier.entry(set ^ 1 << last).or_insert((Share::MIN, Vec::new()));
                own.0 = own.0.max(*best);
                fronts.iter().for_each(|needs| _ = offer(&mut own.1, needs));
            }
        }
        for (set, (best, fronts)) in &mut earlier {
            let slacks = exit_values.slacks(course.all(), steps(*set));
            *best = slacks.iter().copied().fold(*best, Share::min);
            *fronts = with(fronts, &needs(&slacks));
        }
        layer = earlier;
    }
    let start = exit_values.slacks(course.all(), 0);
    Bound {
        slack: start.iter().copied().fold(bound.slack, Share::min),
        needs: with(&bound.needs, &needs(&start)),
    }
}

fn summary(layer: &BTreeMap<Steps, (Share, Vec<Needs>)>) -> Bound {
    let mut needs = Vec::new();
    layer.values().flat_map(|(_, fronts)| fronts).for_each(|own| _ = offer(&mut needs, own));
    Bound { slack: layer.values().map(|(best, _)| *best).max().unwrap_or(Share::MIN), needs }
}
