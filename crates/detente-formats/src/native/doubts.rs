//! Numbers that are not known, of which some draws cannot be what they stand for.

use super::reader::{Reader, head};
use crate::yaml::Node;
use detente_model::{Distribution, Number, UnknownId};
use std::collections::BTreeMap;

/// Combinations of cases looked at one by one; beyond that, as if the unknowns were not connected.
const MOST_COMBINATIONS: usize = 1000;

type Interval = (f64, f64);

/// What is done with a number that is never drawn.
pub(crate) const MEAN: &str = "its mean is used";
/// What is done with a draw that is outside its bounds.
pub(crate) const NEARER: &str = "a draw outside counts as the nearer bound";

impl Reader {
    /// Warns where parameters drawn each for itself may contradict each other.
    pub(crate) fn doubt_cost(&mut self, node: &Node, cost: &Distribution<Number>) {
        for (message, help) in contradictions(cost) {
            self.warn(head(node), message, help);
        }
    }

    /// Warns where numbers that must ascend may be drawn out of order.
    pub(crate) fn doubt_order(&mut self, node: &Node, numbers: &[(&str, &Number)]) {
        let all: Vec<&Number> = numbers.iter().map(|(_, number)| *number).collect();
        let mut found = Vec::new();
        for cases in combinations(&all) {
            let named: Vec<_> =
                numbers.iter().map(|(name, number)| (*name, interval(number, &cases))).collect();
            order(&named, &mut found);
        }
        for (message, help) in found {
            self.warn(head(node), message, help);
        }
    }

    /// Warns where a distribution reaches below 0 and its number cannot; `then` is what is done.
    pub(crate) fn doubt_negative(&mut self, node: &Node, number: &Number, what: &str, then: &str) {
        if number.spread.support().0 < 0.0 {
            let help = format!("keep it at 0 or above, for example by `truncated_normal`; {then}");
            self.warn(head(node), format!("this lets {what} be negative"), help);
        }
    }

    /// Warns where a distribution reaches below `low` or above 1 and its number cannot; `then` is what is done.
    pub(crate) fn within(&mut self, node: &Node, number: &Number, low: f64, what: &str, then: &str) {
        let (from, to) = number.spread.support();
        if !number.is_certain() && (from < low || to > 1.0) {
            let help = format!("keep it between them, for example by `truncated_normal`; {then}");
            self.warn(head(node), format!("this lets {what} lie outside {low} to 1"), help);
        }
    }
}

/// What may go wrong when the parameters of a distribution are drawn: in words, with a way out.
fn contradictions(cost: &Distribution<Number>) -> Vec<(String, String)> {
    let parameters: Vec<&Number> = cost.parameters().into_iter().map(|(_, number)| number).collect();
    let mut found = Vec::new();
    if parameters.iter().all(|number| number.is_certain()) {
        return found;
    }
    for cases in combinations(&parameters) {
        inspect(&cost.map(|number| interval(number, &cases)), &mut found);
    }
    found
}

fn inspect(drawn: &Distribution<Interval>, found: &mut Vec<(String, String)>) {
    match drawn {
        Distribution::Point(_) => {}
        Distribution::Uniform { from, to } => order(&[("from", *from), ("to", *to)], found),
        Distribution::Triangular { from, mode, to } | Distribution::Pert { from, mode, to } => {
            order(&[("from", *from), ("mode", *mode), ("to", *to)], found);
        }
        Distribution::Normal { sd, .. } => not_negative(*sd, found),
        Distribution::TruncatedNormal { mean, sd, from, to } => {
            not_negative(*sd, found);
            order(&[("from", *from), ("to", *to)], found);
            if sd.0 >= 0.0 && from.1 <= to.0 && next_to_nothing(*mean, *sd, *from, *to) {
                let message = "some draws leave next to nothing of the bell curve between `from` and `to`";
                let help = "its nearest bound is used in such draws; write bounds around every mean that can be drawn";
                push(found, message.into(), help.into());
            }
        }
        Distribution::Beta { alpha, beta, from, to } => {
            above_zero("alpha", *alpha, found);
            above_zero("beta", *beta, found);
            order(&[("from", *from), ("to", *to)], found);
        }
        Distribution::Discrete(points) => probabilities(points, found),
    }
}

