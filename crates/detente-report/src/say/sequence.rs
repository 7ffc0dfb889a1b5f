//! How a deal can be carried out, in words.

use crate::deal::{isolated, with_unit};
use crate::say::body_name;
use crate::words::{percent, plain, value};
use detente_analysis::{
    AtStake, Backing, Division, Guarantees, Holding, HoldingLimit, Obstacle, Order, Plan, Point, Sequence,
    SequenceLimit,
};
use detente_model::{Body, BodyId, StepId, Talks};

/// The label of an order that holds.
pub(crate) const HOLDS: &str = "An order that holds:";

/// Slacks that differ by less are told as equal.
pub(super) const SAME: f64 = 2e-9;

/// A slack as a share, with its sign.
pub(crate) fn share(slack: f64) -> String {
    match slack {
        f64::INFINITY => "nothing to gain".into(),
        f64::NEG_INFINITY => "no share says how much".into(),
        slack if slack < 0.0 => format!("−{}", size(-slack)),
        slack => room(slack),
    }
}

/// A share without a sign, to a tenth of a per cent; rounded up, because a little less would not be enough.
pub(crate) fn size(share: f64) -> String {
    if share == f64::INFINITY {
        return "more than any share".into();
    }
    format!("{}%", plain((share * 1000.0 - 1e-5).ceil() / 10.0))
}

/// A slack that is not negative, to a tenth of a per cent; rounded down, because nobody has more to lose.
pub(crate) fn room(share: f64) -> String {
    format!("{}%", plain((share * 1000.0 + 1e-5).floor() / 10.0))
}

/// The verdict on the order: a label, and what it means.
pub(crate) fn verdict(talks: &Talks, found: &Sequence) -> (&'static str, String) {
    match &found.order {
        Order::NoSteps => (
            "No steps:",
            "no step of the scenario belongs to this deal, so nothing can be said of how it would be carried out.".into(),
        ),
        Order::Stopped => ("Left open:", "the search ended before it found an order.".into()),
        Order::Impossible(why) => ("No order:", obstacle(talks, why)),
        Order::Found { plan, at_most, .. } if plan.is_self_enforcing() => {
            (HOLDS, holds(talks, plan, *at_most))
        }
        Order::Found { plan, at_most, .. } if is_open(plan, *at_most) => {
            ("Left open:", breaks(talks, plan, *at_most))
        }
        Order::Found { plan, at_most, .. } => ("A guarantee is missing:", breaks(talks, plan, *at_most)),
    }
}

/// Whether the best order known does not hold, and one that does is not ruled out.
pub(crate) fn is_open(plan: &Plan, at_most: f64) -> bool {
    !plan.is_self_enforcing() && at_most >= 0.0
}

fn holds(talks: &Talks, plan: &Plan, at_most: f64) -> String {
    if plan.slack == f64::INFINITY {
        return "nobody could gain by walking away at any point.".into();
    }
    format!("at every point before the end, no side gains by walking away. {}", closest(talks, plan, at_most))
}

/// Where a plan that holds is closest to not doing so, and what is open.
pub(super) fn closest(talks: &Talks, plan: &Plan, at_most: f64) -> String {
    let (all, better) = (binding(talks, plan), unproven(plan, at_most));
    let cost = room(plan.slack);
    match &all[..] {
        _ if plan.slack == f64::INFINITY => String::new(),
        [one] => format!(
            "It is closest {one}: walking away would then cost it {cost} of what the deal brings it.{better}"
        ),
        all => format!(
            "It is closest {}: walking away would then cost each {cost} of what the deal brings it.{better}",
            list(all)
        ),
    }
}

