//! Getting what a check needs onto a bare machine. An error is the reason why it cannot be had.

use std::env;
use std::path::Path;

use crate::shell::{self, cargo, program};

/// The cargo-fuzz that is installed when there is none.
const CARGO_FUZZ_VERSION: &str = "0.13.2";

/// Where cargo-fuzz goes when there is none: inside the project, and ignored by git.
pub(super) const TOOLS: &str = "target/tools";

/// A component of the Rust toolchain and the cargo command it brings.
pub(super) fn component(root: &Path, name: &str, command: &str) -> Result<(), String> {
    let there = || shell::works(&mut cargo(root, &[command, "--version"]));
    if there() {
        return Ok(());
    }
    let added = shell::run(&mut program(root, "rustup", &["component", "add", name]));
    settled(name, added, there)
}

/// A C++ compiler, which libFuzzer is built with.
pub(super) fn cxx(root: &Path) -> Result<(), String> {
    let compiler = env::var("CXX").unwrap_or_else(|_| "c++".to_owned());
    let there = || shell::works(&mut program(root, &compiler, &["--version"]));
    if there() {
        return Ok(());
    }
    settled("g++", apt_get(root, "g++"), there)
}

/// A program of one of Debian's packages.
pub(crate) fn package(root: &Path, name: &str, package: &str, version: &str) -> Result<(), String> {
    let there = || shell::works(&mut program(root, name, &[version]));
    if there() {
        return Ok(());
    }
    settled(package, apt_get(root, package), there)
}

/// The `cargo fuzz` command, here or in the project's own folder of tools.
pub(super) fn cargo_fuzz(root: &Path) -> Result<(), String> {
    let there = || shell::works(with_tools(&mut cargo(root, &["fuzz", "--version"]), root));
    if there() {
        return Ok(());
    }
    let args =
        ["install", "cargo-fuzz", "--locked", "--version", CARGO_FUZZ_VERSION, "--root", TOOLS, "--quiet"];
    settled("cargo-fuzz", shell::run(&mut cargo(root, &args)), there)
}

/// Lets the command find the project's own tools, after those of the machine.
pub(super) fn with_tools<'a>(
    command: &'a mut std::process::Command,
    root: &Path,
) -> &'a mut std::process::Command {
    let path = env::var_os("PATH").unwrap_or_default();
    let folders = env::split_paths(&path).chain([root.join(TOOLS).join("bin")]);
    match env::join_paths(folders) {
        Ok(joined) => command.env("PATH", joined),
        // A folder whose name holds the separator cannot be on a path; the machine's own tools still can.
        Err(_) => command,
    }
}

fn apt_get(root: &Path, package: &str) -> anyhow::Result<()> {
    let quiet = |args: &[&str]| {
        let mut command = program(root, "apt-get", args);
        command.env("DEBIAN_FRONTEND", "noninteractive");
        command
    };
    shell::run(&mut quiet(&["update", "-qq"]))?;
    shell::run(&mut quiet(&["install", "-qq", "--yes", "--no-install-recommends", package]))
}

/// Turns an attempt to install into an answer: what counts is whether the thing works now.
fn settled(name: &str, attempt: anyhow::Result<()>, there: impl Fn() -> bool) -> Result<(), String> {
    match attempt {
        _ if there() => Ok(()),
        Ok(()) => Err(format!("`{name}` was installed and does not work")),
        Err(problem) => Err(format!("`{name}` is not there and could not be installed: {problem:#}")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use anyhow::anyhow;

    #[track_caller]
    fn check(attempt: anyhow::Result<()>, works: bool, expected: Result<(), &str>) {
        assert_eq!(settled("g++", attempt, || works), expected.map_err(str::to_owned));
    }

    #[test]
    fn what_works_is_installed_whatever_the_installer_said() {
        check(Ok(()), true, Ok(()));
        check(Err(anyhow!("no net")), true, Ok(()));
    }

    #[test]
    fn the_reason_names_what_is_missing_and_why() {
        check(Ok(()), false, Err("`g++` was installed and does not work"));
        let reason = "`g++` is not there and could not be installed: no net";
        check(Err(anyhow!("no net")), false, Err(reason));
    }
}
