//! What every Rust source of the project is held to.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use anyhow::Result;
use proc_macro2::TokenTree;

use super::{Findings, files, tokens};
use crate::metadata::Graph;

/// A file longer than this is listed.
const LONG_FILE: usize = 600;

/// A function longer than this is listed.
const LONG_FUNCTION: usize = 70;

/// Folders whose sources are pure: same input, same output, and nothing else happens.
const PURE: &[&str] = &["crates/detente-model/src", "crates/detente-analysis/src"];

/// Ways out of a pure source.
const OUTSIDE: &[&str] =
    &["std::fs", "std::time", "std::io", "std::env", "std::net", "Instant::now", "SystemTime"];

/// Ways to draw a number, or a case, that is another at every run. A generator that begins with a given number is none.
const CHANCE: &[&str] = &[
    "OsRng",
    "ProptestConfig",
    "RandomState",
    "SysRng",
    "SystemTime",
    "TestRunner",
    "from_os_rng",
    "from_sys_rng",
    "getrandom",
    "property_test",
    "proptest!",
    "proptest_config",
    "rand::random",
    "rand::rng",
    "thread_rng",
];

/// Who may: the crate that fixes the cases of all tests, and this one, which draws fresh ones when asked.
const MAY_DRAW: &[&str] = &["crates/detente-cases", "crates/xtask"];

/// A source of the project.
struct Source {
    path: PathBuf,
    /// The path from the root of the project.
    name: String,
    n_lines: usize,
    tokens: Vec<TokenTree>,
}

/// Reads every source and tells what is wrong with them, and which are long.
pub(super) fn check(root: &Path, members: &Graph) -> Result<Findings> {
    let mut findings = Findings::default();
    let sources = read(root, &mut findings)?;
    let roots = crate_roots(members);
    for source in &sources {
        findings.notes.extend(long(source));
        findings.problems.extend(misplaced_unsafe(source));
        if roots.contains(&source.path) && !tokens::has_crate_docs(&source.tokens) {
            findings
                .problems
                .push(format!("{}:1: the crate has no docs; begin with a `//!` line", source.name));
        }
    }
    findings.problems.extend(impure(&sources));
    findings.problems.extend(sources.iter().flat_map(drawn_anew));
    Ok(findings)
}

fn read(root: &Path, findings: &mut Findings) -> Result<Vec<Source>> {
    let mut sources = Vec::new();
    for folder in ["crates", "fuzz"] {
        for path in files::with_extension(&root.join(folder), "rs")? {
            let name = files::shown(root, &path);
            let text = files::read(&path)?;
            match tokens::parse(&text) {
                Ok(tokens) => sources.push(Source { path, name, n_lines: text.lines().count(), tokens }),
                Err(line) => {
                    findings.problems.push(format!("{name}:{line}: this is not Rust; does it build?"))
                }
            }
        }
    }
    Ok(sources)
}

/// First files of all libraries, programs, tests, benches and examples.
fn crate_roots(members: &Graph) -> BTreeSet<PathBuf> {
    let targets = members.packages.iter().flat_map(|package| &package.targets);
    targets.filter(|target| target.kind != "custom-build").map(|target| target.root.clone()).collect()
}

fn long(source: &Source) -> Vec<String> {
    let name = &source.name;
    let file = format!("{name}: {} lines; is it still one idea?", source.n_lines);
    let functions = tokens::functions(&source.tokens).into_iter().filter(|f| f.n_lines > LONG_FUNCTION);
    let functions = functions.map(|f| format!("{name}:{}: `{}` has {} lines", f.line, f.name, f.n_lines));
    (source.n_lines > LONG_FILE).then_some(file).into_iter().chain(functions).collect()
}

fn misplaced_unsafe(source: &Source) -> Vec<String> {
    if is_kernel(&source.name) || source.name == BEFORE_MAIN {
        return Vec::new();
    }
    let text = |line| format!("{}:{line}: `unsafe` belongs in a `kernel` module; move it there", source.name);
    tokens::unsafe_lines(&source.tokens).into_iter().map(text).collect()
}

/// What has to be seen before the standard library hides it.
const BEFORE_MAIN: &str = "crates/detente-cli/src/startup.rs";

fn is_kernel(name: &str) -> bool {
    name.split('/').any(|part| part == "kernel" || part == "kernel.rs")
}

/// Lines of pure sources that reach outside, tests left out.
fn impure(sources: &[Source]) -> Vec<String> {
    let pure = |source: &&Source| PURE.iter().any(|folder| Path::new(&source.name).starts_with(folder));
    let shipped: Vec<_> = sources.iter().filter(pure).map(|s| (s, tokens::shipped(&s.tokens))).collect();
    let tests: Vec<PathBuf> =
        shipped.iter().flat_map(|(s, kept)| modules(&s.name, &kept.test_modules)).collect();
    let is_test = |source: &Source| {
        tests.iter().any(|module| Path::new(&source.name).with_extension("").starts_with(module))
    };
    let kept = shipped.iter().filter(|(source, _)| !is_test(source));
    let found = kept.flat_map(|(source, kept)| {
        let mentions = tokens::mentions(&kept.tokens, OUTSIDE).into_iter();
        mentions.map(|(line, path)| {
            format!("{}:{line}: a pure crate may not use `{path}`; let its caller do that", source.name)
        })
    });
    found.collect()
}

