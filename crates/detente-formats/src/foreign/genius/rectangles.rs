//! Nonlinear profiles: amounts for hyper-rectangles, summed or combined by the smallest or the largest.

use super::domain::{Domain, Kind};
use super::number;
use crate::foreign::{Evaluations, Findings};
use crate::xml::{children, place};
use detente_model::{Clause, Condition, Interaction, IssueId, Number, OptionId, OptionSet, Preferences};
use roxmltree::Node;
use std::collections::BTreeMap;

/// Most rectangles under one smallest or largest: they become up to 2^n amounts.
const MAX_COMBINED: usize = 16;

/// Most amounts that a profile becomes.
const MAX_AMOUNTS: usize = 1 << 17;

/// Utilities inside utilities, at most.
const MAX_DEPTH: usize = 30;

/// A part of a utility.
enum Term {
    /// An amount where the outcome lies in the box, or where it does not if `unless`.
    Rectangle { bounds: Box_, unless: bool, amount: f64 },
    /// Several, combined and weighted.
    Combined { how: Aggregation, weight: f64, of: Vec<Term> },
}

/// The first and last option by issue; an issue left out is free.
type Box_ = BTreeMap<usize, (usize, usize)>;

#[derive(Clone, Copy, PartialEq)]
enum Aggregation {
    Sum,
    Min,
    Max,
}

/// Reads the utility of a nonlinear profile.
pub(super) fn read(
    file: usize,
    root: Node<'_, '_>,
    domain: &Domain,
    evaluations: Evaluations,
    findings: &mut Findings,
) -> Option<Preferences> {
    let before = findings.n_errors;
    let mut reader = Reader { file, domain, open: evaluations == Evaluations::Raw, findings };
    let Some(utility) = root.descendants().find(|node| node.has_tag_name("utility")) else {
        reader.error(root, "type", "a nonlinear profile needs a `utility`", "is this the right file?");
        return None;
    };
    let scale = match evaluations {
        Evaluations::Raw => 1.0,
        Evaluations::Genius => reader.largest(utility),
    };
    for other in root.descendants().filter(|node| node.has_tag_name("utility")).skip(1) {
        let message = "another `utility` stands before this one; the first counts";
        reader.findings.warn(file, place(other, ""), message, "keep one");
    }
    let mut interactions = Vec::new();
    for node in children(utility, "ufun") {
        let Some(term) = reader.combined(node, 0) else { continue };
        match flatten(&term, 1.0 / scale, &mut interactions) {
            Ok(()) => {}
            Err(TooMuch::Combined(n)) => {
                let message = format!("the smallest or largest of {n} rectangles is not read");
                reader.error(node, "aggregation", message, &format!("up to {MAX_COMBINED} are"));
            }
            Err(TooMuch::Amounts) => {
                let message =
                    format!("the rectangles of this profile come to more than {MAX_AMOUNTS} amounts");
                reader.error(
                    node,
                    "aggregation",
                    message,
                    "the smallest or largest of fewer rectangles comes to less",
                );
                break;
            }
        }
    }
    if evaluations == Evaluations::Raw {
        reader.findings.note_once("the bounds of a rectangle lie outside it, as NegMAS has it, and utilities are not divided by `maxutility`; GENIUS counts the bounds in, and divides");
    }
    let most: f64 = interactions.iter().map(|term| term.adds.mean()).filter(|amount| *amount > 0.0).sum();
    if children(utility, "ufun").next().is_none() {
        reader.error(utility, "", "the `utility` holds no `ufun`", "is this the right file?");
    }
    if most > 1.0 + 1e-9 && evaluations == Evaluations::Genius {
        reader
            .findings
            .note_once("GENIUS cuts a nonlinear utility off at 1; here it is not, so that it stays a sum");
    }
    (findings.n_errors == before).then(|| Preferences {
        issues: vec![None; domain.issues.len()],
        interactions,
        ..Preferences::default()
    })
}

/// Why a utility is not read.
enum TooMuch {
    /// So many rectangles of which the smallest or largest counts.
    Combined(usize),
    /// Amounts in all.
    Amounts,
}

struct Reader<'a> {
    file: usize,
    domain: &'a Domain,
    /// Whether bounds themselves lie outside, as NegMAS has it.
    open: bool,
    findings: &'a mut Findings,
}

