//! Measurements: runs a benchmark and writes what it found as a table and a picture.

mod corpus;
mod hard;
mod peers;
mod sequence;
mod unknowns;
mod worst;

pub(crate) use corpus::corpus;
pub(crate) use hard::hard;
pub(crate) use peers::peers;
pub(crate) use sequence::sequence;
pub(crate) use unknowns::unknowns;
pub(crate) use worst::worst;

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use anyhow::{Context, Result};

use crate::{Verdict, shell};

/// What a benchmark printed of one scenario.
struct Row<'a> {
    what: &'a str,
    n_issues: u32,
    result: &'a str,
    nanoseconds: f64,
    runs: &'a str,
}

/// Runs the benchmark `exact`; writes its part of `bench/RESULTS.md`, and `docs/exact.svg`.
pub(crate) fn exact(root: &Path) -> Result<Verdict> {
    let args = ["bench", "--locked", "-p", "detente-analysis", "--bench", "exact"];
    println!("$ cargo {} (about a minute)", args.join(" "));
    let printed = shell::capture(&mut shell::cargo(root, &args))?;
    let rows: Vec<Row<'_>> = printed.lines().filter_map(row).collect();
    let table = table(&rows);
    print!("{table}");
    let text = format!(
        "Medians of warm runs. Talks are generated from fixed seeds, ten options an issue. A frontier is timed from \
         prepared groups to the finished list of points, each with its count and the way to its outcome, on one \
         thread; a whole analysis is what `detente analyze` works out, on all cores.\n\n{table}"
    );
    section(root, "Exact answers", "exact", &text)?;
    fs::write(root.join("docs/exact.svg"), picture(&rows))
        .context("`docs/exact.svg` could not be written")?;
    println!("\nwrote bench/RESULTS.md and docs/exact.svg");
    Ok(Verdict::Clean)
}

fn row(line: &str) -> Option<Row<'_>> {
    let mut fields = line.split('\t');
    let mut next = || fields.next();
    Some(Row {
        what: next()?,
        n_issues: next()?.parse().ok()?,
        result: next()?,
        nanoseconds: next()?.parse().ok()?,
        runs: next()?,
    })
}

/// Writes one part of the results; the others stay.
fn section(root: &Path, title: &str, command: &str, text: &str) -> Result<()> {
    let path = root.join("bench/RESULTS.md");
    let known = fs::read_to_string(&path).unwrap_or_default();
    let written = format!(
        "## {title}\n\nWritten by `cargo xtask bench {command}`; do not edit. {}\n\n{}\n",
        machine(root)?,
        text.trim_end()
    );
    fs::write(&path, with_section(&known, title, &written)).context("`bench/RESULTS.md` could not be written")
}

/// A text with one of its sections replaced, or added at its end.
fn with_section(text: &str, title: &str, written: &str) -> String {
    let mut parts: Vec<String> = Vec::new();
    for line in text.lines() {
        if line.starts_with("## ") || parts.is_empty() {
            parts.push(String::new());
        }
        if let Some(part) = parts.last_mut() {
            part.push_str(line);
            part.push('\n');
        }
    }
    if !parts.first().is_some_and(|part| part.starts_with("# ")) {
        parts.insert(0, "# Results\n".into());
    }
    match parts.iter_mut().find(|part| part.starts_with(&format!("## {title}\n"))) {
        Some(part) => *part = written.to_owned(),
        None => parts.push(written.to_owned()),
    }
    let parts: Vec<&str> = parts.iter().map(|part| part.trim_end()).collect();
    format!("{}\n", parts.join("\n\n"))
}

fn machine(root: &Path) -> Result<String> {
    let rustc = shell::capture(&mut shell::program(root, "rustc", &["--version"]))?;
    let cpu = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = cpu.lines().find_map(|line| line.strip_prefix("model name")).unwrap_or(": unknown");
    let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    Ok(format!("Processor: {}, {cores} cores; {}.", model.trim_start_matches([' ', '\t', ':']), rustc.trim()))
}

