//! The talks as independent groups of tied issues, in the units of bodies, and what the groups not yet
//! decided can still add.
//!
//! For every suffix of the groups an envelope is kept: vectors of which one is at least as good for
//! every body as any sum that these groups can give. Where it is small enough it is the frontier of
//! these sums, and what it promises is reached. Where it is not, neighbouring points are replaced by
//! the corner of a box around them: what it promises is then a bound, never too low.

use crate::agreement::Agreement;
use crate::kernel::box_tree::{BoxTree, MOST_LOOKS, Worth};
use crate::kernel::cover::Cover;
use crate::kernel::sweep;
use crate::space::{MAX_VISITS, Space};
use crate::ticker::Watch;
use detente_model::{IssueId, OptionId, Outcome, Talks};
use std::cmp::Reverse;
use std::ops::ControlFlow;

/// How much is kept and tried before neighbours are joined.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Effort {
    /// Most sums of two envelopes that are tried.
    pub(crate) sums: usize,
    /// Most points of an envelope.
    pub(crate) points: usize,
    /// Most sums whose worth is asked for to see what a depth promises.
    pub(crate) looks: u32,
}

impl Effort {
    /// In more than three directions far fewer sums are covered by others, and each takes longer.
    pub(crate) fn with(talks: &Talks, agreement: &Agreement) -> Effort {
        /// Operations for one promise.
        const WORK: u64 = 1 << 26;
        let looks = agreement.affordable(WORK).min(u64::from(MOST_LOOKS)) as u32;
        let n = talks.issues.len().max(1);
        // Each group is added to others about as often as they can be halved.
        let of_each = (1usize << 25) / (n * (n.ilog2() as usize + 1));
        let (sums, points) = match talks.bodies.len() {
            0..=2 => (of_each.min(1 << 19), 1 << 13),
            3 => ((2 * of_each).min(1 << 20), 1 << 15),
            _ => {
                // Among many bodies it takes longer to see what is covered.
                let fewer = if talks.bodies.len() > 5 { 2 } else { 0 };
                let sums = ((1 << 22 >> fewer) / n).clamp(1 << 13 >> fewer, 1 << 18 >> fewer);
                (sums, sums >> 3)
            }
        };
        Effort { sums, points, looks }
    }
}

/// Most combinations of all groups together that are kept.
pub(crate) const MAX_COMBINATIONS: u64 = 1 << 22;
/// Combinations of a group that are tried together.
const TOGETHER: usize = 16;
/// Combinations between two looks at the watcher.
const UNSEEN: usize = 1 << 12;
/// Vectors that are sorted without a look at it.
const SORTED_AT_ONCE: usize = 1 << 17;
/// Points of an envelope in a box that is not divided.
const LEAF: usize = 2;

/// One group of tied issues: its feasible combinations.
#[derive(Debug)]
pub(crate) struct Group {
    /// Each issue with its number of options, in the order of the file.
    issues: Vec<(usize, usize)>,
    /// What each combination adds to every body.
    pub(crate) box_tree: BoxTree,
    /// Where each combination stands in the bush.
    at: Vec<u32>,
    combinations: Combinations,
    /// What each combination adds to the position of an outcome, as far as leading issues decide.
    orders: Vec<u128>,
    reach: Envelope,
}

/// What a group's combinations are.
#[derive(Debug)]
enum Combinations {
    /// All that are feasible, by their positions in issue and option order.
    Ranks(Vec<u64>),
    /// Some outcomes, in their order: the group is the whole space.
    Listed(Vec<Outcome>),
}

/// Vectors that reach at least as far as anything they stand for.
#[derive(Clone, Debug)]
pub(crate) struct Envelope {
    pub(crate) box_tree: BoxTree,
    /// Whether each of its vectors is a sum that can be had.
    pub(crate) exact: bool,
}

