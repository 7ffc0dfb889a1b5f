use crate::{BodyId, ClaimId, Condition, Fault, IssueId, MediatorId, Number, PartyId, PhaseId, StepId};
use std::fmt;

/// A stage of implementation that steps can belong to.
#[derive(Clone, Debug, PartialEq)]
pub struct Phase {
    /// Unique among phases.
    pub id: String,
    /// What people call it.
    pub name: String,
}

/// A piece of implementation.
#[derive(Clone, Debug, PartialEq)]
pub struct Step {
    /// Unique among steps.
    pub id: String,
    /// What people call it.
    pub name: String,
    /// Who performs it.
    pub by: Actor,
    /// The phase it belongs to.
    pub phase: Option<PhaseId>,
    /// How long it takes.
    pub takes: Option<Duration>,
    /// Steps that must be done before it, and for how long.
    pub after: Vec<Wait>,
    /// Steps that become due when it is done, with the time allowed (DCR response).
    pub responds: Vec<Wait>,
    /// Steps it brings into play (DCR include).
    pub includes: Vec<StepId>,
    /// Steps it takes out of play (DCR exclude).
    pub excludes: Vec<StepId>,
    /// Steps that must not be due when it is done (DCR milestone).
    pub milestones: Vec<StepId>,
    /// Steps done at the same moment.
    pub together: Vec<StepId>,
    /// When it must be done, counted from the start.
    pub deadline: Option<Duration>,
    /// The share of each issue's agreed change that it delivers.
    pub delivers: Vec<(IssueId, Number)>,
    /// Value it delivers to a body beside that, in the body's units.
    pub gives: Vec<(BodyId, Number)>,
    /// The share of its deliveries a receiver keeps after walking away; absent for 1.
    pub kept: Option<Number>,
    /// The chance that others notice if it is not done as agreed; absent for 1.
    pub noticed: Option<Number>,
    /// What it changes for people, counted.
    pub counts: Vec<Consequence>,
    /// Whether it can be carried out in equal parts, one after the other.
    pub divisible: bool,
    /// The deals it belongs to; absent for all.
    pub only_if: Option<Condition>,
    /// Claims on which it rests.
    pub because: Vec<ClaimId>,
}

impl Step {
    /// A step of somebody's that waits for nothing and delivers nothing.
    pub fn new(id: impl Into<String>, by: Actor) -> Step {
        let id = id.into();
        Step {
            name: id.clone(),
            id,
            by,
            phase: None,
            takes: None,
            after: vec![],
            responds: vec![],
            includes: vec![],
            excludes: vec![],
            milestones: vec![],
            together: vec![],
            deadline: None,
            delivers: vec![],
            gives: vec![],
            kept: None,
            noticed: None,
            counts: vec![],
            divisible: false,
            only_if: None,
            because: vec![],
        }
    }
}

/// Who performs a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Actor {
    /// A party.
    Party(PartyId),
    /// A mediator.
    Mediator(MediatorId),
}

/// A step and a time.
#[derive(Clone, Debug, PartialEq)]
pub struct Wait {
    /// The step waited for or called for.
    pub step: StepId,
    /// The delay or the time allowed, if any.
    pub time: Option<Duration>,
}

/// A counted consequence of a step.
#[derive(Clone, Debug, PartialEq)]
pub struct Consequence {
    /// What is counted.
    pub what: String,
    /// How much.
    pub amount: Number,
    /// Counted once, or from the step on in every such unit of time.
    pub per: Option<TimeUnit>,
}

/// A unit of time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TimeUnit {
    /// 1 hour.
    Hour,
    /// 24 hours.
    Day,
    /// 7 days.
    Week,
    /// A twelfth of a year.
    Month,
    /// 365.25 days.
    Year,
}

impl TimeUnit {
    /// Reads `day` or `days` and the like.
    pub fn parse(text: &str) -> Option<TimeUnit> {
        match text.strip_suffix('s').unwrap_or(text) {
            "hour" => Some(TimeUnit::Hour),
            "day" => Some(TimeUnit::Day),
            "week" => Some(TimeUnit::Week),
            "month" => Some(TimeUnit::Month),
            "year" => Some(TimeUnit::Year),
            _ => None,
        }
    }

    /// Its length in days.
    pub fn days(self) -> f64 {
        match self {
            TimeUnit::Hour => 1.0 / 24.0,
            TimeUnit::Day => 1.0,
            TimeUnit::Week => 7.0,
            TimeUnit::Month => 365.25 / 12.0,
            TimeUnit::Year => 365.25,
        }
    }

    fn name(self) -> &'static str {
        match self {
            TimeUnit::Hour => "hour",
            TimeUnit::Day => "day",
            TimeUnit::Week => "week",
            TimeUnit::Month => "month",
            TimeUnit::Year => "year",
        }
    }
}

/// A length of time as a person writes it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Duration {
    /// How many units, 0 or more.
    pub amount: f64,
    /// Of what.
    pub unit: TimeUnit,
}

impl Duration {
    /// Reads `3 weeks`, `1 month`, `36 hours`.
    ///
    /// # Errors
    /// Anything else, or a negative length.
    pub fn parse(text: &str) -> Result<Duration, Fault> {
        let bad = || {
            Fault::new(
                format!("`{text}` is not a length of time"),
                "write a number and hours, days, weeks, months or years, like `3 weeks`",
            )
        };
        let (amount, unit) = text.trim().split_once(' ').ok_or_else(bad)?;
        let amount: f64 = amount.parse().map_err(|_| bad())?;
        let unit = TimeUnit::parse(unit.trim()).ok_or_else(bad)?;
        if amount.is_finite() && amount >= 0.0 { Ok(Duration { amount, unit }) } else { Err(bad()) }
    }

    /// Its length in days.
    pub fn days(self) -> f64 {
        self.amount * self.unit.days()
    }
}

impl fmt::Display for Duration {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let plural = if self.amount == 1.0 { "" } else { "s" };
        write!(f, "{} {}{plural}", self.amount, self.unit.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_of_time_are_read_as_people_write_them() {
        for (text, days, shown) in [
            ("3 weeks", 21.0, "3 weeks"),
            ("1 month", 30.4375, "1 month"),
            ("36 hours", 1.5, "36 hours"),
            ("2 day", 2.0, "2 days"),
        ] {
            let duration = Duration::parse(text).expect(text);
            assert_eq!((duration.days(), duration.to_string().as_str()), (days, shown));
        }
        for bad in ["3", "weeks", "-1 week", "3 fortnights", "NaN days", ""] {
            assert!(Duration::parse(bad).is_err(), "{bad}");
        }
    }
}
