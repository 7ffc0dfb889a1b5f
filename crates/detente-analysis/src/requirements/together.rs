//! The falls of several bodies that are least in sum, each counted as a share of its body's range.
//!
//! Best-first branch and bound (Land and Doig 1960; Hart, Nilsson and Raphael 1968) over deals and
//! falls at once. Deals stand in a tree of boxes: what the best corner of a box would need, none of its
//! deals needs less. For one deal the falls are enclosed closer and closer, by [`curves`](super::curves)
//! where bodies are independent, by halving [`boxes`](super::boxes) where all that is known of the
//! probability of agreement is that it rises with that of each body.

use super::curves::{Alive, Cells, Tree};
use super::evaluator::Evaluator;
use super::hyperrectangles::Falls;
use crate::kernel::box_tree::{BoxTree, Inside};
use crate::ticker::Watch;
use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::ops::ControlFlow;

/// What the watcher is told: how long a search takes is not known before it ends.
pub(super) const NEARLY_DONE: f64 = 0.9;
/// Cells into which the sum known at first is divided at first.
const CELLS: f64 = 32.0;
/// Into how many a cell is divided, and so many doublings.
const DIVIDE: usize = 4;
const DOUBLINGS: i32 = 2;
/// How much farther off a plane may be than cells are.
const HALVE: f64 = 4.0;
/// Most operations for making sums smaller that suffice already: a few seconds.
const MAX_POLISH: u64 = 1 << 32;
/// Operations between two looks at the watcher.
const UNSEEN: u64 = 1 << 23;
/// Probabilities asked for to find how much one body needs.
pub(super) const HALVINGS: u64 = 40;
/// Most cells of one curve.
const MAX_CELLS: f64 = (1 << 18) as f64;

/// Falls found to suffice.
#[derive(Clone, Debug)]
pub(super) struct Plan {
    pub(super) sum: f64,
    /// By body, in steps.
    pub(super) falls: Vec<i64>,
    pub(super) probability: f64,
    pub(super) rank: u64,
}

/// The best plan, and what no plan costs less than.
pub(super) struct Bounds {
    pub(super) plan: Plan,
    pub(super) at_least: f64,
    /// Partial answers looked at.
    pub(super) nodes: u64,
    pub(super) interrupted: bool,
}

/// How far to go.
#[derive(Clone, Copy, Debug)]
pub(super) struct Effort {
    /// How close to the least sum, in shares; of a sum above 1, as a share of it.
    pub(super) within: f64,
    /// Most combinations tried.
    pub(super) work: u64,
    /// Whether to use the independence of bodies.
    pub(super) independent: bool,
}

/// Part of what is left to look at.
enum OpenRegion {
    /// A box of deals.
    Deals(usize),
    /// A deal with cells of width 2^-`fine`.
    Cells { point: usize, fine: i32, alive: Alive },
    /// A deal with falls between two bounds.
    Falls { point: usize, falls: Falls },
}

/// How much work goes into making sums smaller that suffice already, and whether to go on.
pub(super) struct Pace<'w> {
    watch: Watch<'w>,
    /// Operations left, and since the last look at the watcher.
    left: u64,
    unseen: u64,
    interrupted: bool,
}

