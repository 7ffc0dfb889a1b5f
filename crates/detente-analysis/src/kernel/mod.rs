//! Loops over outcomes on plain slices.

pub(crate) mod box_tree;
pub(crate) mod chain;
pub(crate) mod cover;
pub(crate) mod eliminate;
mod floor;
pub(crate) mod halves;
#[cfg(test)]
mod loops;
pub(crate) mod minkowski;
mod product;
pub(crate) mod ranking;
pub(crate) mod scan;
mod staircase;
mod surface;
pub(crate) mod sweep;
