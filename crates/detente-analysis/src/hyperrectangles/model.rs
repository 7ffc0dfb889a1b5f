//! Talks as boxes: amounts for the outcomes that lie in a box, and what single answers are worth.
//!
//! Options that no box tells apart, and of which another is as good for everybody, are left out: what is left of an
//! issue is one option for each way in which boxes can hold or fail there, and each way to be worth something.

use crate::allowed::{Allowed, Allows, clauses};
use crate::exact::gcd;
use crate::kernel::sweep::Law;
use detente_model::{Body, BodyId, Grid, IssueId, OptionId, Outcome, Talks};
use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

/// Options of an issue, as bits.
pub(super) type Mask = u128;

/// Most options that are left of an issue.
const MOST_OPTIONS: usize = 128;
/// Fewest boxes of a bunch, and its most combinations.
const BUNCH: usize = 3;
const MOST_COMBINATIONS: usize = 256;
/// Beyond every sum on a grid; the width between both ends fits an `i64`.
const FAR: i128 = (1 << 61) + (1 << 40);
/// Options that are put in order at a time, at first.
const PIECE: usize = 1 << 10;
/// Most boxes.
const MOST_BOXES: usize = 1 << 14;

/// What is looked for.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Sense {
    /// 1, or -1 where the lowest numbers are the best.
    pub(crate) sign: i64,
    /// Whether constraints count.
    pub(crate) laws: bool,
}

/// Everything in the steps of parties.
#[derive(Debug)]
pub(crate) struct Model {
    pub(super) d: usize,
    /// By party: the grid of its body, and what every outcome has, in steps of it.
    grids: Vec<Grid>,
    base: Vec<i64>,
    /// By party, how many steps of the grid one step is here.
    units: Vec<i64>,
    pub(super) issues: Vec<Reduced>,
    pub(super) boxes: Vec<Boxed>,
    /// By issue, the boxes with a clause about it, and that.
    pub(super) by_issue: Vec<Vec<(usize, Mask)>>,
    /// Boxes in which nothing can be.
    pub(super) forbidden: Vec<Vec<(usize, Mask)>>,
    /// Boxes that are looked at together, combination by combination, and all others.
    pub(super) bunches: Vec<Bunch>,
    pub(super) loose: Vec<usize>,
}

/// Boxes about few issues with few combinations, such as the rows of a table.
#[derive(Debug)]
pub(super) struct Bunch {
    pub(super) issues: Vec<usize>,
    /// The option of each issue, combination by combination.
    pub(super) combinations: Vec<Vec<usize>>,
    pub(super) boxes: Vec<usize>,
}

/// An issue, as far as its options differ.
#[derive(Debug)]
pub(super) struct Reduced {
    /// The options that are left, in their order.
    options: Vec<usize>,
    /// `[option][party]`.
    pub(super) leaves: Vec<i64>,
}

/// An amount for one party where every clause holds.
#[derive(Debug)]
pub(super) struct Boxed {
    pub(super) party: usize,
    pub(super) amount: i64,
    /// Issues, each once, with the options inside; neither none nor all.
    pub(super) clauses: Vec<(usize, Mask)>,
}

/// A box before options are left out.
type Raw = Vec<Allows>;

impl Model {
    /// Of talks in which every party has one body; nothing if there are too many boxes or options, or numbers too large
    /// and too fine to be weighed against each other exactly.
    pub(crate) fn new(talks: &Talks) -> Option<Model> {
        let bodies: Vec<BodyId> = talks.parties.iter().map(|party| party.bodies[0]).collect();
        Model::of(talks, &bodies, Sense { sign: 1, laws: true })
    }

