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
    /// The folders inside that hold files which could be one.
    NoScenario(Vec<String>),
    Outside,
    TooMuch,
    Io(io::Error),
}

impl fmt::Display for OpenError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let path = self.path.display();
        match &self.kind {
            OpenErrorKind::NoScenario(folders) if !folders.is_empty() => {
                let more = if folders.len() > SOME { ", ..." } else { "" };
                let named: Vec<String> =
                    folders.iter().take(SOME).map(|folder| format!("`{folder}`")).collect();
                write!(
                    f,
                    "the folder `{path}` holds no files of a scenario itself; name one of the folders in it: {}{more}",
                    named.join(", ")
                )
            }
            OpenErrorKind::NoScenario(_) => {
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

/// How many folders are named where one has to be picked.
const SOME: usize = 10;

/// How deep in a folder the texts of a scorable game are looked for.
const DEPTH: usize = 2;

/// Most files of a folder that are looked at.
const MAX_FILES: usize = 1000;

/// Most bytes of them all together.
const MAX_TOTAL: usize = 64 << 20;

/// The endings of files that can be a part of a scenario.
const ENDINGS: &[&str] = &["json", "txt", "xml", "yaml", "yml"];

/// Opens a scenario: a file, a folder with a `scenario.yaml`, or a folder whose files together are one.
///
/// Of a folder, the files directly in it are read whose names end in `.xml`, `.json`, `.yaml`, `.yml` or `.txt`,
/// in the order of their names byte by byte; no link is followed that leads out of it. Where none of them is a part of a
/// scenario by itself, the `.txt` files of folders in it are read too, as scorable games are published.
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
    let (names, outside) = names(path, &inside).map_err(|error| io(path, error))?;
    let mut files = contents(path, names, 0)?;
    if !crate::foreign::is_scenario(&files) {
        let below = texts_below(path, &inside, DEPTH).map_err(|error| io(path, error))?;
        let held = files.iter().map(|file| file.bytes.len()).sum();
        files.extend(contents(path, below, held)?);
        files.sort_by(|a, b| a.path.cmp(&b.path));
    }
    if files.is_empty() {
        let folders = folders(path).map_err(|error| io(path, error))?;
        return Err(OpenError { path: path.to_owned(), kind: OpenErrorKind::NoScenario(folders) });
    }
    Ok(Opened { path: path.to_owned(), files, outside })
}

/// What files of a folder hold, as far as all together is not too much.
fn contents(folder: &Path, names: Vec<PathBuf>, held: usize) -> Result<Vec<SourceFile>, OpenError> {
    let too_much = || OpenError { path: folder.to_owned(), kind: OpenErrorKind::TooMuch };
    if names.len() > MAX_FILES {
        return Err(too_much());
    }
    let (mut files, mut total) = (Vec::new(), held);
    for name in names {
        let file = content(&name)?;
        total += file.bytes.len();
        files.push(file);
        if total > MAX_TOTAL {
            return Err(too_much());
        }
    }
    Ok(files)
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

/// The texts in the folders of a folder, so many folders deep. No link to a folder is followed.
fn texts_below(folder: &Path, inside: &Path, depth: usize) -> io::Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    for path in folders_of(folder)? {
        // A folder that may not be read is not one of a game.
        let Ok((own, _)) = names(&path, inside) else { continue };
        let is_text = |path: &PathBuf| path.extension().is_some_and(|own| own.eq_ignore_ascii_case("txt"));
        found.extend(own.into_iter().filter(is_text));
        if depth > 1 {
            found.extend(texts_below(&path, inside, depth - 1).unwrap_or_default());
        }
        if found.len() > MAX_FILES {
            break;
        }
    }
    Ok(found)
}

/// The folders directly in a folder that are no links and not hidden, in the order of their names.
fn folders_of(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        if entry.file_type()?.is_dir() && !entry.file_name().to_string_lossy().starts_with('.') {
            found.push(entry.path());
        }
    }
    found.sort();
    Ok(found)
}

/// The names of folders directly in a folder that hold files which can be a part of a scenario.
fn folders(folder: &Path) -> io::Result<Vec<String>> {
    let mut found = Vec::new();
    for path in folders_of(folder)? {
        let own = path.canonicalize().and_then(|inside| names(&path, &inside));
        let Ok((own, _)) = own else { continue };
        if let Some(name) = path.file_name().filter(|_| !own.is_empty()) {
            found.push(name.to_string_lossy().into_owned());
        }
        if found.len() > SOME {
            break;
        }
    }
    Ok(found)
}
