//! What holds for carrying out any deal: what is read, and what is said of slips.

mod finding;

use detente_formats::{Diagnostic, Severity, read};
use detente_model::{
    BodyId, Correlation, Distribution, Duration, Implementation, Number, Rate, TimeUnit, UnknownId,
};

const FULL: &str = include_str!("../../../fuzz/seeds/scenario/full.yaml");

const HORIZON: &str = "horizon: 2 years";
const SHOCKS: &str = "shocks: {chance: 0.01, per: month}";
const DISCOUNT: &str = "discount: {rate: 0.03, per: year}";
const CORRELATION: &str = "correlation: 0.2";

/// A scenario with steps, two bodies with a strain, and all that can hold for carrying out its deals.
fn scenario() -> String {
    let two = FULL.replace("{id: farmers, alternative: 1,", "{id: farmers, alternative: 1, strain: 3,");
    format!("{two}implementation:\n  {HORIZON}\n  {SHOCKS}\n  {DISCOUNT}\n  {CORRELATION}\n")
}

#[track_caller]
fn implementation(from: &str, to: &str) -> Implementation {
    let (source, diagnostics) = finding::finding(&scenario(), from, to);
    assert_eq!(diagnostics, []);
    read(source.as_bytes()).talks.expect("talks").implementation.clone()
}

#[track_caller]
fn found(from: &str, to: &str, message: &str, at: &str, help: &str) -> Diagnostic {
    let mut diagnostics = finding::check(&scenario(), (from, to), message, at, help);
    assert_eq!(diagnostics.len(), 1, "nothing follows from one slip: {diagnostics:#?}");
    diagnostics.remove(0)
}

#[track_caller]
fn fails(from: &str, to: &str, message: &str, at: &str, help: &str) {
    assert_eq!(found(from, to, message, at, help).severity, Severity::Error);
}

#[track_caller]
fn warns(from: &str, to: &str, message: &str, at: &str, help: &str) {
    assert_eq!(found(from, to, message, at, help).severity, Severity::Warning);
}

fn rate(amount: f64, per: TimeUnit) -> Option<Rate> {
    Some(Rate { amount: Number::fixed(amount), per })
}

#[test]
fn what_holds_for_any_deal_is_read() {
    let all = Implementation {
        horizon: Some(Duration { amount: 2.0, unit: TimeUnit::Year }),
        shocks: rate(0.01, TimeUnit::Month),
        discount: rate(0.03, TimeUnit::Year),
        correlation: Some(Correlation::Pairwise(Number::fixed(0.2))),
    };
    assert_eq!(implementation("title: Everything", "title: All"), all);
    assert_eq!(implementation(SHOCKS, ""), Implementation { shocks: None, ..all.clone() });
    assert_eq!(implementation(DISCOUNT, ""), Implementation { discount: None, ..all.clone() });
    assert_eq!(implementation(HORIZON, ""), Implementation { horizon: None, ..all.clone() });
    assert_eq!(implementation(CORRELATION, ""), Implementation { correlation: None, ..all.clone() });
    let none = read(FULL.as_bytes()).talks.expect("talks");
    assert_eq!(none.implementation, Implementation::default());
    assert_eq!(
        implementation("rate: 0.03", "rate: 0"),
        Implementation { discount: rate(0.0, TimeUnit::Year), ..all }
    );
}