fn breaks(talks: &Talks, plan: &Plan, at_most: f64) -> String {
    let open = is_open(plan, at_most);
    let better = unproven(plan, at_most);
    if plan.slack == f64::NEG_INFINITY {
        let (first, where_to) = if open {
            ("no order that holds was found, and none is ruled out.", "In the best one found, to")
        } else {
            ("no order keeps every side in.", "To")
        };
        return format!(
            "{first} {where_to} {} the deal is worth no more than no deal, so that no guarantee in proportion to what it is worth would help.{}{better}",
            unmoved(talks, plan),
            in_amounts(talks, plan).map_or_else(String::new, |amounts| format!(
                " In that order, a guarantee of {amounts} would be enough."
            ))
        );
    }
    let (first, best) = if open {
        (
            "no order that holds was found, and none is ruled out.",
            "In the best one found somebody could gain by walking away; that is",
        )
    } else {
        ("in every order somebody could gain by walking away.", "In the best one that is")
    };
    let all = binding(talks, plan);
    let gain = gain(talks, plan);
    match &all[..] {
        [one] => format!("{first} {best} {gain}, {one}.{better}"),
        all => format!("{first} {best} {gain} each, {}.{better}", list(all)),
    }
}

/// What there is to gain by walking away where it is most, as a share, and as an amount where all values share a unit.
fn gain(talks: &Talks, plan: &Plan) -> String {
    let share = format!("{} of what the deal brings it", size(-plan.slack));
    let least = least(plan);
    let ([(point, party)], Some(unit)) = (&least[..], &talks.common_unit) else { return share };
    let point = &plan.points[*point];
    match point.binding[*party].map(|body| point.bodies[body.0].slack) {
        Some(slack) if slack < 0.0 => format!("{} ({share})", with_unit(&value(-slack), unit)),
        _ => share,
    }
}

/// What would keep every side in, along one order, as amounts: where all values share a unit, each side is one body, and
/// none would walk away from anything.
pub(super) fn in_amounts(talks: &Talks, plan: &Plan) -> Option<String> {
    let unit = talks.common_unit.as_ref().filter(|_| !somebody_refuses(talks))?;
    let mut most = vec![0.0f64; talks.parties.len()];
    for point in &plan.points {
        for (party, most) in most.iter_mut().enumerate() {
            let [body] = &talks.parties[party].bodies[..] else { return None };
            *most = most.max(-point.bodies[body.0].slack);
        }
    }
    let asked = most.iter().zip(&talks.parties).filter(|(amount, _)| **amount > 0.0);
    let asked = asked
        .map(|(amount, party)| format!("{} for {}", with_unit(&value(*amount), unit), isolated(&party.name)));
    Some(list(&asked.collect::<Vec<_>>())).filter(|amounts| !amounts.is_empty())
}

/// Whether somebody agrees to no deal, so that no guarantee keeps it in.
pub(super) fn somebody_refuses(talks: &Talks) -> bool {
    talks.bodies.iter().any(Body::refuses_all)
}

/// What is said where a better order is not ruled out.
fn unproven(plan: &Plan, at_most: f64) -> String {
    if at_most > plan.slack + SAME {
        format!(
            " The search ended before every other order was ruled out: none can do better than {}.",
            share(at_most)
        )
    } else {
        String::new()
    }
}

/// Who has the least slack, and where: "for Harbour board (Hard-line partners) after “Monitors take up their work”".
fn binding(talks: &Talks, plan: &Plan) -> Vec<String> {
    let mut parts: Vec<String> = Vec::new();
    for (point, party) in least(plan).into_iter().take(4) {
        parts.push(format!("for {} {}", side(talks, &plan.points[point], party), place(talks, plan, point)));
    }
    parts
}

/// Points and parties where the slack is the plan's, the last point excepted; one point for each party.
pub(crate) fn least(plan: &Plan) -> Vec<(usize, usize)> {
    let n = plan.points.len().saturating_sub(1);
    let parties = plan.points.first().map_or(0, |point| point.parties.len());
    let at = |party: usize| (0..n).find(|k| plan.points[*k].parties[party] <= plan.slack + SAME);
    (0..parties).filter_map(|party| Some((at(party)?, party))).collect()
}

fn unmoved(talks: &Talks, plan: &Plan) -> String {
    let all = least(plan).into_iter().map(|(point, party)| side(talks, &plan.points[point], party));
    list(&all.collect::<Vec<_>>())
}

/// A side, with the body whose slack is its slack.
pub(super) fn side(talks: &Talks, point: &Point, party: usize) -> String {
    match point.binding[party] {
        Some(body) if talks.parties[party].bodies.len() > 1 => body_name(talks, body),
        _ => isolated(&talks.parties[party].name),
    }
}

