//! The outcomes as far as the numbers of one body can move them.
//!
//! With everybody else fixed, P(agree on x) = A + p (Y - A), where p is the body's probability of
//! accepting x, and A and Y are P(agree) if it refuses and if it accepts. A number of the body shifts
//! its surplus by an amount that is the same for all outcomes of a class: those with one option of an
//! issue, those where an interaction applies, those that hit a row of a table. Within a class, an
//! outcome with less surplus, A and Y than another can never become likelier than it. So what is kept
//! of a class is its Pareto frontier in these three, and a changed number is judged on that alone.

use crate::agreement::Agreement;
use crate::agreement::outcomes::{Hope, OutcomeAgreement};
use crate::allowed::{Allows, clauses, hold};
use crate::body::BodySpace;
use crate::cdf::Cdf;
use crate::space::Space;
use crate::will::key;
use detente_model::{Body, Issue, OptionId, Spot, Table};
use std::collections::BTreeMap;

/// Most classes into which the outcomes are divided for one body, over all its partitions.
const MAX_CLASSES: usize = 4096;
/// So many partitions a body may always have, and more as long as outcomes times bodies times
/// partitions stay below the second number.
const MIN_PARTITIONS: usize = 32;
const MAX_WORK: f64 = 2e8;

/// What decides by how much a number shifts the surplus at an outcome.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Divider {
    /// Nothing: the shift is the same everywhere, or there is none.
    Nothing,
    Issue(usize),
    Interaction(usize),
    Table(usize),
}

impl Divider {
    /// The body and what divides the outcomes for its number; absent where P(agree) does not depend
    /// on the number, and for rules.
    pub(super) fn of(spot: &Spot) -> Option<(usize, Divider)> {
        match *spot {
            Spot::Alternative(body) | Spot::Will(body, _) => Some((body.0, Divider::Nothing)),
            Spot::Weight(body, issue) | Spot::Shape(body, issue, _) => {
                Some((body.0, Divider::Issue(issue.0)))
            }
            Spot::Interaction(body, k) => Some((body.0, Divider::Interaction(k))),
            Spot::Row(body, table, _) | Spot::Otherwise(body, table) => Some((body.0, Divider::Table(table))),
            _ => None,
        }
    }
}

/// What would be if something changed.
#[derive(Clone, Copy, Debug)]
pub(super) struct Seen {
    /// The best probability.
    pub(super) best: f64,
    /// Whether the zone holds an outcome.
    pub(super) zone: bool,
    /// The probability of the deal that is the best as things are.
    pub(super) star: f64,
}

/// A change as it meets the classes of one partition.
#[derive(Debug)]
pub(super) struct Moved {
    /// Position of the partition in [`MovedBody::partitions`].
    pub(super) partition: usize,
    /// The first class whose surplus is shifted.
    pub(super) first: usize,
    /// The shift of that class and of those after it, in grid steps.
    pub(super) shifts: Vec<i64>,
    /// The political cost in place of the body's own.
    pub(super) cost: Option<Cdf>,
}

impl Moved {
    fn shift(&self, class: usize) -> i64 {
        class.checked_sub(self.first).and_then(|k| self.shifts.get(k)).copied().unwrap_or(0)
    }
}

/// An outcome as it hangs on one body.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Point {
    surplus: i64,
    /// P(agree) if the body refuses, and if it accepts.
    no: f64,
    pub(super) yes: f64,
    keys: (i64, i64),
    /// Whether it is in the zone if the body refuses, and if it accepts.
    in_zone: (bool, bool),
}

impl Point {
    fn new(surplus: i64, no: f64, yes: f64, in_zone: (bool, bool)) -> Point {
        Point { surplus, no, yes, keys: (key(no), key(yes)), in_zone }
    }

    fn covers(&self, other: &Point) -> bool {
        self.surplus >= other.surplus && self.keys.0 >= other.keys.0 && self.keys.1 >= other.keys.1
    }

    fn probability(&self, accepts: f64) -> f64 {
        self.no + accepts * (self.yes - self.no)
    }
}

/// An outcome with chances at least as large as its own.
pub(super) struct Glimpse(Point);

