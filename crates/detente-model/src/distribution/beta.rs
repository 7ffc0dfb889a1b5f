//! The beta distribution for any shapes, in an amount of work that does not depend on them.
//!
//! The log-odds U = ln(X / (1 - X)) have the density g(u), in proportion to x^alpha (1 - x)^beta, which is
//! log-concave whatever the shapes. Its tails are hypergeometric series with positive terms (Gauss), looked at
//! only where each term is at most half of the one before; what lies between them is integrated by Gauss and
//! Legendre's rule over panels of the stretch that matters. The inverse is Newton's method: in a tail on the
//! logarithm of its mass, which is concave, so that no step goes too far; elsewhere inside of one panel.

use super::GAUSS;
use libm::{exp, expm1, log, log1p};
use special::Beta as _;

/// Shapes for which the usual recurrence (AS 63) is quick and keeps its digits.
const USUAL: std::ops::RangeInclusive<f64> = 0.05..=1000.0;
/// Smallest and largest shape for which nothing here overflows.
pub(super) const SHAPES: std::ops::RangeInclusive<f64> = 1e-100..=1e100;
/// Panels of the stretch between the tails.
const PANELS: usize = 16;
/// Below this part of the peak a density adds nothing: e^-45 is 3 10^-20.
const NOTHING: f64 = -45.0;
/// Newton's method doubles its digits with each step: it is done after ten, and more only stir the last digit.
const MOST_STEPS: usize = 24;

/// A share of an interval, and what is left of the interval.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Share {
    pub(super) below: f64,
    pub(super) above: f64,
}

/// P(X <= x) of a share x.
pub(super) fn at_most(alpha: f64, beta: f64, x: Share) -> f64 {
    if x.below <= 0.0 {
        return 0.0;
    }
    if x.above <= 0.0 {
        return 1.0;
    }
    if are_usual([alpha, beta]) {
        return x.below.inc_beta(alpha, beta, alpha.ln_beta(beta)).clamp(0.0, 1.0);
    }
    Curve::new(alpha, beta).at_most(x)
}

/// Whether the usual recurrence serves these shapes.
pub(super) fn are_usual(shapes: [f64; 2]) -> bool {
    shapes.iter().all(|shape| USUAL.contains(shape))
}

/// The share that is reached with a probability strictly between 0 and 1.
pub(super) fn quantile(alpha: f64, beta: f64, p: f64) -> Share {
    if p <= 0.5 {
        return Curve::new(alpha, beta).quantile(p);
    }
    let mirrored = Curve::new(beta, alpha).quantile(1.0 - p);
    Share { below: mirrored.above, above: mirrored.below }
}

/// The density of the log-odds as a part of its peak; places are distances `d` from the peak.
#[derive(Clone, Debug)]
pub(super) struct Curve {
    alpha: f64,
    beta: f64,
    /// Mean of X and of 1 - X, which is where the log-odds peak.
    mean: [f64; 2],
    peak: f64,
    /// Minus the second derivative of the logarithm of the density at the peak.
    bend: f64,
    /// Up to the first and from the second the series are used.
    tails: [f64; 2],
    /// The stretch between them that is integrated, and the mass before each of its panels and after the last.
    stretch: [f64; 2],
    sums: [f64; PANELS + 1],
    total: f64,
}

impl Curve {
    pub(super) fn new(alpha: f64, beta: f64) -> Curve {
        let both = alpha + beta;
        let peak = log(alpha) - log(beta);
        // Where the ratio of the first two terms is a half; those that follow are smaller still.
        let ratio = |own: f64| ((own + 1.0) / both).min(1.0);
        let edge = |own: f64| log(ratio(own) / (2.0 - ratio(own)));
        let mut curve = Curve {
            alpha,
            beta,
            mean: [alpha / both, beta / both],
            peak,
            bend: alpha * (beta / both),
            tails: [edge(alpha) - peak, -edge(beta) - peak],
            stretch: [0.0; 2],
            sums: [0.0; PANELS + 1],
            total: 0.0,
        };
        curve.stretch = curve.what_matters();
        curve.sums[0] = curve.left(curve.tails[0]);
        for panel in 0..PANELS {
            let [from, to] = [panel, panel + 1].map(|k| curve.panel(k));
            curve.sums[panel + 1] = curve.sums[panel] + curve.integral(from, to);
        }
        curve.total = curve.sums[PANELS] + curve.right(curve.tails[1]);
        curve
    }

