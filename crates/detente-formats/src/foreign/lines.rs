//! Plain text, line by line, with the place of everything.

use crate::Span;

/// A stretch of a line, without the blanks around it.
#[derive(Clone, Copy)]
pub(super) struct Piece<'a> {
    pub(super) text: &'a str,
    pub(super) span: Span,
}

impl<'a> Piece<'a> {
    /// What is left of a text that begins at this byte, without the blanks around it.
    fn trimmed(text: &'a str, start: usize) -> Piece<'a> {
        let start = start + (text.len() - text.trim_start().len());
        let text = text.trim();
        Piece { text, span: Span::new(start, start + text.len()) }
    }

    /// The parts between commas.
    pub(super) fn fields(self) -> impl Iterator<Item = Piece<'a>> {
        let mut start = self.span.start;
        self.text.split(',').map(move |field| {
            let at = start;
            start += field.len() + 1;
            Piece::trimmed(field, at)
        })
    }

    /// The cells of a row of a table; a separator inside quotes is a part of its cell, which comes without its quotes.
    pub(super) fn cells(self, separator: char) -> Vec<Piece<'a>> {
        let mut cells = Vec::new();
        let (mut start, mut quoted) = (0, false);
        for (at, c) in self.text.char_indices() {
            quoted ^= c == '"';
            if c == separator && !quoted {
                cells.push(Piece::trimmed(&self.text[start..at], self.span.start + start));
                start = at + c.len_utf8();
            }
        }
        cells.push(Piece::trimmed(&self.text[start..], self.span.start + start));
        cells.into_iter().map(Piece::unquoted).collect()
    }

    fn unquoted(self) -> Piece<'a> {
        match self.text.strip_prefix('"').and_then(|text| text.strip_suffix('"')) {
            Some(text) => Piece::trimmed(text, self.span.start + 1),
            None => self,
        }
    }

    /// The parts between blanks.
    pub(super) fn words(self) -> impl Iterator<Item = Piece<'a>> {
        let mut start = self.span.start;
        self.text.split(char::is_whitespace).filter_map(move |word| {
            let at = start;
            // The blank that ends the word may take more than one byte.
            start += word.len();
            start += self.text[start - self.span.start..].chars().next().map_or(0, char::len_utf8);
            (!word.is_empty()).then(|| Piece::trimmed(word, at))
        })
    }

    /// What stands between two marks, the first of each.
    pub(super) fn between(self, open: &str, close: &str) -> Option<Piece<'a>> {
        let from = self.text.find(open)? + open.len();
        let to = from + self.text[from..].find(close)?;
        Some(Piece::trimmed(&self.text[from..to], self.span.start + from))
    }
}

/// The lines of a text on which anything stands.
pub(super) fn lines(text: &str) -> impl Iterator<Item = Piece<'_>> {
    let mut start = 0;
    let lines = text.split_inclusive('\n').map(move |line| {
        let at = start;
        start += line.len();
        Piece::trimmed(line, at)
    });
    lines.filter(|line| !line.text.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check<'a>(source: &str, pieces: impl Iterator<Item = Piece<'a>>, expected: &[&str]) {
        let found: Vec<Piece<'_>> = pieces.collect();
        assert_eq!(found.iter().map(|piece| piece.text).collect::<Vec<_>>(), expected);
        for piece in found {
            assert_eq!(&source[piece.span.start..piece.span.end], piece.text);
        }
    }

    #[test]
    fn every_piece_knows_where_it_stands() {
        let source = "\n  a , é,, b \r\n\r\n\u{3000}1\u{3000} 2\t<x> é </x>\n";
        check(source, lines(source), &["a , é,, b", "1\u{3000} 2\t<x> é </x>"]);
        let rows: Vec<Piece<'_>> = lines(source).collect();
        check(source, rows[0].fields(), &["a", "é", "", "b"]);
        check(source, rows[1].words(), &["1", "2", "<x>", "é", "</x>"]);
        check(source, rows[1].between("<x>", "</x>").into_iter(), &["é"]);
        assert!(rows[1].between("</x>", "<x>").is_none());
        let source = "a;\" b;c \"; d\"; \u{e9} ;";
        let row = lines(source).next().expect("a row");
        check(source, row.cells(';').into_iter(), &["a", "b;c", "d\"; \u{e9} ;"]);
        check(source, row.cells('#').into_iter(), &[source]);
    }
}
