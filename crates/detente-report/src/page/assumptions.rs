//! The numbers and statements that name no source, in words.

use crate::parts;
use crate::say;
use crate::words;
use detente_model::{PlacedNumber, Spot, Talks};

/// Assumptions that belong together.
pub(super) struct Group {
    pub(super) title: String,
    pub(super) head: [&'static str; 2],
    /// How many numbers or statements.
    n: usize,
    /// What it is, and what was entered.
    pub(super) rows: Vec<(String, String)>,
}

/// Every unsourced number by whose it is, then the parts of the talks that name no source; and how
/// many rows were left out.
pub(super) fn groups(talks: &Talks, most: usize) -> (Vec<Group>, usize) {
    let mut groups: Vec<Group> = Vec::new();
    let numbers = talks.numbers();
    for placed in numbers.iter().filter(|placed| placed.number.because.is_empty()) {
        let title = title(talks, &placed.spot);
        let group = match groups.iter().position(|group| group.title == title) {
            Some(known) => &mut groups[known],
            None => groups.push_mut(Group { title, head: ["Number", "Value"], n: 0, rows: Vec::new() }),
        };
        group.n += 1;
        group.add(talks, placed);
    }
    groups.extend(structure(talks));
    let mut left = most;
    let mut left_out = 0;
    for group in &mut groups {
        left_out += group.rows.len().saturating_sub(left);
        group.rows.truncate(left);
        left -= group.rows.len();
        let unit = if group.head[0] == "Number" { "" } else { " statements" };
        group.title = format!("{} ({}{unit})", group.title, group.n);
    }
    groups.retain(|group| !group.rows.is_empty());
    (groups, left_out)
}

fn title(talks: &Talks, spot: &Spot) -> String {
    match parts::whose(spot) {
        parts::Whose::Body(body) => say::body_name(talks, body),
        parts::Whose::Rules => "Rules of agreement".into(),
        parts::Whose::Chance => "What goes together".into(),
        parts::Whose::Mediators => "Mediators and what they can do".into(),
        parts::Whose::Steps => "Steps of implementation".into(),
    }
}

impl Group {
    /// The values of an issue's answers stand in one row.
    fn add(&mut self, talks: &Talks, placed: &PlacedNumber<'_>) {
        let value = words::number(talks, placed.number);
        if let Spot::Shape(body, issue, k) = placed.spot
            && let (what, Some(at)) = parts::shape(talks, body, issue, k)
        {
            match self.rows.last_mut().filter(|(last, _)| *last == what) {
                Some((_, values)) => values.push_str(&format!(" · {at}: {value}")),
                None => self.rows.push((what, format!("{at}: {value}"))),
            }
            return;
        }
        self.rows.push((parts::number(talks, &placed.spot), value));
    }
}

/// Parties, issues, constraints, unknowns, mediators and steps without a source.
fn structure(talks: &Talks) -> Option<Group> {
    let mut rows = Vec::new();
    let mut add = |kind: &str, what: String| rows.push((kind.to_owned(), what));
    for party in talks.parties.iter().filter(|party| party.because.is_empty()) {
        add("Party", parts::ratifies(talks, party));
    }
    for issue in talks.issues.iter().filter(|issue| issue.because.is_empty()) {
        add("Issue", issue.name.clone());
    }
    for constraint in talks.constraints.iter().filter(|constraint| constraint.because.is_empty()) {
        add("Constraint", parts::constraint(talks, constraint));
    }
    for unknown in talks.unknowns.iter().filter(|unknown| unknown.because.is_empty()) {
        add("What nobody knows", unknown.name.clone());
    }
    for mediator in talks.mediators.iter().filter(|mediator| mediator.because.is_empty()) {
        add("Mediator", mediator.name.clone());
    }
    for lever in talks.levers.iter().filter(|lever| lever.because.is_empty()) {
        add("What a mediator can do", lever.name.clone());
    }
    for step in talks.steps.iter().filter(|step| step.because.is_empty()) {
        add("Step", step.name.clone());
    }
    (!rows.is_empty()).then(|| Group {
        title: "Who, what and in which order".into(),
        head: ["Kind", "What"],
        n: rows.len(),
        rows,
    })
}
