//! What a number rests on: a claim supports it only if the claim states it.

use crate::{Claim, Distribution, Draft, Number};

/// What the claims that a number names do for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Support {
    /// It names no claim.
    Assumed,
    /// It names claims, and none of them states it: they support a fact or an order, and the number is an assumption.
    Unstated,
    /// A claim that it names states it.
    Stated,
}

/// The numbers that each claim states.
#[derive(Clone, Debug)]
pub struct Sourcing(Vec<Vec<f64>>);

impl Draft {
    /// What the claims state, worked out once for all numbers.
    pub fn sourcing(&self) -> Sourcing {
        Sourcing(self.claims.iter().map(Claim::stated).collect())
    }
}

impl Sourcing {
    /// What the claims that a number names do for it.
    pub fn of(&self, number: &Number) -> Support {
        let states = |claim: &crate::ClaimId| {
            let stated = self.0.get(claim.0).map_or(&[][..], Vec::as_slice);
            values(&number.spread).into_iter().any(|value| holds(stated, value.abs()))
        };
        match number.because.iter().any(states) {
            _ if number.because.is_empty() => Support::Assumed,
            true => Support::Stated,
            false => Support::Unstated,
        }
    }

    /// Whether a number rests on nothing that states it.
    pub fn is_assumption(&self, number: &Number) -> bool {
        self.of(number) != Support::Stated
    }
}

/// What was written down of a number: its value, or the parameters of its distribution.
fn values(spread: &Distribution<f64>) -> Vec<f64> {
    spread
        .parameters()
        .into_iter()
        .filter(|(name, _)| *name != "probability")
        .map(|(_, value)| *value)
        .collect()
}

/// Whether a number stands among others in rising order, but for rounding.
fn holds(rising: &[f64], value: f64) -> bool {
    let near = 1e-9 * value;
    let at = rising.partition_point(|other| *other < value - near);
    rising.get(at).is_some_and(|other| *other <= value + near)
}

/// Longest word looked at, in bytes: what is longer is no number that a person wrote.
const MAX_WORD: usize = 100;
/// Most groups of three digits with spaces between them.
const MAX_GROUPS: usize = 5;

impl Claim {
    /// The numbers that stand in what is asserted, without their signs: digits in each way they can be read, number
    /// words, and both multiplied by a word behind them; as hundredths too where `%` or `percent` stands there. In rising
    /// order. `one` is left out, because it rarely counts.
    pub fn stated(&self) -> Vec<f64> {
        let text = self.says.to_lowercase();
        let words: Vec<&str> =
            text.split(|c: char| c.is_whitespace() || "()[]{};:/\"\u{201C}\u{201D}".contains(c)).collect();
        let mut stated = Vec::new();
        let mut k = 0;
        while let Some(word) = words.get(k) {
            let n_groups = groups_behind(&words[k..]);
            let joined = words[k..=k + n_groups].iter().filter_map(|word| digits(word)).collect::<String>();
            let (of_word, rest) = match (n_groups, word.len() > MAX_WORD) {
                (0, true) => (Vec::new(), ""),
                (0, false) => in_word(word),
                // `2 500 000` is one number, and none of its parts is stated.
                _ => (joined.parse().into_iter().collect(), ""),
            };
            k += 1 + n_groups;
            let following = if rest.is_empty() { words.get(k).copied().unwrap_or_default() } else { rest };
            for value in of_word {
                stated.push(value);
                stated.extend(multiple(following).map(|times| value * times));
            }
        }
        stated.sort_unstable_by(f64::total_cmp);
        stated
    }
}

/// How many groups of three digits follow the first word that belong to its number.
fn groups_behind(words: &[&str]) -> usize {
    let ends = |word: &str| word.ends_with(|c: char| c.is_ascii_digit());
    let leads = digits(words[0]).is_some_and(leads_groups) && ends(words[0]);
    let group = |word: &&&str| {
        word.starts_with(|c: char| c.is_ascii_digit()) && digits(word).is_some_and(|part| part.len() == 3)
    };
    if !leads {
        return 0;
    }
    let n = words[1..].iter().take_while(group).take(MAX_GROUPS).count();
    // What ends a sentence or a part of one ends the number too.
    let closed = words[1..=n].iter().position(|word| !ends(word));
    closed.map_or(n, |at| at + 1)
}

/// The leading digits of a word that is nothing else but for a sign or what ends a sentence.
fn digits(word: &str) -> Option<&str> {
    let word = word.trim_matches(|c: char| !c.is_ascii_digit());
    (!word.is_empty() && word.bytes().all(|b| b.is_ascii_digit())).then_some(word)
}

