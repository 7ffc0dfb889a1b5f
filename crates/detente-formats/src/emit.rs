//! Lays YAML out as a careful person would: short things on one line, long ones in blocks.
//!
//! A text stands bare only where YAML 1.1 and YAML 1.2 both read it as that text.

/// Longest line wanted, in characters.
const WIDTH: usize = 100;
/// Most characters on a line of one text: readers hold a line until it ends.
const MAX_TEXT_LINE: usize = 1000;
/// Longest key that can stand before its colon (YAML 1.2, 7.4.2, asks for at most 1024).
const MAX_KEY: usize = 500;
/// Mappings of single values with at most so many entries get a line for each.
const FEW: usize = 30;
/// Lists of single values longer than this each get a line for each.
const SHORT: usize = 40;

/// A value to write.
#[derive(Clone, Debug)]
pub(crate) enum Yaml {
    /// Written as it is: a number, a date, a keyword of the language.
    Plain(String),
    /// Quoted where it would be read as something else.
    Text(String),
    List(Vec<Yaml>, Layout),
    Map(Vec<(Yaml, Yaml)>, Layout),
}

/// How a list or mapping is laid out.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Layout {
    /// On one line if it fits.
    Short,
    /// A line for each entry.
    Tall,
}

impl Yaml {
    pub(crate) fn plain(text: impl Into<String>) -> Yaml {
        Yaml::Plain(text.into())
    }

    pub(crate) fn text(text: impl Into<String>) -> Yaml {
        Yaml::Text(text.into())
    }

    pub(crate) fn list(items: impl IntoIterator<Item = Yaml>) -> Yaml {
        Yaml::List(items.into_iter().collect(), Layout::Short)
    }

    pub(crate) fn map(pairs: impl IntoIterator<Item = (Yaml, Yaml)>) -> Yaml {
        Yaml::Map(pairs.into_iter().collect(), Layout::Short)
    }

    /// A mapping with one key.
    pub(crate) fn one(key: &str, value: Yaml) -> Yaml {
        Yaml::map([(Yaml::plain(key), value)])
    }

    /// The same, with a line for each entry.
    pub(crate) fn tall(self) -> Yaml {
        match self {
            Yaml::List(items, _) => Yaml::List(items, Layout::Tall),
            Yaml::Map(pairs, _) => Yaml::Map(pairs, Layout::Tall),
            scalar => scalar,
        }
    }

    fn is_scalar(&self) -> bool {
        matches!(self, Yaml::Plain(_) | Yaml::Text(_))
    }
}

/// A document: a mapping with an empty line before each of its blocks.
pub(crate) fn document(pairs: &[(Yaml, Yaml)]) -> String {
    let mut page = Page { out: String::new(), line: 0 };
    let mut after_block = false;
    for (k, pair) in pairs.iter().enumerate() {
        let from = page.out.len();
        page.pair(pair, 0);
        let is_block = page.out[from..].contains("\n  ");
        if k > 0 && (is_block || after_block) {
            page.out.insert(from, '\n');
        }
        after_block = is_block;
        page.new_line(0);
    }
    page.out
}

/// What is written so far.
struct Page {
    out: String,
    /// Where the last line begins.
    line: usize,
}

impl Page {
    fn new_line(&mut self, indent: usize) {
        self.out.push('\n');
        self.line = self.out.len();
        self.out.extend(std::iter::repeat_n(' ', indent));
    }

    /// Characters left on the line.
    fn room(&self) -> usize {
        WIDTH.saturating_sub(self.out[self.line..].chars().count())
    }

    fn pair(&mut self, (name, value): &(Yaml, Yaml), indent: usize) {
        if let Ok(name) = key(name) {
            self.out.push_str(&name);
        } else {
            self.out.push_str("? ");
            self.scalar(name, indent);
            self.new_line(indent);
        }
        self.out.push(':');
        self.value(value, indent);
    }

