//! Claims read from where they stand, against `serde_json` over the whole text.

use super::{Claims, Payload};
use crate::json::{self, ValueKind};
use proptest::prelude::{Just, Strategy, any, prop, prop_assert_eq, prop_oneof, proptest};
use serde::de::{DeserializeOwned, IgnoredAny};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::{BTreeMap, HashMap};
use std::fmt::Debug;

#[derive(Debug, PartialEq, Deserialize)]
struct Flat {
    iss: Option<String>,
    #[serde(default)]
    exp: f64,
    #[serde(flatten)]
    rest: BTreeMap<String, Value>,
}

#[derive(Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
struct Strict {
    a: u8,
    b: Option<Color>,
}

#[derive(Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
enum Color {
    Red,
    #[serde(rename = "é")]
    Green,
    Of(u8, i64),
    Named {
        name: String,
    },
}

#[derive(Debug, PartialEq, Deserialize)]
#[serde(tag = "t")]
enum Tagged {
    One { a: i64 },
    Two { b: Vec<Option<bool>> },
}

#[derive(Debug, PartialEq, Deserialize)]
#[serde(untagged)]
enum Untagged {
    Number { a: u64 },
    Text { a: String },
    Other(BTreeMap<String, Value>),
}

#[derive(Debug, PartialEq, Deserialize)]
struct Wrapped(Option<BTreeMap<String, Value>>);

#[derive(Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Deserialize)]
struct Key<T>(T);

fn with_claims<T>(text: &str, check: impl FnOnce(Claims<'_>) -> T) -> T {
    let table = json::table(text, 64).unwrap_or_else(|_| panic!("not read: {text}"));
    check(Claims::new(Payload::of(text, &table)))
}

fn agrees<T: DeserializeOwned + PartialEq + Debug>(text: &str) {
    let wanted = serde_json::from_str::<T>(text).ok();
    with_claims(text, |claims| assert_eq!(claims.deserialize::<T>().ok(), wanted, "{text}"));
}

fn agrees_on_all_types(text: &str) {
    agrees::<Value>(text);
    agrees::<Option<Value>>(text);
    agrees::<Flat>(text);
    agrees::<Strict>(text);
    agrees::<Color>(text);
    agrees::<Tagged>(text);
    agrees::<Untagged>(text);
    agrees::<Wrapped>(text);
    agrees::<()>(text);
    agrees::<Vec<Value>>(text);
    agrees::<(String, Value)>(text);
    agrees::<String>(text);
    agrees::<f64>(text);
    agrees::<HashMap<String, Value>>(text);
    agrees::<BTreeMap<u64, Value>>(text);
    agrees::<BTreeMap<i8, Value>>(text);
    agrees::<BTreeMap<u128, Value>>(text);
    // `serde_json` cuts a character in two when it looks for a boolean in a name that begins with one beyond ASCII.
    if !text.contains("\"é") {
        agrees::<BTreeMap<bool, Value>>(text);
    }
    agrees::<BTreeMap<char, Value>>(text);
    agrees::<BTreeMap<Color, Value>>(text);
    agrees::<BTreeMap<Option<String>, Value>>(text);
    agrees::<BTreeMap<Key<i64>, Value>>(text);
    agrees::<BTreeMap<(), Value>>(text);
    agrees::<BTreeMap<String, i64>>(text);
    agrees::<BTreeMap<String, u64>>(text);
    agrees::<BTreeMap<String, i128>>(text);
    agrees::<BTreeMap<String, Option<f32>>>(text);
    agrees::<BTreeMap<String, Option<String>>>(text);
    agrees::<BTreeMap<String, Vec<String>>>(text);
    agrees::<BTreeMap<String, char>>(text);
    agrees::<BTreeMap<String, bool>>(text);
    agrees::<BTreeMap<String, ()>>(text);
    agrees::<BTreeMap<String, Color>>(text);
    agrees::<BTreeMap<String, Key<Option<f64>>>>(text);
    agrees::<BTreeMap<String, (u8, i64)>>(text);
}

fn value() -> impl Strategy<Value = String> {
    let odd = [
        "null",
        "true",
        "0",
        "-0",
        "7",
        "300",
        "18446744073709551615",
        "18446744073709551616",
        "-9223372036854775809",
        "1e2",
        "1.50",
        "-0.0",
        "1.7976931348623157e308",
        "123456789012345678901234567890",
        "\"\"",
        "\"Red\"",
        "\"\\u00e9\"",
        "\"x\"",
        "\"\\ud83d\\ude00\\n\"",
        "[ ]",
        "[true, null]",
        "[\"a\",\"\\u0062\"]",
        "[1, -2]",
        "{\"Of\":[1,2]}",
        "{\"Red\":null}",
        "{\"Named\":{\"name\":\"\\u0061\"}}",
        "{ \"a\" : {\"b\":[{}]} }",
    ];
    prop_oneof![
        4 => prop::sample::select(odd.to_vec()).prop_map(str::to_owned),
        1 => any::<i64>().prop_map(|number| number.to_string()),
        1 => any::<f64>().prop_filter("finite", |n| n.is_finite()).prop_map(|number| format!("{number:e}")),
        1 => any::<String>().prop_map(|text| Value::String(text).to_string()),
    ]
}

fn object() -> impl Strategy<Value = String> {
    let names = [
        "iss",
        "exp",
        "a",
        "b",
        "t",
        "1",
        "-1",
        "1 ",
        " 1",
        "01",
        "1e2",
        "300",
        "true",
        "false",
        "Red",
        "Of",
        "Named",
        "é",
        "One",
        "",
        "a-long-name-of-a-claim",
        "http://wso2.org/claims/role",
        "\u{1}\"\\",
    ];
    let name = (prop::sample::select(names.to_vec()), any::<bool>()).prop_map(|(name, escaped)| match escaped {
        true => name.encode_utf16().map(|unit| format!("\\u{unit:04x}")).collect(),
        false => Value::String(name.to_owned()).to_string().trim_matches('"').replace("\\\\", "\\u005c"),
    });
    let space = prop_oneof![6 => Just(""), 1 => Just(" "), 1 => Just("\r\n\t")];
    prop::collection::vec((name, value(), space), 0..6).prop_filter_map("names are unique", |members| {
        let members: Vec<String> = members.iter().map(|(n, v, s)| format!("{s}\"{n}\"{s}:{s}{v}{s}")).collect();
        let text = format!(" {{{}}}\n", members.join(","));
        json::table(&text, 64).is_ok().then_some(text)
    })
}

proptest! {
    #![proptest_config(proptest::prelude::ProptestConfig::with_cases(500))]

    #[test]
    fn every_type_reads_what_serde_json_reads(text in object()) {
        agrees_on_all_types(&text);
    }

    #[test]
    fn every_member_is_found_and_is_what_serde_json_finds(text in object()) {
        let whole: Value = serde_json::from_str(&text).unwrap();
        with_claims(&text, |claims| {
            prop_assert_eq!(claims.to_value(), whole.clone());
            prop_assert_eq!(claims.members().len(), whole.as_object().map_or(0, serde_json::Map::len));
            for member in claims.members() {
                let name = member.name();
                let wanted = whole.get(name.as_ref()).unwrap();
                prop_assert_eq!(serde_json::from_str::<Value>(member.json()).ok(), Some(wanted.clone()));
                prop_assert_eq!(claims.get(&name), Some(wanted.clone()));
                prop_assert_eq!(claims.member(&name).map(|found| found.json_range()), Some(member.json_range()));
                prop_assert_eq!(member.as_str().map(String::from), wanted.as_str().map(str::to_owned));
                prop_assert_eq!(&text[member.json_range()], member.json());
                prop_assert_eq!(&text[member.name_range()], member.raw_name());
                prop_assert_eq!(member.name_has_escapes(), member.raw_name().contains('\\'));
                prop_assert_eq!(member.text_has_escapes(), wanted.is_string() && member.json().contains('\\'));
                prop_assert_eq!(serde_json::from_str::<String>(&format!("\"{}\"", member.raw_name())).ok(), Some(name.into_owned()));
                let kind = match wanted {
                    Value::Null => ValueKind::Null,
                    Value::Bool(_) => ValueKind::Bool,
                    Value::Number(_) => ValueKind::Number,
                    Value::String(_) => ValueKind::String,
                    Value::Array(_) => ValueKind::Array,
                    Value::Object(_) => ValueKind::Object,
                };
                prop_assert_eq!(member.kind(), kind);
            }
            prop_assert_eq!(claims.get("nobody"), None);
            Ok(())
        })?;
    }
}

#[test]
fn texts_are_borrowed_from_the_payload() {
    #[derive(Deserialize)]
    struct Borrowed<'a> {
        iss: &'a str,
        sub: Option<&'a str>,
    }
    let text = r#"{"iss":"https://idp.example.com/","n":1e3,"sub":"x"}"#;
    with_claims(text, |claims| {
        let read: Borrowed<'_> = claims.deserialize().unwrap();
        assert!(text.as_bytes().as_ptr_range().contains(&read.iss.as_ptr()));
        assert_eq!(read.sub, Some("x"));
    });
}

