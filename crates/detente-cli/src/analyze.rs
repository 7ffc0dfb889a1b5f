//! `detente analyze`: everything about a scenario in one go.

use crate::carried::{Aimed, carried};
use crate::deal;
use crate::diagnostics::Findings;
use crate::files::{self, Staged};
use crate::input;
use crate::output::{self, Failure, Said};
use crate::progress::{Watcher, stopped};
use crate::samples;
use detente_analysis::{
    Analysis, Estimate, Gift, LeverOptions, Levers, Limit, Method, Options, Requirements,
    RequirementsOptions, Scale, Silence, Space, Stop, Together, Unknowns, UnknownsOptions, account, analyze,
    average, feasible, levers, missing, remaining, requirements, sensitivity, unanswered, unknowns,
    with_silence,
};
use detente_model::{Outcome, Talks};
use detente_report::{CarriedDeal, NamedDeal, Report, Shared};
use std::path::{Path, PathBuf};
use std::sync::Arc;

#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// A scenario file, or a folder that holds one.
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// How to print the result; if left out, by the ending of `--out`: .html, .json, otherwise text.
    #[arg(long, value_enum)]
    format: Option<Format>,
    /// Write the result to a file, whole or not at all, instead of stdout.
    #[arg(long, value_name = "PATH")]
    out: Option<PathBuf>,
    /// The probability of agreement aimed at, from 0 to 1.
    #[arg(long, value_name = "P", default_value = "0.5", value_parser = probability)]
    target: f64,
    /// Seed for what is drawn: the values of numbers that are not known.
    #[arg(long, value_name = "N", default_value = "0")]
    seed: u64,
    /// Most draws of the numbers that are not known.
    #[arg(long, value_name = "N", default_value = "16384", value_parser = clap::value_parser!(u32).range(16..=1_048_576))]
    draws: u32,
    /// Stop drawing when the chance of the best deal is known to within this, in 95 of 100 runs.
    #[arg(long, value_name = "W", default_value = "0.005", value_parser = probability)]
    within: f64,
    /// Write the draws as a table, by the ending of the name: .csv or .parquet.
    #[arg(long, value_name = "PATH")]
    samples: Option<PathBuf>,
    /// How many best deals to name; among those within one point of each other, the most different.
    #[arg(long, value_name = "K", default_value = "10", value_parser = clap::value_parser!(u32).range(1..))]
    top: u32,
    /// How many efficient deals to list in JSON: a number, or `all`.
    #[arg(long, value_name = "N|all", default_value = "1000", value_parser = points)]
    points: Points,
    /// Units of party utilities: `unit` maps each body to 0..1; `raw` needs one body per party.
    #[arg(long, value_enum)]
    scale: Option<Units>,
    /// Who will see the page: `team` has everything; `shared` has nothing of what anybody values.
    #[arg(long, value_enum, default_value = "team")]
    audience: Audience,
    /// A deal to ask about, or to put on the shared page, such as "price=4,term=long"; may be repeated.
    #[arg(long, value_name = "ISSUE=OPTION,...")]
    deal: Vec<String>,
    /// Write the pictures of the page into a folder as well, an SVG file each.
    #[arg(long, value_name = "DIR")]
    svg: Option<PathBuf>,
    #[command(flatten)]
    reading: input::Reading,
}

/// How to print an analysis.
#[derive(Clone, Copy, PartialEq, clap::ValueEnum)]
enum Format {
    /// One screen for people.
    Text,
    /// Everything, for programs.
    Json,
    /// A page to print and to bring.
    Html,
}

/// Who will see the result.
#[derive(Clone, Copy, PartialEq, clap::ValueEnum)]
enum Audience {
    /// The mediation team: everything.
    Team,
    /// All sides: what is on the table, and nothing of what anybody values.
    Shared,
}

#[derive(Clone, Copy, PartialEq, clap::ValueEnum)]
enum Units {
    Raw,
    Unit,
}

