//! A party with so many bodies in one rule that their strains are drawn, before an exact count of votes and before
//! the judge, who follows the plan many times.

#[allow(dead_code, reason = "the part of what is said of plans that other tests need")]
mod plans;
#[allow(dead_code, reason = "the part of the scenes that other tests need")]
mod scenes;

use detente_analysis::Reckoning;
use detente_cases::random::Dice;
use detente_judge::{Aid, follow, simulate};
use detente_model::{
    BodyId, Correlation, Cost, Distribution, Duration, Number, PartyId, Rate, Rule, StatedCost, StepId,
    TimeUnit, normal_at_most, normal_quantile,
};
use plans::{chain, trade, yes};
use scenes::Scene;

/// Members of an assembly, of whom so many have to stay at each of two points.
const MEMBERS: usize = 66;
const NEEDED: usize = 47;
/// The members that are counted one by one.
const WATCHED: [usize; 4] = [0, 9, 30, 65];
/// What their strains have in common.
const SHARED: f64 = 0.4;
/// The chance that no shock ends the plan.
const CALM: f64 = 0.8;

/// An assembly of bodies, each tempted at points of its own, and a body that performs steps with it.
fn assembly(correlated: bool) -> Scene {
    let mut dice = Dice::new(7);
    let mut tenths = |from: usize, n: usize| (from + dice.below(n)) as f64 / 10.0;
    let mut gives = vec![vec![0.0; MEMBERS + 1]; 2];
    gives.iter_mut().for_each(|step| step[..MEMBERS].fill_with(|| tenths(0, 41) - 2.0));
    let worth: Vec<f64> = (0..=MEMBERS).map(|_| tenths(60, 31)).collect();
    let mut draft = trade(&worth, &gives);
    for body in &mut draft.bodies[..MEMBERS] {
        body.party = PartyId(0);
        let (from, to) = (Number::fixed(-1.0), Number::fixed(tenths(80, 40)));
        body.strain = StatedCost::Cost(Cost(Distribution::Uniform { from, to }));
    }
    draft.parties.truncate(2);
    draft.parties[0].bodies = (0..MEMBERS).map(BodyId).collect();
    let members = (0..MEMBERS).map(|body| Rule::One(BodyId(body))).collect();
    draft.parties[0].ratifies = Rule::AtLeast { needed: NEEDED, of: members };
    draft.bodies[MEMBERS].party = PartyId(1);
    draft.parties[1].bodies = vec![BodyId(MEMBERS)];
    draft.parties[1].ratifies = Rule::One(BodyId(MEMBERS));
    draft.agreement = Rule::All(vec![Rule::One(PartyId(0)), Rule::One(PartyId(1))]);
    chain(&mut draft, 0..2);
    draft.steps[1].takes = Some(Duration { amount: 1.0, unit: TimeUnit::Year });
    let all = &mut draft.implementation;
    all.shocks = Some(Rate { amount: Number::fixed(1.0 - CALM), per: TimeUnit::Year });
    all.correlation = correlated.then(|| Correlation::Pairwise(Number::fixed(SHARED)));
    let (talks, deal) = yes(draft);
    let (order, aid) = (vec![vec![StepId(0)], vec![StepId(1)]], Aid::none(&talks));
    Scene { talks, deal, order, levers: vec![], aid }
}

/// What a count of votes says: P(enough stay at both points), and by point, that too few stay there first, and
/// by watched member, that it is not one of them.
#[derive(Default)]
struct Counted {
    both: f64,
    leave: [f64; 2],
    by_member: [[f64; WATCHED.len()]; 2],
}

impl Counted {
    /// By point and member: the chance that it stays, independently of the others.
    fn add(&mut self, weight: f64, stays: &[Vec<f64>; 2]) {
        let sum = |votes: &[Vec<f64>], of: fn(usize, usize) -> bool| -> f64 {
            let row = |(first, row): (usize, &Vec<f64>)| -> f64 {
                row.iter().enumerate().filter(|(second, _)| of(first, *second)).map(|(_, p)| p).sum()
            };
            votes.iter().enumerate().map(row).sum()
        };
        let leaves: [fn(usize, usize) -> bool; 2] =
            [|first, _| first < NEEDED, |first, second| first >= NEEDED && second < NEEDED];
        let all = votes(stays, None);
        self.both += weight * sum(&all, |first, second| first >= NEEDED && second >= NEEDED);
        for (point, leaves) in leaves.into_iter().enumerate() {
            self.leave[point] += weight * sum(&all, leaves);
            for (member, own) in WATCHED.iter().zip(&mut self.by_member[point]) {
                *own += weight * sum(&votes(stays, Some((*member, point))), leaves);
            }
        }
    }
}

