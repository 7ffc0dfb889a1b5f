//! Writes talks as a GENIUS domain and profiles.

use crate::MAX_BYTES;
use crate::foreign::names::file_names;
use crate::foreign::{WrittenFiles, losses};
use crate::looks::is_unseen;
use detente_model::{
    Alternative, Body, Interaction, Issue, IssueId, IssuePreference, Number, OptionId, Options, Range, Shape,
    Table, Talks,
};
use std::fmt::Write as _;

/// Writes talks as GENIUS XML: a domain and a profile for each party.
///
/// What GENIUS cannot hold is listed, with what stands in its place. Where nothing is listed, reading the files
/// gives the same utilities, alternatives and discounts.
pub fn write_genius(talks: &Talks) -> WrittenFiles {
    let mut lost = losses::common(talks);
    let kinds: Vec<bool> = (0..talks.issues.len()).map(|k| is_integer(talks, IssueId(k))).collect();
    let mut writer = Writer { talks, integer: kinds, lost: Vec::new() };
    let domain = writer.domain();
    let mut files = vec![("domain.xml".to_owned(), domain)];
    for (party, name) in talks.parties.iter().zip(file_names(talks, "domain", "xml")) {
        files.push((name, writer.profile(&talks.bodies[party.bodies[0].0])));
    }
    for (party, (name, _)) in talks.parties.iter().zip(&files[1..]) {
        let stem = name.trim_end_matches(".xml");
        if stem != party.id {
            writer.lose(format!(
                "party `{}` becomes `{stem}`: files are read in the order of their names",
                party.id
            ));
        }
    }
    for (name, text) in &mut files {
        if text.len() > MAX_BYTES {
            writer.lose(format!("`{name}` is larger than {} MB and will not be read", MAX_BYTES >> 20));
        }
        if text.contains(|c| !is_xml(c)) {
            writer.lose(format!("control characters in `{name}` become U+FFFD: XML has none"));
            *text = text.chars().map(|c| if is_xml(c) { c } else { char::REPLACEMENT_CHARACTER }).collect();
        }
    }
    lost.append(&mut writer.lost);
    WrittenFiles { files, losses: lost.into_iter().map(|what| crate::Loss { what }).collect() }
}

/// Whether an issue stays one of whole numbers: every profile values it along a straight line, or by rectangles.
fn is_integer(talks: &Talks, id: IssueId) -> bool {
    let Options::Range(range) = &talks.issues[id.0].options else { return false };
    let whole = range.step() == 1.0 && range.value(0).fract() == 0.0;
    whole
        && talks
            .bodies
            .iter()
            .all(|body| has_rectangles(body) || straight(&talks.issues[id.0], range, body, id).is_some())
}

/// Whether a body's preferences are more than a sum over issues.
fn has_rectangles(body: &Body) -> bool {
    !body.preferences.interactions.is_empty() || !body.preferences.tables.is_empty()
}

/// What an issue's first and last number contribute, where all between lie on the line and none is negative.
fn straight(issue: &Issue, range: &Range, body: &Body, id: IssueId) -> Option<(f64, f64)> {
    let worth = |k: usize| body.preferences.contribution(id, issue, OptionId(k));
    let last = range.count() - 1;
    let (first, end) = (worth(0), worth(last));
    let line = |k: usize| first + (end - first) * k as f64 / last.max(1) as f64;
    let near = (0..=last).all(|k| (worth(k) - line(k)).abs() <= 1e-12 * (1.0 + first.abs().max(end.abs())));
    (near && first >= 0.0 && end >= 0.0).then_some((first, end))
}

struct Writer<'a> {
    talks: &'a Talks,
    /// By issue, whether it is written as one of whole numbers.
    integer: Vec<bool>,
    lost: Vec<String>,
}

