//! What is not known: the numbers that are distributions, and the independent coordinates behind them.

use detente_model::{Cost, Distribution, NumberRole, PlacedNumber, Spot, Talks, UnknownId};

/// Something independent of all else that is not known: a number, or a set of cases that decides several.
#[derive(Clone, Debug, PartialEq)]
pub struct Input {
    /// The numbers that it decides, one unless it is a set of cases.
    pub spots: Vec<Spot>,
    /// Which cases; absent for a single number.
    pub cases: Option<UnknownId>,
}

/// The unknown numbers that enter preferences and political costs.
#[derive(Debug)]
pub(crate) struct Inputs {
    /// One per coordinate of a point.
    pub(crate) of: Vec<Input>,
    pub(crate) members: Vec<Member>,
    /// Unknown numbers of levers, steps and other parts that are not drawn here.
    pub(crate) aside: usize,
}

/// An unknown number.
#[derive(Debug)]
pub(crate) struct Member {
    pub(crate) spot: Spot,
    pub(crate) coordinate: usize,
    spread: Distribution,
    /// Whether the order of the values is that of cases, and not that of their size.
    by_case: bool,
}

/// A value that is known, or the place of one that is drawn.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Value {
    Known(f64),
    Drawn(usize),
}

impl Value {
    pub(crate) fn at(self, values: &[f64]) -> f64 {
        match self {
            Value::Known(value) => value,
            Value::Drawn(k) => values[k],
        }
    }
}

impl Inputs {
    pub(crate) fn new(talks: &Talks) -> Inputs {
        let mut inputs = Inputs { of: Vec::new(), members: Vec::new(), aside: 0 };
        for placed in unknown(talks) {
            if signs(&placed) { inputs.add(&placed) } else { inputs.aside += 1 }
        }
        inputs
    }

    /// With those of carrying out a deal after the others, so that these are drawn alike.
    pub(crate) fn with_steps(talks: &Talks) -> Inputs {
        let mut inputs = Inputs::new(talks);
        let carries_out = |placed: &PlacedNumber<'_>| {
            matches!(placed.role, NumberRole::Step | NumberRole::Cost)
                || matches!(placed.spot, Spot::Shocks | Spot::StrainCorrelation(_))
        };
        for placed in unknown(talks).filter(|placed| !signs(placed) && carries_out(placed)) {
            inputs.add(&placed);
            inputs.aside -= 1;
        }
        inputs
    }

    fn add(&mut self, placed: &PlacedNumber<'_>) {
        let number = placed.number;
        let known = self.of.iter().position(|input| input.cases.is_some() && input.cases == number.by_case);
        let coordinate = known.unwrap_or_else(|| {
            self.of.push(Input { spots: Vec::new(), cases: number.by_case });
            self.of.len() - 1
        });
        self.of[coordinate].spots.push(placed.spot);
        self.members.push(Member {
            spot: placed.spot,
            coordinate,
            spread: number.spread.clone(),
            by_case: number.by_case.is_some(),
        });
    }

    /// The values of all members at a point.
    pub(crate) fn values(&self, point: &[f64], values: &mut [f64]) {
        for (value, member) in values.iter_mut().zip(&self.members) {
            *value = member.at(point[member.coordinate]);
        }
    }

    /// The values of the members that a coordinate decides.
    pub(crate) fn renew(&self, coordinate: usize, u: f64, values: &mut [f64]) {
        for (value, member) in values.iter_mut().zip(&self.members) {
            if member.coordinate == coordinate {
                *value = member.at(u);
            }
        }
    }

    pub(crate) fn means(&self) -> Vec<f64> {
        self.members.iter().map(|member| member.spread.mean()).collect()
    }

    /// The number at a spot.
    pub(crate) fn value(&self, spot: Spot, mean: f64) -> Value {
        let drawn = self.members.iter().position(|member| member.spot == spot);
        drawn.map_or(Value::Known(mean), Value::Drawn)
    }

    /// The coordinates that a body's numbers depend on.
    pub(crate) fn of_body(&self, body: usize) -> Vec<usize> {
        let own = self.members.iter().filter(|member| member.spot.body().is_some_and(|b| b.0 == body));
        let mut coordinates: Vec<usize> = own.map(|member| member.coordinate).collect();
        coordinates.dedup();
        coordinates
    }

    /// The case of each unknown at a point, in the order of the inputs.
    pub(crate) fn cases(&self, point: &[f64]) -> Vec<usize> {
        let decided = self.of.iter().enumerate().filter(|(_, input)| input.cases.is_some());
        let case = |(input, _): (usize, &Input)| {
            let steps = self.steps_of(input).unwrap_or_default();
            let k = steps.partition_point(|end| *end < point[input]).min(steps.len().saturating_sub(1));
            self.case_of(input, k)
        };
        decided.map(case).collect()
    }

    /// Where an input takes only some values: the shares at which one gives way to the next.
    pub(crate) fn steps_of(&self, input: usize) -> Option<Vec<f64>> {
        let member = self.members.iter().find(|member| member.coordinate == input)?;
        let Distribution::Discrete(points) = &member.spread else { return None };
        let mut points: Vec<(f64, f64)> = points.iter().copied().filter(|(_, p)| *p > 0.0).collect();
        if !member.by_case {
            points.sort_by(|a, b| a.0.total_cmp(&b.0));
        }
        let mut sum = 0.0;
        let ends = points.iter().map(|(_, p)| {
            sum += p;
            sum
        });
        Some(ends.collect())
    }

    /// The position of the k-th case that can be.
    pub(crate) fn case_of(&self, input: usize, k: usize) -> usize {
        let member = self.members.iter().find(|member| member.coordinate == input);
        match member.map(|member| &member.spread) {
            Some(Distribution::Discrete(points)) => {
                let possible = points.iter().enumerate().filter(|(_, (_, p))| *p > 0.0);
                possible.map(|(case, _)| case).nth(k).unwrap_or(0)
            }
            _ => 0,
        }
    }

    /// The value of a single number at a share of its chances.
    pub(crate) fn at(&self, input: usize, u: f64) -> f64 {
        let member = self.members.iter().find(|member| member.coordinate == input);
        member.map_or(f64::NAN, |member| member.at(u))
    }

    /// A body's cost with the places of what is drawn.
    pub(crate) fn cost(&self, cost: &Cost, spot: impl Fn(usize) -> Spot) -> Distribution<Value> {
        let mut k = 0;
        // `map` meets the parameters in the order in which they are counted.
        cost.0.map(|number| {
            k += 1;
            self.value(spot(k - 1), number.mean())
        })
    }
}

