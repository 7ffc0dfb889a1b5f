use crate::{Correlation, Duration, Fault, Number, TimeUnit};

/// What holds for carrying out any deal, whatever its steps.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Implementation {
    /// Up to when consequences are counted, from the start; more than no time.
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
    /// A horizon of 0 or of more days than can be counted, a chance outside 0 to below 1, a discount below 0, or
    /// a correlation that is none.
    pub fn check(&self) -> Result<(), Fault> {
        if self.horizon.is_some_and(|horizon| horizon.days() <= 0.0) {
            return Err(Fault::new("the horizon is no time at all", "write more than 0, like `1 year`"));
        }
        if self.horizon.is_some_and(|horizon| !horizon.days().is_finite()) {
            return Err(Fault::new("the horizon is too long to be computed with", "write a shorter one"));
        }
        if self.shocks.as_ref().is_some_and(|rate| rate.amount.mean() == 1.0) {
            let help = "write a number from 0 to below 1";
            return Err(Fault::new("a shock of chance 1 ends every plan at once", help));
        }
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

#[cfg(test)]
mod tests {
    use super::*;

    fn rate(amount: f64) -> Option<Rate> {
        Some(Rate { amount: Number::fixed(amount), per: TimeUnit::Month })
    }

    #[track_caller]
    fn check(all: &Implementation, expected: Option<&str>) {
        let fault = all.check().err();
        assert_eq!(fault.as_ref().map(|fault| fault.message.as_str()), expected);
    }

    #[test]
    fn the_horizon_is_some_time_that_can_be_counted_in_days() {
        let horizon = |amount: f64| Implementation {
            horizon: Some(Duration { amount, unit: TimeUnit::Year }),
            ..Implementation::default()
        };
        check(&horizon(2.0), None);
        check(&horizon(0.0), Some("the horizon is no time at all"));
        check(&horizon(1e308), Some("the horizon is too long to be computed with"));
    }

    #[test]
    fn a_shock_is_not_certain_and_a_discount_not_negative() {
        let shocks = |chance: f64| Implementation { shocks: rate(chance), ..Implementation::default() };
        check(&shocks(0.0), None);
        check(&shocks(0.99), None);
        check(&shocks(1.0), Some("a shock of chance 1 ends every plan at once"));
        check(&shocks(1.5), Some("the chance of a shock lies outside 0 to 1"));
        check(&shocks(-0.1), Some("the chance of a shock lies outside 0 to 1"));
        let discount = |amount: f64| Implementation { discount: rate(amount), ..Implementation::default() };
        check(&discount(0.0), None);
        check(&discount(2.0), None);
        check(&discount(-0.01), Some("the discount is negative"));
    }
}
