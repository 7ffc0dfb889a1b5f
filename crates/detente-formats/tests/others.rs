//! NegoLog, scorable games, CaSiNo, Deal or No Deal: what they are worth, and what is said of those that are odd.

use detente_cases::drawn;
use detente_formats::{Format, ReadOptions, Reading, Role, SourceFile, read_files};
use detente_model::{OptionId, Outcome, Talks};
use proptest::prelude::*;
use std::path::Path;

fn with(options: &ReadOptions, files: &[(&str, &str)]) -> Reading {
    let file = |(name, text): &(&str, &str)| SourceFile {
        path: Path::new("talks").join(name),
        bytes: text.as_bytes().to_vec(),
    };
    read_files(Path::new("talks"), &files.iter().map(file).collect::<Vec<_>>(), options)
}

fn reading(files: &[(&str, &str)]) -> Reading {
    with(&ReadOptions::default(), files)
}

#[track_caller]
fn talks(reading: &Reading) -> &Talks {
    reading.talks.as_ref().unwrap_or_else(|| panic!("{:#?} {:?}", reading.diagnostics, reading.misuse))
}

#[track_caller]
fn worth(talks: &Talks, options: &[usize], expected: &[f64]) {
    let outcome = Outcome(options.iter().map(|k| OptionId(*k)).collect());
    for (body, expected) in talks.bodies.iter().zip(expected) {
        let found: f64 = body.preferences.leaves(&talks.issues, &outcome).iter().sum();
        assert!((found - expected).abs() < 1e-12, "{}: {found}, not {expected}", body.id);
    }
}

/// Something is said, with this text underlined.
#[track_caller]
fn said(reading: &Reading, underlined: &str, message: &str) {
    let Some(found) = reading.diagnostics.iter().find(|d| d.message.contains(message)) else {
        panic!("`{message}` is not among {:#?}", reading.diagnostics)
    };
    let span = found.span.expect("a place");
    assert_eq!(&reading.files[found.file].text[span.start..span.end], underlined, "{found:?}");
}

fn alternatives(talks: &Talks) -> Vec<Option<f64>> {
    talks.bodies.iter().map(|body| body.alternative.number().map(detente_model::Number::mean)).collect()
}

const LEFT: &str = r#"{"reservationValue": 0.3, "issueWeights": {"Pay": 0.75, "Days": 0.25},
 "issues": {"Pay": {"low": 0.2, "high": 1.0}, "Days": {"4": 1.0, "5": 0.4}}}"#;
const RIGHT: &str = r#"{"reservationValue": 0, "issueWeights": {"Days": 0.5, "Pay": 0.5},
 "issues": {"Days": {"5": 1.0, "4": 0.1}, "Pay": {"high": 0.2, "low": 1}}}"#;

#[test]
fn negolog_profiles_are_a_scenario() {
    let specs = r#"{"NumberOfBids": 4, "Opposition": 0.1, "Nash_A": 1}"#;
    let reading = reading(&[("profileA.json", LEFT), ("profileB.json", RIGHT), ("specs.json", specs)]);
    assert_eq!(reading.diagnostics, []);
    assert_eq!(reading.format, Format::Negolog);
    assert_eq!(reading.files[2].role, Role::Ignored("values that NegoLog worked out".into()));
    let talks = talks(&reading);
    assert_eq!(alternatives(talks), [Some(0.3), Some(0.0)]);
    // Days before pay, and high before low: nobody's order.
    worth(talks, &[0, 1], &[0.75 * 0.2 + 0.25, 0.5 + 0.05]);
    worth(talks, &[1, 0], &[0.75 + 0.1, 0.1 + 0.5]);
}

