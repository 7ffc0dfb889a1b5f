//! Every marking that can be reached, breadth first.

use super::rules::{Marking, Rules};
use super::{Dcr, DcrOptions, Lost, Runs, waits};
use crate::bits::members;
use crate::ticker::Watch;
use detente_model::EventId;
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// Most ways to lose that are told.
const MAX_WAYS: usize = 20;
/// Longest runs that are counted: 128 events to this power fit the numbers.
const MAX_LENGTH: usize = 18;
/// Most steps from marking to marking that are held, which bounds the memory: 4 bytes for each way.
const MAX_EDGES: usize = 1 << 25;
/// Most steps that are taken to count runs.
const MAX_RUN_STEPS: u64 = 1 << 24;
/// Most lost markings whose reasons are compared.
const MAX_COMPARED: usize = 1 << 14;
/// Markings between two looks at the watcher.
const PATIENCE: usize = 1 << 6;

/// The markings visited, by rising length of the shortest run.
#[derive(Default)]
struct Visited {
    markings: Vec<Marking>,
    /// From where each was first reached, and by which event.
    from: Vec<Option<(u32, u8)>>,
    /// Where each leads, in the order of events: those of marking k from `edges[starts[k]]` on.
    edges: Vec<u32>,
    starts: Vec<u32>,
    possible: u128,
    complete: bool,
    interrupted: bool,
}

/// Everything that can come of a graph.
pub(super) fn all(rules: &Rules, options: &DcrOptions, watch: Watch<'_>) -> Dcr {
    let mut visited = visit(rules, options.markings.clamp(1, u32::MAX as usize), watch);
    let runs =
        if visited.interrupted { Vec::new() } else { runs(rules, options, &mut visited.interrupted, watch) };
    let n = visited.markings.len();
    let accepting: Vec<bool> = visited.markings.iter().map(|marking| rules.accepts(*marking)).collect();
    // What was not followed may lead anywhere.
    let open = |k: usize| !visited.complete && k + 1 >= visited.starts.len();
    let backwards = visited.backwards();
    let saved = backwards.reach((0..n).filter(|k| accepting[*k] || open(*k)));
    let ends: Vec<usize> = (0..n).filter(|k| !saved[*k] && visited.leads(*k).is_empty()).collect();
    let ending = backwards.reach(ends.iter().copied());
    let lost: Vec<usize> = (0..n).filter(|k| !saved[*k]).collect();
    let single = members(rules.single & !visited.possible).map(EventId);
    Dcr {
        accepting_at_start: accepting[0],
        markings: n as u64,
        accepting: accepting.iter().filter(|is| **is).count() as u64,
        lost: lost.len() as u64,
        dead_ends: ends.len() as u64,
        livelocks: lost.iter().filter(|k| !ending[**k]).count() as u64,
        ways: ways(rules, &visited, &lost, &saved, watch),
        never: single.collect(),
        complete: visited.complete,
        interrupted: visited.interrupted,
        runs,
    }
}

fn visit(rules: &Rules, most: usize, watch: Watch<'_>) -> Visited {
    let mut visited = Visited { starts: vec![0], complete: true, ..Visited::default() };
    let mut known: HashMap<Marking, u32> = HashMap::from([(rules.start, 0)]);
    visited.markings.push(rules.start);
    visited.from.push(None);
    let mut k = 0;
    while k < visited.markings.len() {
        if k % PATIENCE == 0 && watch((k as f64 / most as f64).min(1.0)).is_break() {
            visited.interrupted = true;
            break;
        }
        let marking = visited.markings[k];
        let begun = visited.edges.len();
        for event in rules.enabled(marking) {
            let next = rules.after(marking, event);
            let at = match known.get(&next) {
                _ if visited.edges.len() >= MAX_EDGES => None,
                Some(at) => Some(*at),
                None if visited.markings.len() >= most => None,
                None => {
                    let at = visited.markings.len() as u32;
                    known.insert(next, at);
                    visited.markings.push(next);
                    visited.from.push(Some((k as u32, event as u8)));
                    Some(at)
                }
            };
            let Some(at) = at else {
                visited.complete = false;
                break;
            };
            visited.possible |= 1 << event;
            visited.edges.push(at);
        }
        if !visited.complete {
            visited.edges.truncate(begun);
            break;
        }
        visited.starts.push(visited.edges.len() as u32);
        k += 1;
    }
    visited.complete &= !visited.interrupted;
    visited
}

