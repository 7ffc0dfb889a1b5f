//! Whether a plan lasts once it is signed, and what it secures if not, in words.

use crate::CarriedDeal;
use crate::deal::{counted, isolated, with_unit};
use crate::say::kept::with_levers;
use crate::say::sequence::{days, list, order, place};
use crate::say::{body_name, sentence};
use crate::words::{self, percent, three_digits, value};
use detente_analysis::{
    Aim, BestOrder, Break, Check, KeptPackage, Lasting, NO_CHANCE, Order, Outlook, Plan, Reckoning, Secured,
    Sureness, missing, strain_unknown,
};
use detente_model::{BodyId, LeverId, PartyId, PhaseId, Spot, StatedCost, StepId, Talks, grouped};

/// Bodies named where a plan can end.
const BODIES: usize = 3;
/// Things counted that are told one by one.
pub(super) const THINGS: usize = 6;
/// Ends and costs in one sentence.
pub(super) const LISTED: usize = 8;

/// The plan that is told, and how it fares.
#[derive(Clone, Copy)]
pub(crate) struct Told<'a> {
    pub(crate) plan: &'a Plan,
    pub(crate) outlook: &'a Outlook,
    /// The levers, where the plan has none to be carried through without them.
    pub(crate) package: Option<&'a KeptPackage>,
}

/// The order of a deal, if it has one.
fn own_plan(deal: &CarriedDeal) -> Option<&Plan> {
    match deal.found.as_ref().map(|found| &found.order) {
        Ok(Order::Found { plan, .. }) => Some(plan),
        _ => None,
    }
}

/// What is told of a deal: its order without levers, or with them where it is never carried through without.
pub(crate) fn told(deal: &CarriedDeal) -> Option<Told<'_>> {
    let (lasting, plan) = (deal.lasting.as_ref()?, own_plan(deal)?);
    match lasting.with_levers.as_ref().filter(|_| lasting.is_told_with_levers()) {
        Some((package, outlook)) => Some(Told { plan: &package.plan, outlook, package: Some(package) }),
        None => Some(Told { plan, outlook: &lasting.outlook, package: None }),
    }
}

/// Whether two plans do the same at once, in the same order.
pub(crate) fn same_order(a: &Plan, b: &Plan) -> bool {
    a.points.iter().map(|point| &point.steps).eq(b.points.iter().map(|point| &point.steps))
}

/// How many numbers of strain there are, and how many of them name no source.
fn strains(talks: &Talks) -> (usize, usize) {
    let numbers = talks.numbers();
    let of = |spot: &Spot| matches!(spot, Spot::Strain(..) | Spot::StrainCorrelation(_));
    let all: Vec<_> = numbers.iter().filter(|placed| of(&placed.spot)).collect();
    let sourcing = talks.sourcing();
    (all.len(), all.iter().filter(|placed| sourcing.is_assumption(placed.number)).count())
}

/// Whether anybody has a strain.
pub(super) fn has_strain(talks: &Talks) -> bool {
    talks.bodies.iter().any(|body| body.strain.cost().is_some())
}

/// Whether something other than strain can end a plan.
fn besides(talks: &Talks) -> bool {
    talks.implementation.shocks.is_some() || talks.steps.iter().any(|step| step.noticed.is_some())
}

/// How far what is said rests on strains that name no source; and that nobody has one.
pub(crate) fn assumed(talks: &Talks) -> String {
    match strains(talks) {
        _ if !has_strain(talks) => {
            let besides = match besides(talks) {
                true => ", with what shocks and what goes unnoticed do to it",
                false => "",
            };
            format!(
                "No strain is stated for anybody. What is told holds if nobody is tempted to walk away beyond what it gains by that{besides}."
            )
        }
        (all, 0) => format!("All {} numbers of strain name a source.", grouped(all)),
        (1, _) => "How strong the strain is had to be assumed: the number names no source.".into(),
        (all, open) if all == open => {
            format!(
                "How strong the strains are is assumed: none of the {} numbers names a source.",
                grouped(all)
            )
        }
        (all, open) => {
            format!(
                "How strong the strains are is partly assumed: {} of the {} numbers name no source.",
                grouped(open),
                grouped(all)
            )
        }
    }
}