/// All groups in two halves of about one size, with envelopes of what follows in each half, and in both
/// where that can be kept exactly.
#[derive(Debug)]
pub(crate) struct Decomposition {
    pub(crate) d: usize,
    pub(crate) groups: Vec<Group>,
    /// Where the second half begins.
    middle: usize,
    /// By position: the envelope of that group and those after it in its half; of nothing at the ends.
    halves: [Vec<Envelope>; 2],
    /// By position in the first half: the envelope of that group and all after it, as far as it is exact.
    whole: Vec<Option<Envelope>>,
    n_issues: usize,
    effort: Effort,
}

/// An order in which groups are decided.
pub(crate) struct Course<'a> {
    pub(crate) decomposition: &'a Decomposition,
    /// With their positions in the ladder.
    pub(crate) groups: Vec<(usize, &'a Group)>,
    /// By depth, what is not yet decided: one envelope, or the sums of two.
    rest: Vec<(&'a Envelope, Option<&'a Envelope>)>,
}

/// Why there is no decomposition.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Undivided {
    /// These issues have too many combinations to keep.
    TooMany(Vec<IssueId>),
    Interrupted,
}

/// What an interrupt leaves of a decomposition.
pub(crate) fn done<T>(part: ControlFlow<(), T>) -> Result<T, Undivided> {
    match part {
        ControlFlow::Continue(part) => Ok(part),
        ControlFlow::Break(()) => Err(Undivided::Interrupted),
    }
}

impl Decomposition {
    /// Looks at every combination of each group once.
    ///
    /// # Errors
    /// Issues that are tied together and have too many combinations; an interrupt.
    pub(crate) fn new(
        space: &Space<'_>,
        effort: Effort,
        watch: Watch<'_>,
    ) -> Result<Decomposition, Undivided> {
        let d = space.bodies.len();
        let orders = leading_strides(space);
        let mut left = MAX_COMBINATIONS;
        let mut groups = Vec::new();
        for levels in space.groups_of_all() {
            groups.push(Group::new(levels, d, &orders, &mut left, effort, watch)?);
        }
        done(Decomposition::of_groups(groups, d, space.talks.issues.len(), effort, watch))
    }

    /// Of some outcomes alone, in their order, with the steps of bodies at each.
    pub(crate) fn of_outcomes(
        space: &Space<'_>,
        outcomes: Vec<Outcome>,
        effort: Effort,
        watch: Watch<'_>,
    ) -> ControlFlow<(), Decomposition> {
        let issues = space.talks.issues.iter().enumerate();
        let issues: Vec<(usize, usize)> = issues.map(|(k, issue)| (k, issue.n_options())).collect();
        let points: Vec<i64> = outcomes.iter().flat_map(|outcome| space.utilities(outcome)).collect();
        let orders = (0..outcomes.len() as u128).collect();
        let (d, n_issues) = (space.bodies.len(), issues.len());
        let listed = Combinations::Listed(outcomes);
        let group = Group::of_points(issues, d, &points, listed, orders, effort, watch)?;
        Decomposition::of_groups(vec![group], d, n_issues, effort, watch)
    }

    fn of_groups(
        mut groups: Vec<Group>,
        d: usize,
        n_issues: usize,
        effort: Effort,
        watch: Watch<'_>,
    ) -> ControlFlow<(), Decomposition> {
        groups.sort_by_key(|group| Reverse(group.weight()));
        let middle = middle(&groups);
        let (first, second) = {
            let [lower, upper] = [&groups[..middle], &groups[middle..]];
            both(d, || suffixes(lower, d, effort, watch), || suffixes(upper, d, effort, watch))
        };
        let halves = [first?, second?];
        let mut whole: Vec<Option<Envelope>> = vec![None; middle];
        let mut next = Some(halves[1][0].clone());
        for (group, own) in groups[..middle].iter().zip(&mut whole).rev() {
            if let Some(rest) = next {
                next = rest.plus_exactly(&group.reach, effort, watch)?;
            }
            own.clone_from(&next);
        }
        ControlFlow::Continue(Decomposition { d, groups, middle, halves, whole, n_issues, effort })
    }

