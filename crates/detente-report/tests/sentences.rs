//! Every sentence that a person may read, in one list to be read as a whole.
//!
//! What the tool says is neutral and plain: it takes nobody's side, accuses nobody and judges
//! nobody. `cargo xtask snapshots` writes the list anew; each line of a change to it is to be read
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

/// The string literals of a source file, without those of its tests.
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
            found.push(joined.concat());
            rest = &inside[end + 1..];
        } else {
            rest = &rest[1..];
        }
    }
    found.into_iter().filter(|text| is_text(text) && !text.contains(['<', '='])).collect()
}

/// Words of a language rather than a name of a class or a file.
fn is_text(text: &str) -> bool {
    let words = text
        .split([' ', '\u{a0}'])
        .filter(|word| word.chars().filter(|c| c.is_alphabetic()).count() > 1)
        .count();
    words > 1 || (words == 1 && text.chars().next().is_some_and(char::is_uppercase))
}

fn sentences() -> String {
    let mut list = String::new();
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut add = |path: &Path, texts: Vec<String>| {
        if !texts.is_empty() {
            let name = path.strip_prefix(root).expect("named from the crate").display();
            list.push_str(&format!("\n{name}\n"));
            for text in texts {
                list.push_str(&format!("  {text}\n"));
            }
        }
    };
    for path in files("templates", "html") {
        add(&path, of_template(&fs::read_to_string(&path).expect("a template")));
    }
    let elsewhere = ["../detente-analysis/src/analyze.rs", "../detente-cli/src/analyze.rs"];
    let elsewhere = elsewhere.iter().map(|path| root.join(path));
    for path in files("src", "rs").into_iter().chain(elsewhere) {
        // The fields of the JSON result are not sentences; their docs are in the schema.
        if !path.ends_with("json.rs") {
            add(&path, of_source(&fs::read_to_string(&path).expect("a source")));
        }
    }
    list
}

#[test]
fn every_sentence_is_on_the_list() {
    let mut settings = insta::Settings::clone_current();
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.bind(|| insta::assert_snapshot!("sentences", sentences()));
}

#[test]
fn no_sentence_takes_a_side_or_accuses() {
    let list = sentences().to_lowercase();
    assert!(list.lines().count() > 150, "the list has {} lines", list.lines().count());
    for word in UNFIT {
        let line = list.lines().find(|line| line.contains(word));
        assert_eq!(line, None, "`{word}`");
    }
}

#[test]
fn the_list_misses_nothing_that_is_written_in_these_ways() {
    let source = "fn f() { say(\"One is {n}, \\\n             two.\"); // \"not this\"\n let c = '\"'; g(\"Another \\\"one\\\".\") }\n#[cfg(test)] \"nor this\"";
    assert_eq!(of_source(source), ["One is {n}, two.", "Another \\\"one\\\"."]);
    let template = "<p>{{ a }} is <strong>not</strong>\n {% call m::figure(b) %}{% endcall %}.</p>{% if c %}<td aria-label=\"A label\">Yes or no</td>{% endif %}";
    assert_eq!(of_template(template), ["{} is not", "A label", "Yes or no"]);
}
