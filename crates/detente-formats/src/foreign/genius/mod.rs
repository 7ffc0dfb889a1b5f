//! GENIUS XML: a domain (`negotiation_template`) and a profile for each party (`utility_space`).
//!
//! `docs/formats/genius.md` says what is read and what differs from GENIUS and from NegMAS.

mod domain;
mod profile;
mod rectangles;
mod write;

pub use write::write_genius;

use super::scene::{Scene, Seat};
use super::text::Content;
use super::{Bundle, Evaluations, Findings, Role, Text};
use crate::xml;
use domain::Domain;
use roxmltree::Node;

pub(super) fn role(text: &Text) -> Option<Role> {
    match &text.content {
        Content::Xml(root) if root == "negotiation_template" => Some(Role::Domain),
        Content::Xml(root) if root == "utility_space" => Some(Role::Profile),
        _ => None,
    }
}

pub(super) fn read(bundle: &Bundle<'_>, findings: &mut Findings) -> Option<Scene> {
    let domain = domain(bundle, findings)?;
    let seats: Vec<Option<Seat>> =
        bundle.profiles.iter().map(|k| profile::read(&bundle.files[*k], &domain, bundle, findings)).collect();
    if bundle.options.evaluations == Evaluations::Genius {
        findings.note("each evaluation is divided by the largest of its issue, as GENIUS does; `--evaluations raw` takes them as written");
    } else {
        findings.note("evaluations are taken as written, as NegMAS does; GENIUS divides each by the largest of its issue");
    }
    domain.note(bundle.options.grid, findings);
    Some(Scene {
        title: None,
        issues: domain.issues(),
        seats: seats.into_iter().collect::<Option<_>>()?,
        agreement: None,
    })
}

/// The issues: of the domain, or of the first profile where there is none.
fn domain(bundle: &Bundle<'_>, findings: &mut Findings) -> Option<Domain> {
    let file = match (&bundle.domains[..], &bundle.profiles[..]) {
        ([domain], [_, ..]) => *domain,
        ([domain], []) => {
            let help = "name the folder that holds the domain and the profiles, or a profile";
            findings.error(
                *domain,
                crate::Span::new(0, 0),
                "this is a domain: it says what is on the table, and nobody's preferences",
                help,
            );
            return None;
        }
        ([_, second, ..], _) => {
            let help = "keep one; put each scenario into a folder of its own";
            findings.error(
                *second,
                crate::Span::new(0, 0),
                "this is a second domain: which one the profiles belong to cannot be told",
                help,
            );
            return None;
        }
        ([], [first, ..]) => {
            findings.note(format!(
                "there is no domain; the issues are those of the profile `{}`",
                bundle.files[*first].name
            ));
            *first
        }
        ([], []) => return None,
    };
    let text = &bundle.files[file];
    match xml::with(&text.text, |document| {
        Domain::read(file, document.root_element(), bundle.options.grid, findings)
    }) {
        Ok(Some(mut domain)) => {
            if bundle.domains.is_empty() {
                domain.order_neutrally();
            }
            if bundle.options.evaluations == Evaluations::Raw {
                domain.as_negmas_numbers(findings);
            }
            Some(domain)
        }
        Ok(None) => None,
        Err(broken) => {
            findings.push(file, broken);
            None
        }
    }
}

/// The issues of a domain or profile in their order: that of the tree, whatever objectives they stand under.
fn issues<'a, 'i>(root: Node<'a, 'i>) -> impl Iterator<Item = Node<'a, 'i>> {
    let stands = |node: &Node<'a, 'i>| {
        let parent = node.parent().map(|parent| parent.tag_name().name());
        node.has_tag_name("issue") && matches!(parent, Some("objective" | "utility_space"))
    };
    root.descendants().filter(stands)
}

/// The issues and options of a domain or profile, in a form that can be compared.
pub(super) fn on_the_table(text: &Text) -> Option<Vec<String>> {
    let told = |document: &roxmltree::Document<'_>| {
        let mut all: Vec<String> = issues(document.root_element()).map(domain::told).collect();
        all.sort();
        all
    };
    xml::with(&text.text, told).ok()
}

/// Says that issues stand directly under the root, as in the oldest files.
fn say_flat(file: usize, root: Node<'_, '_>, findings: &mut Findings) {
    if let Some(issue) =
        issues(root).find(|node| node.parent().is_some_and(|parent| parent.has_tag_name("utility_space")))
    {
        let help = "put them into an `objective`, as newer versions of GENIUS expect it";
        findings.warn(
            file,
            xml::place(issue, ""),
            "the issues stand in no `objective`, as in the oldest files",
            help,
        );
    }
}

/// A number as Java's parser reads it, apart from hexadecimal; nothing for what is no number or none that is finite.
fn number(text: &str) -> Option<f64> {
    let text = text.trim();
    let digits = text.strip_suffix(['d', 'D', 'f', 'F']).unwrap_or(text);
    let is_decimal = digits.chars().all(|c| c.is_ascii_digit() || "+-.eE".contains(c));
    digits.parse().ok().filter(|value: &f64| is_decimal && value.is_finite())
}

/// What Java reads as infinite: the word, spelled so, and decimal numbers beyond all that a number can hold.
fn infinite(text: &str) -> Option<f64> {
    let text = text.trim();
    match text {
        "Infinity" | "+Infinity" => return Some(f64::INFINITY),
        "-Infinity" => return Some(f64::NEG_INFINITY),
        _ => {}
    }
    let digits = text.strip_suffix(['d', 'D', 'f', 'F']).unwrap_or(text);
    let is_decimal = digits.chars().all(|c| c.is_ascii_digit() || "+-.eE".contains(c));
    digits.parse().ok().filter(|value: &f64| is_decimal && value.is_infinite())
}
