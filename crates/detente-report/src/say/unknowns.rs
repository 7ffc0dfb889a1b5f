//! How sure the answers are, and what to find out next, in words.

use crate::deal::isolated;
use crate::parts;
use crate::say::{body_name, difference};
use crate::words::{count, percent, value};
use detente_analysis::{At, Compared, End, Estimate, InformationValue, Stop, Unknowns};
use detente_model::{Outcome, Talks, grouped};

/// What an input is called.
pub(crate) fn input(talks: &Talks, found: &Unknowns, input: usize) -> String {
    let input = &found.inputs[input];
    match (input.cases, input.spots.first()) {
        (Some(unknown), _) => isolated(&talks.unknowns[unknown.0].name),
        (None, Some(spot)) => parts::whole_number(talks, spot),
        (None, None) => String::new(),
    }
}

/// What an input is, and whose, where it is somebody's.
pub(crate) fn input_parts(talks: &Talks, found: &Unknowns, input: usize) -> (String, Option<String>) {
    match (found.inputs[input].cases, found.inputs[input].spots.first()) {
        (None, Some(spot)) => (parts::number(talks, spot), spot.body().map(|body| body_name(talks, body))),
        _ => (self::input(talks, found, input), None),
    }
}

/// What was drawn, and what comes of it; `headline` is the deal that is likeliest at the means.
pub(crate) fn sure(talks: &Talks, found: &Unknowns, headline: Option<&Outcome>) -> Vec<String> {
    let Some(first) = found.deals.first() else { return vec![never(found)] };
    let mut lines = vec![chance(talks, found, headline)];
    if let Some(detail) = first.detail {
        let [low, _, high] = detail.percentiles.map(percent);
        let spread = match low == high {
            true => format!("In eight draws of ten it is {low}."),
            false => format!("In eight draws of ten it lies between {low} and {high}."),
        };
        let stays = match detail.best {
            best if best >= 1.0 => format!("No draw makes another deal likelier{}.", of_compared(found)),
            best => format!("In {} it is the likeliest deal{}.", share(best), of_compared(found)),
        };
        lines.push(format!("{spread} {stays}"));
    }
    lines.push(reach(found));
    lines.extend(steadiest(talks, found, headline));
    lines
}

/// Whether it is said that the likeliest deal is also the steadiest, which a screen need not say.
pub(crate) fn steady(found: &Unknowns) -> bool {
    found.steadiest == Some(0) && found.deals[0].detail.is_some_and(|detail| detail.percentiles[0] >= 0.01)
}

fn never(found: &Unknowns) -> String {
    let looked = match found.compared {
        Compared::All => "no possible deal",
        Compared::Some { .. } => "no deal that was looked at",
    };
    format!(
        "In {} draws of what is not known, {looked} has a chance of more than one in a billion.",
        draws(found)
    )
}

fn chance(talks: &Talks, found: &Unknowns, headline: Option<&Outcome>) -> String {
    let first = &found.deals[0];
    let mean = percent(first.mean.mean);
    let known = match first.mean.half_width {
        width if !width.is_finite() => String::new(),
        width => format!(" (known to within {})", points(width)),
    };
    let at_means = percent(first.at_means);
    let against = match at_means == mean {
        true => "the same as with every number at its mean".to_owned(),
        false => format!("with every number at its mean it would be {at_means}"),
    };
    let compared = of_compared(found);
    // Deals whose averages read alike are not told apart.
    let alike = |other: &Outcome| {
        let own = found.deals.iter().find(|deal| deal.outcome == *other);
        own.is_some_and(|own| percent(own.mean.mean) == mean)
    };
    let Some(headline) = headline.filter(|headline| !alike(headline)) else {
        return format!(
            "Averaged over what is not known, the chance of agreement is {mean} for the likeliest deal{compared}{known}; {against}."
        );
    };
    let own = found.deals.iter().find(|deal| deal.outcome == *headline);
    let own = own
        .map(|own| {
            format!(
                " The deal that is likeliest with every number at its mean has {} on average.",
                percent(own.mean.mean)
            )
        })
        .unwrap_or_default();
    format!(
        "Averaged over what is not known, another deal is likeliest{compared} ({}): its chance is {mean}{known}; {against}.{own}",
        difference(talks, headline, &first.outcome)
    )
}

/// How often there is a zone, and how often the target is reached.
fn reach(found: &Unknowns) -> String {
    let least = if found.compared == Compared::All { "" } else { "at least " };
    let target = percent(found.target);
    let reached = match found.reached.mean {
        p if p <= 0.0 && least.is_empty() => format!("No draw reaches the target of {target} with any deal."),
        p if p >= 1.0 => format!("Every draw reaches the target of {target} with some deal."),
        p => format!("In {least}{} some deal reaches the target of {target}.", share(p)),
    };
    let zone = match found.zone.mean {
        p if p >= 1.0 => {
            "In every draw some deal would pass the rules of agreement if a yes had no political cost."
                .to_owned()
        }
        p => format!(
            "In {least}{} some deal would pass the rules of agreement if a yes had no political cost.",
            share(p)
        ),
    };
    format!("{reached} {zone}")
}

