//! Some outcomes before a jury whose numbers change from draw to draw.

use super::drawn_body::{DrawnBody, Held};
use super::inputs::{Inputs, Value};
use crate::agreement::Agreement;
use crate::copula::Follow;
use crate::party::Scale;
use crate::space::{Extremes, Space};
use crate::ticker::Watch;
use detente_model::{Outcome, PartyId, Spot, Talks};
use std::cell::RefCell;
use std::ops::ControlFlow;

/// Outcomes between two looks at the watcher.
const UNSEEN: usize = 1 << 12;

/// Outcomes that are worked out together.
const BLOCK: usize = 256;
/// Party numbers are compared after rounding to this many steps of their scale.
const FINE: f64 = 1e9;

/// Most numbers kept for how bodies follow factor values.
const MAX_FOLLOWED: u64 = 1 << 22;

thread_local! {
    /// How bodies follow factor values, by body and class.
    static FOLLOWS: RefCell<Vec<Vec<Follow>>> = const { RefCell::new(Vec::new()) };
}

/// Outcomes, and who has to say yes to them.
pub(crate) struct Batch<'t> {
    inputs: &'t Inputs,
    agreement: Agreement,
    drawn_bodies: Vec<DrawnBody<'t>>,
    /// By body and outcome: the class.
    classes: Vec<Vec<u32>>,
    parties: Vec<Side>,
    /// How many outcomes.
    pub(crate) n: usize,
}

/// How a party's number follows from its bodies.
enum Side {
    /// The only body, in its own units.
    Body(usize),
    /// Bodies with their weights, each mapped to 0..1.
    Mean(Vec<(usize, Value)>),
}

/// One draw, worked out.
#[derive(Clone)]
pub(crate) struct Draw {
    pub(crate) values: Vec<f64>,
    held: Vec<Held>,
}

