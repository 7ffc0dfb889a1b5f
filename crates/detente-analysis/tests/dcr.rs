//! What can come of graphs of conditions and responses, before a judge that walks through all of it.

use detente_analysis::{Dcr, DcrOptions, TooManyEvents, Waits, explore};
use detente_cases::random::Dice;
use detente_cases::seeds;
use detente_judge::{DcrCase, check_dcr, check_lost};
use detente_model::{Event, EventId, Graph, Relation, RelationKind};
use std::ops::ControlFlow;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

const KINDS: [RelationKind; 5] = [
    RelationKind::Condition,
    RelationKind::Response,
    RelationKind::Include,
    RelationKind::Exclude,
    RelationKind::Milestone,
];

fn event(id: usize, inside: Option<usize>, is_sub_process: bool) -> Event {
    Event { inside: inside.map(EventId), is_sub_process, ..Event::new(format!("e{id}")) }
}

fn graph(n: usize, relations: &[(RelationKind, usize, usize)]) -> Graph {
    let relation = |(kind, from, to): &(RelationKind, usize, usize)| Relation {
        kind: *kind,
        from: EventId(*from),
        to: EventId(*to),
        time: None,
        guard: None,
    };
    let events = (0..n).map(|k| event(k, None, false)).collect();
    Graph::new(events, relations.iter().map(relation).collect()).expect("a graph")
}

fn run(graph: &Graph) -> Dcr {
    explore(graph, &DcrOptions::default(), &|_| ControlFlow::Continue(())).expect("few events")
}

/// Up to five events, some of them in sub-processes, anything related to anything.
fn any_graph(seed: u64) -> Graph {
    let mut dice = Dice::new(seed);
    let n = 1 + dice.below(5);
    let mut events: Vec<Event> = Vec::new();
    for k in 0..n {
        let outer: Vec<usize> = (0..k).filter(|k| events[*k].is_sub_process).collect();
        let inside = (!outer.is_empty() && dice.chance(60)).then(|| outer[dice.below(outer.len())]);
        let is_sub_process = dice.chance(20);
        events.push(Event {
            executed: dice.chance(10),
            included: dice.chance(85),
            pending: dice.chance(20),
            ..event(k, inside, is_sub_process)
        });
    }
    let relation = |dice: &mut Dice| Relation {
        kind: KINDS[dice.below(5)],
        from: EventId(dice.below(n)),
        to: EventId(dice.below(n)),
        time: None,
        guard: None,
    };
    let relations = (0..dice.below(2 * n + 2)).map(|_| relation(&mut dice)).collect();
    Graph::new(events, relations).expect("parts fit together")
}

fn judge(graph: &Graph, found: &Dcr) {
    let case = DcrCase {
        accepting_at_start: found.accepting_at_start,
        markings: [found.markings, found.accepting, found.lost, found.dead_ends, found.livelocks],
        runs: found.runs.iter().map(|runs| (runs.total, runs.accepting)).collect(),
        never: found.never.clone(),
    };
    assert_eq!(check_dcr(graph, &case), Ok(()), "{graph:#?}");
    for way in &found.ways {
        let circle = |waits: &Waits| match waits {
            Waits::Circle(circle) => Some(circle.clone()),
            Waits::OutOfPlay { .. } | Waits::Empty(_) | Waits::Open(_) => None,
        };
        let circles: Vec<Vec<EventId>> = way.waits.iter().filter_map(circle).collect();
        let judged = check_lost(graph, &way.run, &way.due, way.dead_end, &circles);
        assert_eq!(judged, Ok(()), "{way:?} {graph:#?}");
        let open = way.waits.iter().any(|waits| matches!(waits, Waits::Open(_)));
        assert!(!(open && way.dead_end), "in a dead end nothing can be done: {way:?} {graph:#?}");
    }
    assert_eq!(found.lost > 0, !found.ways.is_empty());
}

#[test]
fn every_number_and_every_way_to_lose_stands_before_the_judge() {
    let mut raised = [0; 6];
    for seed in seeds(3000) {
        let graph = any_graph(seed);
        let found = run(&graph);
        assert!(found.complete && !found.interrupted);
        judge(&graph, &found);
        let circle = |waits: &Waits| matches!(waits, Waits::Circle(of) if of.len() > 1);
        let closed = |waits: &Waits| matches!(waits, Waits::OutOfPlay { .. });
        let says = |of: &dyn Fn(&Waits) -> bool| found.ways.iter().any(|way| way.waits.iter().any(of));
        let kinds = [
            found.markings > 20,
            found.dead_ends > 0,
            found.livelocks > 0,
            says(&circle),
            says(&closed),
            graph.events().iter().any(|event| event.inside.is_some() && found.lost < found.markings),
        ];
        raised.iter_mut().zip(kinds).for_each(|(n, kind)| *n += usize::from(kind));
    }
    detente_cases::covers(raised.iter().all(|n| *n > 2), format_args!("{raised:?}"));
}