    /// What stands after a colon, which is the end of the line so far.
    fn value(&mut self, value: &Yaml, indent: usize) {
        if let Ok(inline) = flow(value, self.room().saturating_sub(1), false) {
            self.out.push(' ');
            self.out.push_str(&inline);
            return;
        }
        match value {
            Yaml::Map(pairs, _) if !is_filled(value) => {
                self.new_line(indent + 2);
                self.pairs(pairs, indent + 2);
            }
            Yaml::List(items, _) if !is_filled(value) => {
                self.new_line(indent + 2);
                self.items(items, indent + 2);
            }
            _ => {
                self.out.push(' ');
                self.scalar(value, indent);
            }
        }
    }

    fn pairs(&mut self, pairs: &[(Yaml, Yaml)], indent: usize) {
        for (k, pair) in pairs.iter().enumerate() {
            if k > 0 {
                self.new_line(indent);
            }
            self.pair(pair, indent);
        }
    }

    /// The items of a list, each on a line of its own. Its mappings are laid out alike.
    fn items(&mut self, items: &[Yaml], indent: usize) {
        let room = WIDTH.saturating_sub(indent + 2);
        let is_map = |item: &&Yaml| matches!(item, Yaml::Map(..));
        let open = items.iter().filter(is_map).any(|item| flow(item, room, false).is_err());
        for (k, item) in items.iter().enumerate() {
            if k > 0 {
                self.new_line(indent);
            }
            self.out.push_str("- ");
            match (item, flow(item, room, false)) {
                (Yaml::Map(pairs, _), _) if open && !pairs.is_empty() && !is_filled(item) => {
                    self.pairs(pairs, indent + 2);
                }
                (_, Ok(inline)) => self.out.push_str(&inline),
                (Yaml::List(inner, _), _) if !is_filled(item) => self.items(inner, indent + 2),
                _ => self.scalar(item, indent),
            }
        }
    }

    /// What has no lines of its own: a text, or a collection that fills lines.
    fn scalar(&mut self, value: &Yaml, indent: usize) {
        match value {
            Yaml::Plain(text) => self.out.push_str(text),
            Yaml::Text(text) => self.text(text, indent),
            Yaml::List(items, _) => self.fill("[", items.iter().map(|item| (None, item)), "]", indent + 2),
            Yaml::Map(pairs, _) => {
                self.fill("{", pairs.iter().map(|(key, value)| (Some(key), value)), "}", indent + 2);
            }
        }
    }

    /// A collection in brackets, with as many entries on a line as fit.
    fn fill<'y>(
        &mut self,
        open: &str,
        entries: impl Iterator<Item = (Option<&'y Yaml>, &'y Yaml)>,
        close: &str,
        indent: usize,
    ) {
        self.out.push_str(open);
        let mut room = self.room();
        for (k, (name, value)) in entries.enumerate() {
            // Only what has short keys is filled.
            let name = name.and_then(|name| key(name).ok()).map_or(String::new(), |name| name + ": ");
            let whole = flow(value, MAX_TEXT_LINE, true);
            let entry = name + whole.as_deref().unwrap_or_default();
            let length = entry.chars().count() + 2;
            if k > 0 {
                self.out.push_str(if length > room { "," } else { ", " });
            }
            if length > room {
                self.new_line(indent);
                room = self.room();
            }
            self.out.push_str(&entry);
            room = room.saturating_sub(length);
            if let (true, Yaml::Text(text)) = (whole.is_err(), value) {
                self.quoted(text, indent);
                room = 0;
            }
        }
        self.out.push_str(close);
    }

    /// A text too long for the line, or of several lines.
    fn text(&mut self, text: &str, indent: usize) {
        if is_foldable(text) {
            self.out.push_str(">-");
            self.folded(text, indent + 2);
        } else if is_literal(text) {
            self.out.push_str(if text.ends_with('\n') { "|" } else { "|-" });
            for line in text.strip_suffix('\n').unwrap_or(text).split('\n') {
                self.new_line(if line.is_empty() { 0 } else { indent + 2 });
                self.out.push_str(line);
            }
        } else if is_plain(text, false) && text.chars().count() <= MAX_TEXT_LINE {
            self.out.push_str(text);
        } else {
            self.quoted(text, indent + 2);
        }
    }

    /// Words, broken into lines where a single space stands between two.
    fn folded(&mut self, text: &str, indent: usize) {
        self.new_line(indent);
        let mut before = "";
        for (k, word) in text.split(' ').enumerate() {
            let can_break = !before.is_empty() && !word.is_empty();
            if can_break && word.chars().count() >= self.room() {
                self.new_line(indent);
            } else if k > 0 {
                self.out.push(' ');
            }
            self.out.push_str(word);
            before = word;
        }
    }

    /// A text in quotes, its lines broken where that changes nothing: between words, or anywhere in what goes on
    /// and on.
    fn quoted(&mut self, text: &str, indent: usize) {
        self.out.push('"');
        let mut column = WIDTH - self.room();
        let mut begins = false;
        let mut letters = text.chars().peekable();
        while let Some(c) = letters.next() {
            // A bare space at the beginning of a line would be part of the indentation.
            let written = if begins && c == ' ' { "\\ ".into() } else { escape(c) };
            self.out.push_str(&written);
            column += written.chars().count();
            let Some(next) = letters.peek() else { break };
            let ends_word = c == ' ' && *next != ' ';
            begins = column >= WIDTH - 12 && ends_word || column >= 2 * WIDTH;
            if begins {
                self.out.push('\\');
                self.new_line(indent);
                column = indent;
            }
        }
        self.out.push('"');
    }
}

