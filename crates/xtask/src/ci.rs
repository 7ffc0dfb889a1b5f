//! The one list of checks. Every step runs, whatever the earlier ones found; the table at the end has them all.

use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::Result;

use crate::tidy::README_RUN;
use crate::{Verdict, docs, licences, pages, shell, tidy};

pub(crate) mod fuzz;
pub(crate) mod install;

/// One check.
struct Step {
    name: &'static str,
    /// Whether `--quick` runs it.
    quick: bool,
    run: fn(&Path) -> Result<Outcome>,
}

const STEPS: &[Step] = &[
    Step { name: "fmt", quick: true, run: fmt },
    Step { name: "clippy", quick: true, run: clippy },
    Step { name: "test", quick: true, run: test },
    Step { name: "doc", quick: true, run: doc },
    Step { name: "licences", quick: true, run: |root| licences::run(root).map(Outcome::from) },
    Step { name: "tidy", quick: true, run: |root| tidy::run(root).map(Outcome::from) },
    Step { name: "generated docs", quick: false, run: |root| docs::check(root).map(Outcome::from) },
    Step { name: "README run", quick: false, run: readme },
    Step { name: "pages", quick: false, run: in_a_browser },
    Step { name: "fuzz", quick: false, run: fuzz::run },
];

/// Files of other people that some tests read, beside the project and no part of it.
const BESIDE: &str = "../shared";

/// How a step came out; a step that cannot be run, or not in full, says why.
#[derive(Debug, PartialEq, Eq)]
enum Outcome {
    Ok,
    /// What could be run is in order.
    InPart(String),
    Failed(String),
    Skipped(String),
}

impl From<Verdict> for Outcome {
    fn from(verdict: Verdict) -> Outcome {
        match verdict {
            Verdict::Clean => Outcome::Ok,
            Verdict::Problems => Outcome::Failed("see its errors above".to_owned()),
        }
    }
}

/// A step that is over.
struct Done {
    name: &'static str,
    outcome: Outcome,
    took: Duration,
}

/// Runs all steps, or the quick ones, and prints the table of what came out.
pub(crate) fn run(root: &Path, quick: bool) -> Result<Verdict> {
    let done: Vec<Done> = STEPS.iter().map(|step| perform(root, step, quick)).collect();
    println!("\n{}", table(&done));
    let failed = done.iter().filter(|done| matches!(done.outcome, Outcome::Failed(_)));
    Ok(Verdict::of(failed.count()))
}

fn perform(root: &Path, step: &Step, quick: bool) -> Done {
    println!("\n== {} ==", step.name);
    let start = Instant::now();
    let outcome = if quick && !step.quick {
        Outcome::Skipped("left out by --quick".to_owned())
    } else {
        (step.run)(root).unwrap_or_else(|problem| broken_off(&problem))
    };
    let done = Done { name: step.name, outcome, took: start.elapsed() };
    println!("{}", row(&done));
    done
}

/// A step that could not be done to its end; its whole story is printed here, the table has the first line.
fn broken_off(problem: &anyhow::Error) -> Outcome {
    let story = format!("{problem:#}");
    eprintln!("error: {story}");
    Outcome::Failed(story)
}

fn table(done: &[Done]) -> String {
    let rows: Vec<String> = done.iter().map(row).collect();
    format!("== summary ==\n{}", rows.join("\n"))
}

fn row(done: &Done) -> String {
    let (word, why) = match &done.outcome {
        Outcome::Ok => ("ok", ""),
        Outcome::InPart(why) => ("in part", why.as_str()),
        Outcome::Failed(why) => ("FAILED", why.as_str()),
        Outcome::Skipped(why) => ("skipped", why.as_str()),
    };
    let seconds = done.took.as_secs_f64();
    let why = why.lines().next().unwrap_or_default();
    format!("{:<15} {word:<8} {seconds:>6.1} s  {why}", done.name).trim_end().to_owned()
}

fn fmt(root: &Path) -> Result<Outcome> {
    with_component(root, "rustfmt", "fmt", &["fmt", "--all", "--check"])
}

fn clippy(root: &Path) -> Result<Outcome> {
    let args = ["clippy", "--workspace", "--all-targets", "--locked", "--", "-D", "warnings"];
    with_component(root, "clippy", "clippy", &args)
}

fn with_component(root: &Path, component: &str, command: &str, args: &[&str]) -> Result<Outcome> {
    if let Err(reason) = install::component(root, component, command) {
        return Ok(Outcome::Skipped(reason));
    }
    shell::run(&mut shell::cargo(root, args))?;
    Ok(Outcome::Ok)
}

fn test(root: &Path) -> Result<Outcome> {
    shell::run(&mut shell::cargo(root, &["test", "--workspace", "--locked", "--no-fail-fast"]))?;
    Ok(left_out(root))
}

/// What the tests passed over: without a word on the screen, where nobody looks at tests that pass.
fn left_out(root: &Path) -> Outcome {
    if root.join(BESIDE).is_dir() {
        return Outcome::Ok;
    }
    Outcome::InPart(format!("there is no folder `{BESIDE}`: real files of other systems were not tried"))
}

fn doc(root: &Path) -> Result<Outcome> {
    let mut command = shell::cargo(root, &["doc", "--workspace", "--no-deps", "--locked"]);
    shell::run(command.env("RUSTDOCFLAGS", "-D warnings"))?;
    Ok(Outcome::Ok)
}

/// Does what a newcomer does first. That the README says so is checked by `tidy`.
fn readme(root: &Path) -> Result<Outcome> {
    let args: Vec<&str> = README_RUN.split(' ').skip(1).collect();
    shell::run(&mut shell::cargo(root, &args))?;
    Ok(Outcome::Ok)
}

fn in_a_browser(root: &Path) -> Result<Outcome> {
    match pages::missing(root) {
        Some(reason) => Ok(Outcome::Skipped(reason)),
        None => pages::check(root).map(Outcome::from),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(outcome: Outcome, expected: &str) {
        let done = Done { name: "fuzz", outcome, took: Duration::from_millis(1250) };
        assert_eq!(row(&done), expected);
    }

    #[test]
    fn a_row_says_what_came_out_and_why() {
        check(Outcome::Ok, "fuzz            ok          1.2 s");
        check(Outcome::Failed("`a` failed".to_owned()), "fuzz            FAILED      1.2 s  `a` failed");
        check(Outcome::Skipped("no net\nat all".to_owned()), "fuzz            skipped     1.2 s  no net");
    }

    #[test]
    fn tests_that_had_no_files_to_read_are_told() {
        let nowhere = left_out(Path::new("/no/such/folder"));
        assert!(matches!(&nowhere, Outcome::InPart(why) if why.contains("`../shared`")), "{nowhere:?}");
        check(Outcome::InPart("no files".to_owned()), "fuzz            in part     1.2 s  no files");
    }

    #[test]
    fn a_quick_run_keeps_the_checks_that_find_most() {
        let quick: Vec<&str> = STEPS.iter().filter(|step| step.quick).map(|step| step.name).collect();
        assert_eq!(quick, ["fmt", "clippy", "test", "doc", "licences", "tidy"]);
    }

    #[test]
    fn a_step_that_breaks_off_has_failed_and_the_next_one_still_runs() {
        let broken = Step { name: "broken", quick: true, run: |_| anyhow::bail!("no way") };
        let done = perform(Path::new("."), &broken, false);
        assert_eq!(done.outcome, Outcome::Failed("no way".to_owned()));
    }

    #[test]
    fn the_command_of_the_readme_is_one_of_cargo() {
        assert!(README_RUN.starts_with("cargo run "));
    }
}
