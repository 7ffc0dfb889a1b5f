//! Days and lengths of time as people write them.

use super::no_number::{number_and_unit, two_numbers};
use super::reader::Reader;
use super::spelling::{Spelling, spelling};
use crate::yaml::Node;
use detente_model::{Date, Duration};

impl Reader {
    pub(crate) fn date(&mut self, node: &Node) -> Option<Date> {
        let text = self.scalar(node, "a date")?;
        match date(text) {
            Written::Day(date) => Some(date),
            Written::Either(one, other) => {
                let help = format!("write `{one}` or `{other}`, whichever is meant");
                self.error(node.span, format!("`{text}` can be {one} or {other}"), help);
                None
            }
            Written::No => {
                let fault = Date::parse(text).err()?;
                self.error(node.span, fault.message, fault.help);
                None
            }
        }
    }

    pub(crate) fn duration(&mut self, node: &Node) -> Option<Duration> {
        let text = self.scalar(node, "a length of time, like `3 weeks`")?;
        let (amount, unit) = in_words(text).or_else(|| number_and_unit(text)).unwrap_or(("", ""));
        let plain = match spelling(amount) {
            Spelling::One(value) | Spelling::DecimalComma(value) => format!("{value} {unit}"),
            Spelling::Point { value, thousands } => {
                self.style.doubt(node.span, value, thousands);
                format!("{value} {unit}")
            }
            Spelling::Either(small, large) => {
                let help = format!("write `{small} {unit}` or `{large} {unit}`, whichever is meant");
                self.error(node.span, format!("`{text}` can be {small} or {large} {unit}"), help);
                return None;
            }
            Spelling::No => text.to_owned(),
        };
        let read = Duration::parse(&plain);
        if let Err(fault) = &read {
            let help = duration_help(text).unwrap_or(fault.help.clone());
            self.error(node.span, format!("`{text}` is not a length of time"), help);
        }
        read.ok()
    }
}

/// A way out for what people write instead of a length of time, where it is known what that is.
fn duration_help(text: &str) -> Option<String> {
    if date(text) != Written::No {
        return Some(
            "write how long after the start, like `3 weeks`; days of the calendar are not read here".into(),
        );
    }
    let (low, high) = text.rsplit_once(' ').and_then(|(numbers, _)| two_numbers(numbers))?;
    let unit = text.rsplit(' ').next()?;
    Some(format!(
        "write one length, such as `{low} {unit}` or `{high} {unit}`; one that is not certain cannot stand here"
    ))
}

/// A small number as a word, as digits, and the unit behind it.
fn in_words(text: &str) -> Option<(&'static str, &str)> {
    const WORDS: [(&str, &str); 15] = [
        ("a", "1"),
        ("an", "1"),
        ("one", "1"),
        ("two", "2"),
        ("three", "3"),
        ("four", "4"),
        ("five", "5"),
        ("six", "6"),
        ("seven", "7"),
        ("eight", "8"),
        ("nine", "9"),
        ("ten", "10"),
        ("eleven", "11"),
        ("twelve", "12"),
        ("half a", "0.5"),
    ];
    let (word, unit) = text.trim().rsplit_once(' ')?;
    WORDS.into_iter().find(|(known, _)| word.eq_ignore_ascii_case(known)).map(|(_, digits)| (digits, unit))
}

/// What a text says, taken as a date.
#[derive(Debug, PartialEq)]
enum Written {
    Day(Date),
    /// Day and month, or month and day.
    Either(Date, Date),
    No,
}

const MONTHS: [&str; 12] = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
];

/// `2005-06-05`, a day with the name of its month in any order, or numbers whose order can be told.
fn date(text: &str) -> Written {
    if let Ok(date) = Date::parse(text) {
        return Written::Day(date);
    }
    if text.len() > 40 {
        return Written::No;
    }
    // A point in time lies on its day.
    let day = text.get(..10).filter(|_| matches!(text.as_bytes().get(10), Some(b'T' | b't' | b' ')));
    let with_time =
        day.zip(text.get(11..)).filter(|(_, time)| time.starts_with(|c: char| c.is_ascii_digit()));
    if let Some(Ok(date)) = with_time.map(|(day, _)| Date::parse(day)) {
        return Written::Day(date);
    }
    named(text).or_else(|| numbers(text)).unwrap_or(Written::No)
}

