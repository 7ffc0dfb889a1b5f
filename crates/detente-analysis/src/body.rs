//! One body's utility, reduced to small whole steps.

use crate::allowed::{Allowed, Allows, clauses};
use crate::cdf::Cdf;
use crate::exact::{Fraction, gcd};
use crate::kernel::sweep::Term;
use crate::ticker::Watch;
use detente_model::{Body, Distribution, Grid, Interaction, Issue, IssueId, OptionId, Table};
use std::collections::BTreeMap;
use std::ops::ControlFlow;

/// Options of an issue that are looked at between two looks at the watcher.
const AT_ONCE: usize = 1 << 16;
/// Most cells kept in one body's tables over sets of issues.
const MAX_CELLS: usize = 1 << 21;

/// The steps that a body which refuses everything would have to reach: more than any outcome has.
pub(crate) const NEVER: i64 = i64::MAX;

/// A body's utility as `offset + unit * v` grid steps, `v` a sum of whole numbers.
#[derive(Debug)]
pub(crate) struct BodySpace {
    pub(crate) grid: Grid,
    unit: i64,
    offset: i64,
    /// Steps per issue and option, until the loops over issues have them.
    pub(crate) leaves: Vec<Vec<i64>>,
    /// Terms over several issues, with the issues of each.
    pub(crate) terms: Vec<(Vec<usize>, Term)>,
    /// What no agreement is worth, where that is a number and something is said of what it values.
    pub(crate) alternative: Option<i64>,
    /// Whether it accepts no outcome at all, or is not known to accept any.
    pub(crate) refuses: bool,
    cost: Option<Distribution>,
    cdf: Cdf,
}

/// The body's terms over one set of issues, in grid steps.
struct Bundle {
    issues: Vec<usize>,
    /// Whether interactions are entered into a table, or kept as conditions.
    tabled: bool,
    parts: Vec<Part>,
}

enum Part {
    Cells(Vec<i64>),
    /// What listed combinations have beyond the others, and what the others have.
    Rows(BTreeMap<usize, i64>, i64),
    When {
        clauses: Vec<Allows>,
        unless: bool,
        adds: i64,
    },
}

impl BodySpace {
    /// Computes every leaf once, rounds it to the grid and takes out what all have in common.
    pub(crate) fn new(
        index: usize,
        body: &Body,
        issues: &[Issue],
        watch: Watch<'_>,
    ) -> ControlFlow<(), BodySpace> {
        let refuses = body.refuses_all();
        let alternative = body.alternative.number().map(detente_model::Number::mean);
        let grid = body.grid(issues);
        let contribution = |i: usize, k: usize| {
            grid.round(body.preferences.contribution(IssueId(i), &issues[i], OptionId(k)))
        };
        let mut leaves: Vec<Vec<i64>> = Vec::with_capacity(issues.len());
        for (i, issue) in issues.iter().enumerate() {
            let mut own = Vec::with_capacity(issue.n_options());
            while own.len() < issue.n_options() {
                watch(0.0)?;
                own.extend((own.len()..issue.n_options()).take(AT_ONCE).map(|k| contribution(i, k)));
            }
            leaves.push(own);
        }
        let mut bundles = bundles(body, issues, grid);
        let offset = take_offset(&mut leaves, &mut bundles);
        let alternative = alternative.map(|value| grid.round(value) - offset);
        let unit = common_unit(&leaves, &bundles, alternative);
        if unit > 1 {
            leaves.iter_mut().flatten().for_each(|leaf| *leaf /= unit);
        }
        let terms = bundles.into_iter().flat_map(|bundle| bundle.into_terms(index, unit, issues)).collect();
        let cost = body.will.cost().map(detente_model::Cost::at_means);
        let alternative = alternative.map(|steps| steps / unit).filter(|_| !refuses);
        ControlFlow::Continue(BodySpace {
            grid,
            unit,
            offset,
            leaves,
            terms,
            alternative,
            refuses,
            cdf: Cdf::new(cost.as_ref(), grid),
            cost,
        })
    }

