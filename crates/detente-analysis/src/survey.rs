//! What can be found of spaces in which too many issues are tied together to count their combinations through.

use crate::hyperrectangles::{self, Effort, Gains, Model, Peak, Point, Rule, Sense, Surveyed};
use crate::ticker::Watch;
use crate::{Limit, Scale};
use detente_model::{Outcome, PartyId, Talks};
use std::ops::ControlFlow;

/// How much work to put into a survey. Work is counted in nodes, so that the answer is the same on every machine.
#[derive(Clone, Copy, Debug)]
pub struct SurveyOptions {
    /// Most nodes for the best outcome of each party. Default 50,000.
    pub best: u64,
    /// Changes that are tried to find outcomes, in annealing and around what was found. Default 20,000,000.
    pub tries: u64,
    /// Most nodes for the best by each rule of fairness. Default 50,000.
    pub solutions: u64,
    /// Most nodes for all efficient outcomes together. Default 200,000.
    pub frontier: u64,
    /// Most nodes for one of them before all others were tried; then 8 times as many, and so on. Default 200.
    pub point: u64,
}

impl Default for SurveyOptions {
    fn default() -> SurveyOptions {
        SurveyOptions { best: 50_000, tries: 20_000_000, solutions: 50_000, frontier: 200_000, point: 200 }
    }
}

/// What was found, with what is proven of it.
#[derive(Clone, Debug)]
pub struct Survey {
    /// Per party, the best outcome for it.
    pub best: Vec<BestOfParty>,
    /// The outcomes with the largest product of gains (Nash), the largest smallest gain (egalitarian; of equals any) and
    /// the largest sum (utilitarian), among those that leave nobody with a loss.
    pub solutions: [BestByRule; 3],
    /// Outcomes of which none that was found is better for all, by the first party's utility downwards.
    pub points: Vec<SurveyPoint>,
    /// Whether `points` are proven to be the frontier, complete.
    pub complete: bool,
    /// Where that is not proven: corners, a utility for each party, such that every efficient outcome that is not among
    /// `points` is better than one of them for everybody; minus infinity where nothing is known.
    pub open: Vec<Vec<f64>>,
    /// Nodes that were looked at.
    pub nodes: u64,
}

/// The best outcome for a party.
#[derive(Clone, Debug)]
pub struct BestOfParty {
    /// The best that was found; absent if none was.
    pub outcome: Option<Outcome>,
    /// What it is worth.
    pub utility: f64,
    /// No outcome is worth more: the same, if the best is proven.
    pub at_most: f64,
}

/// The best outcome by a rule of fairness. Gains are utilities beyond the party's alternative or, without one, beyond its
/// lowest utility (or the highest number that is proven to be no higher).
#[derive(Clone, Debug)]
pub struct BestByRule {
    /// The best that was found; absent if all that was found leaves somebody with a loss.
    pub outcome: Option<Outcome>,
    /// Its product, smallest or sum of gains.
    pub worth: f64,
    /// No outcome without a loss has more, to nine digits; minus infinity where there is none, infinity where a product of
    /// gains is beyond what a number holds.
    pub at_most: f64,
}

/// An outcome that may be efficient.
#[derive(Clone, Debug)]
pub struct SurveyPoint {
    /// The outcome.
    pub outcome: Outcome,
    /// One utility per party.
    pub utilities: Vec<f64>,
    /// Whether it is proven that no outcome is better for one and no worse for any.
    pub efficient: bool,
}

/// Looks for every party's best outcome, and for all efficient ones, by branch and bound over boxes: hyper-rectangles,
/// interactions, rows of tables. Exact where it ends within its budget; otherwise it says what is open.
///
/// # Errors
/// [`Limit::TooLarge`] where a party has several bodies, preferences are made of too many boxes, or utilities are too
/// large for so many decimals;
/// [`Limit::Interrupted`] where the watcher said so.
pub fn survey(talks: &Talks, options: &SurveyOptions, watch: Watch<'_>) -> Result<Survey, Limit> {
    let too_large = Limit::TooLarge { most: crate::space::MAX_VISITS };
    if Scale::natural(talks) != Scale::Raw {
        return Err(too_large);
    }
    let model = Model::new(talks).ok_or(too_large)?;
    let effort = Effort {
        best: options.best,
        tries: options.tries,
        fair: options.solutions,
        all: options.frontier,
        zone: options.point,
    };
    let n_parties = talks.parties.len();
    let gains = (0..n_parties)
        .map(|p| from(talks, &model, PartyId(p), watch))
        .collect::<Result<Vec<f64>, Limit>>()?;
    let unit = (0..n_parties).map(|p| model.unit(p)).collect();
    let gains = Gains { from: gains, unit };
    let mut asked = 0.0;
    let surveyed = model.survey(effort, Some(&gains), &mut || {
        asked += hyperrectangles::PATIENCE as f64;
        watch((asked / effort.total(n_parties)).min(1.0))
    });
    let ControlFlow::Continue(found) = surveyed else { return Err(Limit::Interrupted) };
    Ok(shown(&model, found))
}

/// The steps beyond which a party gains.
fn from(talks: &Talks, model: &Model, party: PartyId, watch: Watch<'_>) -> Result<f64, Limit> {
    let id = talks.parties[party.0].bodies[0];
    let body = &talks.bodies[id.0];
    if body.refuses_all() {
        // More than any outcome gives: nobody gains by what is not accepted.
        return Ok(f64::MAX / 4.0);
    }
    if let Some(alternative) = body.alternative.number() {
        let grid = body.grid(&talks.issues);
        return Ok(model.steps(party.0, grid.round(alternative.mean())));
    }
    let reach = hyperrectangles::reach(talks, id, Sense { sign: -1, laws: true }, watch);
    let ControlFlow::Continue(reach) = reach else { return Err(Limit::Interrupted) };
    let reach = reach.ok_or(Limit::TooLarge { most: crate::space::MAX_VISITS })?;
    Ok(model.steps(party.0, reach.within))
}

fn shown(model: &Model, found: Surveyed) -> Survey {
    let value = |party: usize, steps: i64| {
        if steps <= i64::MIN / 4 { f64::NEG_INFINITY } else { model.utility(party, steps) }
    };
    let best = |(p, peak): (usize, Peak)| BestOfParty {
        utility: value(p, peak.steps),
        at_most: value(p, peak.at_most),
        outcome: peak.chosen.map(|chosen| model.outcome(&chosen)),
    };
    let values = |steps: &[i64]| steps.iter().enumerate().map(|(p, steps)| value(p, *steps)).collect();
    let point = |point: Point| SurveyPoint {
        outcome: model.outcome(&point.chosen),
        utilities: values(&point.steps),
        efficient: point.efficient || found.open.is_empty(),
    };
    let fair = |rule: Rule| {
        let own = found.fair.iter().find(|fair| fair.rule == rule);
        let known = own.and_then(|own| own.found.as_ref());
        BestByRule {
            outcome: known.map(|(chosen, _)| model.outcome(chosen)),
            worth: known.map_or(f64::NEG_INFINITY, |(_, worth)| *worth),
            at_most: own.and_then(|own| own.at_most).unwrap_or(f64::NEG_INFINITY),
        }
    };
    Survey {
        solutions: hyperrectangles::RULES.map(fair),
        best: found.best.into_iter().enumerate().map(best).collect(),
        complete: found.open.is_empty(),
        points: found.points.into_iter().map(point).collect(),
        open: found.open.iter().map(|corner| values(corner)).collect(),
        nodes: found.nodes,
    }
}
