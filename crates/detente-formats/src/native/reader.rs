//! What every part of the language is read with: fields of a mapping, ids, texts, references.

use super::grammar::{Key, Need, Object};
use super::numbers::Style;
use super::unknowns::Cases;
use super::wishes::in_braces;
use crate::diagnostic::{Diagnostic, Severity, Span};
use crate::looks::{is_for_ids, spelled, unseen};
use crate::yaml::{Node, Value};
use detente_model::Issue;
use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

/// Longest id read, in bytes.
pub(crate) const MAX_ID_BYTES: usize = 100;
/// The same where an id may be any text.
pub(crate) const MAX_ANY_ID_BYTES: usize = 1000;

/// Why a text cannot be the id of an issue.
pub(crate) fn any_id_fault(text: &str) -> Option<String> {
    if text.trim() != text {
        Some("begins or ends with spaces".into())
    } else if text.contains(char::is_control) {
        Some("holds a line break or a control character".into())
    } else if text.len() > MAX_ANY_ID_BYTES {
        Some(format!("is longer than {MAX_ANY_ID_BYTES} bytes"))
    } else {
        None
    }
}

/// Whether an id may hold the character; it has to stand in `party.body` and `issue=option`.
pub(crate) fn can_be_in_id(c: char) -> bool {
    !c.is_whitespace() && !".,=`'\"{}[]:".contains(c)
}

/// The state of reading one file.
pub(crate) struct Reader {
    pub(crate) diagnostics: Vec<Diagnostic>,
    pub(crate) names: Names,
    /// The unknowns on which some number depends.
    pub(crate) used_unknowns: BTreeSet<usize>,
    /// How many errors were found while reading.
    pub(crate) n_errors: usize,
    /// Where a number begins of which everything has been said.
    pub(crate) told: BTreeSet<usize>,
    /// The texts of which ids were made, by where they stand.
    pub(crate) written_names: BTreeMap<usize, String>,
    /// How the numbers read so far are written.
    pub(crate) style: Style,
    /// The unit of all values, if one is declared.
    pub(crate) common_unit: Option<String>,
}

impl Reader {
    /// At the beginning of a file.
    pub(crate) fn new(diagnostics: Vec<Diagnostic>) -> Reader {
        Reader {
            diagnostics,
            names: Names::none(),
            used_unknowns: BTreeSet::new(),
            n_errors: 0,
            told: BTreeSet::new(),
            written_names: BTreeMap::new(),
            style: Style::default(),
            common_unit: None,
        }
    }
}

/// Past so many errors the file is something else; no more are kept and no suggestions sought.
pub(crate) const MAX_ERRORS: usize = 1000;

/// Every id of the file, known before any reference is read.
pub(crate) struct Names {
    pub(crate) parties: Ids,
    /// By party: the ids of its bodies, and the number of bodies before them.
    pub(crate) bodies: Vec<(Ids, usize)>,
    pub(crate) issues: Ids,
    /// By issue; absent if the issue itself could not be read.
    pub(crate) issue_values: Vec<Option<Rc<Issue>>>,
    pub(crate) unknowns: Ids,
    /// By unknown.
    pub(crate) cases: Vec<Cases>,
    pub(crate) mediators: Ids,
    pub(crate) levers: Ids,
    pub(crate) phases: Ids,
    pub(crate) steps: Ids,
    pub(crate) sources: Ids,
    pub(crate) claims: Ids,
}

impl Names {
    fn none() -> Names {
        Names {
            parties: Ids::new("parties"),
            bodies: Vec::new(),
            issues: Ids::new("issues"),
            issue_values: Vec::new(),
            unknowns: Ids::new("unknowns"),
            cases: Vec::new(),
            mediators: Ids::new("mediators"),
            levers: Ids::new("levers"),
            phases: Ids::new("phases"),
            steps: Ids::new("steps"),
            sources: Ids::new("sources"),
            claims: Ids::new("claims"),
        }
    }
}

/// The ids of one kind of thing, in the order of the file.
pub(crate) struct Ids {
    kind: &'static str,
    index: BTreeMap<String, usize>,
    /// The texts of which ids were made: they lead to the same.
    names: BTreeMap<String, usize>,
    n: usize,
}

