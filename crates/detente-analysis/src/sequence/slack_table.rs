//! How much slack everybody has when some groups of steps are done, by tables over their bits.

use super::course::Course;
use super::exit_values::{ExitValues, Share, Steps, share};
use crate::bits::members;

/// Groups of steps of one piece, one bit each.
pub(super) type Set = u64;

/// A body's slack over the sets of a piece.
struct Dial {
    body: usize,
    /// Slack where none of the piece is done.
    start: i64,
    /// By byte of the set: what is lost of the slack.
    losses: Vec<[i64; 256]>,
    /// What is lost when all of some are done.
    terms: Vec<(Set, i64)>,
    gain: i64,
    is_free: bool,
}

/// The slacks over the sets of a piece, given what was done before it.
pub(super) struct SlackTable<'s> {
    exit_values: &'s ExitValues,
    dials: Vec<Dial>,
    bodies: Vec<Share>,
}

impl<'s> SlackTable<'s> {
    /// For groups that are the bits of a set, after steps that are done.
    pub(super) fn new(
        exit_values: &'s ExitValues,
        course: &Course,
        done: Steps,
        groups: &[usize],
    ) -> SlackTable<'s> {
        let steps: Vec<Steps> = groups.iter().map(|group| course.groups[*group]).collect();
        let dials =
            (0..exit_values.bodies.len()).map(|body| dial(exit_values, body, course.all(), done, &steps));
        let dials: Vec<Dial> = dials.collect();
        SlackTable { exit_values, dials, bodies: vec![0; exit_values.bodies.len()] }
    }

    /// What each body has to lose by walking away, in its grid steps.
    pub(super) fn steps(&self, set: Set, out: &mut [i64]) {
        for dial in &self.dials {
            out[dial.body] = dial.slack(set);
        }
    }

    /// The slack of each party, its guarantee included.
    pub(super) fn slacks(&mut self, set: Set, out: &mut [Share]) {
        for dial in &self.dials {
            self.bodies[dial.body] = dial.share(set);
        }
        self.exit_values.parties(&self.bodies, out);
    }
}

impl Dial {
    fn share(&self, set: Set) -> Share {
        if self.is_free { Share::MAX } else { share(self.slack(set), self.gain) }
    }

    fn slack(&self, set: Set) -> i64 {
        let mut slack = self.start;
        for (k, losses) in self.losses.iter().enumerate() {
            slack -= losses[(set >> (8 * k)) as usize & 255];
        }
        for (all, loss) in &self.terms {
            slack -= if set & all == *all { *loss } else { 0 };
        }
        slack
    }
}

fn dial(exit_values: &ExitValues, body: usize, all: Steps, done: Steps, groups: &[Steps]) -> Dial {
    let exit_value = &exit_values.bodies[body];
    let parts = |steps: Steps| members(steps).map(|s| exit_value.parts[s]).sum::<i64>();
    let mut start = exit_value.going_on(all) - exit_value.start() - parts(done);
    let mut losses = vec![[0; 256]; groups.len().div_ceil(8).max(1)];
    for (k, group) in groups.iter().enumerate() {
        let (table, bit) = (&mut losses[k / 8], 1 << (k % 8));
        let own = parts(*group);
        for byte in (0..256).filter(|byte| byte & bit != 0) {
            table[byte] += own;
        }
    }
    let mut terms = Vec::new();
    for term in &exit_value.terms {
        let last = term.left.first().map_or(0, |(_, amount)| *amount);
        let open = term.steps & !done;
        if open == 0 {
            start -= last;
            continue;
        }
        let inside = groups.iter().fold(0, |all, group| all | group);
        if open & !inside == 0 {
            let own = |k: &usize| groups[*k] & open != 0;
            let set = (0..groups.len()).filter(own).fold(0, |set: Set, k| set | 1 << k);
            terms.push((set, last));
        }
    }
    Dial { body, start, losses, terms, gain: exit_value.gain(), is_free: exit_value.alternative.is_none() }
}
