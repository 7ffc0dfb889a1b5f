//! Sources and claims, and what of the talks rests on them.

use crate::deal::isolated;
use crate::parts;
use crate::say;
use detente_model::{BodyId, ClaimId, Spot, Talks};

pub(super) struct SourceView<'a> {
    pub(super) title: &'a str,
    pub(super) about: String,
    pub(super) url: Option<&'a str>,
    /// Whether the address is one that a reader may follow.
    pub(super) safe: bool,
    pub(super) claims: Vec<ClaimView<'a>>,
}

pub(super) struct ClaimView<'a> {
    pub(super) says: &'a str,
    pub(super) who: &'a str,
    pub(super) at: &'a str,
    pub(super) used: String,
}

/// Every source with its claims, as attributed.
pub(super) fn sources<'a>(talks: &'a Talks) -> Vec<SourceView<'a>> {
    let used = used_by(talks);
    let view = |(s, source): (usize, &'a detente_model::Source)| {
        let date = source.date.map(|date| date.to_string());
        let about: Vec<String> = source.kind.clone().into_iter().chain(date).collect();
        let url = source.url.as_deref();
        let own = talks.claims.iter().enumerate().filter(|(_, claim)| claim.source.0 == s);
        let claim = |(c, claim): (usize, &'a detente_model::Claim)| ClaimView {
            says: &claim.says,
            who: claim.who.as_deref().unwrap_or("–"),
            at: claim.at.as_deref().unwrap_or("–"),
            used: say::used_for(&used[c]),
        };
        SourceView {
            title: &source.title,
            about: about.join(", "),
            url,
            safe: url.is_some_and(|url| url.starts_with("https://") || url.starts_with("http://")),
            claims: own.map(claim).collect(),
        }
    };
    talks.sources.iter().enumerate().map(view).collect()
}

/// Per claim, the parts of the talks that rest on it.
fn used_by(talks: &Talks) -> Vec<Vec<String>> {
    let mut used: Vec<Vec<String>> = vec![Vec::new(); talks.claims.len()];
    let mut add = |claims: &[ClaimId], what: String| {
        for claim in claims {
            if !used[claim.0].contains(&what) {
                used[claim.0].push(what.clone());
            }
        }
    };
    for issue in &talks.issues {
        add(&issue.because, isolated(&issue.name));
    }
    for constraint in &talks.constraints {
        add(&constraint.because, parts::constraint(talks, constraint));
    }
    for party in &talks.parties {
        add(&party.because, isolated(&party.name));
    }
    for (b, body) in talks.bodies.iter().enumerate() {
        add(&body.because, say::body_name(talks, BodyId(b)));
    }
    for unknown in &talks.unknowns {
        add(&unknown.because, isolated(&unknown.name));
    }
    for mediator in &talks.mediators {
        add(&mediator.because, isolated(&mediator.name));
    }
    for lever in &talks.levers {
        add(&lever.because, isolated(&lever.name));
    }
    for step in &talks.steps {
        add(&step.because, isolated(&step.name));
    }
    for placed in talks.numbers() {
        let what = match placed.spot {
            // The rows of a table stand as one, under each claim that some of them name.
            Spot::Row(body, table, _) => {
                format!("{}: {}", say::body_name(talks, body), parts::table(talks, body, table))
            }
            _ => parts::whole_number(talks, &placed.spot),
        };
        add(&placed.number.because, what);
    }
    used
}