impl<'w> Pace<'w> {
    pub(super) fn new(watch: Watch<'w>) -> Pace<'w> {
        Pace { watch, left: MAX_POLISH, unseen: 0, interrupted: false }
    }

    /// Whether so many probabilities more are to be worked out.
    fn go_on(&mut self, probabilities: u64, evaluator: &Evaluator<'_>) -> bool {
        let work = probabilities.saturating_mul(evaluator.work());
        self.unseen += work;
        self.left = self.left.saturating_sub(work);
        if self.unseen >= UNSEEN {
            self.unseen = 0;
            self.interrupted |= (self.watch)(NEARLY_DONE).is_break();
        }
        self.left > 0 && !self.interrupted
    }
}

struct LeastSum<'b, 's> {
    evaluator: &'b mut Evaluator<'s>,
    tree: Tree,
    deals: BoxTree,
    ranks: Vec<u64>,
    effort: Effort,
    best: Plan,
    /// Width of the first cells, 2^-`fine`.
    fine: i32,
    heap: BinaryHeap<Reverse<(u64, u64)>>,
    parts: Vec<Option<OpenRegion>>,
    work: u64,
    nodes: u64,
    /// The least sum that parts given up might have.
    given_up: f64,
}

/// The least sum over deals given by the surpluses of all bodies, one after another, and their ranks.
/// Nothing if the target is reached by no falls.
pub(super) fn together(
    evaluator: &mut Evaluator<'_>,
    surpluses: &[i64],
    ranks: &[u64],
    effort: Effort,
    watch: Watch<'_>,
) -> Option<Bounds> {
    if ranks.is_empty() {
        return None;
    }
    let d = evaluator.body_scales.len();
    let mut pace = Pace::new(watch);
    let best = first_plan(evaluator, surpluses, ranks, effort.within, &mut pace)?;
    let tree = Tree::new(evaluator.agreement, &|body| evaluator.body_scales[body].counts());
    let fine = (CELLS / best.sum.max(1e-12)).log2().floor() as i32;
    let mut search = LeastSum {
        evaluator,
        tree,
        deals: BoxTree::new(d, surpluses, 1),
        ranks: ranks.to_vec(),
        effort,
        best,
        fine,
        heap: BinaryHeap::new(),
        parts: Vec::new(),
        work: 0,
        nodes: 0,
        given_up: f64::INFINITY,
    };
    search.push(0.0, OpenRegion::Deals(0));
    Some(search.run(&mut pace))
}

/// Falls that suffice for the likeliest deal that falls can bring to the target.
fn first_plan(
    evaluator: &mut Evaluator<'_>,
    surpluses: &[i64],
    ranks: &[u64],
    within: f64,
    pace: &mut Pace<'_>,
) -> Option<Plan> {
    let d = evaluator.body_scales.len();
    let likely = |(k, surplus): (usize, &[i64])| {
        evaluator.take_surpluses(surplus);
        (evaluator.probability(), k)
    };
    let mut order: Vec<(f64, usize)> = surpluses.chunks_exact(d).enumerate().map(likely).collect();
    order.sort_by(|a, b| b.0.total_cmp(&a.0).then(ranks[a.1].cmp(&ranks[b.1])));
    order.into_iter().find_map(|(_, k)| {
        evaluator.take_surpluses(&surpluses[k * d..(k + 1) * d]);
        let most = |body| evaluator.most_fall(body);
        let falls: Vec<i64> = (0..d).map(most).collect();
        thinned(evaluator, falls, ranks[k], pace).map(|plan| polished(evaluator, plan, within, pace))
    })
}

/// The falls made as small as they can be one after another, if they suffice for the deal taken up.
pub(super) fn thinned(
    evaluator: &mut Evaluator<'_>,
    falls: Vec<i64>,
    rank: u64,
    pace: &mut Pace<'_>,
) -> Option<Plan> {
    evaluator.fall(&falls);
    let reached = evaluator.probability();
    let plan = evaluator.reaches(reached).then(|| {
        let mut order: Vec<usize> = (0..falls.len()).filter(|body| falls[*body] > 0).collect();
        let up = thinned_in(evaluator, falls.clone(), &order, rank, pace);
        order.reverse();
        let down = thinned_in(evaluator, falls.clone(), &order, rank, pace);
        if down.sum < up.sum { down } else { up }
    });
    evaluator.fall(&vec![0; falls.len()]);
    plan
}

fn thinned_in(
    evaluator: &mut Evaluator<'_>,
    mut falls: Vec<i64>,
    order: &[usize],
    rank: u64,
    pace: &mut Pace<'_>,
) -> Plan {
    evaluator.fall(&falls);
    for body in order {
        if !pace.go_on(HALVINGS, evaluator) {
            break;
        }
        evaluator.bodies[*body] = evaluator.accepts(*body, 0);
        if let Some((less, _)) = evaluator.need(*body, falls[*body]) {
            falls[*body] = less;
        }
        evaluator.bodies[*body] = evaluator.accepts(*body, falls[*body]);
    }
    let sum = evaluator.sum(&falls);
    Plan { sum, probability: evaluator.probability(), falls, rank }
}

/// The plan with falls moved from one body to another as long as that is cheaper: first whole ones, so
/// that few bodies are asked, then smaller and smaller parts.
fn polished(evaluator: &mut Evaluator<'_>, mut plan: Plan, within: f64, pace: &mut Pace<'_>) -> Plan {
    let movable: Vec<usize> = (0..plan.falls.len()).filter(|body| evaluator.most_fall(*body) > 0).collect();
    let mut part = plan.sum;
    'rounds: while part > within / 64.0 {
        let before = plan.sum;
        for (from, to) in movable.iter().flat_map(|a| movable.iter().map(move |b| (*a, *b))) {
            if from != to && plan.falls[from] > 0 {
                if !pace.go_on(HALVINGS, evaluator) {
                    break 'rounds;
                }
                moved(evaluator, &mut plan, from, to, part);
            }
        }
        if plan.sum >= before {
            part /= 2.0;
        }
    }
    evaluator.fall(&plan.falls);
    plan.probability = evaluator.probability();
    evaluator.fall(&vec![0; plan.falls.len()]);
    plan
}

