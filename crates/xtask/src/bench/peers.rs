//! The same talks by Detente and by other programs, side by side.

mod environment;

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use anyhow::{Context, Result, ensure};

use super::{section, time};
use crate::{Verdict, shell};

/// Where the other programs and what they are given lie, under the root of the project.
const FOLDER: &str = "target/peers";
/// How often every program is run, each time all of them in turn.
const ROUNDS: usize = 3;
/// The ways to an answer, in the order in which they are run.
const WAYS: [Way; 4] = [Way::Structure, Way::Sweep, Way::Negmas, Way::Moocore];

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Way {
    Structure,
    Sweep,
    Negmas,
    Moocore,
}

impl Way {
    fn name(self) -> &'static str {
        match self {
            Way::Structure => "Detente, by structure",
            Way::Sweep => "Detente, every outcome",
            Way::Negmas => "NegMAS",
            Way::Moocore => "moocore, its filter alone",
        }
    }

    /// How it is asked for.
    fn word(self) -> &'static str {
        match self {
            Way::Structure => "structure",
            Way::Sweep => "sweep",
            Way::Negmas => "negmas",
            Way::Moocore => "moocore",
        }
    }
}

/// What a process printed of one case.
#[derive(Clone, Debug, PartialEq)]
struct Run {
    seconds: f64,
    /// Points of the frontier, distinct ones.
    points: u64,
    /// All utilities of the frontier together, the largest product and the largest smallest one.
    values: [f64; 3],
    kilobytes: f64,
}

/// Talks that all programs are given, with what became of it.
struct Case {
    name: String,
    n_parties: String,
    runs: BTreeMap<Way, Vec<Run>>,
    /// Nanoseconds an outcome, and kilobytes, of larger talks of that kind.
    pace: Vec<(f64, f64)>,
}

/// A scenario of the field, both ways.
#[derive(Debug, PartialEq)]
struct Scenario<'a> {
    name: &'a str,
    same: bool,
    outcomes: &'a str,
    points: [&'a str; 2],
    seconds: [f64; 2],
}

/// Runs the benchmark `peers` and the programs it is compared with; writes its part of `bench/RESULTS.md`.
pub(crate) fn peers(root: &Path) -> Result<Verdict> {
    let versions = environment::ready(root)?;
    fs::create_dir_all(root.join(FOLDER)).with_context(|| format!("`{FOLDER}` could not be made"))?;
    let folder = root.join(FOLDER).display().to_string();
    println!("$ cargo {} (some minutes, on an idle machine)", cargo_args(&["cases", FOLDER]).join(" "));
    let printed = detente(root, &["cases", &folder])?;
    let mut cases: Vec<Case> = printed.lines().filter_map(case).collect();
    ensure!(
        !cases.is_empty(),
        "the benchmark named no talks; `cargo bench -p detente-cli --bench peers` has to build"
    );
    for round in 1..=ROUNDS {
        println!("round {round} of {ROUNDS}");
        for (k, case) in cases.iter_mut().enumerate() {
            measure(root, k, case)?;
        }
    }
    let printed = detente(root, &["corpus"])?;
    let problems: Vec<String> = cases.iter().flat_map(disagreements).chain(difference(&printed)).collect();
    for problem in &problems {
        eprintln!("error: {problem}");
    }
    if !problems.is_empty() {
        eprintln!("nothing was written; the utilities are in {FOLDER}");
        return Ok(Verdict::Problems);
    }
    let text = text(&versions, &cases, &printed);
    print!("{text}");
    section(root, "Side by side", "peers", &text)?;
    println!("\nwrote bench/RESULTS.md");
    Ok(Verdict::Clean)
}

/// One round of one case: every program in a process of its own.
fn measure(root: &Path, k: usize, case: &mut Case) -> Result<()> {
    let number = k.to_string();
    for way in WAYS {
        let printed = match way {
            Way::Structure | Way::Sweep => detente(root, &["case", &number, way.word()])?,
            Way::Negmas | Way::Moocore => {
                let utilities = root.join(FOLDER).join(format!("{number}.f64")).display().to_string();
                environment::python(root, &[way.word(), &utilities, &case.n_parties])?
            }
        };
        let run = printed.lines().find_map(run);
        let run = run.with_context(|| format!("{} said nothing of {}", way.name(), case.name))?;
        println!("  {}, {}: {}", case.name, way.name(), time(run.seconds * 1e9));
        case.runs.entry(way).or_default().push(run);
    }
    let printed = detente(root, &["pace", &number])?;
    let found = printed.lines().find_map(pace).with_context(|| format!("no pace of {}", case.name))?;
    println!("  {}, every one of 10^8 outcomes: {:.2} ns each", case.name, found.0);
    case.pace.push(found);
    Ok(())
}

