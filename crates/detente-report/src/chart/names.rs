//! Names beside marks, where there is room for them.

use super::letters::{reach, width};
use super::svg::{Drawing, area};

/// Marks nearer than this share one number.
const NEAR: f64 = 16.0;
/// Room between two labels on one line.
const GAP: f64 = 4.0;

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

    /// A text that no name may cover.
    pub(super) fn avoid_text(&mut self, class: &str, anchor: &str, at: (f64, f64), says: &str) {
        self.taken.push(area(class, anchor, at, says));
    }

    /// Writes a text at the first of some places, each with its anchor, where it covers nothing; says whether
    /// there is one.
    pub(super) fn write_free(
        &mut self,
        drawing: &mut Drawing,
        class: &str,
        places: &[(&str, (f64, f64))],
        says: &str,
    ) -> bool {
        let free = |place: &[f64; 4]| {
            let wider = wider(place);
            self.holds(place) && !self.taken.iter().any(|own| overlap(&wider, own))
        };
        let mut areas = places.iter().map(|(anchor, at)| (anchor, at, area(class, anchor, *at, says)));
        let Some((anchor, at, place)) = areas.find(|(_, _, place)| free(place)) else { return false };
        drawing.text(class, anchor, *at, says);
        self.taken.push(place);
        true
    }

    fn holds(&self, place: &[f64; 4]) -> bool {
        let [left, top, right, bottom] = self.within;
        place[0] >= left && place[1] >= top && place[2] <= right && place[3] <= bottom
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
        let (wide, (above, below)) = (width(class, says), reach(class));
        let mut places = Vec::new();
        for far in 0..6 {
            let off = 12.0 * f64::from(far);
            for (right, down) in
                [(true, 12.0 + off), (true, -5.0 - off), (false, 12.0 + off), (false, -5.0 - off)]
            {
                let left = if right { x + 7.0 } else { x - 7.0 - wide };
                places.push([left, y + down - above, left + wide, y + down + below]);
            }
        }
        let covered = |place: &[f64; 4]| {
            let wider = wider(place);
            self.taken.iter().filter(|other| overlap(&wider, other)).count()
        };
        let first = places[0];
        // Where no place is free, the first of those that cover least.
        let place = places.into_iter().filter(|place| self.holds(place)).min_by_key(covered).unwrap_or(first);
        drawing.text(class, "start", (place[0], place[3] - below), says);
        self.taken.push(place);
    }
}

/// A place with room to the next text on its line.
fn wider([left, top, right, bottom]: &[f64; 4]) -> [f64; 4] {
    [left - GAP, *top, right + GAP, *bottom]
}

pub(super) fn overlap(a: &[f64; 4], b: &[f64; 4]) -> bool {
    a[0] < b[2] && b[0] < a[2] && a[1] < b[3] && b[1] < a[3]
}

/// Labels of an axis from left to right, each with its middle: between two ends, and none over another. Where all
/// have no room, every second or third is left.
pub(super) fn labels(ticks: Vec<(f64, String)>, (left, right): (f64, f64)) -> Vec<(f64, String)> {
    let half = |label: &str| width("tick", label) / 2.0;
    let middle = |(x, label): &(f64, String)| {
        x.clamp(left + half(label), (right - half(label)).max(left + half(label)))
    };
    let apart = |pair: &[(f64, String)]| {
        middle(&pair[0]) + half(&pair[0].1) + GAP <= middle(&pair[1]) - half(&pair[1].1)
    };
    let of = |every: usize| ticks.iter().step_by(every).cloned().collect::<Vec<_>>();
    let shown = (1..=ticks.len()).map(of).find(|some| some.windows(2).all(apart)).unwrap_or_default();
    shown.into_iter().map(|tick| (middle(&tick), tick.1)).collect()
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
    fn names_on_one_line_do_not_run_into_each_other() {
        let mut names = Names::within([0.0, 0.0, 200.0, 40.0]);
        let mut drawing = Drawing::default();
        names.place(&mut drawing, "deal-name", (10.0, 10.0), "3, 5");
        let end = names.taken[0][2];
        names.place(&mut drawing, "deal-name", (end - 6.0, 10.0), "1, 2, 4");
        assert!(!overlap(&wider(&names.taken[1]), &names.taken[0]), "{:?}", names.taken);
        assert!(names.write_free(&mut drawing, "tick", &[("start", (150.0, 22.0))], "0"));
        assert!(!names.write_free(&mut drawing, "tick", &[("end", (149.0, 22.0))], "1"));
    }

    #[test]
    fn labels_of_an_axis_stay_inside_and_apart() {
        let ticks = |labels: &[&str]| {
            let n = labels.len() as f64 - 1.0;
            labels.iter().enumerate().map(|(k, says)| (100.0 * k as f64 / n, (*says).to_owned())).collect()
        };
        let shown = labels(ticks(&["0", "50", "100"]), (0.0, 100.0));
        assert_eq!(shown.len(), 3);
        assert!(shown[0].0 > 3.0 && shown[1].0 == 50.0 && shown[2].0 < 91.0, "{shown:?}");
        let wide = ["0", "50,000", "100,000", "150,000", "200,000"];
        let shown: Vec<String> =
            labels(ticks(&wide), (0.0, 100.0)).into_iter().map(|(_, says)| says).collect();
        assert_eq!(shown, ["0", "150,000"]);
    }

    #[test]
    fn deals_that_lie_together_share_a_number() {
        let found = clusters(&[(0.0, 0.0), (100.0, 0.0), (3.0, 4.0), (0.0, 1.0), (100.0, 1.0)]);
        let numbers: Vec<&[usize]> = found.iter().map(|(_, numbers)| &numbers[..]).collect();
        assert_eq!(numbers, [&[1, 3, 4][..], &[2, 5]]);
        assert_eq!(spans(&[1, 3, 4, 6, 7, 8]), "1, 3, 4, 6–8");
    }
}
