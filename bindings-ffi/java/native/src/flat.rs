//! Flat values: structured data for Java, which has no JSON reader of its own, in a form that needs no parsing.
//!
//! A value is one tag byte and what belongs to it; lengths and counts are four bytes, big-endian:
//!
//! | tag | value | what follows |
//! |---|---|---|
//! | `z` `t` `f` | null, true, false | nothing |
//! | `n` | number | length and the literal, so that no digit is lost |
//! | `s` | string | length and UTF-8 |
//! | `l` | list | count and the elements |
//! | `m` | map | count and the members, each a name (length and UTF-8) and a value |

use jotgate_edge::Mistake;
use serde::de::{Deserialize, Deserializer, Error, MapAccess, Visitor};
use serde_json::value::RawValue;
use std::borrow::Cow;
use std::fmt;

/// Writes flat values one after the other.
#[derive(Default)]
pub(crate) struct Flat(Vec<u8>);

impl Flat {
    /// Begins a list; its `count` elements must follow.
    pub(crate) fn list(&mut self, count: usize) -> &mut Self {
        self.0.push(b'l');
        self.count(count)
    }

    pub(crate) fn text(&mut self, text: &str) -> &mut Self {
        self.0.push(b's');
        self.counted(text)
    }

    pub(crate) fn number(&mut self, number: impl fmt::Display) -> &mut Self {
        self.0.push(b'n');
        self.counted(&number.to_string())
    }

    pub(crate) fn null(&mut self) -> &mut Self {
        self.0.push(b'z');
        self
    }

    /// A list of name, value, name, value, …
    pub(crate) fn pairs<N: AsRef<str>, V: AsRef<str>>(&mut self, pairs: &[(N, V)]) -> &mut Self {
        self.list(pairs.len().saturating_mul(2));
        pairs.iter().fold(self, |flat, (name, value)| flat.text(name.as_ref()).text(value.as_ref()))
    }

    /// Path, message and hint.
    pub(crate) fn mistake(&mut self, mistake: &Mistake) -> &mut Self {
        self.list(3).text(&mistake.path).text(&mistake.message);
        match &mistake.hint {
            Some(hint) => self.text(hint),
            None => self.null(),
        }
    }

    pub(crate) fn into_bytes(self) -> Vec<u8> {
        self.0
    }

    /// The value of a JSON text. The core has read the text before and bounded its depth, so this recurses safely.
    pub(crate) fn json(&mut self, text: &str) -> serde_json::Result<()> {
        match text.as_bytes().first() {
            Some(b'{') => {
                let Members(members) = serde_json::from_str(text)?;
                self.0.push(b'm');
                self.count(members.len());
                members.iter().try_for_each(|(Text(name), value)| self.counted(name).json(value.get()))
            }
            Some(b'[') => {
                let elements: Vec<&RawValue> = serde_json::from_str(text)?;
                self.list(elements.len());
                elements.iter().try_for_each(|element| self.json(element.get()))
            }
            Some(b'"') => {
                let Text(string) = serde_json::from_str(text)?;
                self.text(&string);
                Ok(())
            }
            Some(tag @ (b't' | b'f')) => {
                self.0.push(*tag);
                Ok(())
            }
            Some(b'n') => {
                self.null();
                Ok(())
            }
            Some(_) => {
                self.number(text);
                Ok(())
            }
            None => Err(Error::custom("no value")),
        }
    }

    fn counted(&mut self, text: &str) -> &mut Self {
        self.count(text.len());
        self.0.extend_from_slice(text.as_bytes());
        self
    }

    /// Nothing here is longer than a policy document or a token, so every count fits; a wrong one is refused by Java.
    fn count(&mut self, count: usize) -> &mut Self {
        self.0.extend_from_slice(&u32::try_from(count).unwrap_or(u32::MAX).to_be_bytes());
        self
    }
}

/// A string, borrowed where it holds no escapes.
#[derive(serde::Deserialize)]
struct Text<'a>(#[serde(borrow)] Cow<'a, str>);

/// The members of an object in their order, values unread.
struct Members<'a>(Vec<(Text<'a>, &'a RawValue)>);

impl<'de: 'a, 'a> Deserialize<'de> for Members<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Reader;
        impl<'de> Visitor<'de> for Reader {
            type Value = Members<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut members = Vec::new();
                while let Some(member) = map.next_entry()? {
                    members.push(member);
                }
                Ok(Members(members))
            }
        }
        deserializer.deserialize_map(Reader)
    }
}

#[cfg(test)]
mod tests {
    use super::Flat;

    fn flat(json: &str) -> Vec<u8> {
        let mut flat = Flat::default();
        flat.json(json).unwrap();
        flat.into_bytes()
    }

    #[test]
    fn scalars_are_tagged() {
        assert_eq!(flat("null"), b"z");
        assert_eq!(flat("true"), b"t");
        assert_eq!(flat("false"), b"f");
        assert_eq!(flat(r#""a\u00e9\n""#), b"s\0\0\0\x04a\xc3\xa9\n");
    }

    #[test]
    fn numbers_keep_every_digit() {
        assert_eq!(
            flat("340282366920938463463374607431768211457"),
            b"n\0\0\0\x27340282366920938463463374607431768211457"
        );
        assert_eq!(flat("-1.50e+2"), b"n\0\0\0\x08-1.50e+2");
    }

    #[test]
    fn structures_nest() {
        assert_eq!(flat(r#" { "a" : [ 1 , {} ] } "#.trim()), b"m\0\0\0\x01\0\0\0\x01al\0\0\0\x02n\0\0\0\x011m\0\0\0\0");
    }

    #[test]
    fn what_is_no_json_is_an_error() {
        assert!(Flat::default().json("").is_err());
        assert!(Flat::default().json("{").is_err());
    }
}
