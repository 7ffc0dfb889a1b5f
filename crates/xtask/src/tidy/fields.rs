//! The table of JSON fields in `docs/method.md` against the schema that the program prints: every field has its place in
//! the table, and the table names no other.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use anyhow::{Context, Result, bail};
use serde_json::Value;

use super::files;

const PAGE: &str = "docs/method.md";
const SCHEMA: &str = "docs/analysis.schema.json";
/// Above the table.
const HEADING: &str = "\n## The JSON result\n";
/// How deep a row may name fields of its fields.
const DEEP: usize = 8;

/// The fields of an object with what may stand in each.
type Fields<'s> = BTreeMap<&'s str, Vec<&'s Value>>;

/// A row: the fields it is about, as paths, and those it names.
struct Row<'p> {
    paths: Vec<Vec<&'p str>>,
    named: BTreeSet<&'p str>,
}

/// Fields without a place in the table, and names in it that are no fields.
pub(super) fn check(root: &Path) -> Result<Vec<String>> {
    let (page, schema) = (files::read(&root.join(PAGE))?, files::read(&root.join(SCHEMA))?);
    let schema: Value = serde_json::from_str(&schema).with_context(|| format!("`{SCHEMA}` is no JSON"))?;
    let Some((_, section)) = page.split_once(HEADING) else { bail!("`{PAGE}` has no table of JSON fields") };
    Ok(compared(&schema, &rows(section)))
}

fn compared(schema: &Value, rows: &[Row<'_>]) -> Vec<String> {
    let paths: BTreeSet<&[&str]> = rows.iter().flat_map(|row| &row.paths).map(Vec::as_slice).collect();
    let told = |path: &[&str]| paths.contains(path);
    let top = fields(schema, &[schema]);
    let without = top.keys().filter(|field| !paths.iter().any(|path| path[0] == **field));
    let mut problems: Vec<String> =
        without.map(|field| format!("{PAGE}: the table of JSON fields has no row for `{field}`")).collect();
    for (row, path) in rows.iter().flat_map(|row| row.paths.iter().map(move |path| (row, path))) {
        let shown = path.join(".");
        let Some(here) = at(schema, &top, path) else {
            problems
                .push(format!("{PAGE}: the table of JSON fields has a row for `{shown}`, which is no field"));
            continue;
        };
        let has_place =
            |field: &&&str| row.named.contains(**field) || told(&[path.as_slice(), &[**field]].concat());
        let missing = here.keys().filter(|field| !has_place(field));
        problems.extend(
            missing.map(|field| format!("{PAGE}: the row for `{shown}` does not name its field `{field}`")),
        );
        if !here.is_empty() {
            let known = names(schema, &here, DEEP);
            let unknown = row.named.iter().filter(|name| is_field(name) && !known.contains(*name));
            problems.extend(unknown.map(|name| format!("{PAGE}: `{shown}` has no field `{name}`")));
        }
    }
    problems
}

/// The rows of the table.
fn rows(section: &str) -> Vec<Row<'_>> {
    section.lines().filter_map(row).collect()
}

/// A row: `a.b[]` in its first column is the field `b` of the field `a`.
fn row(line: &str) -> Option<Row<'_>> {
    let (first, second) = line.strip_prefix("| `")?.split_once(" | ")?;
    let paths = first.split('`').step_by(2).filter(|text| !text.trim().is_empty());
    let named = second.split('`').skip(1).step_by(2).map(whole);
    Some(Row {
        paths: paths.map(|text| text.split('.').map(whole).collect()).collect(),
        named: named.collect(),
    })
}

/// The name of a field without the sign of a list.
fn whole(name: &str) -> &str {
    name.trim_end_matches("[]")
}

/// The fields of the object at this path, none if a plain value stands there; absent if nothing does.
fn at<'s>(schema: &'s Value, top: &Fields<'s>, path: &[&str]) -> Option<Fields<'s>> {
    let (field, rest) = path.split_first()?;
    let here = fields(schema, top.get(field)?);
    if rest.is_empty() { Some(here) } else { at(schema, &here, rest) }
}

/// The fields of all objects that these schemas allow: through references, alternatives, lists, and objects by name.
fn fields<'s>(schema: &'s Value, of: &[&'s Value]) -> Fields<'s> {
    let mut found = Fields::new();
    let mut left: Vec<&Value> = of.to_vec();
    let mut followed = BTreeSet::new();
    while let Some(next) = left.pop() {
        if let Some(name) = next["$ref"].as_str().filter(|name| followed.insert(*name)) {
            left.extend(schema.pointer(name.trim_start_matches('#')));
        }
        for key in ["anyOf", "oneOf", "allOf"] {
            left.extend(next[key].as_array().into_iter().flatten());
        }
        left.extend(["items", "additionalProperties"].into_iter().filter_map(|key| next.get(key)));
        for (name, value) in next["properties"].as_object().into_iter().flatten() {
            found.entry(name).or_default().push(value);
        }
    }
    found
}

/// The names of these fields and of theirs.
fn names<'s>(schema: &'s Value, here: &Fields<'s>, deep: usize) -> BTreeSet<&'s str> {
    let mut found: BTreeSet<&str> = here.keys().copied().collect();
    if deep > 0 {
        found.extend(here.values().flat_map(|value| names(schema, &fields(schema, value), deep - 1)));
    }
    found
}

fn is_field(name: &str) -> bool {
    !name.is_empty() && name.bytes().all(|byte| byte == b'_' || byte.is_ascii_lowercase())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[track_caller]
    fn check_table(table: &str, expected: &[&str]) {
        let schema = json!({
            "properties": {
                "title": {"type": "string"},
                "deals": {"anyOf": [{"type": "array", "items": {"$ref": "#/$defs/Deal"}}, {"type": "null"}]},
            },
            "$defs": {"Deal": {"properties": {
                "worth": {"type": "number"},
                "by": {"additionalProperties": {"properties": {"gain": {}}}},
            }}},
        });
        let found = compared(&schema, &rows(table));
        let fits = found.len() == expected.len() && found.iter().zip(expected).all(|(a, b)| a.contains(b));
        assert!(fits, "{found:?}");
    }

    #[test]
    fn a_table_that_names_every_field_is_fine() {
        check_table("| `title` | what it is called |\n| `deals[]` | `worth`, `by` with `gain` |\n", &[]);
        check_table("| `title` | |\n| `deals[]` | `worth` |\n| `deals[].by` | by party: `gain` |\n", &[]);
    }

    #[test]
    fn what_is_missing_and_what_is_too_much_is_named() {
        check_table("| `deals[]` | `worth`, `by` |", &["no row for `title`"]);
        check_table("| `title` | |\n| `deals[]` | `worth` |", &["`deals` does not name its field `by`"]);
        check_table("| `title` | |\n| `deals[]` | `worth`, `by`, `cost` |", &["`deals` has no field `cost`"]);
        check_table("| `title`, `name` | |\n| `deals[]` | `worth`, `by` |", &["`name`, which is no field"]);
    }

    #[test]
    fn the_table_names_the_fields_there_are() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
        assert_eq!(check(&root).expect("a page and a schema"), Vec::<String>::new());
    }
}
