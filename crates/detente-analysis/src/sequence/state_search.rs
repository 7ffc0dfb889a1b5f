//! Orders step by step, where what may be done depends on more than what was done: steps that come into
//! play and go out of it, terms of which as much stays as the last step leaves, deadlines.
//!
//! A position is a marking with what else matters for what can follow: which gifts are to come, how much of a term was left, which
//! call a deadline counts from, and how far apart the points that still matter are at least and at most.
//! That is a system of differences, closed under its consequences (Dill 1989), so that two orders that
//! leave the same possibilities meet in one position.

use super::course::{Course, Time, Timing};
use super::exit_values::{ExitValue, ExitValues, Share, Steps, Term};
use super::front::{Needs, needs, no_more, offer};
use super::promises::Promises;
use crate::bits::members;
use crate::dcr::rules::Marking;
use crate::ticker::Ticker;
use std::cmp::Reverse;
use std::collections::{BTreeMap, HashMap};
use std::ops::ControlFlow;

/// Routes of the positions of a layer: beyond so many, each keeps only a few.
const MOST_ROUTES: usize = 1 << 19;
const FEW_ROUTES: usize = 4;

/// No limit on a difference of times.
const FREE: Time = Time::MAX / 4;

/// An order, and what it needs.
#[derive(Clone, Debug)]
pub(super) struct Route {
    pub(super) order: Vec<Steps>,
    pub(super) needs: Needs,
}

/// What was found.
pub(super) struct Walked {
    /// The largest smallest slack with an order that has it; absent if no order reaches the end.
    pub(super) best: Option<(Share, Vec<Steps>)>,
    pub(super) routes: Vec<Route>,
    /// No order has a larger smallest slack than this.
    pub(super) at_most: Share,
    /// Whether every position was visited.
    pub(super) complete: bool,
    pub(super) positions: u64,
    /// What is done and what is due at a position with most done, where the end cannot be reached.
    pub(super) furthest: (Steps, Steps),
}

/// What a position depends on.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
struct Key {
    marking: Marking,
    /// What is to be done of the steps whose gifts may come about or not.
    promised: Steps,
    /// Per term whose last step matters, once complete: how much of it is left.
    left: Vec<i64>,
    /// Per step: the step that called for it last, plus 1; 0 for none with a limit.
    calls: Vec<u8>,
    /// Upper bounds on differences of the times of the points that matter.
    zone: Vec<Time>,
}

/// Where a way comes from: a position, which of its routes, and the steps done since.
type Before = (usize, usize, Steps);

/// The best way to a position, and the needs of others.
#[derive(Default)]
struct Position {
    /// When it was first met.
    met: usize,
    best: Share,
    /// What there is to gain by walking away, in sum over all points.
    short: Share,
    back: Option<(usize, Steps)>,
    routes: Vec<(Needs, Option<Before>)>,
}

/// For which steps times matter.
struct Matters {
    /// Those that take time, and those with a deadline.
    takes: Steps,
    limited: Steps,
    /// Those that are called for: they can be due again after they were done, and so can their deadline.
    again: Steps,
    /// By step, those that have to be some time after it.
    waiting: Vec<Steps>,
}

impl Matters {
    fn new(course: &Course) -> Matters {
        let set = |of: &dyn Fn(&Timing) -> bool| {
            let timings = course.timing.iter().enumerate().filter(|(_, timing)| of(timing));
            timings.fold(0, |all: Steps, (s, _)| all | 1 << s)
        };
        let waits =
            |own: usize| set(&|timing| timing.waits.iter().any(|(other, time)| *other == own && *time > 0));
        Matters {
            takes: set(&|timing| timing.takes > 0),
            limited: set(&|timing| timing.deadline.is_some()),
            again: course.called(),
            waiting: (0..course.timing.len()).map(waits).collect(),
        }
    }
}

/// Positions with the same number of steps done.
type Layer = HashMap<Key, Position>;

/// One search.
pub(super) struct Walk<'a> {
    course: &'a Course,
    exit_values: &'a ExitValues,
    timed: bool,
    matters: Matters,
    promises: Promises,
    /// Terms whose last step matters: the body, and which of its terms.
    choices: Vec<(usize, usize)>,
    positions: Vec<Position>,
    /// How often a position was met.
    met: usize,
    most: usize,
}

