use crate::{ClaimId, Fault, OptionId, grouped};
use std::borrow::Cow;

/// A question on the table and its possible answers.
#[derive(Clone, Debug, PartialEq)]
pub struct Issue {
    /// Unique among issues.
    pub id: String,
    /// What people call it.
    pub name: String,
    /// The possible answers.
    pub options: Options,
    /// The answer that holds today, if the file says.
    pub status_quo: Option<OptionId>,
    /// Claims on which the issue itself rests.
    pub because: Vec<ClaimId>,
}

/// The answers to an issue.
#[derive(Clone, Debug, PartialEq)]
pub enum Options {
    /// Answers with names.
    Named {
        /// Whether their order means something (ordinal rather than nominal).
        ordered: bool,
        /// The answers, in the order written.
        options: Vec<NamedOption>,
    },
    /// Evenly spaced numbers.
    Range(Range),
}

/// One answer with a name.
#[derive(Clone, Debug, PartialEq)]
pub struct NamedOption {
    /// Unique within its issue.
    pub id: String,
    /// What people call it.
    pub name: String,
}

/// The numbers `start`, `start + step`, ..., as exact decimals.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Range {
    start: i64,
    step: i64,
    /// Decimal places of `start` and `step`.
    places: u32,
    /// How many numbers, at least 1.
    count: usize,
    /// The unit the numbers are in.
    pub unit: Option<String>,
}

impl Range {
    /// Most numbers a range may hold.
    pub const MAX_COUNT: usize = 1_000_000;

    /// The numbers from `from` to at most `to` by steps of `by`.
    ///
    /// The second value is the last number reached when that is short of `to`.
    ///
    /// # Errors
    /// A bound or step that is not finite or needs more than 15 digits, a step that is not positive,
    /// bounds the wrong way round, more than [`Range::MAX_COUNT`] numbers.
    pub fn new(from: f64, to: f64, by: f64) -> Result<(Range, Option<f64>), Fault> {
        if !(from.is_finite() && to.is_finite() && by.is_finite()) {
            return Err(Fault::new("a range needs finite numbers", "write ordinary decimal numbers"));
        }
        if by <= 0.0 {
            return Err(Fault::new("the step `by` must be above 0", "write how far apart two options are"));
        }
        if to < from {
            return Err(Fault::new("the range ends before it begins", "swap `from` and `to`"));
        }
        let places = [from, to, by].iter().map(|v| decimal_places(*v)).max().unwrap_or(0);
        let scaled = |v: f64| -> Option<i64> { to_decimal(v, places) };
        let (Some(start), Some(end), Some(step)) = (scaled(from), scaled(to), scaled(by)) else {
            return Err(Fault::new(
                "the range needs more digits than can be kept",
                "write numbers of at most 15 digits",
            ));
        };
        let steps = (end - start) / step;
        if steps >= Range::MAX_COUNT as i64 {
            return Err(Fault::new(
                format!(
                    "the range has {} options, more than {}",
                    grouped(steps + 1),
                    grouped(Range::MAX_COUNT)
                ),
                "write a larger step `by`",
            ));
        }
        let count = steps as usize + 1;
        let range = Range { start, step, places, count, unit: None }.in_fewest_places();
        let last = range.value(range.count - 1);
        Ok((range, (last != to).then_some(last)))
    }

    /// The same numbers with as few decimal places as they need, so that equal ranges are equal.
    fn in_fewest_places(mut self) -> Range {
        while self.places > 0 && self.start % 10 == 0 && self.step % 10 == 0 {
            self.start /= 10;
            self.step /= 10;
            self.places -= 1;
        }
        self
    }

    /// How far apart two numbers are, the nearest `f64` to its exact decimal.
    pub fn step(&self) -> f64 {
        self.decimal(self.step)
    }

    /// How many numbers.
    pub fn count(&self) -> usize {
        self.count
    }

    /// The `k`-th number, the nearest `f64` to its exact decimal.
    pub fn value(&self, k: usize) -> f64 {
        self.decimal(self.start + self.step * k as i64)
    }

    /// A number of the kind that the range holds, as people write it: digits in groups, without the unit. Without a
    /// unit, numbers of four digits may be years; they are left as they are where the range holds no longer ones.
    pub fn in_words(&self, value: f64) -> String {
        const LONGER: f64 = 1e4;
        let ends = [self.value(0), self.value(self.count - 1)];
        let has_unit = self.unit.is_some() && !self.counts_calendar_years();
        if has_unit || ends.iter().any(|end| end.abs() >= LONGER) {
            grouped(value)
        } else {
            value.to_string().replace('-', "−")
        }
    }

