//! Points in the unit cube, by number: the same point whichever thread asks, and in whatever order.
//!
//! Sobol points (Sobol 1967) with the directions of Joe and Kuo (2008), moved by random digital shifts:
//! each replicate is the same even net, its digits exchanged in a random way, so that every point is
//! uniform and the replicates are independent of each other. Their spread measures the error
//! (L'Ecuyer and Lemieux 2002).

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng as _, SeedableRng as _};

/// How points are spread.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Spread {
    /// Evenly: Sobol points with random digital shifts.
    Even,
    /// Each for itself, at random.
    Plain,
}

/// Most points of a replicate, as a power of two.
const BITS: usize = 32;

/// Words of a stream that a point takes for one coordinate.
const WORDS: u128 = 2;

/// A source of points of one dimension.
pub(crate) struct Points {
    spread: Spread,
    seed: u64,
    d: usize,
    /// By bit of the number of a point and by coordinate.
    directions: Vec<u64>,
    /// Coordinates that have directions; those beyond are drawn at random.
    even: usize,
}

/// One replicate of the points.
pub(crate) struct Replicate<'p> {
    points: &'p Points,
    shift: Vec<u64>,
    /// Room for the digits of a point.
    digits: Vec<u64>,
    stream: ChaCha8Rng,
}

impl Points {
    pub(crate) fn new(spread: Spread, seed: u64, d: usize) -> Points {
        let even = if spread == Spread::Even { d.min(MAX_EVEN) } else { 0 };
        let columns: Vec<[u64; BITS]> = columns().take(even).collect();
        let directions = (0..BITS).flat_map(|bit| columns.iter().map(move |column| column[bit])).collect();
        Points { spread, seed, d, directions, even }
    }

    /// The k-th replicate.
    pub(crate) fn replicate(&self, k: u64) -> Replicate<'_> {
        let mut stream = ChaCha8Rng::seed_from_u64(self.seed);
        // Even and plain points share no random number.
        stream.set_stream(2 * k + u64::from(self.spread == Spread::Even));
        let shift: Vec<u64> = (0..self.even).map(|_| stream.next_u64()).collect();
        Replicate { points: self, digits: vec![0; self.even], shift, stream }
    }
}

impl Replicate<'_> {
    /// The i-th point; every coordinate lies strictly between 0 and 1.
    pub(crate) fn point(&mut self, i: u64, into: &mut [f64]) {
        let Points { d, even, directions, .. } = self.points;
        assert_eq!(into.len(), *d, "one place for each coordinate");
        self.digits.copy_from_slice(&self.shift);
        for bit in (0..BITS).filter(|bit| i >> bit & 1 == 1) {
            for (digits, direction) in self.digits.iter_mut().zip(&directions[bit * even..]) {
                *digits ^= direction;
            }
        }
        let (evenly, at_random) = into.split_at_mut(*even);
        for (u, digits) in evenly.iter_mut().zip(&self.digits) {
            *u = unit(*digits);
        }
        if !at_random.is_empty() {
            let at = *even as u128 + u128::from(i) * at_random.len() as u128;
            self.stream.set_word_pos(at * WORDS);
            at_random.iter_mut().for_each(|u| *u = unit(self.stream.next_u64()));
        }
    }
}

/// The middle of one of 2^52 equal parts of the unit interval.
fn unit(digits: u64) -> f64 {
    ((digits >> 12) as f64 + 0.5) / (1u64 << 52) as f64
}

/// Coordinates that have directions: the first, and one a line of the file.
const MAX_EVEN: usize = 1000;

/// The directions of one coordinate after another, by bit, as binary fractions of 64 digits.
fn columns() -> impl Iterator<Item = [u64; BITS]> {
    let lines = include_str!("directions.txt").lines().filter(|line| !line.starts_with('#'));
    let first: [u64; BITS] = std::array::from_fn(|bit| 1 << (63 - bit));
    std::iter::once(first).chain(lines.map(column))
}