/// The condition under which a sentence holds; nothing where every strain names a source, or there is said to be none.
pub(super) fn if_so(talks: &Talks) -> &'static str {
    let unstated = || talks.bodies.iter().any(|body| body.strain == StatedCost::Unstated);
    match strains(talks) {
        (_, open) if open > 0 => ", if strains are as assumed",
        _ if !has_strain(talks) && unstated() => {
            ", if nobody is tempted beyond what it gains by walking away"
        }
        _ => "",
    }
}

/// How well a chance is known, where it was drawn.
fn drawn(outlook: &Outlook) -> String {
    let Reckoning::Drawn { draws, error } = outlook.reckoning else { return String::new() };
    format!(
        " That was found by drawing strains {} times; its standard error is {}.",
        words::count(&draws.into()),
        super::unknowns::points(error)
    )
}

/// The names of levers, with their mediators.
pub(crate) fn levers(talks: &Talks, levers: &[LeverId]) -> String {
    let one = |lever: &LeverId| {
        let lever = &talks.levers[lever.0];
        format!("{} ({})", isolated(&lever.name), isolated(&talks.mediators[lever.mediator.0].name))
    };
    if levers.is_empty() { "nothing".into() } else { list(&levers.iter().map(one).collect::<Vec<_>>()) }
}

/// How likely the plan is to be carried through.
pub(crate) fn completion(talks: &Talks, deal: &CarriedDeal) -> Vec<String> {
    let (Some(lasting), Some(own), Some(told)) = (&deal.lasting, own_plan(deal), told(deal)) else {
        return Vec::new();
    };
    let so = if_so(talks);
    let mut lines = Vec::new();
    if lasting.outlook.completed > NO_CHANCE {
        lines.push(carried_through(&lasting.outlook, so));
    } else {
        lines.push(never(talks, own, so));
    }
    if let Some(package) = told.package {
        lines.push(format!(
            "With {}, at a cost of {}, it is carried through with a chance of {}{so}.{} What follows is told with that given.",
            levers(talks, &package.levers),
            value(package.cost),
            percent(told.outlook.completed),
            drawn(told.outlook)
        ));
        if !same_order(own, told.plan) {
            lines.push(another_order(talks, lasting, &told));
        }
    }
    lines.push(assumed(talks));
    lines.extend(not_stated(talks, told.plan));
    lines
}

/// Of whom too little is said to tell whether a deal is kept.
pub(crate) fn left_open(talks: &Talks, deal: &CarriedDeal) -> Option<String> {
    let missing = missing(talks);
    own_plan(deal).filter(|_| deal.in_full && !missing.is_empty())?;
    Some(format!(
        "Whether it is kept once it is signed, and what levers do for that, hangs on {}, of whom too little is said.",
        super::verdict::names(talks, &super::verdict::bodies(&missing))
    ))
}

/// Whose strain is not stated where others' is and it would matter.
fn not_stated(talks: &Talks, plan: &Plan) -> Option<String> {
    let missing = strain_unknown(talks, plan);
    (has_strain(talks) && !missing.is_empty()).then(|| {
        let names: Vec<String> = missing.iter().map(|body| body_name(talks, *body)).collect();
        format!(
            "All of this holds only if nothing tempts {} to walk away beyond what they gain by it: no strain is stated there.",
            list(&names)
        )
    })
}

/// Why the order told with levers is not the one told without.
fn another_order(talks: &Talks, lasting: &Lasting, told: &Told<'_>) -> String {
    let steps = order(talks, told.plan);
    let Some(same) = &lasting.plan_with_levers else {
        return format!("With them another order is told: {steps}.");
    };
    if percent(told.outlook.completed) != percent(same.completed) {
        return format!(
            "With them another order is likelier to be carried through ({} instead of {}): {steps}.",
            percent(told.outlook.completed),
            percent(same.completed)
        );
    }
    let pair = told.outlook.secured.first().zip(same.secured.first());
    match pair
        .map(|(own, other)| (counted(&own.what), value(own.total.expected), value(other.total.expected)))
    {
        Some((what, own, other)) if own != other => format!(
            "Several orders are equally likely to be carried through; this one is also expected to bring more of {what} ({own} instead of {other}): {steps}."
        ),
        _ => {
            format!("Several orders are equally likely to be carried through; this is one of them: {steps}.")
        }
    }
}

