//! Bounds in which bodies share the money.
//!
//! At a price of money, every body by itself takes the levers that are worth it to it, at its share of
//! what each costs; what they take together is, for every amount of money, no less than what that can buy
//! (Everett 1963). Only for bodies that all have to accept, independently of each other.

use super::incumbents::{Hurdle, Incumbents, Way};
use super::lever_table::{CompiledLever, Set};
use super::set_search::{Frame, SetSearch};
use crate::ticker::Watch;
use crate::will::key;
use std::collections::BTreeMap;
use std::ops::ControlFlow;
use std::rc::Rc;

/// Most prices.
const MAX_PRICES: usize = 16;
/// Most choices of levers kept for a body.
const MAX_CHOICES: usize = 64;
/// Most sets of levers for which a body's choices are remembered.
const MAX_KNOWN: usize = 1 << 10;
/// What rounding may take from a probability, and from an exponent as a share of it.
const LOST: f64 = 1e-13;
const LOST_BY_EXPONENT: f64 = 1e-15;

/// What some levers add to a body's surplus, and to that and its calm together, for a share of their cost.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Choice {
    adds: i64,
    sum: i64,
    cost: f64,
}

/// What a body could take.
struct Choices {
    all: Vec<Choice>,
    /// What each is worth its price, price by price.
    worth: Vec<f64>,
}

/// A body that has to accept.
struct Buyer {
    body: usize,
    /// The levers that give it anything: what, and for which share of their cost.
    offers: Vec<(usize, Choice)>,
    own: Set,
    known: BTreeMap<Set, Rc<Choices>>,
}

/// What can be reached from a staircase.
pub(super) struct Lagrangian {
    multipliers: Vec<f64>,
    buyers: Vec<Buyer>,
    /// What is of use, and what so much money is worth, price by price.
    hurdles: Vec<(Hurdle, Vec<f64>)>,
    /// After so many changes of the staircase.
    of: u64,
    /// All the money that can be spent.
    total: i64,
    /// What rounding may take from a bound, as a share of it.
    lost: f64,
    likely: Vec<f64>,
    curve: Vec<f64>,
}

/// Choices at a price that take as long as to look at a deal.
const ENTRIES: u64 = 16;

impl Lagrangian {
    /// What has to be taken to be of use to a staircase.
    pub(super) fn new<D: Ord + Clone>(set_search: &SetSearch<'_>, incumbents: &Incumbents<D>) -> Lagrangian {
        let levers = &set_search.lever_table.levers;
        let total = levers.iter().map(|lever| lever.cost).sum::<i64>();
        let multipliers = hull(&incumbents.steps).unwrap_or_else(|| {
            let price = |k: i32| 0.25 * 2f64.powi(k) / total.max(1) as f64;
            (0..MAX_PRICES as i32 - 1).map(price).chain([0.0]).collect()
        });
        let buyers = set_search.necessary().map(|body| Buyer::new(body, levers, &set_search.scale)).collect();
        let steepest = multipliers.iter().copied().fold(0.0, f64::max) * total as f64;
        Lagrangian {
            total,
            lost: LOST + LOST_BY_EXPONENT * steepest,
            multipliers,
            buyers,
            hurdles: Vec::new(),
            of: u64::MAX,
            likely: Vec::new(),
            curve: Vec::new(),
        }
    }

    fn refresh<D: Ord + Clone>(&mut self, incumbents: &Incumbents<D>) {
        if self.of == incumbents.changes {
            return;
        }
        self.of = incumbents.changes;
        let worth = |hurdle: Hurdle| {
            let money = hurdle.money.min(self.total) as f64;
            (hurdle, self.multipliers.iter().map(|price| libm::exp(price * money)).collect())
        };
        self.hurdles = incumbents.hurdles().into_iter().map(worth).collect();
    }

    /// Keeps the deals that could reach more than the staircase has anywhere, or as much.
    pub(super) fn keep<'a, D: Ord + Clone>(
        &mut self,
        set_search: &mut SetSearch<'_>,
        frame: &Frame,
        incumbents: &Incumbents<D>,
        left: &mut Vec<u32>,
        surplus: &dyn Fn(u32) -> &'a [i64],
        watch: Watch<'_>,
    ) -> ControlFlow<()> {
        self.refresh(incumbents);
        let choices: Vec<(usize, Rc<Choices>)> = self
            .buyers
            .iter_mut()
            .map(|buyer| (buyer.body, buyer.choices(frame.open, &self.multipliers)))
            .collect();
        let count = frame.set.count_ones() + 1;
        let affordable =
            |(hurdle, _): &&(Hurdle, Vec<f64>)| frame.cost <= hurdle.money && count <= hurdle.levers;
        let hurdles: Vec<_> = self.hurdles.iter().filter(affordable).collect();
        let spent: Vec<f64> =
            self.multipliers.iter().map(|price| libm::exp(-price * frame.cost as f64)).collect();
        let entries: usize = choices.iter().map(|(_, choices)| choices.worth.len()).sum();
        let (mut stopped, mut unseen) = (false, 0);
        left.retain(|deal| {
            let looks = 1 + entries as u64 / ENTRIES;
            set_search.looks += looks;
            unseen += looks;
            if unseen > set_search.patience {
                unseen = 0;
                stopped |= watch(set_search.share).is_break();
            }
            if stopped {
                return true;
            }
            let row = surplus(*deal);
            self.curve.clone_from(&spent);
            for (b, choices) in &choices {
                self.likely.clear();
                self.likely.resize(self.multipliers.len(), 0.0);
                let own = row[*b] + frame.surplus[*b];
                for (choice, worth) in
                    choices.all.iter().zip(choices.worth.chunks_exact(self.multipliers.len()))
                {
                    let p = set_search.body_at_most(
                        *b,
                        own + choice.adds,
                        own + frame.cost_reduction[*b] + choice.sum,
                    );
                    if p > 0.0 {
                        self.likely
                            .iter_mut()
                            .zip(worth)
                            .for_each(|(best, worth)| *best = best.max(p * worth));
                    }
                }
                self.curve.iter_mut().zip(&self.likely).for_each(|(all, own)| *all *= own);
            }
            hurdles.iter().any(|(hurdle, money)| {
                let bounds = self.curve.iter().zip(money).map(|(curve, money)| curve * money);
                key((bounds.fold(1.0, f64::min) * (1.0 + self.lost) + LOST).min(1.0)) >= hurdle.least
            })
        });
        if stopped { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    }
}

