//! What people write of an issue before they think in values: an order, a wish, a bound, that they do not know.
//!
//! None of it says what options are worth, so none of it is turned into values. What can be written is shown with the
//! options of the issue, its amounts left open.

use super::no_number::{is_bound, says_not_known};
use super::reader::{Reader, head};
use super::spelling::{Spelling, spelling};
use crate::yaml::{Node, Value};
use detente_model::{Issue, OptionId, Options};

/// What stands for an amount that only the writer can know.
const OPEN: &str = "<value>";
const OPEN_RANGE: &str = "{uniform: [<lowest>, <highest>]}";

impl Reader {
    /// Reports a preference that holds no values; false if it may hold some.
    pub(crate) fn is_wish(&mut self, node: &Node, issue: &Issue) -> bool {
        let id = &issue.id;
        let (message, help) = match wish(node, issue) {
            None => return false,
            Some(Wish::Order) => (
                format!("an order of the options of `{id}` stands here, and no values"),
                format!("write what each is worth, the first highest: {}", worth_of_each(issue, OPEN)),
            ),
            Some(Wish::Option(option)) => (
                format!("`{option}` names an option of `{id}`, and not what the options are worth"),
                format!("write what each is worth: {}", worth_of_each(issue, OPEN)),
            ),
            Some(Wish::NotKnown) => (
                format!("what is not known of `{id}` needs its bounds"),
                format!(
                    "write the lowest and highest that each can be worth: {}",
                    worth_of_each(issue, OPEN_RANGE)
                ),
            ),
            Some(Wish::Bound(text)) => (
                format!("`{text}` is a bound, and not what the options of `{id}` are worth"),
                format!("write what each is worth: {}", worth_of_each(issue, OPEN)),
            ),
            Some(Wish::Number) => (
                format!("one number says nothing of the options of `{id}`"),
                format!("write what each is worth: {}", worth_of_each(issue, OPEN)),
            ),
            Some(Wish::Words) => (
                format!("this does not say what the options of `{id}` are worth"),
                format!(
                    "write what each is worth: {}; leave the issue out only if all are worth the same",
                    worth_of_each(issue, OPEN)
                ),
            ),
        };
        self.error(head(node), message, help);
        true
    }
}

enum Wish<'n> {
    Order,
    Option(&'n str),
    NotKnown,
    Bound(&'n str),
    Number,
    Words,
}

fn wish<'n>(node: &'n Node, issue: &Issue) -> Option<Wish<'n>> {
    match &node.value {
        Value::Map(pairs) => {
            let [(key, _)] = &pairs[..] else { return None };
            let key = key.text().unwrap_or_default().to_lowercase();
            let orders = [
                "rank",
                "ranks",
                "ranked",
                "ranking",
                "order",
                "ordering",
                "prefers",
                "prefer",
                "best_to_worst",
            ];
            (issue.find(&key).is_none() && orders.contains(&key.as_str())).then_some(Wish::Order)
        }
        Value::List(items) => {
            let is_option = |item: &Node| item.text().is_some_and(|text| issue.find(text).is_some());
            let is_number = |item: &Node| item.text().is_some_and(|text| spelling(text) != Spelling::No);
            // Each option is sought among all: what is longer than people write is not looked through.
            let is_short = (1..=100).contains(&items.len());
            let all_options = is_short && !items.iter().all(is_number) && items.iter().all(is_option);
            let chain = items.len() == 1 && items[0].text().is_some_and(|text| is_chain(text, issue));
            let lists = items.iter().any(|item| matches!(item.value, Value::List(_)));
            (all_options || chain || lists).then_some(Wish::Order)
        }
        Value::Scalar { .. } if node.is_empty_value() => None,
        Value::Scalar { text, .. } => Some(match text.as_str() {
            text if issue.find(text).is_some() && matches!(issue.options, Options::Named { .. }) => {
                Wish::Option(text)
            }
            text if says_not_known(text) => Wish::NotKnown,
            text if is_chain(text, issue) => Wish::Order,
            text if spelling(text) != Spelling::No => Wish::Number,
            text if is_bound(text) => Wish::Bound(text),
            _ => Wish::Words,
        }),
    }
}

/// Whether a text joins options by signs of order: `local > national = none`.
fn is_chain(text: &str, issue: &Issue) -> bool {
    // Each part is sought among all options: what is longer than people write is not looked through.
    if text.len() > 1000 {
        return false;
    }
    let parts: Vec<&str> = text.split(['>', '<', '=', '\u{227B}', '\u{2192}', '~']).map(str::trim).collect();
    let is_option = |part: &&str| issue.find(part).is_some();
    parts.len() > 1 && parts.iter().filter(|part| !part.is_empty()).any(is_option)
}

/// A form to fill in: every option with what stands for its worth.
fn worth_of_each(issue: &Issue, worth: &str) -> String {
    match &issue.options {
        Options::Range(range) => {
            let (first, last) = (range.value(0), range.value(range.count() - 1));
            format!("`{{linear: {{{first}: {worth}, {last}: {worth}}}}}`")
        }
        Options::Named { options, .. } => {
            const SHOWN: usize = 4;
            let mut entries: Vec<String> = (0..options.len().min(SHOWN))
                .map(|k| format!("{}: {worth}", in_braces(issue.option_id(OptionId(k)).as_ref())))
                .collect();
            if options.len() > SHOWN {
                entries.push("...".into());
            }
            format!("`{{{}}}`", entries.join(", "))
        }
    }
}

/// A text as it has to be written inside brackets.
pub(super) fn in_braces(text: &str) -> String {
    let needs_quotes = text
        .contains([',', ':', '{', '}', '[', ']', '#', '"', '\'', '&', '*', '!', '|', '>', '%', '@', '`'])
        || text.trim() != text
        || text.is_empty();
    if needs_quotes {
        format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
    } else {
        text.to_owned()
    }
}
