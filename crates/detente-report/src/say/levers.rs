//! What mediators can do, in words.

use crate::deal::{in_words, isolated};
use crate::say::{body_name, difference};
use crate::words::{count, just_under, percent, value};
use detente_analysis::{Estimate, LeverLimit, Levers, Package};
use detente_model::{LeverId, Outcome, Talks};

/// The names of levers, with their mediators.
pub(crate) fn names(talks: &Talks, levers: &[LeverId]) -> String {
    if levers.is_empty() {
        return "nothing".into();
    }
    let one = |lever: &LeverId| {
        let lever = &talks.levers[lever.0];
        let mediator = &talks.mediators[lever.mediator.0].name;
        format!("{} ({})", isolated(&lever.name), isolated(mediator))
    };
    levers.iter().map(one).collect::<Vec<_>>().join("; ")
}

/// Which deal levers were asked about.
#[derive(Clone, Copy)]
pub(crate) enum About<'a> {
    /// The best of all, told by what differs from the likeliest without levers.
    Best(Option<&'a Outcome>),
    /// One deal, which need not be told again.
    This,
}

impl About<'_> {
    /// The end of a sentence that tells the deal.
    fn deal(self, talks: &Talks, package: &Package) -> String {
        match self {
            About::This => ".".into(),
            About::Best(reference) if reference.is_some() && reference == package.deal.as_ref() => {
                ", for the deal that is likeliest without it.".into()
            }
            About::Best(reference) => format!(", for this deal: {}.", deal(talks, reference, package)),
        }
    }
}

/// The deal of a package against another.
pub(crate) fn deal(talks: &Talks, reference: Option<&Outcome>, package: &Package) -> String {
    match (reference, &package.deal) {
        (_, None) => "no deal".into(),
        (Some(reference), Some(deal)) => difference(talks, reference, deal),
        (None, Some(deal)) => in_words(talks, deal, |_| true),
    }
}

/// Whether the target can be reached, with what and at what cost; and what is out of reach. `average` is
/// the chance with what is chosen, averaged over what is not known.
pub(crate) fn verdict(
    talks: &Talks,
    found: &Levers,
    about: About<'_>,
    average: Option<Estimate>,
) -> Vec<String> {
    if let Some(limit) = &found.limit {
        return vec![format!("What mediators can do is left open: {}.", self::limit(talks, limit))];
    }
    if found.search.interrupted && found.cheapest.is_none() {
        return vec!["What mediators can do is left open: the search was stopped.".into()];
    }
    let target = percent(found.target);
    let mut lines = Vec::new();
    match (&found.none, &found.cheapest, &found.most) {
        (Some(none), Some(cheapest), _) if cheapest.levers.is_empty() => lines.push(format!(
            "The target of {target} is reached without any of it: the likeliest deal has {}.",
            percent(none.probability)
        )),
        (_, Some(cheapest), _) => lines.push(format!(
            "The target of {target} can be reached at a cost of {}: {}. The chance is then {}{}",
            value(cheapest.cost),
            names(talks, &cheapest.levers),
            percent(cheapest.probability),
            about.deal(talks, cheapest)
        )),
        (_, None, Some(most)) => lines.push(out_of_reach(talks, found, most, about)),
        _ => {}
    }
    lines.extend(average.map(averaged));
    lines.extend(unproven(found));
    if found.search.proven {
        lines.extend(without_budgets(found, &target));
    }
    lines
}

/// What was asked with every number at its mean, averaged.
pub(crate) fn averaged(average: Estimate) -> String {
    format!(
        "That is with every number at its mean; averaged over what is not known it is {}.",
        percent(average.mean)
    )
}

fn out_of_reach(talks: &Talks, found: &Levers, most: &Package, about: About<'_>) -> String {
    let target = percent(found.target);
    let within = if found.search.proven { "Out of reach" } else { "Not found" };
    if most.levers.is_empty() {
        return format!(
            "{within}: nothing that mediators can do raises the chance of agreement; it stays at {} (target {target}).",
            percent(most.probability)
        );
    }
    format!(
        "{within}: even with the best that mediators can do within their budgets, the chance is {} (target {target}). That costs {}: {}{}",
        just_under(most.probability, found.target),
        value(most.cost),
        names(talks, &most.levers),
        about.deal(talks, most)
    )
}

fn without_budgets(found: &Levers, target: &str) -> Option<String> {
    let (most, lifted) = (found.most.as_ref()?, found.without_budgets.as_ref()?);
    let reached = found.cheapest.is_some();
    let more = lifted.probability - most.probability >= 5e-4;
    Some(match (reached, more) {
        (true, _) if most.levers.is_empty() || most.probability >= 0.9995 => return None,
        (true, false) => format!(
            "More than {} is out of reach, whatever mediators do; that much costs {}.",
            percent(most.probability),
            value(most.cost)
        ),
        (true, true) => format!(
            "More than {} is out of reach within their budgets, and more than {} without any.",
            percent(most.probability),
            percent(lifted.probability)
        ),
        (false, false) if most.levers.is_empty() => return None,
        (false, false) => "Larger budgets would not change that.".to_owned(),
        (false, true) if lifted.probability >= found.target => format!(
            "Without budgets it would be within reach: up to {}, at a cost of {}.",
            percent(lifted.probability),
            value(lifted.cost)
        ),
        (false, true) => format!(
            "Even without budgets the chance would be {} (target {target}).",
            just_under(lifted.probability, found.target)
        ),
    })
}

