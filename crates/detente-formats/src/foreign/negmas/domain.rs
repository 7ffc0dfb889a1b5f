//! What is on the table.

use super::tree::{Reader, class, get, items, number};
use crate::foreign::{neutral, reals};
use crate::yaml::Node;
use detente_model::{Issue, NamedOption, OptionId, Options, Range};
use std::collections::{BTreeMap, BTreeSet};

/// The issues with what profiles need to find their options.
pub(super) struct Domain {
    pub(super) issues: Vec<DomainIssue>,
    by_name: BTreeMap<String, usize>,
}

#[derive(Clone)]
pub(super) struct DomainIssue {
    pub(super) issue: Issue,
    /// Whether its options stand for an interval.
    pub(super) is_real: bool,
    /// Its named options by their texts.
    by_text: BTreeMap<String, usize>,
    /// Its named options by the numbers they are, bit by bit.
    by_number: BTreeMap<u64, usize>,
}

/// The list of issues in a domain, which may be one itself.
pub(super) fn listed(node: &Node) -> Option<&[Node]> {
    items(node).or_else(|| get(node, "issues").and_then(items))
}

impl Domain {
    pub(super) fn read(node: &Node, grid: usize, reader: &mut Reader<'_>) -> Option<Domain> {
        let before = reader.findings.n_errors;
        if super::tree::pairs(node).is_some() {
            reader.keys(node, &["issues"]);
        }
        let Some(nodes) = listed(node) else {
            let help = "a Cartesian outcome space lists its `issues`; that is what is read";
            reader.error(node.span, "there is no list of issues", help);
            return None;
        };
        let mut taken = BTreeSet::new();
        let mut issues = Vec::new();
        for node in nodes {
            let Some(mut issue) = DomainIssue::read(node, issues.len(), grid, reader) else { continue };
            let name = issue.issue.name.clone();
            if !taken.insert(name.clone()) {
                let free = (2..).map(|k| format!("{name} ({k})")).find(|id| taken.insert(id.clone()));
                let id = free.unwrap_or_default();
                let message = format!("another issue is called `{name}` too; here it is `{id}`");
                let at = get(node, "name").unwrap_or(node).span;
                reader.warn(at, message, "give each issue a name of its own");
                issue.issue.id.clone_from(&id);
                issue.issue.name = id;
            }
            issues.push(issue);
        }
        if issues.is_empty() && reader.findings.n_errors == before {
            reader.error(node.span, "there is no issue", "is this the right file?");
        }
        let names = issues.iter().enumerate().map(|(k, own)| (own.issue.name.clone(), k));
        let by_name = names.collect();
        (reader.findings.n_errors == before).then_some(Domain { issues, by_name })
    }

    pub(super) fn issues(&self) -> Vec<Issue> {
        self.issues.iter().map(|own| own.issue.clone()).collect()
    }

    /// The same with options in an order that is not that of a profile.
    pub(super) fn with_options_ordered_neutrally(mut self) -> Domain {
        for own in &mut self.issues {
            let DomainIssue { mut issue, is_real, .. } = own.clone();
            neutral::sort(&mut issue.options);
            *own = DomainIssue::new(issue, is_real);
        }
        self
    }

    /// The position of an issue by its name.
    pub(super) fn find(&self, name: &str) -> Option<usize> {
        self.by_name.get(name).copied()
    }

    /// What stands for the intervals of continuous issues.
    pub(super) fn note(&self, grid: usize) -> Option<String> {
        let real: Vec<&str> =
            self.issues.iter().filter(|own| own.is_real).map(|own| own.issue.name.as_str()).collect();
        reals::note(&real, grid, "")
    }
}

impl DomainIssue {
    fn read(node: &Node, k: usize, grid: usize, reader: &mut Reader<'_>) -> Option<DomainIssue> {
        if super::tree::pairs(node).is_none() {
            let message = format!("{} stands where an issue belongs", node.kind());
            reader.error(node.span, message, "write its `name`, `type` and `values`");
            return None;
        }
        reader.keys(node, &["values"]);
        let name = get(node, "name").and_then(Node::text).map(str::trim).filter(|name| !name.is_empty());
        let name = name.map_or_else(|| format!("issue {}", k + 1), str::to_owned);
        let Some(values) = get(node, "values") else {
            let message = format!("the issue `{name}` has no `values`");
            reader.error(node.span, message, "list what can be agreed");
            return None;
        };
        let (options, is_real) = options(node, values, &name, grid, reader)?;
        let issue = Issue { id: name.clone(), name, options, status_quo: None, because: vec![] };
        Some(DomainIssue::new(issue, is_real))
    }

    fn new(issue: Issue, is_real: bool) -> DomainIssue {
        let (mut by_text, mut by_number) = (BTreeMap::new(), BTreeMap::new());
        if let Options::Named { options, .. } = &issue.options {
            for (k, option) in options.iter().enumerate() {
                by_text.insert(option.id.clone(), k);
                if let Some(key) = key(&option.id) {
                    by_number.entry(key).or_insert(k);
                }
            }
        }
        DomainIssue { issue, is_real, by_text, by_number }
    }

    /// The option that a value means: the same text, or the same number or truth in another spelling.
    pub(super) fn option(&self, text: &str) -> Option<OptionId> {
        if let Options::Range(range) = &self.issue.options {
            return range.position(number(text)?).map(OptionId);
        }
        let same = self.by_text.get(text).copied();
        same.or_else(|| self.by_number.get(&key(text)?).copied()).map(OptionId)
    }

