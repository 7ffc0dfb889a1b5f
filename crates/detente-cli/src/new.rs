//! `detente new`: a scenario to start from.

use crate::files::Staged;
use crate::output::{self, Outcome, Said};
use std::path::{Path, PathBuf};

/// Writes the starting scenario; a path without an ending is a folder, and `-` the output. Nothing is ever overwritten.
pub(crate) fn run(path: &Path, quiet: bool) -> Outcome {
    if path.as_os_str() == "-" {
        return output::print(&Said::Data(detente_formats::template().to_owned())).map(|()| 0);
    }
    let is_file = path.extension().is_some() && !path.is_dir();
    let file: PathBuf = if is_file { path.to_owned() } else { path.join("scenario.yaml") };
    let mut staged = Staged::default();
    if !is_file {
        staged.folder(path)?;
    }
    staged.add_new(&file, detente_formats::template().as_bytes())?;
    staged.commit()?;
    if !quiet {
        output::complain(&format!("wrote {}; next: detente analyze {}", file.display(), file.display()));
    }
    Ok(0)
}
