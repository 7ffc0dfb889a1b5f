//! The page and its pictures as they are, small enough to review.
//!
//! `cargo xtask snapshots` writes them anew.

mod drawn;
mod outlooks;

use detente_analysis::{
    Analysis, Deal, HeldBack, LeverOptions, Options, Order, Plan, Reckoning, RequirementsOptions,
    SequenceOptions, Space, UnknownsOptions, account, analyze, division, feasible, held_back, holding,
    levers, remaining, requirements, sensitivity, sequence, unknowns,
};
use detente_model::{Outcome, Talks};
use detente_report::{CarriedDeal, NamedDeal, Report, SequenceReport, Shared};
use outlooks::Risks;
use std::ops::ControlFlow;

fn talks(yaml: &str) -> Talks {
    let reading = detente_formats::read(yaml.as_bytes());
    assert!(reading.diagnostics.is_empty(), "{:?}", reading.diagnostics);
    reading.talks.expect("talks")
}

fn with<T>(talks: &Talks, say: impl FnOnce(&Report<'_>) -> T) -> T {
    with_risks(talks, None, say)
}

/// With made-up chances that plans break.
fn with_risks<T>(talks: &Talks, risks: Option<&Risks<'_>>, say: impl FnOnce(&Report<'_>) -> T) -> T {
    let add = |deal: &mut CarriedDeal| {
        deal.kept = risks.and_then(|risks| outlooks::kept(talks, deal, risks));
        deal.lasting = risks.filter(|_| deal.in_full).and_then(|risks| outlooks::lasting(talks, deal, risks));
    };
    with_deals(talks, add, say)
}

