//! Findings in a file as people and programs read them.

use annotate_snippets::{AnnotationKind, Group, Level, Renderer, Snippet};
use anstyle::{AnsiColor, Style};
use detente_analysis::Finding;
use detente_formats::{Diagnostic, Reading, Severity, Span, line_column};
use detente_model::Talks;
use serde_json::{Value, json};
use std::fmt::Write as _;
use std::path::PathBuf;

/// Lines longer than this are not shown.
const MAX_LINE: usize = 500;

/// A file with everything found in it, and where its steps stand.
pub(crate) struct Findings {
    pub(crate) path: PathBuf,
    pub(crate) source: String,
    pub(crate) talks: Option<Talks>,
    pub(crate) diagnostics: Vec<Diagnostic>,
    steps: Vec<Span>,
}

impl Findings {
    /// Reads a file's content and checks what the language alone cannot: that some deal is left.
    pub(crate) fn new(path: PathBuf, bytes: &[u8]) -> Findings {
        let reading = detente_formats::read(bytes);
        let mut diagnostics = reading.diagnostics.clone();
        if let Some(talks) = &reading.talks {
            diagnostics.extend(no_deal_left(talks, &reading));
        }
        let failed = diagnostics.iter().any(|d| d.severity == Severity::Error);
        // What must be put right comes first; within that, the order of the file.
        diagnostics.sort_by_key(|d| d.severity);
        let source =
            String::from_utf8_lossy(bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes)).into_owned();
        let steps = reading.positions.steps;
        Findings { path, source, talks: reading.talks.filter(|_| !failed), diagnostics, steps }
    }

    /// What is wrong with a file, whatever of that which can be read it holds.
    pub(crate) fn checked(path: PathBuf, bytes: &[u8]) -> Findings {
        match std::str::from_utf8(bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes)) {
            Ok(source) if detente_formats::is_dcr(source) => {
                Findings::of(path, source.to_owned(), detente_formats::read_dcr(source).diagnostics)
            }
            _ => Findings::new(path, bytes),
        }
    }

    /// What was found in a file that holds no talks.
    pub(crate) fn of(path: PathBuf, source: String, mut diagnostics: Vec<Diagnostic>) -> Findings {
        diagnostics.sort_by_key(|d| d.severity);
        Findings { path, source, talks: None, diagnostics, steps: Vec::new() }
    }

    pub(crate) fn has_errors(&self) -> bool {
        self.diagnostics.iter().any(|d| d.severity == Severity::Error)
    }

    /// The warnings as single lines, for results that carry them.
    pub(crate) fn warnings(&self) -> Vec<String> {
        let line = |d: &Diagnostic| match d.span {
            Some(span) => format!("line {}: {}", line_column(&self.source, span.start).0, d.message),
            None => d.message.clone(),
        };
        self.diagnostics.iter().filter(|d| d.severity == Severity::Warning).map(line).collect()
    }

    /// `FILE: 2 errors, 1 warning`.
    pub(crate) fn summary(&self) -> String {
        let n = |severity| self.diagnostics.iter().filter(|d| d.severity == severity).count();
        let count = |n: usize, what: &str| format!("{n} {what}{}", if n == 1 { "" } else { "s" });
        let verdict = match (n(Severity::Error), n(Severity::Warning)) {
            (0, 0) => "no problems".to_owned(),
            (0, warnings) => format!("valid, {}", count(warnings, "warning")),
            (errors, 0) => count(errors, "error"),
            (errors, warnings) => format!("{}, {}", count(errors, "error"), count(warnings, "warning")),
        };
        format!("{}: {verdict}", self.path.display())
    }

    /// Says of steps, each where it stands, why no order carries a deal out.
    pub(crate) fn obstacle(&self, steps: &[detente_model::StepId], message: &str) -> String {
        let mut out = String::new();
        for step in steps {
            if let Some(span) = self.steps.get(step.0) {
                let help = "change what it waits for, what takes it out of play, or the time allowed";
                self.one(&Diagnostic::warning(*span, message, help), &mut out);
            }
        }
        out
    }

    /// Every finding for a terminal: its place and message, the text underlined, a way out.
    pub(crate) fn text(&self, quiet: bool) -> String {
        let mut out = String::new();
        for diagnostic in self.diagnostics.iter().filter(|d| !quiet || d.severity == Severity::Error) {
            self.one(diagnostic, &mut out);
        }
        out
    }

    fn one(&self, diagnostic: &Diagnostic, out: &mut String) {
        let (word, colour) = match diagnostic.severity {
            Severity::Error => ("error", AnsiColor::Red),
            Severity::Warning => ("warning", AnsiColor::Yellow),
        };
        let style = Style::new().bold().fg_color(Some(colour.into()));
        let bold = Style::new().bold();
        let (line, column) = diagnostic.span.map_or((1, 1), |span| line_column(&self.source, span.start));
        let place = format!("{}:{line}:{column}", self.path.display());
        let message = &diagnostic.message;
        let _ = writeln!(out, "{place}: {style}{word}{style:#}{bold}: {message}{bold:#}");
        if let Some(snippet) =
            diagnostic.span.and_then(|span| snippet(&self.source, span, line, diagnostic.severity))
        {
            out.push_str(&snippet);
        }
        let _ = writeln!(out, "  help: {}\n", diagnostic.help);
    }

    /// The findings as JSON.
    pub(crate) fn json(&self) -> Value {
        let one = |d: &Diagnostic| {
            let span = d.span.unwrap_or(Span::new(0, 0));
            let (line, column) = line_column(&self.source, span.start);
            let (end_line, end_column) = line_column(&self.source, span.end);
            json!({
                "severity": if d.severity == Severity::Error { "error" } else { "warning" },
                "line": line, "column": column, "end_line": end_line, "end_column": end_column,
                "message": d.message, "help": d.help,
            })
        };
        json!({
            "path": self.path.display().to_string(),
            "ok": !self.has_errors(),
            "diagnostics": self.diagnostics.iter().map(one).collect::<Vec<_>>(),
        })
    }
}

