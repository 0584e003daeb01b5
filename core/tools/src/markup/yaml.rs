//! YAML 1.2 with the core schema, less what makes two readers disagree or a small text large.

use super::{MarkupError, TOO_DEEP};
use crate::limits;
use saphyr_parser::{Event, Parser, ScalarStyle, Span};
use serde_json::{Map, Number, Value};
use std::mem;

/// What to make of plain words that YAML 1.1 takes for booleans and YAML 1.2 for texts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Words {
    /// Nobody can know what was meant.
    Refused,
    /// They stay texts, for a reader that asks of each member what it is.
    Texts,
}

/// The documents of the text, in order; there is at least one.
///
/// The caller bounds the length of the text. Nothing here recurses, and nothing grows beyond the text: anchors, aliases and
/// merge keys are refused.
pub(crate) fn documents(text: &str, words: Words) -> Result<Vec<Value>, MarkupError> {
    let mut loader = Loader { words, open: Vec::new(), done: Vec::new() };
    let mut parser = Parser::new_from_str(text);
    while let Some(event) = parser.next_event() {
        let (event, span) = event.map_err(|error| {
            MarkupError::at_line(error.marker().line(), error.marker().col().saturating_add(1), "not YAML")
        })?;
        loader.take(event, span)?;
    }
    if loader.done.is_empty() {
        return Err(MarkupError { place: String::new(), message: "the text is empty", line: None });
    }
    Ok(loader.done)
}

struct Loader {
    words: Words,
    /// The lists and objects around the current place, outermost first.
    open: Vec<Container>,
    done: Vec<Value>,
}

enum Container {
    List(Vec<Value>),
    /// The members so far, and the key whose value is next.
    Object(Map<String, Value>, Option<String>),
}

impl Loader {
    fn take(&mut self, event: Event<'_>, span: Span) -> Result<(), MarkupError> {
        let refuse = |message| Err(at(span, message));
        match event {
            Event::Nothing | Event::StreamStart | Event::StreamEnd | Event::DocumentStart(_) | Event::DocumentEnd => {
                Ok(())
            }
            Event::Alias(_) => refuse("anchors and aliases are not read; write the value where it belongs"),
            Event::Scalar(_, _, anchor, tag) if anchor != 0 || tag.is_some() => refuse(PROPERTIES),
            Event::SequenceStart(anchor, tag) | Event::MappingStart(anchor, tag) if anchor != 0 || tag.is_some() => {
                refuse(PROPERTIES)
            }
            Event::Scalar(text, style, ..) => self.scalar(&text, style == ScalarStyle::Plain, span),
            Event::SequenceStart(..) => self.begin(Container::List(Vec::new()), span),
            Event::MappingStart(..) => self.begin(Container::Object(Map::new(), None), span),
            Event::SequenceEnd | Event::MappingEnd => match self.open.pop() {
                Some(Container::List(elements)) => self.put(Value::Array(elements), span),
                Some(Container::Object(members, _)) => self.put(Value::Object(members), span),
                None => refuse("not YAML"),
            },
        }
    }

    fn begin(&mut self, container: Container, span: Span) -> Result<(), MarkupError> {
        if self.open.len() >= limits::DEPTH_MAX {
            return Err(at(span, TOO_DEEP));
        }
        self.open.push(container);
        Ok(())
    }

    fn scalar(&mut self, text: &str, plain: bool, span: Span) -> Result<(), MarkupError> {
        let value = if plain { self.plain(text, span)? } else { Value::String(text.to_owned()) };
        self.put(value, span)
    }

    /// A plain scalar by the core schema (YAML 1.2.2 section 10.3.2).
    fn plain(&self, text: &str, span: Span) -> Result<Value, MarkupError> {
        match text {
            "" | "~" | "null" | "Null" | "NULL" => return Ok(Value::Null),
            "true" | "True" | "TRUE" => return Ok(Value::Bool(true)),
            "false" | "False" | "FALSE" => return Ok(Value::Bool(false)),
            "<<" => return Err(at(span, "merge keys are not read; write the members where they belong")),
            _ => {}
        }
        let lower = text.to_ascii_lowercase();
        if self.words == Words::Refused && matches!(lower.as_str(), "yes" | "no" | "on" | "off") {
            return Err(at(span, "a boolean to some readers and a text to others; write true, false or quotes"));
        }
        if lower.starts_with(".inf") || lower.starts_with("+.inf") || lower.starts_with("-.inf") || lower == ".nan" {
            return Err(at(span, "not a number that JSON has"));
        }
        if !looks_numeric(text) {
            return Ok(Value::String(text.to_owned()));
        }
        number(text).map(Value::Number).ok_or_else(|| at(span, "write a number in decimal, or a text in quotes"))
    }

    fn put(&mut self, value: Value, span: Span) -> Result<(), MarkupError> {
        match self.open.last_mut() {
            None => self.done.push(value),
            Some(Container::List(elements)) => elements.push(value),
            Some(Container::Object(members, key)) => match (mem::take(key), value) {
                (Some(name), value) => {
                    members.insert(name, value);
                }
                (None, Value::String(name)) => {
                    if members.contains_key(&name) {
                        return Err(at(span, "a member stands there twice"));
                    }
                    *key = Some(name);
                }
                (None, _) => return Err(at(span, "the name of a member is a text; write it in quotes")),
            },
        }
        Ok(())
    }
}

fn at(span: Span, message: &'static str) -> MarkupError {
    MarkupError::at_line(span.start.line(), span.start.col().saturating_add(1), message)
}

