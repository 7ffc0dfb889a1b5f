//! What small files cost at most: time and memory of the command for files made to be slow.

use super::machine;
use crate::{Verdict, shell};
use anyhow::{Context, Result};
use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

/// A file, and the arguments before and after it.
struct Case {
    what: &'static str,
    file: &'static str,
    text: String,
    before: &'static str,
    after: &'static [&'static str],
}

/// Runs the command on each case; writes `docs/limits.md`.
pub(crate) fn worst(root: &Path) -> Result<Verdict> {
    shell::run(&mut shell::cargo(root, &["build", "--release", "--locked", "-p", "detente-cli"]))?;
    let folder = root.join("target/worst");
    fs::create_dir_all(&folder).context("no folder for the files could be made")?;
    let mut table = String::from("| file | size | command | time | memory |\n|---|---:|---|---:|---:|\n");
    for case in cases() {
        let path = folder.join(case.file);
        fs::write(&path, &case.text).with_context(|| format!("`{}` could not be written", path.display()))?;
        let mut command = Command::new(root.join("target/release/detente"));
        command.arg(case.before).arg(&path).args(case.after).stdout(Stdio::null()).stderr(Stdio::null());
        let begun = Instant::now();
        let megabytes = peak(&mut command.spawn().context("`detente` could not be started")?)?;
        let row = format!(
            "| {} | {} B | `{}` | {:.1} s | {megabytes} MB |",
            case.what,
            case.text.len(),
            [&[case.before], case.after].concat().join(" "),
            begun.elapsed().as_secs_f64()
        );
        println!("{row}");
        let _ = writeln!(table, "{row}");
    }
    let text = format!("{HEAD}\n{}\n\n{table}", machine(root)?);
    fs::write(root.join("docs/limits.md"), text).context("`docs/limits.md` could not be written")?;
    println!("\nwrote docs/limits.md");
    Ok(Verdict::Clean)
}

const HEAD: &str = "# What a file may cost\n
Written by `cargo xtask bench worst`; do not edit.\n
Work is counted, in outcomes looked at, probabilities worked out and numbers held, and every search has a budget of it. A \
result says where a budget ended something: by a limit, by bounds instead of a number, by fewer draws, or by \"at least\". \
Budgets are counts and not seconds, so that the same file gives the same result on every machine.\n
The files below are made to be slow for their size. An interrupt (Ctrl-C) is answered within a second at any moment: \
what is known is printed, and the exit code is 130. A second one ends the command at once.\n";

/// Waits for the end of a process; the most memory that it held, as far as the system tells, in MB.
fn peak(child: &mut Child) -> Result<u64> {
    let status = format!("/proc/{}/status", child.id());
    let mut most = 0;
    while child.try_wait()?.is_none() {
        let text = fs::read_to_string(&status).unwrap_or_default();
        let line = text.lines().find_map(|line| line.strip_prefix("VmHWM:"));
        let kilobytes = line.and_then(|line| line.split_whitespace().next()?.parse::<u64>().ok());
        most = most.max(kilobytes.unwrap_or(0) / 1024);
        thread::sleep(Duration::from_millis(10));
    }
    Ok(most)
}

fn cases() -> Vec<Case> {
    let yaml = |what, file, text, before, after| Case { what, file, text, before, after };
    vec![
        yaml("a cost of extreme shape", "beta.yaml", beta(), "analyze", &[]),
        yaml("100 bodies that vote by majority", "votes.yaml", bodies(100, ""), "analyze", &[]),
        yaml(
            "the same, their costs going together",
            "moods.yaml",
            bodies(100, "correlation: 0.4\n"),
            "analyze",
            &[],
        ),
        yaml("36 such bodies", "fewer.yaml", bodies(36, "correlation: 0.4\n"), "analyze", &[]),
        yaml("36 questions, 155 constraints of three", "tied.yaml", tied(36, 155), "check", &[]),
        yaml("two issues of 1,000 options", "wide.yaml", wide(2, 1_000), "analyze", &[]),
        yaml("the same, 100,000 deals named", "named.yaml", wide(2, 1_000), "analyze", &["--top", "100000"]),
        yaml("three issues of 1,000,000 options", "ranges.yaml", wide(3, 1_000_000), "analyze", &[]),
        yaml("eight issues of 1,000,000 options", "more.yaml", wide(8, 1_000_000), "analyze", &[]),
        yaml("128 events without a relation", "open.xml", events(128), "sequence", &[]),
    ]
}