    /// The utility of so many steps, in the body's units.
    pub(crate) fn utility(&self, v: i64) -> f64 {
        self.grid.value(self.offset + self.unit * v)
    }

    /// The utility of so many steps, in grid steps.
    pub(crate) fn steps(&self, v: i64) -> i64 {
        self.offset + self.unit * v
    }

    /// The steps of a utility in grid steps.
    pub(crate) fn of_grid(&self, grid_steps: i64) -> i64 {
        (grid_steps - self.offset) / self.unit
    }

    /// A difference of so many steps, in grid steps.
    pub(crate) fn span(&self, v: i64) -> i64 {
        self.unit * v
    }

    /// The value of a difference of so many steps, in the body's units.
    pub(crate) fn difference(&self, steps: i64) -> f64 {
        self.grid.value(self.unit * steps)
    }

    /// The size of a step in the body's units.
    pub(crate) fn step(&self) -> Fraction {
        // A fraction holds no more than 10^18: beyond, sums over parties are rough, which a note tells.
        let power = 10i64.saturating_pow(self.grid.digits.unsigned_abs());
        if self.grid.digits >= 0 {
            Fraction { num: self.unit, den: power.saturating_mul(self.grid.parts) }
        } else {
            Fraction { num: self.unit.saturating_mul(power), den: self.grid.parts }
        }
    }

    /// Grid steps per step.
    pub(crate) fn unit(&self) -> i64 {
        self.unit
    }

    /// The steps from which on it accepts at no political cost; absent if every outcome is acceptable.
    pub(crate) fn threshold(&self) -> Option<i64> {
        if self.refuses { Some(NEVER) } else { self.alternative }
    }

    /// Whether it accepts at no political cost.
    pub(crate) fn accepts_free(&self, v: i64) -> bool {
        self.threshold().is_none_or(|threshold| v >= threshold)
    }

    /// The surplus in grid steps; absent if every outcome is acceptable, or none is.
    pub(crate) fn surplus(&self, v: i64) -> Option<i64> {
        self.alternative.map(|alternative| self.unit * (v - alternative))
    }

    /// What it says whatever the deal, if it has no alternative to compare one with: 1 or 0.
    pub(crate) fn anyway(&self) -> f64 {
        f64::from(u8::from(!self.refuses))
    }

    /// P(cost <= surplus), 0 where the surplus is negative.
    pub(crate) fn acceptance(&self, v: i64) -> f64 {
        self.surplus(v).map_or(self.anyway(), |surplus| self.cdf.at(surplus))
    }

    /// Its political cost, with every parameter at its mean.
    pub(crate) fn cost(&self) -> Option<&Distribution> {
        self.cost.as_ref()
    }

    /// P(cost <= surplus) by the surplus in grid steps.
    pub(crate) fn cdf(&self) -> &Cdf {
        &self.cdf
    }

    /// Whether its acceptance is uncertain anywhere.
    pub(crate) fn has_cost(&self) -> bool {
        self.cost.is_some() && self.alternative.is_some()
    }
}

/// Moves the first entry of every leaf and table into a common offset.
fn take_offset(leaves: &mut [Vec<i64>], bundles: &mut [Bundle]) -> i64 {
    let otherwise = bundles.iter().flat_map(|bundle| &bundle.parts).map(|part| match part {
        Part::Rows(_, otherwise) => *otherwise,
        Part::Cells(_) | Part::When { .. } => 0,
    });
    let mut offset = otherwise.sum();
    let tables = bundles.iter_mut().flat_map(|bundle| &mut bundle.parts).filter_map(|part| match part {
        Part::Cells(cells) => Some(cells),
        Part::Rows(..) | Part::When { .. } => None,
    });
    for entries in leaves.iter_mut().chain(tables) {
        let first = entries[0];
        offset += first;
        for entry in entries {
            *entry -= first;
        }
    }
    offset
}

