//! Hyper-rectangles: amounts for the outcomes that lie in a box.

use super::domain::{DomainIssue, bounds_of};
use super::length;
use super::tree::{get, items, pairs};
use super::ufun::Builder;
use crate::yaml::Node;
use detente_model::{Clause, Condition, Interaction, IssueId, Number, OptionId, OptionSet, Options};
use std::collections::BTreeMap;

/// What such a utility function says.
pub(super) const KEYS: [&str; 6] = [
    "outcome_ranges",
    "utilities",
    "weights",
    "bias",
    "ignore_issues_not_in_input",
    "ignore_failing_range_utilities",
];

/// Adds `bias` and the weighted amount of every box.
pub(super) fn read(builder: &mut Builder<'_, '_>, node: &Node, factor: f64) -> Option<()> {
    let (Some(ranges), Some(utilities)) =
        (get(node, "outcome_ranges").and_then(items), get(node, "utilities").and_then(items))
    else {
        let message = "hyper-rectangles need lists of `outcome_ranges` and `utilities`";
        builder.reader.error(node.span, message, "is this the right file?");
        return None;
    };
    if ranges.len() != utilities.len() {
        let message = format!("there are {} outcome ranges and {} utilities", ranges.len(), utilities.len());
        builder.reader.error(node.span, message, "write one utility for each range");
        return None;
    }
    let weights = builder.list_of_weights(node, ranges.len())?;
    let is_ignoring = get(node, "ignore_issues_not_in_input")
        .and_then(Node::text)
        .is_some_and(|text| text.eq_ignore_ascii_case("true"));
    let mut has_bounds = false;
    for ((range, utility), weight) in ranges.iter().zip(utilities).zip(weights) {
        let Some(amount) = amount(builder, utility) else { continue };
        let Some(when) = condition(builder, range, is_ignoring, &mut has_bounds) else { continue };
        let adds = Number::fixed(factor * weight * amount);
        builder.out.preferences.interactions.push(Interaction { when, unless: false, adds });
    }
    let bias = builder.reader.number_or(node, "bias", 0.0)?;
    builder.constant(factor * bias);
    let note = "a range of two numbers holds what lies strictly between them, as in NegMAS: the bounds themselves are outside";
    if has_bounds && !builder.reader.findings.notes.iter().any(|own| own == note) {
        builder.reader.findings.note(note);
    }
    Some(())
}

fn amount(builder: &mut Builder<'_, '_>, utility: &Node) -> Option<f64> {
    if pairs(utility).is_some() || items(utility).is_some() {
        let message = "a function inside a hyper-rectangle is not read";
        builder.reader.error(utility.span, message, "hyper-rectangles with a number each are");
        return None;
    }
    builder.reader.number(utility, "the utility of a hyper-rectangle")
}

/// Where an outcome lies in a box; nothing if none does, or if the box is refused.
fn condition(
    builder: &mut Builder<'_, '_>,
    range: &Node,
    is_ignoring: bool,
    has_bounds: &mut bool,
) -> Option<Condition> {
    if range.is_empty_value() {
        return Some(Condition::default());
    }
    let Some(pairs) = pairs(range) else {
        let message = format!("{} stands where an outcome range belongs", range.kind());
        builder.reader.error(range.span, message, "write a mapping from issues to what they may be");
        return None;
    };
    let mut clauses: BTreeMap<usize, OptionSet> = BTreeMap::new();
    for (key, value) in pairs {
        let k = issue(builder, key, is_ignoring)?;
        let own = &builder.domain.issues[k];
        // Bounds of a range are found without going through it; a union, or names, are not.
        let is_quick =
            matches!(own.issue.options, Options::Range(_)) && items(value).and_then(bounds_of).is_some();
        if !is_quick {
            let n_ranges =
                items(value).unwrap_or_default().iter().filter(|item| items(item).is_some()).count();
            let n_looked_at = own.issue.n_options().saturating_mul(n_ranges.max(length(value).min(1)));
            builder.spend(n_looked_at, value)?;
        }
        let options = options(own, value, true, has_bounds);
        if options.is_empty() {
            let message =
                format!("no option of `{}` lies in this range; it never adds anything", own.issue.name);
            let help = "the bounds of a range are outside in NegMAS; `null` allows nothing there";
            builder.reader.warn(value.span, message, help);
        }
        if clauses.insert(k, options).is_some() {
            let message = format!("`{}` stands here a second time; the last counts", own.issue.name);
            builder.reader.warn(key.span, message, "keep one of the two");
        }
    }
    if clauses.values().any(OptionSet::is_empty) {
        return None;
    }
    let clause = |(k, options): (usize, OptionSet)| Clause { issue: IssueId(k), options };
    Some(Condition(clauses.into_iter().map(clause).collect()))
}

/// The issue that a key means: its position, counted from 0.
fn issue(builder: &mut Builder<'_, '_>, key: &Node, is_ignoring: bool) -> Option<usize> {
    let text = key.text().unwrap_or_default();
    if let Some(k) = text.parse().ok().filter(|k| *k < builder.domain.issues.len()) {
        return Some(k);
    }
    let by_name = builder.domain.find(text);
    let (message, help) = match by_name {
        Some(_) => {
            let message =
                format!("NegMAS counts issues from 0 here, and finds none called `{text}`; the name is read");
            (message, "write the position of the issue")
        }
        None => {
            (format!("there is no issue `{text}` in the domain"), "write the position of an issue, from 0")
        }
    };
    if by_name.is_some() || is_ignoring {
        let message = if by_name.is_some() { message } else { format!("{message}; the range is not used") };
        builder.reader.warn(key.span, message, help);
    } else {
        builder.reader.error(key.span, message, help);
    }
    by_name
}

/// The options that a range allows: strictly between two numbers, or any of a list, or one.
fn options(own: &DomainIssue, node: &Node, is_outer: bool, has_bounds: &mut bool) -> OptionSet {
    let Some(items) = items(node) else {
        let one = node.text().filter(|_| !node.is_empty_value()).and_then(|text| own.option(text));
        return OptionSet::from_options(one);
    };
    if let Some((low, high)) = bounds_of(items) {
        *has_bounds = true;
        return between(own, low, high);
    }
    let each = |item: &Node, has_bounds: &mut bool| match is_outer {
        true => options(own, item, false, has_bounds),
        false => OptionSet::from_options(item.text().and_then(|text| own.option(text))),
    };
    let sets: Vec<OptionSet> = items.iter().map(|item| each(item, has_bounds)).collect();
    OptionSet::from_options(sets.iter().flat_map(OptionSet::iter))
}

/// The options whose numbers lie strictly between two others.
fn between(own: &DomainIssue, low: f64, high: f64) -> OptionSet {
    let Options::Range(range) = &own.issue.options else {
        let inside = |option: &OptionId| own.value(*option).is_some_and(|x| low < x && x < high);
        return OptionSet::from_options(own.options().filter(inside));
    };
    let first_where = |holds: &dyn Fn(f64) -> bool| {
        let (mut from, mut to) = (0, range.count());
        while from < to {
            let middle = from.midpoint(to);
            if holds(range.value(middle)) { to = middle } else { from = middle + 1 }
        }
        from
    };
    let (first, end) = (first_where(&|x| x > low), first_where(&|x| x >= high));
    match end.checked_sub(1) {
        Some(last) => OptionSet::between(OptionId(first), OptionId(last)),
        None => OptionSet::default(),
    }
}
