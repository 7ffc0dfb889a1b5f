//! Small files that cost much: looks at the watcher and bytes held are counted, so that a slow machine finds no more than
//! a quick one. An input is the text of a scenario, or else choices of which one is made.
#![no_main]

#[path = "cost/made.rs"]
mod made;

use detente_analysis::{Space, 
    RequirementsOptions, LastingOptions, LeverOptions, Options, Order, SequenceOptions, UnknownsOptions, Watch,
    analyze, division, holding, requirements, kept, kept_levers, lasting, levers, sequence, unknowns,
    why_impossible,
};
use detente_model::Talks;
use libfuzzer_sys::fuzz_target;
use peak_alloc::PeakAlloc;
use std::hint::black_box;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::ops::ControlFlow;

#[global_allocator]
static HELD: PeakAlloc = PeakAlloc;

/// Files larger than this may cost more.
const SMALL: usize = 4096;
/// Looks at the watcher in all. A loop looks at least every tenth of a second, most of them far more often.
const MOST_LOOKS: u64 = 1 << 18;
/// Bytes held at once.
const MOST_BYTES: usize = 1 << 30;

fuzz_target!(|bytes: &[u8]| {
    let made = (!bytes.starts_with(b"detente")).then(|| made::scenario(bytes));
    let bytes = made.as_ref().map_or(bytes, String::as_bytes);
    if bytes.len() > SMALL {
        return;
    }
    HELD.reset_peak_usage();
    let before = HELD.current_usage();
    let looks = AtomicU64::new(0);
    if let Some(talks) = detente_formats::read(bytes).talks {
        answer(&talks, &|_| {
            assert!(
                looks.fetch_add(1, Relaxed) < MOST_LOOKS,
                "a file of {} bytes takes too long:\n{}",
                bytes.len(),
                String::from_utf8_lossy(bytes)
            );
            ControlFlow::Continue(())
        });
    }
    let held = HELD.peak_usage().saturating_sub(before);
    assert!(
        held <= MOST_BYTES,
        "a file of {} bytes holds {held} bytes:\n{}",
        bytes.len(),
        String::from_utf8_lossy(bytes)
    );
    dearer(looks.into_inner());
    dearer(held as u64 >> 16);
});

/// What the commands `check`, `analyze` and `sequence` work out; draws are fewer, as they cost the same each.
fn answer(talks: &Talks, watch: Watch<'_>) {
    let _ = why_impossible(talks);
    let space = &Space::new(talks);
    let analysis = analyze(space, &Options::default(), watch);
    let drawn = UnknownsOptions { draws: 64, ..UnknownsOptions::default() };
    let _ = unknowns(space, &analysis, &drawn, watch);
    let _ = levers(space, &LeverOptions::default(), watch);
    let _ = requirements(space, &RequirementsOptions::default(), watch);
    let Some(best) = analysis.will.as_ref().and_then(|will| will.best.first()) else { return };
    let options = SequenceOptions::default();
    let lasts = LastingOptions::default();
    let Ok(found) = sequence(talks, &best.outcome, &options, watch) else { return };
    let _ = holding(space, &found, 0.5, &options, watch);
    let _ = division(space, &best.outcome, &options, watch);
    let plan = match &found.order {
        Order::Found { plan, .. } => Some(plan),
        _ => None,
    };
    if let Some(plan) = plan {
        let _ = lasting(space, &best.outcome, plan, &lasts, watch);
    }
    let package = kept_levers(space, &best.outcome, &lasts, watch).ok().flatten();
    let package = package.and_then(|mut found| found.frontier.pop());
    let _ = kept(talks, &best.outcome, best.probability, plan, package, &lasts, watch);
}

/// A place in the code of its own for each doubling of a count: the fuzzer keeps an input that reaches a new one.
fn dearer(count: u64) {
    macro_rules! places {
        ($($doublings:literal)*) => { match u64::BITS - count.leading_zeros() {
            $($doublings => { black_box($doublings); })*
            more => { black_box(more); }
        } };
    }
    places!(0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18);
}
