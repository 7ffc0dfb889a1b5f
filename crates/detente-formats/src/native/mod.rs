//! Detente's own format: one YAML file, made for a person to write.

mod commas;
mod dates;
mod doubts;
mod grammar;
mod implementation;
mod issues;
mod looks;
mod no_number;
mod numbers;
mod order;
mod parties;
mod play;
mod process;
mod ranges;
mod reader;
mod rules;
mod schema;
mod shorthand;
mod spelling;
mod unknowns;
mod wishes;
mod write;

pub use schema::schema;
pub use write::{Loss, Written, write};

use crate::Positions;
use crate::diagnostic::{Diagnostic, Severity};
use crate::yaml::{self, Node, Value};
use detente_model::{
    Body, Constraint, Draft, Implementation, Issue, Lever, Mediator, MediatorId, PartyId, Phase, Rule, Step,
    Talks,
};
use reader::{Fields, Ids, Reader, head};
use rules::everyone;
use std::rc::Rc;

/// A commented, valid scenario to start from.
pub fn template() -> &'static str {
    include_str!("template.yaml")
}

/// What a native scenario was found to hold.
pub(crate) struct Native {
    pub(crate) talks: Option<Talks>,
    pub(crate) diagnostics: Vec<Diagnostic>,
    pub(crate) positions: Positions,
}

/// Reads a native scenario.
pub(crate) fn read(source: &str) -> Native {
    let mut diagnostics = Vec::new();
    let root = yaml::parse(source, &mut diagnostics);
    let mut positions = Positions::default();
    let talks = match root {
        Some(mut root) if recognised(&root, &mut diagnostics) => {
            let mut reader = Reader::new(diagnostics);
            reader.full_form(&mut root, source);
            let draft = reader.scenario(&root, &mut positions);
            let n_errors = reader.n_errors;
            diagnostics = reader.diagnostics;
            if n_errors > reader::MAX_ERRORS {
                let message =
                    format!("{n_errors} problems in all; the first {} are shown", reader::MAX_ERRORS);
                diagnostics.push(Diagnostic::error(head(&root), message, "is this the right file?"));
            }
            draft.filter(|_| n_errors == 0).and_then(|draft| finish(draft, &root, &mut diagnostics))
        }
        _ => {
            if diagnostics.is_empty() {
                let help = "`detente new` writes a first scenario to start from";
                diagnostics.push(Diagnostic::error(crate::Span::new(0, 0), "the file is empty", help));
            }
            None
        }
    };
    let failed = diagnostics.iter().any(|d| d.severity == Severity::Error);
    diagnostics.sort_by_key(|d| d.span.map_or((0, 0), |span| (span.start, span.end)));
    diagnostics.dedup();
    Native { talks: talks.filter(|_| !failed), diagnostics, positions }
}

/// Whether the root is a mapping that says it is a scenario of this version.
fn recognised(root: &Node, diagnostics: &mut Vec<Diagnostic>) -> bool {
    let help = "begin it with `detente: 1`; `detente new` writes a first scenario to start from";
    let Value::Map(pairs) = &root.value else {
        diagnostics.push(Diagnostic::error(first_line(root), "this is not a Detente scenario", help));
        return false;
    };
    match pairs.iter().find(|(key, _)| key.text() == Some("detente")) {
        None => {
            let span = pairs.first().map_or(root.span, |(key, _)| key.span);
            diagnostics.push(Diagnostic::error(
                span,
                "this is not a Detente scenario: it has no `detente` key",
                help,
            ));
            false
        }
        Some((_, version)) if version.text() != Some("1") => {
            let message =
                format!("version `{}` of the scenario language is not known", version.text().unwrap_or("?"));
            diagnostics.push(Diagnostic::error(head(version), message, "write `detente: 1`"));
            false
        }
        Some(_) => true,
    }
}

fn first_line(node: &Node) -> crate::Span {
    crate::Span::new(node.span.start, node.span.start)
}

/// The last gate: everything the reader let through must fit together.
fn finish(draft: Draft, root: &Node, diagnostics: &mut Vec<Diagnostic>) -> Option<Talks> {
    match Talks::new(draft) {
        Ok(talks) => Some(talks),
        Err(problems) => {
            for problem in problems {
                let message = format!("{}: {}", problem.place, problem.fault.message);
                diagnostics.push(Diagnostic::error(head(root), message, problem.fault.help));
            }
            None
        }
    }
}

impl Reader {
    /// Puts together what commas have taken apart, and what is written short into its full form.
    fn full_form(&mut self, root: &mut Node, source: &str) {
        let (mut rejoined, mut expanded) = (commas::Rejoined::default(), shorthand::Expanded::default());
        commas::rejoin(root, source, &mut rejoined);
        shorthand::expand(root, &grammar::SCENARIO, &mut expanded);
        (self.told, self.written_names) = (rejoined.told, expanded.names);
        for found in rejoined.diagnostics.into_iter().chain(expanded.diagnostics) {
            self.take(found);
        }
    }