impl Reader<'_> {
    fn error(&mut self, node: Node<'_, '_>, attribute: &str, message: impl Into<String>, help: &str) {
        self.findings.error(self.file, place(node, attribute), message, help);
    }

    /// What all utilities are divided by.
    fn largest(&mut self, utility: Node<'_, '_>) -> f64 {
        let text = utility.attribute("maxutility").unwrap_or_default();
        match number(text) {
            Some(largest) if largest > 0.0 => largest,
            _ => {
                let help = "write what the best outcome is worth; utilities are divided by it";
                self.error(utility, "maxutility", format!("`{text}` cannot be the largest utility"), help);
                1.0
            }
        }
    }

    /// A number of an attribute that may be left out.
    fn amount(&mut self, node: Node<'_, '_>, key: &str, absent: Option<f64>) -> Option<f64> {
        match (node.attribute(key), absent) {
            (None, Some(absent)) => Some(absent),
            (text, _) => {
                let text = text.unwrap_or_default();
                let value = number(text);
                if value.is_none() {
                    self.error(
                        node,
                        key,
                        format!("`{text}` is not a number that can be the `{key}`"),
                        "write a decimal number",
                    );
                }
                value
            }
        }
    }

    fn combined(&mut self, node: Node<'_, '_>, depth: usize) -> Option<Term> {
        if depth > MAX_DEPTH {
            self.error(node, "", "utilities stand inside utilities too deep", "is this the right file?");
            return None;
        }
        let said = node.attribute("aggregation").map_or("sum", str::trim);
        let how = match said.to_ascii_lowercase().as_str() {
            "sum" => Aggregation::Sum,
            "min" => Aggregation::Min,
            "max" => Aggregation::Max,
            _ => {
                let message = format!("the aggregation `{said}` is not known");
                self.error(node, "aggregation", message, "`sum`, `min` and `max` are");
                return None;
            }
        };
        let weight = self.amount(node, "weight", Some(1.0))?;
        let mut of = Vec::new();
        for child in node.children().filter(Node::is_element) {
            match child.tag_name().name() {
                "ufun" => of.push(self.combined(child, depth + 1)?),
                "hyperRectangle" => of.push(self.rectangle(child)?),
                other => {
                    self.error(
                        child,
                        "",
                        format!("`{other}` is not known here"),
                        "`hyperRectangle` and `ufun` are read",
                    );
                    return None;
                }
            }
        }
        Some(Term::Combined { how, weight, of })
    }

    fn rectangle(&mut self, node: Node<'_, '_>) -> Option<Term> {
        let amount = self.amount(node, "utility", None)? * self.amount(node, "weight", Some(1.0))?;
        let mut bounds = Box_::new();
        let mut unless = None;
        for bound in node.children().filter(Node::is_element) {
            let excludes = match bound.tag_name().name() {
                "INCLUDES" => false,
                "EXCLUDES" => true,
                other => {
                    self.error(
                        bound,
                        "",
                        format!("`{other}` is not known here"),
                        "`INCLUDES` and `EXCLUDES` are read",
                    );
                    return None;
                }
            };
            if *unless.get_or_insert(excludes) != excludes {
                let help = "split it into two rectangles";
                self.error(bound, "", "a rectangle holds both `INCLUDES` and `EXCLUDES`", help);
                return None;
            }
            let (issue, first, last) = self.bound(bound)?;
            let own = bounds.entry(issue).or_insert((first, last));
            *own = (own.0.max(first), own.1.min(last));
        }
        Some(Term::Rectangle { bounds, unless: unless.unwrap_or(false), amount })
    }

    /// The issue of a bound, with the first and last option inside it; the first comes after the last if none is.
    fn bound(&mut self, node: Node<'_, '_>) -> Option<(usize, usize, usize)> {
        let index = node.attribute("index").map(str::trim).unwrap_or_default();
        let Some(issue) = self.domain.find(Some(index), "") else {
            self.error(
                node,
                "index",
                format!("there is no issue with the index `{index}`"),
                "name an issue of the domain",
            );
            return None;
        };
        let Kind::Integer(low, high) = self.domain.issues[issue].kind else {
            let message = format!(
                "`{}` is not an integer issue, so bounds say nothing of it",
                self.domain.issues[issue].issue.name
            );
            self.error(node, "index", message, "give bounds for integer issues only");
            return None;
        };
        let (min, max) = (self.amount(node, "min", None)?, self.amount(node, "max", None)?);
        let (first, last) = match self.open {
            false => (min.ceil(), max.floor()),
            true => (min.floor() + 1.0, max.ceil() - 1.0),
        };
        if last < first || last < low || first > high {
            return Some((issue, 1, 0));
        }
        let inside = |x: f64| (x.clamp(low, high) - low) as usize;
        Some((issue, inside(first), inside(last)))
    }
}

