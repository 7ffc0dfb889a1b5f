//! Levers for talks of any size: for each set of levers that could be of use, the best deal by branch and
//! bound over groups of issues.
//!
//! With a set of levers given, what they add to bodies is the same for all deals, and the conditions of
//! the levers leave some options of some issues: talks of the same kind again. While the set grows, an
//! envelope of what deals can give stands for all of them.

use super::answer::answer;
use super::ascent::ascend;
use super::incumbents::Way;
use super::lever_table::Set;
use super::set_search::{Frame, SetSearch, Task};
use super::tree::{Every, Ground};
use super::{LeverLimit, LeverOptions, Levers};
use crate::best_first::{BestFirst, BestLeaves, FEW_LOOKS};
use crate::bits::members;
use crate::decomposition::{Decomposition, Effort, Envelope, MAX_COMBINATIONS, Undivided, done};
use crate::kernel::box_tree::Worth;
use crate::space::Space;
use crate::ticker::Watch;
use crate::will::key;
use detente_model::{Clause, Condition, Constraint, Law, Outcome, Talks};
use num_bigint::BigUint;
use std::collections::BTreeMap;
use std::ops::ControlFlow;
use std::rc::Rc;

/// Most partial outcomes kept in one search, and where each takes long.
const NODES: usize = 1 << 20;
const SLOW_NODES: usize = 1 << 16;
/// Sums looked at in one search where bounds take long.
const SLOW_LOOKS: u64 = 1 << 21;
/// Sums looked at for the first of equals.
const ORDER_LOOKS: u64 = 1 << 18;
/// How much sooner a search is ended where bounds take long: little is ruled out there by going on.
const SLOWER: u64 = 8;
/// How much smaller envelopes of more than three bodies are with conditions.
const LIGHTER: usize = 8;
/// Most ladders that are remembered.
const MAX_LADDERS: usize = 32;

/// All deals that the conditions of some levers leave.
struct Part {
    decomposition: Decomposition,
    /// No body can have more in any deal than in one of these together.
    cover: Envelope,
}

/// All deals, by the conditions of the levers used.
pub(super) struct Parts<'t> {
    talks: &'t Talks,
    /// The levers with a condition.
    conditional: Set,
    /// By those used; nothing where no deal is left.
    known: BTreeMap<Set, Option<Rc<Part>>>,
    effort: Effort,
    /// Whether searches begin with good deals, rather than with nothing.
    warm: bool,
    /// Whether some deal is named that need not be the first of very many equals.
    any: bool,
}

/// All answers for talks that are too large to look at every outcome.
pub(super) fn by_parts(
    set_search: &mut SetSearch<'_>,
    options: &LeverOptions,
    watch: Watch<'_>,
) -> Result<Levers, LeverLimit> {
    let effort = Effort::with(set_search.space.talks, set_search.agreement);
    let mut parts =
        Parts::new(set_search.space, effort, true, watch).map_err(|undivided| match undivided {
            Undivided::TooMany(issues) => LeverLimit::Tied { issues, most: MAX_COMBINATIONS },
            Undivided::Interrupted => LeverLimit::Interrupted,
        })?;
    if !parts.quick() {
        set_search.most_looks /= SLOWER;
    }
    let mut levers = answer(set_search, options, &Outcome::clone, &mut |set_search, tasks| {
        tasks.iter_mut().try_for_each(|task| parts.search(set_search, task, watch))
    });
    if parts.any {
        levers.notes.push("very many deals are equally good; one of them is named".into());
    }
    Ok(levers)
}

