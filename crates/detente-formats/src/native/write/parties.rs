//! Parties, bodies, their preferences, and rules.

use super::issues::option_of;
use super::numbers::{common, decimal};
use super::{Fields, Writer, grammar, is_everyone};
use crate::emit::Yaml;
use detente_model::{
    Body, ClaimId, Interaction, Issue, IssuePreference, Number, OptionId, Options, Party, Preferences, Rule,
    Shape, Table,
};

/// Values of the numbers of a range go by number up to so many, and in their order beyond.
const MAX_PRICED_NUMBERS: usize = 12;
/// Values of words go by word up to so many, and in their order beyond: each word is looked up when read.
const MAX_PRICED_WORDS: usize = 100;
/// Longest word, in bytes, by which its value goes.
const MAX_WORD: usize = 60;

impl Writer<'_> {
    pub(super) fn party(&self, party: &Party) -> Yaml {
        let first = party.bodies.first().map_or(0, |body| body.0);
        let ratifies = (!is_everyone(&party.ratifies, first, party.bodies.len()))
            .then(|| self.rule(&party.ratifies, &|id| Yaml::text(&self.draft.bodies[id.0].id)));
        let fields = Fields::new(&grammar::PARTY)
            .named(&party.id, &party.name)
            .put("ratifies", ratifies)
            .put("because", self.because(&party.because));
        let bodies: Vec<&Body> = party.bodies.iter().map(|id| &self.draft.bodies[id.0]).collect();
        let fields = match bodies[..] {
            [body] if is_its_own_body(party, body) => self.body_fields(fields, body),
            _ => fields.lines("bodies", bodies.into_iter().map(|body| self.body(body))),
        };
        fields.done().tall()
    }

    fn body(&self, body: &Body) -> Yaml {
        let fields = Fields::new(&grammar::BODY)
            .named(&body.id, &body.name)
            .put("influence", self.optional(&body.influence))
            .put("because", self.because(&body.because));
        self.body_fields(fields, body).done().tall()
    }

    /// What a body has, and a party that is its own.
    fn body_fields(&self, fields: Fields, body: &Body) -> Fields {
        let preferences = &body.preferences;
        fields
            .put("alternative", self.alternative(&body.alternative))
            .put("will", self.stated_cost(&body.will))
            .put("strain", self.stated_cost(&body.strain))
            .put("reaction", self.optional(&body.reaction))
            .put("discount", body.discount.map(super::numbers::decimal))
            .put("preferences", self.preferences(preferences))
            .lines("interactions", preferences.interactions.iter().map(|term| self.interaction(term)))
            .lines("tables", preferences.tables.iter().map(|table| self.table(table)))
    }

    fn preferences(&self, preferences: &Preferences) -> Option<Yaml> {
        let issues = self.draft.issues.iter().zip(&preferences.issues);
        let pairs = issues.filter_map(|(issue, preference)| {
            Some((Yaml::text(&issue.id), self.preference(preference.as_ref()?, issue)))
        });
        let pairs: Vec<(Yaml, Yaml)> = pairs.collect();
        (!pairs.is_empty()).then(|| Yaml::map(pairs).tall())
    }

    fn preference(&self, preference: &IssuePreference, issue: &Issue) -> Yaml {
        let because = common(preference.weight.iter().chain(numbers_of(&preference.shape)));
        let number = |number: &Number| self.number_under(number, because);
        let (form, shape) = match &preference.shape {
            Shape::Values(values) => ("values", self.values(values, issue, because)),
            Shape::Linear(points) => {
                ("linear", Yaml::map(points.iter().map(|(x, value)| (decimal(*x), number(value)))))
            }
            Shape::Triangular { low, peak, high } => {
                let corners = Fields::new(&grammar::TRIANGLE);
                let corners = corners.put("low", number(low)).put("peak", number(peak));
                ("triangular", corners.put("high", number(high)).done())
            }
        };
        if let (None, [], Yaml::List(..)) = (&preference.weight, because, &shape) {
            return shape;
        }
        Fields::new(&grammar::PREFERENCE)
            .put("weight", preference.weight.as_ref().map(number))
            .put(form, shape)
            .put("because", self.because(because))
            .done()
    }

    /// By option, or in the order of the options where these are many or long.
    fn values(&self, values: &[Number], issue: &Issue, because: &[ClaimId]) -> Yaml {
        let by_option = match &issue.options {
            Options::Named { options, .. } => {
                options.len() <= MAX_PRICED_WORDS && options.iter().all(|option| option.id.len() <= MAX_WORD)
            }
            Options::Range(range) => range.count() <= MAX_PRICED_NUMBERS,
        };
        let numbers = values.iter().map(|value| self.number_under(value, because));
        match by_option {
            true => Yaml::map(numbers.enumerate().map(|(k, number)| (option_of(issue, OptionId(k)), number))),
            false => Yaml::list(numbers),
        }
    }

    fn interaction(&self, term: &Interaction) -> Yaml {
        Fields::new(&grammar::INTERACTION)
            .put(if term.unless { "unless" } else { "when" }, self.condition(&term.when))
            .put("adds", self.number_under(&term.adds, &term.adds.because))
            .put("because", self.because(&term.adds.because))
            .done()
    }

    fn table(&self, table: &Table) -> Yaml {
        let because = common(table.rows.values().chain(&table.otherwise));
        let issue = |k: usize| &self.draft.issues[table.issues[k].0];
        let row = |(options, amount): (&Vec<OptionId>, &Number)| {
            let cells = options.iter().enumerate().map(|(k, option)| option_of(issue(k), *option));
            Yaml::list(cells.chain([self.number_under(amount, because)]))
        };
        Fields::new(&grammar::TABLE)
            .put("over", Yaml::list((0..table.issues.len()).map(|k| Yaml::text(&issue(k).id))))
            .put("rows", Yaml::list(table.rows.iter().map(row)).tall())
            .put("otherwise", table.otherwise.as_ref().map(|number| self.number_under(number, because)))
            .put("because", self.because(because))
            .done()
    }

    pub(super) fn rule<T>(&self, rule: &Rule<T>, label: &dyn Fn(&T) -> Yaml) -> Yaml {
        let branches = |of: &[Rule<T>]| Yaml::list(of.iter().map(|rule| self.rule(rule, label)));
        match rule {
            Rule::One(member) => label(member),
            Rule::All(of) => Yaml::one("all", branches(of)),
            Rule::Any(of) => Yaml::one("any", branches(of)),
            Rule::AtLeast { needed, of } => Fields::new(&grammar::AT_LEAST)
                .put("at_least", Yaml::plain(needed.to_string()))
                .put("of", branches(of))
                .done(),
            Rule::Quota { needed, of } => {
                let fields = Fields::new(&grammar::QUOTA).put("quota", self.number(needed));
                let single = |(weight, rule): &(Number, Rule<T>)| match rule {
                    Rule::One(member) => Some((label(member), self.number(weight))),
                    _ => None,
                };
                match of.iter().map(single).collect::<Option<Vec<_>>>() {
                    Some(weights) => fields.put("weights", Yaml::map(weights)).done(),
                    None => fields.list("of", of.iter().map(|branch| self.weighed(branch, label))).done(),
                }
            }
        }
    }

    fn weighed<T>(&self, (weight, rule): &(Number, Rule<T>), label: &dyn Fn(&T) -> Yaml) -> Yaml {
        Fields::new(&grammar::WEIGHED)
            .put("rule", self.rule(rule, label))
            .put("weight", self.number(weight))
            .done()
    }
}

/// Whether a party need not list its body.
fn is_its_own_body(party: &Party, body: &Body) -> bool {
    (&body.id, &body.name, &body.because) == (&party.id, &party.name, &party.because)
        && body.influence.is_none()
}

fn numbers_of(shape: &Shape) -> Vec<&Number> {
    match shape {
        Shape::Values(values) => values.iter().collect(),
        Shape::Linear(points) => points.iter().map(|(_, value)| value).collect(),
        Shape::Triangular { low, peak, high } => vec![low, peak, high],
    }
}
