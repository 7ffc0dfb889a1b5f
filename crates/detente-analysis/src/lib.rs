//! Which agreements are possible, efficient and fair, and how likely every needed yes is; how sure
//! that is; what it would take; in which order a deal can be carried out.
//!
//! Plain functions, options in, result out. [`analyze`] answers for terms and will at once, and what
//! the others answer builds on that: [`unknowns`] what is not known, [`levers`] what mediators can do,
//! [`requirements`] and [`account`] what it would take with nothing given, [`sensitivity`] which number carries a
//! conclusion, [`sequence`], [`holding`] and [`division`] how a deal can be carried out so that nobody
//! gains by walking away, [`explore`] what can come of a graph of conditions and responses. The
//! formulas are those of `docs/method.md`. Utilities are added as integers on a decimal grid, so ties and
//! comparisons are exact. Nothing here reads files or knows a clock; the same input gives the same
//! result on every machine. Every answer has a judge in `detente-judge` that checks it from the
//! definition.

mod acceptance_curve;
mod agreement;
mod allowed;
mod analyze;
mod best_first;
mod bits;
mod body;
mod cdf;
mod cloud;
mod copula;
mod count;
mod cutset;
mod dcr;
mod decomposition;
mod exact;
mod front;
mod groups;
mod hyperrectangles;
mod kernel;
mod knowledge;
mod levers;
mod lottery;
mod no_zone;
mod parts;
mod party;
mod ranking;
mod requirements;
mod sensitivity;
mod sequence;
mod solutions;
mod space;
mod survey;
mod ticker;
mod tradeoff;
mod unknowns;
mod will;
mod zone_count;

pub use analyze::{Analysis, Counts, Limit, Method, Options, PartyRange, Surveyed, analyze, unanswered};
pub use cloud::{Cloud, CloudPoint};
pub use count::{Feasible, Finding, feasible, remaining, why_impossible};
pub use cutset::{Cutset, cutset};
pub use dcr::{Dcr, DcrOptions, Lost, MAX_EVENTS, Runs, TooManyEvents, Waits, explore};
pub use front::FrontierPoint;
pub use knowledge::{Knowledge, Missing, Silence, missing, with_silence};
pub use levers::{LeverLimit, LeverOptions, LeverSearch, LeverWorth, Levers, Package, Unproven, levers};
pub use lottery::Share;
pub use no_zone::NoZone;
pub use parts::{Frontier, Parts};
pub use party::Scale;
pub use ranking::{Between, Descending, Nearest, Ranking};
pub use requirements::{
    Account, Added, Ask, Falls, Need, Never, Requirements, RequirementsOptions, Scope, Standing, Together,
    Why, account, requirements,
};
pub use sensitivity::{Change, Sensitivity, SwitchingValue, sensitivity};
pub use sequence::{
    Aim, Amounts, AtStake, Backing, Band, BestOrder, Break, Check, Divided, Division, Guarantees, HeldBack,
    Holding, HoldingLimit, Kept, KeptLevers, KeptPackage, Lasting, LastingOptions, MAX_STEPS, NO_CHANCE,
    Obstacle, Order, OrderTradeoff, Outlook, Plan, Point, Reckoning, Secured, Sequence, SequenceLimit,
    SequenceOptions, Standpoint, Sureness, alternatives_unknown, best_order, division, held_back, holding,
    if_they_leave, kept, kept_levers, lasting, order_tradeoff, outlook, sequence, strain_unknown, sureness,
};
pub use solutions::{Chosen, Solution, Solutions};
pub use space::Space;
pub use survey::{BestByRule, BestOfParty, Survey, SurveyOptions, SurveyPoint, survey};
pub use ticker::Watch;
pub use tradeoff::{Constrained, Tradeoff};
pub use unknowns::{
    At, Compared, Detail, End, Estimate, Gift, Index, InformationValue, Input, Prospect, Sample, Samples,
    Spread, Stop, Unknowns, UnknownsOptions, average, unknowns,
};
pub use will::{ConsentValue, Deal, Verdict, Will};
pub use zone_count::CountBounds;
