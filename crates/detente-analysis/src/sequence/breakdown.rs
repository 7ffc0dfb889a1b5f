//! Where a plan can end, and what has been secured by then.

use super::consequences::{Consequences, Item};
use super::exit_values::Steps;
use super::robustness::{Amounts, Break, Check, NONE, Outlook, Reckoning, Secured};
use super::survival::{DRAWS, Survival, SurvivalChance};
use super::verify::Verification;
use super::{Stage, Table, days, stages};
use crate::bits::members;
use detente_model::{Outcome, PhaseId, Talks};

/// Days between 0 and the horizon at which flows are told.
const DAYS: usize = 48;
/// Which percentile of amounts is told.
const LOW: f64 = 0.1;

/// How an order ends.
struct Case {
    p: f64,
    /// The last point that was reached.
    point: usize,
    when: When,
}

/// When it ends.
enum When {
    /// On a day.
    Day(f64),
    /// By a shock between two days: the chance that it still stands, had there been no shock.
    Between(f64, f64),
    /// Not: it is completed.
    Never,
}

/// An order, and what comes of it.
pub(super) struct Path<'a> {
    consequences: &'a Consequences,
    days: Vec<f64>,
    /// By point, what is counted.
    items: Vec<Vec<&'a Item>>,
    /// By point but the last: P(everybody goes on up to here).
    alive: Vec<f64>,
    /// By point: P(no failure was noticed up to here).
    passing: Vec<f64>,
    cases: Vec<Case>,
}

/// Which amounts: of a kind, perhaps of one phase only.
#[derive(Clone, Copy)]
struct Which {
    kind: usize,
    phase: Option<Option<PhaseId>>,
}

/// Up to when: a day, what is done on that day itself counted or not.
#[derive(Clone, Copy)]
struct Upto {
    day: f64,
    with_it: bool,
}

impl Upto {
    fn has(self, day: f64) -> bool {
        day < self.day || self.with_it && day == self.day
    }
}

/// What is said of an order.
pub(super) fn outlook(talks: &Talks, deal: &Outcome, table: &Table, order: &[Steps], seed: u64) -> Outlook {
    let (course, exit_values) = (&table.course, &table.exit_values);
    let survival = Survival::new(talks, exit_values);
    let verification = Verification::new(talks, deal, course, exit_values);
    let consequences = Consequences::new(talks, course);
    let stages = stages(course, exit_values, order);
    let mut checks: Vec<Check> = Vec::new();
    for (k, stage) in stages[..order.len()].iter().enumerate() {
        checks.extend(verification.checks(&survival, k, stage, order[k]));
    }
    let failing: Vec<Vec<(usize, f64)>> = stages[..order.len()]
        .iter()
        .zip(order)
        .map(|(stage, next)| verification.failing(&survival, &stage.slacks(exit_values), *next))
        .collect();
    let standing = Standing::new(&survival, &stages, exit_values, seed);
    let path = Path::new(&consequences, &stages, &failing, standing.alive.clone());
    let error = standing.error.map(|error| error * path.unhindered());
    Outlook {
        completed: path.completed(),
        reckoning: match error {
            Some(error) => Reckoning::Drawn { draws: DRAWS, error },
            None if survival.has_common_factor() => Reckoning::CommonFactor,
            None => Reckoning::Exact,
        },
        breaks: path.breaks(&standing),
        secured: (0..consequences.kinds.len()).map(|kind| path.secured(kind)).collect(),
        checks,
        horizon: consequences.horizon,
        horizon_stated: consequences.horizon_stated,
    }
}

/// Who goes on where, whatever else happens.
struct Standing {
    alive: Vec<f64>,
    /// By point: by party and by body, that everybody went on before and it does not here.
    by_party: Vec<Vec<f64>>,
    by_body: Vec<Vec<f64>>,
    error: Option<f64>,
}