fn common_unit(leaves: &[Vec<i64>], bundles: &[Bundle], alternative: Option<i64>) -> i64 {
    let own = leaves.iter().flatten().fold(alternative.unwrap_or(0), |unit, leaf| gcd(unit, *leaf));
    let unit = bundles.iter().flat_map(|bundle| &bundle.parts).fold(own, |unit, part| match part {
        Part::Cells(cells) => cells.iter().fold(unit, |unit, cell| gcd(unit, *cell)),
        Part::Rows(rows, _) => rows.values().fold(unit, |unit, row| gcd(unit, *row)),
        Part::When { adds, .. } => gcd(unit, *adds),
    });
    unit.max(1)
}

fn bundles(body: &Body, issues: &[Issue], grid: Grid) -> Vec<Bundle> {
    let mut by_issues: BTreeMap<Vec<usize>, Bundle> = BTreeMap::new();
    let new = |key: &[usize], tabled: bool| Bundle { issues: key.to_vec(), tabled, parts: Vec::new() };
    for table in &body.preferences.tables {
        let key = sorted(table.issues.iter().copied());
        let tabled = n_cells(&key, issues) <= MAX_CELLS;
        by_issues.entry(key.clone()).or_insert_with(|| new(&key, tabled)).add_table(table, issues, grid);
    }
    let mut left = MAX_CELLS;
    for interaction in &body.preferences.interactions {
        let key = sorted(interaction.when.issues());
        let bundle = by_issues.entry(key.clone()).or_insert_with(|| {
            let n = n_cells(&key, issues);
            let tabled = n <= left;
            left -= if tabled { n } else { 0 };
            new(&key, tabled)
        });
        bundle.add_interaction(interaction, issues, grid);
    }
    by_issues.into_values().collect()
}

fn n_cells(own: &[usize], issues: &[Issue]) -> usize {
    own.iter().fold(1usize, |n, i| n.saturating_mul(issues[*i].n_options()))
}

fn sorted(issues: impl Iterator<Item = IssueId>) -> Vec<usize> {
    let mut issues: Vec<usize> = issues.map(|issue| issue.0).collect();
    issues.sort_unstable();
    issues
}

impl Bundle {
    fn cells(&mut self, issues: &[Issue]) -> &mut Vec<i64> {
        let n = n_cells(&self.issues, issues);
        let at = self.parts.iter().position(|part| matches!(part, Part::Cells(_)));
        let at = at.unwrap_or_else(|| {
            self.parts.push(Part::Cells(vec![0; n]));
            self.parts.len() - 1
        });
        match &mut self.parts[at] {
            Part::Cells(cells) => cells,
            Part::Rows(..) | Part::When { .. } => unreachable!("the position is that of a table"),
        }
    }

    fn add_interaction(&mut self, interaction: &Interaction, issues: &[Issue], grid: Grid) {
        let adds = grid.round(interaction.adds.mean());
        let clauses = clauses(&interaction.when.0, issues);
        if !self.tabled {
            self.parts.push(Part::When { clauses, unless: interaction.unless, adds });
            return;
        }
        let own = self.issues.clone();
        let cells = self.cells(issues);
        each_cell(&own, issues, |cell, options| {
            let holds = clauses
                .iter()
                .all(|(issue, allowed)| allowed.has(options[own.partition_point(|i| i < issue)]));
            if holds != interaction.unless {
                cells[cell] += adds;
            }
        });
    }

    /// A table with few rows is kept as rows, however many combinations there are.
    fn add_table(&mut self, table: &Table, issues: &[Issue], grid: Grid) {
        if table.rows.len().saturating_mul(3) <= n_cells(&self.issues, issues) {
            self.add_rows(table, issues, grid);
            return;
        }
        let own = self.issues.clone();
        let position: Vec<usize> =
            table.issues.iter().map(|issue| own.partition_point(|i| *i < issue.0)).collect();
        let cells = self.cells(issues);
        each_cell(&own, issues, |cell, options| {
            let row: Vec<OptionId> = position.iter().map(|p| OptionId(options[*p])).collect();
            cells[cell] += grid.round(table.amount(&row));
        });
    }