/// With what is added to each deal.
fn with_deals<T>(talks: &Talks, add: impl Fn(&mut CarriedDeal), say: impl FnOnce(&Report<'_>) -> T) -> T {
    let go_on = |_| ControlFlow::Continue(());
    let options = Options { points: None, cloud: 2000, ..Options::default() };
    let space = &Space::new(talks);
    let analysis = analyze(space, &options, &go_on);
    let flips = sensitivity(space, &analysis, &go_on);
    let unknowns = unknowns(space, &analysis, &UnknownsOptions::default(), &go_on);
    let levers = (!talks.levers.is_empty()).then(|| levers(space, &LeverOptions::default(), &go_on));
    let asked = RequirementsOptions::default();
    let inverse = requirements(space, &asked, &go_on);
    let first = analysis.will.as_ref().and_then(|will| will.best.last());
    let accounts = first.map(|deal| NamedDeal {
        account: account(space, &deal.outcome, &asked, &go_on),
        average: None,
        levers: None,
        if_missing: None,
    });
    let mut carried = carried(talks, &analysis, &go_on);
    carried.iter_mut().for_each(add);
    say(&Report {
        talks,
        analysis: &analysis,
        version: "0.0.0",
        input_sha256: "0000",
        seed: 0,
        reading: &["line 7: an example of what was found while reading".to_owned()],
        warnings: &["an example of a warning".to_owned()],
        unknowns: unknowns.as_ref(),
        levers: levers.as_ref(),
        package_average: None,
        inverse: Some(&inverse),
        falls_average: None,
        accounts: accounts.as_slice(),
        carried: &carried,
        flips: flips.as_ref(),
    })
}

/// What a plan does later than it could be done.
fn held(talks: &Talks, deal: &Outcome, plan: Option<Plan>) -> Vec<HeldBack> {
    plan.and_then(|plan| held_back(talks, deal, &plan).ok()).unwrap_or_default()
}

/// The likeliest deals, the first in full, where there are steps.
fn carried(
    talks: &Talks,
    analysis: &Analysis,
    go_on: &(dyn Fn(f64) -> ControlFlow<()> + Sync),
) -> Vec<CarriedDeal> {
    let best = analysis.will.as_ref().map_or(&[][..], |will| &will.best);
    let options = SequenceOptions::default();
    let mut of = |(rank, deal): (usize, &Deal)| {
        let found = sequence(talks, &deal.outcome, &options, go_on);
        let first = found.as_ref().ok().filter(|_| rank == 0);
        let space = &Space::new(talks);
        let holding = first.map(|found| holding(space, found, 0.5, &options, go_on));
        let plan = match first.map(|found| &found.order) {
            Some(Order::Found { plan, .. }) => Some(plan.clone()),
            _ => None,
        };
        let division = first.and_then(|_| division(space, &deal.outcome, &options, go_on).ok().flatten());
        CarriedDeal {
            outcome: deal.outcome.clone(),
            rank: Some(rank),
            in_full: rank == 0,
            probability: Some(deal.probability),
            found,
            holding,
            division,
            if_they_leave: None,
            held_back: held(talks, &deal.outcome, plan),
            lasting: None,
            kept: None,
        }
    };
    let deals = best.iter().enumerate().filter(|_| !talks.steps.is_empty());
    deals.map(&mut of).collect()
}

/// The style sheet is reviewed where it stands, and the policy holds its hash.
fn without_style(page: &str) -> String {
    let mut lines = Vec::new();
    let mut inside = false;
    for line in page.lines() {
        inside |= line.starts_with("<style>");
        if !inside && !line.contains("Content-Security-Policy") {
            lines.push(line);
        }
        inside &= !line.ends_with("</style>");
    }
    lines.join("\n")
}

fn snapshot(name: &str, text: &str) {
    let mut settings = insta::Settings::clone_current();
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.bind(|| insta::assert_snapshot!(name, text));
}

#[test]
fn the_page_for_the_team() {
    let talks = talks(include_str!("reservoir.yaml"));
    snapshot("team", &without_style(&with(&talks, detente_report::page)));
}

#[test]
fn the_page_for_all_sides() {
    let talks = talks(include_str!("reservoir.yaml"));
    let (outcomes, remaining) = (feasible(&talks), remaining(&talks));
    let page = detente_report::shared_page(&Shared {
        talks: &talks,
        outcomes: &outcomes,
        remaining: remaining.as_deref(),
        packages: &[],
        version: "0.0.0",
    });
    snapshot("shared", &without_style(&page));
}

#[test]
fn how_a_deal_can_be_carried_out() {
    let talks = talks(include_str!("exchange.yaml"));
    let page = with(&talks, detente_report::page);
    let section = page.split("<section aria-labelledby=\"carried\">").nth(1).expect("the section");
    let section = section.split("</section>").next().expect("its end");
    // The pictures are reviewed as files of their own.
    let mut parts = section.split("<svg ");
    let first = parts.next().expect("what comes before").to_owned();
    let rest = parts.map(|part| part.split_once("</svg>").expect("the end of a picture").1);
    snapshot("carried", &rest.fold(first, |all, part| all + "(a picture)" + part));
    for (name, svg) in with(&talks, detente_report::pictures) {
        let name = name.trim_end_matches(".svg");
        if ["slack", "timeline", "conditions", "conditions-narrow"].contains(&name) {
            snapshot(name, svg.split("</style>").nth(1).expect("a picture with its style"));
        }
    }
}

#[test]
fn the_pictures() {
    let yaml = "
detente: 1
title: Three ways
issues:
  - {id: cut, name: Where to cut, options: [left, middle, right]}
parties:
  - {id: a, name: First, alternative: 1, preferences: {cut: {values: {left: 0, middle: 2, right: 4}}}}
  - {id: b, name: Second, alternative: 1, preferences: {cut: {values: {left: 4, middle: 2, right: 0}}}}
  - {id: c, name: Third, alternative: 1, preferences: {cut: {values: {left: 1, middle: 3, right: 1}}}}
";
    for (name, svg) in with(&talks(yaml), detente_report::pictures) {
        let drawing = svg.split("</style>").nth(1).expect("a picture with its style");
        snapshot(name.trim_end_matches(".svg"), drawing);
    }
}

/// What can go wrong with the exchange of boats for fuel.
const RISKS: Risks<'_> = Risks {
    walks: &[(2, 1, 0.06), (3, 1, 0.05), (4, 2, 0.12), (5, 0, 0.04), (6, 2, 0.03)],
    fails: &[(4, 0.05)],
    shocks: 0.01,
    horizon: 365.25,
};

