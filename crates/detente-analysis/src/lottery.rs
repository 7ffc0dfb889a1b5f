//! The four solutions over lotteries between two outcomes, for two single-body parties that must
//! both agree: the convex hull of all feasible outcomes, cut at the alternatives.
//!
//! Only the hull's upper right side matters. After the cut it is a chain of segments along which
//! one side's surplus falls and the other's rises, ever more slowly.

use crate::solutions::Aim;
use detente_model::Outcome;

/// An outcome and its probability within a lottery.
#[derive(Clone, Debug, PartialEq)]
pub struct Share {
    /// Between 0 and 1; a lottery's weights sum to 1.
    pub weight: f64,
    /// The outcome drawn with it.
    pub outcome: Outcome,
}

/// A place on the chain: between vertex `from` and the next, `t` of the way.
#[derive(Clone, Copy, Debug)]
struct Place {
    from: usize,
    t: f64,
    at: [f64; 2],
}

/// The efficient side of the hull as surpluses, first party's surplus falling.
pub(crate) struct Chain {
    /// Position in the frontier and surpluses.
    vertices: Vec<(usize, [f64; 2])>,
    /// What a surplus of 1 of each side is in a sum.
    sums: [f64; 2],
}

impl Chain {
    /// From the frontier in steps, sorted by the first coordinate downwards.
    pub(crate) fn new(
        frontier: &[(Vec<i64>, u64)],
        alternatives: [i64; 2],
        units: [f64; 2],
        sums: [f64; 2],
    ) -> Chain {
        let mut hull: Vec<usize> = Vec::new();
        for next in 0..frontier.len() {
            while let [.., a, b] = hull[..] {
                // The middle point stays unless it lies inside the line past it. One on the line stays too: a deal is not
                // told as a draw between others, and a draw is between the nearest.
                if turn(&frontier[a].0, &frontier[b].0, &frontier[next].0) >= 0 {
                    break;
                }
                hull.pop();
            }
            hull.push(next);
        }
        let surplus = |k: usize| {
            let v = &frontier[k].0;
            [(v[0] - alternatives[0]) as f64 * units[0], (v[1] - alternatives[1]) as f64 * units[1]]
        };
        Chain { vertices: hull.into_iter().map(|k| (k, surplus(k))).collect(), sums }
    }

    /// The solution as weights on positions in the frontier; nothing if no lottery is without loss.
    pub(crate) fn solve(&self, aim: Aim) -> Option<Vec<(f64, usize)>> {
        let places = self.cut();
        let (first, last) = (places.first()?.at, places.last()?.at);
        let ideal = [first[0], last[1]];
        let best = match aim {
            Aim::Nash => self.largest_product(&places),
            Aim::KalaiSmorodinsky => self.along_ray(&places, ideal),
            Aim::Egalitarian => self.along_ray(&places, [1.0, 1.0]),
            Aim::Utilitarian => self.largest_sum(&places, ideal),
        };
        Some(self.weights(best))
    }

    /// The places that remain after both surpluses are required not to be negative: the ends, and
    /// the vertices between them.
    fn cut(&self) -> Vec<Place> {
        let vertices = &self.vertices;
        let mut places = Vec::new();
        for k in 0..vertices.len() {
            let here = vertices[k].1;
            if let Some(next) = vertices.get(k + 1).map(|v| v.1) {
                let inside = |t: f64| Place { from: k, t, at: between(here, next, t) };
                let enters = (here[1] < 0.0 && next[1] >= 0.0).then(|| -here[1] / (next[1] - here[1]));
                let leaves = (here[0] >= 0.0 && next[0] < 0.0).then(|| here[0] / (here[0] - next[0]));
                if here[0] >= 0.0 && here[1] >= 0.0 {
                    places.push(inside(0.0));
                }
                let cuts = [enters, leaves].into_iter().flatten().map(inside);
                places.extend(cuts.filter(|place| place.at[0] >= -1e-9 && place.at[1] >= -1e-9));
            } else if here[0] >= 0.0 && here[1] >= 0.0 {
                places.push(Place { from: k, t: 0.0, at: here });
            }
        }
        for place in &mut places {
            place.at = place.at.map(|surplus| surplus.max(0.0));
        }
        places
    }

    fn largest_product(&self, places: &[Place]) -> Place {
        let best_between = |pair: &[Place]| {
            let (a, b) = (pair[0].at, pair[1].at);
            let d = [b[0] - a[0], b[1] - a[1]];
            // (a0 + s d0)(a1 + s d1) is largest where its derivative vanishes.
            let s = (-(a[0] * d[1] + a[1] * d[0]) / (2.0 * d[0] * d[1])).clamp(0.0, 1.0);
            along(pair, s)
        };
        let product = |place: &Place| place.at[0] * place.at[1];
        let inner = places.windows(2).map(best_between);
        highest(places.iter().copied().chain(inner), product)
    }