/// Prices at which it depends on the deal whether money is worth spending: the slopes of the logarithm of
/// the probability, on the hull of the staircase.
fn hull<D>(steps: &[Way<D>]) -> Option<Vec<f64>> {
    let points: Vec<(f64, f64)> = steps
        .iter()
        .filter(|step| step.probability > 0.0)
        .map(|step| (step.cost as f64, libm::log(step.probability)))
        .collect();
    let slope = |a: (f64, f64), b: (f64, f64)| (b.1 - a.1) / (b.0 - a.0);
    let mut hull: Vec<(f64, f64)> = Vec::new();
    for point in points {
        while let [.., a, b] = hull[..]
            && slope(a, b) <= slope(b, point)
        {
            hull.pop();
        }
        hull.push(point);
    }
    let mut slopes: Vec<f64> = hull.windows(2).map(|pair| slope(pair[0], pair[1])).collect();
    let (first, last) = (*slopes.first()?, *slopes.last()?);
    while slopes.len() > MAX_PRICES - 3 {
        slopes = slopes.iter().copied().step_by(2).collect();
    }
    slopes.extend([first * 1.5, last / 2.0, 0.0]);
    Some(slopes)
}

impl Buyer {
    fn new(body: usize, levers: &[CompiledLever], scale: &[i64]) -> Buyer {
        let mut offers = Vec::new();
        for (k, lever) in levers.iter().enumerate() {
            let (mut own, mut all) = (0.0, 0.0);
            let mut gives = Choice { adds: 0, sum: 0, cost: 0.0 };
            for effect in &lever.effects {
                let (adds, sum) = (effect.adds.max(0), (effect.adds + effect.reduces_cost).max(0));
                let part = adds.max(sum) as f64 / scale[effect.body] as f64;
                all += part;
                if effect.body == body {
                    own = part;
                    gives = Choice { adds, sum, cost: 0.0 };
                }
            }
            if own > 0.0 {
                offers.push((k, Choice { cost: lever.cost as f64 * (own / all), ..gives }));
            }
        }
        let own = offers.iter().fold(0, |all, (k, _)| all | 1 << k);
        Buyer { body, offers, own, known: BTreeMap::new() }
    }

    /// All sets of the open levers that give it anything, as far as none is better and cheaper; neighbours
    /// are made one, better and cheaper than both, where they are many.
    fn choices(&mut self, open: Set, multipliers: &[f64]) -> Rc<Choices> {
        let open = open & self.own;
        if let Some(known) = self.known.get(&open) {
            return known.clone();
        }
        if self.known.len() >= MAX_KNOWN {
            self.known.clear();
        }
        let mut all = vec![Choice { adds: 0, sum: 0, cost: 0.0 }];
        for (_, gives) in self.offers.iter().filter(|(k, _)| open >> k & 1 == 1) {
            let with = |c: &Choice| Choice {
                adds: c.adds + gives.adds,
                sum: c.sum + gives.sum,
                cost: c.cost + gives.cost,
            };
            let more: Vec<Choice> = all.iter().map(with).collect();
            all.extend(more);
            all = thinned(all);
        }
        let worth = all
            .iter()
            .flat_map(|choice| multipliers.iter().map(|price| libm::exp(-price * choice.cost)))
            .collect();
        let choices = Rc::new(Choices { all, worth });
        self.known.insert(open, choices.clone());
        choices
    }
}

fn thinned(mut all: Vec<Choice>) -> Vec<Choice> {
    all.sort_by(|a, b| a.cost.total_cmp(&b.cost).then(b.sum.cmp(&a.sum)).then(b.adds.cmp(&a.adds)));
    let mut kept: Vec<Choice> = Vec::new();
    for choice in all {
        if !kept.iter().any(|known| known.adds >= choice.adds && known.sum >= choice.sum) {
            kept.push(choice);
        }
    }
    while kept.len() > MAX_CHOICES {
        let one = |pair: &[Choice]| {
            let last = pair[pair.len() - 1];
            Choice { adds: pair[0].adds.max(last.adds), sum: pair[0].sum.max(last.sum), cost: pair[0].cost }
        };
        kept = kept.chunks(2).map(one).collect();
    }
    kept
}
