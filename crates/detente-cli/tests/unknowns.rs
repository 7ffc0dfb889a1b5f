//! What is not known, levers and deals asked about, as users of the command meet them.

mod running;

use assert_cmd::Command;
use parquet::file::reader::{FileReader as _, SerializedFileReader};
use parquet::record::RowAccessor as _;
use running::run;
use serde_json::Value;
use std::fs;
use std::path::Path;

fn ceasefire() -> String {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../catalog/cases/ceasefire").display().to_string()
}

fn json(arguments: &[&str]) -> Value {
    let file = ceasefire();
    let mut all = vec!["analyze", &file, "--format", "json"];
    all.extend(arguments);
    let (code, out, err) = run(&all);
    assert_eq!((code, err.as_str()), (0, ""));
    serde_json::from_str(&out).expect("JSON")
}

#[test]
fn draws_depend_on_the_seed_and_on_nothing_else() {
    let at = |seed: &str, threads: &str| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_detente"));
        command.args([
            "analyze",
            &ceasefire(),
            "--format",
            "json",
            "--seed",
            seed,
            "--within",
            "0",
            "--draws",
            "256",
        ]);
        let output = command.env("RAYON_NUM_THREADS", threads).output().expect("the command runs");
        String::from_utf8(output.stdout).expect("UTF-8")
    };
    let first = at("0", "1");
    assert_eq!(first, at("0", "2"));
    assert_eq!(first, at("0", "16"));
    let parsed = |text: &str| serde_json::from_str::<Value>(text).expect("JSON");
    let (first, other) = (parsed(&first), parsed(&at("1", "2")));
    assert_eq!(first["unknowns"]["draws"], 256);
    assert_ne!(first["unknowns"]["deals"], other["unknowns"]["deals"]);
    assert_eq!(first["will"], other["will"]);
    assert_eq!(first["levers"]["frontier"], other["levers"]["frontier"]);
}

#[test]
fn the_samples_are_the_same_in_both_kinds_of_table() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = |name: &str| folder.path().join(name).display().to_string();
    let write = |name: &str| {
        let arguments =
            ["analyze", &ceasefire(), "--quiet", "--draws", "64", "--within", "0", "--samples", &path(name)];
        let (code, _, err) = run(&arguments);
        assert_eq!((code, err.as_str()), (0, ""));
    };
    write("draws.csv");
    write("draws.parquet");
    let text = fs::read_to_string(path("draws.csv")).expect("a table");
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let head: Vec<String> = reader.headers().expect("a head").iter().map(str::to_owned).collect();
    assert_eq!(head[..3], ["replicate", "draw", "israel.leadership: alternative"]);
    assert_eq!(head.last().map(String::as_str), Some("probability of deal 10"));
    let rows: Vec<csv::StringRecord> = reader.records().collect::<Result<_, _>>().expect("rows");
    assert_eq!(rows.len(), 64);
    let file = fs::File::open(path("draws.parquet")).expect("a table");
    let table = SerializedFileReader::new(file).expect("a Parquet file");
    let names: Vec<String> = table
        .metadata()
        .file_metadata()
        .schema_descr()
        .columns()
        .iter()
        .map(|c| c.name().to_owned())
        .collect();
    assert_eq!(names, head);
    let best = head.iter().position(|name| name == "best probability").expect("a column");
    let mut n = 0;
    for (row, other) in table.get_row_iter(None).expect("rows").zip(&rows) {
        let row = row.expect("a row");
        assert_eq!(row.get_int(0).expect("a number").to_string(), other[0]);
        for column in [2, 5, best] {
            assert_eq!(
                row.get_double(column).expect("a number").to_string(),
                other[column],
                "{}",
                head[column]
            );
        }
        assert_eq!(head[best - 2], "trust");
        assert_eq!(row.get_string(best - 2).expect("a case"), &other[best - 2]);
        let lasting = head.iter().position(|name| name == "israel.leadership: ceasefire at lasting");
        let believed = other[lasting.expect("a column")] == *"18";
        assert_eq!(other[best - 2] == *"believed", believed);
        assert_eq!(row.get_bool(best - 1).expect("a flag").to_string(), other[best - 1]);
        n += 1;
    }
    assert_eq!(n, 64);
}

#[test]
fn where_everything_is_known_there_are_no_samples() {
    let folder = tempfile::tempdir().expect("a folder");
    let pie = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../catalog/derived/pie").display().to_string();
    let path = folder.path().join("draws.csv");
    let (code, _, err) = run(&["analyze", &pie, "--samples", &path.display().to_string()]);
    assert_eq!(code, 2);
    assert!(err.contains("there are no draws to write"), "{err}");
    assert!(!path.exists());
}

#[test]
fn a_deal_asked_about_is_told_in_every_format() {
    let best = json(&[])["will"]["best"][0]["outcome"].clone();
    let deal: Vec<String> = best
        .as_object()
        .expect("a deal")
        .iter()
        .map(|(issue, option)| format!("{issue}={}", option.as_str().expect("an option")))
        .collect();
    let deal = deal.join(",");
    let found =
        json(&["--deal", &deal, "--deal", &deal.replace("monitoring=third-party", "monitoring=none")]);
    let accounts = found["accounts"].as_array().expect("accounts");
    assert_eq!(accounts.len(), 2);
    assert_eq!(accounts[0]["outcome"], best);
    assert_eq!(accounts[0]["probability"], found["will"]["best"][0]["probability"]);
    assert_eq!(accounts[0]["levers"]["cheapest"]["cost"], found["levers"]["cheapest"]["cost"]);
    // Forces move completely only if someone monitors it; this deal moves them in part.
    assert_eq!(accounts[1]["feasible"], true);
    let (code, text, _) = run(&["analyze", &ceasefire(), "--deal", &deal]);
    assert_eq!(code, 0);
    assert!(
        text.contains("A deal asked about") && text.contains("Israel, Hard-line partners: yes with 69%"),
        "{text}"
    );
    let (_, page, _) = run(&["analyze", &ceasefire(), "--deal", &deal, "--format", "html"]);
    assert!(page.contains("<h2 id=\"asked\">"));
}

#[test]
fn impossible_deals_can_be_asked_about_too() {
    let deal = "hostages=all,prisoners=all,withdrawal=full,standdown=full,ceasefire=none,aid=0,monitoring=none,governance=present,security=present,reconstruction=none";
    let (code, text, _) = run(&["analyze", &ceasefire(), "--deal", deal]);
    assert_eq!(code, 0);
    assert!(text.contains("This deal is not possible: it breaks 6 constraints."), "{text}");
}

#[cfg(unix)]
#[test]
fn an_interrupt_prints_what_is_known_and_says_so() {
    let text = running::interrupted(&["analyze", &ceasefire(), "--within", "0", "--draws", "1048576"]);
    assert!(text.contains("stopped") || text.contains("interrupted"), "{text}");
}
