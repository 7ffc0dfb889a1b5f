//! What is on the table.

use super::tree::{Entry, Reader, decimal};
use crate::foreign::{Findings, neutral};
use crate::yaml::Node;
use detente_model::{Issue, NamedOption, Options, Range};
use std::collections::{BTreeMap, BTreeSet};

/// The issues, and where each is found.
pub(super) struct Domain {
    pub(super) name: Option<String>,
    pub(super) issues: Vec<Issue>,
    places: BTreeMap<String, usize>,
    /// The options of each issue by their texts; empty for ranges.
    options: Vec<BTreeMap<String, usize>>,
}

impl Domain {
    pub(super) fn find(&self, name: &str) -> Option<usize> {
        self.places.get(name).copied()
    }

    /// The option of an issue that a value means.
    pub(super) fn option(&self, issue: usize, value: &Node) -> Option<usize> {
        match &self.issues[issue].options {
            Options::Range(range) => range.position(decimal(value)?),
            Options::Named { .. } => self.named(issue, value.text()?),
        }
    }

    pub(super) fn named(&self, issue: usize, text: &str) -> Option<usize> {
        self.options[issue].get(text).copied()
    }

    /// The same with issues and options in an order that is not that of a profile.
    pub(super) fn ordered_neutrally(mut self) -> Domain {
        self.issues.sort_by(|a, b| neutral::compare(&a.id, &b.id));
        self.issues.iter_mut().for_each(|issue| neutral::sort(&mut issue.options));
        self.places = self.issues.iter().enumerate().map(|(k, issue)| (issue.id.clone(), k)).collect();
        self.options = self.issues.iter().map(|issue| by_text(&issue.options)).collect();
        self
    }

    /// In what another domain differs, in whatever order it stands.
    fn difference(&self, other: &Domain) -> Option<String> {
        let lacks = |a: &Domain, b: &Domain| {
            a.issues.iter().find(|issue| b.find(&issue.id).is_none()).map(|issue| issue.id.clone())
        };
        if let Some(issue) = lacks(other, self) {
            return Some(format!("it has an issue `{issue}` that the domain lacks"));
        }
        if let Some(issue) = lacks(self, other) {
            return Some(format!("it lacks the issue `{issue}`"));
        }
        self.issues.iter().enumerate().find_map(|(k, issue)| {
            let theirs = other.find(&issue.id)?;
            let same = match (&issue.options, &other.issues[theirs].options) {
                (Options::Range(a), Options::Range(b)) => a == b,
                (Options::Named { .. }, Options::Named { .. }) => {
                    self.options[k].keys().eq(other.options[theirs].keys())
                }
                _ => false,
            };
            (!same).then(|| format!("the values of the issue `{}` are others", issue.id))
        })
    }
}

