//! What the operating system hands over: outputs that may be closed, and threads that may not start.

use crate::output::Failure;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Condvar, Mutex};
use std::thread;

/// Whether stdout was closed when the program was started.
static STDOUT_CLOSED: AtomicBool = AtomicBool::new(false);

/// Whether this thread does everything.
static ALONE: AtomicBool = AtomicBool::new(false);

/// Run before `main`: the standard library opens closed outputs to nowhere before it calls that, and then nobody can
/// tell a closed output from one that somebody sends to nowhere on purpose.
#[cfg(any(target_os = "linux", target_os = "macos"))]
#[expect(unsafe_code, reason = "no safe attribute says that a function runs before `main`")]
#[used]
// SAFETY: the section holds pointers to functions of this type, which the loader calls once, one after another; what
// this one does needs nothing that `main` prepares.
#[cfg_attr(target_os = "linux", unsafe(link_section = ".init_array"))]
#[cfg_attr(target_os = "macos", unsafe(link_section = "__DATA,__mod_init_func"))]
static BEFORE_MAIN: extern "C" fn() = look_at_stdout;

#[cfg(any(target_os = "linux", target_os = "macos"))]
extern "C" fn look_at_stdout() {
    let is_missing = |path: &str| {
        std::fs::symlink_metadata(path).is_err_and(|error| error.kind() == std::io::ErrorKind::NotFound)
    };
    STDOUT_CLOSED.store(!is_missing("/dev/fd/.") && is_missing("/dev/fd/1"), Ordering::Relaxed);
}

/// Whether stdout was closed when the program was started.
pub(crate) fn stdout_was_closed() -> bool {
    STDOUT_CLOSED.load(Ordering::Relaxed)
}

/// A file that may not grow any further is an error to tell, like a full disk, and not the end of the program.
pub(crate) fn outlive_full_files() {
    #[cfg(unix)]
    {
        // If no handler can be set, the program ends where it would have said why.
        let _ = signal_hook::flag::register(signal_hook::consts::SIGXFSZ, Arc::new(AtomicBool::new(false)));
    }
}

/// Starts the threads that work is shared among: as many as are asked for, or as can be had. Where there can be none
/// beside this one, it does everything.
pub(crate) fn start_threads() -> Result<(), Failure> {
    let asked = asked_for();
    let mut n = asked;
    while n > 0 && !can_start(n + SPARE) {
        n /= 2;
    }
    ALONE.store(n == 0, Ordering::Relaxed);
    let pool = match n {
        0 => rayon::ThreadPoolBuilder::new().num_threads(1).use_current_thread(),
        // Threads that only just fit leave no room for what they are to do.
        _ if n < asked => rayon::ThreadPoolBuilder::new().num_threads(n.div_ceil(2)),
        _ => rayon::ThreadPoolBuilder::new().num_threads(n),
    };
    pool.build_global().map_err(|error| {
        Failure::new(format!(
            "cannot start threads: {error}; allow more of them, or set `RAYON_NUM_THREADS=1`"
        ))
    })
}

/// Whether no other thread can be had: what is given to one then would wait for this one.
pub(crate) fn is_alone() -> bool {
    ALONE.load(Ordering::Relaxed)
}

/// Threads beside those that work is shared among: they listen for interrupts and show progress.
const SPARE: usize = 2;
/// More threads only take room.
const MOST: usize = 256;

/// `RAYON_NUM_THREADS`, or one for each core.
fn asked_for() -> usize {
    let asked = std::env::var("RAYON_NUM_THREADS").ok().and_then(|n| n.parse().ok()).filter(|n| *n > 0);
    asked.unwrap_or_else(|| thread::available_parallelism().map_or(1, usize::from)).min(MOST)
}

/// Whether so many threads can be there at once: a pool that fails to start cannot be started again.
fn can_start(n: usize) -> bool {
    let gate = Arc::new((Mutex::new(false), Condvar::new()));
    let wait = |gate: Arc<(Mutex<bool>, Condvar)>| {
        let Ok(open) = gate.0.lock() else { return };
        drop(gate.1.wait_while(open, |open| !*open));
    };
    let mut started = Vec::new();
    while started.len() < n {
        let gate = Arc::clone(&gate);
        match thread::Builder::new().spawn(move || wait(gate)) {
            Ok(handle) => started.push(handle),
            Err(_) => break,
        }
    }
    let all = started.len() == n;
    if let Ok(mut open) = gate.0.lock() {
        *open = true;
    }
    gate.1.notify_all();
    for handle in started {
        let _ = handle.join();
    }
    all
}
