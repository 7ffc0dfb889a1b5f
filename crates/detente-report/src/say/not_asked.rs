//! Parties whose yes an agreement does not need, and deals that go against them.

use crate::Report;
use crate::deal::isolated;
use detente_model::{PartyId, Talks};

/// Which parties lose by deals that are told as likely and need no yes of theirs; a note without a final period.
pub(crate) fn not_asked(report: &Report<'_>) -> Option<String> {
    let (talks, will) = (report.talks, report.analysis.will.as_ref()?);
    let left_out: Vec<PartyId> =
        (0..talks.parties.len()).map(PartyId).filter(|p| !is_needed(talks, *p)).collect();
    let loses = |gains: &[Option<f64>], party: PartyId| {
        let bodies = &talks.parties[party.0].bodies;
        bodies.iter().filter_map(|body| gains[body.0]).any(|gain| gain < 0.0)
    };
    let losing = |party: &&PartyId| will.best.iter().any(|deal| loses(&deal.gains, **party));
    let losers = left_out.iter().filter(losing).map(|party| isolated(&talks.parties[party.0].name));
    let losers: Vec<String> = losers.collect();
    let n = will.best.iter().filter(|deal| left_out.iter().any(|party| loses(&deal.gains, *party))).count();
    let names = match &losers[..] {
        [] => return None,
        [only] => only.clone(),
        [before @ .., last] => format!("{} or {last}", before.join(", ")),
    };
    let (deals, count) = match n {
        1 => ("one of the deals listed is".to_owned(), "counts"),
        n => (format!("{n} of the deals listed are"), "count"),
    };
    Some(format!(
        "an agreement does not need the yes of {names}; {deals} worth less to such a party than no agreement and {count} \
         as agreed without it. Where a party has no part in a deal, let that deal be worth to it what no agreement is worth"
    ))
}

/// Whether there is no agreement without this party.
fn is_needed(talks: &Talks, party: PartyId) -> bool {
    !talks.agreement.holds(&|member| *member != party)
}
