//! Names of a scenario that do not show what they are.

use super::reader::Reader;
use crate::diagnostic::Span;
use crate::looks::{alike, spelled, told, unseen};
use crate::yaml::{Node, Value};

/// Lists of things with ids and names, and the lists of such things within each.
const LISTS: [(&str, Option<&str>); 6] = [
    ("parties", Some("bodies")),
    ("issues", Some("options")),
    ("mediators", Some("levers")),
    ("unknowns", Some("cases")),
    ("phases", None),
    ("steps", None),
];

/// One thing: its id and the name it is shown by, and where each stands.
struct Named<'n> {
    id: &'n str,
    id_span: Span,
    name: &'n str,
    span: Span,
}

impl Reader {
    /// Warns of what nobody sees in a name, and of things that look the same.
    pub(super) fn looks(&mut self, root: &Node) {
        for (kind, within) in LISTS {
            let items = list(root, kind);
            self.group(kind, "", items);
            for item in items {
                let (Some(within), Some(named)) = (within, named(item)) else { continue };
                let owner = format!(" of `{}`", spelled(named.id));
                self.group(within, &owner, list(item, within));
            }
        }
        for key in ["title", "authors", "common_unit"] {
            for text in field(root, key).into_iter().flat_map(texts) {
                self.warn_of_unseen(&format!("`{key}`"), text.text().unwrap_or_default(), text.span);
            }
        }
    }

    fn group(&mut self, kind: &str, owner: &str, items: &[Node]) {
        let things: Vec<Named<'_>> = items.iter().filter_map(named).collect();
        for thing in &things {
            // Where an id is not any text, such a character is an error that is told already.
            let is_told = !matches!(kind, "issues" | "options");
            let what =
                |word: &str, text: &str| format!("the {word} `{}` among the {kind}{owner}", spelled(text));
            if thing.name != thing.id || !is_told {
                self.warn_of_unseen(&what("name", thing.name), thing.name, thing.span);
            }
            if thing.name != thing.id && !is_told {
                self.warn_of_unseen(&what("id", thing.id), thing.id, thing.id_span);
            }
        }
        for (later, earlier) in alike(things.iter().map(|thing| thing.name)) {
            let (earlier, later) = (&things[earlier], &things[later]);
            // The same id twice is told as such.
            if earlier.id != later.id {
                let (message, help) = told(kind, owner, (earlier.id, earlier.name), (later.id, later.name));
                self.warn(later.span, message, help);
            }
        }
    }

    fn warn_of_unseen(&mut self, what: &str, text: &str, span: Span) {
        if let Some(c) = unseen(text) {
            let message = format!("{what} holds U+{:04X}, which nobody sees", u32::from(c));
            self.warn(span, message, "leave it out");
        }
    }
}

fn field<'n>(node: &'n Node, key: &str) -> Option<&'n Node> {
    let Value::Map(pairs) = &node.value else { return None };
    pairs.iter().find(|(name, _)| name.text() == Some(key)).map(|(_, value)| value)
}

fn list<'n>(node: &'n Node, key: &str) -> &'n [Node] {
    match field(node, key).map(|node| &node.value) {
        Some(Value::List(items)) => items,
        _ => &[],
    }
}

/// The texts of a value that is one, or a list of some.
fn texts(node: &Node) -> &[Node] {
    match &node.value {
        Value::List(items) => items,
        _ => std::slice::from_ref(node),
    }
}

fn named(item: &Node) -> Option<Named<'_>> {
    if let Some(id) = item.text() {
        return Some(Named { id, id_span: item.span, name: id, span: item.span });
    }
    let id = field(item, "id")?;
    let name = field(item, "name").filter(|name| name.text().is_some()).unwrap_or(id);
    Some(Named { id: id.text()?, id_span: id.span, name: name.text()?, span: name.span })
}

#[cfg(test)]
mod tests {
    use crate::Severity;

    const START: &str = "detente: 1\ntitle: Wells\n";
    const ISSUES: &str = "issues: [{id: depth, options: [deep, low]}]\n";
    const SOUTH: &str = "  - {id: south, alternative: 0, preferences: {depth: [0, 1]}}\n";

    fn found(text: &str) -> Vec<(Severity, String, String)> {
        let found = crate::read(text.as_bytes()).diagnostics;
        found.into_iter().map(|d| (d.severity, d.message, d.help)).collect()
    }

    /// A party beside another, as it is written; what is said of it.
    #[track_caller]
    fn party(written: &str, severity: Severity, message: &str, help: &str) {
        let text = format!(
            "{START}{ISSUES}parties:\n{SOUTH}  - {{{written}, alternative: 0, preferences: {{depth: [1, 0]}}}}\n"
        );
        let found = found(&text);
        assert_eq!(found, [(severity, message.to_owned(), help.to_owned())], "{written}");
    }

