//! What the steps of a deal count, and how time bears on it.

use super::course::{Course, days};
use detente_model::{PhaseId, Rate, Talks};

/// A year, in days: how far it is counted where nothing else is said.
const YEAR: f64 = 365.25;

/// An amount counted by a step.
pub(super) struct Item {
    /// What is counted, by its place among the kinds.
    pub(super) kind: usize,
    /// Once, when the step is done.
    pub(super) once: f64,
    /// A day, from then on.
    pub(super) rate: f64,
    pub(super) phase: Option<PhaseId>,
}

/// What is counted.
pub(super) struct Consequences {
    /// In the order of the file.
    pub(super) kinds: Vec<String>,
    /// By step.
    pub(super) items: Vec<Vec<Item>>,
    /// In days.
    pub(super) horizon: f64,
    pub(super) horizon_stated: bool,
    /// Every order ends before, in days.
    pub(super) longest: f64,
    /// Per day: how fast the chance of no shock falls, and how fast what comes later counts less.
    pub(super) shocks: f64,
    pub(super) discount: f64,
}

impl Consequences {
    pub(super) fn new(talks: &Talks, course: &Course) -> Consequences {
        let (mut kinds, mut items): (Vec<String>, Vec<Vec<Item>>) = (Vec::new(), Vec::new());
        for step in course.steps.iter().map(|step| &talks.steps[step.0]) {
            let own = step.counts.iter().map(|count| {
                let known = kinds.iter().position(|kind| *kind == count.what);
                let kind = known.unwrap_or_else(|| {
                    kinds.push(count.what.clone());
                    kinds.len() - 1
                });
                let amount = count.amount.mean();
                let (once, rate) = count.per.map_or((amount, 0.0), |per| (0.0, amount / per.days()));
                Item { kind, once, rate, phase: step.phase }
            });
            items.push(own.collect());
        }
        let all = &talks.implementation;
        let per_day = |rate: &Option<Rate>, speed: fn(f64) -> f64| {
            rate.as_ref().map_or(0.0, |rate| speed(rate.amount.mean()) / rate.per.days())
        };
        let longest = course.timing.iter().map(|timing| {
            timing.waits.iter().map(|(_, time)| *time).chain([timing.takes]).max().map_or(0.0, days)
        });
        let longest = longest.sum::<f64>();
        Consequences {
            kinds,
            items,
            horizon: all.horizon.map_or(longest.max(YEAR), |horizon| horizon.days()),
            horizon_stated: all.horizon.is_some(),
            longest,
            shocks: per_day(&all.shocks, |chance| -libm::log1p(-chance.clamp(0.0, 1.0 - 1e-12))),
            discount: per_day(&all.discount, |rate| libm::log1p(rate.max(0.0))),
        }
    }

    /// P(no shock up to a day).
    pub(super) fn calm(&self, day: f64) -> f64 {
        decay(self.shocks, day)
    }

    /// How much counts what comes on a day.
    pub(super) fn worth(&self, day: f64) -> f64 {
        decay(self.discount, day)
    }

    /// What a flow of one a day brings.
    pub(super) fn flow(&self, from: f64, to: f64) -> f64 {
        integral(self.discount, from, to)
    }

    /// The same where shocks can end it.
    pub(super) fn risky_flow(&self, from: f64, to: f64) -> f64 {
        integral(self.discount + self.shocks, from, to)
    }
}

fn decay(speed: f64, day: f64) -> f64 {
    if speed == 0.0 { 1.0 } else { libm::exp(-speed * day) }
}

/// The integral of the decay from one day to another; 0 if that is not later.
fn integral(speed: f64, from: f64, to: f64) -> f64 {
    let length = to - from;
    if length <= 0.0 {
        0.0
    } else if speed * length < 1e-12 {
        decay(speed, from) * length
    } else {
        decay(speed, from) * -libm::expm1(-speed * length) / speed
    }
}