#[derive(Clone, Copy)]
enum Points {
    First(usize),
    All,
}

pub(crate) fn probability(text: &str) -> Result<f64, String> {
    let value: f64 = text.parse().map_err(|_| "write a number from 0 to 1".to_owned())?;
    if (0.0..=1.0).contains(&value) { Ok(value) } else { Err("write a number from 0 to 1".into()) }
}

fn points(text: &str) -> Result<Points, String> {
    match text {
        "all" => Ok(Points::All),
        _ => text.parse().map(Points::First).map_err(|_| "write a whole number or `all`".into()),
    }
}

/// Options that do not go together.
fn check(arguments: &Arguments) -> Result<(), Failure> {
    let refuse = |message: &str| Err(Failure::Message(message.into()));
    arguments.out.as_deref().map_or(Ok(()), files::check)?;
    if let Some(path) = &arguments.samples {
        samples::check(path)?;
        if arguments.out.as_ref().is_some_and(|out| out == path || same_file(out, path)) {
            return refuse("`--out` and `--samples` name the same file; name another for one of them");
        }
    }
    match arguments.audience {
        Audience::Shared if arguments.samples.is_some() => {
            refuse("draws show what the parties value; leave out `--audience shared`, or `--samples`")
        }
        Audience::Shared if arguments.svg.is_some() => refuse(
            "the pictures of `--svg` show what the parties value; leave out `--audience shared`, or `--svg`",
        ),
        _ => Ok(()),
    }
}

