//! Numbers and findings in words.

use crate::deal::isolated;
use detente_analysis::{Analysis, Limit, NO_CHANCE, cutset};
use detente_model::{Cost, Distribution, IssueId, Number, OptionId, Talks, grouped};
use num_bigint::BigUint;

/// A probability as a person would say it; never more certain than it is.
pub(crate) fn percent(p: f64) -> String {
    let points = p * 100.0;
    // What differs by no more counts as equal everywhere else, too.
    if p <= NO_CHANCE {
        "0%".into()
    } else if points < 1.0 {
        "under 1%".into()
    } else if p >= 1.0 - NO_CHANCE {
        "100%".into()
    } else if points > 99.0 {
        "over 99%".into()
    } else {
        format!("{}%", points.round())
    }
}

/// A chance that is not rounded up to a target it misses.
pub(crate) fn just_under(p: f64, target: f64) -> String {
    let said = percent(p);
    if p < target && said == percent(target) { format!("just under {said}") } else { said }
}

/// A value to three significant digits, with its sign.
pub(crate) fn gain(number: f64) -> String {
    match three_digits(number) {
        0.0 => "±0".into(),
        rounded if rounded > 0.0 => format!("+{}", value(rounded)),
        rounded => value(rounded),
    }
}

/// A value to three significant digits, as people write it.
pub(crate) fn value(number: f64) -> String {
    plain(three_digits(number))
}

/// A number with all its digits, by a power of ten where nobody would count the zeros.
pub(crate) fn plain(number: f64) -> String {
    let size = number.abs();
    let text = if size != 0.0 && !(1e-6..1e9).contains(&size) {
        format!("{number:e}").replace('e', "×10^")
    } else if number == 0.0 {
        "0".into()
    } else {
        grouped(number)
    };
    text.replace('-', "−")
}

/// A value to two significant digits, where more would promise too much.
pub(crate) fn rough(number: f64) -> String {
    value(format!("{number:.1e}").parse().unwrap_or(number))
}

/// A number as it was entered; where an unknown decides, its value in each case.
pub(crate) fn number(talks: &Talks, number: &Number) -> String {
    let (Some(unknown), Distribution::Discrete(points)) = (number.by_case, &number.spread) else {
        return distribution(&number.spread);
    };
    let cases = &talks.unknowns[unknown.0].cases;
    let each = points.iter().zip(cases);
    let each = each.map(|((value, _), case)| format!("{} if {}", plain(*value), isolated(&case.name)));
    each.collect::<Vec<_>>().join(", ")
}

/// A political cost or a strain, its parameters at their means.
pub(crate) fn cost(cost: &Cost) -> String {
    distribution(&cost.at_means())
}

/// A distribution with its parameters.
fn distribution(spread: &Distribution) -> String {
    match &spread.map(|number| plain(*number)) {
        Distribution::Point(v) => v.clone(),
        Distribution::Uniform { from, to } => format!("anything from {from} to {to}"),
        Distribution::Triangular { from, mode, to } => {
            format!("from {from} to {to}, most likely {mode}")
        }
        Distribution::Normal { mean, sd } => format!("about {mean} (standard deviation {sd})"),
        Distribution::TruncatedNormal { mean, sd, from, to } => {
            format!("about {mean} (standard deviation {sd}), from {from} to {to}")
        }
        Distribution::Pert { from, mode, to } => {
            format!("from {from} to {to}, most likely {mode}, rarely near the ends")
        }
        Distribution::Beta { alpha, beta, from, to } => {
            format!("from {from} to {to}, by a beta distribution ({alpha}, {beta})")
        }
        Distribution::Discrete(points) => {
            let each = points.iter().map(|(v, p)| format!("{v} with probability {p}"));
            each.collect::<Vec<_>>().join(", ")
        }
    }
}

/// A value to three significant digits.
pub(crate) fn three_digits(value: f64) -> f64 {
    format!("{value:.2e}").parse().unwrap_or(value)
}

/// A count with thousands separated, or as a power of ten where nobody would read the digits.
pub(crate) fn count(value: &BigUint) -> String {
    let digits = value.to_string();
    if digits.len() > 15 {
        let exponent = digits.len() - 1;
        return match digits.trim_end_matches('0') {
            "1" => format!("10^{exponent}"),
            _ => format!("about {}.{}×10^{exponent}", &digits[..1], &digits[1..2]),
        };
    }
    grouped(digits)
}

/// Some of many issues.
fn names(talks: &Talks, issues: &[IssueId]) -> String {
    const SOME: usize = 6;
    let named = issues.iter().take(SOME).map(|issue| isolated(&talks.issues[issue.0].name));
    let mut named: Vec<String> = named.collect();
    if issues.len() > SOME {
        named.push("...".into());
    }
    named.join(", ")
}