impl Glimpse {
    /// No probability of agreement exceeds this, whatever the body does.
    pub(super) fn most(&self) -> f64 {
        self.0.yes
    }
}

/// What a bound on a probability may lose in the last digits.
const ROUNDING: f64 = 1e-12;

/// Outcomes that a number moves together.
#[derive(Debug, Default)]
struct Class {
    /// No point covers another; after the sweep, by `yes` downwards.
    points: Vec<Point>,
    /// During the sweep, the same by surplus, where nothing is agreed on without the body: there the
    /// point with the next larger surplus alone decides whether another is covered.
    stairs: Option<BTreeMap<i64, Point>>,
    /// Whether the zone holds one of them though the body refuses.
    open: bool,
    /// The largest surplus among those that are in the zone if the body accepts.
    opens_at: Option<i64>,
    /// As things are: the best probability, and whether one is in the zone.
    now: (f64, bool),
}

impl Class {
    fn new(needed: bool) -> Class {
        Class { stairs: needed.then(BTreeMap::new), ..Class::default() }
    }

    /// Notes what an outcome does to the zone, and whether it can be of no further use: it is covered
    /// even with the largest chances it can have.
    fn sees(&mut self, glimpse: &Point) -> bool {
        self.open |= glimpse.in_zone.0;
        self.opens_at = self.opens_at.max(Some(glimpse.surplus));
        self.hides(glimpse)
    }

    fn hides(&mut self, point: &Point) -> bool {
        if let Some(stairs) = &self.stairs {
            let next = stairs.range(point.surplus..).next();
            return next.is_some_and(|(_, other)| other.covers(point));
        }
        let by = self.points.iter().position(|other| other.covers(point));
        if let Some(k) = by {
            // What covers much comes to be tried early.
            self.points.swap(k, k / 2);
        }
        by.is_some()
    }

    fn offer(&mut self, point: &Point) {
        if point.yes <= 0.0 || self.hides(point) {
            return;
        }
        if let Some(stairs) = &mut self.stairs {
            while let Some((surplus, other)) = stairs.range(..=point.surplus).next_back()
                && point.covers(other)
            {
                let surplus = *surplus;
                stairs.remove(&surplus);
            }
            stairs.insert(point.surplus, *point);
        } else {
            self.points.retain(|other| !point.covers(other));
            self.points.push(*point);
        }
    }

    /// The best probability with all surpluses shifted, or `best` if that is more.
    fn best(&self, shift: i64, accepts: &impl Fn(i64) -> f64, best: f64) -> f64 {
        let mut best = best;
        for point in &self.points {
            if point.yes <= best {
                break;
            }
            best = best.max(point.probability(accepts(point.surplus.saturating_add(shift))));
        }
        best
    }

    fn in_zone(&self, shift: i64) -> bool {
        self.open || self.opens_at.is_some_and(|surplus| surplus.saturating_add(shift) >= 0)
    }
}

enum By {
    Nothing,
    Issue { issue: usize, n: usize },
    Condition { clauses: Vec<Allows>, unless: bool },
    Rows { strides: Vec<(usize, u64)>, rows: BTreeMap<u64, usize> },
}

impl By {
    fn new(divider: Divider, body: &Body, issues: &[Issue]) -> By {
        match divider {
            Divider::Nothing => By::Nothing,
            Divider::Issue(issue) => By::Issue { issue, n: issues[issue].n_options() },
            Divider::Interaction(k) => {
                let interaction = &body.preferences.interactions[k];
                By::Condition { clauses: clauses(&interaction.when.0, issues), unless: interaction.unless }
            }
            Divider::Table(k) => By::rows(&body.preferences.tables[k], issues),
        }
    }

    fn rows(table: &Table, issues: &[Issue]) -> By {
        let mut stride = 1u64;
        let mut strides = Vec::new();
        for issue in &table.issues {
            strides.push((issue.0, stride));
            // All outcomes together are fewer than 2^64 where they are enumerated.
            stride = stride.saturating_mul(issues[issue.0].n_options() as u64);
        }
        let cell = |row: &Vec<OptionId>| {
            row.iter().zip(&strides).map(|(option, (_, stride))| option.0 as u64 * stride).sum()
        };
        let rows = table.rows.keys().enumerate().map(|(k, row)| (cell(row), k)).collect();
        By::Rows { strides, rows }
    }

