//! Docs that the command itself writes: the JSON Schemas of what it reads and prints.

use std::path::Path;
use std::{fs, io};

use anyhow::{Context, Result};

use crate::{Verdict, shell};

/// Each generated file, and what `detente` is asked for to get it.
const GENERATED: &[(&str, &[&str])] = &[
    ("docs/dcr.schema.json", &["schema", "dcr"]),
    ("docs/sequence.schema.json", &["schema", "sequence"]),
    ("docs/scenario.schema.json", &["schema", "scenario"]),
    ("docs/analysis.schema.json", &["schema", "analysis"]),
];

/// Writes every generated file anew.
pub(crate) fn write(root: &Path) -> Result<Verdict> {
    fs::create_dir_all(root.join("docs"))?;
    for (file, request) in GENERATED {
        let text = generate(root, request)?;
        fs::write(root.join(file), text).with_context(|| format!("`{file}` could not be written"))?;
        println!("wrote {file}");
    }
    Ok(Verdict::Clean)
}

/// Says which generated files are not what `write` would write.
pub(crate) fn check(root: &Path) -> Result<Verdict> {
    let mut problems = 0;
    for (file, request) in GENERATED {
        let on_disk = read(&root.join(file)).with_context(|| format!("`{file}` could not be read"))?;
        if let Some(problem) = problem(file, on_disk.as_deref(), generate(root, request)?.as_bytes()) {
            eprintln!("error: {problem}");
            problems += 1;
        }
    }
    println!("{} generated docs, {problems} not current", GENERATED.len());
    Ok(Verdict::of(problems))
}

fn generate(root: &Path, request: &[&str]) -> Result<String> {
    let mut args = vec!["run", "--quiet", "--release", "--locked", "-p", "detente-cli", "--"];
    args.extend(request);
    shell::capture(&mut shell::cargo(root, &args))
}

fn read(path: &Path) -> io::Result<Option<Vec<u8>>> {
    match fs::read(path) {
        Ok(bytes) => Ok(Some(bytes)),
        Err(problem) if problem.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(problem) => Err(problem),
    }
}

fn problem(file: &str, on_disk: Option<&[u8]>, fresh: &[u8]) -> Option<String> {
    let what = match on_disk {
        None => "is missing",
        Some(bytes) if bytes == fresh => return None,
        Some(_) => "is not current",
    };
    Some(format!("`{file}` {what}; run `cargo xtask docs` and commit it"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check_problem(on_disk: Option<&str>, fresh: &str, expected: Option<&str>) {
        let found = problem("docs/x.json", on_disk.map(str::as_bytes), fresh.as_bytes());
        assert_eq!(found.as_deref(), expected);
    }

    #[test]
    fn a_file_is_current_only_when_it_is_the_same_to_the_byte() {
        check_problem(Some("{}\n"), "{}\n", None);
        let stale = "`docs/x.json` is not current; run `cargo xtask docs` and commit it";
        check_problem(Some("{}\r\n"), "{}\n", Some(stale));
        check_problem(Some("{}"), "{}\n", Some(stale));
    }

    #[test]
    fn a_missing_file_is_named_with_the_command_that_writes_it() {
        let missing = "`docs/x.json` is missing; run `cargo xtask docs` and commit it";
        check_problem(None, "{}\n", Some(missing));
    }

    #[test]
    fn a_file_that_is_not_there_is_no_error() {
        let found = read(Path::new("no/such/file.json"));
        assert!(matches!(found, Ok(None)), "{found:?}");
    }
}