/// Lines on which something may be drawn that is another at the next run, in tests too.
fn drawn_anew(source: &Source) -> Vec<String> {
    if MAY_DRAW.iter().any(|folder| Path::new(&source.name).starts_with(folder)) {
        return Vec::new();
    }
    let text = |(line, path)| {
        format!(
            "{}:{line}: `{path}` may draw something else at every run; use `detente_cases::drawn!` or `seeds`",
            source.name
        )
    };
    tokens::mentions(&source.tokens, CHANCE).into_iter().map(text).collect()
}

/// Where the named child modules of a source lie, without the ending of the file.
fn modules(name: &str, children: &[String]) -> Vec<PathBuf> {
    let stem = Path::new(name).with_extension("");
    let is_folder_itself = ["lib", "main", "mod"].iter().any(|own| stem.ends_with(own));
    let folder = if is_folder_itself { stem.parent().unwrap_or(&stem) } else { &stem };
    children.iter().map(|child| folder.join(child)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn source(name: &str, text: &str) -> Source {
        Source {
            path: PathBuf::from(name),
            name: name.to_owned(),
            n_lines: text.lines().count(),
            tokens: tokens::parse(text).expect("the sample is Rust"),
        }
    }

    #[track_caller]
    fn check_found(found: &[String], expected: &[&str]) {
        let starts = |(found, start): (&String, &&str)| found.starts_with(*start);
        assert!(found.len() == expected.len() && found.iter().zip(expected).all(starts), "{found:?}");
    }

    #[test]
    fn a_pure_source_may_not_reach_outside() {
        let sources = [
            source("crates/detente-model/src/lib.rs", "use std::fs;"),
            source("crates/detente-analysis/src/terms.rs", "fn f() { SystemTime::now() }"),
            source("crates/detente-model/tests/all.rs", "use std::fs;"),
            source("crates/detente-cli/src/main.rs", "use std::fs;"),
        ];
        let expected = ["crates/detente-model/src/lib.rs:1: ", "crates/detente-analysis/src/terms.rs:1: "];
        check_found(&impure(&sources), &expected);
    }

    #[test]
    fn the_tests_of_a_pure_source_may_lie_in_a_file_of_their_own() {
        let sources = [
            source("crates/detente-model/src/lib.rs", "#[cfg(test)] mod tests; mod rules;"),
            source("crates/detente-model/src/tests.rs", "use std::fs;"),
            source("crates/detente-model/src/rules.rs", "#[cfg(test)] mod tests;"),
            source("crates/detente-model/src/rules/tests/deep.rs", "use std::fs;"),
            source("crates/detente-model/src/rules/real.rs", "use std::fs;"),
        ];
        check_found(&impure(&sources), &["crates/detente-model/src/rules/real.rs:1: "]);
    }

    #[test]
    fn cases_are_drawn_in_one_place_only() {
        let text = "#[cfg(test)]\nmod tests { proptest::proptest! {\n#![proptest_config(ProptestConfig::with_cases(9))] } }";
        let found = drawn_anew(&source("crates/a/src/terms.rs", text));
        check_found(
            &found,
            &[
                "crates/a/src/terms.rs:2: `proptest!`",
                "crates/a/src/terms.rs:3: ",
                "crates/a/src/terms.rs:3: ",
            ],
        );
        check_found(&drawn_anew(&source("crates/detente-cases/src/lib.rs", text)), &[]);
        let good = "use proptest::prelude::*;\nuse detente_cases::drawn;\ndrawn! { 9; fn f(a in 0..3) { prop_assert!(a < 3) } }";
        check_found(&drawn_anew(&source("crates/a/tests/all.rs", good)), &[]);
    }

    #[test]
    fn nothing_in_this_project_draws_anew() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
        let sources = read(&root, &mut Findings::default()).expect("sources");
        assert!(sources.len() > 200, "{} sources", sources.len());
        assert_eq!(sources.iter().flat_map(drawn_anew).collect::<Vec<_>>(), Vec::<String>::new());
    }

    #[test]
    fn only_kernels_are_unsafe() {
        let text = "fn f() { unsafe {} }";
        check_found(
            &misplaced_unsafe(&source("crates/a/src/terms.rs", text)),
            &["crates/a/src/terms.rs:1: "],
        );
        check_found(&misplaced_unsafe(&source("crates/a/src/terms/kernel.rs", text)), &[]);
        check_found(&misplaced_unsafe(&source("crates/a/src/kernel/sums.rs", text)), &[]);
        check_found(&misplaced_unsafe(&source(BEFORE_MAIN, text)), &[]);
        let near = source("crates/a/src/kernels_not.rs", text);
        check_found(&misplaced_unsafe(&near), &["crates/a/src/kernels_not.rs:1: "]);
    }

    #[test]
    fn long_files_and_functions_are_listed() {
        let body = "    g();\n".repeat(70);
        let text = format!("fn f() {{\n{body}}}\n");
        check_found(&long(&source("a.rs", &text)), &["a.rs:1: `f` has 72 lines"]);
        check_found(&long(&source("a.rs", &"// Line.\n".repeat(601))), &["a.rs: 601 lines"]);
        check_found(&long(&source("a.rs", &"// Line.\n".repeat(600))), &[]);
    }
}