/// Takes a share of what one body is asked for from it, if another can make up for it with less.
fn moved(evaluator: &mut Evaluator<'_>, plan: &mut Plan, from: usize, to: usize, part: f64) {
    let less = (plan.falls[from] - evaluator.body_scales[from].steps(part).max(1)).max(0);
    let saved = evaluator.body_scales[from].share(plan.falls[from] - less).unwrap_or(0.0);
    let most =
        plan.falls[to].saturating_add(evaluator.body_scales[to].steps(saved)).min(evaluator.most_fall(to));
    evaluator.fall(&plan.falls);
    evaluator.bodies[from] = evaluator.accepts(from, less);
    evaluator.bodies[to] = evaluator.accepts(to, 0);
    let Some((steps, probability)) = evaluator.need(to, most) else { return };
    let mut falls = plan.falls.clone();
    (falls[from], falls[to]) = (less, steps);
    let sum = evaluator.sum(&falls);
    if sum < plan.sum {
        *plan = Plan { sum, falls, probability, rank: plan.rank };
    }
}

impl LeastSum<'_, '_> {
    fn run(mut self, pace: &mut Pace<'_>) -> Bounds {
        let mut interrupted = false;
        let mut open = f64::INFINITY;
        while let Some(Reverse((bits, part))) = self.heap.pop() {
            let least = f64::from_bits(bits);
            interrupted = pace.interrupted || (pace.watch)(NEARLY_DONE).is_break();
            if least >= self.limit() || self.work > self.effort.work || interrupted {
                open = least;
                break;
            }
            self.nodes += 1;
            match self.parts[part as usize].take() {
                Some(OpenRegion::Deals(of)) => self.enter(of, least, pace),
                Some(OpenRegion::Cells { point, fine, alive }) => {
                    self.refine(point, fine, &alive, least, pace)
                }
                Some(OpenRegion::Falls { point, falls }) => self.halve(point, falls, least, pace),
                None => {}
            }
            if pace.interrupted {
                // What is left of this part may not be on the heap.
                (interrupted, open) = (true, least);
                break;
            }
        }
        let at_least = open.min(self.given_up).min(self.limit()).max(0.0);
        Bounds { plan: self.best, at_least, nodes: self.nodes, interrupted }
    }

    fn push(&mut self, least: f64, part: OpenRegion) {
        self.heap.push(Reverse((least.max(0.0).to_bits(), self.parts.len() as u64)));
        self.parts.push(Some(part));
    }

    /// A sum from which on a plan is no better than the best by as much as matters.
    fn limit(&self) -> f64 {
        self.best.sum - self.effort.within * self.best.sum.max(1.0)
    }

    /// The last cell below the limit.
    fn most(&self, fine: i32) -> usize {
        (self.limit() * 2f64.powi(fine)).ceil() as usize
    }

    fn enter(&mut self, of: usize, least: f64, pace: &mut Pace<'_>) {
        match self.deals.inside(of) {
            Inside::Boxes(halves) => {
                for half in halves {
                    let corner = self.deals.corner(half).to_vec();
                    self.evaluator.take_surpluses(&corner);
                    if let Some((price, _)) = self.price(least, None, pace) {
                        self.push(price, OpenRegion::Deals(half));
                    }
                }
            }
            Inside::Points(points) => {
                // Of equal vectors any will do: the first in order.
                if let Some(point) = points.min_by_key(|k| self.ranks[self.deals.place(*k)]) {
                    self.start(point, least, pace);
                }
            }
        }
    }

