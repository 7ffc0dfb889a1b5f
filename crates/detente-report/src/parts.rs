//! The parts of a scenario in words: numbers by where they stand, conditions, constraints, rules.

use crate::deal::{self, isolated, with_unit};
use crate::say::body_name;
use crate::words::{plain, value};
use detente_model::{
    BodyId, Clause, Condition, Constraint, Correlation, Cost, Interaction, Issue, IssueId, Law, LeverId,
    OptionId, OptionSet, Options, Party, PartyId, Rule, Shape, Spot, StepId, Talks,
};

/// Whose number it is.
pub(crate) enum Whose {
    /// A body's.
    Body(BodyId),
    /// Part of a rule of agreement.
    Rules,
    /// How likely something is, whoever's it is.
    Chance,
    /// A mediator's.
    Mediators,
    /// Part of the implementation.
    Steps,
}

/// Whose number stands at a spot.
pub(crate) fn whose(spot: &Spot) -> Whose {
    if let Some(body) = spot.body() {
        return Whose::Body(body);
    }
    match spot {
        Spot::Ratifies(..) | Spot::Agreement(_) => Whose::Rules,
        Spot::Correlation(_) | Spot::Case(..) | Spot::Shocks | Spot::StrainCorrelation(_) => Whose::Chance,
        Spot::Delivers(..)
        | Spot::Gives(..)
        | Spot::Kept(_)
        | Spot::Noticed(_)
        | Spot::Counts(..)
        | Spot::Discount => Whose::Steps,
        _ => Whose::Mediators,
    }
}

/// What a number is, without whose it is.
pub(crate) fn number(talks: &Talks, spot: &Spot) -> String {
    match *spot {
        Spot::Influence(_) => "influence within the party".into(),
        Spot::Alternative(_) => "what no deal is worth".into(),
        Spot::Will(body, k) => {
            format!("political cost, {}", parameter(talks.bodies[body.0].will.cost(), k))
        }
        Spot::Strain(body, k) => {
            format!(
                "how much it is tempted to walk away (strain), {}",
                parameter(talks.bodies[body.0].strain.cost(), k)
            )
        }
        Spot::Reaction(_) => "what the answer to walking away costs".into(),
        Spot::Weight(_, issue) => format!("weight of {}", isolated(&talks.issues[issue.0].name)),
        Spot::Shape(body, issue, k) => match shape(talks, body, issue, k) {
            (what, Some(at)) => format!("{what}: {at}"),
            (what, None) => what,
        },
        Spot::Interaction(body, k) => interaction(talks, &talks.bodies[body.0].preferences.interactions[k]),
        Spot::Row(body, table, row) => {
            let table = &talks.bodies[body.0].preferences.tables[table];
            let options = table.rows.keys().nth(row).into_iter().flatten();
            let answers =
                table.issues.iter().zip(options).map(|(issue, option)| answer(talks, *issue, *option));
            format!("value of {}", answers.collect::<Vec<_>>().join(" · "))
        }
        Spot::Otherwise(..) => "value of every combination not listed".into(),
        Spot::Ratifies(party, k) => {
            format!("{}, {}", isolated(&talks.parties[party.0].name), rule_number(k))
        }
        Spot::Agreement(k) => format!("agreement, {}", rule_number(k)),
        Spot::Correlation(k) => match &talks.correlation {
            Some(Correlation::Loadings(of)) if k < of.len() => {
                format!("how far the political cost of {} follows the common mood", body_name(talks, of[k].0))
            }
            _ => "how closely political costs go together".into(),
        },
        Spot::Case(unknown, k) => {
            let unknown = &talks.unknowns[unknown.0];
            let case = &unknown.cases[k].name;
            format!("{}, probability of {}", isolated(&unknown.name), isolated(case))
        }
        Spot::Budget(mediator) => format!("{}, budget", isolated(&talks.mediators[mediator.0].name)),
        Spot::LeverCost(lever) => format!("{}, cost", lever_name(talks, lever)),
        Spot::Inducement(lever, k) => {
            effect(talks, lever, "value it adds", talks.levers[lever.0].inducement[k].0)
        }
        Spot::Assurance(lever, k) => {
            effect(talks, lever, "political cost it takes away", talks.levers[lever.0].assurance[k].0)
        }
        Spot::Pressure(lever, k) => {
            effect(talks, lever, "how far no deal becomes worse", talks.levers[lever.0].pressure[k].0)
        }
        Spot::Guarantee(lever, k) => {
            let party = &talks.parties[talks.levers[lever.0].guarantee[k].0.0];
            format!(
                "{}, what walking away costs more, for {}",
                lever_name(talks, lever),
                isolated(&party.name)
            )
        }
        Spot::Delivers(step, k) => {
            let issue = &talks.issues[talks.steps[step.0].delivers[k].0.0];
            format!("{}, share of {}", step_name(talks, step), isolated(&issue.name))
        }
        Spot::Gives(step, k) => {
            let body = body_name(talks, talks.steps[step.0].gives[k].0);
            format!("{}, value for {body}", step_name(talks, step))
        }
        Spot::Kept(step) => format!("{}, share that is kept after walking away", step_name(talks, step)),
        Spot::Noticed(step) => {
            format!("{}, chance that it is noticed if it is not done", step_name(talks, step))
        }
        Spot::Counts(step, k) => {
            format!("{}, {}", step_name(talks, step), isolated(&talks.steps[step.0].counts[k].what))
        }
        Spot::Shocks => "chance that something from outside ends the plan".into(),
        Spot::Discount => "how much less counts what comes later".into(),
        Spot::StrainCorrelation(k) => match &talks.implementation.correlation {
            Some(Correlation::Loadings(of)) if k < of.len() => {
                format!("how far the strain of {} follows the common mood", body_name(talks, of[k].0))
            }
            _ => "how closely strains go together".into(),
        },
    }
}

