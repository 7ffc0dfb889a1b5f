//! Interrupts, and progress on a terminal.
//!
//! What an interrupt does depends on what the command is at. While files are read and checked nothing is known yet:
//! the command ends. While something is worked out, whoever works looks at a flag, and what does not come to an end
//! soon after it, this part or a later one, is left behind, so that what is known can be said. While the result is
//! written it has as long. A second interrupt ends the command at once.

use crate::files;
use crate::startup;
use detente_analysis::{Space, Watch};
use detente_model::Talks;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use std::cell::Cell;
use std::io::IsTerminal as _;
use std::ops::ControlFlow;
use std::panic::resume_unwind;
use std::sync::atomic::{AtomicBool, AtomicU8, AtomicU64, AtomicUsize, Ordering};
use std::sync::mpsc::{RecvTimeoutError, SyncSender, sync_channel};
use std::sync::{Arc, Mutex, OnceLock};
use std::thread;
use std::time::{Duration, Instant};

/// Short work shows nothing.
const PATIENCE: Duration = Duration::from_millis(400);
/// How often progress is shown, and an interrupt looked for, while another thread works.
const LOOK: Duration = Duration::from_millis(50);
/// How long everything that is still to be worked out may take after an interrupt.
const GRACE: Duration = Duration::from_millis(600);
/// Room for recursion, as on the first thread of a process: only what is used is taken.
const STACK: usize = 64 << 20;

/// Whether somebody asked to stop.
static STOP: AtomicBool = AtomicBool::new(false);
/// When somebody asked first.
static ASKED: OnceLock<Instant> = OnceLock::new();
static STAGE: AtomicU8 = AtomicU8::new(READING);
/// Files that are being written.
static WRITING: AtomicUsize = AtomicUsize::new(0);

const READING: u8 = 0;
const WORKING: u8 = 1;
const SAYING: u8 = 2;

/// What an interrupt does from here on.
pub(crate) fn listen() {
    // Without a handler an interrupt ends the program, which is the same but says less.
    let _ = ctrlc::set_handler(|| {
        ASKED.get_or_init(Instant::now);
        let again = STOP.swap(true, Ordering::SeqCst);
        match STAGE.load(Ordering::SeqCst) {
            WORKING if !again => {}
            SAYING if !again => {
                let end_later = || {
                    thread::sleep(GRACE);
                    end();
                };
                let _ = thread::Builder::new().spawn(end_later);
            }
            _ => end(),
        }
    });
}

/// Ends the command where it stands, but leaves no file half written.
fn end() -> ! {
    let since = Instant::now();
    while WRITING.load(Ordering::SeqCst) > 0 && since.elapsed() < GRACE {
        thread::sleep(Duration::from_millis(5));
    }
    files::remove_unfinished();
    std::process::exit(130)
}

/// A file that is being written; an interrupt waits for it.
pub(crate) struct Writing;

impl Writing {
    pub(crate) fn begin() -> Writing {
        WRITING.fetch_add(1, Ordering::SeqCst);
        Writing
    }
}

impl Drop for Writing {
    fn drop(&mut self) {
        WRITING.fetch_sub(1, Ordering::SeqCst);
    }
}

/// Watches long work: shows how far it is and stops it on an interrupt.
pub(crate) struct Watcher {
    bar: Option<ProgressBar>,
    since: Instant,
    /// The share done, as bits.
    share: Arc<AtomicU64>,
    /// Whether some work was left behind.
    left: Cell<bool>,
}

/// Whether somebody asked to stop.
pub(crate) fn stopped() -> bool {
    STOP.load(Ordering::Relaxed)
}

/// Whether somebody asked to stop so long ago that nothing is waited for any more.
fn out_of_time() -> bool {
    ASKED.get().is_some_and(|asked| asked.elapsed() > GRACE)
}

impl Watcher {
    pub(crate) fn new(quiet: bool) -> Watcher {
        STAGE.store(WORKING, Ordering::SeqCst);
        let bar = (!quiet && std::io::stderr().is_terminal()).then(bar);
        Watcher { bar, since: Instant::now(), share: Arc::default(), left: Cell::new(false) }
    }

    /// What comes of some work; nothing if it was asked to stop and did not, or was to begin long after an
    /// interrupt. Work that did not stop is left behind and ends with the process.
    pub(crate) fn ask<T: Send + 'static>(
        &self,
        work: impl FnOnce(Watch<'_>) -> T + Send + 'static,
    ) -> Option<T> {
        if out_of_time() {
            self.left.set(true);
            return None;
        }
        let (done, found) = sync_channel(1);
        self.share.store(0, Ordering::Relaxed);
        let share = Arc::clone(&self.share);
        let job = move |done: SyncSender<T>| {
            let look = |so_far: f64| {
                // Shares from 0 to 1 are in the order of their bits; some parts do not know how far all is.
                share.fetch_max(so_far.to_bits(), Ordering::Relaxed);
                if stopped() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
            };
            // Nobody listens any more if the work was left behind.
            let _ = done.send(work(&look));
        };
        let job = Arc::new(Mutex::new(Some(job)));
        let own = Arc::clone(&job);
        let run = move |done| {
            let job = own.lock().ok().and_then(|mut job| job.take());
            if let Some(job) = job {
                job(done);
            }
        };
        let elsewhere = done.clone();
        let spawn = || thread::Builder::new().stack_size(STACK).spawn(move || run(elsewhere)).ok();
        match Some(spawn).filter(|_| !startup::is_alone()).and_then(|spawn| spawn()) {
            Some(worker) => {
                drop(done);
                let told = self.wait(&found);
                if matches!(told, Err(RecvTimeoutError::Disconnected))
                    && let Err(panic) = worker.join()
                {
                    resume_unwind(panic);
                }
                self.left.set(self.left.get() || told.is_err());
                told.ok()
            }
            // Where no thread can be had, an interrupt is seen as soon as the work looks.
            None => {
                let job = job.lock().ok().and_then(|mut job| job.take());
                job?(done);
                found.try_recv().ok()
            }
        }
    }

    /// The talks compiled, until the process ends; nothing if it was asked to stop before.
    pub(crate) fn compiled(&self, talks: &'static Talks) -> Option<&'static Space<'static>> {
        let space = self.ask(move |watch| Space::compile(talks, watch))?.continue_value()?;
        Some(Box::leak(Box::new(space)))
    }

    fn wait<T>(&self, found: &std::sync::mpsc::Receiver<T>) -> Result<T, RecvTimeoutError> {
        loop {
            match found.recv_timeout(LOOK) {
                Err(RecvTimeoutError::Timeout) => {}
                told => return told,
            }
            if let Some(bar) = self.bar.as_ref().filter(|_| self.since.elapsed() > PATIENCE) {
                bar.set_position((f64::from_bits(self.share.load(Ordering::Relaxed)) * 100.0) as u64);
            }
            if out_of_time() {
                return Err(RecvTimeoutError::Timeout);
            }
        }
    }

    /// Something that was asked to stop is left out.
    pub(crate) fn leave_out(&self) {
        self.left.set(true);
    }

    /// That something is left out because it did not stop in time.
    pub(crate) fn left_out(&self) -> Option<String> {
        self.left.get().then(|| "it was stopped, and what was being worked out then is left out".into())
    }

    pub(crate) fn finish(self) {
        STAGE.store(SAYING, Ordering::SeqCst);
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
