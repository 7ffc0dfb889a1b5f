//! Outputs that are closed or full, and threads that cannot start.

use super::{DETENTE, SCENARIO, behind, file, folder, run};
use serde_json::{Value, json};
use std::fs;
use std::process::{Command, Stdio};

#[test]
fn a_result_that_nobody_gets_is_a_failure() {
    let folder = folder();
    let own = file(folder.path(), "own.yaml", SCENARIO);
    let printing: &[&[&str]] = &[
        &["analyze", &own],
        &["analyze", &own, "--format", "json"],
        &["analyze", &own, "--format", "html", "--audience", "shared"],
        &["sequence", &own],
        &["check", &own, "--format", "json"],
        &["convert", &own, "-"],
        &["schema"],
        &["--help"],
        &["--version"],
    ];
    for (shell, words) in [
        ("exec \"$@\" >&-", "it is closed"),
        ("exec \"$@\" >/dev/full", "the disk is full"),
        ("exec \"$@\" 1</dev/null", "cannot write to stdout"),
    ] {
        for arguments in printing {
            let (code, out, err) = behind(shell, arguments);
            assert_eq!((code, out.as_str()), (2, ""), "{shell} {arguments:?}");
            assert!(
                err.contains("error: cannot write to stdout") && err.contains(words),
                "{arguments:?}: {err}"
            );
        }
    }
    // Nowhere on purpose is not closed; and what goes into a file needs no stdout.
    assert_eq!(behind("exec \"$@\" >/dev/null", &["analyze", &own]).0, 0);
    let out = folder.path().join("r.html").display().to_string();
    assert_eq!(behind("exec \"$@\" >&-", &["analyze", &own, "--out", &out]).0, 0);
    assert_eq!(behind("exec \"$@\" >&-", &["check", &own]).0, 0);
    let nowhere = Command::new(DETENTE).args(["analyze", &own]).stdout(Stdio::null()).status();
    assert!(nowhere.is_ok_and(|status| status.success()));
}

#[test]
fn a_closed_pipe_is_silent() {
    let folder = folder();
    let own = file(folder.path(), "own.yaml", SCENARIO);
    for arguments in [vec!["analyze", &own], vec!["schema"], vec!["--help"]] {
        let mut child = Command::new(DETENTE)
            .args(&arguments)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the command");
        drop(child.stdout.take());
        let output = child.wait_with_output().expect("the command ends");
        assert_eq!((output.status.code(), output.stderr), (Some(0), Vec::new()), "{arguments:?}");
    }
}

#[test]
fn too_few_threads_change_nothing() {
    let folder = folder();
    let own = file(folder.path(), "own.yaml", SCENARIO);
    let arguments = ["analyze", &own, "--format", "json"];
    let (_, expected, _) = run(&arguments);
    for shell in [
        "ulimit -v 2000000; RAYON_NUM_THREADS=2000 exec \"$@\"",
        // Shells differ in the name of this limit, and it does not bind the superuser.
        "ulimit -u 1 2>/dev/null || ulimit -p 1; exec \"$@\"",
        "RAYON_NUM_THREADS=1 exec \"$@\"",
    ] {
        assert_eq!(behind(shell, &arguments), (0, expected.clone(), String::new()), "{shell}");
    }
}

/// GeniusWeb files in which two issues, and two of their values, differ by characters that are easily lost.
#[test]
fn json_holds_every_character_of_every_name() {
    let folder = folder();
    let (plain, odd) = ("Quay", "Quay\u{7f}\u{85}\u{1b}[1m\u{202e}");
    let values = json!({ "values": ["near", "far", "far\u{9c}"] });
    let domain = json!({ "name": "d", "issuesValues": { plain: values, odd: values } });
    file(folder.path(), "d.json", &domain.to_string());
    for (name, near) in [("a", 0.25), ("b", 0.75)] {
        let utilities = json!({ "discreteutils": { "valueUtilities": { "near": near, "far": 0.5, "far\u{9c}": 0.625 } } });
        let profile = json!({ "LinearAdditiveUtilitySpace": {
            "name": name, "domain": domain,
            "issueWeights": { plain: 0.5, odd: 0.5 },
            "issueUtilities": { plain: utilities, odd: utilities },
        } });
        file(folder.path(), &format!("{name}.json"), &profile.to_string());
    }
    let path = folder.path().display().to_string();
    let out = folder.path().with_extension("json");
    let (code, printed, err) = run(&["analyze", &path, "--format", "json"]);
    assert_eq!(code, 0, "{err}");
    let out = out.display().to_string();
    assert_eq!(run(&["analyze", &path, "--format", "json", "--out", &out]).0, 0);
    assert_eq!(fs::read_to_string(&out).expect("a result"), printed);
    fs::remove_file(&out).expect("removed");
    assert!(!printed.contains(|c: char| c.is_control() && c != '\n' || c == '\u{202e}'), "{printed}");
    let result: Value = serde_json::from_str(&printed).expect("JSON");
    let points = result["frontier"]["points"].as_array().expect("points");
    for point in points {
        let outcome = point["outcome"].as_object().expect("an outcome");
        assert_eq!(outcome.keys().collect::<Vec<_>>(), [plain, odd]);
    }
    let shown = result["will"]["issues"][odd].as_object().expect("options");
    assert!(["near", "far", "far\u{9c}"].iter().all(|option| shown.contains_key(*option)), "{shown:?}");
    // The same through the command's own GeniusWeb files.
    let copy = folder.path().join("copy").display().to_string();
    let (code, _, err) = run(&["convert", &path, &copy, "--as", "geniusweb", "--lossy"]);
    assert_eq!(code, 0, "{err}");
    let again = run(&["analyze", &copy, "--format", "json"]).1;
    let again: Value = serde_json::from_str(&again).expect("JSON");
    assert_eq!(again["will"]["issues"], result["will"]["issues"]);
}

#[test]
fn a_graph_of_which_nothing_can_be_said_is_a_problem_in_the_input() {
    let folder = folder();
    let graph = |n: usize| {
        let events: String = (0..n).map(|k| format!("<event id=\"e{k}\"/>")).collect();
        format!(
            "<dcrgraph title=\"many\"><specification><resources><events>{events}</events></resources></specification></dcrgraph>"
        )
    };
    let fits = file(folder.path(), "fits.xml", &graph(128));
    let large = file(folder.path(), "large.xml", &graph(129));
    for command in ["check", "sequence"] {
        let (code, out, err) = run(&[command, &large]);
        assert_eq!((code, out.as_str()), (1, ""), "{err}");
        assert!(err.contains("error: the graph has 129 events; up to 128 can be told apart"), "{err}");
        assert!(err.contains("large.xml: 1 error"), "{err}");
    }
    assert_eq!(run(&["check", &fits]).0, 0);
    let steps: String = (1..129).map(|k| format!("  - {{id: s{k}, by: north}}\n")).collect();
    let many = file(folder.path(), "many.yaml", &format!("{SCENARIO}{steps}"));
    let (code, _, err) = run(&["check", &many]);
    assert!(code == 0 && err.contains("there are 129 steps; a deal to which more than 128 belong"), "{err}");
    assert_eq!(run(&["sequence", &fits, "--markings", "100"]).0, 0);
}
