//! Acceptances that go together: a one-factor Gaussian copula, integrated over the common factor.
//!
//! Body b's cost follows a score `a M + sqrt(1 - a^2) E`, with `a` its loading, M common to all and E its
//! own, both standard normal (Vasicek 1987; Li 2000). It accepts where its score is at most `z`, with `z`
//! the normal quantile of its probability of accepting, whatever its cost is distributed like. Given M,
//! bodies are independent.

mod phi;

use detente_model::{BodyId, Correlation, Talks, normal_at_most, normal_quantile};
use phi::{CERTAIN, Phi};
use std::ops::Range;

/// How closely the acceptances of bodies go together.
#[derive(Debug)]
pub(crate) struct Copula {
    /// By body: its loading, and how much of its score is its own.
    loadings: Vec<(f64, f64)>,
    /// Moods, evenly spaced about 0, and their weights, which sum to 1.
    factors: Vec<f64>,
    step: f64,
    weights: Vec<f64>,
    /// The weights of all factor values before each, and of all.
    sums: Vec<f64>,
    phi: Phi,
    /// Whether the factor alone decides for some body.
    steep: bool,
    /// Whether it decides for every body that follows it at all.
    only_steep: bool,
}

/// A body's acceptance by factor.
#[derive(Debug, Default)]
pub(crate) struct Follow {
    /// The factor values that leave it open, with the probability of each, and what holds before and after them.
    open: Range<usize>,
    given: Vec<f64>,
    before: f64,
    after: f64,
}

/// Moods up to the first of which nobody agrees, nor from the last; from one to the other in between,
/// something is open.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Stretch {
    first: usize,
    from: usize,
    to: usize,
    last: usize,
}

/// Moods beyond this are never met: their probability is below 10^-17.
const EXTREME: f64 = 8.6;
/// Most factor values on one side of 0.
const MAX_NODES: f64 = 8192.0;

impl Stretch {
    /// How many factor values are looked at: all before those that leave something open, these, and all after.
    pub(crate) fn n(&self) -> usize {
        self.to - self.from + 2
    }

    /// Writes a body's acceptance for each of them.
    pub(crate) fn write(&self, follow: &Follow, out: &mut [f64]) {
        let (start, end) =
            (follow.open.start.clamp(self.from, self.to), follow.open.end.clamp(self.from, self.to));
        let (before, rest) = out.split_at_mut(1 + start - self.from);
        let (among, after) = rest.split_at_mut(end - start);
        before.fill(follow.before);
        after.fill(follow.after);
        if start < end {
            among.copy_from_slice(&follow.given[start - follow.open.start..end - follow.open.start]);
        }
    }
}

impl Copula {
    /// None where no two bodies go together.
    pub(crate) fn new(talks: &Talks) -> Option<Copula> {
        Copula::of(talks.correlation.as_ref()?, talks.bodies.len())
    }

    /// None where no two of so many bodies go together.
    pub(crate) fn of(correlation: &Correlation, n_bodies: usize) -> Option<Copula> {
        let loading = |body| correlation.loading(BodyId(body));
        let loadings: Vec<(f64, f64)> =
            (0..n_bodies).map(loading).map(|a| (a, (1.0 - a * a).max(0.0).sqrt())).collect();
        let followers = loadings.iter().filter(|(a, _)| *a != 0.0);
        if followers.count() < 2 {
            return None;
        }
        Some(Copula::with(loadings))
    }

    fn with(loadings: Vec<(f64, f64)>) -> Copula {
        let followers = || loadings.iter().filter(|(a, _)| *a != 0.0);
        let slopes = followers().filter(|(_, own)| *own > 0.0).map(|(a, own)| (a / own).powi(2));
        // Evenly spaced factor values. The trapezium rule errs by about exp(-2 pi^2 / (h^2 S)) for a product of
        // normal distribution functions whose slopes' squares, and 1 for the density, sum to S: with this
        // h, 10^-12.
        let step = (0.8 / (1.0 + slopes.sum::<f64>()).sqrt()).max(EXTREME / MAX_NODES);
        let n = (EXTREME / step).ceil() as i32;
        let factors: Vec<f64> = (-n..=n).map(|k| f64::from(k) * step).collect();
        let total: f64 = factors.iter().map(|factor| density(*factor)).sum();
        let weights: Vec<f64> = factors.iter().map(|factor| density(*factor) / total).collect();
        let mut sum = 0.0;
        let rising = weights.iter().map(|weight| {
            sum += weight;
            sum
        });
        Copula {
            sums: std::iter::once(0.0).chain(rising).collect(),
            steep: followers().any(|(_, own)| *own == 0.0),
            only_steep: followers().all(|(_, own)| *own == 0.0),
            phi: Phi::new(),
            factors,
            step,
            weights,
            loadings,
        }
    }

    /// Whether the factor alone decides for some body.
    pub(crate) fn is_steep(&self) -> bool {
        self.steep
    }

