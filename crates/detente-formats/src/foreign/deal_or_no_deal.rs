//! Deal or No Deal: two sides share out books, hats and balls.
//!
//! Lewis and others, "Deal or No Deal? End-to-End Learning of Negotiation Dialogues", EMNLP 2017.
//! `docs/formats/deal-or-no-deal.md` says what is read.

use super::lines::{Piece, lines};
use super::scene::{NoDeal, Scene, Seat};
use super::shares::{self, Item, MOST};
use super::text::Content;
use super::{Bundle, Findings, Role, Text, cases};

/// The items, in the order of the files.
const ITEMS: [&str; 3] = ["book", "hat", "ball"];
/// What all items together are worth to each side.
const TOTAL: f64 = 10.0;
/// What both get without a deal.
const NO_DEAL: f64 = 0.0;

pub(super) fn role(text: &Text) -> Option<Role> {
    const LOOKED_AT: usize = 8;
    let is_it = match &text.content {
        Content::Xml(root) => root == "input" && lines(&text.text).next().is_some_and(is_tagged),
        Content::Plain => {
            let first: Vec<Piece<'_>> = lines(&text.text).take(LOOKED_AT).collect();
            let good = first.iter().filter(|line| is_six_numbers(**line)).count();
            good > 0 && 2 * good >= first.len()
        }
        _ => false,
    };
    is_it.then_some(Role::Whole)
}

fn is_tagged(line: Piece<'_>) -> bool {
    line.between("<input>", "</input>").is_some_and(is_six_numbers)
}

fn is_six_numbers(line: Piece<'_>) -> bool {
    let mut n = 0;
    let is_whole = |word: Piece<'_>| word.text.len() <= 9 && word.text.bytes().all(|b| b.is_ascii_digit());
    line.words().inspect(|_| n += 1).take(7).all(is_whole) && n == 6
}

pub(super) fn read(bundle: &Bundle<'_>, findings: &mut Findings) -> Option<Scene> {
    let text = cases::file(bundle, findings)?;
    let mut reader = Reader { file: text.index, findings };
    let (title, names, pair) = match text.content {
        Content::Xml(_) => reader.tagged(text, bundle)?,
        _ => reader.pair(text, bundle)?,
    };
    let items = reader.items(pair)?;
    findings.note("without a deal both sides have 0 points, as in the study");
    let seat = |side: usize| Seat {
        file: text.index,
        id: names[side].into(),
        name: names[side].into(),
        alternative: NoDeal::Worth(NO_DEAL),
        discount: None,
        preferences: shares::preferences(&items, side),
    };
    let issues = shares::issues(&items, names[0]);
    Some(Scene { title: Some(title), issues, seats: vec![seat(0), seat(1)], agreement: None })
}

/// What a file says of one case: its title, what the sides are called, and the numbers of each.
type Case<'a> = (String, [&'static str; 2], [Piece<'a>; 2]);

struct Reader<'f> {
    file: usize,
    findings: &'f mut Findings,
}

impl Reader<'_> {
    /// Two lines of numbers.
    fn pair<'a>(&mut self, text: &'a Text, bundle: &Bundle<'_>) -> Option<Case<'a>> {
        let all: Vec<Piece<'_>> = lines(&text.text).collect();
        let count = all.len() / 2;
        if all.len() % 2 == 1 {
            let message = "the last line has no partner: the two sides of a case stand on two lines";
            let span = all[all.len() - 1].span;
            let help = "add the line of the other side, or remove this one";
            if count == 0 {
                self.findings.error(self.file, span, message, help);
                return None;
            }
            self.findings.warn(self.file, span, message, help);
        }
        let case = cases::pick(bundle, count, "case", self.findings)?;
        cases::note(case, count, "case", "", self.findings);
        let title = format!("Deal or No Deal, case {}", case + 1);
        Some((title, ["first", "second"], [all[2 * case], all[2 * case + 1]]))
    }

    /// A dialogue with what each side values.
    fn tagged<'a>(&mut self, text: &'a Text, bundle: &Bundle<'_>) -> Option<Case<'a>> {
        let all: Vec<Piece<'_>> = lines(&text.text).collect();
        let case = cases::pick(bundle, all.len(), "dialogue", self.findings)?;
        let mut part = |open: &str, close: &str| {
            let found = all[case].between(open, close);
            if found.is_none() {
                let message = format!("this dialogue has no `{open} ... {close}`");
                let help = "it needs what both sides value: an `<input>` and a `<partner_input>`";
                let head = all[case].words().next().unwrap_or(all[case]).span;
                self.findings.error(self.file, head, message, help);
            }
            found
        };
        let own = part("<input>", "</input>");
        let other = part("<partner_input>", "</partner_input>");
        let pair = [own?, other?];
        cases::note(case, all.len(), "dialogue", "", self.findings);
        self.findings.note("what was said, and what came of it, is not read");
        Some((format!("Deal or No Deal, dialogue {}", case + 1), ["YOU", "THEM"], pair))
    }

    fn items(&mut self, sides: [Piece<'_>; 2]) -> Option<Vec<Item>> {
        let numbers = sides.map(|side| self.numbers(side));
        let [Some(first), Some(second)] = numbers else { return None };
        for ((own, other), item) in first.iter().zip(&second).step_by(2).zip(ITEMS) {
            if own.0 != other.0 {
                let message =
                    format!("there are {} of `{item}` here, and {} on the other side", other.0, own.0);
                let help =
                    "the two sides share out the same items; does a line before this one miss its partner?";
                self.findings.error(self.file, other.1.span, message, help);
                return None;
            }
            if own.0 as usize > MOST {
                let message = format!("there are more than {MOST} of `{item}`");
                self.findings.error(self.file, own.1.span, message, "is this the right file?");
                return None;
            }
        }
        for (side, numbers) in sides.into_iter().zip([&first, &second]) {
            self.check_total(side, numbers);
        }
        let item = |k: usize| Item {
            id: ITEMS[k].into(),
            count: first[2 * k].0 as usize,
            worth: [f64::from(first[2 * k + 1].0), f64::from(second[2 * k + 1].0)],
        };
        Some((0..3).map(item).collect())
    }

    /// Count and value of each item, with their places.
    fn numbers<'a>(&mut self, side: Piece<'a>) -> Option<[(u32, Piece<'a>); 6]> {
        let mut found = Vec::new();
        for word in side.words().take(7) {
            let Some(number) = word.text.parse().ok().filter(|number| *number <= 1_000_000) else {
                let message = format!("`{}` is not a whole number from 0 to 1000000", word.text);
                self.findings.error(self.file, word.span, message, "write count and value of each item");
                return None;
            };
            found.push((number, word));
        }
        let n = side.words().count();
        found.try_into().ok().or_else(|| {
            let message = format!("a side has six numbers, and here there are {n}");
            let help = "write count and value of `book`, `hat` and `ball`, in this order";
            self.findings.error(self.file, side.span, message, help);
            None
        })
    }

    /// All items together are worth 10, except where they are not.
    fn check_total(&mut self, side: Piece<'_>, numbers: &[(u32, Piece<'_>); 6]) {
        let total: f64 = numbers.chunks(2).map(|item| f64::from(item[0].0) * f64::from(item[1].0)).sum();
        if total != TOTAL {
            let message = format!("all items together are worth {total} here, not {TOTAL} as in the study");
            self.findings.warn(self.file, side.span, message, "the values are taken as written");
        }
    }
}
