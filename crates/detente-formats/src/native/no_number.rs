//! What to say of a text that stands where a number belongs and is none.

use super::spelling::{Spelling, is_minus, spelling};

/// Longest text looked at, in bytes: what is longer is no slip in writing a number, and some kinds of slips are found by
/// reading a text once for each of its characters.
const MAX_LOOKED_AT: usize = 100;

/// What is wrong with the text, and a way out; `spread` tells whether a distribution may stand there, and `counts_in`
/// the unit in which numbers count there, if one is declared.
pub(crate) fn explain(text: &str, spread: bool, counts_in: Option<&str>) -> (String, String) {
    let lower = text.trim().to_lowercase();
    let kinds = [endless, not_known, between, about, bound, percent, brackets, fraction, formula];
    let look = || {
        let found = kinds.into_iter().find_map(|kind| kind(&lower, spread));
        // Units are shown as they are written: `M` and `m` are two things.
        found.or_else(|| with_unit(text, counts_in)).or_else(|| separators(&lower))
    };
    let found = if lower.len() <= MAX_LOOKED_AT { look() } else { None };
    found.map_or_else(
        || {
            (
                format!("`{text}` is not a number"),
                "write a decimal number such as `0.5`, `40` or `1e3`".into(),
            )
        },
        |(what, help)| (format!("`{text}` {what}"), help),
    )
}

/// What is said: how the message goes on, and the help.
type Said = Option<(String, String)>;

fn said(what: &str, help: impl Into<String>) -> Said {
    Some((what.to_owned(), help.into()))
}

/// A number in the form of the language, or both readings of one that has two.
pub(super) fn shown(text: &str) -> Option<String> {
    Some(match spelling(text) {
        Spelling::One(value) | Spelling::DecimalComma(value) => format!("`{value}`"),
        Spelling::Point { value: small, thousands: large } | Spelling::Either(small, large) => {
            format!("`{small}` or `{large}`")
        }
        Spelling::No => return None,
    })
}

/// The value of a text that has one reading.
fn only(text: &str) -> Option<f64> {
    match spelling(text.trim()) {
        Spelling::One(value) | Spelling::DecimalComma(value) => Some(value),
        _ => None,
    }
}

fn is_number(text: &str) -> bool {
    spelling(text.trim()) != Spelling::No
}

/// Which side of all numbers a word stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Endless {
    Above,
    Below,
    /// A word for what nobody would sign, which may be meant as the worst worth or as the highest demand.
    Never,
}

/// The words for what somebody would never sign, or never do without.
const NEVER: [&str; 14] = [
    "never",
    "no way",
    "no go",
    "no-go",
    "nogo",
    "red line",
    "redline",
    "impossible",
    "unacceptable",
    "not acceptable",
    "inacceptable",
    "veto",
    "forbidden",
    "taboo",
];

/// Whether a text stands for something beyond all numbers.
pub(super) fn is_endless(text: &str) -> Option<Endless> {
    let lower = text.trim().to_lowercase();
    if NEVER.contains(&lower.as_str()) {
        return Some(Endless::Never);
    }
    let (below, word) = match lower.strip_prefix(is_minus).or_else(|| lower.strip_prefix("minus ")) {
        Some(word) => (true, word),
        None => (false, lower.strip_prefix('+').unwrap_or(&lower)),
    };
    let word = word.strip_prefix('.').unwrap_or(word);
    let words = ["inf", "infinity", "infinite", "unlimited", "\u{221E}"];
    words.contains(&word).then_some(if below { Endless::Below } else { Endless::Above })
}

fn endless(text: &str, _: bool) -> Said {
    let help = match is_endless(text) {
        Some(Endless::Above) => "write a finite number; only a `budget` without limit is left out",
        Some(Endless::Below | Endless::Never) => {
            "write a finite number; what nobody would sign stands under `constraints`: `{forbid: {<issue>: <option>}}`"
        }
        None if text.trim_start_matches(['+', '-', '.']) == "nan" => "write a finite number",
        None => return None,
    };
    said("is not a number", help)
}

