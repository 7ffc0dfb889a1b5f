//! Issues, conditions and constraints.

use super::grammar;
use super::no_number::{number_and_unit, same_unit};
use super::reader::{Fields, Reader, head, way_out};
use super::spelling::{Spelling, spelling};
use crate::yaml::{Node, Value};
use detente_model::{
    Clause, Condition, Constraint, Issue, IssueId, Law, NamedOption, OptionId, OptionSet, Options,
};
use std::borrow::Cow;
use std::collections::BTreeSet;
use std::rc::Rc;

impl Reader {
    /// One issue; nothing if its options cannot be told.
    pub(crate) fn issue(&mut self, node: &Node) -> Option<Issue> {
        let fields = self.fields(node, &grammar::ISSUE)?;
        let id = fields.get("id").and_then(Node::text).unwrap_or_default().to_owned();
        let name = self.optional_text(fields.get("name")).unwrap_or_else(|| id.clone());
        let because = self.because(&fields);
        let options = match (fields.get("options"), fields.get("range")) {
            (Some(options), None) => self.options(&fields, options),
            (None, Some(range)) => {
                if let Some(ordered) = fields.get("ordered") {
                    self.error(ordered.span, "numbers are always ordered", "remove `ordered`");
                }
                self.range(range).map(Options::Range)
            }
            (Some(_), Some(range)) => {
                self.error(
                    head(range),
                    "an issue has `options` or a `range`, not both",
                    "remove one of the two",
                );
                None
            }
            (None, None) => {
                self.error(
                    head(node),
                    "the issue has no options",
                    "add `options: [...]` or `range: {from, to, by}`",
                );
                None
            }
        }?;
        let mut issue = Issue { id, name, options, status_quo: None, because };
        issue.status_quo = fields.get("status_quo").and_then(|node| self.option(node, &issue));
        Some(issue)
    }

    fn options(&mut self, fields: &Fields<'_>, node: &Node) -> Option<Options> {
        let Value::List(items) = &node.value else {
            self.error(
                head(node),
                format!("{} stands here", node.kind()),
                "write a list: `options: [first, second]`",
            );
            return None;
        };
        if items.is_empty() {
            self.error(node.span, "the issue has no options", "add at least one option");
            return None;
        }
        let ordered = fields.get("ordered").is_some_and(|node| self.flag(node));
        let mut seen = BTreeSet::new();
        let mut options = Vec::new();
        for item in items {
            let Some(option) = self.named_option(item) else { continue };
            if !seen.insert(option.id.clone()) {
                let message = format!("the option `{}` stands here twice", option.id);
                self.error(head(item), message, "remove one, or rename it");
            }
            options.push(option);
        }
        (options.len() == items.len()).then_some(Options::Named { ordered, options })
    }

    fn named_option(&mut self, node: &Node) -> Option<NamedOption> {
        if !matches!(node.value, Value::Map(_)) {
            let id = self.word(node, "an option")?;
            return Some(NamedOption { name: id.clone(), id });
        }
        let fields = self.fields(node, &grammar::NAMED_OPTION)?;
        let id = fields.get("id").and_then(|id| self.word(id, "an option"))?;
        let name = self.optional_text(fields.get("name")).unwrap_or_else(|| id.clone());
        Some(NamedOption { id, name })
    }

    pub(super) fn flag(&mut self, node: &Node) -> bool {
        match node.text().map(str::to_lowercase).as_deref() {
            Some("true" | "yes" | "y" | "on") => true,
            Some("false" | "no" | "n" | "off") => false,
            _ => {
                self.error(head(node), "neither `true` nor `false` stands here", "write `true` or `false`");
                false
            }
        }
    }

    /// An option of an issue, by its text or number.
    pub(crate) fn option(&mut self, node: &Node, issue: &Issue) -> Option<OptionId> {
        let text = self.scalar(node, "an option")?;
        let found = issue.find(text).or_else(|| number_among(text, issue));
        if let (Options::Range(_), Some(_), Spelling::Point { value, thousands }) =
            (&issue.options, found, spelling(text))
        {
            self.style.doubt(node.span, value, thousands);
        }
        if found.is_none() && !self.told.contains(&node.span.start) {
            self.error(
                node.span,
                format!("issue `{}` has no option `{text}`", issue.id),
                option_help(text, issue),
            );
        }
        found
    }

    /// An issue by its id, with its value if it could be read.
    pub(crate) fn issue_reference(&mut self, node: &Node) -> Option<(IssueId, Option<Rc<Issue>>)> {
        let position = self.resolve(node, |names| &names.issues)?;
        Some((IssueId(position), self.names.issue_values[position].clone()))
    }

    /// A condition over issues.
    pub(crate) fn condition(&mut self, node: &Node) -> Option<Condition> {
        let pairs = self.pairs(node, "issues to options");
        if pairs.is_empty() {
            self.error(head(node), "this condition names no issue", "write `{issue: option}`");
            return None;
        }
        let mut clauses = Vec::new();
        for (key, value) in pairs {
            let Some((id, Some(issue))) = self.issue_reference(key) else { continue };
            if let Some(options) = self.option_set(value, &issue) {
                clauses.push(Clause { issue: id, options });
            }
        }
        (clauses.len() == pairs.len()).then_some(Condition(clauses))
    }

