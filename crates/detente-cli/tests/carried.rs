//! `detente sequence` on scenarios, as users of the command meet it.

mod running;

use running::run;
use serde_json::{Value, json};
use std::fs;
use std::path::{Path, PathBuf};

fn founding() -> String {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../catalog/cases/ceasefire");
    root.display().to_string()
}

/// A buyer and a supplier; the goods cost the supplier 4 and are worth 8, the price is 6.
const SUPPLY: &str = r#"detente: 1
title: Goods for money
issues:
  - {id: goods, name: Goods, options: [none, all], status_quo: none}
  - {id: price, name: Price, options: [none, six], status_quo: none}
parties:
  - id: supplier
    name: Supplier
    alternative: 0
    preferences: {goods: {values: {none: 0, all: -4}}, price: {values: {none: 0, six: 6}}}
  - id: buyer
    name: Buyer
    alternative: 0
    preferences: {goods: {values: {none: 0, all: 8}}, price: {values: {none: 0, six: -6}}}
mediators:
  - id: bank
    name: Bank
    budget: 10
    levers:
      - {id: bond, name: Bond, cost: 5, guarantee: {buyer: 3}}
      - {id: escrow, name: Escrow, cost: 3, guarantee: {supplier: 0.6}}
steps:
  - {id: goods, name: The goods are delivered, by: supplier, delivers: {goods: 1}}
  - {id: money, name: The price is paid, by: buyer, delivers: {price: 1}, divisible: true}
"#;

const DEAL: &str = "goods=all,price=six";

/// A scenario in a file of its own, with one thing changed.
struct File(tempfile::TempDir);

impl File {
    fn with(from: &str, to: &str) -> File {
        assert!(SUPPLY.contains(from), "{from}");
        File::of(&SUPPLY.replacen(from, to, 1))
    }

    fn of(text: &str) -> File {
        let folder = tempfile::tempdir().expect("a folder");
        fs::write(folder.path().join("supply.yaml"), text).expect("a file");
        File(folder)
    }

    fn path(&self) -> PathBuf {
        self.0.path().join("supply.yaml")
    }

    fn run(&self, more: &[&str]) -> (i32, String, String) {
        let path = self.path().display().to_string();
        run(&[&["sequence", &path], more].concat())
    }

    /// The same whatever is warned of.
    fn warned(&self) -> Value {
        let (_, out, _) = self.run(&["--deal", DEAL, "--format", "json"]);
        serde_json::from_str(&out).expect("JSON")
    }

    fn json(&self) -> Value {
        let (code, out, err) = self.run(&["--deal", DEAL, "--format", "json"]);
        assert!(code == 0 && !err.contains("error"), "{code} {err}");
        serde_json::from_str(&out).expect("JSON")
    }
}

#[test]
fn the_founding_case_says_in_which_order_what_is_missing_and_who_could_give_it() {
    let (code, out, _) = run(&["sequence", &founding()]);
    assert_eq!(code, 0);
    for says in [
        "A guarantee is missing: in every order somebody could gain by walking away.",
        "12.5% for Israel and 12.5%",
        "Guarantee of the whole plan to both sides",
        "Agreed on and kept, from one budget:",
        "Second phase",
        "← least",
        "Deals by the chance of agreement, and whether they hold",
        "are assumptions: none names a source",
    ] {
        assert!(out.contains(says), "{says}: {out}");
    }
    // The sides mirror each other: so do their slacks, point by point.
    let (_, out, _) = run(&["sequence", &founding(), "--format", "json"]);
    let found: Value = serde_json::from_str(&out).expect("JSON");
    let deal = &found["sequence"]["deals"][0];
    assert_eq!(deal["proven"], json!(true));
    let points = deal["plan"]["points"].as_array().expect("points");
    assert!(points.len() > 8);
    for point in points {
        assert_eq!(point["parties"]["israel"]["slack"], point["parties"]["hamas"]["slack"]);
    }
    assert_eq!(found["sequence"]["likeliest"].as_array().map(Vec::len), Some(10));
}

