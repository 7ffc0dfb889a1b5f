//! Pages to print, to bring and to send: one self-contained HTML file each.
//!
//! The prose stands in the templates, what varies in the views here. A page loads nothing and runs
//! nothing; its policy allows exactly its own style sheet.

mod answers;
mod assumptions;
mod carried;
mod flips;
mod lasting;
mod shared;
mod sources;
mod take;
mod team;

pub use shared::{Shared, shared_page};
pub use team::{page, pictures};

use crate::chart;
use crate::screen::acts;
use crate::words::percent;
use base64::Engine as _;
use detente_model::grouped;
use sha2::{Digest as _, Sha256};

/// A page is sent, and opened on phones.
const MOST_BYTES: usize = 800_000;

/// What stands in the head of every page.
struct Head {
    title: String,
    about: String,
    /// Who the page is for, at its top and its end.
    mark: &'static str,
    style: String,
    policy: String,
}

impl Head {
    fn new(talks: &detente_model::Talks, authors: &[String], mark: &'static str, paper: &str) -> Head {
        let style = [chart::COLOURS, include_str!("../../templates/page.css"), paper].concat();
        let hash = base64::engine::general_purpose::STANDARD.encode(Sha256::digest(&style));
        let policy =
            format!("default-src 'none'; style-src 'sha256-{hash}'; base-uri 'none'; form-action 'none'");
        let date = talks.as_of.map(|date| format!("As of {date}"));
        let authors = (!authors.is_empty()).then(|| authors.join(", "));
        let about: Vec<String> = date.into_iter().chain(authors).collect();
        let about = if about.is_empty() { "As-of date: not given".into() } else { about.join(" · ") };
        Head { title: talks.title.clone(), about, mark, style, policy }
    }
}

/// A number as a person would say it, with its exact value a hover away.
struct Figure {
    said: String,
    exact: String,
}

impl Figure {
    fn chance(p: f64) -> Figure {
        Figure { said: percent(p), exact: format!("{p}") }
    }

    fn new(said: String, value: f64) -> Figure {
        Figure { said, exact: grouped(value) }
    }
}

/// Rows and columns of words and numbers.
pub(crate) struct Table {
    pub(crate) caption: String,
    pub(crate) head: Vec<String>,
    pub(crate) rows: Vec<Vec<String>>,
    /// Rows that are not shown.
    pub(crate) left_out: usize,
}

impl Table {
    pub(crate) fn new(caption: &str, head: &[&str]) -> Table {
        let head = head.iter().map(|cell| (*cell).to_owned()).collect();
        Table { caption: caption.into(), head, rows: Vec::new(), left_out: 0 }
    }
}

/// A picture with its data, ready for a page.
struct Picture {
    title: String,
    svg: String,
    /// Whether it is higher than a sheet of paper.
    is_tall: bool,
    tables: Vec<Table>,
}

impl Picture {
    fn new(chart: chart::Chart) -> Picture {
        let svg = chart.inline();
        Picture { title: chart.title, svg, is_tall: chart.height > 2.6 * chart.width, tables: chart.tables }
    }
}

/// Renders a template; one that was compiled cannot fail to be written to a string. No text in it acts on what stands
/// around it, wherever the page is shown.
fn rendered(template: &impl askama::Template) -> String {
    let text = template.render().unwrap_or_default();
    // Blank lines are only left over from the template's own instructions.
    let mut page = String::with_capacity(text.len());
    for line in text.lines().filter(|line| !line.trim().is_empty()) {
        page.extend(line.chars().map(|c| if acts(c) && c != '\t' { '\u{fffd}' } else { c }));
        page.push('\n');
    }
    page
}