/// The recurrence of a primitive polynomial over the field of two elements.
fn column(line: &str) -> [u64; BITS] {
    let numbers: Vec<u64> = line.split(' ').filter_map(|text| text.parse().ok()).collect();
    let (polynomial, starts) = (numbers[0], &numbers[1..]);
    let degree = starts.len();
    let mut column = [0u64; BITS];
    for bit in 0..BITS {
        if let Some(start) = starts.get(bit) {
            column[bit] = start << (63 - bit);
            continue;
        }
        let last = column[bit - degree];
        let inner = (1..degree).filter(|k| polynomial >> (degree - 1 - k) & 1 == 1);
        column[bit] = inner.fold(last ^ (last >> degree), |sum, k| sum ^ column[bit - k]);
    }
    column
}

#[cfg(test)]
mod tests {
    use super::*;

    fn unshifted(d: usize, n: u64) -> Vec<Vec<f64>> {
        let points = Points::new(Spread::Even, 0, d);
        let mut replicate = points.replicate(0);
        replicate.shift.fill(0);
        let mut point = vec![0.0; d];
        let each = |i| {
            replicate.point(i, &mut point);
            point.iter().map(|u| u - 0.5 / (1u64 << 52) as f64).collect()
        };
        (0..n).map(each).collect()
    }

    #[test]
    fn the_first_points_are_the_published_ones() {
        // Joe and Kuo's notes on their generator: the points in three dimensions, in the order of their
        // generator, which is that of the Gray code of the number.
        let published = [
            [0.0, 0.0, 0.0],
            [0.5, 0.5, 0.5],
            [0.75, 0.25, 0.25],
            [0.25, 0.75, 0.75],
            [0.375, 0.375, 0.625],
            [0.875, 0.875, 0.125],
            [0.625, 0.125, 0.875],
            [0.125, 0.625, 0.375],
            [0.1875, 0.3125, 0.9375],
            [0.6875, 0.8125, 0.4375],
        ];
        let points = unshifted(3, 16);
        for (i, expected) in published.iter().enumerate() {
            assert_eq!(points[i ^ (i >> 1)], expected, "point {i}");
        }
    }

    #[test]
    fn every_coordinate_meets_every_part_once() {
        let n = 256;
        for (k, point) in (0..MAX_EVEN).step_by(97).map(|k| (k, unshifted(k + 1, n))) {
            let mut parts: Vec<u64> = point.iter().map(|point| (point[k] * n as f64) as u64).collect();
            parts.sort_unstable();
            assert_eq!(parts, (0..n).collect::<Vec<_>>(), "coordinate {k}");
        }
    }

    #[test]
    fn a_point_depends_on_its_number_alone() {
        for spread in [Spread::Even, Spread::Plain] {
            // More coordinates than there are directions.
            let points = Points::new(spread, 7, MAX_EVEN + 3);
            let (mut one, mut other) = (vec![0.0; MAX_EVEN + 3], vec![0.0; MAX_EVEN + 3]);
            let mut replicate = points.replicate(3);
            replicate.point(41, &mut one);
            replicate.point(5, &mut other);
            assert_ne!(one, other);
            points.replicate(3).point(5, &mut one);
            assert_eq!(one, other);
            points.replicate(4).point(5, &mut one);
            assert_ne!(one, other);
            assert!(one.iter().all(|u| 0.0 < *u && *u < 1.0));
        }
    }

    #[test]
    fn plain_points_are_uniform_and_independent() {
        let points = Points::new(Spread::Plain, 11, 2);
        let (mut replicate, mut point, n) = (points.replicate(0), [0.0; 2], 40_000);
        let (mut sum, mut product) = (0.0, 0.0);
        for i in 0..n {
            replicate.point(i, &mut point);
            sum += point[0];
            product += (point[0] - 0.5) * (point[1] - 0.5);
        }
        // Four standard errors: 0.2887 / 200 and 0.0833 / 200.
        assert!((sum / n as f64 - 0.5).abs() < 0.0058, "{sum}");
        assert!((product / n as f64).abs() < 0.0017, "{product}");
    }
}