    /// What a number of the kind that the range holds counts, as people say it after the number.
    pub fn unit_of(&self, value: f64) -> Option<&str> {
        let unit = self.unit.as_deref().filter(|_| !self.counts_calendar_years())?;
        let of_one = TIMES.iter().find(|times| value == 1.0 && unit == **times);
        Some(of_one.map_or(unit, |times| times.trim_end_matches('s')))
    }

    /// Whether its numbers are years like 2027: in a unit that is one year, not several, and as far back or ahead as
    /// people date things. Nobody says "2,027 year".
    fn counts_calendar_years(&self) -> bool {
        let is_year = |unit: &String| YEAR.contains(&unit.trim().to_lowercase().as_str());
        let ends = [self.value(0), self.value(self.count - 1)];
        self.unit.as_ref().is_some_and(is_year) && ends.iter().all(|end| (1000.0..3000.0).contains(end))
    }

    fn decimal(&self, decimal: i64) -> f64 {
        // INVARIANT: both have at most 15 digits (`to_decimal`) and are exact, so the quotient is the nearest f64.
        decimal as f64 / 10i64.pow(self.places) as f64
    }

    /// The positions of the numbers around another: those next to it on both sides, or the end it lies beyond.
    pub fn around(&self, value: f64) -> impl Iterator<Item = usize> + use<> {
        let below = ((value - self.value(0)) / self.step()).floor();
        let last = (self.count - 1) as f64;
        // One more on either side, as the quotient is rounded.
        (-1..=2).map(move |by| (below + f64::from(by)).clamp(0.0, last) as usize)
    }

    /// The position of a number in the range, if it is one of its options.
    pub fn position(&self, value: f64) -> Option<usize> {
        let from_start = (value - self.value(0)) / (self.step as f64 / 10f64.powi(self.places as i32));
        let k = from_start.round();
        if !(0.0..self.count as f64).contains(&k) {
            return None;
        }
        (self.value(k as usize) == value).then_some(k as usize)
    }
}

fn decimal_places(value: f64) -> u32 {
    let text = format!("{value}");
    text.split_once('.').map_or(0, |(_, fraction)| fraction.len() as u32)
}

fn to_decimal(value: f64, places: u32) -> Option<i64> {
    if places > 15 {
        return None;
    }
    let scaled = (value * 10f64.powi(places as i32)).round();
    (scaled.abs() < 1e15).then_some(scaled as i64)
}

/// Units of time as people count several of them.
const TIMES: [&str; 5] = ["years", "months", "weeks", "days", "hours"];

/// What a calendar year is called.
const YEAR: [&str; 14] =
    ["year", "jahr", "année", "an", "año", "anno", "ano", "jaar", "år", "rok", "год", "yıl", "سنة", "שנה"];

impl Issue {
    /// How many answers it has.
    pub fn n_options(&self) -> usize {
        match &self.options {
            Options::Named { options, .. } => options.len(),
            Options::Range(range) => range.count(),
        }
    }