/// Runs the benchmark on one thread, as the other programs run.
fn detente(root: &Path, words: &[&str]) -> Result<String> {
    shell::capture(shell::cargo(root, &cargo_args(words)).env("RAYON_NUM_THREADS", "1"))
}

fn cargo_args<'a>(words: &[&'a str]) -> Vec<&'a str> {
    let mut args = vec!["bench", "--locked", "-p", "detente-cli", "--bench", "peers", "--"];
    args.extend(words);
    args
}

fn case(line: &str) -> Option<Case> {
    let (name, n_parties) = line.split_once('\t')?;
    Some(Case { name: name.into(), n_parties: n_parties.into(), runs: BTreeMap::new(), pace: Vec::new() })
}

fn run(line: &str) -> Option<Run> {
    let fields: Vec<f64> = line.split('\t').map(str::parse).collect::<Result<_, _>>().ok()?;
    let [seconds, points, total, nash, egalitarian, kilobytes] = fields[..] else { return None };
    Some(Run { seconds, points: points as u64, values: [total, nash, egalitarian], kilobytes })
}

fn pace(line: &str) -> Option<(f64, f64)> {
    let (nanoseconds, kilobytes) = line.split_once('\t')?;
    Some((nanoseconds.parse().ok()?, kilobytes.parse().ok()?))
}

/// Nothing where the scenario is not there.
fn scenario(line: &str) -> Option<Scenario<'_>> {
    let fields: Vec<&str> = line.split('\t').collect();
    let [name, same, outcomes, left, right, structure, sweep] = fields[..] else { return None };
    Some(Scenario {
        name,
        same: same == "same",
        outcomes,
        points: [left, right],
        seconds: [structure.parse().ok()?, sweep.parse().ok()?],
    })
}

/// Where a program found something else than Detente by structure.
fn disagreements(case: &Case) -> Vec<String> {
    let Some(ours) = case.runs.get(&Way::Structure).and_then(|runs| runs.first()) else { return vec![] };
    let mut problems = Vec::new();
    for (way, theirs) in case.runs.iter().flat_map(|(way, runs)| runs.iter().map(move |run| (way, run))) {
        let mut differ = |what: &str, ours: f64, theirs: f64| {
            if !same(ours, theirs) {
                let name = way.name();
                problems
                    .push(format!("{}: {what} is {theirs} by {name}, and {ours} by structure", case.name));
            }
        };
        if ours.points != theirs.points {
            differ("the number of points", ours.points as f64, theirs.points as f64);
        }
        let names = ["the sum of the frontier", "the Nash product", "the egalitarian value"];
        for (what, (ours, theirs)) in names.into_iter().zip(ours.values.into_iter().zip(theirs.values)) {
            differ(what, ours, theirs);
        }
    }
    problems.dedup();
    problems
}

/// To nine digits; what is not a number is never the same. Utilities are whole numbers, so that only the last digits of
/// products may differ.
fn same(a: f64, b: f64) -> bool {
    (a - b).abs() <= 1e-9 * a.abs().max(b.abs())
}

fn difference(printed: &str) -> Option<String> {
    let Scenario { name, points: [left, right], .. } =
        printed.lines().find_map(scenario).filter(|found| !found.same)?;
    Some(format!(
        "{name}: the frontier of {left} points by structure is not that of {right} by every outcome"
    ))
}