    fn add_rows(&mut self, table: &Table, issues: &[Issue], grid: Grid) {
        let otherwise = table.otherwise.as_ref().map_or(0, |amount| grid.round(amount.mean()));
        if n_cells(&self.issues, issues) == usize::MAX {
            // Combinations cannot be numbered: each row is a condition of its own.
            self.parts.push(Part::Rows(BTreeMap::new(), otherwise));
            let amounts = table.rows.iter().map(|(row, amount)| (row, grid.round(amount.mean()) - otherwise));
            self.parts.extend(amounts.map(|(row, adds)| Part::When {
                clauses: only(&table.issues, row, issues),
                unless: false,
                adds,
            }));
            return;
        }
        let strides = strides(&self.issues, issues);
        let cell = |row: &Vec<OptionId>| {
            let part = |(issue, option): (&IssueId, &OptionId)| {
                option.0 * strides[strides.partition_point(|(own, _)| *own < issue.0)].1
            };
            table.issues.iter().zip(row).map(part).sum::<usize>()
        };
        let rows = table.rows.iter().map(|(row, amount)| (cell(row), grid.round(amount.mean()) - otherwise));
        self.parts.push(Part::Rows(rows.collect(), otherwise));
    }

    fn into_terms(self, body: usize, unit: i64, issues: &[Issue]) -> Vec<(Vec<usize>, Term)> {
        let strides = strides(&self.issues, issues);
        let term = |part| match part {
            Part::Cells(cells) => {
                let cells = cells.into_iter().map(|cell| cell / unit).collect();
                Term::Table { body, strides: strides.clone(), cells }
            }
            Part::Rows(rows, _) => {
                let rows = rows.into_iter().map(|(cell, row)| (cell, row / unit)).collect();
                Term::Rows { body, strides: strides.clone(), rows }
            }
            Part::When { clauses, unless, adds } => Term::When { body, clauses, unless, adds: adds / unit },
        };
        let empty = |part: &Part| matches!(part, Part::Rows(rows, _) if rows.is_empty());
        let parts = self.parts.into_iter().filter(|part| !empty(part));
        parts.map(|part| (self.issues.clone(), term(part))).collect()
    }
}

/// What holds for one combination of some issues alone.
fn only(own: &[IssueId], row: &[OptionId], issues: &[Issue]) -> Vec<Allows> {
    let clause = |(issue, option): (&IssueId, &OptionId)| {
        (issue.0, Allowed::only(option.0, issues[issue.0].n_options()))
    };
    own.iter().zip(row).map(clause).collect()
}

fn strides(own: &[usize], issues: &[Issue]) -> Vec<(usize, usize)> {
    let mut stride = 1;
    let mut strides: Vec<(usize, usize)> = own
        .iter()
        .rev()
        .map(|issue| {
            let this = stride;
            // Where this saturates, nothing is numbered by it.
            stride = usize::saturating_mul(stride, issues[*issue].n_options());
            (*issue, this)
        })
        .collect();
    strides.reverse();
    strides
}

/// Calls `f` with every cell and its options, last issue fastest.
fn each_cell(own: &[usize], issues: &[Issue], mut f: impl FnMut(usize, &[usize])) {
    let n: usize = own.iter().map(|i| issues[*i].n_options()).product();
    let mut options = vec![0; own.len()];
    for cell in 0..n {
        f(cell, &options);
        for k in (0..own.len()).rev() {
            options[k] += 1;
            if options[k] < issues[own[k]].n_options() {
                break;
            }
            options[k] = 0;
        }
    }
}
