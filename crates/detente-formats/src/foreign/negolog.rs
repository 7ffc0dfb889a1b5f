//! NegoLog JSON: a profile for each party, whose keys are the domain.
//!
//! `docs/formats/negolog.md` says what is read.

use super::object::{Entry, entries, is_object, is_word_without_end, number, peek};
use super::scene::{NoDeal, Scene, Seat};
use super::text::Content;
use super::{Bundle, Findings, Role, Text, neutral};
use crate::Span;
use crate::yaml::Node;
use detente_model::{Issue, IssuePreference, NamedOption, Number, OptionId, Options, Preferences, Shape};
use std::collections::{BTreeMap, BTreeSet};

pub(super) fn role(text: &Text) -> Option<Role> {
    let Content::Json(node) = &text.content else { return None };
    if peek(node, "issueWeights").is_some_and(is_object) && peek(node, "issues").is_some_and(is_object) {
        return Some(Role::Profile);
    }
    let is_result = peek(node, "NumberOfBids").is_some() && peek(node, "Opposition").is_some();
    is_result.then(|| Role::Ignored("values that NegoLog worked out".into()))
}

pub(super) fn read(bundle: &Bundle<'_>, findings: &mut Findings) -> Option<Scene> {
    let before = findings.n_errors;
    let profiles: Vec<Profile<'_>> =
        bundle.profiles.iter().filter_map(|k| Profile::read(&bundle.files[*k], findings)).collect();
    let issues = issues(&profiles, findings);
    if issues.is_empty() && findings.n_errors == before {
        let file = bundle.profiles.first().copied().unwrap_or(0);
        findings.error(file, Span::new(0, 0), "there is no issue", "is this the right file?");
    }
    let seats = profiles.iter().map(|profile| profile.seat(&issues, findings)).collect();
    (findings.n_errors == before).then_some(Scene { title: None, issues, seats, agreement: None })
}

/// A profile as written.
struct Profile<'a> {
    text: &'a Text,
    /// What no agreement is worth; infinite where no agreement, or any, is good enough.
    reservation: f64,
    weights: BTreeMap<&'a str, (f64, Span)>,
    /// Where the weights stand.
    weights_at: Span,
    /// Each issue with its values.
    issues: Vec<(Entry<'a>, Vec<Entry<'a>>)>,
}

impl<'a> Profile<'a> {
    fn read(text: &'a Text, findings: &mut Findings) -> Option<Profile<'a>> {
        let file = text.index;
        let keys = entries(file, text.tree()?, findings)?;
        let find = |key: &str| keys.iter().find(|entry| entry.key == key);
        let (weights, issues) = (find("issueWeights")?, find("issues")?);
        let reservation = match find("reservationValue") {
            Some(entry) => match number(entry.value).filter(|value| value.is_infinite()) {
                Some(value) => value,
                None if entry.value.text().is_some_and(is_word_without_end) => {
                    // As 0 it would say the opposite of what was meant.
                    let message = "the reservation value is a text, and NegoLog compares none with a number";
                    let help =
                        "write `Infinity` without quotes if no agreement is ever good enough, or a number";
                    findings.error(file, entry.value.span, message, help);
                    return None;
                }
                None => finite(file, entry.value, "the reservation value", findings),
            },
            None => {
                let help = "write `\"reservationValue\": ...`: what no agreement is worth";
                findings.warn(
                    file,
                    start(text),
                    "there is no reservation value; it counts as 0, as in NegoLog",
                    help,
                );
                0.0
            }
        };
        let weight = |entry: Entry<'a>, findings: &mut Findings| {
            (entry.key, (finite(file, entry.value, "a weight", findings), entry.at))
        };
        let own = entries(file, weights.value, findings)?;
        let own = own.into_iter().map(|entry| weight(entry, findings)).collect();
        let mut all = Vec::new();
        for issue in entries(file, issues.value, findings)? {
            match entries(file, issue.value, findings) {
                Some(values) if !values.is_empty() => all.push((issue, values)),
                _ => {
                    let message = format!("the issue `{}` has no values", issue.key);
                    findings.error(file, issue.at, message, "write what each of its values is worth");
                }
            }
        }
        Some(Profile { text, reservation, weights: own, weights_at: weights.at, issues: all })
    }

