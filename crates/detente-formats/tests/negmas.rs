//! NegMAS folders: utilities worked out by hand, what is said about odd files, and real ones.

use detente_cases::drawn;
use detente_formats::{Diagnostic, Format, ReadOptions, Reading, Role, Severity, SourceFile, read_files};
use detente_model::{Alternative, OptionId, Outcome, Talks};
use proptest::prelude::*;
use std::path::Path;

const DOMAIN: &str = include_str!("../../../fuzz/seeds/negmas/harbour.txt");

/// The files of a seed: each begins with a line `===NAME`.
fn split(seed: &str) -> Vec<(String, String)> {
    let mut files: Vec<(String, String)> = Vec::new();
    for part in format!("\n{seed}").split("\n===").skip(1) {
        let (name, text) = part.split_once('\n').unwrap_or((part, ""));
        files.push((name.to_owned(), text.to_owned()));
    }
    files
}

fn read(files: &[(String, String)]) -> Reading {
    let source = |(name, text): &(String, String)| SourceFile {
        path: Path::new("talks").join(name),
        bytes: text.as_bytes().to_vec(),
    };
    let files: Vec<SourceFile> = files.iter().map(source).collect();
    read_files(Path::new("talks"), &files, &ReadOptions::default())
}

/// The issues `Port` (three names) and `Years` (0 to 4), with one utility function.
fn one(ufun: &str) -> Reading {
    let domain = "issues:\n- {name: Port, type: CategoricalIssue, values: [east, west, 'No']}\n\
        - {name: Years, type: ContiguousIssue, values: [0, 4]}\ntype: DiscreteCartesianOutcomeSpace\n";
    read(&[("a.yml".into(), domain.into()), ("u.yml".into(), ufun.into())])
}

fn talks(reading: &Reading) -> &Talks {
    let errors: Vec<&Diagnostic> =
        reading.diagnostics.iter().filter(|found| found.severity == Severity::Error).collect();
    assert_eq!(errors, Vec::<&Diagnostic>::new());
    reading.talks.as_ref().expect("talks")
}

#[track_caller]
fn utility(reading: &Reading, body: usize, outcome: &[usize], expected: f64) {
    let talks = talks(reading);
    let outcome = Outcome(outcome.iter().map(|k| OptionId(*k)).collect());
    let leaves = talks.bodies[body].preferences.leaves(&talks.issues, &outcome);
    let found: f64 = leaves.iter().sum();
    assert!((found - expected).abs() < 1e-12, "{found}, not {expected}");
}

/// One finding: its severity, the text it points at, and its message.
#[track_caller]
fn says(reading: &Reading, severity: Severity, at: &str, message: &str) {
    let [found] = &reading.diagnostics[..] else { panic!("{:#?}", reading.diagnostics) };
    let text = &reading.files[found.file].text;
    let span = found.span.expect("a place");
    assert_eq!(
        (found.severity, &text[span.start..span.end], found.message.as_str()),
        (severity, at, message)
    );
    assert_eq!(reading.talks.is_some(), severity == Severity::Warning);
}

#[track_caller]
fn warns(ufun: &str, at: &str, message: &str) -> Reading {
    let reading = one(ufun);
    says(&reading, Severity::Warning, at, message);
    reading
}

#[track_caller]
fn refuses(ufun: &str, at: &str, message: &str) {
    says(&one(ufun), Severity::Error, at, message);
}

/// An additive profile of the two issues of [`one`].
fn additive(port: &str, years: &str, rest: &str) -> String {
    format!(
        "type: LinearAdditiveUtilityFunction\nweights: [0.75, 0.25]\nvalues:\n- {port}\n- {years}\n{rest}\n"
    )
}

const PORT: &str = "{type: TableFun, mapping: {east: 1, west: 0.5, No: 0}}";