pub(crate) fn run(arguments: &Arguments, quiet: bool) -> output::Outcome {
    check(arguments)?;
    let (findings, hash) = input::read(&arguments.file, &arguments.reading)?;
    let findings = input::for_good(findings);
    let Some(talks) = findings.told(quiet) else { return Ok(1) };
    not_over_itself(arguments.out.as_deref(), findings)?;
    not_over_itself(arguments.samples.as_deref(), findings)?;
    if arguments.audience == Audience::Shared {
        return shared(arguments, talks);
    }
    let asked: Vec<Outcome> =
        arguments.deal.iter().map(|text| deal::read(talks, text)).collect::<Result<_, _>>()?;
    let format = arguments.format();
    let scale = scale(arguments.scale, talks)?;
    let pictured = format == Format::Html || arguments.svg.is_some();
    let watcher = Watcher::new(quiet);
    let options = Options {
        target: arguments.target,
        top: arguments.top as usize,
        points: match arguments.points {
            Points::First(n) if !pictured => Some(n),
            _ => None,
        },
        scale,
        cloud: if pictured { CLOUD } else { 0 },
        ..Options::default()
    };
    let space = watcher.compiled(talks);
    let found = space.and_then(|space| {
        let options = options.clone();
        watcher.ask(move |watch| Arc::new(analyze(space, &options, watch)))
    });
    let mut analysis = found.unwrap_or_else(|| Arc::new(unanswered(talks, &options)));
    let settled = analysis.knowledge.is_settled();
    let own = Arc::clone(&analysis);
    let flips = match format {
        Format::Html | Format::Json if settled => {
            space.and_then(|space| watcher.ask(move |watch| sensitivity(space, &own, watch)).flatten())
        }
        Format::Html | Format::Text | Format::Json => None,
    };
    let drawn = UnknownsOptions {
        seed: arguments.seed,
        draws: arguments.draws as usize,
        within: arguments.within,
        top: (arguments.top as usize).min(CLOSELY),
        target: arguments.target,
        keep: arguments.samples.is_some(),
        ..UnknownsOptions::default()
    };
    let own = Arc::clone(&analysis);
    let unknowns = match interrupted(&analysis) {
        true => None,
        false if !settled => None,
        false => space.and_then(|space| {
            watcher.ask(move |watch| unknowns(space, &own, &drawn, watch)).flatten().map(Arc::new)
        }),
    };
    let aim = Aimed { target: arguments.target, seed: arguments.seed };
    let taken = space.map_or_else(Taken::default, |space| {
        Taken::new(space, &analysis, unknowns.as_ref(), asked, aim, &watcher)
    });
    let left_out = format != Format::Text && flips.is_none() && analysis.limit.is_none() && settled;
    let stopped = stopped();
    let broken_off = left_out && stopped;
    // In JSON its absence says the same.
    let left_out = left_out && format == Format::Html;
    let left_behind = watcher.left_out();
    watcher.finish();
    let mut reading = findings.warnings();
    // A page that draws says of what in words.
    reading.extend(means_used(talks).filter(|_| format != Format::Html || unknowns.is_none()));
    let mut warnings: Vec<String> = Vec::new();
    warnings.extend(hangs_on_silence(&analysis, &taken));
    warnings.extend(none_carried(talks, &taken.carried, stopped));
    warnings.extend(draws_stopped(unknowns.as_deref()));
    warnings.extend(left_behind);
    if broken_off {
        warnings.push("what would flip it is left out: it was interrupted".into());
    } else if left_out && analysis.method == Method::Enumeration {
        warnings.push(
            "what would flip it is left out: it is asked only where bodies decide independently".into(),
        );
    } else if left_out {
        warnings.push("what would flip it is left out: that takes a look at each possible deal".into());
    }
    let mut staged = Staged::default();
    let pictured = Report {
        unknowns: unknowns.as_deref(),
        ..taken.of(report(talks, &analysis, &hash, arguments.seed, [&reading, &warnings]))
    };
    let pictures = pictures(arguments, &pictured, findings, &mut staged)?;
    if let Points::First(n) = arguments.points {
        Arc::make_mut(&mut analysis).frontier.truncate(if format == Format::Html { usize::MAX } else { n });
    }
    let report = Report {
        flips: flips.as_ref(),
        unknowns: unknowns.as_deref(),
        ..taken.of(report(talks, &analysis, &hash, arguments.seed, [&reading, &warnings]))
    };
    let draws = unknowns.as_ref().and_then(|found| found.samples.as_ref());
    if let (Some(path), Some(draws)) = (&arguments.samples, draws) {
        staged.add(path, &samples::content(path, talks, draws)?)?;
    }
    deliver(&said(format, &report, arguments.out.is_some()), arguments.out.as_deref(), staged)?;
    if let Some(n) = pictures.filter(|_| !quiet) {
        output::complain(&n);
    }
    match &arguments.samples {
        Some(_) if draws.is_none() && stopped => output::complain("no draws were written: it was stopped"),
        Some(_) if draws.is_none() => return Err(samples::nothing()),
        _ => {}
    }
    Ok(if stopped || interrupted(&analysis) { 130 } else { 0 })
}

/// What is left out because it hangs on what is not said.
fn hangs_on_silence(analysis: &Analysis, taken: &Taken) -> Option<String> {
    let left_out = !analysis.knowledge.is_settled() && taken.inverse.is_none();
    left_out.then(|| {
        "how sure this is, what would flip it and what it would take are left out: they hang on what is not said yet".into()
    })
}

/// The chance of a deal if all of whom too little is said say no, and if they all say yes; no two chances where enough is
/// said, and nothing at all if it was stopped.
fn chances_if_missing(
    talks: &'static Talks,
    deal: &Outcome,
    options: &RequirementsOptions,
    watcher: &Watcher,
) -> Option<Option<[f64; 2]>> {
    if missing(talks).is_empty() {
        return Some(None);
    }
    let (deal, options) = (deal.clone(), options.clone());
    let found = watcher.ask(move |watch| {
        let chance = |silence| {
            let talks = with_silence(talks, silence);
            let space = Space::compile(&talks, watch).continue_value()?;
            Some(account(&space, &deal, &options, watch).probability)
        };
        Some([chance(Silence::No)?, chance(Silence::Yes)?])
    });
    if let Some(None) = found {
        watcher.leave_out();
    }
    found.flatten().map(Some)
}

