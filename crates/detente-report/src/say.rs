//! Sentences that more than one kind of page says.

pub(crate) mod answers;
pub(crate) mod course;
pub(crate) mod fair;
pub(crate) mod inverse;
pub(crate) mod kept;
pub(crate) mod lasting;
pub(crate) mod levers;
mod not_asked;
pub(crate) mod sequence;
pub(crate) mod standing;
pub(crate) mod steps;
mod table;
pub(crate) mod unknowns;
pub(crate) mod verdict;

pub(crate) use not_asked::not_asked;
pub(crate) use table::{any_of, on_the_table};

use crate::Report;
use crate::deal::{in_words, isolated};
use crate::words::{count, gain, just_under, percent, plain, rough, value};
use detente_analysis::{
    Analysis, Change, CountBounds, Deal, Method, NoZone, Sensitivity, Surveyed, SwitchingValue, Verdict, Will,
};
use detente_model::{Alternative, BodyId, IssueId, Outcome, Spot, Support, Talks, grouped};

/// How many deals there are of each kind, as far as is known.
pub(crate) fn counts(report: &Report<'_>) -> Vec<String> {
    let counts = &report.analysis.counts;
    let at_most = if counts.outcomes.exact { "" } else { "at most " };
    let feasible = format!(
        "{at_most}{} possible {}",
        count(&counts.outcomes.feasible),
        deals(&counts.outcomes.feasible)
    );
    let mut parts = vec![if counts.outcomes.total == counts.outcomes.feasible {
        feasible
    } else {
        format!("{feasible} ({} before constraints)", count(&counts.outcomes.total))
    }];
    if let Some(zone) = &counts.zone {
        parts.push(format!("{} acceptable if a yes has no political cost", tally(zone)));
    }
    if report.analysis.frontier_known {
        parts.push(format!("{} of the possible deals efficient", efficient_deals(report.analysis)));
    } else if let Some(surveyed) = &report.analysis.surveyed {
        parts.push(format!(
            "{} found that may be efficient, {} of them proven to be",
            count(&report.analysis.frontier_count.into()),
            count(&surveyed.efficient.into())
        ));
    }
    parts
}

/// How many deals are efficient, those that are worth the same to every party counted each.
fn efficient_deals(analysis: &Analysis) -> String {
    match &analysis.frontier_outcomes {
        Some(deals) if deals.is_exact() => count(&deals.at_least),
        Some(deals) => format!("at least {}", count(&deals.at_least)),
        None => count(&analysis.frontier_count.into()),
    }
}

/// How many deals of the frontier there are, and in how many marks they are drawn.
fn marks_of_efficient(analysis: &Analysis) -> String {
    let points = count(&analysis.frontier_count.into());
    let deals = efficient_deals(analysis);
    if deals == points {
        points
    } else {
        format!("{deals}; those worth the same to every party share a mark, of which there are {points}")
    }
}

/// A number of deals, or the bounds it lies between.
fn tally(tally: &CountBounds) -> String {
    let (low, high) = (count(&tally.at_least), count(&tally.at_most));
    if tally.is_exact() {
        low
    } else if low == high {
        format!("close to {low}")
    } else {
        format!("between {low} and {high}")
    }
}

/// How sure the answers are where there were too many deals to look at each.
pub(crate) fn method(report: &Report<'_>) -> Option<String> {
    let analysis = report.analysis;
    let Method::Groups { nodes } = analysis.method else { return None };
    let will = analysis.will.as_ref()?;
    let looks = count(&nodes.into());
    if let Some(surveyed) = analysis.unproven() {
        return Some(format!(
            "Not every deal could be ruled out: {looks} parts of the space were looked at, and {} regions in which others \
             may lie are left. The best chance of agreement is {}. The highest values: {}.{}",
            count(&surveyed.open.into()),
            bounds(&percent(will.best_probability), &percent(will.at_most)),
            highest(report, surveyed),
            fairest(surveyed),
        ));
    }
    if will.at_most > will.best_probability {
        return Some(format!(
            "Not every deal could be ruled out: the best chance of agreement is at least {} and at most {} ({looks} \
             partial deals looked at).",
            percent(will.best_probability),
            percent(will.at_most),
        ));
    }
    let open =
        !analysis.notes.is_empty() || !analysis.counts.zone.as_ref().is_some_and(CountBounds::is_exact);
    let but = if open { ", except where bounds are given or a note says otherwise" } else { "" };
    Some(format!(
        "The results are exact{but}. Not every deal was looked at: {looks} partial deals were enough to rule out the \
         others."
    ))
}

