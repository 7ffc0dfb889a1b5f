//! What is on the table.

use super::{issues, number};
use crate::foreign::{Findings, neutral, reals};
use crate::xml::{children, place};
use detente_model::{Issue, NamedOption, OptionId, Options, Range};
use roxmltree::Node;
use std::collections::{BTreeMap, BTreeSet};

/// The issues with what profiles need to find them.
pub(super) struct Domain {
    pub(super) issues: Vec<DomainIssue>,
    /// The first issue with each index, and with each name; and with both.
    by_index: BTreeMap<String, usize>,
    by_name: BTreeMap<String, usize>,
    by_both: BTreeMap<(String, String), usize>,
}

pub(super) struct DomainIssue {
    /// The key by which a profile names it.
    pub(super) index: Option<String>,
    pub(super) issue: Issue,
    pub(super) kind: Kind,
    /// The items by their texts.
    items: BTreeMap<String, OptionId>,
}

/// The kinds of issues.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Kind {
    /// Named options.
    Discrete,
    /// Whole numbers from the first to the second.
    Integer(f64, f64),
    /// The numbers that stand for an interval.
    Real(Vec<f64>),
    /// An issue that NegMAS adds: one option, worth 1 to everybody.
    Added,
}

impl Domain {
    pub(super) fn read(
        file: usize,
        root: Node<'_, '_>,
        grid: usize,
        findings: &mut Findings,
    ) -> Option<Domain> {
        let before = findings.n_errors;
        if !root.has_tag_name("utility_space") {
            super::say_flat(file, root, findings);
        }
        let mut taken = BTreeSet::new();
        let mut found = Vec::new();
        for node in issues(root) {
            let Some(mut issue) = DomainIssue::read(file, node, grid, findings) else { continue };
            if !taken.insert(issue.issue.id.clone()) {
                let free =
                    (2..).map(|k| format!("{} ({k})", issue.issue.id)).find(|id| taken.insert(id.clone()));
                let id = free.unwrap_or_default();
                let message = format!("another issue is called `{}` too; here it is `{id}`", issue.issue.id);
                findings.warn(file, place(node, "name"), message, "give each issue a name of its own");
                issue.issue.id.clone_from(&id);
                issue.issue.name = id;
            }
            found.push(issue);
        }
        if found.is_empty() && findings.n_errors == before {
            findings.error(file, place(root, ""), "there is no issue", "is this the right file?");
        }
        (findings.n_errors == before).then(|| Domain::new(found))
    }

    fn new(issues: Vec<DomainIssue>) -> Domain {
        let (mut by_index, mut by_name, mut by_both) = (BTreeMap::new(), BTreeMap::new(), BTreeMap::new());
        for (k, own) in issues.iter().enumerate() {
            by_name.entry(own.issue.name.clone()).or_insert(k);
            if let Some(index) = &own.index {
                by_index.entry(index.clone()).or_insert(k);
                by_both.entry((index.clone(), own.issue.name.clone())).or_insert(k);
            }
        }
        Domain { issues, by_index, by_name, by_both }
    }

    pub(super) fn issues(&self) -> Vec<Issue> {
        self.issues.iter().map(|issue| issue.issue.clone()).collect()
    }

    /// Issues and options in an order that is not that of a profile.
    pub(super) fn order_neutrally(&mut self) {
        let mut issues = std::mem::take(&mut self.issues);
        issues.sort_by(|a, b| neutral::compare(&a.issue.id, &b.issue.id));
        for own in issues.iter_mut().filter(|own| own.kind == Kind::Discrete) {
            neutral::sort(&mut own.issue.options);
            own.items = items_of(&own.issue);
        }
        *self = Domain::new(issues);
    }

