//! The name of a claim as serde reads it. Types other than texts are read from names as `serde_json` reads them.

use super::value::{forward, whole};
use crate::json::Name;
use serde::de::{Deserializer, Error as _, Unexpected, Visitor};
use serde_json::Error;

#[derive(Clone, Copy)]
pub(super) struct KeyDeserializer<'a> {
    json: &'a str,
    name: Name,
}

impl<'a> KeyDeserializer<'a> {
    pub(super) fn new(json: &'a str, name: Name) -> Self {
        Self { json, name }
    }

    fn raw(&self) -> &'a str {
        self.name.raw(self.json)
    }

    fn quoted(&self) -> &'a str {
        let raw = self.name.range();
        self.json.get(raw.start.saturating_sub(1)..raw.end.saturating_add(1)).unwrap_or_default()
    }
}

/// A number in a name has nothing around it.
macro_rules! numbers {
    ($($method:ident)*) => {
        $(fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
            let raw = self.raw();
            if raw.bytes().any(|byte| byte.is_ascii_whitespace()) || !raw.starts_with(NUMBER_STARTS) {
                return Err(Error::custom("expected a number in the name of a claim"));
            }
            whole(raw, |json| json.$method(visitor))
        })*
    };
}

impl<'de> Deserializer<'de> for KeyDeserializer<'de> {
    type Error = Error;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        match self.name.escaped() {
            false => visitor.visit_borrowed_str(self.raw()),
            true => visitor.visit_string(self.name.text(self.json).into_owned()),
        }
    }

    numbers! {
        deserialize_i8 deserialize_i16 deserialize_i32 deserialize_i64 deserialize_i128 deserialize_u8 deserialize_u16
        deserialize_u32 deserialize_u64 deserialize_u128 deserialize_f32 deserialize_f64
    }

    fn deserialize_bool<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        match self.raw() {
            "true" => visitor.visit_bool(true),
            "false" => visitor.visit_bool(false),
            other => Err(Error::invalid_type(Unexpected::Str(other), &visitor)),
        }
    }

    /// No name is `null`.
    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_some(self)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(self, _: &'static str, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_newtype_struct(self)
    }

    forward! {
        (Self::quoted)
        deserialize_enum(name: &'static str, variants: &'static [&'static str]) deserialize_bytes() deserialize_byte_buf()
    }

    serde::forward_to_deserialize_any! {
        char str string unit unit_struct seq tuple tuple_struct map struct identifier ignored_any
    }
}

const NUMBER_STARTS: [char; 11] = ['-', '0', '1', '2', '3', '4', '5', '6', '7', '8', '9'];
