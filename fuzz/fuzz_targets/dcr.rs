//! Any text: the reader of DCR graphs returns findings whose places exist, or a graph.
#![no_main]

libfuzzer_sys::fuzz_target!(|text: &str| {
    let reading = detente_formats::read_dcr(text);
    for span in reading.diagnostics.iter().filter_map(|found| found.span) {
        assert!(text.get(span.start..span.end).is_some(), "{span:?}");
    }
});
