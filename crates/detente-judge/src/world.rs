//! All outcomes with all utilities, from the definitions.

use detente_model::{BodyId, Distribution, Grid, OptionId, Outcome, PartyId, Talks};
use num_rational::BigRational;
use num_traits::{FromPrimitive as _, ToPrimitive as _, Zero as _};

/// The talks with every outcome listed.
#[derive(Debug)]
pub struct World<'t> {
    /// The talks judged.
    pub talks: &'t Talks,
    /// Whether party numbers are influence-weighted means of bodies mapped to 0..1.
    pub unit_scale: bool,
    /// Every outcome that breaks no constraint, in issue and option order.
    pub feasible: Vec<Outcome>,
    /// Every body's lowest and highest utility over feasible outcomes; both 0 if there are none.
    ranges: Vec<(BigRational, BigRational)>,
}

impl<'t> World<'t> {
    /// Lists every outcome.
    pub fn new(talks: &'t Talks, unit_scale: bool) -> World<'t> {
        let allowed = |x: &Outcome| talks.constraints.iter().all(|constraint| constraint.allows(x));
        let feasible: Vec<Outcome> = outcomes(talks).into_iter().filter(allowed).collect();
        let mut world = World { talks, unit_scale, feasible, ranges: Vec::new() };
        for body in (0..talks.bodies.len()).map(BodyId) {
            let utilities = || world.feasible.iter().map(|x| world.body_utility(body, x));
            let (min, max) = (utilities().min(), utilities().max());
            let zero = BigRational::zero;
            let range = (min.unwrap_or_else(zero), max.unwrap_or_else(zero));
            world.ranges.push(range);
        }
        world
    }

    /// A body's utility: the sum of its leaves, each rounded once to its grid.
    pub fn body_utility(&self, body: BodyId, x: &Outcome) -> BigRational {
        let body = &self.talks.bodies[body.0];
        let grid = self.grid(body);
        let steps: i64 =
            body.preferences.leaves(&self.talks.issues, x).iter().map(|leaf| grid.round(*leaf)).sum();
        on_grid(steps, grid)
    }

    pub(crate) fn grid(&self, body: &detente_model::Body) -> Grid {
        grid_of(self.talks, body)
    }

    /// A body's alternative, if it has one.
    pub fn body_alternative(&self, body: BodyId) -> Option<BigRational> {
        let own = &self.talks.bodies[body.0];
        let grid = self.grid(own);
        let stated = own.alternative.number().filter(|_| !self.refuses(body));
        stated.map(|alternative| on_grid(grid.round(alternative.mean()), grid))
    }

    /// Whether a body says no to everything, or nothing is said of it that a deal could be held against.
    pub fn refuses(&self, body: BodyId) -> bool {
        self.talks.bodies[body.0].refuses_all()
    }

    /// What a body says whatever the deal, if it has no alternative to compare one with: 1 or 0.
    pub(crate) fn anyway(&self, body: BodyId) -> f64 {
        f64::from(u8::from(!self.refuses(body)))
    }

    /// Utility minus alternative, if there is one.
    pub fn body_surplus(&self, body: BodyId, x: &Outcome) -> Option<BigRational> {
        self.body_alternative(body).map(|alternative| self.body_utility(body, x) - alternative)
    }

    /// The width of a body's utilities over feasible outcomes.
    pub fn body_range(&self, body: BodyId) -> BigRational {
        let (min, max) = &self.ranges[body.0];
        max - min
    }

    /// A party's utility on the chosen scale.
    pub fn party_utility(&self, party: PartyId, x: &Outcome) -> BigRational {
        self.party_number(party, &|body| Some(self.body_utility(body, x))).unwrap_or_else(BigRational::zero)
    }

    /// A party's alternative on the chosen scale, if any of its bodies has one.
    pub fn party_alternative(&self, party: PartyId) -> Option<BigRational> {
        let own = &self.talks.parties[party.0].bodies;
        let said = |body: &BodyId| self.talks.bodies[body.0].unsaid().is_empty();
        let known = own.iter().any(|body| self.body_alternative(*body).is_some()) && own.iter().all(said);
        known.then_some(())?;
        self.party_number(party, &|body| self.body_alternative(body))
    }

    /// Influence-weighted mean of mapped numbers; an absent one counts as the body's minimum.
    fn party_number(
        &self,
        party: PartyId,
        of: &dyn Fn(BodyId) -> Option<BigRational>,
    ) -> Option<BigRational> {
        let bodies = &self.talks.parties[party.0].bodies;
        if !self.unit_scale && bodies.len() == 1 {
            return of(bodies[0]);
        }
        let mut sum = BigRational::zero();
        let mut weights = BigRational::zero();
        for body in bodies {
            let weight = decimal(self.talks.bodies[body.0].influence());
            let range = self.body_range(*body);
            if let Some(value) = of(*body)
                && !range.is_zero()
            {
                sum += &weight * (value - &self.ranges[body.0].0) / range;
            }
            weights += weight;
        }
        Some(sum / weights)
    }

    /// A party's surplus against its alternative, or against its feasible minimum without one.
    pub fn party_surplus(&self, party: PartyId, x: &Outcome) -> BigRational {
        let zero = self.party_alternative(party).unwrap_or_else(|| {
            let all = self.feasible.iter().map(|other| self.party_utility(party, other));
            all.min().unwrap_or_else(BigRational::zero)
        });
        self.party_utility(party, x) - zero
    }

    /// Whether a body's surplus is not negative.
    pub fn accepts_free(&self, body: BodyId, x: &Outcome) -> bool {
        match self.body_surplus(body, x) {
            None => !self.refuses(body),
            Some(surplus) => surplus >= BigRational::zero(),
        }
    }

    /// P(cost <= surplus), 0 where the surplus is negative; 1 for a body that refuses nothing, 0 for one that refuses all.
    pub fn acceptance(&self, body: BodyId, x: &Outcome) -> f64 {
        match self.body_surplus(body, x) {
            None => self.anyway(body),
            Some(surplus) if surplus < BigRational::zero() => 0.0,
            Some(surplus) => self.covers(body, &surplus),
        }
    }

    /// P(cost <= this much).
    pub(crate) fn covers(&self, body: BodyId, surplus: &BigRational) -> f64 {
        let Some(cost) = self.talks.bodies[body.0].will.cost() else { return 1.0 };
        self.cost_on_grid(body, cost.at_means()).probability_at_most(number(surplus))
    }

    /// A number on a body's grid.
    pub(crate) fn on_grid_of(&self, body: BodyId, value: f64) -> BigRational {
        let grid = self.grid(&self.talks.bodies[body.0]);
        on_grid(grid.round(value), grid)
    }

    /// The last decimal in which a body's numbers are told apart.
    pub(crate) fn last_decimal(&self, body: BodyId) -> BigRational {
        on_grid(1, Grid::decimal(self.grid(&self.talks.bodies[body.0]).digits))
    }

    /// A certain or discrete cost is rounded to the body's grid and compared there.
    pub(crate) fn cost_on_grid(&self, body: BodyId, cost: Distribution) -> Distribution {
        let grid = self.grid(&self.talks.bodies[body.0]);
        let on_grid = |value: f64| grid.value(grid.round(value));
        match cost {
            Distribution::Point(value) => Distribution::Point(on_grid(value)),
            Distribution::Discrete(points) => {
                Distribution::Discrete(points.into_iter().map(|(value, p)| (on_grid(value), p)).collect())
            }
            other => other,
        }
    }

    /// Whether the talks agree when exactly these bodies say yes.
    pub fn agrees(&self, yes: &dyn Fn(BodyId) -> bool) -> bool {
        let ratifies = |party: &PartyId| self.talks.parties[party.0].ratifies.holds(&|body| yes(*body));
        self.talks.agreement.holds(&ratifies)
    }

    /// The feasible outcomes on which the talks agree at political cost 0.
    pub fn zone(&self) -> Vec<&Outcome> {
        self.feasible.iter().filter(|x| self.agrees(&|body| self.accepts_free(body, x))).collect()
    }

    /// The parties' utilities at an outcome.
    pub fn vector(&self, x: &Outcome) -> Vec<BigRational> {
        (0..self.talks.parties.len()).map(|party| self.party_utility(PartyId(party), x)).collect()
    }
}

/// The grid of a body's utility.
pub(crate) fn grid_of(talks: &Talks, body: &detente_model::Body) -> Grid {
    body.grid(&talks.issues)
}

/// Every outcome, in issue and option order.
fn outcomes(talks: &Talks) -> Vec<Outcome> {
    talks.issues.iter().fold(vec![Outcome(Vec::new())], |all, issue| {
        let extend = |x: &Outcome, k: usize| Outcome(x.0.iter().copied().chain([OptionId(k)]).collect());
        all.iter().flat_map(|x| (0..issue.n_options()).map(move |k| extend(x, k))).collect()
    })
}

pub(crate) fn on_grid(steps: i64, grid: Grid) -> BigRational {
    let power = BigRational::from_integer(num_traits::pow(10.into(), grid.digits.unsigned_abs() as usize));
    let steps = BigRational::new(steps.into(), grid.parts.into());
    if grid.digits >= 0 { steps / power } else { steps * power }
}

/// A number as the decimal a person wrote, to nine places.
pub(crate) fn decimal(value: f64) -> BigRational {
    let billion = BigRational::from_integer(1_000_000_000.into());
    BigRational::from_f64((value * 1e9).round()).unwrap_or_else(BigRational::zero) / billion
}

pub(crate) fn close(a: f64, b: f64) -> bool {
    (a - b).abs() <= 1e-9 * (1.0 + a.abs().max(b.abs()))
}

pub(crate) fn number(value: &BigRational) -> f64 {
    value.to_f64().unwrap_or(f64::NAN)
}
