//! Pictures as SVG: where the deals lie for the parties, and how far each party can come.
//!
//! Drawn for paper and phone as well: shapes beside colours, a text for every mark, and the data in
//! tables that stand beside the picture. Colours come from classes, so that a page and a file of its
//! own can be light or dark.

mod collapse;
mod conditions;
mod kept;
mod layers;
mod letters;
mod levers;
mod lines;
mod links;
mod marks;
mod names;
mod ranges;
mod scale;
mod secured;
mod slack;
mod space;
mod sure;
mod svg;
mod timeline;

pub(crate) use conditions::Conditions;
pub(crate) use marks::Marks;
pub(crate) use names::spans;
pub(crate) use secured::cells;
pub(crate) use svg::Chart;

use crate::Report;
use crate::say::lasting::{same_order, told};
use detente_analysis::Order;

/// The colours of the pictures, light and dark.
pub(crate) const COLOURS: &str = include_str!("../../templates/colours.css");
/// How the pictures use them.
pub(crate) const STYLE: &str = include_str!("../../templates/chart.css");

/// How much of the data is drawn and told.
#[derive(Clone, Copy)]
pub(crate) struct Detail {
    /// Most marks in one figure, over all its pictures; deals drawn as one line or path count as one.
    pub(crate) marks: usize,
    /// Deals told in words on hover; beyond, only their numbers.
    pub(crate) told: usize,
    /// Rows of a table beside a picture.
    pub(crate) rows: usize,
    /// Lines of efficient deals where all parties stand beside each other.
    pub(crate) lines: usize,
    /// Parties in the pictures that have a row for each.
    pub(crate) parties: usize,
    /// Letters of a name or another text.
    pub(crate) letters: usize,
    /// Entries of a list in the text.
    pub(crate) listed: usize,
}

impl Detail {
    /// From much to little; a page takes the first with which it is small enough.
    pub(crate) const LEVELS: [Detail; 4] = [
        Detail { marks: 2000, told: 200, rows: 100, lines: 400, parties: 60, letters: 400, listed: 2000 },
        Detail { marks: 1000, told: 20, rows: 50, lines: 100, parties: 40, letters: 200, listed: 1000 },
        Detail { marks: 300, told: 0, rows: 20, lines: 30, parties: 20, letters: 80, listed: 300 },
        Detail { marks: 60, told: 0, rows: 3, lines: 5, parties: 10, letters: 40, listed: 60 },
    ];
}

/// Most pairs of parties drawn on a page.
const MOST_PAIRS: usize = 6;

/// Deals with pictures of how they can be carried out.
const MOST_COURSES: usize = 5;

/// How a deal can be carried out.
#[derive(Default)]
pub(crate) struct Course {
    /// What each step waits for.
    pub(crate) conditions: Option<Conditions>,
    /// The same in words.
    pub(crate) table: Option<crate::page::Table>,
    /// When each step can be done.
    pub(crate) timeline: Option<Chart>,
    /// What each side would lose by walking away.
    pub(crate) slack: Option<Chart>,
    /// When each step can be done with the levers given, where that makes another order.
    pub(crate) with_levers: Option<Chart>,
    /// What it secures, day by day.
    pub(crate) secured: Option<Chart>,
}

impl Course {
    fn charts(&self) -> impl Iterator<Item = &Chart> {
        let conditions = self.conditions.iter();
        let conditions = conditions.flat_map(|own| own.across.iter().chain([&own.down]));
        let lasting = self.with_levers.iter().chain(&self.secured);
        self.slack.iter().chain(&self.timeline).chain(conditions).chain(lasting)
    }
}

/// All pictures of an analysis, by what they show; none where a limit was met.
#[derive(Default)]
pub(crate) struct Charts {
    /// One picture for each pair of parties shown.
    pub(crate) pairs: Vec<Chart>,
    /// How many pairs there are.
    pub(crate) n_pairs: usize,
    /// What the marks of several pictures mean.
    pub(crate) legend: Option<Chart>,
    /// All parties beside each other, where there are more than two.
    pub(crate) lines: Option<Chart>,
    /// Each party's range.
    pub(crate) ranges: Option<Chart>,
    /// What mediators can do, and at what cost.
    pub(crate) levers: Option<Chart>,
    /// How sure the chances are, and what they hang on, where something is not known.
    pub(crate) sure: Option<Chart>,
    pub(crate) tornado: Option<Chart>,
    /// How deals can be carried out, for each that is told in full.
    pub(crate) carried: Vec<Course>,
    /// The deals by how likely they are to be signed and kept.
    pub(crate) kept: Option<Chart>,
    /// How many of the other deals are drawn, and of how many.
    pub(crate) thinned: Option<(usize, String)>,
}

