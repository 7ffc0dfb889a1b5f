//! Numbers, distributions and political costs.

use super::commas::split_help;
use super::grammar;
use super::issues::without_unit;
use super::no_number::{Endless, explain, hundredth, is_endless, percentage, says_not_known};
use super::reader::{Reader, head, way_out};
use super::spelling::{Spelling, parse_decimal, spelling};
use crate::diagnostic::Span;
use crate::yaml::{Node, Value};
use detente_model::{Alternative, ClaimId, Cost, Distribution, Number, StatedCost};
use std::borrow::Cow;

/// The names of distributions.
pub(crate) const FORMS: [&str; 8] =
    ["point", "uniform", "triangular", "normal", "truncated_normal", "pert", "beta", "discrete"];

impl Reader {
    /// A plain decimal number.
    pub(crate) fn decimal(&mut self, node: &Node) -> Option<f64> {
        self.amount(node, false, None)
    }

    /// A plain decimal number that may name the unit that its place counts in.
    pub(crate) fn decimal_in(&mut self, node: &Node, unit: Option<&str>) -> Option<f64> {
        self.amount(&without_unit(node, unit), false, unit)
    }

    /// One number as people write it; `spread` tells whether a distribution could stand there, and `unit` in which unit
    /// it counts, where that is declared.
    fn amount(&mut self, node: &Node, spread: bool, unit: Option<&str>) -> Option<f64> {
        let text = self.scalar(node, "a number")?;
        if self.told.contains(&node.span.start) {
            return None;
        }
        match spelling(text) {
            Spelling::One(value) => {
                self.style.see(text, value);
                Some(value)
            }
            Spelling::DecimalComma(value) => {
                let help = format!("write `{value}`: inside brackets a comma parts two values");
                self.warn(node.span, format!("`{text}` is read as {value}"), help);
                Some(value)
            }
            Spelling::Point { value, thousands } => {
                self.style.doubt(node.span, value, thousands);
                Some(value)
            }
            Spelling::Either(small, large) => {
                let help = format!("write `{small}` or `{large}`, whichever is meant");
                self.error(node.span, format!("`{text}` can be {small} or {large}"), help);
                None
            }
            Spelling::No => {
                let (message, help) = explain(text, spread, unit);
                self.error(node.span, message, help);
                None
            }
        }
    }

    /// A number that may name the common unit.
    pub(crate) fn value(&mut self, node: &Node, spread: bool) -> Option<f64> {
        let unit = self.common_unit.clone();
        self.amount(&without_unit(node, unit.as_deref()), spread, unit.as_deref())
    }

    /// Asks about points that group thousands elsewhere, once it is known how the file writes its numbers.
    pub(crate) fn doubt_points(&mut self) {
        let style = std::mem::take(&mut self.style);
        for (span, value, thousands) in style.doubtful() {
            let help = format!("write `{value}` if that is it, or `{thousands}`");
            self.warn(span, format!("this is read as {value}, and can be meant as {thousands}"), help);
        }
    }

    /// A number that may be a distribution and may name claims.
    pub(crate) fn number(&mut self, node: &Node) -> Option<Number> {
        let Some((inner, because)) = self.cited(node)? else {
            return self.value(node, true).map(Number::fixed);
        };
        if is_by_case(inner) {
            let (spread, unknown) = self.by_case(inner)?;
            return Some(Number { spread, by_case: Some(unknown), because });
        }
        let spread = match &inner.value {
            Value::Map(_) => self.distribution(inner, &|reader, node| reader.value(node, false))?,
            _ => Distribution::Point(self.value(inner, true)?),
        };
        if let Err(fault) = spread.check() {
            self.error(head(inner), fault.message, fault.help);
            return None;
        }
        Some(Number { spread, by_case: None, because })
    }

    /// A number from 0 to 1, which can be written in hundredths: `10%`.
    pub(crate) fn share_of_one(&mut self, node: &Node) -> Option<Number> {
        self.number(&as_share(node))
    }

    /// A number that may be left out.
    pub(crate) fn optional_number(&mut self, node: Option<&Node>) -> Option<Number> {
        node.filter(|node| !node.is_empty_value()).and_then(|node| self.number(node))
    }

    /// What no agreement is worth: a number, `none` for whom any deal is better than none, `.inf` for who refuses everything,
    /// `unknown` or nothing for what is not known.
    pub(crate) fn alternative(&mut self, node: Option<&Node>) -> Option<Alternative> {
        let Some(node) = node.filter(|node| !node.is_empty_value()) else {
            return Some(Alternative::Unknown);
        };
        let word = node.text().map(|text| text.trim().to_ascii_lowercase()).unwrap_or_default();
        match word.as_str() {
            "none" | "-.inf" => return Some(Alternative::RefusesNothing),
            text if says_not_known(text) => return Some(Alternative::Unknown),
            ".inf" | "+.inf" => return Some(Alternative::RefusesAll),
            _ => {}
        }
        // A reason beside it makes no number of it either.
        let worth = super::entry(node, "value").unwrap_or(node);
        if let Some((text, _)) = worth.text().and_then(|text| Some((text, is_endless(text)?))) {
            let help = "write `alternative: .inf` for who agrees to nothing, `alternative: none` for whom any deal is better than none";
            self.error(worth.span, format!("`{text}` is not a number"), help);
            return None;
        }
        self.number(node).map(Alternative::Worth)
    }

