//! What no compiler checks: which crate may know which, why a dependency is there, whether the docs name commands,
//! modules and works that exist, where scenarios lie, and where code is unsafe or draws anything. Long files and functions are listed, not failed.

use std::path::Path;

use anyhow::Result;

use crate::{Verdict, metadata};

mod catalog;
mod citations;
mod commands;
mod edges;
mod fields;
mod files;
mod modules;
mod reasons;
mod sources;
mod tokens;

pub(crate) use commands::README_RUN;

/// What was found: the problems fail, the notes are for reading.
#[derive(Debug, Default)]
struct Findings {
    problems: Vec<String>,
    notes: Vec<String>,
}

/// Runs all tidy checks and prints what they find.
pub(crate) fn run(root: &Path) -> Result<Verdict> {
    let findings = check(root)?;
    for note in &findings.notes {
        println!("note: {note}");
    }
    for problem in &findings.problems {
        eprintln!("error: {problem}");
    }
    println!("{} notes, {} problems", findings.notes.len(), findings.problems.len());
    Ok(Verdict::of(findings.problems.len()))
}

fn check(root: &Path) -> Result<Findings> {
    let members = metadata::members(root, "Cargo.toml")?;
    let mut findings = sources::check(root, &members)?;
    findings.problems.extend(edges::check(&members));
    let checks =
        [reasons::check, commands::check, catalog::check, modules::check, citations::check, fields::check];
    for found in checks.map(|check| check(root)) {
        // A check that breaks off must not hide what the others found.
        findings.problems.extend(found.unwrap_or_else(|problem| vec![format!("{problem:#}")]));
    }
    Ok(findings)
}
