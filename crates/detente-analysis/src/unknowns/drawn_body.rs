//! One body whose numbers change from draw to draw.
//!
//! Outcomes fall into classes: those that the body values alike whatever is drawn. A draw is worked out
//! once for each class.

use super::inputs::{Inputs, Value, mended};
use crate::cdf::Cdf;
use crate::kernel::sweep;
use crate::space::{Extremes, MAX_VISITS, Space};
use detente_model::{
    BodyId, Condition, Distribution, Grid, Issue, IssuePreference, Number, OptionId, Spot, Table,
};
use std::collections::HashMap;
use std::ops::ControlFlow;

/// Most combinations of tied issues that are looked at for the extremes of a body in every draw, of those that
/// constraints leave.
const MAX_REACH: u64 = 1 << 14;

/// One body, with what is known of it for good.
pub(super) struct DrawnBody<'t> {
    issues: &'t [Issue],
    grid: Grid,
    alternative: Option<Value>,
    /// What it says whatever the deal, where it has no alternative: 1 or 0.
    anyway: f64,
    cost: Option<Distribution<Value>>,
    parts: Vec<Part>,
    pub(super) classes: Classes,
    /// The coordinates that its numbers depend on.
    pub(super) coordinates: Vec<usize>,
    reach: Reach,
    /// What it is given: surplus, and by how much its political cost falls, in grid steps.
    gift: (i64, i64),
}

/// What outcomes have in common: a sum that is known, and for each part that is not the entry they take.
#[derive(Default)]
pub(super) struct Classes {
    fixed: Vec<i64>,
    entries: Vec<u32>,
    numbers: HashMap<(i64, Vec<u32>), u32>,
}

/// The lowest and the highest utility over feasible outcomes.
enum Reach {
    Known(i64, i64),
    /// By group of tied issues.
    Groups(Vec<Classes>),
    /// Too many combinations to look at in every draw.
    Open,
}

/// A part of the preferences of which some number is drawn.
enum Part {
    Issue { issue: usize, preference: IssuePreference, drawn: Vec<(Option<usize>, usize)> },
    Interaction { when: Condition, unless: bool, adds: usize },
    Table { table: Table, places: HashMap<Vec<OptionId>, u32>, rows: Vec<Value> },
}

/// One draw, worked out.
#[derive(Clone)]
pub(super) struct Held {
    /// By part: its preference with the numbers drawn, where it is an issue's.
    preferences: Vec<Option<IssuePreference>>,
    /// By part and entry, in grid steps.
    amounts: Vec<Vec<i64>>,
    /// By class, in grid steps.
    pub(super) utilities: Vec<i64>,
    /// By class: P(accepts).
    pub(super) yes: Vec<f64>,
    /// By class: 1 if it would accept at no political cost, otherwise 0.
    pub(super) free: Vec<f64>,
    /// The lowest and the highest utility over feasible outcomes; absent where that is not looked for.
    pub(super) reach: Option<(i64, i64)>,
    /// Whether drawn parameters of the cost contradicted each other.
    pub(super) mended: bool,
}

impl Classes {
    fn add(&mut self, fixed: i64, entries: Vec<u32>) -> u32 {
        if let Some(class) = self.numbers.get(&(fixed, entries.clone())) {
            return *class;
        }
        let class = self.fixed.len() as u32;
        self.fixed.push(fixed);
        self.entries.extend(&entries);
        self.numbers.insert((fixed, entries), class);
        class
    }

    /// The sums of all classes.
    fn sums<'c>(&'c self, amounts: &'c [Vec<i64>]) -> impl Iterator<Item = i64> + use<'c> {
        let n_parts = amounts.len();
        self.fixed.iter().enumerate().map(move |(class, fixed)| {
            let entries = &self.entries[class * n_parts..(class + 1) * n_parts];
            let parts = entries.iter().zip(amounts).map(|(entry, amounts)| amounts[*entry as usize]);
            parts.fold(*fixed, i64::saturating_add)
        })
    }
}

