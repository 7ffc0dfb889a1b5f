//! Small files that could cost much, and interrupts at any moment of any command.

#[allow(dead_code, reason = "interrupting until something is known is tested elsewhere")]
mod running;

use detente_analysis::{Finding, why_impossible};
use detente_model::{OptionId, Outcome, Talks};
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

fn talks(text: &str) -> Talks {
    let reading = detente_formats::read(text.as_bytes());
    reading.talks.unwrap_or_else(|| panic!("{:?} in {text}", reading.diagnostics))
}

/// Numbers by a multiplicative generator of Lehmer's.
struct Dice(u64);

impl Dice {
    fn below(&mut self, n: u64) -> u64 {
        self.0 = self.0 * 48_271 % 0x7fff_ffff;
        self.0 % n
    }
}

/// Questions of yes or no, and triples of answers that cannot be together.
fn tangled(seed: u64, issues: u64, constraints: u64) -> String {
    let mut dice = Dice(seed * 7919 + 1);
    let mut text = "detente: 1\ntitle: tangled\nissues:\n".to_owned();
    for i in 0..issues {
        let _ = writeln!(text, "  - {{id: i{i}, options: [down, up]}}");
    }
    text.push_str("parties:\n");
    for (party, values) in [("p", "[0, 1]"), ("q", "[1, 0]")] {
        let _ = writeln!(text, "  - {{id: {party}, alternative: 0, preferences: {{i0: {values}}}}}");
    }
    text.push_str("constraints:\n");
    for _ in 0..constraints {
        let first = dice.below(issues);
        let (second, third) = (first + 1 + dice.below(issues - 2), first + issues - 1);
        let mut part =
            |issue: u64| format!("i{}: {}", issue % issues, ["down", "up"][dice.below(2) as usize]);
        let _ = writeln!(text, "  - forbid: {{{}, {}, {}}}", part(first), part(second), part(third));
    }
    text
}

/// Whether some outcome breaks none of some constraints, by looking at all of them.
fn some_outcome(talks: &Talks, constraints: &[usize]) -> bool {
    (0..1usize << talks.issues.len()).any(|bits| {
        let outcome = Outcome((0..talks.issues.len()).map(|issue| OptionId(bits >> issue & 1)).collect());
        constraints.iter().all(|k| talks.constraints[*k].allows(&outcome))
    })
}

#[test]
fn constraints_that_contradict_each_other_are_told_without_any_that_can_be_spared() {
    let (mut contradictions, mut fine) = (0, 0);
    for seed in 0..60 {
        let talks = talks(&tangled(seed, 7, 24 + seed));
        let all: Vec<usize> = (0..talks.constraints.len()).collect();
        match why_impossible(&talks) {
            Finding::Fine => {
                assert!(some_outcome(&talks, &all), "seed {seed}");
                fine += 1;
            }
            Finding::Contradiction { constraints, least } => {
                assert!(least && !some_outcome(&talks, &constraints), "seed {seed}");
                for spared in &constraints {
                    let rest: Vec<usize> = constraints.iter().copied().filter(|k| k != spared).collect();
                    assert!(some_outcome(&talks, &rest), "seed {seed}: {spared} can be spared");
                }
                contradictions += 1;
            }
        }
    }
    assert!(contradictions > 10 && fine > 10, "{contradictions} and {fine}");
}

fn folder(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(&folder).expect("a folder");
    folder
}

fn file(folder: &Path, name: &str, text: &str) -> String {
    let path = folder.join(name);
    std::fs::write(&path, text).expect("written");
    path.display().to_string()
}

