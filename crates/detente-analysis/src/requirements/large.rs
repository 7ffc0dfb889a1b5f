//! Talks with too many outcomes to look at each: what one body alone would have to be given, by branch
//! and bound over bodies; everything else for the deals that are listed.

use super::alone::{Gather, Least};
use super::evaluator::Evaluator;
use super::{Ask, Inquiry, Names, Need, Never, Requirements, Scope};
use crate::agreement::fast::FastAgreement;
use crate::analyze::Limit;
use crate::best_first::BestFirst;
use crate::decomposition::{Decomposition, Effort, MAX_COMBINATIONS, Undivided};
use crate::kernel::box_tree::{NOTHING, Worth};
use crate::ticker::Watch;
use detente_model::Outcome;
use std::ops::ControlFlow;

/// Most partial outcomes kept in one search.
const NODES: usize = 1 << 18;
/// Sums whose worth is asked for in all searches together.
const LOOKS: u64 = 1 << 20;
/// Operations for probabilities of agreement in all searches together.
const WORK: u64 = 1 << 33;
/// Steps that nobody needs.
const LOWEST: i64 = i64::MIN + 1;

impl Inquiry<'_> {
    pub(super) fn by_groups(&self, mut gather: Gather<'_>, limit: Limit, watch: Watch<'_>) -> Requirements {
        let allows = |x: &&Outcome| self.talks.constraints.iter().all(|constraint| constraint.allows(x));
        let mut listed: Vec<Outcome> = self.options.deals.iter().filter(allows).cloned().collect();
        listed.sort();
        listed.dedup();
        for (rank, x) in listed.iter().enumerate() {
            let options: Vec<usize> = x.0.iter().map(|option| option.0).collect();
            gather.offer(&options, &self.space.utilities(x), rank as u64);
        }
        let falls = gather.falls.clone();
        let mut found = self.found(gather, Names::Listed(listed), Scope::Listed, false, watch);
        let searched = match Decomposition::new(self.space, self.ladder_effort(), watch) {
            Ok(decomposition) => self.search_all(&decomposition, &falls, &mut found, watch),
            Err(Undivided::TooMany(issues)) => Some(Limit::Tied { issues, most: MAX_COMBINATIONS }),
            Err(Undivided::Interrupted) => Some(Limit::Interrupted),
        };
        found.limit = found.limit.or(searched);
        if matches!(found.limit, Some(Limit::Tied { .. } | Limit::Interrupted)) {
            for ask in found.bodies.iter_mut().filter(|ask| matches!(ask, Ask::Never(_))) {
                *ask = Ask::Never(Never::Unknown);
            }
        }
        debug_assert!(matches!(limit, Limit::TooLarge { .. }), "any other limit ends before");
        found
    }

    fn ladder_effort(&self) -> Effort {
        Effort::with(self.talks, self.agreement)
    }

    /// What each body alone would have to be given over all feasible deals.
    fn search_all(
        &self,
        decomposition: &Decomposition,
        falls: &[Option<Least>],
        found: &mut Requirements,
        watch: Watch<'_>,
    ) -> Option<Limit> {
        let extremes = self.space.extremes()?;
        let mut evaluator = Evaluator::new(self.space, self.agreement, &extremes, self.options.target);
        for (body, known) in falls.iter().enumerate() {
            let searched = self.search(decomposition, &mut evaluator, body, *known, watch);
            let ControlFlow::Continue((ask, open)) = searched else { return Some(Limit::Interrupted) };
            if let Some(ask) = ask {
                found.bodies[body] = ask;
            }
            if let (Ask::Enough(need), Some(open)) = (&mut found.bodies[body], open) {
                need.at_least = need.at_least.min(open);
            }
        }
        None
    }

    /// What one body would have to be given, if that is more than what is known; and what is needed in
    /// any case, where the search was ended early.
    fn search(
        &self,
        decomposition: &Decomposition,
        evaluator: &mut Evaluator<'_>,
        body: usize,
        known: Option<Least>,
        watch: Watch<'_>,
    ) -> ControlFlow<(), (Option<Ask>, Option<f64>)> {
        let most = known.map_or(i64::MAX, |least| least.steps);
        let mut free = FastAgreement::new(self.space, self.agreement);
        free.free(body, self.space);
        // What is clearly too unlikely without any cost of its own is not looked at closely.
        let least = evaluator.short_of() * (1.0 - 1e-9);
        let mut worth = |v: &[i64]| -> Worth {
            if free.probability(v) < least {
                return NOTHING;
            }
            evaluator.take(v);
            let now = evaluator.probability();
            if !evaluator.accepts_free(body) && !evaluator.reaches(now) {
                return NOTHING;
            }
            evaluator.need(body, most).map_or(NOTHING, |(steps, _)| [-steps, 0, 0, 0])
        };
        let floor = [known.map_or(LOWEST, |least| -least.steps), i64::MIN, i64::MIN, i64::MIN];
        // A look asks for some forty probabilities where it finds something.
        let affordable = self.agreement.affordable(WORK / decomposition.d as u64 / 40);
        let looks = (LOOKS / decomposition.d as u64).min(affordable);
        let best_first = BestFirst { looks, ..BestFirst::one(floor, NODES) };
        let search = best_first.run(&decomposition.course(), &mut worth, watch)?;
        let scale = evaluator.body_scales[body].scale;
        let open = search.open.map(|worth| scale.value(worth[0].saturating_neg()));
        let ask = match (search.leaves.first(), open) {
            (Some(leaf), _) => {
                evaluator.take(&leaf.steps);
                evaluator.need(body, most).map(|(steps, probability)| {
                    let amount = scale.value(steps);
                    let outcome = decomposition.outcome(&leaf.places);
                    let share = scale.share(steps);
                    Ask::Enough(Need { amount, at_least: amount, share, outcome, probability })
                })
            }
            (None, None) if known.is_none() => Some(Ask::Never(self.never(decomposition, body, watch)?)),
            (None, Some(_)) if known.is_none() => Some(Ask::Never(Never::Unknown)),
            (None, _) => None,
        };
        ControlFlow::Continue((ask, open))
    }

    /// Why no fall of one body's cost suffices.
    fn never(&self, decomposition: &Decomposition, body: usize, watch: Watch<'_>) -> ControlFlow<(), Never> {
        let zone = self.likeliest(decomposition, FastAgreement::zone(self.space, self.agreement), watch)?;
        if zone == Some(0.0) {
            return ControlFlow::Continue(Never::NoZone);
        }
        let mut fast = FastAgreement::new(self.space, self.agreement);
        fast.free(body, self.space);
        let most = self.likeliest(decomposition, fast, watch)?;
        ControlFlow::Continue(Never::Support { most })
    }

    /// The best probability, unless the search for it was ended early.
    fn likeliest(
        &self,
        decomposition: &Decomposition,
        mut fast: FastAgreement<'_>,
        watch: Watch<'_>,
    ) -> ControlFlow<(), Option<f64>> {
        let mut worth = |v: &[i64]| [fast.probability(v).to_bits() as i64, 0, 0, 0];
        let best_first = BestFirst::one([1, 0, 0, 0], NODES)
            .within(self.agreement.affordable(WORK / decomposition.d as u64));
        let search = best_first.run(&decomposition.course(), &mut worth, watch)?;
        let best = search.leaves.first().map_or(0.0, |leaf| f64::from_bits(leaf.worth[0] as u64));
        ControlFlow::Continue(search.open.is_none().then_some(best))
    }
}
