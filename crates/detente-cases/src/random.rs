//! Random talks: small enough for the judges, with every construct and many ties.

use detente_model::*;
use proptest::prelude::*;
use std::collections::BTreeMap;
pub mod lasting;
pub mod levers;
pub mod steps;

/// Talks named by three numbers, so that a failure is short to print.
#[derive(Clone, Copy, Debug)]
pub struct Case {
    n_issues: usize,
    n_parties: usize,
    /// What they are drawn from.
    pub seed: u64,
}

impl Case {
    /// Of so many issues and parties.
    pub fn new(n_issues: usize, n_parties: usize, seed: u64) -> Case {
        Case { n_issues, n_parties, seed }
    }

    /// The talks that are named so.
    pub fn talks(self) -> Talks {
        draw(self.n_issues, self.n_parties, self.seed)
    }

    /// The same with bodies that accept independently of each other.
    pub fn independent(self) -> Talks {
        let draft = Draft { correlation: None, ..(*self.talks()).clone() };
        Talks::new(draft).expect("nothing else depends on it")
    }
}

/// Cases of all sizes the judges can bear; sizes shrink before seeds do.
pub fn case() -> impl Strategy<Value = Case> {
    (1usize..=4, 1usize..=3, any::<u64>()).prop_map(|(n_issues, n_parties, seed)| Case {
        n_issues,
        n_parties,
        seed,
    })
}

/// A small generator, so that a case is named by one number.
pub struct Dice(u64);

