//! Draws talks with every construct of the model.

mod words;

use detente_model::{
    Actor, Body, BodyId, Case, Claim, ClaimId, Clause, Condition, Consequence, Constraint, Correlation, Cost,
    Date, Distribution, Draft, Duration, Implementation, Interaction, Issue, IssueId, IssuePreference, Law,
    Lever, LeverId, Mediator, MediatorId, NamedOption, Number, OptionId, OptionSet, Options, Party, PartyId,
    Phase, PhaseId, Preferences, Range, Rate, Rule, Shape, Source, SourceId, Step, StepId, Table, Talks,
    TimeUnit, Unknown, UnknownId, Wait,
};
use std::collections::{BTreeMap, BTreeSet};
use words::{IDS, VALUES};

/// Which texts are drawn.
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Words {
    /// Those that a scenario file can hold.
    Held,
    /// Others too.
    Any,
}

/// A draw from a seed (SplitMix64).
pub(crate) struct Draw {
    state: u64,
    words: Words,
    n_claims: usize,
    unknowns: Vec<Unknown>,
}

impl Draw {
    pub(crate) fn new(seed: u64, words: Words) -> Draw {
        Draw { state: seed, words, n_claims: 0, unknowns: vec![] }
    }

    fn because(&mut self) -> Vec<ClaimId> {
        let n = if self.chance(7) { 0 } else { self.below(3) };
        if self.n_claims == 0 { vec![] } else { (0..n).map(|_| ClaimId(self.below(self.n_claims))).collect() }
    }

    fn value(&mut self) -> f64 {
        self.pick(VALUES)
    }

    fn fixed(&mut self, value: f64) -> Number {
        Number { because: self.because(), ..Number::fixed(value) }
    }

    /// A few ascending numbers that can be computed with.
    fn ascending<const N: usize>(&mut self) -> [f64; N] {
        let start = self.below(50) as f64 / 4.0;
        let mut at = start;
        [(); N].map(|()| {
            at += self.below(30) as f64 / 10.0 + 0.1;
            at
        })
    }

    fn spread(&mut self) -> Distribution {
        match self.below(9) {
            0 => {
                let [from, to] = self.ascending();
                Distribution::Uniform { from, to }
            }
            1 => {
                let [from, mode, to] = self.ascending();
                Distribution::Triangular { from, mode, to }
            }
            2 => {
                let [sd, mean] = self.ascending();
                Distribution::Normal { mean, sd }
            }
            3 => {
                let [from, sd, mean, to] = self.ascending();
                Distribution::TruncatedNormal { mean, sd, from, to }
            }
            4 => {
                let [from, mode, to] = self.ascending();
                Distribution::Pert { from, mode, to }
            }
            5 => {
                let [alpha, beta, from, to] = self.ascending();
                Distribution::Beta { alpha, beta, from, to }
            }
            6 => {
                let [alpha, beta] = self.ascending();
                Distribution::Beta { alpha, beta, from: 0.0, to: 1.0 }
            }
            7 => {
                let values: Vec<f64> = (0..4).map(|_| self.pick(&[0.0, 0.5, 5.0, 1e30, -0.0])).collect();
                Distribution::Discrete(values.into_iter().map(|value| (value, 0.25)).collect())
            }
            _ => Distribution::Point(self.value()),
        }
    }

    fn by_case(&mut self) -> Option<(Distribution, UnknownId)> {
        if self.unknowns.is_empty() {
            return None;
        }
        let k = self.below(self.unknowns.len());
        let probabilities = self.unknowns[k].probabilities();
        let points = probabilities.into_iter().map(|p| (self.value(), p)).collect();
        Some((Distribution::Discrete(points), UnknownId(k)))
    }

    fn number(&mut self) -> Number {
        let because = self.because();
        match self.below(4) {
            0 => Number { spread: self.spread(), by_case: None, because },
            1 => match self.by_case() {
                Some((spread, unknown)) => Number { spread, by_case: Some(unknown), because },
                None => Number { because, ..Number::fixed(self.value()) },
            },
            _ => Number { because, ..Number::fixed(self.value()) },
        }
    }

    /// A number around a value, from below to above.
    fn around(&mut self, value: f64) -> Number {
        let because = self.because();
        match self.below(3) {
            0 => Number {
                spread: Distribution::Uniform { from: value - 0.05, to: value + 0.05 },
                by_case: None,
                because,
            },
            _ => Number { because, ..Number::fixed(value) },
        }
    }