#[test]
fn shapes_and_ends_of_numbers_give_a_chance_or_a_refusal() {
    let folder = folder("ends");
    for (k, (cost, chance)) in [
        // Nearly always next to nothing; nearly always next to 1; a coin between the two ends.
        ("{beta: {alpha: 1e-9, beta: 1, from: 0, to: 2}}", Some(1.0)),
        ("{beta: {alpha: 1, beta: 1e-9, from: 0, to: 2}}", Some(0.0)),
        ("{beta: {alpha: 1e-12, beta: 1e-12, from: 0, to: 2}}", Some(0.5)),
        ("{beta: {alpha: 3e8, beta: 1e8, from: 0, to: 2}}", Some(0.0)),
        ("{triangular: [-1e160, 0, 1e160]}", Some(0.5)),
        ("{triangular: [0, 1e-180, 2e-180]}", Some(1.0)),
        ("{uniform: [-1e299, 1e299]}", Some(0.5)),
        ("{uniform: [-1e-200, 1e-200]}", Some(1.0)),
        ("{pert: [-2e299, 0, 2e299]}", Some(0.5)),
        ("{normal: [0, 1e299]}", Some(0.5)),
        ("{truncated_normal: [1, 1e200, 0, 2]}", Some(0.5)),
        ("{discrete: {-1e299: 0.25, 1e299: 0.75}}", Some(0.25)),
        ("{pert: [-1e308, 0, 1e308]}", None),
        ("{beta: {alpha: 1e-200, beta: 1}}", None),
    ]
    .into_iter()
    .enumerate()
    {
        let text = format!(
            "detente: 1\ntitle: ends\nissues: [{{id: i, options: [a, b]}}]\nparties:\n  - {{id: p, alternative: 0, will: \
             {cost}, preferences: {{i: [0, 1]}}}}\n  - {{id: q, alternative: 0, preferences: {{i: [1, 1]}}}}\n"
        );
        let path = file(&folder, &format!("{k}.yaml"), &text);
        let (code, out, err) = running::run(&["analyze", &path, "--format", "json", "--draws", "64"]);
        let Some(chance) = chance else {
            assert!(
                code == 1 && err.contains("to be computed with") && err.contains("help: write"),
                "{cost}: {err}"
            );
            continue;
        };
        assert_eq!(code, 0, "{cost}: {err}");
        let found: serde_json::Value = serde_json::from_str(&out).expect("JSON");
        // A chance of 0 leaves no best deal.
        let best = found.pointer("/will/best/0/probability").and_then(serde_json::Value::as_f64);
        let best = best.unwrap_or(0.0);
        assert!((best - chance).abs() < 1e-6, "{cost}: {best}, not {chance}");
    }
}

#[cfg(unix)]
mod interrupts {
    use super::{Dice, file, folder, running, tangled};
    use std::time::Duration;

    fn catalog(name: &str) -> String {
        format!("{}/../../catalog/{name}", env!("CARGO_MANIFEST_DIR"))
    }

    /// At moments drawn once and for all, over all commands.
    #[test]
    fn whenever_an_interrupt_comes_the_command_ends_as_it_should() {
        let folder = folder("interrupts");
        let hard = file(&folder, "hard.yaml", &tangled(1, 30, 120));
        let events: String = (0..40).map(|k| format!("<event id=\"e{k}\"/>")).collect();
        let graph = format!(
            "<dcrgraph title=\"g\"><specification><resources><events>{events}</events></resources></specification></dcrgraph>"
        );
        let graph = file(&folder, "graph.xml", &graph);
        let supply = catalog("everyday/supply-contract");
        let out = folder.join("out").display().to_string();
        let commands: [&[&str]; 9] = [
            &["check", &hard],
            &["check", &supply, "--format", "json"],
            &["analyze", &supply, "--format", "json"],
            &["analyze", &supply, "--format", "html", "--out", &out],
            &["analyze", &supply, "--format", "html", "--audience", "shared"],
            &["analyze", &hard],
            &["sequence", &supply, "--format", "json"],
            &["sequence", &graph, "--format", "json"],
            &["convert", &supply, "-"],
        ];
        let mut dice = Dice(2026);
        for arguments in commands.iter().cycle().take(27) {
            let delay = Duration::from_millis(dice.below(12) * dice.below(60));
            let (code, text) = running::interrupted_after(delay, arguments);
            // None: the signal came before the command could listen. 1 and 2 are what some of them end with.
            assert!(matches!(code, Some(130 | 0 | 1 | 2) | None), "{arguments:?}: {code:?}");
            if arguments.contains(&"json") && !text.is_empty() {
                let read: Result<serde_json::Value, _> = serde_json::from_str(&text);
                assert!(read.is_ok(), "{arguments:?} after {delay:?}: {text}");
            }
            let left = std::fs::read_dir(&folder).expect("a folder").filter_map(Result::ok);
            let left: Vec<_> =
                left.filter(|entry| entry.file_name().to_string_lossy().starts_with('.')).collect();
            assert!(left.is_empty(), "{arguments:?} left {left:?}");
        }
    }
}