/// A best that was found, and what it cannot exceed.
fn bounds(found: &str, at_most: &str) -> String {
    if found == at_most { found.to_owned() } else { format!("at least {found} and at most {at_most}") }
}

/// The highest value for each party, as far as it is known.
fn highest(report: &Report<'_>, surveyed: &Surveyed) -> String {
    let party = |(p, party): (usize, &detente_model::Party)| {
        let found = report.analysis.parties[p].range.map_or_else(String::new, |(_, max)| value(max));
        format!("{} {}", isolated(&party.name), bounds(&found, &value(surveyed.best_at_most[p])))
    };
    let parties: Vec<String> = report.talks.parties.iter().enumerate().map(party).collect();
    parties.join("; ")
}

/// Which solutions by rules of fairness are proven, and how good the others can be.
fn fairest(surveyed: &Surveyed) -> String {
    let mut said = String::new();
    if !surveyed.proven.is_empty() {
        said += &format!(" Proven to be best by their rule: {}.", surveyed.proven.join(", "));
    }
    for (name, found, at_most) in &surveyed.unproven {
        let what = match *name {
            "Nash" => "product of gains",
            "egalitarian" => "smallest gain",
            _ => "sum of gains",
        };
        let most = value(*at_most);
        let between =
            if found.is_finite() { bounds(&value(*found), &most) } else { format!("at most {most}") };
        said += &format!(" The {what} ({name}) is {between}.");
    }
    said
}

/// How much of it is assumed.
pub(crate) fn assumed(talks: &Talks) -> String {
    let (numbers, sourcing) = (talks.numbers(), talks.sourcing());
    let count = |support| numbers.iter().filter(|placed| sourcing.of(placed.number) == support).count();
    let (assumed, unstated) = (count(Support::Assumed), count(Support::Unstated));
    let all = grouped(numbers.len());
    let mut said = match (assumed, numbers.len()) {
        (0, 0) => "No number was entered.".to_owned(),
        (0, _) => format!("All {all} numbers name a source."),
        (assumed, n) if assumed == n => {
            format!("All {all} numbers behind this are assumptions: none names a source.")
        }
        (assumed, _) => format!(
            "{} of the {all} numbers behind this are assumptions: they name no source.",
            grouped(assumed)
        ),
    };
    match unstated {
        0 => {}
        1 => said.push_str(" One number names a source that does not state it, so it is an assumption, too."),
        n => said.push_str(&format!(
            " {} numbers name a source that does not state them, so they are assumptions, too.",
            grouped(n)
        )),
    }
    let rows = numbers.iter().filter(|placed| matches!(placed.spot, Spot::Row(..))).count();
    let tables: usize = talks.bodies.iter().map(|body| body.preferences.tables.len()).sum();
    match tables {
        0 => {}
        1 => said.push_str(&format!(" {} of the numbers are the rows of one table.", grouped(rows))),
        n => said.push_str(&format!(
            " {} of the numbers are the rows of {} tables.",
            grouped(rows),
            grouped(n)
        )),
    }
    said
}

/// A deal as issues with their answers.
pub(crate) fn deal(report: &Report<'_>, outcome: &Outcome) -> String {
    in_words(report.talks, outcome, |_| true)
}

/// The best chance; never rounded up to a target it misses.
pub(crate) fn best_chance(will: &Will) -> String {
    just_under(will.best_probability, will.target)
}

/// That an outcome is one of several that do as well.
pub(crate) fn equals(ties: &CountBounds) -> String {
    if ties.at_most > 1u32.into() {
        format!(" (one of {} equal deals)", self::tally(ties))
    } else {
        String::new()
    }
}

fn deals(n: &num_bigint::BigUint) -> &'static str {
    if *n == 1u32.into() { "deal" } else { "deals" }
}