#[test]
fn its_numbers_may_be_unknown_and_cite_claims() {
    let cited = implementation("chance: 0.01", "chance: {value: {uniform: [0, 0.04]}, because: c1}");
    let chance = cited.shocks.expect("shocks").amount;
    assert_eq!((chance.spread, chance.because.len()), (Distribution::Uniform { from: 0.0, to: 0.04 }, 1));
    let cases = "cases: [{id: near, probability: 0.5}, {id: far, probability: 0.5}]";
    let unknown = format!("\nunknowns: [{{id: war, {cases}}}]\nimplementation:\n");
    let source = scenario().replacen("\nimplementation:\n", &unknown, 1).replacen(
        "rate: 0.03",
        "rate: {cases: {war: {near: 0.5, far: 0}}}",
        1,
    );
    let reading = read(source.as_bytes());
    assert_eq!(reading.diagnostics, [], "the unknown is used");
    let discount = reading.talks.expect("talks").implementation.discount.clone().expect("a discount");
    assert_eq!((discount.amount.by_case, discount.amount.mean()), (Some(UnknownId(0)), 0.25));
    let loadings = implementation(CORRELATION, "correlation: {north.council: 0.5, north.farmers: -0.25}");
    let of = vec![(BodyId(0), Number::fixed(0.5)), (BodyId(1), Number::fixed(-0.25))];
    assert_eq!(loadings.correlation, Some(Correlation::Loadings(of)));
}

#[test]
fn keys_and_forms_are_checked() {
    fails("horizon: 2", "horizn: 2", "an implementation has no `horizn`", "horizn", "`horizon`");
    fails("chance: 0.01", "chanse: 0.01, chance: 0.01", "a shock rate has no `chanse`", "chanse", "`chance`");
    fails(", per: month", "", "a shock rate needs `per`", "chance", "add `per`");
    fails("rate: 0.03, ", "", "a discount rate needs `rate`", "per", "add `rate`");
    fails(SHOCKS, "shocks: 0.01", "where a shock rate is expected", "0.01", "a mapping with `chance`, `per`");
    fails(DISCOUNT, "discount:", "`discount` has no value", "discount", "remove the key");
    fails(HORIZON, "horizon: ~", "`horizon` has no value", "horizon", "remove the key");
    fails("per: month", "per: fortnight", "not a unit of time", "fortnight", "`month`");
    fails("per: year", "per: [1]", "not a unit of time", "1", "`year`");
    let whole = format!("\n  {HORIZON}\n  {SHOCKS}\n  {DISCOUNT}\n  {CORRELATION}\n");
    fails(&whole, " 2 years\n", "where an implementation is expected", "2 years", "`horizon`, `shocks`");
    let empty = finding::finding(&scenario(), &whole, " {}\n");
    assert_eq!(empty.1, [], "all of it may be left out");
}

#[test]
fn the_horizon_is_checked() {
    let horizon = |to: &str, message: &str, help: &str| {
        fails(HORIZON, &format!("horizon: {to}"), message, to, help);
    };
    horizon("0 years", "no time at all", "like `1 year`");
    horizon("1e308 years", "too long", "shorter");
    horizon("-1 year", "`-1 year` is not a length of time", "like `3 weeks`");
    horizon("2", "`2` is not a length of time", "like `3 weeks`");
    horizon("2 fortnights", "`2 fortnights` is not a length of time", "like `3 weeks`");
    // Meters take three weeks.
    let early = "what `meters` counts lies beyond the horizon: it is done after 21 days at the earliest";
    warns(HORIZON, "horizon: 20 days", early, "20 days", "a longer one");
    implementation(HORIZON, "horizon: 3 weeks");
}

