use super::*;

#[track_caller]
fn check(distribution: Distribution, mean: f64, cdf: &[(f64, f64)]) {
    assert_eq!(distribution.check(), Ok(()));
    assert!((distribution.mean() - mean).abs() < 1e-12, "mean {}", distribution.mean());
    for &(x, p) in cdf {
        let got = distribution.probability_at_most(x);
        assert!((got - p).abs() < 1e-9, "at {x}: {got}, not {p}");
    }
}

#[test]
fn a_point_is_reached_at_its_value() {
    check(Distribution::Point(2.0), 2.0, &[(1.999, 0.0), (2.0, 1.0), (3.0, 1.0)]);
}

#[test]
fn a_uniform_rises_evenly() {
    check(Distribution::Uniform { from: 0.0, to: 4.0 }, 2.0, &[(-1.0, 0.0), (1.0, 0.25), (9.0, 1.0)]);
    check(Distribution::Uniform { from: 3.0, to: 3.0 }, 3.0, &[(2.9, 0.0), (3.0, 1.0)]);
}

#[test]
fn a_triangle_has_the_area_left_of_x() {
    let triangle = Distribution::Triangular { from: 0.0, mode: 1.0, to: 3.0 };
    check(triangle, 4.0 / 3.0, &[(0.0, 0.0), (0.5, 1.0 / 12.0), (1.0, 1.0 / 3.0), (2.0, 5.0 / 6.0)]);
    let left = Distribution::Triangular { from: 0.0, mode: 0.0, to: 2.0 };
    check(left, 2.0 / 3.0, &[(0.0, 0.0), (1.0, 0.75), (2.0, 1.0)]);
    let right = Distribution::Triangular { from: 0.0, mode: 2.0, to: 2.0 };
    check(right, 4.0 / 3.0, &[(0.0, 0.0), (1.0, 0.25), (2.0, 1.0)]);
}

#[test]
fn a_normal_agrees_with_the_published_table() {
    // Standard normal table: 0.8413447461, 0.9750021049, and the tail 3.1671e-5 at -4.
    let normal = Distribution::Normal { mean: 5.0, sd: 3.0 };
    check(normal.clone(), 5.0, &[(5.0, 0.5), (8.0, 0.841_344_746_1), (10.88, 0.975_002_104_9)]);
    assert!((normal.probability_at_most(-7.0) - 3.167_124e-5).abs() < 1e-10);
    check(Distribution::Normal { mean: 1.0, sd: 0.0 }, 1.0, &[(0.9, 0.0), (1.0, 1.0)]);
}

#[test]
fn a_beta_with_whole_shapes_is_a_binomial_sum() {
    // I_x(2, 3) = sum over k = 2..4 of C(4, k) x^k (1 - x)^(4 - k).
    let closed = |x: f64| 6.0 * x.powi(2) * (1.0 - x).powi(2) + 4.0 * x.powi(3) * (1.0 - x) + x.powi(4);
    let cases: Vec<_> = [0.0, 0.1, 0.37, 0.5, 0.9, 1.0].map(|x| (10.0 + 4.0 * x, closed(x))).into();
    check(Distribution::Beta { alpha: 2.0, beta: 3.0, from: 10.0, to: 14.0 }, 11.6, &cases);
}

