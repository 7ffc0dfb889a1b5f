//! In which order a deal can be carried out so that nobody gains by walking away, and what would have to
//! be guaranteed where there is no such order.

mod additive;
mod branch_survival;
mod breakdown;
mod consequences;
mod course;
mod divide;
mod enforcement;
mod exit_values;
mod front;
mod held;
mod label_setting;
mod lattice;
mod packages;
mod pieces;
mod promises;
mod purse;
mod robustness;
mod search;
mod silence;
mod slack_table;
mod solve;
mod state_search;
mod survival;
mod temporal_network;
mod uncertainty;
mod verify;

pub use course::MAX_STEPS;
pub use divide::{Divided, Division, division};
pub use enforcement::{Backing, Holding, HoldingLimit, holding};
pub use held::{HeldBack, held_back};
pub use packages::kept_levers;
pub use robustness::{
    Aim, Amounts, Band, BestOrder, Break, Check, Kept, KeptLevers, KeptPackage, Lasting, LastingOptions,
    NO_CHANCE, OrderTradeoff, Outlook, Reckoning, Secured, Sureness, best_order, kept, lasting,
    order_tradeoff, outlook,
};
pub use silence::{alternatives_unknown, if_they_leave, strain_unknown};
pub use uncertainty::sureness;

use crate::bits::members;
use crate::ticker::Watch;
use course::{Course, Time, days};
use detente_model::{BodyId, Outcome, StepId, Talks};
use exit_values::{Aid, ExitValues, Share, Steps, WHOLE};
use front::NEVER;
use solve::{Blocked, Effort, Solved, solve};
use std::ops::ControlFlow;
use std::sync::Arc;

/// How much to look for an order.
#[derive(Clone, Debug)]
pub struct SequenceOptions {
    /// The most sets of steps that are looked at in a piece of the plan. Default 2^25, some seconds and
    /// less than 1 GB.
    pub sets: u64,
    /// The most positions where more matters than what was done: deadlines, steps that come into play.
    /// Default 400,000.
    pub positions: u64,
    /// Whether orders that cannot be better than others are left out even where there are few. Default no:
    /// then, of equals, the order closest to that of the file is found.
    pub no_detours: bool,
}

impl Default for SequenceOptions {
    fn default() -> SequenceOptions {
        SequenceOptions { sets: 1 << 25, positions: 400_000, no_detours: false }
    }
}

/// How a deal can be carried out.
#[derive(Clone, Debug, PartialEq)]
pub struct Sequence {
    /// The deal.
    pub deal: Outcome,
    /// The steps that belong to it, in the order of the file.
    pub steps: Vec<StepId>,
    /// Per body, what it has at stake.
    pub exit_values: Vec<AtStake>,
    /// What came out.
    pub order: Order,
    /// How many sets of steps, or positions, were looked at.
    pub visited: u64,
}

/// What a body has at stake in a deal.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct AtStake {
    /// What the deal is worth to it, without what steps give beside it.
    pub worth: f64,
    /// What all steps give it beside the deal, whatever is kept of it.
    pub given: f64,
    /// What no deal is worth to it; absent if it has nothing to walk away to.
    pub alternative: Option<f64>,
    /// What all steps deliver and leave it, if all are done.
    pub delivered: f64,
}

impl AtStake {
    /// What the deal itself brings it beyond no deal, 0 or more; nothing where it has no alternative.
    pub fn gain(&self) -> f64 {
        self.alternative.map_or(0.0, |alternative| (self.worth - alternative).max(0.0))
    }
}

/// Whether and how the steps of a deal can be done.
#[derive(Clone, Debug, PartialEq)]
pub enum Order {
    /// No step belongs to the deal.
    NoSteps,
    /// No order does all that is due.
    Impossible(Obstacle),
    /// There are orders.
    Found {
        /// One with the largest smallest slack.
        plan: Plan,
        /// No order has a larger smallest slack, as a share; that of the plan if it is proven to be the best.
        at_most: f64,
        /// What would have to be guaranteed, every choice that is not worse than another; by rising shares
        /// of the first party, then the second, and so on.
        trust: Vec<Guarantees>,
        /// Whether these are all such choices.
        trust_proven: bool,
    },
    /// The search was stopped, or had looked at all the positions it may, before it found an order.
    Stopped,
}