    /// Of some bodies, each as if it were a party.
    pub(crate) fn of(talks: &Talks, bodies: &[BodyId], sense: Sense) -> Option<Model> {
        let mut raw = Gathered { sign: sense.sign, ..Gathered::default() };
        for (party, body) in bodies.iter().enumerate() {
            raw.gather(party, &talks.bodies[body.0], talks)?;
        }
        let laws = if sense.laws { crate::space::laws(talks) } else { Vec::new() };
        let laws: Vec<Raw> = laws.iter().flat_map(|(_, law)| forbidden(law, talks)).collect();
        let mut told: Vec<BTreeSet<&Allowed>> = vec![BTreeSet::new(); talks.issues.len()];
        for (issue, allowed) in
            raw.boxes.iter().flat_map(|(_, _, clauses)| clauses).chain(laws.iter().flatten())
        {
            told[*issue].insert(allowed);
        }
        let leaf = |(grid, body): (&Grid, &BodyId), k: usize, option: usize| {
            let preferences = &talks.bodies[body.0].preferences;
            sense.sign * grid.round(preferences.contribution(IssueId(k), &talks.issues[k], OptionId(option)))
        };
        // One issue after another: what is left out of one is gone before the next is looked at.
        let reduced = |(k, told): (usize, &BTreeSet<&Allowed>)| {
            let of = |option: usize| raw.grids.iter().zip(bodies).map(move |own| leaf(own, k, option));
            Reduced::new((0..talks.issues[k].n_options()).flat_map(of).collect(), bodies.len(), told)
        };
        let issues: Vec<Reduced> = told.iter().enumerate().map(reduced).collect::<Option<_>>()?;
        let mut model = Model {
            d: bodies.len(),
            base: raw.base,
            grids: raw.grids,
            units: vec![1; bodies.len()],
            issues,
            boxes: Vec::new(),
            by_issue: vec![Vec::new(); talks.issues.len()],
            forbidden: Vec::new(),
            bunches: Vec::new(),
            loose: Vec::new(),
        };
        for (party, amount, clauses) in &raw.boxes {
            match model.within(clauses) {
                None => {}
                Some(clauses) if clauses.is_empty() => model.base[*party] += amount,
                Some(clauses) => model.boxes.push(Boxed { party: *party, amount: *amount, clauses }),
            }
        }
        model.forbidden = laws.iter().filter_map(|law| model.within(law)).collect();
        for (k, own) in model.boxes.iter().enumerate() {
            own.clauses.iter().for_each(|(issue, mask)| model.by_issue[*issue].push((k, *mask)));
        }
        model.reduce();
        model.bunch();
        let width = model.widths().into_iter().fold(0, i64::saturating_add);
        (width <= super::MOST_WIDTH).then_some(model)
    }

    /// Of issues and boxes alone.
    #[cfg(test)]
    pub(super) fn plain(d: usize, issues: Vec<Reduced>, boxes: Vec<Boxed>) -> Model {
        let mut by_issue = vec![Vec::new(); issues.len()];
        for (k, own) in boxes.iter().enumerate() {
            own.clauses.iter().for_each(|(issue, mask)| by_issue[*issue].push((k, *mask)));
        }
        let (base, units, grids) = (vec![0; d], vec![1; d], vec![Grid::decimal(0); d]);
        let (forbidden, bunches, loose) = (Vec::new(), Vec::new(), Vec::new());
        let mut model = Model { d, grids, base, units, issues, boxes, by_issue, forbidden, bunches, loose };
        model.bunch();
        model
    }

    /// Divides everything of a party by what all of it is a multiple of.
    fn reduce(&mut self) {
        for party in 0..self.d {
            for issue in &mut self.issues {
                // What all options have is the base's.
                let least = issue.leaves.iter().skip(party).step_by(self.d).min().copied().unwrap_or(0);
                issue.leaves.iter_mut().skip(party).step_by(self.d).for_each(|leaf| *leaf -= least);
                self.base[party] += least;
            }
            let leaves = self.issues.iter().flat_map(|issue| issue.leaves.iter().skip(party).step_by(self.d));
            let boxes = self.boxes.iter().filter(|own| own.party == party).map(|own| &own.amount);
            let unit = leaves.chain(boxes).fold(0, |unit, amount| gcd(unit, *amount)).max(1);
            for issue in &mut self.issues {
                issue.leaves.iter_mut().skip(party).step_by(self.d).for_each(|leaf| *leaf /= unit);
            }
            let own = self.boxes.iter_mut().filter(|own| own.party == party);
            own.for_each(|own| own.amount /= unit);
            self.units[party] = unit;
        }
    }

