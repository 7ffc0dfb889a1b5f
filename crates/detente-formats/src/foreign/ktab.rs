//! Tables of actors, as the Spatial Model of Politics of KTAB reads them: influence, position and salience of each.
//!
//! Wise, Lester and Efird, "An Introduction to the KAPSARC Toolkit for Behavioral Analysis (KTAB)", 2015.
//! `docs/formats/ktab.md` says what is read.

use super::lines::{Piece, lines};
use super::scene::{NoDeal, Scene, Seat};
use super::text::Content;
use super::{Bundle, Findings, Role, Text, cases, reals};
use detente_model::{Issue, IssuePreference, Number, PartyId, Preferences, Rule, Shape};
use std::collections::{BTreeMap, BTreeSet};

/// In which lines the names of the columns are looked for.
const HEAD: usize = 3;
/// Most actors of a table.
const MOST: usize = 1000;

pub(super) fn role(text: &Text) -> Option<Role> {
    let is_text = matches!(text.content, Content::Plain);
    (is_text && Columns::find(&text.text).is_some()).then_some(Role::Whole)
}

pub(super) fn read(bundle: &Bundle<'_>, findings: &mut Findings) -> Option<Scene> {
    let text = cases::file(bundle, findings)?;
    let columns = Columns::find(&text.text)?;
    let n = columns.positions.len();
    let decimal_commas = columns.decimal_commas(&text.text);
    let mut reader = Reader { file: text.index, columns: &columns, decimal_commas, findings };
    reader.check_pairs(&text.text)?;
    let case = cases::pick(bundle, n, "dimension", reader.findings)?;
    let mut actors = reader.actors(&text.text, case)?;
    reader.check_count(&text.text, actors.len());
    let top = reader.scale(&actors)?;
    name(&mut actors);
    cases::note(case, n, "dimension", "", findings);
    let grid = bundle.options.grid;
    let issue_name = columns.issue(&text.text, case);
    findings.note(format!(
        "positions go from 0 to {top}; to an actor an outcome is worth its salience times how near it is to the actor's position, 1 at it and 0 at a distance of {top}"
    ));
    findings.note("the table does not say whose yes an agreement needs: it is taken to need actors with at least half of all influence times salience, in shares rounded to a ten-thousandth");
    if let Some(note) = reals::note(&[&issue_name], grid, "") {
        findings.note(note);
    }
    Some(scene(text.index, columns.title(&text.text), issue_name, &actors, top, grid))
}

/// An actor of one dimension.
struct Actor<'a> {
    id: &'a str,
    description: &'a str,
    name: String,
    influence: f64,
    position: f64,
    salience: f64,
    position_at: crate::Span,
}

fn scene(
    file: usize,
    title: Option<String>,
    issue_name: String,
    actors: &[Actor<'_>],
    top: f64,
    grid: usize,
) -> Scene {
    let (options, points) = reals::evenly(0.0, top, grid);
    let issue =
        Issue { id: issue_name.clone(), name: issue_name, options, status_quo: None, because: vec![] };
    let seat = |actor: &Actor<'_>| {
        let near = |x: &f64| Number::fixed(1.0 - (x - actor.position).abs() / top);
        let shape = Shape::Values(points.iter().map(near).collect());
        let own = IssuePreference { weight: Some(Number::fixed(actor.salience)), shape };
        Seat {
            file,
            id: actor.id.to_owned(),
            name: actor.name.clone(),
            alternative: NoDeal::NotSaid,
            discount: None,
            preferences: Preferences { issues: vec![Some(own)], ..Preferences::default() },
        }
    };
    Scene { title, issues: vec![issue], seats: actors.iter().map(seat).collect(), agreement: rule(actors) }
}

