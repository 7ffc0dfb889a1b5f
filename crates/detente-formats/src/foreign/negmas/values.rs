//! Utility functions that add up what single issues contribute.

use super::domain::DomainIssue;
use super::tree::{Reader, class, get, items, pairs};
use super::ufun::Builder;
use crate::yaml::Node;
use detente_model::{Number, OptionId, Options, Shape};

/// Most options that a table may leave out.
const MAX_MISSING: usize = 10_000;

/// What an option is worth, before weighting.
enum Worth {
    /// One value for each option.
    Each(Vec<f64>),
    /// `slope x + at_zero` of the number that the option is.
    Line { slope: f64, at_zero: f64 },
}

/// Adds `bias` and, for each issue, its weight times its value.
pub(super) fn additive(builder: &mut Builder<'_, '_>, node: &Node, factor: f64) -> Option<()> {
    let Some(values) = get(node, "values") else {
        let help = "write one function for each issue, in their order or by their names";
        builder.reader.error(node.span, "an additive utility needs `values`", help);
        return None;
    };
    let weights = weights(builder, node, Some(1.0))?;
    let functions = by_issue(builder, values, "values")?;
    let before = builder.reader.findings.n_errors;
    for (k, function) in functions.iter().enumerate() {
        let own = &builder.domain.issues[k];
        let worth = match function {
            Some(function) => worth(builder.reader, own, function),
            // NegMAS takes what `values` by name leave out for the number itself.
            None if pairs(values).is_some() => {
                let message = format!(
                    "the profile says nothing of the issue `{}`; NegMAS takes its number for its value",
                    own.issue.name
                );
                builder.reader.warn(values.span, message, "is this profile of the same domain?");
                Some(Worth::Line { slope: 1.0, at_zero: 0.0 })
            }
            None => {
                let message = format!(
                    "the profile says nothing of the issue `{}`; it is worth 0 whatever is agreed",
                    own.issue.name
                );
                builder.reader.warn(values.span, message, "is this profile of the same domain?");
                continue;
            }
        };
        let at = function.unwrap_or(values);
        let Some(shape) = worth.and_then(|worth| shape(builder.reader, own, worth, at)) else { continue };
        builder.contribute(k, factor * weights[k], shape, at)?;
    }
    let bias = builder.reader.number_or(node, "bias", 0.0)?;
    builder.constant(factor * bias);
    check_sum(builder.reader, node, weights.iter().sum());
    (builder.reader.findings.n_errors == before).then_some(())
}

/// Weights that sum to something else than 1 may be meant so, or not.
fn check_sum(reader: &mut Reader<'_>, node: &Node, sum: f64) {
    let Some(weights) = get(node, "weights").filter(|_| (sum - 1.0).abs() > 1e-6) else { return };
    let text = format!("{sum:.6}");
    let text = text.trim_end_matches('0').trim_end_matches('.');
    let message = format!("the weights sum to {text}, not to 1; they are taken as written");
    reader.warn(weights.span, message, "divide each by their sum if they are meant as shares");
}

/// Adds `bias` and, for each issue, its weight times its number.
pub(super) fn affine(builder: &mut Builder<'_, '_>, node: &Node, factor: f64, has_bias: bool) -> Option<()> {
    let weights = weights(builder, node, None)?;
    let before = builder.reader.findings.n_errors;
    let at = get(node, "weights").unwrap_or(node);
    for (k, weight) in weights.iter().enumerate().filter(|(_, weight)| **weight != 0.0) {
        let own = &builder.domain.issues[k];
        let line = Worth::Line { slope: 1.0, at_zero: 0.0 };
        let Some(shape) = shape(builder.reader, own, line, at) else { continue };
        builder.contribute(k, factor * weight, shape, at)?;
    }
    let bias = builder.reader.number_or(node, "bias", 0.0)?;
    if has_bias {
        builder.constant(factor * bias);
    } else if bias != 0.0 {
        let at = get(node, "bias").unwrap_or(node).span;
        let message = "a `LinearUtilityFunction` has no bias in NegMAS; it is not used";
        builder.reader.warn(at, message, "write `AffineUtilityFunction` if it is meant");
    }
    (builder.reader.findings.n_errors == before).then_some(())
}

