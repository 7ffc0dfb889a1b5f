//! Bounded fuzzing of every target in `fuzz/`, on the stable toolchain, which has no sanitizers. `ci` tries the same
//! inputs at every run of the same sources; `explore` tries fresh ones for some time.

use std::fs;
use std::path::Path;
use std::time::Duration;

use anyhow::{Context, Result};

use super::{Outcome, install};
use crate::{FUZZ_MANIFEST, metadata, shell};

/// Inputs that `ci` tries for each target: some two minutes for all together on two cores.
const RUNS: u32 = 10_000;

/// The target that has whole analyses done, each of which takes a thousand times as long as reading: `explore` runs it.
const COST: &str = "cost";

/// The seed of `ci`.
const SEED: u32 = 1;

/// Where a run of `ci` keeps the inputs that reached something new; emptied before each.
const SCRATCH: &str = "target/fuzz-ci";

/// What a run of one target is bounded by.
#[derive(Clone, Copy, Debug)]
enum Bound {
    /// So many inputs, and the same ones at the next run.
    Runs(u32),
    /// So many seconds, from this seed.
    Seconds { seconds: u64, seed: u32 },
}

/// Tries so many inputs for each target; skipped where there is nothing to run, or nothing to run it with.
pub(super) fn run(root: &Path) -> Result<Outcome> {
    if !root.join(FUZZ_MANIFEST).is_file() {
        return Ok(Outcome::Skipped("there is no `fuzz/` folder yet".to_owned()));
    }
    let targets = targets(root)?;
    if targets.is_empty() {
        return Ok(Outcome::Skipped(format!("`{FUZZ_MANIFEST}` names no target")));
    }
    if let Err(reason) = installed(root) {
        return Ok(Outcome::Skipped(reason));
    }
    let (dear, others): (Vec<String>, Vec<String>) = targets.into_iter().partition(|target| target == COST);
    let found = outcome(&failures(root, &others, Bound::Runs(RUNS))?);
    Ok(match found {
        Outcome::Ok if !dear.is_empty() => {
            Outcome::InPart(format!("`{COST}` takes long and is left to `cargo xtask explore`"))
        }
        found => found,
    })
}

/// Tries fresh inputs for so long, all targets together, and says which targets failed.
pub(crate) fn explore(root: &Path, seed: u32, time: Duration) -> Result<Vec<String>> {
    let targets = targets(root)?;
    if let Err(reason) = installed(root) {
        println!("skipped: no fuzzing: {reason}");
        return Ok(Vec::new());
    }
    failures(root, &targets, Bound::Seconds { seconds: share(time, targets.len()), seed })
}

fn installed(root: &Path) -> Result<(), String> {
    install::cxx(root).and_then(|()| install::cargo_fuzz(root))
}

fn targets(root: &Path) -> Result<Vec<String>> {
    let packages = metadata::members(root, FUZZ_MANIFEST)?.packages;
    let programs = packages.into_iter().flat_map(|package| package.targets).filter(|t| t.kind == "bin");
    Ok(programs.map(|target| target.name).collect())
}

/// Names of the targets that failed to build or found something; cargo-fuzz has printed how to repeat it.
fn failures(root: &Path, targets: &[String], bound: Bound) -> Result<Vec<String>> {
    let mut failed = Vec::new();
    for target in targets {
        let folder = writable(root, target, bound)?;
        let kept = kept(root, target)?;
        let mut command = shell::cargo(root, &[]);
        command.args(arguments(target, &folder, &kept, bound));
        if let Err(problem) = shell::run(install::with_tools(&mut command, root)) {
            eprintln!("error: {problem:#}");
            failed.push(target.clone());
        }
    }
    Ok(failed)
}

/// Seconds for each target.
fn share(time: Duration, n_targets: usize) -> u64 {
    (time.as_secs() / n_targets.max(1) as u64).max(1)
}

/// The folder that a run writes to. What `ci` tries must not depend on what earlier runs found.
fn writable(root: &Path, target: &str, bound: Bound) -> Result<String> {
    let folder = match bound {
        Bound::Runs(_) => format!("{SCRATCH}/{target}"),
        Bound::Seconds { .. } => format!("fuzz/corpus/{target}"),
    };
    let path = root.join(&folder);
    if matches!(bound, Bound::Runs(_)) && path.exists() {
        fs::remove_dir_all(&path).with_context(|| format!("`{folder}` could not be emptied"))?;
    }
    fs::create_dir_all(&path).with_context(|| format!("`{folder}` could not be made"))?;
    Ok(folder)
}