#[test]
fn odd_negolog_profiles_are_survived_with_a_warning_each() {
    let odd = |from: &str, to: &str| reading(&[("a.json", LEFT), ("b.json", &RIGHT.replace(from, to))]);
    said(&odd("\"5\": 1.0", "\"6\": 1.0"), "\"6\"", "no profile before this one has `6` of `Days`");
    said(&odd("\"5\": 1.0", "\"6\": 1.0"), "\"Days\"", "`5` of `Days` is not valued; it counts as 0");
    said(&odd("\"Days\": 0.5", "\"Days\": 0.7"), "\"issueWeights\"", "the weights sum to 1.2");
    said(&odd("\"Days\": 0.5, ", ""), "\"Days\"", "`Days` has no weight");
    said(&odd("\"low\": 1", "\"low\": \"much\""), "\"much\"", "this is not a number");
    said(&odd("\"low\": 1", "\"low\": 0.5, \"low\": 1"), "\"low\"", "a second time; the last counts");
    said(&odd("\"reservationValue\": 0, ", ""), "", "there is no reservation value; it counts as 0");
    assert!(odd("\"low\": 1", "\"low\": 1,,").talks.is_none());
}

#[test]
fn an_infinite_reservation_value_of_negolog_is_no_text() {
    let with = |value: &str| {
        let right = RIGHT.replace("\"reservationValue\": 0", &format!("\"reservationValue\": {value}"));
        reading(&[("a.json", LEFT), ("b.json", &right)])
    };
    for value in ["Infinity", "1e999"] {
        assert_eq!(talks(&with(value)).bodies[1].alternative, detente_model::Alternative::RefusesAll);
    }
    for value in ["\"Infinity\"", "\"inf\"", "\"-INF\""] {
        let read = with(value);
        assert!(read.talks.is_none(), "{value}");
        let [only] = &read.diagnostics[..] else { panic!("{:?}", read.diagnostics) };
        assert_eq!(only.message, "the reservation value is a text, and NegoLog compares none with a number");
        assert!(only.help.contains("`Infinity` without quotes"), "{only:?}");
    }
}

const CONFIG: &str = "Mayor of the town,mayor,player,cooperative,x\nBuilder,builder,p1,greedy,x\n\
    State,state,p2,greedy,x\nUnion,union,player,greedy,x\n";
const PROSE: &str = "\"Builder\" wants to build.\n\nIssue A: \"Where\"\nThis is about the place.\n\
    A1 \"by the water\": nice.\nA2 \"inland\" \n=====\nIssue B: \"How much\"\nB1: $3 million.\nB2: \"Builder\" pays nothing.\n";

fn game() -> Vec<(&'static str, &'static str)> {
    vec![
        ("builder.txt", "14, 8\n11, 7, 0\n15\n"),
        ("config.txt", CONFIG),
        ("global_instructions.txt", PROSE),
        ("initial_deal.txt", "A1,B1"),
        ("mayor.txt", "0, 5\n1, 2, 3 \n\n 4 \n"),
        ("readme.txt", "A game.\n"),
        ("state.txt", "1,2\n3,4,5\n2\n"),
        ("union.txt", "2,1\n5,4,3\n3\n"),
    ]
}

#[test]
fn a_scorable_game_has_minimums_and_all_but_one_agree_with_both_vetoes() {
    let reading = reading(&game());
    assert_eq!(reading.diagnostics, []);
    let talks = talks(&reading);
    assert_eq!(alternatives(talks), [Some(15.0), Some(4.0), Some(2.0), Some(3.0)]);
    let ids: Vec<&str> = talks.parties.iter().map(|party| party.id.as_str()).collect();
    assert_eq!(ids, ["builder", "mayor", "state", "union"]);
    assert_eq!(talks.parties[1].name, "Mayor of the town");
    worth(talks, &[1, 2], &[8.0, 8.0, 7.0, 4.0]);
    let agrees = |yes: &[usize]| talks.agreement.holds(&|party| yes.contains(&party.0));
    for set in 0..16usize {
        let yes: Vec<usize> = (0..4).filter(|k| set >> k & 1 == 1).collect();
        let expected = yes.len() >= 3 && yes.contains(&0) && yes.contains(&2);
        assert_eq!(agrees(&yes), expected, "{yes:?}");
    }
    let (where_, much) = (&talks.issues[0], &talks.issues[1]);
    assert_eq!((where_.id.as_str(), where_.name.as_str()), ("A", "Where"));
    assert_eq!(where_.option_name(OptionId(0)), "by the water");
    assert_eq!(
        (much.option_id(OptionId(0)).as_ref(), much.option_name(OptionId(0)).as_ref()),
        ("B1", "$3 million")
    );
    assert_eq!(much.option_name(OptionId(1)), "\"Builder\" pays nothing");
    assert_eq!(much.option_name(OptionId(2)), "B3");
    assert!(
        reading.notes.iter().any(|note| note.contains("3 of 4 parties, `builder` and `state` among them")),
        "{:?}",
        reading.notes
    );
    assert!(
        reading.notes.iter().any(|note| note.contains("1 options are called by their letter")),
        "{:?}",
        reading.notes
    );
}

