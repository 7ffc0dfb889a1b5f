//! What one party values: utility functions, and those that wrap others.

use super::domain::Domain;
use super::length;
use super::tree::{Reader, class, get, items, number, pairs};
use super::{rectangles, tables, values};
use crate::yaml::Node;
use detente_model::{Condition, Interaction, IssuePreference, Number, OptionId, Outcome, Preferences, Shape};

/// Utility functions inside utility functions, at most.
const MAX_DEPTH: usize = 20;

/// Most utility functions that are weighted in one.
const MAX_PARTS: usize = 100;

/// Most options that are gone through to add parts up, and to find what lies in boxes.
const MAX_WORK: usize = 5_000_000;

/// A utility function, understood.
pub(super) struct Ufun {
    pub(super) preferences: Preferences,
    /// Nothing where it is not given; infinite if no agreement is good enough, no number if it cannot be read.
    pub(super) alternative: Option<f64>,
    pub(super) discount: Option<f64>,
}

/// Reads a utility function; nothing if it is refused, and the reason is reported.
pub(super) fn read(node: &Node, domain: &Domain, reader: &mut Reader<'_>) -> Option<Ufun> {
    let before = reader.findings.n_errors;
    let preferences = Preferences { issues: vec![None; domain.issues.len()], ..Preferences::default() };
    let mut found = Ufun { preferences, alternative: None, discount: None };
    Builder { domain, reader, out: &mut found, work: 0, n_parts: 0 }.wrapped(node, 0)?;
    (reader.findings.n_errors == before).then_some(found)
}

/// Adds utility functions up.
pub(super) struct Builder<'a, 'r> {
    pub(super) domain: &'a Domain,
    pub(super) reader: &'a mut Reader<'r>,
    pub(super) out: &'a mut Ufun,
    /// How many options were gone through.
    work: usize,
    /// How many parts were weighted.
    n_parts: usize,
}

/// What every utility function may say.
const COMMON: [&str; 4] = ["reserved_value", "reserved_outcome", "outcome_space", "issues"];

impl Builder<'_, '_> {
    /// A utility function with what is around it.
    fn wrapped(&mut self, node: &Node, depth: usize) -> Option<()> {
        match class(node).map(|(kind, _)| kind) {
            Some("ExpDiscountedUFun" | "LinDiscountedUFun") => {
                let inner = self.inner(node, depth)?;
                self.wrapped(inner, depth + 1)?;
                self.discounted(node);
            }
            _ => self.add(node, 1.0, depth)?,
        }
        self.reserved(node);
        Some(())
    }

