//! Where results go: stdout, a file written whole or not at all, a new scenario.

use crate::progress::Writing;
use std::fmt::Display;
use std::fs::{self, OpenOptions, Permissions};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

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

impl Failure {
    pub(crate) fn new(message: impl Display) -> Failure {
        Failure::Message(message.to_string())
    }

    fn writing(path: &Path, error: &io::Error) -> Failure {
        let reason = match error.kind() {
            io::ErrorKind::NotFound => "its folder does not exist; create it first".to_owned(),
            io::ErrorKind::NotADirectory => "a part of its path is a file; name another place".to_owned(),
            io::ErrorKind::PermissionDenied => "no permission; choose another place".to_owned(),
            _ => error.to_string(),
        };
        Failure::Message(format!("cannot write `{}`: {reason}", path.display()))
    }
}

/// Prints a result; colour codes stay only where stdout is a terminal that wants them.
pub(crate) fn print(text: &str) -> Result<(), Failure> {
    let mut out = anstream::stdout();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Err(Failure::ClosedPipe),
        Err(error) => Err(Failure::Message(format!("cannot write to stdout: {error}"))),
        Ok(()) => Ok(()),
    }
}

/// Prints a text as it is, whatever a terminal would make of it.
pub(crate) fn print_plain(text: &str) -> Result<(), Failure> {
    let mut out = io::stdout();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Err(Failure::ClosedPipe),
        Err(error) => Err(Failure::Message(format!("cannot write to stdout: {error}"))),
        Ok(()) => Ok(()),
    }
}

/// Makes a folder and those above it, if they are missing.
pub(crate) fn make_folder(folder: &Path) -> Result<(), Failure> {
    fs::create_dir_all(folder).map_err(|error| Failure::writing(folder, &error))
}

/// Writes files into a folder that is not there yet or empty: all of them or none.
pub(crate) fn new_folder(folder: &Path, files: &[(String, String)]) -> Result<(), Failure> {
    let _writing = Writing::begin();
    let failed = |error: io::Error| Failure::writing(folder, &error);
    match fs::read_dir(folder) {
        Ok(inside) => {
            if inside.into_iter().next().is_some() {
                let message =
                    format!("`{}` holds files already; name a new or empty folder", folder.display());
                return Err(Failure::Message(message));
            }
        }
        Err(error) if error.kind() == io::ErrorKind::NotADirectory => {
            return Err(Failure::Message(format!("`{}` is a file; name a folder", folder.display())));
        }
        Err(_) => {}
    }
    make_folder(folder)?;
    let beside = folder.canonicalize().map_err(failed)?;
    let beside = beside.parent().unwrap_or(Path::new("."));
    let temporary = tempfile::Builder::new().prefix(".detente-").tempdir_in(beside).map_err(failed)?;
    for (name, text) in files {
        fs::write(temporary.path().join(name), text).map_err(failed)?;
    }
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let mode = fs::metadata(folder).map_err(failed)?.permissions().mode();
        fs::set_permissions(temporary.path(), Permissions::from_mode(mode)).map_err(failed)?;
    }
    // An empty folder gives way to the finished one.
    fs::rename(temporary.path(), folder).map_err(failed)?;
    let _ = temporary.keep();
    Ok(())
}

/// Says something on stderr; nothing can be done if nobody listens.
pub(crate) fn complain(text: &str) {
    let _ = writeln!(anstream::stderr(), "{text}");
}

/// Writes a file in one step, so that no reader ever sees half of it.
///
/// A link is followed to its file. What is no file (a device, a pipe) is written to and never
/// replaced: renaming a finished file over it would destroy it.
pub(crate) fn write_whole(path: &Path, text: &str) -> Result<(), Failure> {
    write_bytes(path, anstream::adapter::strip_str(text).to_string().as_bytes())
}

/// Writes a file in one step, whatever it holds.
pub(crate) fn write_bytes(path: &Path, content: &[u8]) -> Result<(), Failure> {
    let _writing = Writing::begin();
    let failed = |error: io::Error| Failure::writing(path, &error);
    let target = match fs::metadata(path) {
        Ok(about) if about.is_dir() => {
            return Err(Failure::Message(format!("`{}` is a folder; name a file", path.display())));
        }
        Ok(about) if !about.is_file() => {
            let mut open = OpenOptions::new().write(true).open(path).map_err(failed)?;
            return open.write_all(content).map_err(failed);
        }
        Ok(_) => path.canonicalize().map_err(failed)?,
        Err(_) => path.to_owned(),
    };
    let folder = target.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let mut file = temporary(folder).map_err(failed)?;
    file.write_all(content).map_err(failed)?;
    file.persist(&target).map(drop).map_err(|error| failed(error.error))
}

/// Writes files into a folder, which is made if it is missing.
pub(crate) fn write_folder(folder: &Path, files: &[(String, String)]) -> Result<(), Failure> {
    if fs::metadata(folder).is_ok_and(|about| !about.is_dir()) {
        return Err(Failure::Message(format!("`{}` is a file; name a folder", folder.display())));
    }
    fs::create_dir_all(folder).map_err(|error| Failure::writing(folder, &error))?;
    if let Some(path) = files.iter().map(|(name, _)| folder.join(name)).find(|path| path.is_dir()) {
        return Err(Failure::Message(format!("`{}` is a folder, where a picture should be", path.display())));
    }
    files.iter().try_for_each(|(name, text)| write_whole(&folder.join(name), text))
}

fn temporary(folder: &Path) -> io::Result<tempfile::NamedTempFile> {
    let mut builder = tempfile::Builder::new();
    builder.prefix(".detente-");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        // As for any new file: readable by all, less what the user's mask takes away.
        builder.permissions(Permissions::from_mode(0o666));
    }
    builder.tempfile_in(folder)
}

/// Writes the starting scenario; a path without an ending is a folder.
pub(crate) fn new_scenario(path: &Path, quiet: bool) -> Outcome {
    let _writing = Writing::begin();
    let is_file = path.extension().is_some() && !path.is_dir();
    let file: PathBuf = if is_file { path.to_owned() } else { path.join("scenario.yaml") };
    let failed = |error: io::Error| match error.kind() {
        io::ErrorKind::AlreadyExists => {
            Failure::Message(format!("`{}` exists and is left as it is; choose another name", file.display()))
        }
        _ => Failure::writing(&file, &error),
    };
    if !is_file {
        fs::create_dir_all(path).map_err(failed)?;
    }
    let mut open = OpenOptions::new().write(true).create_new(true).open(&file).map_err(failed)?;
    open.write_all(detente_formats::template().as_bytes()).map_err(failed)?;
    if !quiet {
        complain(&format!("wrote {}; next: detente analyze {}", file.display(), file.display()));
    }
    Ok(0)
}