    /// The least that a plan for what is taken up costs, and what is left to look at.
    fn price(&mut self, least: f64, rank: Option<u64>, pace: &mut Pace<'_>) -> Option<(f64, Option<Alive>)> {
        if !self.effort.independent {
            let falls = Falls::all(self.evaluator);
            let (falls, work) = falls.closer(self.evaluator, self.limit())?;
            self.work += work;
            return Some((falls.least(self.evaluator).max(least), None));
        }
        self.passed(self.fine, None, rank, pace).map(|(price, alive)| (price.max(least), Some(alive)))
    }

    fn start(&mut self, point: usize, least: f64, pace: &mut Pace<'_>) {
        let rank = self.ranks[self.deals.place(point)];
        let surplus = self.deals.point(point).to_vec();
        self.evaluator.take_surpluses(&surplus);
        match self.price(least, Some(rank), pace) {
            Some((price, Some(alive))) => {
                self.push(price, OpenRegion::Cells { point, fine: self.fine, alive })
            }
            Some((price, None)) => {
                let falls = Falls::all(self.evaluator);
                self.push(price, OpenRegion::Falls { point, falls });
            }
            None => {}
        }
    }

    /// One pass over the curves of what is taken up: the least price that may suffice, and the cells that
    /// can be part of a plan. Improves the best plan where a rank is given.
    fn passed(
        &mut self,
        fine: i32,
        alive: Option<&Alive>,
        rank: Option<u64>,
        pace: &mut Pace<'_>,
    ) -> Option<(f64, Alive)> {
        let most = self.most(fine);
        let (target, n) = (self.evaluator.short_of(), self.evaluator.body_scales.len());
        let desk = Desk { evaluator: self.evaluator, fine };
        let pass = match self.tree.pass(&desk, alive, most, target, n, pace.watch) {
            ControlFlow::Continue(pass) => pass?,
            ControlFlow::Break(()) => {
                pace.interrupted = true;
                return None;
            }
        };
        self.work += (pass.work + n as u64 * CELLS as u64).saturating_mul(self.evaluator.cdf_work());
        if let Some(rank) = rank {
            self.try_cells(&pass.choice, fine, rank, pace);
        }
        Some((pass.price as f64 * 2f64.powi(-fine), pass.alive))
    }

    /// Whether the upper ends of some cells, or little more than that, make a better plan.
    fn try_cells(&mut self, choice: &[usize], fine: i32, rank: u64, pace: &mut Pace<'_>) {
        let last = |(body, cell): (usize, &usize)| {
            let most = self.evaluator.most_fall(body);
            self.evaluator.body_scales[body].cell(*cell, fine).1.clamp(0, most)
        };
        let mut falls: Vec<i64> = choice.iter().enumerate().map(last).collect();
        if let Some((body, steps)) = self.lacking(&falls, pace) {
            falls[body] = steps;
        }
        self.offer(falls, rank, pace);
    }

    /// The body that most cheaply makes up for what some falls lack, and what its own would have to be.
    fn lacking(&mut self, falls: &[i64], pace: &mut Pace<'_>) -> Option<(usize, i64)> {
        self.evaluator.fall(falls);
        let now = self.evaluator.probability();
        if self.evaluator.reaches(now) {
            return None;
        }
        let mut best: Option<(f64, usize, i64)> = None;
        for (body, fall) in falls.iter().enumerate() {
            if !pace.go_on(HALVINGS, self.evaluator) {
                break;
            }
            self.evaluator.bodies[body] = self.evaluator.accepts(body, 0);
            let most = self.evaluator.most_fall(body);
            let found = self.evaluator.need(body, most);
            self.evaluator.bodies[body] = self.evaluator.accepts(body, *fall);
            let Some((steps, _)) = found else { continue };
            let more = self.evaluator.body_scales[body].share(steps - fall).unwrap_or(f64::INFINITY);
            if best.is_none_or(|(known, ..)| more < known) {
                best = Some((more, body, steps));
            }
        }
        best.map(|(_, body, steps)| (body, steps))
    }

