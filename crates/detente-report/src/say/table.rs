//! What all sides may read of what is on the table.

use crate::deal::{answer, with_unit};
use crate::words::count;
use detente_analysis::Feasible;
use detente_model::{Issue, OptionId, Range, grouped};

/// All answers of a range at once.
pub(crate) fn any_of(issue: &Issue, range: &Range) -> String {
    let (first, last) = (answer(issue, OptionId(0)), answer(issue, OptionId(range.count() - 1)));
    let by = range.in_words(range.step());
    let by = range.unit_of(range.step()).map_or(by.clone(), |unit| with_unit(&by, unit));
    let today = issue.status_quo.map(|today| format!("; today {}", answer(issue, today)));
    format!(
        "any of {} answers from {first} to {last}, in steps of {by}{}",
        grouped(range.count()),
        today.unwrap_or_default()
    )
}

/// How many deals are on the table, for all sides.
pub(crate) fn on_the_table(outcomes: &Feasible) -> String {
    match (outcomes.exact, outcomes.total == outcomes.feasible) {
        (false, _) => {
            let total = count(&outcomes.total);
            format!("The answers combine to {total} deals; how many of them are possible was not counted.")
        }
        (true, true) => {
            format!("The answers combine to {} deals, and all of them are possible.", count(&outcomes.total))
        }
        (true, false) => format!(
            "The answers combine to {} deals, of which {} are possible.",
            count(&outcomes.total),
            count(&outcomes.feasible)
        ),
    }
}
