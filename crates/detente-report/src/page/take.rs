//! What it would take: with what mediators can do, with nothing given, and for a deal that was asked about.

use super::{Picture, Table};
use crate::chart::Charts;
use crate::deal::{in_words, isolated};
use crate::say::levers::About;
use crate::words::{percent, value};
use crate::{NamedDeal, Report, say};
use detente_analysis::{Account, Levers, Requirements};
use detente_model::{BodyId, Outcome};

/// Bodies and issues in a table.
const ROWS: usize = 30;

pub(super) struct Take {
    pub(super) levers: Option<LeverView>,
    pub(super) inverse: Option<InverseView>,
}

pub(super) struct LeverView {
    pub(super) lines: Vec<String>,
    pub(super) chart: Option<Picture>,
    /// What each is worth.
    pub(super) worth: Option<Table>,
    pub(super) notes: Vec<String>,
}

pub(super) struct InverseView {
    pub(super) lines: Vec<String>,
    pub(super) bodies: Option<Table>,
    pub(super) issues: Option<Table>,
}

pub(super) struct AccountView {
    pub(super) words: String,
    pub(super) lines: Vec<String>,
    /// Absent where their chances hang on what is not said.
    pub(super) bodies: Option<Table>,
    pub(super) levers: Vec<String>,
}

fn reference<'r>(report: &'r Report<'_>) -> Option<&'r Outcome> {
    report.analysis.will.as_ref().and_then(|will| will.best.first()).map(|deal| &deal.outcome)
}

/// What it would take to reach the target; nothing where neither was asked.
pub(super) fn take(report: &Report<'_>, charts: &mut Charts) -> Option<Take> {
    let levers = report.levers.map(|found| lever_view(report, found, charts));
    let inverse = report.inverse.map(|found| inverse_view(report, found));
    (levers.is_some() || inverse.is_some()).then_some(Take { levers, inverse })
}

fn lever_view(report: &Report<'_>, found: &Levers, charts: &mut Charts) -> LeverView {
    LeverView {
        lines: say::levers::verdict(
            report.talks,
            found,
            About::Best(reference(report)),
            report.package_average,
        ),
        chart: charts.levers.take().map(Picture::new),
        worth: worth(report, found),
        notes: say::levers::kept_for_later(report.talks)
            .into_iter()
            .chain(found.notes.iter().map(|note| say::sentence(note)))
            .collect(),
    }
}

fn worth(report: &Report<'_>, found: &Levers) -> Option<Table> {
    let chosen = found.chosen().filter(|chosen| !chosen.levers.is_empty())?;
    let reached = found.cheapest.is_some();
    let mut head = vec!["What a mediator can do", "Cost", "Used", "Without it, at no more cost"];
    if reached {
        head.push("Least cost of the target without it");
    }
    let mut table = Table::new("What each is worth", &head);
    for (k, (lever, worth)) in report.talks.levers.iter().zip(&found.levers).enumerate() {
        let mediator = &report.talks.mediators[lever.mediator.0].name;
        let used = chosen.levers.iter().any(|other| other.0 == k);
        let mut row = vec![
            format!("{} ({})", isolated(&lever.name), isolated(mediator)),
            value(lever.cost.mean()),
            if used { "yes" } else { "no" }.into(),
            percent((chosen.probability - worth.worth).max(0.0)),
        ];
        if reached {
            row.push(worth.cheapest_without.map_or_else(|| "out of reach".into(), value));
        }
        table.rows.push(row);
    }
    table.left_out = table.rows.len().saturating_sub(ROWS);
    table.rows.truncate(ROWS);
    (!table.rows.is_empty() && !found.levers.is_empty()).then_some(table)
}

fn inverse_view(report: &Report<'_>, found: &Requirements) -> InverseView {
    let talks = report.talks;
    let lines = say::inverse::lines(talks, found, reference(report), report.falls_average);
    if found.best >= found.target {
        return InverseView { lines, bodies: None, issues: None };
    }
    let mut bodies = Table::new(
        "By how much less each body alone would have to need for a yes",
        &["Whose yes", "Less needed, alone"],
    );
    for (b, ask) in found.bodies.iter().enumerate().take(ROWS) {
        bodies.rows.push(vec![say::body_name(talks, BodyId(b)), say::inverse::ask(ask)]);
    }
    bodies.left_out = found.bodies.len() - bodies.rows.len();
    let mut issues = Table::new(
        "For each issue, the answer that would have to be worth least more, and to whom",
        &["Issue", "Answer", "Worth more to", "By"],
    );
    for (i, added) in found.issues.iter().enumerate() {
        if let Some(added) = added {
            let [answer, whose, amount] = say::inverse::added(talks, i, added);
            issues.rows.push(vec![isolated(&talks.issues[i].name), answer, whose, amount]);
        }
    }
    issues.left_out = issues.rows.len().saturating_sub(ROWS);
    issues.rows.truncate(ROWS);
    InverseView { lines, bodies: Some(bodies), issues: (!issues.rows.is_empty()).then_some(issues) }
}

/// The deals that were asked about.
pub(super) fn accounts(report: &Report<'_>) -> Vec<AccountView> {
    let view = |deal: &NamedDeal| AccountView {
        words: in_words(report.talks, &deal.account.outcome, |_| true),
        lines: say::inverse::account(report.talks, deal),
        bodies: deal.is_settled().then(|| standings(report, &deal.account)),
        levers: deal
            .levers
            .as_ref()
            .filter(|_| deal.account.probability < deal.account.target)
            .map(|found| say::levers::verdict(report.talks, found, About::This, None))
            .unwrap_or_default(),
    };
    report.accounts.iter().map(view).collect()
}

fn standings(report: &Report<'_>, found: &Account) -> Table {
    let head = [
        "Whose yes",
        "Against no deal",
        "Its yes",
        "If it said no",
        "If it said yes",
        "Less needed, alone",
        "Worth more, alone",
    ];
    let mut table = Table::new("Who accepts this deal, who does not, and what it would take", &head);
    for (b, standing) in found.bodies.iter().enumerate() {
        table.rows.push(vec![
            say::body_name(report.talks, BodyId(b)),
            say::inverse::surplus(standing),
            say::inverse::standing(standing),
            percent(standing.if_refuses),
            percent(standing.if_accepts),
            say::inverse::ask(&standing.fall),
            say::inverse::ask(&standing.value),
        ]);
    }
    table
}
