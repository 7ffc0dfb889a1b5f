//! The scenario that a command was given, and how to read it.

use crate::diagnostics::Findings;
use crate::output::Failure;
use detente_formats::{Evaluations, Opened, ReadOptions, Role};
use sha2::{Digest as _, Sha256};
use std::path::Path;

/// How files of other systems are to be read.
#[derive(clap::Args)]
pub(crate) struct Reading {
    /// GENIUS files: `genius` divides each evaluation by the largest of its issue, as GENIUS does; `raw` takes
    /// them as written, as NegMAS does.
    #[arg(long, value_enum, default_value = "genius", help_heading = "Files of other systems")]
    evaluations: How,
    /// Whose profiles to take, in this order, by the names of their files; all of them if left out.
    #[arg(long, value_name = "A,B", value_delimiter = ',', help_heading = "Files of other systems")]
    parties: Vec<String>,
    /// How many evenly spaced values an issue that can take any number of an interval has.
    #[arg(long, value_name = "N", default_value = "21", value_parser = clap::value_parser!(u32).range(2..=10_000), help_heading = "Files of other systems")]
    grid: u32,
    /// Which scenario of a file or folder that holds many; the first if left out.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..), help_heading = "Files of other systems")]
    case: Option<u32>,
}

#[derive(Clone, Copy, PartialEq, clap::ValueEnum)]
enum How {
    Genius,
    Raw,
}

impl Reading {
    pub(crate) fn options(&self) -> ReadOptions {
        ReadOptions {
            evaluations: match self.evaluations {
                How::Genius => Evaluations::Genius,
                How::Raw => Evaluations::Raw,
            },
            parties: self.parties.iter().map(|name| name.trim().to_owned()).collect(),
            grid: self.grid as usize,
            case: self.case.map(|case| case as usize),
        }
    }
}

/// Opens and reads a scenario.
pub(crate) fn read(path: &Path, reading: &Reading) -> Result<(Findings, String), Failure> {
    let opened = detente_formats::open(path).map_err(Failure::new)?;
    let findings = Findings::new(&opened, &reading.options())?;
    let hash = hash(&opened, &findings);
    Ok((findings, hash))
}

/// Keeps what was read until the process ends: work that does not answer an interrupt is left behind, and may still
/// look at it while what is known is said.
pub(crate) fn for_good(findings: Findings) -> &'static Findings {
    Box::leak(Box::new(findings))
}

/// SHA-256 of a file; of several, of the names and contents of those used, each with a length before it.
pub(crate) fn hash(opened: &Opened, findings: &Findings) -> String {
    let mut all = Sha256::new();
    if let [file] = &opened.files[..] {
        all.update(&file.bytes);
    } else {
        let used = |k: usize| !matches!(findings.files.get(k).map(|file| &file.role), Some(Role::Ignored(_)));
        for (_, file) in opened.files.iter().enumerate().filter(|(k, _)| used(*k)) {
            let name =
                file.path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
            for part in [name.as_bytes(), &file.bytes[..]] {
                all.update((part.len() as u64).to_le_bytes());
                all.update(part);
            }
        }
    }
    all.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
}
