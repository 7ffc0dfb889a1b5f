//! The verdict: a label, what it means here, and what it rests on.
//!
//! Where a number is not known, the verdict is told by the mean over draws and the range in which eight of ten lie, never
//! by what comes out with every number at its mean.

use super::{best_chance, body_name};
use crate::Report;
use crate::words::{count, just_under, percent};
use detente_analysis::{CountBounds, Missing, Unknowns, Verdict, Will};
use detente_model::{BodyId, Rule, StatedCost, Talks, Unsaid};
use num_bigint::BigUint;

/// Bodies that are named one by one in a sentence.
const NAMED: usize = 4;

/// The verdict that is told: by the mean over draws where a number is not known.
pub(crate) fn told(report: &Report<'_>, will: &Will) -> Verdict {
    match (will.verdict, drawn(report)) {
        (Verdict::NotEnoughKnown, _) | (_, None) => will.verdict,
        (_, Some(found)) => found.verdict(),
    }
}

/// The verdict in a label and a sentence.
pub(crate) fn verdict(report: &Report<'_>, will: &Will) -> (&'static str, String) {
    let verdict = told(report, will);
    let sentence = match (verdict, drawn(report)) {
        (Verdict::NotEnoughKnown, _) => not_enough(report),
        (_, Some(found)) => over_draws(report, found),
        (Verdict::WithinReach, None) => within_reach(report, will),
        (Verdict::NoWill, None) => support_below(report, will),
        (Verdict::NoTerms, None) => no_terms(report, will),
    };
    let is_open = verdict == Verdict::NoWill && drawn(report).is_none() && is_open(will);
    (if is_open { "Support below target as far as was looked:" } else { headline(verdict) }, sentence)
}

/// Whether a deal that was not looked at might reach the target.
fn is_open(will: &Will) -> bool {
    will.best_probability < will.target && will.at_most >= will.target
}

fn headline(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::WithinReach => "Within reach:",
        Verdict::NoWill => "Support below target:",
        Verdict::NoTerms => "No terms yet:",
        Verdict::NotEnoughKnown => "Not enough known:",
    }
}

pub(crate) fn label(verdict: Verdict) -> &'static str {
    headline(verdict).trim_end_matches(':')
}

/// What was found over draws, where a number that enters is not known.
fn drawn<'r>(report: &Report<'r>) -> Option<&'r Unknowns> {
    report.unknowns
}

fn within_reach(report: &Report<'_>, will: &Will) -> String {
    let (chance, target) = (best_chance(will), percent(will.target));
    if let (false, Some(zone)) = (has_costs(report.talks), &report.analysis.counts.zone) {
        let (n, all) = (super::tally(zone), count(&report.analysis.counts.outcomes.feasible));
        let one = zone.at_most == BigUint::from(1u32);
        let (verb, who) = (if one { "is" } else { "are" }, accepting(report.talks));
        return match zone.at_least == report.analysis.counts.outcomes.feasible {
            true if one => format!("the only possible deal is acceptable to {who}."),
            true if zone.at_most == BigUint::from(2u32) => {
                format!("both possible deals are acceptable to {who}.")
            }
            true => format!("all {all} possible deals are acceptable to {who}."),
            false => format!("{n} of the {all} possible deals {verb} acceptable to {who}."),
        };
    }
    format!("the chance of agreement is {chance} for the likeliest deal (target {target}).")
}

fn support_below(report: &Report<'_>, will: &Will) -> String {
    let (chance, target) = (best_chance(will), percent(will.target));
    let who = accepting(report.talks);
    let acceptable = match report.analysis.counts.zone.as_ref() {
        Some(zone) if zone.at_most == BigUint::from(1u32) => format!("1 deal is acceptable to {who}"),
        Some(zone) => format!("{} deals are acceptable to {who}", super::tally(zone)),
        None => format!("some deals are acceptable to {who}"),
    };
    if is_open(will) {
        return format!(
            "{acceptable}. The likeliest that was found has a chance of {chance} of being agreed; whether another reaches \
             the target of {target} is not known, and none has more than {}.",
            percent(will.at_most)
        );
    }
    format!(
        "{acceptable}, but the political cost of a yes leaves even the likeliest a chance of only {chance} of being \
         agreed (target {target})."
    )
}

