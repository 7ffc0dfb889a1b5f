//! What walking away is worth, in whole steps of each body's grid.

use super::{Aid, BodyStanding};
use crate::world::grid_of;
use detente_model::{
    Alternative, Body, BodyId, Grid, Interaction, Issue, IssueId, Number, OptionId, Outcome, Step, StepId,
    Table, Talks,
};
use std::collections::{BTreeMap, BTreeSet};

/// What a deal and its steps are worth to each body.
pub(super) struct Ledger {
    accounts: Vec<Account>,
}

/// What they are worth to one body, in steps of its grid.
struct Account {
    grid: Grid,
    /// What the deal is worth, with what outsiders add; without what steps give.
    deal: i128,
    /// What no deal is worth, without what outsiders take from it.
    alternative: Option<i128>,
    /// Whether no deal is ever better to it than none: it walks away wherever it can.
    leaves: bool,
    reaction: i128,
    /// What stays of what each step delivers.
    stays: BTreeMap<StepId, i128>,
    /// All that each step delivers, whatever stays of it.
    brings: BTreeMap<StepId, i128>,
    /// What each step gives beside the deal, whatever stays of it.
    gives: BTreeMap<StepId, i128>,
    terms: Vec<Term>,
}

/// An interaction or a table, as a deal changes it.
struct Term {
    /// Its amount for the deal minus that for the status quo, in the body's units.
    change: f64,
    /// The steps that deliver an issue of it which the deal changes; none if it comes with the end.
    awaited: BTreeSet<StepId>,
    /// The share kept of each of these.
    kept: BTreeMap<StepId, f64>,
}

/// A deal beside what holds today.
struct Change<'t> {
    talks: &'t Talks,
    own: &'t BTreeSet<StepId>,
    deal: &'t Outcome,
    /// The option that holds today, issue by issue, where it is known.
    today: Vec<Option<OptionId>>,
}

impl Ledger {
    pub(super) fn new(talks: &Talks, deal: &Outcome, own: &BTreeSet<StepId>, aid: &Aid) -> Ledger {
        let today = talks.issues.iter().map(|issue| issue.status_quo).collect();
        let change = Change { talks, own, deal, today };
        let account = |b: usize| change.account(BodyId(b), aid.adds[b], aid.lowers[b]);
        Ledger { accounts: (0..talks.bodies.len()).map(account).collect() }
    }

    /// What each body keeps of what a point delivers, in steps of its grid.
    pub(super) fn stays(&self, done: &BTreeSet<StepId>, point: &[StepId]) -> Vec<i128> {
        let of = |account: &Account| {
            let steps: i128 = point.iter().map(|s| account.stays[s]).sum();
            let terms: i128 = account.terms.iter().map(|term| term.stays(done, point, account.grid)).sum();
            steps + terms
        };
        self.accounts.iter().map(of).collect()
    }

    /// What holds for each body that has kept this much, in a plan of these steps.
    pub(super) fn bodies(&self, plan: &BTreeSet<StepId>, kept: &[i128]) -> Vec<BodyStanding> {
        self.accounts.iter().zip(kept).map(|(account, kept)| account.standing(plan, *kept)).collect()
    }

    /// What a body that has kept this much has to lose by walking away from a plan of these steps, in its
    /// units, its party's guarantee included; infinite without an alternative.
    pub(super) fn slack(&self, b: usize, plan: &BTreeSet<StepId>, kept: i128, guarantee: f64) -> f64 {
        let account = &self.accounts[b];
        if account.leaves {
            return f64::NEG_INFINITY;
        }
        let Some(alternative) = account.alternative else { return f64::INFINITY };
        let gain = (account.deal - alternative).max(0);
        let own = account.going_on(plan) - (alternative + kept - account.reaction);
        let slack = own + on(account.grid, guarantee * account.units(gain));
        let share = billionths(share(own, account.deal - alternative) + guarantee);
        account.units(if slack < 0 && share >= 0.0 { 0 } else { slack })
    }