#[test]
fn a_cut_normal_keeps_its_shape_inside() {
    // Around the mean the cut is symmetrical; P = (phi(1) - phi(-1/2)) / (phi(1) - phi(-1)).
    let whole = 0.841_344_746_068_543 - 0.158_655_253_931_457;
    let part = (0.841_344_746_068_543 - 0.308_537_538_725_987) / whole;
    let cut = |from, to| Distribution::TruncatedNormal { mean: 6.0, sd: 2.0, from, to };
    check(cut(4.0, 8.0), 6.0, &[(3.9, 0.0), (6.0, 0.5), (7.0, part), (8.0, 1.0)]);
    // Mean of the upper half: sd sqrt(2 / pi) above.
    let upper = 6.0 + 2.0 * (2.0 / std::f64::consts::PI).sqrt();
    let half = cut(6.0, 60.0);
    assert!((half.mean() - upper).abs() < 1e-12, "{}", half.mean());
    // Far out in the tail, P is the ratio of two small masses: here phi(-6.5) and phi(-7) of phi(-6).
    let tail = cut(18.0, 60.0);
    assert!(
        (1.0 - tail.probability_at_most(19.0) - 4.016_000_583_859e-11 / 9.865_876_450_377e-10).abs() < 1e-9
    );
    check(
        Distribution::TruncatedNormal { mean: 1.0, sd: 0.0, from: 0.0, to: 2.0 },
        1.0,
        &[(0.9, 0.0), (1.0, 1.0)],
    );
}

#[test]
fn pert_is_a_beta_of_its_most_likely_value() {
    let pert = Distribution::Pert { from: 10.0, mode: 11.0, to: 14.0 };
    let beta = Distribution::Beta { alpha: 2.0, beta: 4.0, from: 10.0, to: 14.0 };
    let cases: Vec<_> = [10.5, 11.0, 12.25].map(|x| (x, beta.probability_at_most(x))).into();
    check(pert, 68.0 / 6.0, &cases);
    check(Distribution::Pert { from: 3.0, mode: 3.0, to: 3.0 }, 3.0, &[(2.9, 0.0), (3.0, 1.0)]);
}

#[test]
fn a_quantile_is_where_its_probability_is_reached() {
    let continuous = [
        Distribution::Uniform { from: -2.0, to: 5.0 },
        Distribution::Triangular { from: 0.0, mode: 1.0, to: 3.0 },
        Distribution::Triangular { from: 0.0, mode: 0.0, to: 2.0 },
        Distribution::Triangular { from: 0.0, mode: 2.0, to: 2.0 },
        Distribution::Normal { mean: 5.0, sd: 3.0 },
        Distribution::TruncatedNormal { mean: 5.0, sd: 3.0, from: 4.0, to: 30.0 },
        Distribution::TruncatedNormal { mean: 0.0, sd: 1.0, from: 5.0, to: 9.0 },
        Distribution::TruncatedNormal { mean: 0.0, sd: 1.0, from: -9.0, to: -5.0 },
        Distribution::Pert { from: 0.0, mode: 1.0, to: 9.0 },
        Distribution::Pert { from: 0.0, mode: 0.0, to: 9.0 },
        Distribution::Beta { alpha: 0.3, beta: 0.4, from: -1.0, to: 1.0 },
        Distribution::Beta { alpha: 2.0, beta: 60.0, from: 0.0, to: 80.0 },
        Distribution::Beta { alpha: 300.0, beta: 0.5, from: 0.0, to: 1.0 },
    ];
    for distribution in continuous {
        for k in 1..1000 {
            let p = f64::from(k) / 1000.0;
            let reached = distribution.probability_at_most(distribution.quantile(p));
            // Where the density is infinite, the next number already lies far.
            let tolerance = if matches!(distribution, Distribution::Beta { beta, .. } if beta < 1.0) {
                1e-6
            } else {
                1e-11
            };
            assert!((reached - p).abs() < tolerance, "{distribution:?} at {p}: {reached}");
        }
    }
}

#[test]
fn the_tails_of_a_normal_keep_their_digits() {
    // The usual table: 1.2815515655, 1.6448536270, 1.9599639845, 2.3263478740, 3.0902323062.
    for (p, z) in [
        (0.9, 1.281_551_565_5),
        (0.95, 1.644_853_627_0),
        (0.975, 1.959_963_984_5),
        (0.99, 2.326_347_874_0),
        (0.999, 3.090_232_306_2),
        (0.5, 0.0),
    ] {
        assert!((normal_quantile(p) - z).abs() < 1e-10 && (normal_quantile(1.0 - p) + z).abs() < 1e-10);
    }
    for exponent in 1..300 {
        let p = 10f64.powi(-exponent);
        assert!((normal_at_most(normal_quantile(p)) / p - 1.0).abs() < 1e-9, "{p:e}");
    }
}

