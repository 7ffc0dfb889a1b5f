//! The analysis on one screen.

pub(crate) mod dcr;
mod lasting;
pub(crate) mod sequence;

use crate::Report;
use crate::deal::{in_words, isolated};
use crate::say;
use crate::say::levers::About;
use crate::screen::{Screen, visible};
use crate::words::{limit_words, percent, value};
use anstyle::{AnsiColor, Style};
use detente_analysis::{Chosen, CountBounds, Deal, NoZone, Solution, Unknowns, Verdict, Will};
use detente_model::{BodyId, Issue, OptionId, Options, Talks, grouped};
use unicode_width::UnicodeWidthStr as _;

const BOLD: Style = Style::new().bold();
const DIM: Style = Style::new().dimmed();

/// How many deals are told in full.
const DEALS: usize = 3;
/// How many bodies are named as most needed.
const BODIES: usize = 4;
/// How many issues are shown with the chances of their answers, and how many answers of each.
const ISSUES: usize = 5;
const ANSWERS: usize = 5;
/// Costs shown with what they buy.
const STEPS: usize = 12;

/// The analysis in words, wrapped to `width` columns, with colour codes that the caller may strip.
pub fn text(report: &Report<'_>, width: usize) -> String {
    let mut page = Page::new(width);
    page.heading(report);
    if let Some(limit) = &report.analysis.limit {
        if report.analysis.will.is_none() {
            page.counts(report);
        }
        page.paragraph(&say::sentence(&limit_words(limit, report.talks, report.analysis)));
    }
    if let Some(will) = &report.analysis.will {
        page.verdict(report, will);
        page.counts(report);
        match &report.analysis.no_zone {
            Some(found) => page.no_zone(report.talks, found),
            None if will.best.is_empty() => {}
            None => page.deals(report.talks, &will.best),
        }
        if let Some(found) = report.unknowns {
            page.sure(report, found);
        }
        let settled = report.analysis.knowledge.is_settled();
        if settled {
            page.consent(report.talks, will);
        }
        page.take(report);
        page.accounts(report);
        page.how(report);
        if settled {
            page.issues(report.talks, will);
        }
        page.solutions(report);
    }
    page.foot(report);
    page.out.into_string()
}

struct Page {
    out: Screen,
    width: usize,
}

impl Page {
    fn new(width: usize) -> Page {
        Page { out: Screen::default(), width: width.clamp(40, 120) }
    }

    fn line(&mut self, text: &str) {
        self.out.line(text);
    }

    fn styled(&mut self, style: Style, text: &str) {
        self.out.parts(&[(style, text)]);
    }

    /// A paragraph that begins with a label in a style of its own.
    fn labelled(&mut self, style: Style, label: &str, text: &str) {
        let whole = visible(&format!("{label} {text}"));
        for (k, line) in textwrap::wrap(&whole, self.width).iter().enumerate() {
            let line = line.replace('\u{a0}', " ");
            match line.strip_prefix(label).filter(|_| k == 0) {
                Some(after) => self.out.parts(&[(style, label), (Style::new(), after)]),
                None => self.line(&line),
            }
        }
        self.line("");
    }

    fn wrapped(&mut self, first: &str, rest: &str, text: &str) {
        let options = textwrap::Options::new(self.width)
            .initial_indent(first)
            .subsequent_indent(rest)
            .break_words(false)
            .word_splitter(textwrap::WordSplitter::NoHyphenation);
        // What is seen is what is measured.
        for line in textwrap::wrap(&visible(text), options) {
            self.line(&line);
        }
    }

    fn paragraph(&mut self, text: &str) {
        self.wrapped("", "", text);
        self.line("");
    }

    fn heading(&mut self, report: &Report<'_>) {
        self.styled(BOLD, &isolated(&report.talks.title));
        let date = report.talks.as_of.map(|date| format!("as of {date}"));
        let authors = (!report.talks.authors.is_empty()).then(|| isolated(&report.talks.authors.join(", ")));
        let about: Vec<String> = date.into_iter().chain(authors).collect();
        if !about.is_empty() {
            self.styled(DIM, &about.join(" · "));
        }
        self.line("");
    }

    fn verdict(&mut self, report: &Report<'_>, will: &Will) {
        let colour = match say::verdict::told(report, will) {
            Verdict::WithinReach => AnsiColor::Green,
            Verdict::NoWill | Verdict::NoTerms | Verdict::NotEnoughKnown => AnsiColor::Yellow,
        };
        let (label, rest) = say::verdict::verdict(report, will);
        let style = BOLD.fg_color(Some(colour.into()));
        self.labelled(style, label, &rest);
        if let Some(rests) = say::verdict::rests_on(report, will) {
            self.paragraph(&rests);
        }
        self.missing(report);
    }