#[test]
fn who_goes_last_has_nothing_to_hold_the_other() {
    let found = File::with("Goods", "Goods").json();
    let deal = &found["sequence"]["deals"][0];
    assert_eq!(deal["plan"]["self_enforcing"], json!(false));
    // If the goods come last, delivering them costs 4: twice what the deal is worth to the supplier. If the money
    // does, paying costs 6.
    assert_eq!(deal["price_of_trust"][0]["by_party"], json!({"supplier": 0.0, "buyer": 3.0}));
    assert_eq!(deal["price_of_trust"][1]["by_party"], json!({"supplier": 2.0, "buyer": 0.0}));
    assert_eq!(deal["price_of_trust"][1]["order"], json!([["money"], ["goods"]]));
    assert_eq!(deal["levers"]["holds"]["levers"], json!(["bond"]));
    assert_eq!(deal["levers"]["holds"]["plan"]["self_enforcing"], json!(true));
}

#[test]
fn parts_lower_the_guarantee_and_levers_then_suffice() {
    let cheaper = File::with("guarantee: {buyer: 3}", "guarantee: {buyer: 1}");
    let found = cheaper.json();
    let division = &found["sequence"]["deals"][0]["division"];
    assert_eq!(division["steps"], json!(["money"]));
    let price = |parts: usize| &division["tried"][parts - 1]["price_of_trust"];
    assert_eq!(price(1)[0]["buyer"], json!(3.0));
    // In six parts of 1: five can be paid before the goods come, as far as the supplier could keep them.
    assert_eq!(division["enough"], Value::Null);
    let (_, out, _) = cheaper.run(&["--deal", DEAL]);
    assert!(out.contains("Divided into parts"), "{out}");
}

#[test]
fn a_common_unit_lets_guarantees_be_added() {
    let file = File::with("title: Goods for money", "title: Goods for money\ncommon_unit: euro");
    let found = file.json();
    let total = &found["sequence"]["deals"][0]["least_total"];
    assert_eq!(total["total"], json!(4.0));
    assert_eq!(total["by_party"], json!({"supplier": 2.0, "buyer": 0.0}));
    let (_, out, _) = file.run(&["--deal", DEAL]);
    assert!(out.contains("The least in all is 4 euro: 4 euro (200%) for Supplier."), "{out}");
    assert_eq!(
        File::with("Goods", "Goods").json()["sequence"]["deals"][0]["least_total"],
        Value::Null,
        "values in units of their own have no sum"
    );
}

#[test]
fn a_side_that_gains_nothing_is_kept_in_by_an_amount_though_by_no_share() {
    let at_cost = |unit: &str| {
        let text = SUPPLY.replacen("six: 6", "six: 4", 1).replacen("six: -6", "six: -8", 1);
        text.replacen("money\n", &format!("money\n{unit}"), 1)
    };
    let told = |text: String| flat(&File::of(&text).run(&["--deal", DEAL]).1);
    let shares = told(at_cost(""));
    assert!(shares.contains("no guarantee in proportion to what it is worth would help."), "{shares}");
    assert!(!shares.contains("In that order, a guarantee"), "{shares}");
    let amounts = told(at_cost("common_unit: euro\n"));
    assert!(amounts.contains("In that order, a guarantee of 8 euro for Buyer would be enough."), "{amounts}");
    assert!(amounts.contains("needs a guarantee, of 8 euro for Buyer at most"), "{amounts}");
    // Who agrees to no deal is kept in by no amount.
    let refusing = at_cost("common_unit: euro\n").replacen("alternative: 0", "alternative: .inf", 1);
    let refused = told(refusing);
    assert!(refused.contains("no order keeps every side in. To Supplier"), "{refused}");
    assert!(!refused.contains("would be enough") && !refused.contains("euro for"), "{refused}");
}

