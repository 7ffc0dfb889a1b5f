//! How wide a text is in a picture, as far as that can be known without the reader's font.
//!
//! The page names several fonts, and which of them a reader has is not known. The widest of them in common use is
//! DejaVu Sans, so that a text that has room in it has room in the others. Widths are its advance widths, in
//! thousandths of the size of the font.

use unicode_width::UnicodeWidthChar as _;

/// The width of a text of one class or several, as `chart.css` sets them.
pub(crate) fn width(class: &str, text: &str) -> f64 {
    let (size, is_bold) = font(class);
    text.chars().map(|c| f64::from(advance(c, is_bold))).sum::<f64>() * size / 1000.0
}

/// How far a text of a class reaches above and below the line it stands on.
pub(crate) fn reach(class: &str) -> (f64, f64) {
    let size = font(class).0;
    (0.76 * size, 0.24 * size)
}

/// The size of the font of a class, and whether it is bold: the same as in `chart.css`.
pub(crate) fn font(class: &str) -> (f64, bool) {
    let has = |names: &[&str]| class.split(' ').any(|own| names.contains(&own));
    let size = match () {
        () if has(&["axis", "row", "phase"]) => 11.0,
        () if has(&["legend"]) => 10.5,
        () if has(&["link-name"]) => 9.5,
        () => 10.0,
    };
    (size, has(&["deal-name", "fair-name", "least-name", "phase", "number"]))
}

/// The advance width of a letter. Letters outside ASCII count as the widest of their kind that is common.
fn advance(c: char, is_bold: bool) -> u16 {
    let table = if is_bold { &BOLD } else { &REGULAR };
    let regular = match (c, c.width().unwrap_or(0)) {
        (' '..='~', _) => return table[usize::from(c as u8 - b' ')],
        ('\u{a0}', _) => return table[0],
        (_, 0) => return 0,
        ('–' | '“' | '”' | '€' | '£', _) => 640,
        ('·' | '‘' | '’' | '›' | '‹' | '²' | '³', _) => 401,
        ('−' | '×' | '±' | '≤' | '≥', _) => 838,
        ('\u{1f000}'.., _) => 1300,
        (_, 2) | ('…' | '—' | '\u{fffd}', _) => 1000,
        ('æ' | 'œ' | 'Æ' | 'Œ', _) => 1070,
        ('\u{c0}'..='\u{24f}' | '\u{370}'..='\u{3ff}' | '\u{1e00}'..='\u{1fff}', _) => latin(c),
        ('\u{400}'..='\u{4ff}', _) => cyrillic(c),
        ('\u{590}'..='\u{5ff}', _) => 710,
        // Most letters are joined, and then far narrower than alone.
        ('ش' | 'س' | 'ص' | 'ض', _) => 1221,
        ('\u{600}'..='\u{6ff}', _) => 650,
        _ => 850,
    };
    if is_bold { regular + regular / 5 } else { regular }
}

/// Latin letters with marks, and Greek ones.
fn latin(c: char) -> u16 {
    match c {
        'ω' | 'ώ' | 'ŵ' => 840,
        'Μ' | 'Ή' | 'Ħ' | 'Ŵ' => 990,
        c if c.is_lowercase() => 670,
        _ => 830,
    }
}

fn cyrillic(c: char) -> u16 {
    match c {
        'ы' | 'ю' | 'ф' | 'њ' | 'ж' | 'љ' | 'ш' | 'щ' | 'м' => 942,
        'Њ' | 'Ш' | 'Ж' | 'Ю' | 'Љ' | 'Щ' => 1094,
        c if c.is_lowercase() => 710,
        _ => 890,
    }
}

/// Of the letters from space to tilde.
const REGULAR: [u16; 95] = [
    318, 401, 460, 838, 636, 950, 780, 275, 390, 390, 500, 838, 318, 361, 318, 337, 636, 636, 636, 636, 636,
    636, 636, 636, 636, 636, 337, 337, 838, 838, 838, 531, 1000, 684, 686, 698, 770, 632, 575, 775, 752, 295,
    295, 656, 557, 863, 748, 787, 603, 787, 695, 635, 611, 732, 684, 989, 685, 611, 685, 390, 337, 390, 838,
    500, 500, 613, 635, 550, 635, 615, 352, 635, 634, 278, 278, 579, 278, 974, 634, 612, 635, 635, 411, 521,
    392, 634, 592, 818, 592, 592, 525, 636, 337, 636, 838,
];

/// The same in bold.
const BOLD: [u16; 95] = [
    348, 456, 521, 838, 696, 1002, 872, 306, 457, 457, 523, 838, 380, 415, 380, 365, 696, 696, 696, 696, 696,
    696, 696, 696, 696, 696, 400, 400, 838, 838, 838, 580, 1000, 774, 762, 734, 830, 683, 683, 821, 837, 372,
    372, 775, 637, 995, 837, 850, 733, 850, 770, 720, 682, 812, 774, 1103, 771, 724, 725, 457, 365, 457, 838,
    500, 500, 675, 716, 593, 716, 678, 435, 716, 712, 343, 343, 665, 343, 1042, 712, 687, 716, 716, 493, 595,
    478, 712, 652, 924, 645, 652, 582, 712, 365, 712, 838,
];
