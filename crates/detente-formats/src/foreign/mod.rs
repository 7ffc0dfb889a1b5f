//! Scenarios in other systems' files: which files belong together, and what they say.
//!
//! A format claims files by their content and makes a [`Scene`] of them; what is common to all (who
//! sits at the table, ids, the last gate) is done here. `docs/formats/` has a page for each format.

mod cases;
mod casino;
mod deal_or_no_deal;
mod genius;
mod geniusweb;
mod kinds;
mod ktab;
mod lines;
mod losses;
mod names;
mod negmas;
mod negolog;
mod neutral;
mod object;
mod openspiel;
mod plain;
mod reals;
mod scene;
mod scorable;
mod shares;
mod text;
mod variants;

use crate::{Diagnostic, Positions, Reading, Severity, Span};
pub use genius::write_genius;
pub use geniusweb::{WrittenFiles, write_geniusweb};
use scene::{Scene, slug};
use std::path::{Path, PathBuf};
pub(crate) use text::Text;

/// How foreign files are to be read. Native scenarios know none of this.
#[derive(Clone, Debug)]
pub struct ReadOptions {
    /// What the evaluations of a GENIUS profile mean.
    pub evaluations: Evaluations,
    /// Whose preferences to take, in this order, each by its file's name with or without ending; all of them if
    /// empty.
    pub parties: Vec<String>,
    /// How many evenly spaced values a real-valued issue takes, at least 2. GENIUS takes 21.
    pub grid: usize,
    /// Which scenario of a file or folder that holds many, counted from 1; the first if it is not said.
    pub case: Option<usize>,
}

impl Default for ReadOptions {
    fn default() -> ReadOptions {
        ReadOptions { evaluations: Evaluations::default(), parties: Vec::new(), grid: 21, case: None }
    }
}

/// What the evaluations of a GENIUS profile mean.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Evaluations {
    /// Each is divided by the largest of its issue, as GENIUS does.
    #[default]
    Genius,
    /// They are taken as written, as NegMAS does.
    Raw,
}

/// What kind of files a scenario was read from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// Detente's own YAML.
    Native,
    /// GENIUS XML.
    Genius,
    /// GeniusWeb JSON.
    GeniusWeb,
    /// NegMAS YAML or JSON.
    Negmas,
    /// NegoLog JSON.
    Negolog,
    /// A scorable game of LLM-Deliberation.
    Scorable,
    /// CaSiNo dialogues.
    Casino,
    /// Deal-or-No-Deal items and values.
    DealOrNoDeal,
    /// Bargaining instances of OpenSpiel.
    OpenSpiel,
    /// Tables of actors of KTAB.
    Ktab,
}

impl Format {
    /// What people call it.
    pub fn name(self) -> &'static str {
        match self {
            Format::Native => "Detente",
            Format::Genius => "GENIUS XML",
            Format::GeniusWeb => "GeniusWeb JSON",
            Format::Negmas => "NegMAS",
            Format::Negolog => "NegoLog JSON",
            Format::Scorable => "a scorable game",
            Format::Casino => "CaSiNo",
            Format::DealOrNoDeal => "Deal or No Deal",
            Format::OpenSpiel => "bargaining instances of OpenSpiel",
            Format::Ktab => "actor tables of KTAB",
        }
    }
}

/// A file as it came.
#[derive(Clone, Debug)]
pub struct SourceFile {
    /// Where it was found; the name matters, nothing is opened.
    pub path: PathBuf,
    /// Its bytes.
    pub bytes: Vec<u8>,
}

/// A file that was looked at.
#[derive(Clone, Debug)]
pub struct FileRead {
    /// Where it was found.
    pub path: PathBuf,
    /// Its text, in which the places of findings are counted.
    pub text: String,
    /// What it was used for.
    pub role: Role,
}

/// What a file is for a scenario.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Role {
    /// It holds the whole scenario, or several.
    Whole,
    /// It holds the issues.
    Domain,
    /// It holds the preferences of one party.
    Profile,
    /// It holds what else belongs to the scenario, such as names or rules.
    Settings,
    /// It is not used, and why.
    Ignored(String),
}