impl<'a> Walk<'a> {
    pub(super) fn new(course: &'a Course, exit_values: &'a ExitValues, timed: bool, most: usize) -> Walk<'a> {
        let choices = exit_values.bodies.iter().enumerate().flat_map(|(b, exit_value)| {
            let open = exit_value.terms.iter().enumerate().filter(|(_, term)| !term.is_fixed());
            open.map(move |(t, _)| (b, t)).collect::<Vec<_>>()
        });
        let choices = choices.collect();
        Walk {
            course,
            exit_values,
            timed,
            matters: Matters::new(course),
            promises: Promises::new(course, exit_values),
            choices,
            positions: Vec::new(),
            met: 0,
            most,
        }
    }

    /// Visits positions by what was done; where there are too many, those with the most slack so far.
    pub(super) fn run(mut self, ticker: &mut Ticker<'_>) -> ControlFlow<(), Walked> {
        let mut found = Walked {
            best: None,
            routes: Vec::new(),
            at_most: if self.promises.complete { Share::MIN } else { Share::MAX },
            complete: self.promises.complete,
            positions: 0,
            furthest: (0, 0),
        };
        let mut ahead: BTreeMap<u32, Layer> = BTreeMap::new();
        ahead.insert(0, self.starts());
        let mut ends = Vec::new();
        while let Some((_, layer)) = ahead.pop_first() {
            for (key, position) in self.thinned(layer, &mut found) {
                ticker.tick()?;
                found.positions += 1;
                let at = self.positions.len();
                self.positions.push(position);
                let marking = key.marking;
                if self.course.is_end(marking) {
                    ends.extend(self.promises.are_kept(key.promised, marking.executed).then_some(at));
                    continue;
                }
                if marking.executed.count_ones() >= found.furthest.0.count_ones() {
                    found.furthest = (marking.executed, marking.pending & marking.included);
                }
                self.pass(at, &key);
                for group in 0..self.course.groups.len() {
                    self.go(at, &key, group, &mut ahead);
                }
            }
        }
        self.conclude(&ends, &mut found);
        ControlFlow::Continue(found)
    }

    /// The positions of a layer as they were met; the most promising where there are too many.
    fn thinned(&self, layer: Layer, found: &mut Walked) -> Vec<(Key, Position)> {
        let mut layer: Vec<(Key, Position)> = layer.into_iter().collect();
        if layer.len() > self.most {
            layer.sort_by_key(|(_, position)| (Reverse(position.best), position.short, position.met));
            for (_, position) in layer.drain(self.most..) {
                found.at_most = found.at_most.max(position.best);
            }
            found.complete = false;
        }
        if layer.iter().map(|(_, position)| position.routes.len()).sum::<usize>() > MOST_ROUTES {
            found.complete = false;
            layer.iter_mut().for_each(|(_, position)| position.routes.truncate(FEW_ROUTES));
        }
        layer.sort_by_key(|(_, position)| position.met);
        layer
    }

    /// What is needed at a position that is not the end.
    fn pass(&mut self, at: usize, key: &Key) {
        let mut slacks = vec![0; self.exit_values.rules.len()];
        self.slacks(key, &mut slacks);
        let own = needs(&slacks);
        let position = &mut self.positions[at];
        position.best = position.best.min(slacks.iter().copied().min().unwrap_or(Share::MAX));
        position.short = own.iter().copied().fold(position.short, Share::saturating_add);
        let mut front: Vec<Needs> = Vec::new();
        let mut routes = Vec::new();
        for (needs, back) in position.routes.drain(..) {
            let with: Needs = needs.iter().zip(&own).map(|(a, b)| *a.max(b)).collect();
            if offer(&mut front, &with) {
                routes.push((with, back));
            }
        }
        routes.retain(|(needs, _)| front.contains(needs));
        position.routes = routes;
    }

    fn go(&mut self, at: usize, from: &Key, group: usize, ahead: &mut BTreeMap<u32, Layer>) {
        let steps = self.course.possible(from.marking, group);
        if steps == 0 || !self.promises.allow(from.promised, steps) {
            return;
        }
        let Some(key) = self.next(from, steps) else { return };
        self.met += 1;
        let way = &self.positions[at];
        let fresh = Position { met: self.met, best: Share::MIN, ..Position::default() };
        let layer = ahead.entry(key.marking.executed.count_ones()).or_default();
        let known = layer.entry(key).or_insert(fresh);
        if known.back.is_none() || (way.best, Reverse(way.short)) > (known.best, Reverse(known.short)) {
            (known.best, known.short, known.back) = (way.best, way.short, Some((at, steps)));
        }
        for (k, (needs, _)) in way.routes.iter().enumerate() {
            if !known.routes.iter().any(|(other, _)| no_more(other, needs)) {
                known.routes.retain(|(other, _)| !no_more(needs, other));
                known.routes.push((needs.clone(), Some((at, k, steps))));
            }
        }
    }

    fn conclude(&self, ends: &[usize], found: &mut Walked) {
        let mut best: Option<usize> = None;
        let mut front = Vec::new();
        for at in ends {
            let rank = |at: usize| (self.positions[at].best, Reverse(self.positions[at].short));
            if best.is_none_or(|best| rank(*at) > rank(best)) {
                best = Some(*at);
            }
            for (k, (needs, _)) in self.positions[*at].routes.iter().enumerate() {
                if !front.iter().any(|(other, ..): &(Needs, usize, usize)| no_more(other, needs)) {
                    front.retain(|(other, ..)| !no_more(needs, other));
                    front.push((needs.clone(), *at, k));
                }
            }
        }
        front.sort();
        found.routes =
            front.into_iter().map(|(needs, at, k)| Route { order: self.route(at, k), needs }).collect();
        found.best = best.map(|at| (self.positions[at].best, self.back(at)));
        if let Some((slack, _)) = &found.best {
            found.at_most = found.at_most.max(*slack);
        }
    }

    fn back(&self, mut at: usize) -> Vec<Steps> {
        let mut order = Vec::new();
        while let Some((from, steps)) = self.positions[at].back {
            order.push(steps);
            at = from;
        }
        order.reverse();
        order
    }

    fn route(&self, mut at: usize, mut k: usize) -> Vec<Steps> {
        let mut order = Vec::new();
        while let Some((from, route, steps)) = self.positions[at].routes[k].1 {
            order.push(steps);
            (at, k) = (from, route);
        }
        order.reverse();
        order
    }

    /// The start, once for all that may be promised.
    fn starts(&self) -> Layer {
        let nothing = vec![0; self.exit_values.rules.len()];
        let start = |met: usize| Position {
            met,
            best: Share::MAX,
            routes: vec![(nothing.clone(), None)],
            ..Position::default()
        };
        let all = self.promises.all.iter().enumerate();
        all.map(|(met, promised)| (self.start(*promised), start(met))).collect()
    }

    fn start(&self, promised: Steps) -> Key {
        Key {
            marking: self.course.start(),
            promised,
            left: vec![0; self.choices.len()],
            calls: if self.timed { vec![0; self.course.steps.len()] } else { Vec::new() },
            zone: if self.timed { self.first_zone() } else { Vec::new() },
        }
    }

    fn slacks(&self, key: &Key, out: &mut [Share]) {
        let done = key.marking.executed;
        let left = |b: usize, t: usize, term: &Term| {
            let choice = self.choices.iter().position(|choice| *choice == (b, t));
            choice.map_or(term.left(term.steps), |choice| key.left[choice])
        };
        let share = |(b, exit_value): (usize, &ExitValue)| {
            let going_on = exit_value.going_on(self.promises.plan(key.promised));
            exit_value.share(going_on - exit_value.walking_away(done, &|t, term| left(b, t, term)))
        };
        let bodies: Vec<Share> = self.exit_values.bodies.iter().enumerate().map(share).collect();
        self.exit_values.parties(&bodies, out);
    }

    /// The position after some steps done at once; absent if they cannot be in time.
    fn next(&self, from: &Key, steps: Steps) -> Option<Key> {
        let marking = self.course.rules.after_all(from.marking, steps);
        let mut left = from.left.clone();
        for (left, (b, t)) in left.iter_mut().zip(&self.choices) {
            let term = &self.exit_values.bodies[*b].terms[*t];
            let complete = |done: Steps| term.steps & !done == 0;
            if complete(marking.executed) && !complete(from.marking.executed) {
                *left = term.left(steps);
            }
        }
        let (mut calls, mut zone) = (from.calls.clone(), Vec::new());
        if self.timed {
            for s in members(steps) {
                calls[s] = 0;
            }
            for (other, call) in self.course.calls(steps) {
                calls[other] = call.map_or(0, |(by, _)| by as u8 + 1);
            }
            zone = self.next_zone(from, steps, &marking, &calls)?;
        }
        Some(Key { marking, promised: from.promised, left, calls, zone })
    }
}

