//! Any bytes: the reader returns findings or talks, and small talks can be analysed.
#![no_main]

use libfuzzer_sys::fuzz_target;
use std::ops::ControlFlow;

fuzz_target!(|bytes: &[u8]| {
    let reading = detente_formats::read(bytes);
    for found in &reading.diagnostics {
        // Places are those of the text, which is not as long as the bytes where these are no UTF-8.
        let text = &reading.files[found.file].text;
        assert!(found.span.is_none_or(|span| text.get(span.start..span.end).is_some()), "{found:?}");
    }
    let Some(talks) = reading.talks else { return };
    let small = talks.issues.iter().fold(1usize, |n, issue| n.saturating_mul(issue.n_options())) <= 5_000;
    if small && talks.bodies.len() <= 30 {
        let space = detente_analysis::Space::new(&talks);
        detente_analysis::analyze(&space, &detente_analysis::Options::default(), &|_| {
            ControlFlow::Continue(())
        });
    }
});