#[test]
fn a_game_without_roles_needs_everybody() {
    let files: Vec<_> = game().into_iter().filter(|(name, _)| *name != "config.txt").collect();
    let reading = reading(&files);
    let agreement = &talks(&reading).agreement;
    assert!(!agreement.holds(&|party| party.0 != 1));
    assert!(agreement.holds(&|_| true));
    assert!(reading.notes.iter().any(|note| note.contains("an agreement is taken to need everybody")));
}

#[test]
fn scores_that_do_not_fit_are_refused_with_their_place() {
    let odd = |text: &str| {
        let mut files = game();
        files[4].1 = Box::leak(text.to_owned().into_boxed_str());
        reading(&files)
    };
    said(&odd("0, five\n1, 2, 3\n4\n"), "five", "`five` is not a number");
    said(&odd("0, 5\n1, 2\n4\n"), "1, 2", "there are 2 options here, and 3 for `builder`");
    said(&odd("0, 5\n4\n"), "0, 5", "there are 1 issues here, and 2 for `builder`");
    for text in ["0, five\n1, 2, 3\n4\n", "0, 5\n1, 2\n4\n", "0, 5\n4\n"] {
        assert!(odd(text).talks.is_none());
    }
}

const CAMP: &str = r#"[
 {"dialogue_id": 7, "participant_info": {
   "b": {"value2issue": {"High": "Food", "Medium": "Water", "Low": "Firewood"}},
   "a": {"value2issue": {"High": "Firewood", "Medium": "Water", "Low": "Food"}}}},
 {"dialogue_id": 9, "chat_logs": [{"text": "hm", "id": "a"}], "participant_info": {
   "a": {"value2issue": {"Low": "Water", "High": "Food", "Medium": "Firewood"}},
   "b": {"value2issue": {"High": "Water", "Medium": "Food", "Low": "Firewood"}}}}]"#;

#[test]
fn a_camp_dialogue_is_three_packages_of_three_items() {
    let first = reading(&[("camp.json", CAMP)]);
    let first_talks = talks(&first);
    assert_eq!(first_talks.title, "CaSiNo dialogue 7");
    assert_eq!(first_talks.issues.iter().map(detente_model::Issue::n_options).product::<usize>(), 64);
    assert_eq!(alternatives(first_talks), [Some(5.0), Some(5.0)]);
    // The first gets one food, two water, three firewood: 3 + 8 + 15; the second two, one, none: 10 + 4.
    worth(first_talks, &[1, 2, 3], &[26.0, 14.0]);
    let second = with(&ReadOptions { case: Some(2), ..ReadOptions::default() }, &[("camp.json", CAMP)]);
    assert_eq!(talks(&second).title, "CaSiNo dialogue 9");
    worth(talks(&second), &[3, 0, 0], &[15.0, 15.0 + 9.0]);
    let beyond = with(&ReadOptions { case: Some(3), ..ReadOptions::default() }, &[("camp.json", CAMP)]);
    assert_eq!(beyond.misuse.as_deref(), Some("`--case`: there is no dialogue 3; the file holds 2"));
    let picked = ReadOptions { parties: vec!["a".into()], ..ReadOptions::default() };
    assert!(
        with(&picked, &[("camp.json", CAMP)])
            .misuse
            .is_some_and(|text| text.contains("one file holds all sides"))
    );
    said(
        &reading(&[("camp.json", &CAMP.replacen("\"Food\"", "\"Fish\"", 1))]),
        "\"Fish\"",
        "the item `Fish` is not known",
    );
    said(
        &reading(&[("camp.json", &CAMP.replacen("\"Food\"", "\"Water\"", 1))]),
        "\"Water\"",
        "`Water` has two priorities",
    );
}

