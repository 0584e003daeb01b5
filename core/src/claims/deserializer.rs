//! A payload as serde reads it: member by member, from where the reader of the core has found them.

use super::key::KeyDeserializer;
use super::value::{ValueDeserializer, forward, whole};
use crate::json::Place;
use crate::token::Payload;
use serde::de::{DeserializeSeed, Deserializer, Error as _, MapAccess, Visitor};
use serde_json::Error;

/// Gives what `serde_json` would give for the text of the payload, without reading it as a whole.
#[derive(Clone, Copy)]
pub(super) struct ClaimsDeserializer<'a>(Payload<'a>);

impl<'de> ClaimsDeserializer<'de> {
    pub(super) fn new(payload: Payload<'de>) -> Self {
        Self(payload)
    }

    fn members<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        let mut members = Members { json: self.0.json(), left: self.0.places().iter(), value: None };
        let value = visitor.visit_map(&mut members)?;
        // As `serde_json` has it for a visitor that stops early.
        if members.value.is_some() || members.left.len() > 0 {
            return Err(Error::custom("the type does not read all claims"));
        }
        Ok(value)
    }
}

impl<'de> Deserializer<'de> for ClaimsDeserializer<'de> {
    type Error = Error;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        self.members(visitor)
    }

    fn deserialize_map<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        self.members(visitor)
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self, _: &'static str, _: &'static [&'static str], visitor: V,
    ) -> Result<V::Value, Error> {
        self.members(visitor)
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_some(self)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(self, name: &'static str, visitor: V) -> Result<V::Value, Error> {
        match name {
            RAW_VALUE => whole(self.0.json(), |json| json.deserialize_newtype_struct(name, visitor)),
            _ => visitor.visit_newtype_struct(self),
        }
    }

    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_unit()
    }

    // What an object hardly ever is, `serde_json` refuses or reads.
    forward! {
        (|this: &Self| this.0.json())
        deserialize_bool() deserialize_i8() deserialize_i16() deserialize_i32() deserialize_i64() deserialize_i128()
        deserialize_u8() deserialize_u16() deserialize_u32() deserialize_u64() deserialize_u128() deserialize_f32()
        deserialize_f64() deserialize_char() deserialize_str() deserialize_string() deserialize_bytes()
        deserialize_byte_buf() deserialize_unit() deserialize_unit_struct(name: &'static str) deserialize_seq()
        deserialize_tuple(len: usize) deserialize_tuple_struct(name: &'static str, len: usize)
        deserialize_enum(name: &'static str, variants: &'static [&'static str]) deserialize_identifier()
    }
}

struct Members<'a> {
    json: &'a str,
    left: std::slice::Iter<'a, Place>,
    /// The value of the name that was given last.
    value: Option<&'a Place>,
}

impl<'a> MapAccess<'a> for Members<'a> {
    type Error = Error;

    fn next_key_seed<K: DeserializeSeed<'a>>(&mut self, seed: K) -> Result<Option<K::Value>, Error> {
        self.value = self.left.next();
        self.value.map(|place| seed.deserialize(KeyDeserializer::new(self.json, place.name))).transpose()
    }

    fn next_value_seed<V: DeserializeSeed<'a>>(&mut self, seed: V) -> Result<V::Value, Error> {
        let place = self.value.take().ok_or_else(|| Error::custom("a value is read behind its name"))?;
        seed.deserialize(ValueDeserializer::new(self.json, place))
    }
}

/// By this name `serde_json` knows `RawValue`, where a host has it.
const RAW_VALUE: &str = "$serde_json::private::RawValue";
