//! JSON text that was read before, as whatever a host makes of it.

use super::reader::Reader;
use super::value::{JsonError, unescape};
use std::borrow::Cow;

/// What a host makes of JSON values: objects of its language, or bytes that it reads itself. [`build_json`] calls it.
pub trait JsonBuilder {
    /// A value.
    type Value;
    /// A list whose elements are not all there yet.
    type List;
    /// An object whose members are not all there yet.
    type Object;
    /// The name of a member whose value is not there yet.
    type Name;
    /// What may go wrong in the host.
    type Error;

    /// `null`.
    ///
    /// # Errors
    ///
    /// Here as below, the host's own.
    fn null(&mut self) -> Result<Self::Value, Self::Error>;
    /// `true` or `false`.
    fn bool(&mut self, value: bool) -> Result<Self::Value, Self::Error>;
    /// A number as it is written, whatever its size.
    fn number(&mut self, literal: &str) -> Result<Self::Value, Self::Error>;
    /// A string, escapes resolved.
    fn string(&mut self, text: &str) -> Result<Self::Value, Self::Error>;
    /// A list begins.
    fn list(&mut self) -> Result<Self::List, Self::Error>;
    /// The next element of the list.
    fn element(&mut self, list: &mut Self::List, value: Self::Value) -> Result<(), Self::Error>;
    /// The list is complete.
    fn end_list(&mut self, list: Self::List) -> Result<Self::Value, Self::Error>;
    /// An object begins.
    fn object(&mut self) -> Result<Self::Object, Self::Error>;
    /// The name of the object's next member, escapes resolved; its value comes next.
    fn name(&mut self, name: &str) -> Result<Self::Name, Self::Error>;
    /// The member of this name.
    fn member(&mut self, object: &mut Self::Object, name: Self::Name, value: Self::Value) -> Result<(), Self::Error>;
    /// The object is complete.
    fn end_object(&mut self, object: Self::Object) -> Result<Self::Value, Self::Error>;
}

/// Why nothing was built.
#[derive(Debug)]
pub enum BuildError<E> {
    /// The text is no JSON (RFC 8259), or nested more than 128 levels deep.
    NotJson,
    /// The host's own.
    Host(E),
}

impl<E> From<JsonError> for BuildError<E> {
    fn from(_: JsonError) -> Self {
        Self::NotJson
    }
}

/// Reads a JSON text once, from left to right, and has the host build what it says.
///
/// It is for what the core has checked before, such as a claim of a verified token, or has written itself: members of one name are
/// all handed over. The grammar is checked all the same.
///
/// # Errors
///
/// The text is no JSON, or the host's error, with which reading ends.
pub fn build_json<B: JsonBuilder>(text: &str, host: &mut B) -> Result<B::Value, BuildError<B::Error>> {
    let reader = Reader::new(text)?;
    let (at, first) = reader.token(0);
    let (value, end) = reader.build(at, first, DEPTH, host)?;
    reader.end(end)?;
    Ok(value)
}

/// A value, and the place behind it.
type Built<B> = Result<(<B as JsonBuilder>::Value, usize), BuildError<<B as JsonBuilder>::Error>>;

impl<'a> Reader<'a> {
    fn build<B: JsonBuilder>(&self, at: usize, first: u8, depth: usize, host: &mut B) -> Built<B> {
        let built = match first {
            b'"' => {
                let (text, end) = self.text_at(at)?;
                (host.string(&text), end)
            }
            b'0'..=b'9' | b'-' => {
                let end = self.number(at, first)?.end;
                (host.number(self.piece(at, end)?), end)
            }
            b'[' => return self.build_list(at, depth.checked_sub(1).ok_or(JsonError)?, host),
            b'{' => return self.build_object(at, depth.checked_sub(1).ok_or(JsonError)?, host),
            b't' => (host.bool(true), self.literal(at, b"true")?),
            b'f' => (host.bool(false), self.literal(at, b"false")?),
            b'n' => (host.null(), self.literal(at, b"null")?),
            _ => return Err(JsonError.into()),
        };
        Ok((built.0.map_err(BuildError::Host)?, built.1))
    }

    fn build_list<B: JsonBuilder>(&self, at: usize, depth: usize, host: &mut B) -> Built<B> {
        let mut list = host.list().map_err(BuildError::Host)?;
        let (mut at, mut byte) = self.token(next(at));
        while byte != b']' {
            let (value, end) = self.build(at, byte, depth, host)?;
            host.element(&mut list, value).map_err(BuildError::Host)?;
            (at, byte) = self.behind_value(end, b']')?;
        }
        Ok((host.end_list(list).map_err(BuildError::Host)?, next(at)))
    }

    fn build_object<B: JsonBuilder>(&self, at: usize, depth: usize, host: &mut B) -> Built<B> {
        let mut object = host.object().map_err(BuildError::Host)?;
        let (mut at, mut byte) = self.token(next(at));
        while byte != b'}' {
            if byte != b'"' {
                return Err(JsonError.into());
            }
            let (name, end) = self.text_at(at)?;
            let name = host.name(&name).map_err(BuildError::Host)?;
            let (colon, byte_behind) = self.token(end);
            if byte_behind != b':' {
                return Err(JsonError.into());
            }
            let (start, first) = self.token(next(colon));
            let (value, end) = self.build(start, first, depth, host)?;
            host.member(&mut object, name, value).map_err(BuildError::Host)?;
            (at, byte) = self.behind_value(end, b'}')?;
        }
        Ok((host.end_object(object).map_err(BuildError::Host)?, next(at)))
    }

