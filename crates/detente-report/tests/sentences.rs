//! Every sentence that a person may read, in two lists to be read as a whole: what a page or the screen says of talks, and
//! what is said of a file. No source that says anything is left out.
//!
//! What the tool says is neutral and plain: it takes nobody's side, accuses nobody and judges
//! nobody. `cargo xtask snapshots` writes the lists anew; each line of a change to them is to be read
//! aloud.

use std::fs;
use std::path::{Path, PathBuf};

/// Words that accuse, judge or take a side, or that promise more than a computation can.
const UNFIT: &[&str] = &[
    "accuse",
    "aggressor",
    "bad faith",
    "blame",
    "blocker",
    "blocks",
    "cheat",
    "culprit",
    "enemy",
    "enemies",
    "extremist",
    "guilty",
    "hostile",
    "intransigent",
    "irrational",
    "obstacle",
    "obstruct",
    "opponent",
    "optimal",
    "proves",
    "radical",
    "refuse",
    "spoiler",
    "stubborn",
    "surrender",
    "terror",
    "the solution is",
    "unreasonable",
    "victim",
    "victory",
    "will agree",
    "wins",
];

fn files(folder: &str, ending: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join(folder)];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).expect("a folder") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|other| other == ending) {
                found.push(path);
            }
        }
    }
    found.sort();
    found
}

/// The texts of a template: what stands between tags, and what is read out in their stead.
fn of_template(text: &str) -> Vec<String> {
    let mut plain = String::new();
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        let skip = |end: &str| rest.find(end).map_or(rest.len(), |at| at + end.len());
        let (shown, n) = if rest.starts_with("{%") {
            let inside = &rest[..skip("%}")];
            // Only calls stand inside a sentence.
            (if inside.contains("call m::") && !inside.contains("endcall") { "{}" } else { "" }, skip("%}"))
        } else if rest.starts_with("{{") {
            ("{}", skip("}}"))
        } else if rest.starts_with('<') {
            let tag = &rest[..skip(">")];
            let label = tag.split("aria-label=\"").nth(1).and_then(|label| label.split('"').next());
            if let Some(label) = label {
                plain.push_str(&format!("\n{label}\n"));
            }
            let inline = ["<strong", "</strong", "<var", "</var", "<q", "</q", "<bdi", "</bdi"];
            (if inline.iter().any(|name| tag.starts_with(name)) { "" } else { "\n" }, skip(">"))
        } else {
            plain.push(c);
            ("", c.len_utf8())
        };
        plain.push_str(shown);
        rest = &rest[n..];
    }
    plain
        .lines()
        .map(|line| line.split_whitespace().collect::<Vec<_>>().join(" "))
        .filter(|line| is_text(line))
        .collect()
}

/// The string literals of a source file, without those of its tests and without what is said of a bug.
fn of_source(text: &str) -> Vec<String> {
    let text = text.split("#[cfg(test)]").next().unwrap_or_default();
    let mut found = Vec::new();
    let mut rest = text;
    while let Some(at) = rest.find(['"', '/', '\'', '#']) {
        rest = &rest[at..];
        if rest.starts_with("//") || rest.starts_with("#[") {
            rest = rest.find('\n').map_or("", |end| &rest[end..]);
        } else if rest.starts_with("'\"'") {
            rest = &rest[3..];
        } else if let Some(inside) = rest.strip_prefix('"') {
            let mut end = 0;
            let mut escaped = false;
            for (k, c) in inside.char_indices() {
                if c == '"' && !escaped {
                    end = k;
                    break;
                }
                escaped = c == '\\' && !escaped;
            }
            let joined: Vec<&str> = inside[..end]
                .split("\\\n")
                .enumerate()
                .map(|(k, line)| if k == 0 { line } else { line.trim_start() })
                .collect();
            if !of_a_bug(&text[..text.len() - rest.len()]) {
                found.push(joined.concat());
            }
            rest = &inside[end + 1..];
        } else {
            rest = &rest[1..];
        }
    }
    found.into_iter().filter(|text| is_text(text) && !text.contains(['<', '='])).collect()
}

