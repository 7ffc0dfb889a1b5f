//! Numbers as people write them: which spellings can mean one number only, and what is to be asked of the others.
//!
//! Nothing here changes an amount. A spelling with two readings names both, and a help repeats digits that were
//! written or stands under a condition.

/// What a text says, taken as a number.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Spelling {
    /// This number and no other.
    One(f64),
    /// This number, with a comma that would part two values inside brackets.
    DecimalComma(f64),
    /// A decimal number of the language, which is how thousands are written elsewhere: `1.500`.
    Point {
        /// As the language reads it.
        value: f64,
        /// As it would be read elsewhere.
        thousands: f64,
    },
    /// Either of the two.
    Either(f64, f64),
    /// No number.
    No,
}

/// What a text says, taken as a number.
pub(crate) fn spelling(text: &str) -> Spelling {
    if let Some(known) = with_point(text) {
        return known;
    }
    let Some(text) = western(text.trim()) else { return Spelling::No };
    // A point stands before decimals behind any minus, and between the digits of any script.
    if let Some(known) = with_point(&text) {
        return known;
    }
    let (sign, unsigned) = match text.strip_prefix('-') {
        Some(rest) => ("-", rest),
        None => ("", text.strip_prefix('+').unwrap_or(&text)),
    };
    let (mantissa, exponent) = match unsigned.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, format!("e{exponent}")),
        None => (unsigned, String::new()),
    };
    let value = |digits: &str| parse_decimal(&format!("{sign}{digits}{exponent}"));
    let reading = match grouped(mantissa) {
        Digits::One(digits) => value(&digits).map(Spelling::One),
        Digits::DecimalComma(digits) => value(&digits).map(Spelling::DecimalComma),
        Digits::Either(small, large) => value(&small).zip(value(&large)).map(|(s, l)| Spelling::Either(s, l)),
        Digits::No => None,
    };
    reading.unwrap_or(Spelling::No)
}

/// A decimal number of the language, which may be how thousands are written elsewhere.
fn with_point(text: &str) -> Option<Spelling> {
    let value = parse_decimal(text)?;
    Some(match thousands_by_point(text) {
        Some(thousands) => Spelling::Point { value, thousands },
        None => Spelling::One(value),
    })
}

/// A finite decimal number: digits, at most one point, an optional exponent.
pub(crate) fn parse_decimal(text: &str) -> Option<f64> {
    let digits_only = text.bytes().all(|b| b.is_ascii_digit() || b"+-.eE".contains(&b));
    let value: f64 = text.parse().ok().filter(|_| digits_only)?;
    value.is_finite().then_some(value)
}

/// What `1.500` is where a point groups thousands; absent for what cannot be meant so.
fn thousands_by_point(text: &str) -> Option<f64> {
    let (whole, rest) = text.trim_start_matches(['+', '-']).split_once('.')?;
    let is_group = rest.len() == 3 && rest.bytes().all(|b| b.is_ascii_digit());
    (leads_groups(whole) && is_group).then(|| parse_decimal(&text.replacen('.', "", 1))).flatten()
}

/// Whether digits can stand before groups of three.
fn leads_groups(digits: &str) -> bool {
    (1..=3).contains(&digits.len()) && !digits.starts_with('0') && digits.bytes().all(|b| b.is_ascii_digit())
}

/// The zeros of the decimal digits of other scripts.
const ZEROS: [u32; 23] = [
    0x0660, 0x06F0, 0x07C0, 0x0966, 0x09E6, 0x0A66, 0x0AE6, 0x0B66, 0x0BE6, 0x0C66, 0x0CE6, 0x0D66, 0x0DE6,
    0x0E50, 0x0ED0, 0x0F20, 0x1040, 0x1090, 0x17E0, 0x1810, 0xA9D0, 0xABF0, 0xFF10,
];

