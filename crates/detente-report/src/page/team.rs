//! The page for the mediation team: everything.

use super::answers::{Answers, answers};
use super::assumptions::{self, Group};
use super::carried::{Carried, carried};
use super::flips::{Sensitivity, flips};
use super::sources::{SourceView, sources};
use super::take::{self, AccountView, Take};
use super::{Figure, Head, MOST_BYTES, Picture, rendered};
use crate::Report;
use crate::chart::{self, Charts, Detail};
use crate::deal::{answer, in_words, isolated, shortened};
use crate::parts;
use crate::say;
use crate::words::{limit_words, percent};
use askama::Template;
use detente_analysis::{Chosen, CountBounds, Deal, Limit, Method, NoZone, Scale, Solution, Unknowns, Will};
use detente_model::{BodyId, OptionId, Talks, grouped};

/// Bodies in the table of consents.
const BODIES: usize = 10;
/// Deals named that are left out only because a list ends.
const EQUALS: usize = 5;
/// Sets of bodies to waive that are named.
const SETS: usize = 6;

#[derive(Template)]
#[template(path = "team.html")]
struct Team<'a> {
    head: Head,
    left_out: Option<String>,
    note: Option<&'a str>,
    assumed: String,
    limit: Option<String>,
    verdict: Option<(&'static str, String)>,
    rests_on: Option<String>,
    /// What is not said of whom.
    missing: Vec<String>,
    independent: bool,
    counts: String,
    warnings: Vec<String>,
    /// Notes for whoever wrote the file.
    reading: Vec<String>,
    best: Option<Best>,
    no_zone: Option<Opening>,
    consent: Option<Consents>,
    sure: Option<Sure>,
    take: Option<Take>,
    accounts: Vec<AccountView>,
    carried: Option<Carried>,
    flips: Option<Sensitivity>,
    answers: Option<Answers>,
    space: Option<Space>,
    ranges: Option<Picture>,
    others_intro: String,
    others: Vec<Other>,
    equals_intro: String,
    equals: Vec<Other>,
    target: Option<String>,
    assumptions: Vec<Group>,
    assumptions_left_out: usize,
    sources: Vec<SourceView<'a>>,
    has_lottery: bool,
    has_lasting: bool,
    by_units: [String; 2],
    weighed: Option<&'static str>,
    in_common: String,
    in_its_units: String,
    units: &'static str,
    has_common_unit: bool,
    complete: &'static str,
    method: Option<String>,
    scale: String,
    seed: u64,
    version: &'a str,
    hash: &'a str,
}

struct Best {
    chance: Figure,
    efficient: String,
    near: Option<String>,
    has_today: bool,
    answers: Vec<Answer>,
    parties: Vec<PartyRow>,
    rules: Vec<String>,
}

struct Answer {
    issue: String,
    answer: String,
    today: String,
}

struct PartyRow {
    name: String,
    chance: Figure,
    /// The party's only body, where it is the party itself.
    own: Option<BodyRow>,
    bodies: Vec<BodyRow>,
}

struct BodyRow {
    name: String,
    gain: Figure,
    chance: Figure,
}

struct Opening {
    lines: Vec<String>,
    answers: Option<Vec<Answer>>,
}

/// How sure it is, and what to find out next.
struct Sure {
    lines: Vec<String>,
    drawn: String,
    deals: Option<Picture>,
    learn: Vec<String>,
    tornado: Option<Picture>,
}

struct Consents {
    sentence: String,
    now: Figure,
    rows: Vec<ConsentRow>,
    rest: Option<String>,
}

struct ConsentRow {
    name: String,
    free: Figure,
    waived: Figure,
}

struct Space {
    lines: Vec<String>,
    pairs: Vec<Picture>,
    legend: Option<Picture>,
    lines_chart: Option<Picture>,
    fair: Vec<Fair>,
    no_fair: Option<String>,
}

struct Fair {
    names: String,
    words: String,
    least: Option<String>,
    chance: Figure,
    together: Option<String>,
    lottery: Option<String>,
}

struct Other {
    chance: Figure,
    words: String,
    gains: String,
    efficient: &'static str,
}

