//! How likely one body accepts, by its utility or by its surplus. What is asked for again and again is kept in a table.

use crate::body::BodySpace;

/// Largest table of exact probabilities.
const MAX_EXACT: i64 = 1 << 20;
/// Cells of a table of upper bounds.
const CELLS: usize = 1 << 12;

/// One body's probability of accepting.
pub(crate) struct AcceptanceCurve<'s> {
    body: &'s BodySpace,
    terms: Terms,
    table: Table,
}

/// On what terms the body says yes.
#[derive(Clone, Copy)]
enum Terms {
    /// As stated: its surplus has to cover its political cost.
    Stated,
    /// A yes costs nothing at home.
    Free,
    /// Its yes counts as given.
    Given,
}

enum Table {
    None,
    /// By steps of utility from the first on, filled in as they are asked for.
    Exact {
        first: i64,
        known: Vec<f64>,
    },
    /// By cells of equal width of the surplus from 0 on, each with the probability at its upper end, filled in as they
    /// are asked for.
    Bounds {
        width: i64,
        cells: Vec<f64>,
    },
}

impl<'s> AcceptanceCurve<'s> {
    /// As stated, worked out whenever it is asked for.
    pub(crate) fn stated(body: &'s BodySpace) -> AcceptanceCurve<'s> {
        AcceptanceCurve { body, terms: Terms::Stated, table: Table::None }
    }

    /// As if a yes cost nothing.
    pub(crate) fn free(body: &'s BodySpace) -> AcceptanceCurve<'s> {
        AcceptanceCurve { terms: Terms::Free, ..AcceptanceCurve::stated(body) }
    }

    /// As if the body said yes to everything.
    pub(crate) fn given(body: &'s BodySpace) -> AcceptanceCurve<'s> {
        AcceptanceCurve { terms: Terms::Given, ..AcceptanceCurve::stated(body) }
    }

    /// As stated, with a table of what was asked for, up to so many steps of utility.
    pub(crate) fn remembered(body: &'s BodySpace, max: i64) -> AcceptanceCurve<'s> {
        let first = body.alternative.unwrap_or(0);
        let size = max.saturating_sub(first).saturating_add(1).max(0);
        let table = match body.has_cost() && size <= MAX_EXACT {
            true => Table::Exact { first, known: vec![f64::NAN; size as usize] },
            false => Table::None,
        };
        AcceptanceCurve { table, ..AcceptanceCurve::stated(body) }
    }

    /// As stated, with a table of upper bounds for surpluses of up to so many grid steps.
    pub(crate) fn bounded(body: &'s BodySpace, most: i64) -> AcceptanceCurve<'s> {
        let table = match body.has_cost() && !body.cdf().is_quick() {
            true => Table::Bounds { width: most.max(0) / CELLS as i64 + 1, cells: vec![f64::NAN; CELLS] },
            false => Table::None,
        };
        AcceptanceCurve { table, ..AcceptanceCurve::stated(body) }
    }

    /// P(accepts) at so many steps of utility.
    pub(crate) fn at(&mut self, v: i64) -> f64 {
        match self.terms {
            Terms::Stated => {}
            Terms::Free => return f64::from(u8::from(self.body.accepts_free(v))),
            Terms::Given => return 1.0,
        }
        let Table::Exact { first, known } = &mut self.table else { return self.body.acceptance(v) };
        let place = usize::try_from(v - *first).ok();
        let Some(known) = place.and_then(|place| known.get_mut(place)) else {
            return self.body.acceptance(v);
        };
        if known.is_nan() {
            *known = self.body.acceptance(v);
        }
        *known
    }

    /// P(accepts) with a surplus in grid steps, and so much taken from its political cost.
    pub(crate) fn exactly(&self, surplus: i64, cost_reduction: i64) -> f64 {
        match self.body.alternative {
            None => self.body.anyway(),
            Some(_) if surplus < 0 => 0.0,
            Some(_) => self.body.cdf().at(surplus + cost_reduction),
        }
    }

    /// No less than that, but for the rounding of a probability.
    pub(crate) fn at_most(&mut self, surplus: i64, cost_reduction: i64) -> f64 {
        let sum = surplus + cost_reduction;
        let Table::Bounds { width, cells } = &mut self.table else {
            return if sum < 0 { self.exactly(-1, 0) } else { self.exactly(surplus, cost_reduction) };
        };
        if surplus < 0 || sum < 0 {
            return 0.0;
        }
        let cell = (sum / *width) as usize;
        let Some(known) = cells.get_mut(cell) else { return 1.0 };
        if known.is_nan() {
            *known = self.body.cdf().at((cell as i64 + 1) * *width);
        }
        *known
    }
}
