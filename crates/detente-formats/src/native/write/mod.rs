//! Writes talks in the native language, as a careful person would.
//!
//! Two passes. [`fit`] changes the talks to the nearest ones that the language can hold and says what is lost by
//! that; what is left is laid out without looking back. The result is read again before it is handed out, so
//! that nothing is lost without a word.

mod fit;
mod issues;
mod numbers;
mod parties;
mod process;

use super::grammar::{self, Object};
use crate::diagnostic::Severity;
use crate::emit::{Yaml, document};
use detente_model::{BodyId, ClaimId, Draft, Number, Rule, Talks};
use std::fmt;

/// Talks as a scenario file.
#[derive(Clone, Debug)]
pub struct Written {
    /// The file. It reads without errors if nothing is lost, and where it can be made to in spite of a loss.
    pub text: String,
    /// What of the talks the file does not hold; empty if it reads back as the same talks.
    pub losses: Vec<Loss>,
}

/// Something of the talks that a scenario file cannot hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Loss {
    /// What it is and what stands in its place: lower case, no final period, user text in backticks.
    pub what: String,
}

impl fmt::Display for Loss {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.what)
    }
}

/// Writes talks as a scenario file.
///
/// Where nothing is lost, reading the file gives the same talks, but for forms that mean the same: a condition
/// without a clause, loadings of nobody, a table or line that ends before the issue does are written out.
pub fn write(talks: &Talks) -> Written {
    let (draft, mut losses) = fit::fit(talks);
    let text = document(&Writer { draft: &draft }.scenario());
    if losses.len() < fit::MAX_LOSSES {
        losses.extend(unread(&draft, &text));
    }
    Written { text, losses }
}

/// What is found wrong with a file that should hold these talks.
fn unread(draft: &Draft, text: &str) -> Vec<Loss> {
    let reading = crate::read(text.as_bytes());
    let errors = reading.diagnostics.iter().filter(|found| found.severity == Severity::Error);
    let refused = |message: &str| Loss { what: format!("the file will not be read: {message}") };
    let Some(read) = reading.talks else {
        return errors.map(|found| refused(&found.message)).collect();
    };
    if *read == *draft {
        return Vec::new();
    }
    changed(draft, &read)
        .into_iter()
        .map(|part| Loss { what: format!("the {part} will not be read back as they are") })
        .collect()
}

fn changed(a: &Draft, b: &Draft) -> Vec<&'static str> {
    let head =
        |d: &Draft| (d.title.clone(), d.as_of, d.authors.clone(), d.note.clone(), d.common_unit.clone());
    let parts = [
        ("first lines", head(a) == head(b)),
        ("parties", a.parties == b.parties && a.agreement == b.agreement),
        ("bodies", a.bodies == b.bodies),
        ("unknowns", a.unknowns == b.unknowns && a.correlation == b.correlation),
        ("issues", a.issues == b.issues),
        ("constraints", a.constraints == b.constraints),
        ("mediators and levers", a.mediators == b.mediators && a.levers == b.levers),
        ("phases and steps", a.phases == b.phases && a.steps == b.steps),
        ("terms of implementation", a.implementation == b.implementation),
        ("sources and claims", a.sources == b.sources && a.claims == b.claims),
    ];
    parts.into_iter().filter(|(_, same)| !same).map(|(name, _)| name).collect()
}

/// Lays out what the language can hold.
struct Writer<'d> {
    draft: &'d Draft,
}

/// A mapping of the language; its keys come in the order of the grammar.
struct Fields {
    object: &'static Object,
    pairs: Vec<(usize, Yaml)>,
}

impl Fields {
    fn new(object: &'static Object) -> Fields {
        Fields { object, pairs: Vec::new() }
    }

    /// One more key, unless there is nothing to write behind it.
    fn put(mut self, key: &str, value: impl Into<Option<Yaml>>) -> Fields {
        let position = self.object.keys.iter().position(|known| known.name == key);
        debug_assert!(position.is_some(), "`{key}` is not in the grammar");
        self.pairs.extend(position.zip(value.into()));
        self
    }

    fn text(self, key: &str, text: Option<&String>) -> Fields {
        self.put(key, text.map(Yaml::text))
    }

    /// A list; left out if it is empty.
    fn list(self, key: &str, items: impl IntoIterator<Item = Yaml>) -> Fields {
        let items: Vec<Yaml> = items.into_iter().collect();
        self.put(key, (!items.is_empty()).then(|| Yaml::list(items)))
    }