/// Where a point is: before all steps, or after some.
pub(crate) fn place(talks: &Talks, plan: &Plan, point: usize) -> String {
    let steps = &plan.points[point].steps;
    if point == 0 { "before the first step".into() } else { format!("after {}", quoted(talks, steps)) }
}

pub(super) fn quoted(talks: &Talks, steps: &[StepId]) -> String {
    let name = |step: &StepId| format!("“{}”", isolated(&talks.steps[step.0].name));
    list(&steps.iter().map(name).collect::<Vec<_>>())
}

/// `a`, `a and b`, `a, b and c`.
pub(crate) fn list(parts: &[String]) -> String {
    match parts {
        [] => String::new(),
        [one] => one.clone(),
        [most @ .., last] => format!("{} and {last}", most.join(", ")),
    }
}

/// Why no order carries a deal out, for a line that names the steps by their ids.
pub fn obstacle_words(talks: &Talks, why: &Obstacle) -> String {
    let id = |step: &StepId| format!("`{}`", talks.steps[step.0].id);
    let ids = |steps: &[StepId]| list(&steps.iter().map(id).collect::<Vec<_>>());
    match why {
        Obstacle::Circle(steps) => {
            format!("no order carries this deal out: {} wait for each other", ids(steps))
        }
        Obstacle::TooLate(step) => {
            format!("no order carries this deal out: {} would be too late in every order", ids(&[*step]))
        }
        Obstacle::Stuck { due, .. } => {
            format!("no order carries this deal out: {} cannot be done, or not in time", ids(due))
        }
    }
}

fn obstacle(talks: &Talks, why: &Obstacle) -> String {
    match why {
        Obstacle::Circle(steps) => format!("these steps wait for each other: {}.", quoted(talks, steps)),
        Obstacle::TooLate(step) => format!(
            "{} would be too late in every order: what comes before it takes longer than is allowed.",
            quoted(talks, &[*step])
        ),
        Obstacle::Stuck { done, due } => {
            let after = if done.is_empty() {
                "at the start".into()
            } else {
                format!("after {}", quoted(talks, done))
            };
            let (again, open): (Vec<StepId>, Vec<StepId>) = due.iter().partition(|step| done.contains(step));
            let mut parts = Vec::new();
            if !open.is_empty() {
                parts.push(format!(
                    "{} cannot be done any more, or not in time, {after}",
                    quoted(talks, &open)
                ));
            }
            if !again.is_empty() {
                let is = if again.len() == 1 { "is" } else { "are" };
                parts.push(format!(
                    "{} {is} called for again after being done, and each step is done once",
                    quoted(talks, &again)
                ));
            }
            format!("{}.", parts.join("; "))
        }
    }
}

/// Why nothing is said.
pub(crate) fn limit(talks: &Talks, limit: SequenceLimit) -> String {
    match limit {
        SequenceLimit::NotFeasible => "the deal is not possible: it breaks a constraint".into(),
        SequenceLimit::TooManySteps { most } => format!("the deal has more than {most} steps"),
        SequenceLimit::TooLarge { body } => {
            format!("what is delivered to {} is too large to be added exactly", body_name(talks, body))
        }
    }
}

/// The choices that some shares are enough for; what asks for least in all comes first.
pub(crate) fn enough(trust: &[Guarantees]) -> Vec<&Guarantees> {
    let mut finite: Vec<&Guarantees> =
        trust.iter().filter(|choice| choice.by_party.iter().all(|share| share.is_finite())).collect();
    let sum = |choice: &Guarantees| choice.by_party.iter().sum::<f64>();
    finite.sort_by(|a, b| sum(a).total_cmp(&sum(b)));
    finite
}

/// One choice of guarantees: `10% for North and 20% for South`; with the amount where all values share a unit.
pub(super) fn guaranteed(talks: &Talks, stakes: &[AtStake], by_party: &[f64]) -> String {
    let parts = by_party.iter().zip(&talks.parties).filter(|(share, _)| **share > 0.0);
    let parts = parts.map(|(share, party)| {
        let of = |body: &BodyId| stakes.get(body.0).map_or(0.0, AtStake::gain);
        let amount = share * party.bodies.iter().map(of).sum::<f64>();
        match &talks.common_unit {
            Some(unit) if amount > 0.0 => {
                format!(
                    "{} ({}) for {}",
                    with_unit(&value(amount), unit),
                    size(*share),
                    isolated(&party.name)
                )
            }
            _ => format!("{} for {}", size(*share), isolated(&party.name)),
        }
    });
    list(&parts.collect::<Vec<_>>())
}

