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
    let mut building = Building { reader: Reader::new(text)?, at: 0, levels: DEPTH, host, failed: None };
    let built = building.value().filter(|_| building.token().1 == 0 && building.at == text.len());
    built.ok_or_else(|| building.failed.map_or(BuildError::NotJson, BuildError::Host))
}

/// Its functions give nothing where the text is no JSON or the host has failed, which is kept aside: so what they give is as small as
/// a value of the host's.
struct Building<'a, 'h, B: JsonBuilder> {
    reader: Reader<'a>,
    at: usize,
    /// How many levels of lists and objects may yet be opened.
    levels: usize,
    host: &'h mut B,
    failed: Option<B::Error>,
}

impl<'a, B: JsonBuilder> Building<'a, '_, B> {
    fn value(&mut self) -> Option<B::Value> {
        let (at, first) = self.token();
        let built = match first {
            b'"' => {
                let text = self.string()?;
                self.host.string(&text)
            }
            b'0'..=b'9' | b'-' => {
                self.at = self.reader.number(at, first).ok()?.end;
                self.host.number(self.reader.piece(at, self.at).ok()?)
            }
            b'[' => return self.nested(Self::list),
            b'{' => return self.nested(Self::object),
            b't' => {
                self.at = self.reader.literal(at, b"true").ok()?;
                self.host.bool(true)
            }
            b'f' => {
                self.at = self.reader.literal(at, b"false").ok()?;
                self.host.bool(false)
            }
            _ => {
                self.at = self.reader.literal(at, b"null").ok()?;
                self.host.null()
            }
        };
        self.kept(built)
    }

    /// What stands between two brackets.
    fn nested(&mut self, read: impl FnOnce(&mut Self) -> Option<B::Value>) -> Option<B::Value> {
        self.levels = self.levels.checked_sub(1)?;
        self.step();
        let value = read(self)?;
        self.step();
        self.levels = self.levels.wrapping_add(1);
        Some(value)
    }

    fn list(&mut self) -> Option<B::Value> {
        let begun = self.host.list();
        let mut list = self.kept(begun)?;
        let mut byte = self.token().1;
        while byte != b']' {
            let value = self.value()?;
            let taken = self.host.element(&mut list, value);
            self.kept(taken)?;
            byte = self.behind_value(b']')?;
        }
        let ended = self.host.end_list(list);
        self.kept(ended)
    }

    fn object(&mut self) -> Option<B::Value> {
        let begun = self.host.object();
        let mut object = self.kept(begun)?;
        let mut byte = self.token().1;
        while byte != b'}' {
            let text = self.string()?;
            let name = self.host.name(&text);
            let name = self.kept(name)?;
            if self.token().1 != b':' {
                return None;
            }
            self.step();
            let value = self.value()?;
            let taken = self.host.member(&mut object, name, value);
            self.kept(taken)?;
            byte = self.behind_value(b'}')?;
        }
        let ended = self.host.end_object(object);
        self.kept(ended)
    }

    /// The closing bracket behind a value, or what stands behind the comma, which is not that bracket.
    fn behind_value(&mut self, bracket: u8) -> Option<u8> {
        let byte = self.token().1;
        if byte != b',' {
            return (byte == bracket).then_some(byte);
        }
        self.step();
        Some(self.token().1).filter(|byte| *byte != bracket)
    }

    /// The text of the string that begins here.
    fn string(&mut self) -> Option<Cow<'a, str>> {
        let (at, first) = self.token();
        if first != b'"' {
            return None;
        }
        let start = at.wrapping_add(1);
        let (quote, escaped) = self.reader.string(start).ok()?;
        self.at = quote.wrapping_add(1);
        let raw = self.reader.piece(start, quote).ok()?;
        if escaped { unescape(raw).map(Cow::Owned) } else { Some(Cow::Borrowed(raw)) }
    }

    /// The next byte that is no white space, zero at the end, and its place, which is the present one from now on.
    #[inline]
    fn token(&mut self) -> (usize, u8) {
        let token = self.reader.token(self.at);
        self.at = token.0;
        token
    }

    /// A place is at most one behind the text's end, whose length fits `u32`.
    fn step(&mut self) {
        self.at = self.at.wrapping_add(1);
    }

    fn kept<T>(&mut self, of_host: Result<T, B::Error>) -> Option<T> {
        of_host.map_err(|error| self.failed = Some(error)).ok()
    }
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