impl<'t> Batch<'t> {
    pub(crate) fn new(
        space: &Space<'t>,
        extremes: &[Extremes],
        scale: Scale,
        inputs: &'t Inputs,
        outcomes: &[Outcome],
        watch: Watch<'_>,
    ) -> ControlFlow<(), Batch<'t>> {
        let talks = space.talks;
        let mut drawn_bodies: Vec<DrawnBody<'t>> = Vec::with_capacity(talks.bodies.len());
        for b in 0..talks.bodies.len() {
            watch(0.0)?;
            drawn_bodies.push(DrawnBody::new(space, extremes, inputs, b));
        }
        let means = inputs.means();
        let held: Vec<Held> = drawn_bodies.iter().map(|drawn_body| drawn_body.held(&means)).collect();
        let mut classes = vec![Vec::with_capacity(outcomes.len()); drawn_bodies.len()];
        for (k, outcome) in outcomes.iter().enumerate() {
            if k.is_multiple_of(UNSEEN) {
                watch(0.0)?;
            }
            let options: Vec<usize> = outcome.0.iter().map(|option| option.0).collect();
            for (b, v) in space.utilities(outcome).into_iter().enumerate() {
                classes[b].push(drawn_bodies[b].class(space.bodies[b].steps(v), &options, &held[b]));
            }
        }
        let parties = (0..talks.parties.len()).map(|p| Side::new(talks, PartyId(p), scale, inputs)).collect();
        let (agreement, n) = (Agreement::new(talks), outcomes.len());
        ControlFlow::Continue(Batch { inputs, agreement, drawn_bodies, classes, parties, n })
    }

    /// Roughly how many operations a draw takes.
    pub(crate) fn work(&self) -> u64 {
        let of_seats: u64 = self.drawn_bodies.iter().map(DrawnBody::work).sum();
        (self.n as u64)
            .saturating_mul(self.drawn_bodies.len() as u64 + self.agreement.work())
            .saturating_add(of_seats)
    }

    /// Gives every body something.
    pub(crate) fn give(&mut self, gifts: &[super::Gift]) {
        self.drawn_bodies.iter_mut().zip(gifts).for_each(|(drawn_body, gift)| drawn_body.give(*gift));
    }

    /// Every number at its mean.
    pub(crate) fn at_means(&self) -> Draw {
        let values = self.inputs.means();
        let held = self.drawn_bodies.iter().map(|drawn_body| drawn_body.held(&values)).collect();
        Draw { values, held }
    }

    /// Takes the values that a point stands for.
    pub(crate) fn draw(&self, point: &[f64], draw: &mut Draw) {
        self.inputs.values(point, &mut draw.values);
        for (drawn_body, held) in self.drawn_bodies.iter().zip(&mut draw.held) {
            if !drawn_body.coordinates.is_empty() {
                drawn_body.draw(&draw.values, held);
            }
        }
    }

    /// Takes the values that a point stands for, as far as utilities depend on them.
    pub(crate) fn draw_utilities(&self, point: &[f64], draw: &mut Draw) {
        self.inputs.values(point, &mut draw.values);
        for (drawn_body, held) in self.drawn_bodies.iter().zip(&mut draw.held) {
            if drawn_body.wavers() {
                drawn_body.value(&draw.values, held);
            }
        }
    }

    /// Whether parties' numbers change from draw to draw.
    pub(crate) fn parties_waver(&self) -> bool {
        let drawn = |side: &Side| match side {
            Side::Body(body) => self.drawn_bodies[*body].wavers(),
            Side::Mean(of) => of
                .iter()
                .any(|(body, weight)| self.drawn_bodies[*body].wavers() || matches!(weight, Value::Drawn(_))),
        };
        self.parties.iter().any(drawn)
    }

    /// Takes another value of one coordinate.
    pub(crate) fn exchange(&self, coordinate: usize, u: f64, draw: &mut Draw) {
        self.inputs.renew(coordinate, u, &mut draw.values);
        for (drawn_body, held) in self.drawn_bodies.iter().zip(&mut draw.held) {
            if drawn_body.coordinates.contains(&coordinate) {
                drawn_body.draw(&draw.values, held);
            }
        }
    }

    /// P(agree) on every outcome.
    pub(crate) fn probabilities(&self, draw: &Draw, out: &mut [f64]) {
        let Some(copula) = self.agreement.copula() else {
            let tables: Vec<&[f64]> = draw.held.iter().map(|held| held.yes.as_slice()).collect();
            return self.by_blocks(&tables, out);
        };
        let n_classes: usize = draw.held.iter().map(|held| held.yes.len()).sum();
        if copula.is_steep() || n_classes as u64 * copula.n_factors() > MAX_FOLLOWED {
            return self.one_by_one(draw, out);
        }
        let mut follows: Vec<Vec<Follow>> = FOLLOWS.take();
        follows.resize_with(draw.held.len(), Vec::new);
        for (body, (held, follows)) in draw.held.iter().zip(&mut follows).enumerate() {
            follows.resize_with(follows.len().max(held.yes.len()), Follow::default);
            held.yes.iter().zip(follows).for_each(|(p, follow)| copula.follow(body, *p, follow));
        }
        for (k, out) in out.iter_mut().enumerate() {
            let own = |body: usize| &follows[body][self.classes[body][k] as usize];
            *out = self.agreement.given_follows(copula, &own);
        }
        FOLLOWS.set(follows);
    }

    /// Whether the talks agree on every outcome at no political cost: 1 or 0.
    pub(crate) fn zone(&self, draw: &Draw, out: &mut [f64]) {
        let tables: Vec<&[f64]> = draw.held.iter().map(|held| held.free.as_slice()).collect();
        self.by_blocks(&tables, out);
    }

    fn by_blocks(&self, tables: &[&[f64]], out: &mut [f64]) {
        assert_eq!(out.len(), self.n, "one place for each outcome");
        for (k, block) in out.chunks_mut(BLOCK).enumerate() {
            let first = k * BLOCK;
            let leaf = |body: usize, p: &mut [f64]| {
                let classes = &self.classes[body][first..first + p.len()];
                p.iter_mut().zip(classes).for_each(|(p, class)| *p = tables[body][*class as usize]);
            };
            self.agreement.probabilities(&leaf, block);
        }
    }

    fn one_by_one(&self, draw: &Draw, out: &mut [f64]) {
        let (mut bodies, mut parties) = (vec![0.0; self.drawn_bodies.len()], vec![0.0; self.parties.len()]);
        for (k, out) in out.iter_mut().enumerate() {
            for ((p, held), classes) in bodies.iter_mut().zip(&draw.held).zip(&self.classes) {
                *p = held.yes[classes[k] as usize];
            }
            *out = self.agreement.chance(&bodies, &mut parties);
        }
    }

    /// Whether some body's drawn numbers contradicted each other.
    pub(crate) fn mended(&self, draw: &Draw) -> bool {
        draw.held.iter().any(|held| held.mended)
    }

    /// Every party's number at every outcome, in steps that can be compared; absent where the extremes of
    /// a body are not looked for.
    pub(crate) fn party_steps(&self, draw: &mut Draw) -> Option<Vec<Vec<i64>>> {
        self.parties.iter().map(|side| self.side_steps(side, draw)).collect()
    }

    fn side_steps(&self, side: &Side, draw: &mut Draw) -> Option<Vec<i64>> {
        let members = match side {
            Side::Body(body) => {
                let utilities = &draw.held[*body].utilities;
                return Some(self.classes[*body].iter().map(|class| utilities[*class as usize]).collect());
            }
            Side::Mean(members) => members,
        };
        let weights: Vec<f64> = members.iter().map(|(_, weight)| weight.at(&draw.values).max(0.0)).collect();
        let total: f64 = weights.iter().sum();
        let mut sums = vec![0.0; self.n];
        for ((body, _), weight) in members.iter().zip(&weights) {
            let held = &mut draw.held[*body];
            self.drawn_bodies[*body].stretch(held);
            let (low, high) = held.reach?;
            let width = high as f64 - low as f64;
            if width <= 0.0 || total <= 0.0 {
                continue;
            }
            let share = |utility: &i64| weight / total * ((*utility as f64 - low as f64) / width);
            let shares: Vec<f64> = held.utilities.iter().map(share).collect();
            let classes = &self.classes[*body];
            sums.iter_mut().zip(classes).for_each(|(sum, class)| *sum += shares[*class as usize]);
        }
        Some(sums.into_iter().map(|sum| (sum * FINE).round() as i64).collect())
    }
}

