//! Texts without a form of their own: tables, settings, sources of programs, prose. What each looks like.
//!
//! A text that anybody may have meant as a scenario is left to the reader of scenarios, which says what it lacks.

use super::Text;
use super::lines::{Piece, lines};
use super::text::Content;
use crate::{json, yaml};

/// How many lines are looked at.
const LOOKED_AT: usize = 40;
/// How many bytes of them are parsed.
const MOST: usize = 1 << 16;

/// What a text looks like, if that is something that is not read.
pub(super) fn kind(text: &Text) -> Option<String> {
    if is_ours(&text.text) {
        return is_table(text).then(|| table(text));
    }
    let first: Vec<&str> = lines(&text.text).take(LOOKED_AT).map(|line| line.text).collect();
    let kind = of_ending(text).or_else(|| of_lines(&first));
    kind.map(str::to_owned).or_else(|| is_table(text).then(|| table(text)))
}

/// Whether a text holds nothing that a scenario could begin with: no mapping at all, and no key of ours.
pub(super) fn is_none_of_ours(text: &Text) -> bool {
    let is_plain = matches!(text.content, Content::Plain) && !text.ends(&["yaml", "yml", "json"]);
    if !is_plain || is_ours(&text.text) || text.text.trim_start().starts_with(['<', '[', '{']) {
        return false;
    }
    // Broken YAML is told what is wrong with it, if most of it looks like some.
    let first: Vec<Piece<'_>> = lines(&text.text).take(LOOKED_AT).collect();
    if 2 * first.iter().filter(|line| is_entry(line.text)).count() > first.len() {
        return false;
    }
    // Its beginning tells, and a monster costs no more than that.
    let first: usize = text.text.split_inclusive('\n').map(str::len).take(LOOKED_AT).sum();
    let beginning = text.text.get(..first.min(MOST)).unwrap_or_default();
    let root = yaml::parse(beginning, &mut Vec::new());
    root.is_none_or(|root| !matches!(root.value, yaml::Value::Map(_)))
}

/// Whether a line is a key of one word or two, and what stands behind it.
fn is_entry(line: &str) -> bool {
    let line = line.trim_start_matches("- ");
    line.split_once(':').is_some_and(|(key, rest)| {
        (1..3).contains(&key.split_whitespace().count()) && (rest.is_empty() || rest.starts_with(' '))
    })
}

/// Whether some line begins as one of a scenario does.
fn is_ours(text: &str) -> bool {
    const KEYS: [&str; 4] = ["detente", "parties", "issues", "preferences"];
    let begins = |line: &str| {
        let line = line.trim_start_matches(['{', ' ', '"', '\'', '\u{feff}']);
        KEYS.iter().any(|key| {
            let rest = line.strip_prefix(key).map(|rest| rest.trim_start_matches(['"', '\'', ' ']));
            rest.is_some_and(|rest| rest.starts_with(':'))
        })
    };
    text.lines().any(begins)
}

/// What the ending of a name says.
fn of_ending(text: &Text) -> Option<&'static str> {
    const ENDINGS: [(&[&str], &str); 13] = [
        (&["eml", "mbox"], "an e-mail"),
        (&["jsonl", "ndjson"], "JSON Lines"),
        (&["toml"], "TOML"),
        (&["ini", "cfg", "conf", "properties"], "a file of settings (INI or the like)"),
        (&["md", "markdown", "mdx"], "Markdown"),
        (&["rst", "adoc", "org"], "a text with marks"),
        (&["pddl"], "a planning problem (PDDL)"),
        (&["py", "pyi"], "Python source"),
        (&["tex", "bib", "sty", "cls"], "TeX or BibTeX source"),
        (&["r", "rmd", "jl", "m", "do", "sas"], "the source of a program"),
        (&["rs", "c", "h", "cpp", "java", "js", "ts", "go", "sh", "rb", "lua"], "the source of a program"),
        (&["sql"], "SQL"),
        (&["log"], "a log"),
    ];
    ENDINGS.iter().find(|(endings, _)| text.ends(endings)).map(|(_, kind)| *kind)
}

