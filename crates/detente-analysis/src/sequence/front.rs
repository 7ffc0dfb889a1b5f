//! Pareto-minimal vectors of what each party would have to be guaranteed.

use super::stakes::Share;
use std::collections::HashMap;

/// What each party needs, 0 or more; the largest number where no share is enough.
pub(super) type Needs = Vec<Share>;

/// What the parties need at a point with these slacks.
pub(super) fn needs(slacks: &[Share]) -> Needs {
    slacks.iter().map(|slack| need(*slack)).collect()
}

/// What a party with this slack needs.
pub(super) fn need(slack: Share) -> Share {
    if slack == Share::MIN { Share::MAX } else { (-slack).max(0) }
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

/// Sets of vectors, each kept once.
pub(super) struct Fronts {
    known: HashMap<Vec<Needs>, u32>,
    all: Vec<Vec<Needs>>,
    numbers: usize,
}

impl Fronts {
    pub(super) fn new() -> Fronts {
        Fronts { known: HashMap::new(), all: Vec::new(), numbers: 0 }
    }

    pub(super) fn get(&self, id: u32) -> &[Needs] {
        &self.all[id as usize]
    }

    /// How many numbers are kept.
    pub(super) fn size(&self) -> usize {
        self.numbers
    }

    pub(super) fn keep(&mut self, mut front: Vec<Needs>) -> u32 {
        front.sort_unstable();
        if let Some(id) = self.known.get(&front) {
            return *id;
        }
        let id = self.all.len() as u32;
        self.numbers += front.iter().map(Vec::len).sum::<usize>();
        self.known.insert(front.clone(), id);
        self.all.push(front);
        id
    }
}