impl Side {
    fn new(talks: &Talks, party: PartyId, scale: Scale, inputs: &Inputs) -> Side {
        let bodies = &talks.parties[party.0].bodies;
        if let (Scale::Raw, [only]) = (scale, &bodies[..]) {
            return Side::Body(only.0);
        }
        let weight = |body: &detente_model::BodyId| {
            (body.0, inputs.value(Spot::Influence(*body), talks.bodies[body.0].influence()))
        };
        Side::Mean(bodies.iter().map(weight).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use detente_cases::random::Case;
    use detente_model::{Cost, Distribution, Number, StatedCost};

    /// Operations of a draw where the costs of all bodies are alike, with an upper end that is drawn.
    fn work(cost: impl Fn(Number) -> Distribution<Number>) -> u64 {
        let mut draft = (*Case::new(3, 2, 7).independent()).clone();
        let mut to = Number::fixed(5.0);
        to.spread = Distribution::Uniform { from: 4.0, to: 6.0 };
        for body in &mut draft.bodies {
            body.will = StatedCost::Cost(Cost(cost(to.clone())));
        }
        let talks = Talks::new(draft).expect("nothing else depends on it");
        let (space, inputs) = (Space::new(&talks), Inputs::new(&talks));
        let extremes = space.extremes().expect("few outcomes");
        let mut outcomes = Vec::new();
        let swept = space.sweep(|visit| {
            outcomes.push(space.outcome(visit.rank));
            ControlFlow::Continue(())
        });
        assert!(swept.is_continue() && !outcomes.is_empty());
        let go_on = &|_: f64| ControlFlow::Continue(());
        let batch = Batch::new(&space, &extremes, Scale::Unit, &inputs, &outcomes, go_on);
        batch.continue_value().expect("nobody asks to stop").work()
    }

    #[test]
    fn a_draw_counts_what_its_distribution_functions_take() {
        let fixed = Number::fixed;
        let even = work(|to| Distribution::Uniform { from: fixed(0.0), to });
        let curved =
            work(|to| Distribution::Beta { alpha: fixed(0.001), beta: fixed(2.0), from: fixed(0.0), to });
        assert!(curved > 20 * even, "{curved} beside {even}");
    }
}