    fn n_classes(&self) -> usize {
        match self {
            By::Nothing => 1,
            By::Issue { n, .. } => *n,
            By::Condition { .. } => 2,
            By::Rows { rows, .. } => rows.len() + 1,
        }
    }

    /// An interaction applies in class 0; a combination not listed is in the last class of a table.
    fn class(&self, options: &[usize]) -> usize {
        match self {
            By::Nothing => 0,
            By::Issue { issue, .. } => options[*issue],
            By::Condition { clauses, unless } => usize::from(hold(clauses, options) == *unless),
            By::Rows { strides, rows } => {
                let cell = strides.iter().map(|(issue, stride)| options[*issue] as u64 * stride).sum::<u64>();
                rows.get(&cell).copied().unwrap_or(rows.len())
            }
        }
    }
}

/// The outcomes divided in one way.
pub(super) struct Partition {
    by: By,
    classes: Vec<Class>,
}

/// One body with everybody else fixed.
pub(super) struct MovedBody<'s> {
    pub(super) body: usize,
    pub(super) space: &'s BodySpace,
    /// Whether nothing is agreed on without it.
    needed: bool,
    dividers: Vec<Divider>,
    partitions: Vec<Partition>,
    /// The best deal as things are, and its options.
    star: Option<(Point, Vec<usize>)>,
}