/// The whole analysis as one HTML page, for the eyes of the mediation team.
///
/// Self-contained: it loads nothing, runs nothing and allows nothing but its own style sheet. All
/// text from the scenario is escaped. It stays below a megabyte: where there is too much to draw
/// and to tell, it tells less and says so.
pub fn page(report: &Report<'_>) -> String {
    let mut page = String::new();
    for detail in Detail::LEVELS {
        let shorter = shortened(report.talks, detail.letters);
        let talks = shorter.as_ref().unwrap_or(report.talks);
        page = with(&Report { talks, ..*report }, detail);
        if page.len() < MOST_BYTES {
            break;
        }
    }
    page
}

fn with(report: &Report<'_>, detail: Detail) -> String {
    let (talks, analysis) = (report.talks, report.analysis);
    let will = analysis.will.as_ref();
    let mut charts = Charts::new(report, detail);
    let (assumptions, assumptions_left_out) = assumptions::groups(talks, detail.listed);
    let ranges = charts.ranges.take().map(Picture::new);
    let mut team = Team {
        left_out: None,
        head: Head::new(
            talks,
            &talks.authors,
            "Confidential: for the mediation team only",
            &[chart::STYLE, include_str!("../../templates/confidential.css")].concat(),
        ),
        note: talks.note.as_deref(),
        assumed: say::assumed(talks),
        limit: analysis.limit.as_ref().map(|limit| say::sentence(&limit_words(limit, talks, analysis))),
        verdict: will.map(|will| say::verdict::verdict(report, will)),
        rests_on: will.and_then(|will| say::verdict::rests_on(report, will)),
        missing: say::verdict::missing(talks, &analysis.knowledge.missing),
        independent: talks.correlation.is_none(),
        counts: counts(report),
        warnings: report.warnings.iter().cloned().chain(say::not_asked(report)).collect(),
        reading: report.reading.iter().chain(&analysis.notes).cloned().collect(),
        best: will.and_then(|will| best(report, will)),
        no_zone: analysis.no_zone.as_ref().map(|found| opening(talks, found)),
        consent: will.filter(|_| analysis.knowledge.is_settled()).map(|will| consents(talks, will)),
        sure: report.unknowns.map(|found| sure(report, found, &mut charts)),
        take: take::take(report, &mut charts),
        accounts: take::accounts(report),
        carried: carried(report, &mut charts),
        flips: report.flips.map(|found| flips(report, found)),
        answers: will
            .filter(|will| !will.best.is_empty() && analysis.knowledge.is_settled())
            .map(|will| answers(talks, will)),
        has_lottery: any_lottery(report),
        by_units: say::fair::by_units(report),
        weighed: say::fair::weighed(report),
        in_common: say::fair::in_common(talks),
        in_its_units: say::fair::in_its_units(talks),
        units: say::fair::units(talks),
        has_common_unit: talks.common_unit.is_some(),
        has_lasting: report.carried.iter().any(|deal| deal.lasting.is_some() || deal.kept.is_some()),
        space: analysis.has_frontier().then(|| space(report, charts)),
        ranges,
        others_intro: say::others(will.map_or(0, |will| will.best.len())),
        others: will.map(|will| others(talks, will)).unwrap_or_default(),
        equals_intro: say::equals_left_out(
            will.map_or(0, |will| will.equals.len().min(EQUALS)),
            will.map_or(0, |will| will.n_equals),
        ),
        equals: will.map(|will| equals(talks, will)).unwrap_or_default(),
        target: will.map(|will| percent(will.target)),
        assumptions,
        assumptions_left_out,
        sources: sources(talks),
        complete: match (&analysis.limit, analysis.method) {
            (None, Method::Enumeration) => "Every possible deal was looked at.",
            (None, Method::Groups { .. }) => {
                "Not every possible deal was looked at; all others were ruled out by bounds."
            }
            (Some(Limit::NothingFeasible), _) => "There is no possible deal to look at.",
            (Some(_), _) => "Not every possible deal was looked at.",
        },
        method: say::method(report),
        scale: scale(report),
        seed: report.seed,
        version: report.version,
        hash: report.input_sha256,
    };
    team.cut(detail.listed);
    rendered(&team)
}

