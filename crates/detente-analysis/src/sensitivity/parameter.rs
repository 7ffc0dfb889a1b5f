//! A number of a body on its way to other values: where it may go, and what it moves there.

use super::moved_body::{Divider, Moved, MovedBody};
use super::search::Line;
use crate::cdf::Cdf;
use detente_model::{
    Body, Cost, Distribution, Grid, Issue, IssueId, IssuePreference, Number, OptionId, Shape, Spot,
};
use std::ops::Range;

/// The least share of itself to which a shape of a beta distribution is lowered; 0 is none.
const LEAST_SHAPE: f64 = 1e-3;

/// One number of a body.
pub(super) struct Parameter<'a> {
    pub(super) line: Line,
    pub(super) partition: usize,
    /// The classes it moves.
    pub(super) classes: Range<usize>,
    grid: Grid,
    what: What<'a>,
}

enum What<'a> {
    Alternative,
    Amount,
    Cost {
        cost: &'a Cost,
        parameter: usize,
    },
    Preference {
        issue: &'a Issue,
        preference: Box<IssuePreference>,
        /// The number of the shape; absent for the weight.
        k: Option<usize>,
        /// What the moved classes contribute as things are, in grid steps.
        now: Vec<i64>,
    },
}

impl<'a> Parameter<'a> {
    /// Nothing if no classes were left for it.
    pub(super) fn new(
        moved_body: &MovedBody<'_>,
        body: &'a Body,
        issues: &'a [Issue],
        range: f64,
        possible: &[Vec<bool>],
        spot: &Spot,
        number: &Number,
    ) -> Option<Parameter<'a>> {
        let (_, divider) = Divider::of(spot)?;
        let (partition, n) = moved_body.partition(divider)?;
        let (scale, bounds) = scale(body, issues, range, possible, spot)?;
        let grid = moved_body.space.grid;
        let (classes, what) = match *spot {
            Spot::Will(_, parameter) => (0..1, What::Cost { cost: body.will.cost()?, parameter }),
            Spot::Alternative(_) => (0..1, What::Alternative),
            Spot::Interaction(..) => (0..1, What::Amount),
            Spot::Row(_, _, row) => (row..row + 1, What::Amount),
            Spot::Otherwise(..) => (n - 1..n, What::Amount),
            Spot::Weight(_, issue) => preference(body, issues, issue, None, grid)?,
            Spot::Shape(_, issue, k) => preference(body, issues, issue, Some(k), grid)?,
            _ => return None,
        };
        let now = number.mean();
        let usable = scale.is_finite() && scale > 0.0;
        let scale = if usable { scale } else { size(now) };
        let line = Line { now, scale, lowest: bounds.0, highest: bounds.1 };
        Some(Parameter { line, partition, classes, grid, what })
    }

    /// What a value moves; nothing if the number cannot have it.
    pub(super) fn moved(&mut self, value: f64) -> Option<Moved> {
        let grid = self.grid;
        let amount = grid.round(value).saturating_sub(grid.round(self.line.now));
        let (shifts, cost) = match &mut self.what {
            What::Alternative => (vec![-amount], None),
            What::Amount => (vec![amount], None),
            What::Cost { cost, parameter } => {
                let changed = cost.with_parameter(*parameter, value).ok()?.at_means();
                changed.check().ok()?;
                (vec![0], Some(Cdf::new(Some(&changed), grid)))
            }
            What::Preference { issue, preference, k, now } => {
                let number = match k {
                    Some(k) => preference.shape.number_mut(*k)?,
                    None => preference.weight.as_mut()?,
                };
                number.spread = Distribution::Point(value);
                let then = contributions(preference, issue, self.classes.clone(), grid);
                (then.zip(now).map(|(then, now)| then.saturating_sub(*now)).collect(), None)
            }
        };
        Some(Moved { partition: self.partition, first: self.classes.start, shifts, cost })
    }
}

fn contributions<'p>(
    preference: &'p IssuePreference,
    issue: &'p Issue,
    options: Range<usize>,
    grid: Grid,
) -> impl Iterator<Item = i64> + use<'p> {
    options.map(move |option| grid.round(preference.contribution(issue, OptionId(option))))
}

