//! A YAML tree that keeps where everything stands and what every scalar looked like.
//!
//! Built from parser events with limits of its own: hostile input costs bounded time and memory.

use crate::diagnostic::{Diagnostic, Span};
use saphyr_parser::{Event, Parser, ScalarStyle, Tag};
use std::borrow::Cow;
use std::collections::BTreeMap;

/// Deepest nesting accepted.
const MAX_DEPTH: usize = 64;
/// Most values accepted in one file.
const MAX_NODES: usize = 2_000_000;

/// Past so many problems with the YAML itself, the file is something else.
const MAX_FINDINGS: usize = 100;

/// A value and where it stands.
#[derive(Clone, Debug)]
pub(crate) struct Node {
    pub(crate) span: Span,
    pub(crate) value: Value,
}

/// A value as written.
#[derive(Clone, Debug)]
pub(crate) enum Value {
    /// A scalar's text; `plain` if it was not quoted.
    Scalar {
        text: String,
        plain: bool,
    },
    List(Vec<Node>),
    Map(Vec<(Node, Node)>),
}

impl Node {
    /// What it is, in the user's words.
    pub(crate) fn kind(&self) -> &'static str {
        match &self.value {
            Value::Scalar { text, plain: true } if is_null(text) => "nothing",
            Value::Scalar { .. } => "a single value",
            Value::List(_) => "a list",
            Value::Map(_) => "a mapping",
        }
    }

    /// The text of a scalar.
    pub(crate) fn text(&self) -> Option<&str> {
        match &self.value {
            Value::Scalar { text, .. } => Some(text),
            _ => None,
        }
    }

    /// Whether it stands without quotes.
    pub(crate) fn is_plain(&self) -> bool {
        matches!(self.value, Value::Scalar { plain: true, .. })
    }

    /// Whether nothing was written here.
    pub(crate) fn is_empty_value(&self) -> bool {
        matches!(&self.value, Value::Scalar { text, plain: true } if is_null(text))
    }
}

/// The spellings of nothing in YAML.
pub(crate) fn is_null(text: &str) -> bool {
    matches!(text, "" | "~" | "null" | "Null" | "NULL")
}

/// Reads one document. The tree is as complete as the input allows.
///
/// # Errors
/// Input that is not YAML, or YAML beyond the limits; there is no tree then.
pub(crate) fn parse(source: &str, diagnostics: &mut Vec<Diagnostic>) -> Option<Node> {
    parse_as(source, false, diagnostics)
}

/// Reads one document that a program wrote: what stands twice is kept twice, a key may be a list, tags are read
/// past, and an alias is what it stands for, each counted as a value of its own.
pub(crate) fn parse_foreign(source: &str, diagnostics: &mut Vec<Diagnostic>) -> Option<Node> {
    parse_as(source, true, diagnostics)
}

fn parse_as(source: &str, foreign: bool, diagnostics: &mut Vec<Diagnostic>) -> Option<Node> {
    let offsets = Offsets::new(source);
    let anchors = BTreeMap::new();
    let mut builder =
        Builder { source, offsets, open: Vec::new(), root: None, nodes: 0, foreign, anchors, diagnostics };
    let mut parser = Parser::new_from_str(source);
    let mut documents = 0;
    while let Some(next) = parser.next_event() {
        let (event, span) = match next {
            Ok(event) => event,
            Err(error) => {
                let at = builder.offsets.byte(error.marker().index());
                let message = format!("this is not valid YAML: {}", plain_words(error.info()));
                builder.diagnostics.push(Diagnostic::error(
                    Span::new(at, at),
                    message,
                    way_out(error.info()),
                ));
                return None;
            }
        };
        let span = builder.span(span);
        match event {
            Event::DocumentStart(_) => documents += 1,
            _ if documents > 1 => {
                let help = "keep one document; remove the `---` that starts another";
                builder.diagnostics.push(Diagnostic::error(
                    span,
                    "the file holds more than one document",
                    help,
                ));
                return None;
            }
            _ => {}
        }
        builder.take(event, span).ok()?;
        if builder.diagnostics.len() >= MAX_FINDINGS {
            let message = format!("{MAX_FINDINGS} problems so far; the rest of the file is not looked at");
            builder.diagnostics.push(Diagnostic::error(span, message, "is this the right file?"));
            return None;
        }
    }
    builder.root
}