pub(crate) fn sentence(text: &str) -> String {
    let mut chars = text.chars();
    let first: String = chars.next().map(|c| c.to_uppercase().collect()).unwrap_or_default();
    format!("{first}{}.", chars.as_str())
}

/// `Party: body`, or the party where it is its own only body.
pub(crate) fn body_name(talks: &Talks, body: BodyId) -> String {
    let own = &talks.bodies[body.0];
    let party = &talks.parties[own.party.0];
    if party.bodies.len() == 1 && party.id == own.id {
        isolated(&party.name)
    } else {
        format!("{}, {}", isolated(&party.name), isolated(&own.name))
    }
}

/// What a deal changes against another.
pub(crate) fn difference(talks: &Talks, reference: &Outcome, outcome: &Outcome) -> String {
    let changed = |issue: IssueId| reference[issue] != outcome[issue];
    let n = (0..talks.issues.len()).filter(|i| changed(IssueId(*i))).count();
    if n == 0 {
        "the same as deal 1".into()
    } else if 2 * n <= talks.issues.len() {
        format!("as deal 1, but {}", in_words(talks, outcome, changed))
    } else {
        in_words(talks, outcome, |_| true)
    }
}

/// What a body gains over no deal, or what it says to any deal where that is no number.
pub(crate) fn gain_of(talks: &Talks, body: BodyId, value: Option<f64>) -> String {
    match (value, &talks.bodies[body.0].alternative) {
        _ if is_missing(talks, body) => "not known".into(),
        (Some(value), _) => gain(value),
        (None, Alternative::RefusesNothing) => "accepts any deal".into(),
        (None, Alternative::RefusesAll) => "accepts no deal".into(),
        (None, Alternative::Worth(_) | Alternative::Unknown) => "not known".into(),
    }
}

/// Whether too little is said of a body to know what it would say to a deal.
pub(crate) fn is_missing(talks: &Talks, body: BodyId) -> bool {
    !talks.bodies[body.0].unsaid().is_empty()
}

/// What each body gains over no deal.
pub(crate) fn gains(talks: &Talks, deal: &Deal) -> String {
    let of = |body: &BodyId| gain_of(talks, *body, deal.gains[body.0]);
    let party = |party: &detente_model::Party| match &party.bodies[..] {
        [body] if talks.bodies[body.0].id == party.id => format!("{} {}", isolated(&party.name), of(body)),
        bodies => {
            let each =
                bodies.iter().map(|body| format!("{} {}", isolated(&talks.bodies[body.0].name), of(body)));
            format!("{}: {}", isolated(&party.name), each.collect::<Vec<_>>().join(", "))
        }
    };
    talks.parties.iter().map(party).collect::<Vec<_>>().join("; ")
}

/// Whether a listed deal is efficient, where that is known.
pub(crate) fn efficient(deal: &Deal) -> &'static str {
    match deal.on_frontier {
        Some(true) => " (efficient)",
        Some(false) => " (not efficient)",
        None => "",
    }
}

/// Whether the likeliest deal is efficient, and what that means for it.
pub(crate) fn efficiency(report: &Report<'_>, deal: &Deal) -> String {
    let Some(efficient) = deal.on_frontier else { return String::new() };
    if efficient {
        return "It is efficient: no other possible deal is better for one party and no worse for any."
            .into();
    }
    let better = |utilities: &[f64]| -> Vec<String> {
        let gains = report.talks.parties.iter().zip(utilities.iter().zip(&deal.utilities));
        gains.filter(|(_, (new, old))| new > old).map(|(party, _)| isolated(&party.name)).collect()
    };
    let no_worse = |utilities: &[f64]| utilities.iter().zip(&deal.utilities).all(|(new, old)| new >= old);
    let better_ones = report.analysis.frontier.iter().filter(|point| no_worse(&point.utilities));
    let other = better_ones.max_by(|a, b| a.probability.total_cmp(&b.probability));
    let Some(other) = other else {
        return "It is not efficient: another possible deal is better for one party and no worse for any."
            .into();
    };
    let names = better(&other.utilities);
    let whom = if names.len() == deal.utilities.len() {
        "every party".to_owned()
    } else {
        format!("{} and no less to any", names.join(" and to "))
    };
    format!(
        "It is not efficient: another possible deal is worth more to {whom}, but its chance is {} ({}).",
        percent(other.probability),
        difference(report.talks, &deal.outcome, &other.outcome)
    )
}