    /// Calls `of` with factor values' weights, which sum to 1, and the acceptances given each factor, where the factor
    /// alone decides for some body.
    pub(crate) fn each(&self, bodies: &[f64], of: &mut dyn FnMut(f64, &[f64])) {
        self.each_mark(&bodies.iter().copied().enumerate().collect::<Vec<_>>(), of);
    }

    /// The same for any number of probabilities of a body: marks, each a body and how likely its score is not
    /// above the mark.
    pub(crate) fn each_mark(&self, marks: &[(usize, f64)], of: &mut dyn FnMut(f64, &[f64])) {
        let limits: Vec<f64> = marks.iter().map(|(_, p)| normal_quantile(*p)).collect();
        let mut given = vec![0.0; marks.len()];
        let mut at = |factor: f64, weight: f64| {
            for ((own, (body, p)), limit) in given.iter_mut().zip(marks).zip(&limits) {
                *own = self.given(*body, *limit, *p, factor);
            }
            of(weight, &given);
        };
        if !self.steep {
            self.factors.iter().zip(&self.weights).for_each(|(factor, weight)| at(*factor, *weight));
            return;
        }
        let loadings = marks.iter().map(|(body, _)| self.loadings[*body]);
        let mut edges: Vec<f64> = loadings
            .zip(&limits)
            .filter(|((_, own), limit)| *own == 0.0 && limit.abs() < EXTREME)
            .map(|((a, _), limit)| limit * a.signum())
            .chain([-EXTREME, EXTREME])
            .collect();
        edges.sort_by(f64::total_cmp);
        edges.windows(2).for_each(|edge| self.piece(edge[0], edge[1], &mut at));
    }

    /// How a body that accepts so likely follows the factor values, where no body's acceptance jumps.
    pub(crate) fn follow(&self, body: usize, p: f64, out: &mut Follow) {
        let ((a, own), limit) = (self.loadings[body], normal_quantile(p));
        out.given.clear();
        if a == 0.0 || limit.is_infinite() {
            (out.open, out.before, out.after) = (0..0, p, p);
            return;
        }
        let (one, other) = ((limit - CERTAIN * own) / a, (limit + CERTAIN * own) / a);
        let place = |factor: f64| {
            ((factor / self.step).ceil() + (self.factors.len() / 2) as f64)
                .clamp(0.0, self.factors.len() as f64) as usize
        };
        out.open = place(one.min(other))..place(one.max(other));
        (out.before, out.after) = if a > 0.0 { (1.0, 0.0) } else { (0.0, 1.0) };
        let given =
            self.factors[out.open.clone()].iter().map(|factor| self.phi.at((limit - a * factor) / own));
        out.given.extend(given);
    }

    /// The factor values that have to be looked at one by one, and those on which nothing hangs: some body that has
    /// to accept does not.
    pub(crate) fn stretch<'f>(
        &self,
        all: impl Iterator<Item = &'f Follow>,
        necessary: &mut dyn Iterator<Item = &'f Follow>,
    ) -> Stretch {
        let n = self.factors.len();
        let (mut first, mut last) = (0, n);
        for follow in necessary {
            if follow.before == 0.0 {
                first = first.max(if follow.after == 0.0 { n } else { follow.open.start });
            }
            if follow.after == 0.0 {
                last = last.min(follow.open.end);
            }
        }
        let open = all.map(|follow| &follow.open).filter(|open| !open.is_empty());
        let (from, to) = open.fold((n, 0), |(from, to), open| (from.min(open.start), to.max(open.end)));
        let last = last.max(first);
        let from = from.clamp(first, last);
        Stretch { first, from, to: to.clamp(from, last), last }
    }

    /// The mean over factor values of what is written for a stretch.
    pub(crate) fn mean(&self, stretch: &Stretch, values: &[f64]) -> f64 {
        let Stretch { first, from, to, last } = *stretch;
        let [before, given @ .., after] = values else { return 0.0 };
        let among: f64 = given.iter().zip(&self.weights[from..to]).map(|(p, weight)| p * weight).sum();
        before * (self.sums[from] - self.sums[first]) + among + after * (self.sums[last] - self.sums[to])
    }

    /// About how many factor values are looked at for one probability.
    pub(crate) fn n_factors(&self) -> u64 {
        self.factors.len() as u64
    }

    /// The factor values of an interval in which nobody's acceptance jumps.
    fn piece(&self, from: f64, to: f64, at: &mut dyn FnMut(f64, f64)) {
        if self.only_steep {
            let middle = from + (to - from) / 2.0;
            let mass = if middle > 0.0 {
                normal_at_most(-from) - normal_at_most(-to)
            } else {
                normal_at_most(to) - normal_at_most(from)
            };
            if mass > 0.0 {
                at(middle, mass);
            }
            return;
        }
        // Half as many panels of eight as the factor values that the whole line would put into this interval.
        let panels = ((to - from) / (2.0 * EXTREME) * self.factors.len() as f64 / 2.0).ceil().max(1.0);
        let width = (to - from) / panels;
        for k in 0..panels as u32 {
            let middle = from + (f64::from(k) + 0.5) * width;
            for (x, weight) in GAUSS.iter().flat_map(|(x, weight)| [(-x, weight), (*x, weight)]) {
                let factor = middle + x * width / 2.0;
                at(factor, weight * density(factor) * width / 2.0);
            }
        }
    }

    /// Where on 0 to 1 a body's cost stands, from where the common factor and its own part do.
    pub(crate) fn follower(&self, body: usize, factor: f64, own: f64) -> f64 {
        let (a, rest) = self.loadings[body];
        normal_at_most(a * normal_quantile(factor) + rest * normal_quantile(own))
    }

    /// P(a body accepts | the factor), from its probability of accepting and the normal quantile of that.
    pub(crate) fn given(&self, body: usize, limit: f64, p: f64, factor: f64) -> f64 {
        let (a, own) = self.loadings[body];
        if a == 0.0 || limit.is_infinite() {
            p
        } else if own == 0.0 {
            f64::from(u8::from(a * factor <= limit))
        } else {
            self.phi.at((limit - a * factor) / own)
        }
    }
}

