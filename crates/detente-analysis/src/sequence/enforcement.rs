//! Which levers make a deal hold, and which make it likely as well.

use super::exit_values::{Aid, WHOLE};
use super::{Guarantees, Order, Plan, Sequence, SequenceLimit, SequenceOptions, again, with};
use crate::levers::{LeverEvaluator, LeverLimit, with_toolbox};
use crate::space::Space;
use crate::ticker::Watch;
use crate::will::key;
use detente_model::{LeverId, Outcome, Talks};
use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

/// Sets of levers that are looked at.
const MOST_SETS: usize = 100_000;
/// Sets of steps that are looked at for all of these in any case, and for how many each counts at least.
const FEWEST_LOOKS: u64 = 1 << 21;
const OVERHEAD: u64 = 64;

/// Levers used with a deal, and how it holds with them.
#[derive(Clone, Debug, PartialEq)]
pub struct Backing {
    /// The levers, in the order of the file.
    pub levers: Vec<LeverId>,
    /// What they cost together.
    pub cost: f64,
    /// What they cost each mediator.
    pub by_mediator: Vec<f64>,
    /// What they guarantee each party, as a share of what the deal is worth to it.
    pub guarantee: Vec<f64>,
    /// P(the talks agree) on the deal with them.
    pub probability: f64,
    /// An order that nobody gains by breaking, given them.
    pub plan: Plan,
}

/// What levers can do to make a deal hold.
#[derive(Clone, Debug, PartialEq)]
pub struct Holding {
    /// The probability aimed at.
    pub target: f64,
    /// P(the talks agree) without any lever.
    pub probability: f64,
    /// The cheapest levers that make it hold; absent where none do.
    pub holds: Option<Backing>,
    /// The cheapest levers that make it hold and agreement as likely as is aimed at, from one budget.
    pub both: Option<Backing>,
    /// Whether nothing cheaper was left untried.
    pub proven: bool,
}

/// Why nothing is said of the levers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum HoldingLimit {
    /// The levers themselves.
    Levers(LeverLimit),
    /// The order of steps.
    Sequence(SequenceLimit),
    /// There is no order, or none was found.
    NoOrder,
}

/// The cheapest levers that make a deal hold, given what was found of its order without any.
///
/// An inducement adds to what the deal is worth at its end, pressure takes from the alternative, and a guarantee makes
/// walking away dearer.
///
/// # Errors
/// No order, too many levers or steps, numbers too large.
pub fn holding(
    space: &Space<'_>,
    found: &Sequence,
    target: f64,
    options: &SequenceOptions,
    watch: Watch<'_>,
) -> Result<Holding, HoldingLimit> {
    holding_in(space, space.talks, found, target, options, watch)
}

/// The same for talks with other steps, of which all else is as compiled.
pub(super) fn holding_in(
    space: &Space<'_>,
    talks: &Talks,
    found: &Sequence,
    target: f64,
    options: &SequenceOptions,
    watch: Watch<'_>,
) -> Result<Holding, HoldingLimit> {
    let Order::Found { trust, trust_proven, .. } = &found.order else { return Err(HoldingLimit::NoOrder) };
    let found = with_toolbox(space, &found.deal, |lever_evaluator| {
        let known = BTreeMap::from([(change(&Aid::none(talks)), trust.clone())]);
        let looks = (options.sets / 2).max(FEWEST_LOOKS);
        let mut search =
            CheapestLevers { talks, deal: &found.deal, options, watch, known, looks, proven: *trust_proven };
        let holds = search.cheapest(lever_evaluator, None)?;
        let both = match &holds {
            Some(backing) if key(backing.probability) >= key(target) => holds.clone(),
            Some(_) => search.cheapest(lever_evaluator, Some(key(target)))?,
            None => None,
        };
        let probability = lever_evaluator.probability(0);
        Ok(Holding { target, probability, holds, both, proven: search.proven })
    });
    found.map_err(HoldingLimit::Levers)?
}

/// What levers change of what each body has at stake: a body's key is the bits of what is added and taken.
type Change = Vec<(u64, u64)>;

fn change(aid: &Aid) -> Change {
    aid.adds.iter().zip(&aid.lowers).map(|(adds, lowers)| (adds.to_bits(), lowers.to_bits())).collect()
}

struct CheapestLevers<'a> {
    talks: &'a Talks,
    deal: &'a Outcome,
    options: &'a SequenceOptions,
    watch: Watch<'a>,
    /// What the parties need, each choice with its order, after what is changed.
    known: BTreeMap<Change, Vec<Guarantees>>,
    /// Sets of steps that may still be looked at, for all sets of levers together.
    looks: u64,
    proven: bool,
}

