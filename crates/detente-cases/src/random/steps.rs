//! Random steps for random talks: every way in which steps hang together, most of them with some order.

use super::{Dice, condition, cost, number};
use detente_model::*;

/// How the steps of a case may hang together, beside what each waits for.
#[derive(Clone, Copy, Debug)]
pub struct Kinds {
    /// Whether steps take time, waits have delays, and deadlines and times to answer hold.
    pub times: bool,
    /// Whether steps bring others into play, take them out, call for them, and have milestones.
    pub play: bool,
    /// Whether some steps are done at once.
    pub groups: bool,
}

/// Most steps of a case.
const MOST_STEPS: usize = 9;

/// So many steps may be free of each other; any more wait for others.
const MOST_FREE: usize = 6;

/// The talks with steps, with what holds today, other alternatives, reactions and strains.
///
/// An order has at most `max_groups` points, unless a step that ties others is missing from the deal or out
/// of play.
pub fn with_steps(talks: &Talks, dice: &mut Dice, max_groups: usize, kinds: Kinds) -> Talks {
    let mut draft = (**talks).clone();
    today(&mut draft, dice);
    let groups = groups(dice, max_groups, kinds);
    let n: usize = groups.iter().map(Vec::len).sum();
    draft.steps = (0..n).map(|s| step(&draft, dice, s)).collect();
    if dice.chance(60) {
        swap(&mut draft, dice);
    }
    deliver(&mut draft, dice);
    waits(&mut draft.steps, dice, &groups, kinds);
    for group in groups.iter().filter(|group| group.len() > 1) {
        together(&mut draft.steps, dice, group);
    }
    if kinds.play {
        play(&mut draft.steps, dice, &groups);
    }
    if kinds.times {
        deadlines(&mut draft.steps, dice, &groups);
    }
    some_deals(&mut draft, dice);
    Talks::new(draft).expect("random steps fit the talks")
}

/// What holds today, what no deal is worth, what the others would answer, and a mediator who performs steps.
fn today(draft: &mut Draft, dice: &mut Dice) {
    for issue in &mut draft.issues {
        issue.status_quo = dice.chance(85).then(|| OptionId(dice.below(issue.n_options())));
    }
    for body in &mut draft.bodies {
        if dice.chance(60) {
            // Most deals are then worth something to it.
            let alternative = body.alternative.number().map_or(0.0, Number::mean);
            body.alternative = Alternative::Worth(number((alternative * 4.0).round() / 10.0));
        }
        body.reaction = dice.chance(30).then(|| number(dice.value(2)));
        body.strain = dice.chance(30).then(|| cost(dice)).into();
    }
    if draft.mediators.is_empty() {
        let (id, name) = ("helper".to_owned(), "Helper".to_owned());
        draft.mediators.push(Mediator { id, name, budget: None, levers: vec![], because: vec![] });
    }
}

/// The steps by what is done at once, in an order that nearly everything else keeps to.
fn groups(dice: &mut Dice, max_groups: usize, kinds: Kinds) -> Vec<Vec<usize>> {
    let most = max_groups.clamp(1, MOST_STEPS);
    let n_groups = 1 + (dice.below(most) + dice.below(most)).div_ceil(2);
    let mut sizes = vec![1; n_groups];
    if kinds.groups {
        for _ in 0..1 + dice.below(2) {
            let room = MOST_STEPS - sizes.iter().sum::<usize>();
            sizes[dice.below(n_groups)] += (1 + dice.below(2)).min(room);
        }
    }
    let mut order = dice.shuffled(sizes.iter().sum()).into_iter();
    sizes.into_iter().map(|size| order.by_ref().take(size).collect()).collect()
}

fn step(draft: &Draft, dice: &mut Dice, s: usize) -> Step {
    let by = if dice.chance(20) {
        Actor::Mediator(MediatorId(0))
    } else {
        Actor::Party(PartyId(dice.below(draft.parties.len())))
    };
    Step {
        gives: gives(draft, dice),
        kept: dice.chance(50).then(|| number([0.0, 0.5, 0.5, 1.0][dice.below(4)])),
        ..Step::new(format!("s{s}"), by)
    }
}

