//! Findings in a file as people and programs read them.

use crate::output::{self, Failure};
use annotate_snippets::{AnnotationKind, Group, Level, Renderer, Snippet};
use anstyle::{AnsiColor, Style};
use detente_analysis::{Finding, MAX_EVENTS, MAX_STEPS};
use detente_formats::{
    DcrReading, Diagnostic, FileRead, Opened, ReadOptions, Reading, Role, Severity, Span, line_column,
};
use detente_model::Talks;
use detente_report::{Screen, visible};
use serde_json::{Value, json};
use std::path::{Path, PathBuf};

/// Lines longer than this are not shown.
const MAX_LINE: usize = 500;

/// What was given, with everything found in it, and where its steps stand.
pub(crate) struct Findings {
    /// What was given: a file or a folder.
    pub(crate) path: PathBuf,
    pub(crate) files: Vec<FileRead>,
    pub(crate) talks: Option<Talks>,
    pub(crate) diagnostics: Vec<Diagnostic>,
    /// How the files were understood.
    notes: Vec<String>,
    steps: Vec<Span>,
}

impl Findings {
    /// Reads what was given and checks what the language alone cannot: that some deal is left.
    pub(crate) fn new(opened: &Opened, options: &ReadOptions) -> Result<Findings, Failure> {
        let reading = detente_formats::read_files(&opened.path, &opened.files, options);
        if let Some(misuse) = reading.misuse {
            return Err(Failure::Message(misuse));
        }
        let mut diagnostics = reading.diagnostics.clone();
        if let Some(talks) = &reading.talks {
            diagnostics.extend(no_deal_left(talks, &reading));
            diagnostics.extend(too_many_steps(&reading));
        }
        let mut notes = reading.notes;
        if !opened.outside.is_empty() {
            let names = opened.outside.iter().filter_map(|path| path.file_name());
            let names: Vec<String> = names.map(|name| format!("`{}`", name.to_string_lossy())).collect();
            notes.push(format!("not used, because these links lead out of the folder: {}", names.join(", ")));
        }
        let failed = diagnostics.iter().any(|d| d.severity == Severity::Error);
        // What must be put right comes first; within that, the order of the file.
        diagnostics.sort_by_key(|d| d.severity);
        Ok(Findings {
            path: opened.path.clone(),
            files: reading.files,
            talks: reading.talks.filter(|_| !failed),
            diagnostics,
            notes,
            steps: reading.positions.steps,
        })
    }

    /// What is wrong with a file, whatever of that which can be read it holds.
    pub(crate) fn checked(opened: &Opened, options: &ReadOptions) -> Result<Findings, Failure> {
        match graph(opened) {
            Some(source) => {
                let found = read_graph(&source).diagnostics;
                Ok(Findings::of(opened.path.clone(), source, found))
            }
            None => Findings::new(opened, options),
        }
    }

    /// What was found in a file that holds no talks.
    pub(crate) fn of(path: PathBuf, text: String, mut diagnostics: Vec<Diagnostic>) -> Findings {
        diagnostics.sort_by_key(|d| d.severity);
        let files = vec![FileRead { path: path.clone(), text, role: Role::Whole }];
        Findings { path, files, talks: None, diagnostics, notes: Vec::new(), steps: Vec::new() }
    }

    pub(crate) fn has_errors(&self) -> bool {
        self.diagnostics.iter().any(|d| d.severity == Severity::Error)
    }

    /// The warnings as single lines, for results that carry them, and before them how the files were understood.
    pub(crate) fn warnings(&self) -> Vec<String> {
        let file = |d: &Diagnostic| match (&self.files[..], self.file(d).0.file_name()) {
            ([_, _, ..], Some(name)) => format!("{}, ", name.to_string_lossy()),
            _ => String::new(),
        };
        let line = |d: &Diagnostic| match d.span {
            Some(span) => {
                format!("{}line {}: {}", file(d), line_column(self.file(d).1, span.start).0, d.message)
            }
            None => d.message.clone(),
        };
        let warnings = self.diagnostics.iter().filter(|d| d.severity == Severity::Warning).map(line);
        self.notes.iter().cloned().chain(warnings).collect()
    }

    /// The file of a finding, and its text; what has no place is said of what was given.
    fn file(&self, diagnostic: &Diagnostic) -> (&Path, &str) {
        match self.files.get(diagnostic.file).filter(|_| diagnostic.span.is_some()) {
            Some(file) => (&file.path, &file.text),
            None => (&self.path, ""),
        }
    }

    /// `FILE: 2 errors, 1 warning`.
    pub(crate) fn summary(&self) -> String {
        let n = |severity| self.diagnostics.iter().filter(|d| d.severity == severity).count();
        let count = |n: usize, what: &str| {
            format!("{} {what}{}", detente_model::grouped(n), if n == 1 { "" } else { "s" })
        };
        let verdict = match (n(Severity::Error), n(Severity::Warning)) {
            (0, 0) => "no problems".to_owned(),
            (0, warnings) => format!("valid, {}", count(warnings, "warning")),
            (errors, 0) => count(errors, "error"),
            (errors, warnings) => format!("{}, {}", count(errors, "error"), count(warnings, "warning")),
        };
        format!("{}: {verdict}", self.path.display())
    }

