//! A body's utilities as sums over groups of issues that GeniusWeb can hold.

use detente_model::{Issue, IssueId, OptionId, Outcome, Preferences};

/// Most combinations of options that are listed for one group.
pub(super) const MAX_ROWS: usize = 20_000;
/// Utilities closer than this are the same.
pub(super) const SAME: f64 = 1e-9;
/// How far utilities may lie outside 0 to 1 and still be in it: rounding.
const CLOSE: f64 = 1e-10;
/// Values closer to a straight line than this lie on it.
const STRAIGHT: f64 = 1e-12;

/// What the combinations of options of some issues are worth.
pub(super) struct Part {
    pub(super) issues: Vec<usize>,
    /// By combination, the last issue changing fastest.
    pub(super) values: Vec<f64>,
}

impl Part {
    /// The options of a combination.
    pub(super) fn options(&self, issues: &[Issue], row: usize) -> Vec<OptionId> {
        let mut rest = row;
        let mut options: Vec<OptionId> = Vec::new();
        for k in self.issues.iter().rev() {
            let n = issues[*k].n_options();
            options.push(OptionId(rest % n));
            rest /= n;
        }
        options.reverse();
        options
    }

    pub(super) fn least(&self) -> f64 {
        self.values.iter().copied().fold(f64::INFINITY, f64::min)
    }

    pub(super) fn most(&self) -> f64 {
        self.values.iter().copied().fold(f64::NEG_INFINITY, f64::max)
    }

    /// Whether the values lie on a straight line, as those of a number issue must.
    pub(super) fn is_straight(&self) -> bool {
        let (first, last) = (self.values[0], self.values[self.values.len() - 1]);
        let steps = (self.values.len() - 1).max(1) as f64;
        let at = |k: usize| first + (last - first) * (k as f64 / steps);
        self.values.iter().enumerate().all(|(k, value)| (value - at(k)).abs() <= STRAIGHT)
    }
}

/// A body's utilities: the sum of its parts.
pub(super) struct Worth {
    pub(super) parts: Vec<Part>,
    /// Added to every outcome.
    pub(super) constant: f64,
    /// What could not be kept: lower case, no final period.
    pub(super) dropped: Vec<String>,
}

/// Takes utilities apart into groups of issues that share no term.
pub(super) fn worth(preferences: &Preferences, issues: &[Issue]) -> Worth {
    let mut preferences = preferences.clone();
    let mut dropped = Vec::new();
    let mut groups = groups(&preferences, issues.len());
    for group in groups.iter().filter(|group| group.len() > 1 && rows(group, issues) > MAX_ROWS) {
        let names: Vec<String> = group.iter().take(5).map(|k| format!("`{}`", issues[*k].id)).collect();
        let more = if group.len() > 5 { " and others" } else { "" };
        dropped.push(format!(
            "the terms over {}{more} are left out: more than {MAX_ROWS} combinations",
            names.join(", ")
        ));
        preferences.tables.retain(|table| !table.issues.iter().any(|issue| group.contains(&issue.0)));
        preferences.interactions.retain(|term| !term.when.issues().any(|issue| group.contains(&issue.0)));
    }
    if !dropped.is_empty() {
        groups = self::groups(&preferences, issues.len());
    }
    let mut parts: Vec<Part> = groups.into_iter().map(|group| part(group, &preferences, issues)).collect();
    for part in parts.iter_mut().filter(|part| part.values.len() > MAX_ROWS && !part.is_straight()) {
        dropped.push(format!("between its ends `{}` is taken as a straight line", issues[part.issues[0]].id));
        let (first, n) = (part.values[0], part.values.len());
        let step = (part.values[n - 1] - first) / (n - 1) as f64;
        part.values.iter_mut().enumerate().for_each(|(k, value)| *value = first + step * k as f64);
    }
    Worth { parts, constant: constant(&preferences), dropped }
}

/// What is added whatever is agreed.
fn constant(preferences: &Preferences) -> f64 {
    let terms = preferences.interactions.iter().filter(|term| term.when.0.is_empty() && !term.unless);
    let tables = preferences.tables.iter().filter(|table| table.issues.is_empty());
    terms.map(|term| term.adds.mean()).sum::<f64>() + tables.map(|table| table.amount(&[])).sum::<f64>()
}