    /// Falls that may make a better plan for the deal taken up.
    fn offer(&mut self, falls: Vec<i64>, rank: u64, pace: &mut Pace<'_>) {
        let plan = thinned(self.evaluator, falls, rank, pace);
        if let Some(plan) = plan.filter(|plan| plan.sum < self.best.sum) {
            self.best = polished(self.evaluator, plan, self.effort.within, pace);
        }
    }

    fn refine(&mut self, point: usize, fine: i32, alive: &Alive, least: f64, pace: &mut Pace<'_>) {
        let surplus = self.deals.point(point).to_vec();
        self.evaluator.take_surpluses(&surplus);
        let rank = self.ranks[self.deals.place(point)];
        let finer = fine + DOUBLINGS;
        let gap = self.evaluator.body_scales.len() as f64 * 2f64.powi(-fine);
        // What cells this small do not settle is a matter of rounding, or of a plane above a sum.
        let settled = gap < (self.best.sum - self.limit()) / 64.0;
        let too_many = settled || self.limit() * 2f64.powi(finer) > MAX_CELLS;
        if let Some(part) = self.to_halve(fine, alive, too_many) {
            let (lower, upper) = alive[part].split_at(alive[part].len() / 2);
            for half in [lower.to_vec(), upper.to_vec()] {
                let mut alive = alive.clone();
                alive[part] = half;
                if let Some((price, alive)) = self.passed(fine, Some(&alive), Some(rank), pace) {
                    self.push(price.max(least), OpenRegion::Cells { point, fine, alive });
                }
            }
            return;
        }
        if too_many {
            self.given_up = self.given_up.min(least);
            return;
        }
        let alive = self.tree.divided(alive, DIVIDE);
        if let Some((price, alive)) = self.passed(finer, Some(&alive), Some(rank), pace) {
            self.push(price.max(least), OpenRegion::Cells { point, fine: finer, alive });
        }
    }

    /// The part whose cells are to be halved, rather than all to be divided: where the plane above a sum
    /// (off by a square of widths) is farther off than the cells are (by one for each body).
    fn to_halve(&self, fine: i32, alive: &Alive, divided: bool) -> Option<usize> {
        let desk = Desk { evaluator: self.evaluator, fine };
        let (part, width) = self.tree.widest(alive, &desk)?;
        let coarse = width * alive[part].len() as f64 > HALVE * self.evaluator.body_scales.len() as f64;
        (coarse || divided).then_some(part)
    }

    fn halve(&mut self, point: usize, falls: Falls, least: f64, pace: &mut Pace<'_>) {
        let surplus = self.deals.point(point).to_vec();
        self.evaluator.take_surpluses(&surplus);
        let rank = self.ranks[self.deals.place(point)];
        let Some((falls, work)) = falls.closer(self.evaluator, self.limit()) else { return };
        self.work += work;
        self.offer(falls.highest().to_vec(), rank, pace);
        for half in falls.halves(self.evaluator) {
            let price = half.least(self.evaluator).max(least);
            if price < self.limit() {
                self.push(price, OpenRegion::Falls { point, falls: half });
            }
        }
    }
}

/// The deal taken up, cell by cell.
pub(super) struct Desk<'b, 's> {
    pub(super) evaluator: &'b Evaluator<'s>,
    pub(super) fine: i32,
}

impl Cells for Desk<'_, '_> {
    fn ends(&self, body: usize, cell: usize) -> (f64, f64) {
        if !self.gives(body) {
            return (self.evaluator.bodies[body], self.evaluator.bodies[body]);
        }
        let (first, last) = self.evaluator.body_scales[body].cell(cell, self.fine);
        if cell == 0 {
            return (self.evaluator.accepts(body, 0), self.evaluator.accepts(body, last));
        }
        // What is no better than the cell before is dearer, so that no plan needs it.
        let before = self.evaluator.accepts(body, first - 1);
        let (mut low, mut better) = (first - 1, last);
        if self.evaluator.accepts(body, first) > before {
            better = first;
        }
        while better - low > 1 {
            let middle = low + (better - low) / 2;
            if self.evaluator.accepts(body, middle) > before { better = middle } else { low = middle }
        }
        (self.evaluator.accepts(body, better), self.evaluator.accepts(body, last))
    }

    fn gives(&self, body: usize) -> bool {
        self.evaluator.most_fall(body) > 0
    }
}
