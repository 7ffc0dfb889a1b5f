//! Running the command.

use std::process::{Command, Stdio};
use std::time::Duration;

/// The exit code, and what was written to both outputs.
pub(crate) fn run(arguments: &[&str]) -> (i32, String, String) {
    let output =
        Command::new(env!("CARGO_BIN_EXE_detente")).args(arguments).output().expect("the command runs");
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("UTF-8");
    (output.status.code().unwrap_or(-1), text(output.stdout), text(output.stderr))
}

/// What an interrupted command writes; its exit code is that of an interrupt.
///
/// One that comes while nothing is known yet ends the command without a word, and one that comes after the end is not
/// heard: the moment is looked for between the two.
#[cfg(unix)]
pub(crate) fn interrupted(arguments: &[&str]) -> String {
    let (mut early, mut late) = (Duration::ZERO, None);
    for _ in 0..60 {
        let delay = late.map_or(early * 2 + Duration::from_millis(20), |late| (early + late) / 2);
        let (code, text) = interrupted_after(delay, arguments);
        match code {
            Some(130) if !text.is_empty() => return text,
            Some(130) | None => early = delay,
            Some(0) => late = Some(delay),
            other => panic!("{other:?} after {delay:?}"),
        }
    }
    panic!("no moment between {early:?} and {late:?} at which something is known")
}

/// The exit code, none where the command was not up yet, and what was written, of a command that is interrupted once.
#[cfg(unix)]
pub(crate) fn interrupted_after(delay: Duration, arguments: &[&str]) -> (Option<i32>, String) {
    let child = Command::new(env!("CARGO_BIN_EXE_detente"))
        .args(arguments)
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .expect("the command runs");
    std::thread::sleep(delay);
    let told = Command::new("kill").args(["-INT", &child.id().to_string()]).status();
    assert!(told.is_ok());
    let output = child.wait_with_output().expect("a child");
    (output.status.code(), String::from_utf8(output.stdout).expect("UTF-8"))
}