/// At least half of all influence times salience, in shares of a ten-thousandth; everybody where that is nothing.
fn rule(actors: &[Actor<'_>]) -> Option<Rule<PartyId>> {
    const SHARES: f64 = 10_000.0;
    let power = |actor: &Actor<'_>| actor.influence * actor.salience;
    let all = actors.iter().map(power).sum::<f64>();
    if !(all > 0.0 && all.is_finite()) {
        return None;
    }
    let shares: Vec<f64> = actors.iter().map(|actor| (power(actor) / all * SHARES).round()).collect();
    let needed = (shares.iter().sum::<f64>() / 2.0).ceil();
    let branch = |(k, share): (usize, &f64)| (Number::fixed(*share), Rule::One(PartyId(k)));
    let of = shares.iter().enumerate().map(branch).collect();
    (needed > 0.0).then(|| Rule::Quota { needed: Number::fixed(needed), of })
}

/// Calls actors by their descriptions where these tell them apart.
fn name(actors: &mut [Actor<'_>]) {
    let different: BTreeSet<&str> = actors.iter().map(|actor| actor.description).collect();
    let tell_apart = different.len() == actors.len() && !different.contains("");
    for actor in actors {
        actor.name = if tell_apart { actor.description } else { actor.id }.to_owned();
    }
}

/// Where what stands in a table.
struct Columns {
    /// The line of the names, from 0 among those on which anything stands.
    line: usize,
    separator: char,
    actor: usize,
    description: Option<usize>,
    influence: usize,
    positions: Vec<usize>,
    saliences: Vec<usize>,
}

impl Columns {
    fn find(text: &str) -> Option<Columns> {
        lines(text).take(HEAD).enumerate().find_map(|(k, line)| Columns::of(k, line))
    }

    fn of(line: usize, names: Piece<'_>) -> Option<Columns> {
        let separator = [',', ';', '\t'].into_iter().max_by_key(|c| names.text.matches(*c).count())?;
        let names: Vec<String> = names.cells(separator).iter().map(|cell| cell.text.to_lowercase()).collect();
        let all = |is: &dyn Fn(&str) -> bool| -> Vec<usize> {
            (0..names.len()).filter(|k| is(&names[*k])).collect()
        };
        let positions = all(&|name| name.contains("position") || name.starts_with("pstn") || name == "pos");
        let saliences = all(&|name| name.contains("salience") || name.starts_with("sal"));
        let influence = all(&|name| {
            ["influence", "power", "capability", "capabilities", "weight"]
                .iter()
                .any(|word| name.contains(word))
        });
        let actor = all(&|name| ["actor", "actors", "name", "stakeholder", "group"].contains(&name));
        let description = all(&|name| name.contains("description"));
        let is_table = !positions.is_empty() && !saliences.is_empty();
        is_table.then_some(())?;
        Some(Columns {
            line,
            separator,
            actor: *actor.first()?,
            description: description.first().copied(),
            influence: *influence.first()?,
            positions,
            saliences,
        })
    }

    /// Whether a comma stands before decimals in some number, and can mean nothing else there.
    fn decimal_commas(&self, text: &str) -> bool {
        lines(text).skip(self.line + 1).any(|line| {
            let cells = line.cells(self.separator);
            let numbers =
                [self.influence].into_iter().chain(self.positions.iter().chain(&self.saliences).copied());
            let mut numbers = numbers.filter_map(|k| cells.get(k)).filter(|cell| cell.text.contains(','));
            numbers.any(|cell| number(cell.text, self.separator).is_some() && !may_group(cell.text))
        })
    }

    /// The line before the names: what the table is called, how many actors and how many dimensions it has.
    fn opening<'a>(&self, text: &'a str) -> Option<Vec<Piece<'a>>> {
        let line = self.line.checked_sub(1)?;
        lines(text).nth(line).map(|line| line.cells(self.separator))
    }

    fn title(&self, text: &str) -> Option<String> {
        let title = self.opening(text)?.first()?.text.to_owned();
        Some(title).filter(|title| !title.is_empty())
    }

    /// What a dimension is called: what its column of positions is called without that word.
    fn issue(&self, text: &str, case: usize) -> String {
        let own = lines(text).nth(self.line).and_then(|line| {
            let cell = *line.cells(self.separator).get(self.positions[case])?;
            let lower = cell.text.to_lowercase();
            let at = lower.find("position").filter(|_| lower.len() == cell.text.len())?;
            Some(cell.text.get(..at)?.trim().to_owned())
        });
        own.filter(|name| !name.is_empty()).unwrap_or_else(|| match self.positions.len() {
            1 => "Position".into(),
            _ => format!("Position {}", case + 1),
        })
    }
}

struct Reader<'a> {
    file: usize,
    columns: &'a Columns,
    /// Whether some comma can stand before decimals only.
    decimal_commas: bool,
    findings: &'a mut Findings,
}