    /// The closing bracket behind a value, or what stands behind the comma, which is not that bracket.
    fn behind_value(&self, at: usize, bracket: u8) -> Result<(usize, u8), JsonError> {
        let (at, byte) = self.token(at);
        if byte != b',' {
            return if byte == bracket { Ok((at, byte)) } else { Err(JsonError) };
        }
        let (at, byte) = self.token(next(at));
        if byte == bracket { Err(JsonError) } else { Ok((at, byte)) }
    }

    /// The string whose quote stands there, and the place behind it.
    fn text_at(&self, at: usize) -> Result<(Cow<'a, str>, usize), JsonError> {
        let (quote, escaped) = self.string(next(at))?;
        let raw = self.piece(next(at), quote)?;
        let text = if escaped { Cow::Owned(unescape(raw).ok_or(JsonError)?) } else { Cow::Borrowed(raw) };
        Ok((text, next(quote)))
    }
}

fn next(at: usize) -> usize {
    at.wrapping_add(1)
}

/// More levels than any policy lets pass, and as many as `serde_json` reads.
const DEPTH: usize = 128;

#[cfg(test)]
mod tests {
    use super::{BuildError, JsonBuilder, build_json};
    use proptest::prelude::{Strategy, prop, prop_assert_eq, proptest};
    use serde_json::{Map, Value};

    /// Builds what `serde_json` builds.
    struct Values;

    impl JsonBuilder for Values {
        type Value = Value;
        type List = Vec<Value>;
        type Object = Map<String, Value>;
        type Name = String;
        type Error = serde_json::Error;

        fn null(&mut self) -> Result<Value, Self::Error> {
            Ok(Value::Null)
        }

        fn bool(&mut self, value: bool) -> Result<Value, Self::Error> {
            Ok(Value::Bool(value))
        }

        fn number(&mut self, literal: &str) -> Result<Value, Self::Error> {
            serde_json::from_str(literal)
        }

        fn string(&mut self, text: &str) -> Result<Value, Self::Error> {
            Ok(Value::String(text.to_owned()))
        }

        fn list(&mut self) -> Result<Vec<Value>, Self::Error> {
            Ok(Vec::new())
        }

        fn element(&mut self, list: &mut Vec<Value>, value: Value) -> Result<(), Self::Error> {
            list.push(value);
            Ok(())
        }

        fn end_list(&mut self, list: Vec<Value>) -> Result<Value, Self::Error> {
            Ok(Value::Array(list))
        }

        fn object(&mut self) -> Result<Map<String, Value>, Self::Error> {
            Ok(Map::new())
        }

        fn name(&mut self, name: &str) -> Result<String, Self::Error> {
            Ok(name.to_owned())
        }

        fn member(&mut self, object: &mut Map<String, Value>, name: String, value: Value) -> Result<(), Self::Error> {
            object.insert(name, value);
            Ok(())
        }

        fn end_object(&mut self, object: Map<String, Value>) -> Result<Value, Self::Error> {
            Ok(Value::Object(object))
        }
    }

    fn built(text: &str) -> Option<Value> {
        build_json(text, &mut Values).ok()
    }

    #[test]
    fn nests_as_deep_as_serde_json_reads() {
        let lists = |levels: usize| format!("{}{}", "[".repeat(levels), "]".repeat(levels));
        assert!(built(&lists(127)).is_some());
        assert!(matches!(build_json(&lists(129), &mut Values), Err(BuildError::NotJson)));
        assert!(built(&"{\"a\":".repeat(1_000_000)).is_none());
    }

    #[test]
    fn errors_of_the_host_end_the_reading() {
        assert!(matches!(build_json("[1e999,", &mut Values), Err(BuildError::Host(_))));
    }

    /// Pieces of JSON in any order: few of them are JSON, and more than enough.
    const PIECES: &str = r#"[\[\]{},: ]|"a"|"\\\\u00e9\\\\n"|"\\\\ud83d\\\\ude00"|"é\\\\"|-?[01]{1,2}|1\.5e-3|-|\.|true|null|nul|"|\\\\"#;

    proptest! {
        #[test]
        fn says_what_serde_json_says(value in nested(), spaces in "[ \t\r\n]{0,2}") {
            let text = format!("{spaces}{value:#}{spaces}");
            prop_assert_eq!(built(&text), Some(value));
        }

        #[test]
        fn is_as_strict_as_serde_json(pieces in prop::collection::vec(PIECES, 1..12)) {
            let text = pieces.concat();
            prop_assert_eq!(built(&text), serde_json::from_str(&text).ok(), "{}", text);
        }
    }

    fn nested() -> impl Strategy<Value = Value> {
        let leaf = prop::sample::select(vec!["null", "true", "12", "-0.5", "1e300", r#""é\n""#, r#""plain text""#])
            .prop_map(|text| serde_json::from_str::<Value>(text).expect("a value"));
        leaf.prop_recursive(6, 40, 6, |inner| {
            let list = prop::collection::vec(inner.clone(), 0..6).prop_map(Value::Array);
            let object = prop::collection::hash_map("[a-cé\"\\\\]{0,3}", inner, 0..6)
                .prop_map(|members| Value::Object(members.into_iter().collect()));
            prop::strategy::Union::new([list.boxed(), object.boxed()])
        })
    }
}
