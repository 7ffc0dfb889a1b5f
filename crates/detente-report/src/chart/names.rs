//! Names beside marks, where there is room for them.

use super::svg::Drawing;

/// Marks nearer than this share one number.
const NEAR: f64 = 16.0;
/// Height and width of a letter of a mark's name.
const LETTER: (f64, f64) = (10.0, 6.6);

/// Names beside marks, none over another.
pub(super) struct Names {
    /// Left, top, right and bottom of where a name may stand.
    within: [f64; 4],
    waiting: Vec<(&'static str, (f64, f64), String)>,
    /// Left, top, right and bottom of marks and of what is written.
    taken: Vec<[f64; 4]>,
}

impl Names {
    pub(super) fn within(within: [f64; 4]) -> Names {
        Names { within, waiting: Vec::new(), taken: Vec::new() }
    }

    /// A mark that no name may cover: its place, and how far it reaches from there.
    pub(super) fn avoid(&mut self, (x, y): (f64, f64), reach: f64) {
        self.taken.push([x - reach, y - reach, x + reach, y + reach]);
    }

    pub(super) fn keep(&mut self, class: &'static str, mark: (f64, f64), says: &str) {
        self.waiting.push((class, mark, says.to_owned()));
    }

    /// Over all marks, so that none hides a name.
    pub(super) fn write(mut self, drawing: &mut Drawing) {
        for (class, mark, says) in std::mem::take(&mut self.waiting) {
            self.place(drawing, class, mark, &says);
        }
    }

    /// Writes a name where there is room: right or left of the mark, below or above, then further off.
    fn place(&mut self, drawing: &mut Drawing, class: &str, (x, y): (f64, f64), says: &str) {
        let width = LETTER.1 * says.chars().count() as f64;
        let mut places = Vec::new();
        for far in 0..6 {
            let off = 12.0 * f64::from(far);
            for (right, down) in
                [(true, 12.0 + off), (true, -5.0 - off), (false, 12.0 + off), (false, -5.0 - off)]
            {
                let left = if right { x + 7.0 } else { x - 7.0 - width };
                places.push([left, y + down - LETTER.0, left + width, y + down]);
            }
        }
        let [left, top, right, bottom] = self.within;
        let inside =
            |place: &[f64; 4]| place[0] >= left && place[1] >= top && place[2] <= right && place[3] <= bottom;
        let covered = |place: &[f64; 4]| self.taken.iter().filter(|other| overlap(place, other)).count();
        let first = places[0];
        // Where no place is free, the first of those that cover least.
        let place = places.into_iter().filter(inside).min_by_key(covered).unwrap_or(first);
        drawing.text(class, "start", (place[0], place[3]), says);
        self.taken.push(place);
    }
}

pub(super) fn overlap(a: &[f64; 4], b: &[f64; 4]) -> bool {
    a[0] < b[2] && b[0] < a[2] && a[1] < b[3] && b[1] < a[3]
}

/// Numbers from 1, by the first of them that lies near.
pub(super) fn clusters(at: &[(f64, f64)]) -> Vec<((f64, f64), Vec<usize>)> {
    let mut clusters: Vec<((f64, f64), Vec<usize>)> = Vec::new();
    for (k, (x, y)) in at.iter().enumerate() {
        let near = |place: &(f64, f64)| (place.0 - x).hypot(place.1 - y) < NEAR;
        match clusters.iter_mut().find(|(place, _)| near(place)) {
            Some((_, numbers)) => numbers.push(k + 1),
            None => clusters.push(((*x, *y), vec![k + 1])),
        }
    }
    clusters
}

/// `1-3, 5`.
pub(crate) fn spans(numbers: &[usize]) -> String {
    let mut spans: Vec<(usize, usize)> = Vec::new();
    for n in numbers {
        match spans.last_mut() {
            Some((_, last)) if *last + 1 == *n => *last = *n,
            _ => spans.push((*n, *n)),
        }
    }
    let say = |(first, last): &(usize, usize)| match last - first {
        0 => first.to_string(),
        1 => format!("{first}, {last}"),
        _ => format!("{first}–{last}"),
    };
    spans.iter().map(say).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_covers_no_mark() {
        let mut names = Names::within([0.0, 0.0, 100.0, 100.0]);
        let marks = [(50.0, 50.0), (60.0, 57.0), (62.0, 43.0)];
        marks.iter().for_each(|mark| names.avoid(*mark, 3.0));
        let mut drawing = Drawing::default();
        names.place(&mut drawing, "deal-name", marks[0], "1");
        let name = names.taken.last().copied().unwrap_or_default();
        assert!(names.taken[..3].iter().all(|mark| !overlap(mark, &name)), "{name:?}");
    }

    #[test]
    fn deals_that_lie_together_share_a_number() {
        let found = clusters(&[(0.0, 0.0), (100.0, 0.0), (3.0, 4.0), (0.0, 1.0), (100.0, 1.0)]);
        let numbers: Vec<&[usize]> = found.iter().map(|(_, numbers)| &numbers[..]).collect();
        assert_eq!(numbers, [&[1, 3, 4][..], &[2, 5]]);
        assert_eq!(spans(&[1, 3, 4, 6, 7, 8]), "1, 3, 4, 6–8");
    }
}
