//! The best order for an aim, and the orders of which none is better in two.
//!
//! Orders are followed position by position. Ways that meet in a position - the same steps done, in play
//! and failed, the same times where they matter - have the same possibilities before them, so that a way that is
//! no better in anything, and asks no less of anybody, is left out (label setting, as for shortest paths with
//! several criteria: Martins 1984).

use super::additive::Additive;
use super::breakdown::Path;
use super::consequences::Consequences;
use super::course::{Time, days};
use super::exit_values::{ExitValues, Steps};
use super::promises::Promises;
use super::purse::Purse;
use super::robustness::{Aim, NONE};
use super::survival::{Demands, Survival};
use super::verify::Verification;
use super::{Course, Table, stages, temporal_network};
use crate::bits::members;
use crate::dcr::rules::Marking;
use crate::ticker::{Ticker, Watch};
use detente_model::{Outcome, Talks};
use std::collections::{BTreeMap, HashMap};
use std::ops::ControlFlow;
use std::rc::Rc;

/// Ways that are followed in any case.
const FEW: usize = 64;

/// An order and what it comes to, aim by aim.
pub(super) type Found = (Vec<f64>, Vec<Steps>);

/// Orders of which none is better in all aims.
pub(super) struct Answer {
    pub(super) orders: Vec<Found>,
    /// No order comes to more than this in the first aim; absent where the orders are proven to be the best.
    pub(super) at_most: Option<f64>,
}

/// What a position depends on.
#[derive(Clone, PartialEq, Eq, Hash)]
struct Key {
    marking: Marking,
    promised: Steps,
    failed: Steps,
    left: Vec<i64>,
    times: Vec<Time>,
}

/// What has come together for an aim.
#[derive(Clone, Copy, Default)]
struct Score {
    /// What is expected of what was passed.
    expected: f64,
    /// What there is where nothing has ended yet, and what flows in a day.
    sum: f64,
    rate: f64,
    /// The least there was where it can have ended.
    least: f64,
}

/// An order so far.
#[derive(Clone)]
struct Label {
    met: usize,
    trail: usize,
    marking: Marking,
    /// What is to be done of the steps whose gifts may come about or not.
    promised: Steps,
    failed: Steps,
    left: Vec<i64>,
    demands: Demands,
    /// P(everybody goes on up to here, this point included), and P(no failure was noticed).
    alive: f64,
    passing: f64,
    now: Time,
    done_at: Vec<Time>,
    /// By step that is due: until when, because of what called for it.
    limits: Vec<Time>,
    scores: Vec<Score>,
}

impl Label {
    fn stands(&self) -> f64 {
        self.alive * self.passing
    }
}

/// What somebody has to lose at a position, and the levels that makes.
struct Standpoint {
    slacks: Vec<i64>,
    levels: Vec<f64>,
}

/// How one aim is counted.
struct Goal {
    aim: Aim,
    kind: Option<usize>,
    /// Whether nothing that is counted for it is negative.
    rises: bool,
    timed: bool,
    /// No order comes to more, whatever the times.
    most: f64,
}

pub(super) struct LabelSetting<'a> {
    course: &'a Course,
    exit_values: &'a ExitValues,
    survival: Survival<'a>,
    verification: Verification<'a>,
    consequences: Consequences,
    goals: Vec<Goal>,
    /// Whether times matter for what is reached, and whether they can forbid an order.
    timed: bool,
    limited: bool,
    /// Terms whose last step matters.
    choices: Vec<(usize, usize)>,
    promises: Promises,
    seed: u64,
    ways: usize,
    purse: &'a Purse,
    standpoints: HashMap<(Steps, Steps, Vec<i64>), Rc<Standpoint>>,
    trail: Vec<(usize, Steps)>,
    met: usize,
    /// Whether some order had to be put off for a limit on the time after what calls for a step.
    put_off: bool,
    /// Whether every way is followed to its end by itself.
    each: bool,
}

/// Ways with the same number of steps done.
type Layer = HashMap<Key, Vec<Label>>;

