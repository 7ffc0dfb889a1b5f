//! What the steps of a deal are, one by one, in words.

use super::sequence::room;
use crate::deal::{counted, isolated};
use crate::say::body_name;
use crate::words::{gain, percent, value};
use detente_model::{Actor, Duration, PartyId, Step, StepId, Talks, TimeUnit, Wait};

/// What is done at a point: names, performers where the name does not tell, and what it brings.
pub(crate) fn step(talks: &Talks, id: StepId) -> String {
    let step = &talks.steps[id.0];
    let performer = performer(talks, step);
    let mut words = isolated(&step.name);
    if !step.name.to_lowercase().contains(&performer.to_lowercase()) {
        words.push_str(&format!(" ({})", isolated(performer)));
    }
    words
}

/// Who performs a step.
pub(crate) fn performer<'t>(talks: &'t Talks, step: &Step) -> &'t str {
    match step.by {
        Actor::Party(PartyId(party)) => &talks.parties[party].name,
        Actor::Mediator(mediator) => &talks.mediators[mediator.0].name,
    }
}

/// A length of time, never parted at the end of a line.
pub(crate) fn length(time: Duration) -> String {
    time.to_string().replace(' ', "\u{a0}")
}

/// What stands below a step's name: who performs it, where the name does not tell, and its times.
pub(crate) fn about(talks: &Talks, step: &Step, with_phase: bool) -> Option<String> {
    let performer = performer(talks, step);
    let is_named = step.name.to_lowercase().contains(&performer.to_lowercase());
    let parts = (!is_named).then(|| isolated(performer)).into_iter();
    let parts = parts.chain(step.takes.map(|time| format!("takes\u{a0}{}", length(time))));
    let parts = parts.chain(step.deadline.map(|time| format!("by\u{a0}{}", length(time))));
    let phase = step.phase.filter(|_| with_phase);
    let parts = parts.chain(phase.map(|phase| isolated(&talks.phases[phase.0].name)));
    let parts: Vec<String> = parts.collect();
    (!parts.is_empty()).then(|| parts.join(" · "))
}

/// What a step waits for, of the steps of a deal.
pub(crate) fn waits(talks: &Talks, steps: &[StepId], id: StepId) -> String {
    let one = |wait: &Wait| {
        let name = isolated(&talks.steps[wait.step.0].name);
        wait.time.map_or_else(|| name.clone(), |time| format!("{} after {name}", length(time)))
    };
    let waits = talks.steps[id.0].after.iter().filter(|wait| steps.contains(&wait.step));
    let mut parts: Vec<String> = waits.map(one).collect();
    let together = talks.steps[id.0].together.iter().filter(|other| steps.contains(other));
    parts.extend(together.map(|other| format!("at once with {}", isolated(&talks.steps[other.0].name))));
    none_as_dash(&parts)
}

/// By when a step has to be done, and what calls for it.
pub(crate) fn due(talks: &Talks, steps: &[StepId], id: StepId) -> String {
    let own = talks.steps[id.0].deadline.map(|time| format!("within {} of the start", length(time)));
    let call = |other: &StepId| {
        let name = isolated(&talks.steps[other.0].name);
        let calls = talks.steps[other.0].responds.iter().filter(|wait| wait.step == id);
        let said = calls.map(move |wait| match wait.time {
            Some(time) => format!("within {} of {name}", length(time)),
            None => format!("once {name} is done"),
        });
        said.collect::<Vec<_>>()
    };
    none_as_dash(&own.into_iter().chain(steps.iter().flat_map(call)).collect::<Vec<_>>())
}

/// What a step brings of the deal, and to whom beside that.
pub(crate) fn delivers(talks: &Talks, id: StepId) -> String {
    let step = &talks.steps[id.0];
    let shares = step
        .delivers
        .iter()
        .map(|(issue, share)| format!("{} {}", isolated(&talks.issues[issue.0].name), room(share.mean())));
    let gifts = step
        .gives
        .iter()
        .map(|(body, amount)| format!("{} to {}", gain(amount.mean()), body_name(talks, *body)));
    let brings = consequences(step);
    none_as_dash(&shares.chain(gifts).chain(brings).collect::<Vec<_>>())
}

/// What of it stays with somebody who walks away.
pub(crate) fn kept(talks: &Talks, id: StepId) -> String {
    talks.steps[id.0].kept.as_ref().map_or_else(|| "all".into(), |share| room(share.mean()))
}

/// What else a step does or waits for.
pub(crate) fn besides(talks: &Talks, steps: &[StepId], id: StepId) -> String {
    let step = &talks.steps[id.0];
    let each = |ids: &[StepId], says: &dyn Fn(String) -> String| -> Vec<String> {
        let named = ids.iter().filter(|other| steps.contains(other));
        named.map(|other| says(isolated(&talks.steps[other.0].name))).collect()
    };
    let mut parts = each(&step.milestones, &|name| format!("not while {name} is due"));
    parts.extend(each(&step.includes, &|name| format!("brings {name} into play")));
    parts.extend(each(&step.excludes, &|name| format!("takes {name} out of play")));
    parts.extend(step.divisible.then(|| "can be done in parts".to_owned()));
    let noticed = step.noticed.as_ref().map(|chance| percent(chance.mean()));
    parts.extend(
        noticed.map(|chance| format!("that it is not done would be noticed with a chance of {chance}")),
    );
    none_as_dash(&parts)
}

/// What a step changes for people: `10 hostages returned`, `200 aid trucks a day`.
pub(crate) fn consequences(step: &Step) -> Option<String> {
    let one = |count: &detente_model::Consequence| {
        let per = match count.per {
            None => "",
            Some(TimeUnit::Hour) => " an hour",
            Some(TimeUnit::Day) => " a day",
            Some(TimeUnit::Week) => " a week",
            Some(TimeUnit::Month) => " a month",
            Some(TimeUnit::Year) => " a year",
        };
        format!("{}: {}{per}", counted(&count.what), value(count.amount.mean()))
    };
    let all: Vec<String> = step.counts.iter().map(one).collect();
    (!all.is_empty()).then(|| all.join(", "))
}

fn none_as_dash(parts: &[String]) -> String {
    if parts.is_empty() { "–".into() } else { parts.join("; ") }
}
