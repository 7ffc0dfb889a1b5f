//! Scorable games as folders of text (LLM-Deliberation): scores and a minimum for each party, and a rule of agreement.
//!
//! `docs/formats/scorable.md` says what is read.

use super::lines::{Piece, lines};
use super::scene::{NoDeal, Scene, Seat};
use super::text::Content;
use super::{Bundle, Findings, Role, Text};
use detente_model::{
    Issue, IssuePreference, NamedOption, Number, Options, PartyId, Preferences, Rule, Shape,
};

pub(super) fn role(text: &Text) -> Option<Role> {
    if !matches!(text.content, Content::Plain) {
        return None;
    }
    let all: Vec<Piece<'_>> = lines(&text.text).take(200).collect();
    if is_scores(&all) {
        return Some(Role::Profile);
    }
    let is_settings = is_config(&all) || is_deal(&all) || is_instructions(&all);
    match is_settings && is_for_one(text) {
        // It may hold its party's scores, and names nothing.
        true => Some(Role::Ignored("what one party alone is told".into())),
        false => is_settings.then_some(Role::Settings),
    }
}

/// Rows of numbers, most of them right, and a last line with one.
fn is_scores(all: &[Piece<'_>]) -> bool {
    let Some((last, rows)) = all.split_last().filter(|(_, rows)| !rows.is_empty()) else { return false };
    let fields: Vec<Piece<'_>> = rows.iter().flat_map(|row| row.fields()).collect();
    let numbers = fields.iter().filter(|field| field.text.parse::<f64>().is_ok()).count();
    let has_commas = rows.iter().all(|row| row.text.contains(','));
    has_commas && last.words().count() == 1 && !last.text.contains(',') && 2 * numbers > fields.len()
}

/// Who plays: name, file, role, and more.
fn is_config(all: &[Piece<'_>]) -> bool {
    let is_role = |line: &Piece<'_>| {
        let named = |role: Piece<'_>| has_veto(role.text) || role.text.eq_ignore_ascii_case("player");
        line.fields().nth(2).is_some_and(named)
    };
    !all.is_empty() && all.iter().all(|line| line.fields().count() >= 3) && all.iter().any(is_role)
}

/// Whether a role is one without which nothing is agreed.
fn has_veto(role: &str) -> bool {
    role.eq_ignore_ascii_case("p1") || role.eq_ignore_ascii_case("p2")
}

fn is_deal(all: &[Piece<'_>]) -> bool {
    let [line] = all else { return false };
    let is_answer = |field: Piece<'_>| {
        let (letter, digits) = field.text.split_at(field.text.chars().next().map_or(0, char::len_utf8));
        letter.chars().all(|c| c.is_ascii_uppercase())
            && !digits.is_empty()
            && digits.bytes().all(|b| b.is_ascii_digit())
    };
    line.fields().count() > 1 && line.fields().all(is_answer)
}

fn is_instructions(all: &[Piece<'_>]) -> bool {
    all.iter().any(|line| line.text.starts_with("Issue A:"))
}

pub(super) fn read(bundle: &Bundle<'_>, findings: &mut Findings) -> Option<Scene> {
    let before = findings.n_errors;
    let tables: Vec<Table> =
        bundle.profiles.iter().filter_map(|k| Table::read(&bundle.files[*k], findings)).collect();
    let first = tables.first()?;
    for table in &tables[1..] {
        table.fits(first, findings);
    }
    if let Some(two) = folders(bundle) {
        let message = format!("tables of scores stand in {two}: which of them are meant cannot be told");
        let at = bundle.profiles.last().copied().unwrap_or(0);
        findings.error(at, crate::Span::new(0, 0), message, "name the folder of one game");
        return None;
    }
    let all = |is: fn(&[Piece<'_>]) -> bool| -> Vec<&Text> {
        let files = bundle.settings.iter().map(|k| &bundle.files[*k]);
        files.filter(|text| is(&lines(&text.text).collect::<Vec<_>>())).collect()
    };
    let configs = all(is_config);
    let config = configs.iter().find(|text| text.stem == "config").or(configs.first()).copied();
    if let (Some(config), true) = (config, configs.len() > 1) {
        findings.note(format!("{} files say who plays; `{}` counts", configs.len(), config.name));
    }
    let instructions = common_instructions(all(is_instructions));
    let players = config.map(players);
    if let Some(config) = config {
        missing(config, bundle, findings);
    }
    if let Some(text) = all(is_deal).first() {
        findings.note(format!(
            "the deal in `{}` is a first proposal, not what holds today; it is not used",
            text.name
        ));
    }
    let issues = issues(first, instructions, findings);
    let agreement = rule(&tables, players.as_deref(), findings);
    let seats = tables.into_iter().map(|table| table.seat(players.as_deref())).collect();
    (findings.n_errors == before).then_some(Scene { title: None, issues, seats, agreement: Some(agreement) })
}

/// The folders of tables, where there is more than one.
fn folders(bundle: &Bundle<'_>) -> Option<String> {
    let of = |k: &usize| {
        let name = &bundle.files[*k].name;
        name.rsplit_once('/').map_or("the folder itself", |(folder, _)| folder)
    };
    let mut all: Vec<&str> = bundle.profiles.iter().map(of).collect();
    all.sort_unstable();
    all.dedup();
    let some: Vec<String> = all.iter().take(10).map(|name| format!("`{name}`")).collect();
    (all.len() > 1).then(|| some.join(", "))
}

/// Whether a file tells one party alone, as the folder says in which it stands.
fn is_for_one(text: &Text) -> bool {
    text.name.to_lowercase().contains("individual")
}

/// The file that tells all parties what is on the table.
fn common_instructions(files: Vec<&Text>) -> Option<&Text> {
    let files = || files.iter().copied().filter(|text| !is_config(&lines(&text.text).collect::<Vec<_>>()));
    files().find(|text| text.stem.to_lowercase().contains("global")).or_else(|| files().next())
}

/// The scores of one party.
struct Table {
    file: usize,
    stem: String,
    rows: Vec<Vec<f64>>,
    /// Where the rows stand.
    places: Vec<crate::Span>,
    minimum: f64,
}

impl Table {
    fn read(text: &Text, findings: &mut Findings) -> Option<Table> {
        let all: Vec<Piece<'_>> = lines(&text.text).collect();
        let (last, rows) = all.split_last()?;
        let mut number = |field: Piece<'_>| {
            let value = field.text.parse::<f64>().ok().filter(|value| value.is_finite());
            if value.is_none() {
                let message = format!("`{}` is not a number", field.text);
                findings.error(
                    text.index,
                    field.span,
                    message,
                    "write the score of each option, with commas between",
                );
            }
            value
        };
        let minimum = number(*last);
        let found: Vec<Option<Vec<f64>>> = rows
            .iter()
            .map(|row| row.fields().map(&mut number).collect::<Vec<_>>().into_iter().collect())
            .collect();
        let rows_found: Option<Vec<Vec<f64>>> = found.into_iter().collect();
        Some(Table {
            file: text.index,
            stem: text.stem.clone(),
            rows: rows_found?,
            places: rows.iter().map(|row| row.span).collect(),
            minimum: minimum?,
        })
    }

    /// Says where the options are not those of the first party.
    fn fits(&self, first: &Table, findings: &mut Findings) {
        let help = "every party scores the same options; one line for each issue, and the minimum last";
        if self.rows.len() != first.rows.len() {
            let message = format!(
                "there are {} issues here, and {} for `{}`",
                self.rows.len(),
                first.rows.len(),
                first.stem
            );
            findings.error(
                self.file,
                self.places.first().copied().unwrap_or(crate::Span::new(0, 0)),
                message,
                help,
            );
            return;
        }
        for ((own, other), place) in self.rows.iter().zip(&first.rows).zip(&self.places) {
            if own.len() != other.len() {
                let message =
                    format!("there are {} options here, and {} for `{}`", own.len(), other.len(), first.stem);
                findings.error(self.file, *place, message, help);
            }
        }
    }

    fn seat(self, players: Option<&[Player]>) -> Seat {
        let name = players
            .into_iter()
            .flatten()
            .find(|player| player.file == self.stem)
            .map(|player| player.name.clone());
        let own = |row: Vec<f64>| {
            let values = row.into_iter().map(Number::fixed).collect();
            Some(IssuePreference { weight: None, shape: Shape::Values(values) })
        };
        Seat {
            file: self.file,
            name: name.unwrap_or_else(|| self.stem.clone()),
            id: self.stem,
            alternative: NoDeal::Worth(self.minimum),
            discount: None,
            preferences: Preferences {
                issues: self.rows.into_iter().map(own).collect(),
                ..Preferences::default()
            },
        }
    }
}

/// Somebody who plays.
struct Player {
    name: String,
    /// The file of its scores, without ending.
    file: String,
    /// Whether nothing is agreed without it.
    veto: bool,
}

fn players(text: &Text) -> Vec<Player> {
    let player = |line: Piece<'_>| {
        let fields: Vec<&str> = line.fields().map(|field| field.text).collect();
        let name = fields[1].rsplit(['/', '\\']).next().unwrap_or(fields[1]);
        let file = name.trim_end_matches(".txt");
        Player { name: fields[0].to_owned(), file: file.to_owned(), veto: has_veto(fields[2]) }
    };
    lines(&text.text).filter(|line| line.fields().count() >= 3).map(player).collect()
}

/// Says which players are named whose file is there and holds no table that can be read.
fn missing(config: &Text, bundle: &Bundle<'_>, findings: &mut Findings) {
    for player in players(config) {
        let own = || bundle.files.iter().filter(|text| text.stem == player.file && !is_for_one(text));
        let Some(text) = own().next() else {
            let message =
                format!("`{}` plays, and there is no file `{}` of its scores", player.name, player.file);
            findings.warn(config.index, crate::Span::new(0, 0), message, "add it, or remove the line");
            continue;
        };
        if !own().any(|text| is_scores(&lines(&text.text).collect::<Vec<_>>())) {
            let message = format!("`{}` plays with this file, and it holds no table of scores", player.name);
            let help = "write a line of scores for each issue, with commas between, and the minimum alone on the last";
            findings.error(text.index, crate::Span::new(0, 0), message, help);
        }
    }
}

/// All but one, those with a veto included.
fn rule(tables: &[Table], players: Option<&[Player]>, findings: &mut Findings) -> Rule<PartyId> {
    let everybody = || Rule::All((0..tables.len()).map(|k| Rule::One(PartyId(k))).collect());
    let Some(players) = players else {
        findings.note("no file says who plays which role; an agreement is taken to need everybody");
        return everybody();
    };
    for player in players.iter().filter(|player| !tables.iter().any(|table| table.stem == player.file)) {
        findings.note(format!("`{}` is named as a player and does not sit at the table", player.name));
    }
    let has_veto = |k: &usize| players.iter().any(|player| player.veto && player.file == tables[*k].stem);
    let (vetoes, others): (Vec<usize>, Vec<usize>) = (0..tables.len()).partition(has_veto);
    let one = |k: &usize| Rule::One(PartyId(*k));
    let needed = others.len().saturating_sub(1);
    let mut parts: Vec<Rule<PartyId>> = vetoes.iter().map(one).collect();
    if needed > 0 {
        parts.push(Rule::AtLeast { needed, of: others.iter().map(one).collect() });
    }
    if parts.is_empty() {
        return everybody();
    }
    let named: Vec<String> = vetoes.iter().map(|k| format!("`{}`", tables[*k].stem)).collect();
    let with = if named.is_empty() { String::new() } else { format!(", {} among them", named.join(" and ")) };
    findings.note(format!(
        "an agreement needs {} of {} parties{with}: the rule of the game",
        needed + vetoes.len(),
        tables.len()
    ));
    Rule::All(parts)
}

/// What the issues and options are called: a letter, and a letter with a number; the rest where the prose says it.
fn issues(first: &Table, instructions: Option<&Text>, findings: &mut Findings) -> Vec<Issue> {
    let prose: Vec<Piece<'_>> = instructions.into_iter().flat_map(|text| lines(&text.text)).collect();
    let mut unnamed = 0;
    let issue = |(k, row): (usize, &Vec<f64>)| {
        let id = letter(k);
        let title = label(&prose, &format!("Issue {id}"));
        let option = |o: usize| {
            let own = format!("{id}{}", o + 1);
            let name = label(&prose, &own);
            unnamed += usize::from(name.is_none());
            NamedOption { name: name.unwrap_or_else(|| own.clone()), id: own }
        };
        let options: Vec<NamedOption> = (0..row.len()).map(option).collect();
        Issue {
            name: title.unwrap_or_else(|| id.clone()),
            id,
            options: Options::Named { ordered: false, options },
            status_quo: None,
            because: vec![],
        }
    };
    let issues = first.rows.iter().enumerate().map(issue).collect();
    if unnamed > 0 {
        findings.note(format!("{unnamed} options are called by their letter and number: no file names them"));
    }
    issues
}

fn letter(k: usize) -> String {
    u8::try_from(k)
        .ok()
        .filter(|k| *k < 26)
        .map_or_else(|| format!("Issue{}", k + 1), |k| char::from(b'A' + k).to_string())
}

/// What stands behind an id at the beginning of a line: in quotes, or behind a colon.
fn label(prose: &[Piece<'_>], id: &str) -> Option<String> {
    let rest = prose.iter().find_map(|line| {
        let rest = line.text.strip_prefix(id)?;
        (!rest.starts_with(|c: char| c.is_ascii_alphanumeric())).then(|| rest.trim())
    })?;
    let quoted = |text: &str| {
        text.strip_prefix('"')
            .and_then(|text| text.split_once('"'))
            .map(|(name, after)| (name.trim().to_owned(), after.trim().is_empty()))
    };
    if let Some((name, _)) = quoted(rest) {
        return Some(name).filter(|name| !name.is_empty());
    }
    let text = rest.strip_prefix(':')?.trim();
    match quoted(text) {
        Some((name, true)) => Some(name),
        _ => Some(text.trim_end_matches(['.', ' ']).to_owned()),
    }
    .filter(|name| !name.is_empty())
}
