//! DCR graphs as dcr-js and the DCR portal write them: `docs/dcr.md`.

mod editor;

use crate::xml::{at, children, place, with};
use crate::{Diagnostic, Severity, Span};
use detente_model::{Duration, Event, EventId, Graph, Relation, RelationKind, TimeUnit};
use roxmltree::Node;
use std::collections::{BTreeMap, BTreeSet};

/// Events inside events inside events, at most.
const MAX_DEPTH: usize = 50;

/// What a file was found to hold.
#[derive(Clone, Debug)]
pub struct DcrReading {
    /// What the graph is called, if it says so.
    pub title: Option<String>,
    /// The graph; absent if an error was found.
    pub graph: Option<Graph>,
    /// Everything found, in the order of the file.
    pub diagnostics: Vec<Diagnostic>,
    /// Whether parts of the graph were not read, each with a warning.
    pub left_out: bool,
}

/// What the element of a graph is called, in whatever letters and behind whatever prefix.
const GRAPH: &str = "dcrgraph";

/// Whether a text looks like a DCR graph.
pub fn is_dcr(source: &str) -> bool {
    let bytes = source.as_bytes();
    let opens = |at: usize| {
        let name =
            bytes[at + 1..].iter().take_while(|byte| byte.is_ascii_alphanumeric() || b":_-.".contains(byte));
        let name = &bytes[at + 1..at + 1 + name.count()];
        let local = name.rsplit(|byte| *byte == b':').next().unwrap_or(name);
        local.eq_ignore_ascii_case(GRAPH.as_bytes())
    };
    source.trim_start().starts_with('<') && source.match_indices('<').any(|(at, _)| opens(at))
}

/// Reads a DCR graph.
pub fn read_dcr(source: &str) -> DcrReading {
    let read = with(source, |document| {
        let mut reader = Reader::default();
        let root = document.root_element();
        let draft = reader.graph(root);
        let title = root.attribute("title").filter(|title| !title.is_empty()).map(str::to_owned);
        let graph = draft.and_then(|(events, relations)| match Graph::new(events, relations) {
            Ok(graph) => Some(graph),
            Err(fault) => {
                reader.error(place(root, ""), fault.message, fault.help);
                None
            }
        });
        (title, graph, reader.diagnostics, reader.left_out)
    });
    let (title, graph, mut diagnostics, left_out) =
        read.unwrap_or_else(|error| (None, None, vec![error], false));
    let failed = diagnostics.iter().any(|d| d.severity == Severity::Error);
    diagnostics.sort_by_key(|d| d.span.map_or((0, 0), |span| (span.start, span.end)));
    DcrReading { title, graph: graph.filter(|_| !failed), diagnostics, left_out }
}

#[derive(Default)]
struct Reader {
    diagnostics: Vec<Diagnostic>,
    events: Vec<Event>,
    /// By id: the event itself, or those that a nesting stands for.
    known: BTreeMap<String, Vec<EventId>>,
    /// Whether something that bears on what can come of the graph was not read.
    left_out: bool,
}

impl Reader {
    fn error(&mut self, span: Span, message: impl Into<String>, help: impl Into<String>) {
        self.diagnostics.push(Diagnostic::error(span, message, help));
    }

    fn warn(&mut self, span: Span, message: impl Into<String>, help: impl Into<String>) {
        self.diagnostics.push(Diagnostic::warning(span, message, help));
    }

    /// Says that a part of the graph is not read.
    fn leave_out(&mut self, span: Span, message: String) {
        self.left_out = true;
        self.warn(span, message, "the numbers are those of the graph without it");
    }

    fn graph(&mut self, root: Node<'_, '_>) -> Option<(Vec<Event>, Vec<Relation>)> {
        if let Some(board) = editor::board(root) {
            return self.editor(root, board);
        }
        if !root.tag_name().name().eq_ignore_ascii_case(GRAPH) {
            let message = format!("a DCR graph begins with `dcrgraph`, not `{}`", root.tag_name().name());
            self.error(place(root, ""), message, "is this the right file?");
            return None;
        }
        let names = names(root);
        let Some(events) = at(root, &["specification", "resources", "events"]) else {
            self.error(
                place(root, ""),
                "the graph has no `specification/resources/events`",
                "add at least one event",
            );
            return None;
        };
        self.level(events, None, &names, 0);
        self.marking(root);
        let mut relations = Vec::new();
        for group in at(root, &["specification", "constraints"]).into_iter().flat_map(|all| all.children()) {
            self.relations(group, &mut relations);
        }
        Some((std::mem::take(&mut self.events), relations))
    }