impl Ids {
    pub(crate) fn new(kind: &'static str) -> Ids {
        Ids { kind, index: BTreeMap::new(), names: BTreeMap::new(), n: 0 }
    }

    pub(crate) fn len(&self) -> usize {
        self.n
    }

    /// Whether everything registered has an id of its own.
    pub(crate) fn is_whole(&self) -> bool {
        self.index.len() == self.n
    }

    pub(crate) fn find(&self, id: &str) -> Option<usize> {
        self.index.get(id).or_else(|| self.names.get(id)).copied()
    }

    pub(crate) fn insert(&mut self, id: String) {
        self.index.insert(id, self.n);
        self.n += 1;
    }

    pub(crate) fn iter_with_position(&self) -> impl Iterator<Item = (usize, &str)> {
        self.index.iter().map(|(id, position)| (*position, id.as_str()))
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &str> + Clone {
        self.index.keys().map(String::as_str)
    }
}

/// A mapping whose keys have been checked against the grammar.
#[derive(Clone, Copy)]
pub(crate) struct Fields<'n> {
    pub(crate) node: &'n Node,
    object: &'static Object,
    pairs: &'n [(Node, Node)],
}

impl<'n> Fields<'n> {
    /// Whether every key is one of the language.
    pub(crate) fn is_clean(&self) -> bool {
        let known = |name: &Node| self.object.keys.iter().any(|key| name.text() == Some(key.name));
        self.pairs.iter().all(|(name, _)| known(name))
    }

    /// What stands behind a key; nothing if the key is absent or its value is empty.
    pub(crate) fn get(&self, key: &str) -> Option<&'n Node> {
        debug_assert!(
            self.object.keys.iter().any(|known| known.name == key),
            "`{key}` is not in the grammar"
        );
        self.pairs.iter().find(|(name, _)| name.text() == Some(key)).map(|(_, value)| value)
    }

    /// Whether a key is absent, or stands before an empty list or mapping.
    pub(crate) fn is_blank(&self, key: &str) -> bool {
        match self.get(key).map(|node| &node.value) {
            None => true,
            Some(Value::List(items)) => items.is_empty(),
            Some(Value::Map(pairs)) => pairs.is_empty(),
            Some(Value::Scalar { .. }) => false,
        }
    }

    /// The items of a list behind a key; none if it is absent. A single value counts as a list of one.
    pub(crate) fn items(&self, key: &str) -> &'n [Node] {
        match self.get(key) {
            None => &[],
            Some(Node { value: Value::List(items), .. }) => items,
            Some(node) if node.is_empty_value() => &[],
            Some(node) => std::slice::from_ref(node),
        }
    }
}

/// Where to point when something is said of a whole node: its first key, or its first line.
pub(crate) fn head(node: &Node) -> Span {
    match &node.value {
        Value::Map(pairs) => pairs.first().map_or(node.span, |(key, _)| key.span),
        Value::List(items) => items.first().map_or(node.span, head),
        Value::Scalar { .. } => node.span,
    }
}

/// `did you mean ...` for a word that is not known, or what is known.
pub(crate) fn way_out<'k>(word: &str, known: impl Iterator<Item = &'k str> + Clone, kind: &str) -> String {
    let lower = word.to_lowercase();
    let distance = |candidate: &str| strsim::damerau_levenshtein(&lower, &candidate.to_lowercase());
    let closest = known.clone().map(|k| (distance(k), k)).min_by_key(|(d, _)| *d);
    match closest {
        Some((d, candidate)) if d <= 1.max(word.chars().count() / 3) => {
            format!("did you mean `{candidate}`?")
        }
        Some(_) => {
            let mut list: Vec<String> = known.clone().take(8).map(|k| format!("`{k}`")).collect();
            if known.count() > 8 {
                list.push("...".into());
            }
            format!("known here: {}", list.join(", "))
        }
        None => format!("the file has no {kind}"),
    }
}

impl Reader {
    pub(crate) fn error(&mut self, span: Span, message: impl Into<String>, help: impl Into<String>) {
        self.take(Diagnostic::error(span, message, help));
    }