#[test]
fn a_folder_is_read_with_its_discounts_and_alternatives() {
    let reading = read(&split(DOMAIN));
    assert_eq!(reading.diagnostics, []);
    assert_eq!(reading.format, Format::Negmas);
    let roles: Vec<&Role> = reading.files.iter().map(|file| &file.role).collect();
    assert!(matches!(roles[..], [Role::Ignored(_), Role::Profile, Role::Domain, Role::Profile]), "{roles:?}");
    let talks = talks(&reading);
    let issues: Vec<(&str, usize)> =
        talks.issues.iter().map(|issue| (issue.name.as_str(), issue.n_options())).collect();
    assert_eq!(issues, [("Port", 3), ("Years", 5), ("Tug", 2), ("Share", 21)]);
    assert_eq!(talks.bodies[0].id, "board");
    assert_eq!(talks.bodies[0].alternative, Alternative::RefusesNothing);
    assert_eq!(talks.bodies[0].discount, Some(0.5));
    assert_eq!(talks.bodies[1].alternative.number().map(|value| value.mean()), Some(0.25));
    assert_eq!(talks.bodies[1].discount, None);
    // 0.4 * 0.5 + 0.3 * (0.25 * 2) + 0.2 * 1 + 0.1 * (1 - 0.5)
    utility(&reading, 0, &[1, 2, 0, 10], 0.6);
    // 0.25 * 3 + 2 * 0.5 - 1
    utility(&reading, 1, &[0, 3, 0, 10], 0.75);
    assert!(reading.notes.iter().any(|note| note.starts_with("`Share` can take any number")));
    assert!(reading.notes.iter().any(|note| note.starts_with("a discount is what is left")));
}

#[test]
fn json_says_the_same_as_yaml() {
    let domain = r#"[{"name": "Port", "__python_class__": "negmas.outcomes.categorical_issue.CategoricalIssue", "values": ["east", 0, true]}]"#;
    let ufun = r#"{"__python_class__": "negmas.preferences.crisp.linear.LinearAdditiveUtilityFunction", "reserved_value": -Infinity,
        "weights": {"Port": 1.0}, "values": {"Port": {"mapping": {"east": 0.5, "0": 0.25, "True": 1e0}, "__python_class__": "negmas.preferences.value_fun.TableFun"}}}"#;
    let reading = read(&[("d.json".into(), domain.into()), ("u.json".into(), ufun.into())]);
    assert_eq!(reading.diagnostics, []);
    for (k, expected) in [(0, 0.5), (1, 0.25), (2, 1.0)] {
        utility(&reading, 0, &[k], expected);
    }
}

#[test]
fn keys_of_tables_are_matched_by_text_and_by_number() {
    let reading = one(&additive(
        "{type: TableFun, mapping: {east: 1, west: 0.5, No: 0.25}}",
        "{'0': 0, 1.0: 1, '2': 2, 3: 3, '4.0': 4}",
        "",
    ));
    assert_eq!(reading.diagnostics, []);
    utility(&reading, 0, &[2, 4], 0.75 * 0.25 + 0.25 * 4.0);
}

#[test]
fn value_functions_are_lines() {
    for (function, expected) in [
        ("{type: IdentityFun}", 3.0),
        ("{type: LinearFun, slope: 0.5}", 1.5),
        ("{type: AffineFun, slope: -0.25, bias: 1}", 0.25),
        ("{type: ConstFun, bias: 7}", 7.0),
        ("[0, 1, 2, 4, 8]", 4.0),
    ] {
        let reading = one(&additive(PORT, function, "bias: 2"));
        assert_eq!(reading.diagnostics, [], "{function}");
        utility(&reading, 0, &[0, 3], 0.75 + 0.25 * expected + 2.0);
    }
}

#[test]
fn affine_functions_weight_the_numbers_themselves() {
    let reading = one("type: AffineUtilityFunction\nweights: [0, 0.5]\nbias: 1\n");
    utility(&reading, 0, &[0, 4], 3.0);
    refuses(
        "type: LinearUtilityFunction\nweights: [1, 0.5]\n",
        "[1, 0.5]",
        "`Port` is valued by its number, but not all of its options are numbers",
    );
}

