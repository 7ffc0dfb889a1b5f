//! Which crate may know which. `ARCHITECTURE.md` says why, crate by crate.

use std::collections::BTreeSet;

use crate::metadata::{Graph, Kind, Package};

/// What one crate may depend on among the crates of the project.
struct Rule {
    name: &'static str,
    /// In its library or program, and in its build script.
    normal: Allowed,
    /// In its tests, benches and examples, beyond `normal`.
    tests: &'static [&'static str],
}

enum Allowed {
    Anything,
    Only(&'static [&'static str]),
}

const RULES: &[Rule] = &[
    Rule { name: "detente-model", normal: Allowed::Only(&[]), tests: &["detente-judge"] },
    Rule { name: "detente-judge", normal: Allowed::Only(&["detente-model"]), tests: &[] },
    Rule { name: "detente-cases", normal: Allowed::Only(&["detente-model"]), tests: &[] },
    Rule {
        name: "detente-analysis",
        normal: Allowed::Only(&["detente-model"]),
        tests: &["detente-judge", "detente-cases"],
    },
    Rule {
        name: "detente-sim",
        normal: Allowed::Only(&["detente-model", "detente-analysis"]),
        tests: &["detente-judge"],
    },
    Rule {
        name: "detente-formats",
        normal: Allowed::Only(&["detente-model"]),
        tests: &["detente-judge", "detente-cases"],
    },
    Rule {
        name: "detente-report",
        normal: Allowed::Only(&["detente-model", "detente-analysis", "detente-sim"]),
        tests: &["detente-formats", "detente-judge"],
    },
    Rule { name: "detente-cli", normal: Allowed::Anything, tests: &[] },
    Rule { name: "detente-room", normal: Allowed::Anything, tests: &[] },
    Rule { name: "detente-py", normal: Allowed::Anything, tests: &[] },
    Rule { name: "xtask", normal: Allowed::Only(&[]), tests: &[] },
];

/// The crate of pure values: nothing in it reads, writes, serialises, tells the time or draws a number.
const PURE: &str = "detente-model";

/// Crates that serialise, read files, tell the time, draw numbers or wait. A trailing `*` stands for any ending.
const IMPURE: &[&str] = &[
    "async-std",
    "chrono*",
    "csv",
    "fastrand",
    "getrandom",
    "hyper",
    "jiff",
    "memmap2",
    "miniserde",
    "quick-xml",
    "rand*",
    "reqwest",
    "roxmltree",
    "saphyr*",
    "schemars",
    "serde*",
    "smol",
    "tempfile",
    "time",
    "tokio*",
    "toml*",
    "ureq",
    "uuid",
    "walkdir",
];

/// Every edge between crates of the project, or from the pure crate outwards, that must not be.
pub(super) fn check(members: &Graph) -> Vec<String> {
    let ours: BTreeSet<&str> = members.packages.iter().map(|package| package.name.as_str()).collect();
    members.packages.iter().flat_map(|package| problems(package, &ours)).collect()
}

fn problems(package: &Package, ours: &BTreeSet<&str>) -> Vec<String> {
    let Some(rule) = RULES.iter().find(|rule| rule.name == package.name) else {
        return vec![format!(
            "`{}` has no row in the table of who may know whom; add one in `crates/xtask/src/tidy/edges.rs`",
            package.name
        )];
    };
    let forbidden = package.dependencies.iter().filter_map(|dependency| {
        let (name, kind) = (dependency.name.as_str(), dependency.kind);
        if ours.contains(name) { forbidden_edge(rule, name, kind) } else { impure(rule, name, kind) }
    });
    forbidden.collect()
}

fn forbidden_edge(rule: &Rule, name: &str, kind: Kind) -> Option<String> {
    let allowed = match rule.normal {
        Allowed::Anything => true,
        Allowed::Only(names) => names.contains(&name) || (kind == Kind::Dev && rule.tests.contains(&name)),
    };
    let what = if kind == Kind::Dev { "may not use, even in tests," } else { "may not depend on" };
    let from = rule.name;
    let text = || {
        format!("`{from}` {what} `{name}`; move the code to a crate that may (ARCHITECTURE.md, \"Code map\")")
    };
    (!allowed).then(text)
}

