use crate::{BodyId, ClaimId, Condition, LeverId, MediatorId, Number, PartyId};

/// Someone who helps and signs nothing.
#[derive(Clone, Debug, PartialEq)]
pub struct Mediator {
    /// Unique among mediators, and different from every party's id.
    pub id: String,
    /// What people call it.
    pub name: String,
    /// What its levers may cost together; absent for no limit.
    pub budget: Option<Number>,
    /// Its levers.
    pub levers: Vec<LeverId>,
    /// Claims on which its role rests.
    pub because: Vec<ClaimId>,
}

/// Something a mediator can do, at a cost.
#[derive(Clone, Debug, PartialEq)]
pub struct Lever {
    /// Unique among all levers.
    pub id: String,
    /// What people call it.
    pub name: String,
    /// Whose lever it is.
    pub mediator: MediatorId,
    /// What using it costs the mediator, 0 or more.
    pub cost: Number,
    /// Value added to a body's utility, in its units (negative: what it costs that body).
    pub inducement: Vec<(BodyId, Number)>,
    /// Political cost taken from a body, in its units.
    pub assurance: Vec<(BodyId, Number)>,
    /// How far a body's alternative falls, in its units.
    pub pressure: Vec<(BodyId, Number)>,
    /// How far walking away becomes dearer, as a share of what the deal is worth to that party.
    pub guarantee: Vec<(PartyId, Number)>,
    /// The outcomes it can be used for; absent for all.
    pub when: Option<Condition>,
    /// Levers that cannot be used with it.
    pub excludes: Vec<LeverId>,
    /// Levers it cannot be used without.
    pub requires: Vec<LeverId>,
    /// Claims on which it rests.
    pub because: Vec<ClaimId>,
}