/// The exchange of boats for fuel, with strains and a step that may go unnoticed.
fn strained() -> Talks {
    let yaml = include_str!("exchange.yaml")
        .replace("{id: council, name: Council,", "{id: council, name: Council, strain: {uniform: [0, 3]},")
        .replace("{id: crews, name: Crews,", "{id: crews, name: Crews, strain: 1,")
        .replace(
            "name: South, alternative: 0,",
            "name: South, alternative: 0, strain: {discrete: {0: 0.8, 2: 0.2}},",
        )
        .replace("name: The other boats return,", "name: The other boats return, noticed: 0.5,");
    talks(&yaml)
}

#[test]
fn whether_a_deal_lasts() {
    let talks = strained();
    let page = with_risks(&talks, Some(&RISKS), detente_report::page);
    let section = page.split("<section aria-labelledby=\"carried\">").nth(1).expect("the section");
    let section = section.split("</section>").next().expect("its end");
    let lasting = section.split("<h3>Once it is signed</h3>").nth(1).expect("what happens then");
    let mut parts = lasting.split("<svg class=\"chart");
    let first = parts.next().expect("what comes before").to_owned();
    let rest = parts.map(|part| part.split_once("</svg>").expect("the end of a picture").1);
    snapshot("lasting", &rest.fold(first, |all, part| all + "(a picture)" + part));
    for (name, svg) in with_risks(&talks, Some(&RISKS), detente_report::pictures) {
        let name = name.trim_end_matches(".svg");
        if ["timeline", "secured", "kept"].contains(&name) {
            let drawing = svg.split("</style>").nth(1).expect("a picture with its style");
            snapshot(&format!("lasting-{name}"), drawing);
        }
    }
    snapshot("lasting-text", &with_risks(&talks, Some(&RISKS), |report| detente_report::text(report, 100)));
}

/// What is said of the deal told in full, once it is signed.
fn said(talks: &Talks, change: impl FnOnce(&mut CarriedDeal)) -> String {
    let go_on = |_| ControlFlow::Continue(());
    let analysis = analyze(&Space::new(talks), &Options::default(), &go_on);
    let mut deals = carried(talks, &analysis, &go_on);
    deals.truncate(1);
    deals[0].lasting = outlooks::lasting(talks, &deals[0], &RISKS);
    change(&mut deals[0]);
    let report = SequenceReport {
        talks,
        deals: &deals,
        chosen: None,
        version: "0.0.0",
        input_sha256: "0000",
        warnings: &[],
    };
    detente_report::sequence_text(&report, 120).split_whitespace().collect::<Vec<_>>().join(" ")
}

#[test]
fn every_way_of_finding_chances_and_every_lack_is_told() {
    let all = strained();
    let with_levers = said(&all, |_| {});
    assert!(with_levers.contains("Without a guarantee the plan would not hold: after"), "{with_levers}");
    assert!(with_levers.contains("With Bond (Port authority), at a cost of 3, it is carried through"));
    assert!(with_levers.contains("none of the 7 numbers names a source"), "{with_levers}");
    assert!(with_levers.contains("The smallest chance that is enough is 60%."), "{with_levers}");
    let without = said(&all, |deal| {
        let lasting = deal.lasting.as_mut().expect("it lasts");
        (lasting.levers, lasting.with_levers) = (None, None);
    });
    assert!(without.contains("would gain by walking away, however little it is tempted."), "{without}");
    assert!(without.contains("(100%)") && !without.contains("it is carried through"), "{without}");
    let drawn = said(&all, |deal| {
        let lasting = deal.lasting.as_mut().expect("it lasts");
        (lasting.outlook, lasting.with_levers) = (lasting.with_levers.take().expect("levers").1, None);
        lasting.outlook.reckoning = Reckoning::Drawn { draws: 65_536, error: 0.0018 };
    });
    assert!(
        drawn.contains("carried through to the end with a chance of 66%, if strains are as assumed. That was found by drawing strains 65,536 times; its standard error is 0.2 percentage points."),
        "{drawn}"
    );
    let plain = said(&talks(include_str!("exchange.yaml")), |_| {});
    assert!(plain.contains("No strain is stated for anybody"), "{plain}");
    assert!(!plain.contains("if strains are as assumed"), "{plain}");
}

