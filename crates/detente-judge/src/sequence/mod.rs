//! Judge of the orders in which a deal is carried out: every order is followed from the start to the end.

mod aims;
mod checks;
mod collapse;
mod counts;
mod course;
mod divide;
mod hold;
mod marking;
mod simulate;
mod strain;
mod times;
mod worth;

#[cfg(test)]
mod tests;

use detente_model::{Outcome, StepId, Talks};
use marking::{Marking, Plan};
use std::collections::BTreeSet;
use times::{Bound, earliest};
use worth::Ledger;

pub use aims::{OrderAim, aim_values, best_for, pareto};
pub use checks::Checked;
pub use collapse::{Broken, Collapse, collapse, combinations};
pub use counts::{Amounts, Counted};
pub use divide::divide;
pub use hold::{Means, cheapest_to_hold, means};
pub use simulate::{Mean, Simulated, SimulatedBreak, simulate};

/// What outsiders add to a deal.
#[derive(Clone, Debug, PartialEq)]
pub struct Aid {
    /// Per body, in its units: added to what the deal is worth; it arrives with the end.
    pub adds: Vec<f64>,
    /// Per body, in its units: taken from what no deal is worth.
    pub lowers: Vec<f64>,
    /// Per party: how much dearer it is to walk away, as a share of what the deal is worth to it.
    pub guarantee: Vec<f64>,
}

impl Aid {
    /// Nothing is added.
    pub fn none(talks: &Talks) -> Aid {
        let bodies = vec![0.0; talks.bodies.len()];
        Aid { adds: bodies.clone(), lowers: bodies, guarantee: vec![0.0; talks.parties.len()] }
    }
}

/// One order followed from the start to the end.
#[derive(Clone, Debug, PartialEq)]
pub struct Followed {
    /// The start, then what holds after each point; the last is the end.
    pub points: Vec<Standing>,
    /// The earliest time of each of these, in days; the start is 0.
    pub times: Vec<f64>,
}

/// What holds once some steps are done.
#[derive(Clone, Debug, PartialEq)]
pub struct Standing {
    /// The steps done.
    pub done: BTreeSet<StepId>,
    /// Per body.
    pub bodies: Vec<BodyStanding>,
    /// The slack of each party, its guarantee included, as a share on a grid of 10^-9; may be infinite.
    pub parties: Vec<f64>,
}

/// What holds for a body once some steps are done.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct BodyStanding {
    /// What walking away is worth, in its units; minus infinity where it has no alternative.
    pub worth: f64,
    /// What going on to the end is worth beyond that, in its units.
    pub slack: f64,
    /// The slack as a share of what the deal is worth beyond no deal, what steps give beside it left aside, on a
    /// grid of 10^-9; may be infinite.
    pub relative: f64,
}

impl Followed {
    /// The smallest slack of any party at any point before the end; infinite if there is none.
    pub fn smallest(&self) -> f64 {
        self.smallest_by_party().into_iter().fold(f64::INFINITY, f64::min)
    }

    /// The guarantee each party needs to go on at every point, as a share; infinite where none is enough.
    pub fn needs(&self) -> Vec<f64> {
        needs(&self.smallest_by_party())
    }

    /// Whether every party goes on at every point before the end.
    pub fn is_self_enforcing(&self) -> bool {
        self.smallest() >= 0.0
    }

    fn smallest_by_party(&self) -> Vec<f64> {
        smallest_by_party(&self.points)
    }
}

/// Follows an order, given as the steps done at each point.
///
/// # Errors
/// Why the order is not possible, or does not end at the end.
pub fn follow(talks: &Talks, deal: &Outcome, order: &[Vec<StepId>], aid: &Aid) -> Result<Followed, String> {
    let case = Case::new(talks, deal, aid);
    let mut path = case.start();
    let mut passed = Vec::new();
    for point in order {
        let mut point = point.clone();
        point.sort();
        if let Some(objection) = case.plan.objection(&path.marking, &point) {
            return Err(format!("after {:?}: {objection}", path.order));
        }
        let next = case.after(&path, &point);
        passed.push(std::mem::replace(&mut path, next));
    }
    let due = path.marking.due();
    if !due.is_empty() {
        return Err(format!("{due:?} is still due at the end of {order:?}"));
    }
    let times = path.times().ok_or_else(|| format!("there are no times for {order:?}"))?;
    passed.push(path);
    Ok(Followed { points: case.standings(&passed), times })
}

/// Every possible order of a deal, by trying all. For up to nine steps or so.
pub fn every_order(talks: &Talks, deal: &Outcome) -> Vec<Vec<Vec<StepId>>> {
    let mut all = Vec::new();
    Case::new(talks, deal, &Aid::none(talks)).each_order(&mut |order, _| all.push(order.clone()));
    all
}

/// The largest smallest slack over every order, as a share; nothing if no order is possible.
pub fn best_slack(talks: &Talks, deal: &Outcome, aid: &Aid) -> Option<f64> {
    let mut best: Option<f64> = None;
    Case::new(talks, deal, aid).each_order(&mut |_, smallest| {
        let smallest = smallest.iter().copied().fold(f64::INFINITY, f64::min);
        best = Some(best.map_or(smallest, |best| best.max(smallest)));
    });
    best
}

