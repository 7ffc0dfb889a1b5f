use crate::{
    Body, BodyId, Cost, Distribution, Draft, Fault, IssueId, LeverId, MediatorId, Number, PartyId, Rule,
    Shape, StepId, UnknownId,
};

/// Where a number stands in a draft: the address of each entry of [`Draft::numbers`].
///
/// Plain positions count from 0 in the order in which [`Draft::numbers`] lists what they count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Spot {
    /// A body's influence.
    Influence(BodyId),
    /// A body's alternative.
    Alternative(BodyId),
    /// A parameter of a body's political cost.
    Will(BodyId, usize),
    /// A parameter of a body's strain.
    Strain(BodyId, usize),
    /// A body's reaction.
    Reaction(BodyId),
    /// The weight of an issue for a body.
    Weight(BodyId, IssueId),
    /// A number of the shape of an issue for a body.
    Shape(BodyId, IssueId, usize),
    /// What one of a body's interactions adds.
    Interaction(BodyId, usize),
    /// A row of one of a body's tables: which table, which row.
    Row(BodyId, usize, usize),
    /// What one of a body's tables holds for combinations not listed.
    Otherwise(BodyId, usize),
    /// A weight or quota of a party's rule.
    Ratifies(PartyId, usize),
    /// A weight or quota of the agreement rule.
    Agreement(usize),
    /// How closely the political costs of bodies go together.
    Correlation(usize),
    /// The probability of a case of an unknown.
    Case(UnknownId, usize),
    /// A mediator's budget.
    Budget(MediatorId),
    /// What a lever costs.
    LeverCost(LeverId),
    /// A value that a lever adds.
    Inducement(LeverId, usize),
    /// A political cost that a lever takes away.
    Assurance(LeverId, usize),
    /// A fall of an alternative that a lever brings.
    Pressure(LeverId, usize),
    /// What a lever adds to the price of walking away.
    Guarantee(LeverId, usize),
    /// The share of an issue that a step delivers.
    Delivers(StepId, usize),
    /// The value that a step gives to a body.
    Gives(StepId, usize),
    /// The share of a step that is kept.
    Kept(StepId),
    /// The chance that it is noticed if a step is not done.
    Noticed(StepId),
    /// A counted consequence of a step.
    Counts(StepId, usize),
    /// The chance of a shock from outside.
    Shocks,
    /// The discount of what comes later.
    Discount,
    /// How closely the strains of bodies go together.
    StrainCorrelation(usize),
}

impl Spot {
    /// The body whose number stands here, where it is a body's.
    pub fn body(&self) -> Option<BodyId> {
        match *self {
            Spot::Influence(body)
            | Spot::Alternative(body)
            | Spot::Will(body, _)
            | Spot::Strain(body, _)
            | Spot::Reaction(body)
            | Spot::Weight(body, _)
            | Spot::Shape(body, ..)
            | Spot::Interaction(body, _)
            | Spot::Row(body, ..)
            | Spot::Otherwise(body, _) => Some(body),
            Spot::Ratifies(..)
            | Spot::Agreement(_)
            | Spot::Correlation(_)
            | Spot::Case(..)
            | Spot::Budget(_)
            | Spot::LeverCost(_)
            | Spot::Inducement(..)
            | Spot::Assurance(..)
            | Spot::Pressure(..)
            | Spot::Guarantee(..)
            | Spot::Delivers(..)
            | Spot::Gives(..)
            | Spot::Kept(_)
            | Spot::Noticed(_)
            | Spot::Counts(..)
            | Spot::Shocks
            | Spot::Discount
            | Spot::StrainCorrelation(_) => None,
        }
    }
}

impl Draft {
    /// The number at a spot, to be changed; absent if nothing stands there.
    pub fn number_mut(&mut self, spot: &Spot) -> Option<&mut Number> {
        if let Some(body) = spot.body() {
            return self.bodies.get_mut(body.0)?.number_mut(spot);
        }
        match *spot {
            Spot::Ratifies(party, k) => self.parties.get_mut(party.0)?.ratifies.number_mut(k),
            Spot::Agreement(k) => self.agreement.number_mut(k),
            Spot::Correlation(k) => self.correlation.as_mut()?.number_mut(k),
            Spot::Case(unknown, k) => {
                Some(&mut self.unknowns.get_mut(unknown.0)?.cases.get_mut(k)?.probability)
            }
            Spot::Budget(mediator) => self.mediators.get_mut(mediator.0)?.budget.as_mut(),
            Spot::LeverCost(lever) => Some(&mut self.levers.get_mut(lever.0)?.cost),
            Spot::Inducement(lever, k) => Some(&mut self.levers.get_mut(lever.0)?.inducement.get_mut(k)?.1),
            Spot::Assurance(lever, k) => Some(&mut self.levers.get_mut(lever.0)?.assurance.get_mut(k)?.1),
            Spot::Pressure(lever, k) => Some(&mut self.levers.get_mut(lever.0)?.pressure.get_mut(k)?.1),
            Spot::Guarantee(lever, k) => Some(&mut self.levers.get_mut(lever.0)?.guarantee.get_mut(k)?.1),
            Spot::Delivers(step, k) => Some(&mut self.steps.get_mut(step.0)?.delivers.get_mut(k)?.1),
            Spot::Gives(step, k) => Some(&mut self.steps.get_mut(step.0)?.gives.get_mut(k)?.1),
            Spot::Kept(step) => self.steps.get_mut(step.0)?.kept.as_mut(),
            Spot::Noticed(step) => self.steps.get_mut(step.0)?.noticed.as_mut(),
            Spot::Counts(step, k) => Some(&mut self.steps.get_mut(step.0)?.counts.get_mut(k)?.amount),
            Spot::Shocks => Some(&mut self.implementation.shocks.as_mut()?.amount),
            Spot::Discount => Some(&mut self.implementation.discount.as_mut()?.amount),
            Spot::StrainCorrelation(k) => self.implementation.correlation.as_mut()?.number_mut(k),
            _ => None,
        }
    }

