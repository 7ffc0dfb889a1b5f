//! The page for all sides: what is on the table, and nothing of what anybody values.
//!
//! Noninterference by construction: [`Agenda`] takes from the talks only what may be shown, and the
//! template sees nothing else. `docs/audiences.md` lists what that is, and why.

use super::{Head, MOST_BYTES, rendered};
use crate::deal::{answer, in_words, shortened};
use crate::parts;
use crate::say;
use crate::words::count;
use askama::Template;
use detente_analysis::Feasible;
use detente_model::{OptionId, Options, Outcome, Talks};
use num_bigint::BigUint;

/// What the page for all sides is made from.
#[derive(Clone, Copy, Debug)]
pub struct Shared<'a> {
    /// The talks; of these only names, issues and constraints are shown.
    pub talks: &'a Talks,
    /// How many deals there are. Follows from issues and constraints alone.
    pub outcomes: &'a Feasible,
    /// By issue and option, how many possible deals have it; absent if there are too many to count.
    pub remaining: Option<&'a [Vec<BigUint>]>,
    /// Deals that the team puts before all sides.
    pub packages: &'a [Outcome],
    /// Version of the program.
    pub version: &'a str,
}

#[derive(Template)]
#[template(path = "shared.html")]
struct Page<'a> {
    head: Head,
    agenda: Agenda,
    version: &'a str,
}

/// Everything that may be shown to all sides.
struct Agenda {
    parties: Vec<String>,
    counts: String,
    issues: Vec<IssueView>,
    more_issues: usize,
    counted: bool,
    constraints: Vec<String>,
    more_constraints: usize,
    packages: Vec<Package>,
}

struct IssueView {
    name: String,
    /// All answers in one sentence, where there are too many numbers for a row each.
    range: Option<RangeView>,
    options: Vec<OptionView>,
    more: usize,
}

struct RangeView {
    words: String,
    left: String,
}

struct OptionView {
    name: String,
    today: bool,
    left: String,
    /// Of a bar of 100.
    length: u32,
}

struct Package {
    words: String,
    possible: bool,
}

/// How much is shown.
#[derive(Clone, Copy)]
struct Extent {
    /// Letters of a name.
    letters: usize,
    issues: usize,
    /// Answers of an issue.
    answers: usize,
    constraints: usize,
}

/// From much to little; a page takes the first with which it is small enough.
const EXTENTS: [Extent; 4] = [
    Extent { letters: 400, issues: 400, answers: 50, constraints: 1000 },
    Extent { letters: 200, issues: 200, answers: 20, constraints: 400 },
    Extent { letters: 80, issues: 100, answers: 10, constraints: 150 },
    Extent { letters: 40, issues: 60, answers: 5, constraints: 60 },
];

/// What is on the table as one HTML page that may be shown to all sides.
///
/// It shows no alternative, political cost, probability, preference or body, and nothing computed
/// from one: it stays the same, byte for byte, when any of them changes. Like the team's page it stays
/// below a megabyte and says what it leaves out for that.
pub fn shared_page(shared: &Shared<'_>) -> String {
    let mark = match shared.packages {
        [] => "For all sides: what is on the table. Nothing here depends on what anybody values",
        _ => "For all sides: what is on the table",
    };
    let mut page = String::new();
    for extent in EXTENTS {
        let shorter = shortened(shared.talks, extent.letters);
        let shared = &Shared { talks: shorter.as_ref().unwrap_or(shared.talks), ..*shared };
        page = rendered(&Page {
            head: Head::new(shared.talks, &[], mark, include_str!("../../templates/shared.css")),
            agenda: Agenda::new(shared, extent),
            version: shared.version,
        });
        if page.len() < MOST_BYTES {
            break;
        }
    }
    page
}

impl Agenda {
    fn new(shared: &Shared<'_>, extent: Extent) -> Agenda {
        let talks = shared.talks;
        let package = |outcome: &Outcome| Package {
            words: in_words(talks, outcome, |_| true),
            possible: talks.is_feasible(outcome),
        };
        let shown = talks.issues.len().min(extent.issues);
        let hinges = talks.constraints.iter().take(extent.constraints);
        Agenda {
            parties: talks.parties.iter().map(|party| party.name.clone()).collect(),
            counts: say::on_the_table(shared.outcomes),
            issues: (0..shown).map(|i| IssueView::new(shared, i, extent)).collect(),
            more_issues: talks.issues.len() - shown,
            counted: shared.remaining.is_some(),
            constraints: hinges
                .map(|constraint| say::sentence(&parts::constraint(talks, constraint)))
                .collect(),
            more_constraints: talks.constraints.len().saturating_sub(extent.constraints),
            packages: shared.packages.iter().map(package).collect(),
        }
    }
}

impl IssueView {
    fn new(shared: &Shared<'_>, i: usize, extent: Extent) -> IssueView {
        let issue = &shared.talks.issues[i];
        let left = |k: usize| shared.remaining.map(|remaining| &remaining[i][k]);
        let option = |k: usize| OptionView {
            name: answer(issue, OptionId(k)),
            today: issue.status_quo == Some(OptionId(k)),
            left: left(k).map(count).unwrap_or_default(),
            length: left(k).map_or(0, |n| share(n, &shared.outcomes.feasible)),
        };
        let n = issue.n_options();
        let name = issue.name.clone();
        if let Options::Range(range) = &issue.options
            && n > extent.answers
        {
            let left = shared.remaining.map_or_else(String::new, |remaining| spread(&remaining[i]));
            let range = RangeView { words: say::any_of(issue, range), left };
            return IssueView { name, range: Some(range), options: Vec::new(), more: 0 };
        }
        let mut shown: Vec<usize> = (0..n.min(extent.answers)).collect();
        // What holds now is never left out.
        if let (Some(OptionId(today)), Some(last)) = (issue.status_quo, shown.last_mut()) {
            *last = today.max(*last);
        }
        let more = n - shown.len();
        IssueView { name, range: None, options: shown.into_iter().map(option).collect(), more }
    }
}

/// From the least to the most of some counts.
fn spread(counts: &[BigUint]) -> String {
    match (counts.iter().min(), counts.iter().max()) {
        (Some(least), Some(most)) if least == most => format!("{} each", count(least)),
        (Some(least), Some(most)) => format!("{} to {} each", count(least), count(most)),
        _ => String::new(),
    }
}

/// Hundredths of the whole, rounded up so that something is never nothing.
fn share(part: &BigUint, whole: &BigUint) -> u32 {
    if *whole == BigUint::ZERO {
        return 0;
    }
    let hundredths = (part * 100u32 + whole - 1u32) / whole;
    u32::try_from(hundredths).unwrap_or(100)
}
