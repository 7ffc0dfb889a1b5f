//! Writes talks for GeniusWeb: a domain, and a profile for each party.
//!
//! Preferences are taken apart into groups of issues; if each is an issue of its own, the profile is additive,
//! otherwise a sum of groups. What GeniusWeb asks of a profile (weights that sum to exactly 1, utilities from 0 to
//! 1) is met on a grid of 12 decimals.

mod reserve;
mod worth;

use super::super::losses;
use super::super::scene::slug;
use crate::{Loss, MAX_BYTES};
use detente_model::{
    Alternative, Draft, Issue, IssuePreference, Number, OptionId, Options, Party, Preferences, Shape, Talks,
};
use serde_json::{Map, Value, json};
use worth::{Change, Part, SAME, Worth, worth};

/// Steps of the grid in 1.
const UNITS: f64 = 1e12;

/// Talks as the files of another system.
#[derive(Clone, Debug)]
pub struct WrittenFiles {
    /// The name of each file, without a folder, and its text.
    pub files: Vec<(String, String)>,
    /// What of the talks the files do not hold; if it is empty, they read back as the same issues, parties and
    /// utilities, these within 1e-9, the parties in the order of their files.
    pub losses: Vec<Loss>,
}

/// Writes talks as a GeniusWeb domain and a profile for each party, whose file is called like the party.
///
/// Numbers that are not certain are written as their means.
pub fn write_geniusweb(talks: &Talks) -> WrittenFiles {
    let losses = losses::common(talks).into_iter().map(|what| Loss { what }).collect();
    let mut writer = Writer { draft: talks, names: Vec::new(), losses };
    writer.aside();
    writer.names = writer.issue_names();
    let stems = writer.stems();
    let domain = writer.domain();
    let mut files = vec![(free("domain", &stems) + ".json", domain.clone())];
    for (party, stem) in talks.parties.iter().zip(&stems) {
        let (class, mut profile) = writer.profile(party);
        profile.insert("name".into(), simple(stem, "party").into());
        profile.insert("domain".into(), domain.clone());
        files.push((format!("{stem}.json"), json!({ class: profile })));
    }
    let files: Vec<(String, String)> =
        files.into_iter().map(|(name, value)| (name, format!("{value:#}\n"))).collect();
    for (name, _) in files.iter().filter(|(_, text)| text.len() > MAX_BYTES) {
        writer.lose(format!("`{name}` is larger than {} MB and will not be read", MAX_BYTES >> 20));
    }
    WrittenFiles { files, losses: writer.losses }
}

struct Writer<'t> {
    draft: &'t Draft,
    /// What each issue is called in the files.
    names: Vec<String>,
    losses: Vec<Loss>,
}

/// What an additive profile says of each issue.
struct Additive {
    /// In steps of the grid; they sum to 1.
    weights: Vec<i64>,
    values: Vec<Vec<f64>>,
}

