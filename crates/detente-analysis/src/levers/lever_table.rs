//! The levers as whole numbers and masks: what a set costs, what it does, what may be used together.

use crate::bits::members;
use crate::space::Space;
use detente_model::{BodyId, Clause, Condition, Grid, Lever, Number, Talks};

/// A set of levers, one bit each.
pub(super) type Set = u128;

/// Most levers.
pub(super) const MAX_LEVERS: usize = 128;
/// Effects on one body may sum up to this many steps; with its utilities they fit an `i64`.
const MAX_EFFECT: i128 = 1 << 61;
/// Decimal places of costs and budgets, fewer where their sum could overflow.
const COST_DIGITS: i32 = 9;

/// What a lever does to a body, in steps of the body's grid.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Effect {
    pub(super) body: usize,
    /// Added to its surplus.
    pub(super) adds: i64,
    /// Taken from its political cost.
    pub(super) reduces_cost: i64,
}

/// One lever.
#[derive(Clone, Debug)]
pub(super) struct CompiledLever {
    pub(super) cost: i64,
    pub(super) mediator: usize,
    pub(super) effects: Vec<Effect>,
    /// Itself and all that it cannot be used without.
    pub(super) needs: Set,
    /// All that cannot be used together with those.
    pub(super) clashes: Set,
    /// Itself and all that cannot be used without it.
    pub(super) needed_by: Set,
}

/// What levers can still add to a body, the most for the money first.
type Gains = Vec<(usize, i64)>;

/// All levers of the talks.
pub(super) struct LeverTable {
    pub(super) levers: Vec<CompiledLever>,
    /// Per mediator; the largest number for no limit.
    pub(super) budgets: Vec<i64>,
    /// The levers that are worth trying for what they do, rather than only because others need them.
    pub(super) useful: Set,
    pub(super) grid: Grid,
    /// Per issue and option, the levers whose condition it does not break.
    allows: Vec<Vec<Set>>,
    /// Per body: what is added to its surplus, and to that and its calm together.
    gains: Vec<[Gains; 2]>,
}

impl LeverTable {
    /// The levers on the grids of their bodies, or the body for which they are too large.
    pub(super) fn new(space: &Space<'_>) -> Result<LeverTable, BodyId> {
        let talks = space.talks;
        let grid = cost_grid(&talks.levers);
        let mut levers = Vec::new();
        for (k, lever) in talks.levers.iter().enumerate() {
            let needs = closure(k, |k| &talks.levers[k].requires);
            levers.push(CompiledLever {
                cost: grid.round(cost(lever)),
                mediator: lever.mediator.0,
                effects: effects(space, lever),
                needs,
                clashes: members(needs).map(|k| excluded(talks, k)).fold(0, |all, set| all | set),
                needed_by: 0,
            });
        }
        check_range(&levers, talks.bodies.len())?;
        for k in 0..levers.len() {
            for needed in members(levers[k].needs) {
                levers[needed].needed_by |= 1 << k;
            }
        }
        let limit =
            |budget: &Option<Number>| budget.as_ref().map(|budget| grid.round(budget.mean().max(0.0)));
        let budgets = talks.mediators.iter().map(|own| limit(&own.budget).unwrap_or(i64::MAX)).collect();
        let helps = |k: &usize| {
            let helps = |e: &Effect| e.adds > 0 || e.adds + e.reduces_cost > 0;
            levers[*k].needs & levers[*k].clashes == 0 && levers[*k].effects.iter().any(helps)
        };
        let useful = (0..levers.len()).filter(helps).fold(0, |all, k| all | 1 << k);
        let gains = (0..talks.bodies.len()).map(|b| [gains(&levers, b, 0), gains(&levers, b, 1)]).collect();
        Ok(LeverTable { budgets, useful, grid, allows: allows(talks), gains, levers })
    }

    /// The levers that can be used with a deal.
    pub(super) fn usable(&self, options: &[usize]) -> Set {
        self.allows.iter().zip(options).fold(Set::MAX, |all, (issue, option)| all & issue[*option])
    }

    /// The most that can be added to a body's surplus (`which` 0), or to that and what is taken from its
    /// political cost (1), by some levers for so much money: levers are divisible, so it is never too
    /// little (Dantzig 1957). `spare` is what each mediator has left and is used up.
    pub(super) fn gain(&self, body: usize, which: usize, open: Set, money: i64, spare: &mut [i64]) -> i64 {
        let (mut left, mut sum) = (money, 0);
        for (k, gain) in &self.gains[body][which] {
            if open >> k & 1 == 0 {
                continue;
            }
            let lever = &self.levers[*k];
            let spare = &mut spare[lever.mediator];
            if lever.cost > money {
                continue;
            }
            let room = left.min(*spare);
            if lever.cost <= room {
                sum += gain;
                left -= lever.cost;
                *spare -= lever.cost;
            } else if room > 0 {
                let part = *gain as f64 * (room as f64 / lever.cost as f64);
                sum += ((part * (1.0 + 1e-12)).ceil() as i64 + 1).min(*gain);
                left -= room;
                *spare -= room;
            }
        }
        sum
    }

    /// Whether these options of issues leave a set usable.
    pub(super) fn allow(&self, set: Set, mut options: impl Iterator<Item = (usize, usize)>) -> bool {
        options.all(|(issue, option)| self.allows[issue][option] & set == set)
    }

    /// Whether a set may be used where `usable` is all that can be, and each mediator has so much.
    pub(super) fn legal(&self, set: Set, usable: Set, budgets: &[i64]) -> bool {
        let fits = |k: usize| self.levers[k].needs & !set == 0 && self.levers[k].clashes & set == 0;
        set & !usable == 0
            && members(set).all(fits)
            && self.by_mediator(set).iter().zip(budgets).all(|(spent, budget)| spent <= budget)
    }

