//! Items of which two sides share out the pieces.

use detente_model::{Issue, IssuePreference, Number, Options, Preferences, Range, Shape};
use std::borrow::Cow;

/// A kind of item.
pub(super) struct Item {
    pub(super) id: Cow<'static, str>,
    /// How many pieces there are, at most [`MOST`].
    pub(super) count: usize,
    /// What one piece is worth to each side.
    pub(super) worth: [f64; 2],
}

/// Most pieces of one item.
pub(super) const MOST: usize = 1000;

/// How many pieces of each item the first side gets; the second gets the others.
pub(super) fn issues(items: &[Item], first: &str) -> Vec<Issue> {
    let issue = |item: &Item| {
        // INVARIANT: whole numbers from 0 to at most 1000 always are a range.
        let (range, _) = Range::new(0.0, item.count as f64, 1.0).expect("a short range of whole numbers");
        Issue {
            id: item.id.clone().into_owned(),
            name: format!("{} for {first}", item.id),
            options: Options::Range(range),
            status_quo: None,
            because: vec![],
        }
    };
    items.iter().map(issue).collect()
}

/// What the first side, 0, or the second, 1, values.
pub(super) fn preferences(items: &[Item], side: usize) -> Preferences {
    let worth = |item: &Item, k: usize| {
        let pieces = if side == 0 { k } else { item.count - k };
        Number::fixed(pieces as f64 * item.worth[side])
    };
    let of = |item: &Item| {
        let shape = Shape::Values((0..=item.count).map(|k| worth(item, k)).collect());
        Some(IssuePreference { weight: None, shape })
    };
    Preferences { issues: items.iter().map(of).collect(), ..Preferences::default() }
}