fn density(factor: f64) -> f64 {
    libm::exp(-0.5 * factor * factor) / (2.0 * std::f64::consts::PI).sqrt()
}

/// Half of the eight points of Gauss and Legendre on -1..1, with their weights.
const GAUSS: [(f64, f64); 4] = [
    (0.183_434_642_495_649_8, 0.362_683_783_378_362),
    (0.525_532_409_916_329, 0.313_706_645_877_887_3),
    (0.796_666_477_413_626_7, 0.222_381_034_453_374_47),
    (0.960_289_856_497_536_2, 0.101_228_536_290_376_26),
];

#[cfg(test)]
mod tests {
    use super::*;

    /// P(all accept).
    fn all(loadings: &[f64], p: &[f64]) -> f64 {
        let copula = Copula::with(loadings.iter().map(|a| (*a, (1.0 - a * a).max(0.0).sqrt())).collect());
        let mut found = 0.0;
        if copula.is_steep() {
            copula.each(p, &mut |weight, given| found += weight * given.iter().product::<f64>());
            return found;
        }
        let mut follows: Vec<Follow> = p.iter().map(|_| Follow::default()).collect();
        follows.iter_mut().enumerate().for_each(|(body, follow)| copula.follow(body, p[body], follow));
        let stretch = copula.stretch(follows.iter(), &mut follows.iter());
        let (mut product, mut own) = (vec![1.0; stretch.n()], vec![0.0; stretch.n()]);
        for follow in &follows {
            stretch.write(follow, &mut own);
            product.iter_mut().zip(&own).for_each(|(product, own)| *product *= own);
        }
        copula.mean(&stretch, &product)
    }

    #[track_caller]
    fn check(loadings: &[f64], p: &[f64], both: f64, tolerance: f64) {
        let found = all(loadings, p);
        assert!((found - both).abs() <= tolerance, "{found}, not {both}");
    }

    #[test]
    fn without_correlation_probabilities_multiply() {
        check(&[0.0, 0.0, 0.0], &[0.3, 0.7, 0.2], 0.042, 1e-14);
        check(&[1e-9, 1e-9], &[0.3, 0.7], 0.21, 1e-9);
    }

    #[test]
    fn costs_that_move_as_one_are_met_by_the_smallest_probability() {
        check(&[1.0, 1.0, 1.0], &[0.3, 0.7, 0.2], 0.2, 1e-14);
        // Moving against each other: both accept where 1 - 0.6 < u <= 0.7.
        check(&[1.0, -1.0], &[0.7, 0.6], 0.3, 1e-14);
        check(&[1.0, -1.0], &[0.3, 0.6], 0.0, 1e-14);
        check(&[1.0, 0.0], &[0.3, 0.6], 0.18, 1e-14);
    }

    #[test]
    fn two_even_chances_agree_as_sheppard_says() {
        // P(both) = 1/4 + asin(rho) / (2 pi), rho the product of the loadings.
        for (a, b) in
            [(0.3, 0.3), (0.9, 0.8), (0.99, 0.99), (0.999, 0.999), (-0.7, 0.6), (1.0, 0.5), (-1.0, 0.95)]
        {
            let both = 0.25 + f64::asin(a * b) / std::f64::consts::TAU;
            check(&[a, b], &[0.5, 0.5], both, 1e-11);
        }
    }

    #[test]
    fn what_is_certain_stays_certain() {
        check(&[0.6, 0.6], &[1.0, 0.4], 0.4, 1e-12);
        check(&[0.6, 0.6], &[0.0, 0.4], 0.0, 0.0);
        check(&[1.0, 0.6], &[1.0, 0.4], 0.4, 1e-9);
    }

    #[test]
    fn many_close_followers_come_near_to_one() {
        let found = all(&[0.999_99; 8], &[0.4; 8]);
        assert!((0.39..0.4).contains(&found), "{found}");
    }
}
