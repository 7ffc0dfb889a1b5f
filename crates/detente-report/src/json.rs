//! The JSON result, version 1: stable, described by `docs/analysis.schema.json`.

mod dcr;
mod flips;
mod inverse;
mod knowledge;
mod lasting;
mod levers;
mod sequence;
mod unknowns;

pub use dcr::{dcr_json, dcr_schema};
pub use sequence::{sequence_json, sequence_schema};

use crate::Report;
use crate::deal::outcome_map;
use crate::screen::json_escaped;
use crate::words::limit_words;
use detente_analysis::{CountBounds, Deal, Method, Scale, Share, Solution, Verdict};
use detente_model::{BodyId, IssueId, OptionId, Outcome, Spot, Support, Talks};
use indexmap::IndexMap;
use num_bigint::BigUint;
use schemars::JsonSchema;
use serde::Serialize;

/// What `detente analyze --format json` prints.
#[derive(Serialize, JsonSchema)]
#[schemars(title = "Detente analysis", deny_unknown_fields)]
struct Document {
    /// Version of the program.
    detente: String,
    /// Title of the scenario.
    title: String,
    /// SHA-256 of the input file.
    input_sha256: String,
    /// The seed.
    seed: u64,
    /// Units of party utilities: `raw`, the only body's own; `unit`, influence-weighted means of
    /// bodies mapped to 0..1 over the feasible outcomes.
    scale: &'static str,
    /// Bodies, as `party.body`, of whose lowest and highest utility over feasible outcomes only bounds are known:
    /// utilities are mapped to 0..1 over these, and shares of a range are shares of them.
    bounded_ranges: Vec<String>,
    /// The unit in which all bodies count; null where the scenario declares none.
    common_unit: Option<String>,
    /// What was guessed, replaced or left out.
    warnings: Vec<String>,
    /// The parties, in the order of the file.
    parties: Vec<PartyEntry>,
    /// How many outcomes there are of each kind.
    outcomes: OutcomeCounts,
    /// The efficient outcomes; null where a limit was met.
    frontier: Option<Frontier>,
    /// The four bargaining solutions.
    solutions: SolutionSet,
    /// What is missing; null if the zone is not empty or a limit was met.
    no_zone: Option<NoZoneEntry>,
    /// How likely agreement is; null where a limit was met.
    will: Option<WillEntry>,
    /// What would flip the verdict or the best deal; null where that is not asked, as where costs go together or there
    /// are too many outcomes.
    flips: Option<flips::FlipsEntry>,
    /// How the outcomes were gone through; null where each was looked at.
    search: Option<Search>,
    /// How sure the answers are; null where every number that enters is known, or where a limit was met.
    unknowns: Option<unknowns::UnknownsEntry>,
    /// What levers can do; null if there are none.
    levers: Option<levers::LeversEntry>,
    /// What it would take with no lever given; null where that was not asked.
    inverse: Option<inverse::InverseEntry>,
    /// The deals that were asked about, in their order.
    accounts: Vec<inverse::AccountEntry>,
    /// How the likeliest deals, or those asked about, can be carried out; null where there are no steps.
    sequence: Option<sequence::SequenceEntry>,
    /// Whether enough is known for the verdict, and what is missing.
    knowledge: knowledge::KnowledgeEntry,
    /// How much of this is assumed.
    assumptions: Assumptions,
}

#[derive(Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
struct PartyEntry {
    id: String,
    name: String,
    /// Ids of its bodies.
    bodies: Vec<String>,
    /// What is known of the alternatives of its bodies, in their order: `number`, `range`, `none` (it refuses nothing),
    /// `never` (it agrees to nothing) or `unknown`.
    bodies_alternative_is: IndexMap<String, &'static str>,
    /// The same of the party: that of its only body, or what is least known of several.
    alternative_is: &'static str,
    /// What no agreement is worth; null if no body has an alternative.
    alternative: Option<f64>,
    /// Lowest utility over feasible outcomes; null where a limit was met.
    min: Option<f64>,
    /// Highest utility over feasible outcomes, as far as one was found; null where a limit was met.
    max: Option<f64>,
    /// What the highest utility cannot exceed: the same, unless a search was ended early.
    max_at_most: Option<f64>,
}

/// An integer, or a decimal string above 2^53.
#[derive(Serialize, JsonSchema)]
#[serde(untagged)]
enum Count {
    Number(u64),
    Text(String),
}

#[derive(Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
struct OutcomeCounts {
    /// All combinations of options.
    total: Count,
    /// Those that break no constraint; an upper bound if not exact.
    feasible: Count,
    feasible_exact: bool,
    /// Those on which the talks agree at political cost 0, or a lower bound of their number that is 0
    /// only if there are none; null where a limit was met.
    zone: Option<Count>,
    /// What their number cannot exceed: `zone` itself, if that is exact.
    zone_at_most: Option<Count>,
    zone_exact: bool,
}

