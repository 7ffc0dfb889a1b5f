//! Unknowns, numbers by case, correlation, and numbers whose draws may contradict each other.

mod finding;

use detente_formats::{Severity, read};
use detente_model::{
    Alternative, BodyId, Correlation, Cost, Distribution, Number, StatedCost, Talks, UnknownId,
};
use finding::{check, finding};

/// A scenario with every way to write what nobody knows; tests change one text of it.
const UNKNOWNS: &str = include_str!("../../../fuzz/seeds/scenario/unknowns.yaml");

#[track_caller]
fn talks(from: &str, to: &str) -> Talks {
    let (source, diagnostics) = finding(UNKNOWNS, from, to);
    assert_eq!(diagnostics, []);
    read(source.as_bytes()).talks.expect("talks")
}

#[track_caller]
fn says(from: &str, to: &str, message: &str, at: &str, help: &str) {
    let diagnostics = check(UNKNOWNS, (from, to), message, at, help);
    assert_eq!(diagnostics.len(), 1, "nothing follows from one slip: {diagnostics:#?}");
}

fn by_case(values: &[(f64, f64)], unknown: usize) -> Number {
    let spread = Distribution::Discrete(values.to_vec());
    Number { spread, by_case: Some(UnknownId(unknown)), because: vec![] }
}

#[test]
fn a_number_by_case_has_the_values_in_the_order_of_the_cases() {
    let talks = talks("title: What", "title: that");
    let bodies = &talks.bodies;
    assert_eq!(bodies[0].alternative, Alternative::Worth(by_case(&[(40.0, 0.3), (25.0, 0.7)], 0)));
    let vote = by_case(&[(9.0, 0.5), (2.0, 0.25), (4.0, 0.25)], 1);
    assert_eq!(bodies[1].will, StatedCost::Cost(Cost(Distribution::Point(vote))));
    let StatedCost::Cost(Cost(Distribution::Normal { mean, .. })) = &bodies[0].will else {
        panic!("no normal")
    };
    assert_eq!(*mean, by_case(&[(8.0, 0.3), (4.0, 0.7)], 0));
    let cited =
        talks.numbers().into_iter().find(|n| n.place == "growers.board: price at 10").expect("a number");
    assert_eq!(cited.number.spread, Distribution::Discrete(vec![(50.0, 0.3), (60.0, 0.7)]));
    assert_eq!(cited.number.because.len(), 1);
    let unknown = &talks.unknowns[0];
    assert_eq!((unknown.name.as_str(), unknown.because.len()), ("This year's harvest", 1));
    assert!(unknown.cases.iter().all(|case| case.probability.because.len() == 1));
    assert_eq!(talks.unknowns[1].cases[2].name, "split");
}

#[test]
fn correlation_is_one_number_or_a_loading_per_body() {
    let loadings =
        "{growers.board: 0.6, growers.members: {uniform: [0.2, 0.5]}, mill: {value: -0.3, because: c1}}";
    let Some(Correlation::Loadings(of)) = talks("title: What", "title: that").correlation.clone() else {
        panic!("no loadings");
    };
    assert_eq!(of.iter().map(|(body, _)| *body).collect::<Vec<_>>(), [BodyId(0), BodyId(1), BodyId(2)]);
    assert_eq!((of[1].1.mean(), of[2].1.mean(), of[2].1.because.len()), (0.35, -0.3, 1));
    for (written, mean) in [
        ("0.3", 0.3),
        ("{value: 0.3, because: c1}", 0.3),
        ("{uniform: [0.2, 0.4]}", 0.3),
        ("{cases: {harvest: {good: 1, poor: 0}}}", 0.3),
    ] {
        match &talks(loadings, written).correlation {
            Some(Correlation::Pairwise(number)) => assert!((number.mean() - mean).abs() < 1e-12, "{written}"),
            other => panic!("{written}: {other:?}"),
        }
    }
    let says = |to: &str, message: &str, at: &str, help: &str| says(loadings, to, message, at, help);
    says("1.2", "outside 0 to 1", "1.2", "0 for none");
    says("-0.1", "outside 0 to 1", "-0.1", "0 for none");
    says("high", "`high` is not a number", "high", "decimal");
    says("[0.3]", "a list stands here", "0.3", "{party.body: loading}");
    says("{}", "no body is named", "{}", "remove the key");
    says("{mill: 1.5}", "outside -1 to 1", "1.5", "from -1 to 1");
    says("{mill: 0.5, mill.mill: 0.4}", "stands here twice", "mill.mill", "keep one");
    says("{growers: 0.5}", "no body `growers`", "growers", "growers.board");
    says("{mlil: 0.5}", "no body `mlil`", "mlil", "mill.mill");
    says("{uniform: [0.5, 1.1]}", "lets the correlation lie outside 0 to 1", "uniform", "its mean is used");
    says("{mill: {normal: [0, 0.1]}}", "lets a loading lie outside -1 to 1", "normal", "its mean is used");
    says("{gauss: [0.5, 1.1]}", "`gauss` is not a distribution", "gauss", "known here");
    says("{mill: 0.5}", "this correlation changes nothing", "mill", "at least two bodies");
    let (_, found) = finding(UNKNOWNS, loadings, "0");
    assert_eq!(found, [], "none is a correlation like any other");
}