/// A table by the issues it is over.
pub(crate) fn table(talks: &Talks, body: BodyId, table: usize) -> String {
    format!("table over {}", issues(talks, &talks.bodies[body.0].preferences.tables[table].issues))
}

/// Issues by their names.
pub(crate) fn issues(talks: &Talks, issues: &[IssueId]) -> String {
    let names: Vec<String> = issues.iter().map(|issue| isolated(&talks.issues[issue.0].name)).collect();
    match &names[..] {
        [before @ .., last] if !before.is_empty() => format!("{} and {last}", before.join(", ")),
        names => names.concat(),
    }
}

/// What a number is, with whose it is.
pub(crate) fn whole_number(talks: &Talks, spot: &Spot) -> String {
    match whose(spot) {
        Whose::Body(body) => format!("{}: {}", body_name(talks, body), number(talks, spot)),
        _ => number(talks, spot),
    }
}

fn rule_number(k: usize) -> String {
    if k == 0 { "the sum that carries".into() } else { format!("weight {k}") }
}

fn parameter(cost: Option<&Cost>, k: usize) -> String {
    let parameters = cost.map(|cost| cost.0.parameters()).unwrap_or_default();
    let name = match parameters.get(k).map_or("value", |(name, _)| *name) {
        "from" => "lowest",
        "to" => "highest",
        "mode" => "most likely",
        "sd" => "standard deviation",
        "alpha" => "shape of the lower end",
        "beta" => "shape of the upper end",
        other => other,
    };
    // A discrete cost has pairs of a value and its probability.
    let pairs = parameters.iter().filter(|(name, _)| *name == "probability").count();
    if pairs > 1 { format!("{name} {}", k / 2 + 1) } else { name.to_owned() }
}

/// What a number of a shape is, and for which answer.
pub(crate) fn shape(talks: &Talks, body: BodyId, issue: IssueId, k: usize) -> (String, Option<String>) {
    let own = &talks.issues[issue.0];
    let name = isolated(&own.name);
    let preference = talks.bodies[body.0].preferences.issues[issue.0].as_ref();
    match preference.map(|preference| &preference.shape) {
        Some(Shape::Linear(points)) => {
            let at = match &own.options {
                Options::Range(range) => {
                    let at = range.in_words(points[k].0);
                    range.unit_of(points[k].0).map_or(at.clone(), |unit| with_unit(&at, unit))
                }
                Options::Named { .. } => plain(points[k].0),
            };
            (format!("value of {name}"), Some(at))
        }
        Some(Shape::Triangular { .. }) => {
            let what = ["starts to rise", "is highest", "is 0 again"][k.min(2)];
            (format!("where the value of {name} {what}"), None)
        }
        _ => (format!("value of {name}"), Some(deal::answer(own, OptionId(k)))),
    }
}

fn interaction(talks: &Talks, interaction: &Interaction) -> String {
    let when = condition(talks, &interaction.when);
    if interaction.unless { format!("extra value unless {when}") } else { format!("extra value if {when}") }
}