    /// Whether a body can gain anything from levers.
    pub(super) fn touches(&self, body: usize) -> bool {
        self.gains[body].iter().any(|gains| !gains.is_empty())
    }

    /// What a set costs.
    pub(super) fn cost(&self, set: Set) -> i64 {
        members(set).map(|k| self.levers[k].cost).sum()
    }

    /// What a set costs each mediator.
    pub(super) fn by_mediator(&self, set: Set) -> Vec<i64> {
        let mut spent = vec![0; self.budgets.len()];
        for k in members(set) {
            spent[self.levers[k].mediator] += self.levers[k].cost;
        }
        spent
    }
}

fn cost(lever: &Lever) -> f64 {
    lever.cost.mean().max(0.0)
}

fn cost_grid(levers: &[Lever]) -> Grid {
    Grid::decimal(Grid::for_bound(levers.iter().map(cost).sum()).digits.min(COST_DIGITS))
}

fn effects(space: &Space<'_>, lever: &Lever) -> Vec<Effect> {
    let mut effects: Vec<Effect> = Vec::new();
    let kinds = [(&lever.inducement, false), (&lever.pressure, false), (&lever.assurance, true)];
    for (list, reduces_cost) in kinds {
        for (body, amount) in list {
            let steps = space.bodies[body.0].grid.round(amount.mean());
            let known = effects.iter().position(|effect| effect.body == body.0);
            let at = known.unwrap_or_else(|| {
                effects.push(Effect { body: body.0, adds: 0, reduces_cost: 0 });
                effects.len() - 1
            });
            let sum = if reduces_cost { &mut effects[at].reduces_cost } else { &mut effects[at].adds };
            *sum = sum.saturating_add(steps);
        }
    }
    // Whoever accepts everything, or nothing, is moved by nothing.
    effects.retain(|effect| space.bodies[effect.body].alternative.is_some());
    effects
}

/// Whether sums of effects fit; the first body for which they do not.
fn check_range(levers: &[CompiledLever], n_bodies: usize) -> Result<(), BodyId> {
    let mut sums = vec![0i128; n_bodies];
    for effect in levers.iter().flat_map(|lever| &lever.effects) {
        let size = i128::from(effect.adds).abs() + i128::from(effect.reduces_cost).abs();
        sums[effect.body] = sums[effect.body].saturating_add(size);
    }
    sums.iter().position(|sum| *sum > MAX_EFFECT).map_or(Ok(()), |body| Err(BodyId(body)))
}

/// A lever and all that can be reached from it.
fn closure<'a>(from: usize, next: impl Fn(usize) -> &'a Vec<detente_model::LeverId>) -> Set {
    let (mut all, mut ahead): (Set, Vec<usize>) = (1 << from, vec![from]);
    while let Some(k) = ahead.pop() {
        for other in next(k).iter().filter(|other| all >> other.0 & 1 == 0).collect::<Vec<_>>() {
            if all >> other.0 & 1 == 0 {
                all |= 1 << other.0;
                ahead.push(other.0);
            }
        }
    }
    all
}

/// What cannot be used with a lever, whichever of the two says so or because no deal is one for both.
fn excluded(talks: &Talks, k: usize) -> Set {
    let own = talks.levers[k].excludes.iter().fold(0, |all, other| all | 1 << other.0);
    let names = |other: &usize| talks.levers[*other].excludes.iter().any(|id| id.0 == k);
    let apart = |other: &usize| apart(talks.levers[k].when.as_ref(), talks.levers[*other].when.as_ref());
    (0..talks.levers.len()).filter(|k| names(k) || apart(k)).fold(own, |all, other| all | 1 << other)
}

/// Whether no outcome satisfies both conditions, constraints aside.
fn apart(a: Option<&Condition>, b: Option<&Condition>) -> bool {
    let clauses = |when: Option<&Condition>| when.map(|when| when.0.clone()).unwrap_or_default();
    let others = clauses(b);
    let common = |clause: &Clause| others.iter().find(|other| other.issue == clause.issue).cloned();
    let disjoint = |a: &Clause, b: &Clause| !a.options.iter().any(|option| b.options.contains(option));
    clauses(a).iter().any(|clause| common(clause).is_some_and(|other| disjoint(clause, &other)))
}

fn allows(talks: &Talks) -> Vec<Vec<Set>> {
    let n = |issue: usize| talks.issues[issue].n_options();
    let mut allows: Vec<Vec<Set>> = (0..talks.issues.len()).map(|issue| vec![Set::MAX; n(issue)]).collect();
    for (k, lever) in talks.levers.iter().enumerate() {
        for clause in lever.when.iter().flat_map(|when| &when.0) {
            for (option, allowed) in allows[clause.issue.0].iter_mut().enumerate() {
                if !clause.options.contains(detente_model::OptionId(option)) {
                    *allowed &= !(1 << k);
                }
            }
        }
    }
    allows
}

fn gains(levers: &[CompiledLever], body: usize, which: usize) -> Gains {
    let of = |lever: &CompiledLever| {
        let effects = lever.effects.iter().filter(|effect| effect.body == body);
        effects.map(|e| if which == 0 { e.adds } else { e.adds + e.reduces_cost }).sum::<i64>()
    };
    let all = levers.iter().enumerate().map(|(k, lever)| (k, of(lever)));
    let mut gains: Gains = all.filter(|(_, gain)| *gain > 0).collect();
    let rate = |(k, gain): &(usize, i64)| *gain as f64 / levers[*k].cost as f64;
    gains.sort_by(|a, b| rate(b).total_cmp(&rate(a)).then(a.0.cmp(&b.0)));
    gains
}
