//! Checks answers from their definitions, slowly and obviously.
//!
//! Written from `docs/method.md` and the model alone; never calls a solver. Every outcome is looked
//! at, every pattern of consent and every order of steps is tried, and numbers are exact fractions. A
//! check returns what it objects to, or nothing.

mod consent;
mod dcr;
mod draw;
mod flip;
mod inverse;
mod levers;
mod sequence;
mod terms;
mod world;

pub use consent::{
    check_best, check_choice, check_consent, check_equals, check_forced, check_no_zone, check_probability,
    check_zone, probability,
};
pub use dcr::{DcrCase, check_dcr, check_lost};
pub use draw::{DrawCase, check_draw, in_zone, is_efficient};
pub use flip::{FlipCase, Flipped, check_after, check_flip};
pub use inverse::{
    Falls, Gift, Least, Stand, check_added, check_deal, check_falls, check_least, check_never, check_stand,
};
pub use levers::{LeverCase, Used, check_levers};
pub use sequence::{
    Aid, Amounts, BodyStanding, Broken, Checked, Collapse, Counted, Followed, Mean, Means, Order, OrderAim,
    Simulated, SimulatedBreak, Standing, aim_values, best_for, best_slack, cheapest_to_hold, collapse,
    combinations, divide, every_order, follow, means, pareto, price_of_trust, simulate,
};
pub use terms::{Aim, Pick, check_efficient_count, check_frontier, check_lottery, check_solution};
pub use world::World;

/// What a judge objects to, in words.
pub type Objection = String;
