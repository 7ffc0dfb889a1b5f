//! Values that NegMAS worked out, and the same with evaluations as in GENIUS.

use super::{close, numbered, outcome, shared, talks, utilities};
use detente_analysis::{Parts, Scale, Space};
use detente_formats::{Evaluations, ReadOptions};
use detente_model::Talks;
use serde_json::Value;
use std::ops::ControlFlow;
use std::path::Path;

/// Each scenario with what is known of it.
fn each(of: impl Fn(&str, &Path, &Value)) {
    let Some(negmas) = shared("negmas") else { return };
    let mut n = 0;
    for entry in std::fs::read_dir(negmas.join("gold")).expect("a folder") {
        let path = entry.expect("a file").path();
        let known: Value = serde_json::from_slice(&std::fs::read(&path).expect("a file")).expect("JSON");
        let name = known["name"].as_str().expect("a name");
        of(name, &negmas.join("scenarios").join(name), &known);
        n += 1;
    }
    assert!(n >= 50, "only {n} scenarios");
}

fn floats(value: &Value) -> Vec<f64> {
    let float = |value: &Value| match value {
        Value::String(text) => text.parse().expect("a number"),
        value => value.as_f64().expect("a number"),
    };
    value.as_array().expect("a list").iter().map(float).collect()
}

fn raw() -> ReadOptions {
    ReadOptions { evaluations: Evaluations::Raw, ..ReadOptions::default() }
}

fn texts(value: &Value) -> Vec<String> {
    let text = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    value.as_array().expect("a list").iter().map(text).collect()
}

#[test]
fn with_evaluations_as_written_utilities_are_those_of_negmas() {
    each(|name, path, known| {
        let talks = talks(path, &raw());
        let n: f64 = talks.issues.iter().map(|issue| issue.n_options() as f64).product();
        let known_n = known["n_outcomes"].as_f64().expect("a count");
        assert!((n / known_n - 1.0).abs() < 1e-12, "{name}: {n}, not {known_n}");
        let vectors = known["eval_vectors"].as_array().expect("vectors");
        assert!(!vectors.is_empty(), "{name}");
        for vector in vectors {
            let deal = outcome(&talks, &texts(&vector[0]));
            close(&utilities(&talks, &deal), &floats(&vector[1]), 1e-9, name);
        }
    });
}

/// All efficient utility vectors at or above the alternatives.
fn frontier(talks: &Talks, alternatives: &[f64]) -> Vec<Vec<f64>> {
    let space = Space::new(talks);
    let parts = Parts::new(&space, Some(Scale::Raw)).expect("separable");
    let frontier = parts.frontier(&|_| ControlFlow::Continue(())).expect("a frontier");
    let all = (0..frontier.len()).map(|k| frontier.utilities(k));
    all.filter(|point| point.iter().zip(alternatives).all(|(u, least)| *u >= least - 1e-12)).collect()
}

/// Ours are among theirs, and what they have beyond that differs from one of ours by rounding only.
#[track_caller]
fn same_frontier(ours: &[Vec<f64>], theirs: &[Vec<f64>], name: &str) {
    let near = |a: &[f64], b: &[f64]| a.iter().zip(b).all(|(a, b)| (a - b).abs() <= 1e-9);
    for point in ours {
        assert!(theirs.iter().any(|other| near(point, other)), "{name}: {point:?} is not among theirs");
    }
    for point in theirs {
        let at_most = |other: &Vec<f64>| point.iter().zip(other).all(|(a, b)| *a <= b + 1e-9);
        assert!(ours.iter().any(at_most), "{name}: {point:?} is beyond ours");
    }
}

fn points(value: &Value) -> Vec<Vec<f64>> {
    value.as_array().expect("points").iter().map(floats).collect()
}

#[test]
fn with_evaluations_as_written_frontiers_are_those_of_negmas() {
    each(|name, path, known| {
        for variant in ["raw", "raw_noreserve"] {
            let gold = &known["gold"][variant];
            let Some(stored) = gold.get("pareto_utils").filter(|points| points.is_array()) else { continue };
            let talks = talks(path, &raw());
            same_frontier(&frontier(&talks, &floats(&gold["reserved_values"])), &points(stored), name);
        }
    });
}

#[test]
fn alternatives_are_the_reserved_values_of_negmas() {
    each(|name, path, known| {
        let gold = &known["gold"]["raw"];
        if gold.is_null() || known.get("xml").is_some_and(|_| name.contains("wDiscount")) {
            return;
        }
        let talks = talks(path, &raw());
        let own: Vec<f64> = talks
            .bodies
            .iter()
            .map(|body| body.alternative.number().map_or(f64::NEG_INFINITY, detente_model::Number::mean))
            .collect();
        close(&own, &floats(&gold["reserved_values"]), 1e-9, name);
    });
}

#[test]
fn with_evaluations_as_in_genius_values_are_those_worked_out_from_its_rules() {
    each(|name, path, known| {
        let gold = &known["genius_semantics"];
        if gold.is_null() {
            return;
        }
        let talks = talks(path, &ReadOptions::default());
        let own: Vec<f64> =
            talks.bodies.iter().filter_map(|body| body.alternative.number().map(|a| a.mean())).collect();
        close(&own, &floats(&gold["reserved"]), 1e-12, name);
        for (k, vector) in points(&gold["eval_first"]).iter().enumerate() {
            close(&utilities(&talks, &numbered(&talks, k)), vector, 1e-9, name);
        }
        same_frontier(&frontier(&talks, &own), &points(&gold["pareto_utils"]), name);
    });
}