    fn missing(&mut self, report: &Report<'_>) {
        let missing = &report.analysis.knowledge.missing;
        if missing.is_empty() {
            return;
        }
        self.styled(BOLD, "What is not said yet");
        for line in say::verdict::missing(report.talks, missing) {
            self.wrapped("  - ", "    ", &line);
        }
        self.line("");
    }

    fn counts(&mut self, report: &Report<'_>) {
        let parts = say::counts(report);
        self.wrapped("  ", "  ", &parts.join(" · "));
        if let Some(method) = say::method(report) {
            self.wrapped("  ", "  ", &method);
        }
        self.line("");
    }

    fn deals(&mut self, talks: &Talks, best: &[Deal]) {
        let title = format!(
            "Deals most likely to be agreed, and what each body gains over no deal{}",
            say::fair::in_common(talks)
        );
        for line in textwrap::wrap(&title, self.width) {
            self.styled(BOLD, &line);
        }
        for (k, deal) in best.iter().take(DEALS).enumerate() {
            let lead = format!("  {}  {:>8}  ", k + 1, percent(deal.probability));
            let indent = " ".repeat(lead.width());
            let mut words = match k {
                0 => in_words(talks, &deal.outcome, |_| true),
                _ => say::difference(talks, &best[0].outcome, &deal.outcome),
            };
            words.push_str(say::efficient(deal));
            self.wrapped(&lead, &indent, &words);
            self.wrapped(&indent, &format!("{indent}  "), &say::gains(talks, deal));
        }
        if best.len() > DEALS {
            let more = format!("     ... and {} more in `--format json`", grouped(best.len() - DEALS));
            self.styled(DIM, &more);
        }
        self.line("");
    }

    fn no_zone(&mut self, talks: &Talks, found: &NoZone) {
        self.styled(BOLD, "What would open a zone");
        match (&found.nearest, found.concession) {
            (Some(outcome), Some(share)) => {
                let text = format!(
                    "if walking away were worth less to every body, by {} of the range of its values; this deal \
                     would open first: {}{}",
                    percent(share),
                    in_words(talks, outcome, |_| true),
                    say::equals(&found.ties)
                );
                self.wrapped("  - ", "    ", &text);
            }
            _ => self.wrapped("  - ", "    ", "no lowering of alternatives: a body that must agree is worse off under every deal, and all alike"),
        }
        for set in found.waive.iter().take(BODIES) {
            let names: Vec<String> = set.iter().map(|body| say::body_name(talks, *body)).collect();
            self.wrapped(
                "  - ",
                "    ",
                &format!("or if the consent of {} were not needed", names.join(" and of ")),
            );
        }
        if found.waive.len() > BODIES {
            let more = grouped(found.waive.len() - BODIES);
            self.styled(DIM, &format!("    ... or of {more} other sets in `--format json`"));
        }
        self.line("");
    }

    fn sure(&mut self, report: &Report<'_>, found: &Unknowns) {
        let talks = report.talks;
        let headline = report.analysis.will.as_ref().and_then(|will| will.best.first());
        self.styled(BOLD, "How sure this is");
        let mut lines = say::unknowns::sure(talks, found, headline.map(|deal| &deal.outcome));
        if say::unknowns::steady(found) {
            lines.pop();
        }
        lines.extend(say::unknowns::learn(talks, found));
        for line in lines {
            self.wrapped("  - ", "    ", &line);
        }
        self.dim_note(&say::unknowns::drawn(found));
    }

    fn take(&mut self, report: &Report<'_>) {
        let reference =
            report.analysis.will.as_ref().and_then(|will| will.best.first()).map(|deal| &deal.outcome);
        let levers = report.levers.map(|found| {
            say::levers::verdict(report.talks, found, About::Best(reference), report.package_average)
        });
        let inverse = report
            .inverse
            .map(|found| say::inverse::lines(report.talks, found, reference, report.falls_average));
        if levers.is_none() && inverse.is_none() {
            return;
        }
        self.styled(BOLD, "What it would take");
        for line in levers.into_iter().flatten() {
            self.wrapped("  - ", "    ", &line);
        }
        if let Some(found) = report.levers.filter(|found| found.frontier.len() > 1) {
            let more = found.frontier.len().saturating_sub(STEPS);
            let steps = found.frontier.iter().take(STEPS).map(|package| {
                format!("{} for {}", percent(package.probability), value(package.cost)).replace(' ', "\u{a0}")
            });
            let more = (more > 0).then(|| format!("and {} more in `--format json`", grouped(more)));
            let steps = steps.chain(more);
            let steps = steps.collect::<Vec<_>>().join("\u{a0}· ");
            self.wrapped("  - ", "    ", &format!("What each cost buys: {steps}"));
        }
        for (k, line) in inverse.into_iter().flatten().enumerate() {
            let lead = if k == 0 { "  - With nothing given: " } else { "    " };
            self.wrapped(lead, "    ", &line);
        }
        self.line("");
    }