/// The numbers that are not known.
fn unknown(talks: &Talks) -> impl Iterator<Item = PlacedNumber<'_>> {
    talks.numbers().into_iter().filter(|placed| {
        let (lowest, highest) = placed.number.spread.support();
        lowest != highest
    })
}

/// Whether a number bears on whether a deal is signed, and is drawn for that.
fn signs(placed: &PlacedNumber<'_>) -> bool {
    match placed.role {
        NumberRole::Preference => true,
        NumberRole::Cost => matches!(placed.spot, Spot::Will(..)),
        NumberRole::Rule | NumberRole::Chance | NumberRole::Lever | NumberRole::Step => false,
    }
}

impl Member {
    fn at(&self, u: f64) -> f64 {
        let Distribution::Discrete(points) = &self.spread else { return self.spread.quantile(u) };
        if !self.by_case {
            return self.spread.quantile(u);
        }
        let mut sum = 0.0;
        let reached = points.iter().find(|(_, probability)| {
            sum += probability;
            u <= sum
        });
        reached.or(points.last()).map_or(f64::NAN, |(value, _)| *value)
    }
}

/// A cost whose drawn parameters may contradict each other, put right; whether that was needed.
///
/// Bounds are put in order and a most likely value between them; a standard deviation is at least 0, a
/// shape a thousandth; probabilities are cut to 0 to 1 and scaled to sum to 1. A normal cut to where it
/// has next to nothing is its nearest bound.
pub(crate) fn mended(cost: Distribution) -> (Distribution, bool) {
    if let Distribution::Discrete(points) = &cost {
        let cut = points.iter().map(|(value, p)| (*value, p.clamp(0.0, 1.0)));
        let total: f64 = cut.clone().map(|(_, p)| p).sum();
        let n = points.len() as f64;
        let scaled = |p: f64| if total > 0.0 { p / total } else { 1.0 / n };
        let outside = points.iter().any(|(_, p)| !(0.0..=1.0).contains(p)) || total <= 0.0;
        return (Distribution::Discrete(cut.map(|(value, p)| (value, scaled(p))).collect()), outside);
    }
    if cost.check().is_ok() {
        return (cost, false);
    }
    let ordered = |a: f64, b: f64| (a.min(b), a.max(b));
    let mended = match cost {
        Distribution::Uniform { from, to } => {
            let (from, to) = ordered(from, to);
            Distribution::Uniform { from, to }
        }
        Distribution::Triangular { from, mode, to } => {
            let (from, to) = ordered(from, to);
            Distribution::Triangular { from, mode: mode.clamp(from, to), to }
        }
        Distribution::Pert { from, mode, to } => {
            let (from, to) = ordered(from, to);
            Distribution::Pert { from, mode: mode.clamp(from, to), to }
        }
        Distribution::Normal { mean, sd } => Distribution::Normal { mean, sd: sd.max(0.0) },
        Distribution::TruncatedNormal { mean, sd, from, to } => {
            let (from, to) = ordered(from, to);
            let cut = Distribution::TruncatedNormal { mean, sd: sd.max(0.0), from, to };
            if cut.check().is_ok() { cut } else { Distribution::Point(mean.clamp(from, to)) }
        }
        Distribution::Beta { alpha, beta, from, to } => {
            let (from, to) = ordered(from, to);
            Distribution::Beta { alpha: alpha.max(1e-3), beta: beta.max(1e-3), from, to }
        }
        other @ (Distribution::Point(_) | Distribution::Discrete(_)) => other,
    };
    (mended, true)
}