    #[test]
    fn ids_hold_letters_digits_hyphens_and_underscores() {
        use Severity::{Error, Warning};
        let help = "write letters, digits, `-` and `_`; `name` takes any text";
        party("id: +north", Warning, "the id `+north` holds `+`", help);
        party("id: \"no|rth\"", Warning, "the id `no|rth` holds `|`", help);
        party("id: \"nor\u{200b}th\"", Error, "the id `nor<U+200B>th` holds U+200B, which nobody sees", help);
        party("id: \"north\\u202e\"", Error, "the id `north<U+202E>` holds U+202E, which nobody sees", help);
        for id in ["nørd", "\u{43d}\u{43e}\u{440}\u{434}", "北", "شمال", "n_1-a", "e\u{301}st"] {
            let text = format!(
                "{START}{ISSUES}parties:\n{SOUTH}  - {{id: {id}, alternative: 0, preferences: {{depth: [1, 0]}}}}\n"
            );
            assert_eq!(found(&text), [], "{id}");
        }
    }

    #[test]
    fn of_an_id_and_a_name_the_one_that_holds_it_is_told() {
        let help = "write letters, digits, `-` and `_`; `name` takes any text";
        let message = "the id `p<U+202E>` holds U+202E, which nobody sees";
        party("id: \"p\\u202e\", name: \"p\"", Severity::Error, message, help);
        let issue =
            "issues: [{id: \"d\\u202e\", name: Depth, options: [{id: \"low\\u200b\", name: Low}, deep]}]\n";
        let text = format!("{START}{issue}parties:\n{}", SOUTH.replace("depth", "\"d\\u202e\""));
        let reading = crate::read(text.as_bytes());
        for (message, at) in [
            ("the id `d<U+202E>` among the issues holds U+202E, which nobody sees", "\"d\\u202e\""),
            (
                "the id `low<U+200B>` among the options of `d<U+202E>` holds U+200B, which nobody sees",
                "\"low\\u200b\"",
            ),
        ] {
            let found = reading.diagnostics.iter().find(|d| d.message == message);
            let span = found.and_then(|d| d.span).unwrap_or_else(|| panic!("{:?}", reading.diagnostics));
            assert_eq!(&text[span.start..span.end], at);
        }
        assert!(
            reading.diagnostics.iter().all(|d| !d.message.contains("the name")),
            "{:?}",
            reading.diagnostics
        );
    }

    #[test]
    fn what_looks_the_same_is_told() {
        use Severity::Warning;
        party(
            "id: north, name: south",
            Warning,
            "the parties `south` and `north` are both shown as `south`",
            "give one of them a `name` of its own",
        );
        party(
            "id: \"s\u{43e}uth\"",
            Warning,
            "the parties `south` and `s\u{43e}uth` look the same",
            "change one: character 2 is U+006F in the first and U+043E in the second",
        );
        let found = |options: &str| {
            found(&format!("{START}issues: [{{id: depth, options: {options}}}]\nparties:\n{SOUTH}"))
        };
        let told = found("[deep, \"deep\u{200b}\"]");
        assert!(
            told.iter()
                .any(|(_, message, _)| message
                    == "the options `deep` and `deep<U+200B>` of `depth` look the same"),
            "{told:?}"
        );
        assert!(
            told.iter().any(|(_, message, _)| message.contains("holds U+200B, which nobody sees")),
            "{told:?}"
        );
        assert_eq!(found("[\"1\", \"l\"]"), []);
    }

    #[test]
    fn bodies_are_compared_within_their_party() {
        let body = |party: &str, names: [&str; 2]| {
            let body = |k: usize| {
                format!("{{id: b{k}, name: {}, alternative: 0, preferences: {{depth: [0, 1]}}}}", names[k])
            };
            format!("  - {{id: {party}, bodies: [{}, {}]}}\n", body(0), body(1))
        };
        let text = |one: [&str; 2], two: [&str; 2]| {
            format!("{START}{ISSUES}parties:\n{}{}", body("p", one), body("q", two))
        };
        let ours = |text: String| -> Vec<String> {
            found(&text)
                .into_iter()
                .map(|(_, message, _)| message)
                .filter(|message| message.contains("shown as"))
                .collect()
        };
        assert_eq!(ours(text(["Senate", "House"], ["Senate", "House"])), Vec::<String>::new());
        let same = ours(text(["Senate", "Senate"], ["a", "b"]));
        assert_eq!(same, ["the bodies `b0` and `b1` of `p` are both shown as `Senate`"]);
    }
}
