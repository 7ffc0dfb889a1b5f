//! Names that do not show what they are: characters that nobody sees, and names that look the same.
//!
//! What looks the same is told by the skeletons of UTS 39 (Unicode Security Mechanisms, section 4), where one of two
//! names holds more than ASCII; in plain letters people tell `l` from `1`.

use detente_model::{Draft, Options};
use std::collections::BTreeMap;
use unicode_security::{GeneralSecurityProfile as _, skeleton};

/// The first character that cannot be seen, or that turns the direction of writing. Joiners and marks that a script or
/// an emoji needs where they stand are none.
pub(crate) fn unseen(text: &str) -> Option<char> {
    let mut before = None;
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        if is_unseen(c) && !is_needed(c, before, chars.peek().copied(), text) {
            return Some(c);
        }
        before = Some(c);
    }
    None
}

/// Whether nobody sees a character by itself.
pub(crate) fn is_unseen(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}'
        | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}'
        | '\u{2800}' | '\u{3164}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{ffa0}' | '\u{fff0}'..='\u{fffb}'
        | '\u{1bca0}'..='\u{1bca3}' | '\u{1d173}'..='\u{1d17a}' | '\u{e0000}'..='\u{e0fff}')
        || c.is_control()
}

/// Whether a script or an emoji needs such a character between its neighbours.
fn is_needed(c: char, before: Option<char>, after: Option<char>, text: &str) -> bool {
    let beyond_ascii = |c: Option<char>| c.is_some_and(|c| !c.is_ascii());
    match c {
        // Ties letters of Arabic or of Indian scripts, and parts of an emoji.
        '\u{200c}' | '\u{200d}' => {
            let joins = |c: Option<char>| c.is_some_and(|c| !is_unseen(c) || is_selector(c));
            beyond_ascii(before) && beyond_ascii(after) && joins(before) && joins(after)
        }
        // Choose the form of what stands before them.
        '\u{180b}'..='\u{180d}' | '\u{180f}' | '\u{e0100}'..='\u{e01ef}' => beyond_ascii(before),
        _ if is_selector(c) => {
            before.is_some_and(|c| !c.is_ascii() || c.is_ascii_digit() || "#*".contains(c))
        }
        // Say the direction of what has none, where there are letters from right to left.
        '\u{200e}' | '\u{200f}' | '\u{61c}' => text.chars().any(is_right_to_left),
        // The flags of regions.
        '\u{e0020}'..='\u{e007f}' => {
            before.is_some_and(|c| matches!(c, '\u{1f3f4}' | '\u{e0020}'..='\u{e007f}'))
        }
        _ => false,
    }
}

fn is_selector(c: char) -> bool {
    matches!(c, '\u{fe00}'..='\u{fe0f}')
}

fn is_right_to_left(c: char) -> bool {
    matches!(u32::from(c), 0x0590..=0x08ff | 0xfb1d..=0xfdff | 0xfe70..=0xfefc | 0x10800..=0x10fff | 0x1e800..=0x1efff)
}

/// Whether a character is a letter, a digit, `-` or `_`, or a mark that a letter carries.
pub(crate) fn is_for_ids(c: char) -> bool {
    let is_plain = c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '\u{200c}' | '\u{200d}');
    is_plain || !c.is_ascii() && (c.is_alphanumeric() || c.identifier_allowed())
}

/// A text in which every character is seen: others by their number.
pub(crate) fn spelled(text: &str) -> String {
    let number = |c: char| format!("<U+{:04X}>", u32::from(c));
    text.chars().map(|c| if is_unseen(c) { number(c) } else { c.to_string() }).collect()
}

/// Of names in their order, which look like one before them: the later, with the earlier.
pub(crate) fn alike<'t>(names: impl IntoIterator<Item = &'t str>) -> Vec<(usize, usize)> {
    // By skeleton: what was met, with all that cannot be seen left out.
    let mut met: BTreeMap<String, Vec<(usize, String)>> = BTreeMap::new();
    let mut found = Vec::new();
    for (k, name) in names.into_iter().enumerate() {
        let seen: String = name.chars().filter(|c| !is_unseen(*c)).collect();
        let seen = seen.split_whitespace().collect::<Vec<_>>().join(" ");
        let like = met.entry(skeleton(&seen).collect()).or_default();
        let same = |other: &str| other == seen || !(other.is_ascii() && seen.is_ascii());
        match like.iter().find(|(_, other)| same(other)) {
            Some((earlier, _)) => found.push((k, *earlier)),
            None => like.push((k, seen)),
        }
    }
    found
}