/// How much was looked at where there were too many outcomes to look at each.
#[derive(Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
struct Search {
    /// Partial outcomes looked at.
    nodes: Count,
    /// What the best probability cannot exceed: the best found, unless the search was ended early.
    best_at_most: Option<f64>,
}

#[derive(Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
struct Frontier {
    /// How many distinct efficient utility vectors there are, shown or not; where `complete` is false, how many were
    /// found of which no other that was met is better for all.
    count: usize,
    /// Whether these are all there are.
    complete: bool,
    /// How many are proven to be efficient.
    proven: usize,
    /// How many outcomes have one of the efficient utility vectors; a lower bound if not exact; null where `complete` is
    /// false.
    outcomes: Option<Count>,
    outcomes_exact: bool,
    /// By the first party's utility, descending.
    points: Vec<Point>,
}

#[derive(Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
struct Point {
    /// Option by issue.
    outcome: IndexMap<String, String>,
    /// One per party.
    utilities: Vec<f64>,
}

#[derive(Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
struct SolutionSet {
    nash: SolutionEntry,
    kalai_smorodinsky: SolutionEntry,
    egalitarian: SolutionEntry,
    utilitarian: SolutionEntry,
}

#[derive(Serialize, JsonSchema)]
#[serde(untagged)]
enum SolutionEntry {
    Found(Picked),
    None(NoSolution),
}

#[derive(Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
struct Picked {
    outcome: IndexMap<String, String>,
    utilities: Vec<f64>,
    surpluses: Vec<f64>,
    /// What all bodies together gain over no deal, in `common_unit`; null without one, or where some body has no
    /// alternative.
    total: Option<f64>,
    /// Whether it is proven that no outcome is better by the same rule.
    proven: bool,
    /// How many outcomes reach the same, the winner included.
    ties: u64,
    /// The solution over lotteries, for two single-body parties that must both agree.
    lottery: Option<Vec<ShareEntry>>,
}

#[derive(Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
struct NoSolution {
    /// Why there is none.
    none: String,
}

#[derive(Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
struct ShareEntry {
    weight: f64,
    outcome: IndexMap<String, String>,
}

#[derive(Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
struct NoZoneEntry {
    /// Lowering every alternative by this share of its body's range opens the zone; null if no
    /// share does.
    concession: Option<f64>,
    /// The outcome that opens first; null if none does.
    nearest: Option<Nearest>,
    /// The smallest sets of bodies, as `party.body`, whose consent would have to be waived.
    waive: Vec<Vec<String>>,
}

#[derive(Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
struct Nearest {
    outcome: IndexMap<String, String>,
    utilities: Vec<f64>,
    surpluses: Vec<f64>,
}

#[derive(Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
struct WillEntry {
    /// `no terms`, `no will` or `within reach`.
    verdict: &'static str,
    /// The probability aimed at.
    target: f64,
    /// Likeliest first; empty if the zone is.
    best: Vec<BestDeal>,
    /// By party and body.
    bodies: IndexMap<String, IndexMap<String, ConsentEntry>>,
    /// By issue and option: the best probability if that option were forced; at least that where a search was ended early,
    /// and null where it was ended before anything with that option was found.
    issues: IndexMap<String, IndexMap<String, Option<f64>>>,
}

#[derive(Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
struct BestDeal {
    outcome: IndexMap<String, String>,
    /// P(the talks agree).
    probability: f64,
    utilities: Vec<f64>,
    surpluses: Vec<f64>,
    on_frontier: Option<bool>,
    /// P(party ratifies).
    by_party: IndexMap<String, f64>,
    /// P(body accepts), by party.
    by_body: IndexMap<String, IndexMap<String, f64>>,
}

#[derive(Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
struct ConsentEntry {
    /// Gain in the best probability if the body's political cost were 0.
    if_free: f64,
    /// Gain in the best probability if its consent counted as given.
    if_waived: f64,
}

#[derive(Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
struct Assumptions {
    /// Numbers entered by the authors.
    numbers: usize,
    /// Those that name a claim which states them.
    sourced: usize,
    /// Those that name claims of which none states them: assumptions like those that name none.
    unstated: usize,
    /// Tables, each one assumption or one finding however many rows it has.
    tables: usize,
    /// How many of the numbers are rows of tables.
    table_rows: usize,
}

/// The analysis as one JSON object, with a final line break.
pub fn json(report: &Report<'_>) -> String {
    let mut text = json_escaped(&serde_json::to_string_pretty(&document(report)).unwrap_or_default());
    text.push('\n');
    text
}

/// The JSON Schema of what [`json`] returns.
pub fn schema() -> String {
    let mut text = serde_json::to_string_pretty(&schemars::schema_for!(Document)).unwrap_or_default();
    text.push('\n');
    text
}