/// The inputs in the repository, one by one and in order: a folder would be read in an order of its own on each disk.
fn kept(root: &Path, target: &str) -> Result<Vec<String>> {
    let mut found = Vec::new();
    for folder in ["seeds", "found"].map(|kind| format!("fuzz/{kind}/{target}")) {
        let Ok(entries) = fs::read_dir(root.join(&folder)) else { continue };
        for entry in entries {
            found.push(format!("{folder}/{}", entry?.file_name().to_string_lossy()));
        }
    }
    found.sort();
    Ok(found)
}

fn arguments(target: &str, folder: &str, kept: &[String], bound: Bound) -> Vec<String> {
    let (amount, seed) = match bound {
        Bound::Runs(runs) => (format!("-runs={runs}"), SEED),
        Bound::Seconds { seconds, seed } => (format!("-max_total_time={seconds}"), seed),
    };
    // libFuzzer takes 0 for "draw one".
    let seed = format!("-seed={}", seed.max(1));
    let words = ["fuzz", "run", "--sanitizer", "none", target, folder, "--", &amount, &seed];
    let mut line: Vec<String> = words.into_iter().map(str::to_owned).collect();
    if !kept.is_empty() {
        line.push(format!("-seed_inputs={}", kept.join(",")));
    }
    // The limit per input only ends a run that hangs: what an input may cost is counted elsewhere, not timed.
    let options = ["-timeout=300", "-rss_limit_mb=2048", "-verbosity=0", "-print_final_stats=1"];
    line.extend(options.map(str::to_owned));
    line
}

fn outcome(failed: &[String]) -> Outcome {
    match failed {
        [] => Outcome::Ok,
        _ => Outcome::Failed(format!("these targets failed: {}", failed.join(", "))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::PathBuf;

    fn project() -> PathBuf {
        Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
    }

    #[track_caller]
    fn check(seconds: u64, n_targets: usize, each: u64) {
        assert_eq!(share(Duration::from_secs(seconds), n_targets), each);
    }

    #[test]
    fn targets_share_the_time() {
        check(600, 9, 66);
        check(600, 1, 600);
        check(0, 9, 1);
    }

    #[test]
    fn ci_tries_the_same_number_of_inputs_from_the_same_seed_and_needs_no_nightly() {
        let kept = ["fuzz/seeds/native/a.yaml".to_owned(), "fuzz/found/native/b".to_owned()];
        let line = arguments("native", "target/fuzz-ci/native", &kept, Bound::Runs(500)).join(" ");
        let expected = "fuzz run --sanitizer none native target/fuzz-ci/native -- -runs=500 -seed=1 -seed_inputs=fuzz/seeds/native/a.yaml,fuzz/found/native/b -timeout=300 -rss_limit_mb=2048 -verbosity=0 -print_final_stats=1";
        assert_eq!(line, expected);
    }

    #[test]
    fn exploring_takes_time_and_a_seed_of_its_own() {
        let line = |seed| arguments("a", "b", &[], Bound::Seconds { seconds: 40, seed }).join(" ");
        assert!(line(9).contains("-max_total_time=40 -seed=9 -timeout"), "{}", line(9));
        assert!(line(0).contains("-seed=1 "), "{}", line(0));
    }

    #[test]
    fn what_lies_in_the_repository_is_tried_in_one_order() {
        let found = kept(&project(), "scenario").expect("inputs");
        assert!(found.len() > 2 && found.is_sorted(), "{found:?}");
        assert!(found.iter().all(|path| project().join(path).is_file()), "{found:?}");
    }

    #[test]
    fn every_target_has_inputs_to_begin_with() {
        for target in targets(&project()).expect("targets") {
            assert!(!kept(&project(), &target).expect("inputs").is_empty(), "{target}");
        }
    }

    #[test]
    fn a_failed_target_is_named() {
        assert_eq!(outcome(&[]), Outcome::Ok);
        let failed = Outcome::Failed("these targets failed: native".to_owned());
        assert_eq!(outcome(&["native".to_owned()]), failed);
    }
}
