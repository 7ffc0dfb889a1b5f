//! What nobody knows: unknowns with their cases, numbers that depend on them, and how closely
//! political costs or strains go together.

use super::grammar;
use super::numbers::FORMS;
use super::reader::{Fields, Ids, Reader, head};
use super::spelling::{Spelling, spelling};
use super::{entry, parties::find_body};
use crate::yaml::{Node, Value};
use detente_model::{Body, BodyId, Case, Correlation, Distribution, Number, Unknown, UnknownId};
use std::collections::BTreeSet;

/// What a number that depends on an unknown has to know of it.
pub(crate) struct Cases {
    ids: Ids,
    /// In the order of the file; empty where an id could not be read, which has been reported.
    in_order: Vec<String>,
    /// In the same order; equal shares until the unknown itself has been read, and where it cannot be.
    probabilities: Vec<f64>,
}

impl Reader {
    /// Learns the ids of unknowns and of their cases.
    pub(crate) fn register_unknowns(&mut self, fields: &Fields<'_>) {
        let items = fields.items("unknowns");
        self.names.unknowns = self.register("unknowns", items);
        for item in items {
            let cases = match entry(item, "cases") {
                Some(Node { value: Value::List(cases), .. }) => &cases[..],
                _ => &[],
            };
            let ids = self.register("cases", cases);
            let id = |case: &Node| entry(case, "id").and_then(Node::text).unwrap_or_default().to_owned();
            let probabilities = vec![1.0 / cases.len() as f64; cases.len()];
            self.names.cases.push(Cases { ids, in_order: cases.iter().map(id).collect(), probabilities });
        }
    }

    /// All unknowns; their probabilities are known to every number read after that.
    pub(crate) fn unknowns(&mut self, fields: &Fields<'_>) -> Option<Vec<Unknown>> {
        let items = fields.items("unknowns");
        if let (Some(Node { value: Value::List(_), span }), true) = (fields.get("unknowns"), items.is_empty())
        {
            self.error(*span, "there is no unknown", "add one with its cases, or remove the key");
        }
        let unknowns: Vec<Unknown> =
            items.iter().enumerate().filter_map(|(k, item)| self.unknown(item, k)).collect();
        (unknowns.len() == items.len()).then_some(unknowns)
    }

    fn unknown(&mut self, node: &Node, position: usize) -> Option<Unknown> {
        let fields = self.fields(node, &grammar::UNKNOWN)?;
        let id = fields.get("id").and_then(Node::text).unwrap_or_default().to_owned();
        let name = self.optional_text(fields.get("name")).unwrap_or_else(|| id.clone());
        let because = self.because(&fields);
        let list = fields.get("cases").filter(|node| !node.is_empty_value())?;
        let Value::List(items) = &list.value else {
            let help = "write a list: `cases: [{id: good, probability: 0.3}, {id: poor, probability: 0.7}]`";
            self.error(head(list), format!("{} stands here", list.kind()), help);
            return None;
        };
        let cases: Vec<Case> = items.iter().filter_map(|item| self.case(item)).collect();
        if cases.len() < items.len() {
            return None;
        }
        let unknown = Unknown { id, name, cases, because };
        if let Err(fault) = unknown.check() {
            self.error(head(list), fault.message, fault.help);
            return None;
        }
        self.names.cases[position].probabilities = unknown.probabilities();
        Some(unknown)
    }

    fn case(&mut self, node: &Node) -> Option<Case> {
        let fields = self.fields(node, &grammar::CASE)?;
        let id = fields.get("id").and_then(Node::text).unwrap_or_default().to_owned();
        let name = self.optional_text(fields.get("name")).unwrap_or_else(|| id.clone());
        let because = self.because(&fields);
        let probability = fields.get("probability").and_then(|node| self.case_probability(node));
        let mut probability = probability?;
        if probability.because.is_empty() {
            probability.because = because;
        }
        Some(Case { id, name, probability })
    }

    fn case_probability(&mut self, node: &Node) -> Option<Number> {
        let before = self.n_errors;
        let number = self.share_of_one(node);
        if self.n_errors > before {
            return None;
        }
        let number = number?;
        if !number.is_certain() {
            let help = "write a number from 0 to 1; the cases themselves are what is unknown";
            self.error(head(node), "the probability of a case is itself a distribution", help);
        } else if !(0.0..=1.0).contains(&number.mean()) {
            self.error(
                head(node),
                "the probability of a case lies outside 0 to 1",
                "write a number from 0 to 1",
            );
        }
        (self.n_errors == before).then_some(number)
    }

