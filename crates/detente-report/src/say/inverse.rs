//! What it would take with no lever given, in words.

use crate::NamedDeal;
use crate::deal::{answer, in_words};
use crate::say::levers::averaged;
use crate::say::{body_name, difference};
use crate::words::{gain, percent, value};
use detente_analysis::{
    Ask, Estimate, Falls, Need, Never, Requirements, Scope, Standing, Together, Why, missing,
};
use detente_model::{BodyId, Outcome, Talks};

/// An amount, with its share of the range of that body's values.
pub(crate) fn amount(need: &Need) -> String {
    match need.share {
        Some(share) => format!("{} ({} of its range)", value(need.amount), percent(share)),
        None => value(need.amount),
    }
}

/// What one body alone would have to be given.
pub(crate) fn ask(ask: &Ask) -> String {
    match ask {
        Ask::Enough(need) if need.amount == 0.0 => "nothing".into(),
        Ask::Enough(need) => amount(need),
        Ask::Never(Never::NoZone) => "does not help: no deal would pass the rules".into(),
        Ask::Never(Never::Support { most: Some(most) }) => {
            format!("not alone: at most {}", percent(*most))
        }
        Ask::Never(Never::Support { most: None }) => "not alone".into(),
        Ask::Never(Never::Unknown) => "not known".into(),
    }
}

/// What one body alone, and what several together would take.
pub(crate) fn lines(
    talks: &Talks,
    found: &Requirements,
    reference: Option<&Outcome>,
    average: Option<Estimate>,
) -> Vec<String> {
    let target = percent(found.target);
    if found.best >= found.target {
        return vec![format!("The target of {target} is reached as things are.")];
    }
    let mut lines = vec![alone(talks, found, &target)];
    let together = together(talks, &found.together, reference, &target);
    let told = together.is_some();
    lines.extend(together);
    lines.extend(average.filter(|_| told).map(averaged));
    if found.scope == Scope::Listed {
        lines.push("There are too many deals to look at each: several bodies together, and answers worth more, were worked out for the likeliest deals only.".into());
    }
    if found.limit.is_some() {
        lines.push("The search was not complete: less may do.".into());
    }
    lines
}

fn alone(talks: &Talks, found: &Requirements, target: &str) -> String {
    let enough = found.bodies.iter().enumerate().filter_map(|(b, ask)| match ask {
        Ask::Enough(need) => Some((BodyId(b), need)),
        Ask::Never(_) => None,
    });
    let share = |need: &Need| need.share.unwrap_or(f64::INFINITY);
    let least = enough.min_by(|a, b| share(a.1).total_cmp(&share(b.1)));
    let no_zone = found.bodies.iter().all(|ask| matches!(ask, Ask::Never(Never::NoZone)));
    let unknown = found.bodies.iter().any(|ask| matches!(ask, Ask::Never(Never::Unknown)));
    match least {
        Some((body, need)) => format!(
            "Of one body alone, the distance is shortest for {}: if it needed {} less for a yes, the target of {target} would be reached.",
            body_name(talks, body),
            amount(need)
        ),
        None if no_zone => format!(
            "No fall of political costs reaches the target of {target}: no deal would pass the rules of agreement even if a yes had no political cost."
        ),
        None if unknown => format!("Whether one body alone could bring the chance to {target} is not known."),
        None => format!("No body alone can bring the chance to {target}, even if a yes cost it nothing."),
    }
}

fn together(talks: &Talks, found: &Together, reference: Option<&Outcome>, target: &str) -> Option<String> {
    let Together::Enough(falls) = found else { return None };
    // What one body alone is asked is told already.
    if falls.amounts.iter().filter(|amount| **amount > 0.0).count() < 2 {
        return None;
    }
    Some(format!(
        "Least in all, it would take this to reach {target}: {}{}{}",
        parts(talks, falls),
        match reference {
            Some(reference) if *reference == falls.outcome => ", for the likeliest deal.".into(),
            Some(reference) => format!(", for this deal: {}.", difference(talks, reference, &falls.outcome)),
            None => format!(", for this deal: {}.", in_words(talks, &falls.outcome, |_| true)),
        },
        gap(falls)
    ))
}