#[test]
fn discrete_quantiles_go_up_in_steps() {
    let steps = Distribution::Discrete(vec![(4.0, 0.75), (0.0, 0.25), (9.0, 0.0)]);
    for (p, value) in [(0.1, 0.0), (0.25, 0.0), (0.26, 4.0), (0.999_999_999_9, 4.0)] {
        assert_eq!(steps.quantile(p), value, "at {p}");
    }
}

#[test]
fn the_support_holds_what_can_be_and_no_more() {
    let whole = (f64::NEG_INFINITY, f64::INFINITY);
    for (distribution, support) in [
        (Distribution::Point(2.0), (2.0, 2.0)),
        (Distribution::Uniform { from: -1.0, to: 4.0 }, (-1.0, 4.0)),
        (Distribution::Triangular { from: 0.0, mode: 1.0, to: 3.0 }, (0.0, 3.0)),
        (Distribution::Normal { mean: 5.0, sd: 0.1 }, whole),
        (Distribution::Normal { mean: 5.0, sd: 0.0 }, (5.0, 5.0)),
        (Distribution::TruncatedNormal { mean: 9.0, sd: 3.0, from: 4.0, to: 6.0 }, (4.0, 6.0)),
        (Distribution::TruncatedNormal { mean: 5.0, sd: 0.0, from: 4.0, to: 6.0 }, (5.0, 5.0)),
        (Distribution::Pert { from: 0.0, mode: 0.0, to: 9.0 }, (0.0, 9.0)),
        (Distribution::Beta { alpha: 2.0, beta: 1.0, from: -3.0, to: 0.0 }, (-3.0, 0.0)),
        (Distribution::Discrete(vec![(4.0, 0.75), (0.0, 0.25), (9.0, 0.0)]), (0.0, 4.0)),
    ] {
        assert_eq!(distribution.support(), support, "{distribution:?}");
        for p in [1e-9, 0.5, 1.0 - 1e-9] {
            let value = distribution.quantile(p);
            assert!(support.0 <= value && value <= support.1, "{distribution:?}: {value}");
        }
    }
}

/// A distribution stretched by a power of two, which is exact as long as nothing overflows or vanishes.
fn stretched(distribution: &Distribution, exponent: i32) -> Distribution {
    let half = 2f64.powi(exponent / 2);
    let stretch = |v: &f64| v * half * half;
    match distribution {
        Distribution::Beta { alpha, beta, from, to } => {
            Distribution::Beta { alpha: *alpha, beta: *beta, from: stretch(from), to: stretch(to) }
        }
        Distribution::Discrete(points) => {
            Distribution::Discrete(points.iter().map(|(v, p)| (stretch(v), *p)).collect())
        }
        other => other.map(stretch),
    }
}

#[test]
fn the_unit_that_numbers_are_written_in_changes_no_chance() {
    let all = [
        Distribution::Uniform { from: -2.0, to: 5.0 },
        Distribution::Triangular { from: -2.0, mode: 1.0, to: 5.0 },
        Distribution::Triangular { from: -2.0, mode: -2.0, to: 5.0 },
        Distribution::Normal { mean: 1.0, sd: 3.0 },
        Distribution::TruncatedNormal { mean: 1.0, sd: 3.0, from: -2.0, to: 5.0 },
        Distribution::TruncatedNormal { mean: 1.0, sd: 60.0, from: -2.0, to: 5.0 },
        Distribution::Pert { from: -2.0, mode: 1.0, to: 5.0 },
        Distribution::Beta { alpha: 0.3, beta: 2.0, from: -2.0, to: 5.0 },
        Distribution::Discrete(vec![(-2.0, 0.25), (5.0, 0.75)]),
    ];
    for distribution in &all {
        for exponent in [-1000, -800, -560, 340, 512, 700, 990] {
            let (far, unit) = (stretched(distribution, exponent), 2f64.powi(exponent / 2));
            assert_eq!(far.check(), Ok(()), "{far:?}");
            for k in -3..7 {
                let (x, p) = (f64::from(k), (f64::from(k) + 3.5) / 10.0);
                let [near, scaled] =
                    [distribution.probability_at_most(x), far.probability_at_most(x * unit * unit)];
                assert!((near - scaled).abs() < 1e-14, "{far:?} at {x}: {scaled}, not {near}");
                let [near, scaled] = [distribution.quantile(p), far.quantile(p) / unit / unit];
                assert!((near - scaled).abs() < 1e-12, "{far:?} at {p}: {scaled}, not {near}");
            }
            let mean = far.mean() / unit / unit;
            assert!((mean - distribution.mean()).abs() < 1e-12, "{far:?}: {mean}");
        }
    }
}