/// What a step gives to one body and takes from the next.
fn gives(draft: &Draft, dice: &mut Dice) -> Vec<(BodyId, Number)> {
    let n = [0, 1, 2, 2, 2, 3][dice.below(6)];
    let receivers = dice.shuffled(draft.bodies.len());
    let mut sign = [1.0, -1.0][dice.below(2)];
    let give = |b: usize| {
        sign = -sign;
        let amount = if dice.chance(10) { 0.0 } else { sign * amount(draft, dice, b, 5) };
        (BodyId(b), number(amount))
    };
    receivers.into_iter().take(n).map(give).collect()
}

/// Some tenths of a unit, up to so many tenths of the most that a body can get out of the talks.
fn amount(draft: &Draft, dice: &mut Dice, b: usize, tenths: usize) -> f64 {
    let most = draft.bodies[b].preferences.bound(&draft.issues) * tenths as f64;
    (1 + dice.below(1 + most as usize)) as f64 / 10.0
}

/// Two steps of which one gives to all of a party and takes from another, and one the other way round: who
/// goes first has nothing to hold the other.
fn swap(draft: &mut Draft, dice: &mut Dice) {
    let (parties, steps) = (dice.shuffled(draft.parties.len()), dice.shuffled(draft.steps.len()));
    let ([p, q, ..], [s, t, ..]) = (&parties[..], &steps[..]) else { return };
    for (party, [gets, pays]) in [(p, [s, t]), (q, [t, s])] {
        for body in draft.parties[*party].bodies.clone() {
            for (step, sign, tenths) in [(gets, 1.0, 14), (pays, -1.0, 9)] {
                let amount = number(sign * amount(draft, dice, body.0, tenths));
                let gives = &mut draft.steps[*step].gives;
                gives.retain(|(other, _)| *other != body);
                gives.push((body, amount));
            }
        }
    }
}

/// Shares of nearly every issue, which sum to 1.
fn deliver(draft: &mut Draft, dice: &mut Dice) {
    for i in 0..draft.issues.len() {
        if dice.chance(15) {
            continue;
        }
        let shares: &[f64] =
            [&[1.0][..], &[1.0], &[0.5, 0.5], &[0.3, 0.7], &[0.2, 0.7, 0.1], &[0.25, 0.5, 0.25]]
                [dice.below(if draft.steps.len() < 3 { 2 } else { 6 })];
        for (s, share) in dice.shuffled(draft.steps.len()).into_iter().zip(shares) {
            draft.steps[s].delivers.push((IssueId(i), number(*share)));
        }
    }
}

fn duration(dice: &mut Dice) -> Duration {
    let (amount, unit) = [
        (0.0, TimeUnit::Day),
        (1.0, TimeUnit::Day),
        (2.0, TimeUnit::Day),
        (3.5, TimeUnit::Day),
        (36.0, TimeUnit::Hour),
        (1.0, TimeUnit::Week),
        (0.1, TimeUnit::Month),
    ][dice.below(7)];
    Duration { amount, unit }
}

/// A step of one of these groups, if there is any.
fn one_of(dice: &mut Dice, groups: &[Vec<usize>]) -> Option<usize> {
    let all: Vec<usize> = groups.iter().flatten().copied().collect();
    (!all.is_empty()).then(|| all[dice.below(all.len())])
}

/// What each step waits for: with few exceptions a step of an earlier group.
fn waits(steps: &mut [Step], dice: &mut Dice, groups: &[Vec<usize>], kinds: Kinds) {
    let mut n_before = 0;
    let eager = [10, 30, 60][dice.below(3)];
    for (g, group) in groups.iter().enumerate() {
        for s in group {
            if kinds.times {
                steps[*s].takes = dice.chance(50).then(|| duration(dice));
            }
            let n_waits =
                usize::from(dice.chance(eager) || n_before >= MOST_FREE) + usize::from(dice.chance(15));
            for _ in 0..n_waits {
                let among = if dice.chance(2) { groups } else { &groups[..g] };
                let Some(other) = one_of(dice, among).filter(|other| other != s) else { continue };
                let time = (kinds.times && dice.chance(40)).then(|| duration(dice));
                if steps[*s].after.iter().all(|wait| wait.step.0 != other) {
                    steps[*s].after.push(Wait { step: StepId(other), time });
                }
            }
        }
        n_before += group.len();
    }
}