/// What it would take: with levers, with nothing given, and for the deals asked about.
#[derive(Default)]
struct Taken {
    levers: Option<Levers>,
    package_average: Option<Estimate>,
    inverse: Option<Requirements>,
    falls_average: Option<Estimate>,
    accounts: Vec<NamedDeal>,
    carried: Vec<CarriedDeal>,
}

impl Taken {
    fn new(
        space: &'static Space<'static>,
        analysis: &Arc<Analysis>,
        unknowns: Option<&Arc<Unknowns>>,
        asked: Vec<Outcome>,
        aim: Aimed,
        watcher: &Watcher,
    ) -> Taken {
        let (talks, target) = (space.talks(), aim.target);
        // After an interrupt nothing new is begun.
        let known = analysis.will.as_ref().filter(|_| !stopped());
        let settled = analysis.knowledge.is_settled();
        let has_levers = !talks.levers.is_empty();
        let pull = |deal: Option<Outcome>| {
            let options = LeverOptions { target, deal, ..LeverOptions::default() };
            watcher.ask(move |watch| levers(space, &options, watch))
        };
        let pulled = known.filter(|_| has_levers).and_then(|_| pull(None));
        let of_deals: Vec<Option<Levers>> = asked
            .iter()
            .map(|deal| (has_levers && settled).then(|| pull(Some(deal.clone()))).flatten())
            .collect();
        let favourable = pulled.as_ref().filter(|_| !settled).and_then(|_| {
            let options = LeverOptions { target, ..LeverOptions::default() };
            let found = watcher.ask(move |watch| {
                let talks = with_silence(talks, Silence::Yes);
                let space = Space::compile(&talks, watch).continue_value()?;
                Some(levers(&space, &options, watch))
            });
            found.flatten()
        });
        // What levers bring is told where it is the same whatever those say of whom too little is said.
        let same = |sure: &Levers| favourable.as_ref().is_some_and(|other| other.brings_the_same(sure));
        let pulled = pulled.filter(|sure| settled || same(sure));
        let deals =
            known.map(|will| will.best.iter().take(CLOSELY).map(|deal| deal.outcome.clone()).collect());
        let options = RequirementsOptions {
            target,
            deals: deals.unwrap_or_default(),
            ..RequirementsOptions::default()
        };
        // A target of 0 is reached by anything.
        let inverse = known.filter(|_| target > 0.0 && settled).and_then(|will| {
            let options = options.clone();
            let mut found = watcher.ask(move |watch| requirements(space, &options, watch))?;
            if found.limit.is_some() {
                // What the analysis found is there, also where this could look at no deal.
                found.best = found.best.max(will.best_probability);
            }
            Some(found)
        });
        let mean = |deal: &Outcome, gifts: Vec<Gift>| {
            let (found, deal) = (Arc::clone(unknowns?), deal.clone());
            watcher.ask(move |watch| average(space, &found, &deal, &gifts, watch)).flatten()
        };
        let account_of = |(deal, levers): (&Outcome, Option<Levers>)| {
            let (own, asked) = (deal.clone(), options.clone());
            let account = watcher.ask(move |watch| account(space, &own, &asked, watch))?;
            let if_missing = chances_if_missing(talks, deal, &options, watcher)?;
            Some(NamedDeal { account, average: mean(deal, Vec::new()), levers, if_missing })
        };
        let accounts = asked.iter().zip(of_deals).filter_map(account_of).collect();
        let package = pulled.as_ref().and_then(|found| found.chosen());
        let package_average = package.and_then(|package| mean(package.deal.as_ref()?, package.gifts(talks)));
        let falls_average = match inverse.as_ref().map(|found| &found.together) {
            Some(Together::Enough(falls)) => mean(&falls.outcome, falls.gifts()),
            _ => None,
        };
        let carried = carried(space, analysis, &asked, aim, watcher);
        Taken { levers: pulled, package_average, inverse, falls_average, accounts, carried }
    }