fn is_tall(value: &Yaml) -> bool {
    match value {
        Yaml::Plain(_) | Yaml::Text(_) => false,
        Yaml::List(items, layout) => *layout == Layout::Tall && !items.is_empty(),
        Yaml::Map(pairs, layout) => *layout == Layout::Tall && !pairs.is_empty(),
    }
}

/// Whether a collection that does not fit on a line fills several, rather than having one for each entry.
fn is_filled(value: &Yaml) -> bool {
    let short = |item: &Yaml| flow(item, SHORT, true).is_ok();
    match value {
        Yaml::List(_, Layout::Tall) | Yaml::Map(_, Layout::Tall) => false,
        Yaml::List(items, _) => {
            items.iter().all(Yaml::is_scalar) && (items.len() > FEW || items.iter().all(short))
        }
        Yaml::Map(pairs, _) => {
            pairs.len() > FEW && pairs.iter().all(|(name, value)| value.is_scalar() && key(name).is_ok())
        }
        Yaml::Plain(_) | Yaml::Text(_) => false,
    }
}

/// What does not fit on a line.
#[derive(Debug)]
struct TooLong;

/// A value on one line, if it takes at most so many characters.
fn flow(value: &Yaml, room: usize, inside: bool) -> Result<String, TooLong> {
    let mut out = String::new();
    flow_part(value, inside, 4 * room, &mut out)?;
    if out.chars().count() <= room { Ok(out) } else { Err(TooLong) }
}

/// A key that can stand before its colon, in brackets or not.
fn key(value: &Yaml) -> Result<String, TooLong> {
    flow(value, MAX_KEY, true)
}

/// `end` bounds the work, in bytes.
fn flow_part(value: &Yaml, inside: bool, end: usize, out: &mut String) -> Result<(), TooLong> {
    if is_tall(value) || out.len() > end {
        return Err(TooLong);
    }
    match value {
        Yaml::Plain(text) => out.push_str(text),
        Yaml::Text(text) if text.len() > end => return Err(TooLong),
        // A text of several lines reads best as such, and there are none in brackets.
        Yaml::Text(text) if !inside && text.contains('\n') && is_literal(text) => return Err(TooLong),
        Yaml::Text(text) if is_plain(text, inside) => out.push_str(text),
        Yaml::Text(text) => {
            out.push('"');
            text.chars().for_each(|c| out.push_str(&escape(c)));
            out.push('"');
        }
        Yaml::List(items, _) => {
            out.push('[');
            for (k, item) in items.iter().enumerate() {
                out.push_str(if k > 0 { ", " } else { "" });
                flow_part(item, true, end, out)?;
            }
            out.push(']');
        }
        Yaml::Map(pairs, _) => {
            out.push('{');
            for (k, (name, item)) in pairs.iter().enumerate() {
                out.push_str(if k > 0 { ", " } else { "" });
                out.push_str(&key(name)?);
                out.push_str(": ");
                flow_part(item, true, end, out)?;
            }
            out.push('}');
        }
    }
    Ok(())
}

