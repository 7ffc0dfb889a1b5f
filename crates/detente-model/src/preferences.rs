use crate::{Condition, Issue, IssueId, Number, OptionId, Options, Outcome};
use std::collections::BTreeMap;

/// What a body values: contributions of single issues plus terms over several.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct Preferences {
    /// Per issue, or `None` where the body is indifferent.
    pub issues: Vec<Option<IssuePreference>>,
    /// Amounts added where a condition holds (interaction terms, hyper-rectangles).
    pub interactions: Vec<Interaction>,
    /// Amounts looked up by the options of several issues.
    pub tables: Vec<Table>,
}

/// One issue's contribution: `weight x value(option)`.
#[derive(Clone, Debug, PartialEq)]
pub struct IssuePreference {
    /// The factor, in the body's units; absent for 1.
    pub weight: Option<Number>,
    /// The value of each option before weighting.
    pub shape: Shape,
}

/// How an option of an issue is valued.
#[derive(Clone, Debug, PartialEq)]
#[expect(
    clippy::large_enum_variant,
    reason = "there is one for each body and issue; a box would only be in the way"
)]
pub enum Shape {
    /// One value for each option.
    Values(Vec<Number>),
    /// Straight lines between points `(number, value)`, sorted by number, covering the whole range.
    Linear(Vec<(f64, Number)>),
    /// 0 up to `low`, rising to 1 at `peak`, falling to 0 at `high`.
    Triangular {
        /// Where the value starts to rise.
        low: Number,
        /// Where it is 1.
        peak: Number,
        /// Where it is 0 again.
        high: Number,
    },
}

/// An amount added to the utility of some outcomes.
#[derive(Clone, Debug, PartialEq)]
pub struct Interaction {
    /// The outcomes it speaks of.
    pub when: Condition,
    /// Whether it applies where the condition fails instead (the EXCLUDES rectangles of GENIUS).
    pub unless: bool,
    /// The amount, in the body's units.
    pub adds: Number,
}

/// An amount for each combination of options of some issues.
#[derive(Clone, Debug, PartialEq)]
pub struct Table {
    /// The issues, each once.
    pub issues: Vec<IssueId>,
    /// The amount of each listed combination.
    pub rows: BTreeMap<Vec<OptionId>, Number>,
    /// The amount of every combination not listed; absent if all are.
    pub otherwise: Option<Number>,
}

impl Shape {
    /// The value of an option, with every number at its mean.
    pub fn value(&self, issue: &Issue, option: OptionId) -> f64 {
        match self {
            Shape::Values(values) => values[option.0].mean(),
            Shape::Linear(points) => interpolate(points, issue.option_value(option).unwrap_or(f64::NAN)),
            Shape::Triangular { low, peak, high } => {
                let x = issue.option_value(option).unwrap_or(f64::NAN);
                triangle(low.mean(), peak.mean(), high.mean(), x)
            }
        }
    }
}

impl Shape {
    /// Between which of these numbers, and beyond the first and the last, it rises, falls or stays; nothing where it has
    /// a value for each option.
    fn corners(&self) -> Option<Vec<f64>> {
        match self {
            Shape::Values(_) => None,
            Shape::Linear(points) => Some(points.iter().map(|(at, _)| *at).collect()),
            Shape::Triangular { low, peak, high } => Some([low, peak, high].map(Number::mean).to_vec()),
        }
    }
}

fn interpolate(points: &[(f64, Number)], x: f64) -> f64 {
    let after = points.partition_point(|(at, _)| *at < x).min(points.len() - 1);
    let (right, right_value) = (points[after].0, points[after].1.mean());
    if after == 0 || right <= x {
        return right_value;
    }
    let (left, left_value) = (points[after - 1].0, points[after - 1].1.mean());
    left_value + (right_value - left_value) * ((x - left) / (right - left))
}

/// Corners that contradict each other, as draws of what is not known can, are taken in order.
fn triangle(low: f64, peak: f64, high: f64, x: f64) -> f64 {
    let (low, high) = (low.min(high), low.max(high));
    let peak = peak.clamp(low, high);
    if x == peak {
        1.0
    } else if x <= low || x >= high {
        0.0
    } else if x < peak {
        (x - low) / (peak - low)
    } else {
        (high - x) / (high - peak)
    }
}

impl IssuePreference {
    /// The largest contribution that an option makes, up or down; not a number if one of them is none. It is asked for
    /// whenever talks are read, so lines and triangles are looked at in their corners alone, not at each of a million
    /// numbers.
    pub fn largest(&self, issue: &Issue) -> f64 {
        let at = |option: usize| self.contribution(issue, OptionId(option)).abs();
        let larger = |a: f64, b: f64| if b > a || b.is_nan() { b } else { a };
        match (self.shape.corners(), &issue.options) {
            (Some(corners), Options::Range(range)) => {
                corners.into_iter().flat_map(|corner| range.around(corner)).map(at).fold(0.0, larger)
            }
            _ => (0..issue.n_options()).map(at).fold(0.0, larger),
        }
    }

    /// What an option of the issue contributes, in the body's units.
    pub fn contribution(&self, issue: &Issue, option: OptionId) -> f64 {
        self.weight.as_ref().map_or(1.0, Number::mean) * self.shape.value(issue, option)
    }
}