impl CheapestLevers<'_> {
    /// The cheapest set that makes the deal hold, and agreement likely enough where that is asked; of equals,
    /// the fewest levers, then the first of the file.
    fn cheapest(
        &mut self,
        lever_evaluator: &mut LeverEvaluator<'_>,
        target: Option<i64>,
    ) -> Result<Option<Backing>, HoldingLimit> {
        // What cannot be used itself, or needs what cannot, must not count among the most that could help.
        let levers: Vec<usize> = lever_evaluator
            .usable()
            .filter(|lever| lever_evaluator.is_legal(lever_evaluator.with(0, *lever)))
            .collect();
        let mut ahead: BTreeSet<(i64, u32, Reverse<u128>, usize)> = BTreeSet::from([(0, 0, Reverse(0), 0)]);
        let effects = |lever: &detente_model::Lever| {
            let by_body = lever.inducement.iter().chain(&lever.assurance).chain(&lever.pressure);
            let of_body = by_body.map(|(_, amount)| amount.mean()).fold(0.0, f64::min);
            lever.guarantee.iter().map(|(_, share)| share.mean()).fold(of_body, f64::min)
        };
        let only_help = levers.iter().all(|lever| effects(&self.talks.levers[*lever]) >= 0.0);
        // By set, the first lever that was tried with it.
        let mut seen: BTreeMap<u128, usize> = BTreeMap::new();
        while let Some((_, _, Reverse(flipped), next)) = ahead.pop_first() {
            let set = flipped.reverse_bits();
            let likely = |lever_evaluator: &mut LeverEvaluator<'_>, set| {
                target.is_none_or(|target| key(lever_evaluator.probability(set)) >= target)
            };
            if likely(lever_evaluator, set) && self.holds(set)? {
                return self.backing(lever_evaluator, set).map(Some);
            }
            if seen.len() >= MOST_SETS || self.looks == 0 {
                self.proven = false;
                return Ok(None);
            }
            let all = levers[next..].iter().fold(set, |all, lever| lever_evaluator.with(all, *lever));
            if only_help && !(likely(lever_evaluator, all) && self.holds(all)?) {
                continue;
            }
            for (k, lever) in levers.iter().enumerate().skip(next) {
                let with = lever_evaluator.with(set, *lever);
                let is_new = seen.get(&with).is_none_or(|first| *first > k + 1);
                if with != set && is_new && lever_evaluator.is_legal(with) {
                    seen.insert(with, k + 1);
                    let first_of_file = Reverse(with.reverse_bits());
                    ahead.insert((lever_evaluator.cost(with), with.count_ones(), first_of_file, k + 1));
                }
            }
        }
        Ok(None)
    }

    fn aid(&self, set: u128) -> Aid {
        Aid::of(self.talks, &LeverEvaluator::ids(set))
    }

    fn holds(&mut self, set: u128) -> Result<bool, HoldingLimit> {
        let aid = self.aid(set);
        let change = change(&aid);
        if !self.known.contains_key(&change) {
            let bare = Aid { guarantee: vec![0.0; aid.guarantee.len()], ..aid.clone() };
            let found = self.order(&bare)?;
            self.looks = self.looks.saturating_sub(found.visited.max(OVERHEAD));
            let Order::Found { trust, trust_proven, .. } = found.order else {
                return Err(HoldingLimit::NoOrder);
            };
            self.proven &= trust_proven;
            self.known.insert(change.clone(), trust);
        }
        Ok(self.enough(&aid).is_some())
    }

    /// What of the needs after what is changed is guaranteed.
    fn enough(&self, aid: &Aid) -> Option<&Guarantees> {
        let rounded = |share: &f64| (share * WHOLE).round();
        let enough = |choice: &&Guarantees| {
            choice.by_party.iter().zip(&aid.guarantee).all(|(need, given)| rounded(need) <= rounded(given))
        };
        self.known.get(&change(aid))?.iter().find(enough)
    }

    fn order(&mut self, aid: &Aid) -> Result<Sequence, HoldingLimit> {
        with(self.talks, self.deal, aid, self.options, self.watch).map_err(HoldingLimit::Sequence)
    }

    fn backing(&self, lever_evaluator: &mut LeverEvaluator<'_>, set: u128) -> Result<Backing, HoldingLimit> {
        let aid = self.aid(set);
        let choice = self.enough(&aid).expect("levers that are enough for some order");
        let plan = again(self.talks, self.deal, &aid, &choice.plan).map_err(HoldingLimit::Sequence)?;
        let (cost, by_mediator) = lever_evaluator.costs(set);
        let probability = lever_evaluator.probability(set);
        Ok(Backing {
            levers: LeverEvaluator::ids(set),
            cost,
            by_mediator,
            guarantee: aid.guarantee,
            probability,
            plan,
        })
    }
}
