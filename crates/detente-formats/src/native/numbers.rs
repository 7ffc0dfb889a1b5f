//! Numbers, distributions and political costs.

use super::grammar;
use super::reader::{Reader, head, way_out};
use crate::yaml::{Node, Value};
use detente_model::{Alternative, ClaimId, Cost, Distribution, Number, StatedCost};

/// The names of distributions.
pub(crate) const FORMS: [&str; 8] =
    ["point", "uniform", "triangular", "normal", "truncated_normal", "pert", "beta", "discrete"];

impl Reader {
    /// A plain decimal number.
    pub(crate) fn decimal(&mut self, node: &Node) -> Option<f64> {
        let text = self.scalar(node, "a number")?;
        let Value::Scalar { plain, .. } = &node.value else { return None };
        match parse_decimal(text) {
            Some(value) if !plain => {
                self.error(
                    node.span,
                    format!("`{text}` is in quotes, which makes it a text"),
                    "remove the quotes",
                );
                Some(value)
            }
            Some(value) => Some(value),
            None => {
                self.error(node.span, format!("`{text}` is not a number"), number_help(text));
                None
            }
        }
    }

    /// A number that is a key, where quotes change nothing.
    pub(crate) fn number_key(&mut self, node: &Node) -> Option<f64> {
        let text = self.scalar(node, "a number")?;
        let value = parse_decimal(text);
        if value.is_none() {
            self.error(node.span, format!("`{text}` is not a number"), number_help(text));
        }
        value
    }

    /// A number that may be a distribution and may name claims.
    pub(crate) fn number(&mut self, node: &Node) -> Option<Number> {
        let Some((inner, because)) = self.cited(node)? else {
            return self.decimal(node).map(Number::fixed);
        };
        if is_by_case(inner) {
            let (spread, unknown) = self.by_case(inner)?;
            return Some(Number { spread, by_case: Some(unknown), because });
        }
        let spread = match &inner.value {
            Value::Map(_) => self.distribution(inner, &|reader, node| reader.decimal(node))?,
            _ => Distribution::Point(self.decimal(inner)?),
        };
        if let Err(fault) = spread.check() {
            self.error(head(inner), fault.message, fault.help);
            return None;
        }
        Some(Number { spread, by_case: None, because })
    }

    /// A number that may be left out.
    pub(crate) fn optional_number(&mut self, node: Option<&Node>) -> Option<Number> {
        node.filter(|node| !node.is_empty_value()).and_then(|node| self.number(node))
    }

    /// What no agreement is worth: a number, `none` for who refuses nothing, `.inf` for who refuses everything,
    /// `unknown` or nothing for what is not known.
    pub(crate) fn alternative(&mut self, node: Option<&Node>) -> Option<Alternative> {
        let Some(node) = node.filter(|node| !node.is_empty_value()) else {
            return Some(Alternative::Unknown);
        };
        let word = node.text().map(|text| text.trim().to_ascii_lowercase()).unwrap_or_default();
        match word.as_str() {
            "none" | "-.inf" => Some(Alternative::RefusesNothing),
            "unknown" => Some(Alternative::Unknown),
            ".inf" | "+.inf" => Some(Alternative::RefusesAll),
            _ => self.number(node).map(Alternative::Worth),
        }
    }

    /// A political cost or strain, or `none` where it is said that there is none.
    pub(crate) fn stated_cost(&mut self, node: Option<&Node>) -> Option<StatedCost> {
        let Some(node) = node else { return Some(StatedCost::Unstated) };
        match node.text().map(|text| text.trim().to_ascii_lowercase()).as_deref() {
            Some("none") => Some(StatedCost::Nothing),
            Some("unknown" | "") => Some(StatedCost::Unstated),
            _ => self.cost(node).map(StatedCost::Cost),
        }
    }