/// A format: how it knows its files, and how it reads them.
struct Reader {
    format: Format,
    /// The endings of its files: where one cannot be read, a party may be missing.
    endings: &'static [&'static str],
    /// What a file is in this format; nothing if it is none of its files.
    role: fn(&Text) -> Option<Role>,
    read: fn(&Bundle<'_>, &mut Findings) -> Option<Scene>,
    /// The issues and options that a domain or a profile holds, in a form that can be compared, where there are domains.
    on_the_table: Option<OnTheTable>,
}

/// The issues and options that a file holds, each as a text; nothing where it holds none.
type OnTheTable = fn(&Text) -> Option<Vec<String>>;

/// In the order in which they are asked.
const READERS: &[Reader] = &[
    Reader {
        format: Format::Genius,
        endings: &["xml"],
        role: genius::role,
        read: genius::read,
        on_the_table: Some(genius::on_the_table),
    },
    Reader {
        format: Format::GeniusWeb,
        endings: &["json"],
        role: geniusweb::role,
        read: geniusweb::read,
        on_the_table: Some(geniusweb::on_the_table),
    },
    Reader {
        format: Format::Negmas,
        endings: &["yaml", "yml", "json"],
        role: negmas::role,
        read: negmas::read,
        on_the_table: Some(negmas::on_the_table),
    },
    Reader {
        format: Format::Negolog,
        endings: &["json"],
        role: negolog::role,
        read: negolog::read,
        on_the_table: None,
    },
    Reader {
        format: Format::Casino,
        endings: &["json"],
        role: casino::role,
        read: casino::read,
        on_the_table: None,
    },
    Reader {
        format: Format::DealOrNoDeal,
        endings: &[],
        role: deal_or_no_deal::role,
        read: deal_or_no_deal::read,
        on_the_table: None,
    },
    Reader {
        format: Format::OpenSpiel,
        endings: &[],
        role: openspiel::role,
        read: openspiel::read,
        on_the_table: None,
    },
    Reader { format: Format::Ktab, endings: &[], role: ktab::role, read: ktab::read, on_the_table: None },
    // Any text may lie beside the tables; the file of roles says which have to be there.
    Reader {
        format: Format::Scorable,
        endings: &[],
        role: scorable::role,
        read: scorable::read,
        on_the_table: None,
    },
];

/// The files of one scenario, sorted by what they are for.
struct Bundle<'a> {
    files: &'a [Text],
    /// Indexes of files that hold whole scenarios.
    whole: Vec<usize>,
    /// Indexes of files that hold issues.
    domains: Vec<usize>,
    /// Indexes of the profiles that sit at the table, in the order of their seats.
    profiles: Vec<usize>,
    /// Indexes of files with what else belongs to the scenario.
    settings: Vec<usize>,
    options: &'a ReadOptions,
}

/// What is said about files while they are read.
#[derive(Default)]
pub(crate) struct Findings {
    diagnostics: Vec<Diagnostic>,
    /// How the files were understood, in whole sentences without a final period.
    notes: Vec<String>,
    /// What does not fit together in the options.
    misuse: Option<String>,
    n_errors: usize,
    n_warnings: usize,
}

/// Most errors, and most warnings, that are kept.
const MAX_FINDINGS: usize = 100;

impl Findings {
    fn error(&mut self, file: usize, span: Span, message: impl Into<String>, help: impl Into<String>) {
        self.push(file, Diagnostic::error(span, message, help));
    }

    fn warn(&mut self, file: usize, span: Span, message: impl Into<String>, help: impl Into<String>) {
        self.push(file, Diagnostic::warning(span, message, help));
    }

    /// A finding in this file. What a name in it holds cannot look like a line of its own.
    fn push(&mut self, file: usize, mut found: Diagnostic) {
        let n = match found.severity {
            Severity::Error => &mut self.n_errors,
            Severity::Warning => &mut self.n_warnings,
        };
        *n += 1;
        if *n <= MAX_FINDINGS {
            found.message = found.message.replace(['\n', '\r'], " ");
            self.diagnostics.push(found.of(file));
        }
    }