impl<'a> LabelSetting<'a> {
    pub(super) fn new(
        talks: &'a Talks,
        deal: &Outcome,
        table: &'a Table,
        aims: &[Aim],
        (ways, seed): (usize, u64),
        purse: &'a Purse,
    ) -> LabelSetting<'a> {
        let (course, exit_values) = (&table.course, &table.exit_values);
        let consequences = Consequences::new(talks, course);
        let goals: Vec<Goal> = aims.iter().map(|aim| goal(&consequences, aim)).collect();
        let choices = exit_values.bodies.iter().enumerate().flat_map(|(b, exit_value)| {
            let open = exit_value.terms.iter().enumerate().filter(|(_, term)| !term.is_fixed());
            open.map(move |(t, _)| (b, t)).collect::<Vec<_>>()
        });
        LabelSetting {
            course,
            exit_values,
            survival: Survival::new(talks, exit_values),
            verification: Verification::new(talks, deal, course, exit_values),
            timed: goals.iter().any(|goal| goal.timed),
            limited: course.has_deadlines(),
            consequences,
            goals,
            choices: choices.collect(),
            promises: Promises::new(course, exit_values),
            seed,
            ways,
            purse,
            standpoints: HashMap::new(),
            trail: Vec::new(),
            met: 0,
            put_off: false,
            each: false,
        }
    }

    /// A whole order, and what can come of it.
    pub(super) fn path(&self, order: &[Steps]) -> Path<'_> {
        self.purse.spend(order.len() as u64);
        let stages = stages(self.course, self.exit_values, order);
        let mut demands = self.survival.nothing();
        let (mut alive, mut failing) = (Vec::new(), Vec::new());
        for (stage, next) in stages.iter().zip(order) {
            let slacks = stage.slacks(self.exit_values);
            demands = self.survival.with(&demands, &self.survival.levels(&slacks), None);
            let p = self.probability_of(&demands);
            alive.push(alive.last().copied().map_or(p, |before: f64| before.min(p)));
            failing.push(self.verification.failing(&self.survival, &slacks, *next));
        }
        Path::new(&self.consequences, &stages, &failing, alive)
    }

    /// P(all that is asked holds), paid for.
    fn probability_of(&self, demands: &Demands) -> f64 {
        let before = self.survival.work();
        let p = self.survival.probability(demands, None, self.seed).p;
        self.purse.spend(self.survival.work() - before);
        p
    }

    /// What a whole order comes to.
    pub(super) fn value(&self, order: &[Steps]) -> Vec<f64> {
        let path = self.path(order);
        let value = |goal: &Goal| match (&goal.aim, goal.kind) {
            (Aim::Completed, _) => path.completed(),
            (_, None) => 0.0,
            (Aim::Expected(_), Some(kind)) => path.expected_by_horizon(kind),
            (Aim::Certain(_), Some(kind)) => path.certain_by_horizon(kind),
        };
        self.goals.iter().map(value).collect()
    }

    /// The best orders, those known among them; broken off if the watcher asks for it.
    pub(super) fn run(mut self, known: Vec<Found>, watch: Watch<'_>) -> ControlFlow<(), Answer> {
        let mut orders: Vec<Found> = Vec::new();
        known.iter().for_each(|found| offer(&mut orders, found.clone()));
        let mut ticker = Ticker::new(0.0, 1.0, self.ways as f64, 1 << 8, watch);
        if let Some(order) = self.added_up(&mut ticker)? {
            offer(&mut orders, (self.value(&order), order));
            return ControlFlow::Continue(Answer { orders, at_most: None });
        }
        let mut at_most = self.sweep(&mut orders, &mut ticker)?;
        if self.put_off {
            // Points may be later than they could be, so that ways that meet differ: each is followed to its end.
            (self.each, self.met) = (true, 0);
            self.trail.clear();
            orders.clear();
            known.into_iter().for_each(|found| offer(&mut orders, found));
            at_most = self.sweep(&mut orders, &mut ticker)?;
        }
        orders.sort_by(|a, b| b.0[0].total_cmp(&a.0[0]));
        if let (Some(most), Some((values, _))) = (&mut at_most, orders.first()) {
            *most = most.max(values[0]);
        }
        ControlFlow::Continue(Answer { orders, at_most })
    }

    /// The best order where what comes of it adds up over sets of steps.
    fn added_up(&self, ticker: &mut Ticker<'_>) -> ControlFlow<(), Option<Vec<Steps>>> {
        let [goal] = &self.goals[..] else { return ControlFlow::Continue(None) };
        let adds_up = match goal.aim {
            Aim::Completed => false,
            Aim::Expected(_) => self.survival.is_certain(),
            Aim::Certain(_) => true,
        };
        if !adds_up || !goal.rises || goal.timed || !self.verification.all_is_noticed() {
            return ControlFlow::Continue(None);
        }
        let Some(lattice) = Additive::new(self.course, self.exit_values, &self.survival) else {
            return ControlFlow::Continue(None);
        };
        let own = |items: &Vec<super::consequences::Item>| {
            items.iter().filter(|item| goal.kind == Some(item.kind)).map(|item| item.once).sum()
        };
        let counts: Vec<f64> = self.consequences.items.iter().map(own).collect();
        lattice.best(&counts, ticker).map_continue(Some)
    }

    /// Looks for better orders; what those left out come to at most, if some were.
    fn sweep(&mut self, orders: &mut Vec<Found>, ticker: &mut Ticker<'_>) -> ControlFlow<(), Option<f64>> {
        let mut left_out: Option<f64> = None;
        let mut ahead: BTreeMap<u32, Layer> = BTreeMap::new();
        self.trail.push((0, 0));
        for promised in self.promises.all.clone() {
            let start = self.start(promised);
            if !self.promises.complete {
                left_out = Some(self.bounds(&start)[0]);
            }
            self.place(start, &mut ahead);
        }
        let most = (self.ways / self.course.groups.len().max(1)).max(FEW);
        while let Some((_, layer)) = ahead.pop_first() {
            for way in self.thinned(layer, most, &mut left_out) {
                ticker.tick()?;
                if self.course.is_end(way.marking) {
                    if !self.promises.are_kept(way.promised, way.marking.executed) {
                        continue;
                    }
                    let order = self.order(way.trail);
                    let values = if self.each { self.value(&order) } else { self.values(&way) };
                    offer(orders, (values, order));
                    continue;
                }
                let bounds = self.bounds(&way);
                if orders.iter().any(|(values, _)| no_better(&bounds, values)) {
                    continue;
                }
                if self.purse.is_spent() {
                    left_out = Some(left_out.map_or(bounds[0], |known: f64| known.max(bounds[0])));
                    continue;
                }
                for group in 0..self.course.groups.len() {
                    let steps = self.course.possible(way.marking, group);
                    if steps == 0 || !self.promises.allow(way.promised, steps) {
                        continue;
                    }
                    if let Some(next) = self.next(&way, steps) {
                        self.place(next, &mut ahead);
                    }
                }
            }
        }
        ControlFlow::Continue(left_out)
    }

    /// The ways of a layer as they were met; the most promising where there are too many.
    fn thinned(&self, layer: Layer, most: usize, left_out: &mut Option<f64>) -> Vec<Label> {
        let mut layer: Vec<Label> = layer.into_values().flatten().collect();
        if layer.len() > most {
            let mut ranked: Vec<(f64, Label)> =
                layer.into_iter().map(|way| (self.bounds(&way)[0], way)).collect();
            ranked.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.met.cmp(&b.1.met)));
            for (bound, _) in ranked.drain(most..) {
                *left_out = Some(left_out.map_or(bound, |known: f64| known.max(bound)));
            }
            layer = ranked.into_iter().map(|(_, way)| way).collect();
        }
        layer.sort_by_key(|way| way.met);
        layer
    }

    fn start(&mut self, promised: Steps) -> Label {
        let n = self.course.steps.len();
        let way = Label {
            met: 0,
            trail: 0,
            marking: self.course.start(),
            promised,
            failed: 0,
            left: vec![0; self.choices.len()],
            demands: self.survival.nothing(),
            alive: 1.0,
            passing: 1.0,
            now: 0,
            done_at: vec![0; n],
            limits: vec![Time::MAX; n],
            scores: vec![Score { least: f64::INFINITY, ..Score::default() }; self.goals.len()],
        };
        self.standing(way)
    }

    /// The way after everybody decided whether to go on.
    fn standing(&mut self, mut way: Label) -> Label {
        if self.course.is_end(way.marking) {
            return way;
        }
        let here = self.standpoint(&way);
        let demands = self.survival.with(&way.demands, &here.levels, None);
        if demands != way.demands {
            let alive = self.probability_of(&demands).min(way.alive);
            if (way.alive - alive) * way.passing > NONE {
                way.scores.iter_mut().for_each(|score| score.least = score.least.min(score.sum));
            }
            (way.demands, way.alive) = (demands, alive);
        }
        if way.stands() <= NONE {
            self.bury(&mut way);
        }
        way
    }

    /// Where it has ended in any case, nothing else matters.
    fn bury(&self, way: &mut Label) {
        (way.alive, way.failed, way.demands) = (0.0, 0, self.survival.nothing());
        way.scores.iter_mut().for_each(|score| (score.sum, score.rate) = (0.0, 0.0));
    }

    fn standpoint(&mut self, way: &Label) -> Rc<Standpoint> {
        let key = (way.marking.executed, way.promised, way.left.clone());
        if let Some(known) = self.standpoints.get(&key) {
            return known.clone();
        }
        let slacks = self.exit_values.bodies.iter().enumerate().map(|(b, exit_value)| {
            let left = |t: usize, term: &super::exit_values::Term| {
                let choice = self.choices.iter().position(|choice| *choice == (b, t));
                choice.map_or(term.left(term.steps), |choice| way.left[choice])
            };
            let going_on = exit_value.going_on(self.promises.plan(way.promised));
            going_on - exit_value.walking_away(way.marking.executed, &left)
        });
        let slacks: Vec<i64> = slacks.collect();
        let own = Rc::new(Standpoint { levels: self.survival.levels(&slacks), slacks });
        self.standpoints.insert(key, own.clone());
        own
    }

    /// The way with some more steps; absent if they cannot be in time.
    fn next(&mut self, from: &Label, steps: Steps) -> Option<Label> {
        self.purse.spend(1);
        let mut way = from.clone();
        way.marking = self.course.rules.after_all(from.marking, steps);
        for (left, (b, t)) in way.left.iter_mut().zip(&self.choices) {
            let term = &self.exit_values.bodies[*b].terms[*t];
            let complete = |done: Steps| term.steps & !done == 0;
            if complete(way.marking.executed) && !complete(from.marking.executed) {
                *left = term.left(steps);
            }
        }
        let in_time = self.pass_time(from, &mut way, steps);
        self.trail.push((from.trail, steps));
        way.trail = self.trail.len() - 1;
        if in_time == InTime::Perhaps {
            self.put_off = true;
            temporal_network::times(self.course, &self.order(way.trail)).ok()?;
        }
        if in_time == InTime::No {
            return None;
        }
        self.met += 1;
        way.met = self.met;
        if from.stands() > NONE {
            let slacks = &self.standpoint(from).slacks;
            let failing = self.verification.failing(&self.survival, slacks, steps);
            self.count(from, &mut way, steps, &failing);
        }
        Some(self.standing(way))
    }

    /// The earliest time of the next point.
    fn pass_time(&self, from: &Label, way: &mut Label, steps: Steps) -> InTime {
        let included = from.marking.included;
        for s in members(steps) {
            let timing = &self.course.timing[s];
            way.now = way.now.max(timing.takes);
            for (other, time) in timing.waits.iter().filter(|(other, _)| included >> other & 1 == 1) {
                way.now = way.now.max(from.done_at[*other] + time);
            }
        }
        let mut in_time = InTime::Yes;
        for s in members(from.marking.pending & included).filter(|_| self.limited) {
            if self.course.timing[s].deadline.is_some_and(|deadline| way.now > deadline) {
                return InTime::No;
            }
            if way.now > from.limits[s] {
                in_time = InTime::Perhaps;
            }
        }
        for s in members(steps) {
            (way.done_at[s], way.limits[s]) = (way.now, Time::MAX);
        }
        for (other, call) in self.course.calls(steps).into_iter().filter(|_| self.limited) {
            way.limits[other] = call.map_or(Time::MAX, |(_, time)| way.now + time);
        }
        in_time
    }

    /// What flows until the next point, and what is counted there.
    fn count(&self, from: &Label, way: &mut Label, steps: Steps, failing: &[(usize, f64)]) {
        let (then, now) = (days(from.now), days(way.now));
        let upto = now.min(self.consequences.horizon);
        let (risky, certain) = (self.consequences.risky_flow(then, upto), self.consequences.flow(then, upto));
        for score in &mut way.scores {
            score.expected += from.stands() * score.rate * risky;
            score.sum += score.rate * certain;
        }
        let unnoticed: f64 = failing.iter().map(|(_, noticed)| 1.0 - noticed).product();
        if from.stands() * (1.0 - unnoticed) > NONE {
            way.scores.iter_mut().for_each(|score| score.least = score.least.min(score.sum));
        }
        way.passing *= unnoticed;
        way.failed |= failing.iter().fold(0, |all, (step, _)| all | 1 << step);
        let counts = now <= self.consequences.horizon;
        let (worth, reached) = (self.consequences.worth(now), way.stands() * self.consequences.calm(now));
        for item in members(steps & !way.failed).flat_map(|step| &self.consequences.items[step]) {
            let own = self.goals.iter().zip(&mut way.scores).filter(|(goal, _)| goal.kind == Some(item.kind));
            for (_, score) in own {
                let once = if counts { item.once * worth } else { 0.0 };
                score.expected += reached * once;
                score.sum += once;
                score.rate += item.rate;
            }
        }
        if way.stands() <= NONE {
            self.bury(way);
        }
    }

    /// What a way that is at the end comes to.
    fn values(&self, way: &Label) -> Vec<f64> {
        let now = days(way.now);
        let (rest, reached) = (
            self.consequences.flow(now, self.consequences.horizon),
            way.stands() * self.consequences.calm(now),
        );
        let value = |(goal, score): (&Goal, &Score)| match goal.aim {
            Aim::Completed => reached,
            Aim::Expected(_) => score.expected + reached * score.rate * rest,
            Aim::Certain(_) if way.stands() > NONE => score.least.min(score.sum + score.rate * rest),
            Aim::Certain(_) => score.least,
        };
        self.goals.iter().zip(&way.scores).map(value).collect()
    }

    /// No order that begins so comes to more, aim by aim.
    fn bounds(&self, way: &Label) -> Vec<f64> {
        let now = days(way.now);
        let (rest, worth) =
            (self.consequences.flow(now, self.consequences.horizon), self.consequences.worth(now));
        let reached = way.stands() * self.consequences.calm(now);
        let open = self.course.all() & !way.marking.executed;
        let bound = |(goal, score): (&Goal, &Score)| {
            let items = || {
                members(open)
                    .flat_map(|step| &self.consequences.items[step])
                    .filter(|item| goal.kind == Some(item.kind))
            };
            let once: f64 = items().map(|item| item.once.max(0.0)).sum();
            let rate: f64 = items().map(|item| item.rate.max(0.0)).sum();
            let more = once * worth + (score.rate + rate).max(0.0) * rest;
            if self.each && goal.kind.is_some() {
                return goal.most;
            }
            match goal.aim {
                Aim::Completed => reached,
                Aim::Expected(_) => score.expected + reached * more,
                Aim::Certain(_) if way.stands() > NONE => score.least.min(score.sum + more),
                Aim::Certain(_) => score.least,
            }
        };
        self.goals.iter().zip(&way.scores).map(bound).collect()
    }

    /// Keeps a way unless another to the same position is as good in everything.
    fn place(&self, way: Label, ahead: &mut BTreeMap<u32, Layer>) {
        let layer = ahead.entry(way.marking.executed.count_ones()).or_default();
        let known = layer.entry(self.key(&way)).or_default();
        if self.each {
            return known.push(way);
        }
        if known.iter().any(|other| self.as_good(other, &way)) {
            return;
        }
        known.retain(|other| !self.as_good(&way, other));
        known.push(way);
    }

    fn key(&self, way: &Label) -> Key {
        let open = !way.marking.executed;
        let mut times = Vec::new();
        if self.timed || self.limited {
            times.push(way.now);
            let still = |s: usize| {
                let waits = |(other, timing): (usize, &super::course::Timing)| {
                    let later = |(of, time): &(usize, Time)| *of == s && way.done_at[s] + time > way.now;
                    open >> other & 1 == 1 && timing.waits.iter().any(later)
                };
                self.course.timing.iter().enumerate().any(waits)
            };
            let done =
                |s: usize| if way.marking.executed >> s & 1 == 1 && still(s) { way.done_at[s] } else { 0 };
            times.extend((0..self.course.steps.len()).map(done));
            if self.limited {
                times.extend(&way.limits);
            }
        }
        Key {
            marking: way.marking,
            promised: way.promised,
            failed: way.failed,
            left: way.left.clone(),
            times,
        }
    }

    /// Whether whatever follows, the first comes to no less in any aim.
    fn as_good(&self, a: &Label, b: &Label) -> bool {
        // Both have failed in the same steps, if any, so that as much has gone unnoticed in both.
        let asks_no_more = || a.stands() > NONE && a.demands.no_more_than(&b.demands);
        let same = || (a.passing, a.alive) == (b.passing, b.alive) && a.demands == b.demands;
        let buried = b.stands() <= NONE;
        self.goals.iter().zip(a.scores.iter().zip(&b.scores)).all(|(goal, (own, other))| match goal.aim {
            Aim::Completed => buried || asks_no_more(),
            Aim::Expected(_) => {
                own.expected >= other.expected
                    && (buried && goal.rises || if goal.rises { asks_no_more() } else { same() })
            }
            Aim::Certain(_) if goal.rises => {
                own.least >= other.least
                    && (own.sum >= other.least
                        || a.stands() <= NONE
                        || own.sum >= other.sum && asks_no_more())
            }
            Aim::Certain(_) => own.least >= other.least && own.sum >= other.sum && same(),
        })
    }

    fn order(&self, mut at: usize) -> Vec<Steps> {
        let mut order = Vec::new();
        while at != 0 {
            let (from, steps) = self.trail[at];
            order.push(steps);
            at = from;
        }
        order.reverse();
        order
    }
}

