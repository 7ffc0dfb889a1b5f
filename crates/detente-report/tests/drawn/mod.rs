//! Every text of every picture lies inside it and over no other text, by the widths of a wide font.
//!
//! `cargo xtask pages` asks the same of a browser, with the fonts it has.

#[path = "../../src/chart/letters.rs"]
mod letters;

use super::{outlooks, talks, with_deals};
use detente_report::CarriedDeal;
use std::path::{Path, PathBuf};

/// How far texts may reach over an edge or over each other: what nobody sees.
const UNSEEN: f64 = 0.5;

/// A text of a picture, with what it covers: left, top, right and bottom.
#[derive(Debug)]
struct Text {
    says: String,
    area: [f64; 4],
}

/// What stands between two pieces of a text.
fn between<'a>(text: &'a str, from: &str, to: &str) -> Option<&'a str> {
    text.split_once(from)?.1.split_once(to).map(|(inside, _)| inside)
}

fn number(element: &str, from: &str, to: &str) -> f64 {
    let text = between(element, from, to).unwrap_or_else(|| panic!("{from} in {element}"));
    text.parse().unwrap_or_else(|_| panic!("{text} in {element}"))
}

fn text(element: &str) -> Text {
    let class = between(element, "class=\"", "\"").expect("a class");
    let says = between(element, ">", "</text>").expect("a text");
    let says = says.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"").replace("&amp;", "&");
    let (wide, (above, below)) = (letters::width(class, &says), letters::reach(class));
    if let Some(place) = between(element, "translate(", ")") {
        let (x, y) = place.split_once(' ').expect("a place");
        let (x, y): (f64, f64) = (x.parse().expect("a number"), y.parse().expect("a number"));
        return Text { says, area: [x - above, y - wide / 2.0, x + below, y + wide / 2.0] };
    }
    let (x, y) = (number(element, " x=\"", "\""), number(element, " y=\"", "\""));
    let left = match between(element, "text-anchor=\"", "\"") {
        Some("start") => x,
        Some("end") => x - wide,
        _ => x - wide / 2.0,
    };
    Text { says, area: [left, y - above, left + wide, y + below] }
}

/// What is wrong with the texts of a picture.
fn faults(svg: &str) -> Vec<String> {
    let size = between(svg, "viewBox=\"0 0 ", "\"").expect("a size");
    let (width, height) = size.split_once(' ').expect("width and height");
    let (width, height): (f64, f64) = (width.parse().expect("a number"), height.parse().expect("a number"));
    let texts: Vec<Text> = svg.split("<text ").skip(1).map(text).collect();
    let mut faults = Vec::new();
    for (k, Text { says, area }) in texts.iter().enumerate() {
        let [left, top, right, bottom] = *area;
        let beyond = [-left, -top, right - width, bottom - height].into_iter().fold(0.0, f64::max);
        if beyond > UNSEEN {
            faults.push(format!("`{says}` is {beyond:.1} outside"));
        }
        for other in &texts[..k] {
            let across = right.min(other.area[2]) - left.max(other.area[0]);
            let down = bottom.min(other.area[3]) - top.max(other.area[1]);
            if across.min(down) > UNSEEN {
                faults.push(format!("`{says}` is over `{}` by {across:.1} and {down:.1}", other.says));
            }
        }
    }
    faults
}

/// The catalog, and the cases that are hard for a page alone.
fn scenarios() -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let mut folders = vec![root.join("catalog"), root.join("crates/detente-cli/tests/pages")];
    let mut found = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).expect("a folder") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|ending| ending == "yaml") {
                found.push(path);
            }
        }
    }
    found.sort();
    found
}

#[test]
fn every_text_of_a_picture_lies_inside_it_and_over_no_other() {
    let (mut faulty, mut pictures) = (Vec::new(), 0);
    for file in scenarios() {
        let talks = talks(&std::fs::read_to_string(&file).expect("a scenario"));
        let add = |deal: &mut CarriedDeal| {
            deal.kept = outlooks::found_kept(&talks, deal);
            deal.lasting = if deal.in_full { outlooks::found(&talks, deal) } else { None };
        };
        let page = with_deals(&talks, add, detente_report::page);
        for svg in page.split("<svg ").skip(1).filter(|svg| svg.contains("<text ")) {
            pictures += 1;
            let svg = svg.split("</svg>").next().unwrap_or_default();
            let id = between(svg, "<title id=\"", "-title\"").unwrap_or_default();
            let told = faults(svg).into_iter();
            faulty.extend(told.map(|fault| format!("{}, {id}: {fault}", file.display())));
        }
    }
    assert!(pictures > 60, "{pictures}");
    assert!(faulty.is_empty(), "{} of {pictures} pictures:\n{}", faulty.len(), faulty.join("\n"));
}

