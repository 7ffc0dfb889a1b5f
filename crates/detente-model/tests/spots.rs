//! Every number has an address of its own.

use detente_model::*;
use std::collections::BTreeMap;

fn n(value: f64) -> Number {
    Number::fixed(value)
}

/// One number of each kind, and two where there can be several.
fn everything() -> Draft {
    let quota = Rule::Quota {
        needed: n(3.0),
        of: vec![
            (n(2.0), Rule::One(BodyId(0))),
            (
                n(1.0),
                Rule::Quota {
                    needed: n(1.0),
                    of: vec![(n(1.0), Rule::One(BodyId(1))), (n(2.0), Rule::One(BodyId(2)))],
                },
            ),
        ],
    };
    let range = Issue { options: Options::Range(Range::new(0.0, 4.0, 1.0).expect("a range").0), ..issue(1) };
    let bodies = costs().into_iter().enumerate().map(|(b, cost)| body(b, cost)).collect();
    Draft {
        agreement: Rule::All(vec![
            Rule::One(PartyId(0)),
            Rule::Any(vec![Rule::Quota { needed: n(1.0), of: vec![(n(2.0), Rule::One(PartyId(1)))] }]),
        ]),
        unknowns: vec![unknown("u0"), unknown("u1")],
        correlation: Some(Correlation::Loadings(vec![(BodyId(0), n(0.5)), (BodyId(3), n(-0.5))])),
        mediators: vec![mediator("m0", vec![1]), mediator("m1", vec![0])],
        levers: vec![lever("l0"), lever("l1")],
        steps: vec![step("s0"), step("s1")],
        implementation: Implementation {
            horizon: Some(Duration { amount: 1.0, unit: TimeUnit::Year }),
            shocks: Some(Rate { amount: n(0.25), per: TimeUnit::Month }),
            discount: Some(Rate { amount: n(0.5), per: TimeUnit::Year }),
            correlation: Some(Correlation::Loadings(vec![(BodyId(1), n(0.5)), (BodyId(2), n(-0.5))])),
        },
        ..Draft::new(
            "Every construct",
            vec![issue(0), range],
            vec![party(0, vec![0, 1, 2], quota), party(1, vec![3], Rule::All(vec![Rule::One(BodyId(3))]))],
            bodies,
        )
    }
}

fn issue(i: usize) -> Issue {
    let option = |k: usize| NamedOption { id: format!("o{k}"), name: format!("Option {k}") };
    Issue {
        id: format!("i{i}"),
        name: "Issue".into(),
        options: Options::Named { ordered: false, options: (0..3).map(option).collect() },
        status_quo: None,
        because: vec![],
    }
}

fn costs() -> Vec<Distribution<Number>> {
    vec![
        Distribution::Triangular { from: n(0.0), mode: n(1.0), to: n(2.0) },
        Distribution::Beta { alpha: n(1.0), beta: n(2.0), from: n(3.0), to: n(4.0) },
        Distribution::Discrete(vec![(n(1.0), n(0.5)), (n(2.0), n(0.2)), (n(3.0), n(0.3))]),
        Distribution::Normal { mean: n(1.0), sd: n(2.0) },
    ]
}

fn party(p: usize, bodies: Vec<usize>, ratifies: Rule<BodyId>) -> Party {
    let bodies = bodies.into_iter().map(BodyId).collect();
    Party { id: format!("p{p}"), name: "Party".into(), bodies, ratifies, because: vec![] }
}

fn body(b: usize, cost: Distribution<Number>) -> Body {
    let shapes = [
        Shape::Triangular { low: n(0.0), peak: n(1.0), high: n(2.0) },
        Shape::Linear(vec![(0.0, n(1.0)), (4.0, n(2.0))]),
    ];
    let clause = Clause { issue: IssueId(0), options: OptionSet::from_options([OptionId(0)]) };
    let interaction = Interaction { when: Condition(vec![clause]), unless: false, adds: n(1.0) };
    let rows = BTreeMap::from([(vec![OptionId(1)], n(1.0)), (vec![OptionId(0)], n(2.0))]);
    let table = Table { issues: vec![IssueId(0)], rows, otherwise: Some(n(3.0)) };
    let values = Shape::Values((0..3).map(|k| n(k.into())).collect());
    Body {
        id: format!("b{b}"),
        name: "Body".into(),
        party: PartyId(b / 3),
        influence: Some(n(1.0)),
        alternative: Alternative::Worth(n(1.0)),
        will: StatedCost::Cost(Cost(cost)),
        strain: StatedCost::Cost(Cost(Distribution::Uniform { from: n(0.0), to: n(1.0) })),
        reaction: Some(n(1.0)),
        discount: None,
        preferences: Preferences {
            issues: vec![
                Some(IssuePreference { weight: Some(n(1.0)), shape: values }),
                Some(IssuePreference { weight: Some(n(2.0)), shape: shapes[b % 2].clone() }),
            ],
            interactions: vec![interaction.clone(), interaction],
            tables: vec![table.clone(), table],
        },
        because: vec![],
    }
}