fn text(versions: &str, cases: &[Case], printed: &str) -> String {
    let mut text = format!(
        "{versions}. Everything runs on one thread, each program in a process of its own, all of them in turn, \
         {ROUNDS} rounds; a process runs again and again for a second, at least once after a run that is not \
         counted. Stated are medians over the rounds, of the medians of a process.\n\n\
         Additive talks from a fixed seed, six issues of ten options, 10^6 outcomes; without a deal everyone has 0. What an \
         option is worth is a whole number, so that sums are exact in every program and no tie is a matter of \
         rounding.\n\n\
         * Detente is timed from talks to the finished frontier, the Nash and the egalitarian point with their \
         outcomes. *By structure* uses that preferences are sums; *every outcome* does not, and looks at each \
         (`Parts::whole`).\n\
         * NegMAS is timed from a ready matrix of utilities: `pareto_frontier_numpy`, `nash_points` and \
         `kalai_points` on ready ranges. Evaluating the outcomes is not counted, nor are its own statistics \
         used, which take longer.\n\
         * moocore is timed from the same matrix with signs turned: `is_nondominated` alone.\n\
         * Memory is the most that a process had, start and libraries included; where Python runs, the matrix and what is \
         imported too.\n\n"
    );
    text.push_str(&table(cases));
    text.push_str(
        "\nAll found the same in every round: the number of distinct points, the sum of all their utilities, the Nash \
         product and the egalitarian value, to nine digits.\n\n",
    );
    text.push_str(&paces(cases));
    text.push('\n');
    text.push_str(&targets(cases));
    text.push('\n');
    text.push_str(&of_the_field(printed));
    text
}

fn table(cases: &[Case]) -> String {
    let mut table = String::from(
        "| talks | frontier | program | median | against by structure | against every outcome | memory |\n\
         |---|---:|---|---:|---:|---:|---:|\n",
    );
    for case in cases {
        for way in WAYS {
            let points = case.runs.get(&way).and_then(|runs| runs.first()).map_or(0, |run| run.points);
            let times = |other: Way| Some(ratio(case, way, other)).filter(|ratio| *ratio > 1.0).map(short);
            let _ = writeln!(
                table,
                "| {} | {points} | {} | {} | {} | {} | {:.0} MB |",
                case.name,
                way.name(),
                time(seconds(case, way) * 1e9),
                times(Way::Structure).unwrap_or_default(),
                times(Way::Sweep).unwrap_or_default(),
                memory(case, way)
            );
        }
    }
    table
}

fn paces(cases: &[Case]) -> String {
    let mut table = String::from(
        "Every outcome of larger talks, eight issues of ten options, 10^8 outcomes, on one thread:\n\n\
         | talks | ns an outcome | memory |\n|---|---:|---:|\n",
    );
    for case in cases {
        let memory = case.pace.iter().map(|(_, kilobytes)| kilobytes / 1024.0).fold(0.0, f64::max);
        let _ = writeln!(table, "| {} | {:.2} | {memory:.0} MB |", case.name, nanoseconds(case));
    }
    table
}

/// What was aimed at, beside the least favourable case.
fn targets(cases: &[Case]) -> String {
    let least = |of: &dyn Fn(&Case) -> f64| cases.iter().map(of).fold(f64::INFINITY, f64::min);
    let most = |of: &dyn Fn(&Case) -> f64| cases.iter().map(of).fold(0.0, f64::max);
    let pairs = |case: &Case| if case.n_parties == "2" { nanoseconds(case) } else { 0.0 };
    let of_memory = |case: &Case| {
        let larger = case.pace.iter().map(|(_, kilobytes)| kilobytes / 1024.0).fold(0.0, f64::max);
        memory(case, Way::Structure).max(memory(case, Way::Sweep)).max(larger)
    };
    let at_least = [
        ("by structure, against NegMAS", 1000.0, Way::Negmas, Way::Structure),
        ("every outcome, against NegMAS", 50.0, Way::Negmas, Way::Sweep),
        ("every outcome, against moocore's filter", 10.0, Way::Moocore, Way::Sweep),
    ];
    let mut table = String::from("| aim | wanted | least favourable case | reached |\n|---|---:|---:|---|\n");
    for (what, wanted, slow, fast) in at_least {
        let found = least(&|case| ratio(case, slow, fast));
        let _ = writeln!(
            table,
            "| {what} | {wanted} times | {} times | {} |",
            short(found),
            yes(found >= wanted)
        );
    }
    let (pace, memory) = (most(&pairs), most(&of_memory));
    let _ = writeln!(
        table,
        "| an outcome of two parties, on one core | at most 1.5 ns | {pace:.2} ns | {} |\n\
         | memory of Detente | below 50 MB | {memory:.0} MB | {} |",
        yes(pace <= 1.5),
        yes(memory < 50.0)
    );
    table
}

