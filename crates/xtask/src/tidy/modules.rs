//! The tables of modules in `ARCHITECTURE.md` against the files: every module has a row, and every row a module. Modules
//! that use threads are named where it says so.

use std::collections::BTreeSet;
use std::path::Path;

use anyhow::Result;

use super::files;

const PAGE: &str = "ARCHITECTURE.md";
/// What stands above a table of modules.
const HEAD: &str = "| module | what |";
/// How the paragraph begins that says where there are threads.
const THREADS: &str = "**Determinism.**";

/// Modules without a row, rows without a module, and threads that are not told.
pub(super) fn check(root: &Path) -> Result<Vec<String>> {
    let page = files::read(&root.join(PAGE))?;
    let told = page.split("\n\n").find(|part| part.starts_with(THREADS)).map(code).unwrap_or_default();
    let mut problems = Vec::new();
    for (name, section) in sections(&page) {
        let source = root.join("crates").join(name).join("src");
        let mut modules = BTreeSet::new();
        for path in files::with_extension(&source, "rs")? {
            let Some(module) = module(&files::shown(&source, &path)) else { continue };
            if files::read(&path)?.contains("rayon::") && !told.iter().any(|own| *own == module) {
                problems.push(format!("{PAGE}: `{module}` uses threads; say so under \"{THREADS}\""));
            }
            modules.insert(module);
        }
        problems.extend(compared(name, &modules, &rows(section)));
    }
    Ok(problems)
}

fn compared(name: &str, modules: &BTreeSet<String>, rows: &BTreeSet<String>) -> Vec<String> {
    let without =
        |module: &String| format!("{PAGE}: the table of `{name}` has no row for `{module}`; add one");
    let gone =
        |row: &String| format!("{PAGE}: the table of `{name}` names `{row}`, and there is no such module");
    let without = modules.difference(rows).map(without);
    without.chain(rows.difference(modules).map(gone)).collect()
}

/// The crates with a table, each with what is said of it.
fn sections(page: &str) -> Vec<(&str, &str)> {
    let sections = page.split("\n### `").skip(1).filter_map(|part| part.split_once('`'));
    sections.filter(|(_, section)| section.contains(HEAD)).collect()
}

/// The modules that the first column of a table names: `a::b`, `c` stands for `a::b` and `a::c`.
fn rows(section: &str) -> BTreeSet<String> {
    let table =
        section.lines().skip_while(|line| *line != HEAD).skip(2).take_while(|line| line.starts_with('|'));
    let mut found = BTreeSet::new();
    for line in table {
        let mut parent = "";
        for name in code(line.split(" | ").next().unwrap_or_default()) {
            if let Some((above, _)) = name.rsplit_once("::") {
                parent = above;
            }
            let is_whole = parent.is_empty() || name.contains("::");
            found.insert(if is_whole { name.to_owned() } else { format!("{parent}::{name}") });
        }
    }
    found
}

/// What stands between backticks.
fn code(text: &str) -> Vec<&str> {
    text.split('`').skip(1).step_by(2).collect()
}

/// The module that a file holds; nothing for the crate itself and for tests.
fn module(file: &str) -> Option<String> {
    let stem = file.strip_suffix(".rs")?;
    let stem = stem.strip_suffix("/mod").unwrap_or(stem);
    let is_of_tests = stem.split('/').any(|part| part == "tests");
    (!is_of_tests && !["lib", "main"].contains(&stem)).then(|| stem.replace('/', "::"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn set(names: &[&str]) -> BTreeSet<String> {
        names.iter().map(|name| (*name).to_owned()).collect()
    }

    #[test]
    fn a_row_may_name_several_modules_of_one_folder() {
        let section = "x\n\n| module | what |\n|---|---|\n| `a`, `b` | one `c` |\n| `d::e`, `f` | two |\n\n| `g` | no |";
        assert_eq!(rows(section), set(&["a", "b", "d::e", "d::f"]));
    }

    #[test]
    fn a_file_is_a_module_unless_it_is_a_crate_or_its_tests() {
        let modules = ["a.rs", "a/b.rs", "a/mod.rs", "lib.rs", "a/tests.rs", "a/tests/deep.rs"].map(module);
        assert_eq!(
            modules,
            [Some("a".to_owned()), Some("a::b".to_owned()), Some("a".to_owned()), None, None, None]
        );
    }

    #[test]
    fn what_is_missing_on_either_side_is_named() {
        let found = compared("x", &set(&["a", "b"]), &set(&["b", "c"]));
        assert!(
            found.len() == 2 && found[0].contains("row for `a`") && found[1].contains("names `c`"),
            "{found:?}"
        );
    }

    #[test]
    fn the_tables_name_the_modules_there_are() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
        let names: Vec<String> = sections(&files::read(&root.join(PAGE)).expect("a page"))
            .iter()
            .map(|(name, _)| (*name).to_owned())
            .collect();
        assert_eq!(names, ["detente-analysis", "detente-report"]);
        assert_eq!(check(&root).expect("a page and sources"), Vec::<String>::new());
    }
}
