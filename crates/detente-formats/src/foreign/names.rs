//! Names of files that keep parties in their order.

use detente_model::Talks;

/// A file name for each party. Files are read in the order of their names, so that a number comes before ids which
/// are not in order of themselves.
pub(super) fn file_names(talks: &Talks, domain: &str, ending: &str) -> Vec<String> {
    let safe = |id: &str| {
        let keep = |c: char| if c.is_alphanumeric() || "-_ ()+".contains(c) { c } else { '-' };
        let mut name: String = id.chars().map(keep).take(60).collect();
        if name.trim_matches([' ', '-']).is_empty() {
            name = "party".into();
        }
        name
    };
    let plain: Vec<String> = talks.parties.iter().map(|party| safe(&party.id)).collect();
    let named =
        |names: &[String]| -> Vec<String> { names.iter().map(|name| format!("{name}.{ending}")).collect() };
    let rises = named(&plain).windows(2).all(|pair| pair[0] < pair[1]);
    if rises && plain.iter().all(|name| name != domain) {
        return named(&plain);
    }
    let width = plain.len().to_string().len();
    named(&plain.iter().enumerate().map(|(k, name)| format!("{:0width$}-{name}", k + 1)).collect::<Vec<_>>())
}