    /// The events of one level; what stands in a nesting stands for it too.
    fn level(
        &mut self,
        of: Node<'_, '_>,
        inside: Option<EventId>,
        names: &BTreeMap<String, String>,
        depth: usize,
    ) -> Vec<EventId> {
        let mut all = Vec::new();
        for node in children(of, "event") {
            if self.is_too_deep(node, depth) {
                break;
            }
            let Some(id) = self.own_id(node) else { continue };
            let kind = node.attribute("type").unwrap_or_default().trim().to_ascii_lowercase();
            let own = match kind.as_str() {
                "nesting" => self.level(node, inside, names, depth + 1),
                "" | "event" | "subprocess" => {
                    let is_sub_process = kind.starts_with("sub");
                    let own = self.event(node, id, inside, is_sub_process, names);
                    let held =
                        self.level(node, Some(own).filter(|_| is_sub_process).or(inside), names, depth + 1);
                    if !is_sub_process && !held.is_empty() {
                        let help = "say `type=\"nesting\"` or `type=\"subprocess\"`";
                        self.error(
                            place(node, "id"),
                            format!(
                                "events stand inside `{id}`, which is neither a nesting nor a sub-process"
                            ),
                            help,
                        );
                    }
                    vec![own]
                }
                _ => {
                    let said = node.attribute("type").unwrap_or_default();
                    let message = format!("events of the type `{said}` are not read");
                    self.error(place(node, "type"), message, "`nesting` and `subprocess` are known here");
                    continue;
                }
            };
            self.known.insert(id.to_owned(), own.clone());
            all.extend(own);
        }
        all
    }

    fn is_too_deep(&mut self, node: Node<'_, '_>, depth: usize) -> bool {
        if depth > MAX_DEPTH {
            self.error(place(node, "id"), "events stand inside events too deep", "is this the right file?");
        }
        depth > MAX_DEPTH
    }

    /// The id of an event, which no other has.
    fn own_id<'n>(&mut self, node: Node<'n, '_>) -> Option<&'n str> {
        let help = "give every event an id of its own";
        let Some(id) = node.attribute("id").filter(|id| !id.is_empty()) else {
            self.error(place(node, "id"), "an event needs an `id`", help);
            return None;
        };
        if self.known.contains_key(id) {
            self.error(place(node, "id"), format!("two events with the id `{id}`"), help);
            return None;
        }
        Some(id)
    }

    fn event(
        &mut self,
        node: Node<'_, '_>,
        id: &str,
        inside: Option<EventId>,
        is_sub_process: bool,
        names: &BTreeMap<String, String>,
    ) -> EventId {
        let role = at(node, &["custom", "roles", "role"]).and_then(|role| role.text());
        self.events.push(Event {
            name: names.get(id).cloned().unwrap_or_else(|| id.to_owned()),
            role: role.map(str::trim).filter(|role| !role.is_empty()).map(str::to_owned),
            inside,
            is_sub_process,
            included: false,
            ..Event::new(id)
        });
        EventId(self.events.len() - 1)
    }

    /// What was done, is in play and is due at the start; all are in play where that is not said.
    fn marking(&mut self, root: Node<'_, '_>) {
        let marking = at(root, &["runtime", "marking"]);
        let mut set = |name: &str, of: &dyn Fn(&mut Event)| -> bool {
            let Some(list) = marking.and_then(|marking| at(marking, &[name])) else { return false };
            for node in children(list, "event") {
                for event in self.named(node, "id") {
                    of(&mut self.events[event.0]);
                }
            }
            true
        };
        set("executed", &|event| event.executed = true);
        set("pendingResponses", &|event| event.pending = true);
        if !set("included", &|event| event.included = true) {
            self.events.iter_mut().for_each(|event| event.included = true);
            let help = "add `runtime/marking/included` with the events that are";
            self.warn(place(root, ""), "it is not said which events are in play: all are taken to be", help);
        }
    }

    fn relations(&mut self, group: Node<'_, '_>, out: &mut Vec<Relation>) {
        let kind = match group.tag_name().name() {
            "conditions" => RelationKind::Condition,
            "responses" => RelationKind::Response,
            "includes" => RelationKind::Include,
            "excludes" => RelationKind::Exclude,
            "milestones" => RelationKind::Milestone,
            other => {
                if group.children().any(|child| child.is_element()) {
                    self.leave_out(place(group, ""), format!("what stands under `{other}` is not read"));
                }
                return;
            }
        };
        for node in group.children().filter(Node::is_element) {
            self.relation(node, kind, ["sourceId", "targetId"], out);
        }
    }