#[test]
fn a_curve_far_wider_than_its_cut_leaves_an_even_chance() {
    // Worked out with sixty digits.
    for (mean, sd, to, x, p, expected) in [
        (0.0, 1e6, 1.0, 0.25, 0.250_000_000_000_039_1, 0.499_999_999_999_958_3),
        (5.0, 1.0, 0.1, 0.05, 0.438_451_610_921_932_99, 0.054_106_893_263_107_61),
        (-30.0, 1e2, 10.0, 5.0, 0.504_373_977_041_826_8, 4.970_843_649_299_808),
        (0.0, 1e290, 1e-20, 5e-21, 0.5, 5e-21),
    ] {
        let cut = Distribution::TruncatedNormal { mean, sd, from: 0.0, to };
        check(cut.clone(), expected, &[(-to, 0.0), (x, p), (to, 1.0)]);
        assert!((cut.quantile(p) - x).abs() < 1e-12 * to, "{}", cut.quantile(p));
    }
}

#[test]
fn discrete_values_carry_their_probability() {
    check(
        Distribution::Discrete(vec![(0.0, 0.25), (4.0, 0.75)]),
        3.0,
        &[(-1.0, 0.0), (0.0, 0.25), (4.0, 1.0)],
    );
}

#[test]
fn what_is_no_distribution_is_refused() {
    for bad in [
        Distribution::Point(f64::NAN),
        Distribution::Uniform { from: 2.0, to: 1.0 },
        Distribution::Uniform { from: 1e308, to: 1.5e308 },
        Distribution::Pert { from: 0.0, mode: 5e307, to: 1e308 },
        Distribution::Triangular { from: 0.0, mode: 3.0, to: 2.0 },
        Distribution::Pert { from: 0.0, mode: 3.0, to: 2.0 },
        Distribution::TruncatedNormal { mean: 0.0, sd: 1.0, from: 1.0, to: 0.0 },
        Distribution::TruncatedNormal { mean: 0.0, sd: 1.0, from: 20.0, to: 21.0 },
        Distribution::TruncatedNormal { mean: 0.0, sd: 0.0, from: 1.0, to: 2.0 },
        Distribution::Normal { mean: 0.0, sd: -1.0 },
        Distribution::Beta { alpha: 0.0, beta: 1.0, from: 0.0, to: 1.0 },
        Distribution::Beta { alpha: 1e-101, beta: 1.0, from: 0.0, to: 1.0 },
        Distribution::Beta { alpha: 1.0, beta: 1e101, from: 0.0, to: 1.0 },
        Distribution::Uniform { from: -1e308, to: 1e308 },
        Distribution::Normal { mean: 0.0, sd: 1e307 },
        Distribution::TruncatedNormal { mean: 0.0, sd: 1.0, from: -1e307, to: 1e307 },
        Distribution::Discrete(vec![(-1e308, 0.5), (1e308, 0.5)]),
        Distribution::Discrete(vec![(0.0, 0.5), (1.0, 0.4)]),
        Distribution::Discrete(vec![]),
    ] {
        assert!(bad.check().is_err(), "{bad:?}");
    }
}