fn beta() -> String {
    "detente: 1\ntitle: t\nissues: [{id: i, options: [a, b]}]\nparties:\n  - {id: p, alternative: {beta: {alpha: 3e-11, beta: \
     2}}, preferences: {i: [0, 1]}}\n  - {id: q, alternative: 0, preferences: {i: [1, 0]}}\n"
        .into()
}

fn bodies(n: usize, correlation: &str) -> String {
    let names = (0..n).map(|k| format!("b{k}")).collect::<Vec<_>>().join(", ");
    let mut text = format!(
        "detente: 1\ntitle: t\n{correlation}issues: [{{id: i, options: [a, b]}}]\nparties:\n  - id: p\n    ratifies: {{at_least: {}, \
         of: [{names}]}}\n    bodies:\n",
        n / 2
    );
    for k in 0..n {
        let _ = writeln!(
            text,
            "      - {{id: b{k}, alternative: 0, will: {{uniform: [0, 2.{k}]}}, preferences: {{i: [1, {}]}}}}",
            k % 3
        );
    }
    text + "  - {id: q, alternative: 0, preferences: {i: [1, 0]}}\n"
}

fn tied(issues: u64, constraints: u64) -> String {
    let mut text = String::from("detente: 1\ntitle: t\nissues:\n");
    for i in 0..issues {
        let _ = writeln!(text, "  - {{id: i{i}, options: [n, y]}}");
    }
    text.push_str("parties:\n  - {id: p, alternative: 0, preferences: {i0: [0, 1]}}\n");
    text.push_str("  - {id: q, alternative: 0, preferences: {i0: [1, 0]}}\nconstraints:\n");
    let mut seed = 12_345u64;
    let mut below = |n: u64| {
        seed = seed * 48_271 % 0x7fff_ffff;
        seed % n
    };
    for _ in 0..constraints {
        let first = below(issues);
        let (second, third) = ((first + 1 + below(issues - 2)) % issues, (first + issues - 1) % issues);
        let mut part = |issue: u64| format!("i{issue}: {}", ["n", "y"][below(2) as usize]);
        let _ = writeln!(text, "  - forbid: {{{}, {}, {}}}", part(first), part(second), part(third));
    }
    text
}

fn wide(issues: usize, options: usize) -> String {
    let last = options - 1;
    let mut text = String::from("detente: 1\ntitle: t\nissues:\n");
    for i in 0..issues {
        let _ = writeln!(text, "  - {{id: i{i}, range: {{from: 0, to: {last}}}}}");
    }
    text.push_str("parties:\n");
    for (party, values) in [("p", (0, 1)), ("q", (1, 0))] {
        let own = format!("{{linear: {{0: {}, {last}: {}}}}}", values.0, values.1);
        let all = (0..issues).map(|i| format!("i{i}: {own}")).collect::<Vec<_>>().join(", ");
        let _ = writeln!(
            text,
            "  - {{id: {party}, alternative: 0, will: {{uniform: [0, 1]}}, preferences: {{{all}}}}}"
        );
    }
    text
}

fn events(n: usize) -> String {
    let events: String = (0..n).map(|k| format!("<event id=\"e{k}\"/>")).collect();
    format!(
        "<dcrgraph title=\"g\"><specification><resources><events>{events}</events></resources></specification></dcrgraph>"
    )
}