fn document(report: &Report<'_>) -> Document {
    let (talks, analysis) = (report.talks, report.analysis);
    Document {
        detente: report.version.into(),
        title: talks.title.clone(),
        input_sha256: report.input_sha256.into(),
        seed: report.seed,
        scale: match analysis.scale {
            Scale::Raw => "raw",
            Scale::Unit => "unit",
        },
        bounded_ranges: analysis.bounded_ranges.iter().map(|body| report.talks.body_path(*body)).collect(),
        common_unit: talks.common_unit.clone(),
        warnings: warnings(report),
        parties: parties(report),
        outcomes: outcome_counts(report),
        frontier: analysis.has_frontier().then(|| frontier(report)),
        solutions: solutions(report),
        no_zone: no_zone(report),
        will: will(report),
        flips: report.flips.map(|found| flips::entry(talks, found)),
        search: search(report),
        unknowns: report.unknowns.map(|found| unknowns::entry(report.talks, found)),
        levers: report.levers.map(|found| levers::entry(report.talks, found, report.package_average)),
        inverse: report.inverse.map(|found| inverse::entry(report.talks, found, report.falls_average)),
        accounts: report.accounts.iter().map(|deal| inverse::account(report.talks, deal)).collect(),
        sequence: sequence::entry(report.talks, report.carried),
        knowledge: knowledge::entry(report.talks, report.analysis),
        assumptions: assumptions(talks),
    }
}

fn assumptions(talks: &Talks) -> Assumptions {
    let (numbers, sourcing) = (talks.numbers(), talks.sourcing());
    let count = |support| numbers.iter().filter(|placed| sourcing.of(placed.number) == support).count();
    Assumptions {
        numbers: numbers.len(),
        sourced: count(Support::Stated),
        unstated: count(Support::Unstated),
        tables: talks.bodies.iter().map(|body| body.preferences.tables.len()).sum(),
        table_rows: numbers.iter().filter(|placed| matches!(placed.spot, Spot::Row(..))).count(),
    }
}

fn search(report: &Report<'_>) -> Option<Search> {
    let Method::Groups { nodes } = report.analysis.method else { return None };
    let best_at_most = report.analysis.will.as_ref().map(|will| will.at_most);
    Some(Search { nodes: count(&nodes.into()), best_at_most })
}

fn warnings(report: &Report<'_>) -> Vec<String> {
    let limit = report.analysis.limit.as_ref().map(|limit| limit_words(limit, report.talks, report.analysis));
    let notes = report.reading.iter().chain(report.warnings).chain(&report.analysis.notes).cloned();
    notes.chain(crate::say::not_asked(report)).chain(limit).collect()
}

fn parties(report: &Report<'_>) -> Vec<PartyEntry> {
    let entry = |(p, party): (usize, &detente_model::Party)| {
        let range = report.analysis.parties.get(p);
        let max = range.and_then(|range| range.range).map(|(_, max)| max);
        PartyEntry {
            id: party.id.clone(),
            name: party.name.clone(),
            bodies: party.bodies.iter().map(|body| report.talks.bodies[body.0].id.clone()).collect(),
            bodies_alternative_is: party
                .bodies
                .iter()
                .map(|body| {
                    (report.talks.bodies[body.0].id.clone(), knowledge::alternative_is(report.talks, *body))
                })
                .collect(),
            alternative_is: knowledge::of_party(report.talks, party),
            alternative: range.and_then(|range| range.alternative),
            min: range.and_then(|range| range.range).map(|(min, _)| min),
            max,
            max_at_most: report.analysis.surveyed.as_ref().map_or(max, |found| Some(found.best_at_most[p])),
        }
    };
    report.talks.parties.iter().enumerate().map(entry).collect()
}

fn outcome_counts(report: &Report<'_>) -> OutcomeCounts {
    let counts = &report.analysis.counts;
    OutcomeCounts {
        total: count(&counts.outcomes.total),
        feasible: count(&counts.outcomes.feasible),
        feasible_exact: counts.outcomes.exact,
        zone: counts.zone.as_ref().map(|zone| count(&zone.at_least)),
        zone_at_most: counts.zone.as_ref().map(|zone| count(&zone.at_most)),
        zone_exact: counts.zone.as_ref().is_some_and(CountBounds::is_exact),
    }
}

fn count(value: &BigUint) -> Count {
    match u64::try_from(value) {
        Ok(small) if small <= 1 << 53 => Count::Number(small),
        _ => Count::Text(value.to_string()),
    }
}

