//! The ends that are found by taking issues out are those that a sweep meets.

use super::*;
use crate::kernel::loops::random;
use crate::kernel::sweep::sweep;
use std::ops::ControlFlow;

#[test]
fn taking_issues_out_reaches_what_a_sweep_reaches() {
    let (mut nothing, mut bounded) = (0, 0);
    for seed in 0..2000 {
        let levels = random(seed, 1);
        let mut met = Ends::Nothing;
        let _ = sweep(&levels, &[0], &mut |visit| {
            met = met.or(Ends::Between(visit.utilities[0], visit.utilities[0]));
            ControlFlow::Continue(())
        });
        assert_eq!(ends(&levels), Some(met), "seed {seed}");
        let free: Vec<Level> =
            levels.iter().map(|level| Level { laws: Vec::new(), ..level.clone() }).collect();
        nothing += usize::from(met == Ends::Nothing);
        bounded += usize::from(ends(&free) != Some(met));
    }
    assert!(nothing > 5 && bounded > 100, "{nothing} {bounded}");
}