impl Reader<'_> {
    fn error(&mut self, at: Piece<'_>, message: String, help: &str) {
        self.findings.error(self.file, at.span, message, help);
    }

    fn check_pairs(&mut self, text: &str) -> Option<()> {
        let (n, m) = (self.columns.positions.len(), self.columns.saliences.len());
        if n != m {
            let at = lines(text).nth(self.columns.line)?;
            let message = format!("there are {n} columns of positions and {m} of saliences");
            self.error(at, message, "give every dimension a column of positions and one of saliences");
        }
        (n == m).then_some(())
    }

    fn check_count(&mut self, text: &str, n: usize) {
        let Some(said) = self.columns.opening(text).and_then(|cells| cells.get(2).copied()) else { return };
        if said.text.parse::<usize>().is_ok_and(|said| said != n) {
            let message = format!("the table is said to have {} actors, and has {n}", said.text);
            self.findings.warn(self.file, said.span, message, "is an actor missing?");
        }
    }

    /// The actors in the order of the table.
    fn actors<'a>(&mut self, text: &'a str, case: usize) -> Option<Vec<Actor<'a>>> {
        let before = self.findings.n_errors;
        let mut known: BTreeMap<&str, ()> = BTreeMap::new();
        let mut all = Vec::new();
        for line in lines(text).skip(self.columns.line + 1) {
            let cells = line.cells(self.columns.separator);
            if cells.iter().all(|cell| cell.text.is_empty()) {
                continue;
            }
            if all.len() == MOST {
                self.error(line, format!("there are more than {MOST} actors"), "is this the right file?");
                break;
            }
            let Some(actor) = self.actor(line, &cells, case) else { continue };
            if known.insert(actor.id, ()).is_some() {
                let message = format!("another actor is called `{}` too", actor.id);
                self.findings.warn(self.file, line.span, message, "give each actor a name of its own");
            }
            all.push(actor);
        }
        if all.is_empty() && self.findings.n_errors == before {
            let at = lines(text).nth(self.columns.line)?;
            self.error(at, "there is no actor".into(), "write a line for each");
        }
        (self.findings.n_errors == before).then_some(all)
    }

    fn actor<'a>(&mut self, line: Piece<'a>, cells: &[Piece<'a>], case: usize) -> Option<Actor<'a>> {
        let columns = self.columns;
        let text = |k: usize| cells.get(k).map_or("", |cell| cell.text);
        if text(columns.actor).is_empty() {
            self.error(line, "an actor needs a name".into(), "write it under the name of its column");
            return None;
        }
        let influence = self.amount(line, cells, columns.influence, "influence");
        let position = self.amount(line, cells, columns.positions[case], "position");
        let salience = self.amount(line, cells, columns.saliences[case], "salience");
        let id = text(columns.actor);
        Some(Actor {
            id,
            description: columns.description.map_or("", text),
            name: String::new(),
            influence: influence?,
            position: position?,
            salience: salience?,
            position_at: cells[columns.positions[case]].span,
        })
    }

    /// A number of at least 0.
    fn amount(&mut self, line: Piece<'_>, cells: &[Piece<'_>], column: usize, what: &str) -> Option<f64> {
        let Some(cell) = cells.get(column) else {
            self.error(line, format!("the {what} is missing"), "write a number in its column");
            return None;
        };
        let found = number(cell.text, self.columns.separator).filter(|value| *value >= 0.0);
        // A position ends at 100, so that it is never in the thousands; elsewhere the other numbers tell.
        if found.is_some() && what != "position" && may_group(cell.text) && !self.decimal_commas {
            let message = format!("the comma in `{}` can part decimals or thousands", cell.text);
            self.error(*cell, message, "write all digits, with a point before decimals");
            return None;
        }
        if found.is_none() {
            let message = format!("`{}` cannot be the {what} of an actor", cell.text);
            self.error(*cell, message, "write a decimal number of at least 0, such as `62.5`");
        }
        found
    }

    /// Where positions end: at 100, or at 1 where all numbers are shares.
    fn scale(&mut self, actors: &[Actor<'_>]) -> Option<f64> {
        if actors.iter().all(|actor| actor.position <= 1.0 && actor.salience <= 1.0) {
            return Some(1.0);
        }
        for actor in actors.iter().filter(|actor| actor.position > 100.0) {
            let message = format!("the position {} is above 100", actor.position);
            self.findings.error(self.file, actor.position_at, message, "write positions from 0 to 100");
        }
        actors.iter().all(|actor| actor.position <= 100.0).then_some(100.0)
    }
}

/// A decimal number; behind a comma too where commas do not part cells, as spreadsheets save a table where decimals are
/// written so.
fn number(text: &str, separator: char) -> Option<f64> {
    let is_decimal = |text: &str| text.chars().all(|c| c.is_ascii_digit() || "+-.eE".contains(c));
    let point = match text.matches(',').count() {
        0 => text.to_owned(),
        1 if separator != ',' && !text.contains('.') => text.replace(',', "."),
        _ => return None,
    };
    point.parse().ok().filter(|value: &f64| is_decimal(&point) && value.is_finite())
}

/// Whether a comma can part thousands as well as decimals: `1,500`.
fn may_group(text: &str) -> bool {
    text.split_once(',').is_some_and(|(whole, rest)| {
        (1..=3).contains(&whole.len()) && !whole.starts_with('0') && rest.len() == 3
    })
}
