//! A file as text, whatever it was written with.

use super::{Findings, SourceFile};
use crate::yaml::Node;
use crate::{Diagnostic, MAX_BYTES, Span, json, xml, yaml};
use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252};
use std::path::PathBuf;

/// A file and what it is made of.
pub(crate) struct Text {
    /// Its place among the files.
    pub(crate) index: usize,
    pub(crate) path: PathBuf,
    /// The last part of its path.
    pub(crate) name: String,
    /// The same without its ending.
    pub(crate) stem: String,
    pub(crate) text: String,
    pub(crate) content: Content,
    /// Why it is not what it looks like.
    pub(crate) broken: Option<Diagnostic>,
    unread: Unread,
}

/// Why the text of a file was not looked at.
#[derive(Clone, Copy)]
enum Unread {
    /// It was.
    No,
    TooLarge,
    Binary,
}

/// What a file is made of.
pub(crate) enum Content {
    /// XML whose first element has this name.
    Xml(String),
    /// JSON.
    Json(Node),
    /// YAML that is a mapping or a list.
    Yaml(Node),
    /// Text without such a form.
    Plain,
    /// Nothing that could be read.
    Nothing,
}

impl Text {
    pub(crate) fn new(index: usize, file: &SourceFile, findings: &mut Findings) -> Text {
        let part = |part: Option<&std::ffi::OsStr>| {
            part.map(|it| it.to_string_lossy().into_owned()).unwrap_or_default()
        };
        let (name, stem) = (part(file.path.file_name()), part(file.path.file_stem()));
        let mut all = Text {
            index,
            path: file.path.clone(),
            name,
            stem,
            text: String::new(),
            content: Content::Nothing,
            broken: None,
            unread: Unread::No,
        };
        if file.bytes.len() > MAX_BYTES {
            all.unread = Unread::TooLarge;
            return all;
        }
        if file.bytes.iter().take(4096).any(|byte| *byte == 0) && !is_utf16(&file.bytes) {
            all.unread = Unread::Binary;
            return all;
        }
        let guessed;
        (all.text, guessed) = decoded(&file.bytes);
        all.content = all.look();
        if !matches!(all.content, Content::Plain | Content::Nothing) {
            all.say_marks(&file.bytes, findings);
        }
        if guessed && !matches!(all.content, Content::Plain) {
            let at = std::str::from_utf8(&file.bytes).map_or_else(|error| error.valid_up_to(), |_| 0);
            let help = "save it as UTF-8, or say in its first line what it is written in";
            let place = all.text.char_indices().nth(at.min(all.text.len())).map_or(0, |(at, _)| at);
            findings.warn(
                index,
                Span::new(place, place),
                "the file is not UTF-8 text; it is read as Windows-1252 (Latin-1)",
                help,
            );
        }
        all
    }

    /// Says what stands before the text itself, and is read past.
    fn say_marks(&self, bytes: &[u8], findings: &mut Findings) {
        let start = Span::new(0, 0);
        if bytes.starts_with(b"\xef\xbb\xbf") {
            let help = "save it as UTF-8 without one; other programs may stumble over it";
            findings.warn(
                self.index,
                start,
                "the file begins with a byte-order mark, which is read past",
                help,
            );
        }
        if is_utf16(bytes) {
            findings.warn(
                self.index,
                start,
                "the file is UTF-16 text; it is read as such",
                "save it as UTF-8",
            );
        }
        if let Some(at) =
            xml::late_declaration(&self.text).filter(|_| matches!(self.content, Content::Xml(_)))
        {
            let help = "put it behind the declaration; XML allows nothing before it";
            findings.warn(
                self.index,
                Span::new(0, at),
                "comments or spaces stand before the XML declaration and are read past",
                help,
            );
        }
    }

    /// What keeps a file that looks like one of a scenario from being read.
    pub(crate) fn problem(&self) -> Option<Diagnostic> {
        let start = Span::new(0, 0);
        let help = "mend it, or take it out of the folder if nobody sits at the table with it";
        match (&self.content, &self.broken) {
            (_, Some(broken)) => Some(broken.clone()),
            (Content::Nothing, None) => {
                let message = match self.unread {
                    Unread::No => "the file is empty".into(),
                    Unread::TooLarge => format!("the file is larger than {} MB", MAX_BYTES >> 20),
                    Unread::Binary => {
                        "the file is no text: it holds NUL bytes, as UTF-16 without a byte-order mark does"
                            .into()
                    }
                };
                Some(Diagnostic::error(start, message, help))
            }
            (Content::Xml(_), None) => xml::with(&self.text, |_| ()).err(),
            (Content::Plain, None) if self.text.trim_start().starts_with('<') => {
                xml::with(&self.text, |_| ()).err()
            }
            _ => None,
        }
    }