/// What one number for a party is.
fn scale(report: &Report<'_>) -> String {
    let unit = report.talks.common_unit.as_ref().map(|unit| isolated(unit));
    match (report.analysis.scale, unit) {
        (Scale::Raw, None) => "Each party has one body; its values are used in its own units.".into(),
        (Scale::Raw, Some(unit)) => format!("Each party has one body; its values are in {unit}, as all are."),
        (Scale::Unit, unit) => {
            let sums = unit.map_or_else(String::new, |unit| {
                format!(" Only the sum of gains is taken over bodies, in {unit}.")
            });
            format!(
                "The mean of its bodies' values, weighted by influence, each body from 0 (its worst possible deal) \
                 to 1 (its best).{sums}"
            )
        }
    }
}

impl Team<'_> {
    /// Lists end where a page would become too long, and the page says what is missing.
    fn cut(&mut self, most: usize) {
        let mut missing = Vec::new();
        if let Some(best) = &mut self.best {
            cut(&mut best.answers, most, "answers of the likeliest deal", &mut missing);
            cut(&mut best.rules, most, "rules of parties", &mut missing);
            let mut left = most;
            for party in &mut best.parties {
                cut(&mut party.bodies, left, "bodies", &mut missing);
                left = left.saturating_sub(party.bodies.len() + 1);
            }
            cut(&mut best.parties, most, "parties", &mut missing);
        }
        if let Some(answers) = &mut self.answers {
            cut(&mut answers.issues, most / 4, "issues with their chances", &mut missing);
        }
        if let Some(flips) = &mut self.flips {
            cut(&mut flips.all.rows, most, "numbers that change the answer", &mut missing);
        }
        if let Some(carried) = &mut self.carried {
            cut(&mut carried.deals, most.div_ceil(20), "deals that can be carried out", &mut missing);
        }
        cut(&mut self.others, most / 10, "deals", &mut missing);
        cut(&mut self.sources, most / 4, "sources", &mut missing);
        let mut left = most / 2;
        for source in &mut self.sources {
            cut(&mut source.claims, left, "claims", &mut missing);
            left -= source.claims.len();
        }
        self.left_out = say::left_out(&missing);
    }
}

fn cut<T>(list: &mut Vec<T>, most: usize, what: &str, missing: &mut Vec<String>) {
    if list.len() > most {
        missing.push(format!("{} {what}", grouped(list.len() - most)));
        list.truncate(most);
    }
}

/// The pictures of [`page`] as files of their own: name and content.
pub fn pictures(report: &Report<'_>) -> Vec<(String, String)> {
    let mut files = Vec::new();
    for detail in Detail::LEVELS {
        let shorter = shortened(report.talks, detail.letters);
        let talks = shorter.as_ref().unwrap_or(report.talks);
        files = chart::files(&Report { talks, ..*report }, detail);
        if files.iter().all(|(_, svg)| svg.len() < MOST_BYTES) {
            break;
        }
    }
    files
}

fn counts(report: &Report<'_>) -> String {
    format!("{}.", say::counts(report).join("; "))
}

fn answers_of(talks: &Talks, outcome: &detente_model::Outcome) -> Vec<Answer> {
    let row = |(issue, option): (&detente_model::Issue, &OptionId)| Answer {
        issue: issue.name.clone(),
        answer: answer(issue, *option),
        today: match issue.status_quo {
            Some(today) if today == *option => "the same".into(),
            Some(today) => answer(issue, today),
            None => "–".into(),
        },
    };
    talks.issues.iter().zip(&outcome.0).map(row).collect()
}

fn best(report: &Report<'_>, will: &Will) -> Option<Best> {
    let (talks, deal) = (report.talks, will.best.first()?);
    let several = talks.parties.iter().filter(|party| party.bodies.len() > 1);
    let mut rules: Vec<String> = several.map(|party| format!("{}.", parts::ratifies(talks, party))).collect();
    rules.push(format!("{}.", parts::agreement(talks)));
    let near = will.best[1..].iter().filter(|other| deal.probability - other.probability <= 0.01).count();
    Some(Best {
        chance: Figure::chance(deal.probability),
        efficient: say::efficiency(report, deal),
        near: say::near_equals(near),
        has_today: talks.issues.iter().any(|issue| issue.status_quo.is_some()),
        answers: answers_of(talks, &deal.outcome),
        parties: party_rows(talks, deal),
        rules,
    })
}