impl Interaction {
    /// Whether the amount is added for this outcome.
    pub fn applies(&self, outcome: &Outcome) -> bool {
        self.when.holds(outcome) != self.unless
    }
}

impl Table {
    /// The amount for a combination of options, one for each of the table's issues.
    pub fn amount(&self, options: &[OptionId]) -> f64 {
        self.rows.get(options).or(self.otherwise.as_ref()).map_or(0.0, Number::mean)
    }
}

impl Preferences {
    /// Whether nothing is said of any issue.
    pub fn is_empty(&self) -> bool {
        self.issues.iter().all(Option::is_none) && self.interactions.is_empty() && self.tables.is_empty()
    }

    /// What one issue contributes with this option, in the body's units.
    pub fn contribution(&self, id: IssueId, issue: &Issue, option: OptionId) -> f64 {
        match self.issues.get(id.0) {
            Some(Some(preference)) => preference.contribution(issue, option),
            _ => 0.0,
        }
    }

    /// Every leaf of the utility of an outcome; the utility is their sum, each rounded to the grid.
    pub fn leaves(&self, issues: &[Issue], outcome: &Outcome) -> Vec<f64> {
        let own = (0..issues.len()).map(|i| self.contribution(IssueId(i), &issues[i], outcome[IssueId(i)]));
        let terms =
            self.interactions.iter().filter(|term| term.applies(outcome)).map(|term| term.adds.mean());
        let tables = self.tables.iter().map(|table| {
            let options: Vec<OptionId> = table.issues.iter().map(|issue| outcome[*issue]).collect();
            table.amount(&options)
        });
        own.chain(terms).chain(tables).collect()
    }

    /// No utility and no partial sum of leaves exceeds this in absolute value.
    pub fn bound(&self, issues: &[Issue]) -> f64 {
        let largest = |(issue, preference): (&Issue, &Option<IssuePreference>)| {
            preference.as_ref().map_or(0.0, |preference| preference.largest(issue))
        };
        let own: f64 = issues.iter().zip(&self.issues).map(largest).sum();
        let terms: f64 = self.interactions.iter().map(|term| term.adds.mean().abs()).sum();
        let tables: f64 = self.tables.iter().map(Table::bound).sum();
        own + terms + tables
    }
}

impl Table {
    fn bound(&self) -> f64 {
        self.rows.values().chain(&self.otherwise).map(|amount| amount.mean().abs()).fold(0.0, f64::max)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_straight_between_their_points() {
        let points: Vec<_> = [(0.0, 1.0), (2.0, 0.0), (4.0, 8.0)].map(|(x, y)| (x, Number::fixed(y))).into();
        for (x, y) in [(0.0, 1.0), (1.0, 0.5), (2.0, 0.0), (3.0, 4.0), (4.0, 8.0)] {
            assert_eq!(interpolate(&points, x), y, "at {x}");
        }
    }

    #[test]
    fn a_triangle_peaks_at_one() {
        for (x, y) in [(0.0, 0.0), (1.0, 0.5), (2.0, 1.0), (5.0, 0.25), (6.0, 0.0), (9.0, 0.0)] {
            assert_eq!(triangle(0.0, 2.0, 6.0, x), y, "at {x}");
        }
        assert_eq!(triangle(2.0, 2.0, 6.0, 2.0), 1.0);
        // Corners that cross: from 1 to 4 with the peak at 1, and from 2 to 6 with the peak at 6.
        assert_eq!(triangle(4.0, 0.0, 1.0, 2.5), 0.5);
        assert_eq!(triangle(2.0, 9.0, 6.0, 4.0), 0.5);
    }

    #[track_caller]
    fn check_largest(shape: Shape, range: (f64, f64, f64)) {
        let (range, _) = crate::Range::new(range.0, range.1, range.2).expect("a range");
        let issue = Issue {
            id: String::new(),
            name: String::new(),
            options: Options::Range(range),
            status_quo: None,
            because: Vec::new(),
        };
        let preference = IssuePreference { weight: Some(Number::fixed(-0.3)), shape };
        let each = (0..issue.n_options()).map(|k| preference.contribution(&issue, OptionId(k)).abs());
        assert_eq!(preference.largest(&issue), each.fold(0.0, f64::max), "{preference:?}");
    }

    #[test]
    fn the_largest_contribution_is_found_in_the_corners() {
        for shift in [0.0, 0.1, 0.37, 0.5, 0.93] {
            let number = |x: f64| Number::fixed(x + shift);
            for range in [(0.0, 9.0, 1.0), (0.0, 1.0, 0.1), (-7.0, 7.5, 0.7), (4.0, 4.0, 1.0)] {
                let corners = [(-8.0, 1.0), (0.3, -4.2), (2.0, 0.0), (4.6, 4.3), (9.9, -2.0)];
                check_largest(Shape::Linear(corners.map(|(x, y)| (x + shift, number(y))).to_vec()), range);
                check_largest(
                    Shape::Triangular { low: number(-1.0), peak: number(3.2), high: number(6.1) },
                    range,
                );
            }
        }
    }
}