    fn how(&mut self, report: &Report<'_>) {
        let best = report.analysis.will.as_ref().and_then(|will| will.best.first()).map(|deal| &deal.outcome);
        for deal in report.carried.iter().filter(|deal| deal.in_full) {
            self.styled(BOLD, "How it can be carried out");
            let words = match best {
                Some(best) if *best == deal.outcome => "the likeliest deal, deal 1".into(),
                Some(best) => say::difference(report.talks, best, &deal.outcome),
                None => in_words(report.talks, &deal.outcome, |_| true),
            };
            self.wrapped("  ", "    ", &words);
            self.carried(report.talks, deal);
        }
        self.which_hold(report.talks, report.carried);
        self.signed_and_kept(report.talks, report.carried);
    }

    fn accounts(&mut self, report: &Report<'_>) {
        for deal in report.accounts {
            let talks = report.talks;
            self.styled(BOLD, "A deal asked about");
            self.wrapped("  ", "    ", &in_words(talks, &deal.account.outcome, |_| true));
            for line in say::inverse::account(talks, deal) {
                self.wrapped("  - ", "    ", &line);
            }
            let unmet = deal.levers.as_ref().filter(|_| deal.account.probability < deal.account.target);
            for line in
                unmet.map(|found| say::levers::verdict(talks, found, About::This, None)).unwrap_or_default()
            {
                self.wrapped("  - ", "    ", &line);
            }
            for (b, standing) in deal.account.bodies.iter().enumerate().filter(|_| deal.is_settled()) {
                let words = format!(
                    "{}: {} ({} against no deal)",
                    say::body_name(talks, BodyId(b)),
                    say::inverse::standing(standing),
                    say::inverse::surplus(standing)
                );
                self.wrapped("    ", "      ", &words);
            }
            self.line("");
        }
    }

    fn consent(&mut self, talks: &Talks, will: &Will) {
        let mut bodies: Vec<BodyId> = (0..talks.bodies.len()).map(BodyId).collect();
        let worth = |body: &BodyId| (will.bodies[body.0].if_waived, will.bodies[body.0].if_free);
        bodies.sort_by(|a, b| worth(b).partial_cmp(&worth(a)).unwrap_or(std::cmp::Ordering::Equal));
        bodies.retain(|body| worth(body).0 >= 0.005);
        if bodies.is_empty() {
            return;
        }
        let names: Vec<String> =
            bodies.iter().take(BODIES).map(|body| say::body_name(talks, *body)).collect();
        let title = "Consent most needed";
        let wide = names.iter().map(|name| name.width() + 2).chain([title.width()]).max().unwrap_or(0);
        let pad = |text: &str| " ".repeat(wide - text.width());
        let beside = format!("{}   best chance if its yes", pad(title));
        self.out.parts(&[(BOLD, title), (Style::new(), &beside)]);
        self.line(&format!("{}    had no cost   were not needed", " ".repeat(wide)));
        for (name, body) in names.iter().zip(&bodies) {
            let (waived, free) = worth(body);
            let (free, waived) =
                (percent(will.best_probability + free), percent(will.best_probability + waived));
            self.line(&format!("  {name}{}   {free:>12}   {waived:>15}", &pad(name)[2..]));
        }
        if bodies.len() > BODIES {
            let more = grouped(bodies.len() - BODIES);
            self.styled(DIM, &format!("  ... and {more} more in `--format json`"));
        }
        self.line("");
    }

    fn issues(&mut self, talks: &Talks, will: &Will) {
        let (shown, _) = say::answers::by_weight(will);
        if will.best.is_empty() || shown.is_empty() {
            return;
        }
        let more = shown.len().saturating_sub(ISSUES);
        self.styled(BOLD, "Answers that matter most: the best chance if one were settled in advance");
        for i in shown.into_iter().take(ISSUES) {
            let text = answers(&talks.issues[i], &will.issues[i]);
            self.wrapped("  ", "      ", &text);
        }
        if more > 0 {
            self.styled(DIM, &format!("  ... and {} more in `--format json`", grouped(more)));
        }
        self.line("");
    }