/// What kept the analysis from being complete.
pub(crate) fn limit_words(limit: &Limit, talks: &Talks, analysis: &Analysis) -> String {
    match limit {
        Limit::TooLarge { most } => format!(
            "the analysis is not complete: {} possible deals are too many to look at one by one (this version looks \
             at up to {}); the zone, the frontier, the solutions and the chances of agreement are left open",
            count(&analysis.counts.outcomes.feasible),
            count(&(*most).into()),
        ),
        Limit::Tied { issues, most } => format!(
            "the analysis is not complete: constraints or values tie {} issues together ({}), with {} combinations, \
             too many to look at one by one (this version looks at up to {}); {}{}",
            grouped(issues.len()),
            names(talks, issues),
            count(&issues.iter().map(|issue| BigUint::from(talks.issues[issue.0].n_options())).product()),
            count(&(*most).into()),
            match (analysis.frontier_known, &analysis.surveyed) {
                (true, _) =>
                    "the efficient deals are exact, the zone and the chances of agreement are left open",
                (false, Some(_)) => {
                    "deals were searched for until the effort for that was spent, and what is said is said of those found"
                }
                (false, None) => "only the counts are known",
            },
            way_out(talks).unwrap_or_default(),
        ),
        Limit::TooManyEfficient => {
            "there are too many efficient deals to find them all; everything else is known".into()
        }
        Limit::NothingFeasible => {
            "the analysis is not complete: the constraints leave no possible deal".into()
        }
        Limit::Interrupted => {
            "the analysis is not complete: it was interrupted; only the counts are known".into()
        }
    }
}

/// What ties issues together most, and how the rest can be looked at all the same.
fn way_out(talks: &Talks) -> Option<String> {
    let found = cutset(talks)?;
    let held = names(talks, &found.issues);
    let by = match found.constraints {
        0 => String::new(),
        1 => ", themselves tied by a constraint".into(),
        n => format!(", themselves tied by {} constraints", grouped(n)),
    };
    let first = found.issues.first()?;
    let issue = &talks.issues[first.0];
    let line = format!("{{forbid: {{{}: {{not: {}}}}}}}", issue.id, issue.option_id(OptionId(0)));
    Some(match found.issues.len() {
        1 => format!(
            "; what ties most is {held}: with it settled, as by the constraint `{line}`, the rest is in parts that are small enough"
        ),
        _ => format!(
            "; what ties most is {held}{by}: with these settled, as the first by the constraint `{line}`, the rest is in parts that are small enough"
        ),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_by_case_names_the_cases() {
        let scenario = include_bytes!("../../../fuzz/seeds/scenario/unknowns.yaml");
        let talks = detente_formats::read(scenario).talks.expect("a good scenario");
        let said = |place: &str| {
            let placed = talks.numbers().into_iter().find(|placed| placed.place == place);
            number(&talks, placed.expect("a number").number)
        };
        assert_eq!(said("growers.board: alternative"), "40 if a good year, 25 if a poor year");
        assert_eq!(said("growers.members: political cost value"), "9 if No, 2 if 1, 4 if split");
        assert_eq!(said("correlation: growers.members"), "anything from 0.2 to 0.5");
        assert_eq!(said("harvest: probability of good"), "0.3");
    }

    #[test]
    fn numbers_read_as_people_say_them() {
        for (p, said) in [
            (0.0, "0%"),
            (0.004, "under 1%"),
            (0.336, "34%"),
            (0.994, "over 99%"),
            (0.99, "99%"),
            (1.0, "100%"),
        ] {
            assert_eq!(percent(p), said);
        }
        for (value, said) in [(12.0, "+12"), (-3.4567, "−3.46"), (0.0, "±0"), (1234.5, "+1,230")] {
            assert_eq!(gain(value), said);
        }
        for (number, said) in [
            (0.66628, "0.666"),
            (-8.0, "−8"),
            (-0.0, "0"),
            (12345.0, "12,300"),
            (1.81e10, "1.81×10^10"),
            (-2e-9, "−2×10^−9"),
        ] {
            assert_eq!(value(number), said);
        }
        let n = |text: &str| count(&text.parse().expect("a count"));
        assert_eq!(n("1234567"), "1,234,567");
        assert_eq!(n("999"), "999");
        assert_eq!(n(&format!("1{}", "0".repeat(50))), "10^50");
        assert_eq!(n("98765432109876543210"), "about 9.8×10^19");
    }
}