impl Dice {
    /// Always the same throws from a seed.
    pub fn new(seed: u64) -> Dice {
        Dice(seed)
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A whole number from 0 on, below `n`.
    pub fn below(&mut self, n: usize) -> usize {
        (self.next() % n as u64) as usize
    }

    /// Whether something comes about that does in so many of a hundred throws.
    pub fn chance(&mut self, percent: usize) -> bool {
        self.below(100) < percent
    }

    /// A whole, half or tenth number, so that ties and awkward decimals both occur.
    fn value(&mut self, max: usize) -> f64 {
        let steps = [1.0, 2.0, 10.0][self.below(3)];
        self.below(max * steps as usize + 1) as f64 / steps
    }

    /// The numbers below `n` in some order.
    pub fn shuffled(&mut self, n: usize) -> Vec<usize> {
        let mut order: Vec<usize> = (0..n).collect();
        for k in (1..n).rev() {
            order.swap(k, self.below(k + 1));
        }
        order
    }
}

fn number(value: f64) -> Number {
    Number::fixed(value)
}

fn draw(n_issues: usize, n_parties: usize, seed: u64) -> Talks {
    let mut dice = Dice::new(seed);
    let issues: Vec<Issue> = (0..n_issues).map(|i| issue(&mut dice, i)).collect();
    let mut parties = Vec::new();
    let mut bodies = Vec::new();
    let single = dice.chance(50);
    for p in 0..n_parties {
        let n = if single { 1 } else { 1 + dice.below(3) };
        let own: Vec<BodyId> = (0..n).map(|k| BodyId(bodies.len() + k)).collect();
        for k in 0..n {
            bodies.push(body(&mut dice, PartyId(p), k, &issues));
        }
        let ratifies = rule(&mut dice, &own);
        parties.push(Party {
            id: format!("p{p}"),
            name: format!("Party {p}"),
            bodies: own,
            ratifies,
            because: vec![],
        });
    }
    let members: Vec<PartyId> = (0..n_parties).map(PartyId).collect();
    let agreement = if dice.chance(60) {
        Rule::All(members.into_iter().map(Rule::One).collect())
    } else {
        rule(&mut dice, &members)
    };
    let correlation =
        if bodies.len() <= 4 && dice.chance(15) { Some(correlation(&mut dice, bodies.len())) } else { None };
    let constraints = (0..dice.below(3)).filter_map(|_| constraint(&mut dice, &issues)).collect();
    Talks::new(Draft {
        agreement,
        correlation,
        constraints,
        ..Draft::new("Random talks", issues, parties, bodies)
    })
    .expect("random talks fit together")
}

fn correlation(dice: &mut Dice, n_bodies: usize) -> Correlation {
    if dice.chance(50) {
        return Correlation::Pairwise(number([0.0, 0.2, 0.5][dice.below(3)]));
    }
    let loading = |body: usize| (BodyId(body), number([-0.6, 0.0, 0.3, 0.8][dice.below(4)]));
    Correlation::Loadings((0..n_bodies).map(loading).collect())
}

fn issue(dice: &mut Dice, i: usize) -> Issue {
    let n = 1 + dice.below(4);
    let options = if dice.chance(25) {
        Options::Range(Range::new(0.0, (n - 1) as f64 * 0.5, 0.5).expect("a range").0)
    } else {
        let option = |k: usize| NamedOption { id: format!("o{k}"), name: format!("Option {k}") };
        Options::Named { ordered: dice.chance(30), options: (0..n).map(option).collect() }
    };
    Issue { id: format!("i{i}"), name: format!("Issue {i}"), options, status_quo: None, because: vec![] }
}

fn body(dice: &mut Dice, party: PartyId, k: usize, issues: &[Issue]) -> Body {
    let preferences = preferences(dice, issues);
    let reach = preferences.bound(issues);
    let alternative = match dice.chance(85) {
        true if preferences.is_empty() => {
            dice.below(11);
            Alternative::RefusesNothing
        }
        true => Alternative::Worth(number((reach * dice.below(11) as f64 / 14.0 * 10.0).round() / 10.0)),
        // A throw of its own, so that seeds of cases that were kept still mean the same.
        false if Dice(dice.0 ^ 0x5eed).chance(25) => Alternative::RefusesAll,
        false => Alternative::RefusesNothing,
    };
    Body {
        id: format!("b{k}"),
        name: format!("Body {k}"),
        party,
        influence: dice.chance(40).then(|| number([0.5, 1.0, 2.0, 3.0][dice.below(4)])),
        alternative,
        will: dice.chance(70).then(|| cost(dice)).into(),
        strain: StatedCost::Unstated,
        reaction: None,
        discount: None,
        preferences,
        because: vec![],
    }
}

fn preferences(dice: &mut Dice, issues: &[Issue]) -> Preferences {
    let own = issues.iter().map(|issue| dice.chance(90).then(|| preference(dice, issue))).collect();
    let interactions = (0..dice.below(3)).map(|_| Interaction {
        when: condition(dice, issues),
        unless: dice.chance(30),
        adds: number(dice.value(8) - 4.0),
    });
    let interactions = interactions.collect();
    let tables = if dice.chance(20) { vec![table(dice, issues)] } else { vec![] };
    Preferences { issues: own, interactions, tables }
}

fn preference(dice: &mut Dice, issue: &Issue) -> IssuePreference {
    let weight = dice.chance(50).then(|| number([1.0, 2.0, 0.3][dice.below(3)]));
    let n = issue.n_options();
    let shape = match (&issue.options, dice.below(3)) {
        (Options::Range(range), 0) => {
            let (first, last) = (range.value(0), range.value(n - 1) + 1.0);
            Shape::Linear(vec![(first, number(dice.value(6))), (last, number(dice.value(6)))])
        }
        (Options::Range(range), 1) => {
            let high = range.value(n - 1);
            Shape::Triangular { low: number(-1.0), peak: number(high / 2.0), high: number(high + 1.0) }
        }
        _ => Shape::Values((0..n).map(|_| number(dice.value(6))).collect()),
    };
    IssuePreference { weight, shape }
}

fn table(dice: &mut Dice, issues: &[Issue]) -> Table {
    let n = 1 + dice.below(issues.len().min(2));
    let own: Vec<IssueId> = dice.shuffled(issues.len()).into_iter().take(n).map(IssueId).collect();
    let mut rows = BTreeMap::new();
    for _ in 0..4 {
        let row: Vec<OptionId> = own.iter().map(|i| OptionId(dice.below(issues[i.0].n_options()))).collect();
        rows.insert(row, number(dice.value(5)));
    }
    Table { issues: own, rows, otherwise: Some(number(dice.value(3))) }
}

fn condition(dice: &mut Dice, issues: &[Issue]) -> Condition {
    let n = 1 + dice.below(issues.len().min(2));
    let chosen = dice.shuffled(issues.len()).into_iter().take(n);
    let clause = |i: usize| {
        let n_options = issues[i].n_options();
        let first = dice.below(n_options);
        let options = (first..n_options.min(first + 2)).map(OptionId);
        Clause { issue: IssueId(i), options: OptionSet::from_options(options) }
    };
    Condition(chosen.map(clause).collect())
}

/// A constraint that leaves the first or the last outcome, so that something is always feasible.
fn constraint(dice: &mut Dice, issues: &[Issue]) -> Option<Constraint> {
    let law = if dice.chance(50) {
        Law::Forbid(condition(dice, issues))
    } else {
        Law::Implies { when: condition(dice, issues), then: condition(dice, issues) }
    };
    let constraint = Constraint { law, because: vec![] };
    let first = Outcome(issues.iter().map(|_| OptionId(0)).collect());
    constraint.allows(&first).then_some(constraint)
}

fn cost(dice: &mut Dice) -> Cost {
    let a = dice.value(4);
    let b = a + dice.value(4);
    Cost(match dice.below(8) {
        0 => Distribution::Point(number(a)),
        1 => Distribution::Uniform { from: number(a - 2.0), to: number(b) },
        2 => Distribution::Triangular { from: number(a), mode: number(a), to: number(b + 1.0) },
        3 => Distribution::Normal { mean: number(a), sd: number(b) },
        4 => Distribution::Beta { alpha: number(2.0), beta: number(1.5), from: number(a), to: number(b) },
        5 => Distribution::Discrete(vec![(number(a), number(0.25)), (number(b + 0.5), number(0.75))]),
        6 => Distribution::TruncatedNormal {
            mean: number(a),
            sd: number(b),
            from: number(a - 1.0),
            to: number(b + 2.0),
        },
        _ => Distribution::Pert { from: number(a), mode: number(b), to: number(b + 1.0) },
    })
}

fn rule<T: Copy>(dice: &mut Dice, members: &[T]) -> Rule<T> {
    if members.len() == 1 && dice.chance(80) {
        return Rule::One(members[0]);
    }
    let order = dice.shuffled(members.len());
    // A member may be left out of the rule: its consent is then not needed.
    let kept: Vec<T> =
        order.iter().take(members.len().max(2) - usize::from(dice.chance(15))).map(|k| members[*k]).collect();
    let split = 1 + dice.below(kept.len());
    let mut of: Vec<Rule<T>> = kept[..split].iter().map(|member| Rule::One(*member)).collect();
    if split < kept.len() {
        of.push(rule(dice, &kept[split..]));
    }
    match dice.below(4) {
        0 => Rule::All(of),
        1 => Rule::Any(of),
        2 => Rule::AtLeast { needed: 1 + dice.below(of.len()), of },
        _ => {
            let of: Vec<(Number, Rule<T>)> =
                of.into_iter().map(|rule| (number(dice.value(3)), rule)).collect();
            let total: f64 = of.iter().map(|(weight, _)| weight.mean()).sum();
            if total < 0.5 {
                return Rule::Any(of.into_iter().map(|(_, rule)| rule).collect());
            }
            let needed = ((total * (1 + dice.below(4)) as f64 / 4.0) * 100.0).floor() / 100.0;
            Rule::Quota { needed: number(needed), of }
        }
    }
}
