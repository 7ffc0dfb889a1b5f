//! NegMAS folders: an outcome space and a utility function for each party, each a YAML or JSON file.
//!
//! `docs/formats/negmas.md` says what is read and what differs from NegMAS.

mod domain;
mod rectangles;
mod tables;
mod tree;
mod ufun;
mod values;

use super::scene::{NoDeal, Scene, Seat};
use super::{Bundle, Findings, Role, Text};
use crate::Span;
use crate::yaml::Node;
use domain::Domain;
use tree::{Reader, class, get, items, pairs};

pub(super) fn role(text: &Text) -> Option<Role> {
    let node = text.tree()?;
    if pairs(node).is_some_and(|pairs| pairs.iter().any(|(key, _)| key.text() == Some("detente"))) {
        return None;
    }
    match class(node) {
        Some((kind, _)) if kind.ends_with("OutcomeSpace") => return Some(Role::Domain),
        Some((kind, _)) if is_hub_class(kind) => return Some(Role::Whole),
        Some((kind, _)) if kind.contains("UtilityFunction") || kind.contains("UFun") => {
            return Some(Role::Profile);
        }
        Some(_) => {}
        None if is_hub(node) => return Some(Role::Whole),
        None if domain::listed(node).is_some_and(is_issues) => return Some(Role::Domain),
        None => {}
    }
    sidecar(text, node).map(|why| Role::Ignored(why.into()))
}

/// Whether a list holds issues as NegMAS writes them.
fn is_issues(nodes: &[Node]) -> bool {
    let is_issue = |node: &Node| {
        let typed = class(node).is_none_or(|(kind, _)| kind.ends_with("Issue"));
        typed && get(node, "name").is_some() && get(node, "values").is_some()
    };
    !nodes.is_empty() && nodes.iter().all(is_issue)
}

/// What the files beside a scenario are.
fn sidecar(text: &Text, node: &Node) -> Option<&'static str> {
    pairs(node)?;
    let has = |key: &str| get(node, key).is_some();
    let is_stats = has("pareto_utils") || has("nash_utils") || has("opposition") && has("utility_ranges");
    match text.stem.trim_start_matches('_') {
        _ if is_stats => Some("statistics of NegMAS, which Detente works out itself"),
        "stats" if class(node).is_none() => Some("statistics of NegMAS, which Detente works out itself"),
        "info" if class(node).is_none() => Some("notes of NegMAS about the scenario"),
        _ => None,
    }
}

/// Utility functions of a hub over the agreements with several others.
fn is_hub_class(kind: &str) -> bool {
    kind.contains("CenterUFun") || kind == "SideUFun" || kind == "MultidealScenario"
}

fn is_hub(node: &Node) -> bool {
    get(node, "edge_ufuns").is_some() || get(node, "center_ufun").is_some()
}

pub(super) fn read(bundle: &Bundle<'_>, findings: &mut Findings) -> Option<Scene> {
    if let Some(hub) = bundle.whole.first() {
        let at = bundle.files[*hub].tree().and_then(class).map_or(Span::new(0, 0), |(_, at)| at.span);
        let message = "this is a hub that negotiates with several others one by one; its utility is a program of NegMAS, and is not read";
        findings.error(*hub, at, message, "read one of its `edges` with the outcome space it belongs to");
        return None;
    }
    let domain = domain(bundle, findings)?;
    let seats: Vec<Option<Seat>> =
        bundle.profiles.iter().map(|k| seat(&bundle.files[*k], &domain, bundle, findings)).collect();
    findings.note("utilities are taken as they are stored: nothing is brought to 0 to 1, and weights are not divided by their sum");
    if let Some(note) = domain.note(bundle.options.grid) {
        findings.note(note);
    }
    let seats = seats.into_iter().collect::<Option<_>>()?;
    Some(Scene { title: None, issues: domain.issues(), seats, agreement: None })
}

fn seat(text: &Text, domain: &Domain, bundle: &Bundle<'_>, findings: &mut Findings) -> Option<Seat> {
    let node = text.tree()?;
    let mut reader = Reader { file: text.index, findings };
    let read = ufun::read(node, domain, &mut reader)?;
    own_space(node, domain, bundle, &mut reader);
    let name = text.stem.clone();
    Some(Seat {
        file: text.index,
        id: name.clone(),
        name,
        alternative: read.alternative.map_or(NoDeal::BelowAll, NoDeal::of),
        discount: read.discount,
        preferences: read.preferences,
    })
}

/// Says whether the outcome space that a profile holds itself is another one.
fn own_space(node: &Node, domain: &Domain, bundle: &Bundle<'_>, reader: &mut Reader<'_>) {
    let Some(space) = get(node, "outcome_space").filter(|_| !bundle.domains.is_empty()) else { return };
    let mut aside = Findings::default();
    let mut quiet = Reader { file: reader.file, findings: &mut aside };
    let own = Domain::read(space, bundle.options.grid, &mut quiet).map(|own| own.issues());
    if own.is_none_or(|own| own != domain.issues()) {
        let help = "is this profile of the same domain?";
        reader.warn(
            space.span,
            "the outcome space of this profile is not that of the domain; the domain counts",
            help,
        );
    }
}

/// The issues: of the domain, or those that the first profile holds itself.
fn domain(bundle: &Bundle<'_>, findings: &mut Findings) -> Option<Domain> {
    let start = Span::new(0, 0);
    let (file, node) = match (&bundle.domains[..], &bundle.profiles[..]) {
        ([domain], [_, ..]) => (*domain, bundle.files[*domain].tree()?),
        ([domain], []) => {
            let message = "this is an outcome space: it says what is on the table, and nobody's preferences";
            let help = "name the folder that holds it and the utility functions";
            findings.error(*domain, start, message, help);
            return None;
        }
        ([_, second, ..], _) => {
            let message =
                "this is a second outcome space: which one the utility functions belong to cannot be told";
            findings.error(*second, start, message, "keep one; put each scenario into a folder of its own");
            return None;
        }
        ([], [first, ..]) => {
            let Some(space) = bundle.files[*first].tree().and_then(|node| get(node, "outcome_space")) else {
                let message = "there is no outcome space: what is on the table is not said";
                let help = "add the file with the `issues`, or name the folder that holds it";
                findings.error(*first, start, message, help);
                return None;
            };
            let name = &bundle.files[*first].name;
            findings.note(format!("there is no domain; the issues are those of the profile `{name}`"));
            (*first, space)
        }
        ([], []) => return None,
    };
    let domain = Domain::read(node, bundle.options.grid, &mut Reader { file, findings })?;
    // Weights and values go by the position of an issue, so that all profiles have the same order of issues.
    Some(if bundle.domains.is_empty() { domain.with_options_ordered_neutrally() } else { domain })
}

/// The issues of an outcome space in their order, or of that which a profile holds, in a form that can be compared.
pub(super) fn on_the_table(text: &Text) -> Option<Vec<String>> {
    let node = text.tree()?;
    let space = domain::listed(node).or_else(|| domain::listed(get(node, "outcome_space")?))?;
    let told = |issue: &Node| {
        let values = get(issue, "values");
        let texts: Vec<Option<&str>> = match values.and_then(items) {
            Some(items) => items.iter().map(Node::text).collect(),
            None => vec![values.and_then(Node::text)],
        };
        format!("{:?} {texts:?}", get(issue, "name").and_then(Node::text))
    };
    Some(space.iter().map(told).collect())
}

/// How many items a list has, where it is one.
fn length(node: &Node) -> usize {
    items(node).map_or(0, <[Node]>::len)
}