#[test]
fn distributions_are_read_by_name_and_as_lists() {
    let two = |a: &str, b: &str| {
        let spread = |to: &str| {
            talks("influence: {pert: [1, 2, 4]}", &format!("influence: {to}")).bodies[0].influence.clone()
        };
        assert_eq!(spread(a), spread(b));
        spread(a).expect("an influence").spread
    };
    let cut = two("{truncated_normal: [2, 1, 1, 4]}", "{truncated_normal: {to: 4, from: 1, sd: 1, mean: 2}}");
    assert_eq!(cut, Distribution::TruncatedNormal { mean: 2.0, sd: 1.0, from: 1.0, to: 4.0 });
    let pert = two("{pert: [1, 2, 4]}", "{pert: {to: 4, from: 1, mode: 2}}");
    assert_eq!(pert, Distribution::Pert { from: 1.0, mode: 2.0, to: 4.0 });
    let says = |to: &str, message: &str, at: &str, help: &str| {
        says("influence: {pert: [1, 2, 4]}", &format!("influence: {to}"), message, at, help);
    };
    says("{perd: [1, 2, 4]}", "`perd` is not a distribution", "perd", "did you mean `pert`?");
    says(
        "{trunc_normal: [1, 2]}",
        "is not a distribution",
        "trunc_normal",
        "did you mean `truncated_normal`?",
    );
    says("{gauss: [1, 2]}", "is not a distribution", "gauss", "`truncated_normal`, `pert`");
    says("{case: {}}", "is not a distribution", "case", "did you mean `cases`?");
    says("{pert: [1, 2]}", "`pert` takes 3 numbers", "1", "[from, mode, to]");
    says("{truncated_normal: [1, 2]}", "takes 4 numbers", "1", "[mean, sd, from, to]");
    says("{truncated_normal: {mean: 1, sd: 2, from: 0}}", "a truncated normal needs `to`", "mean", "highest");
    says("{pert: [1, 0, 4]}", "wrong way round", "pert", "lowest number first");
    says("{truncated_normal: [1, -1, 0, 4]}", "cannot be negative", "truncated_normal", "0 or more");
    says("{truncated_normal: [1, 1, 50, 60]}", "next to nothing", "truncated_normal", "around the mean");
    says("{truncated_normal: [1, 1, 4, 0]}", "wrong way round", "truncated_normal", "lowest number first");
}