fn no_terms(report: &Report<'_>, will: &Will) -> String {
    let all = count(&report.analysis.counts.outcomes.feasible);
    let missing = &report.analysis.knowledge.missing;
    let whatever = match missing.is_empty() {
        true => String::new(),
        false => format!(", whatever is said by {}", names(report.talks, &bodies(missing))),
    };
    format!(
        "none of the {all} possible deals is acceptable to {}, even if a yes had no political cost{whatever} (target {}).",
        accepting(report.talks),
        percent(will.target)
    )
}

fn not_enough(report: &Report<'_>) -> String {
    let knowledge = &report.analysis.knowledge;
    let names = names(report.talks, &bodies(&knowledge.missing));
    let who = accepting(report.talks);
    let they = if bodies(&knowledge.missing).len() == 1 { "it" } else { "they all" };
    let all = &report.analysis.counts.outcomes.feasible;
    let same = |(least, most): &(CountBounds, CountBounds)| least == most;
    if let (Some(_), Some((least, most))) =
        (knowledge.zone.as_ref().filter(|zone| same(zone)), knowledge.best)
    {
        let target = report.analysis.will.as_ref().map(|will| percent(will.target)).unwrap_or_default();
        return format!(
            "whether the target of {target} can be reached hangs on {names}, of whom too little is said. If {they} said no \
             to everything, the best chance of agreement would be {}; if {they} said yes to everything, {}.",
            percent(least),
            percent(most)
        );
    }
    let range = match &knowledge.zone {
        Some((least, most)) if most.at_most != BigUint::ZERO => format!(
            " If {they} said no to everything, {} would be acceptable to {who}; if {they} said yes to everything, {} would.",
            match least.at_most == BigUint::ZERO {
                true => format!("none of the {} possible deals", count(all)),
                false => format!("{} of the {} possible deals", super::tally(least), count(all)),
            },
            if most.at_least == *all { "all".into() } else { super::tally(most) }
        ),
        _ => String::new(),
    };
    format!("whether there can be an agreement hangs on {names}, of whom too little is said.{range}")
}

/// The headline where a number is not known: the range in which eight of ten draws lie, then the mean.
fn over_draws(report: &Report<'_>, found: &Unknowns) -> String {
    let target = percent(found.target);
    let Some(first) = found.deals.first() else {
        let who = accepting(report.talks);
        return format!(
            "in no way of filling in what is not known that was tried is a deal acceptable to {who} (target {target})."
        );
    };
    let mean = just_under(first.mean.mean, found.target);
    if !has_costs(report.talks) {
        let who = accepting(report.talks);
        return format!(
            "the deal that is acceptable most often is acceptable to {who} in {mean} of the ways of filling in what is not \
             known (target {target})."
        );
    }
    let range = first.detail.map(|detail| {
        let [low, _, high] = detail.percentiles.map(percent);
        match low == high {
            true => format!("is {low} in eight of ten ways of filling in what is not known"),
            false => {
                format!("lies between {low} and {high} in eight of ten ways of filling in what is not known")
            }
        }
    });
    match range {
        Some(range) => format!(
            "the chance of agreement on the likeliest deal {range}; on average it is {mean} (target {target})."
        ),
        None => format!(
            "averaged over what is not known, the chance of agreement on the likeliest deal is {mean} (target {target})."
        ),
    }
}

/// What the verdict rests on that nobody said: a yes that costs nothing at home.
pub(crate) fn rests_on(report: &Report<'_>, will: &Will) -> Option<String> {
    if told(report, will) != Verdict::WithinReach {
        // A political cost could only make a yes less likely.
        return None;
    }
    let unstated = without_a_cost(report.talks);
    (!unstated.is_empty()).then(|| {
        let names = names(report.talks, &unstated);
        format!("This holds if a yes costs nothing at home to {names}: no political cost is told, and none is assumed.")
    })
}

