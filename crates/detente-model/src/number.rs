use crate::{ClaimId, Distribution, UnknownId};

/// A number a user entered: a value or a distribution over values, and the claims it rests on.
///
/// A number without claims is an assumption and is shown as one.
#[derive(Clone, Debug, PartialEq)]
pub struct Number {
    /// The value, or what is known of it.
    pub spread: Distribution,
    /// What decides between the values, where several numbers move together: the spread is discrete
    /// then, with one value for each case of that unknown, in their order.
    pub by_case: Option<UnknownId>,
    /// The claims that support it; empty for an assumption.
    pub because: Vec<ClaimId>,
}

impl Number {
    /// An unsourced, certain number.
    pub fn fixed(value: f64) -> Number {
        Number { spread: Distribution::Point(value), by_case: None, because: Vec::new() }
    }

    /// The number that stands in for an unknown until unknowns are sampled.
    pub fn mean(&self) -> f64 {
        self.spread.mean()
    }

    /// Makes it a certain value; the claims it rests on stay.
    pub fn settle(&mut self, value: f64) {
        self.spread = Distribution::Point(value);
        self.by_case = None;
    }

    /// Whether it is a single value rather than a distribution.
    pub fn is_certain(&self) -> bool {
        matches!(self.spread, Distribution::Point(_))
    }
}

/// A political cost or a strain: chance, in a body's own units, the part below 0 counting as 0.
///
/// Its parameters are numbers of their own, each a value, an unknown, or a sourced figure.
#[derive(Clone, Debug, PartialEq)]
pub struct Cost(pub Distribution<Number>);

impl Cost {
    /// The distribution with every parameter at its mean.
    pub fn at_means(&self) -> Distribution {
        self.0.map(|number| number.mean())
    }

    /// A certain cost.
    pub fn fixed(value: f64) -> Cost {
        Cost(Distribution::Point(Number::fixed(value)))
    }
}
