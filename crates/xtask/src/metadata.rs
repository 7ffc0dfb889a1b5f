//! The part of `cargo metadata` that the checks read.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use serde_json::Value;

use crate::shell;

/// Packages and, when asked for, the edges between them.
#[derive(Debug)]
pub(crate) struct Graph {
    /// All packages; without dependencies resolved, only the members of the workspace.
    pub(crate) packages: Vec<Package>,
    /// Ids of the packages of the workspace.
    pub(crate) members: BTreeSet<String>,
    /// From the id of a package to those it depends on; empty when not resolved.
    pub(crate) edges: BTreeMap<String, Vec<Edge>>,
}

/// One package.
#[derive(Debug)]
pub(crate) struct Package {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) version: String,
    /// The SPDX expression of its manifest.
    pub(crate) licence: Option<String>,
    /// It lies in a folder beside us and comes from no registry.
    pub(crate) own: bool,
    /// What its manifest asks for.
    pub(crate) dependencies: Vec<Dependency>,
    pub(crate) targets: Vec<Target>,
}

/// A dependency as a manifest states it.
#[derive(Debug)]
pub(crate) struct Dependency {
    pub(crate) name: String,
    pub(crate) kind: Kind,
}

/// A library, program, test, bench or example.
#[derive(Debug)]
pub(crate) struct Target {
    pub(crate) name: String,
    pub(crate) kind: String,
    /// Its crate root.
    pub(crate) root: PathBuf,
}

/// A resolved dependency: the id of the package, and what it is used for.
#[derive(Debug)]
pub(crate) struct Edge {
    pub(crate) to: String,
    /// At least one; a package can be, for example, a normal and a dev-dependency at once.
    pub(crate) kinds: Vec<Kind>,
}

/// What a dependency is used for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Built into the crate.
    Normal,
    /// Used by its build script.
    Build,
    /// Used by its tests, benches and examples.
    Dev,
}

/// The packages of the workspace that `manifest` belongs to, without their dependencies.
pub(crate) fn members(root: &Path, manifest: &str) -> Result<Graph> {
    load(root, &["metadata", "--format-version", "1", "--manifest-path", manifest, "--no-deps"])
}

/// All packages that the workspace of `manifest` is built from, as its `Cargo.lock` has them.
pub(crate) fn resolved(root: &Path, manifest: &str) -> Result<Graph> {
    load(
        root,
        &["metadata", "--format-version", "1", "--manifest-path", manifest, "--all-features", "--locked"],
    )
}

fn load(root: &Path, args: &[&str]) -> Result<Graph> {
    let text = shell::capture(&mut shell::cargo(root, args))?;
    read(&text).context("`cargo metadata` printed something unexpected")
}

fn read(text: &str) -> Result<Graph> {
    let value: Value = serde_json::from_str(text)?;
    let members = list(&value, "workspace_members").iter().filter_map(Value::as_str).map(str::to_owned);
    Ok(Graph {
        packages: list(&value, "packages").iter().map(package).collect::<Result<_>>()?,
        members: members.collect(),
        edges: list(&value["resolve"], "nodes").iter().map(node).collect::<Result<_>>()?,
    })
}

fn package(value: &Value) -> Result<Package> {
    Ok(Package {
        id: text(value, "id")?,
        name: text(value, "name")?,
        version: text(value, "version")?,
        licence: value["license"].as_str().map(str::to_owned),
        own: value["source"].is_null(),
        dependencies: list(value, "dependencies").iter().map(dependency).collect::<Result<_>>()?,
        targets: list(value, "targets").iter().map(target).collect::<Result<_>>()?,
    })
}

fn dependency(value: &Value) -> Result<Dependency> {
    Ok(Dependency { name: text(value, "name")?, kind: kind(value) })
}

fn target(value: &Value) -> Result<Target> {
    let kind = list(value, "kind").first().and_then(Value::as_str).unwrap_or_default();
    Ok(Target { name: text(value, "name")?, kind: kind.to_owned(), root: text(value, "src_path")?.into() })
}

fn node(value: &Value) -> Result<(String, Vec<Edge>)> {
    let edges = list(value, "deps").iter().map(edge).collect::<Result<_>>()?;
    Ok((text(value, "id")?, edges))
}

fn edge(value: &Value) -> Result<Edge> {
    let kinds = list(value, "dep_kinds").iter().map(kind).collect();
    Ok(Edge { to: text(value, "pkg")?, kinds })
}

fn kind(value: &Value) -> Kind {
    match value["kind"].as_str() {
        Some("build") => Kind::Build,
        Some("dev") => Kind::Dev,
        _ => Kind::Normal,
    }
}

fn list<'a>(value: &'a Value, key: &str) -> &'a [Value] {
    value[key].as_array().map_or(&[], Vec::as_slice)
}

fn text(value: &Value, key: &str) -> Result<String> {
    let text = value[key].as_str().with_context(|| format!("there is no text under `{key}`"))?;
    Ok(text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    const SAMPLE: &str = r#"{
        "packages": [{"id": "a 1", "name": "a", "version": "1.0.0", "license": null,
            "dependencies": [{"name": "b", "kind": null}, {"name": "c", "kind": "dev"}],
            "targets": [{"name": "a", "kind": ["lib"], "src_path": "/x/src/lib.rs"}]}],
        "workspace_members": ["a 1"],
        "resolve": {"nodes": [{"id": "a 1", "deps": [{"pkg": "b 2", "dep_kinds": [{"kind": "build"}]}]}]}
    }"#;

    #[test]
    fn packages_members_and_edges_are_read() -> Result<()> {
        let graph = read(SAMPLE)?;
        let a = &graph.packages[0];
        assert_eq!((a.name.as_str(), a.licence.as_deref()), ("a", None));
        assert_eq!(a.dependencies.iter().map(|d| d.kind).collect::<Vec<_>>(), [Kind::Normal, Kind::Dev]);
        assert_eq!(a.targets[0].root, Path::new("/x/src/lib.rs"));
        assert!(graph.members.contains("a 1"));
        assert_eq!(graph.edges["a 1"][0].kinds, [Kind::Build]);
        Ok(())
    }

    #[test]
    fn a_package_without_a_name_is_refused() {
        assert!(read(r#"{"packages": [{"id": "a 1"}]}"#).is_err());
    }
}
