//! The efficient outcomes of talks that are too large to enumerate, exactly.
//!
//! Issues that no constraint, interaction or table ties together contribute to utilities by
//! themselves: the set of utility vectors is a Minkowski sum over groups of tied issues. Each group is
//! enumerated once and reduced to its own frontier; then one group after another is added and the sums
//! are filtered (Nemhauser and Ullmann 1969). What is dominated within some groups is dominated in every
//! sum, so nothing efficient is lost. A point knows from which two points it was added; its outcome is
//! read off along these pointers when it is shown.

use crate::front::{Budget, Front};
use crate::kernel::eliminate::{self, Eliminated, Places, Why};
use crate::kernel::minkowski::{self, Scratch, Side, Sums};
use crate::kernel::scan::{Scan, Share};
use crate::kernel::sweep::{self, LOOKS, MAX_LOOKS};
use crate::party::PartySpace;
use crate::space::{MAX_VISITS, Space};
use crate::ticker::Watch;
use detente_model::{IssueId, OptionId, Outcome};
use std::cmp::{Ordering, Reverse};
use std::ops::ControlFlow;
use std::sync::Arc;

/// Why the frontier is not known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Gap {
    /// These issues belong together and have too many combinations to look at each.
    Tied(Vec<IssueId>),
    /// There are too many sums of efficient points to try, or to remember.
    Sums,
    /// The caller asked to stop.
    Interrupted,
}

/// Most work for all groups and all additions together: a sum of two or three parties that is tried counts once, one of
/// more as often as others are looked at. Some seconds.
pub(crate) const MAX_WORK: u64 = 1 << 31;
/// Most bytes for efficient sums and the way back to their summands.
const MOST_BYTES: usize = 1 << 29;
/// Combinations of a group that are gone through one by one.
const FEW: u64 = 1 << 12;
/// Sums between two looks at the watcher.
const PATIENCE: u64 = 1 << 18;

/// The groups of tied issues, each reduced to its own frontier.
pub(crate) struct Groups {
    n_parties: usize,
    n_issues: usize,
    /// In the order in which they are added.
    groups: Vec<Group>,
    /// What the groups with a single efficient vector add up to, without the bottom of every party.
    base: Vec<i64>,
    base_count: u64,
    /// What is left to do for additions.
    left: u64,
    /// Groups with a single efficient vector.
    single: Vec<Group>,
}

/// The frontier of a group by the first coordinate downwards.
struct Group {
    /// Each issue with its number of options, in the order of the file.
    issues: Vec<(usize, usize)>,
    /// Vectors one after another.
    values: Vec<i64>,
    /// How many combinations have each.
    counts: Vec<u64>,
    first: First,
}

/// The first combination of each vector.
enum First {
    /// By its position in issue and option order.
    Ranks(Vec<u64>),
    /// Option by option, where positions would be too large.
    Marks { places: Places, marks: Vec<u64> },
}

/// The frontier of all groups together.
pub(crate) struct Summed {
    n_parties: usize,
    /// Efficient vectors in steps by the first coordinate downwards, one after another.
    values: Vec<i64>,
    counts: Vec<u64>,
    /// For the frontiers of one group, of two, and so on: from which two points each was added.
    pointers: Vec<(u32, u32)>,
    /// Where the pointers of each of these frontiers start.
    starts: Vec<usize>,
}

impl Groups {
    pub(crate) fn new(space: &Space<'_>, parties: &[PartySpace], watch: Watch<'_>) -> Result<Groups, Gap> {
        Groups::within(space, parties, MAX_WORK, watch)
    }

