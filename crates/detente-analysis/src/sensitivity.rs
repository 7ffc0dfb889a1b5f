//! What would flip it: for each number that nobody gave a source for, the smallest change of that
//! number alone that changes the verdict or the best deal.
//!
//! One sweep gathers what a body's numbers can move ([`moved_body`]) and follows the variants of rules
//! ([`rules`]). The numbers are then searched one by one without looking at an outcome again
//! ([`search`], [`parameter`]), and a last sweep names the likeliest deal after each change found.

mod moved_body;
mod parameter;
mod rules;
mod search;
#[cfg(test)]
mod tests;

use crate::agreement::Agreement;
use crate::agreement::outcomes::OutcomeAgreement;
use crate::analyze::Analysis;
use crate::count::remaining;
use crate::space::{Extremes, Space};
use crate::ticker::{Ticker, Watch, patience};
use crate::will::{Verdict, Will, key};
use detente_model::{BodyId, Outcome, PartyId, PlacedNumber, Spot, Talks};
use moved_body::{Divider, Moved, MovedBody, Point};
use num_bigint::BigUint;
use parameter::Parameter;
use rules::{EQUAL, RuleNumber};
use search::{Hit, Present, search};
use std::ops::ControlFlow;

/// What would flip it.
#[derive(Clone, Debug, PartialEq)]
pub struct Sensitivity {
    /// Unsourced numbers that enter the probabilities of agreement and were tried.
    pub tried: usize,
    /// Numbers of which some change flips something, the smallest relative change first.
    pub numbers: Vec<SwitchingValue>,
}

/// A number on which a conclusion hangs.
#[derive(Clone, Debug, PartialEq)]
pub struct SwitchingValue {
    /// Position in [`detente_model::Draft::numbers`].
    pub number: usize,
    /// The value it has.
    pub now: f64,
    /// Smallest change found that changes the verdict.
    pub verdict: Option<Change>,
    /// Smallest change found that makes another deal strictly likelier than the one named best.
    pub best: Option<Change>,
}

/// A change of one number, and what it brings.
#[derive(Clone, Debug, PartialEq)]
pub struct Change {
    /// The value from which on it is flipped.
    pub to: f64,
    /// Size of the change as a share (0..) of the scale by which numbers of different kinds are compared.
    pub share: f64,
    /// The verdict there.
    pub verdict: Verdict,
    /// The likeliest deal there (first in rank order among equals), if any.
    pub best: Option<Outcome>,
    /// The probability of that deal; 0 if there is none.
    pub probability: f64,
}

/// The smallest changes of single numbers that would change a conclusion of an analysis of the talks.
///
/// Tried are the numbers without a source that enter the probabilities of agreement: alternatives,
/// political costs and preferences of bodies that have an alternative and stand in the rules, and the
/// weights and quotas of those rules. `docs/method.md` says what a change is measured by and where it
/// is looked for. None where the analysis met a limit or was interrupted, where costs go together, or
/// the watcher breaks.
pub fn sensitivity(space: &Space<'_>, analysis: &Analysis, watch: Watch<'_>) -> Option<Sensitivity> {
    let talks = space.talks;
    let will = analysis.will.as_ref().filter(|_| analysis.limit.is_none() && analysis.few(talks))?;
    if !Agreement::new(talks).is_independent() {
        return None;
    }
    let extremes = space.extremes()?;
    let n_feasible = analysis.counts.outcomes.feasible.to_string().parse().unwrap_or(f64::MAX);
    let inquiry = Inquiry::new(space, &extremes, will, n_feasible);
    match inquiry.run(watch) {
        ControlFlow::Continue(found) => Some(found),
        ControlFlow::Break(()) => None,
    }
}

/// What is asked, with everything that does not change from outcome to outcome.
struct Inquiry<'s> {
    space: &'s Space<'s>,
    extremes: &'s [Extremes],
    agreement: Agreement,
    /// The unsourced numbers with their positions.
    numbers: Vec<(usize, PlacedNumber<'s>)>,
    present: Present,
    star: Option<&'s Outcome>,
    /// By issue and option, whether some feasible outcome has it.
    possible: Vec<Vec<bool>>,
    n_feasible: f64,
}

/// What the sweep gathers.
struct Gathered<'s> {
    moved_bodies: Vec<MovedBody<'s>>,
    rules: Vec<(usize, RuleNumber)>,
}