/// Whose yes counts, and of whom it is not said what a yes costs at home.
pub(super) fn without_a_cost(talks: &Talks) -> Vec<BodyId> {
    let is_unstated = |body: &BodyId| {
        let own = &talks.bodies[body.0];
        own.will == StatedCost::Unstated && own.alternative.number().is_some()
    };
    deciding(talks).into_iter().filter(is_unstated).collect()
}

/// What is not said, a line for each body, with what to write.
pub(crate) fn missing(talks: &Talks, missing: &[Missing]) -> Vec<String> {
    let of = |body: &BodyId| {
        let said = |what| missing.iter().any(|one| one.body == *body && one.what == what);
        let what = match (said(Unsaid::Alternative), said(Unsaid::Preferences)) {
            (true, true) => "what it values, and what no agreement is worth to it",
            (true, false) => "what no agreement is worth to it, or that any deal is better than none",
            (false, _) => "what it values: nothing is said of any issue",
        };
        format!("{}: {what}", body_name(talks, *body))
    };
    bodies(missing).iter().map(of).collect()
}

pub(super) fn bodies(missing: &[Missing]) -> Vec<BodyId> {
    let mut bodies: Vec<BodyId> = missing.iter().map(|one| one.body).collect();
    bodies.dedup();
    bodies
}

pub(super) fn names(talks: &Talks, bodies: &[BodyId]) -> String {
    let shown: Vec<String> = bodies.iter().take(NAMED).map(|body| body_name(talks, *body)).collect();
    let more = bodies.len().saturating_sub(NAMED);
    let between = if shown.iter().any(|name| name.contains(',')) { "; " } else { ", " };
    match (&shown[..], more) {
        ([one], 0) => one.clone(),
        ([all @ .., last], 0) => format!("{} and {last}", all.join(between)),
        (all, 1) => format!("{} and one other body", all.join(between)),
        (all, more) => format!("{} and {more} other bodies", all.join(between)),
    }
}

/// Whether a political cost is told of anybody whose yes counts.
pub(crate) fn has_costs(talks: &Talks) -> bool {
    deciding(talks).into_iter().any(|body| talks.bodies[body.0].will.cost().is_some())
}

/// The bodies that stand in the rules.
fn deciding(talks: &Talks) -> Vec<BodyId> {
    let parties = talks.agreement.members();
    parties.into_iter().flat_map(|party| talks.parties[party.0].ratifies.members()).copied().collect()
}

/// Who has to accept: everybody, or enough of them by the rules.
fn accepting(talks: &Talks) -> &'static str {
    let everybody = is_all(&talks.agreement) && talks.parties.iter().all(|party| is_all(&party.ratifies));
    if everybody { "everyone who must agree" } else { "enough of those whose yes counts" }
}

fn is_all<T>(rule: &Rule<T>) -> bool {
    match rule {
        Rule::One(_) => true,
        Rule::All(of) => of.iter().all(is_all),
        Rule::Any(of) => of.len() == 1 && is_all(&of[0]),
        Rule::AtLeast { needed, of } => *needed >= of.len() && of.iter().all(is_all),
        Rule::Quota { .. } => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn support_is_below_target_only_where_no_deal_is_left_that_might_reach_it() {
        let will = |best_probability: f64, at_most: f64| Will {
            verdict: Verdict::NoWill,
            target: 0.5,
            best_probability,
            at_most,
            best: Vec::new(),
            equals: Vec::new(),
            n_equals: 0,
            bodies: Vec::new(),
            issues: Vec::new(),
        };
        assert!(is_open(&will(0.41, 0.62)) && is_open(&will(0.41, 0.5)));
        assert!(!is_open(&will(0.41, 0.49)) && !is_open(&will(0.41, 0.41)) && !is_open(&will(0.5, 0.62)));
    }
}