impl Writer<'_> {
    fn lose(&mut self, what: impl Into<String>) {
        self.losses.push(Loss { what: what.into() });
    }

    /// What these files hold otherwise than GENIUS does.
    fn aside(&mut self) {
        let draft = self.draft;
        if simple(&draft.title, "domain") != draft.title {
            let name = simple(&draft.title, "domain");
            self.lose(format!("the title `{}` becomes `{name}`: only letters and digits", draft.title));
        }
        for body in &draft.bodies {
            if body.discount.is_some_and(|discount| discount < 1.0) {
                self.lose(format!("the discount of `{}` is left out", body.name));
            }
        }
    }

    fn issue_names(&mut self) -> Vec<String> {
        let mut names = Vec::new();
        for (k, issue) in self.draft.issues.iter().enumerate() {
            let mut name = issue.id.clone();
            if name.trim().is_empty() || names.contains(&name) {
                let ids: Vec<String> = self.draft.issues.iter().map(|issue| issue.id.clone()).collect();
                name = free(&format!("issue {}", k + 1), &ids);
                self.lose(format!("the issue `{}` becomes `{name}`", issue.id));
            }
            names.push(name);
            self.issue_aside(issue);
        }
        names
    }

    fn issue_aside(&mut self, issue: &Issue) {
        let id = &issue.id;
        match &issue.options {
            Options::Named { options, .. } if options.iter().any(|option| option.name != option.id) => {
                self.lose(format!("the options of `{id}` are written by their ids, without their names"));
            }
            Options::Range(range) if range.count() == 1 => {
                self.lose(format!("`{id}` has a single number, which is written as a named value"));
            }
            _ => {}
        }
    }

    /// What the files of the parties are called, without ending.
    fn stems(&mut self) -> Vec<String> {
        let mut stems: Vec<String> = Vec::new();
        for party in &self.draft.parties {
            let keep = |c: char| if c.is_alphanumeric() || "-_".contains(c) { c } else { '-' };
            let stem = free(&slug(&party.id).chars().map(keep).collect::<String>(), &stems);
            if stem != party.id {
                self.lose(format!("the party `{}` becomes `{stem}`", party.id));
            }
            stems.push(stem);
        }
        stems
    }

    fn domain(&self) -> Value {
        let mut issues = Map::new();
        for (issue, name) in self.draft.issues.iter().zip(&self.names) {
            let last = issue.n_options() - 1;
            let of = match &issue.options {
                Options::Range(range) if last > 0 => {
                    let ends = [range.value(0), range.value(last), range.step()];
                    json!({ "range": ends.map(number) })
                }
                _ => json!({ "values": (0..=last).map(|k| option(issue, OptionId(k))).collect::<Vec<_>>() }),
            };
            issues.insert(name.clone(), of);
        }
        json!({ "name": simple(&self.draft.title, "domain"), "issuesValues": issues })
    }

    /// The class of a party's profile, and what it holds beside name and domain.
    fn profile(&mut self, party: &Party) -> (&'static str, Map<String, Value>) {
        let body = &self.draft.bodies[party.bodies[0].0];
        let mut worth = worth(&body.preferences, &self.draft.issues);
        for dropped in std::mem::take(&mut worth.dropped) {
            self.lose(format!("`{}`: {dropped}", party.id));
        }
        let change = worth.fit();
        if change != Change::NONE {
            let (id, Change { shift, scale }) = (&party.id, change);
            let by = if scale == 1.0 { String::new() } else { format!(", divided by {scale}") };
            self.lose(format!("the utilities of `{id}` are written less {shift}{by}, to lie in 0 to 1"));
        }
        let (class, mut profile, parts) = match self.is_additive(&worth) {
            true => self.additive(&body.preferences, worth),
            false => self.groups(worth),
        };
        if let Some(alternative) = body.alternative.number().map(Number::mean) {
            let values = self.reservation(&party.id, change.of(alternative), &parts);
            profile.insert("reservationBid".into(), json!({ "issuevalues": values }));
        }
        let what = match body.alternative {
            Alternative::RefusesAll => Some("agrees to nothing"),
            Alternative::Unknown => Some("has an alternative that is not known"),
            Alternative::RefusesNothing | Alternative::Worth(_) => None,
        };
        if let Some(what) = what {
            self.lose(format!(
                "`{}` {what}: without a reservation bid, GeniusWeb takes any agreement to be better",
                party.id
            ));
        }
        (class, profile)
    }

    /// Whether each issue stands alone, and each number issue on a straight line.
    fn is_additive(&self, worth: &Worth) -> bool {
        worth.parts.iter().all(|part| {
            let is_number = is_number(&self.draft.issues[part.issues[0]]);
            part.issues.len() == 1 && (!is_number || part.is_straight())
        })
    }

    fn additive(
        &self,
        preferences: &Preferences,
        worth: Worth,
    ) -> (&'static str, Map<String, Value>, Vec<Part>) {
        let issues = &self.draft.issues;
        let Additive { weights, values } = as_written(preferences, issues).unwrap_or_else(|| shares(&worth));
        let (mut weighed, mut utilities, mut parts) = (Map::new(), Map::new(), Vec::new());
        for (k, (weight, values)) in weights.into_iter().zip(values).enumerate() {
            let weight = weight as f64 / UNITS;
            weighed.insert(self.names[k].clone(), number(weight));
            utilities.insert(self.names[k].clone(), priced(&issues[k], &values));
            let values = values.into_iter().map(|value| weight * value).collect();
            parts.push(Part { issues: vec![k], values });
        }
        let mut profile = Map::new();
        profile.insert("issueWeights".into(), weighed.into());
        profile.insert("issueUtilities".into(), utilities.into());
        ("LinearAdditiveUtilitySpace", profile, parts)
    }

    fn groups(&self, worth: Worth) -> (&'static str, Map<String, Value>, Vec<Part>) {
        let parts = on_grid(worth.parts);
        let mut all = Map::new();
        for (k, part) in parts.iter().enumerate() {
            let worthy = part.values.iter().enumerate().filter(|(_, value)| **value != 0.0);
            let row = |(row, value): (usize, &f64)| {
                let options = part.issues.iter().zip(part.options(&self.draft.issues, row));
                let values = options.map(|(k, own)| option(&self.draft.issues[*k], own));
                json!({ "values": values.collect::<Vec<_>>(), "util": number(*value) })
            };
            let names: Vec<&String> = part.issues.iter().map(|k| &self.names[*k]).collect();
            let rows: Vec<Value> = worthy.map(row).collect();
            let part = json!({ "partsutils": { "issues": names, "utilslist": rows } });
            all.insert(format!("part{}", k + 1), part);
        }
        let mut profile = Map::new();
        profile.insert("partUtilities".into(), all.into());
        ("SumOfGroupsUtilitySpace", profile, parts)
    }

    /// The bid that is worth what no agreement is worth.
    fn reservation(&mut self, id: &str, alternative: f64, parts: &[Part]) -> Map<String, Value> {
        let bid = reserve::bid(parts, alternative);
        let worst = if bid.exact { "the worst above it" } else { "the worst above it that was found" };
        if bid.worth < alternative - SAME {
            self.lose(format!(
                "`{id}`: every outcome is worth less than the alternative; the best, worth {}, is the reservation bid",
                bid.worth
            ));
        } else if bid.worth > alternative + SAME {
            self.lose(format!(
                "`{id}`: no outcome is worth as much as the alternative, {alternative}; the reservation bid is {worst}, worth {}",
                bid.worth
            ));
        }
        let mut chosen: Vec<Option<Value>> = vec![None; self.names.len()];
        for (part, row) in parts.iter().zip(&bid.rows) {
            for (k, own) in part.issues.iter().zip(part.options(&self.draft.issues, *row)) {
                chosen[*k] = Some(option(&self.draft.issues[*k], own));
            }
        }
        self.names.iter().cloned().zip(chosen).filter_map(|(name, value)| Some((name, value?))).collect()
    }
}

