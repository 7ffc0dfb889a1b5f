//! What is counted until a plan ends, one way or the other.

use super::Case;
use super::checks::Checked;
use super::course::Course;
use detente_model::{Duration, Number, PhaseId, Rate, StepId, Talks};
use std::collections::BTreeSet;

/// How a plan ends unless a shock comes before.
#[derive(Clone, Debug)]
pub(super) struct Ending {
    /// The last point reached; 0 is the start.
    pub(super) reached: usize,
    /// Up to when what flows goes on: infinite if the plan is completed.
    pub(super) day: f64,
    pub(super) chance: f64,
    /// Whether it can be, however unlikely.
    pub(super) possible: bool,
}

/// Time as all that is counted sees it.
#[derive(Clone, Debug)]
pub(super) struct Clock {
    /// The start and each point.
    pub(super) days: Vec<f64>,
    pub(super) horizon: f64,
    /// The rate of shocks per day.
    pub(super) hazard: f64,
    /// The rate per day at which later amounts count less.
    pub(super) fading: f64,
}

/// Amounts of something counted.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Amounts {
    /// If the plan is completed.
    pub hoped: f64,
    /// The mean.
    pub expected: f64,
    /// The 10th percentile.
    pub low: f64,
    /// The least that can be, shocks left aside.
    pub certain: f64,
    /// The least of what has a probability above 10^-12.
    pub nearly_certain: f64,
}

/// What is looked at.
#[derive(Clone, Copy, Debug)]
pub struct Counted<'a> {
    /// What is counted.
    pub what: &'a str,
    /// The steps of one phase, or of none; absent for all.
    pub phase: Option<Option<PhaseId>>,
    /// Up to this day.
    pub day: f64,
}

/// Days nearer than this are the same.
const SAME_DAY: f64 = 1e-9;
/// How far down a percentile lies.
const TENTH: f64 = 0.1;
/// What a sum of probabilities may lose in rounding.
const ROUNDING: f64 = 1e-12;

impl Clock {
    pub(super) fn new(talks: &Talks, own: &BTreeSet<StepId>, days: &[f64]) -> Clock {
        let all = &talks.implementation;
        let long = |s: &StepId| {
            let step = &talks.steps[s.0];
            let waits = step.after.iter().filter(|wait| own.contains(&wait.step));
            let waits = waits.filter_map(|wait| wait.time).map(Duration::days).fold(0.0, f64::max);
            waits + step.takes.map_or(0.0, Duration::days)
        };
        let end: f64 = own.iter().map(long).sum();
        let per_day = |rate: &Option<Rate>, log: &dyn Fn(f64) -> f64| {
            rate.as_ref().map_or(0.0, |rate| log(rate.amount.mean()) / rate.per.days())
        };
        Clock {
            days: days.to_vec(),
            horizon: all.horizon.map_or(end.max(365.25), Duration::days),
            hazard: per_day(&all.shocks, &|chance| (1.0 / (1.0 - chance)).ln()),
            fading: per_day(&all.discount, &|rate| (1.0 + rate).ln()),
        }
    }

    fn end(&self) -> f64 {
        self.days[self.days.len() - 1]
    }

    /// P(no shock until then).
    pub(super) fn survives(&self, day: f64) -> f64 {
        (-self.hazard * day.min(self.end())).exp()
    }

    /// What one unit on a day counts.
    fn worth(&self, day: f64) -> f64 {
        (-self.fading * day).exp()
    }

    /// What one unit a day counts from one day to another.
    fn flow(&self, from: f64, to: f64) -> f64 {
        if to <= from {
            0.0
        } else if self.fading == 0.0 {
            to - from
        } else {
            self.worth(from) * -(-self.fading * (to - from)).exp_m1() / self.fading
        }
    }
}

/// What the points of a plan count.
pub(super) struct CountBounds<'c> {
    clock: &'c Clock,
    /// Per point, the start first: what comes at once.
    once: Vec<f64>,
    /// Per point: what flows from then on, a day.
    a_day: Vec<f64>,
    /// Nothing is counted after this day.
    last: f64,
}

