//! Fresh random cases and fresh inputs, which `ci` does not draw: what is found here becomes a test of its own.

use std::path::Path;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use anyhow::{Result, bail};

use crate::ci::fuzz;
use crate::{Verdict, metadata, shell};

/// The crate that draws the cases of the tests; whoever depends on it has some.
const DRAWS: &str = "detente-cases";

/// Minutes that are spent where nobody says how many.
const MINUTES: u32 = 20;

/// How much is tried, and of what.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Options {
    /// How long; tests and fuzzing get half each. Without it, and without a seed, [`MINUTES`].
    pub(crate) minutes: Option<u32>,
    /// Which cases are drawn first. Without it, ones that nobody knows before.
    pub(crate) seed: Option<u32>,
    /// How many cases each test tries; without it, as many as every day.
    pub(crate) cases: Option<u32>,
}

impl Options {
    /// How long to go on. A seed alone asks for the tests of that seed, once.
    fn time(self) -> Option<Duration> {
        let minutes = self.minutes.or(self.seed.is_none().then_some(MINUTES));
        minutes.map(|minutes| Duration::from_secs(60) * minutes)
    }
}

/// Runs the random tests of one seed after another for half of the time, then every fuzz target for its share of the rest.
pub(crate) fn run(root: &Path, options: Options) -> Result<Verdict> {
    let first = options.seed.unwrap_or_else(fresh);
    let crates = drawing(root)?;
    // What is built first is not taken from the time for trying.
    shell::run(tests(root, &crates, first, options.cases).arg("--no-run"))?;
    let (start, time) = (Instant::now(), options.time());
    let mut failed = Vec::new();
    for seed in (0..).map(|round| first.wrapping_add(round)) {
        println!("\n== seed {seed} ==");
        if let Err(problem) = shell::run(&mut tests(root, &crates, seed, options.cases)) {
            eprintln!("error: {problem:#}");
            failed.push(seed);
        }
        if time.is_none_or(|time| start.elapsed() >= time / 2) {
            break;
        }
    }
    let found = match time {
        Some(time) => fuzz::explore(root, first, time / 2)?,
        None => Vec::new(),
    };
    println!("\n{}", summary(&failed, &found));
    Ok(Verdict::of(failed.len() + found.len()))
}

/// A seed that nobody knows before.
fn fresh() -> u32 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    // Both change from run to run; the product spreads the difference over all digits.
    (since.as_secs() as u32 ^ since.subsec_nanos()).wrapping_mul(0x9e37_79b1)
}

/// The crates whose tests draw cases.
fn drawing(root: &Path) -> Result<Vec<String>> {
    let packages = metadata::members(root, "Cargo.toml")?.packages;
    let draws = packages.into_iter().filter(|p| p.dependencies.iter().any(|own| own.name == DRAWS));
    let names: Vec<String> = draws.map(|package| package.name).collect();
    if names.is_empty() {
        bail!("no crate depends on `{DRAWS}`; are there no random tests?");
    }
    Ok(names)
}

fn tests(root: &Path, crates: &[String], seed: u32, cases: Option<u32>) -> std::process::Command {
    let mut command = shell::cargo(
        root,
        &["test", "--profile", "explore", "--locked", "--no-fail-fast", "--lib", "--tests"],
    );
    command.args(crates.iter().flat_map(|name| ["-p", name]));
    command.env("DETENTE_SEED", seed.to_string());
    if let Some(cases) = cases {
        command.env("DETENTE_CASES", cases.to_string());
    }
    command
}

fn summary(failed: &[u32], found: &[String]) -> String {
    let mut lines = Vec::new();
    for seed in failed {
        lines.push(format!("tests failed: `cargo xtask explore --seed {seed}` runs them again"));
    }
    for target in found {
        lines.push(format!("the fuzz target `{target}` failed; cargo-fuzz printed how to repeat it"));
    }
    if lines.is_empty() {
        lines.push("nothing was found".to_owned());
    }
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(minutes: Option<u32>, seed: Option<u32>, expected: Option<u64>) {
        let options = Options { minutes, seed, cases: None };
        assert_eq!(options.time().map(|time| time.as_secs()), expected);
    }

    #[test]
    fn a_seed_alone_is_run_once_and_everything_else_for_some_time() {
        check(None, Some(3), None);
        check(None, None, Some(60 * u64::from(MINUTES)));
        check(Some(2), Some(3), Some(120));
        check(Some(0), None, Some(0));
    }

    #[test]
    fn the_crates_whose_tests_draw_cases_are_found() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
        let names = drawing(&root).expect("crates that draw");
        assert!(names.iter().any(|name| name == "detente-analysis"), "{names:?}");
        assert!(names.iter().any(|name| name == "detente-formats"), "{names:?}");
    }

    #[test]
    fn the_tests_are_told_which_cases_and_how_many() {
        let told = |cases| {
            let command = tests(Path::new("."), &["a".to_owned()], 7, cases);
            let of = |name: &str| {
                let (_, value) = command.get_envs().find(|(own, _)| *own == name)?;
                value.map(|value| value.to_string_lossy().into_owned())
            };
            [of("DETENTE_SEED"), of("DETENTE_CASES")]
        };
        assert_eq!(told(None), [Some("7".to_owned()), None]);
        assert_eq!(told(Some(50)), [Some("7".to_owned()), Some("50".to_owned())]);
    }

    #[test]
    fn what_was_found_is_told_with_how_to_repeat_it() {
        assert_eq!(summary(&[], &[]), "nothing was found");
        let text = summary(&[7], &["dcr".to_owned()]);
        assert!(text.contains("explore --seed 7`") && text.contains("`dcr`"), "{text}");
    }
}