fn party_rows(talks: &Talks, deal: &Deal) -> Vec<PartyRow> {
    let body = |body: &BodyId| BodyRow {
        name: talks.bodies[body.0].name.clone(),
        gain: gain_figure(talks, *body, deal.gains[body.0]),
        chance: match say::is_missing(talks, *body) {
            true => Figure { said: "not known".into(), exact: "too little is said of it".into() },
            false => Figure::chance(deal.by_body[body.0]),
        },
    };
    let row = |(p, party): (usize, &detente_model::Party)| {
        let mut bodies: Vec<BodyRow> = party.bodies.iter().map(body).collect();
        let alone = bodies.len() == 1 && talks.bodies[party.bodies[0].0].id == party.id;
        let own = if alone { bodies.pop() } else { None };
        PartyRow { name: party.name.clone(), chance: Figure::chance(deal.by_party[p]), own, bodies }
    };
    talks.parties.iter().enumerate().map(row).collect()
}

fn gain_figure(talks: &Talks, body: BodyId, value: Option<f64>) -> Figure {
    let said = say::gain_of(talks, body, value);
    match value.filter(|_| !say::is_missing(talks, body)) {
        Some(value) => Figure::new(said, value),
        None => Figure { said, exact: "no number for no agreement".into() },
    }
}

fn opening(talks: &Talks, found: &NoZone) -> Opening {
    let mut lines = vec![say::concession(found)];
    let sets: Vec<String> = found
        .waive
        .iter()
        .take(SETS)
        .map(|set| set.iter().map(|body| say::body_name(talks, *body)).collect::<Vec<_>>().join(" and of "))
        .collect();
    if !sets.is_empty() {
        lines.push(say::waivers(&sets, found.waive.len() - sets.len()));
    }
    Opening { lines, answers: found.nearest.as_ref().map(|outcome| answers_of(talks, outcome)) }
}

fn sure(report: &Report<'_>, found: &Unknowns, charts: &mut Charts) -> Sure {
    let talks = report.talks;
    let headline = report.analysis.will.as_ref().and_then(|will| will.best.first());
    Sure {
        lines: say::unknowns::sure(talks, found, headline.map(|deal| &deal.outcome)),
        drawn: say::unknowns::drawn(found),
        deals: charts.sure.take().map(Picture::new),
        learn: say::unknowns::learn(talks, found),
        tornado: charts.tornado.take().map(Picture::new),
    }
}

fn consents(talks: &Talks, will: &Will) -> Consents {
    let mut bodies: Vec<BodyId> = (0..talks.bodies.len()).map(BodyId).collect();
    let worth = |body: &BodyId| (will.bodies[body.0].if_waived, will.bodies[body.0].if_free);
    bodies.sort_by(|a, b| worth(b).partial_cmp(&worth(a)).unwrap_or(std::cmp::Ordering::Equal));
    let no_effect = bodies.iter().filter(|body| worth(body).0 < 0.005).count();
    bodies.retain(|body| worth(body).0 >= 0.005);
    let row = |body: &BodyId| ConsentRow {
        name: say::body_name(talks, *body),
        free: Figure::chance(will.best_probability + worth(body).1),
        waived: Figure::chance(will.best_probability + worth(body).0),
    };
    let equal = bodies.iter().take_while(|body| alike(worth(body), worth(&bodies[0]))).count();
    let most: Vec<String> = bodies[..equal].iter().map(|body| say::body_name(talks, *body)).collect();
    let first = bodies.first().map(worth);
    let shown = bodies.len().min(BODIES);
    Consents {
        sentence: say::consent(will, &most, first),
        now: Figure::chance(will.best_probability),
        rows: bodies[..shown].iter().map(row).collect(),
        rest: say::no_effect(bodies.len() - shown, no_effect, !bodies.is_empty()),
    }
}

/// Whether as much is gained without the yes of one body as without that of another, and with either at no cost: both are
/// told in one sentence.
fn alike(a: (f64, f64), b: (f64, f64)) -> bool {
    (a.0 - b.0).abs() < 1e-9 && (a.1 - b.1).abs() < 1e-9
}

fn space(report: &Report<'_>, charts: Charts) -> Space {
    let lines = say::space(report, charts.pairs.len(), charts.n_pairs, charts.thinned.as_ref());
    let (fair, no_fair) = fair(report);
    let unit = (report.analysis.scale == Scale::Unit).then(|| {
        "A party's value is the mean of its bodies', weighted by influence, each from 0 for its worst possible deal to 1 for \
         its best. So a deal may be better than no deal for a party and still lack the \
         yes of a body that it needs."
            .to_owned()
    });
    let weighed = say::fair::weighed(report).map(str::to_owned);
    let from = say::fair::counted_from(report.talks);
    Space {
        lines: lines.into_iter().chain(unit).chain(weighed).chain(from).collect(),
        pairs: charts.pairs.into_iter().map(Picture::new).collect(),
        legend: charts.legend.map(Picture::new),
        lines_chart: charts.lines.map(Picture::new),
        fair,
        no_fair,
    }
}