#[derive(PartialEq)]
enum InTime {
    Yes,
    No,
    /// If points before it are later than they could be.
    Perhaps,
}

fn goal(consequences: &Consequences, aim: &Aim) -> Goal {
    let what = match aim {
        Aim::Completed => None,
        Aim::Expected(what) | Aim::Certain(what) => Some(what),
    };
    let kind = what.and_then(|what| consequences.kinds.iter().position(|kind| kind == what));
    let items = || consequences.items.iter().flatten().filter(|item| Some(item.kind) == kind);
    let by_time = consequences.discount > 0.0
        || consequences.horizon < consequences.longest
        || items().any(|item| item.rate != 0.0);
    let best: f64 = items()
        .map(|item| item.once.max(0.0) + item.rate.max(0.0) * consequences.flow(0.0, consequences.horizon))
        .sum();
    Goal {
        aim: aim.clone(),
        most: best,
        rises: items().all(|item| item.once >= 0.0 && item.rate >= 0.0),
        timed: match aim {
            Aim::Completed => consequences.shocks > 0.0,
            Aim::Expected(_) => consequences.shocks > 0.0 || by_time,
            Aim::Certain(_) => by_time,
        },
        kind,
    }
}

/// Whether the first is better in nothing, but for rounding.
pub(super) fn no_better(a: &[f64], b: &[f64]) -> bool {
    a.iter().zip(b).all(|(a, b)| *a <= b + NONE * b.abs().max(1.0))
}

/// Keeps an order unless another is as good in all aims.
fn offer(orders: &mut Vec<Found>, found: Found) {
    if orders.iter().any(|(values, _)| no_better(&found.0, values)) {
        return;
    }
    orders.retain(|(values, _)| !no_better(values, &found.0));
    orders.push(found);
}
