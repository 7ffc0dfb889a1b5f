//! Files that are there already, links, and disks that are full.

use super::{SCENARIO, behind, file, folder, inside, run};
use std::fs::{self, Permissions};
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _, symlink};
use std::path::Path;

/// No file may grow: what a full disk is to a program, without one.
const FULL: &str = "ulimit -f 0; exec \"$@\"";

fn mode(path: &Path) -> u32 {
    fs::metadata(path).expect("a file").permissions().mode() & 0o777
}

#[test]
fn what_was_private_stays_private() {
    let folder = folder();
    let own = file(folder.path(), "own.yaml", SCENARIO);
    let pictures = folder.path().join("pictures");
    assert_eq!(run(&["analyze", &own, "--svg", &pictures.display().to_string(), "--quiet"]).0, 0);
    let picture = fs::read_dir(&pictures).expect("pictures").next().expect("one").expect("one").path();
    let names = ["r.html", "r.json", "r.txt", "draws.csv", "draws.parquet", "copy.yaml"];
    let mut paths: Vec<_> = names.iter().map(|name| folder.path().join(name)).collect();
    paths.push(picture);
    for path in &paths {
        fs::write(path, "old").expect("a file");
        fs::set_permissions(path, Permissions::from_mode(0o600)).expect("a mode");
    }
    let at = |k: usize| paths[k].display().to_string();
    for k in 0..3 {
        assert_eq!(run(&["analyze", &own, "--out", &at(k)]).0, 0);
    }
    for k in 3..5 {
        assert_eq!(run(&["analyze", &own, "--samples", &at(k)]).0, 0);
    }
    assert_eq!(run(&["convert", &own, &at(5), "--overwrite"]).0, 0);
    assert_eq!(run(&["analyze", &own, "--svg", &pictures.display().to_string()]).0, 0);
    for path in &paths {
        assert_ne!(fs::read(path).expect("a file"), b"old", "{path:?}");
        assert_eq!(mode(path), 0o600, "{path:?}");
    }
    let new = folder.path().join("new.html");
    let (code, ..) =
        behind("umask 027; exec \"$@\"", &["analyze", &own, "--out", &new.display().to_string()]);
    assert_eq!((code, mode(&new)), (0, 0o640));
}

#[test]
fn a_link_is_followed_also_to_where_nothing_is_yet() {
    let folder = folder();
    let own = file(folder.path(), "own.yaml", SCENARIO);
    fs::create_dir(folder.path().join("there")).expect("a folder");
    for (link, target) in [("a.html", "there/a.html"), ("b.html", "a2.html"), ("draws.csv", "there/d.csv")] {
        symlink(target, folder.path().join(link)).expect("a link");
    }
    symlink("b.html", folder.path().join("to-b.html")).expect("a link");
    let at = |name: &str| folder.path().join(name).display().to_string();
    assert_eq!(run(&["analyze", &own, "--out", &at("a.html"), "--samples", &at("draws.csv")]).0, 0);
    assert_eq!(run(&["analyze", &own, "--out", &at("to-b.html")]).0, 0);
    for link in ["a.html", "b.html", "to-b.html", "draws.csv"] {
        assert!(folder.path().join(link).is_symlink(), "{link}");
    }
    for target in ["there/a.html", "a2.html", "there/d.csv"] {
        assert!(folder.path().join(target).metadata().is_ok_and(|about| about.len() > 0), "{target}");
    }
    symlink("circle", folder.path().join("circle")).expect("a link");
    let (code, _, err) = run(&["analyze", &own, "--out", &at("circle")]);
    assert!(code == 2 && err.contains("leads in a circle"), "{err}");
}

#[test]
fn nothing_is_left_behind_on_a_full_disk() {
    let folder = folder();
    let own = file(folder.path(), "own.yaml", SCENARIO);
    let there = file(folder.path(), "there.html", "mine");
    let before = inside(folder.path());
    let at = |name: &str| folder.path().join(name).display().to_string();
    let attempts: &[&[&str]] = &[
        &["new", &at("n.yaml")],
        &["new", &at("n/m")],
        &["convert", &own, &at("c.yaml")],
        &["convert", &own, &at("c/d")],
        &["convert", &own, &at("g/h"), "--as", "genius", "--lossy"],
        &["convert", &own, &at("w"), "--as", "geniusweb", "--lossy"],
        &["analyze", &own, "--out", &at("r.html")],
        &["analyze", &own, "--out", &there],
        &["analyze", &own, "--samples", &at("draws.csv")],
        &["analyze", &own, "--svg", &at("p/q")],
        &["sequence", &own, "--out", &at("s.json"), "--format", "json"],
    ];
    for attempt in attempts {
        let (code, _, err) = behind(FULL, attempt);
        assert_eq!(code, 2, "{attempt:?}: {err}");
        assert!(err.contains("error: cannot write") && err.contains("larger than a file may be"), "{err}");
        assert_eq!(inside(folder.path()), before, "{attempt:?}");
    }
    assert_eq!(fs::read_to_string(&there).expect("mine"), "mine");
    // What failed can be tried again.
    assert_eq!(run(&["new", &at("n.yaml")]).0, 0);
}