fn of_the_field(printed: &str) -> String {
    let Some(Scenario { name, outcomes, points: [points, _], seconds: [structure, sweep], .. }) =
        printed.lines().find_map(scenario)
    else {
        return "The scenario of the field was not measured: its folder is not there.\n".into();
    };
    format!(
        "A scenario of the field, `{name}`, {outcomes} outcomes, by Detente on one thread: {} by structure, {} by every \
         outcome. Both found the same {points} points, each with the same first outcome and count.\n",
        time(structure * 1e9),
        time(sweep * 1e9)
    )
}

fn yes(reached: bool) -> &'static str {
    if reached { "yes" } else { "**no**" }
}

fn seconds(case: &Case, way: Way) -> f64 {
    median(case.runs.get(&way).into_iter().flatten().map(|run| run.seconds))
}

fn nanoseconds(case: &Case) -> f64 {
    median(case.pace.iter().map(|(nanoseconds, _)| *nanoseconds))
}

/// The most over all rounds, in megabytes.
fn memory(case: &Case, way: Way) -> f64 {
    case.runs.get(&way).into_iter().flatten().map(|run| run.kilobytes / 1024.0).fold(0.0, f64::max)
}

/// How many times as long the first takes as the second.
fn ratio(case: &Case, slow: Way, fast: Way) -> f64 {
    seconds(case, slow) / seconds(case, fast)
}

fn median(values: impl Iterator<Item = f64>) -> f64 {
    let mut values: Vec<f64> = values.collect();
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(f64::NAN)
}

/// A ratio to two digits or more.
fn short(ratio: f64) -> String {
    match ratio {
        ratio if ratio < 10.0 => format!("{ratio:.1}"),
        ratio => format!("{ratio:.0}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A case with one run of Detente by structure, and one of NegMAS.
    fn sample(ours: &str, theirs: &str) -> Case {
        let mut case = case("2 parties, random\t2").expect("a case");
        for (way, line) in [(Way::Structure, ours), (Way::Negmas, theirs)] {
            case.runs.insert(way, vec![run(line).expect("a run")]);
        }
        case
    }

    #[test]
    fn numbers_are_read_as_both_languages_print_them() {
        let found = run("0.25\t27\t123.0\t1.5e+17\t0.5\t2048").expect("a run");
        assert_eq!((found.points, found.values), (27, [123.0, 1.5e17, 0.5]));
        assert_eq!(pace("0.71\t3072"), Some((0.71, 3072.0)));
        assert!(run("running 0 tests").is_none() && case("running 0 tests").is_none());
    }

    #[test]
    fn what_programs_disagree_on_is_named() {
        let ours = "0.001\t27\t100\t9\t3\t1";
        assert!(disagreements(&sample(ours, "1.0\t27\t100.00000000001\t9\t3\t1")).is_empty());
        let problems = disagreements(&sample(ours, "1.0\t26\t100\t9\t3.1\t1"));
        let parts = ["the number of points is 26 by NegMAS, and 27", "the egalitarian value is 3.1"];
        assert_eq!(problems.len(), 2);
        assert!(problems.iter().zip(parts).all(|(problem, part)| problem.contains(part)), "{problems:?}");
        assert_eq!(disagreements(&sample(ours, "1.0\t27\t100\tNaN\t3\t1")).len(), 1);
    }

    #[test]
    fn ratios_are_of_medians() {
        let mut case = sample("0.001\t1\t1\t1\t1\t1024", "1.0\t1\t1\t1\t1\t2048");
        for line in ["9.0\t1\t1\t1\t1\t4096", "2.0\t1\t1\t1\t1\t2048"] {
            case.runs.entry(Way::Negmas).or_default().push(run(line).expect("a run"));
        }
        assert_eq!(short(ratio(&case, Way::Negmas, Way::Structure)), "2000");
        assert_eq!(memory(&case, Way::Negmas), 4.0);
    }

    #[test]
    fn a_scenario_that_is_absent_or_differs_is_said() {
        assert!(of_the_field("a\tabsent\n").contains("not there"));
        let line = "a\tsame\t56609280\t195\t195\t0.001\t0.1\n";
        assert!(of_the_field(line).contains("1.00 ms by structure, 100 ms by every outcome"));
        assert_eq!(difference(line), None);
        assert!(
            difference(&line.replace("same", "different")).is_some_and(|said| said.contains("195 points"))
        );
    }
}
