//! The page as it is sent, printed and opened: whole, closed, honest about its audience.

use assert_cmd::Command;
use detente_model::{
    Alternative, Correlation, Draft, Duration, Implementation, OptionId, Outcome, Rate, StatedCost, Talks,
    TimeUnit,
};
use detente_report::Shared;
use sha2::{Digest as _, Sha256};
use std::fs;
use std::path::{Path, PathBuf};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn detente(arguments: &[&str]) -> (i32, String, String) {
    let output =
        Command::new(env!("CARGO_BIN_EXE_detente")).args(arguments).output().expect("the command runs");
    let text = |bytes| String::from_utf8(bytes).expect("UTF-8");
    (output.status.code().unwrap_or(-1), text(output.stdout), text(output.stderr))
}

fn page(file: &Path, more: &[&str]) -> String {
    let file = file.display().to_string();
    let mut arguments = vec!["--quiet", "analyze", &file, "--format", "html"];
    arguments.extend(more);
    let (code, page, err) = detente(&arguments);
    assert_eq!((code, err.as_str()), (0, ""), "{file}");
    page
}

/// The catalog, and three cases that only a page finds hard.
fn scenarios() -> Vec<PathBuf> {
    let mut found: Vec<PathBuf> = Vec::new();
    let mut folders = vec![root().join("catalog"), root().join("crates/detente-cli/tests/pages")];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).expect("a folder") {
            let path = entry.expect("an entry").path();
            match path.extension() {
                None => folders.push(path),
                Some(ending) if ending == "yaml" => found.push(path),
                Some(_) => {}
            }
        }
    }
    found.sort();
    assert!(found.len() >= 10, "{found:?}");
    found
}

/// The names of elements in order, each with its attributes as written; every element is closed.
fn elements(page: &str) -> Vec<(String, String)> {
    const VOID: [&str; 3] = ["meta", "br", "link"];
    let body = page
        .trim_start_matches("<!doctype html>")
        .trim_start_matches("<?xml version=\"1.0\" encoding=\"UTF-8\"?>");
    let mut open: Vec<String> = Vec::new();
    let mut found = Vec::new();
    let mut rest = body;
    while let Some(at) = rest.find('<') {
        let end = at + rest[at..].find('>').expect("a tag ends");
        let tag = &rest[at + 1..end];
        rest = &rest[end + 1..];
        if let Some(name) = tag.strip_prefix('/') {
            assert_eq!(open.pop().as_deref(), Some(name), "in {:?}", &open);
            continue;
        }
        let (name, attributes) = tag.split_once(' ').unwrap_or((tag, ""));
        let name = name.trim_end_matches('/').to_owned();
        found.push((name.clone(), attributes.trim_end_matches('/').to_owned()));
        if name == "style" {
            rest = &rest[rest.find("</style>").expect("the style ends")..];
        }
        if !tag.ends_with('/') && !VOID.contains(&name.as_str()) {
            open.push(name);
        }
    }
    assert_eq!(open, Vec::<String>::new());
    found
}

/// The names of attributes.
fn names(attributes: &str) -> Vec<&str> {
    // Every value stands in double quotes, so the names are what stands between values.
    let outside = attributes.split('"').step_by(2);
    outside.map(|text| text.trim().trim_end_matches('=')).filter(|name| !name.is_empty()).collect()
}

/// The text between two marks.
fn between<'a>(text: &'a str, from: &str, to: &str) -> &'a str {
    let start = text.find(from).unwrap_or_else(|| panic!("no {from}")) + from.len();
    &text[start..start + text[start..].find(to).expect("its end")]
}

