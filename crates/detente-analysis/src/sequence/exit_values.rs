//! What each body has won and would lose: the worth of walking away after some steps were done.

use crate::agreement::RuleNode;
use detente_model::{
    Alternative, Body, BodyId, Grid, IssueId, LeverId, Number, OptionId, Outcome, StepId, Table, Talks,
};

/// Steps of a deal, one bit each.
pub(super) type Steps = u128;

/// A slack as a share of what the deal is worth, in steps of 10^-9; the ends of the range are infinite.
pub(super) type Share = i64;

/// Steps of a share in all that the deal is worth.
pub(super) const WHOLE: f64 = 1e9;

/// A finite share has no more steps than this.
const LARGEST: f64 = 9e18;

/// Sums of what is delivered to one body fit an `i64` below this.
const MAX_SUM: i128 = 1 << 61;
/// By how many decimal places a grid may be coarser than the body's, so that what is small in its values is not lost
/// beside what steps give.
const COARSER: i32 = 3;

/// What outsiders add to a deal.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Aid {
    /// Per body, added to what the deal is worth; it comes with the end.
    pub(super) adds: Vec<f64>,
    /// Per body, taken from its alternative.
    pub(super) lowers: Vec<f64>,
    /// Per party, a share of what the deal is worth to it.
    pub(super) guarantee: Vec<f64>,
}

impl Aid {
    pub(super) fn none(talks: &Talks) -> Aid {
        let bodies = vec![0.0; talks.bodies.len()];
        Aid { adds: bodies.clone(), lowers: bodies, guarantee: vec![0.0; talks.parties.len()] }
    }

    /// What some levers add.
    pub(super) fn of(talks: &Talks, levers: &[LeverId]) -> Aid {
        let mut aid = Aid::none(talks);
        for lever in levers.iter().map(|lever| &talks.levers[lever.0]) {
            lever.inducement.iter().for_each(|(body, amount)| aid.adds[body.0] += amount.mean());
            lever.pressure.iter().for_each(|(body, amount)| aid.lowers[body.0] += amount.mean());
            lever.guarantee.iter().for_each(|(party, share)| aid.guarantee[party.0] += share.mean());
        }
        aid
    }
}

/// What a body has at stake.
pub(super) struct ExitValue {
    pub(super) grid: Grid,
    /// What the deal is worth, in grid steps; without what steps give beside it.
    pub(super) worth: i64,
    /// What no deal is worth; absent if it has nothing to walk away to.
    pub(super) alternative: Option<i64>,
    /// Whether no deal is ever better to it than none: then its alternative is above all that the deal and its steps
    /// can bring.
    pub(super) leaves: bool,
    pub(super) reaction: i64,
    /// By step: what it delivers and leaves.
    pub(super) parts: Vec<i64>,
    /// By step: what it gives beside the deal, whatever is kept of it.
    pub(super) gives: Vec<i64>,
    pub(super) terms: Vec<Term>,
}

/// A term over several issues, delivered with the last of them.
pub(super) struct Term {
    /// The steps that deliver one of its issues.
    pub(super) steps: Steps,
    /// By share kept, falling: the steps that leave as much or less, and what is left of the term then.
    pub(super) left: Vec<(Steps, i64)>,
}

impl Term {
    /// What it leaves to a body when these steps, done at once, complete it.
    pub(super) fn left(&self, last: Steps) -> i64 {
        let fits = self.left.iter().rev().find(|(steps, _)| steps & last != 0);
        fits.or(self.left.first()).map_or(0, |(_, amount)| *amount)
    }

    /// Whether it does not matter which step comes last.
    pub(super) fn is_fixed(&self) -> bool {
        self.left.len() <= 1
    }
}

/// What everybody has at stake.
pub(super) struct ExitValues {
    pub(super) bodies: Vec<ExitValue>,
    /// Per party, its rule over bodies by their number.
    pub(super) rules: Vec<RuleNode>,
    /// Per party, the guarantee it is given; and the same before it was rounded to a share.
    pub(super) guarantee: Vec<Share>,
    pub(super) given: Vec<f64>,
}