    /// All that a body would miss at the end without a step, in its units, whatever is kept.
    pub(super) fn brings(&self, b: usize, step: StepId) -> f64 {
        let account = &self.accounts[b];
        let terms = account
            .terms
            .iter()
            .filter(|term| term.awaited.contains(&step))
            .map(|term| on(account.grid, term.change));
        account.units(account.brings[&step] + terms.sum::<i128>())
    }

    /// The grid of a body.
    pub(super) fn grid(&self, b: usize) -> Grid {
        self.accounts[b].grid
    }
}

impl Account {
    fn units(&self, steps: i128) -> f64 {
        self.grid.value(i64::try_from(steps).expect("amounts that fit the grid"))
    }

    /// What it has at the end of a plan of these steps: what the deal is worth, and all that they give beside.
    fn going_on(&self, plan: &BTreeSet<StepId>) -> i128 {
        self.deal + plan.iter().map(|s| self.gives[s]).sum::<i128>()
    }

    fn standing(&self, plan: &BTreeSet<StepId>, kept: i128) -> BodyStanding {
        if self.leaves {
            let (worth, slack) = (f64::INFINITY, f64::NEG_INFINITY);
            return BodyStanding { worth, slack, relative: slack };
        }
        let Some(alternative) = self.alternative else {
            let (worth, slack) = (f64::NEG_INFINITY, f64::INFINITY);
            return BodyStanding { worth, slack, relative: slack };
        };
        let worth = alternative + kept - self.reaction;
        let slack = self.going_on(plan) - worth;
        let units = |steps: i128| steps as f64 / self.grid.per_unit();
        let relative = share(slack, self.deal - alternative);
        BodyStanding { worth: units(worth), slack: units(slack), relative }
    }
}

/// A slack as a share of what the deal by itself is worth beyond no deal, to the nearest 10^-9.
fn share(slack: i128, gain: i128) -> f64 {
    if gain <= 0 {
        return if slack >= 0 { f64::INFINITY } else { f64::NEG_INFINITY };
    }
    let billionths = (slack.abs() * 2_000_000_000 + gain) / (2 * gain);
    billionths as f64 / if slack >= 0 { 1e9 } else { -1e9 } + 0.0
}

/// To the nearest 10^-9.
fn billionths(share: f64) -> f64 {
    (share * 1e9).round() / 1e9 + 0.0
}

/// The slack of each party: the largest share at which its rule holds over the bodies that have as much,
/// and its guarantee.
pub(super) fn parties(talks: &Talks, bodies: &[BodyStanding], guarantee: &[f64]) -> Vec<f64> {
    let slack = |(party, guarantee): (&detente_model::Party, &f64)| {
        let has = |body: &BodyId, share: f64| bodies[body.0].relative >= share;
        let shares = party.ratifies.members().into_iter().map(|body| bodies[body.0].relative);
        let holding = shares.filter(|share| party.ratifies.holds(&|body| has(body, *share)));
        let own = holding.fold(f64::NEG_INFINITY, f64::max);
        billionths(own + guarantee)
    };
    talks.parties.iter().zip(guarantee).map(slack).collect()
}

impl Term {
    /// What stays of it, if this point delivers it.
    fn stays(&self, done: &BTreeSet<StepId>, point: &[StepId], grid: Grid) -> i128 {
        let before = self.awaited.iter().all(|s| done.contains(s));
        let after = self.awaited.iter().all(|s| done.contains(s) || point.contains(s));
        if self.awaited.is_empty() || before || !after {
            return 0;
        }
        let kept = point.iter().filter_map(|s| self.kept.get(s)).copied().fold(f64::INFINITY, f64::min);
        on(grid, kept * self.change)
    }
}

