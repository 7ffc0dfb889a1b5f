//! Parties, bodies, their preferences, and rules.

use super::commas::split_help;
use super::grammar;
use super::issues::{number_among, option_help};
use super::reader::{Fields, Ids, Names, Reader, head};
use super::rules::everyone;
use super::wishes::in_braces;
use crate::yaml::{Node, Value};
use detente_model::{
    Alternative, Body, BodyId, ClaimId, Condition, Interaction, Issue, IssueId, IssuePreference, Number,
    OptionId, Options, Party, PartyId, Preferences, Shape, Table,
};
use std::collections::BTreeMap;
use std::rc::Rc;

impl Reader {
    /// One party with its bodies.
    pub(crate) fn party(&mut self, node: &Node, id: PartyId) -> Option<(Party, Vec<Body>)> {
        let fields = self.fields(node, &grammar::PARTY)?;
        let text = fields.get("id").and_then(Node::text).unwrap_or_default().to_owned();
        let name = self.optional_text(fields.get("name")).unwrap_or_else(|| text.clone());
        let because = self.because(&fields);
        let bodies = self.bodies(&fields, id, &text, &name);
        let first = self.names.bodies[id.0].1;
        let members: Vec<BodyId> = (0..self.names.bodies[id.0].0.len()).map(|k| BodyId(first + k)).collect();
        let ratifies = match fields.get("ratifies") {
            Some(node) => self.rule(node, &|reader, node| reader.own_body(node, id)),
            None => Some(everyone(&members)),
        };
        let party = Party { id: text, name, bodies: members, ratifies: ratifies?, because };
        Some((party, bodies?))
    }

    fn bodies(&mut self, fields: &Fields<'_>, party: PartyId, id: &str, name: &str) -> Option<Vec<Body>> {
        let own = [
            "alternative",
            "will",
            "strain",
            "reaction",
            "discount",
            "preferences",
            "interactions",
            "tables",
        ];
        let Some(list) = fields.get("bodies") else {
            let body = self.body_fields(fields, party, id.to_owned(), name.to_owned(), None);
            return body.map(|body| vec![body]);
        };
        for key in own {
            if let Some(node) = fields.get(key) {
                let help = "move it to the body it speaks of, or leave out `bodies`";
                self.error(
                    head(node),
                    format!("`{key}` belongs to a body where a party lists `bodies`"),
                    help,
                );
            }
        }
        let items = fields.items("bodies");
        if items.is_empty() {
            self.error(list.span, "the party has no body", "add one, or leave out `bodies`");
        }
        let bodies: Vec<Body> = items.iter().filter_map(|item| self.body(item, party)).collect();
        let influence: f64 = bodies.iter().map(Body::influence).sum();
        if bodies.len() == items.len() && !items.is_empty() && influence == 0.0 {
            let help = "give at least one body an influence above 0";
            self.error(head(list), "the bodies of this party have no influence at all", help);
        }
        (bodies.len() == items.len()).then_some(bodies)
    }

    fn body(&mut self, node: &Node, party: PartyId) -> Option<Body> {
        let fields = self.fields(node, &grammar::BODY)?;
        let id = fields.get("id").and_then(Node::text).unwrap_or_default().to_owned();
        let name = self.optional_text(fields.get("name")).unwrap_or_else(|| id.clone());
        let influence = self.optional_number(fields.get("influence"));
        let body = self.body_fields(&fields, party, id, name, influence)?;
        if let (Some(node), Some(influence)) = (fields.get("influence"), &body.influence) {
            match body.check_influence() {
                Err(fault) => self.error(head(node), fault.message, fault.help),
                Ok(()) => self.doubt_negative(node, influence, "an influence", "a draw below 0 counts as 0"),
            }
        }
        Some(body)
    }

    /// Warns of a political cost or strain that is held against nothing.
    fn doubt_unused_costs(&mut self, fields: &Fields<'_>, id: &str, alternative: &Alternative) {
        let then = match alternative {
            Alternative::Worth(_) => return,
            Alternative::RefusesNothing => ["it accepts every deal anyway", "it never walks away anyway"],
            Alternative::RefusesAll => ["it accepts no deal anyway", "it walks away anyway"],
            Alternative::Unknown => ["what it would say is not known", "whether it stays is not known"],
        };
        for ((key, what), then) in [("will", "a political cost"), ("strain", "a strain")].iter().zip(then) {
            if let Some(node) = fields.get(key).filter(|node| node.text() != Some("none")) {
                let message = format!("`{id}` has {what} but no alternative as a number: {then}");
                self.warn(head(node), message, "add `alternative`: what no agreement is worth to it");
            }
        }
    }