    /// The number an option is, if it is one.
    pub(super) fn value(&self, option: OptionId) -> Option<f64> {
        match &self.issue.options {
            Options::Range(range) => Some(range.value(option.0)),
            Options::Named { options, .. } => number(&options[option.0].id).filter(|x| x.is_finite()),
        }
    }

    /// All options in their order.
    pub(super) fn options(&self) -> impl Iterator<Item = OptionId> + use<> {
        (0..self.issue.n_options()).map(OptionId)
    }
}

/// What two spellings of the same number, or of the same truth, share. Python's truths are numbers.
fn key(text: &str) -> Option<u64> {
    let value = match text.to_ascii_lowercase().as_str() {
        "true" => return Some(u64::MAX),
        "false" => return Some(u64::MAX - 1),
        _ => number(text).filter(|value| value.is_finite())?,
    };
    Some((value + 0.0).to_bits())
}

fn options(
    node: &Node,
    values: &Node,
    name: &str,
    grid: usize,
    reader: &mut Reader<'_>,
) -> Option<(Options, bool)> {
    let Some((kind, at)) = class(node) else {
        if items(values).is_some_and(|items| items.len() == 2 && bounds_of(items).is_some()) {
            let message = format!("`{name}` has no type; its two numbers are taken for two options");
            reader.warn(values.span, message, "add `type: ContiguousIssue` if they are bounds");
        }
        return match items(values) {
            Some(_) => Some((named(values, name, false, reader)?, false)),
            None => Some((integers(values, name, reader)?, false)),
        };
    };
    match kind {
        "ContiguousIssue" => Some((integers(values, name, reader)?, false)),
        "ContinuousIssue" => Some((interval(values, name, grid, reader)?, true)),
        "CategoricalIssue" | "DiscreteIssue" | "SingletonIssue" => {
            Some((named(values, name, false, reader)?, false))
        }
        "OrdinalIssue" | "CardinalIssue" | "DiscreteOrdinalIssue" | "DiscreteCardinalIssue" => {
            Some((named(values, name, true, reader)?, false))
        }
        _ => {
            let message = format!("an issue of the type `{kind}` is not read");
            let help = "categorical, ordinal, cardinal, contiguous and continuous issues are";
            reader.error(at.span, message, help);
            None
        }
    }
}

fn named(values: &Node, name: &str, ordered: bool, reader: &mut Reader<'_>) -> Option<Options> {
    let Some(items) = items(values) else {
        let message = format!("{} stands where the options of `{name}` belong", values.kind());
        reader.error(values.span, message, "write a list");
        return None;
    };
    let mut seen = BTreeSet::new();
    let mut options = Vec::new();
    for item in items {
        let Some(text) = item.text() else {
            let message = format!("{} stands where an option of `{name}` belongs", item.kind());
            reader.error(item.span, message, "an option is a single text or number");
            return None;
        };
        if seen.insert(text) {
            options.push(NamedOption { id: text.to_owned(), name: text.to_owned() });
        } else {
            let message = format!("the option `{text}` stands here a second time; they are one");
            reader.warn(item.span, message, "remove one of the two");
        }
    }
    if options.is_empty() {
        reader.error(values.span, format!("the issue `{name}` has no options"), "list what can be agreed");
        return None;
    }
    Some(Options::Named { ordered, options })
}

/// The two numbers of a list of two; what stands in quotes is a text.
pub(super) fn bounds_of(items: &[Node]) -> Option<(f64, f64)> {
    let [low, high] = items else { return None };
    let own = |node: &Node| node.is_plain().then(|| number(node.text()?)).flatten();
    Some((own(low)?, own(high)?))
}

fn bounds(values: &Node, name: &str, reader: &mut Reader<'_>) -> Option<(f64, f64)> {
    let found = items(values).and_then(bounds_of).filter(|(low, high)| low.is_finite() && high.is_finite());
    if found.is_none() {
        let message = format!("the values of `{name}` are not two numbers");
        reader.error(values.span, message, "write the smallest and the largest, as `[0, 10]`");
    }
    found
}

/// Whole numbers between two bounds, both included; one number alone is how many there are from 0.
fn integers(values: &Node, name: &str, reader: &mut Reader<'_>) -> Option<Options> {
    let count = values.text().and_then(number).filter(|count| *count >= 1.0);
    let (low, high) = match count {
        Some(count) => (0.0, count - 1.0),
        None => bounds(values, name, reader)?,
    };
    if low.fract() != 0.0 || high.fract() != 0.0 {
        let message = format!("the bounds of `{name}` are not whole numbers");
        reader.error(values.span, message, "a ContiguousIssue takes whole numbers, a ContinuousIssue any");
        return None;
    }
    match Range::new(low, high, 1.0) {
        Ok((range, _)) => Some(Options::Range(range)),
        Err(fault) => {
            reader.error(values.span, fault.message, &fault.help);
            None
        }
    }
}

fn interval(values: &Node, name: &str, grid: usize, reader: &mut Reader<'_>) -> Option<Options> {
    let (low, high) = bounds(values, name, reader)?;
    let span = high - low;
    if span <= 0.0 || !span.is_finite() {
        let message = format!("the interval of `{name}` ends before it begins, or has no end");
        reader.error(values.span, message, "write the smallest and the largest number");
        return None;
    }
    if !reals::can_be_divided(low, high, grid) {
        let message = format!("no {grid} different numbers can stand for the interval of `{name}`");
        reader.error(values.span, message, "write bounds that are further apart");
        return None;
    }
    Some(reals::evenly(low, high, grid).0)
}
