//! Amounts as people write them: no help changes one, and what can be several is asked about.

mod finding;

use detente_formats::Severity;

const ORCHARD: &str = "\
detente: 1
title: An orchard
common_unit: points
issues:
  - {id: rent, name: Rent, range: {from: 0, to: 3000, by: 100, unit: EUR}}
  - {id: paths, name: Paths, options: [closed, open on Sundays, open]}
parties:
  - id: owner
    name: Owner
    alternative: 40
    preferences:
      rent: {linear: {0: 0, 3000: 3000}}
      paths: {closed: 3, open on Sundays: 2, open: 0}
    interactions:
      - {when: {rent: 0}, adds: -7}
    tables:
      - {over: [paths], rows: [[open, 5]], otherwise: 0}
";

#[track_caller]
fn check(from: &str, to: &str, message: &str, at: &str, help: &str) {
    finding::check(ORCHARD, (from, to), message, at, help);
}

/// An alternative in a scenario that declares no unit for values, and in one whose values count in another.
#[track_caller]
fn alternative(written: &str, message: &str, help: &str) {
    let source = ORCHARD.replace("common_unit: points\n", "");
    finding::check(&source, ("alternative: 40", &format!("alternative: {written}")), message, written, help);
}

#[track_caller]
fn beside(unit: &str, written: &str, message: &str, help: &str) {
    let source = ORCHARD.replace("common_unit: points", &format!("common_unit: {unit}"));
    finding::check(&source, ("alternative: 40", &format!("alternative: {written}")), message, written, help);
}

#[test]
fn what_may_multiply_is_asked_about() {
    let units = ["M", "m", "B", "G", "T", "t", "tn", "trillion", "Bio", "Bio.", "Mil", "M EUR"];
    for unit in units {
        let said = format!("`1.5 {unit}` has several readings, since `{unit}` may multiply it");
        alternative(&format!("1.5 {unit}"), &said, "write all digits of the number, or state the unit");
    }
    alternative("2m", "has several readings, since `m` may multiply it", "write all digits");
    alternative("\u{20ac}2m", "has several readings", "write all digits");
    alternative("EUR 1.5M", "has several readings", "write all digits");
    alternative("1.5 Mrd.", "is not written as a number", "write `1500000000`, all digits of it");
    alternative(
        "15k",
        "is not written as a number",
        "write `15000`, all digits of it; or `15` where all values",
    );
}

#[test]
fn a_declared_unit_is_not_replaced_by_another() {
    let convert = "convert it, and write how many `thousand EUR` it comes to";
    for (written, unit) in [
        ("15 EUR", "EUR"),
        ("15k", "k"),
        ("2m", "m"),
        ("1.5 million", "million"),
        ("15 million EUR", "million EUR"),
        ("15 Euro", "Euro"),
    ] {
        let said = format!("`{written}` names `{unit}`, and what stands here counts in `thousand EUR`");
        beside("thousand EUR", written, &said, convert);
    }
    beside("thousand EUR", "EUR 2m", "names `m`", convert);
    beside("EUR", "1.5 million EUR", "is not written as a number", "write `1500000`, all digits of it");
    beside("EUR", "1.5 M EUR", "has several readings", "write all digits");
    let range = "range: {from: 0, to: 3000, by: 100, unit: EUR}";
    let other = "range: {from: 0, to: 3000, by: 100 USD, unit: EUR}";
    check(
        range,
        other,
        "`100 USD` names `USD`, and what stands here counts in `EUR`",
        "100 USD",
        "how many `EUR`",
    );
}

#[test]
fn signs_are_no_units() {
    for written in ["1500,-", "1500?", "1500.-", "1500 (?)", "1500!", "1500 *1"] {
        let (_, found) = finding::finding(ORCHARD, "alternative: 40", &format!("alternative: \"{written}\""));
        assert!(!found.is_empty(), "{written}");
        for one in found {
            assert!(!one.help.contains("where the values count in"), "{written}: {}", one.help);
        }
    }
    alternative("1500,-", "`1500,-` is not a number alone", "write `1500` if that is it");
    alternative("1500?", "`1500?` is not a number alone", "write `1500` if that is it");
    alternative("5-", "`5-` is not a number alone", "write `5`, with a minus in front if it is one");
    alternative("minus 5", "`minus 5` is not written as a number", "write `-5`");
    beside("thousand EUR", "minus 1,500", "is not written as a number", "in digits, with its sign in front");
    alternative("1.5 hundred", "is not written as a number", "write `150`, all digits of it");
    alternative("2 dozen", "has several readings", "write all digits");
    alternative("1500,- EUR", "is not a number", "write `1500` where the values count in `EUR`");
}

