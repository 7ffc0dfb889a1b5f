//! Real scenarios of other systems, where they are at hand: that each opens, and means what others worked out.

mod genius;
mod negmas;
mod nonlinear;
mod table;

use detente_formats::{ReadOptions, Reading, Severity, open, read_files};
use detente_model::{IssueId, Outcome, Talks};
use std::path::{Path, PathBuf};

/// The folder of other people's scenarios; nothing, and it is said, where there is none.
fn shared(part: &str) -> Option<PathBuf> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared").join(part);
    if !path.is_dir() {
        eprintln!("skipped: there is no folder {}", path.display());
        return None;
    }
    Some(path)
}

#[track_caller]
fn reading(path: &Path, options: &ReadOptions) -> Reading {
    let opened = open(path).unwrap_or_else(|error| panic!("{error}"));
    read_files(&opened.path, &opened.files, options)
}

/// The talks of a folder that has to be readable.
#[track_caller]
fn talks(path: &Path, options: &ReadOptions) -> Talks {
    let reading = reading(path, options);
    let errors: Vec<_> = reading.diagnostics.iter().filter(|d| d.severity == Severity::Error).collect();
    reading.talks.unwrap_or_else(|| panic!("{}: {errors:?} {:?}", path.display(), reading.misuse))
}

/// Every party's utility of an outcome, from the definition.
fn utilities(talks: &Talks, outcome: &Outcome) -> Vec<f64> {
    talks.bodies.iter().map(|body| body.preferences.leaves(&talks.issues, outcome).iter().sum()).collect()
}

/// The outcome that answers the issues, in their order, with options of these names.
#[track_caller]
fn outcome(talks: &Talks, answers: &[String]) -> Outcome {
    assert_eq!(answers.len(), talks.issues.len(), "{answers:?}");
    let option = |(issue, answer): (&detente_model::Issue, &String)| {
        issue.find(answer).unwrap_or_else(|| panic!("`{}` has no `{answer}`", issue.id))
    };
    Outcome(talks.issues.iter().zip(answers).map(option).collect())
}

/// The outcome with this number, the last issue fastest.
fn numbered(talks: &Talks, mut number: usize) -> Outcome {
    let mut options = vec![detente_model::OptionId(0); talks.issues.len()];
    for k in (0..talks.issues.len()).rev() {
        let n = talks.issues[IssueId(k).0].n_options();
        options[k] = detente_model::OptionId(number % n);
        number /= n;
    }
    Outcome(options)
}

#[track_caller]
fn close(left: &[f64], right: &[f64], within: f64, what: &str) {
    let near = left.len() == right.len() && left.iter().zip(right).all(|(a, b)| (a - b).abs() <= within);
    assert!(near, "{what}: {left:?}, not {right:?}");
}