    /// NegMAS counts issues from 1. Where their indexes begin later it adds one, which everybody counts as 1.
    pub(super) fn as_negmas_numbers(&mut self, findings: &mut Findings) {
        let first = self.issues.iter().filter_map(|own| own.index.as_ref()?.parse::<u32>().ok()).min();
        let Some((range, _)) =
            Range::new(1.0, 1.0, 1.0).ok().filter(|_| first.is_some_and(|first| first > 1))
        else {
            return;
        };
        let id = "DUMMY_ISSUE".to_owned();
        findings.note("NegMAS adds an issue `DUMMY_ISSUE` where indexes do not begin at 1, and counts it as 1 for everybody; so it is here");
        let issue =
            Issue { name: id.clone(), id, options: Options::Range(range), status_quo: None, because: vec![] };
        let added = DomainIssue { index: None, issue, kind: Kind::Added, items: BTreeMap::new() };
        *self = Domain::new(std::iter::once(added).chain(std::mem::take(&mut self.issues)).collect());
    }

    /// The issue that a profile means: the one with its index and name, or else its index, or else its name.
    pub(super) fn find(&self, index: Option<&str>, name: &str) -> Option<usize> {
        let by_name = || self.by_name.get(name).copied();
        let Some(index) = index else { return by_name() };
        let both = self.by_both.get(&(index.to_owned(), name.to_owned())).copied();
        both.or_else(|| self.by_index.get(index).copied()).or_else(by_name)
    }

    /// Says what stands for the intervals of real issues.
    pub(super) fn note(&self, grid: usize, findings: &mut Findings) {
        let is_real = |own: &&DomainIssue| matches!(own.kind, Kind::Real(_));
        let real: Vec<&str> = self.issues.iter().filter(is_real).map(|own| own.issue.name.as_str()).collect();
        let same_as = if grid == 21 { ", as in GENIUS" } else { "" };
        if let Some(text) = reals::note(&real, grid, same_as) {
            findings.note(text);
        }
    }
}

impl DomainIssue {
    fn read(file: usize, node: Node<'_, '_>, grid: usize, findings: &mut Findings) -> Option<DomainIssue> {
        let index = node.attribute("index").map(|text| text.trim().to_owned());
        let name = name(node);
        let (options, kind) = match kind(file, node, findings)? {
            "integer" => integers(file, node, findings)?,
            "real" => reals(file, node, grid, findings)?,
            _ => (items(file, node, findings)?, Kind::Discrete),
        };
        let issue = Issue { id: name.clone(), name, options, status_quo: None, because: vec![] };
        let items = match kind {
            Kind::Discrete => items_of(&issue),
            _ => BTreeMap::new(),
        };
        Some(DomainIssue { index, issue, kind, items })
    }

    /// The option that is called so.
    pub(super) fn find(&self, value: &str) -> Option<OptionId> {
        self.items.get(value).copied()
    }
}

fn items_of(issue: &Issue) -> BTreeMap<String, OptionId> {
    (0..issue.n_options()).map(|k| (issue.option_id(OptionId(k)).into_owned(), OptionId(k))).collect()
}

/// What an issue is called.
pub(super) fn name(node: Node<'_, '_>) -> String {
    let own = node.attribute("name").map(str::trim).filter(|name| !name.is_empty());
    own.map_or_else(|| format!("issue {}", node.attribute("index").unwrap_or("?").trim()), str::to_owned)
}

/// An issue in a form that can be compared: what names it, and its items or bounds.
pub(super) fn told(node: Node<'_, '_>) -> String {
    let mut items: Vec<&str> = children(node, "item").filter_map(|item| item.attribute("value")).collect();
    items.sort_unstable();
    items.dedup();
    let holder = if node.has_attribute("lowerbound") { Some(node) } else { children(node, "range").next() };
    let bound = |key: &str| holder.and_then(|holder| holder.attribute(key)).and_then(number);
    let index = node.attribute("index").map(str::trim);
    format!("{index:?} {:?} {items:?} {:?} {:?}", name(node), bound("lowerbound"), bound("upperbound"))
}

