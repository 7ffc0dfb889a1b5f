//! Running other programs: shown, streamed or captured, never with an open stdin.

use std::ffi::OsString;
use std::io::Write;
use std::path::Path;
use std::process::{Command, Output, Stdio};
use std::{env, io};

use anyhow::{Context, Result, bail};

/// A cargo command at the root of the project, with the cargo that started this program.
pub(crate) fn cargo(root: &Path, args: &[&str]) -> Command {
    let program = env::var_os("CARGO").unwrap_or_else(|| OsString::from("cargo"));
    let mut command = Command::new(program);
    command.args(args).current_dir(root);
    // `cargo run` describes xtask's own package to us. Handed on, it would make build scripts run again.
    let inherited = env::vars_os().map(|(name, _)| name);
    for name in inherited.filter(|name| describes_package(&name.to_string_lossy())) {
        command.env_remove(name);
    }
    command
}

/// A command other than cargo, at the root of the project.
pub(crate) fn program(root: &Path, name: &str, args: &[&str]) -> Command {
    let mut command = Command::new(name);
    command.args(args).current_dir(root);
    command
}

/// Shows the command and runs it with its output streamed; fails unless it exits with 0.
pub(crate) fn run(command: &mut Command) -> Result<()> {
    let line = line(command);
    println!("$ {line}");
    // The child writes to the same stdout: what was said before it must stand before it.
    io::stdout().flush()?;
    let status =
        command.stdin(Stdio::null()).status().with_context(|| format!("`{line}` could not be started"))?;
    if !status.success() {
        bail!("`{line}` failed ({status})");
    }
    Ok(())
}

/// Runs the command silently and returns its stdout; fails, with its stderr, unless it exits with 0.
pub(crate) fn capture(command: &mut Command) -> Result<String> {
    let line = line(command);
    let output = silent(command).with_context(|| format!("`{line}` could not be started"))?;
    if !output.status.success() {
        let said = String::from_utf8_lossy(&output.stderr);
        bail!("`{line}` failed ({}): {}", output.status, said.trim());
    }
    String::from_utf8(output.stdout).with_context(|| format!("`{line}` printed something that is not UTF-8"))
}

/// Whether the command can be started and exits with 0.
pub(crate) fn works(command: &mut Command) -> bool {
    silent(command).is_ok_and(|output| output.status.success())
}

fn silent(command: &mut Command) -> io::Result<Output> {
    command.stdin(Stdio::null()).output()
}

/// The command as one would type it.
fn line(command: &Command) -> String {
    let program = Path::new(command.get_program()).file_name().unwrap_or(command.get_program());
    let mut words = vec![program.to_string_lossy().into_owned()];
    words.extend(command.get_args().map(|arg| arg.to_string_lossy().into_owned()));
    words.join(" ")
}

fn describes_package(variable: &str) -> bool {
    variable.starts_with("CARGO_PKG_") || variable.starts_with("CARGO_MANIFEST_")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(variable: &str, expected: bool) {
        assert_eq!(describes_package(variable), expected, "{variable}");
    }

    #[test]
    fn only_the_description_of_our_own_package_is_kept_from_children() {
        check("CARGO_PKG_NAME", true);
        check("CARGO_MANIFEST_DIR", true);
        check("CARGO_TARGET_DIR", false);
        check("CARGO_HOME", false);
    }

    #[test]
    fn a_command_is_shown_without_the_folder_of_its_program() {
        let mut command = Command::new("/opt/rust/bin/cargo");
        command.args(["test", "--workspace"]);
        assert_eq!(line(&command), "cargo test --workspace");
    }

    #[test]
    fn a_program_that_is_not_there_does_not_work() {
        assert!(!works(&mut Command::new("no-such-program-anywhere")));
        assert!(capture(&mut Command::new("no-such-program-anywhere")).is_err());
    }
}
