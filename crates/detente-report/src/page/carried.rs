//! How deals can be carried out: the order, what each side would lose by walking away, what is missing.

use super::lasting::{KeptRow, LastingView, kept, lasting};
use super::{Figure, Picture, Table};
use crate::chart::{Charts, Course};
use crate::deal::{in_words, isolated};
use crate::say::sequence as say;
use crate::say::{course, standing, steps};
use crate::words::percent;
use crate::{CarriedDeal, Report};
use detente_analysis::{AtStake, Division, Guarantees, Order, Plan, Point};
use detente_model::{Party, StepId, Talks};

/// Sides with a column of their own in the table of an order.
const COLUMNS: usize = 3;
/// Letters of a name at the head of a column.
const LETTERS: usize = 24;
/// How wide a column of text is.
const COLUMN: f64 = 704.0;
/// Sides named at each point where there are more.
const NAMED: usize = 3;
/// Choices of guarantees in a table.
const CHOICES: usize = 20;

pub(super) struct Carried {
    pub(super) deals: Vec<DealView>,
    pub(super) likeliest: Vec<ShortRow>,
    /// The same with the chance that each is kept, where that was worked out.
    pub(super) kept: Vec<KeptRow>,
    pub(super) kept_lines: Vec<String>,
    pub(super) kept_chart: Option<Picture>,
}