    fn body_fields(
        &mut self,
        fields: &Fields<'_>,
        party: PartyId,
        id: String,
        name: String,
        influence: Option<Number>,
    ) -> Option<Body> {
        let alternative = self.alternative(fields.get("alternative"));
        let will = self.stated_cost(fields.get("will"));
        let strain = self.stated_cost(fields.get("strain"));
        let reaction = self.optional_number(fields.get("reaction"));
        let discount = fields.get("discount").and_then(|node| self.decimal(node));
        let preferences = self.preferences(fields);
        let because = self.because(fields);
        if let (Some(alternative), true) = (&alternative, fields.is_clean()) {
            self.doubt_unused_costs(fields, &id, alternative);
        }
        if fields.is_clean()
            && ["preferences", "interactions", "tables"].iter().all(|key| fields.is_blank(key))
        {
            let help = "add `preferences`, one entry for each issue it cares about";
            let message = match &alternative {
                // What it says to a deal is said; what a deal is worth to it is not.
                Some(Alternative::RefusesNothing | Alternative::RefusesAll) => {
                    format!("`{id}` has no preferences: all deals are taken to be worth the same to it")
                }
                _ => format!("`{id}` has no preferences: what it would say to a deal is not known"),
            };
            self.warn(head(fields.node), message, help);
        }
        let body = Body {
            id,
            name,
            party,
            influence,
            alternative: alternative.unwrap_or_default(),
            will: will.unwrap_or_default(),
            strain: strain.unwrap_or_default(),
            reaction,
            discount,
            preferences: preferences?,
            because,
        };
        if let (Some(node), Err(fault)) = (fields.get("discount"), body.check_discount()) {
            self.error(head(node), fault.message, fault.help);
        }
        Some(body)
    }

    fn preferences(&mut self, fields: &Fields<'_>) -> Option<Preferences> {
        let before = self.n_errors;
        let mut preferences =
            Preferences { issues: vec![None; self.names.issues.len()], ..Preferences::default() };
        if let Some(node) = fields.get("preferences").filter(|node| !node.is_empty_value()) {
            for (key, value) in self.pairs(node, "issues to what their options are worth") {
                let Some((id, Some(issue))) = self.issue_reference(key) else { continue };
                preferences.issues[id.0] = self.preference(value, &issue);
            }
        }
        for node in fields.items("interactions") {
            preferences.interactions.extend(self.interaction(node));
        }
        for node in fields.items("tables") {
            preferences.tables.extend(self.table(node));
        }
        if self.n_errors == before && !self.reach(&preferences).is_finite() {
            let parts = ["preferences", "interactions", "tables"];
            let node = parts.into_iter().find_map(|key| fields.get(key)).unwrap_or(fields.node);
            let help = "write smaller weights and values";
            self.error(head(node), "these values are too large to be added up", help);
        }
        (self.n_errors == before).then_some(preferences)
    }

    /// The largest utility that the preferences could add up to.
    fn reach(&self, preferences: &Preferences) -> f64 {
        let largest = |(k, issue): (usize, &Option<Rc<Issue>>)| {
            let preference = preferences.issues[k].as_ref();
            issue.as_ref().zip(preference).map_or(0.0, |(issue, preference)| preference.largest(issue))
        };
        let own: f64 = self.names.issue_values.iter().enumerate().map(largest).sum();
        // Without issues, what is left of the bound is that of interactions and tables.
        own + preferences.bound(&[])
    }

    fn preference(&mut self, node: &Node, issue: &Issue) -> Option<IssuePreference> {
        if self.is_wish(node, issue) {
            return None;
        }
        if let Value::List(_) = node.value {
            return Some(IssuePreference { weight: None, shape: self.values(node, issue)? });
        }
        if is_value_map(node, issue) {
            return Some(IssuePreference { weight: None, shape: self.value_map(node, issue)? });
        }
        let fields = self.fields(node, &grammar::PREFERENCE)?;
        let mut weight = self.optional_number(fields.get("weight"));
        let because = self.because(&fields);
        let forms = ["values", "linear", "triangular"];
        let given: Vec<&str> = forms.into_iter().filter(|form| fields.get(form).is_some()).collect();
        let mut shape = match given[..] {
            ["values"] => self.values(fields.get("values")?, issue),
            ["linear"] => self.linear(fields.get("linear")?, issue),
            ["triangular"] => self.triangle(fields.get("triangular")?, issue),
            _ => {
                let message =
                    format!("issue `{}` needs one of `values`, `linear`, `triangular` here", issue.id);
                self.error(
                    head(node),
                    message,
                    "write `values: {option: number}`, or `linear: {number: value}` for a range",
                );
                None
            }
        }?;
        cite(weight.iter_mut().chain(numbers_of(&mut shape)), &because);
        Some(IssuePreference { weight, shape })
    }