fn carried_through(outlook: &Outlook, so: &str) -> String {
    if outlook.completed >= 1.0 - NO_CHANCE {
        return format!("Once signed, the plan is carried through to the end{so}.");
    }
    let chance = percent(outlook.completed);
    format!(
        "Once signed, the plan is carried through to the end with a chance of {chance}{so}.{}",
        drawn(outlook)
    )
}

/// Why a plan is never carried through.
fn never(talks: &Talks, plan: &Plan, so: &str) -> String {
    let least = super::sequence::least(plan);
    match least.first().filter(|_| plan.slack < 0.0) {
        Some((point, party)) => {
            let body = plan.points[*point].binding[*party];
            let who =
                body.map_or_else(|| isolated(&talks.parties[*party].name), |body| body_name(talks, body));
            format!(
                "Without a guarantee the plan would not hold: {} {who} would gain by walking away, however little it is tempted.",
                place(talks, plan, *point)
            )
        }
        None => format!(
            "Once signed, the plan is never carried through to the end{so}: at some point somebody is always tempted more than it has to lose."
        ),
    }
}

/// Where it most likely ends, and why; then where else.
pub(crate) fn ending(talks: &Talks, told: &Told<'_>) -> Vec<String> {
    let mut ends = ends(told.outlook);
    ends.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
    let Some((first, chance)) = ends.first().copied() else { return Vec::new() };
    let so = if_so(talks);
    let (place_of_it, day) = (place(talks, told.plan, first), on_day(told.plan, first));
    let reasons = reasons(talks, told, first).join("; ");
    let mut lines = vec![if chance >= 1.0 - NO_CHANCE {
        format!("It ends {place_of_it}{day}{so}: {reasons}.")
    } else {
        format!(
            "If it ends early, it is most likely {place_of_it}{day} (chance {}{so}): {reasons}.",
            percent(chance)
        )
    }];
    let others = &ends[1..];
    if !others.is_empty() {
        let one = |(point, chance): &(usize, f64)| {
            format!("{} {}", percent(*chance), place(talks, told.plan, *point))
        };
        let mut parts: Vec<String> = others.iter().take(LISTED).map(one).collect();
        if others.len() > parts.len() {
            parts.push(format!("{} more places", others.len() - parts.len()));
        }
        lines.push(format!("Where else it may end{so}: {}.", list(&parts)));
    }
    lines
}

/// How the places where it may end are to be read: with strains as they are told, and where several may leave at once.
pub(crate) fn how_to_read_ends(talks: &Talks, several: bool) -> String {
    let mut text = String::from(
        "That somebody may be tempted more than it has to lose does not say that it would walk away.",
    );
    if has_strain(talks) {
        text.push_str(" The chances follow from strains, which nobody knows.");
    }
    if several {
        text.push_str(" Several sides may not go on at once, so that theirs can add up to more than the chance that it ends there.");
    }
    text
}

/// Points at which it can end, with the chance.
pub(crate) fn ends(outlook: &Outlook) -> Vec<(usize, f64)> {
    let all = outlook.breaks.iter().map(Break::total).enumerate();
    all.filter(|(_, chance)| *chance > NO_CHANCE).collect()
}

fn on_day(plan: &Plan, point: usize) -> String {
    if point == 0 { String::new() } else { format!(", on day {}", days(plan.points[point].day)) }
}

/// Why it can end at a point: the likeliest first.
pub(crate) fn reasons(talks: &Talks, told: &Told<'_>, point: usize) -> Vec<String> {
    let own = &told.outlook.breaks[point];
    let mut parts = Vec::new();
    if own.walks > NO_CHANCE {
        parts.extend(walks(talks, told, point));
    }
    if own.fails > NO_CHANCE {
        let failed = told.outlook.checks.iter().filter(|check| check.before == point && !check.complies);
        let names: Vec<String> = failed.map(|check| quoted(talks, check.step)).collect();
        let what = if names.is_empty() { "what comes next".into() } else { list(&names) };
        parts.push((own.fails, format!("{what} would not be done, and that would be noticed")));
    }
    if own.shocks > NO_CHANCE {
        parts.push((own.shocks, "something from outside may end it before the next point".into()));
    }
    parts.sort_by(|a, b| b.0.total_cmp(&a.0));
    parts.into_iter().map(|(chance, words)| format!("{words} ({})", percent(chance))).collect()
}