impl<'t> DrawnBody<'t> {
    pub(super) fn new(space: &Space<'t>, extremes: &[Extremes], inputs: &Inputs, b: usize) -> DrawnBody<'t> {
        let (talks, own) = (space.talks, &space.bodies[b]);
        let (id, body) = (BodyId(b), &talks.bodies[b]);
        let alternative = body
            .alternative
            .number()
            .filter(|_| !own.refuses)
            .map(|number| inputs.value(Spot::Alternative(id), number.mean()));
        let cost = body.will.cost().map(|cost| inputs.cost(cost, |k| Spot::Will(id, k)));
        let mut drawn_body = DrawnBody {
            issues: &talks.issues,
            grid: own.grid,
            alternative,
            anyway: own.anyway(),
            cost,
            parts: parts(space, inputs, b),
            classes: Classes::default(),
            coordinates: inputs.of_body(b),
            reach: Reach::Open,
            gift: (0, 0),
        };
        drawn_body.reach = if drawn_body.parts.is_empty() {
            Reach::Known(own.steps(extremes[b].min), own.steps(extremes[b].max))
        } else {
            drawn_body.groups(space, inputs, b).map_or(Reach::Open, Reach::Groups)
        };
        drawn_body
    }

    /// Finds the class of an outcome of so many grid steps when all numbers are at their means.
    pub(super) fn class(&mut self, steps: i64, options: &[usize], at_means: &Held) -> u32 {
        let entries: Vec<u32> = self.parts.iter().map(|part| part.entry(options)).collect();
        let drawn = entries.iter().zip(&at_means.amounts).map(|(entry, amounts)| amounts[*entry as usize]);
        let fixed = drawn.fold(steps, i64::saturating_sub);
        self.classes.add(fixed, entries)
    }

    /// The combinations of each group of tied issues that constraints leave, as classes; nothing if they are too many.
    fn groups(&self, space: &Space<'t>, inputs: &Inputs, b: usize) -> Option<Vec<Classes>> {
        let held = self.held(&inputs.means());
        let mut groups = Vec::new();
        // What is common to all outcomes enters once.
        let mut base = space.bodies[b].steps(0);
        let mut left = MAX_REACH;
        let mut taken = vec![false; self.parts.len()];
        for levels in space.groups_of_body(b) {
            let n = levels.iter().fold(1u64, |n, level| n.saturating_mul(level.n as u64));
            if n > MAX_VISITS {
                return None;
            }
            let own: Vec<usize> = levels.iter().map(|level| level.issue).collect();
            let of_group = |part: &Part| part.issues().iter().all(|issue| own.contains(issue));
            let here: Vec<bool> =
                self.parts.iter().zip(&taken).map(|(part, taken)| !taken && of_group(part)).collect();
            taken.iter_mut().zip(&here).for_each(|(taken, here)| *taken |= here);
            let mut options = vec![0; self.issues.len()];
            let mut classes = Classes::default();
            let swept = sweep::sweep(&levels, &[0], &mut |visit| {
                if left == 0 {
                    return ControlFlow::Break(());
                }
                left -= 1;
                options[..visit.options.len()].copy_from_slice(visit.options);
                let mut fixed = base.saturating_add(space.bodies[b].span(visit.utilities[0]));
                let entries = self.parts.iter().zip(&here).zip(&held.amounts);
                let entries = entries.map(|((part, here), amounts)| match here {
                    true => {
                        let entry = part.entry(&options);
                        fixed = fixed.saturating_sub(amounts[entry as usize]);
                        entry
                    }
                    // The entry after the last is worth nothing.
                    false => amounts.len() as u32 - 1,
                });
                let entries = entries.collect();
                classes.add(fixed, entries);
                ControlFlow::Continue(())
            });
            if swept.is_break() {
                return None;
            }
            base = 0;
            groups.push(classes);
        }
        Some(groups)
    }

    /// Gives it something, in its own units.
    pub(super) fn give(&mut self, gift: super::Gift) {
        self.gift = (self.grid.round(gift.surplus), self.grid.round(gift.fall));
    }

    /// Room for draws, with a first one worked out.
    pub(super) fn held(&self, values: &[f64]) -> Held {
        let preferences = self.parts.iter().map(|part| match part {
            Part::Issue { preference, .. } => Some(preference.clone()),
            Part::Interaction { .. } | Part::Table { .. } => None,
        });
        let mut held = Held {
            preferences: preferences.collect(),
            amounts: vec![Vec::new(); self.parts.len()],
            utilities: Vec::new(),
            yes: Vec::new(),
            free: Vec::new(),
            reach: None,
            mended: false,
        };
        self.draw(values, &mut held);
        held
    }

    /// Works out a draw.
    pub(super) fn draw(&self, values: &[f64], held: &mut Held) {
        self.value(values, held);
        self.judge(values, held);
    }

    /// Roughly how many operations a draw takes.
    pub(super) fn work(&self) -> u64 {
        if self.coordinates.is_empty() {
            return 0;
        }
        let (once, each) = self.cost.as_ref().map_or((0, 1), |cost| (cost.work_once(), cost.work()));
        once + self.classes.fixed.len() as u64 * (self.parts.len() as u64 + each)
    }

    /// Whether its utilities change from draw to draw.
    pub(super) fn wavers(&self) -> bool {
        !self.parts.is_empty()
    }

    /// Works out the utilities of a draw.
    pub(super) fn value(&self, values: &[f64], held: &mut Held) {
        let entries = self.parts.iter().zip(&mut held.preferences).zip(&mut held.amounts);
        for ((part, preference), amounts) in entries {
            part.amounts(self.issues, self.grid, values, preference.as_mut(), amounts);
        }
        held.utilities.clear();
        held.utilities.extend(self.classes.sums(&held.amounts));
    }

    fn judge(&self, values: &[f64], held: &mut Held) {
        let cost = self.cost.as_ref().map(|cost| mended(cost.map(|parameter| parameter.at(values))));
        held.mended = cost.as_ref().is_some_and(|(_, mended)| *mended);
        let cost = cost.map(|(cost, _)| cost);
        held.yes.clear();
        held.free.clear();
        let Some(alternative) = self.alternative else {
            held.yes.resize(held.utilities.len(), self.anyway);
            held.free.resize(held.utilities.len(), self.anyway);
            return;
        };
        let alternative = self.grid.round(alternative.at(values));
        let cdf = Cdf::new(cost.as_ref(), self.grid);
        for utility in &held.utilities {
            let surplus = utility.saturating_sub(alternative).saturating_add(self.gift.0);
            let with_fall = surplus.saturating_add(self.gift.1);
            let yes = if surplus < 0 { 0.0 } else { cdf.at(with_fall) };
            held.yes.push(yes);
            held.free.push(f64::from(u8::from(surplus >= 0)));
        }
    }

    /// Finds the lowest and the highest utility of a draw over feasible outcomes.
    pub(super) fn stretch(&self, held: &mut Held) {
        held.reach = match &self.reach {
            Reach::Known(low, high) => Some((*low, *high)),
            Reach::Groups(groups) => {
                let ends = groups.iter().map(|classes| {
                    let sums = || classes.sums(&held.amounts);
                    (sums().min().unwrap_or(0), sums().max().unwrap_or(0))
                });
                Some(ends.fold((0i64, 0i64), |(low, high), (least, most)| {
                    (low.saturating_add(least), high.saturating_add(most))
                }))
            }
            Reach::Open => None,
        };
    }
}

/// The parts of a body's preferences of which some number is drawn.
fn parts(space: &Space<'_>, inputs: &Inputs, b: usize) -> Vec<Part> {
    let (id, preferences) = (BodyId(b), &space.talks.bodies[b].preferences);
    let mut parts = Vec::new();
    for (i, preference) in preferences.issues.iter().enumerate() {
        let Some(preference) = preference else { continue };
        let mut drawn = Vec::new();
        for (k, member) in inputs.members.iter().enumerate() {
            match member.spot {
                Spot::Weight(body, issue) if body == id && issue.0 == i => drawn.push((None, k)),
                Spot::Shape(body, issue, at) if body == id && issue.0 == i => drawn.push((Some(at), k)),
                _ => {}
            }
        }
        if !drawn.is_empty() {
            parts.push(Part::Issue { issue: i, preference: preference.clone(), drawn });
        }
    }
    for (k, interaction) in preferences.interactions.iter().enumerate() {
        if let Value::Drawn(adds) = inputs.value(Spot::Interaction(id, k), 0.0) {
            parts.push(Part::Interaction {
                when: interaction.when.clone(),
                unless: interaction.unless,
                adds,
            });
        }
    }
    for (t, table) in preferences.tables.iter().enumerate() {
        let value = |row: usize, amount: &Number| inputs.value(Spot::Row(id, t, row), amount.mean());
        let mut rows: Vec<Value> =
            table.rows.values().enumerate().map(|(row, amount)| value(row, amount)).collect();
        let otherwise = table.otherwise.as_ref().map_or(0.0, Number::mean);
        rows.push(inputs.value(Spot::Otherwise(id, t), otherwise));
        if rows.iter().any(|row| matches!(row, Value::Drawn(_))) {
            let places = table.rows.keys().cloned().zip(0..).collect();
            parts.push(Part::Table { table: table.clone(), places, rows });
        }
    }
    parts
}

impl Part {
    fn issues(&self) -> Vec<usize> {
        match self {
            Part::Issue { issue, .. } => vec![*issue],
            Part::Interaction { when, .. } => when.issues().map(|issue| issue.0).collect(),
            Part::Table { table, .. } => table.issues.iter().map(|issue| issue.0).collect(),
        }
    }

