//! What is written reads back as the same talks, and written again comes out as the same bytes.

mod drawing;

use detente_cases::drawn;
use detente_formats::{Severity, Written, read, template, write};
use detente_model::{
    Alternative, Body, BodyId, ClaimId, Clause, Condition, Correlation, Cost, Date, Distribution, Draft,
    Interaction, Issue, IssueId, IssuePreference, Number, OptionId, OptionSet, Options, Party, PartyId,
    Preferences, Range, Rule, Shape, StatedCost, Talks, TimeUnit,
};
use drawing::{Draw, Words};
use proptest::prelude::*;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

const UNKNOWNS: &str = include_str!("../../../fuzz/seeds/scenario/unknowns.yaml");
const FULL: &str = include_str!("../../../fuzz/seeds/scenario/full.yaml");

/// Every scenario of the catalog, by its path.
fn catalog() -> Vec<(PathBuf, String)> {
    let mut files = Vec::new();
    let mut folders = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join("../../catalog")];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).expect("a folder") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                folders.push(path);
            } else if path.ends_with("scenario.yaml") {
                files.push((path.clone(), fs::read_to_string(path).expect("a scenario")));
            }
        }
    }
    assert!(files.len() > 5, "the catalog is found");
    files.sort();
    files
}

/// Every good scenario there is, with a name for it.
fn good() -> Vec<(String, String)> {
    let mut all: Vec<(String, String)> =
        catalog().into_iter().map(|(path, source)| (path.display().to_string(), source)).collect();
    let own = [("template", template()), ("unknowns", UNKNOWNS), ("full", FULL)];
    all.extend(own.map(|(name, source)| (name.to_owned(), source.to_owned())));
    all
}

/// Talks that lose nothing when written; the file.
#[track_caller]
fn round(talks: &Talks) -> String {
    let Written { text, losses } = write(talks);
    assert_eq!(losses, [], "{text}");
    let reading = read(text.as_bytes());
    let errors: Vec<_> = reading.diagnostics.iter().filter(|d| d.severity == Severity::Error).collect();
    assert!(errors.is_empty(), "{errors:#?}\n{text}");
    let spelled = reading.diagnostics.iter().find(|d| d.message.contains("is kept as the text"));
    assert_eq!(spelled, None, "other programs read another text: {text}");
    let back = reading.talks.expect("talks");
    assert_eq!(back, *talks, "{text}");
    assert_eq!(write(&back).text, text, "written again it is another text");
    text
}

#[test]
fn good_scenarios_read_back_as_they_are() {
    for (name, source) in &*GOOD {
        let first = read(source.as_bytes());
        let text = round(first.talks.as_ref().unwrap_or_else(|| panic!("{name}: {:#?}", first.diagnostics)));
        let known: Vec<&str> = first.diagnostics.iter().map(|d| d.message.as_str()).collect();
        for found in read(text.as_bytes()).diagnostics {
            assert!(known.contains(&found.message.as_str()), "{name}: {found:?}\n{text}");
        }
    }
}

drawn! { 256;
    #[test]
    fn any_talks_read_back_as_they_are(seed in any::<u64>()) {
        round(&Draw::new(seed, Words::Held).talks());
    }

    #[test]
    fn what_no_file_can_hold_is_said_and_replaced(seed in any::<u64>()) {
        let talks = Draw::new(seed, Words::Any).talks();
        let Written { text, losses } = write(&talks);
        let reading = read(text.as_bytes());
        prop_assert!(reading.talks.is_some(), "{:#?}\n{}", reading.diagnostics, text);
        let back = reading.talks.expect("talks");
        prop_assert_eq!(losses.is_empty(), back == talks, "{:#?}\n{}", losses, text);
        let again = write(&back);
        prop_assert_eq!(again.losses, []);
        prop_assert_eq!(again.text, text);
        prop_assert!(losses.iter().all(|loss| !loss.what.contains(char::is_control)), "{:?}", losses);
    }

    #[test]
    fn a_changed_file_that_still_reads_reads_back_as_it_is(
        scenario in any::<prop::sample::Index>(),
        edits in prop::collection::vec((0usize..5, any::<prop::sample::Index>(), any::<prop::sample::Index>()), 1..4),
    ) {
        let mut source = scenario.get(&GOOD).1.clone();
        for (kind, at, other) in edits {
            source = changed(&source, kind, &at, &other);
        }
        let reading = read(source.as_bytes());
        if let Some(talks) = reading.talks {
            let text = round(&talks);
            let known: Vec<&str> = reading.diagnostics.iter().map(|d| d.message.as_str()).collect();
            for found in read(text.as_bytes()).diagnostics {
                prop_assert!(known.contains(&found.message.as_str()), "{:?}\n{}\n{}", found, source, text);
            }
        }
    }
}

