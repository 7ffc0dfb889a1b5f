use crate::{
    Body, BodyId, Correlation, Cost, Draft, IssueId, LeverId, Number, Party, PartyId, Shape, Spot, Step,
    StepId,
};

/// What a number is for; decides how an unknown is treated.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NumberRole {
    /// Weights, values, alternatives, influences: enters utilities.
    Preference,
    /// A parameter of a political cost or strain.
    Cost,
    /// A weight or quota in a rule.
    Rule,
    /// How closely political costs or strains go together, how likely a case or a shock is.
    Chance,
    /// Costs, budgets and effects of levers.
    Lever,
    /// Deliveries and consequences of steps, and how later ones count.
    Step,
}

/// A number of the file with the words that say where it stands.
#[derive(Clone, Debug)]
pub struct PlacedNumber<'a> {
    /// Such as "north.council: price at 4".
    pub place: String,
    /// What it is for.
    pub role: NumberRole,
    /// The same place for programs: [`Draft::number_mut`] leads back to the number.
    pub spot: Spot,
    /// The number itself.
    pub number: &'a Number,
}

impl Draft {
    /// Every number a user entered, in a fixed order: the assumptions and the sourced ones.
    ///
    /// The options of a range, times and dates define the question and are not listed; nor is what
    /// nobody wrote, such as an influence or a weight left at 1.
    pub fn numbers(&self) -> Vec<PlacedNumber<'_>> {
        let mut list = List(Vec::new());
        for (p, party) in self.parties.iter().enumerate() {
            list.party(self, PartyId(p), party);
        }
        for (k, number) in self.agreement.numbers().into_iter().enumerate() {
            list.add("agreement".into(), NumberRole::Rule, Spot::Agreement(k), number);
        }
        let loadings = self.correlation.iter().flat_map(Correlation::numbers);
        for (k, number) in loadings.enumerate() {
            let place = self.correlation_place("correlation", self.correlation.as_ref(), k);
            list.add(place, NumberRole::Chance, Spot::Correlation(k), number);
        }
        for (u, unknown) in self.unknowns.iter().enumerate() {
            for (k, case) in unknown.cases.iter().enumerate() {
                let place = format!("{}: probability of {}", unknown.id, case.id);
                let spot = Spot::Case(crate::UnknownId(u), k);
                list.add(place, NumberRole::Chance, spot, &case.probability);
            }
        }
        for (m, mediator) in self.mediators.iter().enumerate() {
            let (place, spot) = (format!("{}: budget", mediator.id), Spot::Budget(crate::MediatorId(m)));
            list.optional(place, NumberRole::Lever, spot, mediator.budget.as_ref());
            for lever in &mediator.levers {
                list.lever(self, *lever);
            }
        }
        for (s, step) in self.steps.iter().enumerate() {
            list.step(self, StepId(s), step);
        }
        list.implementation(self);
        list.0
    }

    fn correlation_place(&self, what: &str, correlation: Option<&Correlation>, k: usize) -> String {
        match correlation {
            Some(Correlation::Loadings(of)) if k < of.len() => {
                let body = &self.bodies[of[k].0.0];
                format!("{what}: {}.{}", self.parties[body.party.0].id, body.id)
            }
            _ => what.into(),
        }
    }
}

struct List<'a>(Vec<PlacedNumber<'a>>);

impl<'a> List<'a> {
    fn add(&mut self, place: String, role: NumberRole, spot: Spot, number: &'a Number) {
        self.0.push(PlacedNumber { place, role, spot, number });
    }

    fn optional(&mut self, place: String, role: NumberRole, spot: Spot, number: Option<&'a Number>) {
        if let Some(number) = number {
            self.add(place, role, spot, number);
        }
    }

    fn party(&mut self, draft: &'a Draft, p: PartyId, party: &'a Party) {
        for id in &party.bodies {
            let body = &draft.bodies[id.0];
            self.body(draft, &format!("{}.{}", party.id, body.id), *id, body);
        }
        for (k, number) in party.ratifies.numbers().into_iter().enumerate() {
            self.add(format!("{}: ratifies", party.id), NumberRole::Rule, Spot::Ratifies(p, k), number);
        }
    }

    fn body(&mut self, draft: &'a Draft, name: &str, b: BodyId, body: &'a Body) {
        use NumberRole::{Preference, Step};
        self.optional(format!("{name}: influence"), Preference, Spot::Influence(b), body.influence.as_ref());
        let alternative = body.alternative.number();
        self.optional(format!("{name}: alternative"), Preference, Spot::Alternative(b), alternative);
        self.cost(name, "political cost", |k| Spot::Will(b, k), body.will.cost());
        self.cost(name, "strain", |k| Spot::Strain(b, k), body.strain.cost());
        self.optional(format!("{name}: reaction"), Step, Spot::Reaction(b), body.reaction.as_ref());
        for (i, (issue, preference)) in draft.issues.iter().zip(&body.preferences.issues).enumerate() {
            let Some(preference) = preference else { continue };
            let place = format!("{name}: {}", issue.id);
            let spot = Spot::Weight(b, IssueId(i));
            self.optional(format!("{place} weight"), Preference, spot, preference.weight.as_ref());
            let option = |k| issue.option_id(crate::OptionId(k)).into_owned();
            self.shape(&place, |k| Spot::Shape(b, IssueId(i), k), &preference.shape, option);
        }
        for (k, interaction) in body.preferences.interactions.iter().enumerate() {
            let place = format!("{name}: interaction {}", k + 1);
            self.add(place, Preference, Spot::Interaction(b, k), &interaction.adds);
        }
        for (k, table) in body.preferences.tables.iter().enumerate() {
            let place = format!("{name}: table {}", k + 1);
            for (row, number) in table.rows.values().enumerate() {
                self.add(place.clone(), Preference, Spot::Row(b, k, row), number);
            }
            self.optional(place, Preference, Spot::Otherwise(b, k), table.otherwise.as_ref());
        }
    }