#[test]
fn a_device_that_is_full_is_told_and_stays_what_it_is() {
    use std::os::unix::fs::FileTypeExt as _;
    let folder = folder();
    let own = file(folder.path(), "own.yaml", SCENARIO);
    let device = folder.path().join("device");
    symlink("/dev/full", &device).expect("a link");
    for arguments in [["analyze", &own, "--out"], ["sequence", &own, "--out"]] {
        let mut arguments = arguments.to_vec();
        let path = device.display().to_string();
        arguments.push(&path);
        let (code, _, err) = run(&arguments);
        assert!(code == 2 && err.contains("the disk is full"), "{code} {err}");
    }
    assert!(
        device.is_symlink()
            && fs::metadata("/dev/full").is_ok_and(|about| about.file_type().is_char_device())
    );
}

#[test]
fn convert_overwrites_only_what_it_is_told_to() {
    let folder = folder();
    let own = file(folder.path(), "own.yaml", SCENARIO);
    let there = file(folder.path(), "there.yaml", "mine");
    let kept = folder.path().join("kept");
    fs::create_dir(&kept).expect("a folder");
    file(&kept, "scenario.yaml", "mine");
    for to in [&there, &kept.display().to_string()] {
        let (code, _, err) = run(&["convert", &own, to]);
        assert!(
            code == 2 && err.contains("exists and is left as it is") && err.contains("--overwrite"),
            "{err}"
        );
    }
    assert_eq!(fs::read_to_string(&there).expect("mine"), "mine");
    assert_eq!(fs::read_to_string(kept.join("scenario.yaml")).expect("mine"), "mine");
    assert_eq!(run(&["convert", &own, &there, "--overwrite"]).0, 0);
    assert!(fs::read_to_string(&there).expect("a scenario").contains("Two wells"));
    let (code, _, err) = run(&["convert", &own, &own, "--overwrite"]);
    assert!(code == 2 && err.contains("is the input itself"), "{err}");
    let link = folder.path().join("link.yaml");
    symlink("nowhere.yaml", &link).expect("a link");
    assert_eq!(run(&["new", &link.display().to_string()]).0, 2);
    assert!(!folder.path().join("nowhere.yaml").exists());
}

#[test]
fn a_file_that_may_not_be_written_is_not_replaced() {
    let folder = folder();
    let own = file(folder.path(), "own.yaml", SCENARIO);
    let there = file(folder.path(), "there.html", "mine");
    fs::set_permissions(&there, Permissions::from_mode(0o400)).expect("a mode");
    let (code, _, err) = run(&["analyze", &own, "--out", &there]);
    // The superuser may write anything.
    if fs::metadata(folder.path()).expect("a folder").uid() != 0 {
        assert!(code == 2 && err.contains("no permission"), "{err}");
        assert_eq!(fs::read_to_string(&there).expect("mine"), "mine");
    }
    assert_eq!(mode(Path::new(&there)), 0o400);
}

#[test]
fn where_a_result_cannot_go_is_told_before_the_work() {
    let folder = folder();
    let at = |name: &str| folder.path().join(name).display().to_string();
    for out in [at("no/such/r.html"), at("")] {
        let (code, _, err) = run(&["analyze", &at("not-there.yaml"), "--out", &out]);
        assert!(code == 2 && (err.contains("create it first") || err.contains("is a folder")), "{err}");
    }
}

#[test]
fn no_cell_of_a_table_is_a_formula_and_numbers_stay_numbers() {
    let folder = folder();
    let text = "detente: 1
title: Harvest
issues: [{id: area, options: [small, large]}]
unknowns:
  - id: \"+rain|now!A0\"
    cases: [{id: \"@SUM(2+3)\", probability: 0.5}, {id: \"-4+2\", probability: 0.25}, {id: \"-4\", probability: 0.25}]
parties:
  - id: east
    alternative: {cases: {\"+rain|now!A0\": {\"@SUM(2+3)\": -2, \"-4+2\": 1, \"-4\": 0}}}
    preferences: {area: [0, 2]}
  - {id: west, alternative: 0, preferences: {area: [3, 1]}}
";
    let own = file(folder.path(), "own.yaml", text);
    let table = folder.path().join("draws.csv").display().to_string();
    let (code, _, err) = run(&["analyze", &own, "--samples", &table]);
    assert_eq!(code, 0, "{err}");
    let mut reader = csv::ReaderBuilder::new().has_headers(false).from_path(&table).expect("a table");
    let rows: Vec<csv::StringRecord> = reader.records().collect::<Result<_, _>>().expect("rows");
    let is_number = |cell: &str| cell.parse::<f64>().is_ok();
    for cell in rows.iter().flatten().filter(|cell| !is_number(cell)) {
        assert!(!cell.starts_with(['=', '+', '-', '@', '\t', '\r']), "{cell}");
    }
    let cells: Vec<&str> = rows.iter().flatten().collect();
    for expected in ["'+rain|now!A0", "'@SUM(2+3)", "'-4+2", "-4"] {
        assert!(cells.contains(&expected), "{expected}");
    }
}