    fn cost(&mut self) -> Cost {
        if self.chance(2) {
            return Cost(Distribution::Point(self.around(3.0)));
        }
        if self.chance(2)
            && let Some((spread, unknown)) = self.by_case()
        {
            return Cost(Distribution::Point(Number {
                spread,
                by_case: Some(unknown),
                because: self.because(),
            }));
        }
        let spread = self.spread();
        let shared = self.because();
        let alike = self.chance(4);
        if let Distribution::Discrete(points) = spread {
            let points = points
                .into_iter()
                .map(|(value, p)| {
                    let own = self.because();
                    let own = if own.is_empty() && !shared.is_empty() { shared.clone() } else { own };
                    let p = Number { because: if alike { shared.clone() } else { own }, ..Number::fixed(p) };
                    (Number { because: shared.clone(), ..Number::fixed(value) }, p)
                })
                .collect();
            return Cost(Distribution::Discrete(points));
        }
        Cost(spread.map(|value| match alike {
            true => Number { because: shared.clone(), ..Number::fixed(*value) },
            false if self.chance(5) => Number::fixed(*value),
            false => self.fixed(*value),
        }))
    }

    fn issue(&mut self, id: String) -> Issue {
        let options = if self.chance(6) {
            let mut taken = BTreeSet::new();
            let n = 1 + self.below(7);
            let options = (0..n)
                .map(|_| {
                    let mut id = if self.chance(5) { self.pick(IDS).to_owned() } else { self.text() };
                    while !taken.insert(id.clone()) {
                        id.push('+');
                    }
                    NamedOption { name: self.name(&id), id }
                })
                .collect();
            Options::Named { ordered: self.chance(5), options }
        } else {
            let (from, to, by) = self.pick(&[
                (0.0, 10.0, 1.0),
                (0.0, 10.55, 1.0),
                (5.0, 5.0, 0.1),
                (-1.5, 2.0, 0.25),
                (0.1, 0.100000000000009, 1e-15),
                (-0.0, 30.0, 0.5),
                (99999999999990.0, 99999999999999.0, 3.0),
                (1000.0, 1e14, 1e13),
            ]);
            let mut range = Range::new(from, to, by).expect("a range").0;
            range.unit = self.some(5, Draw::text);
            Options::Range(range)
        };
        let name = self.name(&id);
        let mut issue = Issue { id, name, options, status_quo: None, because: self.because() };
        issue.status_quo = self.some(9, |draw| OptionId(draw.below(issue.n_options())));
        issue
    }

    fn options(&mut self, issue: &Issue) -> OptionSet {
        let n = issue.n_options();
        if self.chance(4) {
            let (a, b) = (self.below(n), self.below(n));
            return OptionSet::between(OptionId(a.min(b)), OptionId(a.max(b)));
        }
        let some: Vec<OptionId> = (0..n).map(OptionId).filter(|_| self.chance(5)).collect();
        if some.is_empty() {
            OptionSet::from_options([OptionId(self.below(n))])
        } else {
            OptionSet::from_options(some)
        }
    }

    fn condition(&mut self, issues: &[Issue]) -> Condition {
        let mut order: Vec<usize> = (0..issues.len()).collect();
        let at = self.below(order.len());
        order.rotate_left(at);
        order.truncate(1 + self.below(order.len()));
        Condition(
            order
                .into_iter()
                .map(|k| Clause { issue: IssueId(k), options: self.options(&issues[k]) })
                .collect(),
        )
    }

    fn shape(&mut self, issue: &Issue) -> Shape {
        if let Options::Range(range) = &issue.options {
            let (first, last) = (range.value(0), range.value(range.count() - 1));
            match self.below(3) {
                0 => {
                    let mut at: Vec<f64> = vec![first - self.below(2) as f64, last];
                    if range.count() > 2 {
                        at.insert(1, range.value(1));
                    }
                    at.dedup();
                    return Shape::Linear(at.into_iter().map(|x| (x, self.number())).collect());
                }
                1 => {
                    let [low, peak, high] = self.ascending().map(|value: f64| value * 3.0);
                    return Shape::Triangular {
                        low: self.around(low),
                        peak: self.around(peak),
                        high: self.around(high),
                    };
                }
                _ => {}
            }
        }
        let shared = self.some(3, Draw::because);
        let cite = |number: Number| match &shared {
            Some(because) => Number { because: because.clone(), ..number },
            None => number,
        };
        Shape::Values((0..issue.n_options()).map(|_| cite(self.number())).collect())
    }