/// That other deals are as likely, or nearly so.
pub(crate) fn near_equals(n: usize) -> Option<String> {
    match n {
        0 => None,
        1 => Some("One other deal named below is as likely, within one percentage point.".into()),
        n => Some(format!("{n} other deals named below are as likely, within one percentage point.")),
    }
}

/// What introduces the list of best deals.
pub(crate) fn others(n: usize) -> String {
    format!(
        "The {n} deals most likely to be agreed, numbered as in the pictures. Deals whose chances lie within one percentage \
         point of each other count as alike; of these efficient ones are named first, and of them the most different."
    )
}

/// Deals that are left out only because a list ends.
pub(crate) fn equals_left_out(shown: usize, all: usize) -> String {
    match (shown, all) {
        (1, 1) => {
            "One more deal is exactly as likely as one of these and left out only because the list ends:"
                .into()
        }
        (shown, all) if shown == all => {
            format!(
                "{} more deals are exactly as likely as one of these and left out only because the list ends:",
                grouped(all)
            )
        }
        (shown, all) => format!(
            "{} more deals are exactly as likely as one of these and left out only because the list ends. {shown} of \
             them:",
            grouped(all)
        ),
    }
}

/// Answers that are not shown: so many as likely as the last shown, so many less likely.
pub(crate) fn more_answers(alike: usize, lower: usize, unknown: usize) -> Option<String> {
    let answers = |n: usize| format!("{} more {}", grouped(n), if n == 1 { "answer" } else { "answers" });
    let known = match (alike, lower) {
        (0, 0) => None,
        (0, lower) => Some(format!("{} with a lower chance", answers(lower))),
        (alike, 0) => Some(format!("{} with the same chance", answers(alike))),
        (alike, lower) => {
            Some(format!("{} with the same chance; {} with a lower one", answers(alike), grouped(lower)))
        }
    };
    match (known, unknown) {
        (known, 0) => known,
        (None, unknown) => Some(format!("{} whose chance is not known", answers(unknown))),
        (Some(known), unknown) => Some(format!("{known}; that of {} is not known", grouped(unknown))),
    }
}

/// Whose yes is least likely to a deal.
pub(crate) fn least_likely(talks: &Talks, by_body: &[f64]) -> Option<String> {
    let known = || (0..by_body.len()).filter(|b| !is_missing(talks, BodyId(*b)));
    let least = known().map(|b| by_body[b]).fold(f64::INFINITY, f64::min);
    let names: Vec<String> = known()
        .filter(|b| by_body[*b] <= least + NO_DIFFERENCE)
        .map(|b| body_name(talks, BodyId(b)))
        .collect();
    (least < 0.995 && names.len() <= 4)
        .then(|| format!("Least likely to say yes to it: {} ({}).", names.join(", and "), percent(least)))
}

/// What rests on a claim: some of it, where it is much.
pub(crate) fn used_for(parts: &[String]) -> String {
    let some = parts.iter().take(USES).cloned().collect::<Vec<_>>().join("; ");
    match parts.len().saturating_sub(USES) {
        0 => some,
        more => format!("{some}; and {} more", grouped(more)),
    }
}

/// Parts of the talks that are named behind a claim.
const USES: usize = 6;

/// What a page leaves out because it would become too long.
pub(crate) fn left_out(missing: &[String]) -> Option<String> {
    (!missing.is_empty()).then(|| {
        format!(
            "This page would become too long and leaves out: {}. Everything is in the scenario and in the JSON result.",
            missing.join(", ")
        )
    })
}

/// The smallest common concession that opens a zone.
pub(crate) fn concession(found: &NoZone) -> String {
    match found.concession {
        Some(share) => format!(
            "If walking away were worth less to every body, by {} of the range of its values, the deal below would open \
             first{}.",
            percent(share),
            equals(&found.ties)
        ),
        None => "No lowering of alternatives opens a zone: a body that must agree is worse off under every deal, and all \
                 alike."
            .into(),
    }
}

