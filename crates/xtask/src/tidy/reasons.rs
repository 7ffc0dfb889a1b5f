//! Every dependency from elsewhere has its reason beside it: a comment right above it, or at the end of its line.

use std::ops::Range;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use toml_edit::{Document, Item, Key, TableLike};

use super::files;
use crate::FUZZ_MANIFEST;

const SECTIONS: &[&str] = &["dependencies", "dev-dependencies", "build-dependencies"];

/// Every dependency without a reason, in any manifest of the project.
pub(super) fn check(root: &Path) -> Result<Vec<String>> {
    let mut found = Vec::new();
    let shared = files::read(&root.join("Cargo.toml"))?;
    let ours = own_names(&shared).context("`Cargo.toml` is not TOML")?;
    for path in manifests(root)? {
        let name = files::shown(root, &path);
        let lines = unexplained(&files::read(&path)?, &ours);
        let lines = lines.with_context(|| format!("`{name}` is not TOML"))?;
        found.extend(lines.iter().map(|(line, dependency)| {
            format!("{name}:{line}: `{dependency}` has no reason; say why in a comment above it")
        }));
    }
    Ok(found)
}

fn manifests(root: &Path) -> Result<Vec<PathBuf>> {
    let crates = files::entries(&root.join("crates"))?.into_iter().map(|folder| folder.join("Cargo.toml"));
    let all = [root.join("Cargo.toml")].into_iter().chain(crates).chain([root.join(FUZZ_MANIFEST)]);
    Ok(all.filter(|path| path.is_file()).collect())
}

/// Names under `[workspace.dependencies]` that are folders of the project: inheriting one needs no reason either.
fn own_names(shared: &str) -> Result<Vec<String>> {
    let document = Document::parse(shared)?;
    let table = document.get("workspace").and_then(|item| item.get("dependencies"));
    let entries = table.and_then(Item::as_table_like).into_iter().flat_map(TableLike::iter);
    Ok(entries.filter(|(_, item)| item.get("path").is_some()).map(|(name, _)| name.to_owned()).collect())
}

/// Line and name of each dependency from elsewhere that has no comment.
fn unexplained(manifest: &str, ours: &[String]) -> Result<Vec<(usize, String)>> {
    let document = Document::parse(manifest)?;
    let mut found = Vec::new();
    for table in tables(document.as_table()) {
        for (name, item) in table.iter() {
            let inherited = item.get("workspace").is_some() && ours.iter().any(|own| own == name);
            let span = span(table.key(name), item);
            if item.get("path").is_none() && !inherited && !explained(manifest, &span) {
                found.push((line(manifest, span.start), name.to_owned()));
            }
        }
    }
    Ok(found)
}

/// All tables of dependencies: of the package, of one platform, of the workspace.
fn tables(manifest: &dyn TableLike) -> Vec<&dyn TableLike> {
    let platforms = manifest.get("target").and_then(Item::as_table_like);
    let platforms = platforms.into_iter().flat_map(TableLike::iter).map(|(_, item)| item);
    let workspace = manifest.get("workspace");
    let holders = platforms.chain(workspace).filter_map(Item::as_table_like).chain([manifest]);
    let sections = holders.flat_map(|holder| SECTIONS.iter().map(move |name| holder.get(name)));
    sections.flatten().filter_map(Item::as_table_like).collect()
}

/// From the first byte of the dependency's name to the last of what it is set to.
fn span(key: Option<&Key>, item: &Item) -> Range<usize> {
    let value = item.span().unwrap_or_default();
    let key = key.and_then(Key::span).unwrap_or_else(|| value.clone());
    key.start..value.end.max(key.end)
}

fn explained(manifest: &str, span: &Range<usize>) -> bool {
    let above = manifest[..span.start].lines().rev().nth(usize::from(!at_line_start(manifest, span.start)));
    let behind = manifest[span.end..].lines().next().unwrap_or_default();
    above.is_some_and(|line| is_comment(line.trim())) || behind.split_once('#').is_some_and(|(_, t)| says(t))
}

fn at_line_start(manifest: &str, position: usize) -> bool {
    manifest[..position].ends_with('\n')
}

fn is_comment(line: &str) -> bool {
    line.strip_prefix('#').is_some_and(says)
}

fn says(comment: &str) -> bool {
    comment.contains(char::is_alphabetic)
}

fn line(manifest: &str, position: usize) -> usize {
    manifest[..position].matches('\n').count() + 1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check_manifest(manifest: &str, expected: &[(usize, &str)]) {
        let ours = ["detente-model".to_owned()];
        let found = unexplained(manifest, &ours).expect("the manifest is TOML");
        let found: Vec<(usize, &str)> = found.iter().map(|(line, name)| (*line, name.as_str())).collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn a_comment_above_or_behind_is_a_reason() {
        check_manifest("[dependencies]\n# Sums.\nlibm = \"0.2\"\n", &[]);
        check_manifest("[dependencies]\nlibm = \"0.2\" # sums\n", &[]);
        check_manifest(
            "[dependencies]\nlibm = { version = \"0.2\", features = [\n  \"a\",\n] } # sums\n",
            &[],
        );
        check_manifest("[dependencies]\n  # Sums.\n  libm = \"0.2\"\n", &[]);
    }

    #[test]
    fn a_dependency_without_a_comment_is_found_with_its_line() {
        check_manifest("[dependencies]\nlibm = \"0.2\"\n", &[(2, "libm")]);
        check_manifest("[dependencies]\n# Sums.\nlibm = \"0.2\"\nrayon = \"1\"\n", &[(4, "rayon")]);
        check_manifest("[dependencies]\n# Sums.\n\nlibm = \"0.2\"\n", &[(4, "libm")]);
        check_manifest("[dependencies]\n#\nlibm = \"0.2\" # ---\n", &[(3, "libm")]);
        check_manifest("[dependencies]\nlibm = \"0#2\"\n", &[(2, "libm")]);
    }

    #[test]
    fn every_kind_of_section_is_read() {
        check_manifest(
            "[dev-dependencies]\na = \"1\"\n[build-dependencies]\nb = \"1\"\n",
            &[(2, "a"), (4, "b")],
        );
        check_manifest("[target.'cfg(unix)'.dependencies]\na = \"1\"\n", &[(2, "a")]);
        check_manifest("[workspace.dependencies]\na = \"1\"\n", &[(2, "a")]);
    }

    #[test]
    fn a_section_of_its_own_and_dotted_keys_are_dependencies_too() {
        check_manifest("[dependencies.a]\nversion = \"1\"\n", &[(1, "a")]);
        check_manifest("# Sums.\n[dependencies.a]\nversion = \"1\"\n", &[]);
        check_manifest("[dependencies]\na.version = \"1\"\n", &[(2, "a")]);
        check_manifest("[dependencies]\na.version = \"1\" # sums\n", &[]);
    }

    #[test]
    fn our_own_crates_need_no_reason() {
        check_manifest("[dependencies]\ndetente-judge = { path = \"../detente-judge\" }\n", &[]);
        check_manifest("[dependencies]\ndetente-model.workspace = true\n", &[]);
        check_manifest("[dependencies]\nlibm.workspace = true\n", &[(2, "libm")]);
    }

    #[test]
    fn own_names_are_those_with_a_path() {
        let shared = "[workspace.dependencies]\na = { path = \"a\" }\nb = \"1\"\n";
        assert_eq!(own_names(shared).expect("this is TOML"), ["a"]);
    }
}