/// One of the two example graphs of `docs/dcr.md`.
#[test]
fn the_medicine_is_given_only_after_a_signature() {
    use RelationKind::{Condition, Exclude, Include, Response};
    let [order, sign, give, doubt] = [0, 1, 2, 3];
    let found = run(&graph(
        4,
        &[
            (Condition, order, sign),
            (Condition, sign, give),
            (Condition, sign, doubt),
            (Response, order, sign),
            (Response, order, give),
            (Response, doubt, sign),
            (Include, sign, give),
            (Include, sign, doubt),
            (Exclude, give, doubt),
            (Exclude, doubt, give),
        ],
    ));
    assert_eq!((found.markings, found.accepting, found.lost), (21, 5, 0));
    let runs: Vec<(u128, u128)> = found.runs.iter().map(|runs| (runs.total, runs.accepting)).collect();
    assert_eq!(runs, [(1, 0), (2, 0), (6, 1), (20, 4), (68, 14), (232, 49)]);
}

#[test]
fn two_steps_that_wait_for_each_other_are_named() {
    use RelationKind::{Condition, Milestone, Response};
    let found = run(&graph(3, &[(Response, 0, 1), (Condition, 1, 2), (Condition, 2, 1)]));
    assert_eq!((found.lost, found.dead_ends, found.livelocks), (1, 0, 1));
    assert_eq!(found.ways[0].run, [EventId(0)]);
    assert_eq!(found.ways[0].due, [EventId(1)]);
    assert_eq!(found.ways[0].waits, [Waits::Circle(vec![EventId(1), EventId(2)])]);
    assert_eq!(found.never, [EventId(1), EventId(2)]);
    // What is due before itself never comes.
    let alone = run(&graph(2, &[(Response, 0, 1), (Milestone, 1, 1)]));
    assert_eq!(alone.ways[0].waits, [Waits::Circle(vec![EventId(1)])]);
}

#[test]
fn a_graph_too_large_to_visit_says_at_least() {
    let many = graph(24, &[]);
    let options = DcrOptions { markings: 1000, lengths: 3 };
    let found = explore(&many, &options, &|_| ControlFlow::Continue(())).expect("few events");
    assert!(!found.complete && found.markings == 1000 && found.lost == 0);
    assert_eq!(found.runs.iter().map(|runs| runs.total).collect::<Vec<_>>(), [24, 576]);
    let stopped = explore(&many, &options, &|_| ControlFlow::Break(())).expect("few events");
    assert!(stopped.interrupted && !stopped.complete && stopped.lost == 0);
    assert_eq!(
        explore(&graph(129, &[]), &options, &|_| ControlFlow::Continue(())),
        Err(TooManyEvents { most: 128 })
    );
}

/// Events of which each can be done at any time: the most steps for their number.
#[test]
fn a_graph_that_leaves_everything_open_is_looked_at_in_bounded_work() {
    let wide = graph(128, &[]);
    let looks = AtomicU64::new(0);
    let options = DcrOptions { markings: 1 << 14, lengths: 18 };
    let found = explore(&wide, &options, &|_| {
        looks.fetch_add(1, Relaxed);
        ControlFlow::Continue(())
    });
    let found = found.expect("few enough events");
    assert!(!found.complete && found.lost == 0 && found.markings == 1 << 14);
    let runs: Vec<u128> = found.runs.iter().map(|runs| runs.total).collect();
    assert_eq!(runs, [128, 128 * 128]);
    let looks = looks.into_inner();
    assert!((4..1000).contains(&looks), "{looks}");
}

#[test]
fn counting_stops_at_the_look_at_which_it_is_told_to() {
    let open = graph(24, &[]);
    let options = DcrOptions { markings: 1 << 12, lengths: 6 };
    let mut before = None;
    for allowed in 0.. {
        let looks = AtomicU64::new(0);
        let found = explore(&open, &options, &|_| {
            if looks.fetch_add(1, Relaxed) >= allowed {
                ControlFlow::Break(())
            } else {
                ControlFlow::Continue(())
            }
        });
        let found = found.expect("few events");
        let looks = looks.into_inner();
        // Whatever is begun after an interrupt ends at its first look.
        assert!(looks <= allowed + 3, "{looks} looks of {allowed}");
        if !found.interrupted {
            assert!(allowed > 3, "looked often enough");
            break;
        }
        assert!(before.is_none_or(|before| found.runs.len() >= before), "what was counted stays");
        before = Some(found.runs.len());
    }
}