impl<'t> Parts<'t> {
    pub(super) fn new(
        space: &Space<'t>,
        effort: Effort,
        warm: bool,
        watch: Watch<'_>,
    ) -> Result<Parts<'t>, Undivided> {
        let talks = space.talks;
        let conditional = talks.levers.iter().enumerate().filter(|(_, lever)| lever.when.is_some());
        let conditional = conditional.fold(0, |all, (k, _)| all | 1 << k);
        let part = Part::new(space, effort, watch)?;
        let known = BTreeMap::from([(0, Some(Rc::new(part)))]);
        Ok(Parts { talks, conditional, known, effort, warm, any: false })
    }

    /// Whether what deals can give is soon said.
    fn quick(&self) -> bool {
        self.known.get(&0).and_then(Option::as_ref).is_some_and(|part| part.decomposition.course().quick())
    }

    /// The deals for which all levers of a set can be used; absent where there are none.
    fn part(&mut self, set: Set, watch: Watch<'_>) -> ControlFlow<(), Option<Rc<Part>>> {
        let own = set & self.conditional;
        if let Some(known) = self.known.get(&own) {
            return ControlFlow::Continue(known.clone());
        }
        if self.known.len() >= MAX_LADDERS {
            self.known.retain(|set, _| *set == 0);
        }
        let talks = narrowed(self.talks, own);
        let space = Space::compile(&talks, watch)?;
        let outcomes = space.feasible();
        let part = if outcomes.exact && outcomes.feasible == BigUint::ZERO {
            None
        } else {
            match Part::new(&space, self.lighter(), watch) {
                Ok(part) => Some(Rc::new(part)),
                Err(Undivided::Interrupted) => return ControlFlow::Break(()),
                Err(Undivided::TooMany(_)) => unreachable!("parts of small groups are small"),
            }
        };
        self.known.insert(own, part.clone());
        ControlFlow::Continue(part)
    }

    /// There are many sets of conditions: where envelopes are dear, theirs are smaller.
    fn lighter(&self) -> Effort {
        let Effort { sums, points, looks } = self.effort;
        let share = if self.talks.bodies.len() > 3 { LIGHTER } else { 1 };
        Effort { sums: (sums / share).max(1), points: (points / share).max(1), looks }
    }

    /// The deals that are surely all for which a set can be used, without a new ladder.
    fn around(&self, set: Set) -> Option<Rc<Part>> {
        let own = set & self.conditional;
        let around = self.known.iter().filter(|(known, _)| *known & !own == 0);
        around.max_by_key(|(known, _)| known.count_ones()).and_then(|(_, part)| part.clone())
    }

    fn bound(&self, set_search: &mut SetSearch<'_>, frame: &Frame, money: i64) -> i64 {
        self.around(frame.set).map_or(0, |part| part.bound(set_search, frame, money))
    }

    /// Carries out one task.
    pub(super) fn search(
        &mut self,
        set_search: &mut SetSearch<'_>,
        task: &mut Task<Outcome>,
        watch: Watch<'_>,
    ) -> ControlFlow<()> {
        let n_bodies = self.talks.bodies.len();
        let root = set_search.root(vec![0; n_bodies], Set::MAX, task);
        if let Some(part) = self.part(0, watch)?.filter(|_| self.warm) {
            ascend(set_search, &part.decomposition, &root, task, watch)?;
        }
        set_search.start(root, self, task, watch)
    }

    /// The likeliest deal with the set of a frame, if it is at least so likely.
    fn best(
        &mut self,
        set_search: &mut SetSearch<'_>,
        part: &Part,
        frame: &Frame,
        least: i64,
        watch: Watch<'_>,
    ) -> ControlFlow<(), BestLeaves> {
        let (mut surplus, mut with) = (Vec::new(), vec![0; frame.surplus.len()]);
        let mut worth = |v: &[i64]| -> Worth {
            set_search.looks += 1;
            set_search.surplus(v, &mut surplus);
            for ((with, own), more) in with.iter_mut().zip(&surplus).zip(&frame.surplus) {
                *with = own + more;
            }
            if set_search.at_most(&with, &frame.cost_reduction, &[]) < least {
                return [0; 4];
            }
            [key(set_search.exactly(&surplus, frame.set)), 0, 0, 0]
        };
        let course = part.decomposition.course();
        let quick = BestFirst { looks: ORDER_LOOKS, ..BestFirst::one([least, 0, 0, 0], SLOW_NODES) };
        let mut found = quick.run(&course, &mut worth, watch)?;
        if found.open.is_some() {
            // Where too many are equal to say soon which is first, any of them will do.
            let (budget, looks) = if course.quick() { (NODES, FEW_LOOKS) } else { (SLOW_NODES, SLOW_LOOKS) };
            let best_first = BestFirst { any: true, looks, ..BestFirst::one([least, 0, 0, 0], budget) };
            found = best_first.run(&course, &mut worth, watch)?;
            self.any |= found.open.is_none() && !found.leaves.is_empty();
        }
        ControlFlow::Continue(found)
    }
}