/// Who would have to need how much less.
pub(crate) fn parts(talks: &Talks, falls: &Falls) -> String {
    let one =
        |(b, amount): (usize, &f64)| format!("{}: {} less", body_name(talks, BodyId(b)), value(*amount));
    let asked: Vec<String> =
        falls.amounts.iter().enumerate().filter(|(_, amount)| **amount > 0.0).map(one).collect();
    format!("{} (together {} of the range of their values)", asked.join("; "), share(falls.sum))
}

/// A sum of shares, which may be small.
fn share(sum: f64) -> String {
    if sum < 0.1 { format!("{:.1}%", sum * 100.0) } else { format!("{:.0}%", sum * 100.0) }
}

fn gap(falls: &Falls) -> String {
    if falls.sum - falls.at_least <= 1e-3 || falls.at_least < 1e-3 {
        String::new()
    } else {
        format!(" It is proven that at least {} is needed.", share(falls.at_least))
    }
}

/// How likely a deal that was asked about is, and what stands in its way.
pub(crate) fn account(talks: &Talks, deal: &NamedDeal) -> Vec<String> {
    let (found, average) = (&deal.account, deal.average);
    let mut lines = Vec::new();
    if !found.broken.is_empty() {
        let n = found.broken.len();
        let rules = if n == 1 { "a constraint".to_owned() } else { format!("{n} constraints") };
        lines.push(format!(
            "This deal is not possible: it breaks {rules}. What follows is what would hold if it were."
        ));
    }
    if let Some([no, yes]) = deal.if_missing.filter(|_| !deal.is_settled()) {
        let missing = super::verdict::bodies(&missing(talks));
        let they = if missing.len() == 1 { "it says" } else { "they all say" };
        lines.push(format!(
            "How likely it is to be agreed hangs on {}, of whom too little is said: {} if {they} no, {} if {they} yes.",
            super::verdict::names(talks, &missing),
            percent(no),
            percent(yes)
        ));
        return lines;
    }
    let zone = match found.would_pass {
        true => "It would pass the rules of agreement if a yes had no political cost.",
        false => "It would not pass the rules of agreement even if a yes had no political cost.",
    };
    lines.push(format!("The chance that it is agreed is {}. {zone}", percent(found.probability)));
    lines.extend(average.map(averaged));
    if found.probability >= found.target {
        lines.push(format!("It reaches the target of {}.", percent(found.target)));
        return lines;
    }
    let losers: Vec<String> = found
        .bodies
        .iter()
        .enumerate()
        .filter_map(|(b, standing)| match standing.why {
            Why::Below { by } => Some(format!("{} ({} short)", body_name(talks, BodyId(b)), value(by))),
            _ => None,
        })
        .collect();
    if !losers.is_empty() {
        lines.push(format!("It is worth less than no deal to {}.", losers.join(", ")));
    }
    if let Together::Enough(falls) = &found.together
        && falls.sum > 0.0
    {
        lines.push(format!(
            "Least in all, it would take this to reach the target: {}.{}",
            parts(talks, falls),
            gap(falls)
        ));
    } else if let Together::Never(Never::NoZone | Never::Support { .. }) = found.together {
        lines.push(format!(
            "No fall of political costs alone brings it to the target of {}.",
            percent(found.target)
        ));
    }
    lines
}

/// What a body gains by a deal.
pub(crate) fn surplus(standing: &Standing) -> String {
    let anyway = || match standing.why {
        Why::RefusesAll => "accepts no deal",
        Why::NotKnown => "not known",
        Why::RefusesNothing | Why::Below { .. } | Why::Covers { .. } => "accepts any deal",
    };
    standing.surplus.map_or_else(|| anyway().into(), gain)
}

/// Where a body stands to a deal.
pub(crate) fn standing(standing: &Standing) -> String {
    match standing.why {
        Why::RefusesNothing => "always yes".into(),
        Why::RefusesAll => "never yes".into(),
        Why::NotKnown => "not known".into(),
        Why::Below { .. } => "no: worth less than no deal".into(),
        Why::Covers { probability } => format!("yes with {}", percent(probability)),
    }
}

/// What an answer would have to be worth more, and to whom.
pub(crate) fn added(talks: &Talks, issue: usize, found: &detente_analysis::Added) -> [String; 3] {
    [answer(&talks.issues[issue], found.option), body_name(talks, found.body), amount(&found.need)]
}