fn unknown(id: &str) -> Unknown {
    let case = |id: &str, p: f64| Case { id: id.into(), name: "Case".into(), probability: n(p) };
    Unknown {
        id: id.into(),
        name: "Unknown".into(),
        cases: vec![case("c0", 0.25), case("c1", 0.75)],
        because: vec![],
    }
}

fn mediator(id: &str, levers: Vec<usize>) -> Mediator {
    let levers = levers.into_iter().map(LeverId).collect();
    Mediator { id: id.into(), name: "Mediator".into(), budget: Some(n(1.0)), levers, because: vec![] }
}

fn lever(id: &str) -> Lever {
    let effects = || vec![(BodyId(0), n(1.0)), (BodyId(1), n(2.0))];
    Lever {
        id: id.into(),
        name: "Lever".into(),
        mediator: MediatorId(0),
        cost: n(1.0),
        inducement: effects(),
        assurance: effects(),
        pressure: effects(),
        guarantee: vec![(PartyId(0), n(0.1)), (PartyId(1), n(0.2))],
        when: None,
        excludes: vec![],
        requires: vec![],
        because: vec![],
    }
}

fn step(id: &str) -> Step {
    let count = |what: &str| Consequence { what: what.into(), amount: n(1.0), per: None };
    Step {
        delivers: vec![(IssueId(0), n(0.5)), (IssueId(1), n(0.5))],
        gives: vec![(BodyId(0), n(1.0)), (BodyId(1), n(2.0))],
        kept: Some(n(0.5)),
        noticed: Some(n(0.25)),
        counts: vec![count("first"), count("second")],
        ..Step::new(id, Actor::Party(PartyId(0)))
    }
}

#[test]
fn a_spot_leads_back_to_its_number_and_to_no_other() {
    let draft = everything();
    let before: Vec<(Spot, Number)> = draft.numbers().iter().map(|p| (p.spot, p.number.clone())).collect();
    for (k, (spot, _)) in before.iter().enumerate() {
        let mut changed = draft.clone();
        changed.number_mut(spot).expect("a number stands there").spread = Distribution::Point(-777.0);
        let after: Vec<Number> = changed.numbers().iter().map(|p| p.number.clone()).collect();
        let differ: Vec<usize> = (0..before.len()).filter(|j| before[*j].1 != after[*j]).collect();
        assert_eq!(differ, [k], "{spot:?}");
        assert_eq!(after[k].mean(), -777.0);
    }
}

#[test]
fn a_number_is_replaced_and_all_others_stay() {
    let draft = everything();
    let before: Vec<(Spot, f64)> = draft.numbers().iter().map(|p| (p.spot, p.number.mean())).collect();
    for (k, (spot, value)) in before.iter().enumerate() {
        if matches!(spot, Spot::Will(BodyId(2), parameter) if parameter % 2 == 1) {
            continue;
        }
        let changed = draft.with_number(spot, value + 1.0).expect("possible");
        for (j, placed) in changed.numbers().iter().enumerate() {
            let expected = before[j].1 + if j == k { 1.0 } else { 0.0 };
            assert_eq!(placed.number.mean(), expected, "{:?} with {spot:?} changed", placed.spot);
        }
    }
}

#[test]
fn probabilities_share_what_one_of_them_leaves() {
    let draft = everything();
    let spot = Spot::Will(BodyId(2), 1);
    let changed = draft.with_number(&spot, 0.75).expect("possible");
    let cost = changed.bodies[2].will.cost().expect("a cost").at_means();
    assert_eq!(cost, Distribution::Discrete(vec![(1.0, 0.75), (2.0, 0.1), (3.0, 0.15)]));
    assert_eq!(Talks::new(changed).map(|_| ()), Ok(()));
    let alone = draft.with_number(&spot, 1.0).expect("possible");
    assert!(alone.with_number(&spot, 0.5).is_err(), "nobody takes the rest");
}

#[test]
fn what_does_not_exist_is_not_replaced() {
    let mut draft = everything();
    draft.bodies[0].alternative = Alternative::RefusesNothing;
    draft.implementation = Implementation { shocks: None, discount: None, ..draft.implementation };
    for spot in [
        Spot::Alternative(BodyId(0)),
        Spot::Will(BodyId(0), 3),
        Spot::Will(BodyId(9), 0),
        Spot::Shape(BodyId(0), IssueId(0), 3),
        Spot::Row(BodyId(0), 0, 2),
        Spot::Ratifies(PartyId(0), 6),
        Spot::Agreement(2),
        Spot::Shocks,
        Spot::Discount,
        Spot::StrainCorrelation(2),
    ] {
        assert!(draft.with_number(&spot, 1.0).is_err(), "{spot:?}");
    }
}