/// Where the marks of a class stand, the last of which explains them in the legend; of a diamond, its upper corner.
fn places(svg: &str, class: &str) -> Vec<(String, String)> {
    let own = |element: &&str| {
        between(element, "class=\"", "\"").is_some_and(|own| own.split(' ').any(|one| one == class))
    };
    let place = |element: &str| {
        let corner = between(element, "d=\"M", "L").and_then(|corner| corner.split_once(' '));
        let middle =
            || (between(element, "cx=\"", "\"").unwrap_or(""), between(element, "cy=\"", "\"").unwrap_or(""));
        let (x, y) = corner.unwrap_or_else(middle);
        (x.to_owned(), y.to_owned())
    };
    svg.lines().filter(own).map(place).collect()
}

/// What the legend of a picture of two parties explains without need, or does not explain.
fn unexplained(svg: &str) -> Vec<String> {
    let diamonds: Vec<(String, f64)> =
        places(svg, "diamond").into_iter().map(|(x, y)| (x, y.parse().unwrap_or(0.0) + 5.0)).collect();
    let is_open = |(x, y): &(String, String)| {
        !diamonds.iter().any(|(other, at)| other == x && y.parse().is_ok_and(|y: f64| (y - at).abs() < 0.15))
    };
    let open = |class: &str| places(svg, class).iter().any(is_open);
    let drawn = |class: &str| svg.contains(&format!("class=\"{class}\""));
    let says = |text: &str| svg.contains(text);
    let entries = [
        (says("other possible deals"), drawn("r") && open("r"), "other deals"),
        (says("would pass the rules if a yes"), drawn("z") && open("z"), "the zone"),
        (says("what no deal is worth</text>"), drawn("alternative"), "no deal"),
        (says("to that for the other</text>"), drawn("efficient-line"), "the line"),
        (says(">efficient deals</text>"), drawn("efficient-dots") || open("e"), "efficient deals"),
    ];
    let wrong = entries.into_iter().filter(|(is_said, is_drawn, _)| is_said != is_drawn);
    wrong.map(|(is_said, is_drawn, what)| format!("{what}: said {is_said}, drawn {is_drawn}")).collect()
}

/// Without its legend, whose texts begin where those of no other part do.
fn without_legend(svg: &str) -> String {
    let samples = svg.lines().filter(|line| !line.contains("\"16\"") && !line.contains("\"9\" y1"));
    samples.collect::<Vec<_>>().join("\n")
}

#[test]
fn the_legend_of_two_parties_explains_what_is_drawn() {
    let mut pictures = 0;
    let mut wrong = Vec::new();
    for file in scenarios() {
        let talks = talks(&std::fs::read_to_string(&file).expect("a scenario"));
        if talks.parties.len() != 2 {
            continue;
        }
        let page = with_deals(&talks, |_| {}, detente_report::page);
        for svg in page.split("<svg ").skip(1).filter(|svg| svg.contains("space-1-2-title")) {
            pictures += 1;
            let svg = svg.split("</svg>").next().unwrap_or_default();
            let svg = without_legend(svg);
            wrong.extend(unexplained(&svg).into_iter().map(|fault| format!("{}: {fault}", file.display())));
        }
    }
    assert!(pictures >= 5, "{pictures}");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn a_text_that_is_cut_or_covered_is_found() {
    let svg = |texts: &str| format!("viewBox=\"0 0 100 50\">{texts}");
    let text = |x: f64, says: &str| {
        format!("<text class=\"tick\" text-anchor=\"start\" x=\"{x}\" y=\"20\">{says}</text>")
    };
    assert_eq!(faults(&svg(&(text(10.0, "one") + &text(60.0, "two")))), Vec::<String>::new());
    assert_eq!(faults(&svg(&text(90.0, "three"))).len(), 1);
    assert_eq!(faults(&svg(&(text(10.0, "one") + &text(20.0, "two")))).len(), 1);
}

#[test]
fn letters_are_as_large_as_the_style_sheet_says() {
    let style = include_str!("../../templates/chart.css");
    let mut checked = 0;
    for line in style.lines() {
        let Some((names, rule)) = line.split_once(" {") else { continue };
        for name in names.split(", ").filter_map(|name| name.rsplit_once('.')).map(|(_, name)| name) {
            let (size, is_bold) = letters::font(name);
            if let Some(told) = between(rule, "font-size: ", "px") {
                assert_eq!(told.parse(), Ok(size), "{name}");
                checked += 1;
            }
            if rule.contains("font-weight: 700") {
                assert!(is_bold, "{name}");
                checked += 1;
            }
        }
    }
    assert!(checked >= 10, "{checked}");
}