    /// The groups in order, with what each leaves to be decided.
    pub(crate) fn course(&self) -> Course<'_> {
        let second = &self.halves[1];
        let first = self.halves[0].iter().zip(&self.whole).map(|(own, whole)| match whole {
            Some(whole) => (whole, None),
            None => (own, Some(&second[0])),
        });
        let rest = first.chain(second.iter().map(|own| (own, None)));
        Course { decomposition: self, groups: self.groups.iter().enumerate().collect(), rest: rest.collect() }
    }

    /// Most sums whose worth is asked for to see what a depth promises.
    pub(crate) fn looks(&self) -> u32 {
        self.effort.looks
    }

    /// One envelope of all groups.
    pub(crate) fn cover(&self, watch: Watch<'_>) -> ControlFlow<(), Envelope> {
        match &self.whole.first() {
            Some(Some(whole)) => ControlFlow::Continue(whole.clone()),
            _ => self.halves[0][0].plus(&self.halves[1][0], self.effort, watch),
        }
    }

    /// What `visit` makes of each group and two envelopes that together are of all others: of those of
    /// its half, and of the other half.
    pub(crate) fn each_without<R: Send>(
        &self,
        visit: &(impl Fn(&Group, &Envelope, &Envelope) -> ControlFlow<(), R> + Sync),
        watch: Watch<'_>,
    ) -> ControlFlow<(), Vec<R>> {
        let [first, second] = &self.halves;
        let (lower, upper) = self.groups.split_at(self.middle);
        let half = |groups: &[Group], other: &Envelope| {
            let mut made = Vec::new();
            let nothing = Envelope::nothing(self.d);
            let mut keep = |group: &Group, others: &Envelope| {
                made.push(visit(group, others, other)?);
                ControlFlow::Continue(())
            };
            spread(groups, nothing, self.effort, &mut keep, watch)?;
            ControlFlow::Continue(made)
        };
        let (made, rest) = both(self.d, || half(lower, &second[0]), || half(upper, &first[0]));
        let mut made = made?;
        made.extend(rest?);
        ControlFlow::Continue(made)
    }

    /// The combination of each group that an outcome is made of.
    pub(crate) fn places(&self, outcome: &Outcome) -> Vec<u32> {
        let place = |group: &Group| {
            let found = match &group.combinations {
                Combinations::Ranks(ranks) => {
                    let next =
                        |rank, (issue, n): &(usize, usize)| rank * *n as u64 + outcome.0[*issue].0 as u64;
                    let rank = group.issues.iter().fold(0, next);
                    ranks.iter().position(|own| *own == rank)
                }
                Combinations::Listed(outcomes) => outcomes.iter().position(|own| own == outcome),
            };
            found.map_or(0, |place| place as u32)
        };
        self.groups.iter().map(place).collect()
    }

    /// The outcome made of a combination of each group.
    pub(crate) fn outcome(&self, places: &[u32]) -> Outcome {
        let mut options = vec![0; self.n_issues];
        for (group, place) in self.groups.iter().zip(places) {
            for (issue, option) in group.options(*place as usize) {
                options[issue] = option;
            }
        }
        Outcome(options.into_iter().map(OptionId).collect())
    }
}

/// The first position of the second half: half of all combinations come before it.
fn middle(groups: &[Group]) -> usize {
    let size = |group: &Group| (group.len() as f64).ln();
    let all: f64 = groups.iter().map(size).sum();
    let mut before = 0.0;
    let reaches_half = |group: &Group| {
        before += size(group);
        2.0 * before >= all - 1e-9
    };
    groups.iter().position(reaches_half).map_or(0, |k| (k + 1).min(groups.len().saturating_sub(1)).max(1))
}

/// Two parts of the work, on two cores where there are so many bodies that it takes long.
fn both<A: Send, B: Send>(
    d: usize,
    first: impl FnOnce() -> A + Send,
    second: impl FnOnce() -> B + Send,
) -> (A, B) {
    if d > 2 { rayon::join(first, second) } else { (first(), second()) }
}