fn plain_words(info: &str) -> String {
    match info {
        "recursion limit exceeded" => format!("values are nested more than {MAX_DEPTH} deep"),
        _ => info.trim_end_matches('.').to_lowercase(),
    }
}

fn way_out(info: &str) -> &'static str {
    if info.starts_with("mapping values are not allowed") {
        "put a text that holds `: ` in quotes; elsewhere, check the indentation"
    } else if info.contains("tab") {
        "indent with spaces, not tabs"
    } else if info.contains("anchor") {
        "put a text that begins with `*` or `&` in quotes; aliases and anchors are not read"
    } else {
        "check indentation, quotes and brackets just before this place"
    }
}

/// Maps the parser's character positions to bytes.
struct Offsets(Option<Vec<u32>>, usize);

impl Offsets {
    fn new(source: &str) -> Offsets {
        let map = (!source.is_ascii()).then(|| source.char_indices().map(|(byte, _)| byte as u32).collect());
        Offsets(map, source.len())
    }

    fn byte(&self, index: usize) -> usize {
        match &self.0 {
            None => index.min(self.1),
            Some(map) => map.get(index).map_or(self.1, |byte| *byte as usize),
        }
    }
}

/// A collection whose end has not come yet.
struct Open {
    span: Span,
    items: Vec<Node>,
    is_map: bool,
    anchor: usize,
}

/// The input cannot be used; the reason has been reported.
struct Refused;

struct Builder<'a> {
    source: &'a str,
    offsets: Offsets,
    open: Vec<Open>,
    root: Option<Node>,
    nodes: usize,
    /// Whether a program wrote it rather than a person.
    foreign: bool,
    /// What aliases stand for, in foreign documents.
    anchors: BTreeMap<usize, Node>,
    diagnostics: &'a mut Vec<Diagnostic>,
}