fn quoted(talks: &Talks, step: StepId) -> String {
    format!("“{}”", isolated(&talks.steps[step.0].name))
}

/// The bodies that may not stay at a point, or the sides where no single body decides.
fn walks(talks: &Talks, told: &Told<'_>, point: usize) -> Vec<(f64, String)> {
    let own = &told.outlook.breaks[point];
    let mut bodies: Vec<(usize, f64)> =
        own.by_body.iter().copied().enumerate().filter(|(_, chance)| *chance > NO_CHANCE).collect();
    bodies.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
    if bodies.is_empty() {
        let sides = own.by_party.iter().enumerate().filter(|(_, chance)| **chance > NO_CHANCE);
        let name = |p: usize| isolated(&talks.parties[p].name);
        return sides.map(|(p, chance)| (*chance, format!("{} may not go on", name(p)))).collect();
    }
    let left_out = bodies.len().saturating_sub(BODIES);
    let mut parts: Vec<(f64, String)> = bodies
        .iter()
        .take(BODIES)
        .map(|(b, chance)| (*chance, temptation(talks, told, point, BodyId(*b))))
        .collect();
    if left_out > 0 {
        let rest = bodies[BODIES..].iter().map(|(_, chance)| *chance).fold(0.0, f64::max);
        parts.push((rest, format!("the same of {left_out} more, each at most")));
    }
    parts
}

/// An amount, in the common unit where there is one.
fn in_unit(talks: &Talks, amount: f64) -> String {
    match &talks.common_unit {
        Some(unit) => with_unit(&value(amount), unit),
        None => value(amount),
    }
}

/// A body's strain against what it has to lose.
fn temptation(talks: &Talks, told: &Told<'_>, point: usize, body: BodyId) -> String {
    let who = body_name(talks, body);
    let Some(slack) = to_lose(talks, told, point, body) else { return format!("{who} may not stay") };
    if slack < 0.0 {
        return format!("{who} would gain {} by walking away then", in_unit(talks, -slack));
    }
    let strain = talks.bodies[body.0].strain.cost();
    let strain = strain.map_or_else(String::new, |strain| format!("; its strain: {}", words::cost(strain)));
    match three_digits(slack) {
        0.0 => format!("{who} may be tempted, and has nothing to lose then{strain}"),
        slack => {
            let lost = in_unit(talks, slack);
            format!("{who} may be tempted more than the {lost} it has to lose then{strain}")
        }
    }
}

/// What a body would lose by walking away at a point, in its units, with what is guaranteed.
fn to_lose(talks: &Talks, told: &Told<'_>, point: usize, body: BodyId) -> Option<f64> {
    let own = told.plan.points.get(point)?.bodies.get(body.0)?;
    own.walking_away?;
    let party = talks.bodies[body.0].party;
    let given = told.package.map_or(0.0, |package| guarantee(talks, &package.levers, party));
    let stake = told.plan.points.iter().map(|point| point.bodies[body.0]);
    let stake = stake.filter(|own| own.share.is_finite() && own.share != 0.0);
    let stake = stake.map(|own| own.slack / own.share).next().unwrap_or(0.0);
    Some(own.slack + given * stake.max(0.0))
}

/// What levers guarantee a party, as a share of what the deal is worth to it.
fn guarantee(talks: &Talks, levers: &[LeverId], party: PartyId) -> f64 {
    let all = levers.iter().flat_map(|lever| &talks.levers[lever.0].guarantee);
    all.filter(|(own, _)| *own == party).map(|(_, share)| share.mean()).sum()
}

/// The phase that a plan is in at a point: the last that has begun.
fn phase_at(talks: &Talks, plan: &Plan, point: usize) -> Option<PhaseId> {
    let mut begun: Vec<PhaseId> = Vec::new();
    for step in plan.points[..=point].iter().flat_map(|point| &point.steps) {
        let phase = talks.steps[step.0].phase.filter(|phase| !begun.contains(phase));
        begun.extend(phase);
    }
    begun.last().copied()
}

/// What has come about at a point, by thing counted, if all is done as agreed up to it; nothing where later
/// consequences count less or something fails without being noticed, because a sum would not say it then.
fn so_far(talks: &Talks, told: &Told<'_>, point: usize) -> Option<Vec<f64>> {
    let is_plain = talks.implementation.discount.is_none()
        && told.outlook.checks.iter().all(|check| check.complies || check.noticed >= 1.0);
    is_plain.then(|| {
        let of = |own: &Secured| amount_at(talks, told.plan, point, &own.what);
        told.outlook.secured.iter().map(of).collect()
    })
}

