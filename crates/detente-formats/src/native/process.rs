//! Mediators and their levers, phases, steps, sources and claims.

use super::doubts::{MEAN, NEARER};
use super::grammar;
use super::parties::find_body;
use super::reader::{Fields, Reader, head};
use crate::yaml::{Node, Value};
use detente_model::{
    Actor, Claim, Consequence, Issue, IssueId, Lever, LeverId, Mediator, MediatorId, Number, OptionId,
    Outcome, PartyId, Phase, PhaseId, Source, SourceId, Step, StepId, TimeUnit, Wait,
};
use std::collections::BTreeSet;

impl Reader {
    pub(crate) fn mediator(
        &mut self,
        node: &Node,
        id: MediatorId,
        first_lever: usize,
    ) -> Option<(Mediator, Vec<Lever>)> {
        let fields = self.fields(node, &grammar::MEDIATOR)?;
        let text = fields.get("id").and_then(Node::text).unwrap_or_default().to_owned();
        let name = self.optional_text(fields.get("name")).unwrap_or_else(|| text.clone());
        let budget = self.optional_number(fields.get("budget"));
        self.not_negative(fields.get("budget"), budget.as_ref(), "a budget", MEAN);
        let because = self.because(&fields);
        let items = fields.items("levers");
        let spends = budget.as_ref().map(Number::mean);
        let levers: Vec<Lever> = items.iter().filter_map(|item| self.lever(item, id, spends)).collect();
        let ids = (0..items.len()).map(|k| LeverId(first_lever + k)).collect();
        (levers.len() == items.len())
            .then_some((Mediator { id: text, name, budget, levers: ids, because }, levers))
    }

    fn lever(&mut self, node: &Node, mediator: MediatorId, budget: Option<f64>) -> Option<Lever> {
        let fields = self.fields(node, &grammar::LEVER)?;
        let id = fields.get("id").and_then(Node::text).unwrap_or_default().to_owned();
        let name = self.optional_text(fields.get("name")).unwrap_or_else(|| id.clone());
        let cost = fields.get("cost").and_then(|node| self.number(node));
        self.not_negative(fields.get("cost"), cost.as_ref(), "a lever's cost", MEAN);
        let inducement = self.amounts(fields.get("inducement"), Reader::body_reference, Reader::number);
        let assurance = self.amounts(fields.get("assurance"), Reader::body_reference, Reader::number);
        let pressure = self.amounts(fields.get("pressure"), Reader::body_reference, Reader::number);
        let guarantee = self.amounts(fields.get("guarantee"), Reader::party_reference, Reader::share_of_one);
        if ["inducement", "assurance", "pressure", "guarantee"].iter().all(|key| fields.is_blank(key)) {
            let help = "add `inducement`, `assurance`, `pressure` or `guarantee`";
            self.warn(head(node), format!("the lever `{id}` does nothing"), help);
        }
        if let (Some(cost), Some(budget)) = (&cost, budget)
            && cost.mean() > budget
        {
            let help = "raise the budget of its mediator, or remove the lever: no package can use it";
            self.warn(head(node), format!("the lever `{id}` alone costs more than there is"), help);
        }
        let when = fields.get("when").map(|node| self.condition(node));
        let excludes = self.resolve_all(fields.items("excludes"), |names| &names.levers);
        let requires = self.resolve_all(fields.items("requires"), |names| &names.levers);
        self.not_itself(&fields, &id, &["excludes", "requires"]);
        if excludes.iter().any(|lever| requires.contains(lever)) {
            let help = "remove it from one of the two";
            self.error(head(node), format!("the lever `{id}` excludes what it requires"), help);
        }
        let because = self.because(&fields);
        Some(Lever {
            id,
            name,
            mediator,
            cost: cost?,
            inducement,
            assurance,
            pressure,
            guarantee,
            when: match when {
                Some(condition) => Some(condition?),
                None => None,
            },
            excludes: excludes.into_iter().map(LeverId).collect(),
            requires: requires.into_iter().map(LeverId).collect(),
            because,
        })
    }

    /// Reports a list in which something names itself.
    fn not_itself(&mut self, fields: &Fields<'_>, id: &str, keys: &[&str]) {
        for key in keys {
            let named = |item: &Node| match &item.value {
                Value::Map(pairs) => pairs.iter().any(|(key, _)| key.text() == Some(id)),
                _ => item.text() == Some(id),
            };
            if let Some(item) = fields.items(key).iter().find(|item| named(item)) {
                self.error(
                    head(item),
                    format!("`{id}` names itself under `{key}`"),
                    "remove it, or name another",
                );
            }
        }
    }