/// Why no order does all that is due.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Obstacle {
    /// These steps wait for each other.
    Circle(Vec<StepId>),
    /// This step would be too late in every order.
    TooLate(StepId),
    /// With the most done that can be, something is due and cannot be done, or not in time.
    Stuck {
        /// What was done, in the order of the file.
        done: Vec<StepId>,
        /// What is due, in the order of the file; what was done already is called for again.
        due: Vec<StepId>,
    },
}

/// What each party would have to be guaranteed for an order to hold, as shares of what the deal is worth to it.
#[derive(Clone, Debug, PartialEq)]
pub struct Guarantees {
    /// 0 or more; infinite where no share is enough.
    pub by_party: Vec<f64>,
    /// An order for which they are enough.
    pub plan: Plan,
}

/// An order of steps.
#[derive(Clone, Debug, PartialEq)]
pub struct Plan {
    /// The start, then a point for each step or group of steps done at once.
    pub points: Vec<Point>,
    /// The smallest slack of a party before the end, as a share of what the deal is worth; infinite where
    /// nobody could walk away, or where no share says how much.
    pub slack: f64,
}

/// Where a plan stands after some steps.
#[derive(Clone, Debug, PartialEq)]
pub struct Point {
    /// What is done at once here; nothing at the start.
    pub steps: Vec<StepId>,
    /// Days from the start, at the earliest.
    pub day: f64,
    /// Per body.
    pub bodies: Vec<Standpoint>,
    /// Per party: its slack as a share, guarantees included. At the end nobody walks away.
    pub parties: Vec<f64>,
    /// Per party, the body whose slack is its slack.
    pub binding: Vec<Option<BodyId>>,
}

/// What a body has to gain or lose at a point.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Standpoint {
    /// What walking away would be worth to it; absent if it has nothing to walk away to.
    pub walking_away: Option<f64>,
    /// What it has to lose by that, in its units.
    pub slack: f64,
    /// The same as a share of what the deal is worth to it.
    pub share: f64,
}

/// Why nothing is said of the order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SequenceLimit {
    /// The deal breaks a constraint.
    NotFeasible,
    /// It has more steps than can be told apart.
    TooManySteps {
        /// The most that can.
        most: usize,
    },
    /// What is delivered to a body is too large to be added exactly.
    TooLarge {
        /// The first such body.
        body: BodyId,
    },
}

impl Plan {
    /// Whether nobody gains by walking away before the end.
    pub fn is_self_enforcing(&self) -> bool {
        self.slack >= 0.0
    }
}

impl Sequence {
    /// The choice of guarantees that comes to the least over all bodies, in the unit that all values share;
    /// absent where the scenario declares none, or where no guarantees are enough.
    pub fn least_total(&self, talks: &Talks) -> Option<(f64, &Guarantees)> {
        talks.common_unit.as_ref()?;
        let Order::Found { trust, .. } = &self.order else { return None };
        let gain = |body: &BodyId| self.exit_values[body.0].gain();
        let of = |choice: &Guarantees| -> f64 {
            let parties = talks.parties.iter().zip(&choice.by_party).filter(|(_, share)| **share > 0.0);
            parties.map(|(party, share)| share * party.bodies.iter().map(gain).sum::<f64>()).sum()
        };
        let totals = trust.iter().map(|choice| (of(choice), choice)).filter(|(total, choice)| {
            total.is_finite() && choice.by_party.iter().all(|share| share.is_finite())
        });
        totals.min_by(|a, b| a.0.total_cmp(&b.0))
    }
}

/// In which order a deal can be carried out, and what would have to be guaranteed.
///
/// # Errors
/// A deal that breaks a constraint; too many steps; numbers too large.
pub fn sequence(
    talks: &Talks,
    deal: &Outcome,
    options: &SequenceOptions,
    watch: Watch<'_>,
) -> Result<Sequence, SequenceLimit> {
    if !talks.is_feasible(deal) {
        return Err(SequenceLimit::NotFeasible);
    }
    with(talks, deal, &Aid::none(talks), options, watch)
}