impl Reader<'_> {
    /// Reads a domain; nothing if something in it is wrong.
    pub(super) fn domain(&mut self, node: &Node) -> Option<Domain> {
        let before = self.findings.n_errors;
        let fields = self.fields(node, "the domain", &["name", "issuesValues"])?;
        let values = self.needed(&fields, "issuesValues")?;
        let mut domain = Domain {
            name: fields
                .get("name")
                .and_then(Node::text)
                .map(str::to_owned)
                .filter(|name| !name.trim().is_empty()),
            issues: Vec::new(),
            places: BTreeMap::new(),
            options: Vec::new(),
        };
        for entry in self.entries(values, "`issuesValues`")? {
            let Some(options) = self.options(&entry) else { continue };
            domain.options.push(by_text(&options));
            domain.places.insert(entry.key.to_owned(), domain.issues.len());
            let (id, name) = (entry.key.to_owned(), entry.key.to_owned());
            domain.issues.push(Issue { id, name, options, status_quo: None, because: vec![] });
        }
        if domain.issues.is_empty() && self.findings.n_errors == before {
            self.error(values.span, "there is no issue", "is this the right file?");
        }
        (self.findings.n_errors == before).then_some(domain)
    }

    /// Compares the domain inside a profile with the one that is used.
    pub(super) fn compare(&mut self, domain: &Domain, node: &Node) {
        let mut aside = Findings::default();
        let found = Reader { file: self.file, findings: &mut aside }.domain(node);
        let what = match found {
            Some(own) => domain.difference(&own),
            None => Some("it cannot be read".into()),
        };
        if let Some(what) = what {
            let message = format!("the profile's own domain is another one: {what}; it is not used");
            self.warn(node.span, message, "is this profile of the same domain?");
        }
    }

    fn options(&mut self, entry: &Entry<'_>) -> Option<Options> {
        if entry.key.trim().is_empty() {
            self.error(entry.at, "an issue needs a name", "write what the issue is called");
            return None;
        }
        let what = format!("the issue `{}`", entry.key);
        let fields = self.fields(entry.value, &what, &["values", "range"])?;
        match (fields.get("values"), fields.get("range")) {
            (Some(values), None) => self.values(values, &what),
            (None, Some(range)) => self.range(range, &what),
            (Some(_), Some(_)) => {
                self.error(
                    entry.at,
                    format!("{what} has both `values` and a `range`"),
                    "keep one of the two",
                );
                None
            }
            (None, None) => {
                let help = "add `values` for named options or a `range` for numbers";
                self.error(entry.at, format!("{what} has neither `values` nor a `range`"), help);
                None
            }
        }
    }

    fn values(&mut self, node: &Node, what: &str) -> Option<Options> {
        let mut seen = BTreeSet::new();
        let mut options = Vec::new();
        for item in self.list(node, &format!("the values of {what}"))? {
            let Some(text) = item.text().filter(|_| !item.is_empty_value()) else {
                let message = format!("a value of {what} is {}", item.kind());
                self.error(item.span, message, "write a text in quotes");
                return None;
            };
            if seen.insert(text) {
                options.push(NamedOption { id: text.to_owned(), name: text.to_owned() });
            } else {
                let message = format!("the value `{text}` stands here a second time; the two are one option");
                self.warn(item.span, message, "remove one of the two");
            }
        }
        if options.is_empty() {
            self.error(node.span, format!("{what} has no values"), "add at least one value");
            return None;
        }
        Some(Options::Named { ordered: false, options })
    }

    fn range(&mut self, node: &Node, what: &str) -> Option<Options> {
        let items = self.list(node, &format!("the bounds of {what}"))?;
        let [from, to, by] = items else {
            let message = format!("the range of {what} holds {} numbers", items.len());
            self.error(node.span, message, "write the smallest, the largest and the step: `[0, 10, 1]`");
            return None;
        };
        let mut bound = |item: &Node| {
            let value = self.number(item, &format!("a bound of {what}"))?;
            if !is_exact(item.text().unwrap_or_default(), value) {
                let message =
                    format!("`{}` needs more digits than can be kept", item.text().unwrap_or_default());
                self.error(item.span, message, "write numbers of at most 15 digits");
                return None;
            }
            Some(value)
        };
        let (low, high, step) = (bound(from), bound(to), bound(by));
        match Range::new(low?, high?, step?) {
            Ok((range, None)) => Some(Options::Range(range)),
            Ok((range, Some(last))) => {
                let message = format!("the steps of {what} end at {last}, short of {}", high?);
                self.warn(node.span, message, "end the range where the last step arrives");
                Some(Options::Range(range))
            }
            Err(fault) => {
                let help =
                    fault.help.replace("`from` and `to`", "the first two numbers").replace(" `by`", "");
                self.error(node.span, fault.message.replace(" `by`", ""), help);
                None
            }
        }
    }
}

fn by_text(options: &Options) -> BTreeMap<String, usize> {
    match options {
        Options::Named { options, .. } => {
            options.iter().enumerate().map(|(k, own)| (own.id.clone(), k)).collect()
        }
        Options::Range(_) => BTreeMap::new(),
    }
}

/// Whether the nearest number of the machine is, in its shortest form, the decimal that was written.
fn is_exact(text: &str, value: f64) -> bool {
    significant(text.trim()) == significant(&format!("{value:e}"))
}

/// The digits of a decimal without zeros at either end.
fn significant(text: &str) -> String {
    let mantissa = text.split(['e', 'E']).next().unwrap_or_default();
    let digits: String = mantissa.chars().filter(char::is_ascii_digit).collect();
    digits.trim_matches('0').to_owned()
}