/// The kind of an issue: `type` before `vtype` before `etype`, discrete if nothing says it.
fn kind(file: usize, node: Node<'_, '_>, findings: &mut Findings) -> Option<&'static str> {
    let said = ["type", "vtype", "etype"].into_iter().find(|key| node.has_attribute(*key));
    let Some(said) = said else { return Some("discrete") };
    let text = node.attribute(said).map(str::trim).unwrap_or_default();
    // GENIUS does not tell small letters from capitals here.
    match ["discrete", "integer", "real"].into_iter().find(|kind| text.eq_ignore_ascii_case(kind)) {
        Some(kind) => Some(kind),
        None => {
            let message = format!("an issue of the type `{text}` is not known");
            findings.error(file, place(node, said), message, "discrete, integer and real issues are read");
            None
        }
    }
}

fn items(file: usize, node: Node<'_, '_>, findings: &mut Findings) -> Option<Options> {
    let mut seen = BTreeSet::new();
    let mut options = Vec::new();
    for item in children(node, "item") {
        let Some(value) = item.attribute("value") else {
            findings.error(
                file,
                place(item, "value"),
                "an item needs a `value`",
                "write what the option is called",
            );
            return None;
        };
        if seen.insert(value.to_owned()) {
            let said = item.attribute("description").filter(|text| !text.trim().is_empty());
            options.push(NamedOption { id: value.to_owned(), name: said.unwrap_or(value).to_owned() });
        } else {
            let message = format!("the item `{value}` stands here a second time; they are one option");
            findings.warn(file, place(item, "value"), message, "remove one of the two");
        }
    }
    if options.is_empty() {
        let message = format!("the issue `{}` has no items", name(node));
        findings.error(file, place(node, "name"), message, "add at least one `item`");
        return None;
    }
    Some(Options::Named { ordered: false, options })
}

/// The bounds of an issue: its own attributes, or those of its `range`.
fn bounds(file: usize, node: Node<'_, '_>, findings: &mut Findings) -> Option<(f64, f64)> {
    let holder = if node.has_attribute("lowerbound") { Some(node) } else { children(node, "range").next() };
    let Some(holder) = holder else {
        let message = format!("the issue `{}` has no bounds", name(node));
        findings.error(file, place(node, "name"), message, "add `lowerbound` and `upperbound`");
        return None;
    };
    let mut bound = |key: &str| {
        let text = holder.attribute(key).unwrap_or_default();
        let value = number(text);
        if value.is_none() {
            let message = format!("`{text}` is not a number that can be the `{key}`");
            findings.error(file, place(holder, key), message, "write a decimal number");
        }
        value
    };
    let (low, high) = (bound("lowerbound"), bound("upperbound"));
    Some((low?, high?))
}

fn integers(file: usize, node: Node<'_, '_>, findings: &mut Findings) -> Option<(Options, Kind)> {
    let (low, high) = bounds(file, node, findings)?;
    if low.fract() != 0.0 || high.fract() != 0.0 {
        findings.error(
            file,
            place(node, "lowerbound"),
            "the bounds of an integer issue are whole numbers",
            "write whole numbers",
        );
        return None;
    }
    match Range::new(low, high, 1.0) {
        Ok((range, _)) => Some((Options::Range(range), Kind::Integer(low, high))),
        Err(fault) => {
            let help = "an issue of named items can stand for some of these numbers";
            findings.error(file, place(node, "lowerbound"), fault.message, help);
            None
        }
    }
}

/// Evenly spaced numbers for an interval, its bounds among them.
fn reals(file: usize, node: Node<'_, '_>, grid: usize, findings: &mut Findings) -> Option<(Options, Kind)> {
    let (low, high) = bounds(file, node, findings)?;
    let at = if node.has_attribute("upperbound") { Some(node) } else { children(node, "range").next() };
    let at = place(at.unwrap_or(node), "upperbound");
    if high <= low {
        findings.error(file, at, "the interval ends before it begins", "swap the bounds");
        return None;
    }
    if !reals::can_be_divided(low, high, grid) {
        let message = format!("no {grid} different numbers can stand for this interval");
        findings.error(file, at, message, "write bounds that are further apart, and not as large");
        return None;
    }
    let (options, points) = reals::evenly(low, high, grid);
    Some((options, Kind::Real(points)))
}