impl<'s> MovedBody<'s> {
    /// For a body's numbers that these dividers concern, as far as partitions and classes are left for
    /// them; there are so many outcomes.
    pub(super) fn new(
        body: usize,
        space: &'s Space<'_>,
        needed: bool,
        wanted: impl Iterator<Item = Divider>,
        n_outcomes: f64,
    ) -> MovedBody<'s> {
        let talks = space.talks;
        let space = &space.bodies[body];
        let mut moved_body =
            MovedBody { body, space, needed, dividers: vec![], partitions: vec![], star: None };
        let most = (MAX_WORK / n_outcomes / talks.bodies.len() as f64) as usize;
        let most = most.clamp(MIN_PARTITIONS, MAX_CLASSES);
        let mut left = MAX_CLASSES;
        for divider in wanted {
            if moved_body.dividers.len() == most || moved_body.dividers.contains(&divider) {
                continue;
            }
            let by = By::new(divider, &talks.bodies[body], &talks.issues);
            let n = by.n_classes();
            if n <= left {
                left -= n;
                moved_body.dividers.push(divider);
                let classes = (0..n).map(|_| Class::new(needed)).collect();
                moved_body.partitions.push(Partition { by, classes });
            }
        }
        moved_body
    }

    /// The partition by this divider, if there were classes left for it, and its number of classes.
    pub(super) fn partition(&self, divider: Divider) -> Option<(usize, usize)> {
        let at = self.dividers.iter().position(|other| *other == divider)?;
        Some((at, self.partitions[at].classes.len()))
    }

    /// The outcome last looked at, from afar: `probability` is that of agreement as things are. Nothing
    /// if the talks cannot agree on it whatever this body does.
    pub(super) fn glimpse(
        &self,
        utilities: &[i64],
        hope: Hope,
        probability: f64,
        by_outcome: &OutcomeAgreement<'_>,
        agreement: &Agreement,
    ) -> Option<Glimpse> {
        let body = self.body;
        let with = |yes: bool| agreement.agrees(&|b| if b == body { yes } else { by_outcome.accepts[b] });
        // Where the body accepts anyway, its yes opens nothing that is closed.
        if !hope.zone && (by_outcome.accepts[body] || !with(true)) {
            return None;
        }
        let open = !self.needed && with(false);
        let most_no = if self.needed { 0.0 } else { probability };
        // P = A + p (Y - A) is at least p Y; as a difference from 1 it may have lost its last digits.
        let own = by_outcome.bodies[body];
        let by_own = if own > 0.0 { (probability + ROUNDING) / own } else { 1.0 };
        let most_yes = by_own.min(agreement.with_party_of(body, &by_outcome.parties));
        let surplus = self.space.surplus(utilities[body])?;
        Some(Glimpse(Point::new(surplus, most_no, most_yes + ROUNDING, (open, true))))
    }

    /// The same outcome in full.
    pub(super) fn point(
        &self,
        glimpse: &Glimpse,
        by_outcome: &OutcomeAgreement<'_>,
        agreement: &Agreement,
    ) -> Point {
        let given = |p: f64| agreement.with(self.body, p, &by_outcome.bodies, &by_outcome.parties);
        let no = if self.needed { 0.0 } else { given(0.0) };
        Point::new(glimpse.0.surplus, no, given(1.0), glimpse.0.in_zone)
    }

    /// Enters the outcome last looked at into its class of every partition.
    pub(super) fn offer(
        &mut self,
        options: &[usize],
        glimpse: &Glimpse,
        by_outcome: &OutcomeAgreement<'_>,
        agreement: &Agreement,
    ) {
        let mut hidden = true;
        for partition in &mut self.partitions {
            let class = partition.by.class(options);
            hidden &= partition.classes[class].sees(&glimpse.0);
        }
        if hidden {
            return;
        }
        let point = self.point(glimpse, by_outcome, agreement);
        for partition in &mut self.partitions {
            let class = partition.by.class(options);
            partition.classes[class].offer(&point);
        }
    }

    /// To be called between the sweep and the first question.
    pub(super) fn settle(&mut self, star: Option<(Point, Vec<usize>)>) {
        self.star = star;
        let own = |surplus: i64| self.space.cdf().at(surplus);
        for class in self.partitions.iter_mut().flat_map(|partition| &mut partition.classes) {
            class.points.extend(class.stairs.take().into_iter().flat_map(BTreeMap::into_values));
            class.points.sort_by(|a, b| b.yes.total_cmp(&a.yes).then(b.surplus.cmp(&a.surplus)));
            class.now = (class.best(0, &own, 0.0), class.in_zone(0));
        }
    }

    /// The best probability and whether there is a zone over all classes but `n` from the first on.
    pub(super) fn rest(&self, partition: usize, first: usize, n: usize) -> (f64, bool) {
        let classes = self.partitions[partition].classes.iter().enumerate();
        let others = classes.filter(|(k, _)| *k < first || *k >= first + n);
        others.fold((0.0, false), |all, (_, class)| (class.now.0.max(all.0), class.now.1 || all.1))
    }

    /// What would be after a change; `rest` is what the classes are worth that it does not move.
    pub(super) fn seen(&self, moved: &Moved, rest: (f64, bool)) -> Seen {
        let accepts = |surplus: i64| self.accepts(moved, surplus);
        let partition = &self.partitions[moved.partition];
        let star = self.star.as_ref().map_or(0.0, |(point, options)| self.probability(moved, options, point));
        let mut seen = Seen { best: rest.0.max(star), zone: rest.1, star };
        for (class, shift) in partition.classes[moved.first..].iter().zip(&moved.shifts) {
            seen.best = class.best(*shift, &accepts, seen.best);
            seen.zone |= class.in_zone(*shift);
        }
        seen
    }

    fn accepts(&self, moved: &Moved, surplus: i64) -> f64 {
        moved.cost.as_ref().unwrap_or(self.space.cdf()).at(surplus)
    }

    fn surplus(&self, moved: &Moved, options: &[usize], point: &Point) -> i64 {
        point.surplus.saturating_add(moved.shift(self.partitions[moved.partition].by.class(options)))
    }

    /// The probability of an outcome after a change.
    pub(super) fn probability(&self, moved: &Moved, options: &[usize], point: &Point) -> f64 {
        point.probability(self.accepts(moved, self.surplus(moved, options, point)))
    }

    /// Whether an outcome is in the zone after a change.
    pub(super) fn in_zone(&self, moved: &Moved, options: &[usize], point: &Point) -> bool {
        point.in_zone.0 || (point.in_zone.1 && self.surplus(moved, options, point) >= 0)
    }
}