#[test]
fn a_mapping_lists_whole_outcomes() {
    let rows = "type: MappingUtilityFunction\ndefault: 0.1\nmapping:\n  ? !!python/tuple [east, 2]\n  : 0.9\n  ? [No, 4]\n  : 0.3\n";
    let reading = one(rows);
    assert_eq!(reading.diagnostics, []);
    utility(&reading, 0, &[0, 2], 0.9);
    utility(&reading, 0, &[2, 4], 0.3);
    utility(&reading, 0, &[1, 1], 0.1);
    refuses(
        &rows.replace("0.1", "-.inf"),
        "-.inf",
        "13 of 15 outcomes have no utility; NegMAS counts them as minus infinity, which is no number",
    );
    warns(&rows.replace("No", "north"), "[north, 4]", "this is no outcome of the domain; it is not used");
}

#[test]
fn hyper_rectangles_leave_their_bounds_outside() {
    let ufun = "type: HyperRectangleUtilityFunction\noutcome_ranges:\n- {1: [0, 3]}\n- {0: [east, 'No'], 1: 4}\n- null\n- {1: [[0, 2], 4]}\nutilities: [1, 2, 4, 8]\nweights: [1, 0.5, 1, 1]\nbias: 16\n";
    let reading = one(ufun);
    assert_eq!(reading.diagnostics, []);
    utility(&reading, 0, &[0, 0], 20.0);
    utility(&reading, 0, &[0, 1], 29.0);
    utility(&reading, 0, &[0, 2], 21.0);
    utility(&reading, 0, &[0, 3], 20.0);
    utility(&reading, 0, &[0, 4], 29.0);
    utility(&reading, 0, &[1, 4], 28.0);
    assert!(reading.notes.iter().any(|note| note.contains("strictly between")));
    warns(
        &ufun.replace("[0, 3]", "[1, 2]"),
        "[1, 2]",
        "no option of `Years` lies in this range; it never adds anything",
    );
    refuses(&ufun.replace("{1: [0, 3]}", "{7: [0, 3]}"), "7", "there is no issue `7` in the domain");
    refuses(
        &ufun.replace("utilities: [1,", "utilities: [{type: LambdaFun},"),
        "{type: LambdaFun}",
        "a function inside a hyper-rectangle is not read",
    );
}

#[test]
fn weighted_functions_add_up() {
    let part = additive(PORT, "{type: LinearFun, slope: 1}", "").replace('\n', "\n    ");
    let ufun = format!(
        "type: WeightedUtilityFunction\nweights: [2, 4, 8]\nufuns:\n  - {part}\n  - {part}\n  - {{type: ConstUtilityFunction, value: 0.5}}\n"
    );
    let reading = one(&ufun);
    assert_eq!(reading.diagnostics, []);
    utility(&reading, 0, &[1, 2], 6.0 * (0.375 + 0.5) + 4.0);
}

#[test]
fn discounts_keep_the_reserved_value_inside() {
    let inner = "{type: ConstUtilityFunction, value: 1, reserved_value: 0.5}";
    let ufun = format!("type: ExpDiscountedUFun\ndiscount: 0.25\nreserved_value: -.inf\nufun: {inner}\n");
    let reading = one(&ufun);
    assert_eq!(reading.diagnostics, []);
    let body = &talks(&reading).bodies[0];
    assert_eq!(body.alternative.number().map(|value| value.mean()), Some(0.5));
    assert_eq!(body.discount, Some(0.25));
    warns(&ufun.replace("0.25", "1.5"), "1.5", "a discount of `1.5` is not read: nothing is lost by waiting");
    warns(
        &ufun.replace("-.inf", "0.75"),
        "0.75",
        "the utility function inside has another reserved value, 0.5; the outer one counts",
    );
    warns(
        &ufun.replace("Exp", "Lin").replace("discount: 0.25", "cost: 0.1"),
        "0.1",
        "a cost that is taken off for each step is not read; utilities are as if talks took no time",
    );
}

#[test]
fn a_reserved_outcome_is_worth_what_it_is_worth() {
    let reading = one(&additive(PORT, "{type: IdentityFun}", "reserved_outcome: [west, 2]"));
    assert_eq!(reading.diagnostics, []);
    let alternative = talks(&reading).bodies[0].alternative.number().map(|value| value.mean());
    assert_eq!(alternative, Some(0.875));
}

