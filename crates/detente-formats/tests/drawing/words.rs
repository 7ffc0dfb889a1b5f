//! The words and the chance that talks are drawn from.

use super::{Draw, Words};
use detente_model::{Alternative, StatedCost};
use std::collections::BTreeSet;

pub(super) const IDS: &[&str] = &[
    "a",
    "north",
    "No",
    "yes",
    "on",
    "y",
    "~",
    "null",
    "1e3",
    "1_000",
    "0x1F",
    "007",
    "12",
    "-5",
    "+1",
    "-",
    "--",
    "?",
    "!x",
    "&a",
    "*b",
    "#c",
    "%d",
    "@e",
    "|",
    ">",
    "<<",
    "2026-01-20",
    "cases",
    "value",
    "because",
    "uniform",
    "weight",
    "values",
    "not",
    "from",
    "to",
    "all",
    "quota",
    "per",
    "détente",
    "سلام",
    "שלום",
    "👩‍👩‍👧",
    "",
    "(x)",
    "a;b",
    "$100",
    "100%",
    "e\u{301}",
    "true",
    "x?",
    "null_",
    "nan",
    "inf",
    "x/y",
    "a&b",
    "<tag>",
    "\\n",
];
const BAD_IDS: &[&str] = &[
    "Size of Fund",
    "$100 Billion",
    "a.b",
    "a,b",
    "x=y",
    "`",
    "it's",
    "say \"x\"",
    "{a}",
    "[b]",
    "a: b",
    "a:b",
    "bell\u{7}",
    "line\nbreak",
    "\ttab",
    "nbsp\u{a0}x",
    "\u{85}",
    " lead",
    "trail ",
    "\r",
    "...",
];
const TEXTS: &[&str] = &[
    "Size of Fund",
    "$100 Billion",
    "0 kW,",
    "- x",
    "a: b",
    "x #y",
    "say \"x\"",
    "it's",
    "line\nbreak",
    "two\n\nlines\n",
    "ends \n spaces",
    "\ttab",
    "\n",
    "\n\n",
    "  first\nsecond",
    "\nsecond",
    "what? why",
    " ",
    "  lead",
    "trail  ",
    "a  b",
    "back\\slash",
    "#",
    "nbsp\u{a0}x",
    "\u{2028}",
    "{a}",
    "[b]",
    "a, b",
    "key:",
    ":",
    "---",
    "...",
    "%YAML",
    "null",
    "1.5",
    "yes",
    "2026-02-03 10:00",
    "1:30",
    "שלום עולם",
    "\u{202e}abc",
    "👩‍👩‍👧 and 🕊️",
    "\u{10ffff}",
    "e\u{301}",
    "!tag",
    "*alias",
    "> folded",
    "| literal",
    "'",
    "\"",
    "``",
    "first\n  indented\nlast",
    "first\n\tindented",
    "https://example.org/a?b=c#d",
    "A text that is much too long to stand on one line, with commas, colons: and all that a sentence can hold, so that it has to be broken",
    "A text that is much too long to stand on one line,  with two spaces in a row somewhere, and which also cannot be folded as it stands",
    "A text that is much too long to stand on one line, and ends with spaces that a folded or a bare text would lose, so that it is quoted    ",
    "A text that is much too long to stand on one line and holds a \u{200b} that cannot be seen, \"quotes\",   three spaces and a back\\slash or two",
    "averyverylongwordwithoutanyspaceinitthatgoesonandonandonandonandonandonandonandonandonandonandonandonandonandon",
];
const BAD_TEXTS: &[&str] = &["bell\u{7}", "\r\n", "esc\u{1b}[31m", "\u{85}", "\u{9f}x", "\u{7f}"];
pub(super) const VALUES: &[f64] = &[
    0.0,
    -0.0,
    1.0,
    -1.0,
    0.1,
    0.3333333333333333,
    1e-300,
    -1e-12,
    5e-324,
    1e22,
    1e200,
    9007199254740993.0,
    123456.789,
    -40.0,
    2.5,
    1e15,
    1e16,
    1e17,
    0.1 + 0.2,
];

impl Draw {
    pub(super) fn next(&mut self) -> u64 {
        self.state = self.state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.state;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    pub(super) fn below(&mut self, n: usize) -> usize {
        (self.next() % n as u64) as usize
    }

    pub(super) fn chance(&mut self, of_ten: usize) -> bool {
        self.below(10) < of_ten
    }

    pub(super) fn pick<T: Copy>(&mut self, from: &[T]) -> T {
        from[self.below(from.len())]
    }

    pub(super) fn some<T>(&mut self, of_ten: usize, make: impl FnOnce(&mut Draw) -> T) -> Option<T> {
        self.chance(of_ten).then(|| make(self))
    }

    pub(super) fn alternative(&mut self) -> Alternative {
        match self.below(20) {
            0 => Alternative::RefusesNothing,
            1 => Alternative::RefusesAll,
            2 | 3 => Alternative::Unknown,
            _ => Alternative::Worth(self.number()),
        }
    }

    pub(super) fn stated(&mut self, of_ten: usize) -> StatedCost {
        match self.some(of_ten, Draw::cost) {
            Some(cost) => StatedCost::Cost(cost),
            None if self.chance(5) => StatedCost::Nothing,
            None => StatedCost::Unstated,
        }
    }

    pub(super) fn many<T>(&mut self, most: usize, mut make: impl FnMut(&mut Draw, usize) -> T) -> Vec<T> {
        (0..self.below(most + 1)).map(|k| make(self, k)).collect()
    }

    pub(super) fn text(&mut self) -> String {
        match self.words == Words::Any && self.chance(1) {
            true => self.pick(BAD_TEXTS).into(),
            false => self.pick(TEXTS).into(),
        }
    }

    /// An id that is not taken.
    pub(super) fn id(&mut self, taken: &mut BTreeSet<String>) -> String {
        let mut id: String = match self.words == Words::Any && self.chance(3) {
            true => self.pick(BAD_IDS).into(),
            false => self.pick(IDS).into(),
        };
        if self.chance(1) {
            id = "long".repeat(if self.words == Words::Any { 30 } else { 20 });
        }
        while !taken.insert(id.clone()) {
            id.push('x');
        }
        id
    }

    pub(super) fn ids(&mut self, n: usize) -> Vec<String> {
        let mut taken = BTreeSet::new();
        (0..n).map(|_| self.id(&mut taken)).collect()
    }

    /// The id itself, or another text.
    pub(super) fn name(&mut self, id: &str) -> String {
        if self.chance(5) { id.to_owned() } else { self.text() }
    }
}
