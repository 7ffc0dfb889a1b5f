//! Outcomes as people and programs read them.

use detente_model::{Draft, Issue, IssueId, OptionId, Options, Outcome, Talks};
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
        format!("{}: {}", isolated(&issue.name), answer(issue, outcome[IssueId(i)]))
    };
    let parts: Vec<String> =
        talks.issues.iter().enumerate().filter(|(i, _)| only(IssueId(*i))).map(part).collect();
    parts.join(" · ")
}

/// An answer as it is shown.
pub(crate) fn answer(issue: &Issue, option: OptionId) -> String {
    match (&issue.options, issue.option_value(option)) {
        (Options::Range(range), Some(value)) => match range.unit_of(value) {
            Some(unit) => with_unit(&range.in_words(value), unit),
            None => range.in_words(value),
        },
        _ => begun_with_number(isolated(&issue.option_name(option))),
    }
}

/// `8 months` as the name of an answer: its number is not parted from what it counts, either.
fn begun_with_number(name: String) -> String {
    match name.split_once(' ') {
        Some((number, rest)) if number.ends_with(|c: char| c.is_ascii_digit()) => {
            format!("{number}\u{a0}{rest}")
        }
        _ => name,
    }
}

/// A number and what it counts, never parted at the end of a line.
pub(crate) fn with_unit(number: &str, unit: &str) -> String {
    format!("{number}\u{a0}{}", isolated(unit))
}

/// A name that stays in one piece between left-to-right text: right-to-left names are isolated. Marks
/// that would turn the text around them are left out, on one line everything stands.
pub(crate) fn isolated(name: &str) -> String {
    let right_to_left = |c: char| matches!(u32::from(c), 0x0590..=0x08ff | 0xfb1d..=0xfdff | 0xfe70..=0xfeff | 0x10800..=0x10fff | 0x1e800..=0x1efff);
    let turns = |c: char| matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    let name: String =
        name.chars().filter(|c| !turns(*c)).map(|c| if is_space(c) { ' ' } else { c }).collect();
    if name.chars().any(right_to_left) { format!("\u{2068}{name}\u{2069}") } else { name }
}

/// White space at which a line may be broken.
fn is_space(c: char) -> bool {
    c.is_whitespace() && c != '\u{a0}'
}

/// A text on one line that may hold names which are isolated already; one that holds none is isolated as a whole.
pub(crate) fn on_one_line(text: &str) -> String {
    if !text.contains('\u{2068}') {
        return isolated(text);
    }
    let line: String = text.chars().map(|c| if is_space(c) { ' ' } else { c }).collect();
    balanced(&line)
}

/// How many isolates of a text do not end.
pub(crate) fn still_open(text: &str) -> usize {
    text.chars().fold(0, |open, c| match c {
        '\u{2068}' => open + 1,
        '\u{2069}' => open.saturating_sub(1),
        _ => open,
    })
}

/// A text in which every isolate ends.
pub(crate) fn balanced(text: &str) -> String {
    format!("{text}{}", "\u{2069}".repeat(still_open(text)))
}

/// A text of at most so many letters, cut with an ellipsis.
pub(crate) fn cut(text: &str, most: usize) -> String {
    match text.char_indices().nth(most) {
        None => text.to_owned(),
        Some(_) => format!("{}…", text.chars().take(most.saturating_sub(1)).collect::<String>().trim_end()),
    }
}

/// What is counted, on one line and not longer than can be read. It stays whole in the talks, because it says
/// what is added to what.
pub(crate) fn counted(what: &str) -> String {
    isolated(&cut(what, 120))
}

/// The same talks with every text of at most so many letters; nothing if none is longer.
pub(crate) fn shortened(talks: &Talks, most: usize) -> Option<Talks> {
    let mut draft: Draft = (**talks).clone();
    let mut long = false;
    let mut shorten = |text: &mut String| {
        let turned = text.chars().any(|c| matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}'));
        if turned {
            text.retain(|c| !matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}'));
        }
        let shorter = cut(text, most);
        long |= turned || shorter != *text;
        *text = shorter;
    };
    shorten(&mut draft.title);
    draft.note.iter_mut().for_each(|note| *note = cut(note, 8 * most));
    draft.authors.iter_mut().for_each(&mut shorten);
    draft.parties.iter_mut().map(|party| &mut party.name).for_each(&mut shorten);
    draft.bodies.iter_mut().map(|body| &mut body.name).for_each(&mut shorten);
    for issue in &mut draft.issues {
        shorten(&mut issue.name);
        match &mut issue.options {
            Options::Named { options, .. } => {
                options.iter_mut().map(|option| &mut option.name).for_each(&mut shorten);
            }
            Options::Range(range) => range.unit.iter_mut().for_each(&mut shorten),
        }
    }
    draft.mediators.iter_mut().map(|mediator| &mut mediator.name).for_each(&mut shorten);
    draft.levers.iter_mut().map(|lever| &mut lever.name).for_each(&mut shorten);
    draft.steps.iter_mut().map(|step| &mut step.name).for_each(&mut shorten);
    for source in &mut draft.sources {
        shorten(&mut source.title);
        source.kind.iter_mut().chain(&mut source.url).for_each(&mut shorten);
    }
    for claim in &mut draft.claims {
        shorten(&mut claim.says);
        claim.who.iter_mut().chain(&mut claim.at).for_each(&mut shorten);
    }
    // Names decide nothing, so what was valid stays valid.
    if long { Talks::new(draft).ok() } else { None }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_cannot_turn_the_text_around_it() {
        assert_eq!(isolated("Price \u{202e}"), "Price ");
        assert_eq!(isolated("\u{627}\u{2069}\u{202e} Z"), "\u{2068}\u{627} Z\u{2069}");
        assert_eq!(cut("Upstream", 8), "Upstream");
        assert_eq!(cut("Upstream and down", 9), "Upstream…");
    }
}