    fn option_set(&mut self, node: &Node, issue: &Issue) -> Option<OptionSet> {
        match &node.value {
            Value::Scalar { .. } => self.option(node, issue).map(|option| OptionSet::from_options([option])),
            Value::List(items) => {
                if items.is_empty() {
                    self.error(node.span, "no option is named", "name at least one option");
                }
                let options: Vec<OptionId> =
                    items.iter().filter_map(|item| self.option(item, issue)).collect();
                (options.len() == items.len() && !options.is_empty())
                    .then(|| OptionSet::from_options(options))
            }
            Value::Map(pairs) => match &pairs[..] {
                [] => {
                    self.error(
                        node.span,
                        "no option is named",
                        "name an option, a list of them, or `{from, to}`",
                    );
                    None
                }
                [(key, inner)] if key.text() == Some("not") => {
                    let set = self.option_set(inner, issue)?.complement(issue.n_options());
                    if set.is_empty() {
                        self.error(node.span, "this excludes every option", "leave at least one option");
                    }
                    (!set.is_empty()).then_some(set)
                }
                _ => self.between(node, pairs, issue),
            },
        }
    }

    fn between(&mut self, node: &Node, pairs: &[(Node, Node)], issue: &Issue) -> Option<OptionSet> {
        if matches!(issue.options, Options::Named { ordered: false, .. }) {
            let help = format!("list the options, or add `ordered: true` to issue `{}`", issue.id);
            self.error(head(node), format!("the options of `{}` have no order", issue.id), help);
            return None;
        }
        let (mut first, mut last) = (OptionId(0), OptionId(issue.n_options() - 1));
        for (key, value) in pairs {
            match key.text() {
                Some("from") => first = self.bound(value, issue, true)?,
                Some("to") => last = self.bound(value, issue, false)?,
                _ => {
                    self.error(
                        key.span,
                        "only `from`, `to` or `not` can stand here",
                        "write `{from: ..., to: ...}`",
                    );
                    return None;
                }
            }
        }
        if last < first {
            self.error(head(node), "no option lies between these bounds", "swap them, or widen them");
            return None;
        }
        Some(OptionSet::between(first, last))
    }

    /// The first option at or above a number, or the last at or below it; an option's text otherwise.
    fn bound(&mut self, node: &Node, issue: &Issue, lower: bool) -> Option<OptionId> {
        let Options::Range(range) = &issue.options else { return self.option(node, issue) };
        let value = self.decimal_in(node, range.unit.as_deref())?;
        // How many options lie below a lower bound, or up to an upper one.
        let before = |k: usize| if lower { range.value(k) < value } else { range.value(k) <= value };
        let (mut low, mut high) = (0, range.count());
        while low < high {
            let middle = low + (high - low) / 2;
            (low, high) = if before(middle) { (middle + 1, high) } else { (low, middle) };
        }
        let found = if lower { Some(low).filter(|k| *k < range.count()) } else { low.checked_sub(1) };
        if found.is_none() {
            let help = format!("it runs from {} to {}", range.value(0), range.value(range.count() - 1));
            self.error(
                node.span,
                format!("issue `{}` has no option on this side of {value}", issue.id),
                help,
            );
        }
        found.map(OptionId)
    }

    /// One constraint.
    pub(crate) fn constraint(&mut self, node: &Node) -> Option<Constraint> {
        let fields = self.fields(node, &grammar::CONSTRAINT)?;
        let because = self.because(&fields);
        let law = match (fields.get("forbid"), fields.get("if"), fields.get("then")) {
            (Some(forbid), None, None) => Law::Forbid(self.condition(forbid)?),
            (None, Some(when), Some(then)) => {
                let (when, then) = (self.condition(when), self.condition(then));
                Law::Implies { when: when?, then: then? }
            }
            _ => {
                let help = "write `forbid: {...}`, or `if: {...}` together with `then: {...}`";
                self.error(head(node), "this is neither `forbid` nor `if` with `then`", help);
                return None;
            }
        };
        Some(Constraint { law, because })
    }
}

/// The option of a range that a number written in another way stands for, with or without the unit of the range. Of two
/// readings, the one that is an option.
pub(crate) fn number_among(text: &str, issue: &Issue) -> Option<OptionId> {
    let Options::Range(range) = &issue.options else { return None };
    let unit = range.unit.as_deref();
    match spelling(bare_number(text, unit).unwrap_or(text)) {
        Spelling::One(value) | Spelling::DecimalComma(value) | Spelling::Point { value, .. } => {
            range.position(value)
        }
        Spelling::Either(small, large) => match (range.position(small), range.position(large)) {
            (Some(_), Some(_)) => None,
            (one, other) => one.or(other),
        },
        Spelling::No => None,
    }
    .map(OptionId)
}

/// The number of a text that names a unit too, where that is the unit its place counts in.
fn bare_number<'t>(text: &'t str, unit: Option<&str>) -> Option<&'t str> {
    let (number, written) = number_and_unit(text)?;
    same_unit(written, unit?).then_some(number)
}

/// A number without the unit that its place counts in anyway.
pub(crate) fn without_unit<'n>(node: &'n Node, unit: Option<&str>) -> Cow<'n, Node> {
    match node.text().and_then(|text| bare_number(text, unit)) {
        Some(number) => Cow::Owned(Node {
            span: node.span,
            value: Value::Scalar { text: number.to_owned(), plain: true },
        }),
        None => Cow::Borrowed(node),
    }
}

/// What to write instead of an option that does not exist.
pub(crate) fn option_help(text: &str, issue: &Issue) -> String {
    match &issue.options {
        Options::Named { options, .. } => {
            way_out(text, options.iter().map(|option| option.id.as_str()), "options")
        }
        Options::Range(range) => {
            if let Spelling::Point { value, thousands } = spelling(text)
                && range.position(thousands).is_some()
            {
                return format!(
                    "write `{thousands}` if that is meant; a point stands before decimals, and {value} is no option"
                );
            }
            let (first, last) = (range.value(0), range.value(range.count() - 1));
            let step = if range.count() > 1 { range.value(1) - first } else { 0.0 };
            let step = (step * 1e12).round() / 1e12;
            format!("its options run from {first} to {last} by steps of {step}")
        }
    }
}