#[test]
fn an_end_of_a_range_with_two_readings_is_asked_about() {
    let range = "range: {from: 0, to: 3000, by: 100, unit: EUR}";
    let to = |written: &str| format!("range: {written}");
    let asked = "`3.000` can be 3 or 3000";
    check(
        range,
        &to("{from: 0, to: 3.000, by: 100}"),
        asked,
        "3.000",
        "write `3` or `3000`, whichever is meant",
    );
    check(
        range,
        &to("{from: 1.000, to: 3000, by: 100}"),
        "`1.000` can be 1 or 1000",
        "1.000",
        "`1` or `1000`",
    );
    check(
        range,
        &to("{from: 0, to: 3000, by: 1.700}"),
        "`1.700` can be 1.7 or 1700",
        "1.700",
        "`1.7` or `1700`",
    );
    let (_, found) = finding::finding(ORCHARD, range, &to("{from: 0, to: 3, by: 100}"));
    let short = found.iter().find(|one| one.message.contains("does not meet")).expect("a warning");
    assert_eq!(short.help, "write a `by` that divides the range");
    check(
        "range: {from: 0, to: 3000, by: 100, unit: EUR}}",
        "range: \"0 to 3.000 EUR\"}",
        "`3.000` in `0 to 3.000 EUR` can be 3 or 3000",
        "\"0 to 3.000 EUR\"",
        "write `3` or `3000`",
    );
    check(
        "range: {from: 0, to: 3000, by: 100, unit: EUR}}",
        "range: 5 EUR to 9 USD}",
        "name two units, `EUR` and `USD`",
        "5 EUR to 9 USD",
        "in one unit",
    );
}

#[test]
fn a_comma_that_ends_an_amount_inside_brackets_is_named() {
    let range = "range: {from: 0, to: 3000, by: 100, unit: EUR}}";
    let said = "inside brackets the comma in `0 to 3,000 EUR` parts two entries";
    let help = "or put it in quotes: `range: \"0 to 3,000 EUR\"`";
    check(range, "range: 0 to 3,000 EUR}", said, "0 to 3,000 EUR", help);
    check(
        range,
        "range: EUR 0 to EUR 3,000}",
        "the comma in `EUR 0 to EUR 3,000`",
        "EUR 0 to EUR 3,000",
        "in quotes",
    );
    let adds = "adds: EUR 1,500}";
    check("adds: -7}", adds, "the comma in `EUR 1,500` parts two entries", "EUR 1,500", "without commas");
    let (_, found) = finding::finding(ORCHARD, range, "range: 0 to 3,000 EUR}");
    let errors: Vec<_> = found.iter().filter(|one| one.severity == Severity::Error).collect();
    assert!(errors.iter().all(|one| !one.message.contains("000 EUR`") || one.message == said), "{errors:?}");
}

#[test]
fn a_unit_in_every_number_of_a_range_belongs_to_the_range() {
    let range = "range: {from: 0, to: 3000, by: 100, unit: EUR}}";
    let help = |help: &str| format!("write `{help}`");
    let check = |written: &str, unit: &str, full: &str| {
        let said = format!("`{unit}` stands in the numbers of this range");
        check(range, &format!("range: {written}}}"), &said, "from", &help(full));
    };
    check("{from: 0%, to: 10%, by: 1%}", "%", "from: 0, to: 10, by: 1, unit: \"%\"");
    check("{from: 0, to: 10%}", "%", "from: 0, to: 10, unit: \"%\"");
    check("{from: 5 EUR, to: 10 EUR, by: 1 EUR}", "EUR", "from: 5, to: 10, by: 1, unit: \"EUR\"");
}

#[test]
fn what_nobody_would_sign_is_told_apart_from_what_it_is_worth() {
    for written in ["-.inf", "never", "red line", "-Infinity", "\u{2212}\u{221E}"] {
        let help = "write `constraints: [{forbid: {paths: closed}}]` for what nobody would sign; who agrees to nothing has `alternative: .inf`";
        check("closed: 3", &format!("closed: {written}"), "is not a number", written, help);
        let list = format!("paths: [{written}, 2, 0]");
        check("paths: {closed: 3, open on Sundays: 2, open: 0}", &list, "is not a number", written, help);
    }
    check("0: 0, 3000", "0: never, 3000", "`never` is not a number", "never", "forbid: {rent: 0}");
    check("adds: -7", "adds: -.inf", "`-.inf` is not a number", "-.inf", "forbid: {<issue>: <option>}");
    check("[open, 5]", "[open, -.inf]", "`-.inf` is not a number", "-.inf", "forbid: {paths: open}");
    check(
        "closed: 3",
        "closed: .inf",
        "`.inf` is not a number",
        ".inf",
        "write how much it is worth; who agrees",
    );
    for (key, written) in [("will", ".inf"), ("will", "never"), ("strain", "inf"), ("will", "Infinity")] {
        let help =
            "who agrees to nothing has `alternative: .inf`, and `none` says that there is no such cost";
        let to = format!("alternative: 40\n    {key}: {written}");
        check("alternative: 40", &to, "is not a number", written, help);
    }
    for written in ["inf", "Infinity", "never", "-inf", "\u{221E}", "veto"] {
        let help = "write `alternative: .inf` for who agrees to nothing, `alternative: none` for whom any deal is better than none";
        check("alternative: 40", &format!("alternative: {written}"), "is not a number", written, help);
    }
}
