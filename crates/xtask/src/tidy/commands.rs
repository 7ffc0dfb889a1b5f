//! Commands that the docs tell people to type: each must exist, and so must the scenarios it names.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use anyhow::Result;

use super::files;
use crate::shell;

mod markdown;

use markdown::Line;

/// What a newcomer types first; `cargo xtask ci` runs it.
pub(crate) const README_RUN: &str = "cargo run --release -- analyze catalog/cases/ceasefire";

/// Commands that the README must show.
const REQUIRED: &[&str] = &[README_RUN, "cargo xtask ci"];

/// A call of one of the project's two programs.
#[derive(Debug, PartialEq, Eq)]
struct Call<'a> {
    program: Program,
    /// What follows the program's name.
    args: Vec<&'a str>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Program {
    Xtask,
    Detente,
}

/// Every command in the docs that does not exist, and every required one that the README lacks.
pub(super) fn check(root: &Path) -> Result<Vec<String>> {
    let mut found = missing(&root.join("README.md"))?;
    let subcommands = ask_for_subcommands(root)?;
    for path in pages(root)? {
        let name = files::shown(root, &path);
        for line in markdown::commands(&files::read(&path)?) {
            let problems = calls(&line.text).into_iter().flat_map(|call| problems(root, &call, &subcommands));
            found.extend(problems.map(|problem| format!("{name}:{}: {problem}", line.number)));
        }
    }
    Ok(found)
}

fn problems(root: &Path, call: &Call, subcommands: &BTreeSet<String>) -> Vec<String> {
    let unknown = unknown(call, |name| subcommands.contains(name));
    unknown.into_iter().chain(missing_paths(root, call)).collect()
}

fn pages(root: &Path) -> Result<Vec<PathBuf>> {
    let docs = files::entries(&root.join("docs"))?;
    let docs = docs.into_iter().filter(|path| path.extension().is_some_and(|e| e == "md"));
    let all = [root.join("README.md"), root.join("CONTRIBUTING.md")].into_iter().chain(docs);
    Ok(all.filter(|path| path.is_file()).collect())
}

fn missing(readme: &Path) -> Result<Vec<String>> {
    let shown = if readme.is_file() { markdown::commands(&files::read(readme)?) } else { Vec::new() };
    let lacks = REQUIRED.iter().filter(|command| !shows(&shown, command));
    Ok(lacks
        .map(|command| format!("README.md: `{command}` stands in no code block; show it there"))
        .collect())
}

fn shows(lines: &[Line], command: &str) -> bool {
    lines.iter().any(|line| uncommented(&line.text).trim() == command)
}

/// What `detente` itself says it can do.
fn ask_for_subcommands(root: &Path) -> Result<BTreeSet<String>> {
    let args = ["run", "--quiet", "--locked", "-p", "detente-cli", "--", "--help"];
    Ok(subcommands(&shell::capture(&mut shell::cargo(root, &args))?))
}

/// First words of the indented lines of the `Commands:` section.
fn subcommands(help: &str) -> BTreeSet<String> {
    let section = help.lines().skip_while(|line| line.trim() != "Commands:").skip(1);
    let entries = section.take_while(|line| line.starts_with(' '));
    // A line indented further goes on with the description of the entry above it.
    let entries = entries.filter(|line| !line.starts_with("    "));
    entries.filter_map(|line| line.split_whitespace().next()).map(str::to_owned).collect()
}

/// The calls of our programs in a line of shell.
fn calls(line: &str) -> Vec<Call<'_>> {
    let parts = uncommented(line).split(['|', ';', '&']);
    parts.filter_map(|part| call(&part.split_whitespace().collect::<Vec<_>>())).collect()
}

fn uncommented(line: &str) -> &str {
    if line.starts_with('#') { "" } else { line.split(" #").next().unwrap_or(line) }
}

fn call<'a>(words: &[&'a str]) -> Option<Call<'a>> {
    let is_setting = |word: &&&str| word.contains('=') || **word == "time";
    let n_settings = words.iter().take_while(is_setting).count();
    let (program, args) = words[n_settings..].split_first()?;
    match program.rsplit('/').next()? {
        "detente" => Some(Call { program: Program::Detente, args: trimmed(args) }),
        "cargo" => cargo_call(args),
        _ => None,
    }
}

fn cargo_call<'a>(args: &[&'a str]) -> Option<Call<'a>> {
    match args {
        [toolchain, rest @ ..] if toolchain.starts_with('+') => cargo_call(rest),
        ["xtask", rest @ ..] => Some(Call { program: Program::Xtask, args: trimmed(rest) }),
        ["run" | "r", rest @ ..] => {
            let mut halves = rest.splitn(2, |word| *word == "--");
            let program = run_program(halves.next()?)?;
            Some(Call { program, args: trimmed(halves.next().unwrap_or_default()) })
        }
        _ => None,
    }
}

/// Which program `cargo run` with these options starts, if it is one of the two.
fn run_program(options: &[&str]) -> Option<Program> {
    let named = options.iter().flat_map(|option| option.split('='));
    let named: Vec<&str> = named.skip_while(|option| !NAMING.contains(option)).take(2).collect();
    match named[..] {
        [] | ["-p" | "--package", "detente-cli"] | ["--bin", "detente"] => Some(Program::Detente),
        ["-p" | "--package", "xtask"] => Some(Program::Xtask),
        _ => None,
    }
}