impl Charts {
    pub(crate) fn new(report: &Report<'_>, detail: Detail) -> Charts {
        let all = pairs_of(report);
        let mut charts = Charts { n_pairs: all.len(), ..Charts::default() };
        charts.levers = report.levers.and_then(|found| levers::chart(report, found));
        if let Some(found) = report.unknowns {
            charts.sure = sure::deals(report, found);
            charts.tornado = sure::tornado(report, found);
        }
        charts.carried = courses(report, detail);
        charts.kept = kept::chart(report);
        if let Some(marks) = Marks::new(report, detail) {
            let chosen = most_opposed(&marks, &all);
            let share = detail.marks / chosen.len().max(1);
            let alone = chosen.len() == 1;
            charts.pairs = chosen.iter().map(|pair| space::chart(&marks, *pair, share, alone)).collect();
            charts.legend = (chosen.len() > 1).then(|| space::legend_chart(&marks, share));
            charts.lines = (report.talks.parties.len() > 2).then(|| lines::chart(&marks));
            charts.ranges = Some(ranges::chart(&marks));
            charts.thinned = marks.thinned(share);
        }
        charts
    }
}

/// The pictures of each deal that is told in full.
fn courses(report: &Report<'_>, detail: Detail) -> Vec<Course> {
    let deals = report.carried.iter().filter(|deal| deal.in_full).take(MOST_COURSES);
    let of = |(k, deal): (usize, &crate::CarriedDeal)| {
        let suffix = if k == 0 { String::new() } else { format!("-{}", k + 1) };
        let id = |name: &str| format!("{name}{suffix}");
        let Ok(found) = &deal.found else { return Course::default() };
        let plan = if let Order::Found { plan, .. } = &found.order { Some(plan) } else { None };
        let told = told(deal);
        let same = plan.and_then(|plan| told.as_ref().filter(|told| same_order(told.plan, plan)));
        let other = told.as_ref().filter(|_| same.is_none());
        let (conditions, table) = conditions::charts(report.talks, &found.steps, plan, &suffix);
        Course {
            conditions,
            table,
            timeline: plan.and_then(|plan| timeline::chart(report.talks, plan, same, id("timeline"))),
            slack: plan.and_then(|plan| slack::chart(report.talks, plan, detail, id("slack"))),
            with_levers: other
                .and_then(|told| timeline::chart(report.talks, told.plan, Some(told), id("timeline-levers"))),
            secured: told.as_ref().and_then(|told| secured::chart(report.talks, told, id("secured"))),
        }
    };
    deals.enumerate().map(of).collect()
}

/// Every picture as a file of its own, each explained: name and content.
pub(crate) fn files(report: &Report<'_>, detail: Detail) -> Vec<(String, String)> {
    let charts = Charts::new(report, detail);
    let pairs: Vec<Chart> = match Marks::new(report, detail) {
        Some(marks) => {
            let share = detail.marks / charts.pairs.len().max(1);
            let pairs = most_opposed(&marks, &pairs_of(report));
            pairs.into_iter().map(|pair| space::chart(&marks, pair, share, true)).collect()
        }
        None => Vec::new(),
    };
    let rest = charts
        .lines
        .iter()
        .chain(&charts.ranges)
        .chain(&charts.sure)
        .chain(&charts.tornado)
        .chain(&charts.levers)
        .chain(charts.carried.iter().flat_map(Course::charts))
        .chain(&charts.kept);
    let all = pairs.iter().chain(rest);
    all.map(|chart| (format!("{}.svg", chart.id), chart.alone())).collect()
}

/// Every pair of parties.
fn pairs_of(report: &Report<'_>) -> Vec<(usize, usize)> {
    let n = report.talks.parties.len();
    (0..n).flat_map(|a| (a + 1..n).map(move |b| (a, b))).collect()
}

/// The pairs to draw: all, or those where a gain for one goes most with a loss for the other.
fn most_opposed(marks: &Marks<'_>, pairs: &[(usize, usize)]) -> Vec<(usize, usize)> {
    if pairs.len() <= MOST_PAIRS {
        return pairs.to_vec();
    }
    let mut by_correlation: Vec<(f64, (usize, usize))> =
        pairs.iter().map(|pair| (marks.correlation(pair.0, pair.1), *pair)).collect();
    by_correlation.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
    by_correlation.truncate(MOST_PAIRS);
    let mut chosen: Vec<(usize, usize)> = by_correlation.into_iter().map(|(_, pair)| pair).collect();
    chosen.sort_unstable();
    chosen
}
