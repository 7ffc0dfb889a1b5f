//! Who is cited is listed, and who is listed is cited: `docs/method.md` names its sources, and so do comments in the code.

use std::collections::BTreeSet;
use std::path::Path;

use anyhow::{Result, bail};

use super::files;

/// The page that lists the sources.
const PAGE: &str = "docs/method.md";
/// Where its list begins.
const LIST: &str = "\n## Sources\n";

/// The first author and the year.
type Work = (String, String);

/// Works that are cited and not listed, and the other way round.
pub(super) fn check(root: &Path) -> Result<Vec<String>> {
    let page = files::read(&root.join(PAGE))?;
    let Some((text, list)) = page.split_once(LIST) else { bail!("`{PAGE}` has no list of sources") };
    let (listed, cited) = (listed(list), cited(text));
    let mut problems: Vec<String> = cited.difference(&listed).map(|work| unlisted(PAGE, work)).collect();
    for (author, year) in listed.difference(&cited) {
        problems
            .push(format!("{PAGE}: {author} ({year}) is listed and not cited; say what was taken from it"));
    }
    for path in files::with_extension(&root.join("crates"), "rs")? {
        let name = files::shown(root, &path);
        let works = cited_in_comments(&files::read(&path)?);
        problems.extend(works.difference(&listed).map(|work| unlisted(&name, work)));
    }
    Ok(problems)
}

fn unlisted(name: &str, (author, year): &Work) -> String {
    format!("{name}: {author} ({year}) is cited and not listed; add it to the sources in `{PAGE}`")
}

/// The works of the list: each item begins with the first author's family name and a comma.
fn listed(list: &str) -> BTreeSet<Work> {
    let work = |item: &str| {
        let (author, rest) = item.split_once(',')?;
        let year = rest.split('(').find(|part| is_year(part.get(..4).unwrap_or_default()))?;
        Some((plain(author), year[..4].to_owned()))
    };
    format!("\n{list}").split("\n- ").skip(1).filter_map(work).collect()
}

/// Works that the comments of a source cite, those of its tests left out.
fn cited_in_comments(source: &str) -> BTreeSet<Work> {
    let shipped = source.split("#[cfg(test)]").next().unwrap_or_default();
    let comments: Vec<&str> = shipped
        .lines()
        .filter_map(|line| line.trim_start().strip_prefix("//"))
        .map(|comment| comment.trim_start_matches(['/', '!']))
        .collect();
    cited(&comments.join(" "))
}

/// Works as a text names them: `Nash 1950`, `Nash (1950)`, `Land and Doig 1960`, `Hart, Nilsson and Raphael (1968)`.
fn cited(text: &str) -> BTreeSet<Work> {
    let words: Vec<&str> = text.split_whitespace().collect();
    let years = words.iter().enumerate().filter(|(_, word)| is_year(trimmed(word)));
    years.filter_map(|(k, word)| Some((first_author(&words[..k])?, trimmed(word).to_owned()))).collect()
}

/// The first of the names that end here.
fn first_author(words: &[&str]) -> Option<String> {
    let (last, before) = words.split_last()?;
    if !is_name(last) && *last != "others" {
        return None;
    }
    let Some((&"and", names)) = before.split_last() else { return is_name(last).then(|| plain(last)) };
    let mut names = names.iter().rev();
    let mut first = names.next().filter(|word| is_name(word))?;
    for word in names.take_while(|word| is_name(word) && word.ends_with(',')) {
        // An opening bracket begins the citation.
        if first.starts_with('(') {
            break;
        }
        first = word;
    }
    Some(plain(first))
}

/// A capitalised word that is no abbreviation.
fn is_name(word: &str) -> bool {
    let plain = plain(word);
    plain.chars().next().is_some_and(char::is_uppercase) && plain.chars().any(char::is_lowercase)
}

fn plain(word: &str) -> String {
    word.trim_matches(|c: char| !c.is_alphanumeric()).to_owned()
}

fn trimmed(word: &str) -> &str {
    word.trim_matches(['(', ')', ',', ';', '.', ':', '"', '*', '|'])
}

fn is_year(text: &str) -> bool {
    text.len() == 4
        && (text.starts_with("19") || text.starts_with("20"))
        && text.bytes().all(|b| b.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check_cited(text: &str, expected: &[(&str, &str)]) {
        let expected =
            expected.iter().map(|(author, year)| ((*author).to_owned(), (*year).to_owned())).collect();
        assert_eq!(cited(text), expected, "{text}");
    }

    #[test]
    fn works_are_known_by_their_first_author_and_their_year() {
        check_cited("a game (Nash 1950). Of Raiffa (1982), |", &[("Nash", "1950"), ("Raiffa", "1982")]);
        check_cited("bound (Land and Doig\n1960)", &[("Land", "1960")]);
        check_cited(
            "(best first: Hart, Nilsson and Raphael 1968; Li 2000)",
            &[("Hart", "1968"), ("Li", "2000")],
        );
        check_cited("of points, L'Ecuyer and Lemieux (2002)", &[("L'Ecuyer", "2002")]);
        check_cited("by Saltelli and others (2010)", &[("Saltelli", "2010")]);
    }

    #[test]
    fn numbers_and_conferences_are_no_works() {
        check_cited("more than 2000 of them, JSON Schema 2020-12, EMNLP 2017, the year 1999", &[]);
    }

    #[test]
    fn the_list_is_read_to_the_year() {
        let list = "\n- Fisher, R. and Ury, W. (1981). *Getting to Yes.*\n- Rollón, E. and\n  Larrosa, J. (2006). X 12 (3).\n";
        let expected: BTreeSet<Work> =
            [("Fisher", "1981"), ("Rollón", "2006")].map(|(a, y)| (a.to_owned(), y.to_owned())).into();
        assert_eq!(listed(list), expected);
    }

    #[test]
    fn comments_cite_and_code_and_tests_do_not() {
        let source = "//! Of Nash (1950).\n/// As in (Land and\n/// Doig 1960).\nlet a = \"Held 1962\";\n#[cfg(test)]\n// Li 2000";
        let found = cited_in_comments(source);
        let authors: Vec<&str> = found.iter().map(|(author, _)| author.as_str()).collect();
        assert_eq!(authors, ["Land", "Nash"]);
    }

    #[test]
    fn who_is_cited_is_listed_and_who_is_listed_is_cited() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
        assert_eq!(check(&root).expect("pages and sources"), Vec::<String>::new());
    }
}
