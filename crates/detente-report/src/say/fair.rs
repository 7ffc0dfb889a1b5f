//! What the rules of fairness and efficiency look at, as is computed.

use crate::Report;
use crate::deal::{isolated, with_unit};
use crate::say::sequence::list;
use crate::words::gain;
use detente_analysis::{Chosen, Scale};
use detente_model::{Alternative, BodyId, Talks};

/// The unit in which all bodies count, after a comma.
pub(crate) fn in_common(talks: &Talks) -> String {
    talks.common_unit.as_ref().map_or_else(String::new, |unit| format!(", in {}", isolated(unit)))
}

/// The unit in which all bodies count, or that each has its own, after a comma.
pub(crate) fn in_its_units(talks: &Talks) -> String {
    if talks.common_unit.is_some() { in_common(talks) } else { ", in its own units".into() }
}

/// In which units what bodies gain is told.
pub(crate) fn units(talks: &Talks) -> &'static str {
    if talks.common_unit.is_some() { "the unit in which all count" } else { "each body's own units" }
}

/// What the bodies together gain by a deal, where all count in one unit.
pub(crate) fn together(talks: &Talks, chosen: &Chosen) -> Option<String> {
    let unit = talks.common_unit.as_ref()?;
    let total = chosen.total?;
    (talks.bodies.len() > 1).then(|| format!("all bodies together {}", with_unit(&gain(total), unit)))
}

/// Whether a rule depends on the units in which parties' values happen to stand.
pub(crate) fn depends_on_units(report: &Report<'_>, is_sum: bool) -> bool {
    report.talks.common_unit.is_none() || (!is_sum && report.analysis.scale == Scale::Unit)
}

/// Among which deals a rule of fairness looks for the best.
pub(crate) const AMONG: &str = "Each rule of fairness looks only at deals that would pass the rules of agreement if a yes had \
                                no political cost and that leave no side with less than no deal.";

/// What is added up for the largest sum.
pub(crate) fn sum(report: &Report<'_>) -> String {
    match (&report.talks.common_unit, report.analysis.scale) {
        (None, _) => "largest sum of gains".into(),
        (Some(unit), Scale::Raw) => format!("largest sum of gains, in {}", isolated(unit)),
        (Some(unit), Scale::Unit) => format!("largest sum of gains over all bodies, in {}", isolated(unit)),
    }
}

/// That a body may gain by a deal that is not efficient, where parties are weighed.
pub(crate) fn weighed(report: &Report<'_>) -> Option<&'static str> {
    let several = report.talks.parties.iter().any(|party| party.bodies.len() > 1);
    (several && report.analysis.scale == Scale::Unit).then_some(
        "A side with several bodies is judged by the mean of their values, each from 0 to 1, weighted by influence: a deal \
         that is not efficient may still be worth more to one of them than any that is.",
    )
}

/// From where gains are counted of sides to which any deal is better than none.
pub(crate) fn counted_from(talks: &Talks) -> Option<String> {
    let any = |body: &BodyId| talks.bodies[body.0].alternative == Alternative::RefusesNothing;
    let sides = talks.parties.iter().filter(|party| party.bodies.iter().all(any));
    let names: Vec<String> = sides.map(|party| isolated(&party.name)).collect();
    (!names.is_empty()).then(|| {
        format!(
            "To {} any deal is better than none: gains are counted from the worst possible deal there.",
            list(&names)
        )
    })
}

/// The rules in one paragraph, for a screen.
pub(crate) fn rules(report: &Report<'_>) -> String {
    let starred = |is_sum| if depends_on_units(report, is_sum) { "*" } else { "" };
    let star = if starred(false).is_empty() { "" } else { " *Depends on units." };
    let weighed = weighed(report).map_or_else(String::new, |weighed| format!(" {weighed}"));
    let from = counted_from(report.talks).map_or_else(String::new, |from| format!(" {from}"));
    format!(
        "{AMONG} Nash: largest product of gains. Kalai-Smorodinsky: largest smallest share of what each could gain. \
         Egalitarian{}: largest smallest gain. Utilitarian{}: {}.{star} Efficient: no other deal is better for one side and \
         no worse for any.{weighed}{from}",
        starred(false),
        starred(true),
        sum(report),
    )
}

/// The two rules that add or compare gains, for a page.
pub(crate) fn by_units(report: &Report<'_>) -> [String; 2] {
    let depends = |is_sum| match depends_on_units(report, is_sum) {
        true => " It depends on the units of the parties' values.",
        false => "",
    };
    [
        format!(
            "The deal with the largest smallest gain of a party; where these are equal, the next smallest decide.{}",
            depends(false)
        ),
        format!("The deal with the {}.{}", sum(report), depends(true)),
    ]
}