impl Builder<'_> {
    fn span(&self, span: saphyr_parser::Span) -> Span {
        let (start, end) = (self.offsets.byte(span.start.index()), self.offsets.byte(span.end.index()));
        Span::new(start, end.max(start))
    }

    fn take(&mut self, event: Event<'_>, span: Span) -> Result<(), Refused> {
        match event {
            Event::Alias(anchor) if self.foreign => self.repeat(anchor, span),
            Event::Alias(_) => {
                let help = "write the value out; aliases are not read";
                self.diagnostics.push(Diagnostic::error(span, "an alias stands here", help));
                self.push(Node { span, value: Value::Scalar { text: String::new(), plain: true } })
            }
            Event::Scalar(text, style, anchor, tag) => {
                self.refuse_extras(anchor, tag, span);
                let plain = style == ScalarStyle::Plain;
                let node = Node { span, value: Value::Scalar { text: text.into_owned(), plain } };
                self.remember(anchor, &node);
                self.push(node)
            }
            Event::SequenceStart(anchor, tag) => self.begin(anchor, tag, span, false),
            Event::MappingStart(anchor, tag) => self.begin(anchor, tag, span, true),
            Event::SequenceEnd | Event::MappingEnd => self.end(span),
            _ => Ok(()),
        }
    }

    /// Keeps what an alias may stand for, which counts as if it stood there again.
    fn remember(&mut self, anchor: usize, node: &Node) {
        if self.foreign && anchor > 0 && self.nodes <= MAX_NODES {
            self.nodes += size(node);
            self.anchors.insert(anchor, node.clone());
        }
    }

    /// What an alias stands for, once more. An alias to what is still open would never end.
    fn repeat(&mut self, anchor: usize, span: Span) -> Result<(), Refused> {
        let Some(node) = self.anchors.get(&anchor).cloned() else {
            let help = "is this the right file?";
            self.diagnostics.push(Diagnostic::error(
                span,
                "an alias stands for a value it is a part of",
                help,
            ));
            return Err(Refused);
        };
        // Counted before it is held, so that aliases of aliases do not grow without end.
        self.nodes += size(&node) - 1;
        if self.depth(&node) > MAX_DEPTH {
            let message = format!("values are nested more than {MAX_DEPTH} deep");
            self.diagnostics.push(Diagnostic::error(span, message, "is this the right file?"));
            return Err(Refused);
        }
        self.push(Node { span, ..node })
    }

    /// How deep a value is where it would be put now.
    fn depth(&self, node: &Node) -> usize {
        self.open.len() + depth(node)
    }

    fn refuse_extras(&mut self, anchor: usize, tag: Option<Cow<'_, Tag>>, span: Span) {
        if self.foreign {
            return;
        }
        if anchor > 0 {
            let help = "remove the `&name`; values are not shared between places";
            self.diagnostics.push(Diagnostic::error(span, "an anchor stands here", help));
        }
        if tag.is_some() {
            let help = "remove the `!` tag; what a value is follows from its place";
            self.diagnostics.push(Diagnostic::error(span, "a tag stands here", help));
        }
    }

    fn begin(
        &mut self,
        anchor: usize,
        tag: Option<Cow<'_, Tag>>,
        span: Span,
        is_map: bool,
    ) -> Result<(), Refused> {
        self.refuse_extras(anchor, tag, span);
        if self.open.len() == MAX_DEPTH {
            let help = "a scenario never needs that; check the brackets";
            let message = format!("values are nested more than {MAX_DEPTH} deep");
            self.diagnostics.push(Diagnostic::error(span, message, help));
            return Err(Refused);
        }
        self.open.push(Open { span, items: Vec::new(), is_map, anchor });
        Ok(())
    }

    fn end(&mut self, end: Span) -> Result<(), Refused> {
        let Some(open) = self.open.pop() else { return Ok(()) };
        let mut span = Span::new(open.span.start, end.end.max(open.span.end));
        // A block collection ends where the next thing begins; what the eye sees ends with its text.
        let written = self.source.get(span.start..span.end).unwrap_or_default();
        span.end = span.start + written.trim_end().len();
        let value = if open.is_map { self.pairs(open.items) } else { Value::List(open.items) };
        let node = Node { span, value };
        self.remember(open.anchor, &node);
        self.push(node)
    }

    fn pairs(&mut self, items: Vec<Node>) -> Value {
        let mut pairs: Vec<(Node, Node)> = Vec::with_capacity(items.len() / 2);
        let mut seen = std::collections::HashSet::new();
        let mut items = items.into_iter();
        while let (Some(key), Some(value)) = (items.next(), items.next()) {
            match key.text() {
                _ if self.foreign => pairs.push((key, value)),
                // `{a: 1,000, b: 2,000}`: what a comma cut off is looked at later.
                Some(text) if value.is_empty_value() && text.starts_with(|c: char| c.is_ascii_digit()) => {
                    pairs.push((key, value));
                }
                Some(text) if !seen.insert(text.to_owned()) => {
                    let message = format!("`{text}` stands here a second time");
                    self.diagnostics.push(Diagnostic::error(key.span, message, "keep one of the two"));
                }
                Some(_) => pairs.push((key, value)),
                None => {
                    let help = "a key is a single word or number; check brackets and colons";
                    self.diagnostics.push(Diagnostic::error(
                        key.span,
                        "a list or mapping stands where a key belongs",
                        help,
                    ));
                }
            }
        }
        Value::Map(pairs)
    }

    fn push(&mut self, node: Node) -> Result<(), Refused> {
        self.nodes += 1;
        if self.nodes > MAX_NODES {
            let help = "a range issue (`range: {from, to, by}`) replaces long lists of numbers";
            let message = format!("the file holds more than {MAX_NODES} values");
            self.diagnostics.push(Diagnostic::error(node.span, message, help));
            return Err(Refused);
        }
        if let Some(bad) = node.text().and_then(|text| text.chars().find(|c| is_control(*c))) {
            let message = format!("the text holds the control character U+{:04X}", u32::from(bad));
            self.diagnostics.push(Diagnostic::error(node.span, message, "remove it"));
        }
        match self.open.last_mut() {
            Some(open) => open.items.push(node),
            None => self.root = Some(node),
        }
        Ok(())
    }
}