/// The words for what somebody does not know, or has not looked up yet.
const NOT_KNOWN: [&str; 19] = [
    "?",
    "??",
    "???",
    "unknown",
    "not known",
    "don't know",
    "dont know",
    "don\u{2019}t know",
    "do not know",
    "no idea",
    "unclear",
    "tbd",
    "tbc",
    "todo",
    "n/a",
    "na",
    "open",
    "depends",
    "varies",
];

/// Whether a text says that something is not known.
pub(super) fn says_not_known(text: &str) -> bool {
    NOT_KNOWN.contains(&text.trim().to_lowercase().as_str())
}

fn not_known(text: &str, spread: bool) -> Said {
    says_not_known(text).then_some(())?;
    let help = match spread {
        true => "write the lowest and the highest it can be, `{uniform: [<lowest>, <highest>]}`",
        false => "write a plain number; this one cannot be left open",
    };
    said("is not a number", help)
}

/// Two numbers with something between them, in the order written.
pub(super) fn two_numbers(text: &str) -> Option<(&str, &str)> {
    let text = text.strip_prefix("between ").or_else(|| text.strip_prefix("from ")).unwrap_or(text);
    let parts = ["...", "\u{2026}", "..", " to ", " and ", " bis ", "\u{2013}", "\u{2014}", "-"];
    parts.into_iter().find_map(|part| {
        let mut at = text.match_indices(part).map(|(at, _)| at);
        at.find_map(|at| {
            let (low, high) = (text[..at].trim(), text[at + part.len()..].trim());
            (is_number(low) && is_number(high)).then_some((low, high))
        })
    })
}

fn between(text: &str, spread: bool) -> Said {
    let (first, last) = two_numbers(text)?;
    if !spread {
        return said("is two numbers, and one number belongs here", "write one of them");
    }
    match (only(first), only(last)) {
        (Some(low), Some(high)) if low < high => {
            let help = format!(
                "write `{{uniform: [{low}, {high}]}}` where all between are as likely, or \
                 `{{pert: [{low}, <most likely>, {high}]}}`"
            );
            said("says from where to where, and not how likely what is", help)
        }
        (Some(_), Some(_)) => said(
            "is two numbers, or one taken from the other",
            "write the number itself, or `{uniform: [<lowest>, <highest>]}`",
        ),
        _ => said(
            "is two numbers, and one of them has two readings",
            "write both without separators, and a point before decimals: `{uniform: [<lowest>, <highest>]}`",
        ),
    }
}

fn about(text: &str, spread: bool) -> Said {
    let words = [
        "about ",
        "around ",
        "approximately ",
        "approx. ",
        "approx ",
        "circa ",
        "ca. ",
        "ca ",
        "c. ",
        "roughly ",
        "nearly ",
        "almost ",
        "some ",
        "~",
        "\u{2248}",
        "\u{B1}",
    ];
    let number = words.into_iter().find_map(|word| text.strip_prefix(word)).map(str::trim);
    let around =
        || text.split_once('\u{B1}').or_else(|| text.split_once("+/-")).map(|(middle, _)| middle.trim());
    let number = shown(number.filter(|number| is_number(number)).or_else(around)?)?;
    let help = match spread {
        true => format!(
            "write {number} if that is it; else the lowest and the highest it can be, \
             `{{uniform: [<lowest>, <highest>]}}`"
        ),
        false => format!("write {number} if that is it; a number that is not certain cannot stand here"),
    };
    said("does not say how far it can lie from there", help)
}

/// Whether a text says which side of a number something lies.
pub(super) fn is_bound(text: &str) -> bool {
    text.len() <= MAX_LOOKED_AT && bound(&text.trim().to_lowercase(), true).is_some()
}