/// Weights and values as the talks have them, where GeniusWeb takes them.
fn as_written(preferences: &Preferences, issues: &[Issue]) -> Option<Additive> {
    if !(preferences.tables.is_empty() && preferences.interactions.is_empty()) {
        return None;
    }
    let own = |preference: &Option<IssuePreference>| {
        let preference = preference.as_ref();
        preference.map_or(0.0, |own| own.weight.as_ref().map_or(1.0, Number::mean))
    };
    let weights: Vec<f64> = preferences.issues.iter().map(own).collect();
    let shape = |preference: &Option<IssuePreference>, issue: &Issue| -> Vec<f64> {
        let of = |shape: &Shape, k| shape.value(issue, OptionId(k));
        let value = |k| preference.as_ref().map_or(0.0, |preference| of(&preference.shape, k));
        (0..issue.n_options()).map(value).collect()
    };
    let values: Vec<Vec<f64>> =
        preferences.issues.iter().zip(issues).map(|(preference, issue)| shape(preference, issue)).collect();
    let sums_to_one = (weights.iter().sum::<f64>() - 1.0).abs() <= 1e-12 * (1.0 + weights.len() as f64);
    let fits = sums_to_one
        && weights.iter().all(|weight| *weight >= 0.0)
        && values.iter().flatten().all(|value| (0.0..=1.0).contains(value));
    fits.then(|| Additive { weights: to_one(&weights), values })
}