/// Every good scenario, read from its file once.
static GOOD: LazyLock<Vec<(String, String)>> = LazyLock::new(good);

/// The stretches of a text that are words or numbers.
fn words(source: &str) -> Vec<(usize, usize)> {
    let is_word = |c: char| c.is_alphanumeric() || "-_.".contains(c);
    let mut found: Vec<(usize, usize)> = Vec::new();
    for (at, c) in source.char_indices().filter(|(_, c)| is_word(*c)) {
        match found.last_mut() {
            Some((_, end)) if *end == at => *end = at + c.len_utf8(),
            _ => found.push((at, at + c.len_utf8())),
        }
    }
    found
}

/// One change that has a chance to leave a scenario.
fn changed(source: &str, kind: usize, at: &prop::sample::Index, other: &prop::sample::Index) -> String {
    const VALUES: &[&str] = &[
        "0",
        "-0",
        "1e300",
        "0.5",
        "5.0",
        "1e-300",
        "x",
        "No",
        "'1'",
        "\"\\u202e\"",
        "{uniform: [0, 1]}",
        "{point: 3}",
        "{value: 2, because: c1}",
        "{discrete: {0: 0.5, 0.0: 0.5}}",
        "[]",
        "{}",
        "{not: none}",
        "~",
        "'a: b'",
        "1 hour",
    ];
    let (words, mut lines) = (words(source), source.lines().collect::<Vec<_>>());
    let (from, to) = at.get(&words);
    let by = |text: &str| format!("{}{text}{}", &source[..*from], &source[*to..]);
    match kind {
        0 => by(VALUES[other.index(VALUES.len())]),
        1 => {
            let (first, last) = other.get(&words);
            by(&source[*first..*last])
        }
        2 => {
            by(&format!("{}{}", &source[*from..*to], other.get(&["x", "0", " y", ".5", "\u{300}", "'", "?"])))
        }
        3 => {
            lines.remove(at.index(lines.len()));
            lines.join("\n")
        }
        _ => {
            let line = other.get(&lines).to_owned();
            lines.insert(at.index(lines.len()), line);
            lines.join("\n")
        }
    }
}

#[track_caller]
fn loses(change: impl FnOnce(&mut Draft), losses: &[&str]) -> String {
    let mut draft: Draft = (*read(FULL.as_bytes()).talks.expect("talks")).clone();
    change(&mut draft);
    let written = write(&Talks::new(draft).expect("talks"));
    let said: Vec<&str> = written.losses.iter().map(|loss| loss.what.as_str()).collect();
    assert_eq!(said, losses);
    written.text
}

#[test]
fn ids_that_cannot_be_held_become_others_and_keep_their_name() {
    let text = loses(
        |draft| {
            draft.issues[0].id = "Size\nof Fund".into();
            draft.issues[0].name = "Size of Fund".into();
            draft.issues[2].id = "Size of Fund".into();
            draft.bodies[3].id = "x\u{7}.y".into();
            draft.parties[0].id = "...".into();
            draft.steps[1].id = "long".repeat(30);
        },
        &[
            "the id `Size\\nof Fund` of an issue holds a line break or a control character: it becomes `Size of Fund-2`",
            "the id `...` of a party or mediator holds `.`: it becomes `x`",
            "the id `x\\u{7}.y` of a body holds a control character: it becomes `x-y`",
            &format!(
                "the id `{}...` of a step is longer than 100 bytes: it becomes `{}lo`",
                "long".repeat(15),
                "long".repeat(22)
            ),
        ],
    );
    assert!(text.contains("id: Size of Fund-2\n    name: Size of Fund\n"), "{text}");
}

