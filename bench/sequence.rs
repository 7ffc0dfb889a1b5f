//! How long the best order and the price of trust take. Run by `cargo xtask bench sequence`, which reads
//! what this prints: a line for each row, its fields parted by tabs.

use detente_analysis::{Order, SequenceOptions, sequence};
use detente_model::{
    Actor, Alternative, Body, BodyId, Draft, Issue, IssueId, IssuePreference, NamedOption, Number, OptionId,
    Options, Outcome, Party, PartyId, Preferences, Rule, Shape, StatedCost, Step, StepId, Talks, Wait,
};
use std::ops::ControlFlow;
use std::process::Command;
use std::time::Instant;

/// Uniform numbers from a seed (splitmix64, Steele, Lea and Flood 2014).
struct Dice(u64);

impl Dice {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// From 0 up to, not including, 1.
    fn uniform(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1u64 << 53) as f64
    }
}

/// What is measured: a name, and the talks.
type Row = (&'static str, fn() -> Talks);

const ROWS: [Row; 12] = [
    ("24 independent steps, 3 parties, half of what is given a gain", || exchange(24, 3, 0.5, 1, |_| vec![])),
    ("the same, another seed", || exchange(24, 3, 0.5, 2, |_| vec![])),
    ("the same, a third seed", || exchange(24, 3, 0.5, 3, |_| vec![])),
    ("24 independent steps, 3 parties, a twentieth a gain", || exchange(24, 3, 0.05, 1, |_| vec![])),
    ("24 independent steps, 3 parties, two of them large", || large(exchange(24, 3, 0.1, 1, |_| vec![]))),
    ("24 independent steps, 6 parties", || exchange(24, 6, 0.1, 1, |_| vec![])),
    ("20 independent steps, 4 parties", || exchange(20, 4, 0.3, 1, |_| vec![])),
    ("40 steps in two phases, 18 and 22", || {
        exchange(40, 3, 0.3, 1, |s| if s < 18 { vec![] } else { (0..18).collect() })
    }),
    ("40 steps in 10 chains of 4", || {
        exchange(40, 3, 0.3, 1, |s| if s < 10 { vec![] } else { vec![s - 10] })
    }),
    ("34 steps, each of 17 after two of 17", || {
        exchange(34, 3, 0.3, 1, |s| if s < 17 { vec![] } else { vec![s - 17, (s - 16) % 17] })
    }),
    ("40 steps, each of 20 after two of 20: too many sets", || {
        exchange(40, 3, 0.3, 1, |s| if s < 20 { vec![] } else { vec![s - 20, (s - 19) % 20] })
    }),
    ("60 independent steps, 3 parties: too many sets", || exchange(60, 3, 0.3, 1, |_| vec![])),
];

/// Every row in a process of its own, so that the memory of one is not that of another.
fn main() {
    let row = std::env::args().filter_map(|argument| argument.parse::<usize>().ok()).next();
    if let Some((what, talks)) = row.and_then(|row| ROWS.get(row)) {
        return measure(what, &talks());
    }
    let program = std::env::current_exe().expect("this program");
    for row in 0..ROWS.len() {
        let output = Command::new(&program).arg(row.to_string()).output().expect("this program runs");
        print!("{}", String::from_utf8_lossy(&output.stdout));
    }
}

fn measure(what: &str, talks: &Talks) {
    let deal = Outcome(vec![OptionId(1); talks.issues.len()]);
    let begin = Instant::now();
    let found = sequence(talks, &deal, &SequenceOptions::default(), &|_| ControlFlow::Continue(()))
        .expect("an answer");
    let seconds = begin.elapsed().as_secs_f64();
    let Order::Found { plan, at_most, trust, trust_proven } = &found.order else {
        panic!("no order of {what}")
    };
    let order = if *at_most <= plan.slack { "proven" } else { "open" };
    let price = if *trust_proven { "proven" } else { "open" };
    println!(
        "{what}\t{}\t{:.4}\t{order}\t{}\t{price}\t{seconds}\t{}",
        found.visited,
        plan.slack,
        trust.len(),
        megabytes()
    );
}

/// The most memory this process has had, where the system tells.
fn megabytes() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    line.and_then(|line| line.split_whitespace().next()).and_then(|kb| kb.parse::<u64>().ok()).unwrap_or(0)
        / 1024
}