    /// P(X <= x) of a share x.
    pub(super) fn at_most(&self, x: Share) -> f64 {
        if x.below <= 0.0 {
            return 0.0;
        }
        if x.above <= 0.0 {
            return 1.0;
        }
        let u = log(x.below) - log(x.above);
        (self.below(u - self.peak) / self.total).clamp(0.0, 1.0)
    }

    /// The part between the tails outside of which the density is next to nothing beside its highest there.
    fn what_matters(&self) -> [f64; 2] {
        let [first, last] = self.tails;
        let top = 0f64.clamp(first, last);
        let least = self.log_density(top) + NOTHING;
        let usual = 10.0 / self.bend.sqrt();
        let reach = |room: f64, sign: f64| {
            let nothing_at = |width: f64| self.log_density(top + sign * width) < least;
            let mut width = room.min(usual);
            while width < room && !nothing_at(width) {
                width = (1.5 * width).min(room);
            }
            // An interval that is far too wide leaves too few points where something is.
            while width > 0.0 && nothing_at(0.7 * width) {
                width *= 0.7;
            }
            width
        };
        [top - reach(top - first, -1.0), top + reach(last - top, 1.0)]
    }

    fn panel(&self, k: usize) -> f64 {
        let [from, to] = self.stretch;
        from + (to - from) * (k as f64 / PANELS as f64)
    }

    /// The logarithm of the density, 0 at the peak.
    fn log_density(&self, d: f64) -> f64 {
        let [x, y] = self.mean;
        if d.abs() < 3e-3 {
            // Where large shapes would cancel each other: the first terms of Taylor's series.
            let (xy, skew) = (x * y, y - x);
            let fifth = skew * (1.0 - 12.0 * xy) / 120.0 + d * (1.0 - 30.0 * xy + 120.0 * xy * xy) / 720.0;
            return -self.bend * d * d * (0.5 + d * (skew / 6.0 + d * ((1.0 - 6.0 * xy) / 24.0 + d * fifth)));
        }
        if d.abs() < 1.0 {
            return -self.alpha * log1p(y * expm1(-d)) - self.beta * log1p(x * expm1(d));
        }
        let u = self.peak + d;
        self.alpha * (log_share(u) - log_share(self.peak))
            + self.beta * (log_share(-u) - log_share(-self.peak))
    }

    /// The mass below `d`.
    fn below(&self, d: f64) -> f64 {
        let [from, to] = self.stretch;
        if d <= self.tails[0] {
            self.left(d)
        } else if d >= self.tails[1] {
            self.total - self.right(d)
        } else if d <= from || from == to {
            self.sums[0]
        } else if d >= to {
            self.sums[PANELS]
        } else {
            let panel = ((d - from) / (to - from) * PANELS as f64) as usize;
            let panel = panel.min(PANELS - 1);
            self.sums[panel] + self.integral(self.panel(panel), d)
        }
    }

    /// The mass of the lower tail.
    fn left(&self, d: f64) -> f64 {
        self.tail(d, self.alpha, self.peak + d).mass()
    }

    fn right(&self, d: f64) -> f64 {
        self.tail(d, self.beta, -self.peak - d).mass()
    }

    /// A tail: g / alpha times the sum of products of (alpha + beta + k) / (alpha + 1 + k) x.
    fn tail(&self, d: f64, own: f64, u: f64) -> Tail {
        let (both, x) = (self.alpha + self.beta, exp(log_share(u)));
        let (mut sum, mut term) = (1.0, 1.0);
        // Each term is at most half of the one before, so these are all that count.
        for k in 0..60 {
            let k = f64::from(k);
            term *= (both + k) / (own + 1.0 + k) * x;
            sum += term;
        }
        Tail { log_mass: self.log_density(d) - log(own) + log(sum), slope: own / sum }
    }