/// Nothing of a claim that nobody wants is read: it could not be, where it says what no number is.
#[test]
fn what_a_type_does_not_name_is_not_read() {
    let (text, other) = (r#"{"a":1,"b":[2,3]}"#, r#"{"a":1,"b":#########}"#);
    let table = json::table(text, 8).unwrap();
    let claims = Claims::new(Payload::of(&other[..text.len()], &table));
    assert!(claims.deserialize::<BTreeMap<String, IgnoredAny>>().is_ok());
    assert!(claims.deserialize::<BTreeMap<String, Value>>().is_err());
}

/// A visitor that stops early fails, as it does in `serde_json`.
#[test]
fn a_type_that_reads_part_of_the_claims_is_refused() {
    #[derive(Debug, PartialEq)]
    struct First(String);
    impl<'de> Deserialize<'de> for First {
        fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
            struct Visit;
            impl<'de> serde::de::Visitor<'de> for Visit {
                type Value = First;
                fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                    f.write_str("a name")
                }
                fn visit_map<A: serde::de::MapAccess<'de>>(self, mut map: A) -> Result<First, A::Error> {
                    let Some((name, IgnoredAny)) = map.next_entry()? else { return Ok(First(String::new())) };
                    Ok(First(name))
                }
            }
            deserializer.deserialize_map(Visit)
        }
    }
    agrees::<First>("{}");
    agrees::<First>(r#"{"a":1}"#);
    agrees::<First>(r#"{"a":1,"b":2}"#);
}