fn bound(text: &str, spread: bool) -> Said {
    let words = [
        "more than ",
        "less than ",
        "at least ",
        "at most ",
        "up to ",
        "over ",
        "under ",
        "above ",
        "below ",
        "min. ",
        "max. ",
        "min ",
        "max ",
        "<=",
        ">=",
        "<",
        ">",
        "\u{2264}",
        "\u{2265}",
    ];
    let after = words.into_iter().find_map(|word| text.strip_prefix(word)).or_else(|| text.strip_suffix('+'));
    let number = shown(after?.trim().trim_end_matches('%').trim_end())?;
    let help = match spread {
        true => format!("{number} is one end: write both, `{{uniform: [<lowest>, <highest>]}}`"),
        false => "write the number itself".into(),
    };
    said("is a bound and not a number", help)
}

/// The number before a percent sign.
pub(super) fn percentage(text: &str) -> Option<&str> {
    let signs = ["%", "\u{66A}", "\u{FF05}", "percent", "per cent"];
    let number = signs.into_iter().find_map(|sign| text.strip_suffix(sign))?.trim_end();
    is_number(number).then_some(number)
}

fn percent(text: &str, _: bool) -> Said {
    let number = percentage(text)?;
    let Some(value) = only(number) else {
        return said("has two readings", format!("write {} hundredths as a plain number", shown(number)?));
    };
    let help = match value == 0.0 {
        true => "write `0`".to_owned(),
        false => format!(
            "write `{}` if it is a share of 1, or `{value}` where the other numbers count in hundredths",
            hundredth(value)
        ),
    };
    said("is not a number by itself", help)
}

/// A hundredth, rounded once.
pub(super) fn hundredth(value: f64) -> f64 {
    format!("{value}e-2").parse().unwrap_or(value / 100.0)
}

fn brackets(text: &str, _: bool) -> Said {
    let number = text.strip_prefix('(')?.strip_suffix(')')?;
    let number = shown(number)?;
    let help = format!("write {number}, with a minus in front if it is one");
    said("can be a negative number, as in accounts, or a number in brackets", help)
}

fn fraction(text: &str, _: bool) -> Said {
    let (numerator, denominator) = text.split_once('/')?;
    let (_, divisor) = (only(numerator)?, only(denominator)?);
    if divisor == 0.0 {
        return None;
    }
    said("is a fraction, or one of two numbers", "write a decimal number, such as `0.75` for three quarters")
}

fn formula(text: &str, _: bool) -> Said {
    let signs = text.contains(['*', '^', '=', '\u{D7}', '\u{F7}']);
    let sums = [" - ", " + ", " / ", " \u{2212} "].iter().any(|sign| text.contains(sign));
    (signs || sums).then_some(())?;
    let help = "write the number it comes to; what depends on an issue is said under `preferences`";
    said("is a formula, and formulas are not worked out", help)
}

/// Words that multiply, with the power of ten.
const MULTIPLES: [(&str, u8); 26] = [
    ("hundred", 2),
    ("k", 3),
    ("thousand", 3),
    ("thousands", 3),
    ("tsd", 3),
    ("tsd.", 3),
    ("lakh", 5),
    ("lakhs", 5),
    ("lac", 5),
    ("lacs", 5),
    ("million", 6),
    ("millions", 6),
    ("mio", 6),
    ("mio.", 6),
    ("mn", 6),
    ("crore", 7),
    ("crores", 7),
    ("billion", 9),
    ("billions", 9),
    ("bn", 9),
    ("milliard", 9),
    ("mrd", 9),
    ("mrd.", 9),
    ("mld", 9),
    ("mld.", 9),
    ("miljard", 9),
];

/// What may multiply, by one power of ten or another, or may be a unit: a thousand or a million, metres, tonnes; and the
/// words that are a million million in some languages and less in others.
const PERHAPS_MULTIPLES: [&str; 24] = [
    "m",
    "mm",
    "b",
    "g",
    "t",
    "p",
    "th",
    "cr",
    "bio",
    "bio.",
    "bil",
    "bil.",
    "mil",
    "mil.",
    "mill",
    "mill.",
    "tn",
    "trn",
    "trillion",
    "trillions",
    "quadrillion",
    "dozen",
    "score",
    "gross",
];

