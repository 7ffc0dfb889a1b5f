//! Pareto-minimal vectors of what each party would have to be guaranteed.

use super::exit_values::Share;

/// What is needed where no share is enough.
pub(super) const NEVER: Share = Share::MAX - 1;

/// What each party needs, 0 or more.
pub(super) type Needs = Vec<Share>;

/// What the parties need at a point with these slacks.
pub(super) fn needs(slacks: &[Share]) -> Needs {
    slacks.iter().map(|slack| need(*slack)).collect()
}

/// What a party with this slack needs.
pub(super) fn need(slack: Share) -> Share {
    if slack == Share::MIN { NEVER } else { slack.saturating_neg().max(0) }
}

/// Whether nobody needs more in the first.
pub(super) fn no_more(a: &[Share], b: &[Share]) -> bool {
    a.iter().zip(b).all(|(a, b)| a <= b)
}

/// Adds a vector to those of which none is as good as another.
pub(super) fn offer(front: &mut Vec<Needs>, vector: &[Share]) -> bool {
    if front.iter().any(|known| no_more(known, vector)) {
        return false;
    }
    front.retain(|known| !no_more(vector, known));
    front.push(vector.to_vec());
    true
}

/// Vectors with what is needed besides.
pub(super) fn with(front: &[Needs], own: &[Share]) -> Vec<Needs> {
    let mut all = Vec::new();
    for needs in front {
        let with: Needs = needs.iter().zip(own).map(|(a, b)| *a.max(b)).collect();
        offer(&mut all, &with);
    }
    all
}
