//! Text on its way to a terminal or to another program: shown, never obeyed.

use anstyle::Style;
use std::fmt::Write as _;

/// Lines for a terminal.
///
/// What is put in is made [`visible`] first. So the only control characters inside are line ends and the colour
/// codes of the styles given with it, and whoever strips colours strips nothing else. Lines are broken before they
/// come here, so that a space at which none may end is a space like any other.
#[derive(Clone, Debug, Default)]
pub struct Screen(String);

impl Screen {
    /// One line.
    pub fn line(&mut self, text: &str) {
        self.parts(&[(Style::new(), text)]);
    }

    /// One line of parts, each in its style.
    pub fn parts(&mut self, parts: &[(Style, &str)]) {
        for (style, text) in parts {
            let _ = write!(self.0, "{style}{}{style:#}", visible(text).replace('\u{a0}', " "));
        }
        self.0.push('\n');
    }

    /// Lines that somebody else drew, with colours of their own, out of text that is visible already.
    pub fn drawn(&mut self, lines: &str) {
        self.0.push_str(lines);
    }

    /// The lines, each with its end, and with colour codes that the caller may strip.
    pub fn into_string(self) -> String {
        self.0
    }
}

/// A text on one line in which every character is seen and none is obeyed.
///
/// Control characters become the pictures that stand for them, or U+FFFD where there is none; so do marks that
/// would turn the direction of what stands around them. Isolates stay, and end with the line.
pub fn visible(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut open = 0_usize;
    for c in text.chars() {
        match c {
            '\u{2068}' => open += 1,
            '\u{2069}' if open == 0 => continue,
            '\u{2069}' => open -= 1,
            _ => {}
        }
        out.push(shown(c));
    }
    out.extend(std::iter::repeat_n('\u{2069}', open));
    out
}

fn shown(c: char) -> char {
    match c {
        '\t' => ' ',
        '\u{7f}' => '\u{2421}',
        '\0'..='\u{1f}' => char::from_u32(0x2400 + u32::from(c)).unwrap_or('\u{fffd}'),
        _ if acts(c) => '\u{fffd}',
        _ => c,
    }
}

/// Whether a character does something to what stands around it instead of being read: it drives a terminal, ends
/// a line, or turns the direction of writing. Isolates of unknown direction only keep together what they hold.
pub(crate) fn acts(c: char) -> bool {
    let turns = matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}' | '\u{2067}');
    let ends = matches!(c, '\u{2028}' | '\u{2029}');
    c.is_control() || turns || ends || matches!(c, '\u{fff9}'..='\u{fffb}')
}

/// JSON that says the same, with every character escaped that a terminal would obey or nobody would see.
///
/// Outside of its strings JSON holds no such character, so that an escape stands for it wherever it is.
pub fn json_escaped(json: &str) -> String {
    let hidden = |c: char| {
        acts(c) && !matches!(c, '\n' | '\t' | '\r')
            || matches!(c, '\u{200b}'..='\u{200f}' | '\u{2060}'..='\u{206f}' | '\u{61c}' | '\u{feff}')
    };
    let mut out = String::with_capacity(json.len());
    for c in json.chars() {
        if hidden(c) {
            let _ = write!(out, "\\u{:04x}", u32::from(c));
        } else {
            out.push(c);
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_control_character_passes() {
        let all: String = (0..0x3000).filter_map(char::from_u32).collect();
        assert!(!visible(&all).contains(acts));
        assert_eq!(visible("a\u{1b}[2J\u{7}\u{9b}1m\u{7f}\r\n\tb"), "a␛[2J␇\u{fffd}1m␡␍␊ b");
        assert_eq!(visible("price \u{202e}01"), "price \u{fffd}01");
        let mut screen = Screen::default();
        screen.parts(&[(Style::new().bold(), "a\u{1b}[0m"), (Style::new(), "b")]);
        assert_eq!(screen.into_string(), "\u{1b}[1ma␛[0m\u{1b}[0mb\n");
    }

    #[test]
    fn an_isolate_ends_with_its_line() {
        assert_eq!(visible("\u{2068}محادثات\u{2069} a"), "\u{2068}محادثات\u{2069} a");
        assert_eq!(visible("\u{2069}a\u{2068}b"), "a\u{2068}b\u{2069}");
    }

    #[test]
    fn escaped_json_says_the_same() {
        let all: String = (0..0x3000).chain(0xfeff..0xffff).filter_map(char::from_u32).collect();
        let value = serde_json::json!({ all.clone(): [all] });
        let escaped = json_escaped(&serde_json::to_string_pretty(&value).expect("JSON"));
        assert!(!escaped.contains(|c| acts(c) && c != '\n'));
        assert_eq!(serde_json::from_str::<serde_json::Value>(&escaped).expect("JSON"), value);
    }
}
