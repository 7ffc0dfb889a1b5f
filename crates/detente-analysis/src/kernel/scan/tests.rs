//! What a scan finds is what a sweep finds, whatever stands in its block.

use super::*;
use crate::kernel::loops::{by_sweep, random};
use detente_cases::seeds;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

#[test]
fn a_scan_finds_what_a_sweep_finds_whatever_is_in_the_block() {
    let mut sizes = 0;
    for seed in seeds(600) {
        let d = 1 + (seed % 5) as usize;
        let n_bodies = d + (seed / 5 % 3) as usize;
        let shares: Vec<Share> =
            (0..n_bodies).map(|body| (body % d, [1, 3, 2, 1, 5, 1, 4][body % 7])).collect();
        let levels = random(seed, n_bodies);
        let known = by_sweep(&levels, &shares, d);
        sizes += known.1.len();
        for (most, alone) in [(1, 0), (4, 0), (30, u64::MAX), (BLOCK, ALONE)] {
            let scan = Scan::with(&levels, &shares, d, most, alone);
            let found = scan.frontier(&Budget::new(u64::MAX), &|_| ControlFlow::Continue(()));
            let ControlFlow::Continue(found) = found else { panic!("nobody asked to stop") };
            assert_eq!(found.finish_counted(), known, "seed {seed}, blocks of {most}");
        }
    }
    assert!(sizes > 5 * 600, "{sizes}");
}

#[test]
fn a_scan_of_many_outcomes_can_be_stopped() {
    let leaves = |k: usize| (0..64 * 2).map(|x| ((x * (k + 3)) % 61) as i64).collect();
    let level = |issue: usize| Level {
        issue,
        n: 64,
        stride: 64u64.pow(5 - issue as u32),
        leaves: leaves(issue),
        terms: Vec::new(),
        laws: Vec::new(),
    };
    let levels: Vec<Level> = (0..6).map(level).collect();
    let asked = AtomicU64::new(0);
    let stopped = Scan::new(&levels, &[(0, 1), (1, 1)], 2).frontier(&Budget::new(u64::MAX), &|_| {
        if asked.fetch_add(1, Relaxed) >= 1 { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    });
    assert!(stopped.is_break() && asked.into_inner() == 2);
}