impl Ground<Outcome> for Parts<'_> {
    fn promises(
        &mut self,
        set_search: &mut SetSearch<'_>,
        task: &Task<Outcome>,
        frame: &Frame,
        _: usize,
        _: Watch<'_>,
    ) -> ControlFlow<(), bool> {
        let hopes =
            task.incumbents.hopes(frame.cost, frame.set, &mut |money| self.bound(set_search, frame, money));
        ControlFlow::Continue(hopes)
    }

    fn most(
        &mut self,
        set_search: &mut SetSearch<'_>,
        frame: &Frame,
        _: usize,
        _: Every,
        each: &mut dyn FnMut(i64),
    ) {
        each(self.bound(set_search, frame, i64::MAX));
    }

    fn offer(
        &mut self,
        set_search: &mut SetSearch<'_>,
        task: &mut Task<Outcome>,
        frame: &Frame,
        _: usize,
        watch: Watch<'_>,
    ) -> ControlFlow<()> {
        let closed = Frame { open: 0, ..frame.clone() };
        let most = self.bound(set_search, &closed, 0);
        if most == 0 || !task.incumbents.wants(frame.cost, most, frame.set) {
            return ControlFlow::Continue(());
        }
        let Some(part) = self.part(frame.set, watch)? else { return ControlFlow::Continue(()) };
        let most = part.bound(set_search, &closed, 0);
        if most == 0 || !task.incumbents.wants(frame.cost, most, frame.set) {
            return ControlFlow::Continue(());
        }
        if set_search.looks > set_search.most_looks {
            task.leave(frame.cost, most);
            return ControlFlow::Continue(());
        }
        let least = task.incumbents.least(frame.cost, frame.set).max(1);
        let found = self.best(set_search, &part, frame, least, watch)?;
        if let Some([open, ..]) = found.open {
            task.leave(frame.cost, open.min(most));
        }
        for leaf in &found.leaves {
            let name = part.decomposition.outcome(&leaf.places);
            let mut surplus = Vec::new();
            set_search.surplus(&leaf.steps, &mut surplus);
            let probability = set_search.exactly(&surplus, frame.set);
            let (cost, set) = (frame.cost, frame.set);
            task.incumbents.offer(Way { cost, key: key(probability), probability, set, deal: Some(name) });
        }
        ControlFlow::Continue(())
    }
}

impl Part {
    fn new(space: &Space<'_>, effort: Effort, watch: Watch<'_>) -> Result<Part, Undivided> {
        let decomposition = Decomposition::new(space, effort, watch)?;
        let cover = done(decomposition.cover(watch))?;
        Ok(Part { decomposition, cover })
    }

    fn bound(&self, set_search: &mut SetSearch<'_>, frame: &Frame, money: i64) -> i64 {
        let gains = set_search.gains(frame, money);
        let (mut surplus, nothing) = (Vec::new(), vec![0; frame.surplus.len()]);
        let mut worth = |v: &[i64]| -> Worth {
            set_search.looks += 1;
            set_search.surplus(v, &mut surplus);
            for (own, more) in surplus.iter_mut().zip(&frame.surplus) {
                *own += more;
            }
            [set_search.at_most(&surplus, &frame.cost_reduction, &gains), 0, 0, 0]
        };
        let best = self.cover.box_tree.best(&nothing, [0; 4], self.decomposition.looks(), &mut worth);
        best.map_or(0, |([most, ..], _)| most)
    }
}

/// The talks with the options that the conditions of all these levers leave.
fn narrowed(talks: &Talks, levers: Set) -> Talks {
    let mut draft = (**talks).clone();
    let whens = members(levers).filter_map(|k| talks.levers[k].when.as_ref());
    for clause in whens.flat_map(|when| &when.0) {
        let others = clause.options.complement(talks.issues[clause.issue.0].n_options());
        if !others.is_empty() {
            let forbidden = Condition(vec![Clause { issue: clause.issue, options: others }]);
            draft.constraints.push(Constraint { law: Law::Forbid(forbidden), because: Vec::new() });
        }
    }
    Talks::new(draft).unwrap_or_else(|_| unreachable!("talks with a constraint more are talks"))
}
