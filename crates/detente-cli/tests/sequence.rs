//! `detente sequence` on DCR graphs, as users of the command meet it.

#[allow(dead_code, reason = "the part of running that other tests need")]
mod running;

use running::run;
use serde_json::Value;
use std::fs;
use std::path::{Path, PathBuf};

/// Two sides that each wait for the other, once a date is set; a nesting, a sub-process and a guard.
const HARBOUR: &str = include_str!("../../detente-formats/tests/harbour.xml");

/// The harbour with one thing changed, in a file of its own.
struct Graph(tempfile::TempDir);

impl Graph {
    fn with(from: &str, to: &str) -> Graph {
        assert!(HARBOUR.contains(from), "{from}");
        let folder = tempfile::tempdir().expect("a folder");
        fs::write(folder.path().join("harbour.xml"), HARBOUR.replacen(from, to, 1)).expect("a file");
        Graph(folder)
    }

    fn path(&self) -> String {
        self.0.path().join("harbour.xml").display().to_string()
    }

    fn json(&self) -> Value {
        let (code, out, err) = run(&["sequence", &self.path(), "--format", "json"]);
        assert_eq!((code, err.as_str()), (0, ""));
        serde_json::from_str(&out).expect("JSON")
    }

    /// What stands on stderr, and the exit code.
    fn complains(&self) -> (i32, String) {
        let (code, _, err) = run(&["sequence", &self.path()]);
        (code, err)
    }
}

#[test]
fn what_can_come_of_a_graph_is_told() {
    let graph = Graph::with("Harbour", "Harbour");
    let (code, out, err) = run(&["sequence", &graph.path()]);
    assert_eq!((code, err.as_str()), (0, ""));
    for says in [
        "Harbour\n",
        "6 relations between 6 events. At the start nothing is due.",
        "Whatever is done, everything due can still be done.",
        "Delays and deadlines are read",
    ] {
        assert!(out.contains(says), "{says}: {out}");
    }
    // A nesting stands for its two events, and the survey is done by measuring and signing.
    let found = graph.json();
    assert_eq!((&found["lost"], &found["never"]), (&0.into(), &Value::Array(vec![])));
    assert_eq!(found["runs"][0]["total"], 3, "date, measure, sign: {found:#}");
    let (code, out, _) = run(&["schema", "dcr"]);
    assert!(code == 0 && out.contains("dead_ends"), "{out}");
}

