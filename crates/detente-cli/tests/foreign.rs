//! Scenarios of other systems on the command line: folders, options, conversion.

#[allow(dead_code, reason = "interrupting is tested elsewhere")]
mod running;

use running::run;
use serde_json::Value;
use std::fs;
use std::path::Path;
use tempfile::TempDir;

const DOMAIN: &str = r#"<negotiation_template><utility_space><objective index="0" name="root">
<issue index="1" name="Pay, per hour" type="discrete"><item value="$10"/><item value="$12"/></issue>
<issue index="2" name="Weeks" type="integer" lowerbound="1" upperbound="4"/>
</objective></utility_space></negotiation_template>"#;

fn profile(first: u32, second: u32, slope: f64, offset: f64) -> String {
    format!(
        r#"<utility_space><objective index="0" name="root"><weight index="1" value="0.75"/><weight index="2" value="0.25"/>
<issue index="1" name="Pay, per hour" type="discrete"><item value="$10" evaluation="{first}"/><item value="$12" evaluation="{second}"/></issue>
<issue index="2" name="Weeks" type="integer" lowerbound="1" upperbound="4"><evaluator ftype="linear" slope="{slope}" offset="{offset}"/></issue>
</objective><reservation value="0.25"/></utility_space>"#
    )
}

/// A folder with a domain, three profiles, a picture and a note.
fn folder() -> TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    let put = |name: &str, text: &str| fs::write(folder.path().join(name), text).expect("a file");
    put("domain.xml", DOMAIN);
    put("employer.xml", &profile(4, 2, -0.25, 1.0));
    put("union.xml", &profile(1, 4, 0.25, 0.25));
    put("zone.xml", &profile(1, 1, 0.0, 1.0));
    put("readme.txt", "Two sides and a neutral one.\n");
    put("picture.png", "\u{0}");
    folder
}

fn path(folder: &TempDir) -> String {
    folder.path().display().to_string()
}

fn json(arguments: &[&str]) -> Value {
    let (code, out, err) = run(arguments);
    assert_eq!(code, 0, "{err}");
    serde_json::from_str(&out).expect("JSON")
}

#[test]
fn a_folder_is_analysed_and_the_result_says_what_was_used() {
    let folder = folder();
    let found = json(&["analyze", &path(&folder), "--parties", "union,employer.xml", "--format", "json"]);
    let ids: Vec<&str> =
        found["parties"].as_array().expect("parties").iter().filter_map(|p| p["id"].as_str()).collect();
    assert_eq!(ids, ["union", "employer"]);
    assert_eq!(found["outcomes"]["total"], 8);
    let first = &found["frontier"]["points"][0];
    assert_eq!(first["outcome"]["Pay, per hour"], "$12");
    assert_eq!(first["outcome"]["Weeks"], "4");
    assert_eq!(first["utilities"][0], 1.0);
    let warnings = found["warnings"].to_string();
    for part in [
        "read as GENIUS XML: domain `domain.xml`; profiles `union.xml`",
        "not used: `readme.txt`",
        "`zone.xml` (not among",
    ] {
        assert!(warnings.contains(part), "{part}: {warnings}");
    }
    assert!(!warnings.contains("picture.png"), "{warnings}");
}

#[test]
fn a_deal_is_named_by_the_names_of_the_files() {
    let folder = folder();
    let asked =
        ["analyze", &path(&folder), "--parties", "union,employer", "--deal", "Weeks=2,Pay, per hour=$12"];
    let (code, out, err) = run(&asked);
    assert_eq!((code, err.as_str()), (0, ""), "{out}");
}

#[test]
fn evaluations_can_be_taken_as_written() {
    let folder = folder();
    let raw = [
        "analyze",
        &path(&folder),
        "--parties",
        "employer,union",
        "--evaluations",
        "raw",
        "--format",
        "json",
    ];
    let found = json(&raw);
    // 0.75 x 4 for the pay, and 0.25 x (1 - 0.25) for one week.
    assert_eq!(found["parties"][0]["max"], 3.1875);
}

#[test]
fn what_does_not_fit_the_files_is_a_matter_of_usage() {
    let folder = folder();
    let (code, _, err) = run(&["analyze", &path(&folder), "--parties", "employer,state"]);
    assert_eq!(code, 2);
    assert!(err.contains("no profile `state`; the profiles are `employer`, `union`, `zone`"), "{err}");
    let (code, _, err) = run(&["analyze", &path(&folder), "--grid", "1"]);
    assert_eq!(code, 2, "{err}");
}

#[test]
fn a_finding_names_its_file() {
    let folder = folder();
    fs::write(folder.path().join("union.xml"), profile(1, 4, 0.25, 0.25).replace("\"4\"", "\"four\""))
        .expect("a file");
    let (code, _, err) = run(&["check", &path(&folder)]);
    assert_eq!(code, 0);
    let place = folder.path().join("union.xml").display().to_string();
    assert!(err.starts_with(&format!("{place}:2:")), "{err}");
    assert!(err.contains("warning: `four` is not a number; `$12` counts as 0"), "{err}");
    let (_, out, _) = run(&["check", &path(&folder), "--format", "json"]);
    let found: Value = serde_json::from_str(&out).expect("JSON");
    assert_eq!(found["files"][0]["diagnostics"][0]["path"], place.as_str());
    fs::write(folder.path().join("union.xml"), "<utility_space><objective>").expect("a file");
    let (code, _, err) = run(&["analyze", &path(&folder)]);
    assert_eq!(code, 1);
    assert!(err.contains("union.xml:1:") && err.contains("error: this is not XML"), "{err}");
}

