//! What a negotiation is: talks, outcomes, preferences, distributions, rules, steps and record.
//!
//! Pure values and ids. Nothing here reads a file, knows a clock, draws a random number or solves
//! anything; what stands here is only what the words of the field mean (`docs/scenario.md`).
//! A [`Talks`] has passed [`Talks::new`], so every index in it points at something.

mod condition;
mod dcr;
mod digits;
mod distribution;
mod fault;
mod grid;
mod implementation;
mod issue;
mod mediator;
mod number;
mod numbers;
mod party;
mod preferences;
mod record;
mod rule;
mod sourcing;
mod spot;
mod stated;
mod step;
mod talks;
mod unknown;

pub use condition::{Clause, Condition, Constraint, Law, OptionSet};
pub use dcr::{Event, Graph, Relation, RelationKind};
pub use digits::grouped;
pub use distribution::{Cumulative, Distribution, normal_at_most, normal_quantile};
pub use fault::Fault;
pub use grid::Grid;
pub use implementation::{Implementation, Rate};
pub use issue::{Issue, NamedOption, Options, Range};
pub use mediator::{Lever, Mediator};
pub use number::{Cost, Number};
pub use numbers::{NumberRole, PlacedNumber};
pub use party::{Body, Party};
pub use preferences::{Interaction, IssuePreference, Preferences, Shape, Table};
pub use record::{Claim, Date, Source};
pub use rule::Rule;
pub use sourcing::{Sourcing, Support};
pub use spot::Spot;
pub use stated::{Alternative, StatedCost, Unsaid};
pub use step::{Actor, Consequence, Duration, Phase, Step, TimeUnit, Wait};
pub use talks::{Draft, Outcome, Problem, Talks};
pub use unknown::{Case, Correlation, Unknown};

macro_rules! index {
    ($(#[doc = $doc:literal] $name:ident),+ $(,)?) => {$(
        #[doc = $doc]
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
        pub struct $name(pub usize);
    )+};
}

index! {
    #[doc = "Index of a party in [`Draft::parties`]."]
    PartyId,
    #[doc = "Index of a body in [`Draft::bodies`], counted over all parties."]
    BodyId,
    #[doc = "Index of an issue in [`Draft::issues`]."]
    IssueId,
    #[doc = "Index of an option within its issue."]
    OptionId,
    #[doc = "Index of a mediator in [`Draft::mediators`]."]
    MediatorId,
    #[doc = "Index of a lever in [`Draft::levers`], counted over all mediators."]
    LeverId,
    #[doc = "Index of an unknown in [`Draft::unknowns`]."]
    UnknownId,
    #[doc = "Index of a phase in [`Draft::phases`]."]
    PhaseId,
    #[doc = "Index of a step in [`Draft::steps`]."]
    StepId,
    #[doc = "Index of an event in [`Graph::events`]."]
    EventId,
    #[doc = "Index of a source in [`Draft::sources`]."]
    SourceId,
    #[doc = "Index of a claim in [`Draft::claims`]."]
    ClaimId,
}