    /// A warning about the scenario as a whole.
    fn doubt(&mut self, message: impl Into<String>, help: impl Into<String>) {
        self.push(0, Diagnostic { span: None, ..Diagnostic::warning(Span::new(0, 0), message, help) });
    }

    fn note(&mut self, text: impl Into<String>) {
        self.notes.push(text.into());
    }

    /// The same for what several files would say.
    fn note_once(&mut self, text: &str) {
        if !self.notes.iter().any(|note| note == text) {
            self.note(text);
        }
    }

    fn failed(&self) -> bool {
        self.n_errors > 0
    }

    fn finish(
        mut self,
        files: Vec<FileRead>,
        format: Format,
        scene: Option<detente_model::Talks>,
    ) -> Reading {
        for (n, what, severity) in
            [(self.n_errors, "problems", Severity::Error), (self.n_warnings, "warnings", Severity::Warning)]
        {
            if n > MAX_FINDINGS {
                let message = format!("{n} {what} in all; the first {MAX_FINDINGS} are shown");
                let more = Diagnostic {
                    severity,
                    ..Diagnostic::error(Span::new(0, 0), message, "is this the right file?")
                };
                self.diagnostics.push(more);
            }
        }
        self.diagnostics.sort_by_key(|d| (d.file, d.span.map_or((0, 0), |span| (span.start, span.end))));
        Reading {
            talks: scene.filter(|_| self.n_errors == 0),
            diagnostics: self.diagnostics,
            positions: Positions::default(),
            format,
            files,
            notes: self.notes,
            misuse: self.misuse,
        }
    }
}

/// Whether some of these files is a part of a scenario that needs no folder in the folder: a domain, a profile, a file
/// of cases, or one of Detente's own.
pub(crate) fn is_scenario(files: &[SourceFile]) -> bool {
    let mut aside = Findings::default();
    files.iter().enumerate().any(|(k, file)| {
        let text = Text::new(k, file, &mut aside);
        let role = claimed(&text).map(|(_, role)| role);
        matches!(role, Some(Role::Domain | Role::Profile | Role::Whole)) || text.tree().is_some_and(is_native)
    })
}

/// The files as texts, each called as it is in the folder.
fn texts(files: &[SourceFile], path: &Path, findings: &mut Findings) -> Vec<Text> {
    let text = |(k, file): (usize, &SourceFile)| {
        let mut text = Text::new(k, file, findings);
        if let Ok(own) = file.path.strip_prefix(path)
            && own.components().count() > 1
        {
            let parts: Vec<_> = own.components().map(|part| part.as_os_str().to_string_lossy()).collect();
            text.name = parts.join("/");
        }
        text
    };
    files.iter().enumerate().map(text).collect()
}

/// Reads files that may be a foreign scenario; nothing if no format knows any of them.
pub(crate) fn read(files: &[SourceFile], path: &Path, options: &ReadOptions) -> Option<Reading> {
    let mut findings = Findings::default();
    let texts = texts(files, path, &mut findings);
    let mut roles: Vec<Option<(usize, Role)>> = texts.iter().map(claimed).collect();
    let known = |roles: &[Option<(usize, Role)>], k: usize| {
        roles
            .iter()
            .flatten()
            .any(|(of, role)| *of == k && !matches!(role, Role::Settings | Role::Ignored(_)))
    };
    let found: Vec<usize> = (0..READERS.len()).filter(|k| known(&roles, *k)).collect();
    let [chosen] = found[..] else {
        return (!found.is_empty()).then(|| several(&found, &texts, &roles, findings));
    };
    let reader = &READERS[chosen];
    for (role, text) in roles.iter_mut().zip(&texts) {
        match role {
            Some((of, _)) if *of == chosen => {}
            Some((of, _)) => *role = Some((*of, Role::Ignored("of another format".into()))),
            None => {
                if let Some(problem) = text.problem().filter(|_| text.ends(reader.endings)) {
                    findings.push(text.index, problem);
                }
                *role = Some((chosen, Role::Ignored(text.unknown())));
            }
        }
    }
    let mut roles: Vec<Role> = roles.into_iter().flatten().map(|(_, role)| role).collect();
    let seats = variants::choose(reader, &texts, &mut roles, options, &mut findings)
        .and_then(|by_case| seated(&texts, &mut roles, options, by_case, &mut findings));
    let talks = seats.clone().and_then(|profiles| {
        let of = |wanted: Role| -> Vec<usize> { (0..texts.len()).filter(|k| roles[*k] == wanted).collect() };
        let bundle = Bundle {
            files: &texts,
            whole: of(Role::Whole),
            domains: of(Role::Domain),
            settings: of(Role::Settings),
            profiles,
            options,
        };
        if bundle.profiles.is_empty() && bundle.whole.is_empty() && findings.failed() {
            // What cannot be read may be what is missing.
            return None;
        }
        let scene = (reader.read)(&bundle, &mut findings)?;
        findings.note("these files say nothing of what a yes costs at home: whoever does not lose by a deal is taken to say yes for certain");
        scene.finish(&title(path, files), &mut findings).filter(|_| !findings.failed())
    });
    findings.notes.insert(0, used(reader.format, &texts, &roles, &seats.unwrap_or_default()));
    findings.notes.extend(unused(&texts, &roles));
    let files =
        texts.into_iter().zip(roles).map(|(text, role)| FileRead { path: text.path, text: text.text, role });
    Some(findings.finish(files.collect(), reader.format, talks))
}