    /// `then` is what is done where it may be.
    pub(crate) fn not_negative(
        &mut self,
        node: Option<&Node>,
        number: Option<&Number>,
        what: &str,
        then: &str,
    ) {
        if let (Some(node), Some(number)) = (node, number) {
            if number.mean() < 0.0 {
                self.error(head(node), format!("{what} cannot be negative"), "write 0 or more");
            } else {
                self.doubt_negative(node, number, what, then);
            }
        }
    }

    /// A mapping from references to amounts.
    fn amounts<T: PartialEq>(
        &mut self,
        node: Option<&Node>,
        resolve: fn(&mut Reader, &Node) -> Option<T>,
        read: fn(&mut Reader, &Node) -> Option<Number>,
    ) -> Vec<(T, Number)> {
        let mut amounts: Vec<(T, Number)> = Vec::new();
        let Some(node) = node.filter(|node| !node.is_empty_value()) else { return amounts };
        for (key, value) in self.pairs(node, "names to amounts") {
            let (to, amount) = (resolve(self, key), read(self, value));
            let Some((to, amount)) = to.zip(amount) else { continue };
            if amounts.iter().any(|(other, _)| *other == to) {
                self.error(key.span, "this stands here twice", "keep one of the two");
            }
            amounts.push((to, amount));
        }
        amounts
    }

    fn party_reference(&mut self, node: &Node) -> Option<PartyId> {
        self.resolve(node, |names| &names.parties).map(PartyId)
    }

    fn issue_id(&mut self, node: &Node) -> Option<IssueId> {
        self.resolve(node, |names| &names.issues).map(IssueId)
    }

    pub(crate) fn phase(&mut self, node: &Node) -> Option<Phase> {
        let fields = self.fields(node, &grammar::PHASE)?;
        let id = fields.get("id").and_then(Node::text).unwrap_or_default().to_owned();
        let name = self.optional_text(fields.get("name")).unwrap_or_else(|| id.clone());
        Some(Phase { id, name })
    }

    /// Makes every step of a phase wait for the gate of the phase, but for the steps that are the gate.
    pub(crate) fn gates(&mut self, phases: &[Node], steps: &mut [Step]) {
        for (k, node) in phases.iter().enumerate() {
            let Value::Map(pairs) = &node.value else { continue };
            let Some((_, after)) = pairs.iter().find(|(key, _)| key.text() == Some("after")) else {
                continue;
            };
            let gate = match &after.value {
                Value::List(items) => self.waits(items),
                _ if after.is_empty_value() => continue,
                _ => self.waits(std::slice::from_ref(after)),
            };
            let is_gate = |s: usize| gate.iter().any(|wait| wait.step == StepId(s));
            for (s, step) in steps.iter_mut().enumerate() {
                if step.phase != Some(PhaseId(k)) || is_gate(s) {
                    continue;
                }
                for wait in &gate {
                    if !step.after.iter().any(|own| own.step == wait.step) {
                        step.after.push(wait.clone());
                    }
                }
            }
        }
    }

    pub(crate) fn step(&mut self, node: &Node) -> Option<Step> {
        let fields = self.fields(node, &grammar::STEP)?;
        let id = fields.get("id").and_then(Node::text).unwrap_or_default().to_owned();
        let name = self.optional_text(fields.get("name")).unwrap_or_else(|| id.clone());
        let by = fields.get("by").and_then(|node| self.actor(node));
        let phase = fields.get("phase").map(|node| self.resolve(node, |names| &names.phases));
        let takes = fields.get("takes").map(|node| self.duration(node));
        let deadline = fields.get("deadline").map(|node| self.duration(node));
        let after = self.waits(fields.items("after"));
        let responds = self.waits(fields.items("responds"));
        let mut steps = |key: &str| -> Vec<StepId> {
            self.resolve_all(fields.items(key), |names| &names.steps).into_iter().map(StepId).collect()
        };
        let (includes, excludes, milestones, together) =
            (steps("includes"), steps("excludes"), steps("milestone"), steps("together"));
        self.not_itself(&fields, &id, &["after", "milestone", "together"]);
        let delivers = self.amounts(fields.get("delivers"), Reader::issue_id, Reader::share_of_one);
        let gives = self.amounts(fields.get("gives"), Reader::body_reference, Reader::number);
        let kept = self.share(&fields, "kept", "the share that is kept");
        let noticed = self.share(&fields, "noticed", "the chance that it is noticed");
        let counts = fields.get("counts").map(|node| self.counts(node)).unwrap_or_default();
        let divisible = fields.get("divisible").is_some_and(|node| self.flag(node));
        let only_if = fields.get("only_if").map(|node| self.condition(node));
        let because = self.because(&fields);
        Some(Step {
            id,
            name,
            by: by?,
            phase: phase.flatten().map(PhaseId),
            takes: takes.flatten(),
            after,
            responds,
            includes,
            excludes,
            milestones,
            together,
            deadline: deadline.flatten(),
            delivers,
            gives,
            kept,
            noticed,
            counts,
            divisible,
            only_if: only_if.flatten(),
            because,
        })
    }

