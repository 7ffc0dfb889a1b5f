//! What NegMAS objects look like: mappings that name their class.

use crate::Span;
use crate::foreign::Findings;
use crate::yaml::{Node, Value};
use std::collections::BTreeSet;

/// The keys under which a class stands.
pub(super) const CLASS_KEYS: [&str; 4] = ["type", "__python_class__", "__class__", "python_class_name"];

/// The pairs of a mapping.
pub(super) fn pairs(node: &Node) -> Option<&[(Node, Node)]> {
    match &node.value {
        Value::Map(pairs) => Some(pairs),
        _ => None,
    }
}

/// The items of a list.
pub(super) fn items(node: &Node) -> Option<&[Node]> {
    match &node.value {
        Value::List(items) => Some(items),
        _ => None,
    }
}

/// What stands under a key: the last if it stands there twice, nothing if it is empty.
pub(super) fn get<'a>(node: &'a Node, key: &str) -> Option<&'a Node> {
    let found = pairs(node)?.iter().rev().find(|(own, _)| own.text() == Some(key));
    found.map(|(_, value)| value).filter(|value| !value.is_empty_value())
}

/// The name of an object's class, without its modules, and where it stands.
pub(super) fn class(node: &Node) -> Option<(&str, &Node)> {
    let at = CLASS_KEYS.iter().find_map(|key| get(node, key))?;
    Some((short_class(at.text()?), at))
}

fn short_class(text: &str) -> &str {
    let text = text.trim();
    text.rsplit(['.', ':']).next().unwrap_or(text)
}

/// A number as Python writes it into YAML or JSON, finite or not.
pub(super) fn number(text: &str) -> Option<f64> {
    let text = text.trim();
    let bare = text.trim_start_matches(['+', '-']);
    if matches!(bare.to_ascii_lowercase().as_str(), ".inf" | "inf" | "infinity") {
        return Some(if text.starts_with('-') { f64::NEG_INFINITY } else { f64::INFINITY });
    }
    if matches!(bare.to_ascii_lowercase().as_str(), ".nan" | "nan") {
        return Some(f64::NAN);
    }
    let is_decimal = text.chars().all(|c| c.is_ascii_digit() || "+-.eE".contains(c));
    text.parse().ok().filter(|value: &f64| is_decimal && value.is_finite())
}

/// A file and what is said about it.
pub(super) struct Reader<'a> {
    pub(super) file: usize,
    pub(super) findings: &'a mut Findings,
}

impl Reader<'_> {
    pub(super) fn error(&mut self, span: Span, message: impl Into<String>, help: &str) {
        self.findings.error(self.file, span, message, help);
    }

    pub(super) fn warn(&mut self, span: Span, message: impl Into<String>, help: &str) {
        self.findings.warn(self.file, span, message, help);
    }

    /// A finite number; anything else is an error.
    pub(super) fn number(&mut self, node: &Node, what: &str) -> Option<f64> {
        let help = "write a decimal number";
        let Some(text) = node.text().filter(|_| !node.is_empty_value()) else {
            self.error(node.span, format!("{} stands where {what} belongs", node.kind()), help);
            return None;
        };
        let value = number(text).filter(|value| value.is_finite());
        if value.is_none() {
            self.error(node.span, format!("`{text}` is not a number that can be {what}"), help);
        }
        value
    }

    /// A number under a key, or what it is if it is left out.
    pub(super) fn number_or(&mut self, node: &Node, key: &str, absent: f64) -> Option<f64> {
        match get(node, key) {
            None => Some(absent),
            Some(value) => self.number(value, &format!("the `{key}`")),
        }
    }

    /// Says which keys stand twice and which are not read, where they may matter.
    pub(super) fn keys(&mut self, node: &Node, read: &[&str]) {
        /// What says nothing of what anybody values.
        const ASIDE: [&str; 6] = ["name", "id", "stability", "info", "n_values", "path"];
        let mut seen = BTreeSet::new();
        for (key, value) in pairs(node).unwrap_or_default() {
            let Some(text) = key.text() else {
                self.warn(key.span, "a list or mapping stands where a key belongs", "it is not read");
                continue;
            };
            if !seen.insert(text) {
                let message = format!("`{text}` stands here a second time; the last counts");
                self.warn(key.span, message, "keep one of the two");
            }
            let is_aside = ASIDE.contains(&text) || CLASS_KEYS.contains(&text) || text.starts_with('_');
            if !is_aside && !read.contains(&text) && !value.is_empty_value() {
                let help =
                    "is it of another version of NegMAS? what is read stands in `docs/formats/negmas.md`";
                self.warn(key.span, format!("`{text}` is not read"), help);
            }
        }
    }
}
