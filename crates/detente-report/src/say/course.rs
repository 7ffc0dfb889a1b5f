//! What a reader should know of a plan beside its order: what is held back, left out, given or not delivered.

use super::body_name;
use super::sequence::{SAME, days, least, list, place, quoted, room, side, size};
use crate::CarriedDeal;
use crate::deal::{isolated, with_unit};
use crate::words::gain;
use detente_analysis::{Order, Sequence};
use detente_model::{BodyId, StepId, Talks};

/// From when on something could be done, until when it is held back, and why; nothing where it is not.
pub(crate) fn held_back(talks: &Talks, deal: &CarriedDeal, point: usize) -> Option<String> {
    let own = deal.held_back.iter().find(|own| own.point == point)?;
    let Ok(Sequence { order: Order::Found { plan, .. }, .. }) = &deal.found else { return None };
    let from = format!("possible from day {}", days(own.possible));
    let worse = own.earlier.slack < plan.slack - SAME;
    let Some((at, party)) = least(&own.earlier).first().copied().filter(|_| worse) else {
        return Some(format!("{from} just as well: no side would have less to hold it if it were done then"));
    };
    let who = side(talks, &own.earlier.points[at], party);
    let place = place(talks, &own.earlier, at);
    let why = match own.earlier.slack {
        f64::NEG_INFINITY => format!("{who} would gain by walking away {place}"),
        slack if slack < 0.0 => {
            format!("{who} could gain {} of what the deal brings it by walking away {place}", size(-slack))
        }
        slack => format!("{who} would have only {} of what the deal brings it to lose {place}", room(slack)),
    };
    let until = quoted(talks, &plan.points[point - 1].steps);
    Some(format!("{from}; held back until after {until}, because if it were done then, {why}"))
}

/// What steps give beside the deal, of whom it is asked to sign for less or more than that; nothing where none does.
fn gifts(talks: &Talks, found: &Sequence) -> Option<String> {
    let given = found.exit_values.iter().enumerate().filter(|(_, stake)| stake.given != 0.0);
    let given: Vec<String> = given
        .map(|(body, stake)| {
            let amount = gain(stake.given);
            let unit = talks.common_unit.as_ref();
            let amount = unit.map_or(amount.clone(), |unit| with_unit(&amount, unit));
            format!("{amount} for {}", body_name(talks, BodyId(body)))
        })
        .collect();
    (!given.is_empty()).then(|| {
        format!(
            "Steps give something beside the deal: {}. That counts on the way and at the end, but not in what a side gains by signing, nor in the chance of agreement.",
            list(&given)
        )
    })
}

/// Steps that the plan leaves out, and waits that do not hold in it.
fn out_of_play(talks: &Talks, found: &Sequence) -> Vec<String> {
    let Order::Found { plan, .. } = &found.order else { return Vec::new() };
    let at = |step: &StepId| plan.points.iter().position(|point| point.steps.contains(step));
    let left_out: Vec<StepId> = found.steps.iter().copied().filter(|step| at(step).is_none()).collect();
    let mut lines = Vec::new();
    if !left_out.is_empty() {
        let is = if left_out.len() == 1 { "It is" } else { "They are" };
        lines.push(format!(
            "Left out in this order: {}. {is} not in play when everything else is done.",
            quoted(talks, &left_out)
        ));
    }
    for step in &found.steps {
        let waits = talks.steps[step.0].after.iter().map(|wait| wait.step);
        let later: Vec<StepId> = waits.filter(|other| at(step).is_some() && at(other) > at(step)).collect();
        if !later.is_empty() {
            lines.push(format!(
                "{} does not wait for {} here, because what is out of play is not waited for.",
                quoted(talks, &[*step]),
                quoted(talks, &later)
            ));
        }
    }
    lines
}

/// What a reader should know about what the steps deliver.
pub(crate) fn undelivered(talks: &Talks, found: &Sequence) -> Vec<String> {
    let mut lines: Vec<String> = gifts(talks, found).into_iter().chain(out_of_play(talks, found)).collect();
    let issues: Vec<String> = talks
        .issues
        .iter()
        .enumerate()
        .filter(|(i, issue)| issue.status_quo.is_some_and(|option| option != found.deal.0[*i]))
        .filter(|(i, _)| {
            !found
                .steps
                .iter()
                .any(|step| talks.steps[step.0].delivers.iter().any(|(issue, _)| issue.0 == *i))
        })
        .map(|(_, issue)| isolated(&issue.name))
        .collect();
    if !issues.is_empty() && !found.steps.is_empty() {
        lines.push(format!(
            "No step delivers what this deal says about {}: it comes with the end.",
            list(&issues)
        ));
    }
    lines
}
