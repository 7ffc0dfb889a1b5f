//! The JSON Schema of the scenario language, printed from the grammar table.

use super::grammar::{self, Key, Kind, Need, Object};
use serde_json::{Map, Value, json};

/// The JSON Schema (2020-12) of a scenario file, for editors to complete and check with.
pub fn schema() -> Value {
    let mut defs = Map::new();
    for object in grammar::OBJECTS {
        defs.insert(object.name.into(), object_schema(object));
    }
    for (name, schema) in hand_written() {
        defs.insert(name.into(), schema);
    }
    let mut root = json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": "urn:detente:scenario:1",
        "title": "Detente scenario",
    });
    if let (Value::Object(root), Value::Object(scenario)) = (&mut root, object_schema(&grammar::SCENARIO)) {
        root.extend(scenario);
        root.insert("$defs".into(), Value::Object(defs));
    }
    root
}

fn object_schema(object: &Object) -> Value {
    let properties: Map<String, Value> =
        object.keys.iter().map(|key| (key.name.to_owned(), key_schema(key))).collect();
    let required: Vec<&str> =
        object.keys.iter().filter(|key| key.need == Need::Must).map(|key| key.name).collect();
    json!({
        "type": "object",
        "description": object.doc,
        "properties": properties,
        "required": required,
        "additionalProperties": false,
    })
}

fn key_schema(key: &Key) -> Value {
    let mut schema = kind_schema(&key.kind);
    if let Value::Object(fields) = &mut schema {
        fields.insert("description".into(), key.doc.into());
    }
    schema
}

fn reference(name: &str) -> Value {
    json!({ "$ref": format!("#/$defs/{name}") })
}

fn kind_schema(kind: &Kind) -> Value {
    match kind {
        Kind::Version => json!({ "const": 1 }),
        Kind::Text => json!({ "type": ["string", "number", "boolean"] }),
        Kind::Id => reference("id"),
        Kind::Flag => json!({ "type": "boolean" }),
        Kind::Decimal => json!({ "type": "number" }),
        Kind::Count => json!({ "type": "integer", "minimum": 1 }),
        Kind::Date => {
            json!({ "type": ["string", "integer"], "pattern": "^[0-9]{4}(-[0-9]{2}(-[0-9]{2})?)?$" })
        }
        Kind::Duration => json!({ "type": "string", "pattern": "^[0-9.eE+]+ (hour|day|week|month|year)s?$" }),
        Kind::Number => reference("number"),
        Kind::Alternative => json!({ "anyOf": [reference("number"), { "enum": ["none", "unknown", null] }] }),
        Kind::StatedCost => json!({ "anyOf": [reference("cost"), { "enum": ["none", "unknown", null] }] }),
        Kind::Rule => reference("rule"),
        Kind::Condition => reference("condition"),
        Kind::Preference => reference("preference"),
        Kind::Options => {
            json!({ "type": "array", "minItems": 1, "items": { "anyOf": [reference("option"), reference("named_option")] } })
        }
        Kind::Row => json!({ "type": "array", "minItems": 2, "items": reference("number_or_option") }),
        Kind::Waits => one_or_more(&json!({ "anyOf": [reference("id"), {
            "type": "object", "minProperties": 1, "additionalProperties": kind_schema(&Kind::Duration) }] })),
        Kind::Correlation => reference("correlation"),
        Kind::Amounts => json!({ "type": "object", "additionalProperties": reference("number") }),
        Kind::Option => reference("option"),
        Kind::List(item) => json!({ "type": "array", "items": kind_schema(item) }),
        Kind::OneOrMore(item) => one_or_more(&kind_schema(item)),
        Kind::Map(item) => json!({ "type": "object", "additionalProperties": map_item(item) }),
        Kind::Object(object) => reference(object.name),
    }
}

/// A consequence may be a bare number; everything else in a mapping is what it is.
fn map_item(item: &Kind) -> Value {
    match item {
        Kind::Object(object) if object.name == grammar::CONSEQUENCE.name => {
            json!({ "anyOf": [reference("number"), reference(object.name)] })
        }
        _ => kind_schema(item),
    }
}

fn one_or_more(item: &Value) -> Value {
    json!({ "anyOf": [item, { "type": "array", "items": item }] })
}

fn only(key: &str, value: &Value) -> Value {
    json!({ "type": "object", "properties": { key: value }, "required": [key], "additionalProperties": false })
}