    /// With so much work.
    fn within(space: &Space<'_>, parties: &[PartySpace], work: u64, watch: Watch<'_>) -> Result<Groups, Gap> {
        let mut found = Groups::none(space, parties);
        let n_bodies = space.bodies.len();
        let budget = Budget::new(work);
        for levels in space.groups_of_all() {
            let n = levels.iter().fold(1u64, |n, level| n.saturating_mul(level.n as u64));
            if found.least_sums() > budget.left() {
                return Err(Gap::Sums);
            }
            found.insert(if n > MAX_VISITS {
                taken_apart(&levels, n_bodies, parties, &budget, watch)?
            } else {
                enumerated(levels, n_bodies, parties, MAX_VISITS, &budget, watch)?
            });
        }
        found.left = budget.left();
        found.groups.sort_by_key(|group| (Reverse(group.size_class()), Reverse(group.issues[0].0)));
        Ok(found)
    }

    fn none(space: &Space<'_>, parties: &[PartySpace]) -> Groups {
        Groups {
            n_parties: parties.len(),
            n_issues: space.talks.issues.len(),
            groups: Vec::new(),
            base: parties.iter().map(|party| party.of_sum(0).unwrap_or(0)).collect(),
            base_count: 1,
            left: MAX_WORK,
            single: Vec::new(),
        }
    }

    /// All issues as one group, of which every combination is looked at.
    pub(crate) fn whole(
        space: &Space<'_>,
        parties: &[PartySpace],
        most: u64,
        watch: Watch<'_>,
    ) -> Result<Groups, Gap> {
        let mut found = Groups::none(space, parties);
        let budget = Budget::new(MAX_WORK);
        found.insert(enumerated(space.all_levels(), space.bodies.len(), parties, most, &budget, watch)?);
        Ok(found)
    }

    /// How many sums are tried at least in the end: all of two groups come first, and these are no less than half as
    /// large as the two largest.
    fn least_sums(&self) -> u64 {
        let mut sizes: Vec<u64> = self.groups.iter().map(|group| group.counts.len() as u64).collect();
        sizes.sort_unstable();
        match sizes[..] {
            [.., a, b] => a * b / 4,
            _ => 0,
        }
    }

    fn insert(&mut self, group: Group) {
        if let [count] = group.counts[..] {
            self.base.iter_mut().zip(&group.values).for_each(|(sum, value)| *sum += value);
            self.base_count = self.base_count.saturating_mul(count);
            self.single.push(group);
        } else {
            self.groups.push(group);
        }
    }

    /// The frontier of all groups together.
    pub(crate) fn frontier(&self, watch: Watch<'_>) -> Result<Summed, Gap> {
        let mut summed = Summed {
            n_parties: self.n_parties,
            values: self.base.clone(),
            counts: vec![self.base_count],
            pointers: Vec::new(),
            starts: Vec::new(),
        };
        let mut scratch = Scratch::default();
        let mut sums = Sums::default();
        let bytes = 8 * (self.n_parties + 2);
        let mut pace = Pace { watch, since: 0, left: self.left, share: 0.0, bytes };
        for (k, group) in self.groups.iter().enumerate() {
            pace.share = k as f64 / self.groups.len() as f64;
            self.add(&mut summed, k, group, &mut scratch, &mut sums, &mut pace)?;
        }
        Ok(summed)
    }

    fn add(
        &self,
        summed: &mut Summed,
        k: usize,
        group: &Group,
        scratch: &mut Scratch,
        sums: &mut Sums,
        pace: &mut Pace<'_>,
    ) -> Result<(), Gap> {
        let first_left = self.groups[..k].iter().map(|group| group.issues[0].0).min();
        let last_right = group.issues.last().map(|(issue, _)| *issue);
        let before = first_left.is_none_or(|first| last_right.is_some_and(|last| last < first));
        // Of equal vectors, the first outcome in issue and option order is kept.
        let earlier = |a: (u32, u32), b: (u32, u32)| -> Ordering {
            if before && a.1 != b.1 {
                return group.first.compare(a.1 as usize, b.1 as usize);
            }
            let read = |(i, j): (u32, u32)| {
                let mut options = vec![0; self.n_issues];
                self.read(summed, k, i as usize, &mut options);
                group.options(j as usize, &mut options);
                options
            };
            read(a).cmp(&read(b))
        };
        let (left, right) = (summed.side(), group.side());
        let kept = summed.pointers.len();
        let spend = &mut |work: u64, found: usize| pace.spend(work, kept + found);
        if minkowski::frontier(left, right, self.n_parties, &earlier, scratch, spend, sums).is_break() {
            return Err(if pace.left == 0 { Gap::Sums } else { Gap::Interrupted });
        }
        std::mem::swap(&mut summed.values, &mut sums.values);
        std::mem::swap(&mut summed.counts, &mut sums.counts);
        summed.starts.push(summed.pointers.len());
        summed.pointers.extend_from_slice(&sums.from);
        Ok(())
    }

