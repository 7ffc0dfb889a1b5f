//! The command and the world around it: terminals, outputs that fail, files that are there already, threads that
//! cannot start.

#![cfg(target_os = "linux")]

mod files;
mod outputs;
mod terminal;

use std::fs;
use std::path::Path;
use std::process::{Command, Output};
use tempfile::TempDir;

pub(crate) const DETENTE: &str = env!("CARGO_BIN_EXE_detente");

/// A small scenario with a number that is not known, and a step.
pub(crate) const SCENARIO: &str = "detente: 1
title: Two wells
issues:
  - {id: share, options: [half, third], status_quo: third}
parties:
  - {id: north, alternative: {uniform: [-1, 0]}, preferences: {share: [1, 2]}}
  - {id: south, alternative: 0, preferences: {share: [2, 1]}}
steps:
  - {id: open, by: north, only_if: {share: half}, delivers: {share: 1}}
";

pub(crate) fn folder() -> TempDir {
    tempfile::tempdir().expect("a folder")
}

pub(crate) fn file(folder: &Path, name: &str, content: &str) -> String {
    let path = folder.join(name);
    fs::write(&path, content).expect("a file");
    path.display().to_string()
}

/// Runs the command behind a few words of shell, such as a limit; `"$@"` stands for the command.
pub(crate) fn behind(shell: &str, arguments: &[&str]) -> (i32, String, String) {
    told(Command::new("sh").args(["-c", shell, "sh", DETENTE]).args(arguments).output().expect("a shell"))
}

pub(crate) fn run(arguments: &[&str]) -> (i32, String, String) {
    told(Command::new(DETENTE).args(arguments).output().expect("the command"))
}

fn told(output: Output) -> (i32, String, String) {
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("UTF-8");
    (output.status.code().unwrap_or(-1), text(output.stdout), text(output.stderr))
}

/// Everything inside a folder, folders with an ending slash.
pub(crate) fn inside(folder: &Path) -> Vec<String> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        if path.is_dir() {
            found.push(format!("{name}/"));
            found.extend(inside(&path).into_iter().map(|below| format!("{name}/{below}")));
        } else {
            found.push(name);
        }
    }
    found.sort();
    found
}
