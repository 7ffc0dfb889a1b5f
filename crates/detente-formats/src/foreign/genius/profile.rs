//! What one party values.

use super::domain::{Domain, DomainIssue, Kind, name};
use super::{infinite, issues, number, rectangles};
use crate::foreign::object::is_word_without_end;
use crate::foreign::scene::{NoDeal, Seat};
use crate::foreign::{Bundle, Evaluations, Findings, Text};
use crate::xml::{self, children};
use detente_model::{Issue, IssuePreference, Number, OptionId, Options, Preferences, Range, Shape};
use roxmltree::Node;
use std::collections::{BTreeMap, BTreeSet};

/// Reads a profile; nothing if it is refused, and the reason is reported.
pub(super) fn read(
    text: &Text,
    domain: &Domain,
    bundle: &Bundle<'_>,
    findings: &mut Findings,
) -> Option<Seat> {
    let evaluations = bundle.options.evaluations;
    let read = xml::with(&text.text, |document| {
        let mut profile = Profile { file: text.index, domain, evaluations, findings };
        let root = document.root_element();
        let preferences = profile.preferences(root)?;
        let discount = profile.discount(root);
        let alternative = profile.reservation(root);
        profile.aside(root);
        super::say_flat(text.index, root, findings);
        Some((preferences, discount, alternative))
    });
    match read {
        Ok(found) => {
            let (preferences, discount, alternative) = found?;
            let (id, name) = (text.stem.clone(), text.stem.clone());
            Some(Seat {
                file: text.index,
                id,
                name,
                alternative: NoDeal::of(alternative),
                discount,
                preferences,
            })
        }
        Err(broken) => {
            findings.push(text.index, broken);
            None
        }
    }
}

struct Profile<'a> {
    file: usize,
    domain: &'a Domain,
    evaluations: Evaluations,
    findings: &'a mut Findings,
}

