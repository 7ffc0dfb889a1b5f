//! Utility functions that list whole outcomes.

use super::domain::Domain;
use super::tree::{get, items, number, pairs};
use super::ufun::Builder;
use crate::yaml::Node;
use detente_model::{IssueId, Number, OptionId, Table};
use std::collections::BTreeMap;

/// Adds what a mapping from outcomes to utilities holds.
pub(super) fn mapping(builder: &mut Builder<'_, '_>, node: &Node, factor: f64) -> Option<()> {
    let Some(rows) = get(node, "mapping").and_then(pairs) else {
        let at = get(node, "mapping").unwrap_or(node).span;
        let help = "write a mapping from outcomes to numbers; Python functions are not read";
        builder.reader.error(at, "the `mapping` does not list outcomes", help);
        return None;
    };
    let mut found: BTreeMap<Vec<OptionId>, Number> = BTreeMap::new();
    for (key, value) in rows {
        let Some(outcome) = outcome(builder.domain, key) else {
            let help = "write one option for each issue, in their order";
            builder.reader.warn(key.span, "this is no outcome of the domain; it is not used", help);
            continue;
        };
        let utility = builder.reader.number(value, "the utility of an outcome")?;
        if found.insert(outcome, Number::fixed(factor * utility)).is_some() {
            builder.reader.warn(
                key.span,
                "this outcome stands here a second time; the last counts",
                "keep one",
            );
        }
    }
    let otherwise = otherwise(builder, node, factor, found.len())?;
    let issues = (0..builder.domain.issues.len()).map(IssueId).collect();
    builder.out.preferences.tables.push(Table { issues, rows: found, otherwise });
    Some(())
}

/// What outcomes that are not listed are worth; nothing inside if all are.
fn otherwise(
    builder: &mut Builder<'_, '_>,
    node: &Node,
    factor: f64,
    n_listed: usize,
) -> Option<Option<Number>> {
    let sizes = builder.domain.issues.iter().map(|own| own.issue.n_options());
    let n_outcomes = sizes.fold(1usize, usize::saturating_mul);
    if n_listed == n_outcomes {
        return Some(None);
    }
    let default = get(node, "default");
    match default.and_then(Node::text).map(number) {
        Some(Some(value)) if value.is_finite() => Some(Some(Number::fixed(factor * value))),
        None | Some(Some(f64::NEG_INFINITY)) => {
            let message = format!(
                "{} of {n_outcomes} outcomes have no utility; NegMAS counts them as minus infinity, which is no number",
                n_outcomes - n_listed
            );
            let at = default.or_else(|| get(node, "mapping")).unwrap_or(node).span;
            builder.reader.error(at, message, "add them, or write a `default` that is low enough");
            None
        }
        _ => {
            let at = default.unwrap_or(node);
            builder.reader.number(at, "the `default`");
            None
        }
    }
}

/// The options of an outcome: a list in the order of the issues, a mapping by their names, or a single
/// option where there is one issue.
pub(super) fn outcome(domain: &Domain, node: &Node) -> Option<Vec<OptionId>> {
    let issues = &domain.issues;
    if let Some(items) = items(node) {
        let options = issues.iter().zip(items).map(|(own, item)| own.option(item.text()?));
        return (items.len() == issues.len()).then(|| options.collect())?;
    }
    if pairs(node).is_some() {
        return issues.iter().map(|own| own.option(get(node, &own.issue.name)?.text()?)).collect();
    }
    let [own] = &issues[..] else { return None };
    own.option(node.text()?).map(|option| vec![option])
}