    fn seat(&self, issues: &[Issue], findings: &mut Findings) -> Seat {
        let file = self.text.index;
        let mut sum = 0.0;
        let mut found = Vec::new();
        let by_name: BTreeMap<&str, usize> =
            self.issues.iter().enumerate().rev().map(|(k, (entry, _))| (entry.key, k)).collect();
        for issue in issues {
            let weight = self.weights.get(issue.id.as_str()).map_or(0.0, |(weight, _)| *weight);
            sum += weight;
            let Some((entry, values)) = by_name.get(issue.id.as_str()).map(|k| &self.issues[*k]) else {
                let message = format!(
                    "the profile says nothing of the issue `{}`; it is worth 0 whatever is agreed",
                    issue.id
                );
                findings.warn(file, start(self.text), message, "is this profile of the same domain?");
                found.push(None);
                continue;
            };
            if !self.weights.contains_key(issue.id.as_str()) {
                let message = format!("`{}` has no weight; it counts as 0", issue.id);
                findings.warn(file, entry.at, message, "add it to `issueWeights`");
            }
            let by_key: BTreeMap<&str, &Entry<'_>> = values.iter().map(|value| (value.key, value)).collect();
            let worth = |option: OptionId, findings: &mut Findings| {
                let id = issue.option_id(option);
                match by_key.get(id.as_ref()) {
                    Some(value) => finite(file, value.value, "a value", findings),
                    None => {
                        let message = format!("`{id}` of `{}` is not valued; it counts as 0", issue.id);
                        findings.warn(file, entry.at, message, "write what it is worth");
                        0.0
                    }
                }
            };
            let values =
                (0..issue.n_options()).map(|k| Number::fixed(worth(OptionId(k), findings))).collect();
            found.push(Some(IssuePreference {
                weight: Some(Number::fixed(weight)),
                shape: Shape::Values(values),
            }));
        }
        let all: BTreeSet<&str> = issues.iter().map(|issue| issue.id.as_str()).collect();
        for (name, (_, at)) in self.weights.iter().filter(|(name, _)| !all.contains(*name)) {
            findings.warn(
                file,
                *at,
                format!("there is no issue `{name}`; its weight is not used"),
                "correct its name",
            );
        }
        if (sum - 1.0).abs() > 1e-6 {
            let message = format!(
                "the weights sum to {}, not to 1; they are taken as written",
                (sum * 1e6).round() / 1e6
            );
            findings.warn(
                file,
                self.weights_at,
                message,
                "divide each by their sum if they are meant as shares",
            );
        }
        Seat {
            file,
            id: self.text.stem.clone(),
            name: self.text.stem.clone(),
            alternative: NoDeal::of(self.reservation),
            discount: None,
            preferences: Preferences { issues: found, ..Preferences::default() },
        }
    }
}

fn start(_: &Text) -> Span {
    Span::new(0, 0)
}

/// A number; what is none counts as 0, and that is said.
fn finite(file: usize, node: &Node, what: &str, findings: &mut Findings) -> f64 {
    match number(node).filter(|value| value.is_finite()) {
        Some(value) => {
            if value < 0.0 {
                findings.warn(
                    file,
                    node.span,
                    format!("{what} is negative; it is taken as written"),
                    "is that meant?",
                );
            }
            value
        }
        None => {
            findings.warn(
                file,
                node.span,
                format!("this is not a number; {what} counts as 0"),
                "write a decimal number",
            );
            0.0
        }
    }
}

/// The issues and values of the first profile, and behind them what only others have.
fn issues(profiles: &[Profile<'_>], findings: &mut Findings) -> Vec<Issue> {
    let mut issues: Vec<(String, Vec<String>)> = Vec::new();
    let mut places: BTreeMap<&str, usize> = BTreeMap::new();
    let mut known: BTreeSet<(usize, &str)> = BTreeSet::new();
    for (k, profile) in profiles.iter().enumerate() {
        let file = profile.text.index;
        for (entry, values) in &profile.issues {
            let at = *places.entry(entry.key).or_insert_with(|| {
                if k > 0 {
                    let message =
                        format!("no profile before this one has the issue `{}`; it is added", entry.key);
                    findings.warn(file, entry.at, message, "is this profile of the same domain?");
                }
                issues.push((entry.key.to_owned(), Vec::new()));
                issues.len() - 1
            });
            let is_new = issues[at].1.is_empty();
            for value in values {
                if !known.insert((at, value.key)) {
                    continue;
                }
                if !is_new {
                    let message = format!(
                        "no profile before this one has `{}` of `{}`; it is added",
                        value.key, entry.key
                    );
                    findings.warn(file, value.at, message, "is this profile of the same domain?");
                }
                issues[at].1.push(value.key.to_owned());
            }
        }
    }
    // The order of the keys is the first party's.
    issues.sort_by(|(a, _), (b, _)| neutral::compare(a, b));
    issues.iter_mut().for_each(|(_, values)| values.sort_by(|a, b| neutral::compare(a, b)));
    let named = |id: String| NamedOption { name: id.clone(), id };
    let issue = |(id, values): (String, Vec<String>)| Issue {
        name: id.clone(),
        id,
        options: Options::Named { ordered: false, options: values.into_iter().map(named).collect() },
        status_quo: None,
        because: vec![],
    };
    issues.into_iter().map(issue).collect()
}