fn impure(rule: &Rule, name: &str, kind: Kind) -> Option<String> {
    let forbidden =
        rule.name == PURE && kind != Kind::Dev && IMPURE.iter().any(|pattern| fits(name, pattern));
    let text = || {
        format!("`{PURE}` holds pure values and may not depend on `{name}`; do that work in a crate above it")
    };
    forbidden.then(text)
}

fn fits(name: &str, pattern: &str) -> bool {
    pattern.strip_suffix('*').map_or(name == pattern, |start| name.starts_with(start))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metadata::Dependency;

    const OURS: &[&str] = &[
        "detente-model",
        "detente-judge",
        "detente-cases",
        "detente-analysis",
        "detente-formats",
        "detente-report",
    ];

    #[track_caller]
    fn check_edge(from: &str, to: &str, kind: Kind, allowed: bool) {
        let package = Package {
            id: from.to_owned(),
            name: from.to_owned(),
            version: "0.1.0".to_owned(),
            licence: None,
            own: true,
            dependencies: vec![Dependency { name: to.to_owned(), kind }],
            targets: Vec::new(),
        };
        let found = problems(&package, &OURS.iter().copied().collect());
        assert_eq!(found.is_empty(), allowed, "{found:?}");
    }

    #[test]
    fn the_model_knows_nothing_of_ours() {
        check_edge("detente-model", "detente-analysis", Kind::Normal, false);
        check_edge("detente-model", "detente-judge", Kind::Build, false);
        check_edge("detente-model", "detente-judge", Kind::Dev, true);
    }

    #[test]
    fn the_judge_never_meets_the_solvers() {
        check_edge("detente-judge", "detente-model", Kind::Normal, true);
        check_edge("detente-judge", "detente-analysis", Kind::Normal, false);
        check_edge("detente-judge", "detente-analysis", Kind::Dev, false);
    }

    #[test]
    fn the_analysis_is_judged_in_tests_and_never_reads_files() {
        check_edge("detente-analysis", "detente-judge", Kind::Normal, false);
        check_edge("detente-analysis", "detente-judge", Kind::Dev, true);
        check_edge("detente-analysis", "detente-formats", Kind::Dev, false);
    }

    #[test]
    fn random_cases_are_drawn_in_tests_only() {
        check_edge("detente-analysis", "detente-cases", Kind::Dev, true);
        check_edge("detente-formats", "detente-cases", Kind::Dev, true);
        check_edge("detente-analysis", "detente-cases", Kind::Normal, false);
    }

    #[test]
    fn the_report_reads_files_in_tests_only() {
        check_edge("detente-report", "detente-analysis", Kind::Normal, true);
        check_edge("detente-report", "detente-formats", Kind::Normal, false);
        check_edge("detente-report", "detente-formats", Kind::Dev, true);
    }

    #[test]
    fn the_command_knows_everything_and_this_crate_nothing() {
        check_edge("detente-cli", "detente-formats", Kind::Normal, true);
        check_edge("xtask", "detente-model", Kind::Normal, false);
    }

    #[test]
    fn the_model_may_not_serialise_draw_or_wait() {
        check_edge("detente-model", "serde_json", Kind::Normal, false);
        check_edge("detente-model", "rand_chacha", Kind::Normal, false);
        check_edge("detente-model", "time", Kind::Build, false);
        check_edge("detente-model", "serde_json", Kind::Dev, true);
        check_edge("detente-model", "libm", Kind::Normal, true);
        check_edge("detente-report", "serde_json", Kind::Normal, true);
    }

    #[test]
    fn a_crate_without_a_row_is_a_problem() {
        check_edge("detente-new", "libm", Kind::Normal, false);
    }
}