/// Whether a text can stand bare, inside brackets or not.
fn is_plain(text: &str, inside: bool) -> bool {
    let ends_badly = text.starts_with(' ') || text.ends_with([' ', ':']);
    let begins_badly = text.starts_with(|c| "-?:,[]{}#&*!|>'\"%@`".contains(c)) || text.starts_with("...");
    let held = !text.contains(": ") && !text.contains(" #");
    // YAML 1.1 programs take a colon and a question mark in brackets for more than that.
    let held_inside = !inside || !text.contains([',', '[', ']', '{', '}', ':', '?']);
    !text.is_empty()
        && !ends_badly
        && !begins_badly
        && held
        && held_inside
        && text.chars().all(is_ordinary)
        && !is_something_else(text)
}

/// Whether some YAML program reads a bare text as nothing, a truth, a number or a time.
fn is_something_else(text: &str) -> bool {
    const WORDS: [&str; 12] = ["y", "n", "yes", "no", "on", "off", "true", "false", "null", "~", "=", "<<"];
    let lower = text.to_ascii_lowercase();
    let is_number = text.starts_with(|c: char| c.is_ascii_digit() || "+-.".contains(c))
        && text.chars().all(|c| c.is_ascii_hexdigit() || "xXoO_.,:+-".contains(c));
    let is_time = lower.len() > 5
        && lower.chars().take(4).all(|c| c.is_ascii_digit())
        && lower.chars().all(|c| c.is_ascii_digit() || "-+:. tz".contains(c));
    let is_no_number = [".nan", ".inf", "+.inf", "-.inf"].contains(&lower.as_str());
    WORDS.contains(&lower.as_str()) || is_number || is_time || is_no_number
}

/// Whether a character shows what it is, and stays what it is in every reader. Those that turn the direction of
/// writing, or cannot be seen, could make a file look like another; joiners belong to scripts and emoji.
fn is_ordinary(c: char) -> bool {
    let hidden = matches!(c, '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}' | '\u{200e}' | '\u{200f}'
        | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}'
        | '\u{fdd0}'..='\u{fdef}' | '\u{e0000}'..='\u{e0fff}');
    let is_no_character = u32::from(c) & 0xfffe == 0xfffe;
    !hidden && !is_no_character && !c.is_control() && (c == ' ' || !c.is_whitespace())
}

/// Whether a text is words on one line that can be broken between them.
fn is_foldable(text: &str) -> bool {
    const GAP: &str = "        ";
    !text.starts_with(' ')
        && !text.ends_with(' ')
        && text.contains(' ')
        && !text.contains(GAP)
        && text.split(' ').all(|word| word.len() <= MAX_TEXT_LINE)
        && text.chars().all(is_ordinary)
}

/// Whether a text is lines that can be written as they are.
fn is_literal(text: &str) -> bool {
    let lines = || text.strip_suffix('\n').unwrap_or(text).split('\n');
    let fits = |line: &str| {
        !line.ends_with(' ') && line.chars().count() <= MAX_TEXT_LINE && line.chars().all(is_ordinary)
    };
    lines().count() > 1
        && lines().all(fits)
        && lines().next().is_some_and(|first| !first.is_empty() && !first.starts_with(' '))
        && lines().next_back().is_some_and(|last| !last.is_empty())
}

