//! What one party values.

use super::domain::Domain;
use super::tree::{Entry, Fields, Reader};
use crate::Span;
use crate::yaml::Node;
use detente_model::{
    Issue, IssueId, IssuePreference, Number, OptionId, Options, Preferences, Range, Shape, Table,
};
use std::collections::BTreeMap;

/// How far a sum of weights may lie from 1.
const CLOSE: f64 = 1e-6;

/// What a profile says.
pub(super) struct Profile {
    pub(super) preferences: Preferences,
    pub(super) alternative: Option<f64>,
}

/// Reads a profile; nothing if its class is none of utilities.
pub(super) fn read(reader: &mut Reader<'_>, class: &Node, body: &Node, domain: &Domain) -> Option<Profile> {
    let name = class.text().unwrap_or_default();
    let own: &[&str] = match name {
        "LinearAdditiveUtilitySpace" => &["issueUtilities", "issueWeights"],
        "SumOfGroupsUtilitySpace" => &["partUtilities"],
        _ => {
            refuse(reader, class.span, name);
            return None;
        }
    };
    let known = [&["name", "domain", "reservationBid"], own].concat();
    let fields = reader.fields(body, "the profile", &known)?;
    if let Some(node) = fields.get("domain") {
        reader.compare(domain, node);
    }
    let mut odd = Odd::default();
    let preferences = match name {
        "LinearAdditiveUtilitySpace" => reader.additive(&fields, domain, &mut odd)?,
        _ => reader.groups(&fields, domain, &mut odd)?,
    };
    odd.report(reader);
    let alternative = match fields.get("reservationBid") {
        Some(bid) => Some(reader.reservation(bid, domain, &preferences)?),
        None => None,
    };
    Some(Profile { preferences, alternative })
}

fn refuse(reader: &mut Reader<'_>, at: Span, class: &str) {
    let message = match class {
        "DefaultPartialOrdering" => {
            "this profile says only which bids are better than which, not how much they are worth".into()
        }
        _ => format!("a profile of the kind `{class}` is not read"),
    };
    let help =
        "`LinearAdditiveUtilitySpace` and `SumOfGroupsUtilitySpace` are read; leave it out with `--parties`";
    reader.error(at, message, help);
}

/// Utilities that GeniusWeb would not take.
#[derive(Default)]
struct Odd {
    first: Option<(Span, f64)>,
    n: usize,
}

impl Odd {
    fn see(&mut self, at: Span, value: f64) {
        if !(0.0..=1.0).contains(&value) {
            self.first.get_or_insert((at, value));
            self.n += 1;
        }
    }

    fn report(self, reader: &mut Reader<'_>) {
        let Some((at, value)) = self.first else { return };
        let more = if self.n > 1 { format!(", and so do {} more", self.n - 1) } else { String::new() };
        let message = format!("the utility {value} lies outside 0 to 1{more}; taken as written");
        reader.warn(at, message, "GeniusWeb does not take such a profile; divide by the largest");
    }
}

