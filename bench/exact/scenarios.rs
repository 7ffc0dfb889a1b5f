//! Talks of any size from a seed.

use detente_model::{
    Alternative, Body, BodyId, Cost, Distribution, Draft, Issue, IssuePreference, Lever, LeverId, Mediator,
    MediatorId, NamedOption, Number, Options, Party, PartyId, Preferences, Rule, Shape, StatedCost, Talks,
};

/// How the parties' values of an option go together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Not at all: weights uniform and normalised to 1, values uniform.
    Random,
    /// Weights as for random; half of a value is the same for all, half is a party's own.
    Correlated,
    /// Equal weights of an issue for all; what the others lose, the last party gains, give or take a
    /// twentieth.
    NearZeroSum,
}

impl Kind {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Kind::Random => "random",
            Kind::Correlated => "correlated",
            Kind::NearZeroSum => "near zero sum",
        }
    }
}

/// Uniform numbers from a seed (splitmix64, Steele, Lea and Flood 2014).
struct Dice(u64);

impl Dice {
    /// From 0 up to, not including, 1.
    fn uniform(&mut self) -> f64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((z ^ (z >> 31)) >> 11) as f64 / (1u64 << 53) as f64
    }
}

/// Additive talks: `n_issues` issues of `n_options` options each, one body a party.
pub(crate) fn talks(kind: Kind, n_parties: usize, n_issues: usize, n_options: usize, seed: u64) -> Talks {
    let mut dice = Dice(seed);
    let weights = weights(kind, n_parties, n_issues, &mut dice);
    let mut preferences = vec![Preferences::default(); n_parties];
    for issue in 0..n_issues {
        let rows: Vec<Vec<f64>> = (0..n_options).map(|_| values(kind, n_parties, &mut dice)).collect();
        for (party, (own, weights)) in preferences.iter_mut().zip(&weights).enumerate() {
            own.issues.push(Some(IssuePreference {
                weight: Some(Number::fixed(weights[issue])),
                shape: Shape::Values(rows.iter().map(|row| Number::fixed(row[party])).collect()),
            }));
        }
    }
    assembled(preferences, n_issues, n_options, 1, None)
}

/// Random talks of two parties with three bodies each. Every body has to say yes, no deal is worth half of
/// the most that a deal could be worth, and a yes costs anything from 0 to 0.3.
pub(crate) fn six_bodies(n_issues: usize, n_options: usize, seed: u64) -> Talks {
    bodies(n_issues, n_options, 3, (0.5, 0.3), &mut Dice(seed))
}

/// Random talks of two parties with four bodies each, and a mediator whose levers each calm one body and
/// help one, and cost 1 to 4; all of them would cost somewhat more than there is.
pub(crate) fn with_levers(n_issues: usize, n_options: usize, n_levers: usize, seed: u64) -> Talks {
    let mut dice = Dice(seed);
    let talks = bodies(n_issues, n_options, 4, (0.42, 1.2), &mut dice);
    let mut draft = (*talks).clone();
    let mut below = |n: usize| (dice.uniform() * n as f64) as usize;
    let mut lever = |k: usize| Lever {
        id: format!("l{k}"),
        name: format!("Lever {k}"),
        mediator: MediatorId(0),
        cost: Number::fixed((1 + below(4)) as f64),
        inducement: vec![(BodyId(below(8)), Number::fixed(0.2))],
        assurance: vec![(BodyId(below(8)), Number::fixed(0.4))],
        pressure: vec![],
        guarantee: vec![],
        when: None,
        excludes: vec![],
        requires: vec![],
        because: vec![],
    };
    draft.levers = (0..n_levers).map(&mut lever).collect();
    draft.mediators = vec![Mediator {
        id: "m".into(),
        name: "Mediator".into(),
        budget: Some(Number::fixed(2.0 * n_levers as f64)),
        levers: (0..n_levers).map(LeverId).collect(),
        because: vec![],
    }];
    Talks::new(draft).expect("levers of one mediator fit together")
}

