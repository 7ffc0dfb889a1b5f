//! Writing SVG, and what goes with a picture.

use super::letters::{reach, width};
use crate::deal::{balanced, on_one_line, still_open};
use crate::page::Table;
use crate::screen::acts;
use std::collections::BTreeSet;
use std::fmt::Write as _;

/// A picture with its words and its data.
pub(crate) struct Chart {
    /// Names its file and its parts; letters, digits and hyphens.
    pub(crate) id: String,
    /// What it shows.
    pub(crate) title: String,
    /// How to read it.
    pub(crate) description: String,
    pub(crate) width: f64,
    pub(crate) height: f64,
    /// The elements.
    pub(crate) drawing: Drawing,
    /// The same as numbers.
    pub(crate) tables: Vec<Table>,
}

impl Chart {
    /// As part of a page that has the colours.
    pub(crate) fn inline(&self) -> String {
        self.written("")
    }

    /// As a file of its own.
    pub(crate) fn alone(&self) -> String {
        let style = format!("<style>{}{}</style>", super::COLOURS, super::STYLE);
        format!("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n{}\n", self.written(&style))
    }

    fn written(&self, style: &str) -> String {
        let Chart { id, width, height, .. } = self;
        let (title, description) = (escaped(&self.title), escaped(&self.description));
        format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"chart\" viewBox=\"0 0 {width} {height}\" role=\"img\" \
             aria-labelledby=\"{id}-title {id}-desc\">\n<title id=\"{id}-title\">{title}</title>\n\
             <desc id=\"{id}-desc\">{description}</desc>\n{style}{}</svg>",
            self.drawing.0
        )
    }
}

/// The shapes of marks; a shape always goes with the same meaning.
#[derive(Clone, Copy)]
pub(crate) enum Shape {
    Dot,
    Ring,
    Disc,
    SmallDisc,
    Diamond,
    Triangle,
    SmallTriangle,
    Square,
    DownTriangle,
    /// Round another mark.
    Circle,
    /// Round a sign.
    Round,
}

/// Places of dots that are told apart.
const MOST_DOTS: usize = 4000;

/// SVG elements, one a line.
#[derive(Default)]
pub(crate) struct Drawing(String);

impl Drawing {
    /// A straight line.
    pub(crate) fn line(&mut self, class: &str, from: (f64, f64), to: (f64, f64)) {
        let (x1, y1, x2, y2) = (short(from.0), short(from.1), short(to.0), short(to.1));
        let _ = writeln!(self.0, "<line class=\"{class}\" x1=\"{x1}\" y1=\"{y1}\" x2=\"{x2}\" y2=\"{y2}\"/>");
    }

    /// A line through points, with a text on hover.
    pub(crate) fn path(&mut self, class: &str, points: &[(f64, f64)], says: &str) {
        let points: Vec<String> =
            points.iter().map(|(x, y)| format!("{} {}", short(*x), short(*y))).collect();
        self.titled("path", &format!("class=\"{class}\" d=\"M{}\"", points.join("L")), says);
    }

    /// A line that bends between points, upright or level at each of them, with a text on hover.
    pub(crate) fn curve(&mut self, class: &str, points: &[(f64, f64)], is_upright: bool, says: &str) {
        let mut path = String::new();
        for (k, (x, y)) in points.iter().enumerate() {
            let Some((x0, y0)) = k.checked_sub(1).map(|before| points[before]) else {
                let _ = write!(path, "M{} {}", short(*x), short(*y));
                continue;
            };
            let is_straight = if is_upright { (x - x0).abs() < 0.05 } else { (y - y0).abs() < 0.05 };
            let (bend, other) = if is_upright {
                ((x0, (y0 + y) / 2.0), (*x, (y0 + y) / 2.0))
            } else {
                (((x0 + x) / 2.0, y0), ((x0 + x) / 2.0, *y))
            };
            let numbers: Vec<String> = [bend.0, bend.1, other.0, other.1].map(short).to_vec();
            let _ = match is_straight {
                true => write!(path, "L{} {}", short(*x), short(*y)),
                false => write!(path, "C{} {} {}", numbers.join(" "), short(*x), short(*y)),
            };
        }
        self.titled("path", &format!("class=\"{class}\" d=\"{path}\""), says);
    }

    /// An element, with a text on hover if there is one.
    fn titled(&mut self, name: &str, attributes: &str, says: &str) {
        let _ = match says.is_empty() {
            true => writeln!(self.0, "<{name} {attributes}/>"),
            false => writeln!(self.0, "<{name} {attributes}><title>{}</title></{name}>", escaped(says)),
        };
    }

    /// Dots at all points as one element, where there are too many for a text each. Dots that would
    /// cover each other are drawn once.
    pub(crate) fn dots(&mut self, class: &str, points: &[(f64, f64)]) {
        let mut cell = 0.5;
        let places = loop {
            let places: BTreeSet<(i64, i64)> =
                points.iter().map(|(x, y)| ((x / cell).round() as i64, (y / cell).round() as i64)).collect();
            if places.len() <= MOST_DOTS {
                break places;
            }
            cell *= 2.0;
        };
        let mut path = String::new();
        for (x, y) in places {
            let _ = write!(path, "M{} {}h0", short(x as f64 * cell), short(y as f64 * cell));
        }
        let _ = writeln!(self.0, "<path class=\"{class}\" d=\"{path}\"/>");
    }