    /// A number from 0 to 1.
    fn share(&mut self, fields: &Fields<'_>, key: &str, what: &str) -> Option<Number> {
        let share = fields.get(key).filter(|node| !node.is_empty_value());
        let share = share.and_then(|node| self.share_of_one(node));
        if let (Some(node), Some(share)) = (fields.get(key), &share) {
            if (0.0..=1.0).contains(&share.mean()) {
                self.within(node, share, 0.0, what, NEARER);
            } else {
                let help = "write a number from 0 to 1";
                self.error(head(node), format!("{what} lies outside 0 to 1"), help);
            }
        }
        share
    }

    fn actor(&mut self, node: &Node) -> Option<Actor> {
        let text = self.scalar(node, "the id of a party or mediator")?;
        if let Some(party) = self.names.parties.find(text) {
            return Some(Actor::Party(PartyId(party)));
        }
        if let Some(mediator) = self.names.mediators.find(text) {
            return Some(Actor::Mediator(MediatorId(mediator)));
        }
        let party = text.split_once('.').map(|(party, _)| party);
        if let Some(party) = party.filter(|_| find_body(&self.names, text).is_some()) {
            let message = format!("`{text}` is a body, and a party or a mediator performs a step");
            self.error(node.span, message, format!("write `by: {party}`"));
            return None;
        }
        let known: Vec<&str> = self.names.parties.iter().chain(self.names.mediators.iter()).collect();
        let help = self.way_out(text, known.into_iter(), "parties");
        self.error(node.span, format!("there is no party or mediator `{text}`"), help);
        None
    }

    /// Steps, bare or with a time.
    fn waits(&mut self, items: &[Node]) -> Vec<Wait> {
        let mut waits = Vec::new();
        for item in items {
            match &item.value {
                Value::Map(pairs) => {
                    for (key, value) in pairs {
                        let (step, time) = (self.step_reference(key), self.duration(value));
                        waits.extend(step.map(|step| Wait { step, time }));
                    }
                }
                _ => waits.extend(self.step_reference(item).map(|step| Wait { step, time: None })),
            }
        }
        waits
    }

    fn step_reference(&mut self, node: &Node) -> Option<StepId> {
        self.resolve(node, |names| &names.steps).map(StepId)
    }

    fn counts(&mut self, node: &Node) -> Vec<Consequence> {
        let mut counts = Vec::new();
        for (key, value) in self.pairs(node, "what is counted to numbers") {
            let what = key.text().unwrap_or_default().to_owned();
            let flow = matches!(&value.value, Value::Map(pairs) if pairs.iter().any(|(key, _)| key.text() == Some("per")));
            let consequence =
                if flow { self.flow(value) } else { self.number(value).map(|amount| (amount, None)) };
            counts.extend(consequence.map(|(amount, per)| Consequence { what, amount, per }));
        }
        counts
    }

    fn flow(&mut self, node: &Node) -> Option<(Number, Option<TimeUnit>)> {
        let fields = self.fields(node, &grammar::CONSEQUENCE)?;
        let because = self.because(&fields);
        let per = fields.get("per")?;
        let unit = self.time_unit(per);
        let mut amount = fields.get("value").and_then(|node| self.number(node))?;
        if amount.because.is_empty() {
            amount.because = because;
        }
        Some((amount, unit))
    }

    pub(crate) fn time_unit(&mut self, node: &Node) -> Option<TimeUnit> {
        let unit = node.text().and_then(TimeUnit::parse);
        if unit.is_none() {
            let help = "write `hour`, `day`, `week`, `month` or `year`";
            self.error(head(node), "this is not a unit of time", help);
        }
        unit
    }

    pub(crate) fn source(&mut self, node: &Node) -> Option<Source> {
        let fields = self.fields(node, &grammar::SOURCE)?;
        let id = fields.get("id").and_then(Node::text).unwrap_or_default().to_owned();
        let title = fields.get("title").and_then(|node| self.text(node));
        let kind = self.optional_text(fields.get("kind"));
        let date = fields.get("date").and_then(|node| self.date(node));
        let url = self.optional_text(fields.get("url"));
        Some(Source { id, title: title?, kind, date, url })
    }

