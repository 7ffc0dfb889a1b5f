//! Scenarios as people write them: what can mean one thing only is read, what was made of it is told, and whatever
//! has two readings is asked about. No help changes an amount.

mod finding;

use detente_formats::{Diagnostic, Severity, line_column, read};
use detente_model::{Alternative, Talks};

const ORCHARD: &str = "\
detente: 1
title: An orchard
issues:
  - {id: rent, name: Rent, range: {from: 0, to: 3000, by: 100, unit: EUR}}
  - {id: share, name: Share of the harvest, range: {from: 10, to: 30, by: 5, unit: \"%\"}}
  - {id: paths, name: Paths, options: [closed, open on Sundays, open]}
parties:
  - id: owner
    name: Owner
    alternative: 40
    preferences:
      rent: {linear: {0: 0, 3000: 3000}}
      share: {linear: {10: 0, 30: 50}}
      paths: {closed: 3, open on Sundays: 2, open: 0}
  - id: village
    name: Village
    ratifies: {quota: 60, weights: {mayor: 50, growers: 50}}
    bodies:
      - {id: mayor, name: Mayor, alternative: 0, preferences: {paths: [0, 4, 9]}}
      - {id: growers, name: Growers, alternative: 0, will: {uniform: [0, 5]}, preferences: {share: {linear: {10: 0, 30: -9}}}}
steps:
  - {id: lease, name: The lease, by: owner, takes: 2 weeks}
";

#[track_caller]
fn finding(from: &str, to: &str) -> (String, Vec<Diagnostic>) {
    finding::finding(ORCHARD, from, to)
}

#[track_caller]
fn check(from: &str, to: &str, message: &str, at: &str, help: &str) {
    finding::check(ORCHARD, (from, to), message, at, help);
}

fn warnings_without_steps(diagnostics: &[Diagnostic]) -> Vec<&Diagnostic> {
    diagnostics.iter().filter(|found| !found.message.starts_with("no step delivers")).collect()
}

/// With this change nothing more is said, and these are the talks.
#[track_caller]
fn silent(from: &str, to: &str) -> Talks {
    let (source, diagnostics) = finding(from, to);
    assert_eq!(warnings_without_steps(&diagnostics), Vec::<&Diagnostic>::new(), "{to}");
    read(source.as_bytes()).talks.expect("talks")
}

#[track_caller]
fn alternative(written: &str) -> f64 {
    let talks = silent("alternative: 40", &format!("alternative: {written}"));
    talks.bodies[0].alternative.number().expect("an alternative").mean()
}

#[test]
fn a_number_that_can_be_read_in_one_way_is_read() {
    for written in [
        "1500",
        "1'500",
        "1\u{2019}500",
        "1 500",
        "1\u{a0}500",
        "1_500",
        "\"1500\"",
        "1e3",
        "1.500,00",
        "1,500.00",
        "\u{661}\u{665}\u{660}\u{660}",
    ] {
        assert_eq!(alternative(written), if written == "1e3" { 1000.0 } else { 1500.0 }, "{written}");
    }
    assert_eq!(alternative("\u{bd}"), 0.5);
    assert_eq!(alternative("\u{2212}2"), -2.0);
    assert_eq!(alternative("1.234.567"), 1_234_567.0);
    assert_eq!(alternative("{uniform: [1'000, 2'000]}"), 1500.0);
}

#[test]
fn a_number_with_two_readings_is_asked_about_and_never_replaced() {
    let number = |to: &str, message: &str, help: &str| {
        check("alternative: 40", &format!("alternative: {to}"), message, to, help);
    };
    number("1,500", "`1,500` can be 1.5 or 1500", "write `1.5` or `1500`, whichever is meant");
    number("\"1,500\"", "`1,500` can be 1.5 or 1500", "write `1.5` or `1500`");
    number("1.500", "this is read as 1.5, and can be meant as 1500", "write `1.5` if that is it, or `1500`");
    number("0,5", "`0,5` is read as 0.5", "write `0.5`");
    number(
        "1,500 EUR",
        "`1,500 EUR` is not a number",
        "write `1.5` or `1500` where the values count in `EUR`",
    );
    number("1500 EUR", "`1500 EUR` is not a number", "write `1500` where");
    number("\u{20ac} 1500", "is not a number", "write `1500` where");
    number("10%", "is not a number by itself", "`0.1` if it is a share of 1, or `10` where");
    number("1.5 million", "is not written as a number", "`1500000`, all digits of it; or `1.5` where");
    number("(500)", "can be a negative number", "write `500`, with a minus in front if");
    number("3/4", "is a fraction, or one of two numbers", "a decimal number");
    number("1,50,00", "does not group its digits", "digits only");
    number("1\u{200b}500", "holds the invisible character U+200B", "anew");
}

#[test]
fn what_is_not_certain_leads_to_a_distribution_and_not_to_its_middle() {
    let number = |to: &str, message: &str, help: &str| {
        check("alternative: 40", &format!("alternative: {to}"), message, to, help);
    };
    for written in ["3-5", "3 to 5", "3\u{2013}5", "3..5", "between 3 and 5"] {
        number(written, "from where to where", "write `{uniform: [3, 5]}`");
    }
    number("1,000 to 1,500", "one of them has two readings", "both without separators");
    number("5 - 3", "two numbers, or one taken from the other", "the number itself");
    number("about 4", "does not say how far", "write `4` if that is it; else the lowest and the highest");
    number("5 \u{b1} 2", "does not say how far", "write `5` if that is it");
    number("more than 55", "is a bound", "`55` is one end");
    let open = "alternative: {uniform: [2, don't know]}";
    check("alternative: 40", open, "is not a number", "don't know", "cannot be left open");
    // What is not known of an alternative can be said.
    let (source, found) = finding("alternative: 40", "alternative: don't know");
    assert!(found.iter().all(|found| found.severity == Severity::Warning), "{found:?}");
    let talks = read(source.as_bytes()).talks.expect("talks");
    assert_eq!(talks.bodies[0].alternative, Alternative::Unknown);
    number("\"1500 - 100 * weeks\"", "is a formula", "the number it comes to");
    // Where no distribution can stand, none is offered.
    check(
        "by: 100",
        "by: 50 to 100",
        "is two numbers, and one number belongs here",
        "50 to 100",
        "write one of them",
    );
}

#[test]
fn commas_inside_brackets_are_blamed_for_what_they_part() {
    let only = |from: &str, to: &str, message: &str, at: &str, help: &str| {
        check(from, to, message, at, help);
        let errors =
            finding(from, to).1.into_iter().filter(|found| found.severity == Severity::Error).count();
        assert_eq!(errors, 1, "one slip, one finding: {to}");
    };
    only("by: 100,", "by: 0,5,", "the comma in `0,5` parts two entries", "0,5", "write `0.5`");
    only("to: 3000,", "to: 3,000,", "the comma in `3,000`", "3,000", "`3` or `3000`, whichever is meant");
    only("to: 3000,", "to: 3,000,000,", "the comma in `3,000,000`", "3,000,000", "write `3000000`");
    check(
        "{mayor: 50, growers: 50}",
        "{mayor: 5,000, growers: 5,000}",
        "`5,000` parts",
        "5,000",
        "`5` or `5000`",
    );
    only("3000: 3000}", "3,000: 3000}", "the comma in `3,000`", "3,000", "`3` or `3000`");
    only("30: 50}", "30: 50,5}", "the comma in `50,5`", "50,5", "write `50.5`");
    only("mayor: 50, growers: 50", "mayor: 50,5, growers: 50", "the comma in `50,5`", "50,5", "write `50.5`");
    only(
        "[0, 4, 9]",
        "[0,5, 4, 9]",
        "3 options, and 4 values stand here",
        "0",
        "if `0,5` is one number, write `0.5`",
    );
    check(
        "{uniform: [0, 5]}",
        "{pert: [0,5, 8]}",
        "the comma in `0,5` parts two values",
        "0,5",
        "a space behind",
    );
    only(
        "name: Growers, alternative",
        "name: Growers, pickers and packers, alternative",
        "the comma ends the text `Growers`",
        "Growers, pickers and packers",
        "put it in quotes: `name: \"Growers, pickers and packers\"`",
    );
}

#[test]
fn thousands_behind_a_point_are_doubted_only_where_decimals_are_unlikely() {
    let (_, found) = finding("alternative: 40", "alternative: 1.234");
    assert!(found.iter().any(|found| found.message.contains("can be meant as 1234")), "{found:?}");
    for other in ["[0, 4.5, 9]", "[0, 0.125, 9]"] {
        let source = ORCHARD.replace("[0, 4, 9]", other).replace("alternative: 40", "alternative: 1.234");
        assert_eq!(
            warnings_without_steps(&read(source.as_bytes()).diagnostics),
            Vec::<&Diagnostic>::new(),
            "{other}"
        );
    }
    let precise =
        ORCHARD.replace("[0, 4, 9]", "[0.000, 0.750, 9]").replace("alternative: 40", "alternative: 1.500");
    assert_eq!(warnings_without_steps(&read(precise.as_bytes()).diagnostics), Vec::<&Diagnostic>::new());
}

#[test]
fn a_number_may_name_the_unit_its_place_counts_in() {
    let (source, found) = finding("title: An orchard", "title: An orchard\ncommon_unit: EUR");
    assert_eq!(warnings_without_steps(&found), Vec::<&Diagnostic>::new());
    for written in ["1500 EUR", "\u{20ac}1500", "EUR 1'500", "{uniform: [1000 EUR, 2000 EUR]}"] {
        let source = source.replace("alternative: 40", &format!("alternative: {written}"));
        let reading = read(source.as_bytes());
        assert_eq!(warnings_without_steps(&reading.diagnostics), Vec::<&Diagnostic>::new(), "{written}");
        let talks = reading.talks.expect("talks");
        assert_eq!(
            talks.bodies[0].alternative.number().map(|number| number.mean()),
            Some(1500.0),
            "{written}"
        );
    }
    silent("by: 100, unit: EUR", "by: 100 EUR, unit: EUR");
    silent("{10: 0, 30: 50}", "{10%: 0, 30%: 50}");
    silent("unit: \"%\"}}", "unit: \"%\"}, status_quo: 15%}");
    silent("unit: EUR}}", "unit: EUR}, status_quo: \"1,500\"}");
    check(
        "unit: EUR}}",
        "unit: EUR}, status_quo: 1.500}",
        "no option `1.500`",
        "1.500",
        "write `1500` if that is meant",
    );
}

#[test]
fn a_share_of_one_may_be_written_in_hundredths() {
    let talks = silent("takes: 2 weeks", "takes: 2 weeks, kept: 35%, noticed: {uniform: [10%, 30%]}");
    let step = &talks.steps[0];
    assert_eq!(step.kept.as_ref().map(|kept| kept.mean()), Some(0.35));
    assert_eq!(step.noticed.as_ref().map(|noticed| noticed.mean()), Some(0.2));
    let talks = silent("will: {uniform: [0, 5]}", "will: {discrete: {0: 70%, 5: 30%}}");
    assert_eq!(talks.bodies[2].will.cost().map(|will| will.at_means().mean()), Some(1.5));
    check("quota: 60", "quota: 60%", "is not a number by itself", "60%", "or `60` where");
}

#[test]
fn lengths_of_time_are_read_as_people_write_them() {
    for (written, days) in
        [("14 days", 14.0), ("two weeks", 14.0), ("1\u{bd} weeks", 10.5), ("\u{661}\u{664} days", 14.0)]
    {
        let talks = silent("takes: 2 weeks", &format!("takes: {written}"));
        assert_eq!(talks.steps[0].takes.map(|takes| takes.days()), Some(days), "{written}");
    }
    let time = |to: &str, message: &str, help: &str| {
        check("takes: 2 weeks", &format!("takes: {to}"), message, to, help);
    };
    time("2-3 weeks", "is not a length of time", "such as `2 weeks` or `3 weeks`");
    time("5 June 2005", "is not a length of time", "days of the calendar");
    time("1.500 days", "this is read as 1.5", "or `1500`");
    time("\"1,500 days\"", "can be 1.5 or 1500 days", "`1.5 days` or `1500 days`");
}

#[test]
fn days_are_read_where_they_can_be_told() {
    for written in ["5 June 2005", "June 5, 2005", "2005/06/05", "2005-06-05"] {
        let talks = silent("title: An orchard", &format!("title: An orchard\nas_of: {written}"));
        assert_eq!(talks.as_of.map(|day| day.to_string()).as_deref(), Some("2005-06-05"), "{written}");
    }
    let title = "title: An orchard";
    check(
        title,
        "title: An orchard\nas_of: 5/6/2005",
        "can be 2005-06-05 or 2005-05-06",
        "5/6/2005",
        "whichever is meant",
    );
}

#[test]
fn parts_may_be_written_by_their_names_and_are_told_which_id_they_get() {
    let bodies = "[{id: mayor, name: Mayor, alternative: 0}, growers of the valley]";
    let source = ORCHARD
        .split_once("    bodies:\n")
        .map(|(before, after)| {
            let rest = after.split_once("steps:").expect("steps").1;
            format!("{before}    bodies: {bodies}\nsteps:{rest}")
        })
        .expect("bodies");
    let source = source.replace("growers: 50}", "growers of the valley: 50}");
    let reading = read(source.as_bytes());
    let told = reading.diagnostics.iter().find(|found| found.message.contains("`growers-of-the-valley`"));
    let told = told.expect("the id is told");
    assert_eq!(told.message, "the id of `growers of the valley` is `growers-of-the-valley` here");
    assert_eq!(told.severity, Severity::Warning);
    let talks = reading.talks.expect("talks");
    assert_eq!(
        (talks.bodies[2].id.as_str(), talks.bodies[2].name.as_str()),
        ("growers-of-the-valley", "growers of the valley")
    );
    // A party without an id, named where it performs a step.
    let source = ORCHARD
        .replace("  - id: owner\n    name: Owner", "  - name: Owner of the land")
        .replace("by: owner", "by: Owner of the land");
    let reading = read(source.as_bytes());
    let talks = reading.talks.expect("talks");
    assert_eq!(talks.parties[0].id, "Owner-of-the-land");
    // Parts by id instead of a list.
    let source = ORCHARD.replace("  - {id: lease, name: The lease,", "  lease: {name: The lease,");
    let reading = read(source.as_bytes());
    assert_eq!(reading.talks.expect("talks").steps[0].id, "lease");
}

#[test]
fn a_flag_and_a_range_may_be_said_in_words() {
    silent(
        "options: [closed, open on Sundays, open]",
        "options: [closed, open on Sundays, open], ordered: yes",
    );
    let range = "range: {from: 10, to: 30, by: 5, unit: \"%\"}";
    let (source, found) = finding(range, "range: 10% to 30%");
    let told = found.iter().find(|found| found.message.contains("is read as")).expect("a warning");
    assert_eq!(told.message, "this is read as `{from: 10, to: 30, by: 1, unit: \"%\"}`");
    let talks = read(source.as_bytes()).talks.expect("talks");
    assert_eq!(talks.issues[1].n_options(), 21);
    check(range, "range: some percent", "is not a range", "some percent", "{from: <first>");
}

#[test]
fn what_is_wished_is_never_turned_into_values() {
    let wish = |to: &str, message: &str, at: &str, help: &str| {
        check("paths: {closed: 3, open on Sundays: 2, open: 0}", &format!("paths: {to}"), message, at, help);
    };
    let form = "`{closed: <value>, open on Sundays: <value>, open: <value>}`";
    wish(
        "[closed > open on Sundays > open]",
        "an order of the options",
        "closed > open on Sundays > open",
        form,
    );
    wish("closed > open on Sundays", "an order of the options", "closed > open on Sundays", form);
    wish("{rank: [closed, open]}", "an order of the options", "rank", form);
    wish("[closed, open on Sundays, open]", "an order of the options", "closed", form);
    wish("closed", "`closed` names an option", "closed", form);
    wish(
        "don't know",
        "what is not known of `paths`",
        "don't know",
        "closed: {uniform: [<lowest>, <highest>]}",
    );
    wish("whatever they like", "does not say what the options", "whatever they like", form);
    let rent = "rent: {linear: {0: 0, 3000: 3000}}";
    check(
        rent,
        "rent: more than 500",
        "is a bound",
        "more than 500",
        "`{linear: {0: <value>, 3000: <value>}}`",
    );
    check(rent, "rent: 500", "one number says nothing", "500", "{linear: {0: <value>");
}

#[test]
fn what_the_language_does_not_have_leads_to_what_can_be_written() {
    let key = |to: &str, message: &str, at: &str, help: &str| {
        check("    alternative: 40\n", &format!("    alternative: 40\n    {to}\n"), message, at, help);
    };
    for word in ["red lines", "never", "deal-breakers"] {
        let to = format!("{word}: [{{paths: open on Sundays}}]");
        key(
            &to,
            &format!("a party has no `{word}`"),
            word,
            "`constraints: [{forbid: {paths: open on Sundays}}]`",
        );
    }
    let title = "title: An orchard";
    check(
        title,
        "title: An orchard\nmediator: The abbot",
        "no `mediator`",
        "mediator",
        "write `mediators: [The abbot]`",
    );
    check("by: owner", "by: village.mayor", "is a body", "village.mayor", "write `by: village`");
}

#[test]
fn everything_a_first_draft_gets_wrong_is_told_in_one_run() {
    let source = "\
detente: 1
title: Two valleys, one road
as_of: 3 March 2024
authors: A neighbour
issues:
  - id: road
    options: [no, yes]
    ordered: yes
  - id: toll
    range: 5% to 15%
parties:
  - id: upper
    name: Upper valley
    bodies: [council, herders guild]
    red lines:
      - {road: yes}
  - id: lower
    bodies:
      - id: shops
        preferences:
          road: yes
          toll: less than 10
        alternative: 3-5
      - inns
mediator: The bishop
";
    let reading = read(source.as_bytes());
    let lines = |severity: Severity| -> Vec<usize> {
        let found = reading.diagnostics.iter().filter(|found| found.severity == severity);
        found.map(|found| line_column(source, found.span.expect("a place").start).0).collect()
    };
    assert_eq!(lines(Severity::Error), [15, 21, 22, 23, 25], "{:#?}", reading.diagnostics);
    for line in [7, 10, 14] {
        assert!(lines(Severity::Warning).contains(&line), "line {line}: {:#?}", reading.diagnostics);
    }
}