/// The smallest sets of bodies whose consent stands before a zone.
pub(crate) fn waivers(sets: &[String], more: usize) -> String {
    let more = match more {
        0 => String::new(),
        more => format!(", or of {} other sets of as many bodies", grouped(more)),
    };
    format!("There would also be one if the consent of {} were not needed{more}.", sets.join(", or of "))
}

/// Whose consent is most needed, and what it would change.
pub(crate) fn consent(will: &Will, most: &[String], worth: Option<(f64, f64)>) -> String {
    let now = best_chance(will);
    let Some(worth) = worth else {
        return format!("No single body's yes would raise the best chance above {now}.");
    };
    let reaches = |gain: f64| {
        let reached = will.best_probability < will.target && will.best_probability + gain >= will.target;
        if reached { ", which reaches the target" } else { "" }
    };
    let (by_free, by_waived) = (reaches(worth.1), reaches(worth.0));
    let (waived, free) = (percent(will.best_probability + worth.0), percent(will.best_probability + worth.1));
    let free = if free == now { format!("stay {now}") } else { format!("be {free} instead of {now}") };
    match most {
        [one] => format!(
            "The yes of {one}. If it had no political cost, the best chance would {free}{by_free}; if it were not \
             needed, it would be {waived}{by_waived}."
        ),
        several => format!(
            "The yes of {}, alike. If one of them had no political cost, the best chance would {free}{by_free}; if \
             one were not needed, it would be {waived}{by_waived}.",
            several.join(", and of ")
        ),
    }
}

/// Bodies that are not in the table.
pub(crate) fn no_effect(more: usize, without: usize, any: bool) -> Option<String> {
    let more = match more {
        0 => String::new(),
        1 => "One more body is in the JSON result. ".into(),
        n => format!("{} more bodies are in the JSON result. ", grouped(n)),
    };
    let without = match (without, any) {
        (0, _) | (_, false) => String::new(),
        (1, true) => "For one other body nothing changes.".into(),
        (n, true) => format!("For {} other bodies nothing changes.", grouped(n)),
    };
    let text = format!("{more}{without}");
    (!text.is_empty()).then(|| text.trim_end().to_owned())
}

/// Where a number flips something: `above about 8`.
pub(crate) fn beyond(now: f64, change: &Change) -> String {
    let upwards = change.to > now;
    if (change.to - now).abs() <= 1e-5 * now.abs().max(change.share) {
        return if upwards { "a little higher".into() } else { "a little lower".into() };
    }
    let to = told(now, change.to);
    if upwards { format!("above about {to}") } else { format!("below about {to}") }
}

/// Where a number changes something, to two digits of the change, or as many more as tell it from what it is now.
fn told(now: f64, to: f64) -> String {
    let size = |number: f64| number.abs().log10().floor() as i32;
    let finest = size(to - now) - 1;
    let at = |more: i32| {
        // Nothing is left of what is smaller than half of the last digit told.
        let digits = if to == 0.0 { 0 } else { size(to) - (finest - more) + 1 };
        let rounded = format!("{:.*e}", usize::try_from(digits - 1).unwrap_or(0), to).parse().unwrap_or(to);
        plain(if digits < 1 { 0.0 } else { rounded })
    };
    (0..4).map(at).find(|text| *text != plain(now)).unwrap_or_else(|| rough(to))
}