#[test]
fn a_number_by_case_is_checked_where_it_stands() {
    let says = |to: &str, message: &str, at: &str, help: &str| {
        says("{cases: {harvest: {good: 40, poor: 25}}}", to, message, at, help);
    };
    says(
        "{cases: {havrest: {good: 4, poor: 2}}}",
        "no `havrest` among the unknowns",
        "havrest",
        "`harvest`?",
    );
    says(
        "{cases: {harvest: {good: 4}}}",
        "`poor` of unknown `harvest` has no value",
        "harvest",
        "add `poor: ",
    );
    says("{cases: {harvest: {}}}", "`good`, `poor` of unknown `harvest` has no", "harvest", "add `good: ");
    says("{cases: {harvest: {good: 4, pour: 2}}}", "has no case `pour`", "pour", "did you mean `poor`?");
    says("{cases: {harvest: {good: 4, poor: 2, bad: 1}}}", "has no case `bad`", "bad", "known here");
    says(
        "{cases: {harvest: {good: 4, poor: 2, good: 3}}}",
        "`good` stands here a second time",
        "good",
        "keep",
    );
    says("{cases: {harvest: {good: 4, poor: two}}}", "`two` is not a number", "two", "decimal");
    says("{cases: {harvest: {good: 4, poor: 1e999}}}", "is not a number", "1e999", "decimal");
    says("{cases: {harvest: {good: 4, poor: {uniform: [1, 2]}}}}", "is certain", "uniform", "plain number");
    says("{cases: {harvest: {good: 4, poor: [2]}}}", "a list stands here", "2", "a number");
    says("{cases: {}}", "no unknown is named", "{}", "{cases: {unknown");
    says("{cases: harvest}", "a single value stands here", "harvest", "{cases: {unknown");
    says("{cases: {harvest: 4}}", "a single value stands here", "4", "{case: value");
    says("{cases: [harvest]}", "a list stands here", "harvest", "{cases: {unknown");
    says(
        "{cases: {harvest: {good: 4, poor: 2}, vote: {split: 1}}}",
        "2 unknowns are named",
        "vote",
        "{cases: {unknown",
    );
    says(
        "{cases: {harvest: {good: 4, poor: 2}}, uniform: [1, 2]}",
        "beside `cases`",
        "uniform",
        "claims outside",
    );
    says(
        "{cases: {harvest: {good: 4, poor: 2}}, because: c1}",
        "beside `because`",
        "cases",
        "{value: {cases: ",
    );
}

