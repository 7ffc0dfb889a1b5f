//! What is missing, and whether enough is known: not knowing is never consent.
//!
//! A body of which nothing is said that a deal could be held against is *missing*. Everything is computed with all
//! missing bodies saying yes to every deal, and again with all of them saying no. Rules are monotone, so whatever they
//! would say lies between the two: where both give the same verdict it follows from what was said, and otherwise not
//! enough is known.

use crate::analyze::{Analysis, Options, analyze_as_said, unanswered};
use crate::solutions::{Solution, Solutions};
use crate::space::Space;
use crate::ticker::Watch;
use crate::will::Verdict;
use crate::zone_count::CountBounds;
use detente_model::{Alternative, BodyId, Draft, Talks, Unsaid};
use std::ops::ControlFlow;

/// Why there is no solution where it hangs on what is not said.
const TOO_LITTLE: &str =
    "not enough is known: it hangs on what somebody would say of whom too little is said";

/// Something that is not said of a body.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Missing {
    /// The body.
    pub body: BodyId,
    /// What is not said of it.
    pub what: Unsaid,
}

/// What every missing body is taken to say, whatever the deal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Silence {
    /// Yes.
    Yes,
    /// No.
    No,
}

/// Whether what was said is enough for a verdict.
#[derive(Clone, Debug, PartialEq)]
pub struct Knowledge {
    /// What is not said, body by body.
    pub missing: Vec<Missing>,
    /// Whether the verdict is the same whatever the missing bodies say.
    pub enough: bool,
    /// How many outcomes are in the zone even if every missing body says no, and how many can be if all say yes;
    /// absent where a limit was met.
    pub zone: Option<(CountBounds, CountBounds)>,
    /// The best probability if every missing body says no, and if all say yes; absent where a limit was met.
    pub best: Option<(f64, f64)>,
}

impl Knowledge {
    /// Where nothing is missing.
    pub(crate) fn complete() -> Knowledge {
        Knowledge { missing: Vec::new(), enough: true, zone: None, best: None }
    }

    /// Whether what the missing bodies say makes no difference to the zone and to any probability of the best deal.
    pub fn is_settled(&self) -> bool {
        let same_zone = self.zone.as_ref().is_none_or(|(least, most)| least == most);
        self.enough && same_zone && self.best.is_none_or(|(least, most)| least == most)
    }
}

/// What is not said, in the order of the bodies.
pub fn missing(talks: &Talks) -> Vec<Missing> {
    let bodies = talks.bodies.iter().enumerate().map(|(b, body)| (BodyId(b), body));
    bodies
        .flat_map(|(id, body)| body.unsaid().into_iter().map(move |what| Missing { body: id, what }))
        .collect()
}

/// The talks with every missing body saying the same to all deals. Whatever else is said of it stays.
pub fn with_silence(talks: &Talks, silence: Silence) -> Talks {
    let missing = missing(talks);
    if missing.is_empty() {
        return talks.clone();
    }
    let mut draft: Draft = (**talks).clone();
    for Missing { body, .. } in missing {
        draft.bodies[body.0].alternative = match silence {
            Silence::Yes => Alternative::RefusesNothing,
            Silence::No => Alternative::RefusesAll,
        };
    }
    Talks::new(draft).expect("an alternative is all that changes")
}

/// Analyses both ways, and tells what both have in common.
///
/// Shown is what is so even if every missing body says no: deals that are acceptable only if silence were consent are
/// never named.
pub(crate) fn analyze_both(
    talks: &Talks,
    missing: Vec<Missing>,
    options: &Options,
    watch: Watch<'_>,
) -> Analysis {
    // Both together look at as many outcomes as one would.
    let options = &Options { enumerate: (options.enumerate / 2).max(1), ..options.clone() };
    let [yes, no] = [(Silence::Yes, 0.0), (Silence::No, 0.5)].map(|(silence, from)| {
        let (talks, watch) = (with_silence(talks, silence), |share: f64| watch(from + share / 2.0));
        match Space::compile(&talks, &watch) {
            ControlFlow::Continue(space) => analyze_as_said(&space, options, &watch),
            ControlFlow::Break(()) => unanswered(&talks, options),
        }
    });
    let verdict = |analysis: &Analysis| analysis.will.as_ref().map(|will| will.verdict);
    let knowledge = Knowledge {
        missing,
        enough: verdict(&yes) == verdict(&no),
        zone: no.counts.zone.clone().zip(yes.counts.zone.clone()),
        best: no.will.as_ref().zip(yes.will.as_ref()).map(|(no, yes)| (no.best_probability, yes.at_most)),
    };
    let mut shown = together(knowledge, yes, no);
    for missing in &shown.knowledge.missing {
        // What no agreement is worth to a party hangs on every body of it.
        if let Some(party) = shown.parties.get_mut(talks.bodies[missing.body.0].party.0) {
            party.alternative = None;
        }
    }
    shown
}

fn together(knowledge: Knowledge, yes: Analysis, no: Analysis) -> Analysis {
    let mut shown = no;
    shown.limit = shown.limit.or(yes.limit);
    shown.counts.zone = knowledge
        .zone
        .as_ref()
        .map(|(least, most)| CountBounds { at_least: least.at_least.clone(), at_most: most.at_most.clone() });
    shown.no_zone = yes.no_zone.filter(|found| shown.no_zone.as_ref() == Some(found));
    forget_fairness(&mut shown);
    if knowledge.missing.iter().any(|missing| missing.what == Unsaid::Preferences) {
        forget_efficiency(&mut shown);
    }
    if let Some(will) = &mut shown.will {
        if !knowledge.enough {
            will.verdict = Verdict::NotEnoughKnown;
        }
        will.at_most = will.at_most.max(knowledge.best.map_or(1.0, |(_, most)| most));
    }
    shown.knowledge = knowledge;
    shown
}

/// What a party gains hangs on what all of its bodies value, and on what no agreement is worth to each: where something of
/// that is not said, nothing is known of what is fair.
fn forget_fairness(shown: &mut Analysis) {
    let unknown = || Solution::None(TOO_LITTLE.into());
    shown.solutions = shown.solutions.take().map(|_| Solutions {
        nash: unknown(),
        kalai_smorodinsky: unknown(),
        egalitarian: unknown(),
        utilitarian: unknown(),
    });
}

/// Where it is not said what a body values, nothing is known of what is efficient.
fn forget_efficiency(shown: &mut Analysis) {
    shown.frontier_known = false;
    shown.frontier_count = 0;
    shown.frontier_outcomes = None;
    shown.frontier.clear();
    shown.surveyed = None;
    for deal in shown.will.iter_mut().flat_map(|will| &mut will.best) {
        deal.on_frontier = None;
    }
}