/// A date of the calendar.
fn day(year: u16, month: u8, day: Option<u8>) -> Option<Date> {
    let day = day.map(|day| format!("-{day:02}")).unwrap_or_default();
    Date::parse(&format!("{year:04}-{month:02}{day}")).ok()
}

/// `5 June 2005`, `June 5, 2005`, `June 2005`.
fn named(text: &str) -> Option<Written> {
    let (mut month, mut year, mut days) = (None, None, Vec::new());
    let words = text.split(|c: char| c.is_whitespace() || ",.".contains(c));
    for word in words.filter(|word| !word.is_empty() && !word.eq_ignore_ascii_case("of")) {
        let lower = word.to_lowercase();
        let digits = lower.trim_end_matches(|c: char| c.is_ascii_alphabetic());
        let is_month = |name: &&str| *name == lower || lower.len() >= 3 && name.starts_with(&lower);
        let ends = ["", "st", "nd", "rd", "th"].contains(&&lower[digits.len()..]);
        match MONTHS.iter().position(is_month) {
            Some(found) if month.is_none() => month = Some(found as u8 + 1),
            None if digits.len() == 4 && digits.len() == lower.len() && year.is_none() => {
                year = Some(digits.parse().ok()?);
            }
            None if (1..=2).contains(&digits.len()) && ends => days.push(digits.parse().ok()?),
            _ => return None,
        }
    }
    match days[..] {
        [] => day(year?, month?, None),
        [only] => day(year?, month?, Some(only)),
        _ => None,
    }
    .map(Written::Day)
}

/// `2005/06/05`, `13.6.2005`; of `5/6/2005` both readings.
fn numbers(text: &str) -> Option<Written> {
    let parts: Vec<&str> = text.split(['/', '.', '-']).map(str::trim).collect();
    let [first, middle, last] = parts[..] else { return None };
    let number = |part: &str| part.parse::<u8>().ok();
    if first.len() == 4 {
        return day(first.parse().ok()?, number(middle)?, Some(number(last)?)).map(Written::Day);
    }
    let year = last.parse().ok().filter(|_| last.len() == 4)?;
    let (first, middle) = (number(first)?, number(middle)?);
    match (day(year, middle, Some(first)), day(year, first, Some(middle))) {
        (Some(one), Some(other)) if one != other => Some(Written::Either(one, other)),
        (one, other) => one.or(other).map(Written::Day),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fifth_of_june() -> Date {
        Date { year: 2005, month: Some(6), day: Some(5) }
    }

    #[test]
    fn a_day_is_read_where_its_month_can_be_told() {
        for text in [
            "2005-06-05",
            "5 June 2005",
            "5. June 2005",
            "June 5, 2005",
            "5th of June 2005",
            "5 Jun 2005",
            "2005 June 5",
            "2005/06/05",
            "2005/6/5",
            "2005-06-05T10:30:00Z",
            "2005-06-05 10:30",
        ] {
            assert_eq!(date(text), Written::Day(fifth_of_june()), "{text}");
        }
        assert_eq!(date("June 2005"), Written::Day(Date { day: None, ..fifth_of_june() }));
        assert_eq!(date("25.6.2005"), Written::Day(Date { day: Some(25), ..fifth_of_june() }));
        assert_eq!(date("6/25/2005"), Written::Day(Date { day: Some(25), ..fifth_of_june() }));
        assert_eq!(date("6.6.2005"), Written::Day(Date { day: Some(6), ..fifth_of_june() }));
    }

    #[test]
    fn of_day_and_month_in_digits_both_orders_are_named() {
        let other = Date { month: Some(5), day: Some(6), ..fifth_of_june() };
        for text in ["5/6/2005", "05.06.2005", "5-6-2005"] {
            assert_eq!(date(text), Written::Either(fifth_of_june(), other), "{text}");
        }
        for text in [
            "5 6 2005",
            "31/11/2005",
            "5 June",
            "5/6/05",
            "June",
            "32 June 2005",
            "5 6 June 2005",
            "Jun Jul 2005",
        ] {
            assert_eq!(date(text), Written::No, "{text}");
        }
    }
}