/// What would flip the answer, before the tables.
pub(crate) fn flips(
    report: &Report<'_>,
    found: &Sensitivity,
    name: &dyn Fn(&SwitchingValue) -> String,
) -> Vec<String> {
    let will = report.analysis.will.as_ref();
    let deals = will.is_some_and(|will| !will.best.is_empty());
    let what = if deals { "the verdict, or which deal is likeliest" } else { "the verdict" };
    let sourcing = report.talks.sourcing();
    let unsourced =
        report.talks.numbers().iter().filter(|placed| sourcing.is_assumption(placed.number)).count();
    let mut first = match found.tried {
        0 => "No assumed number enters the chances of agreement.".to_owned(),
        1 => format!(
            "One assumed number enters the chances of agreement. Changed alone, it {} {what}.",
            if found.numbers.is_empty() { "cannot change" } else { "can change" }
        ),
        n => format!(
            "{} assumed numbers enter the chances of agreement. Changed alone, {} of them can change {what}.",
            grouped(n),
            grouped(found.numbers.len())
        ),
    };
    match unsourced - found.tried {
        0 => {}
        1 => first.push_str(" One other assumed number does not enter them."),
        n => first.push_str(&format!(" {} other assumed numbers do not enter them.", grouped(n))),
    }
    let mut lines = vec![first];
    let by_verdict: Vec<(&SwitchingValue, &Change)> =
        found.numbers.iter().filter_map(|flip| Some((flip, flip.verdict.as_ref()?))).collect();
    let soonest = by_verdict.iter().map(|(_, change)| change.share).fold(f64::INFINITY, f64::min);
    let alike: Vec<&(&SwitchingValue, &Change)> =
        by_verdict.iter().filter(|(_, change)| change.share <= soonest + NO_DIFFERENCE).collect();
    if alike.is_empty() && found.tried > 0 {
        lines.push(
            "None of them changes the verdict by itself, within four times the range of the values.".into(),
        );
    }
    let told = if alike.len() <= ALIKE { alike.len() } else { 0 };
    lines.extend(alike[..told].iter().map(|(flip, change)| {
        format!(
            "If this number alone were {} instead of {}, the verdict would read \u{201c}{}\u{201d}: {}.",
            beyond(flip.now, change),
            value(flip.now),
            verdict::label(change.verdict),
            name(flip)
        )
    }));
    lines
}

/// Relative changes closer than this are the same.
pub(crate) const NO_DIFFERENCE: f64 = 1e-9;
/// Equal numbers that are named in a sentence each.
const ALIKE: usize = 2;

/// What a table of changes leads to.
pub(crate) fn would_read(verdict: Verdict) -> String {
    format!("With one of these changed, the verdict would read \u{201c}{}\u{201d}", verdict::label(verdict))
}

/// Issues whose answers make no difference that is worth a table.
pub(crate) fn level_issues(names: &[String], best: f64) -> Option<String> {
    let best = percent(best);
    match names {
        [] => None,
        [one] => Some(format!("Whichever answer is settled for {one}, the best chance reads {best}.")),
        several => Some(format!(
            "Whichever answer is settled for one of these, the best chance reads {best}: {}.",
            several.join(", ")
        )),
    }
}

/// What the pictures show and what they leave out.
pub(crate) fn space(
    report: &Report<'_>,
    pairs: usize,
    of: usize,
    thinned: Option<&(usize, String)>,
) -> Vec<String> {
    let mut lines = Vec::new();
    match (pairs, of) {
        (0, _) => lines.push("There is one party, so there is nothing to set against it.".to_owned()),
        (1, 1) => lines.push(
            "Each mark is a deal: further right is better for the one side, further up for the other. What lies to the \
             upper right of another deal is better for both."
                .to_owned(),
        ),
        (shown, all) if shown == all => lines.push(format!(
            "One picture for each of the {all} pairs of parties. Each mark is a deal; further right and further up is \
             better for the party named there."
        )),
        (shown, all) => lines.push(format!(
            "{shown} of the {all} pairs of parties: those where, over the efficient deals, a gain for the one goes most \
             with a loss for the other. Each mark is a deal; further right and further up is better for the party named \
             there."
        )),
    }
    if pairs > 0 && thinned.is_some_and(|(drawn, _)| *drawn == 0) {
        lines.push(format!(
            "Every {} ({}) is drawn, and none of the others.",
            efficient_deal(report.analysis),
            marks_of_efficient(report.analysis)
        ));
    } else if let Some((drawn, all)) = thinned.filter(|_| pairs > 0) {
        let frontier = marks_of_efficient(report.analysis);
        let where_ = if pairs > 1 { " in each picture" } else { "" };
        lines.push(format!(
            "Every {} ({frontier}) and every deal named on this page is drawn; of the {all} possible deals, {} \
             more{where_}, chosen evenly by a fixed rule.",
            efficient_deal(report.analysis),
            grouped(*drawn)
        ));
    }
    lines
}