pub(super) struct DealView {
    /// Which deal this is.
    pub(super) words: String,
    pub(super) verdict: (&'static str, String),
    pub(super) lines: Vec<String>,
    pub(super) order: Option<OrderView>,
    pub(super) slack: Option<Picture>,
    pub(super) timeline: Option<Picture>,
    pub(super) no_times: bool,
    /// What each step waits for: for a wide screen, with whether it is wider than the text, and for others.
    pub(super) across: Option<(Picture, bool)>,
    pub(super) down: Option<Picture>,
    pub(super) conditions: Option<Table>,
    pub(super) trust: Option<Table>,
    pub(super) division: Option<Table>,
    pub(super) lasting: Option<LastingView>,
}

pub(super) struct OrderView {
    /// A column for each side; none where there are too many.
    pub(super) sides: Vec<String>,
    pub(super) rows: Vec<PointRow>,
    /// What the numbers are.
    pub(super) note: &'static str,
}

impl OrderView {
    /// Columns of the table.
    pub(super) fn columns(&self) -> usize {
        2 + self.sides.len().max(1)
    }
}

pub(super) struct PointRow {
    /// The phase that begins here.
    pub(super) phase: Option<String>,
    pub(super) number: usize,
    pub(super) day: String,
    pub(super) done: Vec<Done>,
    /// From when on it could be done, and why it is held back.
    pub(super) held: Option<String>,
    /// What each side would lose, by column, or the sides with the least in one; nothing at the end.
    pub(super) stands: Vec<Vec<Stand>>,
}

/// A step that is done.
pub(super) struct Done {
    pub(super) words: String,
    pub(super) brings: Option<String>,
}

/// What a side would lose by walking away.
pub(super) struct Stand {
    pub(super) side: String,
    pub(super) share: Figure,
    pub(super) is_least: bool,
    pub(super) would_gain: bool,
    /// The body that decides, where there are several.
    pub(super) body: Option<String>,
}

pub(super) struct ShortRow {
    pub(super) number: usize,
    pub(super) words: String,
    pub(super) signed: String,
    pub(super) kept: String,
}

/// How deals can be carried out; nothing where there are no steps.
pub(super) fn carried(report: &Report<'_>, charts: &mut Charts) -> Option<Carried> {
    let mut courses = std::mem::take(&mut charts.carried).into_iter();
    let in_full = report.carried.iter().filter(|deal| deal.in_full);
    let deals = in_full.map(|deal| deal_view(report, deal, courses.next().unwrap_or_default())).collect();
    (!report.carried.is_empty()).then(|| Carried {
        deals,
        likeliest: likeliest(report),
        kept: kept(report.talks, report.carried),
        kept_lines: crate::say::kept::signed_and_kept(report.talks, report.carried),
        kept_chart: charts.kept.take().map(Picture::new),
    })
}

fn deal_view(report: &Report<'_>, deal: &CarriedDeal, mut course: Course) -> DealView {
    let talks = report.talks;
    let lasting = lasting(talks, deal, &mut course);
    let (across, down) = match course.conditions {
        Some(own) => (own.across.map(|chart| (chart.width > COLUMN, Picture::new(chart))), Some(own.down)),
        None => (None, None),
    };
    let (across, down) = (across.map(|(is_wide, picture)| (picture, is_wide)), down.map(Picture::new));
    let mut view = DealView {
        words: which(report, deal),
        verdict: ("Left open:", String::new()),
        lines: lines(talks, deal),
        order: None,
        slack: course.slack.map(Picture::new),
        no_times: false,
        timeline: course.timeline.map(Picture::new),
        across,
        down,
        conditions: course.table,
        trust: None,
        division: deal
            .division
            .as_ref()
            .zip(deal.found.as_ref().ok())
            .and_then(|(own, found)| division(talks, &found.exit_values, own)),
        lasting,
    };
    match &deal.found {
        Ok(found) => {
            view.verdict = standing::standing(talks, deal, standing::Reader::Anybody);
            if let Order::Found { plan, trust, .. } = &found.order {
                view.order = Some(order(talks, deal, plan));
                view.no_times = plan.points.iter().all(|point| point.day <= 0.0);
                view.trust = choices(talks, &found.exit_values, plan, trust);
            }
        }
        Err(why) => view.verdict.1 = crate::say::sentence(&say::limit(talks, *why)),
    }
    view
}

fn which(report: &Report<'_>, deal: &CarriedDeal) -> String {
    if report.accounts.is_empty() && deal.rank == Some(0) {
        return "This is about the deal most likely to be agreed.".into();
    }
    format!("This is about the deal: {}.", in_words(report.talks, &deal.outcome, |_| true))
}

/// What is missing, who could give it, and what a reader should know.
fn lines(talks: &Talks, deal: &CarriedDeal) -> Vec<String> {
    let Ok(found) = &deal.found else { return Vec::new() };
    say::guarantees(talks, found)
        .into_iter()
        .chain(say::least_total(talks, found))
        .chain(deal.holding.iter().flat_map(|found| say::holding(talks, found)))
        .chain(deal.division.iter().flat_map(|found| say::division(talks, found)))
        .chain(course::undelivered(talks, found))
        .chain(crate::say::lasting::left_open(talks, deal))
        .collect()
}

fn order(talks: &Talks, deal: &CarriedDeal, plan: &Plan) -> OrderView {
    let has_columns = has_columns(talks);
    let sides = talks.parties.iter().filter(|_| has_columns).map(|party| isolated(&party.name)).collect();
    let least = say::least(plan);
    let mut phase = None;
    let row = |(number, point): (usize, &Point)| {
        let own = point.steps.iter().find_map(|step| talks.steps[step.0].phase);
        let begins = own.filter(|_| own != phase);
        phase = own.or(phase);
        let is_end = number + 1 == plan.points.len();
        PointRow {
            phase: begins.map(|phase| isolated(&talks.phases[phase.0].name)),
            number,
            day: say::day(point),
            done: point.steps.iter().map(|step| done(talks, *step)).collect(),
            held: course::held_back(talks, deal, number).map(|held| crate::say::sentence(&held)),
            stands: if is_end { Vec::new() } else { stands(talks, point, number, &least) },
        }
    };
    OrderView { rows: plan.points.iter().enumerate().map(row).collect(), sides, note: say::SHARES }
}

/// Whether each side has a column: there are few of them, and none has a name that would be broken to pieces in one.
fn has_columns(talks: &Talks) -> bool {
    let is_short = |party: &Party| party.name.chars().count() <= LETTERS;
    talks.parties.len() <= COLUMNS && talks.parties.iter().all(is_short)
}

fn done(talks: &Talks, step: StepId) -> Done {
    Done { words: steps::step(talks, step), brings: steps::consequences(&talks.steps[step.0]) }
}

fn stands(talks: &Talks, point: &Point, number: usize, least: &[(usize, usize)]) -> Vec<Vec<Stand>> {
    let n = talks.parties.len();
    let stand = |party: usize| {
        let share = point.parties[party];
        let body = point.binding[party].filter(|_| talks.parties[party].bodies.len() > 1);
        Stand {
            side: isolated(&talks.parties[party].name),
            share: figure(share),
            is_least: least.contains(&(number, party)),
            would_gain: share < 0.0 && share.is_finite(),
            body: body.map(|body| isolated(&talks.bodies[body.0].name)),
        }
    };
    if has_columns(talks) {
        return (0..n).map(|party| vec![stand(party)]).collect();
    }
    let mut parties: Vec<usize> = (0..n).collect();
    parties.sort_by(|a, b| point.parties[*a].total_cmp(&point.parties[*b]).then(a.cmp(b)));
    vec![parties.into_iter().take(NAMED).map(stand).collect()]
}

/// A share with all its digits a hover away, if it has any.
fn figure(share: f64) -> Figure {
    let said = say::share(share);
    if share.is_finite() { Figure::new(said, share) } else { Figure { exact: said.clone(), said } }
}

/// The choices of guarantees, where there is more than one.
fn choices(talks: &Talks, stakes: &[AtStake], plan: &Plan, trust: &[Guarantees]) -> Option<Table> {
    let all = say::enough(trust);
    if all.len() < 2 || plan.slack >= 0.0 {
        return None;
    }
    let caption = "Guarantees, each row of which is enough by itself, and an order that then holds";
    let mut table = Table::new(caption, &["What is guaranteed", "Order, by the points above"]);
    for choice in all.iter().take(CHOICES) {
        let guaranteed = say::needs(talks, stakes, std::slice::from_ref(&choice.by_party));
        table.rows.push(vec![guaranteed, in_order(talks, plan, &choice.plan)]);
    }
    table.left_out = all.len() - table.rows.len();
    Some(table)
}

/// An order by the points of that above, or by names where it does not do the same at once.
pub(super) fn in_order(talks: &Talks, above: &Plan, plan: &Plan) -> String {
    let point = |own: &Point| above.points.iter().position(|point| point.steps == own.steps);
    match plan.points.iter().skip(1).map(point).collect::<Option<Vec<usize>>>() {
        Some(points) if points.is_sorted() => "as above".into(),
        Some(points) => crate::chart::spans(&points),
        None => say::order(talks, plan),
    }
}

/// What dividing steps does, for each number of parts.
fn division(talks: &Talks, stakes: &[AtStake], found: &Division) -> Option<Table> {
    if found.tried.first().is_none_or(|own| own.slack >= 0.0) {
        return None;
    }
    let names: Vec<String> = found.steps.iter().map(|step| isolated(&talks.steps[step.0].name)).collect();
    let caption = format!("What dividing these into equal parts would do: {}", say::list(&names));
    let mut table =
        Table::new(&caption, &["Parts of each", "The least to lose", "What would have to be guaranteed"]);
    for own in &found.tried {
        let needs = if own.slack >= 0.0 { "nothing".into() } else { say::needs(talks, stakes, &own.needs) };
        table.rows.push(vec![own.parts.to_string(), say::share(own.slack), needs]);
    }
    Some(table)
}

/// The likeliest deals, and whether they hold.
fn likeliest(report: &Report<'_>) -> Vec<ShortRow> {
    let mut ranked: Vec<&CarriedDeal> = report.carried.iter().filter(|deal| deal.rank.is_some()).collect();
    ranked.sort_by_key(|deal| deal.rank);
    if ranked.len() < 2 {
        return Vec::new();
    }
    let first = ranked.iter().find(|deal| deal.rank == Some(0)).map(|deal| &deal.outcome);
    let row = |deal: &&CarriedDeal| ShortRow {
        number: deal.rank.unwrap_or(0) + 1,
        words: match (deal.rank, first) {
            (Some(0), _) | (_, None) => "the likeliest".into(),
            (_, Some(first)) => crate::say::difference(report.talks, first, &deal.outcome),
        },
        signed: deal.probability.map(percent).unwrap_or_default(),
        kept: standing::in_short(report.talks, deal),
    };
    ranked.iter().map(row).collect()
}