    /// `{cases: {unknown: {case: value, ...}}}`: one value for each case, with what decides.
    pub(crate) fn by_case(&mut self, node: &Node) -> Option<(Distribution, UnknownId)> {
        let form = "write `{cases: {unknown: {case: value, ...}}}`";
        let pairs = self.pairs(node, "`cases` to an unknown");
        let [(_, inner)] = pairs else {
            let other = pairs.iter().map(|(key, _)| key).find(|key| key.text() != Some("cases"));
            let help = "put claims outside: `{value: {cases: ...}, because: c1}`";
            self.error(
                other.map_or(head(node), |key| key.span),
                "nothing else can stand beside `cases`",
                help,
            );
            return None;
        };
        let Value::Map(pairs) = &inner.value else {
            self.error(head(inner), format!("{} stands here", inner.kind()), form);
            return None;
        };
        let [(name, values)] = &pairs[..] else {
            let message = match pairs.len() {
                0 => "no unknown is named".to_owned(),
                n => format!("{n} unknowns are named, and one decides a number"),
            };
            let span = pairs.get(1).map_or(inner.span, |(key, _)| key.span);
            self.error(span, message, form);
            return None;
        };
        let known = &self.names.unknowns;
        if !known.is_whole() && known.find(name.text().unwrap_or_default()).is_none() {
            // One of the ids could not be read, which has been reported; it may be this one.
            return None;
        }
        let unknown = self.resolve(name, |names| &names.unknowns)?;
        self.used_unknowns.insert(unknown);
        let Value::Map(pairs) = &values.value else {
            let help = "write a value for each case: `{case: value, ...}`";
            self.error(head(values), format!("{} stands here", values.kind()), help);
            return None;
        };
        let values = self.case_values(unknown, name, pairs)?;
        let points = values.into_iter().zip(self.names.cases[unknown].probabilities.iter().copied());
        Some((Distribution::Discrete(points.collect()), UnknownId(unknown)))
    }

    /// One value for each case of an unknown, in their order.
    fn case_values(&mut self, unknown: usize, name: &Node, pairs: &[(Node, Node)]) -> Option<Vec<f64>> {
        if self.names.cases[unknown].in_order.is_empty() {
            // There is no case to name, which has been reported.
            return None;
        }
        let id = name.text().unwrap_or_default();
        let before = self.n_errors;
        let mut given: Vec<(usize, f64)> = Vec::new();
        for (key, value) in pairs {
            let value = self.case_value(value);
            let text = key.text().unwrap_or_default();
            let cases = &self.names.cases[unknown].ids;
            match cases.find(text) {
                Some(case) => given.extend(value.map(|value| (case, value))),
                // One of the ids could not be read, which has been reported; it may be this one.
                None if !cases.is_whole() => return None,
                None => {
                    let help = self.way_out(text, cases.iter(), "cases");
                    self.error(key.span, format!("unknown `{id}` has no case `{text}`"), help);
                }
            }
        }
        if self.n_errors > before {
            return None;
        }
        let cases = &self.names.cases[unknown].in_order;
        if given.len() < cases.len() {
            let present: BTreeSet<usize> = given.iter().map(|(case, _)| *case).collect();
            let absent = (0..cases.len()).filter(|case| !present.contains(case) && !cases[*case].is_empty());
            let missing: Vec<String> = absent.take(5).map(|case| format!("`{}`", cases[case])).collect();
            if let Some(first) = missing.first() {
                let message = format!("{} of unknown `{id}` has no value here", missing.join(", "));
                self.error(name.span, message, format!("add `{}: <value>`", first.trim_matches('`')));
            }
            return None;
        }
        given.sort_unstable_by_key(|(case, _)| *case);
        Some(given.into_iter().map(|(_, value)| value).collect())
    }

    fn case_value(&mut self, node: &Node) -> Option<f64> {
        if let Value::Map(_) = node.value {
            let help = "write a plain number; which case holds is what is unknown";
            self.error(head(node), "the value of a case is certain", help);
            return None;
        }
        self.value(node, false)
    }