    fn values(&mut self, node: &Node, issue: &Issue) -> Option<Shape> {
        match &node.value {
            Value::List(items) => {
                if items.len() != issue.n_options() {
                    let message = format!(
                        "issue `{}` has {} options, and {} values stand here",
                        issue.id,
                        issue.n_options(),
                        items.len()
                    );
                    let help =
                        split_help(items).unwrap_or("write one value for each option, in their order".into());
                    self.error(head(node), message, help);
                }
                let values: Vec<Number> = items
                    .iter()
                    .enumerate()
                    .filter_map(|(k, item)| {
                        let option = OptionId(k.min(issue.n_options() - 1));
                        self.worth(item, || answer(issue, issue.option_id(option).as_ref()))
                    })
                    .collect();
                (values.len() == issue.n_options()).then_some(Shape::Values(values))
            }
            _ => self.value_map(node, issue),
        }
    }

    fn value_map(&mut self, node: &Node, issue: &Issue) -> Option<Shape> {
        let mut values: Vec<Option<Number>> = vec![None; issue.n_options()];
        let mut priced: Vec<bool> = vec![false; issue.n_options()];
        for (key, value) in self.pairs(node, "options to values") {
            let text = key.text().unwrap_or_default();
            let number = self.worth(value, || answer(issue, text));
            match issue.find(text).or_else(|| number_among(text, issue)) {
                Some(option) if priced[option.0] => {
                    self.error(key.span, format!("`{text}` is priced twice"), "keep one of the two");
                }
                Some(option) => {
                    priced[option.0] = true;
                    values[option.0] = number;
                }
                None if self.told.contains(&key.span.start) => return None,
                None => {
                    let message = format!("`{text}` is priced, but issue `{}` has no such option", issue.id);
                    self.error(key.span, message, option_help(text, issue));
                }
            }
        }
        let missing: Vec<String> = (0..issue.n_options())
            .filter(|k| !priced[*k])
            .take(5)
            .map(|k| format!("`{}`", issue.option_id(OptionId(k))))
            .collect();
        if !missing.is_empty() {
            let help = match &issue.options {
                Options::Named { .. } => format!("add `{}: <value>`", missing[0].trim_matches('`')),
                Options::Range(_) => "add its value, or use `linear: {first: value, last: value}`".into(),
            };
            self.error(
                head(node),
                format!("{} of issue `{}` has no value here", missing.join(", "), issue.id),
                help,
            );
        }
        values.into_iter().collect::<Option<Vec<Number>>>().map(Shape::Values)
    }

    fn linear(&mut self, node: &Node, issue: &Issue) -> Option<Shape> {
        let range = self.needs_range(node, issue, "linear")?;
        let unit = match &issue.options {
            Options::Range(range) => range.unit.as_deref(),
            Options::Named { .. } => None,
        };
        let before = self.n_errors;
        let mut points: Vec<(f64, Number)> = Vec::new();
        let pairs = self.pairs(node, "numbers to values");
        for (key, value) in pairs {
            let (x, y) = (
                self.decimal_in(key, unit),
                self.worth(value, || answer(issue, key.text().unwrap_or_default())),
            );
            if let (Some(x), Some(y)) = (x, y) {
                if points.iter().any(|(other, _)| *other == x) {
                    self.error(key.span, format!("the point {x} stands here twice"), "keep one of the two");
                }
                points.push((x, y));
            }
        }
        (self.n_errors == before && points.len() == pairs.len()).then_some(())?;
        points.sort_by(|a, b| a.0.total_cmp(&b.0));
        let (Some(first), Some(last)) = (points.first().map(|p| p.0), points.last().map(|p| p.0)) else {
            self.error(head(node), "no point is given", "write at least `{first: value, last: value}`");
            return None;
        };
        if first > range.0 || last < range.1 {
            let message = format!(
                "the line runs from {first} to {last}, the options of `{}` from {} to {}",
                issue.id, range.0, range.1
            );
            self.error(head(node), message, "add points so that every option has a value");
        }
        points.dedup_by(|a, b| a.0 == b.0);
        Some(Shape::Linear(points))
    }