/// What would have to be guaranteed; nothing where no guarantee is needed.
pub(crate) fn guarantees(talks: &Talks, found: &Sequence) -> Option<String> {
    let Order::Found { plan, at_most, trust, trust_proven } = &found.order else { return None };
    if plan.slack >= 0.0 {
        return None;
    }
    let finite = enough(trust);
    if finite.is_empty() {
        return None;
    }
    let shown: Vec<String> =
        finite.iter().take(4).map(|choice| guaranteed(talks, &found.exit_values, &choice.by_party)).collect();
    let above = finite.iter().take(4).any(|choice| choice.by_party.iter().any(|share| *share > 1.0));
    let above = if above { ABOVE } else { "" };
    let more = finite.len().saturating_sub(shown.len());
    let more = if more > 0 { format!("; or one of {more} more choices") } else { String::new() };
    let begin = if is_open(plan, *at_most) { "What would be enough is" } else { "What is missing is" };
    let which = if shown.len() == 1 { "a guarantee" } else { "a guarantee, any one of these" };
    let open = if *trust_proven { "" } else { " There may be others that ask for less." };
    Some(format!(
        "{begin} {which}: something that makes walking away cost a side so much more: {}{more}. 100% is all that the deal brings a side beyond no deal.{above}{open}",
        shown.join("; or ")
    ))
}

/// What a guarantee of more than all means.
const ABOVE: &str =
    " More than that is needed where a side could gain more by walking away than by the deal itself.";

/// Choices of guarantees in short: `10% for North; or 20% for South`.
pub(crate) fn needs(talks: &Talks, stakes: &[AtStake], choices: &[Vec<f64>]) -> String {
    let finite = choices.iter().filter(|choice| choice.iter().all(|share| share.is_finite()));
    let mut all: Vec<String> = finite.map(|choice| guaranteed(talks, stakes, choice)).collect();
    if all.is_empty() {
        return "no share is enough".into();
    }
    let more = all.len().saturating_sub(4);
    all.truncate(4);
    if more > 0 {
        all.push(if more == 1 { "one more choice".into() } else { format!("one of {more} more choices") });
    }
    all.join("; or ")
}

/// An order, step by step: `A; B and C at once; D`.
pub(crate) fn order(talks: &Talks, plan: &Plan) -> String {
    let point = |point: &Point| {
        let names: Vec<String> = point.steps.iter().map(|step| isolated(&talks.steps[step.0].name)).collect();
        if names.len() > 1 { format!("{} at once", list(&names)) } else { list(&names) }
    };
    plan.points.iter().skip(1).map(point).collect::<Vec<_>>().join("; ")
}

/// The least that all guarantees together come to, in the unit that all values share.
pub(crate) fn least_total(talks: &Talks, found: &Sequence) -> Option<String> {
    let unit = talks.common_unit.as_ref()?;
    let (total, choice) = found.least_total(talks)?;
    let Order::Found { trust, .. } = &found.order else { return None };
    (total > 0.0 && enough(trust).len() > 1).then(|| {
        format!(
            "The least in all is {}: {}.",
            with_unit(&value(total), unit),
            guaranteed(talks, &found.exit_values, &choice.by_party)
        )
    })
}