/// Two steps become large, one each way between two parties: they cannot be had for what the last step
/// needs, and there is a choice of who goes first.
fn large(talks: Talks) -> Talks {
    let mut draft = (*talks).clone();
    for (step, from, to) in [(0, 0, 1), (1, 1, 0)] {
        draft.steps[step].gives =
            vec![(BodyId(to), Number::fixed(60.0)), (BodyId(from), Number::fixed(-60.0))];
    }
    Talks::new(draft).expect("still talks")
}

/// Every step costs its performer something and is worth something to the others; of what is given to a
/// party, this share is more than what its own steps cost it.
fn exchange(n: usize, parties: usize, share: f64, seed: u64, after: impl Fn(usize) -> Vec<usize>) -> Talks {
    let mut dice = Dice(seed);
    let rounded = |value: f64| (value * 1e6).round() / 1e6;
    let by: Vec<usize> = (0..n).map(|_| (dice.next() % parties as u64) as usize).collect();
    let mut gives: Vec<Vec<f64>> =
        (0..n).map(|_| (0..parties).map(|_| rounded(1.0 + 9.0 * dice.uniform())).collect()).collect();
    let sum = |gives: &[Vec<f64>], party: usize, own: bool| -> f64 {
        (0..n).filter(|s| (by[*s] == party) == own).map(|s| gives[s][party]).sum()
    };
    for party in 0..parties {
        let factor = (1.0 - share) * sum(&gives, party, false) / sum(&gives, party, true);
        (0..n).filter(|s| by[*s] == party).for_each(|s| gives[s][party] = rounded(-gives[s][party] * factor));
    }
    let own = |party: usize| gives.iter().map(|gives| gives[party]).collect::<Vec<f64>>();
    let bodies = (0..parties).map(|party| body(party, &own(party))).collect();
    let steps = (0..n).map(|s| step(s, by[s], &after(s))).collect();
    let own = |party: usize| Party {
        id: format!("p{party}"),
        name: format!("Party {party}"),
        bodies: vec![BodyId(party)],
        ratifies: Rule::One(BodyId(party)),
        because: vec![],
    };
    let option = |id: &str| NamedOption { id: id.into(), name: id.into() };
    let issue = |s: usize| Issue {
        id: format!("i{s}"),
        name: format!("What step {s} delivers"),
        options: Options::Named { options: vec![option("no"), option("yes")], ordered: false },
        status_quo: Some(OptionId(0)),
        because: vec![],
    };
    let draft =
        Draft::new("An exchange", (0..n).map(issue).collect(), (0..parties).map(own).collect(), bodies);
    Talks::new(Draft { steps, ..draft }).expect("parts that fit")
}

fn step(s: usize, by: usize, after: &[usize]) -> Step {
    Step {
        after: after.iter().map(|other| Wait { step: StepId(*other), time: None }).collect(),
        delivers: vec![(IssueId(s), Number::fixed(1.0))],
        ..Step::new(format!("s{s}"), Actor::Party(PartyId(by)))
    }
}

/// A body to which what each step delivers is worth this much.
fn body(party: usize, worth: &[f64]) -> Body {
    let values = |worth: &f64| {
        let shape = Shape::Values(vec![Number::fixed(0.0), Number::fixed(*worth)]);
        Some(IssuePreference { weight: None, shape })
    };
    Body {
        id: format!("p{party}"),
        name: format!("Party {party}"),
        party: PartyId(party),
        influence: None,
        alternative: Alternative::fixed(0.0),
        will: StatedCost::Unstated,
        strain: StatedCost::Unstated,
        reaction: None,
        discount: None,
        preferences: Preferences { issues: worth.iter().map(values).collect(), ..Preferences::default() },
        because: vec![],
    }
}