#[test]
fn books_hats_and_balls_are_shared_out() {
    let text = "1 4 4 1 1 2\n1 10 4 0 1 0\n\n2 2 1 2 2 2\n2 1 1 4 2 2\n";
    let first = reading(&[("selfplay.txt", text)]);
    assert_eq!(first.format, Format::DealOrNoDeal);
    assert_eq!(first.diagnostics, []);
    let first = talks(&first);
    assert_eq!(first.issues.iter().map(detente_model::Issue::n_options).collect::<Vec<_>>(), [2, 5, 2]);
    assert_eq!(alternatives(first), [Some(0.0), Some(0.0)]);
    worth(first, &[1, 3, 0], &[4.0 + 3.0, 0.0]);
    worth(first, &[0, 4, 1], &[4.0 + 2.0, 10.0]);
    let second = with(&ReadOptions { case: Some(2), ..ReadOptions::default() }, &[("selfplay.txt", text)]);
    worth(talks(&second), &[2, 0, 1], &[4.0 + 2.0, 4.0 + 2.0]);
    said(
        &reading(&[("s.txt", "1 4 4 1 1 2\n2 5 4 0 1 0\n")]),
        "2",
        "there are 2 of `book` here, and 1 on the other side",
    );
    said(&reading(&[("s.txt", "1 4 4 1 1 2\n1 9 4 0 1 0\n")]), "1 9 4 0 1 0", "are worth 9 here, not 10");
    said(
        &reading(&[("s.txt", "1 4 4 1 1 2\n1 10 4 0 1 0\n1 4 4 1 1 2\n")]),
        "1 4 4 1 1 2",
        "the last line has no partner",
    );
    let tagged = "<input> 1 4 4 1 1 2 </input> <dialogue> YOU: hi <eos> </dialogue> <output> x </output> <partner_input> 1 10 4 0 1 0 </partner_input>\n";
    worth(talks(&reading(&[("train.txt", tagged)])), &[0, 4, 1], &[6.0, 10.0]);
}

#[test]
fn formats_in_one_folder_are_not_guessed_at() {
    let both = reading(&[("a.json", LEFT), ("camp.json", CAMP)]);
    assert!(both.talks.is_none());
    assert!(both.diagnostics[0].message.contains("more than one format"), "{:?}", both.diagnostics);
}