impl Writer<'_> {
    fn lose(&mut self, what: String) {
        self.lost.push(what);
    }

    fn domain(&mut self) -> String {
        let n = self.talks.issues.len();
        let mut out = format!(
            "<negotiation_template>\n  <utility_space number_of_issues=\"{n}\">\n    <objective index=\"0\" name=\"root\" type=\"objective\" etype=\"objective\">\n"
        );
        for (k, issue) in self.talks.issues.iter().enumerate() {
            self.open_issue(&mut out, "      ", k, issue);
            if let Options::Range(range) = &issue.options
                && !self.integer[k]
            {
                let why = match range.step() == 1.0 && range.value(0).fract() == 0.0 {
                    true => "not every profile values it along a straight line",
                    false => "GENIUS has ranges of whole numbers only",
                };
                self.lose(format!("the range of issue `{}` becomes named options: {why}", issue.id));
            }
            if !self.integer[k] {
                for option in (0..issue.n_options()).map(OptionId) {
                    let (id, name) = (issue.option_id(option), issue.option_name(option));
                    let description = if matches!(issue.options, Options::Named { .. }) && name != id {
                        attribute("description", &name)
                    } else {
                        String::new()
                    };
                    let _ = writeln!(
                        out,
                        "        <item index=\"{}\"{}{description}/>",
                        option.0 + 1,
                        attribute("value", &id)
                    );
                }
                out.push_str("      </issue>\n");
            }
        }
        out.push_str("    </objective>\n  </utility_space>\n</negotiation_template>\n");
        out
    }

    /// The first tag of an issue; for whole numbers there is no other in a domain.
    fn open_issue(&self, out: &mut String, indent: &str, k: usize, issue: &Issue) {
        let kind = if self.integer[k] { "integer" } else { "discrete" };
        let _ = write!(out, "{indent}<issue index=\"{}\"{}", k + 1, attribute("name", &issue.id));
        for key in ["type", "vtype", "etype"] {
            let _ = write!(out, " {key}=\"{kind}\"");
        }
        match &issue.options {
            Options::Range(range) if self.integer[k] => {
                let (low, high) = (range.value(0), range.value(range.count() - 1));
                let _ = writeln!(out, " lowerbound=\"{low}\" upperbound=\"{high}\"/>");
            }
            _ => out.push_str(">\n"),
        }
    }

    fn profile(&mut self, body: &Body) -> String {
        let scale = if has_rectangles(body) && self.integer.iter().all(|whole| *whole) {
            return self.nonlinear(body);
        } else {
            self.scale(body)
        };
        if has_rectangles(body) {
            self.lose(format!(
                "what combinations of answers are worth to `{}` is left out: GENIUS holds it for issues of whole numbers only",
                body.name
            ));
        }
        let mut out = String::from(
            "<utility_space>\n  <objective index=\"0\" name=\"root\" type=\"objective\" etype=\"objective\">\n",
        );
        let mut shifted = 0.0;
        let mut weights = Vec::new();
        for (k, issue) in self.talks.issues.iter().enumerate() {
            let (weight, shift) = self.issue(&mut out, body, k, issue, scale);
            weights.push(weight);
            shifted += shift;
        }
        for (k, weight) in weights.iter().enumerate() {
            let _ = writeln!(out, "    <weight index=\"{}\" value=\"{weight}\"/>", k + 1);
        }
        out.push_str("  </objective>\n");
        self.end(&mut out, body, scale, shifted);
        out
    }

    /// What the utilities have to be multiplied by, so that none is above 1, where GENIUS cuts them off.
    fn scale(&mut self, body: &Body) -> f64 {
        let best: f64 = (0..self.talks.issues.len())
            .map(|k| {
                let (low, high) = self.extremes(body, k);
                if high <= 0.0 && low < 0.0 { high - low } else { high }
            })
            .sum();
        if best <= 1.0 + 1e-6 {
            return 1.0;
        }
        self.lose(format!(
            "the utilities and the alternative of `{}` are divided by {best}: GENIUS cuts utilities off at 1",
            body.name
        ));
        1.0 / best
    }

    /// The least and the most that an issue contributes.
    fn extremes(&self, body: &Body, k: usize) -> (f64, f64) {
        let issue = &self.talks.issues[k];
        let worth =
            (0..issue.n_options()).map(|o| body.preferences.contribution(IssueId(k), issue, OptionId(o)));
        worth.fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), worth| (low.min(worth), high.max(worth)))
    }

    /// Writes what an issue is worth; its weight, and by how much its values were raised.
    fn issue(&mut self, out: &mut String, body: &Body, k: usize, issue: &Issue, scale: f64) -> (f64, f64) {
        self.open_issue(out, "    ", k, issue);
        let id = IssueId(k);
        if let Options::Range(range) = &issue.options
            && self.integer[k]
        {
            // The tag is opened again, because here something stands inside.
            out.truncate(out.len() - "/>\n".len());
            let (first, last) = straight(issue, range, body, id).unwrap_or((0.0, 0.0));
            let most = first.max(last);
            let (offset, end) = if most > 0.0 { (first / most, last / most) } else { (0.0, 0.0) };
            let slope = (end - offset) / (range.count() - 1).max(1) as f64;
            let _ = writeln!(
                out,
                ">\n      <evaluator ftype=\"linear\" slope=\"{slope}\" offset=\"{offset}\"/>\n    </issue>"
            );
            return (most * scale, 0.0);
        }
        let (low, high) = self.extremes(body, k);
        let shift = if high <= 0.0 && low < 0.0 { -low } else { 0.0 };
        if shift > 0.0 {
            self.lose(format!(
                "what `{}` is worth to `{}` is raised by {shift} throughout, the alternative with it: GENIUS needs a value above 0",
                issue.id, body.name
            ));
        }
        let (weight, values) =
            weighted(body.preferences.issues.get(k).and_then(Option::as_ref), issue, shift);
        for (option, value) in values.iter().enumerate() {
            let name = issue.option_id(OptionId(option));
            let _ = writeln!(
                out,
                "      <item index=\"{}\"{} evaluation=\"{value}\"/>",
                option + 1,
                attribute("value", &name)
            );
        }
        out.push_str("    </issue>\n");
        (weight * scale, shift)
    }

    /// Amounts for rectangles; what single answers are worth becomes rectangles too.
    fn nonlinear(&mut self, body: &Body) -> String {
        let most = self.most(body);
        let largest = if most <= 1.0 + 1e-6 {
            1.0
        } else {
            self.lose(format!(
                "the utilities and the alternative of `{}` are divided by {most}, more than which none can be: GENIUS cuts utilities off at 1",
                body.name
            ));
            most
        };
        let mut out = String::from(
            "<utility_space type=\"nonlinear\">\n  <objective index=\"0\" name=\"root\" type=\"objective\" etype=\"objective\">\n",
        );
        for (k, issue) in self.talks.issues.iter().enumerate() {
            self.open_issue(&mut out, "    ", k, issue);
        }
        let _ = write!(
            out,
            "    <utility maxutility=\"{largest}\">\n      <ufun type=\"PlainUfun\" weight=\"1\" aggregation=\"sum\">\n"
        );
        for term in &body.preferences.interactions {
            self.rectangle(&mut out, term);
        }
        for table in &body.preferences.tables {
            let otherwise = table.otherwise.as_ref().map_or(0.0, Number::mean);
            plain(&mut out, otherwise, "INCLUDES", &[]);
            for (options, amount) in &table.rows {
                let bounds: Vec<_> = table
                    .issues
                    .iter()
                    .zip(options)
                    .map(|(issue, option)| self.at(*issue, *option, *option))
                    .collect();
                plain(&mut out, amount.mean() - otherwise, "INCLUDES", &bounds);
            }
        }
        for (k, issue) in self.talks.issues.iter().enumerate() {
            for option in (0..issue.n_options()).map(OptionId) {
                let worth = body.preferences.contribution(IssueId(k), issue, option);
                if worth != 0.0 {
                    plain(&mut out, worth, "INCLUDES", &[self.at(IssueId(k), option, option)]);
                }
            }
        }
        out.push_str("      </ufun>\n    </utility>\n  </objective>\n");
        self.end(&mut out, body, 1.0 / largest, 0.0);
        out
    }

    /// More than which no utility can be.
    fn most(&self, body: &Body) -> f64 {
        let issues: f64 = (0..self.talks.issues.len()).map(|k| self.extremes(body, k).1).sum();
        let terms = body.preferences.interactions.iter().map(|term| term.adds.mean().max(0.0)).sum::<f64>();
        let table = |table: &Table| {
            let rows = table.rows.values().chain(&table.otherwise).map(Number::mean);
            rows.fold(f64::NEG_INFINITY, f64::max)
        };
        issues + terms + body.preferences.tables.iter().map(table).sum::<f64>()
    }

    /// An interaction as a rectangle; a condition with gaps becomes one for each combination of stretches.
    fn rectangle(&mut self, out: &mut String, term: &Interaction) {
        let mut boxes: Vec<Vec<(usize, f64, f64)>> = vec![Vec::new()];
        for clause in &term.when.0 {
            let stretches = stretches(clause.options.iter());
            if stretches.len() * boxes.len() > 10_000 || (term.unless && stretches.len() > 1) {
                self.lose("a condition with many gaps is left out: a rectangle of GENIUS has none".into());
                return;
            }
            boxes = boxes
                .iter()
                .flat_map(|own| {
                    let more = stretches.iter().map(|(first, last)| self.at(clause.issue, *first, *last));
                    more.map(|bound| own.iter().copied().chain([bound]).collect()).collect::<Vec<_>>()
                })
                .collect();
        }
        let kind = if term.unless { "EXCLUDES" } else { "INCLUDES" };
        if term.unless && term.when.0.is_empty() {
            return;
        }
        for bounds in boxes {
            plain(out, term.adds.mean(), kind, &bounds);
        }
    }

    /// The bound of an issue: its index, and the first and last number.
    fn at(&self, issue: IssueId, first: OptionId, last: OptionId) -> (usize, f64, f64) {
        let value = |option| self.talks.issues[issue.0].option_value(option).unwrap_or(0.0);
        (issue.0 + 1, value(first), value(last))
    }

    /// What stands behind the preferences: discount, and what no agreement is worth.
    fn end(&mut self, out: &mut String, body: &Body, scale: f64, shifted: f64) {
        if let Some(discount) = body.discount {
            let _ = writeln!(out, "  <discount_factor value=\"{discount}\"/>");
        }
        match body.alternative.number() {
            Some(alternative) => {
                let _ =
                    writeln!(out, "  <reservation value=\"{}\"/>", (alternative.mean() + shifted) * scale);
            }
            None => {
                let what = match body.alternative {
                    Alternative::RefusesAll => "agrees to nothing",
                    Alternative::Unknown => "has an alternative that is not known",
                    Alternative::RefusesNothing | Alternative::Worth(_) => "has no alternative",
                };
                self.lose(format!("`{}` {what}: GENIUS takes 0 for it", body.name));
            }
        }
        out.push_str("</utility_space>\n");
    }
}