impl Reader<'_> {
    fn additive(&mut self, fields: &Fields<'_>, domain: &Domain, odd: &mut Odd) -> Option<Preferences> {
        let utilities = self.needed(fields, "issueUtilities");
        let weights = self.needed(fields, "issueWeights");
        let (utilities, weights) = (utilities?, weights?);
        let of = self.by_issue(utilities, "`issueUtilities`", domain)?;
        let weighed = self.by_issue(weights, "`issueWeights`", domain)?;
        let mut found = vec![None; domain.issues.len()];
        let mut sum = 0.0;
        for (k, issue) in domain.issues.iter().enumerate() {
            let weight = self.weight(weighed.get(&k), weights.span, issue);
            sum += weight.unwrap_or(0.0);
            let shape = match of.get(&k) {
                Some(entry) => self.shape(entry, domain, k, odd),
                None => {
                    let message = format!(
                        "the issue `{}` has no utilities; it is worth 0 whatever is agreed",
                        issue.id
                    );
                    self.warn(head(utilities.span), message, "is this profile of the same domain?");
                    None
                }
            };
            found[k] = weight
                .zip(shape)
                .map(|(weight, shape)| IssuePreference { weight: Some(Number::fixed(weight)), shape });
        }
        if (sum - 1.0).abs() > CLOSE {
            let message = format!("the weights sum to {}, not to 1; they are taken as written", short(sum));
            self.warn(
                weights.span,
                message,
                "GeniusWeb does not take such a profile; divide each by their sum",
            );
        }
        Some(Preferences { issues: found, ..Preferences::default() })
    }

    /// What a mapping says of the issues of the domain; others are pointed out.
    fn by_issue<'n>(
        &mut self,
        node: &'n Node,
        what: &str,
        domain: &Domain,
    ) -> Option<BTreeMap<usize, Entry<'n>>> {
        let mut found = BTreeMap::new();
        for entry in self.entries(node, what)? {
            match domain.find(entry.key) {
                Some(k) => {
                    found.insert(k, entry);
                }
                None => {
                    let message = format!("the domain has no issue `{}`; it is not used", entry.key);
                    self.warn(entry.at, message, "is this profile of the same domain?");
                }
            }
        }
        Some(found)
    }

    fn weight(&mut self, entry: Option<&Entry<'_>>, all: Span, issue: &Issue) -> Option<f64> {
        let Some(entry) = entry else {
            let message = format!("the issue `{}` has no weight; it counts as 0", issue.id);
            self.warn(head(all), message, "add its weight to `issueWeights`");
            return Some(0.0);
        };
        let weight = self.number(entry.value, &format!("the weight of `{}`", issue.id))?;
        if weight < 0.0 {
            let message = format!("the weight of `{}` is below 0; it is taken as written", issue.id);
            self.warn(entry.value.span, message, "turn its utilities round, and make the weight positive");
        }
        Some(weight)
    }

    fn shape(&mut self, entry: &Entry<'_>, domain: &Domain, k: usize, odd: &mut Odd) -> Option<Shape> {
        let id = &domain.issues[k].id;
        let entries = self.entries(entry.value, &format!("what `{id}` is worth"))?;
        let [kind] = entries[..] else {
            let help = "write one of `discreteutils` and `numberutils`";
            let message = format!("what `{id}` is worth is said in {} ways, not in one", entries.len());
            self.error(entry.at, message, help);
            return None;
        };
        let wrong = match (kind.key, &domain.issues[k].options) {
            ("discreteutils" | "DiscreteValueSetUtilities", Options::Named { .. }) => {
                return self.discrete(&kind, domain, k, odd);
            }
            ("numberutils" | "NumberValueSetUtilities", Options::Range(range)) => {
                return self.line(&kind, id, range, odd);
            }
            ("discreteutils" | "DiscreteValueSetUtilities", _) => {
                ("a number issue needs `numberutils`".to_owned(), "write what its ends are worth")
            }
            ("numberutils" | "NumberValueSetUtilities", _) => (
                "an issue with named values needs `discreteutils`".to_owned(),
                "write what each value is worth",
            ),
            (other, _) => (
                format!("utilities of the kind `{other}` are not known"),
                "`discreteutils` and `numberutils` are read",
            ),
        };
        self.error(kind.at, wrong.0, wrong.1);
        None
    }

    fn discrete(&mut self, kind: &Entry<'_>, domain: &Domain, k: usize, odd: &mut Odd) -> Option<Shape> {
        let issue = &domain.issues[k];
        let what = format!("what `{}` is worth", issue.id);
        let fields = self.fields(kind.value, &what, &["valueUtilities"])?;
        let node = self.needed(&fields, "valueUtilities")?;
        let mut values = vec![None; issue.n_options()];
        let mut failed = false;
        for entry in self.entries(node, &what)? {
            let Some(option) = domain.named(k, entry.key) else {
                let message =
                    format!("the issue `{}` has no value `{}`; it is not used", issue.id, entry.key);
                self.warn(entry.at, message, "is this profile of the same domain?");
                continue;
            };
            let utility = self.number(entry.value, &format!("the utility of `{}`", entry.key));
            failed |= utility.is_none();
            values[option] = utility;
            utility.into_iter().for_each(|value| odd.see(entry.value.span, value));
        }
        if failed {
            return None;
        }
        self.unpriced(issue, &values, node.span);
        Some(Shape::Values(values.iter().map(|value| Number::fixed(value.unwrap_or(0.0))).collect()))
    }

    fn unpriced(&mut self, issue: &Issue, values: &[Option<f64>], at: Span) {
        let mut without = (0..values.len()).filter(|k| values[*k].is_none());
        let Some(first) = without.next() else { return };
        let name = issue.option_id(OptionId(first));
        let message = match without.count() {
            0 => format!("the value `{name}` of `{}` has no utility; it counts as 0", issue.id),
            n => format!("`{name}` and {n} more values of `{}` have no utility; they count as 0", issue.id),
        };
        self.warn(head(at), message, "write what each value is worth");
    }

    fn line(&mut self, kind: &Entry<'_>, id: &str, range: &Range, odd: &mut Odd) -> Option<Shape> {
        let keys = ["lowValue", "lowUtility", "highValue", "highUtility"];
        let fields = self.fields(kind.value, &format!("what `{id}` is worth"), &keys)?;
        let mut found = [0.0; 4];
        let mut failed = false;
        for (key, place) in keys.iter().zip(&mut found) {
            let node = self.needed(&fields, key);
            match node.and_then(|node| Some((node, self.number(node, &format!("`{key}`"))?))) {
                Some((node, value)) => {
                    if key.ends_with("Utility") {
                        odd.see(node.span, value);
                    }
                    *place = value;
                }
                None => failed = true,
            }
        }
        if failed {
            return None;
        }
        let [low, low_utility, high, high_utility] = found;
        if high <= low {
            let at = fields.get("highValue").map_or(kind.at, |node| node.span);
            self.error(at, "`highValue` is not above `lowValue`", "swap the two ends");
            return None;
        }
        let line = Line { low: (low, low_utility), high: (high, high_utility) };
        let (points, cut) = line.points(range);
        if cut {
            let message =
                format!("the numbers of `{id}` outside {low} to {high} have no utility; they count as 0");
            self.warn(kind.value.span, message, "GeniusWeb asks for both ends of the range");
        }
        Some(Shape::Linear(points.into_iter().map(|(x, y)| (x, Number::fixed(y))).collect()))
    }

    fn groups(&mut self, fields: &Fields<'_>, domain: &Domain, odd: &mut Odd) -> Option<Preferences> {
        let node = self.needed(fields, "partUtilities")?;
        let mut tables: Vec<Table> = Vec::new();
        let mut covered = vec![false; domain.issues.len()];
        for part in self.entries(node, "`partUtilities`")? {
            let Some(table) = self.part(&part, domain, odd) else { continue };
            for issue in &table.issues {
                if std::mem::replace(&mut covered[issue.0], true) {
                    let name = &domain.issues[issue.0].id;
                    let message = format!("the issue `{name}` stands in another part too; both count");
                    self.warn(part.at, message, "GeniusWeb asks for each issue in one part");
                }
            }
            tables.push(table);
        }
        for (issue, _) in domain.issues.iter().zip(&covered).filter(|(_, covered)| !**covered) {
            let message = format!("the issue `{}` is in no part; it is worth 0 whatever is agreed", issue.id);
            self.warn(head(node.span), message, "GeniusWeb asks for each issue in one part");
        }
        let best = |table: &Table| table.rows.values().map(Number::mean).fold(0.0, f64::max);
        let most: f64 = tables.iter().map(best).sum();
        if most > 1.0 + CLOSE {
            let message = format!("utilities reach {}, more than 1; they are taken as written", short(most));
            self.warn(head(node.span), message, "GeniusWeb does not take such a profile; divide all by that");
        }
        Some(Preferences { issues: vec![None; domain.issues.len()], tables, ..Preferences::default() })
    }

    fn part(&mut self, part: &Entry<'_>, domain: &Domain, odd: &mut Odd) -> Option<Table> {
        let what = format!("the part `{}`", part.key);
        let wrapper = self.fields(part.value, &what, &["partsutils", "PartsUtilities"])?;
        let inner = match wrapper.get("PartsUtilities") {
            Some(inner) => inner,
            None => self.needed(&wrapper, "partsutils")?,
        };
        let fields = self.fields(inner, &what, &["issues", "utilslist"])?;
        let (issues, list) = (self.needed(&fields, "issues"), self.needed(&fields, "utilslist"));
        let issues = self.part_issues(issues?, &what, domain)?;
        let mut rows = BTreeMap::new();
        for item in self.list(list?, &format!("the utilities of {what}"))? {
            let Some((options, utility)) = self.row(item, &what, &issues, domain, odd) else { continue };
            if rows.insert(options, Number::fixed(utility)).is_some() {
                let message = format!("{what} lists this combination a second time; the last counts");
                self.warn(item.span, message, "keep one of the two");
            }
        }
        Some(Table {
            issues: issues.into_iter().map(IssueId).collect(),
            rows,
            otherwise: Some(Number::fixed(0.0)),
        })
    }

    fn part_issues(&mut self, node: &Node, what: &str, domain: &Domain) -> Option<Vec<usize>> {
        let mut issues = Vec::new();
        for item in self.list(node, &format!("the issues of {what}"))? {
            let name = item.text().unwrap_or_default();
            match domain.find(name) {
                Some(k) if issues.contains(&k) => {
                    self.error(item.span, format!("{what} names the issue `{name}` twice"), "name it once");
                    return None;
                }
                Some(k) => issues.push(k),
                None => {
                    let message = format!("{what} names an issue `{name}` that the domain lacks");
                    self.error(item.span, message, "name issues of the domain");
                    return None;
                }
            }
        }
        if issues.is_empty() {
            self.error(node.span, format!("{what} names no issue"), "name at least one");
            return None;
        }
        Some(issues)
    }

    /// One combination and its utility; nothing where no outcome has it, or something is wrong.
    fn row(
        &mut self,
        node: &Node,
        what: &str,
        issues: &[usize],
        domain: &Domain,
        odd: &mut Odd,
    ) -> Option<(Vec<OptionId>, f64)> {
        let fields = self.fields(node, what, &["values", "util"])?;
        let (values, util) = (self.needed(&fields, "values"), self.needed(&fields, "util"));
        let (values, util) = (values?, util?);
        let items = self.list(values, &format!("the values of {what}"))?;
        let utility = self.number(util, &format!("a utility of {what}"))?;
        odd.see(util.span, utility);
        if items.len() != issues.len() {
            let message = format!("{what} has {} issues, and these are {} values", issues.len(), items.len());
            self.error(values.span, message, "write one value for each issue, in their order");
            return None;
        }
        let mut options = Vec::new();
        for (item, issue) in items.iter().zip(issues) {
            let Some(option) = domain.option(*issue, item) else {
                let name = &domain.issues[*issue].id;
                let said = item.text().unwrap_or(item.kind());
                let message =
                    format!("the issue `{name}` has no value `{said}`; the combination is not used");
                self.warn(item.span, message, "is this profile of the same domain?");
                return None;
            };
            options.push(OptionId(option));
        }
        Some((options, utility))
    }

    /// What the reservation bid is worth: an issue that it leaves out counts as 0, and so does the part it is in.
    fn reservation(&mut self, node: &Node, domain: &Domain, preferences: &Preferences) -> Option<f64> {
        let fields = self.fields(node, "the reservation bid", &["issuevalues"])?;
        let values = self.needed(&fields, "issuevalues")?;
        let mut bid: Vec<Option<OptionId>> = vec![None; domain.issues.len()];
        for (issue, entry) in self.by_issue(values, "the reservation bid", domain)? {
            let Some(option) = domain.option(issue, entry.value) else {
                let said = entry.value.text().unwrap_or(entry.value.kind());
                let message =
                    format!("the reservation bid says `{said}`, which is no value of `{}`", entry.key);
                self.error(entry.value.span, message, "name one of its values, or take the bid out");
                return None;
            };
            bid[issue] = Some(OptionId(option));
        }
        let missing: Vec<&str> = domain
            .issues
            .iter()
            .zip(&bid)
            .filter(|(_, own)| own.is_none())
            .map(|(i, _)| i.id.as_str())
            .collect();
        if let [first, more @ ..] = &missing[..] {
            let more = if more.is_empty() { String::new() } else { format!(" and {} more", more.len()) };
            let message = format!("the reservation bid leaves out `{first}`{more}; that counts as 0");
            self.warn(values.span, message, "as in GeniusWeb; complete the bid if it is worth more");
        }
        Some(worth(preferences, &domain.issues, &bid))
    }
}