/// Adds a term as amounts that are simply summed.
///
/// The smallest or largest of n rectangles is a function of which of them the outcome lies in; as a sum over the
/// intersections of any of them it has the coefficients of its Moebius transform.
///
/// # Errors
/// What there is too much of.
fn flatten(term: &Term, factor: f64, out: &mut Vec<Interaction>) -> Result<(), TooMuch> {
    if out.len() > MAX_AMOUNTS {
        return Err(TooMuch::Amounts);
    }
    match term {
        Term::Rectangle { bounds, unless, amount } => {
            if let Some(when) = condition(bounds) {
                out.push(Interaction { when, unless: *unless, adds: Number::fixed(amount * factor) });
            } else if *unless {
                let adds = Number::fixed(amount * factor);
                out.push(Interaction { when: Condition::default(), unless: false, adds });
            }
            Ok(())
        }
        Term::Combined { how: Aggregation::Sum, weight, of } => {
            of.iter().try_for_each(|term| flatten(term, factor * weight, out))
        }
        Term::Combined { of, .. } if of.is_empty() => Ok(()),
        Term::Combined { .. } => {
            let mut boxes = Vec::new();
            leaves(term, &mut boxes);
            if boxes.len() > MAX_COMBINED {
                return Err(TooMuch::Combined(boxes.len()));
            }
            let mut coefficients: Vec<f64> =
                (0..1usize << boxes.len()).map(|inside| value(term, inside, &mut 0)).collect();
            for k in 0..boxes.len() {
                for set in (0..coefficients.len()).filter(|set| set >> k & 1 == 1) {
                    coefficients[set] -= coefficients[set ^ 1 << k];
                }
            }
            for (own, coefficient) in by_intersection(&boxes, &coefficients) {
                if let Some(when) = condition(&own) {
                    out.push(Interaction { when, unless: false, adds: Number::fixed(coefficient * factor) });
                }
            }
            Ok(())
        }
    }
}

fn leaves<'t>(term: &'t Term, out: &mut Vec<&'t Box_>) {
    match term {
        Term::Rectangle { bounds, .. } => out.push(bounds),
        Term::Combined { of, .. } => of.iter().for_each(|term| leaves(term, out)),
    }
}

/// The value where exactly the rectangles of a set hold; `next` counts them in the order of [`leaves`].
fn value(term: &Term, inside: usize, next: &mut usize) -> f64 {
    match term {
        Term::Rectangle { unless, amount, .. } => {
            let is_inside = inside >> *next & 1 == 1;
            *next += 1;
            if is_inside != *unless { *amount } else { 0.0 }
        }
        Term::Combined { how, weight, of } => {
            let values = of.iter().map(|term| value(term, inside, next));
            let combined = match how {
                Aggregation::Sum => values.sum(),
                Aggregation::Min => values.reduce(f64::min).unwrap_or(0.0),
                Aggregation::Max => values.reduce(f64::max).unwrap_or(0.0),
            };
            weight * combined
        }
    }
}

/// What the intersections of sets of boxes count, in the order of the sets. Many sets meet in one box where boxes lie in
/// each other, and 2^n amounts become few.
fn by_intersection(boxes: &[&Box_], coefficients: &[f64]) -> Vec<(Box_, f64)> {
    let mut known: BTreeMap<Box_, usize> = BTreeMap::new();
    let mut sums: Vec<(Box_, f64)> = Vec::new();
    for (set, coefficient) in coefficients.iter().enumerate().filter(|(_, c)| is_amount(**c)) {
        let own = intersection((0..boxes.len()).filter(|k| set >> k & 1 == 1).map(|k| boxes[k]));
        let at = *known.entry(own.clone()).or_insert(sums.len());
        match sums.get_mut(at) {
            Some((_, sum)) => *sum += coefficient,
            None => sums.push((own, *coefficient)),
        }
    }
    sums.retain(|(_, sum)| is_amount(*sum));
    sums
}

/// Whether a sum of amounts is more than what their rounding leaves.
fn is_amount(sum: f64) -> bool {
    sum.abs() > 1e-12
}

fn intersection<'t>(boxes: impl Iterator<Item = &'t Box_>) -> Box_ {
    let mut all = Box_::new();
    for bounds in boxes {
        for (issue, (first, last)) in bounds {
            let own = all.entry(*issue).or_insert((*first, *last));
            *own = (own.0.max(*first), own.1.min(*last));
        }
    }
    all
}

/// Where an outcome lies in a box; nothing if none does.
fn condition(bounds: &Box_) -> Option<Condition> {
    let clause = |(issue, (first, last)): (&usize, &(usize, usize))| {
        let options = OptionSet::between(OptionId(*first), OptionId(*last));
        (!options.is_empty()).then_some(Clause { issue: IssueId(*issue), options })
    };
    bounds.iter().map(clause).collect::<Option<_>>().map(Condition)
}