impl Profile<'_> {
    fn warn(&mut self, node: Node<'_, '_>, attribute: &str, message: impl Into<String>, help: &str) {
        self.findings.warn(self.file, xml::place(node, attribute), message, help);
    }

    fn error(&mut self, node: Node<'_, '_>, attribute: &str, message: impl Into<String>, help: &str) {
        self.findings.error(self.file, xml::place(node, attribute), message, help);
    }

    fn preferences(&mut self, root: Node<'_, '_>) -> Option<Preferences> {
        let said = root.attribute("type").map(str::trim).unwrap_or_default();
        // GENIUS does not tell small letters from capitals here.
        match said.to_ascii_lowercase().as_str() {
            "nonlinear" => rectangles::read(self.file, root, self.domain, self.evaluations, self.findings),
            "constraint" => {
                let help = "write the preferences as evaluations, or as a scenario of Detente's own";
                self.error(
                    root,
                    "type",
                    "preferences by ranks and constraints are not read: ranks are no utilities",
                    help,
                );
                None
            }
            "uncertain" => {
                let help =
                    "how many comparisons an agent would be told matters only where agents are simulated";
                self.warn(
                    root,
                    "type",
                    "preferences under uncertainty: the full utilities behind them are read",
                    help,
                );
                Some(self.linear(root))
            }
            "" | "linear" | "additive" => Some(self.linear(root)),
            _ => {
                let help = "`nonlinear` is the other type that is read";
                self.warn(
                    root,
                    "type",
                    format!("the type `{said}` is not known; the profile is read as a linear one"),
                    help,
                );
                Some(self.linear(root))
            }
        }
    }

    fn linear(&mut self, root: Node<'_, '_>) -> Preferences {
        let weights = self.weights(root);
        let mut found: Vec<Option<IssuePreference>> = vec![None; self.domain.issues.len()];
        let mut sum = 0.0;
        let mut spoken_of = BTreeSet::new();
        for node in issues(root) {
            let name = name(node);
            let Some(k) = self.domain.find(node.attribute("index").map(str::trim), &name) else {
                let message = format!("the domain has no issue `{name}`; it is not used");
                self.warn(node, "name", message, "is this profile of the same domain?");
                continue;
            };
            let own = &self.domain.issues[k];
            if own.issue.name != name && node.attribute("name").is_some() {
                let message = format!(
                    "the domain calls this issue `{}`; the two are taken to be the same",
                    own.issue.name
                );
                self.warn(
                    node,
                    "name",
                    message,
                    "their `index` is the same; is this profile of the same domain?",
                );
            }
            if found[k].is_some() {
                self.warn(
                    node,
                    "name",
                    format!("the issue `{name}` stands here a second time; the last counts"),
                    "keep one",
                );
            }
            let weight = self.weight(node, &weights, &name);
            sum += if found[k].is_none() { weight } else { 0.0 };
            node.attribute("index").map(|index| spoken_of.insert(index.trim().to_owned()));
            let shape = match &own.kind {
                Kind::Discrete => Shape::Values(self.evaluated(node, own)),
                kind => self.function(node, &own.issue, kind),
            };
            found[k] = Some(IssuePreference { weight: Some(Number::fixed(weight)), shape });
        }
        for (index, (_, node)) in weights.iter().filter(|(index, _)| !spoken_of.contains(*index)) {
            if !is_objective(root, index) {
                let message = format!("there is no issue with the index `{index}`; the weight is not used");
                self.warn(*node, "index", message, "correct the index, or remove the weight");
            }
        }
        for (own, found) in
            self.domain.issues.iter().zip(&mut found).filter(|(own, _)| own.kind == Kind::Added)
        {
            let shape = Shape::Values(vec![Number::fixed(1.0); own.issue.n_options()]);
            *found = Some(IssuePreference { weight: None, shape });
        }
        for (own, _) in self.domain.issues.iter().zip(&found).filter(|(_, found)| found.is_none()) {
            let message = format!(
                "the profile says nothing of the issue `{}`; it is worth 0 whatever is agreed",
                own.issue.name
            );
            self.warn(root, "", message, "is this profile of the same domain?");
        }
        let preferences = Preferences { issues: found, ..Preferences::default() };
        self.check_sum(root, sum, &preferences);
        preferences
    }

    /// What stands beside the weights that sum to something else than 1.
    fn check_sum(&mut self, root: Node<'_, '_>, sum: f64, preferences: &Preferences) {
        const CLOSE: f64 = 1e-6;
        let weight = root.descendants().find(|node| node.has_tag_name("weight")).unwrap_or(root);
        if (sum - 1.0).abs() > CLOSE {
            let message = format!("the weights sum to {}, not to 1; they are taken as written", short(sum));
            self.warn(weight, "", message, "divide each by their sum if they are meant as shares");
        }
        if self.evaluations == Evaluations::Raw {
            return;
        }
        let own = |(domain, preference): (&DomainIssue, &Option<IssuePreference>)| {
            let Some(preference) = preference else { return 0.0 };
            let worth =
                (0..domain.issue.n_options()).map(|k| preference.contribution(&domain.issue, OptionId(k)));
            worth.fold(f64::NEG_INFINITY, f64::max)
        };
        let best: f64 = self.domain.issues.iter().zip(&preferences.issues).map(own).sum();
        if best > 1.0 + CLOSE {
            let message =
                format!("utilities reach {}; GENIUS cuts them off at 1, and here they are not", short(best));
            self.warn(weight, "", message, "with weights that sum to 1 there is no difference");
        }
    }

    /// All weights by the index they speak of.
    fn weights<'n>(&mut self, root: Node<'n, 'n>) -> BTreeMap<String, (f64, Node<'n, 'n>)> {
        let mut found = BTreeMap::new();
        for node in root.descendants().filter(|node| node.has_tag_name("weight")) {
            let text = node.attribute("value").unwrap_or_default();
            let value = number(text).unwrap_or_else(|| {
                self.warn(
                    node,
                    "value",
                    format!("`{text}` is not a number; the weight counts as 0"),
                    "write a decimal number",
                );
                0.0
            });
            let index = node.attribute("index").map(str::trim).unwrap_or_default().to_owned();
            if found.insert(index, (value, node)).is_some() {
                self.warn(
                    node,
                    "index",
                    "a second weight for the same issue; the last counts",
                    "keep one of the two",
                );
            }
        }
        found
    }

    fn weight(
        &mut self,
        node: Node<'_, '_>,
        weights: &BTreeMap<String, (f64, Node<'_, '_>)>,
        name: &str,
    ) -> f64 {
        match node.attribute("index").and_then(|index| weights.get(index.trim())) {
            Some((weight, at)) => {
                if *weight < 0.0 {
                    self.warn(*at, "value", format!("the weight of `{name}` is negative"), "is that meant?");
                }
                *weight
            }
            None => {
                self.warn(
                    node,
                    "index",
                    format!("`{name}` has no weight; it counts as 0"),
                    "add a `weight` with its index",
                );
                0.0
            }
        }
    }

    /// What each option of a discrete issue is worth, before weighting.
    fn evaluated(&mut self, node: Node<'_, '_>, own: &DomainIssue) -> Vec<Number> {
        let issue = &own.issue;
        let mut found: Vec<Option<f64>> = vec![None; issue.n_options()];
        let mut others = f64::NEG_INFINITY;
        for item in children(node, "item") {
            let Some(value) = item.attribute("value") else {
                self.warn(
                    item,
                    "value",
                    "an item without a `value` is not used",
                    "write what the option is called",
                );
                continue;
            };
            let Some(option) = own.find(value) else {
                let message = format!(
                    "the issue `{}` has no item `{value}` in the domain; it counts only where evaluations are divided by the largest",
                    issue.name
                );
                self.warn(item, "value", message, "is this profile of the same domain?");
                others = others.max(self.evaluation(item, value));
                continue;
            };
            if found[option.0].is_some() {
                let message = format!("`{value}` is evaluated a second time; the last counts");
                self.warn(item, "evaluation", message, "keep one of the two");
            }
            found[option.0] = Some(self.evaluation(item, value));
        }
        for (k, _) in found.iter().enumerate().filter(|(_, value)| value.is_none()) {
            let option = issue.option_id(OptionId(k));
            self.warn(
                node,
                "name",
                format!("`{option}` of `{}` is not evaluated; it counts as 0", issue.name),
                "add an `item` with an `evaluation`",
            );
        }
        self.normalised(node, issue, found.into_iter().map(|value| value.unwrap_or(0.0)).collect(), others)
    }

    fn evaluation(&mut self, item: Node<'_, '_>, value: &str) -> f64 {
        let text = item.attribute("evaluation").map(str::trim).unwrap_or_default();
        let found = number(text);
        match found {
            None if matches!(text, "" | "null") => {
                self.warn(
                    item,
                    "evaluation",
                    format!("`{value}` is not evaluated; it counts as 0"),
                    "write an `evaluation`",
                );
            }
            None => {
                self.warn(
                    item,
                    "evaluation",
                    format!("`{text}` is not a number; `{value}` counts as 0"),
                    "write a decimal number",
                );
            }
            Some(number) if number < 0.0 => {
                self.warn(
                    item,
                    "evaluation",
                    format!("the evaluation of `{value}` is negative; it is taken as written"),
                    "is that meant?",
                );
            }
            Some(_) => {}
        }
        found.unwrap_or(0.0)
    }

    /// Divided by the largest, as GENIUS does, `others` included: that of items which the domain lacks.
    fn normalised(
        &mut self,
        node: Node<'_, '_>,
        issue: &Issue,
        values: Vec<f64>,
        others: f64,
    ) -> Vec<Number> {
        /// Below it GENIUS takes the largest for 0, and every evaluation of the issue with it.
        const LEAST: f64 = 1e-5;
        if self.evaluations == Evaluations::Raw {
            return values.into_iter().map(Number::fixed).collect();
        }
        let largest = values.iter().copied().fold(others, f64::max);
        if largest >= LEAST {
            return values.into_iter().map(|value| Number::fixed(value / largest)).collect();
        }
        if values.iter().any(|value| *value != 0.0) {
            let message =
                format!("no evaluation of `{}` is above 0, and so GENIUS counts each as 0", issue.name);
            self.warn(node, "name", message, "`--evaluations raw` takes them as written");
        }
        vec![Number::fixed(0.0); values.len()]
    }

    /// What each number of an integer or real issue is worth, before weighting.
    fn function(&mut self, node: Node<'_, '_>, issue: &Issue, kind: &Kind) -> Shape {
        let (low, high) = match kind {
            Kind::Integer(low, high) => (*low, *high),
            Kind::Real(points) => (points[0], points[points.len() - 1]),
            Kind::Discrete | Kind::Added => (0.0, 0.0),
        };
        self.check_bounds(node, issue, low, high);
        let worth = self.evaluator(node, issue, kind, low).unwrap_or(Worth::Line {
            slope: 0.0,
            at_zero: 0.0,
            cut: false,
        });
        match &issue.options {
            Options::Range(range) if range.count() > 1 => Shape::Linear(worth.points(range)),
            Options::Range(range) => Shape::Values(vec![Number::fixed(worth.at(range.value(0)))]),
            Options::Named { .. } => match kind {
                Kind::Real(points) => {
                    Shape::Values(points.iter().map(|x| Number::fixed(worth.at(*x))).collect())
                }
                _ => Shape::Values(vec![Number::fixed(0.0); issue.n_options()]),
            },
        }
    }

    fn check_bounds(&mut self, node: Node<'_, '_>, issue: &Issue, low: f64, high: f64) {
        let holder =
            if node.has_attribute("lowerbound") { Some(node) } else { children(node, "range").next() };
        let Some(holder) = holder else { return };
        let own = |key: &str| holder.attribute(key).and_then(number);
        if own("lowerbound").is_some_and(|own| own != low) || own("upperbound").is_some_and(|own| own != high)
        {
            let message =
                format!("the domain has other bounds for `{}`: {low} to {high}; those count", issue.name);
            self.warn(holder, "lowerbound", message, "is this profile of the same domain?");
        }
    }

    fn evaluator(&mut self, node: Node<'_, '_>, issue: &Issue, kind: &Kind, low: f64) -> Option<Worth> {
        let Some(evaluator) = self.only(node, "evaluator") else {
            let message = format!(
                "there is no function that values `{}`; it is worth 0 whatever is agreed",
                issue.name
            );
            self.warn(node, "name", message, "add an `evaluator` with an `ftype`");
            return None;
        };
        let cut = self.evaluations == Evaluations::Genius;
        let said = evaluator.attribute("ftype").map(str::trim).unwrap_or("linear");
        let ftype = said.to_ascii_lowercase();
        let is_sloped = ["slope", "offset"].iter().any(|key| evaluator.has_attribute(*key));
        let mut parameter = |key: &str| {
            let text = evaluator.attribute(key).unwrap_or_default();
            number(text).unwrap_or_else(|| {
                let message = match text {
                    "" => format!("`{key}` is missing; it counts as 0"),
                    _ => format!("`{text}` is not a number; `{key}` counts as 0"),
                };
                self.findings.warn(self.file, xml::place(evaluator, key), message, "write a decimal number");
                0.0
            })
        };
        match (kind, ftype.as_str()) {
            (Kind::Integer(..), "linear") if is_sloped => {
                let (slope, offset) = (parameter("slope"), parameter("offset"));
                // GENIUS counts from the lower bound, NegMAS from 0.
                let at_zero = if cut { offset - slope * low } else { offset };
                Some(Worth::Line { slope, at_zero, cut })
            }
            (_, "linear") => {
                Some(Worth::Line { slope: parameter("parameter1"), at_zero: parameter("parameter0"), cut })
            }
            (_, "constant") => Some(Worth::Line { slope: 0.0, at_zero: parameter("parameter0"), cut: false }),
            (_, "triangular") => Some(Worth::Triangle {
                from: parameter("parameter0"),
                to: parameter("parameter1"),
                peak: parameter("parameter2"),
            }),
            (_, "faratin") => {
                let message = format!(
                    "`faratin` values `{}` by parameters that no file holds; it is worth 0 whatever is agreed",
                    issue.name
                );
                self.warn(evaluator, "ftype", message, "linear, constant and triangular functions are read");
                None
            }
            _ => {
                let message = format!(
                    "the function `{said}` is not known; `{}` is worth 0 whatever is agreed",
                    issue.name
                );
                self.warn(evaluator, "ftype", message, "linear, constant and triangular functions are read");
                None
            }
        }
    }

    /// The only element of a name; the first of several, and a warning for each other.
    fn only<'n>(&mut self, root: Node<'n, 'n>, name: &str) -> Option<Node<'n, 'n>> {
        let mut all = root.descendants().filter(|node| node.has_tag_name(name));
        let first = all.next();
        for other in all {
            self.warn(
                other,
                "",
                format!("another `{name}` stands before this one; the first counts"),
                "keep one",
            );
        }
        first
    }

    fn discount(&mut self, root: Node<'_, '_>) -> Option<f64> {
        let node = self.only(root, "discount_factor")?;
        let text = node.attribute("value").unwrap_or_default();
        match number(text) {
            Some(1.0) => None,
            Some(value) if value > 0.0 && value < 1.0 => Some(value),
            _ => {
                let message = format!(
                    "a discount factor of `{text}` counts as 1, as in GENIUS: nothing is lost by waiting"
                );
                self.warn(node, "value", message, "write a number above 0 and up to 1");
                None
            }
        }
    }

    fn reservation(&mut self, root: Node<'_, '_>) -> f64 {
        let help = "write `<reservation value=\"...\"/>`: what no agreement is worth";
        let Some(node) = self.only(root, "reservation") else {
            self.warn(root, "", "there is no reservation value; it counts as 0, as in GENIUS, and gains are counted from there", help);
            return 0.0;
        };
        let text = node.attribute("value").unwrap_or_default();
        if let Some(value) = number(text).or_else(|| infinite(text)) {
            return value;
        }
        if is_word_without_end(text) {
            // GENIUS would count 0, which says the opposite of what was meant.
            let message =
                format!("a reservation value of `{text}` is no number to GENIUS, which writes `Infinity`");
            let help = "write `Infinity` if no agreement is ever good enough, or what no agreement is worth";
            self.error(node, "value", message, help);
            return 0.0;
        }
        self.warn(node, "value", format!("a reservation value of `{text}` counts as 0, as in GENIUS"), help);
        0.0
    }

    /// What GENIUS itself does not know, and is not used here either.
    fn aside(&mut self, root: Node<'_, '_>) {
        for name in ["optout", "timeeffect", "weightmultiplyer"] {
            if let Some(node) = root.descendants().find(|node| node.has_tag_name(name)) {
                let help = "it belongs to games with people (GeniusBI), and no utility depends on it";
                self.warn(node, "value", format!("`{name}` is not read"), help);
            }
        }
    }
}

