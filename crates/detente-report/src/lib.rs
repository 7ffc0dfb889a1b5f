//! Says an analysis in words and in JSON.
//!
//! Owns every JSON type and every sentence on the screen; knows how to say, never how to solve.

mod deal;
mod json;
mod text;
mod words;

pub use json::{json, schema};
pub use text::text;

/// The README's example, run as a test.
#[cfg(doctest)]
#[doc = include_str!("../../../README.md")]
pub struct Readme;

use detente_analysis::Analysis;
use detente_model::Talks;

/// An analysis with what it was made from and how.
#[derive(Clone, Copy, Debug)]
pub struct Report<'a> {
    /// The talks analysed.
    pub talks: &'a Talks,
    /// What was found.
    pub analysis: &'a Analysis,
    /// Version of the program.
    pub version: &'a str,
    /// SHA-256 of the input file, in hexadecimal.
    pub input_sha256: &'a str,
    /// The seed, of which nothing here depends yet.
    pub seed: u64,
    /// What was guessed or replaced while reading.
    pub warnings: &'a [String],
}