impl ExitValues {
    /// The stakes of a deal and its steps, or the first body whose numbers are too large to be added.
    pub(super) fn new(
        talks: &Talks,
        deal: &Outcome,
        steps: &[StepId],
        aid: &Aid,
    ) -> Result<ExitValues, BodyId> {
        let bodies: Result<Vec<ExitValue>, BodyId> = (0..talks.bodies.len())
            .map(|b| ExitValue::new(talks, deal, steps, aid, b).ok_or(BodyId(b)))
            .collect();
        Ok(ExitValues {
            bodies: bodies?,
            rules: talks.parties.iter().map(|party| RuleNode::new(&party.ratifies, &|body| body.0)).collect(),
            guarantee: aid.guarantee.iter().map(|share| (share * WHOLE).round() as Share).collect(),
            given: aid.guarantee.clone(),
        })
    }

    /// The slack of each party in a plan of some steps, where it does not matter which step completed a term.
    pub(super) fn slacks(&self, plan: Steps, done: Steps) -> Vec<Share> {
        let worth = |exit_value: &ExitValue| exit_value.walking_away(done, &|_, term| term.left(term.steps));
        let bodies: Vec<Share> = self
            .bodies
            .iter()
            .map(|exit_value| exit_value.share(exit_value.going_on(plan) - worth(exit_value)))
            .collect();
        let mut parties = vec![0; self.rules.len()];
        self.parties(&bodies, &mut parties);
        parties
    }

    /// The slack of each party, from those of its bodies.
    pub(super) fn parties(&self, bodies: &[Share], out: &mut [Share]) {
        for ((rule, guarantee), out) in self.rules.iter().zip(&self.guarantee).zip(out) {
            *out = plus(rule.level(&|body| bodies[body]), *guarantee);
        }
    }
}

/// A share and a guarantee; what is infinite stays so.
pub(super) fn plus(share: Share, guarantee: Share) -> Share {
    if share == Share::MAX || share == Share::MIN { share } else { share.saturating_add(guarantee) }
}

impl ExitValue {
    /// On the body's grid, or on the finest on which all that steps bring and give can be added to it.
    fn new(talks: &Talks, deal: &Outcome, steps: &[StepId], aid: &Aid, b: usize) -> Option<ExitValue> {
        let own = talks.bodies[b].grid(&talks.issues);
        let mut grid = own;
        while grid.digits >= own.digits - COARSER {
            if let Some(exit_value) = ExitValue::on(grid, talks, deal, steps, aid, b) {
                return Some(exit_value);
            }
            grid = Grid::decimal(if grid.parts > 1 { grid.digits } else { grid.digits - 1 });
        }
        None
    }

    fn on(
        grid: Grid,
        talks: &Talks,
        deal: &Outcome,
        steps: &[StepId],
        aid: &Aid,
        b: usize,
    ) -> Option<ExitValue> {
        let body = &talks.bodies[b];
        let own = body.alternative.number().map(Number::mean);
        let leaves = body.preferences.leaves(&talks.issues, deal);
        let worth: i64 = leaves.iter().map(|leaf| grid.round(*leaf)).sum();
        let mut exit_value = ExitValue {
            leaves: body.alternative == Alternative::RefusesAll,
            worth: worth.saturating_add(grid.round(aid.adds[b])),
            alternative: own.map(|own| grid.round(own).saturating_sub(grid.round(aid.lowers[b]))),
            reaction: grid.round(body.reaction.as_ref().map_or(0.0, Number::mean)),
            parts: steps.iter().map(|step| part(talks, b, deal, *step, kept(talks, *step), grid)).collect(),
            gives: steps.iter().map(|step| given(talks, b, *step, 1.0, grid)).collect(),
            terms: terms(talks, body, deal, steps, grid),
            grid,
        };
        if !exit_value.fits() {
            return None;
        }
        if exit_value.leaves {
            exit_value.alternative = Some(i64::try_from(exit_value.size() + 1).ok()?);
        }
        Some(exit_value)
    }

    fn fits(&self) -> bool {
        self.size() < MAX_SUM
    }