#[track_caller]
fn check_closed(file: &Path, page: &str) {
    let name = file.display();
    assert!(page.len() < 1_000_000, "{name}: {} bytes", page.len());
    let known = [
        "html", "head", "meta", "title", "style", "body", "p", "main", "header", "footer", "h1", "h2", "h3",
        "section", "div", "table", "caption", "thead", "tbody", "tr", "th", "td", "span", "strong", "bdi",
        "br", "ul", "ol", "li", "dl", "dt", "dd", "var", "q", "a", "details", "summary", "figure", "svg",
        "desc", "g", "path", "line", "rect", "circle", "text", "h4",
    ];
    for (element, attributes) in elements(page) {
        assert!(known.contains(&element.as_str()), "{name}: <{element}>");
        for attribute in names(&attributes) {
            let allowed = !attribute.starts_with("on")
                && !["style", "src", "srcset", "xlink:href"].contains(&attribute);
            assert!(allowed, "{name}: <{element} {attributes}>");
        }
        if let Some(link) = attributes.strip_prefix("href=\"") {
            assert!(link.starts_with("http") || link == "#words\"", "{name}: {attributes}");
        }
    }
    let policy = between(page, "Content-Security-Policy\" content=\"", "\">").replace("&#39;", "'");
    let style = between(page, "<style>", "</style>");
    let hash = base64(&Sha256::digest(style));
    let expected =
        format!("default-src 'none'; style-src 'sha256-{hash}'; base-uri 'none'; form-action 'none'");
    assert_eq!(policy, expected, "{name}");
    assert!(!page.contains("NaN") && !page.contains("inf\""), "{name}: a number that is none");
}

/// By the alphabet of RFC 4648, to check the page's own.
fn base64(bytes: &[u8]) -> String {
    const LETTERS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::new();
    for three in bytes.chunks(3) {
        let bits =
            three.iter().fold(0u32, |bits, byte| bits << 8 | u32::from(*byte)) << (8 * (3 - three.len()));
        for k in 0..4 {
            let letter = LETTERS[(bits >> (18 - 6 * k) & 63) as usize];
            text.push(if k > three.len() { '=' } else { char::from(letter) });
        }
    }
    text
}

#[test]
fn every_page_is_whole_and_loads_nothing() {
    for file in scenarios() {
        let team = page(&file, &[]);
        check_closed(&file, &team);
        check_closed(&file, &page(&file, &["--audience", "shared"]));
        assert!(team.contains("<p class=\"mark\">Confidential: for the mediation team only</p>"));
        assert!(
            between(&team, "<style>", "</style>").contains("@bottom-left { content: \"Confidential"),
            "on paper"
        );
    }
}

#[test]
fn every_picture_is_told_in_words_and_has_few_marks() {
    for file in scenarios() {
        let team = page(&file, &[]);
        let charts: Vec<&str> =
            team.split("<svg ").skip(1).filter(|svg| svg.contains("class=\"chart\"")).collect();
        assert!(charts.len() >= 2, "{}", file.display());
        let mut marks = 0;
        for chart in charts {
            let chart = chart.split("</svg>").next().expect("its end");
            assert!(chart.contains("<title id=") && chart.contains("<desc id="), "{}", file.display());
            if chart.contains("id=\"space-") {
                marks += chart.matches("<circle").count() + chart.matches("<path").count();
            }
        }
        assert!(marks <= 2000, "{}: {marks} marks", file.display());
        assert!(team.matches("<details>").count() >= 2, "data tables");
    }
}

#[test]
fn no_efficient_deal_and_no_best_deal_is_left_out_of_the_picture() {
    let file = root().join("catalog/cases/ceasefire");
    let team = page(&file, &[]);
    let picture = between(&team, "id=\"space-1-2-title\"", "</svg>");
    assert_eq!(picture.matches("class=\"e\"").count(), 19 + 1, "efficient deals, and one in the legend");
    assert_eq!(picture.matches("<title>Deal ").count(), 10, "best deals");
}

#[test]
fn the_page_says_things_in_the_order_in_which_they_are_asked() {
    let team = page(&root().join("catalog/cases/ceasefire"), &[]);
    let order = [
        "verdict",
        "deal",
        "sure",
        "learn",
        "consent",
        "take",
        "carried",
        "flips",
        "answers",
        "space",
        "ranges",
        "others",
        "assumptions",
        "sources",
        "words",
        "method",
    ];
    let places: Vec<Option<usize>> = order.iter().map(|id| team.find(&format!(" id=\"{id}\">"))).collect();
    assert!(places.iter().all(Option::is_some) && places.is_sorted(), "{places:?}");
    for said in [
        // How sure are we, what matters most, what would it take, what is out of reach.
        "the chance of agreement is 25% for the likeliest deal (known to within 0.2 percentage points)",
        "In eight draws of ten it lies between 9% and 46%.",
        "What the chance of the likeliest deal depends on most is this: Whether a lasting quiet would be believed in.",
        "The target of 50% can be reached at a cost of 9:",
        "averaged over what is not known it is 49%",
        "More than 72% is out of reach, whatever mediators do",
        "No body alone can bring the chance to 50%, even if a yes cost it nothing.",
        "<strong>Support below target:</strong>",
        "All 352 numbers behind this are assumptions",
        "The yes of Israel, Hard-line partners, and of Hamas, Hard-line partners, alike.",
        "250 assumed numbers enter the chances of agreement.",
        "title=\"0.2663004238785286\">27%</span>, if every body decides independently",
    ] {
        assert!(team.contains(said), "{said}");
    }
}