    /// Says of steps, each where it stands, why no order carries a deal out.
    pub(crate) fn obstacle(&self, steps: &[detente_model::StepId], message: &str) -> Screen {
        let mut out = Screen::default();
        for step in steps {
            if let Some(span) = self.steps.get(step.0) {
                let help = "change what it waits for, what takes it out of play, or the time allowed";
                self.one(&Diagnostic::warning(*span, message, help), &mut out);
            }
        }
        out
    }

    /// Every finding for a terminal: its place and message, the text underlined, a way out.
    pub(crate) fn shown(&self, quiet: bool) -> Screen {
        let mut out = Screen::default();
        for diagnostic in self.diagnostics.iter().filter(|d| !quiet || d.severity == Severity::Error) {
            self.one(diagnostic, &mut out);
        }
        out
    }

    /// Tells every finding; the talks, or nothing and how many problems there are.
    pub(crate) fn told(&self, quiet: bool) -> Option<&Talks> {
        output::show(self.shown(quiet));
        if self.talks.is_none() {
            output::complain(&self.summary());
        }
        self.talks.as_ref()
    }

    fn one(&self, diagnostic: &Diagnostic, out: &mut Screen) {
        let (word, colour) = match diagnostic.severity {
            Severity::Error => ("error", AnsiColor::Red),
            Severity::Warning => ("warning", AnsiColor::Yellow),
        };
        let style = Style::new().bold().fg_color(Some(colour.into()));
        let bold = Style::new().bold();
        let (path, source) = self.file(diagnostic);
        let (line, column) = diagnostic.span.map_or((1, 1), |span| line_column(source, span.start));
        let place = format!("{}:{line}:{column}: ", path.display());
        let message = format!(": {}", diagnostic.message);
        out.parts(&[(Style::new(), &place), (style, word), (bold, &message)]);
        if let Some(snippet) =
            diagnostic.span.and_then(|span| snippet(source, span, line, diagnostic.severity))
        {
            out.drawn(&snippet);
        }
        out.line(&format!("  help: {}", diagnostic.help));
        out.line("");
    }

    /// The findings as JSON.
    pub(crate) fn json(&self) -> Value {
        let one = |d: &Diagnostic| {
            let span = d.span.unwrap_or(Span::new(0, 0));
            let (path, source) = self.file(d);
            let (line, column) = line_column(source, span.start);
            let (end_line, end_column) = line_column(source, span.end);
            json!({
                "path": path.display().to_string(),
                "severity": if d.severity == Severity::Error { "error" } else { "warning" },
                "line": line, "column": column, "end_line": end_line, "end_column": end_column,
                "message": d.message, "help": d.help,
            })
        };
        json!({
            "path": self.path.display().to_string(),
            "ok": !self.has_errors(),
            "notes": self.notes,
            "diagnostics": self.diagnostics.iter().map(one).collect::<Vec<_>>(),
        })
    }
}

/// The text of a file that is a DCR graph.
pub(crate) fn graph(opened: &Opened) -> Option<String> {
    let [file] = &opened.files[..] else { return None };
    let bytes = file.bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&file.bytes);
    let source = std::str::from_utf8(bytes).ok()?;
    detente_formats::is_dcr(source).then(|| source.to_owned())
}

/// Reads a graph. One that nothing could be said of is wrong wherever it is read.
pub(crate) fn read_graph(source: &str) -> DcrReading {
    let mut reading = detente_formats::read_dcr(source);
    let n = reading.graph.as_ref().map_or(0, |graph| graph.events().len());
    if n > MAX_EVENTS {
        let message = format!("the graph has {n} events; up to {MAX_EVENTS} can be told apart");
        let help = "leave out events that nothing waits for, or look at a part of the graph by itself";
        reading.diagnostics.push(Diagnostic::error(Span::new(0, 0), message, help));
        reading.graph = None;
    }
    reading
}

/// Where the steps begin that a deal cannot have as well.
fn too_many_steps(reading: &Reading) -> Option<Diagnostic> {
    let n = reading.positions.steps.len();
    let first = reading.positions.steps.get(MAX_STEPS)?;
    let message = format!("there are {n} steps; a deal to which more than {MAX_STEPS} belong is left open");
    let help = "take together what is always done at once, or say with `only_if` to which deals steps belong";
    Some(Diagnostic::warning(*first, message, help))
}

/// The constraints that together leave no deal, each where it stands.
fn no_deal_left(talks: &Talks, reading: &Reading) -> Vec<Diagnostic> {
    let Finding::Contradiction { constraints, least } = detente_analysis::why_impossible(talks) else {
        return Vec::new();
    };
    let message = match constraints.len() {
        n if !least => format!("this constraint and some of {} others leave no possible deal", n - 1),
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
    let to = to.max(from);
    // What is shown is seen; it may be longer or shorter than what is in the file.
    let before = visible(text.get(..from)?);
    let under = visible(text.get(from..to)?);
    let after = visible(text.get(to..)?);
    let (from, to) = (before.len(), before.len() + under.len());
    let text = format!("{before}{under}{after}");
    let level = if severity == Severity::Error { Level::ERROR } else { Level::WARNING };
    let snippet = Snippet::source(text.as_str())
        .line_start(line)
        .path(None::<&str>)
        .annotation(AnnotationKind::Primary.span(from..to));
    let rendered = Renderer::styled().render(&[Group::with_level(level).element(snippet)]);
    Some(rendered + "\n")
}