fn preference<'a>(
    body: &Body,
    issues: &'a [Issue],
    id: IssueId,
    k: Option<usize>,
    grid: Grid,
) -> Option<(Range<usize>, What<'a>)> {
    let issue = &issues[id.0];
    let preference = Box::new(body.preferences.issues[id.0].clone()?);
    let options = match (&preference.shape, k) {
        (Shape::Values(_), Some(k)) => k..k + 1,
        (Shape::Linear(points), Some(k)) => between(points, k, issue),
        _ => 0..issue.n_options(),
    };
    let now = contributions(&preference, issue, options.clone(), grid).collect();
    Some((options, What::Preference { issue, preference, k, now }))
}

/// The options between the neighbours of a point of a line.
fn between(points: &[(f64, Number)], k: usize, issue: &Issue) -> Range<usize> {
    let n = issue.n_options();
    let x = |option: usize| issue.option_value(OptionId(option)).unwrap_or(f64::NAN);
    let first = k.checked_sub(1).map_or(0, |left| (0..n).take_while(|o| x(*o) <= points[left].0).count());
    let end = points.get(k + 1).map_or(n, |right| (0..n).take_while(|o| x(*o) < right.0).count());
    first..end.max(first)
}

fn size(now: f64) -> f64 {
    if now == 0.0 { 1.0 } else { now.abs() }
}

const ANY: (f64, f64) = (f64::NEG_INFINITY, f64::INFINITY);

/// What counts as a change of size 1 of a number of a body whose utility has this range, and the
/// lowest and the highest value the number may have.
fn scale(
    body: &Body,
    issues: &[Issue],
    range: f64,
    possible: &[Vec<bool>],
    spot: &Spot,
) -> Option<(f64, (f64, f64))> {
    match *spot {
        Spot::Will(_, k) => Some(cost_scale(&body.will.cost()?.at_means(), range, k)),
        Spot::Weight(_, issue) => {
            let shape = &body.preferences.issues[issue.0].as_ref()?.shape;
            let options = (0..issues[issue.0].n_options()).filter(|k| possible[issue.0][*k]);
            let values = options.map(|k| shape.value(&issues[issue.0], OptionId(k)));
            Some((range / values.fold(0.0, |largest, value| value.abs().max(largest)), ANY))
        }
        Spot::Shape(_, issue, k) => {
            let preference = body.preferences.issues[issue.0].as_ref()?;
            let weight = preference.weight.as_ref().map_or(1.0, Number::mean);
            let Shape::Triangular { low, peak, high } = &preference.shape else {
                return Some((range / weight.abs(), ANY));
            };
            let issue = &issues[issue.0];
            let width =
                issue.option_value(OptionId(issue.n_options() - 1))? - issue.option_value(OptionId(0))?;
            let corners = [f64::NEG_INFINITY, low.mean(), peak.mean(), high.mean(), f64::INFINITY];
            Some((width, (corners[k], corners[k + 2])))
        }
        _ => Some((range, ANY)),
    }
}

fn cost_scale(cost: &Distribution, range: f64, k: usize) -> (f64, (f64, f64)) {
    let (below, above) = ANY;
    match cost {
        Distribution::Point(_) => (range, ANY),
        Distribution::Uniform { from, to } => (range, [(below, *to), (*from, above)][k]),
        Distribution::Triangular { from, mode, to } | Distribution::Pert { from, mode, to } => {
            (range, [(below, *mode), (*from, *to), (*mode, above)][k])
        }
        Distribution::Normal { .. } => (range, [ANY, (0.0, above)][k]),
        Distribution::TruncatedNormal { from, to, .. } => {
            (range, [ANY, (0.0, above), (below, *to), (*from, above)][k])
        }
        Distribution::Beta { alpha, beta, from, to } => match k {
            0 => (*alpha, (alpha * LEAST_SHAPE, above)),
            1 => (*beta, (beta * LEAST_SHAPE, above)),
            2 => (range, (below, *to)),
            _ => (range, (*from, above)),
        },
        Distribution::Discrete(_) if k.is_multiple_of(2) => (range, ANY),
        Distribution::Discrete(_) => (1.0, (0.0, 1.0)),
    }
}
