//! The nearest talks that the language can hold, and what is lost by that.

use super::super::reader::{MAX_ANY_ID_BYTES, MAX_ID_BYTES, any_id_fault, can_be_in_id};
use super::Loss;
use super::numbers::{common, is_bare};
use crate::looks::{is_unseen, unseen};
use crate::yaml::is_control;
use detente_model::{
    Body, Clause, Condition, Correlation, Cost, Distribution, Draft, Issue, IssueId, Law, Number, OptionId,
    OptionSet, Options, Phase, Shape, StatedCost, Table,
};
use std::collections::BTreeSet;

/// Past so many losses, no more are told.
pub(super) const MAX_LOSSES: usize = 1000;
/// A text quoted in a loss is cut after so many characters.
const MAX_QUOTED: usize = 60;

/// The nearest talks that the language can hold.
pub(super) fn fit(talks: &Draft) -> (Draft, Vec<Loss>) {
    let mut draft = talks.clone();
    let mut fit = Fit { losses: Vec::new() };
    fit.ids(&mut draft);
    fit.options(&mut draft);
    fit.texts(&mut draft);
    fit.counted(&mut draft);
    fit.costs(&mut draft);
    fit.lines(&mut draft);
    say_the_same(&mut draft);
    (draft, fit.losses)
}

struct Fit {
    losses: Vec<Loss>,
}

impl Fit {
    fn lose(&mut self, what: String) {
        if self.losses.len() < MAX_LOSSES {
            self.losses.push(Loss { what });
        }
    }

    /// Ids are words without some characters, each its own among things of its kind.
    fn ids(&mut self, draft: &mut Draft) {
        let Draft {
            parties,
            bodies,
            issues,
            unknowns,
            mediators,
            levers,
            phases,
            steps,
            sources,
            claims,
            ..
        } = draft;
        self.rename_issues(issues);
        // Parties and mediators share their names.
        let sides = parties.iter_mut().map(|party| &mut party.id);
        self.rename(
            "a party or mediator",
            sides.chain(mediators.iter_mut().map(|own| &mut own.id)).collect(),
        );
        let mut bodies = bodies.iter_mut().peekable();
        while let Some(party) = bodies.peek().map(|body| body.party) {
            let mut own = Vec::new();
            while let Some(body) = bodies.next_if(|body| body.party == party) {
                own.push(&mut body.id);
            }
            self.rename("a body", own);
        }
        self.rename("an unknown", unknowns.iter_mut().map(|unknown| &mut unknown.id).collect());
        for unknown in unknowns {
            self.rename("a case", unknown.cases.iter_mut().map(|case| &mut case.id).collect());
        }
        self.rename("a lever", levers.iter_mut().map(|lever| &mut lever.id).collect());
        self.rename("a step", steps.iter_mut().map(|step| &mut step.id).collect());
        self.rename("a source", sources.iter_mut().map(|source| &mut source.id).collect());
        self.rename("a claim", claims.iter_mut().map(|claim| &mut claim.id).collect());
        if !say_phases(phases, steps) {
            self.rename("a phase", phases.iter_mut().map(|phase| &mut phase.id).collect());
        }
    }

    fn rename(&mut self, of: &str, ids: Vec<&mut String>) {
        self.rename_by(of, ids, id_fault, tame);
    }

    /// Ids of issues are any text.
    fn rename_issues(&mut self, issues: &mut [Issue]) {
        let tame = |id: &str| {
            let mut tamed = id.replace(char::is_control, " ").trim().to_owned();
            while tamed.len() > MAX_ANY_ID_BYTES - 10 {
                tamed.pop();
            }
            tamed.trim_end().to_owned()
        };
        self.rename_by(
            "an issue",
            issues.iter_mut().map(|issue| &mut issue.id).collect(),
            any_id_fault,
            tame,
        );
    }