    /// A political cost or strain: a distribution whose parameters are numbers.
    pub(crate) fn cost(&mut self, node: &Node) -> Option<Cost> {
        let (inner, because) = self.cited(node)?.unwrap_or((node, Vec::new()));
        let cost = match &inner.value {
            Value::Map(_) if is_by_case(inner) => {
                let (spread, unknown) = self.by_case(inner)?;
                Distribution::Point(Number { spread, by_case: Some(unknown), because: Vec::new() })
            }
            Value::Map(_) => self.distribution(inner, &|reader, node| reader.number(node))?,
            _ => Distribution::Point(Number::fixed(self.decimal(inner)?)),
        };
        let cost = cost.map(|number| match number.because.is_empty() {
            true => Number { because: because.clone(), ..number.clone() },
            false => number.clone(),
        });
        let cost = Cost(cost);
        if let Err(fault) = cost.at_means().check() {
            self.error(head(inner), fault.message, fault.help);
            return None;
        }
        self.doubt_cost(inner, &cost.0);
        Some(cost)
    }

    /// Splits `{value: ..., because: [...]}`; a mapping without `value` is its own value.
    fn cited<'n>(&mut self, node: &'n Node) -> Option<Option<(&'n Node, Vec<ClaimId>)>> {
        let Value::Map(pairs) = &node.value else { return Some(None) };
        let named = |name: &str| pairs.iter().any(|(key, _)| key.text() == Some(name));
        if !named("value") && !named("because") {
            return Some(Some((node, Vec::new())));
        }
        let form =
            |(key, _): &&(Node, Node)| key.text().is_some_and(|key| key == "cases" || FORMS.contains(&key));
        if let (false, Some((key, _))) = (named("value"), pairs.iter().find(form)) {
            let name = key.text().unwrap_or_default();
            let help = format!("write `{{value: {{{name}: ...}}, because: ...}}`");
            self.error(key.span, format!("`{name}` stands beside `because`, not inside `value`"), help);
            return None;
        }
        let fields = self.fields(node, &grammar::CITED)?;
        let because = self.because(&fields);
        fields.get("value").map(|value| Some((value, because)))
    }

    fn distribution<P>(
        &mut self,
        node: &Node,
        read: &dyn Fn(&mut Reader, &Node) -> Option<P>,
    ) -> Option<Distribution<P>>
    where
        P: Parameter,
    {
        let pairs = self.pairs(node, "a distribution's name to its parameters");
        let [(name, parameters)] = pairs else {
            let help = format!("write one of `{}`; or `cases` where an unknown decides", FORMS.join("`, `"));
            self.error(head(node), "a distribution has exactly one name", help);
            return None;
        };
        match name.text().unwrap_or_default() {
            "point" => read(self, parameters).map(Distribution::Point),
            "uniform" => {
                let [from, to] = self.parameters(parameters, &grammar::UNIFORM, read)?;
                Some(Distribution::Uniform { from: from?, to: to? })
            }
            "triangular" => {
                let [from, mode, to] = self.parameters(parameters, &grammar::TRIANGULAR, read)?;
                Some(Distribution::Triangular { from: from?, mode: mode?, to: to? })
            }
            "normal" => {
                let [mean, sd] = self.parameters(parameters, &grammar::NORMAL, read)?;
                Some(Distribution::Normal { mean: mean?, sd: sd? })
            }
            "truncated_normal" => {
                let [mean, sd, from, to] = self.parameters(parameters, &grammar::TRUNCATED_NORMAL, read)?;
                Some(Distribution::TruncatedNormal { mean: mean?, sd: sd?, from: from?, to: to? })
            }
            "pert" => {
                let [from, mode, to] = self.parameters(parameters, &grammar::PERT, read)?;
                Some(Distribution::Pert { from: from?, mode: mode?, to: to? })
            }
            "beta" => {
                let [alpha, beta, from, to] = self.parameters(parameters, &grammar::BETA, read)?;
                let (from, to) = (from.unwrap_or(P::from_f64(0.0)), to.unwrap_or(P::from_f64(1.0)));
                Some(Distribution::Beta { alpha: alpha?, beta: beta?, from, to })
            }
            "discrete" => self.discrete(parameters, read),
            other => {
                let help = way_out(other, FORMS.into_iter().chain(["cases"]), "distributions");
                self.error(name.span, format!("`{other}` is not a distribution"), help);
                None
            }
        }
    }

    /// The parameters of a distribution by name, or as a list in the order of their names.
    fn parameters<P, const N: usize>(
        &mut self,
        node: &Node,
        object: &'static grammar::Object,
        read: &dyn Fn(&mut Reader, &Node) -> Option<P>,
    ) -> Option<[Option<P>; N]> {
        let nodes: Vec<Option<&Node>> = match &node.value {
            Value::List(items) if items.len() == N => items.iter().map(Some).collect(),
            Value::List(_) => {
                let names: Vec<&str> = object.keys.iter().map(|key| key.name).collect();
                let message = format!("`{}` takes {N} numbers", object.name);
                self.error(head(node), message, format!("write `[{}]`", names.join(", ")));
                return None;
            }
            _ => {
                let fields = self.fields(node, object)?;
                object.keys.iter().map(|key| fields.get(key.name)).collect()
            }
        };
        let values: Vec<Option<P>> =
            nodes.into_iter().map(|node| node.and_then(|node| read(self, node))).collect();
        values.try_into().ok()
    }

    fn discrete<P: Parameter>(
        &mut self,
        node: &Node,
        read: &dyn Fn(&mut Reader, &Node) -> Option<P>,
    ) -> Option<Distribution<P>> {
        let mut points = Vec::new();
        for (value, probability) in self.pairs(node, "values to probabilities") {
            let value = self.number_key(value).map(P::from_f64);
            let probability = read(self, probability);
            points.push((value?, probability?));
        }
        Some(Distribution::Discrete(points))
    }
}

