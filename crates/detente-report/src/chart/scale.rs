//! Axes with round numbers.

use detente_model::grouped;

/// Maps values to a length, with round ticks.
pub(super) struct Axis {
    /// By what values are multiplied first, so that their differences are numbers: 1 but at the ends of `f64`.
    unit: f64,
    low: f64,
    high: f64,
    step: f64,
}

impl Axis {
    /// An axis over all the values, a little wider, that begins and ends at a tick.
    pub(super) fn new(values: impl Iterator<Item = f64>) -> Axis {
        let (low, high) = values
            .filter(|value| value.is_finite())
            .fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), value| (low.min(value), high.max(value)));
        let largest = low.abs().max(high.abs());
        let unit = match largest {
            _ if low > high || largest == 0.0 => 1.0,
            large if large > 1e290 => 1.0 / FAR,
            small if small < 1e-290 => FAR,
            _ => 1.0,
        };
        let (low, high) = (low * unit, high * unit);
        let (low, high) = match (low <= high, high - low) {
            (false, _) => (0.0, 1.0),
            (true, width) if width <= high.abs().max(low.abs()) * 1e-9 => {
                let half = if high == 0.0 { 1.0 } else { high.abs() / 2.0 };
                (low - half, high + half)
            }
            (true, _) => (low, high),
        };
        let step = round_step((high - low) / 5.0);
        let tick = |value: f64| value / step;
        // What lies on a tick but for rounding counts as on it.
        Axis { unit, low: (tick(low) + 1e-9).floor() * step, high: (tick(high) - 1e-9).ceil() * step, step }
    }

    /// Its upper end.
    pub(super) fn high(&self) -> f64 {
        (self.high / self.unit).clamp(f64::MIN, f64::MAX)
    }

    /// Where a value stands, 0 at the low end and 1 at the high end.
    pub(super) fn share(&self, value: f64) -> f64 {
        (value * self.unit - self.low) / (self.high - self.low)
    }

    /// The ticks, each with what is written at it.
    pub(super) fn ticks(&self) -> Vec<(f64, String)> {
        let n = ((self.high - self.low) / self.step).round() as usize;
        let tick = |k: usize| {
            let value = self.low + self.step * k as f64;
            let value = if value.abs() < self.step * 1e-6 { 0.0 } else { value };
            ((value / self.unit).clamp(f64::MIN, f64::MAX), self.label(value))
        };
        (0..=n.min(20)).map(tick).collect()
    }

    /// The label of a value in units that put its power of ten off.
    fn far_label(&self, value: f64) -> String {
        let text = format!("{value:.0e}");
        let off = if self.unit < 1.0 { FAR_POWER } else { -FAR_POWER };
        match text.split_once('e').and_then(|(digits, power)| Some((digits, power.parse::<i32>().ok()?))) {
            Some((digits, power)) if value != 0.0 => format!("{digits}e{}", power + off),
            _ => "0".into(),
        }
    }

    fn label(&self, value: f64) -> String {
        let largest = self.low.abs().max(self.high.abs());
        let text = if self.unit != 1.0 {
            self.far_label(value)
        } else if value == 0.0 && largest >= 1e6 {
            "0".into()
        } else if (1e6..1e9).contains(&largest) {
            let places = (-(self.step / 1e6).log10().floor()).max(0.0) as usize;
            format!("{:.places$} M", value / 1e6)
        } else if !(1e-3..1e6).contains(&largest) {
            format!("{value:.0e}")
        } else {
            let places = (-self.step.log10().floor()).max(0.0) as usize;
            grouped(format!("{value:.places$}"))
        };
        text.replace('-', "−")
    }
}

/// What numbers at the ends of `f64` are divided or multiplied by, and its power of ten.
const FAR: f64 = 1e40;
const FAR_POWER: i32 = 40;

/// The nearest of 1, 2 and 5 times a power of ten, upwards.
fn round_step(raw: f64) -> f64 {
    let power = 10f64.powf(raw.log10().floor());
    let factor = [1.0, 2.0, 5.0, 10.0].into_iter().find(|factor| factor * power >= raw * (1.0 - 1e-9));
    factor.unwrap_or(10.0) * power
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(values: &[f64], ticks: &[&str]) {
        let axis = Axis::new(values.iter().copied());
        let got: Vec<String> = axis.ticks().into_iter().map(|(_, label)| label).collect();
        assert_eq!(got, ticks);
        assert!(values.iter().all(|value| (-1e-9..=1.0 + 1e-9).contains(&axis.share(*value))));
    }

    #[test]
    fn ticks_are_round_and_hold_all_values() {
        check(&[0.21, 0.9], &["0.2", "0.4", "0.6", "0.8", "1.0"]);
        check(&[0.0, 27.0], &["0", "10", "20", "30"]);
        check(&[-3.0, 12.0], &["−5", "0", "5", "10", "15"]);
        check(&[0.0, 1.0], &["0.0", "0.2", "0.4", "0.6", "0.8", "1.0"]);
        check(&[0.0, 2e5], &["0", "50,000", "100,000", "150,000", "200,000"]);
        check(&[1e7, 5e7], &["10 M", "20 M", "30 M", "40 M", "50 M"]);
    }

    #[test]
    fn the_ends_of_numbers_still_make_an_axis() {
        check(&[-1.7e308, 1.7e308], &["−2e308", "−1e308", "0", "1e308", "2e308"]);
        check(&[0.0, 1e-310], &["0", "2e−311", "4e−311", "6e−311", "8e−311", "1e−310"]);
        let axis = Axis::new([1e308, 1.7e308].into_iter());
        let ticks = axis.ticks();
        assert!(
            ticks.iter().all(|(value, _)| value.is_finite() && axis.share(*value).is_finite()),
            "{ticks:?}"
        );
    }

    #[test]
    fn one_value_or_none_still_makes_an_axis() {
        check(&[4.0], &["2", "3", "4", "5", "6"]);
        check(&[0.0], &["−1.0", "−0.5", "0.0", "0.5", "1.0"]);
        assert_eq!(Axis::new(std::iter::empty()).ticks().len(), 6);
    }
}