fn unproven(found: &Levers) -> Option<String> {
    if found.search.proven {
        return None;
    }
    let early = if found.search.interrupted { "was stopped" } else { "ended" };
    let reaches = found.search.open.iter().filter(|open| open.at_most >= found.target);
    let cost = reaches.map(|open| open.cost).fold(f64::INFINITY, f64::min);
    Some(match &found.cheapest {
        Some(cheapest) if cost < cheapest.cost => format!(
            "The search {early} before everything else was ruled out: less may do, from a cost of {} on.",
            value(cost)
        ),
        _ => format!("The search {early} before everything else was ruled out."),
    })
}

/// Levers with an effect that none of these answers counts.
pub(crate) fn kept_for_later(talks: &Talks) -> Option<String> {
    let only = |lever: &&detente_model::Lever| {
        !lever.guarantee.is_empty()
            && lever.inducement.is_empty()
            && lever.assurance.is_empty()
            && lever.pressure.is_empty()
    };
    let names: Vec<String> = talks.levers.iter().filter(only).map(|lever| isolated(&lever.name)).collect();
    (!names.is_empty()).then(|| {
        format!(
            "A guarantee counts while a deal is carried out and not for the yes to it; so these are not used here: {}.",
            names.join("; ")
        )
    })
}

/// Why nothing is said.
pub(crate) fn limit(talks: &Talks, limit: &LeverLimit) -> String {
    match limit {
        LeverLimit::Interrupted => "it was interrupted before anything was known".into(),
        LeverLimit::NothingFeasible => "the constraints leave no possible deal".into(),
        LeverLimit::DealNotFeasible => "the deal is not possible: it breaks a constraint".into(),
        LeverLimit::TooManyLevers { most } => format!("there are more than {most} of them"),
        LeverLimit::EffectsTooLarge { body } => format!(
            "what they do to {} is too large to be added exactly to its values",
            body_name(talks, *body)
        ),
        LeverLimit::TooLarge { most } => {
            format!("the values of a body tie together more than {} combinations", count(&(*most).into()))
        }
        LeverLimit::Tied { issues, most } => {
            let names: Vec<String> =
                issues.iter().take(6).map(|issue| isolated(&talks.issues[issue.0].name)).collect();
            format!(
                "conditions and values tie together issues with more than {} combinations ({})",
                count(&(*most).into()),
                names.join(", ")
            )
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use detente_analysis::{LeverOptions, Space, Unproven, levers};
    use std::ops::ControlFlow;

    #[test]
    fn a_search_that_did_not_end_says_so_and_what_may_be_missing() {
        let reading = detente_formats::read(include_bytes!("../../tests/reservoir.yaml"));
        let talks = reading.talks.expect("talks");
        let with = |target: f64, change: &dyn Fn(&mut Levers)| {
            let options = LeverOptions { target, ..LeverOptions::default() };
            let mut found = levers(&Space::new(&talks), &options, &|_| ControlFlow::Continue(()));
            assert!(found.search.proven && found.most.is_some());
            change(&mut found);
            verdict(&talks, &found, About::This, None).join(" ")
        };
        let whole = with(0.5, &|_| {});
        assert!(whole.contains("The target of 50% can be reached"), "{whole}");
        assert!(!whole.contains("ruled out"), "{whole}");
        let cheaper = with(0.5, &|found| {
            found.search.proven = false;
            found.search.open = vec![Unproven { cost: 0.5, at_most: 0.6 }];
        });
        let says =
            "The search ended before everything else was ruled out: less may do, from a cost of 0.5 on.";
        assert!(cheaper.contains(says) && !cheaper.contains("out of reach"), "{cheaper}");
        let stopped = with(0.5, &|found| {
            (found.search.proven, found.search.interrupted) = (false, true);
            found.search.open = vec![Unproven { cost: 0.5, at_most: 0.4 }];
        });
        assert!(
            stopped.ends_with("The search was stopped before everything else was ruled out."),
            "{stopped}"
        );
        let beyond = with(0.999, &|found| found.search.proven = false);
        assert!(beyond.starts_with("Not found: even with the best"), "{beyond}");
        let nothing = with(0.999, &|found| (found.search.proven, found.search.interrupted) = (false, true));
        assert_eq!(nothing, "What mediators can do is left open: the search was stopped.");
    }
}
