//! XML from anybody: a tree with the place of everything, and nothing that could do harm.

use crate::{Diagnostic, Span};
use roxmltree::{Document, Node, ParsingOptions};

/// Most elements and texts of a file.
const MAX_NODES: u32 = 1 << 20;

/// Reads a file. Comments before the declaration, which XML does not allow and people write, are read past.
pub(crate) fn with<T>(source: &str, of: impl FnOnce(&Document<'_>) -> T) -> Result<T, Diagnostic> {
    let source = without_first_comments(source);
    let options = ParsingOptions { allow_dtd: false, nodes_limit: MAX_NODES, ..ParsingOptions::default() };
    match Document::parse_with_options(&source, options) {
        Ok(document) => Ok(of(&document)),
        Err(error) => {
            let at = byte(&source, error.pos());
            let help = match error {
                roxmltree::Error::DtdDetected => "remove the document type: entities are not expanded",
                roxmltree::Error::NodesLimitReached => "is this the right file?",
                _ => "a program that writes XML, or an editor that checks it, shows what is missing",
            };
            Err(Diagnostic::error(Span::new(at, at), format!("this is not XML: {error}"), help))
        }
    }
}

/// Where the declaration begins, if only comments and spaces stand before it: XML allows neither.
pub(crate) fn late_declaration(source: &str) -> Option<usize> {
    let mut rest = source.trim_start();
    while let Some(comment) = rest.strip_prefix("<!--") {
        rest = comment[comment.find("-->")? + 3..].trim_start();
    }
    let at = source.len() - rest.len();
    (at > 0 && rest.starts_with("<?xml") && rest[5..].starts_with(char::is_whitespace)).then_some(at)
}

/// What stands before the declaration becomes spaces, so that everything else stays where it is.
fn without_first_comments(source: &str) -> String {
    let mut text = source.to_owned();
    if let Some(at) = late_declaration(source) {
        let blank = |c: char| if c == '\n' { "\n".to_owned() } else { " ".repeat(c.len_utf8()) };
        // A declaration may not stand after spaces either.
        let end = source[at..].find("?>").map_or(at, |length| at + length + 2);
        let spaces: String = source[..end].chars().map(blank).collect();
        text.replace_range(..end, &spaces);
    }
    text
}

fn byte(source: &str, pos: roxmltree::TextPos) -> usize {
    let before: usize =
        source.split_inclusive('\n').take((pos.row as usize).saturating_sub(1)).map(str::len).sum();
    let line = source.get(before..).unwrap_or_default();
    let column = line
        .char_indices()
        .nth((pos.col as usize).saturating_sub(1))
        .map_or(line.trim_end().len(), |(at, _)| at);
    (before + column).min(source.len())
}

/// Where an attribute's value stands, or its element.
pub(crate) fn place(node: Node<'_, '_>, attribute: &str) -> Span {
    let of = node.attribute_node(attribute).map_or_else(|| tag(node), |attribute| attribute.range_value());
    Span::new(of.start, of.end)
}

/// Where the name of an element stands.
fn tag(node: Node<'_, '_>) -> std::ops::Range<usize> {
    let start = node.range().start + 1;
    let text = node.document().input_text().get(start..).unwrap_or_default();
    let ends = |c: char| c.is_whitespace() || matches!(c, '>' | '/');
    start..start + text.find(ends).unwrap_or(text.len())
}

/// The elements of this name directly in another.
pub(crate) fn children<'a, 'i: 'a>(
    node: Node<'a, 'i>,
    name: &'a str,
) -> impl Iterator<Item = Node<'a, 'i>> + 'a {
    node.children().filter(move |child| child.is_element() && child.tag_name().name() == name)
}

/// The element at the end of a path of names.
pub(crate) fn at<'a, 'i>(node: Node<'a, 'i>, path: &[&str]) -> Option<Node<'a, 'i>> {
    path.iter().try_fold(node, |node, name| {
        node.children().find(|child| child.is_element() && child.tag_name().name() == *name)
    })
}