fn frontier(report: &Report<'_>) -> Frontier {
    let point = |point: &detente_analysis::FrontierPoint| Point {
        outcome: outcome_map(report.talks, &point.outcome),
        utilities: point.utilities.clone(),
    };
    let analysis = report.analysis;
    Frontier {
        count: analysis.frontier_count,
        complete: analysis.frontier_known,
        proven: analysis.unproven().map_or(analysis.frontier_count, |surveyed| surveyed.efficient),
        outcomes: analysis.frontier_outcomes.as_ref().map(|outcomes| count(&outcomes.at_least)),
        outcomes_exact: analysis.frontier_outcomes.as_ref().is_some_and(CountBounds::is_exact),
        points: report.analysis.frontier.iter().map(point).collect(),
    }
}

fn solutions(report: &Report<'_>) -> SolutionSet {
    let talks = report.talks;
    let Some(found) = &report.analysis.solutions else {
        let reason = report
            .analysis
            .limit
            .as_ref()
            .map(|limit| limit_words(limit, report.talks, report.analysis))
            .unwrap_or_default();
        let none = || SolutionEntry::None(NoSolution { none: reason.clone() });
        return SolutionSet {
            nash: none(),
            kalai_smorodinsky: none(),
            egalitarian: none(),
            utilitarian: none(),
        };
    };
    SolutionSet {
        nash: solution(talks, &found.nash),
        kalai_smorodinsky: solution(talks, &found.kalai_smorodinsky),
        egalitarian: solution(talks, &found.egalitarian),
        utilitarian: solution(talks, &found.utilitarian),
    }
}

fn solution(talks: &Talks, solution: &Solution) -> SolutionEntry {
    match solution {
        Solution::None(reason) => SolutionEntry::None(NoSolution { none: reason.clone() }),
        Solution::Found(chosen) => SolutionEntry::Found(Picked {
            outcome: outcome_map(talks, &chosen.outcome),
            utilities: chosen.utilities.clone(),
            surpluses: chosen.surpluses.clone(),
            total: chosen.total,
            proven: chosen.proven,
            ties: chosen.ties,
            lottery: chosen.lottery.as_ref().map(|shares| shares.iter().map(|s| share(talks, s)).collect()),
        }),
    }
}

fn share(talks: &Talks, share: &Share) -> ShareEntry {
    ShareEntry { weight: share.weight, outcome: outcome_map(talks, &share.outcome) }
}

fn no_zone(report: &Report<'_>) -> Option<NoZoneEntry> {
    let found = report.analysis.no_zone.as_ref()?;
    let nearest = |outcome: &Outcome| Nearest {
        outcome: outcome_map(report.talks, outcome),
        utilities: found.utilities.clone(),
        surpluses: found.surpluses.clone(),
    };
    let path = |body: &BodyId| report.talks.body_path(*body);
    Some(NoZoneEntry {
        concession: found.concession,
        nearest: found.nearest.as_ref().map(nearest),
        waive: found.waive.iter().map(|set| set.iter().map(path).collect()).collect(),
    })
}

fn verdict(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::NoTerms => "no terms",
        Verdict::NoWill => "no will",
        Verdict::WithinReach => "within reach",
        Verdict::NotEnoughKnown => "not enough known",
    }
}

fn will(report: &Report<'_>) -> Option<WillEntry> {
    let (talks, will) = (report.talks, report.analysis.will.as_ref()?);
    let consent = |body: BodyId| ConsentEntry {
        if_free: will.bodies[body.0].if_free,
        if_waived: will.bodies[body.0].if_waived,
    };
    let options = |(i, issue): (usize, &detente_model::Issue)| {
        let options =
            (0..issue.n_options()).map(|k| (issue.option_id(OptionId(k)).into_owned(), will.issues[i][k]));
        (talks.issues[IssueId(i).0].id.clone(), options.collect())
    };
    Some(WillEntry {
        verdict: verdict(will.verdict),
        target: will.target,
        best: will.best.iter().map(|deal| best_deal(talks, deal)).collect(),
        bodies: by_body(talks, consent),
        issues: talks.issues.iter().enumerate().map(options).collect(),
    })
}

fn by_body<T>(talks: &Talks, of: impl Fn(BodyId) -> T) -> IndexMap<String, IndexMap<String, T>> {
    let bodies = |party: &detente_model::Party| {
        party.bodies.iter().map(|body| (talks.bodies[body.0].id.clone(), of(*body))).collect()
    };
    talks.parties.iter().map(|party| (party.id.clone(), bodies(party))).collect()
}

fn best_deal(talks: &Talks, deal: &Deal) -> BestDeal {
    BestDeal {
        outcome: outcome_map(talks, &deal.outcome),
        probability: deal.probability,
        utilities: deal.utilities.clone(),
        surpluses: deal.surpluses.clone(),
        on_frontier: deal.on_frontier,
        by_party: talks.parties.iter().zip(&deal.by_party).map(|(party, p)| (party.id.clone(), *p)).collect(),
        by_body: by_body(talks, |body| deal.by_body[body.0]),
    }
}
