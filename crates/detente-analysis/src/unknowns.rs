//! What is not known: how sure the answers are, which unknown matters most, and what it would be worth
//! to learn it.
//!
//! Chance and ignorance are kept apart. A political cost is chance and is integrated, as everywhere. Every
//! other distribution is ignorance: its number is drawn, and every draw is judged exactly ([`batch`]).

mod batch;
mod drawn_body;
mod estimate;
mod information_value;
mod inputs;
mod pilot;
mod points;
mod sobol;
mod survey;

pub use estimate::Estimate;
pub use information_value::{At, End, InformationValue};
pub use inputs::Input;
pub use points::Spread;
pub use sobol::Index;

use crate::analyze::Analysis;
use crate::party::Scale;
use crate::space::{Extremes, Space};
use crate::ticker::Watch;
use crate::will::{Verdict, key};

/// Draws between two looks at the watcher.
const UNSEEN: usize = 1 << 4;
pub(crate) use batch::{Batch, Draw};
use detente_model::{LeverId, Outcome, Spot, Talks, UnknownId};
pub(crate) use inputs::{Inputs, mended};
pub(crate) use points::Points;
use std::ops::ControlFlow;
use survey::Survey;

/// How much to draw.
#[derive(Clone, Debug)]
pub struct UnknownsOptions {
    /// The seed of all draws. Default 0.
    pub seed: u64,
    /// Most draws, at least 16; the largest number of the form 16 x 2^k up to this is made. Default 16,384.
    pub draws: usize,
    /// Drawing stops when the best deal's probability is known to within this, in 95 of 100 runs. Default
    /// 0.005.
    pub within: f64,
    /// How draws are spread. Default evenly.
    pub spread: Spread,
    /// How many deals to tell about. Default 10.
    pub top: usize,
    /// The probability of agreement aimed at, 0 to 1. Default 0.5.
    pub target: f64,
    /// Whether to return the draws themselves. Default no.
    pub keep: bool,
}

impl Default for UnknownsOptions {
    fn default() -> UnknownsOptions {
        UnknownsOptions {
            seed: 0,
            draws: 1 << 14,
            within: 0.005,
            spread: Spread::Even,
            top: 10,
            target: 0.5,
            keep: false,
        }
    }
}

/// How sure the answers are.
#[derive(Clone, Debug)]
pub struct Unknowns {
    /// What is not known, each independent of the others.
    pub inputs: Vec<Input>,
    /// Unknown numbers that do not enter: of levers, of implementation, of what goes together.
    pub aside: usize,
    /// How draws were spread.
    pub spread: Spread,
    /// The seed.
    pub seed: u64,
    /// How narrow half of the first deal's interval was to be.
    pub within: f64,
    /// The probability of agreement aimed at.
    pub target: f64,
    /// Draws made.
    pub draws: usize,
    /// Why no more were made.
    pub stop: Stop,
    /// Which deals were compared.
    pub compared: Compared,
    /// The share of draws in which there is a zone; a lower bound where not all deals were compared.
    pub zone: Estimate,
    /// The share of draws in which the likeliest deal of the draw reaches the target.
    pub reached: Estimate,
    /// The deals, by mean probability of agreement, downwards; after them, if they are not among them, the
    /// one that is likeliest with every number at its mean and the steadiest. Empty if there is never a zone.
    pub deals: Vec<Prospect>,
    /// Which of them has the highest 10th percentile; absent after an interrupt.
    pub steadiest: Option<usize>,
    /// The variance of the first deal's probability of agreement over draws; absent after an interrupt.
    pub variance: Option<f64>,
    /// What each input carries, by what it is worth to learn it, downwards; empty after an interrupt.
    pub information_values: Vec<InformationValue>,
    /// What it is worth to learn everything: the mean of the likeliest deal of each draw, less the mean of
    /// the first deal.
    pub perfect: Estimate,
    /// Draws in which parameters of a cost contradicted each other and were put right.
    pub mended: usize,
    /// The draws, if asked for.
    pub samples: Option<Samples>,
}

impl Unknowns {
    /// The verdict by the mean over draws of the best deal, not by what comes out with every number at its mean.
    pub fn verdict(&self) -> Verdict {
        let best = self.deals.first().map_or(0.0, |deal| deal.mean.mean);
        match best {
            _ if self.deals.is_empty() || self.zone.mean <= 0.0 => Verdict::NoTerms,
            _ if key(best) >= key(self.target) => Verdict::WithinReach,
            _ => Verdict::NoWill,
        }
    }
}

/// Why no more draws were made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stop {
    /// The interval is as narrow as asked.
    Narrow,
    /// There were as many draws as asked.
    Budget,
    /// The caller asked to stop; what needs more work is absent.
    Interrupted,
}

/// Which deals were compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Compared {
    /// Every feasible outcome.
    All,
    /// So many: the likeliest ones when numbers are at their means and in so many first draws.
    Some {
        /// How many outcomes.
        outcomes: usize,
        /// In how many draws the likeliest ones were looked for.
        pilots: usize,
    },
}

/// A deal, with what is not known about it.
#[derive(Clone, Debug, PartialEq)]
pub struct Prospect {
    /// The outcome.
    pub outcome: Outcome,
    /// P(agree) when every number is at its mean.
    pub at_means: f64,
    /// The mean of P(agree) over draws.
    pub mean: Estimate,
    /// How that spreads; absent after an interrupt.
    pub detail: Option<Detail>,
}

