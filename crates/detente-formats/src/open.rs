//! Finds the file that a path means.

use crate::MAX_BYTES;
use std::fmt;
use std::fs::{self, File};
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};

/// A file's content and where it was found.
#[derive(Clone, Debug)]
pub struct Opened {
    /// The file itself, also where a folder was named.
    pub path: PathBuf,
    /// Its bytes, at most one more than [`MAX_BYTES`].
    pub bytes: Vec<u8>,
}

/// A path that holds nothing to read.
#[derive(Debug)]
pub struct OpenError {
    path: PathBuf,
    kind: OpenErrorKind,
}

#[derive(Debug)]
enum OpenErrorKind {
    NoScenario,
    Io(io::Error),
}

impl fmt::Display for OpenError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let path = self.path.display();
        match &self.kind {
            OpenErrorKind::NoScenario => {
                write!(
                    f,
                    "the folder `{path}` holds no `scenario.yaml`; name a file, or write one with `detente new`"
                )
            }
            OpenErrorKind::Io(error) => match error.kind() {
                io::ErrorKind::NotFound => {
                    write!(f, "there is no file `{path}`; check the path, or write one with `detente new`")
                }
                io::ErrorKind::PermissionDenied => {
                    write!(f, "no permission to read `{path}`; change its permissions or name another file")
                }
                _ => write!(f, "cannot read `{path}`: {error}"),
            },
        }
    }
}

impl std::error::Error for OpenError {}

/// Opens a scenario: a file, or a folder with a `scenario.yaml`.
///
/// # Errors
/// A path that does not exist or may not be read, a folder without a scenario.
pub fn open(path: &Path) -> Result<Opened, OpenError> {
    let io = |path: &Path, error| OpenError { path: path.to_owned(), kind: OpenErrorKind::Io(error) };
    let about = fs::metadata(path).map_err(|error| io(path, error))?;
    let file = if about.is_dir() { path.join("scenario.yaml") } else { path.to_owned() };
    if about.is_dir() {
        match fs::metadata(&file) {
            Ok(inside) if inside.is_file() => {}
            Err(error) if error.kind() == io::ErrorKind::PermissionDenied => return Err(io(&file, error)),
            _ => return Err(OpenError { path: path.to_owned(), kind: OpenErrorKind::NoScenario }),
        }
    }
    let mut bytes = Vec::new();
    File::open(&file)
        .and_then(|open| open.take(MAX_BYTES as u64 + 1).read_to_end(&mut bytes))
        .map_err(|error| io(&file, error))?;
    Ok(Opened { path: file, bytes })
}