    /// The option's id: its text, or its number in shortest decimal form.
    pub fn option_id(&self, option: OptionId) -> Cow<'_, str> {
        match &self.options {
            Options::Named { options, .. } => Cow::Borrowed(&options[option.0].id),
            Options::Range(range) => Cow::Owned(range.value(option.0).to_string()),
        }
    }

    /// The option as people say it: its name, or its number with the unit.
    pub fn option_name(&self, option: OptionId) -> Cow<'_, str> {
        match &self.options {
            Options::Named { options, .. } => Cow::Borrowed(&options[option.0].name),
            Options::Range(range) => {
                let value = range.value(option.0);
                let number = range.in_words(value);
                match range.unit_of(value) {
                    Some(unit) => Cow::Owned(format!("{number} {unit}")),
                    None => Cow::Owned(number),
                }
            }
        }
    }

    /// The number an option stands for, on issues that are ranges.
    pub fn option_value(&self, option: OptionId) -> Option<f64> {
        match &self.options {
            Options::Named { .. } => None,
            Options::Range(range) => Some(range.value(option.0)),
        }
    }

    /// The option with this id; on a range, any spelling of its number.
    pub fn find(&self, text: &str) -> Option<OptionId> {
        match &self.options {
            Options::Named { options, .. } => {
                options.iter().position(|option| option.id == text).map(OptionId)
            }
            Options::Range(range) => range.position(text.parse().ok()?).map(OptionId),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(from: f64, to: f64, by: f64, values: &[f64], short: Option<f64>) {
        let (range, last) = Range::new(from, to, by).expect("a range");
        let got: Vec<f64> = (0..range.count()).map(|k| range.value(k)).collect();
        assert_eq!(got, values);
        assert_eq!(last, short);
        for (k, value) in got.iter().enumerate() {
            assert_eq!(range.position(*value), Some(k));
        }
        assert_eq!(range.position(from - by), None);
    }

    #[test]
    fn one_year_is_told_as_one() {
        let (mut range, _) = Range::new(0.0, 2.0, 1.0).expect("a range");
        range.unit = Some("years".into());
        let issue = Issue {
            id: "term".into(),
            name: "Term".into(),
            options: Options::Range(range),
            status_quo: None,
            because: Vec::new(),
        };
        let names: Vec<_> = (0..3).map(|k| issue.option_name(OptionId(k)).into_owned()).collect();
        assert_eq!(names, ["0 years", "1 year", "2 years"]);
    }

    #[test]
    fn years_of_the_calendar_are_told_without_their_unit() {
        let said = |from: f64, to: f64, unit: &str| {
            let (mut range, _) = Range::new(from, to, to - from).expect("a range");
            range.unit = Some(unit.into());
            let options = Options::Range(range);
            let issue = Issue {
                id: "end".into(),
                name: "End".into(),
                options,
                status_quo: None,
                because: Vec::new(),
            };
            issue.option_name(OptionId(1)).into_owned()
        };
        assert_eq!(said(2027.0, 2030.0, "year"), "2030");
        assert_eq!(said(2027.0, 2030.0, "Jahr"), "2030");
        assert_eq!(said(1000.0, 2500.0, "years"), "2,500 years");
        assert_eq!(said(0.0, 2030.0, "year"), "2,030 year");
        assert_eq!(said(2027.0, 2030.0, "EUR"), "2,030 EUR");
    }

    #[test]
    fn ranges_step_in_exact_decimals() {
        check(0.0, 0.5, 0.1, &[0.0, 0.1, 0.2, 0.3, 0.4, 0.5], None);
        check(0.0, 10.0, 3.0, &[0.0, 3.0, 6.0, 9.0], Some(9.0));
        check(-1.0, 1.0, 0.5, &[-1.0, -0.5, 0.0, 0.5, 1.0], None);
        check(5.0, 5.0, 1.0, &[5.0], None);
    }

    #[test]
    fn ranges_of_the_same_numbers_are_the_same() {
        let range = |from: f64, to: f64, by: f64| Range::new(from, to, by).expect("a range").0;
        assert_eq!(range(0.0, 10.55, 1.0), range(0.0, 10.0, 1.0));
        assert_eq!(range(0.5, 2.75, 0.5), range(0.5, 2.5, 0.5));
        assert_ne!(range(5.0, 5.0, 1.0), range(5.0, 5.0, 0.1));
        assert_eq!((range(0.0, 1.0, 0.1).step(), range(0.0, 300.0, 100.0).step()), (0.1, 100.0));
    }

    #[test]
    fn amounts_are_said_in_groups_of_digits_and_years_are_not() {
        let said = |from: f64, to: f64, by: f64, unit: Option<&str>| {
            let (range, _) = Range::new(from, to, by).expect("a range");
            let range = Range { unit: unit.map(str::to_owned), ..range };
            let (id, name) = (String::new(), String::new());
            let options = Options::Range(range);
            let issue = Issue { id, name, options, status_quo: None, because: Vec::new() };
            let last = OptionId(issue.n_options() - 1);
            (issue.option_id(last).into_owned(), issue.option_name(last).into_owned())
        };
        let pair = |id: &str, name: &str| (id.to_owned(), name.to_owned());
        assert_eq!(said(2024.0, 2030.0, 1.0, None), pair("2030", "2030"));
        assert_eq!(said(0.0, 2600.0, 100.0, Some("EUR")), pair("2600", "2,600 EUR"));
        assert_eq!(said(0.0, 30_000.0, 500.0, None), pair("30000", "30,000"));
        assert_eq!(said(-9.0, -0.5, 0.5, Some("points")), pair("-0.5", "−0.5 points"));
    }

    #[test]
    fn ranges_that_make_no_sense_are_refused() {
        for (from, to, by) in
            [(1.0, 0.0, 1.0), (0.0, 1.0, 0.0), (0.0, 1e9, 1.0), (f64::NAN, 1.0, 1.0), (0.0, 1e300, 1e299)]
        {
            assert!(Range::new(from, to, by).is_err(), "{from} {to} {by}");
        }
    }
}