    fn of<'a>(&'a self, report: Report<'a>) -> Report<'a> {
        Report {
            levers: self.levers.as_ref(),
            package_average: self.package_average,
            inverse: self.inverse.as_ref(),
            falls_average: self.falls_average,
            accounts: &self.accounts,
            carried: &self.carried,
            ..report
        }
    }
}

/// Most of the best deals that are looked at in every draw, and that are tried for what it would take, however many
/// are named.
const CLOSELY: usize = 256;

/// Deals kept for a picture beside those that are named, of the zone and of the rest each.
const CLOUD: usize = 2000;

impl Arguments {
    fn format(&self) -> Format {
        let ending = self.out.as_ref().and_then(|out| out.extension()).and_then(|ending| ending.to_str());
        let ending = ending.map(str::to_ascii_lowercase);
        self.format.unwrap_or(match ending.as_deref() {
            Some("html" | "htm") => Format::Html,
            Some("json") => Format::Json,
            _ => Format::Text,
        })
    }
}

fn report<'a>(
    talks: &'a Talks,
    analysis: &'a Analysis,
    input_sha256: &'a str,
    seed: u64,
    [reading, warnings]: [&'a [String]; 2],
) -> Report<'a> {
    Report {
        talks,
        analysis,
        version: env!("CARGO_PKG_VERSION"),
        input_sha256,
        seed,
        reading,
        warnings,
        flips: None,
        unknowns: None,
        levers: None,
        package_average: None,
        inverse: None,
        falls_average: None,
        accounts: &[],
        carried: &[],
    }
}

/// The page for all sides: nothing is analysed for it that depends on what anybody values.
fn shared(arguments: &Arguments, talks: &Talks) -> output::Outcome {
    if arguments.format() != Format::Html {
        let message =
            "`--audience shared` is a page; add `--format html`, or give `--out` a name that ends in .html";
        return Err(Failure::Message(message.into()));
    }
    let packages: Vec<Outcome> =
        arguments.deal.iter().map(|text| deal::read(talks, text)).collect::<Result<_, _>>()?;
    let (outcomes, remaining) = (feasible(talks), remaining(talks));
    let page = detente_report::shared_page(&Shared {
        talks,
        outcomes: &outcomes,
        remaining: remaining.as_deref(),
        packages: &packages,
        version: env!("CARGO_PKG_VERSION"),
    });
    deliver(&Said::Data(page), arguments.out.as_deref(), Staged::default())?;
    Ok(0)
}

/// A result must not replace a file of the scenario it was made from.
pub(crate) fn not_over_itself(out: Option<&Path>, input: &Findings) -> Result<(), Failure> {
    match out {
        Some(out) if input.files.iter().any(|file| same_file(out, &file.path)) => {
            let message =
                format!("`{}` is the input itself; name another file for the result", out.display());
            Err(Failure::Message(message))
        }
        _ => Ok(()),
    }
}

/// Whether two paths lead to the same place, whether or not anything is there yet.
fn same_file(a: &Path, b: &Path) -> bool {
    let place = |path: &Path| {
        path.canonicalize().ok().or_else(|| {
            let path = files::followed(path).ok()?;
            let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
            Some(folder.unwrap_or(Path::new(".")).canonicalize().ok()?.join(path.file_name()?))
        })
    };
    place(a).is_some_and(|a| place(b) == Some(a))
}

