//! What is asked of a search, and what its answers mean to a reader.

use super::incumbents::{Goal, Incumbents, Way};
use super::set_search::{SetSearch, Task};
use super::{LeverOptions, LeverSearch, LeverWorth, Levers, Package, Unproven};
use crate::bits::members;
use crate::will::key;
use detente_model::{Grid, LeverId, Outcome};
use std::ops::ControlFlow;

/// How tasks are carried out.
pub(super) type Search<'a, 's, D> = &'a mut dyn FnMut(&mut SetSearch<'s>, &mut [Task<D>]) -> ControlFlow<()>;

/// All answers by one way of searching.
pub(super) fn answer<'s, D: Ord + Clone>(
    set_search: &mut SetSearch<'s>,
    options: &LeverOptions,
    outcome: &dyn Fn(&D) -> Outcome,
    search: Search<'_, 's, D>,
) -> Levers {
    let lever_table = set_search.lever_table;
    let no_limit = vec![i64::MAX; lever_table.budgets.len()];
    let mut tasks = [
        Task::new(Goal::Frontier, 0, &lever_table.budgets),
        Task::new(Goal::Frontier, u128::MAX, &lever_table.budgets),
        Task::new(Goal::Top, u128::MAX, &no_limit),
    ];
    let mut levers = Levers::unknown(options.target, None);
    let interrupted = search(set_search, &mut tasks).is_break();
    let [none, main, mut top] = tasks;
    // Whatever budgets allow is possible without them.
    main.incumbents.steps.iter().for_each(|way| top.incumbents.offer(way.clone()));
    let mut package = |way: &Way<D>| package(set_search, way, outcome, options.deal.as_ref());
    levers.none = none.incumbents.steps.first().map(&mut package);
    levers.frontier = main.incumbents.steps.iter().map(&mut package).collect();
    levers.most = levers.frontier.last().cloned();
    let target = key(options.target);
    let reaches = main.incumbents.steps.iter().position(|step| step.key >= target);
    levers.cheapest = reaches.map(|at| levers.frontier[at].clone());
    levers.without_budgets = top.incumbents.steps.first().map(&mut package);
    levers.search =
        LeverSearch { interrupted, open: open(&main, lever_table.grid), ..LeverSearch::default() };
    let first_proven = [&none, &main, &top].iter().all(|task| task.open.is_empty());
    let at = reaches.unwrap_or(main.incumbents.steps.len().saturating_sub(1));
    let mut worths_proven = true;
    if !interrupted {
        let found = worths(set_search, &main.incumbents.steps, at, reaches.map(|_| target), search);
        (levers.levers, worths_proven, levers.search.interrupted) = found;
    }
    levers.search.nodes = set_search.looks;
    levers.search.proven = first_proven && worths_proven && !levers.search.interrupted;
    if !first_proven {
        let note = "the search for the best levers was ended before all others were ruled out";
        levers.notes.push(note.into());
    }
    if !worths_proven {
        let note = "some searches were ended early: a lever may be worth less, and the target cheaper without \
                    it, than is said";
        levers.notes.push(note.into());
    }
    levers
}

/// What each lever is worth, whether that is proven, and whether the search was interrupted.
fn worths<'s, D: Ord + Clone>(
    set_search: &mut SetSearch<'s>,
    frontier: &[Way<D>],
    chosen: usize,
    target: Option<i64>,
    search: Search<'_, 's, D>,
) -> (Vec<LeverWorth>, bool, bool) {
    let (lever_table, chosen) = (set_search.lever_table, &frontier[chosen]);
    set_search.most_looks = set_search.most_looks.saturating_add(set_search.looks);
    let used: Vec<usize> = members(chosen.set).collect();
    let goals = [Some(Goal::Within(chosen.cost)), target.map(Goal::Reach)];
    let task = |k: usize, goal| {
        let mut task = Task::new(goal, !(1 << k), &lever_table.budgets);
        let without = frontier.iter().filter(|way| way.set >> k & 1 == 0);
        without.for_each(|way| task.incumbents.offer(way.clone()));
        task
    };
    let mut tasks: Vec<Task<D>> =
        used.iter().flat_map(|k| goals.iter().flatten().map(move |goal| task(*k, *goal))).collect();
    let interrupted = !tasks.is_empty() && search(set_search, &mut tasks).is_break();
    if interrupted {
        return (Vec::new(), true, true);
    }
    let cost = lever_table.grid.value(chosen.cost);
    let unused = LeverWorth { worth: 0.0, cheapest_without: target.map(|_| cost) };
    let mut worths = vec![unused; lever_table.levers.len()];
    let n = goals.iter().flatten().count();
    for (k, tasks) in used.iter().zip(tasks.chunks(n)) {
        let left = tasks[0].incumbents.steps[0].probability;
        let cheapest = tasks.get(1).zip(target);
        let cheapest = cheapest.and_then(|(task, target)| task.incumbents.reaching(target));
        worths[*k] = LeverWorth {
            worth: (chosen.probability - left).max(0.0),
            cheapest_without: cheapest.map(|way| lever_table.grid.value(way.cost)),
        };
    }
    (worths, tasks.iter().all(|task| task.open.is_empty()), false)
}

/// What is left open of the frontier, as far as it is above what was found.
fn open<D: Ord + Clone>(main: &Task<D>, grid: Grid) -> Vec<Unproven> {
    let mut open = main.open.clone();
    open.retain(|(cost, key)| main.incumbents.within(*cost).key < *key);
    open.sort_unstable();
    let unproven = |(cost, key): (i64, i64)| Unproven { cost: grid.value(cost), at_most: key as f64 / 1e12 };
    open.into_iter().map(unproven).collect()
}

fn package<D>(
    set_search: &mut SetSearch<'_>,
    way: &Way<D>,
    outcome: &dyn Fn(&D) -> Outcome,
    only: Option<&Outcome>,
) -> Package {
    let lever_table = set_search.lever_table;
    let deal = way.deal.as_ref().map(outcome).or_else(|| only.cloned());
    let (mut by_body, mut surplus) = (Vec::new(), Vec::new());
    if let Some(deal) = &deal {
        set_search.surplus(&set_search.space.utilities(deal), &mut surplus);
        set_search.exactly(&surplus, way.set);
        by_body = set_search.by_body().to_vec();
    }
    Package {
        levers: members(way.set).map(LeverId).collect(),
        deal,
        probability: way.probability,
        cost: lever_table.grid.value(way.cost),
        by_mediator: lever_table
            .by_mediator(way.set)
            .into_iter()
            .map(|cost| lever_table.grid.value(cost))
            .collect(),
        by_body,
    }
}

impl<D: Ord + Clone> Task<D> {
    fn new(goal: Goal, allowed: u128, budgets: &[i64]) -> Task<D> {
        Task { incumbents: Incumbents::new(goal), allowed, budgets: budgets.to_vec(), open: Vec::new() }
    }
}