    /// Puts boxes about the same few issues together: of what a table says, one combination holds.
    fn bunch(&mut self) {
        let mut by_scope: BTreeMap<Vec<usize>, Vec<usize>> = BTreeMap::new();
        for (k, own) in self.boxes.iter().enumerate() {
            by_scope.entry(own.clauses.iter().map(|(issue, _)| *issue).collect()).or_default().push(k);
        }
        let n = |scope: &[usize]| scope.iter().fold(1usize, |n, k| n.saturating_mul(self.issues[*k].len()));
        let (bunched, loose): (Vec<_>, Vec<_>) = by_scope.into_iter().partition(|(scope, boxes)| {
            scope.len() > 1 && boxes.len() >= BUNCH && n(scope) <= MOST_COMBINATIONS
        });
        let combinations = |scope: &[usize]| -> Vec<Vec<usize>> {
            scope.iter().fold(vec![Vec::new()], |all, issue| {
                let with = |start: &Vec<usize>, option| start.iter().copied().chain([option]).collect();
                let options = 0..self.issues[*issue].len();
                all.iter().flat_map(|start| options.clone().map(move |option| with(start, option))).collect()
            })
        };
        self.bunches = bunched
            .into_iter()
            .map(|(issues, boxes)| Bunch { combinations: combinations(&issues), issues, boxes })
            .collect();
        self.loose = loose.into_iter().flat_map(|(_, boxes)| boxes).collect();
        self.loose.sort_unstable();
    }

    /// What so many steps of a party are in its units.
    pub(crate) fn utility(&self, party: usize, steps: i64) -> f64 {
        self.grids[party].value(self.in_grid(party, steps))
    }

    /// What so many steps of a party are in steps of the grid of its body; bounds that lie beyond every number on the
    /// grid are drawn in.
    pub(crate) fn in_grid(&self, party: usize, steps: i64) -> i64 {
        let in_grid = i128::from(self.base[party]) + i128::from(self.units[party]) * i128::from(steps);
        in_grid.clamp(-FAR, FAR) as i64
    }

    /// The steps of a number in steps of the grid of a party's body, not always whole.
    pub(crate) fn steps(&self, party: usize, in_grid: i64) -> f64 {
        (in_grid - self.base[party]) as f64 / self.units[party] as f64
    }

    /// What a party's step is worth in its units.
    pub(crate) fn unit(&self, party: usize) -> f64 {
        self.grids[party].value(self.units[party])
    }

    /// The clauses in options that are left, those that always hold left out; nothing if one never holds.
    fn within(&self, clauses: &Raw) -> Option<Vec<(usize, Mask)>> {
        let mut found: BTreeMap<usize, Mask> = BTreeMap::new();
        for (issue, allowed) in clauses {
            let own = self.issues[*issue].mask(|option| allowed.has(option));
            *found.entry(*issue).or_insert(Mask::MAX) &= own;
        }
        if found.values().any(|mask| *mask == 0) {
            return None;
        }
        found.retain(|issue, mask| *mask != self.issues[*issue].all());
        Some(found.into_iter().collect())
    }

    /// All options of every issue.
    pub(super) fn everything(&self) -> Vec<Mask> {
        self.issues.iter().map(Reduced::all).collect()
    }

    /// The parties' steps at the chosen options.
    pub(super) fn value(&self, chosen: &[usize]) -> Vec<i64> {
        let mut sums = vec![0; self.d];
        for (issue, option) in self.issues.iter().zip(chosen) {
            let own = &issue.leaves[option * self.d..(option + 1) * self.d];
            sums.iter_mut().zip(own).for_each(|(sum, leaf)| *sum += leaf);
        }
        for own in self.boxes.iter().filter(|own| holds(&own.clauses, chosen)) {
            sums[own.party] += own.amount;
        }
        sums
    }

    /// Whether nothing forbids the chosen options.
    pub(super) fn allows(&self, chosen: &[usize]) -> bool {
        !self.forbidden.iter().any(|law| holds(law, chosen))
    }

    pub(crate) fn outcome(&self, chosen: &[usize]) -> Outcome {
        Outcome(self.issues.iter().zip(chosen).map(|(issue, k)| OptionId(issue.options[*k])).collect())
    }