impl Standing {
    fn new(
        survival: &Survival<'_>,
        stages: &[Stage],
        exit_values: &super::ExitValues,
        seed: u64,
    ) -> Standing {
        let mut standing =
            Standing { alive: Vec::new(), by_party: Vec::new(), by_body: Vec::new(), error: None };
        let mut demands = survival.nothing();
        let mut before = SurvivalChance { p: 1.0, error: None };
        for stage in &stages[..stages.len() - 1] {
            let levels = survival.levels(&stage.slacks(exit_values));
            let next = survival.with(&demands, &levels, None);
            let own = if next == demands { before } else { survival.probability(&next, None, seed) };
            let (mut by_party, mut by_body) = (vec![0.0; exit_values.rules.len()], vec![0.0; levels.len()]);
            for (party, out) in by_party.iter_mut().enumerate() {
                let with = survival.with(&demands, &levels, Some(party));
                if with == demands {
                    continue;
                }
                let own = survival.probability(&with, None, seed);
                if own.error.is_some() {
                    // Differences of what is drawn and what is not would be rough.
                    let (leaves, bodies) = survival.drawn_leaving(&demands, &with, &levels, seed);
                    *out = leaves;
                    let of_party = |body: &usize| survival.party(*body) == party;
                    (0..levels.len()).filter(of_party).for_each(|body| by_body[body] = bodies[body]);
                    continue;
                }
                *out = chance(before.p - own.p);
                for (body, level) in levels
                    .iter()
                    .enumerate()
                    .filter(|(body, level)| **level < 1.0 && survival.party(*body) == party)
                {
                    let cap = Some((body, *level));
                    let stays = survival.probability(&demands, cap, seed).p
                        - survival.probability(&with, cap, seed).p;
                    by_body[body] = chance(*out - stays);
                }
            }
            standing.error = own.error.or(standing.error);
            standing.alive.push(own.p.min(before.p));
            standing.by_party.push(by_party);
            standing.by_body.push(by_body);
            (demands, before) = (next, SurvivalChance { p: own.p.min(before.p), ..own });
        }
        standing
    }
}

fn chance(p: f64) -> f64 {
    if p < NONE { 0.0 } else { p.min(1.0) }
}