    /// Unknowns that nothing depends on.
    pub(crate) fn unused_unknowns(&mut self, fields: &Fields<'_>) {
        for (k, item) in fields.items("unknowns").iter().enumerate() {
            let Some(id) = entry(item, "id").filter(|_| !self.used_unknowns.contains(&k)) else { continue };
            let text = id.text().unwrap_or_default();
            let values = self.names.cases[k].in_order.iter().take(3).map(|case| format!("{case}: <value>"));
            let values = values.collect::<Vec<_>>().join(", ");
            let help = format!("write a number as `{{cases: {{{text}: {{{values}}}}}}}`, or remove it");
            self.warn(id.span, format!("no number depends on the unknown `{text}`"), help);
        }
    }

    /// One number for every two bodies, or the loading of each body; `then` is what is done where a number may lie outside
    /// its bounds.
    pub(crate) fn correlation(&mut self, node: &Node, then: &str) -> Option<Correlation> {
        let Value::Map(pairs) = &node.value else {
            if let Value::List(_) = node.value {
                let help = "write a number from 0 to 1, or `{party.body: loading}`";
                self.error(head(node), "a list stands here", help);
                return None;
            }
            return self.pairwise(node, then);
        };
        let number = |(key, value): &(Node, Node)| {
            let known = |key| ["value", "because", "cases"].contains(&key) || FORMS.contains(&key);
            key.text().is_some_and(known) || matches!(value.value, Value::List(_))
        };
        let body =
            |(key, _): &(Node, Node)| key.text().is_some_and(|key| find_body(&self.names, key).is_some());
        if pairs.iter().any(is_no_loading) || pairs.iter().any(number) && !pairs.iter().any(body) {
            return self.pairwise(node, then);
        }
        if pairs.is_empty() {
            self.error(node.span, "no body is named", "write `{party.body: loading}`, or remove the key");
        }
        let before = self.n_errors;
        let mut loadings: Vec<(BodyId, Number)> = Vec::new();
        for (key, value) in pairs {
            let (body, number) = (self.body_reference(key), self.share_of_one(value));
            let Some((body, number)) = body.zip(number) else { continue };
            if loadings.iter().any(|(other, _)| *other == body) {
                self.error(key.span, "this body stands here twice", "keep one of the two");
                continue;
            }
            self.within(value, &number, -1.0, "a loading", then);
            if let Err(fault) = Correlation::Loadings(vec![(body, number.clone())]).check() {
                self.error(head(value), fault.message, fault.help);
            }
            loadings.push((body, number));
        }
        (self.n_errors == before).then_some(Correlation::Loadings(loadings))
    }

    /// Costs, or strains, go together only if there are two of them: `key` is where a body `has` one.
    pub(crate) fn check_followers(
        &mut self,
        node: &Node,
        correlation: &Correlation,
        bodies: &[Body],
        key: &str,
        has: fn(&Body) -> bool,
    ) {
        let goes_along = |b: usize| correlation.loading(BodyId(b)) != 0.0;
        let follows =
            |(b, body): &(usize, &Body)| has(body) && body.alternative.number().is_some() && goes_along(*b);
        let any = (0..bodies.len()).any(goes_along);
        if any && bodies.iter().enumerate().filter(follows).count() < 2 {
            let help = format!(
                "give at least two bodies an `alternative`, `{key}` and a correlation, or remove the key"
            );
            self.warn(head(node), "this correlation changes nothing", help);
        }
    }

    fn pairwise(&mut self, node: &Node, then: &str) -> Option<Correlation> {
        let number = self.share_of_one(node)?;
        self.within(node, &number, 0.0, "the correlation", then);
        let correlation = Correlation::Pairwise(number);
        if let Err(fault) = correlation.check() {
            self.error(head(node), fault.message, fault.help);
            return None;
        }
        Some(correlation)
    }
}

/// Whether an entry belongs to a number even where a body has its key as a name: parameters, or claims.
fn is_no_loading((key, value): &(Node, Node)) -> bool {
    match (key.text(), &value.value) {
        (Some(key), Value::List(_)) => key == "because" || FORMS.contains(&key),
        (Some("because"), Value::Scalar { text, plain }) => !plain || spelling(text) == Spelling::No,
        _ => false,
    }
}