    fn solutions(&mut self, report: &Report<'_>) {
        let Some(found) = &report.analysis.solutions else { return };
        let star = |is_sum| if say::fair::depends_on_units(report, is_sum) { "*" } else { "" };
        let named = [
            ("Nash".to_owned(), &found.nash),
            ("Kalai-Smorodinsky".to_owned(), &found.kalai_smorodinsky),
            (format!("egalitarian{}", star(false)), &found.egalitarian),
            (format!("utilitarian{}", star(true)), &found.utilitarian),
        ];
        let mut told: Vec<(Vec<String>, &Chosen)> = Vec::new();
        for (name, solution) in named {
            match solution {
                Solution::Found(chosen) => {
                    let name = format!("{name}{}", say::equals(&CountBounds::exact(chosen.ties.into())));
                    match told.iter_mut().find(|(_, other)| other.outcome == chosen.outcome) {
                        Some((names, _)) => names.push(name),
                        None => told.push((vec![name], chosen)),
                    }
                }
                Solution::None(reason) => return self.no_solution(report, reason),
            }
        }
        self.styled(BOLD, "Deals that divide the gains by a rule of fairness");
        let reference =
            report.analysis.will.as_ref().and_then(|will| will.best.first()).map(|deal| &deal.outcome);
        for (names, chosen) in told {
            let words = match reference {
                Some(reference) => say::difference(report.talks, reference, &chosen.outcome),
                None => in_words(report.talks, &chosen.outcome, |_| true),
            };
            let together = say::fair::together(report.talks, chosen);
            let together = together.map_or_else(String::new, |together| format!("; {together}"));
            let lead = format!("{} (chance {}{together})", names.join(", "), percent(chosen.probability));
            self.wrapped("  ", "      ", &format!("{lead}: {words}"));
        }
        self.dim_note(&say::fair::rules(report));
    }

    fn no_solution(&mut self, report: &Report<'_>, reason: &str) {
        if report.analysis.no_zone.is_none() {
            self.paragraph(&format!("No deal divides the gains by a rule of fairness: {reason}."));
        }
    }

    fn dim_note(&mut self, text: &str) {
        let options = textwrap::Options::new(self.width).initial_indent("  ").subsequent_indent("  ");
        for line in textwrap::wrap(&visible(text), options) {
            self.styled(DIM, &line);
        }
        self.line("");
    }

    fn foot(&mut self, report: &Report<'_>) {
        self.wrapped("", "", &say::assumed(report.talks));
        let not_asked = say::not_asked(report);
        let warnings = report.reading.iter().chain(report.warnings);
        for warning in warnings.chain(&report.analysis.notes).chain(not_asked.as_ref()) {
            self.wrapped("", "  ", &format!("Note: {warning}."));
        }
    }
}

/// A number that is told in the plural.
const SEVERAL: f64 = 2.0;

/// `Issue (unit): answer (27%) · answer (10%)`, the best answer first.
fn answers(issue: &Issue, chances: &[Option<f64>]) -> String {
    let mut by_chance: Vec<usize> = (0..issue.n_options()).collect();
    let place = |k: usize| say::answers::place(chances[k]);
    let better_first = |a: &usize, b: &usize| place(*b).total_cmp(&place(*a)).then(a.cmp(b));
    let more = by_chance.len() > ANSWERS;
    if more {
        by_chance.select_nth_unstable_by(ANSWERS - 1, better_first);
        by_chance.truncate(ANSWERS);
    }
    by_chance.sort_by(better_first);
    let answer = |k: &usize| {
        let option = OptionId(*k);
        // A number's unit stands once, beside the issue.
        let name = match (&issue.options, issue.option_value(option)) {
            (Options::Range(range), Some(value)) => range.in_words(value),
            _ => issue.option_name(option).into_owned(),
        };
        format!("{} ({})", isolated(&name), say::answers::told(chances[*k])).replace(' ', "\u{a0}")
    };
    let mut parts: Vec<String> = by_chance.iter().map(answer).collect();
    if more {
        parts.push("...".into());
    }
    let unit = match &issue.options {
        Options::Range(range) => range.unit_of(SEVERAL),
        Options::Named { .. } => None,
    };
    let unit = unit.map_or_else(String::new, |unit| format!(" ({})", isolated(unit)));
    format!("{}{unit}: {}", isolated(&issue.name), parts.join("\u{a0}· "))
}
