//! The JSON Schema of the document, made from the types that read it: `core/policy.schema.json`.
//!
//! What a schema cannot say (which fields exclude each other, what fits a key) is said when a policy compiles.

#![cfg(test)]

use super::duration::PolicyDuration;
use super::form::Document;
use super::values::{AllowedClients, Confirmation, Discovery, Object, OneOrMany};
use crate::algorithm::Algorithm;
use schemars::{JsonSchema, Schema, SchemaGenerator, generate::SchemaSettings, json_schema};
use serde_json::{Value, json};
use std::borrow::Cow;
use std::fs;

const FILE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/policy.schema.json");

#[test]
fn the_checked_in_schema_is_what_the_code_says() {
    let text = fs::read_to_string(FILE).expect("the schema is there");
    assert!(text == made(), "make it again: cargo test -p jotgate -- --ignored writes_the_schema");
    assert_eq!(text, crate::schema());
}

#[test]
#[ignore = "writes core/policy.schema.json"]
fn writes_the_schema() {
    fs::write(FILE, made()).expect("the file can be written");
}

fn made() -> String {
    let settings = SchemaSettings::draft2020_12().for_deserialize();
    let mut schema = SchemaGenerator::new(settings).into_root_schema_for::<Document>();
    schema.insert("title".to_owned(), "jotgate policy".into());
    let mut schema = schema.to_value();
    take_null_out(&mut schema);
    format!("{schema:#}\n")
}

/// A field that may be left out is not one that may be null: a policy refuses null everywhere.
fn take_null_out(value: &mut Value) {
    match value {
        Value::Array(elements) => elements.iter_mut().for_each(take_null_out),
        Value::Object(members) => {
            if let Some(Value::Array(types)) = members.get("type")
                && let [one, Value::String(null)] = types.as_slice()
                && null == "null"
            {
                let one = one.clone();
                members.insert("type".to_owned(), one);
            }
            if let Some(Value::Array(choices)) = members.get("anyOf")
                && let [Value::Object(one), null] = choices.as_slice()
                && *null == json!({ "type": "null" })
            {
                let one = one.clone();
                members.remove("anyOf");
                members.extend(one);
            }
            members.values_mut().for_each(take_null_out);
        }
        _ => {}
    }
}

pub(super) fn version(_: &mut SchemaGenerator) -> Schema {
    json_schema!({ "const": 1 })
}

/// The names of algorithms, for a field that is a list of texts to the compiler.
pub(super) struct Algorithms;

impl JsonSchema for Algorithms {
    fn schema_name() -> Cow<'static, str> {
        "Algorithms".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        let names: Vec<&str> = Algorithm::ALL.iter().map(|algorithm| algorithm.name()).collect();
        json_schema!({ "type": "array", "items": { "enum": names } })
    }
}

/// A key set, which is any JSON to the compiler, and may be written elsewhere.
pub(super) struct KeySet;

impl JsonSchema for KeySet {
    fn schema_name() -> Cow<'static, str> {
        "KeySet".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        let set = json!({
            "type": "object",
            "required": ["keys"],
            "properties": { "keys": { "type": "array", "items": true } },
        });
        json_schema!({
            "description": "A JWK set (RFC 7517 section 5); or where its JSON is written: { file: PATH } or { env: NAME }.",
            "oneOf": [set, reference("env"), reference("file")],
        })
    }
}

impl JsonSchema for PolicyDuration {
    fn schema_name() -> Cow<'static, str> {
        "Duration".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "description": "A number of seconds, or text with a unit: 500ms, 30s, 5m, 1h, 1d.",
            "oneOf": [
                { "type": "number", "minimum": 0 },
                { "type": "string", "pattern": "^[0-9]+(ms|s|m|h|d)$" },
            ],
        })
    }
}

/// A text that may be written elsewhere.
pub(super) struct Text;

impl JsonSchema for Text {
    fn schema_name() -> Cow<'static, str> {
        "Text".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "description": "A text; or where it is written: { env: NAME } for an environment variable, { file: PATH } for a file.",
            "oneOf": text_forms(),
        })
    }
}

/// One such text, or a list of them.
pub(super) struct Texts;

impl JsonSchema for Texts {
    fn schema_name() -> Cow<'static, str> {
        "Texts".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        let mut forms = text_forms();
        forms.push(json!({ "type": "array", "items": { "oneOf": text_forms() } }));
        json_schema!({
            "description": "One text, or a list of texts; each may be { env: NAME } or { file: PATH }.",
            "oneOf": forms,
        })
    }
}

fn reference(name: &str) -> Value {
    json!({
        "type": "object",
        "required": [name],
        "additionalProperties": false,
        "properties": { name: { "type": "string", "minLength": 1 } },
    })
}

fn text_forms() -> Vec<Value> {
    vec![json!({ "type": "string" }), reference("env"), reference("file")]
}

impl JsonSchema for OneOrMany {
    fn schema_name() -> Cow<'static, str> {
        "OneOrMany".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "description": "One text, or a list of texts.",
            "oneOf": [{ "type": "string" }, { "type": "array", "items": { "type": "string" } }],
        })
    }
}

impl JsonSchema for AllowedClients {
    fn schema_name() -> Cow<'static, str> {
        "AllowedClients".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "description": "A list of client ids; or the word host alone, and the host looks each up.",
            "oneOf": [{ "const": "host" }, { "type": "array", "items": { "oneOf": text_forms() } }],
        })
    }
}

impl JsonSchema for Discovery {
    fn schema_name() -> Cow<'static, str> {
        "Discovery".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        let mut forms = vec![json!({ "type": "boolean" })];
        forms.extend(text_forms());
        json_schema!({
            "description": "Whether the key set's URL is to be taken from metadata, or the URL of the metadata.",
            "oneOf": forms,
        })
    }
}

impl JsonSchema for Confirmation {
    fn schema_name() -> Cow<'static, str> {
        "Confirmation".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "description": "What becomes of tokens that are bound to a key.",
            "oneOf": [{ "const": "ignore", "description": "They pass as if nothing bound them." }],
        })
    }
}

/// Nothing of its own: an object is what the type within says.
impl<T: JsonSchema> JsonSchema for Object<T> {
    fn inline_schema() -> bool {
        T::inline_schema()
    }

    fn schema_name() -> Cow<'static, str> {
        T::schema_name()
    }

    fn schema_id() -> Cow<'static, str> {
        T::schema_id()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        T::json_schema(generator)
    }
}
