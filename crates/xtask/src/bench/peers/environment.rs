//! The Python programs, in an environment of their own under `target/`.

use std::path::Path;

use anyhow::{Context, Result, ensure};

use super::FOLDER;
use crate::shell;

/// What is installed, besides what these need.
const PINNED: [&str; 3] = ["negmas==0.16.0", "moocore==0.3.2", "numpy==2.4.6"];
/// The program that measures them.
const PROGRAM: &str = "bench/peers.py";

/// Makes the environment where it is not there yet, or another; says what is installed.
pub(super) fn ready(root: &Path) -> Result<String> {
    if let Some(versions) = installed(root) {
        return Ok(versions);
    }
    install(root)?;
    installed(root).with_context(|| {
        format!("{} are still not there after installing; remove `{FOLDER}` and try again", PINNED.join(", "))
    })
}

/// What a program in the environment prints, with the words it is given.
pub(super) fn python(root: &Path, words: &[&str]) -> Result<String> {
    let mut args = vec![PROGRAM];
    args.extend(words);
    shell::capture(&mut shell::program(root, &interpreter(root), &args))
}

fn interpreter(root: &Path) -> String {
    root.join(FOLDER).join("venv/bin/python").display().to_string()
}

fn installed(root: &Path) -> Option<String> {
    said(&python(root, &["versions"]).ok()?)
}

/// The versions as a sentence, if they are those that are wanted.
fn said(printed: &str) -> Option<String> {
    let lines: Vec<&str> = printed.lines().map(str::trim).collect();
    PINNED.iter().all(|pinned| lines.contains(pinned)).then(|| lines.join(", ").replace("==", " "))
}

fn install(root: &Path) -> Result<()> {
    ensure!(
        shell::works(&mut shell::program(root, "python3", &["--version"])),
        "there is no `python3`, which the other programs need; install Python 3.11 or later"
    );
    let folder = format!("{FOLDER}/venv");
    shell::run(&mut shell::program(root, "python3", &["-m", "venv", "--clear", &folder])).context(
        "the environment could not be made; Python's `venv` may be a package of its own, like `python3-venv`",
    )?;
    let mut args = vec![
        "-m",
        "pip",
        "install",
        "--quiet",
        "--disable-pip-version-check",
        "--only-binary",
        "moocore,numpy",
    ];
    args.extend(PINNED);
    shell::run(&mut shell::program(root, &interpreter(root), &args)).context(
        "the other programs could not be installed; they come from PyPI, or from where pip is told to look \
         (`PIP_INDEX_URL`), and need Python 3.11 or later",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_wanted_versions_will_do() {
        let printed = format!("{}\nPython 3.12.1\n", PINNED.join("\n"));
        assert_eq!(
            said(&printed).as_deref(),
            Some("negmas 0.16.0, moocore 0.3.2, numpy 2.4.6, Python 3.12.1")
        );
        assert_eq!(said(&printed.replace("0.16.0", "0.15.0")), None);
        assert_eq!(said(""), None);
    }
}