fn with(
    talks: &Talks,
    deal: &Outcome,
    aid: &Aid,
    options: &SequenceOptions,
    watch: Watch<'_>,
) -> Result<Sequence, SequenceLimit> {
    let steps = Course::steps(talks, deal);
    if steps.len() > MAX_STEPS {
        return Err(SequenceLimit::TooManySteps { most: MAX_STEPS });
    }
    let exit_values =
        ExitValues::new(talks, deal, &steps, aid).map_err(|body| SequenceLimit::TooLarge { body })?;
    let at_stake = exit_values.bodies.iter().map(at_stake).collect();
    let found = |order, visited| Sequence {
        deal: deal.clone(),
        steps: steps.clone(),
        exit_values: at_stake,
        order,
        visited,
    };
    let Some(course) = Course::new(talks, steps.clone()) else { return Ok(found(Order::NoSteps, 0)) };
    let effort = Effort {
        sets: usize::try_from(options.sets).unwrap_or(usize::MAX),
        positions: usize::try_from(options.positions).unwrap_or(usize::MAX),
        no_detours: options.no_detours,
    };
    let ControlFlow::Continue(solved) = solve(&course, &exit_values, effort, watch) else {
        return Ok(found(Order::Stopped, 0));
    };
    let visited = solved.visited;
    Ok(found(said(&course, &exit_values, solved), visited))
}

/// The same order with what outsiders add.
fn again(talks: &Talks, deal: &Outcome, aid: &Aid, plan: &Plan) -> Result<Plan, SequenceLimit> {
    let table = Table::new(talks, deal, aid)?;
    Ok(followed(&table.course, &table.exit_values, &table.order(plan)))
}

/// What is needed to follow an order of a deal.
struct Table {
    course: Arc<Course>,
    exit_values: ExitValues,
}

impl Table {
    /// For a deal with steps.
    fn new(talks: &Talks, deal: &Outcome, aid: &Aid) -> Result<Table, SequenceLimit> {
        let steps = Course::steps(talks, deal);
        if steps.len() > MAX_STEPS {
            return Err(SequenceLimit::TooManySteps { most: MAX_STEPS });
        }
        let course = Arc::new(Course::new(talks, steps).expect("a deal with steps"));
        Table::with(course, talks, deal, aid)
    }

    /// For the same steps with other numbers.
    fn with(course: Arc<Course>, talks: &Talks, deal: &Outcome, aid: &Aid) -> Result<Table, SequenceLimit> {
        let exit_values = ExitValues::new(talks, deal, &course.steps, aid);
        Ok(Table { exit_values: exit_values.map_err(|body| SequenceLimit::TooLarge { body })?, course })
    }

    /// The order of a plan.
    fn order(&self, plan: &Plan) -> Vec<Steps> {
        let bit = |step: &StepId| self.course.steps.binary_search(step).map_or(0, |k| 1 << k);
        let points = plan.points.iter().skip(1);
        points.map(|point| point.steps.iter().map(bit).fold(0, |all, s: Steps| all | s)).collect()
    }
}

fn at_stake(exit_value: &exit_values::ExitValue) -> AtStake {
    let steps = (0..exit_value.parts.len()).fold(0, |all: Steps, s| all | 1 << s);
    let all = exit_value.walking_away(steps, &|_, term| term.left(term.steps));
    AtStake {
        worth: exit_value.grid.value(exit_value.worth),
        given: exit_value.grid.value(exit_value.going_on(steps) - exit_value.worth),
        alternative: exit_value
            .alternative
            .filter(|_| !exit_value.leaves)
            .map(|own| exit_value.grid.value(own)),
        delivered: exit_value.grid.value(all - exit_value.start()),
    }
}

fn said(course: &Course, exit_values: &ExitValues, solved: Solved) -> Order {
    let ids = |set: Steps| -> Vec<StepId> { members(set).map(|s| course.steps[s]).collect() };
    let (slack, order) = match solved.best {
        Ok(best) => best,
        Err(Blocked::Circle(steps)) => return Order::Impossible(Obstacle::Circle(ids(steps))),
        Err(Blocked::Late(step)) => return Order::Impossible(Obstacle::TooLate(course.steps[step])),
        Err(Blocked::Stuck(done, due)) => {
            return Order::Impossible(Obstacle::Stuck { done: ids(done), due: ids(due) });
        }
        Err(Blocked::Unknown) => return Order::Stopped,
    };
    let plan = followed(course, exit_values, &order);
    debug_assert_eq!(plan.slack, value(slack), "the slack of the plan is that of the search");
    let trust = solved.routes.iter().map(|route| Guarantees {
        by_party: route
            .needs
            .iter()
            .map(|need| if *need == NEVER { f64::INFINITY } else { value(*need) })
            .collect(),
        plan: followed(course, exit_values, &route.order),
    });
    Order::Found {
        plan,
        at_most: value(solved.at_most),
        trust: trust.collect(),
        trust_proven: solved.routes_proven,
    }
}