/// The weight of each issue. `absent` is what an issue that is not named counts.
fn weights(builder: &mut Builder<'_, '_>, node: &Node, absent: Option<f64>) -> Option<Vec<f64>> {
    let n = builder.domain.issues.len();
    let Some(at) = get(node, "weights") else {
        return Some(vec![absent.unwrap_or(1.0 / n as f64); n]);
    };
    let found = by_issue(builder, at, "weights")?;
    let mut all = Vec::with_capacity(n);
    for (k, weight) in found.iter().enumerate() {
        let name = &builder.domain.issues[k].issue.name;
        all.push(match weight {
            Some(weight) => builder.reader.number(weight, &format!("the weight of `{name}`"))?,
            None => {
                // A list that is too short ends the sum in NegMAS; a name left out counts as 1.
                let counts = absent.filter(|_| pairs(at).is_some()).unwrap_or(0.0);
                let message = format!("`{name}` has no weight; it counts as {counts}");
                builder.reader.warn(at.span, message, "add its weight");
                counts
            }
        });
    }
    Some(all)
}

/// What a list in the order of the issues, or a mapping by their names, holds for each issue.
fn by_issue<'n>(builder: &mut Builder<'_, '_>, node: &'n Node, what: &str) -> Option<Vec<Option<&'n Node>>> {
    let n = builder.domain.issues.len();
    let mut found = vec![None; n];
    if let Some(items) = items(node) {
        if let Some(more) = items.get(n) {
            let message = format!("there are {} `{what}` for {n} issues; the last are not used", items.len());
            builder.reader.warn(more.span, message, "is this profile of the same domain?");
        }
        for (slot, item) in found.iter_mut().zip(items) {
            *slot = Some(item);
        }
        return Some(found);
    }
    let Some(pairs) = pairs(node) else {
        let message = format!("{} stands where `{what}` belong", node.kind());
        builder.reader.error(node.span, message, "write a list in the order of the issues");
        return None;
    };
    for (key, value) in pairs {
        let name = key.text().unwrap_or_default();
        match builder.domain.find(name) {
            None => {
                let message = format!("the domain has no issue `{name}`; it is not used");
                builder.reader.warn(key.span, message, "is this profile of the same domain?");
            }
            Some(k) => {
                if found[k].is_some() {
                    let message = format!("`{name}` stands here a second time; the last counts");
                    builder.reader.warn(key.span, message, "keep one of the two");
                }
                found[k] = Some(value);
            }
        }
    }
    Some(found)
}

/// A value function.
fn worth(reader: &mut Reader<'_>, own: &DomainIssue, node: &Node) -> Option<Worth> {
    if let Some(items) = items(node) {
        return listed(reader, own, node, items);
    }
    let Some((kind, at)) = class(node).filter(|_| !is_table(node)) else {
        if pairs(node).is_some() {
            return table(reader, own, node);
        }
        let message =
            format!("{} stands where the function that values `{}` belongs", node.kind(), own.issue.name);
        reader.error(node.span, message, FUNCTIONS);
        return None;
    };
    let mut number = |key: &str, absent| {
        if get(node, key).is_none() && absent != Some(0.0) {
            reader.error(node.span, format!("`{kind}` needs a `{key}`"), "write a decimal number");
            return None;
        }
        reader.number_or(node, key, 0.0)
    };
    let (keys, worth): (&[&str], _) = match kind {
        "TableFun" => (&["mapping"], None),
        "IdentityFun" => (&[], Some(Worth::Line { slope: 1.0, at_zero: 0.0 })),
        "LinearFun" => (&["slope"], Some(Worth::Line { slope: number("slope", None)?, at_zero: 0.0 })),
        "AffineFun" => {
            let (slope, at_zero) = (number("slope", None)?, number("bias", Some(0.0))?);
            (&["slope", "bias"], Some(Worth::Line { slope, at_zero }))
        }
        "ConstFun" => {
            let bias = number("bias", None)?;
            let constant = match own.issue.options {
                Options::Range(_) => Worth::Line { slope: 0.0, at_zero: bias },
                Options::Named { .. } => Worth::Each(vec![bias; own.issue.n_options()]),
            };
            (&["bias"], Some(constant))
        }
        other => {
            let message = format!("a value function of the type `{other}` is not read");
            reader.error(at.span, message, FUNCTIONS);
            return None;
        }
    };
    reader.keys(node, keys);
    match (worth, get(node, "mapping")) {
        (Some(worth), _) => Some(worth),
        (None, Some(mapping)) if pairs(mapping).is_some() => table(reader, own, mapping),
        _ => {
            reader.error(node.span, "`TableFun` needs a `mapping`", "write what each option is worth");
            None
        }
    }
}

