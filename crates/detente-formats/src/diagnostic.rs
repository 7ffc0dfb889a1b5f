/// A stretch of a file, in bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Span {
    /// The first byte.
    pub start: usize,
    /// One past the last byte.
    pub end: usize,
}

impl Span {
    /// The bytes from `start` up to, not including, `end`.
    pub fn new(start: usize, end: usize) -> Span {
        Span { start, end }
    }
}

/// How much a finding matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// The file cannot be used.
    Error,
    /// The file can be used, but not everything is as it seems.
    Warning,
}

/// Something found in a file: where, what, and a way out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostic {
    /// How much it matters.
    pub severity: Severity,
    /// In which file: its place among those read, 0 where there is only one.
    pub file: usize,
    /// Where it stands; absent if it concerns the whole file.
    pub span: Option<Span>,
    /// What is wrong: lower case, no final period, user text in backticks.
    pub message: String,
    /// What to do about it.
    pub help: String,
}

impl Diagnostic {
    /// Something that must be put right.
    pub fn error(span: Span, message: impl Into<String>, help: impl Into<String>) -> Diagnostic {
        Diagnostic {
            severity: Severity::Error,
            file: 0,
            span: Some(span),
            message: short(message.into()),
            help: short(help.into()),
        }
    }

    /// Something the reader of the results should know.
    pub fn warning(span: Span, message: impl Into<String>, help: impl Into<String>) -> Diagnostic {
        Diagnostic {
            severity: Severity::Warning,
            file: 0,
            span: Some(span),
            message: short(message.into()),
            help: short(help.into()),
        }
    }

    /// The same in another file of those read.
    pub(crate) fn of(self, file: usize) -> Diagnostic {
        Diagnostic { file, ..self }
    }
}

/// A message that quotes a monster stays a message.
fn short(text: String) -> String {
    const MOST: usize = 300;
    if text.len() <= MOST {
        return text;
    }
    let kept: String = text.chars().take(MOST / 2).collect();
    let end: Vec<char> = text.chars().rev().take(MOST / 4).collect();
    format!("{kept} ... {}", end.into_iter().rev().collect::<String>())
}

/// Line and column of a byte, both counted from 1, the column in characters.
pub fn line_column(source: &str, byte: usize) -> (usize, usize) {
    let mut byte = byte.min(source.len());
    while !source.is_char_boundary(byte) {
        byte -= 1;
    }
    let before = &source[..byte];
    let line_start = before.rfind('\n').map_or(0, |at| at + 1);
    (before.matches('\n').count() + 1, before[line_start..].chars().count() + 1)
}
