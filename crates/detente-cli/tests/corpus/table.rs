//! How many scenarios there are, how many open, and that each can be written and read again.

use super::{close, reading, shared, utilities};
use detente_formats::{
    Format, ReadOptions, Severity, SourceFile, read, read_files, write, write_genius, write_geniusweb,
};
use detente_model::{OptionId, Outcome, Talks};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// Every folder of scenarios, with the collection it belongs to.
fn folders() -> Vec<(&'static str, PathBuf)> {
    let inside = |path: &Path| -> Vec<PathBuf> {
        let mut found: Vec<PathBuf> =
            std::fs::read_dir(path).expect("a folder").map(|entry| entry.expect("an entry").path()).collect();
        found.retain(|path| path.is_dir());
        found.sort();
        found
    };
    let corpus = shared("corpus")
        .iter()
        .flat_map(|path| inside(path))
        .flat_map(|path| inside(&path))
        .collect::<Vec<_>>();
    let negmas = shared("negmas/scenarios").iter().flat_map(|path| inside(path)).collect::<Vec<_>>();
    corpus
        .into_iter()
        .map(|path| ("corpus", path))
        .chain(negmas.into_iter().map(|path| ("negmas", path)))
        .collect()
}

/// Scenarios, those read, those of them with warnings.
type Row = (usize, usize, usize);

#[test]
fn the_table_in_the_docs_counts_what_opens() {
    let folders = folders();
    if folders.is_empty() {
        return;
    }
    let mut rows: BTreeMap<(&str, &str), Row> = BTreeMap::new();
    for (collection, path) in &folders {
        let reading = reading(path, &ReadOptions::default());
        let row = rows.entry((*collection, reading.format.name())).or_default();
        row.0 += 1;
        row.1 += usize::from(reading.talks.is_some());
        let warned = reading.diagnostics.iter().any(|d| d.severity == Severity::Warning);
        row.2 += usize::from(reading.talks.is_some() && warned);
        let errors: Vec<_> = reading.diagnostics.iter().filter(|d| d.severity == Severity::Error).collect();
        assert!(
            reading.talks.is_some() || !errors.is_empty(),
            "{} is refused without a reason",
            path.display()
        );
    }
    let name = |collection: &str| {
        if collection == "corpus" { "scenarios of the field" } else { "scenarios with values of NegMAS" }
    };
    let table: Vec<String> = rows
        .iter()
        .map(|((collection, format), (n, read, warned))| {
            format!("| {} | {format} | {n} | {read} | {warned} | {} |", name(collection), n - read)
        })
        .collect();
    let docs = include_str!("../../../../docs/formats/README.md");
    for line in &table {
        assert!(docs.contains(line.as_str()), "docs/formats/README.md should hold\n{}", table.join("\n"));
    }
    assert_eq!(folders.iter().filter(|(collection, _)| *collection == "corpus").count(), 102);
    assert_eq!(folders.iter().filter(|(collection, _)| *collection == "negmas").count(), 51);
}

/// Some outcomes, always the same: the first, the last, and others between.
fn some(talks: &Talks) -> Vec<Outcome> {
    let at = |k: usize| {
        let option = |(i, issue): (usize, &detente_model::Issue)| {
            OptionId((k * (2 * i + 7919) + k / 3) % issue.n_options())
        };
        Outcome(talks.issues.iter().enumerate().map(option).collect())
    };
    (0..60).map(at).collect()
}

#[test]
fn what_can_be_read_is_written_in_our_own_language_without_loss() {
    for (_, path) in folders() {
        let Some(talks) = reading(&path, &ReadOptions::default()).talks else { continue };
        let written = write(&talks);
        assert_eq!(written.losses, [], "{}", path.display());
        let back = read(written.text.as_bytes());
        assert!(back.talks.as_ref() == Some(&talks), "{}: {:?}", path.display(), back.diagnostics);
    }
}

/// Files as they would be found in a folder.
fn as_found(files: &[(String, String)]) -> Vec<SourceFile> {
    let mut files: Vec<SourceFile> = files
        .iter()
        .map(|(name, text)| SourceFile { path: name.into(), bytes: text.clone().into_bytes() })
        .collect();
    files.sort_by(|a, b| a.path.cmp(&b.path));
    files
}

#[track_caller]
fn same_values(talks: &Talks, files: &[(String, String)], what: &str) {
    let back = read_files(Path::new("talks"), &as_found(files), &ReadOptions::default());
    let again = back.talks.unwrap_or_else(|| panic!("{what}: {:?}", back.diagnostics));
    assert_eq!(talks.parties.len(), again.parties.len(), "{what}");
    for outcome in some(talks) {
        let same = Outcome(
            talks
                .issues
                .iter()
                .zip(&again.issues)
                .zip(&outcome.0)
                .map(|((issue, other), option)| other.find(&issue.option_id(*option)).expect("the option"))
                .collect(),
        );
        close(&utilities(&again, &same), &utilities(talks, &outcome), 1e-9, what);
    }
    for (own, other) in talks.bodies.iter().zip(&again.bodies) {
        let mean = |body: &detente_model::Body| body.alternative.number().map(detente_model::Number::mean);
        close(&[mean(other).unwrap_or(f64::MIN)], &[mean(own).unwrap_or(f64::MIN)], 1e-9, what);
        assert_eq!(own.discount, other.discount, "{what}");
    }
}

#[test]
fn what_genius_can_hold_comes_back_from_its_files() {
    let (mut n, mut held) = (0, 0);
    for (_, path) in folders() {
        let reading = reading(&path, &ReadOptions::default());
        let Some(talks) = reading.talks.filter(|_| reading.format == Format::Genius) else { continue };
        let written = write_genius(&talks);
        n += 1;
        if written.losses.is_empty() {
            held += 1;
            same_values(&talks, &written.files, &path.display().to_string());
        } else {
            eprintln!("{}: {:?}", path.display(), written.losses);
        }
    }
    assert!(held * 10 >= n * 8, "{held} of {n}");
}

#[test]
fn what_geniusweb_can_hold_comes_back_from_its_files() {
    for (_, path) in folders() {
        let reading = reading(&path, &ReadOptions::default());
        let Some(talks) = reading.talks.filter(|_| reading.format == Format::GeniusWeb) else { continue };
        let written = write_geniusweb(&talks);
        assert_eq!(written.losses, [], "{}", path.display());
        same_values(&talks, &written.files, &path.display().to_string());
    }
}