fn order(named: &[(&str, Interval)], found: &mut Vec<(String, String)>) {
    for pair in named.windows(2) {
        let [(first, low), (second, high)] = pair else { continue };
        if low.1 > high.0 {
            let done = match named {
                [_, (middle, _), _] => format!("`{middle}` moves to the bound in such draws"),
                _ => "such draws are put in order".into(),
            };
            let help = format!("{done}; keep every `{first}` below every `{second}`");
            push(found, format!("some draws put `{first}` above `{second}`"), help);
        }
    }
}

fn not_negative(sd: Interval, found: &mut Vec<(String, String)>) {
    if sd.0 < 0.0 {
        let help = "0 is used in such draws; keep `sd` at 0 or above";
        push(found, "some draws make `sd` negative".into(), help.into());
    }
}

fn above_zero(name: &str, shape: Interval, found: &mut Vec<(String, String)>) {
    if shape.0 <= 0.0 {
        let help = format!("a little more than 0 is used in such draws; keep `{name}` above 0");
        push(found, format!("some draws make `{name}` 0 or less"), help);
    }
}

fn probabilities(points: &[(Interval, Interval)], found: &mut Vec<(String, String)>) {
    let outside = points.iter().any(|(_, p)| p.0 < 0.0 || p.1 > 1.0);
    let sum = |end: fn(&Interval) -> f64| points.iter().map(|(_, p)| end(p)).sum::<f64>();
    let off = |sum: f64| (sum - 1.0).abs() > 1e-9;
    if outside || off(sum(|p| p.0)) || off(sum(|p| p.1)) {
        let what = if outside { "lie outside 0 to 1" } else { "do not sum to 1" };
        let help = "such draws are cut to 0 to 1 and scaled to sum to 1";
        push(found, format!("some draws of these probabilities {what}"), help.into());
    }
}

/// Whether at some corner of the intervals the bounds cut off almost everything.
fn next_to_nothing(mean: Interval, sd: Interval, from: Interval, to: Interval) -> bool {
    let ends = |interval: Interval| [interval.0, interval.1];
    ends(mean).into_iter().any(|mean| {
        ends(sd).into_iter().any(|sd| {
            ends(from).into_iter().any(|from| {
                ends(to)
                    .into_iter()
                    .any(|to| Distribution::TruncatedNormal { mean, sd, from, to }.check().is_err())
            })
        })
    })
}

fn push(found: &mut Vec<(String, String)>, message: String, help: String) {
    if found.iter().all(|(other, _)| *other != message) {
        found.push((message, help));
    }
}

/// Which case of each unknown holds, by unknown.
type Cases = BTreeMap<UnknownId, usize>;

/// Every combination of possible cases of the unknowns that decide some of these numbers.
fn combinations(numbers: &[&Number]) -> Vec<Cases> {
    let mut all = vec![Cases::new()];
    for number in numbers {
        let (Some(unknown), Distribution::Discrete(points)) = (number.by_case, &number.spread) else {
            continue;
        };
        if all[0].contains_key(&unknown) {
            continue;
        }
        let possible: Vec<usize> = (0..points.len()).filter(|case| points[*case].1 > 0.0).collect();
        if possible.is_empty() || all.len() * possible.len() * numbers.len() > MOST_COMBINATIONS {
            continue;
        }
        let with = |cases: &Cases, case: usize| {
            let mut cases = cases.clone();
            cases.insert(unknown, case);
            cases
        };
        all = all.iter().flat_map(|cases| possible.iter().map(|case| with(cases, *case))).collect();
    }
    all
}

/// What a number can be where these cases hold.
fn interval(number: &Number, cases: &Cases) -> Interval {
    match (&number.spread, number.by_case.and_then(|unknown| cases.get(&unknown))) {
        (Distribution::Discrete(points), Some(case)) => (points[*case].0, points[*case].0),
        (spread, _) => spread.support(),
    }
}
