//! What is said: results on stdout, everything else on stderr.

use crate::startup;
use anstream::{AutoStream, ColorChoice};
use detente_report::Screen;
use std::borrow::Cow;
use std::fmt::Display;
use std::io::{self, Write as _};
use std::path::Path;

/// Why a command could not do its work: usage or I/O.
#[derive(Debug)]
pub(crate) enum Failure {
    /// The reader of stdout went away; nothing is said about it.
    ClosedPipe,
    /// Anything else, in words.
    Message(String),
}

/// An exit code, or why there is none.
pub(crate) type Outcome = Result<u8, Failure>;

/// A result.
pub(crate) enum Said {
    /// For people: lines with colour codes, which stay only where a terminal wants them.
    Screen(String),
    /// For programs: written as it is.
    Data(String),
}

impl Said {
    /// What a file gets.
    pub(crate) fn plain(&self) -> Cow<'_, str> {
        match self {
            Said::Screen(lines) => anstream::adapter::strip_str(lines).to_string().into(),
            Said::Data(text) => text.into(),
        }
    }
}

impl Failure {
    pub(crate) fn new(message: impl Display) -> Failure {
        Failure::Message(message.to_string())
    }

    pub(crate) fn writing(path: &Path, error: &io::Error) -> Failure {
        Failure::Message(format!("cannot write `{}`: {}", path.display(), reason(error)))
    }

    pub(crate) fn is_folder(path: &Path) -> Failure {
        Failure::Message(format!("`{}` is a folder; name a file", path.display()))
    }

    pub(crate) fn is_file(path: &Path) -> Failure {
        Failure::Message(format!("`{}` is a file; name a folder", path.display()))
    }

    /// That nothing is overwritten.
    pub(crate) fn exists(path: &Path) -> Failure {
        let path = path.display();
        Failure::Message(format!("`{path}` exists and is left as it is; choose another name"))
    }
}

/// Why a file or an output cannot be written, and a way out.
fn reason(error: &io::Error) -> String {
    let known = match error.kind() {
        io::ErrorKind::NotFound => "its folder does not exist; create it first",
        io::ErrorKind::NotADirectory => "a part of its path is a file; name another place",
        io::ErrorKind::PermissionDenied => "no permission; choose another place",
        io::ErrorKind::ReadOnlyFilesystem => "nothing can be written there; choose another place",
        io::ErrorKind::StorageFull => "the disk is full; make room, or choose another place",
        io::ErrorKind::QuotaExceeded => "the quota is used up; make room, or choose another place",
        io::ErrorKind::FileTooLarge => "it would be larger than a file may be there; raise the limit",
        _ => return error.to_string(),
    };
    known.into()
}

/// Prints a result.
pub(crate) fn print(said: &Said) -> Result<(), Failure> {
    let colours = matches!(said, Said::Screen(_)) && AutoStream::choice(&io::stdout()) != ColorChoice::Never;
    let text = match said {
        Said::Screen(lines) if colours => lines.into(),
        _ => said.plain(),
    };
    if startup::stdout_was_closed() {
        return Err(Failure::new("cannot write to stdout: it is closed; open it, or name a file to write"));
    }
    match to_stdout(text.as_bytes()) {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Err(Failure::ClosedPipe),
        Err(error) => Err(Failure::Message(format!("cannot write to stdout: {}", reason(&error)))),
        Ok(()) => Ok(()),
    }
}

/// Past the standard library's own output, which says that all is well where stdout cannot be written to.
#[cfg(unix)]
fn to_stdout(text: &[u8]) -> io::Result<()> {
    use std::os::fd::AsFd as _;
    std::fs::File::from(io::stdout().as_fd().try_clone_to_owned()?).write_all(text)
}

#[cfg(not(unix))]
fn to_stdout(text: &[u8]) -> io::Result<()> {
    let mut out = anstream::stdout();
    out.write_all(text).and_then(|()| out.flush())
}

/// Says a line on stderr.
pub(crate) fn complain(text: &str) {
    let mut screen = Screen::default();
    screen.line(text);
    show(screen);
}

/// Shows lines on stderr; nothing can be done if nobody listens.
pub(crate) fn show(screen: Screen) {
    let _ = anstream::stderr().write_all(screen.into_string().as_bytes());
}