#[test]
fn chances_and_rates_are_checked() {
    let chance = |to: &str, message: &str, at: &str, help: &str| {
        fails("chance: 0.01", &format!("chance: {to}"), message, at, help);
    };
    chance("1.5", "outside 0 to 1", "1.5", "from 0 to below 1");
    chance("-0.1", "outside 0 to 1", "-0.1", "from 0 to below 1");
    chance("1", "a shock of chance 1 ends every plan at once", "1", "from 0 to below 1");
    chance("{uniform: [1, 2]}", "outside 0 to 1", "uniform", "from 0 to below 1");
    fails("rate: 0.03", "rate: -0.03", "a discount rate cannot be negative", "-0.03", "0 or more");
    let doubt = |to: &str, at: &str| {
        let message = "this lets the chance of a shock lie outside 0 to below 1";
        warns(
            "chance: 0.01",
            &format!("chance: {to}"),
            message,
            at,
            "a draw outside counts as the nearer bound",
        );
    };
    doubt("{normal: [0.1, 0.01]}", "normal");
    doubt("{discrete: {0: 0.5, 1: 0.5}}", "discrete");
    warns("chance: 0.01", "chance: 0", "a shock of chance 0 never comes", "0", "remove `shocks`");
    let lets = "this lets a discount rate be negative";
    warns("rate: 0.03", "rate: {normal: [0.1, 0.01]}", lets, "normal", "a draw below 0 counts as 0");
    // What is wrong with one line hides nothing that is said of another.
    let short = scenario().replacen(HORIZON, "horizon: 20 days", 1);
    let (_, diagnostics) = finding::finding(&short, "rate: 0.03", "rate: -0.03");
    let told: Vec<Severity> = diagnostics.iter().map(|own| own.severity).collect();
    assert_eq!(told, [Severity::Warning, Severity::Error], "{diagnostics:#?}");
    let both = "shocks: {chance: 2, per: fortnight}";
    let (_, diagnostics) = finding::finding(&scenario(), SHOCKS, both);
    assert_eq!(diagnostics.len(), 2, "all problems come at once: {diagnostics:#?}");
}

#[test]
fn the_correlation_of_strains_is_checked() {
    let correlation = |to: &str, message: &str, at: &str, help: &str| {
        fails(CORRELATION, &format!("correlation: {to}"), message, at, help);
    };
    correlation("1.2", "outside 0 to 1", "1.2", "0 for none");
    correlation("[0.2]", "a list stands here", "0.2", "{party.body: loading}");
    correlation("{}", "no body is named", "{}", "remove the key");
    correlation("{north.council: 1.5}", "outside -1 to 1", "1.5", "from -1 to 1");
    correlation("{north.counsel: 0.5}", "no body `north.counsel`", "north.counsel", "north.council");
    correlation("{south: 0.1, south.south: 0.2}", "stands here twice", "south.south", "keep one");
    let nothing = "this correlation changes nothing";
    let help = "an `alternative`, `strain` and a correlation";
    // Council and towns: the towns have a political cost and no strain.
    let to = "correlation: {north.council: 0.5, north.towns: 0.5}";
    warns(CORRELATION, to, nothing, "north.council", help);
    warns("strain: 3,", "", nothing, "0.2", help);
    let never = "`farmers` has a strain but no alternative as a number: whether it stays is not known";
    let (source, diagnostics) =
        finding::finding(&scenario(), "{id: farmers, alternative: 1, ", "{id: farmers, ");
    let told: Vec<&str> = diagnostics.iter().map(|own| own.message.as_str()).collect();
    assert_eq!(told, [never, nothing], "{source}");
    warns(
        &format!("  {CORRELATION}\n"),
        "  correlation: {uniform: [0.5, 1.1]}\n",
        "this lets the correlation lie outside 0 to 1",
        "uniform",
        "a draw outside counts as the nearer bound",
    );
    implementation(CORRELATION, "correlation: 0");
}

#[test]
fn without_steps_nothing_is_carried_out() {
    let source = scenario();
    let from = source.find("steps:").expect("steps");
    let to = source.find("sources:").expect("sources");
    let without = format!("{}{}", &source[..from], &source[to..]);
    let diagnostics = read(without.as_bytes()).diagnostics;
    let [only] = &diagnostics[..] else { panic!("{diagnostics:#?}") };
    assert_eq!(only.severity, Severity::Warning);
    assert_eq!(only.message, "there are no steps that this could hold for");
    assert_eq!(only.help, "add `steps`, or remove `implementation`");
    let span = only.span.expect("a place");
    assert_eq!(&without[span.start..span.end], "horizon");
    fails("\nsteps:\n", "\nstep:\n", "a scenario has no `step`", "step", "did you mean `steps`?");
}
