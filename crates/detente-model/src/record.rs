use crate::{Fault, SourceId};
use std::fmt;

/// Where it can be read.
#[derive(Clone, Debug, PartialEq)]
pub struct Source {
    /// Unique among sources.
    pub id: String,
    /// Its title.
    pub title: String,
    /// What it is: a press report, a transcript, a paper.
    pub kind: Option<String>,
    /// When it appeared.
    pub date: Option<Date>,
    /// Where to find it.
    pub url: Option<String>,
}

/// What is asserted, by whom, and where in which source.
#[derive(Clone, Debug, PartialEq)]
pub struct Claim {
    /// Unique among claims.
    pub id: String,
    /// The source that holds it.
    pub source: SourceId,
    /// The place in the source.
    pub at: Option<String>,
    /// Who asserts it.
    pub who: Option<String>,
    /// What is asserted.
    pub says: String,
}

/// A calendar date, possibly only a year or a month.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Date {
    /// The year, 1 to 9999.
    pub year: u16,
    /// The month, 1 to 12, if known.
    pub month: Option<u8>,
    /// The day of the month, if known.
    pub day: Option<u8>,
}

impl Date {
    /// Reads `2026-03-01`, `2026-03` or `2026`.
    ///
    /// # Errors
    /// Anything else, or a date that is not in the calendar.
    pub fn parse(text: &str) -> Result<Date, Fault> {
        let bad =
            || Fault::new(format!("`{text}` is not a date"), "write it as year-month-day, like `2026-03-01`");
        let parts: Vec<&str> = text.split('-').collect();
        let widths: Vec<usize> = parts.iter().map(|part| part.len()).collect();
        if ![&[4][..], &[4, 2], &[4, 2, 2]].contains(&&widths[..])
            || !parts.iter().all(|part| part.bytes().all(|b| b.is_ascii_digit()))
        {
            return Err(bad());
        }
        let year: u16 = parts[0].parse().map_err(|_| bad())?;
        let number = |i: usize| parts.get(i).and_then(|part| part.parse::<u8>().ok());
        let date = Date { year, month: number(1), day: number(2) };
        if date.is_in_calendar() { Ok(date) } else { Err(bad()) }
    }

    fn is_in_calendar(self) -> bool {
        let leap =
            self.year.is_multiple_of(4) && (!self.year.is_multiple_of(100) || self.year.is_multiple_of(400));
        let days = match self.month {
            None => return self.year > 0,
            Some(2) if leap => 29,
            Some(2) => 28,
            Some(4 | 6 | 9 | 11) => 30,
            Some(1..=12) => 31,
            Some(_) => return false,
        };
        self.year > 0 && self.day.is_none_or(|day| (1..=days).contains(&day))
    }
}

impl fmt::Display for Date {
    /// As written, year first.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}", self.year)?;
        self.month.map_or(Ok(()), |month| write!(f, "-{month:02}"))?;
        self.day.map_or(Ok(()), |day| write!(f, "-{day:02}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_those_of_the_calendar() {
        for good in ["2026-03-01", "2024-02-29", "2026-12", "1950"] {
            assert_eq!(Date::parse(good).expect(good).to_string(), good);
        }
        for bad in [
            "2026-13-01",
            "2025-02-29",
            "2026-3-1",
            "yesterday",
            "2026-03-00",
            "",
            "0000",
            "2026-03-01-01",
            "+026",
        ] {
            assert!(Date::parse(bad).is_err(), "{bad}");
        }
    }
}