    fn preferences(&mut self, issues: &[Issue]) -> Preferences {
        let own = issues
            .iter()
            .map(|issue| {
                self.some(7, |draw| {
                    let weight = draw.some(4, |draw| draw.around(2.0));
                    IssuePreference { weight, shape: draw.shape(issue) }
                })
            })
            .collect();
        let interactions = self.many(3, |draw, _| Interaction {
            when: draw.condition(issues),
            unless: draw.chance(4),
            adds: draw.number(),
        });
        let tables = self.many(2, |draw, _| draw.table(issues));
        Preferences { issues: own, interactions, tables }
    }

    fn table(&mut self, issues: &[Issue]) -> Table {
        let first = self.below(issues.len());
        let own: Vec<IssueId> = if issues.len() > 1 && self.chance(5) {
            vec![IssueId(first), IssueId((first + 1) % issues.len())]
        } else {
            vec![IssueId(first)]
        };
        let mut rows = BTreeMap::new();
        let otherwise = self.some(5, Draw::number);
        let sizes: Vec<usize> = own.iter().map(|issue| issues[issue.0].n_options()).collect();
        for k in 0..sizes.iter().product::<usize>() {
            if otherwise.is_none() || self.chance(3) {
                let row = if sizes.len() == 2 {
                    vec![OptionId(k / sizes[1]), OptionId(k % sizes[1])]
                } else {
                    vec![OptionId(k)]
                };
                rows.insert(row, self.number());
            }
        }
        Table { issues: own, rows, otherwise }
    }

    fn rule<T: Copy>(&mut self, members: &[T], depth: usize) -> Rule<T> {
        let single = |member: &T| Rule::One(*member);
        if members.len() == 1 && (depth > 2 || self.chance(5)) {
            return single(&members[0]);
        }
        let cut = 1 + self.below(members.len());
        let nested = depth < 3 && self.chance(5);
        let of: Vec<Rule<T>> = match nested {
            true => members.chunks(cut).map(|part| self.rule(part, depth + 1)).collect(),
            false => members.iter().map(single).collect(),
        };
        match self.below(4) {
            0 => Rule::All(of),
            1 => Rule::Any(of),
            2 => Rule::AtLeast { needed: 1 + self.below(of.len()), of },
            _ => {
                let of: Vec<(Number, Rule<T>)> = of.into_iter().map(|rule| (self.fixed(1.5), rule)).collect();
                Rule::Quota { needed: self.fixed(1.5 * of.len() as f64), of }
            }
        }
    }

    fn loadings(&mut self, n_bodies: usize) -> Option<Correlation> {
        match self.below(4) {
            0 => None,
            1 => Some(Correlation::Pairwise(self.around(0.5))),
            _ => {
                let of: Vec<(BodyId, Number)> = (0..n_bodies)
                    .filter(|_| self.next().is_multiple_of(2))
                    .map(BodyId)
                    .collect::<Vec<_>>()
                    .into_iter()
                    .map(|body| (body, self.around(-0.25)))
                    .collect();
                Some(Correlation::Loadings(of)).filter(|own| !own.bodies().is_empty())
            }
        }
    }

    fn duration(&mut self) -> Duration {
        let unit = self.unit();
        Duration { amount: self.pick(&[0.0, 1.0, 2.0, 0.5, 1e-30, 1e30, 36.0]), unit }
    }

    fn unit(&mut self) -> TimeUnit {
        self.pick(&[TimeUnit::Hour, TimeUnit::Day, TimeUnit::Week, TimeUnit::Month, TimeUnit::Year])
    }

    fn amounts<T: Copy>(&mut self, to: &[T]) -> Vec<(T, Number)> {
        to.iter()
            .filter(|_| self.next().is_multiple_of(3))
            .copied()
            .collect::<Vec<_>>()
            .into_iter()
            .map(|to| (to, self.number()))
            .collect()
    }

    fn unknown(&mut self, id: String) -> Unknown {
        let n = 1 + self.below(3);
        let cases = self
            .ids(n)
            .into_iter()
            .map(|id| Case { name: self.name(&id), probability: self.fixed(1.0 / n as f64), id })
            .collect();
        Unknown { name: self.name(&id), id, cases, because: self.because() }
    }