    /// Keeps a finding that was made before reading.
    pub(crate) fn take(&mut self, found: Diagnostic) {
        let is_kept = match found.severity {
            Severity::Error => {
                self.n_errors += 1;
                self.n_errors <= MAX_ERRORS
            }
            Severity::Warning => self.diagnostics.len() < 2 * MAX_ERRORS,
        };
        if is_kept {
            self.diagnostics.push(found);
        }
    }

    /// [`way_out`], unless the file already has too many errors for one more search to help.
    pub(crate) fn way_out<'k>(
        &self,
        word: &str,
        known: impl Iterator<Item = &'k str> + Clone,
        kind: &str,
    ) -> String {
        if self.n_errors < MAX_ERRORS {
            way_out(word, known, kind)
        } else {
            format!("name one of the {kind}")
        }
    }

    pub(crate) fn warn(&mut self, span: Span, message: impl Into<String>, help: impl Into<String>) {
        self.take(Diagnostic::warning(span, message, help));
    }

    /// Opens a mapping and reports keys that are unknown or missing.
    pub(crate) fn fields<'n>(&mut self, node: &'n Node, object: &'static Object) -> Option<Fields<'n>> {
        let Value::Map(pairs) = &node.value else {
            let keys: Vec<String> = object.keys.iter().take(4).map(|key| format!("`{}`", key.name)).collect();
            let help = format!("write a mapping with {}", keys.join(", "));
            self.error(
                head(node),
                format!("{} stands here, where {} is expected", node.kind(), article(object.name)),
                help,
            );
            return None;
        };
        for (key, value) in pairs {
            let name = key.text().unwrap_or_default();
            if !object.keys.iter().any(|known| known.name == name) {
                let help = key_help(name, value, object);
                self.error(key.span, format!("{} has no `{name}`", article(object.name)), help);
            } else if value.is_empty_value() {
                self.error(key.span, format!("`{name}` has no value"), "write one, or remove the key");
            }
        }
        let present = |key: &Key| pairs.iter().any(|(name, _)| name.text() == Some(key.name));
        for key in object.keys.iter().filter(|key| key.need == Need::Must && !present(key)) {
            let doc = key.doc.trim_end_matches('.');
            let help = format!("add `{}`: {}", key.name, lower_first(doc));
            let id = pairs.iter().find(|(name, _)| name.text() == Some("id")).and_then(|(_, id)| id.text());
            let what = id.map_or_else(|| article(object.name), |id| format!("{} `{id}`", object.name));
            self.error(head(node), format!("{what} needs `{}`", key.name), help);
        }
        Some(Fields { node, object, pairs })
    }

    /// A mapping of any keys; reports anything else.
    pub(crate) fn pairs<'n>(&mut self, node: &'n Node, holds: &str) -> &'n [(Node, Node)] {
        match &node.value {
            Value::Map(pairs) => pairs,
            _ => {
                self.error(
                    head(node),
                    format!("{} stands here", node.kind()),
                    format!("write a mapping from {holds}"),
                );
                &[]
            }
        }
    }

    /// A single value's text.
    pub(crate) fn scalar<'n>(&mut self, node: &'n Node, what: &str) -> Option<&'n str> {
        match node.text() {
            Some(text) if !node.is_empty_value() => Some(text),
            _ => {
                self.error(head(node), format!("{} stands here", node.kind()), format!("write {what}"));
                None
            }
        }
    }

    /// A text for people.
    pub(crate) fn text(&mut self, node: &Node) -> Option<String> {
        self.scalar(node, "a text").map(str::to_owned)
    }

    pub(crate) fn optional_text(&mut self, node: Option<&Node>) -> Option<String> {
        node.filter(|node| !node.is_empty_value()).and_then(|node| self.text(node))
    }

    /// A text that names something: warns where other YAML programs would not see a text.
    pub(crate) fn word(&mut self, node: &Node, what: &str) -> Option<String> {
        let text = self.scalar(node, what)?;
        if let (Value::Scalar { plain: true, .. }, Some(seen)) = (&node.value, other_reading(text)) {
            let message = format!("`{text}` is kept as the text `{text}`");
            self.warn(node.span, message, format!("put it in quotes: other YAML programs read it as {seen}"));
        }
        Some(text.to_owned())
    }

    /// An id: a word that can stand in `party.body` and `issue=option`.
    pub(crate) fn id(&mut self, node: &Node) -> Option<String> {
        let text = self.word(node, "a short name")?;
        if text.len() > MAX_ID_BYTES {
            let message = format!("this id is longer than {MAX_ID_BYTES} bytes");
            self.error(node.span, message, "shorten it; `name` takes any text");
        }
        let help = "write letters, digits, `-` and `_`; `name` takes any text";
        if let Some(bad) = text.chars().find(|c| !can_be_in_id(*c)) {
            let shown = if bad.is_whitespace() { "a space".into() } else { format!("`{bad}`") };
            self.error(node.span, format!("the id `{text}` holds {shown}"), help);
        } else if let Some(bad) = unseen(&text) {
            let message =
                format!("the id `{}` holds U+{:04X}, which nobody sees", spelled(&text), u32::from(bad));
            self.error(node.span, message, help);
        } else if let Some(odd) = text.chars().find(|c| !is_for_ids(*c)) {
            self.warn(node.span, format!("the id `{text}` holds `{odd}`"), help);
        }
        Some(text)
    }

    /// An id that stands alone wherever it is used, so that it may be any text: that of an issue.
    fn any_id(&mut self, node: &Node) -> Option<String> {
        let text = self.word(node, "a name")?;
        if let Some(fault) = any_id_fault(&text) {
            let help = "write a name of its own; `name` takes any text";
            self.error(node.span, format!("the id `{text}` {fault}"), help);
        }
        Some(text)
    }

    /// Registers the ids of a list of mappings; duplicates are reported.
    ///
    /// Every item gets a position, so that positions and items stay in step.
    pub(crate) fn register(&mut self, kind: &'static str, items: &[Node]) -> Ids {
        let mut ids = Ids::new(kind);
        for item in items {
            self.add_id(&mut ids, item);
        }
        ids
    }

    pub(crate) fn add_id(&mut self, ids: &mut Ids, item: &Node) {
        let position = ids.n;
        ids.n += 1;
        let Value::Map(pairs) = &item.value else { return };
        let Some((_, node)) = pairs.iter().find(|(key, _)| key.text() == Some("id")) else { return };
        if node.is_empty_value() {
            return;
        }
        let Some(id) = (if ids.kind == "issues" { self.any_id(node) } else { self.id(node) }) else { return };
        if let Some(name) = self.written_names.get(&node.span.start) {
            ids.names.insert(name.clone(), position);
        }
        match ids.index.entry(id) {
            Entry::Vacant(free) => {
                free.insert(position);
            }
            Entry::Occupied(taken) => {
                let message = format!("there are two {} with the id `{}`", ids.kind, taken.key());
                self.error(node.span, message, "give each an id of its own");
            }
        }
    }

    /// Resolves a reference; reports one that leads nowhere.
    pub(crate) fn resolve(&mut self, node: &Node, ids: fn(&Names) -> &Ids) -> Option<usize> {
        let kind = ids(&self.names).kind;
        let text = self.scalar(node, &format!("the id of one of the {kind}"))?;
        let found = ids(&self.names).find(text);
        if found.is_none() {
            let help = self.way_out(text, ids(&self.names).iter(), kind);
            self.error(node.span, format!("there is no `{text}` among the {kind}"), help);
        }
        found
    }

    /// Resolves a list of references.
    pub(crate) fn resolve_all(&mut self, nodes: &[Node], ids: fn(&Names) -> &Ids) -> Vec<usize> {
        nodes.iter().filter_map(|node| self.resolve(node, ids)).collect()
    }

    /// The claims under `because`.
    pub(crate) fn because(&mut self, fields: &Fields<'_>) -> Vec<detente_model::ClaimId> {
        self.resolve_all(fields.items("because"), |names| &names.claims)
            .into_iter()
            .map(detente_model::ClaimId)
            .collect()
    }
}

