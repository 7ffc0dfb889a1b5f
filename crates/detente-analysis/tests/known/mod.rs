//! Small talks whose answers are worked out by hand.

use detente_model::*;

fn number(value: f64) -> Number {
    Number::fixed(value)
}

fn issue(id: &str, options: Options) -> Issue {
    Issue { id: id.into(), name: id.into(), options, status_quo: None, because: vec![] }
}

fn range(to: f64, by: f64) -> Options {
    Options::Range(Range::new(0.0, to, by).expect("a range").0)
}

fn line(from: f64, to: f64, x: f64) -> Option<IssuePreference> {
    Some(IssuePreference { weight: None, shape: Shape::Linear(vec![(0.0, number(from)), (x, number(to))]) })
}

/// A body of party `party` with a political cost anywhere from 0 to `cost`.
fn body(
    id: &str,
    party: usize,
    alternative: f64,
    cost: Option<f64>,
    issues: Vec<Option<IssuePreference>>,
) -> Body {
    let uniform = |to: f64| Cost(Distribution::Uniform { from: number(0.0), to: number(to) });
    Body {
        id: id.into(),
        name: id.into(),
        party: PartyId(party),
        influence: None,
        alternative: Alternative::Worth(number(alternative)),
        will: cost.map(uniform).into(),
        strain: StatedCost::Unstated,
        reaction: None,
        discount: None,
        preferences: Preferences { issues, interactions: vec![], tables: vec![] },
        because: vec![],
    }
}

fn talks(issues: Vec<Issue>, parties: &[(&str, &[usize])], bodies: Vec<Body>) -> Talks {
    let all = |members: &[usize]| Rule::All(members.iter().map(|k| Rule::One(BodyId(*k))).collect());
    let party = |(id, members): &(&str, &[usize])| Party {
        id: (*id).into(),
        name: (*id).into(),
        bodies: members.iter().map(|k| BodyId(*k)).collect(),
        ratifies: all(members),
        because: vec![],
    };
    Talks::new(Draft::new("By hand", issues, parties.iter().map(party).collect(), bodies))
        .expect("talks that fit together")
}

/// The shared reservoir of the README.
pub(crate) fn reservoir() -> Talks {
    let option = |id: &str| NamedOption { id: id.into(), name: id.into() };
    let meters = Options::Named { ordered: false, options: vec![option("upstream"), option("jointly")] };
    let values = Shape::Values(vec![number(0.0), number(4.0)]);
    let downstream = vec![line(10.0, 30.0, 10.0), Some(IssuePreference { weight: None, shape: values })];
    let less = || vec![line(10.0, 0.0, 10.0), None];
    talks(
        vec![issue("release", range(10.0, 2.0)), issue("meters", meters)],
        &[("upstream", &[0, 1]), ("downstream", &[2])],
        vec![
            body("council", 0, 4.0, None, less()),
            body("farmers", 0, 4.0, Some(8.0), less()),
            body("downstream", 1, 10.0, Some(10.0), downstream),
        ],
    )
}

/// Two divide a pie; catalog/derived/pie and, with costs, catalog/derived/ratification.
pub(crate) fn pie(alternatives: [f64; 2], costs: [Option<f64>; 2]) -> Talks {
    talks(
        vec![issue("share", range(1.0, 0.01))],
        &[("first", &[0]), ("second", &[1])],
        vec![
            body("first", 0, alternatives[0], costs[0], vec![line(0.0, 1.0, 1.0)]),
            body("second", 1, alternatives[1], costs[1], vec![line(1.0, 0.0, 1.0)]),
        ],
    )
}

/// Two share out forty pieces of each of three goods, worth 1, 2 and 3 a piece to the one and 3, 2 and 1 to the other.
#[allow(dead_code, reason = "not every file asks about many deals")]
pub(crate) fn goods() -> Talks {
    let pieces = |worth: [f64; 3], all: bool| {
        let one = |w: f64| if all { line(0.0, 40.0 * w, 40.0) } else { line(40.0 * w, 0.0, 40.0) };
        worth.map(one).to_vec()
    };
    talks(
        ["grain", "oil", "salt"].map(|id| issue(id, range(40.0, 1.0))).to_vec(),
        &[("first", &[0]), ("second", &[1])],
        vec![
            body("first", 0, 0.0, None, pieces([1.0, 2.0, 3.0], true)),
            body("second", 1, 0.0, None, pieces([3.0, 2.0, 1.0], false)),
        ],
    )
}