#[test]
fn real_files_say_what_is_known_of_them() {
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/corpus");
    if !corpus.is_dir() {
        eprintln!("skipped: there is no folder {}", corpus.display());
        return;
    }
    let at = |path: &str| {
        let opened = detente_formats::open(&corpus.join(path)).expect("a folder");
        read_files(&opened.path, &opened.files, &ReadOptions::default())
    };
    for (path, outcomes, minimums) in [
        ("llm-deliberation/base", 720, vec![65.0, 55.0, 55.0, 30.0, 31.0, 50.0]),
        ("llm-deliberation/base_7players", 2880, vec![56.0, 54.0, 55.0, 50.0, 41.0, 34.0, 48.0]),
        ("casino/campsite", 64, vec![5.0, 5.0]),
    ] {
        let reading = at(path);
        let talks = talks(&reading);
        assert_eq!(
            talks.issues.iter().map(detente_model::Issue::n_options).product::<usize>(),
            outcomes,
            "{path}"
        );
        assert_eq!(alternatives(talks), minimums.into_iter().map(Some).collect::<Vec<_>>(), "{path}");
    }
    talks(&at("deal-or-no-deal/selfplay-contexts"));
    let mut n = 0;
    for entry in std::fs::read_dir(corpus.join("negolog")).expect("a folder") {
        let path = entry.expect("an entry").path();
        let reading = at(&format!("negolog/{}", path.file_name().expect("a name").to_string_lossy()));
        let talks = talks(&reading);
        let specs: serde_json::Value =
            serde_json::from_slice(&std::fs::read(path.join("specs.json")).expect("specs")).expect("JSON");
        let outcomes: usize = talks.issues.iter().map(detente_model::Issue::n_options).product();
        assert_eq!(Some(outcomes as u64), specs["NumberOfBids"].as_u64());
        for (bid, values) in [("NashBid", ["Nash_A", "Nash_B"]), ("KalaiBid", ["Kalai_A", "Kalai_B"])] {
            let option = |issue: &detente_model::Issue| {
                issue.find(specs[bid][&issue.id].as_str().expect("a value")).expect("an option").0
            };
            let options: Vec<usize> = talks.issues.iter().map(option).collect();
            let outcome = Outcome(options.into_iter().map(OptionId).collect());
            for (body, key) in talks.bodies.iter().zip(values) {
                let own: f64 = body.preferences.leaves(&talks.issues, &outcome).iter().sum();
                assert!((own - specs[key].as_f64().expect("a number")).abs() < 1e-9, "{path:?} {key}");
            }
        }
        n += 1;
    }
    assert!(n >= 6);
}

drawn! { 300;
    /// Places stay inside the text whatever is wrong.
    #[test]
    fn no_change_makes_a_reader_panic(
        edits in prop::collection::vec((any::<prop::sample::Index>(), any::<prop::sample::Index>(), 0usize..4), 1..6),
        which in 0usize..8,
        case in 1usize..3,
    ) {
        let mut files: Vec<Vec<(&str, String)>> = vec![
            vec![("a.json", LEFT.into()), ("b.json", RIGHT.into())],
            vec![("camp.json", CAMP.into())],
            vec![("s.txt", "1 4 4 1 1 2\n1 10 4 0 1 0\n".into())],
            vec![("s.txt", "<input> 1 4 4 1 1 2 </input> x <partner_input> 1 10 4 0 1 0 </partner_input>\n".into())],
        ];
        let game = game();
        for k in [0, 1, 2, 4] {
            let mut own: Vec<(&str, String)> = game.iter().map(|(name, text)| (*name, (*text).to_owned())).collect();
            own.swap(0, k);
            files.push(own);
        }
        let mut own = files.swap_remove(which);
        let text = &mut own[0].1;
        for (at, other, kind) in edits {
            let mut chars: Vec<char> = text.chars().collect();
            let (from, to) = (at.index(chars.len().max(1)), other.index(chars.len().max(1)));
            match kind {
                0 => { chars.drain(from.min(to)..from.max(to).min(from.min(to) + 12).min(chars.len())); }
                1 => chars.insert(from.min(chars.len()), ['"', ',', '9', 'é', '{', '\n', '\u{3000}'][to % 7]),
                2 => { let piece: Vec<char> = chars.iter().skip(to).take(20).copied().collect(); chars.splice(from..from, piece); }
                _ => if !chars.is_empty() { let k = from.min(chars.len() - 1); chars[k] = ['-', 'e', '}', '0', ' '][to % 5]; },
            }
            *text = chars.into_iter().collect();
        }
        let borrowed: Vec<(&str, &str)> = own.iter().map(|(name, text)| (*name, text.as_str())).collect();
        let reading = with(&ReadOptions { case: Some(case), ..ReadOptions::default() }, &borrowed);
        for found in &reading.diagnostics {
            let Some(span) = found.span else { continue };
            prop_assert!(reading.files[found.file].text.get(span.start..span.end).is_some(), "{found:?}");
        }
    }
}
