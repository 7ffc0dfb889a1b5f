//! The account of one deal: who would say yes to it, why others would not, and what would change that.

use super::evaluator::Evaluator;
use super::together::{Effort, together};
use super::{Ask, Falls, Names, Need, Never, RequirementsOptions, Together};
use crate::agreement::Agreement;
use crate::analyze::Limit;
use crate::space::{Extremes, MAX_VISITS, Space};
use crate::ticker::Watch;
use detente_model::Outcome;

/// How one deal stands.
#[derive(Clone, Debug)]
pub struct Account {
    /// The deal.
    pub outcome: Outcome,
    /// The probability of agreement aimed at.
    pub target: f64,
    /// The constraints it breaks, by position in the file; none if it is feasible. What follows is said
    /// as if it broke none.
    pub broken: Vec<usize>,
    /// Whether it is in the zone: it breaks no constraint and would pass.
    pub zone: bool,
    /// Whether the talks would agree on it if a yes had no political cost, constraints aside.
    pub would_pass: bool,
    /// P(the talks agree on it).
    pub probability: f64,
    /// P(party ratifies), per party.
    pub by_party: Vec<f64>,
    /// Per body.
    pub bodies: Vec<Standing>,
    /// The falls of several bodies that are least in sum and bring it to the target.
    pub together: Together,
    /// What kept this from being complete: shares and sums of falls are absent then.
    pub limit: Option<Limit>,
}

/// How one body stands to the deal.
#[derive(Clone, Debug, PartialEq)]
pub struct Standing {
    /// Its utility, in its own units.
    pub utility: f64,
    /// What no agreement is worth to it; absent if every outcome is acceptable.
    pub alternative: Option<f64>,
    /// Utility minus alternative; absent without an alternative.
    pub surplus: Option<f64>,
    /// P(it accepts).
    pub accepts: f64,
    /// P(the talks agree) if it surely refused.
    pub if_refuses: f64,
    /// P(the talks agree) if it surely accepted.
    pub if_accepts: f64,
    /// Whether its no alone decides: the rules cannot hold without its yes.
    pub decides: bool,
    /// What its probability of accepting comes from.
    pub why: Why,
    /// The surplus, in its units, from which on it accepts with the target's probability or more;
    /// absent without an alternative.
    pub needed: Option<f64>,
    /// By how much its political cost alone would have to fall for the deal to reach the target.
    pub fall: Ask,
    /// By how much more the deal alone would have to be worth to it.
    pub value: Ask,
}

/// What a body's probability of accepting comes from.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Why {
    /// It refuses every outcome.
    RefusesAll,
    /// Too little is said of it.
    NotKnown,
    /// It refuses no outcome.
    RefusesNothing,
    /// The deal is worth less to it than no deal.
    Below {
        /// By so much, in its units, above 0.
        by: f64,
    },
    /// Its surplus covers its political cost with this probability, 0 to 1.
    Covers {
        /// P(cost <= surplus).
        probability: f64,
    },
}

/// Gives the account of one deal, feasible or not. Of the options, the target and the effort for the
/// least sum count.
///
/// # Panics
/// If the outcome is not one of these talks.
pub fn account(
    space: &Space<'_>,
    outcome: &Outcome,
    options: &RequirementsOptions,
    watch: Watch<'_>,
) -> Account {
    let talks = space.talks;
    let fits = talks.issues.iter().zip(&outcome.0).all(|(issue, option)| option.0 < issue.n_options());
    assert!(fits && outcome.0.len() == talks.issues.len(), "one option of every issue");
    let agreement = Agreement::new(talks);
    let known = space.reaches().iter().map(|reach| reach.range).collect::<Vec<Option<Extremes>>>();
    let limit = known.iter().any(Option::is_none).then_some(Limit::TooLarge { most: MAX_VISITS });
    // Without its extremes a body counts as one that is indifferent: it has no shares.
    let extremes: Vec<Extremes> =
        known.into_iter().map(|range| range.unwrap_or(Extremes { min: 0, max: 0 })).collect();
    let mut evaluator = Evaluator::new(space, &agreement, &extremes, options.target);
    let utilities = space.utilities(outcome);
    evaluator.take(&utilities);
    let (probability, by_party) = evaluator.with_parties();
    let would_pass = agreement.agrees(&|body| evaluator.accepts_free(body));
    let stand = |body: usize| standing(&mut evaluator, body, utilities[body], outcome, would_pass);
    let bodies = (0..utilities.len()).map(stand);
    let bodies = bodies.collect();
    let effort = Effort {
        within: options.within,
        work: options.work,
        independent: options.use_independence && agreement.is_independent(),
    };
    let (together, interrupted) = falls(&mut evaluator, outcome, would_pass, effort, watch);
    let broken =
        |(k, constraint): (usize, &detente_model::Constraint)| (!constraint.allows(outcome)).then_some(k);
    let broken: Vec<usize> = talks.constraints.iter().enumerate().filter_map(broken).collect();
    Account {
        outcome: outcome.clone(),
        target: options.target,
        zone: would_pass && broken.is_empty(),
        would_pass,
        broken,
        probability,
        by_party,
        bodies,
        together,
        limit: interrupted.then_some(Limit::Interrupted).or(limit),
    }
}