/// P(so many stay at the first point and so many at the second), and one member does not at one of them.
fn votes(stays: &[Vec<f64>; 2], not: Option<(usize, usize)>) -> Vec<Vec<f64>> {
    let mut votes = vec![vec![0.0; MEMBERS + 1]; MEMBERS + 1];
    votes[0][0] = 1.0;
    for (member, (first, second)) in stays[0].iter().zip(&stays[1]).enumerate() {
        // Strains are drawn once: who stays where it is harder stays at the other point too.
        let least = first.min(*second);
        let mut cases = [(1, 1, least), (1, 0, first - least), (0, 1, second - least), (0, 0, 0.0)];
        cases[3].2 = 1.0 - first.max(*second);
        cases.iter_mut().for_each(|(first, second, p)| {
            if not == Some((member, 0)) && *first == 1 || not == Some((member, 1)) && *second == 1 {
                *p = 0.0;
            }
        });
        for a in (0..=member + 1).rev() {
            for b in (0..=member + 1).rev() {
                let from = |(first, second, p): &(usize, usize, f64)| {
                    if a < *first || b < *second { 0.0 } else { p * votes[a - first][b - second] }
                };
                votes[a][b] = cases.iter().map(from).sum();
            }
        }
    }
    votes
}

fn counted(scene: &Scene, correlated: bool) -> Counted {
    let followed = follow(&scene.talks, &scene.deal, &scene.order, &scene.aid).expect("a possible order");
    let stays = [0, 1].map(|point| {
        let stays = |member: usize| {
            let strain = scene.talks.bodies[member].strain.cost().expect("a strain").at_means();
            strain.probability_at_most(followed.points[point].bodies[member].slack)
        };
        (0..MEMBERS).map(stays).collect::<Vec<f64>>()
    });
    let mut counted = Counted::default();
    if !correlated {
        counted.add(1.0, &stays);
        return counted;
    }
    let step = 0.25;
    for k in -18..=18 {
        let mood = f64::from(k) * step;
        let density = (-mood * mood / 2.0).exp() / (2.0 * std::f64::consts::PI).sqrt();
        let given =
            |p: &f64| normal_at_most((normal_quantile(*p) - SHARED.sqrt() * mood) / (1.0 - SHARED).sqrt());
        counted.add(density * step, &stays.each_ref().map(|stays| stays.iter().map(given).collect()));
    }
    counted
}

/// Within so many standard errors of so many draws.
#[track_caller]
fn near(what: &str, said: f64, known: f64, draws: f64) {
    let error = (known * (1.0 - known) / draws).sqrt();
    assert!((said - known).abs() <= 4.5 * error + 1e-9, "{what}: {said} is not {known}");
}

#[track_caller]
fn judge(correlated: bool) {
    let scene = assembly(correlated);
    let (said, known) = (scene.outlook(3), counted(&scene, correlated));
    let Reckoning::Drawn { draws, error } = said.reckoning else { panic!("{:?}", said.reckoning) };
    let n = f64::from(draws);
    assert!((0.1..0.9).contains(&known.both) && known.leave.iter().all(|p| *p > 0.02), "{:?}", known.leave);
    near("completed", said.completed / CALM, known.both, n);
    let p = said.completed / CALM;
    assert!((error - CALM * (p * (1.0 - p) / n).sqrt()).abs() < 1e-12, "{error} of {p}");
    for (point, broken) in said.breaks.iter().enumerate() {
        near("walks", broken.walks, known.leave[point], n);
        near("who walks", broken.by_party[0], known.leave[point], n);
        assert_eq!((broken.by_party[1], broken.by_body[MEMBERS]), (0.0, 0.0));
        for (member, known) in WATCHED.iter().zip(&known.by_member[point]) {
            near("whose body walks", broken.by_body[*member], *known, n);
        }
    }
    let total: f64 = said.completed + said.breaks.iter().map(detente_analysis::Break::total).sum::<f64>();
    assert!((total - 1.0).abs() <= 1e-9, "all sum to {total}");
    let drawn = simulate(&scene.talks, &scene.deal, &scene.order, &scene.aid, &[], (4000, 11));
    let drawn = drawn.expect("a possible order");
    let runs = 4000.0 / (1.0 + 4000.0 / n);
    near("how often it is completed", drawn.completed.mean, said.completed, runs);
    for (drawn, said) in drawn.breaks.iter().zip(&said.breaks) {
        near("how often it breaks", drawn.walks.mean, said.walks, runs);
        near("how often a shock comes", drawn.shocks.mean, said.shocks, runs);
    }
}

#[test]
fn an_assembly_too_large_for_every_case_is_drawn_as_votes_are_counted() {
    judge(false);
}

#[test]
fn an_assembly_whose_strains_go_together_is_drawn_as_votes_are_counted_in_every_mood() {
    judge(true);
}
