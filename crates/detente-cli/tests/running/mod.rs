//! Running the command.

use std::io::{BufRead as _, BufReader, Read as _};
use std::process::{Command, Stdio};

/// The exit code, and what was written to both outputs.
pub(crate) fn run(arguments: &[&str]) -> (i32, String, String) {
    let output =
        Command::new(env!("CARGO_BIN_EXE_detente")).args(arguments).output().expect("the command runs");
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("UTF-8");
    (output.status.code().unwrap_or(-1), text(output.stdout), text(output.stderr))
}

/// What an interrupted command writes; its exit code is that of an interrupt.
///
/// Interrupts come once the shell is ready and until one is heard; the shell sees to it that those before the
/// first chance to hear one are lost.
#[cfg(unix)]
pub(crate) fn interrupted(arguments: &[&str]) -> String {
    let mut child = Command::new("sh")
        .args(["-c", "trap '' INT; echo ready; exec \"$@\"", "sh", env!("CARGO_BIN_EXE_detente")])
        .args(arguments)
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .expect("the command runs");
    let mut out = BufReader::new(child.stdout.take().expect("a pipe"));
    let mut text = String::new();
    out.read_line(&mut text).expect("the shell is ready");
    let code = loop {
        if let Some(status) = child.try_wait().expect("a child") {
            break status.code();
        }
        let told = Command::new("kill").args(["-INT", &child.id().to_string()]).status();
        assert!(told.is_ok());
    };
    out.read_to_string(&mut text).expect("UTF-8");
    assert_eq!(code, Some(130));
    text
}