impl<'c> CountBounds<'c> {
    /// What the steps that are not failed count.
    pub(super) fn new(
        case: &Case<'_>,
        course: &Course,
        checks: &[Checked],
        clock: &'c Clock,
        counted: Counted<'_>,
    ) -> CountBounds<'c> {
        let is_failed = |s: &StepId| checks.iter().any(|check| check.step == *s && !check.complies);
        let (mut once, mut a_day) = (vec![0.0], vec![0.0]);
        for point in &course.order {
            let (mut at_once, mut flows) = (0.0, 0.0);
            for step in point.iter().filter(|s| !is_failed(s)).map(|s| &case.talks.steps[s.0]) {
                if counted.phase.is_some_and(|phase| phase != step.phase) {
                    continue;
                }
                for count in step.counts.iter().filter(|count| count.what == counted.what) {
                    match count.per {
                        None => at_once += Number::mean(&count.amount),
                        Some(unit) => flows += count.amount.mean() / unit.days(),
                    }
                }
            }
            once.push(at_once);
            a_day.push(flows);
        }
        CountBounds { clock, once, a_day, last: clock.horizon.min(counted.day) }
    }

    /// What has been counted if the plan ends on this day, so many points reached.
    pub(super) fn amount(&self, reached: usize, day: f64) -> f64 {
        let of = |point: usize| {
            let start = self.clock.days[point];
            let once = if start <= self.last + SAME_DAY { self.once[point] } else { 0.0 };
            once * self.clock.worth(start) + self.a_day[point] * self.clock.flow(start, day.min(self.last))
        };
        (0..=reached).map(of).sum()
    }

    /// What comes if the plan is completed.
    pub(super) fn hoped(&self) -> f64 {
        self.amount(self.once.len() - 1, f64::INFINITY)
    }

    /// The mean over all endings, and over all days of shocks before them.
    pub(super) fn expected(&self, endings: &[Ending]) -> f64 {
        let mut sum = 0.0;
        for ending in endings.iter().filter(|ending| ending.chance > 0.0) {
            let unshaken = self.clock.survives(ending.day) * self.amount(ending.reached, ending.day);
            sum += ending.chance * unshaken;
        }
        for (j, from, to, chance) in self.shocks(endings) {
            // Beyond the last day nothing is added: the integral is taken in two parts.
            let bend = self.last.clamp(from, to);
            for (from, to) in [(from, bend), (bend, to)] {
                let density = |day: f64| self.clock.hazard * (-self.clock.hazard * day).exp();
                sum += chance * integral(from, to, &|day| density(day) * self.amount(j, day));
            }
        }
        sum
    }

    /// P(no more than this comes).
    pub(super) fn at_most(&self, endings: &[Ending], most: f64) -> f64 {
        let mut sum = 0.0;
        for ending in endings {
            if self.amount(ending.reached, ending.day) <= most {
                sum += ending.chance * self.clock.survives(ending.day);
            }
        }
        for (j, from, to, chance) in self.shocks(endings) {
            let holds = |day: f64| self.amount(j, day) <= most;
            // The amount rises all the time until the next point, or falls, or stays.
            let survives = |day: f64| (-self.clock.hazard * day).exp();
            let share = match (holds(from), holds(to)) {
                (true, true) => survives(from) - survives(to),
                (true, false) => survives(from) - survives(turn(from, to, &holds)),
                (false, true) => survives(turn(from, to, &|day| !holds(day))) - survives(to),
                (false, false) => 0.0,
            };
            sum += chance * share;
        }
        sum
    }

    /// The least amount that is not exceeded with probability 0.1 at least.
    pub(super) fn low(&self, endings: &[Ending]) -> f64 {
        let shocks = self.shocks(endings);
        let ends = endings.iter().map(|ending| self.amount(ending.reached, ending.day));
        let all = ends
            .chain(shocks.iter().flat_map(|(j, from, to, _)| [self.amount(*j, *from), self.amount(*j, *to)]));
        let all: Vec<f64> = all.collect();
        let is_enough = |most: f64| self.at_most(endings, most) >= TENTH - ROUNDING;
        let mut low = all.iter().copied().fold(f64::INFINITY, f64::min);
        let mut high = all.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        if is_enough(low) {
            return low;
        }
        for _ in 0..200 {
            let middle = low + (high - low) / 2.0;
            if is_enough(middle) {
                high = middle;
            } else {
                low = middle;
            }
        }
        high
    }

    /// The least of the endings that count.
    pub(super) fn least(&self, endings: &[Ending], counts: &dyn Fn(&Ending) -> bool) -> f64 {
        let all = endings.iter().filter(|ending| counts(ending));
        all.map(|ending| self.amount(ending.reached, ending.day)).fold(f64::INFINITY, f64::min)
    }

    pub(super) fn amounts(&self, endings: &[Ending]) -> Amounts {
        Amounts {
            hoped: self.hoped(),
            expected: self.expected(endings),
            low: self.low(endings),
            certain: self.least(endings, &|ending| ending.possible),
            nearly_certain: self.least(endings, &|ending| ending.chance > ROUNDING),
        }
    }

    /// The times between a point and the next, each with the probability that the plan is still to end
    /// later if no shock comes.
    fn shocks(&self, endings: &[Ending]) -> Vec<(usize, f64, f64, f64)> {
        let mut all = Vec::new();
        if self.clock.hazard == 0.0 {
            return all;
        }
        for j in 0..self.clock.days.len() - 1 {
            let (from, to) = (self.clock.days[j], self.clock.days[j + 1]);
            let later = endings.iter().filter(|ending| ending.day > from);
            let chance: f64 = later.map(|ending| ending.chance).sum();
            if to > from && chance > 0.0 {
                all.push((j, from, to, chance));
            }
        }
        all
    }
}

/// The last place at which a condition holds that holds at first and then no longer.
fn turn(from: f64, to: f64, holds: &dyn Fn(f64) -> bool) -> f64 {
    let (mut low, mut high) = (from, to);
    for _ in 0..100 {
        let middle = low + (high - low) / 2.0;
        if holds(middle) {
            low = middle;
        } else {
            high = middle;
        }
    }
    low
}

/// By Gauss's rule with five places in each of 32 parts.
fn integral(from: f64, to: f64, f: &dyn Fn(f64) -> f64) -> f64 {
    const PLACES: [(f64, f64); 3] = [
        (0.0, 0.568_888_888_888_888_9),
        (0.538_469_310_105_683_1, 0.478_628_670_499_366_47),
        (0.906_179_845_938_664, 0.236_926_885_056_189_08),
    ];
    if to <= from {
        return 0.0;
    }
    let half = (to - from) / 64.0;
    let part = |k: usize| {
        let middle = from + half * (2 * k + 1) as f64;
        let at = |(place, weight): (f64, f64)| {
            if place == 0.0 {
                weight * f(middle)
            } else {
                weight * (f(middle - half * place) + f(middle + half * place))
            }
        };
        PLACES.into_iter().map(at).sum::<f64>() * half
    };
    (0..32).map(part).sum()
}
