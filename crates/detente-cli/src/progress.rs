//! Interrupts, and progress on a terminal.

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use std::io::IsTerminal as _;
use std::ops::ControlFlow;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

/// Short work shows nothing.
const PATIENCE: Duration = Duration::from_millis(400);

/// Watches long work: shows how far it is and stops it on an interrupt.
pub(crate) struct Watcher {
    stop: Arc<AtomicBool>,
    bar: Option<ProgressBar>,
    since: Instant,
}

impl Watcher {
    pub(crate) fn new(quiet: bool) -> Watcher {
        let stop = Arc::new(AtomicBool::new(false));
        let flag = Arc::clone(&stop);
        // Without a handler an interrupt ends the program, which is the same but says less.
        let _ = ctrlc::set_handler(move || flag.store(true, Ordering::Relaxed));
        let bar = (!quiet && std::io::stderr().is_terminal()).then(bar);
        Watcher { stop, bar, since: Instant::now() }
    }

    pub(crate) fn tick(&mut self, share: f64) -> ControlFlow<()> {
        if let Some(bar) = self.bar.as_ref().filter(|_| self.since.elapsed() > PATIENCE) {
            bar.set_position((share * 100.0) as u64);
        }
        if self.stop.load(Ordering::Relaxed) { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    }

    /// Whether somebody asked to stop.
    pub(crate) fn stopped(&self) -> bool {
        self.stop.load(Ordering::Relaxed)
    }

    pub(crate) fn finish(self) {
        if let Some(bar) = self.bar {
            bar.finish_and_clear();
        }
    }
}

fn bar() -> ProgressBar {
    let bar = ProgressBar::with_draw_target(Some(100), ProgressDrawTarget::stderr());
    let style = ProgressStyle::with_template("looking at deals {bar:30} {percent}%");
    bar.with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()))
}
