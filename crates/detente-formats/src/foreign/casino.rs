//! CaSiNo: dialogues of two campers who share out packages of food, water and firewood.
//!
//! Chawla and others, "CaSiNo: A Corpus of Campsite Negotiation Dialogues for Automatic Negotiation Systems", NAACL
//! 2021. `docs/formats/casino.md` says what is read.

use super::object::{Entry, entries, is_object, peek};
use super::scene::{NoDeal, Scene, Seat};
use super::shares::{self, Item};
use super::text::Content;
use super::{Bundle, Findings, Role, Text, cases};
use crate::Span;
use crate::yaml::{Node, Value};

/// The items, three packages of each.
const ITEMS: [&str; 3] = ["Food", "Water", "Firewood"];
/// How many packages of each item there are.
const PACKAGES: usize = 3;
/// What a package of each priority is worth.
const PRIORITIES: [(&str, f64); 3] = [("High", 5.0), ("Medium", 4.0), ("Low", 3.0)];
/// What both get when one of them walks away.
const WALK_AWAY: f64 = 5.0;

pub(super) fn role(text: &Text) -> Option<Role> {
    let Content::Json(node) = &text.content else { return None };
    let is_dialogue = |node: &Node| peek(node, "participant_info").is_some_and(is_object);
    match &node.value {
        Value::List(dialogues) => dialogues.iter().take(10).any(is_dialogue),
        _ => is_dialogue(node),
    }
    .then_some(Role::Whole)
}

pub(super) fn read(bundle: &Bundle<'_>, findings: &mut Findings) -> Option<Scene> {
    let text = cases::file(bundle, findings)?;
    let node = text.tree()?;
    let dialogues = match &node.value {
        Value::List(dialogues) => &dialogues[..],
        _ => std::slice::from_ref(node),
    };
    let case = cases::pick(bundle, dialogues.len(), "dialogue", findings)?;
    let mut dialogue = Dialogue { file: text.index, findings };
    let (id, sides) = dialogue.read(&dialogues[case])?;
    let more = id.as_ref().map_or_else(String::new, |id| format!(", whose `dialogue_id` is `{id}`"));
    cases::note(case, dialogues.len(), "dialogue", &more, findings);
    findings.note(format!(
        "a package of high, medium and low priority is worth 5, 4 and 3 points; without a deal each has {WALK_AWAY}, as in the CaSiNo study"
    ));
    findings.note("what was said, and what came of it, is not read");
    let id = id.unwrap_or_else(|| format!("{} of {}", case + 1, dialogues.len()));
    Some(scene(text.index, format!("CaSiNo dialogue {id}"), sides))
}

/// A participant, and what one package of each item is worth.
type Side = (String, [f64; 3]);

fn scene(file: usize, title: String, sides: [Side; 2]) -> Scene {
    let item =
        |k: usize| Item { id: ITEMS[k].into(), count: PACKAGES, worth: [sides[0].1[k], sides[1].1[k]] };
    let items = [item(0), item(1), item(2)];
    let issues = shares::issues(&items, &sides[0].0);
    let seat = |(side, (id, _)): (usize, Side)| Seat {
        file,
        name: id.clone(),
        id,
        alternative: NoDeal::Worth(WALK_AWAY),
        discount: None,
        preferences: shares::preferences(&items, side),
    };
    let seats = sides.clone().into_iter().enumerate().map(seat).collect();
    Scene { title: Some(title), issues, seats, agreement: None }
}

struct Dialogue<'f> {
    file: usize,
    findings: &'f mut Findings,
}

impl Dialogue<'_> {
    fn error(&mut self, span: Span, message: impl Into<String>, help: &str) {
        self.findings.error(self.file, span, message, help);
    }

    /// Its id, and who takes part, sorted by name.
    fn read(&mut self, node: &Node) -> Option<(Option<String>, [Side; 2])> {
        let Some(parts) = entries(self.file, node, self.findings) else {
            self.error(head(node), "a dialogue is not written as an object", "is this a CaSiNo file?");
            return None;
        };
        let find = |key: &str| parts.iter().find(|part| part.key == key);
        let id = find("dialogue_id").and_then(|part| part.value.text()).map(str::to_owned);
        let Some(info) = find("participant_info") else {
            let help = "it says who takes part and what each values";
            self.error(head(node), "this dialogue has no `participant_info`", help);
            return None;
        };
        let mut people = entries(self.file, info.value, self.findings).unwrap_or_default();
        people.sort_by_key(|person| person.key);
        let [first, second] = people[..] else {
            let message = format!("a dialogue has two participants, and this one has {}", people.len());
            self.error(info.at, message, "keep two");
            return None;
        };
        let sides = (self.side(first), self.side(second));
        Some((id, [sides.0?, sides.1?]))
    }

    fn side(&mut self, person: Entry<'_>) -> Option<Side> {
        let about = entries(self.file, person.value, self.findings).unwrap_or_default();
        let Some(wants) = about.iter().find(|part| part.key == "value2issue") else {
            let message = format!("`{}` has no `value2issue`", person.key);
            self.error(person.at, message, "say which item is of high, medium and low priority");
            return None;
        };
        let priorities = entries(self.file, wants.value, self.findings).unwrap_or_default();
        let mut worth = [None; 3];
        for priority in priorities {
            let (item, points) = self.priority(priority)?;
            if worth[item].replace(points).is_some() {
                let message = format!("`{}` has two priorities", ITEMS[item]);
                self.error(priority.value.span, message, "give each item one of high, medium and low");
                return None;
            }
        }
        let [Some(food), Some(water), Some(firewood)] = worth else {
            let missing = worth.iter().position(Option::is_none).unwrap_or_default();
            let message = format!("`{}` has no priority", ITEMS[missing]);
            self.error(wants.at, message, "give each item one of high, medium and low");
            return None;
        };
        Some((person.key.to_owned(), [food, water, firewood]))
    }

    /// Which item a priority is given to, and what a package of it is worth.
    fn priority(&mut self, given: Entry<'_>) -> Option<(usize, f64)> {
        let Some((_, points)) = PRIORITIES.iter().find(|(name, _)| *name == given.key) else {
            let message = format!("the priority `{}` is not known", given.key);
            self.error(given.at, message, "`High`, `Medium` and `Low` are");
            return None;
        };
        let item = given.value.text().unwrap_or_default();
        let Some(k) = ITEMS.iter().position(|own| *own == item) else {
            let message = match given.value.text() {
                Some(item) => format!("the item `{item}` is not known"),
                None => "this is not the name of an item".into(),
            };
            self.error(given.value.span, message, "`Food`, `Water` and `Firewood` are");
            return None;
        };
        Some((k, *points))
    }
}

/// The first character of a value.
fn head(node: &Node) -> Span {
    Span::new(node.span.start, (node.span.start + 1).min(node.span.end))
}
