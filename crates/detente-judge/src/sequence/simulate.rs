//! A plan followed many times, with strains, failures and shocks drawn.

use super::checks::{Checked, checks};
use super::collapse::walk;
use super::counts::{Clock, CountBounds, Counted};
use super::course::Course;
use super::strain::Strain;
use super::{Aid, Case, follow};
use detente_model::{BodyId, Outcome, StepId, Talks, normal_at_most, normal_quantile};

/// What came of it, on average.
#[derive(Clone, Debug, PartialEq)]
pub struct Simulated {
    /// How often it was completed.
    pub completed: Mean,
    /// What ended it, per point before the end.
    pub breaks: Vec<SimulatedBreak>,
    /// How much of each thing asked for was counted: its mean, and every amount drawn, upwards.
    pub counted: Vec<(Mean, Vec<f64>)>,
}

/// How often something ended a plan at a point, or between it and the next.
#[derive(Clone, Debug, PartialEq)]
pub struct SimulatedBreak {
    /// Some party did not go on.
    pub walks: Mean,
    /// Per party: it did not.
    pub by_party: Vec<Mean>,
    /// Per body: it did not stay, and its party did not go on.
    pub by_body: Vec<Mean>,
    /// A failure was noticed.
    pub fails: Mean,
    /// A shock came.
    pub shocks: Mean,
}

/// A mean of what was drawn.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Mean {
    /// The mean.
    pub mean: f64,
    /// Its standard error.
    pub error: f64,
}

/// Follows a possible order so many times.
///
/// # Errors
/// Why the order is not possible.
pub fn simulate(
    talks: &Talks,
    deal: &Outcome,
    order: &[Vec<StepId>],
    aid: &Aid,
    things: &[Counted<'_>],
    (draws, seed): (usize, u64),
) -> Result<Simulated, String> {
    follow(talks, deal, order, aid)?;
    let case = Case::new(talks, deal, aid);
    let course = Course::new(&case, order);
    let clock = Clock::new(talks, case.plan.own(), &course.days);
    let checks = checks(&case, &course);
    let bodies = (0..talks.bodies.len()).map(|b| Strain::of(&talks.bodies[b], case.ledger.grid(b)));
    let stage =
        Stage { case: &case, course: &course, clock: &clock, checks: &checks, strains: bodies.collect() };
    let mut dice = Dice(seed);
    let runs: Vec<Run> = (0..draws).map(|_| stage.run(&mut dice)).collect();
    let tallies = things.iter().map(|counted| CountBounds::new(&case, &course, &checks, &clock, *counted));
    let counted = tallies.map(|tally| {
        let mut all: Vec<f64> = runs.iter().map(|run| tally.amount(run.reached, run.day)).collect();
        all.sort_by(f64::total_cmp);
        (mean(&all), all)
    });
    Ok(Simulated {
        completed: share(&runs, |run| run.end == End::Completed),
        counted: counted.collect(),
        breaks: (0..course.n()).map(|k| broken(talks, &runs, k)).collect(),
    })
}

fn broken(talks: &Talks, runs: &[Run], k: usize) -> SimulatedBreak {
    let here = |end: End| share(runs, |run| run.end == end && run.reached == k);
    let left = |run: &Run| run.end == End::Walked && run.reached == k;
    SimulatedBreak {
        walks: here(End::Walked),
        by_party: (0..talks.parties.len())
            .map(|p| share(runs, |run| left(run) && run.parties.contains(&p)))
            .collect(),
        by_body: (0..talks.bodies.len())
            .map(|b| share(runs, |run| left(run) && run.bodies.contains(&b)))
            .collect(),
        fails: here(End::Failed),
        shocks: here(End::Shaken),
    }
}

fn share(runs: &[Run], is: impl Fn(&Run) -> bool) -> Mean {
    mean(&runs.iter().map(|run| f64::from(u8::from(is(run)))).collect::<Vec<_>>())
}

fn mean(all: &[f64]) -> Mean {
    let n = all.len() as f64;
    let mean = all.iter().sum::<f64>() / n;
    let variance = all.iter().map(|value| (value - mean) * (value - mean)).sum::<f64>() / (n - 1.0);
    Mean { mean, error: (variance / n).sqrt() }
}

/// What ended a plan.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum End {
    Walked,
    Failed,
    Shaken,
    Completed,
}

/// What came of a plan once.
struct Run {
    end: End,
    reached: usize,
    day: f64,
    parties: Vec<usize>,
    bodies: Vec<usize>,
}

struct Stage<'a> {
    case: &'a Case<'a>,
    course: &'a Course,
    clock: &'a Clock,
    checks: &'a [Checked],
    strains: Vec<Strain>,
}

impl Stage<'_> {
    fn run(&self, dice: &mut Dice) -> Run {
        let strains = self.strains(dice);
        let shock = -dice.chance().ln() / self.clock.hazard;
        let failed = self.checks.iter().filter(|check| !check.complies);
        let noticed = failed.filter(|check| dice.chance() < check.noticed).map(|check| check.before).min();
        let stays = |b: usize, k: usize| strains[b] <= self.course.slacks[k][b];
        let n = self.course.n();
        let (walked, parties) = walk(self.case.talks, n, &stays);
        let (end, reached) = match noticed {
            Some(before) if before < walked => (End::Failed, before),
            _ if walked < n => (End::Walked, walked),
            _ => (End::Completed, n),
        };
        let days = &self.course.days;
        // A failure is noticed on the day on which the step should have been done.
        let last = if end == End::Failed { days[reached + 1] } else { days[reached] };
        if shock < last {
            let reached = (0..n).filter(|k| days[*k] <= shock).max().expect("the start comes first");
            return Run { end: End::Shaken, reached, day: shock, parties: vec![], bodies: vec![] };
        }
        let day = if end == End::Completed { f64::INFINITY } else { last };
        let of_leavers = parties.iter().flat_map(|p| &self.case.talks.parties[*p].bodies);
        let bodies = of_leavers.map(|body| body.0).filter(|b| !stays(*b, walked)).collect();
        Run { end, reached, day, parties, bodies }
    }

    fn strains(&self, dice: &mut Dice) -> Vec<f64> {
        let correlation = self.case.talks.implementation.correlation.as_ref();
        let common = normal_quantile(dice.chance());
        let strain = |(b, strain): (usize, &Strain)| {
            let p = dice.chance();
            let Some(correlation) = correlation else { return strain.quantile(p) };
            let r = correlation.loading(BodyId(b));
            let mood = r * common + (1.0 - r * r).max(0.0).sqrt() * normal_quantile(p);
            strain.quantile(normal_at_most(mood).clamp(1e-15, 1.0 - 1e-15))
        };
        self.strains.iter().enumerate().map(strain).collect()
    }
}

/// A small generator.
struct Dice(u64);

impl Dice {
    /// Evenly between 0 and 1, neither of them.
    fn chance(&mut self) -> f64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^= z >> 31;
        ((z >> 12) as f64 + 0.5) / (1u64 << 52) as f64
    }
}