    fn cost(&mut self, name: &str, what: &str, spot: impl Fn(usize) -> Spot, cost: Option<&'a Cost>) {
        let parameters = cost.map(|cost| cost.0.parameters()).unwrap_or_default();
        for (k, (parameter, number)) in parameters.into_iter().enumerate() {
            self.add(format!("{name}: {what} {parameter}"), NumberRole::Cost, spot(k), number);
        }
    }

    fn shape(
        &mut self,
        place: &str,
        spot: impl Fn(usize) -> Spot,
        shape: &'a Shape,
        option: impl Fn(usize) -> String,
    ) {
        match shape {
            Shape::Values(values) => {
                for (k, value) in values.iter().enumerate() {
                    self.add(format!("{place} at {}", option(k)), NumberRole::Preference, spot(k), value);
                }
            }
            Shape::Linear(points) => {
                for (k, (x, value)) in points.iter().enumerate() {
                    self.add(format!("{place} at {x}"), NumberRole::Preference, spot(k), value);
                }
            }
            Shape::Triangular { low, peak, high } => {
                for (k, (what, number)) in [("low", low), ("peak", peak), ("high", high)].iter().enumerate() {
                    self.add(format!("{place} {what}"), NumberRole::Preference, spot(k), number);
                }
            }
        }
    }

    fn lever(&mut self, draft: &'a Draft, id: LeverId) {
        let lever = &draft.levers[id.0];
        self.add(format!("{}: cost", lever.id), NumberRole::Lever, Spot::LeverCost(id), &lever.cost);
        let mut effects = |what: &str, effects: &'a [(BodyId, Number)], spot: fn(LeverId, usize) -> Spot| {
            for (k, (body, amount)) in effects.iter().enumerate() {
                let place = format!("{}: {what} for {}", lever.id, draft.bodies[body.0].id);
                self.add(place, NumberRole::Lever, spot(id, k), amount);
            }
        };
        effects("inducement", &lever.inducement, Spot::Inducement);
        effects("assurance", &lever.assurance, Spot::Assurance);
        effects("pressure", &lever.pressure, Spot::Pressure);
        for (k, (party, amount)) in lever.guarantee.iter().enumerate() {
            let place = format!("{}: guarantee for {}", lever.id, draft.parties[party.0].id);
            self.add(place, NumberRole::Lever, Spot::Guarantee(id, k), amount);
        }
    }

    fn step(&mut self, draft: &'a Draft, id: StepId, step: &'a Step) {
        for (k, (issue, share)) in step.delivers.iter().enumerate() {
            let place = format!("{}: share of {}", step.id, draft.issues[issue.0].id);
            self.add(place, NumberRole::Step, Spot::Delivers(id, k), share);
        }
        for (k, (body, amount)) in step.gives.iter().enumerate() {
            let place = format!("{}: gives {}", step.id, draft.bodies[body.0].id);
            self.add(place, NumberRole::Step, Spot::Gives(id, k), amount);
        }
        self.optional(format!("{}: kept", step.id), NumberRole::Step, Spot::Kept(id), step.kept.as_ref());
        let place = format!("{}: noticed", step.id);
        self.optional(place, NumberRole::Step, Spot::Noticed(id), step.noticed.as_ref());
        for (k, consequence) in step.counts.iter().enumerate() {
            let place = format!("{}: {}", step.id, consequence.what);
            self.add(place, NumberRole::Step, Spot::Counts(id, k), &consequence.amount);
        }
    }

    fn implementation(&mut self, draft: &'a Draft) {
        let all = &draft.implementation;
        let number = |rate: &'a Option<crate::Rate>| rate.as_ref().map(|rate| &rate.amount);
        self.optional("shocks: chance".into(), NumberRole::Chance, Spot::Shocks, number(&all.shocks));
        self.optional("discount: rate".into(), NumberRole::Step, Spot::Discount, number(&all.discount));
        let loadings = all.correlation.iter().flat_map(Correlation::numbers);
        for (k, number) in loadings.enumerate() {
            let place = draft.correlation_place("correlation of strains", all.correlation.as_ref(), k);
            self.add(place, NumberRole::Chance, Spot::StrainCorrelation(k), number);
        }
    }
}
