//! Numbers that stand for an interval.

use detente_model::{NamedOption, Options, Range};

/// Whether so many different numbers are evenly spaced between two others.
pub(super) fn can_be_divided(low: f64, high: f64, grid: usize) -> bool {
    let step = (high - low) / (grid - 1) as f64;
    let at = |k: usize| low + step * k as f64;
    step.is_finite() && (1..grid).all(|k| at(k - 1) < at(k))
}

/// Evenly spaced numbers for an interval, its bounds among them: as options, and as they are.
///
/// `high` is above `low`, and `grid` at least 2.
pub(super) fn evenly(low: f64, high: f64, grid: usize) -> (Options, Vec<f64>) {
    let step = (high - low) / (grid - 1) as f64;
    if let Ok((range, None)) = Range::new(low, high, step)
        && range.count() == grid
    {
        let points = (0..grid).map(|k| range.value(k)).collect();
        return (Options::Range(range), points);
    }
    // No decimal step leads from bound to bound: the numbers become names.
    let points: Vec<f64> =
        (0..grid).map(|k| if k + 1 == grid { high } else { low + step * k as f64 }).collect();
    let named = |value: &f64| NamedOption { id: value.to_string(), name: value.to_string() };
    (Options::Named { ordered: true, options: points.iter().map(named).collect() }, points)
}

/// Says what stands for the intervals of these issues; nothing where there is none.
pub(super) fn note(issues: &[&str], grid: usize, same_as: &str) -> Option<String> {
    let named: Vec<String> = issues.iter().map(|name| format!("`{name}`")).collect();
    (!named.is_empty()).then(|| {
        format!(
            "{} can take any number of an interval; {grid} evenly spaced ones stand for it{same_as} (`--grid` changes that)",
            named.join(", ")
        )
    })
}