    fn parties(
        &mut self,
        issues: &[Issue],
        n: usize,
        taken: &mut BTreeSet<String>,
    ) -> (Vec<Party>, Vec<Body>) {
        let (mut parties, mut bodies) = (vec![], vec![]);
        for p in 0..n {
            let (id, first) = (self.id(taken), bodies.len());
            let (name, because) = (self.name(&id), self.because());
            let own = 1 + self.below(3);
            let alike = own == 1 && self.chance(7);
            for body_id in self.ids(own) {
                let body_id = if alike { id.clone() } else { body_id };
                bodies.push(Body {
                    name: if alike { name.clone() } else { self.name(&body_id) },
                    id: body_id,
                    party: PartyId(p),
                    influence: self.some(if alike { 1 } else { 5 }, |draw| draw.around(2.0)),
                    alternative: self.alternative(),
                    will: self.stated(7),
                    strain: self.stated(5),
                    reaction: self.some(5, Draw::number),
                    discount: self.some(8, |draw| 1.0 / (1 + draw.below(9)) as f64),
                    preferences: self.preferences(issues),
                    because: if alike { because.clone() } else { self.because() },
                });
            }
            let members: Vec<BodyId> = (first..bodies.len()).map(BodyId).collect();
            let ratifies = match self.chance(5) {
                true => Rule::All(members.iter().map(|body| Rule::One(*body)).collect()),
                false => self.rule(&members, 0),
            };
            parties.push(Party { id, name, bodies: members, ratifies, because });
        }
        (parties, bodies)
    }

    fn mediators(
        &mut self,
        issues: &[Issue],
        n_parties: usize,
        n_bodies: usize,
        taken: &mut BTreeSet<String>,
    ) -> (Vec<Mediator>, Vec<Lever>) {
        let (mut mediators, mut levers) = (vec![], Vec::<Lever>::new());
        let (bodies, parties): (Vec<BodyId>, Vec<PartyId>) =
            ((0..n_bodies).map(BodyId).collect(), (0..n_parties).map(PartyId).collect());
        let lever_ids = self.ids(6);
        for m in 0..self.below(3) {
            let (id, first) = (self.id(taken), levers.len());
            for _ in 0..self.below(4) {
                let id = lever_ids[levers.len()].clone();
                let others: Vec<LeverId> = (0..levers.len()).map(LeverId).collect();
                let excludes: Vec<LeverId> = others.iter().copied().filter(|_| self.chance(3)).collect();
                let requires = others
                    .into_iter()
                    .filter(|other| !excludes.contains(other) && self.next().is_multiple_of(3))
                    .collect();
                levers.push(Lever {
                    name: self.name(&id),
                    id,
                    mediator: MediatorId(m),
                    cost: self.around(2.0),
                    inducement: self.amounts(&bodies),
                    assurance: self.amounts(&bodies),
                    pressure: self.amounts(&bodies),
                    guarantee: self.amounts(&parties),
                    when: self.some(4, |draw| draw.condition(issues)),
                    excludes,
                    requires,
                    because: self.because(),
                });
            }
            mediators.push(Mediator {
                name: self.name(&id),
                id,
                budget: self.some(5, |draw| draw.around(9.0)),
                levers: (first..levers.len()).map(LeverId).collect(),
                because: self.because(),
            });
        }
        (mediators, levers)
    }

    fn steps(&mut self, draft: &Draft) -> Vec<Step> {
        let n = self.below(5);
        let ids = self.ids(n);
        let bodies: Vec<BodyId> = (0..draft.bodies.len()).map(BodyId).collect();
        let mut delivered: BTreeMap<usize, Vec<IssueId>> = BTreeMap::new();
        for k in 0..if n > 0 { draft.issues.len() } else { 0 } {
            if self.chance(6) {
                delivered.entry(self.below(n)).or_default().push(IssueId(k));
            }
        }
        (0..n)
            .map(|s| {
                let by = match draft.mediators.is_empty() || self.chance(5) {
                    true => Actor::Party(PartyId(self.below(draft.parties.len()))),
                    false => Actor::Mediator(MediatorId(self.below(draft.mediators.len()))),
                };
                let before = |draw: &mut Draw| -> Vec<StepId> {
                    (0..s).map(StepId).filter(|_| draw.chance(3)).collect()
                };
                let mut counted = BTreeSet::new();
                let counts = self.many(3, |draw, _| {
                    let mut what = draw.text();
                    while !counted.insert(what.clone()) {
                        what.push('x');
                    }
                    Consequence { what, amount: draw.number(), per: draw.some(5, Draw::unit) }
                });
                let delivers = delivered.remove(&s).unwrap_or_default();
                let after = before(self)
                    .into_iter()
                    .map(|step| Wait { step, time: self.some(4, Draw::duration) })
                    .collect();
                let any = StepId(self.below(n));
                Step {
                    name: self.name(&ids[s]),
                    phase: self
                        .some(6, |draw| draw.below(draft.phases.len().max(1)))
                        .filter(|_| !draft.phases.is_empty())
                        .map(PhaseId),
                    takes: self.some(4, Draw::duration),
                    after,
                    responds: if s + 1 < n && self.chance(3) {
                        vec![Wait { step: StepId(s + 1), time: None }]
                    } else {
                        vec![]
                    },
                    includes: if self.chance(2) { vec![any] } else { vec![] },
                    excludes: if self.chance(1) { vec![any, StepId(0)] } else { vec![] },
                    milestones: before(self),
                    delivers: delivers.into_iter().map(|issue| (issue, self.fixed(1.0))).collect(),
                    gives: self.amounts(&bodies),
                    kept: self.some(4, |draw| draw.around(0.5)),
                    noticed: self.some(4, |draw| draw.around(0.75)),
                    counts,
                    divisible: self.chance(3),
                    because: self.because(),
                    ..Step::new(ids[s].clone(), by)
                }
            })
            .collect()
    }

