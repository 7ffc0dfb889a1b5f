//! Finds the files that a path means.

use crate::{MAX_BYTES, SourceFile};
use std::fmt;
use std::fs::{self, File};
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};

/// What a path was found to hold.
#[derive(Clone, Debug)]
pub struct Opened {
    /// The file; or the folder, where it holds a scenario of several files.
    pub path: PathBuf,
    /// The files in the order of their names, each with at most one byte more than [`MAX_BYTES`].
    pub files: Vec<SourceFile>,
    /// Links in the folder that lead out of it, which were not followed.
    pub outside: Vec<PathBuf>,
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
    Outside,
    TooMuch,
    Io(io::Error),
}

impl fmt::Display for OpenError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let path = self.path.display();
        match &self.kind {
            OpenErrorKind::NoScenario => {
                write!(
                    f,
                    "the folder `{path}` holds no `scenario.yaml` and no files of another format; name a file, or write one with `detente new`"
                )
            }
            OpenErrorKind::Outside => {
                write!(
                    f,
                    "`{path}` is a link that leads out of its folder; name the file itself if it is meant"
                )
            }
            OpenErrorKind::TooMuch => {
                write!(
                    f,
                    "the folder `{path}` holds more than {MAX_FILES} files or {} MB; a scenario is less: name its own folder",
                    MAX_TOTAL >> 20
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

/// Most files of a folder that are looked at.
const MAX_FILES: usize = 1000;

/// Most bytes of them all together.
const MAX_TOTAL: usize = 64 << 20;

/// The endings of files that can be a part of a scenario.
const ENDINGS: &[&str] = &["json", "txt", "xml", "yaml", "yml"];

/// Opens a scenario: a file, a folder with a `scenario.yaml`, or a folder whose files together are one.
///
/// Of a folder, the files directly in it are read whose names end in `.xml`, `.json`, `.yaml`, `.yml` or `.txt`,
/// in the order of their names byte by byte; no link is followed that leads out of it.
///
/// # Errors
/// A path that does not exist or may not be read, a folder without a scenario, or one too large to be one.
pub fn open(path: &Path) -> Result<Opened, OpenError> {
    let io = |path: &Path, error| OpenError { path: path.to_owned(), kind: OpenErrorKind::Io(error) };
    let about = fs::metadata(path).map_err(|error| io(path, error))?;
    if !about.is_dir() {
        let files = vec![content(path)?];
        return Ok(Opened { path: path.to_owned(), files, outside: Vec::new() });
    }
    // A folder that is named by dots is called by its name.
    let path = &match path.file_name() {
        Some(_) => path.to_owned(),
        None => path.canonicalize().map_err(|error| io(path, error))?,
    };
    let inside = path.canonicalize().map_err(|error| io(path, error))?;
    let native = path.join("scenario.yaml");
    match fs::metadata(&native) {
        Ok(about) if about.is_file() => {
            if !stays(&native, &inside) {
                return Err(OpenError { path: native, kind: OpenErrorKind::Outside });
            }
            return Ok(Opened { files: vec![content(&native)?], path: native, outside: Vec::new() });
        }
        Err(error) if error.kind() == io::ErrorKind::PermissionDenied => return Err(io(&native, error)),
        _ => {}
    }
    let refuse = |kind| Err(OpenError { path: path.to_owned(), kind });
    let (names, outside) = names(path, &inside).map_err(|error| io(path, error))?;
    if names.is_empty() {
        return refuse(OpenErrorKind::NoScenario);
    }
    if names.len() > MAX_FILES {
        return refuse(OpenErrorKind::TooMuch);
    }
    let mut files = Vec::new();
    let mut total = 0;
    for name in names {
        files.push(content(&name)?);
        total += files.last().map_or(0, |file| file.bytes.len());
        if total > MAX_TOTAL {
            return refuse(OpenErrorKind::TooMuch);
        }
    }
    Ok(Opened { path: path.to_owned(), files, outside })
}

fn content(path: &Path) -> Result<SourceFile, OpenError> {
    let mut bytes = Vec::new();
    File::open(path)
        .and_then(|open| open.take(MAX_BYTES as u64 + 1).read_to_end(&mut bytes))
        .map_err(|error| OpenError { path: path.to_owned(), kind: OpenErrorKind::Io(error) })?;
    Ok(SourceFile { path: path.to_owned(), bytes })
}

/// Whether a file lies in a folder, wherever links on its way lead.
fn stays(path: &Path, inside: &Path) -> bool {
    path.canonicalize().is_ok_and(|real| real.starts_with(inside))
}

/// The files directly in a folder that can be a part of a scenario, in the order of their names; and those that are
/// links out of it.
fn names(folder: &Path, inside: &Path) -> io::Result<(Vec<PathBuf>, Vec<PathBuf>)> {
    let (mut found, mut outside) = (Vec::new(), Vec::new());
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        let ends = |ending: &&str| path.extension().is_some_and(|own| own.eq_ignore_ascii_case(ending));
        let is_hidden = path.file_name().is_none_or(|name| name.to_string_lossy().starts_with('.'));
        if !is_hidden && ENDINGS.iter().any(ends) && path.is_file() {
            if stays(&path, inside) { found.push(path) } else { outside.push(path) }
        }
    }
    found.sort();
    outside.sort();
    Ok((found, outside))
}
