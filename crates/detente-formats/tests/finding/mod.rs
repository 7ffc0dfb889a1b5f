//! One change to a good scenario, and what is then said of it.

use detente_formats::{Diagnostic, Severity, read};

/// The scenario with one text replaced, and everything that is found in it.
#[track_caller]
pub(crate) fn finding(scenario: &str, from: &str, to: &str) -> (String, Vec<Diagnostic>) {
    assert_eq!(scenario.matches(from).count(), 1, "`{from}` must stand in the scenario once");
    let source = scenario.replacen(from, to, 1);
    let reading = read(source.as_bytes());
    let failed = reading.diagnostics.iter().any(|d| d.severity == Severity::Error);
    assert_eq!(
        reading.talks.is_none(),
        failed,
        "talks come exactly without errors: {:#?}",
        reading.diagnostics
    );
    (source, reading.diagnostics)
}

/// With one change, this is found, and it points at this text.
#[track_caller]
pub(crate) fn check(
    scenario: &str,
    (from, to): (&str, &str),
    message: &str,
    at: &str,
    help: &str,
) -> Vec<Diagnostic> {
    let (source, diagnostics) = finding(scenario, from, to);
    let Some(found) = diagnostics.iter().find(|d| d.message.contains(message)) else {
        panic!("no `{message}` among {diagnostics:#?}");
    };
    let span = found.span.expect("a place");
    assert_eq!(&source[span.start..span.end], at, "{found:?}");
    assert!(found.help.contains(help), "{found:?}");
    diagnostics
}