impl<'a> Path<'a> {
    /// By point but the last: steps that fail, and P(everybody goes on up to here).
    pub(super) fn new(
        consequences: &'a Consequences,
        stages: &[Stage],
        failing: &[Vec<(usize, f64)>],
        alive: Vec<f64>,
    ) -> Path<'a> {
        let mut items: Vec<Vec<&Item>> = vec![Vec::new()];
        let mut passing = vec![1.0];
        for (stage, fails) in stages[1..].iter().zip(failing) {
            let comes = |step: &usize| fails.iter().all(|(failing, _)| failing != step);
            items.push(members(stage.now).filter(comes).flat_map(|step| &consequences.items[step]).collect());
            let unnoticed: f64 = fails.iter().map(|(_, noticed)| 1.0 - noticed).product();
            passing.push(passing[passing.len() - 1] * unnoticed);
        }
        let days = stages.iter().map(|stage| days(stage.time)).collect();
        let mut path = Path { consequences, days, items, alive, passing, cases: Vec::new() };
        path.cases = path.cases();
        path
    }

    fn end(&self) -> usize {
        self.days.len() - 1
    }

    /// P(everybody went on at every point before one).
    fn before(&self, point: usize) -> f64 {
        point.checked_sub(1).map_or(1.0, |before| self.alive[before])
    }

    /// P(a point is reached).
    fn reached(&self, point: usize) -> f64 {
        self.before(point) * self.passing[point] * self.consequences.calm(self.days[point])
    }

    /// P(neither a failure that is noticed nor a shock ends it).
    fn unhindered(&self) -> f64 {
        self.passing[self.end()] * self.consequences.calm(self.days[self.end()])
    }

    pub(super) fn completed(&self) -> f64 {
        self.reached(self.end())
    }

    fn cases(&self) -> Vec<Case> {
        let mut cases = Vec::new();
        // With the chance that it comes to this, shocks left aside, and the chance of no shock.
        let mut add = |quiet: f64, calm: f64, point: usize, when: When| {
            if quiet > NONE {
                cases.push(Case { p: quiet * calm, point, when });
            }
        };
        for point in 0..self.end() {
            let (here, next) = (self.days[point], self.days[point + 1]);
            let walks = (self.before(point) - self.alive[point]) * self.passing[point];
            add(walks, self.consequences.calm(here), point, When::Day(here));
            let stands = self.alive[point] * self.passing[point];
            if self.consequences.shocks > 0.0 && next > here {
                add(stands, 1.0, point, When::Between(here, next));
            }
            let fails = self.alive[point] * (self.passing[point] - self.passing[point + 1]);
            add(fails, self.consequences.calm(next), point, When::Day(next));
        }
        let end = self.end();
        add(self.before(end) * self.passing[end], self.consequences.calm(self.days[end]), end, When::Never);
        cases
    }

    fn breaks(&self, standing: &Standing) -> Vec<Break> {
        let one = |point: usize| {
            let calm = self.consequences.calm(self.days[point]);
            let here = self.passing[point] * calm;
            let next = self.consequences.calm(self.days[point + 1]);
            let scaled = |all: &[f64]| all.iter().map(|p| p * here).collect::<Vec<f64>>();
            Break {
                walks: (self.before(point) - self.alive[point]) * here,
                by_party: scaled(&standing.by_party[point]),
                by_body: scaled(&standing.by_body[point]),
                fails: self.alive[point] * (self.passing[point] - self.passing[point + 1]) * next,
                shocks: self.alive[point] * self.passing[point] * (calm - next),
            }
        };
        (0..self.end()).map(one).collect()
    }

    fn at_horizon(&self) -> Upto {
        Upto { day: self.consequences.horizon, with_it: true }
    }

    /// By point but the last: the chance that it ends there, or before the next.
    pub(super) fn ends(&self) -> Vec<f64> {
        (0..self.end()).map(|point| self.reached(point) - self.reached(point + 1)).collect()
    }

    /// The 10th percentile of a kind by the horizon.
    pub(super) fn low_by_horizon(&self, kind: usize) -> f64 {
        self.percentile(Which { kind, phase: None }, self.at_horizon())
    }

    /// What is expected of a kind by the horizon.
    pub(super) fn expected_by_horizon(&self, kind: usize) -> f64 {
        self.expected(Which { kind, phase: None }, self.at_horizon())
    }

    /// What is certain of a kind by the horizon.
    pub(super) fn certain_by_horizon(&self, kind: usize) -> f64 {
        self.certain(Which { kind, phase: None }, self.at_horizon())
    }

    fn secured(&self, kind: usize) -> Secured {
        let whole = Which { kind, phase: None };
        let own = || self.consequences.items.iter().flatten().filter(|item| item.kind == kind);
        let mut phases: Vec<Option<PhaseId>> = own().map(|item| item.phase).collect();
        phases.sort_unstable();
        phases.dedup();
        let outside = usize::from(phases.first() == Some(&None));
        phases.rotate_left(outside);
        let amounts = |phase| self.amounts(Which { kind, phase }, self.at_horizon());
        let by_phase = phases.into_iter().map(|phase| (phase, amounts(Some(phase))));
        Secured {
            what: self.consequences.kinds[kind].clone(),
            total: amounts(None),
            by_phase: by_phase.collect(),
            by_day: self.by_day(whole, own().any(|item| item.rate != 0.0)),
        }
    }

    /// Every point twice, before and after what is done there; days in between where something flows.
    fn by_day(&self, which: Which, flows: bool) -> Vec<(f64, Amounts)> {
        let horizon = self.consequences.horizon;
        let mut moments: Vec<Upto> = Vec::new();
        for day in self.days.iter().filter(|day| **day <= horizon) {
            moments.extend([false, true].map(|with_it| Upto { day: *day, with_it }));
        }
        let between = if flows { DAYS } else { 1 };
        moments
            .extend((1..=between).map(|k| Upto { day: horizon * k as f64 / between as f64, with_it: true }));
        moments.sort_by(|a, b| a.day.total_cmp(&b.day).then(a.with_it.cmp(&b.with_it)));
        moments.dedup_by(|a, b| a.day == b.day && a.with_it == b.with_it);
        let mut told: Vec<(f64, Amounts)> = Vec::new();
        for moment in moments {
            let amounts = self.amounts(which, moment);
            if told.last() != Some(&(moment.day, amounts)) {
                told.push((moment.day, amounts));
            }
        }
        told
    }

    fn amounts(&self, which: Which, upto: Upto) -> Amounts {
        Amounts {
            hoped: self.amount(which, self.end(), f64::INFINITY, upto),
            expected: self.expected(which, upto),
            low: self.percentile(which, upto),
            certain: self.certain(which, upto),
        }
    }

    fn certain(&self, which: Which, upto: Upto) -> f64 {
        let quiet = self.cases.iter().filter(|case| !matches!(case.when, When::Between(..)));
        quiet.map(|case| self.values(case, which, upto).0).fold(f64::INFINITY, f64::min)
    }

    /// What has come up to a day if a point is the last that was reached, and flows end on another.
    fn amount(&self, which: Which, point: usize, ends: f64, upto: Upto) -> f64 {
        let mut sum = 0.0;
        for (items, day) in self.items[..=point].iter().zip(&self.days) {
            for item in items.iter().filter(|item| which.has(item)) {
                let once = if upto.has(*day) { item.once * self.consequences.worth(*day) } else { 0.0 };
                sum += once + item.rate * self.consequences.flow(*day, ends.min(upto.day));
            }
        }
        sum
    }

    fn expected(&self, which: Which, upto: Upto) -> f64 {
        let mut sum = 0.0;
        for (point, (items, day)) in self.items.iter().zip(&self.days).enumerate() {
            let once: f64 = items.iter().filter(|item| which.has(item)).map(|item| item.once).sum();
            if upto.has(*day) {
                sum += once * self.consequences.worth(*day) * self.reached(point);
            }
            let rate: f64 = items.iter().filter(|item| which.has(item)).map(|item| item.rate).sum();
            if rate != 0.0 {
                sum += rate * self.expected_days(point, upto.day);
            }
        }
        sum
    }

    /// How many days, discounted, something flows that begins at a point.
    fn expected_days(&self, from: usize, upto: f64) -> f64 {
        let mut sum = 0.0;
        for point in from..self.end() {
            let stands = self.alive[point] * self.passing[point];
            sum += stands * self.consequences.risky_flow(self.days[point], self.days[point + 1].min(upto));
        }
        sum + self.completed() * self.consequences.flow(self.days[self.end()], upto)
    }

    /// What has come in a case: the same, or from one amount to another as the shock comes later.
    fn values(&self, case: &Case, which: Which, upto: Upto) -> (f64, f64) {
        let at = |ends: f64| self.amount(which, case.point, ends, upto);
        match case.when {
            When::Day(day) => (at(day), at(day)),
            When::Between(from, to) => (at(from), at(to)),
            When::Never => (at(f64::INFINITY), at(f64::INFINITY)),
        }
    }

    /// The least amount that is not exceeded with a chance of a tenth at least.
    fn percentile(&self, which: Which, upto: Upto) -> f64 {
        let mut spans: Vec<(f64, f64, &Case)> = Vec::new();
        for case in &self.cases {
            let (from, to) = self.values(case, which, upto);
            spans.push((from, to, case));
        }
        let mut amounts: Vec<f64> = spans.iter().flat_map(|(from, to, _)| [*from, *to]).collect();
        amounts.sort_by(f64::total_cmp);
        amounts.dedup();
        let enough = |amount: f64| {
            let p: f64 = spans.iter().map(|span| self.at_most(span, upto, amount)).sum();
            p >= LOW - NONE
        };
        let Some(k) = amounts.iter().position(|amount| enough(*amount)) else { return f64::NAN };
        let (mut low, mut high) = (amounts[k.saturating_sub(1)], amounts[k]);
        // Between two of these, only shocks come at more and more amounts.
        if k == 0 || !spans.iter().any(|(from, to, _)| from.min(*to) <= low && high <= from.max(*to)) {
            return high;
        }
        for _ in 0..100 {
            let middle = low + (high - low) / 2.0;
            if middle <= low || middle >= high {
                break;
            }
            if enough(middle) { high = middle } else { low = middle }
        }
        high
    }

    /// P(a case, and no more than an amount in it).
    fn at_most(&self, (first, last, case): &(f64, f64, &Case), upto: Upto, amount: f64) -> f64 {
        let When::Between(from, to) = case.when else {
            return if *first <= amount { case.p } else { 0.0 };
        };
        let between = |a: f64, b: f64| case.p * (self.consequences.calm(a) - self.consequences.calm(b));
        if first.max(*last) <= amount {
            return between(from, to);
        }
        if first.min(*last) > amount {
            return 0.0;
        }
        // The day at which the flow has brought so much; after `upto` nothing changes.
        let flows = self.consequences.flow(from, to.min(upto.day)) * (amount - first) / (last - first);
        let speed = self.consequences.discount;
        let length = if speed == 0.0 {
            flows
        } else {
            -libm::log1p(-flows * speed / self.consequences.worth(from)) / speed
        };
        let day = (from + length).clamp(from, to);
        if last > first { between(from, day) } else { between(day, to) }
    }
}

impl Which {
    fn has(self, item: &Item) -> bool {
        item.kind == self.kind && self.phase.is_none_or(|phase| phase == item.phase)
    }
}