/// Whether what comes next is the message of an assertion.
fn of_a_bug(before: &str) -> bool {
    let statement = before.rsplit([';', '{', '}']).next().unwrap_or_default();
    let asserts = ["assert!(", "assert_eq!(", "assert_ne!(", "panic!(", "unreachable!("];
    before.trim_end().ends_with(".expect(") || asserts.iter().any(|name| statement.contains(name))
}

/// Words of a language rather than a name of a class or a file.
fn is_text(text: &str) -> bool {
    let words = text
        .split([' ', '\u{a0}'])
        .filter(|word| word.chars().filter(|c| c.is_alphabetic()).count() > 1)
        .count();
    words > 1 || (words == 1 && text.chars().next().is_some_and(char::is_uppercase))
}

/// The texts of these files, file by file.
fn listed(paths: &[PathBuf], of: fn(&str) -> Vec<String>) -> String {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut list = String::new();
    for path in paths {
        let texts = of(&fs::read_to_string(path).expect("a source"));
        if !texts.is_empty() {
            let name = path.strip_prefix(root).expect("named from the crate").display();
            list.push_str(&format!("\n{name}\n"));
            for text in texts {
                list.push_str(&format!("  {text}\n"));
            }
        }
    }
    list
}

/// The sources of a crate beside this one, without those of tests alone.
fn shipped(name: &str) -> Vec<PathBuf> {
    let of_tests = |path: &PathBuf| path.ends_with("tests.rs") || path.iter().any(|part| part == "tests");
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut found = files(&format!("../{name}/src"), "rs");
    found.retain(|path| !of_tests(&path.strip_prefix(root).expect("named from the crate").to_owned()));
    found
}

/// What is said of talks.
fn sentences() -> String {
    // The fields of the JSON result are not sentences; their docs are in the schema.
    let mut own = files("src", "rs");
    own.retain(|path| !path.ends_with("json.rs"));
    let sources = [own, shipped("detente-analysis"), shipped("detente-cli")].concat();
    listed(&files("templates", "html"), of_template) + &listed(&sources, of_source)
}

/// What is said of a file.
fn diagnostics() -> String {
    listed(&[shipped("detente-formats"), shipped("detente-model")].concat(), of_source)
}

#[track_caller]
fn check_list(name: &str, list: &str) {
    let mut settings = insta::Settings::clone_current();
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.bind(|| insta::assert_snapshot!(name, list));
}

#[test]
fn every_sentence_is_on_the_list() {
    check_list("sentences", &sentences());
}

#[test]
fn everything_that_is_said_of_a_file_is_on_the_list() {
    check_list("diagnostics", &diagnostics());
}

#[test]
fn no_sentence_takes_a_side_or_accuses() {
    let list = (sentences() + &diagnostics()).to_lowercase();
    assert!(list.lines().count() > 1000, "the list has {} lines", list.lines().count());
    for word in UNFIT {
        let line = list.lines().find(|line| line.contains(word));
        assert_eq!(line, None, "`{word}`");
    }
}

#[test]
fn the_list_misses_nothing_that_is_written_in_these_ways() {
    let source = "fn f() { say(\"One is {n}, \\\n             two.\"); // \"not this\"\n let c = '\"'; g(\"Another \\\"one\\\".\") }\n#[cfg(test)] \"nor this\"";
    assert_eq!(of_source(source), ["One is {n}, two.", "Another \\\"one\\\"."]);
    let bugs = "x.expect(\"a source\"); assert!(a > b, \"too few: {a}\");\nlet y = panic!(\"never {x}\"); say(\"Kept here\")";
    assert_eq!(of_source(bugs), ["Kept here"]);
    let template = "<p>{{ a }} is <strong>not</strong>\n {% call m::figure(b) %}{% endcall %}.</p>{% if c %}<td aria-label=\"A label\">Yes or no</td>{% endif %}";
    assert_eq!(of_template(template), ["{} is not", "A label", "Yes or no"]);
}
