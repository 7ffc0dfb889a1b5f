//! Into how many parts steps would have to be divided for an order that nobody gains by breaking.

use super::course::Course;
use super::enforcement::holding_in;
use super::{Order, SequenceLimit, SequenceOptions, sequence};
use crate::space::Space;
use crate::ticker::Watch;
use detente_model::{Consequence, Draft, Duration, Number, Outcome, Step, StepId, Talks, Wait};
use std::collections::BTreeSet;

/// Most parts that are tried.
const MOST_PARTS: usize = 10;

/// Sets of steps, and positions, looked at for each number of parts; and in all.
const MOST_SETS: u64 = 1 << 20;
const MOST_POSITIONS: u64 = 20_000;
const MOST_LOOKS: u64 = 1 << 21;

/// What dividing the divisible steps of a deal would do.
#[derive(Clone, Debug, PartialEq)]
pub struct Division {
    /// The steps that can be divided, in the order of the file.
    pub steps: Vec<StepId>,
    /// What comes of dividing each of them into one part, two parts and so on.
    pub tried: Vec<Divided>,
    /// Parts of each for which nobody gains by walking away; fewer of one step are not enough, unless that
    /// took too long to try. Absent if no number tried is enough.
    pub enough: Option<Vec<usize>>,
    /// Into how many parts to divide each of them so that some levers, within their budgets, make it hold;
    /// absent if no number tried is enough.
    pub with_levers: Option<usize>,
}

/// Steps divided into equal parts.
#[derive(Clone, Debug, PartialEq)]
pub struct Divided {
    /// How many.
    pub parts: usize,
    /// The largest smallest slack, as a share.
    pub slack: f64,
    /// What would have to be guaranteed, by party: every choice that is not worse than another.
    pub needs: Vec<Vec<f64>>,
}

/// What dividing the divisible steps of a deal would do; absent if none of its steps is, or if it has no
/// order.
///
/// Steps done at once are divided together or not at all.
///
/// # Errors
/// As for the order of the undivided steps.
pub fn division(
    space: &Space<'_>,
    deal: &Outcome,
    options: &SequenceOptions,
    watch: Watch<'_>,
) -> Result<Option<Division>, SequenceLimit> {
    let talks = space.talks;
    let units = units(talks, deal);
    if units.is_empty() {
        return Ok(None);
    }
    let options = SequenceOptions {
        sets: options.sets.min(MOST_SETS),
        positions: options.positions.min(MOST_POSITIONS),
        ..options.clone()
    };
    let mut looks = 0;
    let of = |parts: usize| -> Vec<(StepId, usize)> {
        units.iter().flatten().map(|step| (*step, parts)).collect()
    };
    let (mut tried, mut enough, mut with_levers) = (Vec::new(), None, None);
    for parts in 1..=MOST_PARTS {
        let divided = divided(talks, &of(parts));
        let found = match sequence(&divided, deal, &options, watch) {
            Ok(found) => found,
            Err(limit) if parts == 1 => return Err(limit),
            Err(_) => break,
        };
        looks += found.visited;
        let Order::Found { plan, trust, .. } = &found.order else { break };
        tried.push(Divided {
            parts,
            slack: plan.slack,
            needs: trust.iter().map(|choice| choice.by_party.clone()).collect(),
        });
        if with_levers.is_none() && !talks.levers.is_empty() {
            let backed = holding_in(space, &divided, &found, 0.0, &options, watch);
            with_levers = backed.ok().and_then(|found| found.holds).map(|_| parts);
        }
        if plan.slack >= 0.0 {
            enough = Some(fewest(talks, deal, &units, parts, &options, looks, watch));
            break;
        }
        if looks > MOST_LOOKS {
            break;
        }
    }
    if tried.is_empty() {
        return Ok(None);
    }
    Ok(Some(Division { steps: units.concat(), tried, enough, with_levers }))
}

/// Fewer parts of one step after another, as long as the order still holds; by step.
///
/// Fewer of one can be enough only once there are fewer of another: what counts is where the parts of one
/// stand between those of the other. So this goes round until nothing changes.
fn fewest(
    talks: &Talks,
    deal: &Outcome,
    units: &[Vec<StepId>],
    parts: usize,
    options: &SequenceOptions,
    mut looks: u64,
    watch: Watch<'_>,
) -> Vec<usize> {
    let mut own = vec![parts; units.len()];
    let by_step = |own: &[usize]| -> Vec<(StepId, usize)> {
        units.iter().zip(own).flat_map(|(unit, parts)| unit.iter().map(|step| (*step, *parts))).collect()
    };
    let mut holds = |own: &[usize]| {
        if looks > MOST_LOOKS {
            return false;
        }
        let found = sequence(&divided(talks, &by_step(own)), deal, options, watch);
        looks += found.as_ref().map_or(0, |found| found.visited);
        found.is_ok_and(|found| matches!(&found.order, Order::Found { plan, .. } if plan.is_self_enforcing()))
    };
    loop {
        let before = own.clone();
        for unit in 0..units.len() {
            let with = |fewer: usize| {
                let mut next = own.clone();
                next[unit] = fewer;
                next
            };
            let mut fewer = (1..own[unit]).map(with);
            if let Some(next) = fewer.find(|next| holds(next)) {
                own = next;
            }
        }
        if own == before {
            break;
        }
    }
    by_step(&own).into_iter().map(|(_, parts)| parts).collect()
}

