//! Reads scenario files into talks, and writes talks as scenario files.
//!
//! A file is told by its content. Reading returns everything that was found wrong at once, each with
//! its place, and the talks if nothing forbids them; nothing is guessed silently. The native format
//! is described in `docs/scenario.md`, those of other systems in `docs/formats/`.

mod dcr;
mod diagnostic;
mod emit;
mod foreign;
mod json;
mod looks;
mod native;
mod open;
mod xml;
mod yaml;

pub use dcr::{DcrReading, is_dcr, read_dcr};
pub use diagnostic::{Diagnostic, Severity, Span, line_column};
pub use foreign::{
    Evaluations, FileRead, Format, ReadOptions, Role, SourceFile, WrittenFiles, write_genius, write_geniusweb,
};
pub use native::{Loss, Written, schema, template, write};
pub use open::{OpenError, Opened, open};

use detente_model::Talks;
use std::path::{Path, PathBuf};

/// What files were found to hold.
#[derive(Clone, Debug)]
pub struct Reading {
    /// The negotiation; absent if an error was found.
    pub talks: Option<Talks>,
    /// Everything found, in the order of the files.
    pub diagnostics: Vec<Diagnostic>,
    /// Where the parts of the talks stand; empty for foreign files.
    pub positions: Positions,
    /// What kind of files they are.
    pub format: Format,
    /// The files, at least one, with their texts and what they were used for.
    pub files: Vec<FileRead>,
    /// How foreign files were understood: sentences without a final period.
    pub notes: Vec<String>,
    /// What in the options does not fit the files; there are no talks then.
    pub misuse: Option<String>,
}

/// Where the parts of the talks stand in the file.
#[derive(Clone, Debug, Default)]
pub struct Positions {
    /// By position in [`detente_model::Draft::constraints`].
    pub constraints: Vec<Span>,
    /// By position in [`detente_model::Draft::steps`].
    pub steps: Vec<Span>,
}

/// Largest file read, in bytes.
pub const MAX_BYTES: usize = 16 << 20;

/// Reads a scenario from the bytes of a file.
pub fn read(bytes: &[u8]) -> Reading {
    let file = SourceFile { path: PathBuf::new(), bytes: bytes.to_vec() };
    read_files(Path::new(""), &[file], &ReadOptions::default())
}

/// Reads a scenario from a file, or from the files of a folder, as [`open`] found them at `path`.
pub fn read_files(path: &Path, files: &[SourceFile], options: &ReadOptions) -> Reading {
    let [file] = files else {
        return foreign::read(files, path, options).unwrap_or_else(|| foreign::nothing(files));
    };
    match foreign::read(files, path, options) {
        Some(reading) => reading,
        None => {
            let reading = native(file);
            // Of a file that is called JSON, what is wrong with it as JSON says more; of another kind, which it is.
            match foreign::broken(file).filter(|_| reading.talks.is_none()) {
                Some((broken, text)) => {
                    let files = vec![FileRead { path: file.path.clone(), text, role: Role::Whole }];
                    Reading { diagnostics: vec![broken], files, ..reading }
                }
                None => reading,
            }
        }
    }
}

/// Reads a native scenario.
fn native(file: &SourceFile) -> Reading {
    let bytes = file.bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&file.bytes);
    let reading = match native_text(bytes) {
        Ok(source) => native::read(source),
        Err(refused) => {
            native::Native { talks: None, diagnostics: vec![refused], positions: Positions::default() }
        }
    };
    Reading {
        talks: reading.talks,
        diagnostics: reading.diagnostics,
        positions: reading.positions,
        format: Format::Native,
        files: vec![FileRead {
            path: file.path.clone(),
            text: String::from_utf8_lossy(bytes).into_owned(),
            role: Role::Whole,
        }],
        notes: Vec::new(),
        misuse: None,
    }
}

/// The text of a native scenario.
fn native_text(bytes: &[u8]) -> Result<&str, Diagnostic> {
    let start = Span::new(0, 0);
    if bytes.len() > MAX_BYTES {
        let message = format!("the file is larger than {} MB", MAX_BYTES >> 20);
        let help = "a scenario is a text a person writes; is this the right file?";
        return Err(Diagnostic::error(start, message, help));
    }
    if bytes.starts_with(b"\xff\xfe") || bytes.starts_with(b"\xfe\xff") {
        return Err(Diagnostic::error(start, "the file is UTF-16 text", "save it as UTF-8"));
    }
    let source = std::str::from_utf8(bytes).map_err(|error| {
        let at = error.valid_up_to();
        Diagnostic::error(Span::new(at, at), "the file is not UTF-8 text from here on", "save it as UTF-8")
    })?;
    if source.trim_start().starts_with('<') {
        let message = "this looks like XML, and no element can be made out";
        return Err(Diagnostic::error(start, message, "is this the right file?"));
    }
    if let Some(at) = long_line(source) {
        let message = format!("this line is longer than {} MB", MAX_LINE_BYTES >> 20);
        return Err(Diagnostic::error(Span::new(at, at), message, "break it into several lines"));
    }
    Ok(source)
}

/// Longest line read, in bytes: the YAML scanner holds a line's brackets until they close.
const MAX_LINE_BYTES: usize = 1 << 20;

/// Where a line too long begins.
fn long_line(source: &str) -> Option<usize> {
    let mut start = 0;
    source.split_inclusive('\n').find_map(|line| {
        let at = start;
        start += line.len();
        (line.len() > MAX_LINE_BYTES).then_some(at)
    })
}