/// The same text with the digits 0 to 9 and an ASCII minus; nothing if it mixes digits of several scripts.
fn western(text: &str) -> Option<String> {
    let mut script = None;
    let mut digit = |c: char| {
        let zero = ZEROS.into_iter().find(|zero| (*zero..zero + 10).contains(&u32::from(c)));
        let zero = zero.or_else(|| c.is_ascii_digit().then_some(u32::from('0')));
        let Some(zero) = zero else { return Some(c) };
        let same = *script.get_or_insert(zero) == zero;
        char::from_digit(u32::from(c) - zero, 10).filter(|_| same)
    };
    let mut leads = true;
    let western = text.chars().map(|c| {
        let sign = leads && is_minus(c);
        leads = matches!(c, 'e' | 'E');
        if sign { Some('-') } else { digit(c) }
    });
    western.collect()
}

/// What programs and keyboards put for a minus. Between two numbers most of them are dashes.
pub(super) fn is_minus(c: char) -> bool {
    matches!(c, '-' | '\u{2010}'..='\u{2015}' | '\u{2212}' | '\u{FE58}' | '\u{FE63}' | '\u{FF0D}')
}

/// Digits in the form of the language.
enum Digits {
    One(String),
    DecimalComma(String),
    Either(String, String),
    No,
}

/// Signs that group digits and never begin decimals.
const GROUPING: [char; 11] = [
    '\'', '\u{2019}', '\u{02BC}', '_', ' ', '\u{A0}', '\u{2007}', '\u{2009}', '\u{202F}', '\u{66C}',
    '\u{FF07}',
];
/// The Arabic sign before decimals.
const ARABIC_POINT: char = '\u{66B}';

/// Digits with signs between them, without a sign in front.
fn grouped(text: &str) -> Digits {
    if let Some(fraction) = with_fraction(text) {
        return Digits::One(fraction);
    }
    let signs: Vec<char> = text.chars().filter(|c| !c.is_ascii_digit()).collect();
    let parts: Vec<&str> = text.split(|c: char| !c.is_ascii_digit()).collect();
    let [before @ .., last] = &signs[..] else {
        return if text.is_empty() { Digits::No } else { Digits::One(text.to_owned()) };
    };
    let known = |c: &char| GROUPING.contains(c) || [',', '.', ARABIC_POINT].contains(c);
    if !signs.iter().all(known) || parts[1..].iter().any(|part| part.is_empty()) {
        return Digits::No;
    }
    let all = parts.concat();
    if before.iter().all(|sign| sign == last) {
        return match *last {
            ',' if before.is_empty() => one_comma(parts[0], parts[1]),
            ARABIC_POINT if before.is_empty() => Digits::One(decimal(parts[0], parts[1])),
            ',' if in_thousands(&parts) || in_lakhs(&parts) => Digits::One(all),
            ',' | ARABIC_POINT => Digits::No,
            _ if in_thousands(&parts) => Digits::One(all),
            _ => Digits::No,
        };
    }
    let (Some(decimals), Some(group)) = (parts.last(), before.first()) else { return Digits::No };
    let whole = &parts[..parts.len() - 1];
    let fits = before.iter().all(|sign| sign == group) && !GROUPING.contains(last) && *group != ARABIC_POINT;
    match fits && (in_thousands(whole) || *group == ',' && in_lakhs(whole)) {
        true => Digits::One(decimal(&whole.concat(), decimals)),
        false => Digits::No,
    }
}

fn decimal(whole: &str, decimals: &str) -> String {
    format!("{}.{decimals}", if whole.is_empty() { "0" } else { whole })
}

/// With one comma, three digits behind it are thousands or decimals; any other number of them are decimals.
fn one_comma(whole: &str, rest: &str) -> Digits {
    match leads_groups(whole) && rest.len() == 3 {
        true => Digits::Either(decimal(whole, rest), format!("{whole}{rest}")),
        false => Digits::DecimalComma(decimal(whole, rest)),
    }
}

fn in_thousands(parts: &[&str]) -> bool {
    leads_groups(parts[0]) && parts[1..].iter().all(|part| part.len() == 3)
}

/// Groups of two before the last three digits, as in South Asia.
fn in_lakhs(parts: &[&str]) -> bool {
    let [first, middle @ .., last] = parts else { return false };
    leads_groups(first) && first.len() <= 2 && last.len() == 3 && middle.iter().all(|part| part.len() == 2)
}