/// The issues that belong together because a term speaks of both, in the order of their first issues.
fn groups(preferences: &Preferences, n: usize) -> Vec<Vec<usize>> {
    let mut of: Vec<usize> = (0..n).collect();
    let tables = preferences.tables.iter().map(|table| table.issues.clone());
    let terms = preferences.interactions.iter().map(|term| term.when.issues().collect());
    for together in tables.chain(terms) {
        let Some(least) = together.iter().map(|issue: &IssueId| of[issue.0]).min() else { continue };
        let joined: Vec<usize> = together.iter().map(|issue| of[issue.0]).collect();
        of.iter_mut().filter(|group| joined.contains(group)).for_each(|group| *group = least);
    }
    (0..n)
        .map(|group| (0..n).filter(|k| of[*k] == group).collect())
        .filter(|g: &Vec<usize>| !g.is_empty())
        .collect()
}

/// How many combinations there are.
fn rows(group: &[usize], issues: &[Issue]) -> usize {
    group.iter().fold(1, |n: usize, k| n.saturating_mul(issues[*k].n_options()))
}

fn part(group: Vec<usize>, preferences: &Preferences, issues: &[Issue]) -> Part {
    let of = |issue: &IssueId| group.contains(&issue.0);
    let tables: Vec<_> = preferences.tables.iter().filter(|table| table.issues.iter().any(of)).collect();
    let terms: Vec<_> = preferences
        .interactions
        .iter()
        .filter(|term| term.when.0.iter().any(|clause| of(&clause.issue)))
        .collect();
    let mut part = Part { values: vec![0.0; rows(&group, issues)], issues: group };
    let mut outcome = Outcome(vec![OptionId(0); issues.len()]);
    for row in 0..part.values.len() {
        for (k, option) in part.issues.iter().zip(part.options(issues, row)) {
            outcome.0[*k] = option;
        }
        let own = part
            .issues
            .iter()
            .map(|k| preferences.contribution(IssueId(*k), &issues[*k], outcome[IssueId(*k)]));
        let amount = tables.iter().map(|table| {
            let options: Vec<OptionId> = table.issues.iter().map(|issue| outcome[*issue]).collect();
            table.amount(&options)
        });
        let adds = terms.iter().filter(|term| term.applies(&outcome)).map(|term| term.adds.mean());
        part.values[row] = own.chain(amount).chain(adds).sum();
    }
    part
}

/// A change of all utilities: `(u - shift) / scale`.
#[derive(Clone, Copy, PartialEq)]
pub(super) struct Change {
    pub(super) shift: f64,
    pub(super) scale: f64,
}

impl Change {
    pub(super) const NONE: Change = Change { shift: 0.0, scale: 1.0 };

    pub(super) fn of(self, utility: f64) -> f64 {
        (utility - self.shift) / self.scale
    }
}

impl Worth {
    /// Brings all utilities into 0 to 1, no part below 0, with the least change: none if they are there already.
    pub(super) fn fit(&mut self) -> Change {
        let most: f64 = self.parts.iter().map(Part::most).sum();
        if self.constant == 0.0 && most <= 1.0 + CLOSE && self.parts.iter().all(|part| part.least() >= 0.0) {
            return Change::NONE;
        }
        for part in &mut self.parts {
            let least = part.least();
            self.constant += least;
            part.values.iter_mut().for_each(|value| *value -= least);
        }
        let (low, width) = (self.constant, self.parts.iter().map(Part::most).sum::<f64>());
        let change = if low >= -CLOSE && low + width <= 1.0 + CLOSE {
            Change::NONE
        } else if width > 1.0 {
            Change { shift: low, scale: width }
        } else {
            Change { shift: if low < 0.0 { low } else { low + width - 1.0 }, scale: 1.0 }
        };
        let rest = change.of(low).clamp(0.0, 1.0);
        self.parts.iter_mut().flat_map(|part| &mut part.values).for_each(|value| *value /= change.scale);
        let widest =
            (0..self.parts.len()).max_by(|a, b| self.parts[*a].most().total_cmp(&self.parts[*b].most()));
        if let Some(widest) = widest {
            self.parts[widest].values.iter_mut().for_each(|value| *value += rest);
        }
        self.constant = 0.0;
        change
    }
}