fn amount_at(talks: &Talks, plan: &Plan, point: usize, what: &str) -> f64 {
    let now = plan.points[point].day;
    let done = plan.points[..=point].iter().flat_map(|own| own.steps.iter().map(|step| (own.day, step)));
    let counts =
        done.flat_map(|(day, step)| talks.steps[step.0].counts.iter().map(move |count| (day, count)));
    let counts = counts.filter(|(_, count)| count.what == what);
    counts
        .map(|(day, count)| {
            let amount = count.amount.mean();
            count.per.map_or(amount, |unit| amount * (now - day) / unit.days())
        })
        .sum()
}

/// What has come about where it most likely ends, phase by phase.
pub(crate) fn by_then(talks: &Talks, told: &Told<'_>) -> Vec<String> {
    let ends = ends(told.outlook);
    let mut lines = Vec::new();
    for (p, phase) in talks.phases.iter().enumerate() {
        let inside = ends.iter().filter(|(k, _)| phase_at(talks, told.plan, *k) == Some(PhaseId(p)));
        let Some((point, _)) = inside.max_by(|a, b| a.1.total_cmp(&b.1).then(b.0.cmp(&a.0))) else {
            continue;
        };
        let Some(amounts) = so_far(talks, told, *point) else { continue };
        let known = told.outlook.secured.iter().zip(amounts).take(THINGS);
        let each: Vec<String> = known
            .filter(|(own, _)| own.total.hoped != 0.0)
            .map(|(own, amount)| {
                format!("{} of {} {}", value(amount), value(own.total.hoped), counted(&own.what))
            })
            .collect();
        if !each.is_empty() {
            lines.push(format!(
                "If it ends in “{}”, most likely {}, this has come about by then: {}.",
                isolated(&phase.name),
                place(talks, told.plan, *point),
                each.join(", ")
            ));
        }
    }
    lines
}

/// What is secured, a line for each thing counted, and up to when.
pub(crate) fn secured(talks: &Talks, told: &Told<'_>) -> Vec<String> {
    let so = if_so(talks);
    let all = &told.outlook.secured;
    if all.is_empty() {
        return Vec::new();
    }
    let mut lines: Vec<String> = all.iter().take(THINGS).map(|own| thing(own, so)).collect();
    if all.len() > THINGS {
        lines.push(format!("{} more things are counted.", all.len() - THINGS));
    }
    lines.push(horizon(talks, told.outlook));
    lines
}

fn thing(own: &Secured, so: &str) -> String {
    let (what, all) = (counted(&own.what), own.total);
    let [hoped, expected, low, certain] = [all.hoped, all.expected, all.low, all.certain].map(value);
    if [&expected, &low, &certain].iter().all(|other| **other == hoped) {
        return sentence(&format!("{what}: {hoped} for certain, shocks left aside"));
    }
    let low = match low == hoped {
        true => "at least nine times in ten all of it".into(),
        false => format!("one time in ten no more than {low}"),
    };
    sentence(&format!(
        "{what}: {hoped} if it is completed, {expected} expected{so}; {low}; {certain} for certain, shocks left aside"
    ))
}

fn horizon(talks: &Talks, outlook: &Outlook) -> String {
    let until = if outlook.horizon_stated { "" } else { ", because the scenario names no other day" };
    let discount = talks.implementation.discount.as_ref().filter(|rate| rate.amount.mean() > 0.0);
    let discount = if discount.is_some() { " What comes later counts less, as stated." } else { "" };
    format!("All of it is counted up to day {}{until}.{discount}", days(outlook.horizon))
}

/// An aim in words.
pub(crate) fn aim(aim: &Aim) -> String {
    match aim {
        Aim::Completed => "being carried through".into(),
        Aim::Expected(what) => format!("{} expected", counted(what)),
        Aim::Certain(what) => format!("{} for certain", counted(what)),
    }
}

/// What an order comes to for an aim.
pub(crate) fn amount(aim: &Aim, amount: f64) -> String {
    if *aim == Aim::Completed { percent(amount) } else { value(amount) }
}