/// The first format that knows a file, and what it is there.
fn claimed(text: &Text) -> Option<(usize, Role)> {
    READERS.iter().enumerate().find_map(|(k, reader)| (reader.role)(text).map(|role| (k, role)))
}

/// The profiles that sit at the table: all of them, or those asked for; `by_case` if `--case` has had its say.
fn seated(
    texts: &[Text],
    roles: &mut [Role],
    options: &ReadOptions,
    by_case: bool,
    findings: &mut Findings,
) -> Option<Vec<usize>> {
    let all: Vec<usize> = (0..texts.len()).filter(|k| roles[*k] == Role::Profile).collect();
    if options.case.is_some_and(|case| case != 1) && !by_case && !roles.contains(&Role::Whole) {
        findings.misuse = Some("`--case`: these files hold one scenario, not several".into());
        return None;
    }
    if options.parties.is_empty() {
        return Some(all);
    }
    if all.is_empty() {
        findings.misuse = Some("`--parties` picks among profiles, and here one file holds all sides".into());
        return None;
    }
    let mut seats: Vec<usize> = Vec::new();
    for wanted in &options.parties {
        let is_it = |k: &&usize| {
            let text = &texts[**k];
            [&text.name, &text.stem, &slug(&text.stem)].contains(&wanted)
        };
        match all.iter().find(is_it) {
            None => {
                let known: Vec<String> = all.iter().map(|k| format!("`{}`", texts[*k].stem)).collect();
                findings.misuse = Some(format!(
                    "`--parties`: there is no profile `{wanted}`; the profiles are {}",
                    known.join(", ")
                ));
                return None;
            }
            Some(k) if seats.contains(k) => {
                findings.misuse = Some(format!("`--parties`: `{wanted}` is named twice"));
                return None;
            }
            Some(k) => seats.push(*k),
        }
    }
    for k in all {
        if !seats.contains(&k) {
            roles[k] = Role::Ignored("not among `--parties`".into());
        }
    }
    Some(seats)
}

/// Which files were used, and for what.
fn used(format: Format, texts: &[Text], roles: &[Role], seats: &[usize]) -> String {
    let of = |wanted: Role| -> Vec<usize> { (0..texts.len()).filter(|k| roles[*k] == wanted).collect() };
    let part = |files: &[usize], word: &str| {
        let names: Vec<String> = files.iter().map(|k| format!("`{}`", texts[*k].name)).collect();
        (!names.is_empty()).then(|| format!("{word} {}", names.join(", ")))
    };
    let parts = [
        part(&of(Role::Whole), "file"),
        part(&of(Role::Domain), "domain"),
        part(seats, if seats.len() == 1 { "profile" } else { "profiles" }),
        part(&of(Role::Settings), "settings"),
    ];
    let parts: Vec<String> = parts.into_iter().flatten().collect();
    format!("read as {}: {}", format.name(), parts.join("; "))
}