    /// How far apart each party's steps can be, at most; at least 1.
    pub(super) fn widths(&self) -> Vec<i64> {
        let mut widths = vec![0i64; self.d];
        for issue in &self.issues {
            for (party, width) in widths.iter_mut().enumerate() {
                let own = issue.leaves.iter().skip(party).step_by(self.d);
                *width += own.clone().max().copied().unwrap_or(0) - own.min().copied().unwrap_or(0);
            }
        }
        for own in &self.boxes {
            widths[own.party] = widths[own.party].saturating_add(own.amount.saturating_abs());
        }
        widths.into_iter().map(|width| width.max(1)).collect()
    }
}

pub(super) fn holds(clauses: &[(usize, Mask)], chosen: &[usize]) -> bool {
    clauses.iter().all(|(issue, mask)| mask >> chosen[*issue] & 1 == 1)
}

/// Boxes before options are left out, on the grids of bodies.
#[derive(Default)]
struct Gathered {
    sign: i64,
    boxes: Vec<(usize, i64, Raw)>,
    base: Vec<i64>,
    grids: Vec<Grid>,
}

impl Gathered {
    fn gather(&mut self, party: usize, body: &Body, talks: &Talks) -> Option<()> {
        if self.boxes.len() + body.preferences.interactions.len() > MOST_BOXES {
            return None;
        }
        let grid = body.grid(&talks.issues);
        let sign = self.sign;
        let mut base = 0;
        for interaction in &body.preferences.interactions {
            let adds = sign * grid.round(interaction.adds.mean());
            base += if interaction.unless { adds } else { 0 };
            let amount = if interaction.unless { -adds } else { adds };
            self.boxes.push((party, amount, clauses(&interaction.when.0, &talks.issues)));
        }
        for table in &body.preferences.tables {
            // One of the combinations holds: what most have is nobody's choice.
            let amounts = table.rows.values().map(|amount| sign * grid.round(amount.mean()));
            let usual = match &table.otherwise {
                Some(amount) => sign * grid.round(amount.mean()),
                None => most_common(amounts.clone()),
            };
            base += usual;
            for (row, amount) in table.rows.keys().zip(amounts).filter(|(_, amount)| *amount != usual) {
                let clause = |(issue, option): (&IssueId, &OptionId)| {
                    (issue.0, Allowed::only(option.0, talks.issues[issue.0].n_options()))
                };
                self.boxes.push((party, amount - usual, table.issues.iter().zip(row).map(clause).collect()));
                if self.boxes.len() > MOST_BOXES {
                    return None;
                }
            }
        }
        self.base.push(base);
        self.grids.push(grid);
        (self.boxes.len() <= MOST_BOXES).then_some(())
    }
}

impl Reduced {
    /// Of what all options are worth, `[option][party]`, and all that clauses say of the issue; nothing if too many
    /// are left.
    fn new(leaves: Vec<i64>, d: usize, told: &BTreeSet<&Allowed>) -> Option<Reduced> {
        let mut options = Vec::new();
        for kind in kinds(leaves.len() / d, told)? {
            options.extend(uncovered(kind.into_iter().flatten().collect(), &leaves, d)?);
            if options.len() > MOST_OPTIONS {
                return None;
            }
        }
        options.sort_unstable();
        let worth = |option: &usize| leaves[option * d..(option + 1) * d].iter().copied();
        let leaves = options.iter().flat_map(worth).collect();
        Some(Reduced { options, leaves })
    }

    #[cfg(test)]
    pub(super) fn of(options: Vec<usize>, leaves: Vec<i64>) -> Reduced {
        Reduced { options, leaves }
    }

    pub(super) fn len(&self) -> usize {
        self.options.len()
    }

    fn all(&self) -> Mask {
        Mask::MAX >> (Mask::BITS as usize - self.options.len())
    }

    fn mask(&self, inside: impl Fn(usize) -> bool) -> Mask {
        let bits = self.options.iter().enumerate().filter(|(_, option)| inside(**option));
        bits.fold(0, |mask, (k, _)| mask | 1 << k)
    }
}

/// Runs of options that no clause tells apart, by kind; nothing if there are more kinds than options may be left. What is
/// asked grows with the ends of clauses, not with options.
fn kinds(n: usize, told: &BTreeSet<&Allowed>) -> Option<Vec<Vec<Range<usize>>>> {
    let mut starts: Vec<usize> = told.iter().flat_map(|allowed| allowed.changes()).chain([0]).collect();
    starts.retain(|start| *start < n);
    starts.sort_unstable();
    starts.dedup();
    let ends = starts.iter().skip(1).copied().chain([n]);
    let mut kinds: BTreeMap<Vec<bool>, Vec<Range<usize>>> = BTreeMap::new();
    for (start, end) in starts.iter().zip(ends) {
        let kind = told.iter().map(|allowed| allowed.has(*start)).collect();
        kinds.entry(kind).or_default().push(*start..end);
        if kinds.len() > MOST_OPTIONS {
            return None;
        }
    }
    Some(kinds.into_values().collect())
}