#[test]
fn odd_profiles_are_read_with_one_warning() {
    let line = "{type: IdentityFun}";
    warns(
        &additive("{type: TableFun, mapping: {east: 1, west: 2}}", line, ""),
        "{east: 1, west: 2}",
        "the table of `Port` says nothing of `No`; it counts as 0",
    );
    warns(
        &additive("{type: TableFun, mapping: {east: 1, west: 2, No: 0, north: 3}}", line, ""),
        "north",
        "the issue `Port` has no option `north` in the domain; it is not used",
    );
    let twice = "{type: TableFun, mapping: {east: 1, west: 2, No: 0, east: 4}}";
    let reading =
        warns(&additive(twice, line, ""), "east", "`east` is valued a second time; the last counts");
    utility(&reading, 0, &[0, 0], 3.0);
    warns(
        &additive(PORT, line, "").replace("0.75", "1"),
        "[1, 0.25]",
        "the weights sum to 1.25, not to 1; they are taken as written",
    );
    warns(&additive(PORT, line, "mood: 3"), "mood", "`mood` is not read");
    warns(
        &additive(PORT, line, "reserved_value: .nan"),
        ".nan",
        "a reserved value of `.nan` is not read; what no agreement is worth is not known",
    );
    warns(
        &additive(PORT, line, "outcome_space: {type: CartesianOutcomeSpace, issues: []}"),
        "{type: CartesianOutcomeSpace, issues: []}",
        "the outcome space of this profile is not that of the domain; the domain counts",
    );
}

#[test]
fn what_is_not_read_is_named() {
    let line = "{type: IdentityFun}";
    refuses(
        "type: RankOnlyUtilityFunction\n",
        "RankOnlyUtilityFunction",
        "a utility function of the type `RankOnlyUtilityFunction` is not read",
    );
    refuses(
        &additive(PORT, "{type: CosFun}", ""),
        "CosFun",
        "a value function of the type `CosFun` is not read",
    );
    refuses(
        &additive("{type: LambdaFun, f: x}", line, ""),
        "LambdaFun",
        "a value function of the type `LambdaFun` is not read",
    );
    refuses(
        &additive(line, line, ""),
        line,
        "`Port` is valued by its number, but not all of its options are numbers",
    );
    refuses(
        &additive("{type: TableFun, mapping: {east: .inf}}", line, ""),
        ".inf",
        "`.inf` is not a number that can be the value of `east`",
    );
    let reading = read(&[("center.yml".into(), "type: anl2025.ufun.MaxCenterUFun\nn_edges: 3\n".into())]);
    says(
        &reading,
        Severity::Error,
        "anl2025.ufun.MaxCenterUFun",
        "this is a hub that negotiates with several others one by one; its utility is a program of NegMAS, and is not read",
    );
}

#[test]
fn domains_that_make_no_sense_are_refused() {
    let ufun = "type: ConstUtilityFunction\nvalue: 1\n";
    let check = |issue: &str, at: &str, message: &str| {
        let domain = format!("type: CartesianOutcomeSpace\nissues:\n- {issue}\n");
        let reading = read(&[("a.yml".into(), domain), ("u.yml".into(), ufun.into())]);
        says(&reading, Severity::Error, at, message);
    };
    check(
        "{name: X, type: CallableIssue, values: f}",
        "CallableIssue",
        "an issue of the type `CallableIssue` is not read",
    );
    check(
        "{name: X, type: ContiguousIssue, values: [0, 2.5]}",
        "[0, 2.5]",
        "the bounds of `X` are not whole numbers",
    );
    check("{name: X, type: ContiguousIssue, values: [4, 1]}", "[4, 1]", "the range ends before it begins");
    check(
        "{name: X, type: ContinuousIssue, values: [0, .inf]}",
        "[0, .inf]",
        "the values of `X` are not two numbers",
    );
    check("{name: X, type: CategoricalIssue, values: []}", "[]", "the issue `X` has no options");
    let reading = read(&[("u.yml".into(), ufun.into())]);
    says(&reading, Severity::Error, "", "there is no outcome space: what is on the table is not said");
}

