//! Whatever stands in a file, reading a DCR graph ends in findings or in a graph.

use detente_cases::drawn;
use detente_formats::{Severity, read_dcr};

const HARBOUR: &str = include_str!("harbour.xml");

/// Findings stand inside the file, and a graph comes with no errors.
fn check(source: &str) {
    let reading = read_dcr(source);
    for span in reading.diagnostics.iter().filter_map(|diagnostic| diagnostic.span) {
        assert!(span.start <= span.end && span.end <= source.len(), "{span:?}: {source}");
    }
    let failed = reading.diagnostics.iter().any(|diagnostic| diagnostic.severity == Severity::Error);
    assert_eq!(reading.graph.is_none(), failed, "{:?}: {source}", reading.diagnostics);
}

drawn! { 256;
    #[test]
    fn no_text_makes_the_reader_panic(cut in 0..HARBOUR.len(), gone in 0usize..80, put in "[ -~\u{e9}\n]{0,20}") {
        let end = (cut + gone).min(HARBOUR.len());
        check(&format!("{}{put}{}", &HARBOUR[..cut], &HARBOUR[end..]));
    }

    #[test]
    fn no_exchanged_word_makes_the_reader_panic(from in 0usize..200, to in 0usize..200) {
        let words: Vec<&str> = HARBOUR.split(['"', '<', '>', ' ', '/']).filter(|word| !word.is_empty()).collect();
        let (from, to) = (words[from % words.len()], words[to % words.len()]);
        check(&HARBOUR.replacen(from, to, 1));
        check(&HARBOUR.replace(from, to));
    }
}

#[test]
fn comments_and_nothing_at_all_are_read_past() {
    for source in [
        "",
        "<",
        "<!-- <?xml",
        "<!--\u{e9}--><?xml",
        "<?xml",
        "<dcrgraph",
        "<dcrgraph/>",
        "\u{feff}<dcrgraph/>",
    ] {
        check(source);
    }
}