    /// What an answer is worth, which is finite also where nobody would sign it; `forbid` is how that is said instead.
    pub(crate) fn worth(&mut self, node: &Node, forbid: impl FnOnce() -> String) -> Option<Number> {
        let worth = super::entry(node, "value").unwrap_or(node);
        let Some((text, endless)) = worth.text().and_then(|text| Some((text, is_endless(text)?))) else {
            return self.number(node);
        };
        let all = "who agrees to nothing has `alternative: .inf`";
        let help = match endless {
            Endless::Above => format!("write how much it is worth; {all}"),
            Endless::Below | Endless::Never => {
                format!(
                    "write `constraints: [{{forbid: {{{}}}}}]` for what nobody would sign; {all}",
                    forbid()
                )
            }
        };
        self.error(worth.span, format!("`{text}` is not a number"), help);
        None
    }

    /// A political cost or strain, or `none` where it is said that there is none.
    pub(crate) fn stated_cost(&mut self, node: Option<&Node>) -> Option<StatedCost> {
        let Some(node) = node else { return Some(StatedCost::Unstated) };
        match node.text().map(|text| text.trim().to_ascii_lowercase()).as_deref() {
            Some("none") => Some(StatedCost::Nothing),
            Some(text) if text.is_empty() || says_not_known(text) => Some(StatedCost::Unstated),
            Some(text) if is_endless(text).is_some() => {
                // Left out it would be no cost at all.
                let message = format!("`{}` is not a number", node.text().unwrap_or_default());
                let help = "write how much it can be; who agrees to nothing has `alternative: .inf`, and `none` says that there is no such cost";
                self.error(node.span, message, help);
                None
            }
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
            _ => Distribution::Point(Number::fixed(self.value(inner, true)?)),
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
            Value::List(items) => {
                let names: Vec<&str> = object.keys.iter().map(|key| key.name).collect();
                let message = format!("`{}` takes {N} numbers", object.name);
                let help = split_help(items).unwrap_or(format!("write `[{}]`", names.join(", ")));
                self.error(head(node), message, help);
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
            let value = self.decimal(value).map(P::from_f64);
            let probability = read(self, &as_share(probability));
            points.push((value?, probability?));
        }
        Some(Distribution::Discrete(points))
    }
}

/// A number, or the numbers of a distribution, with `10%` as 0.1.
pub(crate) fn as_share(node: &Node) -> Cow<'_, Node> {
    let with = |value| Cow::Owned(Node { span: node.span, value });
    let whole = |node: &Node| as_share(node).into_owned();
    match &node.value {
        Value::Scalar { text, .. } => match percentage(text).map(spelling) {
            Some(Spelling::One(value) | Spelling::DecimalComma(value)) => {
                with(Value::Scalar { text: hundredth(value).to_string(), plain: true })
            }
            _ => Cow::Borrowed(node),
        },
        Value::List(items) => with(Value::List(items.iter().map(whole).collect())),
        Value::Map(pairs) => {
            // A claim may be called `10%`, too.
            let names = |key: &Node| key.text() == Some("because");
            let pair = |(key, value): &(Node, Node)| {
                (key.clone(), if names(key) { value.clone() } else { whole(value) })
            };
            with(Value::Map(pairs.iter().map(pair).collect()))
        }
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

/// How the numbers of a file are written.
#[derive(Default)]
pub(crate) struct Style {
    /// Where a number reads like thousands, what it is and what those would be.
    points: Vec<(Span, f64, f64)>,
    /// Whether a point stands before decimals somewhere and can mean nothing else.
    has_decimals: bool,
    /// Whether three decimals are written where a point can mean nothing else.
    has_three_decimals: bool,
    /// Whether a number of four digits or more is written without a point.
    has_thousands: bool,
}

impl Style {
    fn see(&mut self, text: &str, value: f64) {
        match parse_decimal(text).and(text.split_once('.')) {
            Some((_, decimals)) => {
                self.has_decimals = true;
                self.has_three_decimals |= decimals.len() == 3;
            }
            None => self.has_thousands |= value.abs() >= 1000.0,
        }
    }

    /// Keeps a number that reads like thousands.
    pub(crate) fn doubt(&mut self, span: Span, value: f64, thousands: f64) {
        self.points.push((span, value, thousands));
    }

    /// Where thousands may be meant. A zero at the end is rarely written behind decimals, unless all have three;
    /// without one, thousands are doubted only beside thousands, and where no other point stands before decimals.
    fn doubtful(self) -> impl Iterator<Item = (Span, f64, f64)> {
        let (rarely, at_all) = (!self.has_three_decimals, self.has_thousands && !self.has_decimals);
        let points = self.points.into_iter();
        points.filter(move |(.., thousands)| if thousands % 10.0 == 0.0 { rarely } else { at_all })
    }
}