/// Who could give it: the levers, and what they cost.
pub(crate) fn holding(talks: &Talks, found: &Result<Holding, HoldingLimit>) -> Vec<String> {
    let found = match found {
        Ok(found) => found,
        Err(HoldingLimit::NoOrder) => return Vec::new(),
        Err(HoldingLimit::Levers(why)) => {
            return vec![format!(
                "What mediators can do is left open: {}.",
                super::levers::limit(talks, why)
            )];
        }
        Err(HoldingLimit::Sequence(why)) => {
            return vec![format!("What mediators can do is left open: {}.", limit(talks, *why))];
        }
    };
    let target = percent(found.target);
    let mut lines = Vec::new();
    match (&found.holds, &found.both) {
        (None, _) if found.proven => {
            lines.push("No levers that can be used with this deal make it hold, within the budgets.".into());
        }
        (None, _) => lines.push("No levers that make it hold were found; not all were tried.".into()),
        (Some(backing), _) if backing.levers.is_empty() => {}
        (Some(backing), _) => lines.push(format!(
            "Who could give it: {}. That costs {}; with it no side gains by walking away, and agreement has a chance of {}.",
            super::levers::names(talks, &backing.levers),
            value(backing.cost),
            percent(backing.probability)
        )),
    }
    let likely = |backing: &Backing| backing.probability >= found.target - 1e-12;
    match (&found.holds, &found.both) {
        (Some(holds), _) if likely(holds) => {}
        (Some(_), Some(both)) => lines.push(format!(
            "Agreed on and kept, from one budget: {}. That costs {}; the chance of agreement is then {} (target {target}), and no side gains by walking away.",
            super::levers::names(talks, &both.levers),
            value(both.cost),
            percent(both.probability)
        )),
        (Some(_), None) if found.proven => lines.push(format!(
            "No levers, within the budgets, make this deal both hold and reach the target of {target}."
        )),
        _ => {}
    }
    lines
}

/// What comes of dividing steps.
pub(crate) fn division(talks: &Talks, found: &Division) -> Vec<String> {
    let names: Vec<String> =
        found.steps.iter().map(|step| format!("“{}”", isolated(&talks.steps[step.0].name))).collect();
    let (Some(first), Some(last)) = (found.tried.first(), found.tried.last()) else { return Vec::new() };
    if first.slack >= 0.0 {
        return Vec::new();
    }
    let mut lines = Vec::new();
    if let Some(parts) = &found.enough {
        let each = names
            .iter()
            .zip(parts)
            .map(|(name, parts)| format!("{name} in {parts} part{}", if *parts == 1 { "" } else { "s" }));
        lines.push(format!(
            "Divided into enough parts, one after the other, it would hold without a guarantee: {}.",
            list(&each.collect::<Vec<_>>())
        ));
    } else if last.slack > first.slack + SAME {
        lines.push(format!(
            "Divided into parts ({}), less would have to be guaranteed: the most that somebody could gain by walking away is {} undivided, and {} in {} parts.",
            list(&names),
            size(-first.slack),
            size(-last.slack),
            last.parts
        ));
    } else {
        lines.push(format!("Dividing {} would not help.", list(&names)));
    }
    if let Some(parts) = found
        .with_levers
        .filter(|parts| *parts > 1 && found.enough.as_ref().is_none_or(|own| own.iter().max() > Some(parts)))
    {
        lines.push(format!("In {parts} parts each, what mediators can guarantee would be enough."));
    }
    lines
}

/// When a point is, at the earliest; to a tenth of a day in the first days.
pub(crate) fn day(point: &Point) -> String {
    format!("day {}", day_number(point))
}

/// The day alone.
pub(crate) fn day_number(point: &Point) -> String {
    days(point.day)
}

/// A number of days: to a tenth below 10, and else whole.
pub(crate) fn days(days: f64) -> String {
    plain(if days < 10.0 { (days * 10.0).round() / 10.0 } else { days.round() })
}

/// What the numbers beside an order are.
pub(crate) const SHARES: &str = "Shares of what the deal brings a side beyond no deal: what it would lose by walking away at that \
     point, keeping what it then has. Below 0 it would gain. Days are the earliest in this order.";