/// A number with the changes found.
struct Found {
    number: usize,
    now: f64,
    hits: [Option<Named>; 2],
}

/// A change found, on the way to its name.
struct Named {
    hit: Hit,
    /// The first of the likeliest outcomes, as far as it is known.
    rank: Option<u64>,
    /// The seat whose outcomes it moves, and how; absent for rules.
    moved: Option<(usize, Moved)>,
}

impl<'s> Inquiry<'s> {
    fn new(space: &'s Space<'s>, extremes: &'s [Extremes], will: &'s Will, n_feasible: f64) -> Inquiry<'s> {
        let talks = space.talks;
        let counts = |body: usize| {
            let body = &talks.bodies[body];
            body.alternative.number().is_some() && !body.refuses_all() && members(talks, body.party.0)
        };
        let enters = |spot: &Spot| match *spot {
            Spot::Ratifies(party, _) => members(talks, party.0),
            Spot::Agreement(_) => true,
            _ => Divider::of(spot).is_some_and(|(body, _)| counts(body) && stands(talks, body)),
        };
        let sourcing = talks.sourcing();
        let unsourced =
            |placed: &PlacedNumber<'_>| sourcing.is_assumption(placed.number) && enters(&placed.spot);
        let numbers = talks.numbers().into_iter().enumerate().filter(|(_, placed)| unsourced(placed));
        let star = will.best.first().map(|deal| &deal.outcome);
        let present = Present {
            verdict: will.verdict,
            target: will.target,
            best: will.best_probability,
            deal: star.is_some(),
        };
        let agreement = Agreement::new(talks);
        let numbers = numbers.collect();
        Inquiry { space, extremes, agreement, numbers, present, star, possible: possible(talks), n_feasible }
    }

    fn run(&self, watch: Watch<'_>) -> ControlFlow<(), Sensitivity> {
        let mut gathered = Gathered { moved_bodies: self.moved_bodies(), rules: self.rules() };
        self.gather(&mut gathered, watch)?;
        let (tried, mut found) = self.search(&gathered, watch)?;
        self.name(&gathered.moved_bodies, &mut found, watch)?;
        let mut numbers: Vec<SwitchingValue> =
            found.into_iter().map(|found| self.switching_value(found)).collect();
        let share = |change: &Option<Change>| change.as_ref().map_or(i64::MAX, |change| key(change.share));
        numbers.sort_by_key(|flip| (share(&flip.verdict).min(share(&flip.best)), flip.number));
        ControlFlow::Continue(Sensitivity { tried, numbers })
    }

    /// One for each body with numbers to try.
    fn moved_bodies(&self) -> Vec<MovedBody<'s>> {
        let talks = self.space.talks;
        let dividers = |b: usize| {
            let own = |(_, placed): &(usize, PlacedNumber<'_>)| Divider::of(&placed.spot);
            self.numbers
                .iter()
                .filter_map(own)
                .filter(move |(body, _)| *body == b)
                .map(|(_, divider)| divider)
        };
        (0..talks.bodies.len())
            .filter(|b| dividers(*b).next().is_some())
            .map(|b| {
                let needed = !self.agreement.agrees(&|body| body != b);
                MovedBody::new(b, self.space, needed, dividers(b), self.n_feasible)
            })
            .collect()
    }

    fn rules(&self) -> Vec<(usize, RuleNumber)> {
        let talks = self.space.talks;
        let one = |(number, placed): &(usize, PlacedNumber<'_>)| {
            let found = match placed.spot {
                Spot::Ratifies(PartyId(p), k) => {
                    RuleNumber::new(&talks.parties[p].ratifies, k, Some(p), &|body: &BodyId| body.0)
                }
                Spot::Agreement(k) => RuleNumber::new(&talks.agreement, k, None, &|party: &PartyId| party.0),
                _ => None,
            };
            Some((*number, found?))
        };
        self.numbers.iter().filter_map(one).collect()
    }

    fn by_outcome(&self) -> OutcomeAgreement<'_> {
        OutcomeAgreement::new(self.space, &self.agreement, self.extremes)
    }

    fn ticker<'w>(&self, from: f64, to: f64, n_variants: usize, watch: Watch<'w>) -> Ticker<'w> {
        let work = self.agreement.work().saturating_mul((self.space.bodies.len() + n_variants) as u64);
        Ticker::new(from, to, self.n_feasible, patience(work), watch)
    }

    fn gather(&self, gathered: &mut Gathered<'s>, watch: Watch<'_>) -> ControlFlow<()> {
        let agreement = &self.agreement;
        let Gathered { moved_bodies, rules } = gathered;
        let mut by_outcome = self.by_outcome();
        let n_variants = rules.iter().map(|(_, rule)| rule.n_variants()).sum();
        let mut ticker = self.ticker(0.0, 0.5, n_variants, watch);
        self.space.sweep(|visit| {
            ticker.tick()?;
            let hope = by_outcome.look(visit.utilities);
            let asked = hope.by_waiver || n_variants > 0;
            let probability = if asked { by_outcome.probability(visit.utilities) } else { 0.0 };
            if hope.by_waiver {
                for moved_body in &mut *moved_bodies {
                    let glimpse =
                        moved_body.glimpse(visit.utilities, hope, probability, &by_outcome, agreement);
                    if let Some(glimpse) = glimpse {
                        moved_body.offer(visit.options, &glimpse, &by_outcome, agreement);
                    }
                }
            }
            for (_, rule) in &mut *rules {
                rule.offer(visit.rank, probability, &by_outcome, agreement);
            }
            ControlFlow::Continue(())
        })?;
        self.settle(gathered, &mut by_outcome);
        ControlFlow::Continue(())
    }

    /// Looks at the best deal once more.
    fn settle(&self, gathered: &mut Gathered<'s>, by_outcome: &mut OutcomeAgreement<'_>) {
        let star = self.star.map(|outcome| {
            let utilities = self.space.utilities(outcome);
            let hope = by_outcome.look(&utilities);
            let probability = by_outcome.probability(&utilities);
            let options: Vec<usize> = outcome.0.iter().map(|option| option.0).collect();
            (utilities, hope, probability, options)
        });
        for moved_body in &mut gathered.moved_bodies {
            let point = star.as_ref().and_then(|(utilities, hope, probability, options)| {
                let glimpse =
                    moved_body.glimpse(utilities, *hope, *probability, by_outcome, &self.agreement)?;
                Some((moved_body.point(&glimpse, by_outcome, &self.agreement), options.clone()))
            });
            moved_body.settle(point);
        }
        if star.is_some() {
            for (_, rule) in &mut gathered.rules {
                rule.settle(by_outcome, &self.agreement);
            }
        }
    }

    /// How many numbers were tried, and those of which some change flips something.
    fn search(&self, gathered: &Gathered<'s>, watch: Watch<'_>) -> ControlFlow<(), (usize, Vec<Found>)> {
        let mut found = Vec::new();
        let mut tried = gathered.rules.len();
        for (number, rule) in &gathered.rules {
            let named = |(hit, rank)| Named { hit, rank, moved: None };
            let hits = rule.hits(&self.present).map(|hit| hit.map(named));
            found.push(Found { number: *number, now: rule.now(), hits });
        }
        for (done, (number, placed)) in self.numbers.iter().enumerate() {
            watch(0.5 + 0.2 * done as f64 / self.numbers.len() as f64)?;
            if let Some((now, hits)) = self.search_one(&gathered.moved_bodies, placed) {
                tried += 1;
                found.push(Found { number: *number, now, hits });
            }
        }
        found.retain(|found| found.hits.iter().any(Option::is_some));
        ControlFlow::Continue((tried, found))
    }

    /// Its value and the changes found of one number of a body; nothing if it cannot be tried.
    fn search_one(
        &self,
        moved_bodies: &[MovedBody<'s>],
        placed: &PlacedNumber<'_>,
    ) -> Option<(f64, [Option<Named>; 2])> {
        let (b, _) = Divider::of(&placed.spot)?;
        let at = moved_bodies.iter().position(|moved_body| moved_body.body == b)?;
        let (moved_body, talks) = (&moved_bodies[at], self.space.talks);
        let range = moved_body.space.difference(self.extremes[b].max - self.extremes[b].min);
        let body = &talks.bodies[b];
        let mut parameter = Parameter::new(
            moved_body,
            body,
            &talks.issues,
            range,
            &self.possible,
            &placed.spot,
            placed.number,
        )?;
        let line = parameter.line;
        let rest = moved_body.rest(parameter.partition, parameter.classes.start, parameter.classes.len());
        let hits =
            search(&line, &self.present, &mut |value| Some(moved_body.seen(&parameter.moved(value)?, rest)));
        let mut named =
            |hit: Hit| Some(Named { hit, rank: None, moved: Some((at, parameter.moved(hit.to)?)) });
        Some((line.now, hits.map(|hit| hit.and_then(&mut named))))
    }

    /// Finds the likeliest outcome after each change.
    fn name(&self, moved_bodies: &[MovedBody<'s>], found: &mut [Found], watch: Watch<'_>) -> ControlFlow<()> {
        let mut waiting: Vec<Vec<(&Moved, f64, &mut Option<u64>)>> =
            moved_bodies.iter().map(|_| Vec::new()).collect();
        for named in found.iter_mut().flat_map(|found| found.hits.iter_mut().flatten()) {
            if let (Some((at, moved)), true) = (&named.moved, named.hit.seen.zone) {
                waiting[*at].push((moved, named.hit.seen.best, &mut named.rank));
            }
        }
        for list in &mut waiting {
            list.sort_by(|a, b| a.1.total_cmp(&b.1));
        }
        let mut by_outcome = self.by_outcome();
        let mut ticker = self.ticker(0.7, 1.0, 0, watch);
        self.space.sweep(|visit| {
            ticker.tick()?;
            let hope = by_outcome.look(visit.utilities);
            if hope.by_waiver {
                let probability = by_outcome.probability(visit.utilities);
                for (moved_body, list) in moved_bodies.iter().zip(&mut waiting) {
                    let glimpse =
                        moved_body.glimpse(visit.utilities, hope, probability, &by_outcome, &self.agreement);
                    let Some(glimpse) = glimpse else { continue };
                    if list.first().is_some_and(|(_, best, _)| glimpse.most() >= *best - EQUAL) {
                        let point = moved_body.point(&glimpse, &by_outcome, &self.agreement);
                        first_of_the_best(moved_body, list, visit.options, visit.rank, &point);
                    }
                }
            }
            ControlFlow::Continue(())
        })
    }

    fn switching_value(&self, found: Found) -> SwitchingValue {
        let change = |named: Named| {
            let Hit { to, share, seen } = named.hit;
            let best = named.rank.map(|rank| self.space.outcome(rank));
            Change { to, share, verdict: self.present.verdict(&seen), best, probability: seen.best }
        };
        // A change that is larger than any number is none.
        let can_be = |named: &Named| named.hit.to.is_finite() && named.hit.share.is_finite();
        let [verdict, best] = found.hits.map(|hit| hit.filter(can_be).map(change));
        SwitchingValue { number: found.number, now: found.now, verdict, best }
    }
}

/// Notes an outcome under every change that leaves it among the likeliest. The changes are in the
/// order of their best probabilities.
fn first_of_the_best(
    moved_body: &MovedBody<'_>,
    waiting: &mut [(&Moved, f64, &mut Option<u64>)],
    options: &[usize],
    rank: u64,
    point: &Point,
) {
    for (moved, best, first) in waiting {
        if *best - EQUAL > point.yes {
            break;
        }
        let likeliest =
            |moved_body: &MovedBody<'_>| moved_body.probability(moved, options, point) >= *best - EQUAL;
        if first.is_none_or(|first| rank < first)
            && likeliest(moved_body)
            && moved_body.in_zone(moved, options, point)
        {
            **first = Some(rank);
        }
    }
}

/// By issue and option, whether some feasible outcome has it; all where this takes too long to tell.
fn possible(talks: &Talks) -> Vec<Vec<bool>> {
    let all = || talks.issues.iter().map(|issue| vec![true; issue.n_options()]).collect();
    let some = |counts: Vec<BigUint>| counts.into_iter().map(|n| n != BigUint::ZERO).collect();
    remaining(talks).map_or_else(all, |counts| counts.into_iter().map(some).collect())
}

/// Whether the party's ratification counts at all.
fn members(talks: &Talks, party: usize) -> bool {
    talks.agreement.members().contains(&&PartyId(party))
}

/// Whether the body's yes counts within its party.
fn stands(talks: &Talks, body: usize) -> bool {
    talks.parties[talks.bodies[body].party.0].ratifies.members().contains(&&BodyId(body))
}