    fn rename_by(
        &mut self,
        of: &str,
        ids: Vec<&mut String>,
        fault: impl Fn(&str) -> Option<String>,
        tame: impl Fn(&str) -> String,
    ) {
        let mut seen = BTreeSet::new();
        // Who can keep an id keeps it, whatever comes before.
        let keeps: Vec<bool> =
            ids.iter().map(|id| fault(id).is_none() && seen.insert((**id).clone())).collect();
        for (id, _) in ids.into_iter().zip(keeps).filter(|(_, keeps)| !keeps) {
            let why = fault(id).unwrap_or_else(|| "is taken".into());
            let other = free(&tame(id), &seen);
            self.lose(format!("the id {} of {of} {why}: it becomes `{other}`", quoted(id)));
            seen.insert(other.clone());
            *id = other;
        }
    }

    /// The ids and names of options, and the units of ranges.
    fn options(&mut self, draft: &mut Draft) {
        for issue in &mut draft.issues {
            let of = format!("of issue `{}`", issue.id);
            match &mut issue.options {
                Options::Range(range) => self.optional(&format!("the unit {of}"), &mut range.unit),
                Options::Named { options, .. } => {
                    let mut seen: BTreeSet<String> = options.iter().map(|option| option.id.clone()).collect();
                    for option in options {
                        if option.id.contains(is_control) {
                            let other = free(&option.id.replace(is_control, ""), &seen);
                            self.lose(format!(
                                "the option id {} {of} holds a control character: it becomes {}",
                                quoted(&option.id),
                                quoted(&other)
                            ));
                            seen.insert(other.clone());
                            option.id = other;
                        }
                        self.text(
                            &format!("the name of option {} {of}", quoted(&option.id)),
                            &mut option.name,
                        );
                    }
                }
            }
        }
    }

    /// Every text for people.
    fn texts(&mut self, draft: &mut Draft) {
        self.text("the title", &mut draft.title);
        draft.authors.iter_mut().for_each(|author| self.text("the name of an author", author));
        self.optional("the note", &mut draft.note);
        self.optional("the common unit", &mut draft.common_unit);
        let names = draft.issues.iter_mut().map(|own| ("issue", &own.id, &mut own.name));
        let names = names.chain(draft.parties.iter_mut().map(|own| ("party", &own.id, &mut own.name)));
        let names = names.chain(draft.bodies.iter_mut().map(|own| ("body", &own.id, &mut own.name)));
        for (kind, id, name) in names {
            self.text(&format!("the name of {kind} `{id}`"), name);
        }
        for unknown in &mut draft.unknowns {
            self.text(&format!("the name of unknown `{}`", unknown.id), &mut unknown.name);
            for case in &mut unknown.cases {
                self.text(&format!("the name of case `{}`", case.id), &mut case.name);
            }
        }
        let names = draft.mediators.iter_mut().map(|own| ("mediator", &own.id, &mut own.name));
        let names = names.chain(draft.levers.iter_mut().map(|own| ("lever", &own.id, &mut own.name)));
        let names = names.chain(draft.steps.iter_mut().map(|own| ("step", &own.id, &mut own.name)));
        for (kind, id, name) in names {
            self.text(&format!("the name of {kind} `{id}`"), name);
        }
        for phase in &mut draft.phases {
            self.text(&format!("the name of phase {}", quoted(&phase.id)), &mut phase.name);
        }
        for source in &mut draft.sources {
            let of = format!("of source `{}`", source.id);
            self.text(&format!("the title {of}"), &mut source.title);
            self.optional(&format!("the kind {of}"), &mut source.kind);
            self.optional(&format!("the address {of}"), &mut source.url);
        }
        for claim in &mut draft.claims {
            let of = format!("claim `{}`", claim.id);
            self.text(&format!("what {of} says"), &mut claim.says);
            self.optional(&format!("the place of {of}"), &mut claim.at);
            self.optional(&format!("who asserts {of}"), &mut claim.who);
        }
    }

    fn optional(&mut self, what: &str, text: &mut Option<String>) {
        if let Some(text) = text {
            self.text(what, text);
        }
    }

    fn text(&mut self, what: &str, text: &mut String) {
        if text.contains(is_control) {
            *text = text.replace(is_control, "");
            self.lose(format!("{what} holds a control character: it is left out"));
        }
    }

