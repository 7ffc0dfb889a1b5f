//! Bounded fuzzing of every target in `fuzz/`, on the stable toolchain, which has no sanitizers.

use std::path::Path;

use anyhow::Result;

use super::{Outcome, install};
use crate::{FUZZ_MANIFEST, metadata, shell};

/// Seconds for all targets together.
const BUDGET_S: usize = 120;

/// Seconds for one target, however few there are.
const TARGET_S: usize = 60;

/// Runs each target for its share of the time; skipped where there is nothing to run, or nothing to run it with.
pub(super) fn run(root: &Path) -> Result<Outcome> {
    if !root.join(FUZZ_MANIFEST).is_file() {
        return Ok(Outcome::Skipped("there is no `fuzz/` folder yet".to_owned()));
    }
    let targets = targets(root)?;
    if targets.is_empty() {
        return Ok(Outcome::Skipped(format!("`{FUZZ_MANIFEST}` names no target")));
    }
    if let Err(reason) = install::cxx(root).and_then(|()| install::cargo_fuzz(root)) {
        return Ok(Outcome::Skipped(reason));
    }
    Ok(outcome(&failures(root, &targets)))
}

fn targets(root: &Path) -> Result<Vec<String>> {
    let packages = metadata::members(root, FUZZ_MANIFEST)?.packages;
    let programs = packages.into_iter().flat_map(|package| package.targets).filter(|t| t.kind == "bin");
    Ok(programs.map(|target| target.name).collect())
}

/// Names of the targets that failed to build or found something; cargo-fuzz has printed how to repeat it.
fn failures(root: &Path, targets: &[String]) -> Vec<String> {
    let seconds = share(targets.len());
    let fails = |target: &&String| {
        // The folder that a run writes to must exist; without it the run itself says so.
        let _ = std::fs::create_dir_all(root.join("fuzz/corpus").join(target));
        let mut command = shell::cargo(root, &[]);
        let folders = folders(target).filter(|folder| root.join(folder).is_dir());
        command.args(arguments(target, folders, seconds));
        let result = shell::run(install::with_tools(&mut command, root));
        result.inspect_err(|problem| eprintln!("error: {problem:#}")).is_err()
    };
    targets.iter().filter(fails).cloned().collect()
}

fn share(n_targets: usize) -> usize {
    (BUDGET_S / n_targets.max(1)).clamp(1, TARGET_S)
}

/// New inputs go to the first, which git ignores; the others hold what a run starts from, if there is anything.
fn folders(target: &str) -> impl Iterator<Item = String> {
    ["corpus", "seeds", "found"].into_iter().map(move |kind| format!("fuzz/{kind}/{target}"))
}

fn arguments(target: &str, folders: impl Iterator<Item = String>, seconds: usize) -> Vec<String> {
    let time = format!("-max_total_time={seconds}");
    // The limit per input is what ends a run that hangs; libFuzzer's own is twenty minutes.
    let options = ["-timeout=20", "-rss_limit_mb=2048", "-verbosity=0", "-print_final_stats=1"];
    let words = ["fuzz", "run", "--sanitizer", "none", target].into_iter().map(str::to_owned);
    let rest = ["--", &time].into_iter().chain(options).map(str::to_owned);
    words.chain(folders).chain(rest).collect()
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

    #[track_caller]
    fn check(n_targets: usize, seconds: usize) {
        assert_eq!(share(n_targets), seconds);
    }

    #[test]
    fn targets_share_two_minutes_and_none_gets_more_than_one() {
        check(1, 60);
        check(2, 60);
        check(3, 40);
        check(500, 1);
    }

    #[test]
    fn a_run_is_bounded_in_time_and_memory_and_needs_no_nightly() {
        let line = arguments("native", folders("native"), 40).join(" ");
        let expected = "fuzz run --sanitizer none native fuzz/corpus/native fuzz/seeds/native fuzz/found/native -- -max_total_time=40 -timeout=20 -rss_limit_mb=2048 -verbosity=0 -print_final_stats=1";
        assert_eq!(line, expected);
    }

    #[test]
    fn a_failed_target_is_named() {
        assert_eq!(outcome(&[]), Outcome::Ok);
        let failed = Outcome::Failed("these targets failed: native".to_owned());
        assert_eq!(outcome(&["native".to_owned()]), failed);
    }
}