    fn triangle(&mut self, node: &Node, issue: &Issue) -> Option<Shape> {
        self.needs_range(node, issue, "triangular")?;
        let fields = self.fields(node, &grammar::TRIANGLE)?;
        let mut number = |key: &str| fields.get(key).and_then(|node| self.number(node));
        let (low, peak, high) = (number("low"), number("peak"), number("high"));
        let (low, peak, high) = (low?, peak?, high?);
        if low.mean() > peak.mean() || peak.mean() > high.mean() {
            self.error(head(node), "the peak is not between `low` and `high`", "write low <= peak <= high");
        } else {
            self.doubt_order(node, &[("low", &low), ("peak", &peak), ("high", &high)]);
        }
        Some(Shape::Triangular { low, peak, high })
    }

    fn needs_range(&mut self, node: &Node, issue: &Issue, form: &str) -> Option<(f64, f64)> {
        match &issue.options {
            Options::Range(range) => Some((range.value(0), range.value(range.count() - 1))),
            Options::Named { .. } => {
                let message = format!("`{form}` needs numbers, and the options of `{}` are words", issue.id);
                self.error(head(node), message, "write `values: {option: number}`");
                None
            }
        }
    }

    fn interaction(&mut self, node: &Node) -> Option<Interaction> {
        let fields = self.fields(node, &grammar::INTERACTION)?;
        let because = self.because(&fields);
        let mut adds = fields.get("adds").and_then(|node| self.worth(node, || "<issue>: <option>".into()));
        cite(adds.iter_mut(), &because);
        let (condition, unless): (Option<Condition>, bool) = match (fields.get("when"), fields.get("unless"))
        {
            (Some(when), None) => (self.condition(when), false),
            (None, Some(unless)) => (self.condition(unless), true),
            _ => {
                self.error(
                    head(node),
                    "an interaction needs `when` or `unless`, and not both",
                    "write `when: {issue: option}`",
                );
                return None;
            }
        };
        Some(Interaction { when: condition?, unless, adds: adds? })
    }

    fn table(&mut self, node: &Node) -> Option<Table> {
        let fields = self.fields(node, &grammar::TABLE)?;
        let because = self.because(&fields);
        let mut otherwise = self.optional_number(fields.get("otherwise"));
        cite(otherwise.iter_mut(), &because);
        let columns: Vec<_> =
            fields.items("over").iter().map(|key| (key, self.issue_reference(key))).collect();
        let mut issues: Vec<(IssueId, Rc<Issue>)> = Vec::new();
        for (key, column) in columns {
            let (id, issue) = column?;
            if issues.iter().any(|(other, _)| *other == id) {
                self.error(key.span, "this issue stands here twice", "name each issue once");
            }
            issues.push((id, issue?));
        }
        if issues.is_empty() {
            self.error(head(node), "the table names no issue", "write `over: [issue, ...]`");
            return None;
        }
        let mut rows: BTreeMap<Vec<OptionId>, Number> = BTreeMap::new();
        for row in fields.items("rows") {
            let Some((options, mut amount)) = self.row(row, &issues) else { continue };
            cite(std::iter::once(&mut amount), &because);
            if rows.insert(options, amount).is_some() {
                self.error(head(row), "this combination stands here twice", "keep one of the two rows");
            }
        }
        if otherwise.is_none() {
            self.every_row(node, &issues, &rows);
        }
        Some(Table { issues: issues.iter().map(|(id, _)| *id).collect(), rows, otherwise })
    }

    fn row(&mut self, node: &Node, issues: &[(IssueId, Rc<Issue>)]) -> Option<(Vec<OptionId>, Number)> {
        let Value::List(cells) = &node.value else {
            self.error(
                head(node),
                format!("{} stands here", node.kind()),
                "write a row: `[option, ..., amount]`",
            );
            return None;
        };
        if cells.len() != issues.len() + 1 {
            let message = format!(
                "this row has {} entries, the table {} columns and an amount",
                cells.len(),
                issues.len()
            );
            let help = split_help(cells).unwrap_or("write one option per column, then the amount".into());
            self.error(head(node), message, help);
            return None;
        }
        let (amount, options) = cells.split_last()?;
        let found: Vec<OptionId> =
            options.iter().zip(issues).filter_map(|(cell, (_, issue))| self.option(cell, issue)).collect();
        let amount = self.worth(amount, || {
            let cells = issues.iter().zip(options);
            let cells = cells.map(|((_, issue), cell)| answer(issue, cell.text().unwrap_or_default()));
            cells.collect::<Vec<_>>().join(", ")
        })?;
        (found.len() == issues.len()).then_some((found, amount))
    }

