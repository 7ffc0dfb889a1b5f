//! How likely deals are to be signed and kept, and what levers do for that, in words.

use crate::CarriedDeal;
use crate::deal::counted;
use crate::say::lasting::{self, LISTED, THINGS, if_so, levers};
use crate::say::sequence::list;
use crate::say::verdict::without_a_cost;
use crate::words::{percent, value};
use detente_analysis::{Aim, Kept, KeptLevers, KeptPackage, NO_CHANCE};
use detente_model::{Outcome, Talks};

/// A deal may be passed over in the list of the likeliest for another that differs more, and is less likely to
/// be signed by no more than this.
const NEAR: f64 = 0.01;

/// Chances that differ by no more are told as alike.
const ALIKE: f64 = 1e-9;

/// With which levers it is most likely to be signed and kept, and what each cost buys.
pub(crate) fn with_levers(talks: &Talks, found: &KeptLevers) -> Vec<String> {
    let Some(best) = found.frontier.last() else {
        return vec!["No levers can be used with this deal, within the budgets.".into()];
    };
    let so = if_so(talks);
    let mut lines = Vec::new();
    let first = &found.frontier[0];
    let open = if found.proven { "" } else { " Not all levers were tried." };
    if best.levers.is_empty() {
        lines.push(format!(
            "No levers, within the budgets, make it more likely to be signed and kept than {}{so}.{open}",
            percent(best.signed * best.kept)
        ));
        return lines;
    }
    let before = if first.levers.is_empty() {
        format!(" Without levers it is {}.", percent(first.signed * first.kept))
    } else {
        String::new()
    };
    lines.push(format!(
        "Most likely to be signed and kept, within the budgets, is this deal with {}, at a cost of {}: signed with a chance of {}, then kept with {}, both with {}{so}.{before}{open}",
        levers(talks, &best.levers),
        value(best.cost),
        percent(best.signed),
        percent(best.kept),
        percent(best.signed * best.kept)
    ));
    if found.frontier.len() > 2 {
        let one = |package: &KeptPackage| {
            format!("{} for {}", percent(package.signed * package.kept), value(package.cost))
        };
        let each: Vec<String> = found.frontier.iter().take(2 * LISTED).map(one).collect();
        lines.push(format!("What each cost buys, signed and kept: {}.", each.join(" · ")));
    }
    lines
}

/// The chance that a deal is signed and kept.
pub(crate) fn product(kept: &Kept) -> Option<f64> {
    kept.best.as_ref().map(|best| kept.signed * best.value)
}

/// The deals by the chance that they are signed and kept, the best first, with their places from 0.
pub(crate) fn ranked(deals: &[CarriedDeal]) -> Vec<(usize, &Kept, f64)> {
    let known = deals.iter().filter_map(|deal| Some((deal.rank?, deal.kept.as_ref()?)));
    let mut known: Vec<(usize, &Kept, f64)> =
        known.filter_map(|(rank, kept)| Some((rank, kept, product(kept)?))).collect();
    known.sort_by(|a, b| b.2.total_cmp(&a.2).then(a.0.cmp(&b.0)));
    known
}

/// Which of the likeliest deals is most likely to be signed and kept, and what is open; then which secures most.
pub(crate) fn signed_and_kept(talks: &Talks, deals: &[CarriedDeal]) -> Vec<String> {
    let ranked = ranked(deals);
    let Some((_, kept, both)) = ranked.first().copied() else { return Vec::new() };
    let mut lines = Vec::new();
    match (&kept.package, both > NO_CHANCE) {
        (Some(_), true) => lines.push(
            "Without levers, none of the deals listed is carried through once it is signed. Each is told with the levers, within the budgets, that make it most likely to be signed and kept.".into(),
        ),
        (Some(_), false) => lines.push(
            "No affordable set of levers gets any of the deals listed carried through once it is signed.".into(),
        ),
        (None, true) => {}
        (None, false) => {
            lines.push("Without levers, none of the deals listed is carried through once it is signed.".into());
        }
    }
    if both > NO_CHANCE {
        lines.push(most_likely(talks, deals, ranked[0]));
    }
    let things = kept.expected.iter().take(THINGS).filter_map(|own| best_for(deals, &own.aim));
    let things = things.filter(|(.., amount)| *amount > 0.0);
    let what = |aim: &Aim| match aim {
        Aim::Expected(what) | Aim::Certain(what) => counted(what),
        Aim::Completed => lasting::aim(aim),
    };
    let things: Vec<(String, usize, String)> =
        things.map(|(aim, rank, amount)| (what(aim), rank, value(amount))).collect();
    lines.extend(achieved(talks, deals, &things));
    lines
}