    pub(crate) fn claim(&mut self, node: &Node) -> Option<Claim> {
        let fields = self.fields(node, &grammar::CLAIM)?;
        let id = fields.get("id").and_then(Node::text).unwrap_or_default().to_owned();
        let source = fields.get("source").and_then(|node| self.resolve(node, |names| &names.sources));
        let at = self.optional_text(fields.get("at"));
        let who = self.optional_text(fields.get("who"));
        let says = fields.get("says").and_then(|node| self.text(node));
        Some(Claim { id, source: SourceId(source?), at, who, says: says? })
    }

    /// The shares of an issue that steps deliver must sum to 1 for every deal that changes it.
    pub(crate) fn check_deliveries(
        &mut self,
        steps: &[Step],
        issues: &[Issue],
        nodes: &[Node],
        issue_nodes: &[Node],
    ) {
        for (k, issue) in issues.iter().enumerate() {
            let id = IssueId(k);
            let of = |step: &Step| {
                step.delivers.iter().find(|(issue, _)| *issue == id).map(|(_, share)| share.mean())
            };
            let delivering: Vec<(usize, &Step, f64)> = steps
                .iter()
                .enumerate()
                .filter_map(|(s, step)| of(step).map(|share| (s, step, share)))
                .collect();
            let Some((first, ..)) = delivering.first() else {
                if !steps.is_empty() {
                    let help = format!("add `delivers: {{{}: 1}}` to the step that carries it out", issue.id);
                    self.warn(head(&issue_nodes[k]), format!("no step delivers issue `{}`", issue.id), help);
                }
                continue;
            };
            let place = delivery_place(&nodes[*first], &issue.id);
            if issue.status_quo.is_none() {
                let help = "add `status_quo` to the issue: steps deliver the change from it";
                self.warn(place, format!("issue `{}` is delivered but has no status quo", issue.id), help);
            }
            if let Some((deal, sum)) = uneven(&delivering, id, issue, issues) {
                let help = "change the shares of the steps that belong to that deal, or their `only_if`";
                self.error(
                    place,
                    format!("the shares of issue `{}` sum to {sum}, not to 1{deal}", issue.id),
                    help,
                );
            }
        }
    }
}

/// Where a step says that it delivers an issue.
fn delivery_place(step: &Node, issue: &str) -> crate::Span {
    let find = |node: &Node, name: &str| match &node.value {
        Value::Map(pairs) => pairs.iter().find(|(key, _)| key.text() == Some(name)).cloned(),
        _ => None,
    };
    find(step, "delivers")
        .and_then(|(_, shares)| find(&shares, issue))
        .map_or_else(|| head(step), |(key, _)| key.span)
}

/// A deal for which the shares of an issue do not sum to 1, in words, with the sum.
///
/// Only the issue itself and those that conditions of its steps speak of matter; where these have
/// more than 10^5 combinations, the first are tried.
fn uneven(
    steps: &[(usize, &Step, f64)],
    id: IssueId,
    issue: &Issue,
    issues: &[Issue],
) -> Option<(String, f64)> {
    let conditions = steps.iter().filter_map(|(_, step, _)| step.only_if.as_ref());
    let involved: Vec<IssueId> = conditions
        .flat_map(|condition| condition.issues())
        .chain([id])
        .collect::<BTreeSet<_>>()
        .into_iter()
        .collect();
    let mut deal = Outcome(vec![OptionId(0); issues.len()]);
    for _ in 0..100_000 {
        let exists = |step: &Step| step.only_if.as_ref().is_none_or(|condition| condition.holds(&deal));
        let sum: f64 = steps.iter().filter(|(_, step, _)| exists(step)).map(|(.., share)| share).sum();
        if (sum - 1.0).abs() > 1e-9 && issue.status_quo != Some(deal[id]) {
            let unconditional =
                involved.len() == 1 && steps.iter().all(|(_, step, _)| step.only_if.is_none());
            return Some((
                if unconditional { String::new() } else { deal_words(&deal, &involved, issues) },
                round(sum),
            ));
        }
        let advanced = involved.iter().rev().any(|issue| {
            let next = deal.0[issue.0].0 + 1;
            let fits = next < issues[issue.0].n_options();
            deal.0[issue.0] = OptionId(if fits { next } else { 0 });
            fits
        });
        if !advanced {
            return None;
        }
    }
    None
}

fn deal_words(deal: &Outcome, involved: &[IssueId], issues: &[Issue]) -> String {
    let parts: Vec<String> = involved
        .iter()
        .map(|id| format!("`{}` is `{}`", issues[id.0].id, issues[id.0].option_id(deal[*id])))
        .collect();
    format!(" where {}", parts.join(" and "))
}

fn round(value: f64) -> f64 {
    (value * 1e9).round() / 1e9
}
