//! The earliest times that keep all that is asked of them.

/// A point comes so many days after another at least; less than 0 days say that the other comes no later
/// than that many days after it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Bound {
    pub(super) later: usize,
    pub(super) earlier: usize,
    pub(super) days: f64,
}

/// What rounding may add to a sum of days.
const ROUNDING: f64 = 1e-9;

/// The earliest time of each point, in days, the first at 0; nothing if no times keep every bound.
pub(super) fn earliest(n_points: usize, bounds: &[Bound]) -> Option<Vec<f64>> {
    let mut times = vec![0.0; n_points];
    // Unless bounds go round for ever, no chain of them is longer than there are points.
    for _ in 0..=n_points {
        let mut is_kept = true;
        for bound in bounds {
            let least = times[bound.earlier] + bound.days;
            if least > times[bound.later] + ROUNDING {
                times[bound.later] = least;
                is_kept = false;
            }
        }
        if times[0] > 0.0 {
            return None;
        }
        if is_kept {
            return Some(times);
        }
    }
    None
}