fn list_of(item: &Value, n: usize) -> Value {
    json!({ "type": "array", "items": item, "minItems": n, "maxItems": n })
}

fn distributions() -> Vec<Value> {
    let number = reference("number");
    let either =
        |name: &str, n: usize| only(name, &json!({ "anyOf": [reference(name), list_of(&number, n)] }));
    vec![
        only("point", &number),
        either("uniform", 2),
        either("triangular", 3),
        either("normal", 2),
        either("truncated_normal", 4),
        either("pert", 3),
        only("beta", &reference("beta")),
        only("discrete", &json!({ "type": "object", "minProperties": 1, "additionalProperties": number })),
    ]
}

fn hand_written() -> Vec<(&'static str, Value)> {
    let simple = [json!({ "type": "number" }), reference("cited_number"), reference("by_case")];
    let number = simple.into_iter().chain(distributions());
    let number: Vec<Value> = number.collect();
    let options = json!({ "anyOf": [
        reference("option"),
        { "type": "array", "minItems": 1, "items": reference("option") },
        { "type": "object", "properties": { "from": reference("option"), "to": reference("option") },
          "minProperties": 1, "additionalProperties": false },
        { "type": "object", "properties": { "not": reference("options") },
          "required": ["not"], "additionalProperties": false },
    ] });
    vec![
        (
            "id",
            json!({ "type": ["string", "number", "boolean"], "description": "A short name without spaces, dots, commas or `=`." }),
        ),
        (
            "option",
            json!({ "type": ["string", "number", "boolean"], "description": "An option's text or number." }),
        ),
        (
            "number",
            json!({ "anyOf": number, "description": "A number, a distribution, or either with the claims it rests on." }),
        ),
        (
            "cost",
            json!({ "$ref": "#/$defs/number", "description": "A political cost or strain, 0 or more; a distribution or a number." }),
        ),
        (
            "by_case",
            json!({ "type": "object", "description": "A value for each case of an unknown.",
            "properties": { "cases": { "type": "object", "minProperties": 1, "maxProperties": 1,
                "additionalProperties": { "type": "object", "minProperties": 1,
                    "additionalProperties": { "type": "number" } } } },
            "required": ["cases"], "additionalProperties": false }),
        ),
        (
            "correlation",
            json!({ "anyOf": [reference("number"),
                { "type": "object", "minProperties": 1, "additionalProperties": reference("number") }] }),
        ),
        ("number_or_option", json!({ "anyOf": [reference("option"), reference("number")] })),
        (
            "preference",
            json!({ "anyOf": [
                preference_fields(),
                { "type": "array", "items": reference("number") },
                { "type": "object", "additionalProperties": reference("number"), "minProperties": 1,
                  "propertyNames": { "not": { "enum": ["weight", "values", "linear", "triangular", "because"] } } },
            ] }),
        ),
        ("options", options),
        (
            "condition",
            json!({ "type": "object", "minProperties": 1, "additionalProperties": reference("options"),
            "description": "Issues with the options that satisfy it: one, a list, `{from, to}` or `{not: ...}`." }),
        ),
        (
            "rule",
            json!({ "anyOf": [
            reference("id"),
            only("all", &json!({ "type": "array", "minItems": 1, "items": reference("rule") })),
            only("any", &json!({ "type": "array", "minItems": 1, "items": reference("rule") })),
            reference("at_least_rule"),
            reference("quota_rule"),
        ], "description": "Who has to say yes: an id, `all`, `any`, `at_least ... of`, or a weighted `quota`." }),
        ),
    ]
}

