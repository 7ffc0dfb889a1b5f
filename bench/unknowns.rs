//! Draws a second, and the error of even and of plain draws, on the founding case.
//!
//! Run by `cargo xtask bench unknowns`.

use detente_analysis::{Options, Spread, UnknownsOptions, analyze, unknowns};
use std::ops::ControlFlow;
use std::time::Instant;

fn main() {
    let path = std::env::args().nth(1).filter(|path| !path.starts_with('-'));
    let path =
        path.unwrap_or_else(|| concat!(env!("CARGO_MANIFEST_DIR"), "/../../catalog/cases/ceasefire").into());
    let bytes = detente_formats::open(std::path::Path::new(&path)).expect("the founding case").bytes;
    let talks = detente_formats::read(&bytes).talks.expect("a valid scenario");
    let analysis = analyze(&talks, &Options::default(), &mut |_| ControlFlow::Continue(()));
    for spread in [Spread::Even, Spread::Plain] {
        for k in 0..=10 {
            let options =
                UnknownsOptions { draws: 16 << k, within: 0.0, spread, ..UnknownsOptions::default() };
            let start = Instant::now();
            let found =
                unknowns(&talks, &analysis, &options, &mut |_| ControlFlow::Continue(())).expect("unknowns");
            println!(
                "{spread:?} {} draws in {:?}: {:?} {:?}",
                found.draws,
                start.elapsed(),
                found.deals[0].mean,
                found.deals[0].at_means
            );
        }
    }
    let start = Instant::now();
    let found = unknowns(&talks, &analysis, &UnknownsOptions::default(), &mut |_| ControlFlow::Continue(()))
        .expect("unknowns");
    println!("{:?} {found:#?}", start.elapsed());
}