impl Visited {
    /// Where a marking leads.
    fn leads(&self, k: usize) -> &[u32] {
        match self.starts.get(k..k + 2) {
            Some([from, to]) => &self.edges[*from as usize..*to as usize],
            _ => &[],
        }
    }

    /// The same edges from their ends.
    fn backwards(&self) -> Backwards {
        let n = self.markings.len();
        let mut starts = vec![0u32; n + 1];
        self.edges.iter().for_each(|to| starts[*to as usize + 1] += 1);
        (0..n).for_each(|k| starts[k + 1] += starts[k]);
        let (mut next, mut edges) = (starts.clone(), vec![0u32; self.edges.len()]);
        for k in 0..n {
            for to in self.leads(k) {
                edges[next[*to as usize] as usize] = k as u32;
                next[*to as usize] += 1;
            }
        }
        Backwards { starts, edges }
    }

    /// The events of a shortest run to a marking.
    fn run(&self, k: usize) -> Vec<EventId> {
        let (mut run, mut at) = (Vec::new(), k);
        while let Some((before, event)) = self.from[at] {
            run.push(EventId(event as usize));
            at = before as usize;
        }
        run.reverse();
        run
    }
}

struct Backwards {
    starts: Vec<u32>,
    edges: Vec<u32>,
}

impl Backwards {
    /// The markings from which one of some can be reached.
    fn reach(&self, of: impl Iterator<Item = usize>) -> Vec<bool> {
        let mut reached = vec![false; self.starts.len() - 1];
        let mut ahead: Vec<usize> = of.collect();
        ahead.iter().for_each(|k| reached[*k] = true);
        while let Some(k) = ahead.pop() {
            for before in &self.edges[self.starts[k] as usize..self.starts[k + 1] as usize] {
                if !reached[*before as usize] {
                    reached[*before as usize] = true;
                    ahead.push(*before as usize);
                }
            }
        }
        reached
    }
}

/// How markings are lost: the shortest runs into them, by what is due and why. A marking that is lost
/// because all that follows is, is not told beside that.
fn ways(rules: &Rules, visited: &Visited, lost: &[usize], saved: &[bool], watch: Watch<'_>) -> Vec<Lost> {
    let mut told: BTreeSet<(Vec<EventId>, Vec<super::Waits>)> = BTreeSet::new();
    let mut ways = Vec::new();
    let is_first = |k: &&usize| visited.from[**k].is_none_or(|(before, _)| saved[before as usize]);
    let ends = |k: &&usize| visited.leads(**k).is_empty();
    let (entries, others): (Vec<&usize>, Vec<&usize>) = lost.iter().partition(|k| is_first(k) || ends(k));
    for (n, k) in entries.into_iter().chain(others).take(MAX_COMPARED).enumerate() {
        let stopped = n % PATIENCE == 0 && watch(1.0).is_break();
        if ways.len() == MAX_WAYS || (stopped && n > 0) {
            break;
        }
        let marking = visited.markings[*k];
        let due: Vec<EventId> = members(rules.all_due(marking)).map(EventId).collect();
        let waits = waits::of(rules, marking);
        if told.insert((due.clone(), waits.clone())) {
            ways.push(Lost { run: visited.run(*k), due, dead_end: visited.leads(*k).is_empty(), waits });
        }
    }
    ways.sort_by_key(|way: &Lost| (way.run.len(), way.run.clone()));
    ways
}

/// The runs by length, without telling markings apart that are the same.
fn runs(rules: &Rules, options: &DcrOptions, interrupted: &mut bool, watch: Watch<'_>) -> Vec<Runs> {
    let mut layer: BTreeMap<Marking, u128> = BTreeMap::from([(rules.start, 1)]);
    let (mut runs, mut steps) = (Vec::new(), 0);
    while runs.len() < options.lengths.min(MAX_LENGTH) {
        let mut next: BTreeMap<Marking, u128> = BTreeMap::new();
        for (k, (marking, count)) in layer.into_iter().enumerate() {
            if k % PATIENCE == 0 && watch(1.0).is_break() {
                *interrupted = true;
                return runs;
            }
            for event in rules.enabled(marking) {
                *next.entry(rules.after(marking, event)).or_default() += count;
                steps += 1;
            }
            if next.len() > options.markings || steps > MAX_RUN_STEPS {
                return runs;
            }
        }
        let accepting = next.iter().filter(|(marking, _)| rules.accepts(**marking)).map(|(_, count)| count);
        runs.push(Runs { total: next.values().sum(), accepting: accepting.sum() });
        layer = next;
    }
    runs
}
