//! Any bytes: the reader returns findings or talks, and small talks can be analysed.
#![no_main]

use libfuzzer_sys::fuzz_target;
use std::ops::ControlFlow;

fuzz_target!(|bytes: &[u8]| {
    let reading = detente_formats::read(bytes);
    for span in reading.diagnostics.iter().filter_map(|diagnostic| diagnostic.span) {
        assert!(span.start <= span.end && span.end <= bytes.len());
    }
    let Some(talks) = reading.talks else { return };
    let small = talks.issues.iter().fold(1usize, |n, issue| n.saturating_mul(issue.n_options())) <= 5_000;
    if small && talks.bodies.len() <= 30 {
        detente_analysis::analyze(&talks, &detente_analysis::Options::default(), &mut |_| {
            ControlFlow::Continue(())
        });
    }
});
