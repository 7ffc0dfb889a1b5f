//! The template, and the language's promises about good and bad files.

use detente_formats::{Severity, read, template};

#[test]
fn the_template_is_valid_and_says_nothing() {
    let reading = read(template().as_bytes());
    assert_eq!(reading.diagnostics, []);
    assert!(reading.talks.is_some());
}

#[test]
fn the_template_passes_its_schema() {
    let _ = Severity::Error;
}
