//! Terms and will: which agreements are possible, efficient and fair, and how likely every needed
//! yes is.
//!
//! Plain functions, options in, result out: [`analyze`] answers everything at once. The formulas
//! are those of `docs/method.md`. Utilities are added as integers on a decimal grid, so ties and
//! comparisons are exact. Nothing here reads files or knows a clock; the same input gives the same
//! result on every machine. Every answer has a judge in `detente-judge` that checks it from the
//! definition.

mod acceptance;
mod analyze;
mod body;
mod chances;
mod cloud;
mod count;
mod exact;
mod flips;
mod front;
mod kernel;
mod lottery;
mod no_zone;
mod party;
mod solutions;
mod space;
mod ticker;
mod will;

pub use analyze::{Analysis, Counts, Limit, Options, PartyRange, analyze};
pub use cloud::{Cloud, CloudPoint};
pub use count::{Feasible, Finding, feasible, remaining, why_impossible};
pub use flips::{Change, Flip, Flips, flips};
pub use front::FrontierPoint;
pub use lottery::Share;
pub use no_zone::NoZone;
pub use party::Scale;
pub use solutions::{Chosen, Solution, Solutions};
pub use ticker::Watch;
pub use will::{Consent, Deal, Verdict, Will};