/// Ties the steps of a group to each other, from one side or both.
fn together(steps: &mut [Step], dice: &mut Dice, group: &[usize]) {
    for pair in group.windows(2) {
        let way = dice.below(3);
        if way != 0 {
            steps[pair[0]].together.push(StepId(pair[1]));
        }
        if way != 1 {
            steps[pair[1]].together.push(StepId(pair[0]));
        }
    }
}

/// Calls, milestones, and what steps bring into play and take out.
fn play(steps: &mut [Step], dice: &mut Dice, groups: &[Vec<usize>]) {
    for (g, group) in groups.iter().enumerate() {
        for s in group {
            let (before, later) = (&groups[..g], &groups[g + 1..]);
            let around = if dice.chance(15) { groups } else { later };
            if let Some(other) = one_of(dice, around).filter(|_| dice.chance(30)) {
                steps[*s].responds.push(Wait { step: StepId(other), time: None });
            }
            let around = if dice.chance(15) { groups } else { before };
            if let Some(other) = one_of(dice, around).filter(|other| other != s && dice.chance(20)) {
                steps[*s].milestones.push(StepId(other));
            }
            let around = if dice.chance(25) { groups } else { later };
            if let Some(other) = one_of(dice, around).filter(|_| dice.chance(25)) {
                steps[*s].includes.push(StepId(other));
            }
            if let Some(other) = one_of(dice, groups).filter(|_| dice.chance(15)) {
                steps[*s].excludes.push(StepId(other));
            }
        }
    }
}

/// Deadlines and times to answer, many of them tight and a few too tight.
fn deadlines(steps: &mut [Step], dice: &mut Dice, groups: &[Vec<usize>]) {
    let days = |time: Option<Duration>| time.map_or(0.0, Duration::days);
    let mut earliest = vec![0.0f64; steps.len()];
    for group in groups {
        let of = |step: &Step| {
            let waits = step.after.iter().map(|wait| earliest[wait.step.0] + days(wait.time));
            waits.fold(0.0, f64::max) + days(step.takes)
        };
        let together = group.iter().map(|s| of(&steps[*s])).fold(0.0, f64::max);
        group.iter().for_each(|s| earliest[*s] = together);
    }
    let within = |dice: &mut Dice, least: f64| {
        let amount = match dice.below(12) {
            0 => least / 2.0,
            1..=3 => least,
            4 => least + 1.0,
            5 => least + 2.5,
            _ => least + 7.0,
        };
        Duration { amount: (amount * 10.0).ceil() / 10.0, unit: TimeUnit::Day }
    };
    for s in 0..steps.len() {
        steps[s].deadline = dice.chance(25).then(|| within(dice, earliest[s]));
        for k in 0..steps[s].responds.len() {
            let least = (earliest[steps[s].responds[k].step.0] - earliest[s]).max(0.0);
            steps[s].responds[k].time = dice.chance(60).then(|| within(dice, least));
        }
    }
}

/// Steps that belong only to some deals. What such a step delivers, a second step delivers in all others,
/// so that the shares still sum to 1.
fn some_deals(draft: &mut Draft, dice: &mut Dice) {
    for s in 0..draft.steps.len() {
        if draft.steps[s].delivers.is_empty() && dice.chance(15) {
            draft.steps[s].only_if = Some(condition(dice, &draft.issues));
        }
    }
    let delivering = (0..draft.steps.len()).find(|s| !draft.steps[*s].delivers.is_empty());
    let Some(s) = delivering.filter(|_| draft.steps.len() < MOST_STEPS && dice.chance(20)) else { return };
    let i = dice.below(draft.issues.len());
    let n_options = draft.issues[i].n_options();
    if n_options < 2 {
        return;
    }
    let some = OptionSet::from_options([OptionId(dice.below(n_options))]);
    let clause = |options: OptionSet| Some(Condition(vec![Clause { issue: IssueId(i), options }]));
    let mut other = step(draft, dice, draft.steps.len());
    other.delivers = draft.steps[s].delivers.clone();
    other.after = draft.steps[s].after.clone();
    other.only_if = clause(some.complement(n_options));
    draft.steps[s].only_if = clause(some);
    draft.steps.push(other);
}