/// The constraints that together leave no deal, each where it stands.
fn no_deal_left(talks: &Talks, reading: &Reading) -> Vec<Diagnostic> {
    let Finding::Contradiction(constraints) = detente_analysis::why_impossible(talks) else {
        return Vec::new();
    };
    let message = match constraints.len() {
        1 => "this constraint leaves no possible deal".to_owned(),
        n => format!(
            "this constraint and {} leave no possible deal",
            if n == 2 { "another".into() } else { format!("{} others", n - 1) }
        ),
    };
    let spans = constraints.iter().filter_map(|k| reading.positions.constraints.get(*k));
    let help = "loosen it, or remove one of those that contradict each other";
    spans.map(|span| Diagnostic::error(*span, message.clone(), help)).collect()
}

/// The line with the offending text underlined; nothing if the line is too long to read.
fn snippet(source: &str, span: Span, line: usize, severity: Severity) -> Option<String> {
    let start = span.start.min(source.len());
    let first = source.get(..start)?.rfind('\n').map_or(0, |at| at + 1);
    let length = source[first..].find('\n').unwrap_or(source.len() - first);
    let text = source[first..first + length].trim_end_matches('\r');
    if text.len() > MAX_LINE {
        return None;
    }
    let (from, to) = (start - first, span.end.min(first + text.len()).saturating_sub(first));
    let from = from.min(text.len());
    let level = if severity == Severity::Error { Level::ERROR } else { Level::WARNING };
    let snippet = Snippet::source(text)
        .line_start(line)
        .path(None::<&str>)
        .annotation(AnnotationKind::Primary.span(from..to.max(from)));
    let rendered = Renderer::styled().render(&[Group::with_level(level).element(snippet)]);
    Some(rendered + "\n")
}