    /// A list with a line for each item; left out if it is empty.
    fn lines(self, key: &str, items: impl IntoIterator<Item = Yaml>) -> Fields {
        let items: Vec<Yaml> = items.into_iter().collect();
        self.put(key, (!items.is_empty()).then(|| Yaml::list(items).tall()))
    }

    /// The id, and the name if it is another.
    fn named(self, id: &String, name: &String) -> Fields {
        self.text("id", Some(id)).text("name", Some(name).filter(|name| *name != id))
    }

    fn in_order(mut self) -> Vec<(Yaml, Yaml)> {
        self.pairs.sort_by_key(|(position, _)| *position);
        let name = |position: usize| Yaml::plain(self.object.keys[position].name);
        self.pairs.into_iter().map(|(position, value)| (name(position), value)).collect()
    }

    fn done(self) -> Yaml {
        Yaml::map(self.in_order())
    }
}

impl Writer<'_> {
    fn scenario(&self) -> Vec<(Yaml, Yaml)> {
        let draft = self.draft;
        let agreement = (!is_everyone(&draft.agreement, 0, draft.parties.len()))
            .then(|| self.rule(&draft.agreement, &|id| Yaml::text(&draft.parties[id.0].id)));
        Fields::new(&grammar::SCENARIO)
            .put("detente", Yaml::plain("1"))
            .text("title", Some(&draft.title))
            .put("as_of", draft.as_of.map(|date| Yaml::plain(date.to_string())))
            .list("authors", draft.authors.iter().map(Yaml::text))
            .text("common_unit", draft.common_unit.as_ref())
            .text("note", draft.note.as_ref())
            .lines("issues", draft.issues.iter().map(|issue| self.issue(issue)))
            .lines("parties", draft.parties.iter().map(|party| self.party(party)))
            .put("agreement", agreement)
            .lines("constraints", draft.constraints.iter().map(|constraint| self.constraint(constraint)))
            .lines("unknowns", draft.unknowns.iter().map(|unknown| self.unknown(unknown)))
            .put("correlation", draft.correlation.as_ref().map(|correlation| self.correlation(correlation)))
            .lines("mediators", draft.mediators.iter().map(|mediator| self.mediator(mediator)))
            .lines("phases", self.phases())
            .lines("steps", draft.steps.iter().map(|step| self.step(step)))
            .put("implementation", self.implementation())
            .lines("sources", draft.sources.iter().map(|source| self.source(source)))
            .lines("claims", draft.claims.iter().map(|claim| self.claim(claim)))
            .in_order()
    }

    /// The claims that something rests on; a single one stands alone.
    fn because(&self, claims: &[ClaimId]) -> Option<Yaml> {
        one_or_more(claims.iter().map(|claim| Yaml::text(&self.draft.claims[claim.0].id)))
    }

    /// `party.body`, or the party alone where it is its own body.
    fn body_label(&self, id: BodyId) -> Yaml {
        let body = &self.draft.bodies[id.0];
        let party = &self.draft.parties[body.party.0];
        match party.bodies.len() == 1 && party.id == body.id {
            true => Yaml::text(&party.id),
            false => Yaml::text(format!("{}.{}", party.id, body.id)),
        }
    }

    /// A mapping from references to amounts; left out if it is empty.
    fn amounts<T>(&self, amounts: &[(T, Number)], label: impl Fn(&T) -> Yaml) -> Option<Yaml> {
        let pairs = amounts.iter().map(|(to, amount)| (label(to), self.number(amount)));
        (!amounts.is_empty()).then(|| Yaml::map(pairs))
    }
}

/// A list, of which a single item stands alone; nothing if it is empty.
fn one_or_more(items: impl Iterator<Item = Yaml>) -> Option<Yaml> {
    let mut items: Vec<Yaml> = items.collect();
    match items.len() {
        0 => None,
        1 => items.pop(),
        _ => Some(Yaml::list(items)),
    }
}

/// Whether a rule asks every member from the first on, in their order, as it does where none is written.
fn is_everyone<T: Position>(rule: &Rule<T>, first: usize, of: usize) -> bool {
    let Rule::All(branches) = rule else { return false };
    let is = |(k, branch): (usize, &Rule<T>)| matches!(branch, Rule::One(id) if id.position() == first + k);
    branches.len() == of && branches.iter().enumerate().all(is)
}

/// Where a member of a rule stands among its kind.
trait Position {
    fn position(&self) -> usize;
}

impl Position for BodyId {
    fn position(&self) -> usize {
        self.0
    }
}

impl Position for detente_model::PartyId {
    fn position(&self) -> usize {
        self.0
    }
}