/// The divisible steps of a deal, what is done at once together; nothing of what has an indivisible step in
/// it.
fn units(talks: &Talks, deal: &Outcome) -> Vec<Vec<StepId>> {
    let steps = Course::steps(talks, deal);
    let Some(course) = Course::new(talks, steps) else { return Vec::new() };
    let members =
        |group: &u128| -> Vec<StepId> { crate::bits::members(*group).map(|s| course.steps[s]).collect() };
    let divisible = |unit: &Vec<StepId>| unit.iter().all(|step| talks.steps[step.0].divisible);
    course.groups.iter().map(members).filter(divisible).collect()
}

/// The talks with steps divided into so many equal parts each. Steps keep their places, parts of one step
/// stand together.
fn divided(talks: &Talks, parts: &[(StepId, usize)]) -> Talks {
    let n = |s: usize| parts.iter().find(|(step, _)| step.0 == s).map_or(1, |(_, n)| *n);
    let counts: Vec<usize> = (0..talks.steps.len()).map(n).collect();
    let first: Vec<usize> = counts
        .iter()
        .scan(0, |sum, n| {
            *sum += n;
            Some(*sum - n)
        })
        .collect();
    let mut ids: BTreeSet<String> = talks.steps.iter().map(|step| step.id.clone()).collect();
    let cut = Cut { counts: &counts, first: &first };
    let mut steps = Vec::new();
    for (s, step) in talks.steps.iter().enumerate() {
        for part in 0..counts[s] {
            steps.push(if counts[s] == 1 { cut.whole(step) } else { cut.part(step, s, part, &mut ids) });
        }
    }
    let draft = Draft { steps, ..(**talks).clone() };
    Talks::new(draft).expect("parts fit where the step did")
}

/// Where the parts of each step stand.
struct Cut<'a> {
    counts: &'a [usize],
    first: &'a [usize],
}

impl Cut<'_> {
    fn last(&self, step: StepId) -> StepId {
        StepId(self.first[step.0] + self.counts[step.0] - 1)
    }

    fn all(&self, steps: &[StepId]) -> Vec<StepId> {
        let parts = |step: &StepId| {
            let (first, n) = (self.first[step.0], self.counts[step.0]);
            (first..first + n).map(StepId)
        };
        steps.iter().flat_map(parts).collect()
    }

    /// A step that is not divided, where those it names may be.
    fn whole(&self, step: &Step) -> Step {
        let last = |wait: &Wait| Wait { step: self.last(wait.step), ..wait.clone() };
        let calls = |wait: &Wait| {
            self.all(&[wait.step]).into_iter().map(|step| Wait { step, ..wait.clone() }).collect::<Vec<_>>()
        };
        Step {
            after: step.after.iter().map(last).collect(),
            responds: step.responds.iter().flat_map(calls).collect(),
            includes: self.all(&step.includes),
            excludes: self.all(&step.excludes),
            milestones: self.all(&step.milestones),
            together: self.all(&step.together),
            ..step.clone()
        }
    }

    /// One part: the first waits for what the step waited for, the last calls for what it called for.
    fn part(&self, step: &Step, s: usize, part: usize, ids: &mut BTreeSet<String>) -> Step {
        let n = self.counts[s];
        let whole = self.whole(step);
        let share = |number: &Number| Number::fixed(number.mean() / n as f64);
        let itself = StepId(self.first[s] + part);
        let before = Wait { step: StepId(self.first[s] + part.saturating_sub(1)), time: None };
        let is_last = part + 1 == n;
        // What names itself still does; its parts do not name each other.
        let others = |named: Vec<StepId>, own: &[StepId]| -> Vec<StepId> {
            let apart = named.into_iter().filter(|id| id.0 < self.first[s] || id.0 >= self.first[s] + n);
            apart.chain(own.contains(&StepId(s)).then_some(itself)).collect()
        };
        let calls = whole.responds.iter().filter(|wait| {
            wait.step == itself || wait.step.0 < self.first[s] || wait.step.0 >= self.first[s] + n
        });
        let mut id = format!("{}-{}", step.id, part + 1);
        while !ids.insert(id.clone()) {
            id.push('\'');
        }
        let at_once = |other: &StepId| StepId(self.first[other.0] + part);
        Step {
            id,
            name: format!("{} (part {} of {n})", step.name, part + 1),
            takes: step.takes.map(|time| Duration { amount: time.amount / n as f64, ..time }),
            after: if part == 0 { whole.after.clone() } else { vec![before] },
            milestones: if part == 0 { whole.milestones.clone() } else { vec![] },
            responds: if is_last { calls.cloned().collect() } else { vec![] },
            includes: if is_last { others(whole.includes.clone(), &step.includes) } else { vec![] },
            excludes: if is_last { others(whole.excludes.clone(), &step.excludes) } else { vec![] },
            together: step.together.iter().filter(|other| self.counts[other.0] == n).map(at_once).collect(),
            delivers: step.delivers.iter().map(|(issue, number)| (*issue, share(number))).collect(),
            gives: step.gives.iter().map(|(body, number)| (*body, share(number))).collect(),
            counts: step
                .counts
                .iter()
                .map(|count| Consequence { amount: share(&count.amount), ..count.clone() })
                .collect(),
            ..whole
        }
    }
}
