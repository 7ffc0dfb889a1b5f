//! How deals can be carried out, on one screen.

use super::{BOLD, DIM, Page};
use crate::deal::{in_words, isolated};
use crate::say;
use crate::words::percent;
use crate::{CarriedDeal, SequenceReport};
use anstyle::AnsiColor;
use detente_analysis::{Order, Plan};
use detente_model::Talks;
use unicode_width::UnicodeWidthStr as _;

/// How deals of a scenario can be carried out, in words, wrapped to `width` columns, with colour codes that
/// the caller may strip.
pub fn sequence_text(report: &SequenceReport<'_>, width: usize) -> String {
    let mut page = Page::new(width);
    page.styled(BOLD, &isolated(&report.talks.title));
    page.line("");
    for deal in report.deals.iter().filter(|deal| deal.in_full) {
        page.wrapped("  ", "    ", &in_words(report.talks, &deal.outcome, |_| true));
        if let Some(chosen) = &report.chosen {
            page.wrapped("  ", "    ", chosen);
        }
        page.line("");
        page.carried(report.talks, deal);
    }
    page.which_hold(report.talks, report.deals);
    page.signed_and_kept(report.talks, report.deals);
    page.wrapped("", "", &say::assumed(report.talks));
    for warning in report.warnings {
        page.wrapped("", "  ", &format!("Note: {warning}."));
    }
    page.out.into_string()
}

impl Page {
    /// Whether a deal holds, in which order, and what is missing.
    pub(super) fn carried(&mut self, talks: &Talks, deal: &CarriedDeal) {
        let found = match &deal.found {
            Ok(found) => found,
            Err(why) => {
                self.paragraph(&format!(
                    "How it can be carried out is left open: {}.",
                    say::sequence::limit(talks, *why)
                ));
                return;
            }
        };
        let (label, rest) = say::standing::standing(talks, deal, say::standing::Reader::Writer);
        let is_good = label == say::sequence::HOLDS;
        let colour = if is_good { AnsiColor::Green } else { AnsiColor::Yellow };
        let style = BOLD.fg_color(Some(colour.into()));
        self.labelled(style, label, &rest);
        let lines = say::sequence::guarantees(talks, found)
            .into_iter()
            .chain(say::sequence::least_total(talks, found))
            .chain(deal.holding.iter().flat_map(|found| say::sequence::holding(talks, found)))
            .chain(deal.division.iter().flat_map(|found| say::sequence::division(talks, found)))
            .chain(say::course::undelivered(talks, found))
            .chain(say::lasting::left_open(talks, deal));
        let lines: Vec<String> = lines.collect();
        for line in &lines {
            self.wrapped("  - ", "    ", line);
        }
        if !lines.is_empty() {
            self.line("");
        }
        if let Order::Found { plan, .. } = &found.order {
            self.plan(talks, deal, plan);
        }
        self.lasting(talks, deal);
    }

    fn plan(&mut self, talks: &Talks, deal: &CarriedDeal, plan: &Plan) {
        self.styled(BOLD, "In this order, and what each side would lose by walking away then");
        let wide = plan.points.iter().map(|point| say::sequence::day(point).width()).max().unwrap_or(0);
        let indent = " ".repeat(wide + 4);
        let least: Vec<usize> = say::sequence::least(plan).into_iter().map(|(point, _)| point).collect();
        let mut phase = None;
        let last = plan.points.len() - 1;
        for (k, point) in plan.points.iter().enumerate() {
            let own = point.steps.iter().find_map(|step| talks.steps[step.0].phase);
            if own.is_some() && own != phase {
                phase = own;
                let name = phase.map_or("", |phase| &talks.phases[phase.0].name);
                self.styled(DIM, &format!("  {}", isolated(name)));
            }
            let day = say::sequence::day(point);
            let lead = format!("  {day}{}  ", " ".repeat(wide - day.width()));
            let steps: Vec<String> = point.steps.iter().map(|step| say::steps::step(talks, *step)).collect();
            let at_once = if steps.len() > 1 { ", at once" } else { "" };
            let what =
                if k == 0 { "the deal is signed".into() } else { format!("{}{at_once}", steps.join("; ")) };
            self.wrapped(&lead, &format!("{indent}  "), &what);
            if let Some(held) = say::course::held_back(talks, deal, k) {
                self.wrapped(&indent, &format!("{indent}  "), &held);
            }
            if k < last {
                let mark = if least.contains(&k) { "  ← least" } else { "" };
                self.wrapped(
                    &indent,
                    &format!("{indent}  "),
                    &format!("{}{mark}", say::sequence::slacks(talks, point)),
                );
            }
        }
        self.dim_note(say::sequence::SHARES);
    }

    /// Which of the likeliest deals hold.
    pub(super) fn which_hold(&mut self, talks: &Talks, deals: &[CarriedDeal]) {
        let ranked: Vec<&CarriedDeal> = deals.iter().filter(|deal| deal.rank.is_some()).collect();
        if ranked.len() < 2 {
            return;
        }
        self.styled(BOLD, "Deals by the chance of agreement, and whether they hold");
        for deal in ranked {
            let rank = deal.rank.unwrap_or(0) + 1;
            let chance = deal.probability.map(percent).unwrap_or_default();
            let words = say::standing::in_short(talks, deal);
            let what = say::kept::what_it_is(talks, deals, rank - 1);
            self.wrapped(
                &format!("  {rank:>2} {chance:>9}  "),
                "                ",
                &format!("{what}: {words}"),
            );
        }
        self.line("");
    }
}
