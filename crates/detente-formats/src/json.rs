//! JSON as a tree that keeps where everything stands.

use crate::yaml::{Node, Value};
use crate::{Diagnostic, Span};
use jsonc_parser::ast::{self, ObjectPropName};
use jsonc_parser::common::Range;
use jsonc_parser::{CollectOptions, ParseOptions, parse_to_ast};

/// Deepest nesting accepted.
const MAX_DEPTH: usize = 64;
/// Most values accepted in one file.
const MAX_NODES: usize = 2_000_000;

/// Reads a text. Python writes `Infinity` and `NaN` into JSON; they are read.
///
/// # Errors
/// What is not JSON, or beyond the limits.
pub(crate) fn parse(source: &str) -> Result<Node, Diagnostic> {
    let refuse = |span, message: String, help: &str| Diagnostic::error(span, message, help);
    let options = ParseOptions {
        allow_comments: false,
        allow_loose_object_property_names: false,
        allow_trailing_commas: false,
        allow_missing_commas: false,
        allow_single_quoted_strings: false,
        allow_hexadecimal_numbers: false,
        allow_unary_plus_numbers: false,
        allow_bare_decimal_point_numbers: false,
        allow_non_finite_numbers: true,
        allow_extended_string_escapes: false,
    };
    let parsed = parse_to_ast(source, &CollectOptions::default(), &options).map_err(|error| {
        let reason = error.kind().to_string().to_lowercase();
        refuse(
            place(error.range()),
            format!("this is not JSON: {reason}"),
            "check commas, quotes and brackets just before this place",
        )
    })?;
    let value = parsed
        .value
        .ok_or_else(|| refuse(Span::new(0, 0), "the file is empty".into(), "is this the right file?"))?;
    let mut nodes = 0;
    node(value, 0, &mut nodes).map_err(|(span, message)| refuse(span, message, "is this the right file?"))
}

fn place(range: Range) -> Span {
    Span::new(range.start, range.end)
}

fn node(value: ast::Value<'_>, depth: usize, nodes: &mut usize) -> Result<Node, (Span, String)> {
    use ast::Value::{Array, BooleanLit, NullKeyword, NumberLit, Object, StringLit};
    let scalar =
        |range, text: String, plain| Node { span: place(range), value: Value::Scalar { text, plain } };
    *nodes += 1;
    if *nodes > MAX_NODES {
        return Err((Span::new(0, 0), format!("the file holds more than {MAX_NODES} values")));
    }
    let too_deep = |range| (place(range), format!("values are nested more than {MAX_DEPTH} deep"));
    Ok(match value {
        StringLit(text) => scalar(text.range, text.value.into_owned(), false),
        NumberLit(number) => scalar(number.range, number.value.to_owned(), true),
        BooleanLit(flag) => scalar(flag.range, flag.value.to_string(), true),
        NullKeyword(null) => scalar(null.range, "null".into(), true),
        Array(list) if depth == MAX_DEPTH => return Err(too_deep(list.range)),
        Object(map) if depth == MAX_DEPTH => return Err(too_deep(map.range)),
        Array(list) => {
            let items = list.elements.into_iter().map(|item| node(item, depth + 1, nodes));
            Node { span: place(list.range), value: Value::List(items.collect::<Result<_, _>>()?) }
        }
        Object(map) => {
            let pair = |property: ast::ObjectProp<'_>| {
                let key = match property.name {
                    ObjectPropName::String(text) => scalar(text.range, text.value.into_owned(), false),
                    ObjectPropName::Word(word) => scalar(word.range, word.value.to_owned(), false),
                };
                Ok((key, node(property.value, depth + 1, nodes)?))
            };
            let pairs = map.properties.into_iter().map(pair);
            Node { span: place(map.range), value: Value::Map(pairs.collect::<Result<_, _>>()?) }
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tree_keeps_text_and_place() {
        let source = "{\"é\": [1e3, \"1\", true, -Infinity],\n\t\"é\": null}";
        let Value::Map(pairs) = parse(source).expect("a tree").value else { panic!("not a map") };
        assert_eq!(pairs.len(), 2);
        let Value::List(items) = &pairs[0].1.value else { panic!("not a list") };
        let shown: Vec<&str> = items.iter().map(|item| &source[item.span.start..item.span.end]).collect();
        assert_eq!(shown, ["1e3", "\"1\"", "true", "-Infinity"]);
        assert!(matches!(&items[0].value, Value::Scalar { plain: true, text } if text == "1e3"));
        assert!(matches!(&items[1].value, Value::Scalar { plain: false, text } if text == "1"));
        assert!(pairs[1].1.is_empty_value());
    }

    #[track_caller]
    fn refused(source: &str, message: &str) {
        let found = parse(source).expect_err("not JSON");
        assert!(found.message.contains(message), "{found:?}");
    }

    #[test]
    fn what_is_not_json_is_refused_with_its_place() {
        refused("", "empty");
        refused("{\"a\": 1", "not JSON");
        refused("{a: 1}", "not JSON");
        refused("[1, 2,]", "not JSON");
        refused("[1] [2]", "not JSON");
        refused("{\"a\": // no\n 1}", "not JSON");
        refused(&"[".repeat(100_000), "not JSON");
        refused(&format!("{}{}", "[".repeat(80), "]".repeat(80)), "nested more than 64 deep");
        assert_eq!(
            parse("{\"a\": 1\n \"b\": 2}").expect_err("no comma").span.map(|span| span.start > 5),
            Some(true)
        );
    }
}