/// `values` may also be a list in the order of the options.
fn preference_fields() -> Value {
    let mut schema = object_schema(&grammar::PREFERENCE);
    let values = json!({ "anyOf": [
        { "type": "object", "additionalProperties": reference("number") },
        { "type": "array", "items": reference("number") },
    ], "description": "The value of each option, by its text or in the order of the options." });
    schema["properties"]["values"] = values;
    schema
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::yaml::{self, Node, Value as Tree};

    const UNKNOWNS: &str = include_str!("../../../../fuzz/seeds/scenario/unknowns.yaml");
    const FULL: &str = include_str!("../../../../fuzz/seeds/scenario/full.yaml");

    /// What a YAML 1.2 reader hands to a schema.
    fn plain(node: &Node) -> Value {
        match &node.value {
            Tree::List(items) => items.iter().map(plain).collect(),
            Tree::Map(pairs) => pairs
                .iter()
                .map(|(key, value)| (key.text().unwrap_or_default().to_owned(), plain(value)))
                .collect(),
            Tree::Scalar { text, plain: false } => Value::String(text.clone()),
            Tree::Scalar { text, .. } => match text.as_str() {
                "true" => Value::Bool(true),
                "false" => Value::Bool(false),
                _ if yaml::is_null(text) => Value::Null,
                _ => text
                    .parse::<i64>()
                    .map(Value::from)
                    .or_else(|_| text.parse::<f64>().map(Value::from))
                    .unwrap_or_else(|_| Value::String(text.clone())),
            },
        }
    }

    #[track_caller]
    fn errors(source: &str) -> Vec<String> {
        let validator = jsonschema::validator_for(&schema()).expect("a valid schema");
        let tree = yaml::parse(source, &mut Vec::new()).expect("YAML");
        validator.iter_errors(&plain(&tree)).map(|error| error.to_string()).collect()
    }

    /// The same scenario as it is written by the program.
    fn rewritten(source: &str) -> String {
        crate::write(&crate::read(source.as_bytes()).talks.expect("talks")).text
    }

    #[test]
    fn the_schema_accepts_the_template_and_the_catalog() {
        for good in [crate::template(), UNKNOWNS, FULL] {
            assert_eq!(errors(good), Vec::<String>::new());
            assert_eq!(errors(&rewritten(good)), Vec::<String>::new());
        }
        let catalog = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../catalog");
        let mut seen = 0;
        for group in std::fs::read_dir(catalog).expect("the catalog") {
            for case in std::fs::read_dir(group.expect("a folder").path()).expect("a group") {
                let path = case.expect("a case").path().join("scenario.yaml");
                let text = std::fs::read_to_string(&path).expect("a scenario");
                assert_eq!(errors(&text), Vec::<String>::new(), "{}", path.display());
                assert_eq!(errors(&rewritten(&text)), Vec::<String>::new(), "{}", path.display());
                seen += 1;
            }
        }
        assert!(seen >= 7);
    }

    #[test]
    fn the_schema_refuses_what_the_reader_refuses() {
        for (from, to) in [
            ("title:", "tilte:"),
            ("influence: 2", "influence: two"),
            ("normal: [8, 4]", "gauss: [5, 3]"),
            ("{all: [council, farmers]}", "{most: [council, farmers]}"),
            ("range: {from: 0,", "range: {form: 0,"),
        ] {
            let source = crate::template().replacen(from, to, 1);
            assert_ne!(source, crate::template(), "{from}");
            assert_ne!(errors(&source), Vec::<String>::new(), "{to}");
            assert!(crate::read(source.as_bytes()).talks.is_none(), "{to}");
        }
        for (from, to) in [
            ("{good: 40, poor: 25}", "[40, 25]"),
            ("{good: 40, poor: 25}", "{good: 40, poor: {uniform: [20, 30]}}"),
            ("{cases: {harvest: {good: 40, poor: 25}}}", "{cases: {}}"),
            ("name: a good year, probability:", "name: a good year, likelihood:"),
            ("truncated_normal: [5, 2, 0, 9]", "truncated_normal: [5, 2, 0]"),
            ("{pert: [1, 2, 4]}", "{pert: {from: 1, to: 4}}"),
            ("mill: {value: -0.3, because: c1}", "mill: low"),
            ("unknowns:\n", "unknown:\n"),
        ] {
            let source = UNKNOWNS.replacen(from, to, 1);
            assert_ne!(source, UNKNOWNS, "{from}");
            assert_ne!(errors(&source), Vec::<String>::new(), "{to}");
            assert!(crate::read(source.as_bytes()).talks.is_none(), "{to}");
        }
        let implementation =
            "{horizon: 2 years, shocks: {chance: 0.01, per: month}, correlation: {mill: 0.2}}";
        let with = |implementation: &str| format!("{UNKNOWNS}implementation: {implementation}\n");
        assert_eq!(errors(&with(implementation)), Vec::<String>::new());
        for (from, to) in [("horizon: 2 years", "horizon: 2"), ("chance:", "odds:"), (", per: month", "")] {
            let source = with(&implementation.replacen(from, to, 1));
            assert_ne!(errors(&source), Vec::<String>::new(), "{to}");
            assert!(crate::read(source.as_bytes()).talks.is_none(), "{to}");
        }
        let pairwise = UNKNOWNS.replace("correlation: {", "correlation: 0.3 #");
        assert_eq!(errors(&pairwise), Vec::<String>::new());
    }
}
