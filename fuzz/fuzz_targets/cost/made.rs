//! Small scenarios made of choices: every byte is one, so that the fuzzer changes shapes and not letters.

use libfuzzer_sys::arbitrary::Unstructured;
use std::fmt::Write as _;

/// Choices that are drawn from the input; the first of each where it has ended.
struct Choices<'a>(Unstructured<'a>);

impl Choices<'_> {
    fn of<T: Copy>(&mut self, among: &[T]) -> T {
        *self.0.choose(among).unwrap_or(&among[0])
    }

    fn below(&mut self, n: usize) -> usize {
        self.0.int_in_range(0..=n.max(1) - 1).unwrap_or(0)
    }

    fn holds(&mut self) -> bool {
        self.0.arbitrary().unwrap_or(false)
    }
}

/// How many options each issue has, and whether they are a range.
type Issues = Vec<(usize, bool)>;

/// The text of a scenario; it may be larger than what is looked at.
pub(crate) fn scenario(bytes: &[u8]) -> String {
    let mut choices = Choices(Unstructured::new(bytes));
    let mut text = String::from("detente: 1\ntitle: t\n");
    if choices.holds() {
        text.push_str("correlation: 0.4\n");
    }
    let issues = issues(&mut choices, &mut text);
    let bodies = parties(&mut choices, &mut text, &issues);
    constraints(&mut choices, &mut text, &issues);
    levers(&mut choices, &mut text, &bodies);
    steps(&mut choices, &mut text, issues.len());
    text
}

fn issues(choices: &mut Choices<'_>, text: &mut String) -> Issues {
    let n = choices.of(&[2, 1, 3, 5, 8, 12, 20, 30, 40]);
    let alike = choices.of(&[0, 2, 3, 10, 100, 1_000, 100_000, 1_000_000]);
    text.push_str("issues:\n");
    let issue = |k: usize, choices: &mut Choices<'_>, text: &mut String| {
        let options = if alike > 0 { alike } else { choices.of(&[2, 3, 4, 11, 101, 10_000]) };
        let is_range = options > 4 || choices.holds();
        let _ = if is_range {
            writeln!(text, "- {{id: i{k}, range: {{from: 0, to: {}}}, status_quo: 0}}", options - 1)
        } else {
            writeln!(text, "- {{id: i{k}, options: {:?}, status_quo: a}}", &["a", "b", "c", "d"][..options])
        };
        (options, is_range)
    };
    (0..n).map(|k| issue(k, choices, text)).collect()
}

/// The bodies, as they are named by others.
fn parties(choices: &mut Choices<'_>, text: &mut String, issues: &Issues) -> Vec<String> {
    let n = choices.of(&[2, 1, 3, 4, 8]);
    let each = choices.of(&[1, 2, 3, 5, 12, 30]);
    let stake = choices.of(&[1, 2, 4, 100]);
    text.push_str("parties:\n");
    let mut bodies = Vec::new();
    for p in 0..n {
        let names: Vec<String> = (0..each).map(|b| format!("b{b}")).collect();
        let list = names.join(", ");
        let rule = match choices.below(4) {
            0 => format!("{{all: [{list}]}}"),
            1 => format!("{{any: [{list}]}}"),
            2 => format!("{{at_least: {}, of: [{list}]}}", each / 2 + 1),
            _ => {
                let weigh = |name: &String| format!("{name}: {}", choices.of(&[1, 2, 3, 17, 101]));
                let weights: Vec<String> = names.iter().map(weigh).collect();
                format!("{{quota: {}, weights: {{{}}}}}", each * 2, weights.join(", "))
            }
        };
        let _ = writeln!(text, "- id: p{p}\n  ratifies: {rule}\n  bodies:");
        for name in names {
            let _ = write!(text, "  - {{id: {name}, alternative: {}", number(choices));
            let _ = write!(text, ", will: {}, strain: {}, preferences: {{", number(choices), number(choices));
            for (k, (options, is_range)) in issues.iter().enumerate().take(stake) {
                let _ = write!(text, "i{k}: {}, ", values(choices, *options, *is_range));
            }
            text.push_str("}}\n");
            bodies.push(format!("p{p}.{name}"));
        }
    }
    bodies
}