/// Weights in proportion to the largest utility of each issue, and values from 0 to 1.
fn shares(worth: &Worth) -> Additive {
    let most: Vec<f64> = worth.parts.iter().map(Part::most).collect();
    let sum: f64 = most.iter().sum();
    let even = 1.0 / most.len() as f64;
    let share = |own: &f64| if sum > 0.0 { own / sum } else { even };
    let weights = to_one(&most.iter().map(share).collect::<Vec<f64>>());
    let value = |weight: i64, own: f64| match weight {
        0 => 0.0,
        _ => (own * UNITS * UNITS / weight as f64).round().clamp(0.0, UNITS) / UNITS,
    };
    let of = |(part, weight): (&Part, &i64)| part.values.iter().map(|own| value(*weight, *own)).collect();
    Additive { values: worth.parts.iter().zip(&weights).map(of).collect(), weights }
}

/// Shares in steps of the grid that sum to 1; the largest takes what rounding leaves.
fn to_one(shares: &[f64]) -> Vec<i64> {
    let mut units: Vec<i64> = shares.iter().map(|share| (share * UNITS).round() as i64).collect();
    let rest = UNITS as i64 - units.iter().sum::<i64>();
    if let Some(largest) = units.iter_mut().max() {
        *largest += rest;
    }
    units
}

/// Utilities on the grid whose largest sum to at most 1.
fn on_grid(mut parts: Vec<Part>) -> Vec<Part> {
    for value in parts.iter_mut().flat_map(|part| &mut part.values) {
        *value = (*value * UNITS).round().clamp(0.0, UNITS);
    }
    let over = parts.iter().map(Part::most).sum::<f64>() - UNITS;
    let largest = parts.iter_mut().max_by(|a, b| a.most().total_cmp(&b.most()));
    if let Some(part) = largest.filter(|_| over > 0.0) {
        let most = part.most() - over;
        part.values.iter_mut().for_each(|value| *value = value.min(most));
    }
    parts.iter_mut().flat_map(|part| &mut part.values).for_each(|value| *value /= UNITS);
    parts
}

/// What the options of one issue are worth.
fn priced(issue: &Issue, values: &[f64]) -> Value {
    if let (true, Options::Range(range)) = (is_number(issue), &issue.options) {
        let last = values.len() - 1;
        return json!({ "numberutils": {
            "lowValue": number(range.value(0)), "lowUtility": number(values[0]),
            "highValue": number(range.value(last)), "highUtility": number(values[last]),
        } });
    }
    let pair = |(k, value): (usize, &f64)| (issue.option_id(OptionId(k)).into_owned(), number(*value));
    let pairs: Map<String, Value> = values.iter().enumerate().map(pair).collect();
    json!({ "discreteutils": { "valueUtilities": pairs } })
}

/// Whether an issue is written as a range.
fn is_number(issue: &Issue) -> bool {
    matches!(issue.options, Options::Range(_)) && issue.n_options() > 1
}

fn option(issue: &Issue, option: OptionId) -> Value {
    match issue.option_value(option).filter(|_| is_number(issue)) {
        Some(value) => number(value),
        None => issue.option_id(option).into_owned().into(),
    }
}

/// A number in its shortest form.
fn number(value: f64) -> Value {
    let is_whole = value.fract() == 0.0 && value.abs() < 1e15;
    if is_whole { json!(value as i64) } else { json!(value) }
}

/// A name of letters and digits only, as GeniusWeb asks for.
fn simple(text: &str, otherwise: &str) -> String {
    let name: String = text.chars().filter(char::is_ascii_alphanumeric).collect();
    if name.is_empty() { otherwise.to_owned() } else { name }
}

/// A name that is not taken, whatever its capitals.
fn free(name: &str, taken: &[String]) -> String {
    let is_taken = |name: &String| taken.iter().any(|own| own.to_lowercase() == name.to_lowercase());
    let others = (2..).map(|k| format!("{name}-{k}"));
    std::iter::once(name.to_owned()).chain(others).find(|name| !is_taken(name)).unwrap_or_default()
}