#[test]
fn events_that_wait_for_each_other_are_named() {
    let circle = r#"<condition sourceId="dredge" targetId="clear"/><condition sourceId="clear" targetId="dredge"/><condition sourceId="survey""#;
    let graph = Graph::with(r#"<condition sourceId="survey""#, circle);
    let (code, out, _) = run(&["sequence", &graph.path()]);
    assert_eq!(code, 0);
    let words: Vec<&str> = out.split_whitespace().collect();
    let says = "After Set a date this stays due: Dredge, Clear the wreck. Dredge and Clear the wreck wait for each other.";
    assert!(words.join(" ").contains(says), "{out}");
    assert!(out.contains("Never possible: Dredge, Clear the wreck."), "{out}");
    let found = graph.json();
    assert_eq!(found["ways"][0]["circles"][0], serde_json::json!(["dredge", "clear"]));
}

#[test]
fn what_cannot_be_read_is_told_with_its_place_and_a_way_out() {
    for (from, to, says) in [
        (r#"targetId="sign""#, r#"targetId="sing""#, "harbour.xml:29:48: error: no event `sing`"),
        (r#"<event id="clear"/>"#, r#"<event id="date"/>"#, "two events with the id `date`"),
        (r#"type="nesting""#, r#"type="form""#, "events of the type `form` are not read"),
        (r#"type="nesting""#, "", "events stand inside `work`, which is neither a nesting nor a sub-process"),
        ("</dcrgraph>", "", "this is not XML"),
        ("<dcrgraph title", "<!DOCTYPE a [<!ENTITY b \"c\">]><dcrgraph title", "entities are not expanded"),
    ] {
        let (code, err) = Graph::with(from, to).complains();
        assert!(code == 1 && err.contains(says) && err.contains("help: "), "{says}: {code} {err}");
    }
    for (from, to, says) in [
        (
            "<milestones/>",
            r#"<spawns><spawn sourceId="a"/></spawns>"#,
            "what stands under `spawns` is not read",
        ),
        ("included>", "in>", "all are taken to be"),
        (r#"time="P2D""#, r#"expressionId="x""#, "a guard is not read"),
        (r#"time="P2D""#, r#"time="waitingTime""#, "`waitingTime` is not a length of time; it is not used"),
    ] {
        let graph = Graph::with(from, to);
        let text = fs::read_to_string(graph.path()).expect("the file").replace("</included>", "</in>");
        if from == "included>" {
            fs::write(graph.path(), text).expect("a file");
        }
        let (code, err) = graph.complains();
        assert!(code == 0 && err.contains("warning") && err.contains(says), "{says}: {code} {err}");
    }
    let (code, _, err) = run(&["sequence", &Graph::with("Harbour", "Harbour").path(), "--deal", "a=b"]);
    assert!(code == 2 && err.contains("a DCR graph has no deals"), "{err}");
}

#[test]
fn a_graph_can_be_checked_like_a_scenario() {
    let (code, _, err) = run(&["check", &Graph::with("Harbour", "Harbour").path()]);
    assert!(code == 0 && err.contains("harbour.xml: no problems"), "{code} {err}");
    let wrong = Graph::with(r#"targetId="sign""#, r#"targetId="sing""#);
    let (code, _, err) = run(&["check", &wrong.path()]);
    assert!(code == 1 && err.contains("harbour.xml:29:48: error: no event `sing`"), "{code} {err}");
    let (code, _, err) = run(&["analyze", &wrong.path()]);
    assert!(code == 1 && err.contains("`detente sequence` reads DCR graphs"), "{code} {err}");
}

/// Freezing locks itself; releasing takes freezing out of play, where a guard allows it.
const FUNDS: &str = r#"<dcrgraph title="Funds"><specification><resources><events><event id="freeze"/><event id="release"/><event id="pay"/></events></resources>
<constraints><conditions><condition sourceId="freeze" targetId="freeze"/><condition sourceId="freeze" targetId="pay"/></conditions>
<excludes><exclude sourceId="release" targetId="freeze" expressionId="enough"/></excludes></constraints></specification>
<runtime><marking><executed/><included><event id="freeze"/><event id="release"/><event id="pay"/></included><pendingResponses><event id="pay"/></pendingResponses></marking></runtime></dcrgraph>"#;

#[test]
fn nothing_that_hangs_on_a_guard_is_called_safe() {
    let folder = tempfile::tempdir().expect("a folder");
    let (graph, page) = (folder.path().join("funds.xml"), folder.path().join("page.txt"));
    let path = graph.display().to_string();
    let told = |text: &str| {
        fs::write(&graph, text).expect("a file");
        let (code, _, err) = run(&["sequence", &path, "--out", &page.display().to_string()]);
        assert_eq!(code, 0, "{err}");
        let page = fs::read_to_string(&page).expect("a page");
        page.split_whitespace().collect::<Vec<_>>().join(" ")
    };
    let guarded = told(FUNDS);
    for says in [
        "Guards are not read: 1 relation is taken to hold always",
        "release takes freeze out of play, guarded by enough",
        "If they never held, 2 markings could be reached, and 2 of them could not be",
        "cannot be said without the guards",
    ] {
        assert!(guarded.contains(says), "{says}: {guarded}");
    }
    assert!(!guarded.contains("Whatever is done"), "{guarded}");
    let (_, out, _) = run(&["sequence", &path, "--format", "json"]);
    let found: Value = serde_json::from_str(&out).expect("JSON");
    assert_eq!((&found["guarded"], &found["lost"]), (&1.into(), &0.into()));
    assert_eq!(found["without_guarded"]["lost"], 2);
    let open = told(&FUNDS.replace(r#" expressionId="enough""#, ""));
    assert!(open.contains("Whatever is done") && !open.contains("uards"), "{open}");
    let spawning = FUNDS.replace(r#" expressionId="enough""#, "").replace(
        "</constraints>",
        r#"<spawns><spawn sourceId="pay" targetId="pay"/></spawns></constraints>"#,
    );
    let spawning = told(&spawning);
    assert!(spawning.contains("because parts of the graph are not read"), "{spawning}");
    assert!(spawning.contains("what stands under `spawns` is not read"), "{spawning}");
}

#[test]
fn what_the_editor_of_dcr_js_saves_is_the_same_graph() {
    let folder = tempfile::tempdir().expect("a folder");
    let board = r#"<d:definitions xmlns:d="http://tk/schema/dcr"><d:dcrGraph id="G">
<d:event id="freeze"/><d:event id="release"/><d:event id="pay" pending="true"/>
<d:relation type="condition" sourceRef="freeze" targetRef="freeze"/><d:relation type="condition" sourceRef="freeze" targetRef="pay"/>
<d:relation type="exclude" sourceRef="release" targetRef="freeze" guard="enough"/></d:dcrGraph></d:definitions>"#;
    let numbers = |text: &str| {
        let path = folder.path().join("graph.xml");
        fs::write(&path, text).expect("a file");
        let (code, out, err) = run(&["sequence", &path.display().to_string(), "--format", "json"]);
        assert_eq!(code, 0, "{err}");
        let found: Value = serde_json::from_str(&out).expect("JSON");
        ["markings", "accepting", "lost", "runs", "guarded", "without_guarded"].map(|key| found[key].clone())
    };
    assert_eq!(numbers(board), numbers(FUNDS));
    let (code, _, err) = run(&["analyze", &folder.path().join("graph.xml").display().to_string()]);
    assert!(code == 1 && err.contains("`detente sequence` reads DCR graphs"), "{code} {err}");
}

#[test]
fn a_comment_before_the_declaration_is_read_past() {
    let graph = Graph::with("<?xml", "<!-- by hand,\nfor a test -->\n<?xml");
    assert_eq!(graph.json()["markings"], Graph::with("Harbour", "Harbour").json()["markings"]);
    let wrong = Graph::with("<?xml", "<!-- by hand,\nfor a test -->\n<?xml");
    let text = fs::read_to_string(wrong.path())
        .expect("the file")
        .replace(r#"targetId="sign""#, r#"targetId="sing""#);
    fs::write(wrong.path(), text).expect("a file");
    assert!(wrong.complains().1.contains("harbour.xml:31:48: error"), "{:?}", wrong.complains());
}

/// Numbers retyped from the project's reference of known answers, recomputed by two programs.
#[test]
fn published_graphs_have_the_published_numbers() {
    let folder: PathBuf = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/dcr");
    if !folder.is_dir() {
        println!("skipped: {} is absent; the project's own graphs are tested above", folder.display());
        return;
    }
    let medicine = [(1, 0), (2, 0), (6, 1), (20, 4), (68, 14), (232, 49)];
    let tax = [(2, 0), (5, 0), (15, 1), (49, 6), (165, 26), (561, 100)];
    for (name, markings, accepting, runs) in
        [("Prescribe_medicine.xml", 21, 5, medicine), ("Tax_Calculation.xml", 15, 3, tax)]
    {
        let (code, out, err) =
            run(&["sequence", &folder.join(name).display().to_string(), "--format", "json"]);
        assert_eq!((code, err.as_str()), (0, ""), "{name}");
        let found: Value = serde_json::from_str(&out).expect("JSON");
        assert_eq!((&found["events"], &found["accepting_at_start"]), (&4.into(), &true.into()));
        assert_eq!(
            (&found["markings"], &found["accepting"], &found["lost"]),
            (&markings.into(), &accepting.into(), &0.into())
        );
        for (k, (total, accepting)) in runs.into_iter().enumerate() {
            let said = &found["runs"][k];
            assert_eq!(
                (&said["total"], &said["accepting"]),
                (&total.into(), &accepting.into()),
                "{name} {k}"
            );
        }
    }
}
