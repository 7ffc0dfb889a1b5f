//! What commas inside brackets have taken apart: a number with a decimal comma, an unquoted text.
//!
//! YAML makes two entries of `{by: 0,5}` and of `{name: Oil, gas and revenue}`. What was meant is put together again,
//! so that one slip brings one finding.

use super::grammar::{Key, Kind, OBJECTS, Object, SCENARIO};
use super::spelling::{Spelling, spelling};
use crate::diagnostic::{Diagnostic, Span};
use crate::yaml::{Node, Value};
use std::collections::BTreeSet;

/// What was put together.
#[derive(Default)]
pub(super) struct Rejoined {
    pub(super) diagnostics: Vec<Diagnostic>,
    /// Where a number begins of which everything has been said.
    pub(super) told: BTreeSet<usize>,
}

/// Puts together what commas have taken apart in a value and in all that it holds.
pub(super) fn rejoin(node: &mut Node, source: &str, found: &mut Rejoined) {
    let in_braces = source.get(node.span.start..).is_some_and(|text| text.starts_with('{'));
    match &mut node.value {
        Value::Map(pairs) => {
            if in_braces {
                rejoin_pairs(pairs, source, found);
            }
            pairs.iter_mut().for_each(|(_, value)| rejoin(value, source, found));
        }
        Value::List(items) => {
            doubt_spacing(items, source, found);
            items.iter_mut().for_each(|item| rejoin(item, source, found));
        }
        Value::Scalar { .. } => {}
    }
}

fn rejoin_pairs(pairs: &mut Vec<(Node, Node)>, source: &str, found: &mut Rejoined) {
    let whole_keys = join_keys(std::mem::take(pairs), source, found);
    let whole_numbers = join_numbers(whole_keys, source, found);
    *pairs = join_texts(whole_numbers, source, found);
}

/// Whether nothing is written behind a key.
fn is_bare(pair: &(Node, Node)) -> bool {
    pair.1.is_plain() && pair.1.text() == Some("")
}

/// `{1,500: 3}`: the number is a key.
fn join_keys(pairs: Vec<(Node, Node)>, source: &str, found: &mut Rejoined) -> Vec<(Node, Node)> {
    let mut joined: Vec<(Node, Node)> = Vec::with_capacity(pairs.len());
    for (key, value) in pairs {
        let splits = |before: &(Node, Node)| is_bare(before) && splits_number(&before.0, &key, source);
        // What stands behind a value belongs to that value: `{0: 0,5, 10: 1}`.
        let of_a_value = |n: usize| n > 1 && splits_number(&joined[n - 2].1, &joined[n - 1].0, source);
        match joined.last() {
            Some(before) if splits(before) && !of_a_value(joined.len()) => {
                let whole = number(&before.0, &key, source, found);
                joined.pop();
                joined.push((whole, value));
            }
            _ => joined.push((key, value)),
        }
    }
    joined
}

/// `{by: 0,5}`: the number is a value.
fn join_numbers(pairs: Vec<(Node, Node)>, source: &str, found: &mut Rejoined) -> Vec<(Node, Node)> {
    let mut joined: Vec<(Node, Node)> = Vec::with_capacity(pairs.len());
    for pair in pairs {
        match joined.last_mut() {
            Some((_, before)) if is_bare(&pair) && splits_number(before, &pair.0, source) => {
                *before = number(before, &pair.0, source, found);
            }
            Some((key, before))
                if is_bare(&pair)
                    && !key.text().is_some_and(holds_text)
                    && splits_amount(before, &pair.0, source) =>
            {
                *before = amount(key, before, &pair.0, source, found);
            }
            _ => joined.push(pair),
        }
    }
    joined
}

/// `{name: Oil, gas and revenue}`: an unquoted text ends at its comma.
fn join_texts(pairs: Vec<(Node, Node)>, source: &str, found: &mut Rejoined) -> Vec<(Node, Node)> {
    let mut joined: Vec<(Node, Node)> = Vec::with_capacity(pairs.len());
    let mut rest = pairs.into_iter().peekable();
    while let Some((key, mut value)) = rest.next() {
        if value.is_plain() && !value.is_empty_value() && key.text().is_some_and(holds_text) {
            let mut pieces = Vec::new();
            while let Some(piece) = rest.next_if(is_bare) {
                pieces.push(piece);
            }
            match pieces.last() {
                Some((last, _)) if pieces.iter().any(|(piece, _)| !is_known(piece)) => {
                    value = text(&key, &value, last, source, found);
                    joined.push((key, value));
                }
                _ => {
                    joined.push((key, value));
                    joined.extend(pieces);
                }
            }
        } else {
            joined.push((key, value));
        }
    }
    joined
}

/// Whether a number was written with a comma: digits, a comma and digits, with nothing between them.
fn splits_number(first: &Node, second: &Node, source: &str) -> bool {
    let Some((before, after)) = first.text().zip(second.text()) else { return false };
    let digits = before.trim_start_matches(['-', '+']);
    let between = source.get(first.span.end..second.span.start);
    between == Some(",")
        && first.is_plain()
        && second.is_plain()
        && digits.bytes().all(|b| b.is_ascii_digit() || b == b',')
        && !digits.is_empty()
        && after.starts_with(|c: char| c.is_ascii_digit())
}