/// The numbers that a word can be, and what stands behind its digits.
fn in_word(word: &str) -> (Vec<f64>, &str) {
    let Some(start) = word.find(|c: char| c.is_ascii_digit()) else {
        let bare = word.trim_matches(|c: char| !c.is_alphanumeric() && c != '-');
        return (number_word(bare).into_iter().collect(), "");
    };
    let in_number = |c: char| c.is_ascii_digit() || ".,'\u{2019}_".contains(c);
    let end = word[start..].find(|c: char| !in_number(c)).map_or(word.len(), |at| start + at);
    let written = word[start..end].trim_end_matches(|c: char| !c.is_ascii_digit());
    let mut values: Vec<f64> = readings(written);
    let rest = &word[end..];
    // `40-45`, `3to5`: what follows may be a number of its own.
    let (more, behind) = match rest.find(|c: char| c.is_ascii_digit()) {
        Some(_) => in_word(rest),
        None => (Vec::new(), rest.trim_matches(|c: char| !c.is_alphanumeric() && c != '%')),
    };
    values.extend(more);
    (values, behind)
}

/// The numbers that digits with signs between them can be, taken whole: `35,000` is not 35. One sign before three digits
/// can part thousands or decimals; where these would end in a zero, which is rarely written, it parts thousands.
fn readings(written: &str) -> Vec<f64> {
    let signs: Vec<char> = written.chars().filter(|c| !c.is_ascii_digit()).collect();
    let parts: Vec<&str> = written.split(|c: char| !c.is_ascii_digit()).collect();
    let [before @ .., last] = &signs[..] else { return written.parse().into_iter().collect() };
    let (whole, decimals) = (&parts[..parts.len() - 1], parts[parts.len() - 1]);
    let alike = before.iter().all(|sign| sign == last);
    let mut texts = Vec::new();
    if alike && (in_thousands(&parts) || *last == ',' && in_lakhs(&parts)) {
        texts.push(parts.concat());
    }
    let before_decimals = match before {
        [] => texts.is_empty() || !decimals.ends_with('0'),
        [group, ..] => {
            let is_group = before.iter().all(|sign| sign == group) && group != last;
            is_group && (in_thousands(whole) || *group == ',' && in_lakhs(whole))
        }
    };
    if before_decimals && matches!(last, '.' | ',') {
        texts.push(format!("{}.{decimals}", whole.concat()));
    }
    // `1,2,3` lists numbers; other digits with signs between them are a date or the number of a section.
    if texts.is_empty() && *last == ',' && alike {
        texts.extend(parts.iter().map(|part| (*part).to_owned()));
    }
    texts.iter().filter_map(|text| text.parse().ok()).collect()
}

fn leads_groups(digits: &str) -> bool {
    (1..=3).contains(&digits.len()) && !digits.starts_with('0')
}

fn in_thousands(parts: &[&str]) -> bool {
    leads_groups(parts[0]) && parts[1..].iter().all(|part| part.len() == 3)
}

/// Groups of two before the last three digits, as in South Asia.
fn in_lakhs(parts: &[&str]) -> bool {
    let [first, middle @ .., last] = parts else { return false };
    leads_groups(first) && first.len() <= 2 && last.len() == 3 && middle.iter().all(|part| part.len() == 2)
}

/// What a word behind a number makes of it.
fn multiple(word: &str) -> Option<f64> {
    let word = word.trim_end_matches(|c: char| !c.is_alphanumeric() && c != '%');
    Some(match word {
        "%" | "percent" | "percentage" => 0.01,
        "hundred" => 1e2,
        "thousand" | "k" => 1e3,
        "million" | "mio" => 1e6,
        "billion" | "bn" => 1e9,
        _ if word.starts_with('%') => 0.01,
        _ => return None,
    })
}