/// What the order told comes to for an aim.
pub(crate) fn comes_to(outlook: &Outlook, aim: &Aim) -> Option<f64> {
    let of = |what: &String| outlook.secured.iter().find(|own| own.what == *what).map(|own| own.total);
    match aim {
        Aim::Completed => Some(outlook.completed),
        Aim::Expected(what) => of(what).map(|all| all.expected),
        Aim::Certain(what) => of(what).map(|all| all.certain),
    }
}

/// Whether another order is better by more than rounding.
pub(crate) fn is_better(best: &BestOrder, own: f64) -> bool {
    best.value > own + 1e-9 * own.abs().max(1.0)
}

/// Which order is best for which aim.
pub(crate) fn orders(talks: &Talks, deal: &CarriedDeal) -> Vec<String> {
    let (Some(lasting), Some(told)) = (&deal.lasting, told(deal)) else { return Vec::new() };
    let own = |best: &BestOrder| comes_to(told.outlook, &best.aim).unwrap_or(best.value);
    let (better, same): (Vec<&BestOrder>, Vec<&BestOrder>) =
        lasting.best.iter().partition(|best| is_better(best, own(best)));
    let (sure, open): (Vec<&BestOrder>, Vec<&BestOrder>) = same.into_iter().partition(|best| is_proven(best));
    let so = if_so(talks);
    let aims =
        |of: &[&BestOrder]| list(&of.iter().take(2 * LISTED).map(|best| aim(&best.aim)).collect::<Vec<_>>());
    let mut lines = Vec::new();
    if sure.len() == lasting.best.len() && sure.len() > 1 {
        return vec![format!(
            "No other order is better than the one told: neither for being carried through, nor for what is expected or certain of anything that is counted{so}."
        )];
    }
    if !sure.is_empty() {
        lines.push(format!("No other order is better than the one told for {}{so}.", aims(&sure)));
    }
    if !open.is_empty() {
        lines.push(format!(
            "No better order than the one told was found for {}; not all could be ruled out{so}.",
            aims(&open)
        ));
    }
    let mut groups: Vec<Vec<&BestOrder>> = Vec::new();
    for best in better {
        match groups.iter_mut().find(|group| same_order(&group[0].plan, &best.plan)) {
            Some(group) => group.push(best),
            None => groups.push(vec![best]),
        }
    }
    lines.extend(groups.iter().take(LISTED).map(|group| another(talks, &told, group)));
    lines
}

/// Whether an order is proven to be the best for its aim.
fn is_proven(best: &BestOrder) -> bool {
    best.at_most <= best.value + 1e-9 * best.value.abs().max(1.0)
}

/// An order that is better for some aims.
fn another(talks: &Talks, told: &Told<'_>, group: &[&BestOrder]) -> String {
    let one = |best: &&BestOrder| {
        let own = comes_to(told.outlook, &best.aim).unwrap_or(best.value);
        let (value, own) = (amount(&best.aim, best.value), amount(&best.aim, own));
        let most = match is_proven(best) {
            true => String::new(),
            false if best.at_most.is_infinite() => {
                "; whether another order comes to more is not known".into()
            }
            false => format!("; no order comes to more than {}", amount(&best.aim, best.at_most)),
        };
        format!("{} ({value} instead of {own}{most})", aim(&best.aim))
    };
    let each: Vec<String> = group.iter().take(LISTED).map(one).collect();
    format!(
        "Another order is better for {}{}. It does {}.",
        list(&each),
        if_so(talks),
        differs(talks, told.plan, &group[0].plan)
    )
}

/// What the first difference of an order from another is.
fn differs(talks: &Talks, told: &Plan, other: &Plan) -> String {
    let steps = |plan: &Plan| plan.points.iter().map(|point| point.steps.clone()).collect::<Vec<_>>();
    let (mut before, after) = (steps(told), steps(other));
    let Some(k) = before.iter().zip(&after).position(|(a, b)| a != b) else { return "the same".into() };
    let names = |steps: &[StepId]| list(&steps.iter().map(|step| quoted(talks, *step)).collect::<Vec<_>>());
    let words = format!("{} before {}", names(&after[k]), names(&before[k]));
    if let Some(from) = before.iter().position(|own| *own == after[k]) {
        let moved = before.remove(from);
        before.insert(k, moved);
    }
    if before == after { words } else { format!("{words}, and more besides") }
}