/// That two things of an owner are shown alike, and a way out.
pub(crate) fn told(kind: &str, owner: &str, first: (&str, &str), second: (&str, &str)) -> (String, String) {
    let ((id, name), (other_id, other)) = (first, second);
    let both = |a: &str, b: &str| format!("the {kind} `{}` and `{}`{owner}", spelled(a), spelled(b));
    if name == other {
        let message = format!("{} are both shown as `{}`", both(id, other_id), spelled(name));
        return (message, "give one of them a `name` of its own".into());
    }
    let message = format!("{} look the same", both(name, other));
    let n = name.chars().zip(other.chars()).take_while(|(a, b)| a == b).count();
    let number = |c: char| format!("U+{:04X}", u32::from(c));
    let help = match (name.chars().nth(n), other.chars().nth(n)) {
        (Some(a), Some(b)) => {
            let at = n + 1;
            format!(
                "change one: character {at} is {} in the first and {} in the second",
                number(a),
                number(b)
            )
        }
        (Some(more), None) | (None, Some(more)) => {
            format!("change one: the longer goes on with {}", number(more))
        }
        (None, None) => "change one of them".into(),
    };
    (message, help)
}

/// What does not show what it is in talks that another format told: what to say, and a way out.
pub(crate) fn in_draft(draft: &Draft) -> Vec<(String, String)> {
    let mut found = Vec::new();
    let mut group = |kind: &str, of: &str, things: Vec<(&str, &str)>| {
        for (id, name) in &things {
            // The id first: it stands in what is written, and its name may be clean.
            let held = [id, name].into_iter().find_map(|text| Some((text, unseen(text)?)));
            if let Some((text, c)) = held {
                let help = "nothing is changed; it shows by its number where it could mislead".to_owned();
                let message = format!("`{}` of the {kind}{of} holds U+{:04X}", spelled(text), u32::from(c));
                found.push((message, help));
            }
        }
        for (later, earlier) in alike(things.iter().map(|(_, name)| *name)) {
            found.push(told(kind, of, things[earlier], things[later]));
        }
    };
    group("parties", "", draft.parties.iter().map(|party| (&*party.id, &*party.name)).collect());
    group("issues", "", draft.issues.iter().map(|issue| (&*issue.id, &*issue.name)).collect());
    for issue in &draft.issues {
        if let Options::Named { options, .. } = &issue.options {
            let of = format!(" of issue `{}`", spelled(&issue.id));
            group("options", &of, options.iter().map(|option| (&*option.id, &*option.name)).collect());
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cannot_be_seen_is_found_and_what_a_script_needs_is_not() {
        for text in [
            "a\u{200b}",
            "\u{202e}ab",
            "a\u{200d}b",
            "a\u{2066}",
            "\u{200f}a",
            "a\u{fe0f}",
            "\u{3164}",
            "a\u{e0061}",
        ] {
            assert!(unseen(text).is_some(), "{text:?}");
        }
        for text in [
            "north",
            "می\u{200c}خواهم",
            "❤\u{fe0f}",
            "👩\u{200d}⚕\u{fe0f}",
            "שלום\u{200f}!",
            "क\u{94d}\u{200d}ष",
            "a b",
            "3\u{fe0f}\u{20e3}",
        ] {
            assert_eq!(unseen(text), None, "{text:?}");
        }
    }

    #[test]
    fn names_that_look_the_same_are_found_and_others_are_not() {
        let same = [
            ("a", "a\u{200b}"),
            ("\u{e9}", "e\u{301}"),
            ("Paris", "P\u{430}ris"),
            ("a b", "a\u{a0} b"),
            ("p", "p"),
            ("x-y", "x\u{2010}y"),
        ];
        for (a, b) in same {
            assert_eq!(alike([a, "other", b]), [(2, 0)], "{a:?} {b:?}");
        }
        for (a, b) in [("1", "l"), ("rn", "m"), ("Price", "price"), ("e", "\u{e9}"), ("日", "月")] {
            assert_eq!(alike([a, b]), [], "{a:?} {b:?}");
        }
    }

    #[test]
    fn ids_hold_letters_of_every_script() {
        assert!("Añb-1_é\u{301}الضفةक्षि中".chars().all(is_for_ids));
        assert!(!"+@|!()<>$%&/ ;\u{200b}".chars().any(is_for_ids));
    }
}
