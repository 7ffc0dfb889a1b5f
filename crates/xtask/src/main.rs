//! The project's own checks, run as `cargo xtask COMMAND`. `ci` is the one list of them: what the machines run is what
//! you run.

use std::env;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, Result};

mod bench;
mod ci;
mod docs;
mod explore;
mod licences;
mod metadata;
mod pages;
mod shell;
mod tidy;

/// Where the fuzz targets are described, when there are any: a workspace of its own.
const FUZZ_MANIFEST: &str = "fuzz/Cargo.toml";

/// Each command with its arguments and what it does.
const COMMANDS: &[(&str, &str, &str)] = &[
    (
        "ci",
        "[--quick]",
        "every check there is; --quick leaves out generated docs, the README run and fuzzing",
    ),
    ("tidy", "", "dependency edges, reasons, README commands, catalog folders, crate docs, unsafe code"),
    ("licences", "", "licences and bans of all dependencies"),
    ("docs", "[--check]", "writes the generated docs; --check only says whether they are current"),
    (
        "snapshots",
        "",
        "writes the snapshots of the page, its pictures and its sentences anew, to be reviewed",
    ),
    (
        "pages",
        "[--pictures]",
        "opens every page in a browser; --pictures takes pictures of them, and the README's",
    ),
    (
        "bench",
        "[exact|unknowns|sequence|corpus|hard|peers]",
        "measures exact answers by size, draws by error, orders of steps, other systems' scenarios, issues tied together, other programs, or what small files cost at most; writes bench/RESULTS.md",
    ),
    (
        "explore",
        "[--minutes N] [--seed N] [--cases N]",
        "fresh random cases and fresh inputs, half the time each (default 20 minutes); --seed runs the tests of one seed",
    ),
];

/// Each benchmark with what runs it.
const BENCHES: &[(&str, Benchmark)] = &[
    ("exact", bench::exact),
    ("unknowns", bench::unknowns),
    ("sequence", bench::sequence),
    ("corpus", bench::corpus),
    ("hard", bench::hard),
    ("peers", bench::peers),
    ("worst", bench::worst),
];

/// Measures something and writes what was found.
type Benchmark = fn(&Path) -> Result<Verdict>;

/// What was asked for.
#[derive(Debug, PartialEq, Eq)]
enum Request {
    Ci {
        quick: bool,
    },
    Tidy,
    Licences,
    Docs {
        check: bool,
    },
    Snapshots,
    Pages {
        pictures: bool,
    },
    /// One of [`BENCHES`].
    Bench(&'static str),
    Explore(explore::Options),
    Help,
}

/// How a check came out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Verdict {
    Clean,
    Problems,
}

impl Verdict {
    fn of(problems: usize) -> Verdict {
        if problems == 0 { Verdict::Clean } else { Verdict::Problems }
    }
}

fn main() -> ExitCode {
    let args: Vec<String> = env::args_os().skip(1).map(|arg| arg.to_string_lossy().into_owned()).collect();
    let args: Vec<&str> = args.iter().map(String::as_str).collect();
    match request(&args) {
        Ok(request) => exit_code(answer(request)),
        Err(problem) => {
            eprintln!("error: {problem}\n\n{}", usage());
            ExitCode::from(2)
        }
    }
}

fn exit_code(answer: Result<Verdict>) -> ExitCode {
    match answer {
        Ok(Verdict::Clean) => ExitCode::SUCCESS,
        Ok(Verdict::Problems) => ExitCode::from(1),
        Err(problem) => {
            eprintln!("error: {problem:#}");
            ExitCode::from(1)
        }
    }
}

fn answer(request: Request) -> Result<Verdict> {
    let root = root()?;
    match request {
        Request::Ci { quick } => ci::run(&root, quick),
        Request::Tidy => tidy::run(&root),
        Request::Licences => licences::run(&root),
        Request::Docs { check: false } => docs::write(&root),
        Request::Docs { check: true } => docs::check(&root),
        Request::Snapshots => snapshots(&root),
        Request::Pages { pictures: true } => pages::pictures(&root),
        Request::Pages { pictures: false } => match pages::missing(&root) {
            Some(reason) => Err(anyhow::anyhow!(reason)),
            None => pages::check(&root),
        },
        Request::Bench(name) => match BENCHES.iter().find(|(own, _)| *own == name) {
            Some((_, run)) => run(&root),
            None => Err(anyhow::anyhow!("there is no benchmark `{name}`")),
        },
        Request::Explore(options) => explore::run(&root, options),
        Request::Help => {
            println!("{}", usage());
            Ok(Verdict::Clean)
        }
    }
}

/// Lets the snapshot tests write what they see.
fn snapshots(root: &Path) -> Result<Verdict> {
    let args = ["test", "--locked", "-p", "detente-report", "--test", "snapshots", "--test", "sentences"];
    shell::run(shell::cargo(root, &args).env("INSTA_UPDATE", "always").env("INSTA_FORCE_PASS", "1"))?;
    println!("written to crates/detente-report/tests/snapshots; review them with `git diff`");
    Ok(Verdict::Clean)
}