/// The text with its lines joined.
fn flat(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[test]
fn a_gift_counts_at_the_end_as_well_and_the_page_says_so() {
    let gift = "  - {id: gift, name: A gift, by: bank, gives: {buyer: 1}}\n";
    let file = File::with("steps:\n", &format!("steps:\n{gift}"));
    let deal = &file.json()["sequence"]["deals"][0];
    assert_eq!(deal["stakes"]["buyer"]["buyer"]["given"], json!(1.0));
    assert_eq!(deal["stakes"]["buyer"]["buyer"]["worth"], json!(2.0));
    // Given last, it is one more reason for the buyer to go on; the supplier needs what it needed.
    assert_eq!(deal["price_of_trust"][0]["by_party"], json!({"supplier": 0.0, "buyer": 2.5}));
    assert_eq!(deal["price_of_trust"][1]["by_party"], json!({"supplier": 2.0, "buyer": 0.0}));
    let (_, out, _) = file.run(&["--deal", DEAL]);
    assert!(flat(&out).contains("Steps give something beside the deal: +1 for Buyer."), "{out}");
}

#[test]
fn a_step_that_could_be_done_sooner_says_from_when_on_and_why_it_is_not() {
    let steps = "by: supplier, delivers: {goods: 1}}\n  - {id: money, name: The price is paid, by: buyer,";
    let timed = "by: supplier, takes: 1 day, delivers: {goods: 1}}\n  - {id: money, name: The price is paid, takes: 5 days, by: buyer,";
    let file = File::with(steps, timed);
    let (_, out, _) = file.run(&["--deal", DEAL]);
    let says = "possible from day 1; held back until after “The price is paid”, because if it were done then, Buyer could gain 300%";
    assert!(flat(&out).contains(says), "{out}");
    let held = &file.json()["sequence"]["deals"][0]["held_back"];
    assert_eq!((&held[0]["steps"], &held[0]["possible"]), (&json!(["goods"]), &json!(1.0)));
}

#[test]
fn whether_it_holds_is_not_known_where_it_hangs_on_somebody_of_whom_nothing_is_stated() {
    let file = File::with("name: Buyer\n    alternative: 0\n", "name: Buyer\n");
    let (_, out, _) = file.run(&["--deal", DEAL]);
    assert!(flat(&out).contains("Not enough known: whether this holds"), "{out}");
    let deal = &file.warned()["sequence"]["deals"][0];
    assert_eq!(deal["holds"], Value::Null);
    let missing = &deal["knowledge"]["missing"][0];
    assert_eq!((&missing["body"], &missing["what"]), (&json!("buyer"), &json!("alternative")));
    let none = File::with("name: Buyer\n    alternative: 0\n", "name: Buyer\n    alternative: none\n");
    let missing = none.warned()["sequence"]["deals"][0]["knowledge"]["missing"].to_string();
    assert!(!missing.contains("alternative"), "{missing}");
}

#[test]
fn what_cannot_be_carried_out_is_told_with_its_place() {
    let file = File::with(
        "by: supplier, delivers",
        "by: supplier, after: money, responds: money, excludes: goods, delivers",
    );
    let (code, out, err) = file.run(&["--deal", DEAL]);
    assert_eq!(code, 0);
    assert!(out.contains("No order:"), "{out}");
    assert!(
        err.contains("supply.yaml:") && err.contains("warning: no order carries this deal out:"),
        "{err}"
    );
    let found: Value =
        serde_json::from_str(&file.run(&["--deal", DEAL, "--format", "json"]).1).expect("JSON");
    assert_eq!(found["sequence"]["deals"][0]["none"]["kind"], json!("stuck"));
}

#[test]
fn nothing_is_said_without_steps_or_of_a_deal_that_is_none() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("plain.yaml");
    let (plain, _) = SUPPLY.split_once("steps:").expect("steps");
    fs::write(&path, plain).expect("a file");
    let (code, out, err) = run(&["sequence", &path.display().to_string()]);
    assert_eq!((code, out.as_str()), (2, ""));
    assert!(err.contains("the scenario has no steps"), "{err}");
    let (code, _, err) = File::with("Goods", "Goods").run(&["--deal", "goods=maybe,price=six"]);
    assert_eq!(code, 2);
    assert!(err.contains("`goods` has no option `maybe`"), "{err}");
    let found = File::with("steps:", "constraints:\n  - {forbid: {goods: all, price: six}}\nsteps:").json();
    let deal = &found["sequence"]["deals"][0];
    assert_eq!(deal["none"]["kind"], json!("limit"));
}