fn standing(
    evaluator: &mut Evaluator<'_>,
    body: usize,
    v: i64,
    outcome: &Outcome,
    would_pass: bool,
) -> Standing {
    let own = &evaluator.space.bodies[body];
    let utility = own.utility(v);
    let alternative = own.alternative.map(|alternative| own.utility(alternative));
    let surplus = evaluator.surplus[body].map(|surplus| evaluator.body_scales[body].difference(surplus));
    let accepts = evaluator.bodies[body];
    let why = match surplus {
        None if !evaluator.space.talks.bodies[body].unsaid().is_empty() => Why::NotKnown,
        None if own.refuses => Why::RefusesAll,
        None => Why::RefusesNothing,
        Some(surplus) if surplus < 0.0 => Why::Below { by: -surplus },
        Some(_) => Why::Covers { probability: accepts },
    };
    let if_accepts = evaluator.with(body, 1.0);
    let found = evaluator.need(body, i64::MAX);
    let scale = evaluator.body_scales[body].scale;
    let ask = |never: Never| match found {
        Some((steps, probability)) => {
            let amount = scale.value(steps);
            let share = scale.share(steps);
            Ask::Enough(Need { amount, at_least: amount, share, outcome: outcome.clone(), probability })
        }
        None => Ask::Never(never),
    };
    let value = ask(Never::Support { most: Some(if_accepts) });
    let probability = evaluator.probability();
    let fall = match would_pass {
        false => Ask::Never(Never::NoZone),
        true if evaluator.accepts_free(body) || evaluator.reaches(probability) => value.clone(),
        true => Ask::Never(Never::Support { most: Some(probability) }),
    };
    let needed = evaluator.body_scales[body].needed(|p| evaluator.reaches(p));
    Standing {
        utility,
        alternative,
        surplus,
        accepts,
        if_refuses: evaluator.with(body, 0.0),
        if_accepts,
        decides: !evaluator.agreement.agrees(&|other| other != body),
        why,
        needed,
        fall,
        value,
    }
}

fn falls(
    evaluator: &mut Evaluator<'_>,
    outcome: &Outcome,
    would_pass: bool,
    effort: Effort,
    watch: Watch<'_>,
) -> (Together, bool) {
    let probability = evaluator.probability();
    if evaluator.reaches(probability) {
        let amounts = vec![0.0; evaluator.body_scales.len()];
        let outcome = outcome.clone();
        let falls = Falls { amounts, sum: 0.0, at_least: 0.0, outcome, probability, nodes: 0 };
        return (Together::Enough(falls), false);
    }
    if !would_pass {
        return (Together::Never(Never::NoZone), false);
    }
    let clipped = evaluator.body_scales.iter().zip(&evaluator.surplus);
    let vector: Vec<i64> = clipped.map(|(body_scale, surplus)| body_scale.clipped(*surplus)).collect();
    match together(evaluator, &vector, &[0], effort, watch) {
        Some(bounds) => {
            let interrupted = bounds.interrupted;
            let names = Names::Listed(vec![outcome.clone()]);
            (Together::Enough(bounds.falls(&evaluator.body_scales, &names)), interrupted)
        }
        None => (Together::Never(Never::Support { most: Some(probability) }), false),
    }
}