/// How many values a value holds, itself included.
fn size(node: &Node) -> usize {
    1 + match &node.value {
        Value::Scalar { .. } => 0,
        Value::List(items) => items.iter().map(size).sum(),
        Value::Map(pairs) => pairs.iter().map(|(key, value)| size(key) + size(value)).sum(),
    }
}

/// How deep a value is nested; 0 for a scalar.
fn depth(node: &Node) -> usize {
    match &node.value {
        Value::Scalar { .. } => 0,
        Value::List(items) => 1 + items.iter().map(depth).max().unwrap_or(0),
        Value::Map(pairs) => {
            1 + pairs.iter().map(|(key, value)| depth(key).max(depth(value))).max().unwrap_or(0)
        }
    }
}

/// Characters that could drive a terminal rather than be read.
pub(crate) fn is_control(c: char) -> bool {
    c.is_control() && !matches!(c, '\n' | '\t')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn refused(source: &str, message: &str) {
        let mut diagnostics = Vec::new();
        parse(source, &mut diagnostics);
        assert!(diagnostics.iter().any(|d| d.message.contains(message)), "{diagnostics:?}");
    }

    #[test]
    fn a_tree_keeps_text_and_place() {
        let source = "é: No\nb: [1e3, \"x\"]\n";
        let mut diagnostics = Vec::new();
        let root = parse(source, &mut diagnostics).expect("a tree");
        assert_eq!(diagnostics.len(), 0);
        let Value::Map(pairs) = root.value else { panic!("not a map") };
        assert_eq!(pairs[0].1.text(), Some("No"));
        assert_eq!(&source[pairs[0].1.span.start..pairs[0].1.span.end], "No");
        let Value::List(items) = &pairs[1].1.value else { panic!("not a list") };
        assert_eq!(items[0].text(), Some("1e3"));
        assert_eq!(&source[pairs[1].1.span.start..pairs[1].1.span.end], "[1e3, \"x\"]");
    }

    #[test]
    fn what_a_program_wrote_is_read_with_its_aliases_and_repetitions() {
        let source = "a: &x [1, 2]\nb: *x\nb: !!python/tuple [3]\n? [u, v]\n: 4\n";
        let mut diagnostics = Vec::new();
        let Some(Node { value: Value::Map(pairs), .. }) = parse_foreign(source, &mut diagnostics) else {
            panic!("not a map: {diagnostics:?}")
        };
        assert_eq!(pairs.len(), 4);
        assert!(matches!(&pairs[1].1.value, Value::List(items) if items.len() == 2));
        assert!(matches!(&pairs[3].0.value, Value::List(items) if items.len() == 2));
    }

    #[test]
    fn aliases_cannot_make_a_file_grow_without_end() {
        let mut laughs = "a0: &a0 [x, x]\n".to_owned();
        for k in 1..60 {
            laughs += &format!("a{k}: &a{k} [*a{}, *a{}]\n", k - 1, k - 1);
        }
        let mut diagnostics = Vec::new();
        assert!(parse_foreign(&laughs, &mut diagnostics).is_none());
        assert!(diagnostics[0].message.contains("more than 2000000 values"), "{diagnostics:?}");
        assert!(parse_foreign("a: &a [*a]\n", &mut diagnostics).is_none());
    }

    #[test]
    fn what_could_hide_or_hurt_is_refused() {
        refused("a: &x 1\nb: *x\n", "an anchor");
        refused("a: &x 1\nb: *x\n", "an alias");
        refused("a: !!str 1\n", "a tag");
        refused("a: 1\na: 2\n", "a second time");
        refused("{[1]: 2}", "where a key belongs");
        refused("a: 1\n---\nb: 2\n", "more than one document");
        refused("a: [1\n", "not valid YAML");
        refused("a: \"\\e[31m\"\n", "control character U+001B");
        refused(&"[".repeat(5000), "nested more than 64 deep");
        refused(&"- ".repeat(5000), "nested more than 64 deep");
        refused(&"a: ".repeat(5000), "not valid YAML");
    }
}
