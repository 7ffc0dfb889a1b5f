//! Not knowing is never consent: what is told where too little is said of somebody holds whatever they would say.

use detente_analysis::{
    Analysis, Options, Silence, Solution, Space, Verdict, analyze, missing, with_silence,
};
use detente_cases::drawn;
use detente_cases::random;
use detente_judge::{World, probability};
use detente_model::*;
use proptest::prelude::*;
use std::ops::ControlFlow;

fn run(talks: &Talks) -> Analysis {
    analyze(&Space::new(talks), &Options::default(), &|_| ControlFlow::Continue(()))
}

/// The talks with some bodies of which too little is said.
fn silenced(talks: &Talks, seed: u64) -> Talks {
    let mut dice = random::Dice::new(seed ^ 0x511e);
    let mut draft = (**talks).clone();
    for body in &mut draft.bodies {
        match dice.below(4) {
            0 => body.alternative = Alternative::Unknown,
            1 if matches!(body.alternative, Alternative::Worth(_)) => {
                let issues = vec![None; draft.issues.len()];
                body.preferences = Preferences { issues, interactions: vec![], tables: vec![] };
            }
            _ => {}
        }
    }
    Talks::new(draft).expect("nothing depends on what is left out")
}

/// The same with everything said that was not: something else for every seed.
fn completed(talks: &Talks, seed: u64) -> Talks {
    let mut dice = random::Dice::new(seed);
    let mut draft = (**talks).clone();
    for body in draft.bodies.iter_mut().filter(|body| !body.unsaid().is_empty()) {
        if body.preferences.is_empty() {
            let n = draft.issues[0].n_options();
            let values = (0..n).map(|_| Number::fixed(dice.below(5) as f64)).collect();
            body.preferences.issues[0] = Some(IssuePreference { weight: None, shape: Shape::Values(values) });
        }
        let reach = body.preferences.bound(&draft.issues);
        body.alternative = match dice.below(6) {
            0 => Alternative::RefusesNothing,
            1 => Alternative::RefusesAll,
            _ => Alternative::fixed((reach * (dice.below(13) as f64 - 2.0)).round() / 10.0),
        };
    }
    Talks::new(draft).expect("what is said fits the talks")
}

/// How many bodies there are of which it is said what they value, or to which that makes no difference.
fn valued(talks: &Talks) -> usize {
    talks.bodies.iter().filter(|body| !body.unsaid().contains(&Unsaid::Preferences)).count()
}

/// The verdict by definition.
fn verdict(talks: &Talks, target: f64) -> Verdict {
    let world = World::new(talks, false);
    let best = world.feasible.iter().map(|x| probability(&world, x)).fold(0.0, f64::max);
    match (world.zone().is_empty(), (best * 1e12).round() >= (target * 1e12).round()) {
        (true, _) => Verdict::NoTerms,
        (false, true) => Verdict::WithinReach,
        (false, false) => Verdict::NoWill,
    }
}

drawn! { 96;
    #[test]
    fn what_is_told_holds_whatever_those_say_of_whom_too_little_is_said(case in random::case()) {
        let talks = silenced(&case.independent(), case.seed);
        if missing(&talks).is_empty() || World::new(&talks, false).feasible.is_empty() {
            return Ok(());
        }
        let found = run(&talks);
        let will = found.will.as_ref().expect("few outcomes");
        let (least, most) = found.knowledge.best.expect("few outcomes");
        let zone = found.counts.zone.as_ref().expect("few outcomes");
        for seed in 0..6 {
            let full = completed(&talks, case.seed.wrapping_add(seed));
            let world = World::new(&full, false);
            let inside = world.zone().len() as u32;
            prop_assert!(zone.at_least <= inside.into() && zone.at_most >= inside.into());
            let best = world.feasible.iter().map(|x| probability(&world, x)).fold(0.0, f64::max);
            prop_assert!(least <= best + 1e-12 && best <= most + 1e-12, "{least} {best} {most}");
            if found.knowledge.enough {
                prop_assert_eq!(will.verdict, verdict(&full, will.target));
            }
            if let Some(told) = &found.no_zone {
                let other = run(&full).no_zone;
                prop_assert_eq!(other.map(|other| other.concession), Some(told.concession));
            }
            for deal in &will.best {
                // Where somebody's values are not known, nobody knows what is efficient.
                prop_assert!(deal.on_frontier.is_none_or(|_| full.bodies.len() == valued(&talks)));
                // A deal that is named is acceptable for certain, and no less likely than is said.
                prop_assert!(world.zone().contains(&&deal.outcome));
                prop_assert!(probability(&world, &deal.outcome) >= deal.probability - 1e-12);
            }
        }
        let both = [Silence::Yes, Silence::No].map(|silence| verdict(&with_silence(&talks, silence), will.target));
        for (party, range) in talks.parties.iter().zip(&found.parties) {
            let said = party.bodies.iter().all(|body| talks.bodies[body.0].unsaid().is_empty());
            prop_assert!(said || range.alternative.is_none());
        }
        let fair = found.solutions.as_ref().expect("few outcomes");
        for solution in [&fair.nash, &fair.kalai_smorodinsky, &fair.egalitarian, &fair.utilitarian] {
            prop_assert!(matches!(solution, Solution::None(_)), "{solution:?}");
        }
        prop_assert_eq!(found.knowledge.enough, both[0] == both[1]);
        prop_assert_eq!(will.verdict == Verdict::NotEnoughKnown, !found.knowledge.enough);
    }
}