const NAMING: &[&str] = &["-p", "--package", "--bin", "--example", "--manifest-path"];

fn trimmed<'a>(args: &[&'a str]) -> Vec<&'a str> {
    args.iter().map(|arg| arg.trim_matches(['"', '\''])).collect()
}

/// A call of a command that does not exist. `is_subcommand` knows those of `detente`.
fn unknown(call: &Call, is_subcommand: impl Fn(&str) -> bool) -> Option<String> {
    let name = call.args.iter().find(|arg| !arg.starts_with('-'))?;
    let (program, known) = match call.program {
        Program::Xtask => ("cargo xtask", crate::is_command(name)),
        Program::Detente => ("detente", is_subcommand(name)),
    };
    let text = || {
        format!(
            "`{program}` has no command `{name}`; name one of `{program} --help`, or tag the block `text` if it is output"
        )
    };
    (!known && !is_placeholder(name)).then(text)
}

/// Whether a word stands for one that the reader chooses: `COMMAND`, `<command>`, `[command]`.
fn is_placeholder(word: &str) -> bool {
    word.contains(['<', '[', '{', '*', '$']) || word.chars().all(|c| c.is_ascii_uppercase() || c == '.')
}

/// Paths into the catalog that the call reads and that are not there.
fn missing_paths(root: &Path, call: &Call) -> Vec<String> {
    // `detente new` makes what it names.
    let reads = call.args.first() != Some(&"new");
    let paths = call.args.iter().map(|arg| arg.strip_prefix("./").unwrap_or(arg));
    let paths = paths.filter(|path| reads && path.starts_with("catalog/") && !is_placeholder(path));
    let gone = paths.filter(|path| !root.join(path).exists());
    gone.map(|path| format!("there is no `{path}`; name a scenario of the catalog")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const DETENTE: &[&str] = &["analyze", "check", "help"];

    #[track_caller]
    fn check_line(line: &str, expected: &[&str]) {
        let known = |name: &str| DETENTE.contains(&name);
        let found = calls(line).iter().filter_map(|call| unknown(call, known)).collect::<Vec<_>>();
        let starts = |(problem, start): (&String, &&str)| problem.starts_with(*start);
        assert!(found.len() == expected.len() && found.iter().zip(expected).all(starts), "{line}: {found:?}");
    }

    #[test]
    fn commands_that_exist_are_fine() {
        check_line(README_RUN, &[]);
        check_line("cargo xtask ci --quick", &[]);
        check_line("detente analyze a.yaml --format html --out a.html", &[]);
        check_line("detente --version", &[]);
        check_line("target/release/detente check a.yaml # says ok", &[]);
        check_line("cargo run -p xtask -- tidy", &[]);
    }

    #[test]
    fn commands_that_do_not_exist_are_found() {
        check_line("cargo xtask cj", &["`cargo xtask` has no command `cj`"]);
        check_line("cargo run --release -- analyse a.yaml", &["`detente` has no command `analyse`"]);
        check_line("RUST_LOG=info detente anal a.yaml", &["`detente` has no command `anal`"]);
        check_line(
            "cargo +nightly build; cargo +nightly xtask cj|less",
            &["`cargo xtask` has no command `cj`"],
        );
        check_line("cargo run -p xtask -- analyze", &["`cargo xtask` has no command `analyze`"]);
        check_line("cargo run --package=detente-cli -- cj", &["`detente` has no command `cj`"]);
    }

    #[test]
    fn other_programs_and_placeholders_are_let_alone() {
        check_line("cargo build --release", &[]);
        check_line("cargo run --example tour -- nothing", &[]);
        check_line("detente/", &[]);
        check_line("detente COMMAND --help", &[]);
        check_line("cargo xtask <command>", &[]);
        check_line("# detente nothing", &[]);
        check_line("", &[]);
    }

    #[test]
    fn subcommands_come_from_the_help() {
        let help = "Usage: detente\n\nCommands:\n  analyze  Says it all\n           and more\n  help     Helps\n\nOptions:\n  -q\n";
        assert_eq!(subcommands(help).into_iter().collect::<Vec<_>>(), ["analyze", "help"]);
    }

    #[test]
    fn a_path_that_is_only_made_by_the_command_need_not_exist() {
        let root = Path::new("no-such-folder");
        let gone = |line| calls(line).iter().flat_map(|call| missing_paths(root, call)).count();
        assert_eq!(gone("detente check catalog/cases/a ./catalog/cases/b other.yaml"), 2);
        assert_eq!(gone("detente new catalog/cases/mine"), 0);
        assert_eq!(gone("detente check catalog/*"), 0);
    }

    #[test]
    fn the_readme_shows_a_command_only_when_the_whole_line_is_it() {
        let line = |text: &str| Line { number: 1, text: text.to_owned() };
        assert!(shows(&[line("cargo xtask ci   # all checks")], "cargo xtask ci"));
        assert!(!shows(&[line("cargo xtask ci --quick")], "cargo xtask ci"));
    }
}