    fn scenario(&mut self, root: &Node, positions: &mut Positions) -> Option<Draft> {
        let fields = self.fields(root, &grammar::SCENARIO)?;
        self.register_names(&fields);
        self.common_unit = fields.get("common_unit").and_then(Node::text).map(str::to_owned);
        let unknowns = self.unknowns(&fields);
        let issues = self.issues(&fields);
        let title = fields.get("title").and_then(|node| self.text(node)).unwrap_or_default();
        let as_of = fields.get("as_of").and_then(|node| self.date(node));
        let authors = fields.items("authors").iter().filter_map(|node| self.text(node)).collect();
        let note = fields.get("note").and_then(|node| self.text(node));
        let common_unit = fields.get("common_unit").and_then(|node| self.text(node));
        let parties: Vec<_> = fields
            .items("parties")
            .iter()
            .enumerate()
            .map(|(k, node)| self.party(node, PartyId(k)))
            .collect();
        let agreement = self.agreement(&fields, parties.len());
        let correlation = fields.get("correlation").filter(|node| !node.is_empty_value());
        let correlation = correlation.map(|node| (node, self.correlation(node, doubts::MEAN)));
        let constraints = self.constraints(&fields, positions);
        let (mediators, levers) = self.mediators(&fields);
        let phases = self.phases(&fields);
        let steps = self.steps(&fields, positions);
        let (implementation, is_whole) = self.implementation(&fields);
        let sources = fields.items("sources").iter().filter_map(|node| self.source(node)).collect();
        let claims = fields.items("claims").iter().filter_map(|node| self.claim(node)).collect();
        if let Some(issues) = &issues {
            self.check_steps(&fields, issues, &steps, &implementation);
        }
        if self.n_errors == 0 {
            self.unused_unknowns(&fields);
        }
        self.doubt_points();
        self.looks(root);
        let (parties, bodies): (Vec<_>, Vec<Vec<Body>>) =
            parties.into_iter().collect::<Option<Vec<_>>>()?.into_iter().unzip();
        let bodies: Vec<Body> = bodies.into_iter().flatten().collect();
        if let Some((node, Some(correlation))) = &correlation {
            self.check_followers(node, correlation, &bodies, "will", |body| body.will.cost().is_some());
        }
        self.check_strains(&fields, &implementation, &bodies);
        Some(Draft {
            title,
            as_of,
            authors,
            note,
            common_unit,
            parties,
            bodies,
            agreement: agreement?,
            unknowns: unknowns?,
            correlation: match correlation {
                Some((_, correlation)) => Some(correlation?),
                None => None,
            },
            issues: issues?,
            constraints,
            mediators,
            levers,
            phases,
            steps,
            implementation: is_whole.then_some(implementation)?,
            sources,
            claims,
        })
    }

    /// The rule of agreement; if none stands there, everyone has to agree.
    fn agreement(&mut self, fields: &Fields<'_>, n_parties: usize) -> Option<Rule<PartyId>> {
        match fields.get("agreement") {
            Some(node) => {
                self.rule(node, &|reader, node| reader.resolve(node, |names| &names.parties).map(PartyId))
            }
            None => Some(everyone(&(0..n_parties).map(PartyId).collect::<Vec<_>>())),
        }
    }

    fn constraints(&mut self, fields: &Fields<'_>, positions: &mut Positions) -> Vec<Constraint> {
        let mut constraints = Vec::new();
        for node in fields.items("constraints") {
            if let Some(constraint) = self.constraint(node) {
                constraints.push(constraint);
                positions.constraints.push(node.span);
            }
        }
        constraints
    }

    /// The steps that can be read, waiting for the gates of their phases if all can.
    fn steps(&mut self, fields: &Fields<'_>, positions: &mut Positions) -> Vec<Step> {
        let nodes = fields.items("steps");
        let mut steps: Vec<_> = nodes.iter().filter_map(|node| self.step(node)).collect();
        if steps.len() == nodes.len() {
            self.gates(fields.items("phases"), &mut steps);
        }
        positions.steps = nodes.iter().map(reader::head).collect();
        steps
    }

    /// What steps deliver, their order and when they are done, if all can be read.
    fn check_steps(
        &mut self,
        fields: &Fields<'_>,
        issues: &[Issue],
        steps: &[Step],
        implementation: &Implementation,
    ) {
        let nodes = fields.items("steps");
        if steps.len() != nodes.len() {
            return;
        }
        self.check_deliveries(steps, issues, nodes, fields.items("issues"));
        self.check_play(steps, nodes);
        if let Some(earliest) = self.check_order(steps, nodes) {
            self.check_horizon(fields, implementation, steps, &earliest);
        }
    }

