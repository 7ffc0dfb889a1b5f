//! Whether those who perform steps do better by doing them than by failing to.

use super::exit_values::{ExitValues, Steps, missed};
use super::robustness::Check;
use super::survival::Survival;
use super::{Course, Stage};
use crate::bits::members;
use detente_model::{Actor, BodyId, Outcome, PartyId, Talks};

/// Gains from failing this small, as a share of what is at stake, are none.
const TOLERANCE: f64 = 1e-9;

/// A party that performs a step, with what each of its bodies would save by failing, in grid steps.
type Performer = (PartyId, Vec<(usize, i64)>);

/// What failing would be worth.
pub(super) struct Verification<'s> {
    talks: &'s Talks,
    course: &'s Course,
    exit_values: &'s ExitValues,
    /// By step of the deal; absent where a mediator performs it.
    of: Vec<Option<Performer>>,
}

impl<'s> Verification<'s> {
    pub(super) fn new(
        talks: &'s Talks,
        deal: &Outcome,
        course: &'s Course,
        exit_values: &'s ExitValues,
    ) -> Self {
        let saves = |(step, id): (usize, &detente_model::StepId)| match talks.steps[id.0].by {
            Actor::Mediator(_) => None,
            Actor::Party(party) => {
                let own = |body: &BodyId| {
                    let grid = exit_values.bodies[body.0].grid;
                    (body.0, -missed(talks, deal, &course.steps, step, body.0, grid))
                };
                Some((party, talks.parties[party.0].bodies.iter().map(own).collect()))
            }
        };
        let of = course.steps.iter().enumerate().map(saves).collect();
        Verification { talks, course, exit_values, of }
    }

    /// The chance that it is noticed if a step is not done.
    fn noticed(&self, step: usize) -> f64 {
        let noticed = self.talks.steps[self.course.steps[step].0].noticed.as_ref();
        noticed.map_or(1.0, |noticed| noticed.mean().clamp(0.0, 1.0))
    }

    /// Whether every failure is noticed.
    pub(super) fn all_is_noticed(&self) -> bool {
        (0..self.of.len()).all(|step| self.of[step].is_none() || self.noticed(step) >= 1.0)
    }

    /// Of steps that come next, where everybody has so much to lose by walking away: those that fail, each with
    /// the chance that this is noticed.
    pub(super) fn failing(&self, survival: &Survival<'_>, slacks: &[i64], next: Steps) -> Vec<(usize, f64)> {
        let fails = |step: &usize| {
            self.of[*step].as_ref().is_some_and(|(party, saves)| {
                !self.complies(survival, slacks, *party, saves, self.noticed(*step))
            })
        };
        members(next).filter(fails).map(|step| (step, self.noticed(step))).collect()
    }

    /// What is said of each step that comes next.
    pub(super) fn checks(
        &self,
        survival: &Survival<'_>,
        before: usize,
        stage: &Stage,
        next: Steps,
    ) -> Vec<Check> {
        let slacks = stage.slacks(self.exit_values);
        let check = |step: usize| {
            let (party, saves) = self.of[step].as_ref()?;
            let noticed = self.noticed(step);
            let value = |(body, saved): &(usize, i64)| {
                (BodyId(*body), self.exit_values.bodies[*body].grid.value(*saved))
            };
            let most = saves.iter().filter(|(_, saved)| *saved > 0).map(value);
            Some(Check {
                step: self.course.steps[step],
                party: *party,
                before,
                noticed,
                complies: self.complies(survival, &slacks, *party, saves, noticed),
                enough: self.enough(survival, &slacks, *party, saves),
                saves: most.reduce(|most, own| if own.1 > most.1 { own } else { most }),
            })
        };
        members(next).filter_map(check).collect()
    }

    fn complies(
        &self,
        survival: &Survival<'_>,
        slacks: &[i64],
        party: PartyId,
        saves: &[(usize, i64)],
        noticed: f64,
    ) -> bool {
        let complies = |body: usize| {
            let saved = saves.iter().find(|(own, _)| *own == body).map_or(0, |(_, saved)| *saved) as f64;
            // Who would walk away from anything is held only by what is never noticed.
            if self.exit_values.bodies[body].leaves {
                return noticed == 0.0 && saved <= 0.0;
            }
            survival.slack(body, slacks[body]).is_none_or(|slack| {
                let slack = slack as f64;
                noticed * slack - (1.0 - noticed) * saved >= -TOLERANCE * (slack.abs() + saved.abs())
            })
        };
        self.exit_values.rules[party.0].holds(&complies)
    }

    /// The smallest chance of being noticed at which a party complies: none, or where one of its bodies begins to.
    fn enough(
        &self,
        survival: &Survival<'_>,
        slacks: &[i64],
        party: PartyId,
        saves: &[(usize, i64)],
    ) -> Option<f64> {
        let begins = |(body, saved): &(usize, i64)| {
            let slack = survival.slack(*body, slacks[*body])?;
            (*saved > 0 && slack >= 0).then(|| *saved as f64 / (*saved as f64 + slack as f64))
        };
        let mut chances: Vec<f64> = saves.iter().filter_map(begins).chain([0.0]).collect();
        chances.sort_by(f64::total_cmp);
        chances.into_iter().find(|chance| self.complies(survival, slacks, party, saves, *chance))
    }
}