fn answer(talks: &Talks, issue: IssueId, option: OptionId) -> String {
    let issue = &talks.issues[issue.0];
    format!("{}: {}", isolated(&issue.name), deal::answer(issue, option))
}

fn lever_name(talks: &Talks, lever: LeverId) -> String {
    isolated(&talks.levers[lever.0].name)
}

fn step_name(talks: &Talks, step: StepId) -> String {
    isolated(&talks.steps[step.0].name)
}

fn effect(talks: &Talks, lever: LeverId, what: &str, body: BodyId) -> String {
    format!("{}, {what} for {}", lever_name(talks, lever), body_name(talks, body))
}

/// `Issue: answer or answer; Issue: from answer to answer`.
pub(crate) fn condition(talks: &Talks, condition: &Condition) -> String {
    let clause = |clause: &Clause| {
        let issue = &talks.issues[clause.issue.0];
        format!("{}: {}", isolated(&issue.name), answers(issue, &clause.options))
    };
    condition.0.iter().map(clause).collect::<Vec<_>>().join(" and ")
}

/// The answers of a clause, as short as can be said.
fn answers(issue: &Issue, options: &OptionSet) -> String {
    let name = |option: OptionId| deal::answer(issue, option);
    let (n, all) = (options.len(), issue.n_options());
    let (first, last) = (options.iter().next(), options.last());
    let ordered = !matches!(issue.options, Options::Named { ordered: false, .. });
    match (first, last) {
        _ if n == all && n > 1 => "any answer".into(),
        (Some(first), Some(last)) if ordered && n > 1 && last.0 - first.0 + 1 == n => {
            match (first.0, last.0 + 1) {
                (0, _) => format!("at most {}", name(last)),
                (_, end) if end == all => format!("{} or more", name(first)),
                _ => format!("from {} to {}", name(first), name(last)),
            }
        }
        (Some(_), Some(_)) if n > 1 && n + 1 == all => {
            let other = (0..all).map(OptionId).find(|option| !options.contains(*option));
            format!("anything but {}", other.map(name).unwrap_or_default())
        }
        (Some(_), _) => {
            let mut names: Vec<String> = options.iter().take(LISTED).map(name).collect();
            if n > LISTED {
                names.push(format!("{} more", n - LISTED));
            }
            names.join(" or ")
        }
        (None, _) => "no answer".into(),
    }
}

/// Answers of a clause that are listed one by one.
const LISTED: usize = 8;

/// A constraint as a sentence without a period.
pub(crate) fn constraint(talks: &Talks, constraint: &Constraint) -> String {
    match &constraint.law {
        Law::Forbid(what) => format!("not together: {}", condition(talks, what)),
        Law::Implies { when, then } => {
            format!("if {}, then {}", condition(talks, when), condition(talks, then))
        }
    }
}

/// Whose yes makes a party's yes.
pub(crate) fn ratifies(talks: &Talks, party: &Party) -> String {
    let name = isolated(&party.name);
    match &party.bodies[..] {
        [_] => format!("{name} decides as one body"),
        _ => {
            let body = |body: &BodyId| isolated(&talks.bodies[body.0].name);
            format!("{name} ratifies if {}", rule(&party.ratifies, &body, false))
        }
    }
}

/// Whose ratification makes an agreement.
pub(crate) fn agreement(talks: &Talks) -> String {
    let party = |party: &PartyId| isolated(&talks.parties[party.0].name);
    format!("The talks agree if {}", rule(&talks.agreement, &party, false))
}

fn rule<T>(node: &Rule<T>, name: &dyn Fn(&T) -> String, inside: bool) -> String {
    let joined = |of: &[Rule<T>], word: &str| {
        of.iter().map(|branch| rule(branch, name, true)).collect::<Vec<_>>().join(word)
    };
    let said = match node {
        Rule::One(member) => return if inside { name(member) } else { format!("{} says yes", name(member)) },
        Rule::All(of) => joined(of, " and "),
        Rule::Any(of) => joined(of, " or "),
        Rule::AtLeast { needed, of } => format!("at least {needed} of {}", joined(of, ", ")),
        Rule::Quota { needed, of } => {
            let each = of
                .iter()
                .map(|(weight, branch)| format!("{} ({})", rule(branch, name, true), value(weight.mean())));
            format!(
                "at least {} of the votes of {}",
                value(needed.mean()),
                each.collect::<Vec<_>>().join(", ")
            )
        }
    };
    if inside { format!("({said})") } else { format!("{said} say yes") }
}