#[test]
fn texts_that_cannot_be_held_are_said() {
    let named = |draft: &mut Draft, text: &str| {
        let Options::Named { options, .. } = &mut draft.issues[2].options else { panic!("no words") };
        options[0].id = text.into();
    };
    let text = loses(
        |draft| {
            draft.title = "a\r\nb".into();
            named(draft, "joint\u{1b}");
            draft.steps[0].counts[1].what = draft.steps[0].counts[0].what.clone();
            draft.steps[0].counts[1].per = Some(TimeUnit::Day);
        },
        &[
            "the option id `joint\\u{1b}` of issue `watch` holds a control character: it becomes `joint-2`",
            "the title holds a control character: it is left out",
            "step `meters` counts `meters working` more than once: one becomes `meters working-2`",
        ],
    );
    assert!(text.contains("title: |-\n  a\n  b\n"), "{text}");
    assert!(text.contains("counts: {meters working: 40, meters working-2: {value: 5, per: day}}"), "{text}");
}

#[test]
fn numbers_that_cannot_be_held_are_said() {
    let uncertain = Number { spread: Distribution::Uniform { from: 0.0, to: 1.0 }, ..Number::fixed(0.0) };
    let cited = Number { because: vec![ClaimId(0)], ..Number::fixed(2.0) };
    let half = Number::fixed(0.5);
    loses(
        |draft| {
            let points = vec![(uncertain.clone(), half.clone()), (cited.clone(), half.clone())];
            draft.bodies[0].will = StatedCost::Cost(Cost(Distribution::Discrete(points)));
            let line = Shape::Linear(vec![(0.0, half.clone()), (5.0, uncertain.clone())]);
            draft.bodies[1].preferences.issues[1] = Some(IssuePreference { weight: None, shape: line });
        },
        &[
            "a value of the discrete political cost of body `north.council` is not known itself: it becomes its mean 0.5",
            "the values of the discrete political cost of body `north.council` rest on claims of their own: these are left out",
            "the line of body `farmers` over issue `price` does not reach its ends: what is not known of its outer points is drawn twice",
        ],
    );
    loses(
        |draft| draft.steps[1].delivers[0].1 = Number::fixed(0.25),
        &["the file will not be read: the shares of issue `use` sum to 0.75, not to 1 where `use` is `mid`"],
    );
    let deep = (0..70).fold(Rule::One(PartyId(0)), |rule, _| Rule::Any(vec![rule]));
    loses(
        |draft| draft.agreement = deep,
        &["the file will not be read: values are nested more than 64 deep"],
    );
    loses(
        |draft| draft.as_of = Some(Date { year: 2026, month: None, day: Some(5) }),
        &["the first lines will not be read back as they are"],
    );
    loses(
        |draft| draft.levers[0].inducement = vec![(BodyId(0), half.clone()), (BodyId(0), half.clone())],
        &["the file will not be read: `north.council` stands here a second time"],
    );
}

#[test]
fn what_means_the_same_is_no_loss() {
    let text = loses(
        |draft| {
            draft.levers[0].when = Some(Condition::default());
            draft.steps[0].only_if = Some(Condition::default());
            draft.correlation = Some(Correlation::Loadings(vec![]));
            draft.bodies[0].preferences.interactions[0].when = Condition::default();
            draft.bodies[0].preferences.tables[0].otherwise = None;
            let line = Shape::Linear(vec![(2.0, Number::fixed(1.0)), (5.0, Number::fixed(3.0))]);
            draft.bodies[1].preferences.issues[1] = Some(IssuePreference { weight: None, shape: line });
        },
        &[],
    );
    for part in [
        "- {when: {use: {from: high, to: low}}, adds: -10}",
        "- [low, none, 1]\n            otherwise: 0\n",
        "price: {linear: {0: 1, 2: 1, 5: 3, 10: 3}}",
    ] {
        assert!(text.contains(part), "{part}: {text}");
    }
}