/// What the deals of the frontier are, as far as is known.
fn efficient_deal(analysis: &Analysis) -> &'static str {
    if analysis.frontier_known { "efficient deal" } else { "deal found that may be efficient" }
}

/// Why no rule of fairness picks a deal.
pub(crate) fn no_fair(reason: &str) -> String {
    format!("No deal divides the gains by a rule of fairness: {reason}.")
}

/// A draw between deals.
pub(crate) fn lottery(parts: &[String]) -> String {
    format!("By this rule a draw would do better: {}.", parts.join("; "))
}

/// Shares of a whole in percent that add up to 100 as they are shown: what rounding leaves goes to the largest rests.
pub(crate) fn shares_of_all(weights: &[f64]) -> Vec<String> {
    let exact = weights.iter().map(|weight| weight * 100.0);
    let mut whole: Vec<f64> = exact.clone().map(f64::floor).collect();
    let mut by_rest: Vec<usize> = (0..whole.len()).collect();
    let rests: Vec<f64> = exact.zip(&whole).map(|(exact, whole)| exact - whole).collect();
    by_rest.sort_by(|a, b| rests[*b].total_cmp(&rests[*a]));
    let left = (100.0 - whole.iter().sum::<f64>()).round().max(0.0) as usize;
    for k in by_rest.into_iter().take(left) {
        whole[k] += 1.0;
    }
    let shown = |(whole, weight): (&f64, &f64)| match *whole {
        0.0 => percent(*weight),
        whole => percent(whole / 100.0),
    };
    whole.iter().zip(weights).map(shown).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_of_a_whole_add_up_as_they_are_shown() {
        let shown = |weights: &[f64]| shares_of_all(weights);
        assert_eq!(shown(&[0.125, 0.875]), ["13%", "87%"]);
        assert_eq!(shown(&[1.0 / 3.0, 1.0 / 3.0, 1.0 / 3.0]), ["34%", "33%", "33%"]);
        assert_eq!(shown(&[0.996, 0.004]), ["100%", "under 1%"]);
        assert_eq!(shown(&[0.25, 0.75]), ["25%", "75%"]);
    }

    #[test]
    fn where_a_number_flips_something_never_reads_as_it_is_now() {
        for (now, to, said) in [
            (5.0, -5.0004e-13, "0"),
            (5.0, 0.0, "0"),
            (11_000_000.0, 10_989_900.0, "10,990,000"),
            (-14.0, -14.02, "\u{2212}14.02"),
            (0.0, 7.96, "8"),
        ] {
            assert_eq!(told(now, to), said, "{now} {to}");
        }
    }

    #[test]
    fn answers_that_are_left_out_are_as_likely_or_less() {
        let check = |left_out: [usize; 3], said: &str| {
            let [alike, lower, unknown] = left_out;
            assert_eq!(more_answers(alike, lower, unknown).as_deref(), Some(said));
        };
        assert_eq!(more_answers(0, 0, 0), None);
        check([0, 1, 0], "1 more answer with a lower chance");
        check([2, 0, 0], "2 more answers with the same chance");
        check([18, 23, 0], "18 more answers with the same chance; 23 with a lower one");
        check([0, 0, 40], "40 more answers whose chance is not known");
        check([0, 1, 2], "1 more answer with a lower chance; that of 2 is not known");
    }

    #[test]
    fn a_chance_below_the_target_never_reads_as_the_target() {
        let will = |best_probability: f64| Will {
            verdict: Verdict::NoWill,
            target: 0.5,
            best_probability,
            at_most: best_probability,
            best: Vec::new(),
            equals: Vec::new(),
            n_equals: 0,
            bodies: Vec::new(),
            issues: Vec::new(),
        };
        for (chance, said) in [(0.4967, "just under 50%"), (0.5, "50%"), (0.494, "49%"), (0.504, "50%")] {
            assert_eq!(best_chance(&will(chance)), said);
        }
        let of = |at_least: u32, at_most: u32| {
            equals(&CountBounds { at_least: at_least.into(), at_most: at_most.into() })
        };
        assert_eq!(of(1, 1), "");
        assert_eq!(of(1200, 1200), " (one of 1,200 equal deals)");
        assert_eq!(of(1, 20), " (one of between 1 and 20 equal deals)");
    }
}
