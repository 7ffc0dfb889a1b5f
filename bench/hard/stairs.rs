//! Points of two parties of which none is better for both.

/// Closer than this is equal.
const NEAR: f64 = 1e-9;

/// By the first party's utility upwards, so by the second's downwards.
#[derive(Default)]
pub(crate) struct Stairs(Vec<[f64; 2]>);

impl Stairs {
    pub(crate) fn offer(&mut self, point: [f64; 2]) {
        let all = &mut self.0;
        let at = all.partition_point(|own| own[0] < point[0] - NEAR);
        if all.get(at).is_some_and(|own| own[1] >= point[1] - NEAR) {
            return;
        }
        // The next one may be equal for the first party, those before may be worse for both.
        let end = at + usize::from(all.get(at).is_some_and(|own| own[0] <= point[0] + NEAR));
        let begin = all[..at].partition_point(|own| own[1] > point[1] + NEAR);
        all.splice(begin..end, [point]);
    }

    pub(crate) fn points(&self) -> &[[f64; 2]] {
        &self.0
    }

    /// The area below, above a corner.
    pub(crate) fn area(&self, corner: [f64; 2]) -> f64 {
        let mut left = corner[0];
        let mut area = 0.0;
        for [x, y] in &self.0 {
            area += (x - left).max(0.0) * (y - corner[1]).max(0.0);
            left = left.max(*x);
        }
        area
    }

    /// How many of the points another is better than.
    pub(crate) fn beaten_by(&self, other: &Stairs) -> usize {
        let beats = |a: &[f64; 2], b: &[f64; 2]| {
            a.iter().zip(b).all(|(a, b)| *a >= b - NEAR) && a.iter().zip(b).any(|(a, b)| *a > b + NEAR)
        };
        self.0.iter().filter(|own| other.0.iter().any(|point| beats(point, own))).count()
    }
}