    fn inner<'n>(&mut self, node: &'n Node, depth: usize) -> Option<&'n Node> {
        let inner = get(node, "ufun").filter(|inner| pairs(inner).is_some());
        if inner.is_none() || depth >= MAX_DEPTH {
            let message = match inner {
                None => "there is no utility function under `ufun` that could lose value",
                Some(_) => "utility functions stand inside utility functions too deep",
            };
            self.reader.error(node.span, message, "is this the right file?");
            return None;
        }
        inner
    }

    /// Adds a utility function `factor` times.
    fn add(&mut self, node: &Node, factor: f64, depth: usize) -> Option<()> {
        let Some((kind, at)) = class(node) else {
            let message = "this utility function does not say of which `type` it is";
            self.reader.error(node.span, message, READ);
            return None;
        };
        let mut keys = |own: &[&str]| self.reader.keys(node, &[own, &COMMON].concat());
        match kind {
            "LinearAdditiveUtilityFunction" | "LinearUtilityAggregationFunction" => {
                keys(&["weights", "values", "bias"]);
                values::additive(self, node, factor)
            }
            "AffineUtilityFunction" | "LinearUtilityFunction" => {
                keys(&["weights", "bias", "values"]);
                values::affine(self, node, factor, kind == "AffineUtilityFunction")
            }
            "MappingUtilityFunction" => {
                keys(&["mapping", "default"]);
                tables::mapping(self, node, factor)
            }
            "ConstUtilityFunction" => {
                keys(&["value"]);
                let Some(value) = get(node, "value") else {
                    self.reader.error(node.span, "a constant utility needs a `value`", "write a number");
                    return None;
                };
                let value = self.reader.number(value, "the `value`")?;
                self.constant(factor * value);
                Some(())
            }
            "HyperRectangleUtilityFunction" => {
                keys(&rectangles::KEYS);
                rectangles::read(self, node, factor)
            }
            "WeightedUtilityFunction" => {
                keys(&["ufuns", "weights"]);
                self.weighted(node, factor, depth)
            }
            "ExpDiscountedUFun" | "LinDiscountedUFun" => {
                let message = "a discount of one part of a weighted utility is not read; the part counts as if talks took no time";
                self.reader.warn(at.span, message, "discount the whole instead");
                let inner = self.inner(node, depth)?;
                self.add(inner, factor, depth + 1)
            }
            other => {
                let message = format!("a utility function of the type `{other}` is not read");
                self.reader.error(at.span, message, READ);
                None
            }
        }
    }

    fn weighted(&mut self, node: &Node, factor: f64, depth: usize) -> Option<()> {
        let Some(parts) = get(node, "ufuns").and_then(items) else {
            let help = "list the utility functions that are weighted";
            self.reader.error(node.span, "a weighted utility needs a list of `ufuns`", help);
            return None;
        };
        self.n_parts += parts.len();
        if depth >= MAX_DEPTH || self.n_parts > MAX_PARTS {
            let message = format!(
                "a weighted utility of more than {MAX_PARTS} parts, or more than {MAX_DEPTH} deep, is not read"
            );
            self.reader.error(node.span, message, "is this the right file?");
            return None;
        }
        let weights = self.list_of_weights(node, parts.len())?;
        for (part, weight) in parts.iter().zip(weights) {
            self.add(part, factor * weight, depth + 1)?;
        }
        Some(())
    }

    /// The weights of a list of parts; 1 each if none are written.
    pub(super) fn list_of_weights(&mut self, node: &Node, n: usize) -> Option<Vec<f64>> {
        let Some(weights) = get(node, "weights").filter(|weights| length(weights) > 0) else {
            return Some(vec![1.0; n]);
        };
        let weights = items(weights).unwrap_or_default();
        if weights.len() != n {
            let message = format!("there are {} weights for {n} parts", weights.len());
            let span = get(node, "weights").unwrap_or(node).span;
            self.reader.error(span, message, "write one weight for each");
            return None;
        }
        weights.iter().map(|weight| self.reader.number(weight, "a weight")).collect()
    }

    /// Adds the same to every outcome.
    pub(super) fn constant(&mut self, amount: f64) {
        if amount != 0.0 {
            let (when, adds) = (Condition::default(), Number::fixed(amount));
            self.out.preferences.interactions.push(Interaction { when, unless: false, adds });
        }
    }

    /// Counts what is gone through; nothing if it is too much, which is said once.
    pub(super) fn spend(&mut self, n: usize, at: &Node) -> Option<()> {
        let is_news = self.work <= MAX_WORK;
        self.work = self.work.saturating_add(n);
        if self.work <= MAX_WORK {
            return Some(());
        }
        if is_news {
            let message = "this utility has too many parts over too many options";
            self.reader.error(at.span, message, "is this the right file?");
        }
        None
    }

    /// Adds what an issue contributes to what it contributes already.
    pub(super) fn contribute(&mut self, k: usize, weight: f64, shape: Shape, at: &Node) -> Option<()> {
        let issue = &self.domain.issues[k].issue;
        let new = IssuePreference { weight: Some(Number::fixed(weight)), shape };
        let sum = match self.out.preferences.issues[k].take() {
            None => new,
            Some(old) => {
                let both = |k| old.contribution(issue, OptionId(k)) + new.contribution(issue, OptionId(k));
                let both = |k| Number::fixed(both(k));
                let shape = match (&old.shape, &new.shape) {
                    (Shape::Linear(line), Shape::Linear(_)) => {
                        let (first, last) = (line[0].0, line[line.len() - 1].0);
                        Shape::Linear(vec![(first, both(0)), (last, both(issue.n_options() - 1))])
                    }
                    _ => {
                        self.spend(issue.n_options(), at)?;
                        Shape::Values((0..issue.n_options()).map(both).collect())
                    }
                };
                IssuePreference { weight: None, shape }
            }
        };
        self.out.preferences.issues[k] = Some(sum);
        Some(())
    }

    fn discounted(&mut self, node: &Node) {
        const READ: [&str; 6] = ["ufun", "discount", "cost", "power", "factor", "dynamic_reservation"];
        self.reader.keys(node, &[&READ[..], &COMMON].concat());
        if class(node).is_some_and(|(kind, _)| kind == "LinDiscountedUFun") {
            self.linear_cost(node);
        } else {
            self.exponential(node);
        }
        if let Some(flag) = get(node, "dynamic_reservation").filter(|flag| !is_true(flag)) {
            let message =
                "the alternative keeps its worth while talks go on in NegMAS; here it loses as a deal does";
            self.reader.warn(flag.span, message, "this matters only where talks are simulated");
        }
    }

    /// A cost that is taken off as time goes by; there is none here.
    fn linear_cost(&mut self, node: &Node) {
        if let Some(cost) = get(node, "cost").filter(|cost| cost.text().and_then(number) != Some(0.0)) {
            let message =
                "a cost that is taken off for each step is not read; utilities are as if talks took no time";
            let help = "write an `ExpDiscountedUFun` if waiting makes all worth less in proportion";
            self.reader.warn(cost.span, message, help);
        }
    }

    fn exponential(&mut self, node: &Node) {
        let Some(discount) = get(node, "discount") else { return };
        match discount.text().and_then(number) {
            // NegMAS takes 0 for none.
            Some(0.0 | 1.0) => {}
            Some(rate) if rate > 0.0 && rate < 1.0 => {
                self.out.discount = Some(self.out.discount.unwrap_or(1.0) * rate);
                self.per(node);
            }
            _ => {
                let text = discount.text().unwrap_or_default();
                let message = format!("a discount of `{text}` is not read: nothing is lost by waiting");
                self.reader.warn(discount.span, message, "write a number above 0 and up to 1");
            }
        }
    }

    /// Says what a discount is counted by.
    fn per(&mut self, node: &Node) {
        let factor = get(node, "factor");
        match factor.and_then(Node::text) {
            Some("relative_time") => {}
            None | Some("step") => {
                let note = "a discount is what is left at the end of talks of full length, as in the GENIUS files that scenarios of NegMAS come from; NegMAS itself counts it once for each step";
                if !self.reader.findings.notes.iter().any(|own| own == note) {
                    self.reader.findings.note(note);
                }
            }
            Some(other) => {
                let message = format!(
                    "a discount by `{other}` is not known; here it is what is left at the end of talks of full length"
                );
                let span = factor.unwrap_or(node).span;
                self.reader.warn(span, message, "`step` and `relative_time` are known");
            }
        }
    }

    /// What no agreement is worth: what this function says, or else what it wraps.
    fn reserved(&mut self, node: &Node) {
        let inner = self.out.alternative;
        if let Some(value) = get(node, "reserved_value") {
            match value.text().and_then(number) {
                Some(f64::NEG_INFINITY) => {}
                Some(own) if !own.is_nan() => self.out.alternative = Some(own),
                _ => {
                    let text = value.text().unwrap_or("...");
                    let instead = match inner {
                        Some(inner) => format!("{inner}, of the utility function inside, counts"),
                        None => "what no agreement is worth is not known".into(),
                    };
                    self.out.alternative = inner.or(Some(f64::NAN));
                    let message = format!("a reserved value of `{text}` is not read; {instead}");
                    self.reader.warn(value.span, message, "write a number, or `-.inf` for none");
                }
            }
            if let (Some(inner), Some(own)) = (inner, self.out.alternative)
                && inner != own
                && ![inner, own].iter().any(|value| value.is_nan())
            {
                let message = format!(
                    "the utility function inside has another reserved value, {inner}; the outer one counts"
                );
                self.reader.warn(value.span, message, "keep one of the two");
            }
        }
        self.reserved_outcome(node);
    }

    fn reserved_outcome(&mut self, node: &Node) {
        let Some(outcome) = get(node, "reserved_outcome") else { return };
        if self.out.alternative.is_some_and(|value| !value.is_nan()) {
            let message = "a reserved value is written too; the reserved outcome is not used";
            self.reader.warn(outcome.span, message, "keep one of the two");
            return;
        }
        let Some(options) = tables::outcome(self.domain, outcome) else {
            let message =
                "the reserved outcome is no outcome of this domain; what no agreement is worth is not known";
            self.reader.warn(outcome.span, message, "write one option for each issue, in their order");
            self.out.alternative = Some(f64::NAN);
            return;
        };
        let outcome = Outcome(options);
        let leaves = self.out.preferences.leaves(&self.domain.issues(), &outcome);
        self.out.alternative = Some(leaves.iter().sum());
        self.reader.findings.note(format!(
            "what no agreement is worth is what the reserved outcome is worth (file {})",
            self.reader.file + 1
        ));
    }
}

fn is_true(node: &Node) -> bool {
    node.text().is_some_and(|text| text.eq_ignore_ascii_case("true") || text == "1")
}

/// The types that are read.
const READ: &str = "`LinearAdditiveUtilityFunction`, `AffineUtilityFunction`, `LinearUtilityFunction`, `MappingUtilityFunction`, `ConstUtilityFunction`, `HyperRectangleUtilityFunction`, `WeightedUtilityFunction`, `ExpDiscountedUFun` and `LinDiscountedUFun` are";