/// The word that may multiply at the beginning of a unit, in lower case, and what stands behind it.
fn multiple(unit: &str) -> (String, &str) {
    let (word, rest) = unit.split_once(char::is_whitespace).unwrap_or((unit, ""));
    (word.to_lowercase(), rest.trim())
}

/// A number with a word or a sign before or behind it.
pub(super) fn number_and_unit(text: &str) -> Option<(&str, &str)> {
    let text = text.trim();
    let in_number = |c: char| c.is_numeric() || is_minus(c) || matches!(c, '+' | '.' | ',');
    let first = text.find(in_number)?;
    if first > 0 {
        let (unit, number) = text.split_at(first);
        let no_digit = !unit.trim().is_empty() && is_number(number);
        return no_digit.then_some((number.trim(), unit.trim()));
    }
    let last = text.char_indices().rev().find(|(_, c)| c.is_numeric()).map(|(at, c)| at + c.len_utf8())?;
    let (number, unit) = text.split_at(last);
    (is_number(number) && !unit.trim().is_empty()).then_some((number.trim(), unit.trim()))
}

/// A number with something beside it that is a unit, a multiple or a mere sign.
fn with_unit(text: &str, counts_in: Option<&str>) -> Said {
    let Some((number, unit)) = number_and_unit(text) else { return doubtful_multiple(text, counts_in) };
    if unit.chars().count() > 30 || unit.contains(char::is_control) {
        return None;
    }
    if unit.starts_with(is_minus) {
        let help = format!("write {}, with a minus in front if it is one", shown(number)?);
        return said("is not a number alone", help);
    }
    let signs = [("minus", "-"), ("negative", "-"), ("neg.", "-"), ("plus", "")];
    if let Some((_, sign)) = signs.iter().find(|(word, _)| unit.eq_ignore_ascii_case(word)) {
        let help = only(number).map_or_else(
            || "write it in digits, with its sign in front".to_owned(),
            |value| format!("write `{sign}{}`", value.abs()),
        );
        return said("is not written as a number", help);
    }
    let Some(unit) = named_unit(unit) else {
        let help = format!("write {} if that is it: a number stands alone, without signs", shown(number)?);
        return said("is not a number alone", help);
    };
    let (word, rest) = multiple(unit);
    let counts_in_it = counts_in.is_none_or(|own| same_unit(rest, own));
    if PERHAPS_MULTIPLES.contains(&word.as_str()) && counts_in_it {
        return said_of_doubtful(unit);
    }
    let power = MULTIPLES.iter().find(|(known, _)| *known == word).map(|(_, power)| *power);
    match (counts_in, power) {
        // All digits are the number of what is counted, where that is named behind the multiple.
        (Some(_), Some(power)) if counts_in_it => all_digits(number, power, false),
        (Some(own), _) => to_convert(unit, own),
        (None, Some(power)) => all_digits(number, power, true),
        (None, None) => {
            let help = format!(
                "write {} where the values count in `{unit}`; a unit is named once, as `unit` of a range or as `common_unit`",
                shown(number)?
            );
            said("is not a number", help)
        }
    }
}

/// Whoever knows both units can convert; nobody else gives an amount.
fn to_convert(unit: &str, own: &str) -> Said {
    let help = format!("convert it, and write how many `{own}` it comes to");
    said(&format!("names `{unit}`, and what stands here counts in `{own}`"), help)
}

/// A number of thousands or millions; `or_alone` tells whether all that stands there may count in them.
fn all_digits(number: &str, power: u8, or_alone: bool) -> Said {
    let Some(value) = only(number) else {
        return said("has two readings", "write the whole number, without separators");
    };
    let Spelling::One(whole) = spelling(&format!("{value}e{power}")) else { return None };
    let alone = match or_alone {
        true => format!("; or `{value}` where all values count in that"),
        false => String::new(),
    };
    said("is not written as a number", format!("write `{whole}`, all digits of it{alone}"))
}

