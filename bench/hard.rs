//! What a survey finds where too many issues are tied together to count through, beside what random outcomes and
//! simulated annealing find in the same time on one thread. Run by `cargo xtask bench hard`, which reads what this
//! prints: lines whose fields are parted by tabs.

#[path = "hard/dice.rs"]
mod dice;
#[path = "hard/landscape.rs"]
mod landscape;
#[path = "hard/scenarios.rs"]
mod scenarios;
#[path = "hard/search.rs"]
mod search;
#[path = "hard/stairs.rs"]
mod stairs;

use detente_analysis::{Survey, SurveyOptions, survey};
use detente_formats::ReadOptions;
use detente_model::{Outcome, Talks};
use landscape::{Landscape, Walk};
use search::Best;
use stairs::Stairs;
use std::ops::ControlFlow;
use std::path::Path;
use std::time::{Duration, Instant};

/// For how long annealing may look for something above a bound.
const CHECKED: Duration = Duration::from_secs(3);
const SEED: u64 = 1;

/// Talks with the work that a survey puts into them, so much that it takes at most ten seconds.
struct Row {
    name: String,
    talks: Talks,
    options: SurveyOptions,
}

fn main() {
    let only = std::env::args().nth(1).filter(|argument| !argument.starts_with('-'));
    for row in rows() {
        if only.as_ref().is_none_or(|only| row.name.contains(only.as_str())) {
            bests(&row);
            fronts(&row);
        }
    }
}

fn rows() -> Vec<Row> {
    let row = |name: &str, talks: Talks, best, solutions, frontier, point| Row {
        name: name.to_owned(),
        talks,
        options: SurveyOptions { best, solutions, frontier, point, ..SurveyOptions::default() },
    };
    let mut rows: Vec<Row> =
        field().into_iter().map(|(name, talks)| row(&name, talks, 50_000, 5_000, 50_000, 100)).collect();
    for seed in 1..=2 {
        let groups =
            row(&format!("groups, seed {seed}"), scenarios::groups(100, seed), 1_000, 500, 2_500, 40);
        rows.push(Row { options: SurveyOptions { tries: 80_000_000, ..groups.options }, ..groups });
        rows.push(row(&format!("pairs, seed {seed}"), scenarios::pairs(100, seed), 200, 50, 500, 20));
    }
    rows
}

/// The nonlinear scenarios of other systems, where they are at hand: those the list of all calls so.
fn field() -> Vec<(String, Talks)> {
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/corpus");
    let Ok(table) = std::fs::read_to_string(corpus.join("manifest.csv")) else {
        eprintln!("there is no {}: only generated talks are measured", corpus.display());
        return Vec::new();
    };
    let nonlinear = table.lines().filter(|line| line.contains(",nonlinear"));
    let names = nonlinear.filter_map(|line| line.split(',').nth(2));
    names.map(|name| (name.to_owned(), read(&corpus.join(name)))).collect()
}

fn read(path: &Path) -> Talks {
    let opened = detente_formats::open(path).expect("a folder");
    let reading = detente_formats::read_files(&opened.path, &opened.files, &ReadOptions::default());
    reading.talks.expect("a valid scenario")
}

fn surveyed(talks: &Talks, options: &SurveyOptions) -> (Survey, Duration) {
    let begin = Instant::now();
    let found = survey(talks, options, &|_| ControlFlow::Continue(())).expect("few boxes");
    (found, begin.elapsed())
}

/// The best for each party. Each of them has its part of the time that the survey took for both.
fn bests(row: &Row) {
    let Row { name, talks, options } = row;
    let (found, time) = surveyed(talks, &SurveyOptions { solutions: 0, frontier: 0, ..*options });
    let time = time / talks.parties.len() as u32;
    let outcomes: f64 = talks.issues.iter().map(|issue| (issue.n_options() as f64).log10()).sum();
    for (party, best) in found.best.iter().enumerate() {
        let land = Landscape::new(talks, [party]);
        let own = best.outcome.as_ref().map_or(f64::NEG_INFINITY, |outcome| utility(talks, party, outcome));
        let drawn = checked(talks, party, search::best_drawn(&land, time, SEED), best.at_most);
        let annealed = checked(talks, party, search::best_annealed(&land, time, SEED), best.at_most);
        let longer =
            checked(talks, party, search::best_annealed(&land, CHECKED.max(time), SEED + 1), best.at_most);
        println!(
            "best\t{name}\t{}\t{outcomes:.0}\t{}\t{own}\t{}\t{}\t{}\t{}\t{}\t{}",
            talks.issues.len(),
            party + 1,
            best.at_most,
            time.as_secs_f64(),
            drawn.value,
            annealed.value,
            annealed.tries,
            longer.value
        );
    }
}

/// What was found is what the talks say it is, and no more than the survey says there can be.
fn checked(talks: &Talks, party: usize, mut best: Best, at_most: f64) -> Best {
    let value = utility(talks, party, &Walk::<1>::outcome(&best.chosen));
    assert!((value - best.value).abs() < 1e-6, "{} was found, and is {value}", best.value);
    assert!(value <= at_most + 1e-9, "{value} was found, where {at_most} was said to be most");
    best.value = value;
    best
}

/// From the definition.
fn utility(talks: &Talks, party: usize, outcome: &Outcome) -> f64 {
    let body = &talks.bodies[talks.parties[party].bodies[0].0];
    body.preferences.leaves(&talks.issues, outcome).iter().sum()
}

/// Efficient outcomes.
fn fronts(row: &Row) {
    let Row { name, talks, options } = row;
    let (found, time) = surveyed(talks, options);
    let land = Landscape::new(talks, [0, 1]);
    let mut own = Stairs::default();
    found.points.iter().for_each(|point| own.offer([point.utilities[0], point.utilities[1]]));
    let drawn = search::front_drawn(&land, time, SEED);
    let annealed = search::front_annealed(&land, time, SEED);
    for proven in found.points.iter().filter(|point| point.efficient) {
        let mut alone = Stairs::default();
        alone.offer([proven.utilities[0], proven.utilities[1]]);
        let beaten = alone.beaten_by(&drawn) + alone.beaten_by(&annealed);
        assert!(beaten == 0, "{:?} was said to be efficient", proven.utilities);
    }
    let all = [&own, &drawn, &annealed];
    let corner = |p: usize| {
        all.iter().flat_map(|stairs| stairs.points()).map(|point| point[p]).fold(f64::INFINITY, f64::min)
    };
    let most = |p: usize| {
        all.iter().flat_map(|stairs| stairs.points()).map(|point| point[p]).fold(f64::NEG_INFINITY, f64::max)
    };
    let corner = [corner(0), corner(1)];
    let whole = (most(0) - corner[0]) * (most(1) - corner[1]);
    let efficient = found.points.iter().filter(|point| point.efficient).count();
    println!(
        "front\t{name}\t{}\t{}\t{efficient}\t{}\t{}\t{}\t{}\t{}\t{}\t{}\t{}\t{}\t{}",
        time.as_secs_f64(),
        found.points.len(),
        found.open.len(),
        own.area(corner) / whole,
        drawn.area(corner) / whole,
        annealed.area(corner) / whole,
        drawn.points().len(),
        annealed.points().len(),
        drawn.beaten_by(&own),
        annealed.beaten_by(&own),
        own.beaten_by(&drawn),
        own.beaten_by(&annealed),
    );
}