/// What its first lines say.
fn of_lines(first: &[&str]) -> Option<&'static str> {
    let some = |is: &dyn Fn(&str) -> bool| first.iter().any(|line| is(line));
    // Comments tell little: `#` begins one in most languages, and a heading in Markdown.
    let rest: Vec<&str> = first
        .iter()
        .copied()
        .filter(|line| !line.starts_with(['#', ';', '%']) && !line.starts_with("//"))
        .collect();
    let start = rest.first().copied().unwrap_or_default();
    Some(match () {
        () if rest.len() > 1 && rest.iter().all(|line| is_json(line)) => "JSON Lines",
        () if start.to_ascii_lowercase().starts_with("(define") => "a planning problem (PDDL)",
        () if start.starts_with('(') && start.contains(' ') && start.ends_with(')') && rest.len() > 1 => {
            "a list of terms in brackets"
        }
        () if some(&|line| line.starts_with("\\documentclass") || line.starts_with("\\begin{")) => {
            "TeX source"
        }
        () if start.starts_with('@') && start.contains('{') => "a list of references (BibTeX)",
        () if some(&is_python) => "Python source",
        () if first.first().is_some_and(|line| line.starts_with("#!")) => "a script",
        () if is_settings(&rest) => "a file of settings (TOML, INI or the like)",
        () if is_markdown(first, &rest) => "Markdown",
        () => return None,
    })
}

fn is_json(line: &str) -> bool {
    line.starts_with(['{', '[']) && line.ends_with(['}', ']']) && json::parse(line).is_ok()
}

fn is_python(line: &str) -> bool {
    let word = |word: &str| line.strip_prefix(word).is_some_and(|rest| rest.starts_with(' '));
    let is_import = word("import") && line.split_whitespace().count() < 5 && !line.ends_with('.');
    let is_block = (word("def") || word("class")) && line.ends_with(':');
    let is_script = line.starts_with("#!") && line.contains("python");
    is_import || word("from") && line.contains(" import ") || is_block || is_script
}

/// Sections in brackets, and keys with an equals sign.
fn is_settings(lines: &[&str]) -> bool {
    let is_section = |line: &&str| line.starts_with('[') && line.ends_with(']') && !line.contains(',');
    let is_key = |line: &&str| {
        line.split_once('=').is_some_and(|(key, _)| {
            let key = key.trim();
            !key.is_empty() && key.split_whitespace().count() < 3 && !key.contains(['(', ':'])
        })
    };
    let sections = lines.iter().filter(|line| is_section(line)).count();
    let keys = lines.iter().filter(|line| is_key(line)).count();
    keys > 0 && 2 * (sections + keys) > lines.len() && (sections > 0 || keys > 1)
}

/// A heading and prose, or several marks that only Markdown has.
fn is_markdown(first: &[&str], rest: &[&str]) -> bool {
    let is_heading = |line: &&&str| line.trim_start_matches('#').starts_with(' ') && line.starts_with('#');
    let is_mark = |line: &&&str| {
        line.starts_with("```")
            || line.starts_with("|--")
            || line.starts_with("| ")
            || line.contains("](")
            || line.contains("**")
    };
    let n_headings = first.iter().filter(is_heading).count();
    let is_prose = |line: &&&str| line.split_whitespace().count() > 5 && !line.starts_with("- ");
    let prose = rest.iter().filter(is_prose).count();
    n_headings > 0 && prose > 0 || rest.iter().filter(is_mark).count() > 1
}

/// Whether a text is a table: so it is called, or all its first lines have as many cells, three at least.
fn is_table(text: &Text) -> bool {
    if text.ends(&["csv", "tsv", "tab"]) || text.ends(&["yaml", "yml"]) {
        return text.ends(&["csv", "tsv", "tab"]);
    }
    let first: Vec<Piece<'_>> = lines(&text.text).take(20).collect();
    let alike = |c: char| {
        let n = first.first().map_or(0, |line| line.text.matches(c).count());
        n >= 2 && first.len() > 1 && first.iter().all(|line| line.text.matches(c).count() == n)
    };
    !first.iter().any(|line| line.text.contains(": ")) && SEPARATORS.into_iter().any(alike)
}

const SEPARATORS: [char; 4] = [',', ';', '\t', '|'];

/// A table by the names of its columns.
fn table(text: &Text) -> String {
    const SOME: usize = 5;
    let Some(first) = lines(&text.text).next() else { return "a table of values".into() };
    let separator = SEPARATORS.into_iter().max_by_key(|c| first.text.matches(*c).count()).unwrap_or(',');
    let cells = first.cells(separator);
    let is_name = |name: &str| {
        (1..=40).contains(&name.chars().count())
            && !name.contains(char::is_control)
            && name.parse::<f64>().is_err()
    };
    if cells.len() < 2 || !cells.iter().all(|cell| is_name(cell.text)) {
        return "a table of values".into();
    }
    let mut named: Vec<String> = cells.iter().take(SOME).map(|cell| format!("`{}`", cell.text)).collect();
    if cells.len() > SOME {
        named.push("...".into());
    }
    format!("a table of values with the columns {}", named.join(", "))
}