/// What the parties have to lose at a point.
pub(crate) fn slacks(talks: &Talks, point: &Point) -> String {
    let one = |(party, slack): (&detente_model::Party, &f64)| {
        format!("{} {}", isolated(&party.name), share(*slack))
    };
    talks.parties.iter().zip(&point.parties).map(one).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::CarriedDeal;
    use detente_analysis::{SequenceOptions, sequence};
    use detente_model::{OptionId, Outcome};
    use std::ops::ControlFlow;

    /// What is said of the exchange with everything in it, by the verdict, the guarantees and in short, once what
    /// is known of its order is changed: the smallest slack, and what no order exceeds.
    fn said(slack: f64, at_most: f64) -> (&'static str, String, String, String) {
        let reading = detente_formats::read(include_bytes!("../../tests/exchange.yaml"));
        let talks = reading.talks.expect("talks");
        let last = |issue: &detente_model::Issue| OptionId(issue.n_options() - 1);
        let deal = Outcome(talks.issues.iter().map(last).collect());
        let watch = |_| ControlFlow::Continue(());
        let mut found = sequence(&talks, &deal, &SequenceOptions::default(), &watch).expect("an answer");
        let Order::Found { plan, at_most: bound, .. } = &mut found.order else { panic!("no order") };
        (plan.slack, *bound) = (slack, at_most);
        let (label, rest) = verdict(&talks, &found);
        let missing = guarantees(&talks, &found).unwrap_or_default();
        let deal = CarriedDeal {
            outcome: deal,
            rank: None,
            in_full: true,
            probability: None,
            found: Ok(found),
            holding: None,
            division: None,
            if_they_leave: None,
            held_back: vec![],
            lasting: None,
            kept: None,
        };
        (label, rest, missing, crate::say::standing::in_short(&talks, &deal))
    }

    #[test]
    fn an_order_that_is_proven_not_to_hold_lacks_a_guarantee() {
        let (label, rest, missing, short) = said(-0.5, -0.5);
        assert_eq!((label, short.as_str()), ("A guarantee is missing:", "needs a guarantee of 50%"));
        assert!(rest.starts_with("in every order somebody could gain by walking away."), "{rest}");
        assert!(!rest.contains("ruled out"), "{rest}");
        assert!(missing.starts_with("What is missing is a guarantee"), "{missing}");
    }

    #[test]
    fn a_bound_below_nothing_still_says_what_was_not_ruled_out() {
        let (label, rest, _, short) = said(-0.5, -0.25);
        assert_eq!((label, short.as_str()), ("A guarantee is missing:", "needs a guarantee, of 50% at most"));
        let says = "The search ended before every other order was ruled out: none can do better than −25%.";
        assert!(rest.starts_with("in every order") && rest.ends_with(says), "{rest}");
    }

    #[test]
    fn where_an_order_that_holds_is_not_ruled_out_it_is_left_open() {
        let (label, rest, missing, short) = said(-0.5, 0.25);
        assert_eq!((label, short.as_str()), ("Left open:", "left open; a guarantee of 50% would be enough"));
        let says = "The search ended before every other order was ruled out: none can do better than 25%.";
        assert!(rest.starts_with("no order that holds was found, and none is ruled out."), "{rest}");
        assert!(rest.ends_with(says), "{rest}");
        assert!(missing.starts_with("What would be enough is a guarantee"), "{missing}");
        let (label, rest, _, short) = said(f64::NEG_INFINITY, 0.25);
        assert_eq!((label, short.as_str()), ("Left open:", "left open"));
        assert!(rest.contains("In the best one found, to") && rest.ends_with(says), "{rest}");
        let (_, rest, _, short) = said(f64::NEG_INFINITY, f64::NEG_INFINITY);
        assert!(rest.starts_with("no order keeps every side in. To"), "{rest}");
        assert_eq!(short, "no guarantee in proportion is enough");
    }

    #[test]
    fn an_order_that_holds_may_not_be_the_best() {
        let (label, rest, _, short) = said(0.25, 0.5);
        assert_eq!(
            (label, short.as_str()),
            ("An order that holds:", "holds if nobody is tempted further, 25% to spare")
        );
        let says = "The search ended before every other order was ruled out: none can do better than 50%.";
        assert!(rest.ends_with(says), "{rest}");
    }

    #[test]
    fn a_search_that_found_nothing_does_not_say_why_it_ended() {
        let reading = detente_formats::read(include_bytes!("../../tests/exchange.yaml"));
        let talks = reading.talks.expect("talks");
        let found = Sequence {
            deal: Outcome(vec![]),
            steps: vec![],
            exit_values: vec![],
            order: Order::Stopped,
            visited: 0,
        };
        let expected = ("Left open:", "the search ended before it found an order.".to_owned());
        assert_eq!(verdict(&talks, &found), expected);
    }
}
