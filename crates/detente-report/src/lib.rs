//! Says an analysis in words, in JSON, and as a page with pictures.
//!
//! Owns every JSON type and every sentence on the screen; knows how to say, never how to solve.

mod chart;
mod deal;
mod json;
mod page;
mod parts;
mod say;
mod screen;
mod text;
mod words;

pub use json::{dcr_json, dcr_schema, json, schema, sequence_json, sequence_schema};
pub use page::{Shared, page, pictures, shared_page};
pub use say::sequence::obstacle_words;
pub use screen::{Screen, json_escaped, visible};
pub use text::dcr::dcr_text;
pub use text::sequence::sequence_text;
pub use text::text;

/// The README's example, run as a test.
#[cfg(doctest)]
#[doc = include_str!("../../../README.md")]
pub struct Readme;

use detente_analysis::{
    Account, Analysis, Dcr, Division, Estimate, HeldBack, Holding, HoldingLimit, Kept, Lasting, Levers,
    Requirements, Sensitivity, Sequence, SequenceLimit, Unknowns,
};
use detente_model::{Graph, Outcome, Talks};

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
    /// The seed of all that is drawn.
    pub seed: u64,
    /// What was guessed or replaced while reading, with its place in the file.
    pub reading: &'a [String],
    /// What is left out, and why.
    pub warnings: &'a [String],
    /// What would flip the answer; the page and the JSON result tell it, so it may be left out elsewhere.
    pub flips: Option<&'a Sensitivity>,
    /// How sure the answers are, where some number is not known.
    pub unknowns: Option<&'a Unknowns>,
    /// What mediators can do, where they have levers.
    pub levers: Option<&'a Levers>,
    /// P(agree) with the levers chosen, averaged over what is not known.
    pub package_average: Option<Estimate>,
    /// What it would take with no lever given.
    pub inverse: Option<&'a Requirements>,
    /// P(agree) with the least falls of several bodies, averaged over what is not known.
    pub falls_average: Option<Estimate>,
    /// The deals that were asked about.
    pub accounts: &'a [NamedDeal],
    /// How deals can be carried out; empty where there are no steps.
    pub carried: &'a [CarriedDeal],
}

/// How deals of a scenario can be carried out, with what it was made from.
#[derive(Clone, Copy, Debug)]
pub struct SequenceReport<'a> {
    /// The talks.
    pub talks: &'a Talks,
    /// The deals.
    pub deals: &'a [CarriedDeal],
    /// Why the deal told in full was chosen, where nobody named one.
    pub chosen: Option<&'a str>,
    /// Version of the program.
    pub version: &'a str,
    /// SHA-256 of the input file, in hexadecimal.
    pub input_sha256: &'a str,
    /// What was guessed or replaced while reading.
    pub warnings: &'a [String],
}

/// How a deal can be carried out.
#[derive(Clone, Debug)]
pub struct CarriedDeal {
    /// The deal.
    pub outcome: Outcome,
    /// Its place among the likeliest, from 0; absent where it is not one of those listed.
    pub rank: Option<usize>,
    /// Whether it is told in full.
    pub in_full: bool,
    /// P(the talks agree), where it is known.
    pub probability: Option<f64>,
    /// In which order, and what is missing.
    pub found: Result<Sequence, SequenceLimit>,
    /// The levers that make it hold, where there are levers.
    pub holding: Option<Result<Holding, HoldingLimit>>,
    /// What dividing steps would do, where some can be divided.
    pub division: Option<Division>,
    /// How it could be carried out if bodies walked away wherever they can of which no alternative is stated; absent
    /// where there are none.
    pub if_they_leave: Option<Sequence>,
    /// What its plan does later than it could be done.
    pub held_back: Vec<HeldBack>,
    /// Whether it lasts and what it secures, where it is told in full and has an order.
    pub lasting: Option<Lasting>,
    /// The chance that it is signed and kept; absent where that was not worked out.
    pub kept: Option<Kept>,
}

/// What can come of a graph of conditions and responses, with what it was made from.
#[derive(Clone, Copy, Debug)]
pub struct DcrReport<'a> {
    /// What the graph is called, or else its file.
    pub title: &'a str,
    /// The graph.
    pub graph: &'a Graph,
    /// What was found, every relation with a guard taken to hold always.
    pub found: &'a Dcr,
    /// What was found of the graph without those relations, where there are any.
    pub unguarded: Option<&'a Dcr>,
    /// Whether parts of the graph that bear on these numbers were not read.
    pub left_out: bool,
    /// Version of the program.
    pub version: &'a str,
    /// SHA-256 of the input file, in hexadecimal.
    pub input_sha256: &'a str,
    /// What was found while reading.
    pub warnings: &'a [String],
}

/// What is not said of whom, a line for each body; empty where enough is said of everybody.
pub fn missing(talks: &Talks) -> Vec<String> {
    say::verdict::missing(talks, &detente_analysis::missing(talks))
}

/// A deal that was asked about.
#[derive(Clone, Debug)]
pub struct NamedDeal {
    /// Who accepts it, who does not and why, and what it would take.
    pub account: Account,
    /// P(agree) averaged over what is not known.
    pub average: Option<Estimate>,
    /// What mediators can do for it, where they have levers.
    pub levers: Option<Levers>,
    /// P(agree) if all of whom too little is said say no, and if they all say yes; absent where nobody is.
    pub if_missing: Option<[f64; 2]>,
}

impl NamedDeal {
    /// Whether its chance is the same whatever those say of whom too little is said.
    pub(crate) fn is_settled(&self) -> bool {
        self.if_missing.is_none_or(|[no, yes]| no == yes)
    }
}