impl Change<'_> {
    fn account(&self, b: BodyId, adds: f64, lowers: f64) -> Account {
        let body = &self.talks.bodies[b.0];
        let grid = grid_of(self.talks, body);
        let worth = body.preferences.leaves(&self.talks.issues, self.deal);
        let mean = |number: &Number| on(grid, number.mean());
        Account {
            grid,
            deal: worth.into_iter().map(|leaf| on(grid, leaf)).sum::<i128>() + on(grid, adds),
            leaves: body.alternative == Alternative::RefusesAll,
            alternative: body.alternative.number().map(|number| mean(number) - on(grid, lowers)),
            reaction: body.reaction.as_ref().map_or(0, mean),
            stays: self.own.iter().map(|s| (*s, self.of_step(b, grid, *s, self.kept(*s)))).collect(),
            brings: self.own.iter().map(|s| (*s, self.of_step(b, grid, *s, 1.0))).collect(),
            gives: self
                .own
                .iter()
                .map(|s| (*s, self.gives(b, *s).map(|amount| on(grid, amount)).sum()))
                .collect(),
            terms: self.terms(body),
        }
    }

    fn step(&self, s: StepId) -> &Step {
        &self.talks.steps[s.0]
    }

    fn kept(&self, s: StepId) -> f64 {
        self.step(s).kept.as_ref().map_or(1.0, Number::mean)
    }

    /// What stays with a body of the issues a step delivers and of what it gives beside, if it keeps so much.
    fn of_step(&self, b: BodyId, grid: Grid, s: StepId, kept: f64) -> i128 {
        let delivers = self.step(s).delivers.iter();
        let issues = delivers.map(|(issue, share)| share.mean() * self.issue_change(b, *issue));
        issues.chain(self.gives(b, s)).map(|amount| on(grid, kept * amount)).sum()
    }

    /// What a step gives to a body beside the deal.
    fn gives(&self, b: BodyId, s: StepId) -> impl Iterator<Item = f64> {
        self.step(s).gives.iter().filter(move |(to, _)| *to == b).map(|(_, amount)| amount.mean())
    }

    /// What the agreed option of an issue contributes beyond that of today; beyond 0 if that is not known.
    fn issue_change(&self, b: BodyId, id: IssueId) -> f64 {
        let preferences = &self.talks.bodies[b.0].preferences;
        let issue: &Issue = &self.talks.issues[id.0];
        let contribution = |option: OptionId| preferences.contribution(id, issue, option);
        contribution(self.deal[id]) - self.today[id.0].map_or(0.0, contribution)
    }

    fn terms(&self, body: &Body) -> Vec<Term> {
        let amount = |term: &Interaction, x: &Outcome| if term.applies(x) { term.adds.mean() } else { 0.0 };
        let interactions = body.preferences.interactions.iter().map(|term| {
            let issues: Vec<IssueId> = term.when.issues().collect();
            self.term(&issues, &|x| amount(term, x))
        });
        let looked_up = |table: &Table, x: &Outcome| {
            let options: Vec<OptionId> = table.issues.iter().map(|issue| x[*issue]).collect();
            table.amount(&options)
        };
        let tables =
            body.preferences.tables.iter().map(|table| self.term(&table.issues, &|x| looked_up(table, x)));
        interactions.chain(tables).collect()
    }

    fn term(&self, issues: &[IssueId], amount: &dyn Fn(&Outcome) -> f64) -> Term {
        let is_known = issues.iter().all(|issue| self.today[issue.0].is_some());
        let options = self.deal.0.iter().zip(&self.today).map(|(agreed, today)| today.unwrap_or(*agreed));
        let today = if is_known { amount(&Outcome(options.collect())) } else { 0.0 };
        let changed: Vec<IssueId> =
            issues.iter().copied().filter(|issue| self.today[issue.0] != Some(self.deal[*issue])).collect();
        let delivers = |s: &StepId, one_of: &[IssueId]| {
            self.step(*s).delivers.iter().any(|(issue, _)| one_of.contains(issue))
        };
        let own = || self.own.iter().copied();
        let comes_with_the_end =
            changed.iter().any(|issue| !own().any(|s| delivers(&s, std::slice::from_ref(issue))));
        let awaited: BTreeSet<StepId> =
            own().filter(|s| !comes_with_the_end && delivers(s, &changed)).collect();
        Term {
            change: amount(self.deal) - today,
            kept: awaited.iter().map(|s| (*s, self.kept(*s))).collect(),
            awaited,
        }
    }
}

/// An amount, rounded once to the grid, in its steps.
fn on(grid: Grid, amount: f64) -> i128 {
    i128::from(grid.round(amount))
}
