//! Licences and bans: what may be linked into the project, from `cargo metadata` alone, so nothing has to be installed.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use anyhow::Result;

use crate::metadata::{self, Graph, Kind, Package};
use crate::{FUZZ_MANIFEST, Verdict};

mod expression;

/// Licences that any dependency may have.
const ALLOWED: &[&str] = &[
    "0BSD",
    "MIT-0",
    "Apache-2.0",
    "Apache-2.0 WITH LLVM-exception",
    "BSD-2-Clause",
    "BSD-3-Clause",
    "BSL-1.0",
    "CC0-1.0",
    "ISC",
    "MIT",
    "NCSA",
    "Unicode-3.0",
    "Unicode-DFS-2016",
    "Zlib",
];

/// Licences that a dependency may have which is used by tests and fuzzing only and never shipped.
const ALLOWED_IN_TESTS: &[&str] = &["MPL-2.0"];

/// Crates that nothing may pull in, and why.
const BANNED: &[(&str, &str)] = &[
    ("chrono", "it reads the clock and the time zone; dates are plain values here"),
    ("openssl-sys", "it needs the system's OpenSSL; use rustls"),
    ("serde_yaml", "it is deprecated and loses positions; use saphyr-parser's events"),
];

/// Who may pull in a banned crate all the same, and why.
const TOLERATED: &[(&str, &str)] = &[
    // Tables of draws: its columns of dates want `chrono`, and no column of ours is a date.
    ("chrono", "parquet"),
];

/// Checks the workspace and, when it is there, the fuzz targets; prints what it finds.
pub(crate) fn run(root: &Path) -> Result<Verdict> {
    let mut checked = check(&metadata::resolved(root, "Cargo.toml")?, Use::Shipped);
    if root.join(FUZZ_MANIFEST).is_file() {
        checked.extend(check(&metadata::resolved(root, FUZZ_MANIFEST)?, Use::TestsOnly));
    }
    for copies in &checked.duplicates {
        println!("note: {copies}");
    }
    for problem in &checked.problems {
        eprintln!("error: {problem}");
    }
    println!("{} dependencies, {} problems", checked.dependencies.len(), checked.problems.len());
    Ok(Verdict::of(checked.problems.len()))
}

/// What the packages of a workspace are for.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Use {
    Shipped,
    TestsOnly,
}

/// What was looked at and what was found.
#[derive(Debug, Default)]
struct Checked {
    dependencies: BTreeSet<String>,
    problems: BTreeSet<String>,
    /// Crates in more than one version: listed, not failed.
    duplicates: BTreeSet<String>,
}

impl Checked {
    fn extend(&mut self, other: Checked) {
        self.dependencies.extend(other.dependencies);
        self.problems.extend(other.problems);
        self.duplicates.extend(other.duplicates);
    }
}

fn check(graph: &Graph, purpose: Use) -> Checked {
    let shipped = match purpose {
        Use::Shipped => shipped(graph),
        Use::TestsOnly => BTreeSet::new(),
    };
    let mut checked = Checked::default();
    for package in external(graph) {
        checked.dependencies.insert(format!("{} {}", package.name, package.version));
        checked.problems.extend(licence_problem(package, shipped.contains(package.id.as_str())));
        checked.problems.extend(ban(graph, package));
    }
    checked.duplicates = duplicates(graph);
    checked
}

/// Packages from elsewhere: those of a path are ours.
fn external(graph: &Graph) -> impl Iterator<Item = &Package> {
    graph.packages.iter().filter(|package| !package.own)
}

/// Ids of the packages that the members reach without going through a dev-dependency.
fn shipped(graph: &Graph) -> BTreeSet<&str> {
    let mut reached: BTreeSet<&str> = graph.members.iter().map(String::as_str).collect();
    let mut left: Vec<&str> = reached.iter().copied().collect();
    while let Some(id) = left.pop() {
        let edges = graph.edges.get(id).into_iter().flatten();
        for edge in edges.filter(|edge| edge.kinds.iter().any(|kind| *kind != Kind::Dev)) {
            if reached.insert(&edge.to) {
                left.push(&edge.to);
            }
        }
    }
    reached
}

fn licence_problem(package: &Package, shipped: bool) -> Option<String> {
    let name = format!("`{} {}`", package.name, package.version);
    let Some(licence) = &package.licence else {
        return Some(format!("{name} states no licence; use another crate"));
    };
    let allowed = |id: &str| ALLOWED.contains(&id) || (!shipped && ALLOWED_IN_TESTS.contains(&id));
    match expression::parse(licence) {
        Ok(expression) if expression.satisfied(&allowed) => None,
        Ok(_) => Some(format!(
            "{name} has the licence `{licence}`, which is not on the list; use another crate, or add it in `crates/xtask/src/licences.rs`"
        )),
        Err(problem) => Some(format!("{name} has the licence `{licence}`, which cannot be read: {problem}")),
    }
}

