//! Bargaining instances of OpenSpiel, tables of actors, and files that are recognisably something else.

use detente_formats::{Format, ReadOptions, Reading, Severity, SourceFile, read_files, write};
use detente_model::{OptionId, Outcome, Rule, Talks};
use std::path::Path;

fn read(name: &str, bytes: &[u8], options: &ReadOptions) -> Reading {
    let file = SourceFile { path: name.into(), bytes: bytes.to_vec() };
    read_files(Path::new(name), &[file], options)
}

fn plain(name: &str, text: &str) -> Reading {
    read(name, text.as_bytes(), &ReadOptions::default())
}

#[track_caller]
fn talks(reading: &Reading) -> &Talks {
    reading.talks.as_ref().unwrap_or_else(|| panic!("no talks: {reading:#?}"))
}

fn worth(talks: &Talks, body: usize, options: &[usize]) -> f64 {
    let outcome = Outcome(options.iter().map(|k| OptionId(*k)).collect());
    talks.bodies[body].preferences.leaves(&talks.issues, &outcome).iter().sum()
}

/// What is said, its severity, and the text it is said of.
#[track_caller]
fn said(text: &str, severity: Severity, underlined: &str, message: &str) {
    let reading = plain("file.txt", text);
    let found = reading.diagnostics.iter().find(|d| d.severity == severity && d.message.contains(message));
    let found = found.unwrap_or_else(|| panic!("`{message}` is not among {:#?}", reading.diagnostics));
    let span = found.span.expect("a place");
    assert_eq!(&reading.files[0].text[span.start..span.end], underlined, "{found:?}");
    assert!(!found.help.is_empty());
    assert_eq!(reading.talks.is_none(), severity == Severity::Error);
}

const POOL: &str = "1,2,3 4,0,2 1,3,1\n2,2,2 1,2,2 2,2,1\n";

#[test]
fn a_bargaining_instance_is_a_pool_that_two_players_share_out() {
    let reading = plain("instances.txt", POOL);
    let first = talks(&reading);
    assert_eq!(reading.format, Format::OpenSpiel);
    assert_eq!(first.title, "OpenSpiel bargaining, instance 1");
    assert_eq!(first.issues.iter().map(detente_model::Issue::n_options).collect::<Vec<_>>(), [2, 3, 4]);
    // Player 0 takes the first item and one of the third; player 1 has what is left.
    assert_eq!((worth(first, 0, &[1, 0, 1]), worth(first, 1, &[1, 0, 1])), (6.0, 8.0));
    let notes = reading.notes.join("\n");
    assert!(notes.contains("instance 1 of 2") && notes.contains("0 points"), "{notes}");
    let options = ReadOptions { case: Some(2), ..ReadOptions::default() };
    let second = read("instances.txt", POOL.replace('\n', "\r\n").as_bytes(), &options);
    assert_eq!(worth(talks(&second), 1, &[0, 0, 0]), 10.0);
}

#[test]
fn what_is_wrong_with_an_instance_has_its_place() {
    said(
        "1,2,3 4,0,2 1,3,1,9\n1,2 3,4 5,6\n",
        Severity::Error,
        "1,3,1,9",
        "there are 4 values here, and 3 items",
    );
    said("1,x,3 4,0,2 1,3,1\n1,2 3,4 5,6\n", Severity::Error, "x", "`x` is not a whole number");
    said(
        "1,2 4,0\n1,2 3,4 5,6\n",
        Severity::Error,
        "1,2 4,0",
        "three lists of numbers, and here there are 2",
    );
}

const ACTORS: &str = "Reform, How far the reform goes, 3, 1,
Actor, Description, Influence, Reform Position, Reform Salience,
North, \"Chamber, north\", 10, 20, 50,
South, Chamber of the south, 5.5, 62.5, 100,
Guild, The guild, 2, 100, 10,
";

