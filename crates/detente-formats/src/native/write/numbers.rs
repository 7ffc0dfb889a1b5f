//! Numbers, distributions, political costs, unknowns and correlations.

use super::{Fields, Writer, grammar};
use crate::emit::Yaml;
use detente_model::{
    Alternative, Case, ClaimId, Correlation, Cost, Distribution, Number, Party, StatedCost, Unknown,
};
use std::collections::BTreeSet;

/// A longer decimal is written with an exponent if that is shorter.
const MAX_DECIMAL: usize = 17;

/// The shortest decimal that reads back as the same number.
///
/// YAML 1.1 knows an exponent only after a point and with a sign.
pub(super) fn number_text(value: f64) -> String {
    if value == 0.0 && value.is_sign_negative() {
        return "-0.0".into();
    }
    let plain = value.to_string();
    if plain.len() <= MAX_DECIMAL || !value.is_finite() {
        return plain;
    }
    let scientific = format!("{value:e}");
    let (mantissa, exponent) = scientific.split_once('e').unwrap_or((&scientific, "0"));
    let point = if mantissa.contains('.') { "" } else { ".0" };
    let sign = if exponent.starts_with('-') { "" } else { "+" };
    let scientific = format!("{mantissa}{point}e{sign}{exponent}");
    if scientific.len() < plain.len() { scientific } else { plain }
}

pub(super) fn decimal(value: f64) -> Yaml {
    Yaml::plain(number_text(value))
}

/// A parameter of a distribution: a plain number, or one with claims that may itself not be known.
trait Parameter {
    fn write(&self, writer: &Writer<'_>) -> Yaml;
    /// Its value, if nothing but that stands there.
    fn bare(&self) -> Option<f64>;
    /// Whether it can be written without the name of a distribution around it.
    fn stands_alone(&self) -> bool;
    fn mean(&self) -> f64;
}

impl Parameter for f64 {
    fn write(&self, _: &Writer<'_>) -> Yaml {
        decimal(*self)
    }
    fn bare(&self) -> Option<f64> {
        Some(*self)
    }
    fn stands_alone(&self) -> bool {
        true
    }
    fn mean(&self) -> f64 {
        *self
    }
}

impl Parameter for Number {
    fn write(&self, writer: &Writer<'_>) -> Yaml {
        writer.number(self)
    }
    fn bare(&self) -> Option<f64> {
        is_bare(self).then(|| self.mean())
    }
    fn stands_alone(&self) -> bool {
        self.because.is_empty() && (self.is_certain() || self.by_case.is_some())
    }
    fn mean(&self) -> f64 {
        Number::mean(self)
    }
}

/// Whether a number is only a value.
pub(super) fn is_bare(number: &Number) -> bool {
    number.is_certain() && number.by_case.is_none() && number.because.is_empty()
}

/// The claims of all these numbers, if they have the same and some.
pub(super) fn common<'n>(numbers: impl IntoIterator<Item = &'n Number>) -> &'n [ClaimId] {
    let mut numbers = numbers.into_iter();
    let Some(first) = numbers.next() else { return &[] };
    if numbers.all(|number| number.because == first.because) { &first.because } else { &[] }
}

