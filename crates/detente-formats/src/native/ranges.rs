//! Ranges of numbers, by their ends and step or in words.
//!
//! An end that can be two numbers is asked about wherever the range does not say which it is.

use super::grammar;
use super::no_number::{named_unit, number_and_unit, shown};
use super::reader::{Fields, Reader, head};
use super::spelling::{Spelling, spelling};
use crate::yaml::{Node, Value};
use detente_model::Range;

/// The keys of a range that hold numbers.
const NUMBERS: [&str; 3] = ["from", "to", "by"];

impl Reader {
    pub(super) fn range(&mut self, node: &Node) -> Option<Range> {
        if self.told.contains(&node.span.start) {
            return None;
        }
        if let Value::Scalar { .. } = node.value {
            return self.range_in_words(node);
        }
        let fields = self.fields(node, &grammar::RANGE)?;
        let unit = self.optional_text(fields.get("unit"));
        if self.asks_of_points(&fields) || unit.is_none() && self.asks_for_unit(node, &fields) {
            return None;
        }
        let mut decimal = |key: &str| fields.get(key).and_then(|node| self.decimal_in(node, unit.as_deref()));
        let (from, to) = (decimal("from"), decimal("to"));
        let by = if fields.get("by").is_some() { decimal("by") } else { Some(1.0) };
        match Range::new(from?, to?, by?) {
            Ok((mut range, short)) => {
                if let (Some(last), Some(to)) = (short, fields.get("to")) {
                    let help = match range.count() {
                        // Ending where it begins is what nobody means.
                        1 => "write a `by` that divides the range".to_owned(),
                        _ => format!("write `to: {last}`, or a `by` that divides the range"),
                    };
                    let message = format!(
                        "counting in steps of `by` does not meet this number; the last option is {last}"
                    );
                    self.warn(to.span, message, help);
                }
                range.unit = unit;
                Some(range)
            }
            Err(fault) => {
                self.error(head(node), fault.message, fault.help);
                None
            }
        }
    }

    /// Asks about an end or step such as `3.000`, where the range does not come out as it is read.
    fn asks_of_points(&mut self, fields: &Fields<'_>) -> bool {
        let read = |key: &str| fields.get(key).and_then(Node::text).map(spelling);
        let value = |key: &str| match read(key) {
            Some(Spelling::One(value) | Spelling::DecimalComma(value) | Spelling::Point { value, .. }) => {
                Some(value)
            }
            None if key == "by" => Some(1.0),
            _ => None,
        };
        let Some(((from, to), by)) = value("from").zip(value("to")).zip(value("by")) else { return false };
        if matches!(Range::new(from, to, by), Ok((_, None))) {
            return false;
        }
        let mut asked = false;
        for key in NUMBERS {
            if let (Some(Spelling::Point { value, thousands }), Some(node)) = (read(key), fields.get(key)) {
                let text = node.text().unwrap_or_default();
                let help = format!("write `{value}` or `{thousands}`, whichever is meant");
                self.error(node.span, format!("`{text}` can be {value} or {thousands}"), help);
                asked = true;
            }
        }
        asked
    }

    /// Shows where the unit belongs that every number of a range names: `{from: 0%, to: 10%, by: 1%}`.
    fn asks_for_unit(&mut self, node: &Node, fields: &Fields<'_>) -> bool {
        let mut unit = None;
        let mut full = Vec::new();
        for (key, text) in NUMBERS.into_iter().filter_map(|key| Some((key, fields.get(key)?.text()?))) {
            let (number, own) =
                number_and_unit(text).map_or((text, None), |(number, own)| (number, Some(own)));
            let fits = match (own, spelling(number)) {
                (None, Spelling::One(value)) => value == 0.0,
                (Some(own), Spelling::One(_) | Spelling::DecimalComma(_)) => {
                    named_unit(own) == Some(own) && *unit.get_or_insert(own) == own
                }
                _ => false,
            };
            let Some(shown) = shown(number).filter(|_| fits) else { return false };
            full.push(format!("{key}: {}", shown.trim_matches('`')));
        }
        let Some(unit) = unit else { return false };
        let help = format!("write `{}, unit: \"{unit}\"`", full.join(", "));
        self.error(head(node), format!("`{unit}` stands in the numbers of this range"), help);
        true
    }