/// Whether some reader of YAML could take the text for a number: `010` and `0x10` and `1_000` are among these.
fn looks_numeric(text: &str) -> bool {
    let unsigned = text.strip_prefix(['+', '-']).unwrap_or(text);
    let digits = unsigned.strip_prefix('.').unwrap_or(unsigned);
    if !digits.starts_with(|c: char| c.is_ascii_digit()) {
        return false;
    }
    let radix = ["0x", "0o", "0b"].iter().find_map(|prefix| unsigned.strip_prefix(prefix));
    match radix {
        Some(rest) => !rest.is_empty() && rest.bytes().all(|byte| byte.is_ascii_hexdigit() || byte == b'_'),
        None => {
            digits.bytes().all(|byte| byte.is_ascii_digit() || b"._eE+-".contains(&byte))
                && digits.matches('.').count() <= 1
                && (!digits.contains('-') || digits.contains(['e', 'E']))
        }
    }
}

fn number(text: &str) -> Option<Number> {
    let unsigned = text.strip_prefix(['+', '-']).unwrap_or(text);
    let leading_zero = unsigned.len() > 1 && unsigned.starts_with('0') && !unsigned.starts_with("0.");
    if leading_zero && !unsigned.starts_with("0e") && !unsigned.starts_with("0E") {
        return None;
    }
    let text = text.strip_prefix('+').unwrap_or(text);
    if let Ok(integer) = text.parse::<i64>() {
        return Some(integer.into());
    }
    if let Ok(integer) = text.parse::<u64>() {
        return Some(integer.into());
    }
    text.parse::<f64>().ok().and_then(Number::from_f64)
}

const PROPERTIES: &str = "anchors and tags are not read";

#[cfg(test)]
mod tests {
    use super::{Words, documents};
    use proptest::prelude::*;
    use serde_json::{Value, json};

    fn read(text: &str) -> Result<Value, String> {
        match documents(text, Words::Refused) {
            Ok(mut found) if found.len() == 1 => Ok(found.remove(0)),
            Ok(found) => Err(format!("{} documents", found.len())),
            Err(error) => Err(error.to_string()),
        }
    }

    #[test]
    fn means_what_the_same_json_means() {
        let text = "# a comment\na: text\nb: [1, -2, 2.5, 1e3, true, null]\nc:\n  - d: 'it''s'\n    e: |\n      two\n      lines\n\"f\": {}\ntime: 10m\nversion: 1.2.3\ndate: 2026-01-02\n";
        let wanted = json!({
            "a": "text", "b": [1, -2, 2.5, 1000.0, true, null], "c": [{"d": "it's", "e": "two\nlines\n"}], "f": {},
            "time": "10m", "version": "1.2.3", "date": "2026-01-02",
        });
        assert_eq!(read(text), Ok(wanted));
        assert_eq!(documents("a: 1\n---\nb: yes\n", Words::Texts), Ok(vec![json!({"a": 1}), json!({"b": "yes"})]));
    }

    #[test]
    fn refuses_what_readers_disagree_on() {
        for (text, said) in [
            ("a: no", "boolean"),
            ("a: On", "boolean"),
            ("no: 1", "boolean"),
            ("a: 1\na: 2", "twice"),
            ("a: {b: 1, b: 2}", "twice"),
            ("1: a", "name of a member"),
            ("true: a", "name of a member"),
            ("? [a]\n: b", "name of a member"),
            ("a: 010", "decimal"),
            ("a: 0x10", "decimal"),
            ("a: 1_000", "decimal"),
            ("a: .inf", "JSON"),
            ("a: -.INF", "JSON"),
            ("a: .nan", "JSON"),
            ("a: &x 1", "anchors"),
            ("a: &x [1]\nb: *x", "anchors"),
            ("a: !!int '1'", "tags"),
            ("a: !thing {}", "tags"),
            ("b: {<<: {a: 1}}", "merge"),
            ("a: [", "not YAML"),
            ("a: \"\\q\"", "not YAML"),
            ("", "empty"),
            ("a: 1\n---\na: 2", "2 documents"),
        ] {
            let error = read(text).unwrap_err();
            assert!(error.contains(said), "{text}: {error}");
        }
        assert_eq!(read("a: 1\nb:\n  c: 1\n  c: 2").unwrap_err(), "line 4, column 3: a member stands there twice");
    }

    #[test]
    fn is_bounded_in_depth() {
        let nested = |levels: usize| format!("{}{}", "[".repeat(levels), "]".repeat(levels));
        assert!(read(&nested(64)).is_ok());
        assert!(read(&nested(65)).unwrap_err().contains("deeply"));
        assert!(read(&nested(100_000)).is_err());
        assert!(read(&"- ".repeat(100_000)).is_err());
    }

    proptest! {
        #[test]
        fn no_text_makes_it_panic(text in "[ -~\n\t\u{e9}\u{2028}]{0,80}|([-:?{}\\[\\],&*!|>'\"%@`#a1 \n]){0,60}") {
            let _ = documents(&text, Words::Texts);
        }

        #[test]
        fn json_is_yaml(list in proptest::collection::vec("[ -~]{0,12}", 0..6), number in any::<i64>(), flag in any::<bool>()) {
            let value = json!({"list": list, "number": number, "flag": flag, "none": null});
            prop_assert_eq!(read(&value.to_string()), Ok(value.clone()));
            prop_assert_eq!(read(&serde_json::to_string_pretty(&value).unwrap()), Ok(value));
        }
    }
}