#[test]
fn a_profile_can_bring_its_own_outcome_space() {
    let ufun = additive(
        PORT,
        "{type: IdentityFun}",
        "outcome_space:\n  issues: [{name: P, values: [east, west, No]}, {name: Y, type: ContiguousIssue, values: 5}]\n  type: CartesianOutcomeSpace",
    );
    let reading = read(&[("u.yml".into(), ufun)]);
    assert_eq!(reading.diagnostics, []);
    utility(&reading, 0, &[0, 4], 1.75);
}

#[test]
fn real_folders_are_read_as_they_were_counted() {
    let corpus = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/corpus"));
    let Ok(manifest) = std::fs::read_to_string(corpus.join("manifest.csv")) else {
        eprintln!("no real NegMAS folders are tested: `{}` is absent", corpus.display());
        return;
    };
    let rows: Vec<Vec<&str>> = manifest
        .lines()
        .filter(|line| line.starts_with("negmas-app-"))
        .map(|line| line.split(',').collect())
        .collect();
    for row in &rows {
        let opened = detente_formats::open(&corpus.join(row[2])).expect("a folder");
        let reading = read_files(&opened.path, &opened.files, &ReadOptions::default());
        assert_eq!((reading.format, &reading.diagnostics), (Format::Negmas, &vec![]), "{row:?}");
        let talks = talks(&reading);
        let n_outcomes: usize = talks.issues.iter().map(|issue| issue.n_options()).product();
        assert!(row.contains(&n_outcomes.to_string().as_str()), "{row:?}: {n_outcomes}");
        assert!(row.contains(&talks.bodies.len().to_string().as_str()));
        for body in &talks.bodies {
            let best: f64 = (0..talks.issues.len()).map(|i| best(talks, &body.preferences, i)).sum();
            assert!((best - 1.0).abs() < 1e-6, "{row:?}: {best}");
            let alternative = body.alternative.number().map(|value| value.mean());
            let shown = alternative.map_or("-.inf".into(), |value| format!("{value:?}"));
            assert!(row.iter().any(|cell| cell.split('/').any(|own| own == shown)), "{row:?}: {shown}");
            let shown = body.discount.map_or("-".into(), |value| value.to_string());
            assert!(row.iter().any(|cell| cell.split('/').any(|own| own == shown)), "{row:?}: {shown}");
        }
        if row[1] == "Hamada" {
            // 0.19209... * 0.32258... + 0 + 0.64601... * 0.16161... + 0.12802... * 1
            utility(&reading, 0, &[2, 4, 1, 4], 0.294_395_030_080_179_6);
        }
        if row[1] == "JapnTrip" {
            // 0.42857... * 1 + 0.10714... * 1 + 0.17857... * 2/3 + 0.28571... * 0.375
            utility(&reading, 1, &[1, 3, 1, 2], 0.761_904_761_904_761_9);
        }
    }
    eprintln!("{} real NegMAS folders", rows.len());
}

fn best(talks: &Talks, preferences: &detente_model::Preferences, i: usize) -> f64 {
    let issue = &talks.issues[i];
    let worth = |k| preferences.contribution(detente_model::IssueId(i), issue, OptionId(k));
    (0..issue.n_options()).map(worth).fold(f64::NEG_INFINITY, f64::max)
}

const RECTANGLES: &str = include_str!("../../../fuzz/seeds/negmas/boxes.txt");

drawn! { 256;
    #[test]
    fn no_change_of_a_file_makes_the_reader_panic(
        which in any::<bool>(),
        at in any::<prop::sample::Index>(),
        length in 0usize..12,
        with in prop::sample::select(vec!["", "-.inf", "1e999", "[", "{}", "null", "é", "type:", "- ", "values", "UFun", "\n", "0.5", ": "]),
    ) {
        let seed = if which { DOMAIN } else { RECTANGLES };
        let mut text: Vec<char> = seed.chars().collect();
        let start = at.index(text.len());
        let end = (start + length).min(text.len());
        text.splice(start..end, with.chars());
        let reading = read(&split(&text.into_iter().collect::<String>()));
        for found in &reading.diagnostics {
            let text = &reading.files[found.file].text;
            let Some(span) = found.span else { continue };
            prop_assert!(text.get(span.start..span.end).is_some(), "{found:?}");
        }
    }
}