    fn integral(&self, from: f64, to: f64) -> f64 {
        let (middle, half) = (from + (to - from) / 2.0, (to - from) / 2.0);
        let pair = |(x, weight): &(f64, f64)| {
            let [low, high] = [-x, *x].map(|x| exp(self.log_density(middle + x * half)));
            weight * (low + high)
        };
        half * GAUSS.iter().map(pair).sum::<f64>()
    }

    fn quantile(&self, p: f64) -> Share {
        let wanted = p * self.total;
        let d = if wanted <= self.sums[0] {
            let tail = |d| self.tail(d, self.alpha, self.peak + d);
            in_tail(self.tails[0], log(wanted), 1.0, tail)
        } else if wanted >= self.sums[PANELS] {
            let tail = |d| self.tail(d, self.beta, -self.peak - d);
            in_tail(self.tails[1], log1p(-p) + log(self.total), -1.0, tail)
        } else {
            self.in_stretch(wanted)
        };
        let u = self.peak + d;
        Share { below: exp(log_share(u)), above: exp(log_share(-u)) }
    }

    /// Where so much mass lies below, between the tails: Newton's method, kept inside of one panel by halving.
    fn in_stretch(&self, wanted: f64) -> f64 {
        let panel = self.sums.partition_point(|sum| *sum <= wanted).clamp(1, PANELS) - 1;
        let from = self.panel(panel);
        // A little more than the panel: its edge may be what is looked for.
        let width = self.panel(panel + 1) - from;
        let (mut low, mut high) = (from - 0.1 * width, from + 1.1 * width);
        let mut d = low + (high - low) / 2.0;
        for _ in 0..MOST_STEPS {
            let missing = wanted - self.sums[panel] - self.integral(from, d);
            if missing.abs() <= 2e-16 * self.total {
                break;
            }
            *(if missing > 0.0 { &mut low } else { &mut high }) = d;
            let next = d + missing / exp(self.log_density(d));
            d = if (low..=high).contains(&next) { next } else { low + (high - low) / 2.0 };
        }
        d
    }
}

/// The mass of a tail, and how fast its logarithm changes.
struct Tail {
    log_mass: f64,
    slope: f64,
}

impl Tail {
    fn mass(&self) -> f64 {
        exp(self.log_mass)
    }
}

/// Where a tail has such a mass, from its inner end outwards. Its logarithm is concave.
fn in_tail(start: f64, log_wanted: f64, sign: f64, tail: impl Fn(f64) -> Tail) -> f64 {
    let mut d = start;
    for _ in 0..MOST_STEPS {
        let here = tail(d);
        let missing = log_wanted - here.log_mass;
        if missing.abs() <= 4e-16 * log_wanted.abs().max(1.0) {
            break;
        }
        d += sign * missing / here.slope;
    }
    d
}

