//! Files that hold many scenarios, one of which is meant.

use super::{Bundle, Findings, Text};
use crate::Span;

/// The one file of cases.
pub(super) fn file<'a>(bundle: &Bundle<'a>, findings: &mut Findings) -> Option<&'a Text> {
    match bundle.whole[..] {
        [] => None,
        [file] => bundle.files.get(file),
        [first, second, ..] => {
            let message = format!(
                "this is a second file of cases beside `{}`: which one is meant cannot be told",
                bundle.files[first].name
            );
            findings.error(second, Span::new(0, 0), message, "name the file instead of its folder");
            None
        }
    }
}

/// The place of the case that is meant among `count` of them, each called `what`.
pub(super) fn pick(bundle: &Bundle<'_>, count: usize, what: &str, findings: &mut Findings) -> Option<usize> {
    let wanted = bundle.options.case.unwrap_or(1);
    if (1..=count).contains(&wanted) {
        return Some(wanted - 1);
    }
    findings.misuse = Some(match count {
        1 => format!("`--case`: there is no {what} {wanted}; the file holds one"),
        _ => format!("`--case`: there is no {what} {wanted}; the file holds {count}"),
    });
    None
}

/// Says which case was read.
pub(super) fn note(case: usize, count: usize, what: &str, more: &str, findings: &mut Findings) {
    let another = if count > 1 { "; `--case` picks another" } else { "" };
    findings.note(format!("{what} {} of {count} is read{more}{another}", case + 1));
}
