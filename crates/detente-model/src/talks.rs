use crate::{
    Body, BodyId, Claim, Condition, Constraint, Correlation, Date, Fault, Implementation, Issue, IssueId,
    Law, Lever, Mediator, OptionId, Party, PartyId, Phase, Rule, Shape, Source, Spot, StatedCost, Step,
    Unknown, grouped,
};
use std::collections::BTreeSet;
use std::ops::{Deref, Index};

/// One option per issue. On screen: a deal.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Outcome(pub Vec<OptionId>);

impl Index<IssueId> for Outcome {
    type Output = OptionId;
    fn index(&self, issue: IssueId) -> &OptionId {
        &self.0[issue.0]
    }
}

/// The parts of one negotiation, before they are known to fit together.
#[derive(Clone, Debug, PartialEq)]
pub struct Draft {
    /// What the negotiation is called.
    pub title: String,
    /// The day the description speaks of.
    pub as_of: Option<Date>,
    /// Who wrote it.
    pub authors: Vec<String>,
    /// What a reader of the results must know first.
    pub note: Option<String>,
    /// The unit in which all bodies count values, where they share one: only then can their values be added.
    pub common_unit: Option<String>,
    /// The sides that sign, at least one.
    pub parties: Vec<Party>,
    /// All bodies, in the order of their parties.
    pub bodies: Vec<Body>,
    /// Whose ratification makes an agreement.
    pub agreement: Rule<PartyId>,
    /// What decides several numbers at once.
    pub unknowns: Vec<Unknown>,
    /// How closely the political costs of different bodies go together; absent if they do not.
    pub correlation: Option<Correlation>,
    /// The questions on the table, at least one.
    pub issues: Vec<Issue>,
    /// Combinations of options that cannot be.
    pub constraints: Vec<Constraint>,
    /// Those who help and sign nothing.
    pub mediators: Vec<Mediator>,
    /// What the mediators can do.
    pub levers: Vec<Lever>,
    /// The stages of implementation.
    pub phases: Vec<Phase>,
    /// The pieces of implementation.
    pub steps: Vec<Step>,
    /// What holds for carrying out any deal.
    pub implementation: Implementation,
    /// Where it can be read.
    pub sources: Vec<Source>,
    /// What is asserted.
    pub claims: Vec<Claim>,
}

impl Draft {
    /// Questions, sides and their bodies, and all sides needed for an agreement; nothing else.
    pub fn new(
        title: impl Into<String>,
        issues: Vec<Issue>,
        parties: Vec<Party>,
        bodies: Vec<Body>,
    ) -> Draft {
        Draft {
            title: title.into(),
            as_of: None,
            authors: vec![],
            note: None,
            common_unit: None,
            agreement: Rule::All((0..parties.len()).map(|party| Rule::One(PartyId(party))).collect()),
            parties,
            bodies,
            unknowns: vec![],
            correlation: None,
            issues,
            constraints: vec![],
            mediators: vec![],
            levers: vec![],
            phases: vec![],
            steps: vec![],
            implementation: Implementation::default(),
            sources: vec![],
            claims: vec![],
        }
    }
}

/// One negotiation, validated once and immutable. The fields are those of [`Draft`].
#[derive(Clone, Debug, PartialEq)]
pub struct Talks(Draft);

/// A part of a draft that does not fit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// Which part, in words, such as "party `north`".
    pub place: String,
    /// What is wrong with it.
    pub fault: Fault,
}

impl Deref for Talks {
    type Target = Draft;
    fn deref(&self) -> &Draft {
        &self.0
    }
}

impl Talks {
    /// Most numbers that bodies may give to options: each body has one for each option of each issue, which makes an
    /// eighth of a gigabyte.
    pub const MAX_VALUES: usize = 1 << 24;

    /// Checks that the parts fit together.
    ///
    /// Readers of files check each part where it stands, so that they can point at it; this is the
    /// gate every reader's result passes.
    ///
    /// # Errors
    /// Every problem found.
    pub fn new(draft: Draft) -> Result<Talks, Vec<Problem>> {
        let mut gate = Gate { draft: &draft, problems: Vec::new() };
        for stage in [
            Gate::structure,
            Gate::indexes,
            Gate::issues,
            Gate::parties,
            Gate::bodies,
            Gate::unknowns,
            Gate::references,
        ] {
            // A later stage follows the indexes that an earlier one has checked.
            if gate.problems.is_empty() {
                stage(&mut gate);
            }
        }
        let problems = gate.problems;
        if problems.is_empty() { Ok(Talks(draft)) } else { Err(problems) }
    }