fn solutions<'a>(report: &'a Report<'a>) -> Vec<(&'static str, &'a Solution)> {
    let Some(found) = &report.analysis.solutions else { return Vec::new() };
    vec![
        ("Nash", &found.nash),
        ("Kalai-Smorodinsky", &found.kalai_smorodinsky),
        ("Egalitarian", &found.egalitarian),
        ("Utilitarian", &found.utilitarian),
    ]
}

fn any_lottery(report: &Report<'_>) -> bool {
    let mixed = |solution: &Solution| match solution {
        Solution::Found(chosen) => chosen.lottery.as_ref().is_some_and(|shares| shares.len() > 1),
        Solution::None(_) => false,
    };
    solutions(report).iter().any(|(_, solution)| mixed(solution))
}

fn fair(report: &Report<'_>) -> (Vec<Fair>, Option<String>) {
    let mut told: Vec<(Vec<String>, &Chosen)> = Vec::new();
    let mut missing = None;
    for (name, solution) in solutions(report) {
        match solution {
            Solution::Found(chosen) => {
                let name = format!("{name}{}", say::equals(&CountBounds::exact(chosen.ties.into())));
                let same = |other: &&mut (Vec<String>, &Chosen)| {
                    other.1.outcome == chosen.outcome && other.1.lottery == chosen.lottery
                };
                match told.iter_mut().find(same) {
                    Some((names, _)) => names.push(name),
                    None => told.push((vec![name], chosen)),
                }
            }
            Solution::None(reason) => missing = Some(say::no_fair(reason)),
        }
    }
    let reference =
        report.analysis.will.as_ref().and_then(|will| will.best.first()).map(|deal| &deal.outcome);
    let fair = |(names, chosen): (Vec<String>, &Chosen)| Fair {
        names: names.join(", "),
        words: match reference {
            Some(reference) => say::difference(report.talks, reference, &chosen.outcome),
            None => in_words(report.talks, &chosen.outcome, |_| true),
        },
        least: say::least_likely(report.talks, &chosen.by_body),
        chance: Figure::chance(chosen.probability),
        together: say::fair::together(report.talks, chosen),
        lottery: chosen.lottery.as_ref().filter(|shares| shares.len() > 1).map(|shares| {
            let weights: Vec<f64> = shares.iter().map(|share| share.weight).collect();
            let parts = shares.iter().zip(say::shares_of_all(&weights)).map(|(share, weight)| {
                let words = match reference {
                    Some(reference) => say::difference(report.talks, reference, &share.outcome),
                    None => in_words(report.talks, &share.outcome, |_| true),
                };
                format!("{weight}: {words}")
            });
            say::lottery(&parts.collect::<Vec<_>>())
        }),
    };
    (told.into_iter().map(fair).collect(), missing)
}

fn others(talks: &Talks, will: &Will) -> Vec<Other> {
    if will.best.len() < 2 {
        return Vec::new();
    }
    will.best.iter().enumerate().map(|(k, deal)| other(talks, will, k, deal)).collect()
}

fn other(talks: &Talks, will: &Will, k: usize, deal: &Deal) -> Other {
    Other {
        chance: Figure::chance(deal.probability),
        words: match k {
            0 => "the deal described above".into(),
            _ => say::difference(talks, &will.best[0].outcome, &deal.outcome),
        },
        gains: say::gains(talks, deal),
        efficient: say::efficient(deal),
    }
}

fn equals(talks: &Talks, will: &Will) -> Vec<Other> {
    will.equals.iter().take(EQUALS).map(|deal| other(talks, will, 1, deal)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bodies_are_told_as_alike_only_where_both_numbers_are() {
        assert!(alike((0.5, 0.13), (0.5, 0.13)));
        assert!(!alike((0.5, 0.5), (0.5, 0.13)) && !alike((0.5, 0.13), (0.4, 0.13)));
    }
}
