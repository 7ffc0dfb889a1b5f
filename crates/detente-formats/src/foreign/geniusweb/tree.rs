//! What the files are made of: mappings, texts and numbers, each with its place.

use crate::Span;
use crate::foreign::Findings;
use crate::yaml::{Node, Value};
use std::collections::BTreeMap;

/// Reads one file and says what is wrong with it.
pub(super) struct Reader<'a> {
    pub(super) file: usize,
    pub(super) findings: &'a mut Findings,
}

/// A key of a mapping and what it holds.
#[derive(Clone, Copy)]
pub(super) struct Entry<'n> {
    pub(super) key: &'n str,
    /// Where the key stands.
    pub(super) at: Span,
    pub(super) value: &'n Node,
}

/// What stands behind a key of a mapping; the last where it stands twice.
pub(super) fn last<'n>(node: &'n Node, key: &str) -> Option<&'n Node> {
    match &node.value {
        Value::Map(pairs) => {
            pairs.iter().rev().find(|(own, _)| own.text() == Some(key)).map(|(_, value)| value)
        }
        _ => None,
    }
}

/// A decimal number, bare or in quotes.
pub(super) fn decimal(node: &Node) -> Option<f64> {
    let text = node.text()?.trim();
    let is_decimal = text.chars().all(|c| c.is_ascii_digit() || "+-.eE".contains(c));
    text.parse().ok().filter(|value: &f64| is_decimal && value.is_finite())
}

impl Reader<'_> {
    pub(super) fn error(&mut self, at: Span, message: impl Into<String>, help: impl Into<String>) {
        self.findings.error(self.file, at, message, help);
    }

    pub(super) fn warn(&mut self, at: Span, message: impl Into<String>, help: impl Into<String>) {
        self.findings.warn(self.file, at, message, help);
    }

    /// The entries of a mapping with keys of the user's: where one stands twice, the last counts.
    pub(super) fn entries<'n>(&mut self, node: &'n Node, what: &str) -> Option<Vec<Entry<'n>>> {
        let Value::Map(pairs) = &node.value else {
            let message = format!("{what} is {}, not a mapping", node.kind());
            self.error(node.span, message, "write it in braces: `{\"key\": value}`");
            return None;
        };
        let mut entries: Vec<Entry<'n>> = Vec::new();
        let mut known = BTreeMap::new();
        for (key, value) in pairs {
            let entry = Entry { key: key.text().unwrap_or_default(), at: key.span, value };
            if let Some(k) = known.insert(entry.key, entries.len()) {
                let message = format!("`{}` stands here a second time; the last counts", entry.key);
                self.warn(entry.at, message, "keep one of the two");
                known.insert(entry.key, k);
                entries[k] = entry;
            } else {
                entries.push(entry);
            }
        }
        Some(entries)
    }

    /// The entries of a mapping with keys of the format's; others are pointed out.
    pub(super) fn fields<'n>(&mut self, node: &'n Node, what: &str, known: &[&str]) -> Option<Fields<'n>> {
        let entries = self.entries(node, what)?;
        for entry in entries.iter().filter(|entry| !known.contains(&entry.key)) {
            let names: Vec<String> = known.iter().map(|name| format!("`{name}`")).collect();
            let message = format!("`{}` is not read in {what}", entry.key);
            self.warn(entry.at, message, format!("read are {}", names.join(", ")));
        }
        Some(Fields { entries, span: node.span, what: what.to_owned() })
    }

    /// The field, which must be there.
    pub(super) fn needed<'n>(&mut self, fields: &Fields<'n>, key: &str) -> Option<&'n Node> {
        let found = fields.get(key);
        if found.is_none() {
            let at = Span::new(fields.span.start, fields.span.start + 1);
            self.error(at, format!("{} has no `{key}`", fields.what), format!("add `{key}`"));
        }
        found
    }

    pub(super) fn list<'n>(&mut self, node: &'n Node, what: &str) -> Option<&'n [Node]> {
        match &node.value {
            Value::List(items) => Some(items),
            _ => {
                self.error(
                    node.span,
                    format!("{what} are {}, not a list", node.kind()),
                    "write them in brackets",
                );
                None
            }
        }
    }

    /// A number that can be computed with.
    pub(super) fn number(&mut self, node: &Node, what: &str) -> Option<f64> {
        let value = decimal(node);
        if value.is_none() {
            let said = node.text().map_or_else(|| node.kind().to_owned(), |text| format!("`{text}`"));
            let message = format!("{what} is {said}, not a finite number");
            self.error(node.span, message, "write a decimal number such as `0.25`");
        }
        value
    }
}

/// The entries of a mapping with keys of the format's.
pub(super) struct Fields<'n> {
    entries: Vec<Entry<'n>>,
    span: Span,
    what: String,
}

impl<'n> Fields<'n> {
    /// What stands behind a key; nothing where it is `null`.
    pub(super) fn get(&self, key: &str) -> Option<&'n Node> {
        let found = self.entries.iter().find(|entry| entry.key == key).map(|entry| entry.value);
        found.filter(|node| !node.is_empty_value())
    }
}