    /// Puts a certain value in the place of a number, as a draw of what is not known does. Nothing else changes,
    /// so the parts still fit together; a value outside what the number can be is not noticed.
    pub fn settle(&mut self, spot: &Spot, value: f64) {
        if let Some(number) = self.0.number_mut(spot) {
            number.settle(value);
        }
    }

    /// Whether the outcome breaks no constraint.
    pub fn is_feasible(&self, outcome: &Outcome) -> bool {
        self.constraints.iter().all(|constraint| constraint.allows(outcome))
    }

    /// `party.body`, or the party alone where the two have the same id.
    pub fn body_label(&self, body: BodyId) -> String {
        let body = &self.bodies[body.0];
        let party = &self.parties[body.party.0];
        if party.bodies.len() == 1 && party.id == body.id {
            party.id.clone()
        } else {
            format!("{}.{}", party.id, body.id)
        }
    }

    /// The body's id as `party.body`, always in full.
    pub fn body_path(&self, body: BodyId) -> String {
        let body = &self.bodies[body.0];
        format!("{}.{}", self.parties[body.party.0].id, body.id)
    }
}

struct Gate<'a> {
    draft: &'a Draft,
    problems: Vec<Problem>,
}

impl Gate<'_> {
    fn report(&mut self, place: impl Into<String>, message: impl Into<String>, help: &str) {
        self.problems.push(Problem { place: place.into(), fault: Fault::new(message, help) });
    }

    fn fault(&mut self, place: &str, result: Result<(), Fault>) {
        if let Err(fault) = result {
            self.problems.push(Problem { place: place.into(), fault });
        }
    }

    fn structure(&mut self) {
        let draft = self.draft;
        if draft.parties.is_empty() {
            self.report("parties", "there is no party", "add at least one party");
        }
        if draft.issues.is_empty() {
            self.report("issues", "there is no issue", "add at least one issue");
        }
        self.unique("party", draft.parties.iter().map(|party| &party.id));
        self.unique("issue", draft.issues.iter().map(|issue| &issue.id));
        self.unique("unknown", draft.unknowns.iter().map(|unknown| &unknown.id));
        self.unique("mediator", draft.mediators.iter().map(|mediator| &mediator.id));
        self.unique("lever", draft.levers.iter().map(|lever| &lever.id));
        self.unique("phase", draft.phases.iter().map(|phase| &phase.id));
        self.unique("step", draft.steps.iter().map(|step| &step.id));
        self.unique("source", draft.sources.iter().map(|source| &source.id));
        self.unique("claim", draft.claims.iter().map(|claim| &claim.id));
        let listed: Vec<BodyId> = draft.parties.iter().flat_map(|party| party.bodies.clone()).collect();
        if listed != (0..draft.bodies.len()).map(BodyId).collect::<Vec<_>>() {
            self.report(
                "bodies",
                "bodies and parties do not match",
                "list every body once, in the order of the parties",
            );
        }
        let n_options = draft.issues.iter().map(Issue::n_options).fold(0, usize::saturating_add);
        let n_values = n_options.saturating_mul(draft.bodies.len());
        if n_values > Talks::MAX_VALUES {
            let (options, bodies) = (grouped(n_options), draft.bodies.len());
            let message = format!(
                "the issues have {options} options in all, and each of {bodies} bodies has a value for each: {} values, more than {}",
                grouped(n_values),
                grouped(Talks::MAX_VALUES)
            );
            self.report("issues", message, "write larger steps `by`");
        }
    }

    fn indexes(&mut self) {
        let draft = self.draft;
        let party = |id: &PartyId| id.0 < draft.parties.len();
        let body = |id: &BodyId| id.0 < draft.bodies.len();
        let lever = |lever: &Lever| {
            lever.mediator.0 < draft.mediators.len()
                && [&lever.inducement, &lever.assurance, &lever.pressure]
                    .iter()
                    .all(|list| list.iter().all(|e| body(&e.0)))
                && lever.guarantee.iter().all(|effect| party(&effect.0))
                && lever.excludes.iter().chain(&lever.requires).all(|id| id.0 < draft.levers.len())
        };
        let step = |step: &Step| {
            let named = step.after.iter().chain(&step.responds).map(|wait| wait.step);
            let sets = [&step.includes, &step.excludes, &step.milestones, &step.together];
            step.delivers.iter().all(|part| part.0.0 < draft.issues.len())
                && step.gives.iter().all(|part| body(&part.0))
                && step.phase.is_none_or(|phase| phase.0 < draft.phases.len())
                && named.chain(sets.into_iter().flatten().copied()).all(|id| id.0 < draft.steps.len())
        };
        let fits = draft.bodies.iter().all(|body| party(&body.party))
            && draft.levers.iter().all(lever)
            && draft
                .mediators
                .iter()
                .all(|mediator| mediator.levers.iter().all(|id| id.0 < draft.levers.len()))
            && draft.steps.iter().all(step)
            && draft.claims.iter().all(|claim| claim.source.0 < draft.sources.len())
            && [&draft.correlation, &draft.implementation.correlation]
                .into_iter()
                .flatten()
                .flat_map(Correlation::bodies)
                .all(|id| id.0 < draft.bodies.len())
            && draft
                .numbers()
                .iter()
                .all(|n| n.number.by_case.is_none_or(|unknown| unknown.0 < draft.unknowns.len()))
            && draft
                .numbers()
                .iter()
                .all(|n| n.number.because.iter().all(|claim| claim.0 < draft.claims.len()));
        if !fits {
            self.report("the draft", "a part names another that does not exist", "check every index");
        }
    }

    fn unique<'b>(&mut self, kind: &str, ids: impl Iterator<Item = &'b String>) {
        let mut seen = BTreeSet::new();
        for id in ids {
            if !seen.insert(id) {
                self.report(
                    format!("{kind} `{id}`"),
                    format!("the id `{id}` is taken"),
                    "give it an id of its own",
                );
            }
        }
    }

    fn issues(&mut self) {
        let draft = self.draft;
        for issue in &draft.issues {
            let place = format!("issue `{}`", issue.id);
            if issue.n_options() == 0 {
                self.report(&place, "it has no options", "add at least one option");
            }
            if issue.status_quo.is_some_and(|option| option.0 >= issue.n_options()) {
                self.report(&place, "its status quo is not one of its options", "name one of its options");
            }
            let ids = (0..issue.n_options()).map(|k| issue.option_id(OptionId(k)).into_owned());
            if let crate::Options::Named { .. } = issue.options
                && ids.clone().collect::<BTreeSet<_>>().len() < issue.n_options()
            {
                self.report(
                    &place,
                    "two of its options have the same id",
                    "give each option an id of its own",
                );
            }
        }
        for constraint in &draft.constraints {
            match &constraint.law {
                Law::Forbid(condition) => self.condition("a constraint", condition),
                Law::Implies { when, then } => {
                    self.condition("a constraint", when);
                    self.condition("a constraint", then);
                }
            }
        }
    }

    fn condition(&mut self, place: &str, condition: &Condition) {
        let n = |issue: IssueId| self.draft.issues.get(issue.0).map_or(0, Issue::n_options);
        let fits = condition
            .0
            .iter()
            .all(|clause| clause.options.last().is_some_and(|option| option.0 < n(clause.issue)));
        let issues: BTreeSet<IssueId> = condition.issues().collect();
        if !fits || issues.len() < condition.0.len() {
            self.report(
                place,
                "its condition does not fit the issues",
                "name each issue once, with options it has",
            );
        }
    }

    fn parties(&mut self) {
        let draft = self.draft;
        for (i, party) in draft.parties.iter().enumerate() {
            let place = format!("party `{}`", party.id);
            if party.bodies.is_empty() {
                self.report(&place, "it has no body", "add at least one body");
                continue;
            }
            self.unique(&format!("{place}, body"), party.bodies.iter().map(|body| &draft.bodies[body.0].id));
            if party.bodies.iter().any(|body| draft.bodies[body.0].party != PartyId(i)) {
                self.report(
                    &place,
                    "one of its bodies belongs to another party",
                    "list a body with its own party",
                );
            }
            let influence: f64 = party.bodies.iter().map(|body| draft.bodies[body.0].influence()).sum();
            if influence <= 0.0 {
                self.report(
                    &place,
                    "its bodies have no influence at all",
                    "give at least one body an influence above 0",
                );
            }
            let own: Vec<BodyId> = party.bodies.clone();
            self.rule(&place, &party.ratifies, |body| own.contains(body));
        }
        let n_parties = draft.parties.len();
        self.rule("the agreement rule", &draft.agreement, |party| party.0 < n_parties);
    }

    fn rule<T: Copy + Ord>(&mut self, place: &str, rule: &Rule<T>, known: impl Fn(&T) -> bool) {
        for node in rule.nodes() {
            self.fault(place, node.check_node());
        }
        let members = rule.members();
        if !members.iter().all(|member| known(member)) {
            self.report(place, "its rule names somebody outside it", "name its own members");
        }
        if members.iter().collect::<BTreeSet<_>>().len() < members.len() {
            self.report(place, "its rule names somebody twice", "name each member once");
        }
    }

    fn bodies(&mut self) {
        let draft = self.draft;
        for body in &draft.bodies {
            let place = format!("body `{}` of party `{}`", body.id, draft.parties[body.party.0].id);
            self.fault(&place, body.check_influence());
            self.fault(&place, body.check_discount());
            for cost in [&body.will, &body.strain].into_iter().filter_map(StatedCost::cost) {
                self.fault(&place, cost.at_means().check());
            }
            self.preferences(&place, body);
            if !body.preferences.bound(&draft.issues).is_finite() {
                self.report(&place, "its utilities are not finite", "write smaller weights and values");
            }
        }
    }

    fn preferences(&mut self, place: &str, body: &Body) {
        let draft = self.draft;
        let preferences = &body.preferences;
        if preferences.issues.len() != draft.issues.len() {
            self.report(place, "its preferences do not match the issues", "give one entry for each issue");
            return;
        }
        for (issue, preference) in draft.issues.iter().zip(&preferences.issues) {
            let fits = match preference.as_ref().map(|preference| &preference.shape) {
                None => true,
                Some(Shape::Values(values)) => values.len() == issue.n_options(),
                Some(Shape::Linear(points)) => {
                    issue.option_value(OptionId(0)).is_some()
                        && !points.is_empty()
                        && points.windows(2).all(|pair| pair[0].0 < pair[1].0)
                }
                Some(Shape::Triangular { low, peak, high }) => {
                    issue.option_value(OptionId(0)).is_some()
                        && low.mean() <= peak.mean()
                        && peak.mean() <= high.mean()
                }
            };
            if !fits {
                self.report(
                    place,
                    format!("its preference does not fit issue `{}`", issue.id),
                    "price every option",
                );
            }
        }
        for interaction in &preferences.interactions {
            self.condition(place, &interaction.when);
        }
        for table in &preferences.tables {
            let known = |issue: &IssueId, option: &OptionId| {
                draft.issues.get(issue.0).is_some_and(|issue| option.0 < issue.n_options())
            };
            let fits = table.rows.keys().all(|row| {
                row.len() == table.issues.len()
                    && table.issues.iter().zip(row).all(|(issue, option)| known(issue, option))
            });
            if !fits || table.issues.iter().collect::<BTreeSet<_>>().len() < table.issues.len() {
                self.report(
                    place,
                    "a table does not fit the issues",
                    "name each issue once, with options it has",
                );
            }
        }
    }

    fn unknowns(&mut self) {
        let draft = self.draft;
        for unknown in &draft.unknowns {
            let place = format!("unknown `{}`", unknown.id);
            self.unique(&format!("{place}, case"), unknown.cases.iter().map(|case| &case.id));
            self.fault(&place, unknown.check());
        }
        if let Some(correlation) = &draft.correlation {
            self.fault("correlation", correlation.check());
        }
        self.fault("implementation", draft.implementation.check());
        for placed in draft.numbers() {
            if let Some(unknown) = placed.number.by_case {
                let fits = draft.unknowns[unknown.0].check_values(&placed.number.spread);
                self.fault(&placed.place, fits);
            }
        }
    }

    fn references(&mut self) {
        let draft = self.draft;
        for placed in draft.numbers() {
            self.fault(&placed.place, placed.number.spread.check());
        }
        for lever in &draft.levers {
            if let Some(condition) = &lever.when {
                self.condition(&format!("lever `{}`", lever.id), condition);
            }
        }
        for step in &draft.steps {
            if let Some(condition) = &step.only_if {
                self.condition(&format!("step `{}`", step.id), condition);
            }
        }
    }
}
