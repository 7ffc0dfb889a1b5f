//! Made-up accounts of how a plan fares, for pages to be tried with: chances are given, and what follows
//! from them is added up.

use detente_analysis::{
    Aim, Amounts, Band, BestOrder, Break, Check, Kept, KeptLevers, KeptPackage, Lasting, LastingOptions,
    Order, OrderTradeoff, Outlook, Plan, Reckoning, Secured, Space, Sureness,
};
use detente_model::{Actor, BodyId, LeverId, Outcome, PhaseId, Talks};
use detente_report::CarriedDeal;
use std::ops::ControlFlow;

/// What can go wrong with a plan.
pub(crate) struct Risks<'a> {
    /// At a point, that a body does not stay.
    pub(crate) walks: &'a [(usize, usize, f64)],
    /// At a point, that what comes next fails and this is noticed.
    pub(crate) fails: &'a [(usize, f64)],
    /// Between a point and the next.
    pub(crate) shocks: f64,
    pub(crate) horizon: f64,
}

/// A way in which it can go: how likely, up to which point, until which day.
type Way = (f64, usize, f64);

pub(crate) fn outlook(talks: &Talks, plan: &Plan, risks: &Risks<'_>) -> Outlook {
    let last = plan.points.len() - 1;
    let mut breaks = Vec::new();
    let mut ways: Vec<Way> = Vec::new();
    let mut alive = 1.0;
    for k in 0..last {
        let mut own = Break {
            walks: 0.0,
            by_party: vec![0.0; talks.parties.len()],
            by_body: vec![0.0; talks.bodies.len()],
            fails: 0.0,
            shocks: 0.0,
        };
        for (_, body, chance) in risks.walks.iter().filter(|(point, ..)| *point == k) {
            own.walks += chance;
            own.by_body[*body] += chance;
            own.by_party[talks.bodies[*body].party.0] += chance;
        }
        own.fails = risks.fails.iter().filter(|(point, _)| *point == k).map(|(_, chance)| chance).sum();
        let (day, next) = (plan.points[k].day, plan.points[k + 1].day);
        own.shocks = if next > day { risks.shocks } else { 0.0 };
        ways.push((own.walks + own.fails, k, day));
        ways.push((own.shocks, k, (day + next) / 2.0));
        alive -= own.total();
        breaks.push(own);
    }
    ways.push((alive, last, f64::INFINITY));
    let mut whats: Vec<&str> = Vec::new();
    for count in
        plan.points.iter().flat_map(|point| &point.steps).flat_map(|step| &talks.steps[step.0].counts)
    {
        if !whats.contains(&count.what.as_str()) {
            whats.push(&count.what);
        }
    }
    let secured = whats.iter().map(|what| secured(talks, plan, &ways, what, risks.horizon)).collect();
    Outlook {
        completed: alive,
        reckoning: Reckoning::Exact,
        breaks,
        secured,
        checks: checks(talks, plan),
        horizon: risks.horizon,
        horizon_stated: false,
    }
}

fn secured(talks: &Talks, plan: &Plan, ways: &[Way], what: &str, horizon: f64) -> Secured {
    let all = |_: Option<PhaseId>| true;
    let mut days: Vec<f64> = plan.points.iter().map(|point| point.day).collect();
    days.extend((0..=24).map(|k| horizon * f64::from(k) / 24.0));
    days.sort_by(f64::total_cmp);
    days.dedup();
    let mut phases: Vec<Option<PhaseId>> = Vec::new();
    for step in plan.points.iter().flat_map(|point| &point.steps) {
        let step = &talks.steps[step.0];
        if step.counts.iter().any(|count| count.what == what) && !phases.contains(&step.phase) {
            phases.push(step.phase);
        }
    }
    let by_phase = phases
        .into_iter()
        .map(|phase| (phase, amounts(talks, plan, ways, what, horizon, &|own| own == phase)));
    Secured {
        what: what.into(),
        total: amounts(talks, plan, ways, what, horizon, &all),
        by_phase: by_phase.collect(),
        by_day: days.into_iter().map(|day| (day, amounts(talks, plan, ways, what, day, &all))).collect(),
    }
}