    /// No sum of its amounts is larger.
    fn size(&self) -> i128 {
        let terms = self.terms.iter().flat_map(|term| term.left.iter().map(|(_, amount)| amount));
        let fixed = [self.worth, self.alternative.unwrap_or(0), self.reaction];
        let all = fixed.iter().chain(&self.parts).chain(&self.gives).chain(terms);
        all.map(|amount| i128::from(*amount).abs()).sum()
    }

    /// What there is at the end of a plan of some steps, in grid steps: what the deal is worth, and all that they
    /// give beside.
    pub(super) fn going_on(&self, plan: Steps) -> i64 {
        self.worth + crate::bits::members(plan).map(|s| self.gives[s]).sum::<i64>()
    }

    /// What walking away is worth before any step was done, in grid steps; nothing where nobody walks away.
    pub(super) fn start(&self) -> i64 {
        self.alternative.unwrap_or(self.worth) - self.reaction
    }

    /// What walking away is worth when some steps are done, in grid steps, given what is left of terms that
    /// are complete.
    pub(super) fn walking_away(&self, done: Steps, left: &dyn Fn(usize, &Term) -> i64) -> i64 {
        let parts: i64 = crate::bits::members(done).map(|s| self.parts[s]).sum();
        let complete = self.terms.iter().enumerate().filter(|(_, term)| term.steps & !done == 0);
        self.start() + parts + complete.map(|(t, term)| left(t, term)).sum::<i64>()
    }

    /// What the deal is worth beyond no deal, in grid steps: what slacks and guarantees are shares of, whatever steps
    /// give beside it.
    pub(super) fn gain(&self) -> i64 {
        self.worth - self.alternative.unwrap_or(self.worth)
    }

    /// A slack in grid steps as a share.
    pub(super) fn share(&self, slack: i64) -> Share {
        match self.alternative {
            None => Share::MAX,
            Some(_) => share(slack, self.gain()),
        }
    }
}

/// A slack as a share of a gain.
pub(super) fn share(slack: i64, gain: i64) -> Share {
    if gain <= 0 {
        return if slack >= 0 { Share::MAX } else { Share::MIN };
    }
    let share = slack as f64 / gain as f64 * WHOLE;
    share.clamp(-LARGEST, LARGEST).round() as Share
}

/// What a step delivers to a body by itself, of which it keeps a share, in grid steps.
fn part(talks: &Talks, b: usize, deal: &Outcome, step: StepId, kept: f64, grid: Grid) -> i64 {
    let (body, id, step) = (&talks.bodies[b], step, &talks.steps[step.0]);
    let on_grid = |id: IssueId, option: OptionId| {
        grid.round(body.preferences.contribution(id, &talks.issues[id.0], option))
    };
    let mut sum: i64 = 0;
    for (issue, share) in &step.delivers {
        let before = talks.issues[issue.0].status_quo.map_or(0, |option| on_grid(*issue, option));
        let change = grid.value(on_grid(*issue, deal[*issue]) - before);
        sum = sum.saturating_add(grid.round(kept * share.mean() * change));
    }
    sum.saturating_add(given(talks, b, id, kept, grid))
}

/// What a step gives to a body beside the deal, of which it keeps a share, in grid steps.
fn given(talks: &Talks, b: usize, step: StepId, kept: f64, grid: Grid) -> i64 {
    let own = talks.steps[step.0].gives.iter().filter(|(body, _)| body.0 == b);
    own.fold(0, |sum, (_, value)| sum.saturating_add(grid.round(kept * value.mean())))
}

/// The share of a step that is kept; a draw outside 0 to 1 counts as the nearer.
fn kept(talks: &Talks, step: StepId) -> f64 {
    talks.steps[step.0].kept.as_ref().map_or(1.0, |share| share.mean().clamp(0.0, 1.0))
}