/// What a bid is worth that may leave issues out.
fn worth(preferences: &Preferences, issues: &[Issue], bid: &[Option<OptionId>]) -> f64 {
    let own = |k: usize| bid[k].map(|option| preferences.contribution(IssueId(k), &issues[k], option));
    let table = |table: &Table| {
        let options: Option<Vec<OptionId>> = table.issues.iter().map(|issue| bid[issue.0]).collect();
        options.map_or(0.0, |options| table.amount(&options))
    };
    (0..issues.len()).filter_map(own).sum::<f64>() + preferences.tables.iter().map(table).sum::<f64>()
}

/// What the numbers between two ends are worth.
struct Line {
    low: (f64, f64),
    high: (f64, f64),
}

impl Line {
    fn at(&self, x: f64) -> f64 {
        let ((x0, y0), (x1, y1)) = (self.low, self.high);
        y0 + (y1 - y0) * ((x - x0) / (x1 - x0))
    }

    /// Points between which an issue's numbers are worth what the line says, and 0 outside it; whether some are
    /// outside. Between two neighbouring numbers nothing is ever asked, so that a line may fall there to 0.
    fn points(&self, range: &Range) -> (Vec<(f64, f64)>, bool) {
        let n = range.count();
        let first = partition(n, |k| range.value(k) < self.low.0);
        let end = partition(n, |k| range.value(k) <= self.high.0);
        if first == 0 && end == n {
            return (vec![self.low, self.high], false);
        }
        let mut corners: Vec<(usize, f64)> = Vec::new();
        if first >= end {
            corners.extend([(0, 0.0), (n - 1, 0.0)]);
        } else {
            let value = |k: usize| (k, self.at(range.value(k)));
            corners.extend([(0, 0.0)].iter().filter(|_| first > 0));
            corners.extend(first.checked_sub(1).map(|k| (k, 0.0)));
            corners.extend([value(first), value(end - 1)]);
            corners.extend((end < n).then_some((end, 0.0)));
            corners.extend((end < n).then_some((n - 1, 0.0)));
        }
        corners.dedup_by_key(|(k, _)| *k);
        (corners.into_iter().map(|(k, y)| (range.value(k), y)).collect(), true)
    }
}

/// The first of `n` places for which the test fails, which it does from there on.
fn partition(n: usize, test: impl Fn(usize) -> bool) -> usize {
    let (mut low, mut high) = (0, n);
    while low < high {
        let middle = low + (high - low) / 2;
        if test(middle) { low = middle + 1 } else { high = middle }
    }
    low
}

/// The bracket with which something begins.
fn head(span: Span) -> Span {
    Span::new(span.start, span.start + 1)
}

/// A number for people.
fn short(value: f64) -> String {
    let text = format!("{value:.6}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}
