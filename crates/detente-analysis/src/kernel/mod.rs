//! Loops over outcomes on plain slices.

pub(crate) mod sweep;
