//! A folder in one input.

use detente_formats::{
    Evaluations, ReadOptions, SourceFile, read_files, write, write_genius, write_geniusweb,
};
use detente_model::{Body, Issue, OptionId, Outcome, Talks};
use std::path::{Path, PathBuf};

/// Most options of all issues together that are written again.
const SMALL: usize = 200;

/// Reads the files that stand in the input one after another, each under a line `===NAME`: every place of a finding
/// exists, and talks come back from our own language as they were, unless something is listed as lost.
pub fn read(bytes: &[u8]) {
    let files = split(bytes);
    if files.is_empty() {
        return;
    }
    for evaluations in [Evaluations::Genius, Evaluations::Raw] {
        let options = ReadOptions { evaluations, grid: 5, ..ReadOptions::default() };
        let reading = read_files(Path::new("talks"), &files, &options);
        for found in &reading.diagnostics {
            let text = &reading.files[found.file].text;
            if let Some(span) = found.span {
                assert!(text.get(span.start..span.end).is_some(), "{found:?}");
            }
        }
        let Some(talks) = reading.talks else { continue };
        if talks.issues.iter().map(|issue| issue.n_options()).sum::<usize>() > SMALL {
            continue;
        }
        let written = write(&talks);
        if written.losses.is_empty() {
            let back = detente_formats::read(written.text.as_bytes());
            assert!(
                back.talks.as_ref().is_some_and(|back| same(back, &talks)),
                "{}\n{:?}",
                written.text,
                back.diagnostics
            );
        }
        write_genius(&talks);
        write_geniusweb(&talks);
    }
}

/// Whether issues, alternatives, and the utilities of some outcomes are the same to the last digit.
fn same(a: &Talks, b: &Talks) -> bool {
    const OUTCOMES: usize = 50;
    let outcome = |n: usize| {
        let option = |(k, issue): (usize, &Issue)| OptionId((n * (2 * k + 1) + n / 3) % issue.n_options());
        Outcome(a.issues.iter().enumerate().map(option).collect())
    };
    let outcomes: Vec<Outcome> = (0..OUTCOMES).map(outcome).collect();
    let worth = |body: &Body, x: &Outcome| -> Vec<f64> { body.preferences.leaves(&a.issues, x) };
    let same_body = |(own, other): (&Body, &Body)| {
        let sums = |body| outcomes.iter().map(|x| worth(body, x).iter().sum::<f64>()).collect::<Vec<f64>>();
        own.alternative == other.alternative && own.discount == other.discount && sums(own) == sums(other)
    };
    a.issues == b.issues && a.bodies.len() == b.bodies.len() && a.bodies.iter().zip(&b.bodies).all(same_body)
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
