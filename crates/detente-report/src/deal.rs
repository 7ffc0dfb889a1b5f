//! Outcomes as people and programs read them.

use detente_model::{IssueId, Outcome, Talks};
use indexmap::IndexMap;

/// Option ids by issue id, in the order of the file.
pub(crate) fn outcome_map(talks: &Talks, outcome: &Outcome) -> IndexMap<String, String> {
    let entry = |(issue, option): (&detente_model::Issue, &detente_model::OptionId)| {
        (issue.id.clone(), issue.option_id(*option).into_owned())
    };
    talks.issues.iter().zip(&outcome.0).map(entry).collect()
}

/// `Issue: option · Issue: option`, only the issues asked for.
pub(crate) fn in_words(talks: &Talks, outcome: &Outcome, only: impl Fn(IssueId) -> bool) -> String {
    let part = |(i, issue): (usize, &detente_model::Issue)| {
        let option = issue.option_name(outcome[IssueId(i)]).into_owned();
        format!("{}: {}", isolated(&issue.name), isolated(&option))
    };
    let parts: Vec<String> =
        talks.issues.iter().enumerate().filter(|(i, _)| only(IssueId(*i))).map(part).collect();
    parts.join(" · ")
}

/// A name that stays in one piece between left-to-right text: right-to-left names are isolated.
pub(crate) fn isolated(name: &str) -> String {
    let right_to_left = |c: char| matches!(u32::from(c), 0x0590..=0x08ff | 0xfb1d..=0xfdff | 0xfe70..=0xfeff | 0x10800..=0x10fff | 0x1e800..=0x1efff);
    let name: String = name.chars().map(|c| if c.is_whitespace() { ' ' } else { c }).collect();
    if name.chars().any(right_to_left) { format!("\u{2068}{name}\u{2069}") } else { name }
}