    /// Why it is not used where no format knows it.
    pub(crate) fn unknown(&self) -> String {
        match (&self.content, &self.broken) {
            (Content::Nothing, None) => match self.unread {
                Unread::No => "empty".into(),
                Unread::TooLarge => format!("larger than {} MB", MAX_BYTES >> 20),
                Unread::Binary => "not a text".into(),
            },
            (_, Some(_)) => "not readable".into(),
            _ => "not a part of a scenario".into(),
        }
    }

    fn look(&mut self) -> Content {
        let start = self.text.trim_start();
        let is_yaml = self.ends(&["yml", "yaml"]);
        match start.chars().next() {
            Some('<') => first_element(start).map_or(Content::Plain, Content::Xml),
            Some('{' | '[') if !is_yaml => match json::parse(&self.text) {
                Ok(node) => Content::Json(node),
                Err(broken) => {
                    self.broken = Some(broken).filter(|_| self.ends(&["json"]));
                    Content::Plain
                }
            },
            Some(_) if is_yaml => {
                let mut diagnostics = Vec::new();
                match yaml::parse_foreign(&self.text, &mut diagnostics) {
                    Some(node) => Content::Yaml(node),
                    None => {
                        self.broken = diagnostics.pop();
                        Content::Plain
                    }
                }
            }
            Some(_) => Content::Plain,
            None => Content::Nothing,
        }
    }

    pub(crate) fn ends(&self, endings: &[&str]) -> bool {
        self.path.extension().is_some_and(|own| endings.iter().any(|ending| own.eq_ignore_ascii_case(ending)))
    }

    /// Whether it was not looked at because it is no text.
    pub(crate) fn is_binary(&self) -> bool {
        matches!(self.unread, Unread::Binary)
    }

    /// The tree of a JSON or YAML file.
    pub(crate) fn tree(&self) -> Option<&Node> {
        match &self.content {
            Content::Json(node) | Content::Yaml(node) => Some(node),
            _ => None,
        }
    }
}

fn is_utf16(bytes: &[u8]) -> bool {
    bytes.starts_with(b"\xff\xfe") || bytes.starts_with(b"\xfe\xff")
}

/// The text of a file, and whether its encoding was guessed: a mark at its beginning says it, or an
/// XML declaration; otherwise it is UTF-8, or else Windows-1252.
fn decoded(bytes: &[u8]) -> (String, bool) {
    let plain = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let marked = [(b"\xff\xfe", UTF_16LE), (b"\xfe\xff", UTF_16BE)];
    if let Some((_, encoding)) = marked.iter().find(|(mark, _)| bytes.starts_with(*mark)) {
        return (encoding.decode(bytes).0.into_owned(), false);
    }
    let declared = declared(plain).filter(|encoding| *encoding != UTF_8);
    match (declared, std::str::from_utf8(plain)) {
        (Some(encoding), _) if plain.len() == bytes.len() => {
            (encoding.decode_without_bom_handling(plain).0.into_owned(), false)
        }
        (_, Ok(text)) => (text.to_owned(), false),
        (_, Err(_)) => (WINDOWS_1252.decode_without_bom_handling(plain).0.into_owned(), true),
    }
}

/// What an XML declaration says the file is written in.
fn declared(bytes: &[u8]) -> Option<&'static Encoding> {
    let head = String::from_utf8_lossy(&bytes[..bytes.len().min(1024)]);
    let declaration = &head[head.find("<?xml")?..];
    let declaration = &declaration[..declaration.find("?>")?];
    let value = declaration[declaration.find("encoding")? + 8..].trim_start().strip_prefix('=')?.trim_start();
    let quote = value.chars().next().filter(|c| matches!(c, '"' | '\''))?;
    let label = value[1..].split(quote).next()?;
    // What was written in UTF-16 would not have been found here.
    Encoding::for_label(label.as_bytes()).filter(|encoding| encoding.is_ascii_compatible())
}

/// The name of the first element of a text that begins with `<`, past declarations and comments.
fn first_element(text: &str) -> Option<String> {
    let mut rest = text;
    loop {
        rest = rest.trim_start().strip_prefix('<')?;
        let past = |end: &str| rest.find(end).map(|at| &rest[at + end.len()..]);
        rest = if rest.starts_with("!--") {
            past("-->")?
        } else if rest.starts_with('?') {
            past("?>")?
        } else if rest.starts_with('!') {
            // A document type may hold declarations in brackets.
            let end = rest.find('>')?;
            if rest[..end].contains('[') { past("]>")? } else { past(">")? }
        } else {
            let end = rest.find(|c: char| c.is_whitespace() || matches!(c, '>' | '/')).unwrap_or(rest.len());
            return Some(rest[..end].to_owned());
        };
    }
}