/// `EUR 2m`: a unit before the number, and what may be a multiple behind it.
fn doubtful_multiple(text: &str, counts_in: Option<&str>) -> Said {
    let digits = |c: char| c.is_numeric();
    let (first, last) = (text.find(digits)?, text.rfind(digits)?);
    let end = last + text[last..].chars().next().map_or(0, char::len_utf8);
    let (before, number, behind) = (text[..first].trim(), &text[first..end], text[end..].trim());
    let (word, _) = multiple(behind);
    let multiplies =
        PERHAPS_MULTIPLES.contains(&word.as_str()) || MULTIPLES.iter().any(|(known, _)| *known == word);
    let fits = !before.is_empty() && before.chars().count() <= 30 && is_number(number) && multiplies;
    match counts_in {
        _ if !fits => None,
        Some(own) => to_convert(text[end..].trim(), own),
        None => said_of_doubtful(behind),
    }
}

fn said_of_doubtful(unit: &str) -> Said {
    let help = "write all digits of the number, or state the unit: as `unit` of a range or as `common_unit`";
    said(&format!("has several readings, since `{unit}` may multiply it"), help)
}

/// What names a unit behind or before a number, without the dashes that close an amount; nothing where only signs stand.
pub(super) fn named_unit(unit: &str) -> Option<&str> {
    let named = unit.trim_start_matches(|c: char| c.is_whitespace() || is_minus(c) || ".,".contains(c));
    let begins = |c: char| {
        c.is_alphabetic()
            || is_currency(c)
            || matches!(c, '/' | '%' | '\u{2030}' | '\u{B0}' | '\u{66A}' | '\u{FF05}')
    };
    (named.starts_with(begins) && !named.contains(['?', '!'])).then_some(named)
}

fn is_currency(c: char) -> bool {
    matches!(c, '$' | '\u{A2}'..='\u{A5}' | '\u{58F}' | '\u{60B}' | '\u{9F2}' | '\u{9F3}' | '\u{E3F}' | '\u{17DB}'
        | '\u{20A0}'..='\u{20CF}' | '\u{FDFC}' | '\u{FF04}' | '\u{FFE0}' | '\u{FFE1}' | '\u{FFE5}' | '\u{FFE6}')
}

/// Whether two texts name the same unit: letter by letter, or as the sign of a currency.
pub(super) fn same_unit(one: &str, other: &str) -> bool {
    let signs = [
        ("\u{20AC}", "eur"),
        ("\u{20AC}", "euro"),
        ("$", "usd"),
        ("\u{A3}", "gbp"),
        ("\u{A5}", "jpy"),
        ("%", "percent"),
    ];
    // A single letter is another unit in the other case: `m` and `M`.
    if one.chars().count() == 1 && one.is_ascii() {
        return one == other || signs.contains(&(one, &other.to_lowercase()));
    }
    let (one, other) = (one.to_lowercase(), other.to_lowercase());
    one == other || signs.iter().any(|pair| *pair == (&one, &other) || *pair == (&other, &one))
}

fn separators(text: &str) -> Said {
    if let Some(hidden) = text.chars().find(|c| is_hidden(*c)) {
        let message = format!("holds the invisible character U+{:04X}", u32::from(hidden));
        return said(&message, "type the number anew");
    }
    let digits = text.chars().filter(|c| c.is_numeric()).count();
    let signs = |c: char| c.is_numeric() || ".,'_ -+\u{2019}\u{A0}\u{202F}".contains(c);
    (digits > 0 && text.chars().all(signs)).then_some(())?;
    let help = "write digits only, with a point before decimals";
    said("does not group its digits in thousands", help)
}

fn is_hidden(c: char) -> bool {
    matches!(c, '\u{AD}' | '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{2064}' | '\u{2066}'..='\u{2069}' | '\u{FEFF}')
}