/// Which deal is expected to achieve most of what: things with their deals and amounts.
fn achieved(talks: &Talks, deals: &[CarriedDeal], things: &[(String, usize, String)]) -> Option<String> {
    let (_, first, _) = things.first()?;
    let so = if_so(talks);
    if things.len() > 1 && things.iter().all(|(_, rank, _)| rank == first) {
        let each: Vec<String> = things.iter().map(|(what, _, amount)| format!("{what} {amount}")).collect();
        let deal = named(talks, deals, *first);
        return Some(format!(
            "Weighted by the chance that it is signed, {deal} is expected to achieve most: {}{so}.",
            each.join(", ")
        ));
    }
    let each = things
        .iter()
        .map(|(what, rank, amount)| format!("{what} by {} ({amount})", named(talks, deals, *rank)));
    Some(format!(
        "Weighted by the chance that it is signed, most is expected to be achieved of {}{so}.",
        list(&each.collect::<Vec<_>>())
    ))
}

fn most_likely(talks: &Talks, deals: &[CarriedDeal], (rank, kept, both): (usize, &Kept, f64)) -> String {
    let how = kept.best.as_ref().map_or(0.0, |best| best.value);
    let last = deals.iter().filter(|deal| deal.rank.is_some()).max_by_key(|deal| deal.rank);
    let most = last.and_then(|deal| deal.probability).map_or(1.0, |last| (last + NEAR).min(1.0));
    let open = if kept.package.is_some() {
        "Deals that are not listed were not tried with levers.".into()
    } else if most <= both {
        "No deal that is not listed can do better: none is as likely to be signed.".into()
    } else {
        format!(
            "A deal that is not listed could do better: its chance to be signed may be up to {}.",
            percent(most)
        )
    };
    let alike: Vec<usize> = ranked(deals)
        .into_iter()
        .filter(|(other, _, chance)| *other != rank && both - chance <= ALIKE)
        .map(|(other, ..)| other + 1)
        .collect();
    let alike = match &alike[..] {
        [] => String::new(),
        [one] => format!(" Deal {one} is as likely."),
        several => {
            let names: Vec<String> = several.iter().map(usize::to_string).collect();
            format!(" Deals {} are as likely.", list(&names))
        }
    };
    let levers = if kept.package.is_none() && !talks.levers.is_empty() { ", without levers," } else { "" };
    let costs = match &without_a_cost(talks)[..] {
        [] => "",
        _ => ", if a yes costs nothing at home where no cost is told",
    };
    format!(
        "Most likely to be signed and kept{levers} is {}: {} that it is signed, {} that it is then kept, {} for both{costs}{}.{alike} {open}",
        named(talks, deals, rank),
        percent(kept.signed),
        percent(how),
        percent(both),
        if_so(talks)
    )
}

/// A deal by its number, with what it is.
pub(crate) fn named(talks: &Talks, deals: &[CarriedDeal], rank: usize) -> String {
    format!("deal {} ({})", rank + 1, what_it_is(talks, deals, rank))
}

/// What a deal of the list is: the likeliest, or how it differs from that.
pub(crate) fn what_it_is(talks: &Talks, deals: &[CarriedDeal], rank: usize) -> String {
    let of = |rank: usize| deals.iter().find(|deal| deal.rank == Some(rank)).map(|deal| &deal.outcome);
    let today = |own: &Outcome| {
        own.0.iter().zip(&talks.issues).all(|(option, issue)| issue.status_quo == Some(*option))
    };
    if of(rank).is_some_and(today) {
        return "all stays as it is today".into();
    }
    match (rank, of(0), of(rank)) {
        (0, ..) | (_, _, None) => "the likeliest to be agreed".into(),
        (_, None, Some(own)) => crate::deal::in_words(talks, own, |_| true),
        (_, Some(first), Some(own)) => super::difference(talks, first, own),
    }
}

/// Whether any of the deals listed is ever kept.
pub(crate) fn any_kept(deals: &[CarriedDeal]) -> bool {
    ranked(deals).first().is_some_and(|(_, _, both)| *both > NO_CHANCE)
}

/// The deal with the largest expected amount, P(signed) counted in.
fn best_for<'a>(deals: &'a [CarriedDeal], aim: &'a Aim) -> Option<(&'a Aim, usize, f64)> {
    let of = |deal: &'a CarriedDeal| {
        let kept = deal.kept.as_ref()?;
        let own = kept.expected.iter().find(|best| best.aim == *aim)?;
        Some((aim, deal.rank?, kept.signed * own.value))
    };
    deals.iter().filter_map(of).max_by(|a, b| a.2.total_cmp(&b.2).then(b.1.cmp(&a.1)))
}