/// The guarantees that parties need beside those that are there: the Pareto-minimal vectors over every
/// order, as shares, sorted; none if no order is possible.
pub fn price_of_trust(talks: &Talks, deal: &Outcome, aid: &Aid) -> Vec<Vec<f64>> {
    let mut all: Vec<Vec<f64>> = Vec::new();
    Case::new(talks, deal, aid).each_order(&mut |_, smallest| {
        let needs = needs(smallest);
        if !all.contains(&needs) {
            all.push(needs);
        }
    });
    let beats = |a: &[f64], b: &[f64]| a != b && a.iter().zip(b).all(|(x, y)| x <= y);
    let mut least: Vec<Vec<f64>> = all.iter().filter(|a| !all.iter().any(|b| beats(b, a))).cloned().collect();
    least.sort_by(|a, b| a.partial_cmp(b).expect("needs are numbers"));
    least
}

/// The smallest slack of each party at the points before the last; infinite if there are none.
fn smallest_by_party(points: &[Standing]) -> Vec<f64> {
    let n_parties = points[0].parties.len();
    let before_the_end = &points[..points.len() - 1];
    before_the_end.iter().fold(vec![f64::INFINITY; n_parties], |all, point| lower(&all, &point.parties))
}

/// The smaller of each two numbers.
fn lower(a: &[f64], b: &[f64]) -> Vec<f64> {
    a.iter().zip(b).map(|(a, b)| a.min(*b)).collect()
}

fn needs(smallest: &[f64]) -> Vec<f64> {
    smallest.iter().map(|slack| if *slack < 0.0 { -slack } else { 0.0 }).collect()
}

/// A deal with its steps and what they are worth.
struct Case<'t> {
    talks: &'t Talks,
    plan: Plan<'t>,
    ledger: Ledger,
    guarantee: Vec<f64>,
}

/// The steps done at each point.
pub type Order = Vec<Vec<StepId>>;

/// Is told an order, and the smallest slack of each party before its end.
type Tell<'a> = dyn FnMut(&Order, &[f64]) + 'a;

/// The first points of an order.
struct Path {
    order: Order,
    marking: Marking,
    bounds: Vec<Bound>,
    /// Per body, in steps of its grid: what of the deliveries stays with it if it walks away now.
    kept: Vec<i128>,
}

impl Path {
    fn times(&self) -> Option<Vec<f64>> {
        earliest(self.order.len() + 1, &self.bounds)
    }
}

impl<'t> Case<'t> {
    fn new(talks: &'t Talks, deal: &Outcome, aid: &Aid) -> Case<'t> {
        let plan = Plan::new(talks, deal);
        let ledger = Ledger::new(talks, deal, plan.own(), aid);
        Case { talks, plan, ledger, guarantee: aid.guarantee.clone() }
    }

    fn start(&self) -> Path {
        let kept = vec![0; self.talks.bodies.len()];
        Path { order: vec![], marking: self.plan.start(), bounds: vec![], kept }
    }

    /// The path with one more point.
    fn after(&self, path: &Path, point: &[StepId]) -> Path {
        let order: Order = path.order.iter().cloned().chain([point.to_vec()]).collect();
        let more = self.plan.bounds(&path.marking, &order);
        let stays = self.ledger.stays(path.marking.done(), point);
        Path {
            marking: self.plan.after(&path.marking, point, order.len()),
            bounds: path.bounds.iter().copied().chain(more).collect(),
            kept: path.kept.iter().zip(stays).map(|(before, more)| before + more).collect(),
            order,
        }
    }

    /// What holds at each point of an order; the last of them is its end, where it is known what steps it has.
    fn standings(&self, paths: &[Path]) -> Vec<Standing> {
        let plan = paths[paths.len() - 1].marking.done();
        let standing = |path: &Path| {
            let bodies = self.ledger.bodies(plan, &path.kept);
            let parties = worth::parties(self.talks, &bodies, &self.guarantee);
            Standing { done: path.marking.done().clone(), bodies, parties }
        };
        paths.iter().map(standing).collect()
    }

    /// Tells every possible order, with the smallest slack of each party before the end.
    fn each_order(&self, tell: &mut Tell<'_>) {
        self.go_on(&mut vec![self.start()], tell);
    }

    fn go_on(&self, paths: &mut Vec<Path>, tell: &mut Tell<'_>) {
        let path = &paths[paths.len() - 1];
        // What has no times yet gets none by going on.
        if path.times().is_none() {
            return;
        }
        if path.marking.due().is_empty() {
            tell(&path.order, &smallest_by_party(&self.standings(paths)));
            return;
        }
        for next in
            self.plan.points(&path.marking).iter().map(|point| self.after(path, point)).collect::<Vec<_>>()
        {
            paths.push(next);
            self.go_on(paths, tell);
            paths.pop();
        }
    }
}