/// The envelope of each group and those after it, of nothing at the end.
fn suffixes(groups: &[Group], d: usize, effort: Effort, watch: Watch<'_>) -> ControlFlow<(), Vec<Envelope>> {
    let mut rest = vec![Envelope::nothing(d)];
    for group in groups.iter().rev() {
        let next = group.reach.plus(&rest[rest.len() - 1], effort, watch)?;
        rest.push(next);
    }
    rest.reverse();
    ControlFlow::Continue(rest)
}

/// Calls `visit` with each of some groups and the envelope of the others and of what is outside.
fn spread(
    groups: &[Group],
    outside: Envelope,
    effort: Effort,
    visit: &mut dyn FnMut(&Group, &Envelope) -> ControlFlow<()>,
    watch: Watch<'_>,
) -> ControlFlow<()> {
    match groups {
        [] => ControlFlow::Continue(()),
        [one] => visit(one, &outside),
        _ => {
            let (first, second) = groups.split_at(groups.len() / 2);
            let with = |groups: &[Group]| {
                groups.iter().try_fold(outside.clone(), |sum, group| sum.plus(&group.reach, effort, watch))
            };
            spread(first, with(second)?, effort, visit, watch)?;
            spread(second, with(first)?, effort, visit, watch)
        }
    }
}

impl Course<'_> {
    /// The most that a sum can still be worth, if that is at least `floor`, and whether that is reached.
    pub(crate) fn promise(
        &self,
        depth: usize,
        sum: &[i64],
        floor: Worth,
        worth: &mut dyn FnMut(&[i64]) -> Worth,
    ) -> Option<(Worth, bool)> {
        let looks = self.decomposition.effort.looks;
        match self.rest[depth] {
            (rest, None) => {
                let found = rest.box_tree.best(sum, floor, looks, worth);
                found.map(|(worth, reached)| (worth, reached && rest.exact))
            }
            (rest, Some(other)) => {
                let found = rest.box_tree.best_pair(&other.box_tree, sum, floor, looks, worth);
                found.map(|(worth, reached)| (worth, reached && rest.exact && other.exact))
            }
        }
    }

    /// Whether what a depth promises is soon said: by one envelope of all that is left.
    pub(crate) fn quick(&self) -> bool {
        self.rest.iter().all(|(_, other)| other.is_none())
    }
}

impl Group {
    fn new(
        mut levels: Vec<sweep::Level>,
        d: usize,
        strides: &[u128],
        left: &mut u64,
        effort: Effort,
        watch: Watch<'_>,
    ) -> Result<Group, Undivided> {
        let mut issues: Vec<(usize, usize)> = levels.iter().map(|level| (level.issue, level.n)).collect();
        issues.sort_unstable();
        let mut n = 1u64;
        for (issue, options) in issues.iter().rev() {
            for level in levels.iter_mut().filter(|level| level.issue == *issue) {
                level.stride = n;
            }
            n = n.saturating_mul(*options as u64);
        }
        let too_many = || Undivided::TooMany(issues.iter().map(|(issue, _)| IssueId(*issue)).collect());
        if n > MAX_VISITS {
            return Err(too_many());
        }
        let (mut points, mut ranks, mut orders) = (Vec::new(), Vec::new(), Vec::new());
        let swept = sweep::sweep(&levels, &vec![0; d], &mut |visit| {
            points.extend_from_slice(visit.utilities);
            ranks.push(visit.rank);
            orders.push(issues.iter().map(|(i, _)| strides[*i] * visit.options[*i] as u128).sum());
            if ranks.len() as u64 > *left {
                return ControlFlow::Break(());
            }
            if ranks.len().is_multiple_of(UNSEEN) { watch(0.0) } else { ControlFlow::Continue(()) }
        });
        if ranks.len() as u64 > *left {
            return Err(too_many());
        }
        done(swept)?;
        *left -= ranks.len() as u64;
        done(Group::of_points(issues, d, &points, Combinations::Ranks(ranks), orders, effort, watch))
    }