/// Two sides and issues that are ranges of so many numbers.
fn ranges(n_issues: usize, n: usize, shape: impl Fn(usize) -> Shape) -> Draft {
    let range = Range::new(0.0, (n - 1) as f64, 1.0).expect("a range").0;
    let issue = |k: usize| Issue {
        id: format!("issue-{k}"),
        name: format!("Issue {k}"),
        options: Options::Range(range.clone()),
        status_quo: None,
        because: vec![],
    };
    let preference = |k: usize| Some(IssuePreference { weight: None, shape: shape(k) });
    let body = |p: usize| Body {
        id: format!("party-{p}"),
        name: format!("party-{p}"),
        party: PartyId(p),
        influence: None,
        alternative: Alternative::fixed(1.0),
        will: StatedCost::Unstated,
        strain: StatedCost::Unstated,
        reaction: None,
        discount: None,
        preferences: Preferences {
            issues: (0..n_issues).map(preference).collect(),
            ..Preferences::default()
        },
        because: vec![],
    };
    let party = |p: usize| Party {
        id: format!("party-{p}"),
        name: format!("party-{p}"),
        bodies: vec![BodyId(p)],
        ratifies: Rule::All(vec![Rule::One(BodyId(p))]),
        because: vec![],
    };
    Draft::new(
        "Ranges",
        (0..n_issues).map(issue).collect(),
        (0..2).map(party).collect(),
        (0..2).map(body).collect(),
    )
}

#[test]
fn long_ranges_come_out_small() {
    let line = |_| Shape::Linear(vec![(0.0, Number::fixed(0.0)), (999_999.0, Number::fixed(1.0))]);
    let text = round(&Talks::new(ranges(1, 1_000_000, line)).expect("talks"));
    assert!(text.len() < 500, "{text}");
}

#[test]
fn more_values_than_can_be_kept_are_refused() {
    let line = |_| Shape::Linear(vec![(0.0, Number::fixed(0.0)), (999_999.0, Number::fixed(1.0))]);
    assert!(Talks::new(ranges(8, 1_000_000, line)).is_ok());
    let problems = Talks::new(ranges(9, 1_000_000, line)).expect_err("more than fit");
    let [problem] = &problems[..] else { panic!("{problems:?}") };
    assert!(problem.fault.message.contains("18,000,000 values, more than 16,777,216"), "{problem:?}");
}

#[test]
fn many_values_fill_the_lines() {
    let values = |_| Shape::Values((0..100_000).map(|k| Number::fixed(f64::from(k % 7))).collect());
    let text = round(&Talks::new(ranges(1, 100_000, values)).expect("talks"));
    assert!(text.len() < 700_000, "{}", text.len());
    assert!(text.lines().all(|line| line.len() <= 100));
}

#[test]
fn many_issues_and_interactions_have_a_line_each() {
    let line = |_| Shape::Linear(vec![(0.0, Number::fixed(0.0)), (100.0, Number::fixed(1.0))]);
    let mut draft = ranges(40, 101, line);
    for k in 0..100 {
        let bound = |issue: usize| Clause {
            issue: IssueId(issue),
            options: OptionSet::between(OptionId(k % 50), OptionId(60)),
        };
        let when = Condition(vec![bound(k % 40), bound((k + 1) % 40)]);
        draft.bodies[k % 2].preferences.interactions.push(Interaction {
            when,
            unless: k % 3 == 0,
            adds: Number::fixed(k as f64),
        });
    }
    let text = round(&Talks::new(draft).expect("talks"));
    assert!(text.lines().count() < 300, "{text}");
    assert!(text.lines().all(|line| line.len() <= 100));
}

#[test]
fn texts_of_any_length_are_held() {
    let mut draft: Draft = (*read(FULL.as_bytes()).talks.expect("talks")).clone();
    let Options::Named { options, .. } = &mut draft.issues[0].options else { panic!("no words") };
    options[0].id = "word ".repeat(500);
    draft.title = "x".repeat(2 << 20);
    draft.note = Some("many words ".repeat(200_000));
    draft.authors = vec!["a\tb".repeat(1000), "line\n".repeat(1000), "  ".repeat(2000)];
    draft.steps[0].counts[0].what = "what is counted, ".repeat(100);
    let text = round(&Talks::new(draft).expect("talks"));
    assert!(text.lines().all(|line| line.chars().count() <= 250));
}

#[test]
fn a_file_that_would_be_too_large_is_said() {
    let long = "x".repeat(17 << 20);
    let text = loses(
        |draft| draft.title = long.clone(),
        &["the file will not be read: the file is larger than 16 MB"],
    );
    assert!(text.len() > long.len());
}