fn amounts(
    talks: &Talks,
    plan: &Plan,
    ways: &[Way],
    what: &str,
    until: f64,
    of: &dyn Fn(Option<PhaseId>) -> bool,
) -> Amounts {
    let amount = |(_, point, end): &Way| -> f64 {
        let mut sum = 0.0;
        for own in plan.points[..=*point].iter().filter(|own| own.day <= until) {
            for step in own.steps.iter().map(|step| &talks.steps[step.0]).filter(|step| of(step.phase)) {
                for count in step.counts.iter().filter(|count| count.what == what) {
                    let time = (end.min(until) - own.day).max(0.0);
                    sum += count.amount.mean() * count.per.map_or(1.0, |unit| time / unit.days());
                }
            }
        }
        sum
    };
    let possible = ways.iter().filter(|(chance, ..)| *chance > 0.0);
    let mut each: Vec<(f64, f64)> = possible.map(|way| (amount(way), way.0)).collect();
    each.sort_by(|a, b| a.0.total_cmp(&b.0));
    let mut below = 0.0;
    let low = each.iter().find(|(_, chance)| {
        below += chance;
        below >= 0.1
    });
    let last = plan.points.len() - 1;
    Amounts {
        hoped: amount(&(1.0, last, f64::INFINITY)),
        expected: each.iter().map(|(amount, chance)| amount * chance).sum(),
        low: low.map_or(0.0, |(amount, _)| *amount),
        certain: each.first().map_or(0.0, |(amount, _)| *amount),
    }
}

/// Every step of a party is done as agreed, except where it says how likely that is noticed.
fn checks(talks: &Talks, plan: &Plan) -> Vec<Check> {
    let mut checks = Vec::new();
    for (k, point) in plan.points.iter().enumerate().skip(1) {
        for id in &point.steps {
            let step = &talks.steps[id.0];
            let Actor::Party(party) = step.by else { continue };
            let noticed = step.noticed.as_ref().map_or(1.0, |chance| chance.mean());
            let body = talks.parties[party.0].bodies[0];
            checks.push(Check {
                step: *id,
                party,
                before: k - 1,
                noticed,
                complies: noticed >= 0.6,
                enough: Some(0.6),
                saves: Some((body, 3.0)),
            });
        }
    }
    checks
}

/// The plan with two of its points exchanged.
fn exchanged(plan: &Plan, a: usize, b: usize) -> Plan {
    let mut other = plan.clone();
    let steps = other.points[a].steps.clone();
    other.points[a].steps = std::mem::replace(&mut other.points[b].steps, steps);
    other
}

fn plan(deal: &CarriedDeal) -> Option<&Plan> {
    match deal.found.as_ref().map(|found| &found.order) {
        Ok(Order::Found { plan, .. }) => Some(plan),
        _ => None,
    }
}

fn band(mean: f64) -> Band {
    Band { mean, percentiles: [mean * 0.6, mean, (mean * 1.3).min(mean.max(1.0))] }
}

