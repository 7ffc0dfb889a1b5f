//! JSON objects, each key once.

use super::Findings;
use crate::Span;
use crate::yaml::{Node, Value};
use std::collections::BTreeMap;

/// A key with its value.
#[derive(Clone, Copy)]
pub(super) struct Entry<'a> {
    pub(super) key: &'a str,
    /// Where the key stands.
    pub(super) at: Span,
    pub(super) value: &'a Node,
}

/// The entries of an object; of a key that stands twice the last counts, in the place of the first.
pub(super) fn entries<'a>(file: usize, node: &'a Node, findings: &mut Findings) -> Option<Vec<Entry<'a>>> {
    let Value::Map(pairs) = &node.value else { return None };
    let mut found: Vec<Entry<'a>> = Vec::with_capacity(pairs.len());
    let mut places: BTreeMap<&str, usize> = BTreeMap::new();
    for (key, value) in pairs {
        let entry = Entry { key: key.text().unwrap_or_default(), at: key.span, value };
        match places.get(entry.key) {
            Some(place) => {
                let message = format!("`{}` stands here a second time; the last counts", entry.key);
                findings.warn(file, entry.at, message, "keep one of the two");
                found[*place] = entry;
            }
            None => {
                places.insert(entry.key, found.len());
                found.push(entry);
            }
        }
    }
    Some(found)
}

/// The value of a key, the last if it stands twice, without a word about that.
pub(super) fn peek<'a>(node: &'a Node, key: &str) -> Option<&'a Node> {
    let Value::Map(pairs) = &node.value else { return None };
    pairs.iter().rev().find(|(own, _)| own.text() == Some(key)).map(|(_, value)| value)
}

/// Whether a value is an object.
pub(super) fn is_object(node: &Node) -> bool {
    matches!(node.value, Value::Map(_))
}

/// A number, which need not be finite.
pub(super) fn number(node: &Node) -> Option<f64> {
    match &node.value {
        Value::Scalar { text, plain: true } => text.parse().ok(),
        _ => None,
    }
}

/// Whether a text is a word for infinity, however it is spelled.
pub(super) fn is_word_without_end(text: &str) -> bool {
    let word = text.trim().trim_start_matches(['+', '-', '.', '\u{2212}']).to_lowercase();
    ["inf", "infinity", "infinite", "\u{221E}"].contains(&word.as_str())
}