/// Makes the pictures of the page ready, none over the scenario or over the result; and says how many there are.
fn pictures(
    arguments: &Arguments,
    report: &Report<'_>,
    input: &Findings,
    staged: &mut Staged,
) -> Result<Option<String>, Failure> {
    let Some(folder) = &arguments.svg else { return Ok(None) };
    let pictures = detente_report::pictures(report);
    staged.folder(folder)?;
    for (name, text) in &pictures {
        let path = folder.join(name);
        not_over_itself(Some(&path), input)?;
        if arguments.out.as_ref().is_some_and(|out| *out == path || same_file(out, &path)) {
            let message =
                format!("`--out` and `--svg` would both write `{}`; name another file", path.display());
            return Err(Failure::Message(message));
        }
        staged.add(&path, text.as_bytes())?;
    }
    Ok(Some(match pictures.len() {
        0 => "there is no picture to write, because the analysis is not complete".to_owned(),
        n => format!("wrote {n} pictures to {}; older ones there are left as they are", folder.display()),
    }))
}

fn scale(asked: Option<Units>, talks: &Talks) -> Result<Option<Scale>, Failure> {
    let several = talks.parties.iter().find(|party| party.bodies.len() > 1);
    match (asked, several) {
        (None, _) => Ok(None),
        (Some(Units::Unit), _) => Ok(Some(Scale::Unit)),
        (Some(Units::Raw), None) => Ok(Some(Scale::Raw)),
        (Some(Units::Raw), Some(party)) => Err(Failure::Message(format!(
            "`--scale raw` needs one body per party, and `{}` has {}; leave it out, or use `--scale unit`",
            party.id,
            party.bodies.len()
        ))),
    }
}

/// Where it is not drawn, a distribution stands for its mean, and that is said.
pub(crate) fn means_used(talks: &Talks) -> Option<String> {
    let uncertain: Vec<String> = talks
        .numbers()
        .iter()
        .filter(|placed| !placed.number.is_certain())
        .map(|placed| placed.place.clone())
        .collect();
    let shown = uncertain.iter().take(3).map(|place| format!("`{place}`")).collect::<Vec<_>>().join(", ");
    let more = if uncertain.len() > 3 { ", ..." } else { "" };
    match uncertain.len() {
        0 => None,
        1 => Some(format!(
            "1 number is a distribution ({shown}); its mean is used unless it is said to be drawn"
        )),
        n => Some(format!(
            "{} numbers are distributions ({shown}{more}); their means are used unless they are said to be drawn",
            detente_model::grouped(n)
        )),
    }
}

/// Why nothing is said of the steps, where nothing is.
fn none_carried(talks: &Talks, carried: &[CarriedDeal], stopped: bool) -> Option<String> {
    let why = match stopped {
        true => "it was interrupted",
        false => "no deal is known that would pass the rules of agreement; name one with `--deal`",
    };
    (!talks.steps.is_empty() && carried.is_empty())
        .then(|| format!("how a deal would be carried out is left out: {why}"))
}

fn draws_stopped(found: Option<&Unknowns>) -> Option<String> {
    let found = found.filter(|found| found.stop == Stop::Interrupted)?;
    Some(format!("drawing was stopped after {} draws; what needs more work is left out", found.draws))
}

fn said(format: Format, report: &Report<'_>, to_file: bool) -> Said {
    match format {
        Format::Json => Said::Data(detente_report::json(report)),
        Format::Text => Said::Screen(detente_report::text(report, width(to_file))),
        Format::Html => Said::Data(detente_report::page(report)),
    }
}

/// Writes or prints a result, together with the files that belong to it.
pub(crate) fn deliver(said: &Said, out: Option<&Path>, mut staged: Staged) -> Result<(), Failure> {
    if let Some(path) = out {
        staged.add(path, said.plain().as_bytes())?;
    }
    staged.commit()?;
    if out.is_none() { output::print(said) } else { Ok(()) }
}

/// The terminal's width; 80 where there is none.
pub(crate) fn width(to_file: bool) -> usize {
    let terminal = terminal_size::terminal_size_of(std::io::stdout()).filter(|_| !to_file);
    terminal.map_or(80, |(width, _)| usize::from(width.0))
}

fn interrupted(analysis: &Analysis) -> bool {
    analysis.limit == Some(Limit::Interrupted)
}