/// What a hostile file asks for is bounded by its size, not by the numbers in it.
#[test]
fn small_files_cannot_ask_for_endless_work() {
    let issues: String =
        (0..8).map(|k| format!("- {{name: I{k}, type: ContiguousIssue, values: 1000000}}\n")).collect();
    let domain = format!("type: CartesianOutcomeSpace\nissues:\n{issues}");
    let line = "  - {type: AffineUtilityFunction, weights: [".to_owned() + &"1, ".repeat(8) + "]}\n";
    let weighted = format!("type: WeightedUtilityFunction\nufuns:\n{}", line.repeat(100));
    let choice = (0..8).map(|k| format!("{k}: [[0, 900000], [1, 5], 7]")).collect::<Vec<_>>().join(", ");
    let boxes = format!(
        "type: HyperRectangleUtilityFunction\nutilities: [{}]\noutcome_ranges:\n{}",
        "1, ".repeat(200),
        format!("- {{{choice}}}\n").repeat(200)
    );
    let tables = format!(
        "type: LinearAdditiveUtilityFunction\nvalues:\n{}",
        "- {type: TableFun, mapping: {1: 1}}\n".repeat(8)
    );
    for (ufun, n_errors) in [(weighted, 0), (boxes, 1), (tables, 8)] {
        let reading = read(&[("a.yml".into(), domain.clone()), ("u.yml".into(), ufun)]);
        let errors = reading.diagnostics.iter().filter(|found| found.severity == Severity::Error);
        assert_eq!(errors.count(), n_errors, "{:?}", reading.diagnostics.first());
    }
}

#[test]
fn numbers_in_quotes_are_choices_and_no_bounds() {
    let files = |bounds: &str| {
        let domain = "issues:\n- {name: A, type: CategoricalIssue, values: ['1', '2', '3']}\n";
        let ufun = format!(
            "type: HyperRectangleUtilityFunction\noutcome_ranges: [{{0: {bounds}}}]\nutilities: [1.0]\n"
        );
        read(&[("d.yaml".into(), domain.into()), ("u.yaml".into(), ufun)])
    };
    for (bounds, known) in [("['1', '3']", [1.0, 0.0, 1.0]), ("[1, 3]", [0.0, 1.0, 0.0])] {
        let reading = files(bounds);
        known.iter().enumerate().for_each(|(k, known)| utility(&reading, 0, &[k], *known));
    }
}

#[test]
fn a_reserved_value_that_is_no_number_leaves_the_one_inside() {
    let inner = "{type: ConstUtilityFunction, value: 1, reserved_value: 0.5}";
    let ufun = format!("type: ExpDiscountedUFun\ndiscount: 1\nreserved_value: .nan\nufun: {inner}\n");
    let message = "a reserved value of `.nan` is not read; 0.5, of the utility function inside, counts";
    let reading = warns(&ufun, ".nan", message);
    assert_eq!(talks(&reading).bodies[0].alternative.number().map(|value| value.mean()), Some(0.5));
}

#[test]
fn what_no_agreement_is_worth_may_be_infinite_and_means_what_it_says() {
    let with = |value: &str| one(&additive(PORT, "{type: IdentityFun}", &format!("reserved_value: {value}")));
    let never = with(".inf");
    assert_eq!(never.diagnostics, []);
    assert_eq!(talks(&never).bodies[0].alternative, Alternative::RefusesAll);
    assert!(never.notes.join("\n").contains("no agreement is ever good enough, as the file has it: `u`"));
    assert_eq!(talks(&with(".nan")).bodies[0].alternative, Alternative::Unknown);
    for value in ["-.inf", "null"] {
        let any = with(value);
        assert_eq!(any.diagnostics, []);
        assert_eq!(talks(&any).bodies[0].alternative, Alternative::RefusesNothing);
        let notes = any.notes.join("\n");
        assert!(notes.contains("gains are counted from the worst possible deal"), "{notes}");
    }
}
