use crate::{Body, Cost, Draft, Lever, Number, Party, Shape, Step};

/// What a number is for; decides how an unknown is treated.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NumberRole {
    /// Weights, values, alternatives, influences: enters utilities.
    Preference,
    /// A parameter of a political cost or strain.
    Cost,
    /// A weight or quota in a rule.
    Rule,
    /// Costs, budgets and effects of levers.
    Lever,
    /// Deliveries and consequences of steps.
    Step,
}

/// A number of the file with the words that say where it stands.
#[derive(Clone, Debug)]
pub struct PlacedNumber<'a> {
    /// Such as "north.council: price at 4".
    pub place: String,
    /// What it is for.
    pub role: NumberRole,
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
        for party in &self.parties {
            list.party(self, party);
        }
        for number in self.agreement.numbers() {
            list.add("agreement".into(), NumberRole::Rule, number);
        }
        for mediator in &self.mediators {
            list.optional(format!("{}: budget", mediator.id), NumberRole::Lever, mediator.budget.as_ref());
            for lever in &mediator.levers {
                list.lever(self, &self.levers[lever.0]);
            }
        }
        for step in &self.steps {
            list.step(self, step);
        }
        list.0
    }
}

struct List<'a>(Vec<PlacedNumber<'a>>);

impl<'a> List<'a> {
    fn add(&mut self, place: String, role: NumberRole, number: &'a Number) {
        self.0.push(PlacedNumber { place, role, number });
    }

    fn optional(&mut self, place: String, role: NumberRole, number: Option<&'a Number>) {
        if let Some(number) = number {
            self.add(place, role, number);
        }
    }

    fn party(&mut self, draft: &'a Draft, party: &'a Party) {
        for id in &party.bodies {
            let body = &draft.bodies[id.0];
            self.body(draft, &format!("{}.{}", party.id, body.id), body);
        }
        for number in party.ratifies.numbers() {
            self.add(format!("{}: ratifies", party.id), NumberRole::Rule, number);
        }
    }

    fn body(&mut self, draft: &'a Draft, name: &str, body: &'a Body) {
        self.optional(format!("{name}: influence"), NumberRole::Preference, body.influence.as_ref());
        self.optional(format!("{name}: alternative"), NumberRole::Preference, body.alternative.as_ref());
        self.cost(name, "political cost", body.will.as_ref());
        self.cost(name, "strain", body.strain.as_ref());
        self.optional(format!("{name}: reaction"), NumberRole::Step, body.reaction.as_ref());
        for (issue, preference) in draft.issues.iter().zip(&body.preferences.issues) {
            let Some(preference) = preference else { continue };
            let place = format!("{name}: {}", issue.id);
            self.optional(format!("{place} weight"), NumberRole::Preference, preference.weight.as_ref());
            self.shape(&place, &preference.shape, |k| issue.option_id(crate::OptionId(k)).into_owned());
        }
        for (k, interaction) in body.preferences.interactions.iter().enumerate() {
            self.add(format!("{name}: interaction {}", k + 1), NumberRole::Preference, &interaction.adds);
        }
        for (k, table) in body.preferences.tables.iter().enumerate() {
            for number in table.rows.values().chain(&table.otherwise) {
                self.add(format!("{name}: table {}", k + 1), NumberRole::Preference, number);
            }
        }
    }

    fn cost(&mut self, name: &str, what: &str, cost: Option<&'a Cost>) {
        for (parameter, number) in cost.map(|cost| cost.0.parameters()).unwrap_or_default() {
            self.add(format!("{name}: {what} {parameter}"), NumberRole::Cost, number);
        }
    }

    fn shape(&mut self, place: &str, shape: &'a Shape, option: impl Fn(usize) -> String) {
        match shape {
            Shape::Values(values) => {
                for (k, value) in values.iter().enumerate() {
                    self.add(format!("{place} at {}", option(k)), NumberRole::Preference, value);
                }
            }
            Shape::Linear(points) => {
                for (x, value) in points {
                    self.add(format!("{place} at {x}"), NumberRole::Preference, value);
                }
            }
            Shape::Triangular { low, peak, high } => {
                for (what, number) in [("low", low), ("peak", peak), ("high", high)] {
                    self.add(format!("{place} {what}"), NumberRole::Preference, number);
                }
            }
        }
    }

    fn lever(&mut self, draft: &'a Draft, lever: &'a Lever) {
        self.add(format!("{}: cost", lever.id), NumberRole::Lever, &lever.cost);
        for (what, effects) in [
            ("inducement", &lever.inducement),
            ("assurance", &lever.assurance),
            ("pressure", &lever.pressure),
        ] {
            for (body, amount) in effects {
                let place = format!("{}: {what} for {}", lever.id, draft.bodies[body.0].id);
                self.add(place, NumberRole::Lever, amount);
            }
        }
        for (party, amount) in &lever.guarantee {
            let place = format!("{}: guarantee for {}", lever.id, draft.parties[party.0].id);
            self.add(place, NumberRole::Lever, amount);
        }
    }

    fn step(&mut self, draft: &'a Draft, step: &'a Step) {
        for (issue, share) in &step.delivers {
            let place = format!("{}: share of {}", step.id, draft.issues[issue.0].id);
            self.add(place, NumberRole::Step, share);
        }
        for (body, amount) in &step.gives {
            self.add(format!("{}: gives {}", step.id, draft.bodies[body.0].id), NumberRole::Step, amount);
        }
        self.optional(format!("{}: kept", step.id), NumberRole::Step, step.kept.as_ref());
        for consequence in &step.counts {
            self.add(format!("{}: {}", step.id, consequence.what), NumberRole::Step, &consequence.amount);
        }
    }
}
