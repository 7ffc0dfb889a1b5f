//! Steps in equal parts.

use detente_model::{Consequence, Draft, Duration, Number, Step, StepId, Talks, Wait};
use std::ops::Range;

/// The talks with each of these steps done in `n` equal parts, one after the other; amounts stand at their
/// means.
///
/// Steps that are done at once are divided together: their `k`-th parts are done at once. The parts of a
/// step `pay` are called `pay-1`, `pay-2` and so on; with `n` of 1 nothing changes.
///
/// # Panics
/// If `n` is 0, a step is done at once with one that is not divided, or the id of a part is taken.
pub fn divide(talks: &Talks, steps: &[StepId], n: usize) -> Talks {
    assert!(n > 0, "a step has at least one part");
    if n == 1 {
        return talks.clone();
    }
    let cut = Cut { steps: &talks.steps, divided: steps, n };
    let all = (0..talks.steps.len()).map(StepId).flat_map(|s| cut.parts_of(s)).collect();
    let draft = Draft { steps: all, ..(**talks).clone() };
    Talks::new(draft).expect("parts fit where the whole did")
}

/// Which steps are divided, and into how many parts.
struct Cut<'t> {
    steps: &'t [Step],
    divided: &'t [StepId],
    n: usize,
}

impl Cut<'_> {
    fn is_divided(&self, s: StepId) -> bool {
        self.divided.contains(&s)
    }

    /// Where the parts of a step stand afterwards; a step that is not divided is its only part.
    fn places(&self, s: StepId) -> Range<usize> {
        let width = |s: usize| if self.is_divided(StepId(s)) { self.n } else { 1 };
        let first = (0..s.0).map(width).sum();
        first..first + width(s.0)
    }

    fn all(&self, named: &[StepId]) -> Vec<StepId> {
        named.iter().flat_map(|s| self.places(*s)).map(StepId).collect()
    }

    fn last(&self, s: StepId) -> StepId {
        StepId(self.places(s).end - 1)
    }

    fn parts_of(&self, s: StepId) -> Vec<Step> {
        let step = &self.steps[s.0];
        for other in &step.together {
            let alike = self.is_divided(s) == self.is_divided(*other);
            assert!(alike, "`{}` is divided together with what is done at once", step.id);
        }
        (0..self.places(s).len()).map(|k| self.part(s, k)).collect()
    }

    /// The `k`-th part of a step, from 0 on.
    fn part(&self, s: StepId, k: usize) -> Step {
        let (step, places) = (&self.steps[s.0], self.places(s));
        let (n, is_last) = (places.len(), k + 1 == places.len());
        let mut part = step.clone();
        part.after = if k == 0 {
            let wait = |wait: &Wait| Wait { step: self.last(wait.step), time: wait.time };
            step.after.iter().map(wait).collect()
        } else {
            vec![Wait { step: StepId(places.start + k - 1), time: None }]
        };
        part.milestones = if k == 0 { self.all(&step.milestones) } else { vec![] };
        part.together = step.together.iter().map(|other| StepId(self.places(*other).start + k)).collect();
        part.responds = if is_last { self.called_for(s) } else { vec![] };
        part.includes = if is_last { self.named(s, &step.includes) } else { vec![] };
        part.excludes = if is_last { self.named(s, &step.excludes) } else { vec![] };
        if n > 1 {
            shrink(&mut part, n);
            part.id = format!("{}-{}", step.id, k + 1);
        }
        part
    }

    /// All parts of what a step names; of itself, its last part, which stands for it.
    fn named(&self, s: StepId, named: &[StepId]) -> Vec<StepId> {
        let parts = |other: &StepId| if *other == s { vec![self.last(s)] } else { self.all(&[*other]) };
        named.iter().flat_map(parts).collect()
    }

    fn called_for(&self, s: StepId) -> Vec<Wait> {
        let waits = self.steps[s.0].responds.iter();
        let calls = |wait: &Wait| {
            let time = wait.time;
            self.named(s, &[wait.step]).into_iter().map(move |step| Wait { step, time })
        };
        waits.flat_map(calls).collect()
    }
}

/// An n-th of all that a step takes and brings.
fn shrink(part: &mut Step, n: usize) {
    let n = n as f64;
    let nth = |number: &mut Number| number.settle(number.mean() / n);
    part.takes = part.takes.map(|takes| Duration { amount: takes.amount / n, ..takes });
    part.delivers.iter_mut().for_each(|(_, share)| nth(share));
    part.gives.iter_mut().for_each(|(_, amount)| nth(amount));
    part.counts.iter_mut().for_each(|Consequence { amount, .. }| nth(amount));
}