/// How a deal fares from draw to draw. Shares are of draws, 0 to 1.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Detail {
    /// The 10th, 50th and 90th percentile of P(agree).
    pub percentiles: [f64; 3],
    /// Where no compared deal is likelier.
    pub best: f64,
    /// Where it is efficient; absent where not every outcome was compared or extremes are not known.
    pub efficient: Option<f64>,
    /// Where it is in the zone.
    pub zone: f64,
    /// Where it reaches the target.
    pub reaches: f64,
}

/// The draws, one after another.
#[derive(Clone, Debug, Default)]
pub struct Samples {
    /// The numbers drawn.
    pub spots: Vec<Spot>,
    /// The unknowns of which a case is drawn.
    pub unknowns: Vec<UnknownId>,
    /// Every draw.
    pub rows: Vec<Sample>,
}

/// One draw.
#[derive(Clone, Debug)]
pub struct Sample {
    /// Which replicate it belongs to, and its number there.
    pub replicate: usize,
    /// Its number within the replicate.
    pub number: usize,
    /// One value for each number drawn.
    pub values: Vec<f64>,
    /// The position of the case of each unknown.
    pub cases: Vec<usize>,
    /// Whether some compared outcome is in the zone.
    pub zone: bool,
    /// P(agree) of the likeliest compared outcome.
    pub best: f64,
    /// P(agree) of each deal of [`Unknowns::deals`].
    pub deals: Vec<f64>,
}

/// What a body is given, in its own units.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Gift {
    /// Surplus more than it has: value added, or an alternative lowered.
    pub surplus: f64,
    /// How far its political cost falls.
    pub fall: f64,
}

impl Gift {
    /// What levers together give to every body, every number at its mean.
    pub fn of(talks: &Talks, levers: &[LeverId]) -> Vec<Gift> {
        let mut gifts = vec![Gift::default(); talks.bodies.len()];
        for lever in levers.iter().map(|lever| &talks.levers[lever.0]) {
            for (body, amount) in lever.inducement.iter().chain(&lever.pressure) {
                gifts[body.0].surplus += amount.mean();
            }
            for (body, amount) in &lever.assurance {
                gifts[body.0].fall += amount.mean();
            }
        }
        gifts
    }
}

/// The mean of P(agree) on one deal over draws of what is not known, with something given to bodies (one
/// entry per body). As many draws are made as were for `found`; nothing if none were, or if the watcher breaks.
pub fn average(
    space: &Space<'_>,
    found: &Unknowns,
    deal: &Outcome,
    gifts: &[Gift],
    watch: Watch<'_>,
) -> Option<Estimate> {
    let n = found.draws / estimate::REPLICATES;
    let inputs = Inputs::new(space.talks);
    let extremes = space.extremes()?;
    let draw_evaluator = DrawEvaluator { space, extremes: &extremes, scale: Scale::Unit, inputs: &inputs };
    let mut batch = draw_evaluator.batch(std::slice::from_ref(deal), watch).continue_value()?;
    batch.give(gifts);
    let points = points::Points::new(found.spread, found.seed, inputs.of.len());
    let mean = |k: usize| {
        let (mut replicate, mut point) = (points.replicate(k as u64), vec![0.0; inputs.of.len()]);
        let (mut draw, mut p, mut sum) = (batch.at_means(), [0.0], 0.0);
        for i in 0..n {
            if i.is_multiple_of(UNSEEN) {
                watch(0.0)?;
            }
            replicate.point(i as u64, &mut point);
            batch.draw(&point, &mut draw);
            batch.probabilities(&draw, &mut p);
            sum += p[0];
        }
        ControlFlow::Continue(sum / n as f64)
    };
    let mut means = Vec::with_capacity(estimate::REPLICATES);
    for k in 0..estimate::REPLICATES {
        means.push(mean(k).continue_value()?);
    }
    (n > 0).then(|| Estimate::of_replicates(&means))
}

/// The talks with what is not known of them.
#[derive(Clone, Copy)]
struct DrawEvaluator<'c, 't> {
    space: &'c Space<'t>,
    extremes: &'c [Extremes],
    scale: Scale,
    inputs: &'t Inputs,
}

impl<'t> DrawEvaluator<'_, 't> {
    fn batch(&self, outcomes: &[Outcome], watch: Watch<'_>) -> ControlFlow<(), Batch<'t>> {
        Batch::new(self.space, self.extremes, self.scale, self.inputs, outcomes, watch)
    }
}

/// Draws the unknown numbers of the talks again and again; nothing if all that enter are known, or if
/// not even the likeliest deals are.
///
/// `analysis` is that of the same talks, every number at its mean. The draws depend on the seed and
/// on nothing else.
pub fn unknowns(
    space: &Space<'_>,
    analysis: &Analysis,
    options: &UnknownsOptions,
    watch: Watch<'_>,
) -> Option<Unknowns> {
    let inputs = Inputs::new(space.talks);
    if inputs.of.is_empty() {
        return None;
    }
    let extremes = space.extremes()?;
    let (outcomes, compared) = match pilot::candidates(space, analysis, &inputs, options, watch) {
        ControlFlow::Continue(candidates) => candidates?,
        ControlFlow::Break(()) => return None,
    };
    let draw_evaluator = DrawEvaluator { space, extremes: &extremes, scale: analysis.scale, inputs: &inputs };
    let headline = analysis.will.as_ref().and_then(|will| will.best.first()).map(|deal| &deal.outcome);
    let survey = Survey::new(&draw_evaluator, options, outcomes, compared, headline, watch);
    Some(survey.continue_value()?.run(watch))
}
