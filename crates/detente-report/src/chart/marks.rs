//! What all pictures show: the same deals, with the same words.

use super::Detail;
use super::scale::Axis;
use crate::Report;
use crate::deal::isolated;
use crate::page::Table;
use crate::say;
use crate::words::{count, percent, value};
use detente_analysis::{Chosen, Deal, FrontierPoint, Scale, Solution};

/// Best deals with a mark and a text each; those after them are drawn as one.
pub(crate) const MARKED: usize = 40;
/// Marks of a legend, and what is drawn as one.
const EXPLAINED: usize = 10;

/// The deals to draw.
pub(crate) struct Marks<'a> {
    pub(crate) report: &'a Report<'a>,
    pub(crate) detail: Detail,
    pub(crate) frontier: &'a [FrontierPoint],
    pub(crate) best: &'a [Deal],
    /// Distinct points of the rules of fairness, each with its letters.
    pub(crate) fair: Vec<(String, &'a Chosen)>,
    pub(crate) zone: Vec<&'a [f64]>,
    pub(crate) rest: Vec<&'a [f64]>,
}

impl<'a> Marks<'a> {
    /// Nothing where a limit was met.
    pub(crate) fn new(report: &'a Report<'a>, detail: Detail) -> Option<Marks<'a>> {
        let analysis = report.analysis;
        if !analysis.has_frontier() {
            return None;
        }
        let of = |points: &'a [detente_analysis::CloudPoint]| {
            points.iter().map(|point| &point.utilities[..]).collect()
        };
        Some(Marks {
            report,
            detail,
            frontier: &analysis.frontier,
            best: analysis.will.as_ref().map_or(&[], |will| &will.best),
            fair: fair(report),
            zone: of(&analysis.cloud.zone),
            rest: of(&analysis.cloud.rest),
        })
    }

    pub(crate) fn party(&self, party: usize) -> String {
        isolated(&self.report.talks.parties[party].name)
    }

    /// What the deals of the frontier are, as far as is known.
    pub(crate) fn efficient(&self) -> &'static str {
        match self.report.analysis.frontier_known {
            true => "efficient deals",
            false => "deals found that may be efficient",
        }
    }

    /// What one of them is.
    fn one(&self) -> &'static str {
        match self.report.analysis.frontier_known {
            true => "Efficient deal",
            false => "Deal that may be efficient",
        }
    }

    pub(crate) fn n_parties(&self) -> usize {
        self.report.talks.parties.len()
    }

    /// Parties that get a row of a picture.
    pub(crate) fn rows(&self) -> usize {
        self.n_parties().min(self.detail.parties)
    }

    /// What an axis measures.
    pub(crate) fn unit(&self) -> String {
        match (self.report.analysis.scale, &self.report.talks.common_unit) {
            (Scale::Raw, Some(unit)) => format!("in {}", isolated(unit)),
            (Scale::Raw, None) => "in its own units".into(),
            (Scale::Unit, _) => "0 = worst, 1 = best".into(),
        }
    }

    /// A party, and what its axis measures.
    pub(super) fn measured(&self, party: usize) -> String {
        format!("{}, {}", self.party(party), self.unit())
    }

    /// An axis over a party's utilities, with its alternative if that is not far off.
    pub(super) fn axis(&self, party: usize) -> Axis {
        let range = self.report.analysis.parties[party];
        let (min, max) = range.range.unwrap_or((0.0, 1.0));
        let near = |alternative: &f64| {
            let far = (max - min).max(f64::MIN_POSITIVE);
            (min - far..=max + far).contains(alternative)
        };
        Axis::new([min, max].into_iter().chain(range.alternative.filter(near)))
    }

    /// The alternative, where its axis reaches it.
    pub(super) fn alternative(&self, party: usize, axis: &Axis) -> Option<f64> {
        let alternative = self.report.analysis.parties[party].alternative?;
        (-1e-9..=1.0 + 1e-9).contains(&axis.share(alternative)).then_some(alternative)
    }

    /// What the line that joins efficient deals of two parties is.
    pub(super) fn line(&self) -> &'static str {
        match self.report.analysis.frontier_known {
            true => "efficient deals, from the best for one side to that for the other",
            false => "deals found, from the best for one side to that for the other",
        }
    }

    /// Whether any axis has a mark for what no deal is worth.
    pub(super) fn has_alternative(&self) -> bool {
        (0..self.n_parties()).any(|party| self.alternative(party, &self.axis(party)).is_some())
    }

    /// Whether some of these marks can be seen: none of the deals that are drawn over them lies on it.
    pub(super) fn is_seen<'u>(&self, marks: impl IntoIterator<Item = &'u [f64]>) -> bool {
        let over = self.best.iter().take(MARKED).map(|deal| &deal.utilities[..]);
        let over: Vec<&[f64]> = over.collect();
        marks.into_iter().any(|own| !over.contains(&own))
    }

    /// Whether efficient deals can be seen as such.
    pub(super) fn shows_efficient(&self) -> bool {
        self.is_seen(self.frontier.iter().map(|point| &point.utilities[..]))
    }

    /// `North 4, South 7`.
    pub(crate) fn utilities(&self, of: &[usize], utilities: &[f64]) -> String {
        let each = of.iter().map(|party| format!("{} {}", self.party(*party), value(utilities[*party])));
        each.collect::<Vec<_>>().join(", ")
    }

    /// What a mark says of a deal: what it is worth to some parties, and the answers where there is room.
    pub(crate) fn says_frontier(&self, k: usize, of: &[usize]) -> String {
        let point = &self.frontier[k];
        let utilities = self.utilities(of, &point.utilities);
        if k < self.detail.told {
            format!("{}: {utilities}. {}", self.one(), say::deal(self.report, &point.outcome))
        } else {
            format!("{}: {utilities}", self.one())
        }
    }

    pub(crate) fn says_best(&self, k: usize, of: &[usize]) -> String {
        let deal = &self.best[k];
        let chance = percent(deal.probability);
        let utilities = self.utilities(of, &deal.utilities);
        let words = if k < self.detail.told { say::deal(self.report, &deal.outcome) } else { String::new() };
        format!("Deal {}, chance {chance}: {utilities}. {words}", k + 1)
    }

    pub(crate) fn says_fair(&self, letters: &str, chosen: &Chosen, of: &[usize]) -> String {
        let chance = percent(chosen.probability);
        let utilities = self.utilities(of, &chosen.utilities);
        format!("By a rule of fairness ({letters}), chance {chance}: {utilities}")
    }

    /// How many other deals are drawn in one picture of so many marks, and of how many.
    pub(crate) fn thinned(&self, share: usize) -> Option<(usize, String)> {
        let counts = &self.report.analysis.counts;
        let drawn: usize = self.room(share).iter().sum();
        let all = &counts.outcomes.feasible;
        (num_bigint::BigUint::from(drawn) < *all).then(|| (drawn, count(all)))
    }

    /// How many of the zone and of the rest fit into so many marks beside what is never left out.
    pub(crate) fn room(&self, share: usize) -> [usize; 2] {
        let fixed = self.frontier_marks(share) + self.best.len().min(MARKED) + self.fair.len() + EXPLAINED;
        let free = share.saturating_sub(fixed);
        let zone = self.zone.len().min(free.div_ceil(2).max(free.saturating_sub(self.rest.len())));
        [zone, self.rest.len().min(free - zone)]
    }

    /// Efficient deals with a mark and a text each; if there are more than half of all marks, they
    /// are drawn as one.
    pub(crate) fn frontier_marks(&self, share: usize) -> usize {
        if self.frontier.len() <= share / 2 { self.frontier.len() } else { 1 }
    }

    /// How far two parties' utilities go together over the efficient deals, -1 to 1.
    pub(crate) fn correlation(&self, a: usize, b: usize) -> f64 {
        let n = self.frontier.len().max(1) as f64;
        let mean = |p: usize| self.frontier.iter().map(|point| point.utilities[p]).sum::<f64>() / n;
        let means = (mean(a), mean(b));
        let sum = |f: &dyn Fn(f64, f64) -> f64| -> f64 {
            self.frontier
                .iter()
                .map(|point| f(point.utilities[a] - means.0, point.utilities[b] - means.1))
                .sum()
        };
        let spread = (sum(&|x, _| x * x) * sum(&|_, y| y * y)).sqrt();
        if spread > 0.0 { sum(&|x, y| x * y) / spread } else { 0.0 }
    }

    /// The efficient deals as numbers.
    pub(crate) fn frontier_table(&self, parties: &[usize]) -> Table {
        // With many columns, rows become high and a table fills sheets.
        let rows = self.detail.rows * 3 / parties.len().max(3);
        let analysis = self.report.analysis;
        let once = analysis
            .frontier_outcomes
            .as_ref()
            .is_none_or(|deals| deals.at_least == analysis.frontier_count.into());
        let title = match (analysis.frontier_known, once) {
            (true, true) => "Efficient deals",
            (true, false) => "Efficient deals; of those worth the same to every party, the first",
            (false, _) => "Deals found",
        };
        let mut table = Table::new(title, &[self.one()]);
        table.head.extend(parties.iter().map(|party| self.party(*party)));
        for point in self.frontier.iter().take(rows) {
            let mut row = vec![match self.best.first() {
                Some(first) => say::difference(self.report.talks, &first.outcome, &point.outcome),
                None => say::deal(self.report, &point.outcome),
            }];
            row.extend(parties.iter().map(|party| value(point.utilities[*party])));
            table.rows.push(row);
        }
        table.left_out = self.frontier.len().saturating_sub(rows);
        table
    }

    /// The best deals and those by a rule of fairness as numbers.
    pub(crate) fn deals_table(&self, parties: &[usize]) -> Table {
        let mut table = Table::new(
            "Deals most likely to be agreed, and deals by a rule of fairness",
            &["Deal", "Chance"],
        );
        table.head.extend(parties.iter().map(|party| self.party(*party)));
        let mut add = |name: String, probability: f64, utilities: &[f64]| {
            let mut row = vec![name, percent(probability)];
            row.extend(parties.iter().map(|party| value(utilities[*party])));
            table.rows.push(row);
        };
        for (k, deal) in self.best.iter().take(self.detail.rows).enumerate() {
            add(format!("Deal {}", k + 1), deal.probability, &deal.utilities);
        }
        for (letters, chosen) in &self.fair {
            add(letters.clone(), chosen.probability, &chosen.utilities);
        }
        table.left_out = self.best.len().saturating_sub(self.detail.rows);
        table
    }
}

/// The rules of fairness with the deals they pick, one entry for each distinct deal.
pub(crate) fn fair<'a>(report: &'a Report<'a>) -> Vec<(String, &'a Chosen)> {
    let Some(found) = &report.analysis.solutions else { return Vec::new() };
    let named = [
        ("N", &found.nash),
        ("K", &found.kalai_smorodinsky),
        ("E", &found.egalitarian),
        ("U", &found.utilitarian),
    ];
    let mut told: Vec<(String, &Chosen)> = Vec::new();
    for (letter, solution) in named {
        let Solution::Found(chosen) = solution else { continue };
        match told.iter_mut().find(|(_, other)| other.outcome == chosen.outcome) {
            Some((letters, _)) => letters.push_str(letter),
            None => told.push((letter.to_owned(), chosen)),
        }
    }
    told
}
