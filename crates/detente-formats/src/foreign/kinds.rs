//! Files that are recognisably something else: what each is, so that nobody is advised to mend it.

use super::lines::lines;
use super::object::peek;
use super::plain;
use super::text::Content;
use super::{READERS, Text};
use crate::yaml::{Node, Value};
use crate::{Diagnostic, Span};

/// What formats are read, for whoever has a file of another.
fn read_formats() -> String {
    let names: Vec<&str> = READERS.iter().map(|reader| reader.format.name()).collect();
    format!(
        "what is read: scenarios of Detente's own (`detente new` writes one), {}; and DCR graphs by `detente sequence`",
        names.join(", ")
    )
}

/// What a file is said to be that is none of a scenario.
pub(super) fn told(text: &Text, bytes: &[u8]) -> Option<Diagnostic> {
    if crate::is_dcr(&text.text) {
        let message = "this is a DCR graph, not a scenario";
        return Some(Diagnostic::error(Span::new(0, 0), message, "`detente sequence` reads DCR graphs"));
    }
    let refused = |message: String| Some(Diagnostic::error(Span::new(0, 0), message, read_formats()));
    let no_text =
        || text.is_binary().then(|| "a binary file, or UTF-16 text without a byte-order mark".to_owned());
    match of_bytes(bytes).map(str::to_owned).or_else(no_text).or_else(|| of_text(text)) {
        Some(kind) => refused(format!("this is {kind}, which is not read")),
        // Nobody is told how to mend the YAML of what was never meant to be some.
        None if std::str::from_utf8(bytes).is_ok() && plain::is_none_of_ours(text) => {
            refused("this is not a scenario of a kind that is read".into())
        }
        None => None,
    }
}

/// What the first bytes of a file tell.
fn of_bytes(bytes: &[u8]) -> Option<&'static str> {
    // A zip archive names its files where each begins, and all of them again at its end.
    const LOOKED_AT: usize = 1 << 16;
    let ends = [&bytes[..bytes.len().min(LOOKED_AT)], &bytes[bytes.len().saturating_sub(LOOKED_AT)..]];
    let holds = |part: &[u8]| ends.iter().any(|end| end.windows(part.len()).any(|own| own == part));
    let starts = |part: &[u8]| bytes.starts_with(part);
    Some(match () {
        () if starts(b"%PDF") => "a PDF",
        () if starts(b"PK\x03\x04") && holds(b"xl/") => "an Excel workbook",
        () if starts(b"PK\x03\x04") && holds(b"word/") => "a Word document",
        () if starts(b"PK\x03\x04") && holds(b"ppt/") => "a PowerPoint presentation",
        () if starts(b"PK\x03\x04") && holds(b"opendocument.spreadsheet") => "an OpenDocument spreadsheet",
        () if starts(b"PK\x03\x04") && holds(b"opendocument") => "an OpenDocument file",
        () if starts(b"PK\x03\x04") || starts(b"PK\x05\x06") => "a zip archive",
        () if starts(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1") => "a file of an older Microsoft Office",
        () if starts(b"\x1f\x8b") => "a gzip archive",
        () if starts(b"7z\xbc\xaf\x27\x1c") => "a 7z archive",
        () if starts(b"Rar!\x1a\x07") => "a RAR archive",
        () if starts(b"SQLite format 3\0") => "an SQLite database",
        () if starts(b"\x89PNG") || starts(b"\xff\xd8\xff") || starts(b"GIF8") => "a picture",
        () if starts(b"{\\rtf") => "an RTF document",
        () if starts(b"\x89HDF") => "an HDF5 file",
        () if starts(b"PAR1") => "a Parquet table",
        () if starts(b"ARROW1") || starts(b"FEA1") => "an Arrow table",
        () if starts(b"Obj\x01") => "an Avro file",
        () if starts(b"\x93NUMPY") => "a NumPy array",
        () if starts(b"BZh") || starts(b"\xfd7zXZ\0") || starts(b"\x28\xb5\x2f\xfd") => "a compressed file",
        () if bytes.get(257..262) == Some(b"ustar") => "a tar archive",
        () if starts(b"\x7fELF") || starts(b"MZ\x90") => "a program",
        () if starts(b"\x80\x02") || starts(b"\x80\x03") || starts(b"\x80\x04") || starts(b"\x80\x05") => {
            "a Python pickle"
        }
        () => return None,
    })
}

/// What a text tells.
fn of_text(text: &Text) -> Option<String> {
    let start = text.text.trim_start();
    let first = lines(&text.text).next();
    if let Some(game) = first.and_then(|line| gambit(line.text)) {
        return Some(game.to_owned());
    }
    match &text.content {
        Content::Xml(root) => Some(of_root(root)),
        Content::Json(node) => of_json(node),
        Content::Plain if start.get(..14).is_some_and(|head| head.eq_ignore_ascii_case("<!doctype html")) => {
            Some("a web page".into())
        }
        Content::Plain if start.starts_with("<?xml") => Some("XML".into()),
        Content::Plain if text.ends(&["gmcr"]) => Some("a conflict of the graph model (GMCR)".into()),
        Content::Plain => plain::kind(text),
        _ => None,
    }
}

/// Games as Gambit and its relatives write them.
fn gambit(first: &str) -> Option<&'static str> {
    let head = |mark: &str| first.strip_prefix(mark).is_some_and(|rest| rest.starts_with([' ', '\t']));
    Some(match () {
        () if head("EFG") => "an extensive game of Gambit",
        () if head("NFG") => "a strategic game of Gambit",
        () if first.starts_with("#AGG") || first.starts_with("#BAGG") => "an action-graph game",
        () => return None,
    })
}

fn of_root(root: &str) -> String {
    let local = root.rsplit(':').next().unwrap_or(root).to_ascii_lowercase();
    let known = match local.as_str() {
        "html" => "a web page",
        "svg" => "a picture (SVG)",
        "definitions" => "a model of a process (BPMN or the like)",
        "pnml" => "a Petri net (PNML)",
        "graphml" => "a graph (GraphML)",
        "gambit" | "game" => "a game",
        "workbook" => "an Excel workbook",
        _ => return format!("XML whose first element is `{root}`"),
    };
    format!("{known}: XML whose first element is `{root}`")
}

fn of_json(node: &Node) -> Option<String> {
    let keys = |node: &Node| -> Vec<String> {
        let Value::Map(pairs) = &node.value else { return Vec::new() };
        pairs.iter().filter_map(|(key, _)| key.text().map(str::to_owned)).collect()
    };
    let own = keys(node);
    // A scenario of our own that is written as JSON is told what it lacks.
    if own.iter().any(|key| key == "detente" || key == "parties") {
        return None;
    }
    let is_gmcr = ["decisionMakers", "decision_makers", "dms"].iter().any(|key| peek(node, key).is_some());
    if is_gmcr && peek(node, "options").is_some() {
        return Some("a conflict of the graph model (GMCR)".into());
    }
    const SOME: usize = 5;
    let mut named: Vec<String> = own.iter().take(SOME).map(|key| format!("`{key}`")).collect();
    if own.len() > SOME {
        named.push("...".into());
    }
    Some(match (&node.value, named.is_empty()) {
        (Value::Map(_), false) => format!("JSON of another kind, with the keys {}", named.join(", ")),
        _ => "JSON of another kind".into(),
    })
}