/// Reads the command line; the error says what is wrong with it.
fn request(args: &[&str]) -> Result<Request, String> {
    if args.iter().any(|arg| ["--help", "-h"].contains(arg)) {
        return Ok(Request::Help);
    }
    match args {
        [] => Err("no command was given".to_owned()),
        ["help"] => Ok(Request::Help),
        ["ci"] => Ok(Request::Ci { quick: false }),
        ["ci", "--quick"] => Ok(Request::Ci { quick: true }),
        ["tidy"] => Ok(Request::Tidy),
        ["licences"] => Ok(Request::Licences),
        ["docs"] => Ok(Request::Docs { check: false }),
        ["docs", "--check"] => Ok(Request::Docs { check: true }),
        ["snapshots"] => Ok(Request::Snapshots),
        ["pages"] => Ok(Request::Pages { pictures: false }),
        ["pages", "--pictures"] => Ok(Request::Pages { pictures: true }),
        ["bench"] => Ok(Request::Bench("exact")),
        ["bench", name] => BENCHES
            .iter()
            .find(|(own, _)| own == name)
            .map(|(own, _)| Request::Bench(own))
            .ok_or_else(|| format!("there is no benchmark `{name}`")),
        ["explore", rest @ ..] => Ok(Request::Explore(how_to_explore(rest)?)),
        [command, rest @ ..] if is_command(command) => {
            Err(format!("`{command}` does not take `{}`", rest.join(" ")))
        }
        [command, ..] => Err(format!("there is no command `{command}`")),
    }
}

/// The options of `explore`, in any order.
fn how_to_explore(mut args: &[&str]) -> Result<explore::Options, String> {
    let mut options = explore::Options::default();
    while let [name, value, rest @ ..] = args {
        let number = value.parse().map_err(|_| format!("`{name} {value}`: give a whole number like 20"))?;
        match *name {
            "--minutes" => options.minutes = Some(number),
            "--seed" => options.seed = Some(number),
            "--cases" => options.cases = Some(number),
            _ => break,
        }
        args = rest;
    }
    match args {
        [] => Ok(options),
        rest => Err(format!("`explore` does not take `{}`", rest.join(" "))),
    }
}

/// Whether `cargo xtask NAME` means something.
fn is_command(name: &str) -> bool {
    name == "help" || COMMANDS.iter().any(|(command, ..)| *command == name)
}

fn usage() -> String {
    let line = |(name, arguments, summary): &(&str, &str, &str)| {
        format!("  {:<20}{summary}", format!("{name} {arguments}"))
    };
    let lines: Vec<String> = COMMANDS.iter().map(line).collect();
    format!("usage: cargo xtask COMMAND\n\ncommands:\n{}", lines.join("\n"))
}

/// The root of the project: the nearest folder up from here that holds this crate.
fn root() -> Result<PathBuf> {
    let here = env::current_dir()?;
    let start = env::var_os("CARGO_MANIFEST_DIR").map_or(here, PathBuf::from);
    let found = start.ancestors().find(|folder| folder.join("crates/xtask/Cargo.toml").is_file());
    found.map(Path::to_owned).context("this is no folder of the project; go there first")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(args: &[&str], expected: Request) {
        assert_eq!(request(args), Ok(expected));
    }

    #[track_caller]
    fn check_refused(args: &[&str], part: &str) {
        let problem = request(args).expect_err("this is not a request");
        assert!(problem.contains(part), "{problem}");
    }

    #[test]
    fn every_command_of_the_usage_is_a_request() {
        for (name, ..) in COMMANDS {
            assert!(request(&[name]).is_ok(), "{name}");
        }
    }

    #[test]
    fn options_change_the_request() {
        check(&["ci", "--quick"], Request::Ci { quick: true });
        check(&["docs", "--check"], Request::Docs { check: true });
        check(&["explore", "--help"], Request::Help);
    }

    #[test]
    fn exploring_takes_its_options_in_any_order() {
        let options = |minutes, seed, cases| Request::Explore(explore::Options { minutes, seed, cases });
        check(&["explore"], options(None, None, None));
        check(&["explore", "--minutes", "5"], options(Some(5), None, None));
        check(&["explore", "--cases", "9", "--seed", "7"], options(None, Some(7), Some(9)));
    }

    #[test]
    fn what_is_not_understood_is_refused_by_name() {
        check_refused(&[], "no command");
        check_refused(&["cj"], "`cj`");
        check_refused(&["ci", "--fast"], "`--fast`");
        check_refused(&["explore", "--cases", "many"], "`--cases many`");
        check_refused(&["explore", "--minutes"], "`--minutes`");
        check_refused(&["explore", "--hours", "2"], "`--hours 2`");
    }
}