/// A whole number with a fraction that is one character.
fn with_fraction(text: &str) -> Option<String> {
    let last = text.chars().last()?;
    let whole = text[..text.len() - last.len_utf8()].trim_end();
    let (numerator, denominator) = match last {
        '½' => (1, 2),
        '¼' => (1, 4),
        '¾' => (3, 4),
        '⅓' => (1, 3),
        '⅔' => (2, 3),
        '⅕' => (1, 5),
        '⅖' => (2, 5),
        '⅗' => (3, 5),
        '⅘' => (4, 5),
        '⅙' => (1, 6),
        '⅛' => (1, 8),
        '⅜' => (3, 8),
        '⅝' => (5, 8),
        '⅞' => (7, 8),
        _ => return None,
    };
    let whole: u32 = if whole.is_empty() { 0 } else { whole.parse().ok()? };
    Some(format!("{}", f64::from(whole) + f64::from(numerator) / f64::from(denominator)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn one(texts: &[&str], value: f64) {
        for text in texts {
            assert_eq!(spelling(text), Spelling::One(value), "{text}");
        }
    }

    #[test]
    fn what_can_be_one_number_only_is_that_number() {
        one(
            &["1500", "1'500", "1\u{2019}500", "1 500", "1\u{a0}500", "1\u{202f}500", "1_500", "1.5e3"],
            1500.0,
        );
        one(&["1.500,00", "1,500.00", "1 500,0", "1'500.0", "\u{661}\u{665}\u{660}\u{660}"], 1500.0);
        one(&["\u{661}\u{66c}\u{665}\u{660}\u{660}", "\u{ff11}\u{ff15}\u{ff10}\u{ff10}", "+1500"], 1500.0);
        one(&["1.500.000", "1,500,000", "15,00,000", "1 500 000", "1'500'000.000"], 1_500_000.0);
        one(&["\u{2212}1'500", "-1 500", "\u{2013}1500", "\u{2011}1.5e3", "\u{FE63}1 500"], -1500.0);
        one(&["1e\u{2013}1", "1e\u{2212}1"], 0.1);
        one(&["1\u{bd}", "1.5", "\u{661}\u{66b}\u{665}", "\u{661}.\u{665}"], 1.5);
        one(&["\u{2212}0.5", "\u{2013}0.5"], -0.5);
        one(&["\u{661}\u{66b}\u{665}\u{660}\u{660}"], 1.5);
    }

    #[test]
    fn three_digits_behind_one_comma_or_point_have_two_readings() {
        assert_eq!(spelling("1,500"), Spelling::Either(1.5, 1500.0));
        assert_eq!(spelling("-12,345"), Spelling::Either(-12.345, -12345.0));
        assert_eq!(spelling("1.500"), Spelling::Point { value: 1.5, thousands: 1500.0 });
        for text in ["-1.500", "\u{2212}1.500"] {
            assert_eq!(spelling(text), Spelling::Point { value: -1.5, thousands: -1500.0 });
        }
        for (text, value) in
            [("0,500", 0.5), ("1,5", 1.5), ("1500,000", 1500.0), (",25", 0.25), ("1,5e3", 1500.0)]
        {
            assert_eq!(spelling(text), Spelling::DecimalComma(value), "{text}");
        }
        for (text, value) in [("0.500", 0.5), ("1500.000", 1500.0), ("1.5000", 1.5)] {
            assert_eq!(spelling(text), Spelling::One(value), "{text}");
        }
    }

    #[test]
    fn what_groups_no_thousands_is_no_number() {
        for text in [
            "",
            "-",
            ".",
            ",",
            "1,50,00",
            "1 50",
            "1_0",
            "0'500",
            "1..5",
            "1,,5",
            "1.5.",
            "1500-",
            "1500\u{2013}",
            "3\u{2013}5",
            "1 500.000.000,0,0",
            "1\u{661}00",
            "1e",
            "e3",
            "1'500 000",
            "1,500'000",
            "\u{bd}\u{bd}",
            "1\u{200b}500",
            "x",
            "1e999",
        ] {
            assert_eq!(spelling(text), Spelling::No, "{text}");
        }
    }
}