/// Whether a mapping is a bare table in which an option is called like the key of a class.
fn is_table(node: &Node) -> bool {
    let values = pairs(node).unwrap_or_default();
    values.iter().all(|(_, value)| value.text().is_some_and(|text| super::tree::number(text).is_some()))
        && !values.is_empty()
}

/// One value for each option, in their order.
fn listed(reader: &mut Reader<'_>, own: &DomainIssue, node: &Node, items: &[Node]) -> Option<Worth> {
    if items.len() != own.issue.n_options() || own.is_real {
        let message = format!(
            "there are {} values for the {} options of `{}`",
            items.len(),
            own.issue.n_options(),
            own.issue.name
        );
        reader.error(node.span, message, "write one for each, or a mapping from options to values");
        return None;
    }
    let values: Option<Vec<f64>> = items.iter().map(|item| reader.number(item, "a value")).collect();
    values.map(Worth::Each)
}

fn table(reader: &mut Reader<'_>, own: &DomainIssue, node: &Node) -> Option<Worth> {
    let name = &own.issue.name;
    if own.is_real {
        let message = format!("a table cannot value `{name}`, which takes any number of an interval");
        reader.error(node.span, message, "`AffineFun`, `LinearFun`, `IdentityFun` and `ConstFun` can");
        return None;
    }
    let n_listed = pairs(node).map_or(0, <[_]>::len);
    if own.issue.n_options() > n_listed + MAX_MISSING {
        let message =
            format!("the table of `{name}` says nothing of most of its {} options", own.issue.n_options());
        reader.error(node.span, message, "is this profile of the same domain?");
        return None;
    }
    let mut values: Vec<Option<f64>> = vec![None; own.issue.n_options()];
    for (key, value) in pairs(node).unwrap_or_default() {
        let text = key.text().unwrap_or_default();
        let Some(option) = key.text().and_then(|text| own.option(text)) else {
            let message = format!("the issue `{name}` has no option `{text}` in the domain; it is not used");
            reader.warn(key.span, message, "is this profile of the same domain?");
            continue;
        };
        if values[option.0].is_some() {
            let message = format!("`{text}` is valued a second time; the last counts");
            reader.warn(key.span, message, "keep one of the two");
        }
        values[option.0] = Some(reader.number(value, &format!("the value of `{text}`"))?);
    }
    missing(reader, own, node, &values);
    Some(Worth::Each(values.into_iter().map(|value| value.unwrap_or(0.0)).collect()))
}

/// Says which options a table leaves out.
fn missing(reader: &mut Reader<'_>, own: &DomainIssue, node: &Node, values: &[Option<f64>]) {
    const SOME: usize = 3;
    let left_out: Vec<OptionId> = own.options().filter(|option| values[option.0].is_none()).collect();
    let shown: Vec<String> =
        left_out.iter().take(SOME).map(|option| format!("`{}`", own.issue.option_id(*option))).collect();
    let more = match left_out.len() {
        0 => return,
        n if n > SOME => format!(" and {} more", n - SOME),
        _ => String::new(),
    };
    let message = format!(
        "the table of `{}` says nothing of {}{more}; it counts as 0",
        own.issue.name,
        shown.join(", ")
    );
    reader.warn(node.span, message, "NegMAS itself stops with an error there; add what is missing");
}

/// A worth as the model has it.
fn shape(reader: &mut Reader<'_>, own: &DomainIssue, worth: Worth, at: &Node) -> Option<Shape> {
    let (slope, at_zero) = match worth {
        Worth::Each(values) => return Some(Shape::Values(values.into_iter().map(Number::fixed).collect())),
        Worth::Line { slope, at_zero } => (slope, at_zero),
    };
    let value = |x: f64| Number::fixed(slope * x + at_zero);
    if let Options::Range(range) = &own.issue.options
        && range.count() > 1
    {
        let ends = [range.value(0), range.value(range.count() - 1)];
        return Some(Shape::Linear(ends.map(|x| (x, value(x))).to_vec()));
    }
    let values: Option<Vec<Number>> = own.options().map(|option| own.value(option).map(&value)).collect();
    if values.is_none() {
        let message =
            format!("`{}` is valued by its number, but not all of its options are numbers", own.issue.name);
        reader.error(at.span, message, "value its options by a `TableFun`");
    }
    values.map(Shape::Values)
}

/// The value functions that are read.
const FUNCTIONS: &str = "`TableFun`, `IdentityFun`, `LinearFun`, `AffineFun` and `ConstFun` are read";
