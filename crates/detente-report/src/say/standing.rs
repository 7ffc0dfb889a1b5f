//! Whether a deal holds, with all that is stated of what tempts its sides, in words.

use super::lasting::{Told, ends, has_strain, if_so, reasons};
use super::sequence::{
    SAME, closest, enough, guaranteed, in_amounts, is_open, limit, list, place, room, size, somebody_refuses,
    verdict,
};
use super::{body_name, sentence};
use crate::CarriedDeal;
use crate::words::percent;
use detente_analysis::{NO_CHANCE, Order, Outlook, Plan, alternatives_unknown, strain_unknown};
use detente_model::{BodyId, Talks};

/// Who reads a sentence.
#[derive(Clone, Copy)]
pub(crate) enum Reader {
    /// Whoever runs the command, with the file before them.
    Writer,
    /// Anybody who opens the page.
    Anybody,
}

impl Reader {
    /// What to write into the file, for those who write it.
    fn key(self, how: &'static str) -> &'static str {
        match self {
            Reader::Writer => how,
            Reader::Anybody => "",
        }
    }
}

/// The verdict on a deal: whether it would hold against what tempts its sides as well.
///
/// That nobody gains by walking away and that it may break all the same are told in one sentence, with the reason.
/// What is not stated is told with how to state it where whoever reads it has the file before them.
pub(crate) fn standing(talks: &Talks, deal: &CarriedDeal, reader: Reader) -> (&'static str, String) {
    let found = match &deal.found {
        Ok(found) => found,
        Err(why) => return ("Left open:", sentence(&limit(talks, *why))),
    };
    let (label, rest) = verdict(talks, found);
    if let Some(why) = not_enough_known(talks, deal, reader) {
        return ("Not enough known:", format!("{why} With everybody staying: {rest}"));
    }
    let Order::Found { plan, at_most, .. } = &found.order else { return (label, rest) };
    if !plan.is_self_enforcing() {
        return (label, rest);
    }
    let broken = deal.lasting.as_ref().and_then(|lasting| may_break(talks, plan, &lasting.outlook));
    if let Some((never, why)) = broken {
        let label = if never { "An order that would not be kept:" } else { "An order that may not be kept:" };
        let closest = closest(talks, plan, *at_most);
        return (label, format!("no side gains by walking away, and yet {why}. {closest}"));
    }
    let missing = strain_unknown(talks, plan);
    if missing.is_empty() {
        return (label, rest);
    }
    let how = reader.key(" (`strain`; `none` says that nothing tempts)");
    (
        "An order that holds if nobody is tempted further:",
        format!(
            "{rest} How strongly {} may be tempted to walk away all the same is not stated{how}.",
            some(talks, &missing)
        ),
    )
}

/// A deal among others: whether it holds, and what is missing.
pub(crate) fn in_short(talks: &Talks, deal: &CarriedDeal) -> String {
    let found = match &deal.found {
        Ok(found) => found,
        Err(why) => return limit(talks, *why),
    };
    if hangs_on_who_stays(deal) {
        return "not enough known: no alternative is stated of somebody whose staying would decide".into();
    }
    if let Order::Found { plan, .. } = &found.order
        && plan.is_self_enforcing()
    {
        return holds_in_short(talks, deal, plan);
    }
    match &found.order {
        Order::NoSteps => "no steps".into(),
        Order::Stopped => "left open".into(),
        Order::Impossible(_) => "no order carries it out".into(),
        Order::Found { plan, at_most, .. } if plan.slack == f64::NEG_INFINITY => {
            if at_most > &plan.slack {
                "left open".into()
            } else if let Some(amounts) = in_amounts(talks, plan) {
                format!("needs a guarantee, of {amounts} at most")
            } else if somebody_refuses(talks) {
                "no guarantee is enough".into()
            } else {
                "no guarantee in proportion is enough".into()
            }
        }
        Order::Found { plan, at_most, trust, .. } => {
            let enough = match &talks.common_unit {
                Some(_) if enough(trust).len() == 1 => {
                    guaranteed(talks, &found.exit_values, &enough(trust)[0].by_party)
                }
                _ => size(-plan.slack),
            };
            if is_open(plan, *at_most) {
                format!("left open; a guarantee of {enough} would be enough")
            } else if *at_most > plan.slack + SAME {
                format!("needs a guarantee, of {enough} at most")
            } else {
                format!("needs a guarantee of {enough}")
            }
        }
    }
}

/// Whether a deal holds with all that is stated: nobody gains by walking away, and it is carried through for certain;
/// nothing where that is not known.
pub(crate) fn holds_all_told(talks: &Talks, deal: &CarriedDeal) -> Option<bool> {
    if hangs_on_who_stays(deal) {
        return None;
    }
    match deal.found.as_ref().map(|found| &found.order) {
        Ok(Order::Found { plan, at_most, .. }) if is_open(plan, *at_most) => None,
        Ok(Order::Found { plan, .. }) if !plan.is_self_enforcing() => Some(false),
        Ok(Order::Found { plan, .. }) => match kept_chance(deal) {
            Some(chance) if chance < 1.0 - NO_CHANCE => Some(false),
            _ => strain_unknown(talks, plan).is_empty().then_some(true),
        },
        Ok(Order::Impossible(_)) => Some(false),
        _ => None,
    }
}

/// Whether the verdict differs with those leaving wherever they can of whom no alternative is stated: whether it holds,
/// or what would have to be guaranteed.
pub(crate) fn hangs_on_who_stays(deal: &CarriedDeal) -> bool {
    let said = |order: &Order| match order {
        Order::Found { plan, trust, .. } => {
            let needs = trust.iter().map(|choice| choice.by_party.clone()).collect::<Vec<_>>();
            Some((plan.is_self_enforcing(), if plan.is_self_enforcing() { Vec::new() } else { needs }))
        }
        _ => None,
    };
    let found = deal.found.as_ref().ok().map(|found| said(&found.order));
    let leaving = deal.if_they_leave.as_ref().map(|found| said(&found.order));
    leaving.is_some() && leaving != found
}

/// Of whom it would have to be known what no deal is worth to them, and what hangs on it.
fn not_enough_known(talks: &Talks, deal: &CarriedDeal, reader: Reader) -> Option<String> {
    if !hangs_on_who_stays(deal) {
        return None;
    }
    let how = reader.key(" (`alternative`; `none` says that every deal is better)");
    Some(format!(
        "whether this holds, and what would have to be guaranteed, depends on what no deal is worth to {}, and that is not stated{how}.",
        some(talks, &alternatives_unknown(talks))
    ))
}

/// A few of many bodies.
fn some(talks: &Talks, bodies: &[BodyId]) -> String {
    let mut names: Vec<String> = bodies.iter().take(4).map(|body| body_name(talks, *body)).collect();
    if bodies.len() > names.len() {
        names.push(format!("{} more", bodies.len() - names.len()));
    }
    list(&names)
}

/// The chance that a deal is carried through without levers, where it was worked out.
fn kept_chance(deal: &CarriedDeal) -> Option<f64> {
    let own = deal.lasting.as_ref().map(|lasting| lasting.outlook.completed);
    let kept = deal.kept.as_ref().filter(|kept| kept.package.is_none());
    own.or_else(|| kept.and_then(|kept| kept.best.as_ref()).map(|best| best.value))
}

/// A deal that nobody gains by breaking, in short: whether it is kept, and if not, why.
fn holds_in_short(talks: &Talks, deal: &CarriedDeal, plan: &Plan) -> String {
    let spare =
        if plan.slack == f64::INFINITY { String::new() } else { format!("{} to spare", room(plan.slack)) };
    if let Some(chance) = kept_chance(deal).filter(|chance| *chance < 1.0 - NO_CHANCE) {
        let spare = if spare.is_empty() { spare } else { format!(" ({spare})") };
        return format!(
            "no side gains by walking away{spare}, but it is kept with a chance of {} only, because {}",
            percent(chance),
            causes(talks)
        );
    }
    let holds =
        if strain_unknown(talks, plan).is_empty() { "holds" } else { "holds if nobody is tempted further" };
    if spare.is_empty() { holds.into() } else { format!("{holds}, {spare}") }
}

/// How a plan that nobody gains by breaking may break all the same: whether it always does, and why; nothing if it
/// never does.
pub(crate) fn may_break(talks: &Talks, plan: &Plan, outlook: &Outlook) -> Option<(bool, String)> {
    let completed = outlook.completed;
    if completed >= 1.0 - NO_CHANCE {
        return None;
    }
    let never = completed <= NO_CHANCE;
    let so = if_so(talks);
    let how = match never {
        true => format!("it is never carried through{so}"),
        false => format!("it is carried through with a chance of {} only{so}", percent(completed)),
    };
    let told = Told { plan, outlook, package: None };
    let mut ends = ends(outlook);
    ends.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
    let why = ends.first().map(|(point, _)| {
        format!(
            ", because {}: most likely {} {}",
            causes(talks),
            place(talks, plan, *point),
            reasons(talks, &told, *point).join("; ")
        )
    });
    Some((never, format!("{how}{}", why.unwrap_or_default())))
}

/// What can end a plan that nobody gains by breaking.
pub(crate) fn causes(talks: &Talks) -> String {
    let shocks = talks.implementation.shocks.as_ref().is_some_and(|rate| rate.amount.mean() > 0.0);
    let unnoticed = talks.steps.iter().any(|step| step.noticed.is_some());
    let mut all: Vec<String> = Vec::new();
    all.extend(has_strain(talks).then(|| "some side may be tempted by more than it has to lose".to_owned()));
    all.extend(unnoticed.then(|| "it can go unnoticed that a step is not done".to_owned()));
    all.extend(shocks.then(|| "something from outside may end it".to_owned()));
    all.join(", or ")
}
