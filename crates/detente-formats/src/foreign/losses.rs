//! What of talks the formats of other systems cannot hold.

use detente_model::{Implementation, Options, PartyId, Rule, Talks};

/// What neither GENIUS nor GeniusWeb holds, a sentence each.
pub(super) fn common(talks: &Talks) -> Vec<String> {
    let mut lost = Vec::new();
    parties(talks, &mut lost);
    bodies(talks, &mut lost);
    issues(talks, &mut lost);
    let parts = [
        ("constraints", talks.constraints.len()),
        ("mediators", talks.mediators.len()),
        ("levers", talks.levers.len()),
        ("phases", talks.phases.len()),
        ("steps", talks.steps.len()),
        ("unknowns", talks.unknowns.len()),
        ("sources", talks.sources.len()),
        ("claims", talks.claims.len()),
    ];
    for (what, n) in parts.into_iter().filter(|(_, n)| *n > 0) {
        lost.push(format!("the {what} are left out ({n})"));
    }
    if talks.correlation.is_some() {
        lost.push("how political costs go together is left out".into());
    }
    if talks.implementation != Implementation::default() {
        lost.push("what holds for carrying out any deal is left out".into());
    }
    if talks.note.is_some()
        || talks.as_of.is_some()
        || !talks.authors.is_empty()
        || talks.common_unit.is_some()
    {
        lost.push("the note, the date, the authors and the common unit are left out".into());
    }
    let uncertain = talks.numbers().iter().filter(|placed| !placed.number.is_certain()).count();
    if uncertain > 0 {
        lost.push(format!("{uncertain} numbers that are not known are written as their means"));
    }
    lost
}

fn parties(talks: &Talks, lost: &mut Vec<String>) {
    if !asks_all(&talks.agreement, talks.parties.len()) {
        lost.push("the rule of agreement is left out: there, everybody has to agree".into());
    }
    for party in &talks.parties {
        if party.bodies.len() > 1 {
            let first = &talks.bodies[party.bodies[0].0].name;
            lost.push(format!(
                "`{}` has {} bodies: only the preferences of `{first}` are written",
                party.name,
                party.bodies.len()
            ));
        }
        if party.name != party.id {
            lost.push(format!("the name `{}` of party `{}` is left out", party.name, party.id));
        }
    }
}

fn bodies(talks: &Talks, lost: &mut Vec<String>) {
    for body in &talks.bodies {
        let party = &talks.parties[body.party.0];
        if party.bodies.len() == 1 && (&body.id, &body.name) != (&party.id, &party.name) {
            lost.push(format!("that the body of `{}` is called `{}` is left out", party.id, body.name));
        }
        for (what, is_there) in [
            ("political cost", body.will.cost().is_some()),
            ("strain", body.strain.cost().is_some()),
            ("reaction", body.reaction.is_some()),
            ("influence", body.influence.is_some()),
        ] {
            if is_there {
                lost.push(format!("the {what} of `{}` is left out", body.name));
            }
        }
    }
}

fn issues(talks: &Talks, lost: &mut Vec<String>) {
    for issue in &talks.issues {
        if issue.status_quo.is_some() {
            lost.push(format!("the status quo of issue `{}` is left out", issue.id));
        }
        if issue.name != issue.id {
            lost.push(format!("the name `{}` of issue `{}` is left out", issue.name, issue.id));
        }
        match &issue.options {
            Options::Named { ordered: true, .. } => {
                lost.push(format!("that the options of issue `{}` are in order is left out", issue.id));
            }
            Options::Range(range) if range.unit.is_some() => {
                lost.push(format!("the unit of issue `{}` is left out", issue.id));
            }
            _ => {}
        }
    }
}

/// Whether a rule asks every party, in whatever form.
fn asks_all(rule: &Rule<PartyId>, n_parties: usize) -> bool {
    (0..n_parties).all(|out| !rule.holds(&|party| party.0 != out)) && rule.holds(&|_| true)
}