#[test]
fn what_the_json_says_of_it_fits_the_schema_of_its_fields() {
    let talks = strained();
    let json = with_risks(&talks, Some(&RISKS), detente_report::json);
    let value: serde_json::Value = serde_json::from_str(&json).expect("JSON");
    let lasting = &value["sequence"]["deals"][0]["lasting"];
    assert_eq!(lasting["told_with_levers"], true);
    assert_eq!(lasting["outlook"]["reckoning"]["kind"], "exact");
    let outlook = &lasting["with_levers"]["outlook"];
    let breaks = outlook["breaks"].as_array().expect("breaks");
    let ends: f64 = breaks.iter().filter_map(|own| own["total"].as_f64()).sum();
    assert!((ends + outlook["completed"].as_f64().expect("a chance") - 1.0).abs() < 1e-9);
    assert_eq!(outlook["secured"][0]["what"], "boats");
    assert_eq!(lasting["best"][0]["aim"]["kind"], "completed");
    let kept = &value["sequence"]["likeliest"][0]["kept"];
    assert!(kept["both"].as_f64() <= kept["signed"].as_f64());
}

/// Writes a page of the founding case with made-up chances to be looked at: its path is in `LOOK`.
#[test]
#[ignore = "for a person to look at"]
fn a_page_to_look_at() {
    let path = std::env::var("LOOK").expect("where to write it");
    let talks = talks(include_str!("../../../catalog/cases/ceasefire/scenario.yaml"));
    let risks = Risks {
        walks: &[
            (5, 2, 0.04),
            (5, 6, 0.04),
            (6, 2, 0.03),
            (7, 6, 0.06),
            (9, 0, 0.02),
            (10, 2, 0.09),
            (10, 6, 0.09),
        ],
        fails: &[],
        shocks: 0.012,
        horizon: 365.25,
    };
    std::fs::write(&path, with_risks(&talks, Some(&risks), detente_report::page)).expect("written");
    let other = with_risks(&strained(), Some(&RISKS), detente_report::page);
    std::fs::write(format!("{path}.2.html"), other).expect("written");
    let add = |deal: &mut CarriedDeal| {
        deal.kept = outlooks::found_kept(&talks, deal);
        deal.lasting = if deal.in_full { outlooks::found(&talks, deal) } else { None };
    };
    std::fs::write(format!("{path}.4.html"), with_deals(&talks, add, detente_report::page)).expect("written");
    let text = with_deals(&talks, add, |report| detente_report::text(report, 80));
    std::fs::write(format!("{path}.4.txt"), text).expect("written");
    let strained = strained();
    let add = |deal: &mut CarriedDeal| {
        deal.kept = outlooks::found_kept(&strained, deal);
        deal.lasting = if deal.in_full { outlooks::found(&strained, deal) } else { None };
    };
    std::fs::write(format!("{path}.5.html"), with_deals(&strained, add, detente_report::page))
        .expect("written");
    let mut draft = (*strained).clone();
    draft.title = "قوارب مقابل الوقود".into();
    draft.parties[0].name = "الشمال".into();
    draft.bodies[0].name = "المجلس الأعلى للشمال والسواحل".into();
    draft.phases[0].name = "المرحلة الأولى".into();
    for step in &mut draft.steps {
        step.name = format!("الخطوة {} من الخطة الكبرى التي اتفق عليها الجميع", step.id.len());
        step.counts.iter_mut().for_each(|count| count.what = "قوارب أعيدت إلى أصحابها في الميناء".into());
    }
    let other = with_risks(&Talks::new(draft).expect("talks"), Some(&RISKS), detente_report::page);
    std::fs::write(format!("{path}.3.html"), other).expect("written");
    let text = with_risks(&talks, Some(&risks), |report| detente_report::text(report, 80));
    std::fs::write(format!("{path}.txt"), text).expect("written");
}