/// What another YAML program (1.1, or a typed reader) sees in an unquoted word.
fn other_reading(text: &str) -> Option<&'static str> {
    let lower = text.to_ascii_lowercase();
    match lower.as_str() {
        "yes" | "no" | "on" | "off" | "y" | "n" | "true" | "false" => Some("true or false"),
        _ if lower.starts_with("0x") || lower.starts_with("0o") => Some("a number"),
        _ if lower.contains('e') && text.parse::<f64>().is_ok() => Some("a number"),
        _ if lower.contains('_')
            && text.starts_with(|c: char| c.is_ascii_digit())
            && lower.replace('_', "").parse::<f64>().is_ok() =>
        {
            Some("a number")
        }
        _ if text.len() > 1 && text.starts_with('0') && text.bytes().all(|b| b.is_ascii_digit()) => {
            Some("a number")
        }
        _ => None,
    }
}

/// What to write instead of a key that does not exist.
fn key_help(name: &str, value: &Node, object: &Object) -> String {
    let known = |name: &str| object.keys.iter().any(|key| key.name == name);
    let plain = name.to_lowercase().replace(['-', ' '], "_");
    let meant = match plain.as_str() {
        "batna" | "reservation" | "reservation_value" | "reserve" | "no_deal" | "threshold" | "minimum" => {
            "alternative"
        }
        "cost" | "political_cost" => "will",
        "values" | "utilities" | "utility" | "payoffs" | "preference" => "preferences",
        "ratification" | "ratify" | "rule" => "ratifies",
        "unit" => "range",
        "quo" | "default" | "current" => "status_quo",
        "date" | "day" => "as_of",
        _ => "",
    };
    if name.parse::<f64>().is_ok() {
        return "write decimals with a point, and several numbers in brackets: `1.5`, `[1, 5]`".into();
    }
    if name == "influence" {
        return "an influence weighs bodies against each other; it belongs to a body under `bodies`".into();
    }
    if RED_LINES.contains(&plain.as_str()) {
        return red_line_help(value);
    }
    let plural = [format!("{plain}s"), format!("{}ies", plain.trim_end_matches('y'))]
        .into_iter()
        .find(|name| known(name));
    match (plural, value.text()) {
        (Some(plural), Some(text)) if !text.is_empty() => format!("write `{plural}: [{}]`", in_braces(text)),
        (Some(plural), _) => format!("did you mean `{plural}`?"),
        _ if known(meant) => format!("did you mean `{meant}`?"),
        _ => way_out(name, object.keys.iter().map(|key| key.name), "keys"),
    }
}