/// A number word up to ninety-nine.
fn number_word(word: &str) -> Option<f64> {
    const SMALL: [&str; 20] = [
        "zero",
        "one",
        "two",
        "three",
        "four",
        "five",
        "six",
        "seven",
        "eight",
        "nine",
        "ten",
        "eleven",
        "twelve",
        "thirteen",
        "fourteen",
        "fifteen",
        "sixteen",
        "seventeen",
        "eighteen",
        "nineteen",
    ];
    const TENS: [&str; 8] = ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"];
    let small = |word: &str| SMALL.iter().position(|known| *known == word).map(|k| k as f64);
    let alone = |word: &str| small(word).filter(|value| *value != 1.0);
    let tens = |word: &str| TENS.iter().position(|known| *known == word).map(|k| 10.0 * (k + 2) as f64);
    match word.split_once('-') {
        Some((ten, one)) => Some(tens(ten)? + small(one).filter(|one| (1.0..10.0).contains(one))?),
        None => alone(word).or_else(|| tens(word)).or(match word {
            "half" => Some(0.5),
            "dozen" => Some(12.0),
            "hundred" => Some(100.0),
            "thousand" => Some(1000.0),
            "million" => Some(1e6),
            "none" | "nothing" => Some(0.0),
            _ => None,
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{ClaimId, SourceId};

    fn claim(says: &str) -> Claim {
        Claim { id: "c".into(), source: SourceId(0), at: None, who: None, says: says.into() }
    }

    #[track_caller]
    fn check(says: &str, spread: Distribution<f64>, states: bool) {
        let number = Number { spread, by_case: None, because: vec![ClaimId(0)] };
        let expected = if states { Support::Stated } else { Support::Unstated };
        assert_eq!(Sourcing(vec![claim(says).stated()]).of(&number), expected, "{says}: {number:?}");
    }

    #[test]
    fn a_claim_supports_the_numbers_it_states_and_no_others() {
        let point = Distribution::Point;
        check("The season is worth 35 to us.", point(35.0), true);
        check("They would lose 35", point(-35.0), true);
        check("The season is worth a lot", point(35.0), false);
        check("The lease runs for 15 years", point(-60.0), false);
        check("It was worth (35)", point(35.0), true);
        check("A rent of 1,500 EUR", point(1500.0), true);
        check("A rent of 1.500,50 EUR", point(1500.5), true);
        for (says, stated, not) in [
            ("At least 35,000 came", vec![35_000.0], vec![35.0, 0.0]),
            ("A rent of 1,500 euros", vec![1500.0], vec![1.5, 500.0]),
            ("1.500 EUR", vec![1500.0], vec![1.5]),
            ("1,255 or so", vec![1.255, 1255.0], vec![1.0, 255.0]),
            ("2,500,000 trees", vec![2_500_000.0], vec![2500.0, 2.0]),
            ("15,00,000 rupees", vec![1_500_000.0], vec![1500.0]),
            ("Some 62.5 points", vec![62.5], vec![625.0, 62.0]),
            ("1.500,50 EUR", vec![1500.5], vec![150_050.0]),
            ("2 500 000 trees, 12 of them old", vec![2_500_000.0, 12.0], vec![2.0, 500.0, 2500.0]),
            ("In 2020, 500 came", vec![2020.0, 500.0], vec![2_020_500.0]),
            ("It cost 12, 100 less than before", vec![12.0, 100.0], vec![12_100.0]),
            ("2 500 thousand", vec![2_500_000.0], vec![500_000.0]),
            ("on 12.05.2024", vec![], vec![12_052_024.0, 1205.2024]),
            ("in years 1,2,3", vec![2.0, 3.0], vec![123.0]),
            ("1'500 each", vec![1500.0], vec![500.0]),
        ] {
            stated.into_iter().for_each(|value| check(says, point(value), true));
            not.into_iter().for_each(|value| check(says, point(value), false));
        }
        check("Between 2 500 000 and 3 000 000 trees", point(2_500_000.0), true);
        check("Some 2.5 million trees", point(2_500_000.0), true);
        check("62 % of the members said yes", point(0.62), true);
        check("62% of the members said yes", point(0.62), true);
        check("62 percent, or so", point(62.0), true);
        check("Twenty-five families moved", point(25.0), true);
        check("About three of ten", point(3.0), true);
        check("Nothing came of it", point(0.0), true);
        check("From 40-45 a tonne", Distribution::Uniform { from: 40.0, to: 45.0 }, true);
        check("At most 45 a tonne", Distribution::Uniform { from: 40.0, to: 45.0 }, true);
        check("At most 46 a tonne", Distribution::Uniform { from: 40.0, to: 45.0 }, false);
        check("No one wanted it", point(-1.0), false);
        check("", point(0.0), false);
        for hostile in ["1-".repeat(100_000), "111 ".repeat(100_000), "1".repeat(100_000)] {
            check(&hostile, point(7.0), false);
        }
    }

    #[test]
    fn a_number_without_claims_is_assumed() {
        assert_eq!(Sourcing(Vec::new()).of(&Number::fixed(3.0)), Support::Assumed);
        // A claim that does not exist states nothing.
        let number = Number { because: vec![ClaimId(4)], ..Number::fixed(3.0) };
        assert_eq!(Sourcing(Vec::new()).of(&number), Support::Unstated);
    }
}