fn table(rows: &[Row<'_>]) -> String {
    let mut text = "| what | outcomes | result | median | runs |\n|---|---|---|---|---|\n".to_owned();
    for Row { what, n_issues, result, nanoseconds, runs } in rows {
        let _ = writeln!(text, "| {what} | 10^{n_issues} | {result} | {} | {runs} |", time(*nanoseconds));
    }
    text
}

/// A time to three digits.
fn time(nanoseconds: f64) -> String {
    let (value, unit) = match nanoseconds {
        ns if ns < 1e3 => (ns, "ns"),
        ns if ns < 1e6 => (ns / 1e3, "µs"),
        ns if ns < 1e9 => (ns / 1e6, "ms"),
        ns => (ns / 1e9, "s"),
    };
    let digits = if value < 10.0 { 2 } else { usize::from(value < 100.0) };
    format!("{value:.digits$} {unit}")
}

/// Size of the picture, and of the frame within it.
const WIDTH: f64 = 760.0;
const HEIGHT: f64 = 460.0;
const LEFT: f64 = 78.0;
const RIGHT: f64 = 196.0;
const TOP: f64 = 24.0;
const BOTTOM: f64 = 56.0;

/// A picture of lines over two logarithmic axes.
struct Plot {
    svg: String,
    across: (f64, f64),
    up: (f64, f64),
    labels: Vec<(f64, String, usize, &'static str)>,
}

impl Plot {
    /// The ranges are powers of ten.
    fn new(title: &str, across: (&str, (f64, f64)), up: (&str, (f64, f64))) -> Plot {
        let middle = LEFT + (WIDTH - LEFT - RIGHT) / 2.0;
        let mut svg = head(title);
        let _ = writeln!(
            svg,
            "<text class=\"ink\" x=\"{middle:.1}\" y=\"{}\" text-anchor=\"middle\">{}</text>\n\
             <text class=\"ink\" transform=\"translate(18 {:.1}) rotate(-90)\" text-anchor=\"middle\">{}</text>",
            HEIGHT - 12.0,
            across.0,
            TOP + (HEIGHT - TOP - BOTTOM) / 2.0,
            up.0
        );
        Plot { svg, across: across.1, up: up.1, labels: Vec::new() }
    }

    fn place(&self, x: f64, y: f64) -> (f64, f64) {
        let share = |value: f64, range: (f64, f64)| (value.log10() - range.0) / (range.1 - range.0);
        let (across, up) = (share(x, self.across), share(y, self.up));
        (LEFT + across * (WIDTH - LEFT - RIGHT), HEIGHT - BOTTOM - up * (HEIGHT - TOP - BOTTOM))
    }

    fn tick_across(&mut self, at: f64, label: &str) {
        let (x, _) = self.place(at, 1.0);
        let bottom = HEIGHT - BOTTOM;
        let _ = writeln!(
            self.svg,
            "<line class=\"line\" x1=\"{x:.1}\" x2=\"{x:.1}\" y1=\"{TOP}\" y2=\"{bottom}\" stroke-width=\"0.5\"/>\
             <text class=\"ink\" x=\"{x:.1}\" y=\"{}\" text-anchor=\"middle\">{label}</text>",
            bottom + 20.0
        );
    }

    fn tick_up(&mut self, at: f64, label: &str) {
        let (_, y) = self.place(1.0, at);
        let _ = writeln!(
            self.svg,
            "<line class=\"line\" x1=\"{LEFT}\" x2=\"{}\" y1=\"{y:.1}\" y2=\"{y:.1}\" stroke-width=\"0.5\"/>\
             <text class=\"ink\" x=\"{}\" y=\"{:.1}\" text-anchor=\"end\">{label}</text>",
            WIDTH - RIGHT,
            LEFT - 8.0,
            y + 4.0
        );
    }

    fn line(&mut self, name: &str, points: &[(f64, f64)], colour: usize, dash: &'static str) {
        let points: Vec<(f64, f64)> = points.iter().map(|(x, y)| self.place(*x, *y)).collect();
        let path: Vec<String> = points.iter().map(|(x, y)| format!("{x:.1},{y:.1}")).collect();
        let shade = COLOURS[colour % COLOURS.len()];
        let _ = writeln!(
            self.svg,
            "<polyline points=\"{}\" fill=\"none\" stroke=\"{shade}\" stroke-width=\"2\" stroke-dasharray=\"{dash}\"/>",
            path.join(" ")
        );
        for (x, y) in &points {
            let _ = writeln!(self.svg, "<circle cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"3\" fill=\"{shade}\"/>");
        }
        self.labels.push((points.last().map_or(0.0, |(_, y)| *y), name.to_owned(), colour, dash));
    }

    /// The picture, with names at the right, in the order of where the lines end, a line apart.
    fn finish(mut self) -> String {
        self.labels.sort_by(|a, b| a.0.total_cmp(&b.0));
        let mut y = TOP + 10.0;
        for (_, name, colour, dash) in &self.labels {
            let (x, shade) = (WIDTH - RIGHT + 14.0, COLOURS[colour % COLOURS.len()]);
            let _ = writeln!(
                self.svg,
                "<line x1=\"{x}\" x2=\"{}\" y1=\"{:.1}\" y2=\"{:.1}\" stroke=\"{shade}\" stroke-width=\"2\" stroke-dasharray=\"{dash}\"/>\
                 <text class=\"ink\" x=\"{}\" y=\"{y:.1}\" font-size=\"12\">{name}</text>",
                x + 22.0,
                y - 4.0,
                y - 4.0,
                x + 28.0
            );
            y += 19.0;
        }
        self.svg.push_str("</svg>\n");
        self.svg
    }
}

fn head(title: &str) -> String {
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {HEIGHT}\" font-family=\"sans-serif\" \
         font-size=\"13\" role=\"img\"><title>{title}</title>\n\
         <style>.ink{{fill:#1a1a1a}}.line{{stroke:#9a9a9a}}.page{{fill:#ffffff}}\
         @media (prefers-color-scheme:dark){{.ink{{fill:#e8e8e8}}.line{{stroke:#6a6a6a}}.page{{fill:#1b1b1b}}}}</style>\n\
         <rect class=\"page\" width=\"{WIDTH}\" height=\"{HEIGHT}\"/>\n"
    )
}

/// Colours that stay apart in light and dark and for most colour-blind eyes; dashes tell kinds apart.
const COLOURS: [&str; 5] = ["#0072b2", "#d55e00", "#009e73", "#cc79a7", "#8a7a00"];

/// Times of frontiers by the number of outcomes: over 10^2 to 10^100, which is a logarithm of a logarithm.
fn picture(rows: &[Row<'_>]) -> String {
    let size = |n_issues: u32| 10f64.powf(f64::from(n_issues).log10());
    let mut plot = Plot::new(
        "Time to the exact frontier by the number of outcomes",
        ("Possible deals (outcomes)", (2f64.log10(), 2.0)),
        ("Time to the exact frontier", (2.0, 9.0)),
    );
    for exponent in 2..=9 {
        let label = time(10f64.powi(exponent)).replace(".00", "").replace(".0", "");
        plot.tick_up(10f64.powi(exponent), &label);
    }
    for n_issues in [2, 5, 10, 20, 50, 100] {
        let label = format!("10<tspan font-size=\"10\" dy=\"-5\">{n_issues}</tspan>");
        plot.tick_across(size(n_issues), &label);
    }
    let frontiers: Vec<&Row<'_>> = rows.iter().filter(|row| row.what.starts_with("frontier, ")).collect();
    for series in frontiers.chunk_by(|a, b| a.what == b.what) {
        let name = series[0].what.trim_start_matches("frontier, ");
        let parties: usize = name.chars().next().and_then(|c| c.to_digit(10)).unwrap_or(2) as usize;
        let dash = match name {
            name if name.ends_with("zero sum") => "2 3",
            name if name.ends_with("correlated") => "8 4",
            _ => "none",
        };
        let points: Vec<(f64, f64)> =
            series.iter().map(|row| (size(row.n_issues), row.nanoseconds)).collect();
        plot.line(name, &points, parties.max(2) - 2, dash);
    }
    plot.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_printed_line_is_a_row_and_anything_else_is_not() {
        let found = row("frontier, 2 parties, random\t50\t1016 points\t250017\t1000").expect("a row");
        assert_eq!((found.what, found.n_issues, found.runs), ("frontier, 2 parties, random", 50, "1000"));
        assert!(table(&[found]).contains("| 10^50 | 1016 points | 250 µs | 1000 |"));
        assert!(row("Running benches").is_none());
    }

    #[test]
    fn one_section_is_replaced_and_the_others_stay() {
        let text = "# Results\n\n## One\n\nold\n\n## Two\n\nkept\n";
        assert_eq!(
            with_section(text, "One", "## One\n\nnew\n"),
            "# Results\n\n## One\n\nnew\n\n## Two\n\nkept\n"
        );
        assert_eq!(with_section("", "One", "## One\n\nnew\n"), "# Results\n\n## One\n\nnew\n");
    }

    #[test]
    fn times_have_three_digits_and_a_unit() {
        let said = [355.0, 2_617.0, 33_474.0, 1.5e9].map(time);
        assert_eq!(said, ["355 ns", "2.62 µs", "33.5 µs", "1.50 s"]);
    }
}