    fn of_points(
        issues: Vec<(usize, usize)>,
        d: usize,
        points: &[i64],
        combinations: Combinations,
        orders: Vec<u128>,
        effort: Effort,
        watch: Watch<'_>,
    ) -> ControlFlow<(), Group> {
        let box_tree = BoxTree::watched(d, points, TOGETHER, watch)?;
        let reach = Envelope::of_points(d, points, effort, watch)?;
        let mut at = vec![0; orders.len()];
        for k in 0..orders.len() {
            at[box_tree.place(k)] = k as u32;
        }
        ControlFlow::Continue(Group { issues, box_tree, at, combinations, orders, reach })
    }

    /// The widest difference it makes, as a share of nothing in particular: only the order counts.
    fn weight(&self) -> (i64, Reverse<usize>) {
        let n = self.box_tree.len();
        let d = self.box_tree.corner(0).len();
        let lowest = |k: usize| (0..n).map(|p| self.box_tree.point(p)[k]).min().unwrap_or(0);
        let width = (0..d).map(|k| self.box_tree.corner(0)[k] - lowest(k)).max().unwrap_or(0);
        (width, Reverse(self.issues.first().map_or(0, |(issue, _)| *issue)))
    }

    /// What a combination adds to the position of an outcome.
    pub(crate) fn order(&self, place: usize) -> u128 {
        self.orders[place]
    }

    /// Its issues with their numbers of options.
    pub(crate) fn issues(&self) -> &[(usize, usize)] {
        &self.issues
    }

    /// What a combination adds to every body.
    pub(crate) fn adds(&self, place: usize) -> &[i64] {
        self.box_tree.point(self.at[place] as usize)
    }

    /// How many combinations it has.
    pub(crate) fn len(&self) -> usize {
        self.orders.len()
    }

    /// Issue and option of a combination.
    pub(crate) fn options(&self, place: usize) -> impl Iterator<Item = (usize, usize)> {
        let mut rank = match &self.combinations {
            Combinations::Ranks(ranks) => ranks[place],
            Combinations::Listed(_) => 0,
        };
        self.issues.iter().rev().map(move |(issue, n)| {
            let option = match &self.combinations {
                Combinations::Ranks(_) => (rank % *n as u64) as usize,
                Combinations::Listed(outcomes) => outcomes[place].0[*issue].0,
            };
            rank /= *n as u64;
            (*issue, option)
        })
    }
}

impl Envelope {
    /// Of no group at all: nothing is added.
    fn nothing(d: usize) -> Envelope {
        Envelope { box_tree: BoxTree::new(d, &vec![0; d], LEAF), exact: true }
    }

    fn of_points(d: usize, points: &[i64], effort: Effort, watch: Watch<'_>) -> ControlFlow<(), Envelope> {
        let n = points.len() / d;
        if d > 3 && n > effort.sums {
            let coarse = BoxTree::watched(d, points, LEAF, watch)?.coarse(effort.sums);
            return Envelope::of_efficient(d, &coarse, false, watch)?.kept(effort, watch);
        }
        Envelope::of_efficient(d, points, true, watch)?.kept(effort, watch)
    }

    /// Of those that none of the others covers.
    fn of_efficient(d: usize, points: &[i64], exact: bool, watch: Watch<'_>) -> ControlFlow<(), Envelope> {
        let box_tree = BoxTree::watched(d, &efficient(points, d, watch)?, LEAF, watch)?;
        ControlFlow::Continue(Envelope { box_tree, exact })
    }

