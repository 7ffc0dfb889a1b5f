//! Help and wrong usage, as `clap` words them.

use crate::output::{self, Outcome, Said};
use clap::Parser;
use clap::error::ErrorKind;
use detente_report::{Screen, visible};

/// Tells what the arguments ask for, or what is wrong with them.
pub(crate) fn tell<A: Parser>(told: &clap::Error) -> Outcome {
    if matches!(told.kind(), ErrorKind::DisplayHelp | ErrorKind::DisplayVersion) {
        return output::print(&Said::Screen(told.render().ansi().to_string())).map(|()| 0);
    }
    // The same said of arguments in which every character is seen: a message repeats them as they are.
    let arguments = std::env::args_os().map(|argument| visible(&argument.to_string_lossy()));
    let mut screen = Screen::default();
    match A::try_parse_from(arguments) {
        Err(seen) if seen.kind() == told.kind() => screen.drawn(&seen.render().ansi().to_string()),
        _ => told.render().to_string().lines().for_each(|line| screen.line(line)),
    }
    output::show(screen);
    Ok(2)
}