/// A share as a number.
fn value(share: Share) -> f64 {
    match share {
        Share::MAX => f64::INFINITY,
        Share::MIN => f64::NEG_INFINITY,
        share => share as f64 / WHOLE,
    }
}

/// Where an order stands after some steps.
struct Stage {
    /// All steps of the order.
    plan: Steps,
    time: Time,
    /// What is done at once here; nothing at the start.
    now: Steps,
    /// Per body, in its grid steps: what walking away is worth.
    walking_away: Vec<i64>,
}

impl Stage {
    /// Per body, what it has to lose by walking away, in its grid steps.
    fn slacks(&self, exit_values: &ExitValues) -> Vec<i64> {
        let slack =
            |(exit_value, worth): (&exit_values::ExitValue, &i64)| exit_value.going_on(self.plan) - worth;
        exit_values.bodies.iter().zip(&self.walking_away).map(slack).collect()
    }
}

/// An order from the start to the end, everything worked out anew.
fn stages(course: &Course, exit_values: &ExitValues, order: &[Steps]) -> Vec<Stage> {
    let times = temporal_network::times(course, order).unwrap_or_else(|_| vec![0; order.len() + 1]);
    let mut left: Vec<Vec<i64>> =
        exit_values.bodies.iter().map(|exit_value| vec![0; exit_value.terms.len()]).collect();
    let plan = order.iter().fold(0, |all, steps| all | steps);
    let mut done: Steps = 0;
    let mut stages = Vec::new();
    for (k, time) in times.into_iter().enumerate() {
        let now = if k == 0 { 0 } else { order[k - 1] };
        for (exit_value, left) in exit_values.bodies.iter().zip(&mut left) {
            for (term, left) in exit_value.terms.iter().zip(left) {
                let is_completed = term.steps & !(done | now) == 0 && term.steps & !done != 0;
                *left = if is_completed { term.left(now) } else { *left };
            }
        }
        done |= now;
        let worths = exit_values
            .bodies
            .iter()
            .zip(&left)
            .map(|(exit_value, left)| exit_value.walking_away(done, &|t, _| left[t]));
        stages.push(Stage { plan, time, now, walking_away: worths.collect() });
    }
    stages
}

fn followed(course: &Course, exit_values: &ExitValues, order: &[Steps]) -> Plan {
    let mut points = Vec::new();
    let mut slack = Share::MAX;
    for (k, stage) in stages(course, exit_values, order).into_iter().enumerate() {
        let slacks = stage.slacks(exit_values);
        let shares: Vec<Share> = exit_values
            .bodies
            .iter()
            .zip(&slacks)
            .map(|(exit_value, slack)| exit_value.share(*slack))
            .collect();
        let mut parties = vec![0; exit_values.rules.len()];
        exit_values.parties(&shares, &mut parties);
        if k < order.len() {
            slack = slack.min(parties.iter().copied().min().unwrap_or(Share::MAX));
        }
        let standpoint = |(body, exit_value): (usize, &exit_values::ExitValue)| Standpoint {
            walking_away: exit_value
                .alternative
                .filter(|_| !exit_value.leaves)
                .map(|_| exit_value.grid.value(stage.walking_away[body])),
            slack: exit_value.grid.value(slacks[body]),
            share: value(shares[body]),
        };
        points.push(Point {
            steps: members(stage.now).map(|s| course.steps[s]).collect(),
            day: days(stage.time),
            bodies: exit_values.bodies.iter().enumerate().map(standpoint).collect(),
            binding: (0..parties.len()).map(|party| binding(exit_values, party, &shares)).collect(),
            parties: parties.into_iter().map(value).collect(),
        });
    }
    Plan { points, slack: value(slack) }
}

/// The first body of a party whose slack is the party's.
fn binding(exit_values: &ExitValues, party: usize, shares: &[Share]) -> Option<BodyId> {
    let level = exit_values.rules[party].level(&|body| shares[body]);
    let raised = |own: usize| {
        exit_values.rules[party].level(&|body| if body == own { Share::MAX } else { shares[body] })
    };
    let lowered = |own: usize| {
        exit_values.rules[party].level(&|body| if body == own { Share::MIN } else { shares[body] })
    };
    let binds = |body: &usize| shares[*body] == level && (raised(*body) > level || lowered(*body) < level);
    (0..shares.len()).find(binds).map(BodyId)
}