    /// Which of its amounts an outcome takes.
    fn entry(&self, options: &[usize]) -> u32 {
        match self {
            Part::Issue { issue, .. } => options[*issue] as u32,
            Part::Interaction { when, unless, .. } => {
                let holds =
                    when.0.iter().all(|clause| clause.options.contains(OptionId(options[clause.issue.0])));
                u32::from(holds != *unless)
            }
            Part::Table { table, places, rows } => {
                let row: Vec<OptionId> =
                    table.issues.iter().map(|issue| OptionId(options[issue.0])).collect();
                places.get(&row).copied().unwrap_or(rows.len() as u32 - 1)
            }
        }
    }

    /// The amounts of a draw, and a last one of 0.
    fn amounts(
        &self,
        issues: &[Issue],
        grid: Grid,
        values: &[f64],
        preference: Option<&mut IssuePreference>,
        amounts: &mut Vec<i64>,
    ) {
        amounts.clear();
        match (self, preference) {
            (Part::Issue { issue, drawn, .. }, Some(preference)) => {
                for (k, member) in drawn {
                    let number = match k {
                        Some(k) => preference.shape.number_mut(*k),
                        None => preference.weight.as_mut(),
                    };
                    if let Some(number) = number {
                        number.spread = Distribution::Point(values[*member]);
                    }
                }
                let issue = &issues[*issue];
                let contribution = |k: usize| grid.round(preference.contribution(issue, OptionId(k)));
                amounts.extend((0..issue.n_options()).map(contribution));
            }
            (Part::Interaction { adds, .. }, _) => amounts.extend([0, grid.round(values[*adds])]),
            (Part::Table { rows, .. }, _) => {
                amounts.extend(rows.iter().map(|row| grid.round(row.at(values))))
            }
            (Part::Issue { .. }, None) => unreachable!("an issue's part keeps its preference"),
        }
        amounts.push(0);
    }
}
