//! `detente check`: every problem at once.

use crate::Format;
use crate::diagnostics::Findings;
use crate::input::Reading;
use crate::output::{self, Outcome, Said};
use detente_report::json_escaped;
use serde_json::{Value, json};
use std::path::PathBuf;

pub(crate) fn run(files: &[PathBuf], reading: &Reading, format: Format, quiet: bool) -> Outcome {
    let mut code = 0;
    let mut reports: Vec<Value> = Vec::new();
    for path in files {
        let findings = match detente_formats::open(path) {
            Ok(opened) => Findings::checked(&opened, &reading.options())?,
            Err(error) => {
                code = 2;
                output::complain(&format!("error: {error}"));
                reports.push(json!({ "path": path.display().to_string(), "ok": false, "unreadable": error.to_string(), "diagnostics": [] }));
                continue;
            }
        };
        if findings.has_errors() {
            code = code.max(1);
        }
        match format {
            Format::Json => reports.push(findings.json()),
            Format::Text => say(&findings, quiet),
        }
    }
    if format == Format::Json {
        let report = json!({ "detente": env!("CARGO_PKG_VERSION"), "ok": code == 0, "files": reports });
        output::print(&Said::Data(json_escaped(&format!("{report:#}\n"))))?;
    }
    Ok(code)
}

fn say(findings: &Findings, quiet: bool) {
    output::show(findings.shown(quiet));
    if !quiet {
        output::complain(&findings.summary());
    }
}