/// Random talks of two parties of so many bodies, with what no deal is worth and the most a yes costs.
fn bodies(
    n_issues: usize,
    n_options: usize,
    per_party: usize,
    (alternative, most): (f64, f64),
    dice: &mut Dice,
) -> Talks {
    let weights = weights(Kind::Random, 2 * per_party, n_issues, dice);
    let mut preference = |weight: &f64| {
        let values = (0..n_options).map(|_| Number::fixed(dice.uniform())).collect();
        Some(IssuePreference { weight: Some(Number::fixed(*weight)), shape: Shape::Values(values) })
    };
    let own = |weights: &Vec<f64>| Preferences {
        issues: weights.iter().map(&mut preference).collect(),
        ..Preferences::default()
    };
    let preferences = weights.iter().map(own).collect();
    let cost = Cost(Distribution::Uniform { from: Number::fixed(0.0), to: Number::fixed(most) });
    assembled(preferences, n_issues, n_options, per_party, Some((alternative, cost)))
}

/// Weights per party and issue; those of a party add up to 1.
fn weights(kind: Kind, n_parties: usize, n_issues: usize, dice: &mut Dice) -> Vec<Vec<f64>> {
    let mut draw = || {
        let raw: Vec<f64> = (0..n_issues).map(|_| dice.uniform()).collect();
        let total: f64 = raw.iter().sum();
        raw.iter().map(|weight| weight / total).collect::<Vec<f64>>()
    };
    match kind {
        Kind::NearZeroSum => vec![draw(); n_parties],
        Kind::Random | Kind::Correlated => (0..n_parties).map(|_| draw()).collect(),
    }
}

/// What one option is worth to each party.
fn values(kind: Kind, n_parties: usize, dice: &mut Dice) -> Vec<f64> {
    let mut values: Vec<f64> = (0..n_parties).map(|_| dice.uniform()).collect();
    match kind {
        Kind::Random => {}
        Kind::Correlated => {
            let common = dice.uniform();
            values.iter_mut().for_each(|value| *value = (*value + common) / 2.0);
        }
        Kind::NearZeroSum => {
            let noise = (values[n_parties - 1] - 0.5) / 10.0;
            let others: f64 = values[..n_parties - 1].iter().sum();
            values[n_parties - 1] = 1.0 - others / (n_parties - 1) as f64 + noise;
        }
    }
    values
}

/// Parties of so many bodies, all of whom have to say yes, with what no deal is worth and political cost.
fn assembled(
    preferences: Vec<Preferences>,
    n_issues: usize,
    n_options: usize,
    per_party: usize,
    no_deal: Option<(f64, Cost)>,
) -> Talks {
    let option = |k: usize| NamedOption { id: format!("o{k}"), name: format!("Option {k}") };
    let issue = |i: usize| Issue {
        id: format!("i{i}"),
        name: format!("Issue {i}"),
        options: Options::Named { ordered: false, options: (0..n_options).map(option).collect() },
        status_quo: None,
        because: vec![],
    };
    let bodies_of = |p: usize| (p * per_party..(p + 1) * per_party).map(BodyId);
    let party = |p: usize| Party {
        id: format!("p{p}"),
        name: format!("Party {p}"),
        bodies: bodies_of(p).collect(),
        ratifies: Rule::All(bodies_of(p).map(Rule::One).collect()),
        because: vec![],
    };
    let body = |(b, preferences): (usize, Preferences)| Body {
        id: format!("b{b}"),
        name: format!("Body {b}"),
        party: PartyId(b / per_party),
        influence: None,
        alternative: no_deal
            .as_ref()
            .map_or(Alternative::RefusesNothing, |(alternative, _)| Alternative::fixed(*alternative)),
        will: no_deal.as_ref().map(|(_, cost)| cost.clone()).into(),
        strain: StatedCost::Unstated,
        reaction: None,
        discount: None,
        preferences,
        because: vec![],
    };
    let n_parties = preferences.len() / per_party;
    let draft = Draft::new(
        "Random talks",
        (0..n_issues).map(issue).collect(),
        (0..n_parties).map(party).collect(),
        preferences.into_iter().enumerate().map(body).collect(),
    );
    Talks::new(draft).expect("parts of one size fit together")
}