/// Whether a comma between two digits ends a text with more than a number: `{range: 0 to 3,000 EUR}`.
fn splits_amount(first: &Node, second: &Node, source: &str) -> bool {
    let Some((before, after)) = first.text().zip(second.text()) else { return false };
    source.get(first.span.end..second.span.start) == Some(",")
        && first.is_plain()
        && second.is_plain()
        && before.ends_with(|c: char| c.is_ascii_digit())
        && after.starts_with(|c: char| c.is_ascii_digit())
}

fn whole(first: &Node, last: &Node, source: &str) -> Node {
    let span = Span::new(first.span.start, last.span.end);
    let text = source.get(span.start..span.end).unwrap_or_default().to_owned();
    Node { span, value: Value::Scalar { text, plain: true } }
}

fn number(first: &Node, last: &Node, source: &str, found: &mut Rejoined) -> Node {
    let node = whole(first, last, source);
    let text = node.text().unwrap_or_default();
    found.told.insert(node.span.start);
    // Of `1,500,000` all is said at once.
    found.diagnostics.retain(|other| other.span.is_none_or(|span| span.start != node.span.start));
    let message = format!("inside brackets the comma in `{text}` parts two entries");
    found.diagnostics.push(Diagnostic::error(node.span, message, number_help(text)));
    node
}

/// The same of a number with something beside it.
fn amount(key: &Node, first: &Node, last: &Node, source: &str, found: &mut Rejoined) -> Node {
    let node = whole(first, last, source);
    let written = node.text().unwrap_or_default();
    found.told.insert(node.span.start);
    found.diagnostics.retain(|other| other.span.is_none_or(|span| span.start != node.span.start));
    let message = format!("inside brackets the comma in `{written}` parts two entries");
    let key = key.text().unwrap_or_default();
    let help = format!("write its numbers without commas, or put it in quotes: `{key}: \"{written}\"`");
    found.diagnostics.push(Diagnostic::error(node.span, message, help));
    node
}

/// What to write instead of a number with a comma, where a comma parts two values.
fn number_help(text: &str) -> String {
    match spelling(text) {
        Spelling::One(value) | Spelling::DecimalComma(value) => format!("write `{value}`"),
        Spelling::Either(small, large) => format!("write `{small}` or `{large}`, whichever is meant"),
        Spelling::Point { .. } | Spelling::No => {
            "write the number without a comma, its decimals behind a point".into()
        }
    }
}

fn text(key: &Node, first: &Node, last: &Node, source: &str, found: &mut Rejoined) -> Node {
    let node = whole(first, last, source);
    let written = node.text().unwrap_or_default();
    let message = format!("inside brackets the comma ends the text `{}`", first.text().unwrap_or_default());
    let help = match written.contains(['"', '\\', '\n']) {
        true => "put the whole text in quotes".to_owned(),
        false => format!("put it in quotes: `{}: \"{written}\"`", key.text().unwrap_or_default()),
    };
    found.diagnostics.push(Diagnostic::error(node.span, message, help));
    node
}

fn all_keys() -> impl Iterator<Item = &'static Key> {
    std::iter::once(&SCENARIO).chain(OBJECTS.iter().copied()).flat_map(|object: &Object| object.keys.iter())
}

/// Whether some mapping of the language has a text for people under this key.
fn holds_text(key: &str) -> bool {
    let text = |kind: &Kind| matches!(kind, Kind::Text | Kind::OneOrMore(Kind::Text));
    key != "id" && key != "per" && all_keys().any(|known| known.name == key && text(&known.kind))
}

fn is_known(key: &Node) -> bool {
    all_keys().any(|known| key.text() == Some(known.name))
}

/// What to write where a list is too long because commas in its numbers part them.
pub(super) fn split_help(items: &[Node]) -> Option<String> {
    items.windows(2).find_map(|pair| {
        // A comma alone stands between the two.
        let is_close = pair[1].span.start == pair[0].span.end + 1;
        let text = format!("{},{}", pair[0].text().filter(|_| is_close)?, pair[1].text()?);
        let is_number = matches!(spelling(&text), Spelling::DecimalComma(_) | Spelling::Either(..));
        is_number.then(|| format!("if `{text}` is one number, {}", number_help(&text)))
    })
}

/// Warns of `[0,5, 8]`, where the spaces say that the first two are one number.
fn doubt_spacing(items: &[Node], source: &str, found: &mut Rejoined) {
    let gap = |pair: &[Node]| source.get(pair[0].span.end..pair[1].span.start);
    if !items.windows(2).any(|pair| gap(pair).is_some_and(|gap| gap.contains(char::is_whitespace))) {
        return;
    }
    for pair in items.windows(2).filter(|pair| splits_number(&pair[0], &pair[1], source)) {
        let node = whole(&pair[0], &pair[1], source);
        let text = node.text().unwrap_or_default();
        let message = format!("inside brackets the comma in `{text}` parts two values");
        let help = format!("{} if it is one number; else put a space behind the comma", number_help(text));
        found.diagnostics.push(Diagnostic::warning(node.span, message, help));
    }
}
