//! How far a number has to move until something flips.

use super::moved_body::Seen;
use crate::will::{Verdict, key};

/// The smallest step tried, as a share of the scale: any change, however small.
const LEAST: f64 = 1e-9;
/// The first step of the grid on which a flip is looked for, its last, and how much each is longer
/// than the one before.
const FIRST: f64 = 1e-6;
const MOST: f64 = 4.0;
const RATIO: f64 = 1.2;
/// How often the distance between the last step without a flip and the first with one is halved.
const HALVINGS: usize = 50;

/// Where a number can go.
#[derive(Clone, Copy, Debug)]
pub(super) struct Line {
    pub(super) now: f64,
    /// What counts as a change of size 1.
    pub(super) scale: f64,
    /// The lowest and the highest value it may have.
    pub(super) lowest: f64,
    pub(super) highest: f64,
}

impl Line {
    fn value(&self, sign: f64, size: f64) -> f64 {
        (self.now + sign * size).clamp(self.lowest, self.highest)
    }
}

/// What can be flipped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Question {
    Verdict,
    Best,
}

pub(super) const QUESTIONS: [Question; 2] = [Question::Verdict, Question::Best];

/// How things are.
#[derive(Clone, Copy, Debug)]
pub(super) struct Present {
    pub(super) verdict: Verdict,
    pub(super) target: f64,
    pub(super) best: f64,
    /// Whether there is a best deal.
    pub(super) deal: bool,
}

impl Present {
    pub(super) fn verdict(&self, seen: &Seen) -> Verdict {
        if !seen.zone {
            Verdict::NoTerms
        } else if seen.best < self.target {
            Verdict::NoWill
        } else {
            Verdict::WithinReach
        }
    }

    /// Whether something is otherwise than at present; what differs in rounding alone is not.
    pub(super) fn flips(&self, question: Question, seen: &Seen) -> bool {
        match question {
            Question::Verdict => {
                let verdict = self.verdict(seen);
                let terms = verdict == Verdict::NoTerms || self.verdict == Verdict::NoTerms;
                verdict != self.verdict && (terms || key(seen.best - self.best) != 0)
            }
            Question::Best => self.deal && key(seen.best - seen.star) > 0,
        }
    }
}

/// A change that flips something.
#[derive(Clone, Copy, Debug)]
pub(super) struct Hit {
    pub(super) to: f64,
    pub(super) share: f64,
    pub(super) seen: Seen,
}

/// The smallest changes found that flip the verdict and the best deal. `at` tells what would be at a
/// value; nothing if the number cannot have it.
pub(super) fn search(
    line: &Line,
    present: &Present,
    at: &mut dyn FnMut(f64) -> Option<Seen>,
) -> [Option<Hit>; 2] {
    let up = one_way(line, 1.0, present, at);
    let down = one_way(line, -1.0, present, at);
    [nearer(up[0], down[0]), nearer(up[1], down[1])]
}

/// The smaller of two changes; upwards if they are equal to twelve digits.
pub(super) fn nearer(up: Option<Hit>, down: Option<Hit>) -> Option<Hit> {
    match (up, down) {
        (Some(up), Some(down)) if down.share < up.share * (1.0 - 1e-12) => Some(down),
        (up, down) => up.or(down),
    }
}

fn one_way(
    line: &Line,
    sign: f64,
    present: &Present,
    at: &mut dyn FnMut(f64) -> Option<Seen>,
) -> [Option<Hit>; 2] {
    let room = if sign > 0.0 { line.highest - line.now } else { line.now - line.lowest };
    let mut hits = [None; 2];
    let mut before = 0.0;
    for share in shares() {
        let size = (share * line.scale).min(room);
        if size <= before || hits.iter().all(Option::is_some) {
            break;
        }
        let Some(seen) = at(line.value(sign, size)) else { break };
        for (hit, question) in hits.iter_mut().zip(QUESTIONS) {
            if hit.is_none() && present.flips(question, &seen) {
                let mut flipped = |seen: &Seen| present.flips(question, seen);
                *hit = Some(narrow(line, sign, (before, size, seen), &mut flipped, at));
            }
        }
        before = size;
    }
    hits
}

/// Steps from the smallest on, as shares of the scale.
fn shares() -> impl Iterator<Item = f64> {
    let grid = std::iter::successors(Some(FIRST), |share| Some(share * RATIO));
    std::iter::once(LEAST).chain(grid.take_while(|share| *share < MOST)).chain([MOST])
}

/// Halves the distance between a step without a flip and one with a flip; the shortest of all is
/// not halved.
fn narrow(
    line: &Line,
    sign: f64,
    (mut inside, mut outside, mut seen): (f64, f64, Seen),
    flipped: &mut dyn FnMut(&Seen) -> bool,
    at: &mut dyn FnMut(f64) -> Option<Seen>,
) -> Hit {
    for _ in 0..if inside > 0.0 { HALVINGS } else { 0 } {
        let middle = (inside + outside) / 2.0;
        let value = line.value(sign, middle);
        if value == line.value(sign, inside) || value == line.value(sign, outside) {
            break;
        }
        match at(value).filter(|seen| flipped(seen)) {
            Some(closer) => (outside, seen) = (middle, closer),
            None => inside = middle,
        }
    }
    let to = line.value(sign, outside);
    Hit { to, share: (to - line.now).abs() / line.scale, seen }
}
