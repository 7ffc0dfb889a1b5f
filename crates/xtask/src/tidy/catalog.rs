//! The catalog: folders that file scenarios by citation. The innermost folders are the scenarios.

use std::path::Path;

use anyhow::Result;

use super::files;

const SCENARIO: &str = "scenario.yaml";

/// Every folder of a scenario that does not hold exactly one.
pub(super) fn check(root: &Path) -> Result<Vec<String>> {
    let mut found = Vec::new();
    for entry in files::entries(&root.join("catalog"))? {
        if entry.is_dir() {
            found.extend(problems(root, &entry)?);
        }
    }
    Ok(found)
}

fn problems(root: &Path, folder: &Path) -> Result<Vec<String>> {
    let entries = files::entries(folder)?;
    let name = files::shown(root, folder);
    if folder.join(SCENARIO).is_file() {
        let deeper = scenarios_below(folder)? - 1;
        let text =
            || format!("{name}: {deeper} more `{SCENARIO}` lie below this one; give each its own folder");
        return Ok((deeper > 0).then(text).into_iter().collect());
    }
    let folders: Vec<_> = entries.iter().filter(|entry| entry.is_dir()).collect();
    if folders.is_empty() {
        return Ok(vec![format!("{name}: there is no `{SCENARIO}`; add one or remove the folder")]);
    }
    let below: Result<Vec<_>> = folders.into_iter().map(|folder| problems(root, folder)).collect();
    Ok(below?.concat())
}

fn scenarios_below(folder: &Path) -> Result<usize> {
    let yaml = files::with_extension(folder, "yaml")?;
    Ok(yaml.iter().filter(|path| path.ends_with(SCENARIO)).count())
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    /// Puts empty files into a fresh folder, checks it, and takes it away again.
    #[track_caller]
    fn check_files(test: &str, paths: &[&str], expected: &[&str]) {
        let root = std::env::temp_dir().join(format!("xtask-catalog-{test}-{}", std::process::id()));
        for path in paths {
            let path = root.join("catalog").join(path);
            fs::create_dir_all(path.parent().expect("the path has a folder")).expect("a folder");
            fs::write(path, "").expect("a file");
        }
        let found = check(&root).expect("the folder can be read");
        fs::remove_dir_all(&root).expect("the folder can be removed");
        let starts = |(problem, start): (&String, &&str)| problem.starts_with(*start);
        assert!(found.len() == expected.len() && found.iter().zip(expected).all(starts), "{found:?}");
    }

    #[test]
    fn a_scenario_may_have_other_files_and_folders_beside_it() {
        check_files("one", &["README.md", "cases/a/scenario.yaml", "cases/a/sources/letter.txt"], &[]);
    }

    #[test]
    fn an_innermost_folder_without_a_scenario_is_a_problem() {
        let paths = ["cases/a/scenario.yaml", "cases/b/scenario.yml"];
        check_files("none", &paths, &["catalog/cases/b: there is no"]);
    }

    #[test]
    fn a_scenario_inside_another_is_a_problem() {
        let paths = ["cases/a/scenario.yaml", "cases/a/variant/scenario.yaml"];
        check_files("two", &paths, &["catalog/cases/a: 1 more"]);
    }
}