/// The options of which no other is as good for everybody, the first of equals; nothing if there are too many.
fn uncovered(mut of: Vec<usize>, leaves: &[i64], d: usize) -> Option<Vec<usize>> {
    let worth = |option: usize| &leaves[option * d..(option + 1) * d];
    let order = |a: &usize, b: &usize| -> Ordering { worth(*b).cmp(worth(*a)).then(a.cmp(b)) };
    if d == 1 {
        return Some(of.into_iter().min_by(order).into_iter().collect());
    }
    // In this order what covers an option comes before it, so that what was kept once is kept for good. It is made
    // piece by piece, as most issues with too many options show that in the first.
    let mut kept: Vec<usize> = Vec::new();
    let mut done = 0;
    while done < of.len() {
        let next = &mut of[done..];
        let n = done.max(PIECE).min(next.len());
        if n < next.len() {
            next.select_nth_unstable_by(n, order);
        }
        next[..n].sort_unstable_by(order);
        for option in &next[..n] {
            let covers = |other: &usize| worth(*other).iter().zip(worth(*option)).all(|(a, b)| a >= b);
            if !kept.iter().any(covers) {
                kept.push(*option);
            }
            if kept.len() > MOST_OPTIONS {
                return None;
            }
        }
        done += n;
    }
    Some(kept)
}

fn most_common(amounts: impl Iterator<Item = i64>) -> i64 {
    let mut counts: BTreeMap<i64, usize> = BTreeMap::new();
    amounts.for_each(|amount| *counts.entry(amount).or_default() += 1);
    counts
        .into_iter()
        .max_by_key(|(amount, n)| (*n, std::cmp::Reverse(*amount)))
        .map_or(0, |(amount, _)| amount)
}

/// The boxes in which a law is broken: where `when` holds and some clause of `then` does not.
fn forbidden(law: &Law, talks: &Talks) -> Vec<Raw> {
    let Some(then) = &law.then else { return vec![law.when.clone()] };
    let fails = |(issue, allowed): &Allows| {
        let not = (*issue, allowed.complement(talks.issues[*issue].n_options()));
        law.when.iter().cloned().chain([not]).collect()
    };
    then.iter().map(fails).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use detente_model::OptionSet;

    #[test]
    fn runs_of_options_grow_with_clauses_and_not_with_options() {
        let clause =
            |first, last| Allowed::new(&OptionSet::between(OptionId(first), OptionId(last)), 1_000_000);
        let (a, b) = (clause(5, 999_999), clause(20, 400_000));
        let kinds = kinds(1_000_000, &[&a, &b].into()).expect("few kinds");
        let ends = |kind: &Vec<Range<usize>>| kind.iter().map(|run| (run.start, run.end)).collect();
        let kinds: Vec<Vec<(usize, usize)>> = kinds.iter().map(ends).collect();
        assert_eq!(kinds, [vec![(0, 5)], vec![(5, 20), (400_001, 1_000_000)], vec![(20, 400_001)]]);
    }

    #[test]
    fn options_that_nothing_covers_are_given_up_when_there_are_too_many() {
        let n = 40 * PIECE;
        let opposed: Vec<i64> = (0..n as i64).flat_map(|k| [k, -k]).collect();
        assert!(uncovered((0..n).collect(), &opposed, 2).is_none());
        // The last option that is looked at can be the one that is as good as all others.
        let common: Vec<i64> = (0..n as i64).flat_map(|k| [k / 2, k / 3, 7]).collect();
        assert_eq!(uncovered((0..n).collect(), &common, 3), Some(vec![n - 1]));
        let alone: Vec<i64> = (0..n as i64).map(|k| -(k - 9).abs() / 2).collect();
        assert_eq!(uncovered((0..n).collect(), &alone, 1), Some(vec![8]));
    }
}