    /// One relation, whose ends stand under these attributes.
    fn relation(&mut self, node: Node<'_, '_>, kind: RelationKind, ends: [&str; 2], out: &mut Vec<Relation>) {
        let (from, to) = (self.named(node, ends[0]), self.named(node, ends[1]));
        let guard = self.guard(node);
        let time = self.time(node);
        for from in &from {
            out.extend(to.iter().map(|to| Relation {
                kind,
                from: *from,
                to: *to,
                time,
                guard: guard.clone(),
            }));
        }
    }

    fn guard(&mut self, node: Node<'_, '_>) -> Option<String> {
        let said = |key: &&str| node.attribute(*key).is_some_and(|text| !text.trim().is_empty());
        let key = ["expressionId", "guard", "expression"].into_iter().find(|key| said(key))?;
        let help = "the numbers are those of the graph without the guard, and the page says so";
        self.warn(place(node, key), "a guard is not read: the relation is taken to hold always", help);
        node.attribute(key).map(|text| text.trim().to_owned())
    }

    /// The events that an attribute names.
    fn named(&mut self, node: Node<'_, '_>, attribute: &str) -> Vec<EventId> {
        let Some(id) = node.attribute(attribute) else {
            let message = format!("`{attribute}` is missing");
            self.error(place(node, attribute), message, "name an event of the graph");
            return Vec::new();
        };
        if let Some(events) = self.known.get(id) {
            return events.clone();
        }
        let near = self.known.keys().min_by_key(|known| strsim::damerau_levenshtein(known, id));
        let help = near.map_or_else(|| "add it".into(), |near| format!("did you mean `{near}`?"));
        self.error(place(node, attribute), format!("no event `{id}`"), help);
        Vec::new()
    }

    fn time(&mut self, node: Node<'_, '_>) -> Option<Duration> {
        let text = node.attribute("time").filter(|text| !text.trim().is_empty())?;
        let time = duration(text);
        if time.is_none() {
            let message = format!("`{text}` is not a length of time; it is not used");
            let help = "a length of time is written like `P2D` or `PT12H`; no number here depends on it";
            self.warn(place(node, "time"), message, help);
        }
        time
    }
}

/// What events are called, by id.
fn names(root: Node<'_, '_>) -> BTreeMap<String, String> {
    let Some(all) = at(root, &["specification", "resources", "labelMappings"]) else {
        return BTreeMap::new();
    };
    let pair = |node: Node<'_, '_>| {
        Some((node.attribute("eventId")?.to_owned(), node.attribute("labelId")?.to_owned()))
    };
    let unnamed = |(_, name): &(String, String)| !name.trim().is_empty();
    children(all, "labelMapping").filter_map(pair).filter(unnamed).collect()
}

/// An ISO 8601 duration: `P1Y2M10DT2H30M`, `P2W`.
fn duration(text: &str) -> Option<Duration> {
    let mut rest = text.trim().strip_prefix('P')?;
    let (mut parts, mut of_day): (Vec<(f64, TimeUnit)>, bool) = (Vec::new(), false);
    let mut seen = BTreeSet::new();
    while !rest.is_empty() {
        if let Some(after) = rest.strip_prefix('T') {
            (rest, of_day) = (after, true);
            continue;
        }
        let digits = rest.find(|c: char| !c.is_ascii_digit() && c != '.')?;
        let amount: f64 = rest[..digits].parse().ok()?;
        let letter = rest[digits..].chars().next()?;
        let (factor, unit) = match (of_day, letter) {
            (false, 'Y') => (1.0, TimeUnit::Year),
            (false, 'M') => (1.0, TimeUnit::Month),
            (false, 'W') => (1.0, TimeUnit::Week),
            (false, 'D') => (1.0, TimeUnit::Day),
            (true, 'H') => (1.0, TimeUnit::Hour),
            (true, 'M') => (1.0 / 60.0, TimeUnit::Hour),
            (true, 'S') => (1.0 / 3600.0, TimeUnit::Hour),
            _ => return None,
        };
        if !seen.insert((of_day, letter)) {
            return None;
        }
        parts.push((amount * factor, unit));
        rest = &rest[digits + letter.len_utf8()..];
    }
    match parts[..] {
        [] => None,
        [(amount, unit)] => Some(Duration { amount, unit }),
        _ => {
            let days = parts.iter().map(|(amount, unit)| amount * unit.days()).sum();
            Some(Duration { amount: days, unit: TimeUnit::Day })
        }
    }
}
