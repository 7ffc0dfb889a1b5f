use crate::{Correlation, Duration, Fault, Number, TimeUnit};

/// What holds for carrying out any deal, whatever its steps.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Implementation {
    /// Up to when consequences are counted, from the start.
    pub horizon: Option<Duration>,
    /// The chance, 0 to below 1, that something from outside ends the plan within a unit of time.
    pub shocks: Option<Rate>,
    /// How much less a consequence counts when it comes a unit of time later, 0 or more: a rate of 0.1 makes
    /// it 1/1.1.
    pub discount: Option<Rate>,
    /// How closely the strains of different bodies go together; absent if they do not.
    pub correlation: Option<Correlation>,
}

/// A number per unit of time.
#[derive(Clone, Debug, PartialEq)]
pub struct Rate {
    /// How much.
    pub amount: Number,
    /// In how long.
    pub per: TimeUnit,
}

impl Implementation {
    /// Whether its numbers make sense.
    ///
    /// # Errors
    /// A chance outside 0 to below 1, a discount below 0, or a correlation that is none.
    pub fn check(&self) -> Result<(), Fault> {
        if self.shocks.as_ref().is_some_and(|rate| !(0.0..1.0).contains(&rate.amount.mean())) {
            let help = "write a number from 0 to below 1";
            return Err(Fault::new("the chance of a shock lies outside 0 to 1", help));
        }
        if self.discount.as_ref().is_some_and(|rate| rate.amount.mean() < 0.0) {
            return Err(Fault::new("the discount is negative", "write 0 or more"));
        }
        self.correlation.as_ref().map_or(Ok(()), Correlation::check)
    }
}
