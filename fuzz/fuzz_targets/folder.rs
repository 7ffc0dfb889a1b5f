//! A folder in one input.

use detente_formats::{ReadOptions, SourceFile, read_files};
use std::path::{Path, PathBuf};

/// Reads the files that stand in the input one after another, each under a line `===NAME`.
pub fn read(bytes: &[u8]) {
    let files = split(bytes);
    let options = ReadOptions::default();
    if files.is_empty() {
        return;
    }
    let reading = read_files(Path::new("talks"), &files, &options);
    for found in &reading.diagnostics {
        let text = &reading.files[found.file].text;
        if let Some(span) = found.span {
            assert!(text.get(span.start..span.end).is_some(), "{found:?}");
        }
    }
}

fn split(bytes: &[u8]) -> Vec<SourceFile> {
    let bytes = [b"\n", bytes].concat();
    let starts: Vec<usize> = (0..bytes.len()).filter(|k| bytes[*k..].starts_with(b"\n===")).collect();
    let ends = starts.iter().skip(1).copied().chain([bytes.len()]);
    starts.iter().zip(ends).map(|(start, end)| file(&bytes[start + 4..end])).collect()
}

fn file(part: &[u8]) -> SourceFile {
    let line = part.iter().position(|byte| *byte == b'\n').unwrap_or(part.len());
    let name = String::from_utf8_lossy(&part[..line]).into_owned();
    SourceFile { path: PathBuf::from(name), bytes: part.get(line + 1..).unwrap_or_default().to_vec() }
}