    /// What steps count is a key, so it stands once in a step.
    fn counted(&mut self, draft: &mut Draft) {
        for step in &mut draft.steps {
            for counted in &mut step.counts {
                self.text(&format!("what step `{}` counts", step.id), &mut counted.what);
            }
            let mut taken: BTreeSet<String> =
                step.counts.iter().map(|counted| counted.what.clone()).collect();
            let mut before = BTreeSet::new();
            for counted in &mut step.counts {
                if before.insert(counted.what.clone()) {
                    continue;
                }
                let other = free(&counted.what, &taken);
                let (what, becomes) = (quoted(&counted.what), quoted(&other));
                self.lose(format!("step `{}` counts {what} more than once: one becomes {becomes}", step.id));
                taken.insert(other.clone());
                counted.what = other;
            }
        }
    }

    /// The values of a discrete cost are keys: plain, and with claims only where these stand for all.
    fn costs(&mut self, draft: &mut Draft) {
        let parties = &draft.parties;
        for body in &mut draft.bodies {
            let of = format!("of body `{}.{}`", parties[body.party.0].id, body.id);
            let Body { will, strain, .. } = body;
            for (kind, cost) in [("political cost", will), ("strain", strain)] {
                if let StatedCost::Cost(Cost(Distribution::Discrete(points))) = cost {
                    self.discrete(&format!("{kind} {of}"), points);
                }
            }
        }
    }

    fn discrete(&mut self, what: &str, points: &mut [(Number, Number)]) {
        for (value, _) in points.iter_mut().filter(|(value, _)| !value.is_certain()) {
            let mean = value.mean();
            self.lose(format!(
                "a value of the discrete {what} is not known itself: it becomes its mean {mean}"
            ));
            value.settle(mean);
        }
        let claims = common(points.iter().map(|(value, _)| value));
        let cited = !claims.is_empty() && points.iter().all(|(_, p)| !p.because.is_empty());
        if !cited && points.iter().any(|(value, _)| !is_bare(value)) {
            self.lose(format!(
                "the values of the discrete {what} rest on claims of their own: these are left out"
            ));
            points.iter_mut().for_each(|(value, _)| value.because.clear());
        }
    }

    /// A line ends where the options of its issue do; beyond its last point it goes on level.
    fn lines(&mut self, draft: &mut Draft) {
        let Draft { bodies, issues, .. } = draft;
        for body in bodies {
            for (issue, preference) in issues.iter().zip(&mut body.preferences.issues) {
                let Some(Shape::Linear(points)) = preference.as_mut().map(|own| &mut own.shape) else {
                    continue;
                };
                let n = issue.n_options();
                let ends = issue.option_value(OptionId(0)).zip(issue.option_value(OptionId(n.max(1) - 1)));
                let Some((first, last)) = ends else { continue };
                let level = |number: &Number| number.is_certain() || number.by_case.is_some();
                let lost = |point: &(f64, Number)| !level(&point.1);
                let (from, to) = (points[0].clone(), points[points.len() - 1].clone());
                if from.0 > first {
                    points.insert(0, (first, from.1.clone()));
                }
                if to.0 < last {
                    points.push((last, to.1.clone()));
                }
                if from.0 > first && lost(&from) || to.0 < last && lost(&to) {
                    self.lose(format!(
                        "the line of body `{}` over issue `{}` does not reach its ends: what is not known of its outer points is drawn twice",
                        body.id, issue.id
                    ));
                }
            }
        }
    }
}

/// What is written otherwise and means the same.
fn say_the_same(draft: &mut Draft) {
    let Draft { bodies, issues, constraints, levers, steps, correlation, implementation, .. } = draft;
    for own in [correlation, &mut implementation.correlation] {
        if matches!(own, Some(Correlation::Loadings(of)) if of.is_empty()) {
            *own = None;
        }
    }
    let optional =
        levers.iter_mut().map(|own| &mut own.when).chain(steps.iter_mut().map(|own| &mut own.only_if));
    for condition in optional.filter(|condition| condition.as_ref().is_some_and(|own| own.0.is_empty())) {
        *condition = None;
    }
    for body in bodies {
        body.preferences.interactions.iter_mut().for_each(|term| always(&mut term.when, issues));
        body.preferences.tables.iter_mut().for_each(|table| complete(table, issues));
    }
    for constraint in constraints {
        match &mut constraint.law {
            Law::Forbid(condition) => always(condition, issues),
            Law::Implies { when, then } => [when, then].into_iter().for_each(|own| always(own, issues)),
        }
    }
}