    /// A rectangle.
    pub(crate) fn rect(&mut self, class: &str, corner: (f64, f64), size: (f64, f64)) {
        let (x, y, width, height) = (short(corner.0), short(corner.1), short(size.0), short(size.1));
        let _ = writeln!(
            self.0,
            "<rect class=\"{class}\" x=\"{x}\" y=\"{y}\" width=\"{width}\" height=\"{height}\"/>"
        );
    }

    /// A rectangle with a text on hover.
    pub(crate) fn titled_rect(&mut self, class: &str, corner: (f64, f64), size: (f64, f64), says: &str) {
        let (x, y, width, height) = (short(corner.0), short(corner.1), short(size.0), short(size.1));
        let attributes =
            format!("class=\"{class}\" x=\"{x}\" y=\"{y}\" width=\"{width}\" height=\"{height}\"");
        self.titled("rect", &attributes, says);
    }

    /// A mark with a text on hover.
    pub(crate) fn mark(&mut self, class: &str, shape: Shape, (x, y): (f64, f64), says: &str) {
        let says = if says.is_empty() { String::new() } else { format!("<title>{}</title>", escaped(says)) };
        let round =
            |r: f64| format!("circle class=\"{class}\" cx=\"{}\" cy=\"{}\" r=\"{r}\"", short(x), short(y));
        let corners = |name: &str, corners: &[(f64, f64)]| {
            let corners: Vec<String> =
                corners.iter().map(|(dx, dy)| format!("{} {}", short(x + dx), short(y + dy))).collect();
            format!("path class=\"{class} {name}\" d=\"M{}Z\"", corners.join("L"))
        };
        let element = match shape {
            Shape::Dot => round(1.2),
            Shape::Ring => round(2.0),
            Shape::Disc => round(3.0),
            Shape::SmallDisc => round(1.8),
            Shape::Diamond => corners("diamond", &[(0.0, -5.0), (5.0, 0.0), (0.0, 5.0), (-5.0, 0.0)]),
            Shape::Circle => round(7.0),
            Shape::Round => round(4.8),
            Shape::Square => corners("square", &[(-3.2, -3.2), (3.2, -3.2), (3.2, 3.2), (-3.2, 3.2)]),
            Shape::DownTriangle => corners("triangle", &[(0.0, 6.0), (5.0, -3.5), (-5.0, -3.5)]),
            Shape::SmallTriangle => corners("triangle", &[(0.0, -6.0), (5.0, 3.5), (-5.0, 3.5)]),
            Shape::Triangle => corners("triangle", &[(0.0, -11.0), (9.5, 6.0), (-9.5, 6.0)]),
        };
        let name = element.split(' ').next().unwrap_or_default().to_owned();
        let _ = match says.is_empty() {
            true => writeln!(self.0, "<{element}/>"),
            false => writeln!(self.0, "<{element}>{says}</{name}>"),
        };
    }

    /// A text; `anchor` is `start`, `middle` or `end`.
    pub(crate) fn text(&mut self, class: &str, anchor: &str, (x, y): (f64, f64), says: &str) {
        let (x, y) = (short(x), short(y));
        let _ = writeln!(
            self.0,
            "<text class=\"{class}\" text-anchor=\"{anchor}\" x=\"{x}\" y=\"{y}\">{}</text>",
            escaped(says)
        );
    }

    /// A text that runs upwards, centred.
    pub(crate) fn upwards(&mut self, class: &str, (x, y): (f64, f64), says: &str) {
        let (x, y) = (short(x), short(y));
        let _ = writeln!(
            self.0,
            "<text class=\"{class}\" text-anchor=\"middle\" transform=\"translate({x} {y}) rotate(-90)\">{}</text>",
            escaped(says)
        );
    }

    /// Begins a group that fades what it holds, or gives it a common style.
    pub(crate) fn group(&mut self, class: &str, inside: impl FnOnce(&mut Drawing)) {
        let _ = writeln!(self.0, "<g class=\"{class}\">");
        inside(self);
        self.0.push_str("</g>\n");
    }
}

/// A coordinate to a tenth, as short as can be.
fn short(value: f64) -> String {
    let text = format!("{value:.1}");
    text.strip_suffix(".0").map_or(text.clone(), str::to_owned)
}

/// Text as XML and HTML both read it; what XML cannot hold, and what would act on what stands around it, becomes a
/// replacement character.
pub(crate) fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\n' | '\t' => out.push(c),
            '\r' => out.push(' '),
            '\u{fffe}' | '\u{ffff}' => out.push('\u{fffd}'),
            _ if acts(c) => out.push('\u{fffd}'),
            _ => out.push(c),
        }
    }
    out
}