/// What a body would miss at the end if a step had not been delivered, in its grid steps.
pub(super) fn missed(
    talks: &Talks,
    deal: &Outcome,
    steps: &[StepId],
    step: usize,
    b: usize,
    grid: Grid,
) -> i64 {
    let own = part(talks, b, deal, steps[step], 1.0, grid);
    let terms = changes(talks, &talks.bodies[b], deal, grid).into_iter().filter_map(|(issues, change)| {
        let all = deliverers(talks, deal, steps, &issues)?;
        (all >> step & 1 == 1).then(|| grid.round(change))
    });
    terms.fold(own, i64::saturating_add)
}

/// The terms over several issues that the deal changes and steps deliver.
fn terms(talks: &Talks, body: &Body, deal: &Outcome, steps: &[StepId], grid: Grid) -> Vec<Term> {
    let changes = changes(talks, body, deal, grid).into_iter();
    changes.filter_map(|(issues, change)| term(talks, deal, steps, &issues, change, grid)).collect()
}

/// By how much the deal changes what depends on several issues: the issues, and the amount in units.
fn changes(talks: &Talks, body: &Body, deal: &Outcome, grid: Grid) -> Vec<(Vec<IssueId>, f64)> {
    let before: Vec<Option<OptionId>> = talks.issues.iter().map(|issue| issue.status_quo).collect();
    let known = |issues: &[IssueId]| issues.iter().all(|issue| before[issue.0].is_some());
    let quo = Outcome(before.iter().zip(&deal.0).map(|(quo, own)| quo.unwrap_or(*own)).collect());
    let mut changes = Vec::new();
    let mut add = |issues: &[IssueId], now: i64, then: i64| {
        let then = if known(issues) { then } else { 0 };
        if now != then {
            changes.push((issues.to_vec(), grid.value(now - then)));
        }
    };
    for interaction in &body.preferences.interactions {
        let issues: Vec<IssueId> = interaction.when.issues().collect();
        let adds = |outcome: &Outcome| {
            if interaction.applies(outcome) { grid.round(interaction.adds.mean()) } else { 0 }
        };
        add(&issues, adds(deal), adds(&quo));
    }
    for table in &body.preferences.tables {
        let amount = |outcome: &Outcome| grid.round(amount(table, outcome));
        add(&table.issues, amount(deal), amount(&quo));
    }
    changes
}

fn amount(table: &Table, outcome: &Outcome) -> f64 {
    let options: Vec<OptionId> = table.issues.iter().map(|issue| outcome[*issue]).collect();
    table.amount(&options)
}

/// The steps that deliver one of the issues that the deal changes; absent where one comes only with the end.
fn deliverers(talks: &Talks, deal: &Outcome, steps: &[StepId], issues: &[IssueId]) -> Option<Steps> {
    let mut all: Steps = 0;
    for id in issues.iter().filter(|id| talks.issues[id.0].status_quo != Some(deal[**id])) {
        let delivers = |step: &StepId| talks.steps[step.0].delivers.iter().any(|(issue, _)| issue == id);
        let own = mask(steps.iter().map(delivers));
        if own == 0 {
            return None;
        }
        all |= own;
    }
    Some(all)
}

/// Absent where a changed issue comes only with the end, or nothing is left.
fn term(
    talks: &Talks,
    deal: &Outcome,
    steps: &[StepId],
    issues: &[IssueId],
    change: f64,
    grid: Grid,
) -> Option<Term> {
    let all = deliverers(talks, deal, steps, issues)?;
    let kept = |s: usize| kept(talks, steps[s]);
    let mut shares: Vec<f64> = crate::bits::members(all).map(kept).collect();
    shares.sort_by(|a, b| b.total_cmp(a));
    shares.dedup();
    let left = shares.iter().map(|share| {
        (mask((0..steps.len()).map(|s| all >> s & 1 == 1 && kept(s) <= *share)), grid.round(share * change))
    });
    let mut left: Vec<(Steps, i64)> = left.collect();
    left.dedup_by(|later, earlier| later.1 == earlier.1);
    left.iter().any(|(_, amount)| *amount != 0).then_some(Term { steps: all, left })
}

fn mask(bits: impl Iterator<Item = bool>) -> Steps {
    bits.enumerate().filter(|(_, bit)| *bit).fold(0, |all, (k, _)| all | 1 << k)
}
