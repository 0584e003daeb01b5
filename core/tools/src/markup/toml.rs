//! TOML, by the `toml` crate, which refuses duplicate keys and bounds its recursion.

use super::{MarkupError, TOO_DEEP};
use crate::limits;
use serde_json::{Number, Value};

/// The document as the value that it would be in JSON. The caller bounds the length of the text.
pub(crate) fn read(text: &str) -> Result<Value, MarkupError> {
    let table: toml::Table = toml::from_str(text).map_err(|error| {
        let before = error.span().and_then(|span| text.get(..span.start)).unwrap_or_default();
        let line = before.matches('\n').count().saturating_add(1);
        let column = before.rsplit('\n').next().unwrap_or_default().chars().count().saturating_add(1);
        MarkupError::at_line(line, column, "not TOML")
    })?;
    convert(toml::Value::Table(table), "", limits::DEPTH_MAX)
}

fn convert(value: toml::Value, path: &str, depth: usize) -> Result<Value, MarkupError> {
    let refuse = |message| Err(MarkupError { place: path.to_owned(), message, line: None });
    let Some(depth) = depth.checked_sub(1) else { return refuse(TOO_DEEP) };
    match value {
        toml::Value::String(text) => Ok(Value::String(text)),
        toml::Value::Integer(integer) => Ok(Value::Number(integer.into())),
        toml::Value::Boolean(value) => Ok(Value::Bool(value)),
        toml::Value::Float(double) => match Number::from_f64(double) {
            Some(number) => Ok(Value::Number(number)),
            None => refuse("not a number that JSON has"),
        },
        toml::Value::Datetime(_) => refuse("a date is no value here; write it as text, in quotes"),
        toml::Value::Array(elements) => {
            let elements = elements.into_iter().enumerate();
            elements.map(|(index, element)| convert(element, &format!("{path}[{index}]"), depth)).collect()
        }
        toml::Value::Table(members) => {
            let members = members.into_iter().map(|(name, member)| {
                let path = if path.is_empty() { name.clone() } else { format!("{path}.{name}") };
                convert(member, &path, depth).map(|member| (name, member))
            });
            members.collect::<Result<_, _>>().map(Value::Object)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::read;
    use proptest::prelude::*;
    use serde_json::json;

    #[test]
    fn means_what_the_same_json_means() {
        let text = "a = 'text'\nb = [1, 2.5, true]\n[c.d]\ne = { f = 1 }\n[[g]]\nh = 1\n[g.i]\nj = 2\n[[g]]\n";
        let wanted =
            json!({"a": "text", "b": [1, 2.5, true], "c": {"d": {"e": {"f": 1}}}, "g": [{"h": 1, "i": {"j": 2}}, {}]});
        assert_eq!(read(text), Ok(wanted));
    }

    #[test]
    fn refuses_what_json_has_no_word_for() {
        for (text, said) in [
            ("a = [{b = 2026-01-02}]", "a[0].b: a date"),
            ("a = inf", "a: not a number"),
            ("a = nan", "a: not a number"),
            ("a = 1\na = 2", "line 2, column 1: not TOML"),
            ("[a]\nb = 1\n[a]\n", "not TOML"),
            ("x = 1\na = ", "line 2"),
        ] {
            let error = read(text).unwrap_err().to_string();
            assert!(error.contains(said), "{text}: {error}");
        }
        assert!(read(&format!("a = {}{}", "[".repeat(70), "]".repeat(70))).is_err());
        assert!(read(&format!("a = {}", "[".repeat(100_000))).is_err());
    }

    proptest! {
        #[test]
        fn no_text_makes_it_panic(text in "[ -~\n]{0,80}|([\\[\\]{}=.,'\"#a1 \n]){0,60}") {
            let _ = read(&text);
        }
    }
}
