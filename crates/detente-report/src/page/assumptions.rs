//! The numbers and statements that name no source, in words.

use crate::parts;
use crate::say;
use crate::words;
use detente_model::{BodyId, Interaction, IssueId, Number, PlacedNumber, Spot, Support, Talks};

/// Assumptions that belong together.
pub(super) struct Group {
    pub(super) title: String,
    pub(super) head: [&'static str; 2],
    /// How many numbers or statements.
    n: usize,
    /// What it is, and what was entered.
    pub(super) rows: Vec<(String, String)>,
    run: Option<Run>,
}

/// Every number that no source states, by whose it is, then the parts of the talks that name no source; and how
/// many rows were left out.
pub(super) fn groups(talks: &Talks, most: usize) -> (Vec<Group>, usize) {
    let mut groups: Vec<Group> = Vec::new();
    let numbers = talks.numbers();
    let sourcing = talks.sourcing();
    for placed in numbers.iter().filter(|placed| sourcing.is_assumption(placed.number)) {
        let title = title(talks, &placed.spot);
        let group = match groups.iter().position(|group| group.title == title) {
            Some(known) => &mut groups[known],
            None => groups.push_mut(Group::new(title)),
        };
        group.n += 1;
        group.add(talks, placed, sourcing.of(placed.number) == Support::Unstated);
    }
    groups.iter_mut().for_each(|group| group.end_run(talks));
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

/// Fewer interactions over the same issues are listed one by one.
const ALIKE: usize = 10;

/// Numbers that are one assumption together, until the next comes that is not of them.
struct Run {
    what: What,
    n: usize,
    /// The first of them, each as it would stand alone.
    rows: Vec<(String, String)>,
    lowest: f64,
    highest: f64,
}

/// What makes numbers one assumption.
#[derive(PartialEq)]
enum What {
    /// The rows of a table.
    Table(BodyId, usize),
    /// Interactions over the same issues.
    Interactions(BodyId, Vec<IssueId>),
}

impl What {
    fn of(talks: &Talks, spot: &Spot) -> Option<What> {
        match *spot {
            Spot::Row(body, table, _) => Some(What::Table(body, table)),
            Spot::Interaction(body, k) => {
                let Interaction { when, .. } = &talks.bodies[body.0].preferences.interactions[k];
                Some(What::Interactions(body, when.issues().collect()))
            }
            _ => None,
        }
    }

    fn words(&self, talks: &Talks) -> String {
        match self {
            What::Table(body, table) => parts::table(talks, *body, *table),
            What::Interactions(_, issues) => format!("extra values of {}", parts::issues(talks, issues)),
        }
    }
}

impl Group {
    fn new(title: String) -> Group {
        Group { title, head: ["Number", "Value"], n: 0, rows: Vec::new(), run: None }
    }

    /// The values of an issue's answers stand in one row, and so do the rows of a table.
    fn add(&mut self, talks: &Talks, placed: &PlacedNumber<'_>, unstated: bool) {
        let mut value = words::number(talks, placed.number);
        if unstated {
            value.push_str(" (not in its source)");
        }
        if let Some(what) = What::of(talks, &placed.spot) {
            return self.add_to_run(talks, what, placed, value);
        }
        self.end_run(talks);
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

    fn add_to_run(&mut self, talks: &Talks, what: What, placed: &PlacedNumber<'_>, value: String) {
        if self.run.as_ref().is_none_or(|run| run.what != what) {
            self.end_run(talks);
            let (lowest, highest) = (f64::INFINITY, f64::NEG_INFINITY);
            self.run = Some(Run { what, n: 0, rows: Vec::new(), lowest, highest });
        }
        let Some(run) = &mut self.run else { return };
        let mean = Number::mean(placed.number);
        (run.lowest, run.highest) = (run.lowest.min(mean), run.highest.max(mean));
        run.n += 1;
        if run.rows.len() <= ALIKE {
            run.rows.push((parts::number(talks, &placed.spot), value));
        }
    }

    /// A table is one row however many it has; interactions are, where they are many.
    fn end_run(&mut self, talks: &Talks) {
        let Some(run) = self.run.take() else { return };
        let is_table = matches!(run.what, What::Table(..));
        if !is_table && run.n <= ALIKE || run.n == 1 {
            return self.rows.extend(run.rows);
        }
        let unit = if is_table { "rows" } else { "amounts" };
        let (lowest, highest) = (words::value(run.lowest), words::value(run.highest));
        let said = format!("{} {unit}, from {lowest} to {highest}", run.n);
        self.rows.push((run.what.words(talks), said));
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
        run: None,
    })
}
