//! Mediators and their levers, phases, steps, what holds for implementation, sources and claims.

use super::numbers::number_text;
use super::{Fields, Writer, grammar, one_or_more};
use crate::emit::Yaml;
use detente_model::{
    Actor, Claim, Consequence, Duration, Implementation, Lever, LeverId, Mediator, Rate, Source, Step,
    StepId, TimeUnit, Wait,
};

impl Writer<'_> {
    pub(super) fn mediator(&self, mediator: &Mediator) -> Yaml {
        Fields::new(&grammar::MEDIATOR)
            .named(&mediator.id, &mediator.name)
            .put("budget", self.optional(&mediator.budget))
            .lines("levers", mediator.levers.iter().map(|id| self.lever(&self.draft.levers[id.0])))
            .put("because", self.because(&mediator.because))
            .done()
            .tall()
    }

    fn lever(&self, lever: &Lever) -> Yaml {
        let levers =
            |ids: &[LeverId]| one_or_more(ids.iter().map(|id| Yaml::text(&self.draft.levers[id.0].id)));
        let party = |id: &detente_model::PartyId| Yaml::text(&self.draft.parties[id.0].id);
        Fields::new(&grammar::LEVER)
            .named(&lever.id, &lever.name)
            .put("cost", self.number(&lever.cost))
            .put("inducement", self.amounts(&lever.inducement, |body| self.body_label(*body)))
            .put("assurance", self.amounts(&lever.assurance, |body| self.body_label(*body)))
            .put("pressure", self.amounts(&lever.pressure, |body| self.body_label(*body)))
            .put("guarantee", self.amounts(&lever.guarantee, party))
            .put("when", lever.when.as_ref().map(|when| self.condition(when)))
            .put("excludes", levers(&lever.excludes))
            .put("requires", levers(&lever.requires))
            .put("because", self.because(&lever.because))
            .done()
    }

    /// The phases; none where the steps say the same by naming them.
    pub(super) fn phases(&self) -> Vec<Yaml> {
        if super::fit::phases_go_without_saying(self.draft) {
            return Vec::new();
        }
        let phases = self.draft.phases.iter();
        phases.map(|phase| Fields::new(&grammar::PHASE).named(&phase.id, &phase.name).done()).collect()
    }

    pub(super) fn step(&self, step: &Step) -> Yaml {
        let draft = self.draft;
        let by = match step.by {
            Actor::Party(id) => &draft.parties[id.0].id,
            Actor::Mediator(id) => &draft.mediators[id.0].id,
        };
        let counts = step.counts.iter().map(|counted| (Yaml::text(&counted.what), self.consequence(counted)));
        Fields::new(&grammar::STEP)
            .named(&step.id, &step.name)
            .text("by", Some(by))
            .text("phase", step.phase.map(|id| &draft.phases[id.0].id))
            .put("takes", step.takes.map(duration))
            .put("after", self.waits(&step.after))
            .put("responds", self.waits(&step.responds))
            .put("includes", self.steps(&step.includes))
            .put("excludes", self.steps(&step.excludes))
            .put("milestone", self.steps(&step.milestones))
            .put("together", self.steps(&step.together))
            .put("deadline", step.deadline.map(duration))
            .put("delivers", self.amounts(&step.delivers, |issue| Yaml::text(&draft.issues[issue.0].id)))
            .put("gives", self.amounts(&step.gives, |body| self.body_label(*body)))
            .put("kept", self.optional(&step.kept))
            .put("noticed", self.optional(&step.noticed))
            .put("counts", (!step.counts.is_empty()).then(|| Yaml::map(counts)))
            .put("divisible", step.divisible.then(|| Yaml::plain("true")))
            .put("only_if", step.only_if.as_ref().map(|condition| self.condition(condition)))
            .put("because", self.because(&step.because))
            .done()
    }

    fn steps(&self, ids: &[StepId]) -> Option<Yaml> {
        one_or_more(ids.iter().map(|id| self.step_id(*id)))
    }

    fn step_id(&self, id: StepId) -> Yaml {
        Yaml::text(&self.draft.steps[id.0].id)
    }

    fn waits(&self, waits: &[Wait]) -> Option<Yaml> {
        let wait = |wait: &Wait| match wait.time {
            Some(time) => Yaml::map([(self.step_id(wait.step), duration(time))]),
            None => self.step_id(wait.step),
        };
        match waits {
            [] => None,
            [only] if only.time.is_none() => Some(wait(only)),
            _ => Some(Yaml::list(waits.iter().map(wait))),
        }
    }

    fn consequence(&self, counted: &Consequence) -> Yaml {
        let Some(unit) = counted.per else { return self.number(&counted.amount) };
        let because = &counted.amount.because;
        Fields::new(&grammar::CONSEQUENCE)
            .put("value", self.number_under(&counted.amount, because))
            .put("per", Yaml::plain(time_unit(unit)))
            .put("because", self.because(because))
            .done()
    }

    pub(super) fn implementation(&self) -> Option<Yaml> {
        let all = &self.draft.implementation;
        let rate = |rate: &Rate, object: &'static grammar::Object, key: &str| {
            let fields = Fields::new(object).put(key, self.number(&rate.amount));
            fields.put("per", Yaml::plain(time_unit(rate.per))).done()
        };
        (*all != Implementation::default()).then(|| {
            Fields::new(&grammar::IMPLEMENTATION)
                .put("horizon", all.horizon.map(duration))
                .put("shocks", all.shocks.as_ref().map(|shocks| rate(shocks, &grammar::SHOCKS, "chance")))
                .put("discount", all.discount.as_ref().map(|own| rate(own, &grammar::DISCOUNT, "rate")))
                .put("correlation", all.correlation.as_ref().map(|correlation| self.correlation(correlation)))
                .done()
                .tall()
        })
    }

    pub(super) fn source(&self, source: &Source) -> Yaml {
        Fields::new(&grammar::SOURCE)
            .text("id", Some(&source.id))
            .text("title", Some(&source.title))
            .text("kind", source.kind.as_ref())
            .put("date", source.date.map(|date| Yaml::plain(date.to_string())))
            .text("url", source.url.as_ref())
            .done()
    }

    pub(super) fn claim(&self, claim: &Claim) -> Yaml {
        Fields::new(&grammar::CLAIM)
            .text("id", Some(&claim.id))
            .text("source", Some(&self.draft.sources[claim.source.0].id))
            .text("at", claim.at.as_ref())
            .text("who", claim.who.as_ref())
            .text("says", Some(&claim.says))
            .done()
    }
}

fn duration(time: Duration) -> Yaml {
    let plural = if time.amount == 1.0 { "" } else { "s" };
    Yaml::plain(format!("{} {}{plural}", number_text(time.amount), time_unit(time.unit)))
}

fn time_unit(unit: TimeUnit) -> &'static str {
    match unit {
        TimeUnit::Hour => "hour",
        TimeUnit::Day => "day",
        TimeUnit::Week => "week",
        TimeUnit::Month => "month",
        TimeUnit::Year => "year",
    }
}
