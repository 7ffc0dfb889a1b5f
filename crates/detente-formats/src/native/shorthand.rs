//! Short ways to write parts of a scenario, put into their full form before they are read.
//!
//! Where an id has to be made of a name, a warning says which.

use super::grammar::{self, Kind, Need, Object};
use super::reader::{MAX_ID_BYTES, can_be_in_id};
use crate::diagnostic::{Diagnostic, Span};
use crate::yaml::{Node, Value};
use std::collections::BTreeMap;

/// What was put into its full form.
#[derive(Default)]
pub(super) struct Expanded {
    pub(super) diagnostics: Vec<Diagnostic>,
    /// The texts of which ids were made, by where they stand.
    pub(super) names: BTreeMap<usize, String>,
}

/// Puts the lists of a mapping, and of all that it holds, into their full form.
pub(super) fn expand(node: &mut Node, object: &'static Object, found: &mut Expanded) {
    let Value::Map(pairs) = &mut node.value else { return };
    for (key, value) in pairs {
        let known = object.keys.iter().find(|known| key.text() == Some(known.name));
        let is_empty = value.is_empty_value();
        match (known.map(|known| &known.kind), &mut value.value) {
            (Some(Kind::List(Kind::Object(inner))), _) if !is_empty && has_id(inner) => {
                expand_list(value, inner, found);
            }
            (Some(Kind::Options), Value::List(items)) => items.iter_mut().for_each(|item| {
                if let Value::Map(pairs) = &mut item.value {
                    *pairs = with_usable_id(std::mem::take(pairs), &grammar::NAMED_OPTION, found);
                }
            }),
            _ => {}
        }
    }
}

fn has_id(object: &Object) -> bool {
    object.keys.iter().any(|key| key.name == "id" && key.need == Need::Must)
}

fn expand_list(node: &mut Node, object: &'static Object, found: &mut Expanded) {
    let items = match std::mem::replace(&mut node.value, Value::List(Vec::new())) {
        Value::List(items) => items,
        Value::Map(pairs) if is_by_id(&pairs, object) => {
            pairs.into_iter().map(|pair| with_id(pair, object)).collect()
        }
        // A single item may stand alone.
        single => vec![Node { span: node.span, value: single }],
    };
    let items = items.into_iter().map(|item| {
        let mut item = expand_item(item, object, found);
        expand(&mut item, object, found);
        item
    });
    node.value = Value::List(items.collect());
}

/// Whether a mapping leads from ids to what they stand for, rather than being one item.
fn is_by_id(pairs: &[(Node, Node)], object: &Object) -> bool {
    let is_field = |key: &Node| object.keys.iter().any(|known| key.text() == Some(known.name));
    let is_item = |value: &Node| match value.value {
        Value::Map(_) => true,
        Value::Scalar { .. } => sole_number(object).is_some(),
        Value::List(_) => false,
    };
    !pairs.is_empty() && pairs.iter().all(|(key, value)| is_item(value) && !is_field(key))
}

/// The key of the only number that an item needs: cases may be written as `{good: 0.3, poor: 0.7}`.
fn sole_number(object: &Object) -> Option<&'static str> {
    (object.name == grammar::CASE.name).then_some("probability")
}

fn with_id((key, value): (Node, Node), object: &Object) -> Node {
    let span = Span::new(key.span.start, value.span.end);
    let mut pairs = vec![(scalar("id", key.span), key)];
    match (&value.value, sole_number(object)) {
        (Value::Scalar { .. }, Some(number)) => pairs.push((scalar(number, value.span), value)),
        _ => {
            if let Value::Map(own) = value.value {
                pairs.extend(own);
            }
        }
    }
    Node { span, value: Value::Map(pairs) }
}

fn scalar(text: &str, span: Span) -> Node {
    Node { span, value: Value::Scalar { text: text.to_owned(), plain: true } }
}

/// One item as a mapping with an id that can be one.
fn expand_item(item: Node, object: &'static Object, found: &mut Expanded) -> Node {
    let item = match item.value {
        Value::Scalar { .. } if !item.is_empty_value() && object.name != "claim" => {
            let span = item.span;
            Node { span, value: Value::Map(vec![(scalar("id", span), item)]) }
        }
        _ => item,
    };
    match item.value {
        Value::Map(pairs) => {
            Node { span: item.span, value: Value::Map(with_usable_id(pairs, object, found)) }
        }
        _ => item,
    }
}

fn with_usable_id(
    mut pairs: Vec<(Node, Node)>,
    object: &'static Object,
    found: &mut Expanded,
) -> Vec<(Node, Node)> {
    let stands =
        |pairs: &[(Node, Node)], name: &str| pairs.iter().position(|(key, _)| key.text() == Some(name));
    let (id, name) = (stands(&pairs, "id"), ["name", "title"].iter().find_map(|name| stands(&pairs, name)));
    let Some(written) = id.or(name).map(|at| pairs[at].1.clone()) else { return pairs };
    let Some(text) = written.text().filter(|text| !text.trim().is_empty() && !written.is_empty_value())
    else {
        return pairs;
    };
    // An issue and an option can have any text as their id, if that is what stands there.
    let any_text =
        object.name == grammar::NAMED_OPTION.name || object.name == grammar::ISSUE.name && id.is_some();
    let made = if any_text { text.to_owned() } else { id_from(text) };
    if made.is_empty() || id.is_some() && made == text {
        return pairs;
    }
    if !any_text {
        let message = format!("the id of `{text}` is `{made}` here");
        let help = "write an `id` of your own beside its name, if another is wanted";
        found.diagnostics.push(Diagnostic::warning(written.span, message, help));
        found.names.insert(written.span.start, text.to_owned());
    }
    let node = Node { span: written.span, value: Value::Scalar { text: made, plain: false } };
    let label = ["name", "title"].into_iter().find(|label| object.keys.iter().any(|key| key.name == *label));
    match (id, label) {
        (None, _) => pairs.insert(0, (scalar("id", written.span), node)),
        (Some(at), label) => {
            pairs[at].1 = node;
            pairs
                .extend(label.filter(|_| name.is_none()).map(|label| (scalar(label, written.span), written)));
        }
    }
    pairs
}

/// An id made of a text: what cannot stand in one becomes a hyphen.
fn id_from(text: &str) -> String {
    if text.chars().all(can_be_in_id) && text.len() <= MAX_ID_BYTES {
        return text.to_owned();
    }
    let mut id = String::new();
    for c in text.trim().chars() {
        let c = if can_be_in_id(c) { c } else { '-' };
        if id.len() + c.len_utf8() > MAX_ID_BYTES {
            break;
        }
        if c != '-' || !id.ends_with('-') {
            id.push(c);
        }
    }
    id.trim_matches('-').to_owned()
}