fn escape(c: char) -> String {
    match c {
        '"' => "\\\"".into(),
        '\\' => "\\\\".into(),
        '\n' => "\\n".into(),
        '\t' => "\\t".into(),
        _ if is_ordinary(c) => c.into(),
        _ if u32::from(c) > 0xffff => format!("\\U{:08X}", u32::from(c)),
        _ => format!("\\u{:04X}", u32::from(c)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::yaml::{self, Value};

    fn written(value: Yaml) -> String {
        document(&[(Yaml::plain("key"), value)])
    }

    #[track_caller]
    fn check(text: &str, expected: &str) {
        let out = written(Yaml::text(text));
        assert_eq!(out, format!("key: {expected}\n"));
        for value in [Yaml::text(text), Yaml::list([Yaml::text(text)]), Yaml::list([Yaml::text(text)]).tall()]
        {
            let out = written(value);
            let tree = yaml::parse(&out, &mut Vec::new()).expect("YAML");
            let Value::Map(pairs) = tree.value else { panic!("no mapping: {out}") };
            let read = match &pairs[0].1.value {
                Value::List(items) => items[0].text(),
                _ => pairs[0].1.text(),
            };
            assert_eq!(read, Some(text), "{out}");
        }
    }

    #[test]
    fn a_text_stands_bare_only_where_every_reader_sees_that_text() {
        for text in
            ["word", "two words", "a, b", "100%", "3 weeks", "x-y", "été", "¶3", "سلام", "👩‍👩‍👧", "nano", "a#b"]
        {
            check(text, text);
        }
        for text in [
            "",
            "~",
            "null",
            "No",
            "on",
            "y",
            "TRUE",
            "1",
            "-5",
            "1e3",
            "0x1F",
            "1_000",
            ".5",
            ".inf",
            "1:30",
            "2026-01-20",
            "2026-01-20 10:00",
            "=",
            "<<",
            "- x",
            "-",
            "?",
            "#x",
            "&a",
            "*a",
            "!a",
            "|",
            ">",
            "%a",
            "@a",
            "`",
            "a: b",
            "a:",
            " a",
            "a ",
            "a #b",
            "{a}",
            "[a]",
            "'a'",
            "...",
            "---",
        ] {
            check(text, &format!("\"{text}\""));
        }
        check("say \"x\"", "say \"x\"");
        check("\"x\\", "\"\\\"x\\\\\"");
        check("a\tb", "\"a\\tb\"");
        check("a\u{202e}b", "\"a\\u202Eb\"");
        check("\u{e0001}", "\"\\U000E0001\"");
        check("a\nb", "|-\n  a\n  b");
        check("a\n\n  b\n", "|\n  a\n\n    b");
        check("a\n ", "\"a\\n \"");
    }

    #[test]
    fn long_texts_are_broken_where_it_changes_nothing() {
        let words = "word ".repeat(40);
        let line = |from: usize| words[from..from + 94].to_owned();
        check(words.trim_end(), &format!(">-\n  {}\n  {}\n  word word", line(0), line(95)));
        let quoted = written(Yaml::text(&words));
        assert!(quoted.starts_with("key: \"word") && quoted.contains(" \\\n  word"), "{quoted}");
        check(&"x".repeat(200), &"x".repeat(200));
    }

    #[test]
    fn what_fits_stands_on_one_line_and_lists_are_laid_out_alike() {
        let item = |n: usize| Yaml::one("id", Yaml::text("x".repeat(n)));
        assert_eq!(written(Yaml::list([item(1), item(2)])), "key: [{id: x}, {id: xx}]\n");
        let tall = Yaml::list([item(1), item(2)]).tall();
        assert_eq!(written(tall), "key:\n  - {id: x}\n  - {id: xx}\n");
        let open = Yaml::list([Yaml::text("a"), Yaml::map([]), item(1), item(120)]);
        assert_eq!(written(open), format!("key:\n  - a\n  - {{}}\n  - id: x\n  - id: {}\n", "x".repeat(120)));
        assert_eq!(written(Yaml::list([]).tall()), "key: []\n");
        let filled = written(Yaml::list((0..60).map(|k| Yaml::plain(k.to_string()))));
        assert_eq!(filled.lines().count(), 3, "{filled}");
        assert!(filled.lines().all(|line| line.len() <= WIDTH), "{filled}");
    }
}