#[test]
fn the_page_says_in_which_order_the_likeliest_deal_can_be_carried_out() {
    let team = page(&root().join("catalog/cases/ceasefire"), &[]);
    let section = between(&team, "<section aria-labelledby=\"carried\">", "</section>");
    for said in [
        "<h2 id=\"carried\">How it can be carried out</h2>",
        "<strong>A guarantee is missing:</strong> in every order somebody could gain by walking away.",
        "12.5% for Israel and 12.5% for Hamas",
        "Who could give it: Guarantee of the whole plan to both sides (United States). That costs 6;",
        "<strong>would gain</strong>",
        "hostages returned: 10",
        "needs a guarantee of 12.5%",
    ] {
        assert!(section.contains(said), "{said}");
    }
    assert_eq!(section.matches("<tr class=\"group\">").count(), 2, "phases");
    for id in ["slack", "timeline", "conditions", "conditions-narrow"] {
        assert!(section.contains(&format!("id=\"{id}-title\"")), "{id}");
    }
    // Both sides are told of in the same words.
    assert_eq!(section.matches(">Israel<").count(), section.matches(">Hamas<").count());
}

#[test]
fn a_scenario_without_steps_has_nothing_to_carry_out() {
    let team = page(&root().join("catalog/derived/pie"), &[]);
    assert!(!team.contains("id=\"carried\""));
}

#[test]
fn the_shared_page_says_nothing_of_how_a_deal_is_carried_out() {
    for name in ["catalog/cases/ceasefire", "crates/detente-cli/tests/pages/steps.yaml"] {
        let page = page(&root().join(name), &["--audience", "shared"]);
        for hidden in
            ["carried", "walking away", "guarantee", "phase", "Rebuilding starts", "Joint patrols begin"]
        {
            assert!(!between(&page, "<body>", "</body>").contains(hidden), "{name}: {hidden}");
        }
    }
}