    /// The first outcome, in issue and option order, with an efficient vector.
    pub(crate) fn outcome(&self, summed: &Summed, point: usize) -> Outcome {
        let mut options = vec![0; self.n_issues];
        for group in &self.single {
            group.options(0, &mut options);
        }
        self.read(summed, self.groups.len(), point, &mut options);
        Outcome(options.into_iter().map(OptionId).collect())
    }

    /// A frontier in steps of the parties, downwards, with the position of each point. A mean that is
    /// rounded never falls as what it is rounded from rises: all its efficient vectors are found among
    /// those of the sums before rounding.
    pub(crate) fn in_steps(
        &self,
        summed: &Summed,
        space: &Space<'_>,
        parties: &[PartySpace],
    ) -> Vec<(Vec<i64>, usize)> {
        if parties.iter().all(PartySpace::is_sum) {
            return (0..summed.len()).map(|k| (summed.at(k).to_vec(), k)).collect();
        }
        let mut front = Front::new(parties.len());
        for k in 0..summed.len() {
            let utilities = space.utilities(&self.outcome(summed, k));
            let steps: Vec<i64> = parties.iter().map(|party| party.steps(&utilities)).collect();
            front.offer(&steps, k as u64);
        }
        front.finish().into_iter().map(|(steps, k)| (steps, k as usize)).collect()
    }

    /// Enters the options of a point of the frontier of the first `n` groups.
    fn read(&self, summed: &Summed, n: usize, mut point: usize, options: &mut [usize]) {
        for (group, start) in self.groups[..n].iter().zip(&summed.starts).rev() {
            let (left, own) = summed.pointers[start + point];
            group.options(own as usize, options);
            point = left as usize;
        }
    }
}

impl Summed {
    pub(crate) fn len(&self) -> usize {
        self.counts.len()
    }

    /// An efficient vector in steps.
    pub(crate) fn at(&self, point: usize) -> &[i64] {
        &self.values[point * self.n_parties..(point + 1) * self.n_parties]
    }

    /// How many outcomes have an efficient vector; at least so many where it is the largest number.
    pub(crate) fn count(&self, point: usize) -> u64 {
        self.counts[point]
    }

    fn side(&self) -> Side<'_> {
        Side { values: &self.values, counts: &self.counts }
    }
}

impl Group {
    fn side(&self) -> Side<'_> {
        Side { values: &self.values, counts: &self.counts }
    }

    /// Large groups are added first: what is added later meets every point there is by then. Small ones
    /// are of one class and are added last issue first, so that ties are settled by the group alone.
    fn size_class(&self) -> u32 {
        (self.counts.len() / 64).checked_ilog2().map_or(0, |class| class + 1)
    }

    /// Enters the options of a point.
    fn options(&self, point: usize, options: &mut [usize]) {
        let ranks = match &self.first {
            First::Ranks(ranks) => ranks,
            First::Marks { places, marks } => {
                let words = places.words();
                return places.read(&marks[point * words..(point + 1) * words], options);
            }
        };
        let mut rank = ranks[point];
        for (issue, n) in self.issues.iter().rev() {
            options[*issue] = (rank % *n as u64) as usize;
            rank /= *n as u64;
        }
    }
}