/// What a number is worth.
enum Worth {
    /// `slope x + at_zero`, cut to 0..1 if `cut`.
    Line { slope: f64, at_zero: f64, cut: bool },
    /// 0 outside `from` and `to`, 1 at `peak`, straight between.
    Triangle { from: f64, to: f64, peak: f64 },
}

impl Worth {
    fn at(&self, x: f64) -> f64 {
        match *self {
            Worth::Line { slope, at_zero, cut: false } => slope * x + at_zero,
            Worth::Line { slope, at_zero, cut: true } => (slope * x + at_zero).clamp(0.0, 1.0),
            Worth::Triangle { from, to, peak } => {
                if x < from || x > to {
                    0.0
                } else if x < peak {
                    (x - from) / (peak - from)
                } else if x > peak {
                    (to - x) / (to - peak)
                } else {
                    1.0
                }
            }
        }
    }

    /// Points between which the numbers of a range lie on straight lines. Where it bends or jumps, the numbers on
    /// either side are points: between neighbours nothing is ever asked.
    fn points(&self, range: &Range) -> Vec<(f64, Number)> {
        let bends = match *self {
            Worth::Line { slope, at_zero, cut: true } if slope != 0.0 => {
                vec![-at_zero / slope, (1.0 - at_zero) / slope]
            }
            Worth::Line { .. } => vec![],
            Worth::Triangle { from, to, peak } => vec![from, peak, to],
        };
        let last = range.count() - 1;
        let mut places = vec![0, last];
        for bend in bends {
            let after = position(range, bend);
            places.extend([after.saturating_sub(1), after.min(last), (after + 1).min(last)]);
        }
        places.sort_unstable();
        places.dedup();
        let point = |k: usize| (range.value(k), Number::fixed(self.at(range.value(k))));
        places.into_iter().map(point).collect()
    }
}

/// Whether an index is that of an objective inside another, whose weight does not count.
fn is_objective(root: Node<'_, '_>, index: &str) -> bool {
    let has_index = |node: &Node<'_, '_>| node.attribute("index").map(str::trim) == Some(index);
    root.descendants().any(|node| node.has_tag_name("objective") && has_index(&node))
}

/// The first place of a range whose number is not below another.
fn position(range: &Range, x: f64) -> usize {
    let (mut from, mut to) = (0, range.count());
    while from < to {
        let middle = from.midpoint(to);
        if range.value(middle) < x { from = middle + 1 } else { to = middle }
    }
    from
}

/// A number for people.
fn short(value: f64) -> String {
    let text = format!("{value:.6}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}