/// The points that matter for what can still be in time, and how far apart they are.
///
/// The first is the point reached last; then the start, where something counts from it; then the points of
/// steps that others wait for or that called for others.
impl Walk<'_> {
    fn first_zone(&self) -> Vec<Time> {
        let n = self.relevant(&self.course.start(), &[]).len() + 1;
        vec![0; n * n]
    }

    /// The points other than the last that matter, by step; `None` is the start.
    fn relevant(&self, marking: &Marking, calls: &[u8]) -> Vec<Option<usize>> {
        let open = !marking.executed;
        let matters = &self.matters;
        let from_start = open & matters.takes != 0 || (open | matters.again) & matters.limited != 0;
        let callers: Steps =
            calls.iter().filter(|call| **call > 0).fold(0, |all, call| all | 1 << (call - 1));
        let waited = |s: &usize| matters.waiting[*s] & open != 0 || callers >> s & 1 == 1;
        let steps = members(marking.executed).filter(waited).map(Some);
        from_start.then_some(None).into_iter().chain(steps).collect()
    }

    fn next_zone(&self, from: &Key, steps: Steps, after: &Marking, calls: &[u8]) -> Option<Vec<Time>> {
        let points = self.relevant(&from.marking, &from.calls);
        let n = points.len() + 2;
        // Place 0 is the new point, 1 the last one, then those that mattered.
        let mut zone = vec![FREE; n * n];
        for a in 0..n - 1 {
            for b in 0..n - 1 {
                zone[(a + 1) * n + b + 1] = from.zone[a * (n - 1) + b];
            }
        }
        zone[0] = 0;
        let mut no_later = |a: usize, b: usize, by: Time| zone[a * n + b] = zone[a * n + b].min(by);
        no_later(1, 0, 0);
        let place = |point: Option<usize>| points.iter().position(|known| *known == point).map(|k| k + 2);
        for s in members(steps) {
            let timing = &self.course.timing[s];
            if let Some(start) = place(None) {
                no_later(start, 0, -timing.takes);
            }
            for (other, time) in
                timing.waits.iter().filter(|(other, _)| from.marking.included >> other & 1 == 1)
            {
                if let Some(other) = place(Some(*other)) {
                    no_later(other, 0, -time);
                }
            }
        }
        for s in members(from.marking.pending & from.marking.included) {
            let deadline = self.course.timing[s].deadline.zip(place(None));
            let call = usize::from(from.calls[s]).checked_sub(1);
            let call = call.and_then(|by| {
                let allowed = self.course.timing[by].allows.iter().find(|(other, _)| *other == s)?.1?;
                Some((allowed, place(Some(by))?))
            });
            deadline.into_iter().chain(call).for_each(|(time, point)| no_later(0, point, time));
        }
        close(&mut zone, n)?;
        let kept = self.relevant(after, calls);
        let own = |point: &Option<usize>| match point {
            Some(s) if steps >> s & 1 == 1 => 0,
            point => place(*point).unwrap_or(1),
        };
        let kept: Vec<usize> = std::iter::once(0).chain(kept.iter().map(own)).collect();
        Some(kept.iter().flat_map(|a| kept.iter().map(|b| zone[a * n + b]).collect::<Vec<_>>()).collect())
    }
}

/// All that follows from bounds on differences (Floyd 1962); absent if they contradict each other.
fn close(zone: &mut [Time], n: usize) -> Option<()> {
    for k in 0..n {
        for a in 0..n {
            for b in 0..n {
                let (first, second) = (zone[a * n + k], zone[k * n + b]);
                if first < FREE && second < FREE {
                    zone[a * n + b] = zone[a * n + b].min(first + second);
                }
            }
        }
    }
    (0..n).all(|a| zone[a * n + a] >= 0).then_some(())
}