impl First {
    /// Which of two comes first in issue and option order.
    fn compare(&self, a: usize, b: usize) -> Ordering {
        match self {
            First::Ranks(ranks) => ranks[a].cmp(&ranks[b]),
            First::Marks { places, marks } => {
                let own = |k: usize| &marks[k * places.words()..(k + 1) * places.words()];
                own(a).cmp(own(b))
            }
        }
    }
}

/// Tells the watcher now and then how far it is, and stops when too much was tried.
struct Pace<'w> {
    watch: Watch<'w>,
    since: u64,
    left: u64,
    share: f64,
    /// How many bytes a sum takes.
    bytes: usize,
}

impl Pace<'_> {
    fn spend(&mut self, work: u64, pointers: usize) -> ControlFlow<()> {
        self.left = self.left.saturating_sub(work);
        self.since += work;
        if self.left == 0 || pointers.saturating_mul(self.bytes) > MOST_BYTES {
            self.left = 0;
            return ControlFlow::Break(());
        }
        if self.since >= PATIENCE {
            self.since = 0;
            return (self.watch)(self.share);
        }
        ControlFlow::Continue(())
    }
}

/// A group's own frontier.
fn enumerated(
    mut levels: Vec<sweep::Level>,
    n_bodies: usize,
    parties: &[PartySpace],
    most: u64,
    budget: &Arc<Budget>,
    watch: Watch<'_>,
) -> Result<Group, Gap> {
    let mut issues: Vec<(usize, usize)> = levels.iter().map(|level| (level.issue, level.n)).collect();
    issues.sort_unstable();
    let n = number_within(&mut levels, &issues);
    let looks = sweep::looks(&levels);
    if n > most || looks > MAX_LOOKS {
        return Err(tied(&issues));
    }
    budget.spend(looks / LOOKS);
    // Few combinations are not worth what a scan needs to begin with, and those of one issue have no inner loops to rule
    // out.
    let is_worth_it = n > FEW && levels.len() > 1;
    if let Some(shares) = shares(n_bodies, parties).filter(|_| is_worth_it) {
        let scan = Scan::new(&levels, &shares, parties.len());
        let ControlFlow::Continue(front) = scan.frontier(budget, watch) else { return Err(Gap::Interrupted) };
        return closed(issues, front, budget);
    }
    let mut front = Front::within(parties.len(), budget);
    let mut sums = vec![0; parties.len()];
    let mut visits = 0u64;
    let swept = sweep::sweep(&levels, &vec![0; n_bodies], &mut |visit| {
        visits += 1;
        if visits.is_multiple_of(PATIENCE) {
            watch(0.0)?;
            if budget.is_spent() {
                return ControlFlow::Break(());
            }
        }
        for (sum, party) in sums.iter_mut().zip(parties) {
            *sum = party.part(visit.utilities);
        }
        front.offer(&sums, visit.rank);
        ControlFlow::Continue(())
    });
    if (swept.is_break() && !budget.is_spent()) || watch(0.0).is_break() {
        return Err(Gap::Interrupted);
    }
    closed(issues, front, budget)
}

/// A group with the frontier that was found, if it could be within its budget.
fn closed(issues: Vec<(usize, usize)>, front: Front, budget: &Budget) -> Result<Group, Gap> {
    let (values, ranks, counts) = front.finish_counted();
    if budget.is_spent() {
        return Err(Gap::Sums);
    }
    Ok(Group { issues, values, counts, first: First::Ranks(ranks) })
}