/// The widest of some labels of a class.
pub(crate) fn widest<'a>(class: &str, labels: impl IntoIterator<Item = &'a str>) -> f64 {
    labels.into_iter().map(|label| width(class, label)).fold(0.0, f64::max)
}

/// What a text covers: left, top, right and bottom.
pub(crate) fn area(class: &str, anchor: &str, (x, y): (f64, f64), says: &str) -> [f64; 4] {
    let (wide, (above, below)) = (width(class, says), reach(class));
    let left = match anchor {
        "start" => x,
        "end" => x - wide,
        _ => x - wide / 2.0,
    };
    [left, y - above, left + wide, y + below]
}

/// A text no wider than there is room; a longer one ends with an ellipsis, between words where that can be.
pub(crate) fn fitted(class: &str, text: &str, room: f64) -> String {
    let text = on_one_line(text);
    if width(class, &text) <= room {
        return text;
    }
    let mut used = width(class, "…");
    let mut is_over = |c: char| {
        used += width(class, c.encode_utf8(&mut [0; 4]));
        used > room
    };
    let end = text.char_indices().find(|(_, c)| is_over(*c)).map_or(text.len(), |(at, _)| at);
    let (mut kept, rest) = text.split_at(end);
    let is_between = rest.starts_with(' ') || kept.ends_with(' ');
    if let Some(at) = kept.rfind(' ').filter(|at| !is_between && 3 * at >= kept.len()) {
        kept = &kept[..at];
    }
    let kept = kept.trim_end_matches(|c: char| c.is_whitespace() || matches!(c, ',' | ';' | ':' | '·'));
    balanced(&format!("{kept}…"))
}

/// A text in at most so many lines that have so much room each, broken between words where that can be, cut with
/// an ellipsis.
pub(crate) fn in_lines(class: &str, text: &str, room: f64, most: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in on_one_line(text).split(' ').filter(|word| !word.is_empty()) {
        let is_last = lines.len() == most;
        match lines.last_mut() {
            // The last line takes all the rest, and is cut.
            Some(line) if is_last || width(class, &format!("{line} {word}")) <= room => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    // A name from right to left that goes on is isolated on the next line, too.
    let mut open = 0;
    let whole = |line: &String| {
        let begun = "\u{2068}".repeat(open);
        open = still_open(&format!("{begun}{line}"));
        fitted(class, &format!("{begun}{line}"), room)
    };
    lines.iter().map(whole).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::deal::isolated;

    #[test]
    fn text_cannot_leave_its_element() {
        assert_eq!(
            escaped("<script>\"a\" & 'b'</script>\u{7}"),
            "&lt;script&gt;&quot;a&quot; &amp; 'b'&lt;/script&gt;\u{fffd}"
        );
        assert_eq!(escaped("\u{9b}2J\u{7f}\r\u{202e}"), "\u{fffd}2J\u{fffd} \u{fffd}");
        let mut drawing = Drawing::default();
        drawing.mark("deal", Shape::Disc, (1.04, 2.0), "</title><script>");
        assert_eq!(
            drawing.0,
            "<circle class=\"deal\" cx=\"1\" cy=\"2\" r=\"3\"><title>&lt;/title&gt;&lt;script&gt;</title></circle>\n"
        );
    }

    /// Room for so many letters of the width of an `n`.
    fn letters(n: usize) -> f64 {
        width("row", &"n".repeat(n))
    }

    #[test]
    fn names_are_broken_between_words() {
        let lines = |name, n, most| in_lines("row", name, letters(n), most);
        assert_eq!(lines("First group of hostages returns", 15, 3), ["First group of", "hostages returns"]);
        assert_eq!(lines("First group of hostages returns", 13, 2), ["First group of", "hostages…"]);
        assert_eq!(lines("Wiederaufbauprogramm", 10, 2), ["Wiederauf…"]);
        assert_eq!(lines("a unit of 10\u{a0}weeks", 10, 3), ["a unit of", "10\u{a0}weeks"]);
    }

    #[test]
    fn long_names_are_cut() {
        let cut = |name, n| fitted("row", name, letters(n));
        assert_eq!(cut("Upstream", 10), "Upstream");
        assert_eq!(cut("The farmers' council", 13), "The farmers'…");
        assert_eq!(cut("Northern Front (NF), Field commanders", 20), "Northern Front (NF)…");
        assert_eq!(cut("A Wiederaufbauprogramm", 10), "A Wiedera…");
        assert_eq!(cut("العاصمة", 5), "\u{2068}الع…\u{2069}");
    }

    #[test]
    fn a_name_from_right_to_left_does_not_turn_what_is_said_of_it() {
        let name = isolated("حكومة الجمهورية");
        let label = format!("{name}, in its own units");
        assert_eq!(fitted("row", &label, 400.0), label);
        assert_eq!(fitted("row", &label, letters(22)), format!("{name}, in its…"));
        let lines = in_lines("row", &label, letters(11), 3);
        assert_eq!(lines, ["\u{2068}حكومة\u{2069}", "\u{2068}الجمهورية\u{2069},", "in its own…"]);
    }
}
