//! A foreign scenario on its way to talks.

use super::Findings;
use crate::Span;
use crate::looks::in_draft;
use detente_model::{
    Alternative, Body, BodyId, Draft, Issue, Party, PartyId, Preferences, Rule, StatedCost, Talks,
};

/// What a format makes of its files.
pub(super) struct Scene {
    /// What it is called; the name of its folder or file if nothing says it.
    pub(super) title: Option<String>,
    pub(super) issues: Vec<Issue>,
    pub(super) seats: Vec<Seat>,
    /// Whose yes makes an agreement; everybody's if it is not said.
    pub(super) agreement: Option<Rule<PartyId>>,
}

/// One side of a foreign scenario.
pub(super) struct Seat {
    /// The file that describes it.
    pub(super) file: usize,
    /// Made into an id: the name of its file without ending, where a file is a party.
    pub(super) id: String,
    /// What people call it.
    pub(super) name: String,
    pub(super) alternative: NoDeal,
    pub(super) discount: Option<f64>,
    pub(super) preferences: Preferences,
}

/// What no agreement is worth to a side, as its format means it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum NoDeal {
    /// So much.
    Worth(f64),
    /// Less than any agreement, by what the format says of a file that names no number.
    BelowAll,
    /// More than any agreement: the side never agrees.
    AboveAll,
    /// The format does not say.
    NotSaid,
}

impl NoDeal {
    /// A number as it is stored, finite or not.
    pub(super) fn of(value: f64) -> NoDeal {
        match value {
            f64::INFINITY => NoDeal::AboveAll,
            f64::NEG_INFINITY => NoDeal::BelowAll,
            value if value.is_nan() => NoDeal::NotSaid,
            value => NoDeal::Worth(value),
        }
    }
}

impl Scene {
    /// Says of whom no number says what no agreement is worth, and what that means.
    fn say_no_deal(&self, findings: &mut Findings) {
        let of = |wanted: NoDeal| -> Option<String> {
            let who = self.seats.iter().filter(|seat| seat.alternative == wanted);
            let names: Vec<String> = who.map(|seat| format!("`{}`", seat.name)).collect();
            (!names.is_empty()).then(|| names.join(", "))
        };
        if let Some(who) = of(NoDeal::BelowAll) {
            findings.note(format!(
                "any agreement is better than none, as the format has it where no number is given: {who}; there, gains are counted from the worst possible deal"
            ));
        }
        if let Some(who) = of(NoDeal::AboveAll) {
            findings.note(format!("no agreement is ever good enough, as the file has it: {who}"));
        }
        if let Some(who) = of(NoDeal::NotSaid) {
            findings.note(format!("what no agreement is worth is not known: {who}"));
        }
    }

    /// The talks; what does not fit together is reported at the head of a file.
    pub(super) fn finish(self, title: &str, findings: &mut Findings) -> Option<Talks> {
        let first = self.seats.first().map_or(0, |seat| seat.file);
        self.say_no_deal(findings);
        let ids = ids(self.seats.iter().map(|seat| seat.id.as_str()));
        let (mut parties, mut bodies) = (Vec::new(), Vec::new());
        for (k, (seat, id)) in self.seats.into_iter().zip(ids).enumerate() {
            parties.push(Party {
                id: id.clone(),
                name: seat.name.clone(),
                bodies: vec![BodyId(k)],
                ratifies: Rule::All(vec![Rule::One(BodyId(k))]),
                because: vec![],
            });
            bodies.push(Body {
                id,
                name: seat.name,
                party: PartyId(k),
                influence: None,
                alternative: alternative(seat.alternative),
                will: StatedCost::Nothing,
                strain: StatedCost::Nothing,
                reaction: None,
                discount: seat.discount,
                preferences: seat.preferences,
                because: vec![],
            });
        }
        let mut draft =
            Draft::new(self.title.unwrap_or_else(|| title.to_owned()), self.issues, parties, bodies);
        if let Some(agreement) = self.agreement {
            draft.agreement = agreement;
        }
        for (message, help) in in_draft(&draft) {
            findings.doubt(message, help);
        }
        match Talks::new(draft) {
            Ok(talks) => Some(talks),
            Err(problems) => {
                for problem in problems {
                    let message = format!("{}: {}", problem.place, problem.fault.message);
                    findings.error(first, Span::new(0, 0), message, problem.fault.help);
                }
                None
            }
        }
    }
}

fn alternative(no_deal: NoDeal) -> Alternative {
    match no_deal {
        NoDeal::Worth(value) => Alternative::fixed(value),
        NoDeal::BelowAll => Alternative::RefusesNothing,
        NoDeal::AboveAll => Alternative::RefusesAll,
        NoDeal::NotSaid => Alternative::Unknown,
    }
}

/// A text as an id: what cannot stand in `party.body` becomes a hyphen.
pub(super) fn slug(text: &str) -> String {
    let keep =
        |c: char| if c.is_whitespace() || c.is_control() || ".,=`'\"{}[]:".contains(c) { '-' } else { c };
    let mut id: String = text.trim().chars().map(keep).take(80).collect();
    while id.len() > 100 {
        id.pop();
    }
    if id.is_empty() { "party".into() } else { id }
}

/// Ids of their own: the second of the same becomes `id-2`.
fn ids<'a>(texts: impl Iterator<Item = &'a str>) -> Vec<String> {
    let mut taken: Vec<String> = Vec::new();
    for text in texts {
        let id = slug(text);
        let others = (2..).map(|k| format!("{id}-{k}"));
        let free = std::iter::once(id.clone()).chain(others).find(|id| !taken.contains(id));
        taken.extend(free);
    }
    taken
}
