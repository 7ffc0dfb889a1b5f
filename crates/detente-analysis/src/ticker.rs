//! How far a sweep is, and whether to go on.

use std::ops::ControlFlow;

/// Called now and then with the share done, 0 to 1, from any thread; 0 where that is not known. Breaking stops the
/// analysis; one that broke breaks at every later call.
pub type Watch<'a> = &'a (dyn Fn(f64) -> ControlFlow<()> + Sync);

/// Tells the watcher now and then how far a sweep is.
pub(crate) struct Ticker<'w> {
    watch: Watch<'w>,
    from: f64,
    to: f64,
    of: f64,
    done: u64,
    every: u64,
}

/// Outcomes between two looks at the watcher, where each takes so many operations.
pub(crate) fn patience(work: u64) -> u64 {
    ((1 << 22) / work.max(1)).clamp(1, 1 << 15)
}

impl<'w> Ticker<'w> {
    /// For a sweep of so many outcomes that is this part of the whole.
    pub(crate) fn new(from: f64, to: f64, of: f64, every: u64, watch: Watch<'w>) -> Ticker<'w> {
        Ticker { watch, from, to, of, done: 0, every }
    }

    pub(crate) fn tick(&mut self) -> ControlFlow<()> {
        self.done += 1;
        if self.done.is_multiple_of(self.every) {
            let share = (self.done as f64 / self.of).min(1.0);
            return (self.watch)(self.from + (self.to - self.from) * share);
        }
        ControlFlow::Continue(())
    }
}
