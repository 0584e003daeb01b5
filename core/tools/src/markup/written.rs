//! A value as YAML that this crate's own reader, and any other, reads as the same value: block style, and every text in quotes
//! that a reader could take for anything else.

use serde_json::{Map, Value};

/// The document, with a line feed at its end.
pub(crate) fn yaml_text(value: &Value) -> String {
    let mut text = String::new();
    match value {
        Value::Object(members) if !members.is_empty() => object(&mut text, members, 0),
        Value::Array(elements) if !elements.is_empty() => list(&mut text, elements, 0),
        _ => {
            text += &scalar(value);
            text.push('\n');
        }
    }
    text
}

fn object(text: &mut String, members: &Map<String, Value>, depth: usize) {
    for (index, (name, value)) in members.iter().enumerate() {
        // The first member stands behind the hyphen of a list.
        if index > 0 || text.ends_with('\n') {
            text.push_str(&INDENT.repeat(depth));
        }
        text.push_str(&word(name));
        text.push(':');
        match value {
            Value::Object(members) if !members.is_empty() => {
                text.push('\n');
                object(text, members, depth.saturating_add(1));
            }
            Value::Array(elements) if !elements.is_empty() => {
                text.push('\n');
                list(text, elements, depth.saturating_add(1));
            }
            _ => {
                text.push(' ');
                text.push_str(&scalar(value));
                text.push('\n');
            }
        }
    }
}

fn list(text: &mut String, elements: &[Value], depth: usize) {
    for (index, value) in elements.iter().enumerate() {
        if index > 0 || text.ends_with('\n') {
            text.push_str(&INDENT.repeat(depth));
        }
        text.push_str("- ");
        match value {
            Value::Object(members) if !members.is_empty() => object(text, members, depth.saturating_add(1)),
            Value::Array(elements) if !elements.is_empty() => list(text, elements, depth.saturating_add(1)),
            _ => {
                text.push_str(&scalar(value));
                text.push('\n');
            }
        }
    }
}

fn scalar(value: &Value) -> String {
    match value {
        Value::String(text) => word(text),
        _ => value.to_string(),
    }
}

/// A text without quotes only where no version of YAML takes it for anything else: JSON's quotes are YAML's, too (YAML 1.2.2
/// section 7.3.1), but for the characters that YAML does not print.
fn word(text: &str) -> String {
    let begins = text.starts_with(|c: char| c.is_ascii_alphabetic());
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.' | '/' | '+');
    if begins
        && (text.chars().all(plain) || is_url(text))
        && !RESERVED.iter().any(|word| text.eq_ignore_ascii_case(word))
    {
        return text.to_owned();
    }
    jotgate::text::plain_json(&Value::String(text.to_owned()).to_string())
}

/// A colon begins a value only before white space.
fn is_url(text: &str) -> bool {
    let rest = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"));
    rest.is_some_and(|rest| {
        rest.chars().all(|c| c.is_ascii_alphanumeric() || "-._~/:".contains(c)) && !rest.ends_with(':')
    })
}

const INDENT: &str = "  ";
/// What a version of YAML reads as a boolean, as nothing, or as no number.
const RESERVED: [&str; 11] = ["true", "false", "yes", "no", "on", "off", "y", "n", "null", "nan", "inf"];

#[cfg(test)]
mod tests {
    use super::yaml_text;
    use crate::markup::yaml::{Words, documents};
    use proptest::prelude::{Strategy as _, any, prop, prop_assert_eq, proptest};
    use proptest::strategy::{BoxedStrategy, Just};
    use serde_json::{Value, json};

    #[test]
    fn documents_read_well() {
        let document = json!({"version": 1, "issuers": [{"issuer": "https://idp.example.com/", "audience": ["a b", "yes"]}], "none": {}});
        let text = "issuers:\n  - audience:\n      - \"a b\"\n      - \"yes\"\n    issuer: https://idp.example.com/\nnone: {}\nversion: 1\n";
        assert_eq!(yaml_text(&document), text);
    }

    fn values() -> BoxedStrategy<Value> {
        let leaf = prop::strategy::Union::new([
            Just(Value::Null).boxed(),
            any::<bool>().prop_map(Value::from).boxed(),
            any::<i64>().prop_map(Value::from).boxed(),
            any::<String>().prop_map(Value::from).boxed(),
            "[a-z0-9:/ .#'\"~!&*-]{0,12}".prop_map(Value::from).boxed(),
        ]);
        let inner = |inner: BoxedStrategy<Value>| {
            prop::strategy::Union::new([
                prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from).boxed(),
                prop::collection::btree_map("[a-z -]{0,6}", inner, 0..4)
                    .prop_map(|members| Value::Object(members.into_iter().collect()))
                    .boxed(),
            ])
        };
        leaf.prop_recursive(4, 32, 4, move |strategy| inner(strategy.boxed())).boxed()
    }

    proptest! {
        #[test]
        fn what_is_written_is_read_as_the_same(value in values()) {
            let text = yaml_text(&value);
            let read = documents(&text, Words::Refused);
            prop_assert_eq!(read.ok().and_then(|mut all| all.pop()), Some(value), "{}", text);
        }
    }
}