    fn every_row(
        &mut self,
        node: &Node,
        issues: &[(IssueId, Rc<Issue>)],
        rows: &BTreeMap<Vec<OptionId>, Number>,
    ) {
        let total = issues.iter().fold(1usize, |n, (_, issue)| n.saturating_mul(issue.n_options()));
        if rows.len() >= total {
            return;
        }
        let mut combination = vec![OptionId(0); issues.len()];
        while rows.contains_key(&combination) {
            for k in (0..issues.len()).rev() {
                combination[k].0 += 1;
                if combination[k].0 < issues[k].1.n_options() {
                    break;
                }
                combination[k].0 = 0;
            }
        }
        let shown: Vec<_> =
            combination.iter().zip(issues).map(|(option, (_, issue))| issue.option_id(*option)).collect();
        let message = format!("the table has no row for `{}`", shown.join(", "));
        self.error(head(node), message, "add the row, or `otherwise: <amount>`");
    }

    fn own_body(&mut self, node: &Node, party: PartyId) -> Option<BodyId> {
        let text = self.scalar(node, "a body's id")?;
        let (ids, first) = &self.names.bodies[party.0];
        let own = text.rsplit_once('.').map_or(text, |(_, body)| body);
        if let Some(found) = ids.find(text).or_else(|| ids.find(own)) {
            return Some(BodyId(first + found));
        }
        let help = self.way_out(text, ids.iter(), "bodies");
        self.error(node.span, format!("this party has no body `{text}`"), help);
        None
    }

    /// A body as `party.body`, or the party alone where it has one body.
    pub(crate) fn body_reference(&mut self, node: &Node) -> Option<BodyId> {
        let text = self.scalar(node, "a body as `party.body`")?;
        if let Some(found) = find_body(&self.names, text) {
            return Some(found);
        }
        let known: Vec<String> = body_paths(&self.names);
        let help = self.way_out(text, known.iter().map(String::as_str), "bodies");
        self.error(node.span, format!("there is no body `{text}`"), help);
        None
    }
}

/// Whether a mapping prices the options of an issue directly: some key is an option, none a keyword.
fn is_value_map(node: &Node, issue: &Issue) -> bool {
    let Value::Map(pairs) = &node.value else { return false };
    let mut keys = pairs.iter().filter_map(|(key, _)| key.text());
    let keyword = |key: &str| grammar::PREFERENCE.keys.iter().any(|known| known.name == key);
    !keys.clone().any(keyword)
        && keys.any(|key| issue.find(key).or_else(|| number_among(key, issue)).is_some())
}

pub(crate) fn find_body(names: &Names, text: &str) -> Option<BodyId> {
    let (party, body) = text.split_once('.').map_or((text, None), |(party, body)| (party, Some(body)));
    let (ids, first) = &names.bodies[names.parties.find(party)?];
    let position = match body {
        Some(body) => ids.find(body)?,
        None if ids.len() == 1 => 0,
        None => return None,
    };
    Some(BodyId(first + position))
}

fn body_paths(names: &Names) -> Vec<String> {
    let of = |party: &str| -> Vec<String> {
        let bodies = names.parties.find(party).map(|p| &names.bodies[p].0);
        bodies.into_iter().flat_map(Ids::iter).map(|body| format!("{party}.{body}")).collect()
    };
    names.parties.iter().flat_map(of).collect()
}

fn numbers_of(shape: &mut Shape) -> Vec<&mut Number> {
    match shape {
        Shape::Values(values) => values.iter_mut().collect(),
        Shape::Linear(points) => points.iter_mut().map(|(_, value)| value).collect(),
        Shape::Triangular { low, peak, high } => vec![low, peak, high],
    }
}

/// An answer to an issue, as a condition names it.
fn answer(issue: &Issue, option: &str) -> String {
    format!("{}: {}", in_braces(&issue.id), in_braces(option))
}

/// Gives claims to the numbers that have none of their own.
fn cite<'n>(numbers: impl IntoIterator<Item = &'n mut Number>, because: &[ClaimId]) {
    for number in numbers.into_iter().filter(|number| number.because.is_empty()) {
        number.because = because.to_vec();
    }
}