/// Everything that can be said of a deal, with levers if it has none to be carried through without.
pub(crate) fn lasting(talks: &Talks, deal: &CarriedDeal, risks: &Risks<'_>) -> Option<Lasting> {
    let plan = plan(deal)?;
    let fares = outlook(talks, plan, risks);
    let mut outlook = fares.clone();
    let never = plan.slack < 0.0;
    if never {
        let worst = (0..plan.points.len() - 1).find(|k| plan.points[*k].parties.iter().any(|s| *s < 0.0))?;
        let body = plan.points[worst].binding.iter().flatten().next().copied().unwrap_or(BodyId(0));
        let sure = Risks { walks: &[(worst, body.0, 1.0)], fails: &[], shocks: 0.0, horizon: risks.horizon };
        outlook = self::outlook(talks, plan, &sure);
    }
    let levers: Vec<LeverId> = (0..talks.levers.len()).rev().take(1).map(LeverId).collect();
    let package = |levers: &[LeverId], signed: f64, kept: f64| KeptPackage {
        levers: levers.to_vec(),
        cost: levers.iter().map(|lever| talks.levers[lever.0].cost.mean()).sum(),
        by_mediator: vec![0.0; talks.mediators.len()],
        signed,
        kept,
        plan: plan.clone(),
    };
    let signed = deal.probability.unwrap_or(0.5);
    let with = package(&levers, signed, fares.completed);
    let other = exchanged(plan, 2, 3);
    let order = |aim: Aim, value: f64, at_most: f64, plan: &Plan| BestOrder {
        aim,
        value,
        at_most,
        plan: plan.clone(),
    };
    let mut best = vec![order(Aim::Completed, fares.completed, fares.completed, plan)];
    for own in &fares.secured {
        let more = own.total.expected + 0.08 * own.total.hoped;
        best.push(order(Aim::Expected(own.what.clone()), more, more, &other));
        best.push(order(Aim::Certain(own.what.clone()), own.total.certain, own.total.hoped, plan));
    }
    let aims = [Aim::Completed, best.get(1).map_or(Aim::Completed, |best| best.aim.clone())];
    let points = vec![
        ([fares.completed, fares.secured.first().map_or(0.0, |own| own.total.expected)], plan.clone()),
        ([fares.completed * 0.9, best.get(1).map_or(0.0, |best| best.value)], other.clone()),
    ];
    Some(Lasting {
        best,
        tradeoffs: vec![OrderTradeoff { aims, points, complete: true }],
        levers: (!talks.levers.is_empty()).then(|| KeptLevers {
            frontier: vec![package(&[], signed, outlook.completed), with.clone()],
            proven: true,
        }),
        with_levers: (!talks.levers.is_empty()).then(|| (with, fares.clone())),
        plan_with_levers: (!talks.levers.is_empty()).then(|| fares.clone()),
        sureness: Some(Sureness {
            draws: 1024,
            signed: band(signed),
            kept: band(fares.completed),
            both: band(signed * fares.completed),
            ends: fares.breaks.iter().map(|own| band(own.total())).collect(),
            expected: fares.secured.iter().map(|own| band(own.total.expected)).collect(),
            low: fares.secured.iter().map(|own| band(own.total.low)).collect(),
        }),
        outlook,
    })
}

/// How likely a listed deal is to be signed and kept, made up from its place.
pub(crate) fn kept(talks: &Talks, deal: &CarriedDeal, risks: &Risks<'_>) -> Option<Kept> {
    let plan = plan(deal)?;
    let rank = deal.rank? as f64;
    let fares = outlook(talks, plan, risks);
    let value = (fares.completed + 0.05 * rank).min(1.0);
    let expected = fares.secured.iter().map(|own| BestOrder {
        aim: Aim::Expected(own.what.clone()),
        value: own.total.expected,
        at_most: own.total.expected,
        plan: plan.clone(),
    });
    let outcome: Outcome = deal.outcome.clone();
    Some(Kept {
        outcome,
        signed: deal.probability?,
        best: Some(BestOrder { aim: Aim::Completed, value, at_most: value, plan: plan.clone() }),
        expected: expected.collect(),
        package: None,
    })
}

/// What the solver finds of a deal that is told in full.
pub(crate) fn found(talks: &Talks, deal: &CarriedDeal) -> Option<Lasting> {
    let go_on = |_| ControlFlow::Continue(());
    detente_analysis::lasting(
        &Space::new(talks),
        &deal.outcome,
        plan(deal)?,
        &LastingOptions::default(),
        &go_on,
    )
    .ok()
}

/// What the solver finds of a deal that is listed: with levers, if some are given.
pub(crate) fn found_kept(talks: &Talks, deal: &CarriedDeal) -> Option<Kept> {
    let go_on = |_| ControlFlow::Continue(());
    let package = deal.lasting.as_ref().and_then(|found| found.with_levers.as_ref()).map(|own| own.0.clone());
    detente_analysis::kept(
        talks,
        &deal.outcome,
        deal.probability?,
        plan(deal),
        package,
        &LastingOptions::default(),
        &go_on,
    )
    .ok()
}