/// Whether a mapping gives a value for each case of an unknown.
fn is_by_case(node: &Node) -> bool {
    super::entry(node, "cases").is_some()
}

/// What a distribution can have as parameters; a plain number can stand for either.
pub(crate) trait Parameter {
    fn from_f64(value: f64) -> Self;
}

impl Parameter for f64 {
    fn from_f64(value: f64) -> f64 {
        value
    }
}

impl Parameter for Number {
    fn from_f64(value: f64) -> Number {
        Number::fixed(value)
    }
}

/// A finite decimal number: digits, at most one point, an optional exponent.
pub(crate) fn parse_decimal(text: &str) -> Option<f64> {
    let digits_only = text.bytes().all(|b| b.is_ascii_digit() || b"+-.eE".contains(&b));
    let value: f64 = text.parse().ok().filter(|_| digits_only)?;
    value.is_finite().then_some(value)
}

fn number_help(text: &str) -> String {
    let lower = text.trim().to_lowercase();
    let without = |drop: &[char]| text.replace(drop, "");
    if lower.contains("nan") || lower.contains("inf") {
        return "write a finite number; leave the key out where there is no limit".into();
    }
    if let Some(percent) = lower.strip_suffix('%').and_then(|number| number.trim().parse::<f64>().ok()) {
        return format!(
            "write `{}`, or `{percent}` where the other numbers count in hundredths",
            percent / 100.0
        );
    }
    if let Some(value) = parse_decimal(&without(&['_', ' ', '\''])) {
        return format!("write `{value}`");
    }
    if let Some(value) = parse_decimal(&text.replacen(',', ".", 1)) {
        return format!("write `{value}`, with a point");
    }
    if let Some((number, _)) = lower.split_once(' ').filter(|(number, _)| parse_decimal(number).is_some()) {
        return format!("write `{number}`; units belong in a range's `unit` or in a name");
    }
    "write a decimal number such as `0.5`, `40` or `1e3`".into()
}