    /// All mediators, and all their levers.
    fn mediators(&mut self, fields: &Fields<'_>) -> (Vec<Mediator>, Vec<Lever>) {
        let mut mediators = Vec::new();
        let mut levers = Vec::new();
        for (k, node) in fields.items("mediators").iter().enumerate() {
            if let Some((mediator, own)) = self.mediator(node, MediatorId(k), levers.len()) {
                mediators.push(mediator);
                levers.extend(own);
            }
        }
        (mediators, levers)
    }

    /// The phases declared, or those the steps name, in their order.
    fn phases(&mut self, fields: &Fields<'_>) -> Vec<Phase> {
        if fields.get("phases").is_some() {
            return fields.items("phases").iter().filter_map(|node| self.phase(node)).collect();
        }
        let mut named: Vec<(usize, &str)> = self.names.phases.iter_with_position().collect();
        named.sort_unstable();
        named.into_iter().map(|(_, id)| Phase { id: id.to_owned(), name: id.to_owned() }).collect()
    }

    fn phases_of_steps(&mut self, fields: &Fields<'_>) -> Ids {
        let mut ids = Ids::new("phases");
        for node in fields.items("steps").iter().filter_map(|step| entry(step, "phase")) {
            if let Some(text) = node.text().filter(|text| ids.find(text).is_none() && !text.is_empty()) {
                ids.insert(text.to_owned());
            }
        }
        ids
    }

    /// Learns every id before any reference is read.
    fn register_names(&mut self, fields: &Fields<'_>) {
        self.names.sources = self.register("sources", fields.items("sources"));
        self.names.claims = self.register("claims", fields.items("claims"));
        self.register_unknowns(fields);
        self.names.issues = self.register("issues", fields.items("issues"));
        self.names.parties = self.register("parties", fields.items("parties"));
        let mut before = 0;
        for party in fields.items("parties") {
            let ids = match entry(party, "bodies") {
                Some(Node { value: Value::List(items), .. }) => self.register("bodies", items),
                _ => {
                    let mut own = Ids::new("bodies");
                    self.add_id_quietly(&mut own, party);
                    own
                }
            };
            let n = ids.len();
            self.names.bodies.push((ids, before));
            before += n;
        }
        let mut mediators = Ids::new("mediators");
        let mut levers = Ids::new("levers");
        for mediator in fields.items("mediators") {
            self.add_id(&mut mediators, mediator);
            if let Some(id) =
                entry(mediator, "id").and_then(Node::text).filter(|id| self.names.parties.find(id).is_some())
            {
                let message = format!("`{id}` is already the id of a party");
                let span = entry(mediator, "id").map_or(mediator.span, |node| node.span);
                self.error(span, message, "give the mediator an id of its own");
            }
            if let Some(Node { value: Value::List(items), .. }) = entry(mediator, "levers") {
                for lever in items {
                    self.add_id(&mut levers, lever);
                }
            }
        }
        self.names.mediators = mediators;
        self.names.levers = levers;
        self.names.phases = self.register("phases", fields.items("phases"));
        if fields.get("phases").is_none() {
            self.names.phases = self.phases_of_steps(fields);
        }
        self.names.steps = self.register("steps", fields.items("steps"));
    }

    /// A party without `bodies` is its own only body, under its own id.
    fn add_id_quietly(&mut self, ids: &mut Ids, party: &Node) {
        let known = (self.diagnostics.len(), self.n_errors);
        self.add_id(ids, party);
        self.diagnostics.truncate(known.0);
        self.n_errors = known.1;
    }

    fn issues(&mut self, fields: &Fields<'_>) -> Option<Vec<Issue>> {
        let nodes = fields.items("issues");
        let issues: Vec<Option<Issue>> = nodes.iter().map(|node| self.issue(node)).collect();
        self.names.issue_values = issues.iter().map(|issue| issue.clone().map(Rc::new)).collect();
        if let (Some(node), true) = (fields.get("issues"), nodes.is_empty()) {
            self.error(head(node), "there is no issue", "add at least one issue with its options");
        }
        if let (Some(node), true) = (fields.get("parties"), fields.items("parties").is_empty()) {
            self.error(head(node), "there is no party", "add at least one party");
        }
        issues.into_iter().collect()
    }
}

fn entry<'n>(node: &'n Node, name: &str) -> Option<&'n Node> {
    match &node.value {
        Value::Map(pairs) => pairs.iter().find(|(key, _)| key.text() == Some(name)).map(|(_, value)| value),
        _ => None,
    }
}
