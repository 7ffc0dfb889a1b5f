//! Graphs as the editor of dcr-js saves them ("Editor XML"): what stands on the board is an element each.

use super::{GRAPH, Reader};
use crate::xml::place;
use detente_model::{Event, EventId, Relation, RelationKind};
use roxmltree::Node;

/// The board of a file that the editor saved: inside `definitions`, or the first element itself.
pub(super) fn board<'a, 'i>(root: Node<'a, 'i>) -> Option<Node<'a, 'i>> {
    let is_board =
        |node: &Node<'a, 'i>| node.is_element() && node.tag_name().name().eq_ignore_ascii_case(GRAPH);
    if is_board(&root) {
        let is_portal = |child: Node<'_, '_>| matches!(child.tag_name().name(), "specification" | "runtime");
        let on_it = |child: Node<'_, '_>| kind_of(child).is_some() || is(child, "relation");
        return (!root.children().any(is_portal) && root.children().any(on_it)).then_some(root);
    }
    root.children().find(is_board)
}

/// What an element of the board is.
#[derive(Clone, Copy, PartialEq)]
enum Kind {
    Event,
    Nesting,
    SubProcess,
}

fn kind_of(node: Node<'_, '_>) -> Option<Kind> {
    let name = node.tag_name().name();
    [("event", Kind::Event), ("nesting", Kind::Nesting), ("subProcess", Kind::SubProcess)]
        .into_iter()
        .find(|(known, _)| name.eq_ignore_ascii_case(known))
        .map(|(_, kind)| kind)
}

fn is(node: Node<'_, '_>, name: &str) -> bool {
    node.is_element() && node.tag_name().name().eq_ignore_ascii_case(name)
}

impl Reader {
    /// Reads a board; other boards and drawings beside it are not a part of the graph.
    pub(super) fn editor(
        &mut self,
        root: Node<'_, '_>,
        board: Node<'_, '_>,
    ) -> Option<(Vec<Event>, Vec<Relation>)> {
        for other in root.children().filter(|node| *node != board && is(*node, GRAPH)) {
            self.warn(
                place(other, "id"),
                "this is a second graph; the first is read",
                "put each into its own file",
            );
        }
        self.on_board(board, None, 0);
        if self.events.is_empty() && self.diagnostics.is_empty() {
            self.error(place(board, ""), "there is no event", "add at least one");
            return None;
        }
        let mut relations = Vec::new();
        for node in board.descendants().filter(|node| is(*node, "relation")) {
            if let Some(kind) = self.relation_kind(node) {
                self.relation(node, kind, ["sourceRef", "targetRef"], &mut relations);
            }
        }
        Some((std::mem::take(&mut self.events), relations))
    }

    /// The events directly on the board, or in one of its elements; a nesting stands for what it holds.
    fn on_board(&mut self, of: Node<'_, '_>, inside: Option<EventId>, depth: usize) -> Vec<EventId> {
        let mut all = Vec::new();
        for node in of.children().filter(Node::is_element) {
            let Some(kind) = kind_of(node) else {
                if !is(node, "relation") {
                    self.leave_out(place(node, ""), format!("`{}` is not read", node.tag_name().name()));
                }
                continue;
            };
            if self.is_too_deep(node, depth) {
                break;
            }
            let Some(id) = self.own_id(node) else { continue };
            let own = match kind {
                Kind::Nesting => self.on_board(node, inside, depth + 1),
                Kind::Event | Kind::SubProcess => {
                    let own = self.placed(node, id, inside, kind == Kind::SubProcess);
                    if kind == Kind::SubProcess {
                        self.on_board(node, Some(own), depth + 1);
                    } else if let Some(held) = node.children().find(|child| kind_of(*child).is_some()) {
                        let message = format!("an event stands inside `{id}`, which is an event itself");
                        self.error(place(held, "id"), message, "put it into a nesting or a sub-process");
                    }
                    vec![own]
                }
            };
            self.known.insert(id.to_owned(), own.clone());
            all.extend(own);
        }
        all
    }

    /// An event or a sub-process with its marking.
    fn placed(
        &mut self,
        node: Node<'_, '_>,
        id: &str,
        inside: Option<EventId>,
        is_sub_process: bool,
    ) -> EventId {
        let text = |key: &str| node.attribute(key).map(str::trim).filter(|text| !text.is_empty());
        let role = text("role").map(str::to_owned);
        let name = text("description").unwrap_or(id).split_whitespace().collect::<Vec<_>>().join(" ");
        let event = Event {
            name,
            role,
            inside,
            is_sub_process,
            included: self.marked(node, "included", true),
            executed: self.marked(node, "executed", false),
            pending: self.marked(node, "pending", false),
            ..Event::new(id)
        };
        self.events.push(event);
        EventId(self.events.len() - 1)
    }

    fn marked(&mut self, node: Node<'_, '_>, key: &str, otherwise: bool) -> bool {
        let Some(text) = node.attribute(key).map(str::trim).filter(|text| !text.is_empty()) else {
            return otherwise;
        };
        match text.to_ascii_lowercase().as_str() {
            "true" | "1" => true,
            "false" | "0" => false,
            _ => {
                let taken = if otherwise { "true" } else { "false" };
                let message =
                    format!("`{text}` is neither `true` nor `false`; `{key}` is taken to be `{taken}`");
                self.warn(place(node, key), message, "write `true` or `false`");
                otherwise
            }
        }
    }

    fn relation_kind(&mut self, node: Node<'_, '_>) -> Option<RelationKind> {
        let text = node.attribute("type").unwrap_or_default();
        Some(match text.trim().to_ascii_lowercase().as_str() {
            "condition" => RelationKind::Condition,
            "response" => RelationKind::Response,
            "include" => RelationKind::Include,
            "exclude" => RelationKind::Exclude,
            "milestone" => RelationKind::Milestone,
            "" => {
                let help = "write `condition`, `response`, `include`, `exclude` or `milestone`";
                self.error(place(node, "type"), "a relation needs a `type`", help);
                return None;
            }
            _ => {
                self.leave_out(place(node, "type"), format!("relations of the type `{text}` are not read"));
                return None;
            }
        })
    }
}