    /// The same draft with one number replaced by a certain value; the claims it rests on stay.
    ///
    /// The probabilities of a discrete political cost or strain sum to 1. So that they still do, the
    /// others of the same distribution are scaled in proportion. The result is not yet known to fit
    /// together: a value may lie outside what its place allows.
    ///
    /// # Errors
    /// Nothing stands at the spot, or a probability changes and all others of its distribution are 0.
    pub fn with_number(&self, spot: &Spot, value: f64) -> Result<Draft, Fault> {
        let nowhere = || Fault::new("no number stands there", "take a spot that `numbers` lists");
        let mut draft = self.clone();
        if let Spot::Will(body, k) | Spot::Strain(body, k) = *spot {
            let body = draft.bodies.get_mut(body.0).ok_or_else(nowhere)?;
            let cost = if matches!(spot, Spot::Will(..)) { &mut body.will } else { &mut body.strain };
            let cost = cost.cost_mut().ok_or_else(nowhere)?;
            *cost = cost.with_parameter(k, value)?;
        } else {
            draft.number_mut(spot).ok_or_else(nowhere)?.settle(value);
        }
        Ok(draft)
    }
}

impl Body {
    fn number_mut(&mut self, spot: &Spot) -> Option<&mut Number> {
        let preferences = &mut self.preferences;
        match *spot {
            Spot::Influence(_) => self.influence.as_mut(),
            Spot::Alternative(_) => self.alternative.number_mut(),
            Spot::Will(_, k) => self.will.cost_mut()?.0.parameter_mut(k),
            Spot::Strain(_, k) => self.strain.cost_mut()?.0.parameter_mut(k),
            Spot::Reaction(_) => self.reaction.as_mut(),
            Spot::Weight(_, issue) => preferences.issues.get_mut(issue.0)?.as_mut()?.weight.as_mut(),
            Spot::Shape(_, issue, k) => preferences.issues.get_mut(issue.0)?.as_mut()?.shape.number_mut(k),
            Spot::Interaction(_, k) => Some(&mut preferences.interactions.get_mut(k)?.adds),
            Spot::Row(_, table, row) => preferences.tables.get_mut(table)?.rows.values_mut().nth(row),
            Spot::Otherwise(_, table) => preferences.tables.get_mut(table)?.otherwise.as_mut(),
            _ => None,
        }
    }
}

impl Shape {
    /// The k-th of its numbers, in the order in which [`Draft::numbers`] lists them.
    pub fn number_mut(&mut self, k: usize) -> Option<&mut Number> {
        match self {
            Shape::Values(values) => values.get_mut(k),
            Shape::Linear(points) => points.get_mut(k).map(|(_, value)| value),
            Shape::Triangular { low, peak, high } => [low, peak, high].into_iter().nth(k),
        }
    }
}

impl<T> Rule<T> {
    /// The k-th of [`Rule::numbers`].
    pub fn number_mut(&mut self, k: usize) -> Option<&mut Number> {
        self.numbers_mut().into_iter().nth(k)
    }

    fn numbers_mut(&mut self) -> Vec<&mut Number> {
        match self {
            Rule::One(_) => Vec::new(),
            Rule::All(of) | Rule::Any(of) | Rule::AtLeast { of, .. } => {
                of.iter_mut().flat_map(Rule::numbers_mut).collect()
            }
            Rule::Quota { needed, of } => {
                let branch = |(weight, rule)| std::iter::once(weight).chain(Rule::numbers_mut(rule));
                let branches = of.iter_mut().map(|(weight, rule)| (weight, rule)).flat_map(branch);
                std::iter::once(needed).chain(branches).collect()
            }
        }
    }
}

impl Cost {
    /// The same cost with the k-th of its parameters replaced by a certain value.
    ///
    /// Where it is one of several probabilities, the others are scaled so that all sum to 1.
    ///
    /// # Errors
    /// There is no such parameter, or it is a probability and all others are 0.
    pub fn with_parameter(&self, k: usize, value: f64) -> Result<Cost, Fault> {
        let mut cost = self.clone();
        if let (Distribution::Discrete(points), 1) = (&mut cost.0, k % 2) {
            scale_others(points, k / 2, value)?;
        }
        let number = cost.0.parameter_mut(k);
        let number = number.ok_or_else(|| Fault::new("no number stands there", "count from 0"))?;
        number.settle(value);
        Ok(cost)
    }
}

/// Scales all probabilities but one so that, with that one at `value`, they sum to 1.
fn scale_others(points: &mut [(Number, Number)], at: usize, value: f64) -> Result<(), Fault> {
    let others = points.iter().enumerate().filter(|(k, _)| *k != at).map(|(_, (_, p))| p.mean());
    let total: f64 = others.sum();
    if total <= 0.0 {
        return Err(Fault::new(
            "this probability cannot change alone: all others of its distribution are 0",
            "give another value a probability above 0",
        ));
    }
    for (_, (_, p)) in points.iter_mut().enumerate().filter(|(k, _)| *k != at) {
        p.settle(p.mean() * (1.0 - value) / total);
    }
    Ok(())
}