#[test]
fn a_folder_of_other_things_is_no_scenario() {
    let folder = tempfile::tempdir().expect("a folder");
    let (code, _, err) = run(&["analyze", &path(&folder)]);
    assert_eq!(code, 2);
    assert!(err.contains("holds no `scenario.yaml` and no files of another format"), "{err}");
    fs::write(folder.path().join("notes.txt"), "nothing\n").expect("a file");
    fs::write(folder.path().join("talks.yaml"), "detente: 1\n").expect("a file");
    let (code, _, err) = run(&["analyze", &path(&folder)]);
    assert_eq!(code, 1);
    assert!(err.contains("no file of this folder is a part of a scenario"), "{err}");
    assert!(err.contains("`talks.yaml` is one of Detente's own: name it"), "{err}");
}

#[cfg(unix)]
#[test]
fn no_link_leads_out_of_the_folder() {
    let (inside, outside) = (folder(), tempfile::tempdir().expect("a folder"));
    fs::write(outside.path().join("secret.xml"), profile(1, 4, 0.25, 0.25)).expect("a file");
    std::os::unix::fs::symlink(outside.path().join("secret.xml"), inside.path().join("link.xml"))
        .expect("a link");
    let found = json(&["analyze", &path(&inside), "--format", "json"]);
    assert_eq!(found["parties"].as_array().map(Vec::len), Some(3));
    let said = found["warnings"].to_string();
    assert!(said.contains("these links lead out of the folder: `link.xml`"), "{said}");
    fs::write(outside.path().join("own.yaml"), "detente: 1\nsecret: 7\n").expect("a file");
    std::os::unix::fs::symlink(outside.path().join("own.yaml"), inside.path().join("scenario.yaml"))
        .expect("a link");
    let (code, out, err) = run(&["check", &path(&inside)]);
    assert_eq!((code, out.as_str()), (2, ""));
    assert!(err.contains("is a link that leads out of its folder") && !err.contains("secret"), "{err}");
}

#[test]
fn a_scenario_is_converted_there_and_back() {
    let (from, to) = (folder(), tempfile::tempdir().expect("a folder"));
    let own = to.path().join("talks.yaml").display().to_string();
    let (code, out, err) = run(&["convert", &path(&from), &own]);
    assert_eq!((code, out.as_str()), (0, ""), "{err}");
    assert!(err.contains(&format!("wrote {own}")), "{err}");
    let points =
        |path: &str| json(&["analyze", path, "--format", "json", "--points", "all"])["frontier"].clone();
    let known = points(&path(&from));
    assert_eq!(points(&own), known);
    for format in ["genius", "geniusweb"] {
        let folder = to.path().join(format).display().to_string();
        let (code, _, err) = run(&["convert", &own, &folder, "--as", format, "--lossy", "--quiet"]);
        assert_eq!((code, err.as_str()), (0, ""));
        assert_eq!(points(&folder), known, "{format}");
        let (code, _, err) = run(&["convert", &own, &folder, "--as", format, "--lossy"]);
        assert_eq!(code, 2);
        assert!(err.contains("holds files already"), "{err}");
    }
    let (code, out, _) = run(&["convert", &path(&from), "-"]);
    assert_eq!(code, 0);
    assert_eq!(out, fs::read_to_string(&own).expect("a file"));
}

#[test]
fn what_cannot_be_held_is_listed_and_nothing_is_written() {
    let to = tempfile::tempdir().expect("a folder");
    let folder = to.path().join("out").display().to_string();
    let case =
        Path::new(env!("CARGO_MANIFEST_DIR")).join("../../catalog/cases/ceasefire").display().to_string();
    let (code, out, err) = run(&["convert", &case, &folder, "--as", "genius"]);
    assert_eq!((code, out.as_str()), (1, ""));
    assert!(err.contains("error: the constraints are left out"), "{err}");
    assert!(err.contains("`--lossy` writes without"), "{err}");
    assert!(!Path::new(&folder).exists());
    for format in ["genius", "geniusweb"] {
        let (_, _, err) = run(&["convert", &case, &folder, "--as", format]);
        for part in [
            "the mediators are left out",
            "the levers are left out",
            "the phases are left out",
            "the steps are left out",
            "what holds for carrying out any deal is left out",
            "the influence of `",
            "the political cost of `",
            "the strain of `",
            "bodies: only the preferences of `",
            "that are not known are written as their means",
        ] {
            assert!(err.contains(part), "{format}: {part}: {err}");
        }
    }
    let (code, _, err) = run(&["convert", &case, &folder, "--as", "genius", "--lossy"]);
    assert_eq!(code, 0, "{err}");
    assert!(err.contains("warning: the constraints are left out"), "{err}");
    let (code, _, err) = run(&["convert", &case, to.path().join("case.yaml").to_str().expect("UTF-8")]);
    assert_eq!(code, 0, "{err}");
}