fn ban(graph: &Graph, package: &Package) -> Option<String> {
    let (name, reason) = BANNED.iter().find(|(name, _)| *name == package.name)?;
    let asks = |id: &String| graph.edges.get(id).into_iter().flatten().any(|edge| edge.to == package.id);
    let mut askers = graph.packages.iter().filter(|asker| asks(&asker.id)).peekable();
    if askers.peek().is_some() && askers.all(|asker| TOLERATED.contains(&(name, asker.name.as_str()))) {
        return None;
    }
    Some(format!(
        "`{name}` is banned: {reason}; `cargo tree --workspace --invert {name}` says who asks for it"
    ))
}

fn duplicates(graph: &Graph) -> BTreeSet<String> {
    let mut versions: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for package in external(graph) {
        versions.entry(&package.name).or_default().insert(&package.version);
    }
    versions.retain(|_, versions| versions.len() > 1);
    let listed = versions.into_iter().map(|(name, versions)| {
        let versions: Vec<_> = versions.into_iter().collect();
        format!("`{name}` is there in {} versions: {}", versions.len(), versions.join(", "))
    });
    listed.collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metadata::Edge;

    fn package(id: &str, licence: Option<&str>) -> Package {
        let (name, version) = id.split_once(' ').unwrap_or((id, "1.0.0"));
        Package {
            id: id.to_owned(),
            name: name.to_owned(),
            version: version.to_owned(),
            licence: licence.map(str::to_owned),
            own: id == "ours",
            dependencies: Vec::new(),
            targets: Vec::new(),
        }
    }

    fn edge(to: &str, kinds: &[Kind]) -> Edge {
        Edge { to: to.to_owned(), kinds: kinds.to_vec() }
    }

    /// `ours` -> `library` -> `deep`; in tests also -> `tester` -> `deep_tester`.
    fn graph(licences: &[(&str, Option<&str>)]) -> Graph {
        let ours = vec![edge("library", &[Kind::Normal]), edge("tester", &[Kind::Dev])];
        Graph {
            packages: licences.iter().map(|(id, licence)| package(id, *licence)).collect(),
            members: BTreeSet::from(["ours".to_owned()]),
            edges: BTreeMap::from([
                ("ours".to_owned(), ours),
                ("library".to_owned(), vec![edge("deep", &[Kind::Build])]),
                ("tester".to_owned(), vec![edge("deep_tester", &[Kind::Normal])]),
            ]),
        }
    }

    #[track_caller]
    fn check_problems(id: &str, licence: Option<&str>, purpose: Use, expected: usize) {
        let checked = check(&graph(&[("ours", None), (id, licence)]), purpose);
        assert_eq!(checked.problems.len(), expected, "{checked:?}");
        assert_eq!(checked.dependencies.len(), 1, "{checked:?}");
    }

    #[test]
    fn licences_outside_the_list_are_problems() {
        check_problems("library", Some("MIT OR Apache-2.0"), Use::Shipped, 0);
        check_problems("library", Some("GPL-3.0-only"), Use::Shipped, 1);
        check_problems("library", Some("MIT OR"), Use::Shipped, 1);
        check_problems("library", None, Use::Shipped, 1);
    }

    #[test]
    fn the_mozilla_licence_is_for_tests_only() {
        check_problems("deep", Some("MPL-2.0"), Use::Shipped, 1);
        check_problems("deep", Some("MPL-2.0"), Use::TestsOnly, 0);
        check_problems("deep_tester", Some("MPL-2.0"), Use::Shipped, 0);
    }

    #[test]
    fn banned_crates_are_problems_whatever_their_licence() {
        check_problems("serde_yaml", Some("MIT"), Use::TestsOnly, 1);
    }

    #[test]
    fn a_banned_crate_is_tolerated_for_those_named_and_for_nobody_else() {
        let mit = Some("MIT");
        let asked_by = |name: &str| {
            let mut graph = graph(&[("chrono", mit), (name, mit)]);
            graph.edges.insert(name.to_owned(), vec![edge("chrono", &[Kind::Normal])]);
            check(&graph, Use::Shipped).problems.len()
        };
        assert_eq!(asked_by("parquet"), 0);
        assert_eq!(asked_by("calendar"), 1);
    }

    #[test]
    fn two_versions_of_a_crate_are_listed_and_not_failed() {
        let mit = Some("MIT");
        let checked = check(&graph(&[("a 1.0.0", mit), ("a 2.0.0", mit), ("b 1.0.0", mit)]), Use::Shipped);
        assert!(checked.problems.is_empty());
        let listed = BTreeSet::from(["`a` is there in 2 versions: 1.0.0, 2.0.0".to_owned()]);
        assert_eq!(checked.duplicates, listed);
    }
}