/// A condition without a clause holds always, as one that allows every option of an issue.
fn always(condition: &mut Condition, issues: &[Issue]) {
    if let ([], Some(issue)) = (&condition.0[..], issues.first()) {
        let options = OptionSet::between(OptionId(0), OptionId(issue.n_options().max(1) - 1));
        condition.0.push(Clause { issue: IssueId(0), options });
    }
}

/// A combination without a row is worth nothing.
fn complete(table: &mut Table, issues: &[Issue]) {
    let sizes = table.issues.iter().map(|issue| issues[issue.0].n_options());
    let combinations = sizes.fold(1, usize::saturating_mul);
    if table.otherwise.is_none() && table.rows.len() < combinations {
        table.otherwise = Some(Number::fixed(0.0));
    }
}

/// Whether the phases are those that the steps name, in that order and without other names. Then they need not
/// be listed, and may be called anything.
pub(super) fn phases_go_without_saying(draft: &Draft) -> bool {
    say_phases(&draft.phases, &draft.steps)
}

fn say_phases(phases: &[Phase], steps: &[detente_model::Step]) -> bool {
    let mut named = Vec::new();
    for phase in steps.iter().filter_map(|step| step.phase) {
        if !named.contains(&phase.0) {
            named.push(phase.0);
        }
    }
    let can_be_named =
        |phase: &Phase| phase.name == phase.id && !phase.id.is_empty() && !phase.id.contains(is_control);
    named.into_iter().eq(0..phases.len()) && phases.iter().all(can_be_named)
}

/// What an id holds that it cannot.
fn id_fault(id: &str) -> Option<String> {
    if let Some(c) = unseen(id).filter(|c| !is_control(*c) && can_be_in_id(*c)) {
        return Some(format!("holds U+{:04X}, which nobody sees", u32::from(c)));
    }
    match id.chars().find(|c| is_control(*c) || !can_be_in_id(*c)) {
        Some(c) if is_control(c) => Some("holds a control character".into()),
        Some(c) if c.is_whitespace() => Some("holds a space".into()),
        Some(c) => Some(format!("holds {}", if c == '`' { "a backtick".into() } else { format!("`{c}`") })),
        None if id.len() > MAX_ID_BYTES => Some(format!("is longer than {MAX_ID_BYTES} bytes")),
        None => None,
    }
}

/// What an id becomes: `-` for what it cannot hold, and no longer than allowed with a number behind it.
fn tame(id: &str) -> String {
    let keeps_all = unseen(id).is_none();
    let is_seen = |c: &char| !is_control(*c) && (keeps_all || !is_unseen(*c));
    let kept = id.chars().filter(is_seen).map(|c| if can_be_in_id(c) { c } else { '-' });
    let mut tamed = String::new();
    for c in kept {
        // One `-` stands for several characters.
        if tamed.len() + c.len_utf8() <= MAX_ID_BYTES - 10 && !(c == '-' && tamed.ends_with('-')) {
            tamed.push(c);
        }
    }
    let ends = tamed.trim_matches('-');
    if ends.is_empty() { "x".into() } else { ends.to_owned() }
}

/// The text, or the first of it with a number that is not taken.
fn free(text: &str, taken: &BTreeSet<String>) -> String {
    let numbered = (2..).map(|k| format!("{text}-{k}"));
    std::iter::once(text.to_owned()).chain(numbered).find(|own| !taken.contains(own)).unwrap_or_default()
}

/// A text in backticks, with what cannot be seen made visible, cut where it is long.
fn quoted(text: &str) -> String {
    let mut shown: String = text.chars().take(MAX_QUOTED).flat_map(char::escape_debug).collect();
    if text.chars().nth(MAX_QUOTED).is_some() {
        shown.push_str("...");
    }
    format!("`{shown}`")
}
