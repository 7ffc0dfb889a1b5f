//! Numbers as people write them.

use std::fmt::Display;

/// A number with the digits before its point in groups of three, and with a minus sign in place of a hyphen: `1200000`
/// becomes `1,200,000`, `-0.5` becomes `−0.5`.
///
/// What is no plain decimal number keeps its letters and its digits.
pub fn grouped(number: impl Display) -> String {
    let text = number.to_string();
    let (sign, size) = text.strip_prefix('-').map_or(("", &text[..]), |size| ("−", size));
    let whole = size.find(|c: char| !c.is_ascii_digit()).unwrap_or(size.len());
    let mut said = sign.to_owned();
    for (k, digit) in size[..whole].chars().enumerate() {
        if k > 0 && (whole - k).is_multiple_of(3) {
            said.push(',');
        }
        said.push(digit);
    }
    said + &size[whole..]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_before_the_point_stand_in_groups_of_three() {
        for (number, said) in [
            ("0", "0"),
            ("999", "999"),
            ("1000", "1,000"),
            ("-1234567.8912", "−1,234,567.8912"),
            ("inf", "inf"),
        ] {
            assert_eq!(grouped(number), said);
        }
        assert_eq!((grouped(217_866), grouped(-0.5)), ("217,866".to_owned(), "−0.5".to_owned()));
    }
}
