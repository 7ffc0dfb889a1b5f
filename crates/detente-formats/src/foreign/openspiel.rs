//! Bargaining instances of OpenSpiel: a pool of items, and what each is worth to two players, a line each.
//!
//! `docs/formats/openspiel.md` says what is read, and names the sources.

use super::lines::{Piece, lines};
use super::scene::{NoDeal, Scene, Seat};
use super::shares::{self, Item, MOST};
use super::text::Content;
use super::{Bundle, Findings, Role, Text, cases};

/// What both get without a deal.
const NO_DEAL: f64 = 0.0;
/// Most kinds of items.
const MOST_KINDS: usize = 50;
/// What the players are called, as in OpenSpiel.
const PLAYERS: [&str; 2] = ["player 0", "player 1"];

pub(super) fn role(text: &Text) -> Option<Role> {
    const LOOKED_AT: usize = 20;
    if !matches!(text.content, Content::Plain) {
        return None;
    }
    let first: Vec<Piece<'_>> = lines(&text.text).take(LOOKED_AT).collect();
    let good = first.iter().filter(|line| is_instance(**line)).count();
    (good > 0 && 2 * good >= first.len()).then_some(Role::Whole)
}

/// Three lists of as many whole numbers, with commas between the numbers and a blank between the lists.
fn is_instance(line: Piece<'_>) -> bool {
    let is_list = |list: &Piece<'_>| {
        list.fields().all(|field| !field.text.is_empty() && field.text.bytes().all(|b| b.is_ascii_digit()))
    };
    let lists: Vec<Piece<'_>> = line.words().take(4).collect();
    let [pool, rest @ ..] = &lists[..] else { return false };
    let n = pool.fields().count();
    lists.len() == 3
        && n > 1
        && lists.iter().all(is_list)
        && rest.iter().all(|list| list.fields().count() == n)
}

pub(super) fn read(bundle: &Bundle<'_>, findings: &mut Findings) -> Option<Scene> {
    let text = cases::file(bundle, findings)?;
    let all: Vec<Piece<'_>> = lines(&text.text).collect();
    let case = cases::pick(bundle, all.len(), "instance", findings)?;
    let items = Reader { file: text.index, findings }.items(all[case])?;
    cases::note(case, all.len(), "instance", "", findings);
    findings.note("without a deal both players have 0 points, as in OpenSpiel; turns, discount and a chance that talks end are options of the game, and not in the file");
    let seat = |side: usize| Seat {
        file: text.index,
        id: PLAYERS[side].into(),
        name: PLAYERS[side].into(),
        alternative: NoDeal::Worth(NO_DEAL),
        discount: None,
        preferences: shares::preferences(&items, side),
    };
    let title = format!("OpenSpiel bargaining, instance {}", case + 1);
    let issues = shares::issues(&items, PLAYERS[0]);
    Some(Scene { title: Some(title), issues, seats: vec![seat(0), seat(1)], agreement: None })
}

struct Reader<'f> {
    file: usize,
    findings: &'f mut Findings,
}

impl Reader<'_> {
    fn items(&mut self, line: Piece<'_>) -> Option<Vec<Item>> {
        let help = "write how many of each item there are, and what one is worth to each player, as `1,2,3 8,1,0 4,0,2`";
        let lists: Vec<Piece<'_>> = line.words().collect();
        let [pool, first, second] = lists[..] else {
            let message =
                format!("an instance has three lists of numbers, and here there are {}", lists.len());
            self.findings.error(self.file, line.span, message, help);
            return None;
        };
        let n = pool.fields().count();
        for list in [first, second] {
            let own = list.fields().count();
            if own != n {
                let message = format!("there are {own} values here, and {n} items in the pool");
                self.findings.error(self.file, list.span, message, help);
                return None;
            }
        }
        let lists = [pool, first, second].map(|list| self.numbers(list));
        let [Some(pool), Some(first), Some(second)] = lists else { return None };
        if pool.len() > MOST_KINDS {
            let message = format!("there are more than {MOST_KINDS} items");
            self.findings.error(self.file, line.span, message, "is this the right file?");
            return None;
        }
        let item = |k: usize| Item {
            id: format!("item {}", k + 1).into(),
            count: pool[k] as usize,
            worth: [f64::from(first[k]), f64::from(second[k])],
        };
        Some((0..pool.len()).map(item).collect())
    }

    fn numbers(&mut self, list: Piece<'_>) -> Option<Vec<u32>> {
        let number = |field: Piece<'_>| {
            let found = field.text.parse().ok().filter(|number| *number as usize <= MOST);
            if found.is_none() {
                let message = format!("`{}` is not a whole number from 0 to {MOST}", field.text);
                self.findings.error(
                    self.file,
                    field.span,
                    message,
                    "write whole numbers with commas between",
                );
            }
            found
        };
        list.fields().map(number).collect()
    }
}
