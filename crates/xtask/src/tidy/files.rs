//! The files of the project, in one order on every machine.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

/// What lies directly in a folder, sorted; nothing when there is no such folder. Hidden entries and `target` are left out.
pub(super) fn entries(folder: &Path) -> Result<Vec<PathBuf>> {
    if !folder.is_dir() {
        return Ok(Vec::new());
    }
    let listing = fs::read_dir(folder).with_context(|| unreadable(folder))?;
    let mut paths = Vec::new();
    for entry in listing {
        let entry = entry.with_context(|| unreadable(folder))?;
        let name = entry.file_name();
        if !name.to_string_lossy().starts_with('.') && name != "target" {
            paths.push(entry.path());
        }
    }
    paths.sort();
    Ok(paths)
}

/// All files under a folder whose name ends in `.extension`, sorted folder by folder.
pub(super) fn with_extension(folder: &Path, extension: &str) -> Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    for path in entries(folder)? {
        if path.is_dir() {
            found.extend(with_extension(&path, extension)?);
        } else if path.extension().is_some_and(|e| e == extension) {
            found.push(path);
        }
    }
    Ok(found)
}

/// The text of a file.
pub(super) fn read(path: &Path) -> Result<String> {
    fs::read_to_string(path).with_context(|| unreadable(path))
}

/// The path from the root of the project, with `/` on every system.
pub(super) fn shown(root: &Path, path: &Path) -> String {
    path.strip_prefix(root).unwrap_or(path).to_string_lossy().replace('\\', "/")
}

fn unreadable(path: &Path) -> String {
    format!("`{}` could not be read", path.display())
}