fn body(alternative: Alternative, values: &[f64]) -> Body {
    let values = values.iter().map(|value| Number::fixed(*value)).collect();
    Body {
        id: "b".into(),
        name: "B".into(),
        party: PartyId(0),
        influence: None,
        alternative,
        will: StatedCost::Nothing,
        strain: StatedCost::Nothing,
        reaction: None,
        discount: None,
        preferences: Preferences {
            issues: vec![Some(IssuePreference { weight: None, shape: Shape::Values(values) })],
            interactions: vec![],
            tables: vec![],
        },
        because: vec![],
    }
}

fn party(p: usize, ratifies: Rule<BodyId>) -> Party {
    let bodies = ratifies.members().into_iter().copied().collect();
    Party { id: format!("p{p}"), name: format!("P{p}"), bodies, ratifies, because: vec![] }
}

/// Two options and parties of one body each; the first says yes to the second option alone.
fn talks(second: Body, agreement: fn(Vec<Rule<PartyId>>) -> Rule<PartyId>) -> Talks {
    let option = |id: &str| NamedOption { id: id.into(), name: id.into() };
    let issue = Issue {
        id: "i".into(),
        name: "I".into(),
        options: detente_model::Options::Named { options: vec![option("x"), option("y")], ordered: false },
        status_quo: None,
        because: vec![],
    };
    let first = body(Alternative::fixed(1.0), &[0.0, 1.0]);
    let second = Body { party: PartyId(1), ..second };
    let parties = (0..2).map(|p| party(p, Rule::One(BodyId(p)))).collect();
    let mut draft = Draft::new("t", vec![issue], parties, vec![first, second]);
    draft.agreement = agreement((0..2).map(|p| Rule::One(PartyId(p))).collect());
    Talks::new(draft).expect("small talks")
}

#[track_caller]
fn check(
    second: Body,
    agreement: fn(Vec<Rule<PartyId>>) -> Rule<PartyId>,
    verdict: Verdict,
    zone: (u32, u32),
) {
    let found = run(&talks(second, agreement));
    assert_eq!(found.will.as_ref().map(|will| will.verdict), Some(verdict));
    let counted = found.counts.zone.expect("two outcomes");
    assert_eq!((counted.at_least, counted.at_most), (zone.0.into(), zone.1.into()));
}

#[test]
fn silence_is_not_consent() {
    check(body(Alternative::Unknown, &[5.0, 5.0]), Rule::All, Verdict::NotEnoughKnown, (0, 1));
    check(body(Alternative::RefusesNothing, &[5.0, 5.0]), Rule::All, Verdict::WithinReach, (1, 1));
    check(body(Alternative::RefusesAll, &[5.0, 5.0]), Rule::All, Verdict::NoTerms, (0, 0));
    check(body(Alternative::fixed(5.0), &[5.0, 0.0]), Rule::All, Verdict::NoTerms, (0, 0));
}

#[test]
fn an_alternative_says_nothing_where_nothing_is_said_of_any_issue() {
    let mut mute = body(Alternative::fixed(0.0), &[0.0, 0.0]);
    mute.preferences.issues = vec![None];
    check(mute.clone(), Rule::All, Verdict::NotEnoughKnown, (0, 1));
    mute.alternative = Alternative::RefusesNothing;
    check(mute, Rule::All, Verdict::WithinReach, (1, 1));
}

#[test]
fn who_is_not_needed_may_be_silent() {
    check(body(Alternative::Unknown, &[5.0, 5.0]), Rule::Any, Verdict::WithinReach, (1, 2));
}

#[test]
fn nothing_is_said_of_levers_that_move_who_refuses_everything() {
    let all = talks(body(Alternative::RefusesAll, &[5.0, 5.0]), Rule::All);
    let no_zone = run(&all).no_zone.expect("an empty zone");
    assert_eq!((no_zone.concession, no_zone.waive), (None, vec![vec![BodyId(1)]]));
}