/// The logarithm of the share whose log-odds are u.
fn log_share(u: f64) -> f64 {
    if u > 0.0 { -log1p(exp(-u)) } else { u - log1p(exp(u)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(x: f64) -> Share {
        Share { below: x, above: 1.0 - x }
    }

    #[track_caller]
    fn check(alpha: f64, beta: f64, x: f64, p: f64, tolerance: f64) {
        let found = at_most(alpha, beta, at(x));
        assert!((found - p).abs() <= tolerance, "Beta({alpha:e}, {beta:e}) at {x:e}: {found}, not {p}");
        let mirrored = at_most(beta, alpha, Share { below: 1.0 - x, above: x });
        assert!((1.0 - mirrored - p).abs() <= tolerance, "mirrored: {}, not {p}", 1.0 - mirrored);
    }

    #[test]
    fn shapes_of_every_size_agree_with_their_series_summed_with_sixty_digits() {
        check(1e-10, 1.0, 0.5, 0.999_999_999_930_685_3, 1e-14);
        check(0.01, 100.0, 1e-9, 0.855_952_640_932_207_4, 1e-12);
        check(0.5, 1000.5, 1e-4, 0.345_327_587_826_038_5, 1e-12);
        check(5000.0, 3000.0, 0.625, 0.499_232_220_688_149_6, 1e-12);
        check(5000.0, 3000.0, 0.63, 0.822_120_997_630_347_2, 1e-12);
        check(20_000.0, 3.0, 0.9999, 0.676_622_279_588_599_4, 1e-11);
        check(0.02, 0.03, 0.25, 0.587_342_431_324_336, 1e-13);
        check(1e-3, 1e5, 1e-6, 0.998_178_005_677_713, 1e-12);
    }

    #[test]
    fn shapes_of_one_or_two_have_a_closed_form() {
        for beta in [1e-90f64, 1e-10, 0.2, 1.0, 77.0, 1e6, 1e15, 1e90] {
            for y in [1e-9f64, 0.1, 1.0, 3.0, 30.0] {
                // 1 - (1 - x)^b, and with a second factor 1 + b x, at b x = y.
                let x = y / beta.max(40.0);
                let tail = (beta * (-x).ln_1p()).exp();
                let [one, two] = [1.0 - tail, 1.0 - tail * (1.0 + beta * x)];
                let found = at_most(1.0, beta, at(x));
                assert!((found - one).abs() < 1e-11, "1, {beta:e} at {x:e}: {found}, not {one}");
                let found = at_most(2.0, beta, at(x));
                assert!((found - two).abs() < 1e-11, "2, {beta:e} at {x:e}: {found}, not {two}");
            }
        }
    }

    #[test]
    fn small_shapes_leave_the_two_ends_and_large_ones_the_mean() {
        // The ends as the shapes share them out: (1e-6, 3e-6) has three quarters at 0.
        for scale in [1e-99, 1e-30, 1e-9] {
            let found = at_most(scale, 3.0 * scale, at(0.5));
            assert!((found - 0.75).abs() < 1e-8, "{found}");
            assert_eq!(quantile(scale, 3.0 * scale, 0.7).below, 0.0);
            assert_eq!(quantile(scale, 3.0 * scale, 0.8).above, 0.0);
        }
        for scale in [1e14, 1e40, 1e99] {
            for p in [1e-12, 0.3, 0.999] {
                let found = quantile(scale, 3.0 * scale, p).below;
                assert!((found - 0.25).abs() < 1e-6, "{found}");
            }
        }
        // The bell curve: one standard deviation above the mean of a symmetrical one.
        let found = at_most(1e12, 1e12, at(0.5 + 0.5 / 2e12f64.sqrt()));
        assert!((found - 0.841_344_746_068_543).abs() < 1e-9, "{found}");
    }

    #[test]
    fn both_ways_to_the_probability_agree_on_usual_shapes() {
        for alpha in [0.05, 0.4, 1.0, 2.5, 30.0, 1000.0] {
            for beta in [0.05, 0.7, 1.0, 4.0, 55.0, 1000.0] {
                let curve = Curve::new(alpha, beta);
                for k in 1..50 {
                    let x = f64::from(k) / 50.0;
                    let usual = at_most(alpha, beta, at(x));
                    let own = curve.below((x / (1.0 - x)).ln() - curve.peak) / curve.total;
                    assert!((usual - own).abs() < 1e-11, "{alpha}, {beta} at {x}: {usual} and {own}");
                }
            }
        }
    }

    #[test]
    fn the_inverse_reaches_its_probability_for_any_shapes() {
        let shapes = [1e-100, 1e-10, 1e-6, 1e-3, 0.3, 1.0, 7.0, 1e3, 1e4, 1e7, 1e10, 1e12, 1e100];
        for (alpha, beta) in shapes.iter().flat_map(|a| shapes.iter().map(move |b| (*a, *b))) {
            let mut before = 0.0;
            for p in [1e-15, 1e-9, 0.001, 0.02, 0.25, 0.5, 0.6, 0.99, 1.0 - 1e-9] {
                let share = quantile(alpha, beta, p);
                assert!(
                    (share.below + share.above - 1.0).abs() < 1e-15 && share.below >= before,
                    "{share:?}"
                );
                before = share.below;
                // At an end, or where the next number is already far, nothing more can be asked.
                let spread = (alpha * beta).sqrt() / (alpha + beta).powf(1.5);
                if share.below.min(share.above) > 1e-300 && spread > 1e-9 {
                    let reached = at_most(alpha, beta, share);
                    assert!((reached - p).abs() < 1e-9, "Beta({alpha:e}, {beta:e}) at {p:e}: {reached:e}");
                }
            }
        }
    }
}