fn steadiest(talks: &Talks, found: &Unknowns, headline: Option<&Outcome>) -> Option<String> {
    let deal = found.deals.get(found.steadiest?)?;
    let low = deal.detail?.percentiles[0];
    if low < 0.01 {
        return None;
    }
    let low = percent(low);
    Some(match found.steadiest {
        Some(0) => format!(
            "It is also the steadiest deal: in nine draws of ten its chance is {low} or more, and no other deal does better by that measure."
        ),
        _ => format!(
            "The steadiest deal is another: in nine draws of ten its chance is {low} or more ({}).",
            difference(talks, headline.unwrap_or(&found.deals[0].outcome), &deal.outcome)
        ),
    })
}

/// How it was drawn, and why it ended.
pub(crate) fn drawn(found: &Unknowns) -> String {
    let n = found.inputs.len();
    let numbers: usize = found.inputs.iter().map(|input| input.spots.len()).sum();
    let what = match numbers {
        1 => "1 number is not known".to_owned(),
        _ if n == numbers => format!("{} numbers are not known, each independent of the others", grouped(n)),
        _ if n == 1 => format!("{} numbers are not known, and one thing decides them all", grouped(numbers)),
        _ => format!(
            "{} numbers are not known, and {} independent things decide them",
            grouped(numbers),
            grouped(n)
        ),
    };
    let ended = match found.stop {
        _ if found.deals.is_empty() => "More draws would hardly change that".to_owned(),
        Stop::Narrow => "That was enough for the precision asked for".to_owned(),
        Stop::Budget => format!("More would have been needed for a precision of {}", points(found.within)),
        Stop::Interrupted => "Then it was stopped".to_owned(),
    };
    let aside = match found.aside {
        0 => String::new(),
        1 => " 1 more unknown number does not enter here.".to_owned(),
        n => format!(" {} more unknown numbers do not enter here.", grouped(n)),
    };
    let mended = match found.mended {
        0 => String::new(),
        n => format!(
            " In {} draws the numbers of a political cost contradicted each other and were put right.",
            count(&n.into())
        ),
    };
    let compared = match found.compared {
        Compared::All => String::new(),
        Compared::Some { outcomes, pilots } => {
            let and = match pilots {
                0 => String::new(),
                1 => " and in a first draw".to_owned(),
                n => format!(" and in {} first draws", grouped(n)),
            };
            format!(
                " There are too many deals to look at each in every draw: compared were {}, the likeliest with every number at its mean{and}.",
                count(&outcomes.into())
            )
        }
    };
    format!(
        "{what}. There were {} draws, each worked out in full. {ended}.{compared}{aside}{mended}",
        draws(found)
    )
}

fn draws(found: &Unknowns) -> String {
    count(&found.draws.into())
}

fn of_compared(found: &Unknowns) -> &'static str {
    if found.compared == Compared::All { "" } else { ", among those compared" }
}

/// A share of draws.
fn share(share: f64) -> String {
    if share <= 0.0 {
        "none of the draws".into()
    } else if share >= 1.0 {
        "all draws".into()
    } else {
        format!("{} of the draws", percent(share))
    }
}

/// A difference of probabilities.
pub(crate) fn points(difference: f64) -> String {
    let points = difference * 100.0;
    if points < 0.05 {
        "less than 0.1 percentage points".into()
    } else {
        format!("{points:.1} percentage points")
    }
}

/// What to find out next.
pub(crate) fn learn(talks: &Talks, found: &Unknowns) -> Vec<String> {
    let Some(first) = found.information_values.first() else { return Vec::new() };
    let mut lines = Vec::new();
    let choice = first.worth.mean > first.worth.half_width.max(5e-4);
    if choice {
        lines.push(format!(
            "If you could learn one thing before choosing a deal, learn this: {}. Choosing the deal by it would raise the chance of agreement by {} on average.",
            input(talks, found, first.input),
            worth(first.worth)
        ));
    } else {
        lines.push("No single one of these things, if you learned it, would change which deal to choose by more than chance.".into());
    }
    if found.perfect.mean > 5e-4 {
        let least = if found.compared == Compared::All { "" } else { "at least " };
        lines.push(format!("Learning everything would raise it by {least}{}.", worth(found.perfect)));
    }
    lines.extend(carries(talks, found));
    lines
}

fn worth(estimate: Estimate) -> String {
    points(estimate.mean)
}

/// What most of the spread comes from.
fn carries(talks: &Talks, found: &Unknowns) -> Option<String> {
    let carried = |lesson: &&InformationValue| lesson.index.map_or(0.0, |index| index.total.mean);
    let most = found.information_values.iter().max_by(|a, b| carried(a).total_cmp(&carried(b)))?;
    let index = most.index?;
    let [low, high] = most.swing;
    if percent(low.mean) == percent(high.mean) {
        return None;
    }
    let at = |end: End| format!("{}: {}", self::end(talks, found, most, end), percent(end.mean));
    Some(format!(
        "What the chance of the likeliest deal depends on most is this: {}. It has a part in {} of the spread ({}; {}).",
        input(talks, found, most.input),
        percent(index.total.mean),
        at(most.swing[0]),
        at(most.swing[1])
    ))
}

/// Where an input is low or high.
pub(crate) fn end(talks: &Talks, found: &Unknowns, lesson: &InformationValue, end: End) -> String {
    match (end.at, found.inputs[lesson.input].cases) {
        (At::Value(at), _) => format!("around {}", value(at)),
        (At::Case(case), Some(unknown)) => {
            format!("“{}”", isolated(&talks.unknowns[unknown.0].cases[case].name))
        }
        (At::Case(_), None) => String::new(),
    }
}