#[test]
fn unknowns_are_checked() {
    let vote =
        r#"[{id: "No", probability: 0.5}, {id: "1", probability: 0.25}, {id: split, probability: 0.25}]"#;
    let cases = |to: &str, message: &str, at: &str, help: &str| says(vote, to, message, at, help);
    let no = |p: &str, rest: &str| format!(r#"[{{id: "No", probability: {p}}}, {rest}]"#);
    let rest = r#"{id: "1", probability: 0.25}, {id: split, probability: 0.25}"#;
    let renamed = |to: &str, message: &str, at: &str, help: &str| {
        check(UNKNOWNS, (vote, to), message, at, help);
    };
    cases(&no("0.6", rest), "sum to 1.1, not to 1", "id", "sum to 1");
    cases(&no("1.5", rest), "lies outside 0 to 1", "1.5", "from 0 to 1");
    cases(&no("-0.5", rest), "lies outside 0 to 1", "-0.5", "from 0 to 1");
    cases(&no("{uniform: [0, 1]}", rest), "itself a distribution", "uniform", "the cases themselves");
    cases(
        &no("{cases: {harvest: {good: 0.5, poor: 0.5}}}", rest),
        "itself a distribution",
        "cases",
        "the cases themselves",
    );
    cases(&no("{value: 0.5, becuase: c1}", rest), "has no `becuase`", "becuase", "did you mean `because`?");
    renamed(&vote.replace("split", "\"1\""), "two cases with the id `1`", "\"1\"", "id of its own");
    renamed(&vote.replace("split", "a.b"), "the id of `a.b` is `a-b` here", "a.b", "an `id` of your own");
    renamed(&vote.replace("split", "a b"), "the id of `a b` is `a-b` here", "a b", "an `id` of your own");
    cases(&vote.replace("id: split, ", ""), "a case needs `id`", "probability", "unique within");
    cases(
        &vote.replace(", probability: 0.25}]", "}]"),
        "case `split` needs `probability`",
        "id",
        "how likely",
    );
    cases("{\"No\": 0.5, \"1\": 0.35, split: 0.25}", "sum to 1.1, not to 1", "\"No\"", "sum to 1");
    cases("[]", "there is no case", "[]", "at least one case");
    renamed("good", "case `good` needs `probability`", "good", "how likely");
    check(
        UNKNOWNS,
        ("- id: vote\n", "- id: the.vote\n"),
        "the id of `the.vote` is `the-vote` here",
        "the.vote",
        "an `id` of your own",
    );
    check(
        UNKNOWNS,
        ("- id: vote\n", "- idd: vote\n"),
        "an unknown has no `idd`",
        "idd",
        "did you mean `id`?",
    );
    says("poor year, probability: {", "poor year, because: c2, probability: {", "no `c2`", "c2", "`c1`");
    says("because: c1\n    cases", "because: c2\n    cases", "no `c2`", "c2", "`c1`");
}

#[test]
fn cases_may_be_written_by_id() {
    let vote =
        r#"[{id: "No", probability: 0.5}, {id: "1", probability: 0.25}, {id: split, probability: 0.25}]"#;
    let short = r#"{"No": 0.5, "1": 0.25, split: 0.25}"#;
    let read = |text: &str| detente_formats::read(text.as_bytes()).talks.expect("a scenario");
    assert!(UNKNOWNS.contains(vote));
    assert_eq!(read(&UNKNOWNS.replace(vote, short)), read(UNKNOWNS));
}

#[test]
fn ids_that_are_taken_or_unused_are_told() {
    says("- id: vote", "- id: harvest", "two unknowns with the id", "harvest", "its own");
    let unused = "  - id: frost\n    cases: [{id: early, probability: 0.5}, {id: late, probability: 0.5}]\ncorrelation:";
    let help = "{cases: {frost: {early: <value>, late: <value>}}}";
    says("correlation:", unused, "no number depends on the unknown `frost`", "frost", help);
    let (_, found) = finding(UNKNOWNS, "correlation:", &unused.replace("early, probability: 0.5", "early"));
    assert!(
        found.iter().all(|d| d.severity == Severity::Error),
        "nothing else is said where a case is wrong"
    );
    check(
        UNKNOWNS,
        ("unknowns:\n", "unknown:\n"),
        "a scenario has no `unknown`",
        "unknown",
        "did you mean `unknowns`?",
    );
}

#[test]
fn words_that_others_read_differently_are_kept_as_cases() {
    check(UNKNOWNS, (r#"{id: "No","#, "{id: No,"), "kept as the text `No`", "No", "quotes");
    check(UNKNOWNS, ("{id: split,", "{id: 1e3,"), "kept as the text `1e3`", "1e3", "quotes");
    let vote = r#"{cases: {vote: {"No": 9, "1": 2, split: 4}}}"#;
    talks(vote, "{cases: {vote: {No: 9, 1: 2, split: 4}}}");
    says(vote, "{cases: {vote: {no: 9, 1: 2, split: 4}}}", "has no case `no`", "no", "did you mean `No`?");
    says(vote, "{cases: {vote: {No: 9, 1.0: 2, split: 4}}}", "has no case `1.0`", "1.0", "known here");
}

#[test]
fn an_unknown_may_have_the_name_of_a_distribution() {
    let source = UNKNOWNS.replace("harvest:", "normal:").replace("id: harvest", "id: normal");
    let reading = read(source.as_bytes());
    assert_eq!(reading.diagnostics, []);
}

#[test]
fn a_rule_does_not_depend_on_cases() {
    let rule = |rule: &str, at: &str| {
        let to = format!("  - id: growers\n    ratifies: {rule}");
        says(
            "  - id: growers",
            &to,
            "a rule needs a plain number here, not one by case",
            at,
            "itself states",
        );
    };
    let two = "{cases: {harvest: {good: 2, poor: 1}}}";
    rule(&format!("{{quota: {two}, weights: {{board: 1, members: 1}}}}"), "cases");
    rule(&format!("{{quota: 2, weights: {{board: {two}, members: 1}}}}"), "cases");
    rule(
        &format!("{{quota: 2, of: [{{rule: board, weight: {two}}}, {{rule: members, weight: 1}}]}}"),
        "cases",
    );
}

#[test]
fn parameters_that_may_contradict_each_other_are_warned_about() {
    let will = |to: &str, message: &str, help: &str| {
        let (_, found) =
            finding(UNKNOWNS, "{pert: [0, {uniform: [2, 4]}, {cases: {harvest: {good: 12, poor: 6}}}]}", to);
        let [only, ..] = &found[..] else { panic!("nothing is said of {to}") };
        assert_eq!(only.severity, Severity::Warning);
        assert!(only.message.contains(message) && only.help.contains(help), "{only:?}");
    };
    will("{uniform: [{uniform: [2, 6]}, {uniform: [4, 8]}]}", "put `from` above `to`", "put in order");
    will("{triangular: [0, {uniform: [2, 6]}, 5]}", "put `mode` above `to`", "`mode` moves to the bound");
    will("{pert: [0, {normal: [4, 0.1]}, {normal: [9, 1]}]}", "put `from` above `mode`", "");
    will("{normal: [5, {normal: [2, 1]}]}", "make `sd` negative", "0 is used");
    will("{truncated_normal: [5, {uniform: [-1, 3]}, 0, 9]}", "make `sd` negative", "0 is used");
    will("{truncated_normal: [{uniform: [0, 99]}, 1, 0, 60]}", "next to nothing", "every mean");
    will("{beta: {alpha: {uniform: [0, 2]}, beta: 2}}", "make `alpha` 0 or less", "a little more than 0");
    will(
        "{beta: {alpha: 1, beta: 2, from: {uniform: [0, 2]}, to: {uniform: [1, 3]}}}",
        "`from` above `to`",
        "",
    );
    will("{discrete: {0: {uniform: [0.2, 0.4]}, 5: 0.7}}", "do not sum to 1", "scaled to sum to 1");
    will("{discrete: {0: {uniform: [-0.2, 0.8]}, 5: 0.7}}", "lie outside 0 to 1", "scaled to sum to 1");
    will("{uniform: [{cases: {harvest: {good: 5, poor: 1}}}, 4]}", "put `from` above `to`", "put in order");
}

#[test]
fn parameters_that_move_together_contradict_nothing() {
    let will = "{pert: [0, {uniform: [2, 4]}, {cases: {harvest: {good: 12, poor: 6}}}]}";
    for fine in [
        "{uniform: [{uniform: [2, 4]}, {uniform: [4, 8]}]}",
        "{uniform: [{cases: {harvest: {good: 8, poor: 1}}}, {cases: {harvest: {good: 9, poor: 2}}}]}",
        "{discrete: {0: {cases: {harvest: {good: 0.2, poor: 0.9}}}, 5: {cases: {harvest: {good: 0.8, poor: 0.1}}}}}",
        "{normal: [{normal: [5, 1]}, {uniform: [0, 2]}]}",
        "{uniform: [{normal: [5, 0]}, 9]}",
    ] {
        talks(will, fine);
    }
}

#[test]
fn numbers_that_may_be_drawn_negative_are_warned_about() {
    says(
        "influence: {pert: [1, 2, 4]}",
        "influence: {normal: [2, 1]}",
        "this lets an influence be negative",
        "normal",
        "counts as 0",
    );
    // These are not drawn.
    let negative =
        |from: &str, to: &str, message: &str, at: &str| says(from, to, message, at, "its mean is used");
    let mediator = |budget: &str, cost: &str| {
        let lever = "inducement: {mill: 1}";
        format!(
            "mediators: [{{id: bank, budget: {budget}, levers: [{{id: loan, cost: {cost}, {lever}}}]}}]\ncorrelation:"
        )
    };
    negative(
        "correlation:",
        &mediator("{uniform: [-1, 9]}", "1"),
        "this lets a budget be negative",
        "uniform",
    );
    negative(
        "correlation:",
        &mediator("9", "{cases: {harvest: {good: -1, poor: 2}}}"),
        "this lets a lever's cost be negative",
        "cases",
    );
    let triangle = r#"high: {cases: {vote: {"No": 10, "1": 12, split: 11}}}"#;
    says(triangle, "high: {normal: [10, 1]}", "put `peak` above `high`", "low", "`peak` moves to the bound");
}