/// What people call a deal that somebody never accepts.
const RED_LINES: [&str; 13] = [
    "red_line",
    "red_lines",
    "redline",
    "redlines",
    "never",
    "must_not",
    "veto",
    "vetoes",
    "unacceptable",
    "deal_breaker",
    "deal_breakers",
    "dealbreaker",
    "dealbreakers",
];

/// No value says never, and a constraint holds for all: it is said what it does, and the rest is left to the writer.
fn red_line_help(value: &Node) -> String {
    let first = match &value.value {
        Value::List(items) => items.first().unwrap_or(value),
        _ => value,
    };
    let shown = match &first.value {
        Value::Map(pairs) => match &pairs[..] {
            [(issue, option)] => issue.text().zip(option.text()),
            _ => None,
        },
        _ => None,
    };
    let deal = shown.map_or("<issue>: <option>".into(), |(issue, option)| {
        format!("{}: {}", in_braces(issue), in_braces(option))
    });
    format!(
        "if no deal at all can hold it, write `constraints: [{{forbid: {{{deal}}}}}]` beside `issues`; a number says how bad, and not never"
    )
}

fn article(name: &str) -> String {
    let name = name.trim_end_matches("_fields").replace('_', " ");
    let vowel = name.starts_with(['a', 'e', 'i', 'o', 'u']) && !name.starts_with("uni");
    format!("{} {name}", if vowel { "an" } else { "a" })
}

fn lower_first(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map_or_else(String::new, |first| first.to_lowercase().chain(chars).collect())
}