#[test]
fn the_result_of_analyze_holds_the_same() {
    let (_, alone, _) = run(&["sequence", &founding(), "--format", "json"]);
    let (_, whole, _) = run(&["analyze", &founding(), "--format", "json"]);
    let read = |text: &str| serde_json::from_str::<Value>(text).expect("JSON")["sequence"].clone();
    assert_eq!(read(&alone), read(&whole));
}

#[test]
fn what_is_left_out_of_carrying_out_is_said() {
    let said = |file: &File| {
        let (code, out, _) = run(&["analyze", &file.path().display().to_string(), "--draws", "64"]);
        assert_eq!(code, 0);
        out.split_whitespace().collect::<Vec<_>>().join(" ")
    };
    // With no deal worth 100 to the supplier there is none to look at.
    let hopeless = File::with("alternative: 0", "alternative: 100");
    let says = "how a deal would be carried out is left out: no deal is known that would pass";
    assert!(said(&hopeless).contains(says), "{}", said(&hopeless));
    let plain = said(&File::with("Goods", "Goods"));
    assert!(!plain.contains("not computed") && !plain.contains("is left out"), "{plain}");
}

/// What is said of the deal is that it is left open, and why.
#[track_caller]
fn check_left_open(file: &File, why: &str) {
    let (code, out, err) = file.run(&["--deal", DEAL]);
    assert!(code == 0 && !err.contains("error"), "{code} {err}");
    let words = out.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(words.contains(&format!("How it can be carried out is left open: {why}.")), "{out}");
    let deal = &file.json()["sequence"]["deals"][0];
    assert_eq!((&deal["none"]["kind"], &deal["none"]["reason"]), (&json!("limit"), &json!(why)));
    assert_eq!(deal["plan"], Value::Null);
}

#[test]
fn a_deal_with_more_steps_than_can_be_told_apart_is_left_open() {
    let step = |k: usize| format!("\n  - {{id: s{k}, name: Step {k}, by: buyer}}");
    let more = |n: usize| format!("steps:{}", (2..n).map(step).collect::<String>());
    check_left_open(&File::with("steps:", &more(129)), "the deal has more than 128 steps");
    // A chain of so many leaves little to choose.
    let after = |k: usize| format!("\n  - {{id: s{k}, name: Step {k}, by: buyer, after: s{}}}", k - 1);
    let chain = format!("steps:{}{}", step(2), (3..128).map(after).collect::<String>());
    let found = File::with("steps:", &chain).json();
    assert_eq!(found["sequence"]["deals"][0]["none"], Value::Null);
}

#[test]
fn amounts_too_large_to_be_added_exactly_are_left_open() {
    let file = File::with("delivers: {goods: 1}", "delivers: {goods: 1}, gives: {buyer: 1e19}");
    check_left_open(&file, "what is delivered to Buyer is too large to be added exactly");
}

#[test]
fn amounts_of_every_size_are_carried_out() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("pay.yaml");
    for amount in
        [2.0e-9, 1_150_000.0, 1_160_000.0, 2_300_000.0, 2_310_000.0, 1.5e7, 2.2e8, 1.5e9, 3e12, 7e15]
    {
        let text = format!(
            "detente: 1
title: Pay
issues: [{{id: pay, options: [low, high], status_quo: low}}]
parties:
  - {{id: e, alternative: 0, preferences: {{pay: {{low: 0, high: {amount}}}}}}}
  - {{id: u, alternative: 0, preferences: {{pay: {{low: 0, high: {amount}}}}}}}
steps: [{{id: s, by: e, delivers: {{pay: 1}}}}]
"
        );
        std::fs::write(&path, text).expect("a file");
        let (code, out, err) = running::run(&["-q", "sequence", path.to_str().expect("a path")]);
        assert!(code == 0 && out.contains("An order that holds"), "{amount}: {out}{err}");
    }
}

#[cfg(unix)]
#[test]
fn an_interrupt_prints_what_is_known() {
    let text = running::interrupted(&["sequence", &founding()]);
    assert!(text.contains("are assumptions"), "{text}");
}