/// The same of a group with too many combinations to look at each, one issue after another.
fn taken_apart(
    levels: &[sweep::Level],
    n_bodies: usize,
    parties: &[PartySpace],
    budget: &Budget,
    watch: Watch<'_>,
) -> Result<Group, Gap> {
    let mut issues: Vec<(usize, usize)> = levels.iter().map(|level| (level.issue, level.n)).collect();
    issues.sort_unstable();
    let places = Places::new(&issues);
    let Some(shares) = shares(n_bodies, parties) else { return Err(tied(&issues)) };
    match eliminate::frontier(levels, &shares, parties.len(), &places, budget, watch) {
        Ok(Eliminated { values, counts, marks }) => {
            Ok(Group { issues, values, counts, first: First::Marks { places, marks } })
        }
        Err(Why::Interrupted) => Err(Gap::Interrupted),
        Err(Why::Many) => Err(Gap::Sums),
        Err(Why::Wide) => Err(tied(&issues)),
    }
}

fn tied(issues: &[(usize, usize)]) -> Gap {
    Gap::Tied(issues.iter().map(|(issue, _)| IssueId(*issue)).collect())
}

/// What each body's steps are to which party, where all parties' numbers are sums of such; nothing where a body
/// stands in two, as where a party is weighed against itself.
pub(crate) fn shares(n_bodies: usize, parties: &[PartySpace]) -> Option<Vec<Share>> {
    let mut shares: Vec<Option<Share>> = vec![None; n_bodies];
    for (p, party) in parties.iter().enumerate() {
        for (body, factor) in party.factors()? {
            if shares[*body].replace((p, *factor)).is_some() {
                return None;
            }
        }
    }
    Some(shares.into_iter().map(|share| share.unwrap_or((0, 0))).collect())
}

/// Numbers combinations of a group's options in issue and option order; says how many there are.
fn number_within(levels: &mut [sweep::Level], issues: &[(usize, usize)]) -> u64 {
    let mut n = 1u64;
    for (issue, options) in issues.iter().rev() {
        for level in levels.iter_mut().filter(|level| level.issue == *issue) {
            level.stride = n;
        }
        n = n.saturating_mul(*options as u64);
    }
    n
}

/// The frontier of talks of any size.
pub(crate) struct Separable {
    groups: Groups,
    summed: Summed,
}

impl Separable {
    pub(crate) fn new(space: &Space<'_>, parties: &[PartySpace], watch: Watch<'_>) -> Result<Separable, Gap> {
        let groups = Groups::new(space, parties, watch)?;
        let summed = groups.frontier(watch)?;
        Ok(Separable { groups, summed })
    }

    /// The frontier in steps of the parties, downwards, with the position of each point.
    pub(crate) fn frontier(&self, space: &Space<'_>, parties: &[PartySpace]) -> Vec<(Vec<i64>, usize)> {
        self.groups.in_steps(&self.summed, space, parties)
    }

    /// How many outcomes have an efficient vector; at least so many where it is the largest number.
    pub(crate) fn count(&self, point: usize) -> u64 {
        self.summed.count(point)
    }

    /// The first outcome, in issue and option order, with this efficient vector.
    pub(crate) fn outcome(&self, point: usize) -> Outcome {
        self.groups.outcome(&self.summed, point)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::party::Scale;
    use detente_cases::random;
    use detente_model::PartyId;
    use std::ops::ControlFlow::Continue;

    #[test]
    fn the_frontiers_of_single_groups_count_against_the_work_of_all() {
        let talks = random::Case::new(3, 1, 7).talks();
        let space = Space::new(&talks);
        let extremes = space.exact_extremes().expect("few outcomes");
        let party = |p| PartySpace::new(&space, PartyId(p), Scale::natural(&talks), &extremes);
        let parties: Vec<PartySpace> = (0..talks.parties.len()).map(party).collect();
        let within = |work| Groups::within(&space, &parties, work, &|_| Continue(()));
        let spent = MAX_WORK - within(MAX_WORK).expect("enough work").left;
        assert!(spent > 0);
        assert_eq!(within(spent).expect("just enough").left, 0);
        assert_eq!(within(spent - 1).err(), Some(Gap::Sums));
    }
}