/// A weight and evaluations whose largest has that weight; kept as they are written where they can be.
fn weighted(preference: Option<&IssuePreference>, issue: &Issue, shift: f64) -> (f64, Vec<f64>) {
    let Some(preference) = preference else { return (0.0, vec![0.0; issue.n_options()]) };
    let options = (0..issue.n_options()).map(OptionId);
    let weight = preference.weight.as_ref().map_or(1.0, Number::mean);
    if let (Shape::Values(values), true, true) = (&preference.shape, weight > 0.0, shift == 0.0) {
        let values: Vec<f64> = values.iter().map(Number::mean).collect();
        let most = values.iter().copied().fold(0.0, f64::max);
        if most >= 1e-5 {
            return (weight * most, values);
        }
    }
    let values: Vec<f64> = options.map(|option| preference.contribution(issue, option) + shift).collect();
    let most = values.iter().copied().fold(0.0, f64::max);
    if most <= 0.0 {
        return (0.0, vec![0.0; values.len()]);
    }
    (most, values.iter().map(|value| value / most).collect())
}

fn plain(out: &mut String, amount: f64, kind: &str, bounds: &[(usize, f64, f64)]) {
    if amount == 0.0 {
        return;
    }
    if bounds.is_empty() {
        let _ = writeln!(out, "        <hyperRectangle utility=\"{amount}\"/>");
        return;
    }
    let _ = writeln!(out, "        <hyperRectangle utility=\"{amount}\">");
    for (index, min, max) in bounds {
        let _ = writeln!(out, "          <{kind} index=\"{index}\" min=\"{min}\" max=\"{max}\"/>");
    }
    out.push_str("        </hyperRectangle>\n");
}

/// Options that follow each other, as first and last.
fn stretches(options: impl Iterator<Item = OptionId>) -> Vec<(OptionId, OptionId)> {
    let mut found: Vec<(OptionId, OptionId)> = Vec::new();
    for option in options {
        match found.last_mut() {
            Some((_, last)) if last.0 + 1 == option.0 => *last = option,
            _ => found.push((option, option)),
        }
    }
    found
}

/// ` name="value"`, whatever the value holds: also line breaks and tabs, which a reader would make spaces of, and
/// what nobody would see.
fn attribute(name: &str, value: &str) -> String {
    let mut out = format!(" {name}=\"");
    for c in value.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            c if is_unseen(c) && is_xml(c) => {
                let _ = write!(out, "&#{};", u32::from(c));
            }
            c => out.push(c),
        }
    }
    out.push('"');
    out
}

/// Whether XML can hold a character.
fn is_xml(c: char) -> bool {
    !matches!(c, '\0'..='\u{8}' | '\u{b}' | '\u{c}' | '\u{e}'..='\u{1f}' | '\u{fffe}' | '\u{ffff}')
}