#[test]
fn text_from_the_scenario_cannot_become_markup() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("hostile.yaml");
    let evil = "<script>alert(1)</script>\\\"'&amp;</style></title>";
    let yaml = format!(
        "detente: 1
title: \"{evil}\"
authors: [\"{evil}\"]
issues:
  - {{id: x, name: \"{evil}\", options: [{{id: a, name: \"{evil}\"}}, b]}}
parties:
  - {{id: p, name: \"{evil}\", alternative: 0, preferences: {{x: [0, 1]}}}}
  - {{id: q, name: \"{evil}\", alternative: 0, preferences: {{x: [1, 0]}}}}
sources:
  - {{id: s, title: \"{evil}\", kind: \"{evil}\", url: \"javascript:alert(1)\"}}
claims:
  - {{id: c, source: s, at: \"{evil}\", who: \"{evil}\", says: \"{evil}\"}}
phases:
  - {{id: f, name: \"{evil}\"}}
steps:
  - {{id: s1, name: \"{evil}\", by: p, phase: f, delivers: {{x: 1}}}}
  - {{id: s2, name: \"{evil}\", by: q, phase: f, after: [{{s1: 1 week}}], counts: {{\"{evil}\": 3}}}}
"
    );
    fs::write(&file, yaml).expect("a file");
    for more in [&["--audience", "team"][..], &["--audience", "shared"]] {
        let page = page(&file, more);
        check_closed(&file, &page);
        assert!(!page.contains("<script") && page.contains("script&"), "{more:?}");
        assert!(!page.contains("href=\"javascript"));
    }
    let pictures = folder.path().join("pictures");
    page(&file, &["--svg", &pictures.display().to_string()]);
    let (mut all, mut named) = (0, 0);
    for entry in fs::read_dir(pictures).expect("pictures") {
        let svg = fs::read_to_string(entry.expect("an entry").path()).expect("a picture");
        assert!(!svg.contains("<script"));
        named += usize::from(svg.contains("&lt;script"));
        all += 1;
        elements(&svg);
    }
    // Two of them tell deals and bodies by numbers and places alone.
    assert!(named >= 4 && named + 2 >= all, "{named} of {all} pictures name something");
}

fn shared(draft: &Draft, packages: &[Outcome]) -> String {
    let talks = Talks::new(draft.clone()).expect("talks");
    let (outcomes, remaining) = (detente_analysis::feasible(&talks), detente_analysis::remaining(&talks));
    detente_report::shared_page(&Shared {
        talks: &talks,
        outcomes: &outcomes,
        remaining: remaining.as_deref(),
        packages,
        version: "1",
    })
}

/// What is hidden, changed in every place; what is changed must not show.
#[test]
fn the_shared_page_does_not_depend_on_anything_hidden() {
    for file in scenarios() {
        let bytes = fs::read(&file).expect("a scenario");
        let draft: Draft = (*detente_formats::read(&bytes).talks.expect("talks")).clone();
        let before = shared(&draft, &[]);
        let mut changed = 0;
        for placed in draft.numbers() {
            for factor in [0.5, 1.25] {
                let mut other = draft.clone();
                let number = other.number_mut(&placed.spot).expect("a number at its spot");
                number.settle(number.mean() * factor + 1.0);
                // Some numbers hold each other: shares of an issue, probabilities, quotas.
                if Talks::new(other.clone()).is_ok() {
                    assert_eq!(shared(&other, &[]), before, "{}: {}", file.display(), placed.place);
                    changed += 1;
                }
            }
        }
        assert!(changed > draft.numbers().len(), "{}: {changed} changes", file.display());
        let mut other = draft.clone();
        for body in &mut other.bodies {
            body.name = "SECRET".into();
            body.will = StatedCost::Unstated;
            body.strain = StatedCost::Unstated;
            body.alternative = Alternative::RefusesNothing;
            body.because.clear();
        }
        for unknown in &mut other.unknowns {
            unknown.name = "SECRET".into();
            unknown.cases.iter_mut().for_each(|case| case.name = "SECRET".into());
        }
        let half = detente_model::Number::fixed(0.5);
        other.correlation = Some(Correlation::Pairwise(half.clone()));
        for lever in &mut other.levers {
            lever.name = "SECRET".into();
        }
        for claim in &mut other.claims {
            claim.says = "SECRET".into();
            claim.who = Some("SECRET".into());
        }
        for source in &mut other.sources {
            source.title = "SECRET".into();
        }
        for step in &mut other.steps {
            step.name = "SECRET".into();
            step.noticed = Some(half.clone());
            step.takes = Some(Duration { amount: 2.0, unit: TimeUnit::Day });
            step.deadline = None;
            step.counts.iter_mut().for_each(|count| count.what = "SECRET".into());
        }
        other.phases.iter_mut().for_each(|phase| phase.name = "SECRET".into());
        let rate = || Some(Rate { amount: half.clone(), per: TimeUnit::Week });
        other.implementation = Implementation {
            horizon: Some(Duration { amount: 3.0, unit: TimeUnit::Month }),
            shocks: rate(),
            discount: rate(),
            correlation: Some(Correlation::Pairwise(half.clone())),
        };
        assert_eq!(shared(&other, &[]), before, "{}", file.display());
        // Not even that there are steps shows.
        let mut without = draft.clone();
        without.steps.clear();
        without.phases.clear();
        assert_eq!(shared(&without, &[]), before, "{}", file.display());
        // What is not hidden does show.
        other.issues[0].name = "ANOTHER QUESTION".into();
        assert!(shared(&other, &[]).contains("ANOTHER QUESTION"));
        other.parties[0].name = "ANOTHER PARTY".into();
        assert!(shared(&other, &[]).contains("ANOTHER PARTY"));
    }
}

#[test]
fn the_shared_page_names_no_body_and_no_chance() {
    let file = root().join("catalog/cases/ceasefire");
    let page = page(&file, &["--audience", "shared"]);
    let page = page.split("</style>").nth(1).expect("what stands after the style");
    for hidden in [
        "Leadership",
        "Hard-line",
        "27%",
        "Support",
        "sha256\"",
        "Blinken",
        "Secretary",
        "assumption",
        "efficient",
        "Egypt",
        "First phase",
        "hostages returned",
        "signed",
        "strain",
        "walk",
    ] {
        assert!(!page.contains(hidden), "{hidden}");
    }
    for shown in ["Release of hostages", "Israel", "Hamas", "4,626", "(today)"] {
        assert!(page.contains(shown), "{shown}");
    }
}

#[test]
fn what_holds_today_is_never_left_out_of_a_long_list() {
    let options: Vec<String> = (0..60).map(|k| format!("way-{k}")).collect();
    let yaml = format!(
        "detente: 1\ntitle: Ways\nissues:\n  - {{id: way, name: Way, options: [{}], status_quo: way-58}}\n\
         parties:\n  - {{id: a, name: A, alternative: 0}}\n  - {{id: b, name: B, alternative: 0}}\n",
        options.join(", ")
    );
    let talks = detente_formats::read(yaml.as_bytes()).talks.expect("talks");
    let page = shared(&talks, &[]);
    assert!(page.contains("way-58</bdi> <span class=\"quiet\">(today)") && page.contains("10 more answers"));
    assert!(
        page.contains("way-48</bdi>") && !page.contains("way-49</bdi>") && !page.contains("way-59</bdi>")
    );
}

#[test]
fn the_team_may_put_packages_on_the_shared_page() {
    let file = root().join("catalog/derived/pie").display().to_string();
    let run =
        |deal: &str| detente(&["analyze", &file, "--audience", "shared", "--format", "html", "--deal", deal]);
    let model = detente_formats::open(&root().join("catalog/derived/pie")).expect("a scenario");
    let talks = detente_formats::read(&model.files[0].bytes).talks.expect("talks");
    let (issue, option) = (talks.issues[0].id.clone(), talks.issues[0].option_id(OptionId(1)).into_owned());
    let (code, page, _) = run(&format!("{issue}={option}"));
    assert_eq!(code, 0);
    assert!(page.contains("Packages to talk about") && page.contains("Nobody is committed"));
    for (deal, said) in [
        ("nothing", "is not of the form issue=option"),
        ("other=1", "there is no issue `other`"),
        (&format!("{issue}=nonsense"), "has no option `nonsense`"),
        ("", "a deal answers every issue"),
        (&format!("{issue}={option},{issue}={option}"), "is given twice"),
    ] {
        let (code, out, err) = run(deal);
        assert_eq!((code, out.as_str()), (2, ""), "{deal}");
        assert!(err.contains(said), "{deal}: {err}");
    }
}

#[test]
fn options_that_do_not_go_together_are_refused_with_a_way_out() {
    let file = root().join("catalog/derived/pie").display().to_string();
    for (arguments, said) in [
        (&["--audience", "shared"][..], "add `--format html`"),
        (&["--audience", "shared", "--format", "json"], "add `--format html`"),
        (&["--audience", "shared", "--format", "html", "--svg", "x"], "leave out `--audience shared`"),
        (
            &["--audience", "shared", "--format", "html", "--samples", "x.csv"],
            "leave out `--audience shared`",
        ),
        (&["--samples", "no-such-folder/x.csv"], "there is no folder `no-such-folder`"),
        (&["--out", "x.csv", "--samples", "./x.csv"], "name the same file"),
        (&["--samples", "x.txt"], "end the name of `--samples` in one of them"),
        (&["--deal", "a=b"], "there is no issue `a`"),
        (&["--draws", "3"], "16..=1048576"),
    ] {
        let mut all = vec!["analyze", &file];
        all.extend(arguments);
        let (code, out, err) = detente(&all);
        assert_eq!((code, out.as_str()), (2, ""), "{arguments:?}");
        assert!(err.contains(said), "{arguments:?}: {err}");
    }
}

#[test]
fn the_ending_of_the_file_says_what_it_holds() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = root().join("catalog/derived/pie").display().to_string();
    for (name, begins) in
        [("a.html", "<!doctype html>"), ("a.json", "{"), ("a.txt", "Dividing"), ("a", "Dividing")]
    {
        let out = folder.path().join(name);
        let (code, _, err) = detente(&["analyze", &file, "--out", &out.display().to_string()]);
        assert_eq!((code, err.as_str()), (0, ""));
        let text = fs::read_to_string(&out).expect("a result");
        assert!(text.starts_with(begins), "{name}: {}", &text[..40]);
    }
}

#[test]
fn the_same_file_gives_the_same_page() {
    let file = root().join("catalog/games/scorable-harbour");
    assert_eq!(page(&file, &[]), page(&file, &[]));
}