#[test]
fn a_table_of_actors_is_one_issue_with_a_peak_for_each() {
    let reading = plain("reform.csv", ACTORS);
    let own = talks(&reading);
    assert_eq!(reading.format, Format::Ktab);
    assert_eq!(reading.diagnostics, []);
    assert_eq!((own.title.as_str(), own.issues[0].id.as_str()), ("Reform", "Reform"));
    let names: Vec<(&str, &str)> = own.parties.iter().map(|p| (p.id.as_str(), p.name.as_str())).collect();
    assert_eq!(
        names,
        [("North", "Chamber, north"), ("South", "Chamber of the south"), ("Guild", "The guild")]
    );
    // The options are 0, 5, ... 100.
    assert_eq!(own.issues[0].n_options(), 21);
    assert_eq!(own.issues[0].option_value(OptionId(4)), Some(20.0));
    let is = |found: f64, expected: f64| assert!((found - expected).abs() < 1e-12, "{found}, not {expected}");
    is(worth(own, 0, &[4]), 50.0);
    is(worth(own, 0, &[20]), 10.0);
    is(worth(own, 1, &[0]), 37.5);
    is(worth(own, 2, &[20]), 10.0);
    // 4673, 5140 and 187 ten-thousandths of all power.
    let yes = |who: &[usize]| own.agreement.holds(&|party: &detente_model::PartyId| who.contains(&party.0));
    assert!(matches!(own.agreement, Rule::Quota { .. }));
    assert!(yes(&[1]) && yes(&[0, 1]) && !yes(&[0, 2]));
    let notes = reading.notes.join("\n");
    for part in
        ["positions go from 0 to 100", "at least half of all influence times salience", "21 evenly spaced"]
    {
        assert!(notes.contains(part), "{part}: {notes}");
    }
}

#[test]
fn tables_are_read_as_spreadsheets_save_them() {
    let expected = plain("a.csv", ACTORS).talks;
    let tabs = ACTORS.replace("\"Chamber, north\"", "Chamber north").replace(',', "\t").replace('\n', "\r\n");
    assert_eq!(talks(&plain("a.txt", &tabs)).parties[0].name, "Chamber north");
    let no_opening = ACTORS.split_once('\n').map(|(_, rest)| rest.to_owned()).expect("lines");
    let other = plain("reform.csv", &no_opening);
    assert_eq!(talks(&other).issues, expected.as_ref().expect("talks").issues);
    assert_eq!(talks(&other).title, "reform");
    let two = "Actor;Power;Pstn1;Sal1;Pstn2;Sal2\na;1;0.5;1;1;0.2\nb;2;0;1;0.25;0.2\n";
    let options = ReadOptions { case: Some(2), ..ReadOptions::default() };
    let second = read("two.csv", two.as_bytes(), &options);
    assert_eq!(talks(&second).issues[0].id, "Position 2");
    assert_eq!(worth(talks(&second), 0, &[20]), 0.2);
}

#[test]
fn decimal_commas_are_read_where_no_comma_parts_cells() {
    let table = |separator: &str, point: &str| {
        let rows = ["Actor|Influence|Position|Salience", "Süd|5.5|62.5|100", "Nord|12|0.25|33.333"];
        rows.join("\n").replace('.', point).replace('|', separator)
    };
    let same = |text: &str| {
        let reading = plain("actors.csv", text);
        assert_eq!(reading.diagnostics, [], "{text}");
        let talks = talks(&reading);
        (talks.bodies.clone(), talks.agreement.clone())
    };
    let expected = same(&table(";", "."));
    for separator in [";", "\t"] {
        assert_eq!(same(&table(separator, ",")), expected);
    }
    let only = "Actor;Influence;Position;Salience\nA;1,500;20;50\nB;2;30;40\n";
    said(only, Severity::Error, "1,500", "the comma in `1,500` can part decimals or thousands");
    said(&only.replace("1,500", "1.500,5"), Severity::Error, "1.500,5", "cannot be the influence");
    let position = plain("a.csv", "Actor;Influence;Position;Salience\nA;1;20,125;50\nB;2;30;40\n");
    assert_eq!(position.diagnostics, []);
}

#[test]
fn what_is_wrong_with_a_table_has_its_place() {
    let with = |from: &str, to: &str| ACTORS.replacen(from, to, 1);
    said(&with("62.5", "middle"), Severity::Error, "middle", "`middle` cannot be the position");
    said(&with("62.5", "162.5"), Severity::Error, "162.5", "is above 100");
    said(&with("5.5", "-5.5"), Severity::Error, "-5.5", "cannot be the influence");
    said(&with("100, 10,", "100"), Severity::Error, "Guild, The guild, 2, 100", "the salience is missing");
    said(&with("Guild", ""), Severity::Error, ", The guild, 2, 100, 10,", "an actor needs a name");
    said(&with("3, 1,", "4, 1,"), Severity::Warning, "4", "said to have 4 actors, and has 3");
    said(
        &with("South", "North"),
        Severity::Warning,
        "North, Chamber of the south, 5.5, 62.5, 100,",
        "another actor is called",
    );
}