    /// Talks that the reader accepts, once their words are.
    pub(crate) fn talks(&mut self) -> Talks {
        self.n_claims = self.below(4);
        let (n_claims, n_unknowns, n_issues, n_parties) =
            (self.n_claims, self.below(3), 1 + self.below(3), 1 + self.below(3));
        self.unknowns = self.ids(n_unknowns).into_iter().map(|id| self.unknown(id)).collect();
        let issues: Vec<Issue> = self.ids(n_issues).into_iter().map(|id| self.issue(id)).collect();
        let mut taken = BTreeSet::new();
        let (parties, bodies) = self.parties(&issues, n_parties, &mut taken);
        let mut draft = Draft::new(self.text(), issues, parties, bodies);
        let n_bodies = draft.bodies.len();
        draft.as_of = self
            .some(5, |draw| draw.pick(&["2026", "1950-04", "2024-02-29"]))
            .map(|date| Date::parse(date).expect("a date"));
        draft.authors = self.many(3, |draw, _| draw.text());
        draft.note = self.some(5, Draw::text);
        draft.common_unit = self.some(3, Draw::text);
        let members: Vec<PartyId> = (0..n_parties).map(PartyId).collect();
        if self.chance(5) {
            draft.agreement = self.rule(&members, 0);
        }
        draft.unknowns = self.unknowns.clone();
        draft.correlation = self.loadings(n_bodies);
        draft.constraints = self.many(3, |draw, _| {
            let law = match draw.chance(5) {
                true => Law::Forbid(draw.condition(&draft.issues)),
                false => {
                    Law::Implies { when: draw.condition(&draft.issues), then: draw.condition(&draft.issues) }
                }
            };
            Constraint { law, because: draw.because() }
        });
        (draft.mediators, draft.levers) = self.mediators(&draft.issues, n_parties, n_bodies, &mut taken);
        let n_phases = self.below(3);
        draft.phases = self.ids(n_phases).into_iter().map(|id| Phase { name: self.name(&id), id }).collect();
        draft.steps = self.steps(&draft);
        draft.implementation = Implementation {
            horizon: self.some(3, |draw| Duration { amount: 2.0, unit: draw.unit() }),
            shocks: self.some(3, |draw| Rate { amount: draw.around(0.1), per: draw.unit() }),
            discount: self.some(3, |draw| Rate { amount: draw.around(0.1), per: draw.unit() }),
            correlation: if self.chance(3) { self.loadings(n_bodies) } else { None },
        };
        let n_sources = usize::from(n_claims > 0) + self.below(2);
        draft.sources = self
            .ids(n_sources)
            .into_iter()
            .map(|id| Source {
                id,
                title: self.text(),
                kind: self.some(5, Draw::text),
                date: self
                    .some(5, |draw| draw.pick(&["2026", "1950-04"]))
                    .map(|date| Date::parse(date).expect("a date")),
                url: self.some(5, Draw::text),
            })
            .collect();
        draft.claims = self
            .ids(n_claims)
            .into_iter()
            .map(|id| Claim {
                id,
                source: SourceId(self.below(n_sources)),
                at: self.some(5, Draw::text),
                who: self.some(5, Draw::text),
                says: self.text(),
            })
            .collect();
        Talks::new(draft).unwrap_or_else(|problems| panic!("{problems:#?}"))
    }
}