fn values(choices: &mut Choices<'_>, options: usize, is_range: bool) -> String {
    let worth = |choices: &mut Choices<'_>| choices.of(&[0, 1, 2, 3, 7, -5, 1_000, 999_983]);
    if is_range {
        let (from, to) = (worth(choices), worth(choices));
        return format!("{{linear: {{0: {from}, {}: {to}}}}}", options - 1);
    }
    let each: Vec<String> = (0..options).map(|_| worth(choices).to_string()).collect();
    format!("[{}]", each.join(", "))
}

fn number(choices: &mut Choices<'_>) -> &'static str {
    choices.of(&[
        "0",
        "1",
        "none",
        "unknown",
        "{uniform: [0, 9]}",
        "{normal: [1, 2]}",
        "{beta: {alpha: 1e-9, beta: 3}}",
        "{beta: {alpha: 1e9, beta: 2e9, from: -1e6, to: 1e6}}",
        "{truncated_normal: [0, 1e-12, 5, 6]}",
        "{pert: [0, 1e-9, 1e9]}",
        "{discrete: {0: 0.1, 1: 0.2, 2: 0.3, 5: 0.4}}",
        "{uniform: [-1e150, 1e150]}",
    ])
}

fn constraints(choices: &mut Choices<'_>, text: &mut String, issues: &Issues) {
    let n = choices.of(&[0, 1, 3, 10, 40]);
    if n > 0 {
        text.push_str("constraints:\n");
    }
    for _ in 0..n {
        let (first, ahead) = (choices.below(issues.len()), 1 + choices.below(issues.len()));
        let mut named = vec![first, (first + ahead) % issues.len(), (first + 2 * ahead) % issues.len()];
        named.sort_unstable();
        named.dedup();
        let parts: Vec<String> = named.into_iter().map(|k| condition(choices, k, issues[k])).collect();
        let _ = match &parts[..] {
            [one, other] if choices.holds() => writeln!(text, "- {{if: {{{one}}}, then: {{{other}}}}}"),
            _ => writeln!(text, "- forbid: {{{}}}", parts.join(", ")),
        };
    }
}

fn condition(choices: &mut Choices<'_>, issue: usize, (options, is_range): (usize, bool)) -> String {
    match (is_range, choices.below(options)) {
        (true, at) if choices.holds() => format!("i{issue}: {{from: {at}}}"),
        (true, at) => format!("i{issue}: {at}"),
        (false, at) => format!("i{issue}: {}", ["a", "b", "c", "d"][at]),
    }
}

fn levers(choices: &mut Choices<'_>, text: &mut String, bodies: &[String]) {
    let n = choices.of(&[0, 1, 4, 12, 30]);
    if n > 0 {
        text.push_str("mediators:\n- id: m\n  levers:\n");
    }
    for k in 0..n {
        let body = &bodies[choices.below(bodies.len())];
        let kind = choices.of(&["inducement", "assurance", "pressure"]);
        let cost = choices.of(&["1", "2", "0.1", "17", "1e9"]);
        let _ = writeln!(text, "  - {{id: l{k}, cost: {cost}, {kind}: {{{body}: 1}}}}");
    }
}

fn steps(choices: &mut Choices<'_>, text: &mut String, n_issues: usize) {
    let n = choices.of(&[0, 2, 6, 12, 24, 40]).min(4 * n_issues);
    if n > 0 {
        text.push_str("steps:\n");
    }
    let tie = choices.of(&["", "after", "responds", "excludes", "includes", "milestone"]);
    for k in 0..n {
        let issue = k % n_issues;
        let parts = (n - issue).div_ceil(n_issues);
        let _ = write!(text, "- {{id: s{k}, by: p0, delivers: {{i{issue}: {}}}", 1.0 / parts as f64);
        if !tie.is_empty() && k > 0 && choices.holds() {
            let _ = write!(text, ", {tie}: [s{}]", choices.below(k));
        }
        text.push_str("}\n");
    }
}