    /// A range as `55% to 75%`: from the first number to the second, in their unit, by steps of 1.
    fn range_in_words(&mut self, node: &Node) -> Option<Range> {
        let text = self.scalar(node, "a range: `{from: 0, to: 100, by: 5}`")?;
        let help = "write `{from: <first>, to: <last>, by: <step>, unit: <what is counted>}`";
        let Some((from, to, unit)) = in_words(text) else {
            match doubtful_end(text) {
                Some((message, way_out)) => self.error(node.span, message, way_out),
                None => self.error(node.span, format!("`{text}` is not a range"), help),
            }
            return None;
        };
        match Range::new(from, to, 1.0) {
            Ok((mut range, _)) => {
                let last = range.value(range.count() - 1);
                let unit_shown = unit.map(|unit| format!(", unit: \"{unit}\"")).unwrap_or_default();
                let full = format!("{{from: {from}, to: {last}, by: 1{unit_shown}}}");
                let help = "write that, with the step that is meant";
                self.warn(node.span, format!("this is read as `{full}`"), help);
                range.unit = unit.map(str::to_owned);
                Some(range)
            }
            Err(fault) => {
                self.error(node.span, fault.message, help);
                None
            }
        }
    }
}

/// A number as it is written, and its unit.
type End<'t> = (&'t str, Option<&'t str>);

/// The first way to see two ends in a text that suits.
fn ends<'t, T>(text: &'t str, suits: impl Fn(End<'t>, End<'t>) -> Option<T>) -> Option<T> {
    let with_unit = |text: &'t str| match number_and_unit(text) {
        Some((number, unit)) => (number, Some(unit)),
        None => (text, None),
    };
    let text = text.trim();
    let inner = text.strip_prefix("from ").or_else(|| text.strip_prefix("between ")).unwrap_or(text);
    [" to ", " and ", "...", "..", "\u{2013}", "-"].into_iter().find_map(|between| {
        inner.match_indices(between).take(8).find_map(|(at, _)| {
            suits(with_unit(inner[..at].trim()), with_unit(inner[at + between.len()..].trim()))
        })
    })
}

/// A range in words: its ends, and the unit that one or both of them name.
fn in_words(text: &str) -> Option<(f64, f64, Option<&str>)> {
    let only = |text: &str| match spelling(text) {
        Spelling::One(value) | Spelling::DecimalComma(value) => Some(value),
        _ => None,
    };
    ends(text, |(from, first), (to, last)| {
        let fits = first.is_none() || last.is_none() || first == last;
        let unit = last.or(first).filter(|unit| unit.chars().count() <= 30);
        (fits && unit.is_none_or(|unit| named_unit(unit) == Some(unit))).then_some(())?;
        Some((only(from)?, only(to)?, unit))
    })
}

/// What is to be asked of a text that would be a range if its numbers had one reading and one unit.
fn doubtful_end(text: &str) -> Option<(String, String)> {
    ends(text, |(from, first), (to, last)| {
        let is_number = |text: &str| spelling(text) != Spelling::No;
        (is_number(from) && is_number(to)).then_some(())?;
        let doubtful = [from, to].into_iter().find_map(|end| match spelling(end) {
            Spelling::Point { value: small, thousands: large } | Spelling::Either(small, large) => {
                Some((end, small, large))
            }
            _ => None,
        });
        if let Some((end, small, large)) = doubtful {
            let help = format!("write `{small}` or `{large}`, whichever is meant");
            return Some((format!("`{end}` in `{text}` can be {small} or {large}"), help));
        }
        let help =
            "write both ends in one unit, all digits of each, with nothing else behind them".to_owned();
        match (first, last) {
            (Some(first), Some(last)) if first != last => {
                Some((format!("the ends of `{text}` name two units, `{first}` and `{last}`"), help))
            }
            _ => Some((format!("`{text}` is not a range: signs stand behind its numbers"), help)),
        }
    })
}