#[test]
fn what_is_read_can_be_written_as_a_scenario_of_our_own() {
    for (name, text) in [("instances.txt", POOL), ("reform.csv", ACTORS)] {
        let reading = plain(name, text);
        let written = write(talks(&reading));
        assert_eq!(written.losses, [], "{name}");
        let back = detente_formats::read(written.text.as_bytes());
        assert_eq!(talks(&back).issues, talks(&reading).issues, "{name}");
        assert_eq!(talks(&back).agreement, talks(&reading).agreement, "{name}");
    }
}

#[test]
fn what_is_recognisably_something_else_is_named_with_what_is_read() {
    let zip = |inside: &str| format!("PK\u{3}\u{4}\0\0{inside}/").into_bytes();
    for (name, bytes, says) in [
        ("game.efg", b"EFG 2 R \"a game\" { \"A\" \"B\" }\n".to_vec(), "an extensive game of Gambit"),
        (
            "game.nfg",
            b"NFG 1 R \"a game\" { \"A\" \"B\" } { 2 2 }\n1 2 3".to_vec(),
            "a strategic game of Gambit",
        ),
        ("plan.bpmn", b"<bpmn:definitions><process/></bpmn:definitions>".to_vec(), "a model of a process"),
        ("net.xml", b"<?xml version='1.0'?><net id='1'/>".to_vec(), "XML whose first element is `net`"),
        ("page.html", b"<!DOCTYPE html><html></html>".to_vec(), "a web page"),
        (
            "dispute.json",
            br#"{"decisionMakers": [], "options": [], "title": "x"}"#.to_vec(),
            "a conflict of the graph model",
        ),
        ("data.json", br#"{"a": 1, "b": 2}"#.to_vec(), "JSON of another kind, with the keys `a`, `b`"),
        ("list.json", b"[1, 2]".to_vec(), "JSON of another kind"),
        ("table.csv", b"when,where,what\n1,2,3\n".to_vec(), "a table of values"),
        ("table.txt", b"a\tb\tc\n1\t2\t3\n4\t5\t6\n".to_vec(), "a table of values"),
        ("talks.xlsx", zip("xl"), "an Excel workbook"),
        ("talks.docx", zip("word"), "a Word document"),
        ("long.docx", [zip(&" ".repeat(200_000)), zip("word")].concat(), "a Word document"),
        ("talks.zip", zip("talks"), "a zip archive"),
        ("talks.pdf", b"%PDF-1.7\n\0".to_vec(), "a PDF"),
        ("talks.db", b"SQLite format 3\0".to_vec(), "an SQLite database"),
    ] {
        let reading = read(name, &bytes, &ReadOptions::default());
        let [only] = &reading.diagnostics[..] else { panic!("{name}: {:#?}", reading.diagnostics) };
        assert!(
            only.message.contains(says) && only.message.ends_with("which is not read"),
            "{name}: {only:?}"
        );
        for part in ["GENIUS XML", "OpenSpiel", "KTAB", "DCR graphs by `detente sequence`", "`detente new`"] {
            assert!(only.help.contains(part), "{part}: {only:?}");
        }
    }
    // A scenario of our own may be written as JSON, and is told what it lacks.
    let own = plain("own.json", r#"{"detente": 1}"#);
    assert!(
        own.diagnostics.iter().all(|d| !d.message.contains("which is not read")),
        "{:?}",
        own.diagnostics
    );
}

#[test]
fn a_text_of_another_kind_gets_no_advice_on_its_yaml() {
    let prose =
        "The parties met on Monday. They talked about the harbour: who pays, and when.\n\nNobody signed.\n";
    let kinds: &[(&str, &str, &str)] = &[
        ("a.jsonl", "{\"a\": 1}\n{\"a\": 2}\n", "JSON Lines"),
        ("a.txt", "{\"a\": 1}\n{\"a\": 2}\n", "JSON Lines"),
        ("a.ndjson", "{\"a\": 1}\n{\"b\": 2}\n", "JSON Lines"),
        ("a.toml", "[wells]\ndepth = 3\n", "TOML"),
        ("a.ini", "; wells\n[wells]\ndepth=3\n", "a file of settings"),
        ("a", "[wells]\ndepth = 3\nname = \"old\"\n", "a file of settings"),
        ("a.md", "# Wells\n\nWho digs them?\n", "Markdown"),
        ("a", "# Wells\n\nThe two villages could not agree on who digs.\n\n- one\n- two\n", "Markdown"),
        ("a.pddl", "(define (domain wells)\n  (:requirements :strips))\n", "a planning problem (PDDL)"),
        (
            "a.txt",
            "; wells\n(define (domain wells)\n  (:requirements :strips))\n",
            "a planning problem (PDDL)",
        ),
        ("a.py", "x = 1\n", "Python source"),
        ("a.txt", "import math\n\ndef depth(x):\n    return {x: 1}\n", "Python source"),
        ("a.tex", "Wells.\n", "TeX or BibTeX source"),
        ("a.txt", "% wells\n\\documentclass{article}\n\\begin{document}\n", "TeX source"),
        ("a.csv", "depth;cost\n1;2\n", "a table of values with the columns `depth`, `cost`"),
        ("a.txt", "depth,cost,who\n1,2,3\n", "a table of values with the columns `depth`, `cost`, `who`"),
        ("a.csv", "1,2\n3,4\n", "a table of values"),
    ];
    for (name, text, says) in kinds {
        let reading = plain(name, text);
        let [only] = &reading.diagnostics[..] else { panic!("{name}: {:#?}", reading.diagnostics) };
        assert!(only.message.starts_with(&format!("this is {says}")), "{name}: {}", only.message);
        assert!(only.message.ends_with("which is not read") && only.help.contains("KTAB"), "{only:?}");
    }
    for (name, text) in [
        ("a.txt", prose),
        ("notes", "Nobody signed.\n"),
        ("a.txt", "- one\n- two\n"),
        ("a", "Notes: we met\nNobody signed.\nNobody.\n"),
    ] {
        let reading = plain(name, text);
        let [only] = &reading.diagnostics[..] else { panic!("{name}: {:#?}", reading.diagnostics) };
        assert_eq!(only.message, "this is not a scenario of a kind that is read", "{text}");
        assert!(only.help.contains("KTAB"), "{only:?}");
    }
    for (bytes, says) in [
        (b"PAR1\x15\x04\0\0PAR1".to_vec(), "a Parquet table"),
        (b"\0\x01\x02\xff".to_vec(), "a binary file"),
        (b"\x93NUMPY\x01\0".to_vec(), "a NumPy array"),
    ] {
        let reading = read("a.bin", &bytes, &ReadOptions::default());
        let [only] = &reading.diagnostics[..] else { panic!("{:#?}", reading.diagnostics) };
        assert!(only.message.starts_with(&format!("this is {says}")), "{}", only.message);
    }
}

#[test]
fn what_may_be_meant_as_a_scenario_is_told_what_it_lacks() {
    for (name, text) in [
        ("a.txt", "# Wells\ndetente: 1\ntitle: the wells and who digs them in the end, x\nissues: [\n"),
        ("a", "title: Wells\n"),
        ("a.md", "detente: 1\ntitle: Wells\n"),
        ("a.yaml", "- one\n"),
        ("a.txt", "{detente: 1,\n"),
        ("a", "a: &x [*x, *x]\n"),
        ("a", "[[[\n"),
    ] {
        let reading = plain(name, text);
        assert!(reading.talks.is_none());
        let is_kind =
            |message: &str| message.contains("which is not read") || message.contains("of a kind that is");
        assert!(
            reading.diagnostics.iter().all(|d| !is_kind(&d.message)),
            "{name}: {:?}",
            reading.diagnostics
        );
    }
}

#[test]
fn in_a_folder_too_what_is_something_else_is_named() {
    let file = |name: &str, text: &str| SourceFile {
        path: Path::new("talks").join(name),
        bytes: text.as_bytes().to_vec(),
    };
    let files = [file("net.xml", "<net/>"), file("data.json", "{\"a\": 1}")];
    let reading = read_files(Path::new("talks"), &files, &ReadOptions::default());
    let all: Vec<String> = reading.diagnostics.iter().map(|d| format!("{}: {}", d.message, d.help)).collect();
    let all = all.join("\n");
    for part in ["no file of this folder", "XML whose first element is `net`", "JSON of another kind", "KTAB"]
    {
        assert!(all.contains(part), "{part}: {all}");
    }
}

#[test]
fn a_table_of_many_actors_with_fine_numbers_is_read() {
    let row = |k: usize| {
        format!(
            "a{k},{}.{:02},{}.{:02},{}.{:02}\n",
            1 + k % 3,
            (37 * k) % 100,
            40 + k % 40,
            (13 * k) % 100,
            25 + k,
            (7 * k) % 100
        )
    };
    let rows: String = (0..60).map(row).collect();
    let reading = plain("many.csv", &format!("Actor,Influence,Position,Salience\n{rows}"));
    assert_eq!(reading.diagnostics, []);
    assert!(talks(&reading).agreement.holds(&|_| true));
}