impl Writer<'_> {
    pub(super) fn number(&self, number: &Number) -> Yaml {
        self.number_under(number, &[])
    }

    /// A number where something around it already names these claims.
    pub(super) fn number_under(&self, number: &Number, named: &[ClaimId]) -> Yaml {
        let inner = match (number.by_case, &number.spread) {
            (Some(unknown), Distribution::Discrete(points)) => {
                let unknown = &self.draft.unknowns[unknown.0];
                let values = unknown.cases.iter().zip(points);
                let values = values.map(|(case, (value, _))| (Yaml::text(&case.id), decimal(*value)));
                Yaml::one("cases", Yaml::map([(Yaml::text(&unknown.id), Yaml::map(values))]))
            }
            (_, spread) => self.distribution(spread),
        };
        if number.because == named { inner } else { self.cited(inner, &number.because) }
    }

    pub(super) fn alternative(&self, alternative: &Alternative) -> Option<Yaml> {
        match alternative {
            Alternative::Worth(number) => Some(self.number(number)),
            Alternative::RefusesNothing => Some(Yaml::plain("none")),
            Alternative::RefusesAll => Some(Yaml::plain(".inf")),
            Alternative::Unknown => None,
        }
    }

    pub(super) fn stated_cost(&self, cost: &StatedCost) -> Option<Yaml> {
        match cost {
            StatedCost::Cost(cost) => Some(self.cost(cost)),
            StatedCost::Nothing => Some(Yaml::plain("none")),
            StatedCost::Unstated => None,
        }
    }

    pub(super) fn optional(&self, number: &Option<Number>) -> Option<Yaml> {
        number.as_ref().map(|number| self.number(number))
    }

    fn cited(&self, value: Yaml, because: &[ClaimId]) -> Yaml {
        match because {
            [] => value,
            _ => {
                Fields::new(&grammar::CITED).put("value", value).put("because", self.because(because)).done()
            }
        }
    }

    pub(super) fn cost(&self, cost: &Cost) -> Yaml {
        let parameters = cost.0.parameters();
        let because: Vec<ClaimId> = match &cost.0 {
            // The values are keys, and claims stand for keys only from outside.
            Distribution::Discrete(points) => common(points.iter().map(|(value, _)| value)),
            _ => common(parameters.into_iter().map(|(_, number)| number)),
        }
        .to_vec();
        let inner = cost.0.map(|number| match number.because == because {
            true => Number { because: Vec::new(), ..number.clone() },
            false => number.clone(),
        });
        self.cited(self.distribution(&inner), &because)
    }

    fn distribution<P: Parameter>(&self, distribution: &Distribution<P>) -> Yaml {
        let list = |parameters: &[&P]| Yaml::list(parameters.iter().map(|p| p.write(self)));
        match distribution {
            Distribution::Point(value) if value.stands_alone() => value.write(self),
            Distribution::Point(value) => Yaml::one("point", value.write(self)),
            Distribution::Uniform { from, to } => Yaml::one("uniform", list(&[from, to])),
            Distribution::Triangular { from, mode, to } => Yaml::one("triangular", list(&[from, mode, to])),
            Distribution::Normal { mean, sd } => Yaml::one("normal", list(&[mean, sd])),
            Distribution::TruncatedNormal { mean, sd, from, to } => {
                Yaml::one("truncated_normal", list(&[mean, sd, from, to]))
            }
            Distribution::Pert { from, mode, to } => Yaml::one("pert", list(&[from, mode, to])),
            Distribution::Beta { alpha, beta, from, to } => {
                let is = |p: &P, value: f64| p.bare().is_some_and(|own| own.to_bits() == value.to_bits());
                let is_unit = is(from, 0.0) && is(to, 1.0);
                let fields = Fields::new(&grammar::BETA)
                    .put("alpha", alpha.write(self))
                    .put("beta", beta.write(self))
                    .put("from", (!is_unit).then(|| from.write(self)))
                    .put("to", (!is_unit).then(|| to.write(self)));
                Yaml::one("beta", fields.done())
            }
            Distribution::Discrete(points) => {
                let mut taken = BTreeSet::new();
                let pair = |(value, probability): &(P, P)| {
                    let value = another_spelling(number_text(value.mean()), &mut taken);
                    (Yaml::plain(value), probability.write(self))
                };
                Yaml::one("discrete", Yaml::map(points.iter().map(pair)))
            }
        }
    }

    pub(super) fn unknown(&self, unknown: &Unknown) -> Yaml {
        Fields::new(&grammar::UNKNOWN)
            .named(&unknown.id, &unknown.name)
            .lines("cases", unknown.cases.iter().map(|case| self.case(case)))
            .put("because", self.because(&unknown.because))
            .done()
            .tall()
    }

    fn case(&self, case: &Case) -> Yaml {
        Fields::new(&grammar::CASE)
            .named(&case.id, &case.name)
            .put("probability", self.distribution(&case.probability.spread))
            .put("because", self.because(&case.probability.because))
            .done()
    }

    pub(super) fn correlation(&self, correlation: &Correlation) -> Yaml {
        match correlation {
            Correlation::Pairwise(number) => self.pairwise(number),
            Correlation::Loadings(of) => {
                Yaml::map(of.iter().map(|(body, loading)| (self.body_label(*body), self.number(loading))))
            }
        }
    }

    /// One number for all. With the name of a body as its only key it could be that body's loading; a list could
    /// not.
    fn pairwise(&self, number: &Number) -> Yaml {
        let is_body = |name: &Yaml| {
            let id = |party: &Party| matches!(name, Yaml::Plain(name) if *name == party.id);
            self.draft.parties.iter().any(|party| party.bodies.len() == 1 && id(party))
        };
        let written = self.number(number);
        match &written {
            Yaml::Map(pairs, _) if matches!(&pairs[..], [(name, Yaml::Map(..))] if is_body(name)) => {
                Fields::new(&grammar::CITED).put("value", written).done()
            }
            _ => written,
        }
    }
}

/// A key that is not among others yet, and now is: the same number with more zeros behind the point.
fn another_spelling(number: String, taken: &mut BTreeSet<String>) -> String {
    let (mantissa, exponent) = number.find('e').map_or((&number[..], ""), |at| number.split_at(at));
    let mut zeros = if mantissa.contains('.') { String::new() } else { ".".into() };
    let mut spelled = number.clone();
    while !taken.insert(spelled.clone()) {
        zeros.push('0');
        spelled = format!("{mantissa}{zeros}{exponent}");
    }
    spelled
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_short_and_read_back_as_they_are() {
        for (value, text) in [
            (0.1, "0.1"),
            (-0.0, "-0.0"),
            (1e6, "1000000"),
            (9_007_199_254_740_993.0, "9007199254740992"),
            (1e22, "1.0e+22"),
            (-1.5e300, "-1.5e+300"),
            (1e-300, "1.0e-300"),
            (f64::MIN_POSITIVE, "2.2250738585072014e-308"),
            (1.0 / 3.0, "0.3333333333333333"),
        ] {
            assert_eq!(number_text(value), text);
            assert_eq!(text.parse::<f64>().map(f64::to_bits), Ok(value.to_bits()), "{text}");
        }
    }

    #[test]
    fn a_value_that_stands_twice_is_spelled_in_two_ways() {
        let mut taken = ["5", "5.0", "0.5", "1.0e+22"].map(str::to_owned).into();
        for (number, spelled) in [("5", "5.00"), ("0.5", "0.50"), ("1.0e+22", "1.00e+22"), ("7", "7")] {
            assert_eq!(another_spelling(number.into(), &mut taken), spelled);
        }
    }
}