    /// Of two sets of groups together.
    fn plus(&self, other: &Envelope, effort: Effort, watch: Watch<'_>) -> ControlFlow<(), Envelope> {
        let d = self.box_tree.corner(0).len();
        let (mut long, mut short) = (self, other);
        if long.box_tree.len() < short.box_tree.len() {
            (long, short) = (short, long);
        }
        let most = effort.sums / short.box_tree.len().max(1);
        let coarse = (long.box_tree.len() > most).then(|| long.box_tree.coarse(most));
        let exact = self.exact && other.exact && coarse.is_none();
        let a = coarse.unwrap_or_else(|| long.points());
        let mut sums = Vec::with_capacity(a.len() * short.box_tree.len());
        for k in 0..short.box_tree.len() {
            let shift = short.box_tree.point(k);
            for point in a.chunks_exact(d) {
                sums.extend(point.iter().zip(shift).map(|(a, b)| a + b));
            }
        }
        Envelope::of_efficient(d, &sums, exact, watch)?.kept(effort, watch)
    }

    /// Of two sets of groups together, if that is exact.
    fn plus_exactly(
        &self,
        other: &Envelope,
        effort: Effort,
        watch: Watch<'_>,
    ) -> ControlFlow<(), Option<Envelope>> {
        // In many directions, most sums stay: what cannot be kept is not worth trying.
        let most = if self.box_tree.corner(0).len() > 3 { effort.points } else { effort.sums };
        let fits = self.box_tree.len() * other.box_tree.len() <= most;
        if !fits {
            return ControlFlow::Continue(None);
        }
        let sum = self.plus(other, effort, watch)?;
        ControlFlow::Continue(Some(sum).filter(|sum| sum.exact))
    }

    /// Made smaller where it is too large to be asked often.
    fn kept(self, effort: Effort, watch: Watch<'_>) -> ControlFlow<(), Envelope> {
        let d = self.box_tree.corner(0).len();
        if self.box_tree.len() <= effort.points {
            return ControlFlow::Continue(self);
        }
        Envelope::of_efficient(d, &self.box_tree.coarse(effort.points), false, watch)
    }

    fn points(&self) -> Vec<i64> {
        (0..self.box_tree.len()).flat_map(|k| self.box_tree.point(k).iter().copied()).collect()
    }
}

/// Vectors that none of the others covers, each once, downwards.
fn efficient(points: &[i64], d: usize, watch: Watch<'_>) -> ControlFlow<(), Vec<i64>> {
    let n = points.len() / d;
    if n <= SORTED_AT_ONCE {
        return covering(points, d, watch);
    }
    // Of each half first: what is covered there is covered in both, and sorting looks at no watch.
    let (first, second) = points.split_at(n / 2 * d);
    let mut left = efficient(first, d, watch)?;
    left.extend(efficient(second, d, watch)?);
    covering(&left, d, watch)
}

fn covering(points: &[i64], d: usize, watch: Watch<'_>) -> ControlFlow<(), Vec<i64>> {
    let at = |k: u32| &points[k as usize * d..(k as usize + 1) * d];
    let mut order: Vec<u32> = (0..(points.len() / d) as u32).collect();
    // Runs that are sorted already are merged.
    order.sort_by(|a, b| at(*b).cmp(at(*a)));
    let (mut cover, mut kept) = (Cover::new(d), Vec::new());
    for (k, place) in order.into_iter().enumerate() {
        if k.is_multiple_of(UNSEEN) {
            watch(0.0)?;
        }
        if cover.admits(at(place)) {
            kept.extend_from_slice(at(place));
        }
    }
    ControlFlow::Continue(kept)
}

/// Strides of leading issues as far as they fit; 0 for the others.
fn leading_strides(space: &Space<'_>) -> Vec<u128> {
    let sizes: Vec<u128> = space.talks.issues.iter().map(|issue| issue.n_options() as u128).collect();
    let mut product = 1u128;
    let fits = |n: &&u128| {
        let next = product.checked_mul(**n).filter(|next| *next < 1 << 126);
        product = next.unwrap_or(product);
        next.is_some()
    };
    let leading = sizes.iter().take_while(fits).count();
    let mut strides = vec![0; sizes.len()];
    let mut stride = 1u128;
    for k in (0..leading).rev() {
        strides[k] = stride;
        stride *= sizes[k];
    }
    strides
}
