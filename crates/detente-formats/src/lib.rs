//! Reads scenario files into talks.
//!
//! A file is told by its content. Reading returns everything that was found wrong at once, each with
//! its place, and the talks if nothing forbids them; nothing is guessed silently. The native format
//! is described in `docs/scenario.md`.

mod dcr;
mod diagnostic;
mod native;
mod open;
mod xml;
mod yaml;

pub use dcr::{DcrReading, is_dcr, read_dcr};
pub use diagnostic::{Diagnostic, Severity, Span, line_column};
pub use native::{schema, template};
pub use open::{OpenError, Opened, open};

use detente_model::Talks;

/// What a file was found to hold.
#[derive(Clone, Debug)]
pub struct Reading {
    /// The negotiation; absent if an error was found.
    pub talks: Option<Talks>,
    /// Everything found, in the order of the file.
    pub diagnostics: Vec<Diagnostic>,
    /// Where the parts of the talks stand in the file.
    pub positions: Positions,
}

/// Where the parts of the talks stand in the file.
#[derive(Clone, Debug, Default)]
pub struct Positions {
    /// By position in [`detente_model::Draft::constraints`].
    pub constraints: Vec<Span>,
    /// By position in [`detente_model::Draft::steps`].
    pub steps: Vec<Span>,
}

/// Largest file read, in bytes.
pub const MAX_BYTES: usize = 16 << 20;

/// Reads a scenario from the bytes of a file.
pub fn read(bytes: &[u8]) -> Reading {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    if bytes.len() > MAX_BYTES {
        let message = format!("the file is larger than {} MB", MAX_BYTES >> 20);
        return refused(
            Span::new(0, 0),
            &message,
            "a scenario is a text a person writes; is this the right file?",
        );
    }
    if bytes.starts_with(b"\xff\xfe") || bytes.starts_with(b"\xfe\xff") {
        return refused(Span::new(0, 0), "the file is UTF-16 text", "save it as UTF-8");
    }
    let source = match std::str::from_utf8(bytes) {
        Ok(source) => source,
        Err(error) => {
            let at = error.valid_up_to();
            return refused(Span::new(at, at), "the file is not UTF-8 text from here on", "save it as UTF-8");
        }
    };
    if source.trim_start().starts_with('<') {
        let help = match is_dcr(source) {
            true => "`detente sequence` reads DCR graphs",
            false => "this version reads Detente's own YAML; `detente new` writes a first file",
        };
        return refused(Span::new(0, 0), "this looks like XML, not a Detente scenario", help);
    }
    if let Some(at) = long_line(source) {
        let message = format!("this line is longer than {} MB", MAX_LINE_BYTES >> 20);
        return refused(Span::new(at, at), &message, "break it into several lines");
    }
    native::read(source)
}

/// Longest line read, in bytes: the YAML scanner holds a line's brackets until they close.
const MAX_LINE_BYTES: usize = 1 << 20;

/// Where a line too long begins.
fn long_line(source: &str) -> Option<usize> {
    let mut start = 0;
    source.split_inclusive('\n').find_map(|line| {
        let at = start;
        start += line.len();
        (line.len() > MAX_LINE_BYTES).then_some(at)
    })
}

fn refused(span: Span, message: &str, help: &str) -> Reading {
    let diagnostics = vec![Diagnostic::error(span, message, help)];
    Reading { talks: None, diagnostics, positions: Positions::default() }
}