/// Where the chance of being noticed is not enough.
pub(crate) fn checks(talks: &Talks, told: &Told<'_>) -> Vec<String> {
    let looked: Vec<&Check> = told.outlook.checks.iter().filter(|check| check.noticed < 1.0).collect();
    if looked.is_empty() {
        return Vec::new();
    }
    let open: Vec<&&Check> = looked.iter().filter(|check| !check.complies).collect();
    if open.is_empty() {
        return vec![
            "Wherever it might go unnoticed that a step is not done, the chance of being noticed is large enough: nobody would gain by not doing it.".into(),
        ];
    }
    open.into_iter().map(|check| unnoticed(talks, check)).collect()
}

fn unnoticed(talks: &Talks, check: &Check) -> String {
    let saves = check
        .saves
        .map(|(body, amount)| format!(" ({} would save {} by that)", body_name(talks, body), value(amount)));
    let enough = match check.enough {
        Some(chance) => format!("The smallest chance that is enough is {}.", at_least(chance)),
        None => "No chance of being noticed is enough.".into(),
    };
    format!(
        "{}: that it is not done would be noticed with a chance of {}. That is not enough: {} would gain by not doing it{}. {enough}",
        quoted(talks, check.step),
        percent(check.noticed),
        isolated(&talks.parties[check.party.0].name),
        saves.unwrap_or_default()
    )
}

/// A chance rounded up to a tenth of a per cent, because a little less would not be enough.
fn at_least(chance: f64) -> String {
    super::sequence::size(chance)
}

/// How sure it is, where something is not known.
pub(crate) fn sureness(talks: &Talks, told: &Told<'_>, found: &Sureness) -> Vec<String> {
    let between = |band: &detente_analysis::Band| {
        let [low, _, high] = band.percentiles.map(percent);
        if low == high {
            "the drawn numbers hardly move it".into()
        } else {
            format!("{low} to {high} in eight draws of ten")
        }
    };
    let mut lines = vec![format!(
        "With everything that is not known drawn {} times, for this order: signed {} on average ({}), kept {} ({}), both {} ({}).",
        words::count(&found.draws.into()),
        percent(found.signed.mean),
        between(&found.signed),
        percent(found.kept.mean),
        between(&found.kept),
        percent(found.both.mean),
        between(&found.both)
    )];
    let most = found.ends.iter().enumerate().max_by(|a, b| a.1.mean.total_cmp(&b.1.mean).then(b.0.cmp(&a.0)));
    if let Some((point, band)) =
        most.filter(|(_, band)| percent(band.percentiles[0]) != percent(band.percentiles[2]))
    {
        lines.push(format!(
            "That it ends {} has a chance of {} on average ({}).",
            super::sequence::place(talks, told.plan, point),
            percent(band.mean),
            between(band)
        ));
    }
    let things = told.outlook.secured.iter().zip(&found.expected).take(THINGS);
    let things: Vec<String> = things
        .map(|(own, band)| {
            let [low, _, high] = band.percentiles.map(value);
            let (what, mean) = (counted(&own.what), value(band.mean));
            if low == high { format!("{what} {mean}") } else { format!("{what} {mean} ({low} to {high})") }
        })
        .collect();
    lines.push("How far each number may be off is itself an assumption.".into());
    if !things.is_empty() {
        let spreads = things.iter().any(|thing| thing.ends_with(')'));
        let note =
            if spreads { "with eight draws of ten in brackets" } else { "hardly moved by the drawn numbers" };
        lines.insert(1, format!("Expected then, {note}: {}.", things.join(", ")));
    }
    lines
}

/// Everything that is said of a deal once it is signed, for a screen.
pub(crate) fn lines(talks: &Talks, deal: &CarriedDeal) -> Vec<String> {
    let (Some(lasting), Some(told)) = (&deal.lasting, told(deal)) else { return Vec::new() };
    let levers = lasting.levers.iter().flat_map(|found| with_levers(talks, found));
    let sure = lasting.sureness.iter().flat_map(|found| sureness(talks, &told, found));
    completion(talks, deal)
        .into_iter()
        .chain(ending(talks, &told))
        .chain(by_then(talks, &told))
        .chain(secured(talks, &told))
        .chain(orders(talks, deal))
        .chain(checks(talks, &told))
        .chain(levers)
        .chain(sure)
        .collect()
}