#[test]
fn changes_beyond_all_numbers_are_not_told() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("ends.yaml");
    let text = "detente: 1\ntitle: Ends\nissues: [{id: i, options: [a, b]}]\nparties:\n\
        - {id: p, alternative: 0, will: {uniform: [0, 1e300]}, preferences: {i: [0, 1.7e308]}}\n\
        - {id: q, alternative: 0, preferences: {i: [0, 1]}}\n";
    std::fs::write(&path, text).expect("a file");
    let (code, out, err) =
        running::run(&["-q", "analyze", path.to_str().expect("a path"), "--format", "json"]);
    assert_eq!(code, 0, "{err}");
    let found: serde_json::Value = serde_json::from_str(&out).expect("JSON");
    let numbers = found["flips"]["numbers"].as_array().expect("numbers that flip something");
    assert!(!numbers.is_empty(), "{out}");
    for change in numbers.iter().flat_map(|number| [&number["verdict"], &number["best"]]) {
        assert!(change.is_null() || change["to"].is_number() && change["share"].is_number(), "{change}");
    }
}

/// Three buyers share a harvest, and each haggles over a price and a day; what a price is worth hangs on the share.
fn harvest() -> String {
    let mut text = String::from("detente: 1\ntitle: Harvest\nissues:\n");
    for k in 0..3 {
        text += &format!("- {{id: share-{k}, name: Share {k}, range: {{from: 0, to: 4}}}}\n");
        text += &format!("- {{id: price-{k}, range: {{from: 1, to: 60}}}}\n");
        text += &format!("- {{id: day-{k}, range: {{from: 1, to: 40}}}}\n");
    }
    text += "parties:\n";
    for (party, sign) in [("farm", 1), ("buyers", -1)] {
        text += &format!("- id: {party}\n  bodies:\n");
        for body in ["first", "second"] {
            text += &format!("  - id: {party}-{body}\n    alternative: 0\n    will: {{uniform: [0, 2]}}\n");
            text += "    preferences: {share-0: {linear: {0: 0, 4: 1}}}\n    interactions:\n";
            for k in 0..3 {
                text +=
                    &format!("    - {{when: {{share-{k}: 2, price-{k}: 9, day-{k}: 7}}, adds: {sign}}}\n");
            }
        }
    }
    text += "constraints:\n";
    for (a, b) in (0..5).flat_map(|a| (0..5).map(move |b| (a, b))) {
        text += &match 4 - a - b {
            rest @ 0.. => format!("- {{if: {{share-0: {a}, share-1: {b}}}, then: {{share-2: {rest}}}}}\n"),
            _ => format!("- {{forbid: {{share-0: {a}, share-1: {b}}}}}\n"),
        };
    }
    text
}

#[test]
fn what_ties_too_much_together_is_named_with_a_way_out_that_works() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("harvest.yaml");
    let analyze = |text: &str| {
        std::fs::write(&path, text).expect("a file");
        let (code, out, err) = running::run(&["-q", "analyze", path.to_str().expect("a path")]);
        assert_eq!(code, 0, "{err}");
        out.split_whitespace().collect::<Vec<_>>().join(" ")
    };
    let out = analyze(&harvest());
    assert!(out.contains("tie 9 issues together"), "{out}");
    assert!(out.contains("what ties most is Share 0, Share 1"), "{out}");
    assert!(out.contains("as the first by the constraint `{forbid: {share-0: {not: 0}}}`"), "{out}");
    let settled = ["share-0", "share-1", "share-2"].iter().zip([2, 1, 1]);
    let settled: String = settled.map(|(id, n)| format!("- {{forbid: {{{id}: {{not: {n}}}}}}}\n")).collect();
    let out = analyze(&(harvest() + &settled));
    assert!(!out.contains("not complete"), "{out}");
}

#[test]
fn what_values_tie_is_not_said_to_be_loosened_by_a_constraint() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("hub.yaml");
    let mut text = String::from("detente: 1\ntitle: Hub\nissues:\n- {id: hub, range: {from: 0, to: 9}}\n");
    for k in 0..6 {
        text += &format!("- {{id: spoke-{k}, range: {{from: 1, to: 60}}}}\n");
    }
    text += "parties:\n";
    for (party, sign) in [("one", 1), ("other", -1)] {
        text += &format!("- id: {party}\n  bodies:\n");
        for body in ["first", "second"] {
            text += &format!("  - id: {party}-{body}\n    alternative: 0\n    will: {{uniform: [0, 2]}}\n");
            text += "    preferences: {hub: {linear: {0: 0, 9: 1}}}\n    interactions:\n";
            for k in 0..6 {
                text += &format!("    - {{when: {{hub: 2, spoke-{k}: 9}}, adds: {sign}}}\n");
            }
        }
    }
    std::fs::write(&path, text).expect("a file");
    let (code, out, err) = running::run(&["-q", "analyze", path.to_str().expect("a path")]);
    assert_eq!(code, 0, "{err}");
    let out = out.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(out.contains("tie 7 issues together") && !out.contains("what ties most"), "{out}");
}
