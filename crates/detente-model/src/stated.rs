//! What is said of a number that may also be said not to be there.
//!
//! Not knowing is never consent: that something was not said, and that it was said to be none, are two values.

use crate::{Cost, Number};

/// What no agreement is worth to a body, or what is known instead.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Alternative {
    /// So much, in the body's units.
    Worth(Number),
    /// Every deal is better than none: it refuses nothing (`alternative: none`).
    RefusesNothing,
    /// No deal is ever better than none: it agrees to nothing (`alternative: .inf`).
    RefusesAll,
    /// Nothing is said of it.
    #[default]
    Unknown,
}

impl Alternative {
    /// A certain worth.
    pub fn fixed(value: f64) -> Alternative {
        Alternative::Worth(Number::fixed(value))
    }

    /// The number, where there is one.
    pub fn number(&self) -> Option<&Number> {
        match self {
            Alternative::Worth(number) => Some(number),
            Alternative::RefusesNothing | Alternative::RefusesAll | Alternative::Unknown => None,
        }
    }

    /// The number to change, where there is one.
    pub fn number_mut(&mut self) -> Option<&mut Number> {
        match self {
            Alternative::Worth(number) => Some(number),
            Alternative::RefusesNothing | Alternative::RefusesAll | Alternative::Unknown => None,
        }
    }
}

/// What is not said of a body.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Unsaid {
    /// What no agreement is worth to it.
    Alternative,
    /// What it values: nothing is said of any issue.
    Preferences,
}

/// What is said of a cost to a body: of a yes, or of staying in.
#[derive(Clone, Debug, Default, PartialEq)]
#[expect(clippy::large_enum_variant, reason = "there are two for each body; a box would only be in the way")]
pub enum StatedCost {
    /// Such a cost.
    Cost(Cost),
    /// It was said that there is none (`will: none`, `strain: none`).
    Nothing,
    /// Nothing is said of it: 0 is computed with, and told as an assumption.
    #[default]
    Unstated,
}

impl StatedCost {
    /// The cost, where there is one.
    pub fn cost(&self) -> Option<&Cost> {
        match self {
            StatedCost::Cost(cost) => Some(cost),
            StatedCost::Nothing | StatedCost::Unstated => None,
        }
    }

    /// The cost to change, where there is one.
    pub fn cost_mut(&mut self) -> Option<&mut Cost> {
        match self {
            StatedCost::Cost(cost) => Some(cost),
            StatedCost::Nothing | StatedCost::Unstated => None,
        }
    }
}

impl From<Option<Cost>> for StatedCost {
    /// A cost, or nothing said of one.
    fn from(cost: Option<Cost>) -> StatedCost {
        cost.map_or(StatedCost::Unstated, StatedCost::Cost)
    }
}
