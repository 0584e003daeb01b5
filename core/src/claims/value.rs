//! One claim as serde reads it: by `serde_json`, from its own text.

use crate::json::{Place, few_digits};
use serde::de::{Deserializer, Visitor};
use serde_json::Error;
use serde_json::de::StrRead;

pub(super) type Json<'a> = serde_json::Deserializer<StrRead<'a>>;

#[derive(Clone, Copy)]
pub(super) struct ValueDeserializer<'a> {
    source: &'a str,
    /// The text of a string without escapes.
    plain: Option<&'a str>,
}

impl<'a> ValueDeserializer<'a> {
    pub(super) fn new(json: &'a str, place: &'a Place) -> Self {
        Self { source: place.source(json), plain: place.plain_text(json) }
    }
}

/// Reads all of a text by `serde_json`.
pub(super) fn whole<'a, T>(text: &'a str, read: impl FnOnce(&mut Json<'a>) -> Result<T, Error>) -> Result<T, Error> {
    let mut json = serde_json::Deserializer::from_str(text);
    let value = read(&mut json)?;
    json.end()?;
    Ok(value)
}

/// Methods of a deserializer that leave the work to `serde_json`, with the text that the function gives.
macro_rules! forward {
    (($text:expr) $($method:ident($($name:ident: $type:ty),*))*) => {
        $(fn $method<V: Visitor<'de>>(self, $($name: $type,)* visitor: V) -> Result<V::Value, Error> {
            let text = $text;
            whole(text(&self), |json| json.$method($($name,)* visitor))
        })*
    };
}
pub(super) use forward;

/// Methods of a deserializer to which a text can be given as it stands.
macro_rules! plain {
    ($($method:ident)*) => {
        $(fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
            match self.plain {
                Some(text) => visitor.visit_borrowed_str(text),
                None => whole(self.source, |json| json.$method(visitor)),
            }
        })*
    };
}

/// Methods of a deserializer to which a number of a few digits can be given, as `serde_json` gives it.
macro_rules! digits {
    ($($method:ident)*) => {
        $(fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
            match few_digits(self.source) {
                Some(number) => visitor.visit_u64(number),
                None => whole(self.source, |json| json.$method(visitor)),
            }
        })*
    };
}

impl<'de> Deserializer<'de> for ValueDeserializer<'de> {
    type Error = Error;

    plain! { deserialize_any deserialize_str deserialize_string deserialize_identifier }

    digits! { deserialize_i64 deserialize_u64 deserialize_f64 }

    /// It was read once, and nobody wants it.
    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_unit()
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        if self.source == "null" { visitor.visit_none() } else { visitor.visit_some(self) }
    }

    forward! {
        (|this: &Self| this.source)
        deserialize_bool() deserialize_i8() deserialize_i16() deserialize_i32() deserialize_i128()
        deserialize_u8() deserialize_u16() deserialize_u32() deserialize_u128() deserialize_f32() deserialize_char() deserialize_bytes() deserialize_byte_buf() deserialize_unit()
        deserialize_unit_struct(name: &'static str) deserialize_newtype_struct(name: &'static str) deserialize_seq()
        deserialize_tuple(len: usize) deserialize_tuple_struct(name: &'static str, len: usize) deserialize_map()
        deserialize_struct(name: &'static str, fields: &'static [&'static str])
        deserialize_enum(name: &'static str, variants: &'static [&'static str])
    }
}
