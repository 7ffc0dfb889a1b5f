//! What an option would have to be worth more, by option and body.

use super::alone::{Least, improve};
use std::collections::BTreeMap;

/// Cells that are all held, whether anything is known of them or not: a quarter of a gigabyte.
const MOST_HELD: usize = 1 << 23;

/// A cell for each option and body: all of them, or of very many those of which something is known.
#[derive(Clone, Debug)]
pub(super) enum Cells {
    All(Vec<Option<Least>>),
    Known(BTreeMap<usize, Least>),
}

impl Cells {
    pub(super) fn new(n: usize) -> Cells {
        Cells::within(n, MOST_HELD)
    }

    fn within(n: usize, most: usize) -> Cells {
        if n > most { Cells::Known(BTreeMap::new()) } else { Cells::All(vec![None; n]) }
    }

    pub(super) fn get(&self, place: usize) -> Option<Least> {
        match self {
            Cells::All(cells) => cells.get(place).copied().flatten(),
            Cells::Known(cells) => cells.get(&place).copied(),
        }
    }

    /// Takes what was found, if it is less than what is known.
    pub(super) fn improve(&mut self, place: usize, found: Least) {
        match self {
            Cells::All(cells) => improve(&mut cells[place], found),
            Cells::Known(cells) => {
                let mut known = cells.get(&place).copied();
                improve(&mut known, found);
                cells.extend(known.map(|least| (place, least)));
            }
        }
    }

    /// What is known from one cell to before another, each with its place.
    pub(super) fn between(&self, from: usize, to: usize) -> Box<dyn Iterator<Item = (usize, Least)> + '_> {
        match self {
            Cells::All(cells) => {
                let own = cells[from..to].iter().enumerate();
                Box::new(own.filter_map(move |(k, cell)| cell.map(|least| (from + k, least))))
            }
            Cells::Known(cells) => Box::new(cells.range(from..to).map(|(place, least)| (*place, *least))),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_very_many_cells_only_what_is_known_is_held() {
        let n = 100;
        let (mut few, mut many) = (Cells::within(n, n), Cells::within(n, n - 1));
        for (place, steps, rank) in [(7, 5, 3), (n - 2, 1, 1), (7, 4, 9), (7, 4, 8), (7, 6, 0)] {
            let least = Least { steps, rank, probability: 1.0 };
            few.improve(place, least);
            many.improve(place, least);
        }
        let known = |cells: &Cells, from: usize, to: usize| -> Vec<(usize, i64, u64)> {
            cells.between(from, to).map(|(place, own)| (place, own.steps, own.rank)).collect()
        };
        for (from, to) in [(0, n), (7, 8), (8, n - 2)] {
            assert_eq!(known(&few, from, to), known(&many, from, to));
        }
        assert_eq!(known(&many, 0, n), [(7, 4, 8), (n - 2, 1, 1)]);
        assert!(many.get(7).is_some() && many.get(8).is_none());
        assert!(matches!(many, Cells::Known(cells) if cells.len() == 2));
    }
}