/// Which files were not used, and why.
fn unused(texts: &[Text], roles: &[Role]) -> Vec<String> {
    const SOME: usize = 20;
    let ignored: Vec<String> = texts
        .iter()
        .zip(roles)
        .filter_map(|(text, role)| match role {
            Role::Ignored(why) => Some(format!("`{}` ({why})", text.name)),
            _ => None,
        })
        .collect();
    match ignored.len() {
        0 => Vec::new(),
        n if n > SOME => vec![format!("not used: {} and {} more", ignored[..SOME].join(", "), n - SOME)],
        _ => vec![format!("not used: {}", ignored.join(", "))],
    }
}

/// Files of several formats: whose scenario is meant cannot be told.
fn several(
    found: &[usize],
    texts: &[Text],
    roles: &[Option<(usize, Role)>],
    mut findings: Findings,
) -> Reading {
    let of = |k: usize| roles.iter().position(|role| role.as_ref().is_some_and(|(of, _)| *of == k));
    let parts: Vec<String> = found
        .iter()
        .filter_map(|k| Some(format!("{} (such as `{}`)", READERS[*k].format.name(), texts[of(*k)?].name)))
        .collect();
    let message = format!("the folder holds scenarios of more than one format: {}", parts.join(", "));
    findings.error(
        of(found[0]).unwrap_or(0),
        Span::new(0, 0),
        message,
        "put each into a folder of its own, and name that",
    );
    let role = |role: &Option<(usize, Role)>| {
        role.as_ref().map_or_else(|| Role::Ignored(String::new()), |(_, role)| role.clone())
    };
    let files = texts.iter().zip(roles).map(|(text, of)| FileRead {
        path: text.path.clone(),
        text: text.text.clone(),
        role: role(of),
    });
    findings.finish(files.collect(), READERS[found[0]].format, None)
}

/// Why a file that no format knows is none of our own either, and its text: it is called JSON and is none, or it is
/// recognisably something else.
pub(crate) fn broken(file: &SourceFile) -> Option<(Diagnostic, String)> {
    let text = Text::new(0, file, &mut Findings::default());
    let broken = text.broken.clone().filter(|_| text.ends(&["json"]));
    let found = broken.or_else(|| kinds::told(&text, &file.bytes))?;
    Some((found, text.text))
}

/// Files none of which is a part of a scenario.
pub(crate) fn nothing(files: &[SourceFile]) -> Reading {
    let mut findings = Findings::default();
    let texts: Vec<Text> =
        files.iter().enumerate().map(|(k, file)| Text::new(k, file, &mut findings)).collect();
    for (text, file) in texts.iter().zip(files) {
        let broken = text.problem().filter(|_| !text.text.is_empty());
        if let Some(found) = broken.or_else(|| kinds::told(text, &file.bytes)) {
            findings.push(text.index, found);
        }
    }
    let native = texts.iter().find(|text| text.tree().is_some_and(is_native));
    let help = match native {
        Some(text) => format!("`{}` is one of Detente's own: name it, or call it `scenario.yaml`", text.name),
        None => "name a file, or write a first scenario with `detente new`".into(),
    };
    let whole = Diagnostic {
        span: None,
        ..Diagnostic::error(Span::new(0, 0), "no file of this folder is a part of a scenario", help)
    };
    findings.push(0, whole);
    let ignored =
        |text: Text| FileRead { role: Role::Ignored(text.unknown()), path: text.path, text: text.text };
    findings.finish(texts.into_iter().map(ignored).collect(), Format::Native, None)
}

fn is_native(node: &crate::yaml::Node) -> bool {
    matches!(&node.value, crate::yaml::Value::Map(pairs) if pairs.iter().any(|(key, _)| key.text() == Some("detente")))
}

/// What a scenario in this place is called: its folder, or its file.
fn title(path: &Path, files: &[SourceFile]) -> String {
    let is_file = matches!(files, [file] if file.path == path);
    let name = if is_file { path.file_stem() } else { path.file_name() };
    name.map(|name| name.to_string_lossy().into_owned()).unwrap_or_default()
}