    /// The place where the chain meets the ray from the alternatives in this direction, or the end
    /// nearest to it; a zero component is left out.
    fn along_ray(&self, places: &[Place], direction: [f64; 2]) -> Place {
        if direction[0] <= 0.0 || direction[1] <= 0.0 {
            let sum = |place: &Place| place.at[0] + place.at[1];
            return highest(places.iter().copied(), sum);
        }
        let side = |at: [f64; 2]| at[0] / direction[0] - at[1] / direction[1];
        let crossing = places.windows(2).find(|pair| side(pair[0].at) >= 0.0 && side(pair[1].at) <= 0.0);
        match crossing {
            Some(pair) => {
                let (before, after) = (side(pair[0].at), side(pair[1].at));
                let s = if before > after { before / (before - after) } else { 0.0 };
                along(pair, s)
            }
            None => {
                let lowest = |place: &Place| (place.at[0] / direction[0]).min(place.at[1] / direction[1]);
                highest(places.iter().copied(), lowest)
            }
        }
    }

    /// The largest sum; along a segment of equal sums, nearest to equal shares of the ideal.
    fn largest_sum(&self, places: &[Place], ideal: [f64; 2]) -> Place {
        let sum = |place: &Place| place.at[0] * self.sums[0] + place.at[1] * self.sums[1];
        let best = sum(&highest(places.iter().copied(), sum));
        let tied: Vec<Place> =
            places.iter().copied().filter(|place| (sum(place) - best).abs() <= 1e-9 * best).collect();
        self.along_ray(&tied, ideal)
    }

    fn weights(&self, place: Place) -> Vec<(f64, usize)> {
        let here = (1.0 - place.t, self.vertices[place.from].0);
        let next = self.vertices.get(place.from + 1).map(|vertex| (place.t, vertex.0));
        [Some(here), next].into_iter().flatten().filter(|(weight, _)| *weight > 0.0).collect()
    }
}

/// Positive if the chain bends outwards at `b`.
fn turn(a: &[i64], b: &[i64], c: &[i64]) -> i128 {
    let d = |p: &[i64], q: &[i64], k: usize| i128::from(p[k]) - i128::from(q[k]);
    d(b, a, 0) * d(c, b, 1) - d(b, a, 1) * d(c, b, 0)
}

fn between(a: [f64; 2], b: [f64; 2], t: f64) -> [f64; 2] {
    [a[0] + (b[0] - a[0]) * t, a[1] + (b[1] - a[1]) * t]
}

/// A place on the segment between two neighbouring places of the chain.
fn along(pair: &[Place], s: f64) -> Place {
    let end = if pair[1].from == pair[0].from { pair[1].t } else { 1.0 };
    let t = pair[0].t + (end - pair[0].t) * s;
    let at = between(pair[0].at, pair[1].at, s);
    if s >= 1.0 { pair[1] } else { Place { from: pair[0].from, t, at } }
}

/// The first place with the highest value.
fn highest(places: impl Iterator<Item = Place>, value: impl Fn(&Place) -> f64) -> Place {
    let mut best: Option<(f64, Place)> = None;
    for place in places {
        let v = value(&place);
        if best.is_none_or(|(known, _)| v > known) {
            best = Some((v, place));
        }
    }
    best.map_or(Place { from: 0, t: 0.0, at: [0.0; 2] }, |(_, place)| place)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What a pie of so many pieces can be divided into, each piece worth 1 to either side.
    fn pie(pieces: i64) -> Chain {
        let frontier: Vec<(Vec<i64>, u64)> = (0..=pieces).map(|k| (vec![pieces - k, k], k as u64)).collect();
        Chain::new(&frontier, [0, 0], [1.0, 1.0], [1.0, 1.0])
    }

    #[test]
    fn a_deal_on_the_line_between_others_is_no_draw_of_these() {
        for aim in [Aim::Nash, Aim::KalaiSmorodinsky, Aim::Egalitarian] {
            let found = pie(10).solve(aim).expect("all of it can be divided");
            assert_eq!(found.iter().map(|(_, k)| *k).collect::<Vec<_>>(), [5], "{aim:?}: {found:?}");
        }
    }

    #[test]
    fn a_draw_is_between_the_nearest_deals() {
        for aim in [Aim::Nash, Aim::KalaiSmorodinsky, Aim::Egalitarian] {
            let found = pie(9).solve(aim).expect("all of it can be divided");
            assert_eq!(found.iter().map(|(_, k)| *k).collect::<Vec<_>>(), [4, 5], "{aim:?}: {found:?}");
        }
    }
}
