//! GeniusWeb JSON: a domain, and a profile for each party that repeats the domain.
//!
//! `docs/formats/geniusweb.md` says what is read and what differs from GeniusWeb and from NegMAS.

mod domain;
mod profile;
mod tree;
mod write;

use super::scene::{NoDeal, Scene, Seat};
use super::text::Content;
use super::{Bundle, Findings, Role, Text};
use crate::Span;
use crate::yaml::{Node, Value};
use domain::Domain;
use tree::{Reader, last};
pub use write::{WrittenFiles, write_geniusweb};

/// Profiles that GeniusWeb knows.
const PROFILES: &[&str] =
    &["LinearAdditiveUtilitySpace", "SumOfGroupsUtilitySpace", "DefaultPartialOrdering"];

pub(super) fn role(text: &Text) -> Option<Role> {
    let Content::Json(root) = &text.content else { return None };
    let Value::Map(pairs) = &root.value else { return None };
    if last(root, "issuesValues").is_some() {
        return Some(Role::Domain);
    }
    let worked_out = |key: &str| last(root, key).is_some_and(|node| last(node, "bid").is_some());
    if last(root, "pareto_front").is_some() || worked_out("nash") || worked_out("kalai") {
        return Some(Role::Ignored("what others worked out about the scenario".into()));
    }
    if pairs.iter().any(|(key, body)| is_profile(key, body)) {
        return Some(Role::Profile);
    }
    let [(key, body)] = &pairs[..] else { return None };
    let class = key.text().unwrap_or_default();
    let has = |keys: &[&str]| keys.iter().any(|key| last(body, key).is_some());
    if class.ends_with("Settings") && has(&["participants", "teams", "profileslists"]) {
        return Some(Role::Ignored("the settings of a GeniusWeb session".into()));
    }
    if class.ends_with("State") && has(&["actions", "partyprofiles"]) {
        return Some(Role::Ignored("the record of a GeniusWeb session".into()));
    }
    None
}

pub(super) fn read(bundle: &Bundle<'_>, findings: &mut Findings) -> Option<Scene> {
    let domain = domain(bundle, findings)?;
    let mut seats = Vec::new();
    for k in &bundle.profiles {
        seats.push(seat(&bundle.files[*k], &domain, findings));
    }
    let seats: Vec<Seat> = seats.into_iter().collect::<Option<_>>()?;
    if seats.iter().any(|seat| matches!(seat.alternative, NoDeal::Worth(_))) {
        findings.note("no agreement is worth what the reservation bid of a profile is worth");
    }
    Some(Scene { title: domain.name, issues: domain.issues, seats, agreement: None })
}

/// The issues and options of a domain, or of the domain that a profile repeats, in a form that can be compared.
pub(super) fn on_the_table(text: &Text) -> Option<Vec<String>> {
    let domain = text.tree().filter(|node| last(node, "issuesValues").is_some());
    let domain = domain.or_else(|| last(body(text)?.1, "domain"))?;
    let Value::Map(issues) = &last(domain, "issuesValues")?.value else { return None };
    let texts = |node: Option<&Node>| -> Vec<String> {
        let Some(Value::List(items)) = node.map(|node| &node.value) else { return Vec::new() };
        items.iter().map(|item| item.text().unwrap_or_default().to_owned()).collect()
    };
    let told = |(key, value): &(Node, Node)| {
        let mut values = texts(last(value, "values"));
        values.sort();
        format!("{:?} {values:?} {:?}", key.text(), texts(last(value, "range")))
    };
    let mut all: Vec<String> = issues.iter().map(told).collect();
    all.sort();
    Some(all)
}

/// Whether a key with what it holds is a profile.
fn is_profile(key: &Node, body: &Node) -> bool {
    let has_domain = || last(body, "domain").is_some_and(|domain| last(domain, "issuesValues").is_some());
    PROFILES.contains(&key.text().unwrap_or_default()) || has_domain()
}

/// What a profile holds under the name of its class; the last where there are several.
fn body(text: &Text) -> Option<(&Node, &Node)> {
    match &text.tree()?.value {
        Value::Map(pairs) => pairs
            .iter()
            .rev()
            .find(|(class, body)| is_profile(class, body))
            .map(|(class, body)| (class, body)),
        _ => None,
    }
}

/// The issues: of the domain file, or of the first profile that holds them.
fn domain(bundle: &Bundle<'_>, findings: &mut Findings) -> Option<Domain> {
    let head = Span::new(0, 0);
    match (&bundle.domains[..], &bundle.profiles[..]) {
        ([_, second, ..], _) => {
            let message = "this is a second domain: which one the profiles belong to cannot be told";
            let help = "keep one; put each scenario into a folder of its own";
            findings.error(*second, head, message, help);
            None
        }
        ([domain], []) => {
            let message = "this is a domain: it says what is on the table, and nobody's preferences";
            let help = "name the folder that holds the domain and the profiles, or a profile";
            findings.error(*domain, head, message, help);
            None
        }
        ([domain], _) => Reader { file: *domain, findings }.domain(bundle.files[*domain].tree()?),
        ([], profiles) => {
            let own = profiles.iter().find_map(|k| Some((*k, last(body(&bundle.files[*k])?.1, "domain")?)));
            let Some((file, node)) = own else {
                let message = "neither a domain file nor a profile says what the issues are";
                let help = "add the `domain` to the profile, or put the domain's file beside it";
                profiles.iter().take(1).for_each(|k| findings.error(*k, head, message, help));
                return None;
            };
            let name = &bundle.files[file].name;
            findings.note(format!("there is no domain file; the issues are those of the profile `{name}`"));
            Reader { file, findings }.domain(node).map(Domain::ordered_neutrally)
        }
    }
}

fn seat(text: &Text, domain: &Domain, findings: &mut Findings) -> Option<Seat> {
    let (class, body) = body(text)?;
    let before = findings.n_errors;
    if let Some(Value::Map(pairs)) = text.tree().map(|node| &node.value) {
        for (key, _) in pairs.iter().filter(|(key, _)| key.span != class.span) {
            let message = format!("`{}` beside the profile is not read", key.text().unwrap_or_default());
            findings.warn(text.index, key.span, message, "a profile is the only thing in its file");
        }
    }
    let read = profile::read(&mut Reader { file: text.index, findings }, class, body, domain)?;
    (findings.n_errors == before).then(|| Seat {
        file: text.index,
        id: text.stem.clone(),
        name: text.stem.clone(),
        alternative: read.alternative.map_or(NoDeal::BelowAll, NoDeal::Worth),
        discount: None,
        preferences: read.preferences,
    })
}
