//! An order that no party chose.
//!
//! Where a profile is all that says what is on the table, the order of its issues and options may be that of its owner's
//! wishes, best first. What all sides see must not show it.

use detente_model::Options;
use std::cmp::Ordering;

/// Compares two names: numbers first and by their size, then texts letter by letter, small or capital, with the numbers
/// in them by size; no two different names are equal.
pub(super) fn compare(a: &str, b: &str) -> Ordering {
    let number = |text: &str| text.trim().parse::<f64>().ok().filter(|value| value.is_finite());
    let order = match (number(a), number(b)) {
        (Some(a), Some(b)) => a.total_cmp(&b),
        (Some(_), None) => Ordering::Less,
        (None, Some(_)) => Ordering::Greater,
        (None, None) => parts(a).cmp(parts(b)),
    };
    order.then_with(|| a.cmp(b))
}

/// A part of a name, numbers before letters.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
enum Part {
    /// How many digits without zeros before them, and which.
    Number(usize, String),
    Letter(char),
}

fn parts(text: &str) -> impl Iterator<Item = Part> + '_ {
    let mut rest = text;
    std::iter::from_fn(move || {
        let end = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
        if end > 0 {
            let digits = rest[..end].trim_start_matches('0');
            rest = &rest[end..];
            return Some(Part::Number(digits.len(), digits.to_owned()));
        }
        let letter = rest.chars().next()?;
        rest = &rest[letter.len_utf8()..];
        Some(Part::Letter(letter.to_lowercase().next().unwrap_or(letter)))
    })
}

/// Puts named options into that order, unless they have one of their own.
pub(super) fn sort(options: &mut Options) {
    if let Options::Named { ordered: false, options } = options {
        options.sort_by(|a, b| compare(&a.id, &b.id));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_go_by_their_size_and_names_by_their_letters() {
        let sorted = ["-2", "1e-3", "02", "2", "10", "a2b", "a10", "b", "C", "c", "\u{e9}"];
        for (k, a) in sorted.iter().enumerate() {
            for (n, b) in sorted.iter().enumerate() {
                assert_eq!(compare(a, b), k.cmp(&n), "{a} {b}");
            }
        }
    }
}
